"""Write ``authhero_sql/types.py``: the typed dictionaries that callers write, derived from the adapters and their tables.

Run ``python scripts/write_types.py`` after a change of a field, a model, or what a list is filtered by. A test compares the file with
what this writes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any


class Unwritten(ModuleType):
    """Stands for the file that is to be written: a new adapter names what is not there yet."""

    def __getattr__(self, name: str) -> Any:
        return Any


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))
    sys.modules["authhero_sql.types"] = Unwritten("authhero_sql.types")

# Only now: the adapters import what is to be written.
from authhero_sql.codecs import BOOL, EPOCH_MS, FLAG, INSTANT, INT, MARK, SWITCH, TEXT  # noqa: E402
from authhero_sql.verbs.adapter import Adapter  # noqa: E402
from tests.kinds import kinds  # noqa: E402

PATH = Path(__file__).parent.parent / "authhero_sql" / "types.py"
HEAD = '''"""The typed dictionaries that callers write: conditions of lists.

``scripts/write_types.py`` writes this file from the adapters and their tables; do not edit it.
"""

# Not as strings: TypedDict would compile each of them when the module is imported.

from datetime import date, datetime
from typing import TypeAlias, TypedDict

from .where import Condition

TextIs: TypeAlias = str | Condition[str] | None
"""Text that must be equal, or a condition for it; None for no value."""
NumberIs: TypeAlias = int | Condition[int] | None
"""A number that must be equal, or a condition for it; None for no value."""
TruthIs: TypeAlias = bool | Condition[bool] | None
"""What must be true or false; None for no value."""
InstantIs: TypeAlias = datetime | date | str | Condition[datetime] | Condition[date] | Condition[str] | None
"""An instant, a day or the ISO 8601 text of either, or a condition for it; None for no value."""
'''
KINDS = {
    TEXT: "TextIs",
    INT: "NumberIs",
    **dict.fromkeys((BOOL, FLAG, MARK, SWITCH), "TruthIs"),
    **dict.fromkeys((INSTANT, EPOCH_MS), "InstantIs"),
}


def filtered() -> Iterator[type[Adapter[Any]]]:
    """The adapters whose lists can be filtered, by the name of what they list."""
    found = [kind for kind in kinds().values() if issubclass(kind, Adapter) and kind.rules is not None and kind.rules.fields]
    yield from sorted(found, key=lambda kind: kind.model.__name__)


def where(kind: type[Adapter[Any]]) -> str:
    """The conditions of an adapter's list."""
    name, wire = kind.model.__name__, kind.rules.wire if kind.rules else ""
    lines = [f"    {field}: {KINDS[target.column.codec]}" for field, target in kind._targets().items()]
    return "\n".join([f"class {name}Where(TypedDict, total=False):", f'    """The fields by which ``{wire}`` are filtered."""', "", *lines])


def text() -> str:
    """The whole file."""
    return "\n\n\n".join([HEAD.rstrip(), *map(where, filtered())]) + "\n"


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
