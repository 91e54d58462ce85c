"""Fixtures for all tests: an engine, an empty database on it, and adapters.

``database_url`` is an empty database, ``migrated_url`` one with all tables; ``db`` and ``adapters`` use the latter. A test that requests
one of them runs once for every engine of ``--engines``. ``@pytest.mark.engines("mysql")`` restricts the engines, and
``@pytest.mark.transactions`` excludes those without interactive transactions. If a selected engine is not available, its tests fail instead
of being skipped.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from tests import engines
from tests.engines import MYSQL_DRIVERS, Server, with_driver

if TYPE_CHECKING:
    # The fixtures import the package themselves, so that an error in it fails only the tests that need it.
    from authhero_sql import Adapters, Database

ENGINES = ("sqlite", *engines.KINDS)
MIGRATION_TABLES = "authhero_sql_"
"""The name prefix of the tables that record the applied migrations."""

# The duration of an example depends on the database.
hypothesis.settings.register_profile("databases", deadline=None)
hypothesis.settings.load_profile("databases")


class TickingClock:
    """A clock that advances by ``step`` each time it is read."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 31, 10, 0, tzinfo=UTC)
        self.step = timedelta(milliseconds=1)

    def __call__(self) -> datetime:
        self.now += self.step
        return self.now


# --- engines -------------------------------------------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engines", default=",".join(ENGINES), help="a comma-separated list of the engines to test (default: %(default)s)")
    parser.addoption(
        "--mysql-driver",
        choices=MYSQL_DRIVERS,
        help="the driver for MySQL (default: each of them in tests/faults, the first one in other tests)",
    )


def pytest_configure(config: pytest.Config) -> None:
    selected = _selected_engines(config)
    if unknown := set(selected) - set(ENGINES):
        raise pytest.UsageError(f"--engines: unknown engine {', '.join(sorted(unknown))}; use {', '.join(ENGINES)}")
    # With pytest-xdist, the workers inherit this environment and share one server of each kind.
    if config.getoption("dist", "no") != "no" and not hasattr(config, "workerinput"):
        for name in selected:
            if name in engines.KINDS:
                try:
                    os.environ[engines.KINDS[name].variable] = engines.start(name).url
                except engines.EngineError as error:
                    raise pytest.UsageError(str(error)) from error


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine" in metafunc.fixturenames:
        wanted = {name for mark in metafunc.definition.iter_markers("engines") for name in mark.args} or set(ENGINES)
        if unknown := wanted - set(ENGINES):
            raise pytest.UsageError(f"{metafunc.definition.nodeid}: unknown engine {', '.join(sorted(unknown))}; use {', '.join(ENGINES)}")
        if metafunc.definition.get_closest_marker("transactions"):
            wanted -= engines.WITHOUT_TRANSACTIONS
        names = [name for name in _selected_engines(metafunc.config) if name in wanted]
        if "mysql_driver" in metafunc.fixturenames:
            pairs = [(name, driver) for name in names for driver in (_mysql_drivers(metafunc) if name == "mysql" else MYSQL_DRIVERS[:1])]
            ids = [name if driver == MYSQL_DRIVERS[0] else f"{name}+{driver}" for name, driver in pairs]
            metafunc.parametrize(("engine", "mysql_driver"), pairs, indirect=True, ids=ids, scope="session")
        else:
            metafunc.parametrize("engine", names, indirect=True, scope="session")


def _mysql_drivers(metafunc: pytest.Metafunc) -> tuple[str, ...]:
    """Return the MySQL drivers of a test. The tests of faults run with each driver."""
    selected = metafunc.config.getoption("--mysql-driver")
    if selected is not None:
        return (str(selected),)
    return MYSQL_DRIVERS if "faults" in metafunc.definition.path.parts else MYSQL_DRIVERS[:1]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # A long test that starts last would keep one worker busy while the others are idle. Otherwise, tests stay grouped by engine.
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def _selected_engines(config: pytest.Config) -> list[str]:
    return [name for name in config.getoption("--engines").split(",") if name]


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest) -> str:
    """Return the name of the engine."""
    return str(request.param)


@pytest.fixture(scope="session")
def mysql_driver(request: pytest.FixtureRequest) -> str:
    """Return the name of the MySQL driver."""
    return str(request.param)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Return the only event loop that asyncpg, aiomysql and aiosqlite support."""
    return "asyncio"


# --- servers -------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def servers() -> Iterator[Callable[[str], Server]]:
    """Return a function that returns the server of an engine, and starts it for the first test that needs it."""
    started: dict[str, Server | engines.EngineError] = {}

    def server(name: str) -> Server:
        if name not in started:
            try:
                started[name] = engines.start(name)
            except engines.EngineError as error:
                started[name] = error
        found = started[name]
        if isinstance(found, engines.EngineError):
            # Starting it again would fail in every test.
            raise found
        return found

    yield server
    engines.close_connections()
    for found in started.values():
        if isinstance(found, Server):
            found.stop()


@pytest.fixture(scope="session")
def server(engine: str, servers: Callable[[str], Server]) -> Server | None:
    """Return the server of the engine, or None for SQLite."""
    return servers(engine) if engine in engines.KINDS else None


# --- databases -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def database_url(server: Server | None, tmp_path: Path, mysql_driver: str) -> Iterator[str]:
    """Yield the URL of an empty database that only this test uses."""
    if server is None:
        yield sqlite_url(tmp_path / "empty.db")
    else:
        with _temporary(server) as url:
            yield with_driver(url, mysql_driver)


@pytest.fixture(scope="session")
def migrated_template(server: Server | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield a database with all tables.

    ``migrated_url`` copies it on SQLite. On a server, all tests of this process share it.
    """
    if server is None:
        url = sqlite_url(tmp_path_factory.mktemp("template") / "template.db")
        asyncio.run(_migrate(url))
        yield url
    else:
        with _temporary(server) as url:
            asyncio.run(_migrate(url))
            yield url


@pytest.fixture
def migrated_url(server: Server | None, migrated_template: str, tmp_path: Path, mysql_driver: str) -> str:
    """Return the URL of a database with all tables and no rows.

    On a server, all tests of a process share it. It is emptied before each test, which takes a tenth of the time of a copy. Tests that
    change tables use ``database_url`` instead.
    """
    if server is not None:
        engines.empty_database(migrated_template, keep=MIGRATION_TABLES)
        return with_driver(migrated_template, mysql_driver)
    path = tmp_path / "migrated.db"
    shutil.copyfile(migrated_template.removeprefix("sqlite:///"), path)
    return sqlite_url(path)


def sqlite_url(path: Path) -> str:
    """Return the URL of a SQLite file."""
    return f"sqlite:///{path}"


@contextmanager
def _temporary(server: Server) -> Iterator[str]:
    url = engines.create_database(server)
    try:
        yield url
    finally:
        engines.drop_database(server, url)


async def _migrate(url: str) -> None:
    import authhero_sql

    async with authhero_sql.connect(url) as db:
        await authhero_sql.migrate_to_latest(db)


# --- databases and adapters ----------------------------------------------------------------------------------------------------


@pytest.fixture
async def db(migrated_url: str) -> AsyncIterator[Database]:
    """Yield an open database with all tables and no rows."""
    import authhero_sql

    async with authhero_sql.connect(migrated_url) as db:
        yield db


@pytest.fixture
def clock() -> TickingClock:
    """Return the clock of ``adapters``: 2026-01-31T10:00:00Z, and a millisecond later each time it is read."""
    return TickingClock()


@pytest.fixture
async def adapters(db: Database, clock: TickingClock) -> Adapters:
    """Return all adapters, with ``db`` and ``clock``."""
    import authhero_sql

    return await authhero_sql.create_adapters(db, clock=clock)
