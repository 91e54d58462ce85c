"""How much of a table one batch of a sweep removes: as much as keeps its locks short, which only the database can tell."""

from __future__ import annotations

from dataclasses import dataclass

GOAL = 0.1
"""Seconds that a batch is to take."""
FIRST, LEAST, GREATEST = 100, 10, 5000


@dataclass(slots=True)
class BatchSize:
    """The size of the next batch, by what the last one took.

    A batch walks over some entries of an index, and removes those rows that are meant. Where few are, it walks further and
    removes no more: what has been quick to pass over says nothing about how long a removal takes.

    Attributes:
        greatest: the most rows that a batch may be meant to remove.
        rows: how many the next one is meant to remove.
        reach: how many entries it walks over.
    """

    greatest: int = GREATEST
    rows: int = FIRST
    reach: int = FIRST

    @property
    def limit(self) -> int:
        """The most rows that it may remove: some more than it is meant to, because several may have the value that it ends with."""
        return self.rows + self.rows // 4

    def record(self, seconds: float, rows: int) -> None:
        """Set the size of the next batch: at most twice as much, and less in proportion where it took longer than it should.

        Args:
            seconds: how long the last one took.
            rows: how many rows it found.
        """
        factor = GOAL / max(seconds, GOAL / GREATEST)
        if rows < min(self.limit, self.reach / 2):
            self.reach = _between(min(factor, 2) * self.reach, GREATEST)
            self.rows = min(self.rows, self.reach)
        else:
            self.rows = self.reach = _between(min(factor * rows, 2 * self.rows), self.greatest)


def _between(size: float, greatest: int) -> int:
    return max(LEAST, min(int(size), greatest))
