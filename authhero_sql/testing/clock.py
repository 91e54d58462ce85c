"""A clock that stands still until it is turned."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ..clock import truncate


class ManualClock:
    """A clock for ``create_adapters(…, clock=clock)``, and for what else in a test asks for the time: ``clock()``.

    Args:
        start: what it shows first; 2026-01-31T10:00:00Z by default.
    """

    def __init__(self, start: datetime = datetime(2026, 1, 31, 10, tzinfo=UTC)) -> None:
        self._now = truncate(start)

    def __call__(self) -> datetime:
        """Return what it shows."""
        return self._now

    def __repr__(self) -> str:
        return f"<ManualClock {self._now.isoformat()}>"

    def advance(self, by: timedelta) -> datetime:
        """Turn it forward, or back by less than nothing; what it shows then."""
        return self.move_to(self._now + by)

    def move_to(self, instant: datetime) -> datetime:
        """Turn it to an instant; what it shows then.

        Raises:
            ValueError: the ``datetime`` is naive.
        """
        self._now = truncate(instant)
        return self._now
