"""The adapters in Litestar.

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
except ImportError as error:
    raise ImportError("authhero_sql.contrib.litestar needs Litestar: pip install 'authhero-sql[litestar]'") from error

__all__ = ["AdaptersDep", "ListParams", "ListQuery", "dependencies", "exception_handlers", "get_adapters", "lifespan", "list_params"]

AdaptersDep = NamedDependency[Adapters]
"""The adapters of the application, as the parameter ``adapters`` of a handler."""
ListQuery = NamedDependency[ListParams]
"""The query parameters of a list, as the parameter ``params`` of a handler."""


def get_adapters(request: Request[Any, Any, Any]) -> Adapters:
    """Return the adapters of the application that serves a request.

    Raises:
        RuntimeError: the application was made without :func:`lifespan`.
    """
    return adapters_of(request.app)


def list_params(request: Request[Any, Any, Any]) -> ListParams:
    """Return the parameters of a list, from the query string.

    Raises:
        InvalidQueryError: one of them is not valid.
    """
    return ListParams.parse({name: request.query_params[name] for name in request.query_params})


dependencies = {"adapters": Provide(get_adapters, sync_to_thread=False), "params": Provide(list_params, sync_to_thread=False)}
"""For ``Litestar(dependencies=…)``: what :data:`AdaptersDep` and :data:`ListQuery` stand for."""


def _refused(request: Request[Any, Any, Any], error: AuthHeroSQLError) -> Response[dict[str, Any]]:
    status, answer = answered(error)
    return Response(answer, status_code=status)


def _invalid(request: Request[Any, Any, Any], error: ClientException) -> Response[dict[str, Any]]:
    found = error.extra if isinstance(error.extra, list) else []
    message = "; ".join(f"{each.get('key')}: {each.get('message')}" for each in found) or error.detail
    return Response(body(error.status_code, message), status_code=error.status_code)


exception_handlers: dict[Any, Any] = {AuthHeroSQLError: _refused, ClientException: _invalid}
"""For ``Litestar(exception_handlers=…)``: errors of this package, and requests that Litestar refuses, are answered in Auth0's shape."""
