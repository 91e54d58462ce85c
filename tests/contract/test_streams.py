"""Log streams and migration sources, on every engine."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from authhero_sql import Adapters, ConflictError, InvalidValueError
from tests.contract.builders import SOON, log_stream, migration_source, tenant

HOUR = timedelta(hours=1)


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with two tenants."""
    await tenant(adapters, "acme")
    await tenant(adapters, "globex")
    return adapters


async def test_a_new_stream_is_active(store: Adapters) -> None:
    made = await store.log_streams.create("acme", log_stream())
    assert made.id.startswith("lst_")
    assert len(made.id) == 25
    expected = {**log_stream(), "id": made.id, "status": "active", "created_at": made.created_at, "updated_at": made.updated_at}
    assert made.model_dump(exclude_none=True) == expected
    assert made.created_at is not None
    assert await store.log_streams.get("acme", made.id) == made
    for status in ("paused", "suspended", "active"):
        assert (await store.log_streams.create("acme", log_stream(status=status))).status == status
    assert (await store.log_streams.create("acme", log_stream(status=None))).status == "active"


async def test_what_a_stream_is_given_comes_back(store: Adapters) -> None:
    given = log_stream(
        type="datadog",
        sink={"z": {"ö": [1, 2.5, None, True]}, "datadogApiKey": "hunter2", "big": 2**60},
        filters=[{"type": "category", "name": "auth.login.fail", "more": 1}],
        isPriority=False,
        status="paused",
    )
    made = await store.log_streams.create("acme", given, import_metadata={"id": "lst_own", "created_at": SOON})
    assert made.model_dump(by_alias=True) == {**given, "id": "lst_own", "created_at": SOON, "updated_at": SOON}
    assert list(made.sink) == ["z", "datadogApiKey", "big"]
    assert await store.log_streams.get("acme", "lst_own") == made
    with pytest.raises(ConflictError):
        await store.log_streams.create("globex", log_stream(), import_metadata={"id": "lst_own"})


async def test_a_stream_is_updated_in_the_fields_that_are_given(store: Adapters) -> None:
    made = await store.log_streams.create("acme", log_stream(isPriority=True, filters=[{"type": "category", "name": "x"}]))
    fields = {"status": "suspended", "sink": {"b": 1}, "filters": None, "is_priority": False}
    assert await store.log_streams.update("acme", made.id, fields) is True
    found = await store.log_streams.get("acme", made.id)
    assert found is not None
    assert found.model_dump(exclude={"updated_at"}) == {**made.model_dump(exclude={"updated_at"}), **fields}
    assert found.updated_at is not None
    assert made.updated_at is not None
    assert found.updated_at > made.updated_at
    assert await store.log_streams.update("globex", made.id, {"name": "x"}) is False
    for wrong in ({"status": None}, {"status": "off"}, {"type": "ftp"}, {"sink": None}, {"id": "x"}, {"surprise": 1}):
        with pytest.raises(InvalidValueError):
            await store.log_streams.update("acme", made.id, wrong)
    assert await store.log_streams.get("acme", made.id) == found


async def test_streams_are_listed_oldest_first(store: Adapters) -> None:
    for number in range(60):
        metadata = {"id": f"lst_{number:02}", "created_at": SOON - number // 2 * HOUR}
        await store.log_streams.create("acme", log_stream(), import_metadata=metadata)
    await store.log_streams.create("globex", log_stream("theirs"))
    expected = sorted(range(60), key=lambda number: (-(number // 2), number))
    assert [item.id for item in await store.log_streams.list("acme")] == [f"lst_{number:02}" for number in expected]
    assert [item.name for item in await store.log_streams.list("globex")] == ["theirs"]
    assert await store.log_streams.remove("globex", "lst_00") is False
    assert await store.log_streams.remove("acme", "lst_00") is True
    assert await store.log_streams.remove("acme", "lst_00") is False
    assert len(await store.log_streams.list("acme")) == 59


@pytest.mark.parametrize(
    "wrong", [{"type": "ftp"}, {"name": "x" * 256}, {"name": None}, {"sink": ["x"]}, {"status": "off"}, {"surprise": 1}]
)
async def test_a_stream_that_is_none_is_refused(store: Adapters, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        await store.log_streams.create("acme", {**log_stream(), **wrong})
    assert await store.log_streams.list("acme") == []


async def test_a_new_source_is_enabled(store: Adapters) -> None:
    made = await store.migration_sources.create("acme", migration_source())
    assert made.id.startswith("mig_")
    assert len(made.id) == 25
    expected = {**migration_source(), "id": made.id, "enabled": True, "created_at": made.created_at, "updated_at": made.updated_at}
    assert made.model_dump(exclude_none=True) == expected
    assert await store.migration_sources.get("acme", made.id) == made
    own = await store.migration_sources.create("acme", migration_source(id="mig_own", enabled=False))
    assert (own.id, own.enabled) == ("mig_own", False)
    imported = await store.migration_sources.create(
        "acme", migration_source(id="mig_x"), import_metadata={"id": "mig_y", "created_at": SOON}
    )
    assert (imported.id, imported.created_at, imported.updated_at) == ("mig_y", SOON, SOON)


async def test_what_a_source_is_given_comes_back(store: Adapters) -> None:
    for number, provider in enumerate(("auth0", "cognito", "okta", "oidc")):
        credentials = {"domain": "d", "client_id": "c", "client_secret": "s", "audience": "a", "scope": "openid", "region": {"ö": 1}}
        given = migration_source(id=f"mig_{number}", provider=provider, credentials=credentials)
        made = await store.migration_sources.create("acme", given)
        assert made.model_dump(exclude={"created_at", "updated_at"}) == {**given, "enabled": True}
        assert await store.migration_sources.get("acme", made.id) == made
    assert [item.id for item in await store.migration_sources.list("acme")] == ["mig_0", "mig_1", "mig_2", "mig_3"]
    assert await store.migration_sources.list("globex") == []


async def test_a_source_is_updated_in_the_fields_that_are_given(store: Adapters) -> None:
    made = await store.migration_sources.create("acme", migration_source(credentials={**migration_source()["credentials"], "scope": "x"}))
    credentials = {"domain": "new.example", "client_id": "c", "client_secret": "s"}
    assert await store.migration_sources.update("acme", made.id, {"enabled": False, "credentials": credentials}) is True
    found = await store.migration_sources.get("acme", made.id)
    assert found is not None
    assert (found.enabled, found.name, found.credentials.model_dump(exclude_none=True)) == (False, "old", credentials)
    assert found.updated_at > made.updated_at
    assert await store.migration_sources.update("globex", made.id, {"name": "x"}) is False
    assert await store.migration_sources.remove("globex", made.id) is False
    assert await store.migration_sources.remove("acme", made.id) is True
    assert await store.migration_sources.get("acme", made.id) is None


@pytest.mark.parametrize(
    "wrong", [{"provider": "own"}, {"credentials": {"domain": "hunter2"}}, {"credentials": None}, {"connection": None}, {"name": "x" * 256}]
)
async def test_a_source_that_is_none_is_refused(store: Adapters, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError) as caught:
        await store.migration_sources.create("acme", {**migration_source(), **wrong})
    assert "hunter2" not in f"{caught.value!r} {caught.value}"
    assert await store.migration_sources.list("acme") == []
