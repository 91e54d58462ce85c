"""The command line ``authhero-sql``, in the extra ``[cli]``.

Exit codes: 0 all is well; 1 ``check`` or ``adopt`` found that the adapters cannot work with the database, or ``repair`` found
damage and was not told to settle it; 2 the command was called wrongly; 3 a migration failed or was refused; 4 the database or the
configuration is at fault.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, is_dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, NoReturn, Self, TypeVar

import anyio

try:
    import typer
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
    from rich.table import Table
except ImportError as missing:
    raise SystemExit("the command line needs typer: pip install 'authhero-sql[cli]'") from missing

from pydantic import BaseModel

from . import migrations
from .adapters import create_adapters
from .clock import system_clock
from .dialects import SCRIPTS, Database, connect, gently
from .errors import AuthHeroSQLError, MigrationError, UnfitDatabaseError
from .migrations.export import MODES, export_sql
from .migrations.writer import write_migration

T = TypeVar("T")

CHECK_FAILED, MIGRATION_FAILED, DATABASE_FAILED = 1, 3, 4

app = typer.Typer(
    name="authhero-sql",
    help="The schema and the upkeep of an AuthHero database on SQLite, PostgreSQL and MySQL.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for every command."""

    url: str | None
    json: bool
    out: Console
    err: Console


@app.callback(epilog="Exit codes: 0 well, 1 check failed, 2 called wrongly, 3 migration failed, 4 database or configuration at fault.")
def settings(
    context: typer.Context,
    url: Annotated[
        str | None, typer.Option(envvar="AUTHHERO_SQL_URL", show_envvar=True, help="The database; a password in it is never shown.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON, for machines.")] = False,
) -> None:
    """The schema and the upkeep of an AuthHero database on SQLite, PostgreSQL and MySQL."""
    context.obj = Settings(url, as_json, Console(soft_wrap=True), Console(stderr=True, soft_wrap=True))


def _run(context: typer.Context, work: Callable[[Database], Awaitable[T]]) -> T:
    """Do something with the database; errors become a sentence and an exit code."""
    given: Settings = context.obj
    if not given.url:
        raise typer.BadParameter("say which database: --url or AUTHHERO_SQL_URL", param_hint="--url")
    url = given.url

    async def inside() -> T:
        # It may be somebody else's, and only be looked at.
        async with connect(url, **gently(url)) as database:
            return await work(database)

    try:
        return anyio.run(inside)
    except AuthHeroSQLError as error:
        _fail(given, error, next(code for kind, code in _CODES if isinstance(error, kind)))


_CODES: tuple[tuple[type[AuthHeroSQLError], int], ...] = (
    (UnfitDatabaseError, CHECK_FAILED),
    (MigrationError, MIGRATION_FAILED),
    (AuthHeroSQLError, DATABASE_FAILED),
)


def _fail(given: Settings, error: Exception, code: int) -> NoReturn:
    if given.json:
        given.err.out(json.dumps({"error": type(error).__name__, "message": str(error)}), highlight=False)
    else:
        given.err.print(f"{type(error).__name__}: {error}", style="red", markup=False, highlight=False)
    raise typer.Exit(code)


def _answer(given: Settings, answer: Any, words: Callable[[], None]) -> None:
    """The answer as JSON, or in words."""
    if given.json:
        given.out.out(json.dumps(_plain(answer), ensure_ascii=False), highlight=False)
    else:
        words()


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(part) for name, part in asdict(value).items()}
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value


def _say(given: Settings, text: str) -> None:
    given.out.print(text, markup=False, highlight=False)


class _Bar:
    """Shows on a terminal how far a migration is."""

    def __init__(self, given: Settings) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"), TimeRemainingColumn())
        self._progress = Progress(*columns, console=given.err, disable=given.json or not given.err.is_terminal, transient=True)
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def __call__(self, heard: migrations.Progress) -> None:
        """Hear of a step or a batch."""
        if self._task is None:
            self._task = self._progress.add_task("")
        if heard.total is None:
            self._progress.update(self._task, description=f"{heard.migration} {heard.what}", completed=heard.step, total=heard.steps)
        else:
            told = f"{heard.migration} rows, {heard.rate:.0f} a second"
            self._progress.update(self._task, description=told, completed=heard.rows, total=heard.total)


@app.command()
def migrate(context: typer.Context) -> None:
    """Bring the schema up to date."""
    given: Settings = context.obj
    with _Bar(given) as bar:
        applied = _run(context, lambda database: migrations.migrate_to_latest(database, report=bar))
    _answer(given, {"applied": applied}, lambda: _say(given, "\n".join(f"applied {name}" for name in applied) or "up to date"))


@app.command()
def down(
    context: typer.Context,
    steps: Annotated[int, typer.Option(min=0, help="How many migrations.")] = 1,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask: what stands in the tables and columns that go may be lost.")] = False,
) -> None:
    """Take the newest migrations back, after showing what is lost with them and asking; what was adopted stays."""
    given: Settings = context.obj
    if not yes and _can_ask(given):
        yes = _agreed(given, _run(context, lambda database: migrations.losses(database, steps)))
    with _Bar(given) as bar:
        names = _run(context, lambda database: migrations.migrate_down(database, steps, drop_data=yes, report=bar))
    _answer(given, {"taken_back": names}, lambda: _say(given, "\n".join(f"took back {name}" for name in names) or "nothing to take back"))


def _can_ask(given: Settings) -> bool:
    return not given.json and sys.stdin.isatty() and given.out.is_terminal


def _agreed(given: Settings, lost: list[migrations.Loss]) -> bool:
    """Whether what would be lost may be lost; nothing needs no answer."""
    if not lost:
        return False
    shown = Table("goes", "rows that have it")
    for loss in lost:
        shown.add_row(loss.table if loss.column is None else f"{loss.table}.{loss.column}", str(loss.rows))
    given.out.print(shown)
    if not typer.confirm("This is lost for good. Take it back?"):
        _say(given, "nothing was taken back")
        raise typer.Exit(MIGRATION_FAILED)
    return True


@app.command()
def status(context: typer.Context) -> None:
    """Show which migrations are applied and which are pending."""
    given: Settings = context.obj
    found = _run(context, migrations.migration_status)

    def table() -> None:
        shown = Table("migration", "applied", "took")
        for entry in found.applied:
            shown.add_row(entry.name, f"{entry.applied_at:%Y-%m-%d %H:%M:%S}", "adopted" if entry.adopted else f"{entry.duration_ms} ms")
        for name in found.pending:
            shown.add_row(name, "pending", "")
        given.out.print(shown)

    _answer(given, found, table)


@app.command()
def plan(context: typer.Context) -> None:
    """Show the SQL that migrate would run, and run none of it."""
    given: Settings = context.obj
    planned = _run(context, migrations.plan)
    text = "\n".join(f"-- {part.name}\n" + "".join(f"{statement};\n" for statement in part.statements) for part in planned)
    _answer(given, planned, lambda: _say(given, text or "up to date"))


@app.command()
def check(context: typer.Context) -> None:
    """Compare the live database with the schema of this version; exit code 1 when the adapters cannot work with it."""
    given: Settings = context.obj
    found = _run(context, migrations.check_schema)
    parts = [{**asdict(part), "text": str(part)} for part in found.differences]
    answer = {"usable": found.usable, "verdict": found.verdict, "differences": parts}
    _answer(given, answer, lambda: _say(given, str(found)))
    if not found.usable:
        raise typer.Exit(CHECK_FAILED)


@app.command()
def adopt(context: typer.Context) -> None:
    """Take over a database that AuthHero made: add what is missing, and lose nothing."""
    given: Settings = context.obj
    with _Bar(given) as bar:

        async def work(database: Database) -> tuple[list[str], str]:
            return await migrations.migrate_to_latest(database, adopt=True, report=bar), database.dialect.opening

        applied, opening = _run(context, work)
    told = f"adopted at {applied[-1]}" if applied else "it is this package's already"
    _answer(given, {"applied": applied, "note": opening or None}, lambda: _say(given, f"{told}\nnote: {opening}" if opening else told))


@app.command()
def repair(
    context: typer.Context, *, settle: Annotated[bool, typer.Option("--settle", help="Write down what the schema shows.")] = False
) -> None:
    """Show what a crash left; with --settle write into the ledger what the schema shows. Exit code 1 where damage is left."""
    given: Settings = context.obj
    found = _run(context, migrations.repair if settle else migrations.find_damage)
    settled = "settled: run migrate" if settle else "run again with --settle"
    _answer(
        given,
        {"damage": found, "settled": settle},
        lambda: _say(given, "\n".join([*map(str, found), settled] if found else ["nothing is damaged"])),
    )
    if found and not settle:
        raise typer.Exit(CHECK_FAILED)


@app.command()
def unlock(context: typer.Context) -> None:
    """Take the migration lock from a process that is dead."""
    given: Settings = context.obj
    lease = _run(context, migrations.unlock)
    _answer(given, {"was": lease}, lambda: _say(given, f"took the lock from {lease.owner}" if lease else "nobody had the lock"))


@app.command("export-sql")
def export_sql_command(
    context: typer.Context,
    dialect: Annotated[str, typer.Option(help=f"One of {', '.join(SCRIPTS)}.")] = "sqlite",
    d1: Annotated[Path | None, typer.Option(help="Write numbered files into this folder, for wrangler d1 migrations apply.")] = None,
    *,
    combined: Annotated[bool, typer.Option("--combined", help="All migrations in one file.")] = False,
    squash: Annotated[bool, typer.Option("--squash", help="The final tables in one file, for an empty database.")] = False,
) -> None:
    """Write the migrations as SQL, to standard output or, with --d1, into a folder. Needs no database."""
    given: Settings = context.obj
    if combined and squash:
        raise typer.BadParameter("--combined or --squash, not both")
    mode = MODES[1] if combined else MODES[2] if squash else MODES[0]
    try:
        scripts = export_sql("d1" if d1 else dialect, mode)
    except AuthHeroSQLError as error:
        _fail(given, error, DATABASE_FAILED)
    if d1 is None:
        _answer(given, scripts, lambda: _print(scripts))
        return
    d1.mkdir(parents=True, exist_ok=True)
    for name, text in scripts.items():
        (d1 / name).write_text(text, "utf-8", newline="\n")
    _answer(given, {"written": list(scripts)}, lambda: _say(given, "\n".join(f"wrote {d1 / name}" for name in scripts)))


def _print(scripts: dict[str, str]) -> None:
    # Exactly these bytes: the console would wrap and colour them.
    sys.stdout.write("\n".join(scripts.values()))


@app.command()
def makemigration(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="What it does: users_blocked.")],
    folder: Annotated[Path | None, typer.Option(help="Where to; the package's own by default.")] = None,
) -> None:
    """Write the migration file for what the registry has and the newest migration has not."""
    given: Settings = context.obj
    try:
        path = write_migration(name, folder)
    except MigrationError as error:
        _fail(given, error, MIGRATION_FAILED)
    _answer(given, {"path": str(path) if path else None}, lambda: _say(given, f"wrote {path}" if path else "nothing has changed"))


@app.command("search-index")
def search_index(
    context: typer.Context,
    *,
    drop: Annotated[bool, typer.Option("--drop", help="Drop the indexes instead.")] = False,
) -> None:
    """Build the indexes that find users by the beginning of a name or an address, while others write."""
    given: Settings = context.obj
    names = _run(context, migrations.drop_search_indexes if drop else migrations.create_search_indexes)
    done = "dropped" if drop else "built"
    _answer(given, {done: names}, lambda: _say(given, "\n".join(f"{done} {name}" for name in names) or "nothing to do"))


@app.command()
def cleanup(
    context: typer.Context,
    grace_days: Annotated[float, typer.Option(min=0, help="Keep sessions and tokens this long after they expire.")] = 7,
    codes_days: Annotated[float, typer.Option(min=0, help="Keep codes this long after they expire.")] = 1,
    outbox_days: Annotated[float, typer.Option(min=0, help="Keep delivered and dead events this long.")] = 7,
    executions_days: Annotated[float, typer.Option(min=0, help="Keep action executions this long.")] = 30,
    logs_days: Annotated[float | None, typer.Option(min=0, help="Keep log entries this long; without it all of them.")] = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count, and remove nothing.")] = False,
) -> None:
    """Remove what has expired, in bounded batches; how many rows of each."""
    given: Settings = context.obj
    now = system_clock()

    async def work(database: Database) -> dict[str, int]:
        adapters = await create_adapters(database)
        sessions = await adapters.session_cleanup(grace=timedelta(days=grace_days), dry_run=dry_run)
        _heard(given, "sessions")
        counts = sessions.model_dump()
        counts["codes"] = await adapters.codes.cleanup(now - timedelta(days=codes_days), dry_run=dry_run)
        _heard(given, "codes")
        counts["outbox_events"] = await adapters.outbox.cleanup(now - timedelta(days=outbox_days), dry_run=dry_run)
        _heard(given, "outbox")
        counts["action_executions"] = await adapters.action_executions.cleanup(now - timedelta(days=executions_days), dry_run=dry_run)
        if logs_days is not None:
            _heard(given, "action executions")
            counts["logs"] = await adapters.logs.cleanup(now - timedelta(days=logs_days), dry_run=dry_run)
        return counts

    counts = _run(context, work)

    def table() -> None:
        shown = Table("rows of", "would go" if dry_run else "gone")
        for name, number in counts.items():
            shown.add_row(name, str(number))
        given.out.print(shown)

    _answer(given, {"dry_run": dry_run, "rows": counts}, table)


def _heard(given: Settings, done: str) -> None:
    if given.err.is_terminal and not given.json:
        given.err.print(f"{done} done", style="dim")


def main() -> None:
    """The console script."""
    app()


if __name__ == "__main__":
    main()
