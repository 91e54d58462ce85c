"""The only module that reads the system clock, and the two formats in which an instant is stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""Returns the current time as an aware ``datetime``. It is truncated to milliseconds before it is stored."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def system_clock() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


def in_utc(instant: datetime) -> datetime:
    """Return the instant in UTC.

    Raises:
        ValueError: The ``datetime`` is naive, or lies outside the years 1 to 9999 in UTC.
    """
    if instant.tzinfo is UTC:
        return instant
    if instant.tzinfo is None:
        raise ValueError("a datetime must have a time zone")
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise ValueError("a datetime must be between the years 1 and 9999 in UTC") from None


def truncate(instant: datetime) -> datetime:
    """Return the instant in UTC, truncated to milliseconds.

    Raises:
        ValueError: The ``datetime`` is naive, or lies outside the years 1 to 9999 in UTC.
    """
    instant = in_utc(instant)
    finer = instant.microsecond % 1000
    return instant.replace(microsecond=instant.microsecond - finer) if finer else instant


def to_iso(instant: datetime) -> str:
    """Return the instant in ISO 8601 format, in UTC with milliseconds: ``2026-01-31T10:00:00.000Z``."""
    return in_utc(instant).isoformat(timespec="milliseconds")[:-6] + "Z"


def to_epoch_ms(instant: datetime) -> int:
    """Return the number of milliseconds since 1970-01-01T00:00:00Z, rounded down."""
    return (in_utc(instant) - _EPOCH) // _MILLISECOND


def from_epoch_ms(value: int) -> datetime:
    """Return the instant that is this number of milliseconds after 1970-01-01T00:00:00Z."""
    return _EPOCH + value * _MILLISECOND
