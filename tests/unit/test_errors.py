"""The errors without a database: their statuses, the table in docs/errors.md, and messages without values."""

from __future__ import annotations

import inspect
import pickle
import re
from pathlib import Path

import asyncpg
import pytest

from authhero_sql import (
    AuthHeroSQLError,
    ConfigurationError,
    ConnectionSetupError,
    DatabaseUnavailableError,
    ForeignKeyError,
    InvalidField,
    InvalidValueError,
    NotFoundError,
    errors,
)
from authhero_sql.dialects.postgresql import DIALECT
from authhero_sql.errors import DatabaseError, Reference

DOCUMENT = Path(__file__).parents[2] / "docs/errors.md"
KINDS = {name: kind for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, AuthHeroSQLError)}
INSIDE = {"ValueRefusedError", "DuplicateObjectError"}
"""Internal errors."""


def test_the_document_lists_every_class_with_its_status_and_its_sentence() -> None:
    rows = [
        tuple(cell.strip() for cell in line.split("|")[1:-1]) for line in DOCUMENT.read_text("utf-8").splitlines() if line.startswith("| `")
    ]
    listed = {name.strip("`"): (status, again, when) for name, status, again, when, _ in rows}
    expected = {
        name: (str(kind.status_code), "yes" if kind.retryable else "no", (inspect.getdoc(kind) or "").splitlines()[0])
        for name, kind in KINDS.items()
        if name not in INSIDE
    }
    assert listed == expected
    assert list(listed) == list(expected), "in the order of errors.py"
    assert all(what_to_do.endswith(".") for *_, what_to_do in rows)


@pytest.mark.parametrize("name", KINDS)
def test_a_status_is_one_of_http_and_only_what_is_unavailable_is_tried_again(name: str) -> None:
    kind = KINDS[name]
    assert kind.status_code in {400, 404, 409, 500, 501, 503}
    assert not kind.retryable or kind.status_code == 503
    assert "HTTP" not in (inspect.getdoc(kind) or "").splitlines()[0]


def test_a_set_up_that_is_wrong_is_unavailable_and_misconfigured() -> None:
    assert issubclass(ConnectionSetupError, DatabaseUnavailableError)
    assert issubclass(ConnectionSetupError, ConfigurationError)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (NotFoundError("users"), "users: there is no such row"),
        (InvalidValueError("users", "email", "is wrong"), "users.email: is wrong"),
        (InvalidValueError("users", None, "is wrong"), "users: is wrong"),
        (InvalidValueError("users", "emial", 'unknown field "emial"'), 'users: unknown field "emial"'),
        (InvalidValueError("users", "a", "is wrong", [InvalidField("b", "is wrong, too")]), "users.a: is wrong (and 1 more)"),
        (DatabaseError(code="42"), "The database rejected the statement (42)"),
        (DatabaseError("it failed: try again", code="42"), "it failed (42): try again"),
        (DatabaseError("it failed (42): try again", code="42"), "it failed (42): try again"),
        (DatabaseError("it failed", code="42").with_table("users"), "users: it failed (42)"),
        (DatabaseUnavailableError("it is down", code="42").with_table("users"), "it is down (42)"),
        (ForeignKeyError().with_references([Reference("a", ("b",), "c")]), "a.b references a missing c row"),
        (
            ForeignKeyError().with_references([Reference("a", ("b",), "c"), Reference("a", ("d", "e"), "f")]),
            "a references a missing row by b (a c row) or d and e (a f row)",
        ),
        (ForeignKeyError().with_references([Reference("a", ("b",), "c")], still_referenced=True), "c is still referenced by a"),
    ],
)
def test_a_message_survives_pickling(error: AuthHeroSQLError, text: str) -> None:
    again = pickle.loads(pickle.dumps(error))  # noqa: S301  # made one line above
    assert str(error) == str(again) == text
    assert vars(again) == vars(error)


def test_an_unknown_name_is_compared_with_those_that_are_known() -> None:
    assert errors.did_you_mean("emial", ["email", "name"]) == '; did you mean "email"?'
    assert errors.did_you_mean("x" * 100_000, ["email", "name"]) == ""


def test_no_message_names_a_status() -> None:
    source = inspect.getsource(errors)
    assert re.findall(r"\(HTTP \d+\)", source) == []


@pytest.mark.parametrize(
    ("message", "detail", "reference", "still"),
    [
        (
            'insert or update on table "codes" violates foreign key constraint "x"',
            'Key (user_id, tenant_id)=(a"b"c, acme) is not present in table "users".',
            Reference("codes", ("user_id", "tenant_id"), "users"),
            False,
        ),
        (
            "Einfügen oder Aktualisieren in Tabelle »codes« verletzt Fremdschlüssel-Constraint »x«",
            "Schlüssel (user_id, tenant_id)=(a, acme) ist nicht in Tabelle »users« vorhanden.",
            Reference("codes", ("user_id", "tenant_id"), "users"),
            False,
        ),
        (
            'update or delete on table "users" violates foreign key constraint "x" on table "codes"',
            'Key (user_id, tenant_id)=(a, acme) is still referenced from table "codes".',
            Reference("codes", (), "users"),
            True,
        ),
        (
            "UPDATE ou DELETE sur la table « users » viole la contrainte de clé étrangère « x » de la table « codes »",
            "La clé (user_id, tenant_id)=(a, acme) est toujours référencée à partir de la table « codes ».",
            Reference("codes", (), "users"),
            True,
        ),
    ],
)
def test_postgresql_tells_the_reference_in_any_language(message: str, detail: str, reference: Reference, *, still: bool) -> None:
    raised = asyncpg.ForeignKeyViolationError(message)
    vars(raised).update(table_name="codes", detail=detail)
    ours = DIALECT.classify(raised)
    assert isinstance(ours, ForeignKeyError)
    assert (ours.references, ours.still_referenced) == ((reference,), still)
