"""Flows."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel

from ..crud.adapter import Expected
from ..listing import ListRules
from ..models.flows import Flow, FlowInsert
from ..rows import Unchecked
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
        """Write exactly the given fields.

        Args:
            tenant_id: the tenant.
            id: the row.
            fields: what to write.
            expect: what was seen in plain fields, such as ``{"updated_at": seen}``: nothing is written unless it is still so.

        Returns:
            The flow as it is then, or None where there is none, or not as it was expected to be.

        Raises:
            InvalidQueryError: a field cannot be expected.
            InvalidValueError: a value cannot be stored, or a field is unknown or cannot be updated.
        """
        return await self._updated(self._own(tenant_id, id), fields, expect)
