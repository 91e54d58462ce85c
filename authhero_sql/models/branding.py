"""Branding, themes, prompts and custom texts."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, field_validator

from .base import Float32, Insert, Int32, Model, Varchar16, Varchar24, Varchar32, Varchar255, Varchar512

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
"""The type of a stored background that has one color instead of a gradient."""


class Gradient(Insert):
    """A background gradient of two colors."""

    type: Varchar32 | None = None
    """The type of gradient, such as ``linear-gradient``."""
    start: Varchar32 | None = None
    """The start color, as a CSS hexadecimal color."""
    end: Varchar32 | None = None
    """The end color, as a CSS hexadecimal color."""
    angle_deg: Int32 | Float32 | None = None
    """The angle of the gradient, in degrees."""


class BrandingColors(Insert):
    """The color settings of a tenant's branding."""

    primary: Varchar32
    """The accent color, as a CSS hexadecimal color."""
    page_background: str | Gradient | None = None
    """The page background: a CSS hexadecimal color or a gradient."""

    @field_validator("page_background", mode="before")
    @classmethod
    def _reduce_solid_color(cls, value: Any) -> Any:
        if not isinstance(value, Mapping) or value.get("type") != SOLID_COLOR:
            return value
        # A background with further fields cannot be reduced to its color.
        return value["start"] if {name for name, part in value.items() if part is not None} == {"type", "start"} else value


class BrandingFont(Insert):
    """The font settings of a tenant's branding."""

    url: Varchar512
    """The URL of the font."""


class Branding(Insert):
    """The branding settings of a tenant."""

    colors: BrandingColors | None = None
    """The color settings."""
    logo_url: Varchar512 | None = None
    """The URL of the logo."""
    favicon_url: Varchar512 | None = None
    """The URL of the favicon."""
    powered_by_logo_url: str | None = None
    """The URL of the service provider's logo."""
    font: BrandingFont | None = None
    """The font settings."""
    dark_mode: DarkMode | None = None
    """The color scheme of the pages: dark, light, or the browser's preference."""


class PromptSetting(Insert):
    """The prompt settings of a tenant."""

    universal_login_experience: UniversalLoginExperience = "new"
    """The Universal Login experience: new or classic."""
    identifier_first: bool = True
    """Whether the login asks for the identifier and the password on separate pages (identifier-first)."""
    password_first: bool = False
    """Whether the login asks for a password before it offers other authentication methods."""
    show_last_used_connection: bool = False
    """Whether the login page marks the connection that was last used on the device."""
    webauthn_platform_first_factor: bool
    """Whether users may log in with WebAuthn device biometrics instead of a password."""


CustomText = dict[str, str | dict[str, str]]
"""The custom texts of a prompt, by name or by screen and name."""


class CustomTextEntry(Insert):
    """The custom text of a prompt in one language."""

    prompt: PromptScreen
    """The prompt that the text belongs to."""
    language: Varchar16
    """The language of the text, as a BCP 47 language tag."""
    custom_text: CustomText
    """The text that overrides the default text."""


class CustomTextKey(Model):
    """The prompt and language of a custom text."""

    prompt: PromptScreen
    """The prompt that the text belongs to."""
    language: str
    """The language of the text, as a BCP 47 language tag."""


class UniversalLoginTemplate(Insert):
    """The page template of Universal Login."""

    body: str
    """The Liquid template of the page."""


class Borders(Insert):
    """The border settings of a theme."""

    button_border_radius: Int32 | Float32
    """The corner radius of buttons, in pixels."""
    button_border_weight: Int32 | Float32
    """The border width of buttons, in pixels."""
    buttons_style: ButtonsStyle
    """The shape of buttons."""
    input_border_radius: Int32 | Float32
    """The corner radius of input fields, in pixels."""
    input_border_weight: Int32 | Float32
    """The border width of input fields, in pixels."""
    inputs_style: ButtonsStyle
    """The shape of input fields."""
    show_widget_shadow: bool
    """Whether the widget has a shadow."""
    widget_border_weight: Int32 | Float32
    """The border width of the widget, in pixels."""
    widget_corner_radius: Int32 | Float32
    """The corner radius of the widget, in pixels."""


class Colors(Insert):
    """The color settings of a theme."""

    base_focus_color: Varchar24
    """The color of elements that have the focus, as a CSS hexadecimal color."""
    base_hover_color: Varchar24
    """The color of elements under the pointer, as a CSS hexadecimal color."""
    body_text: Varchar24
    """The color of body text, as a CSS hexadecimal color."""
    captcha_widget_theme: Literal["auto", "dark", "light"]
    """The color scheme of the CAPTCHA: dark, light, or the browser's preference."""
    error: Varchar24
    """The color of error messages, as a CSS hexadecimal color."""
    header: Varchar24
    """The color of headings, as a CSS hexadecimal color."""
    icons: Varchar24
    """The color of icons, as a CSS hexadecimal color."""
    input_background: Varchar24
    """The background color of input fields, as a CSS hexadecimal color."""
    input_border: Varchar24
    """The border color of input fields, as a CSS hexadecimal color."""
    input_filled_text: Varchar24
    """The color of entered text, as a CSS hexadecimal color."""
    input_labels_placeholders: Varchar24
    """The color of labels and placeholders, as a CSS hexadecimal color."""
    links_focused_components: Varchar24
    """The color of links and focused components, as a CSS hexadecimal color."""
    primary_button: Varchar24
    """The background color of primary buttons, as a CSS hexadecimal color."""
    primary_button_label: Varchar24
    """The label color of primary buttons, as a CSS hexadecimal color."""
    secondary_button_border: Varchar24
    """The border color of secondary buttons, as a CSS hexadecimal color."""
    secondary_button_label: Varchar24
    """The label color of secondary buttons, as a CSS hexadecimal color."""
    success: Varchar24
    """The color of success messages, as a CSS hexadecimal color."""
    widget_background: Varchar24
    """The background color of the widget, as a CSS hexadecimal color."""
    widget_border: Varchar24
    """The border color of the widget, as a CSS hexadecimal color."""


class FontDetails(Insert):
    """The weight and size of one kind of text."""

    bold: bool
    """Whether the text is bold."""
    size: Int32 | Float32
    """The font size, as a percentage of ``reference_text_size``."""


class Fonts(Insert):
    """The font settings of a theme."""

    body_text: FontDetails
    """The font settings of body text."""
    buttons_text: FontDetails
    """The font settings of button labels."""
    font_url: Varchar255
    """The URL of the font; empty for the default font."""
    input_labels: FontDetails
    """The font settings of input labels."""
    links: FontDetails
    """The font settings of links."""
    links_style: Literal["normal", "underlined"]
    """Whether links are underlined."""
    reference_text_size: Int32 | Float32
    """The font size that the other sizes are relative to, in pixels."""
    subtitle: FontDetails
    """The font settings of subtitles."""
    title: FontDetails
    """The font settings of titles."""


class PageBackground(Insert):
    """The page background settings of a theme."""

    background_color: Varchar24
    """The background color of the page, as a CSS hexadecimal color."""
    background_image_url: Varchar255
    """The URL of the background image; empty for none."""
    page_layout: Alignment
    """The horizontal position of the widget on the page."""
    logo_placement: Literal["widget", "chip", "none"] | None = None
    """The placement of the logo."""


class Widget(Insert):
    """The widget settings of a theme."""

    header_text_alignment: Alignment
    """The alignment of headings."""
    logo_height: Int32 | Float32
    """The height of the logo, in pixels."""
    logo_position: Literal["center", "left", "none", "right"]
    """The position of the logo in the widget."""
    logo_url: Varchar255
    """The URL of the logo; empty for the logo of the branding settings."""
    social_buttons_layout: Literal["bottom", "top"]
    """Whether social login buttons are at the top or the bottom of the widget."""


class ThemeFields(Model):
    """The fields common to ``ThemeInsert`` and ``Theme``."""

    borders: Borders
    """The border settings."""
    colors: Colors
    """The color settings."""
    display_name: Varchar255 = Field(validation_alias="displayName", serialization_alias="displayName")
    """The display name of the theme."""
    fonts: Fonts
    """The font settings."""
    page_background: PageBackground
    """The page background settings."""
    widget: Widget
    """The widget settings."""


class ThemeInsert(ThemeFields, Insert):
    """The fields of a new theme."""


class Theme(ThemeFields):
    """A branding theme of Universal Login."""

    theme_id: str = Field(validation_alias="themeId", serialization_alias="themeId")
    """The ID of the theme."""
