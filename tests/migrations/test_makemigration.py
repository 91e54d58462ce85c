"""Generating a migration from the differences between the registry and the newest schema."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from authhero_sql import Database, MigrationError, migrate_down, migrate_to_latest
from authhero_sql.migrations import check, history, writer
from authhero_sql.migrations.operations import Migration, Schema, TableState
from authhero_sql.schema import ColumnType, ForeignKey, Index
from tests.migrations.helpers import ALL, differences, drift

NAME = ColumnType(name="shoe_size", type="varchar(7)")
COUNT = ColumnType(name="shoes", type="int", null=False, default=2)
TABLE = TableState(
    (ColumnType(name="id", type="varchar(64)", null=False), ColumnType(name="tenant_id", type="varchar(255)", null=False)),
    ("id",),
    (Index("shoes_tenant", ("tenant_id",)),),
    (ForeignKey(("tenant_id",), "tenants", ("id",)),),
)


def changed(**tables: TableState | None) -> Schema:
    """Return the registry with some tables changed, added or, with None, removed."""
    schema = {**check.registry_schema(), **tables}
    return {name: table for name, table in schema.items() if table is not None}


def declare(monkeypatch: pytest.MonkeyPatch, **tables: TableState | None) -> Schema:
    """Replace the schema that the registry declares."""
    schema = changed(**tables)
    monkeypatch.setattr(writer, "registry_schema", lambda: schema)
    return schema


def load(path: Path) -> Migration:
    """Load the migration in a file."""
    scope: dict[str, Any] = {}
    exec(compile(path.read_text("utf-8"), str(path), "exec"), scope)  # noqa: S102  # what was written just now
    migration: Migration = replace(scope["migration"], name=path.stem[1:])
    return migration


def users(**fields: Any) -> TableState:
    """Return a changed users table."""
    return replace(check.registry_schema()["users"], **fields)


def test_what_is_added_is_written_and_can_be_read_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = check.registry_schema()["users"]
    schema = declare(
        monkeypatch,
        users=users(columns=(*before.columns, NAME, COUNT), indexes=(*before.indexes, Index("users_shoes", ("shoes",)))),
        shoes=TABLE,
    )
    path = writer.write_migration("shoes", tmp_path)
    assert path == tmp_path / f"m{len(ALL) + 1:04d}_shoes.py"
    made = history.schema_after([*map(history.load, ALL), load(path)])
    assert differences(made, schema) == []
    assert path.read_text("utf-8") == (
        '"""Shoes."""\n'
        "\n"
        "from authhero_sql.migrations.operations import Migration, add_column, column, create_index, create_table, reference\n"
        "\n"
        "migration = Migration(\n"
        "    up=(\n"
        '        add_column("users", "shoe_size", "varchar(7)"),\n'
        '        add_column("users", "shoes", "int", null=False, default=2),\n'
        '        create_index("users", "users_shoes", ("shoes",)),\n'
        "        create_table(\n"
        '            "shoes",\n'
        '            column("id", "varchar(64)", null=False),\n'
        '            column("tenant_id", "varchar(255)", null=False),\n'
        '            key=("id",),\n'
        '            references=(reference(("tenant_id",), "tenants", ("id",)),),\n'
        "        ),\n"
        '        create_index("shoes", "shoes_tenant", ("tenant_id",)),\n'
        "    )\n"
        ")\n"
    )


async def test_what_was_written_runs_up_and_down(empty: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = check.registry_schema()["users"]
    with monkeypatch.context() as patch:
        declare(patch, users=users(columns=(*before.columns, NAME, COUNT)), shoes=TABLE)
        path = writer.write_migration("shoes", tmp_path)
    assert path is not None
    written, known, files = load(path), history.load, history.checksum
    with monkeypatch.context() as patch:
        patch.setattr(history, "names", lambda: [*ALL, written.name])
        patch.setattr(history, "load", lambda name: written if name == written.name else known(name))
        patch.setattr(history, "checksum", lambda name: "0" * 64 if name == written.name else files(name))
        assert await migrate_to_latest(empty) == [*ALL, written.name]
        extra = [
            "shoes: table is not part of the schema",
            *(f"users: column {name} is not part of the schema" for name in ("shoe_size", "shoes")),
        ]
        assert await drift(empty) == extra
        assert await migrate_down(empty, drop_data=True) == [written.name]
        assert await drift(empty) == []
        assert await migrate_to_latest(empty) == [written.name]
        assert await drift(empty) == extra


def test_an_index_is_dropped_and_made_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    first, *others = check.registry_schema()["users"].indexes
    schema = declare(monkeypatch, users=users(indexes=(replace(first, columns=("email",)), *others)))
    path = writer.write_migration("index", tmp_path)
    assert path is not None
    assert differences(history.schema_after([*map(history.load, ALL), load(path)]), schema) == []


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"hooks": None}, "the table hooks was removed"),
        ({"users": users(columns=check.registry_schema()["users"].columns[:-1])}, r"users\.blocked was removed"),
        ({"users": users(key=("user_id",))}, "the primary key of users"),
        ({"users": users(foreign_keys=())}, "the foreign keys of users"),
        (
            {
                "users": users(
                    columns=(
                        replace(check.registry_schema()["users"].columns[0], type="text"),
                        *check.registry_schema()["users"].columns[1:],
                    )
                )
            },
            r"users\.\w+ has changed from column",
        ),
    ],
)
def test_what_cannot_be_derived_does_not_load(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tables: dict[str, TableState | None], said: str
) -> None:
    declare(monkeypatch, **tables)
    path = writer.write_migration("loss", tmp_path)
    assert path is not None
    with pytest.raises(MigrationError, match=said):
        load(path)


def test_nothing_changed_is_nothing_written(tmp_path: Path) -> None:
    assert writer.write_migration("nothing", tmp_path) is None
    for name in ("", "Upper", "9lives", "a-b", "../x"):
        with pytest.raises(MigrationError):
            writer.write_migration(name, tmp_path)
    assert list(tmp_path.iterdir()) == []
