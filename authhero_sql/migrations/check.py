"""Comparison of a live database with the registry."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

from ..dialects import wrap
from ..dialects.dialect import Dialect, LiveTable
from ..dialects.interface import Database
from ..schema import ColumnType, ForeignKey, Index, Table
from ..tables import REGISTRY
from .ledger import LEASES, LEDGER
from .operations import Schema, TableState

Part = Literal["table", "column", "key", "index", "reference", "collation", "trigger"]
_LABELS = {"key": "primary key", "reference": "foreign key"}
OURS = (LEDGER.name, LEASES.name)
"""The tables of the migrations, which are not part of the schema."""


class TableShape(Protocol):
    """A table, either live or in memory."""

    @property
    def columns(self) -> tuple[ColumnType, ...]: ...  # noqa: D102  # see LiveTable
    @property
    def key(self) -> tuple[str, ...]: ...  # noqa: D102  # see LiveTable
    @property
    def indexes(self) -> tuple[Index, ...]: ...  # noqa: D102  # see LiveTable
    @property
    def foreign_keys(self) -> tuple[ForeignKey, ...]: ...  # noqa: D102  # see LiveTable


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference between a database and the registry.

    Attributes:
        table: The name of the table, or an empty string if the difference applies to all tables.
        part: The kind of object that differs.
        name: The name of the column, index or trigger, or the definition of a foreign key. Empty for a table or its primary key.
        found: The definition in the database, or None if the object is missing.
        expected: The definition in the registry, or None if the object is not part of the schema.
        required: Whether the adapters cannot work with the database because of this difference. They require every table and every
            column, with a type that can hold what they write. They also require every primary key and unique index, under any name.
            A column outside the schema must be nullable or have a default. On MySQL, tables must support transactions, which MyISAM
            does not.
    """

    table: str
    part: Part
    name: str
    found: str | None
    expected: str | None
    required: bool = False

    def __str__(self) -> str:
        if self.part == "table":
            return f"{self.table}: {self._describe_table()}"
        label = _LABELS.get(self.part, self.part)
        name = f"of {self.name}" if self.part == "collation" and self.name else self.name
        place = f"{self.table or 'every table'}: {label} {name}".rstrip()
        if self.found is None:
            return f"{place} is missing"
        return f"{place} is not part of the schema" if self.expected is None else f"{place} is {self.found}, expected {self.expected}"

    def _describe_table(self) -> str:
        if self.found is None:
            return "table is missing"
        return f"{self.found} is not part of the schema" if self.expected is None else f"is a {self.found}, expected {self.expected}"


@dataclass(frozen=True, slots=True)
class SchemaCheck:
    """The differences between a database and the registry. ``str()`` returns one line per difference, followed by the verdict."""

    differences: tuple[Difference, ...]

    @property
    def usable(self) -> bool:
        """Whether the adapters can work with the database."""
        return not any(difference.required for difference in self.differences)

    @property
    def verdict(self) -> str:
        """A summary of the differences, with the next step if there is one."""
        if not self.differences:
            return "The schema matches this version."
        if self.usable:
            return f"The adapters can work with this database: {_count(self.differences, 'difference')}, none required."
        required = [difference for difference in self.differences if difference.required]
        return (
            f"The adapters cannot work with this database: {_count(required, 'required difference')}. To add missing tables and columns, "
            "run `authhero-sql migrate`, or `authhero-sql adopt` if AuthHero created the database. Correct other differences by hand."
        )

    def __str__(self) -> str:
        lines = [f"{difference}{' (required)' if difference.required else ''}" for difference in self.differences]
        return "\n".join([*lines, self.verdict])


def _count(differences: Sequence[Difference], noun: str) -> str:
    return f"{len(differences)} {noun}{'s' if len(differences) != 1 else ''}"


async def check_schema(pool: object) -> SchemaCheck:
    """Compare the schema of a live database with the registry, without changing anything.

    The order of columns and the names of foreign keys are ignored.

    Args:
        pool: Anything that ``create_adapters`` accepts.

    Raises:
        TypeError: ``pool`` is not a supported database or pool.
        DatabaseError: The schema cannot be read.
    """
    database = await wrap(pool)
    return SchemaCheck(tuple(compare_schemas(await live_schema(database), expected_schema(database.dialect))))


async def live_schema(database: Database) -> dict[str, TableShape]:
    """Return the tables of a live database, except for the two tables of the migrations."""
    live = await database.dialect.describe(database)
    return {name: table for name, table in live.items() if name not in OURS}


def expected_schema(dialect: Dialect) -> dict[str, TableShape]:
    """Return the tables of the registry as the engine would describe them."""
    return {name: describe_table_state(state, dialect) for name, state in registry_schema().items()}


def describe_table_state(state: TableState, dialect: Dialect) -> TableState:
    """Return the table as the engine would describe it."""
    columns, indexes = map(dialect.as_described, state.columns), map(dialect.index_as_described, state.indexes)
    return replace(state, columns=tuple(columns), indexes=tuple(indexes))


def registry_schema() -> Schema:
    """Return the in-memory schema that the registry declares."""
    return {table.name: table_state(table) for table in REGISTRY.values()}


def table_state(table: Table[Any]) -> TableState:
    """Return a table in the form that migrations use."""
    return TableState(tuple(column.definition for column in table.columns), table.key, table.indexes, table.foreign_keys)


def compare_schemas(found: Mapping[str, TableShape], wanted: Mapping[str, TableShape]) -> list[Difference]:
    """Return all differences, sorted by their text."""
    every = [Difference(name, "table", "", None, "declared", required=True) for name in wanted if name not in found]
    every += [Difference(name, "table", "", _kind(found[name]) or "table", None) for name in found if name not in wanted]
    both = {name: (found[name], wanted[name]) for name in wanted if name in found}
    for name, (live, declared) in both.items():
        every += _table(name, live, declared)
    return sorted([*every, *_collations(both)], key=str)


def _kind(table: TableShape) -> str:
    """Return the kind of a live table if migrations do not create such tables, for example ``"view"``, or an empty string."""
    return table.kind if isinstance(table, LiveTable) else ""


def _table(name: str, found: TableShape, wanted: TableShape) -> Iterator[Difference]:
    if kind := _kind(found):
        yield Difference(name, "table", "", kind, "a regular table", required=True)
    yield from _columns(name, found, wanted)
    yield from _indexes(name, found, wanted)
    live, declared = Counter(map(_reference, found.foreign_keys)), Counter(map(_reference, wanted.foreign_keys))
    yield from (Difference(name, "reference", text, None, text) for text in (declared - live).elements())
    yield from (Difference(name, "reference", text, text, None) for text in (live - declared).elements())
    yield from (
        Difference(name, "trigger", trigger, "present", None) for trigger in (found.triggers if isinstance(found, LiveTable) else ())
    )


def _columns(name: str, found: TableShape, wanted: TableShape) -> Iterator[Difference]:
    has, wants = ({each.name: each for each in table.columns} for table in (found, wanted))
    for column in {**wants, **has}:
        live, declared = has.get(column), wants.get(column)
        before, after = _column(live), _column(declared)
        if before != after:
            yield Difference(name, "column", column, before, after, required=not _fits(live, declared))


def _fits(found: ColumnType | None, wanted: ColumnType | None) -> bool:
    """Return whether the adapters can write to a column. It may be narrower than declared, but it must hold the same kind of value."""
    if found is None:
        return False
    if wanted is None:
        return found.null or found.default is not None
    return _holds(found.type) in (_holds(wanted.type), None) and (found.null or not wanted.null)


def _holds(kind: str) -> str | None:
    """Return the kind of value that a column type holds, or None if it holds anything, as a column without a type does on SQLite."""
    if not kind:
        return None
    return "numbers" if _NUMBERS.search(kind) else "texts" if _TEXTS.search(kind) else kind


_NUMBERS = re.compile(r"\b(tiny|small|medium|big)?int(eger|[248])?\b")
_TEXTS = re.compile("char|text|clob")


_OPTIONAL = {index.name for table in REGISTRY.values() for index in table.search}
"""The names of the optional search indexes, which are never reported."""
_DIRECTION = re.compile("( desc( nulls last)?| nulls first)$")


def _indexes(name: str, found: TableShape, wanted: TableShape) -> Iterator[Difference]:
    keys = [found.key, *(index.columns for index in found.indexes if index.unique and not index.extra)]
    # Neither the order nor the direction of its columns changes which rows a unique key rejects.
    unique = {frozenset(_DIRECTION.sub("", part) for part in columns) for columns in keys}
    has, wants = ({index.name: index for index in table.indexes if index.name not in _OPTIONAL} for table in (found, wanted))
    for index_name in {**wants, **has}:
        live, declared = has.get(index_name), wants.get(index_name)
        before, after = _index(live), _index(declared)
        if before != after:
            required = declared is not None and declared.unique and frozenset(declared.columns) not in unique
            yield Difference(name, "index", index_name, before, after, required=required)
    if found.key != wanted.key:
        yield Difference(name, "key", "", _list(found.key), _list(wanted.key), required=frozenset(wanted.key) not in unique)


def _collations(tables: Mapping[str, tuple[TableShape, TableShape]]) -> Iterator[Difference]:
    """Yield the differing collations, summarized per table or for all tables if their columns agree."""
    wants = {(name, column.name): column.collation for name, (_, wanted) in tables.items() for column in wanted.columns if column.collation}
    has = {(name, column.name): column.collation for name, (found, _) in tables.items() for column in found.columns if column.collation}
    texts = {place: (has[place], wants[place]) for place in wants if place in has}
    for (table, column), (found, declared) in _summarize(texts).items():
        if found != declared:
            yield Difference(table, "collation", column, found, declared)


def _summarize(texts: Mapping[tuple[str, str], tuple[str, str]]) -> Mapping[tuple[str, str], tuple[str, str]]:
    """Merge the entries of all tables, or of one table, if they are equal."""
    if len(set(texts.values())) == 1:
        return {("", ""): next(iter(texts.values()))}
    by_table: dict[str, dict[tuple[str, str], tuple[str, str]]] = {}
    for (table, column), pair in texts.items():
        by_table.setdefault(table, {})[table, column] = pair
    summary: dict[tuple[str, str], tuple[str, str]] = {}
    for table, columns in by_table.items():
        summary |= {(table, ""): next(iter(columns.values()))} if len(set(columns.values())) == 1 else columns
    return summary


def _column(column: ColumnType | None) -> str | None:
    if column is None:
        return None
    default = "" if column.default is None else f" default {column.default!r}"
    return f"{column.type}{'' if column.null else ' not null'}{default}"


def _index(index: Index | None) -> str | None:
    if index is None:
        return None
    return f"{'unique ' if index.unique else ''}{_list(index.columns)}{' ' if index.extra else ''}{index.extra}"


def _reference(reference: ForeignKey) -> str:
    pairs = sorted(zip(reference.columns, reference.ref_columns, strict=True))
    columns, targets = _list(name for name, _ in pairs), _list(name for _, name in pairs)
    return f"{columns} to {reference.references} {targets} on delete {reference.on_delete}"


def _list(names: Iterable[str]) -> str:
    return f"({', '.join(names)})"
