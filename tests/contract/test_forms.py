"""Forms and flows, on every engine."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from authhero_sql import Adapters, ConflictError, InvalidQueryError, InvalidValueError
from authhero_sql.dialects import Call
from authhero_sql.models import FlowInsert, GenericComponent, GenericFlowAction, GenericNode, LegalField, RouterNode, StepNode
from tests.contract.builders import SOON, flow, form, tenant

HOUR = timedelta(hours=1)
PLACE = {"x": 0, "y": -1.5}
NODES: list[dict[str, Any]] = [
    {"id": "flow", "type": "FLOW", "coordinates": PLACE, "config": {"flow_id": "af_1", "next_node": "router"}},
    {
        "id": "router", "type": "ROUTER", "coordinates": PLACE, "alias": "Which way?",
        "config": {"rules": [{"id": "r", "condition": {"operator": "IS", "operands": [1, None]}, "next_node": "x"}], "fallback": "step"},
    },
    {
        "id": "step", "type": "STEP", "coordinates": PLACE, "alias": "Ask", "config": {
            "components": [
                {"id": "text", "category": "BLOCK", "type": "RICH_TEXT", "config": {"content": "<b>Välkommen</b>"}},
                {"id": "legal", "category": "FIELD", "type": "LEGAL", "required": True, "config": {"text": "Agreed", "html": False}},
                {"id": "choice", "type": "CHOICE", "config": {"options": [{"value": "a", "label": "A"}], "default_value": ["a"]}},
                {"id": "custom", "type": "CUSTOM", "config": {"schema": {"type": "object"}, "props": {"deep": [1]}}},
                {"id": "own", "category": "FIELD", "type": "CONSTELLATION", "config": {"stars": 7}},
            ],
            "next_node": "action",
        },
    },
    {"id": "action", "type": "ACTION", "coordinates": PLACE, "config": {"action_type": "REDIRECT", "target": "account", "next_node": "x"}},
    {"id": "own", "type": "TELEPORT", "coordinates": PLACE, "config": {"to": "ö"}, "more": 2**60},
]  # fmt: skip
ACTIONS: list[dict[str, Any]] = [
    {"id": "a", "type": "AUTH0", "action": "UPDATE_USER", "alias": "Update", "params": {"user_id": "u", "changes": {"name": {"ö": 1}}}},
    {"id": "b", "type": "EMAIL", "action": "VERIFY_EMAIL", "mask_output": True, "params": {"email": "x", "rules": {"blocklist": ["a"]}}},
    {"id": "c", "type": "REDIRECT", "action": "REDIRECT_USER", "allow_failure": False, "params": {"target": "custom", "custom_url": "u"}},
    {"id": "d", "type": "HTTP", "action": "SEND_REQUEST", "params": {"url": "https://x.example"}, "more": [None]},
]  # fmt: skip


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with two tenants."""
    await tenant(adapters, "acme")
    await tenant(adapters, "globex")
    return adapters


async def test_a_form_needs_no_more_than_a_name(store: Adapters) -> None:
    made = await store.forms.create("acme", {"name": "bare"})
    assert len(made.id) == 21
    expected = {"id": made.id, "name": "bare", "created_at": made.created_at, "updated_at": made.updated_at}
    assert made.model_dump(exclude_none=True) == expected
    assert await store.forms.get("acme", made.id) == made
    assert await store.forms.get("globex", made.id) is None


async def test_what_a_form_is_given_comes_back(store: Adapters) -> None:
    given = form(
        nodes=NODES,
        start={"hidden_fields": [{"key": "k", "value": "v"}], "next_node": "flow", "coordinates": PLACE},
        ending={"redirection": {"delay": 2, "target": "u"}, "after_submit": {"flow_id": "af"}, "coordinates": PLACE, "resume_flow": True},
    )
    made = await store.forms.create("acme", given, import_metadata={"id": "ap_own", "created_at": SOON})
    expected = {**given, "id": "ap_own", "created_at": SOON, "updated_at": SOON}
    assert made.model_dump(by_alias=True, exclude_unset=True, exclude_none=True) == expected
    assert await store.forms.get("acme", "ap_own") == made
    with pytest.raises(ConflictError):
        await store.forms.create("globex", form(), import_metadata={"id": "ap_own"})


async def test_nodes_and_components_are_told_apart_by_their_types(store: Adapters) -> None:
    made = await store.forms.create("acme", form(nodes=NODES))
    nodes = made.nodes or []
    assert [type(node).__name__ for node in nodes] == ["FlowNode", "RouterNode", "StepNode", "ActionNode", "GenericNode"]
    router, step, own = nodes[1], nodes[2], nodes[4]
    assert isinstance(router, RouterNode)
    assert router.config.rules[0].condition == {"operator": "IS", "operands": [1, None]}
    assert isinstance(own, GenericNode)
    assert isinstance(step, StepNode)
    assert [type(item).__name__ for item in step.config.components] == [
        "RichTextBlock", "LegalField", "ChoiceField", "CustomField", "GenericComponent",
    ]  # fmt: skip
    legal = step.config.components[1]
    assert isinstance(legal, LegalField)
    assert (legal.required, legal.visible) == (True, True)
    assert isinstance(step.config.components[4], GenericComponent)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": None},
        {"name": "x" * 256},
        {"nodes": [{"id": "n", "type": "STEP"}]},
        {"nodes": [{"id": "n", "type": "ROUTER", "coordinates": PLACE, "config": {"rules": [], "fallback": "x"}}]},
        {"nodes": [{"id": "n", "type": "FLOW", "coordinates": PLACE, "config": {"flow_id": "x" * 31}}]},
        {"nodes": [{"id": "n", "type": "FLOW", "coordinates": PLACE, "alias": "", "config": {"flow_id": "x"}}]},
        {"start": {"hidden_fields": [{"key": "k"}]}},
        {"ending": {"redirection": {"delay": "soon"}}},
        {"nodes": [{"id": "x" * 65_536, "type": "TELEPORT", "coordinates": PLACE}]},
        {"surprise": 1},
        # The table does not have a column for it.
        {"links": {"sdkSrc": "https://x.example"}},
    ],
)
async def test_a_form_that_cannot_be_stored_is_refused(store: Adapters, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError) as caught:
        await store.forms.create("acme", {**form(), **wrong})
    assert caught.value.table == "forms"
    assert (caught.value.field or "").split(".")[0] == next(iter(wrong))
    made = await store.forms.create("acme", form())
    with pytest.raises(InvalidValueError):
        await store.forms.update("acme", made.id, wrong)
    assert (await store.forms.list("acme")).items == [made]


TEXTS: dict[str, dict[str, Any]] = {
    "messages": {"errors": {"REQUIRED": "!"}},
    "languages": {"primary": "sv", "default": "en"},
    "translations": {"sv": {"ö": ["å"]}},
    "style": {"css": "body { color: red }"},
}
"""Text for which AuthHero expects an object. AuthHero then cannot read any form of the tenant."""


@pytest.mark.parametrize("name", TEXTS)
async def test_what_authhero_could_not_read_is_refused_with_the_reason(store: Adapters, name: str) -> None:
    made = await store.forms.create("acme", form(**dict.fromkeys(TEXTS)))
    for given in (TEXTS[name], {}):
        for refused in (store.forms.create("acme", form(**{name: given})), store.forms.update("acme", made.id, {name: given})):
            with pytest.raises(InvalidValueError, match="AuthHero cannot read this field") as caught:
                await refused
            assert (caught.value.table, caught.value.field) == ("forms", name)
    assert (await store.forms.list("acme")).items == [made]
    # A form that already contains it can be read, and the text can be removed.
    await store.database.execute(Call(f"UPDATE forms SET {name} = '{json.dumps(TEXTS[name], ensure_ascii=False)}'"))
    found = await store.forms.get("acme", made.id)
    assert found is not None
    assert found.model_dump(exclude_unset=True, exclude_none=True)[name] == TEXTS[name]
    assert await store.forms.update("acme", made.id, {name: None}) is True
    assert (await store.database.fetch(Call(f"SELECT {name} FROM forms")))[0][0] is None


async def test_a_form_is_updated_in_the_fields_that_are_given(store: Adapters) -> None:
    made = await store.forms.create("acme", form(ending={"redirection": {"delay": 1, "target": "u"}, "resume_flow": True}))
    fields = {"ending": {"redirection": {"delay": 2}}, "style": None, "nodes": NODES}
    assert await store.forms.update("acme", made.id, fields) is True
    found = await store.forms.get("acme", made.id)
    assert found is not None
    assert (found.name, found.style, found.start, found.created_at) == ("form", None, made.start, made.created_at)
    assert found.ending is not None
    assert found.ending.model_dump(exclude_none=True) == {"redirection": {"delay": 2}}
    assert [node.model_dump(by_alias=True, exclude_unset=True) for node in found.nodes or []] == NODES
    assert found.updated_at > made.updated_at
    assert await store.forms.update("globex", made.id, {"name": "x"}) is False
    assert await store.forms.remove("globex", made.id) is False
    assert await store.forms.remove("acme", made.id) is True
    assert await store.forms.get("acme", made.id) is None


@pytest.mark.parametrize("entity", ["forms", "flows"])
async def test_lists_are_newest_first_walked_and_filtered(store: Adapters, entity: str) -> None:
    adapter: Any = getattr(store, entity)
    for number in range(5):
        metadata = {"id": f"f{number}", "created_at": SOON + number // 2 * HOUR}
        await adapter.create("acme", {"name": f"Form {number}"}, import_metadata=metadata)
    await adapter.create("globex", {"name": "Form 0"})
    page = await adapter.list("acme", include_totals=True, per_page=3)
    assert ([item.id for item in page.items], page.total) == (["f4", "f3", "f2"], 5)
    assert [item.id for item in (await adapter.list("acme", sort="name:asc", per_page=2, page=2)).items] == ["f4"]
    first = await adapter.list("acme", take=2)
    second = await adapter.list("acme", take=10, from_=first.next)
    assert [item.id for item in (*first.items, *second.items)] == ["f4", "f3", "f2", "f1", "f0"]
    assert second.next is None
    assert [item.id async for item in adapter.iterate("acme", batch=2)] == ["f4", "f3", "f2", "f1", "f0"]
    for q, expected in [("name:Form\\ 3", ["f3"]), ("id:f1", ["f1"]), ("form 4", ["f4"]), ("-id:f4 name:Form*", ["f3", "f2", "f1", "f0"])]:
        assert [item.id for item in (await adapter.list("acme", q=q)).items] == expected, q
    with pytest.raises(InvalidQueryError):
        await adapter.list("acme", q="tenant_id:globex")
    assert page.model_dump(by_alias=True).keys() >= {entity}


async def test_a_flow_has_an_id_of_its_own_and_no_actions(store: Adapters) -> None:
    made = await store.flows.create("acme", {"name": "bare"})
    assert made.id.startswith("af_")
    assert len(made.id) == 24
    assert made.actions == []
    assert await store.flows.get("acme", made.id) == made
    assert (await store.flows.create("acme", FlowInsert(name="x" * 150))).name == "x" * 150


async def test_what_a_flow_is_given_comes_back(store: Adapters) -> None:
    made = await store.flows.create("acme", flow(actions=ACTIONS), import_metadata={"id": "af_own", "created_at": SOON})
    expected = {"name": "flow", "actions": ACTIONS, "id": "af_own", "created_at": SOON, "updated_at": SOON}
    assert made.model_dump(by_alias=True, exclude_unset=True) == expected
    assert await store.flows.get("acme", "af_own") == made
    assert [type(item).__name__ for item in made.actions or []] == [
        "UpdateUserAction", "EmailVerifyAction", "RedirectAction", "GenericFlowAction",
    ]  # fmt: skip
    assert isinstance((made.actions or [])[3], GenericFlowAction)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 151},
        {"actions": [{"id": "a", "type": "AUTH0", "action": "UPDATE_USER", "params": {"user_id": "u"}}]},
        {"actions": [{"id": "a", "type": "REDIRECT", "action": "REDIRECT_USER", "params": {"target": "moon"}}]},
        {"actions": [{**ACTIONS[0], "alias": "x" * 101}]},
        {"actions": [{**ACTIONS[0], "params": {"user_id": "u", "changes": {"x": "x" * 65_536}}}]},
        {"surprise": 1},
    ],
)
async def test_a_flow_that_is_none_is_refused(store: Adapters, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError) as caught:
        await store.flows.create("acme", {**flow(), **wrong})
    assert (caught.value.table, (caught.value.field or "").split(".")[0]) == ("flows", next(iter(wrong)))
    assert (await store.flows.list("acme")).items == []


async def test_an_update_gives_the_flow_as_it_is_then(store: Adapters) -> None:
    made = await store.flows.create("acme", flow(actions=ACTIONS))
    updated = await store.flows.update("acme", made.id, {"name": "new"})
    assert updated is not None
    assert updated == made.model_copy(update={"name": "new", "updated_at": updated.updated_at})
    assert updated.updated_at > made.updated_at
    assert await store.flows.get("acme", made.id) == updated
    emptied = await store.flows.update("acme", made.id, {"actions": []})
    assert emptied is not None
    assert (emptied.actions, emptied.name) == ([], "new")
    for place in (("globex", made.id), ("acme", "af_x"), ("acme", made.id.upper())):
        assert await store.flows.update(*place, {"name": "x"}) is None
        assert await store.flows.update(*place, {}) is None
    for wrong in ({"name": ""}, {"name": None}, {"id": "x"}, {"created_at": SOON}, {"surprise": 1}):
        with pytest.raises(InvalidValueError):
            await store.flows.update("acme", made.id, wrong)
    assert await store.flows.get("acme", made.id) == emptied
    assert await store.flows.remove("globex", made.id) is False
    assert await store.flows.remove("acme", made.id) is True
    assert await store.flows.get("acme", made.id) is None
