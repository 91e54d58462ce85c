"""Tenants: the top of everything."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, ClassVar, Literal, overload

from pydantic import BaseModel

from ..crud.adapter import Adapter, Expected
from ..listing import ListRules, Sort, Totals
from ..models.base import ImportMetadata, Page
from ..models.tenants import Tenant, TenantInsert
from ..rows import Unchecked
from ..schema import Column
from ..tables import TENANTS
from ..where import Alternatives

if TYPE_CHECKING:
    from ..types import ImportMetadataDict, TenantCreate, TenantUpdate, TenantWhere

TENANT = TENANTS.c


class Tenants(Adapter[Tenant]):
    """Tenants (Auth0: tenant settings). Not tenant-scoped: the id is the tenant."""

    table = TENANTS
    model = Tenant
    insert: type[BaseModel] | None = TenantInsert
    id_column: ClassVar[Column | None] = TENANT.id
    rules: ClassVar[ListRules] = ListRules(
        wire="tenants",
        fields=("id", "friendly_name", "deployment_type", "provisioning_state", "created_at"),
        search=("id", "friendly_name"),
    )

    async def create(
        self,
        params: TenantInsert | TenantCreate | Unchecked,
        *,
        import_metadata: ImportMetadata | ImportMetadataDict | None = None,
    ) -> Tenant:
        """Create a tenant; its id is generated where none is given.

        Raises:
            ConflictError: a tenant with this id exists.
            InvalidValueError: a value cannot be stored.
        """
        return await self._create(None, params, import_metadata)

    async def get(self, id: str) -> Tenant | None:
        """The tenant, or None."""
        tenant: Tenant | None = await self._get({TENANT.id: id})
        return tenant

    async def get_one(self, id: str) -> Tenant:
        """The tenant.

        Raises:
            NotFoundError: there is none.
        """
        return self._required(await self.get(id))

    async def exists(self, id: str) -> bool:
        """Whether there is a tenant with this id."""
        return await self._exists({TENANT.id: id})

    async def list(
        self,
        *,
        page: int | None = None,
        per_page: int | None = None,
        include_totals: Totals = False,
        sort: str | Sort | None = None,
        q: str | None = None,
        where: TenantWhere | Alternatives[TenantWhere] | None = None,
        from_: str | None = None,
        take: int | None = None,
    ) -> Page[Tenant]:
        """One page of all tenants; the arguments are those of every list.

        Raises:
            InvalidQueryError: the filter, sort, page or cursor is not valid.
        """
        return await self._lists.page(
            {}, page=page, per_page=per_page, include_totals=include_totals, sort=sort, q=q, also=where, from_=from_, take=take
        )

    async def count(
        self, *, q: str | None = None, where: TenantWhere | Alternatives[TenantWhere] | None = None, estimate: bool = False
    ) -> int:
        """Count all tenants that match; ``estimate`` counts no further than 10,000.

        Raises:
            InvalidQueryError: the filter is not valid.
        """
        return await self._lists.count({}, q, where, estimate=estimate)

    async def iterate(
        self,
        *,
        q: str | None = None,
        where: TenantWhere | Alternatives[TenantWhere] | None = None,
        sort: str | Sort | None = None,
        batch: int = 500,
    ) -> AsyncIterator[Tenant]:
        """All tenants that match, read by checkpoint ``batch`` at a time.

        Raises:
            InvalidQueryError: the filter or sort is not valid.
        """
        async for tenant in self._lists.iterate(lambda cursor: self.list(q=q, where=where, sort=sort, from_=cursor, take=batch), batch):
            yield tenant

    @overload
    async def update(
        self, id: str, fields: BaseModel | TenantUpdate | Unchecked, *, expect: Expected = None, returning: Literal[False] = False
    ) -> bool: ...
    @overload
    async def update(
        self, id: str, fields: BaseModel | TenantUpdate | Unchecked, *, expect: Expected = None, returning: Literal[True]
    ) -> Tenant | None: ...
    async def update(
        self, id: str, fields: BaseModel | TenantUpdate | Unchecked, *, expect: Expected = None, returning: bool = False
    ) -> bool | Tenant | None:
        """Write exactly the given fields; whether there was such a tenant, as it was expected to be.

        Args:
            id: the tenant.
            fields: what to write.
            expect: what was seen in plain fields, such as ``{"updated_at": seen}``: nothing is written unless it is still so.
            returning: return the row as it is stored afterwards, and not only whether there was one; a second query.

        Raises:
            InvalidQueryError: a field cannot be expected.
            InvalidValueError: a value cannot be stored, or a field cannot be updated.
            UnsupportedError: ``returning`` in a batch.
        """
        return await self._answer(returning, lambda: self._write(id, fields, expect=expect), lambda: self.get(id))

    async def _write(self, id: str, fields: BaseModel | TenantUpdate | Unchecked, *, expect: Expected) -> bool:
        return await self._update({TENANT.id: id}, fields, expect)

    async def remove(self, id: str) -> bool:
        """Remove the tenant and, by the references between the tables, what belongs to it; whether there was one."""
        return await self._remove({TENANT.id: id})
