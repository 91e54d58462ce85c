"""Whether the live schema shows that a step of a migration is done, and how the step is described."""

from __future__ import annotations

import pytest

from authhero_sql.dialects.dialect import LiveTable
from authhero_sql.migrations.operations import (
    AddColumn,
    CreateIndex,
    CreateTable,
    DropColumn,
    DropIndex,
    DropTable,
    Operation,
    column,
)
from authhero_sql.migrations.repair import _describe_step, is_done
from authhero_sql.schema import Index

NOTE = column("note", "text")
BY_NOTE = Index("notes_note", ("note",))
TABLE = LiveTable(columns=(NOTE,), key=("note",), indexes=(BY_NOTE,), foreign_keys=())
CREATE = CreateTable("notes", (NOTE,), ("note",))
NOTES = {"notes": TABLE}
STEPS: dict[str, tuple[Operation, Operation]] = {
    "Table notes": (CREATE, DropTable("notes", CREATE)),
    "Column notes.note": (AddColumn("notes", NOTE), DropColumn("notes", NOTE)),
    "Index notes_note on notes": (CreateIndex("notes", BY_NOTE), DropIndex("notes", BY_NOTE)),
}


@pytest.mark.parametrize("what", STEPS)
def test_a_step_is_done_if_the_schema_has_its_result(what: str) -> None:
    there, gone = STEPS[what]
    assert [is_done(step, live) for step in (there, gone) for live in (NOTES, {})] == [True, False, False, True]
    assert [_describe_step(step).partition(what.partition(" ")[0])[2] for step in (there, gone)] == [what[what.index(" ") :]] * 2
