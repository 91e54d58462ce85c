"""Signing and encryption keys."""

from typing import ClassVar, Literal

from pydantic import ConfigDict

from .base import Instant, Model, Secret, Varchar255, Varchar256, Varchar4096

__all__ = [
    "SigningKey",
    "SigningKeyType",
]

SigningKeyType = Literal["jwt_signing", "saml_encryption"]


class SigningKey(Model):
    """A signing or encryption key with its certificate; ``create`` accepts this model, too."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    kid: Varchar255
    """The key ID (``kid``)."""
    tenant_id: Varchar255 | None = None
    """The ID of the tenant; absent if all tenants share the key."""
    cert: Varchar4096
    """The X.509 certificate of the key, in PEM format."""
    fingerprint: Varchar256
    """The fingerprint of the certificate."""
    thumbprint: Varchar256
    """The thumbprint of the certificate (``x5t``)."""
    pkcs7: Secret[Varchar4096 | None] = None
    """The private key, in PEM format."""
    current: bool | None = None
    """Whether the key is the current key."""
    next: bool | None = None
    """Whether the key is the next key, which becomes current with the next rotation."""
    previous: bool | None = None
    """Whether the key is the previous key."""
    current_since: Instant | None = None
    """When the key became the current key."""
    current_until: Instant | None = None
    """When the key stopped being the current key."""
    revoked: bool | None = None
    """Whether the key is revoked."""
    revoked_at: Instant | None = None
    """When the key was revoked."""
    connection: Varchar255 | None = None
    """The ID of the connection that the key belongs to."""
    type: SigningKeyType
    """The type of key."""
