"""``adapters.batch()``: all or nothing, on every engine."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from authhero_sql import (
    Adapters,
    BatchRowNotFoundError,
    ConflictError,
    ForeignKeyError,
    InvalidValueError,
    TransactionClosedError,
    UnsupportedError,
)
from tests.contract.builders import client, code, grant, login_session, outbox_event, session, tenant, user
from tests.unit.fakes import CountingDatabase


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with a tenant and the user Ada."""
    await tenant(adapters)
    return adapters


async def test_nothing_is_written_before_the_end(store: Adapters) -> None:
    async with store.batch() as batch:
        grace = await batch.users.create("acme", user("grace"))
        assert await batch.users.update("acme", "auth0|ada", {"name": "Ada"}) is True
        assert await batch.users.get("acme", "auth0|grace") is None
        assert await store.users.get("acme", "auth0|grace") is None
    assert await store.users.get("acme", "auth0|grace") == grace
    ada = await store.users.get("acme", "auth0|ada")
    assert ada is not None
    assert ada.name == "Ada"


async def test_later_writes_see_earlier_ones(store: Adapters) -> None:
    """Test a sign-in: each write refers to the previous one."""
    await store.codes.create("acme", code())
    async with store.batch() as batch:
        assert await batch.codes.consume("acme", "c1") is True
        login = await batch.login_sessions.create("acme", login_session())
        await batch.sessions.create("acme", session(login_session_id=login.id))
        assert await batch.login_sessions.update("acme", login.id, {"session_id": "s1"}) is True
        await batch.users.update("acme", "auth0|ada", {"login_count": 1}, outbox_events=[outbox_event()])
    found = await store.login_sessions.get("acme", login.id)
    assert found is not None
    assert found.session_id == "s1"
    assert len(await store.outbox.get_unprocessed(10)) == 1


async def test_a_write_that_finds_nothing_undoes_all(store: Adapters) -> None:
    for missing in ("first", "last"):
        with pytest.raises(BatchRowNotFoundError) as caught:
            async with store.batch() as batch:
                if missing == "first":
                    assert await batch.clients.remove("acme", "nothing") is True
                await batch.clients.create("acme", client("spa"))
                await batch.users.create("acme", user("grace"), outbox_events=[outbox_event()])
                if missing == "last":
                    await batch.clients.remove("acme", "nothing")
        assert caught.value.table == "clients"
        assert await store.clients.get("acme", "spa") is None
        assert await store.users.get("acme", "auth0|grace") is None
        assert await store.outbox.get_unprocessed(10) == []


async def test_a_code_is_consumed_once_and_what_goes_with_it_is_done_once(store: Adapters) -> None:
    await store.codes.create("acme", code())

    async def sign_in(number: int) -> None:
        async with store.batch() as batch:
            await batch.codes.consume("acme", "c1")
            await batch.sessions.create("acme", session(f"s{number}", login_session_id="x"))

    done = await asyncio.gather(*(sign_in(number) for number in range(16)), return_exceptions=True)
    assert sum(each is None for each in done) == 1
    assert all(isinstance(each, BatchRowNotFoundError) for each in done if each is not None)
    assert (await store.sessions.list("acme", include_totals=True)).total == 1


@pytest.mark.parametrize("table", ["users", "clients"])
async def test_a_conflict_names_its_fields_and_undoes_all(store: Adapters, table: str) -> None:
    taken = user() if table == "users" else client()
    with pytest.raises(ConflictError):
        async with store.batch() as batch:
            await batch.codes.create("acme", code())
            await getattr(batch, table).create("acme", taken)
    assert await store.codes.get("acme", "c1", "otp") is None


async def test_a_conflict_of_one_table_alone_names_its_fields(store: Adapters) -> None:
    with pytest.raises(ConflictError) as caught:
        async with store.batch() as batch:
            await batch.users.create("acme", user("grace"))
            await batch.users.create("acme", user())
    assert (caught.value.table, caught.value.fields) == ("users", ("user_id",))
    assert await store.users.get("acme", "auth0|grace") is None


async def test_a_reference_to_nothing_undoes_all(store: Adapters) -> None:
    with pytest.raises(ForeignKeyError):
        async with store.batch() as batch:
            await batch.clients.create("acme", client("spa"))
            await batch.users.create("nowhere", user())
    assert await store.clients.get("acme", "spa") is None


async def test_an_error_in_the_block_writes_nothing(store: Adapters) -> None:
    with pytest.raises(InvalidValueError):
        async with store.batch() as batch:
            await batch.clients.create("acme", client("spa"))
            await batch.clients.create("acme", {"name": 1})
    assert await store.clients.get("acme", "spa") is None


async def test_a_consent_that_has_changed_meanwhile_undoes_all(store: Adapters) -> None:
    await store.grants.create("acme", grant(scope=["a"]))
    with pytest.raises(BatchRowNotFoundError):
        async with store.batch() as batch:
            await batch.grants.create("acme", grant(scope=["b"]))
            await store.grants.create("acme", grant(scope=["c"]))
    found = await store.grants.get("acme", "auth0|ada", "web")
    assert found is not None
    assert sorted(found.scope) == ["a", "c"]


async def test_a_batch_is_one_trip(store: Adapters) -> None:
    counting = CountingDatabase(store.database)
    counted = Adapters(replace(store.context, database=counting, executor=counting))
    async with counted.batch() as batch:
        for number in range(50):
            await batch.users.create("acme", user(f"u{number}"))
        assert counting.pop_trips() == []
    trips = counting.pop_trips()
    if store.context.dialect.features.interactive_transactions:
        assert trips == [], "the batch is a separate transaction"
    else:
        assert [(method, len(statements)) for method, statements in trips] == [("write", 50)]
    assert (await store.users.list("acme", include_totals=True)).total == 51


async def test_an_empty_batch_is_nothing(store: Adapters) -> None:
    counting = CountingDatabase(store.database)
    async with Adapters(replace(store.context, database=counting, executor=counting)).batch():
        pass
    assert counting.pop_trips() == []


async def test_what_a_batch_is_not(store: Adapters) -> None:
    async with store.batch() as batch:
        for other in (batch.batch(), batch.transaction()):
            with pytest.raises(UnsupportedError):
                async with other:
                    pass
    with pytest.raises(TransactionClosedError):
        await batch.clients.create("acme", client("late"))
    assert await store.clients.get("acme", "late") is None


@pytest.mark.transactions
async def test_a_batch_in_a_transaction_is_a_part_of_it(store: Adapters) -> None:
    with pytest.raises(KeyError):
        async with store.transaction() as tx:
            async with tx.batch() as batch:
                await batch.clients.create("acme", client("one"))
            assert await tx.clients.get("acme", "one") is not None
            with pytest.raises(BatchRowNotFoundError):
                async with tx.batch() as batch:
                    await batch.clients.create("acme", client("two"))
                    await batch.clients.remove("acme", "nothing")
            assert await tx.clients.get("acme", "two") is None
            raise KeyError
    assert await store.clients.get("acme", "one") is None


@pytest.mark.engines("d1")
async def test_without_transactions_the_error_says_what_there_is(store: Adapters) -> None:
    with pytest.raises(UnsupportedError, match=r"adapters\.batch\(\)"):
        async with store.transaction():
            pass
