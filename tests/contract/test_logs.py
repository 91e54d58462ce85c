"""Log entries, on every engine."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from authhero_sql import Adapters, ConflictError, InvalidValueError
from authhero_sql.dialects import Call
from authhero_sql.models import LogType
from tests.contract.builders import SOON, log, tenant


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with a tenant."""
    await tenant(adapters, "acme")
    return adapters


async def test_ids(store: Adapters) -> None:
    own = await store.logs.create("acme", log(log_id="own"))
    imported = await store.logs.create("acme", log(log_id="own"), import_metadata={"id": "imported"})
    assert (own.log_id, imported.log_id) == ("own", "imported")
    with pytest.raises(ConflictError) as caught:
        await store.logs.create("acme", log(log_id="own"))
    assert caught.value.fields == ("log_id",)
    for id in ("Own", "own "):
        assert await store.logs.get("acme", id) is None
    with pytest.raises(InvalidValueError) as refused:
        await store.logs.create("acme", log(log_id="x" * 22))
    assert (refused.value.table, refused.value.field) == ("logs", "log_id")


@pytest.mark.parametrize("type_", [LogType.SUCCESS_LOGIN, LogType.FAILED_LOGIN_INCORRECT_PASSWORD, "of the vendor", max(LogType, key=len)])
async def test_types_are_text(store: Adapters, type_: str) -> None:
    made = await store.logs.create("acme", log(type=type_))
    assert made.type == str(type_)
    assert await store.logs.get("acme", made.log_id) == made


async def test_an_entry_needs_no_user_client_or_place(store: Adapters) -> None:
    made = await store.logs.create("acme", log(log_id="bare"))
    assert made.model_dump(mode="json", by_alias=True, exclude_none=True) == {
        "log_id": "bare", "type": "s", "date": "2026-02-01T12:00:00.000Z", "isMobile": False,
    }  # fmt: skip
    strange = await store.logs.create("acme", log(user_id="auth0|of nobody", client_id="of nobody"))
    assert (strange.user_id, strange.client_id) == ("auth0|of nobody", "of nobody")


DETAILS: list[Any] = [
    {"z": 1, "a": {"b": None, "ü": [1.5, 2**70, "🔐"]}}, [], {}, "text", "", "{broken", "5", 5, 0.1, True, False, "null", ["x", None],
]  # fmt: skip


@pytest.mark.parametrize("details", DETAILS, ids=repr)
async def test_details_are_anything(store: Adapters, details: Any) -> None:
    made = await store.logs.create("acme", log(details=details))
    found = await store.logs.get("acme", made.log_id)
    assert found is not None
    assert json.dumps(found.details) == json.dumps(details)
    assert type(found.details) is type(details)
    assert found == made
    assert (await store.logs.list("acme")).items == [made]


async def test_details_that_are_no_json_are_the_text_that_they_are(store: Adapters) -> None:
    made = await store.logs.create("acme", log(log_id="old"))
    assert made.details is None
    await store.database.execute(Call("UPDATE logs SET details = '{cut off' WHERE log_id = 'old'"))
    found = await store.logs.get("acme", "old")
    assert found is not None
    assert found.details == "{cut off"


async def test_what_is_cut_is_cut_between_characters(store: Adapters) -> None:
    for text in ("🔐" * 300, "é" * 300, "a" * 300):
        made = await store.logs.create("acme", log(user_agent=text, description=text))
        assert (made.user_agent, made.description) == (text[:255], text[:255])
        assert await store.logs.get("acme", made.log_id) == made
    for character, left in (("🔐", 16_383), ("€", 21_844), ("é", 32_767), ("a", 65_534)):
        made = await store.logs.create("acme", log(details=character * 70_000))
        assert made.details == '"' + character * left
        assert await store.logs.get("acme", made.log_id) == made
    for field in ("ip", "user_name", "audience", "scope", "hostname"):
        with pytest.raises(InvalidValueError) as caught:
            await store.logs.create("acme", log(**{field: "x" * 256}))
        assert (caught.value.table, caught.value.field) == ("logs", field)


async def test_a_place_has_six_parts(store: Adapters) -> None:
    place = {
        "country_code": "SE", "city_name": "Malmö", "latitude": "1", "longitude": "2", "time_zone": "UTC", "continent_code": "EU",
    }  # fmt: skip
    made = await store.logs.create("acme", log(location_info=place))
    assert made.model_dump()["location_info"] == place
    for wrong in ({"country_code": "SWE"}, {"region": "x"}, {"city_name": None}, {"continent_code": "EUR"}):
        with pytest.raises(InvalidValueError) as caught:
            await store.logs.create("acme", log(location_info={**place, **wrong}))
        assert (caught.value.field or "").startswith("location_info.")


async def test_a_place_of_which_a_part_is_missing_can_be_read(store: Adapters) -> None:
    await store.logs.create("acme", log(log_id="part"))
    await store.database.execute(Call("UPDATE logs SET country_code = 'SE' WHERE log_id = 'part'"))
    found = await store.logs.get("acme", "part")
    assert found is not None
    assert found.model_dump(exclude_none=True)["location_info"] == {"country_code": "SE"}


HOUR = timedelta(hours=1)


@pytest.fixture
async def old(store: Adapters) -> Adapters:
    """Return adapters with two tenants that have entries of three types before, at and after a time."""
    await tenant(store, "globex")
    async with store.batch() as batch:
        for tenant_id in ("acme", "globex"):
            for type_ in ("s", "f", "of the vendor"):
                for number, milliseconds in enumerate((-3_600_000, -1, 0, 1)):
                    await batch.logs.create(
                        tenant_id,
                        log(log_id=f"{tenant_id[0]}{type_[-1]}{number}", type=type_, date=SOON + timedelta(milliseconds=milliseconds)),
                    )
    return store


async def left(store: Adapters) -> list[str]:
    """Return the remaining entries."""
    return sorted([entry.log_id for tenant_id in ("acme", "globex") for entry in (await store.logs.list(tenant_id)).items])


@pytest.mark.parametrize(
    ("narrowed", "prefixes"),
    [
        ({}, ("as", "af", "ar", "gs", "gf", "gr")),
        ({"tenant_id": "acme"}, ("as", "af", "ar")),
        ({"tenant_id": "Acme"}, ()),
        ({"tenant_id": ""}, ()),
        ({"types": ["s"]}, ("as", "gs")),
        ({"types": (LogType.SUCCESS_LOGIN, "of the vendor", "s")}, ("as", "ar", "gs", "gr")),
        ({"types": ["S", "none"]}, ()),
        ({"types": []}, ()),
        ({"tenant_id": "globex", "types": {"f": 1, "of the vendor": 2}}, ("gf", "gr")),
        ({"tenant_id": "globex", "types": ["f", "f"]}, ("gf",)),
        ({"tenant_id": "globex", "types": []}, ()),
        ({"tenant_id": None, "types": None}, ("as", "af", "ar", "gs", "gf", "gr")),
    ],
)
async def test_old_entries_are_removed(old: Adapters, narrowed: dict[str, Any], prefixes: tuple[str, ...]) -> None:
    before = await left(old)
    assert await old.logs.cleanup(SOON - HOUR, **narrowed) == 0
    assert await old.logs.cleanup(SOON, **narrowed, dry_run=True) == 2 * len(prefixes)
    assert await left(old) == before
    assert await old.logs.cleanup(SOON, **narrowed) == 2 * len(prefixes)
    assert await left(old) == [id for id in before if not (id[:2] in prefixes and id[2] in "01")]
    assert await old.logs.cleanup(SOON, **narrowed) == 0
    assert await old.logs.cleanup(SOON + timedelta(microseconds=900), **narrowed) == 0, "truncated to milliseconds, like the date"
    assert await old.logs.cleanup(SOON + HOUR, **narrowed) == 2 * len(prefixes)


@pytest.mark.parametrize("dry_run", [False, True])
async def test_what_is_no_clean_up_is_refused(old: Adapters, dry_run: bool) -> None:
    before = await left(old)
    for older_than, narrowed in (
        (SOON.replace(tzinfo=None), {}),
        ("2026-02-01", {}),
        (None, {}),
        (SOON, {"types": "s"}),
        (SOON, {"types": b"s"}),
        (SOON, {"types": 5}),
        (SOON, {"types": ["s", 5]}),
        (SOON, {"types": ["s", None]}),
        (SOON, {"types": ["s\0"]}),
        (SOON, {"tenant_id": 5}),
        (SOON, {"tenant_id": "acme\0", "types": ["s"]}),
    ):
        wrong: Any = older_than
        options: Any = narrowed
        with pytest.raises(InvalidValueError) as caught:
            await old.logs.cleanup(wrong, **options, dry_run=dry_run)
        assert caught.value.table == "logs"
    assert await left(old) == before
