"""A statement that has been sent is awaited, even if its task is cancelled."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import pytest

from authhero_sql.dialects.transactions import run_to_completion


async def test_an_error_after_a_cancellation_is_not_reported_as_lost() -> None:
    reported: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))
    proceed = asyncio.Event()

    async def fail() -> None:
        await proceed.wait()
        raise ValueError

    task = asyncio.create_task(run_to_completion(fail()))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    proceed.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    del task
    gc.collect()
    assert reported == []


async def test_what_is_not_done_in_time_is_cancelled_too() -> None:
    task = asyncio.create_task(run_to_completion(asyncio.Event().wait(), within=0))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
