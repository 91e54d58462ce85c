"""The number of round trips and statements on every engine: no unnecessary read, write or compilation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from authhero_sql import Adapters, Database
from authhero_sql.context import Context
from authhero_sql.pagination import Totals
from tests.conftest import TickingClock
from tests.unit.fakes import CountingDatabase

SOON = datetime(2026, 2, 1, tzinfo=UTC)
DEVICE = dict.fromkeys(("initial_user_agent", "initial_ip", "initial_asn", "last_user_agent", "last_ip", "last_asn"), "x")
Trips = list[tuple[str, tuple[str, ...]]]


@pytest.fixture
def counting(db: Database) -> CountingDatabase:
    """Return the database with a counter."""
    return CountingDatabase(db)


@pytest.fixture
async def store(counting: CountingDatabase, clock: TickingClock) -> Adapters:
    """Return adapters over the counted database, with a tenant, a client, a connection and a user."""
    adapters = Adapters(Context.of(counting, clock=clock))
    await adapters.tenants.create({"id": "acme", "friendly_name": "Acme"})
    await adapters.connections.create("acme", {"id": "con_db", "name": "db", "strategy": "auth0"})
    await adapters.clients.create("acme", {"client_id": "web", "name": "Web", "connections": ["con_db"]})
    await adapters.users.create("acme", {"user_id": "auth0|ada", "connection": "db", "email": "ada@acme.example"})
    counting.pop_trips()
    return adapters


def methods(trips: Trips) -> list[tuple[str, int]]:
    """Return the method and the number of statements of each round trip."""
    return [(method, len(statements)) for method, statements in trips]


def is_read(statement: str) -> bool:
    """Return whether a statement is a query."""
    return statement.startswith("SELECT")


# --- reads -----------------------------------------------------------------------------------------------------------------------


async def test_a_user_is_one_statement(store: Adapters, counting: CountingDatabase) -> None:
    for linked in range(3):
        await store.users.create("acme", {"user_id": f"google|{linked}", "connection": "google", "linked_to": "auth0|ada"})
    counting.pop_trips()
    user = await store.users.get("acme", "auth0|ada")
    assert user is not None
    assert len(user.identities or ()) == 4
    assert methods(counting.pop_trips()) == [("fetch", 1)]
    assert await store.users.get_by_email("acme", "ada@acme.example") == user
    assert methods(counting.pop_trips()) == [("fetch", 1)]
    assert await store.users.get("acme", "auth0|none") is None
    assert methods(counting.pop_trips()) == [("fetch", 1)]


async def test_a_page_of_users_is_one_or_two_queries_however_many_are_linked(store: Adapters, counting: CountingDatabase) -> None:
    queries = [("fetch", 1)] if counting.dialect.json_rows([]) is not None else [("fetch", 1), ("fetch", 1)]
    for number in range(25):
        await store.users.create("acme", {"user_id": f"auth0|{number:02}", "connection": "db"})
        await store.users.create("acme", {"user_id": f"google|{number:02}", "connection": "google", "linked_to": f"auth0|{number:02}"})
    counting.pop_trips()
    page = await store.users.list("acme", per_page=50, include_totals=True)
    assert (page.length, page.total) == (50, 51)
    assert methods(counting.pop_trips()) == queries
    walked = await store.users.list("acme", take=50)
    assert walked.length == 26
    assert sum(len(user.identities or ()) for user in walked.items) == 51
    assert methods(counting.pop_trips()) == queries
    assert (await store.users.list("acme", page=9)).items == []
    assert methods(counting.pop_trips()) == [("fetch", 1)]


@pytest.mark.parametrize("totals", [False, True, "estimate"])
async def test_a_page_and_its_total_are_one_query(store: Adapters, counting: CountingDatabase, totals: Totals) -> None:
    for adapter in (store.clients, store.connections):
        assert (await adapter.list("acme", include_totals=totals)).length == 1
        assert methods(counting.pop_trips()) == [("fetch", 1)]
    assert (await store.tenants.list(include_totals=totals)).length == 1
    assert methods(counting.pop_trips()) == [("fetch", 1)]


async def test_a_walk_asks_once_a_page(store: Adapters, counting: CountingDatabase) -> None:
    for number in range(9):
        await store.logs.create("acme", {"type": "s", "date": SOON, "isMobile": False, "log_id": f"log{number}"})
    counting.pop_trips()
    assert len([log async for log in store.logs.iterate("acme", batch=3)]) == 9
    assert methods(counting.pop_trips()) == [("fetch", 1)] * 3


async def test_a_client_s_connections_are_two_queries(store: Adapters, counting: CountingDatabase) -> None:
    assert len(await store.client_connections.list_by_client("acme", "web")) == 1
    assert methods(counting.pop_trips()) == [("fetch", 1), ("fetch", 1)]


READS: dict[str, Callable[[Adapters], Awaitable[Any]]] = {
    "tenants.get": lambda store: store.tenants.get("acme"),
    "clients.get": lambda store: store.clients.get("acme", "web"),
    "clients.get_by_client_id": lambda store: store.clients.get_by_client_id("web"),
    "connections.get": lambda store: store.connections.get("acme", "con_db"),
    "client_connections.list_by_connection": lambda store: store.client_connections.list_by_connection("acme", "con_db"),
    "user_activity.get": lambda store: store.user_activity.get("acme", "auth0|ada"),
    "passwords.get": lambda store: store.passwords.get("acme", "auth0|ada"),
    "passwords.list": lambda store: store.passwords.list("acme", "auth0|ada"),
    "login_sessions.get": lambda store: store.login_sessions.get("acme", "none"),
    "sessions.get": lambda store: store.sessions.get("acme", "none"),
    "refresh_tokens.get": lambda store: store.refresh_tokens.get("acme", "none"),
    "refresh_tokens.get_by_lookup": lambda store: store.refresh_tokens.get_by_lookup("acme", "none"),
    "codes.get": lambda store: store.codes.get("acme", "none", "otp"),
    "logs.get": lambda store: store.logs.get("acme", "none"),
}


@pytest.mark.parametrize("name", READS)
async def test_any_other_read_is_one_query(store: Adapters, counting: CountingDatabase, name: str) -> None:
    await READS[name](store)
    assert methods(counting.pop_trips()) == [("fetch", 1)]


# --- writes ----------------------------------------------------------------------------------------------------------------------


async def test_creating_reads_nothing_back(store: Adapters, counting: CountingDatabase) -> None:
    await store.tenants.create({"id": "globex", "friendly_name": "Globex"})
    await store.clients.create("acme", {"client_id": "spa", "name": "Spa"})
    await store.connections.create("acme", {"name": "google", "strategy": "google-oauth2"})
    login = await store.login_sessions.create("acme", {"csrf_token": "c", "authParams": {"client_id": "web"}})
    await store.codes.create("acme", {"code_id": "c", "code_type": "otp", "login_id": login.id, "expires_at": SOON})
    await store.logs.create("acme", {"type": "s", "date": SOON, "isMobile": False})
    key = {"kid": "k", "cert": "c", "fingerprint": "f", "thumbprint": "t", "type": "jwt_signing"}
    await store.keys.create(key)
    trips = counting.pop_trips()
    assert methods(trips) == [("execute", 1)] * 7
    await store.users.create("acme", {"user_id": "auth0|bob", "connection": "db"})
    await store.users.create(
        "acme", {"user_id": "auth0|eve", "connection": "db", "last_ip": "::1", "password": {"hash": "h", "algorithm": "bcrypt"}}
    )
    session = {"id": "s", "user_id": "auth0|bob", "login_session_id": login.id, "clients": [], "device": DEVICE, "expires_at": SOON}
    await store.sessions.create("acme", session)
    await store.sessions.create("acme", {**session, "id": "s2", "expires_at": None})
    trips += counting.pop_trips()
    # The user; the user with activity and password; a session with its login session; a session without one.
    assert methods(trips)[7:] == [("execute", 1), ("write", 3), ("write", 2), ("execute", 1)]
    assert not [statement for _, statements in trips for statement in statements if is_read(statement)]


UPDATES: dict[str, Callable[[Adapters], Awaitable[bool]]] = {
    "tenants": lambda store: store.tenants.update("acme", {"friendly_name": "A"}),
    "clients": lambda store: store.clients.update("acme", "web", {"name": "W"}),
    "connections": lambda store: store.connections.update("acme", "con_db", {"options": {"a": 1}}),
    "client_connections": lambda store: store.client_connections.update_by_client("acme", "web", []),
    "users": lambda store: store.users.update("acme", "auth0|ada", {"name": "Ada"}),
    "users without such a one": lambda store: store.users.update("acme", "auth0|none", {"name": "Ada"}),
    "user_activity": lambda store: store.user_activity.upsert("acme", "auth0|ada", {"login_count": 1}),
    "users.unlink": lambda store: store.users.unlink("acme", "auth0|ada", "google", "1"),
    "passwords": lambda store: store.passwords.update("acme", {"user_id": "auth0|ada", "is_current": False}),
    "login_sessions": lambda store: store.login_sessions.update("acme", "none", {"user_id": "auth0|ada"}),
    "sessions": lambda store: store.sessions.update("acme", "none", {"revoked_at": SOON}),
    "refresh_tokens": lambda store: store.refresh_tokens.update("acme", "none", {"rotating": True}),
    "codes.consume": lambda store: store.codes.consume("acme", "none"),
    "codes.used": lambda store: store.codes.used("acme", "none"),
    "clients.remove": lambda store: store.clients.remove("acme", "web"),
    "tenants.remove": lambda store: store.tenants.remove("acme"),
}


@pytest.mark.parametrize("name", UPDATES)
async def test_an_update_is_one_statement(store: Adapters, counting: CountingDatabase, name: str) -> None:
    await UPDATES[name](store)
    ((_, statements),) = counting.pop_trips()
    assert len(statements) == 1
    assert not is_read(statements[0])


async def test_an_update_with_more_to_write_is_still_one_call(store: Adapters, counting: CountingDatabase) -> None:
    assert await store.users.update("acme", "auth0|ada", {"name": "Ada", "last_ip": "::1"})
    assert methods(counting.pop_trips()) == [("write", 2)]
    await store.sessions.update("acme", "none", {"expires_at": SOON})
    assert methods(counting.pop_trips()) == [("write", 2)]
    await store.refresh_tokens.update("acme", "none", {"rotating": True}, login_session_bump=("none", SOON))
    assert methods(counting.pop_trips()) == [("write", 2)]
    assert await store.users.remove("acme", "auth0|ada")
    assert [method for method, _ in methods(counting.pop_trips())] == ["write"]


async def test_editing_a_list_reads_once_and_writes_once(store: Adapters, counting: CountingDatabase) -> None:
    assert await store.client_connections.add_client_to_connection("acme", "con_x", "web")
    assert methods(counting.pop_trips()) == [("fetch", 1), ("execute", 1)]


# --- compilations ----------------------------------------------------------------------------------------------------------------


async def mixed(store: Adapters, name: str, size: int) -> None:
    """Run various calls for a user, with lists of ``size``."""
    id = f"auth0|{name}"
    await store.users.create("acme", {"user_id": id, "connection": "db", "password": {"hash": "h", "algorithm": "bcrypt"}})
    await store.users.update("acme", id, {"name": name, "last_ip": "::1"})
    await store.user_activity.upsert("acme", id, {"login_count": size})
    login = await store.login_sessions.create("acme", {"csrf_token": "c", "authParams": {"client_id": "web"}})
    await store.login_sessions.update("acme", login.id, {"auth_params": {"state": name}})
    session = {"id": name, "user_id": id, "login_session_id": login.id, "clients": [], "device": DEVICE, "expires_at": SOON}
    await store.sessions.create("acme", session)
    await store.sessions.update("acme", name, {"expires_at": SOON + timedelta(days=1)})
    token = {
        "id": name,
        "user_id": id,
        "client_id": "web",
        "login_id": login.id,
        "resource_servers": [],
        "device": DEVICE,
        "rotating": True,
    }
    await store.refresh_tokens.create("acme", token)
    await store.refresh_tokens.revoke_by_login_session("acme", login.id, SOON)
    await store.codes.create("acme", {"code_id": name, "code_type": "otp", "login_id": login.id, "expires_at": SOON})
    await store.codes.consume("acme", name)
    await store.codes.cleanup(SOON + timedelta(days=2))
    await store.clients.create("acme", {"client_id": name, "name": name})
    await store.client_connections.add_client_to_connection("acme", "con_db", name)
    await store.client_connections.list_by_client("acme", name)
    await store.users.get("acme", id)
    await store.users.list("acme", per_page=1, page=0, include_totals=True)
    await store.users.list("acme", per_page=1, page=9, include_totals=True)
    page = await store.users.list("acme", take=1)
    await store.users.list("acme", take=1, from_=page.next)
    await store.logs.create("acme", {"type": "s", "date": SOON, "isMobile": False, "description": name})
    await store.logs.list("acme", from_date=0, to_date=size)
    await store.passwords.create("acme", {"user_id": id, "password": "h2", "algorithm": "bcrypt", "is_current": True})
    await store.passwords.get("acme", id)
    await store.session_cleanup("acme", id, timedelta(0))
    await store.users.remove("acme", id)


async def test_nothing_is_built_when_everything_is_warm(store: Adapters) -> None:
    statements = store.context.statement_cache
    await mixed(store, "one", 1)
    await mixed(store, "two", 2)
    warm = statements.builds
    assert warm > 20
    for number in range(5):
        await mixed(store, f"n{number}", number)
    assert statements.builds == warm


@pytest.mark.transactions
async def test_transactions_use_the_same_statements(store: Adapters) -> None:
    await store.users.get("acme", "auth0|ada")
    warm = store.context.statement_cache.builds
    async with store.transaction() as tx:
        assert tx.context.statement_cache is store.context.statement_cache
        await tx.users.get("acme", "auth0|ada")
        async with tx.transaction() as inner:
            await inner.users.get("acme", "auth0|ada")
    assert store.context.statement_cache.builds == warm
    assert replace(store.context).statement_cache is store.context.statement_cache


@pytest.mark.parametrize("size", [1, 40, 200])
async def test_the_connections_and_organizations_cost_the_same_whatever_their_number(
    store: Adapters, counting: CountingDatabase, size: int
) -> None:
    ids = [f"con_{number}" for number in range(size)]
    organization = (await store.organizations.create("acme", {"name": "eng"})).id
    for number, id in enumerate(ids):
        await store.connections.create("acme", {"id": id, "name": id, "strategy": "auth0"})
        await store.organization_connections.create("acme", organization, {"connection_id": id})
        own = (await store.organizations.create("acme", {"name": f"o{number}"})).id
        await store.user_organizations.create("acme", {"user_id": "auth0|ada", "organization_id": own})
    await store.client_connections.update_by_client("acme", "web", ids)
    counting.pop_trips()
    assert len(await store.organization_connections.list("acme", organization)) == size
    assert sum(number for _, number in methods(counting.pop_trips())) == 1
    assert len(await store.client_connections.list_by_client("acme", "web")) == size
    assert sum(number for _, number in methods(counting.pop_trips())) == 2
    page = await store.user_organizations.list_user_organizations("acme", "auth0|ada", per_page=1000, include_totals=True)
    assert page.total == size
    assert sum(number for _, number in methods(counting.pop_trips())) == 2
