"""Hooks and their code, on every engine."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from authhero_sql import Adapters, ForeignKeyError, InvalidQueryError, InvalidValueError
from authhero_sql.dialects import Call
from authhero_sql.models import HookInsert
from tests.contract.builders import SOON, hook, tenant

TARGETS: dict[str, dict[str, Any]] = {
    "url": {"url": "https://hooks.example/x"},
    "form_id": {"form_id": "form_1"},
    "template_id": {"template_id": "account-linking"},
    "code_id": {"code_id": "hc_1"},
    "page_id": {"page_id": "impersonate"},
}
TRIGGERS = {
    "url": {
        "pre-user-registration", "post-user-registration", "post-user-login", "post-user-update", "validate-registration-username",
        "pre-user-deletion", "post-user-deletion",
    },
    "form_id": {"post-user-login"},
    "template_id": {"post-user-login", "post-user-registration", "post-user-update", "credentials-exchange"},
    "code_id": {"post-user-login", "credentials-exchange", "pre-user-registration", "post-user-registration"},
    "page_id": {"post-user-login"},
}  # fmt: skip
"""The kinds of hooks and their triggers."""
EVERY_TRIGGER = {trigger for triggers in TRIGGERS.values() for trigger in triggers}


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with two tenants."""
    await tenant(adapters, "acme")
    await tenant(adapters, "globex")
    return adapters


@pytest.mark.parametrize("kind", TARGETS)
async def test_a_hook_leads_to_one_thing_at_the_triggers_where_it_may(store: Adapters, kind: str) -> None:
    for trigger in sorted(EVERY_TRIGGER):
        given = {"trigger_id": trigger, **TARGETS[kind]}
        if trigger in TRIGGERS[kind]:
            made = await store.hooks.create("acme", given)
            assert await store.hooks.get("acme", made.hook_id) == made
            dumped = made.model_dump(exclude_none=True)
            assert dumped == {
                **given, "enabled": False, "synchronous": False, "hook_id": made.hook_id, "created_at": made.created_at,
                "updated_at": made.updated_at,
            }  # fmt: skip
        else:
            with pytest.raises(InvalidValueError):
                await store.hooks.create("acme", given)


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": None},
        {"form_id": "form_1"},
        {"permission_required": "impersonate:users"},
        {"trigger_id": "on-fire"},
        {"surprise": 1},
        {"template_id": "own", "url": None},
        {"url": "https://hooks.example/" + "x" * 512},
        {"hook_id": "h_" + "x" * 20},
        {"priority": 2**31},
    ],
)
async def test_a_hook_that_is_none_is_refused(store: Adapters, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError) as caught:
        await store.hooks.create("acme", {**hook(), **wrong})
    assert caught.value.table == "hooks"
    assert (await store.hooks.list("acme")).items == []


async def test_what_a_hook_is_given_comes_back(store: Adapters) -> None:
    page = {
        "trigger_id": "post-user-login", "page_id": "impersonate", "permission_required": "impersonate:users", "enabled": True,
        "synchronous": True, "priority": -5, "metadata": {"ö": [1, None, {"deep": 2**60}]}, "hook_id": "h_own",
    }  # fmt: skip
    made = await store.hooks.create("acme", HookInsert.model_validate(page))
    assert made.model_dump(exclude_none=True, exclude={"created_at", "updated_at"}) == page
    assert await store.hooks.get("acme", "h_own") == made
    assert await store.hooks.get("acme", "H_OWN") is None
    imported = await store.hooks.create("acme", hook(hook_id="h_other"), import_metadata={"id": "h_imported", "created_at": SOON})
    assert (imported.hook_id, imported.created_at, imported.updated_at) == ("h_imported", SOON, SOON)
    with pytest.raises(ForeignKeyError):
        await store.hooks.create("nowhere", hook())


async def test_ids_are_made_where_none_is_given(store: Adapters) -> None:
    made, code = await store.hooks.create("acme", hook()), await store.hook_code.create("acme", {"code": "x"})
    for id, prefix in ((made.hook_id, "h_"), (code.id, "hc_")):
        assert id.startswith(prefix)
        assert len(id) == len(prefix) + 17
        assert set(id[len(prefix) :]) <= set("0123456789abcdefghijklmnopqrstuvwxyz")


async def test_a_hook_is_updated_in_the_fields_that_are_given(store: Adapters) -> None:
    made = await store.hooks.create("acme", hook(priority=1, metadata={"a": 1}))
    assert await store.hooks.update("acme", made.hook_id, {"enabled": True, "metadata": {"b": 2}, "priority": None}) is True
    found = await store.hooks.get("acme", made.hook_id)
    assert found is not None
    changes = {"enabled": True, "metadata": {"b": 2}, "priority": None, "updated_at": found.updated_at}
    assert found == made.model_copy(update=changes)
    assert found.updated_at > made.updated_at
    assert await store.hooks.update("globex", made.hook_id, {"enabled": False}) is False
    for fixed in ({"hook_id": "x"}, {"created_at": SOON}, {"enabled": None}, {"surprise": 1}):
        with pytest.raises(InvalidValueError):
            await store.hooks.update("acme", made.hook_id, fixed)
    assert await store.hooks.get("acme", made.hook_id) == found


async def test_the_greatest_priority_comes_first_then_the_oldest(store: Adapters) -> None:
    for number, priority in enumerate([1, None, 2, -1, 2, None, 0, 1]):
        created = SOON + timedelta(minutes=-number if priority == 2 else number)
        await store.hooks.create("acme", hook(hook_id=f"h_{number}", priority=priority), import_metadata={"created_at": created})
    expected = ["h_4", "h_2", "h_0", "h_7", "h_6", "h_3", "h_1", "h_5"]
    page = await store.hooks.list("acme", include_totals=True)
    assert ([item.hook_id for item in page.items], page.total) == (expected, 8)
    pages = [(await store.hooks.list("acme", page=number, per_page=3)).items for number in range(4)]
    assert [item.hook_id for items in pages for item in items] == expected
    assert (await store.hooks.list("globex", include_totals=True)).total == 0
    assert {"hooks"} < page.model_dump(by_alias=True).keys()


async def test_hooks_can_be_found_and_not_walked(store: Adapters) -> None:
    await store.hooks.create("acme", hook(hook_id="h_url", enabled=True))
    await store.hooks.create("acme", hook(hook_id="h_form", url=None, form_id="form_1"))
    for q, expected in [("form_id:form_1", ["h_form"]), ("enabled:true", ["h_url"]), ("trigger_id:post-user-login HOOKS.ex", ["h_url"])]:
        assert [item.hook_id for item in (await store.hooks.list("acme", q=q)).items] == expected, q
    with pytest.raises(InvalidQueryError):
        await store.hooks.list("acme", q="priority:1")
    with pytest.raises(InvalidQueryError):
        await store.hooks.list("acme", take=10)


async def test_a_hook_that_leads_nowhere_any_more_can_still_be_read(store: Adapters) -> None:
    made = await store.hooks.create("acme", hook())
    await store.database.execute(Call("UPDATE hooks SET url = NULL"))
    found = await store.hooks.get("acme", made.hook_id)
    assert found is not None
    assert found.url is None


async def test_code_is_kept_with_its_secrets(store: Adapters) -> None:
    made = await store.hook_code.create("acme", {"code": "é" * 100_000, "secrets": {"KEY": "hunter2"}})
    assert await store.hook_code.get("acme", made.id) == made
    assert (made.tenant_id, made.secrets, len(made.code)) == ("acme", {"KEY": "hunter2"}, 100_000)
    assert await store.hook_code.update("acme", made.id, {"secrets": {"OTHER": "x"}}) is True
    found = await store.hook_code.get("acme", made.id)
    assert found is not None
    assert (found.secrets, found.code, found.created_at) == ({"OTHER": "x"}, made.code, made.created_at)
    assert found.updated_at > made.updated_at
    assert await store.hook_code.update("globex", made.id, {"code": "x"}) is False
    assert await store.hook_code.remove("globex", made.id) is False
    assert await store.hook_code.remove("acme", made.id) is True
    assert await store.hook_code.get("acme", made.id) is None


@pytest.mark.parametrize("wrong", [{"code": "x" * 100_001}, {"secrets": {}}, {"code": "x", "secrets": {"KEY": ["hunter2"]}}])
async def test_code_that_is_none_is_refused(store: Adapters, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError) as caught:
        await store.hook_code.create("acme", wrong)
    assert "hunter2" not in f"{caught.value}"


async def test_what_a_hook_leads_to_fits_its_trigger_after_an_update_too(adapters: Adapters) -> None:
    await tenant(adapters)
    created = await adapters.hooks.create("acme", hook())
    for wrong in (
        {"form_id": "f"},
        {"url": None},
        {"permission_required": "x"},
        {"url": None, "code_id": "c", "trigger_id": "post-user-update"},
    ):
        with pytest.raises(InvalidValueError):
            await adapters.hooks.update("acme", created.hook_id, wrong)
    assert await adapters.hooks.get("acme", created.hook_id) == created
    assert await adapters.hooks.update("acme", created.hook_id, {"url": None, "page_id": "impersonate", "permission_required": "x"})
    assert await adapters.hooks.update("acme", "missing", {"url": "https://x.example"}) is False
    changed = await adapters.hooks.get("acme", created.hook_id)
    assert changed is not None
    assert (changed.url, changed.page_id, changed.permission_required) == (None, "impersonate", "x")
