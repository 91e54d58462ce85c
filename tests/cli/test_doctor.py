"""The doctor reports nothing for a healthy database, and a finding for each problem."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from authhero_sql import Database, Finding, connect, create_adapters, diagnose, doctor, migrate_down, migrate_to_latest, repair
from authhero_sql.clock import system_clock
from authhero_sql.dialects import diagnosis
from authhero_sql.dialects.interface import Call
from authhero_sql.migrations.ledger import LEASES, LEDGER
from tests.migrations.helpers import ALL, call, call_json
from tests.migrations.test_cli import EVENT


def findings_by_check(findings: list[Finding]) -> dict[str, tuple[str, str]]:
    """Return the severity and the message of each check."""
    return {finding.check: (finding.severity, finding.message) for finding in findings}


async def test_a_database_that_is_well(db: Database, migrated_url: str) -> None:
    assert await diagnose(db, thorough=True) == []
    assert await call_json("doctor", url=migrated_url) == {"healthy": True, "findings": []}
    done = call("doctor", "--thorough", "--url", migrated_url)
    assert (done.returncode, done.stdout, done.stderr) == (0, "No problems found.\n", "")


async def test_a_database_without_tables(database_url: str) -> None:
    async with connect(database_url) as empty:
        assert findings_by_check(await diagnose(empty)) == {"migrations": ("problem", f"{len(ALL)} migrations are pending")}
        await empty.execute(Call("CREATE TABLE users (id int)"))
        assert findings_by_check(await diagnose(empty))["migrations"] == (
            "problem",
            "another program created the tables, and the database has not been adopted",
        )
    told = await call_json("doctor", url=database_url, code=1)
    assert (told["healthy"], told["findings"][0]["fix"]) == (False, "run `authhero-sql adopt`")
    done = call("doctor", url=database_url)
    assert done.returncode == 1
    assert "problem: another program created the tables" in done.stdout
    assert "\n  fix: run `authhero-sql adopt`\n" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("1 problem")


async def test_a_pending_migration_and_an_interrupted_one(database_url: str) -> None:
    async with connect(database_url) as db:
        await migrate_to_latest(db)
        await migrate_down(db)
        assert findings_by_check(await diagnose(db)) == {"migrations": ("problem", f"migration {ALL[-1]} is pending")}
        await migrate_down(db, len(ALL) - 1 - ALL.index("0007_page_hooks") - 1)
        await db.execute(
            Call(f"UPDATE {LEDGER.name} SET applied_at = NULL, steps_started = 2, steps_done = 1 WHERE name = '0007_page_hooks'")
        )
        (finding,) = [finding for finding in await diagnose(db) if finding.check == "ledger"]
        assert finding.severity == "problem"
        assert finding.message.startswith("a migration was interrupted: 0007_page_hooks: 1 of 2 steps are done")
        assert finding.fix == "run `authhero-sql repair --record`, then `authhero-sql migrate`"
        await repair(db)
        # After the repair, the state of each step is known, so only "migrate" is suggested.
        (finding,) = [finding for finding in await diagnose(db) if finding.check == "ledger"]
        assert finding.fix == "run `authhero-sql migrate`"


async def test_a_missing_index_and_what_is_not_declared(database_url: str) -> None:
    async with connect(database_url) as db:
        await migrate_to_latest(db)
        await db.execute(Call(db.dialect.drop_index("logs", "idx_logs_tenant_date")))
        await db.execute(Call("CREATE TABLE mine (id int)"))
        first, second = await diagnose(db)
        assert (first.check, first.severity, first.message) == ("schema", "warning", "logs: index idx_logs_tenant_date is missing")
        assert (second.severity, second.message) == ("note", "mine: table is not part of the schema")
        # The suggested fix can be run as a statement.
        await db.execute(Call(first.fix.rstrip(";")))
        assert [finding.severity for finding in await diagnose(db)] == ["note"]


async def test_a_missing_column(database_url: str) -> None:
    async with connect(database_url) as db:
        await migrate_to_latest(db)
        await db.execute(Call(db.dialect.drop_column("users", "nickname")))
        (finding,) = [finding for finding in await diagnose(db) if finding.check == "schema"]
        assert (finding.severity, finding.message) == ("problem", "users: column nickname is missing")
        assert finding.fix.startswith("change it to ")
        assert finding.fix.endswith(" by hand, or restore the database from a backup")


@pytest.mark.engines("postgresql")
async def test_an_invalid_index_is_made_anew(database_url: str) -> None:
    async with connect(database_url) as db:
        await migrate_to_latest(db)
        await db.execute(Call("UPDATE pg_index SET indisvalid = FALSE WHERE indexrelid = 'idx_logs_tenant_date'::regclass"))
        (finding,) = await diagnose(db)
        assert (finding.check, finding.severity) == ("schema", "warning")
        assert "idx_logs_tenant_date is" in finding.message
        assert "invalid" in finding.message
        for statement in finding.fix.rstrip(";").split("; "):
            await db.execute(Call(statement))
        assert await diagnose(db) == []


async def test_a_lease(db: Database) -> None:
    await db.execute(Call(f"UPDATE {LEASES.name} SET owner = 'web1:7:x', expires_at_ts = 1600000000000 WHERE id = 'migrate'"))
    told = "an expired migration lease was not released: it is held by web1:7:x, last renewed at 2020-09-13 12:25:40 UTC"
    assert findings_by_check(await diagnose(db)) == {"lease": ("warning", told)}
    await db.execute(Call(f"UPDATE {LEASES.name} SET expires_at_ts = 4102444800000 WHERE id = 'migrate'"))
    assert findings_by_check(await diagnose(db))["lease"][0] == "note"
    await db.execute(Call(f"UPDATE {LEASES.name} SET owner = NULL, expires_at_ts = NULL WHERE id = 'migrate'"))


async def test_rows_that_wait(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "EXPIRED_ROWS", 2)
    adapters = await create_adapters(db)
    await adapters.tenants.create({"id": "acme", "friendly_name": "Acme"})
    old = datetime(2020, 1, 2, tzinfo=UTC)
    for number in range(2):
        await adapters.codes.create("acme", {"code_id": f"c{number}", "code_type": "otp", "login_id": "l", "expires_at": old})
    await adapters.outbox.dead_letter(await adapters.outbox.create("acme", {**EVENT, "tenant_id": "acme"}), "no answer")
    assert findings_by_check(await diagnose(db)) == {
        "expired_rows": ("warning", "expired rows have not been cleaned up: 2 codes"),
        "dead_letters": ("warning", "1 outbox event could not be delivered"),
    }


@pytest.mark.parametrize(("seconds", "told"), [(10, "behind"), (-10, "ahead of")])
async def test_clocks_that_differ(db: Database, seconds: int, told: str) -> None:
    (finding,) = await diagnose(db, clock=lambda: system_clock() + timedelta(seconds=seconds))
    assert (finding.check, finding.severity) == ("clocks", "warning")
    assert f"seconds {told} this host's" in finding.message
    (finding,) = await diagnose(db, clock=lambda: system_clock() + timedelta(seconds=10 * seconds))
    assert finding.severity == "problem"
    assert await diagnose(db, clock=lambda: system_clock() + timedelta(seconds=seconds / 10)) == []


@pytest.mark.transactions
async def test_a_version_that_is_too_old(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = type(diagnosis.diagnosis_for(db))
    monkeypatch.setattr(kind, "oldest", dict.fromkeys(kind.oldest, (1000, 1)))
    (finding,) = await diagnose(db)
    assert (finding.check, finding.severity) == ("version", "problem")
    assert "is older than 1000.1, the oldest supported version" in finding.message


@pytest.mark.engines("postgresql", "mysql")
async def test_the_isolation_level_of_single_statements(migrated_url: str) -> None:
    serializable: dict[str, Any] = (
        {"server_settings": {"default_transaction_isolation": "serializable"}}
        if migrated_url.startswith("postgresql")
        else {"init_command": "SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE"}
    )
    async with connect(migrated_url, **serializable) as other:
        told = "the default isolation level is SERIALIZABLE, expected READ COMMITTED"
        assert findings_by_check(await diagnose(other)) == {"isolation": ("warning", told)}


async def test_a_way_that_is_not_encrypted(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async def exposed(_: object) -> bool:
        return True

    monkeypatch.setattr(type(diagnosis.diagnosis_for(db)), "is_exposed", exposed)
    assert findings_by_check(await diagnose(db)) == {"encryption": ("problem", "the connection to another host is not encrypted")}


@pytest.mark.engines("mysql")
async def test_another_host_without_a_cipher_is_exposed(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosis, "is_local", lambda _: False)
    assert findings_by_check(await diagnose(db))["encryption"][0] == "problem"


@pytest.mark.engines("postgresql")
async def test_a_large_table_that_was_never_analyzed(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosis, "LARGE", 0)
    async with connect(database_url) as db:
        await migrate_to_latest(db)
        severity, message = findings_by_check(await diagnose(db))["statistics"]
        assert severity == "warning"
        assert "users" in message
        await db.execute(Call("ANALYZE users"))
        # The server may update its table statistics after a delay.
        await db.fetch(Call("SELECT pg_stat_clear_snapshot()"))


async def test_what_may_not_be_asked_is_a_note(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refused(self: diagnosis.Diagnosis) -> str | None:
        await self.database.fetch(Call("SELECT nonsense()"))
        return None

    monkeypatch.setattr(type(diagnosis.diagnosis_for(db)), "unexpected_isolation_level", refused)
    (finding,) = await diagnose(db)
    assert (finding.check, finding.severity) == ("isolation", "note")
    assert finding.message.startswith("this check could not run: ")


@pytest.mark.engines("sqlite")
async def test_a_server_that_does_not_answer() -> None:
    url = "postgresql://ada:hunter2@127.0.0.1:1/x?connect_timeout=2"
    (finding,) = await diagnose(connect(url))
    assert (finding.check, finding.severity) == ("reachable", "problem")
    assert "hunter2" not in str(finding)
    done = call("doctor", "--url", url)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("problem: ")
    assert call("doctor", "--url", "oracle://x").returncode == 4


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Create a migrated SQLite file."""
    path = tmp_path / "auth.db"
    assert call("migrate", "--url", f"sqlite:///{path}").returncode == 0
    return path


@pytest.mark.engines("sqlite")
async def test_a_journal_that_blocks(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    told = "the SQLite file uses journal mode DELETE, in which a writer blocks all readers"
    async with connect(f"sqlite:///{file}?wal=0") as db:
        assert findings_by_check(await diagnose(db)) == {"journal": ("warning", told)}
    (finding,) = (await call_json("doctor", url=f"sqlite:///{file}"))["findings"]
    assert finding["message"] == told


@pytest.mark.engines("sqlite")
async def test_a_file_with_rows_that_refer_to_nothing(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(
            "INSERT INTO users (tenant_id, user_id, provider, connection, is_social, created_at, updated_at, email_verified) "
            "VALUES ('gone', 'u', 'auth0', 'c', 0, '2026', '2026', 0)"
        )
        connection.commit()
    async with connect(f"sqlite:///{file}") as db:
        assert await diagnose(db) == []
        told = "users has rows that reference missing tenants rows"
        assert findings_by_check(await diagnose(db, thorough=True)) == {"corruption": ("problem", told)}


@pytest.mark.engines("sqlite")
async def test_foreign_keys_that_a_caller_has_switched_off(file: Path) -> None:
    import aiosqlite

    async with aiosqlite.connect(file, isolation_level=None) as connection:
        adapters = await create_adapters(connection)
        await connection.execute("PRAGMA foreign_keys = OFF")
        findings = await diagnose(adapters.context.database)
        assert findings_by_check(findings) == {"foreign_keys": ("problem", "foreign keys are not enforced on this connection")}
