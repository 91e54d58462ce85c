"""How the pages of a tenant look and what they say."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, field_validator

from .base import Insert, Model

__all__ = [
    "Alignment",
    "Borders",
    "Branding",
    "BrandingColors",
    "BrandingFont",
    "ButtonsStyle",
    "Colors",
    "CustomText",
    "CustomTextEntry",
    "CustomTextKey",
    "DarkMode",
    "FontDetails",
    "Fonts",
    "Gradient",
    "PageBackground",
    "PromptScreen",
    "PromptSetting",
    "Theme",
    "ThemeFields",
    "ThemeInsert",
    "UniversalLoginExperience",
    "UniversalLoginTemplate",
    "Widget",
]

DarkMode = Literal["dark", "light", "auto"]
UniversalLoginExperience = Literal["new", "classic"]
PromptScreen = Literal[
    "login",
    "login-id",
    "login-password",
    "signup",
    "signup-id",
    "signup-password",
    "reset-password",
    "consent",
    "mfa",
    "mfa-push",
    "mfa-otp",
    "mfa-voice",
    "mfa-phone",
    "mfa-webauthn",
    "mfa-email",
    "mfa-recovery-code",
    "status",
    "device-flow",
    "email-verification",
    "email-otp-challenge",
    "organizations",
    "invitation",
    "common",
    "passkeys",
    "captcha",
    "custom-form",
    "login-passwordless",
    "mfa-login-options",
]
ButtonsStyle = Literal["pill", "rounded", "sharp"]
Alignment = Literal["center", "left", "right"]


SOLID_COLOR = "solid-color"
"""How a plain background is told from a gradient where it is stored."""


class Gradient(Insert):
    """A page background of two colours; the angle is in degrees."""

    type: str | None = None
    start: str | None = None
    end: str | None = None
    angle_deg: int | float | None = None


class BrandingColors(Insert):
    """The colours of a tenant's pages; a background is one colour or a gradient."""

    primary: str
    page_background: str | Gradient | None = None

    @field_validator("page_background", mode="before")
    @classmethod
    def _plain(cls, given: Any) -> Any:
        if not isinstance(given, Mapping) or given.get("type") != SOLID_COLOR:
            return given
        # What says more than one colour does is kept whole.
        return given["start"] if {name for name, value in given.items() if value is not None} == {"type", "start"} else given


class BrandingFont(Insert):
    """Where the font is."""

    url: str


class Branding(Insert):
    """How a tenant's pages look (Auth0: branding)."""

    colors: BrandingColors | None = None
    logo_url: str | None = None
    favicon_url: str | None = None
    powered_by_logo_url: str | None = None
    font: BrandingFont | None = None
    dark_mode: DarkMode | None = None


class PromptSetting(Insert):
    """How people are asked who they are (Auth0: prompts)."""

    universal_login_experience: UniversalLoginExperience = "new"
    identifier_first: bool = True
    password_first: bool = False
    show_last_used_connection: bool = False
    webauthn_platform_first_factor: bool


CustomText = dict[str, str | dict[str, str]]
"""The texts of a prompt: by name, or by screen and name."""


class CustomTextEntry(Insert):
    """The texts of a prompt in one language."""

    prompt: PromptScreen
    language: str
    custom_text: CustomText


class CustomTextKey(Model):
    """Of which prompt, in which language, there are texts."""

    prompt: PromptScreen
    language: str


class UniversalLoginTemplate(Insert):
    """The page around all prompts, a Liquid template."""

    body: str


class Borders(Insert):
    """Borders; numbers are pixels."""

    button_border_radius: int | float
    button_border_weight: int | float
    buttons_style: ButtonsStyle
    input_border_radius: int | float
    input_border_weight: int | float
    inputs_style: ButtonsStyle
    show_widget_shadow: bool
    widget_border_weight: int | float
    widget_corner_radius: int | float


class Colors(Insert):
    """Colours, as CSS has them."""

    base_focus_color: str
    base_hover_color: str
    body_text: str
    captcha_widget_theme: Literal["auto", "dark", "light"]
    error: str
    header: str
    icons: str
    input_background: str
    input_border: str
    input_filled_text: str
    input_labels_placeholders: str
    links_focused_components: str
    primary_button: str
    primary_button_label: str
    secondary_button_border: str
    secondary_button_label: str
    success: str
    widget_background: str
    widget_border: str


class FontDetails(Insert):
    """Weight, and size in per cent of the reference."""

    bold: bool
    size: int | float


class Fonts(Insert):
    """Fonts; the reference size is in pixels."""

    body_text: FontDetails
    buttons_text: FontDetails
    font_url: str
    input_labels: FontDetails
    links: FontDetails
    links_style: Literal["normal", "underlined"]
    reference_text_size: int | float
    subtitle: FontDetails
    title: FontDetails


class PageBackground(Insert):
    """What is behind the widget."""

    background_color: str
    background_image_url: str
    page_layout: Alignment
    logo_placement: Literal["widget", "chip", "none"] | None = None


class Widget(Insert):
    """The box that people sign in with; numbers are pixels."""

    header_text_alignment: Alignment
    logo_height: int | float
    logo_position: Literal["center", "left", "none", "right"]
    logo_url: str
    social_buttons_layout: Literal["bottom", "top"]


class ThemeFields(Model):
    """What an inserted and a stored theme share."""

    borders: Borders
    colors: Colors
    display_name: str = Field(validation_alias="displayName", serialization_alias="displayName")
    fonts: Fonts
    page_background: PageBackground
    widget: Widget


class ThemeInsert(ThemeFields, Insert):
    """A theme to be created."""


class Theme(ThemeFields):
    """How the widget looks (Auth0: branding theme)."""

    theme_id: str = Field(validation_alias="themeId", serialization_alias="themeId")
