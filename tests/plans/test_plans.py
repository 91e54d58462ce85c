"""The indexes that each statement uses on each engine, and the limit of examined rows.

A database is filled with 100,000 users, nearly all of one tenant. Every statement is explained and run on it. ``plans.<engine>.txt``
contains a line for each: the call and the statement, the tables in the order in which they are read with their indexes, whether rows are
sorted, and the number of examined rows per returned row. SQLite and D1 plan without statistics. SQLite with ANALYZE, and generic plans of
PostgreSQL (``[generic]``), have separate lines if they differ. Statements on tables that are empty here are only in the files of SQLite and
D1, because the plans of servers depend on the number of rows.

``AUTHHERO_PLANS=write python -m pytest tests/plans --engines sqlite`` writes the files again. For servers, run the same command with
``python tests/engines.py run --engines postgresql,mysql,d1 --`` and ``python tests/mysql9.py --``.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from authhero_sql import Adapters, connect, migrate_to_latest
from authhero_sql.dialects import Call, Dialect
from authhero_sql.dialects.interface import Executor, Row
from authhero_sql.dialects.mysql import MySQL8Dialect
from authhero_sql.migrations import history
from authhero_sql.migrations.history import schema_after
from authhero_sql.schema import ForeignKey, Index, Table
from authhero_sql.tables import REGISTRY
from tests import population
from tests.plans.engines import Explainer, Read, opened
from tests.plans.statements import GROWING, Sent, statements
from tests.population import BIG

USERS = {"d1": 50_000}
"""The number of users on engines with another number than 100,000. The local D1 is slow."""
FILES = Path(__file__).parent
MIGRATION = "0008_list_indexes"
BUCKETS = (4, 20, 200)
"""The maximum number of examined rows per returned row."""
STEPS = (20, 200)
"""The same for SQLite, which counts steps."""

SQLITES = ("sqlite", "d1")
SERVERS = ("postgresql", "mariadb", "mysql9")
ALL = (*SQLITES, *SERVERS)


@dataclass(frozen=True, slots=True)
class Exempt:
    """Statements that may examine more rows, by a pattern of their key, and the engines on which they do."""

    keys: str
    reason: str
    on: tuple[str, ...] = ALL


EXEMPT = (
    Exempt("*· page with totals*: select*", "an exact count examines all counted rows"),
    Exempt("*dry run: select count*", "an exact count examines all counted rows"),
    Exempt("logs.cleanup: select count*", "an exact count examines all counted rows"),
    Exempt("*cleanup*: select *<", "the end of a batch is found by scanning it"),
    Exempt("user_roles.list_users · totals: *", "an exact count examines all counted rows"),
    Exempt("*.count: select count*", "an exact count examines all counted rows"),
    Exempt("analytics.*", "statistics examine all rows of their period"),
    Exempt("stats.*", "statistics examine all rows of their period"),
    Exempt("users.*~*", "a substring search scans the rows"),
    Exempt("client_grants.list: *~", "a substring search scans the rows"),
    Exempt("client_connections.list_by_connection: *", "the connections of a client are a list in a column"),
    Exempt("organizations.remove: *", "MySQL counts the memberships that the foreign key deletes", ("mysql9",)),
    Exempt("organizations.list · *", "sorting so few rows is as fast", ("mysql9",)),
    Exempt("users.list · *found by one of several*", "MySQL does not merge indexes if the tenant also has one", ("mysql9",)),
    Exempt("clients.list · sort client_id:*", "PostgreSQL scans all clients if one tenant has nearly all of them", ("postgresql",)),
    Exempt("outbox.get_unprocessed: *", "sorting a short backlog is as fast", ("postgresql",)),
)
UNREAD = (
    Exempt("idx_user_roles_role_user", "the index of the foreign key ends with the primary key", ("mariadb", "mysql9")),
    Exempt("idx_logs_tenant_user_date", "for so few rows, it uses another index and sorts", ("mysql9",)),
    Exempt("idx_user_organizations_members", "for so few rows, it uses another index or sorts", ("mysql9",)),
)
"""The indexes of the migration that no statement uses."""


@dataclass(frozen=True, slots=True)
class Explained:
    """A statement in a planning mode of the engine."""

    sent: Sent
    way: str
    read: Read

    @property
    def exceeds(self) -> bool:
        """Whether it examines more rows than its values and results justify."""
        # MySQL has a separate bound parameter for each value of a list.
        worth = self.read.given + max(self.sent.values, len(self.sent.args))
        return self.sent.grows and self.read.examined is not None and self.read.examined > 60 + 8 * worth

    def figure(self, buckets: Sequence[int]) -> str:
        """Return the approximate number of examined rows per returned row."""
        if self.read.examined is None:
            return "refused"
        if self.exceeds:
            return "all"
        share = self.read.examined / max(self.read.given, self.sent.values, 1)
        return next((f"≤{bucket}" for bucket in buckets if share <= bucket), "all")


@pytest.mark.slow
async def test_every_statement_reads_by_an_index_and_no_more_than_it_gives(engine: str, database_url: str, migrated_url: str) -> None:
    async with connect(database_url) as filled:
        await migrate_to_latest(filled)
    await population.fill(database_url, USERS.get(engine, 100_000))
    async with connect(database_url) as filled, connect(migrated_url) as empty:
        name = _file_name(filled.dialect)
        sent = [each for each in await statements(filled, empty) if each.grows or engine in SQLITES]
    async with opened(engine, database_url) as explainer:
        explained = [each async for each in _explained(engine, explainer, sent)]
        problems = [
            *_changed(FILES / f"plans.{name}.txt", _lines(explained, STEPS if engine == "sqlite" else BUCKETS)),
            *_unbounded(name, explained),
            *[problem async for problem in _unused(name, explainer, explained)],
        ]
    assert not problems, "\n".join(problems)


def test_every_reference_has_an_index_that_begins_with_its_columns() -> None:
    # A deletion needs these indexes for its foreign keys. Some engines do not create them.
    assert [f"{table.name}.{key.columns}" for table in REGISTRY.values() for key in table.foreign_keys if not _is_led(table, key)] == []


def _is_led(table: Table[Any], key: ForeignKey) -> bool:
    size = len(key.columns)
    return any({*columns[:size]} == {*key.columns} for columns in (table.key, *(index.names for index in table.indexes)))


def _file_name(dialect: Dialect) -> str:
    if isinstance(dialect, MySQL8Dialect):
        return "mysql9"
    return "mariadb" if dialect.name == "mysql" else dialect.name


async def _explained(engine: str, explainer: Explainer, sent: Sequence[Sent]) -> AsyncIterator[Explained]:
    # Queries come first, because D1 does not roll back writes.
    ordered = sorted(sent, key=lambda each: each.writes)
    passes = ("", "analyzed") if engine == "sqlite" else ("",)
    for turn in passes:
        if turn or engine != "sqlite":
            await explainer.statistics()
        for each in ordered:
            for way, read in (await explainer.explain(each)).items():
                yield Explained(each, way or turn, read)


def _lines(explained: Sequence[Explained], buckets: Sequence[int]) -> list[str]:
    """Yield a line for each statement, and additional lines for other modes that read differently."""
    ways: dict[tuple[str, str, str], list[Explained]] = {}
    for each in explained:
        ways.setdefault((each.sent.key, each.sent.sql, repr(each.sent.args)), []).append(each)
    lines = set()
    for first, *others in ways.values():
        told = f"{first.read.plan} | {first.figure(buckets)}"
        lines.add(f"{first.sent.key} | {told}")
        for other in others:
            if (differs := f"{other.read.plan} | {other.figure(buckets)}") != told:
                lines.add(f"{other.sent.key} [{other.way}] | {differs}")
    return sorted(lines)


def _changed(file: Path, lines: Sequence[str]) -> Iterator[str]:
    if os.environ.get("AUTHHERO_PLANS") == "write":
        file.write_text("\n".join(lines) + "\n", "utf-8")
    before, now = set(file.read_text("utf-8").splitlines()), set(lines)
    yield from (f"{file.name} does not contain: {line}" for line in sorted(now - before))
    yield from (f"{file.name} contains an outdated line: {line}" for line in sorted(before - now))


def _unbounded(name: str, explained: Sequence[Explained]) -> Iterator[str]:
    exempt = [each for each in EXEMPT if name in each.on]
    used = set()
    for each in explained:
        if not each.exceeds:
            continue
        reasons = {rule for rule in exempt if fnmatchcase(each.sent.key, rule.keys)}
        used |= reasons
        if not reasons:
            rows = f"{each.read.examined} rows for {each.read.given}"
            yield f"reads {rows}: {each.sent.key} [{each.way}] | {each.read.plan}\n  {each.sent.sql}"
    yield from (f"is within the limit, so remove the exemption: {rule.keys}" for rule in exempt if rule not in used)


async def _unused(name: str, explainer: Explainer, explained: Sequence[Explained]) -> AsyncIterator[str]:
    """Yield the indexes of the migration whose absence does not change any plan."""
    unread = {rule.keys for rule in UNREAD if name in rule.on}
    for table, index in _added():
        if index.name in unread or _serves_a_reference(REGISTRY[table], index) or (table not in GROWING and name not in SQLITES):
            continue
        # Only statements that use the index can change.
        by_it = [each for each in explained if index.name in each.read.plan and each.way != "generic"]
        async with explainer.without(table, index):
            after = [await explainer.plans(each.sent) for each in by_it]
        if [each.read.plan for each in by_it] == after:
            yield f"no statement uses {index.name}"


def _added() -> Iterator[tuple[str, Index]]:
    names = history.names()
    at = names.index(MIGRATION)
    before, after = (schema_after([history.load(name) for name in names[:end]]) for end in (at, at + 1))
    for name, table in after.items():
        yield from ((name, index) for index in table.indexes if index not in before[name].indexes)


def _serves_a_reference(table: Table[Any], index: Index) -> bool:
    return index.names == ("tenant_id",) and any(key.columns == ("tenant_id",) for key in table.foreign_keys)


@pytest.mark.engines("postgresql")
async def test_before_the_first_analyze_no_statement_about_linked_accounts_reads_the_tenant(adapters: Adapters) -> None:
    """Test the state after an import or a restore: without statistics, the planner expects few rows from any index of the tenant."""
    sent: list[Call] = []

    async def fetch(call: Call) -> list[Row]:
        sent.append(call)
        return await adapters.database.fetch(call)

    executor = SimpleNamespace(fetch=fetch)
    watched = Adapters(replace(adapters.context, executor=cast("Executor", executor)))
    await adapters.tenants.create({"id": BIG, "friendly_name": BIG})
    rows = [{"user_id": f"auth0|{number}", "email": f"{number}@acme.example", "connection": "c"} for number in range(20_000)]
    await adapters.users.create_many(BIG, rows)
    for ask in (
        lambda: watched.users.get(BIG, "auth0|7"),
        lambda: watched.users.list(BIG, where={"user_id": "auth0|7"}),
    ):
        sent.clear()
        await ask()
        (call,) = sent
        for way in ("force_custom_plan", "force_generic_plan"):
            async with adapters.database.transaction() as block:
                await block.execute(Call(f"SET LOCAL plan_cache_mode = {way}"))
                plan = "\n".join(line for (line,) in await block.fetch(Call(f"EXPLAIN (ANALYZE) {call.sql}", call.args)))
            _, found, linked = plan.partition("users_linked_to_index")
            assert found, plan
            assert "Rows Removed by Filter" not in linked, plan
