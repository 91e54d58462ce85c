"""What happened, counted."""

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
    """Which events count: those that have one of the values of each field that is given; an empty list filters nothing."""

    connection: list[str] | None = None
    """The names of connections."""
    client_id: list[str] | None = None
    """The identifiers of clients."""
    user_type: list[AnalyticsUserType] | None = None
    """The kinds of sign-in."""
    user_id: list[str] | None = None
    """The identifiers of users."""


class AnalyticsQuery(Insert):
    """What to count, and how."""

    from_: Instant | None = Field(default=None, validation_alias="from", serialization_alias="from")
    """The first instant; by default thirty days before ``to``."""
    to: Instant | None = None
    """The instant behind the last one; now by default."""
    interval: AnalyticsInterval = "day"
    """The length of the buckets of ``time``; weeks begin on Monday."""
    tz: str = "UTC"
    """The IANA time zone in which buckets begin."""
    group_by: list[AnalyticsGroupBy] = Field(default=["time"])
    """The dimensions; the answer has a row for each combination of their values."""
    filters: AnalyticsFilters = Field(default_factory=AnalyticsFilters)
    """The events that count."""
    order_by: list[str] = Field(default_factory=list)
    """Columns of the answer, with ``-`` before one for descending; by default time first, else the greatest first."""
    limit: int = 100
    """The most rows that the answer has, up to 1,000."""
    offset: int = 0
    """The number of rows to leave out before the first."""


class AnalyticsColumnMeta(Model):
    """A column of the answer; the type is ClickHouse's name for it."""

    name: str
    """The name of the column."""
    type: str
    """The type of the column, in ClickHouse's terms."""


class AnalyticsStatistics(Model):
    """What it took: seconds, rows and bytes."""

    elapsed: int | float
    """The time that the query took, in seconds."""
    rows_read: int | float | None = None
    """The number of rows that were read."""
    bytes_read: int | float | None = None
    """The number of bytes that were read."""


class AnalyticsQueryResponse(Model):
    """Columns, rows, how many rows these are, and how many there would be without a limit."""

    meta: list[AnalyticsColumnMeta]
    """The columns of the answer."""
    data: list[dict[str, Any]]
    """The rows of the answer, each an object by column name."""
    rows: int
    """The number of rows in ``data``."""
    rows_before_limit_at_least: int | None = None
    """The number of rows that there would be without a limit."""
    statistics: AnalyticsStatistics | None = None
    """What the query took."""


class SessionRetentionCohort(Model):
    """The sessions that began in a week: how many, and how many of them were still used in that week and in each since."""

    cohort: str
    """The Monday on which the week began, as YYYY-MM-DD."""
    sessions: int
    """The number of sessions that began in the week."""
    active: list[int]
    """The number of those that were still used in that week and in each week since."""


class SessionRetentionResponse(Model):
    """The retention of sessions, oldest cohort first; ``cohort`` is the Monday's date."""

    interval: Literal["week"]
    """The length of a cohort, always a week."""
    from_: str = Field(validation_alias="from", serialization_alias="from")
    """The beginning of the first cohort, as an ISO 8601 instant."""
    to: str
    """The end of what is counted, as an ISO 8601 instant."""
    cohorts: list[SessionRetentionCohort]
    """The cohorts, oldest first."""


class RefreshTokenRetentionCohort(Model):
    """The refresh-token families that began in a week: how many, and how many were still used in that week and in each since."""

    cohort: str
    """The Monday on which the week began, as YYYY-MM-DD."""
    tokens: int
    """The number of refresh-token families that began in the week."""
    active: list[int]
    """The number of those that were still used in that week and in each week since."""


class RefreshTokenRetentionResponse(Model):
    """The retention of refresh-token families, oldest cohort first; ``cohort`` is the Monday's date."""

    interval: Literal["week"]
    """The length of a cohort, always a week."""
    from_: str = Field(validation_alias="from", serialization_alias="from")
    """The beginning of the first cohort, as an ISO 8601 instant."""
    to: str
    """The end of what is counted, as an ISO 8601 instant."""
    cohorts: list[RefreshTokenRetentionCohort]
    """The cohorts, oldest first."""


class DailyStats(Model):
    """A day: sign-ins, sign-ups, leaked passwords, and its first and last event."""

    date: str
    """The day."""
    logins: int
    """The number of successful sign-ins."""
    signups: int
    """The number of successful sign-ups."""
    leaked_passwords: int
    """The number of sign-ins with a password that is known to have leaked."""
    updated_at: Instant
    """When the last event of the day happened."""
    created_at: Instant
    """When the first event of the day happened."""
