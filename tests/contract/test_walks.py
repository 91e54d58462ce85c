"""Iteration and pagination over every list on every engine: no row is repeated or missing, even during concurrent writes."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authhero_sql import Adapters
from authhero_sql.dialects import Call
from tests.contract.builders import (
    SOON,
    action,
    action_version,
    client,
    client_grant,
    code,
    connection,
    flow,
    form,
    grant,
    hook,
    invite,
    key,
    log,
    organization,
    outbox_event,
    proxy_route,
    refresh_token,
    resource_server,
    role,
    session,
    tenant,
    user,
)
from tests.strategies import examples

_numbers = itertools.count(1)
Made = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A list, with the functions that create, delete, identify and sort its rows.

    Attributes:
        make: Creates the row with this name and import metadata, and returns its identity.
        remove: Deletes the row with this identity, or None if rows cannot be deleted.
        id: The identity of a listed row.
        when: The time by which checkpoint pagination sorts.
        sorts: The sorts of checkpoint pagination.
        walks: Whether the list supports checkpoint pagination.
        place: The arguments of ``list`` before its options.
    """

    make: Callable[[Adapters, str, str, Made], Awaitable[str]]
    remove: Callable[[Adapters, str, str], Awaitable[Any]] | None = None
    id: str = "id"
    when: str = "created_at"
    sorts: tuple[str | None, ...] = (None,)
    walks: bool = True
    method: str = "list"
    place: Callable[[str], tuple[str, ...]] = lambda tenant_id: (tenant_id,)


async def _kept(id: str, made: Awaitable[Any]) -> str:
    await made
    return id


def plain(name: str, build: Callable[..., Made], id: str = "id", **more: Any) -> Listed:
    """Return a list whose rows are imported with an ID."""

    def make(adapters: Adapters, tenant_id: str, row: str, metadata: Made) -> Awaitable[str]:
        return _kept(row, getattr(adapters, name).create(tenant_id, build(row), import_metadata={"id": row, **metadata}))

    return Listed(make=make, remove=lambda a, t, row: getattr(a, name).remove(t, row), id=id, **more)


async def _member(adapters: Adapters, tenant_id: str, row: str, metadata: Made) -> str:
    org = await adapters.organizations.create(tenant_id, organization(row))
    given = {"user_id": "auth0|ada", "organization_id": org.id}
    return (await adapters.user_organizations.create(tenant_id, given, import_metadata={"id": row, **metadata})).id


async def _joined(adapters: Adapters, tenant_id: str, row: str, metadata: Made) -> str:
    await adapters.organizations.create(tenant_id, organization(row), import_metadata={"id": row})
    given = {"user_id": "auth0|ada", "organization_id": row}
    return await _kept(row, adapters.user_organizations.create(tenant_id, given, import_metadata=metadata))


def _client_grant(adapters: Adapters, tenant_id: str, row: str, metadata: Made) -> Awaitable[str]:
    return _kept(row, adapters.client_grants.create(tenant_id, client_grant(row), import_metadata={"id": row, **metadata}))


def _log(adapters: Adapters, tenant_id: str, row: str, metadata: Made) -> Awaitable[str]:
    return _kept(row, adapters.logs.create(tenant_id, log(log_id=row, date=metadata["created_at"])))


async def _failed(adapters: Adapters, tenant_id: str, _: str, __: Made) -> str:
    id = await adapters.outbox.create(tenant_id, outbox_event())
    await adapters.outbox.dead_letter(id, "no")
    return id


async def _change(adapters: Adapters, tenant_id: str, _: str, __: Made) -> str:
    if not (await adapters.tenant_operations.list(tenant_id=tenant_id)).items:
        await adapters.tenant_operations.create(
            {"kind": "seed", "engine": "inline", "tenant_id": tenant_id}, import_metadata={"id": tenant_id}
        )
    return (await adapters.tenant_operation_events.create({"operation_id": tenant_id, "step": "s", "outcome": "started"})).id


ACTION = "act_1"
LISTS: dict[str, Listed] = {
    "actions": plain("actions", action),
    "client_grants": Listed(make=_client_grant, remove=lambda a, t, row: a.client_grants.remove(t, row)),
    "clients": plain("clients", client, "client_id"),
    "connections": plain("connections", connection),
    "flows": plain("flows", flow),
    "forms": plain("forms", form),
    "grants": plain("grants", lambda row: grant(audience=row), when=""),
    "invites": plain("invites", lambda _: invite()),
    "logs": Listed(make=_log, id="log_id", when="date", sorts=(None, "date:asc", "date:desc")),
    "organizations": plain("organizations", organization),
    "refresh_tokens": plain("refresh_tokens", refresh_token),
    "resource_servers": plain("resource_servers", resource_server),
    "roles": plain("roles", role),
    "sessions": plain("sessions", session),
    "tenants": Listed(
        make=lambda a, _, row, metadata: _kept(row, a.tenants.create({"id": row, "friendly_name": row}, import_metadata=metadata)),
        remove=lambda a, _, row: a.tenants.remove(row),
        place=lambda _: (),
    ),
    "user_organizations": Listed(make=_member, remove=lambda a, t, row: a.user_organizations.remove(t, row)),
    "user_roles": Listed(
        make=lambda a, t, row, _: _kept(row, a.user_roles.create(t, row, "rol")),
        remove=lambda a, t, row: a.user_roles.remove(t, row, "rol"),
        method="list_users",
        place=lambda tenant_id: (tenant_id, "rol"),
        when="",
    ),
    "users": plain("users", lambda row: user(row, user_id=row), "user_id", sorts=(None, "created_at:asc", "created_at:desc")),
    # These lists only support pages.
    "action_versions": Listed(
        make=lambda a, t, row, made: _kept(row, a.action_versions.create(t, action_version(ACTION), import_metadata={"id": row, **made})),
        walks=False,
        place=lambda tenant_id: (tenant_id, ACTION),
    ),
    "codes": plain("codes", code, "code_id", walks=False),
    "hooks": plain("hooks", lambda _: hook(), "hook_id", walks=False),
    "keys": Listed(make=lambda a, _, row, __: _kept(row, a.keys.create(key(row))), id="kid", walks=False, place=lambda _: ()),
    "outbox": Listed(make=_failed, walks=False, method="list_failed"),
    "proxy_routes": plain("proxy_routes", lambda _: proxy_route(), walks=False),
    "rollouts": Listed(
        make=lambda a, _, row, made: _kept(row, a.rollouts.create({"kind": "backup"}, import_metadata={"id": row, **made})),
        walks=False,
        place=lambda _: (),
    ),
    "tenant_operation_events": Listed(make=_change, walks=False, method="list_by_operation"),
    "tenant_operations": Listed(
        make=lambda a, _, row, made: _kept(
            row, a.tenant_operations.create({"kind": "seed", "engine": "inline"}, import_metadata={"id": row, **made})
        ),
        walks=False,
        place=lambda _: (),
    ),
    "user_organizations of a user": Listed(
        make=_joined, walks=False, method="list_user_organizations", place=lambda tenant_id: (tenant_id, "auth0|ada")
    ),
}
"""Every list with pages."""
WALKS = [name for name, listed in LISTS.items() if listed.walks]


class List:
    """A list in a tenant that only contains the user Ada, a client and a connection."""

    def __init__(self, adapters: Adapters, name: str, tenant_id: str) -> None:
        self.adapters, self.tenant_id = adapters, tenant_id
        self.listed = LISTS[name]
        self.adapter: Any = getattr(adapters, name.split(maxsplit=1)[0])

    @classmethod
    async def fresh(cls, adapters: Adapters, name: str) -> List:
        tenant_id = f"t{next(_numbers)}"
        await tenant(adapters, tenant_id)
        if name == "user_roles":
            await adapters.roles.create(tenant_id, role(), import_metadata={"id": "rol"})
        return cls(adapters, name, tenant_id)

    async def add(self, hour: int) -> str:
        """Create a row of this hour and return its identity, whose order differs from the order of creation."""
        number = next(_numbers)
        row = f"{number * 7919 % 10007:05}-{number}"
        return await self.listed.make(self.adapters, self.tenant_id, row, {"created_at": SOON + timedelta(hours=hour)})

    async def remove(self, row: str) -> None:
        if self.listed.remove is not None:
            await self.listed.remove(self.adapters, self.tenant_id, row)

    async def page(self, **options: Any) -> Any:
        return await getattr(self.adapter, self.listed.method)(*self.listed.place(self.tenant_id), **options)

    def names(self, items: list[Any]) -> list[str]:
        return [item if isinstance(item, str) else getattr(item, self.listed.id) for item in items]

    async def all(self, **options: Any) -> list[str]:
        """Return the identities of all rows from one page."""
        return self.names((await self.page(per_page=1000, **options)).items)


HOURS = st.lists(st.integers(0, 2), min_size=1, max_size=8)
TAKES = st.lists(st.integers(1, 4), min_size=1, max_size=3)
EVENTS = st.lists(st.tuples(st.booleans(), st.integers(-1, 3)), max_size=6)
"""The concurrent changes: whether a row is created, with its hour, or deleted, with its number."""


async def ids_by_pages(list_: List, takes: list[int], meanwhile: Callable[[], Awaitable[None]], sort: str | None) -> list[str]:
    """Return the identities of all rows from pages of these sizes, with a change after each page."""
    found: list[str] = []
    cursor = None
    options = {} if sort is None else {"sort": sort}
    for take in itertools.cycle(takes):
        page = await list_.page(take=take, from_=cursor, **options)
        assert page.length == len(page.items) <= page.limit == take
        assert page.total is None
        found += list_.names(page.items)
        cursor = page.next
        if cursor is None:
            return found
        assert page.length == take, "only the last page may be short"
        await meanwhile()
    raise AssertionError


async def _do_nothing() -> None:
    pass


@pytest.mark.parametrize("name", WALKS)
@given(hours=HOURS, takes=TAKES, events=EVENTS, way=st.integers(0, 2))
@examples(5)
async def test_a_walk_repeats_and_loses_nothing_while_others_write(
    adapters: Adapters, name: str, hours: list[int], takes: list[int], events: list[tuple[bool, int]], way: int
) -> None:
    list_ = await List.fresh(adapters, name)
    rows = [await list_.add(hour) for hour in hours]
    at_the_start = set(await list_.all())
    assert set(rows) <= at_the_start
    removed: set[str] = set()
    left = iter(events)

    async def meanwhile() -> None:
        made, number = next(left, (None, 0))
        if made:
            await list_.add(number)
        elif made is not None:
            removed.add(rows[number % len(rows)])
            await list_.remove(rows[number % len(rows)])

    seen = await ids_by_pages(list_, takes, meanwhile, list_.listed.sorts[way % len(list_.listed.sorts)])
    assert len(seen) == len(set(seen))
    assert at_the_start - removed <= set(seen)


@pytest.mark.parametrize("name", WALKS)
@given(hours=HOURS, takes=TAKES, way=st.integers(0, 2), missing=st.sets(st.integers(0, 7), max_size=3))
@examples(5)
async def test_walks_pages_and_iterate_agree(
    adapters: Adapters, name: str, hours: list[int], takes: list[int], way: int, missing: set[int]
) -> None:
    list_ = await List.fresh(adapters, name)
    rows = [await list_.add(hour) for hour in hours]
    if name in ("sessions", "refresh_tokens") and (without := [row for number, row in enumerate(rows) if number in missing]):
        # Rows that are older than the column have no value to sort by.
        for row in without:
            await adapters.database.execute(Call(f"UPDATE {name} SET created_at_ts = NULL WHERE id = '{row}'"))
    sort = list_.listed.sorts[way % len(list_.listed.sorts)]
    found = await ids_by_pages(list_, takes, _do_nothing, sort)
    assert set(rows) <= set(found)
    if list_.listed.when:
        wanted = sort or f"{list_.listed.when}:desc"
        assert found == await list_.all(sort=wanted)
    if name != "user_roles":
        options = {} if sort is None else {"sort": sort}
        place = list_.listed.place(list_.tenant_id)
        assert found == list_.names([item async for item in list_.adapter.iterate(*place, batch=takes[0], **options)])


@pytest.mark.parametrize("name", LISTS)
@given(hours=HOURS, per_page=st.integers(1, 5))
@examples(5)
async def test_pages_of_an_unchanged_list_are_disjoint_and_complete(adapters: Adapters, name: str, hours: list[int], per_page: int) -> None:
    list_ = await List.fresh(adapters, name)
    rows = [await list_.add(hour) for hour in hours]
    every = await list_.all()
    assert set(rows) <= set(every)
    found: list[str] = []
    for number in range(len(every) // per_page + 2):
        page = await list_.page(page=number, per_page=per_page, include_totals=True)
        assert (page.start, page.limit, page.length, page.total) == (number * per_page, per_page, len(page.items), len(every))
        found += list_.names(page.items)
    assert found == every
    assert len(found) == len(set(found))


SORTED = [name for name, listed in LISTS.items() if listed.method == "list" and (listed.walks or name in ("codes", "hooks", "keys"))]


@pytest.mark.parametrize("name", SORTED)
@given(hours=HOURS, per_page=st.integers(1, 5), data=st.randoms(use_true_random=False), descending=st.booleans())
@examples(5)
async def test_pages_are_complete_by_any_sort(
    adapters: Adapters, name: str, hours: list[int], per_page: int, data: Any, descending: bool
) -> None:
    list_ = await List.fresh(adapters, name)
    rows = [await list_.add(hour) for hour in hours]
    columns = [
        column.public
        for column in list_.adapter.table.columns
        if not (column.hidden or column.secret) or column.public in ("created_at", "updated_at")
    ]
    sort = f"{data.choice(columns)}:{'desc' if descending else 'asc'}"
    every = await list_.all(sort=sort)
    assert set(rows) <= set(every)
    found: list[str] = []
    for number in range(len(every) // per_page + 1):
        found += list_.names((await list_.page(page=number, per_page=per_page, sort=sort)).items)
    assert found == every
    assert len(found) == len(set(found))


@pytest.mark.parametrize("name", SORTED)
@given(hours=HOURS)
@examples(5)
async def test_a_list_is_sorted_by_its_own_default_order(adapters: Adapters, name: str, hours: list[int]) -> None:
    list_ = await List.fresh(adapters, name)
    for hour in hours:
        await list_.add(hour)
    order, then = list_.adapter.rules.order, list_.adapter.rules.then_by
    texts = [f"{order.sort_by}:{order.sort_order}", f"{order.sort_by}:{order.sort_order.upper()}"]
    if order.descending:
        texts += [f"{order.sort_by}:-1", f"-{order.sort_by}"]
    every = await list_.all(sort=order)
    assert [await list_.all(sort=text) for text in texts] == [every] * len(texts)
    # The additional keys of a default order cannot be requested.
    assert every == await list_.all() or then


@pytest.mark.parametrize("name", WALKS)
@given(hours=HOURS)
@examples(3)
async def test_an_empty_cursor_is_the_first_page(adapters: Adapters, name: str, hours: list[int]) -> None:
    list_ = await List.fresh(adapters, name)
    for hour in hours:
        await list_.add(hour)
    first = await list_.page(take=2)
    assert await list_.page(from_="", take=2) == first
    assert (await list_.page(from_="")).items[:2] == first.items
