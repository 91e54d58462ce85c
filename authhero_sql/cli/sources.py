"""Lookup of the database URL in the options, the environment, a ``.env`` file, or ``pyproject.toml``."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import ConfigurationError

VARIABLE = "AUTHHERO_SQL_URL"
TABLE = "authhero-sql"
KEYS = {"url"}
"""The valid keys of ``[tool.authhero-sql]``."""

_ASSIGNMENT = re.compile(rf"\s*(?:export\s+)?{VARIABLE}\s*=\s*(?:'([^']*)'|\"([^\"]*)\"|([^\s#]*))\s*(?:#.*)?")


@dataclass(frozen=True, slots=True)
class Source:
    """A URL and the place where it was found."""

    url: str = field(repr=False)
    place: str


def find_url(flag: str | None, folder: Path) -> Source | None:
    """Return the first URL found in the flag, the environment, ``.env`` and ``pyproject.toml``, or None.

    Raises:
        ConfigurationError: A file cannot be read, or ``[tool.authhero-sql]`` is invalid.
    """
    places: tuple[tuple[str, Callable[[], str | None]], ...] = (
        ("--url", lambda: flag),
        (f"{VARIABLE} in the environment", lambda: os.environ.get(VARIABLE)),
        (f"{VARIABLE} in {folder / '.env'}", lambda: _in_env_file(folder / ".env")),
        (f"[tool.{TABLE}] in {folder / 'pyproject.toml'}", lambda: _in_pyproject(folder / "pyproject.toml")),
    )
    return next((Source(url, place) for place, read in places if (url := read())), None)


def _in_env_file(path: Path) -> str | None:
    """Return the last value of the variable in a ``.env`` file. ``$`` is not expanded, because a password may contain it."""
    url = None
    for line in (_text(path) or "").splitlines():
        if found := _ASSIGNMENT.fullmatch(line):
            url = next((part for part in found.groups() if part is not None), None)
    return url


def _in_pyproject(path: Path) -> str | None:
    try:
        tables = tomllib.loads(_text(path) or "")
    except tomllib.TOMLDecodeError:
        # The original message quotes a part of the file, which may be secret.
        raise ConfigurationError(f"{path} is not valid TOML") from None
    settings = tables.get("tool", {}).get(TABLE, {})
    if unknown := settings.keys() - KEYS:
        raise ConfigurationError(f'[tool.{TABLE}] in {path}: unknown key "{min(unknown)}"; use {", ".join(sorted(KEYS))}')
    url = settings.get("url")
    if url is not None and not isinstance(url, str):
        raise ConfigurationError(f"[tool.{TABLE}] in {path}: url must be a string")
    return url


def _text(path: Path) -> str | None:
    """Return the contents of a file, or None if it does not exist."""
    try:
        return path.read_text("utf-8")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(f"{path} cannot be read") from None
