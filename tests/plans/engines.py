"""The query plan of a statement on each engine: the index, whether it sorts, and the number of rows that it examines."""

from __future__ import annotations

import json
import re
import sqlite3
import warnings
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

import httpx

from authhero_sql.dialects import Call
from authhero_sql.dialects.d1 import prepare_statement as as_d1_sends
from authhero_sql.schema import Index
from tests.plans.statements import GROWING, Sent

WORK = 40
"""The number of SQLite's virtual machine steps that count as one row, because SQLite does not report the number of rows it reads."""
SECONDS = 20
"""The time limit of a statement in seconds. A slower one examines too many rows."""


@dataclass(frozen=True, slots=True)
class Read:
    """How a statement reads.

    Attributes:
        plan: The tables in the order in which they are read, each with its index, and whether rows are sorted.
        examined: The number of examined rows, or None if the database rejected the values of the statement.
        given: The number of rows that were returned or changed.
    """

    plan: str
    examined: int | None = None
    given: int = 0


class Explainer(Protocol):
    """Explains statements on an engine."""

    async def explain(self, sent: Sent) -> Mapping[str, Read]:
        """Return how a statement reads in each planning mode of the engine. Its writes are rolled back, except on D1."""
        ...

    async def plans(self, sent: Sent) -> str:
        """Return only the plan."""
        ...

    async def statistics(self) -> None:
        """Create the statistics that the planner uses."""
        ...

    def without(self, table: str, index: Index) -> AbstractAsyncContextManager[None]:
        """Hide the index from the planner inside the block."""
        ...


def format_plan(accesses: Sequence[str], sorts: Sequence[str]) -> str:
    """Format a plan for a line of the file."""
    return f"{', '.join(accesses) or '-'} | {' '.join(dict.fromkeys(sorts)) or '-'}"


# --- SQLite and D1 -----------------------------------------------------------------------------------------------------------------

_STEP = re.compile(
    r"^(SEARCH|SCAN) (?:TABLE )?(\S+)(?: AS \S+)?"
    r"(?: USING (AUTOMATIC )?(?:PARTIAL )?(COVERING )?(?:INDEX|INTEGER PRIMARY KEY)(?: (\w+))?(?: \((.*)\))?)?"
)


def _conditions(columns: str) -> str:
    """Convert ``tenant_id=? AND (created_at,id)<(?,?)`` to ``tenant_id created_at,id<``."""
    return re.sub(r"\(([\w,]+)\)([<>])\([?,]+\)", r"\1\2", columns).replace(" AND ", " ").replace("=?", "").replace("?", "")


def sqlite_plan(details: Sequence[str]) -> str:
    """Return the plan of EXPLAIN QUERY PLAN."""
    accesses, sorts = [], []
    made = {detail.split()[-1] for detail in details if detail.startswith(("CO-ROUTINE", "MATERIALIZE"))}
    for detail in details:
        if detail in [f"SCAN {name}" for name in (*made, "json_each")] or " VIRTUAL TABLE " in detail:
            continue
        if found := _STEP.match(detail):
            verb, table, automatic, covering, index, columns = found.groups()
            by = re.sub(r"^sqlite_autoindex_.*", "key", index or ("made" if automatic else ""))
            what = "covering " if covering else ""
            conditions = f"({_conditions(columns)})" if columns else ""
            accesses.append(f"{table} {'scan ' if verb == 'SCAN' else ''}{what}{by}{conditions}".rstrip())
        elif "TEMP B-TREE" in detail:
            words = detail.partition(" FOR ")[2]
            sorts.append(
                "part sorted"
                if "PART" in words or "LAST" in words
                else {"ORDER BY": "sorted", "GROUP BY": "grouped"}.get(words, words.lower())
            )
    return format_plan(accesses, sorts)


class SQLite:
    """A SQLite file without and with the statistics of ANALYZE."""

    def __init__(self, path: str) -> None:
        # A cached statement would keep its previous plan.
        self._connection = sqlite3.connect(path, isolation_level=None, cached_statements=0)
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._remove_statistics()
        self._steps = 0

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    async def plans(self, sent: Sent) -> str:
        """Return the plan of EXPLAIN QUERY PLAN."""
        try:
            rows = self._connection.execute(f"EXPLAIN QUERY PLAN {sent.sql}", sent.args).fetchall()
        except sqlite3.OperationalError as error:
            return f"refused: {error}"
        return sqlite_plan([row[3] for row in rows])

    async def explain(self, sent: Sent) -> Mapping[str, Read]:
        """Run the statement and count its steps."""
        plan = await self.plans(sent)
        with self._run_and_roll_back():
            before = self._connection.total_changes
            self._steps = 0
            self._connection.set_progress_handler(self._step, WORK)
            try:
                rows = self._connection.execute(sent.sql, sent.args).fetchall()
            except sqlite3.IntegrityError:
                return {"": Read(plan)}
            finally:
                self._connection.set_progress_handler(None, 0)
            # Includes the rows that were changed by foreign keys.
            return {"": Read(plan, self._steps, len(rows) or self._connection.total_changes - before)}

    def _step(self) -> int:
        self._steps += 1
        return 0

    @contextmanager
    def _run_and_roll_back(self) -> Iterator[None]:
        self._connection.execute("BEGIN")
        try:
            yield
        finally:
            self._connection.execute("ROLLBACK")

    def _remove_statistics(self) -> None:
        """Remove the statistics, which a closed database may have created, as if ANALYZE had never run."""
        if self._connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'").fetchone():
            self._connection.execute("DELETE FROM sqlite_stat1")
            self._connection.execute("ANALYZE sqlite_master")

    async def statistics(self) -> None:
        """Create the statistics."""
        self._connection.execute("ANALYZE")

    @asynccontextmanager
    async def without(self, table: str, index: Index) -> AsyncIterator[None]:
        """Hide the index."""
        with self._run_and_roll_back():
            self._connection.execute(f'DROP INDEX "{index.name}"')
            yield


class D1:
    """A local D1, which reports the number of rows it reads."""

    def __init__(self, url: str) -> None:
        given = urlsplit(url)
        self._asked = 0
        self._client = httpx.AsyncClient(
            base_url=f"{parse_qs(given.query)['endpoint'][0]}/d1/database{given.path}/",
            headers={"Authorization": f"Bearer {given.password}"},
            timeout=60,
        )

    async def close(self) -> None:
        """Close the connection."""
        await self._client.aclose()

    async def statistics(self) -> None:
        """Do nothing, because D1 has no statistics."""

    async def _query(self, sql: str, args: tuple[Any, ...] = ()) -> dict[str, Any]:
        text, params = as_d1_sends(Call(sql, args))
        answer = (await self._client.post("query", json={"sql": text, "params": params})).json()
        result: dict[str, Any] = answer["result"][0] if answer["success"] else {"refused": answer["errors"][0]["message"]}
        return result

    async def plans(self, sent: Sent) -> str:
        """Return the plan of EXPLAIN QUERY PLAN."""
        # The same text would give the previous plan.
        self._asked += 1
        answer = await self._query(f"EXPLAIN QUERY PLAN /* {self._asked} */ {sent.sql}", sent.args)
        return f"refused: {answer['refused']}" if "refused" in answer else sqlite_plan([row["detail"] for row in answer["results"]])

    async def explain(self, sent: Sent) -> Mapping[str, Read]:
        """Run the statement and return the rows that D1 bills."""
        plan = await self.plans(sent)
        answer = await self._query(sent.sql, sent.args)
        if "refused" in answer:
            return {"": Read(plan)}
        meta = answer["meta"]
        return {"": Read(plan, meta["rows_read"], len(answer["results"]) or meta["changes"])}

    @asynccontextmanager
    async def without(self, table: str, index: Index) -> AsyncIterator[None]:
        """Hide the index."""
        await self._query(f'DROP INDEX "{index.name}"')
        try:
            yield
        finally:
            await self._query(f'CREATE INDEX "{index.name}" ON "{table}" ({", ".join(index.names)})')


# --- PostgreSQL --------------------------------------------------------------------------------------------------------------------

_COLUMN = re.compile(r"\(?\(?(?:\w+\.)?\"?(\w+)\"?\)?(?:::\w+)? (=|<=|>=|<|>|IS NULL|IS NOT NULL)")
_DONE = (
    "SELECT COALESCE(SUM(seq_tup_read + idx_tup_fetch), 0), COALESCE(SUM(n_tup_ins + n_tup_upd + n_tup_del), 0) "
    "FROM pg_stat_xact_user_tables"
)


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)


def postgresql_plan(plan: dict[str, Any]) -> str:
    """Return the plan of EXPLAIN (FORMAT JSON)."""
    accesses, sorts, bitmap = [], [], ""
    for node in reversed(list(_nodes(plan))):
        kind = node["Node Type"]
        if kind == "Bitmap Index Scan":
            bitmap = f"{bitmap}+{_by(node)}".lstrip("+")
        elif kind == "Bitmap Heap Scan":
            accesses.append(f"{node['Relation Name']} bitmap {bitmap}")
            bitmap = ""
        elif kind in ("Index Scan", "Index Only Scan"):
            accesses.append(f"{node['Relation Name']} {'covering ' if 'Only' in kind else ''}{_by(node)}")
        elif kind == "Seq Scan":
            accesses.append(f"{node['Relation Name']} scan")
        elif kind in ("Sort", "Incremental Sort"):
            sorts.append("sorted" if kind == "Sort" else "part sorted")
        elif kind in ("Aggregate", "Unique", "WindowAgg", "Hash Join", "Merge Join"):
            sorts.append(kind.lower())
    return format_plan(accesses[::-1], sorts)


def _by(node: dict[str, Any]) -> str:
    name = re.sub(r"\w+_pkey$", "key", node["Index Name"])
    signs = {"=": "", "IS NULL": " null", "IS NOT NULL": " not null"}
    behind: list[str] = []

    def row(found: re.Match[str]) -> str:
        behind.append(",".join(re.findall(r"(\w+)\)?(?:::\w+)?(?=,|$)", found[1])) + found[2])
        return ""

    condition = re.sub(r"ROW\((.+?)\) ([<>]) ROW", row, node.get("Index Cond", ""))
    columns = [*dict.fromkeys(f"{column}{signs.get(sign, sign)}" for column, sign in _COLUMN.findall(condition)), *behind]
    return f"{name}({' '.join(columns)})"


def _examined(plan: dict[str, Any]) -> int:
    total = 0.0
    for node in _nodes(plan):
        if node["Node Type"].endswith("Scan") and node["Node Type"] != "Bitmap Index Scan":
            rows = node.get("Actual Rows", 0) + node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
            total += rows * node.get("Actual Loops", 0)
    return round(total)


class PostgreSQL:
    """A PostgreSQL server with custom and generic plans."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def statistics(self) -> None:
        """Analyze all rows and mark all pages as visible, so that the plans are deterministic."""
        await self._connection.execute("SET default_statistics_target = 1000")
        await self._connection.execute("VACUUM ANALYZE")

    @asynccontextmanager
    async def without(self, table: str, index: Index) -> AsyncIterator[None]:
        """Hide the index."""
        transaction = self._connection.transaction()
        await transaction.start()
        try:
            await self._connection.execute(f'DROP INDEX "{index.name}"')
            yield
        finally:
            await transaction.rollback()

    async def _run_and_roll_back(self, *statements: str) -> tuple[Any, int, int] | None:
        """Run the statements, roll them back, and return the result of the last one with the numbers of read and changed rows, or None."""
        import asyncpg

        transaction = self._connection.transaction()
        await transaction.start()
        try:
            await self._connection.execute(f"SET LOCAL statement_timeout = '{SECONDS}s'")
            for statement in statements[:-1]:
                await self._connection.execute(statement)
            before = await self._connection.fetchrow(_DONE)
            told = json.loads(await self._connection.fetchval(statements[-1]))[0]["Plan"]
            after = await self._connection.fetchrow(_DONE)
            return told, int(after[0] - before[0]), int(after[1] - before[1])
        except asyncpg.QueryCanceledError:
            return None
        except asyncpg.IntegrityConstraintViolationError:
            return None
        finally:
            await transaction.rollback()
            await self._connection.execute("DEALLOCATE ALL")

    async def _explained(self, sent: Sent, mode: str, what: str) -> tuple[Any, int, int] | None:
        values = f"({', '.join(map(literal, sent.args))})" if sent.args else ""
        return await self._run_and_roll_back(
            f"SET LOCAL plan_cache_mode = {mode}",
            f"PREPARE explained AS {sent.sql}",
            f"EXPLAIN ({what}FORMAT JSON) EXECUTE explained{values}",
        )

    async def plans(self, sent: Sent) -> str:
        """Return the custom plan."""
        told = await self._explained(sent, "force_custom_plan", "")
        return postgresql_plan(told[0]) if told else "refused"

    async def explain(self, sent: Sent) -> Mapping[str, Read]:
        """Explain in both modes if the server caches the statement."""
        modes = {"": "force_custom_plan", **({} if sent.planned else {"generic": "force_generic_plan"})}
        return {name: await self._read(sent, mode) for name, mode in modes.items()}

    async def _read(self, sent: Sent, mode: str) -> Read:
        told = await self._explained(sent, mode, "ANALYZE, TIMING OFF, SUMMARY OFF, ")
        if told is None:
            unread = await self._explained(sent, mode, "")
            return Read(postgresql_plan(unread[0]) if unread else "refused")
        plan, read, changed = told
        given = changed if sent.writes else int(plan["Actual Rows"])
        return Read(postgresql_plan(plan), max(_examined(plan), read), given)


def literal(value: Any) -> str:
    """Return a value as SQL, because EXECUTE has no bound parameters."""
    if value is None:
        return "NULL"
    if isinstance(value, list):
        items = ", ".join(map(literal, value))
        return f"ARRAY[{items}]::{'text' if all(isinstance(item, str) for item in value) else 'bigint'}[]"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value)


# --- MySQL and MariaDB -------------------------------------------------------------------------------------------------------------

_LOOKUPS = {"const": "", "eq_ref": "", "ref": "", "ref_or_null": "", "system": "", "range": "range ", "index": "scan ", "ALL": "scan",
            "unique_subquery": "", "index_subquery": "", "index_merge": "merge ", "fulltext": "fulltext "}  # fmt: skip


def mysql_plan(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the plan of EXPLAIN."""
    accesses, sorts = [], []
    for row in rows:
        extra = row["Extra"] or ""
        if row["table"] is None or row["type"] is None:
            if extra and "No tables used" not in extra:
                accesses.append(extra.lower())
        elif not row["table"].startswith("<"):
            key = {"PRIMARY": "key", None: ""}.get(row["key"], row["key"])
            covering = "covering " if "Using index" in re.sub("Using index (condition|for)", "", extra) else ""
            accesses.append(f"{row['table']} {_LOOKUPS[row['type'].partition('|')[0]]}{covering}{key}".rstrip())
        sorts += ["sorted"] if "Using filesort" in extra else []
    return format_plan(accesses, sorts)


class MySQL:
    """A MySQL server, which counts the reads of its storage engine."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._is_mysql = "MariaDB" not in connection.get_server_info()

    async def _ask(self, sql: str, args: tuple[Any, ...] | None = None) -> tuple[list[Mapping[str, Any]], int]:
        import aiomysql

        # EXPLAIN adds a warning with the rewritten statement.
        with warnings.catch_warnings(action="ignore"):
            async with self._connection.cursor(aiomysql.DictCursor) as cursor:
                await cursor.execute(sql, args)
                return list(await cursor.fetchall()), cursor.rowcount

    async def plans(self, sent: Sent) -> str:
        """Return the plan of EXPLAIN."""
        import pymysql

        # MySQL has other formats by default now. MariaDB only has this one.
        form = "FORMAT=TRADITIONAL " if self._is_mysql else ""
        try:
            return mysql_plan((await self._ask(f"EXPLAIN {form}{sent.sql}", sent.args))[0])
        except pymysql.err.OperationalError as error:
            # The statement has a hint with the hidden index.
            return str(error)

    async def statistics(self) -> None:
        """Analyze more pages than most tables have, so that the plans are deterministic."""
        for table in sorted({*GROWING, "tenants"}):
            await self._ask(f"ALTER TABLE `{table}` STATS_SAMPLE_PAGES = 1000, STATS_AUTO_RECALC = 0")
            await self._ask(f"ANALYZE TABLE `{table}`")

    @asynccontextmanager
    async def without(self, table: str, index: Index) -> AsyncIterator[None]:
        """Hide the index."""
        hidden, seen = ("INVISIBLE", "VISIBLE") if self._is_mysql else ("IGNORED", "NOT IGNORED")
        await self._ask(f"ALTER TABLE `{table}` ALTER INDEX `{index.name}` {hidden}")
        try:
            yield
        finally:
            await self._ask(f"ALTER TABLE `{table}` ALTER INDEX `{index.name}` {seen}")

    async def explain(self, sent: Sent) -> Mapping[str, Read]:
        """Run the statement and count the reads in the session's handler status."""
        import pymysql

        plan = await self.plans(sent)
        await self._connection.begin()
        try:
            await self._ask("FLUSH STATUS")
            rows, count = await self._ask(sent.sql, sent.args)
            told, _ = await self._ask("SHOW SESSION STATUS LIKE 'Handler_read%%'", ())
            return {"": Read(plan, sum(int(row["Value"]) for row in told), count if sent.writes else len(rows))}
        except pymysql.err.IntegrityError:
            return {"": Read(plan)}
        finally:
            await self._connection.rollback()


# --- opening -----------------------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def opened(engine: str, url: str) -> AsyncIterator[Any]:
    """Yield the explainer of a database."""
    parts = urlsplit(url)
    if engine == "sqlite":
        explainer = SQLite(url.removeprefix("sqlite:///"))
        try:
            yield explainer
        finally:
            explainer.close()
    elif engine == "d1":
        d1 = D1(url)
        try:
            yield d1
        finally:
            await d1.close()
    elif engine == "postgresql":
        import asyncpg

        # Parallel workers depend on the machine. The statistics cover all rows, so that the plans are deterministic.
        connection = await asyncpg.connect(
            url, statement_cache_size=0, server_settings={"max_parallel_workers_per_gather": "0", "jit": "off"}
        )
        try:
            yield PostgreSQL(connection)
        finally:
            await connection.close()
    else:
        import aiomysql

        options = {
            "host": parts.hostname,
            "port": parts.port,
            "user": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
        }
        async with _ignore_buffer_pool(options):
            connection = await aiomysql.connect(**options, db=parts.path[1:], charset="utf8mb4", autocommit=True)
            try:
                async with connection.cursor() as cursor:
                    await cursor.execute("SET NAMES utf8mb4 COLLATE utf8mb4_bin")
                yield MySQL(connection)
            finally:
                connection.close()


@asynccontextmanager
async def _ignore_buffer_pool(options: dict[str, Any]) -> AsyncIterator[None]:
    """Ignore the buffer pool, because MySQL's plans depend on the part of an index that is currently in memory."""
    import aiomysql

    async def cost(value: str) -> None:
        connection = await aiomysql.connect(**options, autocommit=True)
        try:
            if "MariaDB" not in connection.get_server_info():
                async with connection.cursor() as cursor:
                    words = f"UPDATE mysql.engine_cost SET cost_value = {value} WHERE cost_name = 'memory_block_read_cost'"
                    await cursor.execute(words)
                    await cursor.execute("FLUSH OPTIMIZER_COSTS")
        finally:
            connection.close()

    await cost("1")
    try:
        yield
    finally:
        await cost("NULL")
