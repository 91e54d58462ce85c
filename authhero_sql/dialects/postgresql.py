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
from ..schema import TRIGRAMS, ColumnType, Index, Order
from .connect_errors import Server, connect_error, connect_timeout_error
from .dialect import NULLS_FIRST, Dialect, Fragment, LiveTable, Place, case_pairs, live_tables
from .interface import Call, Executor, Features, Row
from .limits import TimeLimits
from .managed import COMMAND_TIMEOUT, OutcomeGuard, invalid_options_error, reject_pool_options, reraise, translate_error
from .pool import Pool
from .pooled import PooledDatabase
from .runs import is_insert_run, split_runs
from .tls import TLS_NOT_OFFERED, tls_problem
from .transactions import SETTLE, logger

if TYPE_CHECKING:
    import asyncpg

T = TypeVar("T")
Hook = Callable[[Any], Awaitable[Any]]
Opening = Callable[..., Awaitable[Any]]

_BY_STATE: dict[str, type[DatabaseError]] = {
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
_BY_CLASS: dict[str, type[DatabaseError]] = {
    "08": DatabaseUnavailableError,
    "22": ValueRefusedError,
    "28": AuthenticationError,
    "3D": UnknownDatabaseError,
    "53": DatabaseUnavailableError,
    "57": DatabaseUnavailableError,
}
_PREPARED_LOST = "prepared statements get lost on the way: behind PgBouncer use ?pgbouncer=1 or statement_cache_size=0"
_SAYS = {
    "26000": _PREPARED_LOST,
    "28000": "the server does not let this user in from here: check the user in the URL, and pg_hba.conf on the server",
    "42P05": _PREPARED_LOST,
    "53100": "the database's disk is full: make room on the server",
    "53300": "the server has no connection left: lower max_size, or raise max_connections on the server",
    "57P03": "the server is starting up or shutting down: try again in a moment",
}
"""Sentences for codes whose class says too little."""
UNKNOWN_SETTING = "42704"
"""The code for, among others, a parameter of the URL that the server has no setting for."""
_NOT_OPEN = re.compile("closed|closing|not initialized|released back")


class Lateral(SQLTable):
    """A query that is run for each row that it is joined to, known by a table's name."""

    def __init__(self, name: str, query: Any) -> None:
        super().__init__(name)
        self._query = query

    def get_sql(self, **kwargs: Any) -> str:
        """The query in parentheses, and the name."""
        return f"LATERAL ({self._query.get_sql()} LIMIT ALL) {super().get_sql(**kwargs)}"


class PostgreSQLDialect(Dialect):
    """PostgreSQL's words."""

    name = "postgresql"
    features: ClassVar[Features] = Features(online_ddl=True, joins_row_by_row=False)
    query: ClassVar[type[Query]] = PostgreSQLQuery
    types: ClassVar[dict[str, str]] = {"mediumtext": "text", "int": "integer", "tinyint(1)": "smallint"}
    # Bytes, not a language, decide order and equality: as on the other engines, and pages do not depend on the locale.
    collation: ClassVar[str] = "C"
    text_suffix = f' COLLATE "{collation}"'
    # In the column with the text's own letters in lower case: translate() goes by character, not by locale.
    matches: ClassVar[dict[Place, str]] = {
        # What an index of trigrams can be read for comes first; it lets nothing fall that the rest lets through, and costs less.
        "part": '(lower({0} COLLATE "C") LIKE {4} AND CAST(strpos(translate({0}, {2}, {3}), {1}) AS boolean))',
        "start": "starts_with(translate({0}, {2}, {3}), {1})",
        "end": "right(translate({0}, {2}, {3}), {4}) = {1}",
    }
    trigrams: ClassVar[str] = "CREATE EXTENSION IF NOT EXISTS pg_trgm"
    # By the bytes, whatever the column's own collation is: that of a language has another order, and another lower case.
    lowered: ClassVar[str] = f'lower({{0}} COLLATE "{collation}")'
    online_index: ClassVar[tuple[str, str]] = ("CONCURRENTLY ", "")
    soon: ClassVar[tuple[str, ...]] = ("SET LOCAL lock_timeout = '200ms'",)

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

    def in_pairs(self, fields: tuple[Field, Field], bind: Callable[[str], Term], name: str, size: int) -> Criterion:
        """Two arrays, side by side."""
        pairs = "SELECT a, b FROM unnest(CAST({2} AS text[]), CAST({3} AS text[])) AS p (a, b)"
        return Fragment(f"({{0}}, {{1}}) IN ({pairs})", *fields, bind(f"{name}_0"), bind(f"{name}_1"))

    def bucket(self, field: Term, bind: Callable[[str], Term], name: str, size: int, *, text: bool) -> Term:
        """Found in a sorted array."""
        return Fragment(f"width_bucket({{0}}, CAST({{1}} AS {'text' if text else 'bigint'}[]))", field, bind(name))

    def bucket_values(self, name: str, starts: Sequence[Any]) -> dict[str, Any]:
        """An array."""
        return {name: list(starts)}

    def match_values(self, place: Place, text: str) -> tuple[Any, ...]:
        """The text in lower case, its letters in upper and in lower case; of a part the pattern beside, of an end its length."""
        pairs = case_pairs(text)
        lowered = "".join(pairs.get(letter, letter) for letter in text)
        beside = {"part": (f"%{''.join(map(_pattern, text))}%",), "start": (), "end": (len(text),)}
        return (lowered, "".join(pairs), "".join(pairs.values()), *beside[place])

    def gathered(self, fields: Sequence[tuple[Term, bool]]) -> Term:
        """NULL where there is nothing; as text, because a pool's owner may have given JSON another codec."""
        listed = ",".join(f"{{{number}}}" for number in range(len(fields)))
        return Fragment(f"CAST(json_agg(json_build_array({listed})) AS text)", *(field for field, _ in fields))

    def checked(self, field: Field, value: Term, *, text: bool) -> Criterion:
        """Before the first ANALYZE an index of the tenant seems as good as any, and this reads none."""
        return Fragment("{0} IS NOT DISTINCT FROM {1}", field, value)

    def row_by_row(self, beside: SQLTable, read: Sequence[str], source: Any, on: Mapping[str, str]) -> SQLTable:
        """LATERAL, with a LIMIT to keep it from becoming a join: of fifty rows to a few thousand it would hash them all."""
        one = SQLTable(beside.get_table_name()).as_("one")
        same = Criterion.all([one.field(theirs) == source.field(ours) for ours, theirs in on.items()])
        found = self.query.from_(one).select(*(one.field(name) for name in dict.fromkeys(read))).where(same)
        return Lateral(beside.get_table_name(), found)

    def cast(self, bind: Term, column_type: str) -> Term:
        """A parameter in a select list is text unless cast."""
        return Fragment(f"CAST({{0}} AS {self.types.get(column_type, re.sub('[(].*', '', column_type))})", bind)

    def order(self, builder: Any, field: Field, order: Order) -> Any:
        """NULL first, as on the other engines; only where there may be one, because plain indexes have it last."""
        if not order.nullable:
            return super().order(builder, field, order)
        words = "DESC NULLS LAST" if order.descending else "ASC NULLS FIRST"
        return builder.orderby(Fragment(f"{{0}} {words}", field))

    def delete_batch(self, table: Any, key: Sequence[str], where: Criterion, limit: Term) -> Any:
        """By where the rows lie: joined by their keys, a batch may cost a look at the whole table.

        The conditions come twice, because a row may be changed after it was chosen.
        """
        chosen: Any = self.query.from_(table).select(Fragment("ctid")).where(where)
        chosen = chosen.limit(limit)
        return self.query.from_(table).delete().where(Fragment("ctid = ANY(ARRAY({0}))", chosen)).where(where)

    def given_rows(self, table: str, columns: Sequence[str], count: int) -> str:
        """With the types that the columns have in the table."""
        return f"json_populate_recordset(CAST(NULL AS {self.identifier(table)}), CAST(\0rows\0 AS json))"

    def epoch_ms(self, iso: str) -> str:
        """A text that is no instant would be an error, so its form is looked at first."""
        looks = f"{iso} ~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}'"
        return f"CASE WHEN {looks} THEN CAST(EXTRACT(EPOCH FROM CAST({iso} AS timestamptz)) * 1000 AS bigint) END"

    def now_iso(self) -> str:
        """The present."""
        return """to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""

    def now_ms(self) -> str:
        """When the statement began, so that it can be the bound of an index range; a whole transaction has one ``now()``."""
        return "CAST(FLOOR(EXTRACT(EPOCH FROM statement_timestamp()) * 1000) AS bigint)"

    def session_name(self) -> str:
        """The backend's process; behind a pooler it outlives its client, and nobody is told that it has ended."""
        return "SELECT CAST(pg_backend_pid() AS text)"

    def session_ended(self, name: str) -> Call:
        """Everybody may see which backends there are."""
        return Call("SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM pg_stat_activity WHERE CAST(pid AS text) = $1)", (name,))

    def combine(self, calls: Sequence[Call]) -> Call | None:
        """Return one statement that does several writes, or None where that cannot be.

        The writes must not need to see each other's work, nor change the same row: all of them see the database as it was before.

        Args:
            calls: INSERT, UPDATE and DELETE statements.

        Returns:
            The statement, which gives one row: for each of the writes the number of rows that it matched.
        """
        if not 2 <= len(calls) <= TOGETHER or not all(map(_can_be_part, calls)):
            return None
        text = _joined(tuple((call.sql, len(call.args)) for call in calls))
        args = tuple(value for call in calls for value in call.args)
        return Call(text, args, prepared=all(call.prepared for call in calls)) if len(args) <= PARAMETERS else None

    async def leftover_index(self, executor: Executor, table: str, name: str) -> str | None:
        """An index that is not valid costs every write and serves no read."""
        found = await executor.fetch(Call(_INVALID, (table, name)))
        return f"DROP INDEX CONCURRENTLY {self.identifier(name)}" if found else None

    async def describe(self, executor: Executor) -> dict[str, LiveTable]:
        """From the catalogue, for the schema that unqualified names mean."""
        columns, keys, indexes, references, kinds, triggers = await executor.fetch_many([Call(sql) for sql in _CATALOGUE])
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

    def described(self, column: ColumnType) -> ColumnType:
        """There is one type of text without a width."""
        return super().described(replace(column, type="text" if column.type == "mediumtext" else column.type))

    def described_index(self, index: Index) -> Index:
        """With the word for NULL, which is at the end otherwise."""
        return index

    def create_index(self, table: str, index: Index, *, online: bool = False) -> str:
        """With the words for an index of trigrams."""
        text = super().create_index(table, index, online=online)
        if index.extra != TRIGRAMS:
            return text
        parts = ", ".join(f"{self.index_part(part)} gin_trgm_ops" for part in index.columns)
        return f"{text[: text.index(' (')]} USING gin ({parts})"

    def index_part(self, part: str) -> str:
        """With the word for NULL."""
        return super().index_part(part) + (NULLS_FIRST.upper() if part.endswith(NULLS_FIRST) else "")

    def classify(self, error: BaseException) -> DatabaseError | None:
        """By SQLSTATE; asyncpg's own errors by class."""
        import asyncpg

        if isinstance(error, asyncpg.PostgresError):
            state: str = getattr(error, "sqlstate", None) or ""
            kind = _BY_STATE.get(state) or _BY_CLASS.get(state[:2]) or DatabaseError
            # asyncpg raises the server's classes for what it cannot encode, too; only the server tells a severity.
            sent = getattr(error, "severity", None) is not None
            ours = kind(_SAYS.get(state), code=state or None, constraint=getattr(error, "constraint_name", None), sent=sent)
            ours.owner = getattr(error, "table_name", None)
            if isinstance(ours, ForeignKeyError):
                _read_reference(ours, str(error), getattr(error, "detail", None) or "")
            return ours
        if isinstance(error, asyncpg.InternalClientError):
            # Raised where the server has just said that it ends the connection.
            return ConnectionLostError()
        if isinstance(error, asyncpg.InterfaceError):
            return DatabaseUnavailableError() if _NOT_OPEN.search(str(error)) else DatabaseError(sent=False)
        if isinstance(error, TimeoutError):
            return StatementTimeoutError()
        if isinstance(error, OSError):
            untold = tls_problem(error) or (TLS_NOT_OFFERED if "rejected SSL" in str(error) else None)
            return ConnectionSetupError(untold) if untold else ConnectionLostError()
        return None

    def scrub(self, error: BaseException, ours: DatabaseError) -> None:
        """DETAIL and its like hold the key's values, and those of triggers whatever their author put there."""
        super().scrub(error, ours)
        told = vars(error)
        for name in {"detail", "hint", "context", "query", "internal_query"} & told.keys():
            told[name] = None
        if "message" in told:
            told["message"] = error.args[0]


_QUOTED = re.compile(r"[\"«»„“]\s*(\w+)\s*[\"«»“”]")
"""A name in a message, in the quotation marks of its language."""


def _read_reference(error: ForeignKeyError, message: str, detail: str) -> None:
    """Read which reference was violated, in whatever language: ``Key (tenant_id)=(…) is not present in table "tenants".``.

    The server names the table that refers by itself. The detail ends with the other one, or again with the one that refers where a row
    of it still does; then the message begins with the other one.
    """
    columns, named, first = re.search(r"\(([^()=]+)\)=\(", detail), _QUOTED.findall(detail), _QUOTED.search(message)
    if error.owner is None or columns is None or not named or first is None:
        return
    error.still_referenced = named[-1] == error.owner
    fields = () if error.still_referenced else tuple(re.findall(r"\w+", columns[1]))
    error.references = (Reference(error.owner, fields, first[1] if error.still_referenced else named[-1]),)


TOGETHER = 8
"""How many writes make one statement at most: each combination of texts is one that the server keeps prepared."""
PARAMETERS = 32_767
"""How many a statement may have, by asyncpg's count."""


def _can_be_part(call: Call) -> bool:
    """Whether a call can be a part of a statement: a plain write that gives no rows and has no end but the usual one."""
    return call.bounded and call.sql.startswith(("INSERT ", "UPDATE ", "DELETE ")) and "RETURNING" not in call.sql and ";" not in call.sql


@lru_cache(maxsize=1024)
def _joined(texts: tuple[tuple[str, int], ...]) -> str:
    """The text of several writes together; each comes with the number of its parameters."""
    parts: list[str] = []
    behind = 0
    for number, (sql, parameters) in enumerate(texts):
        moved = re.sub(r"\$(\d+)", partial(_moved, behind), sql)
        parts.append(f"w{number} AS ({moved} RETURNING 1)")
        behind += parameters
    counts = ", ".join(f"(SELECT count(*) FROM w{number})" for number in range(len(texts)))  # noqa: S608  # numbers
    return f"WITH {', '.join(parts)} SELECT {counts}"


def _moved(behind: int, parameter: re.Match[str]) -> str:
    return f"${int(parameter[1]) + behind}"


def _pattern(letter: str) -> str:
    """The letter as LIKE looks for it in lower case; one of which only some servers know the other case may be any."""
    if letter in "%_\\":
        return f"\\{letter}"
    if letter.isascii():
        return letter.lower()
    return letter if letter.lower() == letter.upper() else "_"


_INVALID = """SELECT 1 FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
              WHERE NOT i.indisvalid AND c.relname = $1 AND x.relname = $2 AND c.relnamespace = current_schema()::regnamespace"""
_CATALOGUE = (
    """SELECT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,
       CASE WHEN a.attidentity <> '' THEN 'identity' ELSE pg_get_expr(d.adbin, d.adrelid) END, l.collname::text
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum LEFT JOIN pg_collation l ON l.oid = a.attcollation
       WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relnamespace = current_schema()::regnamespace ORDER BY 1, a.attnum""",
    """SELECT c.relname::text, a.attname::text
       FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
       WHERE i.indisprimary AND k.place <= i.indnkeyatts AND c.relnamespace = current_schema()::regnamespace ORDER BY 1, k.place""",
    # What an index only INCLUDEs is no part of its key. A column of pg_index that an older server lacks is NULL as JSON.
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
    """A type as the registry names it."""
    return {"integer": "int", "smallint": "tinyint(1)"}.get(kind, kind.replace("character varying", "varchar"))


def _default(text: str | None, kind: str) -> str | int | None:
    """A default as PostgreSQL gives it back: ``'jwt_signing'::character varying``, ``'-1'::integer``."""
    if text is None:
        return None
    literal = re.match(r"'((?:[^']|'')*)'", text)
    bare = literal[1].replace("''", "'") if literal else text
    return int(bare) if "int" in kind and re.fullmatch("-?[0-9]+", bare) else bare


DIALECT = PostgreSQLDialect()


def _matched(status: str) -> int:
    """The count in a command tag: ``UPDATE 1``, ``INSERT 0 1``."""
    count = status.rpartition(" ")[2]
    return int(count) if count.isdigit() else 0


NO_TIMEOUT = 1e7
"""Seconds, a third of a year: overrules the ``command_timeout`` of a pool where a statement may take as long as it needs."""
RELEASE_TIMEOUT = 5.0
"""Seconds that a connection of a caller's pool has to become usable again before that pool closes it."""
MAX_IDLE = 300.0
"""Seconds for which a connection may be idle where others are left, as in asyncpg's own pool."""
STALE_PLAN = "0A000"
"""The code for, among others, a statement that was prepared before its table changed."""


async def _run(method: Callable[..., Awaitable[T]], connection: asyncpg.Connection, call: Call, limits: TimeLimits) -> T:
    """Run a statement by one of asyncpg's methods, in bounded time; errors are those of this package."""
    try:
        if call.bounded:
            with limits.enforce():
                return await method(call.sql, *call.args)
        return await method(call.sql, *call.args, timeout=NO_TIMEOUT)
    except Exception as error:
        ours = translate_error(DIALECT, error, lost=_is_closed(connection))
        raise ours from ours.__cause__


async def _rows(connection: asyncpg.Connection, call: Call, limits: TimeLimits) -> list[Row]:
    fetch = connection.fetch if call.prepared else partial(_fetch_once, connection)
    rows: list[Row] = await _run(fetch, connection, call, limits)
    return rows


async def _fetch_once(connection: asyncpg.Connection, sql: str, *args: Any, timeout: float | None = None) -> list[Row]:
    """Without a name: the server forgets the statement with the next one."""
    statement = await connection.prepare(sql, name="", timeout=timeout)
    rows: list[Row] = await statement.fetch(*args, timeout=timeout)
    return rows


async def _count(connection: asyncpg.Connection, call: Call, limits: TimeLimits) -> int:
    return _matched(await _run(connection.execute, connection, call, limits))


async def _counts(connection: asyncpg.Connection, combined: Call, limits: TimeLimits) -> list[int]:
    [counts] = await _rows(connection, combined, limits)
    return list(counts)


_COUNTED = ("INSERT ", "UPDATE ", "DELETE ")


async def _run_counts(connection: asyncpg.Connection, run: Sequence[Call], limits: TimeLimits) -> list[int]:
    """How many rows each write of a run matched, in as few trips as can be."""
    if is_insert_run(run):
        # COPY would be quicker, but is refused under row-level security and keeps the types of its first time for good.
        await _run(partial(_executed_many, connection, run), connection, run[0], limits)
        return [1] * len(run)
    if len(run) > 1 and run[0].prepared and run[0].sql.startswith(_COUNTED):
        found: list[Row] = await _run(partial(_returned, connection, run), connection, run[0], limits)
        counts = Counter(number for (number,) in found)
        return [counts[number] for number in range(len(run))]
    return [await _count(connection, call, limits) for call in run]


async def _executed_many(connection: asyncpg.Connection, run: Sequence[Call], sql: str, *_: Any, timeout: float | None = None) -> None:
    """Run one statement with many values, in one trip."""
    await connection.executemany(sql, [call.args for call in run], timeout=timeout)


async def _returned(connection: asyncpg.Connection, run: Sequence[Call], sql: str, *args: Any, timeout: float | None = None) -> list[Row]:
    """Run one statement with many values, in one trip; for each row that it matched the number of the values that matched it."""
    numbered = [(*call.args, number) for number, call in enumerate(run)]
    rows: list[Row] = await connection.fetchmany(f"{sql} RETURNING CAST(${len(args) + 1} AS integer)", numbered, timeout=timeout)
    return rows


def _is_closed(connection: asyncpg.Connection) -> bool:
    import asyncpg

    try:
        return bool(connection.is_closed())
    except asyncpg.InterfaceError:
        # One that was lost is no longer lent to us.
        return True


class PostgreSQLTransactionBackend:
    """A connection, while a transaction runs on it."""

    def __init__(self, connection: asyncpg.Connection, acquire_timeout: float, limits: TimeLimits) -> None:
        self._connection = connection
        self.acquire_timeout = acquire_timeout
        self._limits = limits

    async def fetch(self, calls: Sequence[Call]) -> list[list[Row]]:
        """Read, one trip each."""
        return [await _rows(self._connection, call, self._limits) for call in calls]

    async def write(self, calls: Sequence[Call], *, unordered: bool = False) -> list[int]:
        """Write, one trip for neighbours with the same text, or one for all where they are apart."""
        combined = DIALECT.combine(calls) if unordered else None
        if combined is not None:
            return await _counts(self._connection, combined, self._limits)
        return [count for run in split_runs(calls) for count in await _run_counts(self._connection, run, self._limits)]

    async def _command(self, sql: str) -> str:
        return await _run(self._connection.execute, self._connection, Call(sql), self._limits)

    async def begin(self) -> None:
        """BEGIN, its level said aloud: guards are written for it, whatever a caller's pool has as its default."""
        await self._command("BEGIN ISOLATION LEVEL READ COMMITTED")

    async def commit(self) -> None:
        """COMMIT."""
        with OutcomeGuard():
            status = await self._command("COMMIT")
        if status != "COMMIT":
            # The server's word for a transaction in which something had failed.
            raise TransactionAbortedError

    async def rollback(self) -> None:
        """ROLLBACK, whether or not asyncpg knows of a transaction: a BEGIN that was cancelled may have arrived all the same."""
        if not _is_closed(self._connection):
            await self._command("ROLLBACK")

    async def savepoint(self, name: str) -> None:
        """SAVEPOINT."""
        await self._command(f'SAVEPOINT "{name}"')

    async def release_savepoint(self, name: str) -> None:
        """RELEASE."""
        await self._command(f'RELEASE "{name}"')

    async def rollback_to_savepoint(self, name: str) -> None:
        """ROLLBACK TO and RELEASE, in one trip."""
        await self._command(f'ROLLBACK TO "{name}"; RELEASE "{name}"')

    async def abort(self) -> None:
        """Cut the connection."""
        if not _is_closed(self._connection):
            self._connection.terminate()

    def is_lost(self) -> bool:
        """Return whether the connection is lost."""
        return _is_closed(self._connection)


class PostgreSQLDriver:
    """asyncpg's connections, as our own pool uses them: what our statements leave behind needs no reset.

    Args:
        dsn: where the server is.
        connect: what opens a connection, ``asyncpg.connect`` unless a caller has its own.
        init: what a caller does with each connection that was opened.
        options: what ``connect`` takes.
    """

    def __init__(self, dsn: str, connect: Opening | None, init: Hook | None, options: dict[str, Any]) -> None:
        self._dsn = dsn
        self._connect = connect
        self._init = init
        self._options = options

    @property
    def caches_statements(self) -> bool:
        """Whether connections keep their prepared statements."""
        return bool(self._options["statement_cache_size"])

    async def open(self) -> asyncpg.Connection:
        """Open a connection.

        Raises:
            ConfigurationError: the URL or an option cannot be read.
            DatabaseUnavailableError: the server cannot be reached, or does not let us in.
        """
        import asyncpg

        try:
            connection = await (self._connect or asyncpg.connect)(self._dsn, **self._options)
        except TimeoutError as error:
            raise connect_timeout_error(error, self.server, self._options.get("timeout")) from error
        except OSError as error:
            # Some of these are of TLS, and ValueErrors as well.
            self._refused(error)
        except (TypeError, ValueError) as error:
            raise invalid_options_error(error) from None
        except Exception as error:
            self._refused(error)
        if self._init is not None:
            await _prepared(connection, self._init)
        return connection

    @property
    def server(self) -> Server:
        """Where the server is, for messages: an option beats the query of the URL, and that what stands before it, as in asyncpg."""
        parts = urlsplit(self._dsn)
        given = {**dict(parse_qsl(parts.query)), **{name: str(value) for name, value in self._options.items()}}
        return Server(
            "PostgreSQL",
            given.get("host") or unquote(parts.netloc.rpartition("@")[2]),
            given.get("user") or unquote(parts.username or "") or None,
            given.get("database") or unquote(parts.path[1:]) or None,
        )

    def _refused(self, error: Exception) -> NoReturn:
        ours = translate_error(DIALECT, error)
        if not isinstance(ours, DatabaseError):
            raise ours
        if ours.code == UNKNOWN_SETTING:
            names = ", ".join(name for name, _ in parse_qsl(urlsplit(self._dsn).query)) or "server_settings"
            ours = ConnectionSetupError(f"PostgreSQL has no such setting: correct one of {names} in the URL", code=ours.code)
            raise ours from error
        raise connect_error(ours, self.server) from error

    def is_open(self, connection: asyncpg.Connection) -> bool:
        """Whether it is open; asyncpg hears at once of what the server ends."""
        return not connection.is_closed()

    def in_transaction(self, connection: asyncpg.Connection) -> bool:
        """Whether a transaction is open."""
        return bool(connection.is_in_transaction())

    async def reset(self, connection: asyncpg.Connection) -> None:
        """Wait until the server has stopped what was cancelled, which asyncpg does before the next statement, and roll back."""
        await connection.execute("SELECT 1")
        if connection.is_in_transaction():
            await connection.execute("ROLLBACK")

    async def close(self, connection: asyncpg.Connection) -> None:
        """Say goodbye."""
        await connection.close()

    def terminate(self, connection: asyncpg.Connection) -> None:
        """Close the socket."""
        if not connection.is_closed():
            connection.terminate()


async def _prepared(connection: asyncpg.Connection, hook: Hook) -> None:
    """Do what a caller wants done with a connection; one that it fails on is not used."""
    try:
        await hook(connection)
    except BaseException as error:
        connection.terminate()
        if isinstance(error, Exception):
            reraise(DIALECT, error)
        raise


class PreparedPool(Pool["asyncpg.Connection"]):
    """A pool with a caller's ``setup``, which is awaited with each connection before it is lent."""

    def __init__(self, setup: Hook, driver: PostgreSQLDriver, **options: Any) -> None:
        super().__init__(driver, **options)
        self._setup = setup

    async def acquire(self) -> asyncpg.Connection:
        """Borrow a connection."""
        connection = await super().acquire()
        try:
            await _prepared(connection, self._setup)
        except BaseException:
            await self.release(connection)
            raise
        return connection


def _terminate(connection: asyncpg.Connection) -> None:
    """Close a connection that is still on its way back into a caller's pool."""
    import asyncpg

    # One that has come back is no longer ours: asyncpg refuses to touch it.
    with suppress(asyncpg.InterfaceError):
        connection.terminate()


class GivenPostgreSQLPool:
    """A caller's pool, by asyncpg's own methods."""

    def __init__(self, pool: asyncpg.Pool, acquire_timeout: float) -> None:
        self._pool = pool
        self._acquire_timeout = acquire_timeout
        self._acquiring = TimeLimits(acquire_timeout, TimeoutError)
        self._releasing = TimeLimits(SETTLE, TimeoutError)

    async def acquire(self) -> asyncpg.Connection:
        """Borrow a connection.

        Raises:
            PoolTimeoutError: none became free in time.
            DatabaseUnavailableError: none could be opened, or the pool is not open.
        """
        try:
            # By asyncpg's own timeout it would be a task more.
            with self._acquiring.enforce():
                return await self._pool.acquire()
        except TimeoutError as error:
            state = f"{self._pool.get_size()} of {self._pool.get_max_size()} open, {self._pool.get_idle_size()} idle"
            raise PoolTimeoutError(f"no connection became free in {self._acquire_timeout:g} seconds ({state})") from error
        except Exception as error:
            ours = translate_error(DIALECT, error)
            raise (connect_error(ours, Server("PostgreSQL")) if isinstance(ours, DatabaseError) else ours) from ours.__cause__

    async def release(self, connection: asyncpg.Connection, error: BaseException | None = None) -> None:
        """Give a connection back; neither a slow reset nor a lost server hides or delays what came of the statement."""
        try:
            with self._releasing.enforce():
                # asyncpg sees it to its end, whoever waits for it; a timeout of its own would be a timer more each time.
                await self._pool.release(connection)
        except TimeoutError:
            asyncio.get_running_loop().call_later(RELEASE_TIMEOUT, _terminate, connection)
        except Exception as failure:
            logger.warning("a connection could not be given back, so it was closed (%s)", type(failure).__name__)

    def expire_connections(self) -> None:
        """Nothing: asyncpg tells all connections of its pool by itself."""

    async def close(self) -> None:
        """It is the caller's."""


class PostgreSQLDatabase(PooledDatabase["asyncpg.Connection"]):
    """A PostgreSQL database: a pool of its own (``dsn``), or a caller's."""

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
        self._given = pool
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
        own = {"timeout": connect_timeout, "statement_cache_size": 0 if pgbouncer else statement_cache_size}
        self._driver = PostgreSQLDriver(dsn or "", connect, init, {**own, **options})

    @property
    def caches_statements(self) -> bool:
        """Whether prepared statements outlive a transaction; of a caller's pool, which has its own setting, always False."""
        return self._given is None and self._driver.caches_statements

    @property
    def _location(self) -> str:
        return "over a given pool" if self._given is not None else self._driver.server.location

    async def _open(self) -> None:
        if self._given is not None:
            self._pool = GivenPostgreSQLPool(self._given, self._acquire_timeout)
            return
        pool = Pool(self._driver, **self._sizes) if self._setup is None else PreparedPool(self._setup, self._driver, **self._sizes)
        self._pool = pool
        await pool.open()

    async def _fetch_rows(self, connection: asyncpg.Connection, calls: Sequence[Call]) -> list[list[Row]]:
        return [await _rows(connection, call, self._limits) for call in calls]

    async def _execute_write(self, connection: asyncpg.Connection, call: Call) -> int:
        with OutcomeGuard():
            return await _count(connection, call, self._limits)

    async def _write_transaction(self, calls: Sequence[Call], *, unordered: bool) -> list[int]:
        combined = DIALECT.combine(calls) if unordered else None
        if combined is None:
            return await super()._write_transaction(calls, unordered=unordered)
        return await self.run_on_connection(self._counted, combined)

    async def _counted(self, connection: asyncpg.Connection, combined: Call) -> list[int]:
        with OutcomeGuard():
            return await _counts(connection, combined, self._limits)

    def _transaction_backend(self, connection: asyncpg.Connection) -> PostgreSQLTransactionBackend:
        return PostgreSQLTransactionBackend(connection, self._acquire_timeout, self._limits)

    def _invalidates_connections(self, error: BaseException) -> bool:
        return isinstance(error, DatabaseError) and error.code == STALE_PLAN
