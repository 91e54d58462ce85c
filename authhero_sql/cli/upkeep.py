"""Commands for a database in use: ``cleanup`` and ``doctor``."""

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
from .invocation import CHECK_FAILED, Invocation, app, command, counted

_DAY = timedelta(days=1)
_KEPT = Retention()
_COLORS = dict(zip(SEVERITIES, ("red", "yellow", "cyan"), strict=True))


@command(app)
def cleanup(
    cli: Invocation,
    grace_days: Annotated[float, typer.Option(min=0, help="Days to keep sessions and tokens after they expire.")] = _KEPT.sessions // _DAY,
    codes_days: Annotated[float, typer.Option(min=0, help="Days to keep codes after they expire.")] = _KEPT.codes // _DAY,
    outbox_days: Annotated[float, typer.Option(min=0, help="Days to keep delivered and dead events.")] = _KEPT.outbox // _DAY,
    executions_days: Annotated[float, typer.Option(min=0, help="Days to keep action executions.")] = _KEPT.executions // _DAY,
    logs_days: Annotated[float | None, typer.Option(min=0, help="Days to keep log entries.", show_default="all are kept")] = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count the rows, and delete none.")] = False,
) -> None:
    """Delete what has expired, in bounded batches, and print the number of rows."""
    retention = Retention(
        sessions=timedelta(days=grace_days),
        codes=timedelta(days=codes_days),
        outbox=timedelta(days=outbox_days),
        executions=timedelta(days=executions_days),
        logs=None if logs_days is None else timedelta(days=logs_days),
    )

    async def work(database: Database) -> dict[str, int]:
        adapters = await create_adapters(database)
        return await clean_up(adapters, retention, dry_run=dry_run, report=lambda kind: cli.note(f"{kind} done"))

    counts = cli.run(work)
    shown = Table("table", "rows to delete" if dry_run else "rows deleted")
    for name, number in counts.items():
        shown.add_row(name, str(number))
    cli.answer({"dry_run": dry_run, "rows": counts}, shown)


@command(app)
def doctor(
    cli: Invocation,
    *,
    thorough: Annotated[bool, typer.Option("--thorough", help="Read the whole file for corruption, too (SQLite, D1).")] = False,
) -> None:
    """Examine the database, and print each finding with its fix. Changes nothing; exits with 1 when there is a problem."""
    findings = cli.run_unopened(lambda database: diagnose(database, thorough=thorough))
    counts = Counter(finding.severity for finding in findings)
    if not cli.json:
        for finding in findings:
            cli.out.print(f"{finding.severity}: ", style=_COLORS[finding.severity], end="")
            cli.say(finding.message)
            if finding.fix:
                cli.say(f"  fix: {finding.fix}")
    verdict = ", ".join(counted(counts[severity], severity) for severity in SEVERITIES if counts[severity]) or "no findings"
    cli.answer({"healthy": not counts["problem"], "findings": findings}, verdict)
    if counts["problem"]:
        raise typer.Exit(CHECK_FAILED)
