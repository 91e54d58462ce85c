"""A small identity server with FastAPI: sign-up, sign-in, token rotation, userinfo, password change, sign-out and admin lists.

    AUTHHERO_EXAMPLE_ADMIN=a-long-random-token AUTHHERO_SQL_URL=sqlite:///auth.db uvicorn examples.fastapi_app:app

:mod:`examples.identity` implements it. The admin lists require the token in ``AUTHHERO_EXAMPLE_ADMIN``. If it is not set, they refuse every
request.
"""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from authhero_sql import connect
from authhero_sql.contrib.fastapi import AdaptersDep, ListQuery, exception_handlers, lifespan
from examples import identity
from examples.identity import AccessTokens, Browser, ChangePassword, RefusedError, SignIn, SignUp, Tokens


class TokenRequest(BaseModel):
    """The parameters of the token endpoint (RFC 6749, RFC 7636)."""

    grant_type: str
    client_id: str
    code: str = ""
    code_verifier: str = ""
    refresh_token: str = ""


database = lifespan(lambda: connect(os.environ.get("AUTHHERO_SQL_URL", "sqlite:///auth.db")), migrate=True, normalize_emails=True)


@asynccontextmanager
async def started(app: FastAPI) -> AsyncIterator[None]:
    """Open and migrate the database, and set the adapters and the access tokens on the application."""
    async with database(app):
        app.state.access_tokens = AccessTokens()
        await identity.seed(app.state.adapters)
        yield


app = FastAPI(title="authhero_sql example", lifespan=started, exception_handlers=exception_handlers)


@app.exception_handler(RefusedError)
async def refused(request: Request, error: RefusedError) -> JSONResponse:
    """Respond with an OAuth error."""
    return JSONResponse(error.body, error.status, error.headers)


def browser_of(request: Request) -> Browser:
    """Return the browser of a request. Behind a proxy, uvicorn needs ``--forwarded-allow-ips`` for its address."""
    return Browser(request.client.host if request.client else None, request.headers.get("user-agent", ""))


def issued_by(request: Request) -> AccessTokens:
    """Return the access tokens of this process."""
    found: AccessTokens = request.app.state.access_tokens
    return found


def uncached(response: Response) -> None:
    """Prevent caching of a response with secrets (RFC 6749, 5.1)."""
    response.headers["Cache-Control"] = "no-store"


def admin(authorization: Annotated[str, Header()] = "") -> None:
    """Require the administrators' token."""
    identity.require_admin(authorization, os.environ.get("AUTHHERO_EXAMPLE_ADMIN", ""))


BrowserDep = Annotated[Browser, Depends(browser_of)]
IssuedDep = Annotated[AccessTokens, Depends(issued_by)]
Authorization = Annotated[str, Header()]


@app.post("/dbconnections/signup", status_code=202)
async def sign_up(body: SignUp, browser: BrowserDep, adapters: AdaptersDep) -> dict[str, str]:
    """Create an account. The response does not reveal whether the email had one."""
    await identity.sign_up(adapters, browser, body)
    return {"message": "You can sign in now, unless the email had an account before."}


@app.post("/login", dependencies=[Depends(uncached)])
async def sign_in(body: SignIn, browser: BrowserDep, adapters: AdaptersDep, response: Response) -> dict[str, str]:
    """Check the password, set the session cookie, and return a code for the client."""
    done = await identity.sign_in(adapters, browser, body)
    response.set_cookie(value=done.session, max_age=int(identity.SESSION_LIFETIME.total_seconds()), **identity.SESSION_COOKIE)
    return {"code": done.code}


@app.post("/oauth/token", dependencies=[Depends(uncached)])
async def token(body: TokenRequest, browser: BrowserDep, adapters: AdaptersDep, issued: IssuedDep) -> Tokens:
    """Exchange a code, or rotate a refresh token."""
    if body.client_id != identity.CLIENT:
        raise RefusedError("invalid_client", status=401)
    if body.grant_type == "authorization_code":
        return await identity.exchange_code(adapters, issued, browser, body.code, body.code_verifier)
    if body.grant_type == "refresh_token":
        return await identity.rotate(adapters, issued, browser, body.refresh_token)
    raise RefusedError("unsupported_grant_type", status=400)


@app.get("/userinfo", dependencies=[Depends(uncached)])
async def userinfo(adapters: AdaptersDep, issued: IssuedDep, authorization: Authorization = "") -> dict[str, Any]:
    """Return the claims of an access token's user (OpenID Connect Core, 5.3)."""
    user = await identity.userinfo(adapters, issued, authorization)
    return {"sub": user.user_id, "name": user.name, "email": user.email, "email_verified": user.email_verified}


@app.post("/dbconnections/change_password", status_code=204)
async def change_password(
    body: ChangePassword, browser: BrowserDep, adapters: AdaptersDep, issued: IssuedDep, authorization: Authorization = ""
) -> None:
    """Store a new password and revoke all sessions of the user."""
    user = await identity.userinfo(adapters, issued, authorization)
    await identity.change_password(adapters, issued, browser, user, body)


@app.post("/logout", status_code=204)
async def sign_out(request: Request, browser: BrowserDep, adapters: AdaptersDep, issued: IssuedDep, response: Response) -> None:
    """Revoke the browser's session and its tokens."""
    await identity.sign_out(adapters, issued, browser, request.cookies.get(identity.SESSION_COOKIE["key"], ""))
    response.delete_cookie(**identity.SESSION_COOKIE)


@app.get("/api/v2/users", dependencies=[Depends(admin)])
async def list_users(adapters: AdaptersDep, params: ListQuery) -> dict[str, Any]:
    """List the users, by page or by checkpoint."""
    found = await adapters.users.list(identity.TENANT, **params.arguments())
    return found.model_dump(mode="json", by_alias=True, exclude_none=True)


@app.get("/api/v2/logs", dependencies=[Depends(admin)])
async def list_logs(adapters: AdaptersDep, params: ListQuery) -> dict[str, Any]:
    """List the log, newest first, by page or by checkpoint."""
    found = await adapters.logs.list(identity.TENANT, **params.arguments())
    return found.model_dump(mode="json", by_alias=True, exclude_none=True)


if os.environ.get("AUTHHERO_EXAMPLE_LOG"):
    logging.basicConfig(level=os.environ["AUTHHERO_EXAMPLE_LOG"], format="%(name)s: %(message)s")
