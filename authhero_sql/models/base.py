"""The base classes and types of all entities."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Generic, TypeVar

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

if TYPE_CHECKING:
    from pydantic._internal._model_construction import ModelMetaclass
else:
    # pydantic does not export its metaclass.
    ModelMetaclass = type(BaseModel)

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
"""A timezone-aware UTC timestamp, truncated to milliseconds and serialized as ``2026-01-31T10:00:00.000Z``."""


T = TypeVar("T")
Secret = Annotated[T, Field(repr=False)]
"""A field that ``repr()`` omits. Every model marks the fields of secret columns this way."""


class ColumnLimits:
    """The limits of a column, as keywords of the JSON schema.

    Only the schema for validation includes them, because stored values may exceed them. The models do not enforce them, so that every
    stored value can be read. Instead, ``create`` and ``update`` raise ``InvalidValueError`` for a value that does not fit its column. A
    test compares the limits with the sizes in the registry.
    """

    def __init__(self, **limits: int) -> None:
        self.limits = limits

    def __get_pydantic_json_schema__(self, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Add the limits to the schema that pydantic generates."""
        schema = handler(core_schema)
        return {**self.limits, **schema} if handler.mode == "validation" else schema


Int32 = Annotated[int, ColumnLimits(minimum=-(2**31), maximum=2**31 - 1)]
Float32 = Annotated[float, ColumnLimits(minimum=-(2**31), maximum=2**31 - 1)]
Varchar2 = Annotated[str, ColumnLimits(maxLength=2)]
Varchar10 = Annotated[str, ColumnLimits(maxLength=10)]
Varchar16 = Annotated[str, ColumnLimits(maxLength=16)]
Varchar17 = Annotated[str, ColumnLimits(maxLength=17)]
Varchar21 = Annotated[str, ColumnLimits(maxLength=21)]
Varchar24 = Annotated[str, ColumnLimits(maxLength=24)]
Varchar26 = Annotated[str, ColumnLimits(maxLength=26)]
Varchar32 = Annotated[str, ColumnLimits(maxLength=32)]
Varchar45 = Annotated[str, ColumnLimits(maxLength=45)]
Varchar50 = Annotated[str, ColumnLimits(maxLength=50)]
Varchar64 = Annotated[str, ColumnLimits(maxLength=64)]
Varchar100 = Annotated[str, ColumnLimits(maxLength=100)]
Varchar128 = Annotated[str, ColumnLimits(maxLength=128)]
Varchar191 = Annotated[str, ColumnLimits(maxLength=191)]
Varchar255 = Annotated[str, ColumnLimits(maxLength=255)]
Varchar256 = Annotated[str, ColumnLimits(maxLength=256)]
Varchar512 = Annotated[str, ColumnLimits(maxLength=512)]
Varchar1024 = Annotated[str, ColumnLimits(maxLength=1024)]
Varchar2048 = Annotated[str, ColumnLimits(maxLength=2048)]
Varchar2083 = Annotated[str, ColumnLimits(maxLength=2083)]
Varchar4096 = Annotated[str, ColumnLimits(maxLength=4096)]


class _LazyModelMeta(ModelMetaclass):
    """Builds the validators of a model when the model is first used, but those of a ``TypeAdapter`` for the model immediately.

    FastAPI creates a ``TypeAdapter`` for each request body, and hides a pydantic warning about its own metadata while it does. A
    ``TypeAdapter`` that is built later, as ``defer_build`` in ``model_config`` asks for, would show that warning.
    """

    def __new__(cls, name: str, bases: tuple[type[Any], ...], namespace: dict[str, Any], **config: Any) -> Any:
        model: Any = super().__new__(cls, name, bases, namespace, **{"defer_build": True, **config})
        model.model_config["defer_build"] = False
        return model


class DocumentedModel(BaseModel, metaclass=_LazyModelMeta):
    """A model whose JSON schema describes each field with the docstring below it.

    The docstrings are read from the source code when a schema is generated. Pydantic's ``use_attribute_docstrings`` would read them when
    a class is created, which almost doubles the import time of the models.
    """

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Add a description to each field that has none in the schema that pydantic generates."""
        schema = handler(core_schema)
        properties = handler.resolve_ref_schema(schema).get("properties", {})
        for name, description in field_descriptions(cls).items():
            # The schema has either names or aliases, depending on by_alias.
            for key in (name, cls.model_fields[name].serialization_alias):
                if key in properties:
                    properties[key].setdefault("description", description)
        return schema


def field_descriptions(model: type[BaseModel]) -> dict[str, str]:
    """Return the docstring of each field by name, including docstrings inherited from overridden fields."""
    found: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if issubclass(base, DocumentedModel):
            found.update(_docstrings(base.__module__).get(base.__qualname__, {}))
    return {name: text for name, text in found.items() if name in model.model_fields}


@cache
def _docstrings(module: str) -> Mapping[str, Mapping[str, str]]:
    """Return the docstrings of the attributes of each class in a module."""
    try:
        tree = ast.parse(inspect.getsource(sys.modules[module]))
    except (OSError, TypeError, KeyError):
        # Descriptions are optional, so a distribution without source code works, too.
        return {}
    return {node.name: dict(_documented_attributes(node.body)) for node in tree.body if isinstance(node, ast.ClassDef)}


def _documented_attributes(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    """Yield the name and the docstring of each documented attribute in the body of a class."""
    for statement, below in pairwise(body):
        match statement, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, inspect.cleandoc(text)


class Model(DocumentedModel):
    """The base class of entities and nested objects, which accepts fields by Python name and by wire name."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=False,
        # Validation errors must not reveal secrets.
        hide_input_in_errors=True,
        use_enum_values=True,
    )


class Nested(Model):
    """An object in a JSON column, which preserves unknown fields but omits them from ``repr()``."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow")

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        # Unknown fields may be secret.
        return (shown for shown in super().__repr_args__() if shown[0] in type(self).model_fields)


class Insert(Model):
    """The base class of the models that ``create`` accepts, which reject unknown fields."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid")


class ImportMetadata(Insert):
    """The ID and the timestamps that an imported row keeps."""

    id: str | None = None
    """The ID of the row, generated if omitted."""
    created_at: Instant | None = None
    """When the row was created; the current time if omitted."""
    updated_at: Instant | None = None
    """When the row was last updated; the value of ``created_at`` if omitted."""


class Page(DocumentedModel, Generic[T]):
    """A page of rows."""

    items: list[T]
    """The rows of the page; serialized by alias, the key is the entity's wire name (``users``, ``clients``, …)."""
    start: int = 0
    """The number of rows before the page; 0 with checkpoint pagination."""
    limit: int
    """The maximum number of rows on the page."""
    length: int
    """The number of rows on the page."""
    total: int | None = None
    """The total number of matching rows; set only with ``include_totals``."""
    total_is_estimate: bool = False
    """Whether ``total`` is a lower bound, as with ``include_totals="estimate"`` beyond 10,000 rows; omitted on the wire if false."""
    next: str | None = None
    """The cursor of the next page; set only with checkpoint pagination, and only if there is a next page."""

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
        """Create a page of validated rows. ``wire`` is the name of the rows on the wire."""
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
