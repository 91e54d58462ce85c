"""The container: one property for each adapter, declared here and nowhere else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from ..clock import Clock
from ..context import Context
from ..dialects import Database, wrap
from ..ids import Ids

if TYPE_CHECKING:
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
    from .flows import Flows
    from .forms import Forms
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

    def __init__(self, context: Context) -> None:
        self.context = context

    def __repr__(self) -> str:
        return f"<Adapters of {self.context!r}>"

    @property
    def database(self) -> Database:
        """The database that the adapters work on."""
        return self.context.database

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
        async with self.context.transaction() as context:
            yield Adapters(context)

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
        return await self.context.run_transaction(lambda context: work(Adapters(context)), attempts, deadline)

    def on_commit(self, callback: Callable[[], object]) -> None:
        """Have a function, or a coroutine function, called after the commit of this transaction or batch, and only then.

        Functions are called in order, once. What was registered in a ``tx.transaction()`` that is undone is not called. An
        error in one does not keep the others from being called; the errors are raised together, as an ExceptionGroup,
        after all of them. A process that dies after the commit calls nothing: what must happen belongs in the outbox.

        Raises:
            TransactionMisuseError: these adapters belong to no transaction and no batch.
        """
        self.context.on_commit(callback)

    def independent(self) -> Adapters:
        """Return adapters that work outside the transaction that is open here, on a connection of their own.

        What they write stays when the transaction is rolled back, an audit log for example. They do not see what it has
        written, and wait for the locks that it holds. SQLite has one writer, so there they can only read.
        """
        return Adapters(self.context.outside())

    @asynccontextmanager
    async def batch(self) -> AsyncIterator[Adapters]:
        """The same adapters, their writes collected and sent as one: ``async with adapters.batch() as b``.

        Nothing is written before the end of the block, and then everything or nothing; an exception in the block writes
        nothing. So what is read in the block is what was there before it. A method that tells whether it found a row
        gives True in a batch, and keeps that promise: where one finds none, the whole batch is undone. Methods that have
        to see what their write has done (counts, clean-ups, ``claim_events``, ``action_versions.create``, updates that
        give the new row) raise UnsupportedError.

        Raises:
            BatchRowNotFoundError: a write found no row; nothing was written. So does one that depends on a value that
                somebody else has changed meanwhile, such as a consent.
            ConflictError: a key is taken; nothing was written.
            TransactionConflictError: another transaction got in the way; the batch may be tried again.
            UnsupportedError: in a batch.
        """
        async with self.context.batched() as context:
            yield Adapters(context)

    # The adapters by name, each made, and its module loaded, when it is first asked for: a transaction pays for what it uses.

    @cached_property
    def action_executions(self) -> ActionExecutions:
        """What running the actions of a trigger led to (Auth0: action executions)."""
        from .actions import ActionExecutions

        return ActionExecutions(self.context)

    @cached_property
    def action_versions(self) -> ActionVersions:
        """The versions of each action (Auth0: action versions)."""
        from .actions import ActionVersions

        return ActionVersions(self.context)

    @cached_property
    def actions(self) -> Actions:
        """Actions (Auth0: actions): code that runs at a trigger."""
        from .actions import Actions

        return Actions(self.context)

    @cached_property
    def analytics(self) -> Analytics:
        """The log counted by time, connection, client, kind of user and event; retention by week."""
        from .analytics import Analytics

        return Analytics(self.context)

    @cached_property
    def authentication_methods(self) -> AuthenticationMethods:
        """What users sign in with beside a password (Auth0: authentication methods)."""
        from .authentication_methods import AuthenticationMethods

        return AuthenticationMethods(self.context)

    @cached_property
    def branding(self) -> Brandings:
        """Branding (Auth0: branding), one a tenant."""
        from .branding import Brandings

        return Brandings(self.context)

    @cached_property
    def client_connections(self) -> ClientConnections:
        """The ordered connections of each client (Auth0: ``enabled_clients``, seen from the client)."""
        from .client_connections import ClientConnections

        return ClientConnections(self.context)

    @cached_property
    def client_grants(self) -> ClientGrants:
        """What clients may do on their own account (Auth0: client grants)."""
        from .resource_servers import ClientGrants

        return ClientGrants(self.context)

    @cached_property
    def client_registration_tokens(self) -> ClientRegistrationTokens:
        """Initial and registration access tokens (RFC 7591, RFC 7592), kept by their hash."""
        from .client_registration_tokens import ClientRegistrationTokens

        return ClientRegistrationTokens(self.context)

    @cached_property
    def clients(self) -> Clients:
        """Clients (Auth0: applications)."""
        from .clients import Clients

        return Clients(self.context)

    @cached_property
    def codes(self) -> Codes:
        """Authorization codes, one-time passwords, tickets and OAuth states."""
        from .codes import Codes

        return Codes(self.context)

    @cached_property
    def connections(self) -> Connections:
        """Connections (Auth0: database, social, passwordless and enterprise connections)."""
        from .connections import Connections

        return Connections(self.context)

    @cached_property
    def custom_domains(self) -> CustomDomains:
        """Custom domains (Auth0: custom domains)."""
        from .domains import CustomDomains

        return CustomDomains(self.context)

    @cached_property
    def custom_text(self) -> CustomTexts:
        """Custom texts by prompt and language (Auth0: custom text for prompts)."""
        from .branding import CustomTexts

        return CustomTexts(self.context)

    @cached_property
    def email_providers(self) -> EmailProviders:
        """How e-mail is sent (Auth0: email provider), one a tenant."""
        from .emails import EmailProviders

        return EmailProviders(self.context)

    @cached_property
    def email_templates(self) -> EmailTemplates:
        """What e-mail says (Auth0: email templates), by name."""
        from .emails import EmailTemplates

        return EmailTemplates(self.context)

    @cached_property
    def flows(self) -> Flows:
        """Flows (Auth0: flows)."""
        from .flows import Flows

        return Flows(self.context)

    @cached_property
    def forms(self) -> Forms:
        """Forms (Auth0: forms)."""
        from .forms import Forms

        return Forms(self.context)

    @cached_property
    def grants(self) -> Grants:
        """The scopes that users have allowed clients (Auth0: user grants)."""
        from .resource_servers import Grants

        return Grants(self.context)

    @cached_property
    def hook_code(self) -> HookCodes:
        """The code of hooks that run code."""
        from .actions import HookCodes

        return HookCodes(self.context)

    @cached_property
    def hooks(self) -> Hooks:
        """What triggers lead to (Auth0: hooks)."""
        from .actions import Hooks

        return Hooks(self.context)

    @cached_property
    def invites(self) -> Invites:
        """Invitations to organizations (Auth0: organization invitations)."""
        from .organizations import Invites

        return Invites(self.context)

    @cached_property
    def keys(self) -> Keys:
        """Signing keys (Auth0: application signing keys), of all tenants."""
        from .keys import Keys

        return Keys(self.context)

    @cached_property
    def log_streams(self) -> LogStreams:
        """Where the log is sent to (Auth0: log streams)."""
        from .streams import LogStreams

        return LogStreams(self.context)

    @cached_property
    def login_sessions(self) -> LoginSessions:
        """Login sessions: a person on the way in."""
        from .login_sessions import LoginSessions

        return LoginSessions(self.context)

    @cached_property
    def logs(self) -> Logs:
        """The tenant's log (Auth0: log events)."""
        from .logs import Logs

        return Logs(self.context)

    @cached_property
    def migration_sources(self) -> MigrationSources:
        """Servers whose users are taken over as they sign in."""
        from .streams import MigrationSources

        return MigrationSources(self.context)

    @cached_property
    def organization_connections(self) -> OrganizationConnections:
        """The connections that are enabled for each organization (Auth0: organization connections)."""
        from .organizations import OrganizationConnections

        return OrganizationConnections(self.context)

    @cached_property
    def organizations(self) -> Organizations:
        """Business customers and partners with members of their own (Auth0: organizations)."""
        from .organizations import Organizations

        return Organizations(self.context)

    @cached_property
    def outbox(self) -> Outbox:
        """Events that are written with what they tell of, and delivered afterwards."""
        from .outbox import Outbox

        return Outbox(self.context)

    @cached_property
    def passwords(self) -> Passwords:
        """Password hashes; one of a user's is current."""
        from .passwords import Passwords

        return Passwords(self.context)

    @cached_property
    def prompt_settings(self) -> PromptSettings:
        """Prompt settings (Auth0: prompts), one row a tenant."""
        from .branding import PromptSettings

        return PromptSettings(self.context)

    @cached_property
    def proxy_routes(self) -> ProxyRoutes:
        """Where requests to a custom domain go."""
        from .domains import ProxyRoutes

        return ProxyRoutes(self.context)

    @cached_property
    def refresh_tokens(self) -> RefreshTokens:
        """Refresh tokens (Auth0: refresh tokens)."""
        from .sessions import RefreshTokens

        return RefreshTokens(self.context)

    @cached_property
    def resource_servers(self) -> ResourceServers:
        """Resource servers (Auth0: APIs)."""
        from .resource_servers import ResourceServers

        return ResourceServers(self.context)

    @cached_property
    def role_permissions(self) -> RolePermissions:
        """The permissions of each role (Auth0: role permissions)."""
        from .roles import RolePermissions

        return RolePermissions(self.context)

    @cached_property
    def roles(self) -> Roles:
        """Named sets of permissions (Auth0: roles)."""
        from .roles import Roles

        return Roles(self.context)

    @cached_property
    def rollouts(self) -> Rollouts:
        """Operations over many tenants, in waves."""
        from .operations import Rollouts

        return Rollouts(self.context)

    @cached_property
    def scim_configurations(self) -> ScimConfigurations:
        """SCIM configurations (Auth0: SCIM configuration), one a connection."""
        from .scim import ScimConfigurations

        return ScimConfigurations(self.context)

    @cached_property
    def scim_external_ids(self) -> ScimExternalIds:
        """The ids by which directories know users (SCIM: ``externalId``)."""
        from .scim import ScimExternalIds

        return ScimExternalIds(self.context)

    @cached_property
    def scim_tokens(self) -> ScimTokens:
        """SCIM tokens (Auth0: SCIM tokens), kept by their hash."""
        from .scim import ScimTokens

        return ScimTokens(self.context)

    @cached_property
    def session_cleanup(self) -> SessionCleanup:
        """What removes sessions that have expired; called itself: ``await adapters.session_cleanup()``."""
        from .session_cleanup import SessionCleanup

        return SessionCleanup(self.context)

    @cached_property
    def sessions(self) -> Sessions:
        """Sessions (Auth0: user sessions)."""
        from .sessions import Sessions

        return Sessions(self.context)

    @cached_property
    def stats(self) -> Stats:
        """Daily statistics (Auth0: stats), counted from the log."""
        from .analytics import Stats

        return Stats(self.context)

    @cached_property
    def tenant_operation_events(self) -> TenantOperationEvents:
        """What happened in each operation on a tenant."""
        from .operations import TenantOperationEvents

        return TenantOperationEvents(self.context)

    @cached_property
    def tenant_operations(self) -> TenantOperations:
        """Long operations on tenants: provisioning, upgrades, backups."""
        from .operations import TenantOperations

        return TenantOperations(self.context)

    @cached_property
    def tenants(self) -> Tenants:
        """Tenants (Auth0: tenant settings)."""
        from .tenants import Tenants

        return Tenants(self.context)

    @cached_property
    def themes(self) -> Themes:
        """Themes (Auth0: branding themes)."""
        from .branding import Themes

        return Themes(self.context)

    @cached_property
    def universal_login_templates(self) -> UniversalLoginTemplates:
        """Universal login templates (Auth0: universal login page template), one a tenant."""
        from .branding import UniversalLoginTemplates

        return UniversalLoginTemplates(self.context)

    @cached_property
    def user_activity(self) -> UserActivity:
        """Last login, login count and failed logins of each user."""
        from .user_activity import UserActivity

        return UserActivity(self.context)

    @cached_property
    def user_organizations(self) -> UserOrganizations:
        """Memberships (Auth0: organization members)."""
        from .organizations import UserOrganizations

        return UserOrganizations(self.context)

    @cached_property
    def user_permissions(self) -> UserPermissions:
        """The permissions that users have without a role (Auth0: user permissions)."""
        from .roles import UserPermissions

        return UserPermissions(self.context)

    @cached_property
    def user_roles(self) -> UserRoles:
        """The roles of each user (Auth0: user roles)."""
        from .roles import UserRoles

        return UserRoles(self.context)

    @cached_property
    def users(self) -> Users:
        """Users (Auth0: user profiles)."""
        from .users import Users

        return Users(self.context)


async def create_adapters(pool: object, *, clock: Clock | None = None, ids: Ids | None = None, normalize_emails: bool = False) -> Adapters:
    """The adapters over a database.

    Args:
        pool: a :class:`Database` from ``connect(url)``, which takes the options, or a pool of one's own
            (``asyncpg.Pool``, ``aiomysql.Pool``, ``aiosqlite.Connection``, a Worker's D1 binding), which has their defaults
            and is never closed here.
        clock: gives the present; the system's by default.
        ids: makes ids; random ones by default.
        normalize_emails: store the e-mail addresses of users in lower case, and look for them so in ``users.find`` and
            ``users.get_by_email``. Without it ``Ada@acme.example`` and ``ada@acme.example`` are two users, as in AuthHero. Set it
            for a new database; in one that has addresses in upper case those users would no longer be found.

    Raises:
        TypeError: ``pool`` is none of these.
        ConfigurationError: the database is set up in a way that cannot work.
        DatabaseUnavailableError: it cannot be reached.
    """
    return Adapters(Context.of(await wrap(pool), clock=clock, ids=ids, normalize_emails=normalize_emails))
