"""Clean-up of everything that expires: one list of what is kept for how long, for the command line and the doctor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from .adapters import Adapters


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long rows are kept after they have expired or are done with; ``logs`` is None where all log entries are kept."""

    sessions: timedelta = timedelta(days=7)
    codes: timedelta = timedelta(days=1)
    outbox: timedelta = timedelta(days=7)
    executions: timedelta = timedelta(days=30)
    logs: timedelta | None = None


async def clean_up(
    adapters: Adapters, retention: Retention, *, dry_run: bool = False, report: Callable[[str], None] = lambda _: None
) -> dict[str, int]:
    """Remove what is older than the retention, in bounded batches, and return the number of rows by kind.

    Args:
        adapters: where.
        retention: how long rows are kept.
        dry_run: whether rows are only counted.
        report: hears the name of each kind that is done.
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
