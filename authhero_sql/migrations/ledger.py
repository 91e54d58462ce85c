"""What has been applied, and who is applying: two tables beside the schema."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

import anyio
from pydantic import BaseModel

from ..codecs import EPOCH_MS, INSTANT, INT, TEXT
from ..dialects.interface import Call, Order
from ..errors import (
    AuthHeroSQLError,
    ConflictError,
    DuplicateObjectError,
    MigrationError,
    MissingTableError,
    TransactionConflictError,
)
from ..models.base import Instant
from ..repository import Repository
from ..schema import Column, Table


class Entry(BaseModel):
    """One migration in the ledger; ``applied_at`` is None while its steps are being done."""

    name: str
    checksum: str
    steps: int
    steps_started: int
    steps_done: int
    applied_at: Instant | None = None
    duration_ms: int | None = None


class Lease(BaseModel):
    """Who may migrate now, and until when unless renewed."""

    id: str
    owner: str | None = None
    expires_at: Instant | None = None


LEDGER: Table[Entry] = Table(
    "authhero_sql_migrations",
    key=("name",),
    columns=(
        Column("name", TEXT, 191, null=False),
        Column("checksum", TEXT, 64, null=False),
        Column("steps", INT, null=False),
        Column("steps_started", INT, null=False),
        Column("steps_done", INT, null=False),
        Column("applied_at", INSTANT, 35),
        Column("duration_ms", INT),
    ),
    model=Entry,
)
LEASES: Table[Lease] = Table(
    "authhero_sql_lock",
    key=("id",),
    columns=(
        Column("id", TEXT, 32, null=False),
        Column("owner", TEXT, 64),
        Column("expires_at_ts", EPOCH_MS, field="expires_at"),
    ),
    model=Lease,
)
LEASE = timedelta(seconds=60)
"""How long a lease lasts without a sign of life; after that its owner is taken for dead."""
HEARTBEAT = 10.0
"""Seconds between two signs of life."""
POLL = 0.1
"""Seconds between two looks at a lease that somebody else has."""


class Ledger(Repository[Entry]):
    """The migrations that have been applied or begun."""

    table = LEDGER
    model = Entry

    async def entries(self) -> dict[str, Entry] | None:
        """The entries by name; None where there is no ledger yet. One query."""
        try:
            return {entry.name: entry for entry in await self._all({}, (Order("name"),))}
        except MissingTableError:
            return None

    async def prepare(self) -> None:
        """Create the two tables where they are missing; several processes may do so at once."""
        # The ledger comes last: where it is, the other one is too, also after a run that was killed in between.
        for table in (LEASES, LEDGER):
            columns = [column.definition for column in table.columns]
            try:
                await self._write(Call(self.session.dialect.create_table(table.name, columns, table.key, ())))
            except (ConflictError, DuplicateObjectError):
                # Another process was faster; PostgreSQL says so by its catalogue's unique index.
                continue

    async def begin(self, entry: Entry) -> None:
        """Write a new entry."""
        await self._write(self._insert(self._writer.row(entry, {})))

    async def tell(self, calls: Sequence[Call]) -> None:
        """Tell the engine's own migration tool; see :meth:`Dialect.applied`."""
        for call in calls:
            await self._write(call)

    async def forget(self, name: str) -> None:
        """Take an entry out."""
        await self._write(self._delete({"name": name}))

    async def note(self, name: str, **fields: Any) -> None:
        """Write fields of an entry."""
        await self._write(self._change({"name": name}, self._writer.changes(self._writer.partial(fields))))


class Leases(Repository[Lease]):
    """One row that says who may migrate: unlike a session lock, it works behind a pooler and on a cluster."""

    table = LEASES
    model = Lease

    @asynccontextmanager
    async def held(self, owner: str, timeout: float) -> AsyncIterator[None]:
        """Hold the lease, renewed while the block runs.

        Raises:
            MigrationError: somebody else had it for ``timeout`` seconds.
        """
        deadline = anyio.current_time() + timeout
        try:
            while not await self._take(owner):
                if anyio.current_time() >= deadline:
                    raise MigrationError(f"another process has been migrating for {timeout:g} seconds: wait for it, then run again")
                await anyio.sleep(POLL)
            async with anyio.create_task_group() as group:
                group.start_soon(self._renewed, owner)
                yield
                group.cancel_scope.cancel()
        except BaseExceptionGroup as error:
            # The first one is why the others, if any, were cancelled.
            raise error.exceptions[0] from error.exceptions[0].__cause__
        finally:
            # Whoever is cancelled while taking it may have it already. Where this fails, the lease ends by itself.
            with anyio.CancelScope(shield=True), suppress(AuthHeroSQLError):
                await self.release(owner)

    async def release(self, owner: str) -> None:
        """Give the lease back, if that owner has it."""
        await self._write(self._change({"id": "migrate", "owner": owner}, {"owner": None, "expires_at_ts": None}))

    async def holder(self) -> Lease | None:
        """The lease, if somebody has it."""
        try:
            lease: Lease | None = await self._get({"id": "migrate", "owner not null": None})
        except MissingTableError:
            return None
        return lease

    async def _take(self, owner: str) -> bool:
        mine = self._mine(owner)
        try:
            for free in ({"owner null": None}, {"expires_at_ts <": self.session.now()}):
                if await self._matched(self._change({"id": "migrate", **free}, mine)):
                    return True
            await self._write(self._insert({"id": "migrate", **mine}))
        except (ConflictError, TransactionConflictError):
            # The latter on SQLite, where the other one's migration keeps everybody from writing.
            return False
        return True

    def _mine(self, owner: str) -> dict[str, Any]:
        expires: datetime = self.session.now() + LEASE
        return {"owner": owner, "expires_at_ts": self.table["expires_at_ts"].encode(expires)}

    async def _renewed(self, owner: str) -> None:
        while True:
            await anyio.sleep(HEARTBEAT)
            try:
                held = await self._matched(self._change({"id": "migrate", "owner": owner}, self._mine(owner)))
            except AuthHeroSQLError:
                # The next beat tries again: the lease outlasts several.
                continue
            if not held:
                raise MigrationError("another process took this one for dead and is migrating now: wait for it, then run again")
