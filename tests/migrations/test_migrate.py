"""Running migrations once and repeatedly, with an invalid ledger, and with a failing step."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from authhero_sql import Database, MigrationError, connect, migrate_to_latest, migration_status
from authhero_sql.dialects.d1 import HTTPTransport, PreparedStatement
from authhero_sql.dialects.interface import Call
from authhero_sql.errors import DatabaseError, DatabaseUnavailableError
from authhero_sql.migrations import history, migrator
from authhero_sql.migrations.ledger import LEASES, LEDGER
from authhero_sql.migrations.operations import CreateTable, add_column
from authhero_sql.schema import ColumnType
from tests.migrations.helpers import ALL, drift, failures_leave_nothing, record_statements, replace_step, rows, use_migrations

SCIM = "0003_scim"
STEP = 5
"""A step that is neither the first nor the last one of its migration."""
BAD = add_column("no_such_table", "bad", "text")


async def _ledger(db: Database) -> dict[str, tuple[int, int, bool]]:
    """Return the numbers of started and completed steps, and whether it is applied, for each migration."""
    found = await rows(db, f"SELECT name, steps_started, steps_done, applied_at FROM {LEDGER.name} ORDER BY name")
    return {name: (started, done, applied is not None) for name, started, done, applied in found}


async def _owners(db: Database) -> list[str | None]:
    return [owner for (owner,) in await rows(db, f"SELECT owner FROM {LEASES.name}")]


# --- first and repeated runs ---------------------------------------------------------------------------------------------------


async def test_the_first_run_applies_all_in_order(empty: Database) -> None:
    assert await migrate_to_latest(empty) == ALL
    assert await _ledger(empty) == {name: (steps, steps, True) for name in ALL for steps in [len(history.load(name).up)]}
    assert await _owners(empty) == [None]


async def test_the_second_run_costs_one_query_and_no_lock(empty: Database) -> None:
    await migrate_to_latest(empty)
    with record_statements(empty) as seen:
        assert await migrate_to_latest(empty) == []
    assert len(seen.statements) == 1
    assert seen.statements[0].startswith("SELECT")
    assert LEDGER.name in seen.statements[0]
    assert seen.transactions == 0


async def test_a_run_that_has_something_to_do_takes_the_lease(empty: Database) -> None:
    with use_migrations(*ALL[:-1]):
        await migrate_to_latest(empty)
    with record_statements(empty) as seen:
        assert await migrate_to_latest(empty) == ALL[-1:]
    assert any(LEASES.name in sql for sql in seen.statements)


async def test_only_what_is_pending_is_applied(empty: Database) -> None:
    with use_migrations(*ALL[:3]):
        assert await migrate_to_latest(empty) == ALL[:3]
    assert await migrate_to_latest(empty) == ALL[3:]
    assert await drift(empty) == []


async def test_the_status_before_between_and_after(empty: Database) -> None:
    before = await migration_status(empty)
    assert (before.applied, before.pending) == ((), tuple(ALL))
    assert await empty.dialect.describe(empty) == {}
    with use_migrations(*ALL[:2]):
        await migrate_to_latest(empty)
    between = await migration_status(empty)
    assert ([entry.name for entry in between.applied], list(between.pending)) == (ALL[:2], ALL[2:])
    await migrate_to_latest(empty)
    with record_statements(empty) as seen:
        after = await migration_status(empty)
    assert len(seen.statements) == 1
    assert after.pending == ()
    assert [entry.name for entry in after.applied] == ALL
    for entry in after.applied:
        assert entry.applied_at is not None
        assert entry.duration_ms is not None
        assert entry.checksum == history.checksum(entry.name)
        assert entry.steps == entry.steps_done == len(history.load(entry.name).up)


async def test_verbose_logs_each_migration_with_its_time(empty: Database, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, migrator.logger.name):
        await migrate_to_latest(empty, True)
        messages = [record.getMessage() for record in caplog.records if record.name == migrator.logger.name]
        assert [re.sub(r"\d+ ms$", "N ms", message) for message in messages] == [f"{name} applied in N ms" for name in ALL]
        caplog.clear()
        await migrate_to_latest(empty, verbose=True)
        assert not caplog.records


async def test_without_verbose_nothing_is_logged(empty: Database, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, migrator.logger.name):
        await migrate_to_latest(empty)
    assert [record for record in caplog.records if record.name.startswith(migrator.logger.name)] == []


async def test_a_database_of_its_own_is_opened_if_it_was_not(database_url: str) -> None:
    db = connect(database_url)
    try:
        assert await migrate_to_latest(db) == ALL
    finally:
        await db.close()


async def test_what_is_no_database_is_refused() -> None:
    with pytest.raises(TypeError, match="expected a Database"):
        await migrate_to_latest("sqlite:///auth.db")
    with pytest.raises(TypeError, match="expected a Database"):
        await migration_status(None)


async def test_one_table_of_the_ledger_without_the_other_is_completed(empty: Database) -> None:
    """Test a run that was killed between the creation of both tables."""
    columns = [column.definition for column in LEASES.columns]
    await empty.execute(Call(empty.dialect.create_table(LEASES.name, columns, LEASES.key, ())))
    assert await migrate_to_latest(empty) == ALL


async def test_the_ledger_is_made_after_the_lock(empty: Database) -> None:
    """Test the order of creation, because a process that finds the ledger assumes that the lock exists."""
    with record_statements(empty) as seen:
        await migrate_to_latest(empty)
    made = [name for sql in seen.statements if sql.startswith("CREATE TABLE") for name in (LEASES.name, LEDGER.name) if name in sql]
    assert made == [LEASES.name, LEDGER.name]


# --- round trips ---------------------------------------------------------------------------------------------------------------


@pytest.mark.engines("d1")
async def test_a_new_database_takes_few_requests(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Test the number of requests, because Cloudflare's API is limited to 1,200 in five minutes."""
    requests: list[int] = []
    post = HTTPTransport._post

    async def counted(self: HTTPTransport, form: str, statements: Sequence[PreparedStatement], *, repeatable: bool) -> list[dict[str, Any]]:
        requests.append(len(statements))
        return await post(self, form, statements, repeatable=repeatable)

    monkeypatch.setattr(HTTPTransport, "_post", counted)
    assert await migrate_to_latest(empty) == ALL
    assert len(requests) <= 30
    assert max(requests) > len([step for step in history.load(ALL[0]).up if isinstance(step, CreateTable)])


@pytest.mark.engines("d1")
async def test_an_index_of_a_table_that_is_there_is_a_request_of_its_own(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Test separate requests, because D1 limits a batch to thirty seconds and the table may be large."""
    name = "0008_list_indexes"
    with use_migrations(*ALL[: ALL.index(name)]):
        await migrate_to_latest(empty)
    indexes: list[int] = []
    post = HTTPTransport._post

    async def counted(self: HTTPTransport, form: str, statements: Sequence[PreparedStatement], *, repeatable: bool) -> list[dict[str, Any]]:
        indexes.append(sum(sql.startswith("CREATE INDEX") for sql, _ in statements))
        return await post(self, form, statements, repeatable=repeatable)

    monkeypatch.setattr(HTTPTransport, "_post", counted)
    with use_migrations(*ALL[: ALL.index(name) + 1]):
        assert await migrate_to_latest(empty) == [name]
    assert [number for number in indexes if number] == [1] * len(history.load(name).up)


@pytest.mark.engines("d1")
@pytest.mark.parametrize("step", range(1, 7))
async def test_of_a_batch_the_step_that_is_refused_is_named_and_none_is_kept(empty: Database, step: int) -> None:
    with use_migrations(*ALL[: ALL.index(SCIM)]):
        await migrate_to_latest(empty)
    before = await empty.dialect.describe(empty)
    with replace_step(SCIM, step, BAD):
        await _fails(empty, step)
    assert await empty.dialect.describe(empty) == before
    assert SCIM not in await _ledger(empty)


# --- an invalid ledger ---------------------------------------------------------------------------------------------------------


async def _refused(db: Database, pattern: str) -> None:
    before = await _ledger(db)
    with record_statements(db) as seen, pytest.raises(MigrationError, match=pattern):
        await migrate_to_latest(db)
    assert len(seen.statements) == 1
    assert seen.transactions == 0
    assert await _ledger(db) == before


async def test_a_migration_from_the_future_is_refused(empty: Database) -> None:
    await migrate_to_latest(empty)
    with use_migrations(*ALL[:-2]):
        await _refused(empty, f"this version does not know .{ALL[-2]}, {ALL[-1]}.: install a newer version")
    # Even if another migration is pending.
    await empty.execute(Call(f"UPDATE {LEDGER.name} SET name = '0042_the_answer' WHERE name = '{ALL[-1]}'"))
    await _refused(empty, "this version does not know .0042_the_answer.: install a newer version")


async def test_a_gap_is_refused(empty: Database) -> None:
    await migrate_to_latest(empty)
    await empty.execute(Call(f"DELETE FROM {LEDGER.name} WHERE name = '{ALL[3]}'"))
    await _refused(empty, f"gap .{ALL[3]} is missing.*restore its row in {LEDGER.name}, or restore the database from a backup")


async def test_a_migration_that_was_begun_before_a_later_one_is_a_gap(empty: Database) -> None:
    await migrate_to_latest(empty)
    await empty.execute(Call(f"UPDATE {LEDGER.name} SET applied_at = NULL WHERE name = '{ALL[3]}'"))
    await _refused(empty, f"gap .{ALL[3]} is missing")


@pytest.mark.parametrize("pending", [False, True])
async def test_a_changed_file_is_refused(empty: Database, pending: bool) -> None:
    with use_migrations(*ALL[: 4 if pending else len(ALL)]):
        await migrate_to_latest(empty)
    await empty.execute(Call(f"UPDATE {LEDGER.name} SET checksum = '{'0' * 64}' WHERE name = '{ALL[1]}'"))
    await _refused(empty, f"the file of {ALL[1]} has changed since the migration was applied: reinstall the version that applied it")


# --- a failing step ------------------------------------------------------------------------------------------------------------


async def _fails(db: Database, step: int = STEP, kind: str = "AddColumn") -> None:
    total = len(history.load(SCIM).up)
    place = re.escape(f"{SCIM}, step {step} of {total} ({kind}) failed on {db.dialect.name}: ")
    with pytest.raises(MigrationError, match=f"^{place}.+") as caught:
        await migrate_to_latest(db)
    assert isinstance(caught.value.__cause__, DatabaseError)
    # Other processes do not have to wait for the lease of the failed run.
    assert await _owners(db) == [None]


async def test_a_step_that_fails_is_named_and_the_next_run_goes_on_from_it(empty: Database) -> None:
    before = ALL[: ALL.index(SCIM)]
    with use_migrations(*before):
        await migrate_to_latest(empty)
    described = await empty.dialect.describe(empty)
    with replace_step(SCIM, STEP, BAD):
        for _ in range(2):
            await _fails(empty)
            ledger = await _ledger(empty)
            if failures_leave_nothing(empty.dialect):
                assert list(ledger) == before
                assert await empty.dialect.describe(empty) == described
            else:
                assert ledger.pop(SCIM) == (STEP - 1, STEP - 1, False)
                assert list(ledger) == before
                made = set(await empty.dialect.describe(empty)) - set(described)
                assert made == {step.name for step in history.load(SCIM).up[: STEP - 1] if isinstance(step, CreateTable)}
            status = await migration_status(empty)
            assert list(status.pending) == ALL[len(before) :]
    with record_statements(empty) as seen:
        assert await migrate_to_latest(empty) == ALL[len(before) :]
    if not failures_leave_nothing(empty.dialect):
        assert [sql for sql in seen.statements if "scim" in sql] == [step.sql(empty.dialect) for step in history.load(SCIM).up[STEP - 1 :]]
    assert await drift(empty) == []
    total = len(history.load(SCIM).up)
    assert (await _ledger(empty))[SCIM] == (total, total, True)


async def test_what_failed_at_the_first_step_begins_there(empty: Database) -> None:
    with use_migrations(*ALL[: ALL.index(SCIM)]):
        await migrate_to_latest(empty)
    with replace_step(SCIM, 1, BAD):
        await _fails(empty, 1)
    await migrate_to_latest(empty)
    assert await drift(empty) == []


async def test_somebody_elses_table_is_never_taken_for_ours(empty: Database) -> None:
    theirs = empty.dialect.create_table("scim_tokens", [ColumnType(name="id", type="int", null=False)], ("id",), ())
    with use_migrations(*ALL[: ALL.index(SCIM)]):
        await migrate_to_latest(empty)
    await empty.execute(Call(theirs))
    for _ in range(2):
        # Including the second time: the step was rejected and not interrupted.
        await _fails(empty, 2, "CreateTable")
    await empty.execute(Call(empty.dialect.drop_table("scim_tokens")))
    await migrate_to_latest(empty)
    assert await drift(empty) == []


async def test_a_database_with_tables_of_ours_and_no_ledger_is_refused_and_left_alone(empty: Database) -> None:
    theirs = empty.dialect.create_table("scim_tokens", [ColumnType(name="id", type="int", null=False)], ("id",), ())
    await empty.execute(Call(theirs))
    with pytest.raises(
        MigrationError, match=r"another program created the tables(?s:.*)actions: table is missing(?s:.*)authhero-sql adopt"
    ):
        await migrate_to_latest(empty)
    assert set(await empty.dialect.describe(empty)) == {"scim_tokens"}


@pytest.mark.engines("mysql")
@pytest.mark.parametrize("step", range(1, 7))
async def test_a_step_that_was_done_without_being_written_down_is_passed_over(empty: Database, step: int) -> None:
    """Test a run that was killed after a step and before the step was recorded."""
    with use_migrations(*ALL[: ALL.index(SCIM)]):
        await migrate_to_latest(empty)
    steps = history.load(SCIM).up
    for done in steps[:step]:
        sql = done.sql(empty.dialect)
        assert sql is not None
        await empty.execute(Call(sql))
    await empty.execute(
        Call(
            f"INSERT INTO {LEDGER.name} (name, checksum, steps, steps_started, steps_done) "
            f"VALUES ('{SCIM}', '{history.checksum(SCIM)}', {len(steps)}, {step}, {step - 1})"
        )
    )
    await migrate_to_latest(empty)
    assert await drift(empty) == []


@pytest.mark.engines("mysql")
async def test_a_step_of_unknown_outcome_stays_written_down_as_started(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with use_migrations(*ALL[: ALL.index(SCIM)]):
        await migrate_to_latest(empty)
    define = empty.dialect.execute_ddl
    lost = history.load(SCIM).up[STEP - 1].sql(empty.dialect)

    async def done_but_unanswered(database: Database, call: Call) -> None:
        await define(database, call)
        if call.sql == lost:
            raise DatabaseUnavailableError

    with monkeypatch.context() as patch:
        patch.setattr(empty.dialect, "execute_ddl", done_but_unanswered)
        await _fails(empty, kind="CreateTable")
    assert (await _ledger(empty))[SCIM] == (STEP, STEP - 1, False)
    await migrate_to_latest(empty)
    assert await drift(empty) == []


@pytest.mark.engines("mysql")
async def test_what_was_begun_from_another_file_is_not_finished_from_this_one(empty: Database) -> None:
    with replace_step(SCIM, STEP, BAD):
        await _fails(empty)
    await empty.execute(Call(f"UPDATE {LEDGER.name} SET checksum = '{'0' * 64}' WHERE name = '{SCIM}'"))
    await _refused(empty, f"the file of {SCIM} has changed since the migration was started: reinstall the version that started it")


async def test_a_failed_first_migration_leaves_a_database_that_can_be_migrated(empty: Database) -> None:
    with replace_step(ALL[0], 3, BAD), pytest.raises(MigrationError, match=f"^{ALL[0]}, step 3 of "):
        await migrate_to_latest(empty)
    if failures_leave_nothing(empty.dialect):
        assert set(await empty.dialect.describe(empty)) == {LEDGER.name, LEASES.name}
    assert await migrate_to_latest(empty) == ALL
    assert await drift(empty) == []


def test_the_file_of_a_migration_is_where_its_checksum_looks() -> None:
    assert all((Path(history.__file__).parent / f"m{name}.py").is_file() for name in ALL)
