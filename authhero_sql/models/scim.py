"""SCIM 2.0 (RFC 7643, RFC 7644): users that a directory pushes."""

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
    """Which SCIM attribute becomes which field of a user."""

    scim: str
    """The name of the SCIM attribute."""
    auth0: str
    """The name of the user's field."""


class ScimConfigurationFields(Model):
    """What an inserted and a stored configuration share."""

    connection_id: Varchar255
    """The identifier of the connection."""
    user_id_attribute: Varchar255 = "externalId"
    """The SCIM attribute that identifies a user."""
    mapping: list[ScimMappingEntry] = Field(default_factory=list)
    """The field that each SCIM attribute is stored in."""


class ScimConfigurationInsert(ScimConfigurationFields, Insert):
    """A configuration to be created."""


class ScimConfiguration(ScimConfigurationFields):
    """How a connection takes users from a directory."""

    created_at: Instant
    """When the configuration was created."""
    updated_at: Instant
    """When the configuration was last changed."""


class ScimTokenFields(Model):
    """What an inserted and a stored token share."""

    token_id: Varchar64
    """The identifier of the token."""
    connection_id: Varchar255
    """The identifier of the connection."""
    token_hash: Secret[Varchar128]
    """The hash of the token."""
    scopes: list[str] = Field(default_factory=list)
    """The scopes of the token."""
    valid_until: Instant | None = None
    """When the token expires; absent if it does not."""


class ScimTokenInsert(ScimTokenFields, Insert):
    """A token to be stored, by its hash."""


class ScimToken(ScimTokenFields):
    """A token by which a directory signs in."""

    created_at: Instant
    """When the token was created."""
    last_used_at: Instant | None = None
    """When the token was last used."""


class ScimExternalIdInsert(Insert):
    """A directory's id of a user, to be stored."""

    connection_id: Varchar255
    """The identifier of the connection."""
    external_id: Varchar255
    """The identifier that the directory gave the user (SCIM: ``externalId``)."""
    user_id: Varchar255
    """The identifier of the user."""


class ScimExternalId(Model):
    """A directory's id of a user."""

    created_at: Instant
    """When the external identifier was created."""
    connection_id: str
    """The identifier of the connection."""
    external_id: str
    """The identifier that the directory gave the user (SCIM: ``externalId``)."""
    user_id: str
    """The identifier of the user."""
