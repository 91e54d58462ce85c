"""The command line ``authhero-sql``, a thin layer over the Python API. Requires the extra ``[cli]``."""

from __future__ import annotations

from importlib.util import find_spec

if find_spec("typer") is None:
    raise SystemExit("the command line requires typer: pip install 'authhero-sql[cli]'")

from . import schema, setup, upkeep  # noqa: F401  # importing them registers their commands
from .invocation import app

__all__ = ["app", "main"]


def main() -> None:
    """Run the console script."""
    app()
