"""Timeouts that cost almost nothing as long as they do not expire."""

from __future__ import annotations

import asyncio
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType

from ..errors import StatementTimeoutError

_UNLIMITED: AbstractContextManager[None] = nullcontext()


class TimeLimits:
    """Timeouts of the same duration for the tasks of one event loop: ``with limits.enforce(): await …``.

    It works like ``asyncio.timeout``, but all open limits share one timer, which is set for the oldest of them. Nearly every statement
    ends long before its timeout, and a timer for each of them would cost more than all other work on its path.

    Args:
        seconds: How long the body may take. None means that there is no limit.
        error: The exception to raise when the time is over and the body has been cancelled.
    """

    def __init__(self, seconds: float | None, error: type[Exception] = StatementTimeoutError) -> None:
        self._seconds = seconds
        self._error = error
        self._deadlines: dict[TimeLimit, float] = {}
        """The limits that a task has entered, with their deadlines. The earliest deadline comes first."""
        self._timer: asyncio.TimerHandle | None = None

    def enforce(self) -> AbstractContextManager[None]:
        """Return a context manager that one task can enter once."""
        return _UNLIMITED if self._seconds is None else TimeLimit(self, self._seconds, self._error)

    def add(self, limit: TimeLimit, deadline: float, loop: asyncio.AbstractEventLoop) -> None:
        """Watch a limit until its deadline."""
        self._deadlines[limit] = deadline
        if self._timer is None:
            self._timer = loop.call_at(deadline, self._expire_due, deadline, loop)

    def remove(self, limit: TimeLimit) -> None:
        """Stop watching a limit."""
        self._deadlines.pop(limit, None)

    def _expire_due(self, now: float, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        for limit, deadline in list(self._deadlines.items()):
            if deadline > now:
                self._timer = loop.call_at(deadline, self._expire_due, deadline, loop)
                return
            self.remove(limit)
            limit.expire()


class TimeLimit:
    """The timeout of one task for the body of one ``with`` statement."""

    __slots__ = ("_cancelling", "_error", "_expired", "_limits", "_seconds", "_task")

    def __init__(self, limits: TimeLimits, seconds: float, error: type[Exception]) -> None:
        self._limits = limits
        self._seconds = seconds
        self._error = error
        self._expired = False

    def __enter__(self) -> None:
        self._task = task = asyncio.current_task()
        if task is not None:
            self._cancelling = task.cancelling()
            loop = task.get_loop()
            self._limits.add(self, loop.time() + self._seconds, loop)

    def expire(self) -> None:
        """Cancel the task that is inside."""
        self._expired = True
        if self._task is not None:
            self._task.cancel()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._limits.remove(self)
        # If the task was cancelled from outside at the same time, that cancellation must propagate.
        if self._expired and self._task is not None and self._task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise self._error from error
