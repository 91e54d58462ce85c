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
    id: str | None = None
    email: str | None = None
    org_id: str | None = None
    org_name: str | None = None
    scopes: list[str] | None = None
    client_id: str | None = None


class Change(Nested):
    """A value before and after."""

    old: Secret[Any]
    new: Secret[Any]


class Target(Nested):
    """What it was done to."""

    type: str
    id: str
    before: Secret[dict[str, Any] | None] = None
    after: Secret[dict[str, Any] | None] = None
    diff: Secret[dict[str, Change] | None] = None


class RequestContext(Nested):
    """The request by which it was done."""

    method: str
    path: str
    query: Secret[dict[str, str] | None] = None
    body: Secret[Any] = None
    ip: str
    user_agent: str | None = None
    correlation_id: str | None = None
    redirect_uri: str | None = None


class ResponseContext(Nested):
    """How the request was answered."""

    status_code: int
    body: Secret[Any] = None


class AuditEventFields(Model):
    """What an inserted and a stored audit event share."""

    tenant_id: str
    event_type: str
    log_type: str
    description: str | None = None
    category: AuditCategory
    actor: Actor
    target: Target
    request: RequestContext
    response: ResponseContext | None = None
    connection: str | None = None
    connection_id: str | None = None
    client_name: str | None = None
    strategy: str | None = None
    strategy_type: str | None = None
    audience: str | None = None
    scope: str | None = None
    location: LocationInfo | None = None
    auth0_client: Auth0Client | None = None
    hostname: str
    is_mobile: bool | None = None
    timestamp: Instant


class AuditEventInsert(AuditEventFields, Insert):
    """An audit event to be put into the outbox; an ``id`` that it has is kept."""

    id: str | None = None


class AuditEvent(AuditEventFields):
    """An audit event."""

    id: str


class OutboxEvent(AuditEvent):
    """An audit event in the outbox, and how far its delivery has come."""

    created_at: Instant
    processed_at: Instant | None = None
    retry_count: int = 0
    next_retry_at: Instant | None = None
    error: str | None = None
    claimed_by: str | None = None
    claim_expires_at: Instant | None = None
    dead_lettered_at: Instant | None = None
    final_error: str | None = None
