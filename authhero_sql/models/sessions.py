"""Login sessions, sessions and refresh tokens: a sign-in under way, and what keeps people signed in."""

from typing import Any, Literal

from pydantic import ConfigDict, Field

from .base import Insert, Instant, Model, Nested, Secret
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
    value: Any = None
    values: list[Any] | None = None


class ClaimsRequest(Nested):
    """The claims that a client asks for."""

    userinfo: dict[str, ClaimRequest | None] | None = None
    id_token: dict[str, ClaimRequest | None] | None = None


class AuthParams(Nested):
    """What a client asked for when it sent somebody to sign in."""

    client_id: str
    act_as: str | None = None
    response_type: ResponseType | None = None
    response_mode: ResponseMode | None = None
    redirect_uri: str | None = None
    audience: str | None = None
    organization: str | None = None
    state: Secret[str | None] = None
    nonce: Secret[str | None] = None
    scope: str | None = None
    prompt: str | None = None
    code_challenge_method: Literal["S256", "plain"] | None = None
    code_challenge: Secret[str | None] = None
    username: str | None = None
    ui_locales: str | None = None
    max_age: int | float | None = None
    acr_values: str | None = None
    claims: ClaimsRequest | None = None
    vendor_id: str | None = None


class AuthStrategy(Model):
    """How somebody signed in."""

    # It is kept in two columns, so there is no place for more.
    model_config = ConfigDict(extra="forbid")

    strategy: str
    strategy_type: str


class LoginSessionFields(Model):
    """What an inserted and a stored login session share."""

    csrf_token: Secret[str]
    auth0_client: str | None = Field(default=None, validation_alias="auth0Client", serialization_alias="auth0Client")
    auth_params: Secret[AuthParams] = Field(validation_alias="authParams", serialization_alias="authParams")
    deleted_at: Instant | None = None
    ip: str | None = None
    useragent: str | None = None
    session_id: str | None = None
    authorization_url: Secret[str | None] = None
    state: LoginSessionState | None = "pending"
    state_data: Secret[str | None] = None
    failure_reason: str | None = None
    user_id: str | None = None
    auth_connection: str | None = None
    auth_strategy: AuthStrategy | None = None
    authenticated_at: Instant | None = None


class LoginSessionInsert(LoginSessionFields, Insert):
    """A login session to be created; it lives for 24 hours where no ``expires_at`` is given."""

    expires_at: Instant | None = None


class LoginSession(LoginSessionFields):
    """A sign-in under way, from the first request to the last redirect."""

    id: str
    expires_at: Instant
    created_at: Instant
    updated_at: Instant


class LoginSessionWithTenantId(LoginSession):
    """A login session found without knowing its tenant."""

    tenant_id: str


class Device(Nested):
    """What somebody signed in with: first, and most recently."""

    initial_user_agent: str
    initial_ip: str
    initial_asn: str
    last_user_agent: str
    last_ip: str
    last_asn: str


class SessionFields(Model):
    """What an inserted and a stored session share."""

    id: str
    revoked_at: Instant | None = None
    used_at: Instant | None = None
    user_id: str
    expires_at: Instant | None = None
    login_session_id: str
    idle_expires_at: Instant | None = None
    device: Device
    clients: list[str]


class SessionInsert(SessionFields, Insert):
    """A session to be created."""


class Session(SessionFields):
    """A session: somebody is signed in on a device."""

    created_at: Instant
    updated_at: Instant
    authenticated_at: Instant
    last_interaction_at: Instant


class GrantedResourceServer(Nested):
    """An API that a refresh token gives access to."""

    audience: str
    scopes: str


class RefreshTokenFields(Model):
    """What an inserted and a stored refresh token share."""

    id: str
    login_id: str
    user_id: str
    client_id: str
    expires_at: Instant | None = None
    idle_expires_at: Instant | None = None
    last_exchanged_at: Instant | None = None
    device: Device
    resource_servers: list[GrantedResourceServer]
    rotating: bool
    token_lookup: Secret[str | None] = None
    token_hash: Secret[str | None] = None
    family_id: str | None = None
    rotated_to: str | None = None
    rotated_at: Instant | None = None


class RefreshTokenInsert(RefreshTokenFields, Insert):
    """A refresh token to be created."""


class RefreshToken(RefreshTokenFields):
    """A refresh token: found by its lookup, proven by its hash."""

    created_at: Instant
    revoked_at: Instant | None = None


class RefreshTokenRotation(Model):
    """What became of a refresh token that was to be exchanged for its successor; see ``refresh_tokens.rotate``."""

    outcome: Literal["rotated", "repeated", "reused", "invalid"]
    token: RefreshToken | None = None
    """The successor; None where the token is not to be honoured."""

    @property
    def reused(self) -> bool:
        """Whether the token had been used before, so that its whole family is revoked now."""
        return self.outcome == "reused"


class SessionCleanupResult(Model):
    """How many rows a clean-up removed."""

    refresh_tokens: int
    sessions: int
    login_sessions: int
