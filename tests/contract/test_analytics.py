"""Analytics, retention and statistics compared with counts of the same rows in Python, on every engine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from authhero_sql import Adapters, InvalidQueryError, create_adapters
from authhero_sql.adapters.analytics import RESOURCES
from authhero_sql.dialects import Call
from authhero_sql.models import AnalyticsQuery, Log
from tests.contract.builders import DEVICE, client, log, refresh_token, session, tenant, user

START = datetime(2026, 10, 24, 20, tzinfo=UTC)
FORMATS = {"hour": "%Y-%m-%dT%H", "day": "%Y-%m-%d", "week": "%Y-%m-%d", "month": "%Y-%m"}
USER_TYPES = {"database": "password", "social": "social", "passwordless": "passwordless", None: None}
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia")
KINDS = ("s", "seacft", "f", "fp", "ss", "slo")
WHOLE = {"from": "2026-10-20T00:00:00.000Z", "to": "2026-11-20T00:00:00.000Z"}


def entries() -> list[dict[str, Any]]:
    """Return the log entries of a month around the end of daylight saving time."""
    users = ("auth0|ada", "auth0|eve", None)
    ways = ("database", "social", "passwordless", "samlp", None)
    return [
        log(
            type=KINDS[number % len(KINDS)],
            date=START + timedelta(minutes=37 * number * (1 + number % 7)),
            user_id=users[number % len(users)],
            connection=("db", "google-oauth2", None)[number % 4 % 3],
            client_id=("web", "spa")[number % 2],
            strategy_type=ways[number % len(ways)],
        )
        for number in range(90)
    ]


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with a log of Acme and another of Globex."""
    async with adapters.batch() as batch:
        await tenant(batch)
        await batch.tenants.create({"id": "globex", "friendly_name": "Globex"})
        for entry in entries():
            await batch.logs.create("acme", entry)
        for _ in range(3):
            await batch.logs.create("globex", log(date=START, user_id="auth0|mallory", connection="theirs"))
    return adapters


async def answer_rows(store: Adapters, resource: str = "logins", **params: Any) -> list[dict[str, Any]]:
    """Return the rows of an answer."""
    return (await store.analytics.query("acme", resource, {**WHOLE, **params})).data


def expected(logs: Sequence[Log], resource: str, asked: AnalyticsQuery) -> list[dict[str, Any]]:
    """Return the expected rows in no particular order."""
    assert asked.from_ is not None
    assert asked.to is not None
    name = resource.replace("-", "_")
    groups: dict[tuple[Any, ...], list[Log]] = defaultdict(list)
    for entry in logs:
        columns = _columns(entry, asked)
        given = asked.filters
        wanted = all(
            not values or columns[field] in values
            for field, values in (("connection", given.connection), ("client_id", given.client_id), ("user_type", given.user_type))
        )
        wanted = wanted and (not given.user_id or entry.user_id in given.user_id)
        if wanted and entry.type in RESOURCES[resource] and asked.from_ <= entry.date < asked.to:
            groups[tuple(columns[field] for field in asked.group_by)].append(entry)
    if not asked.group_by:
        groups.setdefault((), [])
    return [{**dict(zip(asked.group_by, key, strict=True)), name: _value(resource, members)} for key, members in groups.items()]


def _value(resource: str, members: Sequence[Log]) -> int:
    return len({entry.user_id for entry in members} - {None}) if resource == "active-users" else len(members)


def _columns(entry: Log, asked: AnalyticsQuery) -> dict[str, Any]:
    local = entry.date.astimezone(ZoneInfo(asked.tz))
    local -= timedelta(days=local.weekday() if asked.interval == "week" else 0)
    return {
        "time": local.strftime(FORMATS[asked.interval]),
        "connection": entry.connection,
        "client_id": entry.client_id,
        "user_type": USER_TYPES.get(entry.strategy_type, "enterprise"),
        "event": entry.type,
    }


def canonical_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows in a canonical order."""
    return sorted(rows, key=lambda row: [(value is not None, value) for value in row.values()])


@st.composite
def queries(draw: st.DrawFn) -> dict[str, Any]:
    """Generate queries."""
    since = START + timedelta(minutes=draw(st.integers(-3000, 20_000)))
    groups = draw(st.lists(st.sampled_from(["time", "connection", "client_id", "user_type", "event"]), unique=True))
    filters = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "connection": st.lists(st.sampled_from(["db", "google-oauth2", "no"]), max_size=3),
                "client_id": st.lists(st.sampled_from(["web", "spa", "WEB"]), max_size=2),
                "user_type": st.lists(st.sampled_from(["password", "social", "passwordless", "enterprise"]), max_size=4),
                "user_id": st.lists(st.sampled_from(["auth0|ada", "auth0|eve", "%"]), max_size=2),
            },
        )
    )
    return {
        "from": since,
        "to": since + timedelta(minutes=draw(st.integers(0, 60_000))),
        "interval": draw(st.sampled_from(["hour", "day", "week", "month"])),
        "tz": draw(st.sampled_from(ZONES)),
        "group_by": groups,
        "filters": filters,
        "limit": 1000,
    }


async def test_any_question_has_the_answer_of_a_plain_count(store: Adapters) -> None:
    logs = (await store.logs.list("acme", per_page=1000)).items
    found: list[tuple[str, dict[str, Any]]] = []

    @settings(max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(["logins", "active-users", "logouts", "signups"]), queries())
    def draw(resource: str, params: dict[str, Any]) -> None:
        found.append((resource, params))

    draw()
    for resource, params in found:
        asked = AnalyticsQuery.model_validate(params)
        answer = await store.analytics.query("acme", resource, params)
        assert canonical_order(answer.data) == canonical_order(expected(logs, resource, asked)), (resource, params)
        assert answer.rows == answer.rows_before_limit_at_least == len(answer.data)
        assert [column.name for column in answer.meta] == [*asked.group_by, resource.replace("-", "_")]


async def test_each_resource_counts_its_events(adapters: Adapters) -> None:
    await tenant(adapters)
    every = sorted({kind for kinds in RESOURCES.values() for kind in kinds} | {"other"})
    for kind in every:
        await adapters.logs.create("acme", log(type=kind, date=START, user_id=f"u|{kind}"))
    for resource, kinds in RESOURCES.items():
        (row,) = await answer_rows(adapters, resource, group_by=[])
        assert row == {resource.replace("-", "_"): len(kinds)}
        rows = await answer_rows(adapters, resource, group_by=["event"])
        assert {row["event"] for row in rows} == set(kinds)


async def test_an_hour_that_the_clocks_repeat_is_one_row(adapters: Adapters) -> None:
    await tenant(adapters)
    for minute in (10, 70, 130):
        await adapters.logs.create("acme", log(date=datetime(2026, 10, 25, 0, tzinfo=UTC) + timedelta(minutes=minute), user_id="u"))
    rows = await answer_rows(adapters, "active-users", interval="hour", tz="Europe/Berlin")
    assert rows == [{"time": "2026-10-25T02", "active_users": 1}, {"time": "2026-10-25T03", "active_users": 1}]


async def test_the_order_is_what_was_asked_for_and_complete(store: Adapters) -> None:
    rows = await answer_rows(store, group_by=["connection", "event"])
    assert rows == sorted(rows, key=lambda row: (-row["logins"], row["connection"] is not None, row["connection"] or "", row["event"]))
    rows = await answer_rows(store, group_by=["event", "connection"], order_by=["-event", "logins"])
    values = [(row["event"], row["logins"]) for row in rows]
    assert values == sorted(values, key=lambda pair: (-ord(pair[0][0]), -len(pair[0]), pair[1]))
    times = [row["time"] for row in await answer_rows(store, order_by=["-time"])]
    assert times == sorted(times, reverse=True)


async def test_pages_are_disjoint_and_know_the_whole(store: Adapters) -> None:
    whole = await store.analytics.query("acme", "logins", {**WHOLE, "group_by": ["time", "event"]})
    seen: list[dict[str, Any]] = []
    for offset in range(0, whole.rows + 7, 7):
        page = await store.analytics.query("acme", "logins", {**WHOLE, "group_by": ["time", "event"], "limit": 7, "offset": offset})
        assert page.rows == len(page.data) <= 7
        assert page.rows_before_limit_at_least == whole.rows
        seen += page.data
    assert seen == whole.data
    nothing = await store.analytics.query("acme", "logins", {**WHOLE, "limit": 0})
    assert (nothing.data, nothing.rows_before_limit_at_least) == ([], len(await answer_rows(store)))


async def test_an_empty_filter_filters_nothing(store: Adapters) -> None:
    whole = await answer_rows(store)
    assert whole
    for name in ("connection", "client_id", "user_type", "user_id"):
        assert await answer_rows(store, filters={name: []}) == whole
    one = await answer_rows(store, filters={"connection": ["db"]})
    assert one != whole
    assert await answer_rows(store, filters={"connection": ["db"], "client_id": [], "user_id": []}) == one


async def test_another_tenant_s_events_do_not_count(store: Adapters) -> None:
    assert await answer_rows(store, filters={"connection": ["theirs"]}) == []
    for stranger in ("nowhere", "ACME", "acme ", "", "%"):
        assert (await store.analytics.query(stranger, "logins", WHOLE)).data == []
        assert await store.stats.get_daily(stranger, "20261001", "20261130") == []
        assert await store.stats.get_active_users(stranger) == 0


@pytest.mark.parametrize(
    "params",
    [
        {"tz": "Nowhere/City"}, {"tz": "'; DROP TABLE logs; --"}, {"interval": "minute"}, {"group_by": ["tenant_id"]},
        {"group_by": ["time", "time"]}, {"order_by": ["password"]}, {"order_by": ["connection"]}, {"order_by": ["--time"]},
        {"limit": -1}, {"offset": -1}, {"limit": "many"}, {"offset": 2**60}, {"from": "yesterday"}, {"from": "2027-01-01T00:00:00Z"},
        {"filters": {"tenant_id": ["globex"]}}, {"filters": {"user_type": ["admin"]}}, {"filters": {"connection": [1]}}, {"surprise": 1},
        {"interval": "hour", "from": "2020-01-01T00:00:00Z"}, {"from": "0001-01-01T00:00:00Z", "tz": "America/New_York"},
    ],
)  # fmt: skip
async def test_what_makes_no_sense_is_refused(store: Adapters, params: dict[str, Any]) -> None:
    with pytest.raises(InvalidQueryError):
        await store.analytics.query("acme", "logins", {**WHOLE, **params})


async def test_there_are_defaults(store: Adapters) -> None:
    for resource in ("nothing", "", "logins;", None):
        with pytest.raises(InvalidQueryError, match="active-users"):
            await store.analytics.query("acme", resource)  # type: ignore[arg-type]  # that is the point
    answer = await store.analytics.query("acme", "logins")
    assert [column.name for column in answer.meta] == ["time", "logins"]
    same = await store.analytics.query("acme", "logins", AnalyticsQuery())
    assert same == answer


async def test_days_are_told_as_they_were(adapters: Adapters) -> None:
    await tenant(adapters)
    for kind, at in (
        ("s", "2026-06-01T00:00:00.000Z"), ("s", "2026-06-01T23:59:59.999Z"), ("ss", "2026-06-02T12:00:00Z"),
        ("pwd_leak", "2026-06-02T11:00:00Z"),
        ("other", "2026-06-04T11:00:00Z"), ("s", "2026-06-05T00:00:00.000Z"),
    ):  # fmt: skip
        await adapters.logs.create("acme", log(type=kind, date=datetime.fromisoformat(at)))
    rows = [day.model_dump(mode="json") for day in await adapters.stats.get_daily("acme", "20260601", "2026-06-04")]
    first = {"created_at": "2026-06-01T00:00:00.000Z", "updated_at": "2026-06-01T23:59:59.999Z"}
    second = {"created_at": "2026-06-02T11:00:00.000Z", "updated_at": "2026-06-02T12:00:00.000Z"}
    third = {"created_at": "2026-06-04T11:00:00.000Z", "updated_at": "2026-06-04T11:00:00.000Z"}
    assert rows == [
        {"date": "2026-06-01", "logins": 2, "signups": 0, "leaked_passwords": 0, **first},
        {"date": "2026-06-02", "logins": 0, "signups": 1, "leaked_passwords": 1, **second},
        {"date": "2026-06-04", "logins": 0, "signups": 0, "leaked_passwords": 0, **third},
    ]
    for wrong in ("2026", "2026-13-01", "20260631", "yesterday", "2026-06-01T00:00:00Z", ""):
        with pytest.raises(InvalidQueryError):
            await adapters.stats.get_daily("acme", wrong)
        with pytest.raises(InvalidQueryError):
            await adapters.stats.get_daily("acme", None, wrong)
    with pytest.raises(InvalidQueryError):
        await adapters.stats.get_daily("acme", "20260602", "20260601")


async def test_the_last_thirty_days_are_the_default(adapters: Adapters) -> None:
    now = datetime(2026, 7, 1, 12, tzinfo=UTC)
    adapters = await create_adapters(adapters.database, clock=lambda: now)
    await tenant(adapters)
    for days, name in ((0, "a"), (1, "a"), (29, "b"), (30, "c"), (31, "d")):
        await adapters.logs.create("acme", log(date=now - timedelta(days=days), user_id=name))
    await adapters.logs.create("acme", log(date=now, user_id="e", type="f"))
    assert await adapters.stats.get_active_users("acme") == 3
    dates = [day.date for day in await adapters.stats.get_daily("acme")]
    assert dates == ["2026-06-01", "2026-06-02", "2026-06-30", "2026-07-01"]


async def test_retention_counts_what_was_never_used_and_leaves_out_what_has_no_beginning(adapters: Adapters) -> None:
    await tenant(adapters)
    await adapters.sessions.create("acme", session())
    await adapters.refresh_tokens.create("acme", refresh_token())
    # Other programs write NULL in these columns.
    await adapters.database.execute(Call("UPDATE sessions SET used_at_ts = NULL, last_interaction_at_ts = NULL"))
    await adapters.database.execute(Call("UPDATE refresh_tokens SET created_at_ts = NULL, last_exchanged_at_ts = NULL"))
    sessions = await adapters.analytics.session_retention("acme", 1)
    assert [(part.sessions, part.active) for part in sessions.cohorts] == [(1, [1])]
    tokens = await adapters.analytics.refresh_token_retention("acme", 1)
    assert [(part.tokens, part.active) for part in tokens.cohorts] == [(0, [0])]


async def test_retention_goes_by_monday_weeks(adapters: Adapters) -> None:
    now = datetime(2026, 7, 1, 12, tzinfo=UTC)
    adapters = await create_adapters(adapters.database, clock=lambda: now)
    await tenant(adapters)
    await adapters.tenants.create({"id": "globex", "friendly_name": "Globex"})
    await adapters.users.create("globex", user())
    await adapters.clients.create("acme", client("spa"))
    monday = datetime(2026, 6, 15, tzinfo=UTC)
    uses = [
        (monday - timedelta(milliseconds=1), now, None),
        (monday, monday + timedelta(days=6, hours=23), None),
        (monday, monday + timedelta(days=7), "f1"),
        (monday + timedelta(days=1), None, "f1"),
        (monday + timedelta(days=8), now, "f1"),
        (monday + timedelta(days=14), None, None),
    ]
    for number, (created, used, family) in enumerate(uses):
        basic = {"user_id": "auth0|ada", "device": DEVICE}
        times = {"created_at": created}
        await adapters.sessions.create(
            "acme",
            {**basic, "id": f"s{number}", "login_session_id": "l", "clients": [], **({"used_at": used} if used else {})},
            import_metadata=times,
        )
        await adapters.refresh_tokens.create(
            "acme",
            {
                **basic, "id": f"r{number}", "client_id": "web", "login_id": "l", "resource_servers": [], "rotating": True,
                "family_id": family, **({"last_exchanged_at": used} if used else {}),
            },
            import_metadata=times,
        )  # fmt: skip
    sessions = await adapters.analytics.session_retention("acme", 3)
    assert sessions.model_dump(by_alias=True) == {
        "interval": "week",
        "from": "2026-06-15T00:00:00.000Z",
        "to": "2026-07-01T12:00:00.000Z",
        "cohorts": [
            {"cohort": "2026-06-15", "sessions": 3, "active": [3, 1, 0]},
            {"cohort": "2026-06-22", "sessions": 1, "active": [1, 1]},
            {"cohort": "2026-06-29", "sessions": 1, "active": [1]},
        ],
    }
    tokens = await adapters.analytics.refresh_token_retention("acme", 3)
    assert [(part.cohort, part.tokens, part.active) for part in tokens.cohorts] == [
        ("2026-06-15", 2, [2, 1, 1]),
        ("2026-06-22", 0, [0, 0]),
        ("2026-06-29", 1, [1]),
    ]
    of_web = ["web", ("spa", "web"), {"web"}]
    for client_id, expected in [(None, [2, 0, 1]), ([], [2, 0, 1]), *((web, [2, 0, 1]) for web in of_web), ("spa", [0, 0, 0])]:
        found = await adapters.analytics.refresh_token_retention("acme", 3, client_id)  # type: ignore[arg-type]  # a set will do
        assert [part.tokens for part in found.cohorts] == expected, client_id
    for wrong in (5, [None], ["web", 5], object()):
        with pytest.raises(InvalidQueryError, match="client_id"):
            await adapters.analytics.refresh_token_retention("acme", 3, wrong)  # type: ignore[arg-type]  # that is the point
    assert [part.sessions for part in (await adapters.analytics.session_retention("globex", 2)).cohorts] == [0, 0]
    for weeks in (0, -1, 54, True, "3", None, 2.0):
        with pytest.raises(InvalidQueryError, match="53"):
            await adapters.analytics.session_retention("acme", weeks)  # type: ignore[arg-type]  # that is the point
    assert len((await adapters.analytics.session_retention("acme", 53)).cohorts) == 53
