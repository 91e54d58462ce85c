"""Signing keys, on every engine."""

from __future__ import annotations

from datetime import timedelta

import pytest

from authhero_sql import Adapters, ConflictError, ForeignKeyError, InvalidQueryError, InvalidValueError
from tests.conftest import TickingClock
from tests.contract.builders import key, tenant

SECRET = "-----BEGIN PRIVATE KEY-----"


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with a tenant."""
    await tenant(adapters, "acme")
    return adapters


async def kids(store: Adapters) -> set[str]:
    """Return the key IDs in the list."""
    return {item.kid for item in (await store.keys.list()).items}


async def test_keys_of_the_installation_and_of_tenants_stand_in_one_list(store: Adapters) -> None:
    everybody_s = await store.keys.create(key("one"))
    acme_s = await store.keys.create(key("two", tenant_id="acme", connection="saml", type="saml_encryption", pkcs7=SECRET))
    assert everybody_s.tenant_id is None
    assert acme_s.tenant_id == "acme"
    found = await store.keys.list(include_totals=True)
    assert found.items == [acme_s, everybody_s], "newest first"
    assert found.total == 2
    assert next(iter(found.model_dump(by_alias=True, exclude_none=True))) == "signingKeys"
    assert found.items[1].model_dump(exclude_none=True) == key("one")


async def test_revoked_keys_are_left_out_from_the_moment_on(store: Adapters, clock: TickingClock) -> None:
    await store.keys.create(key("living"))
    await store.keys.create(key("ends", revoked_at=clock.now + timedelta(hours=1)))
    await store.keys.create(key("ended", revoked_at=clock.now))
    assert await kids(store) == {"living", "ends"}
    assert (await store.keys.list(include_totals=True)).total == 2
    clock.now += timedelta(hours=1)
    assert await kids(store) == {"living"}
    assert await store.keys.update("living", {"revoked_at": clock.now}) is True
    assert await kids(store) == set()
    assert await store.keys.update("living", {"revoked_at": None}) is True
    assert await kids(store) == {"living"}


async def test_updates_write_what_is_given(store: Adapters) -> None:
    made = await store.keys.create(key("one", connection="saml", pkcs7=SECRET))
    assert await store.keys.update("one", {"connection": None, "current_since": "2026-01-01T00:00:00.1239Z"}) is True
    assert await store.keys.update("one", {}) is True
    (found,) = (await store.keys.list()).items
    assert found.model_dump(mode="json", exclude_none=True) == {
        **key("one"), "pkcs7": SECRET, "current_since": "2026-01-01T00:00:00.123Z",
    }  # fmt: skip
    assert made.connection == "saml"
    for kid in ("One", "one ", "two"):
        assert await store.keys.update(kid, {"connection": "x"}) is False
        assert await store.keys.update(kid, {}) is False
    for name in ("kid", "tenant_id", "created_at"):
        with pytest.raises(InvalidValueError) as caught:
            await store.keys.update("one", {name: "x"})
        assert (caught.value.table, caught.value.field) == ("keys", name)


async def test_what_is_refused(store: Adapters) -> None:
    await store.keys.create(key("one"))
    with pytest.raises(ConflictError) as conflict:
        await store.keys.create(key("one", pkcs7=SECRET))
    assert conflict.value.fields == ("kid",)
    with pytest.raises(ForeignKeyError):
        await store.keys.create(key("two", tenant_id="nowhere"))
    for wrong in ({"pkcs7": SECRET * 200}, {"cert": "é" * 4097}, {"type": "nonsense"}, {"fingerprint": None}):
        with pytest.raises(InvalidValueError) as caught:
            await store.keys.create(key("two", **wrong))
        assert caught.value.field == next(iter(wrong))
        assert SECRET not in str(caught.value)
    for sort in ("pkcs7:asc", "created_at_ts:asc", "nonsense"):
        with pytest.raises(InvalidQueryError):
            await store.keys.list(sort=sort)
    assert await kids(store) == {"one"}
