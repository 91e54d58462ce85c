"""Analytics: queries, retention and daily statistics."""

from typing import Any, Literal

from pydantic import Field

from .base import Insert, Instant, Model

__all__ = [
    "AnalyticsColumnMeta",
    "AnalyticsFilters",
    "AnalyticsGroupBy",
    "AnalyticsInterval",
    "AnalyticsQuery",
    "AnalyticsQueryResponse",
    "AnalyticsResource",
    "AnalyticsStatistics",
    "AnalyticsUserType",
    "DailyStats",
    "RefreshTokenRetentionCohort",
    "RefreshTokenRetentionResponse",
    "SessionRetentionCohort",
    "SessionRetentionResponse",
]

AnalyticsResource = Literal[
    "active-users",
    "logins",
    "signups",
    "refresh-tokens",
    "sessions",
    "logouts",
    "password-changes",
    "password-migrations",
    "mfa",
    "email-verifications",
    "codes-sent",
]
AnalyticsInterval = Literal["hour", "day", "week", "month"]
AnalyticsGroupBy = Literal["time", "connection", "client_id", "user_type", "event"]
AnalyticsUserType = Literal["password", "social", "passwordless", "enterprise"]


class AnalyticsFilters(Insert):
    """The filters of an analytics query: an event matches if it has one of the listed values of each field; an empty list matches all."""

    connection: list[str] | None = None
    """The names of the connections to include."""
    client_id: list[str] | None = None
    """The IDs of the clients to include."""
    user_type: list[AnalyticsUserType] | None = None
    """The user types to include."""
    user_id: list[str] | None = None
    """The IDs of the users to include."""


class AnalyticsQuery(Insert):
    """The parameters of an analytics query."""

    from_: Instant | None = Field(default=None, validation_alias="from", serialization_alias="from")
    """The inclusive start of the period; 30 days before ``to`` by default."""
    to: Instant | None = None
    """The exclusive end of the period; the current time by default."""
    interval: AnalyticsInterval = "day"
    """The size of the buckets of the ``time`` dimension; weeks start on Monday."""
    tz: str = "UTC"
    """The IANA time zone that determines where buckets start."""
    group_by: list[AnalyticsGroupBy] = Field(default=["time"])
    """The dimensions to group by; the result has one row for each combination of their values."""
    filters: AnalyticsFilters = Field(default_factory=AnalyticsFilters)
    """The filters that select the events to count."""
    order_by: list[str] = Field(default_factory=list)
    """The columns to sort by, prefixed with ``-`` for descending order; by default, the time or else the descending count."""
    limit: int = 100
    """The maximum number of rows to return, up to 1,000."""
    offset: int = 0
    """The number of rows to skip."""


class AnalyticsColumnMeta(Model):
    """A column of the result."""

    name: str
    """The name of the column."""
    type: str
    """The ClickHouse type of the column."""


class AnalyticsStatistics(Model):
    """Statistics about the execution of a query."""

    elapsed: int | float
    """The duration of the query, in seconds."""
    rows_read: int | float | None = None
    """The number of rows read."""
    bytes_read: int | float | None = None
    """The number of bytes read."""


class AnalyticsQueryResponse(Model):
    """The result of an analytics query."""

    meta: list[AnalyticsColumnMeta]
    """The columns of the result."""
    data: list[dict[str, Any]]
    """The rows of the result, each an object keyed by column name."""
    rows: int
    """The number of rows in ``data``."""
    rows_before_limit_at_least: int | None = None
    """The number of rows that the query would return without a limit."""
    statistics: AnalyticsStatistics | None = None
    """Statistics about the execution of the query."""


class SessionRetentionCohort(Model):
    """The sessions that started in one week, and how many of them were active in that week and in each later one."""

    cohort: str
    """The Monday that starts the week, as YYYY-MM-DD."""
    sessions: int
    """The number of sessions that started in the week."""
    active: list[int]
    """The number of sessions of the cohort that were active in that week and in each later week."""


class SessionRetentionResponse(Model):
    """The retention of sessions, by weekly cohort."""

    interval: Literal["week"]
    """The length of a cohort, always ``week``."""
    from_: str = Field(validation_alias="from", serialization_alias="from")
    """The start of the first cohort, as an ISO 8601 timestamp."""
    to: str
    """The end of the period, as an ISO 8601 timestamp."""
    cohorts: list[SessionRetentionCohort]
    """The cohorts, oldest first."""


class RefreshTokenRetentionCohort(Model):
    """The token families that started in one week, and how many of them were active in that week and in each later one."""

    cohort: str
    """The Monday that starts the week, as YYYY-MM-DD."""
    tokens: int
    """The number of token families that started in the week."""
    active: list[int]
    """The number of token families of the cohort that were active in that week and in each later week."""


class RefreshTokenRetentionResponse(Model):
    """The retention of refresh-token families, by weekly cohort."""

    interval: Literal["week"]
    """The length of a cohort, always ``week``."""
    from_: str = Field(validation_alias="from", serialization_alias="from")
    """The start of the first cohort, as an ISO 8601 timestamp."""
    to: str
    """The end of the period, as an ISO 8601 timestamp."""
    cohorts: list[RefreshTokenRetentionCohort]
    """The cohorts, oldest first."""


class DailyStats(Model):
    """The login and signup statistics of one day."""

    date: str
    """The day that the statistics cover."""
    logins: int
    """The number of successful logins."""
    signups: int
    """The number of successful signups."""
    leaked_passwords: int
    """The number of logins with a breached password."""
    updated_at: Instant
    """When the last event of the day occurred."""
    created_at: Instant
    """When the first event of the day occurred."""
