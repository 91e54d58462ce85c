"""Applies migrations."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from pypika import Table as SQLTable

from ..dialects import wrap
from ..dialects.base import Call
from ..errors import AuthHeroSQLError, DatabaseUnavailableError, DuplicateObjectError, MigrationError
from ..ids import Ids
from ..session import Session
from ..statements import Bind
from . import history
from .ledger import LEDGER, Entry, Leases, Ledger
from .operations import Backfill, Migration, Operation

logger = logging.getLogger("authhero_sql.migrations")


@dataclass(frozen=True, slots=True)
class MigrationStatus:
    """Which migrations a database has: ``applied`` with their ledger entries, ``pending`` by name, both oldest first."""

    applied: tuple[Entry, ...] = ()
    pending: tuple[str, ...] = field(default=())


async def migration_status(pool: object) -> MigrationStatus:
    """Which migrations are applied and which are pending. One query; changes nothing.

    Args:
        pool: what ``create_adapters`` takes.

    Raises:
        TypeError: ``pool`` is no database.
    """
    entries = await Ledger(Session.of(await wrap(pool))).entries() or {}
    applied = tuple(entry for entry in entries.values() if entry.applied_at is not None)
    done = {entry.name for entry in applied}
    return MigrationStatus(applied, tuple(name for name in history.names() if name not in done))


async def migrate_to_latest(pool: object, verbose: bool = False, *, lock_timeout: float = 600.0) -> list[str]:
    """Bring the schema up to date. Safe to call from every process at every start: one migrates, the others wait.

    Args:
        pool: what ``create_adapters`` takes.
        verbose: log each migration with its time, at level INFO of ``authhero_sql.migrations``.
        lock_timeout: seconds to wait for another process that is migrating.

    Returns:
        The names of the migrations that were applied, oldest first; empty where nothing was pending, which costs one
        query and no lock.

    Raises:
        MigrationError: a migration failed (the message names it and the step), the ledger does not fit this version, or
            another process held the lock all the time.
        TypeError: ``pool`` is no database.
    """
    session = Session.of(await wrap(pool))
    ledger = Ledger(session)
    entries = await ledger.entries()
    if entries is not None and not _pending(entries):
        return []
    if entries is None:
        await ledger.prepare()
    async with Leases(session).held(Ids().nanoid(), lock_timeout):
        applied = []
        for name in _pending(await ledger.entries() or {}):
            started = time.perf_counter()
            await _apply(session, history.load(name), started)
            if verbose:
                logger.info("%s applied in %.0f ms", name, (time.perf_counter() - started) * 1000)
            applied.append(name)
        return applied


def _pending(entries: dict[str, Entry]) -> list[str]:
    """The names that are not applied, once the ledger has been found to fit.

    Raises:
        MigrationError: it has a migration that this version does not know, a gap, or one whose file has changed.
    """
    known = history.names()
    unknown = sorted(set(entries) - set(known))
    if unknown:
        raise MigrationError(f"the database has {', '.join(unknown)}, which this version does not know: install a newer one")
    done = [name for name in known if name in entries and entries[name].applied_at is not None]
    if done != known[: len(done)]:
        missing = next(name for name in known if name not in done)
        raise MigrationError(
            f"the ledger has a gap: {missing} is missing, but later migrations are applied: "
            f"restore its row in {LEDGER.name}, or the database from a backup"
        )
    for name, entry in entries.items():
        if entry.checksum != history.checksum(name):
            verb = "begun" if entry.applied_at is None else "applied"
            raise MigrationError(f"{name} was {verb} from another file than the one here: reinstall the version that did so")
    return known[len(done) :]


def _entry(migration: Migration, **fields: Any) -> Entry:
    steps = len(migration.up)
    return Entry(name=migration.name, checksum=history.checksum(migration.name), steps=steps, **fields)


async def _apply(session: Session, migration: Migration, started: float) -> None:
    if session.dialect.features.transactional_ddl:
        # The migration and its record commit together.
        async with session.transaction() as inside:
            for number, step in enumerate(migration.up, 1):
                await _step(inside, migration, number, step)
            steps = len(migration.up)
            await Ledger(inside).begin(
                _entry(migration, steps_started=steps, steps_done=steps, applied_at=session.now(), duration_ms=_since(started))
            )
        return
    ledger = Ledger(session)
    entry = (await ledger.entries() or {}).get(migration.name)
    if entry is None:
        entry = _entry(migration, steps_started=0, steps_done=0)
        await ledger.begin(entry)
    for number, step in enumerate(migration.up[entry.steps_done :], entry.steps_done + 1):
        await ledger.note(migration.name, steps_started=number)
        try:
            # A run that was killed here may have done the step without writing so.
            await _step(session, migration, number, step, again=number <= entry.steps_started)
        except MigrationError as error:
            if not isinstance(error.__cause__, DatabaseUnavailableError):
                # It was refused, so the next run must not take what stands in its way for its own work.
                with suppress(AuthHeroSQLError):
                    await ledger.note(migration.name, steps_started=number - 1)
            raise
        await ledger.note(migration.name, steps_done=number)
    await ledger.note(migration.name, applied_at=session.now(), duration_ms=_since(started))


def _since(started: float) -> int:
    return round((time.perf_counter() - started) * 1000)


async def _step(session: Session, migration: Migration, number: int, step: Operation, *, again: bool = False) -> None:
    try:
        text = step.sql(session.dialect)
        if text is not None:
            await session.executor.execute(Call(text))
        elif isinstance(step, Backfill):
            await _fill(session, step)
    except AuthHeroSQLError as error:
        if again and isinstance(error, DuplicateObjectError):
            return
        place = f"{migration.name}, step {number} of {len(migration.up)} ({type(step).__name__})"
        raise MigrationError(f"{place} failed on {session.dialect.name}: {error}") from error


async def _fill(session: Session, step: Backfill) -> None:
    """Convert a batch at a time, walking past what cannot be converted."""
    table = SQLTable(step.table)
    target = table.field(step.target)
    source = table.field(step.source)
    keys = [table.field(name) for name in step.key]

    def batch() -> Any:
        builder: Any = session.dialect.query.from_(table).select(*keys, source)
        builder = builder.where(target.isnull() & source.isnotnull()).orderby(*keys)
        return builder.limit(Bind("limit")).offset(Bind("offset"))

    def update() -> Any:
        builder = session.dialect.query.update(table).set(target, Bind("target"))
        for name, key in zip(step.key, keys, strict=True):
            builder = builder.where(key == Bind(name))
        return builder

    read = _once(session, step, "batch", batch)
    write = _once(session, step, "update", update)
    skipped = 0
    while True:
        rows = await session.executor.fetch(read.bind({"limit": step.batch, "offset": skipped}))
        converted = [(row, value) for row in rows if (value := step.convert(row[-1])) is not None]
        if converted:
            await session.executor.write(
                [write.bind({**dict(zip(step.key, row, strict=False)), "target": value}) for row, value in converted]
            )
        skipped += len(rows) - len(converted)
        if len(rows) < step.batch:
            return


def _once(session: Session, step: Backfill, kind: str, build: Callable[[], Any]) -> Any:
    return session.statements.get(("backfill", step.table, step.target, kind), build)


__all__: Sequence[str] = ("MigrationStatus", "migrate_to_latest", "migration_status")
