"""Users: linked accounts, activity, passwords and outbox events."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from authhero_sql import Adapters, ConflictError, InvalidValueError
from authhero_sql.dialects import Call
from tests.contract.builders import SOON, tenant, user

EVENT = {
    "tenant_id": "ignored",
    "event_type": "user.created",
    "log_type": "ss",
    "category": "user_action",
    "actor": {"type": "user", "id": "auth0|grace"},
    "target": {"type": "user", "id": "auth0|grace"},
    "request": {"method": "POST", "path": "/signup", "ip": "::1"},
    "hostname": "acme.example",
    "timestamp": "2026-01-01T00:00:00.000Z",
}


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with two tenants and their users Ada."""
    await tenant(adapters, "acme")
    await tenant(adapters, "globex")
    return adapters


async def events(store: Adapters) -> list[Any]:
    """Return the rows of the outbox."""
    columns = "tenant_id, event_type, log_type, aggregate_type, aggregate_id, payload, id, retry_count, processed_at"
    return [tuple(row) for row in await store.database.fetch(Call(f"SELECT {columns} FROM outbox_events ORDER BY created_at, id"))]


async def test_linked_accounts_become_identities(store: Adapters) -> None:
    google = {"email": "ada@gmail.example", "is_social": True, "email_verified": True, "profileData": '{"hd":"x","email":"own"}'}
    accounts: dict[str, dict[str, Any]] = {
        "sms": {"phone_number": "+15550001111", "phone_verified": True},
        "google-oauth2": google,
        "odd": {"profileData": "no JSON", "username": "ada"},
    }
    for number, (provider, fields) in enumerate(accounts.items()):
        linked = {"user_id": f"{provider}|1", "provider": provider, "connection": provider, "linked_to": "auth0|ada", **fields}
        await store.users.create("acme", linked, import_metadata={"created_at": SOON + timedelta(hours=number)})
    ada = await store.users.get("acme", "auth0|ada")
    assert ada is not None
    shown = ada.model_dump(mode="json", by_alias=True, exclude_none=True)["identities"]
    assert shown == [
        {
            "connection": "db", "provider": "auth0", "user_id": "ada", "isSocial": False, "email": "ada@acme.example",
            "email_verified": False,
        },
        {
            "connection": "sms", "provider": "sms", "user_id": "1", "isSocial": False, "email_verified": False,
            "phone_number": "+15550001111", "phone_verified": True, "profileData": {"email_verified": False},
        },
        {
            "connection": "google-oauth2", "provider": "google-oauth2", "user_id": "1", "isSocial": True,
            "email": "ada@gmail.example", "email_verified": True, "profileData": {"email": "own", "email_verified": True, "hd": "x"},
        },
        {
            "connection": "odd", "provider": "odd", "user_id": "1", "isSocial": False, "email_verified": False, "username": "ada",
            "profileData": {"email_verified": False},
        },
    ]  # fmt: skip
    listed = {item.user_id: item for item in (await store.users.list("acme")).items}
    assert listed["auth0|ada"] == ada
    assert listed["sms|1"].linked_to == "auth0|ada"
    other = await store.users.get("globex", "auth0|ada")
    assert other is not None
    assert len(other.identities or []) == 1


async def test_a_user_is_found_by_its_address(store: Adapters) -> None:
    """Test that the result equals that of ``get`` and contains only the user's own linked accounts."""
    address = "ada@acme.example"
    linked = {"connection": "google", "linked_to": "auth0|ada", "email": "ada@gmail.example"}
    await store.users.create("acme", {**linked, "user_id": "google-oauth2|1"})
    await store.users.create("acme", {**linked, "user_id": "google-oauth2|2", "linked_to": "auth0|eve", "email": "eve@gmail.example"})
    found = await store.users.get_by_email("acme", address)
    assert found is not None
    assert found == await store.users.get("acme", "auth0|ada")
    assert [identity.user_id for identity in found.identities or []] == ["ada", "1"]
    assert await store.users.get_by_email("globex", address) == await store.users.get("globex", "auth0|ada")
    assert await store.users.get_by_email("nowhere", address) is None


@pytest.mark.parametrize(
    "other", ["Ada@acme.example", "ADA@ACME.EXAMPLE", "ada@acme.example ", " ada@acme.example", "%", "ada@acme_example", ""]
)
async def test_an_address_is_compared_exactly(store: Adapters, other: str) -> None:
    assert await store.users.get_by_email("acme", other) is None
    if other.strip():
        made = await store.users.create("acme", user("second", email=other))
        assert await store.users.get_by_email("acme", other) == made
    ada = await store.users.get_by_email("acme", "ada@acme.example")
    assert ada is not None
    assert ada.user_id == "auth0|ada"


async def test_of_several_accounts_with_one_address_the_first_is_a_primary_one_then_the_oldest(store: Adapters) -> None:
    address = "many@acme.example"
    shared = {"email": address, "connection": "x"}
    accounts = {"sms": ("auth0|ada", 1), "apple": (None, 3), "windowslive": (None, 2), "github": (None, 2)}
    for provider, (linked_to, hour) in accounts.items():
        account = {**shared, "user_id": f"{provider}|1", "provider": provider, "linked_to": linked_to}
        await store.users.create("acme", account, import_metadata={"created_at": SOON + timedelta(hours=hour)})
    for first in ("github", "windowslive", "apple", "sms"):
        found = await store.users.get_by_email("acme", address)
        assert found is not None
        assert found == await store.users.get("acme", f"{first}|1")
        for provider in accounts:
            alone = await store.users.get_by_email("acme", address, provider=provider)
            assert alone == await store.users.get("acme", f"{provider}|1"), "the account of another provider is a different user"
        assert await store.users.remove("acme", f"{first}|1")
    assert await store.users.get_by_email("acme", address) is None
    assert await store.users.get_by_email("acme", "ada@acme.example", provider="sms") is None


async def test_unlink(store: Adapters) -> None:
    await store.users.create("acme", {"user_id": "sms|1", "provider": "sms", "connection": "sms", "linked_to": "auth0|ada"})
    assert await store.users.unlink("acme", "auth0|other", "sms", "1") is False
    assert await store.users.unlink("globex", "auth0|ada", "sms", "1") is False
    assert await store.users.unlink("acme", "auth0|ada", "sms", "1") is True
    assert await store.users.unlink("acme", "auth0|ada", "sms", "1") is False
    alone = await store.users.get("acme", "sms|1")
    assert alone is not None
    assert alone.linked_to is None


async def test_removing_a_user_removes_what_hangs_on_it(store: Adapters) -> None:
    linked = {"user_id": "sms|1", "provider": "sms", "connection": "sms", "linked_to": "auth0|ada"}
    await store.users.create("acme", {**linked, "password": {"hash": "h", "algorithm": "argon2id"}})
    for tenant_id, user_id, id in (("acme", "auth0|ada", "m1"), ("acme", "sms|1", "m2"), ("globex", "auth0|ada", "m3")):
        values = f"'{id}', '{tenant_id}', '{user_id}', 'totp', 1, 1"
        names = "id, tenant_id, user_id, type, created_at_ts, updated_at_ts"
        await store.database.execute(Call(f"INSERT INTO authentication_methods ({names}) VALUES ({values})"))
    assert await store.users.remove("acme", "auth0|nobody") is False
    assert await store.users.remove("acme", "auth0|ada") is True
    assert await store.users.remove("acme", "auth0|ada") is False
    assert await store.users.get("acme", "sms|1") is None
    assert await store.passwords.list("acme", "sms|1") == []
    assert await store.users.get("globex", "auth0|ada") is not None
    assert [row[0] for row in await store.database.fetch(Call("SELECT id FROM authentication_methods"))] == ["m3"]


async def test_activity_is_split_off_and_joined_on(store: Adapters) -> None:
    made = await store.users.create("acme", user("grace", last_login=SOON, last_ip="::1"))
    assert (made.last_login, made.last_ip, made.login_count) == (SOON, "::1", 0)
    assert await store.users.get("acme", "auth0|grace") == made
    assert await store.user_activity.get("acme", "auth0|ada") is None
    ada = await store.users.get("acme", "auth0|ada")
    assert ada is not None
    assert (ada.last_login, ada.login_count) == (None, 0)
    assert await store.users.update("acme", "auth0|ada", {"login_count": 3, "nickname": "a"})
    assert await store.users.update("acme", "auth0|ada", {"last_ip": "::2"})
    assert await store.user_activity.upsert("acme", "auth0|ada", {"failed_logins": ["x"]})
    activity = await store.user_activity.get("acme", "auth0|ada")
    assert activity is not None
    assert (activity.login_count, activity.last_ip, activity.failed_logins) == (3, "::2", ["x"])
    assert await store.users.update("acme", "auth0|nobody", {"login_count": 3}) is False
    assert await store.user_activity.get("acme", "auth0|nobody") is None


async def test_a_password_comes_with_the_user_or_not_at_all(store: Adapters) -> None:
    password = {"hash": "$argon2id$x", "algorithm": "argon2id"}
    made = await store.users.raw_create("acme", user("grace", password=password))
    current = await store.passwords.get("acme", "auth0|grace")
    assert current is not None
    assert (current.password, current.is_current, current.created_at) == ("$argon2id$x", True, current.updated_at)
    assert "password" not in made.model_dump(by_alias=True)
    for bad in ({"hash": "x" * 256, "algorithm": "argon2id"}, {"hash": "x", "algorithm": "md5"}):
        with pytest.raises(InvalidValueError):
            await store.users.create("acme", user("new", password=bad))
    assert await store.users.get("acme", "auth0|new") is None
    with pytest.raises(InvalidValueError):
        await store.users.update("acme", "auth0|ada", {"password": password})


async def test_outbox_events_are_written_with_the_user_or_not_at_all(store: Adapters) -> None:
    await store.users.create("acme", user("grace"), outbox_events=[EVENT, {**EVENT, "event_type": "second"}])
    written = await events(store)
    assert [row[1] for row in written] == ["user.created", "second"] or sorted(row[1] for row in written) == ["second", "user.created"]
    first = next(row for row in written if row[1] == "user.created")
    assert (first[0], *first[2:5], first[7], first[8]) == ("acme", "ss", "user", "auth0|grace", 0, None)
    payload = json.loads(first[5])
    assert payload == {**EVENT, "tenant_id": "acme", "id": first[6]}

    with pytest.raises(ConflictError):
        await store.users.create("acme", user("grace"), outbox_events=[EVENT])
    assert await store.users.update("acme", "auth0|nobody", {"name": "x"}, outbox_events=[EVENT]) is False
    assert await store.users.remove("acme", "auth0|nobody", outbox_events=[EVENT]) is False
    assert len(await events(store)) == 2
    assert await store.users.update("acme", "auth0|grace", {"name": "x"}, outbox_events=[EVENT]) is True
    assert await store.users.remove("acme", "auth0|grace", outbox_events=[EVENT]) is True
    assert len(await events(store)) == 4
    with pytest.raises(InvalidValueError):
        await store.users.create("acme", user("new"), outbox_events=[{"event_type": "x"}])
    assert await store.users.get("acme", "auth0|new") is None


async def test_the_flags_of_a_new_user(store: Adapters) -> None:
    made = await store.users.create("acme", {"connection": "email", "provider": "email", "email": "x@y"})
    shown = made.model_dump(mode="json", by_alias=True, exclude_none=True)
    assert (shown["is_social"], shown["email_verified"], shown["blocked"], shown["app_metadata"]) == (False, False, False, {})
    assert "user_metadata" not in shown
    by_id = await store.users.create("acme", {"user_id": "sms|77", "connection": "sms"})
    assert by_id.provider == "sms"


async def test_addresses_and_user_names_are_unique_with_their_provider_and_compare_exactly(store: Adapters) -> None:
    for number, email in enumerate(("Ada@acme.example", "ada@acme.example ", "ad\u00e0@acme.example", "ada\u0301@acme.example")):
        await store.users.create("acme", user(f"e{number}", email=email))
    await store.users.create("acme", user("other provider", email="ada@acme.example", provider="sms"))
    for number in range(3):
        await store.users.create("acme", user(f"none{number}", email=None, username=None))
    await store.users.create("acme", user("named", email=None, username="Ada"))
    await store.users.create("acme", user("named2", email=None, username="ada"))
    for wrong, fields in (
        (user("new", email="ada@acme.example"), {"email", "provider"}),
        (user("new", email=None, username="ada"), {"username", "provider"}),
    ):
        with pytest.raises(ConflictError) as caught:
            await store.users.create("acme", wrong)
        assert set(caught.value.fields) == fields
        assert await store.users.get("acme", "auth0|new") is None
    with pytest.raises(ConflictError):
        await store.users.update("acme", "auth0|e0", {"email": "ada@acme.example", "login_count": 5})
    found = await store.users.get("acme", "auth0|e0")
    assert found is not None
    assert (found.email, found.login_count) == ("Ada@acme.example", 0), "all or nothing"
    assert await store.users.update("acme", "auth0|ada", {"email": "ada@acme.example"}) is True, "the user's own email is not a conflict"


async def test_ids(store: Adapters) -> None:
    made = [await store.users.create("acme", {"connection": "sms", "provider": "sms"}) for _ in range(2)]
    assert {item.user_id.partition("|")[0] for item in made} == {"sms"}
    assert {len(item.user_id) for item in made} == {25}
    assert len({item.user_id for item in made}) == 2
    imported = await store.users.create("acme", user("own"), import_metadata={"id": "auth0|imported"})
    assert imported.user_id == "auth0|imported"
    with pytest.raises(ConflictError) as caught:
        await store.users.create("acme", user("other"), import_metadata={"id": "auth0|imported"})
    assert caught.value.fields == ("user_id",)
    assert imported.identities is not None
    assert imported.identities[0].user_id == "imported"


async def test_linked_accounts_of_the_same_instant_stand_by_their_id(store: Adapters) -> None:
    for name in ("b", "a", "C"):
        linked = {"user_id": f"sms|{name}", "provider": "sms", "connection": "sms", "linked_to": "auth0|ada"}
        await store.users.create("acme", linked, import_metadata={"created_at": SOON})
    for tenant_id, expected in (("acme", ["ada", "C", "a", "b"]), ("globex", ["ada"])):
        ada = await store.users.get(tenant_id, "auth0|ada")
        assert ada is not None
        assert [identity.user_id for identity in ada.identities or []] == expected
        listed = next(item for item in (await store.users.list(tenant_id)).items if item.user_id == "auth0|ada")
        walked = (await store.users.list(tenant_id, take=1)).items[0]
        iterated = [item async for item in store.users.iterate(tenant_id)][0]  # noqa: RUF015  # no next() over an async list
        assert listed == walked == iterated == ada
    assert await store.users.update("acme", "sms|a", {"linked_to": None}) is True
    assert [item.user_id for item in (await store.users.list("acme", take=5)).items] == ["sms|a", "auth0|ada"]


async def test_unlinking_bumps_and_leaves_the_rest(store: Adapters) -> None:
    linked = {"user_id": "sms|a|b", "provider": "sms", "connection": "sms", "linked_to": "auth0|ada", "name": "n"}
    before = await store.users.create("acme", linked)
    assert await store.users.unlink("acme", "auth0|Ada", "sms", "a|b") is False
    assert await store.users.unlink("acme", "auth0|ada", "SMS", "a|b") is False
    assert await store.users.unlink("acme", "auth0|ada", "sms", "a|b ") is False
    assert await store.users.unlink("acme", "auth0|ada", "sms", "a|b") is True
    after = await store.users.get("acme", "sms|a|b")
    assert after is not None
    assert after.updated_at > before.updated_at
    assert after == before.model_copy(update={"linked_to": None, "updated_at": after.updated_at})
    ada = await store.users.get("acme", "auth0|ada")
    assert ada is not None
    assert len(ada.identities or []) == 1


async def test_an_update_of_activity_alone_bumps_the_user(store: Adapters) -> None:
    before = await store.users.get("acme", "auth0|ada")
    assert before is not None
    assert await store.users.update("acme", "auth0|ada", {"last_login": "2026-02-01T12:00:00Z"}) is True
    after = await store.users.get("acme", "auth0|ada")
    assert after is not None
    assert after.updated_at > before.updated_at
    assert after == before.model_copy(update={"last_login": SOON, "updated_at": after.updated_at})
    assert await store.users.update("acme", "auth0|ada", {"last_login": None}) is True
    cleared = await store.users.get("acme", "auth0|ada")
    assert cleared is not None
    assert "last_login" not in cleared.model_dump(exclude_none=True)
    for wrong in ({"login_count": "many"}, {"last_ip": "x" * 46}, {"login_count": None}):
        with pytest.raises(InvalidValueError) as caught:
            await store.users.update("acme", "auth0|ada", {"name": "x", **wrong})
        assert caught.value.field == next(iter(wrong))
    assert await store.users.get("acme", "auth0|ada") == cleared


async def test_an_identity_is_known_without_any_prefix(store: Adapters) -> None:
    ids = {"google-oauth2|7": "7", "waad|a|b": "a|b", "plain": "plain", "sms|": ""}
    for number, id in enumerate(ids):
        linked = {"user_id": id, "provider": "other", "connection": "c", "linked_to": "auth0|ada"}
        await store.users.create("acme", linked, import_metadata={"created_at": SOON + timedelta(hours=number)})
    ada = await store.users.get("acme", "auth0|ada")
    assert ada is not None
    assert [identity.user_id for identity in ada.identities or []] == ["ada", *ids.values()]
    (listed,) = (await store.users.list("acme", q="user_id:auth0|ada")).items
    assert listed == ada


async def test_accounts_are_listed_whole_however_much_they_hold(store: Adapters) -> None:
    """Test a user whose accounts exceed MariaDB's limit for aggregated rows and contain all characters that JSON escapes."""
    hostile = json.dumps({"text": "".join(map(chr, (*range(1, 0x80), 0x2028, 0xFEFF, 0xFFFF, 0x1F600))) * 100}, ensure_ascii=False)
    for number in range(40):
        linked = {
            "user_id": f"other|{number:02}",
            "provider": "other",
            "connection": "c",
            "linked_to": "auth0|ada",
            "profile_data": hostile,
        }
        await store.users.create("acme", linked, import_metadata={"created_at": SOON + timedelta(hours=number)})
    ada = await store.users.get("acme", "auth0|ada")
    assert ada is not None
    assert ada.identities is not None
    assert len(ada.identities) == 41
    (listed,) = (await store.users.list("acme", q="user_id:auth0|ada")).items
    assert listed == ada
    walked = [found async for found in store.users.iterate("acme", q="user_id:auth0|ada")]
    assert walked == [ada]


async def test_a_new_user_has_its_activity(store: Adapters) -> None:
    activity = {"last_login": SOON, "last_ip": "::1", "login_count": 7}
    made = await store.users.create("acme", user("moved", **activity))
    assert (made.last_login, made.last_ip, made.login_count) == (SOON, "::1", 7)
    assert await store.users.get("acme", "auth0|moved") == made
    found = await store.user_activity.get("acme", "auth0|moved")
    assert found is not None
    assert found.model_dump(exclude_none=True) == {"user_id": "auth0|moved", **activity}
    alone = await store.users.create("acme", user("counted", login_count=3))
    assert (alone.login_count, alone.last_login) == (3, None)
    with pytest.raises(InvalidValueError):
        await store.users.create("acme", user("wrong", login_count="many"))
