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
from authhero_sql.models import ActionExecution

INTEROP = Path(__file__).parents[3] / "shared" / "interop"
SQLITE = INTEROP / "authhero.sqlite"
MYSQL = INTEROP / "authhero.mysql.sql"
needs_interop = pytest.mark.skipif(
    not INTEROP.is_dir(), reason="the database that AuthHero wrote (../shared/interop) is not beside the project"
)

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
"""The adapters that are compared: all that the recording has calls of."""


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
    def refused(self) -> bool:
        """Whether it filters by a field that there is none of: theirs drops the clause and gives everybody, ours refuses it."""
        return self.options.get("q") == "tenant_id:globex"

    def __str__(self) -> str:
        given = "-".join(str(value) for value in (*self.args, *self.options) if isinstance(value, str))
        return f"{self.number}-{self.adapter}.{self.method}-{given}"[:80]

    async def ask(self, adapters: Adapters) -> Any:
        """Our answer."""
        method = getattr(getattr(adapters, self.adapter), self.method)
        if self.adapter == "analytics":
            # The one method that takes its parameters as an object.
            return await method(*self.args)
        positional = self.args[:-1] if self.args and isinstance(self.args[-1], dict) else self.args
        # Theirs take null for what is not given.
        return await method(*(given for given in positional if given is not None), **keywords(self.options))


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
    """The calls that ours answers."""
    return [call for call in recorded() if not call.refused]


def wire(answer: Any) -> Any:
    """Our answer as it goes over the wire."""
    if isinstance(answer, list):
        return [wire(item) for item in answer]
    if isinstance(answer, ActionExecution):
        # The one entity with a null that must be there, deep inside.
        return {name: value for name, value in answer.model_dump(mode="json", by_alias=True).items() if value is not None} | {
            "results": answer.model_dump(mode="json", exclude_unset=True)["results"]
        }
    if hasattr(answer, "model_dump"):
        return answer.model_dump(mode="json", by_alias=True, exclude_none=True)
    return answer


# --- the differences on purpose; each takes their answer closer to ours ----------------------------------------------------------


def one_page(call: Recorded, result: Any) -> Any:
    """Theirs counts all rows in ``length``, knows no place without totals, and nests totals for clients: ours is one Page."""
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


def storage_stays_inside(call: Recorded, result: Any) -> Any:
    """Theirs shows storage columns where it hands out the row as it is; a log's location is shown as ``location_info`` already."""
    leaked = LEAKED.get((call.adapter, call.method), set()) | (LOCATION if call.adapter == "logs" else set())
    return _each_row(result, lambda row: {name: value for name, value in row.items() if name not in leaked})


def nulls_are_absent(_: Recorded, result: Any) -> Any:
    """Theirs keeps the nulls of some entities, of logs above all; ours has none anywhere."""
    return _each_row(result, lambda row: {name: value for name, value in row.items() if value is not None})


def json_is_decoded(call: Recorded, result: Any) -> Any:
    """Theirs gives the verification of a domain that is asked for by name as text: ours as the object."""
    if call.method != "get_by_domain":
        return result
    return {**result, "verification": json.loads(result["verification"])}


def roles_are_whole(call: Recorded, result: Any) -> Any:
    """Theirs gives five fields of a user's roles; ours what ``roles.get`` gives."""
    if (call.adapter, call.method) != ("user_roles", "list"):
        return result
    whole = {other.result["id"]: other.result for other in recorded() if (other.adapter, other.method) == ("roles", "get")}
    return [whole[role["id"]] for role in result]


def apis_have_names(_: Recorded, result: Any) -> Any:
    """Theirs gives a permission's API its identifier as name, though there is such an API; ours its name, as adapters.md has it."""
    named = {"https://acme.example/api": "Acme API"}
    return _each_row(
        result,
        lambda row: (
            {**row, "resource_server_name": named[row["resource_server_name"]]} if row.get("resource_server_name") in named else row
        ),
    )


def fonts_are_grouped(call: Recorded, result: Any) -> Any:
    """Theirs gives a theme's fonts column by column; ours in the groups that fields.md has."""
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


def failures_are_told(call: Recorded, result: Any) -> Any:
    """Theirs tells only in ``list_failed`` that an event was given up; ours wherever the event is read."""
    if (call.adapter, call.method) != ("outbox", "get_by_ids"):
        return result
    (failed,) = (other.result["events"] for other in recorded() if other.method == "list_failed")
    told = {event["id"]: {name: event[name] for name in ("dead_lettered_at", "final_error")} for event in failed}
    return [{**event, **told.get(event["id"], {})} for event in result]


DIFFERENCES: tuple[Callable[[Recorded, Any], Any], ...] = (
    fonts_are_grouped,
    failures_are_told,
    one_page,
    storage_stays_inside,
    json_is_decoded,
    roles_are_whole,
    apis_have_names,
    nulls_are_absent,
)


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
