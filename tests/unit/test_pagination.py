"""The options of lists: any input gives a page or an InvalidQueryError."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authhero_sql import Adapters, InvalidQueryError, Sort
from authhero_sql.codecs import EPOCH_MS, INSTANT
from authhero_sql.context import Context
from authhero_sql.pagination import (
    ESTIMATE_LIMIT,
    MAX_OFFSET,
    MAX_PAGE,
    Cursor,
    ListRules,
    Total,
    Totals,
    Window,
    parse_count,
    parse_totals,
)
from authhero_sql.schema import Column
from tests.unit.fakes import DIALECTS, FakeDatabase

TEXT_TIME = Column(INSTANT, 35, null=False, name="created_at")
NUMBER_TIME = Column(EPOCH_MS, field="created_at", name="created_at_ts")
RULES = ListRules(wire="things", checkpoint="created_at")
BOTH_WAYS = ListRules(wire="things", bidirectional=True)
NO_WALK = ListRules(wire="codes", checkpoint=None)
KIND = "created_at:desc"

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.just(Sort("created_at")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["s", "i", "k", "x"]), inner, max_size=4),
    max_leaves=6,
)
storable = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


def encoded(data: bytes) -> str:
    """Return bytes as the text of a cursor."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def answer_or_none(ask: Callable[[], Any]) -> Any:
    """Return the answer, or None if the query is rejected. Other exceptions are failures."""
    try:
        return ask()
    except InvalidQueryError:
        return None


# --- sort ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_sort", "sort"),
    [
        ("name", Sort("name", "asc")),
        ("name:asc", Sort("name", "asc")),
        ("name:1", Sort("name", "asc")),
        ("name:desc", Sort("name", "desc")),
        ("name:-1", Sort("name", "desc")),
        ("name:DESC", Sort("name", "desc")),
        ("name:ASC", Sort("name", "asc")),
        ("-name", Sort("name", "desc")),
        (Sort("name", "desc"), Sort("name", "desc")),
    ],
)
def test_sorts(given_sort: str | Sort, sort: Sort) -> None:
    assert Sort.parse(given_sort) == sort
    assert sort.descending == (sort.sort_order == "desc")


@pytest.mark.parametrize(
    "wrong",
    ["", "-", ":desc", "name:down", "-name:desc", "-name:asc", "name:desc:x", "name: desc", "name:0", 5, None, b"name", ["name"], {}],
)
def test_what_is_no_sort_is_refused(wrong: Any) -> None:
    with pytest.raises(InvalidQueryError):
        Sort.parse(wrong)


@given(anything, anything)
def test_any_sort_is_one_or_refused(value: Any, order: Any) -> None:
    for parsed in (answer_or_none(lambda: Sort.parse(value)), answer_or_none(lambda: Sort.parse(Sort(value, order)))):
        assert parsed is None or (isinstance(parsed.sort_by, str) and parsed.sort_order in ("asc", "desc"))


def test_the_order_of_a_walk() -> None:
    assert RULES.walk(None) == RULES.walk("created_at:desc") == Sort("created_at", "desc")
    assert BOTH_WAYS.walk("created_at:asc") == Sort("created_at", "asc")
    for rules, sort in (
        (RULES, "created_at:asc"),
        (RULES, "name"),
        (BOTH_WAYS, "name:desc"),
        (NO_WALK, None),
        (NO_WALK, "created_at:desc"),
    ):
        with pytest.raises(InvalidQueryError):
            rules.walk(sort)


# --- cursors ---------------------------------------------------------------------------------------------------------------------


@given(storable, storable, st.none() | st.sampled_from([KIND, "date:asc"]))
def test_a_cursor_comes_back(value: str, id: str, kind: str | None) -> None:
    text = Cursor(value, id, kind).encode()
    assert not set(text) & set("+/=")
    assert Cursor.decode(text, kind, TEXT_TIME) == Cursor(value, id, kind)


@given(st.none() | st.integers(-(2**63) + 1, 2**63 - 1), storable)
def test_a_cursor_over_numbers_comes_back(value: int | None, id: str) -> None:
    assert Cursor.decode(Cursor(value, id).encode(), None, NUMBER_TIME) == Cursor(value, id)


def test_a_cursor_is_the_one_that_authhero_writes() -> None:
    text = "eyJzIjoiMjAyNi0wNC0xOVQwMDowMDowMC4wMDBaIiwiaSI6ImF1dGgwfGJ1bGswMTgiLCJrIjoiY3JlYXRlZF9hdDpkZXNjIn0"
    cursor = Cursor("2026-04-19T00:00:00.000Z", "auth0|bulk018", KIND)
    assert cursor.encode() == text
    assert Cursor.decode(text, KIND, TEXT_TIME) == cursor


BROKEN = [
    "",
    "nonsense",
    "=",
    "a",
    "ä",
    "\ud800",
    "\0",
    "eyJ\nzIjoi",
    encoded(b"\xff\xfe"),
    encoded(b"null"),
    encoded(b"[]"),
    encoded(b'"text"'),
    encoded(b"{}"),
    encoded(b'{"s":"x"}'),
    encoded(b'{"s":"x","i":null}'),
    encoded(b'{"s":"x","i":5}'),
    encoded(b'{"s":"x","i":["y"]}'),
    encoded(b'{"s":null,"i":"y"}'),
    encoded(b'{"s":{"$gt":""},"i":"y"}'),
    encoded(b'{"s":1.5,"i":"y"}'),
    encoded(b'{"s":true,"i":"y"}'),
    encoded(b'{"s":NaN,"i":"y"}'),
    encoded(b'{"s":"\\u0000","i":"y"}'),
    encoded(b'{"s":"x","i":"\\u0000"}'),
    encoded(b'{"s":"\\ud800","i":"y"}'),
    encoded(b'{"s":"x","i":"\\udfff"}'),
    encoded(b'{"s":' + b"9" * 5000 + b',"i":"y"}'),
    encoded(b"[" * 100_000),
    encoded(b'{"s":"x","i":"y"}') + "!",
    "+/+/",
]


@pytest.mark.parametrize("text", BROKEN, ids=range(len(BROKEN)))
def test_a_broken_cursor_is_refused(text: str) -> None:
    with pytest.raises(InvalidQueryError) as caught:
        Cursor.decode(text, None, TEXT_TIME)
    assert str(caught.value) == "invalid cursor: pass the `next` of a previous page"


def test_a_cursor_of_another_sort_is_refused() -> None:
    for kind in ('"created_at:asc"', '["created_at:desc"]', "null", "5"):
        with pytest.raises(InvalidQueryError, match="another sort"):
            Cursor.decode(encoded(f'{{"s":"x","i":"y","k":{kind}}}'.encode()), KIND, TEXT_TIME)
    pairs: list[tuple[str | None, str | None]] = [(KIND, None), (None, KIND)]
    for own, other in pairs:
        with pytest.raises(InvalidQueryError, match="another sort"):
            Cursor.decode(Cursor("x", "y", own).encode(), other, TEXT_TIME)


def test_a_number_too_great_for_any_column_is_refused() -> None:
    for value in (2**63, -(2**63), 10**40):
        with pytest.raises(InvalidQueryError):
            Cursor.decode(Cursor(value, "y").encode(), None, NUMBER_TIME)


@given(anything | st.text(st.sampled_from("eyJzIjoiMjAyNi0_-=")))
def test_any_text_is_a_cursor_or_refused(text: Any) -> None:
    for column in (TEXT_TIME, NUMBER_TIME):
        answer_or_none(lambda column=column: Cursor.decode(text, None, column))  # type: ignore[misc]  # bound in the loop


@given(json_values)
def test_any_json_is_a_cursor_or_refused(data: Any) -> None:
    text = encoded(json.dumps(data).encode())
    for column in (TEXT_TIME, NUMBER_TIME):
        cursor = answer_or_none(lambda column=column: Cursor.decode(text, KIND, column))  # type: ignore[misc]  # bound in the loop
        if cursor is not None:
            assert data["k"] == KIND
            assert isinstance(cursor.id, str)
            assert cursor.value is None or isinstance(cursor.value, str if column.is_text else int)


# --- pages -----------------------------------------------------------------------------------------------------------------------


@given(st.integers(0, MAX_OFFSET // MAX_PAGE), st.integers(0, 2**70))
def test_a_page_has_a_thousand_rows_at_the_most(page: int, per_page: int) -> None:
    window = Window.of(page, per_page)
    assert window.per_page == min(per_page, MAX_PAGE) <= 1000
    assert window.start == page * window.per_page <= MAX_OFFSET


@given(anything, anything)
def test_any_page_is_one_or_refused(page: Any, per_page: Any) -> None:
    window = answer_or_none(lambda: Window.of(page, per_page))
    if window is not None:
        assert type(window.page) is type(window.per_page) is int
        assert 0 <= window.start <= MAX_OFFSET


@pytest.mark.parametrize("wrong", [-1, -(2**70), 1.0, 1.5, "1", True, None, [1], float("nan")])
def test_what_is_no_count_is_refused(wrong: Any) -> None:
    with pytest.raises(InvalidQueryError, match="take must be a whole number"):
        parse_count("take", wrong)


def test_a_page_too_far_is_refused() -> None:
    assert MAX_OFFSET == 1_000_000
    for page, per_page in ((20_000, 50), (1_000, 1_000), (1_000, 2_000), (1_000_000, 1), (10**30, 0)):
        assert Window.of(page, per_page).start <= MAX_OFFSET
    for page, per_page in ((20_001, 50), (1_001, 1_000), (1_000_001, 1), (MAX_OFFSET, MAX_PAGE), (2**63, 1), (10**30, MAX_PAGE)):
        with pytest.raises(InvalidQueryError, match="at most 1,000,000 rows may precede a page; use from and take"):
            Window.of(page, per_page)


@pytest.mark.parametrize(
    ("counted", "totals", "total"),
    [
        (0, "estimate", Total(0)),
        (ESTIMATE_LIMIT, "estimate", Total(ESTIMATE_LIMIT)),
        (ESTIMATE_LIMIT + 1, "estimate", Total(ESTIMATE_LIMIT, is_estimate=True)),
        (ESTIMATE_LIMIT + 1, True, Total(ESTIMATE_LIMIT + 1)),
    ],
)
def test_an_estimate_is_exact_as_far_as_it_counts(counted: int, totals: Totals, total: Total) -> None:
    assert Total.of(counted, totals) == total


@pytest.mark.parametrize(
    ("given_", "totals"),
    [(True, True), (1, True), ("x", True), ("Estimate", True), ([0], True), ("estimate", "estimate"),
     (False, False), (None, False), (0, False), ("", False), ([], False)],
)  # fmt: skip
def test_what_is_true_and_no_estimate_asks_for_all(given_: Any, totals: Totals) -> None:
    assert parse_totals(given_) == totals


# --- through the adapters --------------------------------------------------------------------------------------------------------

LISTS = ("users", "clients", "connections", "logs", "sessions", "refresh_tokens", "codes")
options = st.fixed_dictionaries({}, optional=dict.fromkeys(("page", "per_page", "sort", "from_", "take"), anything))


async def list_outcomes(**given_options: Any) -> list[str]:
    """Return the outcome of the options for each list."""
    adapters = Adapters(Context.of(FakeDatabase(DIALECTS["sqlite"])))
    outcomes = []
    for name in LISTS:
        try:
            page = await getattr(adapters, name).list("acme", **given_options)
        except InvalidQueryError:
            outcomes.append("refused")
        else:
            assert page.length == len(page.items) == 0
            outcomes.append("page")
    return outcomes


@given(options)
async def test_any_options_give_a_page_or_are_refused(given_options: dict[str, Any]) -> None:
    await list_outcomes(**given_options)


@pytest.mark.parametrize(
    "given_options",
    [
        {"page": -1},
        {"per_page": "10"},
        {"sort": "nonsense"},
        {"sort": "tenant_id"},
        {"sort": "created_at; DROP TABLE users"},
        {"sort": '"created_at"'},
        {"sort": "created_at\0"},
        {"take": -1},
        {"take": 1, "sort": "user_id:desc"},
        {"from_": "nonsense"},
        {"take": 1, "from_": encoded(b'{"s":"x","i":"y","k":"email:desc"}')},
    ],
    ids=str,
)
async def test_every_list_refuses(given_options: dict[str, Any]) -> None:
    assert await list_outcomes(**given_options) == ["refused"] * len(LISTS)


async def test_secrets_and_storage_are_no_sort_fields() -> None:
    adapters = Adapters(Context.of(FakeDatabase(DIALECTS["sqlite"])))
    for name, field in (
        ("clients", "client_secret"),
        ("refresh_tokens", "token_hash"),
        ("codes", "code_verifier"),
        ("codes", "expires_at_ts"),
    ):
        with pytest.raises(InvalidQueryError) as caught:
            await getattr(adapters, name).list("acme", sort=field)
        assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    ("dialect", "field", "behind"),
    [
        ("sqlite", "created_at", ["code_id", "code_type"]),
        # The last column does not fit in an InnoDB index, but the rows are sorted by it.
        ("mysql", "created_at", ["code_id"]),
        # No index of this order can contain it.
        ("mysql", "used_at", ["code_id", "code_type"]),
    ],
)
def test_an_order_is_completed_by_the_key_as_far_as_an_index_can_have_it(dialect: str, field: str, behind: list[str]) -> None:
    codes = Adapters(Context.of(FakeDatabase(DIALECTS[dialect]))).codes
    assert [part.column for part in codes._lists.order(Sort(field, True))] == [field, *behind]


@pytest.mark.parametrize("wrong", [0, -1, 1.5, "1", None])
async def test_iterating_needs_a_batch(wrong: Any) -> None:
    adapters = Adapters(Context.of(FakeDatabase(DIALECTS["sqlite"])))
    with pytest.raises(InvalidQueryError):
        async for _ in adapters.users.iterate("acme", batch=wrong):
            pass


@given(st.integers() | st.floats() | st.text() | st.booleans(), st.integers())
async def test_any_date_of_logs_is_one_or_refused(from_date: Any, to_date: int) -> None:
    adapters = Adapters(Context.of(FakeDatabase(DIALECTS["sqlite"])))
    try:
        await adapters.logs.list("acme", from_date=from_date, to_date=to_date)
    except InvalidQueryError:
        return


async def test_the_last_second_of_all_is_a_date() -> None:
    adapters = Adapters(Context.of(FakeDatabase(DIALECTS["sqlite"])))
    last = int(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp())
    first = int(datetime(1, 1, 1, tzinfo=UTC).timestamp())
    for date in (first, last):
        await adapters.logs.list("acme", from_date=date, to_date=date)
    for date in (first - 1, last + 1, 10**30, -(10**30)):
        with pytest.raises(InvalidQueryError):
            await adapters.logs.list("acme", from_date=date)
        with pytest.raises(InvalidQueryError):
            await adapters.logs.list("acme", to_date=date)
