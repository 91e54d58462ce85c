"""Generates the reference from the code: adapters, models, errors, log types, the command line and the schema.

The build of the documentation calls :func:`write`. The generated pages are not committed.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from pkgutil import iter_modules
from pprint import pformat
from types import ModuleType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, is_typeddict

ROOT = Path(__file__).parent.parent
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

import typer  # noqa: E402  # the path is set above
from pydantic import BaseModel  # noqa: E402
from pydantic_core import PydanticUndefined  # noqa: E402
from typer.core import TyperGroup  # noqa: E402

import authhero_sql  # noqa: E402
from authhero_sql import errors, migrations, models, where  # noqa: E402
from authhero_sql.adapters import Adapters, mixins  # noqa: E402
from authhero_sql.cli import app  # noqa: E402
from authhero_sql.cli.invocation import EXIT_CODES, GLOBAL_PANEL  # noqa: E402
from authhero_sql.codecs import JSON, JSON_OR_TEXT, MEDIUMTEXT_BYTES, TEXT, TEXT_BYTES  # noqa: E402
from authhero_sql.crud.adapter import Adapter  # noqa: E402
from authhero_sql.dialects import options  # noqa: E402
from authhero_sql.models.base import field_descriptions  # noqa: E402
from authhero_sql.models.logs import LogType  # noqa: E402
from authhero_sql.pagination import ListRules  # noqa: E402
from authhero_sql.row_mapping import wire_fields  # noqa: E402
from authhero_sql.schema import Column, Table  # noqa: E402
from authhero_sql.tables import REGISTRY  # noqa: E402
from scripts.diagram import draw_tables  # noqa: E402
from tests.kinds import adapter_classes  # noqa: E402

GROUPS: Mapping[str, tuple[str, ...]] = {
    "People": ("users", "user_activity", "passwords", "authentication_methods"),
    "Sign-in": ("login_sessions", "sessions", "refresh_tokens", "codes", "session_cleanup"),
    "Applications": ("clients", "client_connections", "client_grants", "client_registration_tokens", "grants"),
    "Connections": ("connections", "migration_sources", "scim_configurations", "scim_tokens", "scim_external_ids"),
    "Organizations": ("organizations", "organization_connections", "user_organizations", "invites"),
    "Permissions": ("resource_servers", "roles", "role_permissions", "user_roles", "user_permissions"),
    "Pages": ("branding", "themes", "custom_text", "prompt_settings", "universal_login_templates", "forms", "flows"),
    "Email": ("email_providers", "email_templates"),
    "Code": ("actions", "action_versions", "action_executions", "hooks", "hook_code"),
    "Events": ("logs", "log_streams", "outbox", "stats", "analytics"),
    "Domains": ("custom_domains", "proxy_routes"),
    "Operation": ("tenants", "keys", "tenant_operations", "tenant_operation_events", "rollouts"),
}
"""The topics of the reference and the diagrams, and the adapters of each. A test ensures that every adapter has one topic."""
RELATED_TOPICS = {
    "Events": "[`tenant_operation_events`](#adapter-tenant_operation_events) contains the events of operations on tenants.",
    "Operation": "[Events](events.md) describes the log entries of each tenant and the events of the outbox.",
}
"""The links to a similar topic, which are shown at the beginning of a page."""
SHARED_METHODS = {
    name: value
    for kind in vars(mixins).values()
    if inspect.isclass(kind) and kind.__name__.endswith("Mixin")
    for name, value in vars(kind).items()
    if inspect.isfunction(value) and not name.startswith("_")
}
"""The methods that most adapters inherit, which the reference describes on a common page."""
GENERIC_NAMES = {"M": "Row", "I": "RowInsert", "C": "RowCreate", "U": "RowUpdate", "W": "RowWhere"}
"""The names that replace the type variables of the mixins on the common page."""
VARCHAR = re.compile(r"\bVarchar(\d+)\b")
CONSTRAINED = re.compile(r"Annotated\[(\w+), (?:StringConstraints|Field)\(([^)]*)\)\]")
ROLES = re.compile(r":(?:\w+:)?\w+:`[~.]?([^`]+)`")
CODE_BLOCK = re.compile(r"\n\.\. code-block:: python\n\n((?:    .*\n?|\n)+)")
SECTION = re.compile(r"^(Args|Returns|Yields|Raises|Attributes):\n", re.MULTILINE)
ENTRY = re.compile(r"^(\w[\w, ]*): ?(.*(?:\n(?: +.*)?)*)", re.MULTILINE)


def slug(title: str) -> str:
    """Return the form of a title that file names and labels use."""
    return re.sub(r"\W+", "-", title.lower())


# --- Markdown ----------------------------------------------------------------------------------------------------------------------


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table, or an empty string if there are no rows."""
    lines = [_row(head), _row(["---"] * len(head)), *map(_row, rows)]
    return "\n".join(lines) + "\n" if len(lines) > 2 else ""


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(' '.join(cell.split()).replace('|', chr(92) + '|') for cell in cells)} |"


def to_markdown(text: str) -> str:
    """Convert the text of a docstring to Markdown."""
    parts = CODE_BLOCK.split(text)
    for index, part in enumerate(parts):
        # The parts with odd indexes are the code.
        parts[index] = f"\n```python\n{textwrap.dedent(part).strip()}\n```\n" if index % 2 else ROLES.sub(r"`\1`", part).replace("``", "`")
    return "".join(parts)


def docstring(documented: object) -> str:
    """Return a docstring without its indentation, or an empty string."""
    return inspect.cleandoc(str(getattr(documented, "__doc__", None) or ""))


def parse_docstring(documented: object) -> tuple[str, str]:
    """Return the text of a docstring as Markdown, and its sections as a field list."""
    parts = SECTION.split(docstring(documented))
    fields: list[str] = []
    for name, body in zip(parts[1::2], parts[2::2], strict=True):
        fields += _fields(name, textwrap.dedent(body).strip())
    return to_markdown(parts[0].strip()), "\n".join(fields)


def _fields(section: str, body: str) -> Iterator[str]:
    body, _, after = body.partition("\n\n") if section == "Raises" else (body, "", "")
    if section in ("Returns", "Yields"):
        yield f":{section.lower()}: {_join_lines(body)}"
        return
    field = {"Args": "param", "Raises": "raises", "Attributes": "param"}[section]
    for name, text in ENTRY.findall(body):
        yield f":{field} {name}: {_join_lines(text)}"
    if after:
        yield f"\n{_join_lines(after)}"


def _join_lines(text: str) -> str:
    """Join the lines of a text, because a field of a field list has one line. Bullets separate the items of a list."""
    lines = re.sub(r"\n+\s*- ", " • ", to_markdown(text.strip()))
    return " ".join(lines.split())


# --- signatures --------------------------------------------------------------------------------------------------------------------


@cache
def type_arguments(kind: type) -> Mapping[str, str]:
    """Return the arguments of the type variables in a class's generic bases, by name."""
    found: dict[str, str] = {}
    for base in kind.__mro__:
        for generic in getattr(base, "__orig_bases__", ()):
            origin = get_origin(generic)
            parameters = getattr(origin, "__parameters__", ())
            for parameter, argument in zip(parameters, get_args(generic), strict=False):
                if isinstance(parameter, TypeVar) and not isinstance(argument, TypeVar):
                    found.setdefault(parameter.__name__, _format_argument(argument))
    return found


def _format_argument(argument: Any) -> str:
    forward = getattr(argument, "__forward_arg__", None)
    return str(forward or getattr(argument, "__name__", argument))


def format_annotation(text: Any, kind: type | None) -> str:
    """Return an annotation without quotes, internal aliases and type variables."""
    shown = text if isinstance(text, str) else getattr(text, "__name__", str(text))
    shown = shown.replace('"', "").replace("builtins.", "")
    for name, meaning in (GENERIC_NAMES if kind is Adapter else type_arguments(kind) if kind else {}).items():
        shown = re.sub(rf"\b{name}\b", meaning, shown)
    for name, meaning in {
        "Unchecked": "dict[str, Any]",
        "Rows": "Iterable | AsyncIterable",
        "Expected": "Mapping[str, Any] | None",
        "OutboxEvents": "Sequence[AuditEventInsert | AuditEventCreate]",
        "Totals": 'bool | Literal["estimate"]',
        "OnConflict": 'Literal["error", "skip", "update"]',
        "OnInvalid": 'Literal["raise", "report"]',
        "Fields": "Mapping[str, Any]",
    }.items():
        shown = re.sub(rf"\b{name}\b(?!\.)", meaning, shown)
    return shown


def format_signature(function: Callable[..., Any], kind: type | None = None) -> str:
    """Return the signature of a function with formatted annotations."""
    found = inspect.signature(function)
    parameters = [
        parameter.replace(
            annotation=_Unquoted(format_annotation(parameter.annotation, kind))
            if parameter.annotation is not parameter.empty
            else parameter.empty,
            default=_Unquoted(_format_default(parameter.default)) if parameter.default is not parameter.empty else parameter.empty,
        )
        for parameter in found.parameters.values()
        if parameter.name != "self"
    ]
    result = found.return_annotation
    if (manager := _context_manager(function)) and isinstance(result, str):
        result = re.sub(r"^(?:Async)?Iterator\b", manager, result)
    return str(
        found.replace(
            parameters=parameters,
            return_annotation=_Unquoted(format_annotation(result, kind))
            if result is not inspect.Signature.empty
            else inspect.Signature.empty,
        )
    )


def _context_manager(function: Callable[..., Any]) -> str | None:
    """Return the type of the context managers that a decorated generator function returns, or None for other functions."""
    generator = getattr(function, "__wrapped__", None)
    if inspect.isasyncgenfunction(generator):
        return "AbstractAsyncContextManager"
    return "AbstractContextManager" if inspect.isgeneratorfunction(generator) else None


class _Unquoted:
    """Text whose ``repr`` has no quotes, for use in signatures."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def _format_default(value: Any) -> str:
    named = getattr(value, "__name__", None)
    return named if isinstance(named, str) else repr(value)


def directive(kind: str, name: str, documented: Any, sign: str = "", extra: str = "", level: int = 3) -> str:
    """Return a directive of the Python domain that contains the docstring of an object."""
    text, fields = parse_docstring(documented)
    options = ":async:\n" if inspect.iscoroutinefunction(documented) or inspect.isasyncgenfunction(documented) else ""
    fence = "`" * (level + 1)
    body = "\n\n".join(part for part in (text, extra, fields, property_table(documented)) if part)
    return f"{fence}{{py:{kind}}} {name}{sign}\n{options}\n{body}\n{fence}\n"


def property_table(documented: object) -> str:
    """Return the table of the public properties of a class, or an empty string."""
    if not inspect.isclass(documented):
        return ""
    bases = [base for base in documented.__mro__ if base.__module__.startswith("authhero_sql")]
    found = {name: value for base in reversed(bases) for name, value in vars(base).items() if isinstance(value, property)}
    rows = [
        [f"`{name}`", f"`{format_annotation(inspect.signature(value.fget).return_annotation, None)}`", to_markdown(docstring(value))]
        for name, value in found.items()
        if value.fget is not None and not name.startswith("_")
    ]
    return table(["Property", "Type", "Meaning"], rows)


# --- adapters ----------------------------------------------------------------------------------------------------------------------


def public_methods(kind: type) -> Mapping[str, Any]:
    """Return the public methods of a class by name, with inherited methods last."""
    found: dict[str, Any] = {}
    for base in kind.__mro__[:-1]:
        for name, value in vars(base).items():
            if inspect.isfunction(value) and not name.startswith("_"):
                found.setdefault(name, getattr(kind, name))
    return found


def adapter_section(name: str) -> Iterator[str]:
    """Yield the parts of an adapter's section."""
    kind = adapter_classes()[name]
    yield f"(adapter-{name})=\n## {name}\n"
    yield f"{to_markdown(docstring(kind))}\n"
    if issubclass(kind, Adapter):
        yield f"{_model_names(kind)}. Table: [{kind.table.name}](#table-{kind.table.name}).\n"
        yield _describe_fields(kind.rules if hasattr(kind, "list") else None)
    else:
        called: Any = vars(kind)["__call__"]
        yield directive("function", name, called, format_signature(called))
    for method, function in public_methods(kind).items():
        if function == SHARED_METHODS.get(method):
            first = to_markdown(docstring(function)).partition("\n\n")[0].replace("\n", " ")
            link = f"{first} See [{method}](#shared-{method})."
            body = f"````{{py:method}} {name}.{method}{format_signature(function, kind)}\n:async:\n\n{link}\n````\n"
            yield body
        else:
            yield directive("method", f"{name}.{method}", function, format_signature(function, kind))


def _model_names(kind: type[Adapter[Any]]) -> str:
    text = f"Model: `{kind.model.__name__}`"
    return f"{text}. Input: `{kind.insert.__name__}`" if kind.insert and hasattr(models, kind.insert.__name__) else text


def _describe_fields(rules: ListRules | None) -> str:
    if rules is None or not rules.fields:
        return ""
    text = f"Fields of `q` and `where`: {', '.join(f'`{each}`' for each in rules.fields)}.\n"
    if rules.search or rules.exact:
        parts = [f"a part of {_or(rules.search)}"] if rules.search else []
        parts += [f"the whole {_or(rules.exact)}"] if rules.exact else []
        text += f"\nFree text in `q` matches {', or '.join(parts)}.\n"
    return text


def _or(names: Sequence[str]) -> str:
    *others, last = [f"`{name}`" for name in names]
    return f"{', '.join(others)} or {last}" if others else last


def adapter_pages() -> Iterator[tuple[str, str]]:
    """Yield the pages of the adapters."""
    for topic, names in GROUPS.items():
        related = [f"{RELATED_TOPICS[topic]}\n"] if topic in RELATED_TOPICS else []
        parts = [f"# {topic}: adapters\n", *related, *(part for name in names for part in adapter_section(name))]
        yield f"adapters/{slug(topic)}.md", "\n".join(parts)
    shared = [
        (
            "# Common methods\n\nMost adapters have these methods. The page of an adapter lists the ones that it has, with the adapter's "
            "models in their signatures, and describes those that differ. On this page, `Row`, `RowInsert`, `RowCreate`, `RowUpdate` and "
            "`RowWhere` are placeholders for these models and typed dictionaries.\n"
        )
    ]
    for name, function in SHARED_METHODS.items():
        shared.append(f"(shared-{name})=\n## {name}\n")
        shared.append(directive("method", f"adapter.{name}", function, format_signature(function, Adapter)))
    yield "adapters/shared.md", "\n".join(shared)
    rows = [[topic, ", ".join(f"[{name}](#adapter-{name})" for name in names)] for topic, names in GROUPS.items()]
    pages = "\n".join(["shared", *(slug(topic) for topic in GROUPS)])
    yield (
        "adapters/index.md",
        (
            "# Adapters\n\nEach entity has an adapter, such as `adapters.users` or `adapters.sessions`. "
            f"There are {len(adapter_classes())} of them. [Common methods](shared.md) describes the methods that most of them have.\n\n"
            f"{table(['Topic', 'Adapters'], rows)}\n```{{toctree}}\n:hidden:\n\n{pages}\n```\n"
        ),
    )


# --- models ------------------------------------------------------------------------------------------------------------------------


@cache
def _annotations(module: str) -> Mapping[str, Mapping[str, str]]:
    """Return the source of each attribute's annotation, by class and attribute."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {
        node.name: {
            each.target.id: ast.unparse(each.annotation)
            for each in node.body
            if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
        }
        for node in tree.body
        if isinstance(node, ast.ClassDef)
    }


def field_annotation(model: type[BaseModel], name: str) -> str:
    """Return the source of a field's annotation."""
    for base in model.__mro__:
        found = _annotations(base.__module__).get(base.__name__, {}) if base.__module__.startswith("authhero_sql") else {}
        if name in found:
            return found[name]
    return ""


def _table_of(model: type[BaseModel]) -> Table[Any] | None:
    """Return the table whose rows the model represents, or None."""
    for kind in adapter_classes().values():
        if issubclass(kind, Adapter) and model in (kind.model, kind.insert):
            return kind.table
    return None


def length_limit(column: Column | None, text: str) -> str:
    """Return the maximum length of a field, or an empty string if it has none."""
    if found := VARCHAR.search(text):
        return f"{int(found[1]):,} characters"
    if column is None or column.codec not in (TEXT, JSON, JSON_OR_TEXT):
        return ""
    if column.size is not None:
        return f"{column.size:,} characters"
    return f"{MEDIUMTEXT_BYTES if column.medium else TEXT_BYTES:,} bytes"


def field_table(model: type[BaseModel]) -> str:
    """Return the table of a model's fields."""
    meanings = {name: to_markdown(text) for name, text in field_descriptions(model).items()}
    stored = _table_of(model)
    rows = []
    for name, info in model.model_fields.items():
        text = field_annotation(model, name)
        wire = info.serialization_alias or info.alias or name
        secret = "Secret[" in text
        shown = VARCHAR.sub("str", re.sub(r"Secret\[(.*)\]", r"\1", text))
        shown = re.sub(r"\b(Int32)\b", "int", re.sub(r"\bFloat32\b", "float", shown))
        constraints = CONSTRAINED.search(shown)
        shown = CONSTRAINED.sub(r"\1", shown)
        has_length = constraints is not None and "max_length" in constraints[2]
        column = stored.stored(str(wire)) if stored else None
        notes = [
            *(["required"] if info.is_required() else []),
            *([f"at most {found}"] if not has_length and (found := length_limit(column, text)) else []),
            *(note for note in constraint_notes(constraints[2] if constraints else "") if note not in meanings.get(name, "")),
            *(["secret"] if secret else []),
            *([f"`{info.default!r}` by default"] if _has_simple_default(info.default) else []),
        ]
        label = f"`{name}`" if wire == name else f"`{name}`<br>wire: `{wire}`"
        rows.append([label, f"`{shown}`", "; ".join(filter(None, [meanings.get(name, "").rstrip("."), *notes])) + "."])
    return table(["Field", "Type", "Meaning"], rows)


def constraint_notes(arguments: str) -> Iterator[str]:
    """Yield the constraints of a field, given the arguments of ``StringConstraints`` or ``Field``, in words."""
    found = dict(each.split("=", 1) for each in re.split(r", (?=\w+=)", arguments) if each)
    lengths = [int(found[name]) if name in found else None for name in ("min_length", "max_length")]
    match lengths:
        case [int(low), int(high)] if low == high:
            yield f"exactly {low:,} characters"
        case [int(low), int(high)]:
            yield f"{low:,} to {high:,} characters"
        case [int(low), None]:
            yield f"at least {low:,} character{'s' if low > 1 else ''}"
        case [None, int(high)]:
            yield f"at most {high:,} characters"
    if "ge" in found:
        yield f"{found['ge']} to {found['le']}" if "le" in found else f"at least {found['ge']}"
    if "pattern" in found:
        yield f"matches `{ast.literal_eval(found['pattern'])}`"


def _has_simple_default(default: Any) -> bool:
    return default is not PydanticUndefined and isinstance(default, str | int | bool | float) and default is not None


def model_pages() -> Iterator[tuple[str, str]]:
    """Yield the pages of the models, one for each module."""
    names = []
    for found in iter_modules(models.__path__):
        module = import_module(f"authhero_sql.models.{found.name}")
        exported = [getattr(module, name) for name in module.__all__]
        entities = [each for each in exported if inspect.isclass(each) and issubclass(each, BaseModel) and not _is_base(each, exported)]
        others = [
            name for name in module.__all__ if get_origin(getattr(module, name)) is not None and not inspect.isclass(getattr(module, name))
        ]
        if not entities:
            continue
        names.append(found.name)
        title = {"scim": "SCIM"}.get(found.name, found.name.replace("_", " ").capitalize())
        summary = docstring(module).partition("\n\n")[0]
        head = f"# {title}: models\n\n{to_markdown(summary)}\n"
        if others:
            rows = [[f"`{name}`", f"`{_format_alias(getattr(module, name))}`"] for name in others]
            head += "\n" + table(["Name", "Values"], rows)
        parts = [head]
        for model in entities:
            body = "\n".join(filter(None, [field_table(model), property_table(model)]))
            text = to_markdown(docstring(model))
            parts.append(f"(model-{model.__name__})=\n## {model.__name__}\n\n`````{{py:class}} {model.__name__}\n\n{text}\n`````\n\n{body}")
        yield f"models/{found.name}.md", "\n".join(parts)
    yield (
        "models/index.md",
        "# Models\n\n`from authhero_sql.models import User`. Every entity is a [pydantic](https://docs.pydantic.dev) model with Python "
        'names. `model_dump(mode="json", by_alias=True, exclude_none=True)` returns the wire format of Auth0 and AuthHero. The `…Insert` '
        "models are the inputs of `create`. `repr()` omits secret fields. Times are timezone-aware, in UTC, with a precision of one "
        "millisecond.\n\nThe models do not enforce length limits, so that every stored row can be read. `create` and `update` raise "
        "`InvalidValueError` for a value that does not fit its column.\n\n```{toctree}\n:maxdepth: 1\n\n" + "\n".join(names) + "\n```\n",
    )


def _is_base(model: type[BaseModel], exported: Sequence[Any]) -> bool:
    """Return whether a model is only a base class of other models, and not the model of an adapter."""
    subclasses = [each for each in exported if inspect.isclass(each) and each is not model and issubclass(each, model)]
    return bool(subclasses) and not any(
        model in (getattr(kind, "model", None), getattr(kind, "insert", None)) for kind in adapter_classes().values()
    )


def _format_alias(value: Any) -> str:
    if get_args(value) and all(isinstance(each, str) for each in get_args(value)):
        return ", ".join(map(repr, get_args(value)))
    if get_origin(value) is Annotated:
        return _format_alias(get_args(value)[0])
    if get_origin(value) in (Union, types.UnionType):
        return " | ".join(map(_format_alias, get_args(value)))
    return value.__name__ if inspect.isclass(value) else re.sub(r"\w+\.(?:\w+\.)*", "", str(value))


# --- errors, log types, the command line ---------------------------------------------------------------------------------------------


def error_classes() -> list[type[errors.AuthHeroSQLError]]:
    """Return every error class, in the order of the module."""
    return [value for value in vars(errors).values() if inspect.isclass(value) and issubclass(value, errors.AuthHeroSQLError)]


def methods_without_batch() -> list[str]:
    """Return the names of the methods whose docstring says that they cannot be called in a batch."""
    found = []
    for name, kind in adapter_classes().items():
        methods = public_methods(kind) if issubclass(kind, Adapter) else {"": vars(kind)["__call__"]}
        for method, function in methods.items():
            if "UnsupportedError: The method is called in a batch." in docstring(function):
                found.append(f"{name}.{method}".rstrip("."))
    return found


def methods_by_error() -> Mapping[str, list[str]]:
    """Return the names of the methods whose docstring lists an error, by error."""
    found: dict[str, list[str]] = {}
    for name, kind in adapter_classes().items():
        for method, function in public_methods(kind).items():
            if function != SHARED_METHODS.get(method):
                for error, _ in ENTRY.findall(textwrap.dedent(_section(function, "Raises"))):
                    found.setdefault(error, []).append(f"{name}.{method}")
    for method, function in SHARED_METHODS.items():
        for error, _ in ENTRY.findall(textwrap.dedent(_section(function, "Raises"))):
            found.setdefault(error, []).insert(0, f"adapter.{method}")
    return found


def _section(function: Any, name: str) -> str:
    parts = SECTION.split(docstring(function))
    return dict(zip(parts[1::2], parts[2::2], strict=True)).get(name, "")


def error_page() -> Iterator[tuple[str, str]]:
    """Yield the page of all errors."""
    named = methods_by_error()
    parts = ["# All errors\n\n[Errors](../errors.md) explains how to handle them. `from authhero_sql import ConflictError`.\n"]
    for error in error_classes():
        bases = ", ".join(f"`{base.__name__}`" for base in error.__bases__)
        facts = f"Status: {error.status_code}. Retryable: {'yes' if error.retryable else 'no'}. Base: {bases}."
        methods_ = named.get(error.__name__, [])
        raised = f"Raised by {', '.join(f'`{each}`' for each in methods_)}." if 0 < len(methods_) <= 24 else ""
        text, attributes = parse_docstring(error)
        body = "\n\n".join(filter(None, [text, facts, raised, attributes]))
        parts.append(f"````{{py:exception}} {error.__name__}\n\n{body}\n````\n")
    yield "exceptions.md", "\n".join(parts)


def log_type_meanings() -> Mapping[str, str]:
    """Return the docstring of each member of ``LogType``, by name."""
    definition = ast.parse(inspect.getsource(LogType)).body[0]
    return _documented_assignments(definition.body if isinstance(definition, ast.ClassDef) else [])


def log_page() -> Iterator[tuple[str, str]]:
    """Yield the page of log types."""
    meanings = log_type_meanings()
    rows = [[f"`{each.value}`", meanings[each.name], f"`{each.name}`"] for each in LogType]
    yield (
        "log-types.md",
        (
            "# Log types\n\nThe types of log entries that AuthHero defines; an entry may also have another type. "
            '`from authhero_sql.models import LogType`; `LogType.FAILED_LOGIN == "f"`. `logs.create` stores an entry, and `logs.list` '
            f"returns entries as `Log` models.\n\n{table(['Type', 'Meaning', 'Name in LogType'], rows)}"
        ),
    )


def command_page() -> Iterator[tuple[str, str]]:
    """Yield the page of the command line."""
    root: Any = typer.main.get_command(app)
    shared = [option for option in root.params if option.rich_help_panel == GLOBAL_PANEL]
    parts = [
        (
            f"# Command line\n\n{_help(root.help)}\n\n`pip install 'authhero-sql[cli]'` installs the command `authhero-sql`. "
            f"`python -m authhero_sql` is equivalent.\n\n{EXIT_CODES}\n"
        ),
        f"## {GLOBAL_PANEL}\n\n{_options(shared)}",
        *_commands(root, "authhero-sql"),
    ]
    yield "cli.md", "\n".join(parts)


def _commands(group: TyperGroup, path: str) -> Iterator[str]:
    for name, command in group.commands.items():
        label = f"{path} {name}".removeprefix("authhero-sql ").replace(" ", "-")
        yield f"(cli-{label})=\n## {path} {name}\n\n{_help(command.help)}\n"
        own: list[Any] = [option for option in command.params if getattr(option, "rich_help_panel", None) != GLOBAL_PANEL]
        yield _options([option for option in own if option.name != "help"])
        if isinstance(command, TyperGroup):
            yield from _commands(command, f"{path} {name}")


def _help(text: str | None) -> str:
    return (text or "").replace("\\[", "[")


def _options(options: Sequence[Any]) -> str:
    rows = []
    for option in options:
        is_argument = option.param_type_name == "argument"
        names = f"`{option.name.upper()}`" if is_argument else ", ".join(f"`{name}`" for name in option.opts)
        default = option.show_default if isinstance(option.show_default, str) else option.default
        shown = "" if getattr(option, "is_flag", False) or default in (None, (), []) or not option.show_default else f" Default: {default}."
        more = " May be repeated." if option.multiple and "repeated" not in (option.help or "") else ""
        rows.append([names, f"{_help(option.help)}{more}{shown}"])
    return table(["Option", "Meaning"], rows)


# --- other Python pages ---------------------------------------------------------------------------------------------------------------


def python_pages() -> Iterator[tuple[str, str]]:
    """Yield the pages of the functions and classes that are neither adapters nor models."""
    container = [
        directive(
            "method",
            f"Adapters.{name}",
            function,
            format_signature(function, Adapters),
            f"These methods cannot be called in a batch: {', '.join(f'`{each}`' for each in methods_without_batch())}."
            if name == "batch"
            else "",
        )
        for name, function in vars(Adapters).items()
        if inspect.isfunction(function) and not name.startswith("_")
    ]
    parts = [
        "# Connections and transactions\n\n`from authhero_sql import connect, create_adapters`.\n",
        directive("function", "connect", authhero_sql.connect, format_signature(authhero_sql.connect)),
        "## Options of connect\n\nPass options in the query of the URL or as keyword arguments of `connect`.\n",
        *_connect_options(),
        "## Adapters\n",
        directive("function", "create_adapters", authhero_sql.create_adapters, format_signature(authhero_sql.create_adapters)),
        (
            f"````{{py:class}} Adapters\n\n{to_markdown(docstring(Adapters))} Its attributes are [the adapters](adapters/index.md).\n\n"
            f"{property_table(Adapters)}````\n"
        ),
        *container,
        "## Cleanup and health\n",
        directive("function", "diagnose", authhero_sql.diagnose, format_signature(authhero_sql.diagnose)),
        directive("class", "Finding", authhero_sql.Finding),
        "## Lists and bulk writes\n",
        "A list returns a `Page`.\n",
        *(directive("class", each.__name__, each) for each in (authhero_sql.Sort, authhero_sql.ManyResult, authhero_sql.RejectedRow)),
    ]
    parts += _other_names("\n".join(parts))
    yield "database.md", "\n".join(parts)
    tools = [each for name in migrations.__all__ if inspect.isfunction(each := getattr(migrations, name))]
    classes = [each for name in migrations.__all__ if inspect.isclass(each := getattr(migrations, name))]
    yield (
        "migrations.md",
        "\n".join(
            [
                "# Migrations\n\n`from authhero_sql import migrate_to_latest`. The [command line](cli.md) offers the same operations.\n",
                *(directive("function", each.__name__, each, format_signature(each)) for each in tools),
                *(directive("class", each.__name__, each) for each in classes),
            ]
        ),
    )
    operators = [getattr(where, name) for name in where.__all__ if inspect.isfunction(getattr(where, name))]
    text = parse_docstring(where)[0]
    yield (
        "where.md",
        "\n".join(
            [
                "# Conditions (where)\n",
                text,
                "",
                *(directive("function", each.__name__, each, format_signature(each)) for each in operators),
            ]
        ),
    )
    yield "contrib.md", "\n".join(_contrib())
    yield "testing.md", "\n".join(_testing())
    yield "build.md", "\n".join(_build())
    yield "types.md", "\n".join(_types())


def _other_names(text: str) -> Iterator[str]:
    """Yield the public names of the package that no other page describes."""
    yield "## Other names\n"
    for name in authhero_sql.__all__:
        value = getattr(authhero_sql, name)
        known = name.startswith("_") or name in migrations.__all__ or hasattr(models, name) or f"}} {name}" in text
        if known or (inspect.isclass(value) and issubclass(value, errors.AuthHeroSQLError)):
            continue
        if inspect.isfunction(value):
            yield directive("function", name, value, format_signature(value))
        elif inspect.isclass(value):
            yield directive("class", name, value)
        else:
            yield f"````{{py:data}} {name}\n\n`{format_annotation(str(value), None).replace('collections.abc.', '')}`\n````\n"


def _connect_options() -> Iterator[str]:
    every = options._Options
    yield _options_table("Every engine", every, [])
    server = options._ServerOptions
    yield _options_table("PostgreSQL and MySQL", server, [every])
    for title, kind in {
        "SQLite": options.SQLiteOptions,
        "PostgreSQL": options.PostgreSQLOptions,
        "MySQL and MariaDB": options.MySQLOptions,
    }.items():
        yield _options_table(title, kind, [every, server])
    yield _options_table("Cloudflare D1", options.D1Options, [every])


def _options_table(title: str, kind: Any, without: Sequence[Any]) -> str:
    """Return the documented options of an engine as a table, and a sentence that lists the undocumented ones."""
    known = {name for each in without for name in each.__annotations__}
    meanings = {name: to_markdown(text) for name, text in _docstrings(options).get(kind.__name__, {}).items()}
    names = [name for name in _annotations(options.__name__)[kind.__name__] if name not in known]
    rows = [[f"`{name}`", f"`{_annotations(options.__name__)[kind.__name__][name]}`", meanings[name]] for name in names if name in meanings]
    others = [f"`{name}`" for name in names if name not in meanings]
    rest = f"\nPassed to the driver: {', '.join(others)}.\n" if others else ""
    return f"### {title}\n\n{table(['Option', 'Type', 'Meaning'], rows)}{rest}"


@cache
def _docstrings(module: ModuleType) -> Mapping[str, Mapping[str, str]]:
    from authhero_sql.models.base import _docstrings as found

    return found(module.__name__)


def _contrib() -> Iterator[str]:
    from authhero_sql.contrib import http

    yield (
        "# Web frameworks\n\nThe guides for [FastAPI](../frameworks/fastapi.md), [Starlette](../frameworks/starlette.md) and "
        "[Litestar](../frameworks/litestar.md) show how to use these names. `lifespan` and `ListParams` can be "
        "imported from each of the three modules. The functions `error_body`, `describe_errors` and `error_response` are in "
        "`authhero_sql.contrib.http`.\n"
    )
    yield directive("function", "lifespan", http.lifespan, format_signature(http.lifespan))
    yield f"`````{{py:class}} ListParams\n\n{parse_docstring(http.ListParams)[0]}\n`````\n"
    rows = [[f"`{info.alias or name}`", info.description or ""] for name, info in http.ListParams.model_fields.items()]
    yield table(["Parameter", "Meaning"], rows)
    yield directive("method", "ListParams.parse", http.ListParams.parse, format_signature(http.ListParams.parse))
    yield directive("method", "ListParams.arguments", http.ListParams.arguments, format_signature(http.ListParams.arguments))
    for function in (http.error_body, http.describe_errors, http.error_response):
        yield directive("function", function.__name__, function, format_signature(function))
    for name in ("fastapi", "starlette", "litestar"):
        module = import_module(f"authhero_sql.contrib.{name}")
        texts = _attribute_docstrings(module)
        yield f"## authhero_sql.contrib.{name}\n\n{parse_docstring(module)[0]}\n"
        rows = []
        for each in module.__all__:
            value = getattr(module, each)
            if each in texts:
                rows.append([f"`{each}`", to_markdown(texts[each])])
            elif inspect.isfunction(value) and value.__module__ == module.__name__:
                rows.append([f"`{each}`", parse_docstring(value)[0]])
        yield table(["Name", "Meaning"], rows)


def _attribute_docstrings(module: ModuleType) -> Mapping[str, str]:
    """Return the docstrings below the assignments of a module, by name."""
    return _documented_assignments(ast.parse(inspect.getsource(module)).body)


def _documented_assignments(body: Sequence[ast.stmt]) -> Mapping[str, str]:
    found = {}
    for statement, below in pairwise(body):
        target = (
            statement.targets[0]
            if isinstance(statement, ast.Assign)
            else statement.target
            if isinstance(statement, ast.AnnAssign)
            else None
        )
        if isinstance(target, ast.Name) and isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
            found[target.id] = str(below.value.value)
    return found


def _testing() -> Iterator[str]:
    import pytest_authhero_sql
    from authhero_sql import testing
    from authhero_sql.testing import build

    yield "# Testing helpers\n\n[Testing your code](../guides/testing.md) shows how to use them.\n\n## Fixtures\n"
    rows = []
    for name, value in vars(pytest_authhero_sql).items():
        if name.startswith("authhero_"):
            _, _, text = docstring(getattr(value, "__wrapped__", None) or value).partition(" ")  # without "Yield" or "Return"
            rows.append([f"`{name}`", to_markdown(text[0].upper() + text[1:])])
    yield table(["Fixture", "Meaning"], rows)
    yield "## authhero_sql.testing\n"
    yield directive("function", "assert_no_secrets", testing.assert_no_secrets, format_signature(testing.assert_no_secrets))
    for kind in (testing.ManualClock, testing.MigratedCopies):
        yield directive("class", kind.__name__, kind)
        for name, function in public_methods(kind).items():
            yield directive("method", f"{kind.__name__}.{name}", function, format_signature(function))
    yield f"## build\n\n{parse_docstring(build)[0]} [Builders](build.md) describes the functions.\n"


def _build() -> Iterator[str]:
    from authhero_sql.testing import build

    yield f"# Builders of test data\n\n`from authhero_sql.testing import build`\n\n{parse_docstring(build)[0]}\n"
    for name, function in vars(build).items():
        if inspect.isfunction(function) and not name.startswith("_"):
            shown = (
                pformat(function(), width=88, sort_dicts=False)
                .replace("datetime.datetime(", "datetime(")
                .replace("datetime.timezone.utc", "UTC")
            )
            extra = f"By default, it returns:\n\n```python\n{shown}\n```"
            yield directive("function", f"build.{name}", function, format_signature(function), extra)


def _types() -> Iterator[str]:
    """Yield the parts of the page of the typed dictionaries."""
    from authhero_sql import types as dictionaries

    text, _ = parse_docstring(dictionaries)
    yield f"# Typed dictionaries\n\n`from authhero_sql.types import UserCreate`\n\n{text.partition(chr(10) * 2 + 'This file')[0]}\n"
    yield (
        "A key that is listed as required must be present. If a required field has two names, a type checker requires neither key, but "
        "`create` raises `InvalidValueError` unless one of them is present.\n"
    )
    rows = [[f"`{name}`", to_markdown(meaning)] for name, meaning in _attribute_docstrings(dictionaries).items()]
    yield table(["Alias", "Values"], rows)
    groups: dict[str, list[str]] = {"Rows to create": [], "Fields to update": [], "Filters": [], "Nested objects": []}
    for name, kind in vars(dictionaries).items():
        if is_typeddict(kind) and kind.__module__ == dictionaries.__name__ and not name.startswith("_"):
            stem = re.sub(r"(Create|Where|Update|Dict)$", "", name)
            row = getattr(models, stem, None)
            is_update = name.endswith("Update") and row is not None
            title = "Filters" if name.endswith("Where") else "Fields to update" if is_update else "Nested objects"
            groups["Rows to create" if name.endswith("Create") else title].append(_dictionary(name, kind, stem))
    for title, parts in groups.items():
        yield f"## {title}\n"
        yield from parts


def _dictionary(name: str, kind: Any, stem: str) -> str:
    """Return the description of a typed dictionary."""
    model = getattr(models, f"{stem}Insert", None) if name.endswith("Create") else None
    model = model or getattr(models, stem, None)
    keys = list(kind.__annotations__)
    required = [f"`{key}`" for key in keys if key in kind.__required_keys__]
    if model is not None and not name.endswith(("Update", "Where")):
        named = {wire: field for wire, (field, info) in wire_fields(model).items() if info.is_required() and field != wire}
        required += [f"`{field}` or `{wire}`" for wire, field in named.items() if {wire, field} <= kind.__annotations__.keys()]
    joined = "".join(required)
    others = [f"`{key}`" for key in keys if f"`{key}`" not in joined]
    facts = [
        *([f"Model: `{model.__name__}`."] if model is not None else []),
        *([f"Required: {', '.join(required)}."] if required else []),
        *([f"{'Optional' if required else 'Keys'}: {', '.join(others)}."] if others else []),
    ]
    return f"````{{py:class}} {name}\n\n{to_markdown(docstring(kind))}\n\n" + "\n\n".join(facts) + "\n````\n"


# --- the schema ----------------------------------------------------------------------------------------------------------------------


def table_groups() -> Mapping[str, list[Table[Any]]]:
    """Return the tables of each topic. A table without an adapter belongs to the topic of the table that it references."""
    tables_by_adapter = {name: kind.table for name, kind in adapter_classes().items() if issubclass(kind, Adapter)}
    groups: dict[str, list[Table[Any]]] = {}
    placed: set[str] = set()
    for topic, names in GROUPS.items():
        for name in names:
            found = tables_by_adapter.get(name)
            if found is not None and found.name not in placed and _belongs_to_topic(found.name, topic, tables_by_adapter):
                groups.setdefault(topic, []).append(found)
                placed.add(found.name)
    for each in REGISTRY.values():
        if each.name not in placed:
            near = next(
                (
                    reference.references
                    for reference in each.foreign_keys
                    if reference.references in placed and reference.references != "tenants"
                ),
                None,
            )
            topic = next((topic for topic, tables in groups.items() if any(one.name == near for one in tables)), "Operation")
            groups.setdefault(topic, []).append(each)
            placed.add(each.name)
    return groups


def _belongs_to_topic(name: str, topic: str, tables_by_adapter: Mapping[str, Table[Any]]) -> bool:
    """Return whether a table belongs to a topic. The adapter with the name of the table decides, if there is one."""
    return name not in tables_by_adapter or name in GROUPS[topic] or all(name not in names for names in GROUPS.values())


def schema_pages() -> Iterator[tuple[str, str]]:
    """Yield the pages of the schema, with a diagram and the tables of each topic."""
    groups = table_groups()
    for topic, tables in groups.items():
        parts = [
            f"# {topic}: tables\n\n```{{raw}} html\n{draw_tables(tables, REGISTRY)}\n```\n",
            *(_table(each) for each in tables),
        ]
        yield f"schema/{slug(topic)}.md", "\n".join(parts)
    rows = [
        [f"[{topic}]({slug(topic)}.md)", ", ".join(f"[{each.name}](#table-{each.name})" for each in tables)]
        for topic, tables in groups.items()
    ]
    pages = "\n".join(slug(topic) for topic in groups)
    yield (
        "schema/index.md",
        (
            f"# Schema\n\nThe migrations create {len(REGISTRY)} tables, which are the same on every engine. Types, defaults, keys and "
            "indexes are AuthHero's, so that both programs can share a database. Types have their MySQL names. In the diagrams, an arrow "
            "leads from the referencing column to the referenced table. The references of `tenant_id` to `tenants` are omitted, because "
            "nearly every table has one. Removing a row also removes the rows that reference it, unless the table specifies another "
            "action.\n\n"
            f"{table(['Topic', 'Tables'], rows)}\n"
            f"```{{toctree}}\n:hidden:\n\n{pages}\n```\n"
        ),
    )


def _table(each: Table[Any]) -> str:
    rows = []
    for column in each.columns:
        notes = [
            *(["primary key"] if column.name in each.key else []),
            *(["secret"] if column.secret else []),
            *([f"field `{column.public}`"] if column.field else []),
            *(["storage only"] if column.hidden else []),
            *([f"`{column.default!r}` by default"] if column.default is not None else []),
            *([f"AuthHero: {column.authhero_type}"] if column.authhero_type else []),
        ]
        rows.append([f"`{column.name}`", column.type + ("" if column.null else ", not null"), "; ".join(notes)])
    indexes = [[f"`{index.name}`", ", ".join(index.columns), "unique" if index.unique else ""] for index in each.indexes]
    references = [
        [", ".join(each_.columns), f"[{each_.references}](#table-{each_.references})", each_.on_delete] for each_ in each.foreign_keys
    ]
    return (
        f"(table-{each.name})=\n## {each.name}\n\n{table(['Column', 'Type', 'Notes'], rows)}\n"
        + (f"{table(['Index', 'Columns', ''], indexes)}\n" if indexes else "")
        + (f"{table(['Reference', 'To', 'On delete'], references)}\n" if references else "")
    )


# --- all pages -----------------------------------------------------------------------------------------------------------------------


def pages() -> Iterator[tuple[str, str]]:
    """Yield the path and the text of every page, relative to the folder of the reference."""
    yield from python_pages()
    yield from adapter_pages()
    yield from model_pages()
    yield from error_page()
    yield from log_page()
    yield from command_page()
    yield from schema_pages()


def write(folder: Path) -> None:
    """Write the pages, and remove obsolete ones. Unchanged files are not touched, so that Sphinx does not rebuild them."""
    current = set()
    for name, text in pages():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
        current.add(path)
    for path in folder.rglob("*.md"):
        if path not in current and path != folder / "index.md":
            path.unlink()


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "reference")
