"""Where logs are sent, and where users are migrated from."""

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
    """Which log entries a stream carries."""

    type: str
    """The kind of filter, such as ``category``."""
    name: str
    """The name of the category."""


class LogStreamFields(Model):
    """What an inserted and a stored stream share."""

    name: Varchar255
    """The name of the log stream."""
    type: LogStreamType
    """The service that receives the log."""
    sink: Secret[dict[str, Any]]
    """The address and the credentials of the service."""
    filters: list[LogStreamFilter] | None = None
    """Which log entries are sent; all if it is absent."""
    is_priority: bool | None = Field(default=None, validation_alias="isPriority", serialization_alias="isPriority")
    """Whether the log stream is delivered before others."""


class LogStreamInsert(LogStreamFields, Insert):
    """A stream to be created."""

    status: LogStreamStatus | None = None
    """Whether the log stream is active, paused or suspended."""


class LogStream(LogStreamFields):
    """Where a tenant's log is sent to; its sink may hold secrets."""

    status: LogStreamStatus
    """Whether the log stream is active, paused or suspended."""
    id: str
    """The identifier of the log stream."""
    created_at: Instant | None = None
    """When the log stream was created."""
    updated_at: Instant | None = None
    """When the log stream was last changed."""


class MigrationSourceCredentials(Nested):
    """How to sign in to the other server."""

    domain: str
    """The host name of the other server."""
    client_id: str
    """The client identifier at the other server."""
    client_secret: Secret[str]
    """The client secret at the other server."""
    audience: str | None = None
    """The audience of the access token that is requested from the other server."""
    scope: str | None = None
    """The scopes that are requested from the other server, separated by spaces."""


class MigrationSourceFields(Model):
    """What an inserted and a stored source share."""

    name: Varchar255
    """The name of the migration source."""
    provider: MigrationProviderType
    """The software of the other server."""
    connection: Varchar255
    """The connection that the users are imported into."""
    enabled: bool = True
    """Whether users are imported."""
    credentials: Secret[MigrationSourceCredentials]
    """The credentials at the other server."""


class MigrationSourceInsert(MigrationSourceFields, Insert):
    """A source to be created."""

    id: Varchar64 | None = None
    """The identifier of the migration source; generated if it is omitted."""


class MigrationSource(MigrationSourceFields):
    """Another identity server, whose users are taken over as they sign in."""

    id: str
    """The identifier of the migration source."""
    created_at: Instant
    """When the migration source was created."""
    updated_at: Instant
    """When the migration source was last changed."""
