"""Draws entity-relationship diagrams as SVG, in the colors of the page that contains them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from html import escape
from typing import Any

from authhero_sql.schema import Table

ROW, HEAD, PAD, GAP_X, GAP_Y = 18, 26, 10, 70, 26
CHARACTER = 7.0
"""The width of a character in the monospaced font."""
MAX_COLUMNS = 8
"""The maximum number of columns drawn for a table; the page lists all of them below the diagram."""
TENANTS = "tenants"


def _lines_of(table: Table[Any], wanted: set[str]) -> list[tuple[str, str]]:
    """Return the names and types of the columns to draw, preferring those of the primary key and the references."""
    referring = {name for reference in table.foreign_keys if reference.references != TENANTS for name in reference.columns} | wanted
    first = [column for column in table.columns if column.name in table.key or column.name in referring]
    rest = [column for column in table.columns if column not in first]
    chosen = {column.name for column in (*first, *rest)[:MAX_COLUMNS]}
    lines = [(column.name, column.type) for column in table.columns if column.name in chosen]
    left = len(table.columns) - len(lines)
    return [*lines, *([(f"… {left} more", "")] if left else [])]


def _edges(tables: Sequence[Table[Any]]) -> list[tuple[str, str, str, str]]:
    """Return each reference as its table and column, and the referenced table and column."""
    found = []
    for table in tables:
        for reference in table.foreign_keys:
            if reference.references != TENANTS or table.name == TENANTS:
                pairs = list(zip(reference.columns, reference.ref_columns, strict=True))
                column, target = next((pair for pair in reversed(pairs) if pair[0] != "tenant_id"), pairs[-1])
                found.append((table.name, column, reference.references, target))
    return found


def _depths(names: Sequence[str], edges: Sequence[tuple[str, str, str, str]]) -> dict[str, int]:
    """Return the length of the longest chain of references that starts at each table, within the diagram."""
    depths = dict.fromkeys(names, 0)
    for _ in names:
        for source, _, target, _ in edges:
            if source != target and depths[source] <= depths[target] < len(names):
                depths[source] = depths[target] + 1
    return depths


def draw_tables(tables: Sequence[Table[Any]], registry: Mapping[str, Table[Any]]) -> str:
    """Return the diagram of the tables. Referenced tables of other topics appear with only their primary key and referenced columns."""
    edges = _edges(tables)
    own = {table.name for table in tables}
    others = [registry[name] for name in dict.fromkeys(target for _, _, target, _ in edges) if name not in own]
    wanted: dict[str, set[str]] = {}
    for source, column, target, target_column in edges:
        wanted.setdefault(source, set()).add(column)
        wanted.setdefault(target, set()).add(target_column)
    lines = {table.name: _lines_of(table, wanted.get(table.name, set())) for table in tables}
    lines |= {table.name: [(c.name, c.type) for c in table.columns if c.name in {*table.key, *wanted[table.name]}] for table in others}
    depths = _depths(list(lines), edges)
    columns = _columns(list(lines), depths, edges, {name: HEAD + ROW * len(each) + GAP_Y for name, each in lines.items()}, own)
    positions: dict[str, tuple[float, float, float]] = {}
    x, bottom = 8.0, 0.0
    for stack in columns:
        width = max(_width(name, lines[name]) for name in stack)
        y = 8.0
        for name in stack:
            positions[name] = (x, y, width)
            y += HEAD + ROW * len(lines[name]) + GAP_Y
        x, bottom = x + width + GAP_X, max(bottom, y)
    size = (x - GAP_X + 8 + (40 if any(source == target for source, _, target, _ in edges) else 0), bottom - GAP_Y + 8)
    parts = [_edge(edge, positions, lines) for edge in edges]
    parts += [_box(name, lines[name], positions[name], inside=name in own, key=registry[name].key) for name in lines]
    names = ", ".join(lines)
    box = f'viewBox="0 0 {size[0]:.0f} {size[1]:.0f}" width="{size[0]:.0f}" style="min-width:min({size[0]:.0f}px,40rem)"'
    return (
        f'<div class="er"><svg {box} role="img" aria-label="Diagram of {names}"><defs>'
        '<marker id="er-arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        f'<path d="M0,0 L8,4 L0,8 z"/></marker></defs>{"".join(parts)}</svg></div>'
    )


def _columns(
    names: Sequence[str],
    depths: Mapping[str, int],
    edges: Sequence[tuple[str, str, str, str]],
    heights: Mapping[str, int],
    own: Collection[str],
) -> list[list[str]]:
    """Arrange the tables in columns, each to the right of the tables it references. Unlinked tables fill the shortest columns."""
    linked = {name for source, _, target, _ in edges for name in (source, target)}
    columns: list[list[str]] = [[] for _ in range(max(3, 1 + max(depths.values())))]
    for name in sorted(linked, key=lambda each: (each in own, -heights[each], each)):
        columns[depths[name]].append(name)
    for name in sorted(set(names) - linked, key=lambda each: (-heights[each], each)):
        min(columns, key=lambda column: sum(heights[each] for each in column)).append(name)
    return [column for column in columns if column]


def _width(name: str, lines: Sequence[tuple[str, str]]) -> float:
    return max(len(name) * CHARACTER * 1.1, max(len(left) + len(right) + 2 for left, right in lines) * CHARACTER) + 2 * PAD


def _box(name: str, lines: Sequence[tuple[str, str]], position: tuple[float, float, float], *, inside: bool, key: Sequence[str]) -> str:
    x, y, width = position
    height = HEAD + ROW * len(lines)
    rows = []
    for number, (left, right) in enumerate(lines):
        at = y + HEAD + ROW * number + 13
        kind = ' class="key"' if left in key else ""
        rows.append(f'<text x="{x + PAD}" y="{at}"{kind}>{escape(left)}</text>')
        rows.append(f'<text x="{x + width - PAD}" y="{at}" class="type" text-anchor="end">{escape(right)}</text>')
    title = f'<text x="{x + PAD}" y="{y + 17}" class="name">{escape(name)}</text>'
    title = f'<a href="#table-{name.replace("_", "-")}">{title}</a>' if inside else title
    return (
        f'<g class="{"own" if inside else "other"}"><rect x="{x}" y="{y}" width="{width}" height="{height}" rx="4" class="body"/>'
        f'<path d="M{x},{y + HEAD} h{width}" class="rule"/>{title}{"".join(rows)}</g>'
    )


def _edge(
    edge: tuple[str, str, str, str], positions: Mapping[str, tuple[float, float, float]], lines: Mapping[str, Sequence[tuple[str, str]]]
) -> str:
    source, column, target, target_column = edge
    from_x, from_y, from_width = positions[source]
    to_x, to_y, to_width = positions[target]
    y1, y2 = from_y + _offset(lines[source], column), to_y + _offset(lines[target], target_column)
    if to_x < from_x:
        x1, x2, bend = from_x, to_x + to_width, -40.0
    elif to_x > from_x:
        x1, x2, bend = from_x + from_width, to_x, 40.0
    else:
        x1, x2 = from_x + from_width, to_x + to_width
        return f'<path class="edge" marker-end="url(#er-arrow)" d="M{x1},{y1} C{x1 + 36},{y1} {x2 + 36},{y2} {x2},{y2}"/>'
    return f'<path class="edge" marker-end="url(#er-arrow)" d="M{x1},{y1} C{x1 + bend},{y1} {x2 - bend},{y2} {x2},{y2}"/>'


def _offset(lines: Sequence[tuple[str, str]], column: str) -> float:
    names = [left for left, _ in lines]
    return HEAD + ROW * (names.index(column) if column in names else 0) + 9
