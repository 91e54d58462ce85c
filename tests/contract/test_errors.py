"""The details of errors about values and references: all invalid fields, and the missing row, the same on every engine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from authhero_sql import Adapters, ConflictError, ForeignKeyError, InvalidField, InvalidValueError, Reference, connect, create_adapters
from authhero_sql.dialects import Call
from tests.chains import log_text

SECRET = "s3cret-value"


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with a tenant, a client and a user."""
    await adapters.tenants.create({"id": "acme", "friendly_name": "Acme"})
    await adapters.clients.create("acme", {"client_id": "web", "name": "Web"})
    await adapters.users.create("acme", {"user_id": "auth0|ada", "connection": "db"})
    return adapters


def login_session(**fields: Any) -> dict[str, Any]:
    """Return a new login session."""
    return {"csrf_token": "c", "authParams": {"client_id": "web"}, "expires_at": "2026-02-01T00:00:00Z", "ip": "::1", **fields}


# --- values ------------------------------------------------------------------------------------------------------------------------


async def test_all_fields_that_are_too_long_are_listed_with_their_limit(store: Adapters) -> None:
    with pytest.raises(InvalidValueError) as caught:
        await store.login_sessions.create("acme", login_session(csrf_token="x" * 43, ip="y" * 46))
    assert str(caught.value) == "login_sessions.csrf_token: at most 26 characters, got 43 (and 1 more)"
    assert caught.value.errors == [
        InvalidField("csrf_token", "at most 26 characters, got 43"),
        InvalidField("ip", "at most 45 characters, got 46"),
    ]
    with pytest.raises(InvalidValueError) as caught:
        await store.users.update("acme", "auth0|ada", {"name": "n" * 256, "nickname": SECRET * 30, "email_verified": True})
    assert [error.field for error in caught.value.errors] == ["nickname", "name"]
    assert SECRET not in log_text(caught.value)


async def test_bytes_are_counted_where_the_column_has_no_width(store: Adapters) -> None:
    with pytest.raises(InvalidValueError, match=r"^users\.picture: at most 65,535 bytes, got 80,000$"):
        await store.users.update("acme", "auth0|ada", {"picture": "é" * 40_000})


async def test_all_fields_of_the_wrong_type_are_listed(store: Adapters) -> None:
    with pytest.raises(InvalidValueError) as caught:
        await store.users.create(
            "acme", {"user_id": "auth0|new", "connection": "db", "email": [SECRET], "email_verified": SECRET, "name": 5}
        )
    assert [error.field for error in caught.value.errors] == ["email", "name", "email_verified"]
    assert str(caught.value).endswith(" (and 2 more)")
    assert SECRET not in log_text(caught.value)


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("emial", 'users: unknown field "emial"; did you mean "email"?'),
        ("user_metadta", 'users: unknown field "user_metadta"; did you mean "user_metadata"?'),
        ("quite_something_else", 'users: unknown field "quite_something_else"'),
    ],
)
async def test_an_unknown_field_is_compared_with_those_that_there_are(store: Adapters, field: str, said: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        await store.users.create("acme", {"user_id": "auth0|new", "connection": "db", field: SECRET})
    assert str(caught.value) == said
    assert (caught.value.table, caught.value.field) == ("users", field)
    with pytest.raises(InvalidValueError) as caught:
        await store.users.update("acme", "auth0|ada", {field: SECRET})
    assert str(caught.value) == said


async def test_several_fields_that_cannot_be_updated_are_listed(store: Adapters) -> None:
    with pytest.raises(InvalidValueError) as caught:
        await store.users.update("acme", "auth0|ada", {"user_id": "x", "created_at": "2026-01-01T00:00:00Z", "name": "n"})
    assert {error.field: error.reason for error in caught.value.errors} == dict.fromkeys(("user_id", "created_at"), "cannot be updated")


async def test_several_unknown_fields_are_listed_with_the_first_in_the_message(store: Adapters) -> None:
    with pytest.raises(InvalidValueError) as caught:
        await store.clients.create("acme", {"client_id": "x", "nmae": "Web", "calbacks": []})
    assert [error.field for error in caught.value.errors] == ["name", "nmae", "calbacks"]


async def test_a_field_that_may_have_several_forms_is_one_field(store: Adapters) -> None:
    with pytest.raises(InvalidValueError) as caught:
        await store.custom_text.set("acme", "login", "en", {"title": [SECRET], "description": "fine"})
    assert len(caught.value.errors) == 1
    assert SECRET not in log_text(caught.value)


async def test_an_unknown_field_inside_an_object_is_compared_with_those_beside_it(store: Adapters) -> None:
    with pytest.raises(InvalidValueError) as caught:
        await store.users.create("acme", {"user_id": "auth0|new", "connection": "db", "password": {"hash": "x", "algoritm": "argon2id"}})
    assert any(error.reason == 'unknown field "algoritm"; did you mean "algorithm"?' for error in caught.value.errors)


# --- references ----------------------------------------------------------------------------------------------------------------------

USER: dict[str, Any] = {"user_id": "auth0|new", "connection": "db"}
CODE: dict[str, Any] = {"code_id": "c", "login_id": "l", "code_type": "otp", "expires_at": "2026-02-01T00:00:00Z"}
WITH_PASSWORD: dict[str, Any] = {**USER, "password": {"hash": SECRET, "algorithm": "argon2id"}, "login_count": 1}


async def _in_a_batch(store: Adapters) -> None:
    async with store.batch() as batch:
        await batch.users.update("acme", "auth0|ada", {"name": "Ada"})
        await batch.passwords.create("acme", {"user_id": "nobody", "password": SECRET})


async def _among_many(store: Adapters) -> None:
    await store.client_grants.create_many("acme", [{"client_id": name, "audience": "https://api"} for name in ("web", "none")])


async def _by_update(store: Adapters) -> None:
    session = await store.login_sessions.create("acme", login_session())
    await store.login_sessions.update("acme", session.id, {"session_id": "none"})


MISSING: dict[str, tuple[Callable[[Adapters], Awaitable[object]], Reference]] = {
    "a tenant": (lambda a: a.users.create("nowhere", USER), Reference("users", ("tenant_id",), "tenants")),
    "the tenant of what is written together": (
        lambda a: a.users.create("nowhere", WITH_PASSWORD),
        Reference("users", ("tenant_id",), "tenants"),
    ),
    "a user": (
        lambda a: a.passwords.create("acme", {"user_id": "nobody", "password": SECRET}),
        Reference("passwords", ("user_id",), "users"),
    ),
    "a user beside a tenant": (lambda a: a.codes.create("acme", {**CODE, "user_id": "nobody"}), Reference("codes", ("user_id",), "users")),
    "a tenant where there is no user": (lambda a: a.codes.create("nowhere", CODE), Reference("codes", ("tenant_id",), "tenants")),
    "by an update": (_by_update, Reference("login_sessions", ("session_id",), "sessions")),
    "in a batch": (_in_a_batch, Reference("passwords", ("user_id",), "users")),
    "among many": (_among_many, Reference("client_grants", ("client_id",), "clients")),
    "an activity's user": (
        lambda a: a.user_activity.upsert("acme", "nobody", {"last_ip": "::1"}),
        Reference("user_activity", ("user_id",), "users"),
    ),
    "an organization": (
        lambda a: a.user_organizations.create("acme", {"user_id": "auth0|ada", "organization_id": "none"}),
        Reference("user_organizations", ("organization_id",), "organizations"),
    ),
}


@pytest.mark.parametrize("name", MISSING)
async def test_a_reference_to_a_missing_row_is_named(store: Adapters, name: str) -> None:
    work, reference = MISSING[name]
    with pytest.raises(ForeignKeyError) as caught:
        await work(store)
    error = caught.value
    assert error.references == (reference,)
    assert (error.table, error.fields, error.target) == (reference.table, reference.fields, reference.target)
    row = "row 1: " if error.row is not None else ""
    assert str(error) == f"{row}{reference.table}.{reference.fields[0]} references a missing {reference.target} row"
    assert not error.still_referenced
    assert SECRET not in log_text(error)


async def test_where_an_engine_does_not_tell_all_that_can_be_are_listed(store: Adapters, engine: str) -> None:
    organization = await store.organizations.create("acme", {"name": "org"})
    with pytest.raises(ForeignKeyError) as caught:
        await store.user_organizations.create("acme", {"user_id": "nobody", "organization_id": organization.id})
    user = Reference("user_organizations", ("user_id",), "users")
    of = Reference("user_organizations", ("organization_id",), "organizations")
    error = caught.value
    if engine in ("sqlite", "d1"):
        assert set(error.references) == {of, user}
        assert (error.fields, error.target) == ((), None)
        assert str(error).startswith("user_organizations references a missing row by ")
    else:
        assert (error.references, error.target) == ((user,), "users")
    with pytest.raises(ForeignKeyError) as caught:
        await store.login_sessions.create("acme", login_session(session_id="none"))
    # The user of a session is optional, so its tenant may be missing, too.
    session = Reference("login_sessions", ("session_id",), "sessions")
    assert session in caught.value.references
    assert len(caught.value.references) == (2 if engine in ("sqlite", "d1") else 1)


REMARKS = {
    "sqlite": "CREATE TABLE remarks (client_id varchar(191), tenant_id varchar(191), {0})",
    "postgresql": "CREATE TABLE remarks (client_id varchar(191), tenant_id varchar(191), {0})",
    "mysql": "CREATE TABLE remarks (client_id varchar(191), tenant_id varchar(191), {0}) CHARSET utf8mb4 COLLATE {1}",
    "d1": "CREATE TABLE remarks (client_id varchar(191), tenant_id varchar(191), {0})",
}


async def test_a_row_that_is_still_referenced_is_reported_as_such(database_url: str, engine: str) -> None:
    from authhero_sql import migrate_to_latest

    reference = "FOREIGN KEY (tenant_id, client_id) REFERENCES clients (tenant_id, client_id) ON DELETE RESTRICT"
    async with connect(database_url) as db:
        await migrate_to_latest(db)
        store = await create_adapters(db)
        collation = getattr(store.database.dialect, "collation", "")
        await db.execute(Call(REMARKS[engine].format(reference, collation)))
        await store.tenants.create({"id": "acme", "friendly_name": "Acme"})
        await store.clients.create("acme", {"client_id": "web", "name": "Web"})
        await db.execute(Call("INSERT INTO remarks (tenant_id, client_id) VALUES ('acme', 'web')"))
        with pytest.raises(ForeignKeyError) as caught:
            await store.clients.remove("acme", "web")
    assert caught.value.still_referenced
    unnamed = "clients: the row is still referenced by another table and cannot be deleted"
    assert str(caught.value) == (unnamed if engine in ("sqlite", "d1") else "clients is still referenced by remarks")


# --- keys ----------------------------------------------------------------------------------------------------------------------------


async def test_a_conflict_names_the_table_whose_key_it_is(store: Adapters) -> None:
    """Test the table of a conflict. MariaDB names the key of every table PRIMARY."""
    event = {
        "id": "e",
        "event_type": "user.created",
        "log_type": "sapi",
        "category": "admin_action",
        "timestamp": "2026-01-31T10:00:00.000Z",
        "actor": {"type": "system"},
        "target": {"type": "user", "id": "x"},
        "hostname": "h",
        "request": {"method": "POST", "path": "/", "ip": "::1"},
    }
    await store.outbox.create("acme", event)
    with pytest.raises(ConflictError) as caught:
        await store.users.create("acme", USER, outbox_events=[event])
    assert str(caught.value) == "outbox_events: a row with this id already exists"
    assert (caught.value.table, caught.value.fields) == ("outbox_events", ("id",))
    with pytest.raises(ConflictError, match=r"^users: a row with this user_id already exists$"):
        await store.users.create("acme", {**USER, "user_id": "auth0|ada"}, outbox_events=[{**event, "id": "other"}])
