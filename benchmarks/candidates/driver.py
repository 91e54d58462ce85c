"""The baseline: the bare driver with hand-written SQL, over one open connection and over the driver's own pool.

It encodes the parameters itself, does not validate anything, and inserts only the given columns. It returns the tuples of the driver, with
JSON as text, or an ID. This is the cost of a call without any further processing.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from abc import abstractmethod
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self

from .mysql import Driver as MySQLDriverName
from .mysql import connection_of, pool_of
from .protocol import PAGE, Candidate, Given, RotationMethod, SignIn, Target
from .sqlite import open_sqlite

if TYPE_CHECKING:
    import aiosqlite

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)

USER = (
    "email", "given_name", "family_name", "nickname", "name", "picture", "created_at", "updated_at", "linked_to", "provider", "connection",
    "email_verified", "is_social", "app_metadata", '"profileData"', "locale", "user_id", "phone_number", "phone_verified", "username",
    "user_metadata", "middle_name", "profile", "website", "gender", "birthdate", "zoneinfo", "preferred_username", "address",
    "registration_completed_at", "blocked",
)  # fmt: skip
LINKED = (
    "email", "created_at", "linked_to", "provider", "connection", "email_verified", "is_social", '"profileData"', "user_id",
    "phone_number", "phone_verified", "username",
)  # fmt: skip
CLIENT = (
    "client_id,name,description,global,client_secret,app_type,logo_uri,is_first_party,oidc_conformant,callbacks,allowed_origins,"
    "web_origins,client_aliases,allowed_clients,allowed_logout_urls,session_transfer,oidc_logout,grant_types,jwt_configuration,"
    "signing_keys,encryption_key,sso,sso_disabled,cross_origin_authentication,cross_origin_loc,custom_login_page_on,custom_login_page,"
    "custom_login_page_preview,form_template,addons,token_endpoint_auth_method,client_metadata,mobile,initiate_login_uri,"
    "native_social_login,refresh_token,default_organization,organization_usage,organization_require_behavior,"
    "client_authentication_methods,require_pushed_authorization_requests,require_proof_of_possession,signed_request_object,"
    "compliance_level,par_request_expiry,token_quota,created_at,updated_at,connections,auth0_conformant,owner_user_id,"
    "registration_type,registration_metadata,user_linking_mode,hide_sign_up_disabled_error"
)
TOKEN = (
    "id,client_id,user_id,resource_servers,device,rotating,created_at_ts,expires_at_ts,idle_expires_at_ts,last_exchanged_at_ts,login_id,"
    "revoked_at_ts,token_lookup,token_hash,family_id,rotated_to,rotated_at_ts"
)
NEW_USER = (
    "tenant_id", "user_id", "email", "name", "connection", "provider", "is_social", "email_verified", "blocked", "app_metadata",
    "user_metadata", "created_at", "updated_at",
)  # fmt: skip
NEW_SESSION = (
    "tenant_id,id,user_id,login_session_id,device,clients,created_at_ts,updated_at_ts,expires_at_ts,authenticated_at_ts,"
    "last_interaction_at_ts"
)
NEW_TOKEN = (
    "tenant_id,id,client_id,user_id,resource_servers,device,rotating,created_at_ts,expires_at_ts,login_id,token_lookup,token_hash,family_id"
)
NEW_LOG = 'tenant_id,log_id,type,date,description,ip,user_agent,"isMobile",client_id,connection,user_id,user_name'
ACTIVITY = "a.last_login,a.last_ip,a.login_count"
JOIN = "LEFT JOIN user_activity a ON a.tenant_id = u.tenant_id AND a.user_id = u.user_id"
EXTEND = "UPDATE login_sessions SET expires_at_ts = ?, updated_at_ts = ? WHERE tenant_id = ? AND id = ? AND expires_at_ts < ?"


def _qualified(table: str, names: Sequence[str]) -> str:
    return ",".join(f"{table}.{name}" for name in names)


def _linked(table: str) -> str:
    """Return the columns of a linked account, at the same positions as in the row of a user."""
    return ",".join(f"{table}.{name}" if name in LINKED else "NULL" for name in USER) + ",NULL,NULL,NULL"


def _placeholders(columns: str | Sequence[str]) -> str:
    return ",".join("?" * (columns.count(",") + 1 if isinstance(columns, str) else len(columns)))


def _with_linked(where: str, hint: str = "") -> str:
    """Return a query for the users that match a condition, together with their linked accounts."""
    return (
        f"SELECT {_qualified('u', USER)},{ACTIVITY} FROM users u{hint} {JOIN} WHERE u.tenant_id = ? AND {where} "
        f"UNION ALL SELECT {_linked('l')} FROM users l{{linked_to}} WHERE l.tenant_id = ? AND l.linked_to = "
    )


def _page(where: str, more: str = "", hint: str = "{newest}") -> str:
    """Return a query for a page of users.

    It reads the linked accounts of each user as JSON, which is faster than a second statement or additional rows.
    """
    linked = "SELECT {gathered} FROM users l{linked_to} WHERE l.tenant_id = u.tenant_id AND l.linked_to = u.user_id"
    return (
        f"SELECT {_qualified('u', USER)},{ACTIVITY},({linked}){more} FROM users u{hint} {JOIN} "
        f"WHERE u.tenant_id = ?{where} ORDER BY u.created_at DESC, u.user_id DESC LIMIT {PAGE}"
    )


SQL = {
    "user": _with_linked("u.user_id = ?") + "?",
    "user_by_email": _with_linked("u.email = ? AND u.provider = ?")
    + "(SELECT user_id FROM users WHERE tenant_id = ? AND email = ? AND provider = ?)",
    "client": f"SELECT {CLIENT} FROM clients WHERE tenant_id = ? AND client_id = ?",
    "create_user": f"INSERT INTO users ({','.join(NEW_USER)}) VALUES ({_placeholders(NEW_USER)})",
    "update_user": "UPDATE users SET nickname = ?, email_verified = ?, app_metadata = ?, updated_at = ? "
    "WHERE tenant_id = ? AND user_id = ?",
    "users": _page(""),
    "users_by_email": _page(" AND u.email = ?", hint="{by_email}"),
    "users_by_connection": _page(" AND u.connection = ?"),
    "users_and_total": _page("", ",(SELECT count(*) FROM users WHERE tenant_id = ?)"),
    "users_after": _page(" AND u.linked_to IS NULL AND {before}"),
    "create_code": "INSERT INTO codes (tenant_id,code_id,code_type,login_id,user_id,created_at,expires_at,expires_at_ts) "
    "VALUES (?,?,?,?,?,?,?,?)",
    "code": "SELECT code_id,user_id,login_id,connection_id,code_type,created_at,expires_at,used_at,code_verifier,code_challenge,"
    "code_challenge_method,redirect_uri,nonce,state,otp FROM codes WHERE tenant_id = ? AND code_id = ? AND code_type = ?",
    "consume_code": "UPDATE codes SET used_at = ? WHERE tenant_id = ? AND code_id = ? AND code_type = ? AND used_at IS NULL",
    "create_session": f"INSERT INTO sessions ({NEW_SESSION}) VALUES ({_placeholders(NEW_SESSION)})",
    "extend": EXTEND,
    "token": f"SELECT {TOKEN} FROM refresh_tokens WHERE tenant_id = ? AND token_lookup = ?",
    "use_token": "UPDATE refresh_tokens SET rotated_to = ?, rotated_at_ts = ?, last_exchanged_at_ts = ? "
    "WHERE tenant_id = ? AND id = ? AND rotated_at_ts IS NULL",
    "create_token": f"INSERT INTO refresh_tokens ({NEW_TOKEN}) VALUES ({_placeholders(NEW_TOKEN)})",
    "password": "SELECT id,user_id,password,algorithm,created_at,updated_at,is_current FROM passwords "
    "WHERE tenant_id = ? AND user_id = ? AND is_current = 1 ORDER BY created_at DESC LIMIT 1",
    "create_login_session": "INSERT INTO login_sessions (tenant_id,id,csrf_token,state,user_id,created_at_ts,updated_at_ts,expires_at_ts,"
    "auth_strategy_strategy,auth_strategy_strategy_type,auth_params) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
    "complete_login_session": "UPDATE login_sessions SET session_id = ?, state = ?, authenticated_at = ?, updated_at_ts = ? "
    "WHERE tenant_id = ? AND id = ?",
    "record_login": "INSERT INTO user_activity (tenant_id,user_id,last_ip,last_login,login_count) VALUES (?,?,?,?,1) {upsert}",
    "log": f"INSERT INTO logs ({NEW_LOG}) VALUES ({_placeholders(NEW_LOG)})",
}
ACCOUNT = _qualified("l", LINKED)
TUPLE_BEFORE = "(u.created_at, u.user_id) < (?, ?)"
UPSERT = (
    "ON CONFLICT (tenant_id, user_id) DO UPDATE SET last_ip = excluded.last_ip, last_login = excluded.last_login, "
    "login_count = user_activity.login_count + 1"
)
DIALECTS = {
    "sqlite": {
        "gathered": f"json_group_array(json_array({ACCOUNT}))",
        "linked_to": " INDEXED BY users_linked_to_index",
        "newest": " INDEXED BY idx_users_tenant_created_at",
        "by_email": " INDEXED BY unique_email_provider",
        "before": TUPLE_BEFORE,
        "upsert": UPSERT,
    },
    "postgresql": {
        "gathered": f"json_agg(json_build_array({ACCOUNT}))",
        **dict.fromkeys(("linked_to", "newest", "by_email"), ""),
        "before": TUPLE_BEFORE,
        "upsert": UPSERT,
    },
    "mysql": {
        "gathered": f"JSON_ARRAYAGG(JSON_ARRAY({ACCOUNT}))",
        "linked_to": "",
        "newest": " FORCE INDEX (idx_users_tenant_created_at)",
        "by_email": "",
        # MySQL does not use an index range for a tuple comparison. The first value is bound twice.
        "before": "u.created_at <= ? AND (u.created_at < ? OR u.user_id < ?)",
        "upsert": "ON DUPLICATE KEY UPDATE last_ip = VALUES(last_ip), last_login = VALUES(last_login), login_count = login_count + 1",
    },
}
"""The SQL dialect of each engine, and the index hints that it needs."""


def numbered(text: str) -> str:
    """Return a statement with the numbered placeholders of PostgreSQL."""
    first, *rest = text.split("?")
    return first + "".join(f"${number}{part}" for number, part in enumerate(rest, 1))


def statements(engine: str) -> dict[str, str]:
    """Return all statements in the dialect of an engine."""
    texts = {name: text.format(**DIALECTS[engine]) for name, text in SQL.items()}
    if engine == "postgresql":
        return {name: numbered(text) for name, text in texts.items()}
    if engine == "mysql":
        return {name: text.replace("?", "%s").replace('"', "`") for name, text in texts.items()}
    return texts


def iso(instant: datetime) -> str:
    """Return a time in UTC as text, the format of most columns."""
    return instant.isoformat(timespec="milliseconds")[:-6] + "Z"


def ms(instant: datetime) -> int:
    """Return a time in milliseconds, the format of the columns ending in ``_ts``."""
    return (instant - EPOCH) // MILLISECOND


def text(value: Any) -> str:
    """Return a value as JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Executor(Protocol):
    """An object that runs statements: a connection or a pool."""

    async def fetch(self, sql: str, *args: Any) -> Sequence[Any]:
        """Return the rows of a statement."""

    async def run(self, sql: str, *args: Any) -> object:
        """Run a statement."""

    async def changed(self, sql: str, *args: Any) -> bool:
        """Run a statement and return whether it matched a row."""


class Driver(Candidate):
    """The common base of all bare drivers."""

    models = False
    engine: ClassVar[str]
    executor: Executor
    """Runs single statements, each of which is committed."""

    def __init__(self) -> None:
        self.sql = statements(self.engine)

    @abstractmethod
    def transaction(self) -> AbstractAsyncContextManager[Executor]:
        """Open a transaction."""

    @abstractmethod
    async def insert_many(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert all users or none, with the fastest method of the driver."""

    async def user(self, tenant: str, user_id: str) -> Any:
        """See the protocol."""
        return await self.executor.fetch(self.sql["user"], tenant, user_id, tenant, user_id)

    async def client(self, tenant: str, client_id: str) -> Any:
        """See the protocol."""
        return await self.executor.fetch(self.sql["client"], tenant, client_id)

    def _user(self, tenant: str, given: Given) -> tuple[Any, ...]:
        now = iso(datetime.now(UTC))
        return (
            tenant, f"auth0|{secrets.token_urlsafe(16)}", given["email"], given["name"], given["connection"], "auth0",
            int(given["is_social"]), int(given["email_verified"]), 0, text(given["app_metadata"]), text(given["user_metadata"]), now, now,
        )  # fmt: skip

    async def create_user(self, tenant: str, given: Given) -> Any:
        """See the protocol."""
        row = self._user(tenant, given)
        await self.executor.run(self.sql["create_user"], *row)
        return row[1]

    async def create_users(self, tenant: str, given: Sequence[Given]) -> int:
        """See the protocol."""
        rows = [self._user(tenant, each) for each in given]
        await self.insert_many(rows)
        return len(rows)

    async def update_user(self, tenant: str, user_id: str, given: Given) -> bool:
        """See the protocol."""
        now = iso(datetime.now(UTC))
        values = (given["nickname"], int(given["email_verified"]), text(given["app_metadata"]), now)
        return await self.executor.changed(self.sql["update_user"], *values, tenant, user_id)

    async def users(self, tenant: str) -> Any:
        """See the protocol."""
        return await self.executor.fetch(self.sql["users"], tenant)

    async def users_by_email(self, tenant: str, email: str) -> Any:
        """See the protocol."""
        return await self.executor.fetch(self.sql["users_by_email"], tenant, email)

    async def users_by_connection(self, tenant: str, connection: str) -> Any:
        """See the protocol."""
        return await self.executor.fetch(self.sql["users_by_connection"], tenant, connection)

    async def users_and_total(self, tenant: str) -> tuple[Any, int]:
        """See the protocol."""
        rows = await self.executor.fetch(self.sql["users_and_total"], tenant, tenant)
        return rows, rows[0][-1]

    async def users_after(self, tenant: str, created_at: str, user_id: str) -> Any:
        """See the protocol."""
        times = (created_at, created_at) if self.engine == "mysql" else (created_at,)
        return await self.executor.fetch(self.sql["users_after"], tenant, *times, user_id)

    async def create_code(self, tenant: str, given: Given) -> Any:
        """See the protocol."""
        return await self._create_code(self.executor, tenant, given)

    async def _create_code(self, executor: Executor, tenant: str, given: Given) -> Any:
        expires = given["expires_at"]
        own = (given["code_id"], given["code_type"], given["login_id"], given["user_id"])
        await executor.run(self.sql["create_code"], tenant, *own, iso(datetime.now(UTC)), iso(expires), ms(expires))
        return given["code_id"]

    async def consume_code(self, tenant: str, code_id: str, type: str) -> bool:
        """See the protocol."""
        return await self.executor.changed(self.sql["consume_code"], iso(datetime.now(UTC)), tenant, code_id, type)

    async def create_session(self, tenant: str, given: Given) -> Any:
        """See the protocol."""
        async with self.transaction() as executor:
            return await self._create_session(executor, tenant, given)

    async def _create_session(self, executor: Executor, tenant: str, given: Given) -> Any:
        now, expires = ms(datetime.now(UTC)), ms(given["expires_at"])
        own = (given["id"], given["user_id"], given["login_session_id"], text(given["device"]), text(given["clients"]))
        await executor.run(self.sql["create_session"], tenant, *own, now, now, expires, now, now)
        await executor.run(self.sql["extend"], expires, now, tenant, given["login_session_id"], expires)
        return given["id"]

    async def rotate(self, tenant: str, lookup: str, successor: Given, now: datetime, method: RotationMethod) -> Any:
        """See the protocol."""
        if method in {"transaction", "run_transaction"}:
            async with self.transaction() as executor:
                return await self._exchange(executor, (await executor.fetch(self.sql["token"], tenant, lookup))[0], tenant, successor, now)
        old = (await self.executor.fetch(self.sql["token"], tenant, lookup))[0]
        async with self.transaction() as executor:
            return await self._exchange(executor, old, tenant, successor, now)

    async def _exchange(self, executor: Executor, old: Sequence[Any], tenant: str, successor: Given, now: datetime) -> Any:
        at = ms(now)
        if not await executor.changed(self.sql["use_token"], successor["id"], at, at, tenant, old[0]):
            raise LookupError(old[0])
        return await self._create_token(executor, tenant, {**successor, "family_id": old[14]})

    async def _create_token(self, executor: Executor, tenant: str, given: Given) -> Any:
        now, expires = ms(datetime.now(UTC)), ms(given["expires_at"])
        own = (given["id"], given["client_id"], given["user_id"], text(given["resource_servers"]), text(given["device"]))
        proof = (given["login_id"], given["token_lookup"], given["token_hash"], given["family_id"])
        await executor.run(self.sql["create_token"], tenant, *own, int(given["rotating"]), now, expires, *proof)
        await executor.run(self.sql["extend"], expires, now, tenant, given["login_id"], expires)
        return given["id"]

    async def sign_in(self, tenant: str, given: SignIn) -> Any:
        """See the protocol."""
        by = (tenant, given.email, "auth0")
        user = (await self.executor.fetch(self.sql["user_by_email"], *by, tenant, *by))[0]
        user_id = user[16]
        if not await self.executor.fetch(self.sql["password"], tenant, user_id):
            raise LookupError(given.email)
        login_id = secrets.token_hex(13)
        async with self.transaction() as executor:
            await self._begin(executor, tenant, login_id, user_id, given)
        await self._log(tenant, {**given.log, "type": "s"}, user_id, user[0])
        code = (await self.executor.fetch(self.sql["code"], tenant, given.code, "authorization_code"))[0]
        if not await self.consume_code(tenant, code[0], "authorization_code"):
            raise LookupError(given.code)
        async with self.transaction() as executor:
            token = {**given.token, "user_id": user_id, "login_id": code[2], "family_id": given.token["id"]}
            created = await self._create_token(executor, tenant, token)
        await self._log(tenant, {**given.log, "type": "seacft"}, None, None)
        return created

    async def _begin(self, executor: Executor, tenant: str, login_id: str, user_id: str, given: SignIn) -> None:
        date, asked = given.log["date"], given.login_session
        now, strategy = ms(datetime.now(UTC)), asked["auth_strategy"]
        await executor.run(
            self.sql["create_login_session"],
            *(tenant, login_id, asked["csrf_token"], "pending", user_id, now, now, ms(asked["expires_at"])),
            *(strategy["strategy"], strategy["strategy_type"], text(asked["authParams"])),
        )
        await self._create_session(executor, tenant, {**given.session, "user_id": user_id, "login_session_id": login_id})
        await executor.run(self.sql["complete_login_session"], given.session["id"], "completed", iso(date), now, tenant, login_id)
        code = {"code_id": given.code, "code_type": "authorization_code", "login_id": login_id, "user_id": user_id}
        await self._create_code(executor, tenant, {**code, "expires_at": given.session["expires_at"]})
        await executor.run(self.sql["record_login"], tenant, user_id, given.log["ip"], iso(datetime.now(UTC)))

    async def _log(self, tenant: str, given: Given, user_id: str | None, user_name: str | None) -> None:
        await self.executor.run(
            self.sql["log"],
            *(tenant, secrets.token_urlsafe(15), given["type"], iso(given["date"]), given["description"], given["ip"], given["user_agent"]),
            *(int(given["isMobile"]), given["client_id"], given["connection"], user_id, user_name),
        )


class SQLiteDriver(Driver):
    """One connection of aiosqlite. Each call is one round trip to its thread."""

    name = "driver"
    engine = "sqlite"
    engines = ("sqlite",)

    def __init__(self, connection: aiosqlite.Connection) -> None:
        super().__init__()
        self._connection = connection
        # The tasks share one connection, so only one of them can have a transaction at a time.
        self._turn = asyncio.Lock()
        self.executor = self

    @classmethod
    async def open(cls, target: Target) -> Self:
        """Open the connection."""
        return cls(await open_sqlite(target.path))

    async def close(self) -> None:
        """Close the connection."""
        await self._connection.close()

    async def fetch(self, sql: str, *args: Any) -> Sequence[Any]:
        """See the protocol."""
        return list(await self._connection.execute_fetchall(sql, args))

    run = fetch

    async def changed(self, sql: str, *args: Any) -> bool:
        """Run a statement and return whether it matched a row.

        RETURNING saves a round trip to the thread, because a cursor would have to be closed.
        """
        return bool(await self._connection.execute_fetchall(sql + " RETURNING 1", args))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Executor]:
        """See above."""
        async with self._turn:
            await self._connection.execute_fetchall("BEGIN IMMEDIATE")
            try:
                yield self
            except BaseException:
                await self._connection.execute_fetchall("ROLLBACK")
                raise
            await self._connection.execute_fetchall("COMMIT")

    async def insert_many(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """See above."""
        async with self.transaction():
            await self._connection.executemany(self.sql["create_user"], rows)


class AsyncpgExecutor:
    """A connection or a pool of asyncpg, which caches a prepared statement for each connection."""

    def __init__(self, connection: Any) -> None:
        self.fetch = connection.fetch
        self.run = connection.execute

    async def changed(self, sql: str, *args: Any) -> bool:
        """See the protocol."""
        return not (await self.run(sql, *args)).endswith(" 0")


class AsyncpgDriver(Driver):
    """One connection of asyncpg."""

    name = "driver"
    engine = "postgresql"
    engines = ("postgresql",)
    concurrent = False

    def __init__(self, connection: Any) -> None:
        super().__init__()
        self._connection = connection
        self.executor = AsyncpgExecutor(connection)

    @classmethod
    async def open(cls, target: Target) -> Self:
        """Open the connection."""
        import asyncpg

        return cls(await asyncpg.connect(target.url))

    async def close(self) -> None:
        """Close the connection."""
        await self._connection.close()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Executor]:
        """See above."""
        async with self._connection.transaction():
            yield self.executor

    async def insert_many(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert the users with COPY."""
        await self._connection.copy_records_to_table("users", records=rows, columns=NEW_USER)


class AsyncpgPool(AsyncpgDriver):
    """A pool of asyncpg, used as its documentation recommends."""

    name = "driver, pool"
    concurrent = True

    @classmethod
    async def open(cls, target: Target) -> Self:
        """Open the pool."""
        import asyncpg

        return cls(await asyncpg.create_pool(target.url, min_size=target.pool, max_size=target.pool))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Executor]:
        """See above."""
        async with self._connection.acquire() as connection, connection.transaction():
            yield AsyncpgExecutor(connection)


class MySQLExecutor:
    """A connection of aiomysql or asyncmy, which have the same interface."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def fetch(self, sql: str, *args: Any) -> Sequence[Any]:
        """See the protocol."""
        async with self._connection.cursor() as cursor:
            await cursor.execute(sql, args)
            rows: Sequence[Any] = await cursor.fetchall()
            return rows

    async def run(self, sql: str, *args: Any) -> int:
        """See the protocol."""
        async with self._connection.cursor() as cursor:
            found: int = await cursor.execute(sql, args)
            return found

    async def changed(self, sql: str, *args: Any) -> bool:
        """See the protocol."""
        return bool(await self.run(sql, *args))

    async def many(self, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert rows. The driver combines them into few statements."""
        async with self._connection.cursor() as cursor:
            await cursor.executemany(sql, rows)


class AiomysqlDriver(Driver):
    """One connection of aiomysql."""

    name = "driver"
    engine = "mysql"
    engines = ("mysql",)
    concurrent = False
    driver: ClassVar[MySQLDriverName] = "aiomysql"

    def __init__(self, connection: Any) -> None:
        super().__init__()
        self._connection = connection
        self.executor = MySQLExecutor(connection)

    @classmethod
    async def open(cls, target: Target) -> Self:
        """Open the connection."""
        return cls(await connection_of(cls.driver, target))

    async def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Executor]:
        """See above."""
        async with _mysql_transaction(self._connection) as executor:
            yield executor

    async def insert_many(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """See above."""
        async with _mysql_transaction(self._connection) as executor:
            await executor.many(self.sql["create_user"], rows)


@asynccontextmanager
async def _mysql_transaction(connection: Any) -> AsyncIterator[MySQLExecutor]:
    await connection.begin()
    try:
        yield MySQLExecutor(connection)
    except BaseException:
        await connection.rollback()
        raise
    await connection.commit()


class AsyncmyDriver(AiomysqlDriver):
    """One connection of asyncmy."""

    name = "driver, asyncmy"
    driver = "asyncmy"

    async def close(self) -> None:
        """Close the connection."""
        await self._connection.ensure_closed()


class MySQLPoolExecutor:
    """A pool of aiomysql that acquires a connection for each statement."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    async def fetch(self, sql: str, *args: Any) -> Sequence[Any]:
        """See the protocol."""
        async with self._pool.acquire() as connection:
            return await MySQLExecutor(connection).fetch(sql, *args)

    async def run(self, sql: str, *args: Any) -> int:
        """See the protocol."""
        async with self._pool.acquire() as connection:
            return await MySQLExecutor(connection).run(sql, *args)

    async def changed(self, sql: str, *args: Any) -> bool:
        """See the protocol."""
        return bool(await self.run(sql, *args))


class AiomysqlPool(Driver):
    """A pool of aiomysql, used as its documentation recommends."""

    name = "driver, pool"
    engine = "mysql"
    engines = ("mysql",)
    driver: ClassVar[MySQLDriverName] = "aiomysql"

    def __init__(self, pool: Any) -> None:
        super().__init__()
        self._pool = pool
        self.executor = MySQLPoolExecutor(pool)

    @classmethod
    async def open(cls, target: Target) -> Self:
        """Open the pool."""
        return cls(await pool_of(cls.driver, target))

    async def close(self) -> None:
        """Close the pool."""
        self._pool.close()
        await self._pool.wait_closed()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Executor]:
        """See above."""
        async with self._pool.acquire() as connection, _mysql_transaction(connection) as executor:
            yield executor

    async def insert_many(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """See above."""
        async with self._pool.acquire() as connection, _mysql_transaction(connection) as executor:
            await executor.many(self.sql["create_user"], rows)
