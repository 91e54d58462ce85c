"""The conversion of rows to models and of models to rows. The plan for it is made once per table."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, cached_property
from typing import Annotated, Any, Generic, Protocol, TypeVar, Union, get_args, get_origin

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Json,
    TypeAdapter,
    ValidationError,
    create_model,
)
from pydantic.fields import FieldInfo
from pydantic_core import CoreConfig, PydanticUndefined, SchemaValidator

from .clock import to_iso
from .codecs import BOOL, EPOCH_MS, FLAG, INSTANT, JSON, JSON_OR_TEXT, MARK, SWITCH, TEXT, TEXT_BYTES
from .errors import CorruptRowError, InvalidField, InvalidValueError, did_you_mean, printable
from .schema import Column, Table

M = TypeVar("M", bound=BaseModel)


class KnownField:
    """The type of the values of :class:`Unchecked`.

    No value has this type. It only occurs in errors of type checkers about unknown fields.
    """


class Unchecked(Protocol):
    """Data whose fields are unknown to a type checker, such as the body of a request: a ``dict[str, Any]`` or a ``Mapping[str, Any]``.

    It is validated when the method is called. A dictionary display does not match, because the types of its values are known. It must be
    one of :mod:`authhero_sql.types`, so that a type checker finds a misspelled key.
    """

    def __getitem__(self, key: str, /) -> KnownField:
        """Return the value of a field."""
        ...


Fields = BaseModel | Mapping[str, Any] | Unchecked
"""A model whose explicitly set fields count, or a mapping of fields by wire or Python name."""


def wire_fields(model: type[BaseModel]) -> dict[str, tuple[str, FieldInfo]]:
    """Return the Python name and the definition of a model's fields, by wire name."""
    return {info.serialization_alias or name: (name, info) for name, info in model.model_fields.items()}


def default_of(info: FieldInfo) -> Any:
    """Return the default of a field, or ``PydanticUndefined``."""
    # No factory of this package takes the validated data. Pydantic would inspect the signature each time to find out.
    factory: Any = info.default_factory
    return info.get_default() if factory is None else factory()


def without_none(annotation: Any) -> tuple[Any, bool]:
    """Return the annotation without ``None``, and whether it allowed ``None``."""
    if get_origin(annotation) not in (Union, types.UnionType):
        return annotation, annotation is Any
    members = get_args(annotation)
    kept = [member for member in members if member is not type(None)]
    return (Union[tuple(kept)] if kept else annotation), len(kept) < len(members)  # noqa: UP007  # built at run time


_DECODED: Any = Json  # as metadata, the class is equivalent to an instance


def _true_or_none(value: bool | None) -> bool | None:
    return value or None


def _row_annotation(column: Column, annotation: Any) -> Any:
    """Return the annotation that a stored value of the column is validated against."""
    codec = column.codec
    if codec is JSON:
        return Annotated[without_none(annotation)[0], _DECODED] | None
    if codec is JSON_OR_TEXT:
        return Annotated[Annotated[Any, _DECODED] | str | None, Field(union_mode="left_to_right")]
    if codec in (INSTANT, EPOCH_MS):
        # Stored instants are already truncated to milliseconds.
        return AwareDatetime | None
    if codec is SWITCH:
        return Annotated[bool, BeforeValidator(_null_default(default=False))]
    if codec is MARK:
        return Annotated[bool | None, AfterValidator(_true_or_none)]
    # NULL means absent even if the contract requires a value, so that rows that are older than the column remain readable.
    return annotation | None if column.null else annotation


def build_nested_models(model: type[BaseModel]) -> None:
    """Build the models nested inside a model, so that models derived from it reuse them.

    Each table has separate models for reading, inserting, updating and dumping, and each of them would build the nested models again.
    Forms alone have more than eighty.
    """
    for inner in _nested_models(model, {model}):
        inner.model_rebuild()


def _nested_models(model: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[type[BaseModel]]:
    """Yield the models nested inside a model, each after the models nested inside itself."""
    for inner in [inner for info in model.model_fields.values() for inner in _models_in(info.annotation)]:
        if inner not in seen:
            seen.add(inner)
            yield from _nested_models(inner, seen)
            yield inner


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the models that an annotation contains."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)


_EMPTY: Mapping[str, Any] = {}


class RowReader(Generic[M]):
    """A reader that turns rows into models, with one call into pydantic-core per row.

    Args:
        table: The table.
        model: The model of the rows.
        columns: The columns of the rows, in order. Columns without a field in the model are not read.
    """

    def __init__(self, table: Table[Any], model: type[M], columns: Sequence[Column]) -> None:
        self._table = table
        fields = wire_fields(model)
        self.columns: tuple[Column, ...] = tuple(column for column in columns if column.public.partition(".")[0] in fields)
        self.names: tuple[str, ...] = tuple(column.name for column in self.columns)
        self.places: Mapping[str, int] = {name: place for place, name in enumerate(self.names)}
        """The position of each column in a row."""
        self._wire = tuple(column.public for column in self.columns)
        self._groups = tuple((wire, tuple(wire.split("."))) for wire in self._wire if "." in wire)
        parts: dict[str, dict[str, None]] = {}
        for _, path in self._groups:
            parts.setdefault(path[0], {})[path[1]] = None
        build_nested_models(model)
        self._nested = {group: _nested(group, fields[group][1], list(names)) for group, names in parts.items()}
        self._validate = self._validator(model, fields)

    def _validator(self, model: type[M], fields: Mapping[str, tuple[str, FieldInfo]]) -> Callable[[Any], Any]:
        overrides: dict[str, Any] = {}
        for column in self.columns:
            if "." in column.public:
                continue
            name, info = fields[column.public]
            annotation = _row_annotation(column, info.rebuild_annotation())
            default = default_of(info)
            absent = column.null or column.name not in self._table
            if absent and default is not PydanticUndefined and default is not None and not without_none(info.annotation)[1]:
                # The field is never absent but the column may be NULL: the joined row is missing, or the row is older than the column.
                annotation = Annotated[annotation, BeforeValidator(_null_default(default))]
            required = PydanticUndefined if info.is_required() else None
            overrides[name] = (annotation, Field(default=required, validation_alias=column.public))
        stored = {column.public.partition(".")[0] for column in self.columns}
        for wire, (name, info) in fields.items():
            if wire not in stored and not info.is_required():
                # A field without a column is absent. The model's default only applies to input.
                overrides[name] = (info.rebuild_annotation() | None, Field(default=None, validation_alias=wire))
        row: Any = create_model(model.__name__, __base__=model, __module__=__name__, __cls_kwargs__=dict(_ROW_CONFIG), **overrides)
        schema: Any = dict(row.__pydantic_core_schema__)
        if schema["type"] == "definitions":
            schema["schema"] = {**schema["schema"], "cls": model}
        else:
            schema["cls"] = model
        try:
            # Without this flag, pydantic-core would use the existing validator of the model instead of this schema.
            return SchemaValidator(schema, CoreConfig(hide_input_in_errors=True), _use_prebuilt=False).validate_python
        except TypeError:
            # The flag is private to pydantic-core and may be removed.
            return lambda data: _change_class(row.model_validate(data), model)

    def read(self, row: Sequence[Any], more: Mapping[str, Any] = _EMPTY) -> M:
        """Return the model of a row. Additional values at the end of the row are ignored.

        Args:
            row: The values of the columns, in order.
            more: Further fields that are stored elsewhere, by wire name.

        Raises:
            CorruptRowError: A stored value does not fit its column.
        """
        data: dict[str, Any] = dict(zip(self._wire, row, strict=False))
        data.update(more)
        for wire, (*groups, part) in self._groups:
            value = data.pop(wire)
            if value is not None:
                inside = data
                for group in groups:
                    inside = inside.setdefault(group, {})
                inside[part] = value
        try:
            for group, (nested, lenient, parts) in self._nested.items():
                if group in data and len(data[group]) < len(parts):
                    # A NULL part is absent even if the contract requires it.
                    checked = lenient.model_validate({group: data[group]})
                    data[group] = nested.model_construct(**{name: getattr(getattr(checked, group), name) for name in parts})
            model: M = self._validate(data)
        except ValidationError as error:
            # Pydantic's error is not the cause, because it repeats the values.
            raise self._corrupt(error, row) from None
        return model

    def _corrupt(self, error: ValidationError, row: Sequence[Any]) -> CorruptRowError:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = str(first["loc"][0]) if first["loc"] else ""
        column = next((column.name for column in self.columns if column.public.partition(".")[0] == place), place)
        stored = dict(zip(self.names, row, strict=False))
        key = {name: stored[name] for name in self._table.key if name in stored and not self._table[name].secret}
        return CorruptRowError(self._table.name, column, key, first["msg"])


def _change_class(row: BaseModel, model: type[M]) -> M:
    """Turn an instance of a model's subclass, which only defines how the fields are stored, into an instance of the model."""
    object.__setattr__(row, "__class__", model)
    changed: Any = row
    return changed  # type: ignore[no-any-return]  # its class is now the model


def _nested(group: str, info: FieldInfo, parts: Sequence[str]) -> tuple[type[BaseModel], type[BaseModel], tuple[str, ...]]:
    """Return the model of an object stored in several columns, a wrapper in which its parts may be missing, and their Python names."""
    model: type[BaseModel] = without_none(info.annotation)[0]
    fields = wire_fields(model)
    around: dict[str, Any] = {group: (partial_model(model, fields), ...)}
    lenient = create_model("Group", __config__=ConfigDict(hide_input_in_errors=True), **around)
    return model, lenient, tuple(fields[part][0] for part in parts)


def _null_default(default: Any) -> Callable[[Any], Any]:
    return lambda value: default if value is None else value


_ROW_CONFIG = ConfigDict(defer_build=False, extra="ignore", val_temporal_unit="milliseconds", hide_input_in_errors=True)


def invalid_value_error(table: Table[Any], error: ValidationError, model: type[BaseModel], *inside: str) -> InvalidValueError:
    """Return the error for failed validation: every invalid field, without its value.

    Args:
        table: The table that the model belongs to.
        error: The error of pydantic.
        model: The model.
        inside: The path of the fields that contain the model.
    """
    problems = error.errors(include_url=False, include_input=False, include_context=False)
    wrong: dict[tuple[str | int, ...], InvalidField] = {}
    for problem in problems:
        place = problem["loc"]
        outside, here = _locate(model, place)
        if outside not in wrong:
            # The path of a union is followed by the member that did not match. A longer path is more precise and is used as it is.
            named = place if len(place) > len(outside) + 1 else outside
            field = printable(".".join(str(part) for part in (*inside, *named)))
            unknown = problem["type"] == "extra_forbidden"
            wrong[outside] = InvalidField(field or None, _unknown(str(place[-1]), here) if unknown else problem["msg"])
    first, *more = wrong.values()
    return InvalidValueError(table.name, first.field, first.reason, more)


def _locate(model: type[BaseModel], place: tuple[str | int, ...]) -> tuple[tuple[str | int, ...], type[BaseModel] | None]:
    """Return the path of a problem up to the first union, and the model that contains its last field.

    Pydantic reports a problem for each member of a union, so the path inside the union is omitted.
    """
    here: Any = model
    around: type[BaseModel] | None = None
    for number, part in enumerate(place):
        around = None
        if isinstance(here, type) and issubclass(here, BaseModel):
            around, info = here, wire_fields(here).get(str(part))
            here = info[1].annotation if info is not None else None
        else:
            # An index of a list or a key of a mapping.
            here = next(reversed(get_args(here)), None)
        here = without_none(here)[0] if here is not None else None
        if get_origin(here) in (Union, types.UnionType):
            return place[: number + 1], around
    return place, around


def _unknown(name: str, model: type[BaseModel] | None) -> str:
    """Return the reason to report for an unknown field."""
    return f'unknown field "{printable(name)}"{did_you_mean(name, wire_fields(model)) if model is not None else ""}'


_SOURCE = "_given"
"""The key under which a model stores the mapping that it was created from. Only the mapping knows the order of the keys of an object."""


class RowWriter:
    """A converter of models and fields to stored values.

    Args:
        table: The table.
        insert: The model that ``create`` accepts.
        model: The model that is returned. Its fields can be updated, too, and ``update`` accepts an instance of it.
        fixed: The wire names of fields that cannot be updated.
        virtual: The wire names of fields that are not stored, or are stored elsewhere.
        merged: The wire names of objects in several columns, of which an update only writes the parts that are set.
        refused: The wire names of fields that have a column but are rejected, each with the reason.
    """

    def __init__(
        self,
        table: Table[Any],
        insert: type[BaseModel],
        model: type[BaseModel],
        fixed: frozenset[str],
        virtual: frozenset[str] = frozenset(),
        merged: frozenset[str] = frozenset(),
        refused: Mapping[str, str] = _EMPTY,
    ) -> None:
        self.table = table
        self.insert = insert
        self.model = model
        fields = wire_fields(insert)
        build_nested_models(insert)
        self.names: frozenset[str] = frozenset(insert.model_fields) | fields.keys()
        """The names that the fields of the insert model may have in the input."""
        unstored = (wire for wire in _unstored_fields(table, fields) if wire not in virtual)
        reasons = dict.fromkeys(unstored, "the table has no column for it") | dict(refused)
        self._refused = [(wire, _path_getter(wire.split(".")), reason) for wire, reason in reasons.items()]
        self._plan = [_ColumnWriter(table, column, fields) for column in table.columns]
        read = {wire: name for wire, (name, _) in wire_fields(model).items()}
        self._fixed = {name: wire for wire in fixed for name in (wire, read.get(wire, wire))}
        self._objects: dict[str, type[BaseModel]] = {}
        self._merged = merged

    @cached_property
    def update_model(self) -> type[BaseModel]:
        """The model that ``update`` accepts."""
        stored = {column.public.partition(".")[0] for column in self.table.columns}
        every = {**{wire: field for wire, field in wire_fields(self.model).items() if wire in stored}, **wire_fields(self.insert)}
        fixed = set(self._fixed.values())
        return partial_model(self.insert, {wire: field for wire, field in every.items() if wire not in fixed}, self._merged)

    @cached_property
    def _update_fields(self) -> dict[str, tuple[str, FieldInfo]]:
        return wire_fields(self.update_model)

    @cached_property
    def _merged_names(self) -> frozenset[str]:
        return self._merged | {self._update_fields[wire][0] for wire in self._merged}

    @cached_property
    def _update_plan(self) -> Mapping[str, Sequence[_ColumnWriter]]:
        """The writers of the columns of each field."""
        plan: dict[str, list[_ColumnWriter]] = {}
        for column in self.table.columns:
            top = column.public.partition(".")[0]
            if top in self._update_fields:
                plan.setdefault(top, []).append(_ColumnWriter(self.table, column, self._update_fields))
        return plan

    def accept(self, params: Fields) -> BaseModel:
        """Return the insert model for a caller's input.

        Raises:
            InvalidValueError: The input is not valid.
        """
        if isinstance(params, self.insert):
            return params
        return self._validated(self.insert, explicit_fields(self.table, params))

    def _validated(self, kind: type[BaseModel], given: dict[str, Any]) -> BaseModel:
        """Return a validated model that stores the mapping that it was created from."""
        try:
            model = kind.model_validate(given)
        except ValidationError as error:
            raise invalid_value_error(self.table, error, kind) from None
        model.__dict__[_SOURCE] = given
        return model

    def row(self, model: BaseModel, extra: Mapping[str, Any]) -> dict[str, Any]:
        """Return the stored value of every column.

        Args:
            model: The insert model.
            extra: Public values by column name, which take precedence over the model's.

        Raises:
            InvalidValueError: A column cannot hold its value.
        """
        self._check_refused(model)
        fields = model.__dict__
        values: dict[str, Any] = {}
        wrong: list[InvalidValueError] = []
        for name, attribute, read, encode, optional, default in self._steps:
            if name in extra:
                value = extra[name]
            elif attribute is not None:
                value = fields.get(attribute)
            else:
                value = read(model)
            try:
                values[name] = default if value is None and optional else encode(value)
            except InvalidValueError as error:
                wrong.append(error)
        if wrong:
            raise InvalidValueError.of(wrong)
        return values

    @cached_property
    def _steps(self) -> Sequence[tuple[str, str | None, Callable[[Any], Any], Callable[[Any], Any], bool, Any]]:
        """The plan as tuples, which are twice as fast to unpack. A row has thirty columns, and an import may have a million rows."""
        return [(part.name, part.attribute, part.read, part.encode, part.optional, part.default) for part in self._plan]

    def replaceable(self, model: BaseModel) -> Sequence[str]:
        """Return the columns of the fields that the caller set and that an update may change."""
        given = model.model_fields_set
        return [name for name, attribute in self._replaced if attribute in given]

    @cached_property
    def _replaced(self) -> Sequence[tuple[str, str]]:
        """The columns that an update may change, each with the attribute of the insert model that contains its value."""
        fields = wire_fields(self.insert)
        tops = [(column.name, column.public.partition(".")[0]) for column in self.table.columns]
        return [(name, fields[top][0]) for name, top in tops if top in fields and top not in self._fixed]

    def update_values(self, fields: Fields, key: Mapping[str, Any] = _EMPTY) -> dict[str, Any]:
        """Return the fields that a caller wants to update, by name.

        If the input is a model that was read before, fields that cannot be updated are ignored. Otherwise such a field is an error, unless
        its value is the one in ``key``.

        Args:
            fields: The input.
            key: The values that identify the row, by wire name.

        Raises:
            InvalidValueError: A field cannot be updated.
        """
        given = explicit_fields(self.table, fields)
        if isinstance(fields, self.model):
            return {name: self._as_update(name, value) for name, value in given.items() if name in self.update_model.model_fields}
        wrong: list[InvalidValueError] = []
        for name in [name for name in given if name in self._fixed]:
            wire, value = self._fixed[name], given.pop(name)
            if wire not in key or key[wire] != value:
                wrong.append(InvalidValueError(self.table.name, name, "cannot be updated"))
        if wrong:
            raise InvalidValueError.of(wrong)
        return given

    def _as_update(self, name: str, value: Any) -> Any:
        """Return the value of a field that was read, in the form that an update accepts."""
        if value is None:
            return False if name in self._marks else None
        return self._dumpers[name](value) if name in self._dumpers else value

    @cached_property
    def _marks(self) -> frozenset[str]:
        """The fields that are absent unless they are true, and whose column cannot be NULL."""
        return frozenset(column.public for column in self.table.columns if column.codec is MARK and not column.null)

    @cached_property
    def _dumpers(self) -> Mapping[str, Callable[[Any], Any]]:
        """The functions that convert the fields whose type differs between reading and writing to plain data."""
        given = wire_fields(self.insert)
        return {
            name: _dumper(info)
            for wire, (name, info) in wire_fields(self.model).items()
            if wire in given and info.annotation != given[wire][1].annotation
        }

    def partial(self, fields: Fields, key: Mapping[str, Any] = _EMPTY) -> BaseModel:
        """Return the update model for a caller's input, with exactly its fields set; ``key`` is as in :meth:`given`.

        Raises:
            InvalidValueError: A field is unknown, cannot be updated, or has an invalid value.
        """
        given = {
            name: _set_fields(value) if name in self._merged_names else value for name, value in self.update_values(fields, key).items()
        }
        update = self._validated(self.update_model, given)
        self._check_refused(update)
        return update

    def _check_refused(self, model: BaseModel) -> None:
        wrong = [
            InvalidValueError(self.table.name, wire, f"cannot be stored: {reason}")
            for wire, get, reason in self._refused
            if get(model) is not None
        ]
        if wrong:
            raise InvalidValueError.of(wrong)

    def object(self, column: Column, given: Fields) -> dict[str, Any]:
        """Return the given keys of the object in a JSON column as plain data, by wire name.

        Raises:
            InvalidValueError: A key is unknown and the object allows no unknown keys, or a value is invalid.
        """
        model = self._objects.get(column.public)
        if model is None:
            inner = _model_in(wire_fields(self.insert)[column.public][1].annotation)
            model = self._objects[column.public] = partial_model(inner or BaseModel, wire_fields(inner or BaseModel))
        try:
            checked = model.model_validate(explicit_fields(self.table, given, column.public))
        except ValidationError as error:
            raise invalid_value_error(self.table, error, model, column.public) from None
        return dict(reorder_keys(checked.model_dump(by_alias=True, exclude_unset=True), given))

    def changes(self, update: BaseModel) -> dict[str, Any]:
        """Return the stored values of the fields that are set.

        Raises:
            InvalidValueError: A column cannot hold its value.
        """
        given = update.model_fields_set
        values: dict[str, Any] = {}
        wrong: list[InvalidValueError] = []
        for wire, plan in self._update_plan.items():
            if self._update_fields[wire][0] not in given:
                continue
            for part in plan:
                if wire in self._merged and not _is_part_set(update, part.column.public.split(".")):
                    continue
                try:
                    values[part.name] = part.encode(part.get(update))
                except InvalidValueError as error:
                    wrong.append(error)
        if wrong:
            raise InvalidValueError.of(wrong)
        return values


class _ColumnWriter:
    """The way in which one column is written: where a model holds its value, and how the value is encoded.

    Attributes:
        name: The name of the column.
        attribute: The attribute of the model that holds the value, or None if :attr:`read` returns it.
        read: Returns the value in a model. JSON is returned as plain data.
        encode: Encodes a value like :meth:`Table.encode`.
        optional: Whether ``default`` is stored for a missing value.
    """

    __slots__ = ("attribute", "column", "default", "encode", "name", "optional", "read")

    def __init__(self, table: Table[Any], column: Column, fields: Mapping[str, tuple[str, FieldInfo]]) -> None:
        self.column = column
        self.name = column.name
        self.default = column.default
        self.optional = column.default is not None or column.null
        self.encode = _encoder(table, column)
        top, _, part = column.public.partition(".")
        is_json = column.codec in (JSON, JSON_OR_TEXT)
        self.attribute = fields[top][0] if top in fields and not part and not is_json else None
        self.read: Callable[[Any], Any] = _no_value
        if top in fields and part:
            self.read = _path_getter((top, *part.split(".")))
        elif top in fields and is_json:
            self.read = _json_getter(top, *fields[top])

    def get(self, model: BaseModel) -> Any:
        """Return the value in a model."""
        return self.read(model) if self.attribute is None else model.__dict__.get(self.attribute)


ISO_LENGTH = len("2026-01-31T10:00:00.000Z")


def _encoder(table: Table[Any], column: Column) -> Callable[[Any], Any]:
    """Return a function that encodes values of one column like :meth:`Table.encode`, with a fast path for common values."""
    kind = column.codec
    # A text column without a size is limited in bytes, and a character has at most four.
    max_length = column.size if column.size is not None else TEXT_BYTES // 4

    def encode(value: Any) -> Any:
        return table.encode(column, value)

    def text(value: Any) -> Any:
        return value if type(value) is str and len(value) <= max_length and value.isascii() and "\0" not in value else encode(value)

    def flag(value: Any) -> Any:
        return 1 if value is True else 0 if value is False else encode(value)

    def instant(value: Any) -> Any:
        return to_iso(value) if type(value) is datetime and value.tzinfo is UTC else encode(value)

    if kind is INSTANT and max_length >= ISO_LENGTH:
        return instant
    return text if kind is TEXT else flag if kind in (BOOL, FLAG, MARK, SWITCH) else encode


def _set_fields(value: Any) -> Any:
    """Return an object as plain data that contains only the fields that were set."""
    return value.model_dump(by_alias=True, exclude_unset=True) if isinstance(value, BaseModel) else value


def reorder_keys(value: Any, given: Any) -> Any:
    """Return plain data with the keys of its objects in the order of the input. Keys that are not in the input come last."""
    if isinstance(value, dict) and isinstance(given, Mapping):
        first = {key: reorder_keys(value[key], part) for key, part in given.items() if key in value}
        return {**first, **{key: part for key, part in value.items() if key not in first}}
    if isinstance(value, list) and isinstance(given, list | tuple) and len(value) == len(given):
        return [reorder_keys(part, of) for part, of in zip(value, given, strict=True)]
    return value


def explicit_fields(table: Table[Any], given: Fields, field: str | None = None) -> dict[str, Any]:
    """Return the fields that were set, by name. Nested objects are not converted.

    Raises:
        InvalidValueError: The input is neither a model nor a mapping.
    """
    if isinstance(given, BaseModel):
        # An extra field may have the name of a model's method.
        extra = given.model_extra or {}
        return {name: extra[name] if name in extra else getattr(given, name) for name in given.model_fields_set}
    if not isinstance(given, Mapping):
        raise InvalidValueError(table.name, field, "must be a model or a mapping of fields")
    return dict(given)


def partial_model(
    insert: type[BaseModel], fields: Mapping[str, tuple[str, FieldInfo]], merged: frozenset[str] | None = frozenset()
) -> type[BaseModel]:
    """Return a model with these fields and the configuration of ``insert``, in which every field is optional and nullable.

    The same applies to the objects inside the fields in ``merged``. None stands for all fields.
    """
    parts: dict[str, Any] = {}
    for wire, (name, info) in fields.items():
        annotation = info.rebuild_annotation()
        if (merged is None or wire in merged) and isinstance(inner := without_none(annotation)[0], type) and issubclass(inner, BaseModel):
            annotation = partial_model(inner, wire_fields(inner), None)
        nullable = annotation | None if info.annotation is not Any else Any
        parts[name] = (nullable, Field(default=None, repr=info.repr, validation_alias=wire, serialization_alias=wire))
    name = f"{insert.__name__.removesuffix('Insert')}Update"
    return create_model(name, __config__=ConfigDict(**insert.model_config), **parts)


def _unstored_fields(table: Table[Any], fields: Mapping[str, tuple[str, FieldInfo]], inside: tuple[str, ...] = ()) -> list[str]:
    """Return the fields, and the parts of objects that are stored in several columns, for which there is no column."""
    paths = [tuple(column.public.split(".")) for column in table.columns]
    found: list[str] = []
    for wire, (_, info) in fields.items():
        here = (*inside, wire)
        if any(path[: len(here)] == here and len(path) > len(here) for path in paths):
            model = _model_in(info.annotation)
            found += _unstored_fields(table, wire_fields(model), here) if model is not None else []
        elif here not in paths:
            found.append(".".join(here))
    return found


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the model in an annotation, which may be a union with other types, or None."""
    bare = without_none(annotation)[0]
    members = get_args(bare) if get_origin(bare) in (Union, types.UnionType) else (bare,)
    return next((member for member in members if isinstance(member, type) and issubclass(member, BaseModel)), None)


def _attribute(model: Any, wire: str) -> str:
    """Return the Python name of a model's field."""
    return _names(type(model)).get(wire, wire)  # type: ignore[arg-type]  # mypy does not consider a class hashable


@cache
def _names(model: Any) -> Mapping[str, str]:
    return {wire: name for wire, (name, _) in wire_fields(model).items()}


def _is_part_set(model: Any, path: Sequence[str]) -> bool:
    """Return whether the part of an object was set, or the whole object was set to ``None``."""
    for wire in path:
        if not isinstance(model, BaseModel):
            return model is None
        name = _attribute(model, wire)
        if name not in model.model_fields_set:
            return False
        model = getattr(model, name)
    return True


def _no_value(_: Any) -> None:
    return None


def _json_getter(wire: str, name: str, info: FieldInfo) -> Callable[[Any], Any]:
    """Return a function that reads the value of a JSON column from a model, as plain data.

    It contains exactly the fields that were set, with their keys in the order of the input.
    """
    dump = _dumper(info)
    if not _has_model(info.annotation):
        # A mapping already keeps the order of its keys.
        return lambda model: None if (value := model.__dict__.get(name)) is None else dump(value)

    def get(model: Any) -> Any:
        value = model.__dict__.get(name)
        if value is None:
            return None
        given = model.__dict__.get(_SOURCE)
        return dump(value) if given is None else reorder_keys(dump(value), given[wire] if wire in given else given.get(name))

    return get


def _has_model(annotation: Any) -> bool:
    """Return whether an annotation contains a model at any depth."""
    return any(True for _ in _models_in(annotation))


def _path_getter(path: Sequence[str]) -> Callable[[Any], Any]:
    def get(model: Any) -> Any:
        for wire in path:
            if model is None:
                return None
            model = getattr(model, _attribute(model, wire), None)
        return model

    return get


def _dumper(info: FieldInfo) -> Callable[[Any], Any]:
    @cache
    def dump() -> Callable[..., Any]:
        """Return the function that dumps the field, created on first use."""
        return TypeAdapter(info.rebuild_annotation()).dump_python

    # exclude_unset instead of exclude_none: an explicit null is stored, but a default is not.
    return lambda value: dump()(value, by_alias=True, exclude_unset=True, warnings=False)
