"""The exceptions that this package raises on purpose.

The class says what happened, regardless of the engine. The driver's own exception is available as ``__cause__``. The first line of a
class's docstring is its default message. No message repeats a value, because it may be a secret. The exceptions are the key
in :class:`CorruptRowError`, and names of fields, which are shortened and escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

MAX_NAME_LENGTH = 200
"""The maximum number of characters of a name that a message repeats."""


def printable(name: str) -> str:
    """Return a caller-supplied name in a form that is safe in a message: short, printable and on one line."""
    safe = name if name.isprintable() else name.encode("unicode_escape").decode()
    return safe if len(safe) <= MAX_NAME_LENGTH else f"{safe[: MAX_NAME_LENGTH - 1]}…"


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """Return a suggestion to append to a message about an unknown name, or an empty string if no known name is similar."""
    from difflib import get_close_matches

    close = get_close_matches(name[:MAX_NAME_LENGTH], list(names), n=1)
    return f'; did you mean "{close[0]}"?' if close else ""


class AuthHeroSQLError(Exception):
    """The database operation failed.

    Attributes:
        row: The zero-based number of the row that ``create_many`` rejected, if the error concerns a single row.
        result: The :class:`ManyResult` for the rows before it, if ``create_many`` raised the error.
    """

    status_code: ClassVar[int] = 500
    """The HTTP status with which a server should answer the failed request."""
    retryable: ClassVar[bool] = False
    """Whether nothing was written and the same call may succeed if it is repeated."""

    row: int | None = None
    result: Any = None

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip().splitlines()[0])


class ConfigurationError(AuthHeroSQLError):
    """This package cannot work with this configuration of the database or the connection."""


class DriverMissingError(ConfigurationError, ImportError):
    """The driver for this database is not installed."""


class MigrationError(AuthHeroSQLError):
    """A migration could not be applied."""


class IncompatibleDatabaseError(MigrationError):
    """The database lacks tables or columns that the adapters need, so it cannot be adopted."""


class UnsupportedError(AuthHeroSQLError):
    """This database does not support the operation."""

    status_code = 501


class TransactionClosedError(AuthHeroSQLError):
    """The transaction has ended: its adapters can no longer be used."""


class TransactionAbortedError(AuthHeroSQLError):
    """An earlier error has rolled back this transaction or savepoint.

    ``__cause__`` is that error. Run statements that are allowed to fail in a nested ``tx.transaction()``.
    """


class TransactionMisuseError(AuthHeroSQLError):
    """The adapters do not belong to the open transaction."""


class InvalidQueryError(AuthHeroSQLError, ValueError):
    """The filter, sort, page or cursor is not valid."""

    status_code = 400


@dataclass(frozen=True, slots=True)
class InvalidField:
    """A field whose value cannot be stored.

    Attributes:
        field: The wire name of the field, with dots for a field of a nested object. None if the error concerns the whole input.
        reason: What is wrong with the value, without the value itself.
    """

    field: str | None
    reason: str


class InvalidValueError(AuthHeroSQLError, ValueError):
    """A value cannot be stored in its column.

    No reason repeats a value. An unknown field may have any name, so a long name is truncated in ``field`` and unprintable characters are
    escaped.

    Attributes:
        table: The name of the table.
        field: The wire name of the first invalid field.
        reason: What is wrong with the first invalid field.
        errors: All invalid fields, each with its reason.
    """

    status_code = 400

    def __init__(self, table: str, field: str | None, reason: str, more: Sequence[InvalidField] = ()) -> None:
        field = printable(field) if field else None
        # The reason may already contain the name of the field.
        place = f"{table}.{field}" if field and f'"{field}"' not in reason else table
        others = f" (and {len(more)} more)" if more else ""
        super().__init__(f"{place}: {reason}{others}")
        self.table = table
        self.field = field
        self.reason = reason
        self.errors: list[InvalidField] = [InvalidField(field, reason), *more]

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.table, self.field, self.reason, self.errors[1:])

    @classmethod
    def of(cls, errors: Sequence[InvalidValueError]) -> InvalidValueError:
        """Return a single error that combines several errors of the same table."""
        first, *others = errors
        return cls(first.table, first.field, first.reason, [each for error in (first, *others) for each in error.errors][1:])


class NotFoundError(AuthHeroSQLError):
    """The row does not exist.

    Attributes:
        table: The name of the table.
    """

    status_code = 404

    def __init__(self, table: str) -> None:
        super().__init__(f"{table}: there is no such row")
        self.table = table

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.table,)


class AmbiguousError(AuthHeroSQLError):
    """Rows of several tenants match, but exactly one row was expected."""

    status_code = 409


class CorruptRowError(AuthHeroSQLError):
    """A stored value cannot be decoded.

    Attributes:
        table: The name of the table.
        column: The name of the column.
        key: The primary key of the row.
        reason: What is wrong with the stored value.
    """

    def __init__(self, table: str, column: str, key: dict[str, Any], reason: str) -> None:
        row = ", ".join(f"{name}={value!r}" for name, value in key.items())
        super().__init__(f"{table}.{column} of the row with {row or 'no key'}: {reason}")
        self.table = table
        self.column = column
        self.key = key
        self.reason = reason

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.table, self.column, self.key, self.reason)


class DatabaseError(AuthHeroSQLError):
    """The database rejected the statement.

    Attributes:
        table: The table of the statement.
        reported_table: The table that the engine names. It may differ from the table of the adapter that was called.
        code: The engine's own error code: SQLSTATE, a MySQL error number, a SQLite error name, or the HTTP status of D1.
        constraint: The engine's name for the violated constraint, if the engine reports it.
        sent: False if the driver rejected a value before it sent anything. A transaction then remains usable.
    """

    table: str | None = None
    reported_table: str | None = None

    def __init__(self, message: str | None = None, *, code: str | None = None, constraint: str | None = None, sent: bool = True) -> None:
        super().__init__(message)
        if code and f"({code}" not in self.args[0] and f"{code})" not in self.args[0]:
            problem, colon, remedy = self.args[0].removesuffix(".").partition(": ")
            self.args: tuple[Any, ...] = (f"{problem} ({code}){colon}{remedy}",)
        self.code = code
        self.constraint = constraint
        self.sent = sent

    def with_table(self, table: str) -> DatabaseError:
        """Return this error after adding the name of the table whose statement failed."""
        if self.table is None:
            self.table = table
            # A connection failure is not related to the table.
            if not isinstance(self, DatabaseUnavailableError):
                self.args = (f"{table}: {self.args[0]}",)
        return self

    def _set_message(self, sentence: str, table: str) -> None:
        """Replace the message by one that names the table itself."""
        self.table = table
        self.args = (sentence,)


class PermissionDeniedError(DatabaseError):
    """The database user lacks a permission: grant it, or connect as another user."""


class IntegrityError(DatabaseError):
    """A constraint of the schema was violated."""

    status_code = 409


class ConflictError(IntegrityError):
    """A row with this key already exists.

    Attributes:
        fields: The wire names of the fields that must be unique together, without the tenant. Empty if the engine does not report them.
    """

    fields: tuple[str, ...] = ()

    def with_fields(self, fields: tuple[str, ...]) -> ConflictError:
        """Return this error after adding the names of the fields, if they are known."""
        self.fields = fields
        self.args: tuple[Any, ...] = (f"a row with this {' and '.join(fields) or 'key'} already exists",)
        return self


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key between two tables, as reported by an error.

    Attributes:
        table: The table with the foreign key.
        fields: The fields of the foreign key.
        target: The referenced table.
    """

    table: str
    fields: tuple[str, ...]
    target: str


class ForeignKeyError(IntegrityError):
    """The row references a missing row, or another row still references it.

    Attributes:
        references: All foreign keys that may have been violated. SQLite and D1 do not report which one it was.
        still_referenced: Whether the row could not be deleted or changed because a row of another table references it.
    """

    table: str | None = None
    references: tuple[Reference, ...] = ()
    still_referenced: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of the violated foreign key, or an empty tuple if several foreign keys may have been violated."""
        return self.references[0].fields if len(self.references) == 1 else ()

    @property
    def target(self) -> str | None:
        """The table that the violated foreign key references, or None if several foreign keys may have been violated."""
        return self.references[0].target if len(self.references) == 1 else None

    def with_references(self, references: Sequence[Reference], *, still_referenced: bool = False) -> ForeignKeyError:
        """Return this error after adding the foreign keys that may have been violated."""
        if references:
            self.references = tuple(references)
            self.still_referenced = still_referenced
            self._set_message(self._message(), references[0].target if still_referenced else references[0].table)
        return self

    def _message(self) -> str:
        first = self.references[0]
        if self.still_referenced:
            return f"{first.target} is still referenced by {' or '.join(each.table for each in self.references)}"
        if len(self.references) == 1:
            return f"{first.table}.{' and '.join(first.fields)} references a missing {first.target} row"
        choices = [f"{' and '.join(each.fields)} (a {each.target} row)" for each in self.references]
        return f"{first.table} references a missing row by {' or '.join(choices)}"


class ValueRefusedError(DatabaseError):
    """The database rejected a value.

    Callers see it as an :class:`InvalidValueError`.
    """

    status_code = 400


class SchemaMismatchError(DatabaseError):
    """A table or column does not exist: run migrate_to_latest first, or correct the database in the URL."""


class DuplicateObjectError(DatabaseError):
    """A table, column or index with this name already exists."""


class StatementTooLargeError(DatabaseError, UnsupportedError, InvalidQueryError):
    """The statement exceeds a limit of this database."""

    status_code = 400


class ReplicationRefusedError(DatabaseError, UnsupportedError):
    """Group Replication rejects writes to this table: run the group in single-primary mode, and add a primary key to the table.

    In multi-primary mode, MySQL Group Replication rejects every table with cascading foreign keys, and many tables of this package have
    them. In either mode it rejects tables without a primary key. Every table of this package has one, so this only concerns a schema that
    was created by other means.
    """

    status_code = 501


class BatchRowNotFoundError(DatabaseError):
    """A write of the batch matched no row, so nothing was written.

    Attributes:
        position: The zero-based position of the statement in the batch.
    """

    status_code = 404

    def __init__(self, position: int = 0) -> None:
        super().__init__()
        self.position = position

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.position,)


class ReadOnlyError(DatabaseError):
    """The database is read-only: connect to a writable server, such as the primary."""

    status_code = 503


class DatabaseUnavailableError(DatabaseError):
    """The database is unreachable, or it closed the connection."""

    status_code = 503
    retryable = True


class ConnectionSetupError(DatabaseUnavailableError, ConfigurationError):
    """The database cannot be used with this URL and these options, and a retry will not help.

    The message names the cause, such as an untrusted certificate or a file that is not a SQLite database.
    """

    status_code = 500
    retryable = False


class AuthenticationError(ConnectionSetupError):
    """The database rejected the user, the password or the token."""


class UnknownDatabaseError(ConnectionSetupError):
    """The server has no database with this name."""


class ConnectionLostError(DatabaseUnavailableError):
    """The connection was lost while a statement was running."""


class UnknownOutcomeError(DatabaseUnavailableError):
    """The response to a write or a COMMIT did not arrive, so its outcome is unknown.

    Check whether the write was applied before you repeat it. This package never repeats it on its own.
    """

    retryable = False


class StatementTimeoutError(DatabaseError):
    """The statement exceeded ``command_timeout`` and was cancelled."""

    status_code = 503


class PoolTimeoutError(DatabaseUnavailableError):
    """No connection became free within the timeout."""


class TransactionConflictError(DatabaseError):
    """The transaction conflicted with another one (deadlock, lock timeout or serialization failure) and may be retried."""

    status_code = 503
    retryable = True
