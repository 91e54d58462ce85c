"""The ledger of applied migrations and the migration lease, each stored in a table outside the schema."""

from __future__ import annotations

import os
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

import anyio
from pydantic import BaseModel

from ..codecs import EPOCH_MS, INSTANT, INT, TEXT
from ..context import Context
from ..crud.adapter import Adapter
from ..dialects.interface import Call
from ..errors import (
    AuthHeroSQLError,
    BatchRowNotFoundError,
    ConflictError,
    DatabaseError,
    DuplicateObjectError,
    MigrationError,
    SchemaMismatchError,
    TransactionConflictError,
)
from ..ids import IdGenerator
from ..models.base import Instant
from ..schema import Column, Columns, Table
from ..statements.conditions import NOT_NULL, DatabaseNow, lte, null_or


class Entry(BaseModel):
    """A migration in the ledger.

    ``applied_at`` is None until all steps are done. ``duration_ms`` is also None for a migration that was adopted: another program had
    already made its changes.
    """

    name: str
    checksum: str
    steps: int
    steps_started: int
    steps_done: int
    applied_at: Instant | None = None
    duration_ms: int | None = None

    @property
    def adopted(self) -> bool:
        """Whether another program made the changes of this migration, so that this package must not undo them."""
        return self.applied_at is not None and self.duration_ms is None


class Lease(BaseModel):
    """The lease of the process that is migrating.

    ``expires_at`` is a time of the database's clock, and moves forward with each renewal. ``session`` identifies the server session that
    last renewed the lease.
    """

    id: str
    owner: str | None = None
    session: str | None = None
    expires_at: Instant | None = None

    def __str__(self) -> str:
        if self.expires_at is None:
            return f"held by {self.owner}"
        return f"held by {self.owner}, last renewed at {self.expires_at - LEASE_DURATION:%Y-%m-%d %H:%M:%S} UTC"


def lease_owner() -> str:
    """Return a new name for a lease owner: the host name, the process ID and a random part.

    The random part distinguishes concurrent migrations of one process.
    """
    return f"{socket.gethostname()[:32]}:{os.getpid()}:{IdGenerator().nanoid(12)}"


class _Ledger(Columns):
    name = Column(TEXT, 191, null=False)
    checksum = Column(TEXT, 64, null=False)
    steps = Column(INT, null=False)
    steps_started = Column(INT, null=False)
    steps_done = Column(INT, null=False)
    applied_at = Column(INSTANT, 35)
    duration_ms = Column(INT)


LEDGER = Table("authhero_sql_migrations", _Ledger, key=("name",))


class _Leases(Columns):
    id = Column(TEXT, 32, null=False)
    owner = Column(TEXT, 64)
    session = Column(TEXT, 128)
    expires_at_ts = Column(EPOCH_MS, field="expires_at")


LEASES = Table("authhero_sql_lock", _Leases, key=("id",))
LEASE_DURATION = timedelta(seconds=60)
"""How long a lease lasts without a renewal. After that, another process may take it over."""
RENEWAL_INTERVAL = 2.0
"""The interval between two renewals, in seconds."""
SILENCE_TIMEOUT = 5.0
"""How long a lease may go without a renewal before a waiting process checks the holder's server session, in seconds."""
POLL_INTERVAL = 0.1
"""The initial interval at which a waiting process polls the lease, in seconds. It grows after each attempt."""
MAX_POLL_INTERVAL = 1.0
"""The longest polling interval, in seconds."""


class Ledger(Adapter[Entry]):
    """The adapter of the ledger, which lists the migrations that have been started or applied."""

    table = LEDGER
    model = Entry

    async def entries(self) -> dict[str, Entry] | None:
        """Return the entries by name, or None if there is no ledger yet. Takes one query."""
        try:
            return {entry.name: entry for entry in await self._all({}, (LEDGER.c.name.asc,))}
        except SchemaMismatchError:
            return None

    async def prepare(self) -> None:
        """Create the two tables if they do not exist. Safe to call from several processes concurrently."""
        # The ledger is created last, so that its existence implies the other table's, even if the process is killed in between.
        for table in (LEASES, LEDGER):
            columns = [column.definition for column in table.columns]
            try:
                await self._run.write(Call(self.context.dialect.create_table(table.name, columns, table.key, ())))
            except (ConflictError, DuplicateObjectError):
                # Another process created it first. PostgreSQL reports this as a violation of a unique index of its catalog.
                continue

    def insert_call(self, entry: Entry) -> Call:
        """Return the statement that inserts an entry."""
        return self._sql.insert(self._writer.row(entry, {}))

    def update_call(self, name: str, fields: Mapping[str, Any]) -> Call:
        """Return the statement that updates fields of an entry."""
        return self._sql.update({LEDGER.c.name: name}, self._writer.changes(self._writer.partial(fields)))

    async def add(self, entry: Entry) -> None:
        """Insert an entry."""
        await self._run.write(self.insert_call(entry))

    async def execute(self, calls: Sequence[Call]) -> None:
        """Execute statements of :meth:`insert_call`, :meth:`update_call` or :meth:`Dialect.mark_applied`, all or nothing."""
        if calls:
            await self._run.write(*calls)

    async def count_executable(self, calls: Sequence[Call]) -> int:
        """Return how many of the statements succeed before one fails, by trying them in batches that are rolled back."""
        rollback = [self._sql.update({LEDGER.c.name: ""}, {"steps": 0}), self.context.dialect.require_changed(0)]
        low, high = 0, len(calls)
        while low < high:
            middle = (low + high + 1) // 2
            try:
                await self.context.executor.write([*calls[:middle], *rollback])
            except BatchRowNotFoundError:
                low = middle
            except DatabaseError:
                high = middle - 1
        return low

    async def remove(self, name: str) -> None:
        """Delete an entry."""
        await self._run.write(self._sql.delete({LEDGER.c.name: name}))

    async def update(self, name: str, **fields: Any) -> None:
        """Update fields of an entry."""
        await self._run.write(self.update_call(name, fields))


class Leases(Adapter[Lease]):
    """The adapter of the migration lease, a row that names the process that may migrate.

    Unlike a lock that belongs to a session, a row works behind a connection pooler and on a cluster. Only the row decides who holds the
    lease, and only the database's clock decides when it expires. If the holder stops renewing it, and its server session has ended,
    another process takes the lease over before it expires.
    """

    table = LEASES
    model = Lease

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._last_seen: Lease | None = None
        """The lease of another process, as of the last poll."""
        self._unchanged_since = 0.0

    @asynccontextmanager
    async def hold(self, owner: str, timeout: float) -> AsyncIterator[None]:
        """Hold the lease, and renew it while the block runs.

        Raises:
            MigrationError: Another process held the lease for ``timeout`` seconds, or took it over while the block was running.
        """
        deadline = anyio.current_time() + timeout
        interval = POLL_INTERVAL
        try:
            while not await self._acquire(owner):
                if anyio.current_time() >= deadline:
                    holder = await self.holder()
                    raise MigrationError(
                        f"another process has been migrating for {timeout:g} seconds: wait until it ends, and try again"
                        + (f" (the migration lease is {holder})" if holder else "")
                    )
                await anyio.sleep(interval)
                interval = min(interval * 1.5, MAX_POLL_INTERVAL)
            async with anyio.create_task_group() as group:
                group.start_soon(self._keep_renewing, owner)
                yield
                group.cancel_scope.cancel()
        except BaseExceptionGroup as error:
            # The first exception caused the cancellation of the other task.
            raise error.exceptions[0] from error.exceptions[0].__cause__
        finally:
            # A task that is cancelled while it acquires the lease may already hold it. If the release fails, the lease expires.
            with anyio.CancelScope(shield=True), suppress(AuthHeroSQLError):
                await self.release(owner)

    async def release(self, owner: str) -> None:
        """Release the lease if this owner holds it."""
        await self._run.write(
            self._sql.update({LEASES.c.id: "migrate", LEASES.c.owner: owner}, {"owner": None, "session": None, "expires_at_ts": None})
        )

    async def holder(self) -> Lease | None:
        """Return the lease, or None if no process holds it."""
        try:
            return await self._get({LEASES.c.id: "migrate", LEASES.c.owner: NOT_NULL})
        except SchemaMismatchError:
            return None

    async def _acquire(self, owner: str) -> bool:
        """Acquire the lease if it is free or expired, or if its holder has died. Return whether this succeeded."""
        lease = await self._get({LEASES.c.id: "migrate"})
        values = await self._lease_values(owner)
        try:
            if lease is None:
                await self._run.write(self._sql.insert({"id": "migrate", **values}))
                return True
            if await self._run.matched(
                self._sql.update({LEASES.c.id: "migrate", LEASES.c.expires_at_ts: null_or(lte(DatabaseNow()))}, values)
            ):
                return True
            # The condition includes the expiry, so that a lease that has been renewed in the meantime stays with its holder.
            seen = {LEASES.c.owner: lease.owner, LEASES.c.expires_at_ts: lease.expires_at}
            return await self._has_died(lease) and await self._run.matched(self._sql.update({LEASES.c.id: "migrate", **seen}, values))
        except (ConflictError, TransactionConflictError):
            # SQLite reports a TransactionConflictError while the holder's migration blocks all other writers.
            return False

    async def _lease_values(self, owner: str) -> dict[str, Any]:
        """Return the columns of a lease that starts now, with the current server session if the engine can identify it."""
        return {"owner": owner, "session": await self._session_name(), "expires_at_ts": DatabaseNow(LEASE_DURATION)}

    async def _session_name(self) -> str | None:
        name = self.context.dialect.session_name()
        if name is None:
            return None
        try:
            return str((await self._run.fetch(Call(name)))[0][0])
        except DatabaseError:
            # Without a session, other processes merely wait longer.
            return None

    async def _has_died(self, lease: Lease) -> bool:
        """Return whether the holder has missed several renewals and its server session has ended.

        An ended session alone is not sufficient: a pooler or a firewall may have closed the session of a running holder.
        """
        if lease != self._last_seen:
            self._last_seen, self._unchanged_since = lease, anyio.current_time()
        if lease.session is None or anyio.current_time() - self._unchanged_since < SILENCE_TIMEOUT:
            return False
        try:
            return bool(await self._run.fetch(self.context.dialect.session_ended(lease.session)))
        except DatabaseError:
            # The account may lack the privilege to list sessions.
            return False

    async def _keep_renewing(self, owner: str) -> None:
        while True:
            await anyio.sleep(RENEWAL_INTERVAL)
            try:
                held = await self._run.matched(
                    self._sql.update({LEASES.c.id: "migrate", LEASES.c.owner: owner}, await self._lease_values(owner))
                )
            except AuthHeroSQLError:
                # The lease outlasts several failed renewals, so the next one tries again.
                continue
            if not held:
                raise MigrationError("another process took over the migration lease and is migrating: wait until it ends, and try again")
