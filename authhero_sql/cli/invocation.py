"""What every command shares: its options, the database, the output, and how errors become exit codes."""

from __future__ import annotations

import inspect
import json
import sys
import traceback
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, is_dataclass
from functools import wraps
from itertools import takewhile
from pathlib import Path
from typing import Annotated, Any, Concatenate, ParamSpec, Self, TypeVar, get_type_hints

import anyio
import typer
from pydantic import BaseModel
from rich.console import Console
from rich.progress import BarColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress
from rich.table import Table
from typer.core import TyperGroup

import authhero_sql

from .. import migrations
from ..dialects import Database, connect, inspection_options
from ..dialects.diagnosis import missing_file
from ..dialects.managed import ManagedDatabase
from ..errors import AuthHeroSQLError, ConfigurationError, DatabaseUnavailableError, IncompatibleDatabaseError, MigrationError
from .sources import TABLE, VARIABLE, Source, find_url

P = ParamSpec("P")
T = TypeVar("T")
Body = Callable[Concatenate["Invocation", P], None]

CHECK_FAILED, USAGE_ERROR, MIGRATION_FAILED, DATABASE_FAILED, INTERRUPTED = 1, 2, 3, 4, 130
EXIT_CODES = "Exit codes: 0 success, 1 a check failed, 2 usage error, 3 migration failed, 4 database or configuration error."
ABOUT = "Manage the schema, the first set-up and the upkeep of an AuthHero database on SQLite, PostgreSQL, MySQL, MariaDB or Cloudflare D1."
PANEL = "Options of every command, before or after its name"
_URL_HELP = (
    f"The URL of the database. Without it: {VARIABLE} in the environment, then in .env, then url in \\[tool.{TABLE}] of pyproject.toml, "
    "both in the current directory. An error names the place that the URL came from, and never shows a password."
)

SHARED: Mapping[str, tuple[Any, Any]] = {
    "url": (Annotated[str | None, typer.Option("--url", help=_URL_HELP, show_default=False, rich_help_panel=PANEL)], None),
    "as_json": (Annotated[bool, typer.Option("--json", help="Print JSON, errors included.", rich_help_panel=PANEL)], False),
    "debug": (Annotated[bool, typer.Option("--debug", help="Print the traceback of an error.", rich_help_panel=PANEL)], False),
    "no_color": (Annotated[bool, typer.Option("--no-color", help="Print no colors, as NO_COLOR=1 does.", rich_help_panel=PANEL)], False),
}
"""The options of every command: type and default by name."""


def _console(*, no_color: bool, stderr: bool = False) -> Console:
    # None leaves the decision to the variable NO_COLOR.
    return Console(stderr=stderr, soft_wrap=True, no_color=no_color or None)


class UsageError(typer.TyperException):
    """The command was called with the wrong options."""

    exit_code = USAGE_ERROR


@dataclass(frozen=True, slots=True)
class Invocation:
    """One call of a command: the options that all commands share, and the two streams."""

    url: str | None
    json: bool
    out: Console
    err: Console

    @classmethod
    def of(cls, *, url: str | None, as_json: bool, no_color: bool, **_: Any) -> Self:
        """Return the invocation with these options."""
        return cls(url, as_json, _console(no_color=no_color), _console(no_color=no_color, stderr=True))

    # --- the database ------------------------------------------------------------------------------------------------------------

    def run(self, work: Callable[[Database], Awaitable[T]], *, create: bool = False) -> T:
        """Return what comes of work with the open database.

        Args:
            work: what is done.
            create: whether a SQLite file that does not exist is created.
        """

        async def inside() -> T:
            with self._source() as source:
                database = _connected(source, create=create)
                await database.open()
            async with database:
                return await work(database)

        return anyio.run(inside)

    def run_unopened(self, work: Callable[[ManagedDatabase], Awaitable[T]]) -> T:
        """Return what comes of work with the database, which work opens."""

        async def inside() -> T:
            with self._source() as source:
                database = _connected(source, create=False)
            try:
                return await work(database)
            finally:
                await database.close()

        return anyio.run(inside)

    @contextmanager
    def _source(self) -> Iterator[Source]:
        """Give the URL, and name the place that it comes from where the database cannot be opened by it."""
        source = find_url(self.url, Path.cwd())
        if source is None:
            raise UsageError(
                f"no database is named: pass --url, set {VARIABLE} in the environment or in .env, "
                f"or set url in [tool.{TABLE}] of pyproject.toml"
            )
        try:
            yield source
        except (ConfigurationError, DatabaseUnavailableError) as error:
            error.add_note(f"The URL comes from {source.place}.")
            raise

    # --- the output --------------------------------------------------------------------------------------------------------------

    def answer(self, value: Any, words: str | Table) -> None:
        """Print the value as JSON, or else the words."""
        if self.json:
            typer.echo(json.dumps(plain(value), ensure_ascii=False))
        elif isinstance(words, str):
            self.say(words)
        else:
            self.out.print(words)

    def say(self, text: str) -> None:
        """Print text as it is."""
        self.out.print(text, markup=False, highlight=False)

    def note(self, text: str) -> None:
        """Print progress to a terminal's standard error."""
        if self.err.is_terminal and not self.json:
            self.err.print(text, style="dim", markup=False, highlight=False)

    @property
    def can_ask(self) -> bool:
        """Whether somebody is there to answer."""
        return not self.json and sys.stdin.isatty() and self.out.is_terminal


def _connected(source: Source, *, create: bool) -> ManagedDatabase:
    # The database may belong to another program, so opening it changes nothing.
    database = connect(source.url, **inspection_options(source.url))
    path = missing_file(database)
    if path is not None and not create:
        raise ConfigurationError(f"there is no SQLite file {path}: `authhero-sql migrate` and `authhero-sql init` create it")
    return database


def plain(value: Any) -> Any:
    """Return the value in the types of JSON."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, Mapping):
        return {name: plain(part) for name, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, list | tuple) else value


def counted(number: int, noun: str) -> str:
    """Return the number with its noun: ``1 migration``, ``2 migrations``."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}es" if noun.endswith("x") else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"


class Bar:
    """Shows the progress of a migration on a terminal."""

    def __init__(self, cli: Invocation) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"), TimeRemainingColumn())
        self._progress = RichProgress(*columns, console=cli.err, disable=cli.json or not cli.err.is_terminal, transient=True)
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def __call__(self, progress: migrations.Progress) -> None:
        """Show a step, or a batch of a data step."""
        if self._task is None:
            self._task = self._progress.add_task("")
        if progress.total is None:
            text = f"{progress.migration} {progress.what}"
            self._progress.update(self._task, description=text, completed=progress.step, total=progress.steps)
        else:
            text = f"{progress.migration}: {progress.rate:.0f} rows per second"
            self._progress.update(self._task, description=text, completed=progress.rows, total=progress.total)


# --- errors ------------------------------------------------------------------------------------------------------------------------


_CODES: tuple[tuple[type[AuthHeroSQLError], int], ...] = (
    (IncompatibleDatabaseError, CHECK_FAILED),
    (MigrationError, MIGRATION_FAILED),
    (AuthHeroSQLError, DATABASE_FAILED),
)


def _described(error: Exception) -> tuple[str, str, int]:
    """Return an error's name, its message, and the exit code."""
    name = type(error).__name__
    if isinstance(error, typer.Abort):
        return name, "interrupted", INTERRUPTED
    if isinstance(error, typer.TyperException):
        context = getattr(error, "ctx", None)
        hint = f" (see `{context.command_path} --help`)" if context is not None else ""
        return "UsageError", f"{error.format_message().rstrip('.')}{hint}", error.exit_code
    if isinstance(error, AuthHeroSQLError):
        code = next(code for kind, code in _CODES if isinstance(error, kind))
        notes = getattr(error, "__notes__", [])
        return name, " ".join([f"{str(error).rstrip('.')}." if notes else str(error), *notes]), code
    if isinstance(error, OSError):
        return name, str(error), DATABASE_FAILED
    # What another exception says may repeat a value.
    return name, f"internal error of type {name}; run the command again with --debug to see where", DATABASE_FAILED


def _reported(error: Exception, flags: Sequence[str]) -> int:
    """Print an error to standard error, and return the exit code."""
    name, message, code = _described(error)
    trace = "".join(traceback.format_exception(error)) if "--debug" in flags else None
    if "--json" in flags:
        shown = {"error": name, "message": message, "exit_code": code}
        typer.echo(json.dumps({**shown, "traceback": trace} if trace else shown, ensure_ascii=False), err=True)
        return code
    if trace:
        typer.echo(trace, err=True, nl=False)
    _console(no_color="--no-color" in flags, stderr=True).print(f"error: {message}", style="red", markup=False, highlight=False)
    return code


class Root(TyperGroup):
    """The program itself, which reports every error in one way."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command, and exit."""
        # An error may come up before the options have been read.
        flags = list(takewhile(lambda word: word != "--", sys.argv[1:] if args is None else args))
        try:
            code = super().main(args, prog_name, complete_var, False, windows_expand_args, **extra)
        except Exception as error:
            if not standalone_mode:
                raise
            code = _reported(error, flags)
        if standalone_mode:
            sys.exit(code if isinstance(code, int) else 0)
        return code


# --- commands ----------------------------------------------------------------------------------------------------------------------


app: typer.Typer = typer.Typer(name="authhero-sql", cls=Root, help=ABOUT, epilog=EXIT_CODES, pretty_exceptions_enable=False)


def _shown_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"authhero-sql {authhero_sql.__version__}")
        raise typer.Exit


def _with_shared(function: Callable[..., None], own: Sequence[inspect.Parameter]) -> None:
    """Give a function the parameters from which typer makes its options: its own and those that all commands share."""
    context = inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
    kind = inspect.Parameter.KEYWORD_ONLY
    shared = [inspect.Parameter(name, kind, default=default, annotation=type) for name, (type, default) in SHARED.items()]
    parameters = [context, *(parameter.replace(kind=kind) for parameter in own), *shared]
    function.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # inspect reads it
    function.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}


def command(group: typer.Typer, name: str | None = None) -> Callable[[Body[P]], Body[P]]:
    """Register a function, whose first parameter is the invocation, as a command of the group."""

    def register(function: Body[P]) -> Body[P]:
        @wraps(function)
        def run(context: typer.Context, **given: Any) -> None:
            shared = {option: given.pop(option) or context.obj[option] for option in SHARED}
            function(Invocation.of(**shared), **given)  # type: ignore[call-arg]  # typer has matched them with the signature

        hints = get_type_hints(function, include_extras=True)
        own = list(inspect.signature(function).parameters.values())[1:]
        _with_shared(run, [parameter.replace(annotation=hints[parameter.name]) for parameter in own])
        group.command(name)(run)
        return function

    return register


def _kept(context: typer.Context, **given: Any) -> None:
    """Keep the options that stand before the command."""
    context.obj = {option: given[option] or (context.obj or {}).get(option) for option in SHARED}


def group(name: str, help: str) -> typer.Typer:
    """Add a group of commands."""
    added = typer.Typer()

    def before(context: typer.Context, **given: Any) -> None:
        _kept(context, **given)

    _with_shared(before, [])
    added.callback(help=help)(before)
    app.add_typer(added, name=name)
    return added


def _before(context: typer.Context, **given: Any) -> None:
    """Keep the options, and show the help where there is no command."""
    _kept(context, **given)
    if context.invoked_subcommand is None:
        if given["as_json"]:
            raise UsageError("a command is missing")
        typer.echo(context.get_help())
        raise typer.Exit(USAGE_ERROR)


_VERSION = typer.Option("--version", help="Print the version.", callback=_shown_version, is_eager=True)
_with_shared(_before, [inspect.Parameter("version", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=Annotated[bool, _VERSION])])
app.callback(invoke_without_command=True, help=ABOUT, epilog=EXIT_CODES)(_before)
