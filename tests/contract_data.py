"""The contract's lists of tables, fields and enums, which are stored outside this repository."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

CONTRACT = Path(__file__).parents[2] / "shared" / "contract"

needs_contract = pytest.mark.skipif(not CONTRACT.is_dir(), reason="requires the contract in ../shared/contract")


@cache
def _read(name: str) -> dict[str, Any]:
    if not CONTRACT.is_dir():
        return {}
    data: dict[str, Any] = json.loads((CONTRACT / f"{name}.json").read_text(encoding="utf-8"))
    return data


def tables() -> dict[str, Any]:
    """Return the tables by name, or nothing if the contract is not available."""
    return _read("tables")


def fields() -> dict[str, Any]:
    """Return the fields of every entity by wire name, and the named enums, or nothing if the contract is not available."""
    return _read("fields")


def enums() -> dict[str, Any]:
    """Return the allowed values by name, or nothing if the contract is not available."""
    return _read("enums")
