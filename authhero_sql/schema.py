"""What a table is: data that everything else is derived from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar

from .codecs import MEDIUMTEXT_BYTES, TEXT_BYTES, Codec
from .errors import InvalidQueryError, InvalidValueError

C = TypeVar("C", bound="Columns")

LOWERED = re.compile(r"lower\((\w+)\)")
"""A part of an index that is a column in lower case."""
TRIGRAMS = "using gin"
"""What else an index is by which parts of texts are found, and not only their beginning."""
TIMES = ("created_at", "updated_at")
"""What is known of the rows of most tables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnType:
    """A column as every engine sees it, without what only this package knows.

    Attributes:
        name: the column's name.
        type: MySQL's name for its type.
        null: whether it may hold NULL.
        default: what the database fills in; of a live column also an expression, in the engine's words.
        collation: how a live column of text compares; None where nobody has asked the engine.
    """

    name: str
    type: str
    null: bool = True
    default: str | int | None = None
    collation: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """One column of an order, made by :attr:`Column.asc` and :attr:`Column.desc`."""

    column: str
    descending: bool = False
    nullable: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One column, declared in one line of :mod:`authhero_sql.tables`; as a key of conditions it stands for itself.

    Attributes:
        codec: how its values are stored.
        size: the most characters it holds; None for ``text``, which holds 65,535 bytes.
        null: whether NULL may be stored.
        default: what the database fills in and what ``create`` writes when nothing is given.
        field: the public field when its name differs; ``"group.part"`` for one part of an object kept in several columns.
        hidden: storage only, no field of the entity.
        secret: the value must not be shown in errors or logs.
        truncate: a longer value is cut to the column's width instead of refused.
        medium: ``mediumtext`` instead of ``text``: 16,777,215 bytes.
        was: AuthHero's type, where ours is deliberately wider.
        name: the column's name in SQL, where Python does not allow it as that of an attribute.
    """

    codec: Codec
    size: int | None = None
    null: bool = True
    default: str | int | None = None
    field: str | None = None
    hidden: bool = False
    secret: bool = False
    truncate: bool = False
    medium: bool = False
    was: str | None = None
    name: str = ""

    def __set_name__(self, owner: type, name: str) -> None:
        if not self.name:
            object.__setattr__(self, "name", name)

    @property
    def asc(self) -> Order:
        """The order by this column, the least first; NULL comes before every value."""
        return Order(self.name, nullable=self.null)

    @property
    def desc(self) -> Order:
        """The order by this column, the greatest first; NULL comes after every value."""
        return Order(self.name, descending=True, nullable=self.null)

    @property
    def public(self) -> str:
        """The wire name of the field that the column stands for."""
        return self.field or self.name

    @property
    def type(self) -> str:
        """The column type in MySQL's words, the ones of the contract."""
        if self.codec.sql:
            return self.codec.sql
        if self.size is not None:
            return f"varchar({self.size})"
        return "mediumtext" if self.medium else "text"

    @property
    def is_text(self) -> bool:
        """Whether the stored value is text."""
        return self.codec.sql is None

    @property
    def definition(self) -> ColumnType:
        """The column as the engine knows it."""
        return ColumnType(name=self.name, type=self.type, null=self.null, default=self.default)

    def encode(self, value: Any) -> Any:
        """The value to bind for a public value.

        Raises:
            ValueError, TypeError: the column cannot hold the value; the reason does not repeat it.
        """
        if value is None:
            if not self.null:
                raise ValueError("must not be null")
            return None
        stored = self.codec.encode(value)
        return self._fit(stored) if self.is_text else stored

    def _fit(self, text: str) -> str:
        if self.size is not None:
            if len(text) <= self.size:
                return text
            if self.truncate:
                return text[: self.size]
            raise ValueError(f"at most {self.size:,} characters, got {len(text):,}")
        limit = MEDIUMTEXT_BYTES if self.medium else TEXT_BYTES
        if len(text) * 4 <= limit or len(encoded := text.encode()) <= limit:
            return text
        if self.truncate:
            return encoded[:limit].decode(errors="ignore")
        raise ValueError(f"at most {limit:,} bytes, got {len(encoded):,}")

    def operand(self, value: Any) -> Any:
        """The value to compare the column with: encoded like a stored one, but of any length.

        A text longer than the column equals no row, so asking for it is no error.
        """
        return self.codec.encode(value)


class Columns:
    """The columns of one table, each an attribute: a misspelt one is found by the type checker."""

    @classmethod
    def all(cls) -> tuple[Column, ...]:
        """The columns in order."""
        return tuple(value for value in vars(cls).values() if isinstance(value, Column))


@dataclass(frozen=True, slots=True)
class Index:
    """An index; ``name`` is unique in the database.

    What this package declares is a list of whole columns; one that may be NULL and is walked in order has ``nulls first`` behind
    it, which is how SQLite and MySQL sort anyway and PostgreSQL has to be told. A live index may be more: a part of it may be an
    expression or a column with a word behind it (``email desc``), and ``extra`` says in the engine's words what else it is
    (``where (deleted = 0)``, ``using gin``).
    """

    name: str
    columns: tuple[str, ...]
    unique: bool = False
    extra: str = ""
    broad: bool = field(default=False, compare=False)
    """Whether many rows of a tenant may have one value of its columns, so that it leads to few only in the order of a list."""

    @property
    def names(self) -> tuple[str, ...]:
        """The columns of an index that this package declares, without the words behind them."""
        return tuple(part.partition(" ")[0] for part in self.columns)


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A reference to another table's key; removing the row there removes the rows here."""

    columns: tuple[str, ...]
    references: str
    ref_columns: tuple[str, ...]
    on_delete: str = "cascade"


@dataclass(frozen=True, eq=False)
class Table(Generic[C]):
    """A table: its columns, key, indexes and references. What its rows stand for is its adapter's to say.

    ``c`` has the columns as attributes. ``search`` has the indexes of ``authhero-sql search-index``, which an owner adds who wants
    them: of ``lower(column)``.
    """

    name: str
    c: type[C]
    key: tuple[str, ...]
    indexes: tuple[Index, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    search: tuple[Index, ...] = ()

    def __post_init__(self) -> None:
        indexed = (name for index in (*self.indexes, *(index for index in self.search if not index.extra)) for name in index.names)
        unknown = {*self.key, *indexed, *(name for reference in self.foreign_keys for name in reference.columns)} - self._by_name.keys()
        if unknown := {name for name in unknown if not LOWERED.fullmatch(name)}:
            raise ValueError(f"{self.name} has no column {', '.join(sorted(unknown))}")

    def __repr__(self) -> str:
        return f"<Table {self.name}>"

    def __getitem__(self, name: str) -> Column:
        return self._by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns in order."""
        return self.c.all()

    @cached_property
    def _by_name(self) -> Mapping[str, Column]:
        return {column.name: column for column in self.columns}

    @cached_property
    def _by_field(self) -> Mapping[str, Column]:
        return {column.public: column for column in self.columns if not column.hidden}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of all columns, in order."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def searched(self) -> frozenset[str]:
        """The columns of which the beginning can be found by an index of :attr:`search`."""
        parts = (part for index in self.search if not index.extra for part in index.columns)
        return frozenset(found[1] for part in parts if (found := LOWERED.fullmatch(part)))

    @cached_property
    def tenant_scoped(self) -> bool:
        """Whether a row belongs to a tenant."""
        return "tenant_id" in self

    def column(self, field: str) -> Column:
        """The column of a public field: the only way in which a caller's name reaches SQL.

        Raises:
            InvalidQueryError: no public field of the entity is called so.
        """
        try:
            return self._by_field[field]
        except KeyError:
            raise InvalidQueryError(f"{self.name} has no field of that name; there are {', '.join(self._by_field)}") from None

    def sortable(self, field: str) -> Column:
        """:meth:`column`, and the times of the row, also where the entity does not show them.

        Raises:
            InvalidQueryError: there is no such field.
        """
        return (self.stored(field) if field in TIMES else None) or self.column(field)

    def stored(self, field: str) -> Column | None:
        """The column that holds a field, hidden ones included, or None."""
        return self._by_public.get(field)

    @cached_property
    def _by_public(self) -> Mapping[str, Column]:
        # Of two that stand for the same field the first.
        return {column.public: column for column in reversed(self.columns)}

    def encode(self, column: Column, value: Any) -> Any:
        """:meth:`Column.encode`, with an error that names the place.

        Raises:
            InvalidValueError: the column cannot hold the value.
        """
        try:
            return column.encode(value)
        except (ValueError, TypeError) as error:
            raise InvalidValueError(self.name, column.public, str(error)) from None

    def operand(self, name: str, value: Any) -> Any:
        """:meth:`Column.operand` of the named column.

        Raises:
            InvalidValueError: no value of the column can be like this.
        """
        column = self._by_name[name]
        try:
            return column.operand(value)
        except (ValueError, TypeError) as error:
            raise InvalidValueError(self.name, column.public, str(error)) from None


class Registry(Mapping[str, Table[Any]]):
    """All tables by name, in an order in which each stands after those it refers to."""

    def __init__(self, *tables: Table[Any]) -> None:
        self._tables = {table.name: table for table in tables}

    def __getitem__(self, name: str) -> Table[Any]:
        return self._tables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)
