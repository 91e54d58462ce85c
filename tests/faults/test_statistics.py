"""SQLite's statistics are updated when a database is closed and after a change of the schema. A failure of this is ignored."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path

import aiosqlite
import pytest

from authhero_sql import connect, create_adapters, migrate_to_latest
from authhero_sql.dialects import wrap
from tests.contract.builders import tenant
from tests.migrations.helpers import record_statements

COUNTED = "SELECT COUNT(*) FROM sqlite_master WHERE name = 'sqlite_stat1'"


def has_statistics(url: str) -> bool:
    """Return whether a file has statistics."""
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    try:
        return bool(connection.execute(COUNTED).fetchone()[0])
    finally:
        connection.close()


def content(url: str) -> bytes:
    """Return the content of a file."""
    return Path(url.removeprefix("sqlite:///")).read_bytes()


async def change_many_rows(database: object) -> None:
    """Make changes after which SQLite considers its statistics outdated."""
    store = await create_adapters(database)
    await tenant(store, "acme")
    assert await store.users.remove("acme", "auth0|ada")


@pytest.mark.engines("sqlite")
async def test_a_file_that_was_written_is_closed_with_statistics(migrated_url: str) -> None:
    async with connect(migrated_url) as db:
        assert not has_statistics(migrated_url)
        await change_many_rows(db)
    assert has_statistics(migrated_url)


@pytest.mark.engines("sqlite")
async def test_a_file_that_was_only_read_is_left_as_it_is(migrated_url: str) -> None:
    async with connect(migrated_url) as db:
        pass
    before = content(migrated_url)
    async with connect(migrated_url) as db:
        store = await create_adapters(db)
        assert (await store.users.list("acme")).items == []
        # A transaction reads on the writer's connection.
        async with store.transaction() as inside:
            assert (await inside.users.list("acme", q="linked_to:x")).items == []
    assert content(migrated_url) == before


@pytest.mark.engines("sqlite")
async def test_a_caller_s_connection_is_left_as_it_is(migrated_url: str) -> None:
    async with aiosqlite.connect(migrated_url.removeprefix("sqlite:///"), isolation_level=None) as given:
        db = await wrap(given)
        await change_many_rows(db)
        await db.close()
    assert not has_statistics(migrated_url)


@pytest.mark.engines("sqlite")
async def test_a_file_that_another_process_writes_is_closed_all_the_same(migrated_url: str, caplog: pytest.LogCaptureFixture) -> None:
    other = sqlite3.connect(migrated_url.removeprefix("sqlite:///"), isolation_level=None)
    try:
        with caplog.at_level(logging.INFO, "authhero_sql.sqlite"):
            async with connect(migrated_url) as db:
                await change_many_rows(db)
                other.execute("BEGIN IMMEDIATE")
        assert "without refreshing the planner statistics: database is locked" in caplog.text
        other.execute("ROLLBACK")
    finally:
        other.close()
    assert not has_statistics(migrated_url)


async def test_the_engine_counts_after_the_migrations_and_not_when_there_are_none(database_url: str) -> None:
    async with connect(database_url) as db:
        for wanted in (list(db.dialect.analyze_commands), []):
            with record_statements(db) as seen:
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
