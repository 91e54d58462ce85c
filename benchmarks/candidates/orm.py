"""SQLAlchemy 2 ORM: an AsyncSession reads and adds entities, with a join for the activity and a second SELECT for linked accounts.

The tables, types and engines are those of Core. Conditional updates and counters are statements, as the documentation recommends, because
this is cheaper than reading an entity first. Single statements run on the engine in autocommit mode here, too, and entities do not expire
on commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self

from sqlalchemy import and_, bindparam, func, insert, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import foreign, joinedload, registry, relationship, remote, selectinload

from . import service
from .core import ACTIVITY, NEWEST, TENANT, USERS, Statements, T, engine_of
from .protocol import PAGE, Candidate, Given, RotationMethod, SignIn, Target


class Entity:
    """A mapped row."""

    def __init__(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self, name, value)

    def row(self) -> service.Row:
        """Return the row as a dict."""
        return dict(self.__dict__)


class UserRow(Entity):
    """A row of ``users``."""

    activity: Any
    accounts: Any


class ActivityRow(Entity):
    """A row of ``user_activity``."""


class ClientRow(Entity):
    """A row of ``clients``."""


class PasswordRow(Entity):
    """A row of ``passwords``."""


class CodeRow(Entity):
    """A row of ``codes``."""


class LoginSessionRow(Entity):
    """A row of ``login_sessions``."""


class SessionRow(Entity):
    """A row of ``sessions``."""


class TokenRow(Entity):
    """A row of ``refresh_tokens``."""


class LogRow(Entity):
    """A row of ``logs``."""


_MAPPED = registry()
_ACTIVITY = and_(ACTIVITY.c.tenant_id == USERS.c.tenant_id, foreign(ACTIVITY.c.user_id) == USERS.c.user_id)
_ACCOUNTS = remote(foreign(USERS.c.linked_to)) == USERS.c.user_id
_MAPPED.map_imperatively(
    UserRow,
    USERS,
    properties={
        "activity": relationship("ActivityRow", primaryjoin=_ACTIVITY, uselist=False, viewonly=True),
        "accounts": relationship("UserRow", primaryjoin=_ACCOUNTS, uselist=True, viewonly=True),
    },
)
_MAPPED.map_imperatively(ActivityRow, ACTIVITY)
for _entity, _table in (
    (ClientRow, "clients"),
    (PasswordRow, "passwords"),
    (CodeRow, "codes"),
    (LoginSessionRow, "login_sessions"),
    (SessionRow, "sessions"),
    (TokenRow, "refresh_tokens"),
    (LogRow, "logs"),
):
    _MAPPED.map_imperatively(_entity, T[_table])


def user(found: UserRow) -> Any:
    """Return the model of a user."""
    values = found.row()
    if (activity := found.activity) is not None:
        values.update(last_login=activity.last_login, last_ip=activity.last_ip, login_count=activity.login_count)
    return service.user(values, [account.row() for account in found.accounts])


class Queries:
    """The queries, built once."""

    def __init__(self, statements: Statements) -> None:
        people = select(UserRow).options(joinedload(UserRow.activity), selectinload(UserRow.accounts)).where(USERS.c.tenant_id == TENANT)
        self.user = people.where(USERS.c.user_id == bindparam("user_id"))
        self.user_by_email = people.where(USERS.c.email == bindparam("email"), USERS.c.provider == bindparam("provider"))
        page = people.order_by(*NEWEST).limit(literal_column(str(PAGE)))
        newest = page.with_hint(USERS, "FORCE INDEX (idx_users_tenant_created_at)", "mysql")
        self.users = newest
        self.users_by_email = page.where(USERS.c.email == bindparam("email"))
        self.users_by_connection = newest.where(USERS.c.connection == bindparam("connection"))
        self.users_after = newest.where(statements.unindexed(USERS.c.linked_to).is_(None), statements.before())
        self.total = select(func.count()).select_from(UserRow).where(USERS.c.tenant_id == TENANT)
        clients, passwords, codes, tokens = T["clients"], T["passwords"], T["codes"], T["refresh_tokens"]
        self.client = select(ClientRow).where(clients.c.tenant_id == TENANT, clients.c.client_id == bindparam("id"))
        own = and_(passwords.c.tenant_id == TENANT, passwords.c.user_id == bindparam("user"), passwords.c.is_current == literal_column("1"))
        self.password = select(PasswordRow).where(own).order_by(passwords.c.created_at.desc()).limit(literal_column("1"))
        code = and_(codes.c.tenant_id == TENANT, codes.c.code_id == bindparam("id"), codes.c.code_type == bindparam("type"))
        self.code = select(CodeRow).where(code)
        self.token = select(TokenRow).where(tokens.c.tenant_id == TENANT, tokens.c.token_lookup == bindparam("lookup"))


class Orm(Candidate):
    """The candidate with SQLAlchemy ORM."""

    name = "SQLAlchemy ORM"

    def __init__(self, target: Target) -> None:
        self._engines = engine_of(target, "AUTOCOMMIT"), engine_of(target, "READ COMMITTED")
        self.single, self.several = (async_sessionmaker(engine, expire_on_commit=False) for engine in self._engines)
        self.statements = Statements(target.engine)
        self.queries = Queries(self.statements)

    @classmethod
    async def open(cls, target: Target) -> Self:
        """Create the engines."""
        return cls(target)

    async def close(self) -> None:
        """Close all connections."""
        for engine in self._engines:
            await engine.dispose()

    async def _one(self, query: Any, values: dict[str, Any]) -> Any:
        async with self.single() as session:
            return (await session.execute(query, values)).scalar_one()

    async def _add(self, entity: Entity) -> None:
        async with self.single() as session:
            session.add(entity)
            await session.commit()

    async def _write(self, statement: Any, values: dict[str, Any]) -> bool:
        async with self.single() as session:
            return await changed(session, statement, values)

    async def user(self, tenant: str, user_id: str) -> Any:
        """See the protocol."""
        return user(await self._one(self.queries.user, {"tenant": tenant, "user_id": user_id}))

    async def client(self, tenant: str, client_id: str) -> Any:
        """See the protocol."""
        return service.client((await self._one(self.queries.client, {"tenant": tenant, "id": client_id})).row())

    async def create_user(self, tenant: str, given: Given) -> Any:
        """See the protocol."""
        row = service.new_user(tenant, given)
        await self._add(UserRow(**row))
        return service.user(row)

    async def create_users(self, tenant: str, given: Sequence[Given]) -> int:
        """Create the users with a bulk INSERT of the entity, as the documentation recommends."""
        rows = [service.new_user(tenant, each) for each in given]
        async with self.several.begin() as session:
            await session.execute(insert(UserRow), rows)
        return len(rows)

    async def update_user(self, tenant: str, user_id: str, given: Given) -> bool:
        """See the protocol."""
        return await self._write(self.statements.update_user, {"tenant": tenant, "id": user_id, **service.changed_user(given)})

    async def _page(self, query: Any, **values: Any) -> list[Any]:
        async with self.single() as session:
            found = (await session.execute(query, values)).scalars().all()
        return [user(each) for each in found]

    async def users(self, tenant: str) -> Any:
        """See the protocol."""
        return await self._page(self.queries.users, tenant=tenant)

    async def users_by_email(self, tenant: str, email: str) -> Any:
        """See the protocol."""
        return await self._page(self.queries.users_by_email, tenant=tenant, email=email)

    async def users_by_connection(self, tenant: str, connection: str) -> Any:
        """See the protocol."""
        return await self._page(self.queries.users_by_connection, tenant=tenant, connection=connection)

    async def users_and_total(self, tenant: str) -> tuple[Any, int]:
        """See the protocol."""
        async with self.single() as session:
            found = (await session.execute(self.queries.users, {"tenant": tenant})).scalars().all()
            total = (await session.execute(self.queries.total, {"tenant": tenant})).scalar_one()
        return [user(each) for each in found], total

    async def users_after(self, tenant: str, created_at: str, user_id: str) -> Any:
        """See the protocol."""
        return await self._page(self.queries.users_after, tenant=tenant, created_at=created_at, user_id=user_id)

    async def create_code(self, tenant: str, given: Given) -> Any:
        """See the protocol."""
        row = service.new_code(tenant, given)
        await self._add(CodeRow(**row))
        return service.code(row)

    async def consume_code(self, tenant: str, code_id: str, type: str) -> bool:
        """See the protocol."""
        return await self._write(self.statements.consume_code, {"tenant": tenant, "id": code_id, "type": type, "at": service.now()})

    async def create_session(self, tenant: str, given: Given) -> Any:
        """See the protocol."""
        async with self.several.begin() as session:
            return await self._create_session(session, service.new_session(tenant, given))

    async def _create_session(self, session: AsyncSession, row: service.Row) -> Any:
        session.add(SessionRow(**row))
        await session.flush()
        await self._extend(session, row, row["login_session_id"])
        return service.session(row)

    async def _extend(self, session: AsyncSession, row: service.Row, login_id: str) -> None:
        values = {"tenant": row["tenant_id"], "login": login_id, "until": row["expires_at"], "at": row["created_at"]}
        await changed(session, self.statements.extend, values)

    async def rotate(self, tenant: str, lookup: str, successor: Given, now: datetime, method: RotationMethod) -> Any:
        """See the protocol."""
        wanted = {"tenant": tenant, "lookup": lookup}
        if method in {"transaction", "run_transaction"}:
            async with self.several.begin() as session:
                found = (await session.execute(self.queries.token, wanted)).scalar_one()
                return await self._exchange(session, service.token(found.row()), tenant, successor, now)
        old = service.token((await self._one(self.queries.token, wanted)).row())
        async with self.several.begin() as session:
            return await self._exchange(session, old, tenant, successor, now)

    async def _exchange(self, session: AsyncSession, old: Any, tenant: str, successor: Given, now: datetime) -> Any:
        used = {"tenant": tenant, "token": old.id, "to": successor["id"], "at": now}
        if not await changed(session, self.statements.use_token, used):
            raise LookupError(old.id)
        return await self._create_token(session, service.new_token(tenant, {**successor, "family_id": old.family_id}))

    async def _create_token(self, session: AsyncSession, row: service.Row) -> Any:
        session.add(TokenRow(**row))
        await session.flush()
        await self._extend(session, row, row["login_id"])
        return service.token(row)

    async def sign_in(self, tenant: str, given: SignIn) -> Any:
        """See the protocol."""
        found = user(await self._one(self.queries.user_by_email, {"tenant": tenant, "email": given.email, "provider": "auth0"}))
        service.password((await self._one(self.queries.password, {"tenant": tenant, "user": found.user_id})).row())
        async with self.several.begin() as session:
            await self._begin(session, tenant, found.user_id, given)
        await self._log(tenant, {**given.log, "type": "s", "user_id": found.user_id, "user_name": found.email})
        named = {"tenant": tenant, "id": given.code, "type": "authorization_code"}
        code = service.code((await self._one(self.queries.code, named)).row())
        if not await self.consume_code(tenant, code.code_id, "authorization_code"):
            raise LookupError(given.code)
        token = {**given.token, "user_id": found.user_id, "login_id": code.login_id, "family_id": given.token["id"]}
        async with self.several.begin() as session:
            created = await self._create_token(session, service.new_token(tenant, token))
        await self._log(tenant, {**given.log, "type": "seacft"})
        return created

    async def _begin(self, session: AsyncSession, tenant: str, user_id: str, given: SignIn) -> None:
        login = service.new_login_session(tenant, {**given.login_session, "user_id": user_id})
        session.add(LoginSessionRow(**login))
        service.login_session(login)
        own = {"user_id": user_id, "login_session_id": login["id"]}
        # The flush in this call also writes the login session.
        created = await self._create_session(session, service.new_session(tenant, {**given.session, **own}))
        done = {"tenant": tenant, "login": login["id"], "session": created.id}
        await changed(session, self.statements.complete, {**done, "authenticated": given.log["date"], "at": service.now()})
        code = {"code_id": given.code, "code_type": "authorization_code", "login_id": login["id"], "user_id": user_id}
        row = service.new_code(tenant, {**code, "expires_at": given.session["expires_at"]})
        session.add(CodeRow(**row))
        service.code(row)
        login_at = {"tenant": tenant, "user": user_id, "ip": given.log["ip"], "at": service.now()}
        await changed(session, self.statements.record_login, login_at)

    async def _log(self, tenant: str, given: Given) -> None:
        row = service.new_log(tenant, given)
        await self._add(LogRow(**row))
        service.log(row)


async def changed(session: AsyncSession, statement: Any, values: dict[str, Any]) -> bool:
    """Run a statement and return whether it matched a row."""
    result: Any = await session.execute(statement, values)
    return bool(result.rowcount)
