"""A look for secrets in a log: what a database holds, or was given, in the columns that are secret."""

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
"""Characters of a value below which it is found in any text."""
SOUNDS_SECRET = re.compile(
    r"secret|token|password|hash$|credential|otp$|nonce|verifier|challenge|csrf|key$|authorization|^(before|after|body|diff|query|state)$",
    re.IGNORECASE,
)
"""In JSON that is secret as a whole: what, and whatever stands in it, really is."""
NAMED = re.compile(r'(?:FROM|INTO|UPDATE|JOIN) "(\w+)"')
COMPARED = re.compile(r'"(\w+)"(?:=|<>|<=|>=|<|>)\?')
INSERTED = re.compile(r'INSERT INTO "\w+" \(([^)]*)\) (?:VALUES \(|SELECT )(\?(?:,\?)*)')

_formatter = logging.Formatter()


class Captured(Protocol):
    """What ``caplog`` is."""

    @property
    def records(self) -> list[logging.LogRecord]:
        """The records of the test."""
        ...


class RecordingCursor(sqlite3.Cursor):
    """Keeps what is bound to columns that are secret."""

    def execute(self, sql: str, values: Any = (), /) -> RecordingCursor:
        """Run it."""
        self._record(sql, [values])
        super().execute(sql, values)
        return self

    def executemany(self, sql: str, rows: Iterable[Any], /) -> RecordingCursor:
        """Run it for each row."""
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
    """A connection that keeps what is bound to columns that are secret."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bound: set[tuple[str, str]] = set()
        """The column, and the value as it is stored."""

    def cursor(self, factory: Any = RecordingCursor) -> Any:
        """Return a cursor that tells this connection."""
        return super().cursor(factory)


def secret_columns(table: str) -> dict[str, bool]:
    """The secret columns of a table, and whether each holds JSON."""
    return {column.name: column.codec is JSON for column in REGISTRY[table].columns if column.secret}


def bound_secrets(sql: str) -> list[tuple[int, str]]:
    """Which values of a statement belong to a secret column, by their numbers, and to which."""
    names = {name: table for table in NAMED.findall(sql) if table in REGISTRY for name in secret_columns(table)}
    if not names:
        return []
    owners: dict[int, str] = {match.end() - 1: match[1] for match in COMPARED.finditer(sql)}
    inserted = INSERTED.match(sql)
    if inserted is not None:
        columns = [name.strip('"') for name in inserted[1].split(",")]
        owners.update(zip(range(inserted.start(2), inserted.end(2), 2), columns, strict=False))
    marks = [match.start() for match in re.finditer(r"\?", sql)]
    return [(index, f"{names[owners[at]]}.{owners[at]}") for index, at in enumerate(marks) if owners.get(at) in names]


def _stored(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    for table in REGISTRY:
        for column in secret_columns(table):
            # Both names stand in the registry.
            for (value,) in connection.execute(f'SELECT "{column}" FROM "{table}"'):  # noqa: S608
                if isinstance(value, str):
                    yield f"{table}.{column}", value


def _secrets(place: str, value: str) -> Iterator[tuple[str, str]]:
    """The secret texts in a stored value, each with its place."""
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
    """Fail where a record of the log shows a secret: its message, its arguments, or the traceback of its exception.

    A secret is what a secret column of the test's database holds (a hash of a password or of a token, a client's secret, a code, …) and
    what was bound to one, also where the row is gone. Values of fewer than six characters are not looked for. The log is captured from
    the level that the test asks for: ``caplog.set_level(logging.DEBUG)``.

    Args:
        caplog: the fixture of pytest.
        adapters: those of ``authhero_adapters``.
        also: secrets that the database never saw: passwords, tokens before they were hashed.
        allowed: values that may be logged although they stand in such a column.

    Raises:
        AssertionError: there is one. The message names its place and the record, and does not repeat the value.
        TypeError: the adapters are others, whose database cannot be asked here.
    """
    database = adapters.database
    if not isinstance(database, InlineDatabase) or not isinstance(database.raw, Recorder):
        raise TypeError("assert_no_secrets takes the adapters of authhero_adapters")
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
                    f"{where} stands in a record of {record.name} at level {record.levelname} ({record.pathname}:{record.lineno})"
                )
