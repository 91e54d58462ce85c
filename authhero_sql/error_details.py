"""Attribution of database errors to a table, to the fields of a unique constraint, or to a foreign key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .dialects.interface import Call
from .errors import ConflictError, DatabaseError, ForeignKeyError, InvalidValueError, Reference, ValueRefusedError
from .schema import ForeignKey, Table
from .tables import REGISTRY


def with_details(error: DatabaseError, tables: Sequence[Table[Any]], calls: Sequence[Call]) -> Exception:
    """Return an error that names the table, and the fields or foreign keys that are involved if they can be determined.

    Args:
        error: The error that the engine raised. It may already name the table.
        tables: The tables of the statements.
        calls: The statements, one of which failed.
    """
    name = error.reported_table or (tables[0].name if len(tables) == 1 else None)
    if isinstance(error, ValueRefusedError):
        return InvalidValueError(name or "batch", None, "the database refused a value")
    known = _all_tables(tables)
    if isinstance(error, ConflictError) and name is not None and name in known:
        error.with_fields(_unique_fields(known[name], error.constraint or ""))
    if isinstance(error, ForeignKeyError):
        _name_references(error, known, calls)
    return error.with_table(name) if name is not None else error


def _all_tables(tables: Sequence[Table[Any]]) -> Mapping[str, Table[Any]]:
    """Return the tables of the registry and the given ones, which may be outside the registry, by name."""
    return {**REGISTRY, **{table.name: table for table in tables}}


def _unique_fields(table: Table[Any], constraint: str) -> tuple[str, ...]:
    """Return the fields of a unique constraint.

    Depending on the engine, ``constraint`` is the name of an index, the name of the primary key, or a list of columns.
    """
    named = {index.name: index.columns for index in table.indexes}
    keys = {"PRIMARY": table.key, f"{table.name}_pkey": table.key}
    parts = [part.rpartition(".") for part in constraint.split(", ")]
    columns = {*{**named, **keys}.get(constraint, ()), *(column for owner, _, column in parts if owner in ("", table.name))}
    return tuple(name for name in _fields(table, columns) if name != "tenant_id")


def _fields(table: Table[Any], columns: Sequence[str] | set[str]) -> tuple[str, ...]:
    """Return the wire names of columns, without the tenant unless it is the only one."""
    public = tuple(column.public for column in table.columns if column.name in columns)
    return tuple(name for name in public if name != "tenant_id") or public


# --- foreign keys ------------------------------------------------------------------------------------------------------------------


def _name_references(error: ForeignKeyError, known: Mapping[str, Table[Any]], calls: Sequence[Call]) -> None:
    """Name the violated foreign key: the one that the engine reports, or else all that the written values could have violated."""
    if error.references:
        error.with_references([_with_wire_names(each, known) for each in error.references], still_referenced=error.still_referenced)
        return
    found = list(_possibly_violated(known, calls))
    if not found and calls and all(call.sql.startswith("DELETE ") for call in calls):
        error.still_referenced = True
        error.args = ("the row is still referenced by another table and cannot be deleted",)
    # Many rows may violate the same foreign key, which is reported once.
    error.with_references(
        list(dict.fromkeys(_reference(table, each) for table, each in found if not _is_implied(table, each, found, known)))
    )


def _with_wire_names(reference: Reference, known: Mapping[str, Table[Any]]) -> Reference:
    table = known.get(reference.table)
    return Reference(reference.table, _fields(table, reference.fields), reference.target) if table is not None else reference


def _reference(table: Table[Any], reference: ForeignKey) -> Reference:
    return Reference(table.name, _fields(table, reference.columns), reference.references)


Found = tuple[Table[Any], ForeignKey]
_WRITES = re.compile(r"(INSERT INTO|UPDATE) `(\w+)`(?: INDEXED BY `\w+`)? (?:\(([^)]*)\)|SET (.*?) WHERE )")
_SET = re.compile(r"`(\w+)`=(\(?\?)?")


def _possibly_violated(known: Mapping[str, Table[Any]], calls: Sequence[Call]) -> Iterator[Found]:
    """Yield the foreign keys that the statements could have violated.

    A foreign key with a NULL value cannot be violated. One to a table into which an earlier statement inserts is ignored.
    """
    seen: set[tuple[str, tuple[Any, ...]]] = set()
    added: set[str] = set()
    for call in calls:
        written = _WRITES.match(call.sql)
        table = known.get(written[2]) if written is not None else None
        if written is None or table is None:
            continue
        values = _values(written, call.args)
        for reference in table.foreign_keys:
            target = tuple(values.get(name) for name in reference.columns)
            # An UPDATE may set only some of the columns. The others already have values.
            violated = None not in target if written[1] == "INSERT INTO" else any(value is not None for value in target)
            # If an earlier statement used the same values, that one would have failed.
            if violated and reference.references not in added and (reference.references, target) not in seen:
                seen.add((reference.references, target))
                yield table, reference
        if written[1] == "INSERT INTO":
            added.add(table.name)


def _values(written: re.Match[str], args: Sequence[Any]) -> dict[str, Any]:
    """Return the values that a statement writes, by column. They are its first bound parameters, in the order of the columns."""
    names = re.findall(r"\w+", written[3]) if written[3] is not None else [name for name, bound in _SET.findall(written[4]) if bound]
    return dict(zip(names, args, strict=False))


def _is_implied(table: Table[Any], reference: ForeignKey, found: Sequence[Found], known: Mapping[str, Table[Any]]) -> bool:
    """Return whether a violation of a foreign key also violates a wider one of the same table.

    For example, a user belongs to a tenant. If the tenant of a password does not exist, its user does not exist either.
    """
    goal = (reference.references, dict(zip(reference.ref_columns, reference.columns, strict=True)))
    wider = [other for owner, other in found if owner is table and other.columns != reference.columns]
    return any(_requires(other.references, dict(zip(other.ref_columns, other.columns, strict=True)), goal, known) for other in wider)


def _requires(name: str, columns: Mapping[str, str], goal: tuple[str, Mapping[str, str]], known: Mapping[str, Table[Any]]) -> bool:
    """Return whether a row of a table requires the row of ``goal``, through its own foreign keys or those of its parents.

    ``columns``, and the mapping in ``goal``, lead from the columns of the row to the columns with the same values in the written table.
    """
    table = known.get(name)
    if table is None:
        return False
    for reference in table.foreign_keys:
        if any(table[column].null for column in reference.columns):
            continue
        pairs = zip(reference.ref_columns, reference.columns, strict=True)
        parent_columns = {ref: columns[column] for ref, column in pairs if column in columns}
        if (reference.references, parent_columns) == goal or _requires(reference.references, parent_columns, goal, known):
            return True
    return False
