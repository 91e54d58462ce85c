"""PostgreSQL through asyncpg."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

from pypika import Field, PostgreSQLQuery, Query
from pypika import Table as SQLTable
from pypika.terms import Criterion, Term

from ..errors import (
    AuthenticationError,
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
    SchemaMismatchError,
    StatementTimeoutError,
    TransactionAbortedError,
    TransactionConflictError,
    UnknownDatabaseError,
    ValueRefusedError,
)
from ..schema import TRIGRAM_INDEX, ColumnType, Index, Order
from .connect_errors import Server, connect_error, connect_timeout_error
from .dialect import NULLS_FIRST, Dialect, Fragment, LiveTable, Place, case_pairs, live_tables
from .interface import Call, Executor, Features, Row
from .limits import TimeLimits
from .managed import COMMAND_TIMEOUT, OutcomeGuard, invalid_options_error, reject_pool_options, reraise, translate_error
from .pool import Pool
from .pooled import PooledDatabase
from .runs import is_insert_run, split_runs
from .tls import TLS_NOT_OFFERED, tls_problem
from .transactions import SETTLE_TIMEOUT, logger

if TYPE_CHECKING:
    import asyncpg

T = TypeVar("T")
Hook = Callable[[Any], Awaitable[Any]]
Opening = Callable[..., Awaitable[Any]]

_ERRORS_BY_SQLSTATE: dict[str, type[DatabaseError]] = {
    "23505": ConflictError,
    "23503": ForeignKeyError,
    "23502": ValueRefusedError,
    "23514": ValueRefusedError,
    "40001": TransactionConflictError,
    "40P01": TransactionConflictError,
    "55P03": TransactionConflictError,
    "57014": StatementTimeoutError,
    "57P01": ConnectionLostError,
    "57P02": ConnectionLostError,
    "08003": ConnectionLostError,
    "08006": ConnectionLostError,
    "25006": ReadOnlyError,
    "42501": PermissionDeniedError,
    "42P01": SchemaMismatchError,
    "42703": SchemaMismatchError,
    "3F000": SchemaMismatchError,
    "42P07": DuplicateObjectError,
    "42701": DuplicateObjectError,
    "42710": DuplicateObjectError,
}
_ERRORS_BY_CLASS: dict[str, type[DatabaseError]] = {
    "08": DatabaseUnavailableError,
    "22": ValueRefusedError,
    "28": AuthenticationError,
    "3D": UnknownDatabaseError,
    "53": DatabaseUnavailableError,
    "57": DatabaseUnavailableError,
}
_PREPARED_LOST = "the server does not keep prepared statements: behind PgBouncer use ?pgbouncer=1 or statement_cache_size=0"
_MESSAGES = {
    "26000": _PREPARED_LOST,
    "28000": "the server rejects this user from this host: check the user in the URL, and pg_hba.conf on the server",
    "42P05": _PREPARED_LOST,
    "53100": "the disk of the database is full: free some space on the server",
    "53300": "the server has no free connections: lower max_size, or raise max_connections on the server",
    "57P03": "the server is starting up or shutting down: try again in a moment",
}
"""Messages for the codes that are more specific than their class of error."""
UNKNOWN_SETTING = "42704"
"""The SQLSTATE for undefined objects, such as a setting in the URL that the server does not know."""
_NOT_OPEN = re.compile("closed|closing|not initialized|released back")


class LateralSubquery(SQLTable):
    """A LATERAL subquery with the name of a table."""

    def __init__(self, name: str, query: Any) -> None:
        super().__init__(name)
        self._query = query

    def get_sql(self, **kwargs: Any) -> str:
        """Return the subquery and its name."""
        return f"LATERAL ({self._query.get_sql()} LIMIT ALL) {super().get_sql(**kwargs)}"


class PostgreSQLDialect(Dialect):
    """The SQL dialect of PostgreSQL."""

    name = "postgresql"
    features: ClassVar[Features] = Features(online_ddl=True, limit_stops_join=False)
    query: ClassVar[type[Query]] = PostgreSQLQuery
    types: ClassVar[dict[str, str]] = {"mediumtext": "text", "int": "integer", "tinyint(1)": "smallint"}
    # Text is ordered and compared by bytes, as on the other engines, so that pages do not depend on a locale.
    collation: ClassVar[str] = "C"
    text_suffix = f' COLLATE "{collation}"'
    # translate() converts the letters of the searched text to lower case. Unlike lower(), it does not depend on a locale.
    match_templates: ClassVar[dict[Place, str]] = {
        # LIKE comes first because a trigram index can serve it and it is cheaper. It accepts every row that strpos() accepts.
        "part": '(lower({0} COLLATE "C") LIKE {4} AND CAST(strpos(translate({0}, {2}, {3}), {1}) AS boolean))',
        "start": "starts_with(translate({0}, {2}, {3}), {1})",
        "end": "right(translate({0}, {2}, {3}), {4}) = {1}",
    }
    trigram_extension_sql: ClassVar[str] = "CREATE EXTENSION IF NOT EXISTS pg_trgm"
    # Independent of the collation of the column: a linguistic collation has a different order and different lower-case letters.
    lower_expression: ClassVar[str] = f'lower({{0}} COLLATE "{collation}")'
    online_index_clauses: ClassVar[tuple[str, str]] = ("CONCURRENTLY ", "")
    short_lock_timeout_commands: ClassVar[tuple[str, ...]] = ("SET LOCAL lock_timeout = '200ms'",)

    def placeholders(self, text: str, mark: re.Pattern[str]) -> tuple[str, tuple[str, ...]]:
        """Replace the marks with ``$1``, ``$2`` and so on. A repeated name keeps its number."""
        names: dict[str, int] = {}

        def number(match: re.Match[str]) -> str:
            return f"${names.setdefault(match[1], len(names) + 1)}"

        return mark.sub(number, text), tuple(names)

    def in_list(self, field: Field, bind: Callable[[str], Term], name: str, size: int) -> Criterion:
        """Bind the whole list as one array."""
        return Fragment("{0} = ANY({1})", field, bind(name))

    def list_values(self, name: str, values: Sequence[str]) -> dict[str, Any]:
        """Return an array."""
        return {name: list(values)}

    def in_pairs(self, fields: tuple[Field, Field], bind: Callable[[str], Term], name: str, size: int) -> Criterion:
        """Bind the pairs as two arrays."""
        pairs = "SELECT a, b FROM unnest(CAST({2} AS text[]), CAST({3} AS text[])) AS p (a, b)"
        return Fragment(f"({{0}}, {{1}}) IN ({pairs})", *fields, bind(f"{name}_0"), bind(f"{name}_1"))

    def bucket(self, field: Term, bind: Callable[[str], Term], name: str, size: int, *, text: bool) -> Term:
        """Search a sorted array with ``width_bucket``."""
        return Fragment(f"width_bucket({{0}}, CAST({{1}} AS {'text' if text else 'bigint'}[]))", field, bind(name))

    def bucket_values(self, name: str, starts: Sequence[Any]) -> dict[str, Any]:
        """Return an array."""
        return {name: list(starts)}

    def match_values(self, place: Place, text: str) -> tuple[Any, ...]:
        """Return the text in lower case, followed by its letters in upper case and in lower case.

        For ``part`` the LIKE pattern follows, for ``end`` the length of the text.
        """
        pairs = case_pairs(text)
        lowered = "".join(pairs.get(letter, letter) for letter in text)
        extra = {"part": (f"%{''.join(map(_like_pattern, text))}%",), "start": (), "end": (len(text),)}
        return (lowered, "".join(pairs), "".join(pairs.values()), *extra[place])

    def json_rows(self, fields: Sequence[tuple[Term, bool]]) -> Term:
        """Aggregate with ``json_agg``, cast to text because the owner of a pool may have replaced asyncpg's codec for JSON."""
        listed = ",".join(f"{{{number}}}" for number in range(len(fields)))
        return Fragment(f"CAST(json_agg(json_build_array({listed})) AS text)", *(field for field, _ in fields))

    def equal_without_index(self, field: Field, value: Term, *, text: bool) -> Criterion:
        """Use IS NOT DISTINCT FROM, for which PostgreSQL uses no index.

        Before the first ANALYZE, the planner rates an index on the tenant as highly as any other.
        """
        return Fragment("{0} IS NOT DISTINCT FROM {1}", field, value)

    def lateral_lookup(self, table: SQLTable, read: Sequence[str], source: Any, on: Mapping[str, str]) -> SQLTable:
        """Use a LATERAL subquery.

        Its LIMIT prevents the planner from turning it into a join. To join fifty rows to a few thousand, it would hash all of these.
        """
        row = SQLTable(table.get_table_name()).as_("one")
        condition = Criterion.all([row.field(theirs) == source.field(ours) for ours, theirs in on.items()])
        query = self.query.from_(row).select(*(row.field(name) for name in dict.fromkeys(read))).where(condition)
        return LateralSubquery(table.get_table_name(), query)

    def cast(self, bind: Term, column_type: str) -> Term:
        """Cast the parameter, because a parameter in a select list is text by default."""
        return Fragment(f"CAST({{0}} AS {self.types.get(column_type, re.sub('[(].*', '', column_type))})", bind)

    def order(self, builder: Any, field: Field, order: Order) -> Any:
        """Treat NULL as less than every value, as the other engines do.

        The clause is omitted for columns that are not nullable, because plain indexes sort NULL last.
        """
        if not order.nullable:
            return super().order(builder, field, order)
        direction = "DESC NULLS LAST" if order.descending else "ASC NULLS FIRST"
        return builder.orderby(Fragment(f"{{0}} {direction}", field))

    def delete_batch(self, table: Any, key: Sequence[str], where: Criterion, limit: Term) -> Any:
        """Select the rows by ``ctid``, because a join by primary key may scan the whole table for a batch.

        The condition is repeated, because a row may change after it was selected.
        """
        chosen: Any = self.query.from_(table).select(Fragment("ctid")).where(where)
        chosen = chosen.limit(limit)
        return self.query.from_(table).delete().where(Fragment("ctid = ANY(ARRAY({0}))", chosen)).where(where)

    def bound_rows(self, table: str, columns: Sequence[str], count: int) -> str:
        """Extract the rows from a JSON array, with the column types of the table."""
        return f"json_populate_recordset(CAST(NULL AS {self.identifier(table)}), CAST(\0rows\0 AS json))"

    def epoch_ms(self, iso: str) -> str:
        """Check the format first, because the cast of any other text would be an error."""
        has_format = f"{iso} ~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}'"
        return f"CASE WHEN {has_format} THEN CAST(EXTRACT(EPOCH FROM CAST({iso} AS timestamptz)) * 1000 AS bigint) END"

    def now_iso(self) -> str:
        """Return the current time as ISO 8601."""
        return """to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""

    def now_ms(self) -> str:
        """Return the start of the statement. It is constant, so it can bound an index range; ``now()`` is the start of the transaction."""
        return "CAST(FLOOR(EXTRACT(EPOCH FROM statement_timestamp()) * 1000) AS bigint)"

    def session_name(self) -> str:
        """Return a query for the process ID of the backend. Behind a connection pooler, the backend outlives its client."""
        return "SELECT CAST(pg_backend_pid() AS text)"

    def session_ended(self, name: str) -> Call:
        """Search ``pg_stat_activity``, in which every user may see which backends exist."""
        return Call("SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM pg_stat_activity WHERE CAST(pid AS text) = $1)", (name,))

    def combine(self, calls: Sequence[Call]) -> Call | None:
        """Return one statement that executes several writes, or None if they cannot be combined.

        No write may depend on another one or change the same row, because all of them see the database as it was before the statement.

        Args:
            calls: INSERT, UPDATE and DELETE statements.

        Returns:
            The statement. Its result is one row with the number of rows that each write matched.
        """
        if not 2 <= len(calls) <= MAX_COMBINED_WRITES or not all(map(_can_be_combined, calls)):
            return None
        text = _combined_text(tuple((call.sql, len(call.args)) for call in calls))
        args = tuple(value for call in calls for value in call.args)
        return Call(text, args, prepared=all(call.prepared for call in calls)) if len(args) <= MAX_PARAMETERS else None

    async def drop_invalid_index(self, executor: Executor, table: str, name: str) -> str | None:
        """Search for an invalid index, which slows down every write and serves no query."""
        found = await executor.fetch(Call(_INVALID, (table, name)))
        return f"DROP INDEX CONCURRENTLY {self.identifier(name)}" if found else None

    async def describe(self, executor: Executor) -> dict[str, LiveTable]:
        """Read the system catalogs for the current schema."""
        columns, keys, indexes, references, kinds, triggers = await executor.fetch_many([Call(sql) for sql in _CATALOG])
        return live_tables(
            [
                (table, ColumnType(name=name, type=_type(kind), null=null, default=_default(default, kind), collation=collation))
                for table, name, kind, null, default, collation in columns
            ],
            [(table, name) for table, name in keys],
            [(table, index, unique, part, extra) for table, index, unique, part, extra in indexes],
            [(table, constraint, name, other, to, _RULES[rule]) for table, constraint, name, other, to, rule in references],
            {table: _KINDS[kind] for table, kind in kinds},
            [(table, name) for table, name in triggers],
        )

    def as_described(self, column: ColumnType) -> ColumnType:
        """Map ``mediumtext`` to the only text type without a width."""
        return super().as_described(replace(column, type="text" if column.type == "mediumtext" else column.type))

    def index_as_described(self, index: Index) -> Index:
        """Keep :data:`NULLS_FIRST`, because PostgreSQL sorts NULL last by default."""
        return index

    def create_index(self, table: str, index: Index, *, online: bool = False) -> str:
        """Return a CREATE INDEX, with the operator class of a trigram index if the index is one."""
        text = super().create_index(table, index, online=online)
        if index.extra != TRIGRAM_INDEX:
            return text
        parts = ", ".join(f"{self.index_part(part)} gin_trgm_ops" for part in index.columns)
        return f"{text[: text.index(' (')]} USING gin ({parts})"

    def index_part(self, part: str) -> str:
        """Append NULLS FIRST if the index part asks for it."""
        return super().index_part(part) + (NULLS_FIRST.upper() if part.endswith(NULLS_FIRST) else "")

    def classify(self, error: BaseException) -> DatabaseError | None:
        """Classify an error of the server by SQLSTATE, and an error of asyncpg by class."""
        import asyncpg

        if isinstance(error, asyncpg.PostgresError):
            state: str = getattr(error, "sqlstate", None) or ""
            kind = _ERRORS_BY_SQLSTATE.get(state) or _ERRORS_BY_CLASS.get(state[:2]) or DatabaseError
            # asyncpg raises the same classes for values that it cannot encode. Only errors of the server have a severity.
            sent = getattr(error, "severity", None) is not None
            ours = kind(_MESSAGES.get(state), code=state or None, constraint=getattr(error, "constraint_name", None), sent=sent)
            ours.reported_table = getattr(error, "table_name", None)
            if isinstance(ours, ForeignKeyError):
                _read_reference(ours, str(error), getattr(error, "detail", None) or "")
            return ours
        if isinstance(error, asyncpg.InternalClientError):
            # asyncpg raises it if the server has just announced that it closes the connection.
            return ConnectionLostError()
        if isinstance(error, asyncpg.InterfaceError):
            return DatabaseUnavailableError() if _NOT_OPEN.search(str(error)) else DatabaseError(sent=False)
        if isinstance(error, TimeoutError):
            return StatementTimeoutError()
        if isinstance(error, OSError):
            problem = tls_problem(error) or (TLS_NOT_OFFERED if "rejected SSL" in str(error) else None)
            return ConnectionSetupError(problem) if problem else ConnectionLostError()
        return None

    def scrub(self, error: BaseException, ours: DatabaseError) -> None:
        """Remove DETAIL, HINT and the like as well: they contain the values of the key, or text of a trigger's author."""
        super().scrub(error, ours)
        attributes = vars(error)
        for name in {"detail", "hint", "context", "query", "internal_query"} & attributes.keys():
            attributes[name] = None
        if "message" in attributes:
            attributes["message"] = error.args[0]


_QUOTED = re.compile(r"[\"«»„“]\s*(\w+)\s*[\"«»“”]")
"""A quoted name in a message. The quotation marks depend on the server's language."""


def _read_reference(error: ForeignKeyError, message: str, detail: str) -> None:
    """Set the violated reference of an error from the server's message, whose language may be any.

    The server reports the referencing table separately. The detail ends with the referenced table:
    ``Key (tenant_id)=(…) is not present in table "tenants".`` If a row is still referenced, the detail ends with the referencing
    table instead, and the message starts with the referenced one.
    """
    columns, named, first = re.search(r"\(([^()=]+)\)=\(", detail), _QUOTED.findall(detail), _QUOTED.search(message)
    if error.reported_table is None or columns is None or not named or first is None:
        return
    error.still_referenced = named[-1] == error.reported_table
    fields = () if error.still_referenced else tuple(re.findall(r"\w+", columns[1]))
    error.references = (Reference(error.reported_table, fields, first[1] if error.still_referenced else named[-1]),)


MAX_COMBINED_WRITES = 8
"""The maximum number of writes in one statement. It is small, because the server prepares every combination of texts."""
MAX_PARAMETERS = 32_767
"""The maximum number of parameters of a statement in asyncpg."""


def _can_be_combined(call: Call) -> bool:
    """Return whether a call is a single write without RETURNING that is subject to ``command_timeout``."""
    return (
        call.has_timeout and call.sql.startswith(("INSERT ", "UPDATE ", "DELETE ")) and "RETURNING" not in call.sql and ";" not in call.sql
    )


@lru_cache(maxsize=1024)
def _combined_text(texts: tuple[tuple[str, int], ...]) -> str:
    """Return the text of one statement for several writes, each given as its text and the number of its parameters."""
    parts: list[str] = []
    offset = 0
    for number, (sql, parameters) in enumerate(texts):
        renumbered = re.sub(r"\$(\d+)", partial(_add_offset, offset), sql)
        parts.append(f"w{number} AS ({renumbered} RETURNING 1)")
        offset += parameters
    counts = ", ".join(f"(SELECT count(*) FROM w{number})" for number in range(len(texts)))  # noqa: S608  # numbers
    return f"WITH {', '.join(parts)} SELECT {counts}"


def _add_offset(offset: int, parameter: re.Match[str]) -> str:
    return f"${int(parameter[1]) + offset}"


def _like_pattern(letter: str) -> str:
    """Return the LIKE pattern for a letter in lower-case text.

    A letter that only some servers convert to lower case matches any character.
    """
    if letter in "%_\\":
        return f"\\{letter}"
    if letter.isascii():
        return letter.lower()
    return letter if letter.lower() == letter.upper() else "_"


_INVALID = """SELECT 1 FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
              WHERE NOT i.indisvalid AND c.relname = $1 AND x.relname = $2 AND c.relnamespace = current_schema()::regnamespace"""
_CATALOG = (
    """SELECT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,
       CASE WHEN a.attidentity <> '' THEN 'identity' ELSE pg_get_expr(d.adbin, d.adrelid) END, l.collname::text
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum LEFT JOIN pg_collation l ON l.oid = a.attcollation
       WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relnamespace = current_schema()::regnamespace ORDER BY 1, a.attnum""",
    """SELECT c.relname::text, a.attname::text
       FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
       WHERE i.indisprimary AND k.place <= i.indnkeyatts AND c.relnamespace = current_schema()::regnamespace ORDER BY 1, k.place""",
    # Columns that an index INCLUDEs are not part of its key. to_jsonb() returns NULL for a column that an older server lacks.
    """SELECT c.relname::text, x.relname::text, i.indisunique,
       concat_ws(' ', COALESCE(a.attname::text, pg_get_indexdef(i.indexrelid, k.place::int, true)),
           CASE WHEN i.indcollation[k.place - 1] <> a.attcollation THEN 'collate ' || l.collname END,
           CASE WHEN NOT o.opcdefault THEN o.opcname END,
           CASE i.indoption[k.place - 1] & 3 WHEN 3 THEN 'desc' WHEN 1 THEN 'desc nulls last' WHEN 2 THEN 'nulls first' END),
       concat_ws(' ', CASE WHEN m.amname <> 'btree' THEN 'using ' || m.amname END,
           CASE WHEN to_jsonb(i) ->> 'indnullsnotdistinct' = 'true' THEN 'nulls not distinct' END,
           'where ' || pg_get_expr(i.indpred, i.indrelid), CASE WHEN NOT i.indisvalid THEN 'invalid' END)
       FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam
       CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
       LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum AND k.attnum <> 0
       LEFT JOIN pg_collation l ON l.oid = i.indcollation[k.place - 1] LEFT JOIN pg_opclass o ON o.oid = i.indclass[k.place - 1]
       WHERE NOT i.indisprimary AND k.place <= i.indnkeyatts AND c.relnamespace = current_schema()::regnamespace ORDER BY 1, 2, k.place""",
    """SELECT c.relname::text, f.conname::text, a.attname::text,
       CASE WHEN r.relnamespace = c.relnamespace THEN r.relname::text ELSE r.relnamespace::regnamespace || '.' || r.relname END,
       b.attname::text, f.confdeltype::text
       FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid JOIN pg_class r ON r.oid = f.confrelid
       CROSS JOIN LATERAL unnest(f.conkey, f.confkey) WITH ORDINALITY AS k (ours, theirs, place)
       JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.ours
       JOIN pg_attribute b ON b.attrelid = f.confrelid AND b.attnum = k.theirs
       WHERE f.contype = 'f' AND c.relnamespace = current_schema()::regnamespace ORDER BY 1, 2, k.place""",
    """SELECT c.relname::text, c.relkind::text FROM pg_class c
       WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relnamespace = current_schema()::regnamespace""",
    """SELECT c.relname::text, t.tgname::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
       WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace""",
)


_KINDS = {"r": "", "p": "", "v": "view", "m": "materialized view", "f": "foreign table"}
_RULES = {"a": "no action", "r": "restrict", "c": "cascade", "n": "set null", "d": "set default"}


def _type(kind: str) -> str:
    """Return the registry's name of a column type."""
    return {"integer": "int", "smallint": "tinyint(1)"}.get(kind, kind.replace("character varying", "varchar"))


def _default(text: str | None, kind: str) -> str | int | None:
    """Parse a default as PostgreSQL reports it: ``'jwt_signing'::character varying``, ``'-1'::integer``."""
    if text is None:
        return None
    literal = re.match(r"'((?:[^']|'')*)'", text)
    bare = literal[1].replace("''", "'") if literal else text
    return int(bare) if "int" in kind and re.fullmatch("-?[0-9]+", bare) else bare


DIALECT = PostgreSQLDialect()


def _row_count(status: str) -> int:
    """Return the row count of a command tag: ``UPDATE 1``, ``INSERT 0 1``."""
    count = status.rpartition(" ")[2]
    return int(count) if count.isdigit() else 0


NO_TIMEOUT = 1e7
"""The timeout, in seconds, of a statement without a time limit. It overrides the ``command_timeout`` of a caller's pool."""
RELEASE_TIMEOUT = 5.0
"""How long the reset of a released connection of a caller's pool may take before the connection is closed, in seconds."""
MAX_IDLE = 300.0
"""How long a surplus connection may be idle before it is closed, in seconds; the default of asyncpg's own pool."""
STALE_PLAN = "0A000"
"""The SQLSTATE for unsupported features, such as a statement that was prepared before its table changed."""


async def _run(method: Callable[..., Awaitable[T]], connection: asyncpg.Connection, call: Call, limits: TimeLimits) -> T:
    """Run a statement with a method of asyncpg, with a timeout if the call is bounded, and translate errors."""
    try:
        if call.has_timeout:
            with limits.enforce():
                return await method(call.sql, *call.args)
        return await method(call.sql, *call.args, timeout=NO_TIMEOUT)
    except Exception as error:
        ours = translate_error(DIALECT, error, lost=_is_closed(connection))
        raise ours from ours.__cause__


async def _fetch(connection: asyncpg.Connection, call: Call, limits: TimeLimits) -> list[Row]:
    fetch = connection.fetch if call.prepared else partial(_fetch_unnamed, connection)
    rows: list[Row] = await _run(fetch, connection, call, limits)
    return rows


async def _fetch_unnamed(connection: asyncpg.Connection, sql: str, *args: Any, timeout: float | None = None) -> list[Row]:
    """Fetch rows with an unnamed prepared statement, which the server discards when it prepares the next one."""
    statement = await connection.prepare(sql, name="", timeout=timeout)
    rows: list[Row] = await statement.fetch(*args, timeout=timeout)
    return rows


async def _execute(connection: asyncpg.Connection, call: Call, limits: TimeLimits) -> int:
    return _row_count(await _run(connection.execute, connection, call, limits))


async def _execute_combined(connection: asyncpg.Connection, together: Call, limits: TimeLimits) -> list[int]:
    [counts] = await _fetch(connection, together, limits)
    return list(counts)


_COUNTED = ("INSERT ", "UPDATE ", "DELETE ")


async def _write_run(connection: asyncpg.Connection, run: Sequence[Call], limits: TimeLimits) -> list[int]:
    """Execute the writes of a run in as few round trips as possible, and return the number of rows that each matched."""
    if is_insert_run(run):
        # COPY would be faster, but row-level security forbids it, and asyncpg caches the column types of the first COPY forever.
        await _run(partial(_execute_many, connection, run), connection, run[0], limits)
        return [1] * len(run)
    if len(run) > 1 and run[0].prepared and run[0].sql.startswith(_COUNTED):
        matched: list[Row] = await _run(partial(_fetch_matches, connection, run), connection, run[0], limits)
        counts = Counter(number for (number,) in matched)
        return [counts[number] for number in range(len(run))]
    return [await _execute(connection, call, limits) for call in run]


async def _execute_many(connection: asyncpg.Connection, run: Sequence[Call], sql: str, *_: Any, timeout: float | None = None) -> None:
    """Execute one statement with the values of every call of a run, in one round trip."""
    await connection.executemany(sql, [call.args for call in run], timeout=timeout)


async def _fetch_matches(
    connection: asyncpg.Connection, run: Sequence[Call], sql: str, *args: Any, timeout: float | None = None
) -> list[Row]:
    """Execute one statement with the values of every call of a run, in one round trip.

    Return one row for each matched row, with the index of the call that matched it.
    """
    numbered = [(*call.args, number) for number, call in enumerate(run)]
    rows: list[Row] = await connection.fetchmany(f"{sql} RETURNING CAST(${len(args) + 1} AS integer)", numbered, timeout=timeout)
    return rows


def _is_closed(connection: asyncpg.Connection) -> bool:
    import asyncpg

    try:
        return bool(connection.is_closed())
    except asyncpg.InterfaceError:
        # The pool has taken the lost connection away from this task.
        return True


class PostgreSQLTransactionBackend:
    """A connection during a transaction."""

    def __init__(self, connection: asyncpg.Connection, acquire_timeout: float, limits: TimeLimits) -> None:
        self._connection = connection
        self.acquire_timeout = acquire_timeout
        self._limits = limits

    async def fetch(self, calls: Sequence[Call]) -> list[list[Row]]:
        """Return the rows of each query, with one round trip per query."""
        return [await _fetch(self._connection, call, self._limits) for call in calls]

    async def write(self, calls: Sequence[Call], *, unordered: bool = False) -> list[int]:
        """Run writes, with one round trip per run of equal texts, or one in total if the writes are independent."""
        together = DIALECT.combine(calls) if unordered else None
        if together is not None:
            return await _execute_combined(self._connection, together, self._limits)
        return [count for run in split_runs(calls) for count in await _write_run(self._connection, run, self._limits)]

    async def _command(self, sql: str) -> str:
        return await _run(self._connection.execute, self._connection, Call(sql), self._limits)

    async def begin(self) -> None:
        """Begin the transaction at READ COMMITTED, on which the adapters rely. A caller's pool may have another default."""
        await self._command("BEGIN ISOLATION LEVEL READ COMMITTED")

    async def commit(self) -> None:
        """Commit.

        Raises:
            TransactionAbortedError: The server rolled the transaction back, because a statement had failed.
        """
        with OutcomeGuard():
            status = await self._command("COMMIT")
        if status != "COMMIT":
            raise TransactionAbortedError

    async def rollback(self) -> None:
        """Roll back, even if asyncpg reports no transaction: the server may have executed a BEGIN that was cancelled."""
        if not _is_closed(self._connection):
            await self._command("ROLLBACK")

    async def savepoint(self, name: str) -> None:
        """Set a savepoint."""
        await self._command(f'SAVEPOINT "{name}"')

    async def release_savepoint(self, name: str) -> None:
        """Release a savepoint."""
        await self._command(f'RELEASE "{name}"')

    async def rollback_to_savepoint(self, name: str) -> None:
        """Roll back to a savepoint and release it, in one round trip."""
        await self._command(f'ROLLBACK TO "{name}"; RELEASE "{name}"')

    async def abort(self) -> None:
        """Close the socket without waiting for the server."""
        if not _is_closed(self._connection):
            self._connection.terminate()

    def is_lost(self) -> bool:
        """Return whether the connection is lost."""
        return _is_closed(self._connection)


class PostgreSQLDriver:
    """The driver with which this package's own pool opens and closes connections of asyncpg.

    The statements of this package leave no session state behind, so a released connection is not reset.

    Args:
        dsn: The URL of the server.
        connect: The function that opens a connection. The default is ``asyncpg.connect``.
        init: A function that is awaited with each new connection.
        options: The keyword arguments of ``connect``.
    """

    def __init__(self, dsn: str, connect: Opening | None, init: Hook | None, options: dict[str, Any]) -> None:
        self._dsn = dsn
        self._connect = connect
        self._init = init
        self._options = options

    @property
    def caches_statements(self) -> bool:
        """Whether connections cache prepared statements."""
        return bool(self._options["statement_cache_size"])

    async def open(self) -> asyncpg.Connection:
        """Open a connection.

        Raises:
            ConfigurationError: The URL or an option is invalid.
            DatabaseUnavailableError: The server cannot be reached, or rejects the connection.
        """
        import asyncpg

        try:
            connection = await (self._connect or asyncpg.connect)(self._dsn, **self._options)
        except TimeoutError as error:
            raise connect_timeout_error(error, self.server, self._options.get("timeout")) from error
        except OSError as error:
            # Caught before ValueError, because some TLS errors are both.
            self._raise_opening_error(error)
        except (TypeError, ValueError) as error:
            raise invalid_options_error(error) from None
        except Exception as error:
            self._raise_opening_error(error)
        if self._init is not None:
            await _call_hook(connection, self._init)
        return connection

    @property
    def server(self) -> Server:
        """The server, for error messages. As in asyncpg, an option overrides the query string, which overrides the rest of the URL."""
        parts = urlsplit(self._dsn)
        options = {**dict(parse_qsl(parts.query)), **{name: str(value) for name, value in self._options.items()}}
        return Server(
            "PostgreSQL",
            options.get("host") or unquote(parts.netloc.rpartition("@")[2]),
            options.get("user") or unquote(parts.username or "") or None,
            options.get("database") or unquote(parts.path[1:]) or None,
        )

    def _raise_opening_error(self, error: Exception) -> NoReturn:
        ours = translate_error(DIALECT, error)
        if not isinstance(ours, DatabaseError):
            raise ours
        if ours.code == UNKNOWN_SETTING:
            names = ", ".join(name for name, _ in parse_qsl(urlsplit(self._dsn).query)) or "server_settings"
            ours = ConnectionSetupError(f"PostgreSQL does not know one of the settings: check {names} in the URL", code=ours.code)
            raise ours from error
        raise connect_error(ours, self.server) from error

    def is_open(self, connection: asyncpg.Connection) -> bool:
        """Return whether the connection is open. asyncpg notices when the server closes it."""
        return not connection.is_closed()

    def in_transaction(self, connection: asyncpg.Connection) -> bool:
        """Return whether a transaction is open."""
        return bool(connection.is_in_transaction())

    async def reset(self, connection: asyncpg.Connection) -> None:
        """Wait until the server has stopped a cancelled statement, and roll back."""
        # asyncpg itself waits for the cancellation before it sends the next statement.
        await connection.execute("SELECT 1")
        if connection.is_in_transaction():
            await connection.execute("ROLLBACK")

    async def close(self, connection: asyncpg.Connection) -> None:
        """Close the connection gracefully."""
        await connection.close()

    def terminate(self, connection: asyncpg.Connection) -> None:
        """Close the socket without waiting for the server."""
        if not connection.is_closed():
            connection.terminate()


async def _call_hook(connection: asyncpg.Connection, hook: Hook) -> None:
    """Await a caller's hook with a connection, and close the connection if the hook fails."""
    try:
        await hook(connection)
    except BaseException as error:
        connection.terminate()
        if isinstance(error, Exception):
            reraise(DIALECT, error)
        raise


class SetupPool(Pool["asyncpg.Connection"]):
    """A pool that awaits a caller's ``setup`` with each acquired connection."""

    def __init__(self, setup: Hook, driver: PostgreSQLDriver, **options: Any) -> None:
        super().__init__(driver, **options)
        self._setup = setup

    async def acquire(self) -> asyncpg.Connection:
        """Acquire a connection, and await ``setup`` with it."""
        connection = await super().acquire()
        try:
            await _call_hook(connection, self._setup)
        except BaseException:
            await self.release(connection)
            raise
        return connection


def _terminate(connection: asyncpg.Connection) -> None:
    """Close a connection whose release into a caller's pool has not finished."""
    import asyncpg

    # asyncpg raises InterfaceError if the pool has the connection back.
    with suppress(asyncpg.InterfaceError):
        connection.terminate()


class CallerPool:
    """A pool of asyncpg that the caller owns."""

    def __init__(self, pool: asyncpg.Pool, acquire_timeout: float) -> None:
        self._pool = pool
        self._acquire_timeout = acquire_timeout
        self._acquiring = TimeLimits(acquire_timeout, TimeoutError)
        self._releasing = TimeLimits(SETTLE_TIMEOUT, TimeoutError)

    async def acquire(self) -> asyncpg.Connection:
        """Acquire a connection, waiting until one is free.

        Raises:
            PoolTimeoutError: No connection became free in time.
            DatabaseUnavailableError: No connection could be opened, or the pool is not open.
        """
        try:
            # The timeout of asyncpg would create another task.
            with self._acquiring.enforce():
                return await self._pool.acquire()
        except TimeoutError as error:
            state = f"{self._pool.get_size()} of {self._pool.get_max_size()} open, {self._pool.get_idle_size()} idle"
            raise PoolTimeoutError(f"no connection became free in {self._acquire_timeout:g} seconds ({state})") from error
        except Exception as error:
            ours = translate_error(DIALECT, error)
            raise (connect_error(ours, Server("PostgreSQL")) if isinstance(ours, DatabaseError) else ours) from ours.__cause__

    async def release(self, connection: asyncpg.Connection, error: BaseException | None = None) -> None:
        """Release a connection. A slow reset or a lost server neither delays nor hides the outcome of the statement."""
        try:
            with self._releasing.enforce():
                # asyncpg shields the release from the timeout. Its own timeout parameter would start one more timer each time.
                await self._pool.release(connection)
        except TimeoutError:
            asyncio.get_running_loop().call_later(RELEASE_TIMEOUT, _terminate, connection)
        except Exception as failure:
            logger.warning("a connection could not be released, so it was closed (%s)", type(failure).__name__)

    def expire_connections(self) -> None:
        """Do nothing: asyncpg itself invalidates the prepared statements of all connections of its pool."""

    async def close(self) -> None:
        """Do nothing: the caller closes the pool."""


class PostgreSQLDatabase(PooledDatabase["asyncpg.Connection"]):
    """A PostgreSQL database: a pool of this package for a URL (``dsn``), or a caller's pool."""

    def __init__(
        self,
        dsn: str | None = None,
        *,
        pool: asyncpg.Pool | None = None,
        acquire_timeout: float = 30.0,
        min_size: int = 1,
        max_size: int = 10,
        command_timeout: float | None = COMMAND_TIMEOUT,
        connect_timeout: float = 10.0,
        statement_cache_size: int = 1000,
        pgbouncer: bool = False,
        max_inactive_connection_lifetime: float = MAX_IDLE,
        connect: Opening | None = None,
        init: Hook | None = None,
        setup: Hook | None = None,
        **options: Any,
    ) -> None:
        reject_pool_options(options, {"init_size", "loop", "max_queries", "reset"})
        self.dialect: Dialect = DIALECT
        self._caller_pool = pool
        self._dsn = dsn
        self._acquire_timeout = acquire_timeout
        self._limits = TimeLimits(command_timeout)
        self._setup = setup
        self._sizes: dict[str, Any] = {
            "min_size": min_size,
            "max_size": max_size,
            "max_idle": max_inactive_connection_lifetime or None,
            "acquire_timeout": acquire_timeout,
        }
        defaults = {"timeout": connect_timeout, "statement_cache_size": 0 if pgbouncer else statement_cache_size}
        self._driver = PostgreSQLDriver(dsn or "", connect, init, {**defaults, **options})

    @property
    def caches_statements(self) -> bool:
        """Whether prepared statements outlive a transaction. False for a caller's pool, whose setting is unknown."""
        return self._caller_pool is None and self._driver.caches_statements

    @property
    def _location(self) -> str:
        return "on a caller's pool" if self._caller_pool is not None else self._driver.server.location

    async def _open(self) -> None:
        if self._caller_pool is not None:
            self._pool = CallerPool(self._caller_pool, self._acquire_timeout)
            return
        pool = Pool(self._driver, **self._sizes) if self._setup is None else SetupPool(self._setup, self._driver, **self._sizes)
        self._pool = pool
        await pool.open()

    async def _fetch_rows(self, connection: asyncpg.Connection, calls: Sequence[Call]) -> list[list[Row]]:
        return [await _fetch(connection, call, self._limits) for call in calls]

    async def _execute_write(self, connection: asyncpg.Connection, call: Call) -> int:
        with OutcomeGuard():
            return await _execute(connection, call, self._limits)

    async def _write_transaction(self, calls: Sequence[Call], *, unordered: bool) -> list[int]:
        together = DIALECT.combine(calls) if unordered else None
        if together is None:
            return await super()._write_transaction(calls, unordered=unordered)
        return await self.run_on_connection(self._write_combined, together)

    async def _write_combined(self, connection: asyncpg.Connection, together: Call) -> list[int]:
        with OutcomeGuard():
            return await _execute_combined(connection, together, self._limits)

    def _transaction_backend(self, connection: asyncpg.Connection) -> PostgreSQLTransactionBackend:
        return PostgreSQLTransactionBackend(connection, self._acquire_timeout, self._limits)

    def _invalidates_connections(self, error: BaseException) -> bool:
        return isinstance(error, DatabaseError) and error.code == STALE_PLAN
