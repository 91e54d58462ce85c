"""SCIM 2.0 provisioning of users from a directory (RFC 7643, RFC 7644)."""

from pydantic import Field

from .base import Insert, Instant, Model, Nested, Secret, Varchar64, Varchar128, Varchar255

__all__ = [
    "ScimConfiguration",
    "ScimConfigurationFields",
    "ScimConfigurationInsert",
    "ScimExternalId",
    "ScimExternalIdInsert",
    "ScimMappingEntry",
    "ScimToken",
    "ScimTokenFields",
    "ScimTokenInsert",
]


class ScimMappingEntry(Nested):
    """The mapping of a SCIM attribute to a user field."""

    scim: str
    """The name of the SCIM attribute."""
    auth0: str
    """The name of the user field."""


class ScimConfigurationFields(Model):
    """The fields common to ``ScimConfigurationInsert`` and ``ScimConfiguration``."""

    connection_id: Varchar255
    """The ID of the connection."""
    user_id_attribute: Varchar255 = "externalId"
    """The SCIM attribute that identifies a user."""
    mapping: list[ScimMappingEntry] = Field(default_factory=list)
    """The mapping of SCIM attributes to user fields."""


class ScimConfigurationInsert(ScimConfigurationFields, Insert):
    """The fields of a new SCIM configuration."""


class ScimConfiguration(ScimConfigurationFields):
    """The SCIM configuration of a connection."""

    created_at: Instant
    """When the configuration was created."""
    updated_at: Instant
    """When the configuration was last updated."""


class ScimTokenFields(Model):
    """The fields common to ``ScimTokenInsert`` and ``ScimToken``."""

    token_id: Varchar64
    """The ID of the token."""
    connection_id: Varchar255
    """The ID of the connection."""
    token_hash: Secret[Varchar128]
    """The hash of the token."""
    scopes: list[str] = Field(default_factory=list)
    """The scopes of the token."""
    valid_until: Instant | None = None
    """When the token expires; absent if it never expires."""


class ScimTokenInsert(ScimTokenFields, Insert):
    """The fields of a new SCIM token."""


class ScimToken(ScimTokenFields):
    """A token that authenticates a SCIM client; only its hash is stored."""

    created_at: Instant
    """When the token was created."""
    last_used_at: Instant | None = None
    """When the token was last used."""


class ScimExternalIdInsert(Insert):
    """The fields of a new external ID."""

    connection_id: Varchar255
    """The ID of the connection."""
    external_id: Varchar255
    """The ID of the user in the directory (SCIM: ``externalId``)."""
    user_id: Varchar255
    """The ID of the user."""


class ScimExternalId(Model):
    """The ID of a user in an external directory."""

    created_at: Instant
    """When the external ID was created."""
    connection_id: str
    """The ID of the connection."""
    external_id: str
    """The ID of the user in the directory (SCIM: ``externalId``)."""
    user_id: str
    """The ID of the user."""
