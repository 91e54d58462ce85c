"""Email providers and templates, on every engine."""

from __future__ import annotations

from typing import Any

import pytest

from authhero_sql import Adapters, ConflictError, ForeignKeyError, InvalidValueError
from tests.contract.builders import email_provider, email_template, tenant

NAMES = (
    "verify_email", "verify_email_by_code", "reset_email", "reset_email_by_code", "welcome_email", "blocked_account", "stolen_credentials",
    "enrollment_email", "mfa_oob_code", "change_password", "password_reset", "user_invitation",
)  # fmt: skip


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with two tenants."""
    await tenant(adapters, "acme")
    await tenant(adapters, "globex")
    return adapters


async def test_a_tenant_has_one_provider(store: Adapters) -> None:
    assert await store.email_providers.get("acme") is None
    made = await store.email_providers.create("acme", email_provider())
    assert (made.name, made.enabled, made.credentials) == ("mailgun", True, {"api_key": "k"})
    assert await store.email_providers.get("acme") == made
    assert await store.email_providers.get("globex") is None
    with pytest.raises(ConflictError):
        await store.email_providers.create("acme", email_provider(name="ses"))
    assert await store.email_providers.get("acme") == made
    await store.email_providers.create("globex", email_provider(name="ses"))
    assert await store.email_providers.remove("acme") is True
    assert await store.email_providers.remove("acme") is False
    assert await store.email_providers.get("globex") is not None


async def test_what_a_provider_is_given_comes_back(store: Adapters) -> None:
    given = email_provider(
        enabled=False,
        default_from_address="Ada <ada@acme.example>",
        credentials={"b": {"ö": [1, 2.5, None]}, "a": "hunter2", "count": 2**60},
        settings={"headers": {"X-A": "1"}},
    )
    made = await store.email_providers.create("acme", given)
    assert made.model_dump() == given
    assert list(made.credentials) == ["b", "a", "count"]
    assert await store.email_providers.get("acme") == made


@pytest.mark.parametrize("settings", [{}, {"settings": None}, {"settings": {}}])
async def test_a_provider_without_settings_reads_as_it_was_created(store: Adapters, settings: dict[str, Any]) -> None:
    made = await store.email_providers.create("acme", email_provider(**settings))
    assert await store.email_providers.get("acme") == made


async def test_a_provider_is_updated_in_the_fields_that_are_given(store: Adapters) -> None:
    await store.email_providers.create("acme", email_provider(settings={"a": 1}, default_from_address="a@acme.example"))
    fields = {"enabled": False, "credentials": {"token": "t"}, "default_from_address": None}
    assert await store.email_providers.update("acme", fields) is True
    assert await store.email_providers.update("acme", fields) is True
    found = await store.email_providers.get("acme")
    assert found is not None
    assert found.model_dump() == {**email_provider(settings={"a": 1}), **fields}
    assert await store.email_providers.update("globex", fields) is False
    assert await store.email_providers.update("globex", {}) is False


@pytest.mark.parametrize("wrong", [{"credentials": None}, {"name": None}, {"name": "x" * 256}, {"enabled": "perhaps"}, {"surprise": 1}])
async def test_a_provider_that_is_none_is_refused(store: Adapters, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        await store.email_providers.create("acme", {**email_provider(), **wrong})
    assert await store.email_providers.get("acme") is None
    made = await store.email_providers.create("acme", email_provider())
    with pytest.raises(InvalidValueError):
        await store.email_providers.update("acme", wrong)
    assert await store.email_providers.get("acme") == made


async def test_an_error_does_not_repeat_credentials(store: Adapters) -> None:
    for wrong in ({"key": "hunter2" * 300}, ["hunter2"], {"key": "hunter2\ud800"}):
        with pytest.raises(InvalidValueError) as caught:
            await store.email_providers.create("acme", email_provider(credentials=wrong))
        assert "hunter2" not in f"{caught.value!r} {caught.value}"
        assert (caught.value.table, caught.value.field) == ("email_providers", "credentials")


async def test_a_template_has_its_defaults(store: Adapters) -> None:
    made = await store.email_templates.create("acme", email_template())
    assert made.model_dump(by_alias=True, exclude_none=True) == {
        **email_template(), "syntax": "liquid", "includeEmailInRedirect": False, "enabled": True,
    }  # fmt: skip
    assert await store.email_templates.get("acme", "verify_email") == made


async def test_what_a_template_is_given_comes_back_under_its_wire_names(store: Adapters) -> None:
    given = email_template(
        "reset_email",
        body="é" * 30_000,
        syntax="liquid",
        resultUrl="https://acme.example/" + "x" * 2000,
        urlLifetimeInSeconds=432_000,
        includeEmailInRedirect=True,
        enabled=False,
    )
    made = await store.email_templates.create("acme", given)
    assert made.model_dump(by_alias=True) == given
    assert await store.email_templates.get("acme", "reset_email") == made
    assert (made.result_url, made.url_lifetime_in_seconds, made.include_email_in_redirect) == (given["resultUrl"], 432_000, True)


async def test_templates_are_known_by_name(store: Adapters) -> None:
    for name in reversed(NAMES):
        await store.email_templates.create("acme", email_template(name))
    assert [item.template for item in await store.email_templates.list("acme")] == sorted(NAMES)
    assert await store.email_templates.list("globex") == []
    with pytest.raises(ConflictError):
        await store.email_templates.create("acme", email_template("user_invitation"))
    await store.email_templates.create("globex", email_template("user_invitation"))
    assert await store.email_templates.get("acme", "VERIFY_EMAIL") is None
    assert await store.email_templates.remove("acme", "welcome_email") is True
    assert await store.email_templates.remove("acme", "welcome_email") is False
    assert len(await store.email_templates.list("acme")) == len(NAMES) - 1
    with pytest.raises(ForeignKeyError):
        await store.email_templates.create("nowhere", email_template())


async def test_a_template_is_updated_in_the_fields_that_are_given(store: Adapters) -> None:
    made = await store.email_templates.create("acme", email_template(resultUrl="https://a.example", urlLifetimeInSeconds=5))
    fields = {"from": "b@acme.example", "result_url": None, "includeEmailInRedirect": True}
    assert await store.email_templates.update("acme", "verify_email", fields) is True
    changes = {"from_": "b@acme.example", "result_url": None, "include_email_in_redirect": True}
    assert await store.email_templates.get("acme", "verify_email") == made.model_copy(update=changes)
    assert await store.email_templates.update("acme", "welcome_email", {"subject": "x"}) is False
    assert await store.email_templates.update("globex", "verify_email", {"subject": "x"}) is False
    for wrong in ({"template": "welcome_email"}, {"subject": None}, {"urlLifetimeInSeconds": -1}, {"syntax": "mustache"}):
        with pytest.raises(InvalidValueError):
            await store.email_templates.update("acme", "verify_email", wrong)


@pytest.mark.parametrize(
    "wrong", [{"template": "own"}, {"subject": "x" * 256}, {"resultUrl": "x" * 2049}, {"urlLifetimeInSeconds": 1.5}, {"surprise": 1}]
)
async def test_a_template_that_is_none_is_refused(store: Adapters, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        await store.email_templates.create("acme", {**email_template(), **wrong})
    assert await store.email_templates.list("acme") == []
