"""The calls of the workload: every method of every adapter with valid, borderline and invalid arguments, in a deterministic order."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from tests.contract import builders
from tests.kinds import adapter_classes

SOON = builders.SOON
ROUNDS = 7
"""The number of calls of each method with random arguments."""
SECRET = "s3cret-of-the-workload"
"""A value that no error may contain."""
TENANTS = ("acme", "acme", "acme", "acme", "acme", "acme", "acme", "globex", "globex", "nowhere", "ACME", "")
IDS = (
    "auth0|ada", "auth0|eve", "web", "spa", "con_db", "con_x", "db", "login", "s1", "r1", "c1", "otp", "k1", "ae_1", "act_1", "crt_1",
    "tok_1",
    "ext-1", "org_1", "eng", "admin", "theme", "flow_1", "form_1", "hook_1", "inv_1", "lst_1", "mig_1", "api_1", "role_1", "cd_1",
    "login.acme.example", "verify_email", "en", "missing", "", " ", "%", "_", "'", "\\", "é", "🦉", "x" * 300, "a\0b", "\ud800",
)  # fmt: skip
TEXTS = ("x", "Ada Lovelace", "", " ", "é", "🦉", "'; --", "%_\\", "x" * 60, "x" * 300, "x" * 70_000, "a\0b", "\ud800", SECRET)
WRONG: tuple[Any, ...] = (None, 0, -1, True, 1.5, 2**70, [], ["x"], {}, {"x": 1}, SOON)
INSTANTS = (SOON, SOON + timedelta(days=400), datetime(1, 1, 1, tzinfo=UTC), SOON.replace(tzinfo=None), datetime(9999, 12, 31, tzinfo=UTC))
QUERIES = (
    None, "", "ada", "name:*", "-name:x", "email:ADA@acme.example", "created_at:>2020-01-01", "tenant_id:globex", "(", "id:a OR name:web",
    "type:s", "user_id:auth0*", "_exists_:name", "is_system:true", "x" * 9000,
)  # fmt: skip
CURSORS = (None, "", "nonsense", "e30", "eyJzIjoiMjAyMC0wMS0wMVQwMDowMDowMC4wMDBaIiwiaSI6IngifQ")
SORTS = (None, "created_at:desc", "name:asc", "id:-1", "created_at", "password:asc", "tenant_id:desc", ":", "name:up")
NUMBERS = (0, 1, 2, 50, 1001, -1, 2**60, True, "1", None)
INPUTS: tuple[Callable[[], dict[str, Any]], ...] = tuple(
    getattr(builders, name)
    for name in (
        "user", "client", "connection", "login_session", "session", "refresh_token", "code", "log", "key", "action", "action_version",
        "action_execution", "authentication_method", "client_grant", "client_registration_token", "custom_domain", "email_provider",
        "email_template", "flow", "form", "grant", "hook", "invite", "log_stream", "migration_source", "organization", "outbox_event",
        "proxy_route", "resource_server", "role", "permission", "rollout", "scim_configuration", "scim_token", "scim_external_id",
        "tenant_operation", "theme",
    )
)  # fmt: skip
EXISTING: dict[str, Any] = {
    "action_id": "act_1", "audience": "https://api.example", "client_id": "web", "code_id": "c1", "connection_id": "con_db",
    "connection_ids": ["con_db"], "credential_id": "cred", "custom_domain_id": "cd_1", "domain": "login.acme.example",
    "email": "ada@acme.example",
    "external_id": "ext-1", "host": "login.acme.example", "ids": ["evt_1", "evt_2"], "kid": "k1", "language": "en",
    "linked_user_id": "auth0|eve", "log_id": "log_1", "login_session_id": "login_acme", "operation_id": "op_1",
    "organization_id": "org_1", "prompt": "login", "provider": "auth0", "role_id": "role_1", "template": "verify_email",
    "theme_id": "theme_1", "token_hash": "hash of crt_1", "token_id": "tok_1", "user_id": "auth0|ada",
}  # fmt: skip
"""Values of these parameters that exist in the database."""
THERE_IDS = {
    "action_executions": "ae_1", "action_versions": "ver_1", "actions": "act_1", "authentication_methods": "am_1", "client_grants": "cg_1",
    "client_registration_tokens": "crt_1", "clients": "web", "connections": "con_db", "custom_domains": "cd_1", "flows": "flow_1",
    "forms": "form_1", "grants": "grant_1", "hook_code": "hc_1", "hooks": "hook_1", "invites": "inv_1", "log_streams": "lst_1",
    "login_sessions": "login_acme", "migration_sources": "mig_1", "organizations": "org_1", "outbox": "evt_1", "proxy_routes": "pr_1",
    "refresh_tokens": "r1", "resource_servers": "api_1", "roles": "role_1", "rollouts": "ro_1", "scim_configurations": "con_db",
    "sessions": "s1", "tenant_operations": "op_1", "tenants": "acme", "themes": "theme_1", "users": "auth0|ada",
    "user_organizations": "uo_1", "organization_connections": "con_db",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Made:
    """A call: the method and its arguments."""

    name: str
    arguments: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.name}({', '.join(f'{name}={_short(value)}' for name, value in self.arguments.items())})"


def _short(value: Any) -> str:
    text = ascii(value)
    return text if len(text) < 160 else f"{text[:120]}…{len(text)}"


def calls() -> list[Made]:
    """Return all calls in order."""
    return [*_setup(), *_multiple_writes(), *_random_calls()]


def _setup() -> Iterator[Made]:
    """Yield the calls that create two equal tenants with rows in all tables."""
    for tenant in ("acme", "globex"):
        yield Made("tenants.create", {"params": {"id": tenant, "friendly_name": tenant.title()}})
        yield Made("users.create", {"tenant_id": tenant, "params": builders.user()})
        yield Made("users.create", {"tenant_id": tenant, "params": builders.user("eve", app_metadata={"ä": [1.5, None, 2**60]})})
        yield Made("clients.create", {"tenant_id": tenant, "params": builders.client()})
        yield Made("connections.create", {"tenant_id": tenant, "params": builders.connection()})
        yield Made(
            "login_sessions.create", {"tenant_id": tenant, "params": builders.login_session(), "import_metadata": {"id": f"login_{tenant}"}}
        )
    for name, make in _creations().items():
        parameters = inspect.signature(_method(name)).parameters
        taken = next((each for each in ("params", "key", "template", "provider", "theme", "event") if each in parameters), None)
        if "import_metadata" in parameters and (there := THERE_IDS.get(name.partition(".")[0])):
            # Imported with the ID that later calls use.
            imported = {taken or "": make(), "tenant_id": "acme", "organization_id": "org_1", "import_metadata": {"id": there}}
            yield Made(name, {each: value for each, value in imported.items() if each in parameters})
        for given in (make(), make(), {**make(), "surprise": 1}, {}, None):
            arguments: dict[str, Any] = {taken: given} if taken else {}
            if "tenant_id" in parameters:
                arguments["tenant_id"] = "acme"
            if "organization_id" in parameters:
                arguments["organization_id"] = "org_1"
            yield Made(name, arguments)
        if "tenant_id" in parameters:
            # References to a missing tenant.
            yield Made(name, {**arguments, "tenant_id": "nowhere", **({taken: make()} if taken else {})})


def _multiple_writes() -> Iterator[Made]:
    """Yield the calls that write several rows, with all optional rows."""
    b, event, later = builders, builders.outbox_event(), SOON + timedelta(days=30)
    own = {"tenant_id": "acme"}
    secret = {"hash": SECRET, "algorithm": "bcrypt"}
    for name, user in (("users.create", "lin"), ("users.raw_create", "mae")):
        given = b.user(user, last_ip="::1", last_login=SOON, password=secret)
        yield Made(name, {**own, "params": given, "outbox_events": (event, event)})
    linked = b.user("two", linked_to="auth0|lin", email="two@acme.example")
    yield Made("users.create", {**own, "params": linked})
    yield Made("users.update", {**own, "user_id": "auth0|lin", "fields": {"name": "Lin", "login_count": 3}, "outbox_events": (event,)})
    yield Made("users.update", {**own, "user_id": "auth0|missing", "fields": {"name": "x", "login_count": 3}, "outbox_events": (event,)})
    for number in range(3):
        yield Made("passwords.create", {**own, "params": {"id": f"p{number}", "user_id": "auth0|lin", "password": SECRET}})
    yield Made("passwords.update", {**own, "fields": {"id": "p1", "is_current": True}})
    yield Made("passwords.update", {**own, "fields": {"id": "missing", "is_current": True}})
    yield Made("passwords.get", {**own, "user_id": "auth0|lin"})
    permissions = [b.permission("read:x"), b.permission("write:x")]
    for method in ("assign", "list", "remove", "list"):
        given = {**own, "role_id": "role_1"}
        yield Made(f"role_permissions.{method}", given if method == "list" else {**given, "permissions": permissions})
    for ends in (SOON, later):
        for name, make in (("sessions", b.session), ("refresh_tokens", b.refresh_token)):
            row = make(f"{name} {ends:%d}", expires_at=ends, **{"login_session_id" if name == "sessions" else "login_id": "login_acme"})
            yield Made(f"{name}.create", {**own, "params": row})
            yield Made(f"{name}.update", {**own, "id": row["id"], "fields": {"expires_at": ends + timedelta(hours=1)}})
            yield Made("login_sessions.get", {**own, "id": "login_acme"})
    bump = {"fields": {"rotating": False}, "login_session_bump": ("login_acme", later + timedelta(days=1))}
    for id in (f"refresh_tokens {SOON:%d}", "missing"):
        yield Made("refresh_tokens.update", {**own, "id": id, **bump})
    yield Made("refresh_tokens.update", {**own, "id": f"refresh_tokens {SOON:%d}", **bump, "fields": {}})
    yield Made("login_sessions.get", {**own, "id": "login_acme"})
    for id in ("old", "older"):
        for name, make in (("sessions", b.session), ("refresh_tokens", b.refresh_token)):
            yield Made(f"{name}.create", {**own, "params": make(f"{name} {id}", expires_at=datetime(2020, 1, 1, tzinfo=UTC))})
    yield Made("session_cleanup.__call__", {**own, "dry_run": True})
    yield Made("session_cleanup.__call__", own)
    for user in ("lin", "lin", "mae"):
        yield Made("users.remove", {**own, "user_id": f"auth0|{user}", "outbox_events": (event,)})


def _creations() -> dict[str, Callable[[], dict[str, Any]]]:
    """Yield the calls that create each entity, and their input."""
    b = builders
    return {
        "organizations.create": lambda: b.organization(id="org_1"),
        "organization_connections.create": lambda: {"connection_id": "con_db"},
        "user_organizations.create": lambda: {"user_id": "auth0|ada", "organization_id": "org_1"},
        "actions.create": b.action, "action_versions.create": b.action_version, "action_executions.create": b.action_execution,
        "authentication_methods.create": b.authentication_method, "client_grants.create": b.client_grant, "codes.create": b.code,
        "client_registration_tokens.create": b.client_registration_token,
        "custom_domains.create": lambda: b.custom_domain(custom_domain_id="cd_1"),
        "email_providers.create": b.email_provider, "email_templates.create": b.email_template, "flows.create": b.flow,
        "forms.create": b.form,
        "grants.create": b.grant, "hook_code.create": lambda: {"code": "x"}, "hooks.create": lambda: b.hook(hook_id="hook_1"),
        "invites.create": lambda: b.invite(id="inv_1"), "keys.create": b.key, "log_streams.create": b.log_stream, "logs.create": b.log,
        "migration_sources.create": lambda: b.migration_source(id="mig_1"), "outbox.create": b.outbox_event,
        "proxy_routes.create": b.proxy_route,
        "passwords.create": lambda: {"id": "p1", "user_id": "auth0|ada", "password": SECRET},
        "resource_servers.create": lambda: b.resource_server(id="api_1"), "roles.create": lambda: b.role(id="role_1"),
        "rollouts.create": b.rollout,
        "scim_configurations.create": b.scim_configuration, "scim_tokens.create": b.scim_token,
        "scim_external_ids.create": b.scim_external_id,
        "sessions.create": b.session, "refresh_tokens.create": b.refresh_token, "tenant_operations.create": b.tenant_operation,
        "themes.create": b.theme,
    }  # fmt: skip


def many() -> set[str]:
    """Return the methods that create many rows."""
    return {name for name in methods() if name.endswith(".create_many")}


def methods() -> dict[str, Callable[..., Any]]:
    """Return all public methods of all adapters by name."""
    found: dict[str, Callable[..., Any]] = {}
    for adapter, kind in sorted(adapter_classes().items()):
        if adapter == "session_cleanup":
            found["session_cleanup.__call__"] = kind.__call__
            continue
        for name, method in sorted(inspect.getmembers(kind, inspect.isfunction)):
            if not name.startswith("_"):
                found[f"{adapter}.{name}"] = method
    return found


def _method(name: str) -> Callable[..., Any]:
    return methods()[name]


def _random_calls() -> Iterator[Made]:
    """Yield calls of each method with random arguments. The methods that delete whole tenants come last."""
    last = ("tenants.remove", "session_cleanup.__call__")
    for turn in range(ROUNDS):
        for name, method in sorted(methods().items(), key=lambda item: (item[0] in last, item[0])):
            if turn < (ROUNDS - 1 if name in last else ROUNDS - 3 if "remove" in name or "delete" in name else 0):
                continue  # so that the other methods find rows
            draw = Random(f"{name} {turn}")  # deterministic
            parameters = [*inspect.signature(method).parameters.values()][1:]
            yield Made(
                name, {each.name: _argument(draw, name, each) for each in parameters if each.default is each.empty or draw.random() < 0.3}
            )


def _argument(draw: Random, method: str, parameter: inspect.Parameter) -> Any:
    """Return an argument, usually of the expected kind."""
    kind, name, adapter = str(parameter.annotation), parameter.name, method.partition(".")[0]
    there = THERE_IDS.get(adapter) if name == "id" else "hash of tok_1" if method == "scim_tokens.get_by_hash" else EXISTING.get(name)
    if there is not None and draw.random() < 0.7:
        return there
    own = _creations().get(f"{adapter}.create")
    pools: dict[str, tuple[Any, ...]] = {
        "tenant_id": TENANTS, "q": QUERIES, "sort": SORTS, "from_": CURSORS, "resource": ("logins", "active-users", "nothing"),
        "type": ("otp", "x"),
        "page": NUMBERS, "per_page": NUMBERS, "take": NUMBERS, "limit": NUMBERS, "batch": NUMBERS, "weeks": (1, 4, 0, 99),
        "lease": (timedelta(seconds=1), timedelta(0)),
        "import_metadata": (None, {"id": "imported"}, {"created_at": "2020-01-01T00:00:00.123Z"}, {"created_at": "yesterday"},
        {"surprise": 1}),
        "login_session_bump": (None, ("login_acme", SOON)), "outbox_events": ((), (builders.outbox_event(),), ({},)),
        "grace": (timedelta(days=7), timedelta(days=-1)), "dry_run": (True, False), "include_totals": (True, False),
        "rows": ([], None, [{}, {"surprise": 1}], [(own or builders.user)()] * 2),
        "on_conflict": ("error", "skip", "update", "nothing"), "on_invalid": ("raise", "report"), "progress": (None,),
        "prompt": ("login", "nothing"), "custom_text": ({"title": "Hej"}, {"title": 1}), "steps": (1,),
    }  # fmt: skip
    if name in pools:
        return draw.choice(pools[name])
    if draw.random() < 0.08:
        return draw.choice(WRONG)
    if "datetime" in kind:
        return draw.choice(INSTANTS)
    if "Sequence[str]" in kind:
        return draw.sample(IDS[:30], 3)
    if "Mapping" in kind or "Fields" in kind or "BaseModel" in kind:
        given = _mapping(draw, own)
        return [given] if "Sequence" in kind else given
    if "int" in kind:
        return draw.choice(NUMBERS)
    return draw.choice(IDS)


def _mapping(draw: Random, own: Callable[[], dict[str, Any]] | None) -> dict[str, Any]:
    """Return some fields, usually of this entity."""
    given = own() if own and draw.random() < 0.7 else draw.choice(INPUTS)()
    if draw.random() < 0.5:
        given = {name: given[name] for name in draw.sample(sorted(given), min(2, len(given)))}
    for name in draw.sample(("name", "display_name", "code", "metadata", "email", "friendly_name", "status"), draw.choice((0, 1, 1))):
        given[name] = draw.choice((*TEXTS, *WRONG))
    return given
