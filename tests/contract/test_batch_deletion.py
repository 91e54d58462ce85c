"""Cleanups delete rows in batches, each of which begins where the last one ended, on every engine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from authhero_sql import Adapters, Database
from authhero_sql.dialects import Call
from authhero_sql.dialects.interface import Row
from tests.contract.builders import SOON, action_execution, code, log, login_session, outbox_event, refresh_token, session, tenant, user
from tests.unit.fakes import CountingDatabase

MANY = 350
"""The number of rows to delete. This is several batches, regardless of the speed of the machine."""
STEP = timedelta(minutes=1)
END = SOON + MANY * STEP


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with two tenants."""
    for name in ("acme", "globex"):
        await tenant(adapters, name)
    return adapters


async def executions(tx: Adapters, number: int, time: datetime, tenant_id: str) -> None:
    """Create an execution that ended at a time."""
    await tx.action_executions.create(tenant_id, action_execution(f"ae{number}"), import_metadata={"created_at": time})


async def codes(tx: Adapters, number: int, time: datetime, tenant_id: str) -> None:
    """Create a code that expires at a time."""
    await tx.codes.create(tenant_id, code(f"c{number}", expires_at=time))


async def logs(tx: Adapters, number: int, time: datetime, tenant_id: str) -> None:
    """Create a log entry of a time."""
    await tx.logs.create(tenant_id, log(log_id=f"l{number}", date=time))


async def login_sessions(tx: Adapters, number: int, time: datetime, tenant_id: str) -> None:
    """Create a login session that expires at a time."""
    await tx.login_sessions.create(tenant_id, login_session(expires_at=time), import_metadata={"id": f"l{number}"})


async def sessions(tx: Adapters, number: int, time: datetime, tenant_id: str) -> None:
    """Create a session that expires at a time."""
    await tx.sessions.create(tenant_id, session(f"s{number}", login_session_id="x", expires_at=time))


async def idle_tokens(tx: Adapters, number: int, time: datetime, tenant_id: str) -> None:
    """Create a refresh token that was last used at a time."""
    await tx.refresh_tokens.create(tenant_id, refresh_token(f"r{number}", login_id="x", idle_expires_at=time))


async def run_session_cleanup(store: Adapters, cutoff: datetime, tenant_id: str | None = None) -> int:
    """Return the number of rows that a session cleanup deletes."""
    done = await store.session_cleanup(tenant_id, grace=store.context.now() - cutoff)
    return done.sessions + done.login_sessions + done.refresh_tokens


Made = Callable[[Adapters, int, datetime, str], Awaitable[None]]
Swept = Callable[[Adapters, datetime], Awaitable[int]]
SWEEPS: dict[str, tuple[Made, Swept]] = {
    "action_executions": (executions, lambda store, cutoff: store.action_executions.cleanup(cutoff)),
    "codes": (codes, lambda store, cutoff: store.codes.cleanup(cutoff)),
    "logs": (logs, lambda store, cutoff: store.logs.cleanup(cutoff)),
    "logs of a tenant": (logs, lambda store, cutoff: store.logs.cleanup(cutoff, tenant_id="acme")),
    "logs of a tenant and a type": (logs, lambda store, cutoff: store.logs.cleanup(cutoff, tenant_id="acme", types=["s"])),
    "logs of a type": (logs, lambda store, cutoff: store.logs.cleanup(cutoff, types=["s", "f"])),
    "login_sessions": (login_sessions, run_session_cleanup),
    "sessions": (sessions, run_session_cleanup),
    "sessions of a tenant": (sessions, lambda store, cutoff: run_session_cleanup(store, cutoff, "acme")),
    "idle tokens": (idle_tokens, run_session_cleanup),
}
"""How to create and how to delete each kind of row."""
each_sweep = pytest.mark.parametrize(("made", "swept"), SWEEPS.values(), ids=SWEEPS)


async def create_rows(store: Adapters, made: Made, times: list[datetime], tenant_id: str = "acme", first: int = 0) -> None:
    """Create rows with these times."""
    clock: Any = store.context.clock
    clock.now, clock.step = END + timedelta(days=1), timedelta(0)
    async with store.batch() as batch:
        for number, time in enumerate(times, first):
            await made(batch, number, time, tenant_id)


class RecordingDatabase(CountingDatabase):
    """A database that records the queries and deletions, and can call a function before each deletion."""

    def __init__(self, database: Database, before: Callable[[], Awaitable[object]] | None = None) -> None:
        super().__init__(database)
        self.before = before
        self.edges: list[tuple[Any, ...]] = []

    async def fetch(self, call: Call) -> list[Row]:
        """Record a query for the end of the next batch."""
        if "MAX(" in call.sql:
            self.edges.append(call.args)
        return await super().fetch(call)

    async def execute(self, call: Call) -> int:
        """Call the function before a deletion of anything but sessions."""
        if self.before is not None:
            await self.before()
        return await super().execute(call)

    def over(self, store: Adapters) -> Adapters:
        """Return the same adapters with this database."""
        return Adapters(replace(store.context, database=self, executor=self))


@each_sweep
async def test_each_batch_begins_where_the_last_one_ended(store: Adapters, made: Made, swept: Swept) -> None:
    await create_rows(store, made, [SOON + number * STEP for number in range(MANY + 1)])
    recording = RecordingDatabase(store.database)
    assert await swept(recording.over(store), END) == MANY
    first = next(args for args in recording.edges if any(len(other) > len(args) for other in recording.edges))
    # The first query of a deletion has no start. The following ones have it before the cutoff and the limit.
    starts = [args[-3] for args in recording.edges if len(args) > len(first)]
    assert len(starts) > 1
    assert starts == sorted(set(starts))
    assert await swept(store, END) == 0
    assert await swept(store, END + STEP) == 1


@each_sweep
async def test_rows_of_one_instant_all_go(store: Adapters, made: Made, swept: Swept) -> None:
    await create_rows(store, made, [SOON, *[SOON + STEP] * MANY, SOON + 2 * STEP, END])
    assert await swept(store, END) == MANY + 2
    assert await swept(store, END + STEP) == 1


@each_sweep
async def test_another_tenant_s_rows_are_passed_over(store: Adapters, made: Made, swept: Swept) -> None:
    await create_rows(store, made, [SOON + number * STEP for number in range(MANY)], "globex")
    await create_rows(store, made, [SOON + number * STEP for number in (0, 1, MANY // 2, MANY - 1)], "acme", MANY)
    removed = await swept(store, END)
    assert removed in (4, MANY + 4)
    assert await swept(store, END) == 0


@pytest.mark.parametrize("later", [False, True])
async def test_what_is_written_meanwhile_keeps_nothing_else(store: Adapters, later: bool) -> None:
    await create_rows(store, logs, [SOON + number * STEP for number in range(MANY)])
    written = iter(range(MANY, MANY + 100))

    async def write() -> None:
        number = next(written)
        await logs(store, number, SOON + (number * 7 % MANY) * STEP if later else SOON - STEP, "globex")

    recording = RecordingDatabase(store.database, write)
    assert await recording.over(store).logs.cleanup(END) >= MANY
    assert (await store.logs.list("acme")).items == []


@pytest.mark.transactions
@each_sweep
async def test_a_sweep_can_be_undone(store: Adapters, made: Made, swept: Swept) -> None:
    await create_rows(store, made, [SOON + number * STEP for number in range(MANY)])

    async def undone() -> None:
        async with store.transaction() as tx:
            assert await swept(tx, END) == MANY
            assert await swept(tx, END) == 0
            raise KeyError

    with pytest.raises(KeyError):
        await undone()
    assert await swept(store, END) == MANY


async def test_a_user_s_rows_go_and_nobody_else_s(store: Adapters) -> None:
    await store.users.create("acme", user("eve"))
    await create_rows(store, sessions, [SOON + number % 3 * STEP for number in range(MANY)])
    await store.sessions.create("acme", session("own", login_session_id="x", user_id="auth0|eve", expires_at=SOON))
    for tenant_id in ("acme", None):
        await store.sessions.create("acme", session(f"of {tenant_id}", login_session_id="x", user_id="auth0|eve", expires_at=SOON))
        done = await store.session_cleanup(tenant_id, "auth0|eve", grace=timedelta(0))
        assert done.sessions == (2 if tenant_id else 1)
    assert (await store.sessions.list("acme", per_page=1, include_totals=True)).total == MANY


@pytest.mark.engines("postgresql", "mysql")
async def test_what_is_renewed_while_its_lock_is_waited_for_stays(store: Adapters) -> None:
    await create_rows(store, idle_tokens, [SOON, SOON, SOON + STEP])
    removed: list[int] = []

    async def sweep() -> None:
        removed.append(await run_session_cleanup(store.independent(), END))

    with anyio.fail_after(60):
        async with anyio.create_task_group() as group, store.transaction() as tx:
            await tx.refresh_tokens.update("acme", "r1", {"idle_expires_at": END + STEP})
            group.start_soon(sweep)
            await _wait_for_lock(store.database)
    assert removed == [2]
    assert await store.refresh_tokens.get("acme", "r1") is not None


async def _wait_for_lock(database: Database) -> None:
    """Wait until a transaction is waiting for a row lock."""
    found = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ~ '^DELETE' AND datname = current_database()"
    if database.dialect.name == "mysql":
        # MySQL only refreshes its table of transactions if it has not been read for some time.
        found = "SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'"
    while not int((await database.fetch(Call(found)))[0][-1]):
        await anyio.lowlevel.checkpoint()


async def test_outbox_events_go_in_the_order_in_which_they_were_delivered(store: Adapters) -> None:
    clock: Any = store.context.clock
    clock.now, clock.step = SOON, STEP
    async with store.batch() as batch:
        for number in range(MANY):
            await batch.outbox.create("acme", outbox_event(id=f"e{number}"))
    for number in range(0, MANY, 70):
        clock.now = SOON + number * STEP
        await store.outbox.mark_processed([f"e{each}" for each in range(number, number + 70)])
    recording = RecordingDatabase(store.database)
    assert await recording.over(store).outbox.cleanup(SOON + 200 * STEP) == 210
    assert len(recording.edges) > 1
    assert await store.outbox.cleanup(END + STEP) == MANY - 210
