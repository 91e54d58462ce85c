"""What every test can ask for: an engine, a fresh database on it, and adapters.

``database_url`` is an empty database, ``migrated_url`` one with our tables, ``db`` and ``adapters`` what stands on it. Each test that
asks for one of them runs once for every engine of ``--engines``; ``@pytest.mark.engines("mysql")`` narrows that, and
``@pytest.mark.transactions`` leaves out those that have no interactive ones. A chosen engine that cannot be had is an error, never a
skip.
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
from tests.engines import MYSQL_DRIVERS, Server, driven

if TYPE_CHECKING:
    # The package is imported where it is used, so that a fault in it fails the tests that need it and no others.
    from authhero_sql import Adapters, Database

ENGINES = ("sqlite", *engines.KINDS)
LEDGER = "authhero_sql_"
"""How the names of the tables start that say which migrations were applied."""

# How long an example takes is the database's doing.
hypothesis.settings.register_profile("databases", deadline=None)
hypothesis.settings.load_profile("databases")


class TickingClock:
    """A clock that stands still between two looks and has moved on by ``step`` at the next one."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 31, 10, 0, tzinfo=UTC)
        self.step = timedelta(milliseconds=1)

    def __call__(self) -> datetime:
        self.now += self.step
        return self.now


# --- which engines -------------------------------------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engines", default=",".join(ENGINES), help="the engines to test, with commas (default: %(default)s)")
    parser.addoption(
        "--mysql-driver", choices=MYSQL_DRIVERS, help="how MySQL is reached (default: in tests/faults by each, else by the first)"
    )


def pytest_configure(config: pytest.Config) -> None:
    chosen = _chosen(config)
    if unknown := set(chosen) - set(ENGINES):
        raise pytest.UsageError(f"--engines: {', '.join(sorted(unknown))} is none of {', '.join(ENGINES)}")
    # Under pytest-xdist the workers inherit the environment of the process that starts them: one of each server for all.
    if config.getoption("dist", "no") != "no" and not hasattr(config, "workerinput"):
        for name in chosen:
            if name in engines.KINDS:
                try:
                    os.environ[engines.KINDS[name].variable] = engines.start(name).url
                except engines.EngineError as error:
                    raise pytest.UsageError(str(error)) from error


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine" in metafunc.fixturenames:
        wanted = {name for mark in metafunc.definition.iter_markers("engines") for name in mark.args} or set(ENGINES)
        if unknown := wanted - set(ENGINES):
            raise pytest.UsageError(f"{metafunc.definition.nodeid}: {', '.join(sorted(unknown))} is none of {', '.join(ENGINES)}")
        if metafunc.definition.get_closest_marker("transactions"):
            wanted -= engines.WITHOUT_TRANSACTIONS
        names = [name for name in _chosen(metafunc.config) if name in wanted]
        if "mysql_driver" in metafunc.fixturenames:
            pairs = [(name, driver) for name in names for driver in (_drivers(metafunc) if name == "mysql" else MYSQL_DRIVERS[:1])]
            ids = [name if driver == MYSQL_DRIVERS[0] else f"{name}+{driver}" for name, driver in pairs]
            metafunc.parametrize(("engine", "mysql_driver"), pairs, indirect=True, ids=ids, scope="session")
        else:
            metafunc.parametrize("engine", names, indirect=True, scope="session")


def _drivers(metafunc: pytest.Metafunc) -> tuple[str, ...]:
    """How MySQL is reached in a test: what may go wrong on the way is tested with each driver."""
    asked = metafunc.config.getoption("--mysql-driver")
    if asked is not None:
        return (str(asked),)
    return MYSQL_DRIVERS if "faults" in metafunc.definition.path.parts else MYSQL_DRIVERS[:1]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Begun last, a long one would keep one worker busy while the others have nothing left. Else the order stays: engine by engine.
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def _chosen(config: pytest.Config) -> list[str]:
    return [name for name in config.getoption("--engines").split(",") if name]


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest) -> str:
    """The name of the engine that the test runs on."""
    return str(request.param)


@pytest.fixture(scope="session")
def mysql_driver(request: pytest.FixtureRequest) -> str:
    """The driver by which MySQL is reached."""
    return str(request.param)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """What runs async tests; asyncpg, aiomysql and aiosqlite know no other."""
    return "asyncio"


# --- servers -------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def servers() -> Iterator[Callable[[str], Server]]:
    """Gives the server of an engine, started when the first test asks for it."""
    started: dict[str, Server | engines.EngineError] = {}

    def server(name: str) -> Server:
        if name not in started:
            try:
                started[name] = engines.start(name)
            except engines.EngineError as error:
                started[name] = error
        found = started[name]
        if isinstance(found, engines.EngineError):
            # Starting it again would fail again, for every test.
            raise found
        return found

    yield server
    engines.hang_up()
    for found in started.values():
        if isinstance(found, Server):
            found.stop()


@pytest.fixture(scope="session")
def server(engine: str, servers: Callable[[str], Server]) -> Server | None:
    """The engine's server; SQLite has none."""
    return servers(engine) if engine in engines.KINDS else None


# --- databases -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def database_url(server: Server | None, tmp_path: Path, mysql_driver: str) -> Iterator[str]:
    """An empty database of the test's own."""
    if server is None:
        yield sqlite_url(tmp_path / "empty.db")
    else:
        with _temporary(server) as url:
            yield driven(url, mysql_driver)


@pytest.fixture(scope="session")
def migrated_template(server: Server | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The database with our tables: SQLite's is copied by ``migrated_url``, a server's is shared by the tests of this process."""
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
    """A database with our tables and no rows.

    On servers all tests of a process share it, emptied before each of them, which costs a tenth of a copy; a test that changes tables
    takes ``database_url``.
    """
    if server is not None:
        engines.empty_database(migrated_template, keep=LEDGER)
        return driven(migrated_template, mysql_driver)
    path = tmp_path / "migrated.db"
    shutil.copyfile(migrated_template.removeprefix("sqlite:///"), path)
    return sqlite_url(path)


def sqlite_url(path: Path) -> str:
    """The URL of a SQLite file."""
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


# --- what stands on them -------------------------------------------------------------------------------------------------------


@pytest.fixture
async def db(migrated_url: str) -> AsyncIterator[Database]:
    """An open database with our tables and no rows."""
    import authhero_sql

    async with authhero_sql.connect(migrated_url) as db:
        yield db


@pytest.fixture
def clock() -> TickingClock:
    """The clock of ``adapters``: 2026-01-31T10:00:00Z and a millisecond more each time it is read."""
    return TickingClock()


@pytest.fixture
async def adapters(db: Database, clock: TickingClock) -> Adapters:
    """All adapters, over ``db`` and ``clock``."""
    import authhero_sql

    return await authhero_sql.create_adapters(db, clock=clock)
