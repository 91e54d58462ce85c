"""All statements of the package: those of all lists with all options, of the calls below, and of the workload."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from authhero_sql import Adapters, Database, IdGenerator
from authhero_sql.clock import from_epoch_ms, to_iso
from authhero_sql.codecs import EPOCH_MS, INSTANT, TEXT
from authhero_sql.context import Context
from authhero_sql.crud.adapter import Adapter
from authhero_sql.dialects import Call
from authhero_sql.dialects.dialect import NULLS_FIRST, Dialect
from authhero_sql.dialects.interface import Row
from authhero_sql.lucene import Equal, quote
from authhero_sql.pagination import Cursor, ListRules, Sort
from authhero_sql.schema import Column
from authhero_sql.statements.access import index_for
from authhero_sql.statements.cache import CompiledStatement, StatementCache
from authhero_sql.statements.filters import compile_filter
from authhero_sql.where import one_of
from tests import population
from tests.kinds import adapter_classes
from tests.population import BIG, START, STEP, SqlDialect
from tests.workload.calls import calls
from tests.workload.replay import SteppingClock, outcome

NOW = datetime(2025, 3, 1, tzinfo=UTC)
"""A time within the population."""
GROWING = frozenset(population.tables(SqlDialect("sqlite")))
"""The growing tables, whose statements may only read a limited number of rows."""
ROW = 6
"""The number of a row in the large tenant that other rows refer to. Its user has a linked account."""
SMALL = "small7"
"""A tenant that is small enough to be deleted."""
EXISTING: dict[str, Any] = {
    "tenant_id": BIG, "user_id": f"auth0|u{ROW:08}", "role_id": "role0", "organization_id": "org00000001", "client_id": "client1",
    "action_id": "act_1", "operation_id": "op_1", "connection_id": "con_db", "custom_domain_id": "cd_1",
}  # fmt: skip
"""Values of these parameters in the population."""
REPLACEMENTS = {
    "auth0|ada": f"auth0|u{ROW:08}", "auth0|eve": f"auth0|u{ROW + 1:08}", "auth0|lin": f"auth0|u{ROW + 20:08}", "web": "client1",
    "s1": f"s{ROW:08}", "r1": f"r{ROW:08}", "c1": f"c{ROW:08}", "log_1": f"g{ROW:08}", "grant_1": f"n{ROW:08}", "am_1": f"a{ROW:08}",
    "login_acme": f"l{ROW:08}", "org_1": "org00000001", "uo_1": f"m{ROW:08}", "inv_1": f"i{ROW:08}", "ae_1": f"x{ROW:08}",
    "evt_1": "e00000010", "evt_2": "e00000030", "cg_1": "h00000001", "crt_1": "k00000001", "role_1": "role0", "p1": f"p{ROW:08}",
}  # fmt: skip
"""The rows of the population that replace those of the workload."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A statement with the call that sent it."""

    source: str
    sql: str
    args: tuple[Any, ...]
    planned: bool
    """Whether it is planned for its values each time."""

    @property
    def key(self) -> str:
        """The identification of the statement in the file."""
        return f"{self.source}: {summary(self.sql)}"

    @property
    def grows(self) -> bool:
        """Whether it uses a growing table."""
        return not GROWING.isdisjoint(_TABLE.findall(self.sql))

    @property
    def values(self) -> int:
        """The number of values in its lists."""
        lists = [json.loads(value) if isinstance(value, str) and value.startswith("[") else value for value in self.args]
        return sum(len(value) for value in lists if isinstance(value, list))

    @property
    def writes(self) -> bool:
        """Whether it changes rows."""
        return not self.sql.startswith(("SELECT", "WITH"))


_TABLE = re.compile(r"""\b(?:FROM|JOIN|UPDATE|INTO) \(*["`](\w+)["`]""")
_VERB = re.compile(r"""^(UPDATE|DELETE|INSERT)\b(?: FROM| INTO)? ["`](\w+)["`]""")
_COMPARED = re.compile(r"""["`](\w+)["`]\)?\s*(=|<>|<=|>=|<|>|IS NOT DISTINCT FROM|IS NOT NULL|IS NULL|IN\b|GLOB)""")
_MATCHED = re.compile(r"""(?:strpos|starts_with|right|INSTR|LIKE|REGEXP|LOCATE|GLOB|instr)""")


def summary(sql: str) -> str:
    """Summarize the verb, the table and the compared columns: ``select users tenant_id= linked_to null``."""
    found = _VERB.match(sql)
    verb, table = (found[1].lower(), found[2]) if found else ("select", next(iter(_TABLE.findall(sql)), ""))
    _, _, conditions = sql.partition(" WHERE ")
    words = {"IS NOT DISTINCT FROM": "=", "IS NULL": " null", "IS NOT NULL": " not null", "IN": " in", "GLOB": "~"}
    compared = dict.fromkeys(f"{name}{words.get(sign, sign)}" for name, sign in _COMPARED.findall(conditions))
    matched = ["~"] if _MATCHED.search(conditions) and "GLOB" not in conditions else []
    what = f"{verb} count {table}" if re.match(r"SELECT COUNT\(", sql) else f"{verb} {table}"
    return " ".join([what, *compared, *matched])


class RecordingCache(StatementCache):
    """A statement cache that records each statement with its parameters."""

    def __init__(self, dialect: Dialect) -> None:
        super().__init__(dialect)
        self.source = ""
        self.sent: dict[str, list[Sent]] = {}

    def get(
        self, shape: Any, build: Callable[[], Any], *, filtered: bool = False, planned: bool = False, is_plain_insert: bool = False
    ) -> CompiledStatement:
        """Return a statement that records its parameters."""
        statement = super().get(shape, build, filtered=filtered, planned=planned, is_plain_insert=is_plain_insert)

        def noted(values: Mapping[str, Any]) -> tuple[Any, ...]:
            args: tuple[Any, ...] = statement._pick(values)
            self.sent.setdefault(statement.sql, []).append(Sent(self.source, statement.sql, args, not statement.prepared))
            return args

        return replace(statement, _pick=noted)


class ReadOnlyExecutor:
    """An executor that reads from a database and simulates writes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._asked: set[str] = set()

    async def fetch(self, call: Call) -> list[Row]:
        """Return the rows."""
        return (await self.fetch_many((call,)))[0]

    async def fetch_many(self, calls: Sequence[Call]) -> list[list[Row]]:
        """Return the rows the first time, and none for a repeated query, because a deletion would have removed them."""
        again = {call.sql for call in calls} <= self._asked
        self._asked |= {call.sql for call in calls}
        if again:
            return [[(0,)] if call.sql.startswith("SELECT COUNT(") else [] for call in calls]
        return await self._database.fetch_many(calls)

    def forget(self) -> None:
        """Reset before the next call."""
        self._asked.clear()

    async def execute(self, call: Call) -> int:
        """Return one row, so that loops end. The cache has recorded the statement."""
        return 1

    async def write(self, calls: Sequence[Call], *, unordered: bool = False) -> list[int]:
        """Return one row for each statement."""
        return [1] * len(calls)


async def statements(filled: Database, empty: Database) -> list[Sent]:
    """Return all statements, each once, with arguments from the population.

    Args:
        filled: A database with the population.
        empty: A migrated database without rows.
    """
    asked, reading = RecordingCache(filled.dialect), ReadOnlyExecutor(filled)
    adapters = Adapters(Context(filled, reading, asked, lambda: NOW, IdGenerator(Random(7).randbytes)))
    async for source, call in _asked(adapters, filled):
        asked.source = source
        reading.forget()
        await call()
    played = RecordingCache(empty.dialect)
    adapters = Adapters(Context(empty, empty, played, SteppingClock(), IdGenerator(Random(7).randbytes)))
    for made in calls():
        played.source = made.name
        await outcome(adapters, made)
    # A planner distinguishes frequent from rare values. The size of the second batch depends on the clock, so it does not count.
    of_source = [sent for each in asked.sent.values() for sent in {sent.source: sent for sent in reversed(each)}.values()]
    first = {(sent.sql, repr(sent.args)): sent for sent in reversed(of_source)}
    rest = [max(map(_replace_args, each), key=_familiarity) for sql, each in played.sent.items() if sql not in asked.sent]
    return [sent for sent in (*first.values(), *rest) if _reads(sent)]


def _reads(sent: Sent) -> bool:
    """Return whether a statement reads rows. An INSERT of values only reads by key."""
    return not sent.sql.startswith("INSERT") or " SELECT " in sent.sql


def _replace_args(sent: Sent) -> Sent:
    return replace(sent, args=tuple(_replace_ids(value) for value in sent.args))


def _replace_ids(value: Any) -> Any:
    if isinstance(value, list):
        return [_replace_ids(item) for item in value]
    if isinstance(value, str) and value.startswith("["):
        for name, there in REPLACEMENTS.items():
            value = value.replace(f'"{name}"', f'"{there}"')
    return REPLACEMENTS.get(value, value) if isinstance(value, str) else value


def _familiarity(sent: Sent) -> int:
    known = {BIG, *REPLACEMENTS.values()}
    return sum(isinstance(value, str) and value in known for value in sent.args)


# --- calls -------------------------------------------------------------------------------------------------------------------------

NamedCall = tuple[str, Callable[[], Awaitable[object]]]


async def _asked(adapters: Adapters, filled: Database) -> AsyncIterator[NamedCall]:
    for name, kind in adapter_classes().items():
        if hasattr(kind, "list"):
            async for asked in _list(name, getattr(adapters, name), filled):
                yield asked
    for asked in _other_calls(adapters):
        yield asked


async def _list(name: str, adapter: Any, filled: Database) -> AsyncIterator[NamedCall]:
    """Yield the calls of a list with all options."""
    parameters = inspect.signature(adapter.list).parameters
    own = {each.name: EXISTING[each.name] for each in parameters.values() if each.default is each.empty}

    def asked(form: str, **given: Any) -> NamedCall:
        return f"{name}.list · {form}", lambda: adapter.list(**own, **given)

    yield asked("default")
    if "page" not in parameters:
        return
    yield asked("page", page=0)
    yield asked("page with totals", page=3, include_totals=True)
    forms = [{"page": 0}]
    if "from_" in parameters and adapter.rules.checkpoint is not None:
        for walk, given in _checkpoint_options(adapter):
            yield asked(walk, **given)
        forms.append({"take": 50})
    if "sort" in parameters and adapter.rules is not None:
        for sort in _indexed_sorts(adapter):
            yield asked(f"sort {sort}", page=0, sort=sort)
    if "q" in parameters:
        async for field, value in _indexed_fields(adapter, filled):
            for given in forms:
                yield asked(f"{'walk' if 'take' in given else 'page'} q {field}", q=f"{field}:{quote(value)}", **given)
            yield asked(f"page with totals q {field}", q=f"{field}:{quote(value)}", page=0, include_totals=True)


def _checkpoint_options(adapter: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the options for the first, middle and last page of checkpoint pagination, and for a page of rows without a value."""
    rules: ListRules = adapter.rules
    column = next(column for column in adapter.table.columns if column.public == rules.checkpoint)
    for direction in ("desc", "asc") if rules.bidirectional else ("desc",):
        sort = f"{rules.checkpoint}:{direction}"
        kind = sort if rules.bidirectional else None
        yield f"walk {sort}", {"take": 50, "sort": sort}
        values = {"in the middle": 2_000, "at the end": 3 if direction == "desc" else 10_000_000}
        for where, minute in values.items():
            yield f"walk {sort} {where}", {"take": 50, "sort": sort, "from_": Cursor(_minute(column, minute), "a", kind).encode()}
        if column.null:
            yield f"walk {sort} without a value", {"take": 50, "sort": sort, "from_": Cursor(None, "s", kind).encode()}


def _minute(column: Column, number: int) -> Any:
    ms = START + STEP * number
    return ms if column.codec is EPOCH_MS else to_iso(from_epoch_ms(ms))


def _indexed_sorts(adapter: Adapter[Any]) -> Iterator[str]:
    """Yield the sorts that an index supports completely, including the position of NULL."""
    table = adapter.table
    has = [table.key, *(index.columns for index in table.indexes)]
    for column in table.columns:
        if column.hidden or column.secret:
            continue
        for direction in ("asc", "desc"):
            order = adapter._lists.order(Sort(column.public, direction))
            wanted = [f"{part.column}{NULLS_FIRST if part.nullable else ''}" for part in order]
            start = ["tenant_id"] if table.tenant_scoped else []
            if any([*columns][: len(start) + len(wanted)] == [*start, *wanted] for columns in has):
                yield f"{column.public}:{direction}"


async def _indexed_fields(adapter: Adapter[Any], filled: Database) -> AsyncIterator[tuple[str, str]]:
    """Yield the fields of ``q`` with an index, each with an existing value."""
    table = adapter.table
    rules = adapter._lists.rules
    order = adapter._lists.order(rules.order, *rules.then_by)
    for field, target in adapter._targets().items():
        name = target.column.name
        if name not in table or name == "tenant_id" or (value := await _existing_value(filled, table.name, table[name])) is None:
            continue
        filter = compile_filter(Equal(field, value), rules, adapter._targets(), filled.dialect)
        led = {name} & filter.equal or {name} & {order[0].column}
        access = index_for(table, {"tenant_id", name}, (), order)
        columns = next((index.names for index in table.indexes if access and index.name == access.name), table.key)
        if led and name in columns[:2]:
            yield field, value


async def _existing_value(filled: Database, table: str, column: Column) -> str | None:
    """Return a value of a column in the format of ``q``, or None if no row of the large tenant has one."""
    name = filled.dialect.identifier
    own = f"{name('tenant_id')} = '{BIG}' AND " if table != "tenants" else ""
    rows = await filled.fetch(Call(f"SELECT MIN({name(column.name)}) FROM {name(table)} WHERE {own}{name(column.name)} IS NOT NULL"))
    value = rows[0][0]
    if value is None or column.codec not in (TEXT, INSTANT, EPOCH_MS):
        return None
    return to_iso(from_epoch_ms(value)) if column.codec is EPOCH_MS else str(value)


def _other_calls(a: Adapters) -> Iterator[NamedCall]:
    """Yield the calls of other methods."""
    user, later = EXISTING["user_id"], NOW - timedelta(days=30)
    yield "users.get", lambda: a.users.get(BIG, user)
    yield "users.remove", lambda: a.users.remove(BIG, user)
    for field, value in (("email", "adbeka1@example.com"), ("username", "nick10"), ("phone_number", "+4600000005"), ("name", "Ada")):
        yield f"users.list · found by {field}", lambda field=field, value=value: a.users.list(BIG, q=f"{field}:{quote(value)}", per_page=2)  # type: ignore[misc]  # bound here
    yield "users.list · found by e-mail and provider", lambda: a.users.list(BIG, q='email:"adbeka1@example.com" AND provider:auth0')
    either = 'email:"adbeka1@example.com" OR phone_number:"+4600000005" OR username:nick10'
    yield "users.list · found by one of several", lambda: a.users.list(BIG, q=either)
    yield "users.list · found by one of several, of a provider", lambda: a.users.list(BIG, q=f"provider:auth0 AND ({either})")
    yield "logs.list · of one of two types", lambda: a.logs.list(BIG, q="type:s OR type:f")
    yield "users.list · walk, found by one of several", lambda: a.users.list(BIG, q=either, take=50)
    yield "users.list · a part of the name", lambda: a.users.list(BIG, q="ada")
    yield "logs.list · of a time", lambda: a.logs.list(BIG, from_date=START // 1000, to_date=START // 1000 + 86_400)
    yield "logs.list · of a user and a type", lambda: a.logs.list(BIG, q=f"user_id:{quote(user)} AND type:s")
    for role in ("role0", "role3", "nobody's"):
        yield f"user_roles.list_users {role}", lambda role=role: a.user_roles.list_users(BIG, role)  # type: ignore[misc]
    yield "user_roles.list_users · totals", lambda: a.user_roles.list_users(BIG, "role0", include_totals=True)
    yield "user_roles.list_users · walk", lambda: a.user_roles.list_users(BIG, "role0", from_=Cursor(user, user).encode(), take=50)
    for word, scope in (("of all", {}), ("of a tenant", {"tenant_id": BIG}), ("of a user", {"tenant_id": BIG, "user_id": user})):
        for dry in (True, False):
            yield (
                f"session_cleanup {word}{' · dry run' if dry else ''}",
                lambda scope=scope, dry=dry: a.session_cleanup(**scope, dry_run=dry),  # type: ignore[misc]
            )
    for dry in (True, False):
        run = " · dry run" if dry else ""
        yield f"codes.cleanup{run}", lambda dry=dry: a.codes.cleanup(later, dry_run=dry)  # type: ignore[misc]
        yield f"outbox.cleanup{run}", lambda dry=dry: a.outbox.cleanup(later, dry_run=dry)  # type: ignore[misc]
        yield f"action_executions.cleanup{run}", lambda dry=dry: a.action_executions.cleanup(later, dry_run=dry)  # type: ignore[misc]
    for word, which in (("", {}), (" of a tenant", {"tenant_id": BIG}), (" of types", {"tenant_id": BIG, "types": ["s", "f"]})):
        for dry in (True, False):
            yield (
                f"logs.cleanup{word}{' · dry run' if dry else ''}",
                lambda which=which, dry=dry: a.logs.cleanup(later, **which, dry_run=dry),  # type: ignore[misc]
            )
    yield "users.find · e-mail", lambda: a.users.find(BIG, email="adbeka1@example.com")
    yield "users.find · user name", lambda: a.users.find(BIG, username="nick10")
    yield "users.find · phone number", lambda: a.users.find(BIG, phone_number="+4600000005")
    yield "users.exists", lambda: a.users.exists(BIG, user)
    yield "users.count · one of several ids", lambda: a.users.count(BIG, where={"user_id": one_of([user, "auth0|none"])})
    yield "users.list · one of several ids", lambda: a.users.list(BIG, where={"user_id": one_of([user, "auth0|none"])})
    yield "users.list · one of several addresses", lambda: a.users.list(BIG, where={"email": one_of(["adbeka1@example.com", "none"])})
    yield "logs.list · one of several types", lambda: a.logs.list(BIG, where={"type": one_of(["s", "f"])})
    yield "roles.get_by_name", lambda: a.roles.get_by_name(BIG, "role0")
    yield "connections.get_by_name", lambda: a.connections.get_by_name(BIG, "con0")
    yield "resource_servers.get_by_identifier", lambda: a.resource_servers.get_by_identifier(BIG, "api0")
    yield "users.get_by_email", lambda: a.users.get_by_email(BIG, "adbeka1@example.com")
    events = ["e00000010", "e00000030"]
    yield "outbox.get_unprocessed", lambda: a.outbox.get_unprocessed(50)
    yield "outbox.claim_events", lambda: a.outbox.claim_events(events, "worker", timedelta(seconds=1))
    yield "outbox.get_by_ids", lambda: a.outbox.get_by_ids(events)
    yield "outbox.mark_processed", lambda: a.outbox.mark_processed(events, worker_id="worker")
    yield "outbox.list_failed", lambda: a.outbox.list_failed(BIG)
    yield "outbox.list_failed · totals", lambda: a.outbox.list_failed(BIG, include_totals=True)
    yield "custom_domains.get_by_domain", lambda: a.custom_domains.get_by_domain("login.acme.example")
    yield "proxy_routes.resolve_host", lambda: a.proxy_routes.resolve_host("login.acme.example")
    weeks = {"from": "2025-02-01T00:00:00.000Z", "to": "2025-02-15T00:00:00.000Z"}
    for resource in ("logins", "active-users"):
        yield f"analytics.query {resource}", lambda of=resource: a.analytics.query(BIG, of, {**weeks, "group_by": ["time"]})  # type: ignore[misc]
    yield "analytics.session_retention", lambda: a.analytics.session_retention(BIG, 8)
    yield "analytics.refresh_token_retention", lambda: a.analytics.refresh_token_retention(BIG, 8)
    yield "stats.get_daily", lambda: a.stats.get_daily(BIG, "2025-02-01", "2025-02-15")
    yield "stats.get_active_users", lambda: a.stats.get_active_users(BIG)
    yield "tenants.remove", lambda: a.tenants.remove(SMALL)
