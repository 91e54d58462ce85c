"""The container: one attribute for each adapter, declared here and nowhere else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import get_type_hints

from ..clock import Clock
from ..dialects import Database, wrap
from ..ids import Ids
from ..session import Session
from .client_connections import ClientConnections
from .clients import Clients
from .codes import Codes
from .connections import Connections
from .keys import Keys
from .login_sessions import LoginSessions
from .logs import Logs
from .passwords import Passwords
from .session_cleanup import SessionCleanup
from .sessions import RefreshTokens, Sessions
from .tenants import Tenants
from .user_activity import UserActivity
from .users import Users


class Adapters:
    """All adapters over one database, or over one transaction of it."""

    client_connections: ClientConnections
    clients: Clients
    codes: Codes
    connections: Connections
    keys: Keys
    login_sessions: LoginSessions
    logs: Logs
    passwords: Passwords
    refresh_tokens: RefreshTokens
    session_cleanup: SessionCleanup
    sessions: Sessions
    tenants: Tenants
    user_activity: UserActivity
    users: Users

    def __init__(self, session: Session) -> None:
        self.session = session
        for name, kind in _KINDS.items():
            setattr(self, name, kind(session))

    @property
    def database(self) -> Database:
        """The database that the adapters work on."""
        return self.session.database

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Adapters]:
        """The same adapters, bound to one transaction: ``async with adapters.transaction() as tx``.

        The end of the block commits; an exception or a cancellation rolls everything back. ``tx.transaction()`` is a
        savepoint. A cancellation that comes when the COMMIT is already on its way is raised after it.

        Raises:
            TransactionConflictError: another transaction got in the way; the whole block may be tried again.
            UnsupportedError: the engine has no interactive transactions.
        """
        async with self.session.transaction() as session:
            yield Adapters(session)


_KINDS = get_type_hints(Adapters)


async def create_adapters(pool: object, *, clock: Clock | None = None, ids: Ids | None = None) -> Adapters:
    """The adapters over a database.

    Args:
        pool: a :class:`Database` from ``connect(url)``, or a pool of one's own (``asyncpg.Pool``, ``aiomysql.Pool``,
            ``aiosqlite.Connection``), which is never closed here.
        clock: gives the present; the system's by default.
        ids: makes ids; random ones by default.

    Raises:
        TypeError: ``pool`` is none of these.
        ConfigurationError: the database is set up in a way that cannot work.
        DatabaseUnavailableError: it cannot be reached.
    """
    return Adapters(Session.of(await wrap(pool), clock=clock, ids=ids))
