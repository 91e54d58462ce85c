"""Clients and their connections, on every engine."""

from __future__ import annotations

from typing import Any

import pytest

from authhero_sql import Adapters, AmbiguousError, ConflictError, CorruptRowError, InvalidValueError
from authhero_sql.dialects import Call
from tests.contract.builders import client, connection, refresh_token, tenant


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with two equal tenants."""
    await tenant(adapters, "acme")
    await tenant(adapters, "globex")
    return adapters


async def test_what_a_new_client_is(store: Adapters) -> None:
    made = await store.clients.create("acme", {"name": "Web"})
    shown = made.model_dump(mode="json", by_alias=True, exclude_none=True)
    flags = {name: value for name, value in shown.items() if isinstance(value, bool)}
    assert {name for name, value in flags.items() if value} == {"is_first_party", "oidc_conformant", "auth0_conformant"}
    assert {name for name, value in flags.items() if not value} == {
        "global", "sso", "sso_disabled", "cross_origin_authentication", "custom_login_page_on", "hide_sign_up_disabled_error",
        "require_pushed_authorization_requests", "require_proof_of_possession",
    }  # fmt: skip
    assert (shown["app_type"], shown["token_endpoint_auth_method"]) == ("regular_web", "client_secret_basic")
    assert (shown["organization_usage"], shown["organization_require_behavior"]) == ("deny", "no_prompt")
    assert all(shown[name] == [] for name in ("callbacks", "allowed_logout_urls", "grant_types", "connections", "signing_keys"))
    assert all(shown[name] == {} for name in ("addons", "client_metadata", "refresh_token", "token_quota", "jwt_configuration"))
    assert shown["created_at"] == shown["updated_at"]
    assert await store.clients.get("acme", made.client_id) == made


async def test_ids_and_secrets(store: Adapters) -> None:
    own = await store.clients.create("acme", client("own", client_secret="s"))
    assert (own.client_id, own.client_secret) == ("own", "s")
    imported = await store.clients.create("acme", client("own"), import_metadata={"id": "imported"})
    assert imported.client_id == "imported"
    publics: list[dict[str, Any]] = [{}, {"client_secret": None}, {"token_endpoint_auth_method": "none"}]
    for number, fields in enumerate(publics):
        public = await store.clients.create("acme", client(f"public{number}", **fields))
        assert public.client_secret is None, "a client without a secret is public, so none is generated"
        assert "client_secret" not in public.model_dump(exclude_none=True)
    made = [await store.clients.create("acme", {"name": "x"}) for _ in range(3)]
    assert len({item.client_id for item in made}) == 3
    with pytest.raises(ConflictError) as caught:
        await store.clients.create("acme", client("own"))
    assert caught.value.fields == ("client_id",)
    for id in ("Own", "own ", "OWN"):
        assert await store.clients.get("acme", id) is None
        assert (await store.clients.create("acme", client(id))).client_id == id


async def test_objects_and_lists_are_replaced_whole(store: Adapters) -> None:
    first: dict[str, Any] = {
        "refresh_token": {"leeway": 5, "rotation_type": "rotating", "vendor": {"x": [None]}},
        "callbacks": ["https://b.example", "https://a.example", "https://b.example"],
        "client_metadata": {"z": "1", "a": "2"},
        "oidc_logout": {"backchannel_logout_initiators": {"mode": "custom", "selected_initiators": ["x"]}},
    }
    await store.clients.create("acme", client("spa", **first))
    second: dict[str, Any] = {
        "refresh_token": {"leeway": 0},
        "callbacks": [],
        "client_metadata": {},
        "oidc_logout": {"backchannel_logout_urls": ["https://a.example"]},
    }
    for fields in (first, second):
        assert await store.clients.update("acme", "spa", fields) is True
        found = await store.clients.get("acme", "spa")
        assert found is not None
        shown = found.model_dump(mode="json", by_alias=True, exclude_unset=True)
        assert {name: shown[name] for name in fields} == fields
        assert list(shown["client_metadata"]) == list(fields["client_metadata"])
    for wrong in ({"refresh_token": {"leeway": 601}}, {"client_metadata": {"k": "x" * 256}}, {"app_type": "toaster"}, {"name": ""}):
        with pytest.raises(InvalidValueError):
            await store.clients.update("acme", "spa", wrong)
        with pytest.raises(InvalidValueError):
            await store.clients.create("acme", client("new", **wrong))
    assert await store.clients.get("acme", "new") is None


async def test_removing_a_client_removes_its_tokens(store: Adapters) -> None:
    await store.refresh_tokens.create("acme", refresh_token())
    await store.refresh_tokens.create("globex", refresh_token())
    assert await store.clients.remove("acme", "web") is True
    assert await store.clients.remove("acme", "web") is False
    assert await store.refresh_tokens.get("acme", "r1") is None
    assert await store.refresh_tokens.get("globex", "r1") is not None


async def test_connections_that_have_gone_or_are_another_tenant_s_are_left_out(store: Adapters) -> None:
    await store.connections.create("globex", connection("theirs"))
    await store.connections.create("acme", connection("Db"))
    ids = ["con_theirs", "con_Db", "con_gone", "con_db", "con_DB"]
    assert await store.client_connections.update_by_client("acme", "web", ids) is True
    assert [item.id for item in await store.client_connections.list_by_client("acme", "web")] == ["con_Db", "con_db"]
    assert await store.client_connections.list_by_connection("acme", "con_DB") == ["web"]
    assert await store.client_connections.list_by_connection("acme", "con_d") == []
    found = await store.clients.get("acme", "web")
    assert found is not None
    assert found.connections == ids
    assert await store.connections.remove("acme", "con_db") is True
    assert [item.id for item in await store.client_connections.list_by_client("acme", "web")] == ["con_Db"]


async def test_edits_of_the_list_bump_the_client_and_nothing_else(store: Adapters) -> None:
    before = await store.clients.get("acme", "web")
    assert before is not None
    assert await store.client_connections.add_client_to_connection("acme", 'con_"%_\\', "web") is True
    after = await store.clients.get("acme", "web")
    assert after is not None
    assert after.updated_at > before.updated_at
    assert after == before.model_copy(update={"connections": ['con_"%_\\'], "updated_at": after.updated_at})
    assert await store.client_connections.list_by_connection("acme", 'con_"%_\\') == ["web"]


async def test_a_list_that_is_missing_is_empty(store: Adapters) -> None:
    await store.database.execute(Call("UPDATE clients SET connections = NULL WHERE tenant_id = 'acme'"))
    assert await store.client_connections.list_by_client("acme", "web") == []
    assert await store.client_connections.list_by_connection("acme", "con_db") == []
    assert await store.client_connections.remove_client_from_connection("acme", "con_db", "web") is True
    assert await store.client_connections.add_client_to_connection("acme", "con_db", "web") is True
    assert [item.id for item in await store.client_connections.list_by_client("acme", "web")] == ["con_db"]


async def test_a_list_that_cannot_be_read_says_so(store: Adapters) -> None:
    await store.database.execute(Call("UPDATE clients SET connections = '[' WHERE tenant_id = 'acme'"))
    for work in (
        store.client_connections.list_by_client("acme", "web"),
        store.client_connections.list_by_connection("acme", "con_db"),
        store.client_connections.add_client_to_connection("acme", "con_db", "web"),
        store.clients.get("acme", "web"),
    ):
        with pytest.raises(CorruptRowError) as caught:
            await work
        assert (caught.value.table, caught.value.column, caught.value.key["client_id"]) == ("clients", "connections", "web")


async def test_an_id_of_several_tenants_is_answered_for_none(adapters: Adapters) -> None:
    for tenant_id in ("t1", "a-evil"):
        await adapters.tenants.create({"id": tenant_id, "friendly_name": tenant_id})
    mine = await adapters.clients.create("t1", client("shop"))
    found = await adapters.clients.get_by_client_id("shop")
    assert found is not None
    assert found.tenant_id == "t1"
    await adapters.clients.create("a-evil", client("shop"))
    with pytest.raises(AmbiguousError):
        await adapters.clients.get_by_client_id("shop")
    assert await adapters.clients.get("t1", "shop") == mine
