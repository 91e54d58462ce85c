"""Calls that write several rows write all or none. Each statement of each such call of the workload fails once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random

import pytest

from authhero_sql import Adapters, Database, IdGenerator, SchemaMismatchError
from authhero_sql.context import Context
from authhero_sql.dialects import Call
from authhero_sql.dialects.interface import Row
from authhero_sql.tables import REGISTRY
from tests.unit.fakes import CountingDatabase
from tests.workload.calls import Made, calls, many
from tests.workload.replay import SteppingClock, outcome

SEVERAL = {
    "action_versions.create", "passwords.create", "passwords.update", "refresh_tokens.create", "refresh_tokens.rotate",
    "refresh_tokens.update", "role_permissions.assign", "role_permissions.remove", "session_cleanup.__call__", "sessions.create",
    "sessions.update", "users.create", "users.raw_create", "users.remove", "users.update",
}  # fmt: skip
"""The methods that send several statements, except those that create many rows."""
_TOKEN = {
    "login_id": "login", "user_id": "auth0|ada", "client_id": "web", "resource_servers": [], "rotating": True,
    "device": dict.fromkeys(("initial_user_agent", "initial_ip", "initial_asn", "last_user_agent", "last_ip", "last_asn"), "x"),
    "expires_at": datetime(2027, 1, 31, tzinfo=UTC),
}  # fmt: skip
ROTATIONS = [
    Made("tenants.create", {"params": {"id": "late", "friendly_name": "Late"}}),
    Made("clients.create", {"tenant_id": "late", "params": {"client_id": "web", "name": "Web"}}),
    *(
        made
        for old, new in (("t1", "t2"), ("t3", "t4"))
        for made in (
            Made("refresh_tokens.create", {"tenant_id": "late", "params": {**_TOKEN, "id": old}}),
            Made("refresh_tokens.rotate", {"tenant_id": "late", "id": old, "successor": {**_TOKEN, "id": new}}),
        )
    ),
]
"""Successful rotations. The workload does not contain any, because its tokens cannot be exchanged."""
BROKEN = Call("SELECT id FROM no_such_table")


class FailingDatabase(CountingDatabase):
    """A database in which one statement of a write fails."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.at: int | None = None
        self.failed = 0

    async def contents(self) -> list[list[Row]]:
        """Return every row of every table."""
        quote = self.dialect.quote
        return [
            sorted(map(tuple, rows), key=repr)
            for rows in await self._database.fetch_many([Call(f"SELECT * FROM {quote}{name}{quote}") for name in REGISTRY])
        ]

    async def write(self, calls: Sequence[Call], *, unordered: bool = False) -> list[int]:
        """Fail at the chosen statement, and compare the rows."""
        if self.at is None or self.at >= len(calls) or len(calls) < 2:
            return await super().write(calls, unordered=unordered)
        before = await self.contents()
        broken = [*calls[: self.at], BROKEN, *calls[self.at + 1 :]]
        with pytest.raises(SchemaMismatchError):
            await super().write(broken, unordered=unordered)
        assert await self.contents() == before, f"statement {self.at + 1} of {len(calls)} failed, but some rows were written"
        self.failed += 1
        raise SchemaMismatchError


async def test_a_statement_that_fails_takes_the_others_with_it(db: Database) -> None:
    failing = FailingDatabase(db)
    adapters = Adapters(Context.of(failing, clock=SteppingClock(), ids=IdGenerator(Random(7).randbytes)))
    several: set[str] = set()
    for made in (*calls(), *ROTATIONS):
        failing.at = 0
        while True:
            failed = failing.failed
            await outcome(adapters, made)
            if failing.failed == failed:
                break
            several.add(made.name)
            failing.at += 1
    assert several - many() == SEVERAL
    assert len(several & many()) > 15
    assert failing.failed > 100
