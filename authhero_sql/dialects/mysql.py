"""MySQL and MariaDB through aiomysql."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, cast, get_args

from pypika import Field, MySQLQuery, Query
from pypika import Table as SQLTable
from pypika.terms import Criterion, Term, Values

from ..errors import (
    ConfigurationError,
    ConflictError,
    ConnectionLostError,
    DatabaseError,
    DatabaseUnavailableError,
    DuplicateObjectError,
    ForeignKeyError,
    MissingTableError,
    PoolTimeoutError,
    ReadOnlyError,
    ReplicationRefusedError,
    StatementTimeoutError,
    TransactionConflictError,
    ValueRefusedError,
)
from ..schema import LOWERED, ColumnType, ForeignKey, Index
from .dialect import UNSHOWN, Dialect, Fragment, Indexed, LiveTable, Place, live_tables, other_case, repeats_values
from .interface import Call, Database, Executor, Features, Row
from .managed import CLOSE_TIMEOUT, COMMAND_TIMEOUT, ManagedDatabase, answered, in_time, misconfigured, reraise, retried, translated
from .tls import DISABLE, NOT_OFFERED, PREFER, is_local, tls, trouble
from .transactions import SETTLE, Block, begun, finish

if TYPE_CHECKING:
    import aiomysql

_BY_NUMBER: dict[int, type[DatabaseError]] = {
    1062: ConflictError,
    1586: ConflictError,
    1216: ForeignKeyError,
    1217: ForeignKeyError,
    1451: ForeignKeyError,
    1452: ForeignKeyError,
    1048: ValueRefusedError,
    1153: ValueRefusedError,
    1264: ValueRefusedError,
    1292: ValueRefusedError,
    1364: ValueRefusedError,
    1366: ValueRefusedError,
    1406: ValueRefusedError,
    3819: ValueRefusedError,
    1054: MissingTableError,
    1146: MissingTableError,
    1051: MissingTableError,
    1091: MissingTableError,
    1050: DuplicateObjectError,
    1060: DuplicateObjectError,
    1061: DuplicateObjectError,
    1020: TransactionConflictError,
    1205: TransactionConflictError,
    1213: TransactionConflictError,
    3101: TransactionConflictError,
    1180: TransactionConflictError,
    3098: ReplicationRefusedError,
    1290: ReadOnlyError,
    1792: ReadOnlyError,
    1836: ReadOnlyError,
    1040: DatabaseUnavailableError,
    1044: DatabaseUnavailableError,
    1045: DatabaseUnavailableError,
    1047: DatabaseUnavailableError,
    1049: DatabaseUnavailableError,
    1053: ConnectionLostError,
    1927: ConnectionLostError,
    1969: StatementTimeoutError,
    3024: StatementTimeoutError,
}
NO_TLS = 2026
"""The client's own number for TLS that did not come about."""
NO_INDEX = 1176
"""The server's number for an index that a statement names and that there is not."""
FORCE_INDEX = re.compile(r" FORCE INDEX \(`[^`]*`\)")

logger = logging.getLogger("authhero_sql.mysql")


class Deletion:
    """A DELETE that PyPika has no word for, to be compiled like one of its builders."""

    def __init__(self, table: SQLTable, where: Any) -> None:
        self._table, self._where = table, where

    def get_sql(self) -> str:
        """The SQL text."""
        name = f"`{self._table.get_table_name()}`"
        source = self._table.get_sql(quote_char=MySQLDialect.quote)
        return f"DELETE {name} FROM {source} WHERE {self._where.get_sql(quote_char=MySQLDialect.quote, with_namespace=True)}"


class MySQLDialect(Dialect):
    """MySQL's words, as far as MariaDB shares them."""

    name = "mysql"
    features: ClassVar[Features] = Features(transactional_ddl=False, online_ddl=True, row_value_keyset=False, index_bytes=3072)
    query: ClassVar[type[Query]] = MySQLQuery
    quote = "`"
    # The same type: MySQL 9 warns of the width in its own name for it.
    types: ClassVar[dict[str, str]] = {"tinyint(1)": "boolean"}
    # LOWER() and the collations that fold case know more letters than the other engines; a pattern says which are alike.
    matches: ClassVar[dict[Place, str]] = dict.fromkeys(get_args(Place), "{0} REGEXP {1}")
    needed: ClassVar[tuple[str, ...]] = ("1553",)
    unlowered: ClassVar[str] = "MariaDB has no index of an expression"
    online_index: ClassVar[tuple[str, str]] = ("", " ALGORITHM=INPLACE LOCK=NONE")
    # Exact but for trailing spaces, which only the collations of MariaDBDialect and MySQL8Dialect see.
    collation: ClassVar[str] = "utf8mb4_bin"
    index_expression: ClassVar[str] = "NULL"
    """What tells an expression in an index; MariaDB has none."""

    def __init__(self, *, exact: bool = True) -> None:
        self.exact = exact
        """Whether all tables compare text exactly; those that somebody else made may fold case."""

    def equal(self, field: Field, bind: Term, *, text: bool) -> Criterion:
        """The column's own comparison for its index, and its bytes where that does not tell everything."""
        if self.exact or not text:
            return super().equal(field, bind, text=text)
        return Fragment("({0} = {1} AND CAST({0} AS BINARY) = CAST({1} AS BINARY))", field, bind)

    @property
    def table_suffix(self) -> str:  # type: ignore[override]  # constant per class, but made from another constant
        """InnoDB, and comparison by code point."""
        return f" ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={self.collation}"

    def read_by(self, table: SQLTable, index: str, *, certain: bool) -> SQLTable:
        """FORCE INDEX where it is certain: MariaDB takes half of a table for the most that a range has, and then reads the tenant."""
        return Indexed(table.get_table_name(), f" FORCE INDEX ({self.identifier(index or 'PRIMARY')})") if certain else table

    def placeholders(self, text: str, mark: re.Pattern[str]) -> tuple[str, tuple[str, ...]]:
        """``%s`` for every mark; any other ``%`` doubled, because the driver formats the text."""
        return mark.sub("%s", text.replace("%", "%%")), tuple(mark.findall(text))

    def list_size(self, count: int) -> int:
        """One parameter a value, rounded up to a power of two so that there are few shapes."""
        return 1 << max(count - 1, 0).bit_length()

    def in_list(self, field: Field, bind: Callable[[str], Term], name: str, size: int) -> Criterion:
        """IN with a placeholder for each value."""
        binds = [bind(f"{name}_{position}") for position in range(size)]
        holes = [f"{{{position + 1}}}" for position in range(size)]
        template = f"{{0}} IN ({', '.join(holes)})"
        if not self.exact:
            template = f"({template} AND CAST({{0}} AS BINARY) IN ({', '.join(f'CAST({hole} AS BINARY)' for hole in holes)}))"
        return Fragment(template, field, *binds)

    def list_values(self, name: str, values: Sequence[str]) -> dict[str, Any]:
        """The last value again for the places that are left."""
        size = self.list_size(len(values))
        return {f"{name}_{position}": values[min(position, len(values) - 1)] for position in range(size)}

    def in_pairs(self, fields: tuple[Field, Field], bind: Callable[[str], Term], name: str, size: int) -> Criterion:
        """Each pair on its own: MariaDB reads no index range from a list of rows."""
        exact = "{0} = {%d} AND {1} = {%d}"
        if not self.exact:
            exact += " AND CAST({0} AS BINARY) = CAST({%d} AS BINARY) AND CAST({1} AS BINARY) = CAST({%d} AS BINARY)"
        numbers = [(at, at + 1) for at in range(2, 2 + 2 * size, 2)]
        each = [f"({exact % (pair if self.exact else pair * 2)})" for pair in numbers]
        binds = [bind(f"{name}_{column}_{at}") for at in range(size) for column in (0, 1)]
        return Fragment(f"({' OR '.join(each)})", *fields, *binds)

    def bucket_size(self, count: int) -> int:
        """One parameter a bucket, rounded up like a list."""
        return self.list_size(count)

    def bucket(self, field: Term, bind: Callable[[str], Term], name: str, size: int, *, text: bool) -> Term:
        """A comparison is 1 where it holds; added up in pairs, because a sum of a thousand is nested too deeply to be read."""
        sums = [f"({{0}} >= {{{position + 1}}})" for position in range(size)]
        while len(sums) > 1:
            sums = [f"({' + '.join(sums[at : at + 2])})" for at in range(0, len(sums), 2)]
        return Fragment(sums[0], field, *(bind(f"{name}_{position}") for position in range(size)))

    def bucket_values(self, name: str, starts: Sequence[Any]) -> dict[str, Any]:
        """NULL, which nothing is compared with, would make the sum NULL: the places that are left begin behind everything."""
        behind: Any = "~" if isinstance(starts[0], str) else 2**63 - 1
        filled = [*starts, *[behind] * (self.bucket_size(len(starts)) - len(starts))]
        return {f"{name}_{position}": start for position, start in enumerate(filled)}

    def match_values(self, place: Place, text: str) -> tuple[Any, ...]:
        """A pattern that ICU (MySQL) and PCRE (MariaDB) read alike, exact whatever the column's collation."""
        letters = "".join(_pattern(letter) for letter in text)
        start, end = r"\A" if place == "start" else "", r"\z" if place == "end" else ""
        return (f"(?-i){start}{letters}{end}",)

    def upsert(self, builder: Any, table: Any, key: Sequence[str], columns: Sequence[str], added: Sequence[str] = ()) -> Any:
        """ON DUPLICATE KEY UPDATE, which goes by every unique key: where nothing is to change, a column is set to itself."""
        if not columns:
            own = f"{self.identifier(table.get_table_name())}.{self.identifier(key[0])}"
            return builder.on_duplicate_key_update(key[0], Fragment(own))
        for column in columns:
            given = Values(column)
            builder = builder.on_duplicate_key_update(column, table.field(column) + given if column in added else given)
        return builder

    def delete(self, table: Any, where: Criterion) -> Any:
        """DELETE … FROM, as for several tables: MariaDB plans a subquery in it as it does in a SELECT, and not row by row."""
        return Deletion(table, where)

    def delete_batch(self, table: Any, key: Sequence[str], where: Criterion, limit: Term) -> Any:
        """DELETE … LIMIT: a subquery of the same table may have none here."""
        builder: Any = self.query.from_(SQLTable(table.get_table_name())).delete().where(where)
        return builder.limit(limit)

    def literal(self, column: ColumnType) -> str:
        """TEXT takes a default only as an expression."""
        rendered = super().literal(column)
        return f"({rendered})" if column.type.endswith("text") else rendered

    def drop_index(self, table: str, name: str) -> str:
        """An index belongs to its table here."""
        return f"DROP INDEX {self.identifier(name)} ON {self.identifier(table)}"

    def replace_index(self, table: str, index: Index, foreign_keys: Sequence[ForeignKey]) -> str | None:
        """By one of the reference's own, as InnoDB had made it before this one was there: a reference has to have one."""
        for position, reference in enumerate(foreign_keys):
            if index.names[: len(reference.columns)] == reference.columns:
                own = self.identifier(self.reference_name(table, foreign_keys, position))
                added = f"ADD INDEX {own} ({self.identifiers(reference.columns)})"
                return f"ALTER TABLE {self.identifier(table)} DROP INDEX {self.identifier(index.name)}, {added}"
        return None

    def given_rows(self, table: str, columns: Sequence[str], count: int) -> str:
        """Under a SELECT of nothing, from which they have types and collations: JSON_TABLE is too new, and has its own collation."""
        rows = (", ".join(f"\0{name}_{number}\0" for name in columns) for number in range(self.list_size(count)))
        given = "".join(f" UNION ALL SELECT {row}" for row in rows)
        return f"(SELECT {self.identifiers(columns)} FROM {self.identifier(table)} WHERE FALSE{given})"  # noqa: S608  # names of a frozen file

    def update_rows(self, table: str, key: Sequence[str], column: str, count: int) -> str:
        """UPDATE of a join, in which the table comes second."""
        changed = self.identifier(column)
        joined = self._joined(table, key, (*key, column), count)
        return f"UPDATE {joined} SET {self.identifier(table)}.{changed} = given.{changed}"  # noqa: S608  # names of a frozen file

    def delete_rows(self, table: str, key: Sequence[str], count: int) -> str:
        """DELETE from a join, in which the table comes second."""
        return f"DELETE {self.identifier(table)} FROM {self._joined(table, key, key, count)}"

    def _joined(self, table: str, key: Sequence[str], columns: Sequence[str], count: int) -> str:
        name = self.identifier(table)
        same = " AND ".join(f"{name}.{part} = given.{part}" for part in map(self.identifier, key))
        return f"{self.given_rows(table, columns, count)} AS given STRAIGHT_JOIN {name} ON {same}"

    def row_values(self, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, Any]:
        """The last row again for the places that are left."""
        filled = [*rows, *[rows[-1]] * (self.list_size(len(rows)) - len(rows))]
        return {f"{name}_{number}": value for number, row in enumerate(filled) for name, value in zip(columns, row, strict=True)}

    def epoch_ms(self, iso: str) -> str:
        """A text that is no instant would be an error in strict mode, so its form is looked at first."""
        looks = f"{iso} REGEXP '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}[.][0-9]{{3}}Z$'"
        instant = f"STR_TO_DATE({iso}, '%Y-%m-%dT%H:%i:%s.%fZ')"
        return f"CASE WHEN {looks} THEN TIMESTAMPDIFF(MICROSECOND, '1970-01-01', {instant}) DIV 1000 END"

    def now_iso(self) -> str:
        """The present."""
        return "CONCAT(LEFT(DATE_FORMAT(UTC_TIMESTAMP(3), '%Y-%m-%dT%H:%i:%s.%f'), 23), 'Z')"

    def now_ms(self) -> str:
        """The present; UNIX_TIMESTAMP() would go by the session's time zone, which has an hour twice in autumn."""
        return "(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000)"

    def session_name(self) -> str:
        """The connection's number, behind what it means something to: one server of a cluster, and one account."""
        return f"SELECT CONCAT({_SCOPE}, ':', CONNECTION_ID())"

    def session_ended(self, name: str) -> Call:
        """Every account may see its own connections."""
        scope, _, number = name.partition(":")
        listed = "SELECT 1 FROM information_schema.processlist WHERE id = %s"
        return Call(f"SELECT 1 FROM DUAL WHERE {_SCOPE} = %s AND NOT EXISTS ({listed})", (scope, number))  # noqa: S608  # constants

    def string(self, text: str) -> str:
        """A backslash escapes here."""
        return super().string(text.replace("\\", "\\\\"))

    async def define(self, database: Database, call: Call) -> None:
        """Wait in line for a second: by default it is a day on MariaDB, and a year on MySQL."""
        mine = cast("MySQLDatabase", database)
        async with mine._acquired() as connection:
            await mine._answer(connection, Call(_WAIT_SHORTLY))
            try:
                with answered():
                    await mine._answer(connection, call)
            finally:
                if not connection.closed:
                    await finish(mine._answer(connection, Call(_WAIT_AS_BEFORE)), SETTLE)

    async def describe(self, executor: Executor) -> dict[str, LiveTable]:
        """From information_schema; the indexes that InnoDB makes for a reference of :meth:`create_table` on its own are left out."""
        catalogue = [Call(sql.replace("{expression}", self.index_expression)) for sql in _CATALOGUE]
        columns, indexes, references, kinds, triggers = await executor.fetch_many(catalogue)
        constraints = {(table, constraint) for table, constraint, *_ in references}
        return live_tables(
            [
                (
                    table,
                    ColumnType(
                        name=name, type=_type(kind), null=null == "YES", default=_default(default, kind, extra), collation=collation
                    ),
                )
                for table, name, kind, null, default, extra, collation in columns
            ],
            [(table, name) for table, index, _, name, *_ in indexes if index == "PRIMARY"],
            [
                (table, index, not int(repeats), *_index_part(*told))
                for table, index, repeats, *told in indexes
                if index != "PRIMARY" and not ((table, index) in constraints and index.startswith(f"fk_{table}_"))
            ],
            [tuple(row) for row in references],
            {table: _kind(kind, engine) for table, kind, engine in kinds},
            [(table, name) for table, name in triggers],
        )

    def classify(self, error: BaseException) -> DatabaseError | None:
        """By MySQL's error number; MariaDB has the same."""
        import pymysql.err

        if isinstance(error, pymysql.err.MySQLError):
            number = error.args[0] if error.args and isinstance(error.args[0], int) else 0
            kind = _BY_NUMBER.get(number)
            if kind is None:
                kind = _by_class(number, error)
            message = trouble(error.__cause__) or (NOT_OFFERED if number == NO_TLS else None)
            return kind(message, code=str(number) if number else None, constraint=_constraint(error.args[1]) if number == 1062 else None)
        if isinstance(error, RuntimeError) and "closing pool" in str(error):
            return DatabaseUnavailableError("the pool is closed")
        if isinstance(error, UnicodeEncodeError):
            return ValueRefusedError(sent=False)
        if isinstance(error, OSError | asyncio.IncompleteReadError):
            return ConnectionLostError()
        return None

    def scrub(self, error: BaseException, ours: DatabaseError) -> None:
        """The number stays, and of a duplicate entry the key's name."""
        super().scrub(error, ours)
        if ours.code and repeats_values(ours):
            error.args = (int(ours.code), f"{UNSHOWN}; for key '{ours.constraint}'" if ours.constraint else UNSHOWN)


def _by_class(number: int, error: Exception) -> type[DatabaseError]:
    """Return the class for an error number that has none of its own."""
    import pymysql.err

    if number in _NOT_CONNECTED or (isinstance(error, pymysql.err.InterfaceError) and not number):
        return DatabaseUnavailableError
    if 2000 <= number < 3000:
        return ConnectionLostError
    return ValueRefusedError if isinstance(error, pymysql.err.DataError) else DatabaseError


_NOT_CONNECTED = {2002, 2003, 2005, NO_TLS}
"""The client's own numbers for a server that it could not reach."""


class MariaDBDialect(MySQLDialect):
    """MariaDB's own words."""

    collation: ClassVar[str] = "utf8mb4_nopad_bin"


class MySQL8Dialect(MySQLDialect):
    """The words of MySQL 8 and later."""

    collation: ClassVar[str] = "utf8mb4_0900_bin"
    index_expression: ClassVar[str] = "expression"
    lowered: ClassVar[str] = "(lower({0}))"

    def create_index(self, table: str, index: Index, *, online: bool = False) -> str:
        """An index of an expression comes with a hidden column, and others cannot write while both are made."""
        return super().create_index(table, index, online=online and not any(map(LOWERED.fullmatch, index.columns)))

    def beginning(self, text: str) -> tuple[str, ...]:
        """Nothing where text is compared as a language does: what comes after all texts that begin so is not known then."""
        return super().beginning(text) if self.exact else ()


def _pattern(character: str) -> str:
    """The character and its other case; what could mean something in a pattern is escaped."""
    other = other_case(character)
    if other is not None:
        return f"[{character}{other}]"
    return f"\\{character}" if character.isascii() and not character.isalnum() else character


def _constraint(message: str) -> str | None:
    """The key in ``Duplicate entry '…' for key 'users.unique_email_provider'``: the last thing in quotes."""
    found = re.search(r"'([^']*)'[^']*$", message)
    return found[1].rpartition(".")[2] if found else None


_WAIT_SHORTLY = "SET @authhero_wait = @@lock_wait_timeout, SESSION lock_wait_timeout = 1"
_WAIT_AS_BEFORE = "SET SESSION lock_wait_timeout = @authhero_wait"
_SCOPE = "LEFT(SHA2(CONCAT_WS('/', @@hostname, @@port, @@datadir, CURRENT_USER()), 256), 32)"
_COLLATIONS = """SELECT DISTINCT collation_name FROM information_schema.columns
                 WHERE table_schema = DATABASE() AND collation_name IS NOT NULL"""
_CATALOGUE = (
    """SELECT table_name, column_name, column_type, is_nullable, column_default, extra, collation_name
       FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position""",
    """SELECT table_name, index_name, non_unique, column_name, {expression}, sub_part, collation, index_type
       FROM information_schema.statistics WHERE table_schema = DATABASE() ORDER BY table_name, index_name, seq_in_index""",
    """SELECT k.table_name, k.constraint_name, k.column_name, k.referenced_table_name, k.referenced_column_name, r.delete_rule
       FROM information_schema.key_column_usage AS k JOIN information_schema.referential_constraints AS r
       ON r.constraint_schema = k.table_schema AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name
       WHERE k.table_schema = DATABASE() AND k.referenced_table_name IS NOT NULL
       ORDER BY k.table_name, k.constraint_name, k.ordinal_position""",
    "SELECT table_name, table_type, engine FROM information_schema.tables WHERE table_schema = DATABASE()",
    "SELECT event_object_table, trigger_name FROM information_schema.triggers WHERE event_object_schema = DATABASE()",
)


def _kind(kind: str, engine: str | None) -> str:
    """What it is beside a table of InnoDB."""
    if kind == "BASE TABLE":
        return "" if engine == "InnoDB" else f"{engine} table"
    return kind.lower()


def _index_part(name: str | None, expression: str | None, length: int | None, direction: str | None, kind: str) -> tuple[str, str]:
    """One part of an index in words, and what else the index is."""
    text = f"{name if name is not None else expression}{f'({length})' if length is not None else ''}"
    return text + (" desc" if direction == "D" else ""), "" if kind == "BTREE" else f"using {kind.lower()}"


def _type(kind: str) -> str:
    """A type as the registry names it: MariaDB still shows the display width of integers."""
    return re.sub(r"^(int|bigint)\(\d+\)", r"\1", kind)


def _default(text: str | None, kind: str, extra: str) -> str | int | None:
    """A default as information_schema gives it back: MariaDB quotes it, MySQL does not. ``extra`` tells who else fills it in."""
    if text is None or text == "NULL":
        return extra.lower() if re.search("generated|auto_increment", extra, re.IGNORECASE) else None
    # An expression stands in parentheses; a plain text of MySQL's may begin with one, too, but hardly goes on with a quote.
    inner = text[1:-1] if text.startswith(("('", "(_utf8mb4")) and text.endswith(")") else text
    bare = inner.replace("\\'", "'")
    if bare.startswith("_utf8mb4'"):
        # MySQL shows the text of an expression, in which the quotes inside are escaped once more.
        bare = bare.removeprefix("_utf8mb4").replace("\\\\'", "'").replace("\\'", "'")
    if bare.startswith("'") and bare.endswith("'"):
        bare = bare[1:-1].replace("''", "'")
    return int(bare) if "int" in kind and re.fullmatch("-?[0-9]+", bare) else bare


DIALECT: Dialect = MySQLDialect()
_MATCHED = re.compile(rb": (\d+)")
"""The first number of ``Rows matched: 1  Changed: 0  Warnings: 0``, whose words are in the server's language."""


@cache
def _cursor_class() -> type[aiomysql.Cursor]:
    """The driver's cursor, but for asking the server for its warnings, which is a trip more and shows values."""
    import aiomysql

    class Quiet(aiomysql.Cursor):  # type: ignore[misc]  # aiomysql is not typed
        async def _show_warnings(self, conn: aiomysql.Connection) -> None:
            pass

    return Quiet


@cache
def _encrypted_pool_class() -> type[aiomysql.Pool]:
    """The driver's pool, whose connections sign in only where the line is encrypted.

    By itself aiomysql goes on without TLS where the server, or who stands between, says that it has none, and even sends the
    password as it is to those who ask.
    """
    import aiomysql
    from pymysql.constants import CLIENT, CR
    from pymysql.err import OperationalError

    class Encrypted(aiomysql.Connection):  # type: ignore[misc]  # aiomysql is not typed
        async def _request_authentication(self) -> None:
            if not self.server_capabilities & CLIENT.SSL:
                raise OperationalError(CR.CR_SSL_CONNECTION_ERROR, NOT_OFFERED)
            await super()._request_authentication()

    class EncryptedPool(aiomysql.Pool):  # type: ignore[misc]  # aiomysql is not typed
        @property
        def minsize(self) -> int:
            # What the driver's own code opens.
            return 0

        async def _fill_free_pool(self, override_min: bool) -> None:
            await super()._fill_free_pool(False)
            while self.size < self._minsize or (override_min and not self._free and self.size < (self.maxsize or self.size + 1)):
                self._acquiring += 1
                try:
                    connection = Encrypted(echo=self._echo, loop=self._loop, **self._conn_kwargs)
                    await connection._connect()
                    self._free.append(connection)
                    self._cond.notify()
                finally:
                    self._acquiring -= 1

    for kind, name in ((aiomysql.Connection, "_request_authentication"), (aiomysql.Pool, "_fill_free_pool")):
        if not hasattr(kind, name):
            raise ConfigurationError("this release of aiomysql cannot be made to insist on TLS: install an earlier one")
    return EncryptedPool


async def _encrypted_pool(*, minsize: int, maxsize: int, pool_recycle: float, echo: bool = False, **options: Any) -> aiomysql.Pool:
    """As ``aiomysql.create_pool``; the connections are opened when they are needed."""
    return _encrypted_pool_class()(minsize, maxsize, echo, pool_recycle, asyncio.get_running_loop(), **options)


def _stays_here(settings: dict[str, Any], options: dict[str, Any]) -> bool:
    return bool(options.get("unix_socket")) or is_local(str(settings.get("host", "localhost")))


async def _run(connection: aiomysql.Connection, call: Call, dialect: Dialect, seconds: float | None) -> tuple[list[Row], int]:
    """Return the rows of a statement and the number of rows that it matched; errors are those of this package."""
    try:
        return await in_time(_answer(connection, call), seconds if call.bounded else None)
    except Exception as error:
        ours = translated(dialect, error, lost=connection.closed)
        raise ours from ours.__cause__


async def _executed(cursor: aiomysql.Cursor, call: Call) -> int:
    """Run a statement; without its FORCE INDEX where that index is missing, so that everything goes on, if more slowly."""
    import pymysql.err

    try:
        count: int = await cursor.execute(call.sql, call.args)
    except pymysql.err.MySQLError as error:
        if error.args[:1] != (NO_INDEX,) or FORCE_INDEX.search(call.sql) is None:
            raise
        logger.warning("%s: reads without it until `authhero-sql check` finds nothing missing", error.args[1])
        count = await cursor.execute(FORCE_INDEX.sub("", call.sql), call.args)
    return count


async def _answer(connection: aiomysql.Connection, call: Call) -> tuple[list[Row], int]:
    cursor = await connection.cursor(_cursor_class())
    try:
        count = await _executed(cursor, call)
        rows: list[Row] = list(await cursor.fetchall()) if cursor.description else []
        matched = _matched(cursor, count) if call.sql.startswith("UPDATE") else count
        # A command may be two statements in one trip.
        while await cursor.nextset():
            pass
    except asyncio.CancelledError:
        # Its answer is still on the way: whoever came next would read it.
        connection.close()
        raise
    return rows, matched


def _matched(cursor: aiomysql.Cursor, changed: int) -> int:
    """Return the rows matched, from the server's message: a pool without CLIENT.FOUND_ROWS counts only those that changed."""
    message = getattr(getattr(cursor, "_result", None), "message", None)
    found = _MATCHED.search(bytes(message or b""))
    return int(found[1]) if found else changed


async def _counts_matched(connection: aiomysql.Connection) -> bool:
    """Return whether an UPDATE that changes nothing can be told from one that finds nothing.

    The server's message is in aiomysql's inside; the flag is the public way, which only a pool's owner can set.
    """
    from pymysql.constants import CLIENT

    cursor = await connection.cursor(_cursor_class())
    return hasattr(cursor, "_result") or bool(connection.client_flag & CLIENT.FOUND_ROWS)


class MySQLWire:
    """A connection, while a transaction runs on it."""

    def __init__(self, connection: aiomysql.Connection, dialect: Dialect, begin: str, patience: float, timeout: float | None) -> None:
        self._connection = connection
        self._dialect = dialect
        self._begin = begin
        self.patience = patience
        self._timeout = timeout

    async def _run(self, call: Call) -> tuple[list[Row], int]:
        return await _run(self._connection, call, self._dialect, self._timeout)

    async def fetch(self, calls: Sequence[Call]) -> list[list[Row]]:
        """Read, one trip each."""
        return [(await self._run(call))[0] for call in calls]

    async def write(self, calls: Sequence[Call]) -> list[int]:
        """Write, one trip each."""
        return [(await self._run(call))[1] for call in calls]

    async def begin(self) -> None:
        """BEGIN, at READ COMMITTED."""
        await self._run(Call(self._begin))

    async def commit(self) -> None:
        """COMMIT."""
        with answered():
            await self._run(Call("COMMIT"))

    async def rollback(self) -> None:
        """ROLLBACK; a connection that is closed has been rolled back by the server."""
        if not self._connection.closed:
            await self._run(Call("ROLLBACK"))

    async def mark(self, name: str) -> None:
        """SAVEPOINT."""
        await self._run(Call(f"SAVEPOINT `{name}`"))

    async def keep(self, name: str) -> None:
        """RELEASE SAVEPOINT."""
        await self._run(Call(f"RELEASE SAVEPOINT `{name}`"))

    async def undo(self, name: str) -> None:
        """ROLLBACK TO SAVEPOINT; the next savepoint of that name replaces it."""
        await self._run(Call(f"ROLLBACK TO SAVEPOINT `{name}`"))

    async def abandon(self) -> None:
        """Close the connection."""
        self._connection.close()

    def gone(self) -> bool:
        """Return whether the connection is lost."""
        return bool(self._connection.closed)


ISOLATION = "TRANSACTION ISOLATION LEVEL READ COMMITTED"
"""At the default, REPEATABLE READ, a statement that finds nothing locks the gap, and transactions of different users deadlock."""


class MySQLDatabase(ManagedDatabase):
    """A MySQL or MariaDB database: a pool of its own (``settings``), or a caller's."""

    def __init__(
        self,
        settings: dict[str, Any] | None = None,
        *,
        pool: aiomysql.Pool | None = None,
        acquire_timeout: float = 30.0,
        min_size: int = 1,
        max_size: int = 10,
        command_timeout: float | None = COMMAND_TIMEOUT,
        connect_timeout: float = 10.0,
        recycle: float = 1800.0,
        ssl: Any = None,
        ssl_ca: str | None = None,
        **options: Any,
    ) -> None:
        self.dialect: Dialect = DIALECT
        self._pool = pool
        self._settings = settings
        self._acquire_timeout = acquire_timeout
        self._command_timeout = command_timeout
        self._tls = tls(ssl, ssl_ca, DISABLE if _stays_here(settings or {}, options) else PREFER)
        self._options = {
            "minsize": min_size,
            "maxsize": max_size,
            "connect_timeout": connect_timeout,
            "pool_recycle": recycle,
            "ssl": self._tls.context,
            "init_command": f"SET SESSION {ISOLATION}",
            **options,
        }
        # A pool of its own has the level already, unless another command was to run on its connections.
        own = settings is not None and "init_command" not in options
        self._waking: set[asyncio.Future[None]] = set()
        """The loop itself keeps no hold on a task."""
        self._begin = "BEGIN" if own else f"SET {ISOLATION}; BEGIN"

    async def _open(self) -> None:
        try:
            if self._settings is not None:
                import aiomysql
                from pymysql.constants import CLIENT

                self._pool = await (_encrypted_pool if self._tls.demanded else aiomysql.create_pool)(
                    **self._settings,
                    **self._options,
                    charset="utf8mb4",
                    autocommit=True,
                    client_flag=CLIENT.FOUND_ROWS,
                    sql_mode="'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'",
                )
            async with self._lent() as connection:
                charset, version = connection.charset, connection.get_server_info()
                counts = await _counts_matched(connection)
                rows, _ = await self._answer(connection, Call(_COLLATIONS))
        except (TypeError, ValueError) as error:
            raise misconfigured(error) from None
        except Exception as error:
            reraise(DIALECT, error)
        if charset != "utf8mb4":
            raise ConfigurationError("the pool's connections must use charset='utf8mb4'")
        if not counts:
            raise ConfigurationError("the pool's connections must use client_flag=CLIENT.FOUND_ROWS (pymysql.constants)")
        kind = MariaDBDialect if "mariadb" in version.lower() else MySQL8Dialect
        self.dialect = kind(exact=all(collation == kind.collation for (collation,) in rows))

    async def _close(self) -> None:
        if self._settings is not None and self._pool is not None:
            pool, self._pool = self._pool, None
            pool.close()
            try:
                async with asyncio.timeout(CLOSE_TIMEOUT):
                    await pool.wait_closed()
            except TimeoutError:
                pool.terminate()

    @asynccontextmanager
    async def _acquired(self) -> AsyncIterator[aiomysql.Connection]:
        self._require_open()
        async with self._lent() as connection:
            # Whoever waited may have been overtaken by close().
            self._require_open()
            yield connection

    @asynccontextmanager
    async def _lent(self) -> AsyncIterator[aiomysql.Connection]:
        pool: Any = self._pool
        try:
            async with asyncio.timeout(self._acquire_timeout):
                connection = await pool.acquire()
        except TimeoutError as error:
            self._wake(pool)
            raise PoolTimeoutError(
                f"no connection became free in {self._acquire_timeout:g} seconds ({pool.size} of {pool.maxsize} open, {pool.freesize} idle)"
            ) from error
        except Exception as error:
            reraise(self.dialect, error)
        except asyncio.CancelledError:
            # On Python 3.11 a waiter that is woken and cancelled at once keeps the call from the next one.
            self._wake(pool)
            raise
        try:
            yield connection
        except BaseException:
            # Where autocommit is off, the error's answer does not tell whether a transaction is open.
            if not connection.closed and (connection.get_transaction_status() or not connection.get_autocommit()):
                connection.close()
            raise
        finally:
            await asyncio.shield(_released(pool, connection))

    def _wake(self, pool: aiomysql.Pool) -> None:
        waking = asyncio.ensure_future(_woken(pool))
        self._waking.add(waking)
        waking.add_done_callback(self._waking.discard)

    async def _ended(self, connection: aiomysql.Connection, command: str) -> None:
        """End the transaction that a statement has begun where a pool's autocommit is off."""
        if not connection.get_autocommit():
            await finish(self._answer(connection, Call(command)), SETTLE)

    async def _answer(self, connection: aiomysql.Connection, call: Call) -> tuple[list[Row], int]:
        return await _run(connection, call, self.dialect, self._command_timeout)

    async def fetch(self, call: Call) -> list[Row]:
        """Return all rows of a query."""
        return (await self.fetch_many((call,)))[0]

    async def fetch_many(self, calls: Sequence[Call]) -> list[list[Row]]:
        """Read, one trip each, on one connection."""
        async with self._acquired() as connection:
            rows = [(await self._answer(connection, call))[0] for call in calls]
            await self._ended(connection, "ROLLBACK")
            return rows

    async def execute(self, call: Call) -> int:
        """Run one write, a transaction by itself."""

        async def work() -> int:
            async with self._acquired() as connection:
                with answered():
                    matched = (await self._answer(connection, call))[1]
                    await self._ended(connection, "COMMIT")
                    return matched

        return await retried(work)

    async def write(self, calls: Sequence[Call]) -> list[int]:
        """Run one transaction."""
        if len(calls) == 1:
            return [await self.execute(calls[0])]

        async def work() -> list[int]:
            async with self._begun() as block:
                return await block.write(calls)

        return await retried(work)

    @asynccontextmanager
    async def _begun(self) -> AsyncIterator[Block]:
        async with (
            self._acquired() as connection,
            begun(MySQLWire(connection, self.dialect, self._begin, self._acquire_timeout, self._command_timeout), self) as block,
        ):
            yield block


def _released(pool: aiomysql.Pool, connection: aiomysql.Connection) -> asyncio.Future[None]:
    """Give back a connection; done when the next one that waits for it has been woken."""
    woken: asyncio.Future[None] = pool.release(connection)
    # aiomysql wakes nobody for the room that a closed connection leaves.
    return asyncio.ensure_future(_woken(pool)) if connection.closed else woken


async def _woken(pool: aiomysql.Pool) -> None:
    """Wake the next one that waits for a connection.

    By aiomysql's public methods only clear() does, which closes the free connections too.
    """
    wake_up = getattr(pool, "_wakeup", None)
    await (wake_up() if wake_up is not None else pool.clear())
