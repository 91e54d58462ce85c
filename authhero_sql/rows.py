"""Rows to models and models to rows, each with a plan made once per table."""

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
from .errors import CorruptRowError, InvalidField, InvalidValueError, did_you_mean, shown
from .schema import Column, Table

M = TypeVar("M", bound=BaseModel)


class KnownField:
    """The type of what :class:`Unchecked` holds, of which there is no value: a type checker that names it has found no such field."""


class Unchecked(Protocol):
    """Data of which a type checker knows nothing, such as the body of a request: a ``dict[str, Any]`` or a ``Mapping[str, Any]``.

    It is validated when the call is made. A dictionary that is written down is none of these, because the types of its values are
    known: it has to be one of :mod:`authhero_sql.types`, so that a misspelt key is found.
    """

    def __getitem__(self, key: str, /) -> KnownField:
        """The value of a field."""
        ...


Fields = BaseModel | Mapping[str, Any] | Unchecked
"""A model, of which the fields that were set count, or a mapping of fields by wire or Python name."""


def wire_fields(model: type[BaseModel]) -> dict[str, tuple[str, FieldInfo]]:
    """The fields of a model by wire name: Python name and definition."""
    return {info.serialization_alias or name: (name, info) for name, info in model.model_fields.items()}


def default_of(info: FieldInfo) -> Any:
    """The default of a field, or ``PydanticUndefined``."""
    # None of ours takes what has been validated, which pydantic would find out by reading its signature each time.
    factory: Any = info.default_factory
    return info.get_default() if factory is None else factory()


def without_none(annotation: Any) -> tuple[Any, bool]:
    """The annotation without ``None``, and whether it allowed it."""
    if get_origin(annotation) not in (Union, types.UnionType):
        return annotation, annotation is Any
    members = get_args(annotation)
    kept = [member for member in members if member is not type(None)]
    return (Union[tuple(kept)] if kept else annotation), len(kept) < len(members)  # noqa: UP007  # built at run time


_DECODED: Any = Json  # as metadata, the class and an instance mean the same


def _true_or_none(value: bool | None) -> bool | None:
    return value or None


def _row_annotation(column: Column, annotation: Any) -> Any:
    """What a stored value of that column is validated as."""
    codec = column.codec
    if codec is JSON:
        return Annotated[without_none(annotation)[0], _DECODED] | None
    if codec is JSON_OR_TEXT:
        return Annotated[Annotated[Any, _DECODED] | str | None, Field(union_mode="left_to_right")]
    if codec in (INSTANT, EPOCH_MS):
        # Cutting to the millisecond is for what comes in: what is stored is cut already.
        return AwareDatetime | None
    if codec is SWITCH:
        return Annotated[bool, BeforeValidator(_null_default(default=False))]
    if codec is MARK:
        return Annotated[bool | None, AfterValidator(_true_or_none)]
    # A stored NULL is absent, also where the contract always has a value: a row from before the column is no ruin.
    return annotation | None if column.null else annotation


def build_nested_models(model: type[BaseModel]) -> None:
    """Build the objects inside a model, so that whatever is derived from it takes them as they are.

    What reads a table, what is inserted, what updates and what dumps a column are models of their own, and each would build
    all of them again: of forms there are more than eighty.
    """
    for inner in _nested_models(model, {model}):
        inner.model_rebuild()


def _nested_models(model: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[type[BaseModel]]:
    """The models inside a model, each after those inside itself."""
    for inner in [inner for info in model.model_fields.values() for inner in _models_in(info.annotation)]:
        if inner not in seen:
            seen.add(inner)
            yield from _nested_models(inner, seen)
            yield inner


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that an annotation names."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)


_EMPTY: Mapping[str, Any] = {}


class RowReader(Generic[M]):
    """Validates rows: the stored values of ``columns``, in that order, to a model in one call into pydantic-core."""

    def __init__(self, table: Table[Any], model: type[M], columns: Sequence[Column]) -> None:
        self._table = table
        fields = wire_fields(model)
        self.columns: tuple[Column, ...] = tuple(column for column in columns if column.public.partition(".")[0] in fields)
        self.names: tuple[str, ...] = tuple(column.name for column in self.columns)
        self.places: Mapping[str, int] = {name: place for place, name in enumerate(self.names)}
        """Where in a row each column stands."""
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
                # NULL, where the field is never absent: the row of a joined table is missing, or was written before the column.
                annotation = Annotated[annotation, BeforeValidator(_null_default(default))]
            required = PydanticUndefined if info.is_required() else None
            overrides[name] = (annotation, Field(default=required, validation_alias=column.public))
        stored = {column.public.partition(".")[0] for column in self.columns}
        for wire, (name, info) in fields.items():
            if wire not in stored and not info.is_required():
                # Not in the row, so not there: the model's default is for what comes in.
                overrides[name] = (info.rebuild_annotation() | None, Field(default=None, validation_alias=wire))
        row: Any = create_model(model.__name__, __base__=model, __module__=__name__, __cls_kwargs__=dict(_ROW_CONFIG), **overrides)
        schema: Any = dict(row.__pydantic_core_schema__)
        if schema["type"] == "definitions":
            schema["schema"] = {**schema["schema"], "cls": model}
        else:
            schema["cls"] = model
        try:
            # Rows become instances of the model itself; without this flag pydantic-core would take the model's own validator.
            return SchemaValidator(schema, CoreConfig(hide_input_in_errors=True), _use_prebuilt=False).validate_python
        except TypeError:
            # The flag is pydantic-core's own affair, and may go.
            return lambda data: _change_class(row.model_validate(data), model)

    def read(self, row: Sequence[Any], more: Mapping[str, Any] = _EMPTY) -> M:
        """The model of a row; what the row has behind the columns is left alone.

        Args:
            row: the values of the columns, in their order.
            more: fields that are kept elsewhere, by wire name.

        Raises:
            CorruptRowError: a stored value is not what its column holds.
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
                    # A part that is NULL is absent, also where the contract always has it.
                    checked = lenient.model_validate({group: data[group]})
                    data[group] = nested.model_construct(**{name: getattr(getattr(checked, group), name) for name in parts})
            model: M = self._validate(data)
        except ValidationError as error:
            # Not its cause: it knows no more than is said here, and repeats what it found and in which keys.
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
    """Make what was read as a subclass of the model, which only tells how its fields are stored, one of the model itself."""
    object.__setattr__(row, "__class__", model)
    recast: Any = row
    return recast  # type: ignore[no-any-return]  # its class is the model's now


def _nested(group: str, info: FieldInfo, parts: Sequence[str]) -> tuple[type[BaseModel], type[BaseModel], tuple[str, ...]]:
    """The model of an object that is kept in several columns, one around it that lets parts be missing, and their Python names."""
    model: type[BaseModel] = without_none(info.annotation)[0]
    fields = wire_fields(model)
    around: dict[str, Any] = {group: (partial_model(model, fields), ...)}
    lenient = create_model("Group", __config__=ConfigDict(hide_input_in_errors=True), **around)
    return model, lenient, tuple(fields[part][0] for part in parts)


def _null_default(default: Any) -> Callable[[Any], Any]:
    return lambda value: default if value is None else value


_ROW_CONFIG = ConfigDict(defer_build=False, extra="ignore", val_temporal_unit="milliseconds", hide_input_in_errors=True)


def invalid(table: Table[Any], error: ValidationError, model: type[BaseModel], *inside: str) -> InvalidValueError:
    """Return the error for a model that could not be made: every field that is wrong, without its value.

    Args:
        table: the table that the model is for.
        error: what pydantic found.
        model: the model.
        inside: where the model stands.
    """
    problems = error.errors(include_url=False, include_input=False, include_context=False)
    wrong: dict[tuple[str | int, ...], InvalidField] = {}
    for problem in problems:
        place = problem["loc"]
        outside, here = _locate(model, place)
        if outside not in wrong:
            # Behind the place of a union stands which form it does not have; with more behind it, that is the place.
            named = place if len(place) > len(outside) + 1 else outside
            field = shown(".".join(str(part) for part in (*inside, *named)))
            unknown = problem["type"] == "extra_forbidden"
            wrong[outside] = InvalidField(field or None, _unknown(str(place[-1]), here) if unknown else problem["msg"])
    first, *more = wrong.values()
    return InvalidValueError(table.name, first.field, first.reason, more)


def _locate(model: type[BaseModel], place: tuple[str | int, ...]) -> tuple[tuple[str | int, ...], type[BaseModel] | None]:
    """Return as much of a problem's place as stands outside of unions, of which each form has a problem, and the model around its end."""
    here: Any = model
    around: type[BaseModel] | None = None
    for number, part in enumerate(place):
        around = None
        if isinstance(here, type) and issubclass(here, BaseModel):
            around, info = here, wire_fields(here).get(str(part))
            here = info[1].annotation if info is not None else None
        else:
            # A place in a list, or a key of a mapping.
            here = next(reversed(get_args(here)), None)
        here = without_none(here)[0] if here is not None else None
        if get_origin(here) in (Union, types.UnionType):
            return place[: number + 1], around
    return place, around


def _unknown(name: str, model: type[BaseModel] | None) -> str:
    """Return what to say of a field that a model does not have."""
    return f'unknown field "{shown(name)}"{did_you_mean(name, wire_fields(model)) if model is not None else ""}'


_SOURCE = "_given"
"""Where a model that was made of a mapping remembers it: it alone knows in which order the keys of an object came."""


class RowWriter:
    """Takes models and fields to stored values.

    Args:
        table: where they go.
        insert: the model that ``create`` takes.
        model: the model that reading gives: its fields can be updated too, and it may be handed back as it is.
        fixed: wire names that an update may not set.
        virtual: wire names of fields that are not kept, or kept elsewhere.
        merged: wire names of objects in several columns of which an update writes only the parts that are given.
        refused: wire names of fields that have a column but may not be given, each with the reason.
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
        """What the fields of the insert model may be called."""
        reasons = {wire: "there is no column for it" for wire in _unstored_fields(table, fields) if wire not in virtual} | dict(refused)
        self._refused = [(wire, _path_getter(wire.split(".")), reason) for wire, reason in reasons.items()]
        self._plan = [_ColumnWriter(table, column, fields) for column in table.columns]
        read = {wire: name for wire, (name, _) in wire_fields(model).items()}
        self._fixed = {name: wire for wire in fixed for name in (wire, read.get(wire, wire))}
        self._objects: dict[str, type[BaseModel]] = {}
        self._merged = merged

    @cached_property
    def update_model(self) -> type[BaseModel]:
        """What ``update`` takes."""
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
        """How the columns of each field are written."""
        plan: dict[str, list[_ColumnWriter]] = {}
        for column in self.table.columns:
            top = column.public.partition(".")[0]
            if top in self._update_fields:
                plan.setdefault(top, []).append(_ColumnWriter(self.table, column, self._update_fields))
        return plan

    def accept(self, params: Fields) -> BaseModel:
        """The insert model of what a caller gave.

        Raises:
            InvalidValueError: it is not one.
        """
        if isinstance(params, self.insert):
            return params
        return self._validated(self.insert, mapping(self.table, params))

    def _validated(self, kind: type[BaseModel], given: dict[str, Any]) -> BaseModel:
        """A model that remembers what it was made of."""
        try:
            model = kind.model_validate(given)
        except ValidationError as error:
            raise invalid(self.table, error, kind) from None
        model.__dict__[_SOURCE] = given
        return model

    def row(self, model: BaseModel, extra: Mapping[str, Any]) -> dict[str, Any]:
        """The stored value of every column. ``extra`` gives public values by column name, before what the model has.

        Raises:
            InvalidValueError: a column cannot hold its value.
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
        """The plan as tuples, which cost half as much to take apart: a row has thirty columns, and an import a million rows."""
        return [(part.name, part.attribute, part.read, part.encode, part.optional, part.default) for part in self._plan]

    def replaceable(self, model: BaseModel) -> Sequence[str]:
        """The columns of the fields that somebody gave and that an update may set."""
        given = model.model_fields_set
        return [name for name, attribute in self._replaced if attribute in given]

    @cached_property
    def _replaced(self) -> Sequence[tuple[str, str]]:
        """The columns that an update may set, and the attribute of the insert model that each is, or is a part of."""
        fields = wire_fields(self.insert)
        tops = [(column.name, column.public.partition(".")[0]) for column in self.table.columns]
        return [(name, fields[top][0]) for name, top in tops if top in fields and top not in self._fixed]

    def given(self, fields: Fields, key: Mapping[str, Any] = _EMPTY) -> dict[str, Any]:
        """The fields that a caller wants to update, by name.

        What cannot change is passed over in an entity that was read and is handed back. Elsewhere it is an error, unless it
        is what the call names the row by: ``key``, by wire name.

        Raises:
            InvalidValueError: a field cannot be updated.
        """
        given = mapping(self.table, fields)
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
        """The value of a field that was read, as an update takes it."""
        if value is None:
            return False if name in self._marks else None
        return self._dumpers[name](value) if name in self._dumpers else value

    @cached_property
    def _marks(self) -> frozenset[str]:
        """The fields that are absent where they are not true, and that NULL cannot stand for."""
        return frozenset(column.public for column in self.table.columns if column.codec is MARK and not column.null)

    @cached_property
    def _dumpers(self) -> Mapping[str, Callable[[Any], Any]]:
        """What makes plain data of the fields that are read as another kind of object than they are given as."""
        given = wire_fields(self.insert)
        return {
            name: _dumper(info)
            for wire, (name, info) in wire_fields(self.model).items()
            if wire in given and info.annotation != given[wire][1].annotation
        }

    def partial(self, fields: Fields, key: Mapping[str, Any] = _EMPTY) -> BaseModel:
        """The update model of what a caller gave, with exactly its fields set; ``key`` is as in :meth:`given`.

        Raises:
            InvalidValueError: a field is unknown, cannot be updated, or has a value that it cannot have.
        """
        given = {name: _set_fields(value) if name in self._merged_names else value for name, value in self.given(fields, key).items()}
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
        """The given keys of the object in a JSON column, as plain data by wire name.

        Raises:
            InvalidValueError: a key is unknown where none may be, or has a value that it cannot have.
        """
        model = self._objects.get(column.public)
        if model is None:
            inner = _model_in(wire_fields(self.insert)[column.public][1].annotation)
            model = self._objects[column.public] = partial_model(inner or BaseModel, wire_fields(inner or BaseModel))
        try:
            checked = model.model_validate(mapping(self.table, given, column.public))
        except ValidationError as error:
            raise invalid(self.table, error, model, column.public) from None
        return dict(in_order(checked.model_dump(by_alias=True, exclude_unset=True), given))

    def changes(self, update: BaseModel) -> dict[str, Any]:
        """The stored values of the fields that are set.

        Raises:
            InvalidValueError: a column cannot hold its value.
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
    """How one column is written: where its value stands in a model, and how it is encoded.

    Attributes:
        name: the column's name.
        attribute: the attribute that holds the value as it is; None where :attr:`read` gets it.
        read: gets the value out of the model, JSON as plain data.
        encode: what :meth:`Table.encode` does.
        optional: whether ``default`` is stored where there is no value.
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
        """The value in a model."""
        return self.read(model) if self.attribute is None else model.__dict__.get(self.attribute)


ISO_LENGTH = len("2026-01-31T10:00:00.000Z")


def _encoder(table: Table[Any], column: Column) -> Callable[[Any], Any]:
    """:meth:`Table.encode` of one column: what is usual at once, and everything else by the rule."""
    kind = column.codec
    # Bytes where it has no width, of which a character has four at the most.
    room = column.size if column.size is not None else TEXT_BYTES // 4

    def encode(value: Any) -> Any:
        return table.encode(column, value)

    def text(value: Any) -> Any:
        return value if type(value) is str and len(value) <= room and value.isascii() and "\0" not in value else encode(value)

    def flag(value: Any) -> Any:
        return 1 if value is True else 0 if value is False else encode(value)

    def instant(value: Any) -> Any:
        return to_iso(value) if type(value) is datetime and value.tzinfo is UTC else encode(value)

    if kind is INSTANT and room >= ISO_LENGTH:
        return instant
    return text if kind is TEXT else flag if kind in (BOOL, FLAG, MARK, SWITCH) else encode


def _set_fields(value: Any) -> Any:
    """An object of which some parts may be given, as plain data with exactly those."""
    return value.model_dump(by_alias=True, exclude_unset=True) if isinstance(value, BaseModel) else value


def in_order(value: Any, given: Any) -> Any:
    """Plain data with the keys of its objects in the order of those that it was made of; what is not there comes last."""
    if isinstance(value, dict) and isinstance(given, Mapping):
        first = {key: in_order(value[key], part) for key, part in given.items() if key in value}
        return {**first, **{key: part for key, part in value.items() if key not in first}}
    if isinstance(value, list) and isinstance(given, list | tuple) and len(value) == len(given):
        return [in_order(part, of) for part, of in zip(value, given, strict=True)]
    return value


def mapping(table: Table[Any], given: Fields, field: str | None = None) -> dict[str, Any]:
    """The fields that were set, by name; nested objects stay as they are.

    Raises:
        InvalidValueError: it is neither a model nor a mapping.
    """
    if isinstance(given, BaseModel):
        # What the contract does not name may be called like a method of the model's.
        extra = given.model_extra or {}
        return {name: extra[name] if name in extra else getattr(given, name) for name in given.model_fields_set}
    if not isinstance(given, Mapping):
        raise InvalidValueError(table.name, field, "must be a model or a mapping of fields")
    return dict(given)


def partial_model(
    insert: type[BaseModel], fields: Mapping[str, tuple[str, FieldInfo]], merged: frozenset[str] | None = frozenset()
) -> type[BaseModel]:
    """A model with these fields and the settings of ``insert``, none of them required, all nullable.

    The same goes for the objects inside those that are ``merged``; None stands for all of them.
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
    """The fields, and the parts of objects that are kept in several columns, that no column is for."""
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
    """The model in an annotation, which may have other forms beside it."""
    bare = without_none(annotation)[0]
    members = get_args(bare) if get_origin(bare) in (Union, types.UnionType) else (bare,)
    return next((member for member in members if isinstance(member, type) and issubclass(member, BaseModel)), None)


def _attribute(model: Any, wire: str) -> str:
    """The Python name of a model's field."""
    return _names(type(model)).get(wire, wire)  # type: ignore[arg-type]  # mypy does not take a class for hashable


@cache
def _names(model: Any) -> Mapping[str, str]:
    return {wire: name for wire, (name, _) in wire_fields(model).items()}


def _is_part_set(model: Any, path: Sequence[str]) -> bool:
    """Whether somebody gave the part of an object, or ``None`` for the whole of it."""
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
    """Gets what a JSON column keeps out of a model: plain data, exactly what was given, its keys in the order in which they came."""
    dump = _dumper(info)
    if not _has_model(info.annotation):
        # A mapping keeps its order by itself.
        return lambda model: None if (value := model.__dict__.get(name)) is None else dump(value)

    def get(model: Any) -> Any:
        value = model.__dict__.get(name)
        if value is None:
            return None
        given = model.__dict__.get(_SOURCE)
        return dump(value) if given is None else in_order(dump(value), given[wire] if wire in given else given.get(name))

    return get


def _has_model(annotation: Any) -> bool:
    """Whether a model stands in an annotation, however deep."""
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
        """What dumps the field, made when there is something to dump."""
        return TypeAdapter(info.rebuild_annotation()).dump_python

    # exclude_unset and not exclude_none: a null that was given is kept, a default that was not is not stored.
    return lambda value: dump()(value, by_alias=True, exclude_unset=True, warnings=False)
