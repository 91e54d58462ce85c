"""Compares a live database with the registry."""

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
_ARTICLES = {"key": "the key", "reference": "the reference", "collation": "the collation"}
OURS = (LEDGER.name, LEASES.name)
"""The tables beside the schema."""


class TableShape(Protocol):
    """A table, live or in memory."""

    @property
    def columns(self) -> tuple[ColumnType, ...]: ...  # noqa: D102  # what it says
    @property
    def key(self) -> tuple[str, ...]: ...  # noqa: D102  # what it says
    @property
    def indexes(self) -> tuple[Index, ...]: ...  # noqa: D102  # what it says
    @property
    def foreign_keys(self) -> tuple[ForeignKey, ...]: ...  # noqa: D102  # what it says


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which a database is not as the registry declares it.

    Attributes:
        table: where; empty for what is so in all tables.
        part: what kind of thing.
        name: of the column, index or trigger; of a reference what it says; empty for a table or its key.
        found: what there is, None where it is missing.
        wanted: what is declared, None where nothing is.
        required: whether the adapters cannot work with it. They need every table and column, of a kind that holds what they
            write, no column that only others can fill in, and every key and unique index, under whatever name; on MySQL
            transactions, too, which is why MyISAM will not do.
    """

    table: str
    part: Part
    name: str
    found: str | None
    wanted: str | None
    required: bool = False

    def __str__(self) -> str:
        if self.part == "table":
            return f"{self.table}: {self._of_table()}"
        what = _ARTICLES.get(self.part, self.part)
        name = f"of {self.name}" if self.part == "collation" and self.name else self.name
        place = f"{self.table or 'every table'}: {what} {name}".rstrip()
        if self.found is None:
            return f"{place} is missing"
        return f"{place} is not declared" if self.wanted is None else f"{place} is {self.found} instead of {self.wanted}"

    def _of_table(self) -> str:
        if self.found is None:
            return "the table is missing"
        return f"the {self.found} is not declared" if self.wanted is None else f"it is a {self.found} instead of {self.wanted}"


@dataclass(frozen=True, slots=True)
class SchemaCheck:
    """How a database differs from the registry; as text a line for each difference, and the verdict."""

    differences: tuple[Difference, ...]

    @property
    def usable(self) -> bool:
        """Whether the adapters can work with the database."""
        return not any(difference.required for difference in self.differences)

    @property
    def verdict(self) -> str:
        """What the differences come to, in a sentence, with what to do."""
        if not self.differences:
            return "The schema matches this version."
        if self.usable:
            return f"The adapters can work with this database: {_counted(self.differences)}, none of which they need."
        needed = [difference for difference in self.differences if difference.required]
        return (
            f"The adapters cannot work with this database: {_counted(needed)} marked as needed. `authhero-sql migrate`, or `adopt` where "
            "AuthHero made it, adds the tables and columns of this version's migrations; mend by hand what is there in another shape."
        )

    def __str__(self) -> str:
        lines = [f"{difference}{' (needed)' if difference.required else ''}" for difference in self.differences]
        return "\n".join([*lines, self.verdict])


def _counted(differences: Sequence[Difference]) -> str:
    return f"{len(differences)} difference{'s' if len(differences) != 1 else ''}"


async def check_schema(pool: object) -> SchemaCheck:
    """Compare a live database with the registry; changes nothing. The order of columns and the names of references do not count.

    Args:
        pool: what ``create_adapters`` takes.

    Raises:
        TypeError: ``pool`` is no database.
        DatabaseError: the database cannot be asked.
    """
    database = await wrap(pool)
    return SchemaCheck(tuple(differences(await live_schema(database), wanted_schema(database.dialect))))


async def live_schema(database: Database) -> dict[str, TableShape]:
    """The tables of a live database but for the two of the migrations."""
    live = await database.dialect.describe(database)
    return {name: table for name, table in live.items() if name not in OURS}


def wanted_schema(dialect: Dialect) -> dict[str, TableShape]:
    """The registry's tables as the engine gives them back."""
    return {name: described(state, dialect) for name, state in registry_schema().items()}


def described(state: TableState, dialect: Dialect) -> TableState:
    """A table as the engine gives it back."""
    columns, indexes = map(dialect.described, state.columns), map(dialect.described_index, state.indexes)
    return replace(state, columns=tuple(columns), indexes=tuple(indexes))


def registry_schema() -> Schema:
    """The schema in memory that the registry declares."""
    return {table.name: table_state(table) for table in REGISTRY.values()}


def table_state(table: Table[Any]) -> TableState:
    """A table as migrations make it."""
    return TableState(tuple(column.definition for column in table.columns), table.key, table.indexes, table.foreign_keys)


def differences(found: Mapping[str, TableShape], wanted: Mapping[str, TableShape]) -> list[Difference]:
    """Every difference, in the order of its words."""
    every = [Difference(name, "table", "", None, "declared", required=True) for name in wanted if name not in found]
    every += [Difference(name, "table", "", _kind(found[name]) or "table", None) for name in found if name not in wanted]
    both = {name: (found[name], wanted[name]) for name in wanted if name in found}
    for name, (there, declared) in both.items():
        every += _table(name, there, declared)
    return sorted([*every, *_collations(both)], key=str)


def _kind(table: TableShape) -> str:
    """What a live table is, where it is none as the migrations make them."""
    return table.kind if isinstance(table, LiveTable) else ""


def _table(name: str, found: TableShape, wanted: TableShape) -> Iterator[Difference]:
    if kind := _kind(found):
        yield Difference(name, "table", "", kind, "a table as the migrations make it", required=True)
    yield from _columns(name, found, wanted)
    yield from _indexes(name, found, wanted)
    there, declared = Counter(map(_reference, found.foreign_keys)), Counter(map(_reference, wanted.foreign_keys))
    yield from (Difference(name, "reference", text, None, text) for text in (declared - there).elements())
    yield from (Difference(name, "reference", text, text, None) for text in (there - declared).elements())
    yield from (Difference(name, "trigger", trigger, "there", None) for trigger in (found.triggers if isinstance(found, LiveTable) else ()))


def _columns(name: str, found: TableShape, wanted: TableShape) -> Iterator[Difference]:
    has, wants = ({column.name: column for column in table.columns} for table in (found, wanted))
    for called in {**wants, **has}:
        there, declared = has.get(called), wants.get(called)
        before, after = _column(there), _column(declared)
        if before != after:
            yield Difference(name, "column", called, before, after, required=not _fits(there, declared))


def _fits(found: ColumnType | None, wanted: ColumnType | None) -> bool:
    """Whether the adapters can write what they write: by its width a column may refuse values, but not its kind."""
    if found is None:
        return False
    if wanted is None:
        return found.null or found.default is not None
    return _holds(found.type) in (_holds(wanted.type), None) and (found.null or not wanted.null)


def _holds(kind: str) -> str | None:
    """What a column of a type holds: texts, whole numbers, or what this package never writes; None for anything, as on SQLite."""
    if not kind:
        return None
    return "numbers" if _NUMBERS.search(kind) else "texts" if _TEXTS.search(kind) else kind


_NUMBERS = re.compile(r"\b(tiny|small|medium|big)?int(eger|[248])?\b")
_TEXTS = re.compile("char|text|clob")


_OPTIONAL = {index.name for table in REGISTRY.values() for index in table.search}
"""What an owner may have or not."""
_DIRECTION = re.compile("( desc( nulls last)?| nulls first)$")


def _indexes(name: str, found: TableShape, wanted: TableShape) -> Iterator[Difference]:
    keys = [found.key, *(index.columns for index in found.indexes if index.unique and not index.extra)]
    # In either direction, and in any order, it is the same rows that are one too many.
    kept = {frozenset(_DIRECTION.sub("", part) for part in columns) for columns in keys}
    has, wants = ({index.name: index for index in table.indexes if index.name not in _OPTIONAL} for table in (found, wanted))
    for called in {**wants, **has}:
        there, declared = has.get(called), wants.get(called)
        before, after = _index(there), _index(declared)
        if before != after:
            needed = declared is not None and declared.unique and frozenset(declared.columns) not in kept
            yield Difference(name, "index", called, before, after, required=needed)
    if found.key != wanted.key:
        yield Difference(name, "key", "", _list(found.key), _list(wanted.key), required=frozenset(wanted.key) not in kept)


def _collations(tables: Mapping[str, tuple[TableShape, TableShape]]) -> Iterator[Difference]:
    """Text that is compared in another way: told once for all tables or for a table, where all its columns agree."""
    wants = {(name, column.name): column.collation for name, (_, wanted) in tables.items() for column in wanted.columns if column.collation}
    has = {(name, column.name): column.collation for name, (found, _) in tables.items() for column in found.columns if column.collation}
    texts = {place: (has[place], wants[place]) for place in wants if place in has}
    for (table, column), (found, declared) in _summed(texts).items():
        if found != declared:
            yield Difference(table, "collation", column, found, declared)


def _summed(texts: Mapping[tuple[str, str], tuple[str, str]]) -> Mapping[tuple[str, str], tuple[str, str]]:
    """The same, as one for all tables or for a table where nothing there differs from the rest."""
    if len(set(texts.values())) == 1:
        return {("", ""): next(iter(texts.values()))}
    of: dict[str, dict[tuple[str, str], tuple[str, str]]] = {}
    for (table, column), pair in texts.items():
        of.setdefault(table, {})[table, column] = pair
    summed: dict[tuple[str, str], tuple[str, str]] = {}
    for table, columns in of.items():
        summed |= {(table, ""): next(iter(columns.values()))} if len(set(columns.values())) == 1 else columns
    return summed


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
    ours, theirs = _list(name for name, _ in pairs), _list(name for _, name in pairs)
    return f"{ours} to {reference.references} {theirs} on delete {reference.on_delete}"


def _list(names: Iterable[str]) -> str:
    return f"({', '.join(names)})"
