"""What every web framework needs of the adapters: a lifespan, the parameters of admin lists, and errors as answers."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from http import HTTPStatus
from typing import Any, Literal, Self, TypedDict, Unpack

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..adapters import Adapters, create_adapters
from ..clock import Clock
from ..dialects import connect
from ..errors import InvalidQueryError
from ..ids import Ids
from ..migrations import migrate_to_latest

MAX_PER_PAGE = 100
"""The most rows of one page, as in Auth0's Management API."""

logger = logging.getLogger("authhero_sql.http")
"""At level ERROR: what was answered with a status of 500 or more."""

Source = str | Callable[[], AbstractAsyncContextManager[object]]
"""A URL for ``connect``, or a function that makes what ``async with`` opens: ``lambda: asyncpg.create_pool(dsn)``."""


class Options(TypedDict, total=False):
    """The options of ``create_adapters``."""

    clock: Clock | None
    ids: Ids | None
    normalize_emails: bool


def lifespan(source: Source, *, migrate: bool = False, **options: Unpack[Options]) -> Callable[[Any], AbstractAsyncContextManager[None]]:
    """Make the lifespan of an application: it opens the database, and ``app.state.adapters`` holds the adapters while it is open.

    Args:
        source: the database's URL, or a function that makes what ``async with`` opens. The function is called at the start, not
            before, so that it is the place to read the environment.
        migrate: whether the schema is brought up to date first.
        options: those of ``create_adapters``.
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
        RuntimeError: its lifespan has not put any there.
    """
    adapters = getattr(app.state, "adapters", None)
    if adapters is None:
        raise RuntimeError("the application has no adapters: make it with lifespan(…)")
    found: Adapters = adapters
    return found


class ListParams(BaseModel):
    """The query parameters of an admin list, with Auth0's names and limits.

    ``await adapters.users.list(tenant_id, **params.arguments())`` reads the page. ``take`` or ``from`` asks for a checkpoint page,
    which ``page`` and ``include_totals`` do not affect.
    """

    model_config = ConfigDict(hide_input_in_errors=True, validate_by_name=True, validate_by_alias=True)

    page: int = Field(default=0, ge=0, description="The number of the page, from 0.")
    per_page: int = Field(default=50, ge=1, le=MAX_PER_PAGE, description="The rows of a page.")
    include_totals: bool | Literal["estimate"] = Field(default=False, description="Whether all rows that match are counted.")
    sort: str | None = Field(default=None, description="A field and a direction, such as created_at:-1.")
    q: str | None = Field(default=None, description="A filter in Auth0's subset of Lucene's query syntax.")
    from_: str | None = Field(default=None, alias="from", description="The cursor that the last checkpoint page gave as next.")
    take: int | None = Field(default=None, ge=1, le=MAX_PER_PAGE, description="The rows of a checkpoint page.")

    @classmethod
    def parse(cls, query: Mapping[str, str]) -> Self:
        """Validate the parameters of a query string; others are ignored.

        Raises:
            InvalidQueryError: one of them is not valid. The message names it and does not repeat its value.
        """
        try:
            return cls.model_validate(dict(query))
        except ValidationError as error:
            raise InvalidQueryError(described(error.errors(include_url=False, include_context=False, include_input=False))) from None

    def arguments(self) -> dict[str, Any]:
        """Return the parameters that were given, as keyword arguments of an adapter's ``list``."""
        return self.model_dump(exclude_unset=True)


def described(errors: Iterable[Mapping[str, Any]]) -> str:
    """Say in one line what pydantic found wrong, by field, without the values: one of them may be a password."""
    return "; ".join(f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in errors)


def body(status: int, message: str) -> dict[str, Any]:
    """The body of an error in the shape of Auth0's Management API."""
    return {"statusCode": status, "error": HTTPStatus(status).phrase, "message": message}


def answered(error: Exception) -> tuple[int, dict[str, Any]]:
    """The status and the body that answer an error of this package.

    The message of an error that the client caused is repeated; it holds no value. One that the server has to answer for is logged,
    and the client only learns its status.
    """
    status: int = getattr(error, "status_code", 400 if isinstance(error, ValueError) else 500)
    if status < 500:
        return status, body(status, str(error))
    logger.error("answered %s: %s", status, type(error).__name__, exc_info=error)
    return status, body(status, HTTPStatus(status).description)
