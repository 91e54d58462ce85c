"""Tenants, on every engine."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from authhero_sql import Adapters, ConflictError, InvalidValueError
from authhero_sql.dialects import Call
from tests.contract.builders import code, connection, key, log, login_session, refresh_token, session, tenant

SWITCHES = (
    "allow_organization_name_in_authentication_api",
    "customize_mfa_in_postlogin_action",
    "pushed_authorization_requests_supported",
    "authorization_response_iss_parameter_supported",
)


async def test_ids(adapters: Adapters) -> None:
    own = {"id": "own", "friendly_name": "Own"}
    imported = {"id": "imported", "created_at": datetime(2020, 1, 1, tzinfo=UTC)}
    assert (await adapters.tenants.create(own)).id == "own"
    made = await adapters.tenants.create(own, import_metadata=imported)
    assert made.id == "imported"
    assert made.created_at == made.updated_at == datetime(2020, 1, 1, tzinfo=UTC)
    generated = {(await adapters.tenants.create({"friendly_name": "Made"})).id for _ in range(2)}
    assert [len(id) for id in generated] == [21, 21]
    for id in ("OWN", "own ", " own", "öwn"):
        assert await adapters.tenants.get(id) is None
        assert await adapters.tenants.update(id, {"friendly_name": "x"}) is False
        assert await adapters.tenants.remove(id) is False
        assert (await adapters.tenants.create({"id": id, "friendly_name": id})).id == id
    with pytest.raises(ConflictError):
        await adapters.tenants.create({"id": "own ", "friendly_name": "again"})
    found = await adapters.tenants.get("own")
    assert found is not None
    assert found.friendly_name == "Own"


async def test_what_a_new_tenant_is(adapters: Adapters) -> None:
    made = await adapters.tenants.create({"id": "acme", "friendly_name": "Acme"})
    assert made.model_dump(mode="json", exclude_none=True) == {
        "id": "acme",
        "friendly_name": "Acme",
        "created_at": "2026-01-31T10:00:00.001Z",
        "updated_at": "2026-01-31T10:00:00.001Z",
        "deployment_type": "shared",
        "provisioning_state": "ready",
        **dict.fromkeys(SWITCHES, False),
    }


@pytest.mark.parametrize("field", SWITCHES)
async def test_switches(adapters: Adapters, field: str) -> None:
    await adapters.tenants.create({"id": "acme", "friendly_name": "Acme", field: True})
    for value, expected in ((False, False), (True, True), (None, False)):
        assert await adapters.tenants.update("acme", {field: value}) is True
        found = await adapters.tenants.get("acme")
        assert getattr(found, field) is expected
    others = [getattr(found, other) for other in SWITCHES if other != field]
    assert others == [False] * 3


async def test_an_object_is_replaced_whole(adapters: Adapters) -> None:
    await adapters.tenants.create({"id": "acme", "friendly_name": "Acme", "flags": {"enable_sso": True, "of the vendor": [None]}})
    flags: list[dict[str, Any]] = [{"genai_trial": None}, {}, {"of the vendor": {"b": 1, "a": 2.5}}]
    for value in flags:
        assert await adapters.tenants.update("acme", {"flags": value}) is True
        found = await adapters.tenants.get("acme")
        assert found is not None
        assert found.flags is not None
        assert found.flags.model_dump(exclude_unset=True) == value
    refused: list[dict[str, Any]] = [{"flags": []}, {"flags": {"enable_sso": "perhaps"}}, {"session_lifetime": 2**31}, {"nonsense": 1}]
    for wrong in refused:
        with pytest.raises(InvalidValueError) as caught:
            await adapters.tenants.update("acme", wrong)
        assert caught.value.table == "tenants"
        assert (caught.value.field or "").split(".")[0] == next(iter(wrong))


async def test_nothing_of_a_tenant_outlives_it_but_its_log(adapters: Adapters) -> None:
    for name in ("acme", "globex"):
        await tenant(adapters, name)
        await adapters.users.update(name, "auth0|ada", {"login_count": 1})
        await adapters.passwords.create(name, {"user_id": "auth0|ada", "password": "hash"})
        await adapters.sessions.create(name, session())
        await adapters.login_sessions.create(name, login_session(session_id="s1"), import_metadata={"id": "login"})
        await adapters.refresh_tokens.create(name, refresh_token())
        await adapters.codes.create(name, code())
        await adapters.connections.create(name, connection("x"))
        await adapters.keys.create(key(f"k_{name}", tenant_id=name))
        await adapters.logs.create(name, log(log_id=f"log_{name}"))
    assert await adapters.tenants.remove("acme") is True
    quote = adapters.database.dialect.quote
    for table in (
        "clients", "connections", "users", "user_activity", "passwords", "sessions", "login_sessions", "refresh_tokens", "codes", "keys",
    ):  # fmt: skip
        left = await adapters.database.fetch(Call(f"SELECT DISTINCT tenant_id FROM {quote}{table}{quote}"))
        assert [row[0] for row in left] == ["globex"], table
    assert await adapters.logs.get("acme", "log_acme") is not None
