"""The adapters by name. ``scripts/write_adapters.py`` writes this file from the adapter classes; do not edit it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ..context import Context

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


class AdapterProperties:
    """A property for each adapter. Each adapter is created, and its module imported, when it is first used."""

    def __init__(self, context: Context) -> None:
        self.context = context

    @cached_property
    def action_executions(self) -> ActionExecutions:
        """The results of running a trigger's actions (Auth0: action executions)."""
        from .actions import ActionExecutions

        return ActionExecutions(self.context)

    @cached_property
    def action_versions(self) -> ActionVersions:
        """The versions of each action (Auth0: action versions)."""
        from .actions import ActionVersions

        return ActionVersions(self.context)

    @cached_property
    def actions(self) -> Actions:
        """Code that runs at a trigger (Auth0: actions)."""
        from .actions import Actions

        return Actions(self.context)

    @cached_property
    def analytics(self) -> Analytics:
        """Counts of log events by time, connection, client, user type and event, and weekly retention."""
        from .analytics import Analytics

        return Analytics(self.context)

    @cached_property
    def authentication_methods(self) -> AuthenticationMethods:
        """The second factors and passkeys of users (Auth0: authentication methods)."""
        from .authentication_methods import AuthenticationMethods

        return AuthenticationMethods(self.context)

    @cached_property
    def branding(self) -> Brandings:
        """The branding of each tenant (Auth0: branding)."""
        from .branding import Brandings

        return Brandings(self.context)

    @cached_property
    def client_connections(self) -> ClientConnections:
        """The ordered connections of each client (Auth0: ``enabled_clients``, seen from the client)."""
        from .client_connections import ClientConnections

        return ClientConnections(self.context)

    @cached_property
    def client_grants(self) -> ClientGrants:
        """The scopes that clients can request on their own behalf (Auth0: client grants)."""
        from .resource_servers import ClientGrants

        return ClientGrants(self.context)

    @cached_property
    def client_registration_tokens(self) -> ClientRegistrationTokens:
        """Initial access tokens and registration access tokens (RFC 7591, RFC 7592), stored as hashes."""
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
        """The email provider of each tenant (Auth0: email provider)."""
        from .emails import EmailProviders

        return EmailProviders(self.context)

    @cached_property
    def email_templates(self) -> EmailTemplates:
        """Email templates by name (Auth0: email templates)."""
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
        """The scopes that users have granted to clients (Auth0: user grants)."""
        from .resource_servers import Grants

        return Grants(self.context)

    @cached_property
    def hook_code(self) -> HookCodes:
        """The source code of hooks that run code."""
        from .actions import HookCodes

        return HookCodes(self.context)

    @cached_property
    def hooks(self) -> Hooks:
        """The URLs, forms, pages, templates and code that triggers invoke (Auth0: hooks)."""
        from .actions import Hooks

        return Hooks(self.context)

    @cached_property
    def invites(self) -> Invites:
        """Invitations to organizations (Auth0: organization invitations)."""
        from .organizations import Invites

        return Invites(self.context)

    @cached_property
    def keys(self) -> Keys:
        """The signing keys of all tenants (Auth0: application signing keys)."""
        from .keys import Keys

        return Keys(self.context)

    @cached_property
    def log_streams(self) -> LogStreams:
        """The destinations that log events are sent to (Auth0: log streams)."""
        from .streams import LogStreams

        return LogStreams(self.context)

    @cached_property
    def login_sessions(self) -> LoginSessions:
        """Login sessions: sign-ins in progress, completed or failed, until they expire."""
        from .login_sessions import LoginSessions

        return LoginSessions(self.context)

    @cached_property
    def logs(self) -> Logs:
        """Log events (Auth0: log events)."""
        from .logs import Logs

        return Logs(self.context)

    @cached_property
    def migration_sources(self) -> MigrationSources:
        """External servers from which users are migrated when they sign in."""
        from .streams import MigrationSources

        return MigrationSources(self.context)

    @cached_property
    def organization_connections(self) -> OrganizationConnections:
        """The connections enabled for each organization (Auth0: organization connections)."""
        from .organizations import OrganizationConnections

        return OrganizationConnections(self.context)

    @cached_property
    def organizations(self) -> Organizations:
        """Business customers and partners with their own members (Auth0: organizations)."""
        from .organizations import Organizations

        return Organizations(self.context)

    @cached_property
    def outbox(self) -> Outbox:
        """The transactional outbox: events that are stored together with the change they describe, and delivered later."""
        from .outbox import Outbox

        return Outbox(self.context)

    @cached_property
    def passwords(self) -> Passwords:
        """The current password hash of each user, and earlier ones."""
        from .passwords import Passwords

        return Passwords(self.context)

    @cached_property
    def prompt_settings(self) -> PromptSettings:
        """The prompt settings of each tenant (Auth0: prompts)."""
        from .branding import PromptSettings

        return PromptSettings(self.context)

    @cached_property
    def proxy_routes(self) -> ProxyRoutes:
        """The routing rules for requests to custom domains."""
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
        """Operations that run on many tenants in waves."""
        from .operations import Rollouts

        return Rollouts(self.context)

    @cached_property
    def scim_configurations(self) -> ScimConfigurations:
        """The SCIM configuration of each connection (Auth0: SCIM configuration)."""
        from .scim import ScimConfigurations

        return ScimConfigurations(self.context)

    @cached_property
    def scim_external_ids(self) -> ScimExternalIds:
        """The IDs that directories use for users (SCIM: ``externalId``)."""
        from .scim import ScimExternalIds

        return ScimExternalIds(self.context)

    @cached_property
    def scim_tokens(self) -> ScimTokens:
        """SCIM tokens (Auth0: SCIM tokens), stored as hashes."""
        from .scim import ScimTokens

        return ScimTokens(self.context)

    @cached_property
    def session_cleanup(self) -> SessionCleanup:
        """A callable that removes expired sessions: ``await adapters.session_cleanup()``."""
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
        """The events of each tenant operation."""
        from .operations import TenantOperationEvents

        return TenantOperationEvents(self.context)

    @cached_property
    def tenant_operations(self) -> TenantOperations:
        """Long-running operations on tenants, such as provisioning, upgrades and backups."""
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
        """The universal login template of each tenant (Auth0: universal login page template)."""
        from .branding import UniversalLoginTemplates

        return UniversalLoginTemplates(self.context)

    @cached_property
    def user_activity(self) -> UserActivity:
        """The last login, the login count and the failed logins of each user."""
        from .user_activity import UserActivity

        return UserActivity(self.context)

    @cached_property
    def user_organizations(self) -> UserOrganizations:
        """Memberships in organizations (Auth0: organization members)."""
        from .organizations import UserOrganizations

        return UserOrganizations(self.context)

    @cached_property
    def user_permissions(self) -> UserPermissions:
        """Permissions that are assigned to users directly (Auth0: user permissions)."""
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
