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
from ..schema import LOWER_PART, ColumnType, ForeignKey, Index
from .connect_errors import Server, connect_error
from .dialect import HIDDEN_MESSAGE, Dialect, Fragment, HintedTable, LiveTable, Place, live_tables, may_repeat_values, other_case
from .interface import Call, Database, Executor, Features, Row
from .limits import TimeLimits
from .managed import COMMAND_TIMEOUT, OutcomeGuard, reject_pool_options, translate_error
from .mysql_drivers import NO_TLS, MySQLDriver, Result, is_from_driver
from .pool import Pool
from .pooled import PooledDatabase
from .runs import merge_inserts, split_runs
from .tls import DISABLE, PREFER, TLS_NOT_OFFERED, is_local, tls_problem, tls_settings
from .transactions import SETTLE_TIMEOUT, logger, run_to_completion

_ERRORS_BY_NUMBER: dict[int, type[DatabaseError]] = {
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
"""The error number for a duplicate key."""
STILL_REFERENCED = (1217, 1451)
"""The error numbers for a row that cannot be deleted or changed because another row references it."""
_USER_LIMIT = "the user has reached its limit of connections or statements: lower max_size, or raise the limit on the server"
_EXPIRED = "the password of the user has expired: set a new one on the server"
_LOCKED = "the user account is locked: unlock it on the server"
_MESSAGES = {
    1021: "the disk of the database is full: free some space on the server",
    1040: "the server has no free connections: lower max_size, or raise max_connections on the server",
    1053: "the server is shutting down: try again in a moment",
    1129: "the server blocks this host after too many failed connections: run FLUSH HOSTS on the server",
    1130: "the server does not allow connections from this host: create the user for this host",
    1203: _USER_LIMIT,
    1226: _USER_LIMIT,
    1820: _EXPIRED,
    1862: _EXPIRED,
    3118: _LOCKED,
    4151: _LOCKED,
}
"""Messages for the error numbers that are more specific than their class of error."""


class MultiTableDelete:
    """A DELETE in the multi-table form, which PyPika cannot build. It has the interface of PyPika's builders."""

    def __init__(self, table: SQLTable, where: Any) -> None:
        self._table, self._where = table, where

    def get_sql(self) -> str:
        """Return the SQL text."""
        name = f"`{self._table.get_table_name()}`"
        source = self._table.get_sql(quote_char=MySQLDialect.quote)
        return f"DELETE {name} FROM {source} WHERE {self._where.get_sql(quote_char=MySQLDialect.quote, with_namespace=True)}"


class MySQLDialect(Dialect):
    """The SQL dialect that MySQL and MariaDB share."""

    name = "mysql"
    features: ClassVar[Features] = Features(transactional_ddl=False, online_ddl=True, row_value_keyset=False, max_index_bytes=3072)
    query: ClassVar[type[Query]] = MySQLQuery
    quote = "`"
    # The same type. MySQL 9 warns about display widths, as in tinyint(1).
    types: ClassVar[dict[str, str]] = {"tinyint(1)": "boolean"}
    # LOWER() and the case-insensitive collations fold more letters than the other engines do. A pattern lists the cases explicitly.
    match_templates: ClassVar[dict[Place, str]] = dict.fromkeys(get_args(Place), "{0} REGEXP {1}")
    index_in_use_codes: ClassVar[tuple[str, ...]] = ("1553",)
    no_expression_index_reason: ClassVar[str] = "MariaDB does not support expression indexes"
    online_index_clauses: ClassVar[tuple[str, str]] = ("", " ALGORITHM=INPLACE LOCK=NONE")
    # This collation ignores trailing spaces. Those of MariaDBDialect and MySQL8Dialect do not.
    collation: ClassVar[str] = "utf8mb4_bin"
    index_expression: ClassVar[str] = "NULL"
    """The column of ``information_schema.statistics`` with the expression of an index part, or NULL for MariaDB, which has none."""

    def __init__(self, *, exact: bool = True) -> None:
        self.exact = exact
        """Whether every table compares text by code point. Tables made by other programs may be case-insensitive."""

    def equal(self, field: Field, bind: Term, *, text: bool) -> Criterion:
        """Compare by the collation of the column, which its index has, and also by bytes unless the collation is exact."""
        if self.exact or not text:
            return super().equal(field, bind, text=text)
        return Fragment("({0} = {1} AND CAST({0} AS BINARY) = CAST({1} AS BINARY))", field, bind)

    @property
    def table_suffix(self) -> str:  # type: ignore[override]  # constant per class, but made from another constant
        """The storage engine InnoDB and a collation by code point."""
        return f" ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={self.collation}"

    def with_index(self, table: SQLTable, index: str, *, certain: bool) -> SQLTable:
        """Add FORCE INDEX if the choice is certain.

        MariaDB assumes that a range covers at most half of a table, and then prefers an index on the tenant.
        """
        return HintedTable(table.get_table_name(), f" FORCE INDEX ({self.identifier(index or 'PRIMARY')})") if certain else table

    def placeholders(self, text: str, mark: re.Pattern[str]) -> tuple[str, tuple[str, ...]]:
        """Replace every mark with ``%s``, and double every other ``%``, because the driver formats the text."""
        return mark.sub("%s", text.replace("%", "%%")), tuple(mark.findall(text))

    def list_size(self, count: int) -> int:
        """Return one parameter per value, rounded up to a power of two to limit the number of shapes."""
        return 1 << max(count - 1, 0).bit_length()

    def in_list(self, field: Field, bind: Callable[[str], Term], name: str, size: int) -> Criterion:
        """Use IN with one parameter per value."""
        binds = [bind(f"{name}_{position}") for position in range(size)]
        slots = [f"{{{position + 1}}}" for position in range(size)]
        template = f"{{0}} IN ({', '.join(slots)})"
        if not self.exact:
            template = f"({template} AND CAST({{0}} AS BINARY) IN ({', '.join(f'CAST({slot} AS BINARY)' for slot in slots)}))"
        return Fragment(template, field, *binds)

    def list_values(self, name: str, values: Sequence[str]) -> dict[str, Any]:
        """Return the values, and repeat the last one for the remaining parameters."""
        size = self.list_size(len(values))
        return {f"{name}_{position}": values[min(position, len(values) - 1)] for position in range(size)}

    def in_pairs(self, fields: tuple[Field, Field], bind: Callable[[str], Term], name: str, size: int) -> Criterion:
        """Compare each pair separately, because MariaDB does not use an index range for a list of rows."""
        exact = "{0} = {%d} AND {1} = {%d}"
        if not self.exact:
            exact += " AND CAST({0} AS BINARY) = CAST({%d} AS BINARY) AND CAST({1} AS BINARY) = CAST({%d} AS BINARY)"
        numbers = [(at, at + 1) for at in range(2, 2 + 2 * size, 2)]
        each = [f"({exact % (pair if self.exact else pair * 2)})" for pair in numbers]
        binds = [bind(f"{name}_{column}_{at}") for at in range(size) for column in (0, 1)]
        return Fragment(f"({' OR '.join(each)})", *fields, *binds)

    def bucket_size(self, count: int) -> int:
        """Return one parameter per bucket, rounded up as for a list."""
        return self.list_size(count)

    def bucket(self, field: Term, bind: Callable[[str], Term], name: str, size: int, *, text: bool) -> Term:
        """Add up comparisons, each of which is 1 if it holds.

        They are added in pairs, because a plain sum of a thousand terms is nested too deeply for the server.
        """
        sums = [f"({{0}} >= {{{position + 1}}})" for position in range(size)]
        while len(sums) > 1:
            sums = [f"({' + '.join(sums[at : at + 2])})" for at in range(0, len(sums), 2)]
        return Fragment(sums[0], field, *(bind(f"{name}_{position}") for position in range(size)))

    def bucket_values(self, name: str, starts: Sequence[Any]) -> dict[str, Any]:
        """Return the starts, and for the remaining parameters a start that is greater than every value.

        NULL cannot serve there, because it would make the sum NULL.
        """
        filler: Any = "~" if isinstance(starts[0], str) else 2**63 - 1
        filled = [*starts, *[filler] * (self.bucket_size(len(starts)) - len(starts))]
        return {f"{name}_{position}": start for position, start in enumerate(filled)}

    def match_values(self, place: Place, text: str) -> tuple[Any, ...]:
        """Return a regular expression that ICU (MySQL) and PCRE (MariaDB) read alike. It does not depend on the collation of the column."""
        letters = "".join(_regexp_pattern(letter) for letter in text)
        start, end = r"\A" if place == "start" else "", r"\z" if place == "end" else ""
        return (f"(?-i){start}{letters}{end}",)

    def json_rows(self, fields: Sequence[tuple[Term, bool]]) -> Term:
        """Aggregate with ``JSON_ARRAYAGG``.

        MariaDB truncates a result that is longer than ``group_concat_max_len``, which leaves invalid JSON.
        """
        listed = ",".join(f"{{{number}}}" for number in range(len(fields)))
        return Fragment(f"JSON_ARRAYAGG(JSON_ARRAY({listed}))", *(field for field, _ in fields))

    def upsert(self, builder: Any, table: Any, key: Sequence[str], columns: Sequence[str], added: Sequence[str] = ()) -> Any:
        """Use ON DUPLICATE KEY UPDATE, which applies to every unique key of the table.

        If an existing row is to be left unchanged, a column of it is set to itself.
        """
        if not columns:
            itself = f"{self.identifier(table.get_table_name())}.{self.identifier(key[0])}"
            return builder.on_duplicate_key_update(key[0], Fragment(itself))
        for column in columns:
            inserted = Values(column)
            builder = builder.on_duplicate_key_update(column, table.field(column) + inserted if column in added else inserted)
        return builder

    def delete(self, table: Any, where: Criterion) -> Any:
        """Use the multi-table form, in which MariaDB optimizes a subquery as in a SELECT instead of running it for each row."""
        return MultiTableDelete(table, where)

    def delete_batch(self, table: Any, key: Sequence[str], where: Criterion, limit: Term) -> Any:
        """Use DELETE with LIMIT, because MySQL does not permit LIMIT in a subquery with IN."""
        builder: Any = self.query.from_(SQLTable(table.get_table_name())).delete().where(where)
        return builder.limit(limit)

    def default_literal(self, column: ColumnType) -> str:
        """Return the default in parentheses for a TEXT column, whose default must be an expression."""
        rendered = super().default_literal(column)
        return f"({rendered})" if column.type.endswith("text") else rendered

    def drop_index(self, table: str, name: str) -> str:
        """Return a DROP INDEX with the name of the table, because index names are local to a table."""
        return f"DROP INDEX {self.identifier(name)} ON {self.identifier(table)}"

    def replace_index(self, table: str, index: Index, foreign_keys: Sequence[ForeignKey]) -> str | None:
        """Return a statement that replaces the index with one on the columns of the foreign key.

        InnoDB requires an index for each foreign key. It had created the same one itself before this index existed.
        """
        for position, reference in enumerate(foreign_keys):
            if index.names[: len(reference.columns)] == reference.columns:
                name = self.identifier(self.foreign_key_name(table, foreign_keys, position))
                added = f"ADD INDEX {name} ({self.identifiers(reference.columns)})"
                return f"ALTER TABLE {self.identifier(table)} DROP INDEX {self.identifier(index.name)}, {added}"
        return None

    def bound_rows(self, table: str, columns: Sequence[str], count: int) -> str:
        """Append the rows with UNION ALL to an empty SELECT from the table, which determines types and collations.

        JSON_TABLE is missing in older servers and has its own collation.
        """
        rows = (", ".join(f"\0{name}_{number}\0" for name in columns) for number in range(self.list_size(count)))
        union = "".join(f" UNION ALL SELECT {row}" for row in rows)
        return f"(SELECT {self.identifiers(columns)} FROM {self.identifier(table)} WHERE FALSE{union})"  # noqa: S608  # names of a frozen file

    def update_rows(self, table: str, key: Sequence[str], column: str, count: int) -> str:
        """Return an UPDATE of a join of the rows with the table."""
        changed = self.identifier(column)
        join = self._join_rows(table, key, (*key, column), count)
        return f"UPDATE {join} SET {self.identifier(table)}.{changed} = given.{changed}"  # noqa: S608  # names of a frozen file

    def delete_rows(self, table: str, key: Sequence[str], count: int) -> str:
        """Return a DELETE from a join of the rows with the table."""
        return f"DELETE {self.identifier(table)} FROM {self._join_rows(table, key, key, count)}"

    def _join_rows(self, table: str, key: Sequence[str], columns: Sequence[str], count: int) -> str:
        name = self.identifier(table)
        same = " AND ".join(f"{name}.{part} = given.{part}" for part in map(self.identifier, key))
        # The table must be the inner one, so that the server looks up its rows by primary key.
        return f"{self.bound_rows(table, columns, count)} AS given STRAIGHT_JOIN {name} ON {same}"

    def row_values(self, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, Any]:
        """Return the values of the rows, and repeat the last row for the remaining parameters."""
        filled = [*rows, *[rows[-1]] * (self.list_size(len(rows)) - len(rows))]
        return {f"{name}_{number}": value for number, row in enumerate(filled) for name, value in zip(columns, row, strict=True)}

    def epoch_ms(self, iso: str) -> str:
        """Check the format first, because the conversion of any other text is an error in strict mode."""
        has_format = f"{iso} REGEXP '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}[.][0-9]{{3}}Z$'"
        instant = f"STR_TO_DATE({iso}, '%Y-%m-%dT%H:%i:%s.%fZ')"
        return f"CASE WHEN {has_format} THEN TIMESTAMPDIFF(MICROSECOND, '1970-01-01', {instant}) DIV 1000 END"

    def now_iso(self) -> str:
        """Return the current time as ISO 8601."""
        return "CONCAT(LEFT(DATE_FORMAT(UTC_TIMESTAMP(3), '%Y-%m-%dT%H:%i:%s.%f'), 23), 'Z')"

    def now_ms(self) -> str:
        """Compute the current time from UTC_TIMESTAMP().

        UNIX_TIMESTAMP() depends on the session's time zone, in which one hour is ambiguous when daylight saving time ends.
        """
        return "(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000)"

    def session_name(self) -> str:
        """Return a query for the connection ID, prefixed with a hash of the server and the account that it belongs to."""
        return f"SELECT CONCAT({_SCOPE}, ':', CONNECTION_ID())"

    def session_ended(self, name: str) -> Call:
        """Search the process list, in which every account may see its own connections."""
        scope, _, number = name.partition(":")
        listed = "SELECT 1 FROM information_schema.processlist WHERE id = %s"
        return Call(f"SELECT 1 FROM DUAL WHERE {_SCOPE} = %s AND NOT EXISTS ({listed})", (scope, number))  # noqa: S608  # constants

    def text_literal(self, text: str) -> str:
        """Return a text as an SQL literal, in which the backslash is an escape character."""
        return super().text_literal(text.replace("\\", "\\\\"))

    async def execute_ddl(self, database: Database, call: Call) -> None:
        """Run a DDL statement with a lock timeout of a second. The default is a day on MariaDB, and a year on MySQL."""
        mysql = cast("MySQLDatabase", database)
        await mysql.run_on_connection(mysql.execute_ddl, call)

    async def describe(self, executor: Executor) -> dict[str, LiveTable]:
        """Read information_schema, without the indexes that InnoDB creates for the foreign keys of :meth:`create_table`."""
        queries = [Call(sql.format(expression=self.index_expression)) for sql in _CATALOG]
        columns, indexes, references, kinds, triggers = await executor.fetch_many(queries)
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
                (table, index, not int(non_unique), *_index_part(*part))
                for table, index, non_unique, *part in indexes
                if index != "PRIMARY" and not ((table, index) in constraints and index.startswith(f"fk_{table}_"))
            ],
            [tuple(row) for row in references],
            {table: _kind(kind, engine) for table, kind, engine in kinds},
            [(table, name) for table, name in triggers],
        )

    def classify(self, error: BaseException) -> DatabaseError | None:
        """Classify an error by its number, which MySQL and MariaDB share."""
        if is_from_driver(error):
            number = error.args[0] if error.args and isinstance(error.args[0], int) else 0
            kind = _ERRORS_BY_NUMBER.get(number)
            if kind is None:
                kind = _by_class(number, error)
            tls_message = tls_problem(error.__cause__ or error.__context__) or (TLS_NOT_OFFERED if number == NO_TLS else None)
            if tls_message is not None:
                kind = ConnectionSetupError
            message = tls_message or _MESSAGES.get(number)
            ours = kind(message, code=str(number) if number else None)
            if number == DUPLICATE:
                ours.reported_table, ours.constraint = _constraint(error.args[1])
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
        """Keep the error number, and the name of a duplicate key."""
        super().scrub(error, ours)
        if ours.code and may_repeat_values(ours):
            error.args = (int(ours.code), f"{HIDDEN_MESSAGE}; for key '{ours.constraint}'" if ours.constraint else HIDDEN_MESSAGE)


def _by_class(number: int, error: BaseException) -> type[DatabaseError]:
    """Return the class for an error number that is not in :data:`_ERRORS_BY_NUMBER`."""
    if number in _NOT_CONNECTED or (is_from_driver(error, "InterfaceError") and not number):
        return DatabaseUnavailableError
    if 2000 <= number < 3000:
        return ConnectionLostError
    return ValueRefusedError if is_from_driver(error, "DataError") else DatabaseError


_NOT_CONNECTED = {2002, 2003, 2005, NO_TLS}
"""The client's error numbers for a server that it could not reach."""


class MariaDBDialect(MySQLDialect):
    """The SQL dialect of MariaDB."""

    collation: ClassVar[str] = "utf8mb4_nopad_bin"


class MySQL8Dialect(MySQLDialect):
    """The SQL dialect of MySQL 8 and later."""

    collation: ClassVar[str] = "utf8mb4_0900_bin"
    index_expression: ClassVar[str] = "expression"
    lower_expression: ClassVar[str] = "(lower({0}))"

    def create_index(self, table: str, index: Index, *, online: bool = False) -> str:
        """Return a CREATE INDEX, which is never online for an expression index.

        MySQL adds a hidden column for the expression, and cannot do that without blocking writes.
        """
        return super().create_index(table, index, online=online and not any(map(LOWER_PART.fullmatch, index.columns)))

    def prefix_bounds(self, text: str) -> tuple[str, ...]:
        """Return no values if a table has a linguistic collation, because the end of the range is unknown then."""
        return super().prefix_bounds(text) if self.exact else ()


def _regexp_pattern(character: str) -> str:
    """Return the regular expression for a character in both cases. Characters with a special meaning are escaped."""
    other = other_case(character)
    if other is not None:
        return f"[{character}{other}]"
    return f"\\{character}" if character.isascii() and not character.isalnum() else character


def _constraint(message: str) -> tuple[str | None, str | None]:
    """Return the table and the key in ``Duplicate entry '…' for key 'users.unique_email_provider'``. MariaDB omits the table."""
    found = re.search(r"'([^']*)'[^']*$", message)
    table, _, key = found[1].rpartition(".") if found else ("", "", "")
    return table or None, key or None


_REFERENCE = re.compile(r"`([^`]+)`, CONSTRAINT .* FOREIGN KEY \(([^)]*)\) REFERENCES (?:`[^`]+`\.)?`([^`]+)`")


def _read_reference(error: ForeignKeyError, number: int, message: str) -> None:
    """Set the violated reference of an error from the constraint in the server's message.

    The server omits the constraint if the user has no privilege on the tables.
    """
    found = _REFERENCE.search(message)
    if found is None:
        return
    error.reported_table = found[1]
    error.still_referenced = number in STILL_REFERENCED
    error.references = (Reference(found[1], tuple(re.findall(r"`([^`]+)`", found[2])), found[3]),)


_SET_LOCK_TIMEOUT = "SET @authhero_wait = @@lock_wait_timeout, SESSION lock_wait_timeout = 1"
_RESTORE_LOCK_TIMEOUT = "SET SESSION lock_wait_timeout = @authhero_wait"
_SCOPE = "LEFT(SHA2(CONCAT_WS('/', @@hostname, @@port, @@datadir, CURRENT_USER()), 256), 32)"
_COLLATIONS = """SELECT DISTINCT collation_name FROM information_schema.columns
                 WHERE table_schema = DATABASE() AND collation_name IS NOT NULL"""
_CATALOG = (
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
    """Return the kind of a table, or an empty string for an InnoDB table."""
    if kind == "BASE TABLE":
        return "" if engine == "InnoDB" else f"{engine} table"
    return kind.lower()


def _index_part(name: str | None, expression: str | None, length: int | None, direction: str | None, kind: str) -> tuple[str, str]:
    """Return the text of one part of an index, and the remaining properties of the index."""
    text = f"{name if name is not None else expression}{f'({length})' if length is not None else ''}"
    return text + (" desc" if direction == "D" else ""), "" if kind == "BTREE" else f"using {kind.lower()}"


def _type(kind: str) -> str:
    """Return the registry's name of a column type, without the display width of integers, which MariaDB still reports."""
    return re.sub(r"^(int|bigint)\(\d+\)", r"\1", kind)


def _default(text: str | None, kind: str, extra: str) -> str | int | None:
    """Parse a default as information_schema reports it. MariaDB quotes it, MySQL does not.

    ``extra`` says whether the column is generated or auto-incremented.
    """
    if text is None or text == "NULL":
        return extra.lower() if re.search("generated|auto_increment", extra, re.IGNORECASE) else None
    # An expression is in parentheses. An unquoted text of MySQL may also start with one, but is unlikely to continue with a quote.
    inner = text[1:-1] if text.startswith(("('", "(_utf8mb4")) and text.endswith(")") else text
    bare = inner.replace("\\'", "'")
    if bare.startswith("_utf8mb4'"):
        # MySQL reports the source of an expression, in which quotes are escaped once more.
        bare = bare.removeprefix("_utf8mb4").replace("\\\\'", "'").replace("\\'", "'")
    if bare.startswith("'") and bare.endswith("'"):
        bare = bare[1:-1].replace("''", "'")
    return int(bare) if "int" in kind and re.fullmatch("-?[0-9]+", bare) else bare


_WRITES = re.compile(r"(?:INSERT(?: IGNORE)? INTO|UPDATE) `(\w+)`")

DIALECT: Dialect = MySQLDialect()


class StatementRunner:
    """Executes statements on a connection, and translates errors."""

    def __init__(self, driver: MySQLDriver, dialect: Dialect, limits: TimeLimits) -> None:
        self.driver = driver
        self.dialect = dialect
        self._limits = limits

    async def execute(self, connection: Any, call: Call) -> Result:
        """Execute a statement."""
        try:
            return await self.driver.execute(connection, call, self._limits)
        except Exception as error:
            self._raise(connection, error, call)

    async def execute_many(self, connection: Any, calls: Sequence[Call]) -> list[Result]:
        """Execute several statements in one round trip."""
        results: list[Result] = []
        try:
            await self.driver.execute_many(connection, calls, self._limits, results)
        except Exception as error:
            self._raise(connection, error, calls[len(results)])
        return results

    async def write(self, connection: Any, calls: Sequence[Call]) -> list[int]:
        """Execute writes in one round trip, and return the number of rows that each matched.

        INSERTs with the same text are merged into one with many rows.
        """
        merged = [part for run in split_runs(calls) for part in merge_inserts(run)]
        results = await self.execute_many(connection, [call for call, _ in merged])
        return [count for (_, rows), (_, matched) in zip(merged, results, strict=True) for count in ([1] * rows if rows > 1 else [matched])]

    def _raise(self, connection: Any, error: Exception, call: Call) -> NoReturn:
        ours = translate_error(self.dialect, error, lost=not self.driver.is_open(connection))
        if isinstance(ours, ConflictError) and ours.reported_table is None and (written := _WRITES.match(call.sql)):
            # The message of MariaDB names the key, which is PRIMARY in every table, but not the table.
            ours.reported_table = written[1]
        raise ours from ours.__cause__


class MySQLTransactionBackend:
    """A connection during a transaction."""

    def __init__(self, runner: StatementRunner, connection: Any, begin: Sequence[Call], acquire_timeout: float) -> None:
        self._runner = runner
        self._connection = connection
        self._begin = begin
        self.acquire_timeout = acquire_timeout

    async def _command(self, sql: str) -> None:
        await self._runner.execute(self._connection, Call(sql))

    async def fetch(self, calls: Sequence[Call]) -> list[list[Row]]:
        """Return the rows of each query, in one round trip."""
        return [rows for rows, _ in await self._runner.execute_many(self._connection, calls)]

    async def write(self, calls: Sequence[Call], *, unordered: bool = False) -> list[int]:
        """Run writes, and return the number of rows that each matched, in one round trip."""
        return await self._runner.write(self._connection, calls)

    async def begin(self) -> None:
        """Begin the transaction at READ COMMITTED, in one round trip."""
        await self._runner.execute_many(self._connection, self._begin)

    async def commit(self) -> None:
        """Commit."""
        with OutcomeGuard():
            await self._command("COMMIT")

    async def rollback(self) -> None:
        """Roll back. If the connection is lost, the server does so itself."""
        if not self.is_lost():
            await self._command("ROLLBACK")

    async def savepoint(self, name: str) -> None:
        """Set a savepoint."""
        await self._command(f"SAVEPOINT `{name}`")

    async def release_savepoint(self, name: str) -> None:
        """Release a savepoint."""
        await self._command(f"RELEASE SAVEPOINT `{name}`")

    async def rollback_to_savepoint(self, name: str) -> None:
        """Roll back to a savepoint. It is not released, because the next savepoint with its name replaces it."""
        await self._command(f"ROLLBACK TO SAVEPOINT `{name}`")

    async def abort(self) -> None:
        """Close the socket without waiting for the server."""
        self._runner.driver.terminate(self._connection)

    def is_lost(self) -> bool:
        """Return whether the connection is lost."""
        return not self._runner.driver.is_open(self._connection)


ISOLATION = "TRANSACTION ISOLATION LEVEL READ COMMITTED"
"""At the default, REPEATABLE READ, a statement that matches no row locks the gap, so transactions of different users deadlock."""


RESET_AFTER_IDLE = 30.0
"""How long a connection may be idle and still be acquired without a check, in seconds.

Firewalls drop idle connections silently, but only after minutes.
"""


class CallerPool:
    """A pool of aiomysql or asyncmy that the caller owns."""

    def __init__(self, pool: Any, driver: MySQLDriver, acquire_timeout: float) -> None:
        self._pool = pool
        self._driver = driver
        self._acquire_timeout = acquire_timeout
        self._acquiring = TimeLimits(acquire_timeout, TimeoutError)
        self._tasks: set[asyncio.Future[None]] = set()
        """References to running tasks, because the event loop has only weak ones."""

    async def acquire(self) -> Any:
        """Acquire a connection, waiting until one is free.

        Raises:
            PoolTimeoutError: No connection became free in time.
            DatabaseUnavailableError: No connection could be opened, or the pool is closed.
        """
        try:
            with self._acquiring.enforce():
                return await self._pool.acquire()
        except TimeoutError as error:
            self._notify()
            state = f"{self._pool.size} of {self._pool.maxsize} open, {self._pool.freesize} idle"
            raise PoolTimeoutError(f"no connection became free in {self._acquire_timeout:g} seconds ({state})") from error
        except Exception as error:
            ours = translate_error(DIALECT, error)
            raise (connect_error(ours, Server("MySQL")) if isinstance(ours, DatabaseError) else ours) from ours.__cause__
        except asyncio.CancelledError:
            # On Python 3.11, a waiter that is notified and cancelled at the same time does not pass the notification on.
            self._notify()
            raise

    async def release(self, connection: Any, error: BaseException | None = None) -> None:
        """Release a connection, after rolling back a transaction that is still open on it."""
        try:
            # Without autocommit, an error of the server does not report whether a transaction is open.
            if self._driver.in_transaction(connection) or (error is not None and not connection.get_autocommit()):
                await run_to_completion(self._roll_back(connection), SETTLE_TIMEOUT)
        finally:
            self._track(self._pool.release(connection))
            if not self._driver.is_open(connection):
                # aiomysql does not notify a waiter when a closed connection leaves a free slot.
                self._notify()

    async def _roll_back(self, connection: Any) -> None:
        try:
            if self._driver.is_open(connection):
                async with asyncio.timeout(SETTLE_TIMEOUT):
                    await self._driver.reset(connection)
        except Exception as failure:
            logger.warning("a connection could not be released, so it was closed (%s)", type(failure).__name__)
            self._driver.terminate(connection)

    def _notify(self) -> None:
        self._track(asyncio.ensure_future(_notify_waiter(self._pool)))

    def _track(self, task: asyncio.Future[None]) -> None:
        if not task.done():
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def expire_connections(self) -> None:
        """Do nothing: no statement is prepared on the server."""

    async def close(self) -> None:
        """Do nothing: the caller closes the pool."""


async def _notify_waiter(pool: Any) -> None:
    """Notify the next task that waits for a connection of a pool.

    The only public method that does so is ``clear()``, which also closes the idle connections.
    """
    wake_up = getattr(pool, "_wakeup", None)
    await (wake_up() if wake_up is not None else pool.clear())


class MySQLDatabase(PooledDatabase[Any]):
    """A MySQL or MariaDB database: a pool of this package for a URL (``settings``), or a caller's pool."""

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
        reject_pool_options(options, {"loop"})
        self.dialect: Dialect = DIALECT
        self._caller_pool = pool
        self._acquire_timeout = acquire_timeout
        self._sizes: dict[str, Any] = {
            # The names of aiomysql's own pool are accepted, too.
            "min_size": options.pop("minsize", min_size),
            "max_size": options.pop("maxsize", max_size),
            "max_idle": _max_idle(options.pop("pool_recycle", recycle)),
            "acquire_timeout": acquire_timeout,
            "reset_after_idle": RESET_AFTER_IDLE,
        }
        is_local_server = bool(options.get("unix_socket")) or is_local(str((settings or {}).get("host", "localhost")))
        encryption = tls_settings(ssl, ssl_ca, DISABLE if is_local_server else PREFER)
        self._options = {"init_command": f"SET SESSION {ISOLATION}", **options, "ssl": encryption.context}
        self._driver = driver(DIALECT, {**(settings or {}), **self._options}, connect_timeout, encrypted=encryption.required)
        self._runner = StatementRunner(self._driver, DIALECT, TimeLimits(command_timeout))
        # init_command sets the level on the connections of this package's own pool, unless a caller replaced it.
        has_level = settings is not None and "init_command" not in options
        self._begin = (Call("BEGIN"),) if has_level else (Call(f"SET {ISOLATION}"), Call("BEGIN"))

    @property
    def _location(self) -> str:
        return "on a caller's pool" if self._caller_pool is not None else self._driver.server.location

    async def _open(self) -> None:
        if self._caller_pool is not None:
            self._pool = CallerPool(self._caller_pool, self._driver, self._acquire_timeout)
        else:
            self._pool = pool = Pool(self._driver, **self._sizes)
            await pool.open()
        connection = await self._pool.acquire()
        try:
            await self._inspect_server(connection)
        except BaseException as error:
            await self._pool.release(connection, error)
            raise
        await self._pool.release(connection)

    async def _inspect_server(self, connection: Any) -> None:
        """Check the settings of a connection, and choose the dialect for the server.

        Raises:
            ConfigurationError: A caller's pool has settings that cannot work.
        """
        if connection.character_set_name() != "utf8mb4":
            raise ConfigurationError("the pool's connections must use charset='utf8mb4'")
        if not self._driver.counts_matched(connection):
            raise ConfigurationError("the pool's connections must use client_flag=CLIENT.FOUND_ROWS (pymysql.constants)")
        [rows] = await self._fetch_rows(connection, [Call(_COLLATIONS)])
        kind = MariaDBDialect if "mariadb" in connection.get_server_info().lower() else MySQL8Dialect
        self.dialect = self._runner.dialect = kind(exact=all(collation == kind.collation for (collation,) in rows))

    async def _end_transaction(self, connection: Any, command: str) -> None:
        """End the transaction that a statement has begun implicitly, if a caller's pool is not in autocommit mode."""
        if not connection.get_autocommit():
            await run_to_completion(self._runner.execute(connection, Call(command)), SETTLE_TIMEOUT)

    async def _fetch_rows(self, connection: Any, calls: Sequence[Call]) -> list[list[Row]]:
        results = [rows for rows, _ in await self._runner.execute_many(connection, calls)]
        await self._end_transaction(connection, "ROLLBACK")
        return results

    async def _execute_write(self, connection: Any, call: Call) -> int:
        with OutcomeGuard():
            _, matched = await self._runner.execute(connection, call)
            await self._end_transaction(connection, "COMMIT")
        return matched

    async def _write_transaction(self, calls: Sequence[Call], *, unordered: bool) -> list[int]:
        return await self.run_on_connection(self._write_in_one_trip, calls)

    async def _write_in_one_trip(self, connection: Any, calls: Sequence[Call]) -> list[int]:
        """Run writes as a transaction in one round trip, and roll it back if a statement fails."""
        steps = (*self._begin, *calls, Call("COMMIT"))
        try:
            with OutcomeGuard():
                counts = await self._runner.write(connection, steps)
        except DatabaseError as error:
            if error.sent and self._driver.is_open(connection):
                await run_to_completion(self._runner.execute(connection, Call("ROLLBACK")), SETTLE_TIMEOUT)
            raise
        return counts[len(self._begin) : -1]

    async def execute_ddl(self, connection: Any, call: Call) -> None:
        """Run a DDL statement with a lock timeout of a second, on an acquired connection."""
        await self._runner.execute(connection, Call(_SET_LOCK_TIMEOUT))
        try:
            with OutcomeGuard():
                await self._runner.execute(connection, call)
        finally:
            if self._driver.is_open(connection):
                await run_to_completion(self._runner.execute(connection, Call(_RESTORE_LOCK_TIMEOUT)), SETTLE_TIMEOUT)

    def _transaction_backend(self, connection: Any) -> MySQLTransactionBackend:
        return MySQLTransactionBackend(self._runner, connection, self._begin, self._acquire_timeout)


def _max_idle(recycle: float) -> float | None:
    """Return the idle time after which connections are closed, or None for never, which is -1 for aiomysql's own pool."""
    return None if recycle < 0 else recycle
