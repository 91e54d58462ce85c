"""PostgreSQL through asyncpg."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import anyio
from pypika import Field, PostgreSQLQuery, Query
from pypika.terms import Criterion, Term

from ..errors import (
    AuthHeroSQLError,
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
from .interface import Call, Connection, Executor, Features, Order, Row
from .managed import ManagedDatabase, misconfigured, reraise, retried
from .transactions import Turns, finish

if TYPE_CHECKING:
    import asyncpg

T = TypeVar("T")

_BY_STATE: dict[str, type[DatabaseError]] = {
    "23505": ConflictError,
    "23503": ForeignKeyError,
    "23502": ValueRefusedError,
    "23514": ValueRefusedError,
    "40001": TransactionConflictError,
    "40P01": TransactionConflictError,
    "55P03": TransactionConflictError,
    "25006": ReadOnlyError,
    "42P01": MissingTableError,
    "42703": MissingTableError,
    "3F000": MissingTableError,
    "42P07": DuplicateObjectError,
    "42701": DuplicateObjectError,
    "42710": DuplicateObjectError,
}
_BY_CLASS: dict[str, type[DatabaseError]] = {
    "08": DatabaseUnavailableError,
    "22": ValueRefusedError,
    "28": DatabaseUnavailableError,
    "3D": DatabaseUnavailableError,
    "53": DatabaseUnavailableError,
    "57": DatabaseUnavailableError,
}
_NOT_OPEN = re.compile("closed|closing|not initialized|released back")
ROLLBACK_TIMEOUT = 5.0
"""Seconds after which a connection that does not roll back is terminated."""


class PostgreSQLDialect(Dialect):
    """PostgreSQL's words."""

    name = "postgresql"
    features: ClassVar[Features] = Features(typed_select_binds=True, errors_abort_transaction=True)
    query: ClassVar[type[Query]] = PostgreSQLQuery
    types: ClassVar[dict[str, str]] = {"mediumtext": "text", "int": "integer", "tinyint(1)": "smallint"}
    # Bytes, not a language, decide order and equality: as on the other engines, and pages do not depend on the locale.
    text_suffix = ' COLLATE "C"'

    def placeholders(self, text: str, mark: re.Pattern[str]) -> tuple[str, tuple[str, ...]]:
        """``$1`` …; a name that comes again keeps its number."""
        names: dict[str, int] = {}

        def number(match: re.Match[str]) -> str:
            return f"${names.setdefault(match[1], len(names) + 1)}"

        return mark.sub(number, text), tuple(names)

    def in_list(self, field: Field, bind: Callable[[str], Term], name: str, size: int) -> Criterion:
        """One array parameter."""
        return Fragment("{0} = ANY({1})", field, bind(name))

    def list_values(self, name: str, values: Sequence[str]) -> dict[str, Any]:
        """An array."""
        return {name: list(values)}

    def bucket(self, field: Term, bind: Callable[[str], Term], name: str, size: int, *, text: bool) -> Term:
        """Found in a sorted array."""
        return Fragment(f"width_bucket({{0}}, CAST({{1}} AS {'text' if text else 'bigint'}[]))", field, bind(name))

    def bucket_values(self, name: str, starts: Sequence[Any]) -> dict[str, Any]:
        """An array."""
        return {name: list(starts)}

    def match(self, field: Field, place: Place, binds: Sequence[Term]) -> Criterion:
        """Looked for in the column with the text's own letters in lower case: translate() goes by character, not by locale."""
        found = {
            "part": "CAST(strpos(translate({0}, {2}, {3}), {1}) AS boolean)",
            "start": "starts_with(translate({0}, {2}, {3}), {1})",
            "end": "right(translate({0}, {2}, {3}), {4}) = {1}",
        }
        return Fragment(f"({found[place]})", field, *binds)

    def match_values(self, place: Place, text: str) -> tuple[Any, ...]:
        """The text in lower case, its letters in upper and in lower case, and for an end its length."""
        pairs = case_pairs(text)
        lowered = "".join(pairs.get(letter, letter) for letter in text)
        return (lowered, "".join(pairs), "".join(pairs.values()), *((len(text),) if place == "end" else ()))

    def upsert(self, builder: Any, key: Sequence[str], columns: Sequence[str]) -> Any:
        """ON CONFLICT … DO UPDATE."""
        builder = builder.on_conflict(*key)
        for column in columns:
            builder = builder.do_update(column)
        return builder if columns else builder.do_nothing()

    def cast(self, bind: Term, column_type: str) -> Term:
        """A parameter in a select list is text unless cast."""
        return Fragment(f"CAST({{0}} AS {self.types.get(column_type, re.sub('[(].*', '', column_type))})", bind)

    def order(self, builder: Any, field: Field, order: Order) -> Any:
        """NULL first, as on the other engines; only where there may be one, because plain indexes have it last."""
        if not order.nullable:
            return super().order(builder, field, order)
        words = "DESC NULLS LAST" if order.descending else "ASC NULLS FIRST"
        return builder.orderby(Fragment(f"{{0}} {words}", field))

    def epoch_ms(self, iso: str) -> str:
        """A text that is no instant would be an error, so its form is looked at first."""
        looks = f"{iso} ~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}'"
        return f"CASE WHEN {looks} THEN CAST(EXTRACT(EPOCH FROM CAST({iso} AS timestamptz)) * 1000 AS bigint) END"

    def now_iso(self) -> str:
        """The present."""
        return """to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""

    async def describe(self, executor: Executor) -> dict[str, LiveTable]:
        """From the catalogue, for the schema that unqualified names mean."""
        columns, keys, indexes, references = await executor.fetch_many([Call(sql) for sql in _CATALOGUE])
        return live_tables(
            [
                (table, ColumnType(name=name, type=_type(kind), null=null, default=_default(default, kind)))
                for table, name, kind, null, default in columns
            ],
            [(table, name) for table, name in keys],
            [(table, index, unique, name) for table, index, unique, name in indexes],
            [(table, constraint, name, other, to, _RULES[rule]) for table, constraint, name, other, to, rule in references],
        )

    def described(self, column: ColumnType) -> ColumnType:
        """There is one type of text without a width."""
        return replace(column, type="text" if column.type == "mediumtext" else column.type)

    def translate(self, error: BaseException) -> DatabaseError | None:
        """By SQLSTATE; asyncpg's own errors by class."""
        import asyncpg

        if isinstance(error, asyncpg.PostgresError):
            state: str = getattr(error, "sqlstate", None) or ""
            kind = _BY_STATE.get(state) or _BY_CLASS.get(state[:2]) or DatabaseError
            message = None
            if state == "26000" or state == "42P05":
                message = "prepared statements get lost on the way: behind PgBouncer use ?pgbouncer=1 or statement_cache_size=0"
            elif state == "53100":
                message = "the database's disk is full"
            return kind(message, code=state or None, constraint=getattr(error, "constraint_name", None))
        if isinstance(error, asyncpg.DataError):
            return ValueRefusedError()
        if isinstance(error, asyncpg.InternalClientError):
            # Raised where the server has just said that it ends the connection.
            return DatabaseUnavailableError()
        if isinstance(error, asyncpg.InterfaceError):
            return DatabaseUnavailableError() if _NOT_OPEN.search(str(error)) else DatabaseError()
        if isinstance(error, TimeoutError):
            return DatabaseUnavailableError("the statement took longer than command_timeout")
        if isinstance(error, OSError):
            return DatabaseUnavailableError()
        return None


_CATALOGUE = (
    """SELECT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull, pg_get_expr(d.adbin, d.adrelid)
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
       WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace ORDER BY 1, a.attnum""",
    """SELECT c.relname::text, a.attname::text
       FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
       WHERE i.indisprimary AND c.relnamespace = current_schema()::regnamespace ORDER BY 1, k.place""",
    """SELECT c.relname::text, x.relname::text, i.indisunique, a.attname::text
       FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
       CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
       WHERE NOT i.indisprimary AND c.relnamespace = current_schema()::regnamespace ORDER BY 1, 2, k.place""",
    """SELECT c.relname::text, f.conname::text, a.attname::text, r.relname::text, b.attname::text, f.confdeltype::text
       FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid JOIN pg_class r ON r.oid = f.confrelid
       CROSS JOIN LATERAL unnest(f.conkey, f.confkey) WITH ORDINALITY AS k (ours, theirs, place)
       JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.ours
       JOIN pg_attribute b ON b.attrelid = f.confrelid AND b.attnum = k.theirs
       WHERE f.contype = 'f' AND c.relnamespace = current_schema()::regnamespace ORDER BY 1, 2, k.place""",
)


_RULES = {"a": "no action", "r": "restrict", "c": "cascade", "n": "set null", "d": "set default"}


def _type(kind: str) -> str:
    """A type as the registry names it."""
    return {"integer": "int", "smallint": "tinyint(1)"}.get(kind, kind.replace("character varying", "varchar"))


def _default(text: str | None, kind: str) -> str | int | None:
    """A default as PostgreSQL gives it back: ``'jwt_signing'::character varying``, ``'-1'::integer``."""
    if text is None:
        return None
    literal = re.match(r"'((?:[^']|'')*)'", text)
    bare = literal[1].replace("''", "'") if literal else text
    return int(bare) if "int" in kind and bare.lstrip("-").isdigit() else bare


DIALECT = PostgreSQLDialect()


def _matched(status: str) -> int:
    """The count in a command tag: ``UPDATE 1``, ``INSERT 0 1``."""
    count = status.rpartition(" ")[2]
    return int(count) if count.isdigit() else 0


class PostgreSQLConnection:
    """One connection inside a transaction. Tasks that share it take turns."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self._turns = Turns()
        self.closed = False
        self.failed: BaseException | None = None
        """What ended the transaction, or the part of it that a savepoint can still undo."""

    async def _turn(self, work: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
        async with self._turns.statement():
            if self.closed:
                raise TransactionClosedError
            if self.failed is not None:
                raise TransactionClosedError("an earlier error ended the transaction") from self.failed
            try:
                return await work(self._connection)
            except BaseException as error:
                ours = DIALECT.translate(error)
                if _ends(error):
                    self.failed = ours or error
                if ours is None:
                    raise
                raise ours from error

    async def fetch(self, call: Call) -> list[Row]:
        """All rows of a query."""
        rows: list[Row] = await self._turn(lambda connection: connection.fetch(call.sql, *call.args))
        return rows

    async def fetch_many(self, calls: Sequence[Call]) -> list[list[Row]]:
        """One trip each."""
        return [await self.fetch(call) for call in calls]

    async def execute(self, call: Call) -> int:
        """In a savepoint, because a statement that fails would make the whole transaction fail."""
        return (await self.write((call,)))[0]

    async def write(self, calls: Sequence[Call]) -> list[int]:
        """In one savepoint."""

        async def work(connection: asyncpg.Connection) -> list[int]:
            await connection.execute('SAVEPOINT "authhero_write"')
            try:
                counts = [_matched(await connection.execute(call.sql, *call.args)) for call in calls]
            except Exception as error:
                await finish(connection.execute('ROLLBACK TO "authhero_write"; RELEASE "authhero_write"'))
                reraise(DIALECT, error)
            await connection.execute('RELEASE "authhero_write"')
            return counts

        return await self._turn(work)

    async def _command(self, sql: str) -> None:
        await self._turn(lambda connection: connection.execute(sql))

    async def _undo(self, name: str) -> None:
        # A conflict ends the whole transaction, as it does on the other engines.
        if isinstance(self.failed, TransactionConflictError):
            return
        self.failed = None
        # Should it fail, then the transaction has ended; the caller is to hear of the first error.
        with suppress(AuthHeroSQLError):
            await self._command(f"ROLLBACK TO {name}; RELEASE {name}")

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """A savepoint; undone when the block raises."""
        async with self._turns.savepoint() as depth:
            name = f'"authhero_{depth}"'
            await self._command(f"SAVEPOINT {name}")
            try:
                yield
                await self._command(f"RELEASE {name}")
            except BaseException:
                await finish(self._undo(name))
                raise


def _ends(error: BaseException) -> bool:
    """Whether the transaction can do no more after this; errors of ours are raised where a savepoint has undone them."""
    import asyncpg

    return isinstance(error, TransactionConflictError) or not isinstance(error, AuthHeroSQLError | asyncpg.InterfaceError)


async def _keep(connection: asyncpg.Connection) -> None:
    """Reset nothing: our statements leave no session state, and the default reset costs a round trip each time."""


class PostgreSQLDatabase(ManagedDatabase):
    """A PostgreSQL database: a pool of its own (``dsn``), or a caller's."""

    def __init__(
        self,
        dsn: str | None = None,
        *,
        pool: asyncpg.Pool | None = None,
        acquire_timeout: float = 30.0,
        min_size: int = 1,
        max_size: int = 10,
        command_timeout: float | None = 60.0,
        connect_timeout: float = 10.0,
        statement_cache_size: int = 1000,
        pgbouncer: bool = False,
        **options: Any,
    ) -> None:
        self.dialect = DIALECT
        self._pool = pool
        self._dsn = dsn
        self._acquire_timeout = acquire_timeout
        self._options = {
            "min_size": min_size,
            "max_size": max_size,
            "command_timeout": command_timeout,
            "timeout": connect_timeout,
            "statement_cache_size": 0 if pgbouncer else statement_cache_size,
            **options,
        }

    async def _open(self) -> None:
        if self._dsn is None:
            return
        import asyncpg

        try:
            self._pool = await asyncpg.create_pool(self._dsn, reset=_keep, **self._options)
        except (TypeError, ValueError) as error:
            raise misconfigured(error) from None
        except Exception as error:
            reraise(DIALECT, error)

    async def _close(self) -> None:
        if self._dsn is not None and self._pool is not None:
            pool, self._pool = self._pool, None
            try:
                with anyio.fail_after(ROLLBACK_TIMEOUT):
                    await pool.close()
            except TimeoutError:
                pool.terminate()

    @asynccontextmanager
    async def _acquired(self) -> AsyncIterator[asyncpg.Connection]:
        pool = self._pool
        if pool is None:
            raise DatabaseUnavailableError("the database is not open")
        try:
            connection = await pool.acquire(timeout=self._acquire_timeout)
        except TimeoutError as error:
            raise PoolTimeoutError(
                f"no connection became free in {self._acquire_timeout} seconds "
                f"({pool.get_size()} of {pool.get_max_size()} open, {pool.get_idle_size()} idle)"
            ) from error
        except Exception as error:
            reraise(DIALECT, error)
        try:
            yield connection
        finally:
            await pool.release(connection)

    async def fetch(self, call: Call) -> list[Row]:
        """All rows of a query."""
        async with self._acquired() as connection:
            try:
                rows: list[Row] = await connection.fetch(call.sql, *call.args)
            except Exception as error:
                reraise(DIALECT, error)
            return rows

    async def fetch_many(self, calls: Sequence[Call]) -> list[list[Row]]:
        """One trip each, on one connection."""
        async with self._acquired() as connection:
            try:
                return [await connection.fetch(call.sql, *call.args) for call in calls]
            except Exception as error:
                reraise(DIALECT, error)

    async def execute(self, call: Call) -> int:
        """One write, a transaction by itself."""

        async def work() -> int:
            async with self._acquired() as connection:
                try:
                    return _matched(await connection.execute(call.sql, *call.args))
                except Exception as error:
                    reraise(DIALECT, error)

        return await retried(work)

    async def write(self, calls: Sequence[Call]) -> list[int]:
        """One transaction."""
        if len(calls) == 1:
            return [await self.execute(calls[0])]

        async def work() -> list[int]:
            async with self._begun() as connection:
                try:
                    return [_matched(await connection.execute(call.sql, *call.args)) for call in calls]
                except Exception as error:
                    reraise(DIALECT, error)

        return await retried(work)

    @asynccontextmanager
    async def _begun(self) -> AsyncIterator[asyncpg.Connection]:
        async with self._acquired() as connection:
            try:
                # Said aloud: our guards are written for this level, whatever a caller's pool has as its default.
                try:
                    await connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED")
                except Exception as error:
                    reraise(DIALECT, error)
                yield connection
                # The last moment at which a cancellation still undoes everything.
                await asyncio.sleep(0)
            except BaseException:
                await finish(_rolled_back(connection))
                raise
            try:
                await finish(connection.execute("COMMIT"))
            except Exception as error:
                await finish(_rolled_back(connection))
                reraise(DIALECT, error)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """BEGIN … COMMIT on one connection, at READ COMMITTED."""
        async with self._begun() as raw:
            connection = PostgreSQLConnection(raw)
            try:
                yield connection
            finally:
                connection.closed = True
            if connection.failed is not None:
                # Its COMMIT would be a ROLLBACK, without an error.
                raise TransactionClosedError("an earlier error ended the transaction") from connection.failed


async def _rolled_back(connection: asyncpg.Connection) -> None:
    """Roll back in bounded time; a connection that cannot is thrown away."""
    import asyncpg

    try:
        async with asyncio.timeout(ROLLBACK_TIMEOUT):
            # Whether or not asyncpg knows of a transaction: a BEGIN that was cancelled may have arrived all the same.
            await connection.execute("ROLLBACK")
    except Exception:
        # One that was lost is no longer lent to us, and then there is nothing left to end.
        with suppress(asyncpg.InterfaceError):
            connection.terminate()
