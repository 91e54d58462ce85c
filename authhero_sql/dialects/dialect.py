"""The words of an engine, and their defaults: pure, without I/O. One file for each engine says what differs there."""

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
from ..schema import LOWERED, TRIGRAMS, ColumnType, ForeignKey, Index, Order
from .interface import Call, Database, Executor, Features

UNSHOWN = "not shown, because it may repeat a value"
"""What stands in a driver's error instead of its message."""
LAST = chr(sys.maxunicode)
LONGEST = 256
"""The most characters of a column of which the beginning is looked for."""
NULLS_FIRST = " nulls first"
"""What stands behind a column of an index that may be NULL, where its order counts."""
Place = Literal["part", "start", "end"]
"""Where in a column a text is looked for."""


@dataclass(frozen=True, slots=True)
class LiveTable:
    """A table as a live database has it, in the registry's words and, for what the registry has no word for, in the engine's."""

    columns: tuple[ColumnType, ...]
    key: tuple[str, ...]
    indexes: tuple[Index, ...]
    foreign_keys: tuple[ForeignKey, ...]
    kind: str = ""
    """What it is, where it is no table as :meth:`Dialect.create_table` makes them: ``view``, ``MyISAM table``."""
    triggers: tuple[str, ...] = ()


class Fragment(Criterion):
    """A condition that PyPika has no word for: ``template`` with its terms in the braces."""

    def __init__(self, template: str, *terms: Term) -> None:
        super().__init__()
        self._template = template
        self._terms = terms

    def nodes_(self) -> Iterator[Any]:
        """The terms inside, by which PyPika sees that a column is another table's and has to be qualified."""
        yield self
        for term in self._terms:
            yield from term.nodes_()

    def get_sql(self, **kwargs: Any) -> str:
        """The SQL text."""
        named = kwargs.pop("with_alias", False)
        text = self._template.format(*(term.get_sql(**kwargs) for term in self._terms))
        return format_alias_sql(text, self.alias, **kwargs) if named else text


class Indexed(SQLTable):
    """A table that is read by one index; ``words`` say so behind its name."""

    def __init__(self, name: str, words: str) -> None:
        super().__init__(name)
        self._words = words

    def get_sql(self, **kwargs: Any) -> str:
        """The table's name and the words."""
        return f"{super().get_sql(**kwargs)}{self._words}"


def joined(operator: Literal["AND", "OR"], parts: Sequence[Criterion]) -> Criterion:
    """All or any of one condition or more; in pairs, because engines limit how deep an expression may be."""
    terms = list(parts)
    while len(terms) > 1:
        pairs = [terms[at : at + 2] for at in range(0, len(terms), 2)]
        terms = [Fragment(f"({{0}} {operator} {{1}})", *pair) if len(pair) == 2 else pair[0] for pair in pairs]
    return terms[0]


class Dialect:
    """The words of one engine. Subclasses say only what differs from the common SQL."""

    name: ClassVar[str]
    features: ClassVar[Features] = Features()
    query: ClassVar[type[Query]]
    quote: ClassVar[str] = '"'
    types: ClassVar[Mapping[str, str]] = {}
    """The engine's name for a column type of the registry, where it differs."""
    text_suffix: ClassVar[str] = ""
    """What follows the type of a text column."""
    table_suffix: ClassVar[str] = ""
    """What follows a table's closing parenthesis."""
    matches: ClassVar[Mapping[Place, str]]
    """The condition that the field {0} holds, begins with or ends with a text, of which {1} and so on are :meth:`match_values`."""
    lowered: ClassVar[str] = ""
    """The column {0} with the letters of ASCII in lower case, for an index; empty where the engine has no index of an expression."""
    unlowered: ClassVar[str] = ""
    """Why there is no such index, where there is none."""
    trigrams: ClassVar[str] = ""
    """What makes an index of trigrams possible; empty where nothing does."""
    needed: ClassVar[tuple[str, ...]] = ()
    """The codes of the error for an index that may not be dropped, because a reference needs it."""
    online_index: ClassVar[tuple[str, str]] = ("", "")
    """What CREATE INDEX says before the name, and at its end, for others to go on writing."""
    soon: ClassVar[tuple[str, ...]] = ()
    """What makes the definitions of a transaction give up soon when they have to wait for a lock."""
    optimizing: ClassVar[tuple[str, ...]] = ()
    """What has the engine count again, after changes of the schema, where it does not do that by itself."""
    collation: ClassVar[str]
    """The engine's name for the comparison of text, by code point, that :meth:`create_table` asks for."""
    opening: ClassVar[str] = ""
    """What ``connect`` changes for good in a database that somebody else made, and how it is told not to."""

    def read_by(self, table: SQLTable, index: str, *, certain: bool) -> SQLTable:
        """The table as a source that is read by an index, or by its key where that is empty; as it is where the engine knows better.

        ``certain`` says whether nothing can be better, whatever is in the table: the index has the rows in the order that is asked for,
        or all of what they must equal.
        """
        return table

    def aside(self, source: Any) -> Any:
        """The columns of a source such that no index of them is read; as they are where the engine knows better."""
        return source

    def checked(self, field: Field, value: Term, *, text: bool) -> Criterion:
        """:meth:`equal` such that no index is read for it, where the engine would take one that leads to more rows than it thinks."""
        return self.equal(field, value, text=text)

    def row_by_row(self, beside: SQLTable, read: Sequence[str], source: Any, on: Mapping[str, str]) -> SQLTable:
        """A table such that its row is looked up for each of the few rows of the source; as it is where the engine does so by itself.

        Args:
            beside: the table.
            read: the columns that are read of it.
            source: the rows that it is joined to.
            on: its columns by those of the source that they equal.
        """
        return beside

    def placeholders(self, text: str, mark: re.Pattern[str]) -> tuple[str, tuple[str, ...]]:
        """The text with this engine's placeholders for the marked names, and the names in the order of the values."""
        raise NotImplementedError

    def equal(self, field: Field, bind: Term, *, text: bool) -> Criterion:
        """``field`` is exactly the bound value; text byte for byte."""
        return field == bind

    def list_size(self, count: int) -> int:
        """How many parameters a list of so many values takes; part of a statement's shape."""
        return 1

    def in_list(self, field: Field, bind: Callable[[str], Term], name: str, size: int) -> Criterion:
        """``field`` is one of a bound list: ``size`` is :meth:`list_size`, the values are :meth:`list_values`."""
        raise NotImplementedError

    def list_values(self, name: str, values: Sequence[str]) -> dict[str, Any]:
        """The values to bind for a list of text, never empty."""
        raise NotImplementedError

    def in_pairs(self, fields: tuple[Field, Field], bind: Callable[[str], Term], name: str, size: int) -> Criterion:
        """Two columns of text are one of a bound list of pairs: ``size`` is :meth:`list_size`, the values are :meth:`pair_values`."""
        raise NotImplementedError

    def pair_values(self, name: str, pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
        """The values to bind for a list of pairs, never empty."""
        columns = zip(*pairs, strict=True)
        return {key: value for number, column in enumerate(columns) for key, value in self.list_values(f"{name}_{number}", column).items()}

    def match(self, fields: Sequence[Term], place: Place, binds: Sequence[Term]) -> Criterion:
        """One of the fields holds, begins with or ends with a text, in either case; see :func:`other_case`.

        ``binds`` stand for :meth:`match_values`. Where none of them does and one is NULL, so may the result be.
        """
        return joined("OR", [Fragment(self.matches[place], field, *binds) for field in fields])

    def match_values(self, place: Place, text: str) -> tuple[Any, ...]:
        """The values to bind for a text that is looked for: always as many, so that every text makes the same statement."""
        raise NotImplementedError

    def begins(self, field: Term, binds: Sequence[Term]) -> Criterion:
        """The field in lower case lies where texts do that begin with another; ``binds`` stand for :meth:`beginning`.

        An index can be read for it, and it leaves out no row that :meth:`match` lets through.
        """
        return Fragment(f"({self.lowered} >= {{1}} AND {self.lowered} < {{2}})", field, *binds)

    def beginning(self, text: str) -> tuple[str, ...]:
        """The values to bind for texts that begin with this: the first of them, and what comes after the last.

        They go as far as the letters of which every engine knows the lower case. Nothing where there is no index of an expression.
        """
        plain = takewhile(lambda letter: letter.isascii() or letter.lower() == letter.upper(), text)
        known = "".join(plain).lower()
        return (known, text_after(known)) if self.lowered else ()

    def bucket_size(self, count: int) -> int:
        """How many parameters so many buckets take; part of a statement's shape."""
        return 1

    def bucket(self, field: Term, bind: Callable[[str], Term], name: str, size: int, *, text: bool) -> Term:
        """The number, from 1, of the bucket that a value lies in, 0 before the first: how many begin at it or before it.

        ``size`` is :meth:`bucket_size`, the values are :meth:`bucket_values`, ``text`` what kind they are of.
        """
        raise NotImplementedError

    def bucket_values(self, name: str, starts: Sequence[Any]) -> dict[str, Any]:
        """The values to bind for the beginnings of buckets, which are in order."""
        raise NotImplementedError

    def gathered(self, fields: Sequence[tuple[Term, bool]]) -> Term:
        """All rows of a query as one text, a JSON array of arrays, or NULL for none. Of each field is said whether it is text."""
        raise NotImplementedError

    def upsert(self, builder: Any, table: Any, key: Sequence[str], columns: Sequence[str], added: Sequence[str] = ()) -> Any:
        """An INSERT that, where the key exists, sets ``columns`` to what would have been inserted, and changes nothing without any.

        To those that are ``added`` it is added instead.
        """
        builder = builder.on_conflict(*key)
        for column in columns:
            if column in added:
                builder = builder.do_update(column, Fragment("{0} + excluded.{1}", table.field(column), Field(column)))
            else:
                builder = builder.do_update(column)
        return builder if columns else builder.do_nothing()

    def cast(self, bind: Term, column_type: str) -> Term:
        """The bound value in a select list, typed where the engine cannot tell."""
        return bind

    def order(self, builder: Any, field: Field, order: Order) -> Any:
        """ORDER BY with NULL before everything else, as SQLite and MySQL have it."""
        return builder.orderby(field, order=Direction.desc if order.descending else Direction.asc)

    def keyset(self, fields: Sequence[Field], values: Sequence[Term], descending: bool) -> Criterion:
        """The rows behind the one with these values, in the form that this engine reads from an index."""
        sign, size = "<" if descending else ">", len(fields)
        if size == 1:
            return Fragment(f"{{0}} {sign} {{1}}", fields[0], values[0])
        if self.features.row_value_keyset:
            ours, theirs = (",".join(f"{{{number}}}" for number in range(start, start + size)) for start in (0, size))
            return Fragment(f"({ours}) {sign} ({theirs})", *fields, *values)
        # Redundant on purpose: the first part is the index range, the second leaves out what stands before the row.
        rest = self.keyset(fields[1:], values[1:], descending)
        return Fragment(f"({{0}} {sign}= {{1}} AND ({{0}} {sign} {{1}} OR {{2}}))", fields[0], values[0], rest)

    def delete(self, table: Any, where: Criterion) -> Any:
        """Delete the rows that meet a condition."""
        return self.query.from_(table).delete().where(where)

    def delete_batch(self, table: Any, key: Sequence[str], where: Criterion, limit: Term) -> Any:
        """Delete at most ``limit`` rows; ``table`` says how they are found, and they are deleted by their keys."""
        fields = [table.field(name) for name in key]
        chosen: Any = self.query.from_(table).select(*fields).where(where)
        chosen = chosen.limit(limit)
        return self.query.from_(SQLTable(table.get_table_name())).delete().where(Tuple(*fields).isin(chosen))

    # Many rows in one statement: text with the marks of :meth:`placeholders`, and what is bound there.

    def given_rows(self, table: str, columns: Sequence[str], count: int) -> str:
        """So many rows that are bound, with columns like those of the table, as a source of a query."""
        raise NotImplementedError

    def update_rows(self, table: str, key: Sequence[str], column: str, count: int) -> str:
        """UPDATE of one column in so many rows, each to a value of its own; the rows are :meth:`row_values`."""
        name, source = self.identifier(table), self.given_rows(table, (*key, column), count)
        same = " AND ".join(f"{name}.{part} = given.{part}" for part in map(self.identifier, key))
        changed = self.identifier(column)
        return f"UPDATE {name} SET {changed} = given.{changed} FROM {source} AS given WHERE {same}"  # noqa: S608  # names of a frozen file

    def delete_rows(self, table: str, key: Sequence[str], count: int) -> str:
        """DELETE of so many rows by their keys, which are :meth:`row_values`."""
        names, source = self.identifiers(key), self.given_rows(table, key, count)
        return f"DELETE FROM {self.identifier(table)} WHERE ({names}) IN (SELECT {names} FROM {source} AS given)"  # noqa: S608  # as above

    def row_values(self, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, Any]:
        """The values to bind for rows: by default one JSON array, whatever their number."""
        return {"rows": json.dumps([dict(zip(columns, row, strict=True)) for row in rows])}

    def unless_changed(self, number: int) -> Call:
        """A statement that fails with :class:`BatchRowNotFoundError` of this number where the one before it changed no row.

        For engines without interactive transactions, where nobody can look in between.
        """
        raise NotImplementedError

    def undone(self) -> Call:
        """A statement that always fails with :class:`BatchRowNotFoundError`, so that nothing of its batch stays.

        For engines without interactive transactions, where a batch is tried to see whether it could be written.
        """
        raise NotImplementedError

    async def define(self, database: Database, call: Call) -> None:
        """Run one definition outside any transaction; where others use its table, give up soon.

        Raises:
            TransactionConflictError: the lock of the table was not to be had.
        """
        await database.execute(call)

    async def leftover_index(self, executor: Executor, table: str, name: str) -> str | None:
        """The statement that drops the index of that name, where an interrupted build has left it and nothing can use it."""
        return None

    async def describe(self, executor: Executor) -> dict[str, LiveTable]:
        """The tables of the live database by name, columns in their order and the rest by name."""
        raise NotImplementedError

    def described(self, column: ColumnType) -> ColumnType:
        """A registry column as :meth:`describe` gives it back."""
        is_text = column.type.startswith(("varchar", "text", "mediumtext"))
        return replace(column, collation=self.collation) if is_text else column

    def described_index(self, index: Index) -> Index:
        """A registry index as :meth:`describe` gives it back."""
        return replace(index, columns=index.names)

    def translate(self, error: BaseException) -> DatabaseError | None:
        """Our error for a driver's, None for what is no driver error.

        The driver's error, and those that it came of, keep their type and code but no longer show a value.
        """
        ours = self.classify(error)
        each: BaseException | None = error
        seen: list[BaseException] = []
        while each is not None and each not in seen and (kind := self.classify(each)) is not None:
            seen.append(each)
            self.scrub(each, kind)
            if each.__cause__ is not None and self.classify(each.__cause__) is None:
                # What the driver itself raised on the way, and that can only be about a value.
                each.__cause__ = None
            each = each.__cause__ or each.__context__
        return ours

    def classify(self, error: BaseException) -> DatabaseError | None:
        """Our error for a driver's, None for what is no driver error. All sniffing of errors is here, by code."""
        raise NotImplementedError

    def scrub(self, error: BaseException, ours: DatabaseError) -> None:
        """Take the values out of a driver's error, which stays what ``ours`` was made of."""
        if isinstance(error, UnicodeEncodeError):
            error.object = ""
        if repeats_values(ours):
            error.args = (UNSHOWN,)

    def applied(self, script: str) -> list[Call]:
        """What tells the engine's own migration tool that it need not run a script; nothing where there is no such tool."""
        return []

    def taken_back(self, script: str) -> list[Call]:
        """What tells the engine's own migration tool that a script is to be run again."""
        return []

    def now_ms(self) -> str:
        """The present by the database's clock in epoch milliseconds, the same throughout a statement."""
        raise NotImplementedError

    def session_name(self) -> str | None:
        """A query for what names the server's session that it runs in; None where the engine has no sessions to tell of."""
        return None

    def session_ended(self, name: str) -> Call:
        """A query that gives a row where the server is certain that the session of that name has ended."""
        raise NotImplementedError

    # Scripts: SQL text for a file, which has no parameters.

    def epoch_ms(self, iso: str) -> str:
        """Epoch milliseconds of an ISO-8601 instant in UTC, NULL for another text; ``iso`` is SQL."""
        raise NotImplementedError

    def now_iso(self) -> str:
        """The present as ISO-8601 in UTC with milliseconds."""
        raise NotImplementedError

    def string(self, text: str) -> str:
        """A text of this package's own as a literal, never one of a caller's."""
        return "'" + text.replace("'", "''") + "'"

    # Definitions: names come from the registry or a frozen migration.

    def identifier(self, name: str) -> str:
        """The quoted name."""
        if self.quote in name or "\0" in name:
            raise ValueError("a name may not hold a quote")
        return f"{self.quote}{name}{self.quote}"

    def identifiers(self, names: Sequence[str]) -> str:
        """The quoted names, with commas."""
        return ", ".join(map(self.identifier, names))

    def column_type(self, kind: str) -> str:
        """The engine's type for one of the registry's."""
        rendered = self.types.get(kind, kind)
        return rendered + self.text_suffix if kind.startswith(("varchar", "text", "mediumtext")) else rendered

    def column_sql(self, column: ColumnType) -> str:
        """A column's definition."""
        words = [self.identifier(column.name), self.column_type(column.type)]
        if not column.null:
            words.append("NOT NULL")
        if column.default is not None:
            words.append(f"DEFAULT {self.literal(column)}")
        return " ".join(words)

    def literal(self, column: ColumnType) -> str:
        """A column's default as SQL; defaults come from the registry, never from a caller."""
        if isinstance(column.default, int):
            return str(column.default)
        return self.string(str(column.default))

    def create_table(
        self,
        name: str,
        columns: Sequence[ColumnType],
        key: Sequence[str],
        foreign_keys: Sequence[ForeignKey],
        *,
        if_missing: bool = False,
    ) -> str:
        """CREATE TABLE with its key and references; ``if_missing``, it leaves a table of that name as it is."""
        lines = [self.column_sql(column) for column in columns]
        lines.append(f"PRIMARY KEY ({self.identifiers(key)})")
        for position, reference in enumerate(foreign_keys):
            lines.append(
                f"CONSTRAINT {self.identifier(self.reference_name(name, foreign_keys, position))} "
                f"FOREIGN KEY ({self.identifiers(reference.columns)}) "
                f"REFERENCES {self.identifier(reference.references)} ({self.identifiers(reference.ref_columns)}) "
                f"ON DELETE {reference.on_delete.upper()}"
            )
        body = ",\n  ".join(lines)
        return f"CREATE TABLE {'IF NOT EXISTS ' if if_missing else ''}{self.identifier(name)} (\n  {body}\n){self.table_suffix}"

    def reference_name(self, table: str, foreign_keys: Sequence[ForeignKey], position: int) -> str:
        """The name of a table's reference."""
        reference = foreign_keys[position]
        suffix = f"_{position}" if any(other.references == reference.references for other in foreign_keys[:position]) else ""
        return f"fk_{table}_{reference.references}{suffix}"

    def replace_index(self, table: str, index: Index, foreign_keys: Sequence[ForeignKey]) -> str | None:
        """The statement that puts another in the place of an index that a reference needs; None where none does."""
        return None

    def drop_table(self, name: str) -> str:
        """DROP TABLE."""
        return f"DROP TABLE {self.identifier(name)}"

    def add_column(self, table: str, column: ColumnType) -> str:
        """ALTER TABLE … ADD COLUMN."""
        return f"ALTER TABLE {self.identifier(table)} ADD COLUMN {self.column_sql(column)}"

    def drop_column(self, table: str, name: str) -> str:
        """ALTER TABLE … DROP COLUMN."""
        return f"ALTER TABLE {self.identifier(table)} DROP COLUMN {self.identifier(name)}"

    def create_index(self, table: str, index: Index, *, online: bool = False) -> str:
        """CREATE INDEX; ``online``, outside any transaction, it lets others write meanwhile, where the engine can."""
        before, after = self.online_index if online else ("", "")
        kind = f"{'UNIQUE ' if index.unique else ''}INDEX {before}"
        parts = ", ".join(map(self.index_part, index.columns))
        return f"CREATE {kind}{self.identifier(index.name)} ON {self.identifier(table)} ({parts}){after}"

    def index_part(self, part: str) -> str:
        """A column of an index, or one in lower case; NULL is before every value without a word, as most engines have it."""
        lowered = LOWERED.fullmatch(part)
        if lowered:
            return self.lowered.format(self.identifier(lowered[1]))
        return self.identifier(part.removesuffix(NULLS_FIRST))

    def can_index(self, index: Index) -> bool:
        """Whether the engine can have such a search index."""
        return bool(self.trigrams if index.extra == TRIGRAMS else self.lowered)

    def drop_index(self, table: str, name: str) -> str:
        """DROP INDEX."""
        return f"DROP INDEX {self.identifier(name)}"


def repeats_values(error: DatabaseError) -> bool:
    """Whether the driver's message behind it may repeat a value; that of the other kinds is about tables, locks and connections."""
    return isinstance(error, ConflictError | ValueRefusedError) or type(error) is DatabaseError


def text_after(text: str) -> str:
    """What comes, by code point, after all texts that begin with this and are as long as a column may be."""
    before = text.rstrip(LAST)
    if not before:
        return LAST * LONGEST
    following = ord(before[-1]) + 1
    # Surrogates are no characters.
    return before[:-1] + chr(0xE000 if following == 0xD800 else following)


def other_case(character: str) -> str | None:
    """The same letter in the other case, where each of the two is what the other becomes; None of what has none.

    Symmetric and the same on every engine, so the Kelvin sign is no k, and ß, İ and the final ς match themselves alone.
    """
    other = character.lower() if character.lower() != character else character.upper()
    return other if len(other) == 1 and other != character and character in (other.lower(), other.upper()) else None


def case_pairs(text: str) -> dict[str, str]:
    """The letters of a text that have two cases, each once: upper to lower."""
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
    """Tables out of the rows of a catalogue, each in order.

    ``columns`` are (table, column), ``keys`` (table, column), ``indexes`` (table, index, unique, part, extra), ``references``
    (table, constraint, column, other table, other column, on delete), ``kinds`` every table with what it is, ``triggers``
    (table, trigger).
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
