"""``update(…, returning=True)`` returns the updated row."""

from __future__ import annotations

from datetime import timedelta

import pytest

from authhero_sql import Adapters, InvalidValueError, UnsupportedError
from tests.contract.builders import SOON, client, organization, role, session, tenant


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with a tenant and the user Ada, a client, a connection and a session."""
    await tenant(adapters)
    await adapters.sessions.create("acme", session(login_session_id="login"))
    return adapters


async def test_the_row_is_returned_as_get_would_return_it(store: Adapters) -> None:
    linked = {"user_id": "sms|1", "provider": "sms", "connection": "sms", "linked_to": "auth0|ada"}
    await store.users.create("acme", linked)
    ada = await store.users.update("acme", "auth0|ada", {"nickname": "countess", "login_count": 3}, returning=True)
    assert ada is not None
    assert (ada.nickname, ada.login_count, len(ada.identities or [])) == ("countess", 3, 2)
    assert ada == await store.users.get("acme", "auth0|ada")
    web = await store.clients.update("acme", "web", {"name": "Web"}, returning=True)
    assert web is not None
    assert web.name == "Web"
    assert web == await store.clients.get("acme", "web")
    until = SOON + timedelta(days=9)
    updated = await store.sessions.update("acme", "s1", {"expires_at": until}, returning=True)
    assert updated is not None
    assert updated.expires_at == until
    renamed = await store.tenants.update("acme", {"friendly_name": "Acme Inc."}, returning=True)
    assert renamed is not None
    assert renamed.friendly_name == "Acme Inc."
    made = await store.organizations.create("acme", organization())
    changed = await store.organizations.update("acme", made.id, {"display_name": "X"}, returning=True)
    assert changed == await store.organizations.get("acme", made.id)


async def test_what_is_not_there_or_not_as_expected_is_none(store: Adapters) -> None:
    assert await store.users.update("acme", "auth0|eve", {"name": "x"}, returning=True) is None
    assert await store.users.update("globex", "auth0|ada", {"name": "x"}, returning=True) is None
    assert await store.users.update("acme", "auth0|ada", {"name": "x"}, expect={"nickname": "y"}, returning=True) is None
    ada = await store.users.get("acme", "auth0|ada")
    assert ada is not None
    assert ada.name is None
    with pytest.raises(InvalidValueError):
        await store.users.update("acme", "auth0|ada", {"emial": "x"}, returning=True)  # type: ignore[call-overload]  # that is the point


async def test_without_it_the_answer_is_whether_there_was_one(store: Adapters) -> None:
    assert await store.roles.update("acme", "none", {"name": "x"}) is False
    made = await store.roles.create("acme", role())
    assert await store.roles.update("acme", made.id, {"description": "x"}) is True
    assert await store.roles.update("acme", made.id, {"description": "x"}, returning=False) is True


async def test_a_batch_writes_later_and_cannot_return(store: Adapters) -> None:
    async with store.batch() as batch:
        with pytest.raises(UnsupportedError):
            await batch.users.update("acme", "auth0|ada", {"name": "x"}, returning=True)
        await batch.clients.create("acme", client("spa"))
    ada = await store.users.get("acme", "auth0|ada")
    assert ada is not None
    assert ada.name is None
    assert await store.clients.exists("acme", "spa")


@pytest.mark.transactions
async def test_in_a_transaction_it_is_what_the_transaction_has_written(store: Adapters) -> None:
    async with store.transaction() as tx:
        inside = await tx.users.update("acme", "auth0|ada", {"name": "Ada"}, returning=True)
        assert inside is not None
        assert inside.name == "Ada"
