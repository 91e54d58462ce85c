"""What is done to tenants as a whole: operations, their events, and rollouts over many tenants."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from .base import Insert, Instant, Int32, Model, Varchar255

__all__ = [
    "Rollout",
    "RolloutFields",
    "RolloutInsert",
    "RolloutKind",
    "RolloutStatus",
    "TenantOperation",
    "TenantOperationEngine",
    "TenantOperationEvent",
    "TenantOperationEventFields",
    "TenantOperationEventInsert",
    "TenantOperationEventOutcome",
    "TenantOperationFields",
    "TenantOperationInsert",
    "TenantOperationKind",
    "TenantOperationStatus",
]

TenantOperationKind = Literal["provision", "seed", "upgrade", "backup", "deprovision"]
TenantOperationEngine = Literal["inline", "cloudflare-workflows"]
TenantOperationStatus = Literal["pending", "running", "succeeded", "failed", "cancelled"]
TenantOperationEventOutcome = Literal["started", "succeeded", "failed", "retried", "skipped", "reconciled"]
RolloutKind = Literal["upgrade", "reseed", "backup"]
RolloutStatus = Literal["pending", "canary", "rolling", "paused", "done", "failed"]
Text100 = Annotated[str, StringConstraints(max_length=100)]
Text255 = Annotated[str, StringConstraints(max_length=255)]


class TenantOperationFields(Model):
    """What an inserted and a stored operation share."""

    tenant_id: str | None = None
    """The tenant that is operated on."""
    rollout_id: str | None = None
    """The identifier of the rollout that the operation belongs to."""
    kind: TenantOperationKind
    """What is done to the tenant."""
    engine: TenantOperationEngine
    """What runs the operation."""
    engine_instance_id: str | None = None
    """The identifier of the operation in its engine."""
    target_worker_version: str | None = None
    """The version of the worker that the tenant gets."""
    target_database_version: str | None = None
    """The version of the database that the tenant gets."""
    initiated_by: str | None = None
    """Who started the operation."""


class TenantOperationInsert(TenantOperationFields, Insert):
    """An operation to be begun."""

    tenant_id: Text255 | None = None
    rollout_id: Text255 | None = None
    engine_instance_id: Text100 | None = None
    target_worker_version: Text255 | None = None
    target_database_version: Text255 | None = None
    initiated_by: Text255 | None = None


class TenantOperation(TenantOperationFields):
    """Something long that is done to a tenant."""

    id: str
    """The identifier of the operation."""
    status: TenantOperationStatus
    """How far the operation is, and how it ended."""
    current_step: Varchar255 | None = None
    """The step that the operation is at."""
    error: str | None = None
    """Why the operation failed."""
    created_at: Instant
    """When the operation was created."""
    updated_at: Instant
    """When the operation was last changed."""
    finished_at: Instant | None = None
    """When the operation ended."""


class TenantOperationEventFields(Model):
    """What an inserted and a stored event share."""

    operation_id: str
    """The identifier of the operation."""
    step: str
    """The step of the operation."""
    outcome: TenantOperationEventOutcome
    """What happened in the step."""
    detail: dict[str, Any] | None = None
    """Further data about the event."""
    attempt: int = 1
    """The number of the attempt at the step."""


class TenantOperationEventInsert(TenantOperationEventFields, Insert):
    """An event to be recorded."""

    operation_id: Text255
    step: Text255
    attempt: Int32 = Field(default=1, ge=1)


class TenantOperationEvent(TenantOperationEventFields):
    """What happened in one step of an operation."""

    id: str
    """The identifier of the event."""
    created_at: Instant
    """When the event was created."""


class RolloutFields(Model):
    """What an inserted and a stored rollout share."""

    kind: RolloutKind
    """What is done to the tenants."""
    target_worker_version: str | None = None
    """The version of the worker that the tenants get."""
    target_database_version: str | None = None
    """The version of the database that the tenants get."""
    wave_size: int = 10
    """The number of tenants that are operated on at once."""
    canary_tenant_ids: list[str] | None = None
    """The identifiers of the tenants that come first."""
    filter: dict[str, Any] | None = None
    """Which tenants the rollout covers."""
    initiated_by: str | None = None
    """Who started the rollout."""


class RolloutInsert(RolloutFields, Insert):
    """A rollout to be begun."""

    target_worker_version: Text255 | None = None
    target_database_version: Text255 | None = None
    wave_size: Int32 = Field(default=10, ge=1)
    initiated_by: Text255 | None = None


class Rollout(RolloutFields):
    """One operation over many tenants, in waves."""

    id: str
    """The identifier of the rollout."""
    status: RolloutStatus
    """How far the rollout is, and how it ended."""
    created_at: Instant
    """When the rollout was created."""
    updated_at: Instant
    """When the rollout was last changed."""
    finished_at: Instant | None = None
    """When the rollout ended."""
