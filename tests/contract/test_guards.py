"""Guarded changes: tokens are exchanged once, logins are counted once, and writes expect the state that was read; on every engine."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from authhero_sql import (
    Adapters,
    BatchRowNotFoundError,
    ConflictError,
    ForeignKeyError,
    InvalidQueryError,
    InvalidValueError,
    UnsupportedError,
)
from authhero_sql.dialects import Call
from authhero_sql.models import RefreshToken
from tests.contract.builders import SOON, hook, login_session, outbox_event, refresh_token, session, tenant

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with two tenants, each with the user Ada and a login session that expires soon."""
    await tenant(adapters, "acme")
    await tenant(adapters, "globex")
    await adapters.login_sessions.create("acme", login_session(), import_metadata={"id": "login"})
    return adapters


async def token(store: Adapters, id: str) -> RefreshToken:
    """Return an existing refresh token."""
    found = await store.refresh_tokens.get("acme", id)
    assert found is not None
    return found


# Refresh tokens.


@pytest.mark.parametrize("change", ["block", "remove"])
async def test_rotate_does_not_check_the_user(store: Adapters, change: str) -> None:
    await store.sessions.create("acme", session())
    await store.refresh_tokens.create("acme", refresh_token("r1"))
    if change == "block":
        assert await store.users.update("acme", "auth0|ada", {"blocked": True})
    else:
        assert await store.users.remove("acme", "auth0|ada")
    # The session references the user by a foreign key; the refresh token and the login session do not.
    assert (await store.sessions.get("acme", session()["id"]) is None) == (change == "remove")
    assert await store.login_sessions.get("acme", "login") is not None
    assert (await store.refresh_tokens.rotate("acme", "r1", refresh_token("r2"))).outcome == "rotated"


async def test_a_used_token_is_reused_even_if_it_is_revoked_or_expired(store: Adapters) -> None:
    await store.refresh_tokens.create("acme", refresh_token("r1"))
    assert (await store.refresh_tokens.rotate("acme", "r1", refresh_token("r2"))).outcome == "rotated"
    for _ in range(2):
        assert (await store.refresh_tokens.rotate("acme", "r1", refresh_token("r3"))).outcome == "reused"
    assert (await token(store, "r1")).revoked_at is not None
    await store.refresh_tokens.update("acme", "r1", {"expires_at": SOON - DAY * 365})
    assert (await store.refresh_tokens.rotate("acme", "r1", refresh_token("r3"))).outcome == "reused"


async def test_a_token_is_exchanged_for_its_successor(store: Adapters) -> None:
    await store.refresh_tokens.create("acme", refresh_token("r1"))
    done = await store.refresh_tokens.rotate("acme", "r1", refresh_token("r2", expires_at=SOON + DAY, family_id="other"))
    assert (done.outcome, done.reused) == ("rotated", False)
    assert done.token == await store.refresh_tokens.get("acme", "r2")
    old, new = await token(store, "r1"), await token(store, "r2")
    assert (old.rotated_to, old.family_id, old.revoked_at) == ("r2", "r1", None)
    assert old.rotated_at == old.last_exchanged_at is not None
    assert (new.family_id, new.rotated_at) == ("r1", None)
    login = await store.login_sessions.get("acme", "login")
    assert login is not None
    assert login.expires_at == SOON + DAY
    third = await store.refresh_tokens.rotate("acme", "r2", refresh_token("r3"))
    assert third.token is not None
    assert third.token.family_id == "r1"


async def test_a_token_that_comes_again_revokes_its_family(store: Adapters) -> None:
    await store.refresh_tokens.create("acme", refresh_token("r1", family_id="fam"))
    await store.refresh_tokens.create("acme", refresh_token("beside"))
    for number in (1, 2):
        assert (await store.refresh_tokens.rotate("acme", f"r{number}", refresh_token(f"r{number + 1}"))).outcome == "rotated"
    again = await store.refresh_tokens.rotate("acme", "r1", refresh_token("r9"))
    assert (again.outcome, again.reused, again.token) == ("reused", True, None)
    assert all([(await token(store, id)).revoked_at is not None for id in ("r1", "r2", "r3")])
    assert (await token(store, "beside")).revoked_at is None
    assert await store.refresh_tokens.get("acme", "r9") is None
    assert (await store.refresh_tokens.rotate("acme", "r3", refresh_token("r9"))).outcome == "invalid"
    assert (await store.refresh_tokens.rotate("acme", "r2", refresh_token("r9"))).outcome == "reused"


async def test_the_leeway_is_kept_to_the_millisecond(store: Adapters) -> None:
    clock: Any = store.context.clock
    clock.step = timedelta(0)
    await store.refresh_tokens.create("acme", refresh_token("r1"))
    first = await store.refresh_tokens.rotate("acme", "r1", refresh_token("r2"), leeway=MINUTE)
    clock.now += MINUTE
    again = await store.refresh_tokens.rotate("acme", "r1", refresh_token("r3"), leeway=MINUTE)
    assert (again.outcome, again.token) == ("repeated", first.token)
    clock.now += timedelta(milliseconds=1)
    assert (await store.refresh_tokens.rotate("acme", "r1", refresh_token("r3"), leeway=MINUTE)).outcome == "reused"
    clock.now -= MINUTE
    within = await store.refresh_tokens.rotate("acme", "r1", refresh_token("r3"), leeway=MINUTE)
    assert (within.outcome, within.token) == ("invalid", None), "its successor is revoked"


async def test_without_a_leeway_the_same_instant_is_a_reuse(store: Adapters) -> None:
    clock: Any = store.context.clock
    clock.step = timedelta(0)
    await store.refresh_tokens.create("acme", refresh_token("r1"))
    assert (await store.refresh_tokens.rotate("acme", "r1", refresh_token("r2"))).outcome == "rotated"
    clock.now -= timedelta(seconds=1)
    assert (await store.refresh_tokens.rotate("acme", "r1", refresh_token("r3"))).outcome == "reused"


async def test_a_token_that_is_none_any_more_is_not_exchanged(store: Adapters) -> None:
    now = store.context.now()
    for id, fields in (("expired", {"expires_at": now}), ("idle", {"idle_expires_at": now}), ("revoked", {"revoked_at": now})):
        await store.refresh_tokens.create("acme", refresh_token(id))
        await store.refresh_tokens.update("acme", id, fields)
    await store.refresh_tokens.create("globex", refresh_token("theirs"))
    for id in ("expired", "idle", "revoked", "theirs", "missing"):
        done = await store.refresh_tokens.rotate("acme", id, refresh_token("new"))
        assert (done.outcome, done.token, done.reused) == ("invalid", None, False)
    assert await store.refresh_tokens.get("acme", "new") is None


async def test_what_rotation_refuses_leaves_the_token_unused(store: Adapters) -> None:
    for id in ("r1", "taken"):
        await store.refresh_tokens.create("acme", refresh_token(id))
    before = await token(store, "r1")
    wrong: list[tuple[type[Exception], dict[str, Any], Any]] = [
        (InvalidValueError, refresh_token("r1"), MINUTE),
        (InvalidValueError, refresh_token("r2"), -MINUTE),
        (InvalidValueError, refresh_token("r2"), 60),
        (InvalidValueError, refresh_token("r" * 27), MINUTE),
        (ConflictError, refresh_token("taken"), MINUTE),
        (ForeignKeyError, refresh_token("r2", client_id="nobody"), MINUTE),
    ]
    for error, successor, leeway in wrong:
        with pytest.raises(error):
            await store.refresh_tokens.rotate("acme", "r1", successor, leeway=leeway)
    async with store.batch() as batch:
        with pytest.raises(UnsupportedError):
            await batch.refresh_tokens.rotate("acme", "r1", refresh_token("r2"))
    assert await token(store, "r1") == before
    assert (await token(store, "taken")).family_id is None


@pytest.mark.transactions
async def test_a_reuse_inside_a_transaction_is_revoked_with_it(store: Adapters) -> None:
    await store.refresh_tokens.create("acme", refresh_token("r1"))
    async with store.transaction() as tx:
        assert (await tx.refresh_tokens.rotate("acme", "r1", refresh_token("r2"))).outcome == "rotated"
        assert (await tx.refresh_tokens.rotate("acme", "r1", refresh_token("r3"))).reused
    assert (await token(store, "r2")).revoked_at is not None


# Logins.


async def test_a_login_is_counted_beside_what_is_there(store: Adapters) -> None:
    assert await store.user_activity.record_login("acme", "auth0|ada", ip="203.0.113.5", at=SOON) is True
    await store.user_activity.upsert("acme", "auth0|ada", {"failed_logins": ["x"], "login_count": 7})
    assert await store.user_activity.record_login("acme", "auth0|ada", ip=None) is True
    found = await store.user_activity.get("acme", "auth0|ada")
    assert found is not None
    assert (found.login_count, found.last_ip, found.failed_logins) == (8, None, ["x"])
    assert found.last_login is not None
    assert found.last_login < SOON, "now"
    assert await store.user_activity.get("globex", "auth0|ada") is None
    for wrong in ({"ip": "x" * 46}, {"ip": 5}, {"ip": "::1", "at": SOON.replace(tzinfo=None)}):
        with pytest.raises(InvalidValueError):
            await store.user_activity.record_login("acme", "auth0|ada", **wrong)
    with pytest.raises(ForeignKeyError):
        await store.user_activity.record_login("acme", "nobody", ip="::1")


# Expected states.


async def test_an_update_is_done_only_over_what_was_seen(store: Adapters) -> None:
    seen = await store.users.get("acme", "auth0|ada")
    assert seen is not None
    update = {"name": "Ada", "login_count": 5}
    expect = {"updated_at": seen.updated_at}
    assert await store.users.update("acme", "auth0|ada", update, expect=expect, outbox_events=[outbox_event()]) is True
    before = await store.users.get("acme", "auth0|ada")
    late = {"name": "Late", "login_count": 9, "last_ip": "::1"}
    assert await store.users.update("acme", "auth0|ada", late, expect=expect, outbox_events=[outbox_event()]) is False
    assert await store.users.get("acme", "auth0|ada") == before
    assert len(await store.outbox.get_unprocessed(10)) == 1
    assert await store.users.update("globex", "auth0|ada", {"name": "x"}, expect={"updated_at": SOON}) is False
    assert await store.users.update("acme", "auth0|ada", {"nickname": "a"}, expect={"name": "Ada", "nickname": None}) is True
    with pytest.raises(BatchRowNotFoundError):
        async with store.batch() as batch:
            await batch.users.update("acme", "auth0|ada", late, expect=expect)


async def test_every_kind_of_update_may_expect_something(store: Adapters) -> None:
    await store.sessions.create("acme", session("s1"))
    await store.refresh_tokens.create("acme", refresh_token("r1"))
    bump = ("login", SOON + DAY)
    assert await store.sessions.update("acme", "s1", {"expires_at": SOON + DAY}, expect={"revoked_at": SOON}) is False
    assert (
        await store.refresh_tokens.update("acme", "r1", {"rotated_to": "x"}, expect={"rotated_to": "y"}, login_session_bump=bump) is False
    )
    login = await store.login_sessions.get("acme", "login")
    assert login is not None
    assert login.expires_at == SOON
    assert await store.login_sessions.update("acme", "login", {"auth_params": {"scope": "x"}}, expect={"state": "failed"}) is False
    assert await store.login_sessions.update("acme", "login", {"auth_params": {"scope": "x"}}, expect={"state": "pending"}) is True
    assert (
        await store.refresh_tokens.update("acme", "r1", {"rotated_to": "x"}, expect={"rotated_to": None}, login_session_bump=bump) is True
    )
    assert await store.sessions.update("acme", "s1", {"expires_at": SOON + 2 * DAY}, expect={"revoked_at": None}) is True
    found = await store.tenants.get("acme")
    assert found is not None
    assert await store.tenants.update("acme", {"friendly_name": "A"}, expect={"updated_at": found.updated_at}) is True
    assert await store.tenants.update("acme", {"friendly_name": "B"}, expect={"updated_at": found.updated_at}) is False
    flow = await store.flows.create("acme", {"name": "f", "actions": []})
    assert await store.flows.update("acme", flow.id, {"name": "g"}, expect={"name": "h"}) is None
    assert await store.flows.update("acme", flow.id, {"name": "g"}, expect={"name": "f"}) is not None


async def test_what_cannot_be_expected_is_refused(store: Adapters) -> None:
    role = await store.roles.create("acme", {"name": "r"})
    for wrong in ({"surprise": 1}, {"id": "other"}, {"tenant_id": "globex"}):
        with pytest.raises(InvalidQueryError):
            await store.roles.update("acme", role.id, {"name": "x"}, expect=wrong)
    with pytest.raises(InvalidQueryError):
        await store.users.update("acme", "auth0|ada", {"name": "x"}, expect={"app_metadata": {}})
    for value in (5, SOON.replace(tzinfo=None)):
        with pytest.raises(InvalidValueError):
            await store.roles.update("acme", role.id, {"name": "x"}, expect={"updated_at": value})
    assert await store.roles.get("acme", role.id) == role


# Hooks.


async def test_a_hook_of_older_rules_stays_editable_in_its_other_fields(store: Adapters) -> None:
    made = await store.hooks.create("acme", hook(priority=1))
    older = "UPDATE hooks SET template_id = 'set-roles', form_id = 'form_1', trigger_id = 'on-fire'"
    await store.database.execute(Call(older))
    kept = {"trigger_id": "on-fire", "template_id": "set-roles", "form_id": "form_1", "url": made.url}

    async def stored() -> dict[str, Any]:
        (row,) = await store.database.fetch(Call("SELECT trigger_id, template_id, form_id, url, priority, enabled FROM hooks"))
        return dict(zip(("trigger_id", "template_id", "form_id", "url", "priority", "enabled"), row, strict=True))

    assert await store.hooks.update("acme", made.hook_id, {"enabled": True}) is True
    assert await store.hooks.update("acme", made.hook_id, {**kept, "priority": 7}) is True, "the target is unchanged"
    assert await stored() == {**kept, "priority": 7, "enabled": 1}
    for wrong in ({"url": "https://other.example"}, {**kept, "url": None}, {"template_id": None, "form_id": None}):
        with pytest.raises(InvalidValueError):
            await store.hooks.update("acme", made.hook_id, wrong)
    assert await stored() == {**kept, "priority": 7, "enabled": 1}
    whole = {"trigger_id": "post-user-login", "template_id": None, "form_id": None}
    assert await store.hooks.update("acme", made.hook_id, whole) is True
    found = await store.hooks.get("acme", made.hook_id)
    assert found is not None
    assert (found.url, found.form_id, found.priority) == (made.url, None, 7)


# The tenant.


@pytest.mark.parametrize("name", ["actions", "hook_code", "proxy_routes", "users", "clients"])
async def test_another_tenant_cannot_be_expected(store: Adapters, name: str) -> None:
    rows: dict[str, dict[str, Any]] = {
        "actions": {"name": "mine", "code": "mine"},
        "hook_code": {"code": "mine"},
        "proxy_routes": {"custom_domain_id": "d", "match": {"path": "/"}, "handlers": []},
        "users": {"user_id": "auth0|mine", "connection": "db"},
        "clients": {"client_id": "mine", "name": "mine"},
    }
    if name == "proxy_routes":
        await store.custom_domains.create(
            "globex", {"domain": "globex.example", "type": "auth0_managed_certs"}, import_metadata={"id": "d"}
        )
    adapter = getattr(store, name)
    created = await adapter.create("globex", rows[name])
    id = created.model_dump()[adapter._key()[1].public]
    change = {"name": "stolen"} if name in {"users", "clients"} else {"code": "stolen"} if name != "proxy_routes" else {"priority": 7}
    with pytest.raises(InvalidQueryError):
        await adapter.update("acme", id, change, expect={"tenant_id": "globex"})
    assert await adapter.get("globex", id) == created
