"""SQLAlchemy 2 Core, with statements that are built once, compiled once and cached.

Single statements run on an engine in the driver's autocommit mode, which the documentation recommends for work without transactions: it
saves BEGIN and ROLLBACK. Several statements run on a second engine with READ COMMITTED transactions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Self

from sqlalchemy import Column as SQLColumn
from sqlalchemy import (
    Dialect,
    Integer,
    MetaData,
    Select,
    Table,
    and_,
    bindparam,
    cast,
    event,
    func,
    insert,
    literal_column,
    null,
    or_,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy import Text as SQLText
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.types import BigInteger, TypeDecorator, TypeEngine

from authhero_sql.models import User

from . import service
from .columns import LINKED, TABLES, Column, Kind, iso, ms
from .protocol import PAGE, Candidate, Given, RotationMethod, SignIn, Target
from .sqlite import PRAGMAS


class Json(TypeDecorator[Any]):
    """JSON as text."""

    impl = SQLText
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Encode the value."""
        return None if value is None else service.dumps(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Decode the value."""
        return None if value is None else service.loads(value)


class Iso(TypeDecorator[Any]):
    """A time as text."""

    impl = SQLText
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Encode the value. A value that was read from the database is already text."""
        return iso(value) if isinstance(value, datetime) else value


class Ms(TypeDecorator[Any]):
    """A time as a number."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Encode the value."""
        return ms(value) if isinstance(value, datetime) else value


class Flag(TypeDecorator[Any]):
    """A flag as 1 or 0."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Encode the value."""
        return None if value is None else int(value)


TYPES: dict[Kind, TypeEngine[Any]] = {"text": SQLText(), "int": Integer(), "flag": Flag(), "json": Json(), "iso": Iso(), "ms": Ms()}


def _column(column: Column) -> SQLColumn[Any]:
    return SQLColumn(column.stored, TYPES[column.kind], key=column.public, primary_key=column.key)


METADATA = MetaData()
T = {name: Table(name, METADATA, *map(_column, columns)) for name, columns in TABLES.items()}
USERS, ACTIVITY = T["users"], T["user_activity"]
LINKED_USERS = USERS.alias("linked")

USER_NAMES = (*(column.public for column in TABLES["users"]), "last_login", "last_ip", "login_count")
USER_COLUMNS = [*USERS.c, ACTIVITY.c.last_login, ACTIVITY.c.last_ip, ACTIVITY.c.login_count]
JOINED = USERS.outerjoin(ACTIVITY, and_(ACTIVITY.c.tenant_id == USERS.c.tenant_id, ACTIVITY.c.user_id == USERS.c.user_id))
NEWEST = (USERS.c.created_at.desc(), USERS.c.user_id.desc())
TENANT: Any = bindparam("tenant")


def linked_columns(table: Any) -> list[Any]:
    """Return the columns of a linked account, at the same positions as in the row of a user."""
    return [table.c[name] if name in LINKED else null() for name in USER_NAMES]


class Statements:
    """All statements for an engine, built once."""

    def __init__(self, engine: str) -> None:
        self._engine = engine
        self.user = self._with_linked(USERS.c.user_id == bindparam("user_id"), bindparam("user_id"))
        by_email = and_(USERS.c.email == bindparam("email"), USERS.c.provider == bindparam("provider"))
        ids = select(USERS.c.user_id).where(USERS.c.tenant_id == TENANT, by_email).scalar_subquery()
        self.user_by_email = self._with_linked(by_email, ids)
        self.users = self._page()
        self.users_by_email = self._page(USERS.c.email == bindparam("email"), newest=False)
        self.users_by_connection = self._page(USERS.c.connection == bindparam("connection"))
        total = select(func.count()).select_from(USERS).where(USERS.c.tenant_id == TENANT).scalar_subquery()
        self.users_and_total = self._page(more=[total])
        self.users_after = self._page(self.unindexed(USERS.c.linked_to).is_(None), self.before())
        clients, codes, tokens, passwords = T["clients"], T["codes"], T["refresh_tokens"], T["passwords"]
        self.client = select(clients).where(clients.c.tenant_id == TENANT, clients.c.client_id == bindparam("id"))
        code = and_(codes.c.tenant_id == TENANT, codes.c.code_id == bindparam("id"), codes.c.code_type == bindparam("type"))
        self.code = select(codes).where(code)
        self.consume_code = update(codes).where(code, codes.c.used_at.is_(None)).values(used_at=bindparam("at"))
        self.token = select(tokens).where(tokens.c.tenant_id == TENANT, tokens.c.token_lookup == bindparam("lookup"))
        self.use_token = (
            update(tokens)
            .where(tokens.c.tenant_id == TENANT, tokens.c.id == bindparam("token"), tokens.c.rotated_at.is_(None))
            .values(rotated_to=bindparam("to"), rotated_at=bindparam("at"), last_exchanged_at=bindparam("at"))
        )
        own = and_(passwords.c.tenant_id == TENANT, passwords.c.user_id == bindparam("user"), passwords.c.is_current == literal_column("1"))
        self.password = select(passwords).where(own).order_by(passwords.c.created_at.desc()).limit(literal_column("1"))
        self.update_user = update(USERS).where(USERS.c.tenant_id == TENANT, USERS.c.user_id == bindparam("id"))
        logins = T["login_sessions"]
        login = and_(logins.c.tenant_id == TENANT, logins.c.id == bindparam("login"))
        self.extend = (
            update(logins)
            .where(login, logins.c.expires_at < bindparam("until"))
            .values(expires_at=bindparam("until"), updated_at=bindparam("at"))
        )
        self.complete = (
            update(logins)
            .where(login)
            .values(
                session_id=bindparam("session"), state="completed", authenticated_at=bindparam("authenticated"), updated_at=bindparam("at")
            )
        )
        self.insert = {name: insert(table) for name, table in T.items()}
        self.record_login = self._record_login()

    def _linked(self, table: Any, user_ids: Any) -> Any:
        """Return the condition for accounts that are linked to the given users."""
        return and_(self.unindexed(table.c.tenant_id) == TENANT, table.c.linked_to == user_ids)

    def unindexed(self, column: Any) -> Any:
        """Return an expression for the column that SQLite cannot look up in an index.

        Core has no index hints for SQLite. Otherwise SQLite might choose an index that starts with this column, and read all of its
        entries.
        """
        return column.op("||")(literal_column("''")) if self._engine == "sqlite" else column

    def _with_linked(self, where: Any, user_ids: Any) -> Any:
        accounts = select(*linked_columns(LINKED_USERS)).where(self._linked(LINKED_USERS, user_ids))
        return union_all(select(*USER_COLUMNS).select_from(JOINED).where(USERS.c.tenant_id == TENANT, where), accounts)

    def _page(self, *where: Any, newest: bool = True, more: Sequence[Any] = ()) -> Any:
        """Return a query for a page that reads the linked accounts of each user as JSON, like the bare driver."""
        own = LINKED_USERS.c.tenant_id == USERS.c.tenant_id, LINKED_USERS.c.linked_to == USERS.c.user_id
        linked = select(self._gathered(*(LINKED_USERS.c[name] for name in LINKED))).where(*own).scalar_subquery()
        page: Select[Any] = select(*USER_COLUMNS, linked, *more).select_from(JOINED).where(USERS.c.tenant_id == TENANT, *where)
        if newest:
            page = page.with_hint(USERS, "FORCE INDEX (idx_users_tenant_created_at)", "mysql")
        return page.order_by(*NEWEST).limit(literal_column(str(PAGE)))

    def _gathered(self, *columns: Any) -> Any:
        if self._engine == "postgresql":
            # As text, because the driver's own hook would decode it with Python's slower decoder.
            return cast(func.json_agg(func.json_build_array(*columns)), SQLText)
        name = "json_group_array" if self._engine == "sqlite" else "json_arrayagg"
        return getattr(func, name)(func.json_array(*columns), type_=SQLText)

    def before(self) -> Any:
        """Return the condition for the users after a cursor."""
        if self._engine == "mysql":
            # MySQL does not use an index range for a tuple comparison.
            earlier = or_(USERS.c.created_at < bindparam("created_at"), USERS.c.user_id < bindparam("user_id"))
            return and_(USERS.c.created_at <= bindparam("created_at"), earlier)
        return tuple_(USERS.c.created_at, USERS.c.user_id) < tuple_(bindparam("created_at"), bindparam("user_id"))

    def _record_login(self) -> Any:
        values = {"tenant_id": TENANT, "user_id": bindparam("user"), "last_ip": bindparam("ip"), "last_login": bindparam("at")}
        if self._engine == "mysql":
            into = mysql.insert(ACTIVITY).values(**values, login_count=literal_column("1"))
            given = into.inserted
            return into.on_duplicate_key_update(
                last_ip=given.last_ip, last_login=given.last_login, login_count=ACTIVITY.c.login_count + literal_column("1")
            )
        upsert = (sqlite if self._engine == "sqlite" else postgresql).insert(ACTIVITY).values(**values, login_count=literal_column("1"))
        taken = {"last_ip": upsert.excluded.last_ip, "last_login": upsert.excluded.last_login}
        return upsert.on_conflict_do_update(
            index_elements=["tenant_id", "user_id"], set_={**taken, "login_count": ACTIVITY.c.login_count + literal_column("1")}
        )


def engine_of(target: Target, isolation: str, driver: str | None = None) -> AsyncEngine:
    """Return an engine with the same pool size as all other candidates."""
    drivers = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "mysql": "mysql+aiomysql"}
    url = make_url(target.url).set(drivername=driver or drivers[target.engine])
    options: dict[str, Any] = {"pool_size": target.pool, "max_overflow": 0}
    if target.engine == "sqlite":
        engine = create_async_engine(url, isolation_level="AUTOCOMMIT" if isolation == "AUTOCOMMIT" else None, **options)
        event.listen(engine.sync_engine, "connect", _prepare)
        if isolation != "AUTOCOMMIT":
            event.listen(engine.sync_engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
        return engine
    if isolation == "AUTOCOMMIT":
        # A released connection never has an open transaction, so a rollback is not needed.
        options["pool_reset_on_return"] = None
    return create_async_engine(url, isolation_level=isolation, **options)


def _prepare(connection: Any, _: Any) -> None:
    # The documentation recommends this to control the start of transactions on SQLite.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


NAMES = {name: tuple(column.public for column in columns) for name, columns in TABLES.items()}


def named(table: str, row: Any) -> service.Row:
    """Return the row of a table with the field names of the models."""
    return dict(zip(NAMES[table], row, strict=True))


def split(rows: Sequence[Any]) -> tuple[list[service.Row], list[service.Row]]:
    """Return the users and the linked accounts, which have no ``updated_at`` in this query."""
    users: list[service.Row] = []
    linked: list[service.Row] = []
    for row in rows:
        found = dict(zip(USER_NAMES, row, strict=False))
        (users if found["updated_at"] is not None else linked).append(found)
    return users, linked


def page_user(row: Any) -> User:
    """Return a user of a page. The linked accounts follow the user's own columns."""
    accounts = row[len(USER_NAMES)]
    linked = [dict(zip(LINKED, each, strict=True)) for each in service.loads(accounts)] if accounts else ()
    return service.user(dict(zip(USER_NAMES, row, strict=False)), linked)


class Core(Candidate):
    """The candidate with SQLAlchemy Core."""

    name = "SQLAlchemy Core"
    driver: ClassVar[str | None] = None

    def __init__(self, target: Target) -> None:
        self.reading = engine_of(target, "AUTOCOMMIT", self.driver)
        self.writing = engine_of(target, "READ COMMITTED", self.driver)
        self.statements = Statements(target.engine)

    @classmethod
    async def open(cls, target: Target) -> Self:
        """Create the engines."""
        return cls(target)

    async def close(self) -> None:
        """Close all connections."""
        await self.reading.dispose()
        await self.writing.dispose()

    async def _rows(self, statement: Any, values: Mapping[str, Any]) -> Sequence[Any]:
        async with self.reading.connect() as connection:
            return (await connection.execute(statement, values)).all()

    async def _one(self, table: str, statement: Any, values: Mapping[str, Any]) -> service.Row:
        async with self.reading.connect() as connection:
            return named(table, (await connection.execute(statement, values)).one())

    async def _write(self, statement: Any, values: Any) -> bool:
        async with self.reading.connect() as connection:
            return bool((await connection.execute(statement, values)).rowcount)

    async def user(self, tenant: str, user_id: str) -> Any:
        """See the protocol."""
        (row,), linked = split(await self._rows(self.statements.user, {"tenant": tenant, "user_id": user_id}))
        return service.user(row, linked)

    async def client(self, tenant: str, client_id: str) -> Any:
        """See the protocol."""
        return service.client(await self._one("clients", self.statements.client, {"tenant": tenant, "id": client_id}))

    async def create_user(self, tenant: str, given: Given) -> Any:
        """See the protocol."""
        row = service.new_user(tenant, given)
        await self._write(self.statements.insert["users"], row)
        return service.user(row)

    async def create_users(self, tenant: str, given: Sequence[Given]) -> int:
        """See the protocol."""
        rows = [service.new_user(tenant, each) for each in given]
        async with self.writing.begin() as connection:
            await connection.execute(self.statements.insert["users"], rows)
        return len(rows)

    async def update_user(self, tenant: str, user_id: str, given: Given) -> bool:
        """See the protocol."""
        return await self._write(self.statements.update_user, {"tenant": tenant, "id": user_id, **service.changed_user(given)})

    async def _page(self, statement: Any, **values: Any) -> list[User]:
        return [page_user(row) for row in await self._rows(statement, values)]

    async def users(self, tenant: str) -> Any:
        """See the protocol."""
        return await self._page(self.statements.users, tenant=tenant)

    async def users_by_email(self, tenant: str, email: str) -> Any:
        """See the protocol."""
        return await self._page(self.statements.users_by_email, tenant=tenant, email=email)

    async def users_by_connection(self, tenant: str, connection: str) -> Any:
        """See the protocol."""
        return await self._page(self.statements.users_by_connection, tenant=tenant, connection=connection)

    async def users_and_total(self, tenant: str) -> tuple[Any, int]:
        """See the protocol."""
        rows = await self._rows(self.statements.users_and_total, {"tenant": tenant})
        return [page_user(row) for row in rows], rows[0][-1]

    async def users_after(self, tenant: str, created_at: str, user_id: str) -> Any:
        """See the protocol."""
        return await self._page(self.statements.users_after, tenant=tenant, created_at=created_at, user_id=user_id)

    async def create_code(self, tenant: str, given: Given) -> Any:
        """See the protocol."""
        row = service.new_code(tenant, given)
        await self._write(self.statements.insert["codes"], row)
        return service.code(row)

    async def consume_code(self, tenant: str, code_id: str, type: str) -> bool:
        """See the protocol."""
        return await self._write(self.statements.consume_code, {"tenant": tenant, "id": code_id, "type": type, "at": service.now()})

    async def create_session(self, tenant: str, given: Given) -> Any:
        """See the protocol."""
        async with self.writing.begin() as connection:
            return await self._create_session(connection, service.new_session(tenant, given))

    async def _create_session(self, connection: AsyncConnection, row: service.Row) -> Any:
        await connection.execute(self.statements.insert["sessions"], row)
        await self._extend(connection, row, row["login_session_id"])
        return service.session(row)

    async def _extend(self, connection: AsyncConnection, row: service.Row, login_id: str) -> None:
        values = {"tenant": row["tenant_id"], "login": login_id, "until": row["expires_at"], "at": row["created_at"]}
        await connection.execute(self.statements.extend, values)

    async def rotate(self, tenant: str, lookup: str, successor: Given, now: datetime, method: RotationMethod) -> Any:
        """See the protocol."""
        wanted = {"tenant": tenant, "lookup": lookup}
        if method in {"transaction", "run_transaction"}:
            async with self.writing.begin() as connection:
                old = named("refresh_tokens", (await connection.execute(self.statements.token, wanted)).one())
                return await self._exchange(connection, service.token(old), tenant, successor, now)
        token = service.token(await self._one("refresh_tokens", self.statements.token, wanted))
        async with self.writing.begin() as connection:
            return await self._exchange(connection, token, tenant, successor, now)

    async def _exchange(self, connection: AsyncConnection, old: Any, tenant: str, successor: Given, now: datetime) -> Any:
        used = {"tenant": tenant, "token": old.id, "to": successor["id"], "at": now}
        if not (await connection.execute(self.statements.use_token, used)).rowcount:
            raise LookupError(old.id)
        return await self._create_token(connection, service.new_token(tenant, {**successor, "family_id": old.family_id}))

    async def _create_token(self, connection: AsyncConnection, row: service.Row) -> Any:
        await connection.execute(self.statements.insert["refresh_tokens"], row)
        await self._extend(connection, row, row["login_id"])
        return service.token(row)

    async def sign_in(self, tenant: str, given: SignIn) -> Any:
        """See the protocol."""
        by = {"tenant": tenant, "email": given.email, "provider": "auth0"}
        (row,), linked = split(await self._rows(self.statements.user_by_email, by))
        user = service.user(row, linked)
        service.password(await self._one("passwords", self.statements.password, {"tenant": tenant, "user": user.user_id}))
        async with self.writing.begin() as connection:
            await self._begin(connection, tenant, user.user_id, given)
        await self._log(tenant, {**given.log, "type": "s", "user_id": user.user_id, "user_name": user.email})
        named = {"tenant": tenant, "id": given.code, "type": "authorization_code"}
        code = service.code(await self._one("codes", self.statements.code, named))
        if not await self.consume_code(tenant, code.code_id, "authorization_code"):
            raise LookupError(given.code)
        token = {**given.token, "user_id": user.user_id, "login_id": code.login_id, "family_id": given.token["id"]}
        async with self.writing.begin() as connection:
            created = await self._create_token(connection, service.new_token(tenant, token))
        await self._log(tenant, {**given.log, "type": "seacft"})
        return created

    async def _begin(self, connection: AsyncConnection, tenant: str, user_id: str, given: SignIn) -> None:
        run, statements = connection.execute, self.statements
        login = service.new_login_session(tenant, {**given.login_session, "user_id": user_id})
        await run(statements.insert["login_sessions"], login)
        service.login_session(login)
        session = service.new_session(tenant, {**given.session, "user_id": user_id, "login_session_id": login["id"]})
        await self._create_session(connection, session)
        own = {"tenant": tenant, "login": login["id"], "session": session["id"]}
        await run(statements.complete, {**own, "authenticated": given.log["date"], "at": service.now()})
        code = {"code_id": given.code, "code_type": "authorization_code", "login_id": login["id"], "user_id": user_id}
        row = service.new_code(tenant, {**code, "expires_at": given.session["expires_at"]})
        await run(statements.insert["codes"], row)
        service.code(row)
        await run(statements.record_login, {"tenant": tenant, "user": user_id, "ip": given.log["ip"], "at": service.now()})

    async def _log(self, tenant: str, given: Given) -> None:
        row = service.new_log(tenant, given)
        await self._write(self.statements.insert["logs"], row)
        service.log(row)


class CoreAsyncmy(Core):
    """SQLAlchemy Core with asyncmy."""

    name = "SQLAlchemy Core, asyncmy"
    engines = ("mysql",)
    driver = "mysql+asyncmy"
