"""Login sessions, and the changes by sessions and refresh tokens, on every engine."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from authhero_sql import Adapters, CorruptRowError, ForeignKeyError, InvalidValueError
from authhero_sql.dialects import Call
from authhero_sql.models import AuthParams
from tests.contract.builders import SOON, login_session, refresh_token, session, tenant

DAY = timedelta(days=1)


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with a tenant and two login sessions."""
    await tenant(adapters, "acme")
    for id in ("login", "other"):
        await adapters.login_sessions.create("acme", login_session(), import_metadata={"id": id})
    return adapters


async def params(store: Adapters) -> str:
    """Return the stored authorization parameters."""
    rows = await store.database.fetch(Call("SELECT auth_params FROM login_sessions WHERE id = 'login'"))
    return str(rows[0][0])


async def expiry(store: Adapters, id: str = "login") -> datetime:
    """Return when a login session expires."""
    found = await store.login_sessions.get("acme", id)
    assert found is not None
    return found.expires_at


async def test_merging_keeps_what_nobody_knows(store: Adapters) -> None:
    vendor = {"z": 1, "a": [None, 2**70, 0.1]}
    steps: list[tuple[Any, dict[str, Any]]] = [
        ({"vendor": vendor, "scope": "ö"}, {"client_id": "web", "vendor": vendor, "scope": "ö"}),
        ({"vendor": {"b": None}}, {"client_id": "web", "vendor": {"b": None}, "scope": "ö"}),
        (AuthParams(client_id="spa", nonce="n"), {"client_id": "spa", "vendor": {"b": None}, "scope": "ö", "nonce": "n"}),
        ({"vendor": None, "never there": None}, {"client_id": "spa", "scope": "ö", "nonce": "n"}),
        ({}, {"client_id": "spa", "scope": "ö", "nonce": "n"}),
    ]
    for given, expected in steps:
        assert await store.login_sessions.update("acme", "login", {"auth_params": given}) is True
        stored = json.loads(await params(store))
        assert stored == expected
        assert json.dumps(stored.get("vendor")) == json.dumps(expected.get("vendor")), "including the order of keys"
        found = await store.login_sessions.get("acme", "login")
        assert found is not None
        assert found.auth_params.model_dump(exclude_unset=True) == expected
    other = await store.login_sessions.get("acme", "other")
    assert other is not None
    assert other.auth_params.model_dump(exclude_unset=True) == {"client_id": "web"}


@pytest.mark.parametrize("name", ["auth_params", "authParams"])
async def test_none_for_all_parameters_is_null(store: Adapters, name: str) -> None:
    assert await store.login_sessions.update("acme", "login", {name: None, "state": "failed"}) is True
    found = await store.login_sessions.get("acme", "login")
    assert found is not None
    shown = found.model_dump(by_alias=True, exclude_none=True)
    assert "authParams" not in shown
    assert shown["state"] == "failed"
    assert await store.login_sessions.update("acme", "login", {name: {"client_id": "web"}}) is True
    found = await store.login_sessions.get("acme", "login")
    assert found is not None
    assert found.auth_params.client_id == "web"


@pytest.mark.parametrize("stored", ["[]", "null", "5", '"text"', "{"])
async def test_parameters_that_cannot_be_merged_say_so(store: Adapters, stored: str) -> None:
    await store.database.execute(Call(f"UPDATE login_sessions SET auth_params = '{stored}' WHERE id = 'login'"))
    with pytest.raises(CorruptRowError) as caught:
        await store.login_sessions.update("acme", "login", {"auth_params": {"scope": "x"}})
    assert (caught.value.table, caught.value.column, caught.value.key) == ("login_sessions", "auth_params", {"id": "login"})
    assert await params(store) == stored


async def test_a_merge_that_cannot_be_stored_changes_nothing(store: Adapters) -> None:
    before = await store.login_sessions.get("acme", "login")
    for wrong in ({"state": "x" * 70_000}, {"nonce": "\ud800"}, {"max_age": "soon"}, {"vendor": float("nan")}):
        with pytest.raises(InvalidValueError) as caught:
            await store.login_sessions.update("acme", "login", {"auth_params": wrong, "failure_reason": "x"})
        assert caught.value.table == "login_sessions"
        assert (caught.value.field or "").split(".")[0] == "authParams"
    assert await store.login_sessions.get("acme", "login") == before


async def test_a_login_session_refers_to_a_session_that_is_there(store: Adapters) -> None:
    await store.sessions.create("acme", session())
    with pytest.raises(ForeignKeyError):
        await store.login_sessions.update("acme", "login", {"session_id": "s2"})
    assert await store.login_sessions.update("acme", "login", {"session_id": "s1"}) is True
    assert await store.sessions.remove("acme", "s1") is True
    assert await store.login_sessions.get("acme", "login") is None, "it is deleted with its session"
    assert await store.login_sessions.get("acme", "other") is not None


async def test_ids_sort_by_time(store: Adapters) -> None:
    made = [await store.login_sessions.create("acme", login_session()) for _ in range(5)]
    ids = [item.id for item in made]
    assert ids == sorted(ids)
    assert {len(id) for id in ids} == {26}
    params = {"csrf_token": "c", "authParams": {"client_id": "web"}}
    own = await store.login_sessions.create("acme", params, import_metadata={"created_at": SOON})
    assert (own.created_at, own.expires_at) == (SOON, SOON + DAY)


@pytest.mark.parametrize("fields", [{"expires_at": SOON + DAY}, {"idle_expires_at": SOON + DAY}])
async def test_whichever_expiry_is_later_counts(store: Adapters, fields: dict[str, Any]) -> None:
    sooner = {name: SOON + timedelta(hours=1) for name in ("expires_at", "idle_expires_at")}
    await store.sessions.create("acme", session("s", **{**sooner, **fields}))
    assert await expiry(store) == SOON + DAY
    await store.refresh_tokens.create("acme", refresh_token("r", login_id="other", **{**sooner, **fields}))
    assert await expiry(store, "other") == SOON + DAY
    assert await store.sessions.update("acme", "s", {**sooner}) is True
    assert await expiry(store) == SOON + DAY


async def test_a_session_that_moves_pushes_where_it_is_now(store: Adapters) -> None:
    await store.sessions.create("acme", session("s"))
    assert await store.sessions.update("acme", "s", {"login_session_id": "other", "expires_at": SOON + DAY}) is True
    assert (await expiry(store), await expiry(store, "other")) == (SOON, SOON + DAY)
    assert await store.sessions.update("acme", "s", {"used_at": SOON + 9 * DAY, "revoked_at": SOON + 9 * DAY}) is True
    assert await expiry(store, "other") == SOON + DAY


async def test_pushing_bumps_the_login_session_and_not_pushing_does_not(store: Adapters) -> None:
    async def updated() -> datetime:
        found = await store.login_sessions.get("acme", "login")
        assert found is not None
        return found.updated_at

    first = await updated()
    await store.sessions.create("acme", session("s", expires_at=SOON - DAY))
    await store.refresh_tokens.create("acme", refresh_token("r", expires_at=SOON))
    await store.refresh_tokens.update("acme", "r", {}, login_session_bump=("login", SOON))
    assert await updated() == first
    await store.sessions.create("acme", session("s2", expires_at=SOON + DAY))
    assert await updated() > first


async def test_a_token_or_session_without_its_login_session_is_stored(store: Adapters) -> None:
    await store.sessions.create("acme", session("s", login_session_id="gone", expires_at=SOON + DAY))
    await store.refresh_tokens.create("acme", refresh_token("r", login_id="gone", expires_at=SOON + DAY))
    assert await store.refresh_tokens.update("acme", "r", {"rotated_to": "x"}, login_session_bump=("gone", SOON)) is True
    assert (await expiry(store), await expiry(store, "other")) == (SOON, SOON)


async def test_a_failed_update_of_a_token_pushes_nothing(store: Adapters) -> None:
    await store.refresh_tokens.create("acme", refresh_token("r"))
    with pytest.raises(InvalidValueError):
        await store.refresh_tokens.update("acme", "r", {"rotated_to": "x" * 27}, login_session_bump=("login", SOON + DAY))
    with pytest.raises(ForeignKeyError):
        await store.refresh_tokens.update("acme", "r", {"client_id": "nothing"}, login_session_bump=("login", SOON + DAY))
    with pytest.raises(ForeignKeyError):
        await store.sessions.create("acme", session("s", user_id="nobody", expires_at=SOON + DAY))
    assert await expiry(store) == SOON
    found = await store.refresh_tokens.get("acme", "r")
    assert found is not None
    assert (found.client_id, found.rotated_to) == ("web", None)


async def test_a_token_without_a_family_joins_one_when_it_is_rotated(store: Adapters) -> None:
    await store.refresh_tokens.create("acme", refresh_token("alone"))
    assert await store.refresh_tokens.revoke_family("acme", "alone", SOON) == 0
    rotation = await store.refresh_tokens.rotate("acme", "alone", refresh_token("next", family_id="ignored"))
    assert rotation.token is not None
    assert rotation.token.family_id == "alone"
    assert await store.refresh_tokens.revoke_family("acme", "alone", SOON) == 2


async def test_lookups_are_exact(store: Adapters) -> None:
    await store.refresh_tokens.create("acme", refresh_token("r", token_lookup="aBc", family_id="fam"))
    for lookup in ("abc", "ABC", "aBc ", "aB", "aBc%", "%", ""):
        assert await store.refresh_tokens.get_by_lookup("acme", lookup) is None
    for family in ("Fam", "fam ", ""):
        assert await store.refresh_tokens.revoke_family("acme", family, SOON) == 0
    for login in ("Login", "login ", ""):
        assert await store.refresh_tokens.revoke_by_login_session("acme", login, SOON) == 0
    assert await store.refresh_tokens.get_by_lookup("acme", "aBc") is not None


async def test_a_parameter_may_be_called_like_anything(store: Adapters) -> None:
    given = {"client_id": "web", "copy": "c", "json": "j", "model_fields": "m"}
    made = await store.login_sessions.create("acme", login_session(authParams=given))
    assert await store.login_sessions.update("acme", made.id, made) is True
    found = await store.login_sessions.get("acme", made.id)
    assert found is not None
    assert found.auth_params.model_dump(exclude_unset=True) == given
