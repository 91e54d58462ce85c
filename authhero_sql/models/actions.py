"""Actions with their versions and executions, and hooks."""

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
    """A trigger that an action supports."""

    id: str
    """The ID of the trigger, such as ``post-user-login``."""
    version: str | None = None
    """The version of the trigger, such as ``v3``."""


class ActionDependency(Nested):
    """An npm package that the code of an action requires."""

    name: str
    """The name of the npm package."""
    version: str
    """The version of the npm package."""


class ActionSecret(Nested):
    """A secret that is available to the code of an action."""

    name: str
    """The name under which the code reads the secret."""
    value: Secret[str | None] = None
    """The value of the secret."""


class ActionCode(Model):
    """The fields common to actions and their versions."""

    code: str
    """The JavaScript source code."""
    supported_triggers: list[ActionTrigger] | None = None
    """The triggers that the code supports."""
    runtime: str | None = None
    """The JavaScript runtime that executes the code, such as ``node22``."""
    dependencies: list[ActionDependency] | None = None
    """The npm packages that the code requires."""
    secrets: Secret[list[ActionSecret] | None] = None
    """The secrets that are available to the code."""


class ActionFields(ActionCode):
    """The fields common to ``ActionInsert`` and ``Action``."""

    name: str
    """The name of the action."""
    is_system: bool | None = None
    """Whether the action is managed by the system and cannot be changed by the tenant."""
    inherit: bool | None = None
    """Whether other tenants inherit the action."""


class ActionInsert(ActionFields, Insert):
    """The fields of a new action."""

    name: Annotated[str, StringConstraints(max_length=255)]
    code: SourceCode
    runtime: Runtime | None = None


class Action(ActionFields):
    """Custom code that runs when a trigger fires."""

    id: str
    """The ID of the action."""
    tenant_id: str
    """The ID of the tenant."""
    status: ActionStatus | None = "built"
    """Whether the action is a draft, or is built and ready to run."""
    deployed_at: Instant | None = None
    """When the action was last deployed."""
    created_at: Instant
    """When the action was created."""
    updated_at: Instant
    """When the action was last updated."""


class ActionVersionFields(ActionCode):
    """The fields common to ``ActionVersionInsert`` and ``ActionVersion``."""

    action_id: Varchar255
    """The ID of the action."""
    deployed: bool = True
    """Whether this version is the deployed one; deploying a version undeploys all others."""


class ActionVersionInsert(ActionVersionFields, Insert):
    """The fields of a new version of an action; the version number is assigned automatically."""

    code: SourceCode
    runtime: Runtime | None = None


class ActionVersion(ActionVersionFields):
    """A snapshot of an action."""

    id: str
    """The ID of the version."""
    tenant_id: str
    """The ID of the tenant."""
    number: Int32
    """The sequential number of the version, starting at 1 for each action."""
    created_at: Instant
    """When the version was created."""
    updated_at: Instant
    """When the version was last updated."""


class ActionExecutionError(Nested):
    """The error that made an action fail."""

    id: str
    """The error code."""
    msg: str
    """The error message."""
    url: str | None = None
    """The URL of a page that explains the error."""


class ActionExecutionResult(Nested):
    """The result of one action in an execution; the timestamps are stored as the text that was received."""

    action_name: str
    """The name of the action."""
    error: ActionExecutionError | None
    """The error that made the action fail, or null if the action succeeded."""
    started_at: str
    """When the action started."""
    ended_at: str
    """When the action ended."""


class ActionExecutionLogEntry(Nested):
    """A line that an action logged."""

    level: LogLevel
    """The severity of the line."""
    message: str
    """The text of the line."""


class ActionExecutionLog(Nested):
    """The lines that one action logged."""

    action_name: str
    """The name of the action."""
    lines: list[ActionExecutionLogEntry]
    """The lines that the action logged, in chronological order."""


class ActionExecutionFields(Model):
    """The fields common to ``ActionExecutionInsert`` and ``ActionExecution``."""

    id: Varchar255
    """The ID of the execution."""
    trigger_id: Varchar64
    """The ID of the trigger whose actions were executed."""
    status: ActionExecutionStatus
    """The status of the execution."""
    results: list[ActionExecutionResult]
    """The result of each action, in execution order."""
    logs: list[ActionExecutionLog] | None = None
    """The log output of each action."""


class ActionExecutionInsert(ActionExecutionFields, Insert):
    """The fields of a new execution."""


class ActionExecution(ActionExecutionFields):
    """An execution of the actions that are bound to a trigger."""

    tenant_id: str
    """The ID of the tenant."""
    created_at: Instant
    """When the execution was created."""
    updated_at: Instant
    """When the execution was last updated."""


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
"""The target fields of a hook, with the triggers that support each of them."""


class HookFields(Model):
    """The fields common to ``HookInsert`` and ``Hook``.

    Exactly one of ``url``, ``form_id``, ``template_id``, ``code_id`` and ``page_id`` is set.
    """

    trigger_id: TriggerId
    """The ID of the trigger that runs the hook."""
    enabled: bool = False
    """Whether the hook is enabled."""
    synchronous: bool = False
    """Whether the login waits for the hook to finish."""
    priority: Int32 | None = None
    """The priority of the hook; hooks of the same trigger run in descending order of priority."""
    metadata: dict[str, Any] | None = None
    """Arbitrary metadata about the hook."""
    url: Varchar512 | None = None
    """The URL that the hook calls."""
    form_id: Varchar128 | None = None
    """The ID of the form that the hook displays."""
    template_id: HookTemplateId | None = None
    """The ID of the built-in template that the hook runs."""
    code_id: Varchar21 | None = None
    """The ID of the hook code that the hook runs."""
    page_id: Literal["impersonate"] | None = None
    """The ID of the built-in page that the hook displays."""
    permission_required: Varchar255 | None = None
    """The permission that a user needs to see the page; allowed only together with ``page_id``."""


class HookInsert(HookFields, Insert):
    """The fields of a new hook."""

    hook_id: Varchar21 | None = None
    """The ID of the hook, generated if omitted."""

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        targets = [name for name in HOOK_TARGETS if getattr(self, name) is not None]
        if len(targets) != 1:
            raise ValueError(f"exactly one of {', '.join(HOOK_TARGETS)} must be set")
        if self.trigger_id not in HOOK_TARGETS[targets[0]]:
            raise ValueError(f"{targets[0]} is not supported by this trigger")
        if self.permission_required is not None and self.page_id is None:
            raise ValueError("permission_required requires page_id")
        return self


class Hook(HookFields):
    """A webhook, form, template, code or page that runs when a trigger fires."""

    hook_id: str
    """The ID of the hook."""
    created_at: Instant
    """When the hook was created."""
    updated_at: Instant
    """When the hook was last updated."""


class HookCodeInsert(Insert):
    """The fields of a new hook code."""

    code: SourceCode
    """The JavaScript source code."""
    secrets: Secret[dict[str, str] | None] = None
    """The secrets that are available to the code, by name."""


class HookCode(Model):
    """The source code that a hook runs."""

    code: str
    """The JavaScript source code."""
    secrets: Secret[dict[str, str] | None] = None
    """The secrets that are available to the code, by name."""
    id: str
    """The ID of the hook code."""
    tenant_id: str
    """The ID of the tenant."""
    created_at: Instant
    """When the hook code was created."""
    updated_at: Instant
    """When the hook code was last updated."""
