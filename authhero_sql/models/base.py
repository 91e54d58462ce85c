"""What all entities have in common."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Generic, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PrivateAttr,
    SerializationInfo,
    SerializerFunctionWrapHandler,
    model_serializer,
)

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


class Model(BaseModel):
    """An entity, or an object inside one. Python names are accepted beside the wire names."""

    model_config = ConfigDict(
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

    model_config = ConfigDict(extra="allow")

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        # Nobody knows which of the others are secret.
        return (shown for shown in super().__repr_args__() if shown[0] in type(self).model_fields)


class Insert(Model):
    """What ``create`` takes: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class ImportMetadata(Insert):
    """What an import keeps of a row from elsewhere: its id and its times."""

    id: str | None = None
    created_at: Instant | None = None
    updated_at: Instant | None = None


class Page(BaseModel, Generic[T]):
    """One page of a list.

    Attributes:
        items: the rows; by alias they stand under the entity's wire name (``users``, ``clients``, …).
        start: how many rows stand before the page (0 in checkpoint mode).
        limit: the most rows the page could have.
        length: the rows it has.
        total: all rows that match, only with ``include_totals``.
        total_is_estimate: whether ``total`` is the least that there are; only with ``include_totals="estimate"``, and only
            where there are more than 10,000. On the wire it stands only where it is true.
        next: the cursor of the following page, only in checkpoint mode and only where there is one.
    """

    model_config = ConfigDict(defer_build=True)

    items: list[T]
    start: int = 0
    limit: int
    length: int
    total: int | None = None
    total_is_estimate: bool = False
    next: str | None = None

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
