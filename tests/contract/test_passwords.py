"""Passwords, of which one is current, on every engine."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from authhero_sql import Adapters, ConflictError, ForeignKeyError, InvalidQueryError, InvalidValueError
from tests.contract.builders import SOON, tenant, user

SECRET = "$argon2id$v=19$s3cret"


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with a tenant and the users Ada and Eve."""
    await tenant(adapters, "acme")
    await adapters.users.create("acme", user("eve"))
    return adapters


async def create(store: Adapters, name: str, user_id: str = "auth0|ada", **fields: Any) -> str:
    """Create a password and return its ID, which is also its hash."""
    return (await store.passwords.create("acme", {"id": name, "user_id": user_id, "password": name, **fields})).id


async def current(store: Adapters, user_id: str = "auth0|ada") -> list[str]:
    """Return the IDs of the current passwords."""
    return [item.id for item in await store.passwords.list("acme", user_id) if item.is_current]


async def test_a_new_current_one_retires_the_earlier_one_of_the_user(store: Adapters) -> None:
    await create(store, "hers", "auth0|eve")
    for name in ("one", "two"):
        await create(store, name)
        assert await current(store) == [name]
        found = await store.passwords.get("acme", "auth0|ada")
        assert found is not None
        assert (found.id, found.password, found.algorithm) == (name, name, "argon2id")
    await create(store, "old", is_current=False, algorithm="bcrypt")
    assert await current(store) == ["two"]
    assert await current(store, "auth0|eve") == ["hers"]
    retired = next(item for item in await store.passwords.list("acme", "auth0|ada") if item.id == "one")
    assert retired.updated_at > retired.created_at


async def test_a_password_that_cannot_be_stored_retires_nothing(store: Adapters) -> None:
    await create(store, "one")
    with pytest.raises(ConflictError) as conflict:
        await create(store, "one", password=SECRET)
    assert conflict.value.fields == ("id",)
    for wrong in ({"password": SECRET * 99}, {"algorithm": "md5"}, {"id": "x" * 22}):
        with pytest.raises(InvalidValueError) as caught:
            await create(store, "two", **wrong)
        assert SECRET not in str(caught.value)
        assert caught.value.field == next(iter(wrong))
    with pytest.raises(ForeignKeyError):
        await create(store, "two", "auth0|nobody")
    assert await current(store) == ["one"]


async def test_imports(store: Adapters) -> None:
    when = datetime(2020, 1, 1, 3, tzinfo=timezone(timedelta(hours=3)))
    params = {"id": "own", "user_id": "auth0|ada", "password": "hash"}
    made = await store.passwords.create("acme", params, import_metadata={"id": "imported", "created_at": when})
    assert (made.id, made.created_at, made.updated_at) == ("imported", when, when)
    assert len((await store.passwords.create("acme", {**params, "id": None})).id) == 21
    late = await store.passwords.create("acme", params, import_metadata={"created_at": SOON, "updated_at": SOON + timedelta(days=1)})
    assert (late.id, late.updated_at) == ("own", SOON + timedelta(days=1))
    assert [item.id for item in await store.passwords.list("acme", "auth0|ada", 1)] == ["own"]


async def test_updates_write_what_is_given_where_they_are_told(store: Adapters) -> None:
    await create(store, "one")
    await create(store, "two")
    assert await store.passwords.update("acme", {"user_id": "auth0|ada", "algorithm": "bcrypt"}) is True
    assert await store.passwords.update("acme", {"id": "one", "password": "new"}) is True
    found = {item.id: (item.password, item.algorithm, item.is_current) for item in await store.passwords.list("acme", "auth0|ada")}
    assert found == {"two": ("two", "bcrypt", True), "one": ("new", "argon2id", False)}
    assert await store.passwords.update("acme", {"id": "One", "password": "x"}) is False
    assert await store.passwords.update("acme", {"user_id": "auth0|ADA", "password": "x"}) is False
    assert await store.passwords.update("acme", {"user_id": "auth0|eve", "password": "x"}) is False, "the user has no password"
    for wrong in ({"created_at": SOON}, {"password": None}, {"nonsense": 1}):
        with pytest.raises(InvalidValueError):
            await store.passwords.update("acme", {"id": "one", **wrong})


@pytest.mark.parametrize("limit", [-1, 1.5, "1", True])
async def test_a_limit_is_a_number(store: Adapters, limit: Any) -> None:
    with pytest.raises(InvalidQueryError):
        await store.passwords.list("acme", "auth0|ada", limit)


async def test_limits(store: Adapters) -> None:
    for name in ("one", "two", "three"):
        await create(store, name)
    for limit, expected in ((None, ["three", "two", "one"]), (0, []), (1, ["three"]), (2, ["three", "two"]), (99, ["three", "two", "one"])):
        assert [item.id for item in await store.passwords.list("acme", "auth0|ada", limit)] == expected


async def test_one_that_is_made_current_retires_the_one_before(store: Adapters) -> None:
    for name in ("p1", "p2"):
        await store.passwords.create("acme", {"id": name, "user_id": "auth0|ada", "password": name})
    assert await store.passwords.update("acme", {"id": "p1", "is_current": True}) is True
    assert {password.id: password.is_current for password in await store.passwords.list("acme", "auth0|ada")} == {"p1": True, "p2": False}
    for stranger in ("globex", "nowhere"):
        assert await store.passwords.update(stranger, {"id": "p2", "is_current": True}) is False
    assert await store.passwords.update("acme", {"id": "missing", "is_current": True}) is False
    current = await store.passwords.get("acme", "auth0|ada")
    assert current is not None
    assert current.id == "p1"
