"""The cost of a start: the import, the connection, and the first call of each kind, each in a new process.

    python benchmarks/startup.py open CANDIDATE ENGINE URL INPUTS      # run by compare.py; prints JSON

The memory of the other candidates includes this package, because they return its models. The memory of each import alone is measured
separately.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import pickle
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.candidates.protocol import Target
from benchmarks.verdict import label

IMPORTS = {
    "pydantic alone": "import pydantic.main",
    "authhero_sql": "import authhero_sql",
    "SQLAlchemy Core, asyncio": "import sqlalchemy, sqlalchemy.ext.asyncio.engine",
    "SQLAlchemy ORM, asyncio": "import sqlalchemy, sqlalchemy.orm, sqlalchemy.ext.asyncio",
    "Tortoise ORM": "import tortoise, tortoise.models, tortoise.fields",
}
CANDIDATES = {
    "ours": ("ours", "Ours"),
    "SQLAlchemy Core": ("core", "Core"),
    "SQLAlchemy ORM": ("orm", "Orm"),
    "Tortoise ORM": ("tortoise", "Tortoise"),
}
ROUNDS = 7
NEXT_CALLS = 20
"""The number of calls after the first one."""
_IMPORT_SCRIPT = """
import json, re, sys, time
before, begun = len(sys.modules), time.process_time()
{statement}
used, modules = time.process_time() - begun, len(sys.modules) - before
resident = int(re.search("VmRSS:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024
print(json.dumps([used, modules, resident]))
"""
ROOT = Path(__file__).parents[1]


def _run_json(*command: str) -> Any:
    done = subprocess.run([sys.executable, *command], check=True, capture_output=True, text=True, cwd=ROOT)
    return json.loads(done.stdout)


def imports() -> dict[str, dict[str, float]]:
    """Return the CPU seconds, new modules and megabytes of each import, as medians over several processes."""
    found: dict[str, list[Any]] = {name: [] for name in IMPORTS}
    for _ in range(ROUNDS):
        for name, statement in IMPORTS.items():
            found[name].append(_run_json("-c", _IMPORT_SCRIPT.format(statement=statement)))
    units = ("cpu_seconds", "modules", "megabytes")
    return {name: dict(zip(units, map(statistics.median, zip(*rounds, strict=True)), strict=True)) for name, rounds in found.items()}


def openings(target: Target, inputs: Mapping[str, Sequence[Sequence[tuple[Any, ...]]]]) -> dict[str, Any]:
    """Measure the start of each candidate in a new process.

    Args:
        target: A database with data.
        inputs: The inputs of each row, one sequence for each candidate.
    """
    found = {}
    for number, name in enumerate(CANDIDATES):
        with tempfile.NamedTemporaryFile() as file:
            file.write(pickle.dumps({row: given[number] for row, given in inputs.items()}))
            file.flush()
            found[name] = _run_json(__file__, "open", name, target.engine, target.url, file.name)
    return found


def resident() -> float:
    """Return the resident memory of this process in megabytes, from ``/proc`` on Linux."""
    found = re.search(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


async def opened(name: str, target: Target, given: Mapping[str, Sequence[tuple[Any, ...]]]) -> dict[str, Any]:
    """Open a candidate, make the first call of each kind, and then some more."""
    from benchmarks.workload import ROWS

    module, kind = CANDIDATES[name]
    found = getattr(importlib.import_module(f"benchmarks.candidates.{module}"), kind)
    wall, cpu = time.perf_counter(), time.process_time()
    candidate = await found.open(target)
    opening = {"seconds": time.perf_counter() - wall, "cpu_seconds": time.process_time() - cpu}
    calls = {}
    for row in ROWS:
        if row.name not in given:
            continue
        times = []
        for each in given[row.name]:
            begun = time.perf_counter()
            await row.call(candidate, *each)
            times.append((time.perf_counter() - begun) * 1e6)
        calls[row.name] = {"first": times[0], "next": statistics.median(times[1:])}
    await candidate.close()
    return {"open": opening, "calls": calls, "megabytes": resident()}


def lines(found: Mapping[str, Any]) -> list[str]:
    """Format the results as lines of text."""
    text = ["Import in a new process: CPU time, number of modules, memory of the process"]
    for name, each in found["imports"].items():
        text.append(f"  {name:26}{each['cpu_seconds'] * 1e3:7.0f} ms {each['modules']:6.0f} modules {each['megabytes']:6.0f} MB")
    text.append(
        "Start in a new process, after the import: time to connect, then the first call of each kind and the median of the next ones"
    )
    for name, each in found.get("openings", {}).items():
        seconds, cpu = each["open"]["seconds"] * 1e3, each["open"]["cpu_seconds"] * 1e3
        text.append(f"  {label(name):26}{seconds:7.1f} ms to connect, CPU {cpu:.1f} ms; {each['megabytes']:.0f} MB at the end")
        text += [f"    {row:30}{times['first']:9,.0f} µs {times['next']:9,.0f} µs" for row, times in each["calls"].items()]
    return text


if __name__ == "__main__":
    _, _, chosen, engine, url, path = sys.argv
    inputs = pickle.loads(Path(path).read_bytes())
    print(json.dumps(asyncio.run(opened(chosen, Target(engine, url), inputs))))
