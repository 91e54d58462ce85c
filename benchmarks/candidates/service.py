"""The part of a service that is the same for all libraries: it validates the input, generates IDs and times, and creates the models.

It is as short as the contract allows. Rows are dicts with the names of ``columns.py``. Each library encodes and decodes the values of the
columns itself.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from pydantic import BaseModel
from pydantic_core import from_json

from authhero_sql.models import (
    BaseUser,
    Client,
    Code,
    CodeInsert,
    Log,
    LogInsert,
    LoginSession,
    LoginSessionInsert,
    Password,
    RefreshToken,
    RefreshTokenInsert,
    Session,
    SessionInsert,
    User,
    UserInsert,
)

from .protocol import Given

M = TypeVar("M", bound=BaseModel)
Row = dict[str, Any]

NOT_IN_USERS = {"last_login", "last_ip", "login_count", "password", "verify_email"}
"""Fields of a user that are not columns of ``users``."""
IDENTITY = ("connection", "provider", "email", "email_verified", "phone_number", "phone_verified", "username")


class UserChange(BaseUser):
    """The updatable fields of a user."""

    email_verified: bool | None = None


def now() -> datetime:
    """Return the current time, truncated to milliseconds."""
    present = datetime.now(UTC)
    return present.replace(microsecond=present.microsecond // 1000 * 1000)


def dumps(value: Any) -> str:
    """Return a value as JSON, in the stored format."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


loads = from_json
"""The fastest JSON decoder among the dependencies of this package."""


def given(kind: type[BaseModel], values: Given, **kwargs: Any) -> Row:
    """Validate the input and return the fields that were set."""
    return kind.model_validate(values).model_dump(by_alias=True, exclude_unset=True, **kwargs)


def read(kind: type[M], row: Mapping[str, Any]) -> M:
    """Return the model of a row."""
    return kind.model_validate(row)


def new_user(tenant: str, values: Given) -> Row:
    """Return the row of a new user."""
    at = now()
    row = given(UserInsert, values, exclude=NOT_IN_USERS)
    provider = row.get("provider") or "auth0"
    row.update(
        tenant_id=tenant,
        user_id=row.get("user_id") or f"{provider}|{secrets.token_urlsafe(16)}",
        provider=provider,
        email_verified=row.get("email_verified", False),
        is_social=bool(row.get("is_social")),
        blocked=bool(row.get("blocked")),
        app_metadata=row.get("app_metadata", {}),
        user_metadata=row.get("user_metadata"),
        created_at=at,
        updated_at=at,
    )
    return row


def changed_user(values: Given) -> Row:
    """Return the columns of an update of a user."""
    return {**given(UserChange, values), "updated_at": now()}


def identity(row: Mapping[str, Any]) -> Row:
    """Return the main identity of a user."""
    found = {name: row.get(name) for name in IDENTITY}
    found["user_id"], found["isSocial"] = row["user_id"].partition("|")[2], row["is_social"]
    return found


def linked_identity(row: Mapping[str, Any]) -> Row:
    """Return the identity of a linked account."""
    profile = loads(row["profileData"]) if row.get("profileData") else {}
    return {**identity(row), "profileData": {"email": row["email"], "email_verified": bool(row["email_verified"]), **profile}}


def user(row: Row, linked: Iterable[Mapping[str, Any]] = ()) -> User:
    """Return the user of a row and the rows of its linked accounts."""
    row["identities"] = [identity(row), *map(linked_identity, sorted(linked, key=_age))]
    if row.get("login_count") is None:
        row["login_count"] = 0
    return User.model_validate(row)


def _age(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["created_at"], row["user_id"]


def client(row: Row) -> Client:
    """Return the client of a row."""
    return Client.model_validate(row)


def new_code(tenant: str, values: Given) -> Row:
    """Return the row of a new code."""
    row = given(CodeInsert, values)
    return {**row, "tenant_id": tenant, "created_at": now(), "expires_at_ts": row["expires_at"]}


def code(row: Row) -> Code:
    """Return the code of a row."""
    return Code.model_validate(row)


def new_session(tenant: str, values: Given) -> Row:
    """Return the row of a new session."""
    at = now()
    times = dict.fromkeys(("created_at", "updated_at", "authenticated_at", "last_interaction_at"), at)
    return {**given(SessionInsert, values), **times, "tenant_id": tenant}


def session(row: Row) -> Session:
    """Return the session of a row."""
    return Session.model_validate(row)


def new_login_session(tenant: str, values: Given) -> Row:
    """Return the row of a new login session."""
    at = now()
    row = given(LoginSessionInsert, values)
    strategy = row.pop("auth_strategy")
    row.update(
        tenant_id=tenant,
        id=secrets.token_hex(13),
        state="pending",
        created_at=at,
        updated_at=at,
        auth_strategy_strategy=strategy["strategy"],
        auth_strategy_strategy_type=strategy["strategy_type"],
    )
    return row


def login_session(row: Row) -> LoginSession:
    """Return the login session of a row."""
    strategy = {"strategy": row["auth_strategy_strategy"], "strategy_type": row["auth_strategy_strategy_type"]}
    return LoginSession.model_validate({**row, "auth_strategy": strategy})


def new_token(tenant: str, values: Given) -> Row:
    """Return the row of a new refresh token."""
    return {**given(RefreshTokenInsert, values), "tenant_id": tenant, "created_at": now()}


def token(row: Row) -> RefreshToken:
    """Return the refresh token of a row."""
    return RefreshToken.model_validate(row)


def new_log(tenant: str, values: Given) -> Row:
    """Return the row of a new log entry."""
    return {**given(LogInsert, values), "tenant_id": tenant, "log_id": secrets.token_urlsafe(15)}


def log(row: Row) -> Log:
    """Return the log entry of a row."""
    return Log.model_validate(row)


def password(row: Row) -> Password:
    """Return the password of a row."""
    return Password.model_validate(row)
