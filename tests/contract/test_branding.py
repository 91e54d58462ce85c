"""The appearance and the texts of a tenant's pages, on every engine."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from authhero_sql import Adapters, ConflictError, ForeignKeyError, InvalidValueError
from authhero_sql.dialects import Call
from authhero_sql.models import Branding, PromptSetting, Theme, ThemeInsert
from tests.contract.builders import tenant, theme

TASKS = 32
GRADIENT = {"type": "linear-gradient", "start": "#000000", "end": "#ffffff", "angle_deg": 35}
DEFAULTS = {
    "universal_login_experience": "new",
    "identifier_first": True,
    "password_first": False,
    "show_last_used_connection": False,
    "webauthn_platform_first_factor": False,
}


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with two tenants."""
    await tenant(adapters, "acme")
    await tenant(adapters, "globex")
    return adapters


# Branding.


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"logo_url": "https://x/l.svg", "favicon_url": "https://x/f.ico", "font": {"url": "https://x/f.woff2"}, "dark_mode": "auto"},
        {"colors": {"primary": "#abcdef"}},
        {"colors": {"primary": "#abcdef", "page_background": "#112233"}},
        {"colors": {"primary": "#abcdef", "page_background": "rgba(255, 255, 255, 0.25)"}},
        {"colors": {"primary": "#abcdef", "page_background": GRADIENT}},
        {"colors": {"primary": "#abcdef", "page_background": {"start": "#000000"}}},
        {"colors": {"primary": "#abcdef", "page_background": {"angle_deg": 0}}},
        {"colors": {"primary": "#abcdef", "page_background": {"type": "solid-color", "start": "#000000", "end": "#ffffff"}}},
        {"colors": {"primary": "#abcdef", "page_background": {"type": "solid-color"}}},
    ],
)
async def test_branding_comes_back_as_given(store: Adapters, given: dict[str, Any]) -> None:
    assert await store.branding.get("acme") is None
    await store.branding.set("acme", given)
    found = await store.branding.get("acme")
    assert found is not None
    assert found.model_dump(exclude_none=True) == given
    assert await store.branding.get("globex") is None
    await store.branding.set("globex", found)
    assert await store.branding.get("globex") == found


async def test_a_gradient_of_one_colour_is_that_colour(store: Adapters) -> None:
    await store.branding.set("acme", {"colors": {"primary": "#1", "page_background": {"type": "solid-color", "start": "#222222"}}})
    found = await store.branding.get("acme")
    assert found is not None
    assert found.model_dump(exclude_none=True) == {"colors": {"primary": "#1", "page_background": "#222222"}}


async def test_what_is_not_given_again_is_gone(store: Adapters) -> None:
    await store.branding.set("acme", {"colors": {"primary": "#111111", "page_background": GRADIENT}, "logo_url": "https://x/l"})
    for given in (
        {"colors": {"primary": "#222222", "page_background": "#333333"}, "dark_mode": "dark"},
        {"colors": {"primary": "#222222", "page_background": {"start": "#444444"}}},
        {"font": {"url": "https://x/f"}},
        {},
    ):
        await store.branding.set("acme", given)
        found = await store.branding.get("acme")
        assert found is not None
        assert found.model_dump(exclude_none=True) == given


async def test_setting_branding_does_not_change_what_was_given(store: Adapters) -> None:
    given = Branding.model_validate({"colors": {"primary": "#111111", "page_background": "#222222"}})
    await store.branding.set("acme", given)
    assert given.colors is not None
    assert given.colors.page_background == "#222222"


@pytest.mark.parametrize(
    "wrong",
    [
        {"colors": {}},
        {"colors": {"primary": "#" * 33}},
        {"colors": {"primary": "#1", "page_background": "#" * 33}},
        {"colors": {"primary": "#1", "page_background": {"angle_deg": 1.5}}},
        {"colors": {"primary": "#1", "page_background": {"surprise": 1}}},
        {"logo_url": "x" * 513},
        {"dark_mode": "grey"},
        # The table does not have a column for it.
        {"powered_by_logo_url": "https://x/p"},
    ],
)
async def test_branding_that_cannot_be_stored_is_refused(store: Adapters, wrong: dict[str, Any]) -> None:
    await store.branding.set("acme", {"logo_url": "https://x/l"})
    with pytest.raises(InvalidValueError):
        await store.branding.set("acme", wrong)
    assert await store.branding.get("acme") == Branding(logo_url="https://x/l")


async def test_branding_is_a_tenants(store: Adapters) -> None:
    with pytest.raises(ForeignKeyError):
        await store.branding.set("nowhere", {})
    await store.branding.set("acme", {"dark_mode": "dark"})
    await store.tenants.remove("acme")
    assert await store.branding.get("acme") is None


async def test_branding_set_at_once_is_one_of_those(store: Adapters) -> None:
    given = [{"logo_url": f"https://x/{number}", "favicon_url": f"https://x/{number}"} for number in range(TASKS)]
    await asyncio.gather(*(store.branding.set("acme", one) for one in given))
    found = await store.branding.get("acme")
    assert found is not None
    assert found.model_dump(exclude_none=True) in given


# Prompt settings.


async def test_without_settings_every_flag_is_off(store: Adapters) -> None:
    found = await store.prompt_settings.get("acme")
    assert found.model_dump() == {**DEFAULTS, "identifier_first": False}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, {}),
        ({"password_first": True}, {"password_first": True}),
        ({"identifier_first": False}, {"identifier_first": False}),
        ({"universal_login_experience": "classic", "show_last_used_connection": True}, ...),
        ({"webauthn_platform_first_factor": True}, ...),
    ],
)
async def test_the_first_settings_turn_identifier_first_on(store: Adapters, given: dict[str, Any], expected: Any) -> None:
    await store.prompt_settings.set("acme", given)
    assert (await store.prompt_settings.get("acme")).model_dump() == {**DEFAULTS, **(given if expected is ... else expected)}
    assert (await store.prompt_settings.get("globex")).identifier_first is False


async def test_later_settings_leave_the_others_alone(store: Adapters) -> None:
    await store.prompt_settings.set("acme", {"identifier_first": False, "universal_login_experience": "classic"})
    await store.prompt_settings.set("acme", {"password_first": True})
    await store.prompt_settings.set("acme", {})
    stored = {**DEFAULTS, "identifier_first": False, "universal_login_experience": "classic", "password_first": True}
    assert (await store.prompt_settings.get("acme")).model_dump() == stored
    whole = PromptSetting(webauthn_platform_first_factor=True)
    await store.prompt_settings.set("acme", whole)
    expected = {**stored, "webauthn_platform_first_factor": True}
    assert (await store.prompt_settings.get("acme")).model_dump() == expected, "a model only updates the fields that were set"


async def test_a_flag_from_before_its_column_is_off(store: Adapters) -> None:
    await store.prompt_settings.set("acme", {"show_last_used_connection": True})
    await store.database.execute(Call("UPDATE prompt_settings SET show_last_used_connection = NULL"))
    assert (await store.prompt_settings.get("acme")).show_last_used_connection is False


@pytest.mark.parametrize(
    "wrong", [{"identifier_first": None}, {"universal_login_experience": "old"}, {"surprise": True}, {"tenant_id": "x"}]
)
async def test_settings_that_are_none_are_refused(store: Adapters, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        await store.prompt_settings.set("acme", wrong)
    assert (await store.prompt_settings.get("acme")).identifier_first is False, "no row was created"


async def test_different_flags_set_at_once_are_all_there(store: Adapters) -> None:
    flags = ["password_first", "show_last_used_connection", "webauthn_platform_first_factor"]
    await asyncio.gather(*(store.prompt_settings.set("acme", {flags[number % 3]: True}) for number in range(TASKS)))
    assert (await store.prompt_settings.get("acme")).model_dump() == {**DEFAULTS, **dict.fromkeys(flags, True)}


# Templates and texts.


async def test_a_universal_login_template_is_set_and_deleted(store: Adapters) -> None:
    assert await store.universal_login_templates.get("acme") is None
    for body in ("<html>{%- auth0:widget -%}</html>", "é" * 30_000, ""):
        await store.universal_login_templates.set("acme", {"body": body})
        found = await store.universal_login_templates.get("acme")
        assert found is not None
        assert found.model_dump() == {"body": body}
    assert await store.universal_login_templates.get("globex") is None
    assert await store.universal_login_templates.delete("globex") is False
    assert await store.universal_login_templates.delete("acme") is True
    assert await store.universal_login_templates.delete("acme") is False
    assert await store.universal_login_templates.get("acme") is None
    for wrong in ({}, {"body": None}, {"body": "x" * 65_536}, {"body": "\0"}):
        with pytest.raises(InvalidValueError):
            await store.universal_login_templates.set("acme", wrong)
    with pytest.raises(ForeignKeyError):
        await store.universal_login_templates.set("nowhere", {"body": "x"})


async def test_a_template_that_is_set_again_keeps_when_it_was_made(store: Adapters) -> None:
    times = "SELECT created_at_ts, updated_at_ts FROM universal_login_templates"
    await store.universal_login_templates.set("acme", {"body": "one"})
    first = tuple((await store.database.fetch(Call(times)))[0])
    await store.universal_login_templates.set("acme", {"body": "two"})
    second = tuple((await store.database.fetch(Call(times)))[0])
    assert second[0] == first[0] == first[1] < second[1]


@pytest.mark.parametrize("text", [{}, {"title": "Välkommen"}, {"login": {"title": "Hej", "b": "", "a": "日本"}, "plain": "x"}])
async def test_texts_come_back_as_given(store: Adapters, text: dict[str, Any]) -> None:
    assert await store.custom_text.get("acme", "login", "sv") is None
    await store.custom_text.set("acme", "login", "sv", {"old": {"key": "x"}})
    await store.custom_text.set("acme", "login", "sv", text)
    found = await store.custom_text.get("acme", "login", "sv")
    assert found == text
    assert [list(part) for part in (found or {}).values()] == [list(part) for part in text.values()]
    for place in (("acme", "login", "en"), ("acme", "signup", "sv"), ("globex", "login", "sv"), ("acme", "login", "SV")):
        assert await store.custom_text.get(*place) is None


async def test_texts_are_listed_and_deleted_by_prompt_and_language(store: Adapters) -> None:
    places = [("signup", "sv"), ("login", "sv"), ("login", "en"), ("common", "pt-BR")]
    for prompt, language in places:
        await store.custom_text.set("acme", prompt, language, {"s": {"k": "v"}})
    await store.custom_text.set("globex", "mfa", "en", {})
    listed = await store.custom_text.list("acme")
    assert [item.model_dump() for item in listed] == [{"prompt": prompt, "language": language} for prompt, language in sorted(places)]
    assert await store.custom_text.delete("globex", "login", "sv") is False
    assert await store.custom_text.delete("acme", "login", "sv") is True
    assert await store.custom_text.delete("acme", "login", "sv") is False
    assert len(await store.custom_text.list("acme")) == 3
    assert await store.custom_text.get("acme", "login", "en") == {"s": {"k": "v"}}


async def test_texts_that_are_none_are_refused(store: Adapters) -> None:
    wrong: list[tuple[str, str, Any]] = [
        ("goodbye", "sv", {}), ("login", "x" * 17, {}), ("login", "sv", ["x"]), ("login", "sv", {"s": {"k": 1}}),
        ("login", "sv", {"s": {"k": "x" * 65_536}}), ("login", "sv", None),
    ]  # fmt: skip
    for prompt, language, text in wrong:
        with pytest.raises(InvalidValueError) as caught:
            await store.custom_text.set("acme", prompt, language, text)
        assert caught.value.table == "custom_text"
    with pytest.raises(ForeignKeyError):
        await store.custom_text.set("nowhere", "login", "sv", {})


async def test_texts_set_at_once(store: Adapters) -> None:
    await asyncio.gather(*(store.custom_text.set("acme", "login", f"l{number % 8}", {"n": str(number)}) for number in range(TASKS)))
    assert len(await store.custom_text.list("acme")) == 8
    for number in range(8):
        found = await store.custom_text.get("acme", "login", f"l{number}")
        assert found is not None
        assert int(str(found["n"])) % 8 == number


# Themes.


async def create_theme(store: Adapters, theme_id: str = "default") -> Theme:
    """Create a theme and return it."""
    found = await store.themes.get("acme", theme_id)
    assert found is not None
    return found


async def test_a_theme_comes_back_as_given(store: Adapters) -> None:
    created = await store.themes.create("acme", theme())
    assert len(created.theme_id) == 21
    assert await store.themes.get("acme", created.theme_id) == created
    assert created.model_dump(by_alias=True, exclude_none=True) == {**theme(), "themeId": created.theme_id}
    own = await store.themes.create("acme", ThemeInsert.model_validate(theme(displayName="Own")), "default")
    assert (own.theme_id, own.display_name) == ("default", "Own")
    assert await create_theme(store) == own
    with pytest.raises(ConflictError):
        await store.themes.create("acme", theme(), "default")
    assert (await store.themes.create("globex", theme(), "default")).display_name == "Theme"
    with pytest.raises(ForeignKeyError):
        await store.themes.create("nowhere", theme(), "default")


GROUPS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"colors": {"primary_button": "#123456"}}, {"colors": {"primary_button": "#123456"}}),
    (
        {"borders": {"show_widget_shadow": False, "inputs_style": "sharp"}},
        {"borders": {"show_widget_shadow": False, "inputs_style": "sharp"}},
    ),
    ({"fonts": {"title": {"size": 42}}}, {"fonts": {"title": {"bold": False, "size": 42}}}),
    ({"fonts": {"links": {"bold": False}}}, {"fonts": {"links": {"bold": False, "size": 87}}}),
    ({"page_background": {"page_layout": "left"}}, {"page_background": {"page_layout": "left"}}),
    ({"widget": {"logo_height": 7, "logo_url": "https://x/l"}}, {"widget": {"logo_height": 7, "logo_url": "https://x/l"}}),
    ({"displayName": "New"}, {}),
]


@pytest.mark.parametrize(("fields", "parts"), GROUPS)
async def test_groups_are_merged_field_by_field(store: Adapters, fields: dict[str, Any], parts: dict[str, dict[str, Any]]) -> None:
    await store.themes.create("acme", theme(), "default")
    await store.themes.create("acme", theme(), "other")
    assert await store.themes.update("acme", "default", fields) is True
    merged = {group: {**theme()[group], **part} for group, part in parts.items()}
    plain = {name: value for name, value in fields.items() if not isinstance(value, dict)}
    assert (await create_theme(store)).model_dump(by_alias=True, exclude_none=True) == {**theme(**merged, **plain), "themeId": "default"}
    assert (await create_theme(store, "other")).model_dump(by_alias=True, exclude_none=True) == {**theme(), "themeId": "other"}


async def test_updates_of_a_theme_that_match_nothing(store: Adapters) -> None:
    created = await store.themes.create("acme", theme(), "default")
    assert await store.themes.update("acme", "default", {}) is True
    assert await store.themes.update("acme", "default", {"colors": {}}) is True
    for place in (("acme", "none"), ("globex", "default"), ("acme", "DEFAULT")):
        assert await store.themes.update(*place, {"displayName": "x"}) is False
        assert await store.themes.remove(*place) is False
    assert await create_theme(store) == created
    assert await store.themes.remove("acme", "default") is True
    assert await store.themes.get("acme", "default") is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"colors": {"primary_button": None}},
        {"colors": {"primary_button": "x" * 25}},
        {"colors": {"surprise": "#1"}},
        {"colors": None},
        {"borders": {"buttons_style": "wavy"}},
        {"borders": {"button_border_radius": 1.5}},
        {"fonts": {"title": {"size": 2**31}}},
        {"themeId": "other"},
        {"displayName": None},
        # The table does not have a column for it.
        {"page_background": {"logo_placement": "chip"}},
    ],
)
async def test_a_theme_that_cannot_be_stored_is_refused(store: Adapters, wrong: dict[str, Any]) -> None:
    created = await store.themes.create("acme", theme(), "default")
    with pytest.raises(InvalidValueError):
        await store.themes.update("acme", "default", wrong)
    assert await create_theme(store) == created
    whole = theme()
    for group, part in wrong.items():
        whole[group] = {**whole[group], **part} if isinstance(part, dict) and group in whole else part
    with pytest.raises(InvalidValueError):
        await store.themes.create("acme", whole)


async def test_parts_of_a_theme_updated_at_once_are_all_there(store: Adapters) -> None:
    await store.themes.create("acme", theme(), "default")
    done = await asyncio.gather(*(store.themes.update("acme", "default", GROUPS[number % len(GROUPS)][0]) for number in range(TASKS)))
    assert all(done)
    expected = theme(displayName="New")
    for _, parts in GROUPS:
        for group, part in parts.items():
            expected[group] = {**expected[group], **part}
    assert (await create_theme(store)).model_dump(by_alias=True, exclude_none=True) == {**expected, "themeId": "default"}


async def test_an_update_of_a_theme_says_when(store: Adapters) -> None:
    times = "SELECT created_at, updated_at FROM themes"
    await store.themes.create("acme", theme(), "default")
    first = tuple((await store.database.fetch(Call(times)))[0])
    await store.themes.update("acme", "default", {"widget": {"logo_height": 1}})
    second = tuple((await store.database.fetch(Call(times)))[0])
    assert second[0] == first[0] == first[1] < second[1]
