"""Every migration preserves existing rows, in both directions."""

from __future__ import annotations

from typing import Any

import pytest

from authhero_sql import Database, Progress, migrate_down, migrate_to_latest
from authhero_sql.dialects.interface import Call
from authhero_sql.migrations import history
from authhero_sql.schema import ColumnType
from tests.migrations.helpers import ALL, rows, use_migrations

ISO = "2126-01-31T10:00:00.123Z"
"""In the distant future, because expired codes are not converted."""


def sample(column: ColumnType, number: int) -> str:
    """Return a valid SQL value for a column."""
    if "int" in column.type:
        return str(number % 2)
    if column.name.endswith("_at") or column.name == "date":
        return f"'{ISO}'"
    return f"'{column.name[:1]}{number}'"


async def fill(db: Database, names: list[str]) -> None:
    """Insert two rows in each table of these migrations, if their references exist."""
    schema = history.schema_after([history.load(name) for name in names])
    words = db.dialect
    for name, table in schema.items():
        for number in (1, 2):
            values = {}
            for column in table.columns:
                references = [part for part in table.foreign_keys if column.name in part.columns]
                if references or not column.null or column.name in ("expires_at", "page_id", "blocked"):
                    # The same value in every table, so that the references are valid.
                    values[column.name] = f"'t{number}'" if column.name == "tenant_id" else sample(column, number)
            for reference in table.foreign_keys:
                for ours, theirs in zip(reference.columns, reference.ref_columns, strict=True):
                    target = next(part for part in schema[reference.references].columns if part.name == theirs)
                    values[ours] = f"'t{number}'" if ours == "tenant_id" or reference.references == "tenants" else sample(target, number)
            if name == "tenants":
                values["id"] = f"'t{number}'"
            text = f"INSERT INTO {words.identifier(name)} ({words.identifiers(tuple(values))}) VALUES ({', '.join(values.values())})"
            await db.execute(Call(text))


async def contents(db: Database, names: list[str]) -> dict[str, list[tuple[Any, ...]]]:
    """Return the values of all columns of these migrations."""
    schema = history.schema_after([history.load(name) for name in names])
    words = db.dialect
    return {
        name: await rows(
            db,
            f"SELECT {words.identifiers([column.name for column in table.columns])} FROM {words.identifier(name)} "
            f"ORDER BY {words.identifiers(table.key)}",
        )
        for name, table in schema.items()
    }


@pytest.mark.parametrize("last", range(1, len(ALL)))
async def test_rows_from_before_a_migration_are_there_after_it(empty: Database, last: int) -> None:
    before = ALL[:last]
    with use_migrations(*before):
        await migrate_to_latest(empty)
    await fill(empty, before)
    there = await contents(empty, before)
    assert all(len(found) == 2 for found in there.values())
    with use_migrations(*ALL[: last + 1]):
        assert await migrate_to_latest(empty) == [ALL[last]]
        assert await contents(empty, before) == there
        assert await migrate_down(empty, drop_data=True) == [ALL[last]]
        assert await contents(empty, before) == there
    assert await migrate_to_latest(empty) == ALL[last:]
    assert await contents(empty, before) == there


async def test_a_data_step_tells_how_far_it_is(empty: Database) -> None:
    with use_migrations(*ALL[:1]):
        await migrate_to_latest(empty)
    await empty.execute(Call("INSERT INTO tenants (id, friendly_name, created_at, updated_at) VALUES ('t', 'T', '2026', '2026')"))
    for start in range(0, 1200, 200):
        values = ", ".join(f"('c{number:04d}', 't', 'otp', '{ISO}', '{ISO}')" for number in range(start, start + 200))
        await empty.execute(Call(f"INSERT INTO codes (code_id, tenant_id, code_type, created_at, expires_at) VALUES {values}"))
    heard: list[Progress] = []
    await migrate_to_latest(empty, report=heard.append)
    told = [(part.rows, part.total) for part in heard if part.total is not None]
    assert told == [(0, 1200), (500, 1200), (1000, 1200), (1200, 1200)]
    (*_, last) = (part for part in heard if part.total is not None)
    assert (last.migration, last.step, last.steps, last.operation) == (ALL[1], 3, 3, "Backfill")
    assert last.rate > 0
    assert last.remaining == 0
    assert heard[0].remaining is None
    assert heard[0].rate == 0
    assert {(part.migration, part.step) for part in heard} >= {(ALL[0 + 1], 1), ("0008_list_indexes", 2)}
