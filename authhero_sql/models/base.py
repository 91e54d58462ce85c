"""What all entities have in common."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Generic, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    PlainSerializer,
    PrivateAttr,
    SerializationInfo,
    SerializerFunctionWrapHandler,
    model_serializer,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from ..clock import to_iso, truncate

__all__ = [
    "ImportMetadata",
    "Insert",
    "Instant",
    "Nested",
    "Page",
]

Instant = Annotated[
    AwareDatetime,
    AfterValidator(truncate),
    PlainSerializer(to_iso, return_type=str, when_used="json"),
]
"""An aware instant in UTC, cut to the millisecond; on the wire ``2026-01-31T10:00:00.000Z``."""


T = TypeVar("T")
Secret = Annotated[T, Field(repr=False)]
"""A field that ``repr()`` and ``print()`` leave out; what the registry calls secret is one in every model."""


class Stored:
    """What a column can hold of a value, in the words of JSON schema: of the schema for input, because what is stored may be longer.

    A model takes any value, so that whatever is stored can be read; ``create`` and ``update`` raise ``InvalidValueError`` for what
    does not fit. The sizes are those of the registry, and a test compares them.
    """

    def __init__(self, **limits: int) -> None:
        self.limits = limits

    def __get_pydantic_json_schema__(self, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The schema that pydantic makes, with the limits."""
        schema = handler(core_schema)
        return {**self.limits, **schema} if handler.mode == "validation" else schema


Int32 = Annotated[int, Stored(minimum=-(2**31), maximum=2**31 - 1)]
Float32 = Annotated[float, Stored(minimum=-(2**31), maximum=2**31 - 1)]
Varchar2 = Annotated[str, Stored(maxLength=2)]
Varchar10 = Annotated[str, Stored(maxLength=10)]
Varchar16 = Annotated[str, Stored(maxLength=16)]
Varchar17 = Annotated[str, Stored(maxLength=17)]
Varchar21 = Annotated[str, Stored(maxLength=21)]
Varchar24 = Annotated[str, Stored(maxLength=24)]
Varchar26 = Annotated[str, Stored(maxLength=26)]
Varchar32 = Annotated[str, Stored(maxLength=32)]
Varchar45 = Annotated[str, Stored(maxLength=45)]
Varchar50 = Annotated[str, Stored(maxLength=50)]
Varchar64 = Annotated[str, Stored(maxLength=64)]
Varchar100 = Annotated[str, Stored(maxLength=100)]
Varchar128 = Annotated[str, Stored(maxLength=128)]
Varchar191 = Annotated[str, Stored(maxLength=191)]
Varchar255 = Annotated[str, Stored(maxLength=255)]
Varchar256 = Annotated[str, Stored(maxLength=256)]
Varchar512 = Annotated[str, Stored(maxLength=512)]
Varchar1024 = Annotated[str, Stored(maxLength=1024)]
Varchar2048 = Annotated[str, Stored(maxLength=2048)]
Varchar2083 = Annotated[str, Stored(maxLength=2083)]
Varchar4096 = Annotated[str, Stored(maxLength=4096)]


class Described(BaseModel):
    """A model whose JSON schema describes each field by the docstring below it.

    The docstrings are read from the source when somebody asks for a schema: pydantic's ``use_attribute_docstrings`` reads them
    whenever a class is made, so that the import of the models would take almost twice as long.
    """

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The schema that pydantic makes, with a description of each field that has none."""
        schema = handler(core_schema)
        properties = handler.resolve_ref_schema(schema).get("properties", {})
        for name, description in descriptions(cls).items():
            # Who asks decides whether the schema has the name or the alias.
            for key in (name, cls.model_fields[name].serialization_alias):
                if key in properties:
                    properties[key].setdefault("description", description)
        return schema


def descriptions(model: type[BaseModel]) -> dict[str, str]:
    """The docstring of each field, where it or the field that it overrides has one."""
    found: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if issubclass(base, Described):
            found.update(_docstrings(base.__module__).get(base.__qualname__, {}))
    return {name: text for name, text in found.items() if name in model.model_fields}


@cache
def _docstrings(module: str) -> Mapping[str, Mapping[str, str]]:
    """The docstring of each attribute, by the class in the module."""
    try:
        tree = ast.parse(inspect.getsource(sys.modules[module]))
    except (OSError, TypeError, KeyError):
        # The source was not installed, and descriptions are no reason to fail.
        return {}
    return {node.name: dict(_described(node.body)) for node in tree.body if isinstance(node, ast.ClassDef)}


def _described(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    """The attributes in the body of a class that have a docstring."""
    for statement, below in pairwise(body):
        match statement, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, inspect.cleandoc(text)


class Model(Described):
    """An entity, or an object inside one. Python names are accepted beside the wire names."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=False,
        # A validation error must not repeat a secret.
        hide_input_in_errors=True,
        use_enum_values=True,
        # Validators are built when a model is first used: an import should not pay for entities that nobody asks for.
        defer_build=True,
    )


class Nested(Model):
    """An object kept in a JSON column: what the contract does not name is kept as it is, and not shown."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow")

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        # Nobody knows which of the others are secret.
        return (shown for shown in super().__repr_args__() if shown[0] in type(self).model_fields)


class Insert(Model):
    """What ``create`` takes: unknown fields are refused."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid")


class ImportMetadata(Insert):
    """What an import keeps of a row from elsewhere: its id and its times."""

    id: str | None = None
    """The identifier that the row keeps; generated if it is omitted."""
    created_at: Instant | None = None
    """When the row was created; now if it is omitted."""
    updated_at: Instant | None = None
    """When the row was last changed; ``created_at`` if it is omitted."""


class Page(Described, Generic[T]):
    """One page of a list."""

    model_config: ClassVar[ConfigDict] = ConfigDict(defer_build=True)

    items: list[T]
    """The rows; by alias they stand under the entity's wire name (``users``, ``clients``, …)."""
    start: int = 0
    """The number of rows before the page; 0 in checkpoint mode."""
    limit: int
    """The most rows that the page could have."""
    length: int
    """The number of rows that the page has."""
    total: int | None = None
    """The number of all rows that match; only with ``include_totals``."""
    total_is_estimate: bool = False
    """Whether ``total`` is the least that there are: with ``include_totals="estimate"``, beyond 10,000; on the wire only if it is true."""
    next: str | None = None
    """The cursor of the next page; only in checkpoint mode, and only if there is one."""

    _wire: str = PrivateAttr(default="items")

    @classmethod
    def of(
        cls,
        items: list[T],
        *,
        wire: str,
        limit: int,
        start: int = 0,
        total: int | None = None,
        total_is_estimate: bool = False,
        next: str | None = None,
    ) -> Page[T]:
        """A page of rows that are already validated; ``wire`` is the name of the rows on the wire."""
        page = cls.model_construct(
            items=items, start=start, limit=limit, length=len(items), total=total, total_is_estimate=total_is_estimate, next=next
        )
        page._wire = wire
        return page

    @model_serializer(mode="wrap")
    def _serialize(self, handler: SerializerFunctionWrapHandler, info: SerializationInfo) -> dict[str, Any]:
        data: dict[str, Any] = handler(self)
        if not self.total_is_estimate:
            data.pop("total_is_estimate", None)
        if info.by_alias and "items" in data:
            return {self._wire if key == "items" else key: value for key, value in data.items()}
        return data
