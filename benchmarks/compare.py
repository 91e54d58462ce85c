"""What our adapters cost beside what else a Python program could use, on each engine.

    python benchmarks/compare.py --loops asyncio,uvloop --startup --write  # all of it, as make bench does
    python benchmarks/compare.py sqlite postgresql --rows users --rounds 5
    python benchmarks/compare.py postgresql --candidates driver,ours --loops uvloop
    python benchmarks/compare.py sqlite --profile users.create

All candidates work in one database, which our migrations made, and in one process, in turn: each round has a turn of every candidate at
every row, in an order of its own, so that all see the same machine. A turn is some tens of milliseconds of calls by one task, and as many
by 32 tasks at once. Before anything is measured each candidate does everything once, and what it gives back and what it has stored, read
by our adapters, is compared; whoever differs is not measured, and the exit code says so.

The figures are medians over the rounds: of the median time of a call, of the time that the process spent on one on all its threads, and of
the calls in a second. A ratio is the median of the ratios of the rounds. The bare driver does less than the others: it validates nothing
and ends with tuples. See ``candidates/protocol.py`` for what goes in and comes out, and one file there for each candidate; ``workload.py``
for the rows; ``verdict.py`` for the goals. With ``--write`` it is all kept in ``results/<engine>.json``, from which ``picture.py`` draws.

Where a machine has other work, root may give this some precedence (``nice -n -12 …``), which the servers that are started inherit and the
results tell of. Under uvloop only the drivers and we are measured. Servers come from ``AUTHHERO_TEST_POSTGRESQL`` and
``AUTHHERO_TEST_MYSQL``, or are started; ``mysql`` is MariaDB, ``mysql9`` Oracle's.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import gc
import importlib.metadata
import json
import os
import platform
import pstats
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

sys.path.insert(0, str(Path(__file__).parent.parent))

from authhero_sql import connect, create_adapters, migrate_to_latest
from benchmarks import modelling, startup, verdict
from benchmarks.candidates.core import Core, CoreAsyncmy
from benchmarks.candidates.driver import AiomysqlDriver, AiomysqlPool, AsyncmyDriver, AsyncpgDriver, AsyncpgPool, Driver, SQLiteDriver
from benchmarks.candidates.kysely import Kysely
from benchmarks.candidates.orm import Orm
from benchmarks.candidates.ours import Ours, OursAsyncmy, OursOwnPool
from benchmarks.candidates.protocol import Candidate, NotHereError, Place, Recorder, Remote, Steps
from benchmarks.candidates.tortoise import Tortoise
from benchmarks.fairness import unlike
from benchmarks.workload import ROWS, Inputs, Row, Stage
from tests import engines, mysql9
from tests.population import analyze

T = TypeVar("T")

CANDIDATES: tuple[type[Candidate], ...] = (
    SQLiteDriver, AsyncpgDriver, AiomysqlDriver, AsyncpgPool, AiomysqlPool, AsyncmyDriver, Ours, OursOwnPool, OursAsyncmy, Core,
    CoreAsyncmy, Orm, Tortoise, Kysely,
)  # fmt: skip
DRIVERS: dict[str, type[Driver]] = {"postgresql": AsyncpgDriver, "mysql": AiomysqlDriver}
ENGINES = ("sqlite", "postgresql", "mysql", "mysql9")
PACKAGES = (
    "authhero-sql", "aiomysql", "aiosqlite", "asyncmy", "asyncpg", "pydantic", "pydantic-core", "sqlalchemy", "tortoise-orm", "uvloop",
)  # fmt: skip
RESULTS = Path(__file__).parent / "results"
TASKS = 32
TURN = 0.03
"""Seconds of calls by one task in a turn."""
WARM = 12
PROFILED = 2_000
"""The most calls that are profiled."""
GOALS = {row.name: row.goal for row in ROWS}


# --- one turn ------------------------------------------------------------------------------------------------------------------


async def steps(row: Row, inputs: Inputs) -> list[Steps]:
    """The calls that a row makes for each input, for a candidate that lives elsewhere."""
    noted: list[Steps] = []
    for each in inputs:
        recorder: Any = Recorder()
        await row.call(recorder, *each)
        noted.append(recorder.steps)
    return noted


async def one_task(row: Row, candidate: Candidate, inputs: Inputs) -> tuple[float, float]:
    """Make the calls one after the other.

    Returns:
        The median time of a call and the process time of one, in microseconds.
    """
    if isinstance(candidate, Remote):
        return await candidate.one_task(await steps(row, inputs))
    times, clock = [], time.perf_counter
    with fresh():
        cpu = time.process_time()
        for each in inputs:
            begun = clock()
            await row.call(candidate, *each)
            times.append(clock() - begun)
        cpu = time.process_time() - cpu
    return statistics.median(times) * 1e6, cpu / len(inputs) * 1e6


async def many_tasks(row: Row, candidate: Candidate, inputs: Inputs) -> float:
    """Make the calls by 32 tasks, each of which takes the next input when it has done one.

    Returns:
        How many were made in a second.
    """
    if isinstance(candidate, Remote):
        return await candidate.many_tasks(await steps(row, inputs), TASKS)
    waiting = iter(inputs)

    async def work() -> None:
        for each in waiting:
            await row.call(candidate, *each)

    with fresh():
        begun = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(TASKS)))
        return len(inputs) / (time.perf_counter() - begun)


@contextmanager
def fresh() -> Iterator[None]:
    """Begin without garbage, so that nobody pays for what another has left."""
    gc.collect()
    yield


# --- all turns -----------------------------------------------------------------------------------------------------------------


@dataclass
class Figures:
    """What was measured of a row for a candidate, a value a round; see ``verdict.Rows``."""

    p50: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    rate: list[float] = field(default_factory=list)


@dataclass
class Comparison:
    """What is measured in one database."""

    stage: Stage
    rows: Sequence[Row]
    candidates: Sequence[Candidate]
    figures: dict[str, dict[str, Figures]] = field(default_factory=dict)
    _calls: dict[tuple[str, str], int] = field(default_factory=dict)

    async def warm(self) -> None:
        """Let everybody prepare and cache what they do, and find out how many calls make a turn."""
        for row in self.rows:
            self.figures[row.name] = {candidate.name: Figures() for candidate in self.candidates}
            for candidate in self.candidates:
                p50, _ = await one_task(row, candidate, await row.prepare(self.stage, min(WARM, row.most)))
                if candidate.concurrent and row.most > 1:
                    await many_tasks(row, candidate, await row.prepare(self.stage, 2 * TASKS))
                self._calls[row.name, candidate.name] = max(1, min(row.most, int(TURN / (p50 / 1e6))))

        # What the libraries have made of themselves is no garbage of anybody's calls.
        gc.collect()
        gc.freeze()

    async def round(self) -> None:
        """Give everybody a turn: row by row, so that all candidates see the same machine, and in an order of its own."""
        for row in shuffled(self.rows):
            for candidate in shuffled(self.candidates):
                figures = self.figures[row.name][candidate.name]
                p50, cpu = await one_task(row, candidate, await self._inputs(row, candidate))
                figures.p50.append(round(p50, 1))
                figures.cpu.append(round(cpu, 1))
            for candidate in shuffled(self.candidates if row.most > 1 else []):
                if candidate.concurrent:
                    rate = await many_tasks(row, candidate, await self._inputs(row, candidate, 2 * TASKS))
                    self.figures[row.name][candidate.name].rate.append(round(rate, 1))

    async def _inputs(self, row: Row, candidate: Candidate, least: int = 1) -> Inputs:
        return await row.prepare(self.stage, max(least, self._calls[row.name, candidate.name]))


def shuffled(things: Sequence[T]) -> list[T]:
    """The same in another order."""
    return random.sample(things, len(things))


@asynccontextmanager
async def opened(place: Place, names: Sequence[str]) -> AsyncIterator[list[Candidate]]:
    """The candidates that can be had, and are wanted."""
    found: list[Candidate] = []
    try:
        for kind in CANDIDATES:
            if place.engine in kind.engines and wanted(kind.name, names):
                try:
                    found.append(await kind.open(place))
                except NotHereError as error:
                    print(f"{kind.name} is not measured: {error}")
        yield found
    finally:
        for candidate in found:
            await candidate.close()


def wanted(name: str, beginnings: Sequence[str]) -> bool:
    """Whether a name begins like one of these, or there are none."""
    return not beginnings or any(name.startswith(beginning) for beginning in beginnings)


async def measured(stage: Stage, place: Place, loop: str, options: argparse.Namespace) -> tuple[Comparison, bool]:
    """Measure on the loop that runs.

    Returns:
        What was measured, and whether all candidates did the same.
    """
    rows = [row for row in ROWS if wanted(row.name, options.rows)]
    names = options.candidates or (["driver", "ours"] if loop == "uvloop" else [])
    async with opened(place, names) as candidates:
        ours = await Ours.open(place)
        wrong: dict[str, str] = {}
        for row in rows:
            wrong.update(await unlike(stage, row, [each for each in candidates if each.name not in wrong], ours))
        await ours.close()
        for name, what in wrong.items():
            print(f"{name} DIFFERS and is not measured: {what}")
        comparison = Comparison(stage, rows, [candidate for candidate in candidates if candidate.name not in wrong])
        await comparison.warm()
        for number in range(options.rounds):
            await comparison.round()
            print(f"\r{place.engine} {loop}: round {number + 1} of {options.rounds}", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
    return comparison, not wrong


# --- an engine -----------------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def staged(url: str) -> AsyncIterator[Stage]:
    """A database with our tables and what is to be read, and with statistics of it, as one in use has them."""
    async with connect(url) as db:
        await migrate_to_latest(db)
        stage = Stage(await create_adapters(db))
        await stage.fill()
        await analyze(db)
        yield stage


async def one_loop(engine: str, url: str, loop: str, options: argparse.Namespace) -> tuple[dict[str, Any], bool]:
    """Measure on an engine under the loop that runs; the results, and whether all candidates did the same."""
    place = Place("mysql" if engine == "mysql9" else engine, url)
    async with staged(url) as stage:
        comparison, alike = await measured(stage, place, loop, options)
        results: dict[str, Any] = {
            "rows": {row: {name: asdict(each) for name, each in named.items()} for row, named in comparison.figures.items()},
            "models": modelling.costs(),
        }
        if options.startup and loop == "asyncio":
            inputs = {
                row.name: [await row.prepare(stage, 1 + startup.NEXT) for _ in startup.KINDS] for row in comparison.rows if row.most > 1
            }
            results["startup"] = {"imports": startup.imports(), "openings": startup.openings(place, inputs)}
        if place.engine in DRIVERS:
            driver = await DRIVERS[place.engine].open(place)
            results["server"] = str((await driver.line.fetch("SELECT version()"))[0][0]).partition(" (")[0]
            await driver.close()
        else:
            results["server"] = f"SQLite {sqlite3.sqlite_version}"
    return results, alike


def run(work: Awaitable[Any], loop: str) -> Any:
    """Run on a kind of event loop."""

    async def main() -> Any:
        return await work

    if loop == "uvloop":
        import uvloop

        return uvloop.run(main())
    return asyncio.run(main())


@contextmanager
def database(engine: str) -> Iterator[str]:
    """The URL of an empty database; a file is in memory where Linux has it, so that the disk is not measured."""
    if engine == "sqlite":
        with tempfile.TemporaryDirectory(dir=engines.MEMORY if Path(engines.MEMORY).is_dir() else None) as folder:
            yield f"sqlite:///{folder}/bench.db"
        return
    server = mysql9.start() if engine == "mysql9" else engines.start(engine)
    url = engines.create_database(server)
    try:
        yield url
    finally:
        engines.drop_database(server, url)
        engines.hang_up()
        server.stop()


def in_a_process(engine: str, loop: str, options: argparse.Namespace) -> tuple[dict[str, Any], bool]:
    """Measure in a new process: libraries keep what they have made for an engine.

    Raises:
        subprocess.CalledProcessError: it could not be measured; the process has said why.
    """
    with tempfile.NamedTemporaryFile() as file:
        words = [f"--{name}={','.join(getattr(options, name))}" for name in ("rows", "candidates") if getattr(options, name)]
        words += ["--startup"] if options.startup else []
        command = [sys.executable, __file__, engine, f"--loops={loop}", f"--rounds={options.rounds}", *words, f"--into={file.name}"]
        subprocess.run(command, check=True)
        results, alike = json.load(file)
    return results, alike


def on_engine(engine: str, options: argparse.Namespace) -> bool:
    """Measure on an engine, tell of it, and keep it if everything was measured; whether all candidates did the same."""
    results: dict[str, Any] = {"engine": engine, "rounds": options.rounds, **machine(), "loops": {}}
    passed = True
    warn("before", os.getloadavg()[0])
    for loop in options.loops:
        found, alike = in_a_process(engine, loop, options)
        passed &= alike
        results |= {name: found.pop(name) for name in ("server", "startup") if name in found}
        results["loops"][loop] = found
        tell(results, loop)
    results["load"]["after"] = os.getloadavg()[0]
    warn("afterwards", results["load"]["after"])
    if options.write:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / f"{engine}.json").write_text(json.dumps(results, separators=(",", ":")) + "\n")
    return passed


def tell(results: dict[str, Any], loop: str) -> None:
    """Print the table and the verdicts of a loop."""
    found = results["loops"][loop]
    title = f"{results['engine']} ({results['server']}), {loop}"
    print("\n" + "\n".join(verdict.table(title, found["rows"])))
    judged = list(verdict.verdicts(results["engine"], loop, found["rows"], GOALS, found["models"]))
    found["verdicts"] = [{**asdict(each), "passed": each.passed} for each in judged]
    print(f"\nGoals, {title}\n" + "\n".join(verdict.summary(judged)))
    if loop == "asyncio" and "startup" in results:
        print("\n" + "\n".join(startup.lines(results["startup"])))


def machine() -> dict[str, Any]:
    """Where and with what it was measured."""
    cpu = next((line.partition(": ")[2] for line in _lines("/proc/cpuinfo") if line.startswith("model name")), platform.processor())
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout.strip() if _has_node() else None
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"cpu": cpu, "cores": os.cpu_count(), "system": platform.system(), "python": platform.python_version(), "node": node},
        "versions": {name: importlib.metadata.version(name) for name in PACKAGES},
        "load": {"before": os.getloadavg()[0]},
        "nice": os.nice(0),
    }


def _has_node() -> bool:
    return any(Path(folder, "node").exists() for folder in os.get_exec_path())


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []


def warn(when: str, load: float) -> None:
    """Say when the machine has other work."""
    cores = os.cpu_count() or 1
    if load > cores / 2:
        print(f"WARNING: {when} the load was {load:.1f} on {cores} cores: take times for an order of magnitude, and CPU for more")


async def profiled(engine: str, url: str, name: str) -> None:
    """Print where our own time goes in a row."""
    row = next(row for row in ROWS if row.name.startswith(name))
    async with staged(url) as stage:
        ours = await Ours.open(Place("mysql" if engine == "mysql9" else engine, url))
        await one_task(row, ours, await row.prepare(stage, min(row.most, 50)))
        inputs = await row.prepare(stage, PROFILED if row.most >= 100 else row.most * 5)
        profile = cProfile.Profile()
        profile.enable()
        for each in inputs:
            await row.call(ours, *each)
        profile.disable()
        await ours.close()
    print(f"{engine}: {row.name}, {len(inputs)} calls; the times are those of all of them, and larger than without the profiler")
    pstats.Stats(profile).sort_stats("tottime").print_stats(30)


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Compare authhero_sql with what else a program could use.")
    parser.add_argument("engines", nargs="*", default=["sqlite", "postgresql", "mysql"], help=f"some of {' '.join(ENGINES)}")
    for name, default, help in (
        ("--rows", [], "only the rows that begin like one of these"),
        ("--candidates", [], "only the candidates that begin like one of these"),
        ("--loops", ["asyncio"], "asyncio, uvloop or both (default: asyncio)"),
    ):
        parser.add_argument(name, type=lambda text: text.split(","), default=default, metavar="A,B", help=help)
    parser.add_argument("--rounds", type=int, default=15, metavar="N", help="default: %(default)s")
    parser.add_argument("--startup", action="store_true", help="also measure what it costs to begin")
    parser.add_argument("--write", action="store_true", help="keep the results in results/<engine>.json")
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--profile", metavar="ROW", help="instead print where our own time goes in this row")
    options = parser.parse_args()
    if unknown := set(options.engines) - set(ENGINES) | set(options.loops) - {"asyncio", "uvloop"}:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    return options


def main() -> int:
    """Measure the engines that are named; the exit code."""
    options = arguments()
    if options.profile:
        for engine in options.engines:
            with database(engine) as url:
                asyncio.run(profiled(engine, url, options.profile))
        return 0
    if options.into:
        (engine,), (loop,) = options.engines, options.loops
        with database(engine) as url:
            options.into.write_text(json.dumps(run(one_loop(engine, url, loop, options), loop)))
        return 0
    passed = [on_engine(engine, options) for engine in options.engines]
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
