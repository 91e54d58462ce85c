"""What the models cost alone: a mapping validated on its way in, a row decoded and validated on its way out, without any database."""

from __future__ import annotations

import statistics
import timeit
from collections.abc import Callable
from datetime import datetime
from typing import Any

from authhero_sql.models import UserInsert
from benchmarks.candidates import service
from benchmarks.candidates.columns import TABLES, iso
from benchmarks.candidates.protocol import PAGE
from benchmarks.workload import new_user

REPEATS, CALLS = 15, 100


def costs() -> dict[str, float]:
    """Microseconds by row of the table, for those rows of which it can be told."""
    given = new_user(1)
    stored = _stored(service.new_user("acme", given))
    user = _micros(lambda: service.user(_decoded(stored)))
    create = _micros(lambda: UserInsert.model_validate(given))
    change = _micros(lambda: service.changed_user({"nickname": "ada", "email_verified": True, "app_metadata": given["app_metadata"]}))
    pages = ("users.list", "users.list, q=connection", "users.list, totals", "users.list, checkpoint")
    one = dict.fromkeys(("users.get", "users.list, q=email"), user)
    return {**one, "users.create": create + user, "users.update": change, **dict.fromkeys(pages, PAGE * user)}


def _stored(row: service.Row) -> tuple[Any, ...]:
    return tuple(_encoded(row.get(column.public)) for column in TABLES["users"])


def _encoded(value: Any) -> Any:
    if isinstance(value, dict):
        return service.dumps(value)
    return iso(value) if isinstance(value, datetime) else value


def _decoded(stored: tuple[Any, ...]) -> service.Row:
    row = {column.public: value for column, value in zip(TABLES["users"], stored, strict=True)}
    for name in ("app_metadata", "user_metadata"):
        row[name] = service.loads(row[name])
    return row


def _micros(work: Callable[[], Any]) -> float:
    return statistics.median(timeit.repeat(work, repeat=REPEATS, number=CALLS)) / CALLS * 1e6
