"""The second factors and passkeys of users."""

from typing import Literal

from pydantic import Field

from .base import Insert, Instant, Model, Secret

__all__ = [
    "AuthenticationMethod",
    "AuthenticationMethodFields",
    "AuthenticationMethodInsert",
    "AuthenticationMethodType",
]

AuthenticationMethodType = Literal["phone", "totp", "email", "push", "webauthn-roaming", "webauthn-platform", "passkey"]


class AuthenticationMethodFields(Model):
    """What an inserted and a stored method share."""

    user_id: str
    type: AuthenticationMethodType
    phone_number: str | None = None
    totp_secret: Secret[str | None] = None
    credential_id: str | None = None
    public_key: str | None = None
    sign_count: int | None = None
    credential_backed_up: bool | None = None
    transports: list[str] | None = None
    friendly_name: str | None = None
    confirmed: bool = False


class AuthenticationMethodInsert(AuthenticationMethodFields, Insert):
    """A method to be enrolled."""

    sign_count: int | None = Field(default=None, ge=0)


class AuthenticationMethod(AuthenticationMethodFields):
    """A way for a user to prove who they are (Auth0: authentication method)."""

    id: str
    created_at: Instant
    updated_at: Instant
