// The HTTP shape of Cloudflare's D1 API, spoken beside the database: for servers outside Cloudflare that must serve logins.
//
//   POST …/d1/database/{BINDING}/query   {sql, params} or {batch: [{sql, params}, …]}; a batch is atomic; rows are objects
//   POST …/d1/database/{BINDING}/raw     the same with rows as arrays; of no rows the columns are not told
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

// A statement's own raw() drops what it cost (meta.rows_read), so its rows come as objects: no two columns may have one name.
const arrays = ({ results, ...rest }) => ({
  results: { columns: Object.keys(results[0] ?? {}), rows: results.map(Object.values) },
  ...rest,
});

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
      const results = await database.batch(statements);
      return answer(form === 'raw' ? results.map(arrays) : results);
    } catch (error) {
      return refuse(400, 7500, String(error.message).replace(/^D1_ERROR: /, ''));
    }
  },
};
