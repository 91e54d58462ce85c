"""APIs, roles and permissions, and what people and clients were granted."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from .base import Insert, Instant, Model, Nested, Secret
from .shared import OrganizationUsage

__all__ = [
    "ClientGrant",
    "ClientGrantFields",
    "ClientGrantInsert",
    "ClientRegistrationToken",
    "ClientRegistrationTokenFields",
    "ClientRegistrationTokenInsert",
    "ClientRegistrationTokenType",
    "Grant",
    "GrantFields",
    "GrantInsert",
    "MutualTLS",
    "ResourceServer",
    "ResourceServerFields",
    "ResourceServerInsert",
    "ResourceServerOptions",
    "ResourceServerScope",
    "Role",
    "RoleFields",
    "RoleInsert",
    "RolePermission",
    "RolePermissionInsert",
    "RolePermissionWithDetails",
    "SubjectType",
    "TokenDialect",
    "UserPermission",
    "UserPermissionInsert",
    "UserPermissionWithDetails",
    "UserRole",
    "UserRoleInsert",
]

TokenDialect = Literal["access_token", "access_token_authz"]
SubjectType = Literal["client", "user"]
ClientRegistrationTokenType = Literal["iat", "rat"]


class ResourceServerScope(Nested):
    """A permission that an API knows."""

    value: str
    description: str | None = None


class MutualTLS(Nested):
    """Whether access tokens are bound to a client certificate (RFC 8705)."""

    bound_access_tokens: bool | None = None


class ResourceServerOptions(Nested):
    """How tokens for an API are made."""

    token_dialect: TokenDialect | None = None
    enforce_policies: bool | None = None
    allow_skipping_userinfo: bool | None = None
    skip_userinfo: bool | None = None
    persist_client_authorization: bool | None = None
    enable_introspection_endpoint: bool | None = None
    mtls: MutualTLS | None = None


class ResourceServerFields(Model):
    """What an inserted and a stored resource server share."""

    name: str
    identifier: str
    scopes: list[ResourceServerScope] | None = None
    signing_alg: str | None = None
    signing_secret: Secret[str | None] = None
    token_lifetime: int | float | None = 86_400
    token_lifetime_for_web: int | float | None = 7_200
    skip_consent_for_verifiable_first_party_clients: bool | None = None
    allow_offline_access: bool | None = None
    verification_key: str | None = Field(default=None, validation_alias="verificationKey", serialization_alias="verificationKey")
    options: ResourceServerOptions | None = None
    is_system: bool | None = None
    metadata: dict[str, Any] | None = None


class ResourceServerInsert(ResourceServerFields, Insert):
    """A resource server to be created."""

    id: str | None = None


class ResourceServer(ResourceServerFields):
    """An API that tokens are issued for (RFC 6749: resource server; Auth0: API). Lifetimes are seconds."""

    id: str
    created_at: Instant | None = None
    updated_at: Instant | None = None


class RoleFields(Model):
    """What an inserted and a stored role share."""

    name: str
    description: str | None = None
    is_system: bool | None = None
    metadata: dict[str, Any] | None = None


class RoleInsert(RoleFields, Insert):
    """A role to be created."""

    id: str | None = None
    name: Annotated[str, StringConstraints(min_length=1, max_length=50)]
    description: Annotated[str, StringConstraints(max_length=255)] | None = None


class Role(RoleFields):
    """A named set of permissions."""

    id: str
    created_at: Instant | None = None
    updated_at: Instant | None = None


class RolePermissionInsert(Insert):
    """A permission to be given to a role."""

    role_id: str
    resource_server_identifier: str
    permission_name: str


class RolePermission(Model):
    """A permission of a role."""

    role_id: str
    resource_server_identifier: str
    permission_name: str
    created_at: Instant


class RolePermissionWithDetails(RolePermission):
    """A permission of a role, with the name of its API."""

    resource_server_name: str
    description: str | None = None


class UserPermissionInsert(Insert):
    """A permission to be given to a user."""

    user_id: str
    resource_server_identifier: str
    permission_name: str
    organization_id: str | None = None


class UserPermission(Model):
    """A permission of a user; with an organization, only there."""

    user_id: str
    resource_server_identifier: str
    permission_name: str
    organization_id: str | None = None
    tenant_id: str
    created_at: Instant | None = None


class UserPermissionWithDetails(Model):
    """A permission of a user, with the name of its API."""

    user_id: str
    resource_server_identifier: str
    resource_server_name: str
    permission_name: str
    description: str | None = None
    created_at: Instant | None = None
    organization_id: str | None = None


class UserRoleInsert(Insert):
    """A role to be given to a user."""

    user_id: str
    role_id: str
    organization_id: str | None = None


class UserRole(Model):
    """A role of a user; with an organization, only there."""

    user_id: str
    role_id: str
    organization_id: str | None = None
    tenant_id: str
    created_at: Instant | None = None


class GrantFields(Model):
    """What an inserted and a stored grant share."""

    user_id: str
    client_id: str = Field(validation_alias="clientID", serialization_alias="clientID")
    audience: str | None = None
    scope: list[str] = Field(default_factory=list)


class GrantInsert(GrantFields, Insert):
    """A consent to be stored."""


class Grant(GrantFields):
    """What a user allowed a client to do at an API (Auth0: user grant)."""

    id: str


class ClientGrantFields(Model):
    """What an inserted and a stored client grant share."""

    client_id: str
    audience: str
    scope: list[str] | None = None
    organization_usage: OrganizationUsage | None = None
    allow_any_organization: bool | None = None
    is_system: bool | None = None
    subject_type: SubjectType | None = None
    authorization_details_types: list[str] | None = None


class ClientGrantInsert(ClientGrantFields, Insert):
    """A client grant to be created."""

    client_id: Annotated[str, StringConstraints(min_length=1)]
    audience: Annotated[str, StringConstraints(min_length=1)]


class ClientGrant(ClientGrantFields):
    """What a client may do at an API on its own account."""

    id: str
    created_at: Instant | None = None
    updated_at: Instant | None = None


class ClientRegistrationTokenFields(Model):
    """What an inserted and a stored registration token share."""

    id: str
    token_hash: Secret[str]
    type: ClientRegistrationTokenType
    client_id: str | None = None
    sub: str | None = None
    constraints: dict[str, Any] | None = None
    single_use: bool = False
    expires_at: Instant | None = None


class ClientRegistrationTokenInsert(ClientRegistrationTokenFields, Insert):
    """A registration token to be stored, by its hash."""


class ClientRegistrationToken(ClientRegistrationTokenFields):
    """A token to register a client with (RFC 7591: initial access token), or to manage it (RFC 7592: registration access token)."""

    created_at: Instant
    used_at: Instant | None = None
    revoked_at: Instant | None = None
