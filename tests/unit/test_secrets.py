"""No ``repr()`` contains a secret: neither that of an entity or its parts nor that of a statement."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from authhero_sql import models
from authhero_sql.crud.adapter import Adapter
from authhero_sql.dialects import Call
from authhero_sql.row_mapping import _SOURCE, partial_model, wire_fields
from authhero_sql.schema import Table
from tests.kinds import entities, insert_of

SECRET = "s3cret-value"
MODELS = [value for name in dir(models) if isinstance(value := getattr(models, name), type) and issubclass(value, BaseModel)]
SOUNDS_SECRET = re.compile(
    r"secret|token|password|hash$|credential|otp|nonce|verifier|challenge$|csrf|pkcs7|(api|private|signing|encryption)_?key|body$|auth_params"
)
HARMLESS = {
    # Fields named like secrets that are settings, the text of a page or names.
    "body": {"EmailTemplate", "UniversalLoginTemplate", "Fonts"},
    "http_body": {"HTTPVerification"},
    "change_password": None,
    "credential_backed_up": None,
    "credential_id": None,
    "credential_type": None,
    "id_token": {"ClaimsRequest"},
    "last_password_reset": None,
    "leaked_passwords": None,
    "otp": {"MfaFactors"},
    "password": {"ConnectionAuthenticationMethods"},
    "refresh_token": {"Client", "ClientFields", "ClientInsert", "ClientWithTenantId"},
    "refresh_tokens": None,
    "token": {"RefreshTokenRotation"},
    "tokens": None,
}
"""Fields that are named like secrets but are not secret, and the models that contain them (None for all models)."""
SETTINGS = re.compile(
    r"_hint$|^(token|default_token)_(quota|endpoint\w*|lifetime\w*|dialect)$|token_lifetime$|^(use_|bound_|allow_|disable_|enable_|revoke_"
    r"|forgot_|require_|dcr_|client_cred|password_|enforce_|change_pwd|breached_password|pre_change)\w*$|^token_id$"
)


def tables() -> Iterator[tuple[Table[Any], type[BaseModel]]]:
    """Yield every table with each model of its rows and its input."""
    for kind in entities().values():
        for model in MODELS:
            if issubclass(model, (kind.model, insert_of(kind.table))):
                yield kind.table, model


def secrets(model: type[BaseModel]) -> set[str]:
    """Return the wire names that the ``repr()`` of a model omits."""
    return {wire for wire, (_, info) in wire_fields(model).items() if not info.repr}


def test_a_field_is_secret_in_the_registry_and_in_its_models_or_in_none() -> None:
    wrong = {}
    for table, model in tables():
        registered = {column.public.partition(".")[0] for column in table.columns if column.secret}
        # The password of a new user is stored in another table.
        kept = {column.public.partition(".")[0] for column in table.columns}
        if found := registered & set(wire_fields(model)) ^ secrets(model) & kept:
            wrong[f"{table.name} {model.__name__}"] = sorted(found)
    assert wrong == {}


def test_what_sounds_secret_is_marked_or_said_to_be_none() -> None:
    wrong = set()
    for model in MODELS:
        for name, info in model.model_fields.items():
            known = HARMLESS.get(name, set())
            if info.repr and SOUNDS_SECRET.search(name) and not SETTINGS.search(name) and known is not None and model.__name__ not in known:
                wrong.add(f"{model.__name__}.{name}")
    assert sorted(wrong) == []


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_no_repr_shows_a_secret(model: type[BaseModel]) -> None:
    every: dict[str, Any] = dict.fromkeys(model.model_fields, "shown") | {
        name: SECRET for name, info in model.model_fields.items() if not info.repr
    }
    made = model.model_construct(**every)
    assert SECRET not in f"{made!r} {made}"
    assert repr(made).count("shown") == sum(info.repr for info in model.model_fields.values())


@pytest.mark.parametrize(
    ("model", "given"),
    [
        (models.PasswordInsert, {"user_id": "u", "password": SECRET}),
        (models.UserInsert, {"connection": "c", "password": {"hash": SECRET, "algorithm": "argon2id"}}),
        (models.ClientInsert, {"name": "c", "client_secret": SECRET, "addons": {"layer": {"privateKey": SECRET}}}),
        (models.ConnectionOptions, {"client_secret": SECRET, "api_key": SECRET}),
        (models.ConnectionInsert, {"name": "c", "strategy": "s", "options": {"configuration": {"client_secret": SECRET}}}),
        (models.AuthParams, {"client_id": "c", "nonce": SECRET, "login_hint": SECRET}),
        (models.MigrationSourceCredentials, {"domain": "d", "client_id": "c", "client_secret": SECRET}),
        (models.ActionSecret, {"name": "KEY", "value": SECRET}),
        (models.TwilioSettings, {"sid": "s", "auth_token": SECRET}),
    ],
)
def test_no_repr_of_what_was_given_shows_a_secret(model: type[BaseModel], given: dict[str, Any]) -> None:
    made = model.model_validate(given)
    assert SECRET in str(made.model_dump())
    assert SECRET not in f"{made!r} {made}"


def test_what_updates_is_as_silent() -> None:
    update = partial_model(models.ClientInsert, wire_fields(models.ClientInsert)).model_validate({"client_secret": SECRET, "name": "shown"})
    assert SECRET not in repr(update)
    assert "shown" in repr(update)


def test_a_page_and_a_statement_show_none() -> None:
    page = models.Page.of([models.HookCodeInsert(code="x", secrets={"KEY": SECRET})], wire="hooks", limit=1)
    assert SECRET not in repr(page)
    assert SECRET not in repr(Call("SELECT ?", (SECRET,)))
    assert "SELECT ?" in repr(Call("SELECT ?", (SECRET,)))


@pytest.mark.parametrize("kind", entities().values(), ids=lambda kind: kind.table.name)
def test_what_a_call_was_given_is_in_no_repr(kind: type[Adapter[Any]]) -> None:
    # A model of a mapping stores the mapping to preserve the order of its keys.
    writer = kind._make_writer()
    every = dict.fromkeys(writer.names, SECRET)
    for model in (writer.insert, writer.update_model):
        made = model.model_construct()
        made.__dict__[_SOURCE] = every
        assert SECRET not in f"{made!r} {made}"
