"""The data that is lost when migrations are undone."""

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
    """A table or a column that is dropped when a migration is undone.

    Attributes:
        table: The name of the table.
        column: The name of the column, or None if the whole table is dropped.
        rows: The number of rows in the table, or the number of rows with a value in the column.
    """

    table: str
    column: str | None
    rows: int

    def __str__(self) -> str:
        if self.column is None:
            return f"{self.table} ({self.rows} row{'s' if self.rows != 1 else ''})"
        return f"{self.table}.{self.column} ({self.rows} value{'s' if self.rows != 1 else ''})"


async def count_losses(context: Context, names: Sequence[str]) -> list[DataLoss]:
    """Return the tables and columns that undoing these migrations drops, in order.

    Raises:
        MigrationError: A foreign key of another table references a table that would be dropped.
    """
    live = await context.dialect.describe(context.database)
    dropped = _dropped_objects(names, live)
    tables = {table for table, column in dropped if column is None}
    _refuse_references(live, tables)
    # The column of a dropped table is not reported separately.
    reported = [(table, column) for table, column in dropped if column is None or table not in tables]
    counts = await context.executor.fetch_many([_count(context, table, column) for table, column in reported])
    return [DataLoss(table, column, rows[0][0]) for (table, column), rows in zip(reported, counts, strict=True)]


def _dropped_objects(names: Sequence[str], live: Mapping[str, LiveTable]) -> list[tuple[str, str | None]]:
    """Return the existing tables, and columns with their tables, that undoing the migrations drops."""
    dropped: list[tuple[str, str | None]] = []
    for step in (step for name in names for step in history.load(name).down):
        if isinstance(step, DropTable) and step.name in live:
            dropped.append((step.name, None))
        elif isinstance(step, DropColumn) and has_column(live, step.table, step.column.name):
            dropped.append((step.table, step.column.name))
    return dropped


def _refuse_references(live: Mapping[str, LiveTable], dropped: set[str]) -> None:
    """Refuse to drop tables that a table outside the schema references.

    On SQLite, DROP TABLE would delete the referencing rows. The other engines would reject it, possibly after other steps succeeded.
    """
    for name, table in live.items():
        referenced = [reference.references for reference in table.foreign_keys if reference.references in dropped]
        if referenced and name not in dropped:
            raise MigrationError(
                f"{name}, a table outside the schema, has a foreign key to {referenced[0]}, which would be dropped: "
                "drop the foreign key first"
            )


def _count(context: Context, table: str, column: str | None) -> Call:
    dialect = context.dialect
    counted = "*" if column is None else dialect.identifier(column)
    return Call(f"SELECT COUNT({counted}) FROM {dialect.identifier(table)}", has_timeout=False)  # noqa: S608  # names of frozen files
