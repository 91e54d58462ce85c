"""Authentication methods: the passkeys and second factors of users."""

from typing import Literal

from pydantic import Field

from .base import Insert, Instant, Int32, Model, Secret, Varchar32, Varchar255, Varchar512

__all__ = [
    "AuthenticationMethod",
    "AuthenticationMethodFields",
    "AuthenticationMethodInsert",
    "AuthenticationMethodType",
]

AuthenticationMethodType = Literal["phone", "totp", "email", "push", "webauthn-roaming", "webauthn-platform", "passkey"]


class AuthenticationMethodFields(Model):
    """The fields common to ``AuthenticationMethodInsert`` and ``AuthenticationMethod``."""

    user_id: Varchar255
    """The ID of the user."""
    type: AuthenticationMethodType
    """The type of authentication method."""
    phone_number: Varchar32 | None = None
    """The phone number that receives one-time passwords, in E.164 format."""
    totp_secret: Secret[Varchar255 | None] = None
    """The shared secret for time-based one-time passwords (RFC 6238)."""
    credential_id: Varchar512 | None = None
    """The ID of the WebAuthn credential."""
    public_key: str | None = None
    """The public key of the WebAuthn credential."""
    sign_count: int | None = None
    """The signature counter of the WebAuthn credential, which helps to detect cloned authenticators."""
    credential_backed_up: bool | None = None
    """Whether the WebAuthn credential is backed up, as synced passkeys are."""
    transports: list[str] | None = None
    """The transports that the WebAuthn authenticator supports, such as ``usb`` or ``internal``."""
    friendly_name: Varchar255 | None = None
    """The display name that identifies the authentication method to the user."""
    confirmed: bool = False
    """Whether the enrollment is complete."""


class AuthenticationMethodInsert(AuthenticationMethodFields, Insert):
    """The fields of a new authentication method."""

    sign_count: Int32 | None = Field(default=None, ge=0)


class AuthenticationMethod(AuthenticationMethodFields):
    """An authentication method of a user, such as a passkey or a second factor."""

    id: str
    """The ID of the authentication method."""
    created_at: Instant
    """When the authentication method was created."""
    updated_at: Instant
    """When the authentication method was last updated."""
