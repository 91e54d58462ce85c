"""What happened, counted from the log, the sessions and the refresh tokens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from ..buckets import Bucket, buckets, zone
from ..clock import to_epoch_ms, to_iso
from ..crud.adapter import Adapter
from ..errors import InvalidQueryError, shown
from ..listing import MAX_PAGE, count
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
from ..rows import Unchecked, mapping
from ..schema import Column, Order
from ..statements.aggregates import Aggregates, Bucketed, Dimension, Latest, Named
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
"""The resource that counts users, and not events."""
USER_TYPE = Named("strategy_type", (("database", "password"), ("social", "social"), ("passwordless", "passwordless")), "enterprise")
"""What kind of user a log entry is about, by the type of its strategy; none where it has none."""
COLUMNS: Mapping[str, Dimension] = {"connection": "connection", "client_id": "client_id", "user_type": USER_TYPE, "event": "type"}
"""What the groups but time are made of."""
DAILY = {"logins": "s", "signups": "ss", "leaked_passwords": "pwd_leak"}
"""The log types that the daily statistics count."""
MONTH = timedelta(days=30)
WEEK = timedelta(weeks=1)
MAX_WEEKS = 53


class Analytics(Adapter[Log]):
    """Analytics: the log counted by time, connection, client, kind of user and event; retention by week."""

    attribute = "analytics"
    table = LOGS
    model = Log

    @property
    def _counts(self) -> Aggregates:
        return Aggregates(LOGS, self.context.statement_cache)

    async def query(
        self, tenant_id: str, resource: str, params: AnalyticsQuery | AnalyticsQueryDict | Unchecked | None = None
    ) -> AnalyticsQueryResponse:
        """Count what a resource stands for.

        Args:
            tenant_id: the tenant.
            resource: ``active-users`` (distinct users), ``logins``, ``signups``, ``refresh-tokens``, ``sessions``,
                ``logouts``, ``password-changes``, ``password-migrations``, ``mfa``, ``email-verifications`` or ``codes-sent``.
            params: the time, the interval and its zone, groups, filters, order and page; see :class:`AnalyticsQuery`.

        Returns:
            Columns and rows; a bucket of time in which nothing happened has no row.

        Raises:
            InvalidQueryError: there is no such resource, zone or column, or another parameter is not valid.
        """
        types = RESOURCES.get(str(resource))
        if types is None:
            raise InvalidQueryError(f"there is no such resource; there are {', '.join(RESOURCES)}")
        asked = _asked(params)
        until = asked.to or self.context.now()
        since = asked.from_ or _earlier(until, MONTH)
        if since > until:
            raise InvalidQueryError("from must not be after to")
        value = resource.replace("-", "_")
        times = _times(asked, since, until)
        dimensions = _dimensions(asked, times)
        order = _order(asked, value)
        where: dict[Column, Any] = {LOG.tenant_id: tenant_id, LOG.type: one_of(types), LOG.date: gte(since) & lt(until)}
        given = asked.filters
        for column in (LOG.connection, LOG.client_id, LOG.user_id):
            wanted = getattr(given, column.name)
            if wanted:
                where[column] = one_of(wanted)
        if times is not None and not times:
            return _response(asked, value, [], times, 0)
        options: dict[str, Any] = {
            "distinct": "user_id" if resource == DISTINCT_USERS else None,
            "order": order,
            "also": {"user_type": (USER_TYPE, given.user_type)} if given.user_type else {},
        }
        rows = await self._run.fetch(self._counts.grouped(where, dimensions, **options, limit=asked.limit, offset=asked.offset))
        if not rows and (asked.offset or not asked.limit):
            # Behind the last row: how many there are says the first.
            first = await self._run.fetch(self._counts.grouped(where, dimensions, **options, limit=1, offset=0))
            return _response(asked, value, [], times or [], first[0][-1] if first else 0)
        return _response(asked, value, rows, times or [], rows[0][-1] if rows else 0)

    async def session_retention(self, tenant_id: str, weeks: int) -> SessionRetentionResponse:
        """How many sessions of each week were still used in the weeks since.

        Args:
            tenant_id: the tenant.
            weeks: how many weeks, Monday to Sunday in UTC, this one included; 1 to 53.

        Returns:
            A cohort a week, oldest first. A session is used from its creation to its last interaction or use.

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
            SessionRetentionCohort(cohort=cohort, sessions=number, active=active) for cohort, number, active in _folded(found, mondays)
        ]
        return SessionRetentionResponse(interval="week", from_=to_iso(mondays[0]), to=to_iso(self.context.now()), cohorts=cohorts)

    async def refresh_token_retention(
        self, tenant_id: str, weeks: int, client_id: str | Sequence[str] | None = None
    ) -> RefreshTokenRetentionResponse:
        """How many refresh-token families of each week were still used in the weeks since.

        Args:
            tenant_id: the tenant.
            weeks: how many weeks, Monday to Sunday in UTC, this one included; 1 to 53.
            client_id: only the tokens of this client, or of these; those of all clients where it is None or empty.

        Returns:
            A cohort a week, oldest first. A family is used from its first token to its last exchange, and counts once.

        Raises:
            InvalidQueryError: ``weeks`` is out of range, or ``client_id`` is neither text nor a list of it.
        """
        mondays = self._mondays(weeks)
        counts = Aggregates(REFRESH_TOKENS, self.context.statement_cache)
        clients = _texts("client_id", client_id)
        where = {TOKEN.tenant_id: tenant_id, **({TOKEN.client_id: one_of(clients)} if clients else {})}
        last = Latest("last_exchanged_at_ts", "created_at_ts")
        starts = [to_epoch_ms(monday) for monday in mondays]
        found = await self._run.fetch(counts.cohorts(where, "created_at_ts", last, starts, family="family_id"))
        cohorts = [
            RefreshTokenRetentionCohort(cohort=cohort, tokens=number, active=active) for cohort, number, active in _folded(found, mondays)
        ]
        return RefreshTokenRetentionResponse(interval="week", from_=to_iso(mondays[0]), to=to_iso(self.context.now()), cohorts=cohorts)

    def _mondays(self, weeks: Any) -> list[datetime]:
        """The Mondays on which the weeks begin, oldest first."""
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
        """A row for each day on which something was logged, oldest first; days are UTC.

        Args:
            tenant_id: the tenant.
            from_: the first day, ``YYYYMMDD`` or ``YYYY-MM-DD``; thirty days before the last by default.
            to: the last day; today by default.

        Raises:
            InvalidQueryError: a day is none, ``from_`` is after ``to``, or there would be more than 2,000 days.
        """
        last = _day("to", to) if to is not None else self.context.now().replace(hour=0, minute=0, second=0, microsecond=0)
        first = _day("from", from_) if from_ is not None else _earlier(last, MONTH)
        if first > last:
            raise InvalidQueryError("from must not be after to")
        end = last + timedelta(days=1) - timedelta(milliseconds=1)
        days = buckets(first, end, "day", UTC)
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
        """How many different users have signed in within the last thirty days."""
        where = {LOG.tenant_id: tenant_id, LOG.type: "s", LOG.date: gte(_earlier(self.context.now(), MONTH))}
        users: int = (await self._run.fetch(self._sql.count_distinct(LOG.user_id, where)))[0][0]
        return users


def _asked(params: AnalyticsQuery | AnalyticsQueryDict | Unchecked | None) -> AnalyticsQuery:
    try:
        asked = params if isinstance(params, AnalyticsQuery) else AnalyticsQuery.model_validate(mapping(LOGS, params or {}))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        raise InvalidQueryError(f"{shown('.'.join(map(str, first['loc'])))}: {first['msg']}") from None
    if len(set(asked.group_by)) < len(asked.group_by):
        raise InvalidQueryError("group_by names something twice")
    limit, offset = min(count("limit", asked.limit), MAX_PAGE), count("offset", asked.offset)
    if offset >= 2**53:
        raise InvalidQueryError("offset is too large")
    return asked.model_copy(update={"limit": limit})


def _texts(name: str, given: Any) -> list[str]:
    """What a caller gave as one text or several."""
    if given is None:
        return []
    texts: list[Any] = [given] if isinstance(given, str) or not isinstance(given, Iterable) else list(given)
    if not all(isinstance(text, str) for text in texts):
        raise InvalidQueryError(f"{name} must be text, or a list of text")
    return texts


def _earlier(instant: datetime, by: timedelta) -> datetime:
    try:
        return instant - by
    except OverflowError:
        raise InvalidQueryError("the time must be between the years 1 and 9999") from None


def _times(asked: AnalyticsQuery, since: datetime, until: datetime) -> Sequence[Bucket] | None:
    """The buckets of time; None where nothing is grouped by it."""
    where = zone(asked.tz)
    return buckets(since, until, asked.interval, where) if "time" in asked.group_by else None


def _dimensions(asked: AnalyticsQuery, times: Sequence[Bucket] | None) -> dict[str, Dimension]:
    starts = tuple(to_iso(bucket.start) for bucket in times or ())
    made: dict[str, Dimension] = {"time": Bucketed("date", starts), **COLUMNS}
    return {name: made[name] for name in asked.group_by}


def _order(asked: AnalyticsQuery, value: str) -> list[Order]:
    """The order that was asked for, or time first, else the greatest first; completed so that pages never overlap."""
    columns: dict[str, str] = {name: name for name in asked.group_by}
    columns[value] = "value"
    wanted = asked.order_by or (["time"] if "time" in asked.group_by else [f"-{value}"])
    order: list[Order] = []
    for text in wanted:
        name = text.removeprefix("-")
        if name not in columns:
            raise InvalidQueryError(f"order_by must name columns of the answer: {', '.join(columns)}")
        order.append(Order(columns[name], text.startswith("-"), nullable=True))
    named = {part.column for part in order}
    return [*order, *(Order(name, nullable=True) for name in asked.group_by if name not in named)]


def _response(
    asked: AnalyticsQuery, value: str, rows: Sequence[Sequence[Any]], times: Sequence[Bucket], total: int
) -> AnalyticsQueryResponse:
    kinds = {"time": "DateTime" if asked.interval == "hour" else "Date"}
    meta = [AnalyticsColumnMeta(name=name, type=kinds.get(name, "String")) for name in asked.group_by]
    data = []
    for row in rows:
        named: dict[str, Any] = dict(zip(asked.group_by, row, strict=False))
        if "time" in named:
            named["time"] = times[named["time"] - 1].label
        data.append({**named, value: int(row[len(asked.group_by)])})
    return AnalyticsQueryResponse(
        meta=[*meta, AnalyticsColumnMeta(name=value, type="UInt64")], data=data, rows=len(data), rows_before_limit_at_least=total
    )


def _folded(found: Sequence[Sequence[Any]], mondays: Sequence[datetime]) -> list[tuple[str, int, list[int]]]:
    """Each cohort's Monday, its size, and how many of it were used in that week and in each since."""
    lasting: dict[int, Counter[int]] = {}
    for began, used, number in found:
        # What was never used has NULL here on the servers, and what has no beginning there.
        week = int(began or 0)
        # What began before the first week is in no cohort.
        if week > 0:
            # A use that is stamped before the beginning is one in the first week.
            until = max(int(used or 0), week)
            lasting.setdefault(week, Counter())[until] += int(number)
    weeks = len(mondays)
    return [
        (
            f"{monday:%Y-%m-%d}",
            sum(lasting.get(week, Counter()).values()),
            [sum(number for used, number in lasting.get(week, Counter()).items() if used >= later) for later in range(week, weeks + 1)],
        )
        for week, monday in enumerate(mondays, 1)
    ]


def _day(name: str, text: Any) -> datetime:
    form = "%Y%m%d" if isinstance(text, str) and len(text) == 8 else "%Y-%m-%d"
    try:
        return datetime.strptime(text, form).replace(tzinfo=UTC)
    except (ValueError, TypeError):
        raise InvalidQueryError(f"{name} must be a day like 20260131 or 2026-01-31") from None
