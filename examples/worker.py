"""A worker that relays the events of the outbox to a webhook, at least once. Any number of workers may run.

    AUTHHERO_EXAMPLE_HOOK=https://mailer.example/hook AUTHHERO_EXAMPLE_HOOK_SECRET=a-long-random-secret python examples/worker.py

A worker claims the events that are due and delivers them. It then marks each event as delivered, as due for a retry, or as a dead letter.
If a worker crashes, its leases expire after a minute, and other workers deliver its events. A receiver may therefore see an event twice or
out of order, and must remember the IDs. SIGTERM stops the worker after the deliveries in progress.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import os
import random
import secrets
import signal
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).parent.parent))

from authhero_sql import Adapters, DatabaseUnavailableError, connect, create_adapters
from authhero_sql.clock import Clock, system_clock
from authhero_sql.models import OutboxEvent

BATCH = 20
DELIVERY_TIMEOUT = 10
LEASE = timedelta(minutes=1)
"""The lease of a claim, which must be longer than a delivery can take."""
ATTEMPTS = 8
IDLE = 1.0
"""The wait in seconds after the outbox was empty or the database was unavailable."""
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=1), timedelta(hours=1)
RETRYABLE_STATUSES = {408, 425, 429}
"""The client errors that a retry may resolve."""

logger = logging.getLogger("examples.worker")


class RefusedError(Exception):
    """The receiver will never accept the event."""


class Relay:
    """A relay that delivers the events of an outbox.

    Args:
        adapters: The adapters of the database with the outbox.
        send: A function that delivers an event. If it raises an exception, the delivery is retried, unless it is a :class:`RefusedError`.
        clock: A function that returns the current time.
    """

    def __init__(self, adapters: Adapters, send: Callable[[OutboxEvent], Awaitable[None]], clock: Clock = system_clock) -> None:
        self._outbox = adapters.outbox
        self._send = send
        self._clock = clock
        # The random part distinguishes workers in containers, which often have the same process ID.
        self._worker = f"worker-{os.getpid()}-{secrets.token_hex(8)}"

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver events until ``stop`` is set, and finish the deliveries in progress."""
        while not stop.is_set():
            try:
                busy = await self.once()
            except DatabaseUnavailableError as error:
                logger.warning("database unavailable: %s", error)
                busy = False
            if not busy:
                await _wait_for(stop, IDLE)

    async def once(self) -> bool:
        """Deliver the events that are due, and return whether there were any."""
        due = await self._outbox.get_unprocessed(BATCH)
        claimed_ids = set(await self._outbox.claim_events([event.id for event in due], self._worker, LEASE))
        claimed = [event for event in due if event.id in claimed_ids]
        outcomes = await asyncio.gather(*(self._deliver(event) for event in claimed))
        done = [event.id for event, delivered in zip(claimed, outcomes, strict=True) if delivered]
        await self._outbox.mark_processed(done, worker_id=self._worker)
        return bool(claimed)

    async def _deliver(self, event: OutboxEvent) -> bool:
        try:
            async with asyncio.timeout(DELIVERY_TIMEOUT):
                await self._send(event)
        except Exception as error:  # one failure must not stop the other deliveries
            # The message of the error may contain the payload or a URL with a token, so only its class is stored.
            await self._record_failure(event, type(error).__name__, final=isinstance(error, RefusedError))
            return False
        return True

    async def _record_failure(self, event: OutboxEvent, reason: str, *, final: bool) -> None:
        if final or event.retry_count + 1 >= ATTEMPTS:
            logger.error("event %s is now a dead letter: %s", event.id, reason)
            await self._outbox.dead_letter(event.id, reason, worker_id=self._worker)
        else:
            logger.warning("event %s will be retried: %s", event.id, reason)
            await self._outbox.mark_retry(event.id, reason, self._clock() + backoff(event.retry_count), worker_id=self._worker)


def backoff(retries: int) -> timedelta:
    """Return the wait before a retry. It doubles each time, with jitter, so that a recovering receiver is not overloaded."""
    longest = min(FIRST_WAIT * 2**retries, LONGEST_WAIT)
    return timedelta(seconds=random.uniform(0.5, 1) * longest.total_seconds())


async def _wait_for(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return


def to_hook(client: httpx.AsyncClient, url: str, secret: str) -> Callable[[OutboxEvent], Awaitable[None]]:
    """Return a function that posts signed events to a webhook, without the fields that may contain personal data."""

    async def send(event: OutboxEvent) -> None:
        target = {"type": event.target.type, "id": event.target.id}
        payload = {"id": event.id, "tenant_id": event.tenant_id, "event_type": event.event_type, "target": target}
        body = json.dumps(payload).encode()
        signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"content-type": "application/json", "idempotency-key": event.id, "x-signature-256": f"sha256={signature}"}
        response = await client.post(url, content=body, headers=headers)
        if response.is_client_error and response.status_code not in RETRYABLE_STATUSES:
            raise RefusedError
        response.raise_for_status()

    return send


async def main() -> None:
    """Relay events until the process receives SIGINT or SIGTERM."""
    url = os.environ.get("AUTHHERO_SQL_URL", "sqlite:///auth.db")
    hook, secret = os.environ["AUTHHERO_EXAMPLE_HOOK"], os.environ["AUTHHERO_EXAMPLE_HOOK_SECRET"]
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with connect(url) as db, httpx.AsyncClient() as client:
        logger.info("relaying")
        await Relay(await create_adapters(db), to_hook(client, hook, secret)).run(stop)
    logger.info("stopped")


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    # httpx logs every URL, and the webhook's URL may contain a token.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    asyncio.run(main())
