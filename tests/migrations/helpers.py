"""What the tests of the migrations share: the command line, comparing schemas, damaging migrations, counting statements."""

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
"""The names of all migrations, read before any test changes what there is."""


# --- the command line ----------------------------------------------------------------------------------------------------------


def call(*arguments: str, url: str | None = None, under: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    """Call authhero-sql, started by the program ``under``."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "COLUMNS": "200"}
    environment.pop("AUTHHERO_SQL_URL", None)
    if url is not None:
        environment["AUTHHERO_SQL_URL"] = url
    command = [*under, sys.executable, "-m", "authhero_sql", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


def answered(replies: Mapping[str, str | Sequence[str]], url: str, *arguments: str) -> tuple[int, str]:
    """Call authhero-sql on a terminal, and type a line where it asks; its exit code and what it showed.

    ``replies`` has for the end of a question what is typed; for one that is asked several times, several. What is typed before the space
    behind the colon of a question for a password is thrown away.
    """
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "authhero_sql", "--url", url, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "COLUMNS": "200", "TERM": "dumb"}
    # Without a terminal of its own session it asks for passwords on this one, too.
    process = subprocess.Popen(command, env=environment, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    left = {question: [typed] if isinstance(typed, str) else list(typed) for question, typed in replies.items()}
    shown, answered = "", 0
    # At the end of the other side reading is an error on Linux.
    with suppress(OSError):
        while True:
            if not select.select([ours], [], [], 60)[0]:
                process.kill()
                process.wait()
                os.close(ours)
                pytest.fail(f"it waits for an answer: {shown}")
            part = os.read(ours, 65536)
            if not part:
                break
            shown += part.decode()
            question = next((end for end in left if left[end] and end in shown[answered:]), None)
            if question is not None:
                answered = len(shown)
                os.write(ours, f"{left[question].pop(0)}\n".encode())
    os.close(ours)
    return process.wait(60), shown


async def called(*arguments: str, url: str | None = None) -> Result:
    """Call it with --json in this process, which is quicker and sees what a test has put in the way."""
    given = ["--url", url] if url is not None else []
    # It runs an event loop of its own.
    return await to_thread.run_sync(lambda: CliRunner().invoke(app, ["--json", *given, *arguments]))


async def answer(*arguments: str, url: str | None = None, code: int = 0) -> Any:
    """What it answers as JSON."""
    done = await called(*arguments, url=url)
    assert done.exit_code == code, done.output
    return json.loads(done.stdout)


# --- comparing schemas ---------------------------------------------------------------------------------------------------------


def declared(tables: Iterable[Table[Any]], dialect: Dialect | None = None) -> dict[str, TableShape]:
    """Tables as they are declared; with a dialect, as it gives them back."""
    states = {table.name: check.table_state(table) for table in tables}
    return {name: check.described(state, dialect) if dialect else state for name, state in states.items()}


async def drift(db: Database) -> list[str]:
    """How a live database differs from the registry and from the ledger's own tables."""
    tables = [*REGISTRY.values(), LEDGER, LEASES]
    return differences(await db.dialect.describe(db), declared(tables, db.dialect))


async def untold(db: Database) -> list[str]:
    """How a live database differs from what its ledger says was done."""
    schema: Schema = {}
    for name, entry in (await Ledger(Context.of(db)).entries() or {}).items():
        assert entry.steps_started == entry.steps_done, f"step {entry.steps_started} of {name} may be done or not"
        assert (entry.applied_at is None) == (entry.steps_done < entry.steps), name
        for step in history.load(name).up[: entry.steps_done]:
            step.apply(schema)
    wanted = {name: check.described(state, db.dialect) for name, state in schema.items()}
    return differences(await db.dialect.describe(db), {**wanted, **declared([LEDGER, LEASES], db.dialect)})


def differences(found: Mapping[str, TableShape], wanted: Mapping[str, TableShape]) -> list[str]:
    """Every difference in words; the order of columns and the names of references are none."""
    return [str(difference) for difference in check.differences(found, wanted)]


def keeps_nothing(dialect: Dialect) -> bool:
    """Whether an ordinary migration that fails leaves nothing behind."""
    return dialect.features.transactional_ddl or not dialect.features.interactive_transactions


# --- changing the migrations that there are ------------------------------------------------------------------------------------


@contextmanager
def only(*names: str) -> Iterator[None]:
    """Know these migrations and no others."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history, "names", lambda: list(names))
        yield


@contextmanager
def replaced(name: str, position: int, step: Operation) -> Iterator[None]:
    """Put another step in the place of one of a migration's, counted from 1."""
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
class Seen:
    """What a database was asked to do."""

    statements: list[str] = field(default_factory=list)
    transactions: int = 0


@contextmanager
def watched(db: Database) -> Iterator[Seen]:
    """Note every transaction, and every statement outside one, whoever sends it."""
    seen = Seen()
    # One of a database's methods may call another.
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
    """The rows of a query without parameters."""
    return [tuple(row) for row in await db.fetch(Call(sql))]
