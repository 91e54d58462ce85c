"""The base classes of most adapters: rows of a tenant that can be created, read, listed, updated and removed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, Generic, Literal, TypeVar, overload

from pydantic import BaseModel

from ..crud.adapter import Adapter, Expected
from ..crud.bulk import BulkAdapter, ManyResult, OnConflict, OnInvalid, Progress, Rows
from ..models.base import ImportMetadata, Page
from ..pagination import Sort, Totals
from ..row_mapping import Unchecked
from ..schema import Column
from ..where import Alternatives

if TYPE_CHECKING:
    from ..types import ImportMetadataDict

M = TypeVar("M", bound=BaseModel)
I = TypeVar("I", bound=BaseModel)  # noqa: E741  # the insert model
C = TypeVar("C", bound=Mapping[str, Any])
"""The fields of the insert model, as a ``TypedDict`` of :mod:`authhero_sql.types`."""
U = TypeVar("U", bound=Mapping[str, Any])
"""The fields that can be updated, as a ``TypedDict``."""
W = TypeVar("W")
"""The fields that a list can be filtered by, as a ``TypedDict``."""


class Unset(Enum):
    """The type of :data:`UNSET`."""

    UNSET = "unset"

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = Unset.UNSET
"""The default of parameters for which ``None`` and ``""`` are meaningful values."""


class TenantAdapter(Adapter[M]):
    """An adapter over a table whose rows belong to tenants and are identified by a single ID."""

    def _own(self, tenant_id: str, id: str) -> dict[Column, Any]:
        """Return the conditions that select one row."""
        tenant, key = self._key()
        return {tenant: tenant_id, key: id}

    @classmethod
    def _key(cls) -> tuple[Column, Column]:
        """Return the column of the tenant and the column of the ID."""
        return cls.table["tenant_id"], cls.table[next(name for name in cls.table.key if name != "tenant_id")]


class ListMixin(TenantAdapter[M], Generic[M, W]):
    """A list with filters, sorting, totals and pagination."""

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
        """Return a page of the tenant's rows.

        ``page`` and ``per_page`` select a page by its offset. ``from_`` and ``take`` select checkpoint pagination
        (Auth0's term for keyset pagination), whose pages cost the same at any position in the list.

        Args:
            tenant_id: The tenant's ID.
            page: The page number, starting at 0, which is the default. The database reads all rows before the page, at
                most 1,000,000. Use ``from_`` and ``take`` for deeper pages.
            per_page: The maximum number of rows on a page, 50 by default. Values above 1,000 are treated as 1,000.
            include_totals: Whether to count all matching rows. ``True`` reads every matching row, so its cost grows
                with their number. ``"estimate"`` stops counting at 10,000 and sets ``total_is_estimate`` on the page if
                there are more. Checkpoint pagination ignores it.
            sort: ``"created_at:desc"``, ``"-created_at"`` or a :class:`Sort`. Every list has a default order.
                Checkpoint pagination supports only one field, usually ``created_at``.
            q: A filter in Auth0's subset of the Lucene query syntax.
            where: Conditions by field; see :mod:`authhero_sql.where`. If ``q`` is given too, both must match.
            from_: The ``next`` cursor of the previous page, or ``""`` for the first page. Selects checkpoint
                pagination.
            take: The maximum number of rows on a checkpoint page, 50 by default. Values above 1,000 are treated as
                1,000. Selects checkpoint pagination.

        Raises:
            InvalidQueryError: The filter, sort, page or cursor is invalid, or the list does not support checkpoint
                pagination.
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
        """Count the tenant's rows that match the filter.

        Args:
            tenant_id: The tenant's ID.
            q: A filter in Auth0's subset of the Lucene query syntax.
            where: Conditions by field; see :mod:`authhero_sql.where`. If ``q`` is given too, both must match.
            estimate: Stop counting at 10,000 rows.

        Returns:
            The number of matching rows. With ``estimate``, at most 10,000.

        Raises:
            InvalidQueryError: The filter is invalid.
        """
        return await self._lists.count({self.table["tenant_id"]: tenant_id}, q, where, estimate=estimate)


class IterateMixin(ListMixin[M, W], Generic[M, W]):
    """A list that supports checkpoint pagination."""

    async def iterate(
        self,
        tenant_id: str,
        *,
        q: str | None = None,
        where: W | Alternatives[W] | None = None,
        sort: str | Sort | None = None,
        batch: int = 500,
    ) -> AsyncIterator[M]:
        """Yield all of the tenant's rows that match the filter, using checkpoint pagination.

        Args:
            tenant_id: The tenant's ID.
            q: A filter in Auth0's subset of the Lucene query syntax.
            where: Conditions by field; see :mod:`authhero_sql.where`. If ``q`` is given too, both must match.
            sort: The order, if the list supports more than one.
            batch: The number of rows per query, at least 1. Values above 1,000 are treated as 1,000.

        Raises:
            InvalidQueryError: The filter, sort or batch size is invalid.
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
        return self._require_found(await self.get(tenant_id, id))

    async def exists(self, tenant_id: str, id: str) -> bool:
        """Return whether a row has this ID."""
        return await self._exists(self._own(tenant_id, id))

    async def remove(self, tenant_id: str, id: str) -> bool:
        """Remove the row, and the rows that reference it with a cascading foreign key.

        Returns:
            Whether the row existed.
        """
        return await self._remove(self._own(tenant_id, id))


class CreateMixin(BulkAdapter[M], RowMixin[M], Generic[M, I, C]):
    """Rows that can be created, and read and removed by their ID."""

    async def create(
        self,
        tenant_id: str,
        params: I | C | Unchecked,
        *,
        import_metadata: ImportMetadata | ImportMetadataDict | None = None,
    ) -> M:
        """Create a row.

        Args:
            tenant_id: The tenant's ID.
            params: The row, as a model or a mapping of its fields.
            import_metadata: The ``id``, ``created_at`` and ``updated_at`` of a row imported from another system.
                Generated by default.

        Returns:
            The stored row, as ``get`` returns it, including generated fields.

        Raises:
            ConflictError: The ID or another unique value is taken.
            ForeignKeyError: The tenant or another referenced row does not exist.
            InvalidValueError: A value cannot be stored.
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
        """Create many rows, in chunks of up to 1,000.

        The rows are read as they are needed, so an import can have any length. Each chunk is written atomically, and
        stays written if a later chunk fails. With ``on_conflict``, it may be split into parts that are written one after
        the other. Inside ``transaction()``, all chunks are part of the transaction. In
        ``batch()``, the rows are collected with the other writes, and ``on_conflict`` must be ``"error"``.

        Args:
            tenant_id: The tenant's ID.
            rows: An iterable or async iterable of insert models, or of mappings with their fields. A mapping can also
                contain ``created_at``, ``updated_at`` and the ID of a row imported from another system.
            on_conflict: What to do if the key or another unique value of a row is taken, including by an earlier row of
                the same call. ``"error"`` raises. ``"skip"`` leaves the stored row unchanged. ``"update"`` writes the
                given fields to the stored row with the same key, except ``created_at`` and the fields that ``update``
                refuses. It raises if another unique value is taken.
            on_invalid: What to do with a row that fails validation: ``"raise"`` raises, ``"report"`` skips the row and
                reports it in the result.
            progress: A function that is called with the result so far after each chunk. If it returns an awaitable, the
                awaitable is awaited.

        Returns:
            The number of rows that were created, updated, skipped and rejected, and the first 1,000 rejected rows with
            their errors.

        Raises:
            ConflictError: A unique value is taken.
            ForeignKeyError: The tenant or another referenced row does not exist.
            InvalidQueryError: ``on_conflict``, ``on_invalid`` or ``progress`` is invalid.
            InvalidValueError: A value cannot be stored.
            UnsupportedError: ``on_conflict`` is not ``"error"`` in a batch.

            Errors that occur while rows are read or written have two more attributes. ``row`` is the index of the row
            that was rejected, or None. ``result`` is the result so far: the first ``result.done`` rows have been
            processed.
        """
        return await self._create_many(tenant_id, rows, on_conflict, on_invalid, progress)


class UpdateMixin(TenantAdapter[M], Generic[M, U]):
    """Rows that can be updated by their ID."""

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
        """Update only the given fields.

        ``None`` stores NULL. A nested object is replaced as a whole. A model that was read from the database can be
        changed and passed back: fields of it that cannot be updated are ignored.

        Args:
            tenant_id: The tenant's ID.
            id: The row's ID.
            fields: The fields to update, as a model or a mapping.
            expect: Values that the row must still have, such as ``{"updated_at": seen}``. Nothing is written if any of
                them differs. Only plain fields can be compared.
            returning: Return the updated row instead of a bool. This takes a second query.

        Returns:
            Whether the row exists and matches ``expect``. With ``returning``, the updated row, or None.

        Raises:
            ConflictError: A unique value is taken.
            InvalidQueryError: A field of ``expect`` is unknown or cannot be compared.
            InvalidValueError: A value cannot be stored, or a field is unknown or cannot be updated.
            UnsupportedError: ``returning`` is used in a batch.
        """
        return await self._update_result(
            returning, lambda: self._write(tenant_id, id, fields, expect=expect), lambda: self._get(self._own(tenant_id, id))
        )

    async def _write(self, tenant_id: str, id: str, fields: BaseModel | U | Unchecked, *, expect: Expected) -> bool:
        return await self._update(self._own(tenant_id, id), fields, expect)


class StandardAdapter(CreateMixin[M, I, C], UpdateMixin[M, U], IterateMixin[M, W], Generic[M, I, C, U, W]):
    """The base class of adapters with ``create``, ``get``, ``list``, ``iterate``, ``update`` and ``remove``."""
