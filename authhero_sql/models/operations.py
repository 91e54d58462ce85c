"""What is done to tenants as a whole: operations, their events, and rollouts over many tenants."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from .base import Insert, Instant, Model

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
    rollout_id: str | None = None
    kind: TenantOperationKind
    engine: TenantOperationEngine
    engine_instance_id: str | None = None
    target_worker_version: str | None = None
    target_database_version: str | None = None
    initiated_by: str | None = None


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
    status: TenantOperationStatus
    current_step: str | None = None
    error: str | None = None
    created_at: Instant
    updated_at: Instant
    finished_at: Instant | None = None


class TenantOperationEventFields(Model):
    """What an inserted and a stored event share."""

    operation_id: str
    step: str
    outcome: TenantOperationEventOutcome
    detail: dict[str, Any] | None = None
    attempt: int = 1


class TenantOperationEventInsert(TenantOperationEventFields, Insert):
    """An event to be recorded."""

    operation_id: Text255
    step: Text255
    attempt: int = Field(default=1, ge=1)


class TenantOperationEvent(TenantOperationEventFields):
    """What happened in one step of an operation."""

    id: str
    created_at: Instant


class RolloutFields(Model):
    """What an inserted and a stored rollout share."""

    kind: RolloutKind
    target_worker_version: str | None = None
    target_database_version: str | None = None
    wave_size: int = 10
    canary_tenant_ids: list[str] | None = None
    filter: dict[str, Any] | None = None
    initiated_by: str | None = None


class RolloutInsert(RolloutFields, Insert):
    """A rollout to be begun."""

    target_worker_version: Text255 | None = None
    target_database_version: Text255 | None = None
    wave_size: int = Field(default=10, ge=1)
    initiated_by: Text255 | None = None


class Rollout(RolloutFields):
    """One operation over many tenants, in waves."""

    id: str
    status: RolloutStatus
    created_at: Instant
    updated_at: Instant
    finished_at: Instant | None = None
