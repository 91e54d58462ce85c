"""The migration lease on hosts with different clocks, and after its holder has died."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from authhero_sql import Database, MigrationError, connect, migrate_to_latest
from authhero_sql.context import Context
from authhero_sql.dialects.interface import Call
from authhero_sql.migrations import ledger
from authhero_sql.migrations.ledger import LEASES, Leases, Ledger
from tests.migrations.helpers import ALL, rows

ROOT = Path(__file__).parents[2]
HOLDER = Path(__file__).with_name("holder.py")
LONG = 60.0
"""The time limit of a hanging test, in seconds."""
SKEWS = [timedelta(minutes=2), timedelta(minutes=-2), timedelta(days=400), timedelta(days=-400)]


def _wrong(skew: timedelta) -> Callable[[], datetime]:
    return lambda: datetime.now(UTC) + skew


async def _owner(db: Database) -> str | None:
    [(owner,)] = await rows(db, f"SELECT owner FROM {LEASES.name}")
    return owner if owner is None else str(owner)


async def _expired(db: Database) -> bool:
    """Return whether the lease has expired by the database's clock."""
    [(left,)] = await db.fetch(Call(f"SELECT expires_at_ts - {db.dialect.now_ms()} FROM {LEASES.name}".replace("%", "%%")))
    return int(left) <= 0


# --- clocks --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("skew", SKEWS, ids=str)
async def test_no_clock_of_a_host_takes_the_lease_of_one_that_lives(database_url: str, skew: timedelta) -> None:
    async with connect(database_url) as mine, connect(database_url) as other:
        await Ledger(Context.of(mine)).prepare()
        for holder, thief in (
            (Context.of(mine, clock=_wrong(skew)), Context.of(other)),
            (Context.of(mine), Context.of(other, clock=_wrong(skew))),
        ):
            async with Leases(holder).hold("holder", 0):
                with pytest.raises(MigrationError, match="another process has been migrating"):
                    async with Leases(thief).hold("thief", 0):
                        pass
                assert await _owner(mine) == "holder"


@pytest.mark.parametrize("skew", SKEWS, ids=str)
async def test_the_lease_of_a_dead_one_runs_out_whatever_its_clock_said(
    empty: Database, monkeypatch: pytest.MonkeyPatch, skew: timedelta
) -> None:
    await Ledger(Context.of(empty)).prepare()
    with monkeypatch.context() as patch:
        patch.setattr(ledger, "LEASE_DURATION", timedelta(0))
        assert await Leases(Context.of(empty, clock=_wrong(skew)))._acquire("dead")
    async with Leases(Context.of(empty, clock=_wrong(-skew))).hold("heir", 0):
        assert await _owner(empty) == "heir"


async def test_racing_hosts_with_wrong_clocks_hold_the_lease_one_after_the_other(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "POLL_INTERVAL", 0.001)
    held: list[str] = []
    together = 0

    async def race(url: str, skew: timedelta) -> None:
        nonlocal together
        async with connect(url) as db:
            for turn in range(3):
                async with Leases(Context.of(db, clock=_wrong(skew))).hold(f"{skew}/{turn}", LONG):
                    together += 1
                    assert together == 1
                    held.append(await _owner(db) or "")
                    assert held[-1] == f"{skew}/{turn}"
                    together -= 1

    async with connect(database_url) as db:
        await Ledger(Context.of(db)).prepare()
    with anyio.fail_after(LONG):
        async with anyio.create_task_group() as group:
            for skew in SKEWS:
                group.start_soon(race, database_url, skew)
    assert len(held) == 3 * len(SKEWS)


# --- dead holders --------------------------------------------------------------------------------------------------------------

WITH_SESSION_CHECK = ("postgresql", "mysql")
"""The engines that can report whether a session has ended."""


@contextmanager
def _holder(url: str) -> Iterator[subprocess.Popen[str]]:
    """Start a process that holds the lease for an hour."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, str(HOLDER), url], stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


@pytest.mark.engines(*WITH_SESSION_CHECK)
async def test_nobody_waits_for_the_lease_of_a_process_that_was_killed(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "SILENCE_TIMEOUT", 0.1, raising=False)
    async with connect(database_url) as db:
        with _holder(database_url) as process:
            process.kill()
        assert await _owner(db) == "victim"
        assert not await _expired(db)
        assert await migrate_to_latest(db, lock_timeout=20) == ALL


@contextmanager
def _manual_clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """Replace the clock by one that only advances by the items that the test adds to the list."""
    passed = [0.0]
    with monkeypatch.context() as patch:
        patch.setattr(anyio, "current_time", lambda: sum(passed))
        yield passed


async def _renew(leases: Leases, owner: str) -> None:
    """Renew the lease until its end moves by at least a millisecond, because the renewals follow each other immediately."""
    before = await leases.holder()
    while await leases.holder() == before:
        assert await leases._run.matched(
            leases._sql.update({LEASES.c.id: "migrate", LEASES.c.owner: owner}, await leases._lease_values(owner))
        )


async def test_silence_alone_frees_no_lease(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with connect(database_url) as mine, connect(database_url) as other:
        await Ledger(Context.of(mine)).prepare()
        assert await Leases(Context.of(mine))._acquire("holder")
        waiting = Leases(Context.of(other))
        with _manual_clock(monkeypatch) as passed:
            for _ in range(5):
                assert not await waiting._acquire("thief")
                passed.append(ledger.SILENCE_TIMEOUT)


@pytest.mark.engines(*WITH_SESSION_CHECK)
async def test_a_session_that_has_ended_frees_no_lease_that_is_renewed(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Test a session that was closed by a pooler or a firewall while the holder has others."""
    async with connect(database_url) as mine, connect(database_url) as other:
        await Ledger(Context.of(mine)).prepare()
        holding, waiting = Leases(Context.of(mine)), Leases(Context.of(other))
        monkeypatch.setattr(type(other.dialect), "session_ended", lambda *_: Call("SELECT 1"))
        assert await holding._acquire("holder")
        with _manual_clock(monkeypatch) as passed:
            for _ in range(5):
                assert not await waiting._acquire("thief")
                passed.append(ledger.SILENCE_TIMEOUT)
                await _renew(holding, "holder")
            # A lease that was renewed after the check is not taken over either.
            assert not await waiting._acquire("thief")
            passed.append(ledger.SILENCE_TIMEOUT)
            assert await waiting._acquire("heir")


@pytest.mark.engines(*WITH_SESSION_CHECK)
async def test_the_lease_of_a_session_that_has_ended_is_taken_after_a_silence(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with connect(database_url) as other:
        async with connect(database_url) as mine:
            await Ledger(Context.of(mine)).prepare()
            assert await Leases(Context.of(mine))._acquire("dead")
        waiting = Leases(Context.of(other))
        with _manual_clock(monkeypatch) as passed:
            assert not await waiting._acquire("heir")
            passed.append(ledger.SILENCE_TIMEOUT)
            with anyio.fail_after(LONG):
                # The server needs a moment to notice the closed connection.
                while not await waiting._acquire("heir"):
                    await anyio.lowlevel.checkpoint()
        assert await _owner(other) == "heir"


@pytest.mark.engines(*WITH_SESSION_CHECK)
async def test_a_session_of_another_server_is_nobodys_to_judge(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Test an unknown server name, and a server that does not answer the query."""
    await Ledger(Context.of(empty)).prepare()
    assert await Leases(Context.of(empty))._acquire("holder")
    waiting = Leases(Context.of(empty))
    if empty.dialect.name == "mysql":
        await empty.execute(Call(f"UPDATE {LEASES.name} SET session = 'elsewhere:1'"))
    else:
        monkeypatch.setattr(type(empty.dialect), "session_ended", lambda *_: Call("SELECT * FROM nobody_may_ask"))
    with _manual_clock(monkeypatch) as passed:
        for _ in range(3):
            assert not await waiting._acquire("thief")
            passed.append(ledger.SILENCE_TIMEOUT)


async def test_those_who_wait_look_less_and_less_often(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await Ledger(Context.of(empty)).prepare()
    assert await Leases(Context.of(empty))._acquire("holder")
    pauses: list[float] = []
    with _manual_clock(monkeypatch) as passed:

        async def sleep(seconds: float) -> None:
            pauses.append(seconds)
            passed.append(seconds)

        monkeypatch.setattr(anyio, "sleep", sleep)
        with pytest.raises(MigrationError, match="for 60 seconds"):
            async with Leases(Context.of(empty)).hold("waiting", 60):
                pass
    # The limit of Cloudflare's API is 1,200 calls in five minutes, for all waiting processes together.
    assert len(pauses) < 75
    assert pauses == sorted(pauses)
