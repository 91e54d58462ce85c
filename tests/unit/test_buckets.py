"""The boundaries of intervals in local time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authhero_sql import InvalidQueryError
from authhero_sql.buckets import FORMATS, get_time_zone, split_into_buckets


def buckets_of(start: str, end: str, interval: str, name: str) -> list[tuple[str, str]]:
    """Return the buckets: the start of each in UTC, and its label."""
    found = split_into_buckets(datetime.fromisoformat(start), datetime.fromisoformat(end), interval, get_time_zone(name))
    return [(f"{bucket.start:%m-%dT%H:%M}", bucket.label) for bucket in found]


def test_an_hour_that_is_repeated_is_one_of_two_hours() -> None:
    assert buckets_of("2026-10-24T23:00:00Z", "2026-10-25T03:00:00Z", "hour", "Europe/Berlin") == [
        ("10-24T23:00", "2026-10-25T01"),
        ("10-25T00:00", "2026-10-25T02"),
        ("10-25T02:00", "2026-10-25T03"),
    ]


def test_an_hour_that_is_left_out_is_none() -> None:
    assert buckets_of("2026-03-29T00:00:00Z", "2026-03-29T03:00:00Z", "hour", "Europe/Berlin") == [
        ("03-29T00:00", "2026-03-29T01"),
        ("03-29T01:00", "2026-03-29T03"),
        ("03-29T02:00", "2026-03-29T04"),
    ]


def test_half_an_hour_and_three_quarters() -> None:
    assert buckets_of("2026-04-04T14:00:00Z", "2026-04-04T17:00:00Z", "hour", "Australia/Lord_Howe") == [
        ("04-04T14:00", "2026-04-05T01"),
        ("04-04T15:30", "2026-04-05T02"),
        ("04-04T16:30", "2026-04-05T03"),
    ]
    assert buckets_of("2026-01-01T00:00:00Z", "2026-01-01T02:00:00Z", "hour", "Asia/Kathmandu")[0] == ("12-31T23:15", "2026-01-01T05")


def test_a_day_that_is_left_out_is_none() -> None:
    days = buckets_of("2011-12-29T12:00:00Z", "2012-01-01T12:00:00Z", "day", "Pacific/Apia")
    assert [label for _, label in days] == ["2011-12-29", "2011-12-31", "2012-01-01", "2012-01-02"]


def test_weeks_begin_on_monday_and_months_on_their_first() -> None:
    weeks = buckets_of("2026-02-01T00:00:00Z", "2026-02-10T00:00:00Z", "week", "UTC")
    assert weeks == [("01-26T00:00", "2026-01-26"), ("02-02T00:00", "2026-02-02"), ("02-09T00:00", "2026-02-09")]
    months = buckets_of("2026-01-31T23:30:00Z", "2026-04-01T00:00:00Z", "month", "Europe/Berlin")
    assert months == [("01-31T23:00", "2026-02"), ("02-28T23:00", "2026-03"), ("03-31T22:00", "2026-04")]


def test_too_many_and_too_far_is_refused() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(InvalidQueryError, match="2,000"):
        split_into_buckets(start, start + timedelta(hours=2001), "hour", UTC)
    assert len(split_into_buckets(start, start + timedelta(hours=2000), "hour", UTC)) == 2000
    for edge in (datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, tzinfo=UTC)):
        for name in ("America/New_York", "Asia/Tokyo"):
            with pytest.raises(InvalidQueryError):
                split_into_buckets(edge, edge + timedelta(minutes=59), "month", get_time_zone(name))


@pytest.mark.parametrize("name", ["", "Nowhere", "../etc/passwd", "/etc/passwd", "Europe/Berlin\0", "UTC ", "a" * 5000, "Europe"])
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(InvalidQueryError, match="IANA"):
        get_time_zone(name)


# The clocks of Troll are set back by two hours: between the two hours with the same label is an hour with a different one.
ZONES = sorted(available_timezones() - {"localtime", "Antarctica/Troll"})
INSTANTS = st.datetimes(datetime(1975, 1, 1), datetime(2037, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001  # its bounds are naive


@given(st.sampled_from(ZONES), INSTANTS, st.sampled_from(sorted(FORMATS)), st.integers(0, 60))
def test_each_instant_lies_in_the_bucket_of_its_local_time(name: str, start: datetime, interval: str, minutes: int) -> None:
    end = start + timedelta(minutes=minutes * 60)
    found = split_into_buckets(start, end, interval, get_time_zone(name))
    starts = [bucket.start for bucket in found]
    assert starts == sorted(set(starts))
    if end > start:
        assert starts[0] <= start
        assert starts[-1] < end
    for step in range(minutes + 1):
        at = start + (end - start) * step / (minutes + 1)
        if not start <= at < end:
            continue
        local = at.astimezone(ZoneInfo(name))
        held = [bucket for bucket in found if bucket.start <= at][-1]
        monday = local - timedelta(days=local.weekday()) if interval == "week" else local
        assert held.label == monday.strftime(FORMATS[interval])
