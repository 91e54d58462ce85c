"""The parts that all commands share: global options, the database, output, error reporting and exit codes."""

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
from ..dialects.managed import ManagedDatabase
from ..errors import AuthHeroSQLError, ConfigurationError, DatabaseUnavailableError, IncompatibleDatabaseError, MigrationError
from .sources import TABLE, VARIABLE, Source, find_url

P = ParamSpec("P")
T = TypeVar("T")
Body = Callable[Concatenate["Invocation", P], None]

CHECK_FAILED, USAGE_ERROR, MIGRATION_FAILED, DATABASE_FAILED, INTERRUPTED = 1, 2, 3, 4, 130
EXIT_CODES = "Exit codes: 0 success, 1 failed check, 2 usage error, 3 failed migration, 4 database or configuration error, 130 interrupted."
ABOUT = "Set up, migrate and maintain an AuthHero database on SQLite, PostgreSQL, MySQL, MariaDB or Cloudflare D1."
GLOBAL_PANEL = "Global options (before or after the command)"
_URL_HELP = (
    f"The database URL. Defaults to {VARIABLE} in the environment or in .env, or to url in \\[tool.{TABLE}] of pyproject.toml, "
    "in the current directory."
)

GLOBAL_OPTIONS: Mapping[str, tuple[Any, Any]] = {
    "url": (
        Annotated[str | None, typer.Option("--url", metavar="URL", help=_URL_HELP, show_default=False, rich_help_panel=GLOBAL_PANEL)],
        None,
    ),
    "as_json": (
        Annotated[bool, typer.Option("--json", help="Print the output and errors as JSON.", rich_help_panel=GLOBAL_PANEL)],
        False,
    ),
    "debug": (Annotated[bool, typer.Option("--debug", help="Print the traceback of errors.", rich_help_panel=GLOBAL_PANEL)], False),
    "no_color": (
        Annotated[bool, typer.Option("--no-color", help="Disable colors, like NO_COLOR=1.", rich_help_panel=GLOBAL_PANEL)],
        False,
    ),
}
"""The types and defaults of the global options, by name."""


def _console(*, no_color: bool, stderr: bool = False) -> Console:
    # With None, rich respects the environment variable NO_COLOR.
    return Console(stderr=stderr, soft_wrap=True, no_color=no_color or None)


class UsageError(typer.TyperException):
    """An error in the arguments or options of a command."""

    exit_code = USAGE_ERROR


@dataclass(frozen=True, slots=True)
class Invocation:
    """One invocation of a command: its global options and output streams."""

    url: str | None
    json: bool
    out: Console
    err: Console

    @classmethod
    def of(cls, *, url: str | None, as_json: bool, no_color: bool, **_: Any) -> Self:
        """Create the invocation from the global options."""
        return cls(url, as_json, _console(no_color=no_color), _console(no_color=no_color, stderr=True))

    # --- the database ------------------------------------------------------------------------------------------------------------

    def run(self, work: Callable[[Database], Awaitable[T]], *, create: bool = False) -> T:
        """Open the database, call ``work`` with it, and return the result.

        Args:
            work: The function to call.
            create: Whether to create the SQLite file if it does not exist.
        """

        async def call() -> T:
            with self._source() as source:
                database = _connect(source, create=create)
                await database.open()
            async with database:
                return await work(database)

        return anyio.run(call)

    def run_unopened(self, work: Callable[[ManagedDatabase], Awaitable[T]]) -> T:
        """Call ``work`` with the database, which it has to open, and return the result."""

        async def call() -> T:
            with self._source() as source:
                database = _connect(source, create=False)
            try:
                return await work(database)
            finally:
                await database.close()

        return anyio.run(call)

    @contextmanager
    def _source(self) -> Iterator[Source]:
        """Yield the URL. If the database cannot be opened with it, the error names the place where the URL was found."""
        source = find_url(self.url, Path.cwd())
        if source is None:
            raise UsageError(
                f"no database URL: pass --url, set {VARIABLE} in the environment or in .env, or set url in [tool.{TABLE}] of pyproject.toml"
            )
        try:
            yield source
        except (ConfigurationError, DatabaseUnavailableError) as error:
            error.add_note(f"The URL comes from {source.place}.")
            raise

    # --- the output --------------------------------------------------------------------------------------------------------------

    def print_result(self, value: Any, text: str | Table) -> None:
        """Print the value as JSON if --json was passed, and the text otherwise."""
        if self.json:
            typer.echo(json.dumps(to_json_value(value), ensure_ascii=False))
        elif isinstance(text, str):
            self.print_text(text)
        else:
            self.out.print(text)

    def print_text(self, text: str) -> None:
        """Print text verbatim."""
        self.out.print(text, markup=False, highlight=False)

    def print_progress(self, text: str) -> None:
        """Print progress to standard error if it is a terminal."""
        if self.err.is_terminal and not self.json:
            self.err.print(text, style="dim", markup=False, highlight=False)

    @property
    def is_interactive(self) -> bool:
        """Whether the user can be prompted."""
        return not self.json and sys.stdin.isatty() and self.out.is_terminal


def _connect(source: Source, *, create: bool) -> ManagedDatabase:
    # The database may belong to another program, so opening it must not change it.
    database = connect(source.url, **inspection_options(source.url))
    file = database.file
    if file is not None and not create and not file.exists():
        raise ConfigurationError(f"the SQLite file {file} does not exist: run `authhero-sql migrate` or `authhero-sql init` to create it")
    return database


def to_json_value(value: Any) -> Any:
    """Convert a value to types that JSON supports."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if is_dataclass(value) and not isinstance(value, type):
        return to_json_value(asdict(value))
    if isinstance(value, Mapping):
        return {name: to_json_value(part) for name, part in value.items()}
    return [to_json_value(part) for part in value] if isinstance(value, list | tuple) else value


def pluralize(number: int, noun: str) -> str:
    """Return the number and the noun, in the plural if necessary: ``1 migration``, ``2 migrations``."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}es" if noun.endswith("x") else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"


class ProgressBar:
    """A progress bar for migrations, which is only shown on a terminal."""

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
        """Update the bar after a step, or after a batch of a data step."""
        if self._task is None:
            self._task = self._progress.add_task("")
        if progress.total is None:
            text = f"{progress.migration} {progress.operation}"
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


def _describe_error(error: Exception) -> tuple[str, str, int]:
    """Return the name, the message and the exit code of an error."""
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
    # The message of any other exception may contain a secret value.
    return name, f"internal error ({name}): run the command again with --debug for the traceback", DATABASE_FAILED


def _report_error(error: Exception, flags: Sequence[str]) -> int:
    """Print an error to standard error and return its exit code."""
    name, message, code = _describe_error(error)
    trace = "".join(traceback.format_exception(error)) if "--debug" in flags else None
    if "--json" in flags:
        report = {"error": name, "message": message, "exit_code": code}
        typer.echo(json.dumps({**report, "traceback": trace} if trace else report, ensure_ascii=False), err=True)
        return code
    if trace:
        typer.echo(trace, err=True, nl=False)
    _console(no_color="--no-color" in flags, stderr=True).print(f"error: {message}", style="red", markup=False, highlight=False)
    return code


class Root(TyperGroup):
    """The top-level command group, which reports all errors in the same way."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command and exit."""
        # An error may occur before the options are parsed.
        flags = list(takewhile(lambda argument: argument != "--", sys.argv[1:] if args is None else args))
        try:
            code = super().main(args, prog_name, complete_var, False, windows_expand_args, **extra)
        except Exception as error:
            if not standalone_mode:
                raise
            code = _report_error(error, flags)
        if standalone_mode:
            sys.exit(code if isinstance(code, int) else 0)
        return code


# --- commands ----------------------------------------------------------------------------------------------------------------------


app: typer.Typer = typer.Typer(name="authhero-sql", cls=Root, help=ABOUT, epilog=EXIT_CODES, pretty_exceptions_enable=False)


def _print_version(requested: bool) -> None:
    if requested:
        typer.echo(f"authhero-sql {authhero_sql.__version__}")
        raise typer.Exit


def _set_options(function: Callable[..., None], own: Sequence[inspect.Parameter]) -> None:
    """Set the signature from which typer derives the options of a function: its own and the global ones."""
    context = inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
    kind = inspect.Parameter.KEYWORD_ONLY
    global_options = [inspect.Parameter(name, kind, default=default, annotation=type) for name, (type, default) in GLOBAL_OPTIONS.items()]
    parameters = [context, *(parameter.replace(kind=kind) for parameter in own), *global_options]
    function.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # inspect.signature() uses it
    function.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}


def command(group: typer.Typer, name: str | None = None) -> Callable[[Body[P]], Body[P]]:
    """Register a function as a command of the group. Its first parameter is the invocation."""

    def register(function: Body[P]) -> Body[P]:
        @wraps(function)
        def run(context: typer.Context, **options: Any) -> None:
            global_options = {name: options.pop(name) or context.obj[name] for name in GLOBAL_OPTIONS}
            function(Invocation.of(**global_options), **options)  # type: ignore[call-arg]  # typer matches them with the signature

        hints = get_type_hints(function, include_extras=True)
        own = list(inspect.signature(function).parameters.values())[1:]
        _set_options(run, [parameter.replace(annotation=hints[parameter.name]) for parameter in own])
        group.command(name)(run)
        return function

    return register


def _store_global_options(context: typer.Context, **options: Any) -> None:
    """Store the global options that precede the command."""
    context.obj = {name: options[name] or (context.obj or {}).get(name) for name in GLOBAL_OPTIONS}


def group(name: str, help: str) -> typer.Typer:
    """Add a group of commands."""
    subcommands = typer.Typer()

    def callback(context: typer.Context, **options: Any) -> None:
        _store_global_options(context, **options)

    _set_options(callback, [])
    subcommands.callback(help=help)(callback)
    app.add_typer(subcommands, name=name)
    return subcommands


def _root_callback(context: typer.Context, **options: Any) -> None:
    """Store the global options, and print the help if there is no command."""
    _store_global_options(context, **options)
    if context.invoked_subcommand is None:
        if options["as_json"]:
            raise UsageError("missing command")
        typer.echo(context.get_help())
        raise typer.Exit(USAGE_ERROR)


_VERSION = typer.Option("--version", help="Print the version and exit.", callback=_print_version, is_eager=True)
_set_options(
    _root_callback, [inspect.Parameter("version", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=Annotated[bool, _VERSION])]
)
app.callback(invoke_without_command=True, help=ABOUT, epilog=EXIT_CODES)(_root_callback)
