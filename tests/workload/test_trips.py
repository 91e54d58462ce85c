"""The number of round trips of each method of the workload, compared with a file for each engine.

A round trip is a message to a server and its response, a request to D1, or a call to a thread of SQLite. The additional round trips in
which PostgreSQL prepares a statement are not counted. ``AUTHHERO_TRIPS=write python -m pytest tests/workload/test_trips.py`` writes the
files again. An increase needs a reason.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest

from authhero_sql import Adapters, Database, IdGenerator, connect, create_adapters
from authhero_sql.dialects.threads import WorkerThread
from tests.faults.proxy import open_proxy
from tests.workload.calls import calls
from tests.workload.replay import SteppingClock, outcome

HEAD = """\
# Each method of the workload: how many trips its calls take, where they give an answer and where they are refused, and how many
# calls those are. Written by tests/workload/test_trips.py, which says how.
"""


@asynccontextmanager
async def count_round_trips(engine: str, url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Adapters, Callable[[], int]]]:
    """Yield adapters, and a function that returns the number of round trips."""
    if engine in ("postgresql", "mysql"):
        # asyncpg discards prepared statements after five minutes, and would prepare them again.
        options = {"max_cached_statement_lifetime": 0} if engine == "postgresql" else {}
        async with open_proxy(url) as (proxy, between), connect(between, max_size=1, **options) as db:
            yield await deterministic_adapters(db), lambda: proxy.trips - (proxy.prepared if engine == "postgresql" else 0)
        return
    sent: list[object] = []
    async with connect(url) as db:
        if engine == "sqlite":
            monkeypatch.setattr(WorkerThread, "send", _recording(sent, WorkerThread.send))
        else:
            inside: Any = db
            inside._transport._post = _recording(sent, inside._transport._post)
        yield await deterministic_adapters(db), lambda: len(sent)


def _recording(sent: list[object], method: Callable[..., Any]) -> Callable[..., Any]:
    def recorded(*given: Any, **more: Any) -> Any:
        sent.append(given)
        return method(*given, **more)

    return recorded


async def deterministic_adapters(db: Database) -> Adapters:
    """Return adapters with deterministic IDs and times."""
    return await create_adapters(db, clock=SteppingClock(), ids=IdGenerator(Random(7).randbytes))


async def test_no_call_takes_more_trips_than_it_did(engine: str, migrated_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answered: dict[str, Counter[int]] = {}
    refused: dict[str, Counter[int]] = {}
    async with count_round_trips(engine, migrated_url, monkeypatch) as (adapters, trips):
        for made in calls():
            before = trips()
            answer = await outcome(adapters, made)
            kind = refused if isinstance(answer, dict) and set(answer) >= {"error"} else answered
            kind.setdefault(made.name, Counter())[trips() - before] += 1
    now = HEAD + "".join(
        f"{name:<50} answered {_shown(answered.get(name)):<32} refused {_shown(refused.get(name))}".rstrip() + "\n"
        for name in sorted(answered.keys() | refused.keys())
    )
    path = Path(__file__).with_name(f"trips.{engine}.txt")
    if os.environ.get("AUTHHERO_TRIPS") == "write":
        path.write_text(now, "utf-8")
    different = sorted({*path.read_text("utf-8").splitlines()} ^ {*now.splitlines()})
    assert different == [], "if this is intended, write the file again with AUTHHERO_TRIPS=write"


def _shown(counts: Counter[int] | None) -> str:
    return ", ".join(f"{trips} ×{many}" for trips, many in sorted((counts or Counter()).items())) or "never"
