"""The public names: all exist, are documented and are annotated."""

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import authhero_sql
from authhero_sql import AuthHeroSQLError, errors
from tests.kinds import adapter_classes

ADAPTERS = adapter_classes()


def public_classes() -> dict[str, type]:
    """Return the public classes, and the classes of the adapters."""
    exported = {name: getattr(authhero_sql, name) for name in authhero_sql.__all__}
    classes = {name: value for name, value in exported.items() if isinstance(value, type)}
    return {**classes, **{f"adapters.{name}": kind for name, kind in ADAPTERS.items()}}


def public_functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Return the public functions, and the public methods of the public classes."""
    for name in authhero_sql.__all__:
        value = getattr(authhero_sql, name)
        if isinstance(value, types.FunctionType):
            yield name, value
    for name, kind in public_classes().items():
        for method in dir(kind):
            found = inspect.getattr_static(kind, method)
            plain = found.__func__ if isinstance(found, classmethod | staticmethod) else found
            own = getattr(plain, "__module__", "") or ""
            if isinstance(plain, property) and not method.startswith("_") and plain.fget is not None:
                yield f"{name}.{method}", plain.fget
            elif isinstance(plain, types.FunctionType) and own.startswith("authhero_sql") and not method.startswith("_"):
                yield f"{name}.{method}", plain


FUNCTIONS = dict(public_functions())


def test_all_is_sorted_and_complete() -> None:
    names = authhero_sql.__all__
    assert names == sorted(set(names))
    there = {name for name, value in vars(authhero_sql).items() if not name.startswith("_") and not isinstance(value, types.ModuleType)}
    assert set(names) == there | {"__version__"}


def test_every_name_can_be_imported() -> None:
    namespace: dict[str, Any] = {}
    exec("from authhero_sql import *", namespace)  # noqa: S102  # what users may write
    assert set(authhero_sql.__all__) <= set(namespace)


def test_every_error_that_callers_can_see_is_exported() -> None:
    raised = {name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, AuthHeroSQLError)}
    # Callers get InvalidValueError for rejected values. Only migrations raise the error for duplicate objects.
    assert raised - {"ValueRefusedError", "DuplicateObjectError"} <= set(authhero_sql.__all__)


@pytest.mark.parametrize("name", [name for name in vars(errors) if name.endswith("Error")])
def test_an_error_says_its_sentence(name: str) -> None:
    kind = getattr(errors, name)
    sentence = inspect.getdoc(kind)
    assert sentence
    if name not in {"InvalidValueError", "CorruptRowError", "NotFoundError"}:
        assert str(kind()) == sentence.splitlines()[0]


@pytest.mark.parametrize("name", public_classes())
def test_every_class_has_a_docstring(name: str) -> None:
    assert (public_classes()[name].__doc__ or "").strip()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_has_a_docstring_and_annotations(name: str) -> None:
    function = FUNCTIONS[name]
    assert inspect.getdoc(function)
    signature = inspect.signature(function)
    assert signature.return_annotation is not inspect.Signature.empty
    bare = [
        parameter.name
        for parameter in signature.parameters.values()
        if parameter.annotation is inspect.Parameter.empty and parameter.name not in {"self", "cls"}
    ]
    assert bare == []


def test_the_functions_are_found() -> None:
    expected = {"connect", "create_adapters", "migrate_to_latest", "adapters.users.get", "adapters.codes.consume", "Sort.parse"}
    assert expected <= FUNCTIONS.keys()
    assert len(FUNCTIONS) > 80


def test_every_adapter_takes_the_tenant_first() -> None:
    """Test the first parameter of all methods. The exceptions are those of the contract."""
    without = {
        "tenants.create", "tenants.get", "tenants.list", "tenants.iterate", "tenants.update", "tenants.remove",
        "tenants.count", "tenants.exists", "tenants.get_one", "tenant_operations.get_one", "rollouts.get_one",
        "keys.create", "keys.list", "keys.update", "clients.get_by_client_id", "codes.cleanup", "action_executions.cleanup",
        "custom_domains.get_by_domain", "proxy_routes.resolve_host", "tenant_operations.create", "tenant_operations.get",
        "tenant_operations.update", "tenant_operations.remove", "rollouts.remove", "tenant_operation_events.create",
        "tenant_operation_events.list_by_operation", "rollouts.create", "rollouts.get", "rollouts.list", "rollouts.update",
        "outbox.get_by_ids", "outbox.get_unprocessed", "outbox.claim_events", "outbox.mark_processed", "outbox.mark_retry",
        "outbox.dead_letter", "outbox.cleanup", "logs.cleanup",
    }  # fmt: skip
    first = {
        name.removeprefix("adapters."): next(iter([*inspect.signature(function).parameters][1:]), None)
        for name, function in FUNCTIONS.items()
        if name.startswith("adapters.")
    }
    assert {name for name, parameter in first.items() if parameter != "tenant_id"} == without


def test_the_container_makes_each_adapter_by_its_annotation() -> None:
    assert list(ADAPTERS) == sorted(ADAPTERS)
    assert all(inspect.isclass(kind) and kind.__doc__ for kind in ADAPTERS.values())


def test_the_version_is_one() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+(?:(?:a|b|rc)\d+)?", authhero_sql.__version__)


def test_types_are_shipped() -> None:
    from importlib.resources import files

    assert files("authhero_sql").joinpath("py.typed").is_file()
