"""The base class of all SQL dialects. It performs no I/O; one module per engine overrides what differs there."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any, ClassVar, Literal

from pypika import Field, Query
from pypika import Order as Direction
from pypika import Table as SQLTable
from pypika.terms import Criterion, Term, Tuple
from pypika.utils import format_alias_sql

from ..errors import ConflictError, DatabaseError, ValueRefusedError
from ..schema import LOWER_PART, TRIGRAM_INDEX, ColumnType, ForeignKey, Index, Order
from .interface import Call, Database, Executor, Features

HIDDEN_MESSAGE = "not shown, because it may repeat a value"
"""The text that replaces the message of a driver's error."""
LAST_CHARACTER = chr(sys.maxunicode)
MAX_SEARCHED_LENGTH = 256
"""The maximum length, in characters, of the columns that are searched by prefix."""
NULLS_FIRST = " nulls first"
"""The suffix of a nullable index column whose sort order matters."""
Place = Literal["part", "start", "end"]
"""Where a text must occur in a column."""


@dataclass(frozen=True, slots=True)
class LiveTable:
    """A table of a live database, in the terms of the registry. What the registry has no term for is in the terms of the engine."""

    columns: tuple[ColumnType, ...]
    key: tuple[str, ...]
    indexes: tuple[Index, ...]
    foreign_keys: tuple[ForeignKey, ...]
    kind: str = ""
    """Empty for a table like those of :meth:`Dialect.create_table`, otherwise the kind of object: ``view``, ``MyISAM table``."""
    triggers: tuple[str, ...] = ()


class Fragment(Criterion):
    """An SQL expression that PyPika cannot build: a template with numbered placeholders, and the terms that fill them."""

    def __init__(self, template: str, *terms: Term) -> None:
        super().__init__()
        self._template = template
        self._terms = terms

    def nodes_(self) -> Iterator[Any]:
        """Yield this node and the nodes of its terms, so that PyPika sees which columns need to be qualified."""
        yield self
        for term in self._terms:
            yield from term.nodes_()

    def get_sql(self, **kwargs: Any) -> str:
        """Return the SQL text."""
        with_alias = kwargs.pop("with_alias", False)
        text = self._template.format(*(term.get_sql(**kwargs) for term in self._terms))
        return format_alias_sql(text, self.alias, **kwargs) if with_alias else text


class HintedTable(SQLTable):
    """A table followed by an index hint."""

    def __init__(self, name: str, hint: str) -> None:
        super().__init__(name)
        self._hint = hint

    def get_sql(self, **kwargs: Any) -> str:
        """Return the table name and the hint."""
        return f"{super().get_sql(**kwargs)}{self._hint}"


def combine_conditions(operator: Literal["AND", "OR"], parts: Sequence[Criterion]) -> Criterion:
    """Combine one or more conditions with AND or OR.

    The conditions are combined in pairs, because engines limit the depth of an expression.
    """
    terms = list(parts)
    while len(terms) > 1:
        pairs = [terms[at : at + 2] for at in range(0, len(terms), 2)]
        terms = [Fragment(f"({{0}} {operator} {{1}})", *pair) if len(pair) == 2 else pair[0] for pair in pairs]
    return terms[0]


class Dialect:
    """The SQL dialect of an engine. Subclasses override what differs from common SQL."""

    name: ClassVar[str]
    features: ClassVar[Features] = Features()
    query: ClassVar[type[Query]]
    quote: ClassVar[str] = '"'
    types: ClassVar[Mapping[str, str]] = {}
    """The engine's names for those column types of the registry that it names differently."""
    text_suffix: ClassVar[str] = ""
    """SQL that follows the type of a text column."""
    table_suffix: ClassVar[str] = ""
    """SQL that follows the closing parenthesis of CREATE TABLE."""
    match_templates: ClassVar[Mapping[Place, str]]
    """Templates of the condition that the field {0} contains, starts with or ends with a text.

    {1} and the following placeholders are the values of :meth:`match_values`.
    """
    lower_expression: ClassVar[str] = ""
    """The template of the index expression for column {0} with its ASCII letters in lower case.

    Empty if the engine does not support expression indexes.
    """
    no_expression_index_reason: ClassVar[str] = ""
    """Why :attr:`lower_expression` is empty."""
    trigram_extension_sql: ClassVar[str] = ""
    """The statement that enables trigram indexes; empty if the engine does not support them."""
    index_in_use_codes: ClassVar[tuple[str, ...]] = ()
    """The error codes for dropping an index that a foreign key needs."""
    online_index_clauses: ClassVar[tuple[str, str]] = ("", "")
    """SQL before the name and at the end of a CREATE INDEX that does not block writes."""
    short_lock_timeout_commands: ClassVar[tuple[str, ...]] = ()
    """Statements that set a short lock timeout for the DDL of a transaction."""
    analyze_commands: ClassVar[tuple[str, ...]] = ()
    """Statements that refresh the planner statistics after schema changes, if the engine does not do so by itself."""
    collation: ClassVar[str]
    """The engine's name of the collation that compares text by code point; :meth:`create_table` uses it."""
    opening_note: ClassVar[str] = ""
    """A sentence about what ``connect`` permanently changes in an existing database, and how to prevent it."""

    def with_index(self, table: SQLTable, index: str, *, certain: bool) -> SQLTable:
        """Return the table as a source that the engine reads by an index, or the table itself if the engine's own choice is better.

        Args:
            table: The table.
            index: The name of the index, or an empty string for the primary key.
            certain: Whether no other index can be better, regardless of the contents of the table. This is so if the index returns the
                rows in the requested order, or contains every column that must equal a value.
        """
        return table

    def without_indexes(self, source: Any) -> Any:
        """Return the columns of a source so that no index on them is used, or the source itself if the engine's own choice is better."""
        return source

    def equal_without_index(self, field: Field, value: Term, *, text: bool) -> Criterion:
        """Return :meth:`equal` in a form that uses no index, if the engine would choose an index that is less selective than it expects."""
        return self.equal(field, value, text=text)

    def lateral_lookup(self, table: SQLTable, read: Sequence[str], source: Any, on: Mapping[str, str]) -> SQLTable:
        """Return a joined table whose row is fetched separately for each of the few rows of the source.

        The default returns the table itself, for engines that plan such a join by themselves.

        Args:
            table: The joined table.
            read: The columns of the joined table that the query reads.
            source: The rows that the table is joined to.
            on: The columns of the source, each mapped to the column of the joined table that it equals.
        """
        return table

    def placeholders(self, text: str, mark: re.Pattern[str]) -> tuple[str, tuple[str, ...]]:
        """Replace the marked names in a statement with the placeholders of the engine.

        Returns:
            The text, and the names in the order in which their values are bound.
        """
        raise NotImplementedError

    def equal(self, field: Field, bind: Term, *, text: bool) -> Criterion:
        """Return the condition that a field exactly equals the bound value; text is compared byte by byte."""
        return field == bind

    def list_size(self, count: int) -> int:
        """Return the number of parameters for a list of ``count`` values. It is part of a statement's shape."""
        return 1

    def in_list(self, field: Field, bind: Callable[[str], Term], name: str, size: int) -> Criterion:
        """Return the condition that a field equals one of the values of a bound list.

        ``size`` is the result of :meth:`list_size`; the values to bind come from :meth:`list_values`.
        """
        raise NotImplementedError

    def list_values(self, name: str, values: Sequence[str]) -> dict[str, Any]:
        """Return the values to bind for a list of text, which is never empty."""
        raise NotImplementedError

    def in_pairs(self, fields: tuple[Field, Field], bind: Callable[[str], Term], name: str, size: int) -> Criterion:
        """Return the condition that two text columns equal one of the pairs of a bound list.

        ``size`` is the result of :meth:`list_size`; the values to bind come from :meth:`pair_values`.
        """
        raise NotImplementedError

    def pair_values(self, name: str, pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
        """Return the values to bind for a list of pairs, which is never empty."""
        columns = zip(*pairs, strict=True)
        return {key: value for number, column in enumerate(columns) for key, value in self.list_values(f"{name}_{number}", column).items()}

    def match(self, fields: Sequence[Term], place: Place, binds: Sequence[Term]) -> Criterion:
        """Return the condition that one of the fields contains, starts with or ends with a text, ignoring case.

        See :func:`other_case` for the letters that are alike. The result may be NULL if no field matches and one of them is NULL.

        Args:
            fields: The fields to search.
            place: Where the text must occur.
            binds: The placeholders for :meth:`match_values`.
        """
        return combine_conditions("OR", [Fragment(self.match_templates[place], field, *binds) for field in fields])

    def match_values(self, place: Place, text: str) -> tuple[Any, ...]:
        """Return the values to bind for a searched text. Their number does not depend on the text, so the statement stays the same."""
        raise NotImplementedError

    def prefix_range(self, field: Term, binds: Sequence[Term]) -> Criterion:
        """Return the condition that the field, in lower case, lies in the range of the texts with a prefix.

        An index can serve it, and it excludes no row that :meth:`match` accepts. ``binds`` are the placeholders for :meth:`prefix_bounds`.
        """
        return Fragment(f"({self.lower_expression} >= {{1}} AND {self.lower_expression} < {{2}})", field, *binds)

    def prefix_bounds(self, text: str) -> tuple[str, ...]:
        """Return the values to bind for a prefix search: the first text with the prefix, and the first text after all of them.

        The prefix ends before the first letter that some engines cannot convert to lower case. The result is empty if the engine does
        not support expression indexes.
        """
        foldable = takewhile(lambda letter: letter.isascii() or letter.lower() == letter.upper(), text)
        prefix = "".join(foldable).lower()
        return (prefix, prefix_end(prefix)) if self.lower_expression else ()

    def bucket_size(self, count: int) -> int:
        """Return the number of parameters for ``count`` buckets. It is part of a statement's shape."""
        return 1

    def bucket(self, field: Term, bind: Callable[[str], Term], name: str, size: int, *, text: bool) -> Term:
        """Return an expression for the number of the bucket that contains a value: 1 for the first, 0 for a value before it.

        The number is the count of buckets that start at or before the value.

        Args:
            field: The value.
            bind: Returns the placeholder for a name.
            name: The name of the parameter, or the prefix of the names of several.
            size: The result of :meth:`bucket_size`. The values to bind come from :meth:`bucket_values`.
            text: Whether the values are text rather than integers.
        """
        raise NotImplementedError

    def bucket_values(self, name: str, starts: Sequence[Any]) -> dict[str, Any]:
        """Return the values to bind for the starts of buckets, which are sorted."""
        raise NotImplementedError

    def json_rows(self, fields: Sequence[tuple[Term, bool]]) -> Term:
        """Return an expression that aggregates all rows of a query into the text of a JSON array of arrays.

        For no rows, its value is NULL or an empty array.

        Args:
            fields: The fields of a row, each with whether it is text.
        """
        raise NotImplementedError

    def upsert(self, builder: Any, table: Any, key: Sequence[str], columns: Sequence[str], added: Sequence[str] = ()) -> Any:
        """Make an upsert of an INSERT.

        Args:
            builder: The INSERT.
            table: The table.
            key: The columns that identify an existing row.
            columns: The columns of an existing row that are set to the inserted values. If empty, an existing row is left unchanged.
            added: Those of ``columns`` that are incremented by the inserted values instead.
        """
        builder = builder.on_conflict(*key)
        for column in columns:
            if column in added:
                builder = builder.do_update(column, Fragment("{0} + excluded.{1}", table.field(column), Field(column)))
            else:
                builder = builder.do_update(column)
        return builder if columns else builder.do_nothing()

    def cast(self, bind: Term, column_type: str) -> Term:
        """Return a bound value for a select list, cast if the engine cannot infer its type."""
        return bind

    def order(self, builder: Any, field: Field, order: Order) -> Any:
        """Add an ORDER BY that treats NULL as less than every value, as SQLite and MySQL do."""
        return builder.orderby(field, order=Direction.desc if order.descending else Direction.asc)

    def keyset(self, fields: Sequence[Field], values: Sequence[Term], descending: bool) -> Criterion:
        """Return the condition for the rows after the one with these values, in the form for which the engine uses an index."""
        sign, size = "<" if descending else ">", len(fields)
        if size == 1:
            return Fragment(f"{{0}} {sign} {{1}}", fields[0], values[0])
        if self.features.row_value_keyset:
            left, right = (",".join(f"{{{number}}}" for number in range(start, start + size)) for start in (0, size))
            return Fragment(f"({left}) {sign} ({right})", *fields, *values)
        # The first part is redundant, but engines need it for an index range.
        rest = self.keyset(fields[1:], values[1:], descending)
        return Fragment(f"({{0}} {sign}= {{1}} AND ({{0}} {sign} {{1}} OR {{2}}))", fields[0], values[0], rest)

    def delete(self, table: Any, where: Criterion) -> Any:
        """Return a DELETE of the rows that meet a condition."""
        return self.query.from_(table).delete().where(where)

    def delete_batch(self, table: Any, key: Sequence[str], where: Criterion, limit: Term) -> Any:
        """Return a DELETE of at most ``limit`` rows. The rows are selected from ``table`` and deleted by primary key."""
        fields = [table.field(name) for name in key]
        chosen: Any = self.query.from_(table).select(*fields).where(where)
        chosen = chosen.limit(limit)
        return self.query.from_(SQLTable(table.get_table_name())).delete().where(Tuple(*fields).isin(chosen))

    # Statements for many rows. Their text has the marks that :meth:`placeholders` replaces.

    def bound_rows(self, table: str, columns: Sequence[str], count: int) -> str:
        """Return ``count`` bound rows as a subquery whose columns have the types of those of the table."""
        raise NotImplementedError

    def update_rows(self, table: str, key: Sequence[str], column: str, count: int) -> str:
        """Return an UPDATE that sets one column of ``count`` rows, with a separate value for each row. Bind :meth:`row_values`."""
        name, source = self.identifier(table), self.bound_rows(table, (*key, column), count)
        same = " AND ".join(f"{name}.{part} = given.{part}" for part in map(self.identifier, key))
        changed = self.identifier(column)
        return f"UPDATE {name} SET {changed} = given.{changed} FROM {source} AS given WHERE {same}"  # noqa: S608  # names of a frozen file

    def delete_rows(self, table: str, key: Sequence[str], count: int) -> str:
        """Return a DELETE of ``count`` rows by primary key. Bind :meth:`row_values`."""
        names, source = self.identifiers(key), self.bound_rows(table, key, count)
        return f"DELETE FROM {self.identifier(table)} WHERE ({names}) IN (SELECT {names} FROM {source} AS given)"  # noqa: S608  # as above

    def row_values(self, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, Any]:
        """Return the values to bind for rows. The default is one JSON array."""
        return {"rows": json.dumps([dict(zip(columns, row, strict=True)) for row in rows])}

    def require_changed(self, number: int) -> Call:
        """Return a statement that raises :class:`BatchRowNotFoundError` with this number if the previous statement changed no row.

        Engines without interactive transactions need it, because the caller cannot check a count before the next statement runs.
        """
        raise NotImplementedError

    def always_fail(self) -> Call:
        """Return a statement that always raises :class:`BatchRowNotFoundError`, so that its batch is rolled back.

        It serves as a dry run on engines without interactive transactions.
        """
        raise NotImplementedError

    async def execute_ddl(self, database: Database, call: Call) -> None:
        """Run one DDL statement outside any transaction, with a short lock timeout.

        Raises:
            TransactionConflictError: The lock of the table could not be acquired in time.
        """
        await database.execute(call)

    async def drop_invalid_index(self, executor: Executor, table: str, name: str) -> str | None:
        """Return the statement that drops an index if an interrupted build left it unusable, or None."""
        return None

    async def describe(self, executor: Executor) -> dict[str, LiveTable]:
        """Return the tables of the live database by name. Columns are in table order, everything else is sorted by name."""
        raise NotImplementedError

    def as_described(self, column: ColumnType) -> ColumnType:
        """Return a column of the registry as :meth:`describe` would report it."""
        is_text = column.type.startswith(("varchar", "text", "mediumtext"))
        return replace(column, collation=self.collation) if is_text else column

    def index_as_described(self, index: Index) -> Index:
        """Return an index of the registry as :meth:`describe` would report it."""
        return replace(index, columns=index.names)

    def translate(self, error: BaseException) -> DatabaseError | None:
        """Return the error of this package for a driver's error, or None if the driver did not raise it.

        The driver's error and its causes keep their type and code, but the values in them are removed.
        """
        ours = self.classify(error)
        each: BaseException | None = error
        seen: list[BaseException] = []
        while each is not None and each not in seen and (kind := self.classify(each)) is not None:
            seen.append(each)
            self.scrub(each, kind)
            if each.__cause__ is not None and self.classify(each.__cause__) is None:
                # A cause that is not a driver error comes from encoding or decoding a value, and may contain it.
                each.__cause__ = None
            each = each.__cause__ or each.__context__
        return ours

    def classify(self, error: BaseException) -> DatabaseError | None:
        """Return the error of this package for a driver's error, or None if the driver did not raise it.

        Errors are recognized by code wherever the engine has one. No other method inspects them.
        """
        raise NotImplementedError

    def scrub(self, error: BaseException, ours: DatabaseError) -> None:
        """Remove the values from a driver's error, for which :meth:`classify` returned ``ours``."""
        if isinstance(error, UnicodeEncodeError):
            error.object = ""
        if may_repeat_values(ours):
            error.args = (HIDDEN_MESSAGE,)

    def mark_applied(self, script: str) -> list[Call]:
        """Return the statements that mark a script as applied in the engine's own migration tool, if it has one."""
        return []

    def mark_unapplied(self, script: str) -> list[Call]:
        """Return the statements that mark a script as not applied in the engine's own migration tool, if it has one."""
        return []

    def now_ms(self) -> str:
        """Return an expression for the current time of the database's clock in epoch milliseconds, constant during a statement."""
        raise NotImplementedError

    def session_name(self) -> str | None:
        """Return a query for the name of the server session that runs it, or None if the engine does not report sessions."""
        return None

    def session_ended(self, name: str) -> Call:
        """Return a query that yields a row only if the server is certain that the session with this name has ended."""
        raise NotImplementedError

    # Expressions for SQL scripts, which have no parameters.

    def epoch_ms(self, iso: str) -> str:
        """Return an expression for the epoch milliseconds of an ISO 8601 instant in UTC, or NULL for any other text.

        ``iso`` is an SQL expression.
        """
        raise NotImplementedError

    def now_iso(self) -> str:
        """Return an expression for the current time in UTC as ISO 8601 with milliseconds."""
        raise NotImplementedError

    def text_literal(self, text: str) -> str:
        """Return a text as an SQL literal. It must be a constant of this package, never a value from a caller."""
        return "'" + text.replace("'", "''") + "'"

    # DDL. All names come from the registry or from a frozen migration.

    def identifier(self, name: str) -> str:
        """Return the quoted name.

        Raises:
            ValueError: The name contains the quote character or a NUL.
        """
        if self.quote in name or "\0" in name:
            raise ValueError("an identifier must not contain a quote character or NUL")
        return f"{self.quote}{name}{self.quote}"

    def identifiers(self, names: Sequence[str]) -> str:
        """Return the quoted names, separated by commas."""
        return ", ".join(map(self.identifier, names))

    def column_type(self, kind: str) -> str:
        """Return the engine's column type for a type of the registry."""
        rendered = self.types.get(kind, kind)
        return rendered + self.text_suffix if kind.startswith(("varchar", "text", "mediumtext")) else rendered

    def column_sql(self, column: ColumnType) -> str:
        """Return the definition of a column."""
        parts = [self.identifier(column.name), self.column_type(column.type)]
        if not column.null:
            parts.append("NOT NULL")
        if column.default is not None:
            parts.append(f"DEFAULT {self.default_literal(column)}")
        return " ".join(parts)

    def default_literal(self, column: ColumnType) -> str:
        """Return the default of a column as SQL. Defaults come from the registry, never from a caller."""
        if isinstance(column.default, int):
            return str(column.default)
        return self.text_literal(str(column.default))

    def create_table(
        self,
        name: str,
        columns: Sequence[ColumnType],
        key: Sequence[str],
        foreign_keys: Sequence[ForeignKey],
        *,
        if_missing: bool = False,
    ) -> str:
        """Return a CREATE TABLE with the primary key and the foreign keys.

        With ``if_missing``, the statement does nothing if a table of that name exists.
        """
        lines = [self.column_sql(column) for column in columns]
        lines.append(f"PRIMARY KEY ({self.identifiers(key)})")
        for position, reference in enumerate(foreign_keys):
            lines.append(
                f"CONSTRAINT {self.identifier(self.foreign_key_name(name, foreign_keys, position))} "
                f"FOREIGN KEY ({self.identifiers(reference.columns)}) "
                f"REFERENCES {self.identifier(reference.references)} ({self.identifiers(reference.ref_columns)}) "
                f"ON DELETE {reference.on_delete.upper()}"
            )
        body = ",\n  ".join(lines)
        return f"CREATE TABLE {'IF NOT EXISTS ' if if_missing else ''}{self.identifier(name)} (\n  {body}\n){self.table_suffix}"

    def foreign_key_name(self, table: str, foreign_keys: Sequence[ForeignKey], position: int) -> str:
        """Return the name of the constraint for one of a table's foreign keys."""
        reference = foreign_keys[position]
        suffix = f"_{position}" if any(other.references == reference.references for other in foreign_keys[:position]) else ""
        return f"fk_{table}_{reference.references}{suffix}"

    def replace_index(self, table: str, index: Index, foreign_keys: Sequence[ForeignKey]) -> str | None:
        """Return a statement that replaces an index that a foreign key needs with a minimal one, or None if no foreign key needs it."""
        return None

    def drop_table(self, name: str) -> str:
        """Return a DROP TABLE."""
        return f"DROP TABLE {self.identifier(name)}"

    def add_column(self, table: str, column: ColumnType) -> str:
        """Return an ALTER TABLE that adds a column."""
        return f"ALTER TABLE {self.identifier(table)} ADD COLUMN {self.column_sql(column)}"

    def drop_column(self, table: str, name: str) -> str:
        """Return an ALTER TABLE that drops a column."""
        return f"ALTER TABLE {self.identifier(table)} DROP COLUMN {self.identifier(name)}"

    def create_index(self, table: str, index: Index, *, online: bool = False) -> str:
        """Return a CREATE INDEX.

        With ``online``, the statement does not block writes if the engine supports that. It must run outside any transaction then.
        """
        before, after = self.online_index_clauses if online else ("", "")
        kind = f"{'UNIQUE ' if index.unique else ''}INDEX {before}"
        parts = ", ".join(map(self.index_part, index.columns))
        return f"CREATE {kind}{self.identifier(index.name)} ON {self.identifier(table)} ({parts}){after}"

    def index_part(self, part: str) -> str:
        """Return a column of an index, or the lower-case expression for it.

        :data:`NULLS_FIRST` is omitted, because most engines treat NULL as less than every value by default.
        """
        lowered = LOWER_PART.fullmatch(part)
        if lowered:
            return self.lower_expression.format(self.identifier(lowered[1]))
        return self.identifier(part.removesuffix(NULLS_FIRST))

    def supports_index(self, index: Index) -> bool:
        """Return whether the engine supports this search index."""
        return bool(self.trigram_extension_sql if index.extra == TRIGRAM_INDEX else self.lower_expression)

    def drop_index(self, table: str, name: str) -> str:
        """Return a DROP INDEX."""
        return f"DROP INDEX {self.identifier(name)}"


def may_repeat_values(error: DatabaseError) -> bool:
    """Return whether the driver's message for an error may contain values.

    The messages for the other classes of errors are about tables, locks and connections.
    """
    return isinstance(error, ConflictError | ValueRefusedError) or type(error) is DatabaseError


def prefix_end(prefix: str) -> str:
    """Return a text that sorts, by code point, after every text with this prefix that fits into a searched column."""
    before = prefix.rstrip(LAST_CHARACTER)
    if not before:
        return LAST_CHARACTER * MAX_SEARCHED_LENGTH
    following = ord(before[-1]) + 1
    # Surrogates cannot be stored.
    return before[:-1] + chr(0xE000 if following == 0xD800 else following)


def other_case(character: str) -> str | None:
    """Return the same letter in the other case, or None unless each of the two letters converts to the other.

    The relation is symmetric and the same on every engine. So the Kelvin sign is not a k, and ß, İ and the final ς match only
    themselves.
    """
    other = character.lower() if character.lower() != character else character.upper()
    return other if len(other) == 1 and other != character and character in (other.lower(), other.upper()) else None


def case_pairs(text: str) -> dict[str, str]:
    """Return the letters of a text that have two cases, as a mapping from upper case to lower case."""
    pairs = {}
    for character in text:
        other = other_case(character)
        if other is not None:
            lower = character if character.lower() == character else other
            pairs[character if lower == other else other] = lower
    return pairs


def live_tables(
    columns: Iterable[tuple[str, ColumnType]],
    keys: Iterable[tuple[str, str]],
    indexes: Iterable[tuple[str, str, bool, str, str]],
    references: Iterable[tuple[str, str, str, str, str, str]],
    kinds: Mapping[str, str],
    triggers: Sequence[tuple[str, str]],
) -> dict[str, LiveTable]:
    """Build the tables from the rows of a database's catalog, which must be sorted.

    Args:
        columns: Rows of (table, column).
        keys: Rows of (table, primary key column).
        indexes: Rows of (table, index, unique, part, extra).
        references: Rows of (table, constraint, column, referenced table, referenced column, ON DELETE rule).
        kinds: The kind of every table, as in :attr:`LiveTable.kind`.
        triggers: Rows of (table, trigger).
    """
    found: dict[str, list[ColumnType]] = {name: [] for name in sorted(kinds)}
    for table, column in columns:
        found[table].append(column)
    key_columns: dict[str, list[str]] = {}
    for table, name in keys:
        key_columns.setdefault(table, []).append(name)
    index_parts: dict[tuple[str, str, bool, str], list[str]] = {}
    for table, index, unique, part, extra in indexes:
        index_parts.setdefault((table, index, unique, extra), []).append(part)
    pairs: dict[tuple[str, str, str, str], list[tuple[str, str]]] = {}
    for table, constraint, name, other, other_name, rule in references:
        pairs.setdefault((table, constraint, other, rule.lower()), []).append((name, other_name))
    return {
        table: LiveTable(
            tuple(parts),
            tuple(key_columns.get(table, ())),
            tuple(
                Index(name, tuple(of), unique, extra) for (owner, name, unique, extra), of in sorted(index_parts.items()) if owner == table
            ),
            tuple(
                ForeignKey(tuple(name for name, _ in of), other, tuple(name for _, name in of), rule)
                for (owner, _, other, rule), of in sorted(pairs.items())
                if owner == table
            ),
            kinds[table],
            tuple(sorted(name for owner, name in triggers if owner == table)),
        )
        for table, parts in found.items()
    }
