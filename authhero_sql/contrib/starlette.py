"""The integration with Starlette.

.. code-block:: python

    async def list_users(request: Request) -> JSONResponse:
        page = await get_adapters(request).users.list("acme", **list_params(request).arguments())
        return JSONResponse(page.model_dump(mode="json", by_alias=True, exclude_none=True))


    app = Starlette(
        routes=[Route("/api/v2/users", list_users)],
        lifespan=lifespan("sqlite:///auth.db", migrate=True),
        exception_handlers=exception_handlers,
    )
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from ..adapters import Adapters
from ..errors import AuthHeroSQLError
from .http import ListParams, error_response, get_app_adapters, lifespan

try:
    from starlette.requests import HTTPConnection, Request
    from starlette.responses import JSONResponse, Response
except ImportError as _missing:
    raise ImportError("authhero_sql.contrib.starlette requires Starlette: pip install 'authhero-sql[starlette]'") from _missing

__all__ = ["ListParams", "exception_handlers", "get_adapters", "lifespan", "list_params"]


def get_adapters(connection: HTTPConnection) -> Adapters:
    """Return the adapters of the application that handles a request or a WebSocket connection.

    Raises:
        RuntimeError: The application does not use :func:`lifespan`.
    """
    return get_app_adapters(connection.app)


def list_params(request: Request) -> ListParams:
    """Return the validated list parameters of the query string.

    Raises:
        InvalidQueryError: A parameter is invalid.
    """
    return ListParams.parse(request.query_params)


async def _handle_error(request: Request, error: AuthHeroSQLError) -> Response:
    status, body, headers = error_response(error)
    return JSONResponse(body, status, headers)


exception_handlers: dict[int | type[Exception], Callable[[Request, Any], Coroutine[Any, Any, Response]]] = {AuthHeroSQLError: _handle_error}
"""The exception handlers for ``Starlette``, which return Auth0's error format for errors of this package."""
