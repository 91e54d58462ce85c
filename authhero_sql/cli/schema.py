"""The commands for the schema: migrations, their status, and recovery after a crash."""

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
from .invocation import CHECK_FAILED, MIGRATION_FAILED, Invocation, ProgressBar, UsageError, app, command, pluralize

D1_DIALECTS = ("d1", "sqlite")
"""The dialects that D1 supports. Their scripts are identical."""
UP_TO_DATE = "No migrations to apply: the schema is up to date."


@command(app)
def migrate(
    cli: Invocation,
    to: Annotated[
        str | None, typer.Option(metavar="NAME", help="Stop after this migration: its name or a prefix, for example 0005.")
    ] = None,
) -> None:
    """Apply the pending migrations.

    Creates the SQLite file if it does not exist.
    """
    with ProgressBar(cli) as bar:
        applied = cli.run(lambda database: migrations.migrate_to_latest(database, report=bar, target=to), create=True)
    cli.print_result({"applied": applied}, _format_applied(applied))


def _format_applied(applied: list[str]) -> str:
    lines = [f"Applied {name}" for name in applied]
    return "\n".join([*lines, f"{pluralize(len(applied), 'migration')} applied."]) if applied else UP_TO_DATE


@command(app)
def down(
    cli: Invocation,
    steps: Annotated[int, typer.Option(min=0, metavar="NUMBER", help="The number of migrations to undo.")] = 1,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before dropping tables and columns with their data.")] = False,
) -> None:
    """Undo the newest migrations.

    Shows the data that would be deleted and asks for confirmation. Adopted
    migrations cannot be undone.
    """
    if not yes and cli.is_interactive:
        yes = _confirm_loss(cli, cli.run(lambda database: migrations.preview_data_loss(database, steps)))
    with ProgressBar(cli) as bar:
        names = cli.run(lambda database: migrations.migrate_down(database, steps, drop_data=yes, report=bar))
    lines = [*(f"Undid {name}" for name in names), f"{pluralize(len(names), 'migration')} undone."]
    cli.print_result({"undone": names}, "\n".join(lines) if names else "No migrations to undo.")


def _confirm_loss(cli: Invocation, lost: list[migrations.DataLoss]) -> bool:
    """Ask whether data may be deleted. Return False without asking if no data would be lost."""
    if not lost:
        return False
    table = Table("Table or column", "Rows with data", title="Data to be deleted", title_justify="left")
    for loss in lost:
        table.add_row(loss.table if loss.column is None else f"{loss.table}.{loss.column}", str(loss.rows))
    cli.out.print(table)
    if not typer.confirm("Delete this data permanently and undo the migrations?"):
        cli.print_text("Cancelled: no migrations were undone.")
        raise typer.Exit(MIGRATION_FAILED)
    return True


@command(app)
def status(
    cli: Invocation, *, exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit with 1 if a migration is pending.")] = False
) -> None:
    """List the applied and pending migrations."""
    found = cli.run(migrations.migration_status)
    cli.print_result(found, _status_table(found))
    if not cli.json:
        cli.print_text(_summarize_status(found))
    if exit_code and found.pending:
        raise typer.Exit(CHECK_FAILED)


def _status_table(found: migrations.MigrationStatus) -> Table:
    table = Table("Migration", "Applied (UTC)", "Duration")
    for entry in found.applied:
        table.add_row(entry.name, f"{entry.applied_at:%Y-%m-%d %H:%M:%S}", "adopted" if entry.adopted else f"{entry.duration_ms} ms")
    for name in found.pending:
        table.add_row(name, "pending", "")
    return table


def _summarize_status(found: migrations.MigrationStatus) -> str:
    if found.created_by is not None:
        creator = f"{found.created_by[0].upper()}{found.created_by[1:]}"
        return f"{creator} created these tables. Run `authhero-sql check` to compare them, then `authhero-sql adopt`."
    if not found.pending:
        return "The schema is up to date."
    return f"{pluralize(len(found.pending), 'migration')} pending. Run `authhero-sql migrate` to apply them."


@command(app)
def plan(cli: Invocation) -> None:
    """Print the SQL that `migrate` would run."""
    planned = cli.run(migrations.plan_migrations)
    text = "\n".join(f"-- {part.name}\n" + "".join(f"{statement};\n" for statement in part.statements) for part in planned)
    cli.print_result(planned, text.rstrip("\n") or UP_TO_DATE)


@command(app)
def check(cli: Invocation) -> None:
    """Compare the schema of the database with this version.

    Changes nothing. Exits with 1 if the adapters cannot work with the
    database.
    """
    found = cli.run(migrations.check_schema)
    parts = [{**asdict(part), "text": str(part)} for part in found.differences]
    cli.print_result({"usable": found.usable, "verdict": found.verdict, "differences": parts}, str(found))
    if not found.usable:
        raise typer.Exit(CHECK_FAILED)


@command(app)
def adopt(cli: Invocation) -> None:
    """Adopt a database that AuthHero created.

    Adds what is missing, and deletes nothing.
    """
    with ProgressBar(cli) as bar:

        async def work(database: Database) -> tuple[list[str], str]:
            return await migrations.migrate_to_latest(database, adopt=True, report=bar), database.dialect.opening_note

        applied, opening = cli.run(work)
    text = f"Adopted the database at {applied[-1]}." if applied else "Nothing to adopt: this database already has a ledger of this package."
    cli.print_result({"applied": applied, "note": opening or None}, f"{text}\nnote: {opening}" if opening else text)


@command(app)
def repair(
    cli: Invocation,
    *,
    record: Annotated[bool, typer.Option("--record", help="Record in the ledger which steps are done, according to the schema.")] = False,
) -> None:
    """List interrupted migrations, and record which steps are done.

    Without --record, changes nothing, and exits with 1 if a migration was
    interrupted.
    """
    found = cli.run(migrations.repair if record else migrations.find_interrupted_migrations)
    next_step = (
        "Recorded. Run `authhero-sql migrate` to continue."
        if record
        else "Run `authhero-sql repair --record` to record which steps are done."
    )
    text = "\n".join([*map(str, found), next_step]) if found else "No interrupted migrations."
    cli.print_result({"interrupted": found, "recorded": record}, text)
    if found and not record:
        raise typer.Exit(CHECK_FAILED)


@command(app)
def unlock(cli: Invocation) -> None:
    """Release the migration lease of a process that has died."""
    lease = cli.run(migrations.unlock)
    text = f"Released the migration lease, which was {lease}." if lease else "The migration lease was not held."
    cli.print_result({"released": lease}, text)


@command(app, "export-sql")
def export_sql_command(
    cli: Invocation,
    dialect: Annotated[
        str | None, typer.Option(metavar="NAME", help=f"The SQL dialect: {', '.join(SCRIPTS)}.", show_default="sqlite")
    ] = None,
    d1: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the files for `wrangler d1 migrations apply` to this directory.")
    ] = None,
    *,
    combined: Annotated[bool, typer.Option("--combined", help="Write all migrations to one file.")] = False,
    squash: Annotated[bool, typer.Option("--squash", help="Write the final schema to one file, for an empty database.")] = False,
) -> None:
    """Export the migrations as SQL scripts.

    Writes to standard output, or to a directory with --d1. Does not connect
    to a database.
    """
    if combined and squash:
        raise UsageError("--combined and --squash cannot be used together")
    if d1 is not None and dialect not in (None, *D1_DIALECTS):
        raise UsageError(f"--d1 cannot be used with --dialect {dialect}")
    mode = MODES[1] if combined else MODES[2] if squash else MODES[0]
    scripts = export_sql(dialect or D1_DIALECTS[d1 is None], mode)
    if d1 is None:
        if cli.json:
            cli.print_result(scripts, "")
        else:
            # The console would wrap and color the text.
            sys.stdout.write("\n".join(scripts.values()))
        return
    d1.mkdir(parents=True, exist_ok=True)
    for name, text in scripts.items():
        (d1 / name).write_text(text, "utf-8", newline="\n")
    cli.print_result({"written": list(scripts)}, "\n".join(f"Wrote {d1 / name}" for name in scripts))


@command(app)
def makemigration(
    cli: Invocation,
    name: Annotated[str, typer.Argument(help="A short description, for example users_blocked.")],
    folder: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The directory to write to.", show_default="authhero_sql/migrations")
    ] = None,
) -> None:
    """Generate a migration from the changes in tables.py.

    For developers of this package, in a source checkout.
    """
    path = write_migration(name, folder)
    cli.print_result({"path": str(path) if path else None}, f"Wrote {path}" if path else "No changes: the migrations match tables.py.")


@command(app, "search-index")
def search_index(
    cli: Invocation,
    *,
    drop: Annotated[bool, typer.Option("--drop", help="Drop the indexes.")] = False,
) -> None:
    """Create the optional indexes for user searches.

    They speed up searches for the beginning of a name or an email address (on
    PostgreSQL with pg_trgm, for any part of it), and make writes slower.
    """
    names = cli.run(migrations.drop_search_indexes if drop else migrations.create_search_indexes)
    verb = "dropped" if drop else "created"
    cli.print_result({verb: names}, "\n".join(f"{verb.capitalize()} {name}" for name in names) or f"No index was {verb}.")
