"""The builders of the entities of a tenant, exported by :mod:`.build`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

SOON = datetime(2026, 2, 1, 12, tzinfo=UTC)
DEVICE = {
    "initial_user_agent": "UA", "initial_ip": "::1", "initial_asn": "1", "last_user_agent": "UA", "last_ip": "::1", "last_asn": "1",
}  # fmt: skip


def user(name: str = "ada", /, **fields: Any) -> dict[str, Any]:
    """Build a user of the connection ``db``.

    Args:
        name: The ID at the provider ``auth0``, such as ``grace``, or a whole user ID, such as ``google-oauth2|grace``.
        fields: The fields to add or replace, such as ``connection="Username-Password-Authentication"``.
    """
    provider, id = name.split("|", 1) if "|" in name else ("auth0", name)
    return {"user_id": f"{provider}|{id}", "email": f"{id}@acme.example", "provider": provider, "connection": "db", **fields}


def user_activity(**fields: Any) -> dict[str, Any]:
    """Build the activity of a user."""
    return {"last_login": SOON, "last_ip": "::1", "login_count": 1, **fields}


def password(**fields: Any) -> dict[str, Any]:
    """Build the password of the default user, with a hash that matches no password."""
    return {"user_id": "auth0|ada", "password": "$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA", "algorithm": "argon2id", **fields}


def client(name: str = "web", /, **fields: Any) -> dict[str, Any]:
    """Build a client."""
    return {"client_id": name, "name": name, **fields}


def connection(name: str = "db", /, **fields: Any) -> dict[str, Any]:
    """Build a connection."""
    return {"id": f"con_{name}", "name": name, "strategy": "auth0", **fields}


def login_session(**fields: Any) -> dict[str, Any]:
    """Build a login session."""
    return {"csrf_token": "csrf", "authParams": {"client_id": "web"}, "expires_at": SOON, **fields}


def session(name: str = "s1", /, **fields: Any) -> dict[str, Any]:
    """Build a session of the default user."""
    return {"id": name, "user_id": "auth0|ada", "login_session_id": "login", "device": DEVICE, "clients": ["web"], **fields}


def refresh_token(name: str = "r1", /, **fields: Any) -> dict[str, Any]:
    """Build a refresh token of the default user."""
    basic = {"id": name, "login_id": "login", "user_id": "auth0|ada", "client_id": "web", "device": DEVICE}
    return {**basic, "resource_servers": [{"audience": "api", "scopes": "a b"}], "rotating": True, **fields}


def code(name: str = "c1", /, **fields: Any) -> dict[str, Any]:
    """Build a one-time password."""
    return {"code_id": name, "code_type": "otp", "login_id": "login", "expires_at": SOON, **fields}


def log(**fields: Any) -> dict[str, Any]:
    """Build a log entry."""
    return {"type": "s", "date": SOON, "isMobile": False, **fields}


def key(name: str = "k1", /, **fields: Any) -> dict[str, Any]:
    """Build a signing key."""
    return {"kid": name, "cert": "cert", "fingerprint": "f", "thumbprint": "t", "type": "jwt_signing", **fields}


def action(name: str = "enrich", /, **fields: Any) -> dict[str, Any]:
    """Build an action."""
    return {"name": name, "code": "exports.onExecutePostLogin = async () => {}", **fields}


def action_version(action_id: str = "act_1", /, **fields: Any) -> dict[str, Any]:
    """Build a version of an action."""
    return {"action_id": action_id, "code": "v", **fields}


def action_execution(name: str = "ae_1", /, **fields: Any) -> dict[str, Any]:
    """Build an execution of one action."""
    result = {"action_name": "enrich", "error": None, "started_at": "2026-02-01T12:00:00.000Z", "ended_at": "2026-02-01T12:00:00.250Z"}
    return {"id": name, "trigger_id": "post-login", "status": "final", "results": [result], **fields}


def authentication_method(**fields: Any) -> dict[str, Any]:
    """Build a passkey of the default user."""
    return {"user_id": "auth0|ada", "type": "passkey", "credential_id": "cred", "public_key": "pk", "sign_count": 1, **fields}


def client_grant(audience: str = "https://api.example", /, **fields: Any) -> dict[str, Any]:
    """Build a client grant."""
    return {"client_id": "web", "audience": audience, **fields}


def client_registration_token(name: str = "crt_1", /, **fields: Any) -> dict[str, Any]:
    """Build an initial access token."""
    return {"id": name, "token_hash": f"hash of {name}", "type": "iat", "client_id": "web", **fields}


def branding(**fields: Any) -> dict[str, Any]:
    """Build the branding of a tenant."""
    return {"colors": {"primary": "#0059d6"}, "logo_url": "https://acme.example/logo.png", **fields}


def custom_text(**fields: Any) -> dict[str, Any]:
    """Build the custom texts of a prompt."""
    return {"login": {"title": "Hej"}, **fields}


def custom_domain(domain: str = "login.acme.example", /, **fields: Any) -> dict[str, Any]:
    """Build a custom domain."""
    return {"domain": domain, "type": "auth0_managed_certs", **fields}


def email_provider(**fields: Any) -> dict[str, Any]:
    """Build an email provider."""
    return {"name": "mailgun", "credentials": {"api_key": "k"}, **fields}


def email_template(name: str = "verify_email", /, **fields: Any) -> dict[str, Any]:
    """Build an email template."""
    return {"template": name, "body": "<p>Hej</p>", "from": "a@acme.example", "subject": "Verify", **fields}


def flow(name: str = "flow", /, **fields: Any) -> dict[str, Any]:
    """Build a flow."""
    return {"name": name, "actions": [], **fields}


def form(name: str = "form", /, **fields: Any) -> dict[str, Any]:
    """Build a form with one step."""
    step = {"id": "n1", "type": "STEP", "coordinates": {"x": 0, "y": 0}, "config": {"components": [{"id": "c1", "type": "EMAIL"}]}}
    return {"name": name, "nodes": [step], "start": {"next_node": "n1"}, **fields}


def grant(**fields: Any) -> dict[str, Any]:
    """Build a grant of the default user."""
    return {"user_id": "auth0|ada", "clientID": "web", "scope": ["openid"], **fields}


def hook_code(**fields: Any) -> dict[str, Any]:
    """Build the code of a hook."""
    return {"code": "exports.onExecutePostLogin = async () => {}", **fields}


def hook(**fields: Any) -> dict[str, Any]:
    """Build a webhook."""
    return {"trigger_id": "post-user-login", "url": "https://hooks.example/x", **fields}


def invite(organization_id: str = "org_1", /, **fields: Any) -> dict[str, Any]:
    """Build an invitation."""
    basic = {"organization_id": organization_id, "inviter": {"name": "Ada"}, "invitee": {"email": "new@acme.example"}}
    return {**basic, "invitation_url": "https://acme.example/i?t=x", "client_id": "web", **fields}


def log_stream(name: str = "stream", /, **fields: Any) -> dict[str, Any]:
    """Build a log stream."""
    return {"name": name, "type": "http", "sink": {"httpEndpoint": "https://logs.example"}, **fields}


def migration_source(name: str = "old", /, **fields: Any) -> dict[str, Any]:
    """Build a migration source."""
    credentials = {"domain": "old.example", "client_id": "c", "client_secret": "s"}
    return {"name": name, "provider": "auth0", "connection": "db", "credentials": credentials, **fields}


def organization(name: str = "eng", /, **fields: Any) -> dict[str, Any]:
    """Build an organization."""
    return {"name": name, **fields}


def organization_connection(connection_id: str = "con_db", /, **fields: Any) -> dict[str, Any]:
    """Build an organization connection."""
    return {"connection_id": connection_id, **fields}


def outbox_event(**fields: Any) -> dict[str, Any]:
    """Build an audit event."""
    return {
        "tenant_id": "acme", "event_type": "user.updated", "log_type": "sapi", "category": "system", "actor": {"type": "system"},
        "target": {"type": "user", "id": "auth0|ada"}, "request": {"method": "PATCH", "path": "/users", "ip": "::1"},
        "hostname": "acme.example", "timestamp": SOON, **fields,
    }  # fmt: skip


def prompt_settings(**fields: Any) -> dict[str, Any]:
    """Build the prompt settings of a tenant."""
    return {"identifier_first": True, "webauthn_platform_first_factor": False, **fields}


def proxy_route(custom_domain_id: str = "cd_1", /, **fields: Any) -> dict[str, Any]:
    """Build a proxy route."""
    handler = {"type": "reverse_proxy", "options": {"target": "https://up.example"}}
    return {"custom_domain_id": custom_domain_id, "match": {"path": "/*"}, "handlers": [handler], **fields}


def resource_server(identifier: str = "https://api.example", /, **fields: Any) -> dict[str, Any]:
    """Build a resource server."""
    return {"name": "API", "identifier": identifier, "scopes": [{"value": "read:x"}], **fields}


def role(name: str = "admin", /, **fields: Any) -> dict[str, Any]:
    """Build a role."""
    return {"name": name, **fields}


def permission(name: str = "read:x", /, **fields: Any) -> dict[str, Any]:
    """Build a permission of the default API."""
    return {"resource_server_identifier": "https://api.example", "permission_name": name, **fields}


def rollout(**fields: Any) -> dict[str, Any]:
    """Build a rollout."""
    return {"kind": "upgrade", **fields}


def scim_configuration(connection_id: str = "con_db", /, **fields: Any) -> dict[str, Any]:
    """Build a SCIM configuration."""
    return {"connection_id": connection_id, "mapping": [{"scim": "userName", "auth0": "email"}], **fields}


def scim_token(name: str = "tok_1", /, **fields: Any) -> dict[str, Any]:
    """Build a SCIM token."""
    return {"token_id": name, "connection_id": "con_db", "token_hash": f"hash of {name}", "scopes": ["get:users"], **fields}


def scim_external_id(external_id: str = "ext-1", /, **fields: Any) -> dict[str, Any]:
    """Build a SCIM external ID of the default user."""
    return {"connection_id": "con_db", "external_id": external_id, "user_id": "auth0|ada", **fields}


def tenant_operation(**fields: Any) -> dict[str, Any]:
    """Build a tenant operation."""
    return {"tenant_id": "acme", "kind": "provision", "engine": "inline", **fields}


def tenant_operation_event(operation_id: str = "op_1", /, **fields: Any) -> dict[str, Any]:
    """Build an event of a tenant operation."""
    return {"operation_id": operation_id, "step": "create_database", "outcome": "succeeded", **fields}


def theme(**fields: Any) -> dict[str, Any]:
    """Build a theme."""
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


def universal_login_template(**fields: Any) -> dict[str, Any]:
    """Build a Universal Login template."""
    return {"body": "<html><head>{%- auth0:head -%}</head><body>{%- auth0:widget -%}</body></html>", **fields}


def user_organization(organization_id: str = "org_1", /, **fields: Any) -> dict[str, Any]:
    """Build an organization membership of the default user."""
    return {"user_id": "auth0|ada", "organization_id": organization_id, **fields}
