"""Makes the calls and tells what came of them; ``python -m tests.workload.replay`` records it from SQLite."""

from __future__ import annotations

import asyncio
import inspect
import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from pydantic import BaseModel

from authhero_sql import (
    Adapters,
    AuthHeroSQLError,
    ConflictError,
    Database,
    ForeignKeyError,
    IdGenerator,
    ManyResult,
    connect,
    create_adapters,
    migrate_to_latest,
)
from authhero_sql.dialects import Dialect
from authhero_sql.dialects.mysql import MySQL8Dialect
from authhero_sql.tables import REGISTRY
from tests.workload.calls import Made, calls

ANSWERS = Path(__file__).with_name("answers.jsonl")
AGAIN = "the calls have changed: record the answers again with python -m tests.workload.replay"

SEVERAL_KEYS = {table.name for table in REGISTRY.values() if [index.unique for index in table.indexes].count(True) + bool(table.key) > 1}
"""Where a row may break two unique keys at once; it is told of the one that the engine looked at first."""
SEVERAL_REFERENCES = {table.name for table in REGISTRY.values() if len(table.foreign_keys) > 1}
"""Where a row may miss two others at once: where its tenant is missing, so is its user."""


class Ticking:
    """A clock that goes on by a second at each look."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 31, 10, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def told(answer: Any) -> Any:
    """An answer as plain JSON."""
    if isinstance(answer, BaseModel):
        return answer.model_dump(mode="json", by_alias=True, exclude_none=True)
    if isinstance(answer, ManyResult):
        return {**asdict(answer), "rejections": [str(rejection.error) for rejection in answer.rejections]}
    return [told(item) for item in answer] if isinstance(answer, list) else answer


async def outcome(adapters: Adapters, made: Made) -> Any:
    """What a call gives, or the error that it raises."""
    adapter, _, method = made.name.partition(".")
    try:
        answer: Any = getattr(getattr(adapters, adapter), method)(**made.arguments)
        if inspect.isasyncgen(answer):
            return told([item async for item in answer])
        return told(await answer)
    except AuthHeroSQLError as error:
        fields = {name: value for name in ("table", "field", "reason", "fields", "column") if (value := getattr(error, name, None))}
        if isinstance(error, ConflictError) and error.table in SEVERAL_KEYS:
            return {"error": "ConflictError", "table": error.table}
        if isinstance(error, ForeignKeyError) and error.table in SEVERAL_REFERENCES:
            return {"error": "ForeignKeyError", "table": error.table}
        return {"error": type(error).__name__, "message": str(error), **fields}
    except (TypeError, AttributeError, ValueError) as error:
        # The wrong kind of Python; which is no driver's business either.
        return {"error": type(error).__name__}


async def replay(database: Database) -> list[list[Any]]:
    """All calls with what came of them, on an empty database with our tables."""
    adapters = await create_adapters(database, clock=Ticking(), ids=IdGenerator(Random(7).randbytes))  # the same every time
    return [[str(made), json.loads(json.dumps(await outcome(adapters, made)))] for made in calls()]


def reference_first(dialect: Dialect, was: Any, now: Any) -> bool:
    """Whether a row broke a key and a reference at once: Oracle's MySQL tells of the reference, all others of the key."""
    if not isinstance(dialect, MySQL8Dialect) or not isinstance(was, dict) or not isinstance(now, dict):
        return False
    return (was.get("error"), now.get("error")) == ("ConflictError", "ForeignKeyError") and was.get("table") == now.get("table")


def recorded() -> list[list[Any]]:
    """What came of them when they were recorded."""
    answers: list[list[Any]] = [json.loads(line) for line in ANSWERS.read_text("utf-8").splitlines()]
    assert [call for call, _ in answers] == [str(made) for made in calls()], AGAIN
    return answers


async def _record() -> None:
    async with connect("sqlite://:memory:") as database:
        await migrate_to_latest(database)
        lines = [json.dumps(pair) for pair in await replay(database)]
    await asyncio.to_thread(ANSWERS.write_text, "\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    asyncio.run(_record())
