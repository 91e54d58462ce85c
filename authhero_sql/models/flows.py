"""Flows: sequences of actions that forms can run."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, StringConstraints, Tag

from .base import Insert, Instant, Model, Nested
from .shared import GENERIC_TAG, RedirectTarget, type_discriminator

__all__ = [
    "EmailVerificationRules",
    "EmailVerifyAction",
    "EmailVerifyParams",
    "Flow",
    "FlowAction",
    "FlowActionBase",
    "FlowFields",
    "FlowInsert",
    "GenericFlowAction",
    "RedirectAction",
    "RedirectParams",
    "UpdateUserAction",
    "UpdateUserParams",
]

Alias = Annotated[str, StringConstraints(max_length=100)]


class FlowActionBase(Nested):
    """The fields common to all actions of a flow."""

    id: str
    """The ID of the action."""
    alias: Alias | None = None
    """The name of the action, shown in the editor."""
    allow_failure: bool | None = None
    """Whether the flow continues if the action fails."""
    mask_output: bool | None = None
    """Whether the output of the action is omitted from logs."""


class UpdateUserParams(Nested):
    """The parameters of an action that updates a user."""

    connection_id: str | None = None
    """The ID of the connection."""
    user_id: str
    """The ID of the user."""
    changes: dict[str, Any]
    """The new values, by field."""


class UpdateUserAction(FlowActionBase):
    """An action that updates a user."""

    type: Literal["AUTH0"]
    """The type of action, always ``AUTH0``."""
    action: Literal["UPDATE_USER"]
    """The operation, always ``UPDATE_USER``."""
    params: UpdateUserParams
    """The parameters of the action."""


class EmailVerificationRules(Nested):
    """The rules for accepting email addresses."""

    require_mx_record: bool | None = None
    """Whether the domain must have an MX record."""
    block_aliases: bool | None = None
    """Whether aliases such as ``name+tag`` are rejected."""
    block_free_emails: bool | None = None
    """Whether addresses of free email providers are rejected."""
    block_disposable_emails: bool | None = None
    """Whether addresses of disposable email providers are rejected."""
    blocklist: list[str] | None = None
    """The addresses and domains that are rejected."""
    allowlist: list[str] | None = None
    """The addresses and domains that are always accepted."""


class EmailVerifyParams(Nested):
    """The parameters of an action that verifies an email address."""

    email: str
    """The email address to verify."""
    rules: EmailVerificationRules | None = None
    """The rules for accepting the email address."""


class EmailVerifyAction(FlowActionBase):
    """An action that verifies an email address."""

    type: Literal["EMAIL"]
    """The type of action, always ``EMAIL``."""
    action: Literal["VERIFY_EMAIL"]
    """The operation, always ``VERIFY_EMAIL``."""
    params: EmailVerifyParams
    """The parameters of the action."""


class RedirectParams(Nested):
    """The parameters of an action that redirects the user."""

    target: RedirectTarget
    """The page to which the user is redirected."""
    custom_url: str | None = None
    """The URL to which the user is redirected if the target is ``custom``."""


class RedirectAction(FlowActionBase):
    """An action that redirects the user."""

    type: Literal["REDIRECT"]
    """The type of action, always ``REDIRECT``."""
    action: Literal["REDIRECT_USER"]
    """The operation, always ``REDIRECT_USER``."""
    params: RedirectParams
    """The parameters of the action."""


class GenericFlowAction(FlowActionBase):
    """An action of a type without a dedicated model; all its fields are preserved."""

    type: str
    """The type of action."""
    action: str | None = None
    """The operation that the action performs."""


_FlowActions = (
    Annotated[UpdateUserAction, Tag("AUTH0")]
    | Annotated[EmailVerifyAction, Tag("EMAIL")]
    | Annotated[RedirectAction, Tag("REDIRECT")]
    | Annotated[GenericFlowAction, Tag(GENERIC_TAG)]
)
FlowAction = Annotated[_FlowActions, Discriminator(type_discriminator(_FlowActions))]
"""An action of a flow, discriminated by ``type``."""


class FlowFields(Model):
    """The fields common to ``FlowInsert`` and ``Flow``."""

    name: str
    """The name of the flow."""
    actions: list[FlowAction] | None = Field(default_factory=list)
    """The actions of the flow, in order."""


class FlowInsert(FlowFields, Insert):
    """The fields of a new flow."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=150)]


class Flow(FlowFields):
    """A sequence of actions."""

    id: str
    """The ID of the flow."""
    created_at: Instant
    """When the flow was created."""
    updated_at: Instant
    """When the flow was last updated."""
