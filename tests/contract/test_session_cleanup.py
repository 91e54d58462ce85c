"""The cleanup of login sessions, sessions and refresh tokens, on every engine."""

from __future__ import annotations

import gc
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from authhero_sql import Adapters, Database, InvalidValueError
from authhero_sql.dialects import Call
from tests.contract.builders import login_session, refresh_token, session, tenant, user
from tests.unit.fakes import CountingDatabase

DAY = timedelta(days=1)
MS = timedelta(milliseconds=1)


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with two tenants, each with the users Ada and Eve."""
    for name in ("acme", "globex"):
        await tenant(adapters, name)
        await adapters.users.create(name, user("eve"))
    return adapters


async def cleanup_counts(store: Adapters, tenant_id: str | None = None, user_id: str | None = None, **options: Any) -> tuple[int, int, int]:
    """Run a cleanup and return the numbers of deleted tokens, sessions and login sessions."""
    done = await store.session_cleanup(tenant_id, user_id, **options)
    return done.refresh_tokens, done.sessions, done.login_sessions


async def create_expiring_rows(store: Adapters, tenant_id: str, user_id: str, expires: datetime) -> None:
    """Create a login session, a session and a token that expire at the same time."""
    name = f"{tenant_id[0]}{user_id[-3:]}"
    await store.login_sessions.create(
        tenant_id, login_session(expires_at=expires, user_id=user_id), import_metadata={"id": f"login {name}"}
    )
    common: dict[str, Any] = {"user_id": user_id, "expires_at": expires}
    await store.sessions.create(tenant_id, session(name, login_session_id=f"login {name}", **common))
    await store.login_sessions.update(tenant_id, f"login {name}", {"session_id": name})
    await store.refresh_tokens.create(tenant_id, refresh_token(name, login_id=f"login {name}", **common))


async def test_tenant_and_user_narrow_it(store: Adapters) -> None:
    expired = store.context.now() - 9 * DAY
    for tenant_id in ("acme", "globex"):
        for user_id in ("auth0|ada", "auth0|eve"):
            await create_expiring_rows(store, tenant_id, user_id, expired)
    assert await cleanup_counts(store, "nowhere") == (0, 0, 0)
    assert await cleanup_counts(store, "acme", "auth0|Ada") == (0, 0, 0)
    assert await cleanup_counts(store, "acme", "auth0|ada") == (1, 1, 1)
    assert await store.sessions.get("acme", "aeve") is not None
    assert await store.sessions.get("globex", "gada") is not None
    assert await cleanup_counts(store, user_id="auth0|eve") == (2, 2, 2)
    assert await cleanup_counts(store, "globex") == (1, 1, 1)
    assert await cleanup_counts(store) == (0, 0, 0)


async def test_a_login_session_that_goes_with_its_session_is_counted(store: Adapters) -> None:
    await create_expiring_rows(store, "acme", "auth0|ada", store.context.now() - 9 * DAY)
    assert await cleanup_counts(store) == (1, 1, 1)
    assert await store.database.fetch(Call("SELECT id FROM login_sessions")) == []


@pytest.mark.parametrize("grace", [timedelta(0), timedelta(hours=1), 7 * DAY])
async def test_the_grace_is_kept_to_the_millisecond(store: Adapters, grace: timedelta) -> None:
    clock: Any = store.context.clock
    now = store.context.now()
    await create_expiring_rows(store, "acme", "auth0|ada", now - grace)
    await create_expiring_rows(store, "acme", "auth0|eve", now + DAY)
    clock.step = timedelta(0)
    clock.now = now
    assert await cleanup_counts(store, grace=grace) == (0, 0, 0)
    clock.now = now + MS
    assert await cleanup_counts(store, grace=grace) == (1, 1, 1)
    for found in (
        await store.sessions.get("acme", "aeve"),
        await store.refresh_tokens.get("acme", "aeve"),
        await store.login_sessions.get("acme", "login aeve"),
    ):
        assert found is not None


@pytest.mark.parametrize("grace", [7, None, timedelta.max])
async def test_a_grace_that_makes_no_sense_is_refused(store: Adapters, grace: Any) -> None:
    with pytest.raises(InvalidValueError) as caught:
        await store.session_cleanup(grace=grace)
    assert caught.value.field == "grace"


async def test_login_sessions_that_live_are_kept_without_their_session(store: Adapters) -> None:
    now = store.context.now()
    await store.sessions.create("acme", session("gone", login_session_id="x", expires_at=now - 9 * DAY))
    for name, expires in (("living", now + DAY), ("in its grace", now - 6 * DAY), ("endless", now + DAY)):
        params = login_session(expires_at=expires, session_id="gone", state="completed")
        await store.login_sessions.create("acme", params, import_metadata={"id": name})
    await store.database.execute(Call("UPDATE login_sessions SET expires_at_ts = NULL WHERE id = 'endless'"))
    assert await cleanup_counts(store) == (0, 1, 0)
    left = await store.database.fetch(Call("SELECT id, session_id, state FROM login_sessions ORDER BY id"))
    assert [tuple(row) for row in left] == [(name, None, "completed") for name in ("endless", "in its grace", "living")]


async def test_either_expiry_ends_a_session_and_none_never_does(store: Adapters) -> None:
    past, future = store.context.now() - 9 * DAY, store.context.now() + DAY
    for number, (expires, idle, ends) in enumerate(
        [(past, None, True), (None, past, True), (past, past, True), (future, past, True), (past, future, True), (future, future, False),
         (None, None, False), (future, None, False), (None, future, False)]
    ):  # fmt: skip
        name = f"{'ends' if ends else 'stays'}{number}"
        times = {"expires_at": expires, "idle_expires_at": idle}
        await store.sessions.create("acme", session(name, login_session_id="x", **times))
        await store.refresh_tokens.create("acme", refresh_token(name, login_id="x", **times))
    assert await cleanup_counts(store) == (5, 5, 0)
    for table in ("sessions", "refresh_tokens"):
        left = await store.database.fetch(Call(f"SELECT id FROM {table} ORDER BY id"))
        assert [row[0] for row in left] == ["stays5", "stays6", "stays7", "stays8"]


async def test_more_than_a_batch(store: Adapters) -> None:
    expired = store.context.now() - 9 * DAY
    async with store.batch() as tx:
        for number in range(501):
            await tx.sessions.create("acme", session(f"s{number}", login_session_id="x", expires_at=expired))
            await tx.refresh_tokens.create("acme", refresh_token(f"r{number}", login_id="x", expires_at=expired))
            await tx.login_sessions.create("acme", login_session(expires_at=expired, session_id=f"s{number}"))
    assert await cleanup_counts(store) == (501, 501, 501)


@pytest.mark.transactions
async def test_it_works_inside_a_transaction(store: Adapters) -> None:
    await create_expiring_rows(store, "acme", "auth0|ada", store.context.now() - 9 * DAY)

    async def fails() -> None:
        async with store.transaction() as tx:
            assert await cleanup_counts(tx) == (1, 1, 1)
            raise KeyError

    with pytest.raises(KeyError):
        await fails()
    assert await cleanup_counts(store) == (1, 1, 1)


class InterruptingDatabase(CountingDatabase):
    """A database that calls a function once, between the query for expired rows and their deletion."""

    def __init__(self, database: Database, interrupt: Callable[[], Awaitable[object]]) -> None:
        super().__init__(database)
        self.interrupts: list[Callable[[], Awaitable[object]]] = [interrupt]

    async def write(self, calls: Sequence[Call], *, unordered: bool = False) -> list[int]:
        """Call the function before the first deletion of sessions, which uses several statements."""
        while self.interrupts:
            await self.interrupts.pop()()
        return await super().write(calls, unordered=unordered)


@pytest.mark.parametrize("expiry", ["expires_at", "idle_expires_at"])
async def test_a_session_that_is_renewed_meanwhile_is_kept_whole(store: Adapters, expiry: str) -> None:
    now = store.context.now()
    for name in ("renewed", "gone"):
        await store.sessions.create("acme", session(name, login_session_id="x", **{expiry: now - 9 * DAY}))
        params = login_session(expires_at=now + DAY, session_id=name)
        await store.login_sessions.create("acme", params, import_metadata={"id": f"login {name}"})
    interrupting = InterruptingDatabase(store.database, lambda: store.sessions.update("acme", "renewed", {expiry: now + DAY}))
    sweeping = Adapters(replace(store.context, database=interrupting, executor=interrupting))
    assert await cleanup_counts(sweeping) == (0, 1, 0)
    assert await store.sessions.get("acme", "gone") is None
    assert await store.sessions.get("acme", "renewed") is not None
    left = await store.database.fetch(Call("SELECT id, session_id FROM login_sessions ORDER BY id"))
    assert [tuple(row) for row in left] == [("login gone", None), ("login renewed", "renewed")]


async def test_a_batch_is_one_whatever_the_tenants_in_it(store: Adapters) -> None:
    expired = store.context.now() - 9 * DAY
    async with store.batch() as batch:
        for number in range(60):
            await batch.tenants.create({"id": f"t{number}", "friendly_name": "T"})
            await batch.users.create(f"t{number}", user())
            await batch.sessions.create(f"t{number}", session("same", login_session_id="x", expires_at=expired))
            alive = session(f"alive in {number}", login_session_id="x", expires_at=store.context.now() + DAY)
            await batch.sessions.create(f"t{number}", alive)
        # The session with this ID has expired in the other tenant only.
        await batch.sessions.create("acme", session("same", login_session_id="x", expires_at=store.context.now() + DAY))
        for tenant_id in ("acme", "t1"):
            params = login_session(session_id="same", expires_at=store.context.now() + DAY)
            await batch.login_sessions.create(tenant_id, params, import_metadata={"id": f"login {tenant_id}"})
    counting = CountingDatabase(store.database)
    sweeping = Adapters(replace(store.context, database=counting, executor=counting))
    assert await cleanup_counts(sweeping) == (0, 60, 0)
    assert sum(len(statements) for _, statements in counting.pop_trips()) <= 10
    left = await store.database.fetch(Call("SELECT id, session_id FROM login_sessions ORDER BY id"))
    assert [tuple(row) for row in left] == [("login acme", "same"), ("login t1", None)]
    assert await store.sessions.get("acme", "same") is not None


async def test_a_count_that_is_refused_leaves_nothing_behind(adapters: Adapters) -> None:
    with pytest.raises(InvalidValueError):
        await adapters.session_cleanup("acme", {"no": "id"}, dry_run=True)  # type: ignore[arg-type]
    # The warning about a coroutine that was not awaited appears when it is collected.
    gc.collect()
