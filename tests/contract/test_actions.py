"""Actions, their numbered versions and their executions, on every engine."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from authhero_sql import Adapters, ConflictError, ForeignKeyError, InvalidValueError, TransactionConflictError
from authhero_sql.models import ActionVersion
from tests.contract.builders import SOON, action, action_execution, action_version, tenant

HOUR = timedelta(hours=1)
TASKS = 32


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with two tenants."""
    await tenant(adapters, "acme")
    await tenant(adapters, "globex")
    return adapters


async def versions(store: Adapters, tenant_id: str = "acme", action_id: str = "act_1") -> list[ActionVersion]:
    """Return the versions of an action, newest first."""
    return (await store.action_versions.list(tenant_id, action_id, per_page=1000)).items


def numbers(found: list[ActionVersion]) -> list[int]:
    """Return the numbers of versions."""
    return [version.number for version in found]


def deployed(found: list[ActionVersion]) -> list[int]:
    """Return the numbers of the deployed versions."""
    return [version.number for version in found if version.deployed]


async def test_an_action_has_an_id_of_its_own_and_its_defaults(store: Adapters) -> None:
    made = await store.actions.create("acme", action())
    assert made.id.startswith("act_")
    assert len(made.id) == 21
    assert set(made.id[4:]) <= set("0123456789abcdefghijklmnopqrstuvwxyz")
    assert (made.tenant_id, made.status, made.is_system, made.inherit) == ("acme", "built", False, False)
    assert made.model_dump(exclude_none=True).keys() == {
        "id", "tenant_id", "name", "code", "status", "is_system", "inherit", "created_at", "updated_at",
    }  # fmt: skip


async def test_what_an_action_is_given_comes_back(store: Adapters) -> None:
    given = action(
        "all",
        runtime="node22",
        supported_triggers=[{"id": "post-login", "version": "v3", "more": 1}],
        dependencies=[{"name": "lodash", "version": "4"}],
        secrets=[{"name": "KEY", "value": "hunter2"}, {"name": "ONLY_A_NAME"}],
        is_system=True,
        inherit=True,
    )
    made = await store.actions.create("acme", given)
    assert await store.actions.get("acme", made.id) == made
    assert {name: value for name, value in made.model_dump(exclude_none=True).items() if name in given} == given


async def test_an_action_is_updated_in_the_fields_that_are_given(store: Adapters) -> None:
    made = await store.actions.create("acme", action(runtime="node22", secrets=[{"name": "KEY", "value": "v"}]))
    fields = {"status": "draft", "deployed_at": SOON, "secrets": [{"name": "OTHER"}], "runtime": None}
    assert await store.actions.update("acme", made.id, fields) is True
    found = await store.actions.get("acme", made.id)
    assert found is not None
    assert (found.status, found.deployed_at, found.runtime, found.name, found.code) == ("draft", SOON, None, "enrich", made.code)
    assert [secret.model_dump(exclude_none=True) for secret in found.secrets or []] == [{"name": "OTHER"}]
    assert found.created_at == made.created_at
    assert found.updated_at > made.updated_at
    with pytest.raises(InvalidValueError):
        await store.actions.update("acme", made.id, {"is_system": None})


async def test_the_longest_code_fits_and_no_longer_one(store: Adapters) -> None:
    for code in ("x" * 100_000, "é" * 100_000):
        made = await store.actions.create("acme", action(code=code))
        found = await store.actions.get("acme", made.id)
        assert found is not None
        assert found.code == code
        version = await store.action_versions.create("acme", action_version(code=code))
        assert version.code == code
    with pytest.raises(InvalidValueError) as caught:
        await store.actions.create("acme", action(code="x" * 100_001))
    assert (caught.value.table, caught.value.field) == ("actions", "code")
    with pytest.raises(InvalidValueError):
        await store.action_versions.create("acme", action_version(code="x" * 100_001))


async def test_a_secret_is_never_repeated_by_an_error(store: Adapters) -> None:
    for wrong in ("hunter2\ud800", {"value": "hunter2"}):
        with pytest.raises(InvalidValueError) as caught:
            await store.actions.create("acme", action(secrets=[{"name": "KEY", "value": wrong}]))
        assert "hunter2" not in f"{caught.value!r} {caught.value}"


async def test_actions_are_listed_newest_first(store: Adapters) -> None:
    made = [await store.actions.create("acme", action(f"a{number}")) for number in range(5)]
    await store.actions.create("globex", action("theirs"))
    page = await store.actions.list("acme", per_page=2, include_totals=True)
    assert ([item.name for item in page.items], page.total) == (["a4", "a3"], 5)
    assert [item.name for item in (await store.actions.list("acme", sort="name:asc")).items] == [item.name for item in made]
    assert [item.name async for item in store.actions.iterate("acme", batch=2)] == ["a4", "a3", "a2", "a1", "a0"]
    assert page.model_dump(by_alias=True).keys() >= {"actions", "start", "limit", "length", "total"}


# Versions.


async def test_a_version_of_another_tenants_action_is_refused(store: Adapters) -> None:
    theirs = await store.actions.create("globex", action())
    with pytest.raises(ForeignKeyError):
        await store.action_versions.create("acme", action_version(theirs.id))
    assert await versions(store, action_id=theirs.id) == []


async def test_versions_are_numbered_from_one(store: Adapters) -> None:
    made = [await store.action_versions.create("acme", action_version(code=str(number))) for number in range(3)]
    assert numbers(made) == [1, 2, 3]
    assert [version.id[:4] for version in made] == ["ver_"] * 3
    assert [len(version.id) for version in made] == [21] * 3
    assert numbers(await versions(store)) == [3, 2, 1]
    assert [version.code for version in await versions(store)] == ["2", "1", "0"]
    assert (await store.action_versions.create("acme", action_version("act_2"))).number == 1
    assert (await store.action_versions.create("globex", action_version())).number == 1


async def test_at_most_one_version_is_deployed(store: Adapters) -> None:
    first = await store.action_versions.create("acme", action_version())
    assert first.deployed is True, "versions are deployed by default"
    draft = await store.action_versions.create("acme", action_version(deployed=False))
    assert draft.deployed is False
    assert deployed(await versions(store)) == [1], "a draft replaces no deployed version"
    others = [
        await store.action_versions.create("acme", action_version("act_2")),
        await store.action_versions.create("globex", action_version()),
    ]
    third = await store.action_versions.create("acme", action_version())
    assert third.deployed is True
    assert deployed(await versions(store)) == [3]
    for other in others:
        assert await store.action_versions.get(other.tenant_id, other.action_id, other.id) == other


async def test_a_version_that_is_undeployed_says_when(store: Adapters) -> None:
    first = await store.action_versions.create("acme", action_version())
    draft = await store.action_versions.create("acme", action_version(deployed=False))
    await store.action_versions.create("acme", action_version())
    found = await store.action_versions.get("acme", "act_1", first.id)
    assert found is not None
    assert found == first.model_copy(update={"deployed": False, "updated_at": found.updated_at})
    assert found.updated_at > first.updated_at
    assert await store.action_versions.get("acme", "act_1", draft.id) == draft


async def test_what_a_version_is_given_comes_back(store: Adapters) -> None:
    given = action_version(
        runtime="node22",
        supported_triggers=[{"id": "post-login", "version": "v3"}],
        dependencies=[{"name": "lodash", "version": "4"}],
        secrets=[{"name": "KEY", "value": "v"}],
        deployed=False,
    )
    metadata = {"id": "ver_own", "created_at": SOON, "updated_at": SOON + HOUR}
    made = await store.action_versions.create("acme", given, import_metadata=metadata)
    assert made.model_dump() == {**given, "tenant_id": "acme", "number": 1, **metadata}
    assert await store.action_versions.get("acme", "act_1", "ver_own") == made


async def test_a_version_is_got_by_all_that_it_is_of(store: Adapters) -> None:
    made = await store.action_versions.create("acme", action_version())
    for place in (("globex", "act_1", made.id), ("acme", "act_2", made.id), ("acme", "act_1", "ver_x"), ("acme", "ACT_1", made.id)):
        assert await store.action_versions.get(*place) is None


async def test_an_id_that_is_taken_leaves_everything_as_it_was(store: Adapters) -> None:
    await store.action_versions.create("acme", action_version(), import_metadata={"id": "ver_own"})
    before = await versions(store)
    with pytest.raises(ConflictError) as caught:
        await store.action_versions.create("acme", action_version(), import_metadata={"id": "ver_own"})
    assert caught.value.fields == ("id",)
    assert await versions(store) == before
    assert deployed(before) == [1]


@pytest.mark.transactions
async def test_an_id_that_is_taken_leaves_the_transaction_as_it_was(store: Adapters) -> None:
    await store.action_versions.create("acme", action_version(), import_metadata={"id": "ver_own"})
    before = await versions(store)
    async with store.transaction() as tx:
        with pytest.raises(ConflictError):
            await tx.action_versions.create("acme", action_version(), import_metadata={"id": "ver_own"})
        assert (await tx.action_versions.create("acme", action_version("act_2"))).number == 1, "the transaction continues"
    assert await versions(store) == before


async def test_versions_are_read_in_pages(store: Adapters) -> None:
    for number in range(5):
        await store.action_versions.create("acme", action_version(), import_metadata={"created_at": SOON - number * HOUR})
    pages = [await store.action_versions.list("acme", "act_1", page=page, per_page=2, include_totals=True) for page in range(3)]
    assert [numbers(page.items) for page in pages] == [[5, 4], [3, 2], [1]], "sorted by number, not by time"
    assert [page.total for page in pages] == [5] * 3
    assert (await store.action_versions.list("globex", "act_1")).items == []


async def test_all_versions_of_an_action_are_removed(store: Adapters) -> None:
    for action_id in ("act_1", "act_1", "act_2"):
        await store.action_versions.create("acme", action_version(action_id))
    await store.action_versions.create("globex", action_version())
    assert await store.action_versions.remove_for_action("acme", "act_9") == 0
    assert await store.action_versions.remove_for_action("acme", "act_1") == 2
    assert await versions(store) == []
    assert len(await versions(store, "acme", "act_2")) == len(await versions(store, "globex")) == 1
    assert (await store.action_versions.create("acme", action_version())).number == 1


@pytest.mark.parametrize("exists", [False, True], ids=["without its row", "with its row"])
async def test_versions_made_at_once_get_a_number_each(store: Adapters, exists: bool) -> None:
    id = (await store.actions.create("acme", action())).id if exists else "act_1"
    await create_concurrently(store, id, lambda number: store.action_versions.create("acme", action_version(id, code=str(number))))


@pytest.mark.transactions
@pytest.mark.parametrize("exists", [False, True], ids=["without its row", "with its row"])
async def test_versions_made_at_once_inside_transactions_get_a_number_each(store: Adapters, exists: bool) -> None:
    id = (await store.actions.create("acme", action())).id if exists else "act_1"

    async def make(number: int) -> ActionVersion:
        while True:
            try:
                async with store.transaction() as tx:
                    # The next number does not depend on a version that was read earlier.
                    await tx.action_versions.list("acme", id)
                    return await tx.action_versions.create("acme", action_version(id, code=str(number)))
            except TransactionConflictError:
                # Without a lock on the action's row, MySQL may report a deadlock.
                assert not exists

    await create_concurrently(store, id, make)


async def create_concurrently(store: Adapters, id: str, make: Callable[[int], Awaitable[ActionVersion]]) -> None:
    """Create many versions concurrently and check their numbers."""
    made = await asyncio.gather(*(make(number) for number in range(TASKS)))
    assert sorted(numbers(made)) == list(range(1, TASKS + 1))
    found = await versions(store, action_id=id)
    assert numbers(found) == list(range(TASKS, 0, -1))
    assert deployed(found) == [TASKS]
    assert {version.code: version.number for version in made} == {version.code: version.number for version in found}


async def test_versions_of_many_actions_at_once(store: Adapters) -> None:
    work = [(tenant_id, f"act_{number}") for tenant_id in ("acme", "globex") for number in range(4)] * 4
    drafts = [number % 3 == 0 for number in range(TASKS)]
    await asyncio.gather(
        *(
            store.action_versions.create(tenant_id, action_version(id, deployed=not draft))
            for (tenant_id, id), draft in zip(work, drafts, strict=True)
        )
    )
    for tenant_id, id in set(work):
        found = await versions(store, tenant_id, id)
        assert numbers(found) == [4, 3, 2, 1]
        assert len(deployed(found)) == 1


async def create_and_fail(tx: Adapters) -> None:
    """Create a second version, then something that is rejected."""
    assert (await tx.action_versions.create("acme", action_version())).number == 2
    await tx.tenants.create({"id": "acme", "friendly_name": "Taken"})


@pytest.mark.transactions
async def test_a_transaction_that_fails_leaves_no_gap(store: Adapters) -> None:
    await store.action_versions.create("acme", action_version())
    with pytest.raises(ConflictError):
        async with store.transaction() as tx:
            await create_and_fail(tx)
    assert deployed(await versions(store)) == [1]
    assert (await store.action_versions.create("acme", action_version())).number == 2


# Executions.


async def test_an_execution_comes_back_as_it_was(store: Adapters) -> None:
    failed = {"action_name": "b", "error": {"id": "e", "msg": "boom", "url": "https://e.example"}, "started_at": "a", "ended_at": "b"}
    logs = [{"action_name": "b", "lines": [{"level": level, "message": "é"} for level in ("log", "info", "warn", "error", "debug")]}]
    given = action_execution("ae_all", results=[failed], logs=logs, status="partial")
    made = await store.action_executions.create("acme", given)
    assert await store.action_executions.get("acme", "ae_all") == made
    assert made.model_dump(exclude={"created_at", "updated_at"}) == {**given, "tenant_id": "acme"}
    succeeded = await store.action_executions.create("acme", action_execution("ae_ok"))
    assert succeeded.results[0].error is None
    assert succeeded.logs is None
    assert await store.action_executions.get("globex", "ae_all") is None
    with pytest.raises(ConflictError):
        await store.action_executions.create("acme", given)


@pytest.mark.parametrize("wrong", [{"status": "done"}, {"results": None}, {"results": [{"action_name": "a"}]}, {"id": None}])
async def test_an_execution_that_is_none_is_refused(store: Adapters, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        await store.action_executions.create("acme", {**action_execution(), **wrong})


async def test_old_executions_of_all_tenants_are_swept(store: Adapters) -> None:
    times = [SOON - HOUR, SOON - timedelta(milliseconds=1), SOON, SOON + HOUR]
    for number, time in enumerate(times):
        for tenant_id in ("acme", "globex"):
            execution = action_execution(f"ae_{tenant_id}_{number}")
            await store.action_executions.create(tenant_id, execution, import_metadata={"created_at": time})
    assert await store.action_executions.cleanup(SOON, dry_run=True) == 4
    assert await execution_counts(store) == Counter(acme=4, globex=4)
    assert await store.action_executions.cleanup(SOON) == 4
    assert await execution_counts(store) == Counter(acme=2, globex=2)
    assert await store.action_executions.get("acme", "ae_acme_2") is not None
    assert await store.action_executions.cleanup(SOON) == 0


async def execution_counts(store: Adapters) -> Counter[str]:
    """Return the number of executions of each tenant."""
    tried = [(tenant_id, f"ae_{tenant_id}_{number}") for tenant_id in ("acme", "globex") for number in range(4)]
    return Counter([tenant_id for tenant_id, id in tried if await store.action_executions.get(tenant_id, id)])


async def test_more_executions_than_a_batch_are_swept(store: Adapters) -> None:
    async with store.batch() as tx:
        for number in range(501):
            await tx.action_executions.create("acme", action_execution(f"ae_{number}"))
    assert await store.action_executions.cleanup(SOON) == 501


@pytest.mark.parametrize("wrong", [datetime(2026, 2, 1), "2026-02-01", None])  # noqa: DTZ001  # that is the point
async def test_a_sweep_needs_an_instant(store: Adapters, wrong: Any) -> None:
    await store.action_executions.create("acme", action_execution("ae_1"))
    with pytest.raises(InvalidValueError):
        await store.action_executions.cleanup(wrong)
    assert await store.action_executions.get("acme", "ae_1") is not None
