"""The cost of the models alone: validating an input mapping, and decoding and validating a row, without a database."""

from __future__ import annotations

import statistics
import timeit
from collections.abc import Callable
from typing import Any

from authhero_sql.models import ClientInsert, UserInsert
from benchmarks import workload
from benchmarks.candidates import service
from benchmarks.candidates.columns import TABLES, Column, iso
from benchmarks.candidates.protocol import PAGE

REPEATS, CALLS = 15, 100


def costs() -> dict[str, float]:
    """Return the cost in microseconds by row of the table, for the rows that have a separable cost."""
    given = workload.new_user(1)
    stored = _stored("users", service.new_user("acme", given))
    user = _micros(lambda: service.user(_decoded("users", stored)))
    application = ClientInsert.model_validate(workload.client()).model_dump(by_alias=True)
    kept = _stored("clients", {**application, "created_at": service.now(), "updated_at": service.now()})
    client = _micros(lambda: service.client(_decoded("clients", kept)))
    create = _micros(lambda: UserInsert.model_validate(given))
    change = _micros(lambda: service.changed_user({"nickname": "ada", "email_verified": True, "app_metadata": given["app_metadata"]}))
    pages = ("users.list", "users.list, q=connection", "users.list, totals", "users.list, checkpoint")
    one = dict.fromkeys(("users.get", "users.list, q=email"), user)
    return {**one, "clients.get": client, "users.create": create + user, "users.update": change, **dict.fromkeys(pages, PAGE * user)}


def _stored(table: str, row: service.Row) -> tuple[Any, ...]:
    return tuple(_encoded(row.get(column.public), column) for column in TABLES[table])


def _encoded(value: Any, column: Column) -> Any:
    if value is None:
        return None
    if column.kind == "json":
        return service.dumps(value)
    return iso(value) if column.kind == "iso" else value


def _decoded(table: str, stored: tuple[Any, ...]) -> service.Row:
    return {
        column.public: service.loads(value) if column.kind == "json" and value is not None else value
        for column, value in zip(TABLES[table], stored, strict=True)
    }


def _micros(work: Callable[[], Any]) -> float:
    return statistics.median(timeit.repeat(work, repeat=REPEATS, number=CALLS)) / CALLS * 1e6
