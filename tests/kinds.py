"""The adapter classes, and the models of each table."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, cached_property
from typing import Any

from pydantic import BaseModel

from authhero_sql import Adapters
from authhero_sql.adapters.properties import AdapterProperties
from authhero_sql.context import Context
from authhero_sql.crud.adapter import Adapter
from authhero_sql.schema import Table
from tests.unit.fakes import DIALECTS, FakeDatabase


@cache
def adapter_classes() -> Mapping[str, type[Any]]:
    """Return the class of every adapter by its attribute name, in the order of the container."""
    adapters = Adapters(Context.of(FakeDatabase(DIALECTS["sqlite"])))
    return {name: type(getattr(adapters, name)) for name, value in vars(AdapterProperties).items() if isinstance(value, cached_property)}


@cache
def entities() -> Mapping[str, type[Adapter[Any]]]:
    """Return the adapter of every table whose rows are entities, by the name of the table."""
    # An adapter with another view of a table has an attribute name of its own.
    return {kind.table.name: kind for kind in adapter_classes().values() if issubclass(kind, Adapter) and not kind.attribute}


def model_of(table: Table[Any]) -> type[BaseModel]:
    """Return the model of the rows of a table."""
    model: type[BaseModel] = entities()[table.name].model
    return model


def insert_of(table: Table[Any]) -> type[BaseModel]:
    """Return the insert model of a table."""
    return entities()[table.name].insert or model_of(table)
