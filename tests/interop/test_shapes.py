"""The rows that all adapters write have the same format as AuthHero's rows.

Every row of AuthHero is read with the adapters and written again to a new database: once with all fields of the row, and once with only the
required ones. Then both rows are compared by column: which values are NULL, numbers or text, which text is JSON or a time and in which
format, and the values themselves.
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
from tests.interop.shapes import (
    WRITES,
    FixedIds,
    ManualClock,
    RewrittenRow,
    Stored,
    by_key,
    default_of,
    difference,
    stored,
    value_format,
    write_again,
)
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
"""The intended differences by table and column, with the reasons."""
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
    """Create a database with AuthHero's rows. PostgreSQL is compared with the recording on SQLite."""
    own = server if server is not None and server.name == "mysql" else None
    yield from provided(own, tmp_path_factory.mktemp("shapes"))


@pytest.fixture
async def theirs(their_url: str) -> AsyncIterator[Adapters]:
    """Return adapters over AuthHero's database, with a clock that is earlier than all of its rows."""
    async with connect(their_url) as db:
        yield await create_adapters(db, clock=ManualClock())


def differences(name: str, before: list[Stored], after: list[Stored]) -> dict[str, set[str]]:
    """Return how the rows of a table differ, by ``table.column``."""
    table = REGISTRY[name]
    theirs, ours = by_key(table, before), by_key(table, after)
    assert ours.keys() == theirs.keys(), name
    found: dict[str, set[str]] = {}
    for place, row in theirs.items():
        for column, value in row.items():
            if (how := difference(value, ours[place][column])) is not None:
                found.setdefault(f"{name}.{column}", set()).add(how)
    return found


class Noting:
    """Adapters that record which of them were used."""

    def __init__(self, adapters: Adapters) -> None:
        self.adapters = adapters
        self.used: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        self.used.add(name)
        return getattr(self.adapters, name)


@pytest.mark.parametrize("least", [False, True], ids=["all-given", "least-given"])
async def test_rows_are_stored_as_theirs(theirs: Adapters, db: Database, least: bool) -> None:
    watch, ids = ManualClock(), FixedIds()
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
    """Test that a new table or adapter is covered or listed with a reason."""
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
"""Rows that AuthHero created from little input."""


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(("place", "fields"), SMALL.items(), ids=["-".join(place) for place in SMALL])
async def test_little_is_given_where_little_was(theirs: Adapters, place: tuple[str, str], fields: set[str]) -> None:
    """Test that the input of these rows is minimal and not a copy of the row."""
    table = REGISTRY[place[0]]
    rows = await stored(theirs.database, table)
    (row,) = [row for row in rows if place[1] in row.values()]
    find: Any = getattr(theirs, table.name)
    found = await find.get(*([row["tenant_id"]] if table.tenant_scoped else []), place[1])
    given = RewrittenRow(theirs, theirs, ManualClock(), FixedIds(), table, row, least=True, rows=rows).given(found)
    assert given.keys() == fields


async def one_of_each(adapters: Adapters) -> None:
    """Create a row in every table from the minimal input of the contract tests."""
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
            known = {value_format(row[column]) for row in before}
            if known != {"NULL"}:
                optional = {"NULL"} if REGISTRY[name][column].null and default_of(REGISTRY[name], column) is None else set()
                strange = {value_format(row[column]) for row in after} - known - optional
                found |= {f"{name}.{column}": strange} if strange else {}
    assert found == {"keys.created_at": {"instant"}}


async def test_objects_keep_the_order_of_their_keys(theirs: Adapters, db: Database) -> None:
    ours = await create_adapters(db)
    await tenant(ours)
    for before in await stored(theirs.database, REGISTRY["sessions"]):
        await ours.sessions.create("acme", session(before["id"], device=json.loads(before["device"])))
        (after,) = [row for row in await stored(db, REGISTRY["sessions"]) if row["id"] == before["id"]]
        assert after["device"] == before["device"]
