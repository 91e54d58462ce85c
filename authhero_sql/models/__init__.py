"""The entities, as pydantic models: Python names in snake_case, the wire names as aliases.

Each module says in its ``__all__`` what it has for users, who import all of it from here. None is loaded before a name is asked for,
and then all are: an import of the package should not pay for entities that nobody uses. Inside the package a name is imported from
its module.

The modules do without ``from __future__ import annotations``: pydantic would compile each annotation when it is loaded.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .actions import *
    from .analytics import *
    from .audit import *
    from .authentication_methods import *
    from .base import *
    from .branding import *
    from .clients import *
    from .codes import *
    from .connections import *
    from .domains import *
    from .emails import *
    from .flows import *
    from .forms import *
    from .keys import *
    from .logs import *
    from .operations import *
    from .organizations import *
    from .permissions import *
    from .scim import *
    from .sessions import *
    from .shared import *
    from .streams import *
    from .tenants import *
    from .users import *
else:
    # Where a type checker could see it, every name would be right.
    def __getattr__(name: str) -> object:
        """Load the names of all modules when the first of them is asked for."""
        if name == "__all__" or not name.startswith("_"):
            globals().update(_exported())
        try:
            return globals()[name]
        except KeyError:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None

    def __dir__() -> list[str]:
        return sorted({*globals(), *__getattr__("__all__")})


def _exported() -> dict[str, object]:
    """What the modules export, and ``__all__``."""
    from importlib import import_module
    from pkgutil import iter_modules

    modules = [import_module(f".{module.name}", __name__) for module in iter_modules(__path__)]
    names = {name: getattr(module, name) for module in modules for name in module.__all__}
    return {**names, "__all__": sorted(names)}
