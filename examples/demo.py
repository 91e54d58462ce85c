"""Demonstrates the example server: a scripted visitor signs up, signs in, reuses a refresh token, changes her password and signs out.

It starts the server on a free port and sends HTTP requests to it, with a new SQLite file or the database in ``--url``. For each step it
prints the database statements and the time that the request took, and finally the rows in the database.
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
    """A log handler that collects the statements in the log of authhero_sql."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Store the statements of a log record."""
        self.texts += record.getMessage().partition(": ")[2].split("; ")

    def summary(self) -> str:
        """Summarize the statements since the last call."""
        texts, self.texts = self.texts, []
        counts = Counter(_summarize(text) for text in texts)
        return ", ".join(f"{text} ×{count}" if count > 1 else text for text, count in counts.items()) or "no statements"


def _summarize(text: str) -> str:
    verb = text.split(" ", 1)[0]
    if verb == "SELECT":
        found = re.search(r"FROM [\"`](\w+)", text)
        return f"read {found[1] if found else '?'}"
    found = re.search(r"(?:INTO|UPDATE|FROM) [\"`](\w+)", text)
    return f"{ {'INSERT': 'insert', 'UPDATE': 'update', 'DELETE': 'delete'}.get(verb, verb) } {found[1] if found else '?'}"


def free_port() -> int:
    """Return a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def run_server(port: int) -> AsyncIterator[None]:
    """Run the example server."""
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
    """A visitor who uses the server and prints what happens."""

    def __init__(self, client: httpx.AsyncClient, statements: Statements, *, transactions: bool) -> None:
        self.client = client
        self.statements = statements
        self.transactions = transactions
        self.code = ""

    async def step(self, title: str, expected: int, method: str, path: str, **request: Any) -> Any:
        """Send a request. End the demonstration if the response has an unexpected status."""
        self.statements.summary()
        started = time.perf_counter()
        response = await self.client.request(method, path, **request)
        elapsed = (time.perf_counter() - started) * 1000
        print(f"\n{title}\n  {method} {path.partition('?')[0]} → {response.status_code} in {elapsed:.1f} ms")
        print(f"  database: {self.statements.summary()}")
        if response.status_code != expected:
            raise SystemExit(f"  expected {expected}, got {response.text}")
        return response.json() if response.content else None

    async def walk(self) -> None:
        """Run all steps."""
        email, password, new = f"ada-{secrets.token_hex(3)}@acme.example", "correct horse battery staple", "wrong battery donkey staple"
        sign_up = {"email": email, "password": password, "name": "Ada"}
        await self.step("1. Ada signs up", 202, "POST", "/dbconnections/signup", json=sign_up)
        await self.step(
            "2. Ada signs up again: the same response, but no second account", 202, "POST", "/dbconnections/signup", json=sign_up
        )
        await self.step(
            "3. Ada enters a wrong password: refused", 403, "POST", "/login", json={**_login(email, "wrong"), "code_challenge": "x" * 43}
        )
        verifier, first = await self.sign_in("4. Ada signs in", "5. The client exchanges the code for tokens", email, password)
        claims = await self.step("6. The client asks who signed in", 200, "GET", "/userinfo", headers=_bearer(first["access_token"]))
        print(f"  {claims['name']}, {claims['sub']}")
        second = await self.step("7. The client rotates the refresh token", 200, "POST", "/oauth/token", json=_refresh(first))
        await self.step("8. The old token is used again: the family is revoked", 403, "POST", "/oauth/token", json=_refresh(first))
        await self.step("9. The new token is now refused, too", 403, "POST", "/oauth/token", json=_refresh(second))
        await self.step("10. The code is used again: refused", 403, "POST", "/oauth/token", json=_exchange(self.code, verifier))
        _, third = await self.sign_in("11. Ada signs in again", "12. The client exchanges the new code for tokens", email, password)
        change = {"old_password": password, "new_password": new}
        bearer = _bearer(third["access_token"])
        if self.transactions:
            title = "13. Ada changes her password, which signs her out everywhere"
            await self.step(title, 204, "POST", "/dbconnections/change_password", json=change, headers=bearer)
            await self.step("14. The access token is now refused", 401, "GET", "/userinfo", headers=bearer)
        cookie = {"cookie": f"__Host-session={self.client.cookies['__Host-session']}"}
        await self.step("15. Ada signs out", 204, "POST", "/logout", headers=cookie)
        await self.step("16. A visitor without a token lists users: refused", 401, "GET", "/api/v2/users")
        admin = _bearer(ADMIN)
        users = await self.step(
            "17. An administrator lists users", 200, "GET", "/api/v2/users?per_page=10&include_totals=true", headers=admin
        )
        print(f"  {users['length']} of {users['total']} users")
        page = await self.step(
            "18. The administrator lists the log, three entries per page", 200, "GET", "/api/v2/logs?take=3", headers=admin
        )
        number = 1
        while page.get("next"):
            print("  " + "   ".join(f"{entry['type']}: {entry['description']}" for entry in page["logs"]))
            number += 1
            more = {"take": 3, "from": page["next"]}
            page = await self.step(f"    page {number}", 200, "GET", "/api/v2/logs", params=more, headers=admin)
        print("  " + "   ".join(f"{entry['type']}: {entry['description']}" for entry in page["logs"]))

    async def sign_in(self, login: str, exchange: str, email: str, password: str) -> tuple[str, dict[str, str]]:
        """Perform both steps of a sign-in. Return the PKCE verifier and the tokens."""
        verifier = secrets.token_urlsafe(32)
        body = {**_login(email, password), "code_challenge": challenge_of(verifier)}
        self.code = (await self.step(login, 200, "POST", "/login", json=body))["code"]
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
    """Print the rows of the most important tables."""
    from authhero_sql import connect, create_adapters

    print("\nRows in the database")
    async with connect(url) as db:
        adapters = await create_adapters(db)
        for name in ("users", "clients", "connections", "sessions", "refresh_tokens", "codes", "logs"):
            page = await getattr(adapters, name).list("acme", per_page=3, include_totals=True)
            print(f"  {name}: {page.total} {'row' if page.total == 1 else 'rows'}")
            for item in page.items:
                shown = item.model_dump(mode="json", by_alias=True, exclude_none=True)
                fields = ("id", "user_id", "client_id", "type", "name", "email", "used_at", "revoked_at", "expires_at", "description")
                print("    " + ", ".join(f"{key}={shown[key]}" for key in fields if key in shown))
        removed = await adapters.session_cleanup()
        print(f"  session_cleanup removes rows that expired more than a week ago: {removed.model_dump()}")


async def demonstrate(url: str, serve: int | None) -> None:
    """Run the visitor, or only the server if there is a port."""
    statements = Statements()
    logger = logging.getLogger("authhero_sql.sql")
    logger.setLevel(logging.DEBUG)
    logger.addHandler(statements)
    logger.propagate = False
    migrations = logging.getLogger("authhero_sql.migrations")
    migrations.setLevel(logging.INFO)
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("  migration %(message)s"))
    migrations.addHandler(handler)
    os.environ["AUTHHERO_SQL_URL"] = url
    os.environ["AUTHHERO_EXAMPLE_ADMIN"] = ADMIN
    port = serve or free_port()
    print(f"Starting the server on http://127.0.0.1:{port}")
    async with run_server(port):
        if serve is not None:
            print("The server is running. Open /docs to try it, and press Ctrl-C to stop it.")
            await asyncio.Event().wait()
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            await Visitor(client, statements, transactions=not url.startswith("d1:")).walk()
    await show_rows(url)
    print("\nDone.")


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", help="the URL of the database (default: a new SQLite file)")
    parser.add_argument("--serve", type=int, metavar="PORT", help="only run the server, on this port")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        try:
            asyncio.run(demonstrate(options.url or f"sqlite:///{folder}/auth.db", options.serve))
        except KeyboardInterrupt:
            print("\nStopped.")


if __name__ == "__main__":
    main()
