"""Sign-up, sign-in and admin lists with Litestar. :mod:`examples.fastapi_app` has the other endpoints.

AUTHHERO_EXAMPLE_ADMIN=a-long-random-token AUTHHERO_SQL_URL=sqlite:///auth.db uvicorn examples.litestar_app:app
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar, Request, Response, get, post
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.handlers import BaseRouteHandler
from litestar.params import JSONBody

from authhero_sql import connect
from authhero_sql.contrib.litestar import AdaptersDep, ListQuery, dependencies, exception_handlers, lifespan
from examples import identity
from examples.identity import Browser, RefusedError, SignIn, SignUp

database = lifespan(lambda: connect(os.environ.get("AUTHHERO_SQL_URL", "sqlite:///auth.db")), migrate=True, normalize_emails=True)
AnyRequest = Request[Any, Any, Any]


@asynccontextmanager
async def started(app: Litestar) -> AsyncIterator[None]:
    """Open and migrate the database, and set the adapters on the application."""
    async with database(app):
        await identity.seed(app.state.adapters)
        yield


def browser_of(request: AnyRequest) -> Browser:
    """Return the browser of a request."""
    return Browser(request.client.host if request.client else None, request.headers.get("user-agent", ""))


def admin(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Require the administrators' token."""
    identity.require_admin(connection.headers.get("authorization", ""), os.environ.get("AUTHHERO_EXAMPLE_ADMIN", ""))


def json_only(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Require a JSON content type. A form of another site cannot send it, so this prevents login CSRF."""
    if connection.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise RefusedError("invalid_request", "The body must be JSON.", 415)


@post("/dbconnections/signup", status_code=202, guards=[json_only])
async def sign_up(data: JSONBody[SignUp], request: AnyRequest, adapters: AdaptersDep) -> dict[str, str]:
    """Create an account. The response does not reveal whether the email had one."""
    await identity.sign_up(adapters, browser_of(request), data)
    return {"message": "You can sign in now, unless the email had an account before."}


@post("/login", status_code=200, guards=[json_only])
async def sign_in(data: JSONBody[SignIn], request: AnyRequest, adapters: AdaptersDep) -> Response[dict[str, str]]:
    """Check the password, set the session cookie, and return a code for the client."""
    done = await identity.sign_in(adapters, browser_of(request), data)
    cookie = Cookie(value=done.session, max_age=int(identity.SESSION_LIFETIME.total_seconds()), **identity.SESSION_COOKIE)
    return Response({"code": done.code}, headers={"Cache-Control": "no-store"}, cookies=[cookie])


@get("/api/v2/users", guards=[admin])
async def list_users(adapters: AdaptersDep, params: ListQuery) -> dict[str, Any]:
    """List the users, by page or by checkpoint."""
    found = await adapters.users.list(identity.TENANT, **params.arguments())
    return found.model_dump(mode="json", by_alias=True, exclude_none=True)


@get("/api/v2/logs", guards=[admin])
async def list_logs(adapters: AdaptersDep, params: ListQuery) -> dict[str, Any]:
    """List the log, newest first, by page or by checkpoint."""
    found = await adapters.logs.list(identity.TENANT, **params.arguments())
    return found.model_dump(mode="json", by_alias=True, exclude_none=True)


def refused(request: AnyRequest, error: RefusedError) -> Response[dict[str, str]]:
    """Respond with an OAuth error."""
    return Response(error.body, status_code=error.status, headers=error.headers)


app = Litestar(
    [sign_up, sign_in, list_users, list_logs],
    lifespan=[started],
    dependencies=dependencies,
    exception_handlers={**exception_handlers, RefusedError: refused},
)
