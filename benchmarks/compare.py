"""What our adapters cost beside what else a Python program could use, on each engine.

    python benchmarks/compare.py sqlite postgresql mysql
    python benchmarks/compare.py sqlite --rows users.get,users.create --rounds 5
    python benchmarks/compare.py postgresql --candidates driver,ours --loop uvloop
    python benchmarks/compare.py sqlite --profile users.create

All candidates work in one database, which our migrations made, and in one process, in turn: each round has a turn of every row for every
candidate, in an order of its own, so that all see the same machine. A turn is some tens of milliseconds of calls by one task, and as much
by 32 tasks at once. Before anything is measured each candidate does everything once, and what it gives back and what it has stored, read
by our adapters, is compared; whoever differs is not measured, and the exit code says so.

The figures are medians over the rounds: of the median time of a call, of the time that the process spent on it on all its threads, and of
the calls in a second. A ratio is the median of the ratios of the rounds. The bare driver does less than the others: it checks nothing and
ends with tuples. See ``candidates/protocol.py`` for what goes in and comes out, and one file there for each candidate.

Servers come from ``AUTHHERO_TEST_POSTGRESQL`` and ``AUTHHERO_TEST_MYSQL``, or are started; ``mysql`` is MariaDB, ``mysql9`` Oracle's.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import itertools
import os
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from pydantic import BaseModel

from authhero_sql import connect, create_adapters, migrate_to_latest
from benchmarks.candidates.core import Core, CoreAsyncmy
from benchmarks.candidates.driver import AiomysqlDriver, AiomysqlPool, AsyncmyDriver, AsyncpgDriver, AsyncpgPool, SQLiteDriver
from benchmarks.candidates.kysely import Kysely
from benchmarks.candidates.orm import Orm
from benchmarks.candidates.ours import Ours, OursAsyncmy, OursOwnPool
from benchmarks.candidates.protocol import Candidate, NotHereError, Place, Recorder, Remote, Steps
from benchmarks.candidates.tortoise import Tortoise
from benchmarks.workload import ROWS, Inputs, Row, Stage
from tests import engines, mysql9
from tests.population import analyze

CANDIDATES: tuple[type[Candidate], ...] = (
    SQLiteDriver, AsyncpgDriver, AiomysqlDriver, AsyncpgPool, AiomysqlPool, AsyncmyDriver, Ours, OursOwnPool, OursAsyncmy, Core,
    CoreAsyncmy, Orm, Tortoise, Kysely,
)  # fmt: skip
ENGINES = ("sqlite", "postgresql", "mysql", "mysql9")
TASKS = 32
TURN = 0.03
"""Seconds of calls by one task in a turn."""
WARM = 12


@dataclass
class Figures:
    """What was measured of one row for one candidate, a value a round."""

    p50: list[float] = field(default_factory=list)
    """Microseconds."""
    cpu: list[float] = field(default_factory=list)
    """Microseconds."""
    rate: list[float] = field(default_factory=list)
    """Calls a second by 32 tasks."""


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

    begun = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(TASKS)))
    return len(inputs) / (time.perf_counter() - begun)


# --- whether all do the same ---------------------------------------------------------------------------------------------------


def plain(value: Any) -> Any:
    """An answer without what is made anew by each call: ids, times and numbers."""
    if isinstance(value, BaseModel):
        return plain(value.model_dump(mode="json"))
    if isinstance(value, dict):
        made = {"id", "user_id", "login_id", "login_session_id", "log_id"}
        return {name: bool(part) if name in made else plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return re.sub(r"\d+", "#", value) if isinstance(value, str) else value


def difference(one: Any, other: Any, place: str = "") -> str | None:
    """Where two answers differ, or None."""
    if isinstance(one, dict) and isinstance(other, dict):
        pairs: list[tuple[Any, Any, Any]] = [(name, one.get(name), other.get(name)) for name in {**one, **other}]
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = list(zip(itertools.count(), one, other, strict=False))
    else:
        return None if one == other and type(one) is type(other) else f"{place}: {one!r} and {other!r}"
    return next((found for name, first, second in pairs if (found := difference(first, second, f"{place}.{name}"))), None)


async def same(stage: Stage, row: Row, candidates: Sequence[Candidate], judge: Candidate) -> dict[str, str]:
    """Have each candidate do a row once, and compare it with ours.

    Returns:
        What is wrong, by candidate.
    """
    wrong: dict[str, str] = {}
    seen: dict[str, Any] = {}
    state = stage.chance.getstate()
    for candidate in (judge, *candidates):
        stage.chance.setstate(state)
        (given,) = await row.prepare(stage, 1)
        try:
            answer = await row.call(candidate, *given)
            stored = await row.look(stage, given, answer) if row.look else None
        except Exception as error:  # whatever it is, it is told, and the candidate is not measured
            wrong[candidate.name] = f"{row.name}: {type(error).__name__}: {error}"
            continue
        seen[candidate.name] = (plain(answer) if candidate.models else None, plain(stored))
    expected, kept = seen[judge.name]
    for name, (answer, stored) in seen.items():
        found = (answer is not None and difference(expected, answer, "gives")) or difference(kept, stored, "stores")
        if found:
            wrong[name] = f"{row.name} {found}"
    return wrong


# --- measuring -----------------------------------------------------------------------------------------------------------------


@dataclass
class Comparison:
    """What is to be measured in one database."""

    stage: Stage
    rows: Sequence[Row]
    candidates: Sequence[Candidate]
    figures: dict[str, dict[str, Figures]] = field(default_factory=dict)
    calls: dict[tuple[str, str], int] = field(default_factory=dict)

    async def warm(self) -> None:
        """Let everybody prepare and cache what they do, and find out how many calls make a turn."""
        for row in self.rows:
            self.figures[row.name] = {candidate.name: Figures() for candidate in self.candidates}
            for candidate in self.candidates:
                count = min(WARM, row.most)
                p50, _ = await one_task(row, candidate, await row.prepare(self.stage, count))
                if candidate.concurrent and row.most > 1:
                    await many_tasks(row, candidate, await row.prepare(self.stage, TASKS))
                self.calls[row.name, candidate.name] = max(1, min(row.most, int(TURN / (p50 / 1e6))))

    async def round(self) -> None:
        """Give everybody a turn."""
        turns = [(row, candidate) for row in self.rows for candidate in self.candidates]
        random.shuffle(turns)
        for row, candidate in turns:
            count = self.calls[row.name, candidate.name]
            figures = self.figures[row.name][candidate.name]
            inputs = await row.prepare(self.stage, count)
            with quiet():
                p50, cpu = await one_task(row, candidate, inputs)
            figures.p50.append(p50)
            figures.cpu.append(cpu)
            if not candidate.concurrent or row.most == 1:
                continue
            inputs = await row.prepare(self.stage, max(count, 2 * TASKS))
            with quiet():
                figures.rate.append(await many_tasks(row, candidate, inputs))


@contextmanager
def quiet() -> Iterator[None]:
    """Let nobody pay for the rubbish of another."""
    gc.collect()
    yield


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the ratios of the rounds."""
    return statistics.median(one / other for one, other in zip(ours, theirs, strict=True))


# --- telling -------------------------------------------------------------------------------------------------------------------


def table(title: str, comparison: Comparison) -> None:
    """Print what was measured."""
    print(f"\n{title}: µs a call (× the driver), client CPU µs, calls a second by {TASKS} tasks")
    print("The driver checks nothing and ends with tuples; all others end with validated models.")
    for row in comparison.rows:
        print(f"\n  {row.name}")
        base = comparison.figures[row.name].get("driver")
        for name, figures in comparison.figures[row.name].items():
            times = f"{ratio(figures.p50, base.p50):5.2f} ×" if base else ""
            rate = f"{statistics.median(figures.rate):9,.0f}/s" if figures.rate else ""
            p50, cpu = statistics.median(figures.p50), statistics.median(figures.cpu)
            print(f"    {name:24} {p50:9,.0f} µs {times:9} CPU {cpu:9,.0f} µs {rate}")


def warn_of_load() -> None:
    """Say when the machine has other work."""
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    if load > cores / 2:
        print(f"WARNING: the machine is busy, its load is {load:.1f} on {cores} cores: take times for an order of magnitude")


async def compare(engine: str, url: str, options: argparse.Namespace) -> bool:
    """Measure what was asked for on an engine.

    Returns:
        Whether all candidates did the same.
    """
    place = Place("mysql" if engine == "mysql9" else engine, url)
    async with connect(url) as db:
        await migrate_to_latest(db)
        stage = Stage(await create_adapters(db))
        await stage.fill()
        await analyze(db)
        judge = await Ours.open(place)
        candidates = await opened(place, options.candidates)
        try:
            rows = [row for row in ROWS if chosen(row.name, options.rows)]
            wrong: dict[str, str] = {}
            for row in rows:
                wrong.update(await same(stage, row, candidates, judge))
            for name, what in wrong.items():
                print(f"{name} is not measured: {what}", file=sys.stderr)
            comparison = Comparison(stage, rows, [candidate for candidate in candidates if candidate.name not in wrong])
            warn_of_load()
            await comparison.warm()
            for _ in range(options.rounds):
                await comparison.round()
            warn_of_load()
            table(engine, comparison)
        finally:
            for candidate in (judge, *candidates):
                await candidate.close()
    return not wrong


async def opened(place: Place, names: Sequence[str]) -> list[Candidate]:
    """The candidates that can be had."""
    found: list[Candidate] = []
    for kind in CANDIDATES:
        if place.engine in kind.engines and chosen(kind.name, names):
            try:
                found.append(await kind.open(place))
            except NotHereError as error:
                print(f"{kind.name}: {error}", file=sys.stderr)
    return found


def chosen(name: str, words: Sequence[str]) -> bool:
    """Whether a name begins with one of the words, or there are none."""
    return not words or any(name.startswith(word) for word in words)


def run(work: Awaitable[bool], loop: str) -> bool:
    """Run on a kind of event loop."""

    async def main() -> bool:
        return await work

    if loop == "uvloop":
        import uvloop

        return uvloop.run(main())
    return asyncio.run(main())


def on_engine(engine: str, options: argparse.Namespace) -> bool:
    """Make a database on an engine and measure there."""
    if engine == "sqlite":
        with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
            return run(compare(engine, f"sqlite:///{folder}/bench.db", options), options.loop)
    server = mysql9.start() if engine == "mysql9" else engines.start(engine)
    url = engines.create_database(server)
    try:
        return run(compare(engine, url, options), options.loop)
    finally:
        engines.drop_database(server, url)
        server.stop()


def main() -> int:
    """Measure the engines that are named."""
    parser = argparse.ArgumentParser(description="Compare authhero_sql with what else a program could use.")
    parser.add_argument("engines", nargs="*", default=["sqlite", "postgresql", "mysql"], help=f"some of {' '.join(ENGINES)}")
    parser.add_argument("--rows", type=lambda text: text.split(","), default=[], help="only rows that begin like this, with commas")
    parser.add_argument("--candidates", type=lambda text: text.split(","), default=[], help="only candidates that begin like this")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--loop", choices=["asyncio", "uvloop"], default="asyncio")
    options = parser.parse_args()
    if unknown := set(options.engines) - set(ENGINES):
        parser.error(f"unknown engine: {', '.join(sorted(unknown))}")
    passed = [on_engine(engine, options) for engine in options.engines]
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
