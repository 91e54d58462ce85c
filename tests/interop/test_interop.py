"""This package gives the same results as AuthHero on AuthHero's own database."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from authhero_sql import Adapters, Database, InvalidQueryError, connect, create_adapters
from authhero_sql.dialects import Call
from authhero_sql.dialects.mysql import MySQL8Dialect
from tests import engines
from tests.conftest import MIGRATION_TABLES, sqlite_url
from tests.engines import Server
from tests.interop.answers import (
    ADAPTERS,
    DIFFERENCES,
    MYSQL,
    SQLITE,
    Recorded,
    covered,
    expected,
    needs_interop,
    recorded,
    wire,
)

pytestmark = [
    needs_interop,
    # The duplicate indexes on login_sessions.state, one of which this package also has.
    pytest.mark.filterwarnings("ignore:Duplicate index"),
]
on_their_engines = pytest.mark.engines("sqlite", "mysql", "d1")
each_covered = pytest.mark.parametrize("call", covered(), ids=str)

WRITTEN = ("2026-11-23T03:", "2026-11-24T03:")
"""The start of every time at which the databases were written (or a day later). No other value starts like this."""


async def load(url: str) -> None:
    """Run the statements of the dump. On D1, copy the SQLite file."""
    async with connect(url, max_size=1) as db:
        if url.startswith("d1:"):
            await db.write([Call("PRAGMA defer_foreign_keys = on"), *sqlite_statements()])
            return
        if isinstance(db.dialect, MySQL8Dialect):
            # Since version 8.4, MySQL rejects AuthHero's references to a part of a key unless the session allows them.
            await db.execute(Call("SET SESSION restrict_fk_on_non_standard_key = OFF"))
        # The dump is from MariaDB. Oracle MySQL requires an expression for the default of a text column, which MariaDB also accepts.
        dump = MYSQL.read_text("utf-8").replace("text NOT NULL DEFAULT '{}'", "text NOT NULL DEFAULT ('{}')")
        for statement in dump.split(";\n"):
            if statement.strip():
                await db.execute(Call(statement.replace("%", "%%")))


def sqlite_statements() -> Iterator[Call]:
    """Return the statements that recreate the SQLite file."""
    with closing(sqlite3.connect(SQLITE)) as file:
        made = file.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid")
        for kind, name, sql in made.fetchall():
            yield Call(sql)
            for row in file.execute(f'SELECT * FROM "{name}"') if kind == "table" else ():
                yield Call(f'INSERT INTO "{name}" VALUES ({", ".join(f"?1->>{number}" for number in range(len(row)))})', row)


def provided(server: Server | None, directory: Path) -> Iterator[str]:
    """Create a database with AuthHero's rows, yield its URL and drop it afterwards."""
    if server is None:
        path = directory / "copy.sqlite"
        shutil.copyfile(SQLITE, path)
        yield sqlite_url(path)
        return
    url = engines.create_database(server)
    try:
        asyncio.run(load(url))
        yield url
    finally:
        engines.drop_database(server, url)


@pytest.fixture(scope="module")
def shared_url(server: Server | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the URL of a database for tests that only read."""
    yield from provided(server, tmp_path_factory.mktemp("interop"))


@pytest.fixture
def own_url(server: Server | None, tmp_path: Path) -> Iterator[str]:
    """Return the URL of a database that only this test uses."""
    yield from provided(server, tmp_path)


@pytest.fixture
async def database(shared_url: str) -> AsyncIterator[Database]:
    """Open AuthHero's database for reading."""
    async with connect(shared_url) as db:
        yield db


@pytest.fixture
async def theirs(database: Database) -> Adapters:
    """Return adapters over AuthHero's database."""
    return await create_adapters(database)


GENERATED = {
    "login_sessions": "csrf_token",
    "hook_code": "code",
    "actions": "name",
    "action_versions": "number",
    "flows": "name",
    "forms": "name",
    "grants": "audience",
    "client_grants": "audience",
    "authentication_methods": "type",
    "log_streams": "name",
    "tenant_operations": "kind",
    "tenant_operation_events": "step",
    "rollouts": "kind",
    "outbox_events": "retry_count",
}
"""The tables with generated IDs, and a column that identifies their rows in both databases."""


def written_ids(fetch: Callable[[str], Any]) -> list[str]:
    """Return the IDs of these tables, in the same order in both databases."""
    return [str(row[0]) for table, column in GENERATED.items() for row in fetch(ids_of(table, column))]


def ids_of(table: str, column: str) -> str:
    """Return the query for the IDs of a table."""
    return f"SELECT id FROM {table} ORDER BY {column}"  # the names are from the table above


async def own_ids(database: Database) -> dict[str, str]:
    """Return the generated IDs of this database, by the recorded ID."""
    with closing(sqlite3.connect(SQLITE)) as file:
        theirs = written_ids(lambda sql: file.execute(sql).fetchall())
    here = [await database.fetch(Call(ids_of(table, column))) for table, column in GENERATED.items()]
    return dict(zip(theirs, [str(row[0]) for rows in here for row in rows], strict=True))


def without_generated(value: Any) -> Any:
    """Replace the times of writing and the IDs of passwords, which differ between the databases."""
    if isinstance(value, list):
        return [without_generated(item) for item in value]
    if isinstance(value, dict):
        is_password = {"algorithm", "is_current"} <= value.keys()
        return {name: "generated" if is_password and name == "id" else without_generated(item) for name, item in value.items()}
    return "generated" if isinstance(value, str) and value.startswith(WRITTEN) else value


# --- results -------------------------------------------------------------------------------------------------------------------------


@on_their_engines
@each_covered
async def test_ours_gives_their_answer(engine: str, database: Database, theirs: Adapters, call: Recorded) -> None:
    if engine == "sqlite":
        assert wire(await call.ask(theirs)) == expected(call)
        return
    text = json.dumps([call.args, expected(call)])
    for recorded_id, own in (await own_ids(database)).items():
        text = text.replace(recorded_id, own)
    here: Any = json.loads(text)
    answer = wire(await replace(call, args=tuple(here[0])).ask(theirs))
    assert without_generated(answer) == without_generated(here[1])


def test_each_difference_is_one() -> None:
    """Test that each difference still occurs in a result."""
    for place, difference in enumerate(DIFFERENCES):
        changed = []
        for call in covered():
            result = call.result
            for earlier in DIFFERENCES[:place]:
                result = earlier(call, result)
            if difference(call, result) != result:
                changed.append(call)
        assert changed, difference.__name__


@on_their_engines
async def test_a_broken_or_foreign_cursor_is_refused(theirs: Adapters) -> None:
    # AuthHero starts again from the beginning.
    page = await theirs.users.list("acme", take=3)
    assert page.next is not None
    for cursor in ("nonsense", page.next[:-4], "bnVsbA", "e30"):
        with pytest.raises(InvalidQueryError):
            await theirs.users.list("acme", take=3, from_=cursor)
    with pytest.raises(InvalidQueryError):
        await theirs.users.list("acme", take=3, from_=page.next, sort="created_at:asc")
    for other in (theirs.logs, theirs.clients):
        with pytest.raises(InvalidQueryError):
            await other.list("acme", take=3, from_=page.next)


@on_their_engines
async def test_walks_and_pages_meet_the_same_rows(theirs: Adapters) -> None:
    listed = await theirs.logs.list("acme", per_page=1000, sort="date:asc", include_totals=True)
    walked = [log async for log in theirs.logs.iterate("acme", sort="date:asc", batch=7)]
    assert walked == listed.items
    assert len(walked) == listed.total
    users = await theirs.users.list("acme", per_page=1000)
    own = {user.user_id for user in users.items if user.linked_to is None}
    assert {user.user_id async for user in theirs.users.iterate("acme", batch=4)} == own


# --- completeness ----------------------------------------------------------------------------------------------------------------


def test_every_call_is_covered() -> None:
    assert len(recorded()) == 144
    assert [call.number for call in recorded() if call.refused] == [34]
    assert len(covered()) == 143
    assert {call.adapter for call in recorded()} == ADAPTERS


@on_their_engines
async def test_a_filter_by_an_unknown_field_is_refused(theirs: Adapters) -> None:
    (call,) = [call for call in recorded() if call.refused]
    with pytest.raises(InvalidQueryError, match="tenant_id"):
        await call.ask(theirs)


# --- both programs with one database -------------------------------------------------------------------------------------------------


@on_their_engines
async def test_opening_and_reading_leaves_the_tables_alone(engine: str, database: Database, theirs: Adapters) -> None:
    for call in covered()[:5]:
        await call.ask(theirs)
    master = "SELECT name FROM sqlite_master WHERE type = 'table'"
    tables = {
        "sqlite": master,
        "d1": master,
        "mysql": "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()",
    }
    names = {str(row[0]) for row in await database.fetch(Call(tables[engine]))}
    assert len(names) > 50
    assert not [name for name in names if name.startswith(MIGRATION_TABLES)]


@on_their_engines
async def test_ours_writes_into_their_tables(own_url: str) -> None:
    now = datetime(2026, 12, 1, 8, 30, 0, 123000, tzinfo=UTC)
    later = datetime(2032, 1, 1, tzinfo=UTC)
    device = dict.fromkeys(("initial_user_agent", "initial_ip", "initial_asn", "last_user_agent", "last_ip", "last_asn"), "x")
    async with connect(own_url) as db:
        adapters = await create_adapters(db, clock=lambda: now)
        tenant = await adapters.tenants.create({"id": "initech", "friendly_name": "Initech – Ωmega"})
        client = await adapters.clients.create("initech", {"client_id": "web", "name": "Web"})
        connection = await adapters.connections.create("initech", {"name": "db", "strategy": "auth0", "options": {"a": 1}})
        assert await adapters.client_connections.update_by_client("initech", "web", [connection.id])
        user = await adapters.users.create(
            "initech",
            {
                "user_id": "auth0|bill",
                "connection": "db",
                "email": "bill@initech.example",
                "last_ip": "203.0.113.5",
                "password": {"hash": "$2b$10$x", "algorithm": "bcrypt"},
                "app_metadata": {"naïve": [1.5, None, "🔐"]},
            },
        )
        login = await adapters.login_sessions.create("initech", {"csrf_token": "c", "authParams": {"client_id": "web"}})
        session = await adapters.sessions.create(
            "initech",
            {"id": "s1", "user_id": user.user_id, "login_session_id": login.id, "expires_at": later, "clients": ["web"], "device": device},
        )
        token = await adapters.refresh_tokens.create(
            "initech",
            {
                "id": "rt",
                "user_id": user.user_id,
                "client_id": "web",
                "login_id": login.id,
                "resource_servers": [],
                "device": device,
                "rotating": False,
            },
        )
        code = await adapters.codes.create("initech", {"code_id": "c1", "code_type": "otp", "login_id": login.id, "expires_at": later})
        log = await adapters.logs.create(
            "initech", {"type": "s", "date": now, "isMobile": False, "details": {"a": [1]}, "description": "ok"}
        )
        assert await adapters.tenants.get("initech") == tenant
        got = await adapters.clients.get("initech", "web")
        assert got is not None
        assert got.model_dump(exclude={"connections"}) == client.model_dump(exclude={"connections"})
        assert await adapters.client_connections.list_by_client("initech", "web") == [connection]
        assert await adapters.users.get("initech", "auth0|bill") == user
        password = await adapters.passwords.get("initech", "auth0|bill")
        assert password is not None
        assert password.password == "$2b$10$x"
        assert await adapters.sessions.get("initech", session.id) == session
        assert await adapters.refresh_tokens.get("initech", "rt") == token
        pushed = await adapters.login_sessions.get("initech", login.id)
        assert pushed is not None
        assert pushed.expires_at == later
        assert await adapters.codes.get("initech", "c1", "otp") == code
        assert [await adapters.codes.consume("initech", "c1") for _ in range(2)] == [True, False]
        assert await adapters.logs.get("initech", log.log_id) == log
        assert await adapters.users.remove("initech", "auth0|bill")
        assert await adapters.tenants.remove("initech")
        # AuthHero's rows are unchanged.
        assert (await adapters.tenants.list(include_totals=True)).total == 2
        assert await adapters.codes.consume("acme", "otp-123456")
