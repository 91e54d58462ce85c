"""Flows: what is done with what people were asked."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, StringConstraints, Tag

from .base import Insert, Instant, Model, Nested
from .shared import GENERAL, RedirectTarget, kind_of

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
    """What all actions of a flow share."""

    id: str
    """The identifier of the action."""
    alias: Alias | None = None
    """The name of the action in the editor."""
    allow_failure: bool | None = None
    """Whether the flow continues when the action fails."""
    mask_output: bool | None = None
    """Whether logs leave out the output of the action."""


class UpdateUserParams(Nested):
    """Whose profile is changed, and how."""

    connection_id: str | None = None
    """The identifier of the user's connection."""
    user_id: str
    """The identifier of the user."""
    changes: dict[str, Any]
    """The new values, by field."""


class UpdateUserAction(FlowActionBase):
    """Changes a user's profile."""

    type: Literal["AUTH0"]
    """The kind of action, always ``AUTH0``."""
    action: Literal["UPDATE_USER"]
    """The operation, always ``UPDATE_USER``."""
    params: UpdateUserParams
    """The user, and what to change."""


class EmailVerificationRules(Nested):
    """Which e-mail addresses are taken."""

    require_mx_record: bool | None = None
    """Whether the domain must have an MX record."""
    block_aliases: bool | None = None
    """Whether aliases such as ``name+tag`` are refused."""
    block_free_emails: bool | None = None
    """Whether addresses of free e-mail services are refused."""
    block_disposable_emails: bool | None = None
    """Whether addresses of disposable e-mail services are refused."""
    blocklist: list[str] | None = None
    """The addresses and domains that are refused."""
    allowlist: list[str] | None = None
    """The addresses and domains that are always accepted."""


class EmailVerifyParams(Nested):
    """Which address is checked, and by which rules."""

    email: str
    """The e-mail address to check."""
    rules: EmailVerificationRules | None = None
    """Which addresses are refused."""


class EmailVerifyAction(FlowActionBase):
    """Checks an e-mail address."""

    type: Literal["EMAIL"]
    """The kind of action, always ``EMAIL``."""
    action: Literal["VERIFY_EMAIL"]
    """The operation, always ``VERIFY_EMAIL``."""
    params: EmailVerifyParams
    """The address, and the rules."""


class RedirectParams(Nested):
    """Where people are sent."""

    target: RedirectTarget
    """The page to which the user is redirected."""
    custom_url: str | None = None
    """The address to which the user is redirected, with the target ``custom``."""


class RedirectAction(FlowActionBase):
    """Sends people elsewhere."""

    type: Literal["REDIRECT"]
    """The kind of action, always ``REDIRECT``."""
    action: Literal["REDIRECT_USER"]
    """The operation, always ``REDIRECT_USER``."""
    params: RedirectParams
    """The target of the redirect."""


class GenericFlowAction(FlowActionBase):
    """An action of a type that is not known here; kept as it is."""

    type: str
    """The kind of action."""
    action: str | None = None
    """The operation."""


_FlowActions = (
    Annotated[UpdateUserAction, Tag("AUTH0")]
    | Annotated[EmailVerifyAction, Tag("EMAIL")]
    | Annotated[RedirectAction, Tag("REDIRECT")]
    | Annotated[GenericFlowAction, Tag(GENERAL)]
)
FlowAction = Annotated[_FlowActions, Discriminator(kind_of(_FlowActions))]
"""A step of a flow, told apart by ``type``."""


class FlowFields(Model):
    """What an inserted and a stored flow share."""

    name: str
    """The name of the flow."""
    actions: list[FlowAction] | None = Field(default_factory=list)
    """The actions of the flow, in order."""


class FlowInsert(FlowFields, Insert):
    """A flow to be created."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=150)]


class Flow(FlowFields):
    """Actions that run one after another (Auth0: flow)."""

    id: str
    """The identifier of the flow."""
    created_at: Instant
    """When the flow was created."""
    updated_at: Instant
    """When the flow was last changed."""
