"""Writes frozen migration files: ``python -m authhero_sql.migrations.writer`` writes the baseline anew.

The baseline is the registry's schema with every later migration undone, so that nothing is written by hand twice.
"""

from __future__ import annotations

from pathlib import Path

from ..schema import ColumnType, ForeignKey, Index, Registry
from ..tables import REGISTRY
from . import history
from .operations import CreateIndex, CreateTable, Operation, Schema, TableState

BASELINE = "0001_baseline"
LINE = 140
"""The longest line of the code."""


def registry_schema(registry: Registry = REGISTRY) -> Schema:
    """The schema in memory that the registry declares."""
    return {
        table.name: TableState(tuple(column.definition for column in table.columns), table.key, table.indexes, table.foreign_keys)
        for table in registry.values()
    }


def baseline() -> list[Operation]:
    """The steps that make the schema from before the later migrations."""
    schema = registry_schema()
    for name in reversed([name for name in history.names() if name != BASELINE]):
        for step in history.load(name).down:
            step.apply(schema)
    steps: list[Operation] = []
    for name, state in schema.items():
        steps.append(CreateTable(name, state.columns, state.key, state.foreign_keys))
        steps += [CreateIndex(name, index) for index in state.indexes]
    return steps


def render(steps: list[Operation], title: str) -> str:
    """The text of a frozen file."""
    lines = [
        f'"""{title}"""',
        "",
        "from authhero_sql.migrations.operations import Migration, column, create_index, create_table, reference",
    ]
    lines += ["", "migration = Migration(", "    up=("]
    for step in steps:
        match step:
            case CreateTable():
                lines.append("        create_table(")
                lines.append(f"            {_text(step.name)},")
                lines += [f"            {_column(part)}," for part in step.columns]
                lines.append(f"            key={_names(step.key)},")
                lines += _references(step.foreign_keys)
                lines.append("        ),")
            case CreateIndex():
                lines.append(f"        {_index(step.table, step.index)},")
            case _:
                raise NotImplementedError(type(step).__name__)
    return "\n".join([*lines, "    )", ")", ""])


def _text(value: str) -> str:
    """In the quotes that need fewer escapes, double ones if it is all the same."""
    quote = "'" if value.count('"') > value.count("'") else '"'
    return quote + value.replace("\\", "\\\\").replace(quote, f"\\{quote}") + quote


def _names(names: tuple[str, ...]) -> str:
    return "(" + ", ".join(map(_text, names)) + ("," if len(names) == 1 else "") + ")"


def _column(part: ColumnType) -> str:
    words = [_text(part.name), _text(part.type)]
    if not part.null:
        words.append("null=False")
    if part.default is not None:
        words.append(f"default={part.default if isinstance(part.default, int) else _text(part.default)}")
    return f"column({', '.join(words)})"


def _reference(part: ForeignKey) -> str:
    return f"reference({_names(part.columns)}, {_text(part.references)}, {_names(part.ref_columns)})"


def _references(parts: tuple[ForeignKey, ...]) -> list[str]:
    """In the formatter's layout: a single one stands on one line where it fits."""
    if not parts:
        return []
    line = f"            references=({_reference(parts[0])},),"
    if len(parts) == 1 and len(line) <= LINE:
        return [line]
    return ["            references=(", *(f"                {_reference(part)}," for part in parts), "            ),"]


def _index(table: str, index: Index) -> str:
    unique = ", unique=True" if index.unique else ""
    return f"create_index({_text(table)}, {_text(index.name)}, {_names(index.columns)}{unique})"


def write_baseline() -> Path:
    """Write the baseline's file; its path."""
    path = Path(__file__).parent / f"m{BASELINE}.py"
    path.write_text(render(baseline(), "The schema of AuthHero's own baseline, with the columns that had to be wider."), "utf-8")
    return path


if __name__ == "__main__":
    write_baseline()
