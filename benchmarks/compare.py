"""Compare the adapters with other database libraries for Python, and with Kysely on Node, on each engine.

    python benchmarks/compare.py --loops asyncio,uvloop --startup --write  # everything, like "make bench"
    python benchmarks/compare.py sqlite postgresql --rows users --rounds 5
    python benchmarks/compare.py postgresql --candidates driver,ours --loops uvloop
    python benchmarks/compare.py sqlite --profile users.create

All candidates use the same database, which the migrations of this package create. They run alternately in one process: in each round, every
candidate has one turn for every row, in random order, so that all of them run under the same conditions. A turn consists of calls by one
task for some tens of milliseconds, and of calls by 32 concurrent tasks. Before the measurement, each candidate runs every row once. Its
results, and the rows that it has stored, are compared with those of this package. A candidate that differs is not measured, and the exit
code is 1.

All figures are medians over the rounds: the median duration of a call, the process time of a call on all threads, and the calls per second.
A ratio is the median of the ratios of the rounds. The bare driver does less than the others: it does not validate anything and returns
tuples. ``candidates/protocol.py`` describes the input and the results, and that directory contains one module for each candidate.
``workload.py`` contains the rows and ``verdict.py`` the goals. ``--write`` stores everything in ``results/<engine>.json``, from which
``picture.py`` draws the chart.

On a machine with other work, root can raise the priority (``nice -n -12 …``). The servers inherit it, and the results include it. With
uvloop, only the drivers and this package are measured. ``AUTHHERO_TEST_POSTGRESQL`` and ``AUTHHERO_TEST_MYSQL`` select running servers;
without them, the benchmark starts its own. ``mysql`` is MariaDB and ``mysql9`` is Oracle MySQL 9.
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
from benchmarks.candidates.protocol import Candidate, Recorder, Remote, Steps, Target, UnavailableError
from benchmarks.candidates.tortoise import Tortoise
from benchmarks.fairness import find_differences
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
TURN_SECONDS = 0.03
"""The length of a turn with one task, in seconds."""
WARM_UP_CALLS = 12
MAX_PROFILED_CALLS = 2_000
"""The maximum number of profiled calls."""
GOALS = {row.name: row.goal for row in ROWS}


# --- one turn ------------------------------------------------------------------------------------------------------------------


async def record_calls(row: Row, inputs: Inputs) -> list[Steps]:
    """Return the calls of a row for each input, to send them to a candidate in another process."""
    noted: list[Steps] = []
    for each in inputs:
        recorder: Any = Recorder()
        await row.call(recorder, *each)
        noted.append(recorder.steps)
    return noted


async def one_task(row: Row, candidate: Candidate, inputs: Inputs) -> tuple[float, float]:
    """Make the calls one after the other.

    Returns:
        The median duration and the mean process time of a call, in microseconds.
    """
    if isinstance(candidate, Remote):
        return await candidate.one_task(await record_calls(row, inputs))
    times, clock = [], time.perf_counter
    with collect_garbage():
        cpu = time.process_time()
        for each in inputs:
            begun = clock()
            await row.call(candidate, *each)
            times.append(clock() - begun)
        cpu = time.process_time() - cpu
    return statistics.median(times) * 1e6, cpu / len(inputs) * 1e6


async def many_tasks(row: Row, candidate: Candidate, inputs: Inputs) -> float:
    """Make the calls in 32 concurrent tasks that share the inputs.

    Returns:
        The number of calls per second.
    """
    if isinstance(candidate, Remote):
        return await candidate.many_tasks(await record_calls(row, inputs), TASKS)
    waiting = iter(inputs)

    async def work() -> None:
        for each in waiting:
            await row.call(candidate, *each)

    with collect_garbage():
        begun = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(TASKS)))
        return len(inputs) / (time.perf_counter() - begun)


@contextmanager
def collect_garbage() -> Iterator[None]:
    """Collect garbage first, so that a candidate does not pay for the garbage of another one."""
    gc.collect()
    yield


# --- all turns -----------------------------------------------------------------------------------------------------------------


@dataclass
class Figures:
    """The measurements of a candidate for a row, with one value per round; see ``verdict.Rows``."""

    p50: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    rate: list[float] = field(default_factory=list)


@dataclass
class Comparison:
    """The measurements in one database."""

    stage: Stage
    rows: Sequence[Row]
    candidates: Sequence[Candidate]
    figures: dict[str, dict[str, Figures]] = field(default_factory=dict)
    _calls: dict[tuple[str, str], int] = field(default_factory=dict)

    async def warm(self) -> None:
        """Let each candidate fill its caches, and determine the number of calls in a turn."""
        for row in self.rows:
            self.figures[row.name] = {candidate.name: Figures() for candidate in self.candidates}
            for candidate in self.candidates:
                p50, _ = await one_task(row, candidate, await row.prepare(self.stage, min(WARM_UP_CALLS, row.max_calls)))
                if candidate.concurrent and row.max_calls > 1:
                    await many_tasks(row, candidate, await row.prepare(self.stage, 2 * TASKS))
                self._calls[row.name, candidate.name] = max(1, min(row.max_calls, int(TURN_SECONDS / (p50 / 1e6))))

        # Objects that the libraries keep must not slow down the garbage collections of the measurement.
        gc.collect()
        gc.freeze()

    async def round(self) -> None:
        """Measure each row with every candidate, in random order."""
        for row in shuffled(self.rows):
            for candidate in shuffled(self.candidates):
                figures = self.figures[row.name][candidate.name]
                p50, cpu = await one_task(row, candidate, await self._inputs(row, candidate))
                figures.p50.append(round(p50, 1))
                figures.cpu.append(round(cpu, 1))
            for candidate in shuffled(self.candidates if row.max_calls > 1 else []):
                if candidate.concurrent:
                    rate = await many_tasks(row, candidate, await self._inputs(row, candidate, 2 * TASKS))
                    self.figures[row.name][candidate.name].rate.append(round(rate, 1))

    async def _inputs(self, row: Row, candidate: Candidate, least: int = 1) -> Inputs:
        return await row.prepare(self.stage, max(least, self._calls[row.name, candidate.name]))


def shuffled(things: Sequence[T]) -> list[T]:
    """Return the items in random order."""
    return random.sample(things, len(things))


@asynccontextmanager
async def open_candidates(target: Target, names: Sequence[str]) -> AsyncIterator[list[Candidate]]:
    """Open the selected candidates that are available."""
    found: list[Candidate] = []
    try:
        for kind in CANDIDATES:
            if target.engine in kind.engines and has_prefix(kind.name, names):
                try:
                    found.append(await kind.open(target))
                except UnavailableError as error:
                    print(f"{kind.name} is not measured: {error}")
        yield found
    finally:
        for candidate in found:
            await candidate.close()


def has_prefix(name: str, prefixes: Sequence[str]) -> bool:
    """Return whether the name starts with one of the prefixes, or whether there are no prefixes."""
    return not prefixes or any(name.startswith(prefix) for prefix in prefixes)


async def measure(stage: Stage, target: Target, loop: str, options: argparse.Namespace) -> tuple[Comparison, bool]:
    """Measure on the running event loop.

    Returns:
        The measurements, and whether all candidates had the same results.
    """
    rows = [row for row in ROWS if has_prefix(row.name, options.rows)]
    names = options.candidates or (["driver", "ours"] if loop == "uvloop" else [])
    async with open_candidates(target, names) as candidates:
        ours = await Ours.open(target)
        differences: dict[str, str] = {}
        for row in rows:
            differences.update(await find_differences(stage, row, [each for each in candidates if each.name not in differences], ours))
        await ours.close()
        for name, difference in differences.items():
            print(f"{name} is not measured because its results differ: {difference}")
        comparison = Comparison(stage, rows, [candidate for candidate in candidates if candidate.name not in differences])
        await comparison.warm()
        for number in range(options.rounds):
            await comparison.round()
            print(f"\r{target.engine} {loop}: round {number + 1} of {options.rounds}", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
    return comparison, not differences


# --- one engine ----------------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def open_stage(url: str) -> AsyncIterator[Stage]:
    """Open a migrated and filled database with up-to-date statistics, like a database in production."""
    async with connect(url) as db:
        await migrate_to_latest(db)
        stage = Stage(await create_adapters(db))
        await stage.fill()
        await analyze(db)
        yield stage


async def measure_loop(engine: str, url: str, loop: str, options: argparse.Namespace) -> tuple[dict[str, Any], bool]:
    """Measure an engine on the running event loop.

    Returns:
        The results, and whether all candidates had the same results.
    """
    target = Target("mysql" if engine == "mysql9" else engine, url)
    async with open_stage(url) as stage:
        comparison, matching = await measure(stage, target, loop, options)
        results: dict[str, Any] = {
            "rows": {row: {name: asdict(each) for name, each in named.items()} for row, named in comparison.figures.items()},
            "models": modelling.costs(),
        }
        if options.startup and loop == "asyncio":
            inputs = {
                row.name: [await row.prepare(stage, 1 + startup.NEXT_CALLS) for _ in startup.CANDIDATES]
                for row in comparison.rows
                if row.max_calls > 1
            }
            results["startup"] = {"imports": startup.imports(), "openings": startup.openings(target, inputs)}
        if target.engine in DRIVERS:
            driver = await DRIVERS[target.engine].open(target)
            results["server"] = str((await driver.executor.fetch("SELECT version()"))[0][0]).partition(" (")[0]
            await driver.close()
        else:
            results["server"] = f"SQLite {sqlite3.sqlite_version}"
    return results, matching


def run(work: Awaitable[Any], loop: str) -> Any:
    """Run an awaitable on ``asyncio`` or ``uvloop``."""

    async def main() -> Any:
        return await work

    if loop == "uvloop":
        import uvloop

        return uvloop.run(main())
    return asyncio.run(main())


@contextmanager
def database(engine: str) -> Iterator[str]:
    """Create an empty database and yield its URL.

    A SQLite file is created in memory on Linux, so that the speed of the disk does not matter.
    """
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
        engines.close_connections()
        server.stop()


def measure_in_process(engine: str, loop: str, options: argparse.Namespace) -> tuple[dict[str, Any], bool]:
    """Measure in a new process, because the libraries keep caches for an engine.

    Raises:
        subprocess.CalledProcessError: The measurement failed. The process has printed the reason.
    """
    with tempfile.NamedTemporaryFile() as file:
        args = [f"--{name}={','.join(getattr(options, name))}" for name in ("rows", "candidates") if getattr(options, name)]
        args += ["--startup"] if options.startup else []
        command = [sys.executable, __file__, engine, f"--loops={loop}", f"--rounds={options.rounds}", *args, f"--into={file.name}"]
        subprocess.run(command, check=True)
        results, matching = json.load(file)
    return results, matching


def measure_engine(engine: str, options: argparse.Namespace) -> bool:
    """Measure an engine, print the results, and store them if requested.

    Returns:
        Whether all candidates had the same results.
    """
    results: dict[str, Any] = {"engine": engine, "rounds": options.rounds, **machine(), "loops": {}}
    passed = True
    warn_about_load("before the measurement", os.getloadavg()[0])
    for loop in options.loops:
        found, matching = measure_in_process(engine, loop, options)
        passed &= matching
        results |= {name: found.pop(name) for name in ("server", "startup") if name in found}
        results["loops"][loop] = found
        print_results(results, loop)
    results["load"]["after"] = os.getloadavg()[0]
    warn_about_load("after the measurement", results["load"]["after"])
    if options.write:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / f"{engine}.json").write_text(json.dumps(results, separators=(",", ":")) + "\n")
    return passed


def print_results(results: dict[str, Any], loop: str) -> None:
    """Print the table and the verdicts of an event loop."""
    found = results["loops"][loop]
    title = f"{results['engine']} ({results['server']}), {loop}"
    print("\n" + "\n".join(verdict.table(title, found["rows"])))
    judged = list(verdict.verdicts(results["engine"], loop, found["rows"], GOALS, found["models"]))
    found["verdicts"] = [{**asdict(each), "passed": each.passed} for each in judged]
    print(f"\nGoals, {title}\n" + "\n".join(verdict.summary(judged)))
    if loop == "asyncio" and "startup" in results:
        print("\n" + "\n".join(startup.lines(results["startup"])))


def machine() -> dict[str, Any]:
    """Return the date, the machine and the versions of the measurement."""
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


def warn_about_load(when: str, load: float) -> None:
    """Print a warning if the machine has other work."""
    cores = os.cpu_count() or 1
    if load > cores / 2:
        print(f"WARNING: the load {when} was {load:.1f} on {cores} cores: the times are inaccurate, the CPU times less so")


async def print_profile(engine: str, url: str, name: str) -> None:
    """Print where this package spends its time in a row."""
    row = next(row for row in ROWS if row.name.startswith(name))
    async with open_stage(url) as stage:
        ours = await Ours.open(Target("mysql" if engine == "mysql9" else engine, url))
        await one_task(row, ours, await row.prepare(stage, min(row.max_calls, 50)))
        inputs = await row.prepare(stage, MAX_PROFILED_CALLS if row.max_calls >= 100 else row.max_calls * 5)
        profile = cProfile.Profile()
        profile.enable()
        for each in inputs:
            await row.call(ours, *each)
        profile.disable()
        await ours.close()
    print(f"{engine}: {row.name}, total times of {len(inputs)} calls, which are longer than without the profiler")
    pstats.Stats(profile).sort_stats("tottime").print_stats(30)


def parse_arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description="Compare authhero_sql with other database libraries.")
    parser.add_argument(
        "engines",
        nargs="*",
        default=["sqlite", "postgresql", "mysql"],
        help=f"the engines to measure: {', '.join(ENGINES)} (default: all but mysql9)",
    )
    for name, default, help in (
        ("--rows", [], "only the rows whose names start with one of these prefixes"),
        ("--candidates", [], "only the candidates whose names start with one of these prefixes, such as driver or ours"),
        ("--loops", ["asyncio"], "asyncio, uvloop or both (default: asyncio)"),
    ):
        parser.add_argument(name, type=lambda text: text.split(","), default=default, metavar="A,B", help=help)
    parser.add_argument("--rounds", type=int, default=15, metavar="N", help="the number of rounds (default: %(default)s)")
    parser.add_argument("--startup", action="store_true", help="also measure imports, connections and first calls")
    parser.add_argument("--write", action="store_true", help="store the results in results/<engine>.json")
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--profile", metavar="ROW", help="profile this package in the row with this prefix instead")
    options = parser.parse_args()
    if unknown := set(options.engines) - set(ENGINES) | set(options.loops) - {"asyncio", "uvloop"}:
        parser.error(f"unknown engine or event loop: {', '.join(sorted(unknown))}")
    return options


def main() -> int:
    """Measure the selected engines and return the exit code."""
    options = parse_arguments()
    if options.profile:
        for engine in options.engines:
            with database(engine) as url:
                asyncio.run(print_profile(engine, url, options.profile))
        return 0
    if options.into:
        (engine,), (loop,) = options.engines, options.loops
        with database(engine) as url:
            options.into.write_text(json.dumps(run(measure_loop(engine, url, loop, options), loop)))
        return 0
    passed = [measure_engine(engine, options) for engine in options.engines]
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
