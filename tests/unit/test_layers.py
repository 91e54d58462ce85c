"""Who may import whom, read from the source: each layer only what stands below it, a driver only where it belongs."""

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
    # The entities know how an instant is written and nothing of how it is stored.
    "models": {"clock"},
    "tables": {"schema", "codecs"},
    # No engine knows a table: of the schema only the words for columns and indexes.
    "dialects": {"errors", "schema"},
    # The first room: what is said, and nothing that could say it.
    "statements": {"codecs", "dialects", "errors", "pagination", "lucene", "row_mapping", "schema"},
    # Which table an error is about: a call of one adapter may write to the tables of others.
    "error_details": {"dialects", "errors", "schema", "tables"},
    "context": {*GROUND, "dialects", "error_details", "schema", "statements"},
    "row_mapping": {*GROUND, "codecs", "schema"},
    "pagination": {*GROUND, "schema", "codecs"},
    # The language knows nothing of what it is asked about.
    "lucene": {"errors"},
    # What callers write, on the way to the same tree.
    "where": {"errors", "lucene"},
    # Loaded by nobody but callers: the adapters name it for type checkers.
    "types": {"models", "row_mapping", "where"},
    "runner": {"dialects", "errors", "error_details", "schema", "context"},
    # The second room: what is done with what is said.
    "crud": {*GROUND, "codecs", "schema", "models", "dialects", "statements", "context", "runner", "row_mapping", "pagination", "lists"},
    # The third: pages and walks.
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
    # All but the adapters: what migrates a database must not depend on what runs on it.
    "migrations": {*GROUND, "codecs", "schema", "models", "tables", "dialects", "statements", "context", "crud"},
    "upkeep": {"adapters"},
    "doctor": {"adapters", "clock", "dialects", "errors", "migrations", "context", "statements", "tables", "upkeep"},
    "__init__": {"adapters", "clock", "dialects", "doctor", "errors", "ids", "pagination", "lucene", "migrations", "models", "crud"},
    # What a user can do in Python, and how a user calls it.
    "cli": {"adapters", "dialects", "doctor", "errors", "migrations", "models", "types", "upkeep"},
    "__main__": {"cli"},
    # What frameworks need: the container, and what opens and migrates its database.
    "contrib": {*GROUND, "adapters", "dialects", "migrations"},
    # What tests need: the same, over SQLite in memory, whose registry says what is secret.
    "testing": {*GROUND, "adapters", "codecs", "dialects", "migrations", "context", "tables"},
}
"""What each part of the package may import of the others; a part is a module or a folder. ``TYPE_CHECKING`` is no excuse."""
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
"""What the package is made with, and the parts that may know of it."""
DRIVERS = {
    "aiosqlite": "dialects/threads.py",
    "asyncpg": "dialects/postgresql.py",
    "aiomysql": "dialects/mysql_drivers.py",
    "asyncmy": "dialects/mysql_drivers.py",
    "pymysql": "dialects/mysql_drivers.py",
    "httpx": "dialects/d1.py",
}
"""The one file that knows a driver."""
TIME = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time"), ("time", "time_ns")}
FILES = sorted(PACKAGE.rglob("*.py"))
every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())


def name_of(path: Path) -> str:
    """The file's place in the package."""
    return path.relative_to(PACKAGE).as_posix()


def part_of(path: Path) -> str:
    """The part of the package that a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def tree(path: Path) -> ast.Module:
    """The file's syntax."""
    return ast.parse(path.read_text("utf-8"))


def imports(path: Path) -> Iterator[str]:
    """The absolute names that a file imports, at the top or inside a function."""
    package = ["authhero_sql", *path.relative_to(PACKAGE).parts[:-1]]
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{module}.{alias.name}" for alias in node.names)


def own_parts(path: Path) -> set[str]:
    """The other parts of the package that a file imports."""
    parts = {name.split(".")[1] for name in imports(path) if name.startswith("authhero_sql.")}
    return parts - {part_of(path)}


@every_file
def test_a_part_imports_only_what_it_may(path: Path) -> None:
    assert part_of(path) in MAY_IMPORT, "a new part of the package needs its line in MAY_IMPORT"
    assert own_parts(path) <= MAY_IMPORT[part_of(path)]


@every_file
def test_an_entity_is_imported_from_its_module(path: Path) -> None:
    """The package of the models loads all of them, which is for users."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom):
            assert not (node.level and node.module == "models"), node.lineno


def test_no_two_parts_import_each_other() -> None:
    """The table itself has an order."""
    done: set[str] = set()
    left = dict(MAY_IMPORT)
    while left:
        ready = {part for part, needs in left.items() if needs <= done}
        assert ready, f"these need one another: {', '.join(sorted(left))}"
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
    """Code asks a feature; whoever needs ``if dialect.name ==`` lacks a word in the dialect."""
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
    # Between two tries: no id, no secret.
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
    """An f-string in a module that only adapters and verbs see would be the way for a value into a text."""
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
