"""Flows."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel

from ..crud.adapter import Expected
from ..models.flows import Flow, FlowInsert
from ..pagination import ListRules
from ..row_mapping import Unchecked
from ..schema import Column
from ..tables import FLOWS
from .mixins import CreateMixin, IterateMixin

if TYPE_CHECKING:
    from ..types import FlowCreate, FlowUpdate, FlowWhere

FLOW = FLOWS.c


class Flows(CreateMixin[Flow, FlowInsert, "FlowCreate"], IterateMixin[Flow, "FlowWhere"]):
    """Flows (Auth0: flows)."""

    table = FLOWS
    model = Flow
    insert: type[BaseModel] | None = FlowInsert
    id_column: ClassVar[Column | None] = FLOW.id
    rules: ClassVar[ListRules] = ListRules(wire="flows", fields=("id", "name"), search=("name",))

    def _new_id(self, now: datetime) -> str:
        return f"af_{self.context.ids.nanoid()}"

    async def update(self, tenant_id: str, id: str, fields: BaseModel | FlowUpdate | Unchecked, *, expect: Expected = None) -> Flow | None:
        """Update only the given fields.

        Args:
            tenant_id: The tenant's ID.
            id: The flow's ID.
            fields: The fields to update, as a model or a mapping.
            expect: Values that the row must still have, such as ``{"updated_at": seen}``. Nothing is written if any of
                them differs. Only plain fields can be compared.

        Returns:
            The updated flow, or None if it does not exist or does not match ``expect``.

        Raises:
            InvalidQueryError: A field of ``expect`` is unknown or cannot be compared.
            InvalidValueError: A value cannot be stored, or a field is unknown or cannot be updated.
            UnsupportedError: The method is called in a batch.
        """
        return await self._updated(self._own(tenant_id, id), fields, expect)
