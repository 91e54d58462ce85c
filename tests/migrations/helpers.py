"""Shared helpers for the tests of the migrations.

They call the command line, compare schemas, modify migrations and count statements.
"""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from anyio import to_thread
from typer.testing import CliRunner, Result

from authhero_sql import Database
from authhero_sql.cli import app
from authhero_sql.context import Context
from authhero_sql.dialects.dialect import Dialect
from authhero_sql.dialects.interface import Call
from authhero_sql.migrations import check, history
from authhero_sql.migrations.check import TableShape
from authhero_sql.migrations.ledger import LEASES, LEDGER, Ledger
from authhero_sql.migrations.operations import Migration, Operation, Schema
from authhero_sql.schema import Table
from authhero_sql.tables import REGISTRY

ALL = history.names()
"""The names of all migrations before any test changes them."""


# --- the command line ----------------------------------------------------------------------------------------------------------


def call(*arguments: str, url: str | None = None, under: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    """Run authhero-sql, started by the program ``under``."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "COLUMNS": "200"}
    environment.pop("AUTHHERO_SQL_URL", None)
    if url is not None:
        environment["AUTHHERO_SQL_URL"] = url
    command = [*under, sys.executable, "-m", "authhero_sql", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


def call_on_terminal(replies: Mapping[str, str | Sequence[str]], url: str, *arguments: str) -> tuple[int, str]:
    """Run authhero-sql on a terminal and answer its questions. Return its exit code and output.

    The keys of ``replies`` are the ends of questions, and the values are the answers. A question that is repeated has several answers. A
    password prompt discards any input that arrives before the space after its colon.
    """
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "authhero_sql", "--url", url, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "COLUMNS": "200", "TERM": "dumb"}
    # Without a new session, it would read passwords from the terminal of the tests.
    process = subprocess.Popen(command, env=environment, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    left = {question: [typed] if isinstance(typed, str) else list(typed) for question, typed in replies.items()}
    shown, call_on_terminal = "", 0
    # On Linux, reading fails when the other side of the terminal is closed.
    with suppress(OSError):
        while True:
            if not select.select([ours], [], [], 60)[0]:
                process.kill()
                process.wait()
                os.close(ours)
                pytest.fail(f"the command is waiting for an answer: {shown}")
            part = os.read(ours, 65536)
            if not part:
                break
            shown += part.decode()
            question = next((end for end in left if left[end] and end in shown[call_on_terminal:]), None)
            if question is not None:
                call_on_terminal = len(shown)
                os.write(ours, f"{left[question].pop(0)}\n".encode())
    os.close(ours)
    return process.wait(60), shown


async def call_in_process(*arguments: str, url: str | None = None) -> Result:
    """Call the command line with --json in this process, which is faster and respects monkeypatches."""
    given = ["--url", url] if url is not None else []
    # In a new thread, because it starts an event loop.
    return await to_thread.run_sync(lambda: CliRunner().invoke(app, ["--json", *given, *arguments]))


async def call_json(*arguments: str, url: str | None = None, code: int = 0) -> Any:
    """Return its output as JSON."""
    done = await call_in_process(*arguments, url=url)
    assert done.exit_code == code, done.output
    return json.loads(done.stdout)


# --- comparing schemas ---------------------------------------------------------------------------------------------------------


def declared(tables: Iterable[Table[Any]], dialect: Dialect | None = None) -> dict[str, TableShape]:
    """Return the declared tables, or with a dialect, the tables as its engine reports them."""
    states = {table.name: check.table_state(table) for table in tables}
    return {name: check.describe_table_state(state, dialect) if dialect else state for name, state in states.items()}


async def drift(db: Database) -> list[str]:
    """Return the differences between a live database and the registry with the tables of the migrations."""
    tables = [*REGISTRY.values(), LEDGER, LEASES]
    return differences(await db.dialect.describe(db), declared(tables, db.dialect))


async def unrecorded_differences(db: Database) -> list[str]:
    """Return the differences between a live database and the steps in its ledger."""
    schema: Schema = {}
    for name, entry in (await Ledger(Context.of(db)).entries() or {}).items():
        assert entry.steps_started == entry.steps_done, f"step {entry.steps_started} of {name} may or may not be complete"
        assert (entry.applied_at is None) == (entry.steps_done < entry.steps), name
        for step in history.load(name).up[: entry.steps_done]:
            step.apply(schema)
    wanted = {name: check.describe_table_state(state, db.dialect) for name, state in schema.items()}
    return differences(await db.dialect.describe(db), {**wanted, **declared([LEDGER, LEASES], db.dialect)})


def differences(found: Mapping[str, TableShape], wanted: Mapping[str, TableShape]) -> list[str]:
    """Describe all differences, except the order of columns and the names of foreign keys."""
    return [str(difference) for difference in check.compare_schemas(found, wanted)]


def failures_leave_nothing(dialect: Dialect) -> bool:
    """Return whether a failed ordinary migration leaves no changes."""
    return dialect.features.transactional_ddl or not dialect.features.interactive_transactions


# --- modifying the migrations --------------------------------------------------------------------------------------------------


@contextmanager
def use_migrations(*names: str) -> Iterator[None]:
    """Make these migrations the only ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history, "names", lambda: list(names))
        yield


@contextmanager
def replace_step(name: str, position: int, step: Operation) -> Iterator[None]:
    """Replace a step of a migration. The steps are counted from 1."""
    load = history.load

    def damaged(asked: str) -> Migration:
        migration = load(asked)
        if asked != name:
            return migration
        steps = migration.up
        return replace(migration, up=(*steps[: position - 1], step, *steps[position:]))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history, "load", damaged)
        yield


# --- counting statements -------------------------------------------------------------------------------------------------------


@dataclass
class RecordedStatements:
    """The statements and transactions that were recorded."""

    statements: list[str] = field(default_factory=list)
    transactions: int = 0


@contextmanager
def record_statements(db: Database) -> Iterator[RecordedStatements]:
    """Record every transaction, and every statement outside transactions, on all connections."""
    seen = RecordedStatements()
    # A method of a database may call another one.
    inside = ContextVar("inside", default=False)

    def noting(name: str) -> Any:
        method = getattr(db, name)

        async def note(given: Any) -> Any:
            if inside.get():
                return await method(given)
            seen.statements += [given.sql] if isinstance(given, Call) else [call.sql for call in given]
            token = inside.set(True)
            try:
                return await method(given)
            finally:
                inside.reset(token)

        return note

    transaction = db.transaction

    def begin() -> Any:
        seen.transactions += 1
        return transaction()

    with pytest.MonkeyPatch.context() as patch:
        for name in ("fetch", "fetch_many", "execute", "write"):
            patch.setattr(db, name, noting(name))
        patch.setattr(db, "transaction", begin)
        define = db.dialect.execute_ddl

        async def defining(database: Database, call: Call) -> None:
            seen.statements.append(call.sql)
            token = inside.set(True)
            try:
                await define(database, call)
            finally:
                inside.reset(token)

        patch.setattr(db.dialect, "execute_ddl", defining)
        yield seen


async def rows(db: Database, sql: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query without parameters."""
    return [tuple(row) for row in await db.fetch(Call(sql))]
