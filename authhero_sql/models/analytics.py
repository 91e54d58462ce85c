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
    client_id: list[str] | None = None
    user_type: list[AnalyticsUserType] | None = None
    user_id: list[str] | None = None


class AnalyticsQuery(Insert):
    """What to count, and how.

    Attributes:
        from_: the first instant (``from`` on the wire); by default thirty days before ``to``.
        to: the instant behind the last; now by default.
        interval: how long the buckets of ``time`` are; weeks begin on Monday.
        tz: an IANA time zone, in which buckets begin.
        group_by: what the answer has a row for each combination of.
        filters: which events count.
        order_by: columns of the answer, ``-`` before one for descending; by default time first, else the greatest first.
        limit: rows at most, up to 1,000.
        offset: rows left out before them.
    """

    from_: Instant | None = Field(default=None, validation_alias="from", serialization_alias="from")
    to: Instant | None = None
    interval: AnalyticsInterval = "day"
    tz: str = "UTC"
    group_by: list[AnalyticsGroupBy] = Field(default=["time"])
    filters: AnalyticsFilters = Field(default_factory=AnalyticsFilters)
    order_by: list[str] = Field(default_factory=list)
    limit: int = 100
    offset: int = 0


class AnalyticsColumnMeta(Model):
    """A column of the answer; the type is ClickHouse's name for it."""

    name: str
    type: str


class AnalyticsStatistics(Model):
    """What it took: seconds, rows and bytes."""

    elapsed: int | float
    rows_read: int | float | None = None
    bytes_read: int | float | None = None


class AnalyticsQueryResponse(Model):
    """Columns, rows, how many rows these are, and how many there would be without a limit."""

    meta: list[AnalyticsColumnMeta]
    data: list[dict[str, Any]]
    rows: int
    rows_before_limit_at_least: int | None = None
    statistics: AnalyticsStatistics | None = None


class SessionRetentionCohort(Model):
    """The sessions that began in a week: how many, and how many of them were still used in that week and in each since."""

    cohort: str
    sessions: int
    active: list[int]


class SessionRetentionResponse(Model):
    """The retention of sessions, oldest cohort first; ``cohort`` is the Monday's date."""

    interval: Literal["week"]
    from_: str = Field(validation_alias="from", serialization_alias="from")
    to: str
    cohorts: list[SessionRetentionCohort]


class RefreshTokenRetentionCohort(Model):
    """The refresh-token families that began in a week: how many, and how many were still used in that week and in each since."""

    cohort: str
    tokens: int
    active: list[int]


class RefreshTokenRetentionResponse(Model):
    """The retention of refresh-token families, oldest cohort first; ``cohort`` is the Monday's date."""

    interval: Literal["week"]
    from_: str = Field(validation_alias="from", serialization_alias="from")
    to: str
    cohorts: list[RefreshTokenRetentionCohort]


class DailyStats(Model):
    """A day: sign-ins, sign-ups, leaked passwords, and its first and last event."""

    date: str
    logins: int
    signups: int
    leaked_passwords: int
    updated_at: Instant
    created_at: Instant
