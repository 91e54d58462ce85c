"""Kysely on Node, in a separate process that runs and measures the calls; see ``kysely.mjs``.

npm installs Kysely and its drivers in ``.venv/kysely``.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import statistics
import subprocess
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel

from authhero_sql.models import Client, Code, RefreshToken, Session, User

from .mysql import READ_COMMITTED, settings
from .protocol import Given, Remote, RotationMethod, SignIn, Steps, Target, UnavailableError
from .sqlite import PRAGMAS

INSTALL_DIR = Path(__file__).parents[2] / ".venv" / "kysely"
PACKAGES = ("kysely@0.28", "better-sqlite3@12", "pg@8", "mysql2@3")
MAX_ANSWER = 1 << 26
"""The maximum size of an answer, in bytes."""


def installed() -> Path:
    """Return the directory of the packages, and install them with npm if necessary.

    Raises:
        UnavailableError: Node is not installed, or npm cannot install the packages.
    """
    if not shutil.which("node") or not shutil.which("npm"):
        raise UnavailableError("Node or npm is not installed")
    if not (INSTALL_DIR / "done").exists():
        INSTALL_DIR.mkdir(parents=True, exist_ok=True)
        (INSTALL_DIR / "package.json").write_text('{"private": true}')
        command = ["npm", "install", "--no-audit", "--no-fund", "--silent", *PACKAGES]
        done = subprocess.run(command, cwd=INSTALL_DIR, capture_output=True, text=True, check=False)
        if done.returncode:
            raise UnavailableError(f"npm cannot install Kysely: {done.stderr[-300:]}")
        (INSTALL_DIR / "done").touch()
    return INSTALL_DIR


class Kysely(Remote):
    """Kysely with better-sqlite3, pg or mysql2."""

    name = "Kysely (Node)"

    def __init__(self, process: Process) -> None:
        self._process = process
        self._turn = asyncio.Lock()

    @classmethod
    async def open(cls, target: Target) -> Self:
        """Start the process."""
        given: dict[str, Any] = {"modules": str(installed()), "pool": target.pool, "begin": READ_COMMITTED}
        if target.engine == "sqlite":
            given |= {"path": target.path, "pragmas": PRAGMAS}
        elif target.engine == "postgresql":
            given["url"] = target.url
        else:
            wanted = settings(target)
            given["mysql"] = {name: wanted[name] for name in ("host", "port", "user", "password")} | {"database": wanted["db"]}
        command = ("node", str(Path(__file__).with_suffix(".mjs")), target.engine)
        process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, limit=MAX_ANSWER)
        if process.stdin:
            # Not as an argument, which every user of the machine could read, because the URL contains a password.
            process.stdin.write(json.dumps(given).encode() + b"\n")
        return cls(process)

    async def close(self) -> None:
        """Stop the process."""
        if self._process.stdin:
            self._process.stdin.close()
        await self._process.wait()

    async def _ask(self, inputs: Sequence[Steps], tasks: int) -> Any:
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise UnavailableError("Node has no standard input or output")
        async with self._turn:
            stdin.write(json.dumps({"inputs": inputs, "tasks": tasks}, default=_plain).encode() + b"\n")
            await stdin.drain()
            line = await stdout.readline()
        if not line:
            raise UnavailableError("the Node process has exited")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer

    async def one_task(self, inputs: Sequence[Steps]) -> tuple[float, float]:
        """See the protocol."""
        answer = await self._ask(inputs, 1)
        return statistics.median(answer["times"]), answer["cpu"]

    async def many_tasks(self, inputs: Sequence[Steps], tasks: int) -> float:
        """See the protocol."""
        return len(inputs) / float((await self._ask(inputs, tasks))["seconds"])

    async def _call(self, name: str, *args: Any) -> Any:
        return (await self._ask([[(name, args)]], 0))["answer"]

    async def user(self, tenant: str, user_id: str) -> Any:
        """See the protocol."""
        return User.model_validate(await self._call("user", tenant, user_id))

    async def client(self, tenant: str, client_id: str) -> Any:
        """See the protocol."""
        return Client.model_validate(await self._call("client", tenant, client_id))

    async def create_user(self, tenant: str, given: Given) -> Any:
        """See the protocol."""
        return User.model_validate(await self._call("create_user", tenant, given))

    async def create_users(self, tenant: str, given: Sequence[Given]) -> int:
        """See the protocol."""
        return int(await self._call("create_users", tenant, given))

    async def update_user(self, tenant: str, user_id: str, given: Given) -> bool:
        """See the protocol."""
        return bool(await self._call("update_user", tenant, user_id, given))

    async def users(self, tenant: str) -> Any:
        """See the protocol."""
        return _models(User, await self._call("users", tenant))

    async def users_by_email(self, tenant: str, email: str) -> Any:
        """See the protocol."""
        return _models(User, await self._call("users_by_email", tenant, email))

    async def users_by_connection(self, tenant: str, connection: str) -> Any:
        """See the protocol."""
        return _models(User, await self._call("users_by_connection", tenant, connection))

    async def users_and_total(self, tenant: str) -> tuple[Any, int]:
        """See the protocol."""
        found, total = await self._call("users_and_total", tenant)
        return _models(User, found), total

    async def users_after(self, tenant: str, created_at: str, user_id: str) -> Any:
        """See the protocol."""
        return _models(User, await self._call("users_after", tenant, created_at, user_id))

    async def create_code(self, tenant: str, given: Given) -> Any:
        """See the protocol."""
        return Code.model_validate(await self._call("create_code", tenant, given))

    async def consume_code(self, tenant: str, code_id: str, type: str) -> bool:
        """See the protocol."""
        return bool(await self._call("consume_code", tenant, code_id, type))

    async def create_session(self, tenant: str, given: Given) -> Any:
        """See the protocol."""
        return Session.model_validate(await self._call("create_session", tenant, given))

    async def rotate(self, tenant: str, lookup: str, successor: Given, now: datetime, method: RotationMethod) -> Any:
        """See the protocol."""
        return RefreshToken.model_validate(await self._call("rotate", tenant, lookup, successor, now, method))

    async def sign_in(self, tenant: str, given: SignIn) -> Any:
        """See the protocol."""
        return RefreshToken.model_validate(await self._call("sign_in", tenant, given))


def _models(kind: type[BaseModel], rows: Sequence[Mapping[str, Any]]) -> list[BaseModel]:
    return [kind.model_validate(row) for row in rows]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"$instant": value.astimezone(UTC).isoformat()}
    return {name: getattr(value, name) for name in SignIn.__slots__}
