"""Taking over a live database that AuthHero made: recognised, compared, completed, and nothing lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from authhero_sql import Database, MigrationError, check_schema, connect, create_adapters, migrate_to_latest, migration_status
from authhero_sql.dialects.interface import Call
from authhero_sql.migrations import history
from authhero_sql.migrations.check import live_schema
from authhero_sql.schema import Index
from authhero_sql.tables import REGISTRY
from tests.engines import Server
from tests.interop.answers import covered, expected, needs_interop, wire
from tests.interop.test_interop import own_ids, provided, without_generated

pytestmark = [
    needs_interop,
    pytest.mark.engines("sqlite", "mysql", "d1"),
    # The two alike on login_sessions.state, of which our own tables have one.
    pytest.mark.filterwarnings("ignore:Duplicate index"),
]


@pytest.fixture
def theirs_url(server: Server | None, tmp_path: Path) -> Iterator[str]:
    """A database that AuthHero wrote."""
    yield from provided(server, tmp_path)


async def contents(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of the tables that are there, in the columns that they have now."""
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
            assert "AuthHero made the tables" in said
            assert "organization_connections" not in said or "invites: column connection_id" in said
            assert "authhero-sql adopt" in said
        assert await contents(db) == before
        assert (await migration_status(db)).applied == ()


async def test_what_differs_is_what_is_wider_here(theirs_url: str) -> None:
    async with connect(theirs_url) as db:
        found = await check_schema(db)
        assert found.usable
        widened = {(table.name, column.name) for table in REGISTRY.values() for column in table.columns if column.was}
        told = {(part.table, part.name) for part in found.differences if part.part == "column"}
        assert told <= widened
        assert told
        others = [str(part) for part in found.differences if part.part != "column" and part.table in REGISTRY]
        assert all("login_sessions" in line or "organization_connections" in line or "users_user_id" in line for line in others), others


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


async def test_what_an_older_authhero_lacks_is_added(theirs_url: str) -> None:
    """One from before SCIM, page hooks, the index of the sweep and the numbers of codes' expiry."""
    async with connect(theirs_url) as db:
        words = db.dialect
        before = await contents(db)
        assert before["codes"]
        for statement in (
            *(words.drop_table(name) for name in ("scim_tokens", "scim_external_ids", "scim_configurations")),
            words.drop_column("hooks", "page_id"),
            words.drop_index("codes", "idx_codes_expires_at_ts"),
            words.drop_column("codes", "expires_at_ts"),
        ):
            await db.execute(Call(statement))
        assert not (await check_schema(db)).usable
        await migrate_to_latest(db, adopt=True)
        check = await check_schema(db)
        assert check.usable
        assert not [part for part in check.differences if part.found is None and part.part == "index"]
        after = await contents(db)
        assert {name: rows for name, rows in after.items() if "scim" not in name and name not in ("codes", "hooks")} == {
            name: rows for name, rows in before.items() if "scim" not in name and name not in ("codes", "hooks")
        }
        assert after["scim_tokens"] == []
        codes = await db.fetch(Call("SELECT code_id, expires_at_ts FROM codes ORDER BY code_id"))
        assert all(isinstance(row[1], int) for row in codes)
        assert len(codes) == len(before["codes"])


async def test_a_run_that_was_killed_while_it_adopted_begins_again(theirs_url: str) -> None:
    async with connect(theirs_url) as db:
        words = db.dialect
        await db.execute(Call(words.drop_table("scim_tokens")))
        await db.execute(Call(words.drop_table("scim_external_ids")))
        # One of the two is there again, and its index; nothing has been written down.
        table = REGISTRY["scim_external_ids"]
        await db.execute(Call(words.create_table(table.name, [column.definition for column in table.columns], table.key, ())))
        await migrate_to_latest(db, adopt=True)
        assert (await check_schema(db)).usable
        live = await live_schema(db)
        (index,) = table.indexes
        assert isinstance(index, Index)
        assert index in live[table.name].indexes
        assert await migrate_to_latest(db) == []
