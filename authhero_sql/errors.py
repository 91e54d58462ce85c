"""Every error that this package raises on purpose.

The class says what happened, whatever the engine; the driver's own exception is kept as ``__cause__``. The docstring of a
class is its message where no better one is given. No message repeats a stored or given value: it may be a secret.
"""

from __future__ import annotations

from typing import Any

LONGEST_NAME = 200
"""Characters of a name that a message repeats."""


def shown(name: str) -> str:
    """A name that a caller gave, as it can stand in a message: short, and no line of its own in a log."""
    safe = name if name.isprintable() else name.encode("unicode_escape").decode()
    return safe if len(safe) <= LONGEST_NAME else f"{safe[: LONGEST_NAME - 1]}…"


class AuthHeroSQLError(Exception):
    """The database operation failed.

    Where ``create_many`` raises it, ``row`` is the number of the row that was refused, from 0, where it was one, and ``result`` what
    had become of the rows before: a :class:`ManyResult`.
    """

    row: int | None = None
    result: Any = None

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip().splitlines()[0])


class ConfigurationError(AuthHeroSQLError):
    """The database or the connection is set up in a way that this package cannot work with."""


class DriverMissingError(ConfigurationError, ImportError):
    """The driver for this database is not installed."""


class MigrationError(AuthHeroSQLError):
    """A migration could not be applied."""


class UnfitDatabaseError(MigrationError):
    """A database lacks what the adapters need, and may not be adopted."""


class UnsupportedError(AuthHeroSQLError):
    """This database cannot do that."""


class TransactionClosedError(AuthHeroSQLError):
    """The transaction has ended: its adapters can no longer be used."""


class TransactionAbortedError(AuthHeroSQLError):
    """An earlier error has ended this transaction or savepoint, and nothing of it is kept.

    The ``__cause__`` is that error. What may fail and be survived belongs in a ``tx.transaction()`` of its own.
    """


class TransactionMisuseError(AuthHeroSQLError):
    """Adapters were used that do not belong to the transaction that is open here."""


class InvalidQueryError(AuthHeroSQLError, ValueError):
    """The filter, sort, page or cursor is not valid (HTTP 400)."""


class InvalidValueError(AuthHeroSQLError, ValueError):
    """A value cannot be stored in its column.

    ``table`` and ``field`` name the place, ``reason`` says what is wrong with the value without repeating it. A field that is
    unknown may have any name: of a long one ``field`` is the beginning, and what cannot be printed is escaped.
    """

    def __init__(self, table: str, field: str | None, reason: str) -> None:
        field = shown(field) if field else None
        super().__init__(f"{table}.{field}: {reason}" if field else f"{table}: {reason}")
        self.table = table
        self.field = field
        self.reason = reason

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.table, self.field, self.reason)


class NotFoundError(AuthHeroSQLError):
    """There is no such row. ``table`` names the table that was asked."""

    def __init__(self, table: str) -> None:
        super().__init__(f"{table}: there is no such row")
        self.table = table

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.table,)


class AmbiguousError(AuthHeroSQLError):
    """Rows of several tenants match where exactly one may."""


class CorruptRowError(AuthHeroSQLError):
    """A stored value cannot be decoded; ``table``, ``column`` and ``key`` (the row's primary key) name it."""

    def __init__(self, table: str, column: str, key: dict[str, Any], reason: str) -> None:
        named = ", ".join(f"{name}={value!r}" for name, value in key.items())
        super().__init__(f"{table}.{column} of the row with {named or 'no key'}: {reason}")
        self.table = table
        self.column = column
        self.key = key
        self.reason = reason

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.table, self.column, self.key, self.reason)


class DatabaseError(AuthHeroSQLError):
    """The database refused the statement.

    ``table`` is the table of the statement, ``code`` the engine's own error code (SQLSTATE, MySQL error number or SQLite error
    name), ``constraint`` what the engine calls the violated constraint, where it tells.
    """

    table: str | None = None

    def __init__(self, message: str | None = None, *, code: str | None = None, constraint: str | None = None, sent: bool = True) -> None:
        super().__init__(message)
        self.code = code
        self.constraint = constraint
        self.sent = sent
        """False where the driver refused a value before anything was sent: then a transaction goes on."""

    def at(self, table: str) -> DatabaseError:
        """The same error, naming the table whose statement failed."""
        if self.table is None:
            self.table = table
            self.args = (f"{table}: {self.args[0]}",)
        return self


class IntegrityError(DatabaseError):
    """A constraint of the schema was violated."""


class ConflictError(IntegrityError):
    """A row with this key already exists (HTTP 409).

    ``fields`` are the wire names of the fields that must be unique together, the tenant aside, where the engine tells.
    """

    fields: tuple[str, ...] = ()

    def on(self, fields: tuple[str, ...]) -> ConflictError:
        """The same error, naming the fields."""
        if fields:
            self.fields = fields
            self.args = (f"A row with this {' and '.join(fields)} already exists (HTTP 409).",)
        return self


class ForeignKeyError(IntegrityError):
    """The row refers to a row that does not exist."""


class ValueRefusedError(DatabaseError):
    """The database refused a value; raised to callers as :class:`InvalidValueError`."""


class MissingTableError(DatabaseError):
    """A table or column does not exist: run migrate_to_latest first."""


class DuplicateObjectError(DatabaseError):
    """A table, column or index of this name exists already."""


class StatementTooLargeError(DatabaseError, UnsupportedError, InvalidQueryError):
    """The statement is beyond a limit of this database: the message names it (HTTP 400)."""


class ReplicationRefusedError(DatabaseError, UnsupportedError):
    """Group Replication refuses to write to this table: run it in single-primary mode, and give the table a primary key.

    In multi-primary mode MySQL's Group Replication refuses every table whose references cascade, as many of ours do; in either mode it
    refuses tables without a primary key, which only a schema made by somebody else can have.
    """


class NothingMatchedError(DatabaseError):
    """A write of a batch found no row, so nothing of the batch was written.

    ``position`` is the number of the write's statement in the batch, from 0.
    """

    def __init__(self, position: int = 0) -> None:
        super().__init__()
        self.position = position

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.position,)


class ReadOnlyError(DatabaseError):
    """The database is read-only here."""


class DatabaseUnavailableError(DatabaseError):
    """The database cannot be reached, or it closed the connection."""


class ConnectionLostError(DatabaseUnavailableError):
    """The connection broke while a statement was running."""


class UnknownOutcomeError(DatabaseUnavailableError):
    """The answer to a write or a COMMIT did not arrive: it may have been done.

    Look before you write again; nothing in this package does so by itself.
    """


class StatementTimeoutError(DatabaseError):
    """The statement took longer than ``command_timeout`` and was stopped."""


class PoolTimeoutError(DatabaseUnavailableError):
    """No connection became free in time."""


class TransactionConflictError(DatabaseError):
    """Another transaction got in the way (deadlock, lock timeout, serialization failure): the unit of work may be tried again."""
