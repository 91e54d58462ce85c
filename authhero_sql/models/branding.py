"""How the pages of a tenant look and what they say."""

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
"""How a plain background is told from a gradient where it is stored."""


class Gradient(Insert):
    """A page background of two colours; the angle is in degrees."""

    type: Varchar32 | None = None
    """The kind of gradient, such as ``linear-gradient``."""
    start: Varchar32 | None = None
    """The first colour, as a CSS hexadecimal colour."""
    end: Varchar32 | None = None
    """The last colour, as a CSS hexadecimal colour."""
    angle_deg: Int32 | Float32 | None = None
    """The direction, in degrees."""


class BrandingColors(Insert):
    """The colours of a tenant's pages; a background is one colour or a gradient."""

    primary: Varchar32
    """The accent colour, as a CSS hexadecimal colour."""
    page_background: str | Gradient | None = None
    """The background of the page: a CSS hexadecimal colour or a gradient."""

    @field_validator("page_background", mode="before")
    @classmethod
    def _plain(cls, given: Any) -> Any:
        if not isinstance(given, Mapping) or given.get("type") != SOLID_COLOR:
            return given
        # What says more than one colour does is kept whole.
        return given["start"] if {name for name, value in given.items() if value is not None} == {"type", "start"} else given


class BrandingFont(Insert):
    """Where the font is."""

    url: Varchar512
    """The address of the font."""


class Branding(Insert):
    """How a tenant's pages look (Auth0: branding)."""

    colors: BrandingColors | None = None
    """The colours of the pages."""
    logo_url: Varchar512 | None = None
    """The address of the logo."""
    favicon_url: Varchar512 | None = None
    """The address of the icon that browsers show."""
    powered_by_logo_url: str | None = None
    """The address of the logo of whoever runs the service."""
    font: BrandingFont | None = None
    """The font of the pages."""
    dark_mode: DarkMode | None = None
    """Whether the pages are dark, light, or as the browser prefers."""


class PromptSetting(Insert):
    """How people are asked who they are (Auth0: prompts)."""

    universal_login_experience: UniversalLoginExperience = "new"
    """Which sign-in pages are shown."""
    identifier_first: bool = True
    """Whether the user is asked for the identifier on a page of its own, before the password."""
    password_first: bool = False
    """Whether a password is asked for before other methods are offered."""
    show_last_used_connection: bool = False
    """Whether the page marks the connection that was last used on the device."""
    webauthn_platform_first_factor: bool
    """Whether the device's own biometrics may take the place of the password."""


CustomText = dict[str, str | dict[str, str]]
"""The texts of a prompt: by name, or by screen and name."""


class CustomTextEntry(Insert):
    """The texts of a prompt in one language."""

    prompt: PromptScreen
    """The page that the texts belong to."""
    language: Varchar16
    """The language of the texts, as a language tag (BCP 47)."""
    custom_text: CustomText
    """The texts that replace the usual ones."""


class CustomTextKey(Model):
    """Of which prompt, in which language, there are texts."""

    prompt: PromptScreen
    """The page that the texts belong to."""
    language: str
    """The language of the texts, as a language tag (BCP 47)."""


class UniversalLoginTemplate(Insert):
    """The page around all prompts, a Liquid template."""

    body: str
    """The Liquid template of the page."""


class Borders(Insert):
    """Borders; numbers are pixels."""

    button_border_radius: Int32 | Float32
    """The radius of the corners of buttons, in pixels."""
    button_border_weight: Int32 | Float32
    """The width of the border of buttons, in pixels."""
    buttons_style: ButtonsStyle
    """The shape of buttons."""
    input_border_radius: Int32 | Float32
    """The radius of the corners of inputs, in pixels."""
    input_border_weight: Int32 | Float32
    """The width of the border of inputs, in pixels."""
    inputs_style: ButtonsStyle
    """The shape of inputs."""
    show_widget_shadow: bool
    """Whether the widget has a shadow."""
    widget_border_weight: Int32 | Float32
    """The width of the widget's border, in pixels."""
    widget_corner_radius: Int32 | Float32
    """The radius of the widget's corners, in pixels."""


class Colors(Insert):
    """Colours, as CSS has them."""

    base_focus_color: Varchar24
    """The colour of what has the focus, as a CSS hexadecimal colour."""
    base_hover_color: Varchar24
    """The colour of what the pointer is on, as a CSS hexadecimal colour."""
    body_text: Varchar24
    """The colour of text, as a CSS hexadecimal colour."""
    captcha_widget_theme: Literal["auto", "dark", "light"]
    """Whether the CAPTCHA is dark, light, or as the browser prefers."""
    error: Varchar24
    """The colour of errors, as a CSS hexadecimal colour."""
    header: Varchar24
    """The colour of headings, as a CSS hexadecimal colour."""
    icons: Varchar24
    """The colour of icons, as a CSS hexadecimal colour."""
    input_background: Varchar24
    """The background of inputs, as a CSS hexadecimal colour."""
    input_border: Varchar24
    """The border of inputs, as a CSS hexadecimal colour."""
    input_filled_text: Varchar24
    """The colour of text in inputs, as a CSS hexadecimal colour."""
    input_labels_placeholders: Varchar24
    """The colour of labels and placeholders, as a CSS hexadecimal colour."""
    links_focused_components: Varchar24
    """The colour of links and of components with the focus, as a CSS hexadecimal colour."""
    primary_button: Varchar24
    """The background of primary buttons, as a CSS hexadecimal colour."""
    primary_button_label: Varchar24
    """The label of primary buttons, as a CSS hexadecimal colour."""
    secondary_button_border: Varchar24
    """The border of secondary buttons, as a CSS hexadecimal colour."""
    secondary_button_label: Varchar24
    """The label of secondary buttons, as a CSS hexadecimal colour."""
    success: Varchar24
    """The colour of success messages, as a CSS hexadecimal colour."""
    widget_background: Varchar24
    """The background of the widget, as a CSS hexadecimal colour."""
    widget_border: Varchar24
    """The border of the widget, as a CSS hexadecimal colour."""


class FontDetails(Insert):
    """Weight, and size in per cent of the reference."""

    bold: bool
    """Whether the text is bold."""
    size: Int32 | Float32
    """The size of the text, in percent of ``reference_text_size``."""


class Fonts(Insert):
    """Fonts; the reference size is in pixels."""

    body_text: FontDetails
    """The font of text."""
    buttons_text: FontDetails
    """The font of buttons."""
    font_url: Varchar255
    """The address of the font; the default font if it is empty."""
    input_labels: FontDetails
    """The font of the labels of inputs."""
    links: FontDetails
    """The font of links."""
    links_style: Literal["normal", "underlined"]
    """Whether links are underlined."""
    reference_text_size: Int32 | Float32
    """The size of text to which the other sizes relate, in pixels."""
    subtitle: FontDetails
    """The font of subtitles."""
    title: FontDetails
    """The font of titles."""


class PageBackground(Insert):
    """What is behind the widget."""

    background_color: Varchar24
    """The background of the page, as a CSS hexadecimal colour."""
    background_image_url: Varchar255
    """The address of the image behind the widget; no image if it is empty."""
    page_layout: Alignment
    """Where on the page the widget stands."""
    logo_placement: Literal["widget", "chip", "none"] | None = None
    """Where the logo stands."""


class Widget(Insert):
    """The box that people sign in with; numbers are pixels."""

    header_text_alignment: Alignment
    """How headings are aligned."""
    logo_height: Int32 | Float32
    """The height of the logo, in pixels."""
    logo_position: Literal["center", "left", "none", "right"]
    """Where in the widget the logo stands."""
    logo_url: Varchar255
    """The address of the logo; the logo of the branding if it is empty."""
    social_buttons_layout: Literal["bottom", "top"]
    """Whether the buttons of social connections stand above or below the form."""


class ThemeFields(Model):
    """What an inserted and a stored theme share."""

    borders: Borders
    """The borders of the widget, its buttons and inputs."""
    colors: Colors
    """The colours of the page."""
    display_name: Varchar255 = Field(validation_alias="displayName", serialization_alias="displayName")
    """The name of the theme."""
    fonts: Fonts
    """The fonts of the page."""
    page_background: PageBackground
    """The background of the page."""
    widget: Widget
    """The logo and the layout of the widget."""


class ThemeInsert(ThemeFields, Insert):
    """A theme to be created."""


class Theme(ThemeFields):
    """How the widget looks (Auth0: branding theme)."""

    theme_id: str = Field(validation_alias="themeId", serialization_alias="themeId")
    """The identifier of the theme."""
