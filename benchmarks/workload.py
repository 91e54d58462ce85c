"""The measured rows: the calls of each row, and the database in which they run.

The tenant ``acme`` is only read; the tenant ``busy`` is written. The inputs are created before the measurement. All candidates get
equivalent inputs.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from benchmarks.candidates.protocol import Candidate, Given, RotationMethod, SignIn

if TYPE_CHECKING:
    from authhero_sql import Adapters

READ, WRITE = "acme", "busy"
CLIENT = "web"
CONNECTION = "Username-Password-Authentication"
READ_USERS, WRITE_USERS = 2_000, 400
LOGINS = 400
LINKED = 4
"""One of this many users in the tenant that is read has a linked account."""
BULK = 1_000
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
DEVICE = {
    "initial_user_agent": AGENT, "initial_ip": "198.51.100.7", "initial_asn": "", "last_user_agent": AGENT, "last_ip": "198.51.100.7",
    "last_asn": "",
}  # fmt: skip


def now() -> datetime:
    """Return the current time, truncated to milliseconds."""
    present = datetime.now(UTC)
    return present.replace(microsecond=present.microsecond // 1000 * 1000)


@dataclass
class Stage:
    """A database that this package has filled."""

    adapters: Adapters
    rng: random.Random = field(default_factory=lambda: random.Random(7))
    logins: list[str] = field(default_factory=list)
    """Login sessions for the tenant that is written.

    The first half is for sessions and the second half for refresh tokens, which live longer: each new session or token has to extend its
    login session.
    """
    _numbers: Any = field(default_factory=lambda: itertools.count(1))
    """A counter whose numbers are used only once, so that no call conflicts with a row of another."""

    def number(self) -> int:
        """Return an unused number."""
        return int(next(self._numbers))

    async def fill(self) -> None:
        """Create the tenants and their clients, users, passwords and login sessions."""
        for tenant, count in ((READ, READ_USERS), (WRITE, WRITE_USERS)):
            await self.adapters.tenants.create({"id": tenant, "friendly_name": tenant})
            await self.adapters.clients.create(tenant, client())
            async with self.adapters.batch() as batch:
                for number in range(count):
                    await batch.users.create(tenant, seeded(tenant, number))
            async with self.adapters.batch() as batch:
                for number in range(count if tenant == WRITE else 0):
                    await batch.passwords.create(tenant, {"user_id": seed_id(number, WRITE), "password": "$argon2id$" + "x" * 80})
        async with self.adapters.batch() as batch:
            self.logins = [(await batch.login_sessions.create(WRITE, login_session())).id for _ in range(LOGINS)]

    def reader(self) -> str:
        """Return the ID of a random user of the tenant that is read."""
        return seed_id(self.rng.randrange(READ_USERS))

    def writer(self) -> str:
        """Return the ID of a random user of the tenant that is written."""
        return seed_id(self.rng.randrange(WRITE_USERS), WRITE)


def seed_id(number: int, tenant: str = READ) -> str:
    """Return the ID of an initial user. Like the random IDs in production, it is unique across tenants."""
    return f"auth0|{tenant}{number:06}"


def seeded(tenant: str, number: int) -> dict[str, Any]:
    """Return an initial user."""
    user = {**new_user(number), "user_id": seed_id(number, tenant), "email": f"u{number}@acme.example", "login_count": number % 50}
    if number % 2:
        user |= {"last_login": now(), "last_ip": "198.51.100.7"}
    if tenant == READ and number % LINKED == LINKED - 1:
        profile = '{"name":"Ada","given_name":"Ada"}'
        user |= {"linked_to": seed_id(number - 1), "provider": "google-oauth2", "is_social": True, "profileData": profile}
    return user


def new_user(number: int) -> dict[str, Any]:
    """Return the fields of a new user."""
    return {
        "email": f"new{number}@acme.example",
        "name": "Ada Lovelace",
        "connection": CONNECTION,
        "is_social": False,
        "email_verified": False,
        "app_metadata": {"plan": "pro", "roles": ["admin", "staff"], "limits": {"seats": 25, "trial": False}},
        "user_metadata": {"theme": "dark"},
    }


def client() -> dict[str, Any]:
    """Return a typical client."""
    urls = ["https://shop.acme.example/callback", "http://localhost:3000/callback"]
    return {
        "client_id": CLIENT, "name": "Web shop", "client_secret": "s" * 64, "callbacks": urls, "allowed_logout_urls": urls,
        "web_origins": ["https://shop.acme.example"], "grant_types": ["authorization_code", "refresh_token"], "connections": ["con_1"],
        "refresh_token": {"rotation_type": "rotating", "leeway": 0, "token_lifetime": 2592000}, "client_metadata": {"team": "shop"},
        "jwt_configuration": {"alg": "RS256", "lifetime_in_seconds": 36000},
    }  # fmt: skip


def login_session() -> dict[str, Any]:
    """Return a new login session."""
    return {
        "csrf_token": "c" * 26,
        "authParams": {"client_id": CLIENT, "scope": "openid profile email offline_access", "redirect_uri": "https://shop.acme.example/"},
        "expires_at": now() + timedelta(minutes=30),
        "auth_strategy": {"strategy": "auth0", "strategy_type": "database"},
    }


def session(stage: Stage) -> dict[str, Any]:
    """Return a new session. Each one expires later than the previous one, so that its login session has to be extended."""
    number = stage.number()
    return {
        "id": f"s{number:025}",
        "user_id": stage.writer(),
        "login_session_id": stage.rng.choice(stage.logins[: LOGINS // 2]),
        "device": DEVICE,
        "clients": [CLIENT],
        "expires_at": now() + timedelta(days=3, seconds=number),
    }


def token(stage: Stage) -> dict[str, Any]:
    """Return a new refresh token. Each one expires later than the previous one, so that its login session has to be extended."""
    number = stage.number()
    return {
        "id": f"r{number:025}",
        "login_id": stage.rng.choice(stage.logins[LOGINS // 2 :]),
        "user_id": stage.writer(),
        "client_id": CLIENT,
        "device": DEVICE,
        "resource_servers": [{"audience": "https://api.acme.example", "scopes": "read:orders"}],
        "rotating": True,
        "token_lookup": f"{number:016}",
        "token_hash": "f" * 64,
        "expires_at": now() + timedelta(days=30, seconds=number),
    }


def code(stage: Stage) -> dict[str, Any]:
    """Return a new code."""
    return {
        "code_id": f"code{stage.number():060}",
        "code_type": "authorization_code",
        "login_id": stage.rng.choice(stage.logins),
        "user_id": stage.writer(),
        "expires_at": now() + timedelta(minutes=5),
    }


def log() -> dict[str, Any]:
    """Return a new log entry without its type and its user."""
    return {
        "date": now(), "description": "Successful login", "ip": "198.51.100.7", "user_agent": AGENT, "isMobile": False,
        "client_id": CLIENT, "connection": CONNECTION,
    }  # fmt: skip


def sign_in(stage: Stage) -> SignIn:
    """Return a new sign-in."""
    given, granted = session(stage), token(stage)
    del given["login_session_id"], given["user_id"], granted["login_id"], granted["user_id"]
    email = f"u{stage.rng.randrange(WRITE_USERS)}@acme.example"
    return SignIn(email, f"code{stage.number():060}", given, login_session(), granted, log())


Inputs = list[tuple[Any, ...]]
Call = Callable[..., Awaitable[Any]]


@dataclass(frozen=True)
class Row:
    """A row of the table.

    Attributes:
        name: The name in the results.
        goal: The kind of the row, which selects its goals.
        prepare: Creates the given number of inputs, and the rows that they require.
        call: Calls a candidate with one input.
        read_back: Reads the stored rows with this package, for the comparison before the measurement.
        max_calls: The maximum number of calls in a turn.
    """

    name: str
    goal: str
    prepare: Callable[[Stage, int], Awaitable[Inputs]]
    call: Call
    read_back: Callable[[Stage, tuple[Any, ...], Any], Awaitable[Any]] | None = None
    max_calls: int = 400


def inputs_from(create: Callable[[Stage], tuple[Any, ...]]) -> Callable[[Stage, int], Awaitable[Inputs]]:
    """Return a ``prepare`` function for inputs that do not require any rows."""

    async def prepare(stage: Stage, count: int) -> Inputs:
        return [create(stage) for _ in range(count)]

    return prepare


async def _rotation_inputs(stage: Stage, count: int) -> Inputs:
    tokens = [token(stage) for _ in range(count)]
    async with stage.adapters.batch() as batch:
        for each in tokens:
            await batch.refresh_tokens.create(WRITE, {**each, "family_id": each["id"]})
    return [(each["token_lookup"], {**token(stage), "user_id": each["user_id"]}, now()) for each in tokens]


async def _cursor_inputs(stage: Stage, count: int) -> Inputs:
    """Return cursors from the middle of the list."""
    page = await stage.adapters.users.list(READ, take=1000, from_="")
    chosen = [stage.rng.choice(page.items[200:]) for _ in range(count)]
    return [(user.created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"), user.user_id) for user in chosen]


def _rotation(method: RotationMethod) -> Row:
    titles = {"transaction": "in transaction()", "batch": "in batch()", "run_transaction": "in run_transaction()", "rotate": "by rotate()"}

    async def call(candidate: Candidate, lookup: str, successor: Given, at: datetime) -> Any:
        return await candidate.rotate(WRITE, lookup, successor, at, method)

    async def read_back(stage: Stage, given: tuple[Any, ...], _: Any) -> Any:
        tokens = stage.adapters.refresh_tokens
        old = await tokens.get_by_lookup(WRITE, given[0])
        return [old, await tokens.get(WRITE, given[1]["id"]), await stage.adapters.login_sessions.get(WRITE, given[1]["login_id"])]

    return Row(f"rotation {titles[method]}", "several", _rotation_inputs, call, read_back)


async def _create_and_consume(candidate: Candidate, given: Given) -> Any:
    created = await candidate.create_code(WRITE, given)
    if not await candidate.consume_code(WRITE, given["code_id"], given["code_type"]):
        raise LookupError(given["code_id"])
    return created


async def _stored_user(stage: Stage, user_id: str) -> Any:
    return await stage.adapters.users.get(WRITE, user_id)


def _id(answer: Any) -> str:
    return str(getattr(answer, "user_id", answer))


async def _read_user(stage: Stage, _: tuple[Any, ...], answer: Any) -> Any:
    return await _stored_user(stage, _id(answer))


async def _read_users(stage: Stage, given: tuple[Any, ...], answer: Any) -> Any:
    first, last = given[0][0]["email"], given[0][-1]["email"]
    users = stage.adapters.users
    return [answer, await users.get_by_email(WRITE, first), await users.get_by_email(WRITE, last)]


async def _read_updated_user(stage: Stage, given: tuple[Any, ...], _: Any) -> Any:
    return await _stored_user(stage, given[0])


async def _read_code(stage: Stage, given: tuple[Any, ...], _: Any) -> Any:
    return await stage.adapters.codes.get(WRITE, given[0]["code_id"], given[0]["code_type"])


async def _read_session(stage: Stage, given: tuple[Any, ...], _: Any) -> Any:
    login = await stage.adapters.login_sessions.get(WRITE, given[0]["login_session_id"])
    return [await stage.adapters.sessions.get(WRITE, given[0]["id"]), login]


async def _read_sign_in(stage: Stage, given: tuple[Any, ...], _: Any) -> Any:
    expected: SignIn = given[0]
    store = stage.adapters
    session_, code_ = (
        await store.sessions.get(WRITE, expected.session["id"]),
        await store.codes.get(WRITE, expected.code, "authorization_code"),
    )
    user = await store.users.get_by_email(WRITE, expected.email)
    activity = await store.user_activity.get(WRITE, user.user_id) if user else None
    # Each sign-in increments the counter, so the numbers differ.
    user = user.model_copy(update={"login_count": activity is not None and activity.login_count > 0}) if user else None
    login = await store.login_sessions.get(WRITE, session_.login_session_id) if session_ else None
    logs = await store.logs.list(WRITE, per_page=2)
    return [
        session_,
        code_,
        user,
        login,
        await store.refresh_tokens.get(WRITE, expected.token["id"]),
        sorted(logs.items, key=lambda log: str(log.type)),
    ]


async def _create_user(candidate: Candidate, given: Given) -> Any:
    return await candidate.create_user(WRITE, given)


async def _create_users(candidate: Candidate, given: Sequence[Given]) -> Any:
    return await candidate.create_users(WRITE, given)


def _user_update(stage: Stage) -> tuple[Any, ...]:
    metadata = {"plan": "free", "roles": [], "limits": {"seats": 1, "trial": True}}
    return stage.writer(), {"nickname": f"ada{stage.number()}", "email_verified": True, "app_metadata": metadata}


def _email(stage: Stage) -> tuple[Any, ...]:
    return (f"u{stage.rng.randrange(READ_USERS) // LINKED * LINKED}@acme.example",)


ROWS = (
    Row("users.get", "get", inputs_from(lambda stage: (stage.reader(),)), lambda c, user_id: c.user(READ, user_id)),
    Row("clients.get", "get", inputs_from(lambda _: ()), lambda c: c.client(READ, CLIENT)),
    Row("users.create", "write", inputs_from(lambda stage: (new_user(stage.number()),)), _create_user, _read_user),
    Row(
        "users.update",
        "write",
        inputs_from(_user_update),
        lambda c, user_id, given: c.update_user(WRITE, user_id, given),
        _read_updated_user,
    ),
    Row("users.list", "list", inputs_from(lambda _: ()), lambda c: c.users(READ), max_calls=60),
    Row("users.list, q=email", "list", inputs_from(_email), lambda c, email: c.users_by_email(READ, email)),
    Row(
        "users.list, q=connection",
        "list",
        inputs_from(lambda _: (CONNECTION,)),
        lambda c, name: c.users_by_connection(READ, name),
        max_calls=60,
    ),
    Row("users.list, totals", "list", inputs_from(lambda _: ()), lambda c: c.users_and_total(READ), max_calls=60),
    Row(
        "users.list, checkpoint",
        "list",
        _cursor_inputs,
        lambda c, created_at, user_id: c.users_after(READ, created_at, user_id),
        max_calls=60,
    ),
    Row("codes.create + consume", "write", inputs_from(lambda stage: (code(stage),)), _create_and_consume, _read_code),
    Row(
        "sessions.create",
        "write",
        inputs_from(lambda stage: (session(stage),)),
        lambda c, given: c.create_session(WRITE, given),
        _read_session,
    ),
    _rotation("transaction"),
    _rotation("batch"),
    _rotation("run_transaction"),
    _rotation("rotate"),
    Row(
        "sign-in",
        "several",
        inputs_from(lambda stage: (sign_in(stage),)),
        lambda c, given: c.sign_in(WRITE, given),
        _read_sign_in,
        max_calls=100,
    ),
    Row(
        "1,000 users created",
        "bulk",
        inputs_from(lambda stage: ([new_user(stage.number()) for _ in range(BULK)],)),
        _create_users,
        _read_users,
        max_calls=1,
    ),
)
