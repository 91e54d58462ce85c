"""SCIM 2.0 (RFC 7643, RFC 7644): users that a directory pushes."""

from pydantic import Field

from .base import Insert, Instant, Model, Nested, Secret

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
    auth0: str


class ScimConfigurationFields(Model):
    """What an inserted and a stored configuration share."""

    connection_id: str
    user_id_attribute: str = "externalId"
    mapping: list[ScimMappingEntry] = Field(default_factory=list)


class ScimConfigurationInsert(ScimConfigurationFields, Insert):
    """A configuration to be created."""


class ScimConfiguration(ScimConfigurationFields):
    """How a connection takes users from a directory."""

    created_at: Instant
    updated_at: Instant


class ScimTokenFields(Model):
    """What an inserted and a stored token share."""

    token_id: str
    connection_id: str
    token_hash: Secret[str]
    scopes: list[str] = Field(default_factory=list)
    valid_until: Instant | None = None


class ScimTokenInsert(ScimTokenFields, Insert):
    """A token to be stored, by its hash."""


class ScimToken(ScimTokenFields):
    """A token by which a directory signs in."""

    created_at: Instant
    last_used_at: Instant | None = None


class ScimExternalIdInsert(Insert):
    """A directory's id of a user, to be stored."""

    connection_id: str
    external_id: str
    user_id: str


class ScimExternalId(Model):
    """A directory's id of a user."""

    created_at: Instant
    connection_id: str
    external_id: str
    user_id: str
