"""Audit events: who did what to whom, on the way to the logs."""

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
    """Who did it."""

    type: ActorType
    """What kind of actor did it."""
    id: str | None = None
    """The identifier of the actor."""
    email: str | None = None
    """The e-mail address of the actor."""
    org_id: str | None = None
    """The identifier of the organization that the actor acted in."""
    org_name: str | None = None
    """The name of the organization that the actor acted in."""
    scopes: list[str] | None = None
    """The scopes that the actor's access token had."""
    client_id: str | None = None
    """The identifier of the client through which the actor acted."""


class Change(Nested):
    """A value before and after."""

    old: Secret[Any]
    """The value before the change."""
    new: Secret[Any]
    """The value after the change."""


class Target(Nested):
    """What it was done to."""

    type: str
    """What kind of entity was acted on."""
    id: str
    """The identifier of the entity."""
    before: Secret[dict[str, Any] | None] = None
    """The entity as it was before."""
    after: Secret[dict[str, Any] | None] = None
    """The entity as it was afterwards."""
    diff: Secret[dict[str, Change] | None] = None
    """What changed, by field."""


class RequestContext(Nested):
    """The request by which it was done."""

    method: str
    """The HTTP method."""
    path: str
    """The path of the request."""
    query: Secret[dict[str, str] | None] = None
    """The parameters of the query string."""
    body: Secret[Any] = None
    """The body of the request."""
    ip: str
    """The IP address from which the request came."""
    user_agent: str | None = None
    """The ``User-Agent`` header of the request."""
    correlation_id: str | None = None
    """The identifier that connects the log entries of one request."""
    redirect_uri: str | None = None
    """The address to which the user is redirected."""


class ResponseContext(Nested):
    """How the request was answered."""

    status_code: int
    """The HTTP status code."""
    body: Secret[Any] = None
    """The body of the response."""


class AuditEventFields(Model):
    """What an inserted and a stored audit event share."""

    tenant_id: str
    """The tenant in which the event happened."""
    event_type: str
    """What happened, as a dotted name."""
    log_type: str
    """The type that the event has in the log, such as ``s`` for a successful sign-in."""
    description: str | None = None
    """A sentence about the event."""
    category: AuditCategory
    """Who causes events of this kind."""
    actor: Actor
    """Who did it."""
    target: Target
    """What was acted on."""
    request: RequestContext
    """The request that caused the event."""
    response: ResponseContext | None = None
    """The response to the request."""
    connection: str | None = None
    """The name of the connection that was used."""
    connection_id: str | None = None
    """The identifier of the connection that was used."""
    client_name: str | None = None
    """The name of the client."""
    strategy: str | None = None
    """The strategy of the connection, such as ``auth0`` or ``google-oauth2``."""
    strategy_type: str | None = None
    """The kind of the strategy, such as ``database`` or ``social``."""
    audience: str | None = None
    """The API that a token was requested for."""
    scope: str | None = None
    """The scopes that were requested, separated by spaces."""
    location: LocationInfo | None = None
    """Where the IP address is."""
    auth0_client: Auth0Client | None = None
    """The software that sent the request, from its ``Auth0-Client`` header."""
    hostname: str
    """The host name that the request was sent to."""
    is_mobile: bool | None = None
    """Whether the request came from a mobile device."""
    timestamp: Instant
    """When the event happened."""


class AuditEventInsert(AuditEventFields, Insert):
    """An audit event to be put into the outbox; an ``id`` that it has is kept."""

    id: str | None = None
    """The identifier of the event; generated if it is omitted."""


class AuditEvent(AuditEventFields):
    """An audit event."""

    id: str
    """The identifier of the event."""


class OutboxEvent(AuditEvent):
    """An audit event in the outbox, and how far its delivery has come."""

    created_at: Instant
    """When the event was written to the outbox."""
    processed_at: Instant | None = None
    """When the event was delivered."""
    retry_count: int = 0
    """The number of deliveries that have failed."""
    next_retry_at: Instant | None = None
    """When the next delivery is due."""
    error: str | None = None
    """Why the last delivery failed."""
    claimed_by: str | None = None
    """The worker that is delivering the event."""
    claim_expires_at: Instant | None = None
    """When another worker may claim the event."""
    dead_lettered_at: Instant | None = None
    """When delivery was given up."""
    final_error: str | None = None
    """Why delivery was given up."""
