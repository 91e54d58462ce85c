"""The integrations share this: a lifespan, the query parameters of admin lists, and error responses."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from http import HTTPStatus
from typing import Any, ClassVar, Literal, Self, TypedDict, Unpack

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..adapters import Adapters, create_adapters
from ..clock import Clock
from ..dialects import connect
from ..errors import AuthHeroSQLError, InvalidQueryError
from ..ids import Ids
from ..migrations import migrate_to_latest

MAX_PER_PAGE = 100
"""The most rows of one page, as in Auth0's Management API."""

logger: logging.Logger = logging.getLogger("authhero_sql.http")
"""Logs, at level ERROR, each error that was answered with a status of 500 or more."""

Source = str | Callable[[], AbstractAsyncContextManager[object]]
"""A URL for ``connect``, or a function that returns an async context manager: ``lambda: asyncpg.create_pool(dsn)``."""


class Options(TypedDict, total=False):
    """Lists the options of ``create_adapters``."""

    clock: Clock | None
    ids: Ids | None
    normalize_emails: bool


def lifespan(source: Source, *, migrate: bool = False, **options: Unpack[Options]) -> Callable[[Any], AbstractAsyncContextManager[None]]:
    """Create the lifespan of an application, which opens the database and stores the adapters as ``app.state.adapters``.

    Args:
        source: the database's URL, or a function that returns an async context manager for a database or a pool. The function is
            called when the application starts, so it may read the environment.
        migrate: whether to bring the schema up to date first.
        options: the options of ``create_adapters``.
    """

    @asynccontextmanager
    async def started(app: Any) -> AsyncIterator[None]:
        async with connect(source) if isinstance(source, str) else source() as database:
            if migrate:
                await migrate_to_latest(database, verbose=True)
            app.state.adapters = await create_adapters(database, **options)
            yield

    return started


def adapters_of(app: Any) -> Adapters:
    """Return the adapters of an application.

    Raises:
        RuntimeError: the application does not use :func:`lifespan`, or has not started.
    """
    adapters = getattr(app.state, "adapters", None)
    if adapters is None:
        raise RuntimeError("the application has no adapters: pass lifespan(…) to it")
    found: Adapters = adapters
    return found


class ListParams(BaseModel):
    """Validates the query parameters of an admin list, which have Auth0's names and limits.

    ``await adapters.users.list(tenant_id, **params.arguments())`` reads the page; ``take`` and ``from`` request a checkpoint page. A
    subclass may declare other limits.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(hide_input_in_errors=True, validate_by_name=True, validate_by_alias=True)

    page: int = Field(default=0, ge=0, description="The number of the page, from 0.")
    per_page: int = Field(default=50, ge=1, le=MAX_PER_PAGE, description="The rows of a page.")
    include_totals: bool | Literal["estimate"] = Field(default=False, description="Whether all rows that match are counted.")
    sort: str | None = Field(default=None, description="A field and a direction, such as created_at:-1.")
    q: str | None = Field(default=None, description="A filter in Auth0's subset of Lucene's query syntax.")
    from_: str | None = Field(default=None, alias="from", description="The cursor that the last checkpoint page gave as next.")
    take: int | None = Field(default=None, ge=1, le=MAX_PER_PAGE, description="The rows of a checkpoint page.")

    @classmethod
    def parse(cls, query: Mapping[str, str]) -> Self:
        """Validate the parameters of a query string, and ignore those of other names.

        Raises:
            InvalidQueryError: one of them is not valid. The message names it and does not repeat its value.
        """
        try:
            return cls.model_validate(dict(query))
        except ValidationError as error:
            raise InvalidQueryError(described(error.errors(include_url=False, include_context=False, include_input=False))) from None

    def arguments(self) -> dict[str, Any]:
        """Return the parameters that the client sent, as keyword arguments for an adapter's ``list``."""
        return self.model_dump(exclude_unset=True)


def described(errors: Iterable[Mapping[str, Any]]) -> str:
    """Describe pydantic's errors in one line, by field and without the values, any of which may be a password."""
    return "; ".join(f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in errors)


def body(status: int, message: str) -> dict[str, Any]:
    """Return the body of an error response in the format of Auth0's Management API."""
    return {"statusCode": status, "error": HTTPStatus(status).phrase, "message": message}


def answered(error: AuthHeroSQLError) -> tuple[int, dict[str, Any]]:
    """Return the status and the body of the response to an error.

    The response to a client error contains its message, which holds no value. A server error is logged, and its response contains
    nothing but the status.
    """
    status = error.status_code
    if status < 500:
        return status, body(status, str(error))
    logger.error("answered %s: %s", status, type(error).__name__, exc_info=error)
    return status, body(status, HTTPStatus(status).description)
