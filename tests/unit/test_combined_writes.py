"""Several writes in one statement of PostgreSQL: its SQL, its parameters, and the writes that cannot be combined."""

from __future__ import annotations

import pytest

from authhero_sql.dialects import Call
from authhero_sql.dialects.postgresql import DIALECT, MAX_COMBINED_WRITES, MAX_PARAMETERS

INSERT = Call('INSERT INTO "t" ("a", "b", "c") VALUES ($1, $2, $1)', ("x", 1))
UPDATE = Call('UPDATE "t" SET "a"=$1 WHERE "b"=$10', tuple(range(10)))
DELETE = Call('DELETE FROM "t" WHERE "a"=$1', ("y",))
PLAIN = Call('DELETE FROM "t"')


def test_each_write_has_its_own_values() -> None:
    combined = DIALECT.combine([INSERT, UPDATE, PLAIN, DELETE])
    assert combined == Call(
        'WITH w0 AS (INSERT INTO "t" ("a", "b", "c") VALUES ($1, $2, $1) RETURNING 1), '
        'w1 AS (UPDATE "t" SET "a"=$3 WHERE "b"=$12 RETURNING 1), '
        'w2 AS (DELETE FROM "t" RETURNING 1), '
        'w3 AS (DELETE FROM "t" WHERE "a"=$13 RETURNING 1) '
        "SELECT (SELECT count(*) FROM w0), (SELECT count(*) FROM w1), (SELECT count(*) FROM w2), (SELECT count(*) FROM w3)",
        ("x", 1, *range(10), "y"),
    )


def test_what_is_not_kept_prepared_alone_is_not_together() -> None:
    once = Call(DELETE.sql, DELETE.args, prepared=False)
    combined = DIALECT.combine([INSERT, once])
    assert combined is not None
    assert not combined.prepared


@pytest.mark.parametrize(
    "calls",
    [
        [],
        [INSERT],
        [INSERT, Call("SELECT 1")],
        [INSERT, Call('WITH x AS (SELECT 1) DELETE FROM "t"')],
        [INSERT, Call('DELETE FROM "t" RETURNING "a"')],
        [INSERT, Call('DELETE FROM "t"; DELETE FROM "u"')],
        [INSERT, Call('DELETE FROM "t"', has_timeout=False)],
        [INSERT, Call('CREATE TABLE "t" ("a" text)')],
        [DELETE] * (MAX_COMBINED_WRITES + 1),
        [INSERT, Call('DELETE FROM "t" WHERE "a" IN ($1)', ("x",) * (MAX_PARAMETERS - 1))],
    ],
)
def test_what_cannot_be_together(calls: list[Call]) -> None:
    assert DIALECT.combine(calls) is None


def test_no_more_values_than_a_statement_may_have() -> None:
    assert DIALECT.combine([INSERT, Call('DELETE FROM "t" WHERE "a" IN ($1)', ("x",) * (MAX_PARAMETERS - 2))]) is not None
