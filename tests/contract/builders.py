"""Small valid inputs for every entity, and a tenant to put them in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from authhero_sql import Adapters

SOON = datetime(2026, 2, 1, 12, tzinfo=UTC)
DEVICE = {
    "initial_user_agent": "UA", "initial_ip": "::1", "initial_asn": "1", "last_user_agent": "UA", "last_ip": "::1", "last_asn": "1",
}  # fmt: skip


def user(name: str = "ada", /, **fields: Any) -> dict[str, Any]:
    """A user of the database connection."""
    return {"user_id": f"auth0|{name}", "email": f"{name}@acme.example", "provider": "auth0", "connection": "db", **fields}


def client(name: str = "web", /, **fields: Any) -> dict[str, Any]:
    """A client."""
    return {"client_id": name, "name": name, **fields}


def connection(name: str = "db", /, **fields: Any) -> dict[str, Any]:
    """A connection."""
    return {"id": f"con_{name}", "name": name, "strategy": "auth0", **fields}


def login_session(**fields: Any) -> dict[str, Any]:
    """A login session."""
    return {"csrf_token": "csrf", "authParams": {"client_id": "web"}, "expires_at": SOON, **fields}


def session(name: str = "s1", /, **fields: Any) -> dict[str, Any]:
    """A session of Ada's."""
    return {"id": name, "user_id": "auth0|ada", "login_session_id": "login", "device": DEVICE, "clients": ["web"], **fields}


def refresh_token(name: str = "r1", /, **fields: Any) -> dict[str, Any]:
    """A refresh token of Ada's."""
    basic = {"id": name, "login_id": "login", "user_id": "auth0|ada", "client_id": "web", "device": DEVICE}
    return {**basic, "resource_servers": [{"audience": "api", "scopes": "a b"}], "rotating": True, **fields}


def code(name: str = "c1", /, **fields: Any) -> dict[str, Any]:
    """A one-time password."""
    return {"code_id": name, "code_type": "otp", "login_id": "login", "expires_at": SOON, **fields}


def log(**fields: Any) -> dict[str, Any]:
    """A log entry."""
    return {"type": "s", "date": SOON, "isMobile": False, **fields}


def key(name: str = "k1", /, **fields: Any) -> dict[str, Any]:
    """A signing key."""
    return {"kid": name, "cert": "cert", "fingerprint": "f", "thumbprint": "t", "type": "jwt_signing", **fields}


def action(name: str = "enrich", /, **fields: Any) -> dict[str, Any]:
    """An action."""
    return {"name": name, "code": "exports.onExecutePostLogin = async () => {}", **fields}


def action_version(action_id: str = "act_1", /, **fields: Any) -> dict[str, Any]:
    """A version of an action."""
    return {"action_id": action_id, "code": "v", **fields}


def action_execution(name: str = "ae_1", /, **fields: Any) -> dict[str, Any]:
    """An execution of one action."""
    result = {"action_name": "enrich", "error": None, "started_at": "2026-02-01T12:00:00.000Z", "ended_at": "2026-02-01T12:00:00.250Z"}
    return {"id": name, "trigger_id": "post-login", "status": "final", "results": [result], **fields}


def authentication_method(**fields: Any) -> dict[str, Any]:
    """A passkey of Ada's."""
    return {"user_id": "auth0|ada", "type": "passkey", "credential_id": "cred", "public_key": "pk", "sign_count": 1, **fields}


def client_grant(audience: str = "https://api.example", /, **fields: Any) -> dict[str, Any]:
    """A client grant."""
    return {"client_id": "web", "audience": audience, **fields}


def client_registration_token(name: str = "crt_1", /, **fields: Any) -> dict[str, Any]:
    """An initial access token."""
    return {"id": name, "token_hash": f"hash of {name}", "type": "iat", "client_id": "web", **fields}


def custom_domain(domain: str = "login.acme.example", /, **fields: Any) -> dict[str, Any]:
    """A custom domain."""
    return {"domain": domain, "type": "auth0_managed_certs", **fields}


def email_provider(**fields: Any) -> dict[str, Any]:
    """An e-mail provider."""
    return {"name": "mailgun", "credentials": {"api_key": "k"}, **fields}


def email_template(name: str = "verify_email", /, **fields: Any) -> dict[str, Any]:
    """An e-mail template."""
    return {"template": name, "body": "<p>Hej</p>", "from": "a@acme.example", "subject": "Verify", **fields}


def flow(name: str = "flow", /, **fields: Any) -> dict[str, Any]:
    """A flow."""
    return {"name": name, "actions": [], **fields}


def form(name: str = "form", /, **fields: Any) -> dict[str, Any]:
    """A form of one step."""
    step = {"id": "n1", "type": "STEP", "coordinates": {"x": 0, "y": 0}, "config": {"components": [{"id": "c1", "type": "EMAIL"}]}}
    return {"name": name, "nodes": [step], "start": {"next_node": "n1"}, **fields}


def grant(**fields: Any) -> dict[str, Any]:
    """A consent of Ada's."""
    return {"user_id": "auth0|ada", "clientID": "web", "scope": ["openid"], **fields}


def hook(**fields: Any) -> dict[str, Any]:
    """A web hook."""
    return {"trigger_id": "post-user-login", "url": "https://hooks.example/x", **fields}


def invite(organization_id: str = "org_1", /, **fields: Any) -> dict[str, Any]:
    """An invitation."""
    basic = {"organization_id": organization_id, "inviter": {"name": "Ada"}, "invitee": {"email": "new@acme.example"}}
    return {**basic, "invitation_url": "https://acme.example/i?t=x", "client_id": "web", **fields}


def log_stream(name: str = "stream", /, **fields: Any) -> dict[str, Any]:
    """A log stream."""
    return {"name": name, "type": "http", "sink": {"httpEndpoint": "https://logs.example"}, **fields}


def migration_source(name: str = "old", /, **fields: Any) -> dict[str, Any]:
    """A server to migrate from."""
    credentials = {"domain": "old.example", "client_id": "c", "client_secret": "s"}
    return {"name": name, "provider": "auth0", "connection": "db", "credentials": credentials, **fields}


def organization(name: str = "eng", /, **fields: Any) -> dict[str, Any]:
    """An organization."""
    return {"name": name, **fields}


def outbox_event(**fields: Any) -> dict[str, Any]:
    """An audit event."""
    return {
        "tenant_id": "acme", "event_type": "user.updated", "log_type": "sapi", "category": "system", "actor": {"type": "system"},
        "target": {"type": "user", "id": "auth0|ada"}, "request": {"method": "PATCH", "path": "/users", "ip": "::1"},
        "hostname": "acme.example", "timestamp": SOON, **fields,
    }  # fmt: skip


def proxy_route(custom_domain_id: str = "cd_1", /, **fields: Any) -> dict[str, Any]:
    """A proxy route."""
    handler = {"type": "reverse_proxy", "options": {"target": "https://up.example"}}
    return {"custom_domain_id": custom_domain_id, "match": {"path": "/*"}, "handlers": [handler], **fields}


def resource_server(identifier: str = "https://api.example", /, **fields: Any) -> dict[str, Any]:
    """An API."""
    return {"name": "API", "identifier": identifier, "scopes": [{"value": "read:x"}], **fields}


def role(name: str = "admin", /, **fields: Any) -> dict[str, Any]:
    """A role."""
    return {"name": name, **fields}


def permission(name: str = "read:x", /, **fields: Any) -> dict[str, Any]:
    """A permission at the API."""
    return {"resource_server_identifier": "https://api.example", "permission_name": name, **fields}


def rollout(**fields: Any) -> dict[str, Any]:
    """A rollout."""
    return {"kind": "upgrade", **fields}


def scim_configuration(connection_id: str = "con_db", /, **fields: Any) -> dict[str, Any]:
    """A SCIM configuration."""
    return {"connection_id": connection_id, "mapping": [{"scim": "userName", "auth0": "email"}], **fields}


def scim_token(name: str = "tok_1", /, **fields: Any) -> dict[str, Any]:
    """A SCIM token."""
    return {"token_id": name, "connection_id": "con_db", "token_hash": f"hash of {name}", "scopes": ["get:users"], **fields}


def scim_external_id(external_id: str = "ext-1", /, **fields: Any) -> dict[str, Any]:
    """A directory's id of Ada."""
    return {"connection_id": "con_db", "external_id": external_id, "user_id": "auth0|ada", **fields}


def tenant_operation(**fields: Any) -> dict[str, Any]:
    """An operation."""
    return {"tenant_id": "acme", "kind": "provision", "engine": "inline", **fields}


def theme(**fields: Any) -> dict[str, Any]:
    """A theme with all that it must have."""
    font = {"bold": False, "size": 100}
    colors = (
        "base_focus_color base_hover_color body_text error header icons input_background input_border input_filled_text "
        "input_labels_placeholders links_focused_components primary_button primary_button_label secondary_button_border "
        "secondary_button_label success widget_background widget_border"
    )
    return {
        "borders": {
            "button_border_radius": 3, "button_border_weight": 1, "buttons_style": "rounded", "input_border_radius": 3,
            "input_border_weight": 1, "inputs_style": "pill", "show_widget_shadow": True, "widget_border_weight": 0,
            "widget_corner_radius": 5,
        },
        "colors": {**dict.fromkeys(colors.split(), "#ffffff"), "captcha_widget_theme": "auto"},
        "displayName": "Theme",
        "fonts": {
            "body_text": font, "buttons_text": font, "font_url": "", "input_labels": font, "links": {"bold": True, "size": 87},
            "links_style": "normal", "reference_text_size": 16, "subtitle": font, "title": {"bold": False, "size": 150},
        },
        "page_background": {"background_color": "#000000", "background_image_url": "", "page_layout": "center"},
        "widget": {
            "header_text_alignment": "center", "logo_height": 52, "logo_position": "center", "logo_url": "",
            "social_buttons_layout": "bottom",
        },
        **fields,
    }  # fmt: skip


async def tenant(adapters: Adapters, name: str = "acme") -> None:
    """A tenant with Ada, a client and a connection."""
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
"""How to create a row of each tenant's table, and how to get it."""


def identity_of(entity: str, row: Any) -> tuple[Any, ...]:
    """What ``remove`` takes after the tenant."""
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
