"""Audit events, and their outbox."""

from typing import Any, Literal

from .base import Insert, Instant, Model, Nested, Secret
from .logs import Auth0Client, LocationInfo

__all__ = [
    "Actor",
    "ActorType",
    "AuditCategory",
    "AuditEvent",
    "AuditEventFields",
    "AuditEventInsert",
    "Change",
    "OutboxEvent",
    "RequestContext",
    "ResponseContext",
    "Target",
]

AuditCategory = Literal["user_action", "admin_action", "system", "api"]
ActorType = Literal["user", "admin", "system", "api_key", "client_credentials"]


class Actor(Nested):
    """The actor that caused an event."""

    type: ActorType
    """The type of actor."""
    id: str | None = None
    """The ID of the actor."""
    email: str | None = None
    """The email address of the actor."""
    org_id: str | None = None
    """The ID of the organization on whose behalf the actor acted."""
    org_name: str | None = None
    """The name of the organization on whose behalf the actor acted."""
    scopes: list[str] | None = None
    """The scopes of the actor's access token."""
    client_id: str | None = None
    """The ID of the client."""


class Change(Nested):
    """The old and the new value of a field."""

    old: Secret[Any]
    """The value before the change."""
    new: Secret[Any]
    """The value after the change."""


class Target(Nested):
    """The entity that an event affects."""

    type: str
    """The type of entity."""
    id: str
    """The ID of the entity."""
    before: Secret[dict[str, Any] | None] = None
    """The entity before the event."""
    after: Secret[dict[str, Any] | None] = None
    """The entity after the event."""
    diff: Secret[dict[str, Change] | None] = None
    """The changes to the entity, by field."""


class RequestContext(Nested):
    """The HTTP request that caused an event."""

    method: str
    """The HTTP method."""
    path: str
    """The path of the URL."""
    query: Secret[dict[str, str] | None] = None
    """The query parameters."""
    body: Secret[Any] = None
    """The request body."""
    ip: str
    """The IP address of the user agent."""
    user_agent: str | None = None
    """The value of the ``User-Agent`` header."""
    correlation_id: str | None = None
    """The ID that correlates the log entries of a request."""
    redirect_uri: str | None = None
    """The redirect URI of the authorization request."""


class ResponseContext(Nested):
    """The HTTP response to the request that caused an event."""

    status_code: int
    """The HTTP status code."""
    body: Secret[Any] = None
    """The response body."""


class AuditEventFields(Model):
    """The fields common to ``AuditEventInsert`` and ``AuditEvent``."""

    tenant_id: str
    """The ID of the tenant."""
    event_type: str
    """The type of event, as a dotted name such as ``user.updated``."""
    log_type: str
    """The log event type code, such as ``s`` for a successful login."""
    description: str | None = None
    """A description of the event."""
    category: AuditCategory
    """The category of the event."""
    actor: Actor
    """The actor that caused the event."""
    target: Target
    """The entity that the event affects."""
    request: RequestContext
    """The HTTP request that caused the event."""
    response: ResponseContext | None = None
    """The HTTP response to the request."""
    connection: str | None = None
    """The name of the connection."""
    connection_id: str | None = None
    """The ID of the connection."""
    client_name: str | None = None
    """The name of the client."""
    strategy: str | None = None
    """The strategy of the connection, such as ``auth0`` or ``google-oauth2``."""
    strategy_type: str | None = None
    """The type of the strategy, such as ``database`` or ``social``."""
    audience: str | None = None
    """The audience of the requested token."""
    scope: str | None = None
    """The requested scopes, separated by spaces."""
    location: LocationInfo | None = None
    """The geographic location of the IP address."""
    auth0_client: Auth0Client | None = None
    """The SDK that sent the request, according to its ``Auth0-Client`` header."""
    hostname: str
    """The hostname that the request was sent to."""
    is_mobile: bool | None = None
    """Whether the request came from a mobile device."""
    timestamp: Instant
    """When the event occurred."""


class AuditEventInsert(AuditEventFields, Insert):
    """The fields of a new audit event."""

    id: str | None = None
    """The ID of the event, generated if omitted."""


class AuditEvent(AuditEventFields):
    """An audit event, which records who did what."""

    id: str
    """The ID of the event."""


class OutboxEvent(AuditEvent):
    """An audit event in the outbox, with its delivery status."""

    created_at: Instant
    """When the event was added to the outbox."""
    processed_at: Instant | None = None
    """When the event was delivered."""
    retry_count: int = 0
    """The number of failed delivery attempts."""
    next_retry_at: Instant | None = None
    """When the next delivery attempt is due."""
    error: str | None = None
    """The error of the last failed delivery attempt."""
    claimed_by: str | None = None
    """The ID of the worker that holds the lease on the event."""
    claim_expires_at: Instant | None = None
    """When the lease on the event expires."""
    dead_lettered_at: Instant | None = None
    """When the event became a dead letter."""
    final_error: str | None = None
    """The error that made the event a dead letter."""
