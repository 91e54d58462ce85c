"""The query language of ``q``: precedence, escapes, rejected input and the time of parsing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from authhero_sql import InvalidQueryError
from authhero_sql.lucene import (
    MAX_BYTES,
    MAX_CLAUSES,
    MAX_DEPTH,
    And,
    Compare,
    Equal,
    Exists,
    Match,
    Node,
    Not,
    Or,
    Range,
    Text,
    parse,
    quote,
)

A, B, C, D = map(Text, "abcd")


@pytest.mark.parametrize(
    ("q", "tree"),
    [
        ("a b", And((A, B))),
        ("a AND b", And((A, B))),
        ("a  AND b c", And((A, B, C))),
        ("a OR b c", Or((A, And((B, C))))),
        ("a b OR c d", Or((And((A, B)), And((C, D))))),
        ("a OR b OR c", Or((A, B, C))),
        ("(a OR b) c", And((Or((A, B)), C))),
        ("(a OR b)(c)", And((Or((A, B)), C))),
        ("-a b", And((Not(A), B))),
        ("NOT a b", And((Not(A), B))),
        ("NOT a OR b", Or((Not(A), B))),
        ("a AND NOT b", And((A, Not(B)))),
        ("-(a OR b)", Not(Or((A, B)))),
        ("NOT(a)", Not(A)),
        ("--a", Not(Not(A))),
        ("NOT -a", Not(Not(A))),
        ("((a))", A),
        ("\t a\n\u00a0b ", And((A, B))),
    ],
)
def test_precedence(q: str, tree: Node) -> None:
    assert parse(q) == tree


@pytest.mark.parametrize(
    ("q", "tree"),
    [
        ("f:v", Equal("f", "v")),
        ("f=v", Equal("f", "v")),
        ("f=v=w", Equal("f", "v=w")),
        ("f.g_1:v", Equal("f.g_1", "v")),
        ('f:"two words"', Equal("f", "two words")),
        ('f:""', Equal("f", "")),
        ('f:"a*"', Equal("f", "a*")),
        (r'f:"a\"b\\c\d"', Equal("f", 'a"b\\cd')),
        (r"f:two\ words", Equal("f", "two words")),
        (r"f:a\*", Equal("f", "a*")),
        (r"f:\*", Equal("f", "*")),
        (r"f:\>5", Equal("f", ">5")),
        ("f:-5", Equal("f", "-5")),
        ("f:a-b", Equal("f", "a-b")),
        ("f:auth0|x", Equal("f", "auth0|x")),
        ("f:a?b", Equal("f", "a?b")),
        ("f:a:b", Equal("f", "a:b")),
        ("f:pre*", Match("f", "pre", "start")),
        ("f:*mid*", Match("f", "mid", "part")),
        ("f:*suf", Match("f", "suf", "end")),
        (r"f:a\**", Match("f", "a*", "start")),
        ("f:*", Exists("f")),
        ("_exists_:f", Exists("f")),
        ("-_exists_:f", Not(Exists("f"))),
        ("f:>5", Compare("f", ">", "5")),
        ("f:>=5", Compare("f", ">=", "5")),
        ("f:<-5", Compare("f", "<", "-5")),
        ('f:<="a b"', Compare("f", "<=", "a b")),
        ("f:[a TO b]", Range("f", "a", "b")),
        ("f:{a TO b}", Range("f", "a", "b", False, False)),
        ("f:[ a TO b }", Range("f", "a", "b", True, False)),
        ('f:["a b" TO *]', Range("f", "a b", None)),
        ('f:[* TO "b"]', Range("f", None, "b")),
        (r"f:[\* TO b\]]", Range("f", "*", "b]")),
        ("f:(a OR b*)", Or((Equal("f", "a"), Match("f", "b", "start")))),
        ("f:(-a g:b >c)", And((Not(Equal("f", "a")), Equal("f", "g:b"), Compare("f", ">", "c")))),
        ("f:(a) b", And((Equal("f", "a"), B))),
    ],
)
def test_fields(q: str, tree: Node) -> None:
    assert parse(q) == tree


@pytest.mark.parametrize(
    "text",
    [
        "https://x.example/?a=b&c",
        "12:30",
        "::1",
        "fe80::1",
        "2001:db8::2",
        "a::b",
        "100%",
        "a?",
        "+1555",
        "a-b",
        "a]b",
        "TO",
        "and",
        "ANDY",
    ],
)
def test_what_is_no_field_is_free_text(text: str) -> None:
    assert parse(text) == Text(text)
    assert parse(f"-{text} f:v") == And((Not(Text(text)), Equal("f", "v")))


@pytest.mark.parametrize(
    ("q", "tree"),
    [
        ('"a OR b"', Text("a OR b")),
        (r"\OR", Text("OR")),
        (r"f\:v", Text("f:v")),
        (r"\-a", Text("-a")),
        (r"\(a\)", Text("(a)")),
        ("a*", Text("a", starred=True)),
        ("*a*", Text("a", starred=True)),
        (r"a\*", Text("a*")),
    ],
)
def test_free_text(q: str, tree: Node) -> None:
    assert parse(q) == tree


@pytest.mark.parametrize("q", ["", " ", "\n\t", "\u00a0"])
def test_a_blank_text_is_no_filter(q: str) -> None:
    assert parse(q) is None


BROKEN = [
    '"a', 'f:"a', 'f:"a\\"', '"a"b', 'a"b"', 'f:a"b', '"a""b"', "(a", "a)", "()", "f:()", "f:(a", "((a)", "a OR", "OR a", "a AND", "AND",
    "a OR OR b", "a AND OR b", "NOT", "a NOT", "-", "- a", "a -", "(-)", "f:", "f: a", "f:)", "_exists_:", "_exists_:*", "_exists_:(a)",
    "f:a*b", "f:**", "*", "**", "a*b", "f:>", "f:> 5", "f:>*", "f:>a*", "f:[a TO b", "f:[a b]", "f:[a TO]", "f:[TO b]", "f:[a TO b]c",
    "f:[a* TO b]", "f:[]", "f:[", "[a TO b]", "{a", "a\\", "f:\\", "f:[a TO b)", 'f:["a TO b]', "f:(a:)b)", "f:[aTO b]",
]  # fmt: skip


@pytest.mark.parametrize("q", BROKEN)
def test_broken_syntax_is_refused(q: str) -> None:
    with pytest.raises(InvalidQueryError):
        parse(q)


@pytest.mark.parametrize("q", [None, 5, b"a", ["a"], "a\0b", "a\ud800"])
def test_what_is_no_text_is_refused(q: Any) -> None:
    with pytest.raises(InvalidQueryError):
        parse(q)


def test_an_error_does_not_repeat_what_was_asked() -> None:
    for q in ('f:"secret', "secret*secret", "f:[secret TO secret", f"{'n' * 5000}: secret"):
        with pytest.raises(InvalidQueryError) as caught:
            parse(q)
        assert "secret" not in str(caught.value)
        assert len(str(caught.value)) < 200


def test_length_clauses_and_depth_have_bounds() -> None:
    assert parse("a" * MAX_BYTES) == Text("a" * MAX_BYTES)
    with pytest.raises(InvalidQueryError, match=str(MAX_BYTES)):
        parse("é" * (MAX_BYTES // 2) + "a")
    assert parse(" ".join("a" * MAX_CLAUSES)) == And((A,) * MAX_CLAUSES)
    for many in (" ".join("a" * (MAX_CLAUSES + 1)), "f:(" + "b " * (MAX_CLAUSES + 1) + ")", "_exists_:a OR " * MAX_CLAUSES + "a"):
        with pytest.raises(InvalidQueryError, match=str(MAX_CLAUSES)):
            parse(many)
    assert parse("(" * MAX_DEPTH + "a" + ")" * MAX_DEPTH) == A
    for deep in ("(" * (MAX_DEPTH + 1) + "a" + ")" * (MAX_DEPTH + 1), "(" * 8000, "-" * 8000 + "a", "NOT " * 2000 + "a", "f:" + "(" * 8000):
        with pytest.raises(InvalidQueryError, match=str(MAX_DEPTH)):
            parse(deep)


PIECES = [*'"\\()[]{}:=-*<>? \t', "AND", "OR", "NOT", "TO", "_exists_", "f", "f:", "a", "é", "::", "//"]
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)


@given(st.one_of(texts, st.lists(st.sampled_from(PIECES), max_size=40).map("".join), st.lists(st.sampled_from(PIECES)).map(" ".join)))
def test_any_text_is_a_tree_or_refused(q: str) -> None:
    try:
        parse(q)
    except InvalidQueryError:
        return
    # A valid query stays the same in parentheses, and can be negated.
    assert parse(f"( {q} )" if q.strip() else q) == parse(q)
    assert not q.strip() or parse(f"-({q} )") == Not(parse(q))  # type: ignore[arg-type]  # not blank, so a tree


def escaped(value: str) -> str:
    """Return the value without quotes, with all characters escaped."""
    return "".join(f"\\{letter}" for letter in value)


@given(texts)
@example('\\"')
@example("*")
def test_an_operand_survives_quotes_and_escapes(value: str) -> None:
    assert parse(f"f:{quote(value)}") == Equal("f", value)
    assert parse(f"f:>{quote(value)}") == Compare("f", ">", value)
    assert parse(f"f:[{quote(value)} TO {quote(value)}]") == Range("f", value, value)
    assert parse(quote(value)) == Text(value)
    if value:
        assert parse(f"f:{escaped(value)}") == Equal("f", value)
        assert parse(f"f:*{escaped(value)}*") == Match("f", value, "part")
        assert parse(f"f:[{escaped(value)} TO *]") == Range("f", value, None)
        assert parse(escaped(value)) == Text(value)
