"""Reverting migrations, on every engine."""

from __future__ import annotations

from dataclasses import replace

import pytest

from authhero_sql import Database, DataLoss, MigrationError, migrate_down, migrate_to_latest, migration_status, preview_data_loss
from authhero_sql.dialects.interface import Call
from authhero_sql.migrations import history
from authhero_sql.migrations.check import TableShape, live_schema
from authhero_sql.migrations.ledger import LEASES, LEDGER
from authhero_sql.schema import ColumnType, ForeignKey
from tests.migrations.helpers import ALL, differences, drift, rows

INDEXES = ["0008_list_indexes", "0009_connections_name"]
"""Migrations that only create indexes. The one before them, 0007_page_hooks, adds two columns."""
LATER = ALL[ALL.index(INDEXES[0]) :]
"""These migrations and all later ones."""


def schema(db: Database, names: list[str]) -> dict[str, TableShape]:
    """Return the tables of these migrations, as the engine reports them."""
    made = history.schema_after([history.load(name) for name in names])
    words = db.dialect
    return {
        name: replace(
            table, columns=tuple(map(words.as_described, table.columns)), indexes=tuple(map(words.index_as_described, table.indexes))
        )
        for name, table in made.items()
    }


async def test_every_migration_goes_down_and_up_again(empty: Database) -> None:
    await migrate_to_latest(empty)
    for taken in range(1, len(ALL) + 1):
        left = ALL[: len(ALL) - taken]
        assert await migrate_down(empty, taken, drop_data=True) == ALL[len(left) :][::-1]
        assert [entry.name for entry in (await migration_status(empty)).applied] == left
        assert differences(await live_schema(empty), schema(empty, left)) == []
        assert await migrate_to_latest(empty) == ALL[len(left) :]
        assert await drift(empty) == []


async def test_there_is_no_way_below_nothing(empty: Database) -> None:
    assert await migrate_down(empty, drop_data=True) == []
    assert await empty.dialect.describe(empty) == {}, "no ledger either"
    await migrate_to_latest(empty)
    assert await migrate_down(empty, 0, drop_data=True) == []
    assert await migrate_down(empty, len(ALL) + 5, drop_data=True) == ALL[::-1]
    assert set(await empty.dialect.describe(empty)) == {LEDGER.name, LEASES.name}
    with pytest.raises(ValueError, match="steps"):
        await migrate_down(empty, -1, drop_data=True)


async def test_what_would_be_lost_is_counted_and_goes_only_when_that_is_said(empty: Database) -> None:
    await migrate_to_latest(empty, target=INDEXES[-1])
    tenant = "INSERT INTO tenants (id, friendly_name, created_at, updated_at) VALUES ('acme', 'Acme', '2026', '2026')"
    hook = "INSERT INTO hooks (hook_id, tenant_id, trigger_id, enabled, page_id) VALUES ('h', 'acme', 'post-login', 1, 'p')"
    await empty.execute(Call(tenant))
    await empty.execute(Call(hook))
    # Removing an index does not lose any data.
    assert await preview_data_loss(empty) == []
    assert await migrate_down(empty, len(INDEXES)) == INDEXES[::-1]
    assert await preview_data_loss(empty, 2) == [DataLoss("hooks", "permission_required", 0), DataLoss("hooks", "page_id", 1)]
    with pytest.raises(MigrationError, match=r"hooks\.page_id \(1 value\).*drop_data=True.*--yes"):
        await migrate_down(empty)
    assert await migrate_to_latest(empty, target=INDEXES[-1]) == INDEXES
    all_of_it = await preview_data_loss(empty, len(ALL))
    assert {loss.table: loss.rows for loss in all_of_it if loss.column is None and loss.rows} == {"tenants": 1, "hooks": 1}
    assert not [loss for loss in all_of_it if loss.column is not None], "the columns of a dropped table are not listed"
    with pytest.raises(MigrationError, match=r"tenants \(1 row\)"):
        await migrate_down(empty, len(ALL))
    assert (await migration_status(empty)).pending == tuple(LATER[len(INDEXES) :])
    assert await rows(empty, "SELECT page_id FROM hooks") == [("p",)]
    await migrate_to_latest(empty)
    assert await drift(empty) == []
    assert await migrate_down(empty, len(LATER) + 1, drop_data=True) == [*LATER[::-1], "0007_page_hooks"]


async def test_a_table_of_somebody_else_that_refers_to_ours_keeps_it(empty: Database) -> None:
    await migrate_to_latest(empty)
    words = empty.dialect
    of_tenants = ForeignKey(("tenant_id",), "tenants", ("id",))
    name = ColumnType(name="tenant_id", type="varchar(255)", null=False)
    await empty.execute(Call(words.create_table("invoices", [name], ("tenant_id",), [of_tenants])))
    await empty.execute(Call("INSERT INTO tenants (id, friendly_name, created_at, updated_at) VALUES ('acme', 'Acme', '2026', '2026')"))
    await empty.execute(Call("INSERT INTO invoices (tenant_id) VALUES ('acme')"))
    with pytest.raises(MigrationError, match=r"invoices.* foreign key to tenants"):
        await migrate_down(empty, len(ALL), drop_data=True)
    assert await rows(empty, "SELECT tenant_id FROM invoices") == [("acme",)]
    assert (await migration_status(empty)).pending == ()


async def test_rows_that_stay_are_kept(empty: Database) -> None:
    await migrate_to_latest(empty)
    await empty.execute(
        Call("INSERT INTO tenants (id, friendly_name, created_at, updated_at) VALUES ('acme', 'Acme', '2026', '2026')"),
    )
    await migrate_down(empty, len(ALL) - 1, drop_data=True)
    await migrate_to_latest(empty)
    assert await rows(empty, "SELECT id, friendly_name FROM tenants") == [("acme", "Acme")]


async def test_a_step_down_that_fails_leaves_the_ledger_true(empty: Database) -> None:
    await migrate_to_latest(empty)
    await migrate_down(empty, len(LATER), drop_data=True)
    hooks = ColumnType(name="page_id", type="varchar(64)")
    # An administrator has dropped it.
    await empty.execute(Call(empty.dialect.drop_column("hooks", "page_id")))
    with pytest.raises(MigrationError, match="0007_page_hooks, step 1 of 2"):
        await migrate_down(empty, drop_data=True)
    status = await migration_status(empty)
    if empty.dialect.features.transactional_ddl:
        assert status.pending == tuple(LATER)
    else:
        assert status.pending == ("0007_page_hooks", *LATER)
        assert await rows(empty, f"SELECT steps_started, steps_done FROM {LEDGER.name} WHERE name = '0007_page_hooks'") == [(1, 1)]
    await empty.execute(Call(empty.dialect.add_column("hooks", hooks)))
    assert await migrate_down(empty, drop_data=True) == ["0007_page_hooks"]
    assert await migrate_to_latest(empty) == ["0007_page_hooks", *LATER]
    assert await drift(empty) == []


@pytest.mark.engines("mysql")
@pytest.mark.parametrize("undone", [False, True])
@pytest.mark.parametrize("upwards", [False, True])
async def test_a_run_down_that_was_killed_is_taken_up_in_either_direction(empty: Database, *, undone: bool, upwards: bool) -> None:
    """Test a killed reversal of the newest migration, before or after the statement of its last step."""
    await migrate_to_latest(empty)
    await migrate_down(empty, len(LATER), drop_data=True)
    await empty.execute(
        Call(
            f"UPDATE {LEDGER.name} SET applied_at = NULL, duration_ms = NULL, steps_started = 1, steps_done = 2 "
            "WHERE name = '0007_page_hooks'"
        )
    )
    if undone:
        await empty.execute(Call(empty.dialect.drop_column("hooks", "permission_required")))
    if not upwards:
        assert await migrate_down(empty, drop_data=True) == ["0007_page_hooks"]
    assert await migrate_to_latest(empty) == ["0007_page_hooks", *LATER]
    assert await drift(empty) == []
