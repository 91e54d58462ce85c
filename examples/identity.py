"""The identity server that the examples expose over HTTP.

Sign-up, sign-in, the exchange of codes and refresh tokens, password changes and sign-out use the adapters' atomic operations, so
concurrent requests are safe. Only hashes of tokens are stored. A production service also needs rate limits, email verification
(here an account can be used before its email is confirmed), consent, and access tokens that other processes can verify.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, Field

from authhero_sql import Adapters, BatchRowNotFoundError, ConflictError
from authhero_sql.models import User
from examples.passwords import hash_password, verify_password

if TYPE_CHECKING:
    from authhero_sql.types import AuditEventCreate, DeviceDict, RefreshTokenCreate, UserCreate

TENANT = "acme"
CLIENT = "web"
CONNECTION = "Username-Password-Authentication"
CODE_LIFETIME = timedelta(minutes=5)
SESSION_LIFETIME = timedelta(days=3)
REFRESH_LIFETIME = timedelta(days=30)
ACCESS_LIFETIME = timedelta(minutes=10)
SESSION_COOKIE: dict[str, Any] = {
    # The prefix prevents other hosts of the domain from setting the cookie; browsers require HTTPS or localhost for it.
    "key": "__Host-session", "path": "/", "secure": True, "httponly": True, "samesite": "lax",
}  # fmt: skip


# Hashing is expensive, so its input is bounded.
NewPassword = Annotated[str, Field(min_length=8, max_length=256)]
AnyPassword = Annotated[str, Field(max_length=256)]


class SignUp(BaseModel):
    """The input of a sign-up."""

    email: str = Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")
    password: NewPassword
    name: str | None = Field(default=None, max_length=255)


class SignIn(BaseModel):
    """The input of a sign-in. The PKCE challenge binds the code to the client (RFC 7636)."""

    email: str = Field(max_length=254)
    password: AnyPassword
    code_challenge: str = Field(pattern=r"^[A-Za-z0-9_-]{43}$")


class ChangePassword(BaseModel):
    """The input of a password change."""

    old_password: AnyPassword
    new_password: NewPassword


class RefusedError(Exception):
    """A request is refused. The response is an OAuth error (RFC 6749, 5.2)."""

    def __init__(self, error: str, description: str | None = None, status: int = 403) -> None:
        super().__init__(error)
        self.status = status
        self.body = {"error": error, **({"error_description": description} if description else {})}
        self.headers = {"Cache-Control": "no-store", **({"WWW-Authenticate": "Bearer"} if status == 401 else {})}


@dataclass(frozen=True, slots=True)
class Browser:
    """The browser that sent a request."""

    ip: str | None
    agent: str

    @property
    def device(self) -> DeviceDict:
        """Return the data that a session stores about the browser."""
        agent, ip = self.agent[:255], self.ip or ""
        return {
            "initial_user_agent": agent, "initial_ip": ip, "initial_asn": "", "last_user_agent": agent, "last_ip": ip, "last_asn": "",
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The result of a sign-in: the client's code and the value of the session cookie."""

    code: str
    session: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """The response of the token endpoint (RFC 6749, 5.1)."""

    access_token: str
    refresh_token: str
    token_type: str = "Bearer"
    expires_in: int = int(ACCESS_LIFETIME.total_seconds())


class AccessTokens:
    """The opaque access tokens of this process, stored by their hashes until they expire or are revoked."""

    def __init__(self) -> None:
        # All tokens have the same lifetime, so the oldest token expires first.
        self._issued: OrderedDict[str, tuple[datetime, str, str]] = OrderedDict()

    def issue(self, user_id: str, login_id: str) -> str:
        """Return a new token for a user."""
        while self._issued and next(iter(self._issued.values()))[0] <= now():
            self._issued.popitem(last=False)
        value = secrets.token_urlsafe(32)
        self._issued[digest(value)] = (now() + ACCESS_LIFETIME, user_id, login_id)
        return value

    def holder(self, authorization: str) -> str | None:
        """Return the user of the token in an Authorization header."""
        expires, user_id, _ = self._issued.get(digest(bearer(authorization)), (now(), None, ""))
        return user_id if expires > now() else None

    def revoke(self, login_id: str) -> None:
        """Remove the tokens of a sign-in."""
        for token in [token for token, (_, _, login) in self._issued.items() if login == login_id]:
            del self._issued[token]


def now() -> datetime:
    """Return the current time."""
    return datetime.now(UTC)


def digest(value: str) -> str:
    """Return the stored hash of a random token. A fast hash is sufficient, because the token cannot be guessed."""
    return hashlib.sha256(value.encode()).hexdigest()


def challenge_of(verifier: str) -> str:
    """Return the challenge of a PKCE verifier (RFC 7636, 4.2)."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def session_id(cookie: str) -> str:
    """Return the ID of the session with this cookie. It is a hash, so that the IDs in the database are not credentials."""
    return challenge_of(cookie)[:26]


def bearer(authorization: str) -> str:
    """Return the token of an Authorization header (RFC 6750, 2.1), or an empty string."""
    scheme, _, value = authorization.partition(" ")
    return value.strip() if scheme.lower() == "bearer" else ""


def require_admin(authorization: str, expected: str) -> None:
    """Require the administrators' token. If none is configured, refuse every request.

    Raises:
        RefusedError: The header contains another token, or no token is configured.
    """
    if not expected or not secrets.compare_digest(digest(bearer(authorization)), digest(expected)):
        raise RefusedError("invalid_token", status=401)


async def seed(adapters: Adapters) -> None:
    """Create the tenant, connection and client unless they exist. Several processes may call this at the same time."""
    with suppress(ConflictError):
        await adapters.tenants.create({"id": TENANT, "friendly_name": "Acme Inc."})
    connection = {"id": "con_password", "name": CONNECTION, "strategy": "auth0"}
    await adapters.connections.create_many(TENANT, [connection], on_conflict="skip")
    client = {"client_id": CLIENT, "name": "Web shop", "connections": ["con_password"]}
    await adapters.clients.create_many(TENANT, [client], on_conflict="skip")


async def log(adapters: Adapters, browser: Browser, type: str, description: str, user: User | None = None) -> None:
    """Write a log entry."""
    await adapters.logs.create(
        TENANT,
        {
            "type": type,
            "date": now(),
            "description": description,
            "ip": browser.ip,
            "user_agent": browser.agent,
            "is_mobile": False,
            "client_id": CLIENT,
            "connection": CONNECTION,
            "user_id": user.user_id if user else None,
            "user_name": user.email if user else None,
        },
    )


async def sign_up(adapters: Adapters, browser: Browser, params: SignUp) -> None:
    """Create a user, a password, and an event for the worker that sends the email, in one transaction.

    A second sign-up with the same email has the same result and takes the same time, so that it does not reveal who has an account.
    The log records whether the account was created.
    """
    user_id = f"auth0|{secrets.token_hex(12)}"
    new: UserCreate = {
        "user_id": user_id,
        "email": params.email,
        "name": params.name,
        "connection": CONNECTION,
        "password": {"hash": await hash_password(params.password), "algorithm": "argon2id"},
    }
    event: AuditEventCreate = {
        "tenant_id": TENANT,
        "event_type": "user.created",
        "log_type": "ss",
        "category": "user_action",
        "actor": {"type": "user", "id": user_id},
        "target": {"type": "user", "id": user_id},
        "request": {"method": "POST", "path": "/dbconnections/signup", "ip": browser.ip or ""},
        "hostname": "acme.example",
        "timestamp": now(),
    }
    try:
        user = await adapters.users.create(TENANT, new, outbox_events=[event])
    except ConflictError:
        await log(adapters, browser, "fs", "The email has an account already")
    else:
        await log(adapters, browser, "ss", "Successful signup", user)


async def sign_in(adapters: Adapters, browser: Browser, params: SignIn) -> SignedIn:
    """Check the password, and create a login session, a session, a code and a log entry in one batch.

    The response is the same for an unknown email, a wrong password and a blocked user, after the same statements and the same hashing.

    Raises:
        RefusedError: The email or the password is wrong, or the user is blocked.
    """
    account = await adapters.users.get_by_email(TENANT, params.email, provider="auth0")
    stored = await adapters.passwords.get(TENANT, account.user_id if account else "")
    valid = await verify_password(stored.password if stored else None, params.password)
    # A linked account signs in as its primary user.
    user = await adapters.users.get(TENANT, account.linked_to) if account and account.linked_to else account
    if not valid or user is None or user.blocked:
        failure = "fu" if user is None else "f" if valid else "fp"
        await log(adapters, browser, failure, "Wrong email or password, or the user is blocked", user)
        raise RefusedError("invalid_grant", "Wrong email or password.")
    code, cookie = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    async with adapters.batch() as batch:
        login = await batch.login_sessions.create(
            TENANT,
            {
                "csrf_token": secrets.token_hex(13),
                "authParams": {"client_id": CLIENT, "scope": "openid profile email offline_access"},
                "expires_at": now() + timedelta(hours=24),
                "user_id": user.user_id,
                "auth_strategy": {"strategy": "auth0", "strategy_type": "database"},
            },
        )
        session = await batch.sessions.create(
            TENANT,
            {
                "id": session_id(cookie),
                "user_id": user.user_id,
                "login_session_id": login.id,
                "device": browser.device,
                "clients": [CLIENT],
                "expires_at": now() + SESSION_LIFETIME,
            },
        )
        await batch.login_sessions.update(TENANT, login.id, {"session_id": session.id, "state": "completed", "authenticated_at": now()})
        await batch.codes.create(
            TENANT,
            {
                "code_id": digest(code),
                "code_type": "authorization_code",
                "login_id": login.id,
                "user_id": user.user_id,
                "code_challenge": params.code_challenge,
                "code_challenge_method": "S256",
                "expires_at": now() + CODE_LIFETIME,
            },
        )
        await batch.user_activity.record_login(TENANT, user.user_id, ip=browser.ip)
        await log(batch, browser, "s", "Successful login", user)
    return SignedIn(code, cookie)


async def exchange_code(adapters: Adapters, issued: AccessTokens, browser: Browser, value: str, verifier: str) -> Tokens:
    """Exchange an authorization code for tokens. Of several concurrent requests, only one succeeds.

    Raises:
        RefusedError: The code is unknown, expired or used, or the verifier does not match (RFC 7636, 4.6).
    """
    code = await adapters.codes.get(TENANT, digest(value), "authorization_code")
    if code is None or code.user_id is None or code.expires_at <= now():
        raise RefusedError("invalid_grant")
    if not secrets.compare_digest(challenge_of(verifier), code.code_challenge or ""):
        raise RefusedError("invalid_grant")
    refresh_token, fields = new_refresh_token(browser, code.user_id, code.login_id)
    try:
        async with adapters.batch() as batch:
            await batch.codes.consume(TENANT, code.code_id, type="authorization_code")
            await batch.refresh_tokens.create(TENANT, fields)
            await log(batch, browser, "seacft", "Code exchanged")
    except BatchRowNotFoundError:
        # One of the two clients may have stolen the code, so its tokens are revoked (RFC 6749, 4.1.2).
        await adapters.refresh_tokens.revoke_by_login_session(TENANT, code.login_id, now())
        issued.revoke(code.login_id)
        await log(adapters, browser, "feacft", "Code used again: its tokens have been revoked")
        raise RefusedError("invalid_grant", "code already used") from None
    return Tokens(issued.issue(code.user_id, code.login_id), refresh_token)


def new_refresh_token(browser: Browser, user_id: str, login_id: str) -> tuple[str, RefreshTokenCreate]:
    """Generate a refresh token. Return the client's value, and the fields to store: a lookup key and a hash."""
    id, lookup, secret = secrets.token_hex(13), secrets.token_hex(8), secrets.token_urlsafe(32)
    fields: RefreshTokenCreate = {
        "id": id,
        "family_id": id,
        "login_id": login_id,
        "user_id": user_id,
        "client_id": CLIENT,
        "device": browser.device,
        "resource_servers": [],
        "rotating": True,
        "token_lookup": lookup,
        "token_hash": digest(secret),
        "expires_at": now() + REFRESH_LIFETIME,
    }
    return f"{lookup}.{secret}", fields


async def rotate(adapters: Adapters, issued: AccessTokens, browser: Browser, value: str) -> Tokens:
    """Exchange a refresh token for new tokens. Reuse revokes the whole token family (RFC 9700, 4.14.2).

    Raises:
        RefusedError: The token is unknown, expired, revoked or used, or its user may no longer sign in.
    """
    lookup, _, secret = value.partition(".")
    old = await adapters.refresh_tokens.get_by_lookup(TENANT, lookup)
    if old is None or old.client_id != CLIENT or not secrets.compare_digest(old.token_hash or "", digest(secret)):
        raise RefusedError("invalid_grant")
    user = await adapters.users.get(TENANT, old.user_id)
    if user is None or user.blocked:
        raise RefusedError("invalid_grant")
    refresh_token, successor = new_refresh_token(browser, user.user_id, old.login_id)
    rotation = await adapters.refresh_tokens.rotate(TENANT, old.id, successor)
    if rotation.reused:
        issued.revoke(old.login_id)
        await log(adapters, browser, "ferrt", "Refresh token reused: its family has been revoked", user)
        raise RefusedError("invalid_grant", "refresh token reused")
    if rotation.token is None:
        raise RefusedError("invalid_grant")
    await log(adapters, browser, "sertft", "Refresh token exchanged", user)
    return Tokens(issued.issue(user.user_id, old.login_id), refresh_token)


async def userinfo(adapters: Adapters, issued: AccessTokens, authorization: str) -> User:
    """Return the user of the access token in an Authorization header.

    Raises:
        RefusedError: The token is unknown, expired or revoked, or its user may no longer sign in.
    """
    user_id = issued.holder(authorization)
    user = await adapters.users.get(TENANT, user_id) if user_id else None
    if user is None or user.blocked:
        raise RefusedError("invalid_token", status=401)
    return user


async def change_password(adapters: Adapters, issued: AccessTokens, browser: Browser, user: User, params: ChangePassword) -> None:
    """Store a new password and revoke all sessions of the user, in one transaction.

    Raises:
        RefusedError: The old password is wrong, or was changed at the same time.
        UnsupportedError: The database has no interactive transactions (D1).
    """
    current = await adapters.passwords.get(TENANT, user.user_id)
    if not await verify_password(current.password if current else None, params.old_password) or current is None:
        await log(adapters, browser, "fcp", "Wrong password", user)
        raise RefusedError("invalid_grant", "Wrong password.")
    current_id, hash = current.id, await hash_password(params.new_password)

    async def change(tx: Adapters) -> None:
        await tx.passwords.create(TENANT, {"user_id": user.user_id, "password": hash, "algorithm": "argon2id"})
        # The write serializes concurrent changes. The password was verified before the transaction, and may have changed since.
        _, previous, *_ = await tx.passwords.list(TENANT, user.user_id, 2)
        if previous.id != current_id:
            raise RefusedError("invalid_grant", "The password was changed at the same time.")
        async for session in tx.sessions.iterate(TENANT, where={"user_id": user.user_id, "revoked_at": None}):
            await tx.sessions.update(TENANT, session.id, {"revoked_at": now()})
            await tx.refresh_tokens.revoke_by_login_session(TENANT, session.login_session_id, now())
            tx.on_commit(partial(issued.revoke, session.login_session_id))
        await log(tx, browser, "scp", "Password changed", user)

    await adapters.run_transaction(change)


async def sign_out(adapters: Adapters, issued: AccessTokens, browser: Browser, cookie: str) -> None:
    """Revoke a session and its tokens. An unknown cookie is not an error."""
    session = await adapters.sessions.get(TENANT, session_id(cookie))
    if session is None:
        return
    # Revoke the tokens first, so that an interrupted sign-out can be repeated.
    await adapters.refresh_tokens.revoke_by_login_session(TENANT, session.login_session_id, now())
    issued.revoke(session.login_session_id)
    async with adapters.batch() as batch:
        await batch.sessions.update(TENANT, session.id, {"revoked_at": now()})
        await log(batch, browser, "slo", "Successful logout")
