"""A check for secrets in logs: the values that a test binds to, or stores in, secret columns."""

from __future__ import annotations

import json
import logging
import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

from ..adapters import Adapters
from ..codecs import JSON
from ..dialects.inline import InlineDatabase
from ..tables import REGISTRY

MIN_LENGTH = 6
"""The minimum length of a secret to search for. Shorter values match by accident."""
SECRET_KEYS = re.compile(
    r"secret|token|password|hash$|credential|otp$|nonce|verifier|challenge|csrf|key$|authorization|^(before|after|body|diff|query|state)$",
    re.IGNORECASE,
)
"""Matches the keys whose values are secret in a secret JSON column, including all nested values."""
TABLES = re.compile(r"(?:FROM|INTO|UPDATE|JOIN) `(\w+)`")
COMPARISONS = re.compile(r"`(\w+)`(?:=|<>|<=|>=|<|>)\?")
INSERT = re.compile(r"INSERT INTO `\w+` \(([^)]*)\) (?:VALUES \(|SELECT )(\?(?:,\?)*)")

_formatter = logging.Formatter()


class LogCapture(Protocol):
    """The protocol of pytest's ``caplog`` fixture."""

    @property
    def records(self) -> list[logging.LogRecord]:
        """Return the captured log records."""
        ...


class RecordingCursor(sqlite3.Cursor):
    """A cursor that records the values bound to secret columns."""

    def execute(self, sql: str, values: Any = (), /) -> RecordingCursor:
        """Execute a statement."""
        self._record(sql, [values])
        super().execute(sql, values)
        return self

    def executemany(self, sql: str, rows: Iterable[Any], /) -> RecordingCursor:
        """Execute a statement for each row of values."""
        rows = list(rows)
        self._record(sql, rows)
        super().executemany(sql, rows)
        return self

    def _record(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        connection = self.connection
        if isinstance(connection, Recorder):
            secrets = bound_secrets(sql)
            connection.bound.update((column, row[index]) for row in rows for index, column in secrets if isinstance(row[index], str))


class Recorder(sqlite3.Connection):
    """A connection whose cursors record the values bound to secret columns."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bound: set[tuple[str, str]] = set()
        """The column and the stored form of each recorded value."""

    def cursor(self, factory: Any = RecordingCursor) -> Any:
        """Return a cursor that records bound values."""
        return super().cursor(factory)


def secret_columns(table: str) -> dict[str, bool]:
    """Return the secret columns of a table by name, with whether each column stores JSON."""
    return {column.name: column.codec is JSON for column in REGISTRY[table].columns if column.secret}


def bound_secrets(sql: str) -> list[tuple[int, str]]:
    """Return the index and the column of each parameter that a statement binds to a secret column."""
    tables = {name: table for table in TABLES.findall(sql) if table in REGISTRY for name in secret_columns(table)}
    if not tables:
        return []
    columns: dict[int, str] = {match.end() - 1: match[1] for match in COMPARISONS.finditer(sql)}
    inserted = INSERT.match(sql)
    if inserted is not None:
        names = [name.strip("`") for name in inserted[1].split(",")]
        columns.update(zip(range(inserted.start(2), inserted.end(2), 2), names, strict=False))
    parameters = [columns.get(match.start()) for match in re.finditer(r"\?", sql)]
    return [(index, f"{tables[name]}.{name}") for index, name in enumerate(parameters) if name in tables]


def _stored_values(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    for table in REGISTRY:
        for column in secret_columns(table):
            # Both names come from the registry, so the statement is safe.
            for (value,) in connection.execute(f'SELECT "{column}" FROM "{table}"'):  # noqa: S608
                if isinstance(value, str):
                    yield f"{table}.{column}", value


def _secret_texts(location: str, value: str) -> Iterator[tuple[str, str]]:
    """Yield each secret text in a stored value with its location."""
    table, _, column = location.partition(".")
    if secret_columns(table)[column]:
        try:
            yield from _leaves(location, json.loads(value), secret=SECRET_KEYS.search(column) is not None)
        except ValueError:
            yield location, value
    else:
        yield location, value


def _leaves(location: str, value: Any, *, secret: bool) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _leaves(f"{location}.{key}", part, secret=secret or SECRET_KEYS.search(key) is not None)
    elif isinstance(value, list):
        for part in value:
            yield from _leaves(location, part, secret=secret)
    elif secret and isinstance(value, str):
        yield location, value


def assert_no_secrets(caplog: LogCapture, adapters: Adapters, *extra_secrets: str, allowed: Iterable[str] = ()) -> None:
    """Fail if a log record contains a secret in its message, its arguments or its traceback.

    Secrets are all values that the test's database stores in secret columns, such as password hashes, token hashes, client secrets and
    codes. They include the values that were bound to these columns but are no longer stored. Values of fewer than six characters are
    ignored. ``caplog`` captures records from the level that the test sets, for example with ``caplog.set_level(logging.DEBUG)``.

    Args:
        caplog: The pytest fixture.
        adapters: The adapters of the fixture ``authhero_adapters``, or adapters from ``authhero_copies.adapters()``.
        extra_secrets: Secrets that the database never stores, such as passwords and tokens before they are hashed.
        allowed: Values of secret columns that may be logged.

    Raises:
        AssertionError: A record contains a secret. The message names the column and the record, but not the value.
        TypeError: The adapters come from elsewhere, such as ``create_adapters``.
    """
    database = adapters.database
    if not isinstance(database, InlineDatabase) or not isinstance(database.raw, Recorder):
        raise TypeError("assert_no_secrets requires adapters of the fixtures authhero_adapters or authhero_copies")
    locations = {*_stored_values(database.raw), *database.raw.bound}
    secrets = {value: f"secret {number} of the test" for number, value in enumerate(extra_secrets, 1)}
    for location, stored in sorted(locations):
        for where, value in _secret_texts(location, stored):
            if len(value) >= MIN_LENGTH:
                secrets.setdefault(value, where)
    for value in allowed:
        secrets.pop(value, None)
    for record in caplog.records:
        text = f"{_formatter.format(record)} {record.args!r}"
        for value, where in secrets.items():
            if value in text:
                raise AssertionError(
                    f"{where} occurs in a record of {record.name} at level {record.levelname} ({record.pathname}:{record.lineno})"
                )
