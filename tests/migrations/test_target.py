"""Migrating to a given migration, the status without a ledger, and the holder of the lease."""

from __future__ import annotations

import os
import socket

import pytest

from authhero_sql import Database, MigrationError, lease_holder, migrate_down, migrate_to_latest, migration_status
from authhero_sql.context import Context
from authhero_sql.dialects.interface import Call
from authhero_sql.migrations.ledger import LEASES, Lease, Leases, lease_owner
from tests.migrations.helpers import ALL, call_in_process, call_json


async def test_it_stops_after_the_target(empty: Database) -> None:
    assert await migrate_to_latest(empty, target="0005") == ALL[:5]
    assert await migrate_to_latest(empty, target=ALL[4]) == []
    assert await migrate_to_latest(empty, target="0006") == ALL[5:6]
    assert (await migration_status(empty)).pending == tuple(ALL[6:])
    assert await migrate_to_latest(empty) == ALL[6:]


async def test_a_target_only_leads_upward(empty: Database) -> None:
    await migrate_to_latest(empty, target="0004")
    for number in range(2):
        with pytest.raises(MigrationError, match=f"`authhero-sql down --steps {2 + number}`"):
            await migrate_to_latest(empty, target=f"000{2 - number}")
    assert await migrate_down(empty, 2, drop_data=True) == ALL[3:1:-1]
    assert await migrate_to_latest(empty, target="0003") == ALL[2:3]


@pytest.mark.engines("sqlite")
async def test_a_target_is_one_migration(empty: Database) -> None:
    for target, reason in (
        ("00", f"matches {len(ALL)} migrations"),
        ("", "does not match any migration"),
        ("9999", "does not match any migration"),
        ("baseline", "does not match any migration"),
    ):
        with pytest.raises(MigrationError, match=reason):
            await migrate_to_latest(empty, target=target)
    assert not await empty.dialect.describe(empty), "no ledger either"


async def test_the_command_takes_a_target(database_url: str) -> None:
    assert await call_json("migrate", "--to", "0007", url=database_url) == {"applied": ALL[:7]}
    assert (await call_in_process("migrate", "--to", "0003", url=database_url)).exit_code == 3
    assert (await call_in_process("status", url=database_url)).exit_code == 0
    assert (await call_in_process("status", "--exit-code", url=database_url)).exit_code == 1
    assert await call_json("migrate", url=database_url) == {"applied": ALL[7:]}
    assert (await call_in_process("status", "--exit-code", url=database_url)).exit_code == 0


async def test_the_status_says_whose_tables_these_are(empty: Database) -> None:
    assert (await migration_status(empty)).created_by is None
    await empty.execute(Call("CREATE TABLE users (id int)"))
    assert (await migration_status(empty)).created_by == "another program"
    await empty.execute(Call("CREATE TABLE kysely_migration (name varchar(255))"))
    found = await migration_status(empty)
    assert (found.created_by, found.pending) == ("AuthHero", tuple(ALL))


async def test_the_lease_says_where_its_holder_runs(db: Database) -> None:
    owner = lease_owner()
    assert owner.startswith(f"{socket.gethostname()[:32]}:{os.getpid()}:")
    assert owner != lease_owner()
    assert len(owner) <= (LEASES.c.owner.size or 0)
    async with Leases(Context.of(db)).hold(owner, 1):
        assert str(await lease_holder(db)).startswith(f"held by {owner}, last renewed at 20")
        with pytest.raises(MigrationError, match=f"the migration lease is held by {owner}"):
            async with Leases(Context.of(db)).hold(lease_owner(), 0):
                pytest.fail("two processes hold the lease")
    assert str(Lease(id="migrate", owner="x")) == "held by x"
