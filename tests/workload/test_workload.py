"""The workload has the recorded results and errors on every engine."""

from __future__ import annotations

from collections import Counter

from authhero_sql import Database
from tests.kinds import adapter_classes
from tests.workload.calls import SECRET, calls, methods
from tests.workload.replay import recorded, reference_first, replay


async def test_every_engine_answers_as_recorded(db: Database) -> None:
    before, now = recorded(), await replay(db)
    different = [(call, was, is_) for (call, was), (_, is_) in zip(before, now, strict=True) if was != is_]
    different = [(call, was, is_) for call, was, is_ in different if not reference_first(db.dialect, was, is_)]
    assert different == [], f"{len(different)} answers differ"


def test_the_workload_is_large_and_leaves_nothing_out() -> None:
    made = Counter(call.name for call in calls())
    assert made.total() >= 600
    assert set(made) == set(methods())
    assert {name.partition(".")[0] for name in made} == set(adapter_classes())


def test_the_errors_that_callers_meet_occur_and_repeat_no_secret() -> None:
    errors = [answer for _, answer in recorded() if isinstance(answer, dict) and "error" in answer]
    assert {error["error"] for error in errors} >= {"ConflictError", "ForeignKeyError", "InvalidQueryError", "InvalidValueError"}
    assert not [error for error in errors if SECRET in str(error)]
    assert len(errors) < 0.7 * len(recorded()), "most calls should succeed"
