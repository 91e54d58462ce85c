"""SQLite through aiosqlite: one writer behind a lock, a few readers beside it."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import stat
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, get_args

from pypika import Field, PostgreSQLQuery, Query
from pypika import Table as SQLTable
from pypika.dialects import PostgreSQLQueryBuilder
from pypika.terms import Criterion, Term

from ..errors import (
    ConfigurationError,
    ConflictError,
    ConnectionSetupError,
    DatabaseError,
    DatabaseUnavailableError,
    DuplicateObjectError,
    ForeignKeyError,
    PermissionDeniedError,
    ReadOnlyError,
    SchemaMismatchError,
    StatementTimeoutError,
    TransactionClosedError,
    TransactionConflictError,
    TransactionMisuseError,
    ValueRefusedError,
    shown,
)
from ..schema import ColumnType
from .dialect import Dialect, Fragment, Indexed, LiveTable, Place, live_tables, other_case
from .interface import Call, Executor, Features, Row
from .managed import CLOSE_TIMEOUT, COMMAND_TIMEOUT, ManagedDatabase, jitter
from .runs import is_insert_run, split_runs
from .threads import Handle, ReaderPool
from .transactions import Transaction, finish, open_block, open_transaction
from .wait_queue import ResourcePool

if TYPE_CHECKING:
    # A Worker has the words of this file and need not have these.
    import sqlite3

    from .threads import AiosqliteConnection

T = TypeVar("T")

logger: logging.Logger = logging.getLogger("authhero_sql.sqlite")

_BY_NAME: dict[str, type[DatabaseError]] = {
    "SQLITE_CONSTRAINT_UNIQUE": ConflictError,
    "SQLITE_CONSTRAINT_PRIMARYKEY": ConflictError,
    "SQLITE_CONSTRAINT_ROWID": ConflictError,
    "SQLITE_CONSTRAINT_FOREIGNKEY": ForeignKeyError,
    "SQLITE_CONSTRAINT_NOTNULL": ValueRefusedError,
    "SQLITE_CONSTRAINT_CHECK": ValueRefusedError,
    "SQLITE_TOOBIG": ValueRefusedError,
    "SQLITE_MISMATCH": ValueRefusedError,
    "SQLITE_READONLY": ReadOnlyError,
    "SQLITE_PERM": PermissionDeniedError,
    "SQLITE_AUTH": PermissionDeniedError,
    "SQLITE_BUSY": TransactionConflictError,
    "SQLITE_LOCKED": TransactionConflictError,
    "SQLITE_INTERRUPT": StatementTimeoutError,
    "SQLITE_CANTOPEN": DatabaseUnavailableError,
    "SQLITE_IOERR": DatabaseUnavailableError,
    "SQLITE_FULL": DatabaseUnavailableError,
    "SQLITE_NOTADB": DatabaseUnavailableError,
    "SQLITE_CORRUPT": DatabaseUnavailableError,
}
AUTOINDEX = "sqlite_autoindex_"
"""How the names begin that SQLite gives to the indexes of keys."""
INDEXED_BY = re.compile(r" INDEXED BY `[^`]*`")
_MISSING = re.compile(r"^no such (table|column)|^table \w+ has no column named")
_DUPLICATE = re.compile(r"already exists$|^duplicate column name")


class Aside:
    """The columns of a source as terms that no index serves."""

    def __init__(self, source: Any) -> None:
        self._source = source

    def field(self, name: str) -> Term:
        """The column's value."""
        return Fragment("+{0}", self._source.field(name))


class SQLiteQuery(PostgreSQLQuery):
    """PyPika's PostgreSQL query, which has SQLite's upsert, with names in backticks.

    SQLite reads a name in double quotes as a string if there is no such column, so a missing column would look like data.
    """

    @classmethod
    def _builder(cls, **kwargs: Any) -> SQLiteQueryBuilder:
        return SQLiteQueryBuilder(**kwargs)


class SQLiteQueryBuilder(PostgreSQLQueryBuilder):
    """Builds a :class:`SQLiteQuery`."""

    QUOTE_CHAR = "`"
    ALIAS_QUOTE_CHAR = "`"
    QUERY_CLS = SQLiteQuery


class SQLiteDialect(Dialect):
    """SQLite's words."""

    name = "sqlite"
    features: ClassVar[Features] = Features(row_locks=False)
    query: ClassVar[type[Query]] = SQLiteQuery
    quote: ClassVar[str] = SQLiteQueryBuilder.QUOTE_CHAR
    # SQLite knows affinities, not widths: the registry holds the lengths.
    types: ClassVar[dict[str, str]] = {"mediumtext": "text"}
    # A bare parameter would have the statement planned again for every pattern.
    matches: ClassVar[dict[Place, str]] = dict.fromkeys(get_args(Place), "{0} GLOB +{1}")
    lowered: ClassVar[str] = "lower({0})"
    # As SQLite advises for ANALYZE of large tables: so many rows of each index tell enough.
    optimizing: ClassVar[tuple[str, ...]] = ("PRAGMA analysis_limit = 400", "PRAGMA optimize")
    collation: ClassVar[str] = "BINARY"
    opening: ClassVar[str] = (
        "connect() switches a SQLite file to WAL, for good and for every program that opens it; with ?wal=0 in the URL it does not"
    )

    def read_by(self, table: SQLTable, index: str, *, certain: bool) -> SQLTable:
        """INDEXED BY: without statistics SQLite guesses, and with them a value that is everywhere hides the one that is rare."""
        # The key's own index has no other name; AuthHero's tables and ours have no unique constraint before it.
        name = table.get_table_name()
        return Indexed(name, f" INDEXED BY {self.quote}{index or f'{AUTOINDEX}{name}_1'}{self.quote}")

    def identifier(self, name: str) -> str:
        """Quote a name in a definition as standard SQL does, because SQLite stores definitions as they are written."""
        return super().identifier(name).replace(self.quote, '"')

    def aside(self, source: Any) -> Any:
        """With a plus before them: without statistics an index of the tenant seems as good as any."""
        return Aside(source)

    def placeholders(self, text: str, mark: re.Pattern[str]) -> tuple[str, tuple[str, ...]]:
        """``?`` for every mark."""
        return mark.sub("?", text), tuple(mark.findall(text))

    def in_list(self, field: Field, bind: Callable[[str], Term], name: str, size: int) -> Criterion:
        """One parameter, however long the list."""
        return Fragment("{0} IN (SELECT value FROM json_each({1}))", field, bind(name))

    def list_values(self, name: str, values: Sequence[str]) -> dict[str, Any]:
        """A JSON array."""
        return {name: json.dumps(list(values), ensure_ascii=False)}

    def in_pairs(self, fields: tuple[Field, Field], bind: Callable[[str], Term], name: str, size: int) -> Criterion:
        """One parameter for the pairs, and the paths in each of them, because a text may hold no literal."""
        chosen = "SELECT json_extract(value, {3}), json_extract(value, {4}) FROM json_each({2})"
        return Fragment(f"({{0}}, {{1}}) IN ({chosen})", *fields, bind(name), bind(f"{name}_first"), bind(f"{name}_second"))

    def pair_values(self, name: str, pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
        """A JSON array of arrays."""
        return {name: json.dumps(list(pairs), ensure_ascii=False), f"{name}_first": "$[0]", f"{name}_second": "$[1]"}

    def bucket(self, field: Term, bind: Callable[[str], Term], name: str, size: int, *, text: bool) -> Term:
        """Counted in a JSON array."""
        return Fragment("(SELECT COUNT(value) FROM json_each({1}) WHERE value <= {0})", field, bind(name))

    def bucket_values(self, name: str, starts: Sequence[Any]) -> dict[str, Any]:
        """A JSON array."""
        return {name: json.dumps(list(starts))}

    def match_values(self, place: Place, text: str) -> tuple[Any, ...]:
        """A pattern of GLOB, whose classes hold a letter in both cases: at most four bytes for one of the text."""
        return (glob_pattern(place, glob_letters(text)),)

    def gathered(self, fields: Sequence[tuple[Term, bool]]) -> Term:
        """A query for a list reads one row for each of its values, and a subquery that finds nothing reads none."""
        # JSON holds no blob, which somebody may have put into a column of text.
        listed = ",".join(f"CAST({{{number}}} AS TEXT)" if text else f"{{{number}}}" for number, (_, text) in enumerate(fields))
        return Fragment(f"json_group_array(json_array({listed}))", *(field for field, _ in fields))

    def given_rows(self, table: str, columns: Sequence[str], count: int) -> str:
        """Taken out of the array one by one."""
        parts = ", ".join(f"json_extract(value, '$.{name}') AS {self.identifier(name)}" for name in columns)
        return f"(SELECT {parts} FROM json_each(\0rows\0))"  # noqa: S608  # names of a frozen file

    def epoch_ms(self, iso: str) -> str:
        """Seconds and milliseconds apart: a Julian day is a float."""
        return f"CAST(strftime('%s', {iso}) AS INTEGER) * 1000 + CAST(substr(strftime('%f', {iso}), 4) AS INTEGER)"

    def now_iso(self) -> str:
        """The present."""
        return "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"

    def now_ms(self) -> str:
        """The present."""
        present = self.epoch_ms("'now'")
        return f"({present})"

    async def describe(self, executor: Executor) -> dict[str, LiveTable]:
        """From SQLite's pragma functions and, for what they do not tell, from the statements that it keeps."""
        columns, keys, indexes, references, kinds, triggers, made = await executor.fetch_many([Call(sql) for sql in _CATALOGUE])
        compared = {table: _collations(sql) for table, sql in made}
        return live_tables(
            [
                (
                    table,
                    ColumnType(
                        name=name,
                        type=kind.lower(),
                        null=not notnull,
                        default="generated" if hidden else _default(default),
                        collation=compared.get(table, {}).get(name.lower(), self.collation) if _is_text(kind) else None,
                    ),
                )
                for table, name, kind, notnull, default, hidden in columns
            ],
            [(table, name) for table, name in keys],
            [(table, index, bool(unique), *_index_part(*told)) for table, index, unique, *told in indexes],
            [(table, str(id), name, other, to or "", rule) for table, id, name, other, to, rule in references],
            dict(tuple(row) for row in kinds),
            [(table, name) for table, name in triggers],
        )

    def described(self, column: ColumnType) -> ColumnType:
        """There is one type of text without a width."""
        return super().described(replace(column, type=self.types.get(column.type, column.type)))

    def classify(self, error: BaseException) -> DatabaseError | None:
        """By SQLite's extended error name."""
        import sqlite3

        if isinstance(error, sqlite3.Error):
            return classified(getattr(error, "sqlite_errorname", "") or "", str(error))
        if isinstance(error, OverflowError | UnicodeEncodeError):
            return ValueRefusedError(sent=False)
        if isinstance(error, ValueError) and str(error) in {"Connection closed", "no active connection"}:
            return DatabaseUnavailableError("the connection is closed")
        return None

    def scrub(self, error: BaseException, ours: DatabaseError) -> None:
        """Most of what SQLite says is about tables and columns and can stay; a trigger says what its author wants."""
        import sqlite3

        said = unquoted(str(error))
        super().scrub(error, ours)
        if isinstance(error, sqlite3.Error) and ours.code != "SQLITE_CONSTRAINT_TRIGGER":
            error.args = (said,)


def without_index(sql: str, message: str) -> str | None:
    """The statement without its INDEXED BY, where SQLite refused it because the index is missing; None where that was not the reason.

    Another program that makes the table anew may leave the index out: everything goes on, if more slowly.
    """
    if not message.startswith(("no such index: ", "no query solution")) or INDEXED_BY.search(sql) is None:
        return None
    # A table that AuthHero has made without a key is small, and read without one.
    logger.log(
        logging.DEBUG if AUTOINDEX in message else logging.WARNING,
        "%s: reads without it until `authhero-sql check` finds nothing missing",
        message,
    )
    return INDEXED_BY.sub("", sql)


def unquoted(message: str) -> str:
    """What SQLite said up to the first quotation mark: it names tables and columns without, and cuts long messages off at the end."""
    return re.split("['\"]", message, maxsplit=1)[0]


def classified(code: str, message: str) -> DatabaseError:
    """Our error for one of SQLite's, by its extended name and, where that says too little, its message."""
    # Extended names begin with their class: SQLITE_BUSY_SNAPSHOT, SQLITE_IOERR_WRITE.
    kind = _BY_NAME.get(code) or _BY_NAME.get("_".join(code.split("_")[:2]))
    if code == "SQLITE_CONSTRAINT_TRIGGER" and message == "FOREIGN KEY constraint failed":
        # So SQLite calls a reference that restricts.
        kind = ForeignKeyError
    elif kind is None and _MISSING.search(message):
        kind = SchemaMismatchError
    elif kind is None and _DUPLICATE.search(message):
        kind = DuplicateObjectError
    said = "the database's disk is full: make room on it" if code == "SQLITE_FULL" else None
    ours = (kind or DatabaseError)(said, code=code or None, constraint=_constraint(message))
    # SQLite names a unique key by its columns, each with its table.
    ours.owner = (ours.constraint or "").rpartition(".")[0].rpartition(" ")[2].partition(".")[0] or None
    return ours


def glob_letters(text: str) -> list[str]:
    """Each character of a text as GLOB reads it in either case."""
    return [_glob_letter(letter) for letter in text]


def _glob_letter(letter: str) -> str:
    other = other_case(letter)
    return f"[{letter}{other or ''}]" if other or letter in "*?[" else letter


def glob_pattern(place: Place, letters: Sequence[str]) -> str:
    """The pattern of texts that hold, begin with or end with these."""
    before, behind = "" if place == "start" else "*", "" if place == "end" else "*"
    return f"{before}{''.join(letters)}{behind}"


def _default(text: str | None) -> str | int | None:
    """A default as SQLite gives it back, the SQL of it."""
    if text is None:
        return None
    bare = text.strip("()")
    return bare[1:-1].replace("''", "'") if bare.startswith("'") else int(bare) if re.fullmatch("-?[0-9]+", bare) else bare


# D1 keeps tables of its own beside ours, and refuses to tell of them.
_OWN = r"m.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND m.name NOT LIKE '\_cf\_%' ESCAPE '\'"
# Without the virtual ones, whose module may not be here, and the views, which may be of what is gone: to look at these fails.
_TABLES = f"m.type = 'table' AND m.sql NOT LIKE 'CREATE VIRTUAL %' AND {_OWN}"
# The gateway of examples/d1_gateway gets rows as objects: no two columns of a query may have one name.
_CATALOGUE = tuple(
    sql.format(tables=_TABLES, own=_OWN)
    for sql in (
        """SELECT m.name AS owner, c.name, c.type, c."notnull", c.dflt_value, c.hidden
        FROM sqlite_master AS m, pragma_table_xinfo(m.name) AS c WHERE {tables} ORDER BY m.name, c.cid""",
        """SELECT m.name AS owner, c.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c
        WHERE {tables} AND c.pk > 0 ORDER BY m.name, c.pk""",
        """SELECT m.name AS owner, i.name, i."unique", c.seqno, c.name AS part, c."desc", c.coll, i.partial, s.sql
        FROM sqlite_master AS m, pragma_index_list(m.name) AS i, pragma_index_xinfo(i.name) AS c
        LEFT JOIN sqlite_master AS s ON s.type = 'index' AND s.name = i.name
        WHERE {tables} AND i.origin <> 'pk' AND c.key = 1 ORDER BY m.name, i.name, c.seqno""",
        """SELECT m.name, f.id, f."from", f."table",
        COALESCE(f."to", (SELECT c.name FROM pragma_table_info(f."table") AS c WHERE c.pk = f.seq + 1)), f.on_delete
        FROM sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE {tables} ORDER BY m.name, f.id, f.seq""",
        """SELECT m.name, CASE WHEN m.type = 'view' THEN 'view' WHEN m.sql LIKE 'CREATE VIRTUAL %' THEN 'virtual table' ELSE '' END
        FROM sqlite_master AS m WHERE m.type IN ('table', 'view') AND {own}""",
        "SELECT m.tbl_name, m.name FROM sqlite_master AS m WHERE m.type = 'trigger'",
        "SELECT m.name, m.sql FROM sqlite_master AS m WHERE m.sql LIKE '%COLLATE%' AND {tables}",
    )
)
_WORD = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|--[^\n]*|/\*.*?\*/|\w+|.""", re.DOTALL)


def _is_text(kind: str) -> bool:
    """Whether a declared type has the affinity of text, by SQLite's own rule."""
    return "INT" not in kind.upper() and any(word in kind.upper() for word in ("CHAR", "CLOB", "TEXT"))


def _listed(sql: str) -> tuple[list[list[str]], str]:
    """The words of each part of a CREATE's list in parentheses, without comments, and what stands behind it."""
    parts: list[list[str]] = [[]]
    depth = 0
    words = (word for word in _WORD.findall(sql) if not word.startswith(("--", "/*")))
    for word in words:
        depth += (word == "(") - (word == ")")
        if depth == 0 and word == ")":
            break
        if depth == 1 and word == ",":
            parts.append([])
        elif depth > 1 or (depth == 1 and word != "("):
            parts[-1].append(word)
    return parts, "".join(words).strip()


def _collations(sql: str) -> dict[str, str]:
    """The comparison that a CREATE TABLE gives its columns, by their names in lower case, where it gives one."""
    found = {}
    for part in _listed(sql)[0]:
        words = [word for word in part if not word.isspace()]
        at = next((place for place, word in enumerate(words) if word.upper() == "COLLATE"), None)
        if at is not None:
            found[words[0].strip("\"'`[]").lower()] = words[at + 1].strip("\"'`[]").upper()
    return found


def _index_part(place: int, name: str | None, descending: int, collation: str, partial: int, sql: str | None) -> tuple[str, str]:
    """One part of an index in words, and what else the index is."""
    parts, behind = _listed(sql or "")
    text = name if name is not None else "".join(parts[place]).strip()
    if name is not None:
        text += "" if collation.upper() == "BINARY" else f" collate {collation}"
        text += " desc" if descending else ""
    return text, re.sub("^WHERE", "where", behind, flags=re.IGNORECASE) if partial else ""


def _constraint(message: str) -> str | None:
    """The columns of a violated unique key, which is how SQLite names it: ``users.tenant_id, users.user_id``."""
    head, _, columns = message.partition(" constraint failed: ")
    return columns or None if head == "UNIQUE" else None


DIALECT = SQLiteDialect()


BUSY_SLICE = 0.25
"""Seconds that SQLite itself waits for another process's write; then the thread is free for a cancellation."""


def _cursor(connection: sqlite3.Connection) -> sqlite3.Cursor:
    cursor = connection.cursor()
    # A caller's connection may have factories of its own.
    cursor.row_factory = None
    return cursor


def _ran(cursor: sqlite3.Cursor, call: Call) -> sqlite3.Cursor:
    import sqlite3

    try:
        return cursor.execute(call.sql, call.args)
    except sqlite3.OperationalError as error:
        text = without_index(call.sql, str(error))
        if text is None:
            raise
    return cursor.execute(text, call.args)


def _fetch(calls: Sequence[Call], connection: sqlite3.Connection) -> list[list[Row]]:
    cursor = _cursor(connection)
    return [_ran(cursor, call).fetchall() for call in calls]


def _counts(calls: Sequence[Call], connection: sqlite3.Connection) -> list[int]:
    cursor = _cursor(connection)
    return [count for run in split_runs(calls) for count in _run_counts(cursor, run)]


def _run_counts(cursor: sqlite3.Cursor, run: Sequence[Call]) -> list[int]:
    """How many rows each write of a run matched; ``executemany`` tells only their sum, which is known where each adds a row."""
    if not is_insert_run(run):
        return [_ran(cursor, call).rowcount for call in run]
    cursor.executemany(run[0].sql, [call.args for call in run])
    return [1] * len(run)


def _undo(connection: sqlite3.Connection, *commands: str) -> None:
    """Roll back, whatever interrupts it: an interrupt was meant for what came before."""
    import sqlite3

    for command in commands:
        while connection.in_transaction:
            try:
                connection.execute(command)
                break
            except sqlite3.OperationalError as error:
                if error.sqlite_errorname != "SQLITE_INTERRUPT":
                    raise


def _atomic(calls: Sequence[Call], connection: sqlite3.Connection) -> list[int]:
    """All or nothing, as a transaction of its own or inside the one that its owner has open."""
    if connection.in_transaction:
        return _nested(calls, connection)
    if len(calls) == 1 and connection.isolation_level is None:
        # SQLite takes the lock for writing as it begins the statement, waits for it alike, and undoes all of it when it fails.
        return _counts(calls, connection)
    # IMMEDIATE: a transaction that reads first and writes later fails at once when another has written meanwhile.
    connection.execute("BEGIN IMMEDIATE")
    try:
        counts = _counts(calls, connection)
        connection.execute("COMMIT")
    except BaseException:
        _undo(connection, "ROLLBACK")
        raise
    return counts


def _nested(calls: Sequence[Call], connection: sqlite3.Connection) -> list[int]:
    connection.execute('SAVEPOINT "authhero_write"')
    try:
        counts = _counts(calls, connection)
    except BaseException:
        _undo(connection, 'ROLLBACK TO "authhero_write"', 'RELEASE "authhero_write"')
        raise
    connection.execute('RELEASE "authhero_write"')
    return counts


def _inside(work: Callable[[sqlite3.Connection], T], connection: sqlite3.Connection) -> T:
    # Some errors (disk full, I/O) end a transaction; what came after would be committed bit by bit.
    if not connection.in_transaction:
        raise TransactionClosedError("an earlier error ended the transaction")
    return work(connection)


def _bounded(calls: Sequence[Call]) -> bool:
    return all(call.bounded for call in calls)


_OUTER = '"authhero_transaction"'


class SQLiteTransactionBackend:
    """The writer, while a transaction runs on it."""

    def __init__(self, handle: Handle, acquire_timeout: float, busy_timeout: float) -> None:
        self._handle = handle
        self.acquire_timeout = acquire_timeout
        self._busy_timeout = busy_timeout
        self._begun = self._nested = False

    async def fetch(self, calls: Sequence[Call]) -> list[list[Row]]:
        """Read in one hop."""
        return await self._handle.run(partial(_inside, partial(_fetch, calls)), bounded=_bounded(calls))

    async def write(self, calls: Sequence[Call], *, unordered: bool = False) -> list[int]:
        """Write in one hop."""
        return await self._handle.run(partial(_inside, partial(_counts, calls)), bounded=_bounded(calls))

    async def begin(self) -> None:
        """BEGIN IMMEDIATE, or a savepoint inside what the connection's owner has begun."""
        await patient(lambda: self._handle.run(self._begin), self._busy_timeout)

    def _begin(self, connection: sqlite3.Connection) -> None:
        # On the connection's thread, so that what has been begun is known even when nobody waits any more.
        self._nested = connection.in_transaction
        connection.execute(f"SAVEPOINT {_OUTER}" if self._nested else "BEGIN IMMEDIATE")
        self._begun = True

    async def commit(self) -> None:
        """Commit: what has begun is waited for, because nobody could tell how it ends."""
        command = f"RELEASE {_OUTER}" if self._nested else "COMMIT"
        await patient(lambda: self._command(command), self._busy_timeout)

    async def rollback(self) -> None:
        """Undo what has been begun here."""
        if self._begun:
            commands = (f"ROLLBACK TO {_OUTER}", f"RELEASE {_OUTER}") if self._nested else ("ROLLBACK",)
            await self._handle.run(lambda connection: _undo(connection, *commands), bounded=False, stoppable=False)

    async def savepoint(self, name: str) -> None:
        """SAVEPOINT."""
        await self._command(f'SAVEPOINT "{name}"')

    async def release_savepoint(self, name: str) -> None:
        """RELEASE."""
        await self._command(f'RELEASE "{name}"')

    async def rollback_to_savepoint(self, name: str) -> None:
        """ROLLBACK TO and RELEASE."""
        commands = (f'ROLLBACK TO "{name}"', f'RELEASE "{name}"')
        await self._handle.run(lambda connection: _undo(connection, *commands), bounded=False, stoppable=False)

    async def _command(self, sql: str) -> None:
        def work(connection: sqlite3.Connection) -> None:
            connection.execute(sql)

        await self._handle.run(partial(_inside, work), bounded=False, stoppable=False)

    async def abort(self) -> None:
        """Interrupt what runs, and roll back."""
        self._handle.interrupt()
        await self.rollback()

    def is_lost(self) -> bool:
        """Return whether SQLite has rolled everything back by itself, as after a full disk."""
        return self._begun and not self._handle.in_transaction


async def patient(work: Callable[[], Awaitable[T]], seconds: float) -> T:
    """Try again what finds another process writing, for so many seconds in all.

    Raises:
        TransactionConflictError: the other process went on writing.
    """
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        try:
            return await work()
        except TransactionConflictError:
            if asyncio.get_running_loop().time() >= deadline:
                raise
        # Mostly SQLite has waited for its slice of the time already; what it refuses at once gets a moment here.
        await asyncio.sleep(jitter(0.01))


class SQLiteDatabase(ManagedDatabase):
    """A SQLite database: a file or memory of its own (``path``), or a caller's connection."""

    def __init__(
        self,
        path: str | None = None,
        *,
        connection: AiosqliteConnection | None = None,
        readers: int = 4,
        busy_timeout: float = 5.0,
        acquire_timeout: float = 30.0,
        command_timeout: float | None = COMMAND_TIMEOUT,
        cached_statements: int = 512,
        wal: bool | None = True,
    ) -> None:
        self.dialect: Dialect = DIALECT
        self._wal = wal
        self._path = path
        self._given = connection
        self._busy_timeout = busy_timeout
        self._acquire_timeout = acquire_timeout
        self._command_timeout = command_timeout
        self._cached_statements = cached_statements
        # What lives in memory belongs to its one connection.
        self._reader_count = readers if path is not None and path != ":memory:" else 0
        self._handles: list[Handle] = []
        self._own: Handle | None = None
        """The writer, where it is no caller's."""

    @property
    def _location(self) -> str:
        return "over a given connection" if self._path is None else shown(self._path)

    @property
    def file(self) -> Path | None:
        """The absolute path of the database file, or None for a database in memory or behind a caller's connection."""
        return None if self._path in (None, ":memory:") else Path(self._path).absolute()

    async def _open(self) -> None:
        # Made here: an opening that was cancelled leaves nothing behind for the next one.
        self._writers: ResourcePool[Handle] = ResourcePool("the writer was busy", self._acquire_timeout)
        self._readers: ReaderPool | None = None
        if self._given is not None:
            writer = Handle(self._given, DIALECT, self._command_timeout)
            await writer.run(_check)
        else:
            self._own = writer = await self._connected(partial(_configure_writer, self._wal))
        if self._reader_count > 0:
            self._readers = ReaderPool(self._reader, self._reader_count, self._acquire_timeout, self._command_timeout)
            await self._readers.open()
        self._writers.release(writer)

    async def _reader(self) -> Handle:
        return await self._connected(_configure_reader)

    async def _connected(self, configure: Callable[[sqlite3.Connection], None]) -> Handle:
        handle = Handle.for_path(
            self._path or "", DIALECT, self._command_timeout, min(self._busy_timeout, BUSY_SLICE), self._cached_statements
        )
        try:
            await finish(handle.open())
            # Of several connections that switch a new file to WAL at once SQLite refuses all but one, without waiting.
            await patient(lambda: handle.run(configure), self._busy_timeout)
            self._require_not_closed()
        except BaseException as error:
            await finish(handle.discard())
            # A driver's error of the opening itself has not been translated yet.
            ours = error if isinstance(error, DatabaseError) else self.dialect.translate(error)
            if ours is None or isinstance(ours, StatementTimeoutError):
                raise
            raise _unopened(ours, self._path or "") from error.__cause__ or error
        self._handles.append(handle)
        return handle

    async def _close(self) -> None:
        readers = getattr(self, "_readers", None)
        if readers is not None:
            await readers.close()
        handles, self._handles = self._handles, []
        closing = {asyncio.ensure_future(self._ended(handle)) for handle in handles}
        timeout = CLOSE_TIMEOUT
        while closing:
            done, closing = await asyncio.wait(closing, timeout=timeout)
            for closed in done:
                closed.result()
            # What still runs has had its time.
            timeout = BUSY_SLICE
            for handle in handles if closing else ():
                handle.interrupt()

    async def _ended(self, handle: Handle) -> None:
        # What lives in memory ends here.
        if handle is self._own and self._path != ":memory:":
            await handle.run(_optimize, bounded=False, stoppable=False)
        await handle.close()

    async def _writer(self) -> Handle:
        """Borrow the writer, which has to be given back."""
        self._require_open()
        self._refuse_waiting_for_oneself()
        writer = await self._writers.acquire()
        if self._closed:
            # Whoever waited has been overtaken by close().
            self._writers.release(writer)
            raise DatabaseUnavailableError("the database is closed")
        return writer

    def _refuse_waiting_for_oneself(self) -> None:
        block = open_block(self)
        if block is not None and block.task is asyncio.current_task():
            raise TransactionMisuseError("SQLite has one writer, and the transaction that is open in this task holds it")

    async def fetch(self, call: Call) -> list[Row]:
        """Return all rows of a query."""
        return (await self.fetch_many((call,)))[0]

    async def fetch_many(self, calls: Sequence[Call]) -> list[list[Row]]:
        """Read in one hop."""
        work = partial(_fetch, calls)
        if self._readers is not None:
            self._require_open()
            return await self._readers.run(work, bounded=_bounded(calls))
        writer = await self._writer()
        try:
            return await writer.run(work, bounded=_bounded(calls))
        finally:
            self._writers.release(writer)

    async def execute(self, call: Call) -> int:
        """Run one write in one hop."""
        return (await self.write((call,)))[0]

    async def write(self, calls: Sequence[Call], *, unordered: bool = False) -> list[int]:
        """Run one transaction in one hop."""
        work, bounded = partial(_atomic, calls), _bounded(calls)
        writer = await self._writer()
        try:
            return await patient(lambda: writer.run(work, bounded=bounded), self._busy_timeout)
        finally:
            self._writers.release(writer)

    @asynccontextmanager
    async def _open_transaction(self) -> AsyncIterator[Transaction]:
        writer = await self._writer()
        try:
            async with open_transaction(SQLiteTransactionBackend(writer, self._acquire_timeout, self._busy_timeout), self) as block:
                yield block
        finally:
            self._writers.release(writer)


def _unopened(ours: DatabaseError, path: str) -> DatabaseError:
    """The error of a file that cannot be opened, in a sentence that says why, and the way out."""
    code = ours.code or ""
    file, name = Path(path).absolute(), f'"{shown(path)}"'
    kind: type[DatabaseError] = ConnectionSetupError
    if code.startswith("SQLITE_NOTADB"):
        sentence = f"{name} is not a SQLite database: check the path in the URL"
    elif code.startswith("SQLITE_CORRUPT"):
        sentence = f"{name} is damaged: restore it from a backup"
    elif stat.S_ISDIR(_mode(file) or 0):
        sentence = f"{name} is a directory: add the name of the file to the path in the URL"
    elif _mode(file.parent) is None:
        sentence = f'the directory of {name} does not exist: create "{shown(str(file.parent))}", or check the path in the URL'
    elif code.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH")):
        read_only = code.startswith("SQLITE_READONLY")
        kind = ReadOnlyError if read_only and os.access(path, os.R_OK) else PermissionDeniedError
        what = "can only be read" if kind is ReadOnlyError else "cannot be opened"
        sentence = f"{name} {what}: give this process the right to write to the file and to its directory"
    elif isinstance(ours, TransactionConflictError):
        kind, sentence = DatabaseUnavailableError, f"{name} is locked by another process: wait for it, or raise busy_timeout"
    else:
        kind, sentence = DatabaseUnavailableError, f"{name} cannot be opened: check the disk and the path in the URL"
    return kind(sentence, code=ours.code)


def _mode(path: Path) -> int | None:
    """Return the mode of a file: None where there is none, 0 where this process may not look."""
    try:
        return path.stat().st_mode
    except PermissionError:
        return 0
    except OSError:
        return None


def _configure_writer(wal: bool | None, connection: sqlite3.Connection) -> None:
    if _in_wal(connection, wal):
        # With a rollback journal this would risk the file itself.
        connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")


def _in_wal(connection: sqlite3.Connection, wal: bool | None) -> bool:
    """Switch to WAL where that is wanted, and say so where the file has tables: it stays so, for every program that opens it."""
    (before,) = connection.execute("PRAGMA journal_mode").fetchone()
    if before == "wal" or wal is False:
        return bool(before == "wal")
    (has_tables,) = connection.execute("SELECT EXISTS (SELECT * FROM sqlite_master)").fetchone()
    if has_tables and wal is None:
        return False
    (after,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
    if has_tables and after == "wal":
        logger.warning(
            "the SQLite file had the journal mode %s and has WAL from now on; with ?wal=0 in the URL it is left as it is", before
        )
    return bool(after == "wal")


def _optimize(connection: sqlite3.Connection) -> None:
    """Have SQLite count again what it had to guess at, as it advises before a connection is closed, unless nothing was written."""
    import sqlite3

    if connection.in_transaction or connection.total_changes == 0:
        return
    try:
        for command in DIALECT.optimizing:
            connection.execute(command)
    except sqlite3.Error as error:
        # Another process writes, the disk is full, or whoever closes waits no longer.
        logger.info("the file is closed without new statistics: %s", error)


def _configure_reader(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA query_only = ON")


def _check(connection: sqlite3.Connection) -> None:
    """Make a caller's connection fit: references are not enforced unless each connection asks for it."""
    connection.execute("PRAGMA foreign_keys = ON")
    if _cursor(connection).execute("PRAGMA foreign_keys").fetchone() != (1,):
        raise ConfigurationError("foreign_keys is off and cannot be switched on inside a transaction: commit it first")
    if connection.text_factory is not str:
        raise ConfigurationError("the connection's text_factory must be str")
