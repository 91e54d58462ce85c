"""Where logs are sent, and where users are migrated from."""

from typing import Any, Literal

from pydantic import Field

from .base import Insert, Instant, Model, Nested, Secret

__all__ = [
    "LogStream",
    "LogStreamFields",
    "LogStreamFilter",
    "LogStreamInsert",
    "LogStreamStatus",
    "LogStreamType",
    "MigrationProviderType",
    "MigrationSource",
    "MigrationSourceCredentials",
    "MigrationSourceFields",
    "MigrationSourceInsert",
]

LogStreamType = Literal["http", "eventbridge", "eventgrid", "splunk", "datadog", "sumo"]
LogStreamStatus = Literal["active", "paused", "suspended"]
MigrationProviderType = Literal["auth0", "cognito", "okta", "oidc"]


class LogStreamFilter(Nested):
    """Which log entries a stream carries."""

    type: str
    name: str


class LogStreamFields(Model):
    """What an inserted and a stored stream share."""

    name: str
    type: LogStreamType
    sink: Secret[dict[str, Any]]
    filters: list[LogStreamFilter] | None = None
    is_priority: bool | None = Field(default=None, validation_alias="isPriority", serialization_alias="isPriority")


class LogStreamInsert(LogStreamFields, Insert):
    """A stream to be created."""

    status: LogStreamStatus | None = None


class LogStream(LogStreamFields):
    """Where a tenant's log is sent to; its sink may hold secrets."""

    status: LogStreamStatus
    id: str
    created_at: Instant | None = None
    updated_at: Instant | None = None


class MigrationSourceCredentials(Nested):
    """How to sign in to the other server."""

    domain: str
    client_id: str
    client_secret: Secret[str]
    audience: str | None = None
    scope: str | None = None


class MigrationSourceFields(Model):
    """What an inserted and a stored source share."""

    name: str
    provider: MigrationProviderType
    connection: str
    enabled: bool = True
    credentials: Secret[MigrationSourceCredentials]


class MigrationSourceInsert(MigrationSourceFields, Insert):
    """A source to be created."""

    id: str | None = None


class MigrationSource(MigrationSourceFields):
    """Another identity server, whose users are taken over as they sign in."""

    id: str
    created_at: Instant
    updated_at: Instant
