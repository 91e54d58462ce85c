"""Formats the Python source that the scripts of this directory generate."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def formatted(source: str, path: Path) -> str:
    """Return the source as ruff formats it, with sorted imports.

    Args:
        source: The generated source.
        path: The file that it is for, which decides the settings.
    """
    for command in (["check", "--fix", "--select", "I"], ["format"]):
        call = [sys.executable, "-m", "ruff", *command, "--quiet", "--stdin-filename", str(path), "-"]
        source = subprocess.run(call, input=source, check=True, capture_output=True, text=True, cwd=ROOT).stdout  # noqa: S603  # our own source
    return source
