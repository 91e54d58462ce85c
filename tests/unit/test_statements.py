"""The exact SQL for each engine, without any values in it."""

from __future__ import annotations

import gc
import json
import re
import tracemalloc
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from pypika import Field
from pypika import Table as SQLTable
from pypika.terms import Term

from authhero_sql import Adapters, Sort
from authhero_sql.codecs import EPOCH_MS, INSTANT, INT, TEXT
from authhero_sql.context import Context
from authhero_sql.crud.adapter import Adapter
from authhero_sql.dialects import Call, Dialect
from authhero_sql.dialects.interface import Row
from authhero_sql.lucene import quote
from authhero_sql.models.base import Instant
from authhero_sql.pagination import Cursor, ListRules
from authhero_sql.schema import Column, Columns, Index, Table
from authhero_sql.statements import cache
from authhero_sql.statements.cache import Bind, LiteralError, StatementCache, compile_statement
from authhero_sql.statements.conditions import NOT_NULL, NULL, Subquery, gt, lte, null_or, one_of, other_than, pair_in
from authhero_sql.statements.table import JoinedTable
from tests.unit.fakes import DIALECTS, FakeDatabase

NOW = datetime(2026, 1, 31, 10, 0, tzinfo=UTC)
EXPECTED = Path(__file__).parent / "statements"
each_dialect = pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)


class Note(BaseModel):
    """A row of ``notes``."""

    id: str
    body: str | None = None
    seen: int | None = None
    created_at: Instant | None = None


class Tag(BaseModel):
    """A row of ``tags``."""

    note_id: str


class _Notes(Columns):
    tenant_id = Column(TEXT, 191, null=False, hidden=True)
    id = Column(TEXT, 255, null=False)
    body = Column(TEXT)
    created_at = Column(INSTANT, 35)


class _Tags(Columns):
    tenant_id = Column(TEXT, 191, null=False, hidden=True)
    id = Column(TEXT, 255, null=False)
    seen = Column(INT)
    expires_at_ts = Column(EPOCH_MS)


NOTES = Table(
    "notes",
    _Notes,
    key=("tenant_id", "id"),
    indexes=(Index("notes_created_at", ("tenant_id", "created_at nulls first", "id")), Index("notes_body", ("body",))),
)
TAGS = Table("tags", _Tags, key=("tenant_id", "id"))
NOTE, TAG = NOTES.c, TAGS.c


class Notes(Adapter[Note]):
    """A table with a joined table and pagination in both directions over a nullable column."""

    table = NOTES
    model = Note
    id_column = NOTE.id
    joined: ClassVar[JoinedTable | None] = JoinedTable(TAGS, {"seen": "seen"}, {"tenant_id": "tenant_id", "id": "id"})
    rules: ClassVar[ListRules] = ListRules(
        wire="notes", fields=("id", "body", "seen", "created_at"), search=("body",), exact=("id",), bidirectional=True
    )


class Plain(Adapter[Note]):
    """The same table without the joined table."""

    table = NOTES
    model = Note


ROW = {"tenant_id": "t", "id": "n", "body": "b", "created_at": "2026-01-31T10:00:00.000Z"}
KEY = {"tenant_id": "t", "id": "n"}
OF_TENANT = {NOTE.tenant_id: "t"}
OWN = {NOTE.tenant_id: "t", NOTE.id: "n"}
OWN_TAG = {TAG.tenant_id: "t", TAG.id: "n"}
PAGE: dict[str, Any] = {"page": 1, "per_page": 2, "include_totals": False, "sort": None, "q": None}
WALK = {**PAGE, "page": None, "per_page": None}


def filtered(q: str, **options: Any) -> Callable[[Notes, Plain], Awaitable[Any]]:
    """List a page with a filter."""
    how = WALK if "take" in options else PAGE
    return lambda notes, _: notes._lists.page(OF_TENANT, **{**how, "q": q}, **options)


def walk(sort: str, value: str | None) -> Callable[[Notes, Plain], Awaitable[Any]]:
    """List the page after a cursor."""
    cursor = Cursor(value, "n", sort).encode()
    return lambda notes, _: notes._lists.page(OF_TENANT, **{**WALK, "sort": sort}, from_=cursor, take=2)


async def in_transaction(plain: Plain, work: Callable[[Plain], Awaitable[Any]]) -> None:
    """Run in a transaction."""
    async with plain.context.transaction() as session:
        await work(Plain(session))


def run(make: Callable[[Plain], Call]) -> Callable[[Notes, Plain], Awaitable[Any]]:
    """Execute one statement of the table without the joined table."""
    return lambda _, plain: plain._run.write(make(plain))


SHAPES: dict[str, Callable[[Notes, Plain], Awaitable[Any]]] = {
    "get": lambda _, plain: plain._get(OWN),
    "get of one row or others": lambda notes, _: notes._run.fetch(
        notes._sql.select_either(notes._reader, OWN, {**OF_TENANT, NOTE.body: "b"})
    ),
    "get with the side table": lambda notes, _: notes._get(OWN),
    "all in order, limited": lambda _, plain: plain._all(OF_TENANT, (NOTE.created_at.desc, NOTE.id.asc), 3),
    "operators": lambda _, plain: plain._all({NOTE.id: other_than("n"), NOTE.created_at: gt(NOW) & lte(NOW), NOTE.body: NULL}),
    "null or later": lambda _, plain: plain._all({NOTE.created_at: null_or(gt(NOW)), NOTE.body: NOT_NULL}),
    "in a list of three": lambda _, plain: plain._all({**OF_TENANT, NOTE.id: one_of(["a", "b", "c"])}),
    "insert": run(lambda plain: plain._sql.insert(ROW)),
    "update": run(lambda plain: plain._sql.update(OWN, {"body": "x", "created_at": None})),
    "update of the row that another row names": run(
        lambda plain: plain._sql.update({**OF_TENANT, NOTE.id: Subquery(TAGS, TAG.id, {**OWN_TAG, TAG.seen: 1})}, {"body": "x"})
    ),
    "update and delete by an index": lambda _, plain: plain._run.write(
        plain._sql.update({**OF_TENANT, NOTE.body: "b"}, {"created_at": None}), plain._sql.delete({**OF_TENANT, NOTE.body: "b"})
    ),
    "update if another row exists": run(lambda plain: plain._sql.update(OWN, {"body": "x"}, only_if=(TAGS, {**OWN_TAG, TAG.seen: gt(1)}))),
    "update if the row that belongs to it exists": run(
        lambda plain: plain._sql.update(OWN, {"body": "x"}, only_if=(TAGS, {TAG.seen: gt(1)}), on={"tenant_id": "tenant_id", "id": "id"})
    ),
    "delete": run(lambda plain: plain._sql.delete(OWN)),
    "delete of pairs": run(lambda plain: plain._sql.delete({NOTE.tenant_id: pair_in(NOTE.id, [("t", "a"), ("u", "b")])})),
    "delete of the rows that others name": run(
        lambda plain: plain._sql.delete(
            {TAG.tenant_id: "t", TAG.id: Subquery(NOTES, NOTE.id, {**OF_TENANT, NOTE.body: "b"}, several=True)}, TAGS
        )
    ),
    "delete in batches": lambda _, plain: plain._deleter.delete_before(OF_TENANT, NOTE.created_at, NOW),
    "delete in batches, unordered": lambda _, plain: plain._deleter.delete_matching({NOTE.created_at: NULL}),
    "upsert": run(lambda plain: plain._sql.upsert(ROW)),
    "upsert of a key": run(lambda plain: plain._sql.upsert(KEY)),
    "upsert that changes nothing": run(lambda plain: plain._sql.upsert(ROW, (), key=("tenant_id", "body"))),
    "upsert that adds": run(lambda plain: plain._sql.upsert({**KEY, "body": 1}, ("body",), added=("body",))),
    "insert if exists": run(lambda plain: plain._sql.insert_if_exists(TAGS, {**KEY, "seen": 1, "expires_at_ts": 2}, OWN)),
    "insert if a row of the same table exists": run(lambda plain: plain._sql.insert_if_exists(NOTES, ROW, {NOTE.id: "m"}, upsert=())),
    "upsert if exists": run(lambda plain: plain._sql.insert_if_exists(TAGS, {**KEY, "seen": 1}, OWN, upsert=("seen",))),
    "lock": lambda _, plain: plain._run.write(*plain._sql.lock_row(TAGS, OWN_TAG)),
    "swap": lambda _, plain: plain._revise_column(OWN, NOTE.body, str.upper),
    "revision": lambda _, plain: plain._revise(OWN, (NOTE.body, NOTE.created_at), lambda _: {"body": "x"}),
    "swap in a transaction": lambda _, plain: in_transaction(plain, lambda inside: inside._revise_column(OWN, NOTE.body, str.upper)),
    "swap of nothing": lambda _, plain: plain._revise_column(OWN, NOTE.body, lambda _: "B"),
    "page": lambda notes, _: notes._lists.page(OF_TENANT, **{**PAGE, "sort": Sort("seen", "desc")}),
    "page with totals, empty": lambda notes, _: notes._lists.page(OF_TENANT, **{**PAGE, "include_totals": True}),
    "walk from the start": lambda notes, _: notes._lists.page(OF_TENANT, **WALK, take=2),
    "walk on, descending": walk("created_at:desc", "2026-01-31T10:00:00.000Z"),
    "walk on, ascending": walk("created_at:asc", "2026-01-31T10:00:00.000Z"),
    "walk on at NULL, descending": walk("created_at:desc", None),
    "walk on at NULL, ascending": walk("created_at:asc", None),
    "filter: equal, and absent": filtered('id:n -body:"x"'),
    "filter: one of two, each by its index": filtered("body:b OR id:n", take=2),
    "filter: comparisons": filtered("seen:>1 seen:[2 TO 3} -seen:<=4 created_at:2026-01-31"),
    "filter: is there, or not": filtered("_exists_:body OR -_exists_:seen"),
    "filter: parts": filtered("body:*Éa* body:aé* body:*EÉ -body:*b*"),
    "filter: free text": filtered("a -b"),
    "filter: a walk": filtered("seen:1", take=2),
    "filter: totals over the side table": lambda notes, _: notes._lists.page(
        OF_TENANT, **{**PAGE, "include_totals": True, "q": "seen:1 OR body:b"}
    ),
    "filter: totals": lambda notes, _: notes._lists.page(OF_TENANT, **{**PAGE, "include_totals": True, "q": "body:b"}),
}
"""All kinds of statements, by their purpose."""
ANSWERS: dict[str, Sequence[list[Row]]] = {
    # A full page, and then a partial one.
    "delete in batches": ([["2025-01-01T00:00:00.000Z", 100]], [["2025-02-01T00:00:00.000Z", 1]]),
    "swap": ([["b"]],),
    "swap in a transaction": ([["b"]],),
    "revision": ([["b", None]],),
    "swap of nothing": ([[None]],),
    "page with totals, empty": ([], [[0]]),
    "filter: totals over the side table": ([], [[0]]),
    "filter: totals": ([], [[0]]),
}
"""The answers of the database for shapes that send several statements."""


async def statements_of(dialect: Dialect, shape: str) -> list[Call]:
    """Return the statements of a shape."""
    database = FakeDatabase(dialect, *ANSWERS.get(shape, ()))
    session = Context.of(database, clock=lambda: NOW)
    await SHAPES[shape](Notes(session), Plain(session))
    return database.calls


def expected_statements(name: str) -> dict[str, list[str]]:
    """Return the expected statements of a dialect by shape.

    In the file, a comment contains the name of the shape and the values of each statement.
    """
    shapes: dict[str, list[str]] = {}
    for line in (EXPECTED / f"{name}.sql").read_text("utf-8").splitlines():
        if line.startswith("-- # "):
            shapes[line.removeprefix("-- # ")] = current = []
        elif line:
            current.append(line)
    return shapes


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", DIALECTS)
async def test_statements_are_pinned(name: str, shape: str) -> None:
    lines = []
    for call in await statements_of(DIALECTS[name], shape):
        lines += [f"{call.sql};", f"-- {json.dumps(call.args)}"]
    assert lines == expected_statements(name).get(shape, [])


@pytest.mark.parametrize("name", DIALECTS)
def test_no_pinned_statement_is_left_over(name: str) -> None:
    # An engine without row locks gets no statement here.
    assert set(SHAPES) - set(expected_statements(name)) <= {"lock"}
    assert set(expected_statements(name)) <= set(SHAPES)


@pytest.mark.parametrize(("entries", "calls"), [(0, 1), (99, 2), (100, 3)])
async def test_the_sweep_ends_where_fewer_entries_are_left_than_it_asks_for(entries: int, calls: int) -> None:
    database = FakeDatabase(DIALECTS["sqlite"], [["2025-01-01T00:00:00.000Z" if entries else None, entries]])
    assert await Plain(Context.of(database))._deleter.delete_before({}, NOTE.created_at, NOW) == int(entries > 0)
    assert len(database.calls) == calls


# --- no values in statements -------------------------------------------------------------------------------------------------

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20)
SNEAKY = (
    "' OR '1'='1",
    '"; DROP TABLE users; --',
    "`",
    "\\",
    "%s",
    "?",
    "$1",
    "{0}",
    "100%",
    "\x01where_0\x01",
    ":name",
    "'\\''",
    "/*",
    "İ",
)
DEVICE = dict.fromkeys(("initial_user_agent", "initial_ip", "initial_asn", "last_user_agent", "last_ip", "last_asn"), "x")


async def workload(dialect: Dialect, text: str, number: int, flag: bool) -> list[str]:
    """Return the statements of various calls with a caller's values."""
    database = FakeDatabase(dialect)
    adapters = Adapters(Context.of(database, clock=lambda: NOW))
    user = {"user_id": text, "connection": text, "email": text, "blocked": flag, "app_metadata": {text: number}}
    await adapters.tenants.create({"id": text, "friendly_name": text, "idle_session_lifetime": number})
    await adapters.users.create(text, {**user, "password": {"hash": text, "algorithm": "bcrypt"}, "last_ip": text[:45]})
    await adapters.users.update(text, text, {"name": text, "email_verified": flag, "login_count": number})
    await adapters.users.get(text, text)
    await adapters.users.remove(text, text)
    await adapters.users.unlink(text, text, text, text)
    await adapters.users.list(text, page=number % 7, sort="email:desc")
    await adapters.users.list(text, take=number % 7, from_=Cursor(text, text, "created_at:desc").encode())
    await adapters.user_activity.upsert(text, text, {"login_count": number, "last_ip": text})
    await adapters.clients.create(text, {"client_id": text, "name": text, "callbacks": [text], "sso": flag})
    await adapters.clients.update(text, text, {"name": text, "client_metadata": {"a": text}})
    await adapters.client_connections.add_client_to_connection(text, text, text)
    await adapters.codes.create(text, {"code_id": text, "code_type": "otp", "login_id": text, "expires_at": NOW})
    await adapters.codes.consume(text, text)
    await adapters.codes.cleanup(NOW)
    await adapters.logs.create(text, {"type": "s", "date": NOW, "isMobile": flag, "description": text})
    await adapters.logs.list(text, from_date=number % 7, to_date=number % 7)
    operand = quote(text)
    await adapters.users.list(text, q=f"name:{operand} OR -email:>{operand} login_count:{number} blocked:{str(flag).lower()}")
    await adapters.logs.list(text, q=f"ip:({operand} OR >{operand}) -city_name:[{operand} TO *]", take=3)
    session = {"id": text, "user_id": text, "login_session_id": text, "clients": [text], "device": DEVICE, "expires_at": NOW}
    await adapters.sessions.create(text, session)
    await adapters.sessions.update(text, text, {"expires_at": NOW})
    await adapters.refresh_tokens.update(text, text, {"rotating": flag}, login_session_bump=(text, NOW))
    await adapters.refresh_tokens.revoke_family(text, text, NOW)
    await adapters.login_sessions.update(text, text, {"auth_params": {"state": text}, "user_id": text})
    await adapters.passwords.list(text, text, limit=number % 7)
    await adapters.session_cleanup(text, text)
    return [call.sql for call in database.calls]


async def same_texts(dialect: Dialect, text: str, number: int, flag: bool) -> None:
    """Check that the statements are the same as those for harmless values."""
    assert await workload(dialect, text, number, flag) == await workload(dialect, "harmless", 5, True)


@each_dialect
@settings(max_examples=10)
@given(text=texts, number=st.integers(0, 2**31 - 1), flag=st.booleans())
async def test_the_text_does_not_depend_on_the_values(dialect: Dialect, text: str, number: int, flag: bool) -> None:
    await same_texts(dialect, text, number, flag)


@each_dialect
@pytest.mark.parametrize("text", SNEAKY)
async def test_sneaky_values_change_no_text(dialect: Dialect, text: str) -> None:
    await same_texts(dialect, text, 5, True)


@each_dialect
@pytest.mark.parametrize("shape", SHAPES)
async def test_there_is_a_placeholder_for_each_value(dialect: Dialect, shape: str) -> None:
    for call in await statements_of(dialect, shape):
        if dialect.name in {"postgresql", "d1"}:
            place = "${}".format if dialect.name == "postgresql" else lambda number: f"(?1->>{number - 1})"
            assert all(place(number + 1) in call.sql for number in range(len(call.args)))
            assert place(len(call.args) + 1) not in call.sql
        else:
            assert call.sql.count("?" if dialect.name == "sqlite" else "%s") == len(call.args)


literals = st.one_of(
    st.text(max_size=20),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.datetimes(),
    st.binary(max_size=8),
    st.sampled_from(SNEAKY),
)
USES: dict[str, Callable[[Any, Field, Any], Any]] = {
    "where": lambda query, field, value: query.from_("t").select(field).where(field == value),
    "in": lambda query, field, value: query.from_("t").select(field).where(field.isin([value])),
    "select": lambda query, field, value: query.from_("t").select(field, Term.wrap_constant(value)),
    "insert": lambda query, _, value: query.into("t").columns("a").insert(value),
    "set": lambda query, field, value: query.update(SQLTable("t")).set(field, value),
}


@each_dialect
@pytest.mark.parametrize("use", USES)
@settings(max_examples=25)
@given(value=literals)
@example(value=b"'")
def test_a_statement_with_a_literal_is_refused(dialect: Dialect, use: str, value: Any) -> None:
    with pytest.raises(LiteralError):
        compile_statement(dialect, USES[use](dialect.query, Field("a"), value))
    compile_statement(dialect, USES[use](dialect.query, Field("a"), Bind("value")))


@each_dialect
def test_a_limit_must_be_bound(dialect: Dialect) -> None:
    query: Any = dialect.query.from_("t").select("a")
    for literal in (query.limit(5), query.offset(5), query.limit(0)):
        with pytest.raises(LiteralError):
            compile_statement(dialect, literal)
    assert compile_statement(dialect, query.limit(Bind("limit"))).names == ("limit",)


@each_dialect
def test_names_with_digits_are_no_literals(dialect: Dialect) -> None:
    compile_statement(dialect, dialect.query.from_("t1").select("line_2", "3rd").where(Field("is_true") == Bind("true1")))


# --- cached statements -------------------------------------------------------------------------------------------------------


def count_star(dialect: str = "sqlite") -> Any:
    """Return a simple statement."""
    return DIALECTS[dialect].query.from_("t").select("a")


def test_a_statement_is_built_once() -> None:
    kept = StatementCache(DIALECTS["sqlite"])
    first = kept.get(("a",), count_star)
    assert kept.get(("a",), count_star) is first
    assert kept.builds == 1
    kept.get(("b",), count_star)
    assert kept.builds == 2


def test_no_more_is_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "CACHE_BYTES", 1000)
    kept = StatementCache(DIALECTS["sqlite"])
    for shape in range(100):
        kept.get(shape, count_star)
    kept.get(99, count_star)
    assert kept.builds == 100
    # The oldest statement was evicted and is compiled again.
    kept.get(0, count_star)
    assert kept.builds == 101
    # A statement that exceeds the size of the cache is used but not cached.
    for _ in range(2):
        kept.get("x" * 1000, count_star)
    assert kept.builds == 103


def test_callers_filters_drive_out_none_of_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "FILTER_CACHE_BYTES", 1000)
    kept = StatementCache(DIALECTS["sqlite"])
    kept.get("own", count_star)
    for shape in range(100):
        kept.get(shape, count_star, filtered=True)
    kept.get("own", count_star)
    assert kept.builds == 101


def test_what_is_planned_for_its_values_is_never_prepared() -> None:
    kept = StatementCache(DIALECTS["postgresql"])
    for _ in range(3):
        assert kept.get("own", partial(count_star, "postgresql")).bind({}).prepared
        assert not kept.get("planned", partial(count_star, "postgresql"), planned=True).bind({}).prepared
    assert kept.builds == 2


async def test_a_callers_filter_is_planned_for_its_values_unless_it_names_a_row() -> None:
    database = FakeDatabase(DIALECTS["postgresql"])
    users = Adapters(Context.of(database)).users
    for q, prepared in {
        "email:ada@acme.example": True,
        "user_id:ada": True,
        "email:ada@acme.example AND provider:auth0": True,
        "provider:auth0": False,
        "connection:email": False,
        "name:Ada": False,
        "email:ada@acme.example AND blocked:true": False,
        "email:ada@acme.example OR email:eve@acme.example": False,
        "email:ada*": False,
        "NOT email:ada@acme.example": False,
    }.items():
        database.calls.clear()
        await users.list("acme", q=q)
        assert database.calls[0].prepared is prepared, q


@each_dialect
async def test_what_is_gathered_is_that_of_the_row_around_it(dialect: Dialect) -> None:
    """Test the correlation of the subquery: an unqualified column would belong to the inner table, and no account is linked to itself."""
    database = FakeDatabase(dialect)
    await Adapters(Context.of(database)).users.list("acme")
    found = re.search(r"others[`\"]\.[`\"]linked_to[`\"] ?= ?[`\"](\w+)[`\"](?:\.[`\"](\w+))?", database.calls[0].sql)
    assert found is not None
    assert found.groups() == ("users", "user_id")


@each_dialect
async def test_many_large_filters_take_no_more_memory_than_allowed(dialect: Dialect, monkeypatch: pytest.MonkeyPatch) -> None:
    room = 1 << 18
    monkeypatch.setattr(cache, "FILTER_CACHE_BYTES", room)
    users = Adapters(Context.of(NonRecordingDatabase(dialect))).users
    await users.list("acme", q="a -b")
    tracemalloc.start()
    try:
        for number in range(20):
            await users.list("acme", q=" ".join("-\u0416\u0443\u043a" if number >> at & 1 else "\u0416\u0443\u043a" for at in range(64)))
        gc.collect()
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < room


class NonRecordingDatabase(FakeDatabase):
    """A database that does not record its calls."""

    async def fetch(self, call: Call) -> list[Row]:
        """Return no rows."""
        return []


def test_a_failed_build_is_not_kept() -> None:
    kept = StatementCache(DIALECTS["sqlite"])
    for _ in range(2):
        with pytest.raises(LiteralError):
            kept.get("shape", lambda: DIALECTS["sqlite"].query.from_("t").select("a").where(Field("a") == "literal"))
    assert kept.get("shape", count_star).sql == "SELECT `a` FROM `t`"


def test_binding_ignores_other_names_and_needs_its_own() -> None:
    query: Any = DIALECTS["sqlite"].query.from_("t").select("a").where((Field("a") == Bind("x")) & (Field("b") == Bind("y")))
    statement = compile_statement(DIALECTS["sqlite"], query)
    assert statement.bind({"y": 2, "z": 3, "x": 1}).args == (1, 2)
    with pytest.raises(KeyError):
        statement.bind({"x": 1})


def test_a_name_bound_twice_is_one_parameter_only_where_parameters_have_numbers() -> None:
    for name, args in (("sqlite", (1, 1)), ("postgresql", (1,)), ("d1", (1,)), ("mysql", (1, 1))):
        query: Any = DIALECTS[name].query.from_("t").select("a").where((Field("a") == Bind("x")) & (Field("b") == Bind("x")))
        assert compile_statement(DIALECTS[name], query).bind({"x": 1}).args == args


def test_a_percent_sign_is_doubled_for_mysql() -> None:
    query: Any = DIALECTS["mysql"].query.from_("t").select("100%").where(Field("a") == Bind("x"))
    assert compile_statement(DIALECTS["mysql"], query).sql == "SELECT `100%%` FROM `t` WHERE `a`=%s"


@pytest.mark.parametrize(("count", "size"), [(1, 1), (2, 2), (3, 4), (5, 8), (1000, 1024)])
def test_lists_make_few_shapes_on_mysql(count: int, size: int) -> None:
    dialect = DIALECTS["mysql"]
    assert dialect.list_size(count) == size
    values = dialect.list_values("x", [str(number) for number in range(count)])
    assert len(values) == size
    assert set(values.values()) == {str(number) for number in range(count)}
    assert DIALECTS["sqlite"].list_size(count) == DIALECTS["postgresql"].list_size(count) == 1
