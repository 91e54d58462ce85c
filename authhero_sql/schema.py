"""The classes that describe tables and columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar

from .codecs import MEDIUMTEXT_BYTES, TEXT_BYTES, Codec
from .errors import InvalidQueryError, InvalidValueError

C = TypeVar("C", bound="Columns")

LOWER_PART = re.compile(r"lower\((\w+)\)")
"""Matches the part of an index that is a lower-case column."""
TRIGRAM_INDEX = "using gin"
"""The :attr:`Index.extra` of an index that finds any part of a text, not only its beginning."""
TIMES = ("created_at", "updated_at")
"""The columns that hold the times of a row in most tables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnType:
    """A column as every engine sees it, without the attributes that only this package uses.

    Attributes:
        name: The name of the column.
        type: MySQL's name for the type.
        null: Whether the column may be NULL.
        default: The default in the database. For a column that was read from a database, it may be an expression in the engine's SQL.
        collation: The collation of a text column that was read from a database, or None if it was not read.
    """

    name: str
    type: str
    null: bool = True
    default: str | int | None = None
    collation: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """A column in an ORDER BY clause, created by :attr:`Column.asc` and :attr:`Column.desc`."""

    column: str
    descending: bool = False
    nullable: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A column of a table, declared in one line of :mod:`authhero_sql.tables`. Columns are hashable, so they serve as keys of conditions.

    Attributes:
        codec: How the values are stored.
        size: The maximum number of characters, or None for ``text``, which holds 65,535 bytes.
        null: Whether NULL may be stored.
        default: The default in the database, which ``create`` also writes for a missing value.
        field: The public field, if its name differs from the column's. ``"group.part"`` is one part of an object that is stored in several
            columns.
        hidden: Whether the column is internal and not a field of the entity.
        secret: Whether errors and logs must not show the value.
        truncate: Whether a value that is too long is truncated to the column's size instead of rejected.
        medium: Whether the type is ``mediumtext``, which holds 16,777,215 bytes, instead of ``text``.
        authhero_type: AuthHero's type, if this package deliberately uses a wider one.
        name: The name of the column in SQL, if it is not a valid name for a Python attribute.
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
    authhero_type: str | None = None
    name: str = ""

    def __set_name__(self, owner: type, name: str) -> None:
        if not self.name:
            object.__setattr__(self, "name", name)

    @property
    def asc(self) -> Order:
        """An ascending order by this column. NULL sorts before every value."""
        return Order(self.name, nullable=self.null)

    @property
    def desc(self) -> Order:
        """A descending order by this column. NULL sorts after every value."""
        return Order(self.name, descending=True, nullable=self.null)

    @property
    def public(self) -> str:
        """The wire name of the field that the column stores."""
        return self.field or self.name

    @property
    def type(self) -> str:
        """The column type as MySQL names it, which is the naming of the contract."""
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
        """The column as the engine sees it."""
        return ColumnType(name=self.name, type=self.type, null=self.null, default=self.default)

    def encode(self, value: Any) -> Any:
        """Return the value to bind for a public value.

        Raises:
            ValueError: The column cannot hold the value. The message does not repeat it.
            TypeError: The value has the wrong type. The message does not repeat it.
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
        """Return the value to compare the column with. It is encoded like a stored value but may have any length.

        A text that is longer than the column matches no row, so it is not an error to search for it.
        """
        return self.codec.encode(value)


class Columns:
    """The columns of one table as attributes, so that a type checker finds a misspelled column."""

    @classmethod
    def all(cls) -> tuple[Column, ...]:
        """Return the columns in order."""
        return tuple(value for value in vars(cls).values() if isinstance(value, Column))


@dataclass(frozen=True, slots=True)
class Index:
    """An index. Its ``name`` is unique in the database.

    The indexes that this package declares consist of whole columns. ``nulls first`` follows a nullable column that a list is sorted by:
    SQLite and MySQL sort that way by default, but PostgreSQL does not. An index that was read from a database may be more general. A part
    of it may be an expression or a column with a keyword (``email desc``), and ``extra`` holds further clauses in the engine's SQL
    (``where (deleted = 0)``, ``using gin``).
    """

    name: str
    columns: tuple[str, ...]
    unique: bool = False
    extra: str = ""
    unselective: bool = field(default=False, compare=False)
    """Whether many rows of a tenant may share the same values in its columns.

    A statement uses a broad index only if the index also provides the order of a list.
    """

    @property
    def names(self) -> tuple[str, ...]:
        """The column names of an index that this package declares, without keywords such as ``nulls first``."""
        return tuple(part.partition(" ")[0] for part in self.columns)


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A foreign key to the key of another table. Deleting the referenced row deletes the referencing rows."""

    columns: tuple[str, ...]
    references: str
    ref_columns: tuple[str, ...]
    on_delete: str = "cascade"


@dataclass(frozen=True, eq=False)
class Table(Generic[C]):
    """A table with its columns, key, indexes and foreign keys. Its adapter defines what the rows mean.

    Attributes:
        name: The name of the table.
        c: The columns, as attributes.
        key: The names of the primary key's columns.
        indexes: The indexes that the migrations create.
        foreign_keys: The foreign keys.
        search: The optional indexes that ``authhero-sql search-index`` creates, on ``lower(column)``.
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
        if unknown := {name for name in unknown if not LOWER_PART.fullmatch(name)}:
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
        """The names of the columns whose beginning an index of :attr:`search` finds."""
        parts = (part for index in self.search if not index.extra for part in index.columns)
        return frozenset(found[1] for part in parts if (found := LOWER_PART.fullmatch(part)))

    @cached_property
    def tenant_scoped(self) -> bool:
        """Whether a row belongs to a tenant."""
        return "tenant_id" in self

    def column(self, field: str) -> Column:
        """Return the column of a public field. A caller-supplied name reaches SQL only through this method.

        Raises:
            InvalidQueryError: The entity has no public field with this name.
        """
        try:
            return self._by_field[field]
        except KeyError:
            raise InvalidQueryError(f"{self.name} has no such field: use one of {', '.join(self._by_field)}") from None

    def sortable(self, field: str) -> Column:
        """Return :meth:`column`, or one of the row's time columns even if the entity does not expose it.

        Raises:
            InvalidQueryError: There is no such field.
        """
        return (self.stored(field) if field in TIMES else None) or self.column(field)

    def stored(self, field: str) -> Column | None:
        """Return the column that stores a field, including hidden columns, or None."""
        return self._by_public.get(field)

    @cached_property
    def _by_public(self) -> Mapping[str, Column]:
        # If several columns store the same field, the first one wins.
        return {column.public: column for column in reversed(self.columns)}

    def encode(self, column: Column, value: Any) -> Any:
        """Return the value to bind for a public value of a column; see :meth:`Column.encode`.

        Raises:
            InvalidValueError: The column cannot hold the value. The error names the field.
        """
        try:
            return column.encode(value)
        except (ValueError, TypeError) as error:
            raise InvalidValueError(self.name, column.public, str(error)) from None

    def encode_operand(self, name: str, value: Any) -> Any:
        """Return the value to compare the named column with; see :meth:`Column.operand`.

        Raises:
            InvalidValueError: The value cannot be compared with the column. The error names the field.
        """
        column = self._by_name[name]
        try:
            return column.operand(value)
        except (ValueError, TypeError) as error:
            raise InvalidValueError(self.name, column.public, str(error)) from None


class Registry(Mapping[str, Table[Any]]):
    """All tables by name. Each table comes after the tables that it references."""

    def __init__(self, *tables: Table[Any]) -> None:
        self._tables = {table.name: table for table in tables}

    def __getitem__(self, name: str) -> Table[Any]:
        return self._tables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)
