"""The calls that were recorded on AuthHero's own database, and where our answers differ on purpose."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from authhero_sql import Adapters, Sort

INTEROP = Path(__file__).parents[3] / "shared" / "interop"
SQLITE = INTEROP / "authhero.sqlite"
MYSQL = INTEROP / "authhero.mysql.sql"
needs_interop = pytest.mark.skipif(
    not INTEROP.is_dir(), reason="the database that AuthHero wrote (../shared/interop) is not beside the project"
)

ADAPTERS = frozenset({
    "tenants", "clients", "connections", "client_connections", "users", "user_activity", "passwords", "login_sessions", "sessions",
    "refresh_tokens", "codes", "keys", "logs",
})  # fmt: skip
"""The adapters that are compared so far."""
LATER = frozenset({
    "roles", "resource_servers", "role_permissions", "organizations", "user_organizations", "organization_connections", "user_roles",
    "user_permissions", "invites", "grants", "client_grants", "branding", "prompt_settings", "custom_text", "custom_domains",
    "proxy_routes", "hooks", "hook_code", "actions", "action_versions", "action_executions", "flows", "forms", "email_providers",
    "email_templates", "universal_login_templates", "authentication_methods", "log_streams", "migration_sources",
    "client_registration_tokens", "scim_configurations", "scim_tokens", "scim_external_ids", "themes", "tenant_operations",
    "tenant_operation_events", "rollouts", "outbox", "stats", "analytics",
})  # fmt: skip
"""The adapters whose calls wait for them."""


def snake(name: str) -> str:
    """The Python name of a wire name."""
    return re.sub(r"(?<=[a-z])([A-Z])", lambda match: "_" + match[1].lower(), name)


@dataclass(frozen=True)
class Recorded:
    """One call and AuthHero's answer."""

    number: int
    adapter: str
    method: str
    args: tuple[Any, ...]
    result: Any

    @property
    def options(self) -> dict[str, Any]:
        """The keyword arguments: the last argument, where that is an object."""
        last = self.args[-1] if self.args else None
        return last if isinstance(last, dict) else {}

    @property
    def walks(self) -> bool:
        """Whether it asks for a page by checkpoint."""
        return "take" in self.options or "from" in self.options

    @property
    def waits_for(self) -> str | None:
        """What is still missing for it, or None."""
        if self.adapter not in ADAPTERS:
            return "adapter"
        return "q" if "q" in self.options else None

    def __str__(self) -> str:
        given = "-".join(str(value) for value in (*self.args, *self.options) if isinstance(value, str))
        return f"{self.number}-{self.adapter}.{self.method}-{given}"[:80]

    async def ask(self, adapters: Adapters) -> Any:
        """Our answer."""
        method = getattr(getattr(adapters, self.adapter), self.method)
        positional = self.args[:-1] if self.options else self.args
        return await method(*positional, **keywords(self.options))


def keywords(options: dict[str, Any]) -> dict[str, Any]:
    """The options by our names."""
    named = {"from_" if name == "from" else snake(name): value for name, value in options.items()}
    if "sort" in named:
        named["sort"] = Sort(named["sort"]["sort_by"], named["sort"]["sort_order"])
    return named


@cache
def recorded() -> list[Recorded]:
    """All calls in their order; empty without the recording."""
    if not INTEROP.is_dir():
        return []
    calls = json.loads((INTEROP / "calls.json").read_text("utf-8"))["calls"]
    return [
        Recorded(number, snake(call["adapter"]), snake(call["method"]), tuple(call["args"]), call["result"])
        for number, call in enumerate(calls)
    ]


def covered() -> list[Recorded]:
    """The calls that nothing is missing for."""
    return [call for call in recorded() if call.waits_for is None]


def wire(answer: Any) -> Any:
    """Our answer as it goes over the wire."""
    if isinstance(answer, list):
        return [wire(item) for item in answer]
    if hasattr(answer, "model_dump"):
        return answer.model_dump(mode="json", by_alias=True, exclude_none=True)
    return answer


# --- the differences on purpose; each takes their answer closer to ours ----------------------------------------------------------


def one_page(call: Recorded, result: Any) -> Any:
    """Theirs counts all rows in ``length``, knows no place without totals, and nests totals for clients: ours is one Page."""
    if call.method != "list" or not isinstance(result, dict):
        return result
    rows = next(name for name, value in result.items() if isinstance(value, list))
    given = call.options
    page: dict[str, Any] = {rows: result[rows], "start": 0, "limit": given.get("take", 50), "length": len(result[rows])}
    if not call.walks:
        page |= {"start": given.get("page", 0) * given.get("per_page", 50), "limit": given.get("per_page", 50)}
    if given.get("include_totals"):
        page["total"] = result.get("totals", result)["length"]
    if result.get("next") is not None:
        page["next"] = result["next"]
    return page


LEAKED = {
    ("users", "list"): {"tenant_id"},
    ("clients", "list"): {"tenant_id"},
    ("connections", "get"): {"tenant_id"},
    ("client_connections", "list_by_client"): {"tenant_id"},
    ("codes", "get"): {"tenant_id", "expires_at_ts"},
    ("logs", "get"): {"tenant_id"},
    ("logs", "list"): {"tenant_id"},
}
LOCATION = {"country_code", "city_name", "latitude", "longitude", "time_zone", "continent_code"}


def storage_stays_inside(call: Recorded, result: Any) -> Any:
    """Theirs shows storage columns where it hands out the row as it is; a log's location is shown as ``location_info`` already."""
    leaked = LEAKED.get((call.adapter, call.method), set()) | (LOCATION if call.adapter == "logs" else set())
    return _each_row(result, lambda row: {name: value for name, value in row.items() if name not in leaked})


def nulls_are_absent(_: Recorded, result: Any) -> Any:
    """Theirs keeps the nulls of some entities, of logs above all; ours has none anywhere."""
    return _each_row(result, lambda row: {name: value for name, value in row.items() if value is not None})


DIFFERENCES: tuple[Callable[[Recorded, Any], Any], ...] = (one_page, storage_stays_inside, nulls_are_absent)


def _each_row(result: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    """The answer with each of its rows changed: of a list, of a page, or the one that it is."""
    if isinstance(result, list):
        return [change(row) if isinstance(row, dict) else row for row in result]
    if isinstance(result, dict) and {"start", "limit", "length"} <= result.keys():
        return {name: _each_row(value, change) if isinstance(value, list) else value for name, value in result.items()}
    return change(result) if isinstance(result, dict) else result


def expected(call: Recorded) -> Any:
    """AuthHero's answer with the differences that are on purpose."""
    result = call.result
    for difference in DIFFERENCES:
        result = difference(call, result)
    return result
