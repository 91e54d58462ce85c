"""The command line of the migrations."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from anyio import to_thread

from authhero_sql import Database, connect, create_adapters, export_sql, migrate_to_latest
from authhero_sql.dialects.interface import Call
from authhero_sql.migrations.ledger import LEASES, LEDGER
from tests.migrations.helpers import ALL, call, call_in_process, call_json, call_on_terminal

ROOT = Path(__file__).parents[2]
EVENT = {
    "event_type": "user.updated", "log_type": "sapi", "category": "system", "actor": {"type": "system"}, "hostname": "x",
    "target": {"type": "user", "id": "u"}, "request": {"method": "", "path": "", "ip": ""}, "timestamp": "2020-01-01T00:00:00Z",
}  # fmt: skip


def texts(folder: Path) -> dict[str, str]:
    """Return the files in a directory with their texts."""
    return {path.name: path.read_text("utf-8") for path in folder.iterdir()}


HOOKS = ALL[ALL.index("0007_page_hooks") :]
"""A migration that adds two columns, and all later ones."""
LOSSY = str(len(HOOKS))


async def test_the_life_of_a_schema(database_url: str) -> None:
    url = database_url
    async with connect(url):
        """Create the file, which no command that only looks does."""
    assert [part["name"] for part in await call_json("plan", url=url)] == ALL
    assert await call_json("status", url=url) == {"applied": [], "pending": ALL, "created_by": None}
    assert (await call_json("check", url=url, code=1))["usable"] is False
    assert await call_json("migrate", url=url) == {"applied": ALL}
    assert await call_json("migrate", url=url) == {"applied": []}
    declared = {"usable": True, "verdict": "The schema matches this version.", "differences": []}
    assert await call_json("check", url=url) == declared
    assert call("check", url=url).stdout.splitlines() == ["The schema matches this version."]
    assert (await call_in_process("down", "--steps", LOSSY, url=url)).exit_code == 3, "the command cannot ask without a terminal"
    assert await call_json("check", url=url) == declared
    assert await call_json("down", "--steps", LOSSY, "--yes", url=url) == {"undone": [*reversed(HOOKS)]}
    missing = (await call_json("check", url=url, code=1))["differences"]
    assert {part["text"] for part in missing if part["required"]} >= {
        "hooks: column page_id is missing",
        "hooks: column permission_required is missing",
    }
    assert call("status", url=url).stderr == ""
    done = call("migrate", url=url)
    assert (done.returncode, done.stdout.splitlines()) == (0, [*(f"Applied {name}" for name in HOOKS), f"{LOSSY} migrations applied."])
    assert "\x1b" not in done.stdout + done.stderr, "no color without a terminal"
    assert await call_json("repair", url=url) == {"interrupted": [], "recorded": False}
    assert await call_json("unlock", url=url) == {"released": None}
    assert [entry["name"] for entry in (await call_json("status", url=url))["applied"]] == ALL


@pytest.mark.engines("sqlite")
async def test_on_a_terminal_it_shows_what_would_be_lost_and_asks(db: Database, migrated_url: str) -> None:
    await db.execute(Call("INSERT INTO tenants (id, friendly_name, created_at, updated_at) VALUES ('acme', 'Acme', '2026', '2026')"))
    code, shown = await to_thread.run_sync(call_on_terminal, {"[y/N]": "n"}, migrated_url, "down", "--steps", str(len(ALL)))
    assert code == 3
    assert re.search(r"tenants +\S+ +1 ", shown)
    assert "hooks" in shown
    assert "no migrations were undone" in shown
    assert (await call_json("check", url=migrated_url))["usable"]
    code, shown = await to_thread.run_sync(call_on_terminal, {"[y/N]": "y"}, migrated_url, "down", "--steps", LOSSY)
    assert code == 0
    assert re.search(r"hooks\.page_id +\S+ +0 ", shown)
    assert f"Undid {ALL[-1]}" in shown


async def test_a_database_that_lacks_what_is_needed_is_not_adopted(database_url: str) -> None:
    async with connect(database_url) as other:
        await other.execute(Call("CREATE TABLE users (id int)"))
        before = await other.dialect.describe(other)
        for _ in range(2):
            refused = call("adopt", url=database_url)
            assert refused.returncode == 1
            assert "the adapters cannot work with this database" in refused.stderr
        assert await other.dialect.describe(other) == before, "no ledger either"
    done = call("check", url=database_url)
    assert done.returncode == 1
    assert "users: column email is missing (required)" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("The adapters cannot work with this database: ")


async def test_damage_is_shown_and_settled(db: Database, migrated_url: str) -> None:
    name, *later = HOOKS
    await call_json("down", "--steps", str(len(later)), "--yes", url=migrated_url)
    await db.execute(Call(f"UPDATE {LEDGER.name} SET applied_at = NULL, steps_started = 2, steps_done = 1 WHERE name = '{name}'"))
    await db.execute(Call(f"INSERT INTO {LEASES.name} (id, owner, expires_at_ts) VALUES ('other', 'dead', 1)"))
    (damage,) = (await call_json("repair", url=migrated_url, code=1))["interrupted"]
    assert (damage["name"], damage["uncertain_step"], damage["operation"], damage["is_done"]) == (
        name,
        2,
        "AddColumn hooks.permission_required",
        True,
    )
    assert (await call_json("repair", "--record", url=migrated_url))["recorded"] is True
    assert await call_json("migrate", url=migrated_url) == {"applied": HOOKS}
    assert (await call_json("check", url=migrated_url))["usable"] is True


async def test_a_stuck_lock_is_taken_away(db: Database, migrated_url: str) -> None:
    await db.execute(Call(f"UPDATE {LEASES.name} SET owner = 'dead', expires_at_ts = 4102444800000 WHERE id = 'migrate'"))
    assert (await call_json("unlock", url=migrated_url))["released"]["owner"] == "dead"
    assert (await call_json("unlock", url=migrated_url))["released"] is None


async def test_clean_up(db: Database, migrated_url: str) -> None:
    adapters = await create_adapters(db, clock=lambda: datetime(2020, 1, 1, tzinfo=UTC))
    await adapters.tenants.create({"id": "acme", "friendly_name": "Acme"})
    old = datetime(2020, 1, 2, tzinfo=UTC)
    await adapters.login_sessions.create("acme", {"csrf_token": "c", "authParams": {"client_id": "c"}, "expires_at": old})
    for number in range(3):
        await adapters.codes.create("acme", {"code_id": f"c{number}", "code_type": "otp", "login_id": "l", "expires_at": old})
    await adapters.action_executions.create("acme", {"id": "e", "trigger_id": "t", "status": "final", "results": []})
    await adapters.outbox.mark_processed([await adapters.outbox.create("acme", {**EVENT, "tenant_id": "acme"})])
    await adapters.outbox.create("acme", {**EVENT, "tenant_id": "acme"})
    gone = {"refresh_tokens": 0, "sessions": 0, "login_sessions": 1, "codes": 3, "outbox_events": 1, "action_executions": 1}
    assert await call_json("cleanup", "--dry-run", url=migrated_url) == {"dry_run": True, "rows": gone}
    assert await call_json("cleanup", url=migrated_url) == {"dry_run": False, "rows": gone}
    assert set((await call_json("cleanup", url=migrated_url))["rows"].values()) == {0}


async def test_logs_are_removed_where_that_is_asked_for(db: Database, migrated_url: str) -> None:
    adapters = await create_adapters(db)
    await adapters.tenants.create({"id": "acme", "friendly_name": "Acme"})
    for days in (0, 29, 31, 400):
        await adapters.logs.create("acme", {"type": "s", "date": datetime.now(UTC) - timedelta(days=days), "isMobile": False})
    assert "logs" not in (await call_json("cleanup", url=migrated_url))["rows"]
    assert (await call_json("cleanup", "--logs-days", "30", "--dry-run", url=migrated_url))["rows"]["logs"] == 2
    assert (await call_json("cleanup", "--logs-days", "30", url=migrated_url))["rows"]["logs"] == 2
    assert (await call_json("cleanup", "--logs-days", "30", url=migrated_url))["rows"]["logs"] == 0
    assert (await call_json("cleanup", "--logs-days", "0", url=migrated_url))["rows"]["logs"] == 2
    assert call("cleanup", "--logs-days", "-1").returncode == 2


@pytest.mark.engines("sqlite")
async def test_scripts_are_written(tmp_path: Path) -> None:
    done = call("export-sql", "--squash")
    assert done.stdout == export_sql("sqlite", "squash")["0000_init.sql"]
    folder = tmp_path / "migrations"
    assert await call_json("export-sql", "--d1", str(folder)) == {"written": list(export_sql("d1"))}
    assert texts(folder) == export_sql("d1")
    assert call("export-sql", "--combined", "--squash").returncode == 2
    assert call("export-sql", "--dialect", "oracle").returncode == 4
    assert call("--json", "export-sql", "--dialect", "mysql").returncode == 0


@pytest.mark.engines("sqlite")
async def test_no_migration_is_written_where_nothing_has_changed(tmp_path: Path) -> None:
    assert await call_json("makemigration", "users_blocked", "--folder", str(tmp_path)) == {"path": None}
    assert texts(tmp_path) == {}
    assert call("makemigration", "Users-Blocked").returncode == 3


@pytest.mark.engines("sqlite")
def test_errors_have_their_exit_codes_and_no_password() -> None:
    assert call("status").returncode == 2
    assert call("nonsense").returncode == 2
    done = call("--url", "postgresql://ada:hunter2@127.0.0.1:1/x?connect_timeout=2", "status")
    assert done.returncode == 4
    assert "hunter2" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    done = call("--json", "--url", "oracle://ada:hunter2@x/y", "status")
    assert (done.returncode, json.loads(done.stderr)["error"]) == (4, "ConfigurationError")
    assert "hunter2" not in done.stdout + done.stderr


def journal_mode(path: Path) -> str:
    """Return the journal mode of the file without using this package."""
    with closing(sqlite3.connect(path)) as file:
        (mode,) = file.execute("PRAGMA journal_mode").fetchone()
    return str(mode)


@pytest.mark.engines("sqlite")
async def test_a_new_file_has_wal_and_nothing_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    await call_json("migrate", url=f"sqlite:///{tmp_path}/cli.sqlite")
    async with connect(f"sqlite:///{tmp_path}/python.sqlite") as db:
        await migrate_to_latest(db)
    assert (journal_mode(tmp_path / "cli.sqlite"), journal_mode(tmp_path / "python.sqlite")) == ("wal", "wal")
    assert not [record for record in caplog.records if record.name == "authhero_sql.sqlite"]


@pytest.mark.engines("sqlite")
async def test_a_database_of_authhero_is_refused_and_then_adopted(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    theirs = ROOT.parent / "shared" / "interop" / "authhero.sqlite"
    if not theirs.is_file():
        pytest.skip("requires AuthHero's database in ../shared/interop")
    shutil.copyfile(theirs, tmp_path / "copy.sqlite")
    url = f"sqlite:///{tmp_path}/copy.sqlite"
    done = call("migrate", url=url)
    assert done.returncode == 3
    assert "AuthHero created the tables" in done.stderr
    assert "authhero-sql adopt" in done.stderr
    assert "AuthHero created these tables. " in call("status", url=url).stdout
    assert (await call_json("status", url=url))["created_by"] == "AuthHero"
    assert call("check", url=url).returncode == 0
    adopted = await call_json("adopt", url=url)
    assert adopted["applied"] == ALL
    assert "?wal=0" in adopted["note"]
    assert journal_mode(tmp_path / "copy.sqlite") == "delete", "the command line does not change the file"
    assert (await call_in_process("down", "--steps", "7", "--yes", url=url)).exit_code == 3
    async with connect(url + "?wal=0") as db:
        assert await migrate_to_latest(db) == []
        adapters = await create_adapters(db)
        async with adapters.transaction() as tx:
            await tx.tenants.create({"id": "third", "friendly_name": "Third"})
        assert (await adapters.tenants.list(include_totals=True)).total == 3
        await adapters.tenants.remove("third")
    assert journal_mode(tmp_path / "copy.sqlite") == "delete"
    with caplog.at_level("WARNING", "authhero_sql.sqlite"):
        async with connect(url) as db:
            pass
        async with connect(url) as db:
            pass
    (said,) = caplog.messages
    assert "was permanently changed from delete to WAL" in said
    assert journal_mode(tmp_path / "copy.sqlite") == "wal"
    async with connect(url) as db:
        assert await migrate_to_latest(db) == []
        assert (await (await create_adapters(db)).tenants.list(include_totals=True)).total == 2
