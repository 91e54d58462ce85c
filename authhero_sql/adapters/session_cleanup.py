"""Clean-up of what keeps people signed in, once it has expired."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ..dialects.interface import Call
from ..errors import InvalidValueError
from ..models import SessionCleanupResult
from ..repository import Where
from ..session import Session
from .login_sessions import LoginSessions
from .sessions import EXPIRIES, RefreshTokens, Sessions

BATCH = 500
"""The most sessions of one transaction: their ids are sent back to the database."""
GRACE = timedelta(days=7)


class SessionCleanup:
    """``await adapters.session_cleanup()``; a callable, not a table."""

    def __init__(self, session: Session) -> None:
        self.session = session

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
            cutoff = self.session.now() - grace
        except OverflowError:
            raise InvalidValueError("session_cleanup", "grace", "is too long") from None
        scope = {name: value for name, value in (("tenant_id", tenant_id), ("user_id", user_id)) if value is not None}
        tokens = RefreshTokens(self.session)
        if dry_run:
            return await self._counted(scope, cutoff)
        # Before the sessions, with which the database would remove them uncounted.
        login_sessions = await LoginSessions(self.session)._sweep(scope, "expires_at_ts", cutoff)
        # One pass for each expiry: an OR of two columns would use the index of neither.
        refresh_tokens = sum([await tokens._sweep(scope, expiry, cutoff) for expiry in EXPIRIES])
        sessions = sum([await self._sessions(scope, expiry, cutoff) for expiry in EXPIRIES])
        return SessionCleanupResult(refresh_tokens=refresh_tokens, sessions=sessions, login_sessions=login_sessions)

    async def _counted(self, scope: dict[str, Any], cutoff: datetime) -> SessionCleanupResult:
        """What would be removed: each row once, though both of its expiries may be behind it."""
        first, second = EXPIRIES
        either = ({f"{first} <": cutoff}, {f"{second} <": cutoff, f"{first} null or >=": cutoff})
        return SessionCleanupResult(
            refresh_tokens=sum([await RefreshTokens(self.session)._total({**scope, **expired}) for expired in either]),
            sessions=sum([await Sessions(self.session)._total({**scope, **expired}) for expired in either]),
            login_sessions=await LoginSessions(self.session)._total({**scope, "expires_at_ts <": cutoff}),
        )

    async def _sessions(self, scope: dict[str, Any], expiry: str, cutoff: datetime) -> int:
        sessions, logins = Sessions(self.session), LoginSessions(self.session)
        expired = {f"{expiry} <": cutoff}

        async def remove(where: Where, limit: int) -> tuple[int, int]:
            # A plan for any value does not know how few have expired.
            rows = await sessions._fetch(sessions._select(sessions._chosen("tenant_id", "id"), where, limit=limit, planned=True))
            chosen = [(row[0], row[1]) for row in rows]
            return len(chosen), await sessions._affected(*_removal(sessions, logins, chosen, expired)) if chosen else 0

        return await sessions._stretched(scope, expiry, cutoff, remove, BATCH * 4 // 5)


def _removal(sessions: Sessions, logins: LoginSessions, chosen: list[tuple[str, str]], expired: dict[str, Any]) -> list[Call]:
    """Remove sessions, known by tenant and id, but for those that have been renewed since they were chosen.

    The login sessions that are left would go with them, so they are detached before.
    """
    where = {"tenant_id with id in": chosen, **expired}
    detach = logins._change(
        {"tenant_id with session_id in": chosen},
        logins._bumped({"session_id": None}),
        only_if=(sessions.table, expired),
        on={"tenant_id": "tenant_id", "id": "session_id"},
    )
    return [*sessions._lock(sessions.table, where), detach, sessions._delete(where)]
