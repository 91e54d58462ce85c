"""The conversion of rows to models and back: a stored value is read unchanged."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field
from pydantic_core import SchemaValidator

from authhero_sql import CorruptRowError, InvalidValueError, row_mapping
from authhero_sql.clock import from_epoch_ms, to_epoch_ms, to_iso, truncate
from authhero_sql.codecs import BOOL, EPOCH_MS, FLAG, INSTANT, INT, JSON, JSON_DEPTH, JSON_OR_TEXT, MARK, SWITCH, TEXT
from authhero_sql.models.base import Insert, Instant, Model, Nested
from authhero_sql.row_mapping import RowReader, RowWriter, build_nested_models
from authhero_sql.schema import Column, Columns, Table


class Place(Nested):
    """A model in a JSON column."""

    city: str
    zip_code: str | None = Field(default=None, validation_alias="zipCode", serialization_alias="zipCode")


class Pair(Model):
    """A model in two columns."""

    left: str | None = None
    right: str | None = None


class Street(Nested):
    """A model inside another one."""

    name: str


class Town(Nested):
    """A model that contains others."""

    streets: dict[str, list[Street]] | None = None
    neighbour: Town | None = None


class Map(Model):
    """A model without instances."""

    towns: list[Town | Literal["none"]] | None = None


class ThingInsert(Insert):
    """The insert model of a thing."""

    id: str
    kind: Literal["a", "b"] | None = None
    number: int | None = None
    on: bool | None = None
    flag: bool | None = None
    mark: bool | None = None
    switch: bool | None = None
    at: Instant | None = None
    until: Instant | None = None
    place: Place | None = None
    details: Any = None
    pair: Pair | None = None
    display_name: str | None = Field(default=None, validation_alias="displayName", serialization_alias="displayName")
    virtual: list[str] | None = None
    count: int = 7


class Thing(ThingInsert):
    """The model of a thing."""

    created_at: Instant | None = None


class _Things(Columns):
    tenant_id = Column(TEXT, 191, null=False, hidden=True)
    id = Column(TEXT, 30, null=False)
    kind = Column(TEXT, 10)
    number = Column(INT)
    is_on = Column(BOOL, field="on")
    flag = Column(FLAG)
    mark = Column(MARK)
    switch = Column(SWITCH)
    at = Column(INSTANT, 35)
    until_ts = Column(EPOCH_MS, field="until")
    place = Column(JSON)
    details = Column(JSON_OR_TEXT)
    pair_left = Column(TEXT, 10, field="pair.left")
    pair_right = Column(TEXT, 10, field="pair.right")
    display_name = Column(TEXT, 10, field="displayName", null=False, default="unnamed")
    token = Column(TEXT, 20, hidden=True, secret=True)
    count = Column(INT)
    created_at = Column(INSTANT, 35)


TABLE = Table("things", _Things, key=("tenant_id", "id"))
READER = RowReader(TABLE, Thing, TABLE.columns)
WRITER = RowWriter(TABLE, ThingInsert, Thing, frozenset({"id", "tenant_id", "created_at"}))
KEPT = dict(zip(READER.names, [None] * len(READER.names), strict=True)) | {"id": "t", "display_name": "unnamed", "count": 1}

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=10)
documents = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
milliseconds = st.one_of(
    # pydantic reads small and large numbers in different units unless the unit is configured.
    st.integers(-10, 10),
    st.integers(-20_000_000_000, 20_000_000_000),
    st.integers(to_epoch_ms(datetime(1, 1, 1, tzinfo=UTC)), to_epoch_ms(datetime(9999, 12, 31, 23, 59, 59, 999000, tzinfo=UTC))),
)


def read(**stored: Any) -> Thing:
    """Return the thing of a row with these stored values."""
    return READER.read(list({**KEPT, **stored}.values()))


def written(**given_values: Any) -> Thing:
    """Return the values after writing and reading them, and check that they were written."""
    values = WRITER.row(WRITER.accept({"id": "t", **given_values}), {"tenant_id": "acme"})
    return READER.read([values[name] for name in READER.names])


# --- reading ---------------------------------------------------------------------------------------------------------------------


@given(milliseconds)
def test_every_instant_comes_back(value: int) -> None:
    instant = from_epoch_ms(value)
    thing = read(until_ts=value, at=to_iso(instant))
    assert thing.until == thing.at == instant
    assert thing.until is not None
    assert thing.until.utcoffset() == timedelta(0)


@pytest.mark.parametrize("value", [0, 1, -1, 999, 1000, -1000, 86_400_000, 20_000_000_000, -20_000_000_001, 2**31, 2**41])
def test_epoch_milliseconds_are_never_seconds(value: int) -> None:
    assert read(until_ts=value).until == datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=value)


@given(st.datetimes(timezones=st.just(UTC)), texts, texts, documents, st.booleans(), st.integers(-(2**31), 2**31 - 1))
def test_what_is_written_is_read(instant: datetime, city: str, extra: str, document: Any, flag: bool, number: int) -> None:
    place = {"city": city, "zipCode": None, "xé": document, f"z{extra}": number}
    thing = written(
        at=instant,
        until=instant,
        place=place,
        details=document,
        on=flag,
        flag=flag,
        number=number,
        pair={"right": extra},
        displayName=extra,
    )
    assert thing.at == thing.until == truncate(instant)
    assert thing.place is not None
    # The order of keys, unknown keys and an explicit null are preserved.
    assert json.dumps(thing.place.model_dump(by_alias=True, exclude_unset=True)) == json.dumps(place)
    assert thing.details == document
    assert type(thing.details) is type(document)
    assert (thing.on, thing.flag, thing.number) == (flag, flag, number)
    assert thing.pair == Pair(right=extra)
    assert thing.display_name == extra


def test_the_deepest_json_that_is_taken_can_be_read() -> None:
    deep: Any = [0]
    for _ in range(JSON_DEPTH - 2):
        deep = [deep]
    assert written(details={"a": deep}).details == {"a": deep}
    thing = written(place={"city": "Uppsala", "more": deep})
    assert thing.place is not None
    with pytest.raises(InvalidValueError):
        written(place={"city": "Uppsala", "more": [deep]})


def test_models_are_the_entity_s_own_class() -> None:
    thing = read(place='{"city":"Uppsala"}')
    assert type(thing) is Thing
    assert type(thing.place) is Place
    assert thing.place.zip_code is None


def test_null_is_absent() -> None:
    thing = read()
    wire = thing.model_dump(by_alias=True, exclude_none=True)
    assert wire == {"id": "t", "switch": False, "displayName": "unnamed", "count": 1}


def test_booleans_of_int_columns() -> None:
    assert [read(is_on=value).on for value in (0, 1, None)] == [False, True, None]
    assert [read(flag=value).flag for value in (0, 1, None)] == [False, True, None]
    assert [read(mark=value).mark for value in (0, 1, None)] == [None, True, None]
    assert [read(switch=value).switch for value in (0, 1, None)] == [False, True, False]


def test_null_where_the_field_is_never_absent_is_the_model_s_default() -> None:
    assert read(count=None).count == 7


def test_json_or_text_is_read_as_what_it_is() -> None:
    stored = ['{"a":1}', '"text"', "text", "{broken", "", "12", "null", None]
    assert [read(details=value).details for value in stored] == [{"a": 1}, "text", "text", "{broken", "", 12, None, None]


def test_parts_of_an_object_in_columns() -> None:
    assert read(pair_left="l").pair == Pair(left="l")
    assert read(pair_left="l", pair_right="r").pair == Pair(left="l", right="r")
    assert read().pair is None


def test_a_reader_of_few_columns() -> None:
    reader = RowReader(TABLE, Thing, [TABLE["id"], TABLE["token"], TABLE["until_ts"]])
    # Columns that are not fields of the model are ignored.
    assert reader.names == ("id", "until_ts")
    assert reader.read(["t", 5]).until == from_epoch_ms(5)


def test_the_flag_of_pydantic_core_is_still_there() -> None:
    """Test an internal flag. Without it, rows are still read, but in two steps."""
    assert type(READER._validate.__self__) is SchemaValidator  # type: ignore[attr-defined]  # a bound method


def test_rows_are_read_without_the_flag_of_pydantic_core(monkeypatch: pytest.MonkeyPatch) -> None:
    def without(*_: Any, **options: Any) -> None:
        raise TypeError(f"unexpected keyword argument {next(iter(options))!r}")

    monkeypatch.setattr(row_mapping, "SchemaValidator", without)
    reader = RowReader(TABLE, Thing, TABLE.columns)
    row = list({**KEPT, "place": '{"city":"Ulm"}', "until_ts": 5, "pair_left": "l"}.values())
    assert type(reader.read(row)) is Thing
    assert reader.read(row) == READER.read(row)
    with pytest.raises(CorruptRowError):
        reader.read(list({**KEPT, "until_ts": 10**18}.values()))


@pytest.mark.parametrize(
    ("column", "stored"),
    [
        ("place", "{broken"),
        ("place", "[]"),
        ("place", '{"zipCode":"1"}'),
        ("at", "yesterday"),
        ("at", "2026-01-31T10:00:00.000"),
        ("until_ts", 10**18),
        ("kind", "s3cret"),
        ("number", "s3cret"),
        ("is_on", 2),
        ("id", None),
        ("pair_left", 5),
    ],
)
def test_what_cannot_be_read_names_its_place_and_no_value(column: str, stored: Any) -> None:
    with pytest.raises(CorruptRowError) as caught:
        read(**{column: stored})
    error = caught.value
    assert (error.table, error.column.partition("_")[0]) == ("things", column.partition("_")[0])
    assert error.key == {"id": None if column == "id" else "t"}
    assert "s3cret" not in str(error)


# --- writing ---------------------------------------------------------------------------------------------------------------------


def test_a_new_row_has_every_column() -> None:
    values = WRITER.row(WRITER.accept({"id": "t", "place": {"city": "Uppsala"}}), {"tenant_id": "acme"})
    assert tuple(values) == TABLE.names
    assert values["place"] == '{"city":"Uppsala"}'
    # The default of the database and that of the model.
    assert (values["display_name"], values["count"], values["switch"]) == ("unnamed", 7, None)


def test_an_update_writes_what_was_set_and_nothing_else() -> None:
    def changes(fields: Any) -> dict[str, Any]:
        return WRITER.changes(WRITER.partial(fields))

    assert changes({}) == {}
    assert changes({"number": None}) == {"number": None}
    assert changes({"displayName": "n"}) == changes({"display_name": "n"}) == {"display_name": "n"}
    assert changes({"pair": {"left": "l"}}) == {"pair_left": "l", "pair_right": None}
    assert changes({"pair": None}) == {"pair_left": None, "pair_right": None}
    assert changes(ThingInsert.model_construct(number=1)) == {"number": 1}
    assert changes({"place": {"city": "c", "new": [1]}}) == {"place": '{"city":"c","new":[1]}'}


@pytest.mark.parametrize(
    "fields",
    [
        {"id": "other"},
        {"tenant_id": "other"},
        {"created_at": datetime(2026, 1, 1, tzinfo=UTC)},
        {"nonsense": 1},
        {"number": "s3cret"},
        {"kind": "s3cret"},
        {"display_name": None},
        {"display_name": "s3cret-longer"},
        {"place": {"zipCode": "s3cret"}},
        {"at": datetime(2026, 1, 1)},  # noqa: DTZ001  # naive on purpose
        {"pair": {"left": "s3cret\0"}},
        {"details": {"a": float("nan")}},
    ],
    ids=str,
)
def test_an_update_that_cannot_be_stored_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError) as caught:
        WRITER.changes(WRITER.partial(fields))
    assert caught.value.table == "things"
    assert caught.value.field is not None
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("params", [{}, {"id": 5}, {"id": "t", "nonsense": 1}, {"id": "t", "kind": "s3cret"}], ids=str)
def test_what_is_no_insert_is_refused(params: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError) as caught:
        WRITER.accept(params)
    assert "s3cret" not in str(caught.value)


# --- compilations ------------------------------------------------------------------------------------------------------------


def is_built(*models: type[Model]) -> list[bool]:
    return [bool(model.__pydantic_complete__) for model in models]


def test_the_objects_inside_a_model_are_built_and_the_model_is_not() -> None:
    assert is_built(Street, Town, Map) == [False, False, False]
    build_nested_models(Map)
    assert is_built(Street, Town, Map) == [True, True, False]


def test_a_reader_builds_no_model_that_only_it_is_derived_from() -> None:
    class Bare(Thing):
        """A thing that is only read."""

    RowReader(TABLE, Bare, TABLE.columns)
    assert is_built(Bare) == [False]


def test_a_writer_makes_nothing_for_updates_before_there_is_one() -> None:
    writer = RowWriter(TABLE, ThingInsert, Thing, frozenset({"id"}))
    writer.row(writer.accept({"id": "t"}), {"tenant_id": "acme"})
    assert "update_model" not in vars(writer)
    writer.partial({"number": 1})
    assert "update_model" in vars(writer)
