"""The migrations as SQL scripts, for a database that somebody else's tool migrates."""

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
    """The whole history as scripts. The same input gives the same bytes: no dates, no chance.

    A database that they made is recognised by :func:`migrate_to_latest` as up to date: they write the ledger too.

    Args:
        dialect: ``"sqlite"`` or ``"d1"`` (the same), ``"postgresql"``, ``"mysql"`` or ``"mariadb"``.
        mode: ``"each"`` for a file a migration (``0000_baseline.sql``, ``0001_….sql``, as ``wrangler d1 migrations apply``
            wants them), ``"combined"`` for all of them in one (``0000_combined.sql``), ``"squash"`` for the final tables
            in one (``0000_init.sql``), for a database that is empty.

    Returns:
        The texts by file name, in the order in which they are to be run.

    Raises:
        ConfigurationError: there is no such dialect or mode.
    """
    words = script_dialect(dialect)
    if mode not in MODES:
        raise ConfigurationError(f"there is no such mode; there are {', '.join(MODES)}")
    if mode == "squash":
        return {"0000_init.sql": _squashed(words)}
    scripts = {history.script(name): _script(words, name, first=number == 0) for number, name in enumerate(history.names())}
    return scripts if mode == "each" else {"0000_combined.sql": "\n".join(scripts.values())}


def _script(words: Dialect, name: str, *, first: bool) -> str:
    """One migration, and its entry in the ledger."""
    steps = [statement(step, words) for step in history.load(name).up]
    return _text(name, [*(_ledger(words) if first else ()), *steps, _entry(words, name)])


def _squashed(words: Dialect) -> str:
    """The tables as they are in the end, and all entries of the ledger."""
    steps: list[Operation] = []
    names = history.names()
    for name, table in history.schema_after([history.load(name) for name in names]).items():
        steps.append(CreateTable(name, table.columns, table.key, table.foreign_keys))
        steps += [CreateIndex(name, index) for index in table.indexes]
    made = [statement(step, words) for step in steps]
    return _text(f"all migrations up to {names[-1]}", [*_ledger(words), *made, *(_entry(words, name) for name in names)])


def _text(title: str, statements: Iterable[str]) -> str:
    return f"-- {title}\n" + "".join(f"{text};\n" for text in statements)


def _ledger(words: Dialect) -> list[str]:
    """The two tables of the migrations."""
    return [
        words.create_table(table.name, [column.definition for column in table.columns], table.key, (), if_missing=True)
        for table in (LEASES, LEDGER)
    ]


def _entry(words: Dialect, name: str) -> str:
    """The row that says that a migration is applied; the database fills in when."""
    steps = str(len(history.load(name).up))
    values = {
        "name": words.string(name),
        "checksum": words.string(history.checksum(name)),
        "steps": steps,
        "steps_started": steps,
        "steps_done": steps,
        "applied_at": words.now_iso(),
        "duration_ms": "0",
    }
    into = f"INSERT INTO {words.identifier(LEDGER.name)} ({words.identifiers(tuple(values))})"
    return f"{into} VALUES ({', '.join(values.values())})"
