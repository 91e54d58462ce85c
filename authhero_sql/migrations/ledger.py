"""What has been applied, and who is applying: two tables beside the schema."""

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
from ..ids import Ids
from ..models.base import Instant
from ..schema import Column, Columns, Table
from ..statements.conditions import NOT_NULL, DatabaseNow, lte, null_or


class Entry(BaseModel):
    """One migration in the ledger.

    ``applied_at`` is None while its steps are being done, ``duration_ms`` also of a migration that was not applied but adopted:
    what it makes was there.
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
        """Whether somebody else made what the migration makes, so that it is not this package's to take back."""
        return self.applied_at is not None and self.duration_ms is None


class Lease(BaseModel):
    """Who may migrate now, until when by the database's clock unless renewed, and the server's session of the last sign of life."""

    id: str
    owner: str | None = None
    session: str | None = None
    expires_at: Instant | None = None

    def __str__(self) -> str:
        if self.expires_at is None:
            return f"held by {self.owner}"
        return f"held by {self.owner}, which last renewed it at {self.expires_at - LEASE:%Y-%m-%d %H:%M:%S} UTC"


def lease_owner() -> str:
    """A new owner of a lease: where it runs, for people, and some chance, because one process may migrate twice at once."""
    return f"{socket.gethostname()[:32]}:{os.getpid()}:{Ids().nanoid(12)}"


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
LEASE = timedelta(seconds=60)
"""How long a lease lasts without a sign of life; after that its owner is taken for dead."""
HEARTBEAT = 2.0
"""Seconds between two signs of life."""
SILENCE = 5.0
"""Seconds without a sign of life, by the watch of who waits, after which the engine is asked whether the holder's session has ended."""
POLL = 0.1
"""Seconds between the first two looks at a lease that somebody else has; then they become rarer."""
LONGEST_POLL = 1.0
"""Seconds between two looks in the end."""


class Ledger(Adapter[Entry]):
    """The migrations that have been applied or begun."""

    table = LEDGER
    model = Entry

    async def entries(self) -> dict[str, Entry] | None:
        """The entries by name; None where there is no ledger yet. One query."""
        try:
            return {entry.name: entry for entry in await self._all({}, (LEDGER.c.name.asc,))}
        except SchemaMismatchError:
            return None

    async def prepare(self) -> None:
        """Create the two tables where they are missing; several processes may do so at once."""
        # The ledger comes last: where it is, the other one is too, also after a run that was killed in between.
        for table in (LEASES, LEDGER):
            columns = [column.definition for column in table.columns]
            try:
                await self._run.write(Call(self.context.dialect.create_table(table.name, columns, table.key, ())))
            except (ConflictError, DuplicateObjectError):
                # Another process was faster; PostgreSQL says so by its catalogue's unique index.
                continue

    def beginning(self, entry: Entry) -> Call:
        """What writes a new entry."""
        return self._sql.insert(self._writer.row(entry, {}))

    def noting(self, name: str, fields: Mapping[str, Any]) -> Call:
        """What writes fields of an entry."""
        return self._sql.update({LEDGER.c.name: name}, self._writer.changes(self._writer.partial(fields)))

    async def begin(self, entry: Entry) -> None:
        """Write a new entry."""
        await self._run.write(self.beginning(entry))

    async def record(self, calls: Sequence[Call]) -> None:
        """Write what was made here, and what tells the engine's own migration tool; see :meth:`Dialect.applied`."""
        if calls:
            await self._run.write(*calls)

    async def possible(self, calls: Sequence[Call]) -> int:
        """How many of the statements can be done before one is refused, found by batches that undo themselves."""
        undone = [self._sql.update({LEDGER.c.name: ""}, {"steps": 0}), self.context.dialect.unless_changed(0)]
        low, high = 0, len(calls)
        while low < high:
            middle = (low + high + 1) // 2
            try:
                await self.context.executor.write([*calls[:middle], *undone])
            except BatchRowNotFoundError:
                low = middle
            except DatabaseError:
                high = middle - 1
        return low

    async def forget(self, name: str) -> None:
        """Take an entry out."""
        await self._run.write(self._sql.delete({LEDGER.c.name: name}))

    async def note(self, name: str, **fields: Any) -> None:
        """Write fields of an entry."""
        await self._run.write(self.noting(name, fields))


class Leases(Adapter[Lease]):
    """One row that says who may migrate: unlike a session lock, it works behind a pooler and on a cluster.

    The row alone decides, by the database's clock. That the server's session of a holder has ended only shortens the wait for one
    that gives no sign of life.
    """

    table = LEASES
    model = Lease

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._seen: Lease | None = None
        """Somebody else's lease as it was last seen, and since when."""
        self._since = 0.0

    @asynccontextmanager
    async def held(self, owner: str, timeout: float) -> AsyncIterator[None]:
        """Hold the lease, renewed while the block runs.

        Raises:
            MigrationError: somebody else had it for ``timeout`` seconds.
        """
        deadline = anyio.current_time() + timeout
        pause = POLL
        try:
            while not await self._take(owner):
                if anyio.current_time() >= deadline:
                    holder = await self.holder()
                    raise MigrationError(
                        f"another process has been migrating for {timeout:g} seconds: wait for it, then run again"
                        + (f" (the migration lease is {holder})" if holder else "")
                    )
                await anyio.sleep(pause)
                pause = min(pause * 1.5, LONGEST_POLL)
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
        await self._run.write(
            self._sql.update({LEASES.c.id: "migrate", LEASES.c.owner: owner}, {"owner": None, "session": None, "expires_at_ts": None})
        )

    async def holder(self) -> Lease | None:
        """The lease, if somebody has it."""
        try:
            return await self._get({LEASES.c.id: "migrate", LEASES.c.owner: NOT_NULL})
        except SchemaMismatchError:
            return None

    async def _take(self, owner: str) -> bool:
        """Whether the lease is this owner's now: nobody had it, it had run out, or whoever had it is gone."""
        lease = await self._get({LEASES.c.id: "migrate"})
        mine = await self._mine(owner)
        try:
            if lease is None:
                await self._run.write(self._sql.insert({"id": "migrate", **mine}))
                return True
            if await self._run.matched(
                self._sql.update({LEASES.c.id: "migrate", LEASES.c.expires_at_ts: null_or(lte(DatabaseNow()))}, mine)
            ):
                return True
            # The instant is in the condition: whoever has renewed it meanwhile keeps it.
            seen = {LEASES.c.owner: lease.owner, LEASES.c.expires_at_ts: lease.expires_at}
            return await self._is_gone(lease) and await self._run.matched(self._sql.update({LEASES.c.id: "migrate", **seen}, mine))
        except (ConflictError, TransactionConflictError):
            # The latter on SQLite, where the other one's migration keeps everybody from writing.
            return False

    async def _mine(self, owner: str) -> dict[str, Any]:
        """A lease from now on, and the server's session that has just answered, where the engine can name it."""
        return {"owner": owner, "session": await self._session_name(), "expires_at_ts": DatabaseNow(LEASE)}

    async def _session_name(self) -> str | None:
        name = self.context.dialect.session_name()
        if name is None:
            return None
        try:
            return str((await self._run.fetch(Call(name)))[0][0])
        except DatabaseError:
            # A server that does not say so only makes others wait longer.
            return None

    async def _is_gone(self, lease: Lease) -> bool:
        """Whether its holder has not renewed it for some beats, and the engine says that the holder's session has ended.

        Never the latter alone: a pooler or a firewall may have ended the session of a holder that lives.
        """
        if lease != self._seen:
            self._seen, self._since = lease, anyio.current_time()
        if lease.session is None or anyio.current_time() - self._since < SILENCE:
            return False
        try:
            return bool(await self._run.fetch(self.context.dialect.session_ended(lease.session)))
        except DatabaseError:
            # Nobody has to be allowed to ask.
            return False

    async def _renewed(self, owner: str) -> None:
        while True:
            await anyio.sleep(HEARTBEAT)
            try:
                held = await self._run.matched(self._sql.update({LEASES.c.id: "migrate", LEASES.c.owner: owner}, await self._mine(owner)))
            except AuthHeroSQLError:
                # The next beat tries again: the lease outlasts several.
                continue
            if not held:
                raise MigrationError("another process took this one for dead and is migrating now: wait for it, then run again")
