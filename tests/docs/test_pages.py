"""The code in the documentation: every Python block and every ``authhero-sql`` command in a shell block runs."""

from __future__ import annotations

import ast
import logging
import os
import re
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator, Awaitable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(
    path.relative_to(DOCS).as_posix()
    for path in DOCS.rglob("*.md")
    if "reference" not in path.parts
    and "_build" not in path.parts
    and path.name not in ("changelog.md", "contributing.md", "security-policy.md")
)
ENGINE_PAGES = {"postgresql": "engines/postgresql.md", "mysql": "engines/mysql.md", "d1": "engines/d1.md"}
"""The pages whose blocks run on another engine than SQLite, by engine."""
COMPLETE = {"index.md", "start.md", "tutorial.md", "frameworks/starlette-tutorial.md"}
"""The pages whose blocks only use names that the page defines."""
FENCE = re.compile(r"^( *)```(python|sh)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
FILES = {
    "guides/importing.md": {
        "auth0-users.ndjson": '{"user_id": "auth0|mary", "created_at": "2024-01-31T10:00:00Z", "logins_count": 3}\n'
        '{"user_id": "auth0|nan", "created_at": "not a date"}\n'
    }
}
"""The files that a page reads."""
WIDEST = 96
"""The maximum width of a line of code that a page shows without scrolling."""
NOT_RUN = {"apt-get", "cd", "curl", "git", "make", "mysqldump", "npx", "pg_dump", "pip", "pytest", "python", "sqlite3", "uvicorn"}
"""Programs that the tests do not run: they install something, start a server, or belong to another package."""
URL = re.compile(r"""\b(?:postgresql|mysql(?:\+asyncmy)?|mariadb|d1)://[^"'\s?`]+(?:\?([^"'\s`]+))?""")


@dataclass(frozen=True, slots=True)
class Block:
    """A block of code on a page."""

    language: str
    code: str
    line: int


def blocks(page: str) -> Iterator[Block]:
    text = (DOCS / page).read_text("utf-8")
    for found in FENCE.finditer(text):
        yield Block(found[2], textwrap.dedent(found[3]), text.count("\n", 0, found.start()) + 1)


def words(block: Block) -> Iterator[Sequence[str]]:
    """Yield the words of each command in a shell block."""
    for line in re.sub(r"\\\n", " ", block.code).splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            yield line.split()


def runs(block: Block) -> bool:
    """Return whether a shell block is run: it only contains ``authhero-sql`` and builtins of the shell."""
    return not any(command[0] in NOT_RUN for command in words(block))


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Return the environment of commands, with ``authhero-sql`` on the PATH and a database in the directory."""
    program = tmp_path / "bin" / "authhero-sql"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m authhero_sql "$@"\n', "utf-8")
    program.chmod(0o755)
    return {
        **os.environ,
        "PATH": f"{program.parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "error::ResourceWarning",
        "AUTHHERO_SQL_URL": "sqlite:///auth.db",
        "AUTHHERO_SQL_PASSWORD": "correct horse",
    }


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """Restore the logging configuration after a page that changes it for the process."""
    root = logging.getLogger()
    loggers = [root, *(logging.getLogger(name) for name in ("authhero_sql", "authhero_sql.sql", "authhero_sql.migrations"))]
    before, handlers = [logger.level for logger in loggers], root.handlers[:]
    yield
    root.handlers[:] = handlers
    for logger, level in zip(loggers, before, strict=True):
        logger.setLevel(level)


def run(arguments: Sequence[str], folder: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(arguments, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


async def run_blocks(page: str, folder: Path, environment: dict[str, str], names: dict[str, Any], url: str | None = None) -> None:
    """Run the blocks of a page in order. The Python blocks share their names."""
    above: list[str] = []
    for number, block in enumerate(blocks(page)):
        code = block.code if url is None else URL.sub(partial(_own, url), block.code)
        if block.language == "sh":
            if runs(block):
                run(["bash", "-euc", code], folder, environment)
        elif "asyncio.run(" in code:
            # A block may import the module that was shown before.
            (folder / "main.py").write_text("\n\n".join(above), "utf-8")
            program = folder / f"block_{number}.py"
            program.write_text(code, "utf-8")
            run([sys.executable, str(program)], folder, environment)
        elif re.search(r"^(?:async )?def test_", code, re.MULTILINE):
            program = folder / f"test_block_{number}.py"
            program.write_text(code, "utf-8")
            options = ["-q", "-p", "pytest_authhero_sql", "-p", "no:cacheprovider", "-o", "anyio_mode=auto", "-W", "error"]
            run([sys.executable, "-m", "pytest", *options, str(program)], folder, environment)
        else:
            above.append(code)
            await execute(f"{page}:{block.line}", "\n" * block.line + code, names)


def _own(url: str, found: re.Match[str]) -> str:
    """Return the URL of the test's database with the options of the URL on the page."""
    return "&".join(filter(None, [url if "?" in url or not found[1] else f"{url}?", found[1]])).replace("?&", "?")


async def execute(place: str, code: str, names: dict[str, Any]) -> None:
    """Run a block, which may contain ``await`` at the top level."""
    compiled = compile(code, str(DOCS / place.partition(":")[0]), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    result: Awaitable[None] | None = eval(compiled, names)  # noqa: S307  # a block of the documentation
    if result is not None:
        await result


def test_every_program_is_known() -> None:
    """Test that each command that is not run is listed, so that none is forgotten."""
    known = {*NOT_RUN, "authhero-sql", "export", "echo", "printf"}
    found = {(page, command[0]) for page in PAGES for block in blocks(page) if block.language == "sh" for command in words(block)}
    assert {(page, name) for page, name in found if name not in known} == set()


def test_no_line_of_code_is_wider_than_a_page() -> None:
    wide = [
        f"{page}:{block.line}: {line}" for page in PAGES for block in blocks(page) for line in block.code.splitlines() if len(line) > WIDEST
    ]
    assert wide == []


@pytest.mark.parametrize("page", [page for page in PAGES if page not in ENGINE_PAGES.values()])
async def test_the_blocks_of_a_page_run(page: str, tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.get(page, {}).items():
        (tmp_path / name).write_text(text, "utf-8")
    names: dict[str, Any] = {"__name__": "__main__"}
    if page in COMPLETE:
        await run_blocks(page, tmp_path, environment, names)
        return
    from authhero_sql import connect, create_adapters, migrate_to_latest

    async with connect("sqlite:///auth.db") as db:
        await migrate_to_latest(db)
        adapters = await create_adapters(db)
        await prepare(adapters)
        if page == "guides/adopting.md":
            await forget_migrations(db)
        await run_blocks(page, tmp_path, environment, {**names, "db": db, "adapters": adapters, **given(), **excerpt_names(page)})


@pytest.mark.engines(*ENGINE_PAGES)
async def test_the_blocks_of_an_engine_run(
    engine: str, migrated_url: str, tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from authhero_sql import connect, create_adapters

    monkeypatch.chdir(tmp_path)
    async with connect(migrated_url) as db:
        adapters = await create_adapters(db)
        await prepare(adapters)
        binding = SimpleNamespace(DB=db)
        names = {"__name__": "__main__", "db": db, "adapters": adapters, "url": migrated_url, "env": binding, **given()}
        await run_blocks(ENGINE_PAGES[engine], tmp_path, {**environment, "AUTHHERO_SQL_URL": migrated_url}, names, migrated_url)


def given() -> dict[str, Any]:
    """Return the names that a page may use without defining them."""
    from datetime import date

    now = datetime.now(UTC)
    return {"datetime": datetime, "timedelta": timedelta, "UTC": UTC, "date": date, "now": now, "yesterday": now - timedelta(days=1)}


async def forget_migrations(db: Any) -> None:
    """Drop the tables that only this package has, as in a database that another program created."""
    from authhero_sql.dialects import Call
    from authhero_sql.migrations.ledger import LEASES, LEDGER

    for table in (LEDGER, LEASES):
        await db.execute(Call(db.dialect.drop_table(table.name)))


def excerpt_names(page: str) -> dict[str, Any]:
    """Return the names for the code excerpts on the page about the design."""
    if page != "design.md":
        return {}
    from authhero_sql import tables
    from authhero_sql.statements import conditions

    log = {"LOG": tables.LOGS.c, "since": 1, "until": 2, "types": ["f"]}
    return {**vars(tables), **vars(conditions), **log, "tenant_id": "acme", "code_id": "code-hash"}


async def prepare(adapters: Any) -> None:
    """Create the rows that the pages use: a tenant with a client, a connection, users, a session and a refresh token."""
    from authhero_sql.testing import build

    await adapters.tenants.create(build.tenant())
    await adapters.connections.create("acme", build.connection("Username-Password-Authentication"))
    await adapters.clients.create("acme", build.client())
    for name in ("ada", "grace", "linus"):
        await adapters.users.create("acme", build.user(name, name=name.capitalize()))
    await adapters.passwords.create("acme", build.password())
    await adapters.roles.create("acme", build.role("editor"))
    soon = datetime.now(UTC) + timedelta(days=1)
    await adapters.login_sessions.create("acme", build.login_session(expires_at=soon), import_metadata={"id": "login"})
    await adapters.sessions.create("acme", build.session(expires_at=soon))
    await adapters.refresh_tokens.create(
        "acme", build.refresh_token("first", family_id="first", expires_at=soon, token_lookup="lookup-first")
    )
    await adapters.codes.create("acme", build.code("code-hash", code_type="authorization_code", user_id="auth0|ada", expires_at=soon))
    await adapters.logs.create("acme", build.log(user_id="auth0|ada"))


# --- the tutorials -------------------------------------------------------------------------------------------------------------------

ADA = {"email": "ada@acme.example", "password": "correct horse"}
TUTORIALS = ("tutorial.md", "frameworks/starlette-tutorial.md")


def application(page: str) -> str:
    """Return the ``main.py`` of a tutorial."""
    return "\n\n".join(block.code for block in blocks(page) if block.language == "python" and "asyncio.run(" not in block.code)


@asynccontextmanager
async def signed_up(page: str) -> AsyncIterator[tuple[Any, Any]]:
    """Start the application of a tutorial, sign Ada up, and yield the adapters and an HTTP client."""
    import httpx

    names: dict[str, Any] = {"__name__": "main"}
    await execute(page, application(page), names)
    app = names["app"]
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://test") as client,
    ):
        assert (await client.post("/signup", json=ADA)).status_code == 202
        yield app.state.adapters, client


def type_errors(folder: Path) -> list[str]:
    """Return the errors that ``mypy --strict`` finds in the programs of a folder."""
    files = sorted(path.name for path in folder.glob("*.py"))
    # The tests share the cache, because most of the time is spent on the package.
    options = ["--strict", "--config-file=", "--no-error-summary", "--hide-error-context", "--cache-dir", str(folder.parent / "mypy")]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, *files],
        cwd=folder,
        env={**os.environ, "MYPYPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stderr == ""
    return [line for line in done.stdout.splitlines() if ": error:" in line]


@pytest.mark.parametrize("page", TUTORIALS)
def test_a_tutorial_passes_strict_type_checks(page: str, tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(application(page), "utf-8")
    assert type_errors(tmp_path) == []


def test_the_guide_to_testing_passes_strict_type_checks(tmp_path: Path) -> None:
    for number, block in enumerate(block for block in blocks("guides/testing.md") if block.language == "python"):
        (tmp_path / f"test_{number}.py").write_text(block.code, "utf-8")
    assert type_errors(tmp_path) == []


def test_a_type_checker_finds_the_misspelled_key_of_the_quick_start(tmp_path: Path) -> None:
    for number, block in enumerate(block for block in blocks("start.md") if block.language == "python"):
        (tmp_path / f"start_{number}.py").write_text(block.code, "utf-8")
    [error] = type_errors(tmp_path)
    assert "KnownField" in error
    number, line = re.findall(r"start_(\d+)\.py:(\d+):", error)[0]
    assert '"nickame"' in (tmp_path / f"start_{number}.py").read_text("utf-8").splitlines()[int(line) - 1]


@pytest.mark.parametrize("page", TUTORIALS)
async def test_a_failed_sign_in_runs_the_same_statements_for_every_reason(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The duration does not reveal who has an account."""
    monkeypatch.chdir(tmp_path)
    async with signed_up(page) as (adapters, client):
        statements, responses = [], []
        caplog.set_level(logging.DEBUG, "authhero_sql.sql")

        async def sign_in(body: dict[str, str]) -> None:
            caplog.clear()
            response = await client.post("/login", json=body)
            responses.append((response.status_code, response.content))
            statements.append([record.args[1] for record in caplog.records if isinstance(record.args, tuple)])

        await sign_in({**ADA, "email": "nobody@acme.example"})
        await sign_in({**ADA, "password": "wrong horse"})
        user = await adapters.users.get_by_email("acme", ADA["email"])
        await adapters.users.update("acme", user.user_id, {"blocked": True})
        await sign_in(ADA)
        assert len(statements[0]) == 3
        assert statements[0] == statements[1] == statements[2]
        assert responses[0][0] == 403
        assert responses[0] == responses[1] == responses[2]
        logs = await adapters.logs.list("acme", sort="date:asc")
        assert [log.type for log in logs.items] == ["fu", "fp", "f"]


@pytest.mark.parametrize("page", TUTORIALS)
@pytest.mark.parametrize("change", ["block", "remove"])
async def test_a_user_who_was_blocked_or_removed_gets_no_tokens(
    page: str, change: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with signed_up(page) as (adapters, client):
        tokens = (await client.post("/login", json=ADA)).json()
        user = await adapters.users.get_by_email("acme", ADA["email"])
        if change == "block":
            await adapters.users.update("acme", user.user_id, {"blocked": True})
        else:
            await adapters.users.remove("acme", user.user_id)
        assert (await client.get("/me")).status_code == 401
        refused = await client.post("/refresh", json=tokens)
        assert (refused.status_code, "invalid_grant" in refused.text) == (403, True)
        [token] = (await adapters.refresh_tokens.list("acme")).items
        assert token.rotated_at is None


@pytest.mark.parametrize("page", [*TUTORIALS, "explanation/sign-in.md"])
async def test_the_pages_check_a_session_as_rotate_checks_a_token(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from authhero_sql.adapters.sessions import _is_active
    from authhero_sql.models import RefreshToken, Session
    from authhero_sql.testing import build

    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "main", **given()}
    await execute(page, application(page), names)
    now = datetime.now(UTC)
    times = dict.fromkeys(("created_at", "updated_at", "authenticated_at", "last_interaction_at"), now)
    for revoked in (None, now):
        for expires in (None, now - timedelta(minutes=1), now + timedelta(minutes=1)):
            for idle in (None, now - timedelta(minutes=1), now + timedelta(minutes=1)):
                state = {"revoked_at": revoked, "expires_at": expires, "idle_expires_at": idle}
                session = Session.model_validate({**build.session(), **times, **state})
                token = RefreshToken.model_validate({**build.refresh_token(), "created_at": now, **state})
                assert names["is_active"](session) is _is_active(token, now)
