"""What must hold when 32 tasks do the same at once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from authhero_sql import Adapters, ConflictError

TASKS = 32
SOON = datetime(2026, 2, 1, tzinfo=UTC)
DEVICE = {
    "initial_user_agent": "", "initial_ip": "", "initial_asn": "", "last_user_agent": "", "last_ip": "", "last_asn": "",
}  # fmt: skip


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """A tenant with a user, a client and a login session."""
    await adapters.tenants.create({"id": "acme", "friendly_name": "Acme"})
    await adapters.users.create("acme", {"user_id": "auth0|ada", "connection": "db", "email": "ada@acme.example"})
    await adapters.clients.create("acme", {"client_id": "web", "name": "Web"})
    return adapters


async def login_session(store: Adapters) -> str:
    """The id of a login session that ends soon."""
    params = {"csrf_token": "c", "authParams": {"client_id": "web"}, "expires_at": SOON}
    return (await store.login_sessions.create("acme", params)).id


async def test_a_code_has_one_winner(store: Adapters) -> None:
    for name in ("first", "second", "third"):
        await store.codes.create("acme", {"code_id": name, "code_type": "otp", "login_id": "l", "expires_at": SOON})
        won = await asyncio.gather(*(store.codes.consume("acme", name) for _ in range(TASKS)))
        assert won.count(True) == 1
        code = await store.codes.get("acme", name, "otp")
        assert code is not None
        assert code.used_at is not None


async def test_first_activities_lose_nothing(store: Adapters) -> None:
    fields: list[dict[str, Any]] = [
        {"last_ip": "203.0.113.5"},
        {"last_login": SOON},
        {"login_count": 7},
        {"failed_logins": ["2026-01-01T00:00:00.000Z"]},
        {"last_password_reset": SOON},
    ]
    done = await asyncio.gather(*(store.user_activity.upsert("acme", "auth0|ada", fields[number % 5]) for number in range(TASKS)))
    assert all(done)
    activity = await store.user_activity.get("acme", "auth0|ada")
    assert activity is not None
    assert activity.model_dump() == {
        "user_id": "auth0|ada",
        "last_ip": "203.0.113.5",
        "last_login": SOON,
        "login_count": 7,
        "failed_logins": ["2026-01-01T00:00:00.000Z"],
        "last_password_reset": SOON,
    }


async def test_the_two_halves_of_a_first_login_lose_nothing(store: Adapters) -> None:
    for number in range(8):
        id = f"auth0|u{number}"
        await store.users.create("acme", {"user_id": id, "connection": "db"})
        await asyncio.gather(
            store.user_activity.upsert("acme", id, {"last_ip": "::1", "last_login": SOON}),
            store.user_activity.upsert("acme", id, {"login_count": 1, "failed_logins": []}),
        )
        found = await store.users.get("acme", id)
        assert found is not None
        assert (found.last_ip, found.last_login, found.login_count) == ("::1", SOON, 1)


async def test_the_fields_of_a_user_updated_at_once_are_all_there(store: Adapters) -> None:
    updates: list[dict[str, Any]] = [{"last_ip": "::1"}, {"login_count": 4}, {"nickname": "ada"}, {"last_login": SOON}]
    done = await asyncio.gather(*(store.users.update("acme", "auth0|ada", updates[number % 4]) for number in range(TASKS)))
    assert all(done)
    found = await store.users.get("acme", "auth0|ada")
    assert found is not None
    assert (found.last_ip, found.login_count, found.nickname, found.last_login) == ("::1", 4, "ada", SOON)


async def test_a_key_is_created_once(store: Adapters) -> None:
    async def create(number: int) -> bool:
        try:
            await store.users.create("acme", {"user_id": "auth0|new", "connection": "db", "name": str(number), "last_ip": f"::{number}"})
        except ConflictError:
            return False
        return True

    won = await asyncio.gather(*(create(number) for number in range(TASKS)))
    assert won.count(True) == 1
    found = await store.users.get("acme", "auth0|new")
    assert found is not None
    assert (found.name, found.last_ip) == (str(won.index(True)), f"::{won.index(True)}")


async def test_connections_added_at_once_are_all_there(store: Adapters) -> None:
    ids = [f"con_{number:02}" for number in range(TASKS // 2)]
    done = await asyncio.gather(*(store.client_connections.add_client_to_connection("acme", id, "web") for id in ids * 2))
    assert all(done)
    client = await store.clients.get("acme", "web")
    assert client is not None
    assert sorted(client.connections or []) == ids


async def test_connections_added_and_removed_at_once(store: Adapters) -> None:
    kept, gone = [f"keep_{number}" for number in range(16)], [f"go_{number}" for number in range(16)]
    await store.client_connections.update_by_client("acme", "web", gone)
    await asyncio.gather(
        *(store.client_connections.add_client_to_connection("acme", id, "web") for id in kept),
        *(store.client_connections.remove_client_from_connection("acme", id, "web") for id in gone),
    )
    client = await store.clients.get("acme", "web")
    assert client is not None
    assert sorted(client.connections or []) == sorted(kept)


async def test_sessions_and_tokens_never_shorten_their_login_session(store: Adapters) -> None:
    login_id = await login_session(store)
    latest = SOON + timedelta(days=TASKS)

    async def write(number: int) -> None:
        until = SOON + timedelta(days=number)
        common = {"user_id": "auth0|ada", "device": DEVICE, "expires_at": until}
        if number % 2:
            await store.sessions.create("acme", {**common, "id": f"s{number}", "login_session_id": login_id, "clients": ["web"]})
            await store.sessions.update("acme", f"s{number}", {"idle_expires_at": until - timedelta(hours=1)})
        else:
            token = {**common, "id": f"r{number}", "login_id": login_id, "client_id": "web", "resource_servers": [], "rotating": False}
            await store.refresh_tokens.create("acme", token)
            await store.refresh_tokens.update("acme", f"r{number}", {"rotated_to": "x"}, login_session_bump=(login_id, until))

    await asyncio.gather(*(write(number) for number in range(TASKS, 0, -1)))
    login = await store.login_sessions.get("acme", login_id)
    assert login is not None
    assert login.expires_at == latest


async def test_one_password_is_current(store: Adapters) -> None:
    await asyncio.gather(
        *(store.passwords.create("acme", {"user_id": "auth0|ada", "password": f"hash {number}"}) for number in range(TASKS))
    )
    passwords = await store.passwords.list("acme", "auth0|ada")
    assert len(passwords) == TASKS
    assert [password.is_current for password in passwords].count(True) == 1
    current = await store.passwords.get("acme", "auth0|ada")
    assert current is not None
    assert current.is_current


async def test_authorization_parameters_merged_at_once_are_all_there(store: Adapters) -> None:
    login_id = await login_session(store)
    done = await asyncio.gather(
        *(store.login_sessions.update("acme", login_id, {"auth_params": {f"custom_{number}": number}}) for number in range(TASKS))
    )
    assert all(done)
    login = await store.login_sessions.get("acme", login_id)
    assert login is not None
    assert login.auth_params.model_extra == {f"custom_{number}": number for number in range(TASKS)}


@pytest.mark.transactions
async def test_lists_changed_inside_transactions_lose_nothing(store: Adapters) -> None:
    async def add() -> bool:
        async with store.transaction() as tx:
            return await tx.client_connections.add_client_to_connection("acme", f"con_{len(asyncio.all_tasks())}_{id(tx)}", "web")

    assert all(await asyncio.gather(*(add() for _ in range(TASKS))))
    client = await store.clients.get("acme", "web")
    assert client is not None
    assert len(client.connections or []) == TASKS


async def test_consents_given_at_once_are_united(store: Adapters) -> None:
    for audience in (None, "https://api.example"):
        consent = {"user_id": "auth0|ada", "clientID": "web", "audience": audience}
        scopes = [f"scope:{number}" for number in range(TASKS)]
        made = await asyncio.gather(*(store.grants.create("acme", {**consent, "scope": [scope, "openid"]}) for scope in scopes))
        assert len({grant.id for grant in made}) == 1
        grant = await store.grants.get("acme", "auth0|ada", "web", audience)
        assert grant is not None
        assert sorted(grant.scope) == sorted([*scopes, "openid"])
    assert (await store.grants.list("acme", include_totals=True)).total == 2


@pytest.mark.transactions
async def test_consents_given_at_once_in_transactions_are_united(store: Adapters) -> None:
    async def give(number: int) -> None:
        async with store.transaction() as tx:
            await tx.grants.create("acme", {"user_id": "auth0|ada", "clientID": "web", "scope": [f"scope:{number}"]})

    await give(0)
    await asyncio.gather(*(give(number) for number in range(1, 9)))
    grant = await store.grants.get("acme", "auth0|ada", "web")
    assert grant is not None
    assert sorted(grant.scope) == sorted(f"scope:{number}" for number in range(9))


async def test_a_registration_token_is_used_once(store: Adapters) -> None:
    await store.client_registration_tokens.create("acme", {"id": "t", "token_hash": "h", "type": "iat", "single_use": True})
    won = await asyncio.gather(*(store.client_registration_tokens.mark_used("acme", "t") for _ in range(TASKS)))
    assert won.count(True) == 1


async def test_a_name_of_an_organization_is_taken_once(store: Adapters) -> None:
    made = await asyncio.gather(*(store.organizations.create("acme", {"name": "eng"}) for _ in range(TASKS)), return_exceptions=True)
    assert sum(not isinstance(each, BaseException) for each in made) == 1
    assert all(isinstance(each, ConflictError) and each.fields == ("name",) for each in made if isinstance(each, BaseException))


async def test_roles_and_permissions_given_at_once_are_given_once(store: Adapters) -> None:
    role = await store.roles.create("acme", {"name": "admin"})
    permission = {"resource_server_identifier": "https://api.example", "permission_name": "read:x"}
    assert all(await asyncio.gather(*(store.role_permissions.assign("acme", role.id, [permission]) for _ in range(TASKS))))
    assert all(await asyncio.gather(*(store.user_roles.create("acme", "auth0|ada", role.id) for _ in range(TASKS))))
    assert all(await asyncio.gather(*(store.user_permissions.create("acme", "auth0|ada", permission) for _ in range(TASKS))))
    assert len(await store.role_permissions.list("acme", role.id)) == 1
    assert len(await store.user_roles.list("acme", "auth0|ada")) == 1
    assert len(await store.user_permissions.list("acme", "auth0|ada")) == 1


async def test_options_merged_at_once_lose_nothing(store: Adapters) -> None:
    api = await store.resource_servers.create("acme", {"name": "API", "identifier": "https://api.example"})
    keys = [f"key{number}" for number in range(TASKS)]
    assert all(await asyncio.gather(*(store.resource_servers.update("acme", api.id, {"options": {key: key}}) for key in keys)))
    found = await store.resource_servers.get("acme", api.id)
    assert found is not None
    assert found.options is not None
    assert found.options.model_dump(exclude_none=True) == dict(zip(keys, keys, strict=True))
