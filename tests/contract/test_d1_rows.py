"""The rows that D1 bills for each call, compared with the table in the documentation, for tenants of different sizes."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from authhero_sql import Adapters, Page, connect, create_adapters, migrate_to_latest
from examples import fastapi_app, identity
from tests import engines
from tests.contract.builders import code, log, login_session, refresh_token, session
from tests.engines import Server
from tests.population import BIG, fill

pytestmark = pytest.mark.engines("d1")

SIZES = (2_000, 20_000)
"""The numbers of users, nearly all of them in one tenant."""
ADA, LINKED = "auth0|u00001001", "auth0|u00001006"
"""A user without another account, and one with a linked account."""
LATER = datetime(2100, 1, 1, tzinfo=UTC)
PAGE_SIZE = 50
"""The rows on a page."""
EMAIL, PASSWORD = "ada@shop.example", "correct horse battery staple"
VERIFIER = "a verifier of PKCE that nobody can guess at all"


class Cost(NamedTuple):
    """The costs on D1: rows read, rows written, and requests."""

    read: int
    written: int
    requests: int


class Meter(httpx.AsyncBaseTransport):
    """A transport that forwards requests and adds up the costs in the responses."""

    def __init__(self) -> None:
        self._transport = httpx.AsyncHTTPTransport()
        self._answers: list[list[dict[str, int]]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Forward the request and record the ``meta`` of each statement."""
        response = await self._transport.handle_async_request(request)
        self._answers.append([part["meta"] for part in json.loads(await response.aread())["result"]])
        return response

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.aclose()

    def pop_costs(self) -> Cost:
        """Return the costs since the last call."""
        answers, self._answers = self._answers, []
        costs = [meta for answer in answers for meta in answer]
        return Cost(sum(meta["rows_read"] for meta in costs), sum(meta["rows_written"] for meta in costs), len(answers))


class Visit:
    """The measured calls, in order. Later calls use the results of earlier ones."""

    def __init__(self, store: Adapters, browser: httpx.AsyncClient) -> None:
        self.store = store
        self.browser = browser
        self.cursors: dict[str, str | None] = {}
        self.tokens: dict[str, str] = {}
        self.cookie = self.address = ""

    async def prepare(self) -> None:
        """Create the client, the visitor's account and cursors for each list, and delete expired sessions."""
        await identity.seed(self.store)
        await self._posted("/dbconnections/signup", {"email": EMAIL, "password": PASSWORD})
        await self.store.session_cleanup()
        known = await self.store.users.get(BIG, LINKED)
        assert known is not None
        self.address = known.email or ""
        for name in WALKS:
            await self.walk(name)

    async def _posted(self, path: str, given: dict[str, str]) -> httpx.Response:
        return (await self.browser.post(path, json=given)).raise_for_status()

    async def page(self, name: str) -> None:
        """Read the first page of a list."""
        found: Page[Any] = await getattr(self.store, name).list(BIG, per_page=PAGE_SIZE)
        assert found.length == PAGE_SIZE

    async def walk(self, name: str) -> None:
        """Read the next page of an iteration."""
        found: Page[Any] = await getattr(self.store, name).list(BIG, take=PAGE_SIZE, from_=self.cursors.get(name))
        assert found.length == PAGE_SIZE
        self.cursors[name] = found.next

    async def sign_in(self) -> None:
        """Sign in with email and password, and exchange the code for tokens."""
        challenge = identity.challenge_of(VERIFIER)
        answer = await self._posted("/login", {"email": EMAIL, "password": PASSWORD, "code_challenge": challenge})
        self.cookie = answer.headers["set-cookie"].partition(";")[0]
        given = {"grant_type": "authorization_code", "client_id": "web", "code": answer.json()["code"], "code_verifier": VERIFIER}
        self.tokens = (await self._posted("/oauth/token", given)).json()

    async def refresh(self) -> None:
        """Exchange the refresh token for new tokens."""
        given = {"grant_type": "refresh_token", "client_id": "web", "refresh_token": self.tokens["refresh_token"]}
        self.tokens = (await self._posted("/oauth/token", given)).json()

    async def userinfo(self) -> None:
        """Read the user of the access token."""
        headers = {"Authorization": f"Bearer {self.tokens['access_token']}"}
        (await self.browser.get("/userinfo", headers=headers)).raise_for_status()

    async def sign_out(self) -> None:
        """End the session."""
        (await self.browser.post("/logout", headers={"cookie": self.cookie})).raise_for_status()


Step = Callable[[Visit], Awaitable[Any]]
NEW, OWN = "auth0|new", {"user_id": "auth0|new"}
PASSWORD_HASH = {"hash": "$argon2id$x", "algorithm": "argon2id"}
LISTS = ("users", "logs", "sessions", "refresh_tokens", "codes")
WALKS = ("users", "logs", "sessions", "refresh_tokens")
STEPS: dict[str, Step] = {
    "users.get": lambda v: v.store.users.get(BIG, ADA),
    "users.get with a linked account": lambda v: v.store.users.get(BIG, LINKED),
    "users.get_by_email with a linked account": lambda v: v.store.users.get_by_email(BIG, v.address),
    **{f"{name}.list": partial(Visit.page, name=name) for name in LISTS},
    **{f"{name}.list by checkpoint": partial(Visit.walk, name=name) for name in WALKS},
    "users.create": lambda v: v.store.users.create(
        BIG, {**OWN, "email": "new@acme.example", "connection": "db", "password": PASSWORD_HASH}
    ),
    "users.get_by_email": lambda v: v.store.users.get_by_email(BIG, "new@acme.example"),
    "users.update": lambda v: v.store.users.update(BIG, NEW, {"name": "New"}),
    "passwords.get": lambda v: v.store.passwords.get(BIG, NEW),
    "login_sessions.create": lambda v: v.store.login_sessions.create(
        BIG, login_session(**OWN, expires_at=LATER), import_metadata={"id": "login"}
    ),
    "sessions.create": lambda v: v.store.sessions.create(BIG, session(**OWN)),
    "sessions.get": lambda v: v.store.sessions.get(BIG, "s1"),
    "sessions.update": lambda v: v.store.sessions.update(BIG, "s1", {"revoked_at": datetime.now(UTC)}),
    "codes.create": lambda v: v.store.codes.create(BIG, code(**OWN)),
    "codes.get": lambda v: v.store.codes.get(BIG, "c1", "otp"),
    "codes.consume": lambda v: v.store.codes.consume(BIG, "c1", type="otp"),
    "refresh_tokens.create": lambda v: v.store.refresh_tokens.create(BIG, refresh_token(**OWN, token_lookup="lookup")),
    "refresh_tokens.get_by_lookup": lambda v: v.store.refresh_tokens.get_by_lookup(BIG, "lookup"),
    "refresh_tokens.rotate": lambda v: v.store.refresh_tokens.rotate(BIG, "r1", refresh_token("r2", **OWN)),
    "logs.create": lambda v: v.store.logs.create(BIG, log(**OWN)),
    "session_cleanup of a tenant, nothing to remove": lambda v: v.store.session_cleanup(BIG),
    "users.remove": lambda v: v.store.users.remove(BIG, NEW),
    "a sign-in of the example": Visit.sign_in,
    "a refresh of the example": Visit.refresh,
    "userinfo of the example": Visit.userinfo,
    "a sign-out of the example": Visit.sign_out,
}
MAX_ROWS_READ: dict[str, int] = {
    "users.get": 4,
    "users.get with a linked account": 4,
    "a sign-in of the example": 60,
    **{name: 3 * PAGE_SIZE for name in STEPS if ".list" in name},
}
"""The maximum number of rows read, regardless of the table in the documentation."""


def documented_costs() -> dict[str, Cost]:
    """Return the table in the documentation."""
    page = (Path(__file__).parents[2] / "docs/engines/d1.md").read_text("utf-8")
    rows = re.findall(r"^\| ([^|]+?) \| ([\d,]+) \| ([\d,]+) \| (\d+) \|$", page, re.MULTILINE)
    return {name.replace("`", ""): Cost(*(int(number.replace(",", "")) for number in numbers)) for name, *numbers in rows}


@asynccontextmanager
async def _visiting(url: str, meter: Meter) -> AsyncIterator[Visit]:
    async with connect(url, transport=meter) as db:
        store = await create_adapters(db, normalize_emails=True)
        app = fastapi_app.app
        app.state.adapters, app.state.access_tokens = store, identity.AccessTokens()
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop.example") as browser:
            yield Visit(store, browser)


async def _measured(url: str, users: int) -> dict[str, Cost]:
    async with connect(url) as db:
        await migrate_to_latest(db)
    await fill(url, users)
    meter, costs = Meter(), {}
    async with _visiting(url, meter) as visit:
        await visit.prepare()
        for name, step in STEPS.items():
            meter.pop_costs()
            await step(visit)
            costs[name] = meter.pop_costs()
    return costs


@pytest.fixture(scope="module")
def costs(server: Server) -> Iterator[dict[int, dict[str, Cost]]]:
    """Return the costs of each step, in a small and in a large tenant."""
    with ExitStack() as stack:
        found = {}
        for users in SIZES:
            url = engines.create_database(server)
            stack.callback(engines.drop_database, server, url)
            found[users] = asyncio.run(_measured(url, users))
        yield found


def test_nothing_costs_more_in_a_large_tenant(costs: dict[int, dict[str, Cost]]) -> None:
    small, large = (costs[users] for users in SIZES)
    assert large == small


def test_the_readme_says_what_it_costs(costs: dict[int, dict[str, Cost]]) -> None:
    assert documented_costs() == costs[SIZES[-1]]


@pytest.mark.parametrize("name", MAX_ROWS_READ)
def test_few_rows_are_read(costs: dict[int, dict[str, Cost]], name: str) -> None:
    assert 0 < costs[SIZES[-1]][name].read <= MAX_ROWS_READ[name]
