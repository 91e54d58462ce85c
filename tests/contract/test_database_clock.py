"""The database's clock in conditions and values, which lets several hosts compare times consistently."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from authhero_sql import Database
from authhero_sql.clock import to_epoch_ms
from authhero_sql.context import Context
from authhero_sql.crud.adapter import Adapter
from authhero_sql.dialects.interface import Call
from authhero_sql.migrations.ledger import LEASES, Lease, Ledger
from authhero_sql.statements.conditions import DatabaseNow, Where, gt, gte, lt, lte, null_or

HOUR = timedelta(hours=1)
C = LEASES.c


class Kept(Adapter[Lease]):
    """A table with a time."""

    table = LEASES
    model = Lease


@pytest.fixture
async def kept(db: Database) -> AsyncIterator[Kept]:
    """Return the table on a host whose clock shows another century."""
    session = Context.of(db, clock=lambda: datetime(1999, 12, 31, tzinfo=UTC))
    await Ledger(session).prepare()
    kept = Kept(session)
    yield kept
    # This table is not emptied before each test.
    await kept._run.write(kept._sql.delete({C.id: "x"}))


async def _store(kept: Kept, when: DatabaseNow) -> None:
    await kept._run.write(kept._sql.insert({"id": "x", "owner": "me", "expires_at_ts": when}))


async def _stored(kept: Kept) -> int:
    ((value,),) = await kept.context.executor.fetch(Call(f"SELECT expires_at_ts FROM {LEASES.name} WHERE id = 'x'"))
    assert isinstance(value, int)
    return value


async def test_what_is_stored_is_the_servers_time(kept: Kept) -> None:
    before = to_epoch_ms(datetime.now(UTC))
    await _store(kept, DatabaseNow())
    inserted = await _stored(kept)
    await kept._run.write(kept._sql.update({C.id: "x"}, {"expires_at_ts": DatabaseNow(HOUR)}))
    changed = await _stored(kept)
    after = to_epoch_ms(datetime.now(UTC))
    # The servers run on this machine. The engines round differently, but by less than half a second.
    assert before - 500 <= inserted <= after + 500
    assert before - 500 <= changed - 3_600_000 <= after + 500


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ({C.expires_at_ts: lt(DatabaseNow())}, False),
        ({C.expires_at_ts: gt(DatabaseNow())}, True),
        ({C.expires_at_ts: null_or(lte(DatabaseNow()))}, False),
        ({C.expires_at_ts: lt(DatabaseNow(2 * HOUR))}, True),
        ({C.expires_at_ts: gte(DatabaseNow(2 * HOUR))}, False),
        ({C.expires_at_ts: gt(DatabaseNow(-HOUR))}, True),
    ],
)
async def test_a_row_is_found_by_the_servers_time(kept: Kept, condition: Where, found: bool) -> None:
    await _store(kept, DatabaseNow(HOUR))
    assert await kept._run.matched(kept._sql.update({C.id: "x", **condition}, {"owner": "other"})) is found


async def test_it_is_one_statement_whatever_is_added(kept: Kept) -> None:
    await _store(kept, DatabaseNow())
    await kept._run.write(kept._sql.update({C.id: "x", C.expires_at_ts: lt(DatabaseNow(HOUR))}, {"expires_at_ts": DatabaseNow(HOUR)}))
    built = kept.context.statement_cache.builds
    await kept._run.write(kept._sql.update({C.id: "x", C.expires_at_ts: lt(DatabaseNow(2 * HOUR))}, {"expires_at_ts": DatabaseNow(-HOUR)}))
    assert kept.context.statement_cache.builds == built
    # A time from Python at the same position is another statement.
    await kept._run.write(kept._sql.update({C.id: "x", C.expires_at_ts: lt(datetime.now(UTC))}, {"expires_at_ts": 1}))
    assert kept.context.statement_cache.builds == built + 1
    assert await _stored(kept) == 1
