"""MySQL and MariaDB through aiomysql."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, NoReturn, cast, get_args

from pypika import Field, MySQLQuery, Query
from pypika import Table as SQLTable
from pypika.terms import Criterion, Term, Values

from ..errors import (
    AuthenticationError,
    ConfigurationError,
    ConflictError,
    ConnectionLostError,
    ConnectionSetupError,
    DatabaseError,
    DatabaseUnavailableError,
    DuplicateObjectError,
    ForeignKeyError,
    PermissionDeniedError,
    PoolTimeoutError,
    ReadOnlyError,
    Reference,
    ReplicationRefusedError,
    SchemaMismatchError,
    StatementTimeoutError,
    TransactionConflictError,
    UnknownDatabaseError,
    ValueRefusedError,
)
from ..schema import LOWERED, ColumnType, ForeignKey, Index
from .dialect import HIDDEN_MESSAGE, Dialect, Fragment, HintedTable, LiveTable, Place, live_tables, may_repeat_values, other_case
from .interface import Call, Database, Executor, Features, Row
from .limits import Limits
from .managed import COMMAND_TIMEOUT, Answered, refuse, translated
from .mysql_drivers import NO_TLS, Answer, MySQLDriver, is_from_driver
from .opening import Server, unopened
from .pool import Pool
from .pooled import PooledDatabase
from .runs import many_rows, runs
from .tls import DISABLE, NOT_OFFERED, PREFER, is_local, tls, trouble
from .transactions import SETTLE, finish, logger

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
    1054: SchemaMismatchError,
    1146: SchemaMismatchError,
    1051: SchemaMismatchError,
    1091: SchemaMismatchError,
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
    1044: PermissionDeniedError,
    1045: AuthenticationError,
    1047: DatabaseUnavailableError,
    1049: UnknownDatabaseError,
    1129: DatabaseUnavailableError,
    1130: AuthenticationError,
    1142: PermissionDeniedError,
    1143: PermissionDeniedError,
    1203: DatabaseUnavailableError,
    1226: DatabaseUnavailableError,
    1227: PermissionDeniedError,
    1370: PermissionDeniedError,
    1698: AuthenticationError,
    1820: AuthenticationError,
    1862: AuthenticationError,
    3118: AuthenticationError,
    4151: AuthenticationError,
    1053: ConnectionLostError,
    1927: ConnectionLostError,
    1969: StatementTimeoutError,
    3024: StatementTimeoutError,
}
DUPLICATE = 1062
"""The server's number for a key that is taken."""
STILL_REFERENCED = (1217, 1451)
"""The server's numbers for a row that cannot be removed or changed because another one refers to it."""
_NO_CONNECTION_LEFT = "the server has no connection left: lower max_size, or raise max_connections on the server"
_USERS_LIMIT = "the user has as many connections, or statements, as the server allows it: lower max_size, or raise the limit"
_EXPIRED = "the user's password has expired: set another one on the server"
_LOCKED = "the user is locked: unlock it on the server"
_SAYS = {
    1021: "the database's disk is full: make room on the server",
    1040: _NO_CONNECTION_LEFT,
    1053: "the server is shutting down: try again in a moment",
    1129: "the server blocks this host after too many failed connections: run FLUSH HOSTS on it",
    1130: "the server lets nobody in from this host: create the user for it",
    1203: _USERS_LIMIT,
    1226: _USERS_LIMIT,
    1820: _EXPIRED,
    1862: _EXPIRED,
    3118: _LOCKED,
    4151: _LOCKED,
}
"""Sentences for numbers whose class says too little."""


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
        return HintedTable(table.get_table_name(), f" FORCE INDEX ({self.identifier(index or 'PRIMARY')})") if certain else table

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

    def gathered(self, fields: Sequence[tuple[Term, bool]]) -> Term:
        """NULL where there is nothing. MariaDB cuts off what is longer than ``group_concat_max_len``, and what is left is no JSON."""
        listed = ",".join(f"{{{number}}}" for number in range(len(fields)))
        return Fragment(f"JSON_ARRAYAGG(JSON_ARRAY({listed}))", *(field for field, _ in fields))

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
        await mine.on_one(mine.define, call)

    async def describe(self, executor: Executor) -> dict[str, LiveTable]:
        """From information_schema; the indexes that InnoDB makes for a reference of :meth:`create_table` on its own are left out."""
        catalogue = [Call(sql.format(expression=self.index_expression)) for sql in _CATALOGUE]
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
        if is_from_driver(error):
            number = error.args[0] if error.args and isinstance(error.args[0], int) else 0
            kind = _BY_NUMBER.get(number)
            if kind is None:
                kind = _by_class(number, error)
            encryption = trouble(error.__cause__ or error.__context__) or (NOT_OFFERED if number == NO_TLS else None)
            if encryption is not None:
                kind = ConnectionSetupError
            message = encryption or _SAYS.get(number)
            ours = kind(message, code=str(number) if number else None)
            if number == DUPLICATE:
                ours.owner, ours.constraint = _constraint(error.args[1])
            elif isinstance(ours, ForeignKeyError):
                _read_reference(ours, number, str(error.args[1]))
            return ours
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
        if ours.code and may_repeat_values(ours):
            error.args = (int(ours.code), f"{HIDDEN_MESSAGE}; for key '{ours.constraint}'" if ours.constraint else HIDDEN_MESSAGE)


def _by_class(number: int, error: BaseException) -> type[DatabaseError]:
    """Return the class for an error number that has none of its own."""
    if number in _NOT_CONNECTED or (is_from_driver(error, "InterfaceError") and not number):
        return DatabaseUnavailableError
    if 2000 <= number < 3000:
        return ConnectionLostError
    return ValueRefusedError if is_from_driver(error, "DataError") else DatabaseError


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


def _constraint(message: str) -> tuple[str | None, str | None]:
    """The table, which MariaDB leaves out, and the key in ``Duplicate entry '…' for key 'users.unique_email_provider'``."""
    found = re.search(r"'([^']*)'[^']*$", message)
    table, _, key = found[1].rpartition(".") if found else ("", "", "")
    return table or None, key or None


_REFERENCE = re.compile(r"`([^`]+)`, CONSTRAINT .* FOREIGN KEY \(([^)]*)\) REFERENCES (?:`[^`]+`\.)?`([^`]+)`")


def _read_reference(error: ForeignKeyError, number: int, message: str) -> None:
    """Read which reference was violated from the definition that the server repeats, unless the user may not see the tables."""
    found = _REFERENCE.search(message)
    if found is None:
        return
    error.owner = found[1]
    error.still_referenced = number in STILL_REFERENCED
    error.references = (Reference(found[1], tuple(re.findall(r"`([^`]+)`", found[2])), found[3]),)


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


_WRITES = re.compile(r"(?:INSERT(?: IGNORE)? INTO|UPDATE) `(\w+)`")

DIALECT: Dialect = MySQLDialect()


class Speaker:
    """What is said on a connection; errors are those of this package."""

    def __init__(self, driver: MySQLDriver, dialect: Dialect, limits: Limits) -> None:
        self.driver = driver
        self.dialect = dialect
        self._limits = limits

    async def answer(self, connection: Any, call: Call) -> Answer:
        """Return what a statement gave."""
        try:
            return await self.driver.answer(connection, call, self._limits)
        except Exception as error:
            self._raise(connection, error, call)

    async def answers(self, connection: Any, calls: Sequence[Call]) -> list[Answer]:
        """Return what each of several statements gave, in one trip."""
        given: list[Answer] = []
        try:
            await self.driver.answers(connection, calls, self._limits, given)
        except Exception as error:
            self._raise(connection, error, calls[len(given)])
        return given

    async def counts(self, connection: Any, calls: Sequence[Call]) -> list[int]:
        """Return how many rows each of several writes matched, in one trip; INSERTs that are alike are one with many rows."""
        merged = [part for run in runs(calls) for part in many_rows(run)]
        answers = await self.answers(connection, [call for call, _ in merged])
        return [count for (_, rows), (_, matched) in zip(merged, answers, strict=True) for count in ([1] * rows if rows > 1 else [matched])]

    def _raise(self, connection: Any, error: Exception, call: Call) -> NoReturn:
        ours = translated(self.dialect, error, lost=not self.driver.is_open(connection))
        if isinstance(ours, ConflictError) and ours.owner is None and (written := _WRITES.match(call.sql)):
            # MariaDB calls the key of every table PRIMARY.
            ours.owner = written[1]
        raise ours from ours.__cause__


class MySQLWire:
    """A connection, while a transaction runs on it."""

    def __init__(self, speaker: Speaker, connection: Any, begin: Sequence[Call], patience: float) -> None:
        self._speaker = speaker
        self._connection = connection
        self._begin = begin
        self.patience = patience

    async def _command(self, sql: str) -> None:
        await self._speaker.answer(self._connection, Call(sql))

    async def fetch(self, calls: Sequence[Call]) -> list[list[Row]]:
        """Read, all in one trip."""
        return [rows for rows, _ in await self._speaker.answers(self._connection, calls)]

    async def write(self, calls: Sequence[Call], *, apart: bool = False) -> list[int]:
        """Write, all in one trip."""
        return await self._speaker.counts(self._connection, calls)

    async def begin(self) -> None:
        """BEGIN, at READ COMMITTED, in one trip."""
        await self._speaker.answers(self._connection, self._begin)

    async def commit(self) -> None:
        """COMMIT."""
        with Answered():
            await self._command("COMMIT")

    async def rollback(self) -> None:
        """ROLLBACK; a connection that is closed has been rolled back by the server."""
        if not self.gone():
            await self._command("ROLLBACK")

    async def mark(self, name: str) -> None:
        """SAVEPOINT."""
        await self._command(f"SAVEPOINT `{name}`")

    async def keep(self, name: str) -> None:
        """RELEASE SAVEPOINT."""
        await self._command(f"RELEASE SAVEPOINT `{name}`")

    async def undo(self, name: str) -> None:
        """ROLLBACK TO SAVEPOINT; the next savepoint of that name replaces it."""
        await self._command(f"ROLLBACK TO SAVEPOINT `{name}`")

    async def abandon(self) -> None:
        """Close the connection."""
        self._speaker.driver.cut(self._connection)

    def gone(self) -> bool:
        """Return whether the connection is lost."""
        return not self._speaker.driver.is_open(self._connection)


ISOLATION = "TRANSACTION ISOLATION LEVEL READ COMMITTED"
"""At the default, REPEATABLE READ, a statement that finds nothing locks the gap, and transactions of different users deadlock."""


TRUSTED = 30.0
"""Seconds for which an idle connection is lent without a question: less than the minutes after which a firewall forgets it silently."""


class GivenMySQLPool:
    """A caller's pool, by the driver's own methods."""

    def __init__(self, pool: Any, driver: MySQLDriver, acquire_timeout: float) -> None:
        self._pool = pool
        self._driver = driver
        self._acquire_timeout = acquire_timeout
        self._acquiring = Limits(acquire_timeout, TimeoutError)
        self._waking: set[asyncio.Future[None]] = set()
        """The loop itself keeps no hold on a task."""

    async def take(self) -> Any:
        """Borrow a connection.

        Raises:
            PoolTimeoutError: none became free in time.
            DatabaseUnavailableError: none could be opened, or the pool is closed.
        """
        try:
            with self._acquiring.one():
                return await self._pool.acquire()
        except TimeoutError as error:
            self._wake()
            state = f"{self._pool.size} of {self._pool.maxsize} open, {self._pool.freesize} idle"
            raise PoolTimeoutError(f"no connection became free in {self._acquire_timeout:g} seconds ({state})") from error
        except Exception as error:
            ours = translated(DIALECT, error)
            raise (unopened(ours, Server("MySQL")) if isinstance(ours, DatabaseError) else ours) from ours.__cause__
        except asyncio.CancelledError:
            # On Python 3.11 a waiter that is woken and cancelled at once keeps the call from the next one.
            self._wake()
            raise

    async def give(self, connection: Any, error: BaseException | None = None) -> None:
        """Give a connection back, once nothing is open on it any more."""
        try:
            # Where autocommit is off, the error's answer does not tell whether a transaction is open.
            if self._driver.in_transaction(connection) or (error is not None and not connection.get_autocommit()):
                await finish(self._settled(connection), SETTLE)
        finally:
            self._keep(self._pool.release(connection))
            if not self._driver.is_open(connection):
                # aiomysql wakes nobody for the room that a closed connection leaves.
                self._wake()

    async def _settled(self, connection: Any) -> None:
        try:
            if self._driver.is_open(connection):
                async with asyncio.timeout(SETTLE):
                    await self._driver.revive(connection)
        except Exception as failure:
            logger.warning("a connection could not be given back, so it was closed (%s)", type(failure).__name__)
            self._driver.cut(connection)

    def _wake(self) -> None:
        self._keep(asyncio.ensure_future(_woken(self._pool)))

    def _keep(self, waking: asyncio.Future[None]) -> None:
        if not waking.done():
            self._waking.add(waking)
            waking.add_done_callback(self._waking.discard)

    def renew(self) -> None:
        """Nothing: MySQL's statements are not prepared."""

    async def close(self) -> None:
        """It is the caller's."""


async def _woken(pool: Any) -> None:
    """Wake the next one that waits for a connection.

    By the public methods only clear() does, which closes the free connections too.
    """
    wake_up = getattr(pool, "_wakeup", None)
    await (wake_up() if wake_up is not None else pool.clear())


class MySQLDatabase(PooledDatabase[Any]):
    """A MySQL or MariaDB database: a pool of its own (``settings``), or a caller's."""

    def __init__(
        self,
        settings: dict[str, Any] | None = None,
        *,
        pool: Any = None,
        acquire_timeout: float = 30.0,
        min_size: int = 1,
        max_size: int = 10,
        command_timeout: float | None = COMMAND_TIMEOUT,
        connect_timeout: float = 10.0,
        recycle: float = 1800.0,
        driver: type[MySQLDriver] = MySQLDriver,
        ssl: Any = None,
        ssl_ca: str | None = None,
        **options: Any,
    ) -> None:
        refuse(options, {"loop"})
        self.dialect: Dialect = DIALECT
        self._given = pool
        self._acquire_timeout = acquire_timeout
        self._sizes: dict[str, Any] = {
            # By the names of aiomysql's own pool, too.
            "min_size": options.pop("minsize", min_size),
            "max_size": options.pop("maxsize", max_size),
            "max_idle": _seconds(options.pop("pool_recycle", recycle)),
            "acquire_timeout": acquire_timeout,
            "trusted": TRUSTED,
        }
        stays_here = bool(options.get("unix_socket")) or is_local(str((settings or {}).get("host", "localhost")))
        encryption = tls(ssl, ssl_ca, DISABLE if stays_here else PREFER)
        self._options = {"init_command": f"SET SESSION {ISOLATION}", **options, "ssl": encryption.context}
        self._driver = driver(DIALECT, {**(settings or {}), **self._options}, connect_timeout, encrypted=encryption.demanded)
        self._speaker = Speaker(self._driver, DIALECT, Limits(command_timeout))
        # A pool of its own has the level already, unless another command was to run on its connections.
        own = settings is not None and "init_command" not in options
        self._begin = (Call("BEGIN"),) if own else (Call(f"SET {ISOLATION}"), Call("BEGIN"))

    @property
    def _place(self) -> str:
        return "over a given pool" if self._given is not None else self._driver.server.place

    async def _open(self) -> None:
        if self._given is not None:
            self._pool = GivenMySQLPool(self._given, self._driver, self._acquire_timeout)
        else:
            self._pool = pool = Pool(self._driver, **self._sizes)
            await pool.open()
        connection = await self._pool.take()
        try:
            await self._met(connection)
        except BaseException as error:
            await self._pool.give(connection, error)
            raise
        await self._pool.give(connection)

    async def _met(self, connection: Any) -> None:
        """Look who is there."""
        if connection.character_set_name() != "utf8mb4":
            raise ConfigurationError("the pool's connections must use charset='utf8mb4'")
        if not self._driver.counts_matched(connection):
            raise ConfigurationError("the pool's connections must use client_flag=CLIENT.FOUND_ROWS (pymysql.constants)")
        [rows] = await self._rows(connection, [Call(_COLLATIONS)])
        kind = MariaDBDialect if "mariadb" in connection.get_server_info().lower() else MySQL8Dialect
        self.dialect = self._speaker.dialect = kind(exact=all(collation == kind.collation for (collation,) in rows))

    async def _ended(self, connection: Any, command: str) -> None:
        """End the transaction that a statement has begun where a pool's autocommit is off."""
        if not connection.get_autocommit():
            await finish(self._speaker.answer(connection, Call(command)), SETTLE)

    async def _rows(self, connection: Any, calls: Sequence[Call]) -> list[list[Row]]:
        rows = [given for given, _ in await self._speaker.answers(connection, calls)]
        await self._ended(connection, "ROLLBACK")
        return rows

    async def _written(self, connection: Any, call: Call) -> int:
        with Answered():
            _, matched = await self._speaker.answer(connection, call)
            await self._ended(connection, "COMMIT")
        return matched

    async def _together(self, calls: Sequence[Call], *, apart: bool) -> list[int]:
        return await self.on_one(self._written_together, calls)

    async def _written_together(self, connection: Any, calls: Sequence[Call]) -> list[int]:
        """Write a whole transaction in one trip, and undo it where a part of it fails."""
        steps = (*self._begin, *calls, Call("COMMIT"))
        try:
            with Answered():
                counts = await self._speaker.counts(connection, steps)
        except DatabaseError as error:
            if error.sent and self._driver.is_open(connection):
                await finish(self._speaker.answer(connection, Call("ROLLBACK")), SETTLE)
            raise
        return counts[len(self._begin) : -1]

    async def define(self, connection: Any, call: Call) -> None:
        """Run a definition that waits for its table for a second only, on a connection of ours."""
        await self._speaker.answer(connection, Call(_WAIT_SHORTLY))
        try:
            with Answered():
                await self._speaker.answer(connection, call)
        finally:
            if self._driver.is_open(connection):
                await finish(self._speaker.answer(connection, Call(_WAIT_AS_BEFORE)), SETTLE)

    def _wire(self, connection: Any) -> MySQLWire:
        return MySQLWire(self._speaker, connection, self._begin, self._acquire_timeout)


def _seconds(recycle: float) -> float | None:
    """A time after which connections are closed; aiomysql's own pool says -1 for never."""
    return None if recycle < 0 else recycle
