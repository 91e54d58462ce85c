"""What an error says of values and references: every field that is wrong, and which row is missing, the same on every engine."""

from __future__ import annotations

from typing import Any

import pytest

from authhero_sql import Adapters, InvalidField, InvalidValueError
from tests.chains import shown

SECRET = "s3cret-value"


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """A tenant with a client and a user."""
    await adapters.tenants.create({"id": "acme", "friendly_name": "Acme"})
    await adapters.clients.create("acme", {"client_id": "web", "name": "Web"})
    await adapters.users.create("acme", {"user_id": "auth0|ada", "connection": "db"})
    return adapters


def login_session(**fields: Any) -> dict[str, Any]:
    """A login session to be inserted."""
    return {"csrf_token": "c", "authParams": {"client_id": "web"}, "expires_at": "2026-02-01T00:00:00Z", "ip": "::1", **fields}


# --- values ------------------------------------------------------------------------------------------------------------------------


async def test_all_fields_that_are_too_long_are_told_with_their_limit(store: Adapters) -> None:
    with pytest.raises(InvalidValueError) as caught:
        await store.login_sessions.create("acme", login_session(csrf_token="x" * 43, ip="y" * 46))
    assert str(caught.value) == "login_sessions.csrf_token: at most 26 characters, got 43 (and 1 more)"
    assert caught.value.errors == [
        InvalidField("csrf_token", "at most 26 characters, got 43"),
        InvalidField("ip", "at most 45 characters, got 46"),
    ]
    with pytest.raises(InvalidValueError) as caught:
        await store.users.update("acme", "auth0|ada", {"name": "n" * 256, "nickname": SECRET * 30, "email_verified": True})
    assert [error.field for error in caught.value.errors] == ["nickname", "name"]
    assert SECRET not in shown(caught.value)


async def test_bytes_are_counted_where_the_column_has_no_width(store: Adapters) -> None:
    with pytest.raises(InvalidValueError, match=r"^users\.picture: at most 65,535 bytes, got 80,000$"):
        await store.users.update("acme", "auth0|ada", {"picture": "é" * 40_000})


async def test_all_fields_of_the_wrong_type_are_told(store: Adapters) -> None:
    with pytest.raises(InvalidValueError) as caught:
        await store.users.create(
            "acme", {"user_id": "auth0|new", "connection": "db", "email": [SECRET], "email_verified": SECRET, "name": 5}
        )
    assert [error.field for error in caught.value.errors] == ["email", "name", "email_verified"]
    assert str(caught.value).endswith(" (and 2 more)")
    assert SECRET not in shown(caught.value)


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("emial", 'users: unknown field "emial"; did you mean "email"?'),
        ("user_metadta", 'users: unknown field "user_metadta"; did you mean "user_metadata"?'),
        ("quite_something_else", 'users: unknown field "quite_something_else"'),
    ],
)
async def test_an_unknown_field_is_compared_with_those_that_there_are(store: Adapters, field: str, said: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        await store.users.create("acme", {"user_id": "auth0|new", "connection": "db", field: SECRET})
    assert str(caught.value) == said
    assert (caught.value.table, caught.value.field) == ("users", field)
    with pytest.raises(InvalidValueError) as caught:
        await store.users.update("acme", "auth0|ada", {field: SECRET})
    assert str(caught.value) == said


async def test_several_fields_that_cannot_be_updated_are_told(store: Adapters) -> None:
    with pytest.raises(InvalidValueError) as caught:
        await store.users.update("acme", "auth0|ada", {"user_id": "x", "created_at": "2026-01-01T00:00:00Z", "name": "n"})
    assert {error.field: error.reason for error in caught.value.errors} == dict.fromkeys(("user_id", "created_at"), "cannot be updated")


async def test_several_unknown_fields_are_told_with_the_first_in_the_message(store: Adapters) -> None:
    with pytest.raises(InvalidValueError) as caught:
        await store.clients.create("acme", {"client_id": "x", "nmae": "Web", "calbacks": []})
    assert [error.field for error in caught.value.errors] == ["name", "nmae", "calbacks"]
