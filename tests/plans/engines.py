"""How an engine reads for a statement: by which index, whether it sorts, and how many rows it looks at for those that it gives."""

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
"""How many steps of SQLite's machine are taken for a row: it does not tell how many rows it reads."""
SECONDS = 20
"""What takes longer reads too much, whatever it is."""


@dataclass(frozen=True, slots=True)
class Read:
    """How a statement was read.

    Attributes:
        plan: the tables in the order in which they are read, each with its index, and whether something is sorted.
        examined: how many rows were looked at; None where the database refused the statement for its values.
        given: how many rows came of it, or were changed.
    """

    plan: str
    examined: int | None = None
    given: int = 0


class Explainer(Protocol):
    """Explains statements on one engine."""

    async def explain(self, sent: Sent) -> Mapping[str, Read]:
        """How a statement is read in each of the ways in which the engine may plan it. What it writes is not kept, but on D1."""
        ...

    async def plans(self, sent: Sent) -> str:
        """The plan alone."""
        ...

    async def statistics(self) -> None:
        """Make the statistics that the engine plans by."""
        ...

    def without(self, table: str, index: Index) -> AbstractAsyncContextManager[None]:
        """In the block it is as if the index were not there."""
        ...


def shown(accesses: Sequence[str], sorts: Sequence[str]) -> str:
    """A plan as a line has it."""
    return f"{', '.join(accesses) or '-'} | {' '.join(dict.fromkeys(sorts)) or '-'}"


# --- SQLite and D1 -----------------------------------------------------------------------------------------------------------------

_STEP = re.compile(
    r"^(SEARCH|SCAN) (?:TABLE )?(\S+)(?: AS \S+)?"
    r"(?: USING (AUTOMATIC )?(?:PARTIAL )?(COVERING )?(?:INDEX|INTEGER PRIMARY KEY)(?: (\w+))?(?: \((.*)\))?)?"
)


def _conditions(columns: str) -> str:
    """``tenant_id=? AND (created_at,id)<(?,?)`` as ``tenant_id created_at,id<``."""
    return re.sub(r"\(([\w,]+)\)([<>])\([?,]+\)", r"\1\2", columns).replace(" AND ", " ").replace("=?", "").replace("?", "")


def sqlite_plan(details: Sequence[str]) -> str:
    """What EXPLAIN QUERY PLAN says."""
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
    return shown(accesses, sorts)


class SQLite:
    """A file, without the statistics of ANALYZE and with them."""

    def __init__(self, path: str) -> None:
        # A statement that is kept goes on telling the plan that it was made with.
        self._connection = sqlite3.connect(path, isolation_level=None, cached_statements=0)
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._forget()
        self._steps = 0

    def close(self) -> None:
        """Let the file go."""
        self._connection.close()

    async def plans(self, sent: Sent) -> str:
        """As EXPLAIN QUERY PLAN tells it."""
        try:
            rows = self._connection.execute(f"EXPLAIN QUERY PLAN {sent.sql}", sent.args).fetchall()
        except sqlite3.OperationalError as error:
            return f"refused: {error}"
        return sqlite_plan([row[3] for row in rows])

    async def explain(self, sent: Sent) -> Mapping[str, Read]:
        """The work is counted in steps."""
        plan = await self.plans(sent)
        with self._undone():
            before = self._connection.total_changes
            self._steps = 0
            self._connection.set_progress_handler(self._step, WORK)
            try:
                rows = self._connection.execute(sent.sql, sent.args).fetchall()
            except sqlite3.IntegrityError:
                return {"": Read(plan)}
            finally:
                self._connection.set_progress_handler(None, 0)
            # Those that went by a reference are counted too.
            return {"": Read(plan, self._steps, len(rows) or self._connection.total_changes - before)}

    def _step(self) -> int:
        self._steps += 1
        return 0

    @contextmanager
    def _undone(self) -> Iterator[None]:
        self._connection.execute("BEGIN")
        try:
            yield
        finally:
            self._connection.execute("ROLLBACK")

    def _forget(self) -> None:
        """As in a file for which nobody has run ANALYZE; closing a database may have."""
        if self._connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'").fetchone():
            self._connection.execute("DELETE FROM sqlite_stat1")
            self._connection.execute("ANALYZE sqlite_master")

    async def statistics(self) -> None:
        """Make them."""
        self._connection.execute("ANALYZE")

    @asynccontextmanager
    async def without(self, table: str, index: Index) -> AsyncIterator[None]:
        """As if the index were not there."""
        with self._undone():
            self._connection.execute(f'DROP INDEX "{index.name}"')
            yield


class D1:
    """A local D1, which tells how many rows it has read."""

    def __init__(self, url: str) -> None:
        given = urlsplit(url)
        self._asked = 0
        self._client = httpx.AsyncClient(
            base_url=f"{parse_qs(given.query)['endpoint'][0]}/d1/database{given.path}/",
            headers={"Authorization": f"Bearer {given.password}"},
            timeout=60,
        )

    async def close(self) -> None:
        """Hang up."""
        await self._client.aclose()

    async def statistics(self) -> None:
        """It has none."""

    async def _query(self, sql: str, args: tuple[Any, ...] = ()) -> dict[str, Any]:
        text, params = as_d1_sends(Call(sql, args))
        answer = (await self._client.post("query", json={"sql": text, "params": params})).json()
        result: dict[str, Any] = answer["result"][0] if answer["success"] else {"refused": answer["errors"][0]["message"]}
        return result

    async def plans(self, sent: Sent) -> str:
        """As EXPLAIN QUERY PLAN tells it."""
        # A text that it has had goes on telling the plan that it was made with.
        self._asked += 1
        answer = await self._query(f"EXPLAIN QUERY PLAN /* {self._asked} */ {sent.sql}", sent.args)
        return f"refused: {answer['refused']}" if "refused" in answer else sqlite_plan([row["detail"] for row in answer["results"]])

    async def explain(self, sent: Sent) -> Mapping[str, Read]:
        """What it bills."""
        plan = await self.plans(sent)
        answer = await self._query(sent.sql, sent.args)
        if "refused" in answer:
            return {"": Read(plan)}
        meta = answer["meta"]
        return {"": Read(plan, meta["rows_read"], len(answer["results"]) or meta["changes"])}

    @asynccontextmanager
    async def without(self, table: str, index: Index) -> AsyncIterator[None]:
        """As if the index were not there."""
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
    """What EXPLAIN (FORMAT JSON) says."""
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
    return shown(accesses[::-1], sorts)


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
    """A server, planning for the values and planning for any."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def statistics(self) -> None:
        """Make them of all rows, and say that all are visible, so that they are the same every time."""
        await self._connection.execute("SET default_statistics_target = 1000")
        await self._connection.execute("VACUUM ANALYZE")

    @asynccontextmanager
    async def without(self, table: str, index: Index) -> AsyncIterator[None]:
        """As if the index were not there."""
        transaction = self._connection.transaction()
        await transaction.start()
        try:
            await self._connection.execute(f'DROP INDEX "{index.name}"')
            yield
        finally:
            await transaction.rollback()

    async def _undone(self, *statements: str) -> tuple[Any, int, int] | None:
        """The answer of the last statement, and how many rows were read and changed; None where it was refused."""
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
        return await self._undone(
            f"SET LOCAL plan_cache_mode = {mode}",
            f"PREPARE explained AS {sent.sql}",
            f"EXPLAIN ({what}FORMAT JSON) EXECUTE explained{values}",
        )

    async def plans(self, sent: Sent) -> str:
        """For the values."""
        told = await self._explained(sent, "force_custom_plan", "")
        return postgresql_plan(told[0]) if told else "refused"

    async def explain(self, sent: Sent) -> Mapping[str, Read]:
        """In both of its modes, where the server keeps the statement."""
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
    """A value in the text: EXECUTE takes no parameters."""
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
    """What EXPLAIN says."""
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
    return shown(accesses, sorts)


class MySQL:
    """A server, which counts what its storage reads."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._is_mysql = "MariaDB" not in connection.get_server_info()

    async def _ask(self, sql: str, args: tuple[Any, ...] | None = None) -> tuple[list[Mapping[str, Any]], int]:
        import aiomysql

        # EXPLAIN tells as a warning how it has understood a statement.
        with warnings.catch_warnings(action="ignore"):
            async with self._connection.cursor(aiomysql.DictCursor) as cursor:
                await cursor.execute(sql, args)
                return list(await cursor.fetchall()), cursor.rowcount

    async def plans(self, sent: Sent) -> str:
        """As EXPLAIN tells it."""
        import pymysql

        # MySQL has other forms now, MariaDB this one alone.
        form = "FORMAT=TRADITIONAL " if self._is_mysql else ""
        try:
            return mysql_plan((await self._ask(f"EXPLAIN {form}{sent.sql}", sent.args))[0])
        except pymysql.err.OperationalError as error:
            # The statement names an index that was taken away.
            return str(error)

    async def statistics(self) -> None:
        """Make them of more pages than most tables have, so that they are the same every time."""
        for table in sorted({*GROWING, "tenants"}):
            await self._ask(f"ALTER TABLE `{table}` STATS_SAMPLE_PAGES = 1000, STATS_AUTO_RECALC = 0")
            await self._ask(f"ANALYZE TABLE `{table}`")

    @asynccontextmanager
    async def without(self, table: str, index: Index) -> AsyncIterator[None]:
        """As if the index were not there."""
        hidden, seen = ("INVISIBLE", "VISIBLE") if self._is_mysql else ("IGNORED", "NOT IGNORED")
        await self._ask(f"ALTER TABLE `{table}` ALTER INDEX `{index.name}` {hidden}")
        try:
            yield
        finally:
            await self._ask(f"ALTER TABLE `{table}` ALTER INDEX `{index.name}` {seen}")

    async def explain(self, sent: Sent) -> Mapping[str, Read]:
        """Counted by the session's handlers."""
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
    """The explainer of a database."""
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

        # What the machine has decides whether workers help; the statistics are made of all rows, so that they are the same every time.
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
        async with _as_if_nothing_were_cached(options):
            connection = await aiomysql.connect(**options, db=parts.path[1:], charset="utf8mb4", autocommit=True)
            try:
                async with connection.cursor() as cursor:
                    await cursor.execute("SET NAMES utf8mb4 COLLATE utf8mb4_bin")
                yield MySQL(connection)
            finally:
                connection.close()


@asynccontextmanager
async def _as_if_nothing_were_cached(options: dict[str, Any]) -> AsyncIterator[None]:
    """MySQL's plans go by how much of an index is in memory at the moment; in the block what is there costs as much as what is not."""
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
