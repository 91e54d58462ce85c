"""What is done to tenants as a whole. Nothing here belongs to a tenant: it is the operator's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Literal, overload

from pydantic import BaseModel

from ..crud.adapter import Adapter, Expected, M
from ..errors import InvalidQueryError, InvalidValueError
from ..listing import ListRules, Total, Totals, Window
from ..models.base import ImportMetadata, Page
from ..models.operations import (
    Rollout,
    RolloutInsert,
    TenantOperation,
    TenantOperationEvent,
    TenantOperationEventInsert,
    TenantOperationInsert,
)
from ..rows import Unchecked
from ..schema import Column, Order
from ..statements.conditions import Where, lt, one_of
from ..tables import ROLLOUTS, TENANT_OPERATION_EVENTS, TENANT_OPERATIONS

if TYPE_CHECKING:
    from ..types import (
        ImportMetadataDict,
        RolloutCreate,
        RolloutUpdate,
        TenantOperationCreate,
        TenantOperationEventCreate,
        TenantOperationUpdate,
    )

ROLLOUT = ROLLOUTS.c
TENANT_OPERATION = TENANT_OPERATIONS.c
TENANT_OPERATION_EVENT = TENANT_OPERATION_EVENTS.c

NEWEST_FIRST = (Order("created_at", descending=True), Order("id", descending=True))


class _Pending(Adapter[M]):
    """What is pending when it begins, and listed newest first."""

    def _generated(self, params: BaseModel, created: datetime) -> dict[str, Any]:
        return {"status": "pending"}

    async def _newest(self, where: Where, page: int, per_page: int, include_totals: Totals) -> Page[M]:
        """One page of the rows that meet the caller's conditions, of which one may be of the wrong type."""
        try:
            return await self._lists.by_offset(where, NEWEST_FIRST, page, per_page, include_totals)
        except InvalidValueError as error:
            raise InvalidQueryError(f"{error.field}: {error.reason}") from error


class TenantOperations(_Pending[TenantOperation]):
    """Long operations on tenants: provisioning, upgrades, backups."""

    table = TENANT_OPERATIONS
    model = TenantOperation
    insert: type[BaseModel] | None = TenantOperationInsert
    id_column: ClassVar[Column | None] = TENANT_OPERATION.id
    rules: ClassVar[ListRules] = ListRules(wire="operations", checkpoint=None)

    def _new_id(self, now: datetime) -> str:
        return f"op_{self.context.ids.nanoid()}"

    async def create(
        self,
        params: TenantOperationInsert | TenantOperationCreate | Unchecked,
        *,
        import_metadata: ImportMetadata | ImportMetadataDict | None = None,
    ) -> TenantOperation:
        """Begin an operation; it is pending.

        Raises:
            ConflictError: the imported id is taken.
            InvalidValueError: a value cannot be stored.
        """
        return await self._create(None, params, import_metadata)

    async def get(self, id: str) -> TenantOperation | None:
        """The operation, or None."""
        operation: TenantOperation | None = await self._get({TENANT_OPERATION.id: id})
        return operation

    async def get_one(self, id: str) -> TenantOperation:
        """The operation.

        Raises:
            NotFoundError: there is none.
        """
        return self._required(await self.get(id))

    async def list(
        self,
        *,
        tenant_id: str | None = None,
        rollout_id: str | None = None,
        kind: str | None = None,
        status: str | Sequence[str] | None = None,
        engine: str | None = None,
        updated_before: datetime | None = None,
        page: int = 0,
        per_page: int = 50,
        include_totals: Totals = False,
    ) -> Page[TenantOperation]:
        """One page of the operations that meet all of the conditions, newest first.

        Args:
            tenant_id: about this tenant.
            rollout_id: of this rollout.
            kind: of this kind.
            status: in this status, or in one of these; none of an empty list.
            engine: run by this engine.
            updated_before: not touched since.
            page: the page's number, from 0. The database reads all rows before it, 1,000,000 at the most.
            per_page: operations on a page, at most 1,000.
            include_totals: count all that match. ``True`` reads them all, which takes the longer the more there are;
                ``"estimate"`` counts to 10,000 and, where there are more, says so by ``total_is_estimate``.

        Raises:
            InvalidQueryError: the page is not valid, or a condition is of the wrong type.
        """
        equal = {
            TENANT_OPERATION.tenant_id: tenant_id,
            TENANT_OPERATION.rollout_id: rollout_id,
            TENANT_OPERATION.kind: kind,
            TENANT_OPERATION.engine: engine,
            TENANT_OPERATION.updated_at: None if updated_before is None else lt(updated_before),
        }
        where: dict[Column, Any] = {column: value for column, value in equal.items() if value is not None}
        if status is not None:
            try:
                statuses = [status] if isinstance(status, str) else list(status)
            except TypeError as error:
                raise InvalidQueryError("status: must be a string, or several") from error
            if not statuses:
                return self._lists.paged([], Window.of(page, per_page), Total(0 if include_totals else None))
            where[TENANT_OPERATION.status] = one_of(statuses)
        return await self._newest(where, page, per_page, include_totals)

    @overload
    async def update(
        self, id: str, fields: BaseModel | TenantOperationUpdate | Unchecked, *, expect: Expected = None, returning: Literal[False] = False
    ) -> bool: ...
    @overload
    async def update(
        self, id: str, fields: BaseModel | TenantOperationUpdate | Unchecked, *, expect: Expected = None, returning: Literal[True]
    ) -> TenantOperation | None: ...
    async def update(
        self, id: str, fields: BaseModel | TenantOperationUpdate | Unchecked, *, expect: Expected = None, returning: bool = False
    ) -> bool | TenantOperation | None:
        """Write exactly the given fields; whether there was such an operation, as it was expected to be.

        Args:
            id: which one.
            fields: what to write.
            expect: what was seen in plain fields, such as ``{"updated_at": seen}``: nothing is written unless it is still so.
            returning: return the row as it is stored afterwards, and not only whether there was one; a second query.

        Raises:
            InvalidQueryError: a field cannot be expected.
            InvalidValueError: a value cannot be stored, or a field is unknown or cannot be updated.
            UnsupportedError: ``returning`` in a batch.
        """
        return await self._answer(returning, lambda: self._write(id, fields, expect=expect), lambda: self.get(id))

    async def _write(self, id: str, fields: BaseModel | TenantOperationUpdate | Unchecked, *, expect: Expected) -> bool:
        return await self._update({TENANT_OPERATION.id: id}, fields, expect)

    async def remove(self, id: str) -> bool:
        """Remove the operation and its events; whether there was one."""
        return await self._remove({TENANT_OPERATION.id: id})


class TenantOperationEvents(Adapter[TenantOperationEvent]):
    """What happened in each operation; events are added and never changed. Their ids sort as they were added."""

    table = TENANT_OPERATION_EVENTS
    model = TenantOperationEvent
    insert: type[BaseModel] | None = TenantOperationEventInsert
    id_column: ClassVar[Column | None] = TENANT_OPERATION_EVENT.id
    rules: ClassVar[ListRules] = ListRules(wire="events", checkpoint=None)

    def _new_id(self, now: datetime) -> str:
        return f"evt_{self.context.ids.ordered(now)}"

    async def create(
        self,
        params: TenantOperationEventInsert | TenantOperationEventCreate | Unchecked,
        *,
        import_metadata: ImportMetadata | ImportMetadataDict | None = None,
    ) -> TenantOperationEvent:
        """Add an event.

        Raises:
            ForeignKeyError: the operation does not exist.
            InvalidValueError: a value cannot be stored.
        """
        return await self._create(None, params, import_metadata)

    async def list_by_operation(
        self, operation_id: str, *, page: int = 0, per_page: int = 100, include_totals: Totals = False
    ) -> Page[TenantOperationEvent]:
        """One page of an operation's events, in the order in which they were added.

        Args:
            operation_id: the operation.
            page: the page's number, from 0. The database reads all rows before it, 1,000,000 at the most.
            per_page: events on a page, at most 1,000.
            include_totals: count all of them. ``True`` reads them all, which takes the longer the more there are;
                ``"estimate"`` counts to 10,000 and, where there are more, says so by ``total_is_estimate``.

        Raises:
            InvalidQueryError: the page is not valid.
        """
        where = {TENANT_OPERATION_EVENT.operation_id: operation_id}
        # By the id alone: a clock may go back, the ids never do.
        return await self._lists.by_offset(where, (TENANT_OPERATION_EVENT.id.asc,), page, per_page, include_totals)


class Rollouts(_Pending[Rollout]):
    """Operations over many tenants, in waves."""

    table = ROLLOUTS
    model = Rollout
    insert: type[BaseModel] | None = RolloutInsert
    id_column: ClassVar[Column | None] = ROLLOUT.id
    rules: ClassVar[ListRules] = ListRules(wire="rollouts", checkpoint=None)

    def _new_id(self, now: datetime) -> str:
        return f"rol_{self.context.ids.nanoid()}"

    async def create(
        self,
        params: RolloutInsert | RolloutCreate | Unchecked,
        *,
        import_metadata: ImportMetadata | ImportMetadataDict | None = None,
    ) -> Rollout:
        """Begin a rollout; it is pending.

        Raises:
            ConflictError: the imported id is taken.
            InvalidValueError: a value cannot be stored.
        """
        return await self._create(None, params, import_metadata)

    async def get(self, id: str) -> Rollout | None:
        """The rollout, or None."""
        rollout: Rollout | None = await self._get({ROLLOUT.id: id})
        return rollout

    async def get_one(self, id: str) -> Rollout:
        """The rollout.

        Raises:
            NotFoundError: there is none.
        """
        return self._required(await self.get(id))

    async def list(
        self, *, kind: str | None = None, status: str | None = None, page: int = 0, per_page: int = 50, include_totals: Totals = False
    ) -> Page[Rollout]:
        """One page of the rollouts, newest first.

        Args:
            kind: of this kind.
            status: in this status.
            page: the page's number, from 0. The database reads all rows before it, 1,000,000 at the most.
            per_page: rollouts on a page, at most 1,000.
            include_totals: count all that match. ``True`` reads them all, which takes the longer the more there are;
                ``"estimate"`` counts to 10,000 and, where there are more, says so by ``total_is_estimate``.

        Raises:
            InvalidQueryError: the page is not valid, or a condition is of the wrong type.
        """
        where = {column: value for column, value in ((ROLLOUT.kind, kind), (ROLLOUT.status, status)) if value is not None}
        return await self._newest(where, page, per_page, include_totals)

    @overload
    async def update(
        self, id: str, fields: BaseModel | RolloutUpdate | Unchecked, *, expect: Expected = None, returning: Literal[False] = False
    ) -> bool: ...
    @overload
    async def update(
        self, id: str, fields: BaseModel | RolloutUpdate | Unchecked, *, expect: Expected = None, returning: Literal[True]
    ) -> Rollout | None: ...
    async def update(
        self, id: str, fields: BaseModel | RolloutUpdate | Unchecked, *, expect: Expected = None, returning: bool = False
    ) -> bool | Rollout | None:
        """Write exactly the given fields; whether there was such a rollout, as it was expected to be.

        Args:
            id: which one.
            fields: what to write.
            expect: what was seen in plain fields, such as ``{"updated_at": seen}``: nothing is written unless it is still so.
            returning: return the row as it is stored afterwards, and not only whether there was one; a second query.

        Raises:
            InvalidQueryError: a field cannot be expected.
            InvalidValueError: a value cannot be stored, or a field is unknown or cannot be updated.
            UnsupportedError: ``returning`` in a batch.
        """
        return await self._answer(returning, lambda: self._write(id, fields, expect=expect), lambda: self.get(id))

    async def _write(self, id: str, fields: BaseModel | RolloutUpdate | Unchecked, *, expect: Expected) -> bool:
        return await self._update({ROLLOUT.id: id}, fields, expect)

    async def remove(self, id: str) -> bool:
        """Remove the rollout; its operations stay. Whether there was one."""
        return await self._remove({ROLLOUT.id: id})
