"""The common rules of all adapters, on every engine."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from authhero_sql import Adapters, ConflictError, InvalidValueError
from tests.contract import builders
from tests.contract.builders import (
    ENTITIES,
    SOON,
    client,
    code,
    connection,
    identity_of,
    key,
    log,
    login_session,
    refresh_token,
    session,
    tenant,
    user,
)


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with two equal tenants."""
    await tenant(adapters, "acme")
    await tenant(adapters, "globex")
    return adapters


@pytest.mark.parametrize("entity", ENTITIES)
async def test_create_gives_what_get_gives(store: Adapters, entity: str) -> None:
    make, get = ENTITIES[entity]
    created = await make(store, "acme")
    assert await get(store, "acme", created) == created
    assert await get(store, "nowhere", created) is None


@pytest.mark.parametrize("entity", ENTITIES)
async def test_the_other_tenant_neither_sees_nor_changes_it(store: Adapters, entity: str) -> None:
    make, get = ENTITIES[entity]
    created = await make(store, "acme")
    if entity != "passwords":
        assert await get(store, "globex", created) is None
    theirs = await make(store, "globex")
    adapter: Any = getattr(store, entity)
    if hasattr(adapter, "remove"):
        for tenant_id in ("nowhere", ""):
            assert await adapter.remove(tenant_id, *identity_of(entity, created)) is False
        assert await adapter.remove("globex", *identity_of(entity, theirs)) is True
        assert await adapter.remove("globex", *identity_of(entity, created)) is False
    assert await get(store, "acme", created) == created
    assert type(theirs) is type(created)


async def test_update_writes_exactly_what_is_given(store: Adapters) -> None:
    created = await store.users.create("acme", user("grace", nickname="amazing", name="Grace", app_metadata={"a": 1}))
    assert await store.users.update("acme", "auth0|grace", {"nickname": None, "app_metadata": {"b": 2}})
    updated = await store.users.get("acme", "auth0|grace")
    assert updated is not None
    assert updated.updated_at > created.updated_at
    expected = created.model_copy(update={"nickname": None, "app_metadata": {"b": 2}, "updated_at": updated.updated_at})
    assert updated == expected
    assert await store.users.update("acme", "auth0|nobody", {"nickname": "x"}) is False
    assert await store.clients.update("acme", "nothing", {"name": "x"}) is False
    assert await store.tenants.update("nowhere", {"friendly_name": "x"}) is False


async def test_updates_of_every_adapter(store: Adapters) -> None:
    await store.login_sessions.create("acme", login_session(), import_metadata={"id": "login"})
    await store.sessions.create("acme", session())
    await store.refresh_tokens.create("acme", refresh_token())
    await store.keys.create(key())
    adapters: list[tuple[Any, tuple[str, ...], dict[str, Any], str]] = [
        (store.tenants, ("acme",), {"friendly_name": "New"}, "friendly_name"),
        (store.clients, ("acme", "web"), {"name": "New"}, "name"),
        (store.connections, ("acme", "con_db"), {"display_name": "New"}, "display_name"),
        (store.users, ("acme", "auth0|ada"), {"name": "New"}, "name"),
        (store.login_sessions, ("acme", "login"), {"failure_reason": "New"}, "failure_reason"),
        (store.sessions, ("acme", "s1"), {"login_session_id": "New"}, "login_session_id"),
        (store.refresh_tokens, ("acme", "r1"), {"rotated_to": "New"}, "rotated_to"),
    ]
    for adapter, place, fields, name in adapters:
        assert await adapter.update(*place, fields) is True
        assert await adapter.update(*place, fields) is True, "an update with the same values matches"
        before = await adapter.get(*place)
        assert await adapter.update(*place, {}) is True
        after = await adapter.get(*place)
        if hasattr(after, "updated_at"):
            assert after.updated_at > before.updated_at, "updated_at changes even without other changes"
        for missing in ((*place[:-1], "missing"), (*place[:-1], place[-1].upper()), (*place[:-1], f"{place[-1]} ")):
            assert await adapter.update(*missing, fields) is False
            assert await adapter.update(*missing, {}) is False
        assert getattr(await adapter.get(*place), name) == "New"
        for fixed in ("id", "tenant_id", "created_at"):
            with pytest.raises(InvalidValueError):
                await adapter.update(*place, {fixed: "x"})
    assert await store.keys.update("k1", {"current_since": SOON})
    assert await store.keys.update("none", {"current_since": SOON}) is False


async def test_models_and_mappings_by_either_name_are_the_same(store: Adapters) -> None:
    by_wire = await store.login_sessions.create("acme", login_session(auth0Client="x"), import_metadata={"id": "one"})
    by_name = await store.login_sessions.create(
        "acme",
        {"csrf_token": "csrf", "auth_params": {"client_id": "web"}, "expires_at": SOON.isoformat(), "auth0_client": "x"},
        import_metadata={"id": "two"},
    )
    left, right = (item.model_dump(exclude={"id", "created_at", "updated_at"}) for item in (by_wire, by_name))
    assert left == right


async def test_imports_keep_ids_and_times(store: Adapters) -> None:
    created, updated = datetime(2020, 2, 3, 4, 5, 6, 7999, UTC), datetime(2021, 1, 1, tzinfo=timezone(timedelta(hours=2)))
    kept = await store.users.create("acme", user("x"), import_metadata={"id": "sms|own", "created_at": created, "updated_at": updated})
    assert (kept.user_id, kept.created_at, kept.updated_at) == ("sms|own", created.replace(microsecond=7000), updated)
    assert await store.users.get("acme", "sms|own") == kept
    assert await store.users.get("acme", "auth0|x") is None
    old = await store.clients.create("acme", client("old"), import_metadata={"created_at": created})
    assert old.updated_at == old.created_at == created.replace(microsecond=7000)


async def test_ids_are_made_where_none_is_given(store: Adapters) -> None:
    made = await store.clients.create("acme", {"name": "x"})
    assert len(made.client_id) == 21
    assert made.client_secret is None
    con = await store.connections.create("acme", {"name": "x", "strategy": "oidc"})
    assert con.id is not None
    assert con.id.startswith("con_")
    assert len(con.id) == 21
    assert len((await store.login_sessions.create("acme", login_session())).id) == 26
    new = await store.users.create("acme", {"connection": "sms", "provider": "sms"})
    assert new.user_id.startswith("sms|")
    assert len((await store.logs.create("acme", log())).log_id) == 21
    assert len((await store.tenants.create({"friendly_name": "x"})).id) == 21


async def test_text_is_compared_exactly(store: Adapters) -> None:
    for id in ("auth0|Ada", "AUTH0|ADA", "auth0|ada ", " auth0|ada", "auth0|ad\u00e0", "auth0|ada\u0301"):
        assert await store.users.get("acme", id) is None
        assert await store.users.update("acme", id, {"name": "x"}) is False
        assert await store.users.remove("acme", id) is False
    for id in ("auth0|Ada", "auth0|ada ", "auth0|ad\u00e0"):
        await store.users.create("acme", {"user_id": id, "connection": "db"})
    with pytest.raises(ConflictError):
        await store.users.create("acme", {"user_id": "auth0|ada ", "connection": "db"})
    await store.codes.create("acme", code("Secret"))
    assert await store.codes.consume("acme", "secret") is False
    assert await store.codes.consume("acme", "Secret ") is False
    assert await store.codes.consume("acme", "Secret") is True


@pytest.mark.parametrize("entity", ["clients", "connections", "sessions", "refresh_tokens", "codes", "logs", "login_sessions", "tenants"])
async def test_ids_are_compared_exactly(store: Adapters, entity: str) -> None:
    makes: dict[str, Any] = {
        "clients": lambda id: store.clients.create("acme", client(id)),
        "connections": lambda id: store.connections.create("acme", connection(id=id)),
        "sessions": lambda id: store.sessions.create("acme", session(id)),
        "refresh_tokens": lambda id: store.refresh_tokens.create("acme", refresh_token(id)),
        "codes": lambda id: store.codes.create("acme", code(id)),
        "logs": lambda id: store.logs.create("acme", log(log_id=id)),
        "login_sessions": lambda id: store.login_sessions.create("acme", login_session(), import_metadata={"id": id}),
        "tenants": lambda id: store.tenants.create({"id": id, "friendly_name": id}),
    }
    adapter: Any = getattr(store, entity)
    place = () if entity == "tenants" else ("acme",)
    more = ("otp",) if entity == "codes" else ()
    # Some collations treat as equal: "ß" and "ss", "å" in one and in two characters, and digits of different scripts.
    likes = ("kßå1", "Kßå1", "KSSÅ1", "ksså1", "kßa\u030a1", "kßa1", "kßå\u0661", "kßå1 ", " kßå1", "kßå1\t", "kßå1\u200b", "k%1", "kßå_")
    made = []
    for number, id in enumerate(likes):
        for later in likes[number:]:
            assert await adapter.get(*place, later, *more) is None, (id, later)
        made.append(await makes[entity](id))
    for id, row in zip(likes, made, strict=True):
        assert await adapter.get(*place, id, *more) == row
        with pytest.raises(ConflictError):
            await makes[entity](id)
    if hasattr(adapter, "remove"):
        for number, id in enumerate(likes):
            assert await adapter.remove(*place, id) is True
            for later, row in zip(likes[number + 1 :], made[number + 1 :], strict=True):
                assert await adapter.get(*place, later, *more) == row


@pytest.mark.parametrize("wrong", [{"nonsense": 1}, {"created_at": "2026-01-01T00:00:00"}, {"id": 5}, {"id": "x" * 300}, {"id": "\0"}])
async def test_an_import_that_cannot_be_stored_is_refused(store: Adapters, wrong: dict[str, Any]) -> None:
    for work in (
        store.users.create("acme", user("new"), import_metadata=wrong),
        store.clients.create("acme", client("new"), import_metadata=wrong),
        store.sessions.create("acme", session("new"), import_metadata=wrong),
        store.tenants.create({"id": "new", "friendly_name": "x"}, import_metadata=wrong),
    ):
        with pytest.raises(InvalidValueError):
            await work
    assert await store.tenants.get("new") is None
    assert await store.clients.get("acme", "new") is None


@pytest.mark.parametrize("entity", ["clients", "connections", "users", "sessions", "refresh_tokens", "login_sessions", "logs", "tenants"])
async def test_an_import_comes_before_what_the_caller_gives(store: Adapters, entity: str) -> None:
    given: dict[str, dict[str, Any]] = {
        "clients": client("own"), "connections": connection("own"), "users": user("own"), "sessions": session("own"),
        "refresh_tokens": refresh_token("own"), "login_sessions": login_session(), "logs": log(log_id="own"),
        "tenants": {"id": "own", "friendly_name": "x"},
    }  # fmt: skip
    created = datetime(2020, 2, 3, 4, 5, 6, 789_999, UTC)
    kept = created.replace(microsecond=789_000)
    adapter: Any = getattr(store, entity)
    place = () if entity == "tenants" else ("acme",)
    made = await adapter.create(*place, given[entity], import_metadata={"id": "imported", "created_at": created})
    assert await adapter.get(*place, "imported") == made
    assert getattr(made, "created_at", kept) == kept
    assert getattr(made, "updated_at", kept) == kept
    for own in ("own", "auth0|own", "con_own"):
        assert await adapter.get(*place, own) is None
    if entity != "logs":
        updated = created + timedelta(days=1)
        metadata = {"id": "again", "created_at": created, "updated_at": updated}
        again = await adapter.create(*place, {**given[entity], **({"email": "x"} if entity == "users" else {})}, import_metadata=metadata)
        assert getattr(again, "updated_at", updated - timedelta(microseconds=999)) == updated - timedelta(microseconds=999)
        assert again.created_at == kept


async def test_lengths_hold(store: Adapters) -> None:
    assert (await store.users.create("acme", user("long", name="é" * 255))).name == "é" * 255
    for fields, place in (
        (user("x", name="é" * 256), "name"),
        (user("x", phone_number="+" * 18), "phone_number"),
        (user("x", picture="x" * 65_536), "picture"),
        (user("x", app_metadata={"k": "x" * 65_536}), "app_metadata"),
    ):
        with pytest.raises(InvalidValueError) as caught:
            await store.users.create("acme", fields)
        assert (caught.value.table, caught.value.field) == ("users", place)
    assert (await store.users.create("acme", user("y", picture="x" * 65_535))).picture == "x" * 65_535
    assert await store.users.get("acme", "x" * 300) is None


async def test_some_fields_are_cut_to_their_column(store: Adapters) -> None:
    entry = await store.logs.create("acme", log(user_agent="é" * 300, description="d" * 300, details={"k": "v" * 70_000}))
    assert (entry.user_agent, entry.description) == ("é" * 255, "d" * 255)
    assert isinstance(entry.details, str)
    assert len(entry.details) == 65_535
    assert await store.logs.get("acme", entry.log_id) == entry
    login = await store.login_sessions.create("acme", login_session(authorization_url="ü" * 40_000))
    assert login.authorization_url == "ü" * 32_767
    assert await store.login_sessions.get("acme", login.id) == login


async def test_times_are_cut_to_the_millisecond(store: Adapters) -> None:
    moment = datetime(2026, 3, 4, 5, 6, 7, 891_999, timezone(timedelta(hours=-7)))
    made = await store.sessions.create("acme", session(expires_at=moment, used_at="2026-01-01T01:00:00.0009+01:00"))
    assert made.expires_at == moment.replace(microsecond=891_000)
    assert made.used_at == datetime(2026, 1, 1, tzinfo=UTC)
    assert await store.sessions.get("acme", "s1") == made
    dumped = made.model_dump(mode="json", by_alias=True, exclude_none=True)
    assert dumped["expires_at"] == "2026-03-04T12:06:07.891Z"
    for moment in (datetime(1969, 7, 20, tzinfo=UTC), datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)):
        assert await store.sessions.update("acme", "s1", {"used_at": moment})
        found = await store.sessions.get("acme", "s1")
        assert found is not None
        assert found.used_at == moment


METADATA: dict[str, Any] = {
    "z": 1,
    "a": [1, 2.5, None, True, "x", {"deep": {"er": []}}],
    "big": 123456789012345678901234567890,
    "float": 0.1,
    "tiny": 5e-324,
    "null": None,
    "": "empty key",
    "ключ": "значение 🔐 \\ \" ' % _ \u0000 \u2028",
    "nested": {"b": 1, "a": 2},
}


async def test_json_keeps_what_it_is_given(store: Adapters) -> None:
    await store.users.create("acme", user("json", app_metadata=METADATA, user_metadata={"only": None}))
    found = await store.users.get("acme", "auth0|json")
    assert found is not None
    assert json.dumps(found.app_metadata) == json.dumps(METADATA), "including the order of keys"
    assert found.user_metadata == {"only": None}
    options = {"client_id": "x", "unknown": {"kept": [None]}, "passwordPolicy": "good"}
    made = await store.connections.create("acme", connection("o", options=options))
    assert made.options is not None
    assert made.options.model_dump(by_alias=True, exclude_unset=True) == options
    assert await store.connections.get("acme", "con_o") == made


hostile = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60) | st.sampled_from(
    [
        "' OR 1=1 --",
        "\\'; DROP TABLE users; --",
        "%s %d %% {0}",
        "?",
        "$1",
        ":name",
        "NULL",
        "\u202eRTL",
        "🧮👩‍💻",
        "\t\r\n",
        "null",
        '"',
        "`",
    ]
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False, allow_infinity=False) | hostile,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(hostile, inner, max_size=3),
    max_leaves=8,
)


@given(text=hostile, metadata=st.dictionaries(hostile, json_values, max_size=4))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_hostile_text_comes_back_as_it_went_in(store: Adapters, text: str, metadata: dict[str, Any]) -> None:
    fields = {"name": text, "nickname": text[:20], "app_metadata": metadata, "profileData": text}
    await store.users.remove("acme", "auth0|h")
    made = await store.users.create("acme", {"user_id": "auth0|h", "connection": "db", **fields})
    assert (made.name, made.nickname, made.profile_data) == (text, text[:20], text)
    assert made.app_metadata == metadata
    assert await store.users.get("acme", "auth0|h") == made
    assert await store.users.update("acme", "auth0|h", {"user_metadata": metadata, "family_name": text})
    found = await store.users.get("acme", "auth0|h")
    assert found is not None
    assert (found.user_metadata, found.family_name) == (metadata, text)


async def test_removing_a_tenant_removes_what_refers_to_it(store: Adapters) -> None:
    await store.codes.create("acme", code(user_id="auth0|ada"))
    assert await store.tenants.remove("acme") is True
    assert await store.tenants.remove("acme") is False
    assert await store.users.get("acme", "auth0|ada") is None
    assert await store.clients.get("acme", "web") is None
    assert await store.codes.get("acme", "c1", "otp") is None
    assert await store.users.get("globex", "auth0|ada") is not None


@pytest.mark.transactions
async def test_a_transaction_is_all_or_nothing(store: Adapters) -> None:
    async with store.transaction() as tx:
        await tx.users.create("acme", user("grace"))
        assert await tx.users.get("acme", "auth0|grace") is not None
    assert await store.users.get("acme", "auth0|grace") is not None

    async def fails() -> None:
        async with store.transaction() as tx:
            await tx.users.remove("acme", "auth0|grace")
            raise KeyError

    with pytest.raises(KeyError):
        await fails()
    assert await store.users.get("acme", "auth0|grace") is not None


@pytest.mark.parametrize("given", [None, 5, "text", [("name", "x")], ["name"], object()])
async def test_what_is_neither_a_model_nor_a_mapping_is_refused(store: Adapters, given: Any) -> None:
    for call in (
        store.clients.create("acme", given),
        store.clients.update("acme", "web", given),
        store.users.update("acme", "auth0|ada", given),
        store.resource_servers.update("acme", "api", given),
        store.outbox.create("acme", given),
        store.grants.create("acme", given),
        store.role_permissions.assign("acme", "role", [given]),
    ):
        with pytest.raises(InvalidValueError):
            await call


async def test_an_import_keeps_its_id_and_times(store: Adapters) -> None:
    old = {"created_at": "2020-01-31T10:00:00.123Z"}
    theme = await store.themes.create("acme", builders.theme(), "mine", import_metadata={"id": "theirs", **old})
    assert theme.theme_id == "theirs"
    event = {"operation_id": (await store.tenant_operations.create({"kind": "seed", "engine": "inline"})).id}
    kept = await store.tenant_operation_events.create({**event, "step": "s", "outcome": "started"}, import_metadata={"id": "e", **old})
    assert (kept.id, kept.created_at.isoformat()) == ("e", "2020-01-31T10:00:00.123000+00:00")
    for make in (
        lambda: store.email_providers.create("acme", builders.email_provider(), import_metadata=old),
        lambda: store.email_templates.create("acme", builders.email_template(), import_metadata=old),
    ):
        assert (await make()).model_dump()
