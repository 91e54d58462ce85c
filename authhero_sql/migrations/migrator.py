"""Applies migrations, and takes them back."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial

from ..context import Context
from ..dialects import wrap
from ..dialects.dialect import Dialect
from ..dialects.interface import Call
from ..errors import (
    AuthHeroSQLError,
    DatabaseError,
    DatabaseUnavailableError,
    DuplicateObjectError,
    MigrationError,
    SchemaMismatchError,
    shown,
)
from . import history
from .adoption import adopt_migration, is_foreign, made_by_others, wait_for_authhero
from .backfills import Progress, Report, fill
from .check import live_schema
from .definitions import build_index, define, patiently
from .ledger import LEASES, LEDGER, Entry, Leases, Ledger, lease_owner
from .losses import DataLoss, count_losses
from .operations import Backfill, CreateIndex, DropIndex, Migration, Operation

logger: logging.Logger = logging.getLogger("authhero_sql.migrations")


@dataclass(frozen=True, slots=True)
class MigrationStatus:
    """Which migrations a database has: ``applied`` with their ledger entries, ``pending`` by name, both oldest first.

    ``made_by`` names the program that created the tables, ``"AuthHero"`` or ``"another program"``, where there are tables of this schema
    and no ledger: such a database waits to be adopted.
    """

    applied: tuple[Entry, ...] = ()
    pending: tuple[str, ...] = field(default=())
    made_by: str | None = None


@dataclass(frozen=True, slots=True)
class PlannedMigration:
    """A migration that would be applied: its name, and its statements in order. A data step is shown as one statement."""

    name: str
    statements: tuple[str, ...]


async def migration_status(pool: object) -> MigrationStatus:
    """Which migrations are applied and which are pending. One query where there is a ledger; changes nothing.

    Args:
        pool: what ``create_adapters`` takes.

    Raises:
        TypeError: ``pool`` is no database.
    """
    context = Context.of(await wrap(pool))
    entries = await Ledger(context).entries()
    applied = tuple(entry for entry in (entries or {}).values() if entry.applied_at is not None)
    done = {entry.name for entry in applied}
    made_by = made_by_others(await live_schema(context.database)) if entries is None else None
    return MigrationStatus(applied, tuple(name for name in history.names() if name not in done), made_by)


async def plan(pool: object) -> list[PlannedMigration]:
    """What :func:`migrate_to_latest` would run, oldest first; changes nothing.

    Args:
        pool: what ``create_adapters`` takes.

    Raises:
        MigrationError: the ledger does not fit this version.
        TypeError: ``pool`` is no database.
    """
    context = Context.of(await wrap(pool))
    entries = await Ledger(context).entries() or {}
    planned = []
    for name in _pending(entries):
        migration = history.load(name)
        done = entries[name].steps_done if name in entries else 0
        planned.append(PlannedMigration(name, tuple(_planned(migration, step, context.dialect) for step in migration.up[done:])))
    return planned


def _planned(migration: Migration, step: Operation, dialect: Dialect) -> str:
    if isinstance(step, CreateIndex) and migration.is_online(step):
        return dialect.create_index(step.table, step.index, online=True)
    return statement(step, dialect)


def statement(step: Operation, dialect: Dialect) -> str:
    """The SQL of a step; of a data step the one statement that does the same."""
    text = step.sql(dialect)
    if text is not None:
        return text
    if isinstance(step, Backfill):
        return step.script(dialect)
    raise MigrationError(f"a step of kind {type(step).__name__} has no SQL")


async def migrate_to_latest(
    pool: object,
    verbose: bool = False,
    *,
    lock_timeout: float = 600.0,
    adopt: bool = False,
    report: Report | None = None,
    target: str | None = None,
) -> list[str]:
    """Bring the schema up to date. Safe to call from every process at every start: one migrates, the others wait.

    A run that was killed is taken up where it stood. Tables stay in use meanwhile: whatever needs the lock of one gives up soon and
    tries again, for five minutes. Codes that expired more than a day ago are removed instead of being converted.

    Args:
        pool: what ``create_adapters`` takes; with room for two connections, because the lease is renewed while a step runs.
        verbose: log each migration with its time, at level INFO of ``authhero_sql.migrations``.
        lock_timeout: seconds to wait for another process that is migrating.
        adopt: take over a database that AuthHero made, once AuthHero has applied its own migrations: what is missing is
            added, and nothing is lost. From then on the two programs may go on migrating it, each what is its own.
        report: hears how far it is.
        target: the migration to stop after, by its name or the beginning of it (``"0005"``), instead of the latest.

    Returns:
        The names of the migrations that were applied, oldest first; empty where nothing was pending, which costs one
        query and no lock. Of a database that was adopted, all of them.

    Raises:
        MigrationError: a migration failed (the message names it and the step), the ledger does not fit this version,
            another process held the lock all the time, the database has tables of this schema and no ledger, and
            ``adopt`` is off, AuthHero, whose database it was, has to migrate first, or there is no such target, or later
            migrations than it are applied.
        IncompatibleDatabaseError: it was to be adopted, and lacks what the adapters need and no migration adds.
        TypeError: ``pool`` is no database.
    """
    context = Context.of(await wrap(pool))
    ledger = Ledger(context)
    entries = await ledger.entries()
    pending = _until(target, entries or {})
    if entries is not None and not pending:
        return []
    if entries is None:
        try:
            # Nothing is written into what belongs to somebody else.
            await is_foreign(context, adopt=adopt)
        except MigrationError:
            # Another process may have begun meanwhile.
            if await ledger.entries() is None:
                raise
        await ledger.prepare()
    async with Leases(context).held(lease_owner(), lock_timeout):
        entries = await ledger.entries() or {}
        shared = any(entry.adopted for entry in entries.values()) if entries else await is_foreign(context, adopt=adopt)
        pending = _until(target, entries)
        if shared:
            await wait_for_authhero(context, pending)
        for name in pending:
            started = time.perf_counter()
            if not (shared and name not in entries and await adopt_migration(context, name)):
                await _Run(context, history.load(name), report, empty=not (entries or shared)).up(entries.get(name), started)
            if verbose:
                logger.info("%s applied in %.0f ms", name, (time.perf_counter() - started) * 1000)
        await _optimize(context)
        return pending


async def _optimize(context: Context) -> None:
    """Have the engine count again, now that it has other indexes; the schema is up to date whether it can or not."""
    if not context.dialect.optimizing:
        return
    try:
        await context.executor.write([Call(command, bounded=False) for command in context.dialect.optimizing])
    except DatabaseError as error:
        logger.warning("the migrations are applied, but %s could make no statistics: %s", context.dialect.name, error)


async def losses(pool: object, steps: int = 1) -> list[DataLoss]:
    """What :func:`migrate_down` would drop, and how many rows stand in it; changes nothing.

    Args:
        pool: what ``create_adapters`` takes.
        steps: how many migrations.

    Raises:
        MigrationError: these migrations cannot be taken back.
        TypeError: ``pool`` is no database.
        ValueError: ``steps`` is below 0.
    """
    context = Context.of(await wrap(pool))
    return await count_losses(context, _newest(await Ledger(context).entries() or {}, steps))


async def migrate_down(
    pool: object,
    steps: int = 1,
    *,
    drop_data: bool = False,
    verbose: bool = False,
    lock_timeout: float = 600.0,
    report: Report | None = None,
) -> list[str]:
    """Take the newest migrations back. What was adopted is AuthHero's and is never taken back.

    Args:
        pool: what ``create_adapters`` takes.
        steps: how many migrations.
        drop_data: whether tables and columns may go, with all that stands in them; see :func:`losses`.
        verbose: log each migration, at level INFO of ``authhero_sql.migrations``.
        lock_timeout: seconds to wait for another process that is migrating.
        report: hears how far it is.

    Returns:
        The names of the migrations that were taken back, newest first.

    Raises:
        MigrationError: one of them was adopted, something would be lost and ``drop_data`` is off (nothing was taken back in
            either case), a step failed (the message names it), the ledger does not fit this version, or another process
            held the lock all the time.
        TypeError: ``pool`` is no database.
        ValueError: ``steps`` is below 0.
    """
    context = Context.of(await wrap(pool))
    ledger = Ledger(context)
    if not _newest(await ledger.entries() or {}, steps):
        return []
    async with Leases(context).held(lease_owner(), lock_timeout):
        names = _newest(await ledger.entries() or {}, steps)
        lost = await count_losses(context, names)
        if lost and not drop_data:
            raise MigrationError(
                f"taking back {', '.join(names)} drops {', '.join(map(str, lost))}: "
                "if that may be lost, call migrate_down(…, drop_data=True) or `authhero-sql down --yes`"
            )
        for name in names:
            await _Run(context, history.load(name), report).down()
            if verbose:
                logger.info("%s taken back", name)
        return names


def _newest(entries: dict[str, Entry], steps: int) -> list[str]:
    """The names of the newest migrations, once it is certain that they can be taken back.

    Raises:
        MigrationError: the ledger does not fit this version, or one of them was adopted.
        ValueError: ``steps`` is below 0.
    """
    if steps < 0:
        raise ValueError("steps must be 0 or more")
    _pending(entries)
    names = sorted(entries, reverse=True)[:steps]
    adopted = next((name for name in names if entries[name].adopted), None)
    if adopted is None:
        return names
    raise MigrationError(
        f"{adopted} was adopted and not applied: what it stands for was there already and is not dropped; "
        f"{names.index(adopted) or 'no'} newer migrations can be taken back. To leave the database to AuthHero as it is, "
        f"drop {LEDGER.name} and {LEASES.name}, which is all that is only this package's"
    )


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
            raise MigrationError(_changed(entry))
    return known[len(done) :]


def _until(target: str | None, entries: dict[str, Entry]) -> list[str]:
    """The pending names up to a target, which is a name or the beginning of one.

    Raises:
        MigrationError: the ledger does not fit this version, no or more than one migration has such a name, or later ones are applied.
    """
    pending = _pending(entries)
    if target is None:
        return pending
    known = history.names()
    found = [name for name in known if name.startswith(target)] if target else []
    if len(found) != 1:
        reason = f"{len(found)} migrations have names that begin so" if found else "no migration has a name that begins so"
        raise MigrationError(f"{shown(target)} is no target: {reason}; there are {known[0]} to {known[-1]}")
    later = [name for name in known if name > found[0] and name in entries]
    if later:
        raise MigrationError(
            f"{found[0]} is applied, and later than it {', '.join(later)}: a target only leads upward; "
            f"to go back, run `authhero-sql down --steps {len(later)}` or call migrate_down(pool, {len(later)})"
        )
    return [name for name in pending if name <= found[0]]


def _changed(entry: Entry) -> str:
    verb = "begun" if entry.applied_at is None else "applied"
    told = f"{entry.name} was {verb} from another file than the one here: reinstall the version that did so"
    if entry.applied_at is None and len(history.load(entry.name).up) == entry.steps:
        told += ", or, if the steps that are done are the same in both, run `authhero-sql repair --record` to go on from this one"
    return told


class _Run:
    """One migration, up or down.

    The ledger's entry says how many steps are done. Steps that an engine can undo together go together, and their entry with them:
    in a transaction, or as one batch; but an index of a table that is there already, which may be large, goes with its entry only.
    The others go alone: data steps, which commit batch by batch, indexes that are built while
    others write, and every step where DDL commits. For these the entry is written before and after: ``steps_started`` above
    ``steps_done`` means that the next step may have been done, below it that the last one may have been undone.
    """

    def __init__(self, context: Context, migration: Migration, report: Report | None, *, empty: bool = False) -> None:
        self.context = context
        self.migration = migration
        self.steps = len(migration.up)
        self.report = report
        self.empty = empty
        """Whether all tables have been made just now."""
        features = context.dialect.features
        self.transactional = features.transactional_ddl
        self.together = features.transactional_ddl or not features.interactive_transactions
        """Whether several steps are all or nothing; an engine without interactive transactions takes them as one batch."""
        self.kept = 0
        """How many steps stay done, whatever happens to the next ones."""
        self.reached = 0
        """The step that was done last."""

    async def _entry(self) -> Entry | None:
        return (await Ledger(self.context).entries() or {}).get(self.migration.name)

    async def up(self, entry: Entry | None, started: float) -> None:
        """Do the steps that are not done by that entry, and say so in the ledger."""
        with self._naming():
            done = min(entry.steps_started, entry.steps_done) if entry is not None else 0
            unsure = _unsure(entry)
            while True:
                alone = self._is_alone(done + 1, unsure)
                last = done + 1 if alone else self._together_until(done + 1)
                after = self._standing(last, started)
                self.kept = self.reached = done
                if alone:
                    await self._up_alone(last, after, new=entry is None, again=last == unsure)
                elif self.context.dialect.features.interactive_transactions:
                    await patiently(self.context, partial(self._up_in_transaction, done + 1, last, after, new=entry is None))
                else:
                    await self._up_in_batch(done + 1, last, after, new=entry is None)
                done, entry = last, entry or after
                if done >= self.steps:
                    return

    def _is_alone(self, number: int, unsure: int | None) -> bool:
        """Whether a step commits by itself."""
        if number > self.steps:
            return False
        step = self.migration.up[number - 1]
        online = self.context.dialect.features.online_ddl and self.migration.is_online(step)
        return not self.together or number == unsure or online or isinstance(step, Backfill)

    def _together_until(self, first: int) -> int:
        """The last of the steps that go together with this one."""
        if self._is_long(first):
            return first
        apart = (number for number in range(first, self.steps + 1) if self._is_alone(number, None) or self._is_long(number))
        return next(apart, self.steps + 1) - 1

    def _is_long(self, number: int) -> bool:
        """Whether a step may take long: D1 gives a whole batch thirty seconds, and SQLite lets nobody write meanwhile."""
        return not self.empty and any(self.migration.is_online(step) for step in self.migration.up[number - 1 : number])

    def _standing(self, done: int, started: float) -> Entry:
        """The entry once so many steps are done."""
        over = done >= self.steps
        return Entry(
            name=self.migration.name,
            checksum=history.checksum(self.migration.name),
            steps=self.steps,
            steps_started=done,
            steps_done=done,
            applied_at=self.context.now() if over else None,
            duration_ms=_since(started) if over else None,
        )

    def _writes(self, context: Context, entry: Entry, *, new: bool) -> list[Call]:
        """What says so in the ledger, and to the engine's own tool once the migration is applied."""
        ledger = Ledger(context)
        told = context.dialect.applied(history.script(entry.name)) if entry.applied_at is not None else []
        standing = entry.model_dump(include={"steps_started", "steps_done", "applied_at", "duration_ms"})
        return [*told, ledger.beginning(entry) if new else ledger.noting(entry.name, standing)]

    async def _up_in_transaction(self, first: int, last: int, after: Entry, *, new: bool) -> None:
        self.reached = self.kept
        async with self.context.transaction() as inside:
            for command in self.context.dialect.soon:
                await inside.executor.execute(Call(command))
            for number in range(first, last + 1):
                await self._do(inside, number)
            await Ledger(inside).record(self._writes(inside, after, new=new))

    async def _up_in_batch(self, first: int, last: int, after: Entry, *, new: bool) -> None:
        """Everything in one trip. Which step was refused is found out afterwards, because the engine does not say."""
        steps = self.migration.up[first - 1 : last]
        for number, step in enumerate(steps, first):
            self._report(number, step)
        calls = [Call(statement(step, self.context.dialect), bounded=False) for step in steps]
        try:
            await self.context.executor.write([*calls, *self._writes(self.context, after, new=new)])
        except DatabaseUnavailableError:
            raise
        except DatabaseError as error:
            possible = await Ledger(self.context).possible(calls)
            self.reached = first - 1 + possible
            if possible == len(calls):
                raise
            raise self._failed(self._place(first + possible, steps[possible]), error) from error
        self.reached = last

    async def _up_alone(self, number: int, after: Entry, *, new: bool, again: bool) -> None:
        """One step, with the entry written before and after it."""
        ledger, name = Ledger(self.context), self.migration.name
        if new:
            before = after.model_copy(update={"steps_done": number - 1, "applied_at": None, "duration_ms": None})
            await ledger.begin(before)
        else:
            await ledger.note(name, steps_started=number, steps_done=number - 1)
        await self._journaled(self._do(self.context, number, again=again), number - 1)
        await ledger.record(self._writes(self.context, after, new=False))

    async def _journaled(self, work: Awaitable[None], before: int) -> None:
        try:
            await work
        except MigrationError as error:
            if not isinstance(error.__cause__, DatabaseUnavailableError):
                # It was refused, so the next run must not take what stands in its way for its own work.
                with suppress(AuthHeroSQLError):
                    await Ledger(self.context).note(self.migration.name, steps_started=before, steps_done=before)
            raise

    async def down(self) -> None:
        """Undo the steps that are done, last first, and take the entry out of the ledger."""
        with self._naming(back=True):
            entry = await self._entry()
            if entry is None:
                return
            if self.transactional:
                async with self.context.transaction() as inside:
                    for number in range(entry.steps_done, 0, -1):
                        await self._undo(inside, number)
                    await Ledger(inside).forget(self.migration.name)
                return
            await self._down_journaled(entry)

    async def _down_journaled(self, entry: Entry) -> None:
        ledger, name = Ledger(self.context), self.migration.name
        if entry.applied_at is not None:
            await ledger.note(name, applied_at=None, duration_ms=None)
        unsure = _unsure(entry) or 0
        for number in range(max(entry.steps_done, unsure), 0, -1):
            await ledger.note(name, steps_started=number - 1, steps_done=number)
            await self._journaled(self._undo(self.context, number, again=number == unsure), number)
            await ledger.note(name, steps_done=number - 1)
        await ledger.record(self.context.dialect.taken_back(history.script(name)))
        await ledger.forget(name)

    async def _do(self, context: Context, number: int, *, again: bool = False) -> None:
        step = self.migration.up[number - 1]
        self._report(number, step)
        try:
            if isinstance(step, Backfill):
                await fill(context, step, lambda rows, total, seconds: self._report(number, step, rows, total, seconds), drop=True)
            elif context.connection is not None:
                await context.executor.execute(Call(statement(step, context.dialect), bounded=False))
            elif isinstance(step, CreateIndex) and self.migration.is_online(step):
                await build_index(context, step, again=again)
            else:
                await define(context, statement(step, context.dialect))
        except AuthHeroSQLError as error:
            if not again or not isinstance(error, DuplicateObjectError):
                raise self._failed(self._place(number, step), error) from error
        self.reached = number

    async def _undo(self, context: Context, number: int, *, again: bool = False) -> None:
        step = self.migration.undo(number)
        if step is None:
            return
        self._report(number, step)
        try:
            await context.executor.execute(Call(statement(step, context.dialect)))
        except AuthHeroSQLError as error:
            if again and isinstance(error, SchemaMismatchError):
                return
            other = await self._replacing(context, step, error)
            if other is None:
                raise self._failed(self._place(number, step), error, back=True) from error
            await context.executor.execute(Call(other))

    async def _replacing(self, context: Context, step: Operation, error: AuthHeroSQLError) -> str | None:
        """What is done instead of a step back that was refused."""
        if not isinstance(step, DropIndex) or not isinstance(error, DatabaseError) or error.code not in context.dialect.needed:
            return None
        live = await context.dialect.describe(context.database)
        return context.dialect.replace_index(step.table, step.index, live[step.table].foreign_keys)

    @contextmanager
    def _naming(self, *, back: bool = False) -> Iterator[None]:
        """What fails beside the steps, at a COMMIT or the ledger's entry, names the migration as well."""
        try:
            yield
        except MigrationError:
            raise
        except AuthHeroSQLError as error:
            after = self.reached > self.kept or self.kept >= self.steps
            place = f"the write after step {self.reached}" if after else f"the write before step {self.kept + 1}"
            raise self._failed("the way back" if back else f"{place} of {self.steps}", error, back=back) from error

    def _place(self, number: int, step: Operation) -> str:
        return f"step {number} of {self.steps} ({type(step).__name__})"

    def _failed(self, place: str, error: AuthHeroSQLError, *, back: bool = False) -> MigrationError:
        code = f" ({error.code})" if isinstance(error, DatabaseError) and error.code else ""
        if not (self.transactional if back else self.together) or self.kept:
            left = "What was done before is kept: mend the cause and run again, it goes on there"
        else:
            left = f"Nothing of this migration was {'taken back' if back else 'kept'}: mend the cause and run again"
        told = f"{self.migration.name}, {place} failed on {self.context.dialect.name}: {str(error).rstrip('.')}{code}"
        return MigrationError(f"{told}. {left}")

    def _report(self, number: int, step: Operation, rows: int = 0, total: int | None = None, seconds: float = 0.0) -> None:
        if self.report is not None:
            self.report(Progress(self.migration.name, number, self.steps, type(step).__name__, rows, total, seconds))


def _unsure(entry: Entry | None) -> int | None:
    """The number of the step that may have been done, or undone, by a run that was killed before it could write so."""
    if entry is None or entry.steps_started == entry.steps_done:
        return None
    return max(entry.steps_started, entry.steps_done)


def _since(started: float) -> int:
    return round((time.perf_counter() - started) * 1000)
