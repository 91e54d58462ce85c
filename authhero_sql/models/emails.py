"""Email providers and email templates."""

from typing import Any, Literal

from pydantic import Field

from .base import Insert, Int32, Secret, Varchar255, Varchar2048

__all__ = [
    "EmailProvider",
    "EmailTemplate",
    "EmailTemplateName",
]

EmailTemplateName = Literal[
    "verify_email",
    "verify_email_by_code",
    "reset_email",
    "reset_email_by_code",
    "welcome_email",
    "blocked_account",
    "stolen_credentials",
    "enrollment_email",
    "mfa_oob_code",
    "change_password",
    "password_reset",
    "user_invitation",
]


class EmailProvider(Insert):
    """The email provider of a tenant."""

    name: Varchar255
    """The name of the email provider, such as ``mailgun``."""
    enabled: bool = True
    """Whether the email provider is enabled."""
    default_from_address: Varchar255 | None = None
    """The sender address of emails whose template does not define one."""
    credentials: Secret[dict[str, Any]]
    """The credentials for the email provider."""
    settings: dict[str, Any] | None = None
    """Additional settings of the email provider."""


class EmailTemplate(Insert):
    """A Liquid template for one type of email."""

    template: EmailTemplateName
    """The name of the template."""
    body: str
    """The body of the email, as an HTML and Liquid template."""
    from_: Varchar255 = Field(validation_alias="from", serialization_alias="from")
    """The sender address of the email."""
    subject: Varchar255
    """The subject of the email, as a Liquid template."""
    syntax: Literal["liquid"] = "liquid"
    """The template language."""
    result_url: Varchar2048 | None = Field(default=None, validation_alias="resultUrl", serialization_alias="resultUrl")
    """The URL to which the user is redirected after following the link in the email."""
    url_lifetime_in_seconds: Int32 | None = Field(
        default=None, ge=0, validation_alias="urlLifetimeInSeconds", serialization_alias="urlLifetimeInSeconds"
    )
    """The lifetime of the link in the email, in seconds."""
    include_email_in_redirect: bool = Field(
        default=False, validation_alias="includeEmailInRedirect", serialization_alias="includeEmailInRedirect"
    )
    """Whether the redirect URL includes the email address as a parameter."""
    enabled: bool = True
    """Whether the template is enabled."""
