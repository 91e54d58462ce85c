"""Every stored value is read unchanged, for every entity and engine. Values that cannot be stored are rejected without any effect."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from pydantic import BaseModel

from authhero_sql import Adapters, InvalidValueError
from authhero_sql.dialects import Call
from authhero_sql.schema import Table
from authhero_sql.tables import REGISTRY
from tests.contract.builders import SOON, log, login_session, organization, outbox_event, role, tenant
from tests.kinds import adapter_classes, entities, insert_of
from tests.strategies import examples, field_values, instants, invalid_values, json_values, objects, same, same_parts, texts, wire_fields

Given = dict[str, Any]
_numbers = itertools.count(1)


@dataclass(frozen=True, kw_only=True)
class Entity:
    """How to write and read a table through its adapter.

    Attributes:
        key: The Python names of the fields that identify the row.
        fixed: Strategies for fields that are always set, by wire name: references, and fields whose random values would violate a rule.
        skip: Fields that are not stored, are stored elsewhere, or are rejected because they have no column.
        free: The fixed fields that ``update`` accepts.
        merged: An object that ``update`` merges key by key.
        derived: Fields that are computed from others.
        unique: The wire name of a key that must be unique across tenants.
        changes: Whether the adapter has an ``update``.
    """

    key: tuple[str, ...] = ("id",)
    fixed: Mapping[str, SearchStrategy[Any]] = field(default_factory=dict)
    skip: frozenset[str] = frozenset()
    free: frozenset[str] = frozenset()
    merged: str | None = None
    derived: frozenset[str] = frozenset()
    unique: str | None = None
    changes: bool = True
    create: Callable[[Adapters, str, Given], Awaitable[Any]] | None = None
    get: Callable[[Adapters, str, Any], Awaitable[Any]] | None = None
    update: Callable[[Adapters, str, Any, Any], Awaitable[Any]] | None = None


def constants(**values: Any) -> dict[str, SearchStrategy[Any]]:
    """Return strategies for fields with one value each."""
    return {name: st.just(value) for name, value in values.items()}


ADA = constants(user_id="auth0|ada")
CON = constants(connection_id="con_db")


# --- methods with other parameters ---------------------------------------------------------------------------------------------


async def _read_after(made: Awaitable[Any], got: Callable[[], Awaitable[Any]]) -> Any:
    """Call a method that does not return a row, and read the row afterwards."""
    await made
    return await got()


async def _only(rows: Awaitable[Any]) -> Any:
    found = await rows
    return found[0]


def _tenant_setting(name: str, **more: Any) -> Entity:
    """Return the entity of a row that exists once per tenant, with ``get`` and ``set``."""

    def create(adapters: Adapters, tenant_id: str, values: Given) -> Awaitable[Any]:
        adapter: Any = getattr(adapters, name)
        return _read_after(adapter.set(tenant_id, values), lambda: adapter.get(tenant_id))

    return Entity(create=create, get=lambda a, t, _: getattr(a, name).get(t), changes=False, **more)


def _without_tenant(name: str, **more: Any) -> Entity:
    """Return an entity without a tenant."""
    return Entity(
        create=lambda a, _, values: getattr(a, name).create(values),
        get=lambda a, _, row: getattr(a, name).get(row.id),
        update=lambda a, _, row, fields: getattr(a, name).update(row.id, fields),
        **more,
    )


async def _text(adapters: Adapters, tenant_id: str, values: Given) -> Any:
    place = (tenant_id, values["prompt"], values["language"])
    await adapters.custom_text.set(*place, values["custom_text"])
    return {**values, "custom_text": await adapters.custom_text.get(*place)}


async def _same_text(adapters: Adapters, tenant_id: str, row: Given) -> Any:
    return {**row, "custom_text": await adapters.custom_text.get(tenant_id, row["prompt"], row["language"])}


async def _key(adapters: Adapters, _: str, row: Any) -> Any:
    found = (await adapters.keys.list(per_page=1000)).items
    return next(item for item in found if item.kid == row.kid)


async def _event(adapters: Adapters, _: str, values: Given) -> Any:
    operation = await adapters.tenant_operations.create({"kind": "seed", "engine": "inline"})
    return await adapters.tenant_operation_events.create({**values, "operation_id": operation.id})


async def _same_event(adapters: Adapters, _: str, row: Any) -> Any:
    return (await adapters.tenant_operation_events.list_by_operation(row.operation_id)).items[0]


async def _member(adapters: Adapters, tenant_id: str, values: Given) -> Any:
    org = await adapters.organizations.create(tenant_id, organization())
    return await adapters.user_organizations.create(tenant_id, {**values, "organization_id": org.id})


async def _organization_connection(adapters: Adapters, tenant_id: str, values: Given) -> Any:
    await adapters.organizations.create(tenant_id, organization(id=f"org_{tenant_id}"))
    return await adapters.organization_connections.create(tenant_id, f"org_{tenant_id}", values)


async def _role_permission(adapters: Adapters, tenant_id: str, values: Given) -> Any:
    await adapters.role_permissions.assign(tenant_id, "rol", [values])
    return await _only(adapters.role_permissions.list(tenant_id, "rol"))


def _activity(adapters: Adapters, tenant_id: str, values: Given) -> Awaitable[Any]:
    rest = {wire: value for wire, value in values.items() if wire != "user_id"}
    activity = adapters.user_activity
    return _read_after(activity.upsert(tenant_id, "auth0|ada", rest), lambda: activity.get(tenant_id, "auth0|ada"))


def _user_permission(adapters: Adapters, tenant_id: str, values: Given) -> Awaitable[Any]:
    permissions = adapters.user_permissions
    return _read_after(permissions.create(tenant_id, "auth0|ada", values), lambda: _only(permissions.list(tenant_id, "auth0|ada")))


ENTITIES: dict[str, Entity] = {
    "action_executions": Entity(unique="id", changes=False),
    "action_versions": Entity(key=("action_id", "id"), changes=False),
    "actions": Entity(),
    "authentication_methods": Entity(fixed=ADA),
    "branding": _tenant_setting("branding", skip=frozenset({"powered_by_logo_url"})),
    "client_grants": Entity(fixed=constants(client_id="web")),
    "client_registration_tokens": Entity(unique="id", changes=False),
    "clients": Entity(key=("client_id",)),
    "codes": Entity(key=("code_id", "code_type"), fixed=ADA, changes=False),
    "connections": Entity(skip=frozenset({"enabled_clients"})),
    "custom_domains": Entity(
        key=("custom_domain_id",),
        unique="custom_domain_id",
        # Stored in lower case, because host names are compared without case.
        fixed={"domain": texts(255).map(lambda text: text.lower()[:255].rstrip("."))},
        skip=frozenset({"verification_method"}),
    ),
    "custom_text": Entity(create=_text, get=_same_text, changes=False),
    "email_providers": Entity(key=()),
    "email_templates": Entity(key=("template",)),
    "flows": Entity(),
    "forms": Entity(skip=frozenset({"links", "messages", "languages", "translations", "style"})),
    "grants": Entity(
        key=("user_id", "client_id", "audience"),
        fixed={**ADA, "clientID": texts(191, 1), "audience": texts(191, 1), "scope": st.lists(texts(), max_size=4, unique=True)},
        changes=False,
    ),
    "hook_code": Entity(),
    "hooks": Entity(
        key=("hook_id",),
        unique="hook_id",
        # The trigger of a hook depends on its only target.
        fixed={"trigger_id": st.just("post-user-login"), "url": texts(512)},
        skip=frozenset({"form_id", "template_id", "code_id", "page_id", "permission_required"}),
    ),
    "invites": Entity(unique="id", derived=frozenset({"expires_at"})),
    "keys": Entity(
        key=("kid",),
        unique="kid",
        fixed=constants(revoked_at=datetime(2999, 1, 1, tzinfo=UTC)),
        skip=frozenset({"tenant_id", "current", "next", "previous", "revoked"}),
        create=lambda a, _, values: a.keys.create(values),
        get=_key,
        update=lambda a, _, row, fields: a.keys.update(row.kid, fields),
    ),
    "log_streams": Entity(),
    "login_sessions": Entity(merged="authParams", skip=frozenset({"deleted_at", "session_id"})),
    "logs": Entity(key=("log_id",), unique="log_id", changes=False),
    "migration_sources": Entity(unique="id"),
    "organization_connections": Entity(
        fixed=CON,
        create=_organization_connection,
        get=lambda a, t, row: a.organization_connections.get(t, f"org_{t}", row.connection_id),
        update=lambda a, t, row, fields: a.organization_connections.update(t, f"org_{t}", row.connection_id, fields),
    ),
    "organizations": Entity(unique="id"),
    "passwords": Entity(
        unique="id",
        fixed={**ADA, **constants(is_current=True)},
        get=lambda a, t, _: a.passwords.get(t, "auth0|ada"),
        update=lambda a, t, row, fields: a.passwords.update(t, fields if isinstance(fields, BaseModel) else {**fields, "id": row.id}),
    ),
    "prompt_settings": _tenant_setting("prompt_settings"),
    "proxy_routes": Entity(unique="id"),
    "refresh_tokens": Entity(fixed={**ADA, **constants(client_id="web")}),
    "resource_servers": Entity(merged="options"),
    "role_permissions": Entity(
        fixed=constants(role_id="rol"),
        create=_role_permission,
        get=lambda a, t, _: _only(a.role_permissions.list(t, "rol")),
        changes=False,
    ),
    "roles": Entity(),
    "rollouts": _without_tenant("rollouts"),
    "scim_configurations": Entity(key=("connection_id",), fixed=CON),
    "scim_external_ids": Entity(
        fixed={**ADA, **CON},
        get=lambda a, t, row: a.scim_external_ids.get_by_external_id(t, "con_db", row.external_id),
        update=lambda a, t, row, fields: a.scim_external_ids.update(t, "con_db", row.user_id, **fields),
        changes=False,
    ),
    "scim_tokens": Entity(key=("token_id",), fixed=CON, get=lambda a, t, row: a.scim_tokens.get_by_hash(t, row.token_hash), changes=False),
    "sessions": Entity(fixed=ADA),
    "tenant_operation_events": Entity(fixed=constants(operation_id=""), create=_event, get=_same_event, changes=False),
    "tenant_operations": _without_tenant("tenant_operations"),
    "tenants": _without_tenant("tenants", unique="id"),
    "themes": Entity(key=("theme_id",)),
    "universal_login_templates": _tenant_setting("universal_login_templates"),
    "user_activity": Entity(
        fixed=ADA,
        create=_activity,
        get=lambda a, t, _: a.user_activity.get(t, "auth0|ada"),
        update=lambda a, t, _, fields: a.user_activity.upsert(t, "auth0|ada", fields),
    ),
    "user_organizations": Entity(fixed={**ADA, **constants(organization_id="")}, create=_member, changes=False),
    "user_permissions": Entity(
        fixed={**ADA, "organization_id": texts(64, 1)},
        create=_user_permission,
        get=lambda a, t, _: _only(a.user_permissions.list(t, "auth0|ada")),
        changes=False,
    ),
    "users": Entity(
        key=("user_id",),
        fixed={
            "user_id": texts(255, 1),
            "last_ip": texts(45),
            "linked_to": texts(250).map(lambda text: f"sms|{text}"),
            "login_count": st.integers(-(2**31), 2**31 - 1),
        },
        skip=frozenset({"verify_email", "password"}),
        free=frozenset({"last_ip", "linked_to", "login_count"}),
        derived=frozenset({"identities"}),
    ),
}
"""How to use each table with fields of its own. The role of a user only consists of its key; test_walks.py covers it."""


def test_every_table_with_a_model_is_here() -> None:
    assert set(ENTITIES) == entities().keys() - {"user_roles"}, "add each table to ENTITIES"


# --- all entities --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """An entity and its table."""

    name: str
    entity: Entity = field(repr=False)

    @property
    def table(self) -> Table[Any]:
        return REGISTRY[self.name]

    @property
    def fields(self) -> dict[str, Any]:
        """The stored fields, by wire name."""
        return {wire: info for wire, info in wire_fields(self._model).items() if wire not in self.entity.skip}

    def strategy(self, wire: str) -> SearchStrategy[Any]:
        """Return a strategy for a field. Keys are not empty, because the adapter replaces an empty key."""
        if wire in self.entity.fixed:
            return self.entity.fixed[wire]
        values = field_values(self.table, wire)
        name = self.python(wire)
        if wire == self.entity.unique:
            size = self.table[wire].size or 20
            return values.map(lambda text: f"{next(_numbers)}:{text}"[:size])
        return values.filter(bool) if name in (*self.entity.key, "id") else values

    def python(self, wire: str) -> str:
        """Return the Python name of a field."""
        return str(next(name for name, info in self._model.model_fields.items() if (info.serialization_alias or name) == wire))

    @property
    def _model(self) -> Any:
        return insert_of(self.table)

    @property
    def constant(self) -> set[str]:
        """The fields with references, whose values are not random."""
        return set(self.entity.fixed) - self.entity.free - {"domain", "audience", "clientID"}

    @property
    def changeable(self) -> list[str]:
        """The fields that ``update`` accepts."""
        fixed = {*self.entity.fixed, "tenant_id"} - self.entity.free
        key = {info.serialization_alias or name for name, info in self._model.model_fields.items() if name in (*self.entity.key, "id")}
        return [wire for wire in self.fields if wire not in fixed | key]

    def invalid_values(self, *, changeable: bool = False) -> list[tuple[str, Any]]:
        """Return the fields with values that their columns cannot store."""
        wires = self.changeable if changeable else list(self.fields)
        columns = [(wire, self.table.stored(wire)) for wire in wires if wire not in self.constant]
        return [(wire, value) for wire, column in columns if column is not None for value in invalid_values(column)]

    def nullable(self, wire: str) -> bool:
        """Return whether the field may be None."""
        column = self.table.stored(wire)
        return column is not None and column.null

    async def create(self, adapters: Adapters, tenant_id: str, values: Given) -> Any:
        if self.entity.create is not None:
            return await self.entity.create(adapters, tenant_id, values)
        return await getattr(adapters, self.name).create(tenant_id, values)

    async def get(self, adapters: Adapters, tenant_id: str, row: Any) -> Any:
        if self.entity.get is not None:
            return await self.entity.get(adapters, tenant_id, row)
        return await getattr(adapters, self.name).get(tenant_id, *self._key(row))

    async def update(self, adapters: Adapters, tenant_id: str, row: Any, values: Given | BaseModel) -> Any:
        if self.entity.update is not None:
            return await self.entity.update(adapters, tenant_id, row, values)
        return await getattr(adapters, self.name).update(tenant_id, *self._key(row), values)

    def _key(self, row: Any) -> list[Any]:
        return [getattr(row, name) for name in self.entity.key]


def stored_fields(row: Any) -> dict[str, Any]:
    """Return the stored fields of a row by wire name, without those that are None."""
    data = row if isinstance(row, dict) else row.model_dump(by_alias=True, exclude_unset=True)
    return {wire: value for wire, value in data.items() if value is not None}


def is_stored(table: Table[Any], wire: str, value: Any, row: Mapping[str, Any]) -> bool:
    """Return whether the row contains the value of a field."""
    column = table.stored(wire)
    if column is not None and column.codec.kind == "mark":
        return row.get(wire) is (value or None)
    if value is None and column is not None and column.codec.kind == "switch":
        return row.get(wire) in (None, False)
    if column is None and any(part.public.startswith(f"{wire}.") for part in table.columns):
        return same_parts(value, row.get(wire))
    return same(value, row.get(wire))


async def fresh_tenant(adapters: Adapters) -> str:
    """Create a tenant with the user Ada, a client and a connection, and return its ID."""
    name = f"t{next(_numbers)}"
    await tenant(adapters, name)
    return name


async def count(adapters: Adapters, *tables: str) -> list[int]:
    """Return the number of rows in each table."""
    named = map(adapters.database.dialect.identifier, tables)
    return [(await adapters.database.fetch(Call(f"SELECT count(*) FROM {table}")))[0][0] for table in named]


CASES = [Case(name, entity) for name, entity in ENTITIES.items()]
CHANGING = [case for case in CASES if case.entity.changes]


def each_case(cases: list[Case]) -> pytest.MarkDecorator:
    """Run a test for each of these cases."""
    return pytest.mark.parametrize("case", cases, ids=lambda case: case.name, indirect=True)


# --- strategies ----------------------------------------------------------------------------------------------------------------


class Current:
    """The case of the current test, because strategies have no access to the parameters of a test."""

    case: Case


@pytest.fixture
def case(request: pytest.FixtureRequest) -> Case:
    """Return the case and make it available to the strategies."""
    Current.case = request.param
    return Current.case


@st.composite
def inserts(draw: st.DrawFn) -> Given:
    """Generate the input of ``create``, by wire name."""
    case = Current.case
    required = [wire for wire, info in case.fields.items() if info.is_required() or wire in (*case.entity.fixed, case.entity.unique)]
    optional = [wire for wire in case.fields if wire not in required]
    chosen = draw(st.lists(st.sampled_from(optional), max_size=8, unique=True)) if optional else []
    return {wire: draw(case.strategy(wire)) for wire in (*required, *chosen)}


@st.composite
def updates(draw: st.DrawFn) -> Given:
    """Generate the input of ``update``: a few fields, including None if the column allows it."""
    case = Current.case
    chosen = draw(st.lists(st.sampled_from(case.changeable), max_size=5, unique=True))
    return {wire: draw(case.strategy(wire) | st.none() if case.nullable(wire) else case.strategy(wire)) for wire in chosen}


@st.composite
def invalid_fields(draw: st.DrawFn, *, changeable: bool = False) -> tuple[str, Any]:
    """Generate a field and a value that its column cannot store."""
    pair: tuple[str, Any] = draw(st.sampled_from(Current.case.invalid_values(changeable=changeable)))
    return pair


# --- round trips ---------------------------------------------------------------------------------------------------------------

MADE = frozenset({"organization_id", "operation_id", "role_id"})
"""References that are separate arguments or are set by the functions above."""


@each_case(CASES)
@given(values=inserts())
@examples(4)
async def test_what_goes_in_comes_out(adapters: Adapters, case: Case, values: Given) -> None:
    tenant_id = await fresh_tenant(adapters)
    created = await case.create(adapters, tenant_id, values)
    got = await case.get(adapters, tenant_id, created)
    assert got == created
    row = stored_fields(created)
    assert stored_fields(got) == row
    for wire, value in values.items():
        # With None, the field gets its default when the row is created.
        assert value is None or wire in MADE or is_stored(case.table, wire, value, row), wire


@each_case(CHANGING)
@given(values=inserts(), changes=updates())
@examples(4)
async def test_update_changes_what_is_given_and_nothing_else(adapters: Adapters, case: Case, values: Given, changes: Given) -> None:
    tenant_id = await fresh_tenant(adapters)
    created = await case.create(adapters, tenant_id, values)
    before = stored_fields(await case.get(adapters, tenant_id, created))
    assert await case.update(adapters, tenant_id, created, changes)
    after = stored_fields(await case.get(adapters, tenant_id, created))
    if "updated_at" in before:
        assert after["updated_at"] > before["updated_at"]
    for wire, value in changes.items():
        wanted = merged(before.get(wire), value) if wire == case.entity.merged else value
        assert is_stored(case.table, wire, wanted, after), wire
    for wire in (before.keys() | after.keys()) - changes.keys() - {"updated_at"} - case.entity.derived:
        assert before.get(wire) == after.get(wire), wire


@each_case(CHANGING)
@given(values=inserts(), changes=updates())
@examples(4)
async def test_what_was_read_can_be_changed_and_handed_back(adapters: Adapters, case: Case, values: Given, changes: Given) -> None:
    # A JSON document may have any value, including null, unless its column is NOT NULL.
    assume(all(value is not None or case.nullable(wire) for wire, value in changes.items()))
    tenant_id = await fresh_tenant(adapters)
    created = await case.create(adapters, tenant_id, values)
    read = await case.get(adapters, tenant_id, created)
    assert await case.update(adapters, tenant_id, read, read)
    found = await case.get(adapters, tenant_id, created)
    assert without_updated_at(case, found) == without_updated_at(case, read)
    before = stored_fields(found)
    for wire, value in changes.items():
        setattr(found, case.python(wire), value)
    assert await case.update(adapters, tenant_id, found, found)
    after = stored_fields(await case.get(adapters, tenant_id, created))
    for wire, value in changes.items():
        assert wire == case.entity.merged or is_stored(case.table, wire, value, after), wire
    for wire in (before.keys() | after.keys()) - changes.keys() - {"updated_at"} - case.entity.derived:
        assert before.get(wire) == after.get(wire), wire


def test_every_update_is_tried() -> None:
    updating = {name for name, kind in adapter_classes().items() if hasattr(kind, "update")}
    # One only has an ID. The other requires an organization and has a test below.
    assert {case.name for case in CHANGING} - {"user_activity"} == updating - {"scim_external_ids", "user_organizations"}


async def test_memberships_and_settings_can_be_handed_back(adapters: Adapters) -> None:
    tenant_id = await fresh_tenant(adapters)
    member = await _member(adapters, tenant_id, {"user_id": "auth0|ada"})
    assert await adapters.user_organizations.update(tenant_id, member.id, member) is True
    assert await adapters.user_organizations.update(tenant_id, member.id, {"id": member.id, "user_id": "auth0|ada"}) is True
    with pytest.raises(InvalidValueError, match="cannot be updated"):
        await adapters.user_organizations.update(tenant_id, member.id, {"id": "another"})
    found = await adapters.user_organizations.get(tenant_id, member.id)
    assert found == member.model_copy(update={"updated_at": found and found.updated_at})
    for name, values in (
        ("branding", {"colors": {"primary": "#000000", "page_background": "#ffffff"}, "logo_url": "https://x.example"}),
        ("prompt_settings", {"password_first": True}),
        ("universal_login_templates", {"body": "<html></html>"}),
    ):
        adapter: Any = getattr(adapters, name)
        await adapter.set(tenant_id, values)
        read = await adapter.get(tenant_id)
        await adapter.set(tenant_id, read)
        assert await adapter.get(tenant_id) == read


@each_case(CHANGING)
@given(values=inserts())
@examples(2)
async def test_a_mapping_may_name_the_row_and_nothing_else_that_cannot_change(adapters: Adapters, case: Case, values: Given) -> None:
    tenant_id = await fresh_tenant(adapters)
    created = await case.create(adapters, tenant_id, values)
    before = await case.get(adapters, tenant_id, created)
    named = {name: getattr(created, name) for name in case.entity.key if hasattr(created, name)}
    if case.table.tenant_scoped and case.name not in ("keys", "tenant_operations"):
        named["tenant_id"] = tenant_id
    assert await case.update(adapters, tenant_id, created, named)
    fixed = {"created_at", "updated_at", *named} - ({"id"} if case.name == "passwords" else set())
    for name in sorted(fixed):
        with pytest.raises(InvalidValueError) as caught:
            await case.update(adapters, tenant_id, created, {name: SOON if name.endswith("_at") else "another"})
        assert (caught.value.table, caught.value.field, caught.value.reason) == (case.name, name, "cannot be updated")
    assert without_updated_at(case, await case.get(adapters, tenant_id, created)) == without_updated_at(case, before)


def without_updated_at(case: Case, row: Any) -> Given:
    """Return the fields of a row without the time of the last update, and with None removed from a merged object."""
    data = {wire: value for wire, value in stored_fields(row).items() if wire != "updated_at"}
    return {wire: merged(value, {}) if wire == case.entity.merged else value for wire, value in data.items()}


def merged(before: Given | None, given: Given | None) -> Given | None:
    """Return an object after merging the given keys. None removes a key."""
    return None if given is None else {key: value for key, value in {**(before or {}), **given}.items() if value is not None}


# --- rejected values -----------------------------------------------------------------------------------------------------------

OTHER_TABLES = {"users": ("user_activity", "passwords"), "sessions": ("login_sessions",), "refresh_tokens": ("login_sessions",)}
"""The other tables that a method writes to."""


@pytest.fixture
async def tenant_id(adapters: Adapters) -> str:
    """Return one tenant for all examples, because none of them may write a row."""
    return await fresh_tenant(adapters)


@each_case([case for case in CASES if case.invalid_values()])
@given(values=inserts(), bad=invalid_fields())
@examples(5)
async def test_what_cannot_be_kept_is_refused(adapters: Adapters, tenant_id: str, case: Case, values: Given, bad: tuple[str, Any]) -> None:
    wire, value = bad
    tables = (case.name, *OTHER_TABLES.get(case.name, ()))
    before = await count(adapters, *tables)
    with pytest.raises(InvalidValueError) as caught:
        await case.create(adapters, tenant_id, {**values, wire: value})
    assert (caught.value.table, (caught.value.field or "").split(".")[0]) == (case.name, wire)
    assert await count(adapters, *tables) == before


@each_case([case for case in CHANGING if case.invalid_values(changeable=True)])
@given(values=inserts(), changes=updates(), bad=invalid_fields(changeable=True))
@examples(5)
async def test_a_refused_update_changes_nothing(
    adapters: Adapters, case: Case, values: Given, changes: Given, bad: tuple[str, Any]
) -> None:
    wire, value = bad
    tenant_id = await fresh_tenant(adapters)
    created = await case.create(adapters, tenant_id, values)
    with pytest.raises(InvalidValueError) as caught:
        await case.update(adapters, tenant_id, created, {**changes, wire: value})
    assert (caught.value.table, (caught.value.field or "").split(".")[0]) == (case.name, wire)
    assert await case.get(adapters, tenant_id, created) == created


# --- special cases -------------------------------------------------------------------------------------------------------------


@given(text=texts(), detail=json_values(), wide=st.integers(0, 3))
@examples(10)
async def test_what_the_contract_cuts_is_cut_to_the_column(adapters: Adapters, text: str, detail: Any, wide: int) -> None:
    tenant_id = await fresh_tenant(adapters)
    long = (text + "é😀x") * 100 * wide
    made = await adapters.logs.create(tenant_id, log(user_agent=long, description=long, details=detail))
    assert (made.user_agent, made.description) == (long[:255], long[:255])
    assert same(detail, made.details)
    assert await adapters.logs.get(tenant_id, made.log_id) == made
    url = (text + "é😀x") * (65_536 // len(text + "é😀x") * (wide % 2) + 1)
    began = await adapters.login_sessions.create(tenant_id, login_session(authorization_url=url))
    assert began.authorization_url == url.encode()[:65_535].decode(errors="ignore")
    assert await adapters.login_sessions.get(tenant_id, began.id) == began


@given(text=texts(100), data=objects(json_values()), at=instants())
@examples(10)
async def test_events_keep_what_they_are_given(adapters: Adapters, text: str, data: Given, at: datetime) -> None:
    tenant_id = await fresh_tenant(adapters)
    target = {"type": text[:64], "id": text, "before": data}
    id = await adapters.outbox.create(tenant_id, outbox_event(event_type=text, log_type=text[:64], target=target, timestamp=at))
    event = (await adapters.outbox.get_by_ids([id]))[0].model_dump(by_alias=True, exclude_unset=True)
    assert (event["id"], event["tenant_id"], event["event_type"], event["log_type"]) == (id, tenant_id, text, text[:64])
    assert same(target, event["target"])
    assert same(at, event["timestamp"])


@given(user_id=texts(191, 1), organization_id=texts(64))
@examples(10)
async def test_a_role_is_given_to_exactly_that_user_there(adapters: Adapters, user_id: str, organization_id: str) -> None:
    tenant_id = await fresh_tenant(adapters)
    made = await adapters.roles.create(tenant_id, role())
    assert await adapters.user_roles.create(tenant_id, user_id, made.id, organization_id)
    assert await adapters.user_roles.list(tenant_id, user_id, organization_id) == [made]
    assert await adapters.user_roles.list(tenant_id, user_id, f"{organization_id} ") == []
    assert await adapters.user_roles.list(tenant_id, f"{user_id} ") == []
    assert (await adapters.user_roles.list_users(tenant_id, made.id)).items == [user_id]
    assert await adapters.user_roles.remove(tenant_id, user_id, made.id, organization_id)


# --- input that create rejects -------------------------------------------------------------------------------------------------

IMPORTING = [case for case in CASES if case.entity.create is None and case.name != "keys"]
"""The entities whose ``create`` accepts ``import_metadata``."""


@each_case(IMPORTING)
@given(values=inserts())
@examples(1)
async def test_what_an_import_keeps_is_no_field(adapters: Adapters, tenant_id: str, case: Case, values: Given) -> None:
    table = case.table
    before = await count(adapters, table.name)
    given: dict[str, Any] = {"created_at": SOON, "updated_at": SOON, "id": "own"}
    for name in given.keys() - wire_fields(insert_of(table)).keys():
        with pytest.raises(InvalidValueError, match="import_metadata") as caught:
            await case.create(adapters, tenant_id, {**values, name: given[name]})
        assert (caught.value.table, caught.value.field) == (case.name, name)
        assert f"{name!r}: …" in caught.value.reason
    assert await count(adapters, table.name) == before
