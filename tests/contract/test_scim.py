"""SCIM configurations, tokens and external IDs, on every engine."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from authhero_sql import Adapters, ConflictError, InvalidValueError
from tests.conftest import TickingClock
from tests.contract.builders import SOON, scim_configuration, scim_external_id, scim_token, tenant

HOUR = timedelta(hours=1)
TASKS = 32


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with two tenants."""
    await tenant(adapters, "acme")
    await tenant(adapters, "globex")
    return adapters


async def test_a_connection_has_one_configuration(store: Adapters) -> None:
    made = await store.scim_configurations.create("acme", {"connection_id": "con_db"})
    assert (made.user_id_attribute, made.mapping) == ("externalId", [])
    assert await store.scim_configurations.get("acme", "con_db") == made
    with pytest.raises(ConflictError):
        await store.scim_configurations.create("acme", scim_configuration())
    for place in (("globex", "con_db"), ("acme", "con_x"), ("acme", "CON_DB")):
        assert await store.scim_configurations.get(*place) is None
    theirs = await store.scim_configurations.create("globex", scim_configuration())
    assert await store.scim_configurations.remove("acme", "con_db") is True
    assert await store.scim_configurations.remove("acme", "con_db") is False
    assert await store.scim_configurations.get("globex", "con_db") == theirs


async def test_what_a_configuration_is_given_comes_back(store: Adapters) -> None:
    mapping = [{"scim": "userName", "auth0": "email", "more": {"ö": 1}}, {"scim": "a", "auth0": "b"}]
    given = scim_configuration(user_id_attribute="id", mapping=mapping)
    made = await store.scim_configurations.create("acme", given, import_metadata={"created_at": SOON, "updated_at": SOON + HOUR})
    assert made.model_dump() == {**given, "created_at": SOON, "updated_at": SOON + HOUR}
    assert await store.scim_configurations.get("acme", "con_db") == made


async def test_a_configuration_is_updated_in_the_fields_that_are_given(store: Adapters) -> None:
    made = await store.scim_configurations.create("acme", scim_configuration())
    assert await store.scim_configurations.update("acme", "con_db", {"mapping": []}) is True
    found = await store.scim_configurations.get("acme", "con_db")
    assert found is not None
    assert found == made.model_copy(update={"mapping": [], "updated_at": found.updated_at})
    assert found.updated_at > made.updated_at
    assert await store.scim_configurations.update("globex", "con_db", {"mapping": []}) is False
    for wrong in ({"connection_id": "x"}, {"mapping": None}, {"mapping": [{"scim": "x"}]}, {"user_id_attribute": None}):
        with pytest.raises(InvalidValueError):
            await store.scim_configurations.update("acme", "con_db", wrong)


async def test_configurations_are_listed_oldest_first(store: Adapters) -> None:
    for number in range(4):
        metadata = {"created_at": SOON - number // 2 * HOUR}
        await store.scim_configurations.create("acme", scim_configuration(f"con_{number}"), import_metadata=metadata)
    assert [item.connection_id for item in await store.scim_configurations.list("acme")] == ["con_2", "con_3", "con_0", "con_1"]
    assert await store.scim_configurations.list("globex") == []


async def test_what_a_token_is_given_comes_back(store: Adapters) -> None:
    bare = await store.scim_tokens.create("acme", {"token_id": "bare", "connection_id": "con_db", "token_hash": "h"})
    assert bare.model_dump(exclude_none=True) == {
        "token_id": "bare", "connection_id": "con_db", "token_hash": "h", "scopes": [], "created_at": bare.created_at,
    }  # fmt: skip
    given = scim_token(scopes=["get:users", "post:users"], valid_until=SOON)
    made = await store.scim_tokens.create("acme", given, import_metadata={"created_at": SOON - HOUR})
    assert made.model_dump() == {**given, "created_at": SOON - HOUR, "last_used_at": None}
    assert await store.scim_tokens.get("acme", "tok_1") == made


async def test_a_token_is_found_by_its_hash_alone(store: Adapters) -> None:
    made = await store.scim_tokens.create("acme", scim_token(valid_until=SOON - timedelta(days=900)))
    assert await store.scim_tokens.get_by_hash("acme", "hash of tok_1") == made, "including expired ones"
    for place in (
        ("globex", "hash of tok_1"),
        ("acme", "Hash of tok_1"),
        ("acme", "hash of tok_1 "),
        ("acme", "hash of tok__"),
        ("acme", ""),
    ):
        assert await store.scim_tokens.get_by_hash(*place) is None
    for again in (scim_token("other", token_hash="hash of tok_1"), scim_token(token_hash="other")):
        with pytest.raises(ConflictError) as caught:
            await store.scim_tokens.create("acme", again)
        assert "hash of tok_1" not in f"{caught.value}"
    await store.scim_tokens.create("globex", scim_token())
    assert await store.scim_tokens.remove("acme", "tok_1") is True
    assert await store.scim_tokens.get_by_hash("acme", "hash of tok_1") is None
    assert await store.scim_tokens.get_by_hash("globex", "hash of tok_1") is not None


async def test_tokens_of_a_connection_are_listed_oldest_first(store: Adapters) -> None:
    for number in range(5):
        params = scim_token(f"tok_{number}", connection_id="con_x" if number == 4 else "con_db")
        await store.scim_tokens.create("acme", params, import_metadata={"created_at": SOON - number // 2 * HOUR})
    await store.scim_tokens.create("globex", scim_token())
    assert [item.token_id for item in await store.scim_tokens.list_by_connection("acme", "con_db")] == ["tok_2", "tok_3", "tok_0", "tok_1"]
    assert [item.token_id for item in await store.scim_tokens.list_by_connection("acme", "con_x")] == ["tok_4"]
    assert await store.scim_tokens.list_by_connection("acme", "none") == []


async def test_a_token_says_when_it_was_used_last(store: Adapters, clock: TickingClock) -> None:
    made = await store.scim_tokens.create("acme", scim_token())
    other = await store.scim_tokens.create("acme", scim_token("other"))
    assert await store.scim_tokens.mark_used("acme", "tok_1") is True
    found = await store.scim_tokens.get("acme", "tok_1")
    assert found == made.model_copy(update={"last_used_at": clock.now})
    assert await store.scim_tokens.mark_used("acme", "tok_1", SOON + timedelta(microseconds=999)) is True
    assert await store.scim_tokens.mark_used("acme", "tok_1", SOON) is True
    found = await store.scim_tokens.get("acme", "tok_1")
    assert found is not None
    assert found.last_used_at == SOON
    assert await store.scim_tokens.mark_used("acme", "none") is False
    assert await store.scim_tokens.mark_used("globex", "tok_1") is False
    with pytest.raises(InvalidValueError):
        await store.scim_tokens.mark_used("acme", "tok_1", SOON.replace(tzinfo=None))
    assert await store.scim_tokens.get("acme", "other") == other


async def test_an_external_id_is_found_from_both_sides(store: Adapters) -> None:
    made = await store.scim_external_ids.create("acme", scim_external_id())
    assert made.model_dump() == {**scim_external_id(), "created_at": made.created_at}
    assert await store.scim_external_ids.get_by_external_id("acme", "con_db", "ext-1") == made
    assert await store.scim_external_ids.get_by_user_id("acme", "con_db", "auth0|ada") == made
    for place in (("globex", "con_db", "ext-1"), ("acme", "con_x", "ext-1"), ("acme", "con_db", "EXT-1"), ("acme", "con_db", "auth0|ada")):
        assert await store.scim_external_ids.get_by_external_id(*place) is None
    for place in (("globex", "con_db", "auth0|ada"), ("acme", "con_x", "auth0|ada"), ("acme", "con_db", "auth0|Ada")):
        assert await store.scim_external_ids.get_by_user_id(*place) is None
        assert await store.scim_external_ids.remove(*place) is False
    assert await store.scim_external_ids.remove("acme", "con_db", "auth0|ada") is True
    assert await store.scim_external_ids.get_by_external_id("acme", "con_db", "ext-1") is None


async def test_an_external_id_is_one_users(store: Adapters) -> None:
    await store.scim_external_ids.create("acme", scim_external_id(), import_metadata={"created_at": SOON})
    for again in (scim_external_id(user_id="auth0|grace"), scim_external_id("ext-2")):
        with pytest.raises(ConflictError):
            await store.scim_external_ids.create("acme", again)
    await store.scim_external_ids.create("acme", scim_external_id("ext-2", user_id="auth0|grace"))
    await store.scim_external_ids.create("acme", scim_external_id(connection_id="con_x"))
    await store.scim_external_ids.create("globex", scim_external_id())
    with pytest.raises(ConflictError):
        await store.scim_external_ids.update("acme", "con_db", "auth0|ada", "ext-2")
    assert await store.scim_external_ids.update("acme", "con_db", "auth0|ada", "ext-3") is True
    assert await store.scim_external_ids.update("acme", "con_db", "auth0|ada", "ext-3") is True
    assert await store.scim_external_ids.update("acme", "con_db", "auth0|nobody", "ext-4") is False
    found = await store.scim_external_ids.get_by_external_id("acme", "con_db", "ext-3")
    assert found is not None
    assert (found.user_id, found.created_at) == ("auth0|ada", SOON)
    assert await store.scim_external_ids.get_by_external_id("acme", "con_db", "ext-1") is None
    assert await store.scim_external_ids.get_by_external_id("globex", "con_db", "ext-1") is not None


async def test_of_many_users_one_gets_an_external_id(store: Adapters) -> None:
    async def take(number: int) -> bool:
        try:
            await store.scim_external_ids.create("acme", scim_external_id(user_id=f"auth0|u{number}"))
        except ConflictError:
            return False
        return True

    won = await asyncio.gather(*(take(number) for number in range(TASKS)))
    assert won.count(True) == 1
    found = await store.scim_external_ids.get_by_external_id("acme", "con_db", "ext-1")
    assert found is not None
    assert found.user_id == f"auth0|u{won.index(True)}"


@pytest.mark.parametrize(
    ("entity", "wrong"),
    [
        ("scim_configurations", {**scim_configuration(), "connection_id": None}),
        ("scim_configurations", {**scim_configuration(), "mapping": [{"scim": "x"}]}),
        ("scim_tokens", scim_token("x" * 65)),
        ("scim_tokens", scim_token(token_hash="x" * 129)),
        ("scim_tokens", scim_token(scopes=None)),
        ("scim_tokens", scim_token(valid_until="2026-01-01T00:00:00")),
        ("scim_external_ids", scim_external_id("x" * 256)),
        ("scim_external_ids", scim_external_id(surprise=1)),
    ],
)
async def test_what_is_none_is_refused(store: Adapters, entity: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError) as caught:
        await getattr(store, entity).create("acme", wrong)
    assert caught.value.table == entity
