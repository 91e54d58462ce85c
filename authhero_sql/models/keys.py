"""Keys: what tokens are signed with."""

from typing import Literal

from pydantic import ConfigDict

from .base import Instant, Model, Secret

__all__ = [
    "SigningKey",
    "SigningKeyType",
]

SigningKeyType = Literal["jwt_signing", "saml_encryption"]


class SigningKey(Model):
    """A key and its certificate; ``create`` takes the same."""

    model_config = ConfigDict(extra="forbid")

    kid: str
    tenant_id: str | None = None
    cert: str
    fingerprint: str
    thumbprint: str
    pkcs7: Secret[str | None] = None
    current: bool | None = None
    next: bool | None = None
    previous: bool | None = None
    current_since: Instant | None = None
    current_until: Instant | None = None
    revoked: bool | None = None
    revoked_at: Instant | None = None
    connection: str | None = None
    type: SigningKeyType
