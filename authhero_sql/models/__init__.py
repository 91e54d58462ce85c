"""The entities as pydantic models, with Python names in snake_case and the wire names as aliases.

This package exports every name in the ``__all__`` of its modules. The modules are loaded together when the first name is accessed, so
that importing the package stays cheap for applications that do not use the models. Code inside the package imports a name directly
from its module.

The modules do not use ``from __future__ import annotations``, because pydantic would then compile every annotation at import time.
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
    # Hidden from type checkers, which would otherwise accept any name.
    def __getattr__(name: str) -> object:
        """Load the names of all modules when the first name is accessed."""
        if name == "__all__" or not name.startswith("_"):
            globals().update(_exported())
        try:
            return globals()[name]
        except KeyError:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None

    def __dir__() -> list[str]:
        return sorted({*globals(), *__getattr__("__all__")})


def _exported() -> dict[str, object]:
    """Return the names that the modules export, and ``__all__``."""
    from importlib import import_module
    from pkgutil import iter_modules

    modules = [import_module(f".{module.name}", __name__) for module in iter_modules(__path__)]
    names = {name: getattr(module, name) for module in modules for name in module.__all__}
    return {**names, "__all__": sorted(names)}
