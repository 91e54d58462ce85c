"""``where=`` on every engine: the same rows as an evaluation in Python, for any values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from authhero_sql import Adapters, InvalidQueryError, q_quote
from authhero_sql.models import User
from authhero_sql.where import all_of, any_of, between, contains, endswith, exists, gt, gte, lt, lte, not_, one_of, startswith
from tests.contract.builders import SOON, connection, key, log, tenant, user

HOSTILE = 'x" OR email:"eve@acme.example'
NAMES = ("Ada", "ada", "ADA LOVELACE", "", "o'brien", "100%", "a_b", "a\\b", '"', "*", HOSTILE, "' OR '1'='1", "É", "é", "😀", "\n", None)


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with two tenants that have the same users."""
    async with adapters.batch() as batch:
        for name in ("acme", "globex"):
            await tenant(batch, name)
            for number, full in enumerate(NAMES):
                fields = {"name": full, "phone_verified": (None, True, False)[number % 3], "blocked": number % 4 == 0}
                linked = "auth0|u00" if number % 5 == 4 else None
                made = SOON + timedelta(hours=number // 2)
                await batch.users.create(
                    name, user(f"u{number:02}", linked_to=linked, **fields), import_metadata={"created_at": made, "updated_at": made}
                )
                if number % 2:
                    seen = {"last_login": SOON - timedelta(days=number), "login_count": number % 4, "last_ip": "::1"}
                    await batch.user_activity.upsert(name, f"auth0|u{number:02}", seen)
    return adapters


@dataclass(frozen=True)
class Case:
    """A condition for a field, and the equivalent function in Python."""

    field: str
    condition: Any
    test: Callable[[Any], bool]


def comparisons(field: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Case]:
    """Return all conditions for a field whose values have an order."""
    return st.one_of(
        equalities(field, values),
        values.map(lambda v: Case(field, gt(v), lambda x: x is not None and x > v)),
        values.map(lambda v: Case(field, gte(v), lambda x: x is not None and x >= v)),
        values.map(lambda v: Case(field, lt(v), lambda x: x is not None and x < v)),
        values.map(lambda v: Case(field, lte(v), lambda x: x is not None and x <= v)),
        st.tuples(values, values).map(lambda v: Case(field, between(*v), lambda x: x is not None and v[0] <= x <= v[1])),
    )


def equalities(field: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Case]:
    """Return all conditions for any field."""
    return st.one_of(
        values.map(lambda v: Case(field, v, lambda x: x == v)),
        st.just(Case(field, None, lambda x: x is None)),
        st.just(Case(field, exists(), lambda x: x is not None)),
        st.lists(values, max_size=4).map(lambda v: Case(field, one_of(v), lambda x: x in v)),
    )


def negation(case: Case) -> Case:
    """Return the negation of a case."""
    return Case(case.field, not_(case.condition), lambda x: not case.test(x))


texts = st.one_of(st.sampled_from([name for name in NAMES if name is not None]), st.text(max_size=5).filter(lambda t: "\0" not in t))
instants = st.integers(-40, 40).map(lambda hours: SOON + timedelta(hours=hours))
plain = st.one_of(
    comparisons("name", texts.filter(lambda t: t.isprintable() or t == "\n")),
    comparisons("login_count", st.integers(-1, 5)),
    comparisons("created_at", instants),
    comparisons("last_login", instants),
    equalities("blocked", st.booleans()),
    equalities("phone_verified", st.booleans()),
    equalities("user_id", st.integers(0, 18).map(lambda number: f"auth0|u{number:02}")),
)
cases = st.one_of(plain, plain.map(negation), plain.map(negation).map(negation))


@given(sets=st.lists(st.lists(cases, min_size=1, max_size=3, unique_by=lambda case: case.field), min_size=1, max_size=3))
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
async def test_the_rows_are_those_that_plain_python_selects(store: Adapters, sets: list[list[Case]]) -> None:
    rows = (await store.users.list("acme", per_page=1000)).items
    mappings: list[Any] = [{case.field: case.condition for case in cases} for cases in sets]

    def holds(row: User, cases: list[Case]) -> bool:
        return all(case.test(getattr(row, case.field)) for case in cases)

    for where, combine in ((any_of(*mappings), any), (all_of(*mappings), all), (mappings[0] if len(sets) == 1 else all_of(*mappings), all)):
        expected = [row.user_id for row in rows if combine(holds(row, cases) for cases in sets)]
        page = await store.users.list("acme", where=where, per_page=1000, include_totals=True)
        assert [row.user_id for row in page.items] == expected
        assert page.total == await store.users.count("acme", where=where) == len(expected)
        own = {row.user_id for row in rows if row.linked_to is None}
        assert [row.user_id async for row in store.users.iterate("acme", where=where)] == [id for id in expected if id in own]


@pytest.mark.parametrize("text", [name for name in NAMES if name])
async def test_parts_are_those_of_q(store: Adapters, text: str) -> None:
    for operator, word in ((startswith, "{}*"), (endswith, "*{}"), (contains, "*{}*")):
        escaped = "".join(f"\\{letter}" for letter in text)
        by_q = await store.users.list("acme", q=f"name:{word.format(escaped)}")
        by_where = await store.users.list("acme", where={"name": operator(text)})
        assert by_where.items == by_q.items
        assert text in {row.name for row in by_where.items}


async def test_everything_that_is_there_begins_with_nothing(store: Adapters) -> None:
    for operator in (startswith, endswith, contains):
        assert await store.users.count("acme", where={"name": operator("")}) == len([name for name in NAMES if name is not None])


async def test_a_value_is_never_read_as_a_query(store: Adapters) -> None:
    await store.users.create("acme", user("eve"))
    assert (await store.users.list("acme", where={"email": HOSTILE})).items == []
    assert [row.name for row in (await store.users.list("acme", where={"name": HOSTILE})).items] == [HOSTILE]
    assert len((await store.users.list("acme", q=f'email:"{HOSTILE}"')).items) == 1
    assert (await store.users.list("acme", q=f"email:{q_quote(HOSTILE)}")).items == []


async def test_where_and_q_both_hold(store: Adapters) -> None:
    found = await store.users.list("acme", q="login_count:>0", where={"blocked": True}, include_totals=True)
    rows = (await store.users.list("acme", per_page=1000)).items
    assert [row.user_id for row in found.items] == [row.user_id for row in rows if row.login_count > 0 and row.blocked]
    assert (await store.users.list("acme", q="", where={})).items == (await store.users.list("acme")).items
    assert await store.users.count("acme", q="login_count:>0") == sum(row.login_count > 0 for row in rows)
    assert await store.users.count("acme") == await store.users.count("acme", estimate=True) == len(rows)
    assert await store.users.count("nobody") == 0


async def test_a_day_is_all_of_it(store: Adapters) -> None:
    day = SOON.date()
    rows = (await store.users.list("acme", per_page=1000)).items
    for where, expected in (
        ({"created_at": day}, sum(row.created_at.date() == day for row in rows)),
        ({"created_at": str(day)}, sum(row.created_at.date() == day for row in rows)),
        ({"created_at": gt(day)}, 0),
        ({"created_at": lte(day)}, len(rows)),
        ({"created_at": between(day, date(2030, 1, 1))}, sum(row.created_at.date() >= day for row in rows)),
        ({"created_at": "2026-02-01T12:00:00Z"}, sum(row.created_at == SOON for row in rows)),
        ({"created_at": SOON.astimezone(tz=None)}, sum(row.created_at == SOON for row in rows)),
    ):
        assert await store.users.count("acme", where=where) == expected, where  # type: ignore[arg-type]  # a list of several


async def test_other_lists_take_conditions_too(store: Adapters) -> None:
    assert [row.id for row in (await store.tenants.list(where={"id": one_of(["acme", "none"])})).items] == ["acme"]
    assert [row.id async for row in store.tenants.iterate(where={"id": startswith("GLO")})] == ["globex"]
    assert await store.tenants.count(where={"id": not_("acme")}) == 1
    for number in range(3):
        await store.logs.create("acme", log(log_id=f"l{number}", type=("s", "f", "s")[number], date=SOON + timedelta(days=number)))
    page = await store.logs.list("acme", where={"type": "s", "date": gte(SOON + timedelta(hours=1))})
    assert [entry.log_id for entry in page.items] == ["l2"]
    await store.keys.create(key("k1"))
    await store.keys.create(key("k2", type="saml_encryption"))
    assert [found.kid for found in (await store.keys.list(where={"type": "saml_encryption"})).items] == ["k2"]
    await store.connections.create("acme", connection("sys", is_system=True))
    await store.connections.create("acme", connection("own"))
    assert [found.name for found in (await store.connections.list("acme", where={"is_system": True})).items] == ["sys"]
    assert [found.name for found in (await store.connections.list("acme", where={"is_system": None})).items] == ["db", "own"]
    assert [found.name for found in (await store.connections.list("acme", where={"is_system": False})).items] == ["db", "own"]


async def test_a_field_that_q_finds_by_a_part_must_be_equal(store: Adapters) -> None:
    """Test ``description:log``, which finds ``login`` in a log like in AuthHero, while a condition requires the whole value."""
    for number, description in enumerate(("log", "login")):
        await store.logs.create("acme", log(log_id=f"l{number}", description=description))
    assert await store.logs.count("acme", where={"description": "log"}) == 1
    assert await store.logs.count("acme", q="description:log") == 2


WRONG: dict[str, tuple[Any, str]] = {
    "a misspelt field": ({"emial": "x"}, 'did you mean "email"'),
    "a secret field": ({"password": "x"}, 'cannot be filtered by "password"'),
    "another tenant": ({"tenant_id": "globex"}, 'cannot be filtered by "tenant_id"'),
    "a number for text": ({"email": 5}, "email: must be text"),
    "a number for text, compared": ({"email": gt(3)}, "email: must be text"),
    "text for a number": ({"login_count": "many"}, "login_count: must be a whole number"),
    "truth for a number": ({"login_count": True}, "login_count: must be a whole number"),
    "a number for truth": ({"blocked": 1}, "blocked: must be true or false"),
    "an order of truth": ({"blocked": gt(False)}, "blocked is true or false"),
    "a naive instant": ({"created_at": datetime(2026, 1, 1)}, "created_at: must have a time zone"),  # noqa: DTZ001  # that is the point
    "a number for an instant": ({"created_at": 5}, "created_at: must be a date"),
    "a day that does not exist": ({"created_at": "2026-02-30"}, "created_at: must be a valid date"),
    "a list": ({"email": ["x"]}, "email: the value of a condition must be"),
    "a float": ({"login_count": 1.5}, "login_count: the value of a condition must be"),
    "None in an operator": ({"login_count": gt(None)}, "login_count: the value of a condition must be"),
    "a part of a number": ({"login_count": contains("1")}, "login_count is not text"),
    "a part that is no text": ({"name": contains(1)}, "name: startswith, endswith and contains require text"),  # type: ignore[arg-type]  # that is the point
    "a NUL character": ({"email": "a\0"}, "email: the text contains a NUL"),
    "a lone surrogate": ({"email": "\ud800"}, "email: the text contains a lone surrogate"),
    "a text beyond bounds": ({"email": "x" * 10_000}, "email: the text is longer"),
    "text instead of a mapping": ("email:x", "must be a mapping"),
    "a field that is no text": ({1: "x"}, "must be strings"),
    "no alternatives": (any_of(), "must have at least one condition"),
    "an empty alternative": (any_of({"email": "x"}, {}), "must have at least one condition"),
    "too many conditions": (any_of(*[{"email": "x"}] * 65), "more than 64"),
    "too many values": ({"email": one_of(["x"] * 1001)}, "at most 1,000"),
}


@pytest.mark.parametrize("case", WRONG)
async def test_what_cannot_be_asked_is_refused(store: Adapters, case: str) -> None:
    where, said = WRONG[case]
    for ask in (store.users.list("acme", where=where), store.users.count("acme", where=where)):
        with pytest.raises(InvalidQueryError, match=said) as caught:
            await ask
        assert "\0" not in str(caught.value)


async def test_what_is_nested_too_deeply_is_refused(store: Adapters) -> None:
    deep: Any = {"email": "x"}
    for _ in range(40):
        deep = all_of(deep)
    with pytest.raises(InvalidQueryError, match="nested"):
        await store.users.list("acme", where=deep)


async def test_many_values_are_one_condition(store: Adapters) -> None:
    ids = [f"auth0|u{number:04}" for number in range(998)]
    assert await store.users.count("acme", where={"user_id": one_of([*ids, "auth0|u03", "auth0|u05"])}) == 2
    assert await store.users.count("acme", where={"user_id": not_(one_of([*ids, "auth0|u03"]))}) == len(NAMES)
