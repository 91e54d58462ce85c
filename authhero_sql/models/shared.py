"""Definitions that several modules share without importing each other."""

from collections.abc import Callable, Mapping
from typing import Any, Literal, get_args

__all__ = ["OrganizationUsage", "RedirectTarget", "ResponseMode", "ResponseType"]

OrganizationUsage = Literal["deny", "allow", "require"]
RedirectTarget = Literal["change-email", "account", "custom"]
ResponseMode = Literal["query", "fragment", "form_post", "web_message", "saml_post"]
ResponseType = Literal["token", "id_token", "id_token token", "code", "code id_token", "code token", "code id_token token"]

GENERIC_TAG = "other"
"""The tag of the member of a union that accepts unknown types."""


def type_discriminator(union: Any) -> Callable[[Any], str]:
    """Return a discriminator function for a union whose members are tagged with their ``type``.

    The function returns the type of a value, or ``GENERAL`` if no member has this type.
    """
    known = {tag.tag for member in get_args(union) for tag in get_args(member)[1:]}

    def kind(value: Any) -> str:
        tag = value.get("type") if isinstance(value, Mapping) else getattr(value, "type", None)
        return tag if isinstance(tag, str) and tag in known else GENERIC_TAG

    return kind
