"""Forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel

from ..models.forms import Form, FormInsert
from ..pagination import ListRules
from ..schema import Column
from ..tables import FORMS
from .mixins import StandardAdapter

if TYPE_CHECKING:
    from ..types import FormCreate, FormUpdate, FormWhere

FORM = FORMS.c

UNREADABLE = "AuthHero cannot read this field from the database, and fails to list the forms of the tenant"
"""AuthHero decodes the JSON of ``nodes``, ``start`` and ``ending`` only. In the other columns it finds text where it expects objects."""


class Forms(StandardAdapter[Form, FormInsert, "FormCreate", "FormUpdate", "FormWhere"]):
    """Forms (Auth0: forms).

    ``messages``, ``languages``, ``translations`` and ``style`` are refused: AuthHero could no longer list the tenant's
    forms.
    """

    table = FORMS
    model = Form
    insert: type[BaseModel] | None = FormInsert
    refused: ClassVar[Mapping[str, str]] = dict.fromkeys(("messages", "languages", "translations", "style"), UNREADABLE)
    id_column: ClassVar[Column | None] = FORM.id
    rules: ClassVar[ListRules] = ListRules(wire="forms", fields=("id", "name"), search=("name",))
