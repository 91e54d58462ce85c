"""Builders of minimal valid input for every entity, such as ``users.create("acme", build.user(email="ada@acme.example"))``.

Each function returns a dictionary with the required fields. Keyword arguments add or replace fields. The first positional argument, if
there is one, is the name or the ID of the entity, or the ID of the entity that it belongs to. References use the defaults of the other
functions: a session belongs to ``build.user()`` and has the client ``build.client()``.
"""

from __future__ import annotations

from typing import Any

from .rows import *


def tenant(name: str = "acme", /, **fields: Any) -> dict[str, Any]:
    """Build a tenant."""
    return {"id": name, "friendly_name": name, **fields}
