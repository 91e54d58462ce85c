"""Timeouts, and writes without a response."""

from __future__ import annotations

import asyncio
from typing import Any

import anyio
import pytest

from authhero_sql import ConnectionLostError, StatementTimeoutError, UnknownOutcomeError
from authhero_sql.dialects.limits import TimeLimits
from authhero_sql.dialects.managed import OutcomeGuard, with_timeout
from authhero_sql.errors import ConflictError
from tests.unit.test_pool import run


async def wait_forever() -> None:
    """Wait until it is cancelled."""
    await asyncio.Event().wait()


async def within(seconds: float | None, error: type[Exception] | None = None) -> None:
    """Await something with a timeout."""
    with (TimeLimits(seconds) if error is None else TimeLimits(seconds, error)).enforce():
        await wait_forever()


async def test_what_takes_too_long_is_cancelled_and_its_task_goes_on() -> None:
    with pytest.raises(StatementTimeoutError) as caught:
        await within(0.0)
    assert isinstance(caught.value.__cause__, asyncio.CancelledError)
    with pytest.raises(PermissionError):
        await within(0.0, PermissionError)
    with pytest.raises(StatementTimeoutError):
        await with_timeout(wait_forever(), 0.0)
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    await asyncio.sleep(0)


async def test_what_ends_in_time_has_no_timer_of_its_own() -> None:
    loop: Any = asyncio.get_running_loop()
    limits, before = TimeLimits(60.0), len(loop._scheduled)
    for _ in range(10):
        with limits.enforce():
            await asyncio.sleep(0)
    assert len(loop._scheduled) - before == 1
    for endless in (TimeLimits(None).enforce(), TimeLimits(None).enforce()):
        with endless:
            await asyncio.sleep(0)
    with pytest.raises(KeyError):
        await with_timeout(failing(), 60.0)


def test_each_has_its_own_time_and_nobody_else_is_cancelled() -> None:
    """Test with a virtual clock, because one timer serves all waiting tasks, including later ones."""
    ended: list[tuple[str, float]] = []

    async def work() -> None:
        limits = TimeLimits(10.0)
        loop = asyncio.get_running_loop()

        async def one(name: str, starts: float, takes: float) -> None:
            await asyncio.sleep(starts)
            try:
                with limits.enforce():
                    await asyncio.sleep(takes)
            except StatementTimeoutError:
                name += " late"
            ended.append((name, loop.time()))
            # The timeout does not apply to later statements of the task.
            await asyncio.sleep(100)

        async with anyio.create_task_group() as group:
            for given in (("a", 0, 3), ("b", 1, 20), ("c", 5, 9.5), ("d", 5, 10.5), ("e", 14, 30), ("f", 200, 30)):
                group.start_soon(one, *given)

    run(work())
    assert ended == [("a", 3), ("b late", 11), ("c", 14.5), ("d late", 15), ("e late", 24), ("f late", 210)]


async def failing() -> None:
    raise KeyError


@pytest.mark.parametrize("seconds", [None, 0.0, 60.0])
async def test_a_cancellation_from_outside_stays_one(seconds: float | None) -> None:
    task = asyncio.ensure_future(within(seconds))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()


async def test_the_time_of_a_caller_is_the_callers_to_hear_of() -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.0):
            await within(60.0)
    with anyio.move_on_after(0.0) as scope:
        await within(60.0)
    assert scope.cancelled_caught
    with pytest.raises(StatementTimeoutError):
        await inside_of_others()


async def inside_of_others() -> None:
    async with asyncio.timeout(60.0):
        with anyio.fail_after(60.0):
            await within(0.0)


@pytest.mark.parametrize(
    ("error", "unknown"),
    [
        (ConnectionLostError(), True),
        (ConnectionLostError(code="1053"), True),
        (StatementTimeoutError(), True),
        (StatementTimeoutError(code="57014"), False),
        (ConflictError(code="23505"), False),
        (KeyError(), False),
    ],
)
def test_a_write_without_an_answer_is_an_unknown_outcome(error: Exception, unknown: bool) -> None:
    with pytest.raises(UnknownOutcomeError if unknown else type(error)) as caught, OutcomeGuard():
        raise error
    assert (caught.value.__cause__ is error) is unknown
