"""Runs: adjacent writes with the same text, which an engine can process together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from .interface import Call

MAX_RUN = 1_000
"""The maximum number of writes in a run. A run has the timeout of one statement, and its text must fit into a packet."""


def split_runs(calls: Sequence[Call]) -> Iterator[Sequence[Call]]:
    """Yield the writes in their order, as runs of adjacent writes with the same text. No run is empty."""
    if len(calls) == 1:
        yield calls
        return
    for _, group in groupby(calls, _run_key):
        run = list(group)
        for start in range(0, len(run), MAX_RUN):
            yield run[start : start + MAX_RUN]


def _run_key(call: Call) -> tuple[str, bool]:
    return call.sql, call.has_timeout


def is_insert_run(run: Sequence[Call]) -> bool:
    """Return whether a run consists of several plain INSERTs of one row. Either each of them adds its row, or all fail."""
    return len(run) > 1 and run[0].is_plain_insert


MAX_INSERT_CHARACTERS = 500_000
"""The maximum number of characters in the values of a merged INSERT. Every server accepts a packet of eight times as many bytes."""


def merge_inserts(run: Sequence[Call]) -> Iterator[tuple[Call, int]]:
    """Yield the statements of a run for MySQL, each with its number of writes.

    Plain INSERTs are merged into INSERTs of many rows. Other writes stay as they are.
    """
    if not is_insert_run(run):
        yield from ((call, 1) for call in run)
        return
    batch: list[Call] = []
    remaining = MAX_INSERT_CHARACTERS
    for call in run:
        size = sum(len(value) for value in call.args if isinstance(value, str))
        if batch and size > remaining:
            yield _merge(batch), len(batch)
            batch, remaining = [], MAX_INSERT_CHARACTERS
        batch.append(call)
        remaining -= size
    yield _merge(batch), len(batch)


def _merge(calls: Sequence[Call]) -> Call:
    if len(calls) == 1:
        return calls[0]
    head, _ = calls[0].sql.rsplit(" VALUES ", 1)
    # Most values of a row are NULL, and the driver takes as long to format a NULL as a string.
    rows = (f"({','.join(['NULL' if value is None else '%s' for value in call.args])})" for call in calls)
    args = tuple(value for call in calls for value in call.args if value is not None)
    return Call(f"{head} VALUES {','.join(rows)}", args, calls[0].has_timeout, calls[0].prepared)
