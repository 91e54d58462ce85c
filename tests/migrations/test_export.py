"""Scripts that create the same schema as the migrations, loaded on every engine."""

from __future__ import annotations

import re

import pytest

from authhero_sql import ConfigurationError, Database, export_sql, migrate_to_latest, migration_status, plan_migrations
from authhero_sql.dialects import SCRIPTS
from authhero_sql.dialects.interface import Call
from authhero_sql.dialects.mysql import MariaDBDialect
from authhero_sql.migrations.export import MODES, Mode
from tests.migrations.helpers import ALL, drift, rows, use_migrations

each_mode = pytest.mark.parametrize("mode", MODES)


def dialect_of(db: Database) -> str:
    """Return the name of the script dialect of a live database."""
    return "mariadb" if isinstance(db.dialect, MariaDBDialect) else db.dialect.name


async def load(db: Database, text: str) -> None:
    """Run the statements of a script."""
    for statement in re.sub(r"(?m)^--.*\n", "", text).split(";\n"):
        if statement.strip():
            # The MySQL driver interprets percent signs as placeholders.
            await db.execute(Call(statement.replace("%", "%%") if db.dialect.name == "mysql" else statement))


@each_mode
async def test_scripts_make_what_the_migrations_make(empty: Database, mode: Mode) -> None:
    for text in export_sql(dialect_of(empty), mode).values():
        await load(empty, text)
    assert await drift(empty) == []
    assert await plan_migrations(empty) == []
    assert await migrate_to_latest(empty) == []
    applied = (await migration_status(empty)).applied
    assert [entry.name for entry in applied] == ALL
    assert all(entry.applied_at is not None and entry.steps == entry.steps_done for entry in applied)


async def test_a_database_goes_on_from_where_scripts_left_it(empty: Database) -> None:
    scripts = list(export_sql(dialect_of(empty)).values())
    for text in scripts[:3]:
        await load(empty, text)
    assert await migrate_to_latest(empty) == ALL[3:]
    assert await drift(empty) == []


async def test_scripts_go_on_from_where_migrations_left_it(empty: Database) -> None:
    with use_migrations(*ALL[:1]):
        await migrate_to_latest(empty)
    quote = empty.dialect.identifier
    await empty.execute(Call("INSERT INTO tenants (id, friendly_name, created_at, updated_at) VALUES ('t', 'T', '2026', '2026')"))
    instants = {"a": "2026-01-31T10:00:00.123Z", "b": "1969-12-31T23:59:59.999Z", "c": "tomorrow", "d": "2026-02-28T23:59:59.000Z"}
    for name, expires in instants.items():
        await empty.execute(
            Call(
                f"INSERT INTO codes ({quote('code_id')}, {quote('tenant_id')}, {quote('code_type')}, {quote('created_at')}, "
                f"{quote('expires_at')}) VALUES ('{name}', 't', 'otp', '2026-01-01T00:00:00.000Z', '{expires}')"
            )
        )
    for text in list(export_sql(dialect_of(empty)).values())[1:]:
        await load(empty, text)
    assert await drift(empty) == []
    assert await migrate_to_latest(empty) == []
    found = await rows(empty, "SELECT code_id, expires_at_ts FROM codes ORDER BY code_id")
    assert found == [("a", 1769853600123), ("b", -1), ("c", None), ("d", 1772323199000)]


@each_mode
@pytest.mark.parametrize("dialect", SCRIPTS)
def test_scripts_are_the_same_every_time(dialect: str, mode: Mode) -> None:
    scripts = export_sql(dialect, mode)
    assert scripts == export_sql(dialect, mode)
    assert list(scripts) == sorted(scripts)
    assert all(re.fullmatch(r"\d{4}_\w+\.sql", name) for name in scripts)
    assert not re.search(r"\b20\d\d-", "".join(scripts.values())), "the script contains no dates"


def test_d1_has_sqlite_s_words() -> None:
    assert export_sql("d1") == export_sql("sqlite") == export_sql()
    assert list(export_sql("d1"))[:2] == ["0000_baseline.sql", "0001_codes_expires_at_ts.sql"]
    assert max(len(statement) for text in export_sql("d1", "squash").values() for statement in text.split(";\n")) < 100_000


def test_what_there_is_not_is_said() -> None:
    with pytest.raises(ConfigurationError, match="postgresql"):
        export_sql("oracle")
    with pytest.raises(ConfigurationError, match="squash"):
        export_sql("sqlite", "zip")  # type: ignore[arg-type]  # that is the point


async def test_a_plan_is_what_runs(empty: Database) -> None:
    planned = await plan_migrations(empty)
    assert [migration.name for migration in planned] == ALL
    assert await empty.dialect.describe(empty) == {}
    for migration in planned:
        for statement in migration.statements:
            await empty.execute(Call(statement.replace("%", "%%") if empty.dialect.name == "mysql" else statement))
    assert [line for line in await drift(empty) if "authhero_sql" not in line] == []
