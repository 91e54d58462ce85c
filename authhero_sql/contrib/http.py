"""The shared code of the integrations: a lifespan, the query parameters of lists, and error responses."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from http import HTTPStatus
from typing import Annotated, Any, ClassVar, Literal, Self, TypedDict, Unpack

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator
from pydantic_core import PydanticCustomError

from ..adapters import Adapters, create_adapters
from ..clock import Clock
from ..dialects import connect
from ..errors import AuthHeroSQLError, InvalidQueryError
from ..ids import IdGenerator
from ..migrations import migrate_to_latest

MAX_PER_PAGE = 100
"""The maximum number of rows on a page, as in Auth0's Management API."""

SERVER_ERRORS = {
    500: "An internal error occurred.",
    501: "The server does not support this operation.",
    503: "The database did not complete the request.",
}
"""The messages of responses to server errors, by status. The message of the error itself is only logged."""
RETRY_AFTER = "1"
"""The number of seconds after which a client may repeat a request that failed with a retryable error."""

logger: logging.Logger = logging.getLogger("authhero_sql.http")
"""The logger of errors whose response has a status of 500 or more, at level ERROR."""

Source = str | Callable[[], AbstractAsyncContextManager[object]]
"""A URL for ``connect``, or a function that returns an async context manager, such as ``lambda: asyncpg.create_pool(dsn)``."""


class Options(TypedDict, total=False):
    """The keyword arguments of ``create_adapters``."""

    clock: Clock | None
    ids: IdGenerator | None
    normalize_emails: bool


def lifespan(source: Source, *, migrate: bool = False, **options: Unpack[Options]) -> Callable[[Any], AbstractAsyncContextManager[None]]:
    """Return a lifespan for an application, which opens the database and stores the adapters in ``app.state.adapters``.

    Args:
        source: The URL of the database, or a function that returns an async context manager for a database or a connection pool. The
            function is called when the application starts, so it can read the environment.
        migrate: Whether to migrate the database to the latest schema first.
        options: The keyword arguments of ``create_adapters``.
    """

    @asynccontextmanager
    async def context(app: Any) -> AsyncIterator[None]:
        async with connect(source) if isinstance(source, str) else source() as database:
            if migrate:
                await migrate_to_latest(database, verbose=True)
            app.state.adapters = await create_adapters(database, **options)
            yield

    return context


def get_app_adapters(app: Any) -> Adapters:
    """Return the adapters of an application.

    Raises:
        RuntimeError: The application does not use :func:`lifespan`, or has not started.
    """
    adapters = getattr(app.state, "adapters", None)
    if adapters is None:
        raise RuntimeError("the application has no adapters: pass lifespan(…) to it")
    result: Adapters = adapters
    return result


def _validate_totals(value: object, validate: ValidatorFunctionWrapHandler) -> object:
    try:
        return validate(value)
    except ValidationError:
        # Pydantic would report one error for each member of the union.
        raise PydanticCustomError("include_totals", "must be true, false or estimate") from None


class ListParams(BaseModel):
    """The query parameters of a list, with the names and limits of Auth0's Management API.

    Pass them to an adapter with ``await adapters.users.list(tenant_id, **params.arguments())``. ``take`` and ``from`` select checkpoint
    pagination. ``per_page`` and ``take`` are at most 100. A subclass may declare other limits, up to the 1,000 rows of ``list``.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(hide_input_in_errors=True, validate_by_name=True, validate_by_alias=True)

    page: int = Field(default=0, ge=0, description="The page number, starting at 0.")
    per_page: int = Field(default=50, ge=1, le=MAX_PER_PAGE, description="The maximum number of rows on the page, at most 100.")
    include_totals: Annotated[bool | Literal["estimate"], WrapValidator(_validate_totals)] = Field(
        default=False,
        description=(
            "Whether to return the total number of matching rows: true, false, or estimate, which stops counting at 10,000. "
            "Checkpoint pagination ignores it."
        ),
    )
    sort: str | None = Field(default=None, description="The field to sort by and the direction, such as created_at:-1.")
    q: str | None = Field(default=None, description="A filter in Auth0's subset of the Lucene query syntax.")
    from_: str | None = Field(
        default=None,
        alias="from",
        description="The cursor for checkpoint pagination: the `next` of the previous page, or empty for the first page.",
    )
    take: int | None = Field(
        default=None, ge=1, le=MAX_PER_PAGE, description="The maximum number of rows on the page with checkpoint pagination, at most 100."
    )

    @classmethod
    def parse(cls, query: Mapping[str, str]) -> Self:
        """Return the validated parameters of a query string. Parameters with other names are ignored.

        Raises:
            InvalidQueryError: A parameter is invalid. The message contains its name, but not its value.
        """
        try:
            return cls.model_validate(dict(query))
        except ValidationError as error:
            raise InvalidQueryError(describe_errors(error.errors(include_url=False, include_context=False, include_input=False))) from None

    def arguments(self) -> dict[str, Any]:
        """Return the parameters of the request as keyword arguments for the ``list`` method of an adapter."""
        return self.model_dump(exclude_unset=True)


def describe_errors(errors: Iterable[Mapping[str, Any]]) -> str:
    """Return the errors of pydantic as one line, by field. Values are omitted, because they may be secret."""
    # An error that concerns the whole body, such as invalid JSON, has no location.
    return "; ".join(": ".join(filter(None, [".".join(map(str, error["loc"])), error["msg"]])) for error in errors)


def error_body(status: int, message: str) -> dict[str, Any]:
    """Return the body of an error response in the format of Auth0's Management API."""
    return {"statusCode": status, "error": HTTPStatus(status).phrase, "message": message}


def error_response(error: AuthHeroSQLError) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Return the status, the body and the headers of the response to an error.

    The body of a client error contains the message of the error, which never includes values. A server error is logged, and its body
    contains only a general message. If the error is retryable, the response has the header ``Retry-After``.
    """
    status = error.status_code
    if status < 500:
        message = str(error)
    else:
        logger.error("responding with status %s: %s", status, type(error).__name__, exc_info=error)
        message = SERVER_ERRORS.get(status, SERVER_ERRORS[500])
        if error.retryable:
            message += " Try again later."
    return status, error_body(status, message), {"Retry-After": RETRY_AFTER} if error.retryable else {}
