"""Run the calls and return their outcomes. ``python -m tests.workload.replay`` records them with SQLite."""

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
RECORD_AGAIN = "the calls have changed: record the answers again with python -m tests.workload.replay"

SEVERAL_KEYS = {table.name for table in REGISTRY.values() if [index.unique for index in table.indexes].count(True) + bool(table.key) > 1}
"""Tables whose rows may violate two unique keys. The engine reports the one that it checked first."""
SEVERAL_REFERENCES = {table.name for table in REGISTRY.values() if len(table.foreign_keys) > 1}
"""Tables whose rows may violate two foreign keys, because a missing tenant has no users either."""


class SteppingClock:
    """A clock that advances by a second each time it is read."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 31, 10, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def to_json(answer: Any) -> Any:
    """Return an answer as plain JSON."""
    if isinstance(answer, BaseModel):
        return answer.model_dump(mode="json", by_alias=True, exclude_none=True)
    if isinstance(answer, ManyResult):
        return {**asdict(answer), "rejections": [str(rejection.error) for rejection in answer.rejections]}
    return [to_json(item) for item in answer] if isinstance(answer, list) else answer


async def outcome(adapters: Adapters, made: Made) -> Any:
    """Return the answer of a call, or its error."""
    adapter, _, method = made.name.partition(".")
    try:
        answer: Any = getattr(getattr(adapters, adapter), method)(**made.arguments)
        if inspect.isasyncgen(answer):
            return to_json([item async for item in answer])
        return to_json(await answer)
    except AuthHeroSQLError as error:
        fields = {name: value for name in ("table", "field", "reason", "fields", "column") if (value := getattr(error, name, None))}
        if isinstance(error, ConflictError) and error.table in SEVERAL_KEYS:
            return {"error": "ConflictError", "table": error.table}
        if isinstance(error, ForeignKeyError) and error.table in SEVERAL_REFERENCES:
            return {"error": "ForeignKeyError", "table": error.table}
        return {"error": type(error).__name__, "message": str(error), **fields}
    except (TypeError, AttributeError, ValueError) as error:
        # An argument of an invalid type is rejected before it reaches the driver.
        return {"error": type(error).__name__}


async def replay(database: Database) -> list[list[Any]]:
    """Run all calls on an empty migrated database, and return them with their outcomes."""
    adapters = await create_adapters(database, clock=SteppingClock(), ids=IdGenerator(Random(7).randbytes))  # deterministic
    return [[str(made), json.loads(json.dumps(await outcome(adapters, made)))] for made in calls()]


def reference_first(dialect: Dialect, was: Any, now: Any) -> bool:
    """Return whether a row violated a key and a foreign key. Oracle MySQL reports the foreign key, all others the key."""
    if not isinstance(dialect, MySQL8Dialect) or not isinstance(was, dict) or not isinstance(now, dict):
        return False
    return (was.get("error"), now.get("error")) == ("ConflictError", "ForeignKeyError") and was.get("table") == now.get("table")


def recorded() -> list[list[Any]]:
    """Return the recorded outcomes."""
    answers: list[list[Any]] = [json.loads(line) for line in ANSWERS.read_text("utf-8").splitlines()]
    assert [call for call, _ in answers] == [str(made) for made in calls()], RECORD_AGAIN
    return answers


async def _record() -> None:
    async with connect("sqlite://:memory:") as database:
        await migrate_to_latest(database)
        lines = [json.dumps(pair) for pair in await replay(database)]
    await asyncio.to_thread(ANSWERS.write_text, "\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    asyncio.run(_record())
