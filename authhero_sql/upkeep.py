"""Cleanup of expired rows, with the retention periods that the command line and the doctor share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from .adapters import Adapters


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long rows are retained after they have expired or been processed.

    ``logs`` is the retention of log entries, counted from their date. None retains all of them.
    """

    sessions: timedelta = timedelta(days=7)
    codes: timedelta = timedelta(days=1)
    outbox: timedelta = timedelta(days=7)
    executions: timedelta = timedelta(days=30)
    logs: timedelta | None = None


async def clean_up(
    adapters: Adapters, retention: Retention, *, dry_run: bool = False, report: Callable[[str], None] = lambda _: None
) -> dict[str, int]:
    """Delete rows that are older than the retention, in bounded batches, and return the number of rows by kind.

    Args:
        adapters: The adapters of the database.
        retention: How long rows are retained.
        dry_run: Whether to count the rows without deleting them.
        report: Called with the name of each kind when it is done.
    """
    now = adapters.context.now()
    sessions = await adapters.session_cleanup(grace=retention.sessions, dry_run=dry_run)
    report("sessions")
    counts: dict[str, int] = sessions.model_dump()
    counts["codes"] = await adapters.codes.cleanup(now - retention.codes, dry_run=dry_run)
    report("codes")
    counts["outbox_events"] = await adapters.outbox.cleanup(now - retention.outbox, dry_run=dry_run)
    report("outbox")
    counts["action_executions"] = await adapters.action_executions.cleanup(now - retention.executions, dry_run=dry_run)
    report("action executions")
    if retention.logs is not None:
        counts["logs"] = await adapters.logs.cleanup(now - retention.logs, dry_run=dry_run)
        report("logs")
    return counts
