"""Actions, their versions and executions, and hooks."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel

from ..crud.adapter import Adapter, Expected
from ..errors import ConflictError
from ..listing import ListRules, Sort, Totals
from ..models.actions import (
    HOOK_TARGETS,
    Action,
    ActionExecution,
    ActionExecutionInsert,
    ActionInsert,
    ActionVersion,
    ActionVersionInsert,
    Hook,
    HookCode,
    HookCodeInsert,
    HookInsert,
)
from ..models.base import ImportMetadata, Page
from ..rows import Unchecked
from ..schema import Column
from ..statements.conditions import other_than
from ..tables import ACTION_EXECUTIONS, ACTION_VERSIONS, ACTIONS, HOOK_CODE, HOOKS
from .mixins import CreateMixin, ListMixin, StandardAdapter, UpdateMixin

if TYPE_CHECKING:
    from ..types import (
        ActionCreate,
        ActionExecutionCreate,
        ActionUpdate,
        ActionVersionCreate,
        ActionWhere,
        HookCodeCreate,
        HookCodeUpdate,
        HookCreate,
        HookUpdate,
        HookWhere,
        ImportMetadataDict,
    )

ACTION = ACTIONS.c
ACTION_EXECUTION = ACTION_EXECUTIONS.c
ACTION_VERSION = ACTION_VERSIONS.c
HOOK = HOOKS.c

LEADS = ("trigger_id", "permission_required", *HOOK_TARGETS)
"""The fields of a hook that must fit together."""


class Actions(StandardAdapter[Action, ActionInsert, "ActionCreate", "ActionUpdate", "ActionWhere"]):
    """Actions (Auth0: actions): code that runs at a trigger."""

    table = ACTIONS
    model = Action
    insert: type[BaseModel] | None = ActionInsert
    id_column: ClassVar[Column | None] = ACTION.id
    rules: ClassVar[ListRules] = ListRules(wire="actions", fields=("id", "name", "is_system"), search=("name",))

    def _new_id(self, now: datetime) -> str:
        return self.context.ids.prefixed("act_")


class ActionVersions(Adapter[ActionVersion]):
    """The versions of each action (Auth0: action versions), numbered from 1; at most one of them is deployed."""

    table = ACTION_VERSIONS
    model = ActionVersion
    insert: type[BaseModel] | None = ActionVersionInsert
    id_column: ClassVar[Column | None] = ACTION_VERSION.id
    rules: ClassVar[ListRules] = ListRules(wire="versions", checkpoint=None)

    def _new_id(self, now: datetime) -> str:
        return self.context.ids.prefixed("ver_")

    async def create(
        self,
        tenant_id: str,
        params: ActionVersionInsert | ActionVersionCreate | Unchecked,
        *,
        import_metadata: ImportMetadata | ImportMetadataDict | None = None,
    ) -> ActionVersion:
        """Store the action's next version; a deployed one takes the place of the one before, in the same transaction.

        Two at once get two numbers, and one of them is deployed in the end.

        Returns:
            What ``get`` would return.

        Raises:
            ConflictError: the id is taken.
            ForeignKeyError: the action is another tenant's.
            InvalidValueError: a value cannot be stored.
        """
        self._run.refuse_batch()
        version = self._accepted(params)
        values = self._new_row(tenant_id, version, import_metadata, number=0)
        own = {ACTION_VERSION.tenant_id: tenant_id, ACTION_VERSION.action_id: values["action_id"]}
        await self._refuse_anothers(ACTIONS, tenant_id, "action_id", values["action_id"])
        calls = [
            *self._sql.lock(ACTIONS, {ACTION.tenant_id: tenant_id, ACTION.id: values["action_id"]}),
            self._sql.insert_next("number", values, own),
        ]
        if values["deployed"]:
            # After the insert, so that of two at once the second one sees, and undeploys, the first.
            calls.append(
                self._sql.update(
                    {**own, ACTION_VERSION.deployed: True, ACTION_VERSION.id: other_than(values["id"])}, self._bumped({"deployed": 0})
                )
            )
        while True:
            try:
                await self._run.attempt(*calls)
            except ConflictError as error:
                # Somebody else has taken the number meanwhile: the next one will be free.
                if "number" not in error.fields:
                    raise
            else:
                return await self._stored({ACTION_VERSION.tenant_id: tenant_id, ACTION_VERSION.id: values["id"]})

    async def get(self, tenant_id: str, action_id: str, id: str) -> ActionVersion | None:
        """The version of the action, or None."""
        version: ActionVersion | None = await self._get(
            {ACTION_VERSION.tenant_id: tenant_id, ACTION_VERSION.action_id: action_id, ACTION_VERSION.id: id}
        )
        return version

    async def get_one(self, tenant_id: str, action_id: str, id: str) -> ActionVersion:
        """The version of the action.

        Raises:
            NotFoundError: there is none.
        """
        return self._required(await self.get(tenant_id, action_id, id))

    async def list(
        self, tenant_id: str, action_id: str, *, page: int = 0, per_page: int = 50, include_totals: Totals = False
    ) -> Page[ActionVersion]:
        """One page of the action's versions, newest first.

        Args:
            tenant_id: the tenant.
            action_id: the action.
            page: the page's number, from 0. The database reads all rows before it, 1,000,000 at the most.
            per_page: versions on a page, at most 1,000.
            include_totals: count all of them. ``True`` reads them all, which takes the longer the more there are;
                ``"estimate"`` counts to 10,000 and, where there are more, says so by ``total_is_estimate``.

        Raises:
            InvalidQueryError: the page is not valid.
        """
        where = {ACTION_VERSION.tenant_id: tenant_id, ACTION_VERSION.action_id: action_id}
        return await self._lists.by_offset(where, self._lists.order(Sort("number", "desc")), page, per_page, include_totals)

    async def remove_for_action(self, tenant_id: str, action_id: str) -> int:
        """Remove all versions of the action; how many there were."""
        return await self._run.affected(self._sql.delete({ACTION_VERSION.tenant_id: tenant_id, ACTION_VERSION.action_id: action_id}))


class ActionExecutions(Adapter[ActionExecution]):
    """What running the actions of a trigger led to (Auth0: action executions)."""

    table = ACTION_EXECUTIONS
    model = ActionExecution
    insert: type[BaseModel] | None = ActionExecutionInsert
    id_column: ClassVar[Column | None] = ACTION_EXECUTION.id

    async def create(
        self,
        tenant_id: str,
        params: ActionExecutionInsert | ActionExecutionCreate | Unchecked,
        *,
        import_metadata: ImportMetadata | ImportMetadataDict | None = None,
    ) -> ActionExecution:
        """Record an execution.

        Raises:
            ConflictError: the id is taken.
            InvalidValueError: a value cannot be stored.
        """
        return await self._create(tenant_id, params, import_metadata)

    async def get(self, tenant_id: str, id: str) -> ActionExecution | None:
        """The execution, or None."""
        execution: ActionExecution | None = await self._get({ACTION_EXECUTION.tenant_id: tenant_id, ACTION_EXECUTION.id: id})
        return execution

    async def get_one(self, tenant_id: str, id: str) -> ActionExecution:
        """The execution.

        Raises:
            NotFoundError: there is none.
        """
        return self._required(await self.get(tenant_id, id))

    async def cleanup(self, older_than: datetime, *, dry_run: bool = False) -> int:
        """Remove the executions of all tenants from before an instant, in bounded batches; how many there were.

        Args:
            older_than: the instant.
            dry_run: count them, and remove none.

        Raises:
            InvalidValueError: the instant is naive.
        """
        return await self._sweeps.sweep({}, ACTION_EXECUTION.created_at_ts, older_than, dry_run=dry_run)


class Hooks(CreateMixin[Hook, HookInsert, "HookCreate"], UpdateMixin[Hook, "HookUpdate"], ListMixin[Hook, "HookWhere"]):
    """Hooks: what a trigger leads to. The greatest priority comes first, then the oldest.

    An update of what a hook leads to, or at which trigger, raises ``InvalidValueError`` unless these fit together. A hook that was stored
    under other rules keeps what it leads to, and can be changed in everything else.
    """

    table = HOOKS
    model = Hook
    insert: type[BaseModel] | None = HookInsert
    id_column: ClassVar[Column | None] = HOOK.hook_id
    rules: ClassVar[ListRules] = ListRules(
        wire="hooks",
        fields=("hook_id", "trigger_id", "enabled", "synchronous", "url", "form_id", "template_id", "code_id", "page_id"),
        search=("url", "form_id", "template_id", "code_id"),
        order=Sort("priority", "desc"),
        then=(Sort("created_at", "asc"),),
        checkpoint=None,
    )

    def _new_id(self, now: datetime) -> str:
        return self.context.ids.prefixed("h_")

    async def _write(self, tenant_id: str, id: str, fields: BaseModel | HookUpdate | Unchecked, *, expect: Expected) -> bool:
        """Write exactly the given fields. Where it changes what the hook leads to, or at which trigger, these must fit together."""
        where = self._own(tenant_id, id)
        given = self._given(fields, where)
        leads = {name: given[name] for name in LEADS if name in given}
        if not leads:
            return await super()._write(tenant_id, id, fields, expect=expect)

        def change(stored: dict[str, Any]) -> dict[str, Any]:
            same = {name for name, value in leads.items() if value == stored[name]}
            if len(same) < len(leads):
                self._writer.accept({name: value for name, value in {**stored, **leads}.items() if value is not None})
            return self._changes({name: value for name, value in given.items() if name not in same}, where)

        return await self._revise({**where, **self._expected(expect)}, [self.table[name] for name in LEADS], change)


class HookCodes(CreateMixin[HookCode, HookCodeInsert, "HookCodeCreate"], UpdateMixin[HookCode, "HookCodeUpdate"]):
    """The code of hooks that run code."""

    table = HOOK_CODE
    model = HookCode
    insert: type[BaseModel] | None = HookCodeInsert
    id_column: ClassVar[Column | None] = HOOK_CODE.c.id

    def _new_id(self, now: datetime) -> str:
        return self.context.ids.prefixed("hc_")
