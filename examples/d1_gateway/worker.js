// A gateway with the HTTP API of Cloudflare D1 that runs next to the database. It lets servers outside Cloudflare serve logins.
//
//   POST …/d1/database/{BINDING}/query   {sql, params} or {batch: [{sql, params}, …]}. A batch is atomic. Rows are objects.
//   POST …/d1/database/{BINDING}/raw     The same, but rows are arrays. If there are no rows, the list of columns is empty.
//   Authorization: Bearer {the secret TOKEN}

const PATH = /\/d1\/database\/([^/]+)\/(query|raw)$/;

const answer = (result) => Response.json({ result, success: true, errors: [], messages: [] });
const refuse = (status, code, message) =>
  Response.json({ result: [], success: false, errors: [{ code, message }], messages: [] }, { status });

async function isEqual(actual, expected) {
  // Digests have the same length, so the duration of the comparison reveals nothing about the secret.
  const [left, right] = await Promise.all(
    [actual, expected].map((text) => crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))),
  );
  return crypto.subtle.timingSafeEqual(left, right);
}

// raw() of a statement does not return its cost (meta.rows_read), so rows are converted from objects. Column names must be unique.
const arrays = ({ results, ...rest }) => ({
  results: { columns: Object.keys(results[0] ?? {}), rows: results.map(Object.values) },
  ...rest,
});

export default {
  async fetch(request, env) {
    if (!env.TOKEN) return refuse(500, 10001, 'The gateway has no TOKEN: run wrangler secret put TOKEN');
    const isAuthorized = await isEqual(request.headers.get('authorization') ?? '', `Bearer ${env.TOKEN}`);
    if (!isAuthorized) return refuse(401, 10000, 'Authentication error');
    const [, binding, form] = new URL(request.url).pathname.match(PATH) ?? [];
    const database = binding !== undefined && Object.hasOwn(env, binding) ? env[binding] : undefined;
    if (request.method !== 'POST' || typeof database?.prepare !== 'function') {
      return refuse(404, 7404, 'No database at this URL: check the binding');
    }
    let statements;
    try {
      const body = await request.json();
      statements = (body.batch ?? [body]).map(({ sql, params = [] }) => database.prepare(sql).bind(...params));
    } catch {
      return refuse(400, 7400, 'The request body must be {sql, params} or {batch: [{sql, params}]} as JSON');
    }
    try {
      const results = await database.batch(statements);
      return answer(form === 'raw' ? results.map(arrays) : results);
    } catch (error) {
      return refuse(400, 7500, String(error.message).replace(/^D1_ERROR: /, ''));
    }
  },
};
