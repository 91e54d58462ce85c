"""The integration with Litestar.

.. code-block:: python

    @get("/api/v2/users")
    async def list_users(adapters: AdaptersDep, params: ListQuery) -> dict[str, Any]:
        page = await adapters.users.list("acme", **params.arguments())
        return page.model_dump(mode="json", by_alias=True, exclude_none=True)


    app = Litestar(
        [list_users],
        lifespan=[lifespan("sqlite:///auth.db", migrate=True)],
        dependencies=dependencies,
        exception_handlers=exception_handlers,
    )
"""

from __future__ import annotations

from typing import Any

from ..adapters import Adapters
from ..errors import AuthHeroSQLError
from .http import ListParams, error_body, error_response, get_app_adapters, lifespan

try:
    from litestar import Request, Response
    from litestar.di import NamedDependency, Provide
    from litestar.exceptions import ClientException
except ImportError as _missing:
    raise ImportError("authhero_sql.contrib.litestar requires Litestar: pip install 'authhero-sql[litestar]'") from _missing

__all__ = ["AdaptersDep", "ListParams", "ListQuery", "dependencies", "exception_handlers", "get_adapters", "lifespan", "list_params"]

AdaptersDep = NamedDependency[Adapters]
"""The annotation of the route handler parameter ``adapters``."""
ListQuery = NamedDependency[ListParams]
"""The annotation of the route handler parameter ``params``, which receives the query parameters of a list."""


def get_adapters(request: Request[Any, Any, Any]) -> Adapters:
    """Return the adapters of the application that handles a request.

    Raises:
        RuntimeError: The application does not use :func:`lifespan`.
    """
    return get_app_adapters(request.app)


def list_params(request: Request[Any, Any, Any]) -> ListParams:
    """Return the validated list parameters of the query string.

    Raises:
        InvalidQueryError: A parameter is invalid.
    """
    return ListParams.parse({name: request.query_params[name] for name in request.query_params})


dependencies: dict[str, Provide] = {
    "adapters": Provide(get_adapters, sync_to_thread=False),
    "params": Provide(list_params, sync_to_thread=False),
}
"""The dependencies for ``Litestar``, which provide :data:`AdaptersDep` and :data:`ListQuery`."""


def _handle_error(request: Request[Any, Any, Any], error: AuthHeroSQLError) -> Response[dict[str, Any]]:
    status, content, headers = error_response(error)
    return Response(content, status_code=status, headers=headers)


def _handle_invalid_request(request: Request[Any, Any, Any], error: ClientException) -> Response[dict[str, Any]]:
    details = error.extra if isinstance(error.extra, list) else []
    message = "; ".join(f"{detail.get('key')}: {detail.get('message')}" for detail in details) or error.detail
    return Response(error_body(error.status_code, message), status_code=error.status_code)


exception_handlers: dict[Any, Any] = {AuthHeroSQLError: _handle_error, ClientException: _handle_invalid_request}
"""The exception handlers for ``Litestar``, which return Auth0's error format for errors of this package and invalid requests."""
