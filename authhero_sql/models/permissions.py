"""APIs, roles, permissions and grants."""

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
    """A scope of an API."""

    value: str
    """The name of the scope."""
    description: str | None = None
    """A description of the scope."""


class MutualTLS(Nested):
    """The mutual TLS settings of an API (RFC 8705)."""

    bound_access_tokens: bool | None = None
    """Whether access tokens are bound to a client certificate."""


class ResourceServerOptions(Nested):
    """The token settings of an API."""

    token_dialect: TokenDialect | None = None
    """The access token dialect, which determines whether the ``permissions`` claim is included."""
    enforce_policies: bool | None = None
    """Whether role-based access control (RBAC) limits the granted scopes to the user's permissions."""
    allow_skipping_userinfo: bool | None = None
    """Whether access tokens may omit the UserInfo endpoint from their audience."""
    skip_userinfo: bool | None = None
    """Whether access tokens omit the UserInfo endpoint from their audience."""
    persist_client_authorization: bool | None = None
    """Whether the user's consent is stored."""
    enable_introspection_endpoint: bool | None = None
    """Whether access tokens may be introspected (RFC 7662)."""
    mtls: MutualTLS | None = None
    """The mutual TLS settings."""


class ResourceServerFields(Model):
    """The fields common to ``ResourceServerInsert`` and ``ResourceServer``."""

    name: Varchar255
    """The name of the API."""
    identifier: Varchar191
    """The identifier of the API, used as the audience of tokens; unique within the tenant."""
    scopes: list[ResourceServerScope] | None = None
    """The scopes that the API defines."""
    signing_alg: Varchar64 | None = None
    """The algorithm for signing access tokens, such as ``RS256``."""
    signing_secret: Secret[Varchar2048 | None] = None
    """The secret for signing access tokens with a symmetric algorithm."""
    token_lifetime: Int32 | Float32 | None = 86_400
    """The lifetime of access tokens, in seconds."""
    token_lifetime_for_web: Int32 | Float32 | None = 7_200
    """The lifetime of access tokens that browsers receive from the authorization endpoint, in seconds."""
    skip_consent_for_verifiable_first_party_clients: bool | None = None
    """Whether verifiable first-party clients do not need the user's consent."""
    allow_offline_access: bool | None = None
    """Whether refresh tokens may be issued for the API."""
    verification_key: Varchar4096 | None = Field(default=None, validation_alias="verificationKey", serialization_alias="verificationKey")
    """The key for verifying access tokens."""
    options: ResourceServerOptions | None = None
    """The token settings of the API."""
    is_system: bool | None = None
    """Whether the API is managed by the system and cannot be changed by the tenant."""
    metadata: dict[str, Any] | None = None
    """Arbitrary metadata about the API."""


class ResourceServerInsert(ResourceServerFields, Insert):
    """The fields of a new API."""

    id: Varchar21 | None = None
    """The ID of the API, generated if omitted."""


class ResourceServer(ResourceServerFields):
    """An API that access tokens are issued for (RFC 6749: resource server)."""

    id: str
    """The ID of the API."""
    created_at: Instant | None = None
    """When the API was created."""
    updated_at: Instant | None = None
    """When the API was last updated."""


class RoleFields(Model):
    """The fields common to ``RoleInsert`` and ``Role``."""

    name: str
    """The name of the role, unique within the tenant."""
    description: str | None = None
    """A description of the role."""
    is_system: bool | None = None
    """Whether the role is managed by the system and cannot be changed by the tenant."""
    metadata: dict[str, Any] | None = None
    """Arbitrary metadata about the role."""


class RoleInsert(RoleFields, Insert):
    """The fields of a new role."""

    id: Varchar21 | None = None
    """The ID of the role, generated if omitted."""
    name: Annotated[str, StringConstraints(min_length=1, max_length=50)]
    description: Annotated[str, StringConstraints(max_length=255)] | None = None


class Role(RoleFields):
    """A named set of permissions."""

    id: str
    """The ID of the role."""
    created_at: Instant | None = None
    """When the role was created."""
    updated_at: Instant | None = None
    """When the role was last updated."""


class RolePermissionInsert(Insert):
    """The fields of a new role permission."""

    role_id: Varchar21
    """The ID of the role."""
    resource_server_identifier: Varchar191
    """The identifier of the API, used as the audience of tokens."""
    permission_name: Varchar191
    """The name of the permission, which is a scope of the API."""


class RolePermission(Model):
    """A permission that is assigned to a role."""

    role_id: str
    """The ID of the role."""
    resource_server_identifier: str
    """The identifier of the API, used as the audience of tokens."""
    permission_name: str
    """The name of the permission, which is a scope of the API."""
    created_at: Instant
    """When the permission was assigned to the role."""


class RolePermissionWithDetails(RolePermission):
    """A permission that is assigned to a role, with details of the permission and its API."""

    resource_server_name: str
    """The name of the API, or its identifier if it has no name."""
    description: str | None = None
    """A description of the permission."""


class UserPermissionInsert(Insert):
    """The fields of a new user permission."""

    user_id: Varchar191
    """The ID of the user."""
    resource_server_identifier: Varchar100
    """The identifier of the API, used as the audience of tokens."""
    permission_name: Varchar191
    """The name of the permission, which is a scope of the API."""
    organization_id: Varchar64 | None = None
    """The ID of the organization that the assignment is limited to."""


class UserPermission(Model):
    """A permission that is assigned to a user, either in the whole tenant or in one organization."""

    user_id: str
    """The ID of the user."""
    resource_server_identifier: str
    """The identifier of the API, used as the audience of tokens."""
    permission_name: str
    """The name of the permission, which is a scope of the API."""
    organization_id: str | None = None
    """The ID of the organization that the assignment is limited to."""
    tenant_id: str
    """The ID of the tenant."""
    created_at: Instant | None = None
    """When the permission was assigned to the user."""


class UserPermissionWithDetails(Model):
    """A permission that is assigned to a user, with details of the permission and its API."""

    user_id: str
    """The ID of the user."""
    resource_server_identifier: str
    """The identifier of the API, used as the audience of tokens."""
    resource_server_name: str
    """The name of the API, or its identifier if it has no name."""
    permission_name: str
    """The name of the permission, which is a scope of the API."""
    description: str | None = None
    """A description of the permission."""
    created_at: Instant | None = None
    """When the permission was assigned to the user."""
    organization_id: str | None = None
    """The ID of the organization that the assignment is limited to."""


class UserRoleInsert(Insert):
    """The fields of a new user role."""

    user_id: Varchar191
    """The ID of the user."""
    role_id: Varchar21
    """The ID of the role."""
    organization_id: Varchar191 | None = None
    """The ID of the organization that the assignment is limited to."""


class UserRole(Model):
    """A role that is assigned to a user, either in the whole tenant or in one organization."""

    user_id: str
    """The ID of the user."""
    role_id: str
    """The ID of the role."""
    organization_id: str | None = None
    """The ID of the organization that the assignment is limited to."""
    tenant_id: str
    """The ID of the tenant."""
    created_at: Instant | None = None
    """When the role was assigned to the user."""


class GrantFields(Model):
    """The fields common to ``GrantInsert`` and ``Grant``."""

    user_id: Varchar191
    """The ID of the user."""
    client_id: Varchar191 = Field(validation_alias="clientID", serialization_alias="clientID")
    """The ID of the client."""
    audience: Varchar191 | None = None
    """The identifier of the API, used as the audience of tokens."""
    scope: list[str] = Field(default_factory=list)
    """The scopes that the user has consented to."""


class GrantInsert(GrantFields, Insert):
    """The fields of a new grant."""


class Grant(GrantFields):
    """A user's consent to a client's access to an API."""

    id: str
    """The ID of the grant."""


class ClientGrantFields(Model):
    """The fields common to ``ClientGrantInsert`` and ``ClientGrant``."""

    client_id: str
    """The ID of the client."""
    audience: str
    """The identifier of the API, used as the audience of tokens."""
    scope: list[str] | None = None
    """The scopes that the client may request."""
    organization_usage: OrganizationUsage | None = None
    """Whether the grant may or must be used with an organization."""
    allow_any_organization: bool | None = None
    """Whether the grant may be used with any organization."""
    is_system: bool | None = None
    """Whether the grant is managed by the system and cannot be changed by the tenant."""
    subject_type: SubjectType | None = None
    """Whether the client acts on its own behalf or on behalf of a user."""
    authorization_details_types: list[str] | None = None
    """The types of authorization details that the client may request (RFC 9396)."""


class ClientGrantInsert(ClientGrantFields, Insert):
    """The fields of a new client grant."""

    client_id: Annotated[Varchar191, StringConstraints(min_length=1)]
    audience: Annotated[Varchar191, StringConstraints(min_length=1)]


class ClientGrant(ClientGrantFields):
    """The scopes of an API that a client may request."""

    id: str
    """The ID of the client grant."""
    created_at: Instant | None = None
    """When the client grant was created."""
    updated_at: Instant | None = None
    """When the client grant was last updated."""


class ClientRegistrationTokenFields(Model):
    """The fields common to ``ClientRegistrationTokenInsert`` and ``ClientRegistrationToken``."""

    id: Varchar255
    """The ID of the token."""
    token_hash: Secret[Varchar64]
    """The hash of the token."""
    type: ClientRegistrationTokenType
    """Whether the token is an initial access token (``iat``) or a registration access token (``rat``)."""
    client_id: Varchar191 | None = None
    """The ID of the client that the token manages."""
    sub: Varchar255 | None = None
    """The ID of the user on whose behalf the token was issued."""
    constraints: dict[str, Any] | None = None
    """The client metadata that a registration must match."""
    single_use: bool = False
    """Whether the token is valid for a single registration."""
    expires_at: Instant | None = None
    """When the token expires; absent if it never expires."""


class ClientRegistrationTokenInsert(ClientRegistrationTokenFields, Insert):
    """The fields of a new client registration token."""


class ClientRegistrationToken(ClientRegistrationTokenFields):
    """A token for registering (RFC 7591: initial access token) or managing (RFC 7592: registration access token) a client."""

    created_at: Instant
    """When the token was created."""
    used_at: Instant | None = None
    """When the token was used; absent if it is unused."""
    revoked_at: Instant | None = None
    """When the token was revoked."""
