"""What a cancellation leaves of a write on D1: all of it or nothing, and a database that goes on."""

from __future__ import annotations

import random
from typing import Any

import anyio
import pytest

from authhero_sql import connect, create_adapters

USER: dict[str, Any] = {"connection": "db", "password": {"hash": "$argon2id$…", "algorithm": "argon2id"}}


@pytest.mark.engines("d1")
@pytest.mark.parametrize("seed", range(3))
async def test_a_write_that_is_cancelled_is_all_or_nothing(migrated_url: str, seed: int) -> None:
    chance = random.Random(seed)
    async with connect(migrated_url, max_size=2) as db:
        store = await create_adapters(db)
        await store.tenants.create({"id": "acme", "friendly_name": "Acme"})
        whole = 0
        for number in range(60):
            id = f"auth0|u{number}"
            with anyio.move_on_after(chance.random() * 0.006):
                await store.users.create("acme", {"user_id": id, **USER})
            # A connection of its own: what was sent may still be under way on another.
            found = (await store.users.get("acme", id) is not None) + len(await store.passwords.list("acme", id))
            assert found in (0, 2)
            whole += found == 2
        assert whole > 0
        await store.users.create("acme", {"user_id": "auth0|last", **USER})
        assert await store.users.get("acme", "auth0|last") is not None
