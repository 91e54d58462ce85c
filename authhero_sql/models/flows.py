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
    alias: Alias | None = None
    allow_failure: bool | None = None
    mask_output: bool | None = None


class UpdateUserParams(Nested):
    """Whose profile is changed, and how."""

    connection_id: str | None = None
    user_id: str
    changes: dict[str, Any]


class UpdateUserAction(FlowActionBase):
    """Changes a user's profile."""

    type: Literal["AUTH0"]
    action: Literal["UPDATE_USER"]
    params: UpdateUserParams


class EmailVerificationRules(Nested):
    """Which e-mail addresses are taken."""

    require_mx_record: bool | None = None
    block_aliases: bool | None = None
    block_free_emails: bool | None = None
    block_disposable_emails: bool | None = None
    blocklist: list[str] | None = None
    allowlist: list[str] | None = None


class EmailVerifyParams(Nested):
    """Which address is checked, and by which rules."""

    email: str
    rules: EmailVerificationRules | None = None


class EmailVerifyAction(FlowActionBase):
    """Checks an e-mail address."""

    type: Literal["EMAIL"]
    action: Literal["VERIFY_EMAIL"]
    params: EmailVerifyParams


class RedirectParams(Nested):
    """Where people are sent."""

    target: RedirectTarget
    custom_url: str | None = None


class RedirectAction(FlowActionBase):
    """Sends people elsewhere."""

    type: Literal["REDIRECT"]
    action: Literal["REDIRECT_USER"]
    params: RedirectParams


class GenericFlowAction(FlowActionBase):
    """An action of a type that is not known here; kept as it is."""

    type: str
    action: str | None = None


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
    actions: list[FlowAction] | None = Field(default_factory=list)


class FlowInsert(FlowFields, Insert):
    """A flow to be created."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=150)]


class Flow(FlowFields):
    """Actions that run one after another (Auth0: flow)."""

    id: str
    created_at: Instant
    updated_at: Instant
