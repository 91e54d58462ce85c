"""Login sessions, sessions and refresh tokens."""

from typing import Any, ClassVar, Literal

from pydantic import ConfigDict, Field

from .base import Insert, Instant, Model, Nested, Secret, Varchar16, Varchar26, Varchar45, Varchar64, Varchar191, Varchar255
from .shared import ResponseMode, ResponseType

__all__ = [
    "AuthParams",
    "AuthStrategy",
    "ClaimRequest",
    "ClaimsRequest",
    "Device",
    "GrantedResourceServer",
    "LoginSession",
    "LoginSessionFields",
    "LoginSessionInsert",
    "LoginSessionState",
    "LoginSessionWithTenantId",
    "RefreshToken",
    "RefreshTokenFields",
    "RefreshTokenInsert",
    "RefreshTokenRotation",
    "Session",
    "SessionCleanupResult",
    "SessionFields",
    "SessionInsert",
]

LoginSessionState = Literal[
    "pending",
    "authenticated",
    "awaiting_email_verification",
    "awaiting_mfa",
    "awaiting_hook",
    "awaiting_continuation",
    "awaiting_consent",
    "completed",
    "failed",
    "expired",
]


class ClaimRequest(Nested):
    """The request for one claim."""

    essential: bool | None = None
    """Whether the claim is essential to the client."""
    value: Any = None
    """The value that is requested for the claim."""
    values: list[Any] | None = None
    """The values that are acceptable for the claim, in order of preference."""


class ClaimsRequest(Nested):
    """The claims that a client requests (OpenID Connect: ``claims``)."""

    userinfo: dict[str, ClaimRequest | None] | None = None
    """The claims to return from the UserInfo endpoint, by name."""
    id_token: dict[str, ClaimRequest | None] | None = None
    """The claims to include in the ID token, by name."""


class AuthParams(Nested):
    """The parameters of an authorization request."""

    client_id: str
    """The ID of the client."""
    act_as: str | None = None
    """The ID of the user to impersonate."""
    response_type: ResponseType | None = None
    """The ``response_type`` of the authorization request."""
    response_mode: ResponseMode | None = None
    """The ``response_mode`` of the authorization request."""
    redirect_uri: str | None = None
    """The redirect URI of the authorization request."""
    audience: str | None = None
    """The audience of the requested token."""
    organization: str | None = None
    """The organization that the user logs in with."""
    state: Secret[str | None] = None
    """The ``state`` of the authorization request, which is returned to the client."""
    nonce: Secret[str | None] = None
    """The ``nonce`` of the authorization request, which is included in the ID token."""
    scope: str | None = None
    """The requested scopes, separated by spaces."""
    prompt: str | None = None
    """Whether the user is prompted to log in or to consent again (OpenID Connect: ``prompt``)."""
    code_challenge_method: Literal["S256", "plain"] | None = None
    """The PKCE code challenge method (RFC 7636)."""
    code_challenge: Secret[str | None] = None
    """The PKCE code challenge (RFC 7636)."""
    username: str | None = None
    """The identifier that the user logs in with."""
    ui_locales: str | None = None
    """The user's preferred languages, as BCP 47 language tags separated by spaces."""
    max_age: int | float | None = None
    """The maximum time since the user last authenticated, in seconds."""
    acr_values: str | None = None
    """The requested authentication context class references, separated by spaces."""
    claims: ClaimsRequest | None = None
    """The individual claims that are requested (OpenID Connect: ``claims``)."""
    vendor_id: str | None = None
    """The ID of the vendor whose branding is shown."""


class AuthStrategy(Model):
    """The strategy with which a user authenticated."""

    # Unknown fields cannot be stored, because each field has its own column.
    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    strategy: Varchar64
    """The strategy of the connection, such as ``auth0`` or ``google-oauth2``."""
    strategy_type: Varchar64
    """The type of the strategy, such as ``database`` or ``social``."""


class LoginSessionFields(Model):
    """The fields common to ``LoginSessionInsert`` and ``LoginSession``."""

    csrf_token: Secret[Varchar26]
    """The token that protects the forms of the login against cross-site request forgery."""
    auth0_client: Varchar255 | None = Field(default=None, validation_alias="auth0Client", serialization_alias="auth0Client")
    """The SDK that started the login, according to its ``auth0Client`` parameter."""
    auth_params: Secret[AuthParams] = Field(validation_alias="authParams", serialization_alias="authParams")
    """The parameters of the authorization request."""
    deleted_at: Instant | None = None
    """When the login session was deleted."""
    ip: Varchar45 | None = None
    """The IP address of the user agent."""
    useragent: str | None = None
    """The value of the ``User-Agent`` header."""
    session_id: Varchar26 | None = None
    """The ID of the session that the login created."""
    authorization_url: Secret[str | None] = None
    """The URL of the authorization request, truncated if too long."""
    state: LoginSessionState | None = "pending"
    """The state of the login."""
    state_data: Secret[str | None] = None
    """The data that belongs to the state, as JSON text."""
    failure_reason: str | None = None
    """The reason why the login failed."""
    user_id: Varchar255 | None = None
    """The ID of the user, once known."""
    auth_connection: Varchar255 | None = None
    """The name of the connection with which the user authenticated."""
    auth_strategy: AuthStrategy | None = None
    """The strategy with which the user authenticated."""
    authenticated_at: Instant | None = None
    """When the user authenticated."""


class LoginSessionInsert(LoginSessionFields, Insert):
    """The fields of a new login session, which expires after 24 hours by default."""

    expires_at: Instant | None = None
    """When the login session expires; 24 hours after its creation if omitted."""


class LoginSession(LoginSessionFields):
    """A login in progress, from the authorization request to the final redirect."""

    id: str
    """The ID of the login session."""
    expires_at: Instant
    """When the login session expires."""
    created_at: Instant
    """When the login session was created."""
    updated_at: Instant
    """When the login session was last updated."""


class LoginSessionWithTenantId(LoginSession):
    """A login session with the ID of its tenant, for lookups across tenants."""

    tenant_id: str
    """The ID of the tenant."""


class Device(Nested):
    """The device of a session or a refresh token, at the login and at the last use."""

    initial_user_agent: str
    """The value of the ``User-Agent`` header at the login."""
    initial_ip: str
    """The IP address at the login."""
    initial_asn: str
    """The autonomous system number (ASN) of the IP address at the login."""
    last_user_agent: str
    """The value of the ``User-Agent`` header at the last use."""
    last_ip: str
    """The IP address at the last use."""
    last_asn: str
    """The autonomous system number (ASN) of the IP address at the last use."""


class SessionFields(Model):
    """The fields common to ``SessionInsert`` and ``Session``."""

    id: Varchar26
    """The ID of the session."""
    revoked_at: Instant | None = None
    """When the session was revoked."""
    used_at: Instant | None = None
    """When the session was last used."""
    user_id: Varchar255
    """The ID of the user."""
    expires_at: Instant | None = None
    """When the session expires regardless of use; absent if it never does."""
    login_session_id: Varchar26
    """The ID of the login session that created the session."""
    idle_expires_at: Instant | None = None
    """When the session expires unless it is used; absent if it never does."""
    device: Device
    """The device on which the user logged in."""
    clients: list[str]
    """The IDs of the clients that the user has logged in to."""


class SessionInsert(SessionFields, Insert):
    """The fields of a new session."""


class Session(SessionFields):
    """A user's session on a device."""

    created_at: Instant
    """When the session was created."""
    updated_at: Instant
    """When the session was last updated."""
    authenticated_at: Instant
    """When the user authenticated."""
    last_interaction_at: Instant
    """When the user last interacted with the server."""


class GrantedResourceServer(Nested):
    """An API that a refresh token grants access to."""

    audience: str
    """The identifier of the API, used as the audience of tokens."""
    scopes: str
    """The granted scopes, separated by spaces."""


class RefreshTokenFields(Model):
    """The fields common to ``RefreshTokenInsert`` and ``RefreshToken``."""

    id: Varchar26
    """The ID of the refresh token."""
    login_id: Varchar26
    """The ID of the login session."""
    user_id: Varchar255
    """The ID of the user."""
    client_id: Varchar191
    """The ID of the client."""
    expires_at: Instant | None = None
    """When the refresh token expires regardless of use; absent if it never does."""
    idle_expires_at: Instant | None = None
    """When the refresh token expires unless it is used; absent if it never does."""
    last_exchanged_at: Instant | None = None
    """When the refresh token was last exchanged."""
    device: Device
    """The device on which the user logged in."""
    resource_servers: list[GrantedResourceServer]
    """The APIs that the refresh token grants access to."""
    rotating: bool
    """Whether each exchange replaces the refresh token with a new one."""
    token_lookup: Secret[Varchar16 | None] = None
    """The part of the token that identifies the row."""
    token_hash: Secret[Varchar64 | None] = None
    """The hash that verifies the token."""
    family_id: Varchar26 | None = None
    """The ID of the token family, by convention the ID of its first token; set at the first rotation if omitted."""
    rotated_to: Varchar26 | None = None
    """The ID of the successor in the token family."""
    rotated_at: Instant | None = None
    """When the refresh token was rotated."""


class RefreshTokenInsert(RefreshTokenFields, Insert):
    """The fields of a new refresh token."""


class RefreshToken(RefreshTokenFields):
    """A refresh token, which is looked up by ``token_lookup`` and verified by ``token_hash``."""

    created_at: Instant
    """When the refresh token was created."""
    revoked_at: Instant | None = None
    """When the refresh token was revoked."""


class RefreshTokenRotation(Model):
    """The result of ``refresh_tokens.rotate``."""

    outcome: Literal["rotated", "repeated", "reused", "invalid"]
    """The outcome of the rotation."""
    token: RefreshToken | None = None
    """The successor, or null if the presented token must be rejected."""

    @property
    def reused(self) -> bool:
        """Whether reuse was detected, which revokes the whole token family."""
        return self.outcome == "reused"


class SessionCleanupResult(Model):
    """The number of rows that a cleanup removed."""

    refresh_tokens: int
    """The number of refresh tokens that were removed."""
    sessions: int
    """The number of sessions that were removed."""
    login_sessions: int
    """The number of login sessions that were removed."""
