"""The guarantees for 32 concurrent tasks that do the same."""

from __future__ import annotations

import ast
import asyncio
import inspect
import textwrap
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import pytest

from authhero_sql import Adapters, ConflictError
from authhero_sql.models import HookInsert, RefreshToken, RefreshTokenRotation
from tests.contract import test_actions, test_outbox, test_session_cleanup
from tests.contract.builders import invite, refresh_token
from tests.kinds import adapter_classes

TASKS = 32
SOON = datetime(2026, 2, 1, tzinfo=UTC)
DEVICE = {
    "initial_user_agent": "", "initial_ip": "", "initial_asn": "", "last_user_agent": "", "last_ip": "", "last_asn": "",
}  # fmt: skip


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with a tenant, a user, a client and a login session."""
    await adapters.tenants.create({"id": "acme", "friendly_name": "Acme"})
    await adapters.users.create("acme", {"user_id": "auth0|ada", "connection": "db", "email": "ada@acme.example"})
    await adapters.clients.create("acme", {"client_id": "web", "name": "Web"})
    return adapters


async def login_session(store: Adapters) -> str:
    """Create a login session that expires soon and return its ID."""
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


async def test_logins_at_once_are_all_counted(store: Adapters) -> None:
    async def count(number: int) -> None:
        if number % 2:
            async with store.batch() as batch:
                await batch.user_activity.record_login("acme", "auth0|ada", ip="::1")
        else:
            assert await store.user_activity.record_login("acme", "auth0|ada", ip="::1", at=SOON) is True

    await asyncio.gather(*(count(number) for number in range(TASKS)))
    found = await store.users.get("acme", "auth0|ada")
    assert found is not None
    assert (found.login_count, found.last_ip) == (TASKS, "::1")


@pytest.mark.transactions
async def test_logins_inside_transactions_are_all_counted(store: Adapters) -> None:
    async def count() -> None:
        async with store.transaction() as tx:
            await tx.user_activity.get("acme", "auth0|ada")
            await tx.user_activity.record_login("acme", "auth0|ada", ip="::1")

    await asyncio.gather(*(count() for _ in range(TASKS)))
    activity = await store.user_activity.get("acme", "auth0|ada")
    assert activity is not None
    assert activity.login_count == TASKS


async def test_a_code_of_a_type_is_consumed_alone(store: Adapters) -> None:
    for kind in ("otp", "password_reset"):
        await store.codes.create("acme", {"code_id": "same", "code_type": kind, "login_id": "l", "expires_at": SOON})
    won = await asyncio.gather(*(store.codes.consume("acme", "same", type="otp") for _ in range(TASKS)))
    assert won.count(True) == 1
    other = await store.codes.get("acme", "same", "password_reset")
    assert other is not None
    assert other.used_at is None


async def rotations(store: Adapters, count: int = TASKS, **options: Any) -> list[RefreshTokenRotation]:
    """Exchange a token in concurrent requests, each with its own successor."""
    await store.refresh_tokens.create("acme", refresh_token("old"))
    successors = [refresh_token(f"new{number}", token_hash=f"hash {number}") for number in range(count)]
    return await asyncio.gather(*(store.refresh_tokens.rotate("acme", "old", successor, **options) for successor in successors))


async def tokens(store: Adapters) -> dict[str, RefreshToken]:
    """Return all tokens by ID."""
    return {token.id: token for token in (await store.refresh_tokens.list("acme", per_page=1000)).items}


async def test_a_refresh_token_is_exchanged_once_and_its_family_revoked(store: Adapters) -> None:
    done = await rotations(store)
    assert sorted(each.outcome for each in done) == sorted(["rotated"] + ["reused"] * (TASKS - 1))
    (winner,) = [each.token for each in done if each.token is not None]
    found = await tokens(store)
    assert found.keys() == {"old", winner.id}
    assert found["old"].rotated_to == winner.id
    assert {token.family_id for token in found.values()} == {"old"}
    assert all(token.revoked_at is not None for token in found.values())


async def test_within_the_leeway_everybody_gets_the_one_successor(store: Adapters) -> None:
    done = await rotations(store, leeway=timedelta(minutes=1))
    assert sorted(each.outcome for each in done) == sorted(["rotated"] + ["repeated"] * (TASKS - 1))
    assert len({each.token.id for each in done if each.token is not None}) == 1
    assert all(each.token is not None and each.token.revoked_at is None for each in done)
    assert len(await tokens(store)) == 2


async def test_of_requests_with_one_successor_one_stores_it(store: Adapters) -> None:
    await store.refresh_tokens.create("acme", refresh_token("old"))
    clock: Any = store.context.clock
    clock.step = timedelta(0)
    done = await asyncio.gather(*(store.refresh_tokens.rotate("acme", "old", refresh_token("new")) for _ in range(TASKS)))
    assert sorted(each.outcome for each in done) == sorted(["rotated"] + ["reused"] * (TASKS - 1))
    assert (await tokens(store)).keys() == {"old", "new"}


@pytest.mark.transactions
async def test_a_refresh_token_is_exchanged_once_inside_transactions(store: Adapters) -> None:
    await store.refresh_tokens.create("acme", refresh_token("old"))

    async def rotate(number: int) -> RefreshTokenRotation:
        async with store.transaction() as tx:
            await tx.refresh_tokens.get("acme", "old")
            return await tx.refresh_tokens.rotate("acme", "old", refresh_token(f"new{number}"), leeway=timedelta(minutes=1))

    done = await asyncio.gather(*(rotate(number) for number in range(8)))
    assert sorted(each.outcome for each in done) == sorted(["rotated"] + ["repeated"] * 7)
    assert len(await tokens(store)) == 2


async def test_a_family_that_is_revoked_while_it_grows_is_revoked_whole(store: Adapters) -> None:
    await store.refresh_tokens.create("acme", refresh_token("t0", family_id="fam"))
    for number in range(TASKS):
        rotation = store.refresh_tokens.rotate("acme", f"t{number}", refresh_token(f"t{number + 1}"))
        if number % 4 != 3:
            assert (await rotation).outcome == "rotated"
            continue
        await asyncio.gather(rotation, store.refresh_tokens.revoke_family("acme", "fam", SOON))
        assert [token.id for token in (await tokens(store)).values() if token.revoked_at is None] == []
        await store.refresh_tokens.remove("acme", f"t{number + 1}")
        await store.refresh_tokens.create("acme", refresh_token(f"t{number + 1}", family_id="fam"))


async def test_of_updates_that_expect_the_same_one_is_done(store: Adapters) -> None:
    clock: Any = store.context.clock
    clock.step = timedelta(0)
    made = await store.roles.create("acme", {"name": "first"})
    seen = made.model_dump()["updated_at"]
    won = await asyncio.gather(
        *(store.roles.update("acme", made.id, {"name": f"n{number}"}, expect={"updated_at": seen}) for number in range(TASKS))
    )
    assert won.count(True) == 1
    found = await store.roles.get("acme", made.id)
    assert found is not None
    assert found.name == f"n{won.index(True)}"


async def test_a_hook_leads_to_one_thing_whatever_is_changed_at_once(store: Adapters) -> None:
    for number in range(8):
        made = await store.hooks.create("acme", {"trigger_id": "post-user-login", "url": "https://hooks.example"})
        changes: list[dict[str, Any]] = [
            {"url": None, "form_id": "form_1"},
            {"trigger_id": "post-user-update"},
            {"url": None, "page_id": "impersonate", "permission_required": "x"},
            {"url": None, "template_id": "account-linking"},
            {"url": "https://other.example"},
            {"trigger_id": "pre-user-deletion"},
        ]
        first = changes[number % 6 :] + changes[: number % 6]
        await asyncio.gather(*(store.hooks.update("acme", made.hook_id, fields) for fields in first), return_exceptions=True)
        found = await store.hooks.get("acme", made.hook_id)
        assert found is not None
        HookInsert.model_validate(found.model_dump(exclude={"hook_id", "created_at", "updated_at"}))


@pytest.mark.transactions
async def test_first_consents_given_at_once_in_transactions_are_united(store: Adapters) -> None:
    async def give(number: int, audience: str) -> None:
        async with store.transaction() as tx:
            consent = {"user_id": "auth0|ada", "clientID": "web", "audience": audience, "scope": [f"scope:{number}"]}
            await tx.grants.create("acme", consent)
            # The transaction can continue.
            await tx.user_activity.record_login("acme", "auth0|ada", ip="::1")

    for audience in ("one", "two", "three"):
        await asyncio.gather(*(give(number, audience) for number in range(8)))
        grant = await store.grants.get("acme", "auth0|ada", "web", audience)
        assert grant is not None
        assert sorted(grant.scope) == [f"scope:{number}" for number in range(8)]


async def test_a_consent_with_an_id_that_is_taken_changes_nothing(store: Adapters) -> None:
    consent = {"user_id": "auth0|ada", "clientID": "web", "scope": ["a"]}
    first = await store.grants.create("acme", consent, import_metadata={"id": "g"})
    assert await store.grants.create("acme", {**consent, "scope": ["b"]}, import_metadata={"id": "g"}) == first.model_copy(
        update={"scope": ["a", "b"]}
    )
    await store.tenants.create({"id": "globex", "friendly_name": "Globex"})
    await store.users.create("globex", {"user_id": "auth0|ada", "connection": "db"})
    for tenant_id, audience in (("acme", "api"), ("globex", None)):
        with pytest.raises(ConflictError) as caught:
            await store.grants.create(tenant_id, {**consent, "audience": audience}, import_metadata={"id": "g"})
        assert (caught.value.table, caught.value.fields) == ("grants", ("id",))
    (kept,) = (await store.grants.list("acme")).items
    assert (kept.id, kept.scope) == ("g", ["a", "b"])
    assert (await store.grants.list("globex")).items == []


async def passwords_of_old(store: Adapters) -> list[str]:
    """Return the IDs of passwords, none of which is current."""
    made = [{"user_id": "auth0|ada", "password": f"hash {number}", "is_current": False} for number in range(8)]
    return [(await store.passwords.create("acme", password)).id for password in made]


async def test_of_passwords_that_become_current_at_once_one_is(store: Adapters) -> None:
    ids = await passwords_of_old(store)
    assert all(await asyncio.gather(*(store.passwords.update("acme", {"id": id, "is_current": True}) for id in ids)))
    assert [password.is_current for password in await store.passwords.list("acme", "auth0|ada")].count(True) == 1


@pytest.mark.transactions
async def test_of_passwords_that_become_current_inside_transactions_one_is(store: Adapters) -> None:
    async def choose(id: str) -> bool:
        async with store.transaction() as tx:
            return await tx.passwords.update("acme", {"id": id, "is_current": True})

    assert all(await asyncio.gather(*(choose(id) for id in await passwords_of_old(store))))
    assert [password.is_current for password in await store.passwords.list("acme", "auth0|ada")].count(True) == 1


async def test_the_lifetimes_of_an_invitation_changed_at_once_leave_one_that_fits(store: Adapters) -> None:
    organization = await store.organizations.create("acme", {"name": "eng"})
    made = await store.invites.create("acme", invite(organization.id))
    done = await asyncio.gather(*(store.invites.update("acme", made.id, {"ttl_sec": 60 * number}) for number in range(1, TASKS)))
    assert all(done)
    found = await store.invites.get("acme", made.id)
    assert found is not None
    assert found.ttl_sec is not None
    assert found.expires_at == found.created_at + timedelta(seconds=found.ttl_sec)


# The tests of every method that reads, checks and writes.

RACES = {
    "action_versions.create": test_actions.test_versions_made_at_once_get_a_number_each,
    "client_connections.add_client_to_connection": test_connections_added_at_once_are_all_there,
    "client_connections.remove_client_from_connection": test_connections_added_and_removed_at_once,
    "grants.create": test_first_consents_given_at_once_in_transactions_are_united,
    "hooks.update": test_a_hook_leads_to_one_thing_whatever_is_changed_at_once,
    "invites.update": test_the_lifetimes_of_an_invitation_changed_at_once_leave_one_that_fits,
    "login_sessions.update": test_authorization_parameters_merged_at_once_are_all_there,
    "outbox.claim_events": test_outbox.test_thirty_two_workers_get_each_event_once,
    "passwords.create": test_one_password_is_current,
    "passwords.update": test_of_passwords_that_become_current_at_once_one_is,
    "refresh_tokens.revoke_by_login_session": test_a_family_that_is_revoked_while_it_grows_is_revoked_whole,
    "refresh_tokens.revoke_family": test_a_family_that_is_revoked_while_it_grows_is_revoked_whole,
    "refresh_tokens.rotate": test_a_refresh_token_is_exchanged_once_and_its_family_revoked,
    "resource_servers.update": test_options_merged_at_once_lose_nothing,
    "session_cleanup.__call__": test_session_cleanup.test_a_session_that_is_renewed_meanwhile_is_kept_whole,
}
"""The test of each method whose write depends on an earlier read."""
WITHOUT_RACE = {
    "client_registration_tokens.revoke": "reads only what its guarded statement did not find",
    "organization_connections.create": "reads what it has written",
    "proxy_routes.create": "a domain never changes its tenant",
    "proxy_routes.update": "a domain never changes its tenant",
    "refresh_tokens.update": "test_of_updates_that_expect_the_same_one_is_done: one guarded statement behind a lock",
    "sessions.update": "test_of_updates_that_expect_the_same_one_is_done: one guarded statement behind a lock",
    "user_organizations.update": "an organization never changes its tenant",
    "users.update": "test_of_updates_that_expect_the_same_one_is_done: one guarded statement behind a lock",
}
"""Methods that read and write without a possible race, and the reasons."""
READS = {"fetch", "fetch_many", "_get", "_get_as", "_get_written", "_all", "count", "lock_row", "_reject_foreign_tenant"}
WRITES = {"affected", "counts", "_create", "matched", "_remove", "_update", "write", "write_in_savepoint"}
BOTH = {"_merge", "_revise", "_revise_column", "_update_with"}


def calls(function: Any) -> dict[str, bool]:
    """Return the names of the functions that a function calls, and whether each belongs to the adapter or the module.

    Calls that only build a statement are excluded. ``_update_result`` reads a row for the caller after the write.
    """
    found = [node.func for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))) if isinstance(node, ast.Call)]
    found = [name for name in found if "_sql.lock_row" in ast.unparse(name) or "._sql." not in ast.unparse(name)]
    if "self._update_result" in map(ast.unparse, found):
        return {"_write": True}
    return {
        name.attr if isinstance(name, ast.Attribute) else getattr(name, "id", ""): not isinstance(name, ast.Attribute)
        or ast.unparse(name.value) in ("self", "super()")
        for name in found
    }


def called_functions(kind: type, name: str, seen: set[tuple[type, str]]) -> set[str]:
    """Return the functions that a method calls, directly or through other methods of the adapter and functions of its module."""
    found: set[str] = set()
    for owner in kind.__mro__:
        if (owner, name) in seen or name not in owner.__dict__ or not owner.__module__.startswith("authhero_sql.adapters"):
            continue
        seen.add((owner, name))
        member = owner.__dict__[name]
        for other, own in calls(member.func if isinstance(member, cached_property) else member).items():
            beside = getattr(inspect.getmodule(owner), other, None)
            found |= {other} | (called_functions(kind, other, seen) if own else set())
            found |= calls(beside).keys() if inspect.isfunction(beside) else set()
    return found


def test_every_method_that_reads_and_writes_has_its_race() -> None:
    methods = {
        f"{adapter}.{name}": called_functions(kind, name, set())
        for adapter, kind in adapter_classes().items()
        for name, _ in inspect.getmembers(kind, inspect.isfunction)
        if name == "__call__" or not name.startswith("_")
    }
    guarded = {name for name, called in methods.items() if called & BOTH or (called & READS and called & WRITES)}
    assert guarded - RACES.keys() == WITHOUT_RACE.keys()
    assert not WITHOUT_RACE.keys() & RACES.keys()
