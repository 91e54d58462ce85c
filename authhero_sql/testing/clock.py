"""A clock that a test controls."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ..clock import truncate


class ManualClock:
    """A clock that changes only when a test moves it.

    Pass it to ``create_adapters`` as ``clock``. Calling the clock returns its current time.

    Args:
        start: The initial time, 2026-01-31T10:00:00Z by default.
    """

    def __init__(self, start: datetime = datetime(2026, 1, 31, 10, tzinfo=UTC)) -> None:
        self._now = truncate(start)

    def __call__(self) -> datetime:
        """Return the current time of the clock."""
        return self._now

    def __repr__(self) -> str:
        return f"<ManualClock {self._now.isoformat()}>"

    def advance(self, by: timedelta) -> datetime:
        """Move the clock forward, or backward by a negative duration, and return its new time."""
        return self.move_to(self._now + by)

    def move_to(self, instant: datetime) -> datetime:
        """Set the clock to a timestamp and return it, truncated to milliseconds.

        Raises:
            ValueError: The ``datetime`` is naive.
        """
        self._now = truncate(instant)
        return self._now
