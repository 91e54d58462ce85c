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
}
"""How to create a row of each tenant's table, and how to get it."""
