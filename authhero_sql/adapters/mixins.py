"""What most adapters are made of: rows of a tenant that are created, got, listed, updated and removed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, Generic, Literal, TypeVar, overload

from pydantic import BaseModel

from ..crud.adapter import Adapter, Expected
from ..crud.bulk import Importing, ManyResult, OnConflict, OnInvalid, Progress, Rows
from ..listing import Sort, Totals
from ..models.base import ImportMetadata, Page
from ..rows import Unchecked
from ..schema import Column
from ..where import Alternatives

if TYPE_CHECKING:
    from ..types import ImportMetadataDict

M = TypeVar("M", bound=BaseModel)
I = TypeVar("I", bound=BaseModel)  # noqa: E741  # the insert model
C = TypeVar("C", bound=Mapping[str, Any])
"""The fields of the insert model, a ``TypedDict`` of :mod:`authhero_sql.types`."""
U = TypeVar("U", bound=Mapping[str, Any])
"""The fields that may be updated, likewise."""
W = TypeVar("W")
"""The fields that a list filters by, likewise."""


class Unset(Enum):
    """The type of :data:`UNSET`."""

    UNSET = "unset"

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = Unset.UNSET
"""An argument that was not given, where ``None`` or ``""`` would mean something."""


class TenantAdapter(Adapter[M]):
    """A table whose rows belong to tenants and are known by one id."""

    def _own(self, tenant_id: str, id: str) -> dict[Column, Any]:
        """The conditions for one row."""
        tenant, key = self._key()
        return {tenant: tenant_id, key: id}

    @classmethod
    def _key(cls) -> tuple[Column, Column]:
        """The columns of the tenant and of the id."""
        return cls.table["tenant_id"], cls.table[next(name for name in cls.table.key if name != "tenant_id")]


class ListMixin(TenantAdapter[M], Generic[M, W]):
    """The list that most tables have."""

    async def list(
        self,
        tenant_id: str,
        *,
        page: int | None = None,
        per_page: int | None = None,
        include_totals: Totals = False,
        sort: str | Sort | None = None,
        q: str | None = None,
        where: W | Alternatives[W] | None = None,
        from_: str | None = None,
        take: int | None = None,
    ) -> Page[M]:
        """One page of the tenant's rows.

        Args:
            tenant_id: the tenant.
            page: the page's number, from 0, which is the default. The database reads all rows before it, 1,000,000 at the most:
                deeper pages are read by ``from_`` and ``take``, which cost the same everywhere.
            per_page: rows on a page, 50 by default and 1,000 at the most.
            include_totals: count all rows that match. ``True`` reads them all, which takes the longer the more there are;
                ``"estimate"`` counts to 10,000 and, where there are more, says so by ``total_is_estimate``.
            sort: ``"created_at:desc"``, ``"-created_at"`` or a :class:`Sort`; by default the list's own order.
            q: a filter in Auth0's Lucene subset.
            where: conditions by field, as :mod:`authhero_sql.where` explains; with ``q`` both must match.
            from_: the cursor of the last page, or ``""`` for the first one (checkpoint mode).
            take: rows of a checkpoint page, at most 1,000; asks for checkpoint mode.

        Raises:
            InvalidQueryError: the filter, sort, page or cursor is not valid.
        """
        return await self._lists.page(
            {self.table["tenant_id"]: tenant_id},
            page=page,
            per_page=per_page,
            include_totals=include_totals,
            sort=sort,
            q=q,
            also=where,
            from_=from_,
            take=take,
        )

    async def count(self, tenant_id: str, *, q: str | None = None, where: W | Alternatives[W] | None = None, estimate: bool = False) -> int:
        """Count the tenant's rows that match.

        Args:
            tenant_id: the tenant.
            q: a filter in Auth0's Lucene subset.
            where: conditions by field, as :mod:`authhero_sql.where` explains; with ``q`` both must match.
            estimate: count no further than 10,000, which is what is returned where there are more.

        Raises:
            InvalidQueryError: the filter is not valid.
        """
        return await self._lists.count({self.table["tenant_id"]: tenant_id}, q, where, estimate=estimate)


class IterateMixin(ListMixin[M, W], Generic[M, W]):
    """A list that can be walked by checkpoint."""

    async def iterate(
        self,
        tenant_id: str,
        *,
        q: str | None = None,
        where: W | Alternatives[W] | None = None,
        sort: str | Sort | None = None,
        batch: int = 500,
    ) -> AsyncIterator[M]:
        """All of the tenant's rows that match, read by checkpoint in batches.

        Args:
            tenant_id: the tenant.
            q: a filter in Auth0's Lucene subset.
            where: conditions by field, as :mod:`authhero_sql.where` explains; with ``q`` both must match.
            sort: the walk's order, where the list lets the caller choose.
            batch: rows of one read, 1 to 1,000.

        Raises:
            InvalidQueryError: the filter or sort is not valid.
        """
        async for item in self._lists.iterate(
            lambda cursor: self.list(tenant_id, q=q, where=where, sort=sort, from_=cursor, take=batch), batch
        ):
            yield item


class RowMixin(TenantAdapter[M]):
    """Methods that read or remove one row by its ID."""

    async def get(self, tenant_id: str, id: str) -> M | None:
        """Return the row with this ID, or None."""
        return await self._get(self._own(tenant_id, id))

    async def get_one(self, tenant_id: str, id: str) -> M:
        """Return the row with this ID.

        Raises:
            NotFoundError: No row has this ID.
        """
        return self._required(await self.get(tenant_id, id))

    async def exists(self, tenant_id: str, id: str) -> bool:
        """Return whether a row has this ID."""
        return await self._exists(self._own(tenant_id, id))

    async def remove(self, tenant_id: str, id: str) -> bool:
        """Remove the row and the rows that belong to it by a cascading foreign key.

        Returns:
            Whether there was such a row.
        """
        return await self._remove(self._own(tenant_id, id))


class CreateMixin(Importing[M], RowMixin[M], Generic[M, I, C]):
    """Rows that are created, and read and removed by their ID."""

    async def create(
        self,
        tenant_id: str,
        params: I | C | Unchecked,
        *,
        import_metadata: ImportMetadata | ImportMetadataDict | None = None,
    ) -> M:
        """Create a row.

        Args:
            tenant_id: the tenant.
            params: the insert model, or a mapping with its fields.
            import_metadata: ``id``, ``created_at`` and ``updated_at`` of a row that comes from elsewhere.

        Returns:
            What ``get`` would return, generated fields filled in.

        Raises:
            ConflictError: the id, or something else that is unique, is taken.
            ForeignKeyError: the tenant, or something else that the row refers to, does not exist.
            InvalidValueError: a value cannot be stored.
        """
        return await self._create(tenant_id, params, import_metadata)

    async def create_many(
        self,
        tenant_id: str,
        rows: Rows[I | Mapping[str, Any]],
        *,
        on_conflict: OnConflict = "error",
        on_invalid: OnInvalid = "raise",
        progress: Progress | None = None,
    ) -> ManyResult:
        """Create many rows, read as they come and written 1,000 at a time: what an import of any length takes.

        Each of these chunks is written whole or not at all, and stays when a later one fails; within ``transaction()`` they are part
        of it. In ``batch()`` they are collected with everything else, for which ``on_conflict`` must be ``"error"``.

        Args:
            tenant_id: the tenant.
            rows: an iterable, or an async one, of insert models or mappings with their fields. A mapping may also have ``created_at``,
                ``updated_at`` and the id of a row that comes from elsewhere.
            on_conflict: what becomes of a row whose key, or something else that is unique, is taken, also by a row before it:
                ``"error"`` raises; ``"skip"`` leaves what is stored as it is; ``"update"`` puts the fields that are given over what is
                stored under the same key, but for ``created_at`` and what ``update`` refuses, and raises where something else is taken.
            on_invalid: what becomes of a row that is not valid in itself: ``"raise"`` raises, ``"report"`` passes it over and tells of
                it in the result.
            progress: called after each chunk with the result so far, and awaited where it gives something to await.

        Returns:
            How many rows were created, updated, skipped and refused, and the first 1,000 refused ones.

        Raises:
            ConflictError: a key is taken.
            ForeignKeyError: the tenant, or something else that a row refers to, does not exist.
            InvalidValueError: a value cannot be stored.
            UnsupportedError: a batch is to skip or to update.

            Each of them, and what the database raises, has ``row``, the number of the row that was refused, from 0, where it was one,
            and ``result``: its ``done`` first rows are dealt with.
        """
        return await self._create_many(tenant_id, rows, on_conflict, on_invalid, progress)


class UpdateMixin(TenantAdapter[M], Generic[M, U]):
    """Rows that are updated by their id."""

    @overload
    async def update(
        self, tenant_id: str, id: str, fields: BaseModel | U | Unchecked, *, expect: Expected = None, returning: Literal[False] = False
    ) -> bool: ...
    @overload
    async def update(
        self, tenant_id: str, id: str, fields: BaseModel | U | Unchecked, *, expect: Expected = None, returning: Literal[True]
    ) -> M | None: ...
    async def update(
        self, tenant_id: str, id: str, fields: BaseModel | U | Unchecked, *, expect: Expected = None, returning: bool = False
    ) -> bool | M | None:
        """Write exactly the given fields; ``None`` stores NULL, a nested object is replaced whole.

        What was read may be changed and handed back: what cannot change of it is passed over.

        Args:
            tenant_id: the tenant.
            id: the row.
            fields: what to write.
            expect: what was seen in plain fields, such as ``{"updated_at": seen}``: nothing is written unless it is still so.
            returning: return the row as it is stored afterwards, and not only whether there was one; a second query.

        Returns:
            Whether there was such a row, as it was expected to be; with ``returning`` the row, or None.

        Raises:
            ConflictError: something that is unique is taken.
            InvalidQueryError: a field cannot be expected.
            InvalidValueError: a value cannot be stored, or a field is unknown or cannot be updated.
            UnsupportedError: ``returning`` in a batch.
        """
        return await self._answer(
            returning, lambda: self._write(tenant_id, id, fields, expect=expect), lambda: self._get(self._own(tenant_id, id))
        )

    async def _write(self, tenant_id: str, id: str, fields: BaseModel | U | Unchecked, *, expect: Expected) -> bool:
        return await self._update(self._own(tenant_id, id), fields, expect)


class StandardAdapter(CreateMixin[M, I, C], UpdateMixin[M, U], IterateMixin[M, W], Generic[M, I, C, U, W]):
    """The five methods that a plain adapter has, and ``iterate``."""
