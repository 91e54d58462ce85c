"""The rows of a sign-in except the user: login sessions, sessions, tokens, codes, passwords, clients' connections, and the cleanup."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from authhero_sql import Adapters, ConflictError, ForeignKeyError, InvalidValueError
from authhero_sql.dialects import Call
from authhero_sql.models import Code, LoginSession
from tests.contract.builders import SOON, code, connection, login_session, refresh_token, session, tenant

DAY = timedelta(days=1)


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with two tenants, each with the user Ada, and a login session."""
    await tenant(adapters, "acme")
    await tenant(adapters, "globex")
    await adapters.login_sessions.create("acme", login_session(), import_metadata={"id": "login"})
    return adapters


async def expiry(store: Adapters) -> datetime:
    """Return when the login session expires."""
    found = await store.login_sessions.get("acme", "login")
    assert found is not None
    return found.expires_at


async def test_a_login_session_by_its_id_alone(store: Adapters) -> None:
    found = await store.login_sessions.get("", "login")
    assert found is not None
    assert found.model_dump()["tenant_id"] == "acme"
    assert isinstance(found, LoginSession)
    assert await store.login_sessions.get("globex", "login") is None
    made = await store.login_sessions.create("acme", {"csrf_token": "c", "authParams": {"client_id": "web"}})
    assert made.expires_at - made.created_at == DAY
    assert made.state == "pending"


async def test_authorization_parameters_are_merged(store: Adapters) -> None:
    assert await store.login_sessions.update("acme", "login", {"auth_params": {"scope": "openid", "nonce": "n"}, "state": "failed"})
    assert await store.login_sessions.update("acme", "login", {"authParams": {"nonce": None, "vendor": {"x": 1}}})
    found = await store.login_sessions.get("acme", "login")
    assert found is not None
    assert found.auth_params.model_dump(exclude_unset=True) == {"client_id": "web", "scope": "openid", "vendor": {"x": 1}}
    assert found.state == "failed"
    assert await store.login_sessions.update("acme", "none", {"auth_params": {"scope": "x"}}) is False
    with pytest.raises(InvalidValueError) as caught:
        await store.login_sessions.update("acme", "login", {"auth_params": {"response_type": "nonsense"}})
    assert caught.value.field == "authParams.response_type"


async def test_a_strategy_is_two_columns(store: Adapters) -> None:
    strategy = {"strategy": "auth0", "strategy_type": "database"}
    assert await store.login_sessions.update("acme", "login", {"auth_strategy": strategy})
    found = await store.login_sessions.get("acme", "login")
    assert found is not None
    assert found.auth_strategy is not None
    assert found.auth_strategy.model_dump() == strategy
    assert await store.login_sessions.update("acme", "login", {"auth_strategy": None})
    found = await store.login_sessions.get("acme", "login")
    assert found is not None
    assert found.auth_strategy is None
    assert await store.login_sessions.remove("acme", "login") is True
    assert await store.login_sessions.remove("acme", "login") is False


async def test_sessions_push_their_login_session_out_and_never_back(store: Adapters) -> None:
    made = await store.sessions.create("acme", session(expires_at=SOON + DAY, idle_expires_at=SOON + 2 * DAY))
    assert made.authenticated_at == made.last_interaction_at == made.created_at
    assert await expiry(store) == SOON + 2 * DAY
    await store.sessions.create("acme", session("s2", expires_at=SOON + DAY))
    await store.sessions.create("acme", session("s3"))
    assert await expiry(store) == SOON + 2 * DAY
    assert await store.sessions.update("acme", "s2", {"idle_expires_at": SOON + 3 * DAY})
    assert await expiry(store) == SOON + 3 * DAY
    assert await store.sessions.update("acme", "s2", {"expires_at": SOON - DAY, "idle_expires_at": None})
    assert await expiry(store) == SOON + 3 * DAY
    assert await store.sessions.update("acme", "none", {"expires_at": SOON + 9 * DAY}) is False
    assert await store.sessions.update("globex", "s2", {"expires_at": SOON + 9 * DAY}) is False
    assert await expiry(store) == SOON + 3 * DAY
    with pytest.raises(ConflictError):
        await store.sessions.create("acme", session("s2", expires_at=SOON + 9 * DAY))
    with pytest.raises(ForeignKeyError):
        await store.sessions.create("acme", session("s9", user_id="nobody", expires_at=SOON + 9 * DAY))
    assert await expiry(store) == SOON + 3 * DAY, "the failed write was rolled back"
    assert await store.sessions.remove("acme", "s2") is True


async def test_refresh_tokens(store: Adapters) -> None:
    made = await store.refresh_tokens.create("acme", refresh_token(expires_at=SOON + DAY, token_lookup="look", family_id="fam"))
    assert await expiry(store) == SOON + DAY
    assert await store.refresh_tokens.get_by_lookup("acme", "look") == made
    assert await store.refresh_tokens.get_by_lookup("globex", "look") is None
    endless = await store.refresh_tokens.create("acme", refresh_token("r2", family_id="fam"))
    assert endless.expires_at is None
    assert await expiry(store) == SOON + DAY
    bump = ("login", SOON + 5 * DAY)
    assert await store.refresh_tokens.update("acme", "none", {"rotated_to": "x"}, login_session_bump=bump) is False
    assert await expiry(store) == SOON + DAY
    assert await store.refresh_tokens.update("acme", "r2", {"rotated_to": "x"}, login_session_bump=bump) is True
    assert await expiry(store) == SOON + 5 * DAY
    assert await store.refresh_tokens.update("acme", "r2", {}, login_session_bump=("login", SOON)) is True
    assert await expiry(store) == SOON + 5 * DAY
    with pytest.raises(ForeignKeyError):
        await store.refresh_tokens.create("acme", refresh_token("r9", client_id="nothing"))

    assert await store.refresh_tokens.revoke_family("acme", "fam", SOON) == 2
    assert await store.refresh_tokens.revoke_family("acme", "fam", SOON + DAY) == 0
    await store.refresh_tokens.create("acme", refresh_token("r3"))
    assert await store.refresh_tokens.revoke_by_login_session("globex", "login", SOON) == 0
    assert await store.refresh_tokens.revoke_by_login_session("acme", "login", SOON + DAY) == 1
    first = await store.refresh_tokens.get("acme", "r1")
    assert first is not None
    assert first.revoked_at == SOON, "the first time is stored"


async def test_codes(store: Adapters) -> None:
    made = await store.codes.create("acme", code(user_id="auth0|ada", nonce="n"))
    assert await store.codes.get("acme", "c1", "ticket") is None
    anywhere = await store.codes.get("", "c1", "otp")
    assert anywhere is not None
    assert anywhere.model_dump()["tenant_id"] == "acme"
    assert isinstance(anywhere, Code)
    assert "tenant_id" not in made.model_dump()
    await store.codes.create("acme", code(code_type="ticket"))
    with pytest.raises(ConflictError):
        await store.codes.create("acme", code())
    with pytest.raises(ForeignKeyError):
        await store.codes.create("acme", code("x", user_id="nobody"))
    assert await store.codes.consume("globex", "c1") is False
    assert await store.codes.consume("acme", "c1") is True
    assert await store.codes.consume("acme", "c1") is False
    assert await store.codes.used("acme", "c1") is True
    assert await store.codes.used("acme", "none") is False
    assert await store.codes.remove("acme", "c1") is True
    assert await store.codes.remove("acme", "c1") is False


async def test_codes_are_swept_by_their_expiry(store: Adapters) -> None:
    for number in range(5):
        await store.codes.create("acme" if number % 2 else "globex", code(f"c{number}", expires_at=SOON + number * DAY))
    await store.database.execute(Call("UPDATE codes SET expires_at_ts = NULL WHERE code_id IN ('c0', 'c4')"))
    assert await store.codes.cleanup(SOON + 2 * DAY) == 2
    assert await store.codes.get("globex", "c0", "otp") is None
    assert await store.codes.cleanup(SOON + 9 * DAY) == 3


async def test_passwords(store: Adapters) -> None:
    made = [await store.passwords.create("acme", {"user_id": "auth0|ada", "password": f"hash {number}"}) for number in range(3)]
    history = await store.passwords.list("acme", "auth0|ada")
    assert [item.id for item in history] == [item.id for item in reversed(made)]
    assert [item.is_current for item in history] == [True, False, False]
    assert len(await store.passwords.list("acme", "auth0|ada", limit=2)) == 2
    old = await store.passwords.create("acme", {"user_id": "auth0|ada", "password": "old", "is_current": False, "algorithm": "bcrypt"})
    current = await store.passwords.get("acme", "auth0|ada")
    assert current is not None
    assert current.id == made[-1].id
    assert await store.passwords.update("acme", {"user_id": "auth0|ada", "password": "changed"})
    assert await store.passwords.update("acme", {"id": old.id, "password": "older"})
    assert await store.passwords.update("acme", {"user_id": "nobody", "password": "x"}) is False
    changed = await store.passwords.get("acme", "auth0|ada")
    assert changed is not None
    assert changed.password == "changed"
    with pytest.raises(InvalidValueError):
        await store.passwords.update("acme", {"password": "x"})
    assert await store.passwords.list("globex", "auth0|ada") == []


async def test_connections_of_a_client(store: Adapters) -> None:
    for name in ("one", "two"):
        await store.connections.create("acme", connection(name))
    assert await store.client_connections.list_by_client("acme", "web") == []
    assert await store.client_connections.update_by_client("acme", "web", ["con_two", "gone", "con_one"]) is True
    assert [item.id for item in await store.client_connections.list_by_client("acme", "web")] == ["con_two", "con_one"]
    assert await store.client_connections.add_client_to_connection("acme", "con_db", "web") is True
    assert await store.client_connections.add_client_to_connection("acme", "con_db", "web") is True
    assert await store.client_connections.remove_client_from_connection("acme", "con_two", "web") is True
    assert await store.client_connections.remove_client_from_connection("acme", "con_two", "web") is True
    assert [item.id for item in await store.client_connections.list_by_client("acme", "web")] == ["con_one", "con_db"]
    await store.clients.create("acme", {"client_id": "spa", "name": "spa", "connections": ["con_db"]})
    assert await store.client_connections.list_by_connection("acme", "con_db") == ["web", "spa"]
    assert await store.client_connections.list_by_connection("globex", "con_db") == []
    assert await store.client_connections.add_client_to_connection("acme", "con_db", "none") is False
    assert await store.client_connections.update_by_client("acme", "none", []) is False
    assert await store.client_connections.list_by_client("acme", "none") == []
    found = await store.clients.get_by_client_id("spa")
    assert found is not None
    assert (found.tenant_id, found.connections) == ("acme", ["con_db"])


async def test_log_entries(store: Adapters) -> None:
    place: dict[str, Any] = {
        "country_code": "SE", "city_name": "Malmö", "latitude": "55.6", "longitude": "13.0", "time_zone": "Europe/Stockholm",
        "continent_code": "EU",
    }  # fmt: skip
    entry = {"type": "s", "date": SOON, "isMobile": True, "location_info": place, "details": {"request": {"n": 1}}}
    made = await store.logs.create("acme", {**entry, "auth0_client": {"name": "js", "version": "1", "env": {"node": "20"}}})
    shown = made.model_dump(mode="json", by_alias=True, exclude_none=True)
    assert (shown["location_info"], shown["details"], shown["isMobile"]) == (place, {"request": {"n": 1}}, True)
    assert await store.logs.get("acme", made.log_id) == made
    assert await store.logs.get("globex", made.log_id) is None
    for details in (None, "plain text", ["a"], 5, ""):
        again = await store.logs.create("acme", {**entry, "location_info": None, "details": details})
        assert (again.details, again.location_info) == (details, None)
        assert await store.logs.get("acme", again.log_id) == again


async def cleanup_rows(store: Adapters, now: datetime) -> None:
    """Create rows that expired long ago, that expired recently, and that never expire."""
    for name, age in (("old", 8), ("late", 6)):
        gone = now - timedelta(days=age)
        await store.sessions.create("acme", session(f"s_{name}", expires_at=gone, login_session_id=f"l_{name}"))
        await store.sessions.create("acme", session(f"s_idle_{name}", idle_expires_at=gone, expires_at=now + DAY, login_session_id="x"))
        await store.refresh_tokens.create("acme", refresh_token(f"r_{name}", idle_expires_at=gone, login_id=f"l_{name}"))
        await store.login_sessions.create("acme", login_session(expires_at=gone, user_id="auth0|ada"), import_metadata={"id": f"l_{name}"})
    await store.sessions.create("acme", session("s_endless", login_session_id="x"))
    await store.refresh_tokens.create("acme", refresh_token("r_endless", login_id="x"))
    alive = login_session(expires_at=now + DAY, session_id="s_old")
    await store.login_sessions.create("acme", alive, import_metadata={"id": "l_alive"})


async def test_clean_up_of_sessions(store: Adapters) -> None:
    now = store.context.now()
    await cleanup_rows(store, now)
    await store.login_sessions.remove("acme", "login")
    nothing = {"refresh_tokens": 0, "sessions": 0, "login_sessions": 0}
    assert (await store.session_cleanup("globex")).model_dump() == nothing
    assert (await store.session_cleanup("acme", "auth0|nobody")).model_dump() == nothing
    assert (await store.session_cleanup()).model_dump() == {"refresh_tokens": 1, "sessions": 2, "login_sessions": 1}
    assert (await store.session_cleanup()).model_dump() == nothing
    alive = await store.login_sessions.get("acme", "l_alive")
    assert alive is not None, "it exists although its session was deleted"
    assert alive.session_id is None
    for name in ("s_late", "s_idle_late", "s_endless"):
        assert await store.sessions.get("acme", name) is not None
    done = await store.session_cleanup("acme", "auth0|ada", grace=timedelta(0))
    assert done.model_dump() == {"refresh_tokens": 1, "sessions": 2, "login_sessions": 1}
    with pytest.raises(InvalidValueError):
        await store.session_cleanup(grace=timedelta(days=-1))


async def test_clean_up_in_batches(store: Adapters) -> None:
    for number in range(1203):
        await store.codes.create("acme", code(f"c{number}"))
    assert await store.codes.cleanup(datetime(2027, 1, 1, tzinfo=UTC)) == 1203
