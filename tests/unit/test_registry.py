"""The registry compared with the contract's tables, and the rules for the tables of every engine."""

from __future__ import annotations

import types
from typing import Any, Union, get_args, get_origin

import pytest
from pydantic import BaseModel

from authhero_sql.codecs import BOOL, EPOCH_MS, FLAG, INSTANT, INT, JSON, JSON_OR_TEXT, MARK, SWITCH, TEXT
from authhero_sql.crud.adapter import Adapter
from authhero_sql.migrations import history
from authhero_sql.migrations.operations import CreateIndex
from authhero_sql.row_mapping import wire_fields
from authhero_sql.schema import Column, Table
from authhero_sql.tables import REGISTRY
from tests.contract_data import enums, fields, needs_contract, tables
from tests.kinds import entities, insert_of

WIDENED = {
    "action_versions.code": ("text", "mediumtext"),
    "actions.code": ("text", "mediumtext"),
    "branding.colors_page_background_end": ("varchar(8)", "varchar(32)"),
    "branding.colors_page_background_start": ("varchar(8)", "varchar(32)"),
    "branding.colors_primary": ("varchar(8)", "varchar(32)"),
    "connections.options": ("varchar(8192)", "text"),
    "forms.ending": ("varchar(255)", "text"),
    "forms.languages": ("varchar(255)", "text"),
    "forms.messages": ("varchar(255)", "text"),
    "forms.nodes": ("varchar(4096)", "text"),
    "forms.start": ("varchar(255)", "text"),
    "forms.style": ("varchar(1042)", "text"),
    "forms.translations": ("varchar(4096)", "text"),
    "grants.audience": ("varchar(100)", "varchar(191)"),
    "hook_code.code": ("text", "mediumtext"),
    "invites.connection_id": ("varchar(21)", "varchar(255)"),
    "invites.organization_id": ("varchar(21)", "varchar(64)"),
    "login_sessions.ip": ("varchar(39)", "varchar(45)"),
    "logs.details": ("varchar(2048)", "text"),
    "logs.tenant_id": ("varchar(64)", "varchar(255)"),
    "logs.type": ("varchar(8)", "varchar(64)"),
    "logs.user_id": ("varchar(64)", "varchar(255)"),
    "organization_connections.organization_id": ("varchar(21)", "varchar(64)"),
    "prompt_settings.tenant_id": ("varchar(64)", "varchar(191)"),
    "user_permissions.organization_id": ("varchar(21)", "varchar(64)"),
}
"""Columns that are larger than AuthHero's: the type of AuthHero and of this package."""

KEYS = {"organization_connections": ("tenant_id", "organization_id", "connection_id")}
"""Primary keys of tables without a primary key in AuthHero."""
DROPPED_INDEXES = {"login_sessions_state_updated_idx", "organization_connections_unique"}
"""Indexes of AuthHero that duplicate another index or the primary key."""
UNIQUE_INDEXES = {"users_user_id_tenant_id"}
"""Indexes that are unique only in this package, because MySQL requires a unique key for a foreign key."""

OWN_INDEXES = {
    (step.table, step.index.name)
    for name in ("0008_list_indexes", "0009_connections_name")
    for step in history.load(name).up
    if isinstance(step, CreateIndex)
}
"""Indexes that AuthHero does not have."""

VIRTUAL = {
    "branding": {"powered_by_logo_url"},
    "connections": {"enabled_clients"},
    "custom_domains": {"verification_method"},
    "forms": {"links"},
    "keys": {"current", "next", "previous", "revoked"},
    "login_sessions": {"deleted_at"},
    "organization_connections": {"connection"},
    "tenants": {"is_control_plane"},
    "users": {"identities", "last_ip", "last_login", "login_count", "password", "verify_email"},
}
"""Fields that are not columns of the entity's table."""

TRUNCATED = {"login_sessions.authorization_url", "logs.description", "logs.details", "logs.user_agent"}
MOST_KEY_CHARACTERS = 768
"""The limit of an InnoDB key, 3,072 bytes, in characters of four bytes."""
MOST_ROW_BYTES = 65_535
POINTER_BYTES = 12
"""The maximum size of a text column in a MySQL row."""

ENTITIES = {
    "action_executions": "ActionExecution",
    "action_versions": "ActionVersion",
    "actions": "Action",
    "authentication_methods": "AuthenticationMethod",
    "branding": "Branding",
    "client_grants": "ClientGrant",
    "client_registration_tokens": "ClientRegistrationToken",
    "clients": "Client",
    "codes": "Code",
    "connections": "Connection",
    "custom_domains": "CustomDomain",
    "custom_text": "CustomTextEntry",
    "email_providers": "EmailProvider",
    "email_templates": "EmailTemplate",
    "flows": "Flow",
    "forms": "Form",
    "grants": "Grant",
    "hook_code": "HookCode",
    "invites": "Invite",
    "keys": "SigningKey",
    "log_streams": "LogStream",
    "login_sessions": "LoginSession",
    "logs": "Log",
    "migration_sources": "MigrationSource",
    "organization_connections": "OrganizationConnection",
    "organizations": "Organization",
    "passwords": "Password",
    "prompt_settings": "PromptSetting",
    "proxy_routes": "ProxyRoute",
    "refresh_tokens": "RefreshToken",
    "resource_servers": "ResourceServer",
    "role_permissions": "RolePermission",
    "roles": "Role",
    "rollouts": "Rollout",
    "scim_configurations": "ScimConfiguration",
    "scim_external_ids": "ScimExternalId",
    "scim_tokens": "ScimToken",
    "sessions": "Session",
    "tenant_operation_events": "TenantOperationEvent",
    "tenant_operations": "TenantOperation",
    "tenants": "Tenant",
    "themes": "Theme",
    "user_activity": "UserActivity",
    "user_organizations": "UserOrganization",
    "user_permissions": "UserPermission",
    "user_roles": "UserRole",
    "users": "User",
}
"""The entity of each table. The other tables do not contain entities of the contract."""

every_table = pytest.mark.parametrize("table", REGISTRY.values(), ids=list(REGISTRY))
every_entity = pytest.mark.parametrize("kind", entities().values(), ids=list(entities()))


def contract_default(column: dict[str, Any]) -> str | int | None:
    default: str | None = column.get("default")
    if default is None:
        return None
    return default[1:-1] if default.startswith("'") else int(default)


def characters(column: Column) -> int:
    assert column.size is not None, f"{column.name} is a text column, which cannot be indexed completely"
    return column.size


def model_of(annotation: Any) -> type[BaseModel] | None:
    """Return the model in an annotation, or None."""
    if get_origin(annotation) in (Union, types.UnionType):
        return next((found for part in get_args(annotation) if (found := model_of(part))), None)
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None


@needs_contract
def test_the_tables_are_those_of_the_contract() -> None:
    assert set(REGISTRY) == set(tables())
    assert len(REGISTRY) == 52


@needs_contract
@every_table
def test_columns_are_those_of_the_contract(table: Table[Any]) -> None:
    theirs = [(c["name"], c["type"], c.get("null", True), contract_default(c)) for c in tables()[table.name]["columns"]]
    ours = [(c.name, c.authhero_type or c.type, c.null, c.default) for c in table.columns]
    assert ours == theirs


def test_wider_columns_are_the_expected_ones() -> None:
    wider = {f"{table.name}.{c.name}": (c.authhero_type, c.type) for table in REGISTRY.values() for c in table.columns if c.authhero_type}
    assert wider == WIDENED


@needs_contract
@every_table
def test_keys_are_those_of_the_contract(table: Table[Any]) -> None:
    assert table.key == (KEYS.get(table.name) or tuple(tables()[table.name]["primary_key"]))


@needs_contract
@every_table
def test_indexes_are_those_of_the_contract(table: Table[Any]) -> None:
    theirs = {
        (index["name"], tuple(index["columns"]), index.get("unique", False) or index["name"] in UNIQUE_INDEXES)
        for index in tables()[table.name]["indexes"]
        if index["name"] not in DROPPED_INDEXES
    }
    ours = {(index.name, index.columns, index.unique) for index in table.indexes}
    assert ours >= theirs
    # The rest is specific to this package and allows all rows of AuthHero.
    assert {(name, unique) for name, _, unique in ours - theirs} == {(name, False) for owner, name in OWN_INDEXES if owner == table.name}


@needs_contract
def test_structure_differs_only_where_it_is_meant_to() -> None:
    named = {index["name"]: index for table in tables().values() for index in table["indexes"]}
    assert {name for name, table in tables().items() if not table["primary_key"]} == set(KEYS)
    assert named.keys() >= DROPPED_INDEXES
    assert not any(named[name].get("unique") for name in UNIQUE_INDEXES)
    dropped = named["organization_connections_unique"]
    assert tuple(dropped["columns"]) == KEYS["organization_connections"]
    assert named["login_sessions_state_updated_idx"]["columns"] == named["login_sessions_state_idx"]["columns"]


@needs_contract
@every_table
def test_references_are_those_of_the_contract(table: Table[Any]) -> None:
    theirs = {
        (key["references"], frozenset(zip(key["columns"], key["ref_columns"], strict=True)), key["on_delete"])
        for key in tables()[table.name]["foreign_keys"]
    }
    ours = {(key.references, frozenset(zip(key.columns, key.ref_columns, strict=True)), key.on_delete) for key in table.foreign_keys}
    assert ours == theirs
    assert len(table.foreign_keys) == len(theirs)


def test_every_table_stands_after_those_it_refers_to() -> None:
    seen: set[str] = set()
    for table in REGISTRY.values():
        assert {key.references for key in table.foreign_keys} <= seen | {table.name}
        seen.add(table.name)


@every_table
def test_references_go_to_a_key(table: Table[Any]) -> None:
    for reference in table.foreign_keys:
        target = REGISTRY[reference.references]
        unique = [target.key, *(index.columns for index in target.indexes if index.unique)]
        assert any(set(reference.ref_columns) == set(columns) for columns in unique)
        assert set(reference.columns) <= set(table.names)


def test_index_names_are_unique() -> None:
    names = [index.name for table in REGISTRY.values() for index in table.indexes]
    assert len(names) == len(set(names))


@every_table
def test_keys_fit_every_engine(table: Table[Any]) -> None:
    for columns in (table.key, *(index.names for index in table.indexes)):
        used = sum(characters(table[name]) for name in columns if table[name].is_text)
        assert used <= MOST_KEY_CHARACTERS, columns


@every_table
def test_rows_fit_in_mysql(table: Table[Any]) -> None:
    # A varchar has a length of two bytes. A number has at most eight bytes.
    used = sum((POINTER_BYTES if column.size is None else column.size * 4 + 2) if column.is_text else 8 for column in table.columns)
    assert used <= MOST_ROW_BYTES


@every_table
def test_defaults_are_values_of_their_columns(table: Table[Any]) -> None:
    for column in table.columns:
        if column.default is not None:
            assert isinstance(column.default, str if column.is_text else int)
            if column.codec in (BOOL, FLAG, MARK, SWITCH):
                assert column.default in (0, 1)


@needs_contract
@every_table
def test_columns_hold_what_the_contract_allows(table: Table[Any]) -> None:
    entity = fields().get(ENTITIES.get(table.name, ""), {})
    for column in table.columns:
        definition = entity.get(column.public, {})
        if column.is_text and column.size is not None:
            assert all(len(value) <= column.size for value in definition.get("enum", ())), column.name
        longest = definition.get("type", "").removesuffix(" | null").partition("[..")[2]
        if definition.get("type", "").startswith("string[") and longest:
            holds = column.size or (16_777_215 if column.medium else 65_535)
            assert int(longest.rstrip("]")) <= holds, column.name


@needs_contract
def test_every_log_type_fits() -> None:
    size = REGISTRY["logs"]["type"].size
    assert size is not None
    assert max(map(len, enums()["LogTypes"].values())) <= size


@needs_contract
@every_table
def test_codecs_are_those_of_the_types(table: Table[Any]) -> None:
    entity = fields().get(ENTITIES.get(table.name, ""), {})
    for column in table.columns:
        kind = entity.get(column.public, {}).get("type")
        if column.hidden or kind is None:
            continue
        structured = kind.removesuffix("|null").strip().startswith(("{", "array of", "map of", "object", "any"))
        assert structured == (column.codec in (JSON, JSON_OR_TEXT)), column.name
        assert (kind == "boolean") == (column.codec in (BOOL, FLAG, MARK, SWITCH)), column.name
        assert kind.startswith(("number", "integer")) == (column.codec is INT), column.name
        instant = column.public.endswith(("_at", "_until", "_since")) or column.public in ("date", "last_login", "last_password_reset")
        if kind.startswith("string"):
            assert column.codec in ((INSTANT, EPOCH_MS) if instant else (TEXT,)), column.name


def test_is_system_is_true_or_absent() -> None:
    marks = {table.name for table in REGISTRY.values() if "is_system" in table and table["is_system"].codec is MARK}
    assert marks == {"connections", "resource_servers", "roles"}


@every_table
def test_epoch_columns_carry_the_name_of_their_instant(table: Table[Any]) -> None:
    for column in table.columns:
        assert (column.codec is EPOCH_MS) == column.name.endswith("_ts")
        if column.codec is EPOCH_MS and not column.hidden:
            assert column.public == column.name.removesuffix("_ts")


def test_truncated_columns_are_the_documented_ones() -> None:
    assert {f"{table.name}.{c.name}" for table in REGISTRY.values() for c in table.columns if c.truncate} == TRUNCATED


@every_table
def test_secrets_are_marked(table: Table[Any]) -> None:
    telling = ("secret", "password", "_hash", "otp", "verifier", "csrf_token", "credentials", "token_lookup", "pkcs7")
    for column in table.columns:
        if column.is_text and column.codec is not INSTANT and any(part in column.name for part in telling):
            assert column.secret or column.name == "change_password", column.name


@every_entity
def test_columns_and_fields_belong_together(kind: type[Adapter[Any]]) -> None:
    table, read = kind.table, wire_fields(kind.model)
    for column in table.columns:
        if column.hidden:
            continue
        inside = read
        for part in column.public.split("."):
            assert part in inside, column.name
            group = model_of(inside[part][1].annotation)
            inside = {} if group is None else wire_fields(group)
    stored = {column.public.partition(".")[0] for column in table.columns if not column.hidden}
    assert set(read) | set(wire_fields(insert_of(table))) == stored | VIRTUAL.get(table.name, set())


@every_entity
def test_fields_with_a_default_can_be_null_where_the_column_can(kind: type[Adapter[Any]]) -> None:
    table = kind.table
    for wire, (_, info) in wire_fields(kind.model).items():
        column = table.stored(wire)
        if column is None or column.hidden or info.is_required() or info.annotation is Any:
            continue
        default = info.get_default(call_default_factory=True)
        optional = type(None) in get_args(info.annotation)
        if (table.name, wire) != ("prompt_settings", "show_last_used_connection"):  # AuthHero reads NULL as off.
            assert optional == (column.null or default is None), wire


@needs_contract
@pytest.mark.parametrize("name", ENTITIES)
def test_what_no_entity_names_stays_inside(name: str) -> None:
    entity = fields()[ENTITIES[name]]
    for column in REGISTRY[name].columns:
        assert column.hidden == (column.public.partition(".")[0] not in entity), column.name
