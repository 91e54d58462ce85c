"""The cost of the example's sign-in in statements and rows, and the information that its responses reveal."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

import pytest

from authhero_sql import Adapters, Database
from authhero_sql.context import Context
from authhero_sql.dialects import Call
from authhero_sql.dialects.interface import Row
from examples import identity
from examples.identity import TENANT, AccessTokens, Browser, RefusedError, SignIn, SignUp
from tests.unit.fakes import CountingDatabase

SIZES = (100, 2_000)
BROWSER = Browser("192.0.2.1", "UA")
EMAIL, PASSWORD, VERIFIER = "ada@acme.example", "correct horse battery staple", "a verifier of PKCE that nobody can guess at all"


class Cost(NamedTuple):
    """The number of statements and rows."""

    statements: tuple[str, ...]
    rows: int


class RowCount(CountingDatabase):
    """A counting database that also counts the rows that were read."""

    rows = 0

    async def fetch(self, call: Call) -> list[Row]:
        """Count a round trip with one statement."""
        found = await super().fetch(call)
        self.rows += len(found)
        return found

    async def fetch_many(self, calls: Sequence[Call]) -> list[list[Row]]:
        """Count a round trip with several statements."""
        found = await super().fetch_many(calls)
        self.rows += sum(map(len, found))
        return found


@pytest.fixture
def counted(db: Database) -> RowCount:
    """Return the database with a counter."""
    return RowCount(db)


@pytest.fixture
async def store(counted: RowCount) -> Adapters:
    """Return the adapters of the service, with an account."""
    adapters = Adapters(Context.of(counted, normalize_emails=True))
    await identity.seed(adapters)
    await identity.sign_up(adapters, BROWSER, SignUp(email=EMAIL, password=PASSWORD))
    return adapters


async def cost(counted: RowCount, caplog: pytest.LogCaptureFixture, work: Callable[[], Awaitable[object]]) -> Cost:
    """Return the cost of a call."""
    counted.rows = 0
    caplog.clear()
    with caplog.at_level(logging.DEBUG, "authhero_sql.sql"):
        await work()
    texts = [record.getMessage().partition(": ")[2] for record in caplog.records if record.name == "authhero_sql.sql"]
    return Cost(tuple(text for joined in texts for text in joined.split("; ")), counted.rows)


async def sign_in(store: Adapters, email: str = EMAIL, password: str = PASSWORD) -> None:
    """Run both steps of a sign-in."""
    given = SignIn(email=email, password=password, code_challenge=identity.challenge_of(VERIFIER))
    done = await identity.sign_in(store, BROWSER, given)
    await identity.exchange_code(store, AccessTokens(), BROWSER, done.code, VERIFIER)


async def failed_sign_in(store: Adapters, email: str, password: str) -> None:
    """Run a sign-in that fails."""
    with pytest.raises(RefusedError):
        await sign_in(store, email, password)


async def test_a_sign_in_costs_the_same_however_many_users_there_are(
    store: Adapters, counted: RowCount, caplog: pytest.LogCaptureFixture
) -> None:
    costs, there = [], 0
    for size in SIZES:
        rows = ({"user_id": f"auth0|{number}", "email": f"u{number}@acme.example", "connection": "db"} for number in range(there, size))
        await store.users.create_many(TENANT, rows)
        there = size
        costs.append(await cost(counted, caplog, lambda: sign_in(store)))
    assert costs[0] == costs[1]
    # The account, its password and the code.
    assert costs[0].rows == 3
    assert 10 < len(costs[0].statements) < 20


async def test_no_count_tells_who_has_an_account(store: Adapters, counted: RowCount, caplog: pytest.LogCaptureFixture) -> None:
    await store.users.create(TENANT, {"user_id": "auth0|bob", "email": "bob@acme.example", "connection": "db"})
    known = await cost(counted, caplog, lambda: failed_sign_in(store, EMAIL, "wrong"))
    nobody = await cost(counted, caplog, lambda: failed_sign_in(store, "nobody@acme.example", "wrong"))
    no_password = await cost(counted, caplog, lambda: failed_sign_in(store, "bob@acme.example", "wrong"))
    assert known.statements == nobody.statements == no_password.statements


async def test_who_is_blocked_neither_signs_in_nor_refreshes(store: Adapters) -> None:
    given = SignIn(email=EMAIL, password=PASSWORD, code_challenge=identity.challenge_of(VERIFIER))
    issued = AccessTokens()
    tokens = await identity.exchange_code(store, issued, BROWSER, (await identity.sign_in(store, BROWSER, given)).code, VERIFIER)
    user = await store.users.get_by_email(TENANT, EMAIL)
    assert user is not None
    assert (await identity.userinfo(store, issued, f"bearer {tokens.access_token}")).user_id == user.user_id
    await store.users.update(TENANT, user.user_id, {"blocked": True})
    for attempt in (
        identity.sign_in(store, BROWSER, given),
        identity.rotate(store, issued, BROWSER, tokens.refresh_token),
        identity.userinfo(store, issued, f"Bearer {tokens.access_token}"),
    ):
        with pytest.raises(RefusedError):
            await attempt


async def test_whoever_has_linked_accounts_signs_in_as_one(store: Adapters) -> None:
    await store.users.create(TENANT, {"user_id": "google|ada", "email": "a@google.example", "connection": "google"})
    account = await store.users.get_by_email(TENANT, EMAIL)
    assert account is not None
    await store.users.update(TENANT, account.user_id, {"linked_to": "google|ada"})
    await sign_in(store)
    activity = await store.user_activity.get(TENANT, "google|ada")
    assert activity is not None
    assert activity.login_count == 1


async def test_of_what_a_browser_and_a_client_hold_only_hashes_are_stored(store: Adapters) -> None:
    given = SignIn(email=EMAIL, password=PASSWORD, code_challenge=identity.challenge_of(VERIFIER))
    done = await identity.sign_in(store, BROWSER, given)
    tokens = await identity.exchange_code(store, AccessTokens(), BROWSER, done.code, VERIFIER)
    await identity.rotate(store, AccessTokens(), BROWSER, tokens.refresh_token)
    stored = ""
    for adapter in (store.sessions, store.codes, store.refresh_tokens, store.logs, store.users):
        stored += (await adapter.list(TENANT)).model_dump_json()
    for secret in (done.code, done.session, tokens.refresh_token, tokens.refresh_token.partition(".")[2], tokens.access_token, PASSWORD):
        assert secret not in stored


async def test_the_service_may_start_twice(store: Adapters) -> None:
    await identity.seed(store)
    assert await store.clients.count(TENANT) == 1


@pytest.mark.transactions
async def test_a_password_that_was_changed_meanwhile_is_not_changed_again(store: Adapters, monkeypatch: pytest.MonkeyPatch) -> None:
    user = await store.users.get_by_email(TENANT, EMAIL)
    assert user is not None

    async def hash_password(_: str) -> str:
        # Another request consumes the code first.
        await store.passwords.create(TENANT, {"user_id": user.user_id, "password": "$argon2id$theirs"})
        return "$argon2id$ours"

    monkeypatch.setattr(identity, "hash_password", hash_password)
    given = identity.ChangePassword(old_password=PASSWORD, new_password="another " + PASSWORD)
    with pytest.raises(RefusedError):
        await identity.change_password(store, AccessTokens(), BROWSER, user, given)
    assert (await store.passwords.get_one(TENANT, user.user_id)).password == "$argon2id$theirs"
