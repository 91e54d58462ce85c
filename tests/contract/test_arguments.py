"""Any argument gives a result or an error of the package with a short message on one line."""

from __future__ import annotations

import inspect
import math
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from authhero_sql import Adapters, AuthHeroSQLError, InvalidValueError
from tests.chains import error_chain
from tests.contract.builders import tenant
from tests.kinds import adapter_classes

LONGEST = 2_000
"""The maximum length of a message in characters. The longest message lists all fields."""
NAIVE = datetime(2026, 1, 1)  # noqa: DTZ001  # no instant, on purpose
HOSTILE: tuple[Any, ...] = (
    None, True, -1, 0, 2**31, 2**70, 1.5, math.nan, math.inf, b"x", "", "\0", "\ud800", "x" * 70_000, "a\nERROR forged", "é:;--",
    [], [None], [-1], ["\0"], ["\ud800"], [[]], [{}], (1, 2, 3), ("x",), ("x", "y"), ("x", None), ("\0", datetime.max.replace(tzinfo=UTC)),
    {}, {"nonsense\nERROR forged" * 5_000: 1}, {1: 2}, {None: None}, {"\ud800": 1}, {"id": object()}, {"id": float("nan")}, set(), {"x"},
    range(3), object(), NAIVE, datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC),
    timedelta.max, timedelta.min, timedelta(days=-1),
)  # fmt: skip
GOOD: dict[str, Any] = {
    "tenant_id": "acme",
    "user_id": "auth0|ada",
    "params": {},
    "fields": {},
    "ids": ["x"],
    "permissions": [],
    "rows": [{}],
    "connection_ids": [],
    "limit": 1,
    "lease": timedelta(seconds=1),
    "weeks": 1,
    "resource": "logins",
    "event": {},
    **{name: datetime(2026, 1, 1, tzinfo=UTC) for name in ("older_than", "revoked_at", "next_retry_at", "used_at")},
}
"""Valid values of the other arguments. Any other argument gets a text."""


def methods(adapter: object) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield the public methods of an adapter."""
    for name, method in inspect.getmembers(adapter, inspect.ismethod):
        if not name.startswith("_"):
            yield name, method


async def call_and_read(call: Callable[..., Any], arguments: dict[str, Any]) -> None:
    """Call a method and read its result to the end."""
    made = call(**arguments)
    if isinstance(made, AsyncIterator):
        async for _ in made:
            pass
    else:
        await made


def one_line(error: AuthHeroSQLError) -> bool:
    """Return whether the messages of an error and its chained errors fit on one line of a log."""
    return all(len(str(each)) <= LONGEST and str(each).isprintable() for each in error_chain(error))


async def unexpected_errors(call: Callable[..., Any]) -> AsyncIterator[str]:
    """Return the unexpected exceptions of a method for each hostile value of each argument."""
    parameters = inspect.signature(call).parameters
    needed = {each: GOOD.get(each, "x") for each, parameter in parameters.items() if parameter.default is parameter.empty}
    for place in parameters:
        for value in HOSTILE:
            try:
                await call_and_read(call, {**needed, place: value})
            except AuthHeroSQLError as error:
                if not one_line(error):
                    yield f"{place}={value!r:.60}: a message of {len(str(error))} characters: {str(error)!r:.80}"
            except Exception as error:
                yield f"{place}={value!r:.60}: {type(error).__name__}: {error!s:.100}"


@pytest.mark.parametrize("adapter", adapter_classes())
async def test_any_argument_is_answered_or_refused(adapters: Adapters, adapter: str) -> None:
    await tenant(adapters, "acme")
    for name, method in methods(getattr(adapters, adapter)):
        assert [wrong async for wrong in unexpected_errors(method)] == [], name


@pytest.mark.parametrize("name", ["nonsense\nERROR forged", "nonsense" * 100_000, "\x1b[31mnonsense", "nonsense\ud800", "\u202enonsense"])
async def test_an_unknown_field_is_named_on_one_short_line(adapters: Adapters, name: str) -> None:
    await tenant(adapters, "acme")
    for work in (
        adapters.users.update("acme", "auth0|ada", {name: 1}),
        adapters.users.create("acme", {"user_id": "auth0|x", "connection": "db", name: 1}),
        adapters.login_sessions.update("acme", "x", {"authParams": {"client_id": {name: 1}}}),
        adapters.hook_code.create("acme", {"code": "x", "secrets": {name: 1}}),
    ):
        with pytest.raises(InvalidValueError) as caught:
            await work
        assert one_line(caught.value)
        assert len(caught.value.field or "") <= 200
