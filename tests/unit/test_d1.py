"""The HTTP requests to D1 and their responses: formats, limits and retries."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import httpx
import pytest

from authhero_sql import (
    AuthHeroSQLError,
    BatchRowNotFoundError,
    ConfigurationError,
    ConflictError,
    DatabaseError,
    DatabaseUnavailableError,
    ForeignKeyError,
    PoolTimeoutError,
    SchemaMismatchError,
    StatementTimeoutError,
    StatementTooLargeError,
    UnknownOutcomeError,
    UnsupportedError,
    connect,
)
from authhero_sql.dialects import Call
from authhero_sql.dialects.d1 import MAX_ATTEMPTS, STATEMENT_BYTES, BindingTransport, D1Database, HTTPTransport

TOKEN = "t0ken-that-nobody-may-see"
READ = Call("SELECT a FROM t WHERE b = (?1->>0)", ("x",))
WRITE = Call("UPDATE t SET a = (?1->>0)", (None,))
DELETE = Call("DELETE FROM t", ())


class Cloudflare:
    """A fake of Cloudflare's API that records its requests."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def bodies(self) -> list[Any]:
        """Return the bodies of the requests."""
        return [json.loads(request.content) for request in self.asked]

    def database(self, **options: Any) -> D1Database:
        """Return a database that uses this API."""
        transport = httpx.MockTransport(self)
        return D1Database(HTTPTransport("acc", "db", **{"token": TOKEN, "transport": transport, **options}))


SOON = {"Retry-After": "0"}


def success(*results: dict[str, Any]) -> httpx.Response:
    """Return a successful response."""
    return httpx.Response(200, json={"result": list(results), "success": True, "errors": [], "messages": []})


def failure(message: str, status: int = 400, code: int = 7500, headers: dict[str, str] | None = None) -> httpx.Response:
    """Return an error response."""
    body = {"result": [], "success": False, "errors": [{"code": code, "message": message}], "messages": []}
    return httpx.Response(status, json=body, headers=headers)


def rows(*found: list[Any]) -> dict[str, Any]:
    """Return the response of ``/raw`` to a query."""
    return {"results": {"columns": ["a"], "rows": list(found)}, "success": True, "meta": {}}


def changed(count: int, *found: dict[str, Any]) -> dict[str, Any]:
    """Return the response of ``/query`` to a write."""
    return {"results": list(found), "success": True, "meta": {"changes": count}}


async def test_a_read_is_one_post_to_raw() -> None:
    cloudflare = Cloudflare(success(rows([1], [None])))
    async with cloudflare.database() as db:
        assert await db.fetch(READ) == [[1], [None]]
    (request,) = cloudflare.asked
    assert (request.method, str(request.url)) == ("POST", "https://api.cloudflare.com/client/v4/accounts/acc/d1/database/db/raw")
    assert request.headers["Authorization"] == f"Bearer {TOKEN}"
    assert cloudflare.bodies == [{"sql": READ.sql, "params": ['["x"]']}]


async def test_several_reads_are_one_post() -> None:
    cloudflare = Cloudflare(success(rows([1]), rows()))
    async with cloudflare.database(endpoint="https://gateway.example/") as db:
        assert await db.fetch_many([READ, READ]) == [[[1]], []]
    assert str(cloudflare.asked[0].url) == "https://gateway.example/accounts/acc/d1/database/db/raw"
    assert cloudflare.bodies == [{"batch": [{"sql": READ.sql, "params": ['["x"]']}] * 2}]


async def test_writes_are_one_batch_and_a_delete_is_counted_without_what_went_with_it() -> None:
    cloudflare = Cloudflare(success(changed(1), changed(7), changed(0, {"n": 2}), changed(0)))
    async with cloudflare.database() as db:
        assert await db.write([WRITE, DELETE, WRITE]) == [1, 2, 0]
    assert str(cloudflare.asked[0].url).endswith("/query")
    (body,) = cloudflare.bodies
    assert [part["sql"] for part in body["batch"]] == [WRITE.sql, DELETE.sql, "SELECT changes() AS n", WRITE.sql]
    assert [part["params"] for part in body["batch"]] == [["[null]"], [], [], ["[null]"]]


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (
            "UNIQUE constraint failed: users.tenant_id, users.user_id: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_PRIMARYKEY)",
            ConflictError,
        ),
        ("UNIQUE constraint failed: users.email: SQLITE_CONSTRAINT", ConflictError),
        ("D1_ERROR: UNIQUE constraint failed: users.email: SQLITE_CONSTRAINT", ConflictError),
        ("FOREIGN KEY constraint failed: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_FOREIGNKEY)", ForeignKeyError),
        ("FOREIGN KEY constraint failed: SQLITE_CONSTRAINT", ForeignKeyError),
        ("no such table: t: SQLITE_ERROR", SchemaMismatchError),
        ("no such column: a at offset 7: SQLITE_ERROR", SchemaMismatchError),
        ("bad JSON path: 'authhero:3': SQLITE_ERROR", BatchRowNotFoundError),
        ("Expression tree is too large (maximum depth 100): SQLITE_ERROR", StatementTooLargeError),
        ("statement too long: SQLITE_TOOBIG", StatementTooLargeError),
        ('near "selec": syntax error at offset 0: SQLITE_ERROR', DatabaseError),
    ],
)
async def test_errors_are_ours(message: str, kind: type[DatabaseError]) -> None:
    cloudflare = Cloudflare(failure(message))
    async with cloudflare.database() as db:
        with pytest.raises(kind) as caught:
            await db.execute(WRITE)
    assert type(caught.value) is kind
    assert len(cloudflare.asked) == 1
    if isinstance(caught.value, BatchRowNotFoundError):
        assert caught.value.position == 3
    if isinstance(caught.value, ConflictError):
        assert caught.value.constraint in {"users.tenant_id, users.user_id", "users.email"}


NOW = datetime(2026, 1, 31, tzinfo=UTC)
AT_ONCE = {"Retry-After": format_datetime(NOW, usegmt=True), "Date": format_datetime(NOW, usegmt=True)}


@pytest.mark.parametrize("headers", [{"Retry-After": "0"}, AT_ONCE], ids=["seconds", "a date"])
@pytest.mark.parametrize("write", [False, True])
async def test_a_call_that_was_refused_unread_is_sent_again(write: bool, headers: dict[str, str]) -> None:
    cloudflare = Cloudflare(failure("rate limited", 429, 971, headers), success(changed(1)) if write else success(rows([1])))
    async with cloudflare.database() as db:
        assert await (db.execute(WRITE) if write else db.fetch(READ)) == (1 if write else [[1]])
    assert len(cloudflare.asked) == 2


async def test_the_rate_limit_says_what_to_use_instead() -> None:
    cloudflare = Cloudflare(failure("rate limited", 429, headers=SOON))
    async with cloudflare.database() as db:
        with pytest.raises(DatabaseUnavailableError, match=r"1,200 requests in 5 minutes.*gateway") as caught:
            await db.execute(WRITE)
    assert (caught.value.code, len(cloudflare.asked)) == ("429", MAX_ATTEMPTS)


BROKEN: list[httpx.Response | Exception] = [
    httpx.ReadError("reset"),
    httpx.RemoteProtocolError("gone"),
    httpx.ReadTimeout("late"),
    failure("D1 DB is overloaded. Requests queued for too long.", 400, headers=SOON),
    failure("internal error", 500, headers=SOON),
    httpx.Response(502, text="<html>", headers={"Retry-After": "0"}),
]


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retry without a delay."""
    monkeypatch.setattr("authhero_sql.dialects.d1.jitter", lambda _: 0.0)


@pytest.mark.usefixtures("no_waiting")
@pytest.mark.parametrize("trouble", BROKEN, ids=str)
async def test_only_what_may_be_done_twice_is_sent_again_when_nobody_knows(trouble: httpx.Response | Exception) -> None:
    reading = Cloudflare(trouble, success(rows([1])))
    async with reading.database() as db:
        assert await db.fetch(READ) == [[1]]
    assert len(reading.asked) == 2
    writing = Cloudflare(trouble, success(changed(1)))
    async with writing.database() as db:
        with pytest.raises(UnknownOutcomeError):
            await db.execute(WRITE)
    assert len(writing.asked) == 1


async def test_command_timeout_is_for_all_attempts_together_and_for_a_binding() -> None:
    class Silent(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await asyncio.Event().wait()
            raise AssertionError(request)

    silent = HTTPTransport("account", "database", token=TOKEN, command_timeout=0.05, transport=Silent())
    async with D1Database(silent) as db, asyncio.timeout(60):
        with pytest.raises(StatementTimeoutError):
            await db.fetch(READ)
        with pytest.raises(UnknownOutcomeError):
            await db.execute(WRITE)

    class Binding:
        def prepare(self, _: str) -> Binding:
            return self

        def bind(self, *_: str) -> Binding:
            return self

        async def raw(self) -> None:
            await asyncio.Event().wait()

        async def batch(self, _: list[Any]) -> None:
            await asyncio.Event().wait()

    async with D1Database(BindingTransport(Binding(), command_timeout=0.05)) as db, asyncio.timeout(60):
        with pytest.raises(StatementTimeoutError):
            await db.fetch(READ)
        with pytest.raises(UnknownOutcomeError):
            await db.execute(WRITE)


@pytest.mark.usefixtures("no_waiting")
async def test_a_connection_that_was_never_made_is_tried_again() -> None:
    cloudflare = Cloudflare(httpx.ConnectError("refused"), httpx.ConnectTimeout("late"), success(changed(1)))
    async with cloudflare.database() as db:
        assert await db.execute(WRITE) == 1
    gone = Cloudflare(httpx.ConnectError("refused"))
    async with gone.database() as db:
        with pytest.raises(DatabaseUnavailableError, match=r"could not connect to D1 at api\.cloudflare\.com"):
            await db.execute(WRITE)
    assert len(gone.asked) == MAX_ATTEMPTS


async def test_no_free_connection() -> None:
    async with Cloudflare(httpx.PoolTimeout("busy")).database() as db:
        with pytest.raises(PoolTimeoutError):
            await db.fetch(READ)


@pytest.mark.parametrize("status", [401, 403])
async def test_a_token_that_is_not_accepted_is_told_once_and_never_shown(status: int) -> None:
    cloudflare = Cloudflare(failure(f"Authentication error {TOKEN}", status, 10000))
    async with cloudflare.database() as db:
        with pytest.raises(DatabaseUnavailableError) as caught:
            await db.fetch(READ)
        assert TOKEN not in f"{caught.value!r} {caught.value.__cause__!r} {db!r} {vars(db)!r} {vars(db._transport)!r}"
    assert len(cloudflare.asked) == 1


@pytest.mark.parametrize(
    "answer",
    [
        failure("not found", 404, 7404),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"success": True}),
        success({}),
        success({"results": [], "success": True, "meta": {}}),
        httpx.Response(302, headers={"Location": "https://elsewhere.example"}),
        httpx.Response(400, json={"success": False, "errors": "x"}),
    ],
    ids=["no database", "a page", "a list", "no result", "nothing in it", "objects", "a redirection", "odd errors"],
)
async def test_what_is_no_answer_of_d1_is_told_so(answer: httpx.Response) -> None:
    async with Cloudflare(answer).database() as db:
        with pytest.raises(DatabaseUnavailableError):
            await db.fetch(READ)


async def test_a_statement_too_long_is_never_sent() -> None:
    cloudflare = Cloudflare(success())
    async with cloudflare.database() as db:
        with pytest.raises(StatementTooLargeError, match=r"100,000 bytes.*maximum SQL statement length"):
            await db.fetch(Call("SELECT " + "é" * (STATEMENT_BYTES // 2)))
    assert cloudflare.asked == []


async def test_there_is_no_transaction_and_the_error_says_what_there_is() -> None:
    async with Cloudflare(success()).database() as db:
        with pytest.raises(UnsupportedError, match=r"adapters\.batch\(\)"):
            async with db.transaction():
                pass


async def test_what_is_closed_stays_closed() -> None:
    db = Cloudflare(success()).database()
    await db.close()
    await db.close()
    for call in (lambda: db.fetch(READ), lambda: db.execute(WRITE)):
        with pytest.raises(DatabaseUnavailableError):
            await call()


def test_urls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLOUDFLARE_API_TOKEN", raising=False)
    for wrong in ("d1://", "d1://acc", "d1://acc/", "d1:///db", "d1://acc/db/more", "d1://a.b/db", "d1://acc/db?nothing=1"):
        with pytest.raises(ConfigurationError):
            connect(wrong, token=TOKEN)
    with pytest.raises(ConfigurationError, match="CLOUDFLARE_API_TOKEN"):
        connect("d1://acc/db")
    with pytest.raises(ConfigurationError) as caught:
        connect(f"d1://acc/db?token={TOKEN}")
    assert TOKEN not in str(caught.value)
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", TOKEN)
    assert isinstance(connect("d1://acc/db"), D1Database)


class Binding:
    """A binding like those of newer SDKs, with Python values as input and output."""

    def __init__(self, answer: Callable[[str, tuple[Any, ...]], Any]) -> None:
        self.answer = answer

    def prepare(self, sql: str) -> Prepared:
        """Prepare a statement."""
        return Prepared(self, sql)

    async def batch(self, statements: list[Prepared]) -> list[Any]:
        """Run all statements."""
        return [self.answer(statement.sql, statement.params) for statement in statements]


class Prepared:
    """A prepared statement of a binding."""

    def __init__(self, binding: Binding, sql: str, params: tuple[Any, ...] = ()) -> None:
        self.binding, self.sql, self.params = binding, sql, params

    def bind(self, *params: Any) -> Prepared:
        """Bind the parameters, all of which are text."""
        assert all(type(param) is str for param in params)
        return Prepared(self.binding, self.sql, params)

    async def raw(self) -> Any:
        """Return the rows."""
        return self.binding.answer(self.sql, self.params)


JsNull = type("JsNull", (), {})
"""The type of NULL in a row."""


async def test_a_wrapped_binding() -> None:
    seen: list[tuple[str, tuple[Any, ...]]] = []

    def answer(sql: str, params: tuple[Any, ...]) -> Any:
        seen.append((sql, params))
        if sql == READ.sql:
            return ([1, JsNull()], (None, "x"))
        return {"results": [{"n": 1}] if "changes()" in sql else [], "success": True, "meta": {"changes": 3}}

    db = await D1Database(BindingTransport(Binding(answer))).open()
    assert await db.fetch_many([READ, READ]) == [[[1, None], [None, "x"]]] * 2
    assert await db.write([WRITE, DELETE]) == [3, 1]
    assert seen[-3:] == [(WRITE.sql, ("[null]",)), (DELETE.sql, ()), ("SELECT changes() AS n", ())]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (RuntimeError("Error: D1_ERROR: UNIQUE constraint failed: t.a: SQLITE_CONSTRAINT"), ConflictError),
        (RuntimeError("D1_ERROR: Network connection lost."), DatabaseUnavailableError),
        (KeyError("x"), KeyError),
    ],
)
async def test_errors_of_a_binding(error: Exception, kind: type[Exception]) -> None:
    def fail(*_: Any) -> Any:
        raise error

    db = await D1Database(BindingTransport(Binding(fail))).open()
    with pytest.raises(kind) as caught:
        await db.execute(WRITE)
    assert isinstance(caught.value, AuthHeroSQLError) is (kind is not KeyError)
