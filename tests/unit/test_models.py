"""The models compared with the fields of the contract, and the common behavior of all models."""

from __future__ import annotations

import re
import types
from datetime import UTC, datetime, timedelta, timezone
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from authhero_sql import models
from authhero_sql.models import (
    AuthParams,
    Client,
    ClientInsert,
    CodeInsert,
    Connection,
    ConnectionInsert,
    ConnectionOptions,
    Log,
    LogInsert,
    LoginSessionInsert,
    LogType,
    PasswordInsert,
    SigningKey,
    Tenant,
    TenantInsert,
    User,
    UserInsert,
)
from authhero_sql.models.actions import HOOK_TARGETS
from authhero_sql.models.base import Instant
from authhero_sql.row_mapping import wire_fields
from tests.contract_data import CONTRACT, enums, fields, needs_contract

FILLED_IN = {
    ("LoginSessionInsert", "expires_at"),  # create sets it to 24 hours from now
}
"""Fields that the contract requires and its adapters fill in."""
ENTITIES = [
    "Action",
    "ActionDependency",
    "ActionExecution",
    "ActionExecutionError",
    "ActionExecutionInsert",
    "ActionExecutionLogEntry",
    "ActionExecutionResult",
    "ActionInsert",
    "ActionNode",
    "ActionSecret",
    "ActionTrigger",
    "ActionVersion",
    "ActionVersionInsert",
    "Actor",
    "Address",
    "AnalyticsColumnMeta",
    "AnalyticsQueryResponse",
    "AnalyticsStatistics",
    "AttackProtection",
    "AuditEvent",
    "AuditEventInsert",
    "Auth0Client",
    "AuthParams",
    "AuthenticationMethod",
    "AuthenticationMethodInsert",
    "BaseUser",
    "Borders",
    "Branding",
    "BreachedPasswordDetection",
    "BruteForceProtection",
    "ClaimsRequest",
    "Client",
    "ClientGrant",
    "ClientGrantInsert",
    "ClientInsert",
    "ClientRegistrationToken",
    "ClientRegistrationTokenInsert",
    "Code",
    "CodeInsert",
    "Colors",
    "Connection",
    "ConnectionInsert",
    "ConnectionOptions",
    "Coordinates",
    "CustomDomain",
    "CustomDomainInsert",
    "CustomDomainWithTenantId",
    "CustomTextEntry",
    "DailyStats",
    "EmailProvider",
    "EmailTemplate",
    "EmailVerificationRules",
    "EmailVerifyAction",
    "Flow",
    "FlowInsert",
    "FontDetails",
    "Fonts",
    "Form",
    "FormInsert",
    "GenericComponent",
    "GenericNode",
    "Grant",
    "GrantInsert",
    "HandlerConfig",
    "HookCode",
    "HookCodeInsert",
    "Identity",
    "ImportMetadata",
    "Invite",
    "InviteInsert",
    "Invitee",
    "Inviter",
    "LocationInfo",
    "Log",
    "LogInsert",
    "LogStream",
    "LogStreamFilter",
    "LogStreamInsert",
    "LoginSession",
    "LoginSessionInsert",
    "Match",
    "MigrationSource",
    "MigrationSourceCredentials",
    "MigrationSourceInsert",
    "Organization",
    "OrganizationBranding",
    "OrganizationConnection",
    "OrganizationConnectionInsert",
    "OrganizationEnabledConnection",
    "OrganizationInsert",
    "OrganizationTokenQuota",
    "PageBackground",
    "Password",
    "PasswordInsert",
    "ProfileData",
    "PromptSetting",
    "ProxyRoute",
    "ProxyRouteInsert",
    "RedirectAction",
    "RefreshToken",
    "RefreshTokenInsert",
    "RefreshTokenRetentionCohort",
    "RefreshTokenRetentionResponse",
    "RequestContext",
    "ResourceServer",
    "ResourceServerInsert",
    "ResourceServerOptions",
    "ResourceServerScope",
    "ResponseContext",
    "Role",
    "RoleInsert",
    "RolePermission",
    "RolePermissionInsert",
    "Rollout",
    "RolloutInsert",
    "ScimConfiguration",
    "ScimConfigurationInsert",
    "ScimExternalId",
    "ScimExternalIdInsert",
    "ScimMappingEntry",
    "ScimToken",
    "ScimTokenInsert",
    "Session",
    "SessionInsert",
    "SessionRetentionCohort",
    "SessionRetentionResponse",
    "SigningKey",
    "SuspiciousIpThrottling",
    "Target",
    "Tenant",
    "TenantInsert",
    "TenantOperation",
    "TenantOperationEvent",
    "TenantOperationEventInsert",
    "TenantOperationInsert",
    "Theme",
    "ThemeInsert",
    "User",
    "UserActivity",
    "UserInsert",
    "UserOrganization",
    "UserOrganizationInsert",
    "UserPermission",
    "UserPermissionInsert",
    "UserPermissionWithDetails",
    "UserRole",
    "UserRoleInsert",
    "Widget",
]
NAMED = {"LoginSessionAuthStrategy": "AuthStrategy"}
"""Entities with other names in this package."""

NULLABLE = {("Tenant", "created_at"), ("Tenant", "updated_at"), ("ActionExecutionResult", "error")}
"""Required fields that may be null."""

ALWAYS = {("Connection", "id"), ("MigrationSource", "id"), ("ResourceServer", "id")}
"""Fields that a stored entity always has, although they are optional in the contract."""

MADE_UP = {"client_secret"}
"""Random defaults of the contract. The adapter generates them, so the model has no default."""

TEXT = {("ActionExecutionResult", "started_at"), ("ActionExecutionResult", "ended_at"), ("DailyStats", "date")}
"""Times that are stored as text: those inside JSON columns, and a day."""

INSTANT = re.compile(r".*(_at|_until|_since)|date|last_login|last_password_reset|timestamp")

every_entity = pytest.mark.parametrize("entity", [*ENTITIES, *NAMED])
every_insert = pytest.mark.parametrize(
    "model", [getattr(models, name) for name in ENTITIES if name.endswith("Insert") or name in ("SigningKey", "UserActivity")]
)
NOW = datetime(2026, 1, 31, 10, tzinfo=UTC)
WIRE = "2026-01-31T10:00:00.000Z"


def model_of(entity: str) -> type[BaseModel]:
    model: type[BaseModel] = getattr(models, NAMED.get(entity, entity))
    return model


def members(annotation: Any) -> list[Any]:
    """Return the members of a union, or the annotation alone, without ``None`` and metadata."""
    parts = get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,)
    return [get_args(part)[0] if get_origin(part) is Annotated else part for part in parts if part is not type(None)]


def choices(info: FieldInfo) -> set[str]:
    """Return the allowed strings of a field."""
    return {value for part in members(info.annotation) if get_origin(part) is Literal for value in get_args(part)}


def groups(text: str) -> dict[str, str]:
    """Return the fields of an object in the contract's notation: ``{a?: string}`` gives ``{"a?": "string"}``."""
    found: dict[str, str] = {}
    depth, start = 0, 1
    for position, character in enumerate(text):
        depth += {"{": 1, "}": -1}.get(character, 0)
        if (character == "," and depth == 1) or (character == "}" and depth == 0):
            name, _, kind = text[start:position].strip().partition(": ")
            found[name] = kind
            start = position + 1
        if depth == 0:
            break
    return found


def nested(annotation: Any) -> type[BaseModel] | None:
    """Return the model inside an annotation: an object, or a list or map of objects."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := nested(part))), None)


def check_group(model: type[BaseModel], text: str, place: str) -> int:
    """Compare a nested model and all models inside it with the contract. Return the number of models."""
    theirs = groups(text)
    ours = wire_fields(model)
    assert set(ours) == {name.removesuffix("?") for name in theirs}, place
    compared = 1
    for name, given in theirs.items():
        kind = given.removesuffix(" = {}")
        _, info = ours[name.removesuffix("?")]
        where = f"{place}.{name}"
        assert info.is_required() == (not name.endswith("?")), where
        if kind.startswith("enum("):
            assert choices(info) == set(kind[5 : kind.index(")")].split("|")), where
        if (default := re.search(r" = (\S+)$", kind)) and "{" not in kind:
            assert info.default == TypeAdapter(Any).validate_json(default[1]), where
        if "{" in kind:
            inner = nested(info.annotation)
            assert inner is not None, where
            compared += check_group(inner, kind[kind.index("{") :], where)
    return compared


UNIONS: dict[str, Any] = {
    "FormNode": models.FormNode,
    "BlockComponent": models.Component,
    "FieldComponent": models.Component,
    "WidgetComponent": models.Component,
    "FlowActionStep": models.FlowAction,
}
"""The unions of the contract, and their equivalents in the models."""

ALONE = {"ACTION": "ActionNode"}
"""Members that are separate entities in the contract, by type."""


def parts(text: str, separator: str) -> list[str]:
    """Split a text at the separators outside all brackets."""
    found, depth, start = [], 0, 0
    for position, character in enumerate(text):
        depth += {"{": 1, "(": 1, "[": 1, "}": -1, ")": -1, "]": -1}.get(character, 0)
        if depth == 0 and text.startswith(separator, position):
            found.append(text[start:position])
            start = position + len(separator)
    return [*found, text[start:]]


def parse_contract_type(text: str) -> Any:
    """Parse a type in the contract's notation into the format of :func:`parse_annotation`."""
    for word in ("array of ", "map of "):
        if text.startswith(word):
            return word, parse_contract_type(text.removeprefix(word))
    options = parts(text, " | ")
    if len(options) > 1:
        return format_union([parse_contract_type(option) for option in options])
    if text.startswith("{"):
        return "object", {field: parse_contract_field(kind) for field, kind in groups(text).items()}
    if text.startswith(("enum(", '"')):
        return "one of", frozenset(re.findall(r"[^|\"]+", text.removeprefix("enum(").removesuffix(")")))
    kind, low, high = re.fullmatch(r"(\w+)(?:\[(\d*)\.\.(\d*)\])?", text).groups()  # type: ignore[union-attr]  # else the test fails
    return kind, int(low) if low else None, int(high) if high else None


def parse_contract_field(text: str) -> Any:
    """Return the type of a field and its default."""
    kind, *default = parts(text, " = ")
    return parse_contract_type(kind), TypeAdapter(Any).validate_json(default[0]) if default else None


def parse_annotation(annotation: Any, *limits: Any) -> Any:
    """Return the type of a model's field in the same format."""
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return parse_annotation(inside[0], *limits, *inside[1:])
    if origin in (Union, types.UnionType):
        options = [part for part in inside if part is not type(None)]
        return ("number", None, None) if options == [int, float] else format_union([parse_annotation(part, *limits) for part in options])
    if origin is Literal:
        return "one of", frozenset(inside)
    if origin is list:
        return "array of ", parse_annotation(inside[0])
    if annotation == dict[str, Any] or annotation is Any:
        return "any" if annotation is Any else "object", None, None
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "object", {
            f"{wire}{'' if info.is_required() else '?'}": (
                parse_annotation(info.annotation, *info.metadata),
                None if info.is_required() else info.default,
            )
            for wire, (_, info) in wire_fields(annotation).items()
        }
    return {str: "string", int: "integer", bool: "boolean"}[annotation], *(
        limit(limits, name) for name in ("min_length ge", "max_length le")
    )


def limit(limits: tuple[Any, ...], names: str) -> int | None:
    """Return the first limit with one of these names."""
    every = [inner for outer in limits for inner in (outer, *getattr(outer, "metadata", ()))]
    found = [value for one in every for name in names.split() if (value := getattr(one, name, None)) is not None]
    return found[0] if found else None


def format_union(options: list[Any]) -> Any:
    """Return a union regardless of the order of its members, or the only member."""
    return options[0] if len(options) == 1 else ("or", sorted(options, key=repr))


def union(name: str) -> list[str]:
    """Return the members of a union in the contract's notation."""
    text = (CONTRACT / "fields.md").read_text(encoding="utf-8")
    found = re.search(rf"^### {name}\n= (.*)$", text, re.MULTILINE)
    assert found is not None
    return parts(found[1], " | ")


def variants(of: Any) -> dict[str, Any]:
    """Return the members of a union by their ``type``, except the one that accepts unknown types."""
    known = [(get_args(member)[0], get_args(member)[1].tag) for member in get_args(get_args(of)[0])]
    found = {tag: model for model, tag in known if choices(model.model_fields["type"]) == {tag}}
    assert len(found) == len(known) - 1
    return found


@needs_contract
@pytest.mark.parametrize("name", UNIONS)
def test_the_members_of_unions_are_those_of_the_contract(name: str) -> None:
    ours = variants(UNIONS[name])
    for member in union(name):
        assert without_fallback(parse_annotation(ours[type_of(member)])) == without_fallback(parse_contract_type(member))
    known = [type_of(member) for other, of in UNIONS.items() if of is UNIONS[name] for member in union(other)]
    assert sorted(known) == sorted(ours.keys() - ALONE.keys())
    for kind in ours.keys() & ALONE.keys():
        assert ours[kind] is getattr(models, ALONE[kind])


def type_of(member: str) -> str:
    """Return the discriminator of a member."""
    kind, _ = parse_contract_field(groups(member)["type"])
    (only,) = kind[1]
    return str(only)


def without_fallback(described: Any) -> Any:
    """Return the members except those that accept unknown types."""
    if isinstance(described, dict):
        return {name: without_fallback(part) for name, part in described.items()}
    if isinstance(described, list):
        return [without_fallback(part) for part in described if not is_fallback(part)]
    return tuple(without_fallback(part) for part in described) if isinstance(described, tuple) else described


def is_fallback(described: Any) -> bool:
    """Return whether this is an object whose type may be any text."""
    return described[0] == "object" and isinstance(described[1], dict) and described[1].get("type") == (("string", None, None), None)


@needs_contract
@pytest.mark.parametrize(("name", "model"), [("Hook", models.Hook), ("HookInsert", models.HookInsert)])
def test_the_kinds_of_hooks_are_those_of_the_contract(name: str, model: type[BaseModel]) -> None:
    ours = wire_fields(model)
    seen: dict[str, set[str]] = {}
    for member in union(name):
        fields_ = groups(member)
        (target,) = HOOK_TARGETS.keys() & fields_.keys()
        seen[target] = set(fields_["trigger_id"][5:-1].split("|"))
        for field, given in fields_.items():
            kind, _, default = given.partition(" = ")
            info = ours[field.removesuffix("?")][1]
            assert field.endswith("?") or field == target or info.is_required(), field
            assert (info.default if field.endswith("?") else None) == (default == "true" if default else None), field
            if kind.startswith("enum(") and field != "trigger_id":
                assert choices(info) == set(kind[5:-1].split("|")), field
    assert seen == HOOK_TARGETS
    assert choices(ours["trigger_id"][1]) == set().union(*seen.values())
    every = {field.removesuffix("?") for member in union(name) for field in groups(member)}
    assert set(ours) == every


@needs_contract
def test_named_choices_are_those_of_the_contract() -> None:
    named = {name: field["enum"] for name, field in fields().items() if isinstance(field.get("enum"), list)}
    assert named
    for name, values in named.items():
        if name != "LoginSessionState":
            assert list(get_args(getattr(models, name))) == values, name


@needs_contract
@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("AuthorizationResponseMode", models.ResponseMode),
        ("AuthorizationResponseType", models.ResponseType),
    ],
)
def test_value_lists_are_those_of_the_contract(name: str, ours: Any) -> None:
    assert set(get_args(ours)) == set(enums()[name].values())


@needs_contract
@every_entity
def test_fields_are_those_of_the_contract(entity: str) -> None:
    theirs, ours = fields()[entity], wire_fields(model_of(entity))
    assert set(ours) == set(theirs)
    required = {wire for wire, field in theirs.items() if field.get("required") or (entity, wire) in ALWAYS}
    required -= {wire for owner, wire in FILLED_IN if owner == entity}
    assert {wire for wire, (_, info) in ours.items() if info.is_required()} == required


@needs_contract
@every_entity
def test_choices_are_those_of_the_contract(entity: str) -> None:
    ours = wire_fields(model_of(entity))
    for wire, field in fields()[entity].items():
        assert choices(ours[wire][1]) == set(field.get("enum", ())) | set(re.findall(r'^"(.*)"$', field["type"])), wire


@needs_contract
@every_entity
def test_defaults_are_those_of_the_contract(entity: str) -> None:
    ours = wire_fields(model_of(entity))
    for wire, field in fields()[entity].items():
        if field.get("required") or (entity, wire) in ALWAYS:
            continue
        default = ours[wire][1].get_default(call_default_factory=True)
        plain = default.model_dump(exclude_unset=True) if isinstance(default, BaseModel) else default
        assert plain == (None if wire in MADE_UP else field.get("default")), wire


@needs_contract
@every_entity
def test_types_are_those_of_the_contract(entity: str) -> None:
    plain = {"string": str, "boolean": bool, "any": Any, "object": dict[str, Any], "array of string": list[str]}
    for wire, (_, info) in wire_fields(model_of(entity)).items():
        kind = re.sub(r"\(.*\)|\[.*\]", "", fields()[entity][wire]["type"].removesuffix("|null"))
        parts = members(info.annotation)
        instant = kind == "string" and INSTANT.fullmatch(wire) and (entity, wire) not in TEXT
        if kind in plain and not instant:
            assert parts == [plain[kind]], wire
        elif kind == "number":
            assert parts in ([int], [int, float]), wire
        elif instant:
            assert "AwareDatetime" in repr(info) or datetime in parts, wire


@needs_contract
@every_entity
def test_objects_inside_are_those_of_the_contract(entity: str) -> None:
    ours = wire_fields(model_of(entity))
    for wire, field in fields()[entity].items():
        kind = field["type"]
        # AuthHero only knows one variable here, but Auth0Client accepts any of them.
        if "{" in kind and not (wire == "auth0_client" and entity.startswith("Log")):
            model = nested(ours[wire][1].annotation)
            assert model is not None, wire
            assert check_group(model, kind[kind.index("{") :], f"{entity}.{wire}")


@needs_contract
def test_null_is_taken_where_the_contract_says_so() -> None:
    for entity in (*ENTITIES, *NAMED):
        for wire, (_, info) in wire_fields(model_of(entity)).items():
            if info.is_required() and info.annotation is not Any:
                nullable = fields()[entity][wire]["type"].endswith("null")
                assert (type(None) in get_args(info.annotation)) == nullable, f"{entity}.{wire}"
                assert not nullable or (entity, wire) in NULLABLE


@needs_contract
def test_the_limits_of_the_contract_hold_for_new_entities() -> None:
    for name in (name for name in ENTITIES if name.endswith("Insert")):
        for wire, (python, info) in wire_fields(model_of(name)).items():
            bounds = re.match(r"string\[(\d*)\.\.(\d*)\]", fields()[name][wire]["type"])
            if bounds is None:
                continue
            adapter = TypeAdapter(info.rebuild_annotation())
            for length, fits in [(int(bounds[1] or 1) - 1, not bounds[1]), (int(bounds[2] or 9000) + 1, not bounds[2])]:
                if fits:
                    adapter.validate_python("x" * length)
                else:
                    with pytest.raises(ValidationError):
                        adapter.validate_python("x" * length)
            assert python


@needs_contract
def test_the_log_types_are_those_of_the_contract() -> None:
    assert {kind.name: kind.value for kind in LogType} == enums()["LogTypes"]
    for kind in (LogType.SUCCESS_LOGIN, "of tomorrow"):
        assert Log.model_validate({"log_id": "l", "type": kind, "date": NOW, "isMobile": False}).type == str(kind)


@needs_contract
def test_the_states_of_a_login_session_are_those_of_the_contract() -> None:
    assert (
        set(get_args(models.LoginSessionState)) == set(fields()["LoginSessionState"]["enum"]) == set(enums()["LoginSessionState"].values())
    )


def test_stored_entities_are_not_measured() -> None:
    long = "x" * 5000
    assert Client(client_id="c", name="", description=long, created_at=NOW, updated_at=NOW).description == long
    assert Tenant(id="t", friendly_name="T", provisioning_error=long, created_at=None, updated_at=None).provisioning_error == long
    with pytest.raises(ValidationError):
        ClientInsert(name="c", description=long)
    with pytest.raises(ValidationError):
        ClientInsert.model_validate({"name": "c", "refresh_token": {"leeway": 601}})
    with pytest.raises(ValidationError):
        TenantInsert.model_validate({"friendly_name": "T", "device_flow": {"mask": "*" * 21}})


@pytest.mark.parametrize(
    "given",
    [
        NOW,
        NOW.replace(microsecond=999),
        NOW.astimezone(timezone(timedelta(hours=5, minutes=30))),
        WIRE,
        "2026-01-31T11:00:00+01:00",
    ],
)
def test_instants_are_utc_milliseconds(given: datetime | str) -> None:
    code = CodeInsert.model_validate({"code_id": "c", "login_id": "l", "code_type": "otp", "expires_at": given})
    assert code.expires_at == NOW
    assert code.expires_at.tzinfo is UTC
    assert code.model_dump(mode="json")["expires_at"] == WIRE
    assert f'"{WIRE}"' in code.model_dump_json()
    assert code.model_dump()["expires_at"] == NOW


def test_instants_are_cut_not_rounded() -> None:
    cut = TypeAdapter(Instant).validate_python(NOW.replace(microsecond=123_999))
    assert cut.microsecond == 123_000


@pytest.mark.parametrize("given", [datetime(2026, 1, 31, 10), "2026-01-31T10:00:00", "yesterday"])  # noqa: DTZ001  # that is the point
def test_a_time_that_is_no_instant_is_refused(given: datetime | str) -> None:
    with pytest.raises(ValidationError):
        LogInsert.model_validate({"type": "s", "date": given, "isMobile": False})


def test_a_birthdate_and_a_state_stay_text() -> None:
    assert UserInsert(connection="c", birthdate="1815-12-10").birthdate == "1815-12-10"
    code = CodeInsert(code_id="c", login_id="l", code_type="otp", expires_at=NOW, state="2026-01-31T10:00:00Z")
    assert code.state == "2026-01-31T10:00:00Z"


@every_insert
def test_what_create_takes_has_no_unknown_fields(model: type[BaseModel]) -> None:
    with pytest.raises(ValidationError) as caught:
        model.model_validate({"surprise": 1})
    assert ("surprise",) in [error["loc"] for error in caught.value.errors() if error["type"] == "extra_forbidden"]


def test_what_is_kept_in_columns_of_its_own_has_no_unknown_fields() -> None:
    place = {
        "country_code": "SE",
        "city_name": "Lund",
        "latitude": "55",
        "longitude": "13",
        "time_zone": "Europe/Stockholm",
        "continent_code": "EU",
    }
    log = {"type": "s", "date": WIRE, "isMobile": False}
    assert LogInsert.model_validate({**log, "location_info": place}).model_dump(mode="json")["location_info"] == place
    for wrong in ({**place, "surprise": 1}, {**place, "country_code": "SWE"}):
        with pytest.raises(ValidationError):
            LogInsert.model_validate({**log, "location_info": wrong})
    login = {"csrf_token": "c", "authParams": {"client_id": "c"}, "expires_at": WIRE}
    with pytest.raises(ValidationError):
        LoginSessionInsert.model_validate({**login, "auth_strategy": {"strategy": "a", "strategy_type": "b", "surprise": 1}})


def test_nested_objects_keep_what_is_unknown() -> None:
    options = {"passwordPolicy": "good", "surprise": {"deep": [1, None]}, "password_history": {"size": 5, "more": True}}
    connection = ConnectionInsert.model_validate({"name": "db", "strategy": "auth0", "options": options})
    assert connection.options is not None
    assert connection.options.password_policy == "good"
    assert connection.options.model_dump(by_alias=True, exclude_unset=True) == options


def test_free_form_objects_come_back_unchanged() -> None:
    metadata = {"b": [1, 2.5, None, True, {"ö": "ü"}], "a": 2**70}
    user = UserInsert(connection="c", app_metadata=metadata, user_metadata=["not", "an", "object"])
    assert user.model_dump(by_alias=True)["app_metadata"] == metadata
    assert user.user_metadata == ["not", "an", "object"]


@pytest.mark.parametrize(
    ("model", "wire", "python"),
    [
        (SigningKey, {"kid": "k", "cert": "c", "fingerprint": "f", "thumbprint": "t", "type": "jwt_signing"}, {}),
        (LogInsert, {"type": "s", "date": WIRE, "isMobile": True}, {"isMobile": "is_mobile"}),
        (UserInsert, {"connection": "c", "profileData": "{}"}, {"profileData": "profile_data"}),
        (ClientInsert, {"name": "c", "global": True}, {"global": "global_"}),
        (ConnectionOptions, {"from": "+1", "passwordPolicy": "low"}, {"from": "from_", "passwordPolicy": "password_policy"}),
        (
            LoginSessionInsert,
            {"csrf_token": "c", "authParams": {"client_id": "c"}, "auth0Client": "x", "expires_at": WIRE},
            {"authParams": "auth_params", "auth0Client": "auth0_client"},
        ),
        (models.ThrottlingStages, {"pre-login": {"rate": 1}}, {"pre-login": "pre_login"}),
        (models.Identity, {"connection": "c", "user_id": "u", "provider": "p", "isSocial": True}, {"isSocial": "is_social"}),
    ],
)
def test_both_names_of_a_field_are_taken(model: type[BaseModel], wire: dict[str, Any], python: dict[str, str]) -> None:
    by_wire = model.model_validate(wire)
    by_python = model.model_validate({python.get(name, name): value for name, value in wire.items()})
    assert by_wire == by_python
    assert set(wire) <= set(by_wire.model_dump(by_alias=True))
    assert {python.get(name, name) for name in wire} <= set(by_wire.model_dump())


def test_defaults_are_not_shared() -> None:
    first, second = ClientInsert(name="a"), ClientInsert(name="b")
    first.callbacks.append("https://a.example")
    assert second.callbacks == []
    user, other = UserInsert(connection="c"), UserInsert(connection="c")
    user.app_metadata["a"] = 1
    assert other.app_metadata == {}


def test_only_what_was_given_is_set() -> None:
    assert ConnectionInsert(name="c", strategy="s").model_fields_set == {"name", "strategy"}
    assert Connection(id="i", name="c", strategy="s", created_at=NOW, updated_at=NOW).model_dump(exclude_none=True).keys() == {
        "id",
        "name",
        "strategy",
        "created_at",
        "updated_at",
        "enabled_clients",
    }


SECRET = "hunter2hunter2"


@pytest.mark.parametrize(
    ("model", "given"),
    [
        (PasswordInsert, {"user_id": "u", "password": [SECRET]}),
        (PasswordInsert, {"user_id": "u", "password": "p", "algorithm": SECRET}),
        (ClientInsert, {"name": "c", "client_secret": {"value": SECRET}}),
        (UserInsert, {"connection": "c", "password": SECRET}),
        (ConnectionInsert, {"name": "c", "strategy": "s", "options": {"client_secret": [SECRET]}}),
        (CodeInsert, {"code_id": [SECRET], "login_id": "l", "code_type": "otp", "expires_at": WIRE}),
        (AuthParams, {"client_id": "c", "code_challenge": [SECRET]}),
        (User, {"user_id": SECRET}),
    ],
)
def test_an_error_does_not_repeat_what_was_given(model: type[BaseModel], given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(given)
    assert SECRET not in str(caught.value)
    assert SECRET not in repr(caught.value)


MODULES = [import_module(f"authhero_sql.models.{module.name}") for module in iter_modules(models.__path__)]
EXPORTED: list[str] = vars(models)["__all__"]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_a_module_exports_its_public_names_once_and_in_order(module: types.ModuleType) -> None:
    assert module.__all__ == sorted(set(module.__all__))
    public = {
        name
        for name, value in vars(module).items()
        if isinstance(value, type) and value.__module__ == module.__name__ and not name.startswith("_")
    }
    exported = {name for name in module.__all__ if isinstance(getattr(module, name), type)}
    assert public - {"ColumnLimits", "DocumentedModel", "Model"} == exported


def test_the_package_exports_what_its_modules_export() -> None:
    assert sorted(name for module in MODULES for name in module.__all__) == EXPORTED
    assert set(EXPORTED) <= set(dir(models))
    assert all(getattr(models, name) is getattr(module, name) for module in MODULES for name in module.__all__)
    # The star imports for type checkers cover the same modules.
    stars = re.findall(r"^    from \.(\w+) import \*$", Path(models.__file__).read_text("utf-8"), re.MULTILINE)
    assert [f"authhero_sql.models.{name}" for name in stars] == [module.__name__ for module in MODULES]


def test_a_name_that_there_is_not_is_told() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Usr'"):
        getattr(models, "Usr")  # noqa: B009  # as text, because a type checker finds it, too
    with pytest.raises(ImportError, match="Usr"):
        exec("from authhero_sql.models import Usr")  # noqa: S102  # as before


def test_every_public_class_says_what_it_is() -> None:
    for name in EXPORTED:
        value = getattr(models, name)
        if isinstance(value, type) and issubclass(value, BaseModel):
            assert vars(value).get("__doc__"), name
