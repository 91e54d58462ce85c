"""Docstrings refer only to names that exist."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import authhero_sql

PACKAGE = Path(authhero_sql.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
ROLE = re.compile(r":(?:meth|attr|func|class|mod|data):`~?\.?([\w.]+)`")


def names(tree: ast.Module) -> Iterator[str]:
    """Yield the names that a module defines, at any level."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.Attribute(attr=name, ctx=ast.Store()):
                yield name


TREES = {path: ast.parse(path.read_text("utf-8")) for path in MODULES}
DEFINED = {name for tree in TREES.values() for name in names(tree)}
DEFINED |= {part for path in MODULES for part in path.relative_to(PACKAGE.parent).with_suffix("").parts} | {"pytest_authhero_sql"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_what_a_docstring_refers_to_exists(path: Path) -> None:
    texts = [node.value for node in ast.walk(TREES[path]) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    references = {target for text in texts for target in ROLE.findall(text)}
    assert {target for target in references if not set(target.split(".")) <= DEFINED} == set()
