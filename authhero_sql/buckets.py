"""Where the hours, days, weeks and months of a time zone begin; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from .errors import InvalidQueryError

MAX_BUCKETS = 2000
"""The most buckets of one question."""
FORMATS = {"hour": "%Y-%m-%dT%H", "day": "%Y-%m-%d", "week": "%Y-%m-%d", "month": "%Y-%m"}
"""How the beginning of each interval is written."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """The time from an instant up to the next bucket's, and its name in local time."""

    start: datetime
    label: str


def zone(name: str) -> tzinfo:
    """A time zone by its IANA name.

    Raises:
        InvalidQueryError: there is no such zone.
    """
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError, TypeError):
        # What is no name at all is refused in several ways.
        raise InvalidQueryError("tz must be the name of an IANA time zone, like Europe/Berlin") from None


def buckets(start: datetime, end: datetime, interval: str, zone: tzinfo) -> list[Bucket]:
    """The buckets that cover the time from ``start`` up to ``end``, oldest first and without gaps.

    An hour that the clocks repeat in autumn is one bucket of two hours: its name is the same. An hour, or a day, that they
    leave out has none.

    Raises:
        InvalidQueryError: there would be more than 2,000 of them, or they leave the years 1 to 9999.
    """
    found: list[Bucket] = []
    try:
        for local in _local_starts(start.astimezone(zone).replace(tzinfo=None), interval):
            begins = local.replace(tzinfo=zone).astimezone(UTC)
            if begins >= end:
                break
            if found and begins <= found[-1].start:
                # The one before did not exist.
                found.pop()
            found.append(Bucket(begins, local.strftime(FORMATS[interval]).rjust(len("2026-01"), "0")))
            if len(found) > MAX_BUCKETS:
                raise InvalidQueryError(f"that would be more than {MAX_BUCKETS} intervals: take longer ones, or a shorter time")
    except OverflowError:
        raise InvalidQueryError("the time must be between the years 1 and 9999") from None
    return found


def _local_starts(local: datetime, interval: str) -> Iterator[datetime]:
    """The beginnings of intervals by the clock on the wall, from the one that holds ``local`` on."""
    at = local.replace(minute=0, second=0, microsecond=0)
    if interval != "hour":
        at = at.replace(hour=0)
    if interval == "week":
        at -= timedelta(days=at.weekday())
    if interval == "month":
        at = at.replace(day=1)
    step = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}.get(interval)
    while True:
        yield at
        # From the first of a month, 32 days lead into the next one.
        at = at + step if step is not None else (at + timedelta(days=32)).replace(day=1)
