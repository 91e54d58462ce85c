"""The examples of the README: its commands and its Python code run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def run(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run Python with these arguments, with all warnings as errors."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error::ResourceWarning"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_the_demonstration_runs(database_url: str) -> None:
    done = run(str(ROOT / "examples" / "demo.py"), "--url", database_url)
    assert done.returncode == 0, done.stdout + done.stderr
    # D1 has no interactive transactions, which setting a password requires.
    left_out = {13, 14} if database_url.startswith("d1:") else set()
    for step in set(range(1, 19)) - left_out:
        assert f"\n{step}. " in done.stdout
    assert "insert users, insert passwords" in done.stdout
    assert "the family is revoked" in done.stdout
    assert "1 of 1 users" in done.stdout
    assert "refresh_tokens: 3 rows" in done.stdout
    assert "applied in" in done.stdout


def test_the_usage_in_the_readme_runs(tmp_path: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    program = tmp_path / "usage.py"
    program.write_text(blocks[0], "utf-8")
    done = run(str(program), folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "ada@acme.example 1 {'users': [{" in done.stdout
    assert (tmp_path / "auth.db").exists()
