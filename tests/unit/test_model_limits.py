"""The limits of the columns in the JSON schemas of the models, compared with the registry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from pydantic import BaseModel

from authhero_sql.codecs import INT, INT32, TEXT
from authhero_sql.crud.adapter import Adapter
from authhero_sql.models import Role, RoleInsert, UserInsert
from authhero_sql.schema import Column
from tests.kinds import entities

Schema = Mapping[str, Any]


def alternatives(schema: Schema, definitions: Mapping[str, Schema]) -> Iterator[Schema]:
    """Return the alternatives of a schema, except null."""
    if "$ref" in schema:
        yield from alternatives(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    elif "anyOf" in schema:
        for each in schema["anyOf"]:
            yield from alternatives(each, definitions)
    elif schema.get("type") != "null":
        yield schema


def property_of(model: type[BaseModel], column: Column) -> Iterator[Schema]:
    """Return the JSON schema of the field that a column stores."""
    root = model.model_json_schema()
    found: list[Schema] = [root]
    for part in column.public.split("."):
        found = [
            each
            for schema in found
            if part in schema.get("properties", {})
            for each in alternatives(schema["properties"][part], root.get("$defs", {}))
        ]
    yield from found


@pytest.mark.parametrize("kind", entities().values(), ids=lambda kind: kind.table.name)
def test_a_field_says_what_its_column_holds(kind: type[Adapter[Any]]) -> None:
    writer = kind._make_writer()
    wrong = []
    for column in kind.table.columns:
        for model in (writer.insert, writer.update_model):
            for said in property_of(model, column):
                if column.codec is TEXT and column.size and not column.truncate and not {"enum", "const"} & said.keys():
                    # The contract may have a lower limit than the column.
                    fits = 0 < said.get("maxLength", 0) <= column.size
                elif column.codec is INT:
                    fits = said.get("minimum", -INT32 - 1) >= -INT32 and said.get("maximum", INT32) < INT32
                elif column.truncate or (column.codec is TEXT and column.size is None and column.public != "code"):
                    fits = "maxLength" not in said
                else:
                    continue
                if not fits:
                    wrong.append(f"{model.__name__}.{column.public}: {said}")
    assert wrong == []


def test_what_is_stored_may_be_longer() -> None:
    stored = {"id": "r" * 300, "name": "n" * 300}
    assert Role.model_validate(stored).name == "n" * 300
    assert "maxLength" not in str(UserInsert.model_json_schema(mode="serialization"))
    assert Role.model_json_schema(mode="serialization")["properties"]["name"].keys() == {"description", "title", "type"}
    assert RoleInsert.model_json_schema()["properties"]["name"]["maxLength"] == 50
