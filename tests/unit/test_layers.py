"""The allowed imports between the parts of the package, checked in the source: each layer imports only lower layers."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "authhero_sql"
GROUND = {"errors", "clock", "ids"}
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "clock": set(),
    "ids": {"clock"},
    "codecs": {"errors", "clock"},
    "schema": {"errors", "clock", "codecs"},
    # The models format times, but do not know how they are stored.
    "models": {"clock"},
    "tables": {"schema", "codecs"},
    # The dialects use the declarations of columns and indexes, but no tables.
    "dialects": {"errors", "schema"},
    # The statements are built here and run elsewhere.
    "statements": {"codecs", "dialects", "errors", "pagination", "lucene", "row_mapping", "schema"},
    # An error names its table, because a call of one adapter may write to other tables.
    "error_details": {"dialects", "errors", "schema", "tables"},
    "context": {*GROUND, "dialects", "error_details", "schema", "statements"},
    "row_mapping": {*GROUND, "codecs", "schema"},
    "pagination": {*GROUND, "schema", "codecs"},
    # The query language does not know the fields that it is used for.
    "lucene": {"errors"},
    # Conditions in Python, which become the same tree as ``q``.
    "where": {"errors", "lucene"},
    # Only imported by users and, for type checkers, by the adapters.
    "types": {"models", "row_mapping", "where"},
    "runner": {"dialects", "errors", "error_details", "schema", "context"},
    # The operations on rows.
    "crud": {*GROUND, "codecs", "schema", "models", "dialects", "statements", "context", "runner", "row_mapping", "pagination", "lists"},
    # Pages and iterations.
    "lists": {"dialects", "errors", "pagination", "lucene", "models", "row_mapping", "runner", "schema", "statements", "where"},
    "buckets": {"errors"},
    "adapters": {
        *GROUND,
        "buckets",
        "codecs",
        "schema",
        "models",
        "tables",
        "dialects",
        "context",
        "row_mapping",
        "pagination",
        "runner",
        "statements",
        "types",
        "crud",
        "where",
    },
    # Everything except the adapters: a migration must not depend on the code that uses the database.
    "migrations": {*GROUND, "codecs", "schema", "models", "tables", "dialects", "statements", "context", "crud"},
    "upkeep": {"adapters"},
    "doctor": {"adapters", "clock", "dialects", "errors", "migrations", "context", "statements", "tables", "upkeep"},
    "__init__": {"adapters", "clock", "dialects", "doctor", "errors", "ids", "pagination", "lucene", "migrations", "models", "crud"},
    # The command line, which covers the features of the Python API.
    "cli": {"adapters", "dialects", "doctor", "errors", "migrations", "models", "types", "upkeep"},
    "__main__": {"cli"},
    # The web frameworks only need the container, and the functions that open and migrate its database.
    "contrib": {*GROUND, "adapters", "dialects", "migrations"},
    # The test utilities need the same, with SQLite in memory, and the registry for the secret columns.
    "testing": {*GROUND, "adapters", "codecs", "dialects", "migrations", "context", "tables"},
}
"""The parts of the package that each part may import, including imports under ``TYPE_CHECKING``. A part is a module or a directory."""
LIBRARIES: dict[str, set[str]] = {
    "pypika": {"dialects", "statements", "migrations"},
    "pydantic": {"models", "row_mapping", "statements", "crud", "lists", "adapters", "migrations", "cli", "contrib"},
    "pydantic_core": {"models", "codecs", "row_mapping", "contrib"},
    "anyio": {"dialects", "migrations", "cli"},
    "typer": {"cli"},
    "rich": {"cli"},
    "argon2": {"cli"},
    "cryptography": {"cli"},
    "starlette": {"contrib"},
    "fastapi": {"contrib"},
    "litestar": {"contrib"},
}
"""The libraries, and the parts that may import them."""
DRIVERS = {
    "aiosqlite": "dialects/threads.py",
    "asyncpg": "dialects/postgresql.py",
    "aiomysql": "dialects/mysql_drivers.py",
    "asyncmy": "dialects/mysql_drivers.py",
    "pymysql": "dialects/mysql_drivers.py",
    "httpx": "dialects/d1.py",
}
"""The only file that may import each driver."""
TIME = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time"), ("time", "time_ns")}
FILES = sorted(PACKAGE.rglob("*.py"))
every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())


def name_of(path: Path) -> str:
    """Return the path of the file in the package."""
    return path.relative_to(PACKAGE).as_posix()


def part_of(path: Path) -> str:
    """Return the part of the package that a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def tree(path: Path) -> ast.Module:
    """Return the syntax tree of the file."""
    return ast.parse(path.read_text("utf-8"))


def imports(path: Path) -> Iterator[str]:
    """Yield the absolute names that a file imports, at the top level or inside functions."""
    package = ["authhero_sql", *path.relative_to(PACKAGE).parts[:-1]]
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{module}.{alias.name}" for alias in node.names)


def own_parts(path: Path) -> set[str]:
    """Return the other parts of the package that a file imports."""
    parts = {name.split(".")[1] for name in imports(path) if name.startswith("authhero_sql.")}
    return parts - {part_of(path)}


@every_file
def test_a_part_imports_only_what_it_may(path: Path) -> None:
    assert part_of(path) in MAY_IMPORT, "add the new part of the package to MAY_IMPORT"
    assert own_parts(path) <= MAY_IMPORT[part_of(path)]


@every_file
def test_an_entity_is_imported_from_its_module(path: Path) -> None:
    """Test that no part imports the package of the models, which loads all of them."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom):
            assert not (node.level and node.module == "models"), node.lineno


def test_no_two_parts_import_each_other() -> None:
    """Test that the table above has no cycles."""
    done: set[str] = set()
    left = dict(MAY_IMPORT)
    while left:
        ready = {part for part, needs in left.items() if needs <= done}
        assert ready, f"circular imports: {', '.join(sorted(left))}"
        done |= ready
        left = {part: needs for part, needs in left.items() if part not in ready}


@every_file
def test_a_driver_is_known_in_one_file(path: Path) -> None:
    for name in imports(path):
        owner = DRIVERS.get(name.split(".")[0])
        assert owner in (None, name_of(path)), name


@pytest.mark.parametrize("driver", [driver for driver, owner in DRIVERS.items() if (PACKAGE / owner).exists()])
def test_the_file_of_a_driver_imports_it_late(driver: str) -> None:
    path = PACKAGE / DRIVERS[driver]
    assert driver in {name.split(".")[0] for name in imports(path)}
    at_top = {
        name.split(".")[0]
        for node in tree(path).body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""])
    }
    assert driver not in at_top


@every_file
def test_a_library_is_known_where_it_is_needed(path: Path) -> None:
    for name in imports(path):
        allowed = LIBRARIES.get(name.split(".")[0])
        assert allowed is None or part_of(path) in allowed, name


@every_file
def test_no_engine_is_known_outside_the_dialects(path: Path) -> None:
    if part_of(path) != "dialects":
        engines = {f"authhero_sql.dialects.{Path(owner).stem}" for owner in DRIVERS.values()}
        assert not [name for name in imports(path) if name.rpartition(".")[0] in engines or name in engines]


@every_file
def test_no_engine_is_asked_its_name(path: Path) -> None:
    """Test that code checks features of an engine: ``if dialect.name ==`` shows that the dialect lacks an attribute."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Attribute) and node.left.attr == "name":
            owner = node.left.value
            assert not (isinstance(owner, ast.Name | ast.Attribute) and "dialect" in ast.unparse(owner)), node.lineno


def test_frozen_migrations_import_only_operations() -> None:
    frozen = [path for path in FILES if part_of(path) == "migrations" and path.stem[:1] == "m" and path.stem[1:5].isdigit()]
    assert len(frozen) >= 7
    for path in frozen:
        outside = {name for name in imports(path) if not name.startswith("authhero_sql.migrations.operations")}
        assert outside <= {"__future__.annotations"}, name_of(path)


@every_file
def test_the_time_and_chance_have_one_source(path: Path) -> None:
    if name_of(path) != "clock.py":
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                assert (node.value.id, node.attr) not in TIME, node.lineno
    chance = {name.split(".")[0] for name in imports(path)} & {"secrets", "uuid", "random"}
    # The random delay between retries is neither an ID nor a secret.
    allowed = {"ids.py": {"secrets"}, "dialects/managed.py": {"random"}}
    assert chance <= allowed.get(name_of(path), set())


@every_file
def test_no_assertions_prints_or_swallowed_errors(path: Path) -> None:
    for node in ast.walk(tree(path)):
        assert not isinstance(node, ast.Assert), node.lineno
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert called not in {"print", "breakpoint"}, node.lineno
            broad = {"Exception", "BaseException"} & {ast.unparse(argument) for argument in node.args}
            assert not (called.endswith("suppress") and broad), node.lineno
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, node.lineno
            assert not all(isinstance(step, ast.Pass) for step in node.body), node.lineno


@every_file
def test_text_that_is_sql_is_never_formatted_with_values(path: Path) -> None:
    """Test that f-strings are only used in modules that build SQL, because elsewhere they could put a value into a statement."""
    if part_of(path) not in {"adapters", "crud", "lists", "pagination", "row_mapping", "context"}:
        return
    words = ("SELECT ", "INSERT ", "UPDATE ", "DELETE ", " WHERE ")
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.JoinedStr):
            literal = "".join(part.value for part in node.values if isinstance(part, ast.Constant) and isinstance(part.value, str))
            assert not literal.startswith(words), node.lineno


def test_imports_are_seen_wherever_they_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    source = "import a.b\nfrom . import c\nfrom ..d import e\n\ndef f():\n    import asyncpg\n"
    path = PACKAGE / "adapters" / "__init__.py"
    monkeypatch.setattr(Path, "read_text", lambda *_: source)
    assert set(imports(path)) == {"a.b", "authhero_sql.adapters.c", "authhero_sql.d.e", "asyncpg"}
