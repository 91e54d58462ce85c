"""Actions, their versions and executions, and hooks: code and calls that run while somebody signs in."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from .base import Insert, Instant, Model, Nested, Secret

__all__ = [
    "Action",
    "ActionCode",
    "ActionDependency",
    "ActionExecution",
    "ActionExecutionError",
    "ActionExecutionFields",
    "ActionExecutionInsert",
    "ActionExecutionLog",
    "ActionExecutionLogEntry",
    "ActionExecutionResult",
    "ActionExecutionStatus",
    "ActionFields",
    "ActionInsert",
    "ActionSecret",
    "ActionStatus",
    "ActionTrigger",
    "ActionVersion",
    "ActionVersionFields",
    "ActionVersionInsert",
    "Hook",
    "HookCode",
    "HookCodeInsert",
    "HookFields",
    "HookInsert",
    "HookTemplateId",
    "LogLevel",
    "TriggerId",
]

ActionExecutionStatus = Literal["unspecified", "pending", "final", "partial", "canceled", "suspended"]
ActionStatus = Literal["draft", "built"]
LogLevel = Literal["log", "info", "warn", "error", "debug"]
TriggerId = Literal[
    "pre-user-registration",
    "post-user-registration",
    "post-user-login",
    "post-user-update",
    "validate-registration-username",
    "pre-user-deletion",
    "post-user-deletion",
    "credentials-exchange",
]
HookTemplateId = Literal["ensure-username", "set-preferred-username", "account-linking"]
SourceCode = Annotated[str, StringConstraints(max_length=100_000)]
Runtime = Annotated[str, StringConstraints(max_length=50)]


class ActionTrigger(Nested):
    """A point at which an action may run."""

    id: str
    version: str | None = None


class ActionDependency(Nested):
    """An npm package that an action needs."""

    name: str
    version: str


class ActionSecret(Nested):
    """A value that an action may read; what it is leaves the server only once."""

    name: str
    value: Secret[str | None] = None


class ActionCode(Model):
    """What an action and a version of it share."""

    code: str
    supported_triggers: list[ActionTrigger] | None = None
    runtime: str | None = None
    dependencies: list[ActionDependency] | None = None
    secrets: Secret[list[ActionSecret] | None] = None


class ActionFields(ActionCode):
    """What an inserted and a stored action share."""

    name: str
    is_system: bool | None = None
    inherit: bool | None = None


class ActionInsert(ActionFields, Insert):
    """An action to be created."""

    name: Annotated[str, StringConstraints(max_length=255)]
    code: SourceCode
    runtime: Runtime | None = None


class Action(ActionFields):
    """Code that runs at a trigger."""

    id: str
    tenant_id: str
    status: ActionStatus | None = "built"
    deployed_at: Instant | None = None
    created_at: Instant
    updated_at: Instant


class ActionVersionFields(ActionCode):
    """What an inserted and a stored version share."""

    action_id: str
    deployed: bool = True


class ActionVersionInsert(ActionVersionFields, Insert):
    """A version to be created; its number is the next one."""

    code: SourceCode
    runtime: Runtime | None = None


class ActionVersion(ActionVersionFields):
    """An action as it was at some time."""

    id: str
    tenant_id: str
    number: int
    created_at: Instant
    updated_at: Instant


class ActionExecutionError(Nested):
    """Why an action failed."""

    id: str
    msg: str
    url: str | None = None


class ActionExecutionResult(Nested):
    """How one action ended. Its times are kept as the text they came as."""

    action_name: str
    error: ActionExecutionError | None
    started_at: str
    ended_at: str


class ActionExecutionLogEntry(Nested):
    """A line that an action wrote."""

    level: LogLevel
    message: str


class ActionExecutionLog(Nested):
    """What one action wrote."""

    action_name: str
    lines: list[ActionExecutionLogEntry]


class ActionExecutionFields(Model):
    """What an inserted and a stored execution share."""

    id: str
    trigger_id: str
    status: ActionExecutionStatus
    results: list[ActionExecutionResult]
    logs: list[ActionExecutionLog] | None = None


class ActionExecutionInsert(ActionExecutionFields, Insert):
    """An execution to be recorded."""


class ActionExecution(ActionExecutionFields):
    """One run of the actions of a trigger."""

    tenant_id: str
    created_at: Instant
    updated_at: Instant


HOOK_TARGETS: dict[str, frozenset[str]] = {
    "url": frozenset(
        {
            "pre-user-registration",
            "post-user-registration",
            "post-user-login",
            "post-user-update",
            "validate-registration-username",
            "pre-user-deletion",
            "post-user-deletion",
        }
    ),
    "form_id": frozenset({"post-user-login"}),
    "template_id": frozenset({"post-user-login", "post-user-registration", "post-user-update", "credentials-exchange"}),
    "code_id": frozenset({"post-user-login", "credentials-exchange", "pre-user-registration", "post-user-registration"}),
    "page_id": frozenset({"post-user-login"}),
}
"""What a hook may lead to, and the triggers at which it may."""


class HookFields(Model):
    """What an inserted and a stored hook share: exactly one of ``url``, ``form_id``, ``template_id``, ``code_id``, ``page_id``."""

    trigger_id: TriggerId
    enabled: bool = False
    synchronous: bool = False
    priority: int | None = None
    metadata: dict[str, Any] | None = None
    url: str | None = None
    form_id: str | None = None
    template_id: HookTemplateId | None = None
    code_id: str | None = None
    page_id: Literal["impersonate"] | None = None
    permission_required: str | None = Field(default=None, description="Only beside ``page_id``.")


class HookInsert(HookFields, Insert):
    """A hook to be created."""

    hook_id: str | None = None

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        targets = [name for name in HOOK_TARGETS if getattr(self, name) is not None]
        if len(targets) != 1:
            raise ValueError(f"exactly one of {', '.join(HOOK_TARGETS)} must be given")
        if self.trigger_id not in HOOK_TARGETS[targets[0]]:
            raise ValueError(f"{targets[0]} cannot be used at this trigger")
        if self.permission_required is not None and self.page_id is None:
            raise ValueError("permission_required goes with page_id")
        return self


class Hook(HookFields):
    """A call, form, template, code or page that a trigger leads to."""

    hook_id: str
    created_at: Instant
    updated_at: Instant


class HookCodeInsert(Insert):
    """The code of a hook to be stored."""

    code: SourceCode
    secrets: Secret[dict[str, str] | None] = None


class HookCode(Model):
    """The code of a hook."""

    code: str
    secrets: Secret[dict[str, str] | None] = None
    id: str
    tenant_id: str
    created_at: Instant
    updated_at: Instant
