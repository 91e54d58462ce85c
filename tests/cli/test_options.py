"""The common options of all commands, the source of the URL, and the format of errors."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import authhero_sql
from authhero_sql.cli import app
from authhero_sql.cli.sources import VARIABLE, find_url
from authhero_sql.errors import ConfigurationError
from tests.migrations.helpers import ALL, call

pytestmark = pytest.mark.engines("sqlite")
ROOT = Path(__file__).parents[2]
SECRET = "hunter2"
UNREACHABLE = f"postgresql://ada:{SECRET}@127.0.0.1:1/x?connect_timeout=2"


def run_in(folder: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run authhero-sql in a directory."""
    usual = {name: value for name, value in os.environ.items() if name != VARIABLE}
    command = [sys.executable, "-m", "authhero_sql", *arguments]
    given = {**usual, "PYTHONPATH": str(ROOT), "COLUMNS": "80", **(environment or {})}
    return subprocess.run(command, env=given, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


def call_in_process(*arguments: str) -> Result:
    """Call the command line in this process, which is faster."""
    return CliRunner().invoke(app, arguments)


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Return the URL of a migrated SQLite file."""
    url = f"sqlite:///{tmp_path}/auth.db"
    assert call("migrate", url=url).returncode == 0
    return url


# --- position of the options ---------------------------------------------------------------------------------------------------------


def test_options_stand_before_or_after_the_command(url: str) -> None:
    told = [
        call("--url", url, "--json", "status"),
        call("status", "--url", url, "--json"),
        call("--json", "status", "--url", url),
        call("--url", url, "status", "--json", "--no-color", "--debug"),
    ]
    assert {done.returncode for done in told} == {0}
    assert len({done.stdout for done in told}) == 1
    assert len(json.loads(told[0].stdout)["applied"]) == len(ALL)


def test_the_option_after_the_command_is_the_nearer_one(url: str) -> None:
    assert call_in_process("--url", UNREACHABLE, "status", "--url", url).exit_code == 0
    done = call_in_process("--url", UNREACHABLE, "tenant", "--url", url, "create", "--tenant", "acme", "--json")
    assert json.loads(done.stdout)["tenant"] == {"name": "acme", "created": True}


def test_every_command_has_the_options_in_its_help() -> None:
    for command in ("migrate", "check", "init", "doctor", "cleanup"):
        told = CliRunner().invoke(app, [command, "--help"]).stdout
        for option in ("--url", "--json", "--debug", "--no-color"):
            assert option in told, command
        assert "[tool.authhero-sql]" in " ".join(told.replace("│", " ").split())


def test_the_version_and_the_program() -> None:
    assert call("--version").stdout == f"authhero-sql {authhero_sql.__version__}\n"
    told = CliRunner().invoke(app, ["--help"]).stdout
    assert "--install-completion" in told
    assert "D1" in told
    assert "Exit codes: 0 success, 1 failed check, 2 usage error, 3 failed migration" in told
    done = call()
    assert (done.returncode, "Usage:" in done.stdout) == (2, True)


def test_no_line_is_longer_than_the_terminal(tmp_path: Path, url: str) -> None:
    init = ["init", "--tenant", "acme", "--email", "ada@acme.example", "--callback", "https://app.acme.example/callback", "--url", url]
    for arguments in (["--help"], ["init", "--help"], init, ["status", "--url", url], ["cleanup", "--url", url]):
        done = run_in(tmp_path, *arguments, environment={"AUTHHERO_SQL_PASSWORD": "correct horse"})
        assert (done.returncode, done.stderr) == (0, "")
        assert max(map(len, done.stdout.splitlines())) <= 80, arguments


# --- source of the URL ---------------------------------------------------------------------------------------------------------------


def test_the_url_of_the_nearest_place_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert find_url(None, tmp_path) is None
    (tmp_path / "pyproject.toml").write_text('[tool.authhero-sql]\nurl = "sqlite:///pyproject.db"\n')
    (tmp_path / ".env").write_text(f"OTHER=1\n{VARIABLE}=sqlite:///env.db\n")
    places = []
    for flag, variable, file in (
        ("sqlite:///flag.db", "x", True),
        (None, "sqlite:///variable.db", True),
        (None, "", True),
        (None, "", False),
    ):
        monkeypatch.setenv(VARIABLE, variable)
        if not file:
            (tmp_path / ".env").unlink()
        found = find_url(flag, tmp_path)
        assert found is not None
        places.append((found.url, found.place))
    assert places == [
        ("sqlite:///flag.db", "--url"),
        ("sqlite:///variable.db", "AUTHHERO_SQL_URL in the environment"),
        ("sqlite:///env.db", f"AUTHHERO_SQL_URL in {tmp_path / '.env'}"),
        ("sqlite:///pyproject.db", f"[tool.authhero-sql] in {tmp_path / 'pyproject.toml'}"),
    ]


@pytest.mark.parametrize(
    ("line", "url"),
    [
        (f"{VARIABLE}=mysql://u:p$HOME@h/n", "mysql://u:p$HOME@h/n"),
        (f"export {VARIABLE} = 'mysql://u:p #1@h/n'  # the server", "mysql://u:p #1@h/n"),
        (f'{VARIABLE}="mysql://h/n"', "mysql://h/n"),
        (f"{VARIABLE}=mysql://old\n{VARIABLE}=mysql://new", "mysql://new"),
        (f"# {VARIABLE}=mysql://h/n", None),
        (f"OTHER_{VARIABLE}=mysql://h/n", None),
        (f"{VARIABLE}=", None),
    ],
)
def test_a_line_of_an_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, url: str | None) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    (tmp_path / ".env").write_text(line + "\n")
    found = find_url(None, tmp_path)
    assert (found.url if found else None) == url


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f'[tool.authhero-sql]\nurl = "mysql://u:{SECRET}', "is not valid TOML"),
        (f'[tool.authhero-sql]\ndatabase = "{SECRET}"', 'unknown key "database"'),
        ("[tool.authhero-sql]\nurl = 7", "must be a string"),
    ],
)
def test_a_file_that_cannot_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, told: str) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(ConfigurationError, match=told) as caught:
        find_url(None, tmp_path)
    assert SECRET not in str(caught.value)
    assert SECRET not in repr(find_url(UNREACHABLE, tmp_path))
    assert run_in(tmp_path, "status").returncode == 4


def test_an_error_names_the_place_and_no_password(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"{VARIABLE}={UNREACHABLE}\n")
    for more in ((), ("--debug",), ("--json",), ("--json", "--debug")):
        done = run_in(tmp_path, "status", *more)
        assert done.returncode == 4
        assert f"The URL comes from AUTHHERO_SQL_URL in {tmp_path / '.env'}." in done.stderr
        assert SECRET not in done.stdout + done.stderr
        assert ("Traceback" in done.stderr) == ("--debug" in more)
        if "--debug" not in more:
            assert len(done.stderr.splitlines()) == 1


# --- errors ------------------------------------------------------------------------------------------------------------------------


def test_usage_errors_are_one_line_or_one_object(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    for arguments, told in (
        (("status", "--nonsense"), "No such option: --nonsense"),
        (("statsu",), "Did you mean 'status'?"),
        (("down", "--steps", "x"), "Invalid value for '--steps'"),
        (("cleanup", "--logs-days", "-1"), "Invalid value for '--logs-days'"),
        (("makemigration",), "Missing argument"),
        (("tenant",), "Missing command"),
        (("status",), "no database URL"),
        (("export-sql", "--combined", "--squash"), "cannot be used together"),
        (("export-sql", "--d1", "x", "--dialect", "mysql"), "--d1 cannot be used with --dialect mysql"),
    ):
        done = call_in_process(*arguments)
        assert (done.exit_code, done.stdout) == (2, ""), arguments
        (line,) = done.stderr.splitlines()
        assert line.startswith("error: ")
        assert told in line
        done = call_in_process(*arguments, "--json")
        shown = json.loads(done.stderr)
        assert (done.exit_code, shown["error"], shown["exit_code"]) == (2, "UsageError", 2)
        assert told in shown["message"]
    assert json.loads(call_in_process("--json").stderr)["message"] == "missing command"


def test_an_error_that_nobody_expects_shows_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr("authhero_sql.cli.schema.export_sql", broken)
    done = CliRunner().invoke(app, ["export-sql"])
    assert done.exit_code == 4
    assert "internal error (RuntimeError): run the command again with --debug" in done.stderr
    assert SECRET not in done.output


def test_a_directory_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = call("export-sql", "--d1", str(tmp_path / "file" / "x"))
    assert done.returncode == 4
    assert len(done.stderr.splitlines()) == 1


def test_colors_are_for_terminals(url: str) -> None:
    for environment in ({}, {"NO_COLOR": "1"}):
        done = run_in(ROOT, "status", "--url", url, environment=environment)
        assert "\x1b" not in done.stdout + done.stderr
    forced = {"FORCE_COLOR": "1", "TERM": "xterm-256color"}
    assert "\x1b[31m" in run_in(ROOT, "status", "--url", UNREACHABLE, environment=forced).stderr
    for more, environment in ((["--no-color"], forced), ([], {**forced, "NO_COLOR": "1"})):
        assert "\x1b[31m" not in run_in(ROOT, "status", "--url", UNREACHABLE, *more, environment=environment).stderr


# --- files that do not exist -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["status", "check", "plan", "doctor", "adopt", "repair", "unlock", "cleanup", "search-index"])
def test_only_migrate_and_init_create_a_file(tmp_path: Path, command: str) -> None:
    path = tmp_path / "missing.db"
    done = call_in_process(command, "--url", f"sqlite:///{path}")
    assert done.exit_code == 4
    assert f"the SQLite file {path} does not exist: run `authhero-sql migrate` or `authhero-sql init` to create it" in done.stderr
    assert not path.exists()


def test_a_database_in_memory_is_no_file() -> None:
    assert call("status", "--url", "sqlite://:memory:").returncode == 0


# --- commands for developers ---------------------------------------------------------------------------------------------------------


def test_an_installed_package_writes_no_migration_into_itself(tmp_path: Path) -> None:
    package = tmp_path / "site-packages" / "authhero_sql"
    package.parent.mkdir()
    subprocess.run(["cp", "-r", str(ROOT / "authhero_sql"), str(package)], check=True)
    command = [sys.executable, "-m", "authhero_sql", "makemigration", "users_blocked"]
    environment = {**os.environ, "PYTHONPATH": str(package.parent)}
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 3
    assert "this package is not a writable source checkout" in done.stderr
    assert call("makemigration", "users_blocked").stdout == "No changes: the migrations match tables.py.\n"
