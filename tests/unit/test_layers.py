"""Who may import whom: each layer only what stands above it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "authhero_sql"
LAYERS = [
    {"errors", "clock", "ids"},
    {"codecs"},
    {"schema"},
    {"models"},
    {"tables"},
    {"dialects"},
    {"statements"},
    {"rows", "listing"},
    {"session"},
    {"repository"},
    {"adapters"},
    {"migrations"},
    {"__init__"},
]
"""From the ground up; the parts of one layer may use one another."""
DRIVERS = {"aiosqlite": "sqlite", "asyncpg": "postgresql", "aiomysql": "mysql", "pymysql": "mysql"}
FILES = sorted(PACKAGE.rglob("*.py"))
every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))


def imports(path: Path) -> list[tuple[str, ast.stmt]]:
    """The absolute names of the modules that a file imports, and where."""
    package = ["authhero_sql", *path.relative_to(PACKAGE).parts[:-1]]
    found: list[tuple[str, ast.stmt]] = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found += [(alias.name, node) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            found.append((module, node))
            found += [(f"{module}.{alias.name}", node) for alias in node.names]
    return found


def layer(part: str) -> int | None:
    """How far up a part of the package stands."""
    return next((number for number, parts in enumerate(LAYERS) if part in parts), None)


def part_of(path: Path) -> str:
    """The part of the package that a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@every_file
def test_a_layer_imports_only_what_stands_above_it(path: Path) -> None:
    own = layer(part_of(path))
    assert own is not None, "a new part of the package needs its place in LAYERS"
    for name, node in imports(path):
        parts = name.split(".")
        if parts[0] == "authhero_sql" and len(parts) > 1 and (other := layer(parts[1])) is not None:
            assert other <= own, f"line {node.lineno} imports {name}"


@every_file
def test_a_driver_is_known_in_one_file(path: Path) -> None:
    for name, node in imports(path):
        owner = DRIVERS.get(name.split(".")[0])
        if owner is not None:
            assert path == PACKAGE / "dialects" / f"{owner}.py", f"line {node.lineno} imports {name}"


def test_adapters_know_no_engine() -> None:
    for path in (PACKAGE / "adapters").glob("*.py"):
        for name, node in imports(path):
            assert name not in {f"authhero_sql.dialects.{engine}" for engine in DRIVERS.values()}, (path, node.lineno)


def test_frozen_migrations_know_only_operations() -> None:
    frozen = [path for path in FILES if path.parent.name == "migrations" and path.name.startswith("m0")]
    assert len(frozen) == 7
    for path in frozen:
        assert {name.rpartition(".")[0] or name for name, _ in imports(path)} <= {
            "authhero_sql.migrations",
            "authhero_sql.migrations.operations",
        }


@every_file
def test_no_assertions_prints_or_swallowed_errors(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        assert not isinstance(node, ast.Assert), node.lineno
        assert not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"), node.lineno
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, node.lineno
            assert not all(isinstance(step, ast.Pass) for step in node.body), node.lineno
