"""The package in a Python Worker: Pyodide in Node, with a local D1 as its binding."""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from authhero_sql.migrations import history
from tests import engines
from tests.workload.calls import calls

ROOT = Path(__file__).parents[2]
HOME = ROOT / ".venv" / "pyodide"
PYODIDE, PYTHON, PLATFORM = "314.0.7", "314", "pyemscripten_2026_0_wasm32"
"""The versions of Pyodide and its Python, and the platform tag of its wheels."""


@pytest.fixture(scope="session")
def pyodide(request: pytest.FixtureRequest) -> Path:
    """Return Pyodide's module, and install it if necessary."""
    if request.config.getoption("--engines") == "sqlite":
        pytest.skip("requires Node, which tests with --engines sqlite do not use")
    module = HOME / "node_modules/pyodide/pyodide.mjs"
    if not module.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        (HOME / "package.json").write_text('{"private": true}', "utf-8")
        command = [
            str(engines._installer("d1")),
            "install",
            "--silent",
            "--no-audit",
            "--no-fund",
            "--no-package-lock",
            f"pyodide@{PYODIDE}",
        ]
        done = subprocess.run(command, cwd=HOME, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, f"npm could not install Pyodide: {done.stderr[-2000:]}"
    return module


@pytest.fixture(scope="session")
def wheel(pyodide: Path) -> Path:
    """Return the wheel of pydantic-core that was compiled for Pyodide, because it contains native code."""
    version = importlib.metadata.version("pydantic-core")
    name = f"pydantic_core-{version}-cp{PYTHON}-cp{PYTHON}-{PLATFORM}.whl"
    folder = pyodide.parents[2] / "wheels"
    if not (folder / name).exists():
        options = ["--no-deps", "--only-binary=:all:", "--implementation=cp", f"--python-version={PYTHON}", f"--platform={PLATFORM}"]
        command = [sys.executable, "-m", "pip", "download", "-q", *options, f"pydantic-core=={version}", "-d", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, f"there is no pydantic-core {version} for Pyodide {PYODIDE}: {done.stderr[-2000:]}"
    return folder / name


@pytest.mark.slow
def test_the_recorded_workload_runs_in_a_worker(pyodide: Path, wheel: Path) -> None:
    miniflare = engines.node_modules() / "miniflare/dist/src/index.js"
    paths = (ROOT / "tests/worker/pyodide.mjs", pyodide, miniflare, wheel, ROOT, sysconfig.get_path("purelib"))
    done = subprocess.run(["node", *map(str, paths)], cwd=ROOT, capture_output=True, text=True, timeout=1800, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "applied": history.names(),
        "again": [],
        "usable": True,
        "calls": len(calls()),
        "different": [],
        "wrong": [],
        "platform": "emscripten",
        "drivers": [],
    }
