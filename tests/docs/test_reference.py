"""The generated reference contains all public names, and every link of the README is valid."""

from __future__ import annotations

import inspect
import re
from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import is_typeddict

import pytest

import authhero_sql
from authhero_sql import types as dictionaries
from authhero_sql.models.logs import LogType
from authhero_sql.tables import REGISTRY
from authhero_sql.testing import build
from scripts.diagram import draw_tables
from scripts.reference import (
    GROUPS,
    constraint_notes,
    error_classes,
    log_type_meanings,
    methods_without_batch,
    pages,
    public_methods,
    table_groups,
)
from tests.kinds import adapter_classes

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    return dict(pages())


def test_every_adapter_has_one_topic() -> None:
    named = [name for names in GROUPS.values() for name in names]
    assert sorted(named) == sorted(adapter_classes())


def test_every_table_has_one_topic() -> None:
    named = [table.name for tables in table_groups().values() for table in tables]
    assert sorted(named) == sorted(REGISTRY)


def test_what_many_adapters_inherit_is_described_once(written: dict[str, str]) -> None:
    shared = Counter(function for kind in adapter_classes().values() for function in set(public_methods(kind).values()))
    common = {function.__name__ for function, number in shared.items() if number > 5}
    assert {"get", "get_one", "exists", "remove", "create", "update", "list"} <= common
    assert {name for name in common if f"\n## {name}\n" not in written["adapters/shared.md"]} == set()


def test_every_method_is_described(written: dict[str, str]) -> None:
    text = "\n".join(page for name, page in written.items() if name.startswith("adapters/"))
    for name, kind in adapter_classes().items():
        for method in public_methods(kind):
            assert f"{{py:method}} {name}.{method}(" in text


def test_no_internal_name_stands_in_a_signature(written: dict[str, str]) -> None:
    lines = [line for name, page in written.items() if name.startswith("adapters/") for line in page.splitlines()]
    signatures = [line for line in lines if re.match(r"`+\{py:(method|function)\}", line)]
    assert len(signatures) > 300
    assert [line for line in signatures if re.search(r"\b(Unchecked|Expected|~?[MICUW])\b(?!\w*=)", line)] == []


def test_every_error_log_type_and_export_is_described(written: dict[str, str]) -> None:
    for error in error_classes():
        assert f"{{py:exception}} {error.__name__}\n" in written["exceptions.md"]
    for each in LogType:
        assert f"`{each.value}`" in written["log-types.md"]
    everything = "\n".join(written.values())
    for name in authhero_sql.__all__:
        if not name.startswith("_"):
            assert re.search(rf"\{{py:\w+\}} {re.escape(name)}\b", everything), name


def test_blocks_of_code_in_docstrings_are_blocks_on_the_page(written: dict[str, str]) -> None:
    for name, page in written.items():
        assert "code-block::" not in page, name
        assert not re.search(r"(?<!`)``(?!`)", page), name
    for name in ("where", "contrib"):
        assert "\n```python\n" in written[f"{name}.md"]
    assert "from authhero_sql.where import any_of, gt, startswith\n" in written["where.md"]


def test_builders_and_typed_dictionaries_are_described(written: dict[str, str]) -> None:
    for name, value in vars(build).items():
        if inspect.isfunction(value) and not name.startswith("_"):
            assert f"{{py:function}} build.{name}(" in written["build.md"]
    for name, value in vars(dictionaries).items():
        if is_typeddict(value) and not name.startswith("_") and value.__module__ == dictionaries.__name__:
            assert f"{{py:class}} {name}\n" in written["types.md"]
    log = written["types.md"].partition("{py:class} LogCreate\n")[2].partition("````")[0]
    assert "Required: `type`, `date`, `is_mobile` or `isMobile`.\n" in log


def test_every_log_type_has_a_meaning() -> None:
    meanings = log_type_meanings()
    assert meanings.keys() == {each.name for each in LogType}
    assert [text for text in meanings.values() if not (text[0].isupper() and text.endswith("."))] == []


def test_the_guide_of_batches_names_the_methods_that_a_batch_does_not_have() -> None:
    limitations = (ROOT / "docs" / "guides" / "batches.md").read_text("utf-8").partition("## Limitations")[2]
    assert [name for name in methods_without_batch() if f"`{name}`" not in limitations] == []


def test_constraints_are_written_in_words() -> None:
    assert list(constraint_notes("min_length=2, max_length=2")) == ["exactly 2 characters"]
    assert list(constraint_notes("min_length=1, pattern='^[a-z]+$'")) == ["at least 1 character", "matches `^[a-z]+$`"]
    assert list(constraint_notes("max_length=100_000")) == ["at most 100,000 characters"]
    assert list(constraint_notes("ge=0, le=600")) == ["0 to 600"]
    assert list(constraint_notes("ge=0")) == ["at least 0"]


def test_secrets_and_limits_of_fields_are_named(written: dict[str, str]) -> None:
    users = written["models/users.md"]
    assert re.search(r"`password` \| `str` \| .*secret", users)
    assert re.search(r"`nickname` \| `str \\\| None` \| .*at most 255 characters", users)


def test_every_reference_is_an_arrow_between_boxes_that_lie_apart() -> None:
    for tables in table_groups().values():
        picture = draw_tables(tables, REGISTRY)
        references = [each for table in tables for each in table.foreign_keys if each.references != "tenants"]
        assert picture.count('class="edge"') == len(references)
        found = re.findall(r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"', picture)
        boxes = [tuple(map(float, box)) for box in found]
        assert len(boxes) >= len(tables)
        for (x, y, width, height), (left, top, across, down) in combinations(boxes, 2):
            assert x + width < left or left + across < x or y + height < top or top + down < y


def test_the_properties_of_models_and_classes_are_described(written: dict[str, str]) -> None:
    rotation = written["models/sessions.md"].partition("## RefreshTokenRotation")[2].partition("\n## ")[0]
    assert "| `reused` | `bool` | Whether reuse was detected" in rotation
    assert "| `descending` | `bool` |" in written["database.md"].partition("{py:class} Sort")[2].partition("````")[0]


def test_context_managers_are_shown_as_such(written: dict[str, str]) -> None:
    for name in ("transaction", "batch"):
        found = re.search(rf"\{{py:method\}} Adapters\.{name}\(\) -> (.*)\n(.*)", written["database.md"])
        assert found is not None
        assert found.groups() == ("AbstractAsyncContextManager[Adapters]", "")
    assert ") -> AbstractContextManager[Adapters]\n" in written["testing.md"]
    assert "users.iterate(" in written["adapters/people.md"]
    assert "-> AsyncIterator[User]\n:async:\n" in written["adapters/people.md"]


def test_the_links_of_the_readme_lead_somewhere() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
        if not target.startswith("https://"):
            assert (ROOT / target).exists(), target
