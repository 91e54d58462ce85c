"""Writes that are alike: neighbours with the same text, which an engine can take together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from .interface import Call

LONGEST = 1_000
"""How many writes go together at the most: each run has as long as one statement to end, and its text has to fit into a packet."""


def split_runs(calls: Sequence[Call]) -> Iterator[Sequence[Call]]:
    """The writes in their order, neighbours with the same text together; a run is never empty."""
    if len(calls) == 1:
        yield calls
        return
    for _, alike in groupby(calls, _likeness):
        run = list(alike)
        for begin in range(0, len(run), LONGEST):
            yield run[begin : begin + LONGEST]


def _likeness(call: Call) -> tuple[str, bool]:
    return call.sql, call.bounded


def is_insert_run(run: Sequence[Call]) -> bool:
    """Whether these are several plain INSERTs of one row each: every one of them adds its row, or all fail."""
    return len(run) > 1 and run[0].adds_row


PACKET = 500_000
"""Characters of the values of one INSERT of many rows: every server takes a packet of eight times as many bytes."""


def merge_inserts(run: Sequence[Call]) -> Iterator[tuple[Call, int]]:
    """A run as MySQL takes it in few statements: plain INSERTs as some of many rows, each with their number, everything else as it is."""
    if not is_insert_run(run):
        yield from ((call, 1) for call in run)
        return
    portion: list[Call] = []
    room = PACKET
    for call in run:
        size = sum(len(value) for value in call.args if isinstance(value, str))
        if portion and size > room:
            yield _of_many_rows(portion), len(portion)
            portion, room = [], PACKET
        portion.append(call)
        room -= size
    yield _of_many_rows(portion), len(portion)


def _of_many_rows(calls: Sequence[Call]) -> Call:
    if len(calls) == 1:
        return calls[0]
    head, _ = calls[0].sql.rsplit(" VALUES ", 1)
    # Most of a row is NULL, which the driver takes as long to write as a text.
    rows = (f"({','.join(['NULL' if value is None else '%s' for value in call.args])})" for call in calls)
    args = tuple(value for call in calls for value in call.args if value is not None)
    return Call(f"{head} VALUES {','.join(rows)}", args, calls[0].bounded, calls[0].prepared)
