"""Export of the migrations as SQL scripts, for databases that another tool migrates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from ..dialects import script_dialect
from ..dialects.dialect import Dialect
from ..errors import ConfigurationError
from . import history
from .ledger import LEASES, LEDGER
from .migrator import statement
from .operations import CreateIndex, CreateTable, Operation

Mode = Literal["each", "combined", "squash"]
MODES: tuple[Mode, ...] = ("each", "combined", "squash")


def export_sql(dialect: str = "sqlite", mode: Mode = "each") -> dict[str, str]:
    """Return all migrations as SQL scripts. The output is deterministic: it contains no dates and no random values.

    The scripts also write the ledger, so :func:`migrate_to_latest` considers a database that they created up to date.

    Args:
        dialect: ``"sqlite"``, ``"d1"`` (the same as SQLite), ``"postgresql"``, ``"mysql"`` or ``"mariadb"``.
        mode: ``"each"`` returns one file per migration (``0000_baseline.sql``, ``0001_….sql``), named as ``wrangler d1 migrations
            apply`` expects. ``"combined"`` returns all migrations in one file (``0000_combined.sql``). ``"squash"`` returns the
            final schema in one file (``0000_init.sql``), for an empty database.

    Returns:
        The scripts by file name, in the order in which to run them.

    Raises:
        ConfigurationError: The dialect or the mode is unknown.
    """
    target = script_dialect(dialect)
    if mode not in MODES:
        raise ConfigurationError(f"unknown mode: use one of {', '.join(MODES)}")
    if mode == "squash":
        return {"0000_init.sql": _squashed_script(target)}
    scripts = {history.script(name): _script(target, name, first=number == 0) for number, name in enumerate(history.names())}
    return scripts if mode == "each" else {"0000_combined.sql": "\n".join(scripts.values())}


def _script(dialect: Dialect, name: str, *, first: bool) -> str:
    """Return the statements of a migration and of its ledger entry."""
    steps = [statement(step, dialect) for step in history.load(name).up]
    return _format_script(name, [*(_create_ledger(dialect) if first else ()), *steps, _insert_entry(dialect, name)])


def _squashed_script(dialect: Dialect) -> str:
    """Return the statements that create the final schema and all ledger entries."""
    steps: list[Operation] = []
    names = history.names()
    for name, table in history.schema_after([history.load(name) for name in names]).items():
        steps.append(CreateTable(name, table.columns, table.key, table.foreign_keys))
        steps += [CreateIndex(name, index) for index in table.indexes]
    statements = [statement(step, dialect) for step in steps]
    return _format_script(
        f"all migrations up to {names[-1]}", [*_create_ledger(dialect), *statements, *(_insert_entry(dialect, name) for name in names)]
    )


def _format_script(title: str, statements: Iterable[str]) -> str:
    return f"-- {title}\n" + "".join(f"{text};\n" for text in statements)


def _create_ledger(dialect: Dialect) -> list[str]:
    """Return the statements that create the two tables of the migrations."""
    return [
        dialect.create_table(table.name, [column.definition for column in table.columns], table.key, (), if_missing=True)
        for table in (LEASES, LEDGER)
    ]


def _insert_entry(dialect: Dialect, name: str) -> str:
    """Return the statement that records a migration as applied. The database sets the time."""
    steps = str(len(history.load(name).up))
    values = {
        "name": dialect.text_literal(name),
        "checksum": dialect.text_literal(history.checksum(name)),
        "steps": steps,
        "steps_started": steps,
        "steps_done": steps,
        "applied_at": dialect.now_iso(),
        "duration_ms": "0",
    }
    into = f"INSERT INTO {dialect.identifier(LEDGER.name)} ({dialect.identifiers(tuple(values))})"
    return f"{into} VALUES ({', '.join(values.values())})"
