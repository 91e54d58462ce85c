"""Codes: using, consuming, listing and deleting them, on every engine."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from authhero_sql import Adapters, InvalidValueError
from authhero_sql.dialects import Call
from tests.contract.builders import SOON, code, tenant

HOUR = timedelta(hours=1)


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with two tenants."""
    await tenant(adapters, "acme")
    await tenant(adapters, "globex")
    return adapters


async def used_at(store: Adapters, id: str = "c1", type_: str = "otp") -> datetime | None:
    """Return when the code was used."""
    found = await store.codes.get("acme", id, type_)
    assert found is not None
    return found.used_at


async def test_consuming_keeps_the_first_time_and_using_the_last(store: Adapters) -> None:
    await store.codes.create("acme", code())
    assert await used_at(store) is None
    assert await store.codes.consume("acme", "c1") is True
    first = await used_at(store)
    assert first is not None
    assert await store.codes.consume("acme", "c1") is False
    assert await used_at(store) == first
    assert await store.codes.used("acme", "c1") is True
    last = await used_at(store)
    assert last is not None
    assert last > first


async def test_what_is_used_already_cannot_be_consumed(store: Adapters) -> None:
    await store.codes.create("acme", code("imported", used_at=SOON))
    assert await store.codes.consume("acme", "imported") is False
    assert await used_at(store, "imported") == SOON
    await store.codes.create("acme", code("marked"))
    assert await store.codes.used("acme", "marked") is True
    assert await store.codes.consume("acme", "marked") is False
    await store.codes.create("acme", code("expired", expires_at=SOON - timedelta(days=900)))
    assert await store.codes.consume("acme", "expired") is True, "the caller checks the expiry"


async def test_one_id_may_have_several_types(store: Adapters) -> None:
    await store.codes.create("acme", code(otp="1"))
    await store.codes.create("acme", code(code_type="ticket", otp="2"))
    one, two = await store.codes.get("acme", "c1", "otp"), await store.codes.get("acme", "c1", "ticket")
    assert one is not None
    assert two is not None
    assert (one.otp, two.otp) == ("1", "2")
    assert await store.codes.get("acme", "c1", "OTP") is None
    assert await store.codes.consume("acme", "c1") is True
    assert await store.codes.consume("acme", "c1") is False


async def test_an_import_keeps_its_id(store: Adapters) -> None:
    made = await store.codes.create("acme", code("own"), import_metadata={"id": "imported", "created_at": SOON})
    assert (made.code_id, made.created_at) == ("imported", SOON)
    assert await store.codes.get("acme", "imported", "otp") == made
    assert await store.codes.get("acme", "own", "otp") is None


async def test_lists_are_newest_first_and_hold_used_ones(store: Adapters) -> None:
    for number in range(5):
        await store.codes.create("acme", code(f"c{number}"), import_metadata={"created_at": SOON + number // 2 * HOUR})
    await store.codes.consume("acme", "c3")
    found = await store.codes.list("acme", include_totals=True)
    assert [item.code_id for item in found.items] == ["c4", "c3", "c2", "c1", "c0"]
    assert found.total == 5
    pages = [(await store.codes.list("acme", page=number, per_page=2)).items for number in range(3)]
    assert [item for page in pages for item in page] == found.items
    used = await store.codes.list("acme", sort="used_at:desc")
    assert used.items[0].code_id == "c3"
    assert (await store.codes.list("globex")).items == []


@pytest.mark.parametrize("old", [False, True], ids=["with expires_at_ts", "from before it"])
async def test_the_sweep_takes_what_expired_before_the_instant(store: Adapters, old: bool) -> None:
    for number, milliseconds in enumerate((-1000, -1, 0, 1)):
        await store.codes.create(
            "acme" if number % 2 else "globex", code(f"c{number}", expires_at=SOON + timedelta(milliseconds=milliseconds))
        )
    if old:
        await store.database.execute(Call("UPDATE codes SET expires_at_ts = NULL"))
    assert await store.codes.cleanup(SOON - timedelta(days=1)) == 0
    assert await store.codes.cleanup(SOON) == 2
    assert [item.code_id for tenant_id in ("globex", "acme") for item in (await store.codes.list(tenant_id)).items] == ["c2", "c3"]
    assert await store.codes.cleanup(SOON + timedelta(microseconds=900)) == 0, "truncated to milliseconds, like the expiry"
    assert await store.codes.cleanup(SOON + HOUR) == 2
    assert await store.codes.cleanup(SOON + HOUR) == 0


async def test_both_columns_say_the_same(store: Adapters) -> None:
    made = await store.codes.create("acme", code(expires_at="2026-03-04T05:06:07.8999+02:00"))
    rows = await store.database.fetch(Call("SELECT expires_at, expires_at_ts FROM codes"))
    assert [tuple(row) for row in rows] == [("2026-03-04T03:06:07.899Z", 1_772_593_567_899)]
    assert made.expires_at.timestamp() == 1_772_593_567.899


async def test_a_naive_instant_is_refused(store: Adapters) -> None:
    await store.codes.create("acme", code())
    with pytest.raises(InvalidValueError) as caught:
        await store.codes.cleanup(SOON.replace(tzinfo=None))
    assert caught.value.table == "codes"
    assert await store.codes.get("acme", "c1", "otp") is not None
