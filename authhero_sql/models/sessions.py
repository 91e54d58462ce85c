"""Login sessions, sessions and refresh tokens: a sign-in under way, and what keeps people signed in."""

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
    """How one claim is asked for."""

    essential: bool | None = None
    """Whether the client needs the claim."""
    value: Any = None
    """The value that the claim should have."""
    values: list[Any] | None = None
    """The values of which the claim should have one."""


class ClaimsRequest(Nested):
    """The claims that a client asks for."""

    userinfo: dict[str, ClaimRequest | None] | None = None
    """The claims that the UserInfo endpoint should return, by name."""
    id_token: dict[str, ClaimRequest | None] | None = None
    """The claims that the ID token should contain, by name."""


class AuthParams(Nested):
    """What a client asked for when it sent somebody to sign in."""

    client_id: str
    """The identifier of the client."""
    act_as: str | None = None
    """The identifier of the user to impersonate."""
    response_type: ResponseType | None = None
    """The ``response_type`` of the authorization request."""
    response_mode: ResponseMode | None = None
    """The ``response_mode`` of the authorization request."""
    redirect_uri: str | None = None
    """The address to which the user is redirected after the sign-in."""
    audience: str | None = None
    """The API that an access token is requested for."""
    organization: str | None = None
    """The organization that the user signs in with."""
    state: Secret[str | None] = None
    """The ``state`` of the authorization request, which is returned to the client."""
    nonce: Secret[str | None] = None
    """The ``nonce`` of the authorization request, which is repeated in the ID token."""
    scope: str | None = None
    """The scopes that are requested, separated by spaces."""
    prompt: str | None = None
    """Whether the user is asked to sign in or to consent again (OpenID Connect: ``prompt``)."""
    code_challenge_method: Literal["S256", "plain"] | None = None
    """How the code challenge was derived from the code verifier (RFC 7636)."""
    code_challenge: Secret[str | None] = None
    """The PKCE code challenge (RFC 7636)."""
    username: str | None = None
    """The identifier with which the user is about to sign in."""
    ui_locales: str | None = None
    """The languages that the user prefers, separated by spaces."""
    max_age: int | float | None = None
    """The greatest age of the last authentication, in seconds."""
    acr_values: str | None = None
    """The authentication context classes that are requested, separated by spaces."""
    claims: ClaimsRequest | None = None
    """The claims that are requested one by one."""
    vendor_id: str | None = None
    """The identifier of the vendor whose branding is shown."""


class AuthStrategy(Model):
    """How somebody signed in."""

    # It is kept in two columns, so there is no place for more.
    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    strategy: Varchar64
    """The strategy of the connection, such as ``auth0`` or ``google-oauth2``."""
    strategy_type: Varchar64
    """The kind of the strategy, such as ``database`` or ``social``."""


class LoginSessionFields(Model):
    """What an inserted and a stored login session share."""

    csrf_token: Secret[Varchar26]
    """The token that protects the sign-in's forms against forged requests."""
    auth0_client: Varchar255 | None = Field(default=None, validation_alias="auth0Client", serialization_alias="auth0Client")
    """The software that started the sign-in, from its ``auth0Client`` parameter."""
    auth_params: Secret[AuthParams] = Field(validation_alias="authParams", serialization_alias="authParams")
    """The authorization request."""
    deleted_at: Instant | None = None
    """When the login session was deleted."""
    ip: Varchar45 | None = None
    """The IP address of the user."""
    useragent: str | None = None
    """The ``User-Agent`` header of the user's browser."""
    session_id: Varchar26 | None = None
    """The identifier of the session that the sign-in led to."""
    authorization_url: Secret[str | None] = None
    """The address of the authorization request; cut if it is too long."""
    state: LoginSessionState | None = "pending"
    """How far the sign-in is, and how it ended."""
    state_data: Secret[str | None] = None
    """Data of the state, as JSON text."""
    failure_reason: str | None = None
    """Why the sign-in failed."""
    user_id: Varchar255 | None = None
    """The identifier of the user, once known."""
    auth_connection: Varchar255 | None = None
    """The name of the connection by which the user authenticated."""
    auth_strategy: AuthStrategy | None = None
    """The strategy by which the user authenticated."""
    authenticated_at: Instant | None = None
    """When the user authenticated."""


class LoginSessionInsert(LoginSessionFields, Insert):
    """A login session to be created; it lives for 24 hours where no ``expires_at`` is given."""

    expires_at: Instant | None = None
    """When the login session expires; 24 hours after its creation if it is omitted."""


class LoginSession(LoginSessionFields):
    """A sign-in under way, from the first request to the last redirect."""

    id: str
    """The identifier of the login session."""
    expires_at: Instant
    """When the login session expires."""
    created_at: Instant
    """When the login session was created."""
    updated_at: Instant
    """When the login session was last changed."""


class LoginSessionWithTenantId(LoginSession):
    """A login session found without knowing its tenant."""

    tenant_id: str
    """The tenant that the login session belongs to."""


class Device(Nested):
    """What somebody signed in with: first, and most recently."""

    initial_user_agent: str
    """The ``User-Agent`` header at the sign-in."""
    initial_ip: str
    """The IP address at the sign-in."""
    initial_asn: str
    """The autonomous system number of the IP address at the sign-in."""
    last_user_agent: str
    """The ``User-Agent`` header at the last use."""
    last_ip: str
    """The IP address at the last use."""
    last_asn: str
    """The autonomous system number of the IP address at the last use."""


class SessionFields(Model):
    """What an inserted and a stored session share."""

    id: Varchar26
    """The identifier of the session."""
    revoked_at: Instant | None = None
    """When the session was revoked."""
    used_at: Instant | None = None
    """When the session was last used."""
    user_id: Varchar255
    """The identifier of the user."""
    expires_at: Instant | None = None
    """When the session expires, however much it is used; absent if it does not."""
    login_session_id: Varchar26
    """The identifier of the login session that the session began with."""
    idle_expires_at: Instant | None = None
    """When the session expires unless it is used; absent if it does not."""
    device: Device
    """The device on which the user signed in."""
    clients: list[str]
    """The identifiers of the clients that the user has signed in to."""


class SessionInsert(SessionFields, Insert):
    """A session to be created."""


class Session(SessionFields):
    """A session: somebody is signed in on a device."""

    created_at: Instant
    """When the session was created."""
    updated_at: Instant
    """When the session was last changed."""
    authenticated_at: Instant
    """When the user authenticated."""
    last_interaction_at: Instant
    """When the user last interacted with the server."""


class GrantedResourceServer(Nested):
    """An API that a refresh token gives access to."""

    audience: str
    """The identifier (audience) of the API."""
    scopes: str
    """The scopes, separated by spaces."""


class RefreshTokenFields(Model):
    """What an inserted and a stored refresh token share."""

    id: Varchar26
    """The identifier of the refresh token."""
    login_id: Varchar26
    """The identifier of the login session that the refresh token began with."""
    user_id: Varchar255
    """The identifier of the user."""
    client_id: Varchar191
    """The identifier of the client."""
    expires_at: Instant | None = None
    """When the refresh token expires, however much it is used; absent if it does not."""
    idle_expires_at: Instant | None = None
    """When the refresh token expires unless it is used; absent if it does not."""
    last_exchanged_at: Instant | None = None
    """When the refresh token was last exchanged."""
    device: Device
    """The device on which the user signed in."""
    resource_servers: list[GrantedResourceServer]
    """The APIs that the refresh token gives access to."""
    rotating: bool
    """Whether each exchange replaces the refresh token with a new one."""
    token_lookup: Secret[Varchar16 | None] = None
    """The part of the token by which it is found."""
    token_hash: Secret[Varchar64 | None] = None
    """The hash of the token, which proves its possession."""
    family_id: Varchar26 | None = None
    """The identifier that the successors of a refresh token share with it."""
    rotated_to: Varchar26 | None = None
    """The identifier of the successor."""
    rotated_at: Instant | None = None
    """When the refresh token was replaced by its successor."""


class RefreshTokenInsert(RefreshTokenFields, Insert):
    """A refresh token to be created."""


class RefreshToken(RefreshTokenFields):
    """A refresh token: found by its lookup, proven by its hash."""

    created_at: Instant
    """When the refresh token was created."""
    revoked_at: Instant | None = None
    """When the refresh token was revoked."""


class RefreshTokenRotation(Model):
    """What became of a refresh token that was to be exchanged for its successor; see ``refresh_tokens.rotate``."""

    outcome: Literal["rotated", "repeated", "reused", "invalid"]
    """What became of the exchange."""
    token: RefreshToken | None = None
    """The successor; None where the token is not to be honoured."""

    @property
    def reused(self) -> bool:
        """Whether the token had been used before, so that its whole family is revoked now."""
        return self.outcome == "reused"


class SessionCleanupResult(Model):
    """How many rows a clean-up removed."""

    refresh_tokens: int
    """The number of refresh tokens that were removed."""
    sessions: int
    """The number of sessions that were removed."""
    login_sessions: int
    """The number of login sessions that were removed."""
