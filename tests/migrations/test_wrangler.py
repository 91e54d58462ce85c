"""The files for Cloudflare D1, applied by Cloudflare's tool to its local database."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from anyio import to_thread

from authhero_sql import Database, check_schema, connect, create_adapters, export_sql, migrate_down, migrate_to_latest
from authhero_sql.migrations import check, history
from tests.engines import node_modules, start_gateway
from tests.migrations.helpers import differences

CONFIGURATION = {
    "name": "auth",
    "compatibility_date": "2025-09-01",
    "d1_databases": [{"binding": "AUTH_DB", "database_name": "auth", "database_id": "DB_0", "migrations_dir": "files"}],
}


@pytest.fixture(scope="session")
def wrangler(request: pytest.FixtureRequest) -> str:
    """Return the path of wrangler, and install it if necessary."""
    if request.config.getoption("--engines") == "sqlite":
        pytest.skip("requires Node, which tests with --engines sqlite do not use")
    return str(node_modules() / ".bin" / "wrangler")


def apply(wrangler: str, folder: Path) -> str:
    """Run ``wrangler d1 migrations apply AUTH_DB --local`` and return its output."""
    environment = {**os.environ, "CI": "1", "WRANGLER_SEND_METRICS": "false", "XDG_CONFIG_HOME": str(folder / "config")}
    command = [wrangler, "d1", "migrations", "apply", "AUTH_DB", "--local"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


async def compare(folder: Path) -> None:
    """Compare the local database, which is a SQLite file, with the registry."""
    (file,) = (path for path in (folder / ".wrangler").rglob("*.sqlite") if path.stem != "metadata")
    copy = folder / "copy.sqlite"
    for suffix in ("", "-wal", "-shm"):
        if (source := Path(f"{file}{suffix}")).exists():
            shutil.copyfile(source, f"{copy}{suffix}")
    async with connect(f"sqlite:///{copy}") as db:
        wanted = check.expected_schema(db.dialect)
        live = await check.live_schema(db)
        # Cloudflare's own tables.
        assert differences({name: table for name, table in live.items() if not name.startswith(("d1_", "_cf_"))}, wanted) == []
        assert await migrate_to_latest(db) == []


def write(folder: Path, scripts: dict[str, str]) -> None:
    """Write scripts to wrangler's directory."""
    (folder / "wrangler.json").write_text(json.dumps(CONFIGURATION), "utf-8")
    (folder / "files").mkdir(exist_ok=True)
    for name, text in scripts.items():
        (folder / "files" / name).write_text(text, "utf-8")


@pytest.mark.parametrize("mode", ["each", "squash"])
async def test_wrangler_applies_the_files_once(wrangler: str, tmp_path: Path, mode: str) -> None:
    scripts = export_sql("d1", "each" if mode == "each" else "squash")
    write(tmp_path, scripts)
    said = apply(wrangler, tmp_path)
    assert all(name in said for name in scripts)
    await compare(tmp_path)
    assert "No migrations to apply" in apply(wrangler, tmp_path)


async def test_wrangler_goes_on_with_the_files_of_a_newer_version(wrangler: str, tmp_path: Path) -> None:
    scripts = export_sql("d1")
    assert len(scripts) == len(history.names())
    write(tmp_path, dict(list(scripts.items())[:2]))
    apply(wrangler, tmp_path)
    write(tmp_path, scripts)
    apply(wrangler, tmp_path)
    await compare(tmp_path)


@asynccontextmanager
async def gateway(folder: Path) -> AsyncIterator[Database]:
    """Start a gateway to wrangler's local database."""
    server = await to_thread.run_sync(start_gateway, folder / ".wrangler/state/v3/d1")
    try:
        async with connect(urlsplit(server.url)._replace(path="/DB_0").geturl()) as db:
            yield db
    finally:
        await to_thread.run_sync(server.stop)


async def test_what_wrangler_has_done_is_recognised_over_http(wrangler: str, tmp_path: Path) -> None:
    write(tmp_path, export_sql("d1"))
    apply(wrangler, tmp_path)
    async with gateway(tmp_path) as db:
        assert await migrate_to_latest(db) == []
        assert (await check_schema(db)).differences == ()
        assert (await create_adapters(db)).database is db


@pytest.mark.parametrize("first", [0, 2])
async def test_what_was_done_over_http_is_recognised_by_wrangler(wrangler: str, tmp_path: Path, first: int) -> None:
    scripts = export_sql("d1")
    if first:
        write(tmp_path, dict(list(scripts.items())[:first]))
        apply(wrangler, tmp_path)
    async with gateway(tmp_path) as db:
        assert await migrate_to_latest(db) == history.names()[first:]
    write(tmp_path, scripts)
    assert "No migrations to apply" in apply(wrangler, tmp_path)
    await compare(tmp_path)
    async with gateway(tmp_path) as db:
        assert await migrate_down(db, drop_data=True) == history.names()[-1:]
    said = apply(wrangler, tmp_path)
    assert [name for name in scripts if name in said] == list(scripts)[-1:]
    await compare(tmp_path)
