"""The cost of a start, measured in loaded modules and created adapters. The benchmarks measure its time."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

import authhero_sql
from authhero_sql import Adapters, connect, create_adapters
from authhero_sql.adapters.properties import AdapterProperties
from authhero_sql.context import Context
from tests.kinds import adapter_classes
from tests.unit.fakes import DIALECTS, FakeDatabase

REQUIRED = {"annotated_types", "anyio", "pydantic", "pydantic_core", "pypika", "typing_extensions", "typing_inspection"}
"""The packages that the import may load: the dependencies in pyproject.toml and their dependencies."""
LATER = re.compile(
    r"sqlite3|authhero_sql\.(cli|dialects\.(sqlite|postgresql|mysql|d1)|migrations\.m\d.*|adapters\.(?!properties$)\w+|models\.(?!base$)\w+)"
)
"""The modules that must not be loaded before a database is opened or migrated, an adapter is used, or the command line runs."""
MODULES = 300
"""The maximum number of modules that the import loads. It usually loads 267; a framework would exceed the limit."""


def loaded_modules(program: str) -> list[str]:
    """Return the modules that a program loads, in a new process."""
    # The package need not be installed in the directory in which the tests were started.
    root = Path(authhero_sql.__file__).parents[1]
    watched = f"import json, sys\nbefore = set(sys.modules)\n{program}\nprint(json.dumps(sorted(set(sys.modules) - before)))"
    done = subprocess.run([sys.executable, "-c", watched], check=True, capture_output=True, text=True, cwd=root)
    return [str(name) for name in json.loads(done.stdout)]


@pytest.fixture(scope="module")
def at_once() -> list[str]:
    return loaded_modules("import authhero_sql")


def fake() -> Adapters:
    """Return adapters over a fake database."""
    return Adapters(Context.of(FakeDatabase(DIALECTS["sqlite"])))


def created_adapters(adapters: Adapters) -> set[str]:
    """Return the adapters that have been created."""
    return vars(adapters).keys() - {"context"}


# --- the import ------------------------------------------------------------------------------------------------------------------


def test_importing_loads_no_driver_and_no_more_than_is_required(at_once: list[str]) -> None:
    roots = {name.partition(".")[0] for name in at_once if not name.startswith("_")}
    assert roots - sys.stdlib_module_names - REQUIRED == {"authhero_sql"}


def test_importing_leaves_engines_entities_and_migrations_for_later(at_once: list[str]) -> None:
    assert [name for name in at_once if LATER.fullmatch(name)] == []


def test_importing_loads_few_modules(at_once: list[str]) -> None:
    assert len(at_once) <= MODULES


def test_a_page_brings_no_other_model() -> None:
    found = loaded_modules(
        "from authhero_sql import Page; from authhero_sql.models.base import Instant; import authhero_sql.models as m; repr(m)"
    )
    assert [name for name in found if name.startswith("authhero_sql.models.")] == ["authhero_sql.models.base"]


@pytest.mark.parametrize("asked", ["from authhero_sql.models import User", "from authhero_sql.models import *\nUser"])
def test_the_first_entity_brings_all(asked: str) -> None:
    found = loaded_modules(f"{asked}\nassert User.model_fields")
    modules = {f"authhero_sql.models.{path.stem}" for path in Path(authhero_sql.__file__).parent.glob("models/[a-z]*.py")}
    assert {name for name in found if name.startswith("authhero_sql.models.")} == modules


def test_an_adapter_brings_its_own_models() -> None:
    program = "from authhero_sql.adapters.codes import Codes"
    models = [name for name in loaded_modules(program) if re.fullmatch(r"authhero_sql\.models\.\w+", name)]
    assert models == ["authhero_sql.models.base", "authhero_sql.models.codes"]


# --- the adapters ----------------------------------------------------------------------------------------------------------------


async def test_an_adapter_is_made_when_it_is_used() -> None:
    async with connect("sqlite://:memory:") as db:
        adapters = await create_adapters(db)
        assert created_adapters(adapters) == set()
        assert adapters.users is adapters.users
        assert created_adapters(adapters) == {"users"}


async def test_a_transaction_makes_what_is_used_in_it() -> None:
    adapters = fake()
    async with adapters.transaction() as tx:
        await tx.codes.get("acme", "c1", "otp")
        assert created_adapters(tx) == {"codes"}
    async with adapters.batch() as batch:
        assert created_adapters(batch) == set()
    assert created_adapters(adapters.independent()) == created_adapters(adapters) == set()


def test_every_adapter_is_shown_and_documented() -> None:
    shown = set(dir(fake()))
    assert adapter_classes().keys() <= shown
    documented: dict[str, Any] = {name: value for name, value in vars(AdapterProperties).items() if isinstance(value, cached_property)}
    assert [name for name, value in documented.items() if not (value.__doc__ or "").endswith(".")] == []
