"""Stored rows, and functions that write each row of AuthHero again with the adapters."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pypika import Table as SQLTable

from authhero_sql import Adapters, Database
from authhero_sql.dialects import Call
from authhero_sql.ids import IdGenerator
from authhero_sql.schema import Table
from authhero_sql.tables import REGISTRY
from tests import contract_data
from tests.interop.answers import wire
from tests.kinds import entities, insert_of

Stored = dict[str, Any]
"""A row of the driver, by column."""
Fields = dict[str, Any]
"""The fields of an entity, by wire name."""

EXPLICITLY_EMPTY = {
    "forms.nodes": "the only form does not tell; the lists beside it that nobody gave are NULL, and the contract has no default",
    "logs.description": "every entry was given one, every third of them an empty one",
    "resource_servers.skip_consent_for_verifiable_first_party_clients": "the only API does not tell; the contract has no default",
}
"""Fields that were explicitly set to an empty value although no row of the table has NULL, by ``table.field``, with the reason."""


# --- stored rows -----------------------------------------------------------------------------------------------------------------


async def stored(db: Database, table: Table[Any]) -> list[Stored]:
    """Return all rows of a table, oldest first."""
    sql = db.dialect.query.from_(SQLTable(table.name)).select(*table.names).get_sql()
    rows = [dict(zip(table.names, tuple(row), strict=True)) for row in await db.fetch(Call(sql))]
    created = table.stored("created_at") or table.columns[0]
    return sorted(rows, key=lambda row: str(row[created.name]))


def by_key(table: Table[Any], rows: list[Stored]) -> dict[tuple[Any, ...], Stored]:
    """Return the rows by primary key."""
    return {tuple(row[name] for name in table.key): row for row in rows}


INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def value_format(value: Any) -> str:
    """Describe the format of a stored value: its type, and the format of text."""
    if value is None:
        return "NULL"
    if not isinstance(value, str):
        return type(value).__name__ + (" of 13 digits" if isinstance(value, int) and len(str(value)) == 13 else "")
    if INSTANT.fullmatch(value):
        return "instant"
    if value[:1] in ("{", "["):
        return json_format(value)
    return "text"


def json_format(text: str) -> str:
    """Return ``object`` or ``array``, and whether it is the compact JSON that both programs write."""
    try:
        decoded = json.loads(text)
    except ValueError:
        return "text"
    compact = json.dumps(decoded, ensure_ascii=False, separators=(",", ":"), sort_keys=False) == text
    return ("JSON object" if isinstance(decoded, dict) else "JSON array") + ("" if compact else ", not compact")


def difference(theirs: Any, ours: Any) -> str | None:
    """Describe the difference between two stored values, or return None."""
    if (type(theirs), theirs) == (type(ours), ours):
        return None
    if value_format(theirs) != value_format(ours):
        return f"{value_format(theirs)} there, {value_format(ours)} here"
    if "JSON" in value_format(theirs) and canonical(theirs) == canonical(ours):
        return "another order of keys"
    return "another value"


def canonical(text: str) -> str:
    """Return a JSON text with sorted keys."""
    return json.dumps(json.loads(text), sort_keys=True)


# --- required input --------------------------------------------------------------------------------------------------------------


def insert_fields(table: Table[Any]) -> dict[str, bool]:
    """Return the fields of ``create``, and whether each is required."""
    if table.name not in entities():
        return {}
    return {info.serialization_alias or name: info.is_required() for name, info in insert_of(table).model_fields.items()}


def default_of(table: Table[Any], name: str) -> Any:
    """Return the contract's default of a field, or None."""
    model = insert_of(table).__name__ if table.name in entities() else ""
    definition = contract_data.fields().get(model, {}).get(name, {})
    return definition.get("default")


def columns_of(table: Table[Any], name: str) -> list[str]:
    """Return the columns that store a field."""
    return [column.name for column in table.columns if column.public.partition(".")[0] == name]


def without_defaults(table: Table[Any], given: Fields, rows: list[Stored]) -> Fields:
    """Remove the input that AuthHero would store without it.

    This is the contract's default, or an empty value if there is no default and no row of the table has NULL in the column.
    """
    required = insert_fields(table)

    def may_be_null(name: str) -> bool:
        return any(row[column] is None for row in rows for column in columns_of(table, name))

    def is_default(name: str, value: Any) -> bool:
        if required.get(name) or f"{table.name}.{name}" in EXPLICITLY_EMPTY or may_be_null(name):
            return False
        default = default_of(table, name)
        return bool(not value if default is None else value == default)

    return {name: value for name, value in given.items() if not is_default(name, value)}


# --- writing rows again ----------------------------------------------------------------------------------------------------------


class ManualClock:
    """A clock that only changes if it is set."""

    def __init__(self) -> None:
        self.now = datetime(2019, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def set_time(self, moment: str | int | None) -> None:
        """Set the clock to a stored time in ISO format or milliseconds."""
        if isinstance(moment, int):
            self.now = datetime.fromtimestamp(moment / 1000, UTC)
        elif moment is not None and INSTANT.fullmatch(moment):
            self.now = datetime.fromisoformat(moment)


class FixedIds(IdGenerator):
    """An ID generator that returns a given ID, for adapters that do not accept one."""

    wanted: str = ""

    def nanoid(self, size: int = 21) -> str:
        return self.wanted or super().nanoid(size)

    def sortable_id(self, instant: datetime) -> str:
        return self.wanted.rpartition("_")[2]


@dataclass
class RewrittenRow:
    """A row of AuthHero that is written again.

    Attributes:
        theirs: Adapters with AuthHero's database. Their clock is earlier than all of its rows.
        ours: Adapters with a new database, ``watch`` and ``ids``.
        table: The table of the row.
        row: The row.
        least: Whether to omit all input that is not required to create the same row.
        rows: All of AuthHero's rows of the table.
    """

    theirs: Adapters
    ours: Adapters
    watch: ManualClock
    ids: FixedIds
    table: Table[Any]
    row: Stored
    least: bool
    rows: list[Stored] = field(repr=False)

    def __getitem__(self, column: str) -> Any:
        return self.row[column]

    def time(self, name: str) -> Any:
        """Return when the row was created or updated, as stored."""
        column = self.table.stored(name)
        return self.row[column.name] if column else None

    def given(self, found: Any, *without: str) -> Fields:
        """Return the fields of an entity that ``create`` accepts."""
        takes = insert_fields(self.table).keys() - {"created_at", "updated_at", *without}
        # A field whose columns are all NULL was not set, even if reading returns a value.
        kept = {name for name in takes if any(self.row[column] is not None for column in columns_of(self.table, name))}
        every = {name: value for name, value in wire(found).items() if name in kept}
        return without_defaults(self.table, every, self.rows) if self.least else every

    def metadata(self, id: str | None = None) -> Fields:
        """Return the ID and the times of the import."""
        given = {"id": id, **{name: iso(self.time(name)) for name in ("created_at", "updated_at")}}
        return {name: value for name, value in given.items() if value is not None}


def iso(moment: str | int | None) -> str | None:
    """Return a stored time in the format of an import."""
    if isinstance(moment, int):
        return datetime.fromtimestamp(moment / 1000, UTC).isoformat()
    return moment


def remaining_fields(found: Fields, created: Fields, takes: Mapping[str, bool]) -> Fields:
    """Return the fields that ``create`` could not set, because they were updated later."""
    storage = {"id", "created_at", "updated_at", "tenant_id"}
    return {name: value for name, value in found.items() if name not in {*takes, *storage} and created.get(name) != value}


Write = Callable[[RewrittenRow], Awaitable[None]]


def plain(name: str, *keys: str, tenant: bool = True, id: str | None = "id", without: tuple[str, ...] = ()) -> Write:
    """Return a function that reads a row by its key, creates it, and updates the remaining fields.

    Args:
        name: The adapter.
        keys: The columns of the arguments after the tenant.
        tenant: Whether the tenant is the first argument.
        id: The column with the ID for the import.
        without: Fields that another table stores.
    """

    async def write(again: RewrittenRow) -> None:
        theirs, ours = getattr(again.theirs, name), getattr(again.ours, name)
        place = [again["tenant_id"]] if tenant else []
        key = [again[column] for column in keys or ("id",)]
        found = await theirs.get(*place, *key)
        assert found is not None, (name, key)
        given = again.given(found, *without)
        seen = {field: value for field, value in wire(found).items() if field not in without}
        again.watch.set_time(again.time("created_at"))
        created = await ours.create(*place, given, import_metadata=again.metadata(again[id] if id else None))
        later = remaining_fields(seen, wire(created), insert_fields(again.table))
        if later:
            again.watch.set_time(again.time("updated_at"))
            assert await ours.update(*place, *key, later)

    return write


def with_clock(name: str, *keys: str) -> Write:
    """Return a function that reads a row by its key and creates it with the clock set, for adapters without imports."""

    async def write(again: RewrittenRow) -> None:
        found = await getattr(again.theirs, name).get(again["tenant_id"], *(again[column] for column in keys))
        again.watch.set_time(again.time("created_at"))
        await getattr(again.ours, name).create(again["tenant_id"], again.given(found))

    return write


def singleton(name: str, *keys: str) -> Write:
    """Return a function that reads and sets a row that exists once per tenant, or once per tenant and key."""

    async def write(again: RewrittenRow) -> None:
        place = (again["tenant_id"], *(again[column] for column in keys))
        found = await getattr(again.theirs, name).get(*place)
        again.watch.set_time(again.time("updated_at"))
        await getattr(again.ours, name).set(*place, found if keys else again.given(found))

    return write


async def client(again: RewrittenRow) -> None:
    """Write a client, and then its connections."""
    await plain("clients", "client_id", id="client_id", without=("connections",))(again)
    place = (again["tenant_id"], again["client_id"])
    connections = [connection.id for connection in await again.theirs.client_connections.list_by_client(*place)]
    if connections:
        again.watch.set_time(again["updated_at"])
        assert await again.ours.client_connections.update_by_client(*place, connections)


async def key(again: RewrittenRow) -> None:
    """Write a key. Keys are only listed, and revoked ones only with a date before their revocation."""
    page = await again.theirs.keys.list()
    (found,) = [item for item in page.items if item.kid == again["kid"]]
    await again.ours.keys.create(again.given(found))


async def user_activity(again: RewrittenRow) -> None:
    """Write the activity of a user with an upsert."""
    place = (again["tenant_id"], again["user_id"])
    found = await again.theirs.user_activity.get(*place)
    await again.ours.user_activity.upsert(*place, again.given(found, "tenant_id", "user_id"))


async def password(again: RewrittenRow) -> None:
    """Write a password. Only the current one can be read, but all can be listed."""
    found = await again.theirs.passwords.list(again["tenant_id"], again["user_id"])
    (one,) = [item for item in found if item.id == again["id"]]
    await again.ours.passwords.create(again["tenant_id"], again.given(one), import_metadata=again.metadata(again["id"]))


async def code(again: RewrittenRow) -> None:
    """Write a code, which a separate method marks as used."""
    found = await again.theirs.codes.get(again["tenant_id"], again["code_id"], again["code_type"])
    await again.ours.codes.create(again["tenant_id"], again.given(found, "used_at"), import_metadata=again.metadata())
    if again["used_at"] is not None:
        again.watch.set_time(again["used_at"])
        assert await again.ours.codes.consume(again["tenant_id"], again["code_id"])


async def role_permission(again: RewrittenRow) -> None:
    """Assign a permission to a role with the clock set."""
    found = await again.theirs.role_permissions.list(again["tenant_id"], again["role_id"])
    (one,) = [item for item in found if item.permission_name == again["permission_name"]]
    again.watch.set_time(again["created_at"])
    given = {name: getattr(one, name) for name in ("resource_server_identifier", "permission_name")}
    await again.ours.role_permissions.assign(again["tenant_id"], again["role_id"], [given])


async def user_role(again: RewrittenRow) -> None:
    """Assign a role to a user with the clock set."""
    roles = await again.theirs.user_roles.list(again["tenant_id"], again["user_id"], again["organization_id"])
    assert again["role_id"] in {role.id for role in roles}
    again.watch.set_time(again["created_at"])
    await again.ours.user_roles.create(again["tenant_id"], again["user_id"], again["role_id"], again["organization_id"])


async def user_permission(again: RewrittenRow) -> None:
    """Assign a permission to a user with the clock set."""
    place = (again["tenant_id"], again["user_id"])
    found = await again.theirs.user_permissions.list(*place, again["organization_id"])
    (one,) = [item for item in found if item.permission_name == again["permission_name"]]
    again.watch.set_time(again["created_at"])
    given = {name: getattr(one, name) for name in ("resource_server_identifier", "permission_name")}
    await again.ours.user_permissions.create(*place, given, again["organization_id"])


async def organization_connection(again: RewrittenRow) -> None:
    """Write a connection of an organization, whose ID is a separate argument."""
    place = (again["tenant_id"], again["organization_id"])
    found = await again.theirs.organization_connections.get(*place, again["connection_id"])
    await again.ours.organization_connections.create(*place, again.given(found), import_metadata=again.metadata())


async def grant(again: RewrittenRow) -> None:
    """Write a grant, which is read by its user, client and API."""
    found = await again.theirs.grants.get(again["tenant_id"], again["user_id"], again["client_id"], again["audience"] or None)
    await again.ours.grants.create(again["tenant_id"], again.given(found), import_metadata=again.metadata(again["id"]))


async def external_id(again: RewrittenRow) -> None:
    """Write an external ID, which is read by its user."""
    found = await again.theirs.scim_external_ids.get_by_user_id(again["tenant_id"], again["connection_id"], again["user_id"])
    metadata = again.metadata()
    await again.ours.scim_external_ids.create(again["tenant_id"], again.given(found), import_metadata=metadata)


async def theme(again: RewrittenRow) -> None:
    """Write a theme, whose ID is a separate argument."""
    found = await again.theirs.themes.get(again["tenant_id"], again["themeId"])
    again.watch.set_time(again["created_at"])
    await again.ours.themes.create(again["tenant_id"], again.given(found, "themeId"), again["themeId"])


async def operation_event(again: RewrittenRow) -> None:
    """Write an event of an operation. These are only created and listed."""
    page = await again.theirs.tenant_operation_events.list_by_operation(again["operation_id"])
    (found,) = [item for item in page.items if item.id == again["id"]]
    again.watch.set_time(again["created_at"])
    again.ids.wanted = again["id"]
    await again.ours.tenant_operation_events.create(again.given(found))


async def outbox_event(again: RewrittenRow) -> None:
    """Write an outbox event with its retries and its failure."""
    (found,) = await again.theirs.outbox.get_by_ids([again["id"]])
    again.watch.set_time(again["created_at"])
    again.ids.wanted = again["id"]
    takes = contract_data.fields()["AuditEventInsert"].keys()
    await again.ours.outbox.create(again["tenant_id"], {name: value for name, value in wire(found).items() if name in takes})
    if again["retry_count"]:
        assert found.next_retry_at is not None
        assert await again.ours.outbox.mark_retry(again["id"], again["error"], found.next_retry_at)
    if again["dead_lettered_at"]:
        again.watch.set_time(again["dead_lettered_at"])
        assert await again.ours.outbox.dead_letter(again["id"], again["final_error"])


WRITES: dict[str, Write] = {
    "tenants": plain("tenants", tenant=False),
    "actions": plain("actions"),
    "action_executions": plain("action_executions"),
    "action_versions": plain("action_versions", "action_id", "id"),
    "authentication_methods": plain("authentication_methods"),
    "branding": singleton("branding"),
    "client_grants": plain("client_grants"),
    "client_registration_tokens": plain("client_registration_tokens"),
    "clients": client,
    "codes": code,
    "connections": plain("connections"),
    "custom_domains": plain("custom_domains", "custom_domain_id", id="custom_domain_id"),
    "custom_text": singleton("custom_text", "prompt", "language"),
    "email_providers": with_clock("email_providers"),
    "email_templates": with_clock("email_templates", "template"),
    "flows": plain("flows"),
    "forms": plain("forms"),
    "grants": grant,
    "hook_code": plain("hook_code"),
    "hooks": plain("hooks", "hook_id", id="hook_id"),
    "invites": plain("invites"),
    "keys": key,
    "log_streams": plain("log_streams"),
    "login_sessions": plain("login_sessions"),
    "logs": plain("logs", "log_id", id="log_id"),
    "migration_sources": plain("migration_sources"),
    "organization_connections": organization_connection,
    "organizations": plain("organizations"),
    "outbox_events": outbox_event,
    "passwords": password,
    "prompt_settings": singleton("prompt_settings"),
    "proxy_routes": plain("proxy_routes"),
    "refresh_tokens": plain("refresh_tokens"),
    "resource_servers": plain("resource_servers"),
    "role_permissions": role_permission,
    "roles": plain("roles"),
    "rollouts": plain("rollouts", tenant=False),
    "scim_configurations": plain("scim_configurations", "connection_id", id=None),
    "scim_external_ids": external_id,
    "scim_tokens": plain("scim_tokens", "token_id", id="token_id"),
    "sessions": plain("sessions"),
    "tenant_operation_events": operation_event,
    "tenant_operations": plain("tenant_operations", tenant=False),
    "themes": theme,
    "universal_login_templates": singleton("universal_login_templates"),
    "user_activity": user_activity,
    "user_organizations": plain("user_organizations"),
    "user_permissions": user_permission,
    "user_roles": user_role,
    "users": plain("users", "user_id", id="user_id", without=("last_login", "last_ip", "login_count", "identities")),
}
"""How to write a row of each table again."""


async def write_again(theirs: Adapters, ours: Adapters, watch: ManualClock, ids: FixedIds, *, least: bool) -> None:
    """Write all rows of AuthHero again, in the order of the references between the tables."""
    for table in REGISTRY.values():
        if table.name not in WRITES:
            continue
        rows = await stored(theirs.database, table)
        for row in rows:
            ids.wanted = ""
            await WRITES[table.name](RewrittenRow(theirs, ours, watch, ids, table, row, least, rows))
