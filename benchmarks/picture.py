"""Draw ``results/picture.svg``: the time of a call relative to the bare driver, for each engine and candidate.

    python benchmarks/picture.py [PICTURE]        # the suffix selects the format: .svg or .png

The colors have medium brightness and the background is transparent, so that the chart is readable on light and dark pages.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from benchmarks.verdict import DRIVER, OURS, middle, ratio

RESULTS = Path(__file__).parent / "results"
ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "mysql": "MariaDB", "mysql9": "MySQL 9"}
ROWS = {
    "users.get": "get a user",
    "users.create": "create a user",
    "users.update": "update a user",
    "users.list": "list 50 users",
    "rotation by rotate()": "rotate a refresh token",
    "sign-in": "sign in",
    "1,000 users created": "create 1,000 users",
}
"""The rows in the chart, with their labels."""
CANDIDATES = {
    OURS: ("authhero_sql", "#d9480f", "o"),
    "SQLAlchemy Core": ("SQLAlchemy Core", "#4c8dd6", "s"),
    "SQLAlchemy ORM": ("SQLAlchemy ORM", "#7a6fd0", "D"),
    "Tortoise ORM": ("Tortoise ORM", "#2f9e6e", "^"),
}
GREY, FAINT = "#7d8590", "#7d859055"
TICKS = (1, 2, 5, 10, 20, 50, 100, 200)


def ratios(results: Mapping[str, Any], row: str) -> dict[str, float]:
    """Return the time of each candidate for a row, as a multiple of the driver's time."""
    figures = results["loops"]["asyncio"]["rows"].get(row, {})
    if DRIVER not in figures:
        return {}
    return {name: ratio(figures[name]["p50"], figures[DRIVER]["p50"]) for name in CANDIDATES if name in figures}


def panel(axes: Any, results: Mapping[str, Any]) -> None:
    """Draw the panel of an engine."""
    longest = max(value for row in ROWS for value in ratios(results, row).values())
    for position, row in enumerate(ROWS):
        found = ratios(results, row)
        if not found:
            continue
        axes.plot([1, max(found.values())], [position, position], color=FAINT, linewidth=1.2, zorder=1)
        for name, value in found.items():
            _, color, mark = CANDIDATES[name]
            ours = name == OURS
            axes.plot(value, position, mark, color=color, markersize=10 if ours else 6.5, zorder=3 if ours else 2, alpha=1 if ours else 0.9)
        axes.annotate(
            f"{found[OURS]:.1f}×", (found[OURS], position), textcoords="offset points", xytext=(0, 8), ha="center", fontsize=9,
            fontweight="bold", color=CANDIDATES[OURS][1],
        )  # fmt: skip
        axes.annotate(
            driver_time(results, row),
            (1, position),
            textcoords="offset points",
            xytext=(-5, 0),
            ha="right",
            va="center",
            fontsize=8,
            color=GREY,
        )
    axes.axvline(1, color=GREY, linewidth=1.5, zorder=1)
    axes.set_xscale("log")
    axes.set_xlim(0.42, longest * 1.15)
    axes.set_xticks([tick for tick in TICKS if tick <= longest], [f"{tick}×" for tick in TICKS if tick <= longest])
    axes.minorticks_off()
    axes.set_title(ENGINES[results["engine"]], loc="left", color=GREY, fontweight="bold", fontsize=12, pad=10)
    axes.tick_params(colors=GREY, length=0, labelsize=9)
    axes.grid(axis="x", color=FAINT, linewidth=0.6)
    axes.set_axisbelow(True)
    for side in axes.spines.values():
        side.set_visible(False)


def driver_time(results: Mapping[str, Any], row: str) -> str:
    """Return the driver's time for a row, with its unit."""
    micros = middle(results["loops"]["asyncio"]["rows"][row][DRIVER]["p50"])
    return f"{micros:.0f} µs" if micros < 1000 else f"{micros / 1000:.1f} ms"


def draw(found: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Draw the panels of all engines side by side."""
    figure = Figure(figsize=(4.1 * len(found) + 1.6, 5.1))
    panels = figure.subplots(1, len(found), sharey=True, squeeze=False)
    for axes, results in zip(panels[0], found, strict=True):
        panel(axes, results)
    panels[0][0].set_yticks(range(len(ROWS)), list(ROWS.values()), fontsize=10.5)
    panels[0][0].set_ylim(len(ROWS) - 0.5, -0.6)
    driver = Line2D([], [], color=GREY, marker="|", markersize=14, markeredgewidth=2, linestyle="")
    marks = [driver] + [Line2D([], [], color=color, marker=mark, linestyle="", markersize=8) for _, color, mark in CANDIDATES.values()]
    names = ["bare driver"] + [title for title, _, _ in CANDIDATES.values()]
    legend = figure.legend(marks, names, loc="upper right", ncols=len(names), frameon=False, labelcolor=GREY, fontsize=10.5)
    legend.set_in_layout(False)
    figure.suptitle("Time of a call (less is better)", x=0.01, y=0.975, ha="left", color=GREY, fontweight="bold", fontsize=13)
    figure.text(0.01, 0.012, _note(found), color=GREY, fontsize=8.5, ha="left")
    figure.tight_layout(rect=(0, 0.06, 1, 0.96))
    figure.savefig(path, transparent=True, metadata={"Date": None} if path.suffix == ".svg" else None, dpi=150)


def _note(found: Sequence[Mapping[str, Any]]) -> str:
    cores, date = found[0]["machine"]["cores"], found[0]["date"][:10]
    return (
        "1× is the bare driver with hand-written SQL, without validation and models; the label next to the line is its time.\n"
        f"All others return the same validated models, or a number in the last row. Measured with make bench on {cores} cores, {date}."
    )


def main() -> None:
    """Draw the chart of all stored results."""
    found = [json.loads(path.read_text()) for name in ENGINES if (path := RESULTS / f"{name}.json").exists()]
    draw(found, Path(sys.argv[1]) if len(sys.argv) > 1 else RESULTS / "picture.svg")


if __name__ == "__main__":
    main()
