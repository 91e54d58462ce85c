"""Finds secrets in a log: values that a test's database stores in its secret columns, or that were bound to them."""

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

SHORTEST = 6
"""The least characters of a value to look for: shorter ones occur in any text."""
SOUNDS_SECRET = re.compile(
    r"secret|token|password|hash$|credential|otp$|nonce|verifier|challenge|csrf|key$|authorization|^(before|after|body|diff|query|state)$",
    re.IGNORECASE,
)
"""Matches the keys of secret JSON whose values are secret, with everything nested in them."""
NAMED = re.compile(r"(?:FROM|INTO|UPDATE|JOIN) `(\w+)`")
COMPARED = re.compile(r"`(\w+)`(?:=|<>|<=|>=|<|>)\?")
INSERTED = re.compile(r"INSERT INTO `\w+` \(([^)]*)\) (?:VALUES \(|SELECT )(\?(?:,\?)*)")

_formatter = logging.Formatter()


class Captured(Protocol):
    """Describes pytest's ``caplog``."""

    @property
    def records(self) -> list[logging.LogRecord]:
        """Return the records of the test."""
        ...


class RecordingCursor(sqlite3.Cursor):
    """Records the values that are bound to secret columns."""

    def execute(self, sql: str, values: Any = (), /) -> RecordingCursor:
        """Run a statement."""
        self._record(sql, [values])
        super().execute(sql, values)
        return self

    def executemany(self, sql: str, rows: Iterable[Any], /) -> RecordingCursor:
        """Run a statement for each row of values."""
        rows = list(rows)
        self._record(sql, rows)
        super().executemany(sql, rows)
        return self

    def _record(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        connection = self.connection
        if isinstance(connection, Recorder):
            places = bound_secrets(sql)
            connection.bound.update((place, row[index]) for row in rows for index, place in places if isinstance(row[index], str))


class Recorder(sqlite3.Connection):
    """Records the values that are bound to secret columns by the cursors of this connection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bound: set[tuple[str, str]] = set()
        """Holds the column and the stored form of each value."""

    def cursor(self, factory: Any = RecordingCursor) -> Any:
        """Return a cursor that records what it binds."""
        return super().cursor(factory)


def secret_columns(table: str) -> dict[str, bool]:
    """Return the secret columns of a table, and whether each holds JSON."""
    return {column.name: column.codec is JSON for column in REGISTRY[table].columns if column.secret}


def bound_secrets(sql: str) -> list[tuple[int, str]]:
    """Return the positions of the values that a statement binds to secret columns, with their columns."""
    names = {name: table for table in NAMED.findall(sql) if table in REGISTRY for name in secret_columns(table)}
    if not names:
        return []
    owners: dict[int, str] = {match.end() - 1: match[1] for match in COMPARED.finditer(sql)}
    inserted = INSERTED.match(sql)
    if inserted is not None:
        columns = [name.strip("`") for name in inserted[1].split(",")]
        owners.update(zip(range(inserted.start(2), inserted.end(2), 2), columns, strict=False))
    marks = [match.start() for match in re.finditer(r"\?", sql)]
    return [(index, f"{names[owners[at]]}.{owners[at]}") for index, at in enumerate(marks) if owners.get(at) in names]


def _stored(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    for table in REGISTRY:
        for column in secret_columns(table):
            # Both names come from the registry.
            for (value,) in connection.execute(f'SELECT "{column}" FROM "{table}"'):  # noqa: S608
                if isinstance(value, str):
                    yield f"{table}.{column}", value


def _secrets(place: str, value: str) -> Iterator[tuple[str, str]]:
    """Yield the secret texts in a stored value, each with its place."""
    table, _, column = place.partition(".")
    if secret_columns(table)[column]:
        try:
            yield from _leaves(place, json.loads(value), secret=SOUNDS_SECRET.search(column) is not None)
        except ValueError:
            yield place, value
    else:
        yield place, value


def _leaves(place: str, value: Any, *, secret: bool) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _leaves(f"{place}.{key}", part, secret=secret or SOUNDS_SECRET.search(key) is not None)
    elif isinstance(value, list):
        for part in value:
            yield from _leaves(place, part, secret=secret)
    elif secret and isinstance(value, str):
        yield place, value


def assert_no_secrets(caplog: Captured, adapters: Adapters, *also: str, allowed: Iterable[str] = ()) -> None:
    """Fail if a log record contains a secret in its message, its arguments or the traceback of its exception.

    Secrets are the values that the test's database stores in its secret columns (password hashes, token hashes, client secrets, codes)
    and every value that was bound to such a column, even if no row holds it any more. Values of fewer than six characters are ignored.
    ``caplog`` captures records from the level that the test sets: ``caplog.set_level(logging.DEBUG)``.

    Args:
        caplog: pytest's fixture.
        adapters: the adapters of the fixture ``authhero_adapters``.
        also: secrets that the database never stores, such as passwords and tokens before they are hashed.
        allowed: values of secret columns that may be logged.

    Raises:
        AssertionError: a record contains a secret. The message names the column and the record without repeating the value.
        TypeError: the adapters are not those of the fixture.
    """
    database = adapters.database
    if not isinstance(database, InlineDatabase) or not isinstance(database.raw, Recorder):
        raise TypeError("assert_no_secrets requires the adapters of the fixture authhero_adapters")
    places = {*_stored(database.raw), *database.raw.bound}
    wanted = {value: f"secret {number} of the test" for number, value in enumerate(also, 1)}
    for place, stored in sorted(places):
        for where, value in _secrets(place, stored):
            if len(value) >= SHORTEST:
                wanted.setdefault(value, where)
    for value in allowed:
        wanted.pop(value, None)
    for record in caplog.records:
        said = f"{_formatter.format(record)} {record.args!r}"
        for value, where in wanted.items():
            if value in said:
                raise AssertionError(
                    f"{where} occurs in a record of {record.name} at level {record.levelname} ({record.pathname}:{record.lineno})"
                )
