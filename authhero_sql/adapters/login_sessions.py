"""Login sessions: one sign-in from /authorize to its end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Literal, overload

from pydantic import BaseModel

from ..clock import from_epoch_ms
from ..crud.adapter import Adapter, Expected
from ..dialects.interface import Call
from ..models.base import ImportMetadata
from ..models.sessions import LoginSession, LoginSessionInsert, LoginSessionWithTenantId
from ..rows import Unchecked
from ..schema import Column, Table
from ..statements.conditions import Subquery, Where, lt
from ..tables import LOGIN_SESSIONS

if TYPE_CHECKING:
    from ..types import ImportMetadataDict, LoginSessionCreate, LoginSessionUpdate

LOGIN_SESSION = LOGIN_SESSIONS.c

LIFETIME = timedelta(hours=24)
"""How long a login session lives when nobody says."""


class LoginSessions(Adapter[LoginSession]):
    """Login sessions; ids are ULIDs."""

    table = LOGIN_SESSIONS
    model = LoginSession
    insert: type[BaseModel] | None = LoginSessionInsert
    virtual: ClassVar[frozenset[str]] = frozenset({"deleted_at"})
    id_column: ClassVar[Column | None] = LOGIN_SESSION.id

    def _new_id(self, now: datetime) -> str:
        return self.context.ids.ulid(now)

    def _generated(self, params: BaseModel, created: datetime) -> dict[str, Any]:
        return {} if getattr(params, "expires_at", None) else {"expires_at_ts": created + LIFETIME}

    async def create(
        self,
        tenant_id: str,
        params: LoginSessionInsert | LoginSessionCreate | Unchecked,
        *,
        import_metadata: ImportMetadata | ImportMetadataDict | None = None,
    ) -> LoginSession:
        """Begin a sign-in; it lives for 24 hours unless ``expires_at`` says otherwise.

        Raises:
            ConflictError: the id is taken.
            ForeignKeyError: the tenant or the session does not exist.
            InvalidValueError: a value cannot be stored.
        """
        return await self._create(tenant_id, params, import_metadata)

    @overload
    async def get(self, tenant_id: Literal[""], id: str) -> LoginSessionWithTenantId | None: ...

    @overload
    async def get(self, tenant_id: str, id: str) -> LoginSession | None: ...

    async def get(self, tenant_id: str, id: str) -> LoginSession | None:
        """The login session, or None.

        With ``tenant_id=""`` the id alone decides and the result, a :class:`LoginSessionWithTenantId`, carries its tenant.
        """
        if tenant_id == "":
            return await self._get_as(self._reader_of(LoginSessionWithTenantId), {LOGIN_SESSION.id: id})
        return await self._get({LOGIN_SESSION.tenant_id: tenant_id, LOGIN_SESSION.id: id})

    async def get_one(self, tenant_id: str, id: str) -> LoginSession:
        """The login session.

        Raises:
            NotFoundError: there is none.
        """
        return self._required(await self.get(tenant_id, id))

    @overload
    async def update(
        self,
        tenant_id: str,
        id: str,
        fields: BaseModel | LoginSessionUpdate | Unchecked,
        *,
        expect: Expected = None,
        returning: Literal[False] = False,
    ) -> bool: ...
    @overload
    async def update(
        self,
        tenant_id: str,
        id: str,
        fields: BaseModel | LoginSessionUpdate | Unchecked,
        *,
        expect: Expected = None,
        returning: Literal[True],
    ) -> LoginSession | None: ...
    async def update(
        self,
        tenant_id: str,
        id: str,
        fields: BaseModel | LoginSessionUpdate | Unchecked,
        *,
        expect: Expected = None,
        returning: bool = False,
    ) -> bool | LoginSession | None:
        """Write exactly the given fields; ``auth_params`` are merged into the stored ones, key by key.

        A key of ``auth_params`` that is set to None is taken out.

        Args:
            tenant_id: the tenant.
            id: the login session.
            fields: what to write.
            expect: what was seen in plain fields, such as ``{"updated_at": seen}``: nothing is written unless it is still so.
            returning: return the row as it is stored afterwards, and not only whether there was one; a second query.

        Returns:
            Whether there was such a login session, as it was expected to be; with ``returning`` the row, or None.

        Raises:
            InvalidQueryError: a field cannot be expected.
            InvalidValueError: a value cannot be stored, or a field cannot be updated.
            UnsupportedError: ``returning`` in a batch.
        """
        return await self._answer(returning, lambda: self._write(tenant_id, id, fields, expect=expect), lambda: self.get(tenant_id, id))

    async def _write(self, tenant_id: str, id: str, fields: BaseModel | LoginSessionUpdate | Unchecked, *, expect: Expected) -> bool:
        where = {LOGIN_SESSION.tenant_id: tenant_id, LOGIN_SESSION.id: id}
        other = self._given(fields, where)
        params = other.pop("auth_params", other.pop("authParams", None))
        if params is None:
            return await self._update(where, fields, expect)
        return await self._merge({**where, **self._expected(expect)}, LOGIN_SESSION.auth_params, params, other)

    async def remove(self, tenant_id: str, id: str) -> bool:
        """Remove the login session; whether there was one."""
        return await self._remove({LOGIN_SESSION.tenant_id: tenant_id, LOGIN_SESSION.id: id})

    def _extend(self, tenant_id: str, id: str | Subquery, expires: int, only_if: tuple[Table[Any], Where] | None = None) -> Call:
        """The statement that pushes an expiry (epoch milliseconds) out, never back; one that never ends stays so."""
        where = {LOGIN_SESSION.tenant_id: tenant_id, LOGIN_SESSION.id: id, LOGIN_SESSION.expires_at_ts: lt(from_epoch_ms(expires))}
        return self._sql.update(where, self._bumped({"expires_at_ts": expires}), only_if=only_if)
