"""A database that ours wrote, with every adapter used, has rows of the same shape as AuthHero's own.

Every row that AuthHero stored is read through our adapters and written again through them into a fresh database: once from all that
the row has, and once from the least that must be given for it. Then the two rows are compared column by column: which values are NULL,
numbers or text, which text is JSON or an instant and in which form, and the values themselves.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from authhero_sql import Adapters, Database, connect, create_adapters
from authhero_sql.tables import REGISTRY
from tests.contract.builders import ENTITIES, key, login_session, rollout, session, tenant, tenant_operation
from tests.contract_data import needs_contract
from tests.engines import Server
from tests.interop.answers import needs_interop
from tests.interop.shapes import WRITES, Again, GivenIds, Stored, Watch, default_of, difference, form, keyed, stored, write_again
from tests.interop.test_interop import provided
from tests.kinds import adapter_classes

pytestmark = [needs_interop, needs_contract, pytest.mark.filterwarnings("ignore:Duplicate index")]

ORDER = ("another order of keys", "it was read into a model, which has its entity's order; what is given as a mapping keeps its own")
DIFFERENT = {
    "keys.created_at": ("text there, instant here", "theirs is a date in words, Mon Nov 23 2026; ours can be sorted and compared"),
    "login_sessions.auth_params": ORDER,
    "outbox_events.payload": ORDER,
    "refresh_tokens.device": ORDER,
    "sessions.device": ORDER,
    "tenants.flags": ORDER,
}
"""What differs on purpose, by table and column: how, and why."""
WITHOUT_ADAPTER = {
    "control_plane_comm_keys": "the control plane's own; the contract has no adapter for it, and AuthHero has written none",
    "migrations": "no adapter has it, and AuthHero has written none",
}
WRITES_NOTHING = {
    "session_cleanup": "it only removes",
    "stats": "it only reads",
    "analytics": "it only reads",
}


@pytest.fixture(scope="module")
def their_url(server: Server | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database with what AuthHero wrote: its own on SQLite and MySQL, the one of SQLite beside PostgreSQL."""
    own = server if server is not None and server.name == "mysql" else None
    yield from provided(own, tmp_path_factory.mktemp("shapes"))


@pytest.fixture
async def theirs(their_url: str) -> AsyncIterator[Adapters]:
    """Adapters over it, before everything that happened in it."""
    async with connect(their_url) as db:
        yield await create_adapters(db, clock=Watch())


def differences(name: str, before: list[Stored], after: list[Stored]) -> dict[str, set[str]]:
    """By ``table.column``: in which ways the rows of a table differ."""
    table = REGISTRY[name]
    theirs, ours = keyed(table, before), keyed(table, after)
    assert ours.keys() == theirs.keys(), name
    found: dict[str, set[str]] = {}
    for place, row in theirs.items():
        for column, value in row.items():
            if (how := difference(value, ours[place][column])) is not None:
                found.setdefault(f"{name}.{column}", set()).add(how)
    return found


class Noting:
    """Adapters, and the names of those that were asked for."""

    def __init__(self, adapters: Adapters) -> None:
        self.adapters = adapters
        self.used: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        self.used.add(name)
        return getattr(self.adapters, name)


@pytest.mark.parametrize("least", [False, True], ids=["all-given", "least-given"])
async def test_rows_are_stored_as_theirs(theirs: Adapters, db: Database, least: bool) -> None:
    watch, ids = Watch(), GivenIds()
    ours: Any = Noting(await create_adapters(db, clock=watch, ids=ids))
    await write_again(theirs, ours, watch, ids, least=least)
    found: dict[str, set[str]] = {}
    for name in WRITES:
        before = await stored(theirs.database, REGISTRY[name])
        assert before, name
        found |= differences(name, before, await stored(db, REGISTRY[name]))
    assert found == {place: {how} for place, (how, _) in DIFFERENT.items()}
    assert ours.used | WRITES_NOTHING.keys() >= adapter_classes().keys()


def test_every_table_and_adapter_is_covered() -> None:
    """A table or an adapter that has come must be written above, or have its reason."""
    assert REGISTRY.keys() == WRITES.keys() | WITHOUT_ADAPTER.keys()
    behind = {table.name for kind in adapter_classes().values() if (table := getattr(kind, "table", None)) is not None}
    assert behind == WRITES.keys()


SMALL = {
    ("organizations", "org_2"): {"id", "name"},
    ("hooks", "hook_2"): {"hook_id", "trigger_id", "template_id"},
    ("roles", "rol_ro"): {"id", "name"},
    ("tenants", "globex"): {"id", "friendly_name", "audience", "sender_name", "sender_email"},
    ("users", "sms|222"): {"user_id", "provider", "connection", "linked_to", "phone_number", "phone_verified"},
    ("users", "auth0|bulk000"): {"user_id", "provider", "connection", "email", "email_verified", "name"},
}
"""Rows that AuthHero made of little."""


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(("place", "fields"), SMALL.items(), ids=["-".join(place) for place in SMALL])
async def test_little_is_given_where_little_was(theirs: Adapters, place: tuple[str, str], fields: set[str]) -> None:
    """The rows above are no copies: what nobody gave is not given."""
    table = REGISTRY[place[0]]
    rows = await stored(theirs.database, table)
    (row,) = [row for row in rows if place[1] in row.values()]
    find: Any = getattr(theirs, table.name)
    found = await find.get(*([row["tenant_id"]] if table.tenant_scoped else []), place[1])
    given = Again(theirs, theirs, Watch(), GivenIds(), table, row, least=True, rows=rows).given(found)
    assert given.keys() == fields


async def one_of_each(adapters: Adapters) -> None:
    """A row of every table, from the smallest input that the contract tests have."""
    await tenant(adapters)
    await adapters.login_sessions.create("acme", login_session(), import_metadata={"id": "login"})
    for make, _ in ENTITIES.values():
        await make(adapters, "acme")
    await adapters.keys.create(key())
    operation = await adapters.tenant_operations.create(tenant_operation())
    await adapters.tenant_operation_events.create({"operation_id": operation.id, "step": "create", "outcome": "succeeded"})
    await adapters.rollouts.create(rollout())


async def test_rows_of_the_smallest_input_have_the_forms_of_theirs(theirs: Adapters, adapters: Adapters) -> None:
    await one_of_each(adapters)
    found: dict[str, set[str]] = {}
    for name in WRITES:
        before, after = [await stored(side.database, REGISTRY[name]) for side in (theirs, adapters)]
        for column in REGISTRY[name].names:
            known = {form(row[column]) for row in before}
            if known != {"NULL"}:
                optional = {"NULL"} if REGISTRY[name][column].null and default_of(REGISTRY[name], column) is None else set()
                strange = {form(row[column]) for row in after} - known - optional
                found |= {f"{name}.{column}": strange} if strange else {}
    assert found == {"keys.created_at": {"instant"}}


async def test_objects_keep_the_order_of_their_keys(theirs: Adapters, db: Database) -> None:
    ours = await create_adapters(db)
    await tenant(ours)
    for before in await stored(theirs.database, REGISTRY["sessions"]):
        await ours.sessions.create("acme", session(before["id"], device=json.loads(before["device"])))
        (after,) = [row for row in await stored(db, REGISTRY["sessions"]) if row["id"] == before["id"]]
        assert after["device"] == before["device"]
