"""Codes: one-time secrets that a person or a client brings back."""

from typing import Literal

from .base import Insert, Instant, Model, Secret, Varchar32, Varchar128, Varchar255, Varchar1024, Varchar2048

__all__ = [
    "Code",
    "CodeFields",
    "CodeInsert",
    "CodeType",
    "CodeWithTenantId",
]

CodeType = Literal["password_reset", "email_verification", "otp", "mfa_otp", "authorization_code", "oauth2_state", "ticket"]


class CodeFields(Model):
    """What an inserted and a stored code share."""

    code_id: Secret[Varchar255]
    """The code itself."""
    login_id: Varchar255
    """The identifier of the login session."""
    connection_id: Varchar255 | None = None
    """The identifier of the connection."""
    code_type: CodeType
    """The purpose of the code."""
    code_verifier: Secret[Varchar128 | None] = None
    """The PKCE code verifier that is sent to the identity provider (RFC 7636)."""
    code_challenge: Secret[Varchar128 | None] = None
    """The PKCE code challenge of the client (RFC 7636)."""
    code_challenge_method: Literal["plain", "S256"] | None = None
    """How the code challenge was derived from the code verifier (RFC 7636)."""
    redirect_uri: Varchar1024 | None = None
    """The redirect URI of the authorization request."""
    otp: Secret[Varchar32 | None] = None
    """The one-time password that the user types."""
    nonce: Secret[Varchar1024 | None] = None
    """The ``nonce`` of the authorization request, which is repeated in the ID token."""
    state: Secret[Varchar2048 | None] = None
    """The ``state`` of the authorization request."""
    expires_at: Instant
    """When the code expires."""
    used_at: Instant | None = None
    """When the code was used; absent if it is unused."""
    user_id: Varchar255 | None = None
    """The identifier of the user."""


class CodeInsert(CodeFields, Insert):
    """A code to be created."""


class Code(CodeFields):
    """An authorization code, one-time password, ticket or OAuth state."""

    created_at: Instant
    """When the code was created."""


class CodeWithTenantId(Code):
    """A code found without knowing its tenant."""

    tenant_id: str
    """The tenant that the code belongs to."""
