"""Statistics that are counted from the log, the sessions and the refresh tokens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from ..buckets import Bucket, get_time_zone, split_into_buckets
from ..clock import to_epoch_ms, to_iso
from ..crud.adapter import Adapter
from ..errors import InvalidQueryError, printable
from ..models.analytics import (
    AnalyticsColumnMeta,
    AnalyticsQuery,
    AnalyticsQueryResponse,
    DailyStats,
    RefreshTokenRetentionCohort,
    RefreshTokenRetentionResponse,
    SessionRetentionCohort,
    SessionRetentionResponse,
)
from ..models.logs import Log
from ..pagination import MAX_PAGE, parse_count
from ..row_mapping import Unchecked, explicit_fields
from ..schema import Column, Order
from ..statements.aggregates import Aggregates, Bucketed, Dimension, Latest, Relabeled
from ..statements.conditions import gte, lt, lte, one_of
from ..tables import LOGS, REFRESH_TOKENS, SESSIONS

if TYPE_CHECKING:
    from ..types import AnalyticsQueryDict

LOG = LOGS.c
SESSION = SESSIONS.c
TOKEN = REFRESH_TOKENS.c
RESOURCES: Mapping[str, tuple[str, ...]] = {
    "active-users": ("s", "seacft"),
    "logins": ("s", "f", "fp"),
    "signups": ("ss", "fs"),
    "refresh-tokens": ("seacft", "fertft"),
    "sessions": ("slo",),
    "logouts": ("slo", "flo"),
    "password-changes": ("scp", "fcp", "scpr", "fcpr"),
    "password-migrations": ("spm",),
    "mfa": ("gd_auth_succeed", "gd_auth_failed", "gd_auth_rejected"),
    "email-verifications": ("sv", "fv", "svr", "fvr"),
    "codes-sent": ("cls", "cs"),
}
"""The log types that each resource counts."""
DISTINCT_USERS = "active-users"
"""The resource that counts distinct users instead of events."""
USER_TYPE = Relabeled("strategy_type", (("database", "password"), ("social", "social"), ("passwordless", "passwordless")), "enterprise")
"""The user type of a log entry, derived from its strategy type. NULL if the entry has no strategy type."""
COLUMNS: Mapping[str, Dimension] = {"connection": "connection", "client_id": "client_id", "user_type": USER_TYPE, "event": "type"}
"""The column of each group other than time."""
DAILY = {"logins": "s", "signups": "ss", "leaked_passwords": "pwd_leak"}
"""The log types that the daily statistics count."""
MONTH = timedelta(days=30)
WEEK = timedelta(weeks=1)
MAX_WEEKS = 53


class Analytics(Adapter[Log]):
    """Counts of log events by time, connection, client, user type and event, and weekly retention.

    Log events are counted by time, connection, client, user type and event.
    """

    attribute = "analytics"
    table = LOGS
    model = Log

    @property
    def _counts(self) -> Aggregates:
        return Aggregates(LOGS, self.context.statement_cache)

    async def query(
        self, tenant_id: str, resource: str, params: AnalyticsQuery | AnalyticsQueryDict | Unchecked | None = None
    ) -> AnalyticsQueryResponse:
        """Count the events of a resource, grouped and filtered by the parameters.

        Args:
            tenant_id: The tenant's ID.
            resource: ``active-users`` (distinct users), ``logins``, ``signups``, ``refresh-tokens``, ``sessions``,
                ``logouts``, ``password-changes``, ``password-migrations``, ``mfa``, ``email-verifications`` or
                ``codes-sent``.
            params: The time range, interval, time zone, groups, filters, order and page, as a model or a mapping; see
                :class:`AnalyticsQuery`. By default, the last 30 days are counted by day in UTC.

        Returns:
            The columns and rows of the result. A time bucket without events has no row.

        Raises:
            InvalidQueryError: The resource, the time zone or a column is unknown, or another parameter is invalid.
        """
        types = RESOURCES.get(str(resource))
        if types is None:
            raise InvalidQueryError(f"unknown resource: use one of {', '.join(RESOURCES)}")
        query = _parse_query(params)
        until = query.to or self.context.now()
        since = query.from_ or _before(until, MONTH)
        if since > until:
            raise InvalidQueryError("from must not be after to")
        value = resource.replace("-", "_")
        times = _time_buckets(query, since, until)
        dimensions = _dimensions(query, times)
        order = _order(query, value)
        where: dict[Column, Any] = {LOG.tenant_id: tenant_id, LOG.type: one_of(types), LOG.date: gte(since) & lt(until)}
        given = query.filters
        for column in (LOG.connection, LOG.client_id, LOG.user_id):
            wanted = getattr(given, column.name)
            if wanted:
                where[column] = one_of(wanted)
        if times is not None and not times:
            return _response(query, value, [], times, 0)
        options: dict[str, Any] = {
            "distinct": "user_id" if resource == DISTINCT_USERS else None,
            "order": order,
            "also": {"user_type": (USER_TYPE, given.user_type)} if given.user_type else {},
        }
        rows = await self._run.fetch(self._counts.grouped(where, dimensions, **options, limit=query.limit, offset=query.offset))
        if not rows and (query.offset or not query.limit):
            # An empty page has no row with the total: read the total from the first row.
            first = await self._run.fetch(self._counts.grouped(where, dimensions, **options, limit=1, offset=0))
            return _response(query, value, [], times or [], first[0][-1] if first else 0)
        return _response(query, value, rows, times or [], rows[0][-1] if rows else 0)

    async def session_retention(self, tenant_id: str, weeks: int) -> SessionRetentionResponse:
        """Return how many sessions of each week were still used in the following weeks.

        Args:
            tenant_id: The tenant's ID.
            weeks: The number of weeks, from 1 to 53, including the current one. Weeks run from Monday to Sunday in UTC.

        Returns:
            One cohort per week, oldest first. A session counts as used from its creation to its last interaction or
            use.

        Raises:
            InvalidQueryError: ``weeks`` is out of range.
        """
        mondays = self._mondays(weeks)
        counts = Aggregates(SESSIONS, self.context.statement_cache)
        where = {SESSION.tenant_id: tenant_id, SESSION.created_at_ts: gte(mondays[0])}
        last = Latest("used_at_ts", "last_interaction_at_ts")
        starts = [to_epoch_ms(monday) for monday in mondays]
        found = await self._run.fetch(counts.cohorts(where, "created_at_ts", last, starts))
        cohorts = [
            SessionRetentionCohort(cohort=cohort, sessions=number, active=active) for cohort, number, active in _cohorts(found, mondays)
        ]
        return SessionRetentionResponse(interval="week", from_=to_iso(mondays[0]), to=to_iso(self.context.now()), cohorts=cohorts)

    async def refresh_token_retention(
        self, tenant_id: str, weeks: int, client_id: str | Sequence[str] | None = None
    ) -> RefreshTokenRetentionResponse:
        """Return how many refresh-token families of each week were still used in the following weeks.

        Args:
            tenant_id: The tenant's ID.
            weeks: The number of weeks, from 1 to 53, including the current one. Weeks run from Monday to Sunday in UTC.
            client_id: Count only the tokens of this client, or of these clients. All clients are counted if it is None
                or empty.

        Returns:
            One cohort per week, oldest first. A token family counts once, and as used from its first token to its last
            exchange.

        Raises:
            InvalidQueryError: ``weeks`` is out of range, or ``client_id`` is neither a string nor a list of strings.
        """
        mondays = self._mondays(weeks)
        counts = Aggregates(REFRESH_TOKENS, self.context.statement_cache)
        clients = _string_list("client_id", client_id)
        where = {TOKEN.tenant_id: tenant_id, **({TOKEN.client_id: one_of(clients)} if clients else {})}
        last = Latest("last_exchanged_at_ts", "created_at_ts")
        starts = [to_epoch_ms(monday) for monday in mondays]
        found = await self._run.fetch(counts.cohorts(where, "created_at_ts", last, starts, family="family_id"))
        cohorts = [
            RefreshTokenRetentionCohort(cohort=cohort, tokens=number, active=active) for cohort, number, active in _cohorts(found, mondays)
        ]
        return RefreshTokenRetentionResponse(interval="week", from_=to_iso(mondays[0]), to=to_iso(self.context.now()), cohorts=cohorts)

    def _mondays(self, weeks: Any) -> list[datetime]:
        """Return the first day of each week, oldest first."""
        if not isinstance(weeks, int) or isinstance(weeks, bool) or not 1 <= weeks <= MAX_WEEKS:
            raise InvalidQueryError(f"weeks must be a whole number from 1 to {MAX_WEEKS}")
        today = self.context.now().replace(hour=0, minute=0, second=0, microsecond=0)
        monday = today - timedelta(days=today.weekday())
        return [monday - WEEK * back for back in range(weeks - 1, -1, -1)]


class Stats(Adapter[Log]):
    """Daily statistics (Auth0: stats), counted from the log."""

    attribute = "stats"
    table = LOGS
    model = Log

    async def get_daily(self, tenant_id: str, from_: str | None = None, to: str | None = None) -> list[DailyStats]:
        """Return one row for each day on which something was logged, oldest first.

        Days begin at midnight UTC.

        Args:
            tenant_id: The tenant's ID.
            from_: The first day, as ``YYYYMMDD`` or ``YYYY-MM-DD``. Defaults to 30 days before the last day.
            to: The last day, in the same format. Defaults to today.

        Raises:
            InvalidQueryError: A day is malformed, ``from_`` is after ``to``, or the range has more than 2,000 days.
        """
        last = _parse_day("to", to) if to is not None else self.context.now().replace(hour=0, minute=0, second=0, microsecond=0)
        first = _parse_day("from", from_) if from_ is not None else _before(last, MONTH)
        if first > last:
            raise InvalidQueryError("from must not be after to")
        end = last + timedelta(days=1) - timedelta(milliseconds=1)
        days = split_into_buckets(first, end, "day", UTC)
        starts = [to_iso(day.start) for day in days]
        where = {LOG.tenant_id: tenant_id, LOG.date: gte(first) & lte(end)}
        rows = await self._run.fetch(Aggregates(LOGS, self.context.statement_cache).daily(where, "date", starts, DAILY, "type"))
        return [
            DailyStats(
                date=days[number - 1].label,
                logins=int(logins),
                signups=int(signups),
                leaked_passwords=int(leaked),
                created_at=datetime.fromisoformat(first_event),
                updated_at=datetime.fromisoformat(last_event),
            )
            for number, logins, signups, leaked, first_event, last_event in rows
        ]

    async def get_active_users(self, tenant_id: str) -> int:
        """Return the number of distinct users who signed in during the last 30 days."""
        where = {LOG.tenant_id: tenant_id, LOG.type: "s", LOG.date: gte(_before(self.context.now(), MONTH))}
        users: int = (await self._run.fetch(self._sql.count_distinct(LOG.user_id, where)))[0][0]
        return users


def _parse_query(params: AnalyticsQuery | AnalyticsQueryDict | Unchecked | None) -> AnalyticsQuery:
    try:
        query = params if isinstance(params, AnalyticsQuery) else AnalyticsQuery.model_validate(explicit_fields(LOGS, params or {}))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        raise InvalidQueryError(f"{printable('.'.join(map(str, first['loc'])))}: {first['msg']}") from None
    if len(set(query.group_by)) < len(query.group_by):
        raise InvalidQueryError("group_by contains a duplicate")
    limit, offset = min(parse_count("limit", query.limit), MAX_PAGE), parse_count("offset", query.offset)
    if offset >= 2**53:
        raise InvalidQueryError("offset is too large")
    return query.model_copy(update={"limit": limit})


def _string_list(name: str, given: Any) -> list[str]:
    """Return one string or several as a list."""
    if given is None:
        return []
    strings: list[Any] = [given] if isinstance(given, str) or not isinstance(given, Iterable) else list(given)
    if not all(isinstance(each, str) for each in strings):
        raise InvalidQueryError(f"{name} must be a string or a list of strings")
    return strings


def _before(instant: datetime, by: timedelta) -> datetime:
    try:
        return instant - by
    except OverflowError:
        raise InvalidQueryError("the time must be between the years 1 and 9999") from None


def _time_buckets(query: AnalyticsQuery, since: datetime, until: datetime) -> Sequence[Bucket] | None:
    """Return the time buckets, or None if the query does not group by time."""
    tz = get_time_zone(query.tz)
    return split_into_buckets(since, until, query.interval, tz) if "time" in query.group_by else None


def _dimensions(query: AnalyticsQuery, times: Sequence[Bucket] | None) -> dict[str, Dimension]:
    starts = tuple(to_iso(bucket.start) for bucket in times or ())
    dimensions: dict[str, Dimension] = {"time": Bucketed("date", starts), **COLUMNS}
    return {name: dimensions[name] for name in query.group_by}


def _order(query: AnalyticsQuery, value: str) -> list[Order]:
    """Return the requested order, completed so that pages never overlap.

    By default, rows are sorted by time, or by descending value if the query does not group by time.
    """
    columns: dict[str, str] = {name: name for name in query.group_by}
    columns[value] = "value"
    wanted = query.order_by or (["time"] if "time" in query.group_by else [f"-{value}"])
    order: list[Order] = []
    for text in wanted:
        name = text.removeprefix("-")
        if name not in columns:
            raise InvalidQueryError(f"order_by must name columns of the result: {', '.join(columns)}")
        order.append(Order(columns[name], text.startswith("-"), nullable=True))
    named = {part.column for part in order}
    return [*order, *(Order(name, nullable=True) for name in query.group_by if name not in named)]


def _response(
    query: AnalyticsQuery, value: str, rows: Sequence[Sequence[Any]], times: Sequence[Bucket], total: int
) -> AnalyticsQueryResponse:
    kinds = {"time": "DateTime" if query.interval == "hour" else "Date"}
    meta = [AnalyticsColumnMeta(name=name, type=kinds.get(name, "String")) for name in query.group_by]
    data = []
    for row in rows:
        named: dict[str, Any] = dict(zip(query.group_by, row, strict=False))
        if "time" in named:
            named["time"] = times[named["time"] - 1].label
        data.append({**named, value: int(row[len(query.group_by)])})
    return AnalyticsQueryResponse(
        meta=[*meta, AnalyticsColumnMeta(name=value, type="UInt64")], data=data, rows=len(data), rows_before_limit_at_least=total
    )


def _cohorts(found: Sequence[Sequence[Any]], mondays: Sequence[datetime]) -> list[tuple[str, int, list[int]]]:
    """Return each cohort's Monday, its size, and how many of it were used in that week and in each following week."""
    last_uses: dict[int, Counter[int]] = {}
    for began, used, number in found:
        # PostgreSQL and MySQL return NULL instead of 0 for a missing start or use.
        week = int(began or 0)
        # Rows that began before the first week belong to no cohort.
        if week > 0:
            # A use that is dated before the start counts for the first week.
            until = max(int(used or 0), week)
            last_uses.setdefault(week, Counter())[until] += int(number)
    weeks = len(mondays)
    return [
        (
            f"{monday:%Y-%m-%d}",
            sum(last_uses.get(week, Counter()).values()),
            [sum(number for used, number in last_uses.get(week, Counter()).items() if used >= later) for later in range(week, weeks + 1)],
        )
        for week, monday in enumerate(mondays, 1)
    ]


def _parse_day(name: str, text: Any) -> datetime:
    form = "%Y%m%d" if isinstance(text, str) and len(text) == 8 else "%Y-%m-%d"
    try:
        return datetime.strptime(text, form).replace(tzinfo=UTC)
    except (ValueError, TypeError):
        raise InvalidQueryError(f"{name} must be a day like 20260131 or 2026-01-31") from None
