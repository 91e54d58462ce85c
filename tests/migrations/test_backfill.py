"""The migration fills codes.expires_at_ts of existing rows, on a live database of every engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import anyio
import pytest

from authhero_sql import Database, MigrationError, create_adapters, migrate_to_latest
from authhero_sql.clock import to_epoch_ms, to_iso
from authhero_sql.dialects.interface import Call
from authhero_sql.errors import DatabaseError
from authhero_sql.migrations import history
from authhero_sql.migrations.operations import Backfill
from tests.migrations.helpers import ALL, record_statements, rows, unrecorded_differences, use_migrations

NAME = "0002_codes_expires_at_ts"
# In the distant future, because expired codes are not converted.
WHEN = "2126-01-31T10:00:00.789Z"
MILLISECONDS = 4_925_527_200_789
UNREADABLE = ("", "soon", "2126-13-01T00:00:00.000Z", "2126-01-31T10:00:00", "0001-01-01T00:00:00+14:00", "1769853600")
BATCH = next(step.batch for step in history.load(NAME).up if isinstance(step, Backfill))


async def _baseline(db: Database, codes: dict[str, str], code_type: str = "otp") -> None:
    """Create the schema without the column, and codes with these IDs and values of ``expires_at``."""
    with use_migrations(ALL[0]):
        assert await migrate_to_latest(db) == ALL[:1]
    statements = []
    for tenant in ("acme", "beta"):
        statements.append(f"INSERT INTO tenants (id, created_at, updated_at) VALUES ('{tenant}', '{WHEN}', '{WHEN}')")
        statements.append(
            "INSERT INTO users (tenant_id, user_id, provider, connection, email_verified, is_social, created_at, updated_at) "
            f"VALUES ('{tenant}', 'auth0|ada', 'auth0', 'password', 0, 0, '{WHEN}', '{WHEN}')"
        )
    await db.write([Call(sql) for sql in statements])
    await _insert(db, codes, code_type)


async def _insert(db: Database, codes: dict[str, str], code_type: str = "otp", tenant: str = "acme") -> None:
    values = [f"('{tenant}', 'auth0|ada', 'login', '{id}', '{code_type}', '{WHEN}', '{expires}')" for id, expires in codes.items()]
    into = "INSERT INTO codes (tenant_id, user_id, login_id, code_id, code_type, created_at, expires_at) VALUES"
    # Statements on D1 are limited to 100,000 bytes.
    await db.write([Call(f"{into} {', '.join(values[start : start + 500])}") for start in range(0, len(values), 500)])


async def _migrated(db: Database) -> list[str]:
    # A backfill that makes no progress must fail instead of hanging.
    with anyio.fail_after(60):
        return await migrate_to_latest(db)


async def _filled(db: Database) -> dict[str, int | None]:
    return {str(id): value for id, value in await rows(db, "SELECT code_id, expires_at_ts FROM codes")}


def _instant(number: int) -> str:
    return f"2126-01-31T{number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}.{number % 1000:03}Z"


MIDNIGHT = 4_925_491_200_000


@pytest.mark.parametrize("count", [0, 1, BATCH - 1, BATCH, BATCH + 1, 2 * BATCH + 7])
async def test_every_row_is_filled_whatever_their_number(empty: Database, count: int) -> None:
    codes = {f"c{number:05}": _instant(number) for number in range(count)}
    await _baseline(empty, codes | {"z": WHEN})
    await empty.execute(Call("DELETE FROM codes WHERE code_id = 'z'"))
    assert await _migrated(empty) == ALL[1:]
    assert await _filled(empty) == {f"c{number:05}": MIDNIGHT + number * 1000 + number % 1000 for number in range(count)}


async def test_what_cannot_be_read_stays_null_and_stops_nothing(empty: Database) -> None:
    codes = {f"c{number:05}": UNREADABLE[number % len(UNREADABLE)] if number % 3 == 0 else WHEN for number in range(2 * BATCH + 7)}
    await _baseline(empty, codes)
    await _migrated(empty)
    assert await _filled(empty) == {id: MILLISECONDS if text == WHEN else None for id, text in codes.items()}


async def test_batches_full_of_unreadable_rows_are_walked_past(empty: Database) -> None:
    bad = {f"a{number:05}": UNREADABLE[number % len(UNREADABLE)] for number in range(2 * BATCH + 3)}
    good = {f"b{number:05}": WHEN for number in range(5)}
    await _baseline(empty, bad | good)
    await _migrated(empty)
    assert await _filled(empty) == dict.fromkeys(bad) | dict.fromkeys(good, MILLISECONDS)


async def test_rows_with_one_id_are_told_apart_by_the_rest_of_the_key(empty: Database) -> None:
    await _baseline(empty, {"same": WHEN})
    await _insert(empty, {"same": "soon"}, "ticket")
    await _insert(empty, {"same": "2126-01-31T10:00:01.789Z"}, tenant="beta")
    await _migrated(empty)
    found = await rows(empty, "SELECT tenant_id, code_type, expires_at_ts FROM codes ORDER BY tenant_id, code_type")
    assert found == [("acme", "otp", MILLISECONDS), ("acme", "ticket", None), ("beta", "otp", MILLISECONDS + 1000)]


async def test_the_filled_rows_are_what_the_adapter_reads_and_sweeps(empty: Database) -> None:
    await _baseline(empty, {"old": WHEN, "new": "2126-02-01T00:00:00.000Z"})
    await _migrated(empty)
    adapters = await create_adapters(empty)
    code = await adapters.codes.get("acme", "old", "otp")
    assert code is not None
    assert await adapters.codes.cleanup(code.expires_at) == 0
    new = await adapters.codes.get("acme", "new", "otp")
    assert new is not None
    assert await adapters.codes.cleanup(new.expires_at) == 1
    assert await adapters.codes.get("acme", "old", "otp") is None


@contextmanager
def _failing_after(db: Database, batches: int) -> Iterator[None]:
    """Make the backfill fail after some statements."""
    written = 0
    write = db.write

    async def counted(calls: Any) -> list[int]:
        nonlocal written
        if "codes" in calls[0].sql and calls[0].sql.startswith("UPDATE"):
            written += 1
            if written > batches:
                raise DatabaseError("no more")
        return await write(calls)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db, "write", counted)
        yield


async def test_a_backfill_that_was_interrupted_goes_on_where_it_stood(empty: Database) -> None:
    """Test an interruption. On every engine, each batch is committed separately."""
    codes = {f"c{number:05}": WHEN if number % 5 else "soon" for number in range(3 * BATCH)}
    await _baseline(empty, codes)
    told = (
        f"{NAME}, step 3 of 3 .Backfill. failed on {empty.dialect.name}: no more. The completed steps are recorded: .* continue from there"
    )
    with _failing_after(empty, 1), pytest.raises(MigrationError, match=told):
        await migrate_to_latest(empty)
    assert await unrecorded_differences(empty) == []
    done = [id for id, value in (await _filled(empty)).items() if value is not None]
    assert len(done) == BATCH * 4 // 5
    # These rows are not written again.
    await empty.execute(Call("UPDATE codes SET expires_at_ts = 1 WHERE expires_at_ts IS NOT NULL"))
    with record_statements(empty) as seen:
        assert await _migrated(empty) == ALL[1:]
    made = [sql for sql in seen.statements if sql.startswith(("ALTER TABLE", "CREATE INDEX"))]
    assert not [sql for sql in made if "codes" in sql and "expires_at_ts" in sql]
    assert await _filled(empty) == {id: 1 if id in done else MILLISECONDS if text == WHEN else None for id, text in codes.items()}


# --- batches -------------------------------------------------------------------------------------------------------------------


async def _statements(db: Database) -> list[str]:
    """Return the statements of the data step."""
    with record_statements(db) as seen:
        await _migrated(db)
    return [sql for sql in seen.statements if "codes" in sql and sql.startswith(("SELECT", "UPDATE", "DELETE"))]


async def test_a_batch_is_read_and_written_by_one_statement_each(empty: Database) -> None:
    await _baseline(empty, {f"c{number:05}": WHEN if number % 7 else "soon" for number in range(3 * BATCH + 1)})
    sent = await _statements(empty)
    assert len([sql for sql in sent if sql.startswith("UPDATE")]) == 4
    assert len([sql for sql in sent if sql.startswith("SELECT") and "COUNT" not in sql]) == 4
    assert set((await _filled(empty)).values()) == {MILLISECONDS, None}


@pytest.mark.engines("sqlite", "postgresql")
async def test_a_batch_is_found_by_the_key_and_sorts_nothing(empty: Database) -> None:
    await _baseline(empty, {f"c{number:05}": WHEN for number in range(3 * BATCH)})
    texts = {text for text in await _statements(empty) if text.startswith("SELECT") and "COUNT" not in text}
    assert len(texts) == 2
    for text in texts:
        if empty.dialect.name == "sqlite":
            values = ("c00100", "otp", "acme", 10)[-text.count("?") :]
            plan = " ".join(str(row[-1]) for row in await empty.fetch(Call(f"EXPLAIN QUERY PLAN {text}", values)))
            assert "sqlite_autoindex_codes_1" in plan
            assert "TEMP B-TREE" not in plan
        else:
            given = "'c00100', 'otp', 'acme', 10" if "$2" in text else "10"
            await empty.execute(Call("ANALYZE codes"))
            async with empty.transaction() as tx:
                await tx.execute(Call(f"PREPARE walk AS {text}"))
                plan = " ".join(str(row[0]) for row in await tx.fetch(Call(f"EXPLAIN EXECUTE walk ({given})")))
                await tx.execute(Call("DEALLOCATE walk"))
            assert "codes_pkey" in plan
            assert "Sort" not in plan


# --- expired codes -------------------------------------------------------------------------------------------------------------


async def test_what_expired_long_ago_is_dropped_instead_of_converted(empty: Database) -> None:
    now = datetime.now(UTC)
    gone = {f"g{number:05}": to_iso(now - timedelta(days=2, seconds=number)) for number in range(BATCH + 3)}
    fresh = {f"f{number:05}": to_iso(now - timedelta(hours=20, seconds=number)) for number in range(5)}
    kept = {f"k{number:05}": WHEN for number in range(BATCH)}
    unreadable = {f"u{number}": text for number, text in enumerate(UNREADABLE)}
    await _baseline(empty, gone | fresh | kept | unreadable)
    sent = await _statements(empty)
    assert len([sql for sql in sent if sql.startswith("DELETE")]) <= 3
    expected = {id: to_epoch_ms(datetime.fromisoformat(text)) for id, text in fresh.items()}
    assert await _filled(empty) == expected | dict.fromkeys(kept, MILLISECONDS) | dict.fromkeys(unreadable)


async def test_of_rows_with_one_id_only_those_that_have_expired_are_dropped(empty: Database) -> None:
    old = to_iso(datetime.now(UTC) - timedelta(days=30))
    await _baseline(empty, {"same": old})
    await _insert(empty, {"same": WHEN}, "ticket")
    await _insert(empty, {"same": WHEN}, tenant="beta")
    await _migrated(empty)
    found = await rows(empty, "SELECT tenant_id, code_type, expires_at_ts FROM codes ORDER BY tenant_id, code_type")
    assert found == [("acme", "ticket", MILLISECONDS), ("beta", "otp", MILLISECONDS)]
