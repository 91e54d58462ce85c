"""Codes: one-time secrets that a person or a client brings back."""

from typing import Literal

from .base import Insert, Instant, Model, Secret

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

    code_id: Secret[str]
    login_id: str
    connection_id: str | None = None
    code_type: CodeType
    code_verifier: Secret[str | None] = None
    code_challenge: Secret[str | None] = None
    code_challenge_method: Literal["plain", "S256"] | None = None
    redirect_uri: str | None = None
    otp: Secret[str | None] = None
    nonce: Secret[str | None] = None
    state: Secret[str | None] = None
    expires_at: Instant
    used_at: Instant | None = None
    user_id: str | None = None


class CodeInsert(CodeFields, Insert):
    """A code to be created."""


class Code(CodeFields):
    """An authorization code, one-time password, ticket or OAuth state."""

    created_at: Instant


class CodeWithTenantId(Code):
    """A code found without knowing its tenant."""

    tenant_id: str
