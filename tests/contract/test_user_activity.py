"""The activity of users, on every engine."""

from __future__ import annotations

from datetime import timedelta

import pytest

from authhero_sql import Adapters, ForeignKeyError, InvalidValueError
from tests.contract.builders import SOON, tenant


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with two tenants and their users Ada."""
    await tenant(adapters, "acme")
    await tenant(adapters, "globex")
    return adapters


async def activity(store: Adapters, tenant_id: str = "acme") -> dict[str, object] | None:
    """Return Ada's activity in its wire format."""
    found = await store.user_activity.get(tenant_id, "auth0|ada")
    return None if found is None else found.model_dump(mode="json", exclude_none=True)


async def test_only_what_is_given_changes(store: Adapters) -> None:
    assert await activity(store) is None
    assert await store.user_activity.upsert("acme", "auth0|ada", {"last_ip": "::1"}) is True
    assert await activity(store) == {"user_id": "auth0|ada", "last_ip": "::1", "login_count": 0}
    logins = ["2026-01-01T00:00:00.000Z", "ü", ""]
    assert await store.user_activity.upsert("acme", "auth0|ada", {"failed_logins": logins, "login_count": 2**31 - 1}) is True
    assert await store.user_activity.upsert("acme", "auth0|ada", {"last_login": SOON + timedelta(microseconds=1999)}) is True
    late = "2026-02-01T12:00:00.001Z"
    everything = {"user_id": "auth0|ada", "last_ip": "::1", "login_count": 2**31 - 1, "failed_logins": logins, "last_login": late}
    assert await activity(store) == everything
    assert await store.user_activity.upsert("acme", "auth0|ada", {}) is True
    assert await activity(store) == everything
    assert await store.user_activity.upsert("acme", "auth0|ada", {"failed_logins": None, "last_ip": None, "login_count": 0}) is True
    assert await activity(store) == {"user_id": "auth0|ada", "login_count": 0, "last_login": late}
    assert await store.user_activity.upsert("acme", "auth0|ada", {"failed_logins": []}) is True
    assert (await activity(store) or {})["failed_logins"] == []
    assert await activity(store, "globex") is None


async def test_nothing_given_makes_a_row_of_nothing(store: Adapters) -> None:
    assert await store.user_activity.upsert("acme", "auth0|ada", {}) is True
    assert await activity(store) == {"user_id": "auth0|ada", "login_count": 0}


async def test_what_is_refused(store: Adapters) -> None:
    for wrong in ({"login_count": None}, {"login_count": 2**31}, {"last_ip": "x" * 46}, {"failed_logins": [5]}, {"user_id": "x"}, {"x": 1}):
        with pytest.raises(InvalidValueError) as caught:
            await store.user_activity.upsert("acme", "auth0|ada", wrong)
        assert caught.value.table == "user_activity"
        assert (caught.value.field or "").split(".")[0] == next(iter(wrong))
    for id in ("auth0|Ada", "auth0|ada ", "auth0|nobody"):
        with pytest.raises(ForeignKeyError):
            await store.user_activity.upsert("acme", id, {"last_ip": "::1"})
        assert await store.user_activity.get("acme", id) is None
    assert await activity(store) is None


async def test_it_goes_with_the_user(store: Adapters) -> None:
    for name in ("acme", "globex"):
        await store.user_activity.upsert(name, "auth0|ada", {"login_count": 1})
    await store.users.remove("acme", "auth0|ada")
    assert await activity(store) is None
    assert await activity(store, "globex") is not None
