"""Builds small valid inputs for every entity: ``users.create`` accepts ``build.user(email="ada@acme.example")``.

Each function returns a mapping of the required fields; keyword arguments add fields or replace them. The first argument is the row's
name or id where the caller chooses one: ``build.user("grace")``. References point to the defaults of the other functions: a session
belongs to ``build.user()`` and its client is ``build.client()``.
"""

from __future__ import annotations

from typing import Any

from .rows import *


def tenant(name: str = "acme", /, **fields: Any) -> dict[str, Any]:
    """Build a tenant."""
    return {"id": name, "friendly_name": name, **fields}
