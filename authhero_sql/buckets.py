"""The boundaries of the hours, days, weeks and months of a time zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from .errors import InvalidQueryError

MAX_BUCKETS = 2000
"""The maximum number of buckets in one query."""
FORMATS = {"hour": "%Y-%m-%dT%H", "day": "%Y-%m-%d", "week": "%Y-%m-%d", "month": "%Y-%m"}
"""The ``strftime`` format of the label of each interval."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """A time interval: its first instant and its label in local time. It ends at the start of the next bucket."""

    start: datetime
    label: str


def get_time_zone(name: str) -> tzinfo:
    """Return the time zone with an IANA name.

    Raises:
        InvalidQueryError: The time zone does not exist.
    """
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError, TypeError):
        # ZoneInfo rejects invalid names with several exceptions.
        raise InvalidQueryError("tz must be the name of an IANA time zone, such as Europe/Berlin") from None


def split_into_buckets(start: datetime, end: datetime, interval: str, zone: tzinfo) -> list[Bucket]:
    """Return the buckets that cover the time from ``start`` to ``end``, oldest first and without gaps.

    An hour that is repeated when daylight saving time ends is one bucket of two hours, because both have the same label. An hour or day
    that is skipped by a time zone transition has no bucket.

    Raises:
        InvalidQueryError: There would be more than 2,000 buckets, or one lies outside the years 1 to 9999.
    """
    found: list[Bucket] = []
    try:
        for local in _local_starts(start.astimezone(zone).replace(tzinfo=None), interval):
            begins = local.replace(tzinfo=zone).astimezone(UTC)
            if begins >= end:
                break
            if found and begins <= found[-1].start:
                # The previous local time was skipped by a time zone transition.
                found.pop()
            found.append(Bucket(begins, local.strftime(FORMATS[interval]).rjust(len("2026-01"), "0")))
            if len(found) > MAX_BUCKETS:
                raise InvalidQueryError(f"more than {MAX_BUCKETS:,} intervals: choose a longer interval or a shorter time range")
    except OverflowError:
        raise InvalidQueryError("the time range must lie between the years 1 and 9999") from None
    return found


def _local_starts(local: datetime, interval: str) -> Iterator[datetime]:
    """Yield the local times at which intervals begin, starting with the interval that contains ``local``."""
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
        # The first day of a month plus 32 days always lies in the next month.
        at = at + step if step is not None else (at + timedelta(days=32)).replace(day=1)
