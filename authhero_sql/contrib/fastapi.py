"""Integrates the adapters with FastAPI.

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
except ImportError as _missing:
    raise ImportError("authhero_sql.contrib.fastapi needs FastAPI: pip install 'authhero-sql[fastapi]'") from _missing

from . import starlette
from .starlette import get_adapters

__all__ = ["AdaptersDep", "ListParams", "ListQuery", "exception_handlers", "get_adapters", "lifespan"]

AdaptersDep = Annotated[Adapters, Depends(get_adapters)]
"""Annotates a parameter of a path operation that receives the adapters."""
ListQuery = Annotated[ListParams, Query()]
"""Annotates a parameter of a path operation that receives the query parameters of a list; OpenAPI documents each of them."""


async def _invalid(request: Request, error: RequestValidationError) -> Response:
    # FastAPI's own response repeats the input, including passwords.
    return JSONResponse(body(400, described(error.errors())), 400)


exception_handlers: dict[int | type[Exception], Callable[[Request, Any], Coroutine[Any, Any, Response]]] = {
    **starlette.exception_handlers,
    RequestValidationError: _invalid,
}
"""Pass these to ``FastAPI(exception_handlers=…)``: they answer this package's errors and invalid requests in Auth0's format."""
