"""How long what is awaited may take, and what comes of a write without an answer."""

from __future__ import annotations

import asyncio

import anyio
import pytest

from authhero_sql import ConnectionLostError, StatementTimeoutError, UnknownOutcomeError
from authhero_sql.dialects.managed import Answered, Limit, in_time
from authhero_sql.errors import ConflictError


async def long() -> None:
    """Ends when it is cancelled."""
    await asyncio.Event().wait()


async def within(seconds: float | None, error: type[Exception] | None = None) -> None:
    """Wait, and not for ever."""
    with Limit(seconds) if error is None else Limit(seconds, error):
        await long()


async def test_what_takes_too_long_is_cancelled_and_its_task_goes_on() -> None:
    with pytest.raises(StatementTimeoutError) as caught:
        await within(0.0)
    assert isinstance(caught.value.__cause__, asyncio.CancelledError)
    with pytest.raises(PermissionError):
        await within(0.0, PermissionError)
    with pytest.raises(StatementTimeoutError):
        await in_time(long(), 0.0)
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    await asyncio.sleep(0)


async def test_what_ends_in_time_leaves_no_timer_behind() -> None:
    loop = asyncio.get_running_loop()
    before = sum(not handle.cancelled() for handle in getattr(loop, "_scheduled", ()))
    for seconds in (None, 60.0):
        with Limit(seconds):
            await asyncio.sleep(0)
    assert sum(not handle.cancelled() for handle in getattr(loop, "_scheduled", ())) == before
    with pytest.raises(KeyError):
        await in_time(failing(), 60.0)


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
    with pytest.raises(UnknownOutcomeError if unknown else type(error)) as caught, Answered():
        raise error
    assert (caught.value.__cause__ is error) is unknown
