"""The size of the batches of a bulk deletion, without a clock."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authhero_sql.crud.batch_size import FIRST, GOAL, GREATEST, LEAST, BatchSize


def sizes(batch: BatchSize) -> tuple[int, int]:
    """Return the number of rows to delete in the next batch, and the number of index entries to scan."""
    return batch.rows, batch.reach


@pytest.mark.parametrize(
    ("seconds", "size"),
    [(0.0, 200), (GOAL / 100, 200), (GOAL / 2, 200), (GOAL / 1.5, 150), (GOAL, 100), (2 * GOAL, 50), (4 * GOAL, 25), (60.0, LEAST)],
)
def test_it_doubles_at_the_most_and_shrinks_in_proportion(seconds: float, size: int) -> None:
    batch = BatchSize()
    batch.record(seconds, FIRST)
    assert sizes(batch) == (size, size)


def test_it_settles_where_a_batch_takes_what_it_should() -> None:
    batch = BatchSize()
    for _ in range(20):
        batch.record(batch.rows * 0.0002, batch.rows)
    assert sizes(batch) == (500, 500)
    # It adapts again if the database becomes ten times as slow.
    batch.record(batch.rows * 0.002, batch.rows)
    assert sizes(batch) == (50, 50)


def test_what_is_passed_over_quickly_is_walked_over_further_and_no_more_is_removed() -> None:
    batch = BatchSize()
    batch.record(0.0, 0)
    assert sizes(batch) == (100, 200)
    for _ in range(10):
        batch.record(0.0, 3)
    assert sizes(batch) == (100, GREATEST)
    batch.record(GOAL, batch.limit)
    assert sizes(batch) == (125, 125), "with many rows again, the scan is limited to the number of rows that a batch may delete"


def test_where_nothing_was_found_a_slow_batch_makes_the_next_one_smaller() -> None:
    batch = BatchSize()
    batch.record(2 * GOAL, 0)
    assert sizes(batch) == (50, 50)


def test_the_removal_has_a_bound_of_its_own() -> None:
    batch = BatchSize(greatest=150)
    for _ in range(5):
        batch.record(0.0, batch.rows)
    assert sizes(batch) == (150, 150)


@given(st.lists(st.tuples(st.floats(0, 1000), st.floats(0, 1))))
def test_it_stays_within_its_bounds(taken: list[tuple[float, float]]) -> None:
    batch = BatchSize()
    for seconds, part in taken:
        before = batch.rows
        batch.record(seconds, int(part * batch.limit))
        assert LEAST <= batch.rows <= batch.reach <= GREATEST
        assert batch.rows <= max(2 * before, LEAST)
        assert batch.rows < batch.limit <= 1.25 * batch.rows
