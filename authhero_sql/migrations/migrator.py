"""The functions that apply and undo migrations."""

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
    printable,
)
from . import history
from .adoption import adopt_migration, is_foreign, made_by_others, wait_for_authhero
from .backfills import Progress, Report, fill
from .check import live_schema
from .definitions import build_index, define, with_lock_retries
from .ledger import LEASES, LEDGER, Entry, Leases, Ledger, lease_owner
from .losses import DataLoss, count_losses
from .operations import Backfill, CreateIndex, DropIndex, Migration, Operation

logger: logging.Logger = logging.getLogger("authhero_sql.migrations")


@dataclass(frozen=True, slots=True)
class MigrationStatus:
    """The migration status of a database.

    Attributes:
        applied: The ledger entries of the applied migrations, oldest first.
        pending: The names of the pending migrations, oldest first.
        created_by: The program that created the tables, ``"AuthHero"`` or ``"another program"``, if the database has tables of this
            schema but no ledger, and can therefore be adopted. None otherwise.
    """

    applied: tuple[Entry, ...] = ()
    pending: tuple[str, ...] = field(default=())
    created_by: str | None = None


@dataclass(frozen=True, slots=True)
class PlannedMigration:
    """A migration that would be applied.

    Attributes:
        name: The name of the migration.
        statements: Its statements, in order. A data step is shown as one statement.
    """

    name: str
    statements: tuple[str, ...]


async def migration_status(pool: object) -> MigrationStatus:
    """Return which migrations are applied and which are pending. Takes one query if there is a ledger, and changes nothing.

    Args:
        pool: Anything that ``create_adapters`` accepts.

    Raises:
        TypeError: ``pool`` is not a supported database or pool.
    """
    context = Context.of(await wrap(pool))
    entries = await Ledger(context).entries()
    applied = tuple(entry for entry in (entries or {}).values() if entry.applied_at is not None)
    done = {entry.name for entry in applied}
    made_by = made_by_others(await live_schema(context.database)) if entries is None else None
    return MigrationStatus(applied, tuple(name for name in history.names() if name not in done), made_by)


async def plan_migrations(pool: object) -> list[PlannedMigration]:
    """Return the migrations that :func:`migrate_to_latest` would apply, oldest first, without changing anything.

    Args:
        pool: Anything that ``create_adapters`` accepts.

    Raises:
        MigrationError: The ledger does not match this version.
        TypeError: ``pool`` is not a supported database or pool.
    """
    context = Context.of(await wrap(pool))
    entries = await Ledger(context).entries() or {}
    planned = []
    for name in _pending(entries):
        migration = history.load(name)
        done = entries[name].steps_done if name in entries else 0
        planned.append(PlannedMigration(name, tuple(_planned_statement(migration, step, context.dialect) for step in migration.up[done:])))
    return planned


def _planned_statement(migration: Migration, step: Operation, dialect: Dialect) -> str:
    if isinstance(step, CreateIndex) and migration.is_online(step):
        return dialect.create_index(step.table, step.index, online=True)
    return statement(step, dialect)


def statement(step: Operation, dialect: Dialect) -> str:
    """Return the SQL of a step. A data step is expressed as one equivalent statement."""
    text = step.sql(dialect)
    if text is not None:
        return text
    if isinstance(step, Backfill):
        return step.script(dialect)
    raise MigrationError(f"a {type(step).__name__} step has no SQL")


async def migrate_to_latest(
    pool: object,
    verbose: bool = False,
    *,
    lock_timeout: float = 600.0,
    adopt: bool = False,
    report: Report | None = None,
    target: str | None = None,
) -> list[str]:
    """Apply the pending migrations. Safe to call from every process at every start: one process migrates, and the others wait.

    If a run is interrupted, the next one resumes where it stopped. Tables remain usable during a migration: a statement that needs a
    table lock gives up quickly and is retried, for up to five minutes. Codes that expired more than a day ago are deleted instead of
    being converted.

    Args:
        pool: Anything that ``create_adapters`` accepts. A pool needs at least two connections, because the migration lease is renewed
            while a step runs.
        verbose: Whether to log each migration and its duration to ``authhero_sql.migrations``, at level INFO.
        lock_timeout: How long to wait for another process that is migrating, in seconds.
        adopt: Whether to adopt a database that AuthHero created, after AuthHero has applied its own migrations. Adoption adds what is
            missing and deletes nothing. Afterwards, both programs can continue to migrate the database, each with its own migrations.
        report: Called with the progress of each step.
        target: The last migration to apply, as its name or an unambiguous prefix such as ``"0005"``. The default is the latest.

    Returns:
        The names of the migrations that were applied, oldest first. The list is empty if none was pending, which takes one query and no
        lease. For a database that was adopted, the list contains all migrations.

    Raises:
        MigrationError: A migration failed (the message names it and the step), the ledger does not match this version, another process
            held the lease for too long, the database has to be adopted and ``adopt`` is False, AuthHero has to apply its own migrations
            first, ``target`` does not identify a migration, or migrations after ``target`` are already applied.
        IncompatibleDatabaseError: The database cannot be adopted, because it lacks something that the adapters need and no migration
            adds.
        TypeError: ``pool`` is not a supported database or pool.
    """
    context = Context.of(await wrap(pool))
    ledger = Ledger(context)
    entries = await ledger.entries()
    pending = _pending_until(target, entries or {})
    if entries is not None and not pending:
        return []
    if entries is None:
        try:
            # Check before writing anything: the database may belong to another program.
            await is_foreign(context, adopt=adopt)
        except MigrationError:
            # Another process may have started migrating in the meantime.
            if await ledger.entries() is None:
                raise
        await ledger.prepare()
    async with Leases(context).hold(lease_owner(), lock_timeout):
        entries = await ledger.entries() or {}
        shared = any(entry.adopted for entry in entries.values()) if entries else await is_foreign(context, adopt=adopt)
        pending = _pending_until(target, entries)
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
    """Refresh the statistics of the query planner after the schema changed. A failure is only logged."""
    if not context.dialect.analyze_commands:
        return
    try:
        await context.executor.write([Call(command, has_timeout=False) for command in context.dialect.analyze_commands])
    except DatabaseError as error:
        logger.warning("the migrations were applied, but %s could not update its statistics: %s", context.dialect.name, error)


async def preview_data_loss(pool: object, steps: int = 1) -> list[DataLoss]:
    """Return the tables and columns that :func:`migrate_down` would drop, with their row counts, without changing anything.

    Args:
        pool: Anything that ``create_adapters`` accepts.
        steps: The number of migrations to undo.

    Raises:
        MigrationError: The migrations cannot be undone.
        TypeError: ``pool`` is not a supported database or pool.
        ValueError: ``steps`` is negative.
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
    """Undo the newest migrations. An adopted migration belongs to AuthHero and is never undone.

    Args:
        pool: Anything that ``create_adapters`` accepts.
        steps: The number of migrations to undo.
        drop_data: Whether tables and columns may be dropped, with their data. See :func:`preview_data_loss`.
        verbose: Whether to log each migration to ``authhero_sql.migrations``, at level INFO.
        lock_timeout: How long to wait for another process that is migrating, in seconds.
        report: Called with the progress of each step.

    Returns:
        The names of the migrations that were undone, newest first.

    Raises:
        MigrationError: One of the migrations was adopted, or data would be lost and ``drop_data`` is False. Nothing was undone in these
            cases. Also raised if a step failed (the message names it), the ledger does not match this version, or another process held
            the lease for too long.
        TypeError: ``pool`` is not a supported database or pool.
        ValueError: ``steps`` is negative.
    """
    context = Context.of(await wrap(pool))
    ledger = Ledger(context)
    if not _newest(await ledger.entries() or {}, steps):
        return []
    async with Leases(context).hold(lease_owner(), lock_timeout):
        names = _newest(await ledger.entries() or {}, steps)
        lost = await count_losses(context, names)
        if lost and not drop_data:
            raise MigrationError(
                f"undoing {', '.join(names)} would drop {', '.join(map(str, lost))}: "
                "to delete this data, call migrate_down(…, drop_data=True) or run `authhero-sql down --yes`"
            )
        for name in names:
            await _Run(context, history.load(name), report).down()
            if verbose:
                logger.info("%s undone", name)
        return names


def _newest(entries: dict[str, Entry], steps: int) -> list[str]:
    """Return the names of the newest migrations after checking that they can be undone.

    Raises:
        MigrationError: The ledger does not match this version, or one of the migrations was adopted.
        ValueError: ``steps`` is negative.
    """
    if steps < 0:
        raise ValueError("steps must be 0 or more")
    _pending(entries)
    names = sorted(entries, reverse=True)[:steps]
    adopted = next((name for name in names if entries[name].adopted), None)
    if adopted is None:
        return names
    raise MigrationError(
        f"{adopted} was adopted and cannot be undone: its changes belong to AuthHero. {_count_newer(names.index(adopted))} can be undone. "
        f"To stop using this package with the database, drop its own tables, {LEDGER.name} and {LEASES.name}"
    )


def _count_newer(number: int) -> str:
    return f"{number or 'No'} newer migration{'s' if number != 1 else ''}"


def _pending(entries: dict[str, Entry]) -> list[str]:
    """Return the names of the pending migrations after checking the ledger.

    Raises:
        MigrationError: The ledger contains a migration that this version does not know, has a gap, or contains a migration whose file
            has changed.
    """
    known = history.names()
    unknown = sorted(set(entries) - set(known))
    if unknown:
        raise MigrationError(f"the database has migrations that this version does not know ({', '.join(unknown)}): install a newer version")
    done = [name for name in known if name in entries and entries[name].applied_at is not None]
    if done != known[: len(done)]:
        missing = next(name for name in known if name not in done)
        raise MigrationError(
            f"the ledger has a gap ({missing} is missing, but later migrations are applied): "
            f"restore its row in {LEDGER.name}, or restore the database from a backup"
        )
    for name, entry in entries.items():
        if entry.checksum != history.checksum(name):
            raise MigrationError(_describe_changed_file(entry))
    return known[len(done) :]


def _pending_until(target: str | None, entries: dict[str, Entry]) -> list[str]:
    """Return the names of the pending migrations up to a target, which is a name or a prefix of one.

    Raises:
        MigrationError: The ledger does not match this version, the target does not identify exactly one migration, or later migrations
            are applied.
    """
    pending = _pending(entries)
    if target is None:
        return pending
    known = history.names()
    found = [name for name in known if name.startswith(target)] if target else []
    if len(found) != 1:
        reason = f"matches {len(found)} migrations" if found else "does not match any migration"
        raise MigrationError(f"the target {printable(target)} {reason}: use a name from {known[0]} to {known[-1]}")
    later = [name for name in known if name > found[0] and name in entries]
    if later:
        raise MigrationError(
            f"cannot migrate to {found[0]}, because later migrations are applied ({', '.join(later)}): "
            f"to undo them, run `authhero-sql down --steps {len(later)}` or call migrate_down(pool, {len(later)})"
        )
    return [name for name in pending if name <= found[0]]


def _describe_changed_file(entry: Entry) -> str:
    verb = "started" if entry.applied_at is None else "applied"
    message = f"the file of {entry.name} has changed since the migration was {verb}: reinstall the version that {verb} it"
    if entry.applied_at is None and len(history.load(entry.name).up) == entry.steps:
        message += ", or, if the completed steps are the same in both files, run `authhero-sql repair --record` to continue with this one"
    return message


class _Run:
    """The execution of one migration, in either direction.

    The migration's ledger entry records how many steps are done. If the engine supports it, several steps and the update of the entry
    run atomically, in a transaction or as one batch. An index on an existing table, which may be large, runs together with the update
    of the entry only.

    Other steps run on their own: data steps, which commit batch by batch; indexes that are built without blocking writes; and every
    step on an engine where DDL commits implicitly. The entry is updated before and after such a step. If ``steps_started`` is greater
    than ``steps_done``, the next step may have been done. If it is less, the last step may have been undone.
    """

    def __init__(self, context: Context, migration: Migration, report: Report | None, *, empty: bool = False) -> None:
        self.context = context
        self.migration = migration
        self.steps = len(migration.up)
        self.report = report
        self.empty = empty
        """Whether the database had no tables before this run."""
        features = context.dialect.features
        self.transactional = features.transactional_ddl
        self.atomic = features.transactional_ddl or not features.interactive_transactions
        """Whether several steps can run atomically. An engine without interactive transactions runs them as one batch."""
        self.committed = 0
        """The number of steps that are committed."""
        self.reached = 0
        """The number of the last step that was executed."""

    async def _entry(self) -> Entry | None:
        return (await Ledger(self.context).entries() or {}).get(self.migration.name)

    async def up(self, entry: Entry | None, started: float) -> None:
        """Run the steps that are not done according to the entry, and update the ledger."""
        with self._naming_failures():
            done = min(entry.steps_started, entry.steps_done) if entry is not None else 0
            uncertain = _uncertain_step(entry)
            while True:
                alone = self._runs_alone(done + 1, uncertain)
                last = done + 1 if alone else self._last_atomic_step(done + 1)
                after = self._entry_after(last, started)
                self.committed = self.reached = done
                if alone:
                    await self._up_alone(last, after, new=entry is None, again=last == uncertain)
                elif self.context.dialect.features.interactive_transactions:
                    await with_lock_retries(self.context, partial(self._up_in_transaction, done + 1, last, after, new=entry is None))
                else:
                    await self._up_in_batch(done + 1, last, after, new=entry is None)
                done, entry = last, entry or after
                if done >= self.steps:
                    return

    def _runs_alone(self, number: int, uncertain: int | None) -> bool:
        """Return whether a step runs and commits separately from other steps."""
        if number > self.steps:
            return False
        step = self.migration.up[number - 1]
        online = self.context.dialect.features.online_ddl and self.migration.is_online(step)
        return not self.atomic or number == uncertain or online or isinstance(step, Backfill)

    def _last_atomic_step(self, first: int) -> int:
        """Return the number of the last step that can run atomically with the first one."""
        if self._may_be_slow(first):
            return first
        separate = (number for number in range(first, self.steps + 1) if self._runs_alone(number, None) or self._may_be_slow(number))
        return next(separate, self.steps + 1) - 1

    def _may_be_slow(self, number: int) -> bool:
        """Return whether a step may take long.

        D1 limits a whole batch to thirty seconds, and a transaction on SQLite blocks all other writers.
        """
        return not self.empty and any(self.migration.is_online(step) for step in self.migration.up[number - 1 : number])

    def _entry_after(self, done: int, started: float) -> Entry:
        """Return the ledger entry after this number of steps."""
        complete = done >= self.steps
        return Entry(
            name=self.migration.name,
            checksum=history.checksum(self.migration.name),
            steps=self.steps,
            steps_started=done,
            steps_done=done,
            applied_at=self.context.now() if complete else None,
            duration_ms=_elapsed_ms(started) if complete else None,
        )

    def _ledger_calls(self, context: Context, entry: Entry, *, new: bool) -> list[Call]:
        """Return the statements that record the entry.

        Once the migration is applied, they include those for the engine's own migration tool.
        """
        ledger = Ledger(context)
        applied = context.dialect.mark_applied(history.script(entry.name)) if entry.applied_at is not None else []
        fields = entry.model_dump(include={"steps_started", "steps_done", "applied_at", "duration_ms"})
        return [*applied, ledger.insert_call(entry) if new else ledger.update_call(entry.name, fields)]

    async def _up_in_transaction(self, first: int, last: int, after: Entry, *, new: bool) -> None:
        self.reached = self.committed
        async with self.context.transaction() as inside:
            for command in self.context.dialect.short_lock_timeout_commands:
                await inside.executor.execute(Call(command))
            for number in range(first, last + 1):
                await self._do(inside, number)
            await Ledger(inside).execute(self._ledger_calls(inside, after, new=new))

    async def _up_in_batch(self, first: int, last: int, after: Entry, *, new: bool) -> None:
        """Run the steps in one round trip.

        The engine does not report which statement failed, so the failed step is determined afterwards.
        """
        steps = self.migration.up[first - 1 : last]
        for number, step in enumerate(steps, first):
            self._report(number, step)
        calls = [Call(statement(step, self.context.dialect), has_timeout=False) for step in steps]
        try:
            await self.context.executor.write([*calls, *self._ledger_calls(self.context, after, new=new)])
        except DatabaseUnavailableError:
            raise
        except DatabaseError as error:
            executable = await Ledger(self.context).count_executable(calls)
            self.reached = first - 1 + executable
            if executable == len(calls):
                raise
            raise self._failure(self._place(first + executable, steps[executable]), error) from error
        self.reached = last

    async def _up_alone(self, number: int, after: Entry, *, new: bool, again: bool) -> None:
        """Run one step, and update the ledger entry before and after it."""
        ledger, name = Ledger(self.context), self.migration.name
        if new:
            before = after.model_copy(update={"steps_done": number - 1, "applied_at": None, "duration_ms": None})
            await ledger.add(before)
        else:
            await ledger.update(name, steps_started=number, steps_done=number - 1)
        await self._run_journaled(self._do(self.context, number, again=again), number - 1)
        await ledger.execute(self._ledger_calls(self.context, after, new=False))

    async def _run_journaled(self, work: Awaitable[None], before: int) -> None:
        try:
            await work
        except MigrationError as error:
            if not isinstance(error.__cause__, DatabaseUnavailableError):
                # The engine rejected the step. If it failed on a duplicate, the next run must not mistake that for its own work.
                with suppress(AuthHeroSQLError):
                    await Ledger(self.context).update(self.migration.name, steps_started=before, steps_done=before)
            raise

    async def down(self) -> None:
        """Undo the completed steps, last first, and delete the ledger entry."""
        with self._naming_failures(undoing=True):
            entry = await self._entry()
            if entry is None:
                return
            if self.transactional:
                async with self.context.transaction() as inside:
                    for number in range(entry.steps_done, 0, -1):
                        await self._undo(inside, number)
                    await Ledger(inside).remove(self.migration.name)
                return
            await self._down_journaled(entry)

    async def _down_journaled(self, entry: Entry) -> None:
        ledger, name = Ledger(self.context), self.migration.name
        if entry.applied_at is not None:
            await ledger.update(name, applied_at=None, duration_ms=None)
        uncertain = _uncertain_step(entry) or 0
        for number in range(max(entry.steps_done, uncertain), 0, -1):
            await ledger.update(name, steps_started=number - 1, steps_done=number)
            await self._run_journaled(self._undo(self.context, number, again=number == uncertain), number)
            await ledger.update(name, steps_done=number - 1)
        await ledger.execute(self.context.dialect.mark_unapplied(history.script(name)))
        await ledger.remove(name)

    async def _do(self, context: Context, number: int, *, again: bool = False) -> None:
        step = self.migration.up[number - 1]
        self._report(number, step)
        try:
            if isinstance(step, Backfill):
                await fill(context, step, lambda rows, total, seconds: self._report(number, step, rows, total, seconds), drop=True)
            elif context.current is not None:
                await context.executor.execute(Call(statement(step, context.dialect), has_timeout=False))
            elif isinstance(step, CreateIndex) and self.migration.is_online(step):
                await build_index(context, step, again=again)
            else:
                await define(context, statement(step, context.dialect))
        except AuthHeroSQLError as error:
            if not again or not isinstance(error, DuplicateObjectError):
                raise self._failure(self._place(number, step), error) from error
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
            alternative = await self._alternative_undo(context, step, error)
            if alternative is None:
                raise self._failure(self._place(number, step), error, undoing=True) from error
            await context.executor.execute(Call(alternative))

    async def _alternative_undo(self, context: Context, step: Operation, error: AuthHeroSQLError) -> str | None:
        """Return the statement to run instead of an undo step that the engine rejected, or None."""
        if not isinstance(step, DropIndex) or not isinstance(error, DatabaseError) or error.code not in context.dialect.index_in_use_codes:
            return None
        live = await context.dialect.describe(context.database)
        return context.dialect.replace_index(step.table, step.index, live[step.table].foreign_keys)

    @contextmanager
    def _naming_failures(self, *, undoing: bool = False) -> Iterator[None]:
        """Name the migration in errors that occur outside the steps, at COMMIT or while the ledger is updated."""
        try:
            yield
        except MigrationError:
            raise
        except AuthHeroSQLError as error:
            after = self.reached > self.committed or self.committed >= self.steps
            place = f"the write after step {self.reached}" if after else f"the write before step {self.committed + 1}"
            raise self._failure("undo" if undoing else f"{place} of {self.steps}", error, undoing=undoing) from error

    def _place(self, number: int, step: Operation) -> str:
        return f"step {number} of {self.steps} ({type(step).__name__})"

    def _failure(self, place: str, error: AuthHeroSQLError, *, undoing: bool = False) -> MigrationError:
        code = f" ({error.code})" if isinstance(error, DatabaseError) and error.code else ""
        if not (self.transactional if undoing else self.atomic) or self.committed:
            advice = "The completed steps are recorded: fix the cause and try again to continue from there"
        else:
            advice = f"The migration was not {'undone' if undoing else 'applied'}: fix the cause and try again"
        message = f"{self.migration.name}, {place} failed on {self.context.dialect.name}: {str(error).rstrip('.')}{code}"
        return MigrationError(f"{message}. {advice}")

    def _report(self, number: int, step: Operation, rows: int = 0, total: int | None = None, seconds: float = 0.0) -> None:
        if self.report is not None:
            self.report(Progress(self.migration.name, number, self.steps, type(step).__name__, rows, total, seconds))


def _uncertain_step(entry: Entry | None) -> int | None:
    """Return the number of the step that an interrupted run may have done or undone without recording it, or None."""
    if entry is None or entry.steps_started == entry.steps_done:
        return None
    return max(entry.steps_started, entry.steps_done)


def _elapsed_ms(started: float) -> int:
    return round((time.perf_counter() - started) * 1000)
