"""The container: one attribute for each adapter, declared here and nowhere else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar, get_type_hints

from ..clock import Clock
from ..dialects import Database, wrap
from ..ids import Ids
from ..session import Session
from .actions import ActionExecutions, Actions, ActionVersions, HookCodes, Hooks
from .analytics import Analytics, Stats
from .authentication_methods import AuthenticationMethods
from .branding import Brandings, CustomTexts, PromptSettings, Themes, UniversalLoginTemplates
from .client_connections import ClientConnections
from .client_registration_tokens import ClientRegistrationTokens
from .clients import Clients
from .codes import Codes
from .connections import Connections
from .domains import CustomDomains, ProxyRoutes
from .emails import EmailProviders, EmailTemplates
from .forms import Flows, Forms
from .keys import Keys
from .login_sessions import LoginSessions
from .logs import Logs
from .operations import Rollouts, TenantOperationEvents, TenantOperations
from .organizations import Invites, OrganizationConnections, Organizations, UserOrganizations
from .outbox import Outbox
from .passwords import Passwords
from .resource_servers import ClientGrants, Grants, ResourceServers
from .roles import RolePermissions, Roles, UserPermissions, UserRoles
from .scim import ScimConfigurations, ScimExternalIds, ScimTokens
from .session_cleanup import SessionCleanup
from .sessions import RefreshTokens, Sessions
from .streams import LogStreams, MigrationSources
from .tenants import Tenants
from .user_activity import UserActivity
from .users import Users

T = TypeVar("T")


class Adapters:
    """All adapters over one database, or over one transaction of it."""

    action_executions: ActionExecutions
    action_versions: ActionVersions
    actions: Actions
    analytics: Analytics
    authentication_methods: AuthenticationMethods
    branding: Brandings
    client_connections: ClientConnections
    client_grants: ClientGrants
    client_registration_tokens: ClientRegistrationTokens
    clients: Clients
    codes: Codes
    connections: Connections
    custom_domains: CustomDomains
    custom_text: CustomTexts
    email_providers: EmailProviders
    email_templates: EmailTemplates
    flows: Flows
    forms: Forms
    grants: Grants
    hook_code: HookCodes
    hooks: Hooks
    invites: Invites
    keys: Keys
    log_streams: LogStreams
    login_sessions: LoginSessions
    logs: Logs
    migration_sources: MigrationSources
    organization_connections: OrganizationConnections
    organizations: Organizations
    outbox: Outbox
    passwords: Passwords
    prompt_settings: PromptSettings
    proxy_routes: ProxyRoutes
    refresh_tokens: RefreshTokens
    resource_servers: ResourceServers
    role_permissions: RolePermissions
    roles: Roles
    rollouts: Rollouts
    scim_configurations: ScimConfigurations
    scim_external_ids: ScimExternalIds
    scim_tokens: ScimTokens
    session_cleanup: SessionCleanup
    sessions: Sessions
    stats: Stats
    tenant_operation_events: TenantOperationEvents
    tenant_operations: TenantOperations
    tenants: Tenants
    themes: Themes
    universal_login_templates: UniversalLoginTemplates
    user_activity: UserActivity
    user_organizations: UserOrganizations
    user_permissions: UserPermissions
    user_roles: UserRoles
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
        """Open a transaction and give the same adapters bound to it: ``async with adapters.transaction() as tx``.

        The end of the block commits; an exception or a cancellation rolls everything back. An error of the database ends
        the block, the same on every engine: what may fail and be survived belongs in a ``tx.transaction()`` of its own,
        which is undone alone (a savepoint). Tasks may share ``tx``; they take turns. A cancellation that comes when the
        COMMIT is already on its way is raised after it. Where ``__aenter__`` runs in a task of its own, as under
        ``asyncio.wait_for`` on Python 3.11, nobody can tell afterwards that the block is open, and the adapters around it
        are not refused.

        Raises:
            PoolTimeoutError: no connection became free in time.
            TransactionConflictError: another transaction got in the way; :meth:`run_transaction` tries again.
            TransactionAbortedError: an error in the block was caught, but nothing of the block is kept; the ``__cause__``
                is that error.
            TransactionMisuseError: a transaction is open here, and these are not its adapters.
            UnknownOutcomeError: the connection was lost before the COMMIT was answered: it may have been done.
            UnsupportedError: the engine has no interactive transactions (D1); :meth:`batch` works on every one.
        """
        async with self.session.transaction() as session:
            yield Adapters(session)

    async def run_transaction(self, work: Callable[[Adapters], Awaitable[T]], *, attempts: int = 5, deadline: float | None = None) -> T:
        """Run ``async def work(tx)`` in a transaction, and all of it again when another transaction got in the way.

        Between two attempts lies a short wait of random length. ``work`` may run several times, so what it does beside the
        database belongs in ``tx.on_commit(…)``. It is never run again when the outcome of the COMMIT is unknown.

        Args:
            work: what to do with the adapters of the transaction.
            attempts: how often it is run at the most.
            deadline: seconds after which it is not begun again.

        Returns:
            What the ``work`` that was committed returned.

        Raises:
            PoolTimeoutError: no connection became free in time.
            TransactionAbortedError: ``work`` caught an error of the database, so nothing of it was kept.
            TransactionConflictError: every attempt met another transaction, or the deadline has passed.
            TransactionMisuseError: these are the adapters of a transaction already.
            UnknownOutcomeError: the connection was lost before the COMMIT was answered.
            UnsupportedError: the engine has no interactive transactions (D1).
            ValueError: ``attempts`` is below 1.
        """
        return await self.session.run_transaction(lambda session: work(Adapters(session)), attempts, deadline)

    def on_commit(self, callback: Callable[[], object]) -> None:
        """Have a function, or a coroutine function, called after the commit of this transaction or batch, and only then.

        Functions are called in order, once. What was registered in a ``tx.transaction()`` that is undone is not called. An
        error in one does not keep the others from being called; the errors are raised together, as an ExceptionGroup,
        after all of them. A process that dies after the commit calls nothing: what must happen belongs in the outbox.

        Raises:
            TransactionMisuseError: these adapters belong to no transaction and no batch.
        """
        self.session.on_commit(callback)

    def independent(self) -> Adapters:
        """Return adapters that work outside the transaction that is open here, on a connection of their own.

        What they write stays when the transaction is rolled back, an audit log for example. They do not see what it has
        written, and wait for the locks that it holds. SQLite has one writer, so there they can only read.
        """
        return Adapters(self.session.outside())

    @asynccontextmanager
    async def batch(self) -> AsyncIterator[Adapters]:
        """The same adapters, their writes collected and sent as one: ``async with adapters.batch() as b``.

        Nothing is written before the end of the block, and then everything or nothing; an exception in the block writes
        nothing. So what is read in the block is what was there before it. A method that tells whether it found a row
        gives True in a batch, and keeps that promise: where one finds none, the whole batch is undone. Methods that have
        to see what their write has done (counts, clean-ups, ``claim_events``, ``action_versions.create``, updates that
        give the new row) raise UnsupportedError.

        Raises:
            NothingMatchedError: a write found no row; nothing was written. So does one that depends on a value that
                somebody else has changed meanwhile, such as a consent.
            ConflictError: a key is taken; nothing was written.
            TransactionConflictError: another transaction got in the way; the batch may be tried again.
            UnsupportedError: in a batch.
        """
        async with self.session.batched() as session:
            yield Adapters(session)


_KINDS = get_type_hints(Adapters)


async def create_adapters(pool: object, *, clock: Clock | None = None, ids: Ids | None = None) -> Adapters:
    """The adapters over a database.

    Args:
        pool: a :class:`Database` from ``connect(url)``, which takes the options, or a pool of one's own
            (``asyncpg.Pool``, ``aiomysql.Pool``, ``aiosqlite.Connection``, a Worker's D1 binding), which has their defaults
            and is never closed here.
        clock: gives the present; the system's by default.
        ids: makes ids; random ones by default.

    Raises:
        TypeError: ``pool`` is none of these.
        ConfigurationError: the database is set up in a way that cannot work.
        DatabaseUnavailableError: it cannot be reached.
    """
    return Adapters(Session.of(await wrap(pool), clock=clock, ids=ids))
