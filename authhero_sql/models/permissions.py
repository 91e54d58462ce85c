"""APIs, roles and permissions, and what people and clients were granted."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from .base import (
    Float32,
    Insert,
    Instant,
    Int32,
    Model,
    Nested,
    Secret,
    Varchar21,
    Varchar64,
    Varchar100,
    Varchar191,
    Varchar255,
    Varchar2048,
    Varchar4096,
)
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
    """The name of the scope."""
    description: str | None = None
    """What the scope allows."""


class MutualTLS(Nested):
    """Whether access tokens are bound to a client certificate (RFC 8705)."""

    bound_access_tokens: bool | None = None
    """Whether access tokens are bound to a client certificate."""


class ResourceServerOptions(Nested):
    """How tokens for an API are made."""

    token_dialect: TokenDialect | None = None
    """The format of access tokens: with or without the ``permissions`` claim."""
    enforce_policies: bool | None = None
    """Whether scopes are limited to the permissions that roles give the user (RBAC)."""
    allow_skipping_userinfo: bool | None = None
    """Whether access tokens may leave out the UserInfo endpoint as an audience."""
    skip_userinfo: bool | None = None
    """Whether access tokens leave out the UserInfo endpoint as an audience."""
    persist_client_authorization: bool | None = None
    """Whether the user's consent is stored."""
    enable_introspection_endpoint: bool | None = None
    """Whether access tokens may be introspected (RFC 7662)."""
    mtls: MutualTLS | None = None
    """The settings of mutual TLS."""


class ResourceServerFields(Model):
    """What an inserted and a stored resource server share."""

    name: Varchar255
    """The name of the API."""
    identifier: Varchar191
    """The identifier of the API, which tokens have as their audience; unique in the tenant."""
    scopes: list[ResourceServerScope] | None = None
    """The scopes of the API."""
    signing_alg: Varchar64 | None = None
    """The algorithm that signs access tokens, such as ``RS256``."""
    signing_secret: Secret[Varchar2048 | None] = None
    """The secret that signs access tokens, with a symmetric algorithm."""
    token_lifetime: Int32 | Float32 | None = 86_400
    """The lifetime of access tokens, in seconds."""
    token_lifetime_for_web: Int32 | Float32 | None = 7_200
    """The lifetime of access tokens that a browser receives from the authorization endpoint, in seconds."""
    skip_consent_for_verifiable_first_party_clients: bool | None = None
    """Whether users need not give their consent to verifiable first-party clients."""
    allow_offline_access: bool | None = None
    """Whether refresh tokens may be issued for the API."""
    verification_key: Varchar4096 | None = Field(default=None, validation_alias="verificationKey", serialization_alias="verificationKey")
    """The key that verifies access tokens."""
    options: ResourceServerOptions | None = None
    """How tokens for the API are made."""
    is_system: bool | None = None
    """Whether the system owns the API, so that a tenant cannot change it."""
    metadata: dict[str, Any] | None = None
    """Free-form data about the API."""


class ResourceServerInsert(ResourceServerFields, Insert):
    """A resource server to be created."""

    id: Varchar21 | None = None
    """The identifier of the resource server; generated if it is omitted."""


class ResourceServer(ResourceServerFields):
    """An API that tokens are issued for (RFC 6749: resource server; Auth0: API). Lifetimes are seconds."""

    id: str
    """The identifier of the resource server."""
    created_at: Instant | None = None
    """When the resource server was created."""
    updated_at: Instant | None = None
    """When the resource server was last changed."""


class RoleFields(Model):
    """What an inserted and a stored role share."""

    name: str
    """The name of the role, unique in the tenant."""
    description: str | None = None
    """A description of the role."""
    is_system: bool | None = None
    """Whether the system owns the role, so that a tenant cannot change it."""
    metadata: dict[str, Any] | None = None
    """Free-form data about the role."""


class RoleInsert(RoleFields, Insert):
    """A role to be created."""

    id: Varchar21 | None = None
    """The identifier of the role; generated if it is omitted."""
    name: Annotated[str, StringConstraints(min_length=1, max_length=50)]
    description: Annotated[str, StringConstraints(max_length=255)] | None = None


class Role(RoleFields):
    """A named set of permissions."""

    id: str
    """The identifier of the role."""
    created_at: Instant | None = None
    """When the role was created."""
    updated_at: Instant | None = None
    """When the role was last changed."""


class RolePermissionInsert(Insert):
    """A permission to be given to a role."""

    role_id: Varchar21
    """The identifier of the role."""
    resource_server_identifier: Varchar191
    """The identifier (audience) of the API."""
    permission_name: Varchar191
    """The name of the permission, which is a scope of the API."""


class RolePermission(Model):
    """A permission of a role."""

    role_id: str
    """The identifier of the role."""
    resource_server_identifier: str
    """The identifier (audience) of the API."""
    permission_name: str
    """The name of the permission, which is a scope of the API."""
    created_at: Instant
    """When the permission was added to the role."""


class RolePermissionWithDetails(RolePermission):
    """A permission of a role, with the name of its API."""

    resource_server_name: str
    """The name of the API; its identifier if it has no name."""
    description: str | None = None
    """What the permission allows."""


class UserPermissionInsert(Insert):
    """A permission to be given to a user."""

    user_id: Varchar191
    """The identifier of the user."""
    resource_server_identifier: Varchar100
    """The identifier (audience) of the API."""
    permission_name: Varchar191
    """The name of the permission, which is a scope of the API."""
    organization_id: Varchar64 | None = None
    """The identifier of the organization in which the permission is valid."""


class UserPermission(Model):
    """A permission of a user; with an organization, only there."""

    user_id: str
    """The identifier of the user."""
    resource_server_identifier: str
    """The identifier (audience) of the API."""
    permission_name: str
    """The name of the permission, which is a scope of the API."""
    organization_id: str | None = None
    """The identifier of the organization in which the permission is valid."""
    tenant_id: str
    """The tenant that the user belongs to."""
    created_at: Instant | None = None
    """When the permission was given to the user."""


class UserPermissionWithDetails(Model):
    """A permission of a user, with the name of its API."""

    user_id: str
    """The identifier of the user."""
    resource_server_identifier: str
    """The identifier (audience) of the API."""
    resource_server_name: str
    """The name of the API; its identifier if it has no name."""
    permission_name: str
    """The name of the permission, which is a scope of the API."""
    description: str | None = None
    """What the permission allows."""
    created_at: Instant | None = None
    """When the permission was given to the user."""
    organization_id: str | None = None
    """The identifier of the organization in which the permission is valid."""


class UserRoleInsert(Insert):
    """A role to be given to a user."""

    user_id: Varchar191
    """The identifier of the user."""
    role_id: Varchar21
    """The identifier of the role."""
    organization_id: Varchar191 | None = None
    """The identifier of the organization in which the user has the role."""


class UserRole(Model):
    """A role of a user; with an organization, only there."""

    user_id: str
    """The identifier of the user."""
    role_id: str
    """The identifier of the role."""
    organization_id: str | None = None
    """The identifier of the organization in which the user has the role."""
    tenant_id: str
    """The tenant that the user belongs to."""
    created_at: Instant | None = None
    """When the role was given to the user."""


class GrantFields(Model):
    """What an inserted and a stored grant share."""

    user_id: Varchar191
    """The identifier of the user."""
    client_id: Varchar191 = Field(validation_alias="clientID", serialization_alias="clientID")
    """The identifier of the client."""
    audience: Varchar191 | None = None
    """The identifier (audience) of the API."""
    scope: list[str] = Field(default_factory=list)
    """The scopes that the user has consented to."""


class GrantInsert(GrantFields, Insert):
    """A consent to be stored."""


class Grant(GrantFields):
    """What a user allowed a client to do at an API (Auth0: user grant)."""

    id: str
    """The identifier of the grant."""


class ClientGrantFields(Model):
    """What an inserted and a stored client grant share."""

    client_id: str
    """The identifier of the client."""
    audience: str
    """The identifier (audience) of the API."""
    scope: list[str] | None = None
    """The scopes that the client may request."""
    organization_usage: OrganizationUsage | None = None
    """Whether the grant may or must be used with an organization."""
    allow_any_organization: bool | None = None
    """Whether the grant may be used with any organization."""
    is_system: bool | None = None
    """Whether the system owns the grant, so that a tenant cannot change it."""
    subject_type: SubjectType | None = None
    """Whether the client acts on its own behalf or on that of a user."""
    authorization_details_types: list[str] | None = None
    """The types of authorization details that the client may request (RFC 9396)."""


class ClientGrantInsert(ClientGrantFields, Insert):
    """A client grant to be created."""

    client_id: Annotated[Varchar191, StringConstraints(min_length=1)]
    audience: Annotated[Varchar191, StringConstraints(min_length=1)]


class ClientGrant(ClientGrantFields):
    """What a client may do at an API on its own account."""

    id: str
    """The identifier of the client grant."""
    created_at: Instant | None = None
    """When the client grant was created."""
    updated_at: Instant | None = None
    """When the client grant was last changed."""


class ClientRegistrationTokenFields(Model):
    """What an inserted and a stored registration token share."""

    id: Varchar255
    """The identifier of the token."""
    token_hash: Secret[Varchar64]
    """The hash of the token."""
    type: ClientRegistrationTokenType
    """Whether the token registers a client (``iat``) or manages one (``rat``)."""
    client_id: Varchar191 | None = None
    """The identifier of the client that the token manages."""
    sub: Varchar255 | None = None
    """The identifier of the user on whose behalf the token was issued."""
    constraints: dict[str, Any] | None = None
    """The metadata that a client must be registered with."""
    single_use: bool = False
    """Whether the token may be used only once."""
    expires_at: Instant | None = None
    """When the token expires; absent if it does not."""


class ClientRegistrationTokenInsert(ClientRegistrationTokenFields, Insert):
    """A registration token to be stored, by its hash."""


class ClientRegistrationToken(ClientRegistrationTokenFields):
    """A token to register a client with (RFC 7591: initial access token), or to manage it (RFC 7592: registration access token)."""

    created_at: Instant
    """When the token was created."""
    used_at: Instant | None = None
    """When the token was used."""
    revoked_at: Instant | None = None
    """When the token was revoked."""
