"""How long what is awaited may take, at the cost of next to nothing while it does not take that long."""

from __future__ import annotations

import asyncio
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType

from ..errors import StatementTimeoutError

_NONE: AbstractContextManager[None] = nullcontext()


class TimeLimits:
    """Gives limits of the same number of seconds to tasks of one event loop: ``with limits.enforce(): await …``.

    Like ``asyncio.timeout``, but that all of them share a timer, which looks at the oldest: nearly every statement ends long before
    its time, and making and dropping a timer for each would cost more than everything else on its way.

    Args:
        seconds: how long what is awaited may take; None: as long as it takes.
        error: what is raised when that time is over and what was awaited has been cancelled.
    """

    def __init__(self, seconds: float | None, error: type[Exception] = StatementTimeoutError) -> None:
        self._seconds = seconds
        self._error = error
        self._open: dict[TimeLimit, float] = {}
        """Those that somebody is in, and when their time is over; the first one's is over first."""
        self._timer: asyncio.TimerHandle | None = None

    def enforce(self) -> AbstractContextManager[None]:
        """Return a limit for the task that enters it, once."""
        return _NONE if self._seconds is None else TimeLimit(self, self._seconds, self._error)

    def begin(self, limit: TimeLimit, due: float, loop: asyncio.AbstractEventLoop) -> None:
        """Look after a limit until its time is over."""
        self._open[limit] = due
        if self._timer is None:
            self._timer = loop.call_at(due, self._look, due, loop)

    def end(self, limit: TimeLimit) -> None:
        """Look after a limit no more."""
        self._open.pop(limit, None)

    def _look(self, now: float, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        for limit, due in list(self._open.items()):
            if due > now:
                self._timer = loop.call_at(due, self._look, due, loop)
                return
            self.end(limit)
            limit.run_out()


class TimeLimit:
    """The time that one task has for what it awaits inside."""

    __slots__ = ("_cancelling", "_error", "_limits", "_over", "_seconds", "_task")

    def __init__(self, limits: TimeLimits, seconds: float, error: type[Exception]) -> None:
        self._limits = limits
        self._seconds = seconds
        self._error = error
        self._over = False

    def __enter__(self) -> None:
        self._task = task = asyncio.current_task()
        if task is not None:
            self._cancelling = task.cancelling()
            loop = task.get_loop()
            self._limits.begin(self, loop.time() + self._seconds, loop)

    def run_out(self) -> None:
        """Cancel what is awaited."""
        self._over = True
        if self._task is not None:
            self._task.cancel()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._limits.end(self)
        # Somebody else's cancellation, which came at the same time, is theirs to hear of.
        if self._over and self._task is not None and self._task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise self._error from error
