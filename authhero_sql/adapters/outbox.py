"""The outbox: events that are written with what they tell of, and delivered afterwards."""

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
from ..listing import MAX_LIMIT, ListRules, Totals, Window, count
from ..models.audit import AuditEventInsert, OutboxEvent
from ..models.base import Instant, Page
from ..rows import Unchecked, in_order, invalid, mapping
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
"""At level ERROR: events whose payload cannot be read, by id."""


class StoredEvent(BaseModel):
    """A row of the outbox: the event as it was given, and how far its delivery has come."""

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
    """Outbox events: claimed by one worker at a time, delivered at least once, tried again, given up, replayed.

    The methods of a worker take no tenant: they work on the events of all. What is due, and whose lease has run out, goes by
    the database's clock, because those of the workers differ; by the clock that ``create_adapters`` was given, if it was.
    """

    attribute = "outbox"
    table = OUTBOX_EVENTS
    model = StoredEvent
    rules: ClassVar[ListRules] = ListRules(wire="events", checkpoint=None)

    async def create(self, tenant_id: str, event: AuditEventInsert | AuditEventCreate | Unchecked) -> str:
        """Put an event into the outbox, for this tenant whatever the event says.

        Returns:
            The event's id: its own, or a nanoid where it has none.

        Raises:
            ConflictError: an event of this id exists.
            InvalidValueError: it is no event, or a value cannot be stored.
        """
        values = self._row(tenant_id, event)
        await self._run.write(self._sql.insert(values))
        id: str = values["id"]
        return id

    def _row(self, tenant_id: str, event: AuditEventInsert | AuditEventCreate | Unchecked) -> dict[str, Any]:
        """The stored values of a new event."""
        table = self.table
        try:
            given = AuditEventInsert.model_validate({**mapping(table, event), "tenant_id": tenant_id})
        except ValidationError as error:
            raise invalid(table, error, AuditEventInsert) from None
        id = given.id or self.context.ids.nanoid()
        payload = in_order(given.model_dump(mode="json", by_alias=True, exclude_unset=True), event)
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
        return self._encoded(stored)

    async def get_by_ids(self, ids: Sequence[str]) -> builtins.list[OutboxEvent]:
        """The events with these ids, oldest first; those that do not exist are left out."""
        if not ids:
            return []
        return self._events(await self._run.fetch(self._sql.select(self._reader, {OUTBOX_EVENT.id: one_of(_listed(ids))}, OLDEST_FIRST)))

    async def get_unprocessed(self, limit: int) -> builtins.list[OutboxEvent]:
        """The events that are to be delivered now, oldest first: due, and claimed by nobody or by one whose lease has run out.

        Raises:
            InvalidQueryError: the limit is no whole number or below 0.
        """
        now = await self._now()
        where = {
            OUTBOX_EVENT.processed_at: NULL,
            OUTBOX_EVENT.next_retry_at: null_or(lte(now)),
            OUTBOX_EVENT.claim_expires_at: null_or(lte(now)),
        }
        most = min(count("limit", limit), MAX_LIMIT)
        return self._events(await self._run.fetch(self._sql.select(self._reader, where, OLDEST_FIRST, limit=most)))

    async def claim_events(self, ids: Sequence[str], worker_id: str, lease: timedelta) -> builtins.list[str]:
        """Claim events, to be delivered by nobody else until the lease has run out.

        Args:
            ids: the events.
            worker_id: who claims; at most 64 characters.
            lease: for how long; a millisecond or more.

        Returns:
            The ids that this worker holds now, oldest first: of workers at once exactly one gets each.

        Raises:
            InvalidValueError: the worker's name cannot be stored, or the lease is no such time.
        """
        if not ids:
            return []
        self._run.refuse_batch()
        listed, now = _listed(ids), await self._now()
        claim = {OUTBOX_EVENT.claimed_by: worker_id, OUTBOX_EVENT.claim_expires_at: _lease_end(now, lease)}
        free = {OUTBOX_EVENT.id: one_of(listed), OUTBOX_EVENT.processed_at: NULL, OUTBOX_EVENT.claim_expires_at: null_or(lte(now))}
        await self._run.affected(self._sql.update(free, self._encoded(claim)))
        held = {
            OUTBOX_EVENT.id: one_of(listed),
            OUTBOX_EVENT.claimed_by: worker_id,
            OUTBOX_EVENT.claim_expires_at: gt(now),
            OUTBOX_EVENT.processed_at: NULL,
        }
        return [row[0] for row in await self._run.fetch(self._sql.select(self._raw_columns(OUTBOX_EVENT.id), held, OLDEST_FIRST))]

    async def mark_processed(self, ids: Sequence[str], *, worker_id: str | None = None) -> int:
        """Mark events as delivered now; how many were not yet.

        Args:
            ids: the events.
            worker_id: only those that this worker still holds.
        """
        if not ids:
            return 0
        values = {**UNCLAIMED, **self._encoded({OUTBOX_EVENT.processed_at: self.context.now()})}
        return await self._run.affected(self._sql.update({OUTBOX_EVENT.id: one_of(_listed(ids)), **_open(worker_id)}, values))

    async def mark_retry(self, id: str, error: str, next_retry_at: datetime, *, worker_id: str | None = None) -> bool:
        """Count a failed delivery, and release the claim until the event is due again.

        Args:
            id: the event.
            error: what went wrong.
            next_retry_at: when to try again.
            worker_id: only if this worker still holds the event: a late one then releases nobody else's claim.

        Returns:
            Whether there is such an event, not yet delivered, and held by the worker.

        Raises:
            InvalidValueError: the instant is naive, or the error cannot be stored.
        """
        values = {
            **UNCLAIMED,
            **self._encoded({OUTBOX_EVENT.error: error, OUTBOX_EVENT.next_retry_at: next_retry_at}),
            "retry_count": Increment(1),
        }
        return await self._run.matched(self._sql.update({OUTBOX_EVENT.id: id, **_open(worker_id)}, values))

    async def dead_letter(self, id: str, error: str, *, worker_id: str | None = None) -> bool:
        """Give an event up: it is not delivered any more, and stands in :meth:`list_failed`.

        Args:
            id: the event.
            error: what went wrong.
            worker_id: only if this worker still holds the event.

        Returns:
            Whether there is such an event, not yet delivered, and held by the worker.

        Raises:
            InvalidValueError: the error cannot be stored.
        """
        now = self.context.now()
        final = {OUTBOX_EVENT.processed_at: now, OUTBOX_EVENT.dead_lettered_at: now, OUTBOX_EVENT.final_error: error}
        values = {**UNCLAIMED, **self._encoded(final)}
        return await self._run.matched(self._sql.update({OUTBOX_EVENT.id: id, **_open(worker_id)}, values))

    async def list_failed(self, tenant_id: str, *, page: int = 0, per_page: int = 50, include_totals: Totals = False) -> Page[OutboxEvent]:
        """One page of the tenant's events that were given up, the last one first.

        An event whose payload cannot be read is left out of its page, and logged.

        Args:
            tenant_id: the tenant.
            page: the page's number, from 0. The database reads all rows before it, 1,000,000 at the most.
            per_page: events on a page, at most 1,000.
            include_totals: count all of them. ``True`` reads them all, which takes the longer the more there are;
                ``"estimate"`` counts to 10,000 and, where there are more, says so by ``total_is_estimate``.

        Raises:
            InvalidQueryError: the page is not valid.
        """
        where = {OUTBOX_EVENT.tenant_id: tenant_id, OUTBOX_EVENT.dead_lettered_at: NOT_NULL}
        window = Window.of(page, per_page)
        rows, total = await self._lists.rows(where, (OUTBOX_EVENT.dead_lettered_at.desc, OUTBOX_EVENT.id.desc), window, include_totals)
        return self._lists.paged(self._events(rows), window, total)

    async def replay(self, tenant_id: str, id: str) -> bool:
        """Deliver an event again that was given up, as if it were new; whether there was one."""
        values = {
            **UNCLAIMED,
            **dict.fromkeys(("processed_at", "dead_lettered_at", "final_error", "error", "next_retry_at")),
            "retry_count": 0,
        }
        return await self._run.matched(
            self._sql.update({OUTBOX_EVENT.id: id, OUTBOX_EVENT.tenant_id: tenant_id, OUTBOX_EVENT.dead_lettered_at: NOT_NULL}, values)
        )

    async def cleanup(self, older_than: datetime, *, dry_run: bool = False) -> int:
        """Remove the events of all tenants that were delivered, or given up, before an instant, in bounded batches; how many.

        Args:
            older_than: the instant.
            dry_run: count them, and remove none.

        Raises:
            InvalidValueError: the instant is naive.
        """
        return await self._sweeps.sweep({}, OUTBOX_EVENT.processed_at, older_than, dry_run=dry_run)

    async def _now(self) -> datetime:
        """The present on which all workers agree."""
        if self.context.clock is not system_clock:
            return self.context.now()
        return await self._database_now()

    def _encoded(self, values: Mapping[Column, Any]) -> dict[str, Any]:
        return {column.name: self.table.encode(column, value) for column, value in values.items()}

    def _events(self, rows: Iterable[Row]) -> builtins.list[OutboxEvent]:
        """The events of rows, without those that cannot be read."""
        events = []
        for row in rows:
            try:
                stored = self._reader.read(row)
                events.append(OutboxEvent.model_validate({**stored.payload, **dict(stored, payload=None)}))
            except (CorruptRowError, ValidationError):
                id = next(value for column, value in zip(self._reader.columns, row, strict=True) if column is OUTBOX_EVENT.id)
                logger.error("the payload of outbox event %s cannot be read: it is left out", id)  # noqa: TRY400  # the reason may repeat the payload
        return events


def _open(worker_id: str | None) -> Where:
    """The conditions for an event that is still to be delivered, by this worker if there is one."""
    return {OUTBOX_EVENT.processed_at: NULL, **({} if worker_id is None else {OUTBOX_EVENT.claimed_by: worker_id})}


def _listed(ids: Any) -> builtins.list[str]:
    if isinstance(ids, str | bytes) or not isinstance(ids, Iterable):
        raise InvalidValueError(OUTBOX_EVENTS.name, "ids", "must be a list of ids")
    return list(ids)


def _lease_end(now: datetime, lease: Any) -> datetime:
    if not isinstance(lease, timedelta) or lease < timedelta(milliseconds=1):
        raise InvalidValueError(OUTBOX_EVENTS.name, "lease", "must be a timedelta of a millisecond or more")
    try:
        return now + lease
    except OverflowError:
        raise InvalidValueError(OUTBOX_EVENTS.name, "lease", "is too long") from None
