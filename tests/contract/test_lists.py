"""Offset pagination, checkpoint pagination, sorting, totals and iterate, on every engine."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from authhero_sql import Adapters, InvalidQueryError, Sort, pagination
from authhero_sql.dialects import Call
from authhero_sql.statements import lists
from tests.contract.builders import SOON, client, code, connection, key, log, refresh_token, session, tenant, user

MANY = 23


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with two tenants. One has many users, clients and log entries, some with equal times."""
    async with adapters.batch() as batch:
        await tenant(batch, "acme")
        await tenant(batch, "globex")
        for number in range(MANY):
            created = {"created_at": SOON + timedelta(hours=number // 3)}
            fields = {"name": f"Name {number % 4}"} if number % 3 else {}
            await batch.users.create("acme", user(f"u{number:02}", **fields), import_metadata=created)
            await batch.clients.create("acme", client(f"c{number:02}"), import_metadata=created)
            await batch.logs.create("acme", log(log_id=f"l{number:02}", date=SOON + timedelta(seconds=number // 3)))
    return adapters


async def pages(list_: Any, per_page: int, **options: Any) -> list[Any]:
    """Read all rows by offset."""
    found: list[Any] = []
    number = 0
    while True:
        page = await list_(page=number, per_page=per_page, **options)
        assert (page.start, page.limit, page.length) == (number * per_page, per_page, len(page.items))
        found += page.items
        number += 1
        if page.length < per_page:
            return found


async def walk(list_: Any, take: int, **options: Any) -> list[Any]:
    """Read all rows by checkpoint."""
    found: list[Any] = []
    cursor = None
    while True:
        page = await list_(take=take, from_=cursor, **options)
        assert page.length == len(page.items) <= take
        found += page.items
        cursor = page.next
        if cursor is None:
            return found


async def test_offset_pages_neither_overlap_nor_skip(store: Adapters) -> None:
    every = await pages(lambda **options: store.users.list("acme", **options), 100)
    assert len(every) == MANY + 1
    for per_page in (1, 4, 5, 24):
        assert await pages(lambda **options: store.users.list("acme", **options), per_page) == every
    assert [item.created_at for item in every] == sorted((item.created_at for item in every), reverse=True)


@pytest.mark.parametrize(
    "sort", ["name:asc", "name:desc", "email:1", "user_id:-1", "last_login:asc", "login_count:desc", Sort("name", "desc")]
)
async def test_the_same_order_on_every_engine(store: Adapters, sort: str | Sort) -> None:
    for number in (3, 7):
        await store.users.update("acme", f"auth0|u{number:02}", {"last_login": SOON, "login_count": number})
    field, descending = ("name", True) if isinstance(sort, Sort) else (sort.split(":")[0], sort.split(":")[1] in ("desc", "-1"))
    every = await pages(lambda **options: store.users.list("acme", sort=sort, **options), 5)

    def key_of(item: Any) -> tuple[bool, Any, str]:
        # NULL sorts before every value. The login count of a user without logins is also NULL, but is returned as 0.
        value = getattr(item, field)
        missing = value is None or (field == "login_count" and value == 0)
        return (not missing, str(value) if not missing and field != "login_count" else 0 if missing else value, item.user_id)

    assert [item.user_id for item in every] == [item.user_id for item in sorted(every, key=key_of, reverse=descending)]


async def test_totals_only_on_request(store: Adapters) -> None:
    assert (await store.users.list("acme")).total is None
    for page, per_page in ((0, 5), (4, 5), (9, 50), (0, 0)):
        found = await store.users.list("acme", page=page, per_page=per_page, include_totals=True)
        assert found.total == MANY + 1
    assert (await store.users.list("nowhere", include_totals=True)).total == 0
    assert (await store.clients.list("acme", per_page=5000)).limit == 1000
    assert (await store.tenants.list(include_totals=True)).total == 2


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> int:
    """Reduce the limit of an estimate, because creating ten thousand rows takes too long."""
    for module in (pagination, lists):
        monkeypatch.setattr(module, "ESTIMATE_LIMIT", 5)
    return 5


@pytest.mark.usefixtures("few")
async def test_an_estimate_counts_so_far_and_says_when_there_are_more(store: Adapters) -> None:
    for q, page, expected in (
        (None, 0, (5, True)),
        (None, 99, (5, True)),
        ('user_id:("auth0|u01" OR "auth0|u02" OR "auth0|u03")', 0, (3, False)),
        ("user_id:none", 0, (0, False)),
        ("user_id:none", 3, (0, False)),
        ("login_count:<1", 0, (5, True)),
        ("name:*", 0, (5, True)),
    ):
        found = await store.users.list("acme", q=q, page=page, per_page=2, include_totals="estimate")
        assert (found.total, found.total_is_estimate) == expected, (q, page)
        exact = await store.users.list("acme", q=q, page=page, per_page=2, include_totals=True)
        assert exact.items == found.items
        assert exact.total_is_estimate is False
        assert exact.total is not None
        assert min(exact.total, 5) == found.total
    # Including the user that the tenant already has.
    for number in range(4):
        await store.clients.create("globex", client(f"g{number}"))
    full = await store.clients.list("globex", include_totals="estimate")
    assert (full.total, full.total_is_estimate) == (5, False), "exactly the limit of the estimate"
    await store.clients.create("globex", client("g5"))
    more = await store.clients.list("globex", include_totals="estimate")
    assert (more.total, more.total_is_estimate, more.length) == (5, True, 6)


async def test_an_estimate_is_on_the_wire_where_there_are_more(store: Adapters, few: int) -> None:
    page = await store.users.list("acme", per_page=1, include_totals="estimate")
    wire = page.model_dump(by_alias=True, exclude_none=True)
    assert list(wire) == ["users", "start", "limit", "length", "total", "total_is_estimate"]
    assert (wire["total"], wire["total_is_estimate"]) == (few, True)
    exact = await store.tenants.list(include_totals="estimate")
    assert list(exact.model_dump(by_alias=True, exclude_none=True)) == ["tenants", "start", "limit", "length", "total"]


@pytest.mark.usefixtures("few")
async def test_an_estimate_of_the_rows_that_somebody_holds(store: Adapters) -> None:
    for number in range(6):
        permission = {"resource_server_identifier": "api", "permission_name": f"p{number}"}
        role = await store.roles.create("acme", {"name": f"role {number}"})
        organization = await store.organizations.create("acme", {"name": f"org{number}"})
        await store.user_organizations.create("acme", {"user_id": "auth0|u01", "organization_id": organization.id})
        await store.user_roles.create("acme", "auth0|u01", role.id)
        await store.user_permissions.create("acme", "auth0|u01", permission)
        await store.role_permissions.assign("acme", role.id, [permission])
        await store.user_roles.create("acme", f"auth0|u{number:02}", role.id)
    held: list[Any] = [
        await store.user_roles.list("acme", "auth0|u01", page=0, include_totals="estimate"),
        await store.user_permissions.list("acme", "auth0|u01", page=0, include_totals="estimate"),
        await store.user_organizations.list_user_organizations("acme", "auth0|u01", include_totals="estimate"),
    ]
    assert [(page.length, page.total, page.total_is_estimate) for page in held] == [(6, 5, True)] * 3
    one = await store.role_permissions.list("acme", role.id, page=0, include_totals="estimate")
    assert (one.total, one.total_is_estimate) == (1, False)
    # A user in two organizations counts once.
    await store.user_roles.create("acme", "auth0|u01", role.id, organization.id)
    people = await store.user_roles.list_users("acme", role.id, include_totals="estimate")
    assert (people.total, people.total_is_estimate, people.length) == (2, False, 2)
    for number in range(6):
        await store.user_roles.create("acme", f"auth0|u{number:02}", role.id)
    people = await store.user_roles.list_users("acme", role.id, include_totals="estimate")
    assert (people.total, people.total_is_estimate, people.length) == (5, True, 6)


async def test_a_page_is_a_million_rows_deep_at_the_most(store: Adapters) -> None:
    lists: list[Any] = [store.users.list, store.logs.list, store.codes.list]
    for list_ in lists:
        assert (await list_("acme", page=20_000, per_page=50)).items == []
        for options in ({"page": 20_001, "per_page": 50}, {"page": 1001, "per_page": 1000}, {"page": 2**53}):
            with pytest.raises(InvalidQueryError, match="1,000,000 rows may precede a page; use from and take"):
                await list_("acme", **options)
    with pytest.raises(InvalidQueryError, match="1,000,000 rows"):
        await store.user_roles.list("acme", "auth0|u01", page=20_001)


async def test_pages_know_their_name_on_the_wire(store: Adapters) -> None:
    for name in ("users", "clients", "connections", "sessions", "refresh_tokens", "codes", "logs"):
        page = await getattr(store, name).list("acme", per_page=1, include_totals=True)
        assert list(page.model_dump(by_alias=True, exclude_none=True)) == [name, "start", "limit", "length", "total"]
    assert "items" in page.model_dump()


AWKWARD = ["a", "A", "á", "a\u0301", "Z", "z", "", " ", "a ", "a\t", "a!", "10", "9", "ß", "ss", "\ue000", "\U0001f600", "İ", "i", "_", "%"]
"""Names that collations sort differently or treat as equal."""


@pytest.mark.parametrize("descending", [False, True])
async def test_text_sorts_by_code_point_and_null_stands_first(store: Adapters, descending: bool) -> None:
    for number, name in enumerate(AWKWARD):
        await store.users.create("globex", user(f"n{number}", name=name))
    await store.users.create("globex", user("nobody"))
    sort = f"name:{'desc' if descending else 'asc'}"
    every = await pages(lambda **options: store.users.list("globex", sort=sort, **options), 3)
    names = [item.name for item in every]
    assert names == sorted([None, None, *AWKWARD], key=lambda name: (name is not None, name or ""), reverse=descending)
    missing = [item.user_id for item in every if item.name is None]
    assert missing == sorted(["auth0|ada", "auth0|nobody"], reverse=descending), "the key is the last sort key"


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("field", ["expires_at", "used_at", "revoked_at"])
async def test_times_sort_with_those_that_are_missing_first(store: Adapters, field: str, descending: bool) -> None:
    times = [SOON, None, SOON - timedelta(days=30_000), SOON, None, SOON + timedelta(milliseconds=1)]
    for number, time in enumerate(times):
        await store.sessions.create("acme", session(f"s{number}", **{field: time}))
    sort = f"{field}:{'desc' if descending else 'asc'}"
    every = await pages(lambda **options: store.sessions.list("acme", sort=sort, **options), 2)
    expected = ["s1", "s4", "s2", "s0", "s3", "s5"]
    assert [item.id for item in every] == (expected[::-1] if descending else expected)


async def test_flags_and_numbers_sort(store: Adapters) -> None:
    await store.connections.create("acme", connection("system", is_system=True))
    found = await store.connections.list("acme", sort="is_system:-1")
    assert [item.id for item in found.items] == ["con_system", "con_db"]
    assert [item.is_system for item in found.items] == [True, None]
    for number, count in enumerate((9, 10, -1)):
        await store.users.update("acme", f"auth0|u0{number}", {"login_count": count})
    top = await store.users.list("acme", sort="login_count:desc", per_page=3)
    assert [item.login_count for item in top.items] == [10, 9, -1], "a missing count is sorted last, unlike 0"


def cursor_of(value: Any, id: str, **more: Any) -> str:
    """Return a cursor in the format of AuthHero."""
    return base64.urlsafe_b64encode(json.dumps({"s": value, "i": id, **more}).encode()).rstrip(b"=").decode()


async def test_a_cursor_is_what_the_contract_says(store: Adapters) -> None:
    for list_, sort, id, field, kind in (
        (store.users.list, "created_at:asc", "user_id", "created_at", "created_at:asc"),
        (store.users.list, None, "user_id", "created_at", "created_at:desc"),
        (store.logs.list, "date:asc", "log_id", "date", "date:asc"),
        (store.clients.list, None, "client_id", "created_at", None),
    ):
        page: Any = await list_("acme", take=4, sort=sort)
        last = page.items[-1].model_dump(mode="json")
        assert page.next is not None
        data = json.loads(base64.urlsafe_b64decode(page.next + "=" * (-len(page.next) % 4)))
        assert data == {"s": last[field], "i": last[id], **({"k": kind} if kind else {})}
        assert "=" not in page.next
        own = cursor_of(data["s"], data["i"], **({"k": kind} if kind else {}))
        assert (await list_("acme", take=4, sort=sort, from_=own)).items == (await list_("acme", take=4, sort=sort, from_=page.next)).items
    assert page.total is None


async def test_a_cursor_of_another_walk_is_refused(store: Adapters) -> None:
    for number in range(3):
        await store.sessions.create("acme", session(f"s{number}"))
    down = (await store.users.list("acme", take=2)).next
    up = (await store.users.list("acme", take=2, sort="created_at:asc")).next
    logs = (await store.logs.list("acme", take=2)).next
    clients = (await store.clients.list("acme", take=2)).next
    sessions = (await store.sessions.list("acme", take=2)).next
    assert None not in (down, up, logs, clients, sessions)
    wrong: list[tuple[Any, str | None, list[str | None]]] = [
        (store.users.list, None, [up, logs, clients, sessions]),
        (store.users.list, "created_at:asc", [down, logs, clients]),
        (store.logs.list, None, [down, up, clients]),
        (store.clients.list, None, [down, sessions]),
        (store.sessions.list, None, [clients, down]),
    ]
    for list_, sort, cursors in wrong:
        for cursor in cursors:
            with pytest.raises(InvalidQueryError):
                await list_("acme", take=2, sort=sort, from_=cursor)


@pytest.mark.parametrize(
    "broken",
    [
        "=",
        "\x00",
        "é",
        "bm90IGpzb24",
        cursor_of(None, "auth0|u01", k="created_at:desc"),
        cursor_of(7, "auth0|u01", k="created_at:desc"),
        cursor_of({"$gt": ""}, "auth0|u01", k="created_at:desc"),
        cursor_of("2026-01-01T00:00:00.000Z", 5, k="created_at:desc"),  # type: ignore[arg-type]  # on purpose
        cursor_of("2026-01-01T00:00:00.000Z", "\0", k="created_at:desc"),
        cursor_of("2026-01-01T00:00:00.000Z", "\ud800", k="created_at:desc"),
        cursor_of("2026-01-01T00:00:00.000Z", "auth0|u01", k="email:desc"),
        cursor_of("2026-01-01T00:00:00.000Z", "auth0|u01", k=None),
        cursor_of("2026-01-01T00:00:00.000Z", "auth0|u01"),
    ],
)
async def test_a_broken_cursor_is_refused(store: Adapters, broken: str) -> None:
    with pytest.raises(InvalidQueryError):
        await store.users.list("acme", from_=broken)


async def test_a_cursor_opens_no_other_tenant(store: Adapters) -> None:
    cursor = (await store.users.list("acme", take=1, sort="created_at:asc")).next
    found = await store.users.list("globex", take=50, sort="created_at:asc", from_=cursor)
    assert all(item.email == "ada@acme.example" and item.user_id == "auth0|ada" for item in found.items)
    assert len(found.items) <= 1


async def test_a_walk_goes_one_way_only_where_the_list_says_so(store: Adapters) -> None:
    for list_, sort in (
        (store.clients.list, "created_at:asc"),
        (store.connections.list, "name:asc"),
        (store.users.list, "email:desc"),
        (store.logs.list, "type:desc"),
    ):
        with pytest.raises(InvalidQueryError):
            await list_("acme", take=2, sort=sort)
    assert len((await store.clients.list("acme", take=2, sort="created_at:desc")).items) == 2
    with pytest.raises(InvalidQueryError):
        await store.codes.list("acme", take=2)


async def test_a_page_by_number_and_one_by_checkpoint_are_not_asked_for_at_once(store: Adapters) -> None:
    role = await store.roles.create("acme", {"name": "admin"})
    lists: list[Any] = [
        lambda **given: store.users.list("acme", **given),
        lambda **given: store.logs.list("acme", **given),
        store.tenants.list,
        lambda **given: store.user_roles.list_users("acme", role.id, **given),
    ]
    for list_ in lists:
        for mixed in ({"page": 0, "take": 3}, {"per_page": 3, "take": 3}, {"page": 1, "from_": ""}, {"per_page": 50, "from_": ""}):
            with pytest.raises(InvalidQueryError, match="page and per_page cannot be combined with from and take"):
                await list_(**mixed)
        assert (await list_(page=None, per_page=None)).limit == 50
        assert (await list_(per_page=1001)).limit == 1000, "the page contains the reduced limit"


async def test_take_has_its_limits(store: Adapters) -> None:
    assert ((await store.users.list("acme", take=5000)).limit, (await store.users.list("acme", take=5000)).next) == (1000, None)
    first = await store.users.list("acme", take=MANY)
    assert first.next is not None
    rest = await store.users.list("acme", from_=first.next)
    assert (rest.limit, rest.length, rest.next, rest.start) == (50, 1, None, 0)
    exact = await store.users.list("acme", take=MANY + 1)
    assert exact.next is None, "no page follows the last row"


async def test_walks_of_every_list(store: Adapters) -> None:
    same = {"created_at": SOON}
    for number in range(7):
        await store.sessions.create("acme", session(f"s{number}"), import_metadata=same)
        await store.refresh_tokens.create("acme", refresh_token(f"r{number}"), import_metadata=same)
        await store.connections.create("acme", connection(f"x{number}"), import_metadata=same)
    for adapter, count in ((store.sessions, 7), (store.refresh_tokens, 7), (store.connections, 8)):
        ids = [item.id for item in await walk(lambda **options: adapter.list("acme", **options), 3)]  # noqa: B023
        assert len(ids) == len(set(ids)) == count
        assert ids[:7] == sorted(ids[:7], reverse=True), "rows with equal times are sorted by key"
        assert [item.id async for item in adapter.iterate("acme", batch=2)] == ids
        assert [item.id for item in (await adapter.list("acme", sort="created_at:desc")).items] == ids


@pytest.mark.parametrize("take", [1, 4, 50])
async def test_walks_neither_repeat_nor_lose(store: Adapters, take: int) -> None:
    users = await walk(lambda **options: store.users.list("acme", **options), take)
    assert users == await pages(lambda **options: store.users.list("acme", **options), 50)
    upwards = await walk(lambda **options: store.users.list("acme", sort="created_at:asc", **options), take)
    assert upwards == users[::-1]
    logs = await walk(lambda **options: store.logs.list("acme", sort="date:asc", **options), take)
    assert [entry.log_id for entry in logs] == [f"l{number:02}" for number in range(MANY)]
    clients = await walk(lambda **options: store.clients.list("acme", **options), take)
    assert len({item.client_id for item in clients}) == len(clients) == MANY + 1


async def test_walks_over_times_that_are_missing(store: Adapters) -> None:
    for number in range(7):
        await store.sessions.create("acme", session(f"s{number}"))
        await store.refresh_tokens.create("acme", refresh_token(f"r{number}"))
    await store.database.execute(Call("UPDATE refresh_tokens SET created_at_ts = NULL WHERE id IN ('r1', 'r4', 'r6')"))
    for take in (1, 2, 3, 50):
        found = [item.id for item in await walk(lambda **options: store.refresh_tokens.list("acme", **options), take)]
        assert found == ["r5", "r3", "r2", "r0", "r6", "r4", "r1"]
    assert len(await walk(lambda **options: store.sessions.list("acme", **options), 2)) == 7


async def test_walks_leave_linked_accounts_out(store: Adapters) -> None:
    await store.users.create("acme", user("linked", linked_to="auth0|u03"))
    walked = [item.user_id async for item in store.users.iterate("acme", batch=3)]
    assert "auth0|linked" not in walked
    assert len(walked) == MANY + 1
    assert "auth0|linked" in [item.user_id for item in (await store.users.list("acme", per_page=100)).items]


async def test_iterate_goes_over_everything(store: Adapters) -> None:
    assert [item async for item in store.clients.iterate("acme", batch=4)] == (await store.clients.list("acme", per_page=100)).items
    assert [item.log_id async for item in store.logs.iterate("acme", sort="date:asc")] == [f"l{number:02}" for number in range(MANY)]
    assert [item.id async for item in store.tenants.iterate(batch=1)] == ["globex", "acme"]
    assert [item async for item in store.users.iterate("nowhere")] == []
    with pytest.raises(InvalidQueryError):
        async for _ in store.users.iterate("acme", batch=0):
            pass


async def test_a_walk_goes_on_while_others_write(store: Adapters) -> None:
    at_the_start = {item.user_id for item in (await store.users.list("acme", per_page=100)).items}
    seen: list[str] = []
    number = 0
    async for item in store.users.iterate("acme", batch=2):
        seen.append(item.user_id)
        number += 1
        await store.users.create("acme", user(f"new{number}"))
    assert at_the_start <= set(seen)
    assert len(seen) == len(set(seen))


async def test_every_list_answers(store: Adapters) -> None:
    await store.codes.create("acme", code())
    await store.keys.create(key())
    await store.keys.create(key("revoked", revoked_at=SOON - timedelta(days=9)))
    await store.keys.create(key("later", revoked_at=SOON + timedelta(days=9)))
    assert {item.kid for item in (await store.keys.list()).items} == {"k1", "later"}
    assert (await store.codes.list("acme", include_totals=True)).total == 1
    await store.connections.create("acme", connection("a"))
    assert [item.name for item in (await store.connections.list("acme")).items] == ["a", "db"]
    for list_ in (store.sessions.list, store.refresh_tokens.list):
        assert (await list_("acme")).items == []


async def test_logs_by_date(store: Adapters) -> None:
    start = int(SOON.timestamp())
    for first, last, expected in ((start, start, 3), (start, start + 1, 6), (start + 7, None, 2), (None, start, 3), (start + 90, None, 0)):
        page = await store.logs.list("acme", from_date=first, to_date=last, include_totals=True)
        assert page.total == expected
        walked = await walk(lambda **options: store.logs.list("acme", from_date=first, to_date=last, **options), 2)  # noqa: B023
        assert len(walked) == expected
    with pytest.raises(InvalidQueryError):
        await store.logs.list("acme", from_date=10**20)


@pytest.mark.parametrize("sort", ["date:asc", "date:desc"])
async def test_a_date_means_its_whole_second(store: Adapters, sort: str) -> None:
    for milliseconds in (-1, 0, 1, 999, 1000, 1999, 2000):
        await store.logs.create("globex", log(log_id=f"ms{milliseconds}", date=SOON + timedelta(milliseconds=milliseconds)))
    start = int(SOON.timestamp())
    for first, last, expected in (
        (start, start, [0, 1, 999]),
        (start, start + 1, [0, 1, 999, 1000, 1999]),
        (start - 1, start - 1, [-1]),
        (start + 1, None, [1000, 1999, 2000]),
        (None, start, [-1, 0, 1, 999]),
        (start + 1, start, []),
    ):
        names = [f"ms{number}" for number in (expected if sort == "date:asc" else expected[::-1])]

        async def list_(first: int | None = first, last: int | None = last, **options: Any) -> Any:
            return await store.logs.list("globex", from_date=first, to_date=last, sort=sort, **options)

        assert [entry.log_id for entry in await pages(list_, 2)] == names
        assert [entry.log_id for entry in await walk(list_, 2)] == names
        assert (await list_(include_totals=True)).total == len(names)


@given(
    sort=st.none()
    | st.text(max_size=20)
    | st.sampled_from(["created_at", "created_at:desc", "name:x", "app_metadata:asc", ":", "tenant_id:asc"]),
    cursor=st.none() | st.text(max_size=40) | st.binary(max_size=30).map(lambda raw: raw.hex()),
    numbers=st.tuples(st.integers(-3, 10**25), st.integers(-3, 10**25)),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_hostile_lists_answer_or_refuse(store: Adapters, sort: str | None, cursor: str | None, numbers: tuple[int, int]) -> None:
    for options in ({"page": numbers[0], "per_page": numbers[1]}, {"from_": cursor, "take": numbers[1]}):
        try:
            page = await store.users.list("acme", sort=sort, **options)
        except InvalidQueryError:
            continue
        assert all("acme" in (item.email or "") for item in page.items)
