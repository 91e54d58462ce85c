"""The operations that migrations consist of.

An operation can return its SQL in a dialect, apply itself to an in-memory schema, and return its inverse. A frozen migration imports only
this module and never the registry, which may change.
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
    """The definition of a table after some migrations."""

    columns: tuple[ColumnType, ...]
    key: tuple[str, ...]
    indexes: tuple[Index, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()


Schema = dict[str, TableState]
"""The tables by name."""


class Operation(Protocol):
    """One step of a migration. It has at most one statement, so that an interrupted run can tell which steps are done."""

    def sql(self, dialect: Dialect) -> str | None:
        """Return the statement, or None for a data step."""
        ...

    def apply(self, schema: Schema) -> None:
        """Apply the step to an in-memory schema."""
        ...

    @property
    def inverse(self) -> Operation | None:
        """The step that undoes this one, or None if there is nothing to undo."""
        ...


@dataclass(frozen=True, slots=True)
class CreateTable:
    """CREATE TABLE, without indexes, which are separate steps."""

    name: str
    columns: tuple[ColumnType, ...]
    key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...] = ()

    def sql(self, dialect: Dialect) -> str:
        """Return the statement."""
        return dialect.create_table(self.name, self.columns, self.key, self.foreign_keys)

    def apply(self, schema: Schema) -> None:
        """Add the table to the schema."""
        schema[self.name] = TableState(self.columns, self.key, (), self.foreign_keys)

    @property
    def inverse(self) -> DropTable:
        """The step that drops it."""
        return DropTable(self.name, self)


@dataclass(frozen=True, slots=True)
class DropTable:
    """DROP TABLE. ``was`` is the step that creates the table again."""

    name: str
    was: CreateTable

    def sql(self, dialect: Dialect) -> str:
        """Return the statement."""
        return dialect.drop_table(self.name)

    def apply(self, schema: Schema) -> None:
        """Remove the table from the schema."""
        del schema[self.name]

    @property
    def inverse(self) -> CreateTable:
        """The step that creates it again."""
        return self.was


@dataclass(frozen=True, slots=True)
class AddColumn:
    """ALTER TABLE … ADD COLUMN."""

    table: str
    column: ColumnType

    def sql(self, dialect: Dialect) -> str:
        """Return the statement."""
        return dialect.add_column(self.table, self.column)

    def apply(self, schema: Schema) -> None:
        """Add the column to the schema."""
        state = schema[self.table]
        schema[self.table] = replace(state, columns=(*state.columns, self.column))

    @property
    def inverse(self) -> DropColumn:
        """The step that drops it."""
        return DropColumn(self.table, self.column)


@dataclass(frozen=True, slots=True)
class DropColumn:
    """ALTER TABLE … DROP COLUMN."""

    table: str
    column: ColumnType

    def sql(self, dialect: Dialect) -> str:
        """Return the statement."""
        return dialect.drop_column(self.table, self.column.name)

    def apply(self, schema: Schema) -> None:
        """Remove the column from the schema."""
        state = schema[self.table]
        schema[self.table] = replace(state, columns=tuple(part for part in state.columns if part.name != self.column.name))

    @property
    def inverse(self) -> AddColumn:
        """The step that adds it again."""
        return AddColumn(self.table, self.column)


@dataclass(frozen=True, slots=True)
class CreateIndex:
    """CREATE INDEX."""

    table: str
    index: Index

    def sql(self, dialect: Dialect) -> str:
        """Return the statement."""
        return dialect.create_index(self.table, self.index)

    def apply(self, schema: Schema) -> None:
        """Add the index to the schema."""
        state = schema[self.table]
        schema[self.table] = replace(state, indexes=(*state.indexes, self.index))

    @property
    def inverse(self) -> DropIndex:
        """The step that drops it."""
        return DropIndex(self.table, self.index)


@dataclass(frozen=True, slots=True)
class DropIndex:
    """DROP INDEX."""

    table: str
    index: Index

    def sql(self, dialect: Dialect) -> str:
        """Return the statement."""
        return dialect.drop_index(self.table, self.index.name)

    def apply(self, schema: Schema) -> None:
        """Remove the index from the schema."""
        state = schema[self.table]
        schema[self.table] = replace(state, indexes=tuple(part for part in state.indexes if part.name != self.index.name))

    @property
    def inverse(self) -> CreateIndex:
        """The step that creates it again."""
        return CreateIndex(self.table, self.index)


@dataclass(frozen=True, slots=True)
class Conversion:
    """The conversion of a backfill, in Python for migrations and in SQL for scripts.

    ``value`` returns None for a value that cannot be converted, and ``sql`` evaluates to NULL for it.
    """

    value: Callable[[Any], Any]
    sql: Callable[[Dialect, str], str]

    def __call__(self, source: Any) -> Any:
        """Return the converted value, or None."""
        return self.value(source)


@dataclass(frozen=True, slots=True)
class Backfill:
    """A data step that fills a new column from an old one in bounded batches. Values that cannot be converted stay NULL."""

    table: str
    key: tuple[str, ...]
    source: str
    target: str
    convert: Conversion
    worthless: timedelta | None = None
    """How long after the time in the new column a row may be deleted instead of converted. None: never."""
    batch: int = 500

    def script(self, dialect: Dialect) -> str:
        """Return one statement with the same effect, for a script."""
        target, source = dialect.identifier(self.target), dialect.identifier(self.source)
        return (
            f"UPDATE {dialect.identifier(self.table)} SET {target} = {self.convert.sql(dialect, source)} "  # noqa: S608  # names of a frozen file
            f"WHERE {target} IS NULL AND {source} IS NOT NULL"
        )

    def sql(self, dialect: Dialect) -> None:
        """Return None: a data step is not a single statement."""

    def apply(self, schema: Schema) -> None:
        """Leave the schema unchanged."""

    @property
    def inverse(self) -> None:
        """None: the column is dropped by undoing its own step."""


@dataclass(frozen=True, slots=True)
class Migration:
    """A migration: the steps of a frozen file, in order. The name of the file is the name of the migration."""

    up: tuple[Operation, ...]
    name: str = field(default="")

    def undo(self, number: int) -> Operation | None:
        """Return the operation that undoes the step with this number, counted from 1, or None if there is nothing to undo.

        An index on a table that the migration itself creates is not dropped separately, but with the table. MySQL refuses to drop an
        index that a foreign key uses.
        """
        step = self.up[number - 1]
        return None if isinstance(step, CreateIndex) and not self.is_online(step) else step.inverse

    def is_online(self, step: Operation) -> bool:
        """Return whether a step builds an index on a table that may be large and in use.

        That is a table that this migration did not create itself.
        """
        created = {operation.name for operation in self.up if isinstance(operation, CreateTable)}
        return isinstance(step, CreateIndex) and step.table not in created

    @property
    def down(self) -> tuple[Operation, ...]:
        """The operations that undo the migration, in the order in which they run."""
        return tuple(step for number in range(len(self.up), 0, -1) if (step := self.undo(number)) is not None)


def column(name: str, type: str, *, null: bool = True, default: str | int | None = None) -> ColumnType:
    """Return a column. ``type`` is the name of the type in MySQL."""
    return ColumnType(name=name, type=type, null=null, default=default)


def reference(columns: Sequence[str], table: str, ref_columns: Sequence[str]) -> ForeignKey:
    """Return a foreign key to the primary key of another table, with ON DELETE CASCADE."""
    return ForeignKey(tuple(columns), table, tuple(ref_columns))


def create_table(name: str, *columns: ColumnType, key: Sequence[str], references: Sequence[ForeignKey] = ()) -> CreateTable:
    """Return the step that creates a table without indexes."""
    return CreateTable(name, columns, tuple(key), tuple(references))


def create_index(table: str, name: str, columns: Sequence[str], *, unique: bool = False) -> CreateIndex:
    """Return the step that creates an index."""
    return CreateIndex(table, Index(name, tuple(columns), unique))


def add_column(table: str, name: str, type: str, *, null: bool = True, default: str | int | None = None) -> AddColumn:
    """Return the step that adds a column."""
    return AddColumn(table, column(name, type, null=null, default=default))


def drop_column(table: str, was: ColumnType) -> DropColumn:
    """Return the step that drops a column. ``was`` is its definition, for the inverse."""
    return DropColumn(table, was)


def drop_index(table: str, name: str, columns: Sequence[str], *, unique: bool = False) -> DropIndex:
    """Return the step that drops an index."""
    return DropIndex(table, Index(name, tuple(columns), unique))


def undecided(what: str) -> NoReturn:
    """Mark a change that ``makemigration`` could not derive. The file cannot be loaded until this call is replaced with a step.

    Raises:
        MigrationError: Always.
    """
    raise MigrationError(f"the migration is incomplete: {what}")


PERISHABLE = {"codes": timedelta(days=1)}
"""How long after their expiry the rows of a table may be deleted instead of converted. Cleanup would delete them anyway."""


def backfill(table: str, *, key: Sequence[str], source: str, target: str, convert: Conversion) -> Backfill:
    """Return the data step that fills ``target`` from ``source`` in all rows in which it is NULL."""
    return Backfill(table, tuple(key), source, target, convert, PERISHABLE.get(table))


def _epoch_ms(text: Any) -> int | None:
    try:
        return to_epoch_ms(datetime.fromisoformat(text))
    except (TypeError, ValueError):
        # A text column on SQLite may contain a blob.
        return None


iso_to_epoch_ms: Conversion = Conversion(_epoch_ms, lambda dialect, source: dialect.epoch_ms(source))
"""The conversion from an ISO 8601 timestamp to milliseconds since the Unix epoch."""
