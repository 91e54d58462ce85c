"""What a service of one's own does around a toolkit, written once for all toolkits: it validates, makes ids and times, builds the models.

It is as short as the contract allows. Rows go in and come out as dicts by the names of ``columns.py``; to encode and decode them is the
toolkit's part.
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

ASIDE = {"last_login", "last_ip", "login_count", "password", "verify_email"}
"""Fields of a user that are not in its row."""
IDENTITY = ("connection", "provider", "email", "email_verified", "phone_number", "phone_verified", "username")


class UserChange(BaseUser):
    """What may be written of a user."""

    email_verified: bool | None = None


def now() -> datetime:
    """The present, cut to the millisecond."""
    present = datetime.now(UTC)
    return present.replace(microsecond=present.microsecond // 1000 * 1000)


def dumps(value: Any) -> str:
    """JSON as it is stored."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


loads = from_json
"""The quickest decoder that is there anyway: pydantic's."""


def given(kind: type[BaseModel], values: Given, **kwargs: Any) -> Row:
    """The fields that were given, checked."""
    return kind.model_validate(values).model_dump(by_alias=True, exclude_unset=True, **kwargs)


def read(kind: type[M], row: Mapping[str, Any]) -> M:
    """The model of a row."""
    return kind.model_validate(row)


def new_user(tenant: str, values: Given) -> Row:
    """The row of a user to be stored."""
    at = now()
    row = given(UserInsert, values, exclude=ASIDE)
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
    """The columns of a user to be written."""
    return {**given(UserChange, values), "updated_at": now()}


def identity(row: Mapping[str, Any]) -> Row:
    """One of a user's identities."""
    found = {name: row.get(name) for name in IDENTITY}
    found["user_id"], found["isSocial"] = row["user_id"].partition("|")[2], row["is_social"]
    return found


def linked_identity(row: Mapping[str, Any]) -> Row:
    """The identity of an account that is linked."""
    profile = loads(row["profileData"]) if row.get("profileData") else {}
    return {**identity(row), "profileData": {"email": row["email"], "email_verified": bool(row["email_verified"]), **profile}}


def user(row: Row, linked: Iterable[Mapping[str, Any]] = ()) -> User:
    """A user, of its row and those of the accounts that are linked to it."""
    row["identities"] = [identity(row), *map(linked_identity, sorted(linked, key=_age))]
    if row.get("login_count") is None:
        row["login_count"] = 0
    return User.model_validate(row)


def _age(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["created_at"], row["user_id"]


def client(row: Row) -> Client:
    """A client."""
    return Client.model_validate(row)


def new_code(tenant: str, values: Given) -> Row:
    """The row of a code to be stored."""
    row = given(CodeInsert, values)
    return {**row, "tenant_id": tenant, "created_at": now(), "expires_at_ts": row["expires_at"]}


def code(row: Row) -> Code:
    """A code."""
    return Code.model_validate(row)


def new_session(tenant: str, values: Given) -> Row:
    """The row of a session to be stored."""
    at = now()
    times = dict.fromkeys(("created_at", "updated_at", "authenticated_at", "last_interaction_at"), at)
    return {**given(SessionInsert, values), **times, "tenant_id": tenant}


def session(row: Row) -> Session:
    """A session."""
    return Session.model_validate(row)


def new_login_session(tenant: str, values: Given) -> Row:
    """The row of a login session to be stored."""
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
    """A login session."""
    strategy = {"strategy": row["auth_strategy_strategy"], "strategy_type": row["auth_strategy_strategy_type"]}
    return LoginSession.model_validate({**row, "auth_strategy": strategy})


def new_token(tenant: str, values: Given) -> Row:
    """The row of a refresh token to be stored."""
    return {**given(RefreshTokenInsert, values), "tenant_id": tenant, "created_at": now()}


def token(row: Row) -> RefreshToken:
    """A refresh token."""
    return RefreshToken.model_validate(row)


def new_log(tenant: str, values: Given) -> Row:
    """The row of a log entry to be stored."""
    return {**given(LogInsert, values), "tenant_id": tenant, "log_id": secrets.token_urlsafe(15)}


def log(row: Row) -> Log:
    """A log entry."""
    return Log.model_validate(row)


def password(row: Row) -> Password:
    """A password's hash."""
    return Password.model_validate(row)
