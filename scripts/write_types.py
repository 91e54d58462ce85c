"""Write ``authhero_sql/types.py``: the typed dictionaries that callers write, derived from the adapters, their models and their tables.

Run ``python scripts/write_types.py`` after a change of a field, a model, or what a list is filtered by. A test compares the file with
what this writes.
"""

from __future__ import annotations

import inspect
import re
import sys
import types
from collections.abc import Collection, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Annotated, Any, Literal, Union, get_args, get_origin

ROOT = Path(__file__).parent.parent
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from pydantic import AwareDatetime, BaseModel  # noqa: E402  # only now the package can be found
from pydantic.fields import FieldInfo  # noqa: E402

from authhero_sql import models  # noqa: E402
from authhero_sql.codecs import BOOL, EPOCH_MS, FLAG, INSTANT, INT, MARK, SWITCH, TEXT  # noqa: E402
from authhero_sql.crud.adapter import Adapter  # noqa: E402
from authhero_sql.models import AnalyticsQuery, AuditEventInsert, ImportMetadata  # noqa: E402
from authhero_sql.models.base import descriptions  # noqa: E402
from authhero_sql.rows import partial_model, wire_fields, without_none  # noqa: E402
from scripts.formatting import formatted  # noqa: E402
from tests.kinds import kinds  # noqa: E402

PATH = ROOT / "authhero_sql" / "types.py"
HEAD = '''"""The typed dictionaries that callers write: what is created, what is updated, and by which conditions lists are filtered.

A type checker finds a key that there is not, and a value of the wrong type. The fields of a dictionary have their Python names or those
that they have on the wire. A ``dict[str, Any]``, such as the body of a request, may be given instead: it is ``Unchecked``, and validated
when the call is made. The package itself loads nothing from here.

``scripts/write_types.py`` writes this file from the adapters, their models and their tables; do not edit it.
"""

# Not as strings: TypedDict would compile each of them when the module is imported.

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal, Required, TypeAlias, TypedDict

%s
from .rows import Unchecked
from .where import Condition

TextIs: TypeAlias = str | Condition[str] | None
"""Text that must be equal, or a condition for it; None for no value."""
NumberIs: TypeAlias = int | Condition[int] | None
"""A number that must be equal, or a condition for it; None for no value."""
TruthIs: TypeAlias = bool | Condition[bool] | None
"""What must be true or false; None for no value."""
InstantIs: TypeAlias = datetime | date | str | Condition[datetime] | Condition[date] | Condition[str] | None
"""An instant, a day or the ISO 8601 text of either, or a condition for it; None for no value."""
Instant: TypeAlias = datetime | str
"""An aware instant, or its ISO 8601 text."""
'''
KINDS = {
    TEXT: "TextIs",
    INT: "NumberIs",
    **dict.fromkeys((BOOL, FLAG, MARK, SWITCH), "TruthIs"),
    **dict.fromkeys((INSTANT, EPOCH_MS), "InstantIs"),
}
PARTLY = {("LoginSession", "auth_params")}
"""The objects in one column of which ``update`` takes a part, and keeps the rest."""
FILLED_IN = {("RolePermission", "role_id"), ("UserPermission", "user_id")}
"""What a call says by an argument of its own, so that it need not be in the dictionary."""
BESIDE: Mapping[str, tuple[type[BaseModel], str]] = {
    "AnalyticsQueryDict": (AnalyticsQuery, "What to count, and how."),
    "AuditEventCreate": (AuditEventInsert, "What ``outbox`` takes for a new event."),
    "ImportMetadataDict": (ImportMetadata, "What an import keeps of a row from elsewhere."),
}
"""The dictionaries of models that are no adapter's own."""
NAMED = re.compile(r"\w+(?:Create|Update|Where)\b")
ALIASES = {repr(value): name for name in dir(models) if get_origin(value := getattr(models, name)) is Literal}
"""What the models call their sets of words."""


class Writer:
    """Renders annotations; remembers the dictionaries and the names of models that these need."""

    def __init__(self) -> None:
        self.dictionaries: dict[str, str] = {}
        self.models: set[str] = set()

    def value(self, annotation: Any) -> str:
        """What a value may be that a model validates as this."""
        return " | ".join(sorted(dict.fromkeys(self._members(annotation)), key="None".__eq__))

    def _members(self, annotation: Any) -> Iterator[str]:
        """The types of which a value has one."""
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            yield from self._members(arguments[0])
        elif origin in (Union, types.UnionType):
            for member in arguments:
                yield from self._members(member)
        elif origin is Literal:
            name = ALIASES.get(repr(annotation))
            self.models.update([name] if name else [])
            yield name or f"Literal[{', '.join(map(_quoted, arguments))}]"
        elif origin is list:
            # Whoever has a list of models may hand it over; of plain values a list is meant, because a text is a sequence, too.
            yield f"{'Sequence' if _has_model(annotation) else 'list'}[{self.value(arguments[0])}]"
        elif origin is dict:
            yield f"Mapping[{self.value(arguments[0])}, {self.value(arguments[1])}]"
        elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield from self._object(annotation)
        else:
            yield {AwareDatetime: "Instant", Any: "Any", types.NoneType: "None"}.get(annotation) or annotation.__name__

    def _object(self, model: type[BaseModel]) -> Iterator[str]:
        """The dictionary of an object inside a model, or the model itself."""
        if getattr(models, model.__name__, None) is not model:
            # A part of it, for an update.
            self._add(model.__name__, model, "A part of the object: the rest stays.")
            yield from (model.__name__, "Unchecked")
        else:
            self._add(f"{model.__name__}Dict", model, model.__doc__ or "")
            self.models.add(model.__name__)
            yield from (model.__name__, f"{model.__name__}Dict", "Unchecked")

    def _add(self, name: str, model: type[BaseModel], docstring: str) -> None:
        if name not in self.dictionaries:
            self.dictionaries[name] = self.dictionary(name, model, docstring, descriptions(model))

    def dictionary(
        self, name: str, model: type[BaseModel], docstring: str, described: Mapping[str, str], leave_out: Collection[str] = ()
    ) -> str:
        """The typed dictionary of what a model is made of, its fields by either name, without those that are left out."""
        keys: dict[str, tuple[FieldInfo, bool, str]] = {}
        for wire, (field, info) in wire_fields(model).items():
            if wire in leave_out:
                continue
            for key in dict.fromkeys((field, wire)):
                required = info.is_required() and wire == field and (name.removesuffix("Create"), field) not in FILLED_IN
                keys[key] = (info, required, described.get(field, ""))
        odd = {key: self.value(info.annotation) for key, (info, _, _) in keys.items() if not _can_be_an_attribute(key)}
        lines = []
        if odd:
            inside = ", ".join(f'"{key}": {value}' for key, value in odd.items())
            lines += [f'_{name} = TypedDict("_{name}", {{{inside}}}, total=False)', "", ""]
        lines += [f"class {name}({f'_{name}' if odd else 'TypedDict'}, total=False):", f'    """{docstring.strip()}"""', ""]
        for key, (info, required, description) in keys.items():
            if key not in odd:
                value = self.value(info.annotation)
                lines.append(f"    {key}: {f'Required[{value}]' if required else value}")
                lines += [f'    """{description}"""'] if description else []
        return "\n".join(lines)


def _quoted(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _can_be_an_attribute(key: str) -> bool:
    return key.isidentifier() and key not in {"from", "global"}


def _has_model(annotation: Any) -> bool:
    return (isinstance(annotation, type) and issubclass(annotation, BaseModel)) or any(map(_has_model, get_args(annotation)))


def named(kind: type[Adapter[Any]]) -> Iterator[str]:
    """The typed dictionaries that an adapter names: in the parameters of its methods, or where it says what its base is made of."""
    for base in kind.__mro__:
        if base.__module__.startswith("authhero_sql."):
            yield from NAMED.findall(repr(getattr(base, "__orig_bases__", ())))
            for method in filter(inspect.isfunction, vars(base).values()):
                yield from NAMED.findall(repr(method.__annotations__))


def where(kind: type[Adapter[Any]]) -> str:
    """The conditions of an adapter's list."""
    name, wire = kind.model.__name__, kind.rules.wire if kind.rules else ""
    lines = [f"    {field}: {KINDS[target.column.codec]}" for field, target in kind._targets().items()]
    return "\n".join([f"class {name}Where(TypedDict, total=False):", f'    """The fields by which ``{wire}`` are filtered."""', "", *lines])


def update_of(kind: type[Adapter[Any]]) -> type[BaseModel]:
    """The model that an adapter's ``update`` takes, without null where the column allows none."""
    writer = kind._make_writer()
    fields = wire_fields(writer.update_model)
    partly = {wire for wire, (name, _) in fields.items() if (kind.model.__name__, name) in PARTLY}
    update = partial_model(writer.insert, fields, frozenset(partly)) if partly else writer.update_model
    for column in kind.table.columns:
        found = wire_fields(update).get(column.public)
        if found is not None and not column.null:
            found[1].annotation = without_none(found[1].annotation)[0]  # of the copy that only this script uses
    return update


def refused(kind: type[Adapter[Any]]) -> set[str]:
    """The fields that an adapter's models have and its methods refuse."""
    return {wire for wire, _, _ in kind._make_writer()._refused}


def imports(names: set[str]) -> Iterator[str]:
    """The imports of names from the modules of the models."""
    for found in iter_modules(models.__path__):
        own = names & set(import_module(f"authhero_sql.models.{found.name}").__all__)
        if own:
            yield f"from .models.{found.name} import ({', '.join(sorted(own))},)"


def text() -> str:
    """The whole file."""
    writer = Writer()
    found: dict[str, str] = {}
    for name, (model, docstring) in BESIDE.items():
        found[name] = writer.dictionary(name, model, docstring, descriptions(model))
    for attribute, kind in kinds().items():
        if not issubclass(kind, Adapter):
            continue
        asked, name = set(named(kind)), kind.model.__name__
        described = {**descriptions(kind.model), **descriptions(kind.insert or kind.model)}
        if f"{name}Create" in asked and f"{name}Create" not in found:
            docstring = f"What ``{attribute}`` takes for a new row."
            found[f"{name}Create"] = writer.dictionary(f"{name}Create", kind._make_writer().insert, docstring, described, refused(kind))
        if f"{name}Update" in asked and f"{name}Update" not in found:
            docstring = f"What ``{attribute}`` updates."
            found[f"{name}Update"] = writer.dictionary(f"{name}Update", update_of(kind), docstring, described, refused(kind))
        if f"{name}Where" in asked and kind.rules and kind.rules.fields:
            found[f"{name}Where"] = where(kind)
    head = HEAD % "\n".join(imports(writer.models))
    parts = [head.rstrip(), *writer.dictionaries.values(), *(found[name] for name in sorted(found))]
    return formatted("\n\n\n".join(parts) + "\n", PATH)


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
