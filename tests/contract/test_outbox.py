"""The outbox: leases, retries, dead letters and replays, on every engine."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import pytest

from authhero_sql import Adapters, ConflictError, InvalidQueryError, InvalidValueError, create_adapters
from authhero_sql.dialects import Call
from tests.contract.builders import SOON, outbox_event, tenant, user

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)


class ManualClock:
    """A clock that the test sets."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def hand() -> ManualClock:
    """Return the clock of the adapters."""
    return ManualClock()


@pytest.fixture
async def store(adapters: Adapters, hand: ManualClock) -> Adapters:
    """Return adapters with a tenant and the user Ada, and a clock that does not advance."""
    own = await create_adapters(adapters.database, clock=hand)
    await tenant(own)
    return own


async def put(store: Adapters, count: int) -> list[str]:
    """Create events and return their IDs."""
    return [await store.outbox.create("acme", outbox_event()) for _ in range(count)]


async def due(store: Adapters) -> set[str]:
    """Return the IDs of the events that are due."""
    return {event.id for event in await store.outbox.get_unprocessed(1000)}


async def test_an_event_is_what_was_put_in_for_the_tenant_of_the_call(store: Adapters) -> None:
    given = outbox_event(tenant_id="globex", target={"type": "user", "id": "auth0|ada", "after": {"näme": [1.5, None, "🔐"]}})
    id = await store.outbox.create("acme", given)
    (event,) = await store.outbox.get_by_ids([id, "missing"])
    assert (event.id, event.tenant_id, event.retry_count, event.created_at) == (id, "acme", 0, NOW)
    assert event.target.after == {"näme": [1.5, None, "🔐"]}
    assert (event.timestamp, event.processed_at, event.claimed_by) == (SOON, None, None)
    assert await store.outbox.get_by_ids([]) == []
    for wrong in ({}, {**given, "category": "other"}, {**given, "surprise": 1}, {**given, "hostname": "\ud800"}):
        with pytest.raises(InvalidValueError):
            await store.outbox.create("acme", wrong)
    assert await due(store) == {id}


async def test_an_event_keeps_the_id_that_it_has(store: Adapters) -> None:
    own = [outbox_event(id=f"evt-{number}") for number in range(4)]
    assert await store.outbox.create("acme", own[0]) == "evt-0"
    await store.users.create("acme", user("eve"), outbox_events=[own[1], outbox_event()])
    assert await store.users.update("acme", "auth0|eve", {"name": "Eve"}, outbox_events=[own[2]])
    assert await store.users.remove("acme", "auth0|eve", outbox_events=[own[3]])
    found = await store.outbox.get_by_ids([event["id"] for event in own])
    assert [event.id for event in found] == ["evt-0", "evt-1", "evt-2", "evt-3"]
    assert len(await due(store) - {"evt-0", "evt-1", "evt-2", "evt-3"}) == 1, "one has a generated ID"
    with pytest.raises(ConflictError):
        await store.outbox.create("acme", own[0])
    with pytest.raises(ConflictError):
        await store.users.create("acme", user("frank"), outbox_events=[own[1]])
    assert await store.users.get("acme", "auth0|frank") is None
    with pytest.raises(InvalidValueError):
        await store.outbox.create("acme", outbox_event(id="x" * 256))
    assert len(await store.outbox.create("acme", outbox_event(id=None))) == 21


async def test_the_oldest_come_first_and_no_more_than_asked_for(store: Adapters, hand: ManualClock) -> None:
    ids = []
    for _ in range(4):
        hand.now += timedelta(seconds=1)
        ids += await put(store, 1)
    assert [event.id for event in await store.outbox.get_unprocessed(3)] == ids[:3]
    assert await store.outbox.get_unprocessed(0) == []
    for wrong in (-1, True, "3", None):
        with pytest.raises(InvalidQueryError):
            await store.outbox.get_unprocessed(wrong)  # type: ignore[arg-type]  # that is the point


async def test_a_claim_lasts_as_long_as_its_lease(store: Adapters, hand: ManualClock) -> None:
    one, two = await put(store, 2)
    assert await store.outbox.claim_events([one], "a", timedelta(milliseconds=60_000)) == [one]
    assert await store.outbox.claim_events([one, two], "b", timedelta(milliseconds=60_000)) == [two]
    assert await store.outbox.claim_events([one, two], "a", timedelta(milliseconds=60_000)) == [one], "the lease is still held"
    assert await due(store) == set()
    hand.now += timedelta(milliseconds=59_999)
    assert await due(store) == set()
    hand.now += timedelta(milliseconds=1)
    assert await due(store) == {one, two}
    assert set(await store.outbox.claim_events([one, two], "b", timedelta(milliseconds=1))) == {one, two}
    assert await store.outbox.claim_events([], "b", timedelta(milliseconds=1)) == []
    for lease in (0, True, 1.5, "60", 60_000, timedelta(0), timedelta(microseconds=999), timedelta(days=-1), timedelta.max):
        with pytest.raises(InvalidValueError):
            await store.outbox.claim_events([one], "b", lease)  # type: ignore[arg-type]  # that is the point
    with pytest.raises(InvalidValueError):
        await store.outbox.claim_events([one], "w" * 65, timedelta(milliseconds=1))


@pytest.mark.parametrize("skew", [timedelta(minutes=2), timedelta(minutes=-2)], ids=["ahead", "behind"])
async def test_a_lease_lasts_whatever_the_clock_of_another_worker_says(
    adapters: Adapters, monkeypatch: pytest.MonkeyPatch, skew: timedelta
) -> None:
    class Skewed(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Skewed:
            return cls.fromtimestamp((datetime.now(tz) + skew).timestamp(), tz)

    own = await create_adapters(adapters.database)
    await tenant(own)
    held, free = await put(own, 2)
    assert await own.outbox.claim_events([held], "a", timedelta(milliseconds=60_000)) == [held]
    monkeypatch.setattr("authhero_sql.clock.datetime", Skewed)
    assert await due(own) == {free}
    assert await own.outbox.claim_events([held, free], "b", timedelta(milliseconds=60_000)) == [free]
    monkeypatch.undo()
    assert await own.outbox.claim_events([held, free], "a", timedelta(milliseconds=60_000)) == [held], "neither lease has expired"


async def test_thirty_two_workers_get_each_event_once(store: Adapters) -> None:
    ids = await put(store, 40)

    async def claim(worker: int) -> list[str]:
        # The IDs overlap, in different orders and numbers.
        wanted = ids[worker % 7 :][:: -1 if worker % 2 else 1]
        return await store.outbox.claim_events(wanted, f"worker {worker}", timedelta(milliseconds=60_000))

    claimed = await asyncio.gather(*(claim(worker) for worker in range(32)))
    flat = [id for part in claimed for id in part]
    assert len(flat) == len(set(flat))
    assert set(flat) == set(ids)
    holders = {event.id: event.claimed_by for event in await store.outbox.get_by_ids(ids)}
    assert holders == {id: f"worker {worker}" for worker, part in enumerate(claimed) for id in part}


async def test_a_failure_is_counted_and_waited_for(store: Adapters, hand: ManualClock) -> None:
    (id,) = await put(store, 1)
    for tried in (1, 2):
        await store.outbox.claim_events([id], "a", timedelta(milliseconds=60_000))
        assert await store.outbox.mark_retry(id, "boom", hand.now + timedelta(seconds=5)) is True
        (event,) = await store.outbox.get_by_ids([id])
        assert (event.retry_count, event.error, event.claimed_by, event.claim_expires_at) == (tried, "boom", None, None)
        assert await due(store) == set()
        hand.now += timedelta(seconds=5)
        assert await due(store) == {id}
    assert await store.outbox.mark_retry("missing", "x", NOW) is False
    with pytest.raises(InvalidValueError):
        await store.outbox.mark_retry(id, "x", datetime(2026, 1, 1))  # noqa: DTZ001  # that is the point


async def test_a_late_worker_touches_nobody_elses_claim(store: Adapters, hand: ManualClock) -> None:
    ids = await put(store, 4)
    assert set(await store.outbox.claim_events(ids, "late", timedelta(milliseconds=1000))) == set(ids)
    hand.now += timedelta(seconds=1)
    assert set(await store.outbox.claim_events(ids[:3], "next", timedelta(milliseconds=60_000))) == set(ids[:3])
    before = await store.outbox.get_by_ids(ids)
    assert await store.outbox.mark_retry(ids[0], "boom", NOW, worker_id="late") is False
    assert await store.outbox.dead_letter(ids[1], "boom", worker_id="late") is False
    assert await store.outbox.mark_processed(ids[:3], worker_id="late") == 0
    assert await store.outbox.get_by_ids(ids) == before
    assert await store.outbox.mark_retry(ids[0], "boom", NOW, worker_id="next") is True
    assert await store.outbox.dead_letter(ids[1], "boom", worker_id="next") is True
    assert await store.outbox.mark_processed(ids, worker_id="next") == 1
    assert await store.outbox.mark_processed(ids, worker_id="late") == 1, "the event has not been claimed again"


async def test_failures_at_once_are_all_counted(store: Adapters) -> None:
    (id,) = await put(store, 1)
    assert all(await asyncio.gather(*(store.outbox.mark_retry(id, "x", NOW) for _ in range(32))))
    assert (await store.outbox.get_by_ids([id]))[0].retry_count == 32


async def test_what_was_delivered_is_done(store: Adapters) -> None:
    one, two, three = await put(store, 3)
    await store.outbox.claim_events([one], "a", timedelta(milliseconds=60_000))
    assert await store.outbox.mark_processed([one, two, "missing"]) == 2
    assert await store.outbox.mark_processed([one]) == 0
    assert await store.outbox.mark_processed([]) == 0
    assert await due(store) == {three}
    assert await store.outbox.mark_retry(one, "late", NOW) is False
    assert await store.outbox.dead_letter(one, "late") is False
    (event,) = await store.outbox.get_by_ids([one])
    assert (event.processed_at, event.claimed_by, event.error) == (NOW, None, None)


async def test_what_was_given_up_is_listed_and_can_be_replayed(store: Adapters, hand: ManualClock) -> None:
    ids = await put(store, 3)
    for id in ids:
        hand.now += timedelta(seconds=1)
        assert await store.outbox.dead_letter(id, f"gave up {id}") is True
    assert await due(store) == set()
    page = await store.outbox.list_failed("acme", include_totals=True, per_page=2)
    assert [event.id for event in page.items] == ids[:0:-1]
    assert (page.total, page.items[0].final_error) == (3, f"gave up {ids[2]}")
    assert (await store.outbox.list_failed("globex")).items == []
    assert await store.outbox.replay("globex", ids[0]) is False
    assert await store.outbox.replay("acme", ids[0]) is True
    assert await store.outbox.replay("acme", ids[0]) is False
    (event,) = await store.outbox.get_by_ids([ids[0]])
    assert (event.retry_count, event.processed_at, event.dead_lettered_at, event.final_error, event.error) == (0, None, None, None, None)
    assert await due(store) == {ids[0]}


async def test_a_payload_that_cannot_be_read_does_not_end_the_list(store: Adapters, caplog: pytest.LogCaptureFixture) -> None:
    ids = await put(store, 5)
    for id in ids:
        await store.outbox.dead_letter(id, "x")
    for id, payload in zip(ids, ("{", "[]", '{"secret": "s3cret"}'), strict=False):
        await store.database.execute(Call(f"UPDATE outbox_events SET payload = '{payload}' WHERE id = '{id}'"))
    with caplog.at_level(logging.ERROR, "authhero_sql.outbox"):
        page = await store.outbox.list_failed("acme", include_totals=True)
    assert {event.id for event in page.items} == set(ids[3:])
    assert page.total == 5
    assert all(id in caplog.text for id in ids[:3])
    assert "s3cret" not in caplog.text
    assert {event.id for event in await store.outbox.get_by_ids(ids)} == set(ids[3:])


async def test_clean_up_takes_what_is_done_and_old(store: Adapters, hand: ManualClock) -> None:
    old, dead, new, waiting = await put(store, 4)
    await store.outbox.mark_processed([old])
    await store.outbox.dead_letter(dead, "x")
    hand.now += timedelta(days=1)
    await store.outbox.mark_processed([new])
    assert await store.outbox.cleanup(hand.now, dry_run=True) == 2
    assert await store.outbox.cleanup(hand.now) == 2
    assert {event.id for event in await store.outbox.get_by_ids([old, dead, new, waiting])} == {new, waiting}


async def _removed_and_then_refused(store: Adapters, events: list[dict[str, Any]]) -> None:
    async with store.batch() as tx:
        await tx.users.remove("acme", "auth0|eve", outbox_events=events)
        await tx.tenants.create({"id": "acme", "friendly_name": "again"})


async def test_events_of_users_come_and_go_with_the_change(store: Adapters) -> None:
    events: list[dict[str, Any]] = [outbox_event(event_type="one"), outbox_event(event_type="two")]
    await store.users.create("acme", user("eve"), outbox_events=events)
    assert {event.event_type for event in await store.outbox.get_unprocessed(10)} == {"one", "two"}
    with pytest.raises(InvalidValueError):
        await store.users.update("acme", "auth0|eve", {"name": "x"}, outbox_events=[outbox_event(category="none")])
    assert await store.users.update("acme", "auth0|missing", {"name": "x"}, outbox_events=events) is False
    assert len(await due(store)) == 2
    eve = await store.users.get("acme", "auth0|eve")
    assert eve is not None
    assert eve.name is None
    with pytest.raises(ConflictError):
        await _removed_and_then_refused(store, events)
    assert len(await due(store)) == 2
    assert await store.users.remove("acme", "auth0|eve", outbox_events=events) is True
    assert len(await due(store)) == 4
