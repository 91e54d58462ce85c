"""Tortoise ORM: its models, with a join for the activity and a prefetch for linked accounts, as its documentation recommends.

It does not support composite keys, so each model has the column as its key that is unique in this benchmark. On MySQL it prefers asyncmy if
that is installed. On SQLite it uses one connection with a lock.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import unquote, urlsplit

from tortoise import Tortoise as Library
from tortoise import fields
from tortoise.context import TortoiseContext
from tortoise.expressions import F, Q
from tortoise.models import Model
from tortoise.transactions import in_transaction

from . import service
from .columns import TABLES, Column, iso, ms
from .mysql import FOUND_ROWS, READ_COMMITTED
from .protocol import PAGE, Candidate, Given, RotationMethod, SignIn, Target
from .sqlite import PRAGMAS

KEYS = {"users": "user_id", "clients": "client_id", "codes": "code_id", "logs": "log_id"}
"""The primary key of each model; ``id`` in the other tables."""


if TYPE_CHECKING:

    class _TextField(fields.Field[str]):
        pass

    class _NumberField(fields.Field[int]):
        pass

else:
    # The library derives the type of a field from its base class, which type checkers do not understand.

    class _TextField(fields.Field, str):
        __slots__ = ()

    class _NumberField(fields.Field, int):
        pass


class Text(_TextField):
    """Text without length validation or conversion, which is faster than the library's own text field."""

    SQL_TYPE = "TEXT"


class Number(_NumberField):
    """A number or a flag."""

    SQL_TYPE = "BIGINT"

    def to_db_value(self, value: Any, instance: Any) -> Any:
        """Encode the value."""
        return None if value is None else int(value)


class Iso(_TextField):
    """A time as text."""

    SQL_TYPE = "TEXT"

    def to_db_value(self, value: Any, instance: Any) -> Any:
        """Encode the value."""
        return iso(value) if isinstance(value, datetime) else value

    def to_python_value(self, value: Any) -> Any:
        """Return the value unchanged; the model validates it."""
        return value


class Ms(_NumberField):
    """A time as a number."""

    SQL_TYPE = "BIGINT"

    def to_db_value(self, value: Any, instance: Any) -> Any:
        """Encode the value."""
        return ms(value) if isinstance(value, datetime) else value

    def to_python_value(self, value: Any) -> Any:
        """Return the value unchanged; the model validates it."""
        return value


KINDS: dict[str, Any] = {"text": Text, "int": Number, "flag": Number, "iso": Iso, "ms": Ms}


def _field(column: Column, key: bool) -> Any:
    common: dict[str, Any] = {"source_field": column.stored, "null": not key}
    if column.kind == "json":
        return fields.JSONField(encoder=service.dumps, decoder=service.loads, **common)
    return KINDS[column.kind](**common, primary_key=key, **({"generated": False} if key else {}))


def _model(name: str, table: str, **others: Any) -> Any:
    key = KEYS.get(table, "id")
    columns = {column.public: _field(column, column.public == key) for column in TABLES[table] if column.public not in others}
    relations = {field: value for field, value in others.items() if value is not None}
    meta = type("Meta", (), {"table": table})
    return type(name, (Model,), {**columns, **relations, "Meta": meta, "__module__": __name__})


ACCOUNT: Any = fields.ForeignKeyField(
    "models.UserRow", related_name="accounts", source_field="linked_to", to_field="user_id", null=True, db_constraint=False
)
OWNER: Any = fields.OneToOneField(
    "models.UserRow", related_name="activity", source_field="user_id", to_field="user_id", primary_key=True, db_constraint=False
)
UserRow = _model("UserRow", "users", linked_to=None, account=ACCOUNT)
ActivityRow = _model("ActivityRow", "user_activity", user_id=None, user=OWNER)
ClientRow = _model("ClientRow", "clients")
PasswordRow = _model("PasswordRow", "passwords")
CodeRow = _model("CodeRow", "codes")
LoginSessionRow = _model("LoginSessionRow", "login_sessions")
SessionRow = _model("SessionRow", "sessions")
TokenRow = _model("TokenRow", "refresh_tokens")
LogRow = _model("LogRow", "logs")
USER = tuple(column.public for column in TABLES["users"] if column.public != "linked_to")


def row(found: Any) -> service.Row:
    """Return an instance as a dict."""
    return dict(found.__dict__)


def user_row(found: Any) -> service.Row:
    """Return a user with its activity as a dict."""
    values = {name: getattr(found, name) for name in USER}
    values["linked_to"] = found.account_id
    if (activity := found.activity) is not None:
        values.update(last_login=activity.last_login, last_ip=activity.last_ip, login_count=activity.login_count)
    return values


def linked_row(found: Any) -> service.Row:
    """Return a linked account as a dict."""
    values = row(found)
    values["linked_to"] = found.account_id
    return values


def user(found: Any) -> Any:
    """Return the model of a user."""
    return service.user(user_row(found), [linked_row(each) for each in found.accounts])


def users(query: Any) -> Any:
    """Add the activity and the linked accounts to a query for users."""
    return query.select_related("activity").prefetch_related("accounts")


def _connection(target: Target) -> dict[str, Any]:
    if target.engine == "sqlite":
        names = dict(pragma.split(" = ") for pragma in PRAGMAS)
        return {"engine": "tortoise.backends.sqlite", "credentials": {"file_path": target.path, **names}}
    parts = urlsplit(target.url)
    credentials = {
        "host": parts.hostname,
        "port": parts.port,
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "database": parts.path[1:],
        "minsize": target.pool,
        "maxsize": target.pool,
    }
    if target.engine == "mysql":
        credentials |= {"charset": "utf8mb4", "init_command": READ_COMMITTED, "client_flag": FOUND_ROWS}
    return {"engine": f"tortoise.backends.{'asyncpg' if target.engine == 'postgresql' else 'mysql'}", "credentials": credentials}


class Tortoise(Candidate):
    """The candidate with Tortoise ORM."""

    name = "Tortoise ORM"

    def __init__(self, context: TortoiseContext) -> None:
        self._context = context

    @classmethod
    async def open(cls, target: Target) -> Self:
        """Initialize the library."""
        apps = {"models": {"models": [__name__], "default_connection": "default"}}
        return cls(await Library.init(config={"connections": {"default": _connection(target)}, "apps": apps}, use_tz=False))

    async def close(self) -> None:
        """Close all connections."""
        await self._context.close_connections()

    async def user(self, tenant: str, user_id: str) -> Any:
        """See the protocol."""
        return user(await users(UserRow.get(tenant_id=tenant, user_id=user_id)))

    async def client(self, tenant: str, client_id: str) -> Any:
        """See the protocol."""
        return service.client(row(await ClientRow.get(tenant_id=tenant, client_id=client_id)))

    async def create_user(self, tenant: str, given: Given) -> Any:
        """See the protocol."""
        values = service.new_user(tenant, given)
        await UserRow.create(**values)
        return service.user(values)

    async def create_users(self, tenant: str, given: Sequence[Given]) -> int:
        """See the protocol."""
        rows = [service.new_user(tenant, each) for each in given]
        await UserRow.bulk_create([UserRow(**each) for each in rows])
        return len(rows)

    async def update_user(self, tenant: str, user_id: str, given: Given) -> bool:
        """See the protocol."""
        return bool(await UserRow.filter(tenant_id=tenant, user_id=user_id).update(**service.changed_user(given)))

    async def _page(self, tenant: str, *where: Q, **values: Any) -> list[Any]:
        query = UserRow.filter(*where, tenant_id=tenant, **values).order_by("-created_at", "-user_id").limit(PAGE)
        return [user(found) for found in await users(query)]

    async def users(self, tenant: str) -> Any:
        """See the protocol."""
        return await self._page(tenant)

    async def users_by_email(self, tenant: str, email: str) -> Any:
        """See the protocol."""
        return await self._page(tenant, email=email)

    async def users_by_connection(self, tenant: str, connection: str) -> Any:
        """See the protocol."""
        return await self._page(tenant, connection=connection)

    async def users_and_total(self, tenant: str) -> tuple[Any, int]:
        """See the protocol."""
        return await self._page(tenant), await UserRow.filter(tenant_id=tenant).count()

    async def users_after(self, tenant: str, created_at: str, user_id: str) -> Any:
        """See the protocol."""
        earlier = Q(Q(created_at__lt=created_at), Q(user_id__lt=user_id), join_type="OR")
        return await self._page(tenant, Q(created_at__lte=created_at), earlier, account_id__isnull=True)

    async def create_code(self, tenant: str, given: Given) -> Any:
        """See the protocol."""
        values = service.new_code(tenant, given)
        await CodeRow.create(**values)
        return service.code(values)

    async def consume_code(self, tenant: str, code_id: str, type: str) -> bool:
        """See the protocol."""
        unused = CodeRow.filter(tenant_id=tenant, code_id=code_id, code_type=type, used_at__isnull=True)
        return bool(await unused.update(used_at=service.now()))

    async def create_session(self, tenant: str, given: Given) -> Any:
        """See the protocol."""
        async with in_transaction() as tx:
            return await self._create_session(tx, service.new_session(tenant, given))

    async def _create_session(self, tx: Any, values: service.Row) -> Any:
        await SessionRow.create(using_db=tx, **values)
        await self._extend(tx, values, values["login_session_id"])
        return service.session(values)

    async def _extend(self, tx: Any, values: service.Row, login_id: str) -> None:
        until = values["expires_at"]
        shorter = LoginSessionRow.filter(tenant_id=values["tenant_id"], id=login_id, expires_at__lt=until)
        await shorter.using_db(tx).update(expires_at=until, updated_at=values["created_at"])

    async def rotate(self, tenant: str, lookup: str, successor: Given, now: datetime, method: RotationMethod) -> Any:
        """See the protocol."""
        query = TokenRow.get(tenant_id=tenant, token_lookup=lookup)
        if method in {"transaction", "run_transaction"}:
            async with in_transaction() as tx:
                return await self._exchange(tx, service.token(row(await query.using_db(tx))), tenant, successor, now)
        old = service.token(row(await query))
        async with in_transaction() as tx:
            return await self._exchange(tx, old, tenant, successor, now)

    async def _exchange(self, tx: Any, old: Any, tenant: str, successor: Given, now: datetime) -> Any:
        unused = TokenRow.filter(tenant_id=tenant, id=old.id, rotated_at__isnull=True).using_db(tx)
        if not await unused.update(rotated_to=successor["id"], rotated_at=now, last_exchanged_at=now):
            raise LookupError(old.id)
        return await self._create_token(tx, service.new_token(tenant, {**successor, "family_id": old.family_id}))

    async def _create_token(self, tx: Any, values: service.Row) -> Any:
        await TokenRow.create(using_db=tx, **values)
        await self._extend(tx, values, values["login_id"])
        return service.token(values)

    async def sign_in(self, tenant: str, given: SignIn) -> Any:
        """See the protocol."""
        found = user(await users(UserRow.get(tenant_id=tenant, email=given.email, provider="auth0")))
        own = PasswordRow.filter(tenant_id=tenant, user_id=found.user_id, is_current=1)
        service.password(row(await own.order_by("-created_at").first()))
        async with in_transaction() as tx:
            await self._begin(tx, tenant, found.user_id, given)
        await self._log(tenant, {**given.log, "type": "s", "user_id": found.user_id, "user_name": found.email})
        code = service.code(row(await CodeRow.get(tenant_id=tenant, code_id=given.code, code_type="authorization_code")))
        if not await self.consume_code(tenant, code.code_id, "authorization_code"):
            raise LookupError(given.code)
        token = {**given.token, "user_id": found.user_id, "login_id": code.login_id, "family_id": given.token["id"]}
        async with in_transaction() as tx:
            created = await self._create_token(tx, service.new_token(tenant, token))
        await self._log(tenant, {**given.log, "type": "seacft"})
        return created

    async def _begin(self, tx: Any, tenant: str, user_id: str, given: SignIn) -> None:
        login = service.new_login_session(tenant, {**given.login_session, "user_id": user_id})
        await LoginSessionRow.create(using_db=tx, **login)
        service.login_session(login)
        own = {"user_id": user_id, "login_session_id": login["id"]}
        session = await self._create_session(tx, service.new_session(tenant, {**given.session, **own}))
        done = {"session_id": session.id, "state": "completed", "authenticated_at": given.log["date"], "updated_at": service.now()}
        await LoginSessionRow.filter(tenant_id=tenant, id=login["id"]).using_db(tx).update(**done)
        code = {"code_id": given.code, "code_type": "authorization_code", "login_id": login["id"], "user_id": user_id}
        values = service.new_code(tenant, {**code, "expires_at": given.session["expires_at"]})
        await CodeRow.create(using_db=tx, **values)
        service.code(values)
        login_at = {"last_ip": given.log["ip"], "last_login": service.now()}
        seen = ActivityRow.filter(tenant_id=tenant, user_id=user_id).using_db(tx)
        # Tortoise has no upsert that increments a counter.
        if not await seen.update(**login_at, login_count=F("login_count") + 1):
            await ActivityRow.create(using_db=tx, tenant_id=tenant, user_id=user_id, login_count=1, **login_at)

    async def _log(self, tenant: str, given: Given) -> None:
        values = service.new_log(tenant, given)
        await LogRow.create(**values)
        service.log(values)
