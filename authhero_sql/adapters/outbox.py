"""The transactional outbox: events that are stored together with the change they describe, and delivered later."""

from __future__ import annotations

import builtins
import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict, ValidationError

from ..clock import system_clock
from ..crud.adapter import Adapter
from ..dialects.interface import Row
from ..errors import CorruptRowError, InvalidValueError
from ..models.audit import AuditEventInsert, OutboxEvent
from ..models.base import Instant, Page
from ..pagination import MAX_LIMIT, ListRules, Totals, Window, parse_count
from ..row_mapping import Unchecked, explicit_fields, invalid_value_error, reorder_keys
from ..schema import Column, Order
from ..statements.conditions import NOT_NULL, NULL, Where, gt, lte, null_or, one_of
from ..statements.table import Increment
from ..tables import OUTBOX_EVENTS

if TYPE_CHECKING:
    from ..types import AuditEventCreate

OUTBOX_EVENT = OUTBOX_EVENTS.c

OLDEST_FIRST = (Order("created_at"), Order("id"))
UNCLAIMED: Mapping[str, Any] = {"claimed_by": None, "claim_expires_at": None}

logger: logging.Logger = logging.getLogger("authhero_sql.outbox")
"""Logs the IDs of events whose payload cannot be read, at level ERROR."""


class StoredEvent(BaseModel):
    """A row of the outbox: the payload of the event, and the state of its delivery."""

    model_config: ClassVar[ConfigDict] = ConfigDict(defer_build=True)

    id: str
    payload: dict[str, Any]
    created_at: Instant
    processed_at: Instant | None = None
    retry_count: int = 0
    next_retry_at: Instant | None = None
    error: str | None = None
    claimed_by: str | None = None
    claim_expires_at: Instant | None = None
    dead_lettered_at: Instant | None = None
    final_error: str | None = None


class Outbox(Adapter[StoredEvent]):
    """The transactional outbox: events that are stored together with the change they describe, and delivered later.

    Failed deliveries are retried. Events that cannot be delivered become dead letters, which can be replayed.

    The methods for workers take no tenant: they apply to the events of all tenants. Due times and leases are compared
    with the clock of the database, because the clocks of the workers differ. If ``create_adapters`` was called with a
    ``clock``, that clock is used instead.
    """

    attribute = "outbox"
    table = OUTBOX_EVENTS
    model = StoredEvent
    rules: ClassVar[ListRules] = ListRules(wire="events", checkpoint=None)

    async def create(self, tenant_id: str, event: AuditEventInsert | AuditEventCreate | Unchecked) -> str:
        """Add an event to the outbox.

        Args:
            tenant_id: The tenant's ID. It replaces a ``tenant_id`` of the event.
            event: The event, as a model or a mapping of its fields.

        Returns:
            The ID of the event, which is generated if the event has none.

        Raises:
            ConflictError: The ID is taken.
            InvalidValueError: The event is invalid, or a value cannot be stored.
        """
        values = self._row(tenant_id, event)
        await self._run.write(self._sql.insert(values))
        id: str = values["id"]
        return id

    def _row(self, tenant_id: str, event: AuditEventInsert | AuditEventCreate | Unchecked) -> dict[str, Any]:
        """Return the stored values of a new event."""
        table = self.table
        try:
            given = AuditEventInsert.model_validate({**explicit_fields(table, event), "tenant_id": tenant_id})
        except ValidationError as error:
            raise invalid_value_error(table, error, AuditEventInsert) from None
        id = given.id or self.context.ids.nanoid()
        payload = reorder_keys(given.model_dump(mode="json", by_alias=True, exclude_unset=True), event)
        stored: dict[Column, Any] = {
            OUTBOX_EVENT.id: id,
            OUTBOX_EVENT.tenant_id: tenant_id,
            OUTBOX_EVENT.event_type: given.event_type,
            OUTBOX_EVENT.log_type: given.log_type,
            OUTBOX_EVENT.aggregate_type: given.target.type,
            OUTBOX_EVENT.aggregate_id: given.target.id,
            OUTBOX_EVENT.payload: {**payload, "id": id},
            OUTBOX_EVENT.created_at: self.context.now(),
        }
        return self._encode(stored)

    async def get_by_ids(self, ids: Sequence[str]) -> builtins.list[OutboxEvent]:
        """Return the events with these IDs, oldest first.

        IDs that do not exist are ignored. Events whose payload cannot be read are left out and logged.

        Raises:
            InvalidValueError: ``ids`` is not a list.
        """
        if not ids:
            return []
        return self._read_events(
            await self._run.fetch(self._sql.select(self._reader, {OUTBOX_EVENT.id: one_of(_as_list(ids))}, OLDEST_FIRST))
        )

    async def get_unprocessed(self, limit: int) -> builtins.list[OutboxEvent]:
        """Return the events to deliver now, oldest first.

        These are the undelivered events that are due, and that are not claimed or whose lease has expired. Events whose
        payload cannot be read are left out and logged.

        Args:
            limit: The maximum number of events.

        Raises:
            InvalidQueryError: ``limit`` is negative or not an integer.
        """
        now = await self._now()
        where = {
            OUTBOX_EVENT.processed_at: NULL,
            OUTBOX_EVENT.next_retry_at: null_or(lte(now)),
            OUTBOX_EVENT.claim_expires_at: null_or(lte(now)),
        }
        most = min(parse_count("limit", limit), MAX_LIMIT)
        return self._read_events(await self._run.fetch(self._sql.select(self._reader, where, OLDEST_FIRST, limit=most)))

    async def claim_events(self, ids: Sequence[str], worker_id: str, lease: timedelta) -> builtins.list[str]:
        """Claim events, so that no other worker claims them until the lease expires.

        Of several workers that claim an event concurrently, exactly one gets it. Events that this worker has already
        claimed are included in the result, but their lease is not extended.

        Args:
            ids: The IDs of the events.
            worker_id: The name of the worker, at most 64 characters.
            lease: The duration of the lease, at least one millisecond.

        Returns:
            The IDs of the events that this worker holds now, oldest first.

        Raises:
            InvalidValueError: ``worker_id`` cannot be stored, or ``lease`` is not a valid duration.
            UnsupportedError: The method is called in a batch.
        """
        if not ids:
            return []
        self._run.reject_batch()
        listed, now = _as_list(ids), await self._now()
        claim = {OUTBOX_EVENT.claimed_by: worker_id, OUTBOX_EVENT.claim_expires_at: _lease_end(now, lease)}
        free = {OUTBOX_EVENT.id: one_of(listed), OUTBOX_EVENT.processed_at: NULL, OUTBOX_EVENT.claim_expires_at: null_or(lte(now))}
        await self._run.affected(self._sql.update(free, self._encode(claim)))
        held = {
            OUTBOX_EVENT.id: one_of(listed),
            OUTBOX_EVENT.claimed_by: worker_id,
            OUTBOX_EVENT.claim_expires_at: gt(now),
            OUTBOX_EVENT.processed_at: NULL,
        }
        return [row[0] for row in await self._run.fetch(self._sql.select(self._raw_columns(OUTBOX_EVENT.id), held, OLDEST_FIRST))]

    async def mark_processed(self, ids: Sequence[str], *, worker_id: str | None = None) -> int:
        """Mark events as delivered now.

        Args:
            ids: The IDs of the events.
            worker_id: Mark only events that this worker claimed last, even if its lease has expired.

        Returns:
            The number of events marked by this call.

        Raises:
            UnsupportedError: The method is called in a batch.
        """
        if not ids:
            return 0
        values = {**UNCLAIMED, **self._encode({OUTBOX_EVENT.processed_at: self.context.now()})}
        return await self._run.affected(self._sql.update({OUTBOX_EVENT.id: one_of(_as_list(ids)), **_undelivered(worker_id)}, values))

    async def mark_retry(self, id: str, error: str, next_retry_at: datetime, *, worker_id: str | None = None) -> bool:
        """Record a failed delivery, and release the claim.

        The event can be claimed again immediately, but :meth:`get_unprocessed` returns it only from ``next_retry_at`` on.

        Args:
            id: The ID of the event.
            error: The reason for the failure.
            next_retry_at: When to retry, as an aware datetime.
            worker_id: Change the event only if this worker claimed it last, even if its lease has expired. This protects the
                claim of another worker.

        Returns:
            Whether the event exists, was not delivered yet and, with ``worker_id``, was claimed last by this worker.

        Raises:
            InvalidValueError: ``next_retry_at`` is a naive datetime, or ``error`` cannot be stored.
        """
        values = {
            **UNCLAIMED,
            **self._encode({OUTBOX_EVENT.error: error, OUTBOX_EVENT.next_retry_at: next_retry_at}),
            "retry_count": Increment(1),
        }
        return await self._run.matched(self._sql.update({OUTBOX_EVENT.id: id, **_undelivered(worker_id)}, values))

    async def dead_letter(self, id: str, error: str, *, worker_id: str | None = None) -> bool:
        """Turn an event into a dead letter, which is not delivered any more.

        Dead letters are returned by :meth:`list_failed`.

        Args:
            id: The ID of the event.
            error: The reason for the failure.
            worker_id: Change the event only if this worker claimed it last, even if its lease has expired.

        Returns:
            Whether the event exists, was not delivered yet and, with ``worker_id``, was claimed last by this worker.

        Raises:
            InvalidValueError: ``error`` cannot be stored.
        """
        now = self.context.now()
        final = {OUTBOX_EVENT.processed_at: now, OUTBOX_EVENT.dead_lettered_at: now, OUTBOX_EVENT.final_error: error}
        values = {**UNCLAIMED, **self._encode(final)}
        return await self._run.matched(self._sql.update({OUTBOX_EVENT.id: id, **_undelivered(worker_id)}, values))

    async def list_failed(self, tenant_id: str, *, page: int = 0, per_page: int = 50, include_totals: Totals = False) -> Page[OutboxEvent]:
        """Return a page of the tenant's dead letters, latest first.

        Events whose payload cannot be read are left out of the page and logged.

        Args:
            tenant_id: The tenant's ID.
            page: The page number, starting at 0. The database reads all rows before the page, at most 1,000,000.
            per_page: The maximum number of rows on a page. Values above 1,000 are treated as 1,000.
            include_totals: Whether to count all matching rows. ``True`` reads every matching row, so its cost grows
                with their number. ``"estimate"`` stops counting at 10,000 and sets ``total_is_estimate`` on the page if
                there are more.

        Raises:
            InvalidQueryError: The page is invalid.
        """
        where = {OUTBOX_EVENT.tenant_id: tenant_id, OUTBOX_EVENT.dead_lettered_at: NOT_NULL}
        window = Window.of(page, per_page)
        rows, total = await self._lists.rows(where, (OUTBOX_EVENT.dead_lettered_at.desc, OUTBOX_EVENT.id.desc), window, include_totals)
        return self._lists.paged(self._read_events(rows), window, total)

    async def replay(self, tenant_id: str, id: str) -> bool:
        """Reset a dead letter, so that it is delivered again like a new event.

        Returns:
            Whether the tenant has a dead letter with this ID.
        """
        values = {
            **UNCLAIMED,
            **dict.fromkeys(("processed_at", "dead_lettered_at", "final_error", "error", "next_retry_at")),
            "retry_count": 0,
        }
        return await self._run.matched(
            self._sql.update({OUTBOX_EVENT.id: id, OUTBOX_EVENT.tenant_id: tenant_id, OUTBOX_EVENT.dead_lettered_at: NOT_NULL}, values)
        )

    async def cleanup(self, older_than: datetime, *, dry_run: bool = False) -> int:
        """Remove the events of all tenants that were delivered, or became dead letters, before the cutoff, in bounded batches.

        Args:
            older_than: The cutoff, as an aware datetime.
            dry_run: Count the events without removing them.

        Returns:
            The number of events removed, or counted by a dry run.

        Raises:
            InvalidValueError: ``older_than`` is a naive datetime.
            UnsupportedError: The method is called in a batch.
        """
        return await self._deleter.delete_before({}, OUTBOX_EVENT.processed_at, older_than, dry_run=dry_run)

    async def _now(self) -> datetime:
        """Return the current time by a clock that all workers agree on."""
        if self.context.clock is not system_clock:
            return self.context.now()
        return await self._database_now()

    def _encode(self, values: Mapping[Column, Any]) -> dict[str, Any]:
        return {column.name: self.table.encode(column, value) for column, value in values.items()}

    def _read_events(self, rows: Iterable[Row]) -> builtins.list[OutboxEvent]:
        """Return the events of these rows, except those that cannot be read."""
        events = []
        for row in rows:
            try:
                stored = self._reader.read(row)
                events.append(OutboxEvent.model_validate({**stored.payload, **dict(stored, payload=None)}))
            except (CorruptRowError, ValidationError):
                id = next(value for column, value in zip(self._reader.columns, row, strict=True) if column is OUTBOX_EVENT.id)
                logger.error("the payload of outbox event %s cannot be read: skipping the event", id)  # noqa: TRY400  # the traceback may contain the payload
        return events


def _undelivered(worker_id: str | None) -> Where:
    """Return the conditions for an event that is not delivered yet, and is claimed by this worker if one is given."""
    return {OUTBOX_EVENT.processed_at: NULL, **({} if worker_id is None else {OUTBOX_EVENT.claimed_by: worker_id})}


def _as_list(ids: Any) -> builtins.list[str]:
    if isinstance(ids, str | bytes) or not isinstance(ids, Iterable):
        raise InvalidValueError(OUTBOX_EVENTS.name, "ids", "must be a list of IDs")
    return list(ids)


def _lease_end(now: datetime, lease: Any) -> datetime:
    if not isinstance(lease, timedelta) or lease < timedelta(milliseconds=1):
        raise InvalidValueError(OUTBOX_EVENTS.name, "lease", "must be a timedelta of at least one millisecond")
    try:
        return now + lease
    except OverflowError:
        raise InvalidValueError(OUTBOX_EVENTS.name, "lease", "is too long") from None
