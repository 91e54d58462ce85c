"""Compare the results and the stored rows of each candidate with those of this package, before anything is measured."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from benchmarks.candidates.protocol import Candidate
from benchmarks.workload import Row, Stage

GENERATED = {"id", "user_id", "login_id", "login_session_id", "log_id"}
"""Fields whose values differ in each call. Only their presence is compared."""


def plain(value: Any) -> Any:
    """Return a comparable copy of an answer: IDs become flags, and numbers in text become ``#``."""
    if isinstance(value, BaseModel):
        return plain(value.model_dump(mode="json"))
    if isinstance(value, dict):
        return {name: bool(part) if name in GENERATED else plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return re.sub(r"\d+", "#", value) if isinstance(value, str) else value


def difference(one: Any, other: Any, path: str = "") -> str | None:
    """Return a description of the first difference between two answers, or None if they are equal."""
    if isinstance(one, dict) and isinstance(other, dict):
        pairs: list[tuple[Any, Any, Any]] = [(name, one.get(name), other.get(name)) for name in {**one, **other}]
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = list(zip(itertools.count(), one, other, strict=False))
    else:
        return None if one == other and type(one) is type(other) else f"{path}: expected {one!r}, got {other!r}"
    return next((found for name, first, second in pairs if (found := difference(first, second, f"{path}.{name}"))), None)


async def find_differences(stage: Stage, row: Row, candidates: Sequence[Candidate], ours: Candidate) -> dict[str, str]:
    """Run a row once with each candidate, with equivalent input, and compare the outcome with that of this package.

    Returns:
        The first difference or error of each candidate that does not match, by name.
    """
    differences: dict[str, str] = {}
    expected, expected_rows = await _run_row(stage, row, ours)
    for candidate in candidates:
        try:
            answer, stored = await _run_row(stage, row, candidate)
        except Exception as error:
            differences[candidate.name] = f"{row.name}: {type(error).__name__}: {error}"
            continue
        found = (difference(expected, answer, "answer") if candidate.models else None) or difference(expected_rows, stored, "stored")
        if found:
            differences[candidate.name] = f"{row.name} {found}"
    return differences


async def _run_row(stage: Stage, row: Row, candidate: Candidate) -> tuple[Any, Any]:
    """Run a row and return the candidate's answer and the stored rows."""
    stage.rng.seed(row.name)
    (given,) = await row.prepare(stage, 1)
    answer = await row.call(candidate, *given)
    return plain(answer), plain(await row.read_back(stage, given, answer) if row.read_back else None)
