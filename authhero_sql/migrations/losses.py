"""What is lost when migrations are taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..context import Context
from ..dialects.dialect import LiveTable
from ..dialects.interface import Call
from ..errors import MigrationError
from . import history
from .operations import DropColumn, DropTable
from .repair import has_column


@dataclass(frozen=True, slots=True)
class DataLoss:
    """A table or a column that goes when a migration is taken back.

    Attributes:
        table: the table, or the one that the column is in.
        column: the column, None where the table goes.
        rows: how many rows the table has, or have a value in the column.
    """

    table: str
    column: str | None
    rows: int

    def __str__(self) -> str:
        if self.column is None:
            return f"{self.table} ({self.rows} row{'s' if self.rows != 1 else ''})"
        return f"{self.table}.{self.column} ({self.rows} value{'s' if self.rows != 1 else ''})"


async def count_losses(context: Context, names: Sequence[str]) -> list[DataLoss]:
    """What goes when these migrations are taken back, in that order.

    Raises:
        MigrationError: a table that stays refers to one that would go.
    """
    live = await context.dialect.describe(context.database)
    going = _going(names, live)
    tables = {table for table, column in going if column is None}
    _refuse_referring(live, tables)
    gone = [(table, column) for table, column in going if column is None or table not in tables]
    counts = await context.executor.fetch_many([_count(context, table, column) for table, column in gone])
    return [DataLoss(table, column, rows[0][0]) for (table, column), rows in zip(gone, counts, strict=True)]


def _going(names: Sequence[str], live: Mapping[str, LiveTable]) -> list[tuple[str, str | None]]:
    """The tables and columns of what is there that the way back drops."""
    going: list[tuple[str, str | None]] = []
    for step in (step for name in names for step in history.load(name).down):
        if isinstance(step, DropTable) and step.name in live:
            going.append((step.name, None))
        elif isinstance(step, DropColumn) and has_column(live, step.table, step.column.name):
            going.append((step.table, step.column.name))
    return going


def _refuse_referring(live: Mapping[str, LiveTable], going: set[str]) -> None:
    """SQLite would let a DROP TABLE delete what refers to its rows, in whatever table that stands; the others refuse it, half-way."""
    for name, table in live.items():
        held = [reference.references for reference in table.foreign_keys if reference.references in going]
        if held and name not in going:
            raise MigrationError(f"{name}, which is none of this package's tables and stays, refers to {held[0]}: drop the reference first")


def _count(context: Context, table: str, column: str | None) -> Call:
    words = context.dialect
    counted = "*" if column is None else words.identifier(column)
    return Call(f"SELECT COUNT({counted}) FROM {words.identifier(table)}", bounded=False)  # noqa: S608  # names of frozen files
