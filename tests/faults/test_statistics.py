"""SQLite counts again when what we opened is closed and when the schema has changed; that it cannot is no reason to fail."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path

import aiosqlite
import pytest

from authhero_sql import connect, create_adapters, migrate_to_latest
from authhero_sql.dialects import wrap
from tests.contract.builders import tenant
from tests.migrations.helpers import watched

COUNTED = "SELECT COUNT(*) FROM sqlite_master WHERE name = 'sqlite_stat1'"


def counted(url: str) -> bool:
    """Whether a file has statistics."""
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    try:
        return bool(connection.execute(COUNTED).fetchone()[0])
    finally:
        connection.close()


def content(url: str) -> bytes:
    """What is in a file."""
    return Path(url.removeprefix("sqlite:///")).read_bytes()


async def worked(database: object) -> None:
    """Write what makes SQLite guess."""
    store = await create_adapters(database)
    await tenant(store, "acme")
    assert await store.users.remove("acme", "auth0|ada")


@pytest.mark.engines("sqlite")
async def test_a_file_that_was_written_is_closed_with_statistics(migrated_url: str) -> None:
    async with connect(migrated_url) as db:
        assert not counted(migrated_url)
        await worked(db)
    assert counted(migrated_url)


@pytest.mark.engines("sqlite")
async def test_a_file_that_was_only_read_is_left_as_it_is(migrated_url: str) -> None:
    async with connect(migrated_url) as db:
        pass
    before = content(migrated_url)
    async with connect(migrated_url) as db:
        store = await create_adapters(db)
        assert (await store.users.list("acme")).items == []
        # A transaction reads on the writer.
        async with store.transaction() as inside:
            assert (await inside.users.list("acme", q="linked_to:x")).items == []
    assert content(migrated_url) == before


@pytest.mark.engines("sqlite")
async def test_a_caller_s_connection_is_left_as_it_is(migrated_url: str) -> None:
    async with aiosqlite.connect(migrated_url.removeprefix("sqlite:///"), isolation_level=None) as given:
        db = await wrap(given)
        await worked(db)
        await db.close()
    assert not counted(migrated_url)


@pytest.mark.engines("sqlite")
async def test_a_file_that_another_process_writes_is_closed_all_the_same(migrated_url: str, caplog: pytest.LogCaptureFixture) -> None:
    other = sqlite3.connect(migrated_url.removeprefix("sqlite:///"), isolation_level=None)
    try:
        with caplog.at_level(logging.INFO, "authhero_sql.sqlite"):
            async with connect(migrated_url) as db:
                await worked(db)
                other.execute("BEGIN IMMEDIATE")
        assert "without refreshing the planner statistics: database is locked" in caplog.text
        other.execute("ROLLBACK")
    finally:
        other.close()
    assert not counted(migrated_url)


async def test_the_engine_counts_after_the_migrations_and_not_when_there_are_none(database_url: str) -> None:
    async with connect(database_url) as db:
        for wanted in (list(db.dialect.analyze_commands), []):
            with watched(db) as seen:
                await migrate_to_latest(db)
            assert [sql for sql in seen.statements if sql.startswith("PRAGMA")] == wanted


@pytest.mark.engines("sqlite", "d1")
async def test_an_engine_that_cannot_count_is_migrated_all_the_same(
    database_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with connect(database_url) as db:
        monkeypatch.setattr(type(db.dialect), "analyze_commands", ("PRAGMA",))
        with caplog.at_level(logging.WARNING, "authhero_sql.migrations"):
            assert await migrate_to_latest(db) != []
        assert "could not update its statistics" in caplog.text
        assert await migrate_to_latest(db) == []
