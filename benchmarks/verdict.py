"""The goals, what was measured beside them, and the table: all from the results as they are in ``results/<engine>.json``."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Rows = Mapping[str, Mapping[str, Mapping[str, list[float]]]]
"""By row and candidate: ``p50`` and ``cpu`` in microseconds and ``rate`` in calls a second, a value a round."""
Results = Mapping[str, Any]

DRIVER, POOL, OURS, OWN_POOL = "driver", "driver, pool", "ours", "ours, own pool"
NODE = "Kysely (Node)"
LIMITS: dict[str, dict[str, float]] = {
    "get": {"sqlite": 1.3, "postgresql": 1.5, "mysql": 1.1},
    "write": {"sqlite": 2.0, "postgresql": 2.0, "mysql": 1.4},
    "list": {"sqlite": 1.6, "postgresql": 1.6, "mysql": 1.4},
    "several": {"sqlite": 1.7, "postgresql": 1.7, "mysql": 1.4},
}
"""How many times as long as the bare driver a call may take, by the goal of its row."""
TITLES = {"get": "get by key", "write": "create, update", "list": "list of 50", "several": "rotation, sign-in"}
UVLOOP_GET = 1.4
"""The same for get on PostgreSQL under uvloop."""
SHARES: dict[str, dict[str, float]] = {
    "users.get": {"sqlite": 0.85, "postgresql": 0.7, "mysql": 0.9},
    "users.create": {"sqlite": 0.5, "postgresql": 0.5, "mysql": 0.5},
}
"""What part of the calls that the driver makes by 32 tasks, through its pool where it has one, ours have to make."""
OWN = 1.1
"""How many times as long as the driver through the same pool a call may take, beside what the models cost."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was measured of a goal."""

    goal: str
    row: str
    measured: float
    limit: float
    at_least: bool = False

    @property
    def passed(self) -> bool:
        """Whether it is met."""
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit


def middle(values: Sequence[float]) -> float:
    """The median."""
    return statistics.median(values)


def ratio(one: Sequence[float], other: Sequence[float]) -> float:
    """The median of the ratios of the rounds: in one round both saw the same machine."""
    return statistics.median(first / second for first, second in zip(one, other, strict=True))


def verdicts(engine: str, loop: str, rows: Rows, goals: Mapping[str, str], models: Mapping[str, float]) -> Iterator[Verdict]:
    """All verdicts for a loop.

    Args:
        engine: ``sqlite``, ``postgresql``, ``mysql`` or ``mysql9``.
        loop: ``asyncio`` or ``uvloop``.
        rows: what was measured.
        goals: the goal of each row.
        models: what the models of a row cost, in microseconds.
    """
    kind = "mysql" if engine == "mysql9" else engine
    for row, figures in rows.items():
        if OURS in figures and DRIVER in figures:
            yield from _against_driver(kind, loop, row, figures, goals[row])
        if OWN_POOL in figures and row in models:
            base = figures.get(POOL) or figures.get(DRIVER)
            if base:
                allowed = OWN * middle(base["p50"]) + models[row]
                yield Verdict("own pool, beside 1.1 × the driver's and the model", row, middle(figures[OWN_POOL]["p50"]) / allowed, 1.0)
        yield from _against_others(row, figures, goals[row])


def _against_driver(kind: str, loop: str, row: str, figures: Mapping[str, Any], goal: str) -> Iterator[Verdict]:
    if goal in LIMITS:
        limit = UVLOOP_GET if (kind, loop, goal) == ("postgresql", "uvloop", "get") else LIMITS[goal][kind]
        yield Verdict(f"{TITLES[goal]}, × the driver", row, ratio(figures[OURS]["p50"], figures[DRIVER]["p50"]), limit)
    base = (figures.get(POOL) or figures[DRIVER])["rate"]
    if row in SHARES and base:
        share = ratio(figures[OURS]["rate"], base)
        yield Verdict("32 tasks, share of the driver's calls", row, share, SHARES[row][kind], at_least=True)


def _against_others(row: str, figures: Mapping[str, Any], goal: str) -> Iterator[Verdict]:
    for name, others in figures.items():
        if name.startswith(("driver", "ours")):
            continue
        # Each beside ours over the same driver.
        ours = figures.get(f"{OURS}, asyncmy" if "asyncmy" in name else OURS) or figures.get(OURS)
        if not ours:
            continue
        title = "bulk, beside" if goal == "bulk" else "one task, beside"
        yield Verdict(f"{title} {name}", row, ratio(ours["p50"], others["p50"]), 1.0)
        if ours["rate"] and others["rate"]:
            yield Verdict(f"32 tasks, calls of theirs to ours: {name}", row, ratio(others["rate"], ours["rate"]), 1.0)


def table(title: str, rows: Rows) -> Iterator[str]:
    """The lines of the table."""
    yield f"{title}: µs a call (× the driver), client CPU µs (× the driver), calls a second by 32 tasks"
    yield "The bare driver validates nothing and ends with tuples, Kysely with plain objects; all others end with validated models, and"
    yield "where 1,000 users are created everybody ends with their number."
    for row, figures in rows.items():
        yield ""
        yield f"  {row}"
        base = figures.get(DRIVER, {})
        for name, measured in figures.items():
            p50, cpu = (f"{middle(measured[unit]):9,.0f} µs {_times(measured[unit], base.get(unit)):8}" for unit in ("p50", "cpu"))
            rate = f"{middle(measured['rate']):9,.0f}/s" if measured["rate"] else ""
            yield f"    {name:26}{p50} CPU {cpu} {rate}".rstrip()


def _times(values: Sequence[float], base: Sequence[float] | None) -> str:
    return f"{ratio(values, base):6.2f} ×" if base else ""


def summary(found: Sequence[Verdict]) -> Iterator[str]:
    """A line for each goal: how many of its rows meet it, and those that do not."""
    by_goal: dict[str, list[Verdict]] = {}
    for verdict in found:
        by_goal.setdefault(verdict.goal, []).append(verdict)
    for goal, all_of_it in by_goal.items():
        missed = [verdict for verdict in all_of_it if not verdict.passed]
        mark = "MISSED" if missed else "met"
        yield f"  {mark:7} {goal}: {len(all_of_it) - len(missed)} of {len(all_of_it)}"
        for verdict in missed:
            sign = "≥" if verdict.at_least else "≤"
            yield f"          {verdict.row}: {verdict.measured:.2f}, wanted {sign} {verdict.limit:g}"
