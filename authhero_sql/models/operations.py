"""Tenant operations, their events, and rollouts to many tenants."""

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
    """The fields common to ``TenantOperationInsert`` and ``TenantOperation``."""

    tenant_id: str | None = None
    """The ID of the tenant."""
    rollout_id: str | None = None
    """The ID of the rollout that the operation belongs to."""
    kind: TenantOperationKind
    """The kind of operation."""
    engine: TenantOperationEngine
    """The engine that runs the operation."""
    engine_instance_id: str | None = None
    """The ID of the operation in its engine."""
    target_worker_version: str | None = None
    """The worker version to install."""
    target_database_version: str | None = None
    """The database version to install."""
    initiated_by: str | None = None
    """The initiator of the operation."""


class TenantOperationInsert(TenantOperationFields, Insert):
    """The fields of a new operation."""

    tenant_id: Text255 | None = None
    rollout_id: Text255 | None = None
    engine_instance_id: Text100 | None = None
    target_worker_version: Text255 | None = None
    target_database_version: Text255 | None = None
    initiated_by: Text255 | None = None


class TenantOperation(TenantOperationFields):
    """A long-running operation on a tenant."""

    id: str
    """The ID of the operation."""
    status: TenantOperationStatus
    """The status of the operation."""
    current_step: Varchar255 | None = None
    """The current step of the operation."""
    error: str | None = None
    """The error that made the operation fail."""
    created_at: Instant
    """When the operation was created."""
    updated_at: Instant
    """When the operation was last updated."""
    finished_at: Instant | None = None
    """When the operation finished."""


class TenantOperationEventFields(Model):
    """The fields common to ``TenantOperationEventInsert`` and ``TenantOperationEvent``."""

    operation_id: str
    """The ID of the operation."""
    step: str
    """The step of the operation."""
    outcome: TenantOperationEventOutcome
    """The outcome of the step."""
    detail: dict[str, Any] | None = None
    """Additional data about the event."""
    attempt: int = 1
    """The number of the attempt, starting at 1."""


class TenantOperationEventInsert(TenantOperationEventFields, Insert):
    """The fields of a new operation event."""

    operation_id: Text255
    step: Text255
    attempt: Int32 = Field(default=1, ge=1)


class TenantOperationEvent(TenantOperationEventFields):
    """An event in a step of an operation."""

    id: str
    """The ID of the event."""
    created_at: Instant
    """When the event was created."""


class RolloutFields(Model):
    """The fields common to ``RolloutInsert`` and ``Rollout``."""

    kind: RolloutKind
    """The kind of operation that the rollout performs."""
    target_worker_version: str | None = None
    """The worker version to install."""
    target_database_version: str | None = None
    """The database version to install."""
    wave_size: int = 10
    """The number of tenants in a wave."""
    canary_tenant_ids: list[str] | None = None
    """The IDs of the canary tenants, which are processed first."""
    filter: dict[str, Any] | None = None
    """The filter that selects the tenants."""
    initiated_by: str | None = None
    """The initiator of the rollout."""


class RolloutInsert(RolloutFields, Insert):
    """The fields of a new rollout."""

    target_worker_version: Text255 | None = None
    target_database_version: Text255 | None = None
    wave_size: Int32 = Field(default=10, ge=1)
    initiated_by: Text255 | None = None


class Rollout(RolloutFields):
    """A rollout of an operation to many tenants, in waves."""

    id: str
    """The ID of the rollout."""
    status: RolloutStatus
    """The status of the rollout."""
    created_at: Instant
    """When the rollout was created."""
    updated_at: Instant
    """When the rollout was last updated."""
    finished_at: Instant | None = None
    """When the rollout finished."""
