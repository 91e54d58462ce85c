"""What a crash left: migrations that were begun and not finished, and a lease that nobody gives back."""

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
    """A migration that was begun and not finished.

    Attributes:
        name: the migration.
        steps: how many steps it has.
        steps_done: how many of them are done for certain.
        unsure: the number of the step that may have been done, or undone, without anybody having written so; None where
            everything is certain.
        what: that step in words.
        is_done: whether the live schema has what that step makes; None where that cannot be seen.
        changed: whether the migration's file is another one now than when it was begun.
    """

    name: str
    steps: int
    steps_done: int
    unsure: int | None
    what: str | None
    is_done: bool | None
    changed: bool

    def __str__(self) -> str:
        place = f"{self.name}: {self.steps_done} of {self.steps} steps are done"
        if self.unsure is not None:
            state = {True: "is done", False: "is not done", None: "cannot be seen"}[self.is_done]
            place += f"; step {self.unsure} ({self.what}) was under way and {state}"
        return place + ("; its file has changed since" if self.changed else "")


async def find_interrupted_migrations(pool: object) -> list[InterruptedMigration]:
    """The migrations that were begun and not finished; changes nothing. A migration that is running now is one, too.

    Args:
        pool: what ``create_adapters`` takes.

    Raises:
        TypeError: ``pool`` is no database.
    """
    context = Context.of(await wrap(pool))
    begun = [entry for entry in (await Ledger(context).entries() or {}).values() if entry.applied_at is None]
    if not begun:
        return []
    live = await context.dialect.describe(context.database)
    return [await _damage(context, entry, live) for entry in begun]


async def repair(pool: object) -> list[InterruptedMigration]:
    """Write into the ledger what the live schema shows of steps that nobody is certain of, so that the next run goes on there.

    A migration whose file has changed since it was begun is taken for the one that is here now, as long as it has as many
    steps. Make sure that nobody is migrating.

    Args:
        pool: what ``create_adapters`` takes.

    Returns:
        What there was, as :func:`find_interrupted_migrations` gives it.

    Raises:
        TypeError: ``pool`` is no database.
    """
    context = Context.of(await wrap(pool))
    found = await find_interrupted_migrations(context.database)
    for damage in found:
        fields: dict[str, object] = {}
        if damage.unsure is not None and damage.is_done is not None:
            done = damage.unsure if damage.is_done else damage.unsure - 1
            fields = {"steps_started": done, "steps_done": done}
        if damage.changed and len(history.load(damage.name).up) == damage.steps:
            fields["checksum"] = history.checksum(damage.name)
        if fields:
            await Ledger(context).note(damage.name, **fields)
    return found


async def lease_holder(pool: object) -> Lease | None:
    """Who is migrating, and until when unless they give a sign of life; None where nobody is. Changes nothing.

    Args:
        pool: what ``create_adapters`` takes.

    Raises:
        TypeError: ``pool`` is no database.
    """
    return await Leases(Context.of(await wrap(pool))).holder()


async def unlock(pool: object) -> Lease | None:
    """Take the lease from whoever has it. Make sure that they are dead: a lease that is not renewed ends by itself within a minute.

    Args:
        pool: what ``create_adapters`` takes.

    Returns:
        The lease that was taken away, None where nobody had it.

    Raises:
        TypeError: ``pool`` is no database.
    """
    leases = Leases(Context.of(await wrap(pool)))
    lease = await leases.holder()
    if lease is not None and lease.owner is not None:
        await leases.release(lease.owner)
    return lease


async def _damage(context: Context, entry: Entry, live: Mapping[str, LiveTable]) -> InterruptedMigration:
    known = entry.name in history.names()
    unsure = max(entry.steps_started, entry.steps_done) if entry.steps_started != entry.steps_done else None
    step = history.load(entry.name).up[unsure - 1] if known and unsure is not None and unsure <= len(history.load(entry.name).up) else None
    found = is_done(step, live) if step is not None else None
    if isinstance(step, CreateIndex) and await context.dialect.leftover_index(context.database, step.table, step.index.name):
        found = False
    return InterruptedMigration(
        name=entry.name,
        steps=entry.steps,
        steps_done=min(entry.steps_started, entry.steps_done),
        unsure=unsure,
        what=_words(step) if step is not None else None,
        is_done=found,
        changed=known and entry.checksum != history.checksum(entry.name),
    )


def _words(step: Operation) -> str:
    match step:
        case CreateTable() | DropTable():
            return f"{type(step).__name__} {step.name}"
        case AddColumn() | DropColumn():
            return f"{type(step).__name__} {step.table}.{step.column.name}"
        case CreateIndex() | DropIndex():
            return f"{type(step).__name__} {step.index.name} on {step.table}"
    return type(step).__name__


def is_done(step: Operation, live: Mapping[str, LiveTable]) -> bool | None:
    """Whether the live schema has what the step makes; None for a step that leaves no trace there."""
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
    """Whether a live table has the column."""
    return table in live and name in {column.name for column in live[table].columns}


def _has_index(live: Mapping[str, LiveTable], table: str, name: str) -> bool:
    return table in live and name in {index.name for index in live[table].indexes}
