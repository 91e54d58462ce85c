"""The adapters in web frameworks: all of them behave the same, tested over HTTP without a network."""

from __future__ import annotations

import builtins
import importlib
import logging
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar

import httpx
import litestar
import pytest
from fastapi import FastAPI
from litestar import Litestar
from litestar.params import FromPath, JSONBody
from pydantic import BaseModel, Field, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from authhero_sql import (
    Adapters,
    AuthHeroSQLError,
    ConfigurationError,
    ConflictError,
    DatabaseUnavailableError,
    InvalidQueryError,
    UnknownOutcomeError,
    UnsupportedError,
    connect,
    migration_status,
    models,
)
from authhero_sql.adapters import users
from authhero_sql.contrib import fastapi as for_fastapi
from authhero_sql.contrib import http
from authhero_sql.contrib import litestar as for_litestar
from authhero_sql.contrib import starlette as for_starlette
from authhero_sql.contrib.fastapi import AdaptersDep, ListQuery
from authhero_sql.contrib.http import ListParams

SECRET = "correct horse battery staple"


class EmailTakenError(ConflictError):
    """The email is taken."""

    status_code = 409


class UnavailableError(DatabaseUnavailableError):
    """The password of the database is hunter2."""

    status_code = 503


ERRORS: dict[str, type[Exception]] = {"taken": EmailTakenError, "away": UnavailableError}


class Body(BaseModel):
    """A request body that usually fails validation."""

    password: str = Field(min_length=100)


async def users_page(adapters: Adapters, params: ListParams) -> dict[str, Any]:
    """Return a page of users in its wire format."""
    page = await adapters.users.list("acme", **params.arguments())
    return page.model_dump(mode="json", by_alias=True, exclude_none=True)


# --- the same application in each framework ------------------------------------------------------------------------------------------


def starlette_app(url: str) -> Starlette:
    async def listed(request: Request) -> Response:
        return JSONResponse(await users_page(for_starlette.get_adapters(request), for_starlette.list_params(request)))

    async def fail(request: Request) -> Response:
        raise ERRORS[request.path_params["name"]]

    return Starlette(
        routes=[Route("/users", listed), Route("/fail/{name}", fail)],
        lifespan=for_starlette.lifespan(url, migrate=True),
        exception_handlers=for_starlette.exception_handlers,
    )


def fastapi_app(url: str) -> FastAPI:
    app = FastAPI(lifespan=for_fastapi.lifespan(url, migrate=True), exception_handlers=for_fastapi.exception_handlers)

    @app.get("/users")
    async def listed(adapters: AdaptersDep, params: ListQuery) -> dict[str, Any]:
        return await users_page(adapters, params)

    @app.get("/fail/{name}")
    async def fail(name: str) -> None:
        raise ERRORS[name]

    @app.post("/given")
    async def post_body(body: Body) -> None:
        """Read the request body."""

    return app


@litestar.get("/users")
async def litestar_listed(adapters: for_litestar.AdaptersDep, params: for_litestar.ListQuery) -> dict[str, Any]:
    return await users_page(adapters, params)


@litestar.get("/fail/{name:str}")
async def litestar_fail(name: FromPath[str]) -> None:
    raise ERRORS[name]


@litestar.post("/given")
async def litestar_post_body(data: JSONBody[Body]) -> None:
    """Read the request body."""


def litestar_app(url: str) -> Litestar:
    return Litestar(
        [litestar_listed, litestar_fail, litestar_post_body],
        lifespan=[for_litestar.lifespan(url, migrate=True)],
        dependencies=for_litestar.dependencies,
        exception_handlers=for_litestar.exception_handlers,
    )


APPS: Mapping[str, Callable[[str], Any]] = {"starlette": starlette_app, "fastapi": fastapi_app, "litestar": litestar_app}


@asynccontextmanager
async def open_client(app: Any) -> AsyncIterator[httpx.AsyncClient]:
    """Open a client of a running application."""
    life: AbstractAsyncContextManager[Any] = app.lifespan() if isinstance(app, Litestar) else app.router.lifespan_context(app)
    async with life, httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://acme.example") as client:
        yield client


@pytest.fixture(params=APPS)
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """Return the application of each framework, with an empty file."""
    return APPS[request.param](f"sqlite:///{tmp_path}/auth.db")


async def filled(adapters: Adapters) -> None:
    await adapters.tenants.create({"id": "acme", "friendly_name": "Acme"})
    rows = [{"user_id": f"auth0|{number}", "email": f"u{number}@acme.example", "connection": "db"} for number in range(5)]
    await adapters.users.create_many("acme", rows)


# --- all frameworks ------------------------------------------------------------------------------------------------------------------


async def test_the_parameters_of_a_list_are_auth0_s(app: Any) -> None:
    async with open_client(app) as client:
        await filled(app.state.adapters)
        found = (await client.get("/users", params={"per_page": "2", "page": "1", "include_totals": "true", "sort": "user_id:1"})).json()
        assert [user["user_id"] for user in found["users"]] == ["auth0|2", "auth0|3"]
        assert (found["start"], found["limit"], found["length"], found["total"]) == (2, 2, 2, 5)
        found = (await client.get("/users", params={"q": "email:u3@acme.example", "other": "ignored"})).json()
        assert [user["user_id"] for user in found["users"]] == ["auth0|3"]
        assert "total" not in found
        first = (await client.get("/users", params={"take": "3"})).json()
        rest = (await client.get("/users", params={"take": "3", "from": first["next"]})).json()
        assert len({user["user_id"] for user in first["users"] + rest["users"]}) == 5
        assert (await client.get("/users", params={"take": "3", "include_totals": "true"})).json() == first
        assert (await client.get("/users", params={"take": "3", "from": ""})).json() == first
        assert (await client.get("/users", params={"from": ""})).json() == (await client.get("/users", params={"take": "50"})).json()


async def test_the_message_about_totals_names_the_values(app: Any) -> None:
    async with open_client(app) as client:
        answer = await client.get("/users?include_totals=maybe")
        assert answer.status_code == 400
        assert answer.json()["message"].endswith("include_totals: must be true, false or estimate")
        assert "bool" not in answer.text
        assert (await client.get("/users?include_totals=estimate")).json()["total"] == 0


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("page=-1", "page"),
        ("per_page=101", "per_page"),
        ("take=0", "take"),
        ("include_totals=s3cret", "include_totals"),
        ("page=s3cret", "page"),
    ],
)
async def test_a_parameter_that_is_not_valid_is_named_and_not_repeated(app: Any, query: str, field: str) -> None:
    async with open_client(app) as client:
        answer = await client.get(f"/users?{query}")
    assert answer.status_code == 400
    assert answer.json().keys() == {"statusCode", "error", "message"}
    assert (answer.json()["statusCode"], answer.json()["error"]) == (400, "Bad Request")
    assert field in answer.json()["message"]
    assert "s3cret" not in answer.text


async def test_a_filter_that_cannot_be_read_is_a_bad_request(app: Any) -> None:
    async with open_client(app) as client:
        for query in ("q=nothing:x", "sort=nothing:x", "from=nonsense"):
            answer = await client.get(f"/users?{query}")
            assert (answer.status_code, answer.json()["error"]) == (400, "Bad Request")


async def test_what_the_client_caused_is_explained(app: Any, caplog: pytest.LogCaptureFixture) -> None:
    async with open_client(app) as client:
        answer = await client.get("/fail/taken")
    assert (answer.status_code, answer.json()) == (
        409,
        {"statusCode": 409, "error": "Conflict", "message": "The email is taken."},
    )
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_what_the_server_answers_for_is_logged_and_not_explained(app: Any, caplog: pytest.LogCaptureFixture) -> None:
    async with open_client(app) as client:
        answer = await client.get("/fail/away")
    assert answer.status_code == 503
    assert (answer.json()["statusCode"], answer.json()["error"]) == (503, "Service Unavailable")
    assert "hunter2" not in answer.text
    assert answer.json()["message"] == "The database did not complete the request. Try again later."
    assert answer.headers["Retry-After"] == "1"
    logged = [record for record in caplog.records if record.name == "authhero_sql.http"]
    assert [(record.levelname, record.getMessage()) for record in logged] == [("ERROR", "responding with status 503: UnavailableError")]
    assert logged[0].exc_info is not None


@pytest.mark.parametrize("name", ["fastapi", "litestar"])
async def test_a_body_that_does_not_validate_is_not_repeated(name: str, tmp_path: Path) -> None:
    async with open_client(APPS[name](f"sqlite:///{tmp_path}/auth.db")) as client:
        answer = await client.post("/given", json={"password": SECRET})
        broken = await client.post("/given", content=f'{{"password": "{SECRET}', headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["error"]) == (400, "Bad Request")
    assert "password" in answer.json()["message"]
    assert broken.status_code == 400
    assert broken.json()["message"]
    assert SECRET not in answer.text + broken.text


async def test_the_parameters_stand_in_the_documentation_of_fastapi() -> None:
    operation = fastapi_app("sqlite://:memory:").openapi()["paths"]["/users"]["get"]
    assert [parameter["name"] for parameter in operation["parameters"]] == [
        "page", "per_page", "include_totals", "sort", "q", "from", "take",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (UnknownOutcomeError(), "The database did not complete the request."),
        (UnsupportedError("hunter2"), "The server does not support this operation."),
        (ConfigurationError("hunter2"), "An internal error occurred."),
    ],
)
def test_an_error_that_a_retry_does_not_help_does_not_ask_for_one(error: AuthHeroSQLError, message: str) -> None:
    status, body, headers = http.error_response(error)
    assert (status, body["message"], headers) == (error.status_code, message, {})


def test_an_error_of_the_whole_body_has_no_field() -> None:
    for body, start in (("{", "Invalid JSON: "), ("{}", "password: ")):
        with pytest.raises(ValidationError) as caught:
            Body.model_validate_json(body)
        assert http.describe_errors(caught.value.errors()).startswith(start)


# --- the lifespan --------------------------------------------------------------------------------------------------------------------


async def test_the_database_is_open_while_the_application_runs(app: Any) -> None:
    async with open_client(app):
        adapters = app.state.adapters
        assert await adapters.tenants.get("acme") is None
    with pytest.raises(DatabaseUnavailableError):
        await adapters.tenants.get("acme")


async def test_nothing_is_migrated_unless_that_is_asked_for(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/auth.db"
    async with open_client(Starlette(lifespan=http.lifespan(url))), connect(url) as db:
        assert not (await migration_status(db)).applied


async def test_a_function_is_called_at_the_start_and_options_reach_the_adapters() -> None:
    made = []

    def source() -> Any:
        made.append(1)
        return connect("sqlite://:memory:")

    app = Starlette(lifespan=http.lifespan(source, migrate=True, normalize_emails=True))
    assert made == []
    async with open_client(app):
        await filled(app.state.adapters)
        assert await app.state.adapters.users.get_by_email("acme", "U3@ACME.example") is not None
    assert made == [1]


async def test_without_a_lifespan_the_error_names_it() -> None:
    with pytest.raises(RuntimeError, match="lifespan"):
        http.get_app_adapters(Starlette())


# --- the modules ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", APPS)
def test_without_its_framework_a_module_names_the_extra(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module = f"authhero_sql.contrib.{name}"
    for loaded in [each for each in sys.modules if each.partition(".")[0] == name or each == module]:
        monkeypatch.delitem(sys.modules, loaded)
    real = builtins.__import__

    def absent(asked: str, *args: Any, **kwargs: Any) -> Any:
        if asked.partition(".")[0] == name:
            raise ModuleNotFoundError(f"No module named {name!r}")
        return real(asked, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(ImportError, match=rf"contrib\.{name} requires .*authhero-sql\[{name}\]"):
        importlib.import_module(module)


def test_the_parameters_are_those_of_a_list() -> None:
    params = ListParams.parse({"page": "1", "per_page": "2", "include_totals": "estimate", "sort": "s", "q": "q", "from": "f", "take": "3"})
    assert params.arguments() == {"page": 1, "per_page": 2, "include_totals": "estimate", "sort": "s", "q": "q", "from_": "f", "take": 3}
    assert params.arguments().keys() == ListParams.model_fields.keys()
    assert ListParams().arguments() == {}
    with pytest.raises(InvalidQueryError):
        ListParams.parse({"take": "many"})
    assert params.arguments().keys() | {"where"} == (users.Users.list.__kwdefaults__ or {}).keys()


class Wide(ListParams):
    """A custom list that allows larger pages."""

    per_page: int = Field(default=200, ge=1, le=1000)
    allowed: ClassVar[bool] = True


def test_the_limits_may_be_one_s_own() -> None:
    assert Wide.parse({"per_page": "1000"}).arguments() == {"per_page": 1000}


def test_fastapi_takes_and_returns_every_model_without_a_warning() -> None:
    app = FastAPI()
    kinds = [kind for name in dir(models) if isinstance(kind := getattr(models, name), type) and issubclass(kind, BaseModel)]
    for kind in kinds:

        def echo(body: Any) -> Any:
            return body

        echo.__annotations__ = {"body": kind, "return": kind}
        app.post(f"/{kind.__name__}")(echo)
    assert len(app.openapi()["paths"]) == len(kinds) > 300
