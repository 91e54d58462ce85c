"""Log streams and migration sources."""

from typing import Any, Literal

from pydantic import Field

from .base import Insert, Instant, Model, Nested, Secret, Varchar64, Varchar255

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
    """A filter that selects log entries for a log stream."""

    type: str
    """The type of filter, such as ``category``."""
    name: str
    """The name of the category."""


class LogStreamFields(Model):
    """The fields common to ``LogStreamInsert`` and ``LogStream``."""

    name: Varchar255
    """The name of the log stream."""
    type: LogStreamType
    """The type of log stream, which names the service that receives the log entries."""
    sink: Secret[dict[str, Any]]
    """The configuration of the receiving service, such as its URL and credentials."""
    filters: list[LogStreamFilter] | None = None
    """The filters that select the log entries to send; all entries if absent."""
    is_priority: bool | None = Field(default=None, validation_alias="isPriority", serialization_alias="isPriority")
    """Whether the log stream is delivered with priority."""


class LogStreamInsert(LogStreamFields, Insert):
    """The fields of a new log stream."""

    status: LogStreamStatus | None = None
    """The status of the log stream."""


class LogStream(LogStreamFields):
    """A log stream that sends the tenant's log entries to a service."""

    status: LogStreamStatus
    """The status of the log stream."""
    id: str
    """The ID of the log stream."""
    created_at: Instant | None = None
    """When the log stream was created."""
    updated_at: Instant | None = None
    """When the log stream was last updated."""


class MigrationSourceCredentials(Nested):
    """The credentials for an upstream server."""

    domain: str
    """The hostname of the upstream server."""
    client_id: str
    """The client ID at the upstream server."""
    client_secret: Secret[str]
    """The client secret at the upstream server."""
    audience: str | None = None
    """The audience of the access token to request from the upstream server."""
    scope: str | None = None
    """The scopes to request from the upstream server, separated by spaces."""


class MigrationSourceFields(Model):
    """The fields common to ``MigrationSourceInsert`` and ``MigrationSource``."""

    name: Varchar255
    """The name of the migration source."""
    provider: MigrationProviderType
    """The type of the upstream server."""
    connection: Varchar255
    """The connection that users are imported into."""
    enabled: bool = True
    """Whether the migration source is enabled."""
    credentials: Secret[MigrationSourceCredentials]
    """The credentials for the upstream server."""


class MigrationSourceInsert(MigrationSourceFields, Insert):
    """The fields of a new migration source."""

    id: Varchar64 | None = None
    """The ID of the migration source, generated if omitted."""


class MigrationSource(MigrationSourceFields):
    """An upstream identity server whose users are migrated when they log in."""

    id: str
    """The ID of the migration source."""
    created_at: Instant
    """When the migration source was created."""
    updated_at: Instant
    """When the migration source was last updated."""
