"""Provides a clock that stands still until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ..clock import truncate


class ManualClock:
    """Stands still until a test moves it; ``create_adapters(…, clock=clock)`` accepts it, and ``clock()`` returns its time.

    Args:
        start: the initial time, 2026-01-31T10:00:00Z by default.
    """

    def __init__(self, start: datetime = datetime(2026, 1, 31, 10, tzinfo=UTC)) -> None:
        self._now = truncate(start)

    def __call__(self) -> datetime:
        """Return the current time of the clock."""
        return self._now

    def __repr__(self) -> str:
        return f"<ManualClock {self._now.isoformat()}>"

    def advance(self, by: timedelta) -> datetime:
        """Move the clock forward, or back by a negative duration, and return its time."""
        return self.move_to(self._now + by)

    def move_to(self, instant: datetime) -> datetime:
        """Set the clock to an instant and return its time.

        Raises:
            ValueError: the ``datetime`` is naive.
        """
        self._now = truncate(instant)
        return self._now
