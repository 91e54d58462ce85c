"""The main job, seen: a scripted visitor signs up, signs in, refreshes, is caught reusing a token, changes her password and signs out.

A real server on a free port of this machine, real HTTP, and a fresh SQLite file or the server behind ``--url``. Printed are
each step, what went to the database, and how long it took; at the end, the rows that are left.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import re
import secrets
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn

sys.path.insert(0, str(Path(__file__).parent.parent))

from examples.identity import challenge_of

ADMIN = secrets.token_urlsafe(32)


class Statements(logging.Handler):
    """Collects the statements that the library logs."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one record's statements."""
        self.texts += record.getMessage().partition(": ")[2].split("; ")

    def summary(self) -> str:
        """What went to the database since the last time, in a few words."""
        texts, self.texts = self.texts, []
        words = [_words(text) for text in texts]
        counted = Counter(words)
        return ", ".join(f"{word} ×{times}" if times > 1 else word for word, times in counted.items()) or "nothing"


def _words(text: str) -> str:
    verb = text.split(" ", 1)[0]
    if verb == "SELECT":
        found = re.search(r"FROM [\"`](\w+)", text)
        return f"read {found[1] if found else '?'}"
    found = re.search(r"(?:INTO|UPDATE|FROM) [\"`](\w+)", text)
    return f"{ {'INSERT': 'insert', 'UPDATE': 'update', 'DELETE': 'delete'}.get(verb, verb) } {found[1] if found else '?'}"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def served(port: int) -> AsyncIterator[None]:
    """The example service, listening."""
    from examples.fastapi_app import app

    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
    task = asyncio.create_task(server.serve())
    while not server.started:
        if task.done():
            task.result()
            raise SystemExit("the server did not start")
        await asyncio.sleep(0.02)
    try:
        yield
    finally:
        server.should_exit = True
        await task


class Visitor:
    """Walks through the service and prints what happens."""

    def __init__(self, client: httpx.AsyncClient, statements: Statements, *, transactions: bool) -> None:
        self.client = client
        self.statements = statements
        self.transactions = transactions
        self.code = ""

    async def step(self, title: str, expected: int, method: str, path: str, **request: Any) -> Any:
        """One request; anything but the expected status ends the demonstration."""
        self.statements.summary()
        started = time.perf_counter()
        response = await self.client.request(method, path, **request)
        taken = (time.perf_counter() - started) * 1000
        print(f"\n{title}\n  {method} {path.partition('?')[0]} → {response.status_code} in {taken:.1f} ms")
        print(f"  database: {self.statements.summary()}")
        if response.status_code != expected:
            raise SystemExit(f"  expected {expected}, got {response.text}")
        return response.json() if response.content else None

    async def walk(self) -> None:
        """The whole life of an account."""
        email, password, new = f"ada-{secrets.token_hex(3)}@acme.example", "correct horse battery staple", "wrong battery donkey staple"
        sign_up = {"email": email, "password": password, "name": "Ada"}
        await self.step("1. Ada signs up", 202, "POST", "/dbconnections/signup", json=sign_up)
        await self.step("2. A second time: the same answer, and no second account", 202, "POST", "/dbconnections/signup", json=sign_up)
        await self.step("3. A wrong password: refused", 403, "POST", "/login", json={**_login(email, "wrong"), "code_challenge": "x" * 43})
        verifier, first = await self.sign_in("4. Ada signs in", "5. The code becomes tokens", email, password)
        claims = await self.step("6. Who is it?", 200, "GET", "/userinfo", headers=_bearer(first["access_token"]))
        print(f"  {claims['name']}, {claims['sub']}")
        second = await self.step("7. The refresh token is rotated", 200, "POST", "/oauth/token", json=_refresh(first))
        await self.step("8. The old one again: reuse, the family is revoked", 403, "POST", "/oauth/token", json=_refresh(first))
        await self.step("9. So the new one is refused too", 403, "POST", "/oauth/token", json=_refresh(second))
        await self.step("10. The code again: refused", 403, "POST", "/oauth/token", json=_exchange(self.code, verifier))
        _, third = await self.sign_in("11. Ada signs in again", "12. The new code becomes tokens", email, password)
        change = {"old_password": password, "new_password": new}
        bearer = _bearer(third["access_token"])
        if self.transactions:
            title = "13. A new password signs her out everywhere"
            await self.step(title, 204, "POST", "/dbconnections/change_password", json=change, headers=bearer)
            await self.step("14. So the new token is refused", 401, "GET", "/userinfo", headers=bearer)
        cookie = {"cookie": f"__Host-session={self.client.cookies['__Host-session']}"}
        await self.step("15. Ada signs out", 204, "POST", "/logout", headers=cookie)
        await self.step("16. A stranger lists users: refused", 401, "GET", "/api/v2/users")
        admin = _bearer(ADMIN)
        users = await self.step("17. An admin lists users", 200, "GET", "/api/v2/users?per_page=10&include_totals=true", headers=admin)
        print(f"  {users['length']} of {users['total']} users")
        page = await self.step("18. … and the log, three entries a page", 200, "GET", "/api/v2/logs?take=3", headers=admin)
        number = 1
        while page.get("next"):
            print("  " + "   ".join(f"{entry['type']}: {entry['description']}" for entry in page["logs"]))
            number += 1
            more = {"take": 3, "from": page["next"]}
            page = await self.step(f"    page {number}", 200, "GET", "/api/v2/logs", params=more, headers=admin)
        print("  " + "   ".join(f"{entry['type']}: {entry['description']}" for entry in page["logs"]))

    async def sign_in(self, login: str, exchange: str, email: str, password: str) -> tuple[str, dict[str, str]]:
        """Both steps of a sign-in; the verifier and the tokens."""
        verifier = secrets.token_urlsafe(32)
        given = {**_login(email, password), "code_challenge": challenge_of(verifier)}
        self.code = (await self.step(login, 200, "POST", "/login", json=given))["code"]
        return verifier, await self.step(exchange, 200, "POST", "/oauth/token", json=_exchange(self.code, verifier))


def _login(email: str, password: str) -> dict[str, str]:
    return {"email": email, "password": password}


def _bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def _exchange(code: str, verifier: str) -> dict[str, str]:
    return {"grant_type": "authorization_code", "client_id": "web", "code": code, "code_verifier": verifier}


def _refresh(tokens: dict[str, str]) -> dict[str, str]:
    return {"grant_type": "refresh_token", "client_id": "web", "refresh_token": tokens["refresh_token"]}


async def show_rows(url: str) -> None:
    """How many rows each table of the main job holds now."""
    from authhero_sql import connect, create_adapters

    print("\nWhat is left in the database")
    async with connect(url) as db:
        adapters = await create_adapters(db)
        for name in ("users", "clients", "connections", "sessions", "refresh_tokens", "codes", "logs"):
            page = await getattr(adapters, name).list("acme", per_page=3, include_totals=True)
            print(f"  {name}: {page.total} rows")
            for item in page.items:
                shown = item.model_dump(mode="json", by_alias=True, exclude_none=True)
                kept = ("id", "user_id", "client_id", "type", "name", "email", "used_at", "revoked_at", "expires_at", "description")
                print("    " + ", ".join(f"{key}={shown[key]}" for key in kept if key in shown))
        removed = await adapters.session_cleanup()
        print(f"  clean-up removes nothing that is younger than a week: {removed.model_dump()}")


async def demonstrate(url: str, serve: int | None) -> None:
    """Run the visitor, or serve until interrupted."""
    statements = Statements()
    logger = logging.getLogger("authhero_sql.sql")
    logger.setLevel(logging.DEBUG)
    logger.addHandler(statements)
    logger.propagate = False
    migrations = logging.getLogger("authhero_sql.migrations")
    migrations.setLevel(logging.INFO)
    shown = logging.StreamHandler(sys.stdout)
    shown.setFormatter(logging.Formatter("  migration %(message)s"))
    migrations.addHandler(shown)
    os.environ["AUTHHERO_SQL_URL"] = url
    os.environ["AUTHHERO_EXAMPLE_ADMIN"] = ADMIN
    port = serve or free_port()
    print(f"Starting the service on http://127.0.0.1:{port}")
    async with served(port):
        if serve is not None:
            print("Serving; end it with Ctrl-C. Try /docs.")
            await asyncio.Event().wait()
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            await Visitor(client, statements, transactions=not url.startswith("d1:")).walk()
    await show_rows(url)
    print("\nDone.")


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", help="the database; a fresh SQLite file by default")
    parser.add_argument("--serve", type=int, metavar="PORT", help="leave the service running on this port")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        try:
            asyncio.run(demonstrate(given.url or f"sqlite:///{folder}/auth.db", given.serve))
        except KeyboardInterrupt:
            print("\nStopped.")


if __name__ == "__main__":
    main()
