"""Commands for the schema: migrations, their state, and what a crash left of them."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from .. import migrations
from ..dialects import SCRIPTS, Database
from ..migrations.export import MODES, export_sql
from ..migrations.writer import write_migration
from .invocation import CHECK_FAILED, MIGRATION_FAILED, Bar, Invocation, UsageError, app, command, counted

D1_DIALECTS = ("d1", "sqlite")
"""The dialects that D1 understands; their scripts are the same."""


@command(app)
def migrate(
    cli: Invocation,
    to: Annotated[str | None, typer.Option(help="Stop after this migration; the beginning of its name is enough, such as 0005.")] = None,
) -> None:
    """Apply the pending migrations. Creates a SQLite file that does not exist."""
    with Bar(cli) as bar:
        applied = cli.run(lambda database: migrations.migrate_to_latest(database, report=bar, target=to), create=True)
    cli.answer({"applied": applied}, applied_words(applied))


def applied_words(applied: list[str]) -> str:
    """Return what migrate says."""
    lines = [f"applied {name}" for name in applied]
    return "\n".join([*lines, f"{counted(len(applied), 'migration')} applied"]) if applied else "nothing to apply: the schema is up to date"


@command(app)
def down(
    cli: Invocation,
    steps: Annotated[int, typer.Option(min=0, help="The number of migrations.")] = 1,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask: delete the data in the tables and columns that are dropped.")] = False,
) -> None:
    """Undo the newest migrations. Shows which data this deletes and asks first; never undoes an adopted migration."""
    if not yes and cli.can_ask:
        yes = _agreed(cli, cli.run(lambda database: migrations.losses(database, steps)))
    with Bar(cli) as bar:
        names = cli.run(lambda database: migrations.migrate_down(database, steps, drop_data=yes, report=bar))
    lines = [*(f"undid {name}" for name in names), f"{counted(len(names), 'migration')} undone"]
    cli.answer({"taken_back": names}, "\n".join(lines) if names else "no migration to undo")


def _agreed(cli: Invocation, lost: list[migrations.DataLoss]) -> bool:
    """Return whether what would be lost may be lost; nothing needs no answer."""
    if not lost:
        return False
    shown = Table("dropped", "rows with data", title="Data that is deleted", title_justify="left")
    for loss in lost:
        shown.add_row(loss.table if loss.column is None else f"{loss.table}.{loss.column}", str(loss.rows))
    cli.out.print(shown)
    if not typer.confirm("Delete this data permanently and undo the migrations?"):
        cli.say("no migration was undone")
        raise typer.Exit(MIGRATION_FAILED)
    return True


@command(app)
def status(
    cli: Invocation, *, exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit with 1 when a migration is pending.")] = False
) -> None:
    """List the applied and the pending migrations. Changes nothing."""
    found = cli.run(migrations.migration_status)
    cli.answer(found, _status_table(found))
    if not cli.json:
        cli.say(_status_words(found))
    if exit_code and found.pending:
        raise typer.Exit(CHECK_FAILED)


def _status_table(found: migrations.MigrationStatus) -> Table:
    shown = Table("migration", "applied (UTC)", "took")
    for entry in found.applied:
        shown.add_row(entry.name, f"{entry.applied_at:%Y-%m-%d %H:%M:%S}", "adopted" if entry.adopted else f"{entry.duration_ms} ms")
    for name in found.pending:
        shown.add_row(name, "pending", "")
    return shown


def _status_words(found: migrations.MigrationStatus) -> str:
    if found.made_by is not None:
        return f"{found.made_by} created these tables: `authhero-sql check` compares them, `authhero-sql adopt` takes the database over"
    if not found.pending:
        return "the schema is up to date"
    return f"{counted(len(found.pending), 'migration')} pending: run `authhero-sql migrate`"


@command(app)
def plan(cli: Invocation) -> None:
    """Print the SQL that migrate would run, without running it."""
    planned = cli.run(migrations.plan)
    text = "\n".join(f"-- {part.name}\n" + "".join(f"{statement};\n" for statement in part.statements) for part in planned)
    cli.answer(planned, text.rstrip("\n") or "nothing to apply: the schema is up to date")


@command(app)
def check(cli: Invocation) -> None:
    """Compare the schema of the database with this version's. Changes nothing; exits with 1 when the adapters cannot work with it."""
    found = cli.run(migrations.check_schema)
    parts = [{**asdict(part), "text": str(part)} for part in found.differences]
    cli.answer({"usable": found.usable, "verdict": found.verdict, "differences": parts}, str(found))
    if not found.usable:
        raise typer.Exit(CHECK_FAILED)


@command(app)
def adopt(cli: Invocation) -> None:
    """Take over a database that AuthHero created. Adds what is missing, and deletes nothing."""
    with Bar(cli) as bar:

        async def work(database: Database) -> tuple[list[str], str]:
            return await migrations.migrate_to_latest(database, adopt=True, report=bar), database.dialect.opening

        applied, opening = cli.run(work)
    text = f"adopted at {applied[-1]}" if applied else "nothing to adopt: this database already has this package's ledger"
    cli.answer({"applied": applied, "note": opening or None}, f"{text}\nnote: {opening}" if opening else text)


@command(app)
def repair(
    cli: Invocation,
    *,
    record: Annotated[bool, typer.Option("--record", help="Record in the ledger what the schema shows.")] = False,
) -> None:
    """List the migrations that a crash interrupted. Exits with 1 unless --record records what was done."""
    found = cli.run(migrations.repair if record else migrations.find_interrupted_migrations)
    next_step = "recorded: run `authhero-sql migrate` to go on" if record else "run `authhero-sql repair --record` to record what was done"
    text = "\n".join([*map(str, found), next_step]) if found else "no migration was interrupted"
    cli.answer({"interrupted": found, "recorded": record}, text)
    if found and not record:
        raise typer.Exit(CHECK_FAILED)


@command(app)
def unlock(cli: Invocation) -> None:
    """Release the migration lease of a process that died."""
    lease = cli.run(migrations.unlock)
    cli.answer({"was": lease}, f"released: the migration lease was {lease}" if lease else "nobody held the migration lease")


@command(app, "export-sql")
def export_sql_command(
    cli: Invocation,
    dialect: Annotated[str | None, typer.Option(help=f"One of {', '.join(SCRIPTS)}.", show_default="sqlite")] = None,
    d1: Annotated[Path | None, typer.Option(help="Write numbered files for `wrangler d1 migrations apply` into this directory.")] = None,
    *,
    combined: Annotated[bool, typer.Option("--combined", help="Write all migrations into one file.")] = False,
    squash: Annotated[bool, typer.Option("--squash", help="Write the final tables into one file, for an empty database.")] = False,
) -> None:
    """Write the migrations as SQL to standard output, or into a directory with --d1. Needs no database."""
    if combined and squash:
        raise UsageError("--combined and --squash exclude each other")
    if d1 is not None and dialect not in (None, *D1_DIALECTS):
        raise UsageError(f"--d1 writes for D1 and cannot be combined with --dialect {dialect}")
    mode = MODES[1] if combined else MODES[2] if squash else MODES[0]
    scripts = export_sql(dialect or D1_DIALECTS[d1 is None], mode)
    if d1 is None:
        if cli.json:
            cli.answer(scripts, "")
        else:
            # Exactly these bytes: the console would wrap and color them.
            sys.stdout.write("\n".join(scripts.values()))
        return
    d1.mkdir(parents=True, exist_ok=True)
    for name, text in scripts.items():
        (d1 / name).write_text(text, "utf-8", newline="\n")
    cli.answer({"written": list(scripts)}, "\n".join(f"wrote {d1 / name}" for name in scripts))


@command(app)
def makemigration(
    cli: Invocation,
    name: Annotated[str, typer.Argument(help="What it does, such as users_blocked.")],
    folder: Annotated[Path | None, typer.Option(help="The directory to write to.", show_default="authhero_sql/migrations")] = None,
) -> None:
    """Write the migration for what tables.py declares and the migrations lack. For the authors of this package, in a checkout."""
    path = write_migration(name, folder)
    cli.answer({"path": str(path) if path else None}, f"wrote {path}" if path else "nothing to write: the migrations match tables.py")


@command(app, "search-index")
def search_index(
    cli: Invocation,
    *,
    drop: Annotated[bool, typer.Option("--drop", help="Drop the indexes instead.")] = False,
) -> None:
    """Create the optional indexes that find users by the beginning of a name or an address, without blocking writes."""
    names = cli.run(migrations.drop_search_indexes if drop else migrations.create_search_indexes)
    key, verb = ("dropped", "dropped") if drop else ("built", "created")
    cli.answer({key: names}, "\n".join(f"{verb} {name}" for name in names) or f"nothing to do: no index was {verb}")
