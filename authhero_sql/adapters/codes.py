"""Codes: one-time secrets."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Literal, overload

from pydantic import BaseModel

from ..listing import ListRules
from ..models.base import ImportMetadata
from ..models.codes import Code, CodeInsert, CodeWithTenantId
from ..rows import Unchecked
from ..schema import Column
from ..statements.conditions import NULL, Where, lt
from ..tables import CODES
from .mixins import ListMixin

if TYPE_CHECKING:
    from ..types import CodeCreate, CodeWhere, ImportMetadataDict

CODE = CODES.c


class Codes(ListMixin[Code, "CodeWhere"]):
    """Authorization codes, one-time passwords, tickets and OAuth states."""

    table = CODES
    model = Code
    insert: type[BaseModel] | None = CodeInsert
    id_column: ClassVar[Column | None] = CODE.code_id
    rules: ClassVar[ListRules] = ListRules(
        wire="codes",
        fields=("code_id", "code_type", "user_id", "login_id", "connection_id", "created_at", "expires_at", "used_at"),
        exact=("login_id",),
        checkpoint=None,
    )

    def _generated(self, params: BaseModel, created: datetime) -> dict[str, Any]:
        # The same instant twice: the text is AuthHero's, the number has the index that the sweep uses.
        return {"expires_at_ts": getattr(params, "expires_at", None)}

    async def create(
        self,
        tenant_id: str,
        params: CodeInsert | CodeCreate | Unchecked,
        *,
        import_metadata: ImportMetadata | ImportMetadataDict | None = None,
    ) -> Code:
        """Store a code.

        Raises:
            ConflictError: the tenant has a code of this type with this id.
            ForeignKeyError: the tenant or the user does not exist.
            InvalidValueError: a value cannot be stored.
        """
        return await self._create(tenant_id, params, import_metadata)

    @overload
    async def get(self, tenant_id: Literal[""], code_id: str, type: str) -> CodeWithTenantId | None: ...

    @overload
    async def get(self, tenant_id: str, code_id: str, type: str) -> Code | None: ...

    async def get(self, tenant_id: str, code_id: str, type: str) -> Code | None:
        """The code of that type, used and expired ones included, or None.

        With ``tenant_id=""`` the id alone decides and the result, a :class:`CodeWithTenantId`, carries its tenant.
        """
        where: Where = {CODE.code_id: code_id, CODE.code_type: type}
        if tenant_id == "":
            return await self._get_as(self._reader_of(CodeWithTenantId), where)
        return await self._get({CODE.tenant_id: tenant_id, **where})

    async def get_one(self, tenant_id: str, code_id: str, type: str) -> Code:
        """The code of that type, used and expired ones included.

        Raises:
            NotFoundError: there is none.
        """
        return self._required(await self.get(tenant_id, code_id, type))

    async def used(self, tenant_id: str, code_id: str) -> bool:
        """Mark the code as used now, again if it was; whether there was such a code."""
        return await self._run.matched(self._sql.update({CODE.tenant_id: tenant_id, CODE.code_id: code_id}, self._used_now()))

    async def consume(self, tenant_id: str, code_id: str, *, type: str | None = None) -> bool:
        """Mark the code as used now if it is unused: of any number of calls at once exactly one gets ``True``.

        Args:
            tenant_id: the tenant.
            code_id: the code.
            type: only a code of this type. Codes of several types may have the same id; without a type all of them are used.

        Returns:
            Whether there was such a code, and it was unused.
        """
        unused: dict[Column, Any] = {CODE.tenant_id: tenant_id, CODE.code_id: code_id, CODE.used_at: NULL}
        if type is not None:
            unused[CODE.code_type] = type
        return await self._run.matched(self._sql.update(unused, self._used_now()))

    def _used_now(self) -> dict[str, Any]:
        return {"used_at": CODE.used_at.encode(self.context.now())}

    async def remove(self, tenant_id: str, code_id: str) -> bool:
        """Remove the code; whether there was one."""
        return await self._remove({CODE.tenant_id: tenant_id, CODE.code_id: code_id})

    async def cleanup(self, older_than: datetime, *, dry_run: bool = False) -> int:
        """Remove the codes of all tenants that expired before an instant, in bounded batches; how many there were.

        Args:
            older_than: the instant.
            dry_run: count them, and remove none.

        Raises:
            InvalidValueError: the instant is naive.
        """
        removed = await self._sweeps.sweep({}, CODE.expires_at_ts, older_than, dry_run=dry_run)
        # Rows from before the column.
        return removed + await self._sweeps.purge({CODE.expires_at_ts: NULL, CODE.expires_at: lt(older_than)}, dry_run=dry_run)
