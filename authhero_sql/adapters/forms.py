"""Forms and flows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from ..listing import ListRules
from ..models.forms import Flow, FlowInsert, Form, FormInsert
from ..tables import FLOWS, FORMS
from ..verbs.adapter import Expected, Fields
from .plain import Created, Listed, Plain

FLOW = FLOWS.c
FORM = FORMS.c

UNREADABLE = "AuthHero reads no stored form of it, and one such form makes its list fail for the whole tenant"
"""Its reader takes the JSON of ``nodes``, ``start`` and ``ending`` apart and wants objects in these columns, where there is text."""


class Forms(Plain[Form, FormInsert]):
    """Forms (Auth0: forms).

    ``messages``, ``languages``, ``translations`` and ``style`` are refused: AuthHero could no longer list the tenant's forms.
    """

    table = FORMS
    model = Form
    insert = FormInsert
    refused: ClassVar[Mapping[str, str]] = dict.fromkeys(("messages", "languages", "translations", "style"), UNREADABLE)
    id_column = FORM.id
    rules: ClassVar[ListRules] = ListRules(wire="forms", fields=("id", "name"), search=("name",))


class Flows(Created[Flow, FlowInsert], Listed[Flow]):
    """Flows (Auth0: flows)."""

    table = FLOWS
    model = Flow
    insert = FlowInsert
    id_column = FLOW.id
    rules: ClassVar[ListRules] = ListRules(wire="flows", fields=("id", "name"), search=("name",))

    def _new_id(self, now: datetime) -> str:
        return f"af_{self.session.ids.nanoid()}"

    async def update(self, tenant_id: str, id: str, fields: Fields, *, expect: Expected = None) -> Flow | None:
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
