"""The descriptions of the models' fields, in editors and in JSON schemas."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

import authhero_sql
from authhero_sql import models
from authhero_sql.models import ActionInsert, ClientInsert, ImportMetadata, Page, User, UserInsert
from authhero_sql.models.base import DocumentedModel, field_descriptions

MODELS = [value for name in dir(models) if isinstance(value := getattr(models, name), type) and issubclass(value, BaseModel)]


def properties(schema: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every property in a JSON schema, at any depth, with its path."""
    for model in ({**schema.get("$defs", {}), schema["title"]: schema}).values():
        for name, found in model.get("properties", {}).items():
            yield f"{model.get('title', at)}.{name}", found


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_field_has_a_description_of_one_sentence(model: type[BaseModel]) -> None:
    assert issubclass(model, DocumentedModel)
    described = field_descriptions(model)
    assert model.model_fields.keys() - described.keys() == set()
    assert [text for text in described.values() if not (text[0].isupper() and text.endswith(".") and "\n" not in text)] == []


@pytest.mark.parametrize("by_alias", [True, False])
def test_json_schema_has_the_descriptions(by_alias: bool) -> None:
    schemas = [model.model_json_schema(by_alias=by_alias) for model in (UserInsert, ActionInsert, ClientInsert, ImportMetadata)]
    schemas += [Page[User].model_json_schema(by_alias=by_alias), User.model_json_schema(mode="serialization", by_alias=by_alias)]
    found = [each for schema in schemas for each in properties(schema)]
    assert len(found) > 200
    assert [place for place, described in found if "description" not in described] == []


def test_a_field_keeps_the_description_of_the_one_that_it_overrides() -> None:
    assert field_descriptions(ActionInsert)["name"] == "The name of the action."
    assert ActionInsert.model_json_schema()["properties"]["name"]["description"] == "The name of the action."


def test_whoever_extends_a_model_describes_its_fields_likewise() -> None:
    assert Extended.model_json_schema()["properties"]["favorite"]["description"] == "The favorite color."
    assert Extended.model_json_schema()["properties"]["email"]["description"] == field_descriptions(User)["email"]


class Extended(User):
    favorite: str
    """The favorite color."""
    plain: str


def test_a_package_without_source_has_schemas_without_descriptions() -> None:
    program = """
import inspect

def missing(*_):
    raise OSError("could not get source code")

inspect.getsource = missing
from authhero_sql.models import Role
print(sorted(Role.model_json_schema()["properties"]))
"""
    root = Path(authhero_sql.__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, cwd=root)
    assert "created_at" in done.stdout
