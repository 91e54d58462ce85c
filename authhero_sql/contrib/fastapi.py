"""The adapters in FastAPI.

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
from .http import ListParams, body, described, lifespan

try:
    from fastapi import Depends, Query, Request
    from fastapi.exceptions import RequestValidationError
    from fastapi.responses import JSONResponse, Response
except ImportError as error:
    raise ImportError("authhero_sql.contrib.fastapi needs FastAPI: pip install 'authhero-sql[fastapi]'") from error

from . import starlette
from .starlette import get_adapters

__all__ = ["AdaptersDep", "ListParams", "ListQuery", "exception_handlers", "get_adapters", "lifespan"]

AdaptersDep = Annotated[Adapters, Depends(get_adapters)]
"""The adapters of the application, as a parameter of a path operation."""
ListQuery = Annotated[ListParams, Query()]
"""The query parameters of a list, as a parameter of a path operation; they stand in the API's documentation."""


async def _invalid(request: Request, error: RequestValidationError) -> Response:
    # FastAPI's own answer repeats what was sent, passwords included.
    return JSONResponse(body(400, described(error.errors())), 400)


exception_handlers: dict[int | type[Exception], Callable[[Request, Any], Coroutine[Any, Any, Response]]] = {
    **starlette.exception_handlers,
    RequestValidationError: _invalid,
}
"""For ``FastAPI(exception_handlers=…)``: errors of this package, and requests that do not validate, are answered in Auth0's shape."""
