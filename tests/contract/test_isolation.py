"""A tenant neither sees nor changes what belongs to another, by any method, on every engine."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, get_type_hints

import pytest

from authhero_sql import Adapters, AuthHeroSQLError, ForeignKeyError, Page
from authhero_sql.dialects import Call
from tests.contract.builders import SOON, code, connection, log, login_session, refresh_token, session, tenant, user

LATER = SOON + timedelta(days=900)
TABLES = (
    "tenants", "clients", "connections", "users", "user_activity", "passwords", "login_sessions", "sessions", "refresh_tokens", "codes",
    "keys", "logs", "outbox_events", "authentication_methods",
)  # fmt: skip
EVENT = {
    "tenant_id": "acme",
    "event_type": "user.updated",
    "log_type": "sapi",
    "category": "system",
    "actor": {"type": "system"},
    "target": {"type": "user", "id": "auth0|ada"},
    "request": {"method": "", "path": "", "ip": ""},
    "hostname": "x",
    "timestamp": SOON,
}
Attempt = Callable[[Adapters, str], Awaitable[object]]


async def _walked(items: Any) -> list[Any]:
    return [item async for item in items]


async def _stranger(adapters: Adapters, tenant_id: str) -> None:
    """What a tenant must have to write things of its own that name what belongs to another."""
    if await adapters.users.get(tenant_id, "auth0|eve") is None:
        await adapters.users.create(tenant_id, user("eve"))
        await adapters.clients.create(tenant_id, {"client_id": "evil", "name": "evil"})


async def _session_of_theirs(adapters: Adapters, tenant_id: str) -> bool:
    await _stranger(adapters, tenant_id)
    await adapters.sessions.create(tenant_id, session("own", user_id="auth0|eve", login_session_id="login", expires_at=LATER))
    await adapters.sessions.update(tenant_id, "own", {"idle_expires_at": LATER})
    return await adapters.sessions.remove(tenant_id, "own") is not True


async def _token_of_theirs(adapters: Adapters, tenant_id: str) -> bool:
    await _stranger(adapters, tenant_id)
    await adapters.refresh_tokens.create(tenant_id, refresh_token("own", client_id="evil", login_id="login", expires_at=LATER))
    await adapters.refresh_tokens.update(tenant_id, "own", {"rotated_to": "x"}, login_session_bump=("login", LATER))
    return await adapters.refresh_tokens.remove(tenant_id, "own") is not True


ATTEMPTS: dict[str, Attempt] = {
    "client_connections.add_client_to_connection": lambda a, t: a.client_connections.add_client_to_connection(t, "con_x", "web"),
    "client_connections.list_by_client": lambda a, t: a.client_connections.list_by_client(t, "web"),
    "client_connections.list_by_connection": lambda a, t: a.client_connections.list_by_connection(t, "con_db"),
    "client_connections.remove_client_from_connection": lambda a, t: a.client_connections.remove_client_from_connection(t, "con_db", "web"),
    "client_connections.update_by_client": lambda a, t: a.client_connections.update_by_client(t, "web", []),
    "clients.get": lambda a, t: a.clients.get(t, "web"),
    "clients.iterate": lambda a, t: _walked(a.clients.iterate(t)),
    "clients.list": lambda a, t: a.clients.list(t, include_totals=True),
    "clients.remove": lambda a, t: a.clients.remove(t, "web"),
    "clients.update": lambda a, t: a.clients.update(t, "web", {"name": "x"}),
    "codes.consume": lambda a, t: a.codes.consume(t, "c1"),
    "codes.get": lambda a, t: a.codes.get(t, "c1", "otp"),
    "codes.list": lambda a, t: a.codes.list(t, include_totals=True),
    "codes.remove": lambda a, t: a.codes.remove(t, "c1"),
    "codes.used": lambda a, t: a.codes.used(t, "c1"),
    "connections.get": lambda a, t: a.connections.get(t, "con_db"),
    "connections.iterate": lambda a, t: _walked(a.connections.iterate(t)),
    "connections.list": lambda a, t: a.connections.list(t, include_totals=True),
    "connections.remove": lambda a, t: a.connections.remove(t, "con_db"),
    "connections.update": lambda a, t: a.connections.update(t, "con_db", {"name": "x"}),
    "login_sessions.get": lambda a, t: a.login_sessions.get(t, "login"),
    "login_sessions.remove": lambda a, t: a.login_sessions.remove(t, "login"),
    "login_sessions.update": lambda a, t: a.login_sessions.update(t, "login", {"auth_params": {"scope": "x"}, "state": "failed"}),
    "logs.get": lambda a, t: a.logs.get(t, "log1"),
    "logs.iterate": lambda a, t: _walked(a.logs.iterate(t)),
    "logs.list": lambda a, t: a.logs.list(t, include_totals=True, from_date=0),
    "passwords.get": lambda a, t: a.passwords.get(t, "auth0|ada"),
    "passwords.list": lambda a, t: a.passwords.list(t, "auth0|ada"),
    "passwords.update": lambda a, t: a.passwords.update(t, {"id": "p1", "password": "x"}),
    "passwords.update by user": lambda a, t: a.passwords.update(t, {"user_id": "auth0|ada", "password": "x"}),
    "refresh_tokens.get": lambda a, t: a.refresh_tokens.get(t, "r1"),
    "refresh_tokens.get_by_lookup": lambda a, t: a.refresh_tokens.get_by_lookup(t, "lookup"),
    "refresh_tokens.iterate": lambda a, t: _walked(a.refresh_tokens.iterate(t)),
    "refresh_tokens.list": lambda a, t: a.refresh_tokens.list(t, take=5),
    "refresh_tokens.remove": lambda a, t: a.refresh_tokens.remove(t, "r1"),
    "refresh_tokens.revoke_by_login_session": lambda a, t: a.refresh_tokens.revoke_by_login_session(t, "login", SOON),
    "refresh_tokens.revoke_family": lambda a, t: a.refresh_tokens.revoke_family(t, "family", SOON),
    "refresh_tokens.update": lambda a, t: a.refresh_tokens.update(t, "r1", {"rotated_to": "x"}, login_session_bump=("login", LATER)),
    "sessions.get": lambda a, t: a.sessions.get(t, "s1"),
    "sessions.iterate": lambda a, t: _walked(a.sessions.iterate(t)),
    "sessions.list": lambda a, t: a.sessions.list(t, include_totals=True),
    "sessions.remove": lambda a, t: a.sessions.remove(t, "s1"),
    "sessions.update": lambda a, t: a.sessions.update(t, "s1", {"expires_at": LATER}),
    "user_activity.get": lambda a, t: a.user_activity.get(t, "auth0|ada"),
    "users.get": lambda a, t: a.users.get(t, "auth0|ada"),
    "users.iterate": lambda a, t: _walked(a.users.iterate(t)),
    "users.list": lambda a, t: a.users.list(t, include_totals=True),
    "users.remove": lambda a, t: a.users.remove(t, "auth0|ada", outbox_events=[EVENT]),
    "users.unlink": lambda a, t: a.users.unlink(t, "auth0|ada", "sms", "1"),
    "users.update": lambda a, t: a.users.update(t, "auth0|ada", {"name": "x", "login_count": 99}, outbox_events=[EVENT]),
}
"""Methods that must answer as if there were nothing."""
REFUSED: dict[str, Attempt] = {
    "codes.create": lambda a, t: a.codes.create(t, code("own", user_id="auth0|ada")),
    "login_sessions.create": lambda a, t: a.login_sessions.create(t, login_session(session_id="s1")),
    "passwords.create": lambda a, t: a.passwords.create(t, {"user_id": "auth0|ada", "password": "x"}),
    "refresh_tokens.create": lambda a, t: a.refresh_tokens.create(t, refresh_token("own", expires_at=LATER)),
    "sessions.create": lambda a, t: a.sessions.create(t, session("own", expires_at=LATER)),
    "user_activity.upsert": lambda a, t: a.user_activity.upsert(t, "auth0|ada", {"login_count": 99}),
}
"""Methods whose rows would refer to a row of another tenant."""
ALLOWED: dict[str, Attempt] = {
    "sessions.create with another's login session": _session_of_theirs,
    "refresh_tokens.create with another's login session": _token_of_theirs,
    "users.create": lambda a, t: a.users.create(t, user("own", linked_to="auth0|ada"), outbox_events=[EVENT]),
    "users.raw_create": lambda a, t: a.users.raw_create(t, user("raw"), outbox_events=[EVENT]),
    "clients.create": lambda a, t: a.clients.create(t, {"client_id": "web", "name": "own", "connections": ["con_db"]}),
    "connections.create": lambda a, t: a.connections.create(t, connection()),
    "logs.create": lambda a, t: a.logs.create(t, log(user_id="auth0|ada")),
}
"""Methods that write something of the tenant's own beside it."""
ACROSS = {"tenants", "keys", "session_cleanup"}
"""Adapters that are not a tenant's, or take one as a filter."""
OTHERS = {"clients.get_by_client_id", "codes.cleanup", "codes.iterate"}
"""Methods that take no tenant, and one that always refuses: codes have no walk."""


async def rows(adapters: Adapters) -> dict[str, list[str]]:
    """All that belongs to acme, as it is stored."""
    database = adapters.database
    quote = database.dialect.quote
    found = {}
    for name in TABLES:
        column = "id" if name == "tenants" else "tenant_id"
        call = Call(f"SELECT * FROM {quote}{name}{quote} WHERE {column} = 'acme'")
        found[name] = sorted(repr(tuple(row)) for row in await database.fetch(call))
    return found


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Acme with something of everything, and Globex with nothing."""
    await tenant(adapters, "acme")
    await adapters.tenants.create({"id": "globex", "friendly_name": "Globex"})
    await adapters.users.update("acme", "auth0|ada", {"login_count": 3})
    await adapters.users.create("acme", {"user_id": "sms|1", "provider": "sms", "connection": "sms", "linked_to": "auth0|ada"})
    await adapters.client_connections.update_by_client("acme", "web", ["con_db"])
    await adapters.login_sessions.create("acme", login_session(), import_metadata={"id": "login"})
    await adapters.sessions.create("acme", session())
    await adapters.refresh_tokens.create("acme", refresh_token(token_lookup="lookup", family_id="family"))
    await adapters.codes.create("acme", code())
    await adapters.passwords.create("acme", {"id": "p1", "user_id": "auth0|ada", "password": "hash"})
    await adapters.logs.create("acme", log(log_id="log1", user_id="auth0|ada"))
    return adapters


def nothing(answer: object) -> bool:
    """Whether an answer tells of nothing."""
    return (answer.items == [] and not answer.total and answer.next is None) if isinstance(answer, Page) else not answer


@pytest.mark.parametrize("attempt", ATTEMPTS)
async def test_another_tenant_s_rows_are_not_there(store: Adapters, attempt: str) -> None:
    before = await rows(store)
    assert all(before[name] for name in set(TABLES) - {"keys", "outbox_events", "authentication_methods"})
    for stranger in ("globex", "nowhere", "ACME", "acme ", " acme", "ac%", ""):
        if stranger == "" and attempt in ("codes.get", "login_sessions.get"):
            continue
        assert nothing(await ATTEMPTS[attempt](store, stranger)), stranger
    assert await rows(store) == before
    assert await store.database.fetch(Call("SELECT id FROM outbox_events")) == []


@pytest.mark.parametrize("attempt", [name for name in ATTEMPTS if not name.startswith("users.unlink")])
async def test_the_tenant_s_own_rows_are_there(store: Adapters, attempt: str) -> None:
    assert not nothing(await ATTEMPTS[attempt](store, "acme")), "else the test above would prove nothing"


@pytest.mark.parametrize("attempt", REFUSED)
async def test_another_tenant_s_rows_cannot_be_referred_to(store: Adapters, attempt: str) -> None:
    before = await rows(store)
    for stranger in ("globex", "nowhere", "ACME", "acme ", ""):
        with pytest.raises(ForeignKeyError):
            await REFUSED[attempt](store, stranger)
    assert await rows(store) == before


@pytest.mark.parametrize("attempt", ALLOWED)
async def test_own_rows_leave_another_tenant_s_alone(store: Adapters, attempt: str) -> None:
    before = await rows(store)
    assert await ALLOWED[attempt](store, "globex") is not True
    assert await rows(store) == before
    ada = await store.users.get("acme", "auth0|ada")
    assert ada is not None
    assert [identity.provider for identity in ada.identities or []] == ["auth0", "sms"]


async def test_the_same_ids_live_in_two_tenants(store: Adapters) -> None:
    before = await rows(store)
    await store.users.create("globex", user())
    await store.clients.create("globex", {"client_id": "web", "name": "own"})
    await store.connections.create("globex", connection())
    await store.login_sessions.create("globex", login_session(), import_metadata={"id": "login"})
    await store.sessions.create("globex", session())
    await store.refresh_tokens.create("globex", refresh_token(token_lookup="lookup", family_id="family"))
    await store.codes.create("globex", code())
    assert await store.codes.consume("globex", "c1") is True
    assert await store.refresh_tokens.revoke_family("globex", "family", SOON) == 1
    assert await store.sessions.update("globex", "s1", {"expires_at": LATER}) is True
    assert await store.users.update("globex", "auth0|ada", {"login_count": 8}) is True
    assert await store.session_cleanup("globex", grace=timedelta(0)) is not None
    assert await rows(store) == before
    assert await store.users.remove("globex", "auth0|ada") is True
    assert await store.tenants.remove("globex") is True
    assert await rows(store) == before


async def test_what_crosses_tenants_says_whose_it_is(store: Adapters) -> None:
    code_, login, web = await store.codes.get("", "c1", "otp"), await store.login_sessions.get("", "login"), "web"
    client = await store.clients.get_by_client_id(web)
    assert [getattr(found, "tenant_id", None) for found in (code_, login, client)] == ["acme"] * 3
    assert await store.clients.get_by_client_id("WEB") is None
    assert await store.codes.get("", "C1", "otp") is None
    assert await store.login_sessions.get("", "login ") is None


def test_every_method_is_tried() -> None:
    tried = {name.split(" ")[0] for name in (*ATTEMPTS, *REFUSED, *ALLOWED)} | OTHERS
    there = {
        f"{adapter}.{name}"
        for adapter, kind in get_type_hints(Adapters).items()
        if adapter not in ACROSS
        for name, _ in inspect.getmembers(kind, inspect.isfunction)
        if not name.startswith("_")
    }
    assert tried == there


async def test_an_unknown_tenant_gets_nothing_new(store: Adapters) -> None:
    for make in ("clients.create", "connections.create", "users.create", "users.raw_create"):
        with pytest.raises(AuthHeroSQLError):
            await ALLOWED[make](store, "nowhere")
    assert await store.database.fetch(Call("SELECT id FROM outbox_events")) == []
