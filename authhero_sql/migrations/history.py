"""The migrations, in the order of their file names."""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
import re
from dataclasses import replace
from pathlib import Path

from .operations import Migration, Schema

FILE = re.compile(r"m(\d{4}_\w+)")


def names() -> list[str]:
    """The names of all migrations, oldest first: a file ``m0002_codes_expires_at_ts.py`` is ``0002_codes_expires_at_ts``."""
    package = str(Path(__file__).parent)
    found = (FILE.fullmatch(module.name) for module in pkgutil.iter_modules([package]))
    return sorted(match[1] for match in found if match)


def load(name: str) -> Migration:
    """The migration in a frozen file."""
    module = importlib.import_module(f"{__package__}.m{name}")
    migration: Migration = replace(module.migration, name=name)
    return migration


def script(name: str) -> str:
    """The file name of a migration among exported scripts: numbered from 0, as wrangler wants it."""
    return f"{names().index(name):04d}_{name[5:]}.sql"


def checksum(name: str) -> str:
    """SHA-256 of a migration's file, its line ends made equal."""
    text = (Path(__file__).parent / f"m{name}.py").read_bytes().replace(b"\r\n", b"\n")
    return hashlib.sha256(text).hexdigest()


def schema_after(migrations: list[Migration]) -> Schema:
    """The schema in memory that migrations make out of nothing."""
    schema: Schema = {}
    for migration in migrations:
        for step in migration.up:
            step.apply(schema)
    return schema
