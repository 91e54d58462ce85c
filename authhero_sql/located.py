"""Whose fault an error of the database is: the table, the fields that must be unique, the reference and the row that is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .dialects.interface import Call
from .errors import ConflictError, DatabaseError, ForeignKeyError, InvalidValueError, Reference, ValueRefusedError
from .schema import ForeignKey, Table
from .tables import REGISTRY


def located(error: DatabaseError, tables: Sequence[Table[Any]], calls: Sequence[Call]) -> Exception:
    """Return the error of statements, naming the table and what is wrong there.

    Args:
        error: what the engine raised; it may name the table itself.
        tables: whose statements they were.
        calls: the statements, of which one has failed.
    """
    name = error.owner or (tables[0].name if len(tables) == 1 else None)
    if isinstance(error, ValueRefusedError):
        return InvalidValueError(name or "batch", None, "the database refused a value")
    known = _known(tables)
    if isinstance(error, ConflictError) and name is not None and name in known:
        error.on(_unique(known[name], error.constraint or ""))
    if isinstance(error, ForeignKeyError):
        _name_references(error, known, calls)
    return error.at(name) if name is not None else error


def _known(tables: Sequence[Table[Any]]) -> Mapping[str, Table[Any]]:
    """Return all tables by name; those that the caller has may be none of the registry's, as the ledger is."""
    return {**REGISTRY, **{table.name: table for table in tables}}


def _unique(table: Table[Any], constraint: str) -> tuple[str, ...]:
    """Return the fields of a unique key by the name that an engine has for it: the index, the key, or its columns."""
    named = {index.name: index.columns for index in table.indexes}
    keys = {"PRIMARY": table.key, f"{table.name}_pkey": table.key}
    parts = [part.rpartition(".") for part in constraint.split(", ")]
    columns = {*{**named, **keys}.get(constraint, ()), *(column for owner, _, column in parts if owner in ("", table.name))}
    return tuple(name for name in _fields(table, columns) if name != "tenant_id")


def _fields(table: Table[Any], columns: Sequence[str] | set[str]) -> tuple[str, ...]:
    """Return the wire names of columns, the tenant aside where there are others."""
    public = tuple(column.public for column in table.columns if column.name in columns)
    return tuple(name for name in public if name != "tenant_id") or public


# --- references ------------------------------------------------------------------------------------------------------------------


def _name_references(error: ForeignKeyError, known: Mapping[str, Table[Any]], calls: Sequence[Call]) -> None:
    """Name the reference that was violated: the one that the engine reports, else all that the written values leave possible."""
    if error.references:
        error.of([_public(each, known) for each in error.references], still_referenced=error.still_referenced)
        return
    found = list(_possible(known, calls))
    if not found and calls and all(call.sql.startswith("DELETE ") for call in calls):
        error.still_referenced = True
        error.args = ("a row that was to be removed is still referenced by another table",)
    # Of many rows that are alike each reference counts once.
    error.of(list(dict.fromkeys(_reference(table, each) for table, each in found if not _follows(table, each, found, known))))


def _public(reference: Reference, known: Mapping[str, Table[Any]]) -> Reference:
    table = known.get(reference.table)
    return Reference(reference.table, _fields(table, reference.fields), reference.target) if table is not None else reference


def _reference(table: Table[Any], reference: ForeignKey) -> Reference:
    return Reference(table.name, _fields(table, reference.columns), reference.references)


Found = tuple[Table[Any], ForeignKey]
_WRITES = re.compile(r"(INSERT INTO|UPDATE) `(\w+)`(?: INDEXED BY `\w+`)? (?:\(([^)]*)\)|SET (.*?) WHERE )")
_SET = re.compile(r"`(\w+)`=(\(?\?)?")


def _possible(known: Mapping[str, Table[Any]], calls: Sequence[Call]) -> Iterator[Found]:
    """Find the references that statements can have violated: none that holds NULL, and none to a table written before in the same go."""
    seen: set[tuple[str, tuple[Any, ...]]] = set()
    added: set[str] = set()
    for call in calls:
        written = _WRITES.match(call.sql)
        table = known.get(written[2]) if written is not None else None
        if written is None or table is None:
            continue
        values = _values(written, call.args)
        for reference in table.foreign_keys:
            given = tuple(values.get(name) for name in reference.columns)
            # An UPDATE sets a part of the columns, and the others have a value already.
            violated = None not in given if written[1] == "INSERT INTO" else any(value is not None for value in given)
            # An earlier statement would have failed by the same row.
            if violated and reference.references not in added and (reference.references, given) not in seen:
                seen.add((reference.references, given))
                yield table, reference
        if written[1] == "INSERT INTO":
            added.add(table.name)


def _values(written: re.Match[str], args: Sequence[Any]) -> dict[str, Any]:
    """Return what a statement writes, by column: the values come first among those that are bound, in the order of the columns."""
    names = re.findall(r"\w+", written[3]) if written[3] is not None else [name for name, bound in _SET.findall(written[4]) if bound]
    return dict(zip(names, args, strict=False))


def _follows(table: Table[Any], reference: ForeignKey, found: Sequence[Found], known: Mapping[str, Table[Any]]) -> bool:
    """Return whether a row that is missing by a reference is missing by another one as well.

    A user belongs to a tenant: where the tenant of a password does not exist, its user does not either.
    """
    goal = (reference.references, dict(zip(reference.ref_columns, reference.columns, strict=True)))
    wider = [other for owner, other in found if owner is table and other.columns != reference.columns]
    return any(_needs(other.references, dict(zip(other.ref_columns, other.columns, strict=True)), goal, known) for other in wider)


def _needs(name: str, values: Mapping[str, str], goal: tuple[str, Mapping[str, str]], known: Mapping[str, Table[Any]]) -> bool:
    """Return whether a row with these values cannot exist without the row that is looked for, by its own references or further ones."""
    table = known.get(name)
    if table is None:
        return False
    for reference in table.foreign_keys:
        if any(table[column].null for column in reference.columns):
            continue
        further = {ref: values[column] for ref, column in zip(reference.ref_columns, reference.columns, strict=True) if column in values}
        if (reference.references, further) == goal or _needs(reference.references, further, goal, known):
            return True
    return False
