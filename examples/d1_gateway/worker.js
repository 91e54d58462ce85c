// The HTTP shape of Cloudflare's D1 API, spoken beside the database: for servers outside Cloudflare that must serve logins.
//
//   POST …/d1/database/{BINDING}/query   {sql, params} or {batch: [{sql, params}, …]}; a batch is atomic; rows are objects
//   POST …/d1/database/{BINDING}/raw     the same with rows as arrays; for reading: several statements are no transaction
//   Authorization: Bearer {the secret TOKEN}

const PATH = /\/d1\/database\/([^/]+)\/(query|raw)$/;

const answer = (result) => Response.json({ result, success: true, errors: [], messages: [] });
const refuse = (status, code, message) =>
  Response.json({ result: [], success: false, errors: [{ code, message }], messages: [] }, { status });

async function same(given, secret) {
  // Digests are of one length, so how long the comparison takes tells nothing about the secret.
  const [left, right] = await Promise.all(
    [given, secret].map((text) => crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))),
  );
  return crypto.subtle.timingSafeEqual(left, right);
}

async function raw(statement) {
  const [columns = [], ...rows] = await statement.raw({ columnNames: true });
  return { results: { columns, rows }, success: true, meta: {} };
}

export default {
  async fetch(request, env) {
    if (!env.TOKEN) return refuse(500, 10001, 'The gateway has no TOKEN: wrangler secret put TOKEN');
    if (!(await same(request.headers.get('authorization') ?? '', `Bearer ${env.TOKEN}`))) return refuse(401, 10000, 'Authentication error');
    const [, binding, form] = new URL(request.url).pathname.match(PATH) ?? [];
    const database = binding !== undefined && Object.hasOwn(env, binding) ? env[binding] : undefined;
    if (request.method !== 'POST' || typeof database?.prepare !== 'function') return refuse(404, 7404, 'There is no such database here');
    let statements;
    try {
      const body = await request.json();
      statements = (body.batch ?? [body]).map(({ sql, params = [] }) => database.prepare(sql).bind(...params));
    } catch {
      return refuse(400, 7400, 'The request is malformed');
    }
    try {
      return answer(await (form === 'raw' ? Promise.all(statements.map(raw)) : database.batch(statements)));
    } catch (error) {
      return refuse(400, 7500, String(error.message).replace(/^D1_ERROR: /, ''));
    }
  },
};
