"""Codes: one-time secrets, such as authorization codes and one-time passwords."""

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
    """The fields common to ``CodeInsert`` and ``Code``."""

    code_id: Secret[Varchar255]
    """The value of the code."""
    login_id: Varchar255
    """The ID of the login session."""
    connection_id: Varchar255 | None = None
    """The ID of the connection."""
    code_type: CodeType
    """The type of code."""
    code_verifier: Secret[Varchar128 | None] = None
    """The PKCE code verifier for the identity provider (RFC 7636)."""
    code_challenge: Secret[Varchar128 | None] = None
    """The PKCE code challenge (RFC 7636)."""
    code_challenge_method: Literal["plain", "S256"] | None = None
    """The PKCE code challenge method (RFC 7636)."""
    redirect_uri: Varchar1024 | None = None
    """The redirect URI of the authorization request."""
    otp: Secret[Varchar32 | None] = None
    """The one-time password that the user enters."""
    nonce: Secret[Varchar1024 | None] = None
    """The ``nonce`` of the authorization request, which is included in the ID token."""
    state: Secret[Varchar2048 | None] = None
    """The ``state`` of the authorization request, which is returned to the client."""
    expires_at: Instant
    """When the code expires."""
    used_at: Instant | None = None
    """When the code was used; absent if it is unused."""
    user_id: Varchar255 | None = None
    """The ID of the user."""


class CodeInsert(CodeFields, Insert):
    """The fields of a new code."""


class Code(CodeFields):
    """An authorization code, a one-time password, a ticket or an OAuth 2.0 state."""

    created_at: Instant
    """When the code was created."""


class CodeWithTenantId(Code):
    """A code with the ID of its tenant, for lookups across tenants."""

    tenant_id: str
    """The ID of the tenant."""
