"""A small identity server on authhero_sql: sign-up, sign-in, token exchange with rotation, userinfo, logout, two admin lists.

    AUTHHERO_SQL_URL=sqlite:///auth.db uvicorn examples.fastapi_app:app

It shows how the adapters are used, not all that an identity server has to do: there is no consent, no e-mail, and the access
token is an opaque value in memory of this process.
"""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import anyio.to_thread
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from authhero_sql import Adapters, ConflictError, InvalidQueryError, InvalidValueError, connect, create_adapters, migrate_to_latest
from authhero_sql.models import User

if TYPE_CHECKING:
    from authhero_sql.types import DeviceDict

TENANT = "acme"
CLIENT = "web"
CONNECTION = "Username-Password-Authentication"
CODE_LIFETIME = timedelta(minutes=5)
SESSION_LIFETIME = timedelta(days=3)
REFRESH_LIFETIME = timedelta(days=30)
ACCESS_LIFETIME = timedelta(minutes=10)

hasher = PasswordHasher()
# Verified when there is no such user, so that the time to answer does not tell.
NOBODY = hasher.hash(secrets.token_urlsafe())


class SignUp(BaseModel):
    """What somebody signs up with."""

    email: str = Field(min_length=3, max_length=255)
    password: str = Field(min_length=8, max_length=1000)
    name: str | None = None


class SignIn(BaseModel):
    """What somebody signs in with."""

    email: str
    password: str
    code_challenge: str | None = None


class TokenRequest(BaseModel):
    """The token endpoint's parameters (RFC 6749, RFC 7636)."""

    grant_type: str
    code: str | None = None
    code_verifier: str | None = None
    refresh_token: str | None = None


class Tokens(BaseModel):
    """The token endpoint's answer (RFC 6749, 5.1)."""

    access_token: str
    refresh_token: str
    token_type: str = "Bearer"  # the type's name
    expires_in: int = int(ACCESS_LIFETIME.total_seconds())


def now() -> datetime:
    """The present."""
    return datetime.now(UTC)


def digest(value: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(value.encode()).hexdigest()


async def hashed(password: str) -> str:
    """The password's argon2id hash; a thread, because it takes a while on purpose."""
    return await anyio.to_thread.run_sync(hasher.hash, password)


async def matches(stored: str, password: str) -> bool:
    """Whether the password is the one that was hashed."""

    def verify() -> bool:
        try:
            return hasher.verify(stored, password)
        except VerificationError:
            return False

    return await anyio.to_thread.run_sync(verify)


async def seed(adapters: Adapters) -> None:
    """The tenant, connection and client of this service, unless they are there."""
    if await adapters.tenants.get(TENANT) is None:
        await adapters.tenants.create({"id": TENANT, "friendly_name": "Acme Inc."})
    if await adapters.connections.get(TENANT, "con_password") is None:
        await adapters.connections.create(TENANT, {"id": "con_password", "name": CONNECTION, "strategy": "auth0"})
    if await adapters.clients.get(TENANT, CLIENT) is None:
        await adapters.clients.create(TENANT, {"client_id": CLIENT, "name": "Web shop", "connections": ["con_password"]})


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open the database, bring its schema up to date, and hold the adapters while the service runs."""
    async with connect(os.environ.get("AUTHHERO_SQL_URL", "sqlite:///auth.db")) as db:
        await migrate_to_latest(db, verbose=True)
        app.state.adapters = await create_adapters(db)
        app.state.access_tokens = {}
        await seed(app.state.adapters)
        yield


app = FastAPI(title="authhero_sql example", lifespan=lifespan)


def adapters_of(request: Request) -> Adapters:
    """The adapters of this service."""
    found: Adapters = request.app.state.adapters
    return found


Store = Annotated[Adapters, Depends(adapters_of)]


@app.exception_handler(ConflictError)
async def conflict(request: Request, error: Exception) -> JSONResponse:
    """409: something that must be unique is taken."""
    return JSONResponse({"error": "conflict", "error_description": str(error)}, 409)


@app.exception_handler(InvalidQueryError)
@app.exception_handler(InvalidValueError)
async def invalid(request: Request, error: Exception) -> JSONResponse:
    """400: a bad filter, page or value."""
    return JSONResponse({"error": "invalid_request", "error_description": str(error)}, 400)


async def log(store: Adapters, request: Request, type: str, description: str, user: User | None = None) -> None:
    """Write a log entry."""
    await store.logs.create(
        TENANT,
        {
            "type": type,
            "date": now(),
            "description": description,
            "ip": request.client.host if request.client else None,
            "user_agent": request.headers.get("user-agent"),
            "isMobile": False,
            "client_id": CLIENT,
            "connection": CONNECTION,
            "user_id": user.user_id if user else None,
            "user_name": user.email if user else None,
        },
    )


@app.post("/dbconnections/signup", status_code=201)
async def sign_up(given: SignUp, request: Request, store: Store) -> dict[str, Any]:
    """Create an account; the user and its password are written in one transaction."""
    user_id = f"auth0|{secrets.token_hex(12)}"
    user = await store.users.create(
        TENANT,
        {
            "user_id": user_id,
            "email": given.email.lower(),
            "name": given.name,
            "connection": CONNECTION,
            "provider": "auth0",
            "is_social": False,
            "password": {"hash": await hashed(given.password), "algorithm": "argon2id"},
        },
    )
    await log(store, request, "ss", "Successful signup", user)
    return user.model_dump(mode="json", by_alias=True, exclude_none=True)


def device(request: Request) -> DeviceDict:
    """What is kept of the browser."""
    agent, ip = request.headers.get("user-agent", ""), request.client.host if request.client else ""
    return {
        "initial_user_agent": agent, "initial_ip": ip, "initial_asn": "", "last_user_agent": agent, "last_ip": ip, "last_asn": "",
    }  # fmt: skip


@app.post("/login")
async def sign_in(given: SignIn, request: Request, store: Store) -> dict[str, str]:
    """Check the password; a login session, a session and a code come of it, all or none."""
    user = await store.users.get_by_email(TENANT, given.email.lower(), provider="auth0")
    password = await store.passwords.get(TENANT, user.user_id) if user else None
    if not await matches(password.password if password else NOBODY, given.password) or user is None:
        await log(store, request, "fp", "Wrong email or password", user)
        raise HTTPException(403, {"error": "invalid_grant"})
    code, session_id = secrets.token_urlsafe(32), secrets.token_hex(13)
    async with store.batch() as batch:
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
                "id": session_id,
                "user_id": user.user_id,
                "login_session_id": login.id,
                "device": device(request),
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
                "code_challenge": given.code_challenge,
                "code_challenge_method": "S256" if given.code_challenge else None,
                "expires_at": now() + CODE_LIFETIME,
            },
        )
        await batch.user_activity.record_login(TENANT, user.user_id, ip=request.client.host if request.client else None)
    await log(store, request, "s", "Successful login", user)
    return {"code": code, "session_id": session.id}


@app.post("/oauth/token")
async def token(given: TokenRequest, request: Request, store: Store) -> Tokens:
    """Exchange a code, or rotate a refresh token; one that was used before revokes its whole family."""
    if given.grant_type == "authorization_code" and given.code:
        return await exchange_code(given.code, given.code_verifier, request, store)
    if given.grant_type == "refresh_token" and given.refresh_token:
        return await rotate(given.refresh_token, request, store)
    raise HTTPException(400, {"error": "unsupported_grant_type"})


async def exchange_code(value: str, verifier: str | None, request: Request, store: Adapters) -> Tokens:
    """Tokens for an authorization code; of any number of requests with it, one gets them."""
    code = await store.codes.get(TENANT, digest(value), "authorization_code")
    if code is None or code.user_id is None or code.expires_at < now() or not proven(code.code_challenge, verifier):
        raise HTTPException(403, {"error": "invalid_grant"})
    if not await store.codes.consume(TENANT, code.code_id, type="authorization_code"):
        raise HTTPException(403, {"error": "invalid_grant", "error_description": "code already used"})
    value, fields = new_refresh_token(request, code.user_id, code.login_id)
    await store.refresh_tokens.create(TENANT, {**fields, "family_id": fields["id"]})
    await log(store, request, "seacft", "Code exchanged")
    return Tokens(access_token=new_access_token(request, code.user_id), refresh_token=value)


def proven(challenge: str | None, verifier: str | None) -> bool:
    """Whether the verifier fits the challenge (RFC 7636, 4.6)."""
    if challenge is None:
        return True
    hashed_verifier = urlsafe_b64encode(hashlib.sha256((verifier or "").encode()).digest()).rstrip(b"=").decode()
    return secrets.compare_digest(hashed_verifier, challenge)


def new_access_token(request: Request, user_id: str) -> str:
    """An opaque access token, known to this process."""
    value = secrets.token_urlsafe(32)
    request.app.state.access_tokens[digest(value)] = (user_id, now() + ACCESS_LIFETIME)
    return value


def new_refresh_token(request: Request, user_id: str, login_id: str) -> tuple[str, dict[str, Any]]:
    """A refresh token: what the client gets and what is to be stored, which is its first part and a hash."""
    lookup, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    fields = {
        "id": secrets.token_hex(13),
        "login_id": login_id,
        "user_id": user_id,
        "client_id": CLIENT,
        "device": device(request),
        "resource_servers": [],
        "rotating": True,
        "token_lookup": lookup,
        "token_hash": digest(secret),
        "expires_at": now() + REFRESH_LIFETIME,
    }
    return f"{lookup}.{secret}", fields


async def rotate(value: str, request: Request, store: Adapters) -> Tokens:
    """A new pair of tokens for a refresh token, which is used up by it."""
    lookup, _, secret = value.partition(".")
    old = await store.refresh_tokens.get_by_lookup(TENANT, lookup)
    if old is None or not secrets.compare_digest(old.token_hash or "", digest(secret)):
        raise HTTPException(403, {"error": "invalid_grant"})
    value, successor = new_refresh_token(request, old.user_id, old.login_id)
    rotation = await store.refresh_tokens.rotate(TENANT, old.id, successor)
    if rotation.reused:
        await log(store, request, "ferrt", "Refresh token reused: its family has been revoked")
        raise HTTPException(403, {"error": "invalid_grant", "error_description": "refresh token reused"})
    if rotation.token is None:
        raise HTTPException(403, {"error": "invalid_grant"})
    await log(store, request, "sertft", "Refresh token exchanged")
    return Tokens(access_token=new_access_token(request, old.user_id), refresh_token=value)


@app.get("/userinfo")
async def userinfo(request: Request, store: Store) -> dict[str, Any]:
    """The claims of the user behind an access token (OpenID Connect Core, 5.3)."""
    value = request.headers.get("authorization", "").removeprefix("Bearer ")
    user_id, expires = request.app.state.access_tokens.get(digest(value), (None, now()))
    user = await store.users.get(TENANT, user_id) if user_id and expires > now() else None
    if user is None:
        raise HTTPException(401, {"error": "invalid_token"})
    return {"sub": user.user_id, "name": user.name, "email": user.email, "email_verified": user.email_verified}


@app.post("/logout/{session_id}", status_code=204)
async def logout(session_id: str, request: Request, store: Store) -> None:
    """End a session and revoke the refresh tokens that came of it."""
    session = await store.sessions.get(TENANT, session_id)
    if session is None:
        raise HTTPException(404)
    # The tokens first: whoever is interrupted in between can sign out again.
    await store.refresh_tokens.revoke_by_login_session(TENANT, session.login_session_id, now())
    await store.sessions.update(TENANT, session_id, {"revoked_at": now()})
    await log(store, request, "slo", "Successful logout")


@app.get("/api/v2/users")
async def list_users(store: Store, page: int = 0, per_page: int = 50, include_totals: bool = False) -> dict[str, Any]:
    """The users, page by page."""
    found = await store.users.list(TENANT, page=page, per_page=per_page, include_totals=include_totals)
    return found.model_dump(mode="json", by_alias=True, exclude_none=True)


@app.get("/api/v2/logs")
async def list_logs(store: Store, take: int = 50, cursor: str | None = None) -> dict[str, Any]:
    """The log, newest first, by cursor."""
    found = await store.logs.list(TENANT, take=take, from_=cursor)
    return found.model_dump(mode="json", by_alias=True, exclude_none=True)


if os.environ.get("AUTHHERO_EXAMPLE_LOG"):
    logging.basicConfig(level=os.environ["AUTHHERO_EXAMPLE_LOG"], format="%(name)s: %(message)s")
