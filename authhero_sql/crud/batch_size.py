"""The size of the batches in which rows are deleted. It adapts to the speed of the database, so that locks are held only briefly."""

from __future__ import annotations

from dataclasses import dataclass

GOAL = 0.1
"""The target duration of a batch, in seconds."""
FIRST, LEAST, GREATEST = 100, 10, 5000


@dataclass(slots=True)
class BatchSize:
    """The size of the next batch, adjusted after each one.

    A batch scans a number of index entries and deletes the matching rows among them. If few rows match, the next batch scans more entries
    but deletes no more rows, because a fast scan says nothing about the duration of a deletion.

    Attributes:
        greatest: The maximum target number of rows per batch.
        rows: The target number of rows to delete in the next batch.
        reach: The number of index entries that the next batch scans.
    """

    greatest: int = GREATEST
    rows: int = FIRST
    reach: int = FIRST

    @property
    def limit(self) -> int:
        """The maximum number of rows to delete. It exceeds the target because several rows may share the value at which the batch ends."""
        return self.rows + self.rows // 4

    def record(self, seconds: float, rows: int) -> None:
        """Adjust the size to the duration of the last batch. It at most doubles, and shrinks in proportion if the batch took too long.

        Args:
            seconds: The duration of the batch.
            rows: The number of matching rows.
        """
        factor = GOAL / max(seconds, GOAL / GREATEST)
        if rows < min(self.limit, self.reach / 2):
            self.reach = _between(min(factor, 2) * self.reach, GREATEST)
            self.rows = min(self.rows, self.reach)
        else:
            self.rows = self.reach = _between(min(factor * rows, 2 * self.rows), self.greatest)


def _between(size: float, greatest: int) -> int:
    return max(LEAST, min(int(size), greatest))
