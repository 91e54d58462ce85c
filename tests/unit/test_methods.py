"""The container compared with the contract: all adapters and methods exist, and no others."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from tests.contract_data import CONTRACT, needs_contract
from tests.kinds import adapter_classes

ADAPTERS = adapter_classes()
PLAIN = ("create", "get", "list", "update", "remove")
SHORT = {
    "LIST": "page=None, per_page=None, include_totals=False, sort=None, q=None, where=None, from_=None, take=None",
    "ABOUT": "tenant_id=None, rollout_id=None, kind=None, status=None, engine=None, updated_before=None",
    "PAGE": "page=0, per_page=50, include_totals=False",
    "SOME": "page=None, per_page=None, include_totals=False, sort=None",
    "HELD": "list[UserPermissionWithDetails] | Page[UserPermissionWithDetails]",
    "WALK": "q=None, where=None, sort=None, batch=500",
    "COUNT": "q=None, where=None, estimate=False",
    "IMPORT": "import_metadata=None",
    "MANY": "on_conflict='error', on_invalid='raise', progress=None",
    "EXPECT": "expect=None",
    "RETURN": "expect=None, returning=False",
    "WEEK": "datetime.timedelta(days=7)",
}
"""The abbreviations in the table below."""
TABLE = """
    action_executions.cleanup(older_than, *, dry_run=False) -> int
    action_executions.create(tenant_id, params, *, IMPORT) -> ActionExecution
    action_executions.get(tenant_id, id) -> ActionExecution | None
    action_executions.get_one(tenant_id, id) -> ActionExecution
    action_versions.create(tenant_id, params, *, IMPORT) -> ActionVersion
    action_versions.get(tenant_id, action_id, id) -> ActionVersion | None
    action_versions.get_one(tenant_id, action_id, id) -> ActionVersion
    action_versions.list(tenant_id, action_id, *, PAGE) -> Page[ActionVersion]
    action_versions.remove_for_action(tenant_id, action_id) -> int
    actions.count(tenant_id, *, COUNT) -> int
    actions.create(tenant_id, params, *, IMPORT) -> Action
    actions.create_many(tenant_id, rows, *, MANY) -> ManyResult
    actions.exists(tenant_id, id) -> bool
    actions.get(tenant_id, id) -> Action | None
    actions.get_one(tenant_id, id) -> Action
    actions.iterate(tenant_id, *, WALK) -> AsyncIterator[Action]
    actions.list(tenant_id, *, LIST) -> Page[Action]
    actions.remove(tenant_id, id) -> bool
    actions.update(tenant_id, id, fields, *, RETURN) -> bool | Action | None
    analytics.query(tenant_id, resource, params=None) -> AnalyticsQueryResponse
    analytics.refresh_token_retention(tenant_id, weeks, client_id=None) -> RefreshTokenRetentionResponse
    analytics.session_retention(tenant_id, weeks) -> SessionRetentionResponse
    authentication_methods.create(tenant_id, params, *, IMPORT) -> AuthenticationMethod
    authentication_methods.create_many(tenant_id, rows, *, MANY) -> ManyResult
    authentication_methods.exists(tenant_id, id) -> bool
    authentication_methods.get(tenant_id, id) -> AuthenticationMethod | None
    authentication_methods.get_by_credential_id(tenant_id, credential_id) -> AuthenticationMethod | None
    authentication_methods.get_one(tenant_id, id) -> AuthenticationMethod
    authentication_methods.list(tenant_id, user_id) -> list[AuthenticationMethod]
    authentication_methods.remove(tenant_id, id) -> bool
    authentication_methods.update(tenant_id, id, fields, *, EXPECT) -> AuthenticationMethod | None
    branding.get(tenant_id) -> Branding | None
    branding.get_one(tenant_id) -> Branding
    branding.set(tenant_id, branding) -> None
    client_connections.add_client_to_connection(tenant_id, connection_id, client_id) -> bool
    client_connections.list_by_client(tenant_id, client_id) -> list[Connection]
    client_connections.list_by_connection(tenant_id, connection_id) -> list[str]
    client_connections.remove_client_from_connection(tenant_id, connection_id, client_id) -> bool
    client_connections.update_by_client(tenant_id, client_id, connection_ids) -> bool
    client_grants.count(tenant_id, *, COUNT) -> int
    client_grants.create(tenant_id, params, *, IMPORT) -> ClientGrant
    client_grants.create_many(tenant_id, rows, *, MANY) -> ManyResult
    client_grants.exists(tenant_id, id) -> bool
    client_grants.get(tenant_id, id) -> ClientGrant | None
    client_grants.get_one(tenant_id, id) -> ClientGrant
    client_grants.iterate(tenant_id, *, WALK) -> AsyncIterator[ClientGrant]
    client_grants.list(tenant_id, *, LIST) -> Page[ClientGrant]
    client_grants.remove(tenant_id, id) -> bool
    client_grants.update(tenant_id, id, fields, *, RETURN) -> bool | ClientGrant | None
    client_registration_tokens.create(tenant_id, params, *, IMPORT) -> ClientRegistrationToken
    client_registration_tokens.get(tenant_id, id) -> ClientRegistrationToken | None
    client_registration_tokens.get_by_hash(tenant_id, token_hash) -> ClientRegistrationToken | None
    client_registration_tokens.get_one(tenant_id, id) -> ClientRegistrationToken
    client_registration_tokens.list_by_client(tenant_id, client_id) -> list[ClientRegistrationToken]
    client_registration_tokens.mark_used(tenant_id, id, used_at=None) -> bool
    client_registration_tokens.remove(tenant_id, id) -> bool
    client_registration_tokens.revoke(tenant_id, id, revoked_at=None) -> bool
    client_registration_tokens.revoke_by_client(tenant_id, client_id, revoked_at=None) -> int
    clients.count(tenant_id, *, COUNT) -> int
    clients.create(tenant_id, params, *, IMPORT) -> Client
    clients.create_many(tenant_id, rows, *, MANY) -> ManyResult
    clients.exists(tenant_id, id) -> bool
    clients.get(tenant_id, id) -> Client | None
    clients.get_by_client_id(client_id) -> ClientWithTenantId | None
    clients.get_one(tenant_id, id) -> Client
    clients.iterate(tenant_id, *, WALK) -> AsyncIterator[Client]
    clients.list(tenant_id, *, LIST) -> Page[Client]
    clients.remove(tenant_id, id) -> bool
    clients.update(tenant_id, id, fields, *, RETURN) -> bool | Client | None
    codes.cleanup(older_than, *, dry_run=False) -> int
    codes.consume(tenant_id, code_id, *, type=None) -> bool
    codes.count(tenant_id, *, COUNT) -> int
    codes.create(tenant_id, params, *, IMPORT) -> Code
    codes.get(tenant_id, code_id, type) -> Code | None
    codes.get_one(tenant_id, code_id, type) -> Code
    codes.list(tenant_id, *, LIST) -> Page[Code]
    codes.remove(tenant_id, code_id) -> bool
    codes.used(tenant_id, code_id) -> bool
    connections.count(tenant_id, *, COUNT) -> int
    connections.create(tenant_id, params, *, IMPORT) -> Connection
    connections.create_many(tenant_id, rows, *, MANY) -> ManyResult
    connections.exists(tenant_id, id) -> bool
    connections.get(tenant_id, id) -> Connection | None
    connections.get_by_name(tenant_id, name) -> Connection | None
    connections.get_one(tenant_id, id) -> Connection
    connections.iterate(tenant_id, *, WALK) -> AsyncIterator[Connection]
    connections.list(tenant_id, *, LIST) -> Page[Connection]
    connections.remove(tenant_id, id) -> bool
    connections.update(tenant_id, id, fields, *, RETURN) -> bool | Connection | None
    custom_domains.create(tenant_id, params, *, IMPORT) -> CustomDomain
    custom_domains.create_many(tenant_id, rows, *, MANY) -> ManyResult
    custom_domains.exists(tenant_id, id) -> bool
    custom_domains.get(tenant_id, id) -> CustomDomain | None
    custom_domains.get_by_domain(domain) -> CustomDomainWithTenantId | None
    custom_domains.get_one(tenant_id, id) -> CustomDomain
    custom_domains.list(tenant_id) -> list[CustomDomain]
    custom_domains.remove(tenant_id, id) -> bool
    custom_domains.update(tenant_id, id, fields, *, RETURN) -> bool | CustomDomain | None
    custom_text.delete(tenant_id, prompt, language) -> bool
    custom_text.get(tenant_id, prompt, language) -> CustomText | None
    custom_text.get_one(tenant_id, prompt, language) -> CustomText
    custom_text.list(tenant_id) -> list[CustomTextKey]
    custom_text.set(tenant_id, prompt, language, custom_text) -> None
    email_providers.create(tenant_id, provider, *, IMPORT) -> EmailProvider
    email_providers.get(tenant_id) -> EmailProvider | None
    email_providers.get_one(tenant_id) -> EmailProvider
    email_providers.remove(tenant_id) -> bool
    email_providers.update(tenant_id, fields, *, RETURN) -> bool | EmailProvider | None
    email_templates.create(tenant_id, template, *, IMPORT) -> EmailTemplate
    email_templates.get(tenant_id, template) -> EmailTemplate | None
    email_templates.get_one(tenant_id, template) -> EmailTemplate
    email_templates.list(tenant_id) -> list[EmailTemplate]
    email_templates.remove(tenant_id, template) -> bool
    email_templates.update(tenant_id, template, fields, *, RETURN) -> bool | EmailTemplate | None
    flows.count(tenant_id, *, COUNT) -> int
    flows.create(tenant_id, params, *, IMPORT) -> Flow
    flows.create_many(tenant_id, rows, *, MANY) -> ManyResult
    flows.exists(tenant_id, id) -> bool
    flows.get(tenant_id, id) -> Flow | None
    flows.get_one(tenant_id, id) -> Flow
    flows.iterate(tenant_id, *, WALK) -> AsyncIterator[Flow]
    flows.list(tenant_id, *, LIST) -> Page[Flow]
    flows.remove(tenant_id, id) -> bool
    flows.update(tenant_id, id, fields, *, EXPECT) -> Flow | None
    forms.count(tenant_id, *, COUNT) -> int
    forms.create(tenant_id, params, *, IMPORT) -> Form
    forms.create_many(tenant_id, rows, *, MANY) -> ManyResult
    forms.exists(tenant_id, id) -> bool
    forms.get(tenant_id, id) -> Form | None
    forms.get_one(tenant_id, id) -> Form
    forms.iterate(tenant_id, *, WALK) -> AsyncIterator[Form]
    forms.list(tenant_id, *, LIST) -> Page[Form]
    forms.remove(tenant_id, id) -> bool
    forms.update(tenant_id, id, fields, *, RETURN) -> bool | Form | None
    grants.count(tenant_id, *, COUNT) -> int
    grants.create(tenant_id, params, *, IMPORT) -> Grant
    grants.get(tenant_id, user_id, client_id, audience=None) -> Grant | None
    grants.get_one(tenant_id, user_id, client_id, audience=None) -> Grant
    grants.iterate(tenant_id, *, WALK) -> AsyncIterator[Grant]
    grants.list(tenant_id, *, LIST) -> Page[Grant]
    grants.remove(tenant_id, id) -> bool
    grants.remove_by_user(tenant_id, user_id) -> bool
    hook_code.create(tenant_id, params, *, IMPORT) -> HookCode
    hook_code.create_many(tenant_id, rows, *, MANY) -> ManyResult
    hook_code.exists(tenant_id, id) -> bool
    hook_code.get(tenant_id, id) -> HookCode | None
    hook_code.get_one(tenant_id, id) -> HookCode
    hook_code.remove(tenant_id, id) -> bool
    hook_code.update(tenant_id, id, fields, *, RETURN) -> bool | HookCode | None
    hooks.count(tenant_id, *, COUNT) -> int
    hooks.create(tenant_id, params, *, IMPORT) -> Hook
    hooks.create_many(tenant_id, rows, *, MANY) -> ManyResult
    hooks.exists(tenant_id, id) -> bool
    hooks.get(tenant_id, id) -> Hook | None
    hooks.get_one(tenant_id, id) -> Hook
    hooks.list(tenant_id, *, LIST) -> Page[Hook]
    hooks.remove(tenant_id, id) -> bool
    hooks.update(tenant_id, id, fields, *, RETURN) -> bool | Hook | None
    invites.count(tenant_id, *, COUNT) -> int
    invites.create(tenant_id, params, *, IMPORT) -> Invite
    invites.create_many(tenant_id, rows, *, MANY) -> ManyResult
    invites.exists(tenant_id, id) -> bool
    invites.get(tenant_id, id) -> Invite | None
    invites.get_one(tenant_id, id) -> Invite
    invites.iterate(tenant_id, *, WALK) -> AsyncIterator[Invite]
    invites.list(tenant_id, *, LIST) -> Page[Invite]
    invites.remove(tenant_id, id) -> bool
    invites.update(tenant_id, id, fields, *, RETURN) -> bool | Invite | None
    keys.create(key) -> SigningKey
    keys.list(*, PAGE, sort=None, q=None, where=None) -> Page[SigningKey]
    keys.update(kid, fields, *, RETURN) -> bool | SigningKey | None
    log_streams.create(tenant_id, params, *, IMPORT) -> LogStream
    log_streams.create_many(tenant_id, rows, *, MANY) -> ManyResult
    log_streams.exists(tenant_id, id) -> bool
    log_streams.get(tenant_id, id) -> LogStream | None
    log_streams.get_one(tenant_id, id) -> LogStream
    log_streams.list(tenant_id) -> list[LogStream]
    log_streams.remove(tenant_id, id) -> bool
    log_streams.update(tenant_id, id, fields, *, RETURN) -> bool | LogStream | None
    login_sessions.create(tenant_id, params, *, IMPORT) -> LoginSession
    login_sessions.get(tenant_id, id) -> LoginSession | None
    login_sessions.get_one(tenant_id, id) -> LoginSession
    login_sessions.remove(tenant_id, id) -> bool
    login_sessions.update(tenant_id, id, fields, *, RETURN) -> bool | LoginSession | None
    logs.cleanup(older_than, *, tenant_id=None, types=None, dry_run=False) -> int
    logs.count(tenant_id, *, COUNT) -> int
    logs.create(tenant_id, params, *, IMPORT) -> Log
    logs.get(tenant_id, log_id) -> Log | None
    logs.get_one(tenant_id, log_id) -> Log
    logs.iterate(tenant_id, *, WALK) -> AsyncIterator[Log]
    logs.list(tenant_id, *, LIST, from_date=None, to_date=None) -> Page[Log]
    migration_sources.create(tenant_id, params, *, IMPORT) -> MigrationSource
    migration_sources.create_many(tenant_id, rows, *, MANY) -> ManyResult
    migration_sources.exists(tenant_id, id) -> bool
    migration_sources.get(tenant_id, id) -> MigrationSource | None
    migration_sources.get_one(tenant_id, id) -> MigrationSource
    migration_sources.list(tenant_id) -> list[MigrationSource]
    migration_sources.remove(tenant_id, id) -> bool
    migration_sources.update(tenant_id, id, fields, *, RETURN) -> bool | MigrationSource | None
    organization_connections.create(tenant_id, organization_id, params, *, IMPORT) -> OrganizationConnection
    organization_connections.get(tenant_id, organization_id, connection_id) -> OrganizationConnection | None
    organization_connections.get_one(tenant_id, organization_id, connection_id) -> OrganizationConnection
    organization_connections.list(tenant_id, organization_id) -> list[OrganizationConnection]
    organization_connections.remove(tenant_id, organization_id, connection_id) -> bool
    organization_connections.update(tenant_id, organization_id, connection_id, fields, *, RETURN) -> bool | OrganizationConnection | None
    organizations.count(tenant_id, *, COUNT) -> int
    organizations.create(tenant_id, params, *, IMPORT) -> Organization
    organizations.create_many(tenant_id, rows, *, MANY) -> ManyResult
    organizations.exists(tenant_id, id) -> bool
    organizations.get(tenant_id, id) -> Organization | None
    organizations.get_one(tenant_id, id) -> Organization
    organizations.iterate(tenant_id, *, WALK) -> AsyncIterator[Organization]
    organizations.list(tenant_id, *, LIST) -> Page[Organization]
    organizations.remove(tenant_id, id) -> bool
    organizations.update(tenant_id, id, fields, *, RETURN) -> bool | Organization | None
    outbox.claim_events(ids, worker_id, lease) -> list[str]
    outbox.cleanup(older_than, *, dry_run=False) -> int
    outbox.create(tenant_id, event) -> str
    outbox.dead_letter(id, error, *, worker_id=None) -> bool
    outbox.get_by_ids(ids) -> list[OutboxEvent]
    outbox.get_unprocessed(limit) -> list[OutboxEvent]
    outbox.list_failed(tenant_id, *, PAGE) -> Page[OutboxEvent]
    outbox.mark_processed(ids, *, worker_id=None) -> int
    outbox.mark_retry(id, error, next_retry_at, *, worker_id=None) -> bool
    outbox.replay(tenant_id, id) -> bool
    passwords.create(tenant_id, params, *, IMPORT) -> Password
    passwords.get(tenant_id, user_id) -> Password | None
    passwords.get_one(tenant_id, user_id) -> Password
    passwords.list(tenant_id, user_id, limit=None) -> list[Password]
    passwords.update(tenant_id, fields) -> bool
    prompt_settings.get(tenant_id) -> PromptSetting
    prompt_settings.set(tenant_id, settings) -> None
    proxy_routes.create(tenant_id, params, *, IMPORT) -> ProxyRoute
    proxy_routes.create_many(tenant_id, rows, *, MANY) -> ManyResult
    proxy_routes.exists(tenant_id, id) -> bool
    proxy_routes.get(tenant_id, id) -> ProxyRoute | None
    proxy_routes.get_one(tenant_id, id) -> ProxyRoute
    proxy_routes.list(tenant_id, *, custom_domain_id=None, PAGE) -> Page[ProxyRoute]
    proxy_routes.remove(tenant_id, id) -> bool
    proxy_routes.resolve_host(host) -> ResolvedHost | None
    proxy_routes.update(tenant_id, id, fields, *, RETURN) -> bool | ProxyRoute | None
    refresh_tokens.count(tenant_id, *, COUNT) -> int
    refresh_tokens.create(tenant_id, params, *, IMPORT) -> RefreshToken
    refresh_tokens.exists(tenant_id, id) -> bool
    refresh_tokens.get(tenant_id, id) -> RefreshToken | None
    refresh_tokens.get_by_lookup(tenant_id, token_lookup) -> RefreshToken | None
    refresh_tokens.get_one(tenant_id, id) -> RefreshToken
    refresh_tokens.iterate(tenant_id, *, WALK) -> AsyncIterator[RefreshToken]
    refresh_tokens.list(tenant_id, *, LIST) -> Page[RefreshToken]
    refresh_tokens.remove(tenant_id, id) -> bool
    refresh_tokens.revoke_by_login_session(tenant_id, login_session_id, revoked_at) -> int
    refresh_tokens.revoke_family(tenant_id, family_id, revoked_at) -> int
    refresh_tokens.rotate(tenant_id, id, successor, *, leeway=datetime.timedelta(0)) -> RefreshTokenRotation
    refresh_tokens.update(tenant_id, id, fields, *, EXPECT, login_session_bump=None, returning=False) -> bool | RefreshToken | None
    resource_servers.count(tenant_id, *, COUNT) -> int
    resource_servers.create(tenant_id, params, *, IMPORT) -> ResourceServer
    resource_servers.create_many(tenant_id, rows, *, MANY) -> ManyResult
    resource_servers.exists(tenant_id, id) -> bool
    resource_servers.get(tenant_id, id) -> ResourceServer | None
    resource_servers.get_by_identifier(tenant_id, identifier) -> ResourceServer | None
    resource_servers.get_one(tenant_id, id) -> ResourceServer
    resource_servers.iterate(tenant_id, *, WALK) -> AsyncIterator[ResourceServer]
    resource_servers.list(tenant_id, *, LIST) -> Page[ResourceServer]
    resource_servers.remove(tenant_id, id) -> bool
    resource_servers.update(tenant_id, id, fields, *, RETURN) -> bool | ResourceServer | None
    role_permissions.assign(tenant_id, role_id, permissions) -> bool
    role_permissions.list(tenant_id, role_id, *, SOME) -> list[RolePermissionWithDetails] | Page[RolePermissionWithDetails]
    role_permissions.remove(tenant_id, role_id, permissions) -> bool
    roles.count(tenant_id, *, COUNT) -> int
    roles.create(tenant_id, params, *, IMPORT) -> Role
    roles.create_many(tenant_id, rows, *, MANY) -> ManyResult
    roles.exists(tenant_id, id) -> bool
    roles.get(tenant_id, id) -> Role | None
    roles.get_by_name(tenant_id, name) -> Role | None
    roles.get_one(tenant_id, id) -> Role
    roles.iterate(tenant_id, *, WALK) -> AsyncIterator[Role]
    roles.list(tenant_id, *, LIST) -> Page[Role]
    roles.remove(tenant_id, id) -> bool
    roles.update(tenant_id, id, fields, *, RETURN) -> bool | Role | None
    rollouts.create(params, *, IMPORT) -> Rollout
    rollouts.get(id) -> Rollout | None
    rollouts.get_one(id) -> Rollout
    rollouts.list(*, kind=None, status=None, PAGE) -> Page[Rollout]
    rollouts.remove(id) -> bool
    rollouts.update(id, fields, *, RETURN) -> bool | Rollout | None
    scim_configurations.create(tenant_id, params, *, IMPORT) -> ScimConfiguration
    scim_configurations.create_many(tenant_id, rows, *, MANY) -> ManyResult
    scim_configurations.exists(tenant_id, id) -> bool
    scim_configurations.get(tenant_id, id) -> ScimConfiguration | None
    scim_configurations.get_one(tenant_id, id) -> ScimConfiguration
    scim_configurations.list(tenant_id) -> list[ScimConfiguration]
    scim_configurations.remove(tenant_id, id) -> bool
    scim_configurations.update(tenant_id, id, fields, *, RETURN) -> bool | ScimConfiguration | None
    scim_external_ids.create(tenant_id, params, *, IMPORT) -> ScimExternalId
    scim_external_ids.get_by_external_id(tenant_id, connection_id, external_id) -> ScimExternalId | None
    scim_external_ids.get_by_user_id(tenant_id, connection_id, user_id) -> ScimExternalId | None
    scim_external_ids.remove(tenant_id, connection_id, user_id) -> bool
    scim_external_ids.update(tenant_id, connection_id, user_id, external_id) -> bool
    scim_tokens.create(tenant_id, params, *, IMPORT) -> ScimToken
    scim_tokens.create_many(tenant_id, rows, *, MANY) -> ManyResult
    scim_tokens.exists(tenant_id, id) -> bool
    scim_tokens.get(tenant_id, id) -> ScimToken | None
    scim_tokens.get_by_hash(tenant_id, token_hash) -> ScimToken | None
    scim_tokens.get_one(tenant_id, id) -> ScimToken
    scim_tokens.list_by_connection(tenant_id, connection_id) -> list[ScimToken]
    scim_tokens.mark_used(tenant_id, token_id, used_at=None) -> bool
    scim_tokens.remove(tenant_id, id) -> bool
    session_cleanup.__call__(tenant_id=None, user_id=None, grace=WEEK, *, dry_run=False) -> SessionCleanupResult
    sessions.count(tenant_id, *, COUNT) -> int
    sessions.create(tenant_id, params, *, IMPORT) -> Session
    sessions.exists(tenant_id, id) -> bool
    sessions.get(tenant_id, id) -> Session | None
    sessions.get_one(tenant_id, id) -> Session
    sessions.iterate(tenant_id, *, WALK) -> AsyncIterator[Session]
    sessions.list(tenant_id, *, LIST) -> Page[Session]
    sessions.remove(tenant_id, id) -> bool
    sessions.update(tenant_id, id, fields, *, RETURN) -> bool | Session | None
    stats.get_active_users(tenant_id) -> int
    stats.get_daily(tenant_id, from_=None, to=None) -> list[DailyStats]
    tenant_operation_events.create(params, *, IMPORT) -> TenantOperationEvent
    tenant_operation_events.list_by_operation(operation_id, *, page=0, per_page=100, include_totals=False) -> Page[TenantOperationEvent]
    tenant_operations.create(params, *, IMPORT) -> TenantOperation
    tenant_operations.get(id) -> TenantOperation | None
    tenant_operations.get_one(id) -> TenantOperation
    tenant_operations.list(*, ABOUT, PAGE) -> Page[TenantOperation]
    tenant_operations.remove(id) -> bool
    tenant_operations.update(id, fields, *, RETURN) -> bool | TenantOperation | None
    tenants.count(*, COUNT) -> int
    tenants.create(params, *, IMPORT) -> Tenant
    tenants.exists(id) -> bool
    tenants.get(id) -> Tenant | None
    tenants.get_one(id) -> Tenant
    tenants.iterate(*, WALK) -> AsyncIterator[Tenant]
    tenants.list(*, LIST) -> Page[Tenant]
    tenants.remove(id) -> bool
    tenants.update(id, fields, *, RETURN) -> bool | Tenant | None
    themes.create(tenant_id, theme, theme_id=None, *, IMPORT) -> Theme
    themes.get(tenant_id, theme_id) -> Theme | None
    themes.get_one(tenant_id, theme_id) -> Theme
    themes.remove(tenant_id, theme_id) -> bool
    themes.update(tenant_id, theme_id, fields, *, RETURN) -> bool | Theme | None
    universal_login_templates.delete(tenant_id) -> bool
    universal_login_templates.get(tenant_id) -> UniversalLoginTemplate | None
    universal_login_templates.get_one(tenant_id) -> UniversalLoginTemplate
    universal_login_templates.set(tenant_id, template) -> None
    user_activity.get(tenant_id, user_id) -> Activity | None
    user_activity.get_one(tenant_id, user_id) -> Activity
    user_activity.record_login(tenant_id, user_id, *, ip, at=None) -> bool
    user_activity.upsert(tenant_id, user_id, fields) -> bool
    user_organizations.count(tenant_id, *, COUNT) -> int
    user_organizations.create(tenant_id, params, *, IMPORT) -> UserOrganization
    user_organizations.create_many(tenant_id, rows, *, MANY) -> ManyResult
    user_organizations.exists(tenant_id, id) -> bool
    user_organizations.get(tenant_id, id) -> UserOrganization | None
    user_organizations.get_one(tenant_id, id) -> UserOrganization
    user_organizations.iterate(tenant_id, *, WALK) -> AsyncIterator[UserOrganization]
    user_organizations.list(tenant_id, *, LIST) -> Page[UserOrganization]
    user_organizations.list_user_organizations(tenant_id, user_id, *, PAGE) -> Page[JoinedOrganization]
    user_organizations.remove(tenant_id, id) -> bool
    user_organizations.update(tenant_id, id, fields, *, RETURN) -> bool | UserOrganization | None
    user_permissions.create(tenant_id, user_id, permission, organization_id='') -> bool
    user_permissions.list(tenant_id, user_id, organization_id=UNSET, *, SOME) -> HELD
    user_permissions.remove(tenant_id, user_id, permission, organization_id='') -> bool
    user_roles.create(tenant_id, user_id, role_id, organization_id='') -> bool
    user_roles.list(tenant_id, user_id, organization_id=UNSET, *, SOME) -> list[Role] | Page[Role]
    user_roles.list_users(tenant_id, role_id, *, page=None, per_page=None, include_totals=False, from_=None, take=None) -> Page[str]
    user_roles.remove(tenant_id, user_id, role_id, organization_id='') -> bool
    users.count(tenant_id, *, COUNT) -> int
    users.create(tenant_id, params, *, IMPORT, outbox_events=()) -> User
    users.create_many(tenant_id, rows, *, MANY) -> ManyResult
    users.exists(tenant_id, user_id) -> bool
    users.find(tenant_id, *, email=None, username=None, phone_number=None) -> list[User]
    users.get(tenant_id, user_id) -> User | None
    users.get_by_email(tenant_id, email, *, provider=None) -> User | None
    users.get_one(tenant_id, user_id) -> User
    users.iterate(tenant_id, *, WALK) -> AsyncIterator[User]
    users.list(tenant_id, *, LIST) -> Page[User]
    users.raw_create(tenant_id, params, *, IMPORT, outbox_events=()) -> User
    users.remove(tenant_id, user_id, *, outbox_events=()) -> bool
    users.unlink(tenant_id, user_id, provider, linked_user_id) -> bool
    users.update(tenant_id, user_id, fields, *, EXPECT, outbox_events=(), returning=False) -> bool | User | None
"""
"""Every method with its parameters, their defaults, and its result."""
NOT_ADAPTERS = {"merges", "transaction"}
"""Names that the contract prints in bold although they are not adapters."""
SILENT = {
    "forms", "hook_code", "hooks", "invites", "resource_servers", "scim_configurations", "session_cleanup", "user_permissions",
}  # fmt: skip
"""Adapters whose methods the contract does not list. The table contains them."""
EXPECTED = 53
"""The number of adapters in the contract. ``session_cleanup`` is an additional function."""


def render(kind: type, name: str) -> str:
    """Return the parameters and the result of a method in the format of the table."""
    method = getattr(kind, name)
    parts: list[str] = []
    for parameter in [*inspect.signature(method).parameters.values()][1:]:
        if parameter.kind is parameter.KEYWORD_ONLY and "*" not in parts:
            parts.append("*")
        parts.append(parameter.name if parameter.default is parameter.empty else f"{parameter.name}={parameter.default!r}")
    # An inherited method returns the model of its adapter.
    model = getattr(getattr(kind, "model", None), "__name__", "")
    answer = re.sub(r"\bM\b", model, str(inspect.signature(method).return_annotation)).replace("builtins.", "")
    return f"({', '.join(parts)}) -> {answer}"


def methods() -> dict[str, Callable[..., Any]]:
    """Return the public methods of all adapters."""
    return {
        f"{adapter}.{name}": method
        for adapter, kind in ADAPTERS.items()
        for name, method in inspect.getmembers(kind, inspect.isfunction)
        if not name.startswith("_") or name == "__call__"
    }


def expected() -> dict[str, str]:
    """Return the signature of every method in the table."""
    table = TABLE
    for short, long in SHORT.items():
        table = re.sub(rf"\b{short}\b", long, table)
    lines = [line.strip() for line in table.splitlines() if line.strip()]
    return {line[: line.index("(")]: line[line.index("(") :] for line in lines}


@cache
def contract() -> dict[str, frozenset[str]]:
    """Return the adapters of the contract with the methods that it lists."""
    text = (CONTRACT / "adapters.md").read_text(encoding="utf-8").partition("## Adapter by adapter")[2]
    parts = re.split(r"\*\*([a-z_]+)(?:\([^*]*\))?\*\*", text.partition("- **transaction**")[0])
    known = {name.partition(".")[2] for name in methods()}
    found: dict[str, set[str]] = {}
    for name, rest in zip(parts[1::2], parts[2::2], strict=True):
        owner = name if name not in NOT_ADAPTERS else [*found][-1]
        named = found.setdefault(owner, set())
        quoted = re.findall(r"`(?:([a-z_]+)\.)?([a-z_]+)(\([^`]*\))?`", rest)
        named |= {method for _, method, arguments in quoted if method in known or arguments}
        named |= set(PLAIN) if rest.startswith(" plain") else set()
    return {name: frozenset(named) for name, named in found.items()}


@needs_contract
def test_the_container_has_the_adapters_of_the_contract() -> None:
    assert set(ADAPTERS) == set(contract())
    assert len(set(ADAPTERS) - {"session_cleanup"}) == EXPECTED


@needs_contract
def test_the_contract_is_read() -> None:
    """Test that the contract is found. Otherwise, the test below would compare nothing."""
    assert {name for name, named in contract().items() if not named} == SILENT
    assert contract()["role_permissions"] == {"assign", "list", "remove"}
    assert contract()["users"] >= {*PLAIN, "raw_create", "unlink"}
    assert contract()["outbox"] >= {"create", "claim_events", "mark_retry", "replay"}


@needs_contract
@pytest.mark.parametrize("adapter", ADAPTERS)
def test_every_method_of_the_contract_is_there(adapter: str) -> None:
    there = {name.partition(".")[2] for name in methods() if name.startswith(f"{adapter}.")}
    assert contract()[adapter] <= there


def test_the_methods_are_those_of_the_table() -> None:
    said = {f"{name}{signature}" for name, signature in expected().items()}
    there = {f"{name}{render(ADAPTERS[name.partition('.')[0]], name.partition('.')[2])}" for name in methods()}
    changed = [*(f"- {line}" for line in sorted(said - there)), *(f"+ {line}" for line in sorted(there - said))]
    assert changed == [], "the signatures have changed: if that is meant, change TABLE like this:\n" + "\n".join(changed)


@pytest.mark.parametrize("name", methods())
def test_a_method_is_documented_and_made(name: str) -> None:
    """Test that a method has a docstring whose Args section names its parameters, and that it is implemented."""
    method = methods()[name]
    text = inspect.getdoc(method) or ""
    assert text.strip()
    parameters = [*inspect.signature(method).parameters][1:]
    arguments = re.search(r"Args:\n((?:    .*\n?)+)", text)
    if arguments is not None:
        assert re.findall(r"^    (\w+):", arguments[1], re.MULTILINE) == parameters
    body = ast.walk(ast.parse(textwrap.dedent(inspect.getsource(method))))
    assert not [node for node in body if isinstance(node, ast.Name) and node.id == "NotImplementedError"]


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_an_adapter_is_made_of_finished_parts(adapter: str) -> None:
    """Test that the private methods of an adapter are implemented, too."""
    for kind in ADAPTERS[adapter].__mro__:
        if kind.__module__.startswith("authhero_sql"):
            assert "NotImplementedError" not in inspect.getsource(kind)


def test_what_can_be_walked_can_be_iterated() -> None:
    paged = {name.partition(".")[0] for name, signature in expected().items() if name.endswith(".list") and "take=" in signature}
    walked = {name for name, kind in adapter_classes().items() if name in paged and kind.rules.checkpoint is not None}
    assert paged - walked == {"codes", "hooks"}
    assert {name.partition(".")[0] for name in methods() if name.endswith(".iterate")} == walked
