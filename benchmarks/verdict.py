"""The goals, their verdicts, and the table of the results, from the data in ``results/<engine>.json``."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Rows = Mapping[str, Mapping[str, Mapping[str, list[float]]]]
"""The measurements by row and candidate: ``p50`` and ``cpu`` in microseconds and ``rate`` in calls per second, with one value per round."""
Results = Mapping[str, Any]

DRIVER, POOL, OURS, OWN_POOL = "driver", "driver, pool", "ours", "ours, own pool"
NODE = "Kysely (Node)"
LIMITS: dict[str, dict[str, float]] = {
    "get": {"sqlite": 1.3, "postgresql": 1.5, "mysql": 1.1},
    "write": {"sqlite": 2.0, "postgresql": 2.0, "mysql": 1.4},
    "list": {"sqlite": 1.6, "postgresql": 1.6, "mysql": 1.4},
    "several": {"sqlite": 1.7, "postgresql": 1.7, "mysql": 1.4},
}
"""The maximum time of a call as a multiple of the driver's, by the goal of the row and the engine."""
TITLES = {"get": "get by ID", "write": "create and update", "list": "list of 50", "several": "rotation and sign-in"}
UVLOOP_GET = 1.4
"""The limit for ``get`` on PostgreSQL with uvloop."""
SHARES: dict[str, dict[str, float]] = {
    "users.get": {"sqlite": 0.85, "postgresql": 0.7, "mysql": 0.9},
    "users.create": {"sqlite": 0.5, "postgresql": 0.5, "mysql": 0.5},
}
"""The minimum rate of 32 tasks as a fraction of the driver's rate (through the driver's pool, if it has one), by row and engine."""
OWN = 1.1
"""The maximum time of a call through the same pool as a multiple of the driver's, not including the cost of the models."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A goal and its measured value."""

    goal: str
    row: str
    measured: float
    limit: float
    at_least: bool = False

    @property
    def passed(self) -> bool:
        """Whether the measured value meets the goal."""
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit


def label(candidate: str) -> str:
    """Return the name of a candidate for readers: that of this package instead of ``ours``."""
    return candidate.replace(OURS, "authhero_sql", 1) if candidate.startswith(OURS) else candidate


def middle(values: Sequence[float]) -> float:
    """Return the median."""
    return statistics.median(values)


def ratio(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the median of the ratios of the rounds. Both values of a round were measured under the same conditions."""
    return statistics.median(first / second for first, second in zip(one, other, strict=True))


def verdicts(engine: str, loop: str, rows: Rows, goals: Mapping[str, str], models: Mapping[str, float]) -> Iterator[Verdict]:
    """Yield all verdicts for an event loop.

    Args:
        engine: ``sqlite``, ``postgresql``, ``mysql`` or ``mysql9``.
        loop: ``asyncio`` or ``uvloop``.
        rows: The measurements.
        goals: The goal of each row.
        models: The cost of the models of each row, in microseconds.
    """
    kind = "mysql" if engine == "mysql9" else engine
    for row, figures in rows.items():
        if OURS in figures and DRIVER in figures:
            yield from _against_driver(kind, loop, row, figures, goals[row])
        if OWN_POOL in figures and row in models:
            base = figures.get(POOL) or figures.get(DRIVER)
            if base:
                allowed = OWN * middle(base["p50"]) + models[row]
                yield Verdict(
                    f"own pool, time relative to {OWN} × the driver's time plus the models",
                    row,
                    middle(figures[OWN_POOL]["p50"]) / allowed,
                    1.0,
                )
        yield from _against_others(row, figures, goals[row])


def _against_driver(kind: str, loop: str, row: str, figures: Mapping[str, Any], goal: str) -> Iterator[Verdict]:
    if goal in LIMITS:
        limit = UVLOOP_GET if (kind, loop, goal) == ("postgresql", "uvloop", "get") else LIMITS[goal][kind]
        yield Verdict(f"{TITLES[goal]}, time relative to the driver", row, ratio(figures[OURS]["p50"], figures[DRIVER]["p50"]), limit)
    base = (figures.get(POOL) or figures[DRIVER])["rate"]
    if row in SHARES and base:
        share = ratio(figures[OURS]["rate"], base)
        yield Verdict("32 tasks, calls per second relative to the driver", row, share, SHARES[row][kind], at_least=True)


def _against_others(row: str, figures: Mapping[str, Any], goal: str) -> Iterator[Verdict]:
    for name, others in figures.items():
        if name.startswith(("driver", "ours")):
            continue
        # Compare candidates that use the same driver.
        ours = figures.get(f"{OURS}, asyncmy" if "asyncmy" in name else OURS) or figures.get(OURS)
        if not ours:
            continue
        title = "bulk, time relative to" if goal == "bulk" else "one task, time relative to"
        yield Verdict(f"{title} {name}", row, ratio(ours["p50"], others["p50"]), 1.0)
        if ours["rate"] and others["rate"]:
            yield Verdict(f"32 tasks, calls per second of {name} relative to this package", row, ratio(others["rate"], ours["rate"]), 1.0)


def table(title: str, rows: Rows) -> Iterator[str]:
    """Yield the lines of the table."""
    yield f"{title}: time per call, client CPU time per call (both also relative to the driver), calls per second by 32 tasks"
    yield "The bare driver and Kysely do not validate anything and return tuples or plain objects. All others return validated models,"
    yield "or the number of users in the row that creates 1,000."
    for row, figures in rows.items():
        yield ""
        yield f"  {row}"
        base = figures.get(DRIVER, {})
        for name, measured in figures.items():
            p50, cpu = (f"{middle(measured[unit]):9,.0f} µs {_times(measured[unit], base.get(unit)):8}" for unit in ("p50", "cpu"))
            rate = f"{middle(measured['rate']):9,.0f}/s" if measured["rate"] else ""
            yield f"    {label(name):26}{p50} CPU {cpu} {rate}".rstrip()


def _times(values: Sequence[float], base: Sequence[float] | None) -> str:
    return f"{ratio(values, base):6.2f} ×" if base else ""


def summary(found: Sequence[Verdict]) -> Iterator[str]:
    """Yield a line for each goal with the number of rows that meet it, followed by the rows that miss it."""
    by_goal: dict[str, list[Verdict]] = {}
    for verdict in found:
        by_goal.setdefault(verdict.goal, []).append(verdict)
    for goal, all_of_it in by_goal.items():
        missed = [verdict for verdict in all_of_it if not verdict.passed]
        mark = "MISSED" if missed else "met"
        yield f"  {mark:7} {goal}: {len(all_of_it) - len(missed)} of {len(all_of_it)}"
        for verdict in missed:
            sign = "≥" if verdict.at_least else "≤"
            yield f"          {verdict.row}: {verdict.measured:.2f}, goal {sign} {verdict.limit:g}"
