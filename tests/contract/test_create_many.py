"""``create_many`` stores the same rows as ``create``, in chunks.

The tests also cover conflicts, invalid rows and interruptions.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from authhero_sql import (
    Adapters,
    BatchRowNotFoundError,
    ConflictError,
    Database,
    DatabaseUnavailableError,
    ForeignKeyError,
    IdGenerator,
    InvalidQueryError,
    InvalidValueError,
    ManyResult,
    UnsupportedError,
    connect,
    create_adapters,
)
from authhero_sql.crud.bulk import CHUNK, BulkAdapter
from authhero_sql.dialects import Call
from tests.contract.builders import client, custom_domain, organization, outbox_event, proxy_route, tenant, user
from tests.faults.proxy import open_proxy
from tests.kinds import adapter_classes
from tests.unit.fakes import CountingDatabase
from tests.workload.replay import SteppingClock

PASSWORD = {"hash": "$argon2id$x", "algorithm": "argon2id"}


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with a tenant and the user Ada."""
    await tenant(adapters)
    return adapters


def users(count: int, first: int = 0) -> list[dict[str, Any]]:
    return [user(f"u{number:06d}") for number in range(first, first + count)]


async def count_users(store: Adapters) -> int:
    """Return the number of users except Ada."""
    return int((await store.users.list("acme", include_totals=True)).total or 0) - 1


async def contents(database: Database, *tables: str) -> list[list[tuple[Any, ...]]]:
    quote = database.dialect.quote
    rows = await database.fetch_many([Call(f"SELECT * FROM {quote}{name}{quote}") for name in tables])
    return [sorted(map(tuple, part), key=repr) for part in rows]


# --- stored rows ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, 999, 1_000, 1_001, 12_345])
async def test_every_row_is_stored_whatever_their_number(store: Adapters, count: int) -> None:
    seen: list[int] = []
    result = await store.users.create_many("acme", (row for row in users(count)), progress=lambda result: seen.append(result.done))
    assert (result.created, result.updated, result.skipped, result.rejected, result.done) == (count, 0, 0, 0, count)
    assert seen == [*range(CHUNK, count, CHUNK), *([count] if count else [])]
    assert await count_users(store) == count


async def test_what_is_read_as_it_comes_is_never_held_as_a_whole(store: Adapters) -> None:
    read = 0
    behind: list[int] = []

    async def rows() -> AsyncIterator[dict[str, Any]]:
        nonlocal read
        for row in users(6 * CHUNK):
            read += 1
            yield row

    async def progress(result: ManyResult) -> None:
        behind.append(read - result.done)

    assert (await store.users.create_many("acme", rows(), progress=progress)).created == 6 * CHUNK
    assert max(behind) <= 2 * CHUNK


_TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)
_USERS = st.lists(
    st.fixed_dictionaries(
        {"connection": st.just("db")},
        optional={
            "name": st.none() | _TEXTS,
            "email_verified": st.booleans(),
            "app_metadata": st.dictionaries(_TEXTS, _TEXTS | st.none() | st.integers(-(2**53), 2**53) | st.lists(_TEXTS), max_size=3),
            "address": st.fixed_dictionaries({}, optional={"country": _TEXTS, "galaxy": _TEXTS}),
            "last_ip": st.just("::1"),
            "login_count": st.integers(0, 9),
            "last_login": st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  # as asked
            "password": st.just(PASSWORD),
            "blocked": st.booleans(),
            "provider": st.sampled_from(("auth0", "sms")),
        },
    ),
    max_size=6,
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=_USERS)
async def test_it_stores_what_create_stores_one_by_one(db: Database, rows: list[dict[str, Any]]) -> None:
    tables = ("users", "user_activity", "passwords")

    async def stored(way: str) -> list[list[tuple[Any, ...]]]:
        adapters = await create_adapters(db, clock=SteppingClock(), ids=IdGenerator(Random(7).randbytes))
        await adapters.tenants.create({"id": "acme", "friendly_name": "Acme"})
        if way == "one by one":
            for row in rows:
                await adapters.users.create("acme", row)
        else:
            await adapters.users.create_many("acme", rows)
        found = await contents(db, *tables)
        await adapters.tenants.remove("acme")
        await db.write([Call(f"DELETE FROM {db.dialect.quote}{name}{db.dialect.quote}") for name in ("users", "tenants")])
        return found

    assert await stored("at once") == await stored("one by one")


async def test_an_import_keeps_ids_and_times(store: Adapters) -> None:
    old = {"created_at": "2012-05-06T07:08:09.123Z", "updated_at": datetime(2013, 1, 1, tzinfo=UTC)}
    await store.users.create_many("acme", [{**user("old"), **old, "password": PASSWORD, "login_count": 7, "last_ip": "::1"}])
    found = await store.users.get("acme", "auth0|old")
    assert found is not None
    assert (found.created_at, found.updated_at) == (datetime(2012, 5, 6, 7, 8, 9, 123_000, UTC), datetime(2013, 1, 1, tzinfo=UTC))
    assert (found.login_count, found.last_ip) == (7, "::1")
    password = await store.passwords.get("acme", "auth0|old")
    assert password is not None
    assert password.password == PASSWORD["hash"]
    await store.roles.create_many("acme", [{"id": "r1", "name": "one", **old}, {"name": "two"}])
    role = await store.roles.get("acme", "r1")
    assert role is not None
    assert role.name == "one"
    assert {each.name for each in (await store.roles.list("acme")).items} == {"one", "two"}


# --- conflicts -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [0, 700, CHUNK, CHUNK + 7])
async def test_a_taken_key_is_named_with_its_row_and_the_chunks_before_it_stay(store: Adapters, place: int) -> None:
    rows = users(CHUNK + 10)
    rows[place] = user(email="other@acme.example")
    with pytest.raises(ConflictError, match=f"row {place}") as caught:
        await store.users.create_many("acme", rows)
    done = place // CHUNK * CHUNK
    assert (caught.value.row, caught.value.table, caught.value.fields) == (place, "users", ("user_id",))
    assert caught.value.result.done == done
    assert await count_users(store) == done


async def test_a_key_that_comes_twice_is_taken_the_second_time(store: Adapters) -> None:
    with pytest.raises(ConflictError) as caught:
        await store.users.create_many("acme", [*users(30), user("last", email="u000003@acme.example")])
    assert (caught.value.row, sorted(caught.value.fields)) == (30, ["email", "provider"])
    assert await count_users(store) == 0


async def test_skipping_leaves_what_is_there_alone(store: Adapters) -> None:
    await store.users.create_many("acme", users(500))
    before = await contents(store.database, "users", "passwords", "user_activity")
    again = [{**row, "name": "changed", "password": PASSWORD, "login_count": 3} for row in users(500)]
    by_mail = [user("other", email="u000001@acme.example"), user("new"), user("new", name="second"), user("x", email="new@acme.example")]
    result = await store.users.create_many("acme", [*again, *by_mail], on_conflict="skip")
    assert (result.created, result.skipped, result.done) == (1, 503, 504)
    await store.users.remove("acme", "auth0|new")
    assert await contents(store.database, "users", "passwords", "user_activity") == before


async def test_updating_puts_what_is_given_over_what_is_there(store: Adapters) -> None:
    old = [{**row, "nickname": "kept", "password": PASSWORD, "created_at": "2012-01-01T00:00:00Z"} for row in users(3)]
    await store.users.create_many("acme", old)
    new = {"password": {"hash": "new", "algorithm": "bcrypt"}, "login_count": 5}
    rows = [{**row, "name": f"second {place}", "created_at": "2015-01-01T00:00:00Z", **new} for place, row in enumerate(users(5))]
    result = await store.users.create_many("acme", [*rows, {**rows[0], "name": "third"}, {**rows[4], "name": "4th"}], on_conflict="update")
    assert (result.created, result.updated, result.done) == (2, 5, 7)
    for place, name in ((0, "third"), (1, "second 1"), (3, "second 3"), (4, "4th")):
        found = await store.users.get("acme", f"auth0|u{place:06d}")
        assert found is not None
        assert (found.name, found.login_count, found.nickname) == (name, 5, "kept" if place < 3 else None)
        assert found.created_at.year == (2012 if place < 3 else 2015)
        assert [each.password for each in await store.passwords.list("acme", found.user_id)] == ["new"]


async def test_updating_changes_the_same_row_by_its_key_alone(store: Adapters) -> None:
    """Test that a conflict with another unique key is an error and never updates the row of another user."""
    await store.users.create_many("acme", users(2))
    before = await contents(store.database, "users")
    with pytest.raises(ConflictError) as caught:
        await store.users.create_many("acme", [*users(1, 5), user("thief", email="u000001@acme.example")], on_conflict="update")
    assert caught.value.row == 1
    assert await contents(store.database, "users") == before


async def test_what_is_moved_out_of_the_way_is_free_for_the_next_row(store: Adapters) -> None:
    """Test that rows are written in their order although equal statements are combined."""
    await store.users.create_many("acme", users(1))
    rows = [{**users(1)[0], "email": "moved@acme.example"}, user("new", email="u000000@acme.example")]
    if store.context.dialect.features.interactive_transactions:
        assert (await store.users.create_many("acme", rows, on_conflict="update")).done == 2
        assert await count_users(store) == 2


async def test_a_row_of_another_tenant_is_skipped_and_never_changed(store: Adapters) -> None:
    await store.tenants.create({"id": "globex", "friendly_name": "Globex"})
    await store.organizations.create("globex", organization(id="org_1", name="theirs"))
    before = await contents(store.database, "organizations")
    mine = [organization(id="org_1", name="mine")]
    assert (await store.organizations.create_many("acme", mine, on_conflict="skip")).skipped == 1
    for on_conflict in ("error", "update"):
        with pytest.raises(ConflictError):
            await store.organizations.create_many("acme", mine, on_conflict=on_conflict)
    assert await contents(store.database, "organizations") == before


async def test_two_at_once_lose_nothing(store: Adapters) -> None:
    results = await asyncio.gather(*(store.users.create_many("acme", users(300), on_conflict="skip") for _ in range(4)))
    assert sum(result.created for result in results) == 300 == await count_users(store)
    assert all(result.done == 300 for result in results)


# --- rejected rows -------------------------------------------------------------------------------------------------------------


async def test_what_is_not_valid_is_named_with_its_row(store: Adapters) -> None:
    with pytest.raises(InvalidValueError, match=r"row 2: users\.name") as caught:
        await store.users.create_many("acme", [*users(2), {**user("x"), "name": "x" * 300}, *users(5, 10)])
    assert (caught.value.row, caught.value.field, caught.value.result.done) == (2, "name", 0)


async def test_what_is_not_valid_is_reported_and_passed_over(store: Adapters) -> None:
    rows: list[Any] = [row if number % 2 else {**row, "surprise": 1} for number, row in enumerate(users(2_400))]
    rows[7] = None
    result = await store.users.create_many("acme", rows, on_invalid="report")
    assert (result.created, result.rejected, len(result.rejections), result.done) == (1_199, 1_201, 1_000, 2_400)
    assert [refusal.row for refusal in result.rejections[:5]] == [0, 2, 4, 6, 7]
    assert {refusal.error.table for refusal in result.rejections} == {"users"}
    assert await count_users(store) == 1_199


async def test_a_reference_to_nothing_is_named_with_its_row(store: Adapters) -> None:
    await store.clients.create("acme", client("spa"))
    grants = [{"client_id": "spa" if number != 5 else "missing", "audience": f"https://{number}"} for number in range(9)]
    with pytest.raises(ForeignKeyError, match="row 5") as caught:
        await store.client_grants.create_many("acme", grants)
    assert (caught.value.row, caught.value.result.done) == (5, 0)
    assert (await store.client_grants.list("acme")).items == []
    with pytest.raises(ForeignKeyError, match="row 0"):
        await store.users.create_many("nowhere", users(3))


async def test_what_belongs_to_another_tenant_cannot_be_referred_to(store: Adapters) -> None:
    await store.tenants.create({"id": "globex", "friendly_name": "Globex"})
    await store.organizations.create("globex", organization(id="org_g", name="g"))
    await store.organizations.create("acme", organization(id="org_a", name="a"))
    await store.custom_domains.create("globex", custom_domain(custom_domain_id="cd_g"))
    members = [{"user_id": "auth0|ada", "organization_id": each} for each in ("org_a", "org_g")]
    for attempt in (store.user_organizations.create_many("acme", members), store.proxy_routes.create_many("acme", [proxy_route("cd_g")])):
        with pytest.raises(ForeignKeyError, match="row"):
            await attempt
    assert (await store.user_organizations.create_many("acme", members[:1])).created == 1
    assert (await store.user_organizations.create_many("acme", [{}], on_invalid="report")).rejected == 1


@pytest.mark.parametrize("arguments", [{"on_conflict": "ignore"}, {"on_invalid": "ignore"}, {"progress": 1}])
async def test_an_argument_of_another_kind_is_refused(store: Adapters, arguments: dict[str, Any]) -> None:
    with pytest.raises(InvalidQueryError):
        await store.users.create_many("acme", users(1), **arguments)


async def test_every_adapter_that_creates_plainly_creates_many(store: Adapters) -> None:
    many = {name for name, kind in adapter_classes().items() if issubclass(kind, BulkAdapter)}
    assert many > {"users", "clients", "roles"}
    for name in many:
        assert await getattr(store, name).create_many("acme", []) == ManyResult()


# --- interruptions -------------------------------------------------------------------------------------------------------------


async def test_rows_that_cannot_be_read_leave_what_was_read_before(store: Adapters) -> None:
    def rows() -> Iterator[dict[str, Any]]:
        yield from users(2 * CHUNK + 5)
        raise KeyError("the file is torn")

    seen: list[int] = []
    with pytest.raises(KeyError):
        await store.users.create_many("acme", rows(), progress=lambda result: seen.append(result.done))
    assert seen == [CHUNK, 2 * CHUNK]
    assert await count_users(store) == 2 * CHUNK


async def test_a_cancellation_leaves_whole_chunks(store: Adapters) -> None:
    seen: list[int] = []

    def progress(result: ManyResult) -> None:
        seen.append(result.done)
        if len(seen) == 3:
            task.cancel()

    task = asyncio.ensure_future(store.users.create_many("acme", (row for row in users(9 * CHUNK)), progress=progress))
    with pytest.raises(asyncio.CancelledError):
        await task
    stored = await count_users(store)
    assert stored % CHUNK == 0
    assert seen[-1] <= stored < 9 * CHUNK


@pytest.mark.engines("postgresql", "mysql")
async def test_a_connection_that_is_lost_leaves_what_was_reported(store: Adapters, migrated_url: str) -> None:
    async with open_proxy(migrated_url) as (between, url), connect(url) as db:
        between.cut_after = b"u004500@acme.example"
        with pytest.raises(DatabaseUnavailableError) as caught:
            await (await create_adapters(db)).users.create_many("acme", users(6 * CHUNK))
        assert between.cut_connections == 1
    assert caught.value.result.done == await count_users(store) == 4 * CHUNK


# --- statements ----------------------------------------------------------------------------------------------------------------


async def test_a_chunk_is_one_write(store: Adapters) -> None:
    counting = CountingDatabase(store.database)
    counted = Adapters(replace(store.context, database=counting, executor=counting))
    rows = [{**row, "login_count": 1, "password": PASSWORD} for row in users(2_500)]
    await counted.users.create_many("acme", rows)
    assert [(method, len(calls), len(set(calls))) for method, calls in counting.pop_trips()] == [
        ("write", 3 * count, 3) for count in (1_000, 1_000, 500)
    ]
    await counted.users.create_many("acme", rows, on_conflict="skip")
    assert [method for method, _ in counting.pop_trips()] == ["fetch_many"] * 3


@pytest.mark.transactions
async def test_in_a_transaction_it_is_part_of_it(store: Adapters) -> None:
    async def work() -> None:
        async with store.transaction() as tx:
            assert (await tx.users.create_many("acme", users(1_500))).created == 1_500
            with pytest.raises(ConflictError) as caught:
                await tx.users.create_many("acme", [*users(20, 5_000), *users(1, 3)])
            assert caught.value.row == 20
            assert (await tx.users.create_many("acme", users(30, 1_490), on_conflict="skip")).created == 20
            assert await count_users(tx) == 1_520
            raise KeyError

    with pytest.raises(KeyError):
        await work()
    assert await count_users(store) == 0


async def test_in_a_batch_it_is_collected(store: Adapters) -> None:
    async with store.batch() as batch:
        await batch.users.create_many("acme", users(1_200))
        await batch.outbox.create("acme", outbox_event())
        assert await count_users(store) == 0
    assert await count_users(store) == 1_200
    with pytest.raises(UnsupportedError):
        async with store.batch() as batch:
            await batch.users.create_many("acme", users(3), on_conflict="skip")
    with pytest.raises(ConflictError):
        async with store.batch() as batch:
            await batch.users.create_many("acme", [*users(3, 2_000), *users(1)])
    assert await count_users(store) == 1_200


async def test_equal_writes_of_a_batch_keep_their_counts(store: Adapters) -> None:
    """Test that an update without a matching row is reported although the updates were combined."""
    await store.users.create_many("acme", users(300))
    await _renamed(store, "found", users(300))
    found = await store.users.get("acme", "auth0|u000123")
    assert found is not None
    assert found.name == "found u000123@acme.example"
    with pytest.raises(BatchRowNotFoundError) as caught:
        await _renamed(store, "lost", [*users(200), user("missing"), *users(100, 200)])
    assert caught.value.position == 200
    assert (await store.users.list("acme", q="name:lost*")).items == []


async def _renamed(store: Adapters, name: str, rows: list[dict[str, Any]]) -> None:
    async with store.batch() as batch:
        for row in rows:
            await batch.users.update("acme", row["user_id"], {"name": f"{name} {row['email']}"})
