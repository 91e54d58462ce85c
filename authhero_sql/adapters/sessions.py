"""Sessions and refresh tokens: what keeps a person signed in."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeVar, overload

from pydantic import BaseModel

from ..clock import to_epoch_ms
from ..crud.adapter import Expected
from ..dialects.interface import Call
from ..errors import ConflictError, InvalidValueError
from ..listing import ListRules
from ..models.base import ImportMetadata
from ..models.sessions import RefreshToken, RefreshTokenInsert, RefreshTokenRotation, Session, SessionInsert
from ..rows import Unchecked
from ..schema import Column
from ..statements.conditions import NULL, Subquery, Where, gt, null_or, one_of
from ..tables import REFRESH_TOKENS, SESSIONS
from .login_sessions import LoginSessions
from .mixins import IterateMixin, RowMixin, W

if TYPE_CHECKING:
    from ..types import (
        ImportMetadataDict,
        RefreshTokenCreate,
        RefreshTokenUpdate,
        RefreshTokenWhere,
        SessionCreate,
        SessionUpdate,
        SessionWhere,
    )

TOKEN = REFRESH_TOKENS.c
SESSION = SESSIONS.c

M = TypeVar("M", bound=BaseModel)
EXPIRIES = ("expires_at_ts", "idle_expires_at_ts")


class _Expiring(RowMixin[M], IterateMixin[M, W], Generic[M, W]):
    """A table whose rows keep their login session alive at least as long as themselves."""

    login_column: ClassVar[str]

    async def _create_and_extend(self, tenant_id: str, params: BaseModel, metadata: ImportMetadata | Mapping[str, Any] | None) -> M:
        values = self._new_row(tenant_id, params, metadata)
        calls = [self._sql.insert(values)]
        expires = _latest(values)
        if expires is not None:
            calls.append(LoginSessions(self.context)._extend(tenant_id, values[self.login_column], expires))
        await self._run.write(*calls, apart=True)
        return self._read_values(values)


def _lives(token: RefreshToken, now: datetime) -> bool:
    """Whether a token is neither revoked nor expired."""
    return token.revoked_at is None and all(expiry is None or expiry > now for expiry in (token.expires_at, token.idle_expires_at))


def _latest(values: Mapping[str, Any]) -> int | None:
    """The later of the two expiries, as stored; None where nothing expires."""
    return max((value for name in EXPIRIES if (value := values.get(name)) is not None), default=None)


class Sessions(_Expiring[Session, "SessionWhere"]):
    """Sessions (Auth0: user sessions)."""

    table = SESSIONS
    model = Session
    insert: type[BaseModel] | None = SessionInsert
    id_column: ClassVar[Column | None] = SESSION.id
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
        params: SessionInsert | SessionCreate | Unchecked,
        *,
        import_metadata: ImportMetadata | ImportMetadataDict | None = None,
    ) -> Session:
        """Create a session and, in the same transaction, push its login session's expiry out to its own, never back.

        Raises:
            ConflictError: the id is taken.
            ForeignKeyError: the user does not exist.
            InvalidValueError: a value cannot be stored.
        """
        return await self._create_and_extend(tenant_id, self._accepted(params), import_metadata)

    @overload
    async def update(
        self,
        tenant_id: str,
        id: str,
        fields: BaseModel | SessionUpdate | Unchecked,
        *,
        expect: Expected = None,
        returning: Literal[False] = False,
    ) -> bool: ...
    @overload
    async def update(
        self, tenant_id: str, id: str, fields: BaseModel | SessionUpdate | Unchecked, *, expect: Expected = None, returning: Literal[True]
    ) -> Session | None: ...
    async def update(
        self, tenant_id: str, id: str, fields: BaseModel | SessionUpdate | Unchecked, *, expect: Expected = None, returning: bool = False
    ) -> bool | Session | None:
        """Write exactly the given fields; a new expiry pushes the login session's out too, never back.

        Args:
            tenant_id: the tenant.
            id: the session.
            fields: what to write.
            expect: what was seen in plain fields, such as ``{"updated_at": seen}``: nothing is written unless it is still so.
            returning: return the row as it is stored afterwards, and not only whether there was one; a second query.

        Returns:
            Whether there was such a session, as it was expected to be; with ``returning`` the row, or None.

        Raises:
            InvalidQueryError: a field cannot be expected.
            InvalidValueError: a value cannot be stored, or a field cannot be updated.
            UnsupportedError: ``returning`` in a batch.
        """
        return await self._answer(returning, lambda: self._write(tenant_id, id, fields, expect=expect), lambda: self.get(tenant_id, id))

    async def _write(self, tenant_id: str, id: str, fields: BaseModel | SessionUpdate | Unchecked, *, expect: Expected) -> bool:
        where = self._own(tenant_id, id)
        expected = self._expected(expect)
        seen = {**where, **expected}
        values = self._later(self._changes(fields, where), seen)
        beside = []
        expires = _latest(values)
        if expires is not None:
            login_id = Subquery(self.table, self.table[self.login_column], seen)
            beside.append(LoginSessions(self.context)._extend(tenant_id, login_id, expires))
        return await self._update_with(where, expected, self._sql.update(seen, values), beside)


class RefreshTokens(_Expiring[RefreshToken, "RefreshTokenWhere"]):
    """Refresh tokens. ``None`` for an expiry means that the token does not expire that way."""

    table = REFRESH_TOKENS
    model = RefreshToken
    insert: type[BaseModel] | None = RefreshTokenInsert
    id_column: ClassVar[Column | None] = TOKEN.id
    login_column = "login_id"
    rules: ClassVar[ListRules] = ListRules(
        wire="refresh_tokens",
        fields=("id", "user_id", "client_id", "login_id", "family_id", "rotating", "created_at", "expires_at", "revoked_at"),
        exact=("login_id",),
    )

    async def create(
        self,
        tenant_id: str,
        params: RefreshTokenInsert | RefreshTokenCreate | Unchecked,
        *,
        import_metadata: ImportMetadata | ImportMetadataDict | None = None,
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
        token: RefreshToken | None = await self._get({TOKEN.tenant_id: tenant_id, TOKEN.token_lookup: token_lookup})
        return token

    @overload
    async def update(
        self,
        tenant_id: str,
        id: str,
        fields: BaseModel | RefreshTokenUpdate | Unchecked,
        *,
        expect: Expected = None,
        login_session_bump: tuple[str, datetime] | None = None,
        returning: Literal[False] = False,
    ) -> bool: ...
    @overload
    async def update(
        self,
        tenant_id: str,
        id: str,
        fields: BaseModel | RefreshTokenUpdate | Unchecked,
        *,
        expect: Expected = None,
        login_session_bump: tuple[str, datetime] | None = None,
        returning: Literal[True],
    ) -> RefreshToken | None: ...
    async def update(
        self,
        tenant_id: str,
        id: str,
        fields: BaseModel | RefreshTokenUpdate | Unchecked,
        *,
        expect: Expected = None,
        login_session_bump: tuple[str, datetime] | None = None,
        returning: bool = False,
    ) -> bool | RefreshToken | None:
        """Write exactly the given fields.

        Args:
            tenant_id: the tenant.
            id: the token.
            fields: what to write.
            expect: what was seen in plain fields, such as ``{"rotated_at": None}``: nothing is written unless it is still so.
            login_session_bump: a login session's id and the instant that it has to live to at least; written in the
                same transaction, if there is such a token.
            returning: return the row as it is stored afterwards, and not only whether there was one; a second query.

        Returns:
            Whether there was such a token, as it was expected to be; with ``returning`` the row, or None.

        Raises:
            InvalidQueryError: a field cannot be expected.
            InvalidValueError: a value cannot be stored, or a field cannot be updated.
            UnsupportedError: ``returning`` in a batch.
        """
        return await self._answer(
            returning,
            lambda: self._write(tenant_id, id, fields, expect=expect, login_session_bump=login_session_bump),
            lambda: self.get(tenant_id, id),
        )

    async def _write(
        self,
        tenant_id: str,
        id: str,
        fields: BaseModel | RefreshTokenUpdate | Unchecked,
        *,
        expect: Expected,
        login_session_bump: tuple[str, datetime] | None,
    ) -> bool:
        where = self._own(tenant_id, id)
        if login_session_bump is None:
            return await self._update(where, fields, expect)
        expected = self._expected(expect)
        seen = {**where, **expected}
        try:
            login_id, until = login_session_bump
            expires = to_epoch_ms(until)
        except (TypeError, ValueError, AttributeError):
            raise InvalidValueError(self.table.name, "login_session_bump", "must be an id and an aware instant") from None
        extend = LoginSessions(self.context)._extend(tenant_id, login_id, expires, only_if=(self.table, seen))
        values = self._changes(fields, where)
        if not values:
            await self._run.write(extend)
            return await self._update(where, fields, expect)
        return await self._update_with(where, expected, self._sql.update(seen, values), [extend])

    async def rotate(
        self, tenant_id: str, id: str, successor: RefreshTokenInsert | RefreshTokenCreate | Unchecked, *, leeway: timedelta = timedelta(0)
    ) -> RefreshTokenRotation:
        """Exchange a token for its successor, once; a second use of it revokes its whole family (RFC 9700, 4.14.2).

        The successor is stored, and the token marked as used, in one transaction (one batch on D1): of any number of calls
        at once one is ``rotated``. Like any new token, the successor pushes its login session's expiry out. It joins the
        token's family, whatever ``family_id`` it was given.

        A reuse is an answer and no exception, so that the revocation is kept: an exception that leaves a transaction would
        undo it.

        Args:
            tenant_id: the tenant.
            id: the token that came in; its hash has been compared.
            successor: the token to be stored in its place, with an id of its own.
            leeway: for how long after the exchange the token may come again, as it does when an answer is lost or two
                tabs ask at once (Auth0: ``leeway``). It then gets the successor that was stored the first time. Of that
                one only the hash is kept: a caller that grants a leeway has to derive its value anew.

        Returns:
            What became of the token, by ``outcome``:

            - ``"rotated"``: ``token`` is the successor, now stored.
            - ``"repeated"``: the leeway still runs; ``token`` is the successor that an earlier call stored.
            - ``"reused"``: the token had been used. It, and all that descend from the same first token, are revoked.
            - ``"invalid"``: there is no such token, or it, or what came of it within the leeway, is expired or revoked.

        Raises:
            ConflictError: the successor's id is taken; nothing was written.
            ForeignKeyError: the successor's client does not exist.
            InvalidValueError: a value cannot be stored, or the leeway is no timedelta or negative.
            UnsupportedError: in a batch.
        """
        self._run.refuse_batch()
        if not isinstance(leeway, timedelta):
            raise InvalidValueError(self.table.name, "leeway", "must be a timedelta")
        if leeway < timedelta(0):
            raise InvalidValueError(self.table.name, "leeway", "must not be negative")
        given: Any = self._writer.accept(successor)
        if given.id == id:
            raise InvalidValueError(self.table.name, "id", "the successor needs an id of its own")
        now = self.context.now()
        lock = False
        while True:
            found = await self._by_id({TOKEN.tenant_id: tenant_id, TOKEN.id: one_of([id, given.id])}, lock=lock)
            old = found.get(id)
            if old is None:
                return RefreshTokenRotation(outcome="invalid")
            if old.rotated_at is not None:
                return await self._again(tenant_id, old, now, leeway)
            if not _lives(old, now):
                return RefreshTokenRotation(outcome="invalid")
            if given.id in found:
                raise ConflictError().on(("id",)).at(self.table.name)
            values = self._new_row(tenant_id, given, None, family_id=old.family_id or old.id)
            if (await self._run.counts(self._exchange(tenant_id, id, values, now)))[0]:
                return RefreshTokenRotation(outcome="rotated", token=self._read_values(values))
            # Somebody else was first. Without a lock, a transaction might read again what it has read before.
            lock = self._run.locks

    def _exchange(self, tenant_id: str, id: str, values: Mapping[str, Any], now: datetime) -> builtins.list[Call]:
        """The statements that mark a token as used, if it still can be, and store the successor if that was done by this call."""
        own = self._own(tenant_id, id)
        unused = {
            **own,
            TOKEN.rotated_at_ts: NULL,
            TOKEN.revoked_at_ts: NULL,
            **{self.table[expiry]: null_or(gt(now)) for expiry in EXPIRIES},
        }
        at = to_epoch_ms(now)
        marks = {"rotated_to": values["id"], "rotated_at_ts": at, "last_exchanged_at_ts": at, "family_id": values["family_id"]}
        # Whoever was given the same successor's id, in the same millisecond, finds it stored.
        calls = [
            self._sql.update(unused, marks),
            self._sql.insert_if_exists(self.table, values, {**own, TOKEN.rotated_to: values["id"], TOKEN.rotated_at_ts: now}, upsert=()),
        ]
        expires = _latest(values)
        if expires is not None:
            stored = (self.table, self._own(tenant_id, values["id"]))
            calls.append(LoginSessions(self.context)._extend(tenant_id, values[self.login_column], expires, only_if=stored))
        return calls

    async def _again(self, tenant_id: str, old: RefreshToken, now: datetime, leeway: timedelta) -> RefreshTokenRotation:
        """What becomes of a token that has been exchanged before."""
        if old.rotated_at is not None and leeway and now - old.rotated_at <= leeway:
            found = await self._by_id(self._own(tenant_id, old.rotated_to or ""), lock=self._run.locks)
            successor = found.get(old.rotated_to or "")
            if successor is None or not _lives(successor, now):
                return RefreshTokenRotation(outcome="invalid")
            return RefreshTokenRotation(outcome="repeated", token=successor)
        await self._revoke({TOKEN.tenant_id: tenant_id, TOKEN.family_id: old.family_id or old.id}, now)
        if old.family_id is None:
            await self._revoke(self._own(tenant_id, old.id), now)
        return RefreshTokenRotation(outcome="reused")

    async def _by_id(self, where: Where, *, lock: bool) -> dict[str, RefreshToken]:
        rows = await self._run.fetch(self._sql.select(self._reader, where, lock=lock))
        return {token.id: token for token in map(self._reader.read, rows)}

    async def revoke_by_login_session(self, tenant_id: str, login_session_id: str, revoked_at: datetime) -> int:
        """Revoke the login session's tokens; those already revoked keep their time.

        Returns:
            How many were revoked.
        """
        return await self._revoke({TOKEN.tenant_id: tenant_id, TOKEN.login_id: login_session_id}, revoked_at)

    async def revoke_family(self, tenant_id: str, family_id: str, revoked_at: datetime) -> int:
        """Revoke all tokens that descend from one another (RFC 9700, 4.14.2); those already revoked keep their time.

        Returns:
            How many were revoked.
        """
        return await self._revoke({TOKEN.tenant_id: tenant_id, TOKEN.family_id: family_id}, revoked_at)

    async def _revoke(self, where: Where, revoked_at: datetime) -> int:
        values = {"revoked_at_ts": self.table.encode(self.table["revoked_at_ts"], revoked_at)}
        total = 0
        while True:
            revoked = await self._run.affected(self._sql.update({**where, TOKEN.revoked_at_ts: NULL}, values))
            total += revoked
            # Where writers do not take turns, a statement does not see the successors that are being stored while it waits.
            if not revoked or not self.context.dialect.features.row_locks:
                return total
