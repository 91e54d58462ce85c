"""Connections, on every engine."""

from __future__ import annotations

from typing import Any

import pytest

from authhero_sql import Adapters, ConflictError, InvalidValueError
from authhero_sql.dialects import Call
from tests.contract.builders import connection, tenant


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with a tenant."""
    await tenant(adapters, "acme")
    return adapters


async def test_enabled_clients_are_accepted_and_never_stored(store: Adapters) -> None:
    made = await store.connections.create("acme", connection("x", enabled_clients=["web"]))
    found = await store.connections.get("acme", "con_x")
    assert found == made
    assert await store.connections.update("acme", "con_x", {"enabled_clients": ["web"], "display_name": "X"}) is True
    found = await store.connections.get("acme", "con_x")
    assert found is not None
    assert found.display_name == "X"
    assert not found.enabled_clients
    assert await store.client_connections.list_by_connection("acme", "con_x") == []
    columns = await store.database.fetch(Call("SELECT * FROM connections WHERE id = 'con_x'"))
    assert "web" not in repr(columns)


async def test_a_system_connection_is_marked_or_not(store: Adapters) -> None:
    for value, expected in ((True, True), (False, None), (None, None)):
        made = await store.connections.create("acme", connection(f"s{value}", is_system=value))
        assert made.is_system is expected
        assert ("is_system" in made.model_dump(exclude_none=True)) is bool(expected)
        assert await store.connections.get("acme", made.id) == made
    assert await store.connections.update("acme", "con_sTrue", {"is_system": False}) is True
    found = await store.connections.get("acme", "con_sTrue")
    assert found is not None
    assert found.is_system is None


async def test_options_are_replaced_whole_and_keep_what_nobody_knows(store: Adapters) -> None:
    options: list[dict[str, Any]] = [
        {"from": "+1", "z": 1, "a": {"y": None, "x": [0.1, 2**64]}, "passwordPolicy": "good", "icon_url": "ü" * 9000},
        {"attributes": {"email": {"identifier": {"active": True, "extra": "kept"}}}},
        {},
    ]
    for value in options:
        assert await store.connections.update("acme", "con_db", {"options": value}) is True
        found = await store.connections.get("acme", "con_db")
        assert found is not None
        assert found.options is not None
        dumped = found.options.model_dump(mode="json", by_alias=True, exclude_unset=True)
        assert dumped == value
    with pytest.raises(InvalidValueError) as caught:
        await store.connections.update("acme", "con_db", {"options": {"client_secret": "s3cret", "validation": 5}})
    assert "s3cret" not in str(caught.value)


async def test_ids_and_names(store: Adapters) -> None:
    imported = await store.connections.create("acme", connection("own"), import_metadata={"id": "con_imported"})
    assert imported.id == "con_imported"
    again = await store.connections.create("acme", connection("same", name="own"))
    assert again.name == imported.name, "names are not unique"
    with pytest.raises(ConflictError) as caught:
        await store.connections.create("acme", connection("same"))
    assert caught.value.fields == ("id",)
    for id in ("CON_DB", "con_db ", "con_dB"):
        assert await store.connections.get("acme", id) is None
        assert await store.connections.update("acme", id, {"name": "x"}) is False
        assert await store.connections.remove("acme", id) is False
    assert await store.connections.remove("acme", "con_db") is True
    assert await store.connections.remove("acme", "con_db") is False
