"""SQLite through aiosqlite: one writer behind a lock, a few readers beside it."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import anyio
from pypika import Field, PostgreSQLQuery, Query
from pypika.terms import Criterion, Term

from ..errors import (
    ConfigurationError,
    ConflictError,
    DatabaseError,
    DatabaseUnavailableError,
    DuplicateObjectError,
    ForeignKeyError,
    MissingTableError,
    PoolTimeoutError,
    ReadOnlyError,
    TransactionClosedError,
    TransactionConflictError,
    ValueRefusedError,
)
from ..schema import ColumnType
from .dialect import Dialect, Fragment, LiveTable, Place, case_pairs, live_tables
from .interface import Call, Connection, Executor, Features, Row
from .managed import ManagedDatabase, reraise, retried
from .transactions import Turns, finish

if TYPE_CHECKING:
    # A Worker has the words of this file and need not have these.
    import sqlite3

    import aiosqlite

T = TypeVar("T")

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
    "SQLITE_BUSY": TransactionConflictError,
    "SQLITE_LOCKED": TransactionConflictError,
    "SQLITE_CANTOPEN": DatabaseUnavailableError,
    "SQLITE_IOERR": DatabaseUnavailableError,
    "SQLITE_FULL": DatabaseUnavailableError,
    "SQLITE_NOTADB": DatabaseUnavailableError,
    "SQLITE_CORRUPT": DatabaseUnavailableError,
}
_DUPLICATE = re.compile(r"already exists$|^duplicate column name")


class SQLiteDialect(Dialect):
    """SQLite's words; PyPika's PostgreSQL builder has its upsert."""

    name = "sqlite"
    features: ClassVar[Features] = Features(row_locks=False)
    query: ClassVar[type[Query]] = PostgreSQLQuery
    # SQLite knows affinities, not widths: the registry holds the lengths.
    types: ClassVar[dict[str, str]] = {"mediumtext": "text"}

    def placeholders(self, text: str, mark: re.Pattern[str]) -> tuple[str, tuple[str, ...]]:
        """``?`` for every mark."""
        return mark.sub("?", text), tuple(mark.findall(text))

    def in_list(self, field: Field, bind: Callable[[str], Term], name: str, size: int) -> Criterion:
        """One parameter, however long the list."""
        return Fragment("{0} IN (SELECT value FROM json_each({1}))", field, bind(name))

    def list_values(self, name: str, values: Sequence[str]) -> dict[str, Any]:
        """A JSON array."""
        return {name: json.dumps(list(values), ensure_ascii=False)}

    def bucket(self, field: Term, bind: Callable[[str], Term], name: str, size: int, *, text: bool) -> Term:
        """Counted in a JSON array."""
        return Fragment("(SELECT COUNT(value) FROM json_each({1}) WHERE value <= {0})", field, bind(name))

    def bucket_values(self, name: str, starts: Sequence[Any]) -> dict[str, Any]:
        """A JSON array."""
        return {name: json.dumps(list(starts))}

    def match(self, field: Field, place: Place, binds: Sequence[Term]) -> Criterion:
        """Looked for in what :func:`_lowered` makes of the column."""
        found = {"part": "instr(v, {1})", "start": "substr(v, {2}, {3}) = {1}", "end": "substr(v, {2}) = {1}"}[place]
        first = {"part": 2, "start": 4, "end": 3}[place]
        return Fragment(_lowered(found, first, len(binds) + 1), field, *binds)

    def match_values(self, place: Place, text: str) -> tuple[Any, ...]:
        """The text in lower case, where to look for it, and its letters that lower() does not know."""
        pairs = case_pairs(text)
        where: tuple[int, ...] = {"part": (), "start": (1, len(text)), "end": (-len(text),)}[place]
        beyond = [letter for pair in pairs.items() if not pair[0].isascii() for letter in pair]
        return ("".join(pairs.get(letter, letter) for letter in text), *where, *beyond)

    def upsert(self, builder: Any, key: Sequence[str], columns: Sequence[str]) -> Any:
        """ON CONFLICT … DO UPDATE."""
        builder = builder.on_conflict(*key)
        for column in columns:
            builder = builder.do_update(column)
        return builder if columns else builder.do_nothing()

    def epoch_ms(self, iso: str) -> str:
        """Seconds and milliseconds apart: a Julian day is a float."""
        return f"CAST(strftime('%s', {iso}) AS INTEGER) * 1000 + CAST(substr(strftime('%f', {iso}), 4) AS INTEGER)"

    def now_iso(self) -> str:
        """The present."""
        return "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"

    async def describe(self, executor: Executor) -> dict[str, LiveTable]:
        """From SQLite's pragma functions."""
        tables = "FROM sqlite_master AS m, {} WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
        # D1 keeps tables of its own beside ours, and refuses to tell of them.
        tables += "AND m.name NOT LIKE '\\_cf\\_%' ESCAPE '\\' ORDER BY "
        columns, keys, indexes, references = await executor.fetch_many(
            [
                Call(
                    'SELECT m.name, c.name, c.type, c."notnull", c.dflt_value '
                    + tables.format("pragma_table_info(m.name) AS c")
                    + "m.name, c.cid"
                ),
                Call(
                    "SELECT m.name, c.name "
                    + tables.format("pragma_table_info(m.name) AS c").replace("ORDER", "AND c.pk > 0 ORDER")
                    + "m.name, c.pk"
                ),
                Call(
                    'SELECT m.name, i.name, i."unique", c.name '
                    + tables.format("pragma_index_list(m.name) AS i, pragma_index_info(i.name) AS c").replace(
                        "ORDER", "AND i.origin = 'c' ORDER"
                    )
                    + "m.name, i.name, c.seqno"
                ),
                Call(
                    'SELECT m.name, f.id, f."from", f."table", f."to", f.on_delete '
                    + tables.format("pragma_foreign_key_list(m.name) AS f")
                    + "m.name, f.id, f.seq"
                ),
            ]
        )
        return live_tables(
            [
                (table, ColumnType(name=name, type=kind.lower(), null=not notnull, default=_default(default)))
                for table, name, kind, notnull, default in columns
            ],
            [(table, name) for table, name in keys],
            [(table, index, bool(unique), name) for table, index, unique, name in indexes],
            [(table, str(id), name, other, to, rule) for table, id, name, other, to, rule in references],
        )

    def described(self, column: ColumnType) -> ColumnType:
        """There is one type of text without a width."""
        return replace(column, type=self.types.get(column.type, column.type))

    def translate(self, error: BaseException) -> DatabaseError | None:
        """By SQLite's extended error name."""
        import sqlite3

        if isinstance(error, sqlite3.Error):
            return classified(getattr(error, "sqlite_errorname", "") or "", str(error))
        if isinstance(error, OverflowError | UnicodeEncodeError):
            return ValueRefusedError()
        if isinstance(error, ValueError) and str(error) in {"Connection closed", "no active connection"}:
            return DatabaseUnavailableError("the connection is closed")
        return None


def classified(code: str, message: str) -> DatabaseError:
    """Our error for one of SQLite's, by its extended name and, where that says too little, its message."""
    # Extended names begin with their class: SQLITE_BUSY_SNAPSHOT, SQLITE_IOERR_WRITE.
    kind = _BY_NAME.get(code) or _BY_NAME.get("_".join(code.split("_")[:2]))
    if kind is None and message.startswith(("no such table", "no such column")):
        kind = MissingTableError
    elif kind is None and _DUPLICATE.search(message):
        kind = DuplicateObjectError
    said = "the database's disk is full" if code == "SQLITE_FULL" else None
    return (kind or DatabaseError)(said, code=code or None, constraint=_constraint(message))


def _lowered(use: str, first: int, end: int) -> str:
    """``use`` of ``v``: {0} in lower case, which is ASCII's here, then each pair of {first} … {end} replaced.

    A step for each pair and not one call inside the other: SQLite's parser gives up at some twenty.
    """
    steps = ["f0(v) AS (SELECT lower({0}))"]
    for number, at in enumerate(range(first, end, 2), 1):
        pair = f"{{{at}}}, {{{at + 1}}}"
        steps.append(f"f{number}(v) AS (SELECT replace(v, {pair}) FROM f{number - 1})")  # noqa: S608  # numbers, and holes for binds
    if len(steps) == 1:
        return f"({use.replace('(v', '(lower({0})')})"
    return f"(WITH {', '.join(steps)} SELECT {use} FROM f{len(steps) - 1})"  # noqa: S608  # from the constants above


def _default(text: str | None) -> str | int | None:
    """A default as SQLite gives it back, the SQL of it."""
    if text is None:
        return None
    bare = text.strip("()")
    return bare[1:-1].replace("''", "'") if bare.startswith("'") else int(bare) if bare.lstrip("-").isdigit() else bare


def _constraint(message: str) -> str | None:
    """The columns of a violated unique key, which is how SQLite names it: ``users.tenant_id, users.user_id``."""
    head, _, columns = message.partition(" constraint failed: ")
    return columns or None if head == "UNIQUE" else None


DIALECT = SQLiteDialect()


class _Hop(asyncio.Future[Any]):
    """A future that cannot be cancelled: its waiter's cancellation is raised when it is done.

    The thread does what it was sent whatever happens to the one who waits, so the outcome has to be waited for.
    """

    def cancel(self, msg: object = None) -> bool:
        return False


class Handle:
    """One SQLite connection and its thread: a function sent there is one hop, whatever it does."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self.connection = connection

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run on the connection's thread, to the end even when the caller is cancelled."""
        connection = self.connection
        if not connection._running or connection._connection is None:
            raise DatabaseUnavailableError("the connection is closed")

        # A closure, because aiosqlite logs what it runs at level DEBUG, the arguments of a partial included.
        def send() -> T:
            return work(connection._conn)

        hop = _Hop(loop=asyncio.get_running_loop())
        # The public methods are one statement a hop and can be cancelled in the middle of one; this is what they call.
        connection._tx.put_nowait((hop, send))
        try:
            done: T = await hop
        except Exception as error:
            reraise(DIALECT, error)
        return done


def _cursor(connection: sqlite3.Connection) -> sqlite3.Cursor:
    cursor = connection.cursor()
    # A caller's connection may have factories of its own.
    cursor.row_factory = None
    return cursor


def _fetch(calls: Sequence[Call], connection: sqlite3.Connection) -> list[list[Row]]:
    cursor = _cursor(connection)
    return [cursor.execute(call.sql, call.args).fetchall() for call in calls]


def _counts(calls: Sequence[Call], connection: sqlite3.Connection) -> list[int]:
    cursor = _cursor(connection)
    return [cursor.execute(call.sql, call.args).rowcount for call in calls]


def _statement(sql: str, connection: sqlite3.Connection) -> None:
    connection.execute(sql)


def _in_transaction(connection: sqlite3.Connection) -> None:
    # Some errors (disk full, I/O) end a transaction; what came after would be committed bit by bit.
    if not connection.in_transaction:
        raise TransactionClosedError("an earlier error ended the transaction")


def _undo(connection: sqlite3.Connection, *commands: str) -> None:
    if connection.in_transaction:
        for command in commands:
            connection.execute(command)


def _atomic(calls: Sequence[Call], connection: sqlite3.Connection) -> list[int]:
    """All or nothing, as a transaction of its own or inside the one that its owner has open."""
    if connection.in_transaction:
        return _nested(calls, connection)
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


_OUTER = '"authhero_transaction"'


class SQLiteConnection:
    """The writer, inside a transaction."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self._turns = Turns()
        self._begun = self._nested = False
        self.closed = False

    # These three run on the connection's thread, so that what has been begun is known even when nobody waits any more.

    def begin(self, connection: sqlite3.Connection) -> None:
        """Begin, inside what the connection's owner has begun."""
        self._nested = connection.in_transaction
        connection.execute(f"SAVEPOINT {_OUTER}" if self._nested else "BEGIN IMMEDIATE")
        self._begun = True

    def commit(self, connection: sqlite3.Connection) -> None:
        """Commit; a commit that fails undoes everything."""
        _in_transaction(connection)
        try:
            connection.execute(f"RELEASE {_OUTER}" if self._nested else "COMMIT")
        except BaseException:
            self.rollback(connection)
            raise

    def rollback(self, connection: sqlite3.Connection) -> None:
        """Undo what has been begun here."""
        if self._begun and self._nested:
            _undo(connection, f"ROLLBACK TO {_OUTER}", f"RELEASE {_OUTER}")
        elif self._begun:
            _undo(connection, "ROLLBACK")

    async def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        def inside(connection: sqlite3.Connection) -> T:
            _in_transaction(connection)
            return work(connection)

        async with self._turns.statement():
            if self.closed:
                raise TransactionClosedError
            return await self._handle.run(inside)

    async def fetch(self, call: Call) -> list[Row]:
        """All rows of a query."""
        return (await self._run(partial(_fetch, (call,))))[0]

    async def fetch_many(self, calls: Sequence[Call]) -> list[list[Row]]:
        """One hop."""
        return await self._run(partial(_fetch, calls))

    async def execute(self, call: Call) -> int:
        """One hop; a statement that fails leaves the transaction as it was."""
        return (await self._run(partial(_counts, (call,))))[0]

    async def write(self, calls: Sequence[Call]) -> list[int]:
        """One hop, in a savepoint."""
        return await self._run(partial(_nested, calls))

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """A savepoint; undone when the block raises."""
        async with self._turns.savepoint() as depth:
            name = f'"authhero_{depth}"'
            await self._run(partial(_statement, f"SAVEPOINT {name}"))
            try:
                yield
            except BaseException:
                await self._handle.run(lambda connection: _undo(connection, f"ROLLBACK TO {name}", f"RELEASE {name}"))
                raise
            await self._run(partial(_statement, f"RELEASE {name}"))


class SQLiteDatabase(ManagedDatabase):
    """A SQLite database: a file or memory of its own (``path``), or a caller's connection."""

    def __init__(
        self,
        path: str | None = None,
        *,
        connection: aiosqlite.Connection | None = None,
        readers: int = 2,
        busy_timeout: float = 5.0,
        acquire_timeout: float = 30.0,
        cached_statements: int = 512,
    ) -> None:
        self.dialect = DIALECT
        self._path = path
        self._given = connection
        self._busy_timeout = busy_timeout
        self._acquire_timeout = acquire_timeout
        self._cached_statements = cached_statements
        self._reader_count = 0 if path is None or path == ":memory:" else readers
        self._lock = anyio.Lock(fast_acquire=True)
        self._writer: Handle | None = None
        self._readers: list[Handle] = []
        self._next = 0

    async def _open(self) -> None:
        if self._given is not None:
            self._writer = Handle(self._given)
            await self._writer.run(_check)
            return
        self._writer = await self._connected(_configure_writer)
        for _ in range(self._reader_count):
            self._readers.append(await self._connected(_configure_reader))

    async def _connected(self, configure: Callable[[sqlite3.Connection], None]) -> Handle:
        import aiosqlite

        connection = aiosqlite.connect(
            self._path or "",
            isolation_level=None,
            timeout=self._busy_timeout,
            cached_statements=self._cached_statements,
        )
        handle = Handle(connection)
        try:
            await finish(connection)
            # Of several connections that switch a new file to WAL at once SQLite refuses all but one, without waiting.
            await retried(lambda: handle.run(configure))
        except BaseException as error:
            await finish(_abandoned(connection))
            if self.dialect.translate(error) is not None:
                raise DatabaseUnavailableError("the SQLite file cannot be opened") from error
            raise
        return handle

    async def _close(self) -> None:
        if self._given is None:
            handles = [*self._readers, *([self._writer] if self._writer else [])]
            self._readers, self._writer = [], None
            for handle in handles:
                await finish(handle.connection.close())

    @property
    def _main(self) -> Handle:
        if self._writer is None or self._closed:
            raise DatabaseUnavailableError("the database is not open")
        return self._writer

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[Handle]:
        writer = self._main
        try:
            try:
                self._lock.acquire_nowait()
            except anyio.WouldBlock:
                with anyio.fail_after(self._acquire_timeout):
                    await self._lock.acquire()
        except TimeoutError:
            raise PoolTimeoutError(f"the writer was busy for {self._acquire_timeout} seconds") from None
        except RuntimeError:
            raise ConfigurationError("this task has a transaction open: use the transaction's own adapters in it") from None
        try:
            yield writer
        finally:
            self._lock.release()

    async def _read(self, calls: Sequence[Call]) -> list[list[Row]]:
        if not self._readers:
            async with self._writing() as writer:
                return await writer.run(partial(_fetch, calls))
        if self._closed:
            raise DatabaseUnavailableError("the database is not open")
        self._next = (self._next + 1) % len(self._readers)
        return await self._readers[self._next].run(partial(_fetch, calls))

    async def fetch(self, call: Call) -> list[Row]:
        """All rows of a query."""
        return (await self._read((call,)))[0]

    async def fetch_many(self, calls: Sequence[Call]) -> list[list[Row]]:
        """One hop, one snapshot of each."""
        return await self._read(calls)

    async def execute(self, call: Call) -> int:
        """One write in one hop."""
        return (await self.write((call,)))[0]

    async def write(self, calls: Sequence[Call]) -> list[int]:
        """One transaction in one hop."""

        async def work() -> list[int]:
            async with self._writing() as writer:
                return await writer.run(partial(_atomic, calls))

        return await retried(work)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """BEGIN IMMEDIATE … COMMIT; a savepoint when a caller's connection is in a transaction already."""
        async with self._writing() as writer:
            connection = SQLiteConnection(writer)
            try:
                await writer.run(connection.begin)
                yield connection
                # The last moment at which a cancellation still undoes everything.
                await asyncio.sleep(0)
            except BaseException:
                await writer.run(connection.rollback)
                raise
            finally:
                connection.closed = True
            await writer.run(connection.commit)


async def _abandoned(connection: aiosqlite.Connection) -> None:
    """Close a connection that may never have been opened; its thread must end before the loop that it reports to."""
    await connection.close()
    await asyncio.to_thread(connection._thread.join)


def _configure_writer(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")


def _configure_reader(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA query_only = ON")


def _check(connection: sqlite3.Connection) -> None:
    """Make a caller's connection fit: references are not enforced unless each connection asks for it."""
    connection.execute("PRAGMA foreign_keys = ON")
    if _cursor(connection).execute("PRAGMA foreign_keys").fetchone() != (1,):
        raise ConfigurationError("foreign_keys is off and cannot be switched on inside a transaction: commit it first")
    if connection.text_factory is not str:
        raise ConfigurationError("the connection's text_factory must be str")
