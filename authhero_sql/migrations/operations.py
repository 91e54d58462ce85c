"""What a migration is made of, in words. The dialect renders them; a frozen migration never imports the registry.

Each operation has an inverse, knows its statements in a dialect, and what it does to a schema in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, NoReturn, Protocol

from ..clock import to_epoch_ms
from ..dialects.dialect import Dialect
from ..errors import MigrationError
from ..schema import ColumnType, ForeignKey, Index


@dataclass(frozen=True, slots=True)
class TableState:
    """A table as migrations have made it."""

    columns: tuple[ColumnType, ...]
    key: tuple[str, ...]
    indexes: tuple[Index, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()


Schema = dict[str, TableState]
"""The tables by name."""


class Operation(Protocol):
    """One step of a migration: at most one statement, so that a run that was killed knows where it stood."""

    def sql(self, dialect: Dialect) -> str | None:
        """The statement; None for a step that works on rows."""
        ...

    def apply(self, schema: Schema) -> None:
        """Do to a schema in memory what the step does to a database."""
        ...

    @property
    def inverse(self) -> Operation | None:
        """The step that undoes it; None where nothing has to be undone."""
        ...


@dataclass(frozen=True, slots=True)
class CreateTable:
    """CREATE TABLE; its indexes are steps of their own."""

    name: str
    columns: tuple[ColumnType, ...]
    key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...] = ()

    def sql(self, dialect: Dialect) -> str:
        """The statement."""
        return dialect.create_table(self.name, self.columns, self.key, self.foreign_keys)

    def apply(self, schema: Schema) -> None:
        """Add the table."""
        schema[self.name] = TableState(self.columns, self.key, (), self.foreign_keys)

    @property
    def inverse(self) -> DropTable:
        """Drop it."""
        return DropTable(self.name, self)


@dataclass(frozen=True, slots=True)
class DropTable:
    """DROP TABLE; ``was`` says how to make it again."""

    name: str
    was: CreateTable

    def sql(self, dialect: Dialect) -> str:
        """The statement."""
        return dialect.drop_table(self.name)

    def apply(self, schema: Schema) -> None:
        """Take the table away."""
        del schema[self.name]

    @property
    def inverse(self) -> CreateTable:
        """Create it."""
        return self.was


@dataclass(frozen=True, slots=True)
class AddColumn:
    """ALTER TABLE … ADD COLUMN."""

    table: str
    column: ColumnType

    def sql(self, dialect: Dialect) -> str:
        """The statement."""
        return dialect.add_column(self.table, self.column)

    def apply(self, schema: Schema) -> None:
        """Add the column."""
        state = schema[self.table]
        schema[self.table] = replace(state, columns=(*state.columns, self.column))

    @property
    def inverse(self) -> DropColumn:
        """Drop it."""
        return DropColumn(self.table, self.column)


@dataclass(frozen=True, slots=True)
class DropColumn:
    """ALTER TABLE … DROP COLUMN."""

    table: str
    column: ColumnType

    def sql(self, dialect: Dialect) -> str:
        """The statement."""
        return dialect.drop_column(self.table, self.column.name)

    def apply(self, schema: Schema) -> None:
        """Take the column away."""
        state = schema[self.table]
        schema[self.table] = replace(state, columns=tuple(part for part in state.columns if part.name != self.column.name))

    @property
    def inverse(self) -> AddColumn:
        """Add it."""
        return AddColumn(self.table, self.column)


@dataclass(frozen=True, slots=True)
class CreateIndex:
    """CREATE INDEX."""

    table: str
    index: Index

    def sql(self, dialect: Dialect) -> str:
        """The statement."""
        return dialect.create_index(self.table, self.index)

    def apply(self, schema: Schema) -> None:
        """Add the index."""
        state = schema[self.table]
        schema[self.table] = replace(state, indexes=(*state.indexes, self.index))

    @property
    def inverse(self) -> DropIndex:
        """Drop it."""
        return DropIndex(self.table, self.index)


@dataclass(frozen=True, slots=True)
class DropIndex:
    """DROP INDEX."""

    table: str
    index: Index

    def sql(self, dialect: Dialect) -> str:
        """The statement."""
        return dialect.drop_index(self.table, self.index.name)

    def apply(self, schema: Schema) -> None:
        """Take the index away."""
        state = schema[self.table]
        schema[self.table] = replace(state, indexes=tuple(part for part in state.indexes if part.name != self.index.name))

    @property
    def inverse(self) -> CreateIndex:
        """Create it."""
        return CreateIndex(self.table, self.index)


@dataclass(frozen=True, slots=True)
class Conversion:
    """How a backfill makes one value of another: in Python, a batch at a time, and in SQL, for scripts.

    ``value`` gives None for what cannot be converted; ``sql`` gives NULL for it.
    """

    value: Callable[[Any], Any]
    sql: Callable[[Dialect, str], str]

    def __call__(self, given: Any) -> Any:
        """The value, or None."""
        return self.value(given)


@dataclass(frozen=True, slots=True)
class Backfill:
    """Fill a new column from an old one, a bounded batch at a time; what cannot be converted stays NULL."""

    table: str
    key: tuple[str, ...]
    source: str
    target: str
    convert: Conversion
    worthless: timedelta | None = None
    """How long after the instant in the new column a row is worth nothing; None: never."""
    batch: int = 500

    def script(self, dialect: Dialect) -> str:
        """The same in one statement, for a script."""
        target, source = dialect.identifier(self.target), dialect.identifier(self.source)
        return (
            f"UPDATE {dialect.identifier(self.table)} SET {target} = {self.convert.sql(dialect, source)} "  # noqa: S608  # names of a frozen file
            f"WHERE {target} IS NULL AND {source} IS NOT NULL"
        )

    def sql(self, dialect: Dialect) -> None:
        """It works on rows."""

    def apply(self, schema: Schema) -> None:
        """The schema stays as it is."""

    @property
    def inverse(self) -> None:
        """The column goes with its own step."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One frozen file: its steps in order. The file's name is the migration's."""

    up: tuple[Operation, ...]
    name: str = field(default="")

    def undo(self, number: int) -> Operation | None:
        """What undoes the step of that number, counted from 1; None where nothing has to be undone.

        An index goes with the table that the migration itself has made: MySQL does not let go of one that a reference uses.
        """
        step = self.up[number - 1]
        return None if isinstance(step, CreateIndex) and not self.is_online(step) else step.inverse

    def is_online(self, step: Operation) -> bool:
        """Whether a step builds an index on a table that may be large and in use: on one that this migration has not made itself."""
        own = {made.name for made in self.up if isinstance(made, CreateTable)}
        return isinstance(step, CreateIndex) and step.table not in own

    @property
    def down(self) -> tuple[Operation, ...]:
        """The steps that undo it, last first."""
        return tuple(step for number in range(len(self.up), 0, -1) if (step := self.undo(number)) is not None)


def column(name: str, type: str, *, null: bool = True, default: str | int | None = None) -> ColumnType:
    """A column: its name and MySQL's name for its type."""
    return ColumnType(name=name, type=type, null=null, default=default)


def reference(columns: Sequence[str], table: str, ref_columns: Sequence[str]) -> ForeignKey:
    """A reference to another table's key; removing the row there removes the rows here."""
    return ForeignKey(tuple(columns), table, tuple(ref_columns))


def create_table(name: str, *columns: ColumnType, key: Sequence[str], references: Sequence[ForeignKey] = ()) -> CreateTable:
    """A table without its indexes."""
    return CreateTable(name, columns, tuple(key), tuple(references))


def create_index(table: str, name: str, columns: Sequence[str], *, unique: bool = False) -> CreateIndex:
    """An index of a table."""
    return CreateIndex(table, Index(name, tuple(columns), unique))


def add_column(table: str, name: str, type: str, *, null: bool = True, default: str | int | None = None) -> AddColumn:
    """A column more."""
    return AddColumn(table, column(name, type, null=null, default=default))


def drop_column(table: str, was: ColumnType) -> DropColumn:
    """A column less; ``was`` says how to make it again."""
    return DropColumn(table, was)


def drop_index(table: str, name: str, columns: Sequence[str], *, unique: bool = False) -> DropIndex:
    """An index less."""
    return DropIndex(table, Index(name, tuple(columns), unique))


def undecided(what: str) -> NoReturn:
    """A step that ``makemigration`` could not derive; the file does not load until somebody has put a step in its place.

    Raises:
        MigrationError: always.
    """
    raise MigrationError(f"a step is missing: {what}")


PERISHABLE = {"codes": timedelta(days=1)}
"""Tables whose rows are worth nothing so long after they expire: they would be swept, and need not be converted first."""


def backfill(table: str, *, key: Sequence[str], source: str, target: str, convert: Conversion) -> Backfill:
    """Fill ``target`` from ``source`` where it is NULL."""
    return Backfill(table, tuple(key), source, target, convert, PERISHABLE.get(table))


def _epoch_ms(text: Any) -> int | None:
    try:
        return to_epoch_ms(datetime.fromisoformat(text))
    except (TypeError, ValueError):
        # SQLite may hold a blob in a column of text.
        return None


iso_to_epoch_ms: Conversion = Conversion(_epoch_ms, lambda dialect, source: dialect.epoch_ms(source))
"""Epoch milliseconds of an ISO-8601 instant."""
