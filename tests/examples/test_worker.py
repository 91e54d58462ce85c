"""The outbox worker and the outcome of each event, in this process and as a separate process."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import random
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from authhero_sql import Adapters, connect, create_adapters
from authhero_sql.models import OutboxEvent
from examples import worker
from examples.worker import ATTEMPTS, BATCH, LEASE, RefusedError, Relay, backoff
from tests.conftest import TickingClock
from tests.contract.builders import outbox_event, tenant

ROOT = Path(__file__).parents[2]
SECRET = "the hook's secret"


class Hook:
    """A webhook that accepts or rejects events."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.failing: dict[str, Exception] = {}

    async def __call__(self, event: OutboxEvent) -> None:
        """Receive an event."""
        self.seen.append(event.id)
        if event.id in self.failing:
            raise self.failing[event.id]


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with a tenant and three events."""
    await tenant(adapters)
    for number in range(3):
        await adapters.outbox.create("acme", outbox_event(id=f"e{number}"))
    return adapters


async def read_event(store: Adapters, id: str) -> OutboxEvent:
    """Return an event with its current state."""
    (event,) = await store.outbox.get_by_ids([id])
    return event


async def test_what_is_due_is_delivered_once(store: Adapters, clock: TickingClock) -> None:
    hook = Hook()
    relay = Relay(store, hook, clock)
    assert await relay.once() is True
    assert await relay.once() is False
    assert sorted(hook.seen) == ["e0", "e1", "e2"]
    assert await store.outbox.get_unprocessed(10) == []


async def test_two_workers_share_the_events(store: Adapters, clock: TickingClock) -> None:
    hook = Hook()
    for number in range(2 * BATCH):
        await store.outbox.create("acme", outbox_event(id=f"more{number}"))
    relays = [Relay(store, hook, clock) for _ in range(2)]
    while any(await asyncio.gather(*(relay.once() for relay in relays))):
        pass
    assert len(hook.seen) == len(set(hook.seen)) == 2 * BATCH + 3


async def test_what_fails_is_tried_again_later_and_holds_nobody_up(store: Adapters, clock: TickingClock) -> None:
    hook = Hook()
    hook.failing = {"e1": ConnectionError("https://hook.example/?token=s3cret")}
    relay = Relay(store, hook, clock)
    await relay.once()
    failed = await read_event(store, "e1")
    assert (failed.retry_count, failed.error, failed.claimed_by, failed.processed_at) == (1, "ConnectionError", None, None)
    assert {id for id in ("e0", "e2") if (await read_event(store, id)).processed_at} == {"e0", "e2"}
    hook.failing = {}
    assert await relay.once() is False
    clock.now += timedelta(seconds=2)
    assert await relay.once() is True
    assert (await read_event(store, "e1")).processed_at is not None


async def test_what_fails_again_and_again_is_given_up_and_can_be_replayed(store: Adapters, clock: TickingClock) -> None:
    hook = Hook()
    hook.failing = {"e1": ConnectionError()}
    relay = Relay(store, hook, clock)
    for _ in range(ATTEMPTS):
        assert await relay.once() is True
        clock.now += timedelta(hours=1)
    assert await relay.once() is False
    assert hook.seen.count("e1") == ATTEMPTS
    page = await store.outbox.list_failed("acme")
    assert [(event.id, event.final_error) for event in page.items] == [("e1", "ConnectionError")]
    hook.failing = {}
    assert await store.outbox.replay("acme", "e1")
    assert await relay.once() is True
    assert (await read_event(store, "e1")).dead_lettered_at is None


async def test_what_is_refused_for_good_is_given_up_at_once(store: Adapters, clock: TickingClock) -> None:
    hook = Hook()
    hook.failing = {"e1": RefusedError()}
    await Relay(store, hook, clock).once()
    assert (await read_event(store, "e1")).final_error == "RefusedError"


async def test_a_worker_that_is_late_says_nothing_of_what_another_has_claimed(store: Adapters, clock: TickingClock) -> None:
    second = Hook()

    async def slow(event: OutboxEvent) -> None:
        if event.id == "e0":
            clock.now += LEASE
            await Relay(store, second, clock).once()
            raise ConnectionError

    await Relay(store, slow, clock).once()
    assert "e0" in second.seen
    event = await read_event(store, "e0")
    assert (event.retry_count, event.processed_at is None) == (0, False)


def test_the_wait_doubles_to_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "uniform", lambda _, most: most)
    assert [backoff(retries) for retries in range(4)] == [timedelta(seconds=seconds) for seconds in (1, 2, 4, 8)]
    assert backoff(30) == timedelta(hours=1)
    assert timedelta(seconds=worker.DELIVERY_TIMEOUT) < LEASE


# --- as a separate process -----------------------------------------------------------------------------------------------------------


class Receiver:
    """A webhook on a free port. Its first response is an error."""

    def __init__(self) -> None:
        self.requests: asyncio.Queue[tuple[dict[str, str], bytes]] = asyncio.Queue()
        self.answers = ["503 Service Unavailable", "204 No Content", "410 Gone"]
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Handle one request."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:-2]
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head)}
        body = await reader.readexactly(int(headers["content-length"]))
        writer.write(f"HTTP/1.1 {self.answers.pop(0)}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()
        await self.requests.put((headers, body))


@asynccontextmanager
async def start_receiver() -> AsyncIterator[Receiver]:
    """Start a webhook."""
    receiver = Receiver()
    async with await asyncio.start_server(receiver.serve, "127.0.0.1", 0) as server:
        receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook?token=s3cret"
        yield receiver


@asynccontextmanager
async def start_worker(url: str, hook: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Start the worker."""
    environment = {
        **os.environ, "AUTHHERO_SQL_URL": url, "AUTHHERO_EXAMPLE_HOOK": hook, "AUTHHERO_EXAMPLE_HOOK_SECRET": SECRET,
        "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error",
    }  # fmt: skip
    command = (sys.executable, str(ROOT / "examples" / "worker.py"))
    process = await asyncio.create_subprocess_exec(*command, env=environment, stderr=asyncio.subprocess.PIPE)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.mark.engines("sqlite", "postgresql")
async def test_a_worker_delivers_until_it_is_stopped(migrated_url: str) -> None:
    async with connect(migrated_url) as db, start_receiver() as receiver, asyncio.timeout(60):
        store = await create_adapters(db)
        await tenant(store)
        await store.outbox.create(
            "acme", outbox_event(id="e1", target={"type": "user", "id": "auth0|ada", "after": {"password": "s3cret"}})
        )
        async with start_worker(migrated_url, receiver.url) as process:
            first = await receiver.requests.get()
            assert await receiver.requests.get() == first
            headers, body = first
            assert json.loads(body) == {
                "id": "e1", "tenant_id": "acme", "event_type": "user.updated", "target": {"type": "user", "id": "auth0|ada"},
            }  # fmt: skip
            assert headers["idempotency-key"] == "e1"
            assert headers["x-signature-256"] == "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
            await store.outbox.create("acme", outbox_event(id="e2"))
            assert json.loads((await receiver.requests.get())[1])["id"] == "e2"
            process.send_signal(signal.SIGTERM)
            said = (await process.communicate())[1].decode()
        assert process.returncode == 0, said
        assert "stopped" in said
        assert "s3cret" not in said
        done = {event.id: (event.retry_count, event.final_error) for event in await store.outbox.get_by_ids(["e1", "e2"])}
        assert done == {"e1": (1, None), "e2": (0, "RefusedError")}
