"""Forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel

from ..listing import ListRules
from ..models.forms import Form, FormInsert
from ..schema import Column
from ..tables import FORMS
from .mixins import StandardAdapter

if TYPE_CHECKING:
    from ..types import FormCreate, FormUpdate, FormWhere

FORM = FORMS.c

UNREADABLE = "AuthHero reads no stored form of it, and one such form makes its list fail for the whole tenant"
"""Its reader takes the JSON of ``nodes``, ``start`` and ``ending`` apart and wants objects in these columns, where there is text."""


class Forms(StandardAdapter[Form, FormInsert, "FormCreate", "FormUpdate", "FormWhere"]):
    """Forms (Auth0: forms).

    ``messages``, ``languages``, ``translations`` and ``style`` are refused: AuthHero could no longer list the tenant's forms.
    """

    table = FORMS
    model = Form
    insert: type[BaseModel] | None = FormInsert
    refused: ClassVar[Mapping[str, str]] = dict.fromkeys(("messages", "languages", "translations", "style"), UNREADABLE)
    id_column: ClassVar[Column | None] = FORM.id
    rules: ClassVar[ListRules] = ListRules(wire="forms", fields=("id", "name"), search=("name",))
