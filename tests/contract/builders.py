"""A tenant for small valid inputs from the builders of the package."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from authhero_sql import Adapters
from authhero_sql.testing.rows import *


async def tenant(adapters: Adapters, name: str = "acme") -> None:
    """Create a tenant with the user Ada, a client and a connection."""
    await adapters.tenants.create({"id": name, "friendly_name": name})
    await adapters.users.create(name, user())
    await adapters.clients.create(name, client())
    await adapters.connections.create(name, connection())


Make = Callable[[Adapters, str], Awaitable[Any]]
Get = Callable[[Adapters, str, Any], Awaitable[Any]]
ENTITIES: dict[str, tuple[Make, Get]] = {
    "clients": (lambda a, t: a.clients.create(t, client("spa")), lambda a, t, row: a.clients.get(t, row.client_id)),
    "connections": (lambda a, t: a.connections.create(t, connection("x")), lambda a, t, row: a.connections.get(t, row.id)),
    "users": (lambda a, t: a.users.create(t, user("grace")), lambda a, t, row: a.users.get(t, row.user_id)),
    "login_sessions": (lambda a, t: a.login_sessions.create(t, login_session()), lambda a, t, row: a.login_sessions.get(t, row.id)),
    "sessions": (lambda a, t: a.sessions.create(t, session()), lambda a, t, row: a.sessions.get(t, row.id)),
    "refresh_tokens": (lambda a, t: a.refresh_tokens.create(t, refresh_token()), lambda a, t, row: a.refresh_tokens.get(t, row.id)),
    "codes": (lambda a, t: a.codes.create(t, code()), lambda a, t, row: a.codes.get(t, row.code_id, row.code_type)),
    "logs": (lambda a, t: a.logs.create(t, log(log_id=f"log_{t}")), lambda a, t, row: a.logs.get(t, row.log_id)),
    "passwords": (
        lambda a, t: a.passwords.create(t, {"user_id": "auth0|ada", "password": "hash"}),
        lambda a, t, row: a.passwords.get(t, row.user_id),
    ),
    "actions": (lambda a, t: a.actions.create(t, action()), lambda a, t, row: a.actions.get(t, row.id)),
    "action_versions": (
        lambda a, t: a.action_versions.create(t, action_version()),
        lambda a, t, row: a.action_versions.get(t, row.action_id, row.id),
    ),
    "action_executions": (
        lambda a, t: a.action_executions.create(t, action_execution(f"ae_{t}")),
        lambda a, t, row: a.action_executions.get(t, row.id),
    ),
    "authentication_methods": (
        lambda a, t: a.authentication_methods.create(t, authentication_method()),
        lambda a, t, row: a.authentication_methods.get(t, row.id),
    ),
    "client_grants": (lambda a, t: a.client_grants.create(t, client_grant()), lambda a, t, row: a.client_grants.get(t, row.id)),
    "client_registration_tokens": (
        lambda a, t: a.client_registration_tokens.create(t, client_registration_token(f"crt_{t}")),
        lambda a, t, row: a.client_registration_tokens.get(t, row.id),
    ),
    "custom_domains": (
        lambda a, t: a.custom_domains.create(t, custom_domain()),
        lambda a, t, row: a.custom_domains.get(t, row.custom_domain_id),
    ),
    "email_providers": (lambda a, t: a.email_providers.create(t, email_provider()), lambda a, t, _: a.email_providers.get(t)),
    "email_templates": (
        lambda a, t: a.email_templates.create(t, email_template()),
        lambda a, t, row: a.email_templates.get(t, row.template),
    ),
    "flows": (lambda a, t: a.flows.create(t, flow()), lambda a, t, row: a.flows.get(t, row.id)),
    "forms": (lambda a, t: a.forms.create(t, form()), lambda a, t, row: a.forms.get(t, row.id)),
    "grants": (lambda a, t: a.grants.create(t, grant()), lambda a, t, row: a.grants.get(t, row.user_id, row.client_id, row.audience)),
    "hook_code": (lambda a, t: a.hook_code.create(t, {"code": "x", "secrets": {"K": "v"}}), lambda a, t, row: a.hook_code.get(t, row.id)),
    "hooks": (lambda a, t: a.hooks.create(t, hook()), lambda a, t, row: a.hooks.get(t, row.hook_id)),
    "invites": (lambda a, t: a.invites.create(t, invite()), lambda a, t, row: a.invites.get(t, row.id)),
    "log_streams": (lambda a, t: a.log_streams.create(t, log_stream()), lambda a, t, row: a.log_streams.get(t, row.id)),
    "migration_sources": (
        lambda a, t: a.migration_sources.create(t, migration_source()),
        lambda a, t, row: a.migration_sources.get(t, row.id),
    ),
    "organizations": (lambda a, t: a.organizations.create(t, organization()), lambda a, t, row: a.organizations.get(t, row.id)),
    "proxy_routes": (lambda a, t: a.proxy_routes.create(t, proxy_route()), lambda a, t, row: a.proxy_routes.get(t, row.id)),
    "resource_servers": (
        lambda a, t: a.resource_servers.create(t, resource_server()),
        lambda a, t, row: a.resource_servers.get(t, row.id),
    ),
    "roles": (lambda a, t: a.roles.create(t, role()), lambda a, t, row: a.roles.get(t, row.id)),
    "scim_configurations": (
        lambda a, t: a.scim_configurations.create(t, scim_configuration()),
        lambda a, t, row: a.scim_configurations.get(t, row.connection_id),
    ),
    "scim_tokens": (lambda a, t: a.scim_tokens.create(t, scim_token()), lambda a, t, row: a.scim_tokens.get_by_hash(t, row.token_hash)),
    "scim_external_ids": (
        lambda a, t: a.scim_external_ids.create(t, scim_external_id()),
        lambda a, t, row: a.scim_external_ids.get_by_user_id(t, row.connection_id, row.user_id),
    ),
    "themes": (lambda a, t: a.themes.create(t, theme()), lambda a, t, row: a.themes.get(t, row.theme_id)),
}
"""How to create and get a row of each table with a tenant."""


def identity_of(entity: str, row: Any) -> tuple[Any, ...]:
    """Return the arguments of ``remove`` after the tenant."""
    places: dict[str, tuple[str, ...]] = {
        "clients": ("client_id",),
        "codes": ("code_id",),
        "custom_domains": ("custom_domain_id",),
        "email_providers": (),
        "email_templates": ("template",),
        "hooks": ("hook_id",),
        "scim_configurations": ("connection_id",),
        "scim_external_ids": ("connection_id", "user_id"),
        "scim_tokens": ("token_id",),
        "themes": ("theme_id",),
        "users": ("user_id",),
    }
    return tuple(getattr(row, name) for name in places.get(entity, ("id",)))
