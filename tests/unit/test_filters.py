"""The cache of filters, which contains the shape of a filter but no values, and invalid declarations of filters."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import BaseModel

from authhero_sql import Adapters, InvalidQueryError
from authhero_sql.codecs import BOOL, INT, JSON, MARK, SWITCH, TEXT
from authhero_sql.context import Context
from authhero_sql.dialects import Dialect
from authhero_sql.dialects.dialect import case_pairs, other_case
from authhero_sql.lucene import parse, quote
from authhero_sql.pagination import ListRules
from authhero_sql.schema import Column
from authhero_sql.statements.filters import Filter, build_targets
from authhero_sql.statements.filters import compile_filter as compiled_tree
from authhero_sql.where import one_of
from tests.unit.fakes import DIALECTS, FakeDatabase

each_dialect = pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
MANY_LETTERS = "".join(chr(code) for code in range(0x400, 0x460))
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20)


class Thing(BaseModel):
    """A row."""

    name: str | None = None
    kind: str = "plain"
    size: int = 3
    on: bool = False
    marked: bool | None = None
    off: bool | None = None


COLUMNS = (
    Column(TEXT, 64, name="name"),
    Column(TEXT, 64, name="kind"),
    Column(INT, name="size"),
    Column(BOOL, null=False, name="on"),
    Column(MARK, name="marked"),
    Column(SWITCH, name="off"),
    Column(TEXT, 64, field="place.city", name="city"),
    Column(TEXT, 64, hidden=True, name="kept"),
    Column(JSON, name="data"),
)
RULES = ListRules(wire="things", fields=("name", "kind", "size", "on", "marked", "off", "city", "kept"), search=("name",), exact=("kind",))
KNOWN = build_targets(RULES, COLUMNS, Thing)


async def texts_of(dialect: Dialect, *filters: str, of: str = "users") -> tuple[list[list[str]], int]:
    """Return the statements of each filter of a list, and the number of compilations after the first one."""
    database = FakeDatabase(dialect)
    context = Context.of(database)
    adapter = getattr(Adapters(context), of)
    sent: list[list[str]] = []
    for q in filters:
        for options in ({"include_totals": True}, {"take": 5}):
            database.answers = [[], [[0]]] if "include_totals" in options else []
            await adapter.list("acme", q=q, **options)
        sent.append([call.sql for call in database.calls])
        database.calls.clear()
        if len(sent) == 1:
            built = context.statement_cache.builds
    return sent, context.statement_cache.builds - built


def compile_filter(q: str, rules: ListRules, known: Any, dialect: Dialect) -> Filter:
    """Return the filter of a ``q``."""
    tree = parse(q)
    assert tree is not None
    return compiled_tree(tree, rules, known, dialect)


@each_dialect
@example(text=MANY_LETTERS, number=5, flag=True)
@given(text=texts, number=st.integers(0, 2**31 - 1), flag=st.booleans())
async def test_other_values_build_nothing(dialect: Dialect, text: str, number: int, flag: bool) -> None:
    def q(text: str, number: int, flag: bool) -> str:
        operand, escaped = quote(text), "".join(f"\\{letter}" for letter in text)
        word = str(flag).lower()
        return (
            f"name:{operand} OR -email:>{operand} {operand} (login_count:{number} OR blocked:{word} OR is_social:{word}) "
            f"name:*{escaped}* name:{escaped}* -name:*{escaped} last_ip:[{operand} TO {operand}] created_at:2026-01-{number % 28 + 1:02}"
        )

    sent, builds = await texts_of(dialect, q("harmless", 5, True), q(text, number, flag))
    assert sent[0] == sent[1]
    assert builds == 0


@each_dialect
async def test_times_of_any_precision_are_one_shape(dialect: Dialect) -> None:
    moments = ("2026-01-01", "2026-01-01T10:00:00", "2026-01-01T10:00:00.5+01:00")
    sent, builds = await texts_of(dialect, *(f"created_at:{moment} last_login:>{moment}" for moment in moments))
    assert sent[0] == sent[1] == sent[2]
    assert builds == 0


@each_dialect
@pytest.mark.parametrize(
    ("of", "filters"),
    [
        ("connections", ("is_system:true -is_system:false name:*a*", "is_system:false -is_system:true name:*\u0416\u0443*")),
        ("logs", ("description:a -description:b", 'description:"" -description:"\u00e9\u00df"')),
        ("clients", ("a* -b", "\u0416* -\u00df\u00e9")),
    ],
)
async def test_other_values_of_other_lists_build_nothing(dialect: Dialect, of: str, filters: tuple[str, ...]) -> None:
    sent, builds = await texts_of(dialect, *filters, of=of)
    assert sent[0] == sent[1]
    assert builds == 0


@each_dialect
@given(text=texts)
def test_a_shape_holds_names_and_counts(dialect: Dialect, text: str) -> None:
    escaped = "".join(f"\\{letter}" for letter in text)
    filter = compile_filter(f"name:*{escaped}* kind:{quote(text)}", RULES, KNOWN, dialect)
    assert filter is not None
    hash(filter.shape)
    _, part, equal = filter.shape
    assert part[:3] == ("part", ("name",), False)
    assert isinstance(part[3], int)
    assert equal == ("=", "kind", False, 1)
    assert list(filter.values) == [f"q_{number}" for number in range(len(filter.values))]


def test_a_field_is_found_by_its_public_name_and_then_by_its_column() -> None:
    assert [target.column.name for target in KNOWN.values()] == ["name", "kind", "size", "on", "marked", "off", "city", "kept"]
    named = build_targets(
        ListRules(wire="x", fields=("a",)), (Column(TEXT, hidden=True, name="a"), Column(TEXT, field="a", name="b")), Thing
    )
    assert named["a"].column.name == "b"


def test_what_null_stands_for_is_what_reading_gives() -> None:
    assert {name: target.absent for name, target in KNOWN.items() if target.absent is not None} == {
        "kind": "plain",
        "size": 3,
        "marked": 0,
        "off": 0,
    }
    assert [name for name, target in KNOWN.items() if target.nullable] == ["name", "city", "kept"]


@pytest.mark.parametrize(
    "rules",
    [
        ListRules(wire="x", fields=("nope",)),
        ListRules(wire="x", fields=("data",)),
        ListRules(wire="x", fields=("name",), search=("kind",)),
        ListRules(wire="x", fields=("size",), exact=("size",)),
        ListRules(wire="x", fields=("on",), parts=("on",)),
    ],
)
def test_a_wrong_declaration_is_found(rules: ListRules) -> None:
    with pytest.raises(KeyError):
        build_targets(rules, COLUMNS, Thing)


@each_dialect
@pytest.mark.parametrize("q", ["place.city:x", "data:x", "off:1", "marked:>true", "marked:t*"])
def test_what_does_not_fit_is_refused(dialect: Dialect, q: str) -> None:
    with pytest.raises(InvalidQueryError):
        compile_filter(q, RULES, KNOWN, dialect)


def test_a_list_without_fields_or_free_text_says_so() -> None:
    bare: Any = ListRules(wire="x")
    for q, said in (("a:b", "none"), ("a", "free text")):
        with pytest.raises(InvalidQueryError, match=said):
            compile_filter(q, bare, {}, DIALECTS["sqlite"])


def test_two_cases_are_each_others() -> None:
    for code in range(0x1E944):
        letter = chr(code)
        other = other_case(letter)
        if other is not None:
            assert other_case(other) == letter
            assert letter.isascii() == other.isascii()
            assert case_pairs(letter) == case_pairs(other)
            ((upper, lower),) = case_pairs(letter).items()
            assert (upper.lower(), lower.upper()) == (lower, upper)
    assert [other_case(letter) for letter in "aZ\u00e9\u03a3\u0416"] == ["A", "z", "\u00c9", "\u03c3", "\u0436"]
    assert [other_case(letter) for letter in "1_\u00df\u1e9e\u0130\u0131\u017f\u212a\u212b\u03c2\u00b5\u01c5"] == [None] * 12


@each_dialect
async def test_several_numbers_are_compared_one_by_one(dialect: Dialect) -> None:
    """Test separate comparisons: a list is bound as text, which never equals a number, and SQLite reports no error."""
    database = FakeDatabase(dialect)
    users = Adapters(Context.of(database)).users
    await users.list("acme", where={"login_count": one_of([1, 2, 1])})
    (call,) = database.calls
    assert [value for value in call.args if value in (1, 2)] == [1, 2]
    assert not any(isinstance(value, list) or (isinstance(value, str) and value.startswith("[")) for value in call.args)
