"""Takes over a database that AuthHero's own Kysely adapter made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..clock import truncate
from ..dialects.interface import Call
from ..errors import AuthHeroSQLError, MigrationError
from ..session import Session
from ..tables import REGISTRY
from . import history
from .backfills import fill
from .check import Difference, SchemaCheck, differences, live_schema, wanted_schema
from .ledger import Entry, Ledger
from .operations import AddColumn, Backfill, CreateIndex, CreateTable, Operation

THEIR_LEDGER = "kysely_migration"
SHOWN = 20
"""How many differences an error lists."""


async def is_foreign(session: Session) -> str | None:
    """Why a database without a ledger is not to be migrated: somebody else made its tables; how they differ and what to do.

    None where it has no table of the schema.
    """
    live = await live_schema(session.database)
    if not set(live) & set(REGISTRY):
        return None
    who = "AuthHero" if THEIR_LEDGER in live else "another program"
    found = [difference for difference in differences(live, wanted_schema(session.dialect)) if _counts(difference)]
    lines = [f"  {difference}" for difference in found[:SHOWN]]
    if len(found) > SHOWN:
        lines.append(f"  … and {len(found) - SHOWN} more")
    return (
        f"{who} made the tables of this database, and nobody has said that they may be changed. Compared with this version:\n"
        + "\n".join(lines or ["  as declared"])
        + "\nLook at it with `authhero-sql check`, then take it over with `authhero-sql adopt` or migrate_to_latest(pool, adopt=True): "
        "what is missing is added, and nothing is lost."
    )


def _counts(difference: Difference) -> bool:
    """Whether a difference concerns the schema, and not a table of somebody else."""
    return difference.table in REGISTRY


async def adopt_schema(session: Session) -> None:
    """Add what a foreign database lacks, and write all migrations into the ledger.

    A run that was killed begins again: what it has added is not missing any more.

    Raises:
        MigrationError: something could not be added.
    """
    check = SchemaCheck(tuple(differences(await live_schema(session.database), wanted_schema(session.dialect))))
    for step in _missing(check):
        await _add(session, step)
    for name in history.names():
        for step in history.load(name).up:
            if isinstance(step, Backfill):
                await fill(session, step, lambda *_: None)
    now = truncate(session.clock())
    ledger = Ledger(session)
    calls = [ledger._insert(ledger._writer.row(_stamp(name, now), {})) for name in history.names()]
    await ledger._write(*calls, *(call for name in history.names() for call in session.dialect.applied(history.script(name))))


def _stamp(name: str, now: Any) -> Entry:
    steps = len(history.load(name).up)
    checksum = history.checksum(name)
    return Entry(name=name, checksum=checksum, steps=steps, steps_started=steps, steps_done=steps, applied_at=now, duration_ms=0)


def _missing(check: SchemaCheck) -> Iterator[Operation]:
    """The steps that add the tables, columns and indexes that are missing, in the registry's order."""
    absent = {(part.table, part.part, part.name) for part in check.differences if part.found is None}
    for table in REGISTRY.values():
        if (table.name, "table", "") in absent:
            yield CreateTable(table.name, tuple(column.definition for column in table.columns), table.key, table.foreign_keys)
            yield from (CreateIndex(table.name, index) for index in table.indexes)
            continue
        for column in table.columns:
            if (table.name, "column", column.name) in absent:
                yield AddColumn(table.name, column.definition)
        for index in table.indexes:
            if (table.name, "index", index.name) in absent:
                yield CreateIndex(table.name, index)


async def _add(session: Session, step: Operation) -> None:
    try:
        await session.executor.execute(Call(step.sql(session.dialect) or ""))
    except AuthHeroSQLError as error:
        place = getattr(step, "name", None) or getattr(step, "table", "")
        raise MigrationError(
            f"{type(step).__name__} on {place}, which is missing here, failed on {session.dialect.name}: {error}"
        ) from error
