"""Operations on tenants, their events, and rollouts, on every engine."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from authhero_sql import Adapters, ConflictError, ForeignKeyError, InvalidQueryError, InvalidValueError
from authhero_sql.models import TenantOperation
from tests.conftest import TickingClock
from tests.contract.builders import SOON, rollout, tenant_operation

HOUR = timedelta(hours=1)
TASKS = 32


async def operation(adapters: Adapters, id: str, /, updated_at: Any = SOON, **fields: Any) -> TenantOperation:
    """Create an operation with this ID and then update its status."""
    status = fields.pop("status", None)
    metadata = {"id": id, "created_at": SOON, "updated_at": updated_at}
    made = await adapters.tenant_operations.create(tenant_operation(**fields), import_metadata=metadata)
    if status is not None:
        await adapters.tenant_operations.update(id, {"status": status})
    return made


def event(operation_id: str = "op_1", step: str = "create", **fields: Any) -> dict[str, Any]:
    """Return an event of an operation."""
    return {"operation_id": operation_id, "step": step, "outcome": "succeeded", **fields}


async def test_a_new_operation_is_pending(adapters: Adapters) -> None:
    made = await adapters.tenant_operations.create({"kind": "provision", "engine": "inline"})
    assert made.id.startswith("op_")
    assert len(made.id) == 24
    assert made.model_dump(exclude_none=True) == {
        "id": made.id, "kind": "provision", "engine": "inline", "status": "pending", "created_at": made.created_at,
        "updated_at": made.updated_at,
    }  # fmt: skip
    assert await adapters.tenant_operations.get(made.id) == made
    assert await adapters.tenant_operations.get(made.id.upper()) is None


async def test_what_an_operation_is_given_comes_back(adapters: Adapters) -> None:
    given = tenant_operation(
        tenant_id="a tenant that is yet to be", rollout_id="rol_1", kind="deprovision", engine="cloudflare-workflows",
        engine_instance_id="i" * 100, target_worker_version="w" * 255, target_database_version="d", initiated_by="cli",
    )  # fmt: skip
    made = await adapters.tenant_operations.create(given, import_metadata={"id": "op_own", "created_at": SOON})
    assert made.model_dump(exclude_none=True) == {**given, "id": "op_own", "status": "pending", "created_at": SOON, "updated_at": SOON}
    assert await adapters.tenant_operations.get("op_own") == made
    with pytest.raises(ConflictError):
        await adapters.tenant_operations.create(given, import_metadata={"id": "op_own"})


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "reseed"},
        {"engine": "cron"},
        {"engine_instance_id": "i" * 101},
        {"initiated_by": "x" * 256},
        {"status": "running"},
        {"kind": None},
    ],
)
async def test_an_operation_that_is_none_is_refused(adapters: Adapters, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        await adapters.tenant_operations.create(tenant_operation(**wrong))
    assert (await adapters.tenant_operations.list()).items == []


async def test_an_operation_is_updated_in_the_fields_that_are_given(adapters: Adapters) -> None:
    made = await adapters.tenant_operations.create(tenant_operation(target_worker_version="w"))
    fields = {
        "status": "failed", "current_step": "migrate", "error": "é" * 30_000, "finished_at": SOON, "engine_instance_id": "i",
        "target_worker_version": None,
    }  # fmt: skip
    assert await adapters.tenant_operations.update(made.id, fields) is True
    found = await adapters.tenant_operations.get(made.id)
    assert found is not None
    assert found == made.model_copy(update={**fields, "updated_at": found.updated_at})
    assert found.updated_at > made.updated_at
    assert await adapters.tenant_operations.update(made.id, {"finished_at": None, "error": None}) is True
    again = await adapters.tenant_operations.get(made.id)
    assert again is not None
    assert (again.finished_at, again.error, again.status) == (None, None, "failed")
    assert await adapters.tenant_operations.update("op_x", {"status": "failed"}) is False
    for wrong in ({"status": "gone"}, {"status": None}, {"id": "x"}, {"tenant_id": "x"}, {"created_at": SOON}, {"surprise": 1}):
        with pytest.raises(InvalidValueError):
            await adapters.tenant_operations.update(made.id, wrong)


FILTERS: list[tuple[dict[str, Any], str]] = [
    ({}, "edcba"),
    ({"tenant_id": "acme"}, "dba"),
    ({"tenant_id": "ACME"}, ""),
    ({"rollout_id": "rol_1"}, "ca"),
    ({"kind": "upgrade"}, "dc"),
    ({"engine": "cloudflare-workflows"}, "eb"),
    ({"status": "pending"}, "ea"),
    ({"status": ["running"]}, "cb"),
    ({"status": ["running", "failed"]}, "dcb"),
    ({"status": ("pending", "running", "failed", "succeeded", "cancelled")}, "edcba"),
    ({"status": []}, ""),
    ({"status": ["running", "running"]}, "cb"),
    ({"updated_before": SOON}, "a"),
    ({"updated_before": SOON + timedelta(milliseconds=1)}, "ea"),
    ({"tenant_id": "acme", "status": ["running", "pending"], "engine": "inline"}, "a"),
    ({"tenant_id": "%", "kind": "upgrade"}, ""),
    ({"kind": "nothing of the kind"}, ""),
]


@pytest.mark.parametrize(("filters", "expected"), FILTERS)
async def test_operations_are_found_by_all_conditions(adapters: Adapters, filters: dict[str, Any], expected: str) -> None:
    await operation(adapters, "a", rollout_id="rol_1", updated_at=SOON - HOUR)
    await operation(adapters, "b", engine="cloudflare-workflows", updated_at=SOON + HOUR)
    await operation(adapters, "c", tenant_id="globex", kind="upgrade", rollout_id="rol_1", updated_at=SOON + HOUR)
    await operation(adapters, "d", kind="upgrade", updated_at=SOON + HOUR)
    await operation(adapters, "e", tenant_id=None, engine="cloudflare-workflows")
    clock = adapters.context.clock
    assert isinstance(clock, TickingClock)
    clock.now = SOON + HOUR
    for id, status in (("b", "running"), ("c", "running"), ("d", "failed")):
        await adapters.tenant_operations.update(id, {"status": status})
    found = await adapters.tenant_operations.list(**filters, include_totals=True)
    assert ("".join(item.id for item in found.items), found.total) == (expected, len(expected))
    pages = [(await adapters.tenant_operations.list(**filters, page=page, per_page=2)).items for page in range(3)]
    assert "".join(item.id for items in pages for item in items) == expected


async def test_operations_are_listed_newest_first(adapters: Adapters) -> None:
    for number in range(4):
        metadata = {"id": f"op_{number}", "created_at": SOON - number // 2 * HOUR}
        await adapters.tenant_operations.create(tenant_operation(), import_metadata=metadata)
    page = await adapters.tenant_operations.list(per_page=3)
    assert [item.id for item in page.items] == ["op_1", "op_0", "op_3"]
    assert page.model_dump(by_alias=True).keys() >= {"operations"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"updated_before": SOON.replace(tzinfo=None)},
        {"tenant_id": 5},
        {"status": [5]},
        {"status": 5},
        {"page": -1},
        {"per_page": -1, "status": []},
    ],
)
async def test_conditions_that_are_none_are_refused(adapters: Adapters, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidQueryError):
        await adapters.tenant_operations.list(**wrong)


# Events.


async def test_an_event_has_its_defaults(adapters: Adapters) -> None:
    await operation(adapters, "op_1")
    made = await adapters.tenant_operation_events.create(event())
    assert made.id.startswith("evt_")
    assert made.model_dump(exclude_none=True) == {**event(), "id": made.id, "attempt": 1, "created_at": made.created_at}
    full = await adapters.tenant_operation_events.create(event(detail={"ö": [1, None]}, attempt=3, outcome="retried"))
    assert (await adapters.tenant_operation_events.list_by_operation("op_1")).items == [made, full]
    with pytest.raises(ForeignKeyError):
        await adapters.tenant_operation_events.create(event("op_x"))
    for wrong in ({"attempt": 0}, {"outcome": "lost"}, {"step": None}, {"step": "x" * 256}, {"detail": ["x"]}, {"surprise": 1}):
        with pytest.raises(InvalidValueError):
            await adapters.tenant_operation_events.create({**event(), **wrong})


@pytest.mark.parametrize("milliseconds", [1, 0, -1], ids=["a clock that goes on", "one millisecond", "a clock that goes back"])
async def test_ids_of_events_sort_as_they_were_added(adapters: Adapters, clock: TickingClock, milliseconds: int) -> None:
    await operation(adapters, "op_1")
    await operation(adapters, "op_2")
    clock.step = timedelta(milliseconds=milliseconds)
    made = []
    for number in range(200):
        if number == 100:
            async with adapters.batch() as tx:
                made.append(await tx.tenant_operation_events.create(event(step=f"{number}")))
        else:
            made.append(await adapters.tenant_operation_events.create(event(step=f"{number}")))
        await adapters.tenant_operation_events.create(event("op_2"))
    ids = [item.id for item in made]
    assert ids == sorted(ids)
    assert len(set(ids)) == 200
    assert len({len(id) for id in ids}) == 1
    listed = await adapters.tenant_operation_events.list_by_operation("op_1", per_page=1000, include_totals=True)
    assert ([item.step for item in listed.items], listed.total) == ([f"{number}" for number in range(200)], 200)


async def test_events_added_at_once_have_ids_of_their_own(adapters: Adapters, clock: TickingClock) -> None:
    await operation(adapters, "op_1")
    clock.step = timedelta(0)
    made = await asyncio.gather(*(adapters.tenant_operation_events.create(event()) for _ in range(TASKS)))
    listed = await adapters.tenant_operation_events.list_by_operation("op_1")
    assert [item.id for item in listed.items] == sorted({item.id for item in made})
    assert len(listed.items) == TASKS


async def test_events_are_read_in_pages_of_a_hundred(adapters: Adapters) -> None:
    await operation(adapters, "op_1")
    async with adapters.batch() as tx:
        for number in range(101):
            await tx.tenant_operation_events.create(event(step=str(number)))
    first, second = [await adapters.tenant_operation_events.list_by_operation("op_1", page=page) for page in range(2)]
    assert ([len(page.items) for page in (first, second)], first.limit) == ([100, 1], 100)
    assert second.items[0].step == "100"
    assert first.model_dump(by_alias=True).keys() >= {"events"}
    assert (await adapters.tenant_operation_events.list_by_operation("op_x", include_totals=True)).total == 0


# Rollouts.


async def test_a_new_rollout_is_pending(adapters: Adapters) -> None:
    made = await adapters.rollouts.create({"kind": "upgrade"})
    assert made.id.startswith("rol_")
    assert len(made.id) == 25
    assert (made.status, made.wave_size, made.canary_tenant_ids, made.filter) == ("pending", 10, None, None)
    assert await adapters.rollouts.get(made.id) == made
    assert await adapters.rollouts.get("rol_x") is None


async def test_what_a_rollout_is_given_comes_back(adapters: Adapters) -> None:
    given = rollout(
        kind="reseed", target_worker_version="w", target_database_version="d", wave_size=1, canary_tenant_ids=["b", "a"],
        filter={"ö": {"deep": [None, 2**60]}}, initiated_by="cli",
    )  # fmt: skip
    made = await adapters.rollouts.create(given, import_metadata={"id": "rol_own", "created_at": SOON, "updated_at": SOON + HOUR})
    stored = {**given, "id": "rol_own", "status": "pending", "created_at": SOON, "updated_at": SOON + HOUR, "finished_at": None}
    assert made.model_dump() == stored
    assert await adapters.rollouts.get("rol_own") == made
    for wrong in ({"kind": "seed"}, {"wave_size": 0}, {"canary_tenant_ids": "a"}, {"status": "done"}, {"initiated_by": "x" * 256}):
        with pytest.raises(InvalidValueError):
            await adapters.rollouts.create(rollout(**wrong))


async def test_a_rollout_is_updated_in_the_fields_that_are_given(adapters: Adapters) -> None:
    made = await adapters.rollouts.create(rollout(filter={"a": 1}, canary_tenant_ids=["a"]))
    for status in ("canary", "rolling", "paused", "failed", "done"):
        assert await adapters.rollouts.update(made.id, {"status": status}) is True
    fields = {"filter": {"b": 2}, "canary_tenant_ids": None, "finished_at": SOON, "wave_size": 99}
    assert await adapters.rollouts.update(made.id, fields) is True
    found = await adapters.rollouts.get(made.id)
    assert found is not None
    assert found == made.model_copy(update={**fields, "status": "done", "updated_at": found.updated_at})
    assert found.updated_at > made.updated_at
    assert await adapters.rollouts.update("rol_x", {"status": "done"}) is False
    for wrong in ({"status": "gone"}, {"wave_size": 0}, {"wave_size": None}, {"id": "x"}):
        with pytest.raises(InvalidValueError):
            await adapters.rollouts.update(made.id, wrong)


async def test_rollouts_are_listed_newest_first(adapters: Adapters) -> None:
    for number, kind in enumerate(("upgrade", "backup", "upgrade", "reseed")):
        metadata = {"id": f"rol_{number}", "created_at": SOON - number // 2 * HOUR}
        await adapters.rollouts.create(rollout(kind=kind), import_metadata=metadata)
    await adapters.rollouts.update("rol_2", {"status": "done"})
    found = await adapters.rollouts.list(include_totals=True)
    assert ([item.id for item in found.items], found.total) == (["rol_1", "rol_0", "rol_3", "rol_2"], 4)
    assert [item.id for item in (await adapters.rollouts.list(kind="upgrade")).items] == ["rol_0", "rol_2"]
    assert [item.id for item in (await adapters.rollouts.list(kind="upgrade", status="done")).items] == ["rol_2"]
    assert [item.id for item in (await adapters.rollouts.list(page=1, per_page=3)).items] == ["rol_2"]
    assert found.model_dump(by_alias=True).keys() >= {"rollouts"}
    for wrong in ({"kind": 5}, {"page": -1}):
        with pytest.raises(InvalidQueryError):
            await adapters.rollouts.list(**wrong)  # type: ignore[arg-type]  # that is the point


async def test_operations_and_rollouts_can_be_removed(adapters: Adapters) -> None:
    rollout_id = (await adapters.rollouts.create(rollout())).id
    kept, gone = [await adapters.tenant_operations.create(tenant_operation(rollout_id=rollout_id)) for _ in range(2)]
    for made in (kept, gone):
        await adapters.tenant_operation_events.create({"operation_id": made.id, "step": "s", "outcome": "started"})
    assert await adapters.tenant_operations.remove(gone.id) is True
    assert await adapters.tenant_operations.remove(gone.id) is False
    assert await adapters.tenant_operations.get(gone.id) is None
    assert (await adapters.tenant_operation_events.list_by_operation(gone.id)).items == []
    assert await adapters.rollouts.remove(rollout_id) is True
    assert await adapters.rollouts.remove(rollout_id) is False
    assert await adapters.rollouts.get(rollout_id) is None
    assert await adapters.tenant_operations.get(kept.id) == kept
    assert len((await adapters.tenant_operation_events.list_by_operation(kept.id)).items) == 1
