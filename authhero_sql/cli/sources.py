"""Where the URL of the database comes from: a flag, the environment, a ``.env`` file, or ``pyproject.toml``."""

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
"""What may stand in ``[tool.authhero-sql]``."""

_ASSIGNMENT = re.compile(rf"\s*(?:export\s+)?{VARIABLE}\s*=\s*(?:'([^']*)'|\"([^\"]*)\"|([^\s#]*))\s*(?:#.*)?")


@dataclass(frozen=True, slots=True)
class Source:
    """A URL, and the place that named it."""

    url: str = field(repr=False)
    place: str


def find_url(flag: str | None, folder: Path) -> Source | None:
    """Return the URL from the first place that has one: the flag, the environment, ``.env``, ``pyproject.toml``.

    Raises:
        ConfigurationError: a file cannot be read, or ``[tool.authhero-sql]`` has a key that does not exist.
    """
    found: tuple[tuple[str, Callable[[], str | None]], ...] = (
        ("--url", lambda: flag),
        (f"{VARIABLE} in the environment", lambda: os.environ.get(VARIABLE)),
        (f"{VARIABLE} in {folder / '.env'}", lambda: _in_env_file(folder / ".env")),
        (f"[tool.{TABLE}] in {folder / 'pyproject.toml'}", lambda: _in_pyproject(folder / "pyproject.toml")),
    )
    return next((Source(url, place) for place, read in found if (url := read())), None)


def _in_env_file(path: Path) -> str | None:
    """Read the variable as it is written: no ``$`` is expanded, because a password may contain one. The last assignment wins."""
    url = None
    for line in (_text(path) or "").splitlines():
        if found := _ASSIGNMENT.fullmatch(line):
            url = next((part for part in found.groups() if part is not None), None)
    return url


def _in_pyproject(path: Path) -> str | None:
    try:
        tables = tomllib.loads(_text(path) or "")
    except tomllib.TOMLDecodeError:
        # Its message repeats a part of the file.
        raise ConfigurationError(f"{path} is not valid TOML") from None
    settings = tables.get("tool", {}).get(TABLE, {})
    if unknown := settings.keys() - KEYS:
        raise ConfigurationError(f"[tool.{TABLE}] in {path} has the unknown key {min(unknown)}; it may have {', '.join(sorted(KEYS))}")
    url = settings.get("url")
    if url is not None and not isinstance(url, str):
        raise ConfigurationError(f"url of [tool.{TABLE}] in {path} must be a string")
    return url


def _text(path: Path) -> str | None:
    """Return the file's text, or None where there is no such file."""
    try:
        return path.read_text("utf-8")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(f"{path} cannot be read") from None
