"""The calls that were recorded on AuthHero's own database, and the intended differences in the results."""

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
from authhero_sql.models import ActionExecution

INTEROP = Path(__file__).parents[3] / "shared" / "interop"
SQLITE = INTEROP / "authhero.sqlite"
MYSQL = INTEROP / "authhero.mysql.sql"
needs_interop = pytest.mark.skipif(not INTEROP.is_dir(), reason="requires AuthHero's database in ../shared/interop")

ADAPTERS = frozenset({
    "tenants", "clients", "connections", "client_connections", "users", "user_activity", "passwords", "login_sessions", "sessions",
    "refresh_tokens", "codes", "keys", "logs", "roles", "resource_servers", "role_permissions", "organizations",
    "user_organizations", "organization_connections", "user_roles",
    "user_permissions", "invites", "grants", "client_grants", "branding", "prompt_settings", "custom_text", "custom_domains",
    "proxy_routes", "hooks", "hook_code", "actions", "action_versions", "action_executions", "flows", "forms", "email_providers",
    "email_templates", "universal_login_templates", "authentication_methods", "log_streams", "migration_sources",
    "client_registration_tokens", "scim_configurations", "scim_tokens", "scim_external_ids", "themes", "tenant_operations",
    "tenant_operation_events", "rollouts", "outbox", "stats", "analytics",
})  # fmt: skip
"""The adapters in the recording, which are compared."""


def snake(name: str) -> str:
    """Return the Python name of a wire name."""
    return re.sub(r"(?<=[a-z])([A-Z])", lambda match: "_" + match[1].lower(), name)


@dataclass(frozen=True)
class Recorded:
    """A call and AuthHero's result."""

    number: int
    adapter: str
    method: str
    args: tuple[Any, ...]
    result: Any

    @property
    def options(self) -> dict[str, Any]:
        """The keyword arguments, which are the last argument if that is an object."""
        last = self.args[-1] if self.args else None
        return last if isinstance(last, dict) else {}

    @property
    def walks(self) -> bool:
        """Whether it requests a page by checkpoint."""
        return "take" in self.options or "from" in self.options

    @property
    def refused(self) -> bool:
        """Whether it filters by an unknown field. AuthHero ignores the condition and returns all rows; this package raises an error."""
        return self.options.get("q") == "tenant_id:globex"

    def __str__(self) -> str:
        given = "-".join(str(value) for value in (*self.args, *self.options) if isinstance(value, str))
        return f"{self.number}-{self.adapter}.{self.method}-{given}"[:80]

    async def ask(self, adapters: Adapters) -> Any:
        """Call this package."""
        method = getattr(getattr(adapters, self.adapter), self.method)
        if self.adapter == "analytics":
            # This method has a parameter for all options.
            return await method(*self.args)
        positional = self.args[:-1] if self.args and isinstance(self.args[-1], dict) else self.args
        # AuthHero accepts null for omitted arguments.
        return await method(*(given for given in positional if given is not None), **keywords(self.options))


def keywords(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options with the parameter names of this package."""
    named = {"from_" if name == "from" else snake(name): value for name, value in options.items()}
    if "sort" in named:
        named["sort"] = Sort(named["sort"]["sort_by"], named["sort"]["sort_order"])
    return named


@cache
def recorded() -> list[Recorded]:
    """Return all calls in order, or nothing if the recording is not available."""
    if not INTEROP.is_dir():
        return []
    calls = json.loads((INTEROP / "calls.json").read_text("utf-8"))["calls"]
    return [
        Recorded(number, snake(call["adapter"]), snake(call["method"]), tuple(call["args"]), call["result"])
        for number, call in enumerate(calls)
    ]


def covered() -> list[Recorded]:
    """Return the calls that this package accepts."""
    return [call for call in recorded() if not call.refused]


def wire(answer: Any) -> Any:
    """Return a result in its wire format."""
    if isinstance(answer, list):
        return [wire(item) for item in answer]
    if isinstance(answer, ActionExecution):
        # The only entity with a required null, inside a nested value.
        return {name: value for name, value in answer.model_dump(mode="json", by_alias=True).items() if value is not None} | {
            "results": answer.model_dump(mode="json", exclude_unset=True)["results"]
        }
    if hasattr(answer, "model_dump"):
        return answer.model_dump(mode="json", by_alias=True, exclude_none=True)
    return answer


# --- intended differences: each function converts AuthHero's result --------------------------------------------------------------


def convert_pages(call: Recorded, result: Any) -> Any:
    """Convert a list to a Page.

    AuthHero's ``length`` is the total number of rows. It only returns the position together with totals, and nests the totals of clients.
    """
    if not call.method.startswith("list") or not isinstance(result, dict):
        return result
    rows = next(name for name, value in result.items() if isinstance(value, list))
    given = call.options
    usual = 100 if call.method == "list_by_operation" else 50
    page: dict[str, Any] = {rows: result[rows], "start": 0, "limit": given.get("take", usual), "length": len(result[rows])}
    if not call.walks:
        page |= {"start": given.get("page", 0) * given.get("per_page", usual), "limit": given.get("per_page", usual)}
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
    ("keys", "list"): {"created_at"},
    ("resource_servers", "get"): {"tenant_id"},
    ("organizations", "get"): {"tenant_id"},
    ("invites", "get"): {"tenant_id"},
    ("custom_domains", "list"): {"tenant_id", "created_at", "updated_at"},
    ("custom_domains", "get_by_domain"): {"created_at", "updated_at"},
    ("email_providers", "get"): {"created_at", "updated_at"},
    ("themes", "get"): {"tenant_id", "created_at", "updated_at"},
}
LOCATION = {"country_code", "city_name", "latitude", "longitude", "time_zone", "continent_code"}


def remove_storage_columns(call: Recorded, result: Any) -> Any:
    """Remove columns that AuthHero exposes. The location of a log entry is already in ``location_info``."""
    leaked = LEAKED.get((call.adapter, call.method), set()) | (LOCATION if call.adapter == "logs" else set())
    return _each_row(result, lambda row: {name: value for name, value in row.items() if name not in leaked})


def remove_nulls(_: Recorded, result: Any) -> Any:
    """Remove null values, which AuthHero returns for some entities, especially logs."""
    return _each_row(result, lambda row: {name: value for name, value in row.items() if value is not None})


def decode_json(call: Recorded, result: Any) -> Any:
    """Decode the verification of a domain, which AuthHero returns as text if the domain is read by name."""
    if call.method != "get_by_domain":
        return result
    return {**result, "verification": json.loads(result["verification"])}


def complete_roles(call: Recorded, result: Any) -> Any:
    """Return all fields of a user's roles, like ``roles.get``. AuthHero only returns five of them."""
    if (call.adapter, call.method) != ("user_roles", "list"):
        return result
    whole = {other.result["id"]: other.result for other in recorded() if (other.adapter, other.method) == ("roles", "get")}
    return [whole[role["id"]] for role in result]


def set_api_names(_: Recorded, result: Any) -> Any:
    """Set the name of a permission's API as in adapters.md. AuthHero returns the identifier instead."""
    named = {"https://acme.example/api": "Acme API"}
    return _each_row(
        result,
        lambda row: (
            {**row, "resource_server_name": named[row["resource_server_name"]]} if row.get("resource_server_name") in named else row
        ),
    )


def group_fonts(call: Recorded, result: Any) -> Any:
    """Group the fonts of a theme as in fields.md. AuthHero returns a flat object."""
    if call.adapter != "themes":
        return result
    fonts: dict[str, Any] = {}
    for name, value in result["fonts"].items():
        group, _, part = name.rpartition("_")
        if part in ("bold", "size") and group != "reference_text":
            fonts.setdefault(group, {})[part] = value
        else:
            fonts[name] = value
    return {**result, "fonts": fonts}


def add_failures(call: Recorded, result: Any) -> Any:
    """Add the failure to an event. AuthHero only returns it in ``list_failed``."""
    if (call.adapter, call.method) != ("outbox", "get_by_ids"):
        return result
    (failed,) = (other.result["events"] for other in recorded() if other.method == "list_failed")
    told = {event["id"]: {name: event[name] for name in ("dead_lettered_at", "final_error")} for event in failed}
    return [{**event, **told.get(event["id"], {})} for event in result]


DIFFERENCES: tuple[Callable[[Recorded, Any], Any], ...] = (
    group_fonts,
    add_failures,
    convert_pages,
    remove_storage_columns,
    decode_json,
    complete_roles,
    set_api_names,
    remove_nulls,
)


def _each_row(result: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    """Apply a change to each row of a list or a page, or to a single row."""
    if isinstance(result, list):
        return [change(row) if isinstance(row, dict) else row for row in result]
    if isinstance(result, dict) and {"start", "limit", "length"} <= result.keys():
        return {name: _each_row(value, change) if isinstance(value, list) else value for name, value in result.items()}
    return change(result) if isinstance(result, dict) else result


def expected(call: Recorded) -> Any:
    """Return AuthHero's result with all intended differences."""
    result = call.result
    for difference in DIFFERENCES:
        result = difference(call, result)
    return result
