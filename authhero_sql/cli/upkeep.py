"""The commands ``cleanup`` and ``doctor``, for a database in use."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Annotated

import typer
from rich.table import Table

from ..adapters import create_adapters
from ..dialects import Database
from ..doctor import SEVERITIES, diagnose
from ..upkeep import Retention, clean_up
from .invocation import CHECK_FAILED, Invocation, app, command, pluralize

_DAY = timedelta(days=1)
_DEFAULTS = Retention()
_COLORS = dict(zip(SEVERITIES, ("red", "yellow", "cyan"), strict=True))


@command(app)
def cleanup(
    cli: Invocation,
    grace_days: Annotated[
        float, typer.Option(min=0, metavar="DAYS", help="Days to keep sessions and refresh tokens after they expire.")
    ] = _DEFAULTS.sessions // _DAY,
    codes_days: Annotated[float, typer.Option(min=0, metavar="DAYS", help="Days to keep codes after they expire.")] = _DEFAULTS.codes
    // _DAY,
    outbox_days: Annotated[
        float, typer.Option(min=0, metavar="DAYS", help="Days to keep delivered events and dead letters.")
    ] = _DEFAULTS.outbox // _DAY,
    executions_days: Annotated[float, typer.Option(min=0, metavar="DAYS", help="Days to keep action executions.")] = _DEFAULTS.executions
    // _DAY,
    logs_days: Annotated[
        float | None, typer.Option(min=0, metavar="DAYS", help="Days to keep log entries.", show_default="keep all")
    ] = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count the rows that would be deleted.")] = False,
) -> None:
    """Delete expired sessions, tokens, codes and other old rows.

    Rows are deleted in bounded batches, so that other writers hardly wait.
    """
    retention = Retention(
        sessions=timedelta(days=grace_days),
        codes=timedelta(days=codes_days),
        outbox=timedelta(days=outbox_days),
        executions=timedelta(days=executions_days),
        logs=None if logs_days is None else timedelta(days=logs_days),
    )

    async def work(database: Database) -> dict[str, int]:
        adapters = await create_adapters(database)
        return await clean_up(adapters, retention, dry_run=dry_run, report=lambda kind: cli.print_progress(f"Cleaned up {kind}"))

    counts = cli.run(work)
    table = Table("Table", "Rows to delete" if dry_run else "Rows deleted")
    for name, number in counts.items():
        table.add_row(name, str(number))
    cli.print_result({"dry_run": dry_run, "rows": counts}, table)


@command(app)
def doctor(
    cli: Invocation,
    *,
    thorough: Annotated[bool, typer.Option("--thorough", help="Also check the whole database for corruption (SQLite and D1).")] = False,
) -> None:
    """Diagnose the database and suggest fixes.

    Changes nothing. Exits with 1 if there is a problem.
    """
    findings = cli.run_unopened(lambda database: diagnose(database, thorough=thorough))
    counts = Counter(finding.severity for finding in findings)
    if not cli.json:
        for finding in findings:
            cli.out.print(f"{finding.severity}: ", style=_COLORS[finding.severity], end="")
            cli.print_text(finding.message)
            if finding.fix:
                cli.print_text(f"  fix: {finding.fix}")
    verdict = ", ".join(pluralize(counts[severity], severity) for severity in SEVERITIES if counts[severity]) or "No problems found."
    cli.print_result({"healthy": not counts["problem"], "findings": findings}, verdict)
    if counts["problem"]:
        raise typer.Exit(CHECK_FAILED)
