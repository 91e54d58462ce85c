"""Reading rows by name, and checking whether rows exist."""

from __future__ import annotations

import pytest

from authhero_sql import Adapters, InvalidQueryError, NotFoundError, create_adapters
from tests.contract.builders import connection, resource_server, role, tenant, user

LATER = {"created_at": "2026-03-01T00:00:00Z", "updated_at": "2026-03-01T00:00:00Z"}


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with two tenants and their users Ada."""
    await tenant(adapters)
    await tenant(adapters, "globex")
    return adapters


async def test_all_accounts_that_match_are_found_the_primary_ones_first(store: Adapters) -> None:
    address, phone = "many@acme.example", "+4912345"
    accounts = {"sms": ("auth0|many", {}), "apple": (None, LATER), "auth0": (None, {}), "github": ("auth0|many", LATER)}
    for provider, (linked_to, metadata) in accounts.items():
        fields = {"provider": provider, "email": address, "username": f"{provider}-ada", "connection": "c", "phone_number": phone}
        account = {**fields, "user_id": f"{provider}|many", "linked_to": linked_to}
        await store.users.create("acme", account, import_metadata=metadata)
        await store.user_activity.upsert("acme", f"{provider}|many", {"login_count": len(provider)})
    by_get = [await store.users.get("acme", f"{provider}|many") for provider in ("auth0", "apple", "sms", "github")]
    assert await store.users.find("acme", email=address) == by_get
    assert await store.users.find("acme", phone_number=phone) == by_get
    assert await store.users.find("acme", email=address, username="apple-ada") == [by_get[1]]
    assert await store.users.find("acme", email=address, username="apple-ada", phone_number="+1") == []
    assert await store.users.find("globex", email=address) == []
    assert by_get[0] is not None
    assert [identity.provider for identity in by_get[0].identities or []] == ["auth0", "sms", "github"]
    assert [user.login_count for user in by_get if user] == [5, 5, 3, 6]
    assert await store.users.get_by_email("acme", address) == by_get[0]


async def test_a_user_is_found_by_something(store: Adapters) -> None:
    for nothing in ({}, {"email": None}):
        with pytest.raises(InvalidQueryError, match="requires an email"):
            await store.users.find("acme", **nothing)
    assert await store.users.find("acme", email="") == []


async def test_what_has_a_name_is_found_by_it(store: Adapters) -> None:
    api = await store.resource_servers.create("acme", resource_server(identifier="https://api.acme.example"))
    editor = await store.roles.create("acme", role("editor"))
    first = await store.connections.create("acme", connection("b", name="google"))
    await store.connections.create("acme", connection("c", name="google"))
    assert await store.resource_servers.get_by_identifier("acme", "https://api.acme.example") == api
    assert await store.roles.get_by_name("acme", editor.name) == editor
    assert await store.connections.get_by_name("acme", "google") == first
    for found in (
        store.resource_servers.get_by_identifier("globex", "https://api.acme.example"),
        store.resource_servers.get_by_identifier("acme", "https://API.acme.example"),
        store.roles.get_by_name("globex", editor.name),
        store.roles.get_by_name("acme", editor.name.upper()),
        store.connections.get_by_name("globex", "google"),
        store.connections.get_by_name("acme", "google "),
    ):
        assert await found is None


async def test_what_has_to_be_there_is_or_is_an_error(store: Adapters) -> None:
    assert await store.users.get_one("acme", "auth0|ada") == await store.users.get("acme", "auth0|ada")
    assert await store.clients.get_one("acme", "web") == await store.clients.get("acme", "web")
    assert await store.tenants.get_one("acme") == await store.tenants.get("acme")
    for missing, table in (
        (store.users.get_one("acme", "auth0|eve"), "users"),
        (store.clients.get_one("nowhere", "web"), "clients"),
        (store.tenants.get_one("nowhere"), "tenants"),
        (store.codes.get_one("acme", "c", "otp"), "codes"),
        (store.organizations.get_one("acme", "org"), "organizations"),
        (store.branding.get_one("acme"), "branding"),
    ):
        with pytest.raises(NotFoundError) as caught:
            await missing
        assert caught.value.table == table
    assert await store.users.exists("acme", "auth0|ada") is True
    assert await store.users.exists("acme", "auth0|Ada") is False
    assert await store.users.exists("globex", "auth0|eve") is False
    assert await store.tenants.exists("acme") is True
    assert await store.tenants.exists("ACME") is False
    assert await store.clients.exists("acme", "web") is True


@pytest.mark.transactions
async def test_in_a_transaction_what_it_has_written_is_found(store: Adapters) -> None:
    async with store.transaction() as tx:
        await tx.users.create("acme", user("eve"))
        assert [found.user_id for found in await tx.users.find("acme", email="eve@acme.example")] == ["auth0|eve"]
        assert await tx.users.exists("acme", "auth0|eve")
        assert await tx.users.count("acme", where={"email": "eve@acme.example"}) == 1


async def test_addresses_are_told_apart_by_case_unless_they_are_normalized(store: Adapters) -> None:
    await store.users.create("acme", user("upper", email="Ada@acme.example"))
    assert [found.user_id for found in await store.users.find("acme", email="Ada@acme.example")] == ["auth0|upper"]
    assert [found.user_id for found in await store.users.find("acme", email="ada@acme.example")] == ["auth0|ada"]


async def test_normalized_addresses_are_stored_and_found_in_lower_case(store: Adapters) -> None:
    adapters = await create_adapters(store.database, clock=store.context.clock, normalize_emails=True)
    created = await adapters.users.create("acme", user("eve", email="Eve.ÉVE@Acme.Example"))
    assert created.email == "eve.éve@acme.example"
    assert created == await adapters.users.get("acme", "auth0|eve")
    for given in ("Eve.ÉVE@Acme.Example", "eve.éve@acme.example", "EVE.ÉVE@ACME.EXAMPLE"):
        assert await adapters.users.get_by_email("acme", given) == created
        assert await adapters.users.find("acme", email=given) == [created]
    assert await adapters.users.update("acme", "auth0|eve", {"email": "New@Acme.example"})
    assert await adapters.users.get_by_email("acme", "NEW@acme.example") is not None
    rows = [user("bob", email="BOB@acme.example"), user("carl", email=None)]
    await adapters.users.create_many("acme", rows)
    assert {found.email async for found in adapters.users.iterate("acme")} >= {"bob@acme.example", "new@acme.example", None}
    await adapters.users.create_many("acme", [user("bob", email="Bob@New.example")], on_conflict="update")
    bob = await adapters.users.get_one("acme", "auth0|bob")
    assert bob.email == "bob@new.example"
    assert await adapters.users.update("acme", "auth0|bob", {"email": None})
    if adapters.database.dialect.features.interactive_transactions:
        async with adapters.transaction() as tx:
            assert (await tx.users.create("acme", user("tx", email="TX@acme.example"))).email == "tx@acme.example"
