"""Sessions and refresh tokens: what keeps a person signed in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel

from ..clock import to_epoch_ms
from ..errors import InvalidValueError
from ..listing import ListRules
from ..models import ImportMetadata, RefreshToken, RefreshTokenInsert, Session, SessionInsert
from ..repository import Fields, Picked
from ..tables import REFRESH_TOKENS, SESSIONS
from .login_sessions import LoginSessions
from .plain import Listed

M = TypeVar("M", bound=BaseModel)


class _Expiring(Listed[M]):
    """A table whose rows keep their login session alive at least as long as themselves."""

    login_column: ClassVar[str]

    async def get(self, tenant_id: str, id: str) -> M | None:
        """The row with this id, or None."""
        row: M | None = await self._get(self._own(tenant_id, id))
        return row

    async def remove(self, tenant_id: str, id: str) -> bool:
        """Remove the row; whether there was one."""
        return await self._remove(self._own(tenant_id, id))

    async def _create_and_extend(self, tenant_id: str, params: BaseModel, metadata: ImportMetadata | Mapping[str, Any] | None) -> M:
        values = self._new_row(tenant_id, params, metadata)
        calls = [self._insert(values)]
        expires = _latest(values)
        if expires is not None:
            calls.append(LoginSessions(self.session)._extend(tenant_id, values[self.login_column], expires))
        await self._write(*calls)
        return self._read_values(values)


def _latest(values: Mapping[str, Any]) -> int | None:
    """The later of the two expiries, as stored; None where nothing expires."""
    return max((value for name in ("expires_at_ts", "idle_expires_at_ts") if (value := values.get(name)) is not None), default=None)


class Sessions(_Expiring[Session]):
    """Sessions (Auth0: user sessions)."""

    table = SESSIONS
    model = Session
    id_field = "id"
    login_column = "login_session_id"
    rules: ClassVar[ListRules] = ListRules(
        wire="sessions",
        fields=("id", "user_id", "login_session_id", "created_at", "expires_at", "revoked_at", "used_at"),
        exact=("user_id",),
    )

    def _generated(self, params: BaseModel, created: datetime) -> dict[str, Any]:
        return {"authenticated_at_ts": created, "last_interaction_at_ts": created}

    async def create(
        self,
        tenant_id: str,
        params: SessionInsert | Mapping[str, Any],
        *,
        import_metadata: ImportMetadata | Mapping[str, Any] | None = None,
    ) -> Session:
        """Create a session and, in the same transaction, push its login session's expiry out to its own, never back.

        Raises:
            ConflictError: the id is taken.
            ForeignKeyError: the user does not exist.
            InvalidValueError: a value cannot be stored.
        """
        return await self._create_and_extend(tenant_id, self._accepted(params), import_metadata)

    async def update(self, tenant_id: str, id: str, fields: Fields) -> bool:
        """Write exactly the given fields; a new expiry pushes the login session's out too, never back.

        Returns:
            Whether there was such a session.

        Raises:
            InvalidValueError: a value cannot be stored, or a field cannot be updated.
        """
        where = self._own(tenant_id, id)
        values = self._changes(fields, where)
        calls = [self._change(where, values)]
        expires = _latest(values)
        if expires is not None:
            login_id = Picked(self.table, self.login_column, where)
            calls.append(LoginSessions(self.session)._extend(tenant_id, login_id, expires))
        return await self._matched(*calls)


class RefreshTokens(_Expiring[RefreshToken]):
    """Refresh tokens. ``None`` for an expiry means that the token does not expire that way."""

    table = REFRESH_TOKENS
    model = RefreshToken
    id_field = "id"
    login_column = "login_id"
    rules: ClassVar[ListRules] = ListRules(
        wire="refresh_tokens",
        fields=("id", "user_id", "client_id", "login_id", "family_id", "rotating", "created_at", "expires_at", "revoked_at"),
        exact=("login_id",),
    )

    async def create(
        self,
        tenant_id: str,
        params: RefreshTokenInsert | Mapping[str, Any],
        *,
        import_metadata: ImportMetadata | Mapping[str, Any] | None = None,
    ) -> RefreshToken:
        """Create a token and, in the same transaction, push its login session's expiry out to its own, never back.

        Raises:
            ConflictError: the id is taken.
            ForeignKeyError: the client or the tenant does not exist.
            InvalidValueError: a value cannot be stored.
        """
        return await self._create_and_extend(tenant_id, self._accepted(params), import_metadata)

    async def get_by_lookup(self, tenant_id: str, token_lookup: str) -> RefreshToken | None:
        """The token whose first part is this (its hash still has to be compared), or None."""
        token: RefreshToken | None = await self._get({"tenant_id": tenant_id, "token_lookup": token_lookup})
        return token

    async def update(self, tenant_id: str, id: str, fields: Fields, *, login_session_bump: tuple[str, datetime] | None = None) -> bool:
        """Write exactly the given fields.

        Args:
            tenant_id: the tenant.
            id: the token.
            fields: what to write.
            login_session_bump: a login session's id and the instant that it has to live to at least; written in the
                same transaction, if there is such a token.

        Returns:
            Whether there was such a token.

        Raises:
            InvalidValueError: a value cannot be stored, or a field cannot be updated.
        """
        if login_session_bump is None:
            return await self._update(self._own(tenant_id, id), fields)
        where = self._own(tenant_id, id)
        login_id, until = login_session_bump
        try:
            expires = to_epoch_ms(until)
        except (ValueError, AttributeError):
            raise InvalidValueError(self.table.name, "login_session_bump", "must be an id and an aware instant") from None
        extend = LoginSessions(self.session)._extend(tenant_id, login_id, expires, only_if=(self.table, where))
        values = self._changes(fields, where)
        if not values:
            await self._write(extend)
            return await self._update(where, fields)
        return await self._matched(self._change(where, values), extend)

    async def revoke_by_login_session(self, tenant_id: str, login_session_id: str, revoked_at: datetime) -> int:
        """Revoke the login session's tokens; those already revoked keep their time.

        Returns:
            How many were revoked.
        """
        return await self._revoke({"tenant_id": tenant_id, "login_id": login_session_id}, revoked_at)

    async def revoke_family(self, tenant_id: str, family_id: str, revoked_at: datetime) -> int:
        """Revoke all tokens that descend from one another (RFC 9700, 4.14.2); those already revoked keep their time.

        Returns:
            How many were revoked.
        """
        return await self._revoke({"tenant_id": tenant_id, "family_id": family_id}, revoked_at)

    async def _revoke(self, where: Mapping[str, Any], revoked_at: datetime) -> int:
        values = {"revoked_at_ts": self.table.encode(self.table["revoked_at_ts"], revoked_at)}
        return await self._affected(self._change({**where, "revoked_at_ts null": None}, values))
