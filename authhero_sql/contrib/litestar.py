"""Integrates the adapters with Litestar.

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
from .http import ListParams, adapters_of, answered, body, lifespan

try:
    from litestar import Request, Response
    from litestar.di import NamedDependency, Provide
    from litestar.exceptions import ClientException
except ImportError as _missing:
    raise ImportError("authhero_sql.contrib.litestar needs Litestar: pip install 'authhero-sql[litestar]'") from _missing

__all__ = ["AdaptersDep", "ListParams", "ListQuery", "dependencies", "exception_handlers", "get_adapters", "lifespan", "list_params"]

AdaptersDep = NamedDependency[Adapters]
"""Annotates the parameter ``adapters`` of a route handler."""
ListQuery = NamedDependency[ListParams]
"""Annotates the parameter ``params`` of a route handler, which receives the query parameters of a list."""


def get_adapters(request: Request[Any, Any, Any]) -> Adapters:
    """Return the adapters of the application that handles a request.

    Raises:
        RuntimeError: the application does not use :func:`lifespan`.
    """
    return adapters_of(request.app)


def list_params(request: Request[Any, Any, Any]) -> ListParams:
    """Return the validated parameters of a list from the query string.

    Raises:
        InvalidQueryError: one of them is not valid.
    """
    return ListParams.parse({name: request.query_params[name] for name in request.query_params})


dependencies: dict[str, Provide] = {
    "adapters": Provide(get_adapters, sync_to_thread=False),
    "params": Provide(list_params, sync_to_thread=False),
}
"""Pass these to ``Litestar(dependencies=…)``: they provide :data:`AdaptersDep` and :data:`ListQuery`."""


def _refused(request: Request[Any, Any, Any], error: AuthHeroSQLError) -> Response[dict[str, Any]]:
    status, answer = answered(error)
    return Response(answer, status_code=status)


def _invalid(request: Request[Any, Any, Any], error: ClientException) -> Response[dict[str, Any]]:
    found = error.extra if isinstance(error.extra, list) else []
    message = "; ".join(f"{each.get('key')}: {each.get('message')}" for each in found) or error.detail
    return Response(body(error.status_code, message), status_code=error.status_code)


exception_handlers: dict[Any, Any] = {AuthHeroSQLError: _refused, ClientException: _invalid}
"""Pass these to ``Litestar(exception_handlers=…)``: they answer this package's errors and invalid requests in Auth0's format."""
