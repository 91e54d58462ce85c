"""The migrations of this package, ordered by file name."""

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
    """Return the names of all migrations, oldest first.

    The file ``m0002_codes_expires_at_ts.py`` contains the migration ``0002_codes_expires_at_ts``.
    """
    package = str(Path(__file__).parent)
    found = (FILE.fullmatch(module.name) for module in pkgutil.iter_modules([package]))
    return sorted(match[1] for match in found if match)


def load(name: str) -> Migration:
    """Return the migration with this name from its file."""
    module = importlib.import_module(f"{__package__}.m{name}")
    migration: Migration = replace(module.migration, name=name)
    return migration


def script(name: str) -> str:
    """Return the file name of a migration's exported script. The numbers start at 0, as wrangler expects."""
    return f"{names().index(name):04d}_{name[5:]}.sql"


def checksum(name: str) -> str:
    """Return the SHA-256 checksum of a migration's file, with normalized line endings."""
    text = (Path(__file__).parent / f"m{name}.py").read_bytes().replace(b"\r\n", b"\n")
    return hashlib.sha256(text).hexdigest()


def schema_after(migrations: list[Migration]) -> Schema:
    """Return the in-memory schema that results from applying these migrations to an empty database."""
    schema: Schema = {}
    for migration in migrations:
        for step in migration.up:
            step.apply(schema)
    return schema
