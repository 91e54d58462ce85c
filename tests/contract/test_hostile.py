"""Any sort, cursor, page or size gives rows of the tenant or an InvalidQueryError, on every engine."""

from __future__ import annotations

import base64
import inspect
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from authhero_sql import Adapters, InvalidQueryError, Sort
from tests.contract.builders import outbox_event, tenant
from tests.contract.test_walks import LISTS, List
from tests.kinds import adapter_classes
from tests.strategies import examples, json_values, texts

ODD: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 1.0, 0.5, -0.0, math.nan, math.inf, 2**31, 2**53, 2**63 - 1, 2**63, 2**64, 10**30, "", "1", b"1", [], [1],
    {}, (),
)  # fmt: skip
"""Values that are not a number of rows or are too large for a database."""
FIELDS = (
    "created_at", "date", "id", "name", "user_id", "updated_at", "tenant_id", "app_metadata", "options",
    "location_info.city_name", "priority",
    "created_at_ts", "client_secret", "last_login", "expires_at", "1", "*", "name; DROP TABLE users", '"id"', "id--",
)  # fmt: skip
WAYS = ("asc", "desc", "1", "-1", "", "ASC", "desc ", "0", "asc:desc", "desc;--")


def numbers() -> SearchStrategy[Any]:
    """Generate valid and invalid numbers of rows and pages."""
    return st.one_of(st.integers(0, 5), st.sampled_from(ODD), st.integers(), st.floats())


def sorts() -> SearchStrategy[Any]:
    """Generate valid and invalid sorts."""
    fields, ways = st.sampled_from(FIELDS) | texts(), st.sampled_from(WAYS)
    any_text = st.text() | st.sampled_from(["\0", "\ud800", "id:\0", "\ud800:asc"])
    built: SearchStrategy[Any] = st.builds(Sort, st.one_of(fields, st.sampled_from(ODD)), st.one_of(ways, st.sampled_from(ODD)))
    return st.one_of(st.builds("{}:{}".format, fields, ways), fields, built, any_text, st.sampled_from(ODD))


def cursors() -> SearchStrategy[Any]:
    """Generate cursors of the right format, other JSON, and other text."""
    values = st.one_of(
        json_values(), st.sampled_from(["2026-02-01T12:00:00.000Z", "", "zzz", "\ud800", 2**63 - 1, -(2**63), 2**63]), st.text()
    )
    kinds: SearchStrategy[Any] = st.sampled_from([None, "created_at:desc", "created_at:asc", "date:desc", "date:asc", "id:asc", 5, []])
    full = st.fixed_dictionaries({"s": values, "i": texts() | values}, optional={"k": kinds, "x": values})
    deep = st.sampled_from(['{"s":' + "[" * 5000, "1" * 5000, '{"s":1e999,"i":"a"}', '{"s":NaN,"i":"a"}', "null", "[]", '"', "{"])
    encoded = st.one_of((full | json_values()).map(json.dumps), deep).map(lambda text: base64.urlsafe_b64encode(text.encode()).decode())
    stripped = encoded.map(lambda text: text.rstrip("="))
    return st.one_of(
        stripped, stripped, encoded, st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode()), st.text(), st.sampled_from(ODD)
    )


OPTIONS = {
    "page": numbers(),
    "per_page": numbers(),
    "take": numbers(),
    "batch": numbers(),
    "sort": sorts(),
    "from_": cursors(),
    "include_totals": st.sampled_from((False, True, "estimate")),
}


def _calls() -> dict[str, tuple[str, ...]]:
    """Yield every public method that accepts such options, with these options."""
    found = {}
    for name, kind in adapter_classes().items():
        for method, function in inspect.getmembers(kind, inspect.isfunction):
            taken = tuple(option for option in inspect.signature(function).parameters if option in OPTIONS or option == "limit")
            if not method.startswith("_") and set(taken) & {"page", "take", "batch", "limit"}:
                found[f"{name}.{method}"] = taken
    return found


CALLS = _calls()
LISTED = {f"{name.split()[0]}.{listed.method}": name for name, listed in LISTS.items()}

ASSIGNMENT_LISTS = {"role_permissions.list", "user_permissions.list", "user_roles.list"}
"""Lists of assignments, which are complete unless a page is requested."""


class Rows:
    """The rows that a call may return: those of one tenant, next to another tenant with equally many rows."""

    def __init__(self, adapters: Adapters, call: str) -> None:
        self.adapters = adapters
        name, self.method = call.split(".")
        self.adapter: Any = getattr(adapters, name)
        self.list = LISTED.get(call.replace(".iterate", ".list"))
        self.place: tuple[str, ...] = ()
        self.own: list[Any] = []

    @classmethod
    async def of(cls, adapters: Adapters, call: str) -> Rows:
        rows = cls(adapters, call)
        await (rows._listed(rows.list) if rows.list is not None else rows._held() if call in ASSIGNMENT_LISTS else rows._limited())
        assert len(rows.own) >= 3
        return rows

    async def _listed(self, name: str) -> None:
        for list_ in (await List.fresh(self.adapters, name), await List.fresh(self.adapters, name)):
            for hour in (0, 0, 1):
                await list_.add(hour)
        self.place = list_.listed.place(list_.tenant_id)
        self.own = (await list_.page(per_page=1000)).items

    async def _held(self) -> None:
        for tenant_id in ("globex", "acme"):
            await tenant(self.adapters, tenant_id)
            await self.adapters.resource_servers.create(tenant_id, {"name": "API", "identifier": "https://api.example"})
            for number in range(3):
                role = await self.adapters.roles.create(tenant_id, {"name": f"role {number}"})
                await self.adapters.user_roles.create(tenant_id, "auth0|ada", role.id)
                permission = {"resource_server_identifier": "https://api.example", "permission_name": f"read:{number}"}
                await self.adapters.user_permissions.create(tenant_id, "auth0|ada", permission)
                permissions = [{**permission, "permission_name": f"{permission['permission_name']}:{part}"} for part in range(3)]
                await self.adapters.role_permissions.assign(tenant_id, role.id, permissions)
        self.place = ("acme", role.id if self.adapter is self.adapters.role_permissions else "auth0|ada")
        self.own = await self.adapter.list(*self.place)

    async def _limited(self) -> None:
        for tenant_id in ("acme", "globex"):
            await tenant(self.adapters, tenant_id)
            for number in range(3):
                await self.adapters.passwords.create(tenant_id, {"user_id": "auth0|ada", "password": f"hash {number}"})
                await self.adapters.outbox.create(tenant_id, outbox_event())
        self.place = () if self.method == "get_unprocessed" else ("acme", "auth0|ada")
        self.own = await getattr(self.adapter, self.method)(*self.place, limit=100)

    async def answer(self, options: dict[str, Any]) -> list[Any]:
        """Return the rows of the call."""
        given = getattr(self.adapter, self.method)(*self.place, **options)
        if self.method == "iterate":
            return [row async for row in given]
        found = await given
        return list(getattr(found, "items", found))


@pytest.fixture
async def rows(adapters: Adapters, request: pytest.FixtureRequest) -> Rows:
    """Return the rows of the call that is the parameter of the test."""
    return await Rows.of(adapters, request.param)


@pytest.mark.parametrize("rows", CALLS, indirect=True)
@given(drawn=st.fixed_dictionaries({"limit": numbers()}, optional=OPTIONS))
@examples(12)
async def test_an_answer_within_the_tenant_or_a_refusal(rows: Rows, drawn: dict[str, Any]) -> None:
    taken = inspect.signature(getattr(rows.adapter, rows.method)).parameters
    options = {name: value for name, value in drawn.items() if name in taken}
    try:
        found = await rows.answer(options)
    except InvalidQueryError:
        return
    assert all(row in rows.own for row in found)
    assert len(found) <= len(rows.own)


@pytest.mark.parametrize("rows", [call for call in CALLS if {"sort", "from_"} & set(CALLS[call])], indirect=True)
@given(drawn=st.fixed_dictionaries({}, optional={"sort": sorts(), "from_": cursors()}))
@examples(12)
async def test_no_sort_and_no_cursor_opens_more(rows: Rows, drawn: dict[str, Any]) -> None:
    taken = inspect.signature(getattr(rows.adapter, rows.method)).parameters
    options = {name: value for name, value in drawn.items() if name in taken}
    try:
        found = await rows.answer(options)
    except InvalidQueryError:
        return
    assert all(row in rows.own for row in found)


def test_every_list_is_called() -> None:
    assert set(LISTED) <= set(CALLS)
    assert {call for call in CALLS if call.replace(".iterate", ".list") not in LISTED} == {
        *ASSIGNMENT_LISTS,
        "outbox.get_unprocessed",
        "passwords.list",
    }
