"""Compares a live database with the registry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from ..dialects import wrap
from ..dialects.dialect import Dialect
from ..dialects.interface import Database
from ..schema import ColumnType, ForeignKey, Index
from ..tables import REGISTRY
from .ledger import LEASES, LEDGER
from .operations import Schema, TableState

Part = Literal["table", "column", "key", "index", "reference"]
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
        table: where.
        part: what kind of thing.
        name: of the column or index; of a reference what it says; empty for a table or its key.
        found: what there is, None where it is missing.
        wanted: what is declared, None where nothing is.
    """

    table: str
    part: Part
    name: str
    found: str | None
    wanted: str | None

    @property
    def required(self) -> bool:
        """Whether the adapters cannot work with it: a table or a column is missing."""
        return self.found is None and self.part in ("table", "column")

    def __str__(self) -> str:
        if self.part == "table":
            return f"{self.table}: the table is {'missing' if self.found is None else 'not declared'}"
        what = f"the {self.part}" if self.part in ("key", "reference") else self.part
        place = f"{self.table}: {what}{' ' if self.name else ''}{self.name}"
        if self.found is None:
            return f"{place} is missing"
        return f"{place} is not declared" if self.wanted is None else f"{place} is {self.found} instead of {self.wanted}"


@dataclass(frozen=True, slots=True)
class SchemaCheck:
    """How a database differs from the registry."""

    differences: tuple[Difference, ...]

    @property
    def usable(self) -> bool:
        """Whether every table and column is there."""
        return not any(difference.required for difference in self.differences)

    def __str__(self) -> str:
        return "\n".join(map(str, self.differences)) or "as declared"


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
    """The registry's tables, their columns as the engine gives them back."""
    return {
        table.name: TableState(
            tuple(dialect.described(column.definition) for column in table.columns), table.key, table.indexes, table.foreign_keys
        )
        for table in REGISTRY.values()
    }


def registry_schema() -> Schema:
    """The schema in memory that the registry declares."""
    return {
        table.name: TableState(tuple(column.definition for column in table.columns), table.key, table.indexes, table.foreign_keys)
        for table in REGISTRY.values()
    }


def differences(found: Mapping[str, TableShape], wanted: Mapping[str, TableShape]) -> list[Difference]:
    """Every difference, in the order of its words."""
    every = [Difference(name, "table", "", None, "declared") for name in wanted if name not in found]
    every += [Difference(name, "table", "", "there", None) for name in found if name not in wanted]
    for name in wanted:
        if name in found:
            every += _table(name, found[name], wanted[name])
    return sorted(every, key=str)


def _table(name: str, found: TableShape, wanted: TableShape) -> Iterator[Difference]:
    has = {("column", column.name): _column(column) for column in found.columns}
    has |= {("index", index.name): _index(index) for index in found.indexes}
    wants = {("column", column.name): _column(column) for column in wanted.columns}
    wants |= {("index", index.name): _index(index) for index in wanted.indexes}
    for part, called in {**wants, **has}:
        before, after = has.get((part, called)), wants.get((part, called))
        if before != after:
            kind: Part = "column" if part == "column" else "index"
            yield Difference(name, kind, called, before, after)
    if found.key != wanted.key:
        yield Difference(name, "key", "", _list(found.key), _list(wanted.key))
    there, declared = Counter(map(_reference, found.foreign_keys)), Counter(map(_reference, wanted.foreign_keys))
    yield from (Difference(name, "reference", text, None, text) for text in (declared - there).elements())
    yield from (Difference(name, "reference", text, text, None) for text in (there - declared).elements())


def _column(column: ColumnType) -> str:
    default = "" if column.default is None else f" default {column.default!r}"
    return f"{column.type}{'' if column.null else ' not null'}{default}"


def _index(index: Index) -> str:
    return f"{'unique ' if index.unique else ''}{_list(index.columns)}"


def _reference(reference: ForeignKey) -> str:
    pairs = sorted(zip(reference.columns, reference.ref_columns, strict=True))
    ours, theirs = _list(name for name, _ in pairs), _list(name for _, name in pairs)
    return f"{ours} to {reference.references} {theirs} on delete {reference.on_delete}"


def _list(names: Iterable[str]) -> str:
    return f"({', '.join(names)})"
