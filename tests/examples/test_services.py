"""The examples, each as a separate process that is called over HTTP."""

from __future__ import annotations

import os
import re
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from examples.identity import challenge_of

ROOT = Path(__file__).parents[2]
ADMIN = "an-administrators-token"
EMAIL, PASSWORD = "Ada@acme.example", "correct horse battery staple"
VERIFIER = secrets.token_urlsafe(32)
APPS = ("fastapi_app", "starlette_app", "litestar_app")


@contextmanager
def start_service(app: str, url: str, *, admin: str = ADMIN) -> Iterator[httpx.Client]:
    """Start a service on a free port and yield a client. The service is stopped with a signal, like by a supervisor."""
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", "AUTHHERO_SQL_URL": url, "AUTHHERO_EXAMPLE_ADMIN": admin,
    }  # fmt: skip
    command = [sys.executable, "-m", "uvicorn", f"examples.{app}:app", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        assert process.stderr is not None
        said = ""
        try:
            for line in process.stderr:
                said += line
                if found := re.search(r"running on (http://127\.0\.0\.1:\d+)", line):
                    with httpx.Client(base_url=found[1], timeout=30) as client:
                        yield client
                    break
            else:
                pytest.fail(said)
        finally:
            process.send_signal(signal.SIGTERM)
            said += process.communicate()[1]
        assert "Application shutdown complete" in said
        assert "Traceback" not in said


@pytest.fixture(params=APPS)
def service(request: pytest.FixtureRequest, database_url: str) -> Iterator[httpx.Client]:
    """Start each service with an empty database."""
    with start_service(request.param, database_url) as client:
        yield client


def post(client: httpx.Client, path: str, given: dict[str, Any], **headers: str) -> httpx.Response:
    """Return the response to a JSON body."""
    return client.post(path, json=given, headers=headers)


def login(password: str = PASSWORD, email: str = EMAIL, **given: str) -> dict[str, str]:
    """Return the body of a sign-in."""
    return {"email": email, "password": password, "code_challenge": challenge_of(VERIFIER), **given}


def admin(token: str = ADMIN) -> dict[str, str]:
    """Return the header of an administrator."""
    return {"authorization": f"Bearer {token}"}


def exchange(client: httpx.Client, code: str, **given: str) -> httpx.Response:
    """Return the response to a code."""
    return post(
        client, "/oauth/token", {"grant_type": "authorization_code", "client_id": "web", "code": code, "code_verifier": VERIFIER, **given}
    )


def refresh(client: httpx.Client, token: str) -> httpx.Response:
    """Return the response to a refresh token."""
    return post(client, "/oauth/token", {"grant_type": "refresh_token", "client_id": "web", "refresh_token": token})


# --- all services --------------------------------------------------------------------------------------------------------------------


@pytest.mark.engines("sqlite", "postgresql")
def test_sign_up_sign_in_and_admin_lists(service: httpx.Client) -> None:
    sign_up = {"email": EMAIL, "password": PASSWORD}
    first = post(service, "/dbconnections/signup", sign_up)
    second = post(service, "/dbconnections/signup", {**sign_up, "password": "another " + PASSWORD})
    assert first.status_code == second.status_code == 202
    # The response does not reveal whether an account exists, and a second request changes nothing.
    assert first.text == second.text

    refused = [
        post(service, "/login", login("wrong")),
        post(service, "/login", login("another " + PASSWORD)),
        post(service, "/login", login(email="nobody@acme.example")),
    ]
    assert {(answer.status_code, answer.text) for answer in refused} == {(403, refused[0].text)}
    assert refused[0].json()["error"] == "invalid_grant"

    done = post(service, "/login", login(email=EMAIL.lower()))
    assert done.status_code == 200
    assert done.json().keys() == {"code"}
    assert done.headers["cache-control"] == "no-store"
    cookie = done.headers["set-cookie"].lower()
    assert cookie.startswith("__host-session=")
    assert {"httponly", "secure", "samesite=lax", "path=/"} <= {part.strip() for part in cookie.split(";")}

    assert service.get("/api/v2/users", headers=admin("wrong")).status_code == 401
    assert service.get("/api/v2/logs").status_code == 401
    users = service.get("/api/v2/users", params={"include_totals": "true", "per_page": "10"}, headers=admin()).json()
    assert [user["email"] for user in users["users"]] == [EMAIL.lower()]
    assert users["total"] == users["users"][0]["login_count"] == 1
    page = service.get("/api/v2/logs", params={"take": "2"}, headers=admin()).json()
    rest = service.get("/api/v2/logs", params={"take": "9", "from": page["next"]}, headers=admin()).json()
    assert sorted(entry["type"] for entry in page["logs"] + rest["logs"]) == ["fp", "fp", "fs", "fu", "s", "ss"]
    broken = service.get("/api/v2/logs", params={"take": "many"}, headers=admin())
    assert (broken.status_code, broken.json()["error"]) == (400, "Bad Request")


@pytest.mark.engines("sqlite")
def test_what_is_not_valid_is_refused_without_being_repeated(service: httpx.Client) -> None:
    secret = "s3cret" * 100
    answers = [
        post(service, "/dbconnections/signup", {"email": EMAIL, "password": secret}),
        post(service, "/dbconnections/signup", {"email": "nobody", "password": PASSWORD}),
        post(service, "/dbconnections/signup", {"email": EMAIL, "password": "short"}),
        post(service, "/login", login(secret)),
        post(service, "/login", login(code_challenge="")),
        post(service, "/login", {"email": EMAIL, "password": PASSWORD}),
        service.post("/login", content=f'{{"password": "{PASSWORD}', headers={"content-type": "application/json"}),
    ]
    assert {answer.status_code for answer in answers} == {400}
    assert not [answer.text for answer in answers if "s3cret" in answer.text or PASSWORD in answer.text or '"short"' in answer.text]


@pytest.mark.engines("sqlite")
def test_a_form_of_another_site_signs_nobody_in(service: httpx.Client) -> None:
    post(service, "/dbconnections/signup", {"email": EMAIL, "password": PASSWORD})
    answer = service.post("/login", content=httpx.Request("POST", "http://x", json=login()).content, headers={"content-type": "text/plain"})
    assert answer.is_client_error
    assert "set-cookie" not in answer.headers


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("app", APPS)
def test_without_a_token_of_their_own_the_lists_of_administrators_are_closed(app: str, database_url: str) -> None:
    with start_service(app, database_url, admin="") as client:
        for headers in ({}, {"authorization": "Bearer"}, admin("wrong")):
            assert client.get("/api/v2/users", headers=headers).status_code == 401


# --- the life cycle of an account ----------------------------------------------------------------------------------------------------


@pytest.fixture
def client(database_url: str) -> Iterator[httpx.Client]:
    """Start the service with the most features and create an account."""
    with start_service("fastapi_app", database_url) as client:
        post(client, "/dbconnections/signup", {"email": EMAIL, "password": PASSWORD})
        yield client


def sign_in(client: httpx.Client, password: str = PASSWORD) -> tuple[str, dict[str, str]]:
    """Return a used code and the tokens that it was exchanged for."""
    code = post(client, "/login", login(password)).json()["code"]
    answer = exchange(client, code)
    assert answer.headers["cache-control"] == "no-store"
    tokens: dict[str, str] = answer.json()
    return code, tokens


def whoami(client: httpx.Client, tokens: dict[str, str]) -> int:
    """Return the status of the userinfo endpoint."""
    return client.get("/userinfo", headers=admin(tokens["access_token"])).status_code


@pytest.mark.engines("sqlite", "postgresql")
def test_a_code_is_bound_to_its_client_and_used_once(client: httpx.Client) -> None:
    code = post(client, "/login", login()).json()["code"]
    assert exchange(client, code, code_verifier="wrong").json() == {"error": "invalid_grant"}
    assert exchange(client, code, code_verifier="").status_code == 403
    assert exchange(client, code, client_id="another").status_code == 401
    tokens = exchange(client, code).json()
    assert whoami(client, tokens) == 200
    assert exchange(client, code).status_code == 403
    # One of the two clients has stolen the token.
    assert whoami(client, tokens) == 401
    assert refresh(client, tokens["refresh_token"]).status_code == 403


@pytest.mark.engines("sqlite", "postgresql")
def test_a_refresh_token_that_is_used_twice_revokes_its_family(client: httpx.Client) -> None:
    _, tokens = sign_in(client)
    second = refresh(client, tokens["refresh_token"]).json()
    assert whoami(client, second) == 200
    assert refresh(client, tokens["refresh_token"]).json()["error_description"] == "refresh token reused"
    assert refresh(client, second["refresh_token"]).status_code == 403
    assert whoami(client, second) == 401
    lookup, _, _ = second["refresh_token"].partition(".")
    assert refresh(client, f"{lookup}.guessed").json() == {"error": "invalid_grant"}


@pytest.mark.engines("sqlite", "postgresql")
def test_a_new_password_signs_the_user_out_everywhere(client: httpx.Client) -> None:
    _, phone = sign_in(client)
    _, laptop = sign_in(client)
    path, new = "/dbconnections/change_password", "another " + PASSWORD
    given = {"old_password": PASSWORD, "new_password": new}
    assert post(client, path, given).status_code == 401
    assert post(client, path, {**given, "old_password": "wrong"}, **admin(laptop["access_token"])).status_code == 403
    assert whoami(client, phone) == 200
    assert post(client, path, given, **admin(laptop["access_token"])).status_code == 204
    for tokens in (phone, laptop):
        assert whoami(client, tokens) == 401
        assert refresh(client, tokens["refresh_token"]).status_code == 403
    assert post(client, "/login", login()).status_code == 403
    assert post(client, "/login", login(new)).status_code == 200


@pytest.mark.engines("sqlite", "postgresql")
def test_a_sign_out_ends_the_session_and_its_tokens(client: httpx.Client) -> None:
    done = post(client, "/login", login())
    tokens = exchange(client, done.json()["code"]).json()
    assert client.post("/logout", headers={"cookie": "__Host-session=guessed"}).status_code == 204
    assert whoami(client, tokens) == 200
    answer = client.post("/logout", headers={"cookie": done.headers["set-cookie"].partition(";")[0]})
    assert answer.status_code == 204
    assert 'session="";' in answer.headers["set-cookie"]
    assert whoami(client, tokens) == 401
    assert refresh(client, tokens["refresh_token"]).status_code == 403
