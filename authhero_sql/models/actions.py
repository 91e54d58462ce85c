"""Actions, their versions and executions, and hooks: code and calls that run while somebody signs in."""

from typing import Annotated, Any, Literal, Self

from pydantic import StringConstraints, model_validator

from .base import Insert, Instant, Int32, Model, Nested, Secret, Varchar21, Varchar64, Varchar128, Varchar255, Varchar512

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
    """The name of the trigger, such as ``post-user-login``."""
    version: str | None = None
    """The version of the trigger's interface, such as ``v3``."""


class ActionDependency(Nested):
    """An npm package that an action needs."""

    name: str
    """The name of the npm package."""
    version: str
    """The version of the npm package."""


class ActionSecret(Nested):
    """A value that an action may read; what it is leaves the server only once."""

    name: str
    """The name by which the action's code reads the secret."""
    value: Secret[str | None] = None
    """The secret value."""


class ActionCode(Model):
    """What an action and a version of it share."""

    code: str
    """The source code, in JavaScript."""
    supported_triggers: list[ActionTrigger] | None = None
    """The triggers at which the code may run."""
    runtime: str | None = None
    """The JavaScript runtime that runs the code, such as ``node22``."""
    dependencies: list[ActionDependency] | None = None
    """The npm packages that the code imports."""
    secrets: Secret[list[ActionSecret] | None] = None
    """The secret values that the code may read."""


class ActionFields(ActionCode):
    """What an inserted and a stored action share."""

    name: str
    """The name of the action."""
    is_system: bool | None = None
    """Whether the system owns the action, so that a tenant cannot change it."""
    inherit: bool | None = None
    """Whether other tenants inherit the action."""


class ActionInsert(ActionFields, Insert):
    """An action to be created."""

    name: Annotated[str, StringConstraints(max_length=255)]
    code: SourceCode
    runtime: Runtime | None = None


class Action(ActionFields):
    """Code that runs at a trigger."""

    id: str
    """The identifier of the action."""
    tenant_id: str
    """The tenant that the action belongs to."""
    status: ActionStatus | None = "built"
    """Whether the action is a draft or is built and ready to run."""
    deployed_at: Instant | None = None
    """When the action was last deployed."""
    created_at: Instant
    """When the action was created."""
    updated_at: Instant
    """When the action was last changed."""


class ActionVersionFields(ActionCode):
    """What an inserted and a stored version share."""

    action_id: Varchar255
    """The identifier of the action."""
    deployed: bool = True
    """Whether this is the version that runs; deploying a version undeploys the others."""


class ActionVersionInsert(ActionVersionFields, Insert):
    """A version to be created; its number is the next one."""

    code: SourceCode
    runtime: Runtime | None = None


class ActionVersion(ActionVersionFields):
    """An action as it was at some time."""

    id: str
    """The identifier of the version."""
    tenant_id: str
    """The tenant that the version belongs to."""
    number: Int32
    """The number of the version; the first version of an action has the number 1."""
    created_at: Instant
    """When the version was created."""
    updated_at: Instant
    """When the version was last changed."""


class ActionExecutionError(Nested):
    """Why an action failed."""

    id: str
    """The code of the error."""
    msg: str
    """The message of the error."""
    url: str | None = None
    """The address of a page that explains the error."""


class ActionExecutionResult(Nested):
    """How one action ended. Its times are kept as the text they came as."""

    action_name: str
    """The name of the action."""
    error: ActionExecutionError | None
    """Why the action failed; absent if it succeeded."""
    started_at: str
    """When the action started."""
    ended_at: str
    """When the action ended."""


class ActionExecutionLogEntry(Nested):
    """A line that an action wrote."""

    level: LogLevel
    """The severity of the line."""
    message: str
    """The text of the line."""


class ActionExecutionLog(Nested):
    """What one action wrote."""

    action_name: str
    """The name of the action."""
    lines: list[ActionExecutionLogEntry]
    """The lines that the action wrote, in order."""


class ActionExecutionFields(Model):
    """What an inserted and a stored execution share."""

    id: Varchar255
    """The identifier of the execution."""
    trigger_id: Varchar64
    """The trigger at which the actions ran."""
    status: ActionExecutionStatus
    """How far the execution is, and how it ended."""
    results: list[ActionExecutionResult]
    """The result of each action, in the order in which they ran."""
    logs: list[ActionExecutionLog] | None = None
    """What each action wrote."""


class ActionExecutionInsert(ActionExecutionFields, Insert):
    """An execution to be recorded."""


class ActionExecution(ActionExecutionFields):
    """One run of the actions of a trigger."""

    tenant_id: str
    """The tenant that the execution belongs to."""
    created_at: Instant
    """When the execution was created."""
    updated_at: Instant
    """When the execution was last changed."""


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
    """The trigger at which the hook runs."""
    enabled: bool = False
    """Whether the hook runs."""
    synchronous: bool = False
    """Whether the sign-in waits until the hook has finished."""
    priority: Int32 | None = None
    """The place of the hook among those of its trigger; the greatest priority comes first."""
    metadata: dict[str, Any] | None = None
    """Free-form data about the hook."""
    url: Varchar512 | None = None
    """The address that the hook calls."""
    form_id: Varchar128 | None = None
    """The identifier of the form that the hook shows."""
    template_id: HookTemplateId | None = None
    """The built-in template that the hook runs."""
    code_id: Varchar21 | None = None
    """The identifier of the hook code that the hook runs."""
    page_id: Literal["impersonate"] | None = None
    """The built-in page that the hook shows."""
    permission_required: Varchar255 | None = None
    """The permission that a user needs to see the page; allowed only beside ``page_id``."""


class HookInsert(HookFields, Insert):
    """A hook to be created."""

    hook_id: Varchar21 | None = None
    """The identifier of the hook; generated if it is omitted."""

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
    """The identifier of the hook."""
    created_at: Instant
    """When the hook was created."""
    updated_at: Instant
    """When the hook was last changed."""


class HookCodeInsert(Insert):
    """The code of a hook to be stored."""

    code: SourceCode
    """The source code, in JavaScript."""
    secrets: Secret[dict[str, str] | None] = None
    """The secret values that the code may read, by name."""


class HookCode(Model):
    """The code of a hook."""

    code: str
    """The source code, in JavaScript."""
    secrets: Secret[dict[str, str] | None] = None
    """The secret values that the code may read, by name."""
    id: str
    """The identifier of the hook code."""
    tenant_id: str
    """The tenant that the hook code belongs to."""
    created_at: Instant
    """When the hook code was created."""
    updated_at: Instant
    """When the hook code was last changed."""
