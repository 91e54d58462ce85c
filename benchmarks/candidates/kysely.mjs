// Kysely on Node, the query builder of AuthHero. It communicates with compare.py through lines of JSON on standard input and output.
//
//     node kysely.mjs ENGINE
//
// The first line contains the settings, and each further line contains calls.
//
// The statements are those of the other candidates, written with the query builder. JSON, flags and times are encoded and decoded as in
// AuthHero. The input and the results are not validated, and the results are plain objects.

import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { randomBytes } from "node:crypto";

const [engine] = process.argv.slice(2);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const settings = JSON.parse((await lines.next()).value);
const require = createRequire(`${settings.modules}/`);
const { Kysely, MysqlDialect, PostgresDialect, SqliteDialect, sql } = require("kysely");
const { jsonArrayFrom } = require(`kysely/helpers/${{ sqlite: "sqlite", postgresql: "postgres", mysql: "mysql" }[engine]}`);

const PAGE = 50;
const USER_JSON = ["app_metadata", "user_metadata", "address"];
const USER_FLAGS = ["email_verified", "is_social", "phone_verified", "blocked"];
const CLIENT_JSON = [
  "callbacks", "allowed_origins", "web_origins", "client_aliases", "allowed_clients", "allowed_logout_urls", "session_transfer",
  "oidc_logout", "grant_types", "jwt_configuration", "signing_keys", "encryption_key", "addons", "client_metadata", "mobile",
  "native_social_login", "refresh_token", "default_organization", "client_authentication_methods", "signed_request_object",
  "token_quota", "connections", "registration_metadata",
];
const CLIENT_FLAGS = [
  "global", "is_first_party", "oidc_conformant", "sso", "sso_disabled", "cross_origin_authentication", "custom_login_page_on",
  "require_pushed_authorization_requests", "require_proof_of_possession", "auth0_conformant", "hide_sign_up_disabled_error",
];
const TOKEN_JSON = ["resource_servers", "device"];
const LINKED = [
  "email", "created_at", "linked_to", "provider", "connection", "email_verified", "is_social", "profileData", "user_id", "phone_number",
  "phone_verified", "username",
];

const db = new Kysely({ dialect: dialect() });

function dialect() {
  if (engine === "sqlite") {
    const Database = require("better-sqlite3");
    const database = new Database(settings.path);
    for (const pragma of settings.pragmas) database.pragma(pragma);
    return new SqliteDialect({ database });
  }
  if (engine === "postgresql") {
    const { Pool, types } = require("pg");
    // Return 64-bit integers as numbers, because none of them exceeds 53 bits.
    types.setTypeParser(20, Number);
    return new PostgresDialect({ pool: new Pool({ connectionString: settings.url, max: settings.pool }) });
  }
  const pool = require("mysql2").createPool({ ...settings.mysql, connectionLimit: settings.pool, flags: ["FOUND_ROWS"] });
  pool.on("connection", (connection) => connection.query(settings.begin));
  return new MysqlDialect({ pool });
}

// --- encoding and decoding --------------------------------------------------------------------------------------------------------

const iso = () => new Date().toISOString();
const id = () => randomBytes(16).toString("base64url");
const flag = (value) => (value ? 1 : 0);

function decoded(row, json, flags) {
  for (const name of json) if (row[name] !== null && row[name] !== undefined) row[name] = JSON.parse(row[name]);
  for (const name of flags) if (row[name] !== null && row[name] !== undefined) row[name] = Boolean(row[name]);
  return row;
}

function instants(row) {
  const found = {};
  for (const [name, value] of Object.entries(row)) {
    found[name.endsWith("_ts") ? name.slice(0, -3) : name] =
      name.endsWith("_ts") && value !== null ? new Date(value).toISOString() : value;
  }
  return found;
}

function identity(row) {
  return {
    connection: row.connection, provider: row.provider, user_id: row.user_id.split("|").slice(1).join("|"), isSocial: Boolean(row.is_social),
    email: row.email, email_verified: row.email_verified === null ? null : Boolean(row.email_verified), phone_number: row.phone_number,
    phone_verified: row.phone_verified === null || row.phone_verified === undefined ? null : Boolean(row.phone_verified),
    username: row.username,
  };
}

function linkedIdentity(row) {
  const known = { email: row.email, email_verified: Boolean(row.email_verified) };
  return { ...identity(row), profileData: { ...known, ...(row.profileData ? JSON.parse(row.profileData) : {}) } };
}

function user(row) {
  const { accounts, total, ...own } = row;
  const linked = typeof accounts === "string" ? JSON.parse(accounts) : (accounts ?? []);
  linked.sort((one, other) => (one.created_at + one.user_id < other.created_at + other.user_id ? -1 : 1));
  const found = decoded(own, USER_JSON, USER_FLAGS);
  found.login_count ??= 0;
  found.identities = [identity(found), ...linked.map(linkedIdentity)];
  return found;
}

// --- statements -------------------------------------------------------------------------------------------------------------------

function users(tenant) {
  return db
    .selectFrom("users as u")
    .leftJoin("user_activity as a", (join) => join.onRef("a.tenant_id", "=", "u.tenant_id").onRef("a.user_id", "=", "u.user_id"))
    .selectAll("u")
    .select(["a.last_login", "a.last_ip", "a.login_count"])
    .select((eb) => (engine === "mysql" ? gathered(eb) : jsonArrayFrom(linked(eb))).as("accounts"))
    .where("u.tenant_id", "=", tenant);
}

const linked = (eb) => accounts(eb).select(LINKED.map((name) => `l.${name}`));

// The helper for MySQL uses a type that MariaDB does not have.
const gathered = (eb) => accounts(eb).select(sql`json_arrayagg(json_object(${sql.join(LINKED.flatMap(named))}))`.as("accounts"));

const named = (name) => [sql.lit(name), sql.ref(`l.${name}`)];

const accounts = (eb) =>
  eb
    .selectFrom("users as l")
    .whereRef(engine === "sqlite" ? sql`+l.tenant_id` : "l.tenant_id", "=", "u.tenant_id")
    .whereRef("l.linked_to", "=", "u.user_id");

const page = (tenant) => users(tenant).orderBy("u.created_at", "desc").orderBy("u.user_id", "desc").limit(PAGE);

function newUser(tenant, given) {
  const now = iso();
  return {
    tenant_id: tenant, user_id: `auth0|${id()}`, email: given.email, name: given.name, connection: given.connection, provider: "auth0",
    is_social: flag(given.is_social), email_verified: flag(given.email_verified), blocked: 0,
    app_metadata: JSON.stringify(given.app_metadata), user_metadata: JSON.stringify(given.user_metadata), created_at: now, updated_at: now,
  };
}

const changed = (result) => Number(result.numUpdatedRows ?? result.numAffectedRows) > 0;

async function extend(tx, tenant, login, expires, now) {
  await tx
    .updateTable("login_sessions")
    .set({ expires_at_ts: expires, updated_at_ts: now })
    .where("tenant_id", "=", tenant)
    .where("id", "=", login)
    .where("expires_at_ts", "<", expires)
    .execute();
}

async function createSession(tx, tenant, given) {
  const now = Date.now();
  const row = {
    tenant_id: tenant, id: given.id, user_id: given.user_id, login_session_id: given.login_session_id, device: JSON.stringify(given.device),
    clients: JSON.stringify(given.clients), created_at_ts: now, updated_at_ts: now, expires_at_ts: given.expires_at.getTime(),
    authenticated_at_ts: now, last_interaction_at_ts: now,
  };
  await tx.insertInto("sessions").values(row).execute();
  await extend(tx, tenant, given.login_session_id, row.expires_at_ts, now);
  return instants(decoded(row, ["device", "clients"], []));
}

async function createToken(tx, tenant, given) {
  const now = Date.now();
  const row = {
    tenant_id: tenant, id: given.id, client_id: given.client_id, user_id: given.user_id, device: JSON.stringify(given.device),
    resource_servers: JSON.stringify(given.resource_servers), rotating: flag(given.rotating), created_at_ts: now,
    expires_at_ts: given.expires_at.getTime(), login_id: given.login_id, token_lookup: given.token_lookup, token_hash: given.token_hash,
    family_id: given.family_id,
  };
  await tx.insertInto("refresh_tokens").values(row).execute();
  await extend(tx, tenant, given.login_id, row.expires_at_ts, now);
  return instants(decoded(row, TOKEN_JSON, ["rotating"]));
}

async function createCode(tx, tenant, given) {
  const row = {
    tenant_id: tenant, code_id: given.code_id, code_type: given.code_type, login_id: given.login_id, user_id: given.user_id,
    created_at: iso(), expires_at: given.expires_at.toISOString(), expires_at_ts: given.expires_at.getTime(),
  };
  await tx.insertInto("codes").values(row).execute();
  const { expires_at_ts: _, ...found } = row;
  return found;
}

async function token(tx, tenant, lookup) {
  const query = tx.selectFrom("refresh_tokens").selectAll().where("tenant_id", "=", tenant).where("token_lookup", "=", lookup);
  return instants(decoded(await query.executeTakeFirstOrThrow(), TOKEN_JSON, ["rotating"]));
}

async function exchange(tx, old, tenant, successor, now) {
  const at = now.getTime();
  const used = await tx
    .updateTable("refresh_tokens")
    .set({ rotated_to: successor.id, rotated_at_ts: at, last_exchanged_at_ts: at })
    .where("tenant_id", "=", tenant)
    .where("id", "=", old.id)
    .where("rotated_at_ts", "is", null)
    .executeTakeFirst();
  if (!changed(used)) throw new Error(`used before: ${old.id}`);
  return createToken(tx, tenant, { ...successor, family_id: old.family_id });
}

async function log(tenant, given) {
  const row = {
    tenant_id: tenant, log_id: randomBytes(15).toString("base64url"), type: given.type, date: given.date.toISOString(),
    description: given.description, ip: given.ip, user_agent: given.user_agent, isMobile: flag(given.isMobile), client_id: given.client_id,
    connection: given.connection, user_id: given.user_id, user_name: given.user_name,
  };
  await db.insertInto("logs").values(row).execute();
}

function recordLogin(tx, tenant, userId, ip) {
  const row = { tenant_id: tenant, user_id: userId, last_ip: ip, last_login: iso(), login_count: 1 };
  const counted = { last_ip: ip, last_login: row.last_login, login_count: sql`${sql.ref("user_activity.login_count")} + 1` };
  const insert = tx.insertInto("user_activity").values(row);
  return engine === "mysql"
    ? insert.onDuplicateKeyUpdate(counted).execute()
    : insert.onConflict((conflict) => conflict.columns(["tenant_id", "user_id"]).doUpdateSet(counted)).execute();
}

async function begin(tx, tenant, userId, given) {
  const asked = given.login_session;
  const now = Date.now();
  const login = randomBytes(13).toString("hex");
  const row = {
    tenant_id: tenant, id: login, csrf_token: asked.csrf_token, state: "pending", user_id: userId, created_at_ts: now, updated_at_ts: now,
    expires_at_ts: asked.expires_at.getTime(), auth_strategy_strategy: asked.auth_strategy.strategy,
    auth_strategy_strategy_type: asked.auth_strategy.strategy_type, auth_params: JSON.stringify(asked.authParams),
  };
  await tx.insertInto("login_sessions").values(row).execute();
  await createSession(tx, tenant, { ...given.session, user_id: userId, login_session_id: login });
  const done = {
    session_id: given.session.id, state: "completed", authenticated_at: given.log.date.toISOString(), updated_at_ts: Date.now(),
  };
  await tx.updateTable("login_sessions").set(done).where("tenant_id", "=", tenant).where("id", "=", login).execute();
  const code = { code_id: given.code, code_type: "authorization_code", login_id: login, user_id: userId };
  await createCode(tx, tenant, { ...code, expires_at: given.session.expires_at });
  await recordLogin(tx, tenant, userId, given.log.ip);
}

const calls = {
  user: async (tenant, userId) => user(await users(tenant).where("u.user_id", "=", userId).executeTakeFirstOrThrow()),
  async client(tenant, clientId) {
    const query = db.selectFrom("clients").selectAll().where("tenant_id", "=", tenant).where("client_id", "=", clientId);
    return decoded(await query.executeTakeFirstOrThrow(), CLIENT_JSON, CLIENT_FLAGS);
  },
  async create_user(tenant, given) {
    const row = newUser(tenant, given);
    await db.insertInto("users").values(row).execute();
    return user(row);
  },
  async create_users(tenant, given) {
    const rows = given.map((each) => newUser(tenant, each));
    await db.transaction().execute(async (tx) => {
      // More rows would exceed the bound parameters that some engines accept in one statement.
      for (let start = 0; start < rows.length; start += 500) {
        await tx.insertInto("users").values(rows.slice(start, start + 500)).execute();
      }
    });
    return rows.length;
  },
  async update_user(tenant, userId, given) {
    const values = {
      nickname: given.nickname, email_verified: flag(given.email_verified), app_metadata: JSON.stringify(given.app_metadata),
      updated_at: iso(),
    };
    const query = db.updateTable("users").set(values).where("tenant_id", "=", tenant).where("user_id", "=", userId);
    return changed(await query.executeTakeFirst());
  },
  users: async (tenant) => (await page(tenant).execute()).map(user),
  users_by_email: async (tenant, email) => (await page(tenant).where("u.email", "=", email).execute()).map(user),
  users_by_connection: async (tenant, name) => (await page(tenant).where("u.connection", "=", name).execute()).map(user),
  async users_and_total(tenant) {
    const total = (eb) => eb.selectFrom("users").select((count) => count.fn.countAll().as("count")).where("tenant_id", "=", tenant).as("total");
    const rows = await page(tenant).select(total).execute();
    return [rows.map(user), Number(rows[0].total)];
  },
  async users_after(tenant, createdAt, userId) {
    const before =
      engine === "mysql"
        ? sql`u.created_at <= ${createdAt} and (u.created_at < ${createdAt} or u.user_id < ${userId})`
        : sql`(u.created_at, u.user_id) < (${createdAt}, ${userId})`;
    const own = engine === "sqlite" ? sql`+u.linked_to is null` : sql`u.linked_to is null`;
    return (await page(tenant).where(own).where(before).execute()).map(user);
  },
  create_code: (tenant, given) => createCode(db, tenant, given),
  async consume_code(tenant, codeId, type) {
    const query = db
      .updateTable("codes")
      .set({ used_at: iso() })
      .where("tenant_id", "=", tenant)
      .where("code_id", "=", codeId)
      .where("code_type", "=", type)
      .where("used_at", "is", null);
    return changed(await query.executeTakeFirst());
  },
  create_session: (tenant, given) => db.transaction().execute((tx) => createSession(tx, tenant, given)),
  async rotate(tenant, lookup, successor, now, how) {
    if (how === "transaction" || how === "run_transaction") {
      return db.transaction().execute(async (tx) => exchange(tx, await token(tx, tenant, lookup), tenant, successor, now));
    }
    const old = await token(db, tenant, lookup);
    return db.transaction().execute((tx) => exchange(tx, old, tenant, successor, now));
  },
  async sign_in(tenant, given) {
    const query = users(tenant).where("u.email", "=", given.email).where("u.provider", "=", "auth0");
    const found = user(await query.executeTakeFirstOrThrow());
    await db
      .selectFrom("passwords")
      .selectAll()
      .where("tenant_id", "=", tenant)
      .where("user_id", "=", found.user_id)
      .where("is_current", "=", 1)
      .orderBy("created_at", "desc")
      .limit(1)
      .executeTakeFirstOrThrow();
    await db.transaction().execute((tx) => begin(tx, tenant, found.user_id, given));
    await log(tenant, { ...given.log, type: "s", user_id: found.user_id, user_name: found.email });
    const code = await db
      .selectFrom("codes")
      .selectAll()
      .where("tenant_id", "=", tenant)
      .where("code_id", "=", given.code)
      .where("code_type", "=", "authorization_code")
      .executeTakeFirstOrThrow();
    if (!(await calls.consume_code(tenant, code.code_id, code.code_type))) throw new Error(`used before: ${code.code_id}`);
    const own = { user_id: found.user_id, login_id: code.login_id, family_id: given.token.id };
    const created = await db.transaction().execute((tx) => createToken(tx, tenant, { ...given.token, ...own }));
    await log(tenant, { ...given.log, type: "seacft" });
    return created;
  },
};

// --- requests ---------------------------------------------------------------------------------------------------------------------

async function made(steps) {
  let answer;
  for (const [name, args] of steps) answer = await calls[name](...args);
  return answer;
}

async function oneTask(inputs) {
  const times = [];
  const before = process.cpuUsage();
  for (const steps of inputs) {
    const begun = process.hrtime.bigint();
    await made(steps);
    times.push(Number(process.hrtime.bigint() - begun) / 1000);
  }
  const used = process.cpuUsage(before);
  return { times, cpu: (used.user + used.system) / inputs.length };
}

async function manyTasks(inputs, tasks) {
  let next = 0;
  const work = async () => {
    while (next < inputs.length) await made(inputs[next++]);
  };
  const begun = process.hrtime.bigint();
  await Promise.all(Array.from({ length: tasks }, work));
  return { seconds: Number(process.hrtime.bigint() - begun) / 1e9 };
}

const revive = (_, value) => (value !== null && typeof value === "object" && "$instant" in value ? new Date(value.$instant) : value);

for await (const line of lines) {
  const asked = JSON.parse(line, revive);
  let answer;
  try {
    if (asked.tasks === 0) answer = { answer: (await made(asked.inputs[0])) ?? null };
    else answer = asked.tasks === 1 ? await oneTask(asked.inputs) : await manyTasks(asked.inputs, asked.tasks);
  } catch (error) {
    answer = { error: `${error.name}: ${error.message}` };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await db.destroy();
