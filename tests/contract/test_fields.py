"""Every field of every entity is stored, updated, limited and returned, on every engine."""

from __future__ import annotations

import json
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest
from pydantic import AwareDatetime, BaseModel, StringConstraints

from authhero_sql import Adapters, InvalidValueError
from authhero_sql.models.base import Instant
from authhero_sql.row_mapping import wire_fields, without_none
from tests.contract.builders import login_session, refresh_token, session, tenant
from tests.kinds import insert_of
from tests.strategies import plain


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with a tenant."""
    await tenant(adapters, "acme")
    return adapters


VIRTUAL = {
    "connections": {"enabled_clients"},
    "keys": {"current", "next", "previous", "revoked"},
    "login_sessions": {"deleted_at"},
    "users": {"verify_email", "password"},
}
"""Fields that are accepted and have no column."""
LOCATION = {
    "country_code": "SE", "city_name": "Malmö", "latitude": "55.6", "longitude": "13", "time_zone": "UTC", "continent_code": "EU",
}  # fmt: skip
REFERENCES: dict[str, dict[str, Any]] = {
    "clients": {"client_id": "spa"},
    "codes": {"user_id": "auth0|ada"},
    "connections": {"id": "con_x"},
    "keys": {"tenant_id": "acme"},
    "login_sessions": {"session_id": None},
    "logs": {"log_id": "log", "location_info": LOCATION},
    "passwords": {"id": "hash", "user_id": "auth0|ada"},
    "refresh_tokens": {"client_id": "web", "user_id": "auth0|ada"},
    "sessions": {"user_id": "auth0|ada", "id": "s1"},
    "tenants": {"id": "initech"},
    "users": {"user_id": "auth0|grace", "password": None},
}
"""The references and the key of an entity, which :func:`sample_value` cannot generate."""
PLACES = {
    "clients": "web",
    "connections": "con_db",
    "login_sessions": "login",
    "refresh_tokens": "r1",
    "sessions": "s1",
    "users": "auth0|ada",
}
"""The ID of a row of each entity in the fixtures."""
FREE = {"z": 1, "a": {"b": None, "a": [1.5, "ß", {}]}, "n": 2**70}


def sample_value(annotation: Any) -> Any:
    """Return a value for a field other than its default. Objects have all of their fields, and an unknown one if that is allowed."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation in (Instant, AwareDatetime):
        return "2026-02-03T04:05:06.789Z"
    if origin is Annotated:
        exact = {part.max_length for part in arguments[1:] if isinstance(part, StringConstraints) and part.min_length == part.max_length}
        return "äöü"[: exact.pop()] if exact - {None} else sample_value(arguments[0])
    if origin in (Union, UnionType):
        return sample_value(without_none(annotation)[0]) if NoneType in arguments else sample_value(arguments[0])
    if origin is Literal:
        return arguments[-1]
    if origin is list:
        return [sample_value(arguments[0]), sample_value(arguments[0])]
    if origin is dict:
        return FREE if arguments[1] is Any else {"z": sample_value(arguments[1]), "a": sample_value(arguments[1])}
    if annotation is Any:
        return FREE
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        extra = {"nobody knows": FREE} if annotation.model_config.get("extra") == "allow" else {}
        return {**every_field(annotation), **extra}
    scalars: dict[Any, Any] = {bool: True, int: 7, float: 7.5, str: "äöü"}
    return scalars[annotation]


def every_field(model: type[BaseModel]) -> dict[str, Any]:
    """Return all fields of a model by wire name."""
    return {
        info.serialization_alias or name: sample_value(Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation)
        for name, info in model.model_fields.items()
    }


def wire_format(entity: BaseModel) -> dict[str, Any]:
    """Return an entity in its wire format."""
    return entity.model_dump(mode="json", by_alias=True, exclude_unset=True)


async def read_back(store: Adapters, entity: str, given: dict[str, Any]) -> Any:
    """Read the row that was created from ``given``."""
    adapter: Any = getattr(store, entity)
    if entity == "keys":
        return next(item for item in (await adapter.list()).items if item.kid == given["kid"])
    if entity == "tenants":
        return await adapter.get(given["id"])
    key = {"clients": "client_id", "users": "user_id", "passwords": "user_id", "codes": "code_id", "logs": "log_id"}.get(entity, "id")
    return await adapter.get("acme", given[key], *([given["code_type"]] if entity == "codes" else []))


@pytest.mark.parametrize("entity", REFERENCES)
async def test_every_field_is_kept(store: Adapters, entity: str) -> None:
    adapter: Any = getattr(store, entity)
    given = {**every_field(insert_of(adapter.table)), **REFERENCES[entity]}
    if entity == "keys":
        given["revoked_at"] = "2099-01-01T00:00:00.000Z"
    place = () if entity in ("tenants", "keys") else ("acme",)
    created = await adapter.create(*place, given)
    if entity == "login_sessions":
        given["id"] = created.id
    found = await read_back(store, entity, given)
    if entity != "users":
        # The identities of a user are derived from its fields.
        assert wire_format(found) == wire_format(created)
    assert found == created
    for name, value in given.items():
        if name not in VIRTUAL.get(entity, ()) and value is not None:
            assert json.dumps(wire_format(found)[name]) == json.dumps(value), (name, "the order of keys included")


async def existing_row(store: Adapters, entity: str) -> tuple[Any, tuple[str, ...]]:
    """Return the adapter of an entity and the arguments that identify one row."""
    await store.login_sessions.create("acme", login_session(), import_metadata={"id": "login"})
    await store.sessions.create("acme", session())
    await store.refresh_tokens.create("acme", refresh_token())
    return getattr(store, entity), ("acme",) if entity == "tenants" else ("acme", PLACES[entity])


@pytest.mark.parametrize("entity", [*PLACES, "tenants"])
async def test_every_field_can_be_updated(store: Adapters, entity: str) -> None:
    adapter, place = await existing_row(store, entity)
    fixed = {"id", *(adapter.table[name].public for name in adapter.table.key), *VIRTUAL.get(entity, ())}
    values = {**every_field(insert_of(adapter.table)), **REFERENCES[entity]}
    fields = {name: value for name, value in values.items() if name not in fixed}
    before = await adapter.get(*place)
    assert await adapter.update(*place, fields) is True
    found = wire_format(await adapter.get(*place))
    for name, value in fields.items():
        if value is None:
            continue
        if name == "authParams":
            assert found[name] == value
        else:
            assert json.dumps(found[name]) == json.dumps(value), (name, "the order of keys included")
    assert found.get("created_at") == wire_format(before).get("created_at")


@pytest.mark.parametrize("entity", [*PLACES, "tenants"])
async def test_text_fits_its_column_to_the_last_character(store: Adapters, entity: str) -> None:
    adapter, place = await existing_row(store, entity)
    fields = wire_fields(insert_of(adapter.table))
    bound = {name for key in adapter.table.foreign_keys for name in key.columns} | set(adapter.table.key)
    free = [
        column
        for column in adapter.table.columns
        if column.size is not None
        and column.name not in bound
        and column.public in fields
        and plain(without_none(fields[column.public][1].annotation)[0]) is str
    ]
    assert free
    for column in free:
        longest = "é" * column.size
        assert await adapter.update(*place, {column.public: longest}) is True
        with pytest.raises(InvalidValueError) as caught:
            await adapter.update(*place, {column.public: longest + "e"})
        assert (caught.value.table, caught.value.field) == (adapter.table.name, column.public)
        assert wire_format(await adapter.get(*place))[column.public] == longest


@pytest.mark.parametrize("entity", [*PLACES, "tenants"])
async def test_none_is_null_where_it_may_be(store: Adapters, entity: str) -> None:
    adapter, place = await existing_row(store, entity)
    kept = {"id", "tenant_id", "created_at", "updated_at", *(adapter.table[name].public for name in adapter.table.key)}
    public = [column for column in adapter.table.columns if "." not in column.public and column.public not in kept and not column.hidden]
    inserted = wire_fields(insert_of(adapter.table))
    values = {**every_field(insert_of(adapter.table)), **REFERENCES[entity]}
    for column in public:
        if column.public not in inserted:
            continue
        if not column.null:
            before = await adapter.get(*place)
            with pytest.raises(InvalidValueError) as caught:
                await adapter.update(*place, {column.public: None})
            assert (caught.value.table, caught.value.field) == (adapter.table.name, column.public)
            assert await adapter.get(*place) == before
        else:
            assert await adapter.update(*place, {column.public: values[column.public]}) is True
            assert await adapter.update(*place, {column.public: None}) is True
            found = (await adapter.get(*place)).model_dump(mode="json", by_alias=True, exclude_none=True)
            # An integer flag of a tenant is off if nothing is stored. Other flags are absent.
            assert column.public not in found or found[column.public] is False
