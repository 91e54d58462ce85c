"""The command line ``authhero-sql``, in the extra ``[cli]``: words and exit codes around what Python has too."""

from __future__ import annotations

from importlib.util import find_spec

if find_spec("typer") is None:
    raise SystemExit("the command line needs typer: pip install 'authhero-sql[cli]'")

from . import schema, setup, upkeep  # noqa: F401  # importing them registers their commands
from .invocation import app

__all__ = ["app", "main"]


def main() -> None:
    """Run the console script."""
    app()
