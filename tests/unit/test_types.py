"""The typed dictionaries are those that the adapters and their tables make."""

from __future__ import annotations

from scripts import write_types


def test_the_file_is_current() -> None:
    assert write_types.PATH.read_text("utf-8") == write_types.text(), "run python scripts/write_types.py"
