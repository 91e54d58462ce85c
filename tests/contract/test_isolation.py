"""No method reads or changes rows of another tenant, on every engine."""

from __future__ import annotations

import inspect
from base64 import b64decode
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, nullcontext, suppress
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from authhero_sql import Adapters, AuthHeroSQLError, ConflictError, Database, ForeignKeyError, NotFoundError, Page
from authhero_sql.dialects import Call
from authhero_sql.dialects.interface import Row
from authhero_sql.tables import REGISTRY
from tests.conftest import TickingClock
from tests.contract.builders import (
    SOON,
    action,
    action_execution,
    action_version,
    authentication_method,
    client,
    client_grant,
    client_registration_token,
    code,
    connection,
    custom_domain,
    email_provider,
    email_template,
    flow,
    form,
    grant,
    hook,
    invite,
    key,
    log,
    log_stream,
    login_session,
    migration_source,
    organization,
    outbox_event,
    permission,
    proxy_route,
    refresh_token,
    resource_server,
    role,
    scim_configuration,
    scim_external_id,
    scim_token,
    session,
    tenant_operation,
    theme,
    user,
)
from tests.kinds import adapter_classes

LATER = SOON + timedelta(days=900)
WITHOUT_ADAPTER = {"control_plane_comm_keys", "migrations"}
"""Tables of AuthHero that no method reads or writes."""
TABLES = {
    name: "id" if name == "tenants" else "tenant_id"
    for name, table in REGISTRY.items()
    if (name == "tenants" or table.tenant_scoped) and name not in WITHOUT_ADAPTER
}
"""The tables with rows of tenants, and the column with the ID of the tenant."""
BEFORE = datetime(2026, 1, 30, 9, tzinfo=UTC)
"""A time within the range of the statistics: the clock of ``adapters`` is a day later."""
Attempt = Callable[[Adapters, Any], Awaitable[object]]
Filling = Callable[[Adapters, str, str], Awaitable[object]]


def unique_text(tenant_id: str) -> str:
    """Return a text that occurs in every table of a tenant, and only there."""
    return f"only-{tenant_id}-knows"


def user_of(tenant_id: str) -> str:
    """Return the ID of a user that no other tenant has."""
    return f"auth0|{unique_text(tenant_id)}"


# --- a tenant with rows in all tables -------------------------------------------------------------------------------------------


async def _link(adapters: Adapters, tenant_id: str) -> None:
    account = {"user_id": "sms|1", "provider": "sms", "connection": "sms", "linked_to": "auth0|ada", "name": unique_text(tenant_id)}
    await adapters.users.raw_create(tenant_id, account)


async def _dead_letter(adapters: Adapters, tenant_id: str) -> None:
    """Create an event in the dead-letter list."""
    id = await adapters.outbox.create(tenant_id, outbox_event(tenant_id=tenant_id, hostname=unique_text(tenant_id)))
    await adapters.outbox.dead_letter(id, unique_text(tenant_id))


def _device(tenant_id: str) -> dict[str, Any]:
    return {**session()["device"], "last_user_agent": unique_text(tenant_id)}


FILLING: dict[str, Filling] = {
    "tenants.create": lambda a, t, _: a.tenants.create({"id": t, "friendly_name": unique_text(t)}),
    "users.create": lambda a, t, _: a.users.create(t, user(name=unique_text(t), username="ada")),
    "users.create alone": lambda a, t, _: a.users.create(t, user(unique_text(t))),
    "users.raw_create": lambda a, t, _: _link(a, t),
    "clients.create": lambda a, t, _: a.clients.create(t, client(description=unique_text(t))),
    "connections.create": lambda a, t, _: a.connections.create(t, connection(display_name=unique_text(t))),
    "connections.create free": lambda a, t, _: a.connections.create(t, connection("free", display_name=unique_text(t))),
    "client_connections.update_by_client": lambda a, t, _: a.client_connections.update_by_client(t, "web", ["con_db"]),
    "user_activity.upsert": lambda a, t, _: a.user_activity.upsert(t, "auth0|ada", {"login_count": 3, "last_ip": unique_text(t)}),
    "passwords.create": lambda a, t, n: a.passwords.create(t, {"id": f"p_{n}", "user_id": "auth0|ada", "password": unique_text(t)}),
    "login_sessions.create": lambda a, t, _: a.login_sessions.create(
        t, login_session(authorization_url=unique_text(t)), import_metadata={"id": "login"}
    ),
    "sessions.create": lambda a, t, _: a.sessions.create(t, session(device=_device(t))),
    "refresh_tokens.create": lambda a, t, _: a.refresh_tokens.create(
        t, refresh_token(token_lookup="lookup", family_id="family", device=_device(t))
    ),
    "codes.create": lambda a, t, _: a.codes.create(t, code(redirect_uri=unique_text(t))),
    "logs.create": lambda a, t, n: a.logs.create(t, log(log_id=f"log_{n}", user_id="auth0|ada", description=unique_text(t), date=BEFORE)),
    "keys.create": lambda a, t, n: a.keys.create(key(f"k_{n}", tenant_id=t, cert=unique_text(t))),
    "actions.create": lambda a, t, n: a.actions.create(t, action(code=unique_text(t)), import_metadata={"id": f"act_{n}"}),
    "action_versions.create": lambda a, t, n: a.action_versions.create(
        t, action_version("act", code=unique_text(t)), import_metadata={"id": f"ver_{n}"}
    ),
    "action_executions.create": lambda a, t, n: a.action_executions.create(t, action_execution(f"ae_{n}", trigger_id=unique_text(t))),
    "authentication_methods.create": lambda a, t, n: a.authentication_methods.create(
        t, authentication_method(public_key=unique_text(t)), import_metadata={"id": f"am_{n}"}
    ),
    "branding.set": lambda a, t, _: a.branding.set(t, {"logo_url": f"https://{unique_text(t)}"}),
    "prompt_settings.set": lambda a, t, _: a.prompt_settings.set(t, {"password_first": True}),
    "universal_login_templates.set": lambda a, t, _: a.universal_login_templates.set(t, {"body": unique_text(t)}),
    "custom_text.set": lambda a, t, _: a.custom_text.set(t, "login", "sv", {"title": unique_text(t)}),
    "themes.create": lambda a, t, _: a.themes.create(t, theme(displayName=unique_text(t)), theme_id="theme"),
    "client_grants.create": lambda a, t, _: a.client_grants.create(t, client_grant(scope=[unique_text(t)]), import_metadata={"id": "cg"}),
    "client_registration_tokens.create": lambda a, t, n: a.client_registration_tokens.create(
        t, client_registration_token(f"crt_{n}", token_hash="hash", sub=unique_text(t))
    ),
    "custom_domains.create": lambda a, t, n: a.custom_domains.create(
        t, custom_domain(f"login.{n}.example", custom_domain_id=f"cd_{n}", domain_metadata={"for": unique_text(t)})
    ),
    "proxy_routes.create": lambda a, t, n: a.proxy_routes.create(
        t, proxy_route(f"cd_{n}", match={"path": f"/{unique_text(t)}"}), import_metadata={"id": f"pr_{n}"}
    ),
    "email_providers.create": lambda a, t, _: a.email_providers.create(t, email_provider(credentials={"api_key": unique_text(t)})),
    "email_templates.create": lambda a, t, _: a.email_templates.create(t, email_template(subject=unique_text(t))),
    "flows.create": lambda a, t, n: a.flows.create(t, flow(unique_text(t)), import_metadata={"id": f"af_{n}"}),
    "forms.create": lambda a, t, n: a.forms.create(t, form(unique_text(t)), import_metadata={"id": f"form_{n}"}),
    "grants.create": lambda a, t, n: a.grants.create(t, grant(scope=[unique_text(t)]), import_metadata={"id": f"grant_{n}"}),
    "hook_code.create": lambda a, t, n: a.hook_code.create(t, {"code": unique_text(t), "secrets": {}}, import_metadata={"id": f"hc_{n}"}),
    "hooks.create": lambda a, t, n: a.hooks.create(t, hook(url=f"https://{unique_text(t)}"), import_metadata={"id": f"h_{n}"}),
    "log_streams.create": lambda a, t, n: a.log_streams.create(t, log_stream(unique_text(t)), import_metadata={"id": f"lst_{n}"}),
    "migration_sources.create": lambda a, t, n: a.migration_sources.create(
        t, migration_source(unique_text(t)), import_metadata={"id": f"mig_{n}"}
    ),
    "organizations.create": lambda a, t, n: a.organizations.create(
        t, organization(display_name=unique_text(t)), import_metadata={"id": f"org_{n}"}
    ),
    "organization_connections.create": lambda a, t, n: a.organization_connections.create(t, f"org_{n}", {"connection_id": "con_db"}),
    "user_organizations.create": lambda a, t, n: a.user_organizations.create(
        t, {"user_id": "auth0|ada", "organization_id": f"org_{n}"}, import_metadata={"id": f"uo_{n}"}
    ),
    "user_organizations.create alone": lambda a, t, n: a.user_organizations.create(
        t, {"user_id": user_of(t), "organization_id": f"org_{n}"}
    ),
    "invites.create": lambda a, t, n: a.invites.create(
        t, invite(f"org_{n}", inviter={"name": unique_text(t)}), import_metadata={"id": f"inv_{n}"}
    ),
    "resource_servers.create": lambda a, t, _: a.resource_servers.create(
        t, resource_server(name=unique_text(t)), import_metadata={"id": "api"}
    ),
    "roles.create": lambda a, t, _: a.roles.create(t, role(description=unique_text(t)), import_metadata={"id": "role"}),
    "role_permissions.assign": lambda a, t, _: a.role_permissions.assign(t, "role", [permission(), permission(unique_text(t))]),
    "user_roles.create": lambda a, t, _: a.user_roles.create(t, "auth0|ada", "role"),
    "user_roles.create alone": lambda a, t, _: a.user_roles.create(t, user_of(t), "role"),
    "user_permissions.create": lambda a, t, _: a.user_permissions.create(t, "auth0|ada", permission()),
    "user_permissions.create alone": lambda a, t, _: a.user_permissions.create(t, "auth0|ada", permission(unique_text(t))),
    "scim_configurations.create": lambda a, t, _: a.scim_configurations.create(
        t, scim_configuration(mapping=[{"scim": unique_text(t), "auth0": "email"}])
    ),
    "scim_tokens.create": lambda a, t, _: a.scim_tokens.create(t, scim_token(token_hash="hash", scopes=[unique_text(t)])),
    "scim_external_ids.create": lambda a, t, _: a.scim_external_ids.create(t, scim_external_id()),
    "scim_external_ids.create alone": lambda a, t, _: a.scim_external_ids.create(t, scim_external_id(unique_text(t), user_id=user_of(t))),
    "tenant_operations.create": lambda a, t, n: a.tenant_operations.create(
        tenant_operation(tenant_id=t, initiated_by=unique_text(t)), import_metadata={"id": f"op_{n}"}
    ),
    "outbox.create": lambda a, t, _: _dead_letter(a, t),
}
"""How to create all rows of a tenant, with the same IDs in every tenant unless they must be unique."""
PREREQUISITES = ("users.create", "users.create alone", "clients.create", "connections.create")
"""The rows that a tenant needs so that only the reference to another tenant is invalid."""


async def fill(adapters: Adapters, tenant_id: str) -> None:
    for make in FILLING.values():
        await make(adapters, tenant_id, tenant_id)


async def rows(adapters: Adapters, tenant_id: str) -> dict[str, list[str]]:
    """Return all stored rows of a tenant."""
    context = adapters.context
    quote = context.dialect.quote
    calls = [Call(f"SELECT * FROM {quote}{name}{quote} WHERE {column} = '{tenant_id}'") for name, column in TABLES.items()]
    found = zip(TABLES, await context.executor.fetch_many(calls), strict=True)
    return {name: sorted(repr(tuple(row)) for row in each) for name, each in found}


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with rows of Acme in all tables, and an empty tenant Globex."""
    await fill(adapters, "acme")
    await adapters.tenants.create({"id": "globex", "friendly_name": "Globex"})
    return adapters


@pytest.fixture
async def both(adapters: Adapters) -> Adapters:
    """Return adapters with rows of Acme and Globex in all tables."""
    await fill(adapters, "acme")
    await fill(adapters, "globex")
    return adapters


@asynccontextmanager
async def rolled_back(adapters: Adapters) -> AsyncIterator[Adapters]:
    """Open a transaction that is rolled back. On engines without transactions, restore the rows."""
    if not adapters.context.dialect.features.interactive_transactions:
        calls = [Call(f'SELECT * FROM "{name}"') for name in REGISTRY]
        before = await adapters.database.fetch_many(calls)
        yield adapters
        if await adapters.database.fetch_many(calls) != before:
            await _restore(adapters.database, before)
        return
    with suppress(_UndoError):
        async with adapters.transaction() as inside:
            yield inside
            raise _UndoError


async def _restore(database: Database, before: Sequence[Sequence[Row]]) -> None:
    restored = [Call("PRAGMA defer_foreign_keys = on"), *(Call(f'DELETE FROM "{name}"') for name in REGISTRY)]
    for (name, table), rows in zip(REGISTRY.items(), before, strict=True):
        places = ", ".join(f"(?1->>{number})" for number in range(len(table.columns)))
        restored += [Call(f'INSERT INTO "{name}" VALUES ({places})', tuple(row)) for row in rows]
    await database.write(restored)


class _UndoError(Exception):
    """Rolls back the transaction."""


# --- the attempts ---------------------------------------------------------------------------------------------------------------


async def _no_rotation(adapters: Adapters, tenant_id: str) -> bool:
    return (await adapters.refresh_tokens.rotate(tenant_id, "r1", refresh_token("own"))).outcome != "invalid"


async def _walked(items: Any) -> list[Any]:
    return [item async for item in items]


async def _settings(adapters: Adapters, tenant_id: str) -> bool:
    found = await adapters.prompt_settings.get(tenant_id)
    return found.password_first or found.identifier_first


async def _counted(adapters: Adapters, tenant_id: str) -> Any:
    return (await adapters.analytics.query(tenant_id, "logins", {"filters": {"user_id": ["auth0|ada"]}})).data


async def _used_sessions(adapters: Adapters, tenant_id: str) -> int:
    return sum(cohort.sessions for cohort in (await adapters.analytics.session_retention(tenant_id, 9)).cohorts)


async def _used_tokens(adapters: Adapters, tenant_id: str) -> int:
    return sum(cohort.tokens for cohort in (await adapters.analytics.refresh_token_retention(tenant_id, 9, "web")).cohorts)


async def _replayed(adapters: Adapters, tenant_id: str) -> bool:
    failed = await adapters.outbox.list_failed("acme")
    return await adapters.outbox.replay(tenant_id, failed.items[0].id)


def _one(adapter: str, *id: str, fields: dict[str, Any] | None = None, verbs: tuple[str, ...] = ("get", "remove")) -> dict[str, Attempt]:
    """Return the attempts on a row with an ID."""

    def attempt(verb: str, *arguments: Any) -> Attempt:
        return lambda a, t: getattr(getattr(a, adapter), verb)(t, *id, *arguments)

    found = {f"{adapter}.{verb}": attempt(verb) for verb in verbs}
    return found if fields is None else {**found, f"{adapter}.update": attempt("update", fields)}


def _all(*adapters: str) -> dict[str, Attempt]:
    """Return the attempts on all rows: ``list`` and, if the adapter has it, ``iterate``."""

    def listed(adapter: str) -> Attempt:
        return lambda a, t: getattr(a, adapter).list(t)

    def iterated(adapter: str) -> Attempt:
        return lambda a, t: _walked(getattr(a, adapter).iterate(t))

    lists = {f"{adapter}.list": listed(adapter) for adapter in adapters}
    return lists | {f"{adapter}.iterate": iterated(adapter) for adapter in adapters if hasattr(adapter_classes()[adapter], "iterate")}


ATTEMPTS: dict[str, Attempt] = {
    **_all("actions", "client_grants", "custom_domains", "custom_text", "email_templates", "flows", "forms", "grants", "hooks"),
    **_all("invites", "log_streams", "migration_sources", "organizations", "proxy_routes", "resource_servers", "roles"),
    **_all("scim_configurations", "user_organizations"),
    **_one("actions", "act_acme", fields={"name": "x"}),
    **_one("authentication_methods", "am_acme", fields={"friendly_name": "x"}),
    **_one("client_grants", "cg", fields={"scope": []}),
    **_one("client_registration_tokens", "crt_acme"),
    **_one("custom_domains", "cd_acme", fields={"primary": False}),
    **_one("custom_text", "login", "sv", verbs=("get", "delete")),
    **_one("email_providers", fields={"name": "x"}),
    **_one("email_templates", "verify_email", fields={"subject": "x"}),
    **_one("flows", "af_acme", fields={"name": "x"}),
    **_one("forms", "form_acme", fields={"name": "x"}),
    **_one("hook_code", "hc_acme", fields={"code": "x"}),
    **_one("hooks", "h_acme", fields={"enabled": True}),
    **_one("invites", "inv_acme", fields={"ticket_id": "x"}),
    **_one("log_streams", "lst_acme", fields={"name": "x"}),
    **_one("migration_sources", "mig_acme", fields={"name": "x"}),
    **_one("organization_connections", "org_acme", "con_db", fields={"assign_membership_on_login": True}),
    **_one("organizations", "org_acme", fields={"display_name": "x"}),
    **_one("proxy_routes", "pr_acme", fields={"priority": 1}),
    **_one("resource_servers", "api", fields={"name": "x"}),
    **_one("roles", "role", fields={"name": "x"}),
    **_one("scim_configurations", "con_db", fields={"user_id_attribute": "x"}),
    **_one("scim_tokens", "tok_1"),
    **_one("themes", "theme", fields={"displayName": "x", "colors": {"header": "#000000"}}),
    **_one("universal_login_templates", verbs=("get", "delete")),
    **_one("user_organizations", "uo_acme", fields={"organization_id": "org_acme"}),
    "action_executions.get": lambda a, t: a.action_executions.get(t, "ae_acme"),
    "action_versions.get": lambda a, t: a.action_versions.get(t, "act", "ver_acme"),
    "action_versions.list": lambda a, t: a.action_versions.list(t, "act", include_totals=True),
    "action_versions.remove_for_action": lambda a, t: a.action_versions.remove_for_action(t, "act"),
    "analytics.query": _counted,
    "analytics.refresh_token_retention": _used_tokens,
    "analytics.session_retention": _used_sessions,
    "authentication_methods.get_by_credential_id": lambda a, t: a.authentication_methods.get_by_credential_id(t, "cred"),
    "authentication_methods.list": lambda a, t: a.authentication_methods.list(t, "auth0|ada"),
    "branding.get": lambda a, t: a.branding.get(t),
    "client_connections.add_client_to_connection": lambda a, t: a.client_connections.add_client_to_connection(t, "con_x", "web"),
    "client_connections.list_by_client": lambda a, t: a.client_connections.list_by_client(t, "web"),
    "client_connections.list_by_connection": lambda a, t: a.client_connections.list_by_connection(t, "con_db"),
    "client_connections.remove_client_from_connection": lambda a, t: a.client_connections.remove_client_from_connection(t, "con_db", "web"),
    "client_connections.update_by_client": lambda a, t: a.client_connections.update_by_client(t, "web", []),
    "client_registration_tokens.get_by_hash": lambda a, t: a.client_registration_tokens.get_by_hash(t, "hash"),
    "client_registration_tokens.list_by_client": lambda a, t: a.client_registration_tokens.list_by_client(t, "web"),
    "client_registration_tokens.mark_used": lambda a, t: a.client_registration_tokens.mark_used(t, "crt_acme"),
    "client_registration_tokens.revoke": lambda a, t: a.client_registration_tokens.revoke(t, "crt_acme"),
    "client_registration_tokens.revoke_by_client": lambda a, t: a.client_registration_tokens.revoke_by_client(t, "web"),
    "clients.get": lambda a, t: a.clients.get(t, "web"),
    "clients.iterate": lambda a, t: _walked(a.clients.iterate(t)),
    "clients.list": lambda a, t: a.clients.list(t, include_totals=True),
    "clients.remove": lambda a, t: a.clients.remove(t, "web"),
    "clients.update": lambda a, t: a.clients.update(t, "web", {"name": "x"}),
    "codes.consume": lambda a, t: a.codes.consume(t, "c1"),
    "codes.get": lambda a, t: a.codes.get(t, "c1", "otp"),
    "codes.list": lambda a, t: a.codes.list(t, include_totals=True),
    "codes.remove": lambda a, t: a.codes.remove(t, "c1"),
    "codes.used": lambda a, t: a.codes.used(t, "c1"),
    "connections.get_by_name": lambda a, t: a.connections.get_by_name(t, "db"),
    "connections.get": lambda a, t: a.connections.get(t, "con_db"),
    "connections.iterate": lambda a, t: _walked(a.connections.iterate(t)),
    "connections.list": lambda a, t: a.connections.list(t, include_totals=True),
    "connections.remove": lambda a, t: a.connections.remove(t, "con_db"),
    "connections.update": lambda a, t: a.connections.update(t, "con_db", {"name": "x"}),
    "grants.get": lambda a, t: a.grants.get(t, "auth0|ada", "web"),
    "grants.remove": lambda a, t: a.grants.remove(t, "grant_acme"),
    "grants.remove_by_user": lambda a, t: a.grants.remove_by_user(t, "auth0|ada"),
    "login_sessions.get": lambda a, t: a.login_sessions.get(t, "login"),
    "login_sessions.remove": lambda a, t: a.login_sessions.remove(t, "login"),
    "login_sessions.update": lambda a, t: a.login_sessions.update(t, "login", {"auth_params": {"scope": "x"}, "state": "failed"}),
    "logs.get": lambda a, t: a.logs.get(t, "log_acme"),
    "logs.iterate": lambda a, t: _walked(a.logs.iterate(t)),
    "logs.list": lambda a, t: a.logs.list(t, include_totals=True, from_date=0),
    "organization_connections.list": lambda a, t: a.organization_connections.list(t, "org_acme"),
    "organizations.get by name": lambda a, t: a.organizations.get(t, "eng"),
    "outbox.list_failed": lambda a, t: a.outbox.list_failed(t, include_totals=True),
    "outbox.replay": _replayed,
    "passwords.get": lambda a, t: a.passwords.get(t, "auth0|ada"),
    "passwords.list": lambda a, t: a.passwords.list(t, "auth0|ada"),
    "passwords.update": lambda a, t: a.passwords.update(t, {"id": "p_acme", "password": "x"}),
    "passwords.update by user": lambda a, t: a.passwords.update(t, {"user_id": "auth0|ada", "password": "x"}),
    "passwords.update to current": lambda a, t: a.passwords.update(t, {"id": "p_acme", "is_current": True}),
    "prompt_settings.get": _settings,
    "proxy_routes.list of a domain": lambda a, t: a.proxy_routes.list(t, custom_domain_id="cd_acme", include_totals=True),
    "refresh_tokens.get": lambda a, t: a.refresh_tokens.get(t, "r1"),
    "refresh_tokens.get_by_lookup": lambda a, t: a.refresh_tokens.get_by_lookup(t, "lookup"),
    "refresh_tokens.iterate": lambda a, t: _walked(a.refresh_tokens.iterate(t)),
    "refresh_tokens.list": lambda a, t: a.refresh_tokens.list(t, take=5),
    "refresh_tokens.remove": lambda a, t: a.refresh_tokens.remove(t, "r1"),
    "refresh_tokens.revoke_by_login_session": lambda a, t: a.refresh_tokens.revoke_by_login_session(t, "login", SOON),
    "refresh_tokens.revoke_family": lambda a, t: a.refresh_tokens.revoke_family(t, "family", SOON),
    "refresh_tokens.rotate": _no_rotation,
    "refresh_tokens.update": lambda a, t: a.refresh_tokens.update(t, "r1", {"rotated_to": "x"}, login_session_bump=("login", LATER)),
    "resource_servers.get_by_identifier": lambda a, t: a.resource_servers.get_by_identifier(t, "https://api.example"),
    "roles.get_by_name": lambda a, t: a.roles.get_by_name(t, "admin"),
    "resource_servers.update options": lambda a, t: a.resource_servers.update(t, "api", {"options": {"token_dialect": "access_token"}}),
    "role_permissions.list": lambda a, t: a.role_permissions.list(t, "role"),
    "scim_external_ids.get_by_external_id": lambda a, t: a.scim_external_ids.get_by_external_id(t, "con_db", "ext-1"),
    "scim_external_ids.get_by_user_id": lambda a, t: a.scim_external_ids.get_by_user_id(t, "con_db", "auth0|ada"),
    "scim_external_ids.remove": lambda a, t: a.scim_external_ids.remove(t, "con_db", "auth0|ada"),
    "scim_external_ids.update": lambda a, t: a.scim_external_ids.update(t, "con_db", "auth0|ada", "x"),
    "scim_tokens.get_by_hash": lambda a, t: a.scim_tokens.get_by_hash(t, "hash"),
    "scim_tokens.list_by_connection": lambda a, t: a.scim_tokens.list_by_connection(t, "con_db"),
    "scim_tokens.mark_used": lambda a, t: a.scim_tokens.mark_used(t, "tok_1"),
    "sessions.get": lambda a, t: a.sessions.get(t, "s1"),
    "sessions.iterate": lambda a, t: _walked(a.sessions.iterate(t)),
    "sessions.list": lambda a, t: a.sessions.list(t, include_totals=True),
    "sessions.remove": lambda a, t: a.sessions.remove(t, "s1"),
    "sessions.update": lambda a, t: a.sessions.update(t, "s1", {"expires_at": LATER}),
    "stats.get_active_users": lambda a, t: a.stats.get_active_users(t),
    "stats.get_daily": lambda a, t: a.stats.get_daily(t),
    "tenant_operations.list": lambda a, t: a.tenant_operations.list(tenant_id=t, include_totals=True),
    "user_activity.get": lambda a, t: a.user_activity.get(t, "auth0|ada"),
    "user_organizations.list_user_organizations": lambda a, t: a.user_organizations.list_user_organizations(
        t, "auth0|ada", include_totals=True
    ),
    "user_permissions.list": lambda a, t: a.user_permissions.list(t, "auth0|ada"),
    "user_roles.list": lambda a, t: a.user_roles.list(t, "auth0|ada", ""),
    "user_roles.list_users": lambda a, t: a.user_roles.list_users(t, "role", include_totals=True),
    "user_roles.list_users by checkpoint": lambda a, t: a.user_roles.list_users(t, "role", take=5),
    "users.get": lambda a, t: a.users.get(t, "auth0|ada"),
    "users.find": lambda a, t: a.users.find(t, email="ada@acme.example"),
    "users.get_by_email": lambda a, t: a.users.get_by_email(t, "ada@acme.example"),
    "users.iterate": lambda a, t: _walked(a.users.iterate(t)),
    "users.list": lambda a, t: a.users.list(t, include_totals=True),
    "users.remove": lambda a, t: a.users.remove(t, "auth0|ada", outbox_events=[outbox_event()]),
    "users.unlink": lambda a, t: a.users.unlink(t, "auth0|ada", "sms", "1"),
    "users.update": lambda a, t: a.users.update(t, "auth0|ada", {"name": "x", "login_count": 99}, outbox_events=[outbox_event()]),
}
"""Methods that must behave as if the rows did not exist."""


def _replace_method(get: str, other: str) -> Attempt:
    """Return the attempt of a ``get`` with another method that has the same parameters."""
    adapter, _, name = get.partition(".")

    async def attempt(adapters: Adapters, tenant_id: str) -> Any:
        standing_in: Any = SimpleNamespace(**{adapter: SimpleNamespace(**{name: getattr(getattr(adapters, adapter), other)})})
        with suppress(NotFoundError):
            return await ATTEMPTS[get](standing_in, tenant_id)

    return attempt


def _count(name: str) -> Attempt:
    return lambda adapters, tenant_id: getattr(adapters, name).count(tenant_id)


ATTEMPTS |= {
    f"{name}.{other}": _replace_method(f"{name}.get", other)
    for name, kind in adapter_classes().items()
    for other in ("get_one", "exists")
    if hasattr(kind, other) and f"{name}.get" in ATTEMPTS
}
ATTEMPTS |= {f"{name}.count": _count(name) for name, kind in adapter_classes().items() if hasattr(kind, "count") and name != "tenants"}
REFUSED: dict[str, Attempt] = {
    "client_grants.create": lambda a, t: a.client_grants.create(t, client_grant()),
    "codes.create": lambda a, t: a.codes.create(t, code("own", user_id="auth0|ada")),
    "grants.create": lambda a, t: a.grants.create(t, grant()),
    "login_sessions.create": lambda a, t: a.login_sessions.create(t, login_session(session_id="s1")),
    "organization_connections.create": lambda a, t: a.organization_connections.create(t, "org_acme", {"connection_id": "con_db"}),
    "passwords.create": lambda a, t: a.passwords.create(t, {"user_id": "auth0|ada", "password": "x"}),
    "refresh_tokens.create": lambda a, t: a.refresh_tokens.create(t, refresh_token("own", expires_at=LATER)),
    "sessions.create": lambda a, t: a.sessions.create(t, session("own", expires_at=LATER)),
    "user_activity.record_login": lambda a, t: a.user_activity.record_login(t, "auth0|ada", ip="::1"),
    "user_activity.upsert": lambda a, t: a.user_activity.upsert(t, "auth0|ada", {"login_count": 99}),
    "user_organizations.create": lambda a, t: a.user_organizations.create(t, {"user_id": "auth0|ada", "organization_id": "org_acme"}),
}
"""Methods that are rejected because their rows would refer to a row of another tenant."""


async def _session_of_theirs(adapters: Adapters, tenant_id: str) -> None:
    await adapters.sessions.create(tenant_id, session("own", login_session_id="login", expires_at=LATER))
    assert await adapters.sessions.update(tenant_id, "own", {"idle_expires_at": LATER})
    assert await adapters.sessions.remove(tenant_id, "own")


async def _token_of_theirs(adapters: Adapters, tenant_id: str) -> None:
    await adapters.refresh_tokens.create(tenant_id, refresh_token("own", expires_at=LATER))
    assert await adapters.refresh_tokens.update(tenant_id, "own", {"rotated_to": "x"}, login_session_bump=("login", LATER))
    assert await adapters.refresh_tokens.remove(tenant_id, "own")


ALLOWED: dict[str, Attempt] = {
    "sessions.create with another's login session": _session_of_theirs,
    "refresh_tokens.create with another's login session": _token_of_theirs,
    "users.create with another's events": lambda a, t: a.users.create(
        t, user("own", linked_to="auth0|ada"), outbox_events=[outbox_event()]
    ),
    "users.raw_create with another's events": lambda a, t: a.users.raw_create(t, user("raw"), outbox_events=[outbox_event()]),
    "clients.create with another's connection": lambda a, t: a.clients.create(t, client("own", connections=["con_acme"])),
    "branding.set": lambda a, t: a.branding.set(t, {}),
    "prompt_settings.set": lambda a, t: a.prompt_settings.set(t, {"password_first": False}),
    "universal_login_templates.set": lambda a, t: a.universal_login_templates.set(t, {"body": "x"}),
    "custom_text.set": lambda a, t: a.custom_text.set(t, "login", "sv", {}),
    "role_permissions.assign": lambda a, t: a.role_permissions.assign(t, "role", [permission("write:x")]),
    "role_permissions.remove": lambda a, t: a.role_permissions.remove(t, "role", [permission()]),
    "user_roles.create": lambda a, t: a.user_roles.create(t, "auth0|ada", "role", "org_acme"),
    "user_roles.remove": lambda a, t: a.user_roles.remove(t, "auth0|ada", "role"),
    "user_permissions.create": lambda a, t: a.user_permissions.create(t, "auth0|ada", permission(), "org_acme"),
    "user_permissions.remove": lambda a, t: a.user_permissions.remove(t, "auth0|ada", permission()),
    "outbox.create": lambda a, t: a.outbox.create(t, outbox_event()),
}
"""Methods that write a row of this tenant, next to that of the other one."""


def _create_many_attempt(name: str) -> Attempt:
    """Return an attempt to create rows with the IDs of another tenant's rows. They are rejected or become rows of this tenant."""
    make = MANY[name]

    async def attempt(adapters: Adapters, tenant_id: str) -> None:
        for on_conflict in ("skip", "update"):
            with suppress(ConflictError, ForeignKeyError):
                await getattr(adapters, name).create_many(tenant_id, [make(), make()], on_conflict=on_conflict)

    return attempt


MANY: dict[str, Callable[[], dict[str, Any]]] = {
    "actions": lambda: {**action(), "id": "act_acme"},
    "authentication_methods": lambda: {**authentication_method(), "id": "am_acme"},
    "client_grants": lambda: {**client_grant(), "id": "cg"},
    "clients": lambda: client(name="x"),
    "connections": lambda: connection(display_name="x"),
    "custom_domains": lambda: custom_domain("login.acme.example", custom_domain_id="cd_acme"),
    "flows": lambda: {**flow("x"), "id": "af_acme"},
    "forms": lambda: {**form("x"), "id": "form_acme"},
    "hook_code": lambda: {"code": "x", "id": "hc_acme"},
    "hooks": lambda: hook(url="https://x", hook_id="h_acme"),
    "invites": lambda: invite("org_acme", id="inv_acme"),
    "log_streams": lambda: {**log_stream("x"), "id": "lst_acme"},
    "migration_sources": lambda: {**migration_source("x"), "id": "mig_acme"},
    "organizations": lambda: organization(display_name="x", id="org_acme"),
    "proxy_routes": lambda: {**proxy_route("cd_acme"), "id": "pr_acme"},
    "resource_servers": lambda: {**resource_server(name="x"), "id": "api"},
    "roles": lambda: {**role(description="x"), "id": "role"},
    "scim_configurations": lambda: scim_configuration(mapping=[]),
    "scim_tokens": lambda: scim_token(token_hash="hash", scopes=[]),
    "user_organizations": lambda: {"user_id": "auth0|ada", "organization_id": "org_acme", "id": "uo_acme"},
    "users": lambda: user(name="x", login_count=99, password={"hash": "x", "algorithm": "bcrypt"}),
}
"""A row for each adapter with ``create_many``, with the ID of Acme's row."""
ALLOWED |= {f"{name}.create_many": _create_many_attempt(name) for name in MANY}
OTHERS = {"session_cleanup.__call__", "logs.cleanup"}
"""Methods with other tests."""
STRANGERS: tuple[Any, ...] = ("globex", "nowhere", "ACME", "acme ", " acme", "ac%", "acm_", "acme\0", "ácme", "acme' OR '1'='1", "")
NO_TENANTS: tuple[Any, ...] = (None, 0, True, 1.5, b"acme", ["acme"], {"$ne": ""}, object())


def is_empty(answer: object) -> bool:
    """Return whether an answer is empty."""
    return (answer.items == [] and not answer.total and answer.next is None) if isinstance(answer, Page) else not answer


def by_adapter(attempts: dict[str, Attempt]) -> list[str]:
    """Return the adapters of the attempts. Creating all rows once per attempt would take minutes."""
    return list(dict.fromkeys(name.partition(".")[0] for name in attempts))


def attempts_of(adapter: str, attempts: dict[str, Attempt]) -> dict[str, Attempt]:
    return {name: attempt for name, attempt in attempts.items() if name.startswith(f"{adapter}.")}


# --- tests ----------------------------------------------------------------------------------------------------------------------


async def test_the_tenants_have_something_of_everything(both: Adapters) -> None:
    for tenant_id in ("acme", "globex"):
        stored = await rows(both, tenant_id)
        assert {name for name, found in stored.items() if not found} == set(), "otherwise the tests below would have no effect"
        unnamed = {name for name, found in stored.items() if unique_text(tenant_id) not in str(found)}
        assert unnamed == {"organization_connections", "prompt_settings"}, "one has the name of its connection, the other has no text"


@pytest.mark.parametrize("adapter", by_adapter(ATTEMPTS))
async def test_another_tenant_s_rows_are_not_there(store: Adapters, adapter: str) -> None:
    before = await rows(store, "acme")
    for name, attempt in attempts_of(adapter, ATTEMPTS).items():
        for stranger in STRANGERS:
            if stranger == "" and name in ("codes.get", "codes.get_one", "login_sessions.get", "login_sessions.get_one"):
                continue
            assert is_empty(await _answer_or_none(attempt, store, stranger)), (name, stranger)
        for stranger in NO_TENANTS:
            if stranger is None and name == "tenant_operations.list":
                continue
            assert is_empty(await _answer_or_none(attempt, store, stranger)), (name, stranger)
    assert await rows(store, "acme") == before
    assert len(before["outbox_events"]) == len(await store.context.executor.fetch(Call("SELECT id FROM outbox_events")))


async def _answer_or_none(attempt: Attempt, adapters: Adapters, stranger: Any) -> object:
    """Return the answer, or None if an invalid tenant is rejected."""
    try:
        return await attempt(adapters, stranger)
    except AuthHeroSQLError:
        if isinstance(stranger, str) and "\0" not in stranger:
            raise
        return None


@pytest.mark.parametrize("adapter", by_adapter(ATTEMPTS))
async def test_the_tenant_s_own_rows_are_there(store: Adapters, adapter: str) -> None:
    for name, attempt in attempts_of(adapter, ATTEMPTS).items():
        async with rolled_back(store) as inside:
            assert not is_empty(await attempt(inside, "acme")), f"{name}: otherwise the test above would have no effect"


@pytest.mark.parametrize("attempt", REFUSED)
async def test_another_tenant_s_rows_cannot_be_referred_to(store: Adapters, attempt: str) -> None:
    before = await rows(store, "acme")
    for stranger in ("globex", "nowhere", "ACME", "acme ", ""):
        with pytest.raises(ForeignKeyError):
            await REFUSED[attempt](store, stranger)
    assert await rows(store, "acme") == before


async def test_an_id_that_another_tenant_has_is_taken_and_tells_no_more(store: Adapters) -> None:
    for name in PREREQUISITES:
        await FILLING[name](store, "globex", "globex")
    before = await rows(store, "acme")
    global_ids = [f"{name}.create" for name in TABLES if f"{name}.create" in FILLING and "tenant_id" not in REGISTRY[name].key]
    for name in {*global_ids} - {"tenants.create"}:
        refused = ForeignKeyError if name in ("proxy_routes.create", "user_organizations.create") else ConflictError
        with pytest.raises(refused) as raised:
            await FILLING[name](store, "globex", "acme")
        assert unique_text("acme") not in str(raised.value), name
    assert await rows(store, "acme") == before
    assert len(global_ids) > 20


@pytest.mark.parametrize("attempt", ALLOWED)
async def test_own_rows_leave_another_tenant_s_alone(store: Adapters, attempt: str) -> None:
    for name in PREREQUISITES:
        await FILLING[name](store, "globex", "globex")
    before = await rows(store, "acme")
    await ALLOWED[attempt](store, "globex")
    assert await rows(store, "acme") == before
    ada = await store.users.get("acme", "auth0|ada")
    assert ada is not None
    assert [identity.provider for identity in ada.identities or []] == ["auth0", "sms"]


async def test_an_organization_of_another_tenant_has_no_members_or_connections_here(store: Adapters) -> None:
    for name in (*PREREQUISITES, "organizations.create", "user_organizations.create"):
        await FILLING[name](store, "globex", "globex")
    with pytest.raises(ForeignKeyError):
        await store.user_organizations.create("globex", {"user_id": "auth0|ada", "organization_id": "org_acme"})
    with pytest.raises(ForeignKeyError):
        await store.user_organizations.update("globex", "uo_globex", {"organization_id": "org_acme"})
    with pytest.raises(ForeignKeyError):
        await store.organization_connections.create("globex", "org_acme", {"connection_id": "con_db"})
    before = await rows(store, "globex")
    assert await store.organizations.remove("acme", "org_acme") is True
    assert await rows(store, "globex") == before


async def test_the_same_ids_live_in_two_tenants(store: Adapters) -> None:
    """Test that the rows of Acme stay unchanged while Globex creates the same ones, changes them and deletes them."""
    before = await rows(store, "acme")
    assert await store.tenants.remove("globex") is True
    await fill(store, "globex")
    assert await rows(store, "acme") == before
    for name, attempt in ATTEMPTS.items():
        if not name.endswith((".remove", ".delete", "remove_for_action")):
            assert await _answer_or_none(attempt, store, "globex") is not ..., name
    assert await rows(store, "acme") == before
    for name, attempt in ATTEMPTS.items():
        assert await _answer_or_none(attempt, store, "globex") is not ..., name
    assert await store.session_cleanup("globex", grace=timedelta(0)) is not None
    assert await store.tenants.update("globex", {"friendly_name": "x"}) is True
    assert await store.tenants.remove("globex") is True
    assert await rows(store, "acme") == before


async def test_what_a_tenant_sees_is_the_same_whatever_others_have(adapters: Adapters, clock: TickingClock) -> None:
    """Test that counts, pages and cursors are the same before and after another tenant exists."""
    await fill(adapters, "acme")
    clock.step = timedelta(0)
    alone = await _answers(adapters)
    await fill(adapters, "globex")
    await adapters.logs.create("globex", log(user_id="auth0|grace", date=BEFORE))
    assert await _answers(adapters) == alone


async def _answers(adapters: Adapters) -> dict[str, object]:
    found = {}
    for name, attempt in ATTEMPTS.items():
        async with rolled_back(adapters) as inside:
            found[name] = await attempt(inside, "acme")
    return found


async def test_grants_are_walked(both: Adapters) -> None:
    assert [found.scope for found in await _walked(both.grants.iterate("acme"))] == [[unique_text("acme")]]
    assert await _walked(both.grants.iterate("nowhere")) == []


async def test_cleaning_up_one_tenant_leaves_the_other(both: Adapters, clock: TickingClock) -> None:
    clock.now = LATER + timedelta(days=900)
    before = await rows(both, "acme")
    cleaned = await both.session_cleanup("globex")
    assert cleaned.login_sessions == 1
    assert await both.logs.cleanup(clock.now, tenant_id="globex") > 0
    assert await rows(both, "acme") == before
    for tenant_id in ("ACME", "acme ", "nowhere", "", "%"):
        cleaned = await both.session_cleanup(tenant_id)
        assert (cleaned.login_sessions, cleaned.sessions, cleaned.refresh_tokens) == (0, 0, 0)
        assert await both.logs.cleanup(clock.now, tenant_id=tenant_id) == 0
        assert await both.logs.cleanup(clock.now, tenant_id=tenant_id, types=["s", "f"]) == 0
    assert await rows(both, "acme") == before


async def test_what_crosses_tenants_says_whose_it_is(store: Adapters) -> None:
    code_, login, web = await store.codes.get("", "c1", "otp"), await store.login_sessions.get("", "login"), "web"
    client_ = await store.clients.get_by_client_id(web)
    domain = await store.custom_domains.get_by_domain("login.acme.example")
    host = await store.proxy_routes.resolve_host("login.acme.example:443")
    assert [getattr(found, "tenant_id", None) for found in (code_, login, client_, domain, host)] == ["acme"] * 5
    assert await store.clients.get_by_client_id("WEB") is None
    assert await store.codes.get("", "C1", "otp") is None
    assert await store.login_sessions.get("", "login ") is None
    assert await store.custom_domains.get_by_domain("login.acme.example ") is None


def scoped() -> dict[str, Any]:
    """Return every method with a tenant."""
    return {
        f"{adapter}.{name}": method
        for adapter, kind in adapter_classes().items()
        for name, method in inspect.getmembers(kind, inspect.isfunction)
        if (not name.startswith("_") or name == "__call__") and "tenant_id" in inspect.signature(method).parameters
    }


def test_every_method_is_tried() -> None:
    tried = {name.split(" ")[0] for name in (*ATTEMPTS, *REFUSED, *ALLOWED, *FILLING)}
    tried -= {"tenants.create", "keys.create", "tenant_operations.create"}
    assert scoped().keys() - OTHERS - tried == set(), "add each method to ATTEMPTS, REFUSED, ALLOWED or FILLING"
    assert tried - scoped().keys() == set(), "unknown methods"


async def test_an_unknown_tenant_gets_nothing_new(store: Adapters) -> None:
    for make in ("clients.create", "connections.create", "users.create", "branding.set", "custom_text.set", "themes.create"):
        with pytest.raises(AuthHeroSQLError):
            await FILLING[make](store, "nowhere", "nowhere")
    for make in ("users.create with another's events", "users.raw_create with another's events"):
        with pytest.raises(AuthHeroSQLError):
            await ALLOWED[make](store, "nowhere")
    assert len(await store.context.executor.fetch(Call("SELECT id FROM outbox_events"))) == 1


# --- random arguments -----------------------------------------------------------------------------------------------------------

KINDS = (
    "p", "log", "k", "act", "ver", "ae", "am", "crt", "cd", "pr", "af", "form", "grant", "hc", "h", "lst", "mig", "org", "uo", "inv", "op",
)  # fmt: skip
"""The prefixes of IDs that are unique across tenants."""
IDS = (
    "auth0|ada", "sms|1", "auth0", "sms", "1", "web", "con_db", "con_free", "login", "s1", "r1", "lookup", "family", "c1", "otp", "cg",
    "role", "api", "theme", "tok_1", "hash", "ext-1", "cred", "act", "https://api.example", "verify_email", "eng", "sv", "ada@acme.example",
    *(f"{kind}_globex" for kind in KINDS),
    "login.globex.example", "globex",
)  # fmt: skip
"""Values that only identify rows of Globex. An answer that contains anything else of Globex shows a leak."""
HOSTILE = (
    "",
    " ",
    "'",
    "' OR '1'='1",
    '"',
    "`",
    "%",
    "_",
    "\\",
    "\\'",
    "🦉",
    "é",
    "GLOBEX",
    "globex ",
    "WEB",
    "web ",
    "a\0b",
    "\ud800",
    "x" * 300,
)
WRONG: tuple[Any, ...] = (None, 0, 1, -1, True, 1.5, float("nan"), 2**70, b"globex", (), [], ["globex"], {}, {"x": 1}, {"$ne": ""}, SOON)
QUERIES = (
    "tenant_id:globex",
    "*",
    "-name:x",
    "name:* OR email:*",
    "NOT _exists_:zz",
    '"globex"',
    "user_id:auth0*",
    "log_id:log_globex",
    "' OR 1=1",
)
CURSORS = ("e30", "eyJzIjoiIiwiaSI6IiJ9", "eyJzIjoiOTk5OSIsImkiOiJ6eiJ9", "eyJzIjpudWxsLCJpIjoieiIsImsiOiJjcmVhdGVkX2F0OmRlc2MifQ")
INPUTS: tuple[dict[str, Any], ...] = (
    user("x"), client("x"), connection("x"), login_session(session_id="s1"), session("x"), refresh_token("x"), code("x"),
    log(log_id="log_globex"),
    action(), action_version("act"), action_execution("ae_globex"), authentication_method(), client_grant("x"),
    client_registration_token("crt_globex"), custom_domain("login.globex.example"), email_provider(), email_template("x"), flow(), form(),
    grant(),
    hook(), invite("org_globex"), log_stream(), migration_source(), organization("x"), outbox_event(), proxy_route("cd_globex"),
    resource_server("x"), role("x"), permission(), scim_configuration("x"), scim_token("x"), scim_external_id("x"), theme(),
    {"id": "p_globex", "user_id": "auth0|ada", "password": "x"}, {"user_id": "auth0|ada", "organization_id": "org_globex"},
    {"connection_id": "con_free"}, {"logo_url": "https://x"}, {"body": "x"}, {"password_first": True}, {"title": "x"},
)  # fmt: skip
FIELDS = sorted({name for table in TABLES for column in REGISTRY[table].columns for name in (column.name, column.public)})

texts = st.sampled_from(IDS) | st.sampled_from(HOSTILE)
values = texts | st.sampled_from(WRONG)
mappings = st.builds(
    lambda given, more: {**given, **more},
    st.sampled_from(({}, *INPUTS)),
    st.dictionaries(st.sampled_from(("tenant_id", "id", "user_id", "auth_params", "options", *FIELDS)), values, max_size=3),
)
lists = st.lists(texts | mappings, max_size=3)
instants = st.none() | st.sampled_from(
    (SOON, LATER, datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC), SOON.replace(tzinfo=None))
)
BY_NAME: dict[str, st.SearchStrategy[Any]] = {
    "tenant_id": st.just("acme"),
    "q": st.none() | st.sampled_from(QUERIES) | texts,
    "sort": st.none() | st.sampled_from(("created_at:desc", "name:asc", "tenant_id:asc", "user_id:-1")),
    "from_": st.none() | st.sampled_from(CURSORS),
    "resource": st.sampled_from(("active-users", "logins", "globex")),
    "params": mappings
    | st.builds(lambda groups: {"group_by": groups}, st.lists(st.sampled_from(("time", "connection", "event")), max_size=3)),
    "import_metadata": st.none() | st.builds(lambda id: {"id": id}, texts),
    "login_session_bump": st.none() | st.tuples(texts, st.just(LATER)),
    "outbox_events": st.just(()) | st.just([outbox_event(tenant_id="globex")]),
    "prompt": st.just("login") | texts,
    "grace": st.sampled_from((timedelta(0), timedelta(days=-1), timedelta.max, None, 1)),
    **dict.fromkeys(("include_totals", "dry_run"), st.sampled_from((False, True, "estimate", None, 0, "", "x", 1.5, [], {}))),
}


def argument(parameter: inspect.Parameter) -> st.SearchStrategy[Any]:
    """Generate a value for a parameter, usually of its type."""
    kind = str(parameter.annotation)
    if parameter.name in BY_NAME:
        return BY_NAME[parameter.name]
    usual: st.SearchStrategy[Any] = (
        lists if "Sequence" in kind
        else mappings if "Mapping" in kind or "Fields" in kind
        else instants if "datetime" in kind
        else st.integers(0, 60) if "int" in kind
        else texts
    )  # fmt: skip
    return st.one_of(usual, usual, usual, st.sampled_from(WRONG))


@st.composite
def calls(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """Generate a method and its arguments by name."""
    name = draw(st.sampled_from(sorted(scoped())))
    parameters = [*inspect.signature(scoped()[name]).parameters.values()][1:]
    needed = [each for each in parameters if each.default is each.empty or each.name == "tenant_id"]
    others = [each for each in parameters if each not in needed]
    chosen = draw(st.lists(st.sampled_from(others), unique_by=lambda each: each.name, max_size=2)) if others else []
    return name, {each.name: draw(argument(each)) for each in [*needed, *chosen]}


def _decode_cursor(cursor: str | None) -> str:
    """Return the decoded cursor."""
    return b64decode(cursor + "==", altchars=b"-_").decode() if cursor else ""


def full_text(answer: object) -> str:
    """Return the complete text of an answer."""
    if isinstance(answer, BaseModel):
        return repr(answer.model_dump())
    if isinstance(answer, Page):
        return f"{full_text(answer.items)} {_decode_cursor(answer.next)}"
    return " ".join(map(full_text, answer)) if isinstance(answer, list) else repr(answer)


async def outcome(adapters: Adapters, name: str, arguments: dict[str, Any]) -> str:
    """Return the answer of a call, or its error."""
    adapter, _, method = name.partition(".")
    # In a savepoint if possible, because an error must not end the transaction.
    savepoint = adapters.transaction() if adapters.context.current is not None else nullcontext(adapters)
    try:
        async with savepoint as inside:
            answer = getattr(getattr(inside, adapter), method)(**arguments)
            return full_text(await (_walked(answer) if inspect.isasyncgen(answer) else answer))
    except AuthHeroSQLError as error:
        return f"{error} {error.__cause__}"


async def test_a_flag_may_be_anything(store: Adapters) -> None:
    empty: Any = []
    assert (await store.actions.list("acme", include_totals=empty)).total is None


@given(made=st.lists(calls(), min_size=1, max_size=40))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large])
async def test_whatever_a_tenant_calls_another_s_rows_stay_and_stay_unseen(both: Adapters, made: list[tuple[str, dict[str, Any]]]) -> None:
    before = await rows(both, "globex")
    async with rolled_back(both) as inside:
        for name, arguments in made:
            assert unique_text("globex") not in await outcome(inside, name, arguments), name
        assert await rows(inside, "globex") == before
