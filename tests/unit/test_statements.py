"""What is sent to each engine, word for word, and what never is: a value."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest
from pydantic import BaseModel

from authhero_sql import Sort
from authhero_sql.codecs import EPOCH_MS, INSTANT, INT, TEXT
from authhero_sql.dialects import Call, Dialect
from authhero_sql.dialects.base import Order, Row
from authhero_sql.listing import Cursor, ListRules
from authhero_sql.models.base import Instant
from authhero_sql.repository import Picked, Repository, Side
from authhero_sql.schema import Column, Table
from authhero_sql.session import Session
from tests.unit.fakes import DIALECTS, FakeDatabase

NOW = datetime(2026, 1, 31, 10, 0, tzinfo=UTC)
EXPECTED = Path(__file__).parent / "statements"
each_dialect = pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)


class Note(BaseModel):
    """A row of ``notes``."""

    id: str
    body: str | None = None
    seen: int | None = None
    created_at: Instant | None = None


class Tag(BaseModel):
    """A row of ``tags``."""

    note_id: str


NOTES = Table(
    "notes",
    key=("tenant_id", "id"),
    model=Note,
    columns=(
        Column("tenant_id", TEXT, 191, null=False, hidden=True),
        Column("id", TEXT, 255, null=False),
        Column("body", TEXT),
        Column("created_at", INSTANT, 35),
    ),
)
TAGS = Table(
    "tags",
    key=("tenant_id", "id"),
    model=Tag,
    columns=(
        Column("tenant_id", TEXT, 191, null=False, hidden=True),
        Column("id", TEXT, 255, null=False),
        Column("seen", INT),
        Column("expires_at_ts", EPOCH_MS),
    ),
)


class Notes(Repository[Note]):
    """A table with a side table and a walk both ways, over a column that may be NULL."""

    table = NOTES
    model = Note
    id_field = "id"
    side: ClassVar[Side | None] = Side(TAGS, ("seen",))
    rules: ClassVar[ListRules] = ListRules(wire="notes", both_ways=True)


class Plain(Repository[Note]):
    """The same table alone."""

    table = NOTES
    model = Note


ROW = {"tenant_id": "t", "id": "n", "body": "b", "created_at": "2026-01-31T10:00:00.000Z"}
OWN = {"tenant_id": "t", "id": "n"}
PAGE: dict[str, Any] = {"page": 1, "per_page": 2, "include_totals": False, "sort": None, "q": None}


def walk(sort: str, value: str | None) -> Callable[[Notes, Plain], Awaitable[Any]]:
    """A page behind a cursor."""
    cursor = Cursor(value, "n", sort).encode()
    return lambda notes, _: notes._page({"tenant_id": "t"}, **{**PAGE, "sort": sort}, from_=cursor, take=2)


async def in_transaction(plain: Plain, work: Callable[[Plain], Awaitable[Any]]) -> None:
    """Run inside a transaction."""
    async with plain.session.transaction() as session:
        await work(Plain(session))


def run(make: Callable[[Plain], Call]) -> Callable[[Notes, Plain], Awaitable[Any]]:
    """Execute one statement of the table alone."""
    return lambda _, plain: plain._execute(make(plain))


SHAPES: dict[str, Callable[[Notes, Plain], Awaitable[Any]]] = {
    "get": lambda _, plain: plain._get(OWN),
    "get with the side table": lambda notes, _: notes._get(OWN),
    "all in order, limited": lambda _, plain: plain._all({"tenant_id": "t"}, (Order("created_at", True, True), Order("id")), 3),
    "operators": lambda _, plain: plain._all(
        {"id <>": "n", "created_at <": NOW, "created_at <=": NOW, "created_at >": NOW, "created_at >=": NOW, "body null": None}
    ),
    "null or later": lambda _, plain: plain._all({"created_at null or >": NOW, "body not null": None}),
    "in a list of three": lambda _, plain: plain._all({"tenant_id": "t", "id in": ["a", "b", "c"]}),
    "insert": run(lambda plain: plain._insert(ROW)),
    "update": run(lambda plain: plain._change(OWN, {"body": "x", "created_at": None})),
    "update of the row that another row names": run(
        lambda plain: plain._change({"tenant_id": "t", "id": Picked(TAGS, "id", {**OWN, "seen": 1})}, {"body": "x"})
    ),
    "update if another row exists": run(lambda plain: plain._change(OWN, {"body": "x"}, only_if=(TAGS, {**OWN, "seen >": 1}))),
    "delete": run(lambda plain: plain._delete(OWN)),
    "delete of the rows that others name": run(
        lambda plain: plain._delete({"tenant_id": "t", "id any": Picked(NOTES, "id", {"tenant_id": "t", "body": "b"})}, TAGS)
    ),
    "delete in batches": lambda _, plain: plain._sweep({"created_at <": NOW}, 500),
    "upsert": run(lambda plain: plain._upsert(ROW)),
    "upsert of a key": run(lambda plain: plain._upsert(OWN)),
    "insert beside": run(lambda plain: plain._insert_beside(TAGS, {**OWN, "seen": 1, "expires_at_ts": 2}, OWN)),
    "upsert beside": run(lambda plain: plain._insert_beside(TAGS, {**OWN, "seen": 1}, OWN, upsert=("seen",))),
    "lock": lambda _, plain: plain._write(*plain._lock(TAGS, OWN)),
    "swap": lambda _, plain: plain._swap(OWN, "body", str.upper),
    "swap in a transaction": lambda _, plain: in_transaction(plain, lambda inside: inside._swap(OWN, "body", str.upper)),
    "swap of nothing": lambda _, plain: plain._swap(OWN, "body", lambda _: "B"),
    "page": lambda notes, _: notes._page({"tenant_id": "t"}, **{**PAGE, "sort": Sort("seen", "desc")}),
    "page with totals, empty": lambda notes, _: notes._page({"tenant_id": "t"}, **{**PAGE, "include_totals": True}),
    "walk from the start": lambda notes, _: notes._page({"tenant_id": "t"}, **PAGE, take=2),
    "walk on, descending": walk("created_at:desc", "2026-01-31T10:00:00.000Z"),
    "walk on, ascending": walk("created_at:asc", "2026-01-31T10:00:00.000Z"),
    "walk on at NULL, descending": walk("created_at:desc", None),
    "walk on at NULL, ascending": walk("created_at:asc", None),
}
"""Everything that the core sends, by what it is for."""
ANSWERS: dict[str, Sequence[list[Row]]] = {
    "swap": ([["b"]],),
    "swap in a transaction": ([["b"]],),
    "swap of nothing": ([[None]],),
    "page with totals, empty": ([], [[0]]),
}
"""What the database says to the shapes that go on from an answer."""


async def sent(dialect: Dialect, shape: str) -> list[Call]:
    """What a shape sends."""
    database = FakeDatabase(dialect, *ANSWERS.get(shape, ()))
    session = Session.of(database, clock=lambda: NOW)
    await SHAPES[shape](Notes(session), Plain(session))
    return database.calls


def pinned(name: str) -> dict[str, list[str]]:
    """The expected statements of a dialect, by shape: a comment names it, and lists its values behind each statement."""
    shapes: dict[str, list[str]] = {}
    for line in (EXPECTED / f"{name}.sql").read_text("utf-8").splitlines():
        if line.startswith("-- # "):
            shapes[line.removeprefix("-- # ")] = current = []
        elif line:
            current.append(line)
    return shapes


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", DIALECTS)
async def test_statements_are_pinned(name: str, shape: str) -> None:
    lines = []
    for call in await sent(DIALECTS[name], shape):
        lines += [f"{call.sql};", f"-- {json.dumps(call.args)}"]
    assert lines == pinned(name).get(shape, [])


@pytest.mark.parametrize("name", DIALECTS)
def test_no_pinned_statement_is_left_over(name: str) -> None:
    # No statement at all is what an engine without row locks is sent for one.
    assert set(SHAPES) - set(pinned(name)) <= {"lock"}
    assert set(pinned(name)) <= set(SHAPES)
