"""Failed migrations: their messages, their effects, and a successful run after the cause has been removed."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiosqlite
import pytest

from authhero_sql import Database, MigrationError, connect, migrate_down, migrate_to_latest, migration_status
from authhero_sql.dialects.dialect import Dialect
from authhero_sql.dialects.interface import Call
from authhero_sql.migrations import definitions, history
from authhero_sql.migrations.ledger import LEDGER
from authhero_sql.migrations.operations import Migration, Schema
from tests import engines
from tests.engines import Server
from tests.migrations.helpers import (
    ALL,
    call,
    call_in_process,
    call_json,
    drift,
    failures_leave_nothing,
    replace_step,
    rows,
    unrecorded_differences,
    use_migrations,
)

SCIM, LAST = "0003_scim", ALL[-1]
"""A migration that creates tables, and one that adds columns to a table that other connections use."""
FREE_BYTES = {"sqlite": 64 << 10, "postgresql": 40 << 10, "mysql": 160 << 10}
"""The free space of the full disk, in bytes: enough for the lease, but not for the migration."""


@dataclass(frozen=True)
class Statement:
    """A step with custom SQL."""

    text: str

    def sql(self, dialect: Dialect) -> str:
        return self.text

    def apply(self, schema: Schema) -> None:
        pass

    @property
    def inverse(self) -> Statement | None:
        return None


NONSENSE = Statement("CREATE INDEXX nonsense")


class IrreversibleStatement(Statement):
    """A step that cannot be reverted."""

    @property
    def inverse(self) -> Statement:
        return NONSENSE


# --- the guarantees after every failure ----------------------------------------------------------------------------------------


async def _migrate_before(url: str, pending: str) -> None:
    """Apply all earlier migrations."""
    async with connect(url) as db:
        with use_migrations(*ALL[: ALL.index(pending)]):
            await migrate_to_latest(db)


def _check_message(message: str, name: str, dialect: Dialect) -> None:
    """Check that a message contains the migration, the step, the engine and the solution."""
    steps = len(history.load(name).up)
    place = rf"{name}, (step|the write after step|the write before step) \d of {steps}( \(\w+\))? failed on {dialect.name}: .+"
    advice = (
        r"The migration was not applied: fix the cause and try again"
        if failures_leave_nothing(dialect)
        else r"The completed steps are recorded: fix the cause and try again to continue from there"
    )
    assert re.fullmatch(rf"{place}\. {advice}", message), message


async def _fail_migrate(url: str, name: str, done: subprocess.CompletedProcess[str]) -> str:
    """Run ``authhero-sql migrate``, check that the migration fails, and return its message."""
    assert (done.returncode, done.stdout) == (3, ""), done.stderr
    kind, _, message = done.stderr.strip().partition(": ")
    assert kind == "error", done.stderr
    await _left(url, name, message)
    return message


async def _left(url: str, name: str, message: str) -> None:
    async with connect(url) as db:
        _check_message(message, name, db.dialect)
        assert await unrecorded_differences(db) == []
        status = await migration_status(db)
        assert [entry.name for entry in status.applied] == ALL[: ALL.index(name)]
        assert list(status.pending) == ALL[ALL.index(name) :]
        begun = [found for (found,) in await rows(db, f"SELECT name FROM {LEDGER.name} WHERE applied_at IS NULL")]
        assert begun == ([] if failures_leave_nothing(db.dialect) else [name])


async def _check_next_run(url: str, name: str) -> None:
    """Check that the next run succeeds."""
    done = call("migrate", url=url)
    assert (done.returncode, done.stdout.splitlines()[:-1]) == (0, [f"Applied {pending}" for pending in ALL[ALL.index(name) :]]), (
        done.stderr
    )
    async with connect(url) as db:
        assert await drift(db) == []
        assert await unrecorded_differences(db) == []
    assert (await call_json("status", url=url))["pending"] == []


# --- a full disk ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Disk:
    """A disk of a few megabytes, and the URL of a database with its tables on it."""

    url: str
    folder: Path
    owner: int

    def fill(self, room: int) -> None:
        """Fill the disk except for the given number of bytes."""
        found = os.statvfs(self.folder)
        (self.folder / "ballast").write_bytes(bytes(found.f_bavail * found.f_frsize - room))
        os.chown(self.folder / "ballast", self.owner, -1)

    def free(self) -> None:
        """Remove the file that fills the disk."""
        (self.folder / "ballast").unlink(missing_ok=True)


@contextmanager
def _mount(folder: Path, owner: int) -> Iterator[None]:
    """Mount a small disk over a directory and copy the files of the directory."""
    kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    mounted = os.geteuid() == 0 and shutil.which("mount") is not None
    command = ["mount", "-t", "tmpfs", "-o", f"size=16m,mode=0700,uid={owner}", "tmpfs", str(folder)]
    if not mounted or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("requires root and permission to mount; the next test does not")
    try:
        for name, content in kept.items():
            (folder / name).write_bytes(content)
            os.chown(folder / name, owner, -1)
        yield
    finally:
        # The server may still have a deleted file open.
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def disk(engine: str, server: Server | None, database_url: str, tmp_path: Path) -> Iterator[Disk]:
    """Create a small disk for the database of the test."""
    if server is None:
        with _mount(tmp_path, os.geteuid()):
            yield Disk(database_url, tmp_path, os.geteuid())
        return
    if engine == "mysql":
        with engines._mysql_cursor(server.url) as cursor:
            cursor.execute("SELECT @@datadir")
            folder = Path(cursor.fetchone()[0]) / urlsplit(database_url).path[1:]
        owner = _owner(folder)
        with _mount(folder, owner):
            small = Disk(database_url, folder, owner)
            yield small
            small.free()
            # The directory cannot be removed while the disk is mounted.
            with suppress(Exception):
                engines.drop_database(server, database_url)
        if not any(folder.iterdir()):
            # Oracle MySQL stores no files in it and no longer knows the database. MariaDB does, and drops it afterwards.
            folder.rmdir()
        return
    folder = Path(tempfile.mkdtemp(prefix="authhero-", dir="/tmp"))
    name = urlsplit(database_url).path[1:]
    owner = _owner(Path(_query(server, "SHOW data_directory")))
    try:
        with _mount(folder, owner):
            _query(server, f"CREATE TABLESPACE {name} LOCATION '{folder}'")
            try:
                _query(server, f"ALTER DATABASE {name} SET default_tablespace = {name}")
                yield Disk(database_url, folder, owner)
            finally:
                engines.drop_database(server, database_url)
                _query(server, f"DROP TABLESPACE {name}")
    finally:
        folder.rmdir()


def _query(server: Server, statement: str) -> Any:
    """Run a statement in a new event loop and return the first value."""

    async def ask() -> Any:
        async with connect(server.url) as db:
            found = await db.fetch(Call(statement))
            return found[0][0] if found else None

    return asyncio.run(ask())


def _owner(folder: Path) -> int:
    if os.geteuid() != 0 or not folder.is_dir():
        pytest.skip("requires root and a server on this machine; the next test does not")
    return folder.stat().st_uid


@pytest.mark.engines(*FREE_BYTES)
async def test_a_full_disk(disk: Disk, engine: str) -> None:
    """Test a real disk of 16 MB with the SQLite file, the tablespace of PostgreSQL, or the directory of MySQL's database."""
    await _migrate_before(disk.url, SCIM)
    disk.fill(FREE_BYTES[engine])
    for _ in range(2):
        message = await _fail_migrate(disk.url, SCIM, call("migrate", url=disk.url))
    if engine != "mysql":
        assert {"sqlite": "SQLITE_FULL", "postgresql": "53100"}[engine] in message
    disk.free()
    await _check_next_run(disk.url, SCIM)


@asynccontextmanager
async def _limited_database(url: str, server: Server | None) -> AsyncIterator[tuple[str, Callable[[], Any]]]:
    """Create a database without enough space for SCIM, on any server and with any account. Yield its URL and a function that adds space.

    PostgreSQL is made to report a full disk at the first index. This is not possible on MySQL, where the account may not create the second
    table instead.
    """
    name = urlsplit(url).path[1:]
    if server is None:
        yield url, lambda: None
        return
    async with connect(url) as db:

        async def do(*statements: str) -> None:
            for statement in statements:
                await db.execute(Call(statement))

        if server.name == "postgresql":
            await do(
                "CREATE FUNCTION full_disk() RETURNS event_trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full'; END $$",
                "CREATE EVENT TRIGGER full_disk ON ddl_command_start WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION full_disk()",
            )
            yield url, lambda: do("DROP EVENT TRIGGER full_disk")
            return
        # Doubled, because the driver interprets percent signs as placeholders.
        account = f"'{name}'@'%%'"
        await do(
            f"CREATE USER {account} IDENTIFIED BY 'secret'",
            f"GRANT SELECT, INSERT, UPDATE, DELETE, ALTER, DROP, INDEX, REFERENCES ON {name}.* TO {account}",
            f"GRANT CREATE ON {name}.scim_configurations TO {account}",
        )
        try:
            address = urlsplit(url)
            yield (
                address._replace(netloc=f"{name}:secret@{address.hostname}:{address.port}").geturl(),
                lambda: do(f"GRANT CREATE ON {name}.* TO {account}"),
            )
        finally:
            await do(f"DROP USER {account}")


@pytest.mark.engines(*FREE_BYTES)
async def test_what_takes_up_room_is_refused(database_url: str, server: Server | None) -> None:
    """Test the same without mounting a disk. SQLite's files are limited to 32 KB."""
    await _migrate_before(database_url, SCIM)
    async with _limited_database(database_url, server) as (url, mend):
        limit = (
            "import os, resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 15, 1 << 15)); os.execv(sys.argv[1], sys.argv[1:])"
        )
        under = (sys.executable, "-c", limit) if server is None else ()
        for _ in range(2):
            message = await _fail_migrate(database_url, SCIM, call("migrate", url=url, under=under))
        if server is None:
            assert "SQLITE_IOERR_WRITE" in message
        else:
            where = {"postgresql": "step 3 of 6 (CreateIndex)", "mysql": "step 2 of 6 (CreateTable)"}[server.name]
            assert where in message
            assert f"({ ({'postgresql': '53100', 'mysql': '1142'}[server.name]) })" in message
            await mend()
    await _check_next_run(database_url, SCIM)


@pytest.mark.engines("sqlite")
async def test_a_file_that_may_not_have_more_pages(database_url: str) -> None:
    """Test a disk that becomes full during a statement, which ends SQLite's transaction, on a caller's connection."""
    await _migrate_before(database_url, SCIM)
    async with aiosqlite.connect(database_url.removeprefix("sqlite:///"), isolation_level=None) as connection:
        ((pages,),) = await connection.execute_fetchall("PRAGMA page_count")
        await connection.execute_fetchall(f"PRAGMA max_page_count = {pages + 5}")
        with pytest.raises(MigrationError) as caught:
            await migrate_to_latest(connection)
        await _left(database_url, SCIM, str(caught.value))
        assert "step 3 of 6 (CreateIndex) failed on sqlite" in str(caught.value)
        assert "(SQLITE_FULL)" in str(caught.value)
        await connection.execute_fetchall(f"PRAGMA max_page_count = {pages * 2}")
        assert await migrate_to_latest(connection) == ALL[ALL.index(SCIM) :]
    async with connect(database_url) as db:
        assert await drift(db) == []


# --- an invalid statement ------------------------------------------------------------------------------------------------------


@contextmanager
def _edit_migration(name: str, text: str) -> Iterator[None]:
    """Change the file of a migration, and so its checksum."""
    checksum = history.checksum
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history, "checksum", lambda asked: text * 64 if asked == name else checksum(asked))
        yield


async def _message_of(url: str) -> str:
    """Return the message of a failed call in this process."""
    done = await call_in_process("migrate", url=url)
    told = json.loads(done.stderr)
    assert (done.exit_code, done.stdout, told["error"]) == (3, "", "MigrationError")
    return str(told["message"])


async def test_a_statement_that_is_wrong_and_then_mended_in_the_file(empty: Database, database_url: str, engine: str) -> None:
    await _migrate_before(database_url, SCIM)
    with replace_step(SCIM, 4, NONSENSE), _edit_migration(SCIM, "b"):
        for _ in range(2):
            message = await _message_of(database_url)
            assert message.startswith(f"{SCIM}, step 4 of 6 (Statement) failed on {engine}: ")
            assert {"sqlite": "(SQLITE_ERROR)", "postgresql": "(42601)", "mysql": "(1064)", "d1": "(SQLITE_ERROR)"}[engine] in message
            await _left(database_url, SCIM, message)
    if not failures_leave_nothing(empty.dialect):
        # This migration was started, but its file no longer exists.
        message = await _message_of(database_url)
        assert message.startswith(f"the file of {SCIM} has changed since the migration was started: ")
        assert message.endswith("run `authhero-sql repair --record` to continue with this one")
        ((damage),) = (await call_json("repair", "--record", url=database_url))["interrupted"]
        assert (damage["steps_done"], damage["changed"]) == (3, True)
    await _check_next_run(database_url, SCIM)


@pytest.mark.engines("mysql")
async def test_no_repair_is_advised_where_the_file_has_another_number_of_steps(empty: Database, database_url: str) -> None:
    await _migrate_before(database_url, SCIM)
    with replace_step(SCIM, 4, NONSENSE), pytest.raises(MigrationError):
        await migrate_to_latest(empty)
    load = history.load
    with pytest.MonkeyPatch.context() as patch, _edit_migration(SCIM, "b"):
        patch.setattr(history, "load", lambda name: Migration(load(name).up[:-1], name) if name == SCIM else load(name))
        assert (await _message_of(database_url)).endswith("reinstall the version that started it")


async def test_what_fails_on_the_way_back(empty: Database, database_url: str) -> None:
    await migrate_to_latest(empty)
    with replace_step(SCIM, 2, IrreversibleStatement("")), pytest.raises(MigrationError) as caught:
        await migrate_down(empty, len(ALL) - ALL.index(SCIM), drop_data=True)
    assert caught.match(rf"^{SCIM}, step 2 of 6 \(\w+\) failed on {empty.dialect.name}: .+ \(\w+\)\. ")
    assert str(caught.value).endswith(
        "The migration was not undone: fix the cause and try again"
        if empty.dialect.features.transactional_ddl
        else "The completed steps are recorded: fix the cause and try again to continue from there"
    )
    assert await unrecorded_differences(empty) == []
    await _check_next_run(database_url, ALL[ALL.index(SCIM) + 1] if empty.dialect.features.transactional_ddl else SCIM)


# --- lock timeouts -------------------------------------------------------------------------------------------------------------


@pytest.mark.engines("postgresql", "mysql")
async def test_a_table_that_somebody_uses_for_too_long(database_url: str, engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    hooks = "0007_page_hooks"
    await _migrate_before(database_url, hooks)
    async with connect(database_url) as other, other.transaction() as reading:
        await reading.fetch(Call("SELECT 1 FROM hooks"))
        with monkeypatch.context() as patch:
            patch.setattr(definitions, "LOCK_RETRY_TIMEOUT", 0.0)
            message = await _message_of(database_url)
        assert message.startswith(f"{hooks}, step 1 of 2 (AddColumn) failed on {engine}: ")
        await _left(database_url, hooks, message)
    await _check_next_run(database_url, hooks)


@pytest.mark.engines("sqlite")
async def test_a_file_that_somebody_writes_for_too_long(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Test a write that begins after the lease was acquired. The lease cannot be released either, so it expires or is removed."""
    await _migrate_before(database_url, LAST)
    load = history.load
    path = database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:

        def begun(name: str) -> Migration:
            if not other.in_transaction:
                other.execute("BEGIN IMMEDIATE")
            return load(name)

        with monkeypatch.context() as patch:
            patch.setattr(history, "load", begun)
            message = await _message_of(f"{database_url}?busy_timeout=0.05")
        assert message.startswith(f"{LAST}, the write before step 1 of 1 failed on sqlite: ")
        assert "(SQLITE_BUSY)" in message
        other.execute("ROLLBACK")
    await _left(database_url, LAST, message)
    assert (await call_json("unlock", url=database_url))["released"]["owner"]
    await _check_next_run(database_url, LAST)
