"""The errors that mypy and pyright report in calls, on the same lines."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OFFLINE = {**os.environ, "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"}
"""Otherwise, pyright looks for a newer version of itself."""
CALLS = """
from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from authhero_sql import Adapters, connect
from authhero_sql.models import Address, CodeWithTenantId, LoginSessionWithTenantId, User, UserInsert

if TYPE_CHECKING:
    from authhero_sql.dialects.options import PostgreSQLOptions
    from authhero_sql.types import ConnectionCreate, UserCreate, UserUpdate


class Patch(BaseModel):
    name: str | None = None


async def right(store: Adapters, body: dict[str, Any], given: Mapping[str, Any], json: Any, user: User, patch: Patch, email: str) -> None:
    ada: UserCreate = {"email": email, "connection": "db"}
    await store.users.create("acme", ada)
    await store.users.create("acme", {"email": email, "connection": "db", "address": {"locality": "London"}, "app_metadata": {"plan": 1}})
    await store.users.create("acme", {"connection": "db", "address": Address(locality="London"), "last_login": datetime.now(UTC)})
    await store.users.create("acme", {"connection": "db", "address": body, "profileData": "{}"})
    await store.users.create("acme", {**ada, "name": "Ada"})
    await store.users.create("acme", UserInsert(email=email, connection="db"))
    await store.users.create("acme", UserInsert.model_validate(body))
    await store.users.create("acme", body)
    await store.users.create("acme", given)
    await store.users.create("acme", json)
    change: UserUpdate = {"name": None}
    change["blocked"] = True
    await store.users.update("acme", "auth0|ada", change)
    await store.users.update("acme", "auth0|ada", {"name": "Ada", "last_login": "2026-01-31T10:00:00.000Z"})
    await store.users.update("acme", "auth0|ada", body)
    await store.users.update("acme", "auth0|ada", user)
    await store.users.update("acme", "auth0|ada", patch)
    db: ConnectionCreate = {"name": "db", "strategy": "auth0", "options": {"passwordPolicy": "good"}}
    await store.connections.create("acme", db, import_metadata={"id": "con_1"})
    await store.login_sessions.create("acme", {"csrf_token": "c", "authParams": {"client_id": "web", "scope": "openid"}})
    await store.login_sessions.update("acme", "l", {"auth_params": {"scope": "openid email"}})
    await store.email_templates.create("acme", {"template": "verify_email", "body": "", "from": "a@b", "subject": "", "enabled": True})
    await store.role_permissions.assign("acme", "r", [{"resource_server_identifier": "api", "permission_name": "read"}])
    await store.themes.update("acme", "t", {"colors": {"error": "#ff0000"}})
    await store.roles.create_many("acme", [given, body])
    of_any_tenant: LoginSessionWithTenantId | None = await store.login_sessions.get("", "l")
    either: tuple[LoginSessionWithTenantId | None, CodeWithTenantId | None] = of_any_tenant, await store.codes.get("", "c", "otp")
    print(either)


def connections(url: str, options: dict[str, Any]) -> None:
    connect(url)
    connect(url, **options)
    connect(url, command_timeout=None, wal=None)
    connect(url, max_size=20, ssl="require", server_settings={"application_name": "auth"}, pgbouncer=True)
    connect(url, max_size=20, recycle=-1, charset="utf8mb4", connect_timeout=2.5)
    pooled: PostgreSQLOptions = {"pgbouncer": True, "max_size": 20}
    connect(url, **pooled)
    connect(url, token="t", endpoint="https://gateway.example")
    connect(url, comand_timeout=5)  # wrong
    connect(url, max_size="20")  # wrong
    connect(url, ssl="required")  # wrong
    mixed: PostgreSQLOptions = {"pgbouncer": True, "recycle": 60}  # wrong


async def wrong(store: Adapters, body: dict[str, Any], email: str, json: Any) -> None:
    ada: UserCreate = {"email": email, "connection": "db"}
    await store.users.create("acme", {**ada, "nmae": "Ada"})  # wrong
    plain = {"email": email, "connection": "db"}
    await store.users.create("acme", plain)  # wrong
    await store.users.create("acme", {"emial": email, "connection": "db"})  # wrong
    await store.users.create("acme", {"emial": json, "connection": "db"})  # wrong
    await store.users.create("acme", {"email": 5, "connection": "db"})  # wrong
    await store.users.create("acme", {"email": email})  # wrong
    await store.users.create("acme", {"connection": "db", "address": {"city": "London"}})  # wrong
    await store.users.update("acme", "auth0|ada", {"nmae": "Ada"})  # wrong
    await store.users.update("acme", "auth0|ada", {"password": {"hash": "x", "algorithm": "bcrypt"}})  # wrong
    await store.users.update("acme", "auth0|ada", {"created_at": datetime.now(UTC)})  # wrong
    await store.users.update("acme", "auth0|ada", {"email_verified": None})  # wrong
    await store.clients.create("acme", {"name": "Web", "app_type": "spaa"})  # wrong
    await store.connections.create("acme", {"name": "db", "strategy": "auth0", "options": {"passwordPolicy": "best"}})  # wrong
    await store.login_sessions.update("acme", "l", {"auth_params": {"scopes": "openid"}})  # wrong
    await store.themes.update("acme", "t", {"colors": {"eror": "#ff0000"}})  # wrong
    await store.roles.create("acme", {"name": "r"}, import_metadata={"created": email})  # wrong
    await store.users.list("acme", where={"emial": email})  # wrong
    change: UserUpdate = {"nmae": "Ada"}  # wrong
    code: CodeWithTenantId | None = await store.codes.get("acme", "c", "otp")  # wrong
    login: LoginSessionWithTenantId | None = await store.login_sessions.get(email, "l")  # wrong
"""
MARKED = [number for number, line in enumerate(CALLS.splitlines(), 1) if line.endswith("# wrong")]


def mypy(path: Path) -> set[int]:
    """Return the lines with errors."""
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", str(ROOT / "pyproject.toml"), str(path)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    found = re.findall(r"^(.+?):(\d+): error:", done.stdout, re.MULTILINE)
    assert {Path(name).name for name, _ in found} <= {path.name}, done.stdout
    return {int(number) for _, number in found}


def pyright(path: Path) -> set[int]:
    """Return the lines with errors."""
    path.with_name("pyrightconfig.json").write_text(json.dumps({"extraPaths": [str(ROOT)], "typeCheckingMode": "strict"}), "utf-8")
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable, "--project", str(path.parent)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=path.parent, env=OFFLINE)
    assert done.stdout, done.stderr
    found = json.loads(done.stdout)["generalDiagnostics"]
    return {
        each["range"]["start"]["line"] + 1 for each in found if each["severity"] == "error" and each.get("rule") != "reportUnusedVariable"
    }


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_a_type_checker_finds_what_is_wrong_and_nothing_else(checker: Callable[[Path], set[int]], tmp_path: Path) -> None:
    path = tmp_path / "calls.py"
    path.write_text(CALLS, "utf-8")
    assert sorted(checker(path)) == MARKED


LEFT_OUT = re.compile(r"authhero_sql\.migrations\.m\d{4}_")
"""The migrations, which are frozen and not imported by name."""


def test_every_public_name_has_a_type() -> None:
    # pyright asks the first Python in the PATH for its packages. These are the packages of this environment.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**OFFLINE, "PATH": path, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    command = [sys.executable, "-m", "pyright", "--verifytypes", "authhero_sql", "--ignoreexternal", "--outputjson"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT, env=environment)
    assert done.stdout, done.stderr
    found = json.loads(done.stdout)["typeCompleteness"]
    assert Path(found["packageRootDirectory"]) == ROOT / "authhero_sql"
    assert len(found["symbols"]) > 10_000
    # Anything derived from an unknown type is unknown, too. Only its origin matters.
    wrong = [
        f"{symbol['name']}: {each['message']}"
        for symbol in found["symbols"]
        for each in symbol["diagnostics"]
        if each["severity"] == "error" and "partially unknown" not in each["message"] and not LEFT_OUT.match(symbol["name"])
    ]
    assert wrong == []
