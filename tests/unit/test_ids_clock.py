"""Properties of times and IDs."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authhero_sql import IdGenerator
from authhero_sql.clock import from_epoch_ms, system_clock, to_epoch_ms, to_iso, truncate
from authhero_sql.ids import BASE36, CROCKFORD, URL_SAFE

MILLISECOND = timedelta(milliseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
instants = st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=zones)  # noqa: DTZ001  # given zones
milliseconds = st.integers(to_epoch_ms(datetime(1, 1, 1, tzinfo=UTC)), to_epoch_ms(datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)))


@given(instants)
def test_cutting_takes_less_than_a_millisecond_and_only_once(instant: datetime) -> None:
    cut = truncate(instant)
    assert timedelta(0) <= instant - cut < MILLISECOND
    assert cut.tzinfo is UTC
    assert truncate(cut) == cut


@given(instants)
def test_text_and_number_say_the_same(instant: datetime) -> None:
    text = to_iso(instant)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", text)
    assert datetime.fromisoformat(text) == truncate(instant) == from_epoch_ms(to_epoch_ms(instant))


@given(milliseconds)
def test_every_millisecond_comes_back(value: int) -> None:
    assert to_epoch_ms(from_epoch_ms(value)) == value


@given(instants, instants)
def test_text_sorts_by_time(one: datetime, other: datetime) -> None:
    assert (to_iso(one) < to_iso(other)) == (to_epoch_ms(one) < to_epoch_ms(other))


@pytest.mark.parametrize(
    ("instant", "text", "number"),
    [
        (EPOCH, "1970-01-01T00:00:00.000Z", 0),
        (EPOCH - timedelta(microseconds=1), "1969-12-31T23:59:59.999Z", -1),
        (EPOCH + timedelta(microseconds=999), "1970-01-01T00:00:00.000Z", 0),
        (datetime(2026, 1, 31, 12, 0, 0, 123999, timezone(timedelta(hours=2))), "2026-01-31T10:00:00.123Z", 1769853600123),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00.000Z", -62135596800000),
        (datetime(9999, 12, 31, 23, 59, 59, 999999, UTC), "9999-12-31T23:59:59.999Z", 253402300799999),
    ],
)
def test_instants(instant: datetime, text: str, number: int) -> None:
    assert (to_iso(instant), to_epoch_ms(instant)) == (text, number)


@pytest.mark.parametrize(
    "instant",
    [
        datetime(2026, 1, 31),  # noqa: DTZ001  # naive on purpose
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1))),
        datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-2))),
    ],
)
def test_what_names_no_instant_is_refused(instant: datetime) -> None:
    for refuse in (truncate, to_iso, to_epoch_ms):
        with pytest.raises(ValueError, match=r"time zone|between the years"):
            refuse(instant)


def test_the_system_clock_is_aware() -> None:
    assert system_clock().utcoffset() == timedelta(0)


# --- ids -------------------------------------------------------------------------------------------------------------------------


def test_the_alphabets_have_no_character_twice() -> None:
    assert [(len(alphabet), len(set(alphabet))) for alphabet in (URL_SAFE, BASE36, CROCKFORD)] == [(64, 64), (36, 36), (32, 32)]
    assert re.fullmatch(r"[\w-]+", URL_SAFE, re.ASCII)
    assert not set("ILOU") & set(CROCKFORD)
    # A later ID sorts after an earlier one.
    assert list(CROCKFORD) == sorted(CROCKFORD)


@given(st.integers(1, 64))
def test_a_nanoid_has_its_length_and_alphabet(size: int) -> None:
    made = IdGenerator().nanoid(size)
    assert len(made) == size
    assert set(made) <= set(URL_SAFE)
    assert len(IdGenerator().nanoid()) == 21


@given(st.sampled_from(["org_", "con_", ""]))
def test_a_prefixed_id_has_17_characters_behind_its_prefix(prefix: str) -> None:
    assert re.fullmatch(re.escape(prefix) + "[0-9a-z]{17}", IdGenerator().prefixed(prefix))


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=256).map(lambda text: "".join(dict.fromkeys(text))))
def test_every_character_of_an_alphabet_is_drawn_evenly(alphabet: str) -> None:
    """Test all 256 bytes: each character occurs equally often."""
    size = 256 // len(alphabet) * len(alphabet)
    ids = IdGenerator(lambda count: bytes(range(256))[:count] if count >= size else bytes(count))
    assert set(Counter(ids.random_text(alphabet, size)).values()) == {256 // len(alphabet)}


def test_bytes_that_would_favour_a_character_are_drawn_again() -> None:
    answers = [bytes([255, 252, 251, 0]), bytes([1, 2, 3, 4])]
    ids = IdGenerator(lambda _: answers.pop(0))
    # 252 = 7 × 36, so the last four byte values are discarded.
    assert ids.random_text(BASE36, 4) == BASE36[251 % 36] + "012"


def test_ids_are_not_made_twice() -> None:
    ids = IdGenerator()
    assert len({ids.nanoid() for _ in range(2000)}) == 2000
    assert len({ids.ulid(EPOCH) for _ in range(2000)}) == 2000


ulid_times = milliseconds.filter(lambda value: value >= 0).map(from_epoch_ms)


@given(ulid_times)
def test_a_ulid_tells_its_time(instant: datetime) -> None:
    made = IdGenerator().ulid(instant)
    assert len(made) == 26
    assert set(made) <= set(CROCKFORD)
    assert made[0] in "01234567"
    value = 0
    for character in made[:10]:
        value = value * 32 + CROCKFORD.index(character)
    assert value == to_epoch_ms(instant)


@given(ulid_times, ulid_times)
def test_ulids_sort_by_time(one: datetime, other: datetime) -> None:
    greatest, least = IdGenerator(lambda count: b"\xff" * count), IdGenerator(bytes)
    if to_epoch_ms(one) < to_epoch_ms(other):
        assert greatest.ulid(one) < least.ulid(other)
    elif to_epoch_ms(one) == to_epoch_ms(other):
        assert least.ulid(one) < greatest.ulid(other)


def test_a_ulid_is_the_one_of_the_specification() -> None:
    ids = IdGenerator(lambda _: bytes(range(1, 11)))
    assert ids.ulid(from_epoch_ms(1469918176385)) == "01ARYZ6S41" + "041061050R3GG28A"
