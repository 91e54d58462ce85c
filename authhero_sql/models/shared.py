"""What modules share that need not load each other."""

from collections.abc import Callable, Mapping
from typing import Any, Literal, get_args

__all__ = ["OrganizationUsage", "RedirectTarget", "ResponseMode", "ResponseType"]

OrganizationUsage = Literal["deny", "allow", "require"]
RedirectTarget = Literal["change-email", "account", "custom"]
ResponseMode = Literal["query", "fragment", "form_post", "web_message", "saml_post"]
ResponseType = Literal["token", "id_token", "id_token token", "code", "code id_token", "code token", "code id_token token"]

GENERAL = "other"
"""The tag of what is not known here."""


def kind_of(union: Any) -> Callable[[Any], str]:
    """Tells the members of a union apart by ``type``; what is tagged with no such type is the general one."""
    known = {tag.tag for member in get_args(union) for tag in get_args(member)[1:]}

    def kind(value: Any) -> str:
        found = value.get("type") if isinstance(value, Mapping) else getattr(value, "type", None)
        return found if isinstance(found, str) and found in known else GENERAL

    return kind
