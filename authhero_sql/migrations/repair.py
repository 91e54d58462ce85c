"""Recovery after a crash: unfinished migrations, and leases that were not released."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..context import Context
from ..dialects import wrap
from ..dialects.dialect import LiveTable
from . import history
from .ledger import Entry, Lease, Leases, Ledger
from .operations import AddColumn, CreateIndex, CreateTable, DropColumn, DropIndex, DropTable, Operation


@dataclass(frozen=True, slots=True)
class InterruptedMigration:
    """A migration that was started and not finished.

    Attributes:
        name: The name of the migration.
        steps: The number of its steps.
        steps_done: The number of steps that are known to be done.
        uncertain_step: The number of the step that may have been done or undone without being recorded, or None if there is no such step.
        operation: A description of that step.
        is_done: Whether the live schema shows that the step is done, or None if the schema does not tell.
        changed: Whether the migration's file has changed since the migration was started.
    """

    name: str
    steps: int
    steps_done: int
    uncertain_step: int | None
    operation: str | None
    is_done: bool | None
    changed: bool

    def __str__(self) -> str:
        text = f"{self.name}: {self.steps_done} of {self.steps} steps are done"
        if self.uncertain_step is not None:
            state = {True: "but is done", False: "and is not done", None: "and may or may not be done"}[self.is_done]
            text += f"; step {self.uncertain_step} ({self.operation}) was interrupted {state}"
        return text + ("; the migration's file has changed since" if self.changed else "")


async def find_interrupted_migrations(pool: object) -> list[InterruptedMigration]:
    """Return the migrations that were started and not finished, without changing anything.

    The result includes a migration that is still running.

    Args:
        pool: Anything that ``create_adapters`` accepts.

    Raises:
        TypeError: ``pool`` is not a supported database or pool.
    """
    context = Context.of(await wrap(pool))
    started = [entry for entry in (await Ledger(context).entries() or {}).values() if entry.applied_at is None]
    if not started:
        return []
    live = await context.dialect.describe(context.database)
    return [await _inspect(context, entry, live) for entry in started]


async def repair(pool: object) -> list[InterruptedMigration]:
    """Record in the ledger whether interrupted steps are done, according to the live schema, so that the next run can continue.

    If the file of a migration has changed since it was started and has the same number of steps, the ledger adopts the current file.
    Make sure that no process is migrating.

    Args:
        pool: Anything that ``create_adapters`` accepts.

    Returns:
        The interrupted migrations, as :func:`find_interrupted_migrations` returned them before the repair.

    Raises:
        TypeError: ``pool`` is not a supported database or pool.
    """
    context = Context.of(await wrap(pool))
    found = await find_interrupted_migrations(context.database)
    for interrupted in found:
        fields: dict[str, object] = {}
        if interrupted.uncertain_step is not None and interrupted.is_done is not None:
            done = interrupted.uncertain_step if interrupted.is_done else interrupted.uncertain_step - 1
            fields = {"steps_started": done, "steps_done": done}
        if interrupted.changed and len(history.load(interrupted.name).up) == interrupted.steps:
            fields["checksum"] = history.checksum(interrupted.name)
        if fields:
            await Ledger(context).update(interrupted.name, **fields)
    return found


async def lease_holder(pool: object) -> Lease | None:
    """Return the lease of the process that is migrating, or None if there is none. Changes nothing.

    Args:
        pool: Anything that ``create_adapters`` accepts.

    Raises:
        TypeError: ``pool`` is not a supported database or pool.
    """
    return await Leases(Context.of(await wrap(pool))).holder()


async def unlock(pool: object) -> Lease | None:
    """Release the migration lease, regardless of which process holds it.

    Make sure that this process has died. A lease that is not renewed expires within a minute, so this is rarely necessary.

    Args:
        pool: Anything that ``create_adapters`` accepts.

    Returns:
        The lease that was released, or None if no process held it.

    Raises:
        TypeError: ``pool`` is not a supported database or pool.
    """
    leases = Leases(Context.of(await wrap(pool)))
    lease = await leases.holder()
    if lease is not None and lease.owner is not None:
        await leases.release(lease.owner)
    return lease


async def _inspect(context: Context, entry: Entry, live: Mapping[str, LiveTable]) -> InterruptedMigration:
    known = entry.name in history.names()
    unsure = max(entry.steps_started, entry.steps_done) if entry.steps_started != entry.steps_done else None
    step = history.load(entry.name).up[unsure - 1] if known and unsure is not None and unsure <= len(history.load(entry.name).up) else None
    found = is_done(step, live) if step is not None else None
    if isinstance(step, CreateIndex) and await context.dialect.drop_invalid_index(context.database, step.table, step.index.name):
        found = False
    return InterruptedMigration(
        name=entry.name,
        steps=entry.steps,
        steps_done=min(entry.steps_started, entry.steps_done),
        uncertain_step=unsure,
        operation=_describe_step(step) if step is not None else None,
        is_done=found,
        changed=known and entry.checksum != history.checksum(entry.name),
    )


def _describe_step(step: Operation) -> str:
    match step:
        case CreateTable() | DropTable():
            return f"{type(step).__name__} {step.name}"
        case AddColumn() | DropColumn():
            return f"{type(step).__name__} {step.table}.{step.column.name}"
        case CreateIndex() | DropIndex():
            return f"{type(step).__name__} {step.index.name} on {step.table}"
    return type(step).__name__


def is_done(step: Operation, live: Mapping[str, LiveTable]) -> bool | None:
    """Return whether the live schema shows that a step is done, or None for a step that does not change the schema."""
    match step:
        case CreateTable():
            return step.name in live
        case DropTable():
            return step.name not in live
        case AddColumn():
            return has_column(live, step.table, step.column.name)
        case DropColumn():
            return not has_column(live, step.table, step.column.name)
        case CreateIndex():
            return _has_index(live, step.table, step.index.name)
        case DropIndex():
            return not _has_index(live, step.table, step.index.name)
    return None


def has_column(live: Mapping[str, LiveTable], table: str, name: str) -> bool:
    """Return whether a live table has the column."""
    return table in live and name in {column.name for column in live[table].columns}


def _has_index(live: Mapping[str, LiveTable], table: str, name: str) -> bool:
    return table in live and name in {index.name for index in live[table].indexes}
