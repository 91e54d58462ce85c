"""Rows as they are stored, and how each row that AuthHero wrote is written again through our adapters."""

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
"""A row: what the driver gives, by column."""
Fields = dict[str, Any]
"""What a caller gives or gets, by wire name."""

GIVEN = {
    "forms.nodes": "the only form does not tell; the lists beside it that nobody gave are NULL, and the contract has no default",
    "logs.description": "every entry was given one, every third of them an empty one",
    "resource_servers.skip_consent_for_verifiable_first_party_clients": "the only API does not tell; the contract has no default",
}
"""Fields that somebody gave an empty value, though no row of the table has NULL there; by ``table.field``, with the reason."""


# --- rows as they are stored -----------------------------------------------------------------------------------------------------


async def stored(db: Database, table: Table[Any]) -> list[Stored]:
    """All rows of a table, oldest first."""
    sql = db.dialect.query.from_(SQLTable(table.name)).select(*table.names).get_sql()
    rows = [dict(zip(table.names, tuple(row), strict=True)) for row in await db.fetch(Call(sql))]
    created = table.stored("created_at") or table.columns[0]
    return sorted(rows, key=lambda row: str(row[created.name]))


def keyed(table: Table[Any], rows: list[Stored]) -> dict[tuple[Any, ...], Stored]:
    """The rows by primary key."""
    return {tuple(row[name] for name in table.key): row for row in rows}


INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def form(value: Any) -> str:
    """What a stored value looks like: its type and, of a text, what it is the text of."""
    if value is None:
        return "NULL"
    if not isinstance(value, str):
        return type(value).__name__ + (" of 13 digits" if isinstance(value, int) and len(str(value)) == 13 else "")
    if INSTANT.fullmatch(value):
        return "instant"
    if value[:1] in ("{", "["):
        return json_form(value)
    return "text"


def json_form(text: str) -> str:
    """``object`` or ``array``, and whether it is the compact text that both programs write."""
    try:
        decoded = json.loads(text)
    except ValueError:
        return "text"
    compact = json.dumps(decoded, ensure_ascii=False, separators=(",", ":"), sort_keys=False) == text
    return ("JSON object" if isinstance(decoded, dict) else "JSON array") + ("" if compact else ", not compact")


def difference(theirs: Any, ours: Any) -> str | None:
    """In which way two stored values differ, or None."""
    if (type(theirs), theirs) == (type(ours), ours):
        return None
    if form(theirs) != form(ours):
        return f"{form(theirs)} there, {form(ours)} here"
    if "JSON" in form(theirs) and canonical(theirs) == canonical(ours):
        return "another order of keys"
    return "another value"


def canonical(text: str) -> str:
    """A JSON text without the order of its keys."""
    return json.dumps(json.loads(text), sort_keys=True)


# --- what must have been given ---------------------------------------------------------------------------------------------------


def insert_fields(table: Table[Any]) -> dict[str, bool]:
    """The fields that ``create`` takes, and whether it must have them."""
    if table.name not in entities():
        return {}
    return {info.serialization_alias or name: info.is_required() for name, info in insert_of(table).model_fields.items()}


def default_of(table: Table[Any], name: str) -> Any:
    """The contract's default of a field, or None."""
    model = insert_of(table).__name__ if table.name in entities() else ""
    definition = contract_data.fields().get(model, {}).get(name, {})
    return definition.get("default")


def columns_of(table: Table[Any], name: str) -> list[str]:
    """The columns in which a field is stored."""
    return [column.name for column in table.columns if column.public.partition(".")[0] == name]


def without_defaults(table: Table[Any], given: Fields, rows: list[Stored]) -> Fields:
    """What is left of an input when nobody gives what AuthHero stores by itself.

    That is the contract's default or, where it has none, what is empty; and no row of the table has NULL there.
    """
    must = insert_fields(table)

    def may_be_null(name: str) -> bool:
        return any(row[column] is None for row in rows for column in columns_of(table, name))

    def needless(name: str, value: Any) -> bool:
        if must.get(name) or f"{table.name}.{name}" in GIVEN or may_be_null(name):
            return False
        default = default_of(table, name)
        return bool(not value if default is None else value == default)

    return {name: value for name, value in given.items() if not needless(name, value)}


# --- writing rows again ----------------------------------------------------------------------------------------------------------


class Watch:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.now = datetime(2019, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def put(self, moment: str | int | None) -> None:
        """Put it on a stored instant: ISO-8601, or epoch milliseconds."""
        if isinstance(moment, int):
            self.now = datetime.fromtimestamp(moment / 1000, UTC)
        elif moment is not None and INSTANT.fullmatch(moment):
            self.now = datetime.fromisoformat(moment)


class GivenIds(IdGenerator):
    """Makes the one id that is wanted, for adapters that take none."""

    wanted: str = ""

    def nanoid(self, size: int = 21) -> str:
        return self.wanted or super().nanoid(size)

    def sortable_id(self, instant: datetime) -> str:
        return self.wanted.rpartition("_")[2]


@dataclass
class Again:
    """One row of AuthHero's, to be written again.

    Attributes:
        theirs: adapters over the database that AuthHero wrote; their clock stands before everything.
        ours: adapters over a fresh database, over ``watch`` and ``ids``.
        table: the table of the row.
        row: the row.
        least: whether to give only what must be given for the row to be as it is.
        rows: all of AuthHero's rows of the table.
    """

    theirs: Adapters
    ours: Adapters
    watch: Watch
    ids: GivenIds
    table: Table[Any]
    row: Stored
    least: bool
    rows: list[Stored] = field(repr=False)

    def __getitem__(self, column: str) -> Any:
        return self.row[column]

    def time(self, name: str) -> Any:
        """When the row was created or updated, as it is stored."""
        column = self.table.stored(name)
        return self.row[column.name] if column else None

    def given(self, found: Any, *without: str) -> Fields:
        """Of what reading the row gave, what ``create`` takes."""
        takes = insert_fields(self.table).keys() - {"created_at", "updated_at", *without}
        # A field whose columns are NULL was not given, whatever reading says of it.
        kept = {name for name in takes if any(self.row[column] is not None for column in columns_of(self.table, name))}
        every = {name: value for name, value in wire(found).items() if name in kept}
        return without_defaults(self.table, every, self.rows) if self.least else every

    def metadata(self, id: str | None = None) -> Fields:
        """The import's id and times."""
        given = {"id": id, **{name: iso(self.time(name)) for name in ("created_at", "updated_at")}}
        return {name: value for name, value in given.items() if value is not None}


def iso(moment: str | int | None) -> str | None:
    """A stored instant as an import gives it."""
    if isinstance(moment, int):
        return datetime.fromtimestamp(moment / 1000, UTC).isoformat()
    return moment


def missing(found: Fields, created: Fields, takes: Mapping[str, bool]) -> Fields:
    """What the row has and ``create`` could not be given: it came with an update."""
    storage = {"id", "created_at", "updated_at", "tenant_id"}
    return {name: value for name, value in found.items() if name not in {*takes, *storage} and created.get(name) != value}


Write = Callable[[Again], Awaitable[None]]


def plain(name: str, *keys: str, tenant: bool = True, id: str | None = "id", without: tuple[str, ...] = ()) -> Write:
    """Got by its key, created, and updated where ``create`` cannot make it what it is.

    Args:
        name: the adapter.
        keys: the columns by which it is got, after the tenant.
        tenant: whether its methods take a tenant first.
        id: the column of the id that an import gives.
        without: fields that are another table's.
    """

    async def write(again: Again) -> None:
        theirs, ours = getattr(again.theirs, name), getattr(again.ours, name)
        place = [again["tenant_id"]] if tenant else []
        key = [again[column] for column in keys or ("id",)]
        found = await theirs.get(*place, *key)
        assert found is not None, (name, key)
        given = again.given(found, *without)
        seen = {field: value for field, value in wire(found).items() if field not in without}
        again.watch.put(again.time("created_at"))
        created = await ours.create(*place, given, import_metadata=again.metadata(again[id] if id else None))
        later = missing(seen, wire(created), insert_fields(again.table))
        if later:
            again.watch.put(again.time("updated_at"))
            assert await ours.update(*place, *key, later)

    return write


def clocked(name: str, *keys: str) -> Write:
    """Got by its key and created at its time: for adapters that take no import."""

    async def write(again: Again) -> None:
        found = await getattr(again.theirs, name).get(again["tenant_id"], *(again[column] for column in keys))
        again.watch.put(again.time("created_at"))
        await getattr(again.ours, name).create(again["tenant_id"], again.given(found))

    return write


def singleton(name: str, *keys: str) -> Write:
    """Got and set: one row a tenant, or one a tenant and key."""

    async def write(again: Again) -> None:
        place = (again["tenant_id"], *(again[column] for column in keys))
        found = await getattr(again.theirs, name).get(*place)
        again.watch.put(again.time("updated_at"))
        await getattr(again.ours, name).set(*place, found if keys else again.given(found))

    return write


async def client(again: Again) -> None:
    """A client, and then its connections, as theirs were given to it."""
    await plain("clients", "client_id", id="client_id", without=("connections",))(again)
    place = (again["tenant_id"], again["client_id"])
    connections = [connection.id for connection in await again.theirs.client_connections.list_by_client(*place)]
    if connections:
        again.watch.put(again["updated_at"])
        assert await again.ours.client_connections.update_by_client(*place, connections)


async def key(again: Again) -> None:
    """A key is only listed; before its revocation, revoked ones too."""
    page = await again.theirs.keys.list()
    (found,) = [item for item in page.items if item.kid == again["kid"]]
    await again.ours.keys.create(again.given(found))


async def user_activity(again: Again) -> None:
    """Activity is only upserted."""
    place = (again["tenant_id"], again["user_id"])
    found = await again.theirs.user_activity.get(*place)
    await again.ours.user_activity.upsert(*place, again.given(found, "tenant_id", "user_id"))


async def password(again: Again) -> None:
    """Only the current one is got, but all are listed."""
    found = await again.theirs.passwords.list(again["tenant_id"], again["user_id"])
    (one,) = [item for item in found if item.id == again["id"]]
    await again.ours.passwords.create(again["tenant_id"], again.given(one), import_metadata=again.metadata(again["id"]))


async def code(again: Again) -> None:
    """A code is used by a method of its own."""
    found = await again.theirs.codes.get(again["tenant_id"], again["code_id"], again["code_type"])
    await again.ours.codes.create(again["tenant_id"], again.given(found, "used_at"), import_metadata=again.metadata())
    if again["used_at"] is not None:
        again.watch.put(again["used_at"])
        assert await again.ours.codes.consume(again["tenant_id"], again["code_id"])


async def role_permission(again: Again) -> None:
    """A permission of a role is assigned at its time."""
    found = await again.theirs.role_permissions.list(again["tenant_id"], again["role_id"])
    (one,) = [item for item in found if item.permission_name == again["permission_name"]]
    again.watch.put(again["created_at"])
    given = {name: getattr(one, name) for name in ("resource_server_identifier", "permission_name")}
    await again.ours.role_permissions.assign(again["tenant_id"], again["role_id"], [given])


async def user_role(again: Again) -> None:
    """A role of a user is given at its time."""
    roles = await again.theirs.user_roles.list(again["tenant_id"], again["user_id"], again["organization_id"])
    assert again["role_id"] in {role.id for role in roles}
    again.watch.put(again["created_at"])
    await again.ours.user_roles.create(again["tenant_id"], again["user_id"], again["role_id"], again["organization_id"])


async def user_permission(again: Again) -> None:
    """A permission of a user is given at its time."""
    place = (again["tenant_id"], again["user_id"])
    found = await again.theirs.user_permissions.list(*place, again["organization_id"])
    (one,) = [item for item in found if item.permission_name == again["permission_name"]]
    again.watch.put(again["created_at"])
    given = {name: getattr(one, name) for name in ("resource_server_identifier", "permission_name")}
    await again.ours.user_permissions.create(*place, given, again["organization_id"])


async def organization_connection(again: Again) -> None:
    """A connection of an organization takes the organization apart."""
    place = (again["tenant_id"], again["organization_id"])
    found = await again.theirs.organization_connections.get(*place, again["connection_id"])
    await again.ours.organization_connections.create(*place, again.given(found), import_metadata=again.metadata())


async def grant(again: Again) -> None:
    """A grant is got by its user, client and API."""
    found = await again.theirs.grants.get(again["tenant_id"], again["user_id"], again["client_id"], again["audience"] or None)
    await again.ours.grants.create(again["tenant_id"], again.given(found), import_metadata=again.metadata(again["id"]))


async def external_id(again: Again) -> None:
    """An external id is got by its user."""
    found = await again.theirs.scim_external_ids.get_by_user_id(again["tenant_id"], again["connection_id"], again["user_id"])
    metadata = again.metadata()
    await again.ours.scim_external_ids.create(again["tenant_id"], again.given(found), import_metadata=metadata)


async def theme(again: Again) -> None:
    """A theme's id is an argument of its own."""
    found = await again.theirs.themes.get(again["tenant_id"], again["themeId"])
    again.watch.put(again["created_at"])
    await again.ours.themes.create(again["tenant_id"], again.given(found, "themeId"), again["themeId"])


async def operation_event(again: Again) -> None:
    """Events of operations are only added and listed."""
    page = await again.theirs.tenant_operation_events.list_by_operation(again["operation_id"])
    (found,) = [item for item in page.items if item.id == again["id"]]
    again.watch.put(again["created_at"])
    again.ids.wanted = again["id"]
    await again.ours.tenant_operation_events.create(again.given(found))


async def outbox_event(again: Again) -> None:
    """An event, tried again or given up as theirs was."""
    (found,) = await again.theirs.outbox.get_by_ids([again["id"]])
    again.watch.put(again["created_at"])
    again.ids.wanted = again["id"]
    takes = contract_data.fields()["AuditEventInsert"].keys()
    await again.ours.outbox.create(again["tenant_id"], {name: value for name, value in wire(found).items() if name in takes})
    if again["retry_count"]:
        assert found.next_retry_at is not None
        assert await again.ours.outbox.mark_retry(again["id"], again["error"], found.next_retry_at)
    if again["dead_lettered_at"]:
        again.watch.put(again["dead_lettered_at"])
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
    "email_providers": clocked("email_providers"),
    "email_templates": clocked("email_templates", "template"),
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
"""How a row of each table is written again."""


async def write_again(theirs: Adapters, ours: Adapters, watch: Watch, ids: GivenIds, *, least: bool) -> None:
    """Write every row of AuthHero's again, table by table, in the order of the references between them."""
    for table in REGISTRY.values():
        if table.name not in WRITES:
            continue
        rows = await stored(theirs.database, table)
        for row in rows:
            ids.wanted = ""
            await WRITES[table.name](Again(theirs, ours, watch, ids, table, row, least, rows))
