"""Write ``authhero_sql/adapters/properties.py``: the property of each adapter, derived from the adapter classes.

Run ``python scripts/write_adapters.py`` after an adapter is added or its docstring changes. A test compares the file with the output of
this script.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

ROOT = Path(__file__).parent.parent
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from authhero_sql import adapters  # noqa: E402  # only now the package can be imported
from scripts.formatting import formatted  # noqa: E402

PATH = ROOT / "authhero_sql" / "adapters" / "properties.py"
HEAD = '''"""The adapters by name. ``scripts/write_adapters.py`` writes this file from the adapter classes; do not edit it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ..context import Context

if TYPE_CHECKING:
%s


class AdapterProperties:
    """A property for each adapter. Each adapter is created, and its module imported, when it is first used."""

    def __init__(self, context: Context) -> None:
        self.context = context
'''
PROPERTY = '''
    @cached_property
    def {name}(self) -> {kind}:
        """{summary}"""
        from .{module} import {kind}

        return {kind}(self.context)
'''


def classes() -> Mapping[str, type[Any]]:
    """Return the public adapter classes by the name of their property."""
    found: dict[str, type[Any]] = {}
    for module in iter_modules(adapters.__path__):
        for kind in vars(import_module(f"authhero_sql.adapters.{module.name}")).values():
            if not inspect.isclass(kind) or kind.__module__ != f"authhero_sql.adapters.{module.name}" or kind.__name__.startswith("_"):
                continue
            table = getattr(kind, "table", None)
            name = getattr(kind, "attribute", "") or getattr(table, "name", "")
            if name:
                found[name] = kind
    return dict(sorted(found.items()))


def text() -> str:
    """Return the content of the file."""
    found = classes()
    modules: dict[str, list[str]] = {}
    properties = []
    for name, kind in found.items():
        module = kind.__module__.rpartition(".")[2]
        modules.setdefault(module, []).append(kind.__name__)
        summary = " ".join((inspect.getdoc(kind) or "").partition("\n\n")[0].split())
        properties.append(PROPERTY.format(name=name, kind=kind.__name__, module=module, summary=summary))
    imports = "\n".join(f"    from .{module} import {', '.join(sorted(names))}" for module, names in sorted(modules.items()))
    return formatted(HEAD % imports + "".join(properties), PATH)


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
