"""The removal of expired sessions, refresh tokens and login sessions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

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
"""The maximum number of sessions per transaction. Their IDs are sent back to the database."""
GRACE = timedelta(days=7)


class SessionCleanup:
    """A callable that removes expired sessions: ``await adapters.session_cleanup()``."""

    attribute: ClassVar[str] = "session_cleanup"

    def __init__(self, context: Context) -> None:
        self.context = context

    async def __call__(
        self, tenant_id: str | None = None, user_id: str | None = None, grace: timedelta = GRACE, *, dry_run: bool = False
    ) -> SessionCleanupResult:
        """Remove refresh tokens, sessions and login sessions that expired before the grace period, in bounded batches.

        A row has expired if at least one of its expiries has passed. A row without an expiry never expires. A login
        session that has not expired is retained when its session is removed.

        Args:
            tenant_id: Remove only rows of this tenant. Defaults to all tenants.
            user_id: Remove only rows of this user. Defaults to all users.
            grace: How long to retain expired rows.
            dry_run: Count the rows without removing them.

        Returns:
            The number of rows removed from each table, or counted by a dry run.

        Raises:
            InvalidValueError: ``grace`` is not a timedelta, is negative, or reaches back before the year 1.
            UnsupportedError: The method is called in a batch.
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
            return await self._count(scopes, cutoff)
        # This precedes the removal of the sessions, which would remove login sessions without counting them.
        login_sessions = await logins._deleter.delete_before(scopes[LOGIN_SESSIONS], LOGIN.expires_at_ts, cutoff)
        # Each expiry has a separate pass, because an OR of two columns would use neither index.
        refresh_tokens = sum(
            [await tokens._deleter.delete_before(scopes[REFRESH_TOKENS], expiry, cutoff) for expiry in _expiries(REFRESH_TOKENS)]
        )
        sessions = sum([await self._remove_sessions(scopes[SESSIONS], expiry, cutoff) for expiry in _expiries(SESSIONS)])
        return SessionCleanupResult(refresh_tokens=refresh_tokens, sessions=sessions, login_sessions=login_sessions)

    async def _count(self, scopes: Mapping[AnyTable, Where], cutoff: datetime) -> SessionCleanupResult:
        """Count the rows that would be removed, each only once even if both of its expiries have passed."""

        async def total(adapter: RefreshTokens | Sessions) -> int:
            first, second = _expiries(adapter.table)
            either: tuple[Where, ...] = ({first: lt(cutoff)}, {second: lt(cutoff), first: null_or(gte(cutoff))})
            return sum([await adapter._deleter.count({**scopes[adapter.table], **expired}) for expired in either])

        expired = {**scopes[LOGIN_SESSIONS], LOGIN.expires_at_ts: lt(cutoff)}
        return SessionCleanupResult(
            refresh_tokens=await total(RefreshTokens(self.context)),
            sessions=await total(Sessions(self.context)),
            login_sessions=await LoginSessions(self.context)._deleter.count(expired),
        )

    async def _remove_sessions(self, scope: Where, expiry: Column, cutoff: datetime) -> int:
        sessions, logins = Sessions(self.context), LoginSessions(self.context)
        expired = {expiry: lt(cutoff)}

        async def remove(where: Where, limit: int) -> tuple[int, int]:
            # A generic plan would not take into account how few sessions have expired.
            rows = await sessions._run.fetch(
                sessions._sql.select(sessions._raw_columns(SESSION.tenant_id, SESSION.id), where, limit=limit, planned=True)
            )
            chosen = [(row[0], row[1]) for row in rows]
            return len(chosen), await sessions._run.affected(*_removal_calls(sessions, logins, chosen, expired)) if chosen else 0

        return await sessions._deleter.remove_in_segments(scope, expiry, cutoff, remove, BATCH * 4 // 5)


def _scope(table: AnyTable, tenant_id: str | None, user_id: str | None) -> dict[Column, Any]:
    return {table[name]: value for name, value in (("tenant_id", tenant_id), ("user_id", user_id)) if value is not None}


def _expiries(table: AnyTable) -> tuple[Column, Column]:
    return table[EXPIRIES[0]], table[EXPIRIES[1]]


def _removal_calls(sessions: Sessions, logins: LoginSessions, chosen: list[tuple[str, str]], expired: Where) -> list[Call]:
    """Return the statements that remove the sessions, except those that have been renewed since they were selected.

    Login sessions that have not expired are detached first, because they would be removed with their session.
    """
    where = {SESSION.tenant_id: pair_in(SESSION.id, chosen), **expired}
    detach = logins._sql.update(
        {LOGIN.tenant_id: pair_in(LOGIN.session_id, chosen)},
        logins._with_updated_at({"session_id": None}),
        only_if=(sessions.table, expired),
        on={"tenant_id": "tenant_id", "id": "session_id"},
    )
    return [*sessions._sql.lock_row(sessions.table, where), detach, sessions._sql.delete(where)]
