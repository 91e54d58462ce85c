"""How e-mail is sent, and what it says."""

from typing import Any, Literal

from pydantic import Field

from .base import Insert, Secret

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
    """The service that a tenant's e-mail goes through; its credentials are secret."""

    name: str
    enabled: bool = True
    default_from_address: str | None = None
    credentials: Secret[dict[str, Any]]
    settings: dict[str, Any] | None = None


class EmailTemplate(Insert):
    """An e-mail, as a Liquid template."""

    template: EmailTemplateName
    body: str
    from_: str = Field(validation_alias="from", serialization_alias="from")
    subject: str
    syntax: Literal["liquid"] = "liquid"
    result_url: str | None = Field(default=None, validation_alias="resultUrl", serialization_alias="resultUrl")
    url_lifetime_in_seconds: int | None = Field(
        default=None, ge=0, validation_alias="urlLifetimeInSeconds", serialization_alias="urlLifetimeInSeconds"
    )
    include_email_in_redirect: bool = Field(
        default=False, validation_alias="includeEmailInRedirect", serialization_alias="includeEmailInRedirect"
    )
    enabled: bool = True
