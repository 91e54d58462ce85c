"""Write the reference of the documentation from the code: adapters, models, errors, log types, the command line and the schema.

The build of the documentation calls :func:`write`; nothing that it writes is kept in the repository.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any, TypeVar, get_args, get_origin

ROOT = Path(__file__).parent.parent
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

import typer  # noqa: E402  # only now the packages can be found
from pydantic import BaseModel  # noqa: E402
from pydantic_core import PydanticUndefined  # noqa: E402
from typer.core import TyperGroup  # noqa: E402

import authhero_sql  # noqa: E402
from authhero_sql import errors, migrations, models, where  # noqa: E402
from authhero_sql.adapters import Adapters, mixins  # noqa: E402
from authhero_sql.cli import app  # noqa: E402
from authhero_sql.cli.invocation import EXIT_CODES, PANEL  # noqa: E402
from authhero_sql.codecs import JSON, JSON_OR_TEXT, MEDIUMTEXT_BYTES, TEXT, TEXT_BYTES  # noqa: E402
from authhero_sql.crud.adapter import Adapter  # noqa: E402
from authhero_sql.dialects import options  # noqa: E402
from authhero_sql.listing import ListRules  # noqa: E402
from authhero_sql.models.base import descriptions  # noqa: E402
from authhero_sql.models.logs import LogType  # noqa: E402
from authhero_sql.schema import Column, Table  # noqa: E402
from authhero_sql.tables import REGISTRY  # noqa: E402
from scripts.diagram import drawn  # noqa: E402
from tests.kinds import kinds  # noqa: E402

GROUPS: Mapping[str, tuple[str, ...]] = {
    "People": ("users", "user_activity", "passwords", "authentication_methods"),
    "Sign-in": ("login_sessions", "sessions", "refresh_tokens", "codes", "session_cleanup"),
    "Applications": ("clients", "client_connections", "client_grants", "client_registration_tokens", "grants"),
    "Connections": ("connections", "migration_sources", "scim_configurations", "scim_tokens", "scim_external_ids"),
    "Organizations": ("organizations", "organization_connections", "user_organizations", "invites"),
    "Permissions": ("resource_servers", "roles", "role_permissions", "user_roles", "user_permissions"),
    "Pages": ("branding", "themes", "custom_text", "prompt_settings", "universal_login_templates", "forms", "flows"),
    "E-mail": ("email_providers", "email_templates"),
    "Code": ("actions", "action_versions", "action_executions", "hooks", "hook_code"),
    "Events": ("logs", "log_streams", "outbox", "stats", "analytics"),
    "Domains": ("custom_domains", "proxy_routes"),
    "Operation": ("tenants", "keys", "tenant_operations", "tenant_operation_events", "rollouts"),
}
"""The topics of the reference and of the diagrams, and the adapters of each; a test wants every adapter in one of them."""
SHARED = {
    name: value
    for kind in (mixins.CreateMixin, mixins.UpdateMixin, mixins.ListMixin, mixins.IterateMixin)
    for name, value in vars(kind).items()
    if inspect.isfunction(value) and not name.startswith("_")
}
"""The methods that most adapters have, described once."""
ANY = {"M": "Row", "I": "RowInsert", "C": "RowCreate", "U": "RowUpdate", "W": "RowWhere"}
"""What the type variables of the adapters stand for where no adapter is meant."""
WIDTHS = re.compile(r"\bVarchar(\d+)\b")
ROLES = re.compile(r":(?:\w+:)?\w+:`[~.]?([^`]+)`")
SECTION = re.compile(r"^(Args|Returns|Raises|Attributes):\n", re.MULTILINE)
ENTRY = re.compile(r"^(\w[\w, ]*): ?(.*(?:\n(?: +.*)?)*)", re.MULTILINE)


def slug(title: str) -> str:
    """The name of a topic in file names and labels."""
    return re.sub(r"\W+", "-", title.lower())


# --- Markdown ----------------------------------------------------------------------------------------------------------------------


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table, or nothing where there are no rows."""
    lines = [_row(head), _row(["---"] * len(head)), *map(_row, rows)]
    return "\n".join(lines) + "\n" if len(lines) > 2 else ""


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(' '.join(cell.split()).replace('|', chr(92) + '|') for cell in cells)} |"


def prose(text: str) -> str:
    """The text of a docstring as Markdown."""
    return ROLES.sub(r"`\1`", text).replace("``", "`")


def described(documented: object) -> tuple[str, str]:
    """The prose of a docstring and its sections as a field list."""
    doc = inspect.cleandoc(str(getattr(documented, "__doc__", None) or ""))
    doc = re.sub(
        r"\n\.\. code-block:: python\n\n((?:    .*\n?|\n)+)", lambda found: f"\n```python\n{textwrap.dedent(found[1]).strip()}\n```\n", doc
    )
    parts = SECTION.split(doc)
    fields: list[str] = []
    for name, body in zip(parts[1::2], parts[2::2], strict=True):
        fields += _fields(name, textwrap.dedent(body).strip())
    return prose(parts[0].strip()), "\n".join(fields)


def _fields(section: str, body: str) -> Iterator[str]:
    body, _, after = body.partition("\n\n") if section == "Raises" else (body, "", "")
    if section == "Returns":
        yield f":returns: {_flowed(body)}"
        return
    word = {"Args": "param", "Raises": "raises", "Attributes": "param"}[section]
    for name, text in ENTRY.findall(body):
        yield f":{word} {name}: {_flowed(text)}"
    if after:
        yield f"\n{_flowed(after)}"


def _flowed(text: str) -> str:
    """Text in one line, so that a field ends where it does; a list inside keeps its items apart by semicolons."""
    lines = re.sub(r"\n+\s*- ", " • ", prose(text.strip()))
    return " ".join(lines.split())


# --- signatures --------------------------------------------------------------------------------------------------------------------


@cache
def variables(kind: type) -> Mapping[str, str]:
    """What the type variables of a class's bases stand for."""
    found: dict[str, str] = {}
    for base in kind.__mro__:
        for generic in getattr(base, "__orig_bases__", ()):
            origin = get_origin(generic)
            parameters = getattr(origin, "__parameters__", ())
            for parameter, argument in zip(parameters, get_args(generic), strict=False):
                if isinstance(parameter, TypeVar) and not isinstance(argument, TypeVar):
                    found.setdefault(parameter.__name__, _name(argument))
    return found


def _name(argument: Any) -> str:
    forward = getattr(argument, "__forward_arg__", None)
    return str(forward or getattr(argument, "__name__", argument))


def annotation(text: Any, kind: type | None) -> str:
    """An annotation as a reader wants it: without quotes, names of internals and type variables."""
    words = text if isinstance(text, str) else getattr(text, "__name__", str(text))
    words = words.replace('"', "").replace("builtins.", "")
    for name, meaning in (ANY if kind is Adapter else variables(kind) if kind else {}).items():
        words = re.sub(rf"\b{name}\b", meaning, words)
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
        words = re.sub(rf"\b{name}\b(?!\.)", meaning, words)
    return words


def signature(function: Callable[..., Any], kind: type | None = None) -> str:
    """The parameters and the result of a function."""
    given = inspect.signature(function)
    parameters = [
        parameter.replace(
            annotation=_Shown(annotation(parameter.annotation, kind)) if parameter.annotation is not parameter.empty else parameter.empty,
            default=_Shown(_default(parameter.default)) if parameter.default is not parameter.empty else parameter.empty,
        )
        for parameter in given.parameters.values()
        if parameter.name != "self"
    ]
    result = given.return_annotation
    return str(
        given.replace(
            parameters=parameters,
            return_annotation=_Shown(annotation(result, kind)) if result is not inspect.Signature.empty else inspect.Signature.empty,
        )
    )


class _Shown:
    """Shows itself as a text without quotes."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def _default(value: Any) -> str:
    named = getattr(value, "__name__", None)
    return named if isinstance(named, str) else repr(value)


def entry(kind: str, name: str, documented: Any, sign: str = "", extra: str = "", level: int = 3) -> str:
    """A directive of the Python domain, with the docstring in it."""
    text, fields = described(documented)
    options = ":async:\n" if inspect.iscoroutinefunction(documented) or inspect.isasyncgenfunction(documented) else ""
    fence = "`" * (level + 1)
    body = "\n\n".join(part for part in (text, extra, fields) if part)
    return f"{fence}{{py:{kind}}} {name}{sign}\n{options}\n{body}\n{fence}\n"


# --- adapters ----------------------------------------------------------------------------------------------------------------------


def methods(kind: type) -> Mapping[str, Any]:
    """The public methods of a class, its own first."""
    found: dict[str, Any] = {}
    for base in kind.__mro__[:-1]:
        for name, value in vars(base).items():
            if inspect.isfunction(value) and not name.startswith("_"):
                found.setdefault(name, getattr(kind, name))
    return found


def adapter(name: str) -> Iterator[str]:
    """The chapter of an adapter."""
    kind = kinds()[name]
    yield f"(adapter-{name})=\n## {name}\n"
    yield f"{prose(inspect.cleandoc(kind.__doc__ or ''))}\n"
    if issubclass(kind, Adapter):
        facts = [f"Rows: {_models(kind)}", f"table: [{kind.table.name}](#table-{kind.table.name})"]
        yield "; ".join(facts) + ".\n"
        yield _rules(kind.rules if hasattr(kind, "list") else None)
    else:
        called: Any = vars(kind)["__call__"]
        yield entry("function", name, called, signature(called))
    for method, function in methods(kind).items():
        if function == SHARED.get(method):
            first = prose(inspect.cleandoc(function.__doc__ or "")).partition("\n\n")[0].replace("\n", " ")
            link = f"{first} See [{method}](#shared-{method})."
            body = f"````{{py:method}} {name}.{method}{signature(function, kind)}\n:async:\n\n{link}\n````\n"
            yield body
        else:
            yield entry("method", f"{name}.{method}", function, signature(function, kind))


def _models(kind: type[Adapter[Any]]) -> str:
    names = [kind.model.__name__, *([kind.insert.__name__] if kind.insert else [])]
    return " from ".join(f"`{name}`" for name in names if hasattr(models, name)) or f"`{names[0]}`"


def _rules(rules: ListRules | None) -> str:
    if rules is None or not rules.fields:
        return ""
    words = [f"`q` and `where` know {', '.join(f'`{each}`' for each in rules.fields)}"]
    if rules.search:
        words.append(f"free text searches {', '.join(f'`{each}`' for each in rules.search)}")
    return "; ".join(words) + ".\n"


def adapters() -> Iterator[tuple[str, str]]:
    """The pages of the adapters."""
    for topic, names in GROUPS.items():
        parts = [f"# {topic}: adapters\n", *(part for name in names for part in adapter(name))]
        yield f"adapters/{slug(topic)}.md", "\n".join(parts)
    shared = [
        (
            "# Methods that most adapters have\n\nMost adapters have these methods in common. The page of each "
            "adapter lists those that it has, "
            "with its own models in their signatures, and describes those that differ. Here `Row`, `RowInsert`, "
            "`RowCreate`, `RowUpdate` and "
            "`RowWhere` stand for those models and typed dictionaries.\n"
        )
    ]
    for name, function in SHARED.items():
        shared.append(f"(shared-{name})=\n## {name}\n")
        shared.append(entry("method", f"adapter.{name}", function, signature(function, Adapter)))
    yield "adapters/shared.md", "\n".join(shared)
    rows = [[topic, ", ".join(f"[{name}](#adapter-{name})" for name in names)] for topic, names in GROUPS.items()]
    pages = "\n".join(["shared", *(slug(topic) for topic in GROUPS)])
    yield (
        "adapters/index.md",
        (
            f"# Adapters\n\n`adapters.users`, `adapters.sessions` and so on: an adapter for each kind of row, {len(kinds())} in all. "
            "What holds for all of them is under [Methods that most adapters have](shared.md).\n\n"
            f"{table(['Topic', 'Adapters'], rows)}\n```{{toctree}}\n:hidden:\n\n{pages}\n```\n"
        ),
    )


# --- models ------------------------------------------------------------------------------------------------------------------------


@cache
def _annotations(module: str) -> Mapping[str, Mapping[str, str]]:
    """The annotation of each attribute as it is written, by the class in the module."""
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


def written(model: type[BaseModel], name: str) -> str:
    """The annotation of a field as it is written."""
    for base in model.__mro__:
        found = _annotations(base.__module__).get(base.__name__, {}) if base.__module__.startswith("authhero_sql") else {}
        if name in found:
            return found[name]
    return ""


def _columns(model: type[BaseModel]) -> Table[Any] | None:
    """The table whose rows the model stands for."""
    for kind in kinds().values():
        if issubclass(kind, Adapter) and model in (kind.model, kind.insert):
            return kind.table
    return None


def limit(column: Column | None, text: str) -> str:
    """What a column can hold at the most."""
    if found := WIDTHS.search(text):
        return f"{int(found[1]):,} characters"
    if column is None or column.codec not in (TEXT, JSON, JSON_OR_TEXT):
        return ""
    if column.size is not None:
        return f"{column.size:,} characters"
    return f"{MEDIUMTEXT_BYTES if column.medium else TEXT_BYTES:,} bytes"


def fields(model: type[BaseModel]) -> str:
    """The table of a model's fields."""
    meanings = descriptions(model)
    stored = _columns(model)
    rows = []
    for name, info in model.model_fields.items():
        text = written(model, name)
        wire = info.serialization_alias or info.alias or name
        secret = "Secret[" in text
        shown = WIDTHS.sub("str", re.sub(r"Secret\[(.*)\]", r"\1", text))
        shown = re.sub(r"\b(Int32)\b", "int", re.sub(r"\bFloat32\b", "float", shown))
        column = stored.stored(str(wire)) if stored else None
        notes = [
            *(["required"] if info.is_required() else []),
            *([f"at most {found}"] if (found := limit(column, text)) else []),
            *(["secret"] if secret else []),
            *([f"`{info.default!r}` by default"] if _plain(info.default) else []),
        ]
        label = f"`{name}`" if wire == name else f"`{name}`<br>wire: `{wire}`"
        rows.append([label, f"`{shown}`", "; ".join(filter(None, [meanings.get(name, "").rstrip("."), *notes])) + "."])
    return table(["Field", "Type", "Meaning"], rows)


def _plain(default: Any) -> bool:
    return default is not PydanticUndefined and isinstance(default, str | int | bool | float) and default is not None


def model_pages() -> Iterator[tuple[str, str]]:
    """The pages of the models, a page for each module."""
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
        title, _, rest = inspect.cleandoc(module.__doc__ or found.name).partition("\n\n")[0].partition(":")
        head = f"# {found.name.replace('_', ' ').capitalize()}: models\n\n{prose(rest.strip().capitalize() if rest else title)}\n"
        if others:
            rows = [[f"`{name}`", f"`{_meaning(getattr(module, name))}`"] for name in others]
            head += "\n" + table(["Name", "Values"], rows)
        parts = [head]
        for model in entities:
            body = fields(model)
            text = prose(inspect.cleandoc(model.__doc__ or ""))
            parts.append(f"(model-{model.__name__})=\n## {model.__name__}\n\n`````{{py:class}} {model.__name__}\n\n{text}\n`````\n\n{body}")
        yield f"models/{found.name}.md", "\n".join(parts)
    yield (
        "models/index.md",
        "# Models\n\n`from authhero_sql.models import User`. Every entity is a "
        "[pydantic](https://docs.pydantic.dev) model with Python names; "
        '`model_dump(mode="json", by_alias=True, exclude_none=True)` gives the wire form that Auth0 and AuthHero use. `…Insert` is what '
        "`create` takes. A secret field is left out of `repr()`. Times are aware, in UTC and exact to the millisecond.\n\n"
        "Whatever is stored can be read, so a model has no limits of its own: `create` and `update` raise `InvalidValueError` for a value "
        "that its column cannot hold.\n\n```{toctree}\n:maxdepth: 1\n\n" + "\n".join(names) + "\n```\n",
    )


def _is_base(model: type[BaseModel], exported: Sequence[Any]) -> bool:
    """Whether a model is only what others have in common: it is nobody's rows, and those have all of its fields."""
    heirs = [each for each in exported if inspect.isclass(each) and each is not model and issubclass(each, model)]
    return bool(heirs) and not any(model in (getattr(kind, "model", None), getattr(kind, "insert", None)) for kind in kinds().values())


def _meaning(value: Any) -> str:
    if get_args(value) and all(isinstance(each, str) for each in get_args(value)):
        return ", ".join(map(repr, get_args(value)))
    return re.sub(r"\w+\.(?:\w+\.)*", "", str(value))


# --- errors, log types, the command line ---------------------------------------------------------------------------------------------


def exceptions() -> list[type[errors.AuthHeroSQLError]]:
    """Every error, in the order of the module."""
    return [value for value in vars(errors).values() if inspect.isclass(value) and issubclass(value, errors.AuthHeroSQLError)]


def raisers() -> Mapping[str, list[str]]:
    """The methods that name an error in their docstring, by the error."""
    found: dict[str, list[str]] = {}
    for name, kind in kinds().items():
        for method, function in methods(kind).items():
            if function != SHARED.get(method):
                for error, _ in ENTRY.findall(textwrap.dedent(_section(function, "Raises"))):
                    found.setdefault(error, []).append(f"{name}.{method}")
    for method, function in SHARED.items():
        for error, _ in ENTRY.findall(textwrap.dedent(_section(function, "Raises"))):
            found.setdefault(error, []).insert(0, f"adapter.{method}")
    return found


def _section(function: Any, name: str) -> str:
    parts = SECTION.split(inspect.cleandoc(function.__doc__ or ""))
    return dict(zip(parts[1::2], parts[2::2], strict=True)).get(name, "")


def error_page() -> Iterator[tuple[str, str]]:
    """The page of all errors in full."""
    named = raisers()
    parts = ["# Errors in full\n\n[Errors](../errors.md) says how to handle them. `from authhero_sql import ConflictError`.\n"]
    for error in exceptions():
        bases = ", ".join(f"`{base.__name__}`" for base in error.__bases__)
        facts = (
            f"Status {error.status_code}; {'may be tried again' if error.retryable else 'not to be tried again as it is'}. Is a {bases}."
        )
        methods_ = named.get(error.__name__, [])
        raised = f"Raised by {', '.join(f'`{each}`' for each in methods_)}." if 0 < len(methods_) <= 24 else ""
        text, attributes = described(error)
        body = "\n\n".join(filter(None, [text, facts, raised, attributes]))
        parts.append(f"````{{py:exception}} {error.__name__}\n\n{body}\n````\n")
    yield "exceptions.md", "\n".join(parts)


def log_page() -> Iterator[tuple[str, str]]:
    """The page of log types."""
    rows = [[f"`{each.value}`", f"`{each.name}`"] for each in LogType]
    yield (
        "log-types.md",
        (
            "# Log types\n\nThe types of log entries that AuthHero knows; an entry may have others. "
            '`from authhero_sql.models import LogType`; `LogType.FAILED_LOGIN == "f"`. An entry is a `Log`, written by `logs.create` and '
            f"read by `logs.list`.\n\n{table(['Type', 'Name in LogType'], rows)}"
        ),
    )


def command_page() -> Iterator[tuple[str, str]]:
    """The page of the command line."""
    root: Any = typer.main.get_command(app)
    shared = [option for option in root.params if option.rich_help_panel == PANEL]
    parts = [
        (
            f"# Command line\n\n{_help(root.help)}\n\n`pip install 'authhero-sql[cli]'` brings the command `authhero-sql`; "
            f"`python -m authhero_sql` is the same.\n\n{EXIT_CODES}\n"
        ),
        f"## {PANEL}\n\n{_options(shared)}",
        *_commands(root, "authhero-sql"),
    ]
    yield "cli.md", "\n".join(parts)


def _commands(group: TyperGroup, path: str) -> Iterator[str]:
    for name, command in group.commands.items():
        label = f"{path} {name}".removeprefix("authhero-sql ").replace(" ", "-")
        yield f"(cli-{label})=\n## {path} {name}\n\n{_help(command.help)}\n"
        own: list[Any] = [option for option in command.params if getattr(option, "rich_help_panel", None) != PANEL]
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


# --- the rest of Python --------------------------------------------------------------------------------------------------------------


def python_pages() -> Iterator[tuple[str, str]]:
    """The pages of what is no adapter and no model."""
    container = [
        entry(
            "method",
            f"Adapters.{name}",
            function.__wrapped__ if hasattr(function, "__wrapped__") else function,
            signature(function, Adapters),
        )
        for name, function in vars(Adapters).items()
        if inspect.isfunction(function) and not name.startswith("_")
    ]
    parts = [
        "# Connections and transactions\n\n`from authhero_sql import connect, create_adapters`.\n",
        entry("function", "connect", authhero_sql.connect, signature(authhero_sql.connect)),
        "## Options of connect\n\nOptions stand in the query of the URL or are keywords of `connect`.\n",
        *_connect_options(),
        "## Adapters\n",
        entry("function", "create_adapters", authhero_sql.create_adapters, signature(authhero_sql.create_adapters)),
        (
            f"````{{py:class}} Adapters\n\n{prose(inspect.cleandoc(Adapters.__doc__ or ''))} "
            "Its attributes are [the adapters](adapters/index.md).\n````\n"
        ),
        *container,
        "## Clean-up and health\n",
        entry("function", "diagnose", authhero_sql.diagnose, signature(authhero_sql.diagnose)),
        entry("class", "Finding", authhero_sql.Finding),
        "## Lists and bulk writes\n",
        "A list returns a `Page`.\n",
        *(entry("class", each.__name__, each) for each in (authhero_sql.Sort, authhero_sql.ManyResult, authhero_sql.Refusal)),
    ]
    parts += _others("\n".join(parts))
    yield "database.md", "\n".join(parts)
    tools = [each for name in migrations.__all__ if inspect.isfunction(each := getattr(migrations, name))]
    classes = [each for name in migrations.__all__ if inspect.isclass(each := getattr(migrations, name))]
    yield (
        "migrations.md",
        "\n".join(
            [
                "# Migrations\n\n`from authhero_sql import migrate_to_latest`. The [command line](cli.md) does the same.\n",
                *(entry("function", each.__name__, each, signature(each)) for each in tools),
                *(entry("class", each.__name__, each) for each in classes),
            ]
        ),
    )
    operators = [getattr(where, name) for name in where.__all__ if inspect.isfunction(getattr(where, name))]
    text = described(where)[0]
    yield (
        "where.md",
        "\n".join(["# Conditions (where)\n", text, "", *(entry("function", each.__name__, each, signature(each)) for each in operators)]),
    )
    yield "contrib.md", "\n".join(_contrib())
    yield "testing.md", "\n".join(_testing())


def _others(text: str) -> Iterator[str]:
    """What the package exports and no page describes."""
    yield "## Other names\n"
    for name in authhero_sql.__all__:
        value = getattr(authhero_sql, name)
        known = name.startswith("_") or name in migrations.__all__ or hasattr(models, name) or f"}} {name}" in text
        if known or (inspect.isclass(value) and issubclass(value, errors.AuthHeroSQLError)):
            continue
        if inspect.isfunction(value):
            yield entry("function", name, value, signature(value))
        elif inspect.isclass(value):
            yield entry("class", name, value)
        else:
            yield f"````{{py:data}} {name}\n\n`{annotation(str(value), None).replace('collections.abc.', '')}`\n````\n"


def _connect_options() -> Iterator[str]:
    every = options._Options
    yield _typed("Every engine", every, [])
    server = options._ServerOptions
    yield _typed("PostgreSQL and MySQL", server, [every])
    for title, kind in {
        "SQLite": options.SQLiteOptions,
        "PostgreSQL": options.PostgreSQLOptions,
        "MySQL and MariaDB": options.MySQLOptions,
    }.items():
        yield _typed(title, kind, [every, server])
    yield _typed("Cloudflare D1", options.D1Options, [every])


def _typed(title: str, kind: Any, without: Sequence[Any]) -> str:
    """The table of a typed dictionary's keys that have a description, and a line with the others."""
    known = {name for each in without for name in each.__annotations__}
    meanings = _docstrings(options).get(kind.__name__, {})
    names = [name for name in _annotations(options.__name__)[kind.__name__] if name not in known]
    rows = [[f"`{name}`", f"`{_annotations(options.__name__)[kind.__name__][name]}`", meanings[name]] for name in names if name in meanings]
    others = [f"`{name}`" for name in names if name not in meanings]
    beside = f"\nPassed to the driver: {', '.join(others)}.\n" if others else ""
    return f"### {title}\n\n{table(['Option', 'Type', 'Meaning'], rows)}{beside}"


@cache
def _docstrings(module: ModuleType) -> Mapping[str, Mapping[str, str]]:
    from authhero_sql.models.base import _docstrings as found

    return found(module.__name__)


def _contrib() -> Iterator[str]:
    from authhero_sql.contrib import http

    yield "# Web frameworks\n\nThe guides for [FastAPI](../frameworks/fastapi.md), [Starlette](../frameworks/starlette.md) and "
    yield (
        "[Litestar](../frameworks/litestar.md) show how these are used; all three modules offer the first "
        "two, and `authhero_sql.contrib.http` all of them.\n"
    )
    yield entry("function", "lifespan", http.lifespan, signature(http.lifespan))
    yield f"`````{{py:class}} ListParams\n\n{described(http.ListParams)[0]}\n`````\n"
    rows = [[f"`{info.alias or name}`", info.description or ""] for name, info in http.ListParams.model_fields.items()]
    yield table(["Parameter", "Meaning"], rows)
    yield entry("function", "body", http.body, signature(http.body))
    yield entry("function", "described", http.described, signature(http.described))
    yield entry("method", "ListParams.parse", http.ListParams.parse, signature(http.ListParams.parse))
    yield entry("method", "ListParams.arguments", http.ListParams.arguments, signature(http.ListParams.arguments))
    for name in ("fastapi", "starlette", "litestar"):
        module = import_module(f"authhero_sql.contrib.{name}")
        texts = _assigned(module)
        yield f"## authhero_sql.contrib.{name}\n\n{described(module)[0]}\n"
        rows = []
        for each in module.__all__:
            value = getattr(module, each)
            if each in texts:
                rows.append([f"`{each}`", prose(texts[each])])
            elif inspect.isfunction(value) and value.__module__ == module.__name__:
                rows.append([f"`{each}`", described(value)[0]])
        yield table(["Name", "Meaning"], rows)


def _assigned(module: ModuleType) -> Mapping[str, str]:
    """The docstrings below the assignments of a module."""
    body = ast.parse(inspect.getsource(module)).body
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

    yield "# Testing helpers\n\n[Testing your code](../guides/testing.md) shows how they are used.\n\n## Fixtures\n"
    rows = []
    for name, value in vars(pytest_authhero_sql).items():
        if name.startswith("authhero_"):
            text = inspect.cleandoc((getattr(value, "__wrapped__", None) or value).__doc__ or "")
            rows.append([f"`{name}`", prose(text)])
    yield table(["Fixture", "Meaning"], rows)
    yield "## authhero_sql.testing\n"
    yield entry("function", "assert_no_secrets", testing.assert_no_secrets, signature(testing.assert_no_secrets))
    for kind in (testing.ManualClock, testing.MigratedCopies):
        yield entry("class", kind.__name__, kind)
        for name, function in methods(kind).items():
            yield entry("method", f"{kind.__name__}.{name}", inspect.unwrap(function), signature(function))
    yield f"## build\n\n{described(build)[0]}\n"
    rows = [
        [f"`build.{name}`", described(value)[0]]
        for name, value in vars(build).items()
        if inspect.isfunction(value) and not name.startswith("_")
    ]
    yield table(["Function", "Meaning"], rows)


# --- the schema ----------------------------------------------------------------------------------------------------------------------


def table_groups() -> Mapping[str, list[Table[Any]]]:
    """The tables of each topic: those of its adapters, and those that no adapter has with the table they refer to."""
    of = {name: kind.table for name, kind in kinds().items() if issubclass(kind, Adapter)}
    groups: dict[str, list[Table[Any]]] = {}
    placed: set[str] = set()
    for topic, names in GROUPS.items():
        for name in names:
            found = of.get(name)
            if found is not None and found.name not in placed and _home(found.name, topic, of):
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


def _home(name: str, topic: str, of: Mapping[str, Table[Any]]) -> bool:
    """Whether a table belongs to a topic: to that of the adapter of its own name, where there is one."""
    return name not in of or name in GROUPS[topic] or all(name not in names for names in GROUPS.values())


def schema_pages() -> Iterator[tuple[str, str]]:
    """The pages of the schema: a diagram and the tables of each topic."""
    groups = table_groups()
    for topic, tables in groups.items():
        parts = [
            f"# {topic}: tables\n\n```{{raw}} html\n{drawn(tables, REGISTRY)}\n```\n",
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
            f"# Schema\n\nThe {len(REGISTRY)} tables that the migrations make, the same on every engine. Types, "
            f"defaults, keys and indexes are "
            "AuthHero's, so that both programs work on one database. The types are MySQL's names for them. In the diagrams an arrow leads "
            "from the referring column to the table it refers to; the references of `tenant_id` to `tenants` are "
            "left out, because nearly every "
            f"table has one. Removing a row removes the rows that refer to it, unless the table says "
            f"otherwise.\n\n{table(['Topic', 'Tables'], rows)}\n"
            f"```{{toctree}}\n:hidden:\n\n{pages}\n```\n"
        ),
    )


def _table(each: Table[Any]) -> str:
    rows = []
    for column in each.columns:
        notes = [
            *(["key"] if column.name in each.key else []),
            *(["secret"] if column.secret else []),
            *([f"field `{column.public}`"] if column.field else []),
            *(["storage only"] if column.hidden else []),
            *([f"`{column.default!r}` by default"] if column.default is not None else []),
            *([f"AuthHero: {column.was}"] if column.was else []),
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


# --- all of it -----------------------------------------------------------------------------------------------------------------------


def pages() -> Iterator[tuple[str, str]]:
    """Every page by its path below the folder of the reference."""
    yield from python_pages()
    yield from adapters()
    yield from model_pages()
    yield from error_page()
    yield from log_page()
    yield from command_page()
    yield from schema_pages()


def write(folder: Path) -> None:
    """Write the pages; those that have not changed keep their time, so that a build takes them as they are."""
    kept = set()
    for name, text in pages():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
        kept.add(path)
    for path in folder.rglob("*.md"):
        if path not in kept and path != folder / "index.md":
            path.unlink()


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "reference")
