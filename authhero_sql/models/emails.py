"""How e-mail is sent, and what it says."""

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
    """The service that delivers a tenant's e-mail; its credentials are secret."""

    name: Varchar255
    """The name of the service that delivers e-mail, such as ``mailgun``."""
    enabled: bool = True
    """Whether the provider is used."""
    default_from_address: Varchar255 | None = None
    """The sender of e-mails whose template names none."""
    credentials: Secret[dict[str, Any]]
    """The credentials at the service."""
    settings: dict[str, Any] | None = None
    """Further settings of the service."""


class EmailTemplate(Insert):
    """An e-mail, as a Liquid template."""

    template: EmailTemplateName
    """The e-mail that the template is for."""
    body: str
    """The body of the e-mail, in HTML and Liquid."""
    from_: Varchar255 = Field(validation_alias="from", serialization_alias="from")
    """The sender of the e-mail."""
    subject: Varchar255
    """The subject of the e-mail, in Liquid."""
    syntax: Literal["liquid"] = "liquid"
    """The language of the template."""
    result_url: Varchar2048 | None = Field(default=None, validation_alias="resultUrl", serialization_alias="resultUrl")
    """The address to which the link in the e-mail redirects the user in the end."""
    url_lifetime_in_seconds: Int32 | None = Field(
        default=None, ge=0, validation_alias="urlLifetimeInSeconds", serialization_alias="urlLifetimeInSeconds"
    )
    """The lifetime of the link in the e-mail, in seconds."""
    include_email_in_redirect: bool = Field(
        default=False, validation_alias="includeEmailInRedirect", serialization_alias="includeEmailInRedirect"
    )
    """Whether the redirect has the e-mail address as a parameter."""
    enabled: bool = True
    """Whether the e-mail is sent."""
