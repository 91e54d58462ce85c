"""The adoption of a database that AuthHero created: it is recognized, compared and completed without losing data."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from authhero_sql import (
    Database,
    IncompatibleDatabaseError,
    MigrationError,
    check_schema,
    connect,
    create_adapters,
    migrate_down,
    migrate_to_latest,
    migration_status,
    preview_data_loss,
)
from authhero_sql.dialects.interface import Call
from authhero_sql.dialects.mysql import MySQL8Dialect
from authhero_sql.migrations import history
from authhero_sql.migrations.adoption import THEIR_LEDGER, THEIRS
from authhero_sql.migrations.check import live_schema
from authhero_sql.migrations.ledger import LEASES, LEDGER
from authhero_sql.migrations.operations import CreateIndex, Migration, Operation, add_column
from authhero_sql.schema import Index
from authhero_sql.tables import REGISTRY
from tests.engines import Server
from tests.interop.answers import SQLITE, covered, expected, needs_interop, wire
from tests.interop.test_interop import own_ids, provided, without_generated

pytestmark = [
    needs_interop,
    pytest.mark.engines("sqlite", "mysql", "d1"),
    # The duplicate indexes on login_sessions.state, one of which this package also has.
    pytest.mark.filterwarnings("ignore:Duplicate index"),
]


@pytest.fixture
def theirs_url(server: Server | None, tmp_path: Path) -> Iterator[str]:
    """Create a database with AuthHero's rows."""
    yield from provided(server, tmp_path)


async def contents(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of the existing tables with their current columns."""
    words = db.dialect
    found = {}
    for name, table in (await live_schema(db)).items():
        columns = words.identifiers([column.name for column in table.columns])
        rows = await db.fetch(Call(f"SELECT {columns} FROM {words.identifier(name)}"))
        found[name] = sorted((tuple(row) for row in rows), key=repr)
    return found


async def test_it_is_refused_until_somebody_says_so(theirs_url: str) -> None:
    async with connect(theirs_url) as db:
        before = await contents(db)
        for _ in range(2):
            with pytest.raises(MigrationError) as caught:
                await migrate_to_latest(db)
            said = str(caught.value)
            assert "AuthHero created the tables" in said
            assert "organization_connections" not in said or "invites: column connection_id" in said
            assert "authhero-sql adopt" in said
        assert await contents(db) == before
        assert (await migration_status(db)).applied == ()


async def test_what_differs_is_what_is_wider_here(theirs_url: str) -> None:
    async with connect(theirs_url) as db:
        found = await check_schema(db)
        assert found.usable
        widened = {(table.name, column.name) for table in REGISTRY.values() for column in table.columns if column.authhero_type}
        told = {(part.table, part.name) for part in found.differences if part.part == "column"}
        assert told <= widened
        assert told
        others = [str(part) for part in found.differences if part.part != "column" and part.table in REGISTRY]
        compared = [part for part in found.differences if part.part == "collation"]
        assert len(compared) == (1 if db.dialect.name == "mysql" else 0), "one message for all tables"
        ours = {step.index.name for name in OWN for step in history.load(name).up if isinstance(step, CreateIndex)}
        known = ("login_sessions", "organization_connections", "users_user_id", *(f"index {name} is missing" for name in ours))
        assert all(any(part in line for part in known) for line in others), others


async def test_adopted_it_answers_as_before_and_has_lost_nothing(engine: str, theirs_url: str) -> None:
    async with connect(theirs_url) as db:
        before = await contents(db)
        assert await migrate_to_latest(db, adopt=True) == history.names()
        assert await migrate_to_latest(db) == []
        assert await contents(db) == before
        adapters = await create_adapters(db)
        own = {} if engine == "sqlite" else await own_ids(db)
        for call in covered():
            text = json.dumps([call.args, expected(call)])
            for recorded, here in own.items():
                text = text.replace(recorded, here)
            args, result = json.loads(text)
            answer = wire(await replace(call, args=tuple(args)).ask(adapters))
            if engine == "sqlite":
                assert answer == result, str(call)
            else:
                assert without_generated(answer) == without_generated(result), str(call)


# --- later migrations of AuthHero ----------------------------------------------------------------------------------------------


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """Open a database whose tables can be changed.

    Since version 8.4, MySQL rejects AuthHero's foreign keys unless the session allows them.
    """
    # The setting applies to a single connection, so the pool has only one. SQLite has no such option.
    async with connect(url, **({"max_size": 1} if url.startswith("mysql") else {})) as db:
        if isinstance(db.dialect, MySQL8Dialect):
            await db.execute(Call("SET SESSION restrict_fk_on_non_standard_key = OFF"))
        yield db


@dataclass(frozen=True)
class Step:
    """A migration of AuthHero."""

    name: str
    statements: tuple[str, ...]


async def migrate_like_kysely(db: Database, steps: Sequence[Step]) -> list[str]:
    """Run the pending migrations like Kysely, which requires the applied ones to be the first. Return their names."""
    applied = [row[0] for row in await db.fetch(Call("SELECT name FROM kysely_migration ORDER BY timestamp, name"))]
    known = [step.name for step in steps]
    assert applied == known[: len(applied)], "corrupted migrations"
    for number, step in enumerate(steps[len(applied) :]):
        for statement in step.statements:
            await db.execute(Call(statement))
        written = f"('{step.name}', '2026-12-01T00:00:00.{number:03d}Z')"
        await db.execute(Call(f"INSERT INTO kysely_migration (name, timestamp) VALUES {written}"))
    return known[len(applied) :]


def authhero_migrations(db: Database) -> list[Step]:
    """Return the equivalent migrations of AuthHero. The first one is already applied, so it has no statements."""
    words = db.dialect
    own = {name: tuple(filter(None, (step.sql(words) for step in history.load(name).up))) for name in history.names()}
    return [Step(THEIRS[name], own[name] if number else ()) for number, name in enumerate(THEIRS)]


OWN = [name for name in history.names() if name not in THEIRS]
"""The migrations that only this package has."""


async def revert_to_baseline(db: Database) -> None:
    """Revert the database to the state after AuthHero's first migration."""
    for name in reversed(list(THEIRS)[1:]):
        for step in history.load(name).down:
            await db.execute(Call(step.sql(db.dialect) or ""))
    await db.execute(Call(f"DELETE FROM kysely_migration WHERE name <> '{THEIRS['0001_baseline']}'"))


def test_the_equivalents_are_authheros_own_names() -> None:
    with closing(sqlite3.connect(SQLITE)) as file:
        applied = [name for (name,) in file.execute("SELECT name FROM kysely_migration ORDER BY name")]
    assert list(THEIRS.values()) == applied
    assert set(THEIRS) <= set(history.names())


NEXT = Step("2026-12-02T00:00:00_shoe_size", ("ALTER TABLE users ADD COLUMN shoe_size varchar(8)",))


@contextmanager
def add_newer_migration(*steps: Operation) -> Iterator[str]:
    """Add a migration to this package, like a newer version, and yield its name."""
    name = "0099_next"
    load, checksum, names = history.load, history.checksum, history.names()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history, "names", lambda: [*names, name])
        patch.setattr(history, "load", lambda asked: Migration(steps, name) if asked == name else load(asked))
        patch.setattr(history, "checksum", lambda asked: "0" * 64 if asked == name else checksum(asked))
        yield name


async def test_an_older_authhero_migrates_first_and_both_go_on(theirs_url: str) -> None:
    async with opened(theirs_url) as db:
        await revert_to_baseline(db)
        before = await contents(db)
        for _ in range(2):
            with pytest.raises(MigrationError, match=r"AuthHero has not applied 2026-07-16T15:00:00_codes_expires_at_ts.*kysely_migration"):
                await migrate_to_latest(db, adopt=True)
        assert await contents(db) == before
        assert await db.dialect.describe(db) == await live_schema(db), "no ledger either"
        assert await migrate_like_kysely(db, authhero_migrations(db)) == [step.name for step in authhero_migrations(db)[1:]]
        theirs = await contents(db)
        assert await migrate_to_latest(db, adopt=True) == history.names()
        after = await contents(db)
        # The only data step among them: AuthHero fills the numeric expiry of codes.
        assert {**after, "codes": ()} == {**theirs, "codes": ()}
        assert await migrate_like_kysely(db, [*authhero_migrations(db), NEXT]) == [NEXT.name]
        assert await migrate_to_latest(db) == []
        assert (await check_schema(db)).usable


async def test_both_go_on_after_a_current_one_was_adopted(theirs_url: str) -> None:
    async with opened(theirs_url) as db:
        await migrate_to_latest(db, adopt=True)
        assert await migrate_like_kysely(db, authhero_migrations(db)) == []
        assert await migrate_like_kysely(db, [*authhero_migrations(db), NEXT]) == [NEXT.name]
        assert await migrate_to_latest(db) == []
        # A newer version of this package contains the migration that AuthHero has applied.
        with add_newer_migration(add_column("users", "shoe_size", "varchar(8)")) as name:
            assert await migrate_to_latest(db) == [name]
            with pytest.raises(MigrationError, match="was adopted"):
                await migrate_down(db, drop_data=True)
        await db.execute(Call(f"DELETE FROM {LEDGER.name} WHERE name = '{name}'"))
        # Migrations that AuthHero has are recorded. Those that only this package has are applied and can be reverted.
        with add_newer_migration(add_column("users", "hat_size", "varchar(8)")) as name, pytest.MonkeyPatch.context() as patch:
            patch.setitem(THEIRS, name, "2026-12-03T00:00:00_hat_size")
            with pytest.raises(MigrationError, match="2026-12-03T00:00:00_hat_size"):
                await migrate_to_latest(db)
            patch.delitem(THEIRS, name)
            assert await migrate_to_latest(db) == [name]
            assert await migrate_like_kysely(db, [*authhero_migrations(db), NEXT]) == []
            assert await migrate_down(db, drop_data=True) == [name]
            assert "hat_size" not in {column.name for column in (await live_schema(db))["users"].columns}


async def test_what_the_owner_has_added_is_left_alone(theirs_url: str) -> None:
    async with opened(theirs_url) as db:
        added = "name(10)" if db.dialect.name == "mysql" else "lower(email)"
        await db.execute(Call(f"CREATE INDEX w ON users ({added})"))
        with pytest.raises(MigrationError, match="the database has not been adopted"):
            await migrate_to_latest(db)
        assert await migrate_to_latest(db, adopt=True) == history.names()
        check = await check_schema(db)
        assert check.usable
        assert "users: index w is not part of the schema" in map(str, check.differences)


async def test_down_takes_nothing_that_was_adopted(theirs_url: str) -> None:
    async with opened(theirs_url) as db:
        await migrate_to_latest(db, adopt=True)
        # Additions that AuthHero does not have are removed.
        assert await migrate_down(db, len(OWN)) == OWN[::-1]
        before = await contents(db)
        for steps in (1, len(THEIRS)):
            with pytest.raises(MigrationError, match=f"{LEDGER.name} and {LEASES.name}"):
                await migrate_down(db, steps, drop_data=True)
            with pytest.raises(MigrationError, match="was adopted"):
                await preview_data_loss(db, steps)
        assert await contents(db) == before
        assert (await migration_status(db)).pending == tuple(OWN)
        # The solution in the message.
        await db.execute(Call(db.dialect.drop_table(LEDGER.name)))
        await db.execute(Call(db.dialect.drop_table(LEASES.name)))
        assert await migrate_like_kysely(db, authhero_migrations(db)) == []


async def test_where_authhero_has_left_what_is_missing_is_added_and_can_be_taken_back(theirs_url: str) -> None:
    """Test a database from before SCIM, page hooks, the index of the cleanup, and the numeric expiry of codes."""
    async with opened(theirs_url) as db:
        words = db.dialect
        before = await contents(db)
        assert before["codes"]
        for statement in (
            words.drop_table("kysely_migration"),
            *(words.drop_table(name) for name in ("scim_tokens", "scim_external_ids", "scim_configurations")),
            words.drop_column("hooks", "page_id"),
            words.drop_column("hooks", "permission_required"),
            words.drop_index("action_executions", "idx_action_executions_created_at_ts"),
            words.drop_index("codes", "idx_codes_expires_at_ts"),
        ):
            await db.execute(Call(statement))
        await db.execute(Call("UPDATE codes SET expires_at_ts = NULL"))
        assert not (await check_schema(db)).usable
        await migrate_to_latest(db, adopt=True)
        check = await check_schema(db)
        assert check.usable
        assert not [part for part in check.differences if part.found is None and part.part == "index"]
        after = await contents(db)
        other = {name for name in before if "scim" not in name and "kysely" not in name and name not in ("codes", "hooks")}
        assert {name: after[name] for name in other} == {name: before[name] for name in other}
        assert after["scim_tokens"] == []
        codes = await db.fetch(Call("SELECT code_id, expires_at_ts FROM codes ORDER BY code_id"))
        assert all(isinstance(row[1], int) for row in codes)
        assert len(codes) == len(before["codes"])
        added = [*OWN[::-1], "0007_page_hooks", "0006_action_executions_created_at_index"]
        assert await migrate_down(db, len(added), drop_data=True) == added
        with pytest.raises(MigrationError, match=r"0005_.* was adopted"):
            await migrate_down(db, drop_data=True)
        assert await migrate_to_latest(db) == added[::-1]


async def test_a_baseline_that_is_not_whole_is_not_adopted(theirs_url: str) -> None:
    async with opened(theirs_url) as db:
        await db.execute(Call(db.dialect.drop_column("users", "nickname")))
        await db.execute(Call("ALTER TABLE users ADD COLUMN badge varchar(8) NOT NULL DEFAULT ''"))
        before = await contents(db)
        with pytest.raises(IncompatibleDatabaseError) as caught:
            await migrate_to_latest(db, adopt=True)
        told = [line.strip() for line in str(caught.value).splitlines() if line.startswith("  ")]
        assert told == ["users: column nickname is missing"]
        assert await contents(db) == before


async def test_a_run_that_was_killed_while_it_adopted_begins_again(theirs_url: str) -> None:
    async with opened(theirs_url) as db:
        words = db.dialect
        await db.execute(Call(words.drop_table(THEIR_LEDGER)))
        await db.execute(Call(words.drop_table("scim_tokens")))
        await db.execute(Call(words.drop_table("scim_external_ids")))
        # One of the two columns exists again with its index, but the migration is not recorded.
        table = REGISTRY["scim_external_ids"]
        await db.execute(Call(words.create_table(table.name, [column.definition for column in table.columns], table.key, ())))
        await migrate_to_latest(db, adopt=True)
        assert (await check_schema(db)).usable
        live = await live_schema(db)
        (index,) = table.indexes
        assert isinstance(index, Index)
        assert index in live[table.name].indexes
        assert await migrate_to_latest(db) == []
