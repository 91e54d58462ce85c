"""The integration with FastAPI.

.. code-block:: python

    app = FastAPI(lifespan=lifespan("sqlite:///auth.db", migrate=True), exception_handlers=exception_handlers)


    @app.get("/api/v2/users")
    async def list_users(adapters: AdaptersDep, params: ListQuery) -> dict[str, Any]:
        page = await adapters.users.list("acme", **params.arguments())
        return page.model_dump(mode="json", by_alias=True, exclude_none=True)
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from ..adapters import Adapters
from .http import ListParams, describe_errors, error_body, lifespan

try:
    from fastapi import Depends, Query, Request
    from fastapi.exceptions import RequestValidationError
    from fastapi.responses import JSONResponse, Response
except ImportError as _missing:
    raise ImportError("authhero_sql.contrib.fastapi requires FastAPI: pip install 'authhero-sql[fastapi]'") from _missing

from . import starlette
from .starlette import get_adapters

__all__ = ["AdaptersDep", "ListParams", "ListQuery", "exception_handlers", "get_adapters", "lifespan"]

AdaptersDep = Annotated[Adapters, Depends(get_adapters)]
"""The annotation of a path operation parameter that receives the adapters."""
ListQuery = Annotated[ListParams, Query()]
"""The annotation of a path operation parameter that receives the query parameters of a list, which OpenAPI documents."""


async def _handle_invalid_request(request: Request, error: RequestValidationError) -> Response:
    # FastAPI's default response contains the input, including passwords.
    return JSONResponse(error_body(400, describe_errors(error.errors())), 400)


exception_handlers: dict[int | type[Exception], Callable[[Request, Any], Coroutine[Any, Any, Response]]] = {
    **starlette.exception_handlers,
    RequestValidationError: _handle_invalid_request,
}
"""The exception handlers for ``FastAPI``, which return Auth0's error format for errors of this package and invalid requests."""
