"""Generation of the next migration from the differences between the registry and the migrations."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from ..errors import MigrationError
from ..schema import ColumnType, ForeignKey, Index
from . import history
from .check import registry_schema
from .operations import AddColumn, CreateIndex, CreateTable, DropIndex, Operation, Schema, TableState

LINE = 140
"""The maximum line length."""


def changes(before: Schema, after: Schema) -> list[Operation | str]:
    """Return the steps that turn one schema into another.

    A change that would delete or rewrite rows cannot be derived. It is returned as a sentence that describes it.
    """
    steps: list[Operation | str] = []
    for name, table in after.items():
        if name not in before:
            steps.append(CreateTable(name, table.columns, table.key, table.foreign_keys))
            steps += [CreateIndex(name, index) for index in table.indexes]
        else:
            steps += _table_changes(name, before[name], table)
    steps += [f"the table {name} was removed: drop it?" for name in before if name not in after]
    return steps


def _table_changes(name: str, before: TableState, after: TableState) -> list[Operation | str]:
    had = {column.name: column for column in before.columns}
    has = {column.name: column for column in after.columns}
    steps: list[Operation | str] = [AddColumn(name, column) for column in after.columns if column.name not in had]
    steps += [
        f"{name}.{column.name} has changed from column({_column(had[column.name])}) to column({_column(column)})"
        for column in after.columns
        if column.name in had and had[column.name] != column
    ]
    steps += [DropIndex(name, index) for index in before.indexes if index not in after.indexes]
    steps += [CreateIndex(name, index) for index in after.indexes if index not in before.indexes]
    steps += [f"{name}.{column} was removed: drop it with drop_column()?" for column in had if column not in has]
    if before.key != after.key:
        steps.append(f"the primary key of {name} has changed from {_names(before.key)} to {_names(after.key)}")
    if before.foreign_keys != after.foreign_keys:
        steps.append(f"the foreign keys of {name} have changed")
    return steps


def render(steps: Sequence[Operation | str], title: str) -> str:
    """Return the text of a migration file."""
    lines = []
    for step in steps:
        match step:
            case CreateTable():
                lines.append("        create_table(")
                lines.append(f"            {_text(step.name)},")
                lines += [f"            column({_column(part)})," for part in step.columns]
                lines.append(f"            key={_names(step.key)},")
                lines += _references(step.foreign_keys)
                lines.append("        ),")
            case AddColumn():
                lines.append(f"        add_column({_text(step.table)}, {_column(step.column)}),")
            case CreateIndex():
                lines.append(f"        {_index('create', step.table, step.index)},")
            case DropIndex():
                lines.append(f"        {_index('drop', step.table, step.index)},")
            case str():
                lines.append(f"        undecided({_text(step)}),")
            case _:
                raise MigrationError(f"a {type(step).__name__} step cannot be written to a file")
    used = [name for name in _HELPERS if any(re.match(rf"\s*(references=\()?{name}\(", line) for line in lines)]
    head = [f'"""{title}"""', "", f"from authhero_sql.migrations.operations import {', '.join(['Migration', *used])}"]
    body = ["", "migration = Migration(", "    up=(", *lines, "    )", ")", ""]
    return "\n".join([*head, *body])


_HELPERS = ("add_column", "column", "create_index", "create_table", "drop_index", "reference", "undecided")


def _text(value: str) -> str:
    """Return a string literal with the quotes that need fewer escapes, preferably double quotes."""
    quote = "'" if value.count('"') > value.count("'") else '"'
    return quote + value.replace("\\", "\\\\").replace(quote, f"\\{quote}") + quote


def _names(names: tuple[str, ...]) -> str:
    return "(" + ", ".join(map(_text, names)) + ("," if len(names) == 1 else "") + ")"


def _column(part: ColumnType) -> str:
    """Return the arguments that describe a column."""
    arguments = [_text(part.name), _text(part.type)]
    if not part.null:
        arguments.append("null=False")
    if part.default is not None:
        arguments.append(f"default={part.default if isinstance(part.default, int) else _text(part.default)}")
    return ", ".join(arguments)


def _reference(part: ForeignKey) -> str:
    return f"reference({_names(part.columns)}, {_text(part.references)}, {_names(part.ref_columns)})"


def _references(parts: tuple[ForeignKey, ...]) -> list[str]:
    """Return the lines of the foreign keys as the formatter would write them: a single one on one line if it fits."""
    if not parts:
        return []
    line = f"            references=({_reference(parts[0])},),"
    if len(parts) == 1 and len(line) <= LINE:
        return [line]
    return ["            references=(", *(f"                {_reference(part)}," for part in parts), "            ),"]


def _index(verb: str, table: str, index: Index) -> str:
    unique = ", unique=True" if index.unique else ""
    return f"{verb}_index({_text(table)}, {_text(index.name)}, {_names(index.columns)}{unique})"


def write_migration(name: str, folder: Path | None = None) -> Path | None:
    """Write the file of the next migration.

    Args:
        name: A short description of the change, in lower case with underscores.
        folder: The directory to write to. The default is the directory of the migrations in this package.

    Returns:
        The path of the file, or None if there are no changes.

    Raises:
        MigrationError: The name is not valid, or ``folder`` is None and this package is not a writable source checkout.
    """
    if re.fullmatch(r"[a-z][a-z0-9_]*", name) is None:
        raise MigrationError("invalid migration name: use lowercase letters, digits and underscores, as in users_blocked")
    if folder is None and not _is_checkout():
        raise MigrationError("this package is not a writable source checkout: clone the repository, or pass another directory")
    names = history.names()
    steps = changes(history.schema_after([history.load(earlier) for earlier in names]), registry_schema())
    if not steps:
        return None
    path = (folder or Path(__file__).parent) / f"m{int(names[-1][:4]) + 1:04d}_{name}.py"
    path.write_text(render(steps, f"{name.replace('_', ' ').capitalize()}."), "utf-8")
    return path


def _is_checkout() -> bool:
    """Return whether this package runs from a source checkout whose migrations directory is writable."""
    folder = Path(__file__).parent
    return (folder.parents[1] / "pyproject.toml").is_file() and os.access(folder, os.W_OK)
