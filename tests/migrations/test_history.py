"""The migrations without a database: together they equal the registry, and each can be reverted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from authhero_sql.migrations import history, writer
from authhero_sql.migrations.operations import CreateTable, Operation, Schema, column, create_index, create_table, iso_to_epoch_ms
from authhero_sql.tables import REGISTRY
from tests.migrations.helpers import ALL, declared, differences

FOLDER = Path(history.__file__).parent


def _before(name: str) -> Schema:
    return history.schema_after([history.load(earlier) for earlier in ALL[: ALL.index(name)]])


def test_all_migrations_together_are_the_registry() -> None:
    schema = history.schema_after([history.load(name) for name in ALL])
    assert differences(schema, declared(REGISTRY.values())) == []


@pytest.mark.parametrize("name", ALL)
def test_up_and_down_again_is_where_it_began(name: str) -> None:
    schema = _before(name)
    began = dict(schema)
    migration = history.load(name)
    for step in migration.up:
        step.apply(schema)
    assert schema != began
    for step in migration.down:
        step.apply(schema)
    assert schema == began


@pytest.mark.parametrize("name", ALL)
def test_down_and_up_again_is_where_it_began(name: str) -> None:
    migration = history.load(name)
    schema = history.schema_after([history.load(earlier) for earlier in ALL[: ALL.index(name) + 1]])
    began = dict(schema)
    for step in (*migration.down, *migration.up):
        step.apply(schema)
    # New tables and columns are at the end. An index is created in a separate step.
    assert differences(schema, began) == []


def test_the_writer_writes_the_baseline_as_it_is() -> None:
    text = (FOLDER / f"m{ALL[0]}.py").read_text(encoding="utf-8")
    assert text == writer.render(history.load(ALL[0]).up, "The schema of AuthHero's own baseline, with the columns that had to be wider.")


def test_names_are_numbered_without_a_gap_and_found_by_file() -> None:
    assert [name[:4] for name in ALL] == [f"{number:04}" for number in range(1, len(ALL) + 1)]
    assert sorted(path.stem[1:] for path in FOLDER.glob("m[0-9]*.py")) == ALL
    assert ALL[0] == "0001_baseline"


@pytest.mark.parametrize("name", ALL)
def test_a_migration_imports_nothing_but_operations(name: str) -> None:
    text = (FOLDER / f"m{name}.py").read_text(encoding="utf-8")
    assert set(re.findall(r"^\s*(?:from|import) (\S+)", text, re.MULTILINE)) == {"authhero_sql.migrations.operations"}
    migration = history.load(name)
    assert migration.name == name
    assert migration.up


@pytest.mark.parametrize("name", ALL)
def test_a_reference_is_made_after_what_it_refers_to(name: str) -> None:
    there = set(_before(name))
    for step in history.load(name).up:
        if isinstance(step, CreateTable):
            there.add(step.name)
            assert {reference.references for reference in step.foreign_keys} <= there


def test_a_checksum_is_of_the_text_whatever_its_line_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = ALL[1]
    text = (FOLDER / f"m{name}.py").read_bytes()
    before = history.checksum(name)
    monkeypatch.setattr(history, "__file__", str(tmp_path / "history.py"))
    (tmp_path / f"m{name}.py").write_bytes(text.replace(b"\n", b"\r\n"))
    assert history.checksum(name) == before
    (tmp_path / f"m{name}.py").write_bytes(text + b"# changed\n")
    assert history.checksum(name) != before


def test_the_writer_writes_what_python_reads_back() -> None:
    steps: list[Operation] = [
        create_table("odd", column("id", "varchar(9)", null=False, default='a "b" \\ c'), key=("id",)),
        create_table("odder", column("id", "varchar(9)", default='{"a":"b"}'), column("it", "text", default="it's"), key=("id",)),
        create_index("odd", "odd_idx", ("id",), unique=True),
    ]
    scope: dict[str, object] = {}
    exec(compile(writer.render(steps, "Odd."), "m.py", "exec"), scope)  # noqa: S102  # what the writer wrote just now
    assert getattr(scope["migration"], "up", None) == tuple(steps)


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("2026-01-31T10:00:00.000Z", 1_769_853_600_000),
        ("2026-01-31T10:00:00.789Z", 1_769_853_600_789),
        ("2026-01-31T11:00:00+01:00", 1_769_853_600_000),
        ("1969-12-31T23:59:59.999Z", -1),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
        ("2026-01-31T10:00:00", None),
        ("2026-01-31", None),
        ("soon", None),
        ("", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
        (b"2026-01-31T10:00:00Z", None),
    ],
)
def test_an_instant_becomes_a_number_and_nonsense_none(text: str, milliseconds: int | None) -> None:
    assert iso_to_epoch_ms(text) == milliseconds
