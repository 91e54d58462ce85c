"""The generated modules are up to date: the typed dictionaries, and the properties of the adapters."""

from __future__ import annotations

from scripts import write_adapters, write_types


def test_the_properties_are_current() -> None:
    assert write_adapters.PATH.read_text("utf-8") == write_adapters.text(), "run python scripts/write_adapters.py"


def test_the_types_are_current() -> None:
    assert write_types.PATH.read_text("utf-8") == write_types.text(), "run python scripts/write_types.py"
