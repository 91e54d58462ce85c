"""The second factors and passkeys of users, on every engine."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any, get_args

import pytest

from authhero_sql import Adapters, ConflictError, ForeignKeyError, InvalidValueError
from authhero_sql.models import AuthenticationMethodType
from tests.contract.builders import SOON, authentication_method, tenant

HOUR = timedelta(hours=1)
TASKS = 32
GIVEN: dict[str, dict[str, Any]] = {
    "phone": {"phone_number": "+4670"},
    "totp": {"totp_secret": "hunter2", "confirmed": True},
    "email": {},
    "push": {"friendly_name": "Ada's phone é"},
    "webauthn-roaming": {"credential_id": "c1", "public_key": "k" * 60_000, "sign_count": 2**31 - 1},
    "webauthn-platform": {"credential_id": "c2", "credential_backed_up": False, "transports": []},
    "passkey": {"credential_id": "c3", "credential_backed_up": True, "transports": ["usb", "internal"], "sign_count": 0},
}


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with two tenants."""
    await tenant(adapters, "acme")
    await tenant(adapters, "globex")
    return adapters


@pytest.mark.parametrize("kind", get_args(AuthenticationMethodType))
async def test_what_a_method_is_given_comes_back(store: Adapters, kind: str) -> None:
    given = {"user_id": "auth0|ada", "type": kind, **GIVEN[kind]}
    made = await store.authentication_methods.create("acme", given)
    expected = {"confirmed": False, **given, "id": made.id, "created_at": made.created_at, "updated_at": made.updated_at}
    assert made.model_dump(exclude_none=True) == expected
    assert await store.authentication_methods.get("acme", made.id) == made
    assert await store.authentication_methods.get("globex", made.id) is None


async def test_ids_are_ulids_that_sort_by_time(store: Adapters) -> None:
    ids = [(await store.authentication_methods.create("acme", authentication_method())).id for _ in range(5)]
    assert ids == sorted(ids)
    assert all(len(id) == 26 and set(id) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ") for id in ids)
    imported = await store.authentication_methods.create("acme", authentication_method(), import_metadata={"id": "own", "created_at": SOON})
    assert (imported.id, imported.created_at, imported.updated_at) == ("own", SOON, SOON)
    with pytest.raises(ConflictError):
        await store.authentication_methods.create("acme", authentication_method(), import_metadata={"id": "own"})
    with pytest.raises(ForeignKeyError):
        await store.authentication_methods.create("nowhere", authentication_method())


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "pigeon"},
        {"user_id": None},
        {"sign_count": -1},
        {"sign_count": 2**31},
        {"phone_number": "+" * 33},
        {"totp_secret": "hunter2" * 40},
        {"credential_id": "x" * 513},
        {"transports": ["x" * 512]},
        {"transports": "usb"},
        {"confirmed": None},
        {"surprise": 1},
    ],
)
async def test_a_method_that_is_none_is_refused(store: Adapters, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError) as caught:
        await store.authentication_methods.create("acme", authentication_method(**wrong))
    assert (caught.value.table, caught.value.field) == ("authentication_methods", next(iter(wrong)))
    assert "hunter2" not in f"{caught.value!r} {caught.value}"
    assert await store.authentication_methods.list("acme", "auth0|ada") == []


async def test_methods_of_a_user_are_listed_oldest_first(store: Adapters) -> None:
    for number in range(60):
        metadata = {"id": f"m{number:02}", "created_at": SOON - number // 2 * HOUR}
        await store.authentication_methods.create("acme", authentication_method(credential_id=f"c{number}"), import_metadata=metadata)
    await store.authentication_methods.create("acme", authentication_method(user_id="auth0|Ada"))
    await store.authentication_methods.create("globex", authentication_method())
    expected = sorted(range(60), key=lambda number: (-(number // 2), number))
    assert [item.id for item in await store.authentication_methods.list("acme", "auth0|ada")] == [f"m{number:02}" for number in expected]
    assert len(await store.authentication_methods.list("acme", "auth0|Ada")) == 1
    assert await store.authentication_methods.list("acme", "auth0|nobody") == []


async def test_a_credential_is_found_in_its_tenant(store: Adapters) -> None:
    made = await store.authentication_methods.create("acme", authentication_method(credential_id="AbC_-="))
    theirs = await store.authentication_methods.create("globex", authentication_method(credential_id="theirs"))
    assert await store.authentication_methods.get_by_credential_id("acme", "AbC_-=") == made
    assert await store.authentication_methods.get_by_credential_id("globex", "theirs") == theirs
    for place in (("globex", "AbC_-="), ("acme", "abc_-="), ("acme", "AbC_-= "), ("acme", "AbC%"), ("acme", ""), ("acme", "theirs")):
        assert await store.authentication_methods.get_by_credential_id(*place) is None


async def test_of_several_with_one_credential_the_oldest_is_found(store: Adapters) -> None:
    for id, created in (("b", SOON), ("c", SOON - HOUR), ("a", SOON - HOUR)):
        await store.authentication_methods.create("acme", authentication_method(), import_metadata={"id": id, "created_at": created})
    found = await store.authentication_methods.get_by_credential_id("acme", "cred")
    assert found is not None
    assert found.id == "a"


async def test_an_update_gives_the_method_as_it_is_then(store: Adapters) -> None:
    made = await store.authentication_methods.create("acme", authentication_method(transports=["usb"], friendly_name="Key"))
    fields = {"sign_count": 2, "confirmed": True, "friendly_name": None, "credential_backed_up": False}
    updated = await store.authentication_methods.update("acme", made.id, fields)
    assert updated is not None
    assert updated == made.model_copy(update={**fields, "updated_at": updated.updated_at})
    assert updated.updated_at > made.updated_at
    assert await store.authentication_methods.get("acme", made.id) == updated
    again = await store.authentication_methods.update("acme", made.id, fields)
    assert again is not None
    assert again.updated_at > updated.updated_at
    for place in (("globex", made.id), ("acme", made.id.lower()), ("acme", "none")):
        assert await store.authentication_methods.update(*place, fields) is None
        assert await store.authentication_methods.update(*place, {}) is None
    for wrong in ({"sign_count": -1}, {"id": "x"}, {"created_at": SOON}, {"confirmed": None}, {"surprise": 1}):
        with pytest.raises(InvalidValueError):
            await store.authentication_methods.update("acme", made.id, wrong)
    assert await store.authentication_methods.get("acme", made.id) == again


async def test_different_fields_updated_at_once_are_all_there(store: Adapters) -> None:
    made = await store.authentication_methods.create("acme", authentication_method())
    updates: list[dict[str, Any]] = [{"sign_count": 9}, {"confirmed": True}, {"friendly_name": "Key"}, {"transports": ["nfc"]}]
    done = await asyncio.gather(*(store.authentication_methods.update("acme", made.id, updates[number % 4]) for number in range(TASKS)))
    assert None not in done
    found = await store.authentication_methods.get("acme", made.id)
    assert found is not None
    assert (found.sign_count, found.confirmed, found.friendly_name, found.transports) == (9, True, "Key", ["nfc"])


async def test_a_method_is_removed_alone_or_with_its_user(store: Adapters) -> None:
    one, two = [await store.authentication_methods.create("acme", authentication_method()) for _ in range(2)]
    assert await store.authentication_methods.remove("globex", one.id) is False
    assert await store.authentication_methods.remove("acme", one.id) is True
    assert await store.authentication_methods.remove("acme", one.id) is False
    assert await store.authentication_methods.list("acme", "auth0|ada") == [two]
    await store.authentication_methods.create("globex", authentication_method())
    await store.users.remove("acme", "auth0|ada")
    assert await store.authentication_methods.list("acme", "auth0|ada") == []
    assert len(await store.authentication_methods.list("globex", "auth0|ada")) == 1
