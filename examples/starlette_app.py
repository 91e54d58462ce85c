"""Sign-up, sign-in and admin lists with Starlette. :mod:`examples.fastapi_app` has the other endpoints.

AUTHHERO_EXAMPLE_ADMIN=a-long-random-token AUTHHERO_SQL_URL=sqlite:///auth.db uvicorn examples.starlette_app:app
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from authhero_sql import Page, connect
from authhero_sql.contrib.http import describe_errors
from authhero_sql.contrib.starlette import exception_handlers, get_adapters, lifespan, list_params
from examples import identity
from examples.identity import Browser, RefusedError, SignIn, SignUp

M = TypeVar("M", bound=BaseModel)

database = lifespan(lambda: connect(os.environ.get("AUTHHERO_SQL_URL", "sqlite:///auth.db")), migrate=True, normalize_emails=True)


@asynccontextmanager
async def started(app: Starlette) -> AsyncIterator[None]:
    """Open and migrate the database, and set the adapters on the application."""
    async with database(app):
        await identity.seed(app.state.adapters)
        yield


async def parse_body(request: Request, model: type[M]) -> M:
    """Validate the JSON body of a request.

    Raises:
        RefusedError: The body is not JSON or is invalid. The response names the fields without their values.
    """
    # A form of another site cannot send this content type, so this prevents login CSRF.
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise RefusedError("invalid_request", "The body must be JSON.", 415)
    try:
        return model.model_validate_json(await request.body())
    except ValidationError as error:
        raise RefusedError("invalid_request", describe_errors(error.errors()), 400) from None


def browser_of(request: Request) -> Browser:
    """Return the browser of a request."""
    return Browser(request.client.host if request.client else None, request.headers.get("user-agent", ""))


async def sign_up(request: Request) -> Response:
    """Create an account. The response does not reveal whether the email had one."""
    await identity.sign_up(get_adapters(request), browser_of(request), await parse_body(request, SignUp))
    return JSONResponse({"message": "You can sign in now, unless the email had an account before."}, 202)


async def sign_in(request: Request) -> Response:
    """Check the password, set the session cookie, and return a code for the client."""
    done = await identity.sign_in(get_adapters(request), browser_of(request), await parse_body(request, SignIn))
    response = JSONResponse({"code": done.code}, headers={"Cache-Control": "no-store"})
    response.set_cookie(value=done.session, max_age=int(identity.SESSION_LIFETIME.total_seconds()), **identity.SESSION_COOKIE)
    return response


def page_response(page: Page[Any]) -> Response:
    """Return a page in Auth0's format."""
    return JSONResponse(page.model_dump(mode="json", by_alias=True, exclude_none=True))


def require_admin(request: Request) -> None:
    """Require the administrators' token."""
    identity.require_admin(request.headers.get("authorization", ""), os.environ.get("AUTHHERO_EXAMPLE_ADMIN", ""))


async def list_users(request: Request) -> Response:
    """List the users, by page or by checkpoint."""
    require_admin(request)
    return page_response(await get_adapters(request).users.list(identity.TENANT, **list_params(request).arguments()))


async def list_logs(request: Request) -> Response:
    """List the log, newest first, by page or by checkpoint."""
    require_admin(request)
    return page_response(await get_adapters(request).logs.list(identity.TENANT, **list_params(request).arguments()))


async def refused(request: Request, error: Any) -> Response:
    """Respond with an OAuth error."""
    return JSONResponse(error.body, error.status, error.headers)


app = Starlette(
    routes=[
        Route("/dbconnections/signup", sign_up, methods=["POST"]),
        Route("/login", sign_in, methods=["POST"]),
        Route("/api/v2/users", list_users),
        Route("/api/v2/logs", list_logs),
    ],
    lifespan=started,
    exception_handlers={**exception_handlers, RefusedError: refused},
)
