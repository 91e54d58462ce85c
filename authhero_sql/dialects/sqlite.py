"""SQLite through aiosqlite: one connection that writes, guarded by a lock, and a few that read."""

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
    printable,
)
from ..schema import ColumnType
from .dialect import Dialect, Fragment, HintedTable, LiveTable, Place, live_tables, other_case
from .interface import Call, Executor, Features, Row
from .managed import CLOSE_TIMEOUT, COMMAND_TIMEOUT, ManagedDatabase, jitter
from .runs import is_insert_run, split_runs
from .threads import Handle, ReaderPool
from .transactions import Transaction, current_transaction, open_transaction, run_to_completion
from .wait_queue import ResourcePool

if TYPE_CHECKING:
    # The D1 dialect imports this module in a Cloudflare Worker, which may lack these modules.
    import sqlite3

    from .threads import AiosqliteConnection

T = TypeVar("T")

logger: logging.Logger = logging.getLogger("authhero_sql.sqlite")

_ERRORS_BY_NAME: dict[str, type[DatabaseError]] = {
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
"""The prefix of the names that SQLite gives to the indexes of keys."""
INDEXED_BY = re.compile(r" INDEXED BY `[^`]*`")
_MISSING = re.compile(r"^no such (table|column)|^table \w+ has no column named")
_DUPLICATE = re.compile(r"already exists$|^duplicate column name")


class UnindexedColumns:
    """The columns of a source, wrapped so that SQLite uses no index for them."""

    def __init__(self, source: Any) -> None:
        self._source = source

    def field(self, name: str) -> Term:
        """Return the value of a column."""
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
    """The SQL dialect of SQLite."""

    name = "sqlite"
    features: ClassVar[Features] = Features(row_locks=False)
    query: ClassVar[type[Query]] = SQLiteQuery
    quote: ClassVar[str] = SQLiteQueryBuilder.QUOTE_CHAR
    # SQLite has type affinities and ignores widths. The lengths in the registry are checked before a value is written.
    types: ClassVar[dict[str, str]] = {"mediumtext": "text"}
    # With a bare parameter, SQLite would prepare the statement again for every pattern.
    match_templates: ClassVar[dict[Place, str]] = dict.fromkeys(get_args(Place), "{0} GLOB +{1}")
    lower_expression: ClassVar[str] = "lower({0})"
    # SQLite recommends a limit for large tables: a sample of each index is enough.
    analyze_commands: ClassVar[tuple[str, ...]] = ("PRAGMA analysis_limit = 400", "PRAGMA optimize")
    collation: ClassVar[str] = "BINARY"
    opening_note: ClassVar[str] = (
        "connect() permanently switches a SQLite file to WAL, for every program that opens it; add ?wal=0 to the URL to prevent this"
    )

    def with_index(self, table: SQLTable, index: str, *, certain: bool) -> SQLTable:
        """Add INDEXED BY.

        Without statistics SQLite guesses. With statistics, a frequent value of a column hides a rare one.
        """
        # SQLite numbers the indexes of keys. No table, whether made by AuthHero or here, has a unique constraint before its primary key.
        name = table.get_table_name()
        return HintedTable(name, f" INDEXED BY {self.quote}{index or f'{AUTOINDEX}{name}_1'}{self.quote}")

    def identifier(self, name: str) -> str:
        """Quote a name in a definition as standard SQL does, because SQLite stores definitions as they are written."""
        return super().identifier(name).replace(self.quote, '"')

    def without_indexes(self, source: Any) -> Any:
        """Prefix the columns with a plus. Without statistics, SQLite rates an index on the tenant as highly as any other."""
        return UnindexedColumns(source)

    def placeholders(self, text: str, mark: re.Pattern[str]) -> tuple[str, tuple[str, ...]]:
        """Replace every mark with ``?``."""
        return mark.sub("?", text), tuple(mark.findall(text))

    def in_list(self, field: Field, bind: Callable[[str], Term], name: str, size: int) -> Criterion:
        """Bind the whole list as one parameter."""
        return Fragment("{0} IN (SELECT value FROM json_each({1}))", field, bind(name))

    def list_values(self, name: str, values: Sequence[str]) -> dict[str, Any]:
        """Return a JSON array."""
        return {name: json.dumps(list(values), ensure_ascii=False)}

    def in_pairs(self, fields: tuple[Field, Field], bind: Callable[[str], Term], name: str, size: int) -> Criterion:
        """Bind all pairs as one parameter.

        The JSON paths into a pair are bound, too, because no statement contains text literals.
        """
        chosen = "SELECT json_extract(value, {3}), json_extract(value, {4}) FROM json_each({2})"
        return Fragment(f"({{0}}, {{1}}) IN ({chosen})", *fields, bind(name), bind(f"{name}_first"), bind(f"{name}_second"))

    def pair_values(self, name: str, pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
        """Return a JSON array of arrays."""
        return {name: json.dumps(list(pairs), ensure_ascii=False), f"{name}_first": "$[0]", f"{name}_second": "$[1]"}

    def bucket(self, field: Term, bind: Callable[[str], Term], name: str, size: int, *, text: bool) -> Term:
        """Count the starts in a JSON array that do not exceed the value."""
        return Fragment("(SELECT COUNT(value) FROM json_each({1}) WHERE value <= {0})", field, bind(name))

    def bucket_values(self, name: str, starts: Sequence[Any]) -> dict[str, Any]:
        """Return a JSON array."""
        return {name: json.dumps(list(starts))}

    def match_values(self, place: Place, text: str) -> tuple[Any, ...]:
        """Return a GLOB pattern in which a character class contains both cases of a letter.

        A byte of the text needs at most four bytes in the pattern.
        """
        return (glob_pattern(place, glob_letters(text)),)

    def json_rows(self, fields: Sequence[tuple[Term, bool]]) -> Term:
        """Aggregate with ``json_group_array``.

        A second query with a list would read a row for each value of the list. A subquery that finds nothing reads no rows.
        """
        # JSON cannot contain a BLOB, which SQLite permits in a text column.
        listed = ",".join(f"CAST({{{number}}} AS TEXT)" if text else f"{{{number}}}" for number, (_, text) in enumerate(fields))
        return Fragment(f"json_group_array(json_array({listed}))", *(field for field, _ in fields))

    def bound_rows(self, table: str, columns: Sequence[str], count: int) -> str:
        """Extract the rows from a JSON array."""
        parts = ", ".join(f"json_extract(value, '$.{name}') AS {self.identifier(name)}" for name in columns)
        return f"(SELECT {parts} FROM json_each(\0rows\0))"  # noqa: S608  # names of a frozen file

    def epoch_ms(self, iso: str) -> str:
        """Convert seconds and milliseconds separately, because a Julian day is a float."""
        return f"CAST(strftime('%s', {iso}) AS INTEGER) * 1000 + CAST(substr(strftime('%f', {iso}), 4) AS INTEGER)"

    def now_iso(self) -> str:
        """Return the current time as ISO 8601."""
        return "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"

    def now_ms(self) -> str:
        """Return the current time in epoch milliseconds."""
        now = self.epoch_ms("'now'")
        return f"({now})"

    async def describe(self, executor: Executor) -> dict[str, LiveTable]:
        """Read SQLite's pragma functions, and the stored CREATE statements for what these do not report."""
        columns, keys, indexes, references, kinds, triggers, statements = await executor.fetch_many([Call(sql) for sql in _CATALOG])
        collations = {table: _collations(sql) for table, sql in statements}
        return live_tables(
            [
                (
                    table,
                    ColumnType(
                        name=name,
                        type=kind.lower(),
                        null=not notnull,
                        default="generated" if hidden else _default(default),
                        collation=collations.get(table, {}).get(name.lower(), self.collation) if _is_text(kind) else None,
                    ),
                )
                for table, name, kind, notnull, default, hidden in columns
            ],
            [(table, name) for table, name in keys],
            [(table, index, bool(unique), *_index_part(*part)) for table, index, unique, *part in indexes],
            [(table, str(id), name, other, to or "", rule) for table, id, name, other, to, rule in references],
            dict(tuple(row) for row in kinds),
            [(table, name) for table, name in triggers],
        )

    def as_described(self, column: ColumnType) -> ColumnType:
        """Map ``mediumtext`` to the only text type without a width."""
        return super().as_described(replace(column, type=self.types.get(column.type, column.type)))

    def classify(self, error: BaseException) -> DatabaseError | None:
        """Classify an error by SQLite's extended error name."""
        import sqlite3

        if isinstance(error, sqlite3.Error):
            return classify_by_name(getattr(error, "sqlite_errorname", "") or "", str(error))
        if isinstance(error, OverflowError | UnicodeEncodeError):
            return ValueRefusedError(sent=False)
        if isinstance(error, ValueError) and str(error) in {"Connection closed", "no active connection"}:
            return DatabaseUnavailableError("the connection is closed")
        return None

    def scrub(self, error: BaseException, ours: DatabaseError) -> None:
        """Keep the start of SQLite's message, which names tables and columns, unless a trigger's author wrote it."""
        import sqlite3

        start = before_first_quote(str(error))
        super().scrub(error, ours)
        if isinstance(error, sqlite3.Error) and ours.code != "SQLITE_CONSTRAINT_TRIGGER":
            error.args = (start,)


def without_index(sql: str, message: str) -> str | None:
    """Return the statement without its INDEXED BY if SQLite refused it because the index is missing, otherwise None.

    Another program may have recreated the table without the index. The statement still works then, but more slowly.
    """
    if not message.startswith(("no such index: ", "no query solution")) or INDEXED_BY.search(sql) is None:
        return None
    # Tables that AuthHero created without a primary key are small and need no index.
    logger.log(
        logging.DEBUG if AUTOINDEX in message else logging.WARNING,
        "%s: the statement runs without this index; `authhero-sql check` lists what is missing",
        message,
    )
    return INDEXED_BY.sub("", sql)


def before_first_quote(message: str) -> str:
    """Return a message of SQLite up to the first quotation mark.

    SQLite names tables and columns without quotation marks. It may truncate a message, so a closing mark may be missing.
    """
    return re.split("['\"]", message, maxsplit=1)[0]


def classify_by_name(code: str, message: str) -> DatabaseError:
    """Return the error of this package for SQLite's extended error name, or for its message if the name is too general."""
    # Extended names start with the name of their class: SQLITE_BUSY_SNAPSHOT, SQLITE_IOERR_WRITE.
    kind = _ERRORS_BY_NAME.get(code) or _ERRORS_BY_NAME.get("_".join(code.split("_")[:2]))
    if code == "SQLITE_CONSTRAINT_TRIGGER" and message == "FOREIGN KEY constraint failed":
        # SQLite reports a violated ON DELETE RESTRICT this way.
        kind = ForeignKeyError
    elif kind is None and _MISSING.search(message):
        kind = SchemaMismatchError
    elif kind is None and _DUPLICATE.search(message):
        kind = DuplicateObjectError
    text = "the disk of the database is full: free some space" if code == "SQLITE_FULL" else None
    ours = (kind or DatabaseError)(text, code=code or None, constraint=_constraint(message))
    # SQLite identifies a unique key by its qualified columns.
    ours.reported_table = (ours.constraint or "").rpartition(".")[0].rpartition(" ")[2].partition(".")[0] or None
    return ours


def glob_letters(text: str) -> list[str]:
    """Return for each character of a text the GLOB pattern that matches it in both cases."""
    return [_glob_letter(letter) for letter in text]


def _glob_letter(letter: str) -> str:
    other = other_case(letter)
    return f"[{letter}{other or ''}]" if other or letter in "*?[" else letter


def glob_pattern(place: Place, letters: Sequence[str]) -> str:
    """Return the GLOB pattern for texts that contain, start with or end with these letters."""
    before, after = "" if place == "start" else "*", "" if place == "end" else "*"
    return f"{before}{''.join(letters)}{after}"


def _default(text: str | None) -> str | int | None:
    """Parse the SQL of a default, as SQLite reports it."""
    if text is None:
        return None
    bare = text.strip("()")
    return bare[1:-1].replace("''", "'") if bare.startswith("'") else int(bare) if re.fullmatch("-?[0-9]+", bare) else bare


# D1 denies access to its internal tables.
_NOT_INTERNAL = r"m.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND m.name NOT LIKE '\_cf\_%' ESCAPE '\'"
# Virtual tables whose module is not loaded and views of missing tables cannot be inspected.
_TABLES = f"m.type = 'table' AND m.sql NOT LIKE 'CREATE VIRTUAL %' AND {_NOT_INTERNAL}"
# The gateway in examples/d1_gateway receives rows as objects, so the column names of a query must be unique.
_CATALOG = tuple(
    sql.format(tables=_TABLES, not_internal=_NOT_INTERNAL)
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
        FROM sqlite_master AS m WHERE m.type IN ('table', 'view') AND {not_internal}""",
        "SELECT m.tbl_name, m.name FROM sqlite_master AS m WHERE m.type = 'trigger'",
        "SELECT m.name, m.sql FROM sqlite_master AS m WHERE m.sql LIKE '%COLLATE%' AND {tables}",
    )
)
_LEXEME = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|--[^\n]*|/\*.*?\*/|\w+|.""", re.DOTALL)


def _is_text(kind: str) -> bool:
    """Return whether a declared type has TEXT affinity, by SQLite's own rule."""
    return "INT" not in kind.upper() and any(word in kind.upper() for word in ("CHAR", "CLOB", "TEXT"))


def _split_definition(sql: str) -> tuple[list[list[str]], str]:
    """Split the parenthesized list of a CREATE statement.

    Returns:
        The lexemes of each part of the list, without comments, and the SQL after the list.
    """
    parts: list[list[str]] = [[]]
    depth = 0
    lexemes = (lexeme for lexeme in _LEXEME.findall(sql) if not lexeme.startswith(("--", "/*")))
    for lexeme in lexemes:
        depth += (lexeme == "(") - (lexeme == ")")
        if depth == 0 and lexeme == ")":
            break
        if depth == 1 and lexeme == ",":
            parts.append([])
        elif depth > 1 or (depth == 1 and lexeme != "("):
            parts[-1].append(lexeme)
    return parts, "".join(lexemes).strip()


def _collations(sql: str) -> dict[str, str]:
    """Return the explicit collations of a CREATE TABLE by the name of the column in lower case."""
    found = {}
    for part in _split_definition(sql)[0]:
        lexemes = [lexeme for lexeme in part if not lexeme.isspace()]
        position = next((number for number, lexeme in enumerate(lexemes) if lexeme.upper() == "COLLATE"), None)
        if position is not None:
            found[lexemes[0].strip("\"'`[]").lower()] = lexemes[position + 1].strip("\"'`[]").upper()
    return found


def _index_part(position: int, name: str | None, descending: int, collation: str, partial: int, sql: str | None) -> tuple[str, str]:
    """Return the text of one part of an index, and the remaining properties of the index."""
    parts, rest = _split_definition(sql or "")
    text = name if name is not None else "".join(parts[position]).strip()
    if name is not None:
        text += "" if collation.upper() == "BINARY" else f" collate {collation}"
        text += " desc" if descending else ""
    return text, re.sub("^WHERE", "where", rest, flags=re.IGNORECASE) if partial else ""


def _constraint(message: str) -> str | None:
    """Return the columns by which SQLite identifies a violated unique key: ``users.tenant_id, users.user_id``."""
    head, _, columns = message.partition(" constraint failed: ")
    return columns or None if head == "UNIQUE" else None


DIALECT = SQLiteDialect()


BUSY_SLICE = 0.25
"""SQLite's own busy timeout, in seconds. It is short, so that the thread can react to a cancellation between two attempts."""


def _cursor(connection: sqlite3.Connection) -> sqlite3.Cursor:
    cursor = connection.cursor()
    # A caller's connection may have a row factory.
    cursor.row_factory = None
    return cursor


def _execute(cursor: sqlite3.Cursor, call: Call) -> sqlite3.Cursor:
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
    return [_execute(cursor, call).fetchall() for call in calls]


def _write(calls: Sequence[Call], connection: sqlite3.Connection) -> list[int]:
    cursor = _cursor(connection)
    return [count for run in split_runs(calls) for count in _write_run(cursor, run)]


def _write_run(cursor: sqlite3.Cursor, run: Sequence[Call]) -> list[int]:
    """Execute the writes of a run, and return the number of rows that each matched."""
    if not is_insert_run(run):
        return [_execute(cursor, call).rowcount for call in run]
    # executemany() reports only the sum of the counts.
    cursor.executemany(run[0].sql, [call.args for call in run])
    return [1] * len(run)


def _roll_back(connection: sqlite3.Connection, *commands: str) -> None:
    """Roll back, and try again if interrupted: the interrupt was meant for an earlier statement."""
    import sqlite3

    for command in commands:
        while connection.in_transaction:
            try:
                connection.execute(command)
                break
            except sqlite3.OperationalError as error:
                if error.sqlite_errorname != "SQLITE_INTERRUPT":
                    raise


def _write_atomically(calls: Sequence[Call], connection: sqlite3.Connection) -> list[int]:
    """Execute writes in a transaction, or in a savepoint if the owner of the connection has a transaction open."""
    if connection.in_transaction:
        return _write_in_savepoint(calls, connection)
    if len(calls) == 1 and connection.isolation_level is None:
        # A single statement acquires the write lock when it starts, with the same busy timeout, and is rolled back if it fails.
        return _write(calls, connection)
    # IMMEDIATE, because a deferred transaction that has read fails without waiting if another one writes before it does.
    connection.execute("BEGIN IMMEDIATE")
    try:
        counts = _write(calls, connection)
        connection.execute("COMMIT")
    except BaseException:
        _roll_back(connection, "ROLLBACK")
        raise
    return counts


def _write_in_savepoint(calls: Sequence[Call], connection: sqlite3.Connection) -> list[int]:
    connection.execute('SAVEPOINT "authhero_write"')
    try:
        counts = _write(calls, connection)
    except BaseException:
        _roll_back(connection, 'ROLLBACK TO "authhero_write"', 'RELEASE "authhero_write"')
        raise
    connection.execute('RELEASE "authhero_write"')
    return counts


def _in_transaction(work: Callable[[sqlite3.Connection], T], connection: sqlite3.Connection) -> T:
    # Some errors (disk full, I/O) end a transaction. Each later statement would be committed separately.
    if not connection.in_transaction:
        raise TransactionClosedError("an earlier error ended the transaction: start another one")
    return work(connection)


def _are_bounded(calls: Sequence[Call]) -> bool:
    return all(call.has_timeout for call in calls)


_SAVEPOINT = '"authhero_transaction"'


class SQLiteTransactionBackend:
    """The writing connection during a transaction."""

    def __init__(self, handle: Handle, acquire_timeout: float, busy_timeout: float) -> None:
        self._handle = handle
        self.acquire_timeout = acquire_timeout
        self._busy_timeout = busy_timeout
        self._begun = self._nested = False

    async def fetch(self, calls: Sequence[Call]) -> list[list[Row]]:
        """Run the queries in one call to the worker thread."""
        return await self._handle.run(partial(_in_transaction, partial(_fetch, calls)), bounded=_are_bounded(calls))

    async def write(self, calls: Sequence[Call], *, unordered: bool = False) -> list[int]:
        """Run the writes in one call to the worker thread."""
        return await self._handle.run(partial(_in_transaction, partial(_write, calls)), bounded=_are_bounded(calls))

    async def begin(self) -> None:
        """Begin a transaction, or a savepoint if the owner of the connection has a transaction open."""
        await retry_while_locked(lambda: self._handle.run(self._begin), self._busy_timeout)

    def _begin(self, connection: sqlite3.Connection) -> None:
        # The worker thread sets the flags, so that they are right even if the caller was cancelled.
        self._nested = connection.in_transaction
        connection.execute(f"SAVEPOINT {_SAVEPOINT}" if self._nested else "BEGIN IMMEDIATE")
        self._begun = True

    async def commit(self) -> None:
        """Commit. The statement cannot be interrupted, because its outcome would be unknown."""
        command = f"RELEASE {_SAVEPOINT}" if self._nested else "COMMIT"
        await retry_while_locked(lambda: self._command(command), self._busy_timeout)

    async def rollback(self) -> None:
        """Roll back, if the transaction was begun."""
        if self._begun:
            commands = (f"ROLLBACK TO {_SAVEPOINT}", f"RELEASE {_SAVEPOINT}") if self._nested else ("ROLLBACK",)
            await self._handle.run(lambda connection: _roll_back(connection, *commands), bounded=False, stoppable=False)

    async def savepoint(self, name: str) -> None:
        """Set a savepoint."""
        await self._command(f'SAVEPOINT "{name}"')

    async def release_savepoint(self, name: str) -> None:
        """Release a savepoint."""
        await self._command(f'RELEASE "{name}"')

    async def rollback_to_savepoint(self, name: str) -> None:
        """Roll back to a savepoint and release it."""
        commands = (f'ROLLBACK TO "{name}"', f'RELEASE "{name}"')
        await self._handle.run(lambda connection: _roll_back(connection, *commands), bounded=False, stoppable=False)

    async def _command(self, sql: str) -> None:
        def work(connection: sqlite3.Connection) -> None:
            connection.execute(sql)

        await self._handle.run(partial(_in_transaction, work), bounded=False, stoppable=False)

    async def abort(self) -> None:
        """Interrupt the running statement and roll back."""
        self._handle.interrupt()
        await self.rollback()

    def is_lost(self) -> bool:
        """Return whether SQLite has rolled back the transaction by itself, for example because the disk is full."""
        return self._begun and not self._handle.in_transaction


async def retry_while_locked(work: Callable[[], Awaitable[T]], seconds: float) -> T:
    """Retry work for up to ``seconds`` while another process holds the write lock.

    Raises:
        TransactionConflictError: The lock was not released in time.
    """
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        try:
            return await work()
        except TransactionConflictError:
            if asyncio.get_running_loop().time() >= deadline:
                raise
        # SQLite has usually waited for BUSY_SLICE. The pause is for the conflicts that it reports without waiting.
        await asyncio.sleep(jitter(0.01))


class SQLiteDatabase(ManagedDatabase):
    """A SQLite database: a file or an in-memory database (``path``), or a caller's connection."""

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
        self._caller_connection = connection
        self._busy_timeout = busy_timeout
        self._acquire_timeout = acquire_timeout
        self._command_timeout = command_timeout
        self._cached_statements = cached_statements
        # An in-memory database is visible only to the connection that created it.
        self._reader_count = readers if path is not None and path != ":memory:" else 0
        self._handles: list[Handle] = []
        self._own_writer: Handle | None = None
        """The writing connection, unless it is the caller's."""

    @property
    def _location(self) -> str:
        return "on a caller's connection" if self._path is None else printable(self._path)

    @property
    def file(self) -> Path | None:
        """The absolute path of the database file, or None for a database in memory or behind a caller's connection."""
        return None if self._path in (None, ":memory:") else Path(self._path).absolute()

    async def _open(self) -> None:
        # Created here and not in __init__(), so that a cancelled open() leaves no state behind.
        self._writers: ResourcePool[Handle] = ResourcePool("the writer was busy", self._acquire_timeout)
        self._readers: ReaderPool | None = None
        if self._caller_connection is not None:
            writer = Handle(self._caller_connection, DIALECT, self._command_timeout)
            await writer.run(_check_connection)
        else:
            self._own_writer = writer = await self._connect(partial(_configure_writer, self._wal))
        if self._reader_count > 0:
            self._readers = ReaderPool(self._open_reader, self._reader_count, self._acquire_timeout, self._command_timeout)
            await self._readers.open()
        self._writers.release(writer)

    async def _open_reader(self) -> Handle:
        return await self._connect(_configure_reader)

    async def _connect(self, configure: Callable[[sqlite3.Connection], None]) -> Handle:
        busy_timeout = min(self._busy_timeout, BUSY_SLICE)
        handle = Handle.for_path(self._path or "", DIALECT, self._command_timeout, busy_timeout, self._cached_statements)
        try:
            await run_to_completion(handle.open())
            # If several connections switch a new file to WAL concurrently, SQLite rejects all but one without waiting.
            await retry_while_locked(lambda: handle.run(configure), self._busy_timeout)
            self._require_not_closed()
        except BaseException as error:
            await run_to_completion(handle.discard())
            # Handle.open() does not translate errors.
            ours = error if isinstance(error, DatabaseError) else self.dialect.translate(error)
            if ours is None or isinstance(ours, StatementTimeoutError):
                raise
            raise _opening_error(ours, self._path or "") from error.__cause__ or error
        self._handles.append(handle)
        return handle

    async def _close(self) -> None:
        readers = getattr(self, "_readers", None)
        if readers is not None:
            await readers.close()
        handles, self._handles = self._handles, []
        closing = {asyncio.ensure_future(self._close_handle(handle)) for handle in handles}
        timeout = CLOSE_TIMEOUT
        while closing:
            done, closing = await asyncio.wait(closing, timeout=timeout)
            for closed in done:
                closed.result()
            # After the timeout, interrupt running statements until all connections are closed.
            timeout = BUSY_SLICE
            for handle in handles if closing else ():
                handle.interrupt()

    async def _close_handle(self, handle: Handle) -> None:
        # An in-memory database ceases to exist, so it needs no statistics.
        if handle is self._own_writer and self._path != ":memory:":
            await handle.run(_optimize, bounded=False, stoppable=False)
        await handle.close()

    async def _acquire_writer(self) -> Handle:
        """Acquire the writing connection, which the caller must release."""
        self._require_open()
        self._require_no_transaction_in_task()
        writer = await self._writers.acquire()
        if self._closed:
            # close() was called while this task waited.
            self._writers.release(writer)
            raise DatabaseUnavailableError("the database is closed")
        return writer

    def _require_no_transaction_in_task(self) -> None:
        block = current_transaction(self)
        if block is not None and block.task is asyncio.current_task():
            raise TransactionMisuseError(
                "SQLite has one writer, which the open transaction of this task occupies: use the adapters of this transaction"
            )

    async def fetch(self, call: Call) -> list[Row]:
        """Return all rows of a query."""
        return (await self.fetch_many((call,)))[0]

    async def fetch_many(self, calls: Sequence[Call]) -> list[list[Row]]:
        """Return the rows of each query, in one call to a worker thread."""
        work = partial(_fetch, calls)
        if self._readers is not None:
            self._require_open()
            return await self._readers.run(work, bounded=_are_bounded(calls))
        writer = await self._acquire_writer()
        try:
            return await writer.run(work, bounded=_are_bounded(calls))
        finally:
            self._writers.release(writer)

    async def execute(self, call: Call) -> int:
        """Run one write as a transaction, and return the number of rows that it matched."""
        return (await self.write((call,)))[0]

    async def write(self, calls: Sequence[Call], *, unordered: bool = False) -> list[int]:
        """Run writes as one transaction, in one call to the worker thread; return the number of rows that each matched."""
        work, bounded = partial(_write_atomically, calls), _are_bounded(calls)
        writer = await self._acquire_writer()
        try:
            return await retry_while_locked(lambda: writer.run(work, bounded=bounded), self._busy_timeout)
        finally:
            self._writers.release(writer)

    @asynccontextmanager
    async def _open_transaction(self) -> AsyncIterator[Transaction]:
        writer = await self._acquire_writer()
        try:
            async with open_transaction(SQLiteTransactionBackend(writer, self._acquire_timeout, self._busy_timeout), self) as block:
                yield block
        finally:
            self._writers.release(writer)


def _opening_error(ours: DatabaseError, path: str) -> DatabaseError:
    """Return the error for a file that cannot be opened, with a message that states the reason and the remedy."""
    code = ours.code or ""
    file, name = Path(path).absolute(), f'"{printable(path)}"'
    kind: type[DatabaseError] = ConnectionSetupError
    if code.startswith("SQLITE_NOTADB"):
        sentence = f"{name} is not a SQLite database: check the path in the URL"
    elif code.startswith("SQLITE_CORRUPT"):
        sentence = f"{name} is damaged: restore it from a backup"
    elif stat.S_ISDIR(_file_mode(file) or 0):
        sentence = f"{name} is a directory: add the name of the file to the path in the URL"
    elif _file_mode(file.parent) is None:
        sentence = f'the directory of {name} does not exist: create "{printable(str(file.parent))}", or check the path in the URL'
    elif code.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH")):
        read_only = code.startswith("SQLITE_READONLY")
        kind = ReadOnlyError if read_only and os.access(path, os.R_OK) else PermissionDeniedError
        problem = "is read-only" if kind is ReadOnlyError else "cannot be opened"
        sentence = f"{name} {problem}: grant this process write permission for the file and its directory"
    elif isinstance(ours, TransactionConflictError):
        kind, sentence = DatabaseUnavailableError, f"{name} is locked by another process: try again later, or raise busy_timeout"
    else:
        kind, sentence = DatabaseUnavailableError, f"{name} cannot be opened: check the disk and the path in the URL"
    return kind(sentence, code=ours.code)


def _file_mode(path: Path) -> int | None:
    """Return the mode of a file, None if it does not exist, or 0 if this process has no permission to look it up."""
    try:
        return path.stat().st_mode
    except PermissionError:
        return 0
    except OSError:
        return None


def _configure_writer(wal: bool | None, connection: sqlite3.Connection) -> None:
    if _switch_to_wal(connection, wal):
        # With a rollback journal, this setting could corrupt the file.
        connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")


def _switch_to_wal(connection: sqlite3.Connection, wal: bool | None) -> bool:
    """Switch a file to WAL if ``wal`` asks for it, and return whether the file is in WAL.

    The switch is permanent and affects every program that opens the file, so a warning is logged if the file has tables.
    """
    (before,) = connection.execute("PRAGMA journal_mode").fetchone()
    if before == "wal" or wal is False:
        return bool(before == "wal")
    (has_tables,) = connection.execute("SELECT EXISTS (SELECT * FROM sqlite_master)").fetchone()
    if has_tables and wal is None:
        return False
    (after,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
    if has_tables and after == "wal":
        logger.warning(
            "the journal mode of the SQLite file was permanently changed from %s to WAL; ?wal=0 in the URL prevents this", before
        )
    return bool(after == "wal")


def _optimize(connection: sqlite3.Connection) -> None:
    """Refresh the planner statistics unless nothing was written. SQLite recommends this before a connection is closed."""
    import sqlite3

    if connection.in_transaction or connection.total_changes == 0:
        return
    try:
        for command in DIALECT.analyze_commands:
            connection.execute(command)
    except sqlite3.Error as error:
        # Another process is writing, the disk is full, or close() has interrupted the statement.
        logger.info("the SQLite file was closed without refreshing the planner statistics: %s", error)


def _configure_reader(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA query_only = ON")


def _check_connection(connection: sqlite3.Connection) -> None:
    """Check a caller's connection, and enable foreign keys, which SQLite enforces only on connections that ask for it.

    Raises:
        ConfigurationError: Foreign keys cannot be enabled, or the connection does not return text as ``str``.
    """
    connection.execute("PRAGMA foreign_keys = ON")
    if _cursor(connection).execute("PRAGMA foreign_keys").fetchone() != (1,):
        raise ConfigurationError("foreign_keys is off and cannot be enabled inside a transaction: commit the transaction first")
    if connection.text_factory is not str:
        raise ConfigurationError("the text_factory of the connection must be str")
