"""The contract's lists of tables, fields and enums, read from beside the project."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

CONTRACT = Path(__file__).parents[2] / "shared" / "contract"

needs_contract = pytest.mark.skipif(not CONTRACT.is_dir(), reason="the contract (../shared/contract) is not beside the project")


@cache
def _read(name: str) -> dict[str, Any]:
    if not CONTRACT.is_dir():
        return {}
    data: dict[str, Any] = json.loads((CONTRACT / f"{name}.json").read_text(encoding="utf-8"))
    return data


def tables() -> dict[str, Any]:
    """The tables by name; empty without the contract."""
    return _read("tables")


def fields() -> dict[str, Any]:
    """The fields of every entity by wire name, and the named enums; empty without the contract."""
    return _read("fields")


def enums() -> dict[str, Any]:
    """The value lists by name; empty without the contract."""
    return _read("enums")
