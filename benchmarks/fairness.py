"""Whether all candidates do the same: what each gives back and what each has stored, beside ours, before anything is measured."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from benchmarks.candidates.protocol import Candidate
from benchmarks.workload import Row, Stage

MADE = {"id", "user_id", "login_id", "login_session_id", "log_id"}
"""Fields that each call makes anew, or that it was given anew: whether they are there is compared."""


def plain(value: Any) -> Any:
    """An answer without ids, and with every number in a text as ``#``, so that times and names are alike."""
    if isinstance(value, BaseModel):
        return plain(value.model_dump(mode="json"))
    if isinstance(value, dict):
        return {name: bool(part) if name in MADE else plain(part) for name, part in value.items()}
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


async def unlike(stage: Stage, row: Row, candidates: Sequence[Candidate], ours: Candidate) -> dict[str, str]:
    """Have each candidate do a row once, with the same input but for its numbers, and compare it with ours.

    Returns:
        What is wrong, by candidate.
    """
    wrong: dict[str, str] = {}
    expected, kept = await _done(stage, row, ours)
    for candidate in candidates:
        try:
            answer, stored = await _done(stage, row, candidate)
        except Exception as error:
            wrong[candidate.name] = f"{row.name}: {type(error).__name__}: {error}"
            continue
        differs = (difference(expected, answer, "gives") if candidate.models else None) or difference(kept, stored, "stores")
        if differs:
            wrong[candidate.name] = f"{row.name} {differs}"
    return wrong


async def _done(stage: Stage, row: Row, candidate: Candidate) -> tuple[Any, Any]:
    """What a candidate gives back, and what is stored then."""
    stage.chance.seed(row.name)
    (given,) = await row.prepare(stage, 1)
    answer = await row.call(candidate, *given)
    return plain(answer), plain(await row.look(stage, given, answer) if row.look else None)
