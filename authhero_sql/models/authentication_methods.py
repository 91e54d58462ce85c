"""The second factors and passkeys of users."""

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
    """What an inserted and a stored method share."""

    user_id: Varchar255
    """The identifier of the user."""
    type: AuthenticationMethodType
    """The kind of authentication method."""
    phone_number: Varchar32 | None = None
    """The phone number that codes are sent to, in E.164 format."""
    totp_secret: Secret[Varchar255 | None] = None
    """The shared secret of a time-based one-time password (RFC 6238)."""
    credential_id: Varchar512 | None = None
    """The identifier of the WebAuthn credential."""
    public_key: str | None = None
    """The public key of the WebAuthn credential."""
    sign_count: int | None = None
    """The signature counter of the WebAuthn credential, which shows whether the authenticator was cloned."""
    credential_backed_up: bool | None = None
    """Whether the WebAuthn credential is backed up, as synchronized passkeys are."""
    transports: list[str] | None = None
    """The transports by which the authenticator can be reached, such as ``usb`` or ``internal``."""
    friendly_name: Varchar255 | None = None
    """The name by which the user recognizes the method."""
    confirmed: bool = False
    """Whether the user has completed the enrollment."""


class AuthenticationMethodInsert(AuthenticationMethodFields, Insert):
    """A method to be enrolled."""

    sign_count: Int32 | None = Field(default=None, ge=0)


class AuthenticationMethod(AuthenticationMethodFields):
    """A way for a user to prove who they are (Auth0: authentication method)."""

    id: str
    """The identifier of the authentication method."""
    created_at: Instant
    """When the authentication method was created."""
    updated_at: Instant
    """When the authentication method was last changed."""
