"""Each call of the workload has the same outcome in a batch of its own, or is rejected."""

from __future__ import annotations

from random import Random
from typing import Any

from authhero_sql import Adapters, AuthHeroSQLError, Database, IdGenerator, UnsupportedError, create_adapters
from tests.workload.calls import Made, calls, many
from tests.workload.replay import SteppingClock, outcome, recorded, reference_first

REJECTED = {
    "action_executions.cleanup", "action_versions.create", "action_versions.remove_for_action", "authentication_methods.update",
    "client_registration_tokens.revoke", "client_registration_tokens.revoke_by_client", "codes.cleanup", "flows.update",
    "logs.cleanup", "organization_connections.create", "outbox.claim_events", "outbox.cleanup",
    "outbox.mark_processed", "refresh_tokens.revoke_by_login_session", "refresh_tokens.revoke_family", "refresh_tokens.rotate",
    "session_cleanup.__call__",
}  # fmt: skip
"""Methods that need the result of their writes. ``create_many`` needs it to skip or update rows, and ``update`` to return the row."""


async def batch_outcome(adapters: Adapters, made: Made) -> Any:
    """Return the answer of a call in a batch, or the error of the call or the batch."""
    try:
        async with adapters.batch() as batch:
            answer = await outcome(batch, made)
            if isinstance(answer, dict) and "error" in answer:
                return answer
    except AuthHeroSQLError as error:
        return error_summary(error)
    return answer


def error_summary(error: AuthHeroSQLError) -> dict[str, Any]:
    """Return the class of an error and its table."""
    return {"error": type(error).__name__, "table": getattr(error, "table", None)}


def same_outcome(was: Any, now: Any) -> bool:
    """Return whether a batch had the same outcome as the call alone."""
    if isinstance(now, dict) and isinstance(was, dict) and now.get("error") and was.get("error"):
        # In a batch, a missing organization of a row only becomes apparent because its INSERT inserts no row.
        kinds = (was["error"], now["error"])
        return kinds[0] == kinds[1] or kinds == ("ForeignKeyError", "BatchRowNotFoundError")
    # Without a matching row, the batch raises an error instead of returning False.
    return was == now or (was is False and isinstance(now, dict) and now.get("error") == "BatchRowNotFoundError")


async def test_a_batch_of_one_call_does_what_the_call_does(db: Database) -> None:
    adapters = await create_adapters(db, clock=SteppingClock(), ids=IdGenerator(Random(7).randbytes))
    different = []
    for made, (call, was) in zip(calls(), recorded(), strict=True):
        alone = made.name in REJECTED | many() or made.arguments.get("returning")
        now = await (outcome(adapters, made) if alone else batch_outcome(adapters, made))
        if not same_outcome(was, now) and not reference_first(db.dialect, was, now):
            different.append((call, was, now))
    assert different == [], f"{len(different)} differ"


async def test_what_has_to_see_its_own_write_is_refused(db: Database) -> None:
    adapters = await create_adapters(db, clock=SteppingClock(), ids=IdGenerator(Random(7).randbytes))
    refused = set()
    for made in calls():
        if made.arguments.get("returning"):
            continue
        answer = await batch_outcome(adapters, made)
        if isinstance(answer, dict) and answer.get("error") == UnsupportedError.__name__:
            refused.add(made.name)
    assert refused - many() == REJECTED
    assert len(refused & many()) > 10
