"""Keys: what tokens are signed with."""

from typing import ClassVar, Literal

from pydantic import ConfigDict

from .base import Instant, Model, Secret, Varchar255, Varchar256, Varchar4096

__all__ = [
    "SigningKey",
    "SigningKeyType",
]

SigningKeyType = Literal["jwt_signing", "saml_encryption"]


class SigningKey(Model):
    """A key and its certificate; ``create`` takes the same."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    kid: Varchar255
    """The key identifier (JOSE: ``kid``)."""
    tenant_id: Varchar255 | None = None
    """The tenant that the key belongs to; absent if all tenants share it."""
    cert: Varchar4096
    """The X.509 certificate of the key, in PEM format."""
    fingerprint: Varchar256
    """The fingerprint of the certificate."""
    thumbprint: Varchar256
    """The thumbprint of the certificate (JOSE: ``x5t``)."""
    pkcs7: Secret[Varchar4096 | None] = None
    """The private key, in PEM format."""
    current: bool | None = None
    """Whether the key signs now."""
    next: bool | None = None
    """Whether the key will sign after the next rotation."""
    previous: bool | None = None
    """Whether the key signed before the last rotation."""
    current_since: Instant | None = None
    """When the key became the current one."""
    current_until: Instant | None = None
    """When the key ceased to be the current one."""
    revoked: bool | None = None
    """Whether the key is revoked."""
    revoked_at: Instant | None = None
    """When the key was revoked."""
    connection: Varchar255 | None = None
    """The identifier of the connection that the key belongs to."""
    type: SigningKeyType
    """What the key is used for."""
