"""Small valid inputs for every entity: ``build.user(email="ada@acme.example")`` is what ``users.create`` takes.

Each function gives a mapping with what the entity needs; fields by keyword are added, or put in the place of what it has. Where a row has
a name or an id of its own, that is the first argument: ``build.user("grace")``. What refers to something else refers to what the other
functions build by themselves: a session is that of ``build.user()``, and its client is ``build.client()``.
"""

from __future__ import annotations

from typing import Any

from .rows import *


def tenant(name: str = "acme", /, **fields: Any) -> dict[str, Any]:
    """A tenant."""
    return {"id": name, "friendly_name": name, **fields}
