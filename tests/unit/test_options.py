"""The options of ``connect`` for type checkers are those that the engines accept."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import aiomysql
import asyncmy
import asyncpg
import pytest

from authhero_sql import ConfigurationError, connect
from authhero_sql.dialects import _NOT_IN_URL
from authhero_sql.dialects.d1 import HTTPTransport
from authhero_sql.dialects.managed import unknown_keyword
from authhero_sql.dialects.mysql import MySQLDatabase
from authhero_sql.dialects.options import ConnectOptions, D1Options, MySQLOptions, PostgreSQLOptions, SQLiteOptions
from authhero_sql.dialects.postgresql import PostgreSQLDatabase
from authhero_sql.dialects.sqlite import SQLiteDatabase

TLS = {"ssl", "ssl_ca"}
"""The options that ``connect`` itself handles for PostgreSQL."""
AS_AIOMYSQL_HAS_THEM = {"minsize", "maxsize", "pool_recycle"}


def parameter_names(*functions: Callable[..., Any]) -> set[str]:
    """Return the parameter names of functions, except those that ``connect`` sets or rejects."""
    every = {
        name
        for function in functions
        for name, each in inspect.signature(function).parameters.items()
        if each.kind is not inspect.Parameter.VAR_KEYWORD
    }
    return every - {"self", "loop", "driver", "timeout"} - (_NOT_IN_URL - {"token", "database", "transport"})


@pytest.mark.parametrize(
    ("options", "accepted"),
    [
        (SQLiteOptions, parameter_names(SQLiteDatabase.__init__)),
        (PostgreSQLOptions, parameter_names(PostgreSQLDatabase.__init__, asyncpg.connect) | TLS),
        (MySQLOptions, parameter_names(MySQLDatabase.__init__, aiomysql.connect, asyncmy.connect) | AS_AIOMYSQL_HAS_THEM),
        (D1Options, parameter_names(HTTPTransport.__init__) - {"database"}),
    ],
)
def test_they_are_those_that_the_engine_takes(options: Any, accepted: set[str]) -> None:
    assert options.__optional_keys__ == accepted
    assert options.__required_keys__ == frozenset()


def test_connect_knows_those_of_every_engine() -> None:
    every = (
        SQLiteOptions.__optional_keys__ | PostgreSQLOptions.__optional_keys__ | MySQLOptions.__optional_keys__ | D1Options.__optional_keys__
    )
    assert ConnectOptions.__optional_keys__ == every
    assert inspect.signature(connect).parameters["options"].annotation == "Unpack[ConnectOptions]"


@pytest.mark.parametrize(
    "message",
    [
        "connect() got an unexpected keyword argument 'sslx'",
        "connect() got an unexpected keyword argument 'sslx'. Did you mean 'ssl'?",
        "connect() got multiple values for argument 'sslx'",
    ],
    ids=["Python 3.12", "Python 3.13", "given twice"],
)
def test_an_unknown_option_is_found_in_what_python_says(message: str) -> None:
    assert unknown_keyword(TypeError(message)) == "sslx"
    assert unknown_keyword(TypeError("'int' object is not callable")) is None


def test_the_argument_behind_the_url_is_no_option() -> None:
    with pytest.raises(ConfigurationError, match='SQLite has no option "path"'):
        connect("sqlite:///auth.db", path="other.db")  # type: ignore[call-arg]  # that is the point
