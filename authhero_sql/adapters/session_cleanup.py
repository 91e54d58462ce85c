"""Clean-up of what keeps people signed in, once it has expired."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from ..context import Context
from ..dialects.interface import Call
from ..errors import InvalidValueError
from ..models.sessions import SessionCleanupResult
from ..schema import Column
from ..statements.conditions import Where, gte, lt, null_or, pair_in
from ..statements.table import AnyTable
from ..tables import LOGIN_SESSIONS, REFRESH_TOKENS, SESSIONS
from .login_sessions import LoginSessions
from .sessions import EXPIRIES, RefreshTokens, Sessions

SESSION = SESSIONS.c
LOGIN = LOGIN_SESSIONS.c
BATCH = 500
"""The most sessions of one transaction: their ids are sent back to the database."""
GRACE = timedelta(days=7)


class SessionCleanup:
    """``await adapters.session_cleanup()``; a callable, not a table."""

    def __init__(self, session: Context) -> None:
        self.context = session

    async def __call__(
        self, tenant_id: str | None = None, user_id: str | None = None, grace: timedelta = GRACE, *, dry_run: bool = False
    ) -> SessionCleanupResult:
        """Remove refresh tokens, sessions and login sessions that expired longer ago than the grace, in bounded batches.

        What has either of its two expiries behind it is expired; what has none never is. A login session that still
        lives is kept when its session goes.

        Args:
            tenant_id: only this tenant; all tenants by default.
            user_id: only this user.
            grace: how long an expired row is kept.
            dry_run: count what would be removed, and remove nothing.

        Returns:
            How many of each were removed.

        Raises:
            InvalidValueError: the grace is no timedelta, negative, or longer ago than the year 1.
        """
        if not isinstance(grace, timedelta):
            raise InvalidValueError("session_cleanup", "grace", "must be a timedelta")
        if grace < timedelta(0):
            raise InvalidValueError("session_cleanup", "grace", "must not be negative")
        try:
            cutoff = self.context.now() - grace
        except OverflowError:
            raise InvalidValueError("session_cleanup", "grace", "is too long") from None
        tokens, logins = RefreshTokens(self.context), LoginSessions(self.context)
        scopes = {table: _scope(table, tenant_id, user_id) for table in (REFRESH_TOKENS, SESSIONS, LOGIN_SESSIONS)}
        if dry_run:
            return await self._counted(scopes, cutoff)
        # Before the sessions, with which the database would remove them uncounted.
        login_sessions = await logins._sweeps.sweep(scopes[LOGIN_SESSIONS], LOGIN.expires_at_ts, cutoff)
        # One pass for each expiry: an OR of two columns would use the index of neither.
        refresh_tokens = sum([await tokens._sweeps.sweep(scopes[REFRESH_TOKENS], expiry, cutoff) for expiry in _expiries(REFRESH_TOKENS)])
        sessions = sum([await self._sessions(scopes[SESSIONS], expiry, cutoff) for expiry in _expiries(SESSIONS)])
        return SessionCleanupResult(refresh_tokens=refresh_tokens, sessions=sessions, login_sessions=login_sessions)

    async def _counted(self, scopes: Mapping[AnyTable, Where], cutoff: datetime) -> SessionCleanupResult:
        """What would be removed: each row once, though both of its expiries may be behind it."""

        async def total(adapter: RefreshTokens | Sessions) -> int:
            first, second = _expiries(adapter.table)
            either: tuple[Where, ...] = ({first: lt(cutoff)}, {second: lt(cutoff), first: null_or(gte(cutoff))})
            return sum([await adapter._sweeps.total({**scopes[adapter.table], **expired}) for expired in either])

        expired = {**scopes[LOGIN_SESSIONS], LOGIN.expires_at_ts: lt(cutoff)}
        return SessionCleanupResult(
            refresh_tokens=await total(RefreshTokens(self.context)),
            sessions=await total(Sessions(self.context)),
            login_sessions=await LoginSessions(self.context)._sweeps.total(expired),
        )

    async def _sessions(self, scope: Where, expiry: Column, cutoff: datetime) -> int:
        sessions, logins = Sessions(self.context), LoginSessions(self.context)
        expired = {expiry: lt(cutoff)}

        async def remove(where: Where, limit: int) -> tuple[int, int]:
            # A plan for any value does not know how few have expired.
            rows = await sessions._run.fetch(
                sessions._sql.select(sessions._raw_columns(SESSION.tenant_id, SESSION.id), where, limit=limit, planned=True)
            )
            chosen = [(row[0], row[1]) for row in rows]
            return len(chosen), await sessions._run.affected(*_removal(sessions, logins, chosen, expired)) if chosen else 0

        return await sessions._sweeps.remove_in_segments(scope, expiry, cutoff, remove, BATCH * 4 // 5)


def _scope(table: AnyTable, tenant_id: str | None, user_id: str | None) -> dict[Column, Any]:
    return {table[name]: value for name, value in (("tenant_id", tenant_id), ("user_id", user_id)) if value is not None}


def _expiries(table: AnyTable) -> tuple[Column, Column]:
    return table[EXPIRIES[0]], table[EXPIRIES[1]]


def _removal(sessions: Sessions, logins: LoginSessions, chosen: list[tuple[str, str]], expired: Where) -> list[Call]:
    """Remove sessions, known by tenant and id, but for those that have been renewed since they were chosen.

    The login sessions that are left would go with them, so they are detached before.
    """
    where = {SESSION.tenant_id: pair_in(SESSION.id, chosen), **expired}
    detach = logins._sql.update(
        {LOGIN.tenant_id: pair_in(LOGIN.session_id, chosen)},
        logins._bumped({"session_id": None}),
        only_if=(sessions.table, expired),
        on={"tenant_id": "tenant_id", "id": "session_id"},
    )
    return [*sessions._sql.lock(sessions.table, where), detach, sessions._sql.delete(where)]
