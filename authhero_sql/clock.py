"""The only place that reads the time, and the two forms in which an instant is stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""Gives the present as an aware ``datetime``; what is finer than a millisecond is cut off before it is stored."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def system_clock() -> datetime:
    """The present, in UTC."""
    return datetime.now(UTC)


def in_utc(instant: datetime) -> datetime:
    """The instant in UTC.

    Raises:
        ValueError: the ``datetime`` is naive, so it names no instant, or in UTC it is outside the years 1 to 9999.
    """
    if instant.tzinfo is UTC:
        return instant
    if instant.tzinfo is None:
        raise ValueError("a datetime without a time zone is no instant")
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise ValueError("an instant must be between the years 1 and 9999 in UTC") from None


def truncate(instant: datetime) -> datetime:
    """The instant in UTC, cut to the millisecond; it raises what :func:`in_utc` raises."""
    instant = in_utc(instant)
    finer = instant.microsecond % 1000
    return instant.replace(microsecond=instant.microsecond - finer) if finer else instant


def to_iso(instant: datetime) -> str:
    """ISO-8601 in UTC with milliseconds: ``2026-01-31T10:00:00.000Z``."""
    return in_utc(instant).isoformat(timespec="milliseconds")[:-6] + "Z"


def to_epoch_ms(instant: datetime) -> int:
    """Milliseconds since 1970-01-01T00:00:00Z, rounded down."""
    return (in_utc(instant) - _EPOCH) // _MILLISECOND


def from_epoch_ms(value: int) -> datetime:
    """The instant that many milliseconds after 1970-01-01T00:00:00Z."""
    return _EPOCH + value * _MILLISECOND
