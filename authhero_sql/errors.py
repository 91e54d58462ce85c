"""Every error that this package raises on purpose.

The class says what happened, whatever the engine; the driver's own exception is kept as ``__cause__``. The docstring of a
class is its message where no better one is given. No message repeats a stored or given value: it may be a secret.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

LONGEST_NAME = 200
"""Characters of a name that a message repeats."""


def shown(name: str) -> str:
    """A name that a caller gave, as it can stand in a message: short, and no line of its own in a log."""
    safe = name if name.isprintable() else name.encode("unicode_escape").decode()
    return safe if len(safe) <= LONGEST_NAME else f"{safe[: LONGEST_NAME - 1]}…"


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """The end of a message about an unknown name: the known one that is most like it, where there is such a one."""
    from difflib import get_close_matches

    close = get_close_matches(name[:LONGEST_NAME], list(names), n=1)
    return f'; did you mean "{close[0]}"?' if close else ""


class AuthHeroSQLError(Exception):
    """The database operation failed.

    Where ``create_many`` raises it, ``row`` is the number of the row that was refused, from 0, where it was one, and ``result`` what
    had become of the rows before: a :class:`ManyResult`.
    """

    status_code: ClassVar[int] = 500
    """The HTTP status with which a server answers a request that failed so."""
    retryable: ClassVar[bool] = False
    """Whether nothing was done and the same call may succeed a moment later."""

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


class IncompatibleDatabaseError(MigrationError):
    """A database lacks what the adapters need, and may not be adopted."""


class UnsupportedError(AuthHeroSQLError):
    """This database cannot do that."""

    status_code = 501


class TransactionClosedError(AuthHeroSQLError):
    """The transaction has ended: its adapters can no longer be used."""


class TransactionAbortedError(AuthHeroSQLError):
    """An earlier error has ended this transaction or savepoint, and nothing of it is kept.

    The ``__cause__`` is that error. What may fail and be survived belongs in a ``tx.transaction()`` of its own.
    """


class TransactionMisuseError(AuthHeroSQLError):
    """Adapters were used that do not belong to the transaction that is open here."""


class InvalidQueryError(AuthHeroSQLError, ValueError):
    """The filter, sort, page or cursor is not valid."""

    status_code = 400


@dataclass(frozen=True, slots=True)
class InvalidField:
    """One field whose value cannot be stored.

    Attributes:
        field: its wire name, with dots where it stands inside an object; None where the whole of what was given is meant.
        reason: what is wrong with it, without the value.
    """

    field: str | None
    reason: str


class InvalidValueError(AuthHeroSQLError, ValueError):
    """A value cannot be stored in its column.

    ``table`` names the table, and ``errors`` every field that is wrong, each with its reason; ``field`` and ``reason`` are those of
    the first one. No reason repeats a value. A field that is unknown may have any name: of a long one ``field`` is the beginning, and
    what cannot be printed is escaped.
    """

    status_code = 400

    def __init__(self, table: str, field: str | None, reason: str, more: Sequence[InvalidField] = ()) -> None:
        field = shown(field) if field else None
        # A reason may name its field itself.
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
        """Return one error for several of the same table."""
        first, *others = errors
        return cls(first.table, first.field, first.reason, [each for error in (first, *others) for each in error.errors][1:])


class NotFoundError(AuthHeroSQLError):
    """There is no such row.

    ``table`` names the table, ``key`` the fields by which the row was looked for; their values may be secrets and are not repeated.
    """

    status_code = 404

    def __init__(self, table: str, key: Sequence[str] = ()) -> None:
        super().__init__(f"{table}: there is no row with this {' and '.join(key)}" if key else f"{table}: there is no such row")
        self.table = table
        self.key: tuple[str, ...] = tuple(key)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.table, self.key)


class AmbiguousError(AuthHeroSQLError):
    """Rows of several tenants match where exactly one may."""

    status_code = 409


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

    ``table`` is the table of the statement, ``code`` the engine's own error code (SQLSTATE, MySQL error number, SQLite error name or
    HTTP status of D1), ``constraint`` what the engine calls the violated constraint, where it tells.
    """

    table: str | None = None
    owner: str | None = None
    """The table that the engine names, which need not be the one whose adapter was called."""

    def __init__(self, message: str | None = None, *, code: str | None = None, constraint: str | None = None, sent: bool = True) -> None:
        super().__init__(message)
        if code and f"({code}" not in self.args[0] and f"{code})" not in self.args[0]:
            happened, colon, way_out = self.args[0].removesuffix(".").partition(": ")
            self.args: tuple[Any, ...] = (f"{happened} ({code}){colon}{way_out}",)
        self.code = code
        self.constraint = constraint
        self.sent = sent
        """False where the driver refused a value before anything was sent: then a transaction goes on."""

    def at(self, table: str) -> DatabaseError:
        """The same error, naming the table whose statement failed."""
        if self.table is None:
            self.table = table
            # A connection that fails has nothing to do with the table.
            if not isinstance(self, DatabaseUnavailableError):
                self.args = (f"{table}: {self.args[0]}",)
        return self

    def _set_message(self, sentence: str, table: str) -> None:
        """Replace the message by a sentence that names the table itself."""
        self.table = table
        self.args = (sentence,)


class PermissionDeniedError(DatabaseError):
    """The database user lacks a permission: grant it, or connect as another user."""


class IntegrityError(DatabaseError):
    """A constraint of the schema was violated."""

    status_code = 409


class ConflictError(IntegrityError):
    """A row with this key already exists.

    ``fields`` are the wire names of the fields that must be unique together, the tenant aside, where the engine tells.
    """

    fields: tuple[str, ...] = ()

    def on(self, fields: tuple[str, ...]) -> ConflictError:
        """The same error, naming the fields, where these are known."""
        self.fields = fields
        self.args: tuple[Any, ...] = (f"a row with this {' and '.join(fields) or 'key'} already exists",)
        return self


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference between two tables, as an error names it.

    Attributes:
        table: the table that refers.
        fields: the fields of it that do.
        target: the table that it refers to.
    """

    table: str
    fields: tuple[str, ...]
    target: str


class ForeignKeyError(IntegrityError):
    """The row refers to a row that does not exist, or is referred to by one.

    Where it is certain which reference was violated, ``fields`` are the fields that refer and ``target`` is the table that they refer
    to. ``references`` are all that it can have been: SQLite and D1 do not report it. ``still_referenced`` says that the row could not be
    removed or changed, because a row of another table refers to it.
    """

    table: str | None = None
    references: tuple[Reference, ...] = ()
    still_referenced: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that refer; empty where that is not certain."""
        return self.references[0].fields if len(self.references) == 1 else ()

    @property
    def target(self) -> str | None:
        """The table that they refer to; None where that is not certain."""
        return self.references[0].target if len(self.references) == 1 else None

    def of(self, references: Sequence[Reference], *, still_referenced: bool = False) -> ForeignKeyError:
        """The same error, naming the references that can have been violated."""
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
    """The database refused a value; raised to callers as :class:`InvalidValueError`."""

    status_code = 400


class SchemaMismatchError(DatabaseError):
    """A table or column does not exist: run migrate_to_latest first, or correct the database in the URL."""


class DuplicateObjectError(DatabaseError):
    """A table, column or index of this name exists already."""


class StatementTooLargeError(DatabaseError, UnsupportedError, InvalidQueryError):
    """The statement is beyond a limit of this database: the message names it."""

    status_code = 400


class ReplicationRefusedError(DatabaseError, UnsupportedError):
    """Group Replication refuses to write to this table: run it in single-primary mode, and give the table a primary key.

    In multi-primary mode MySQL's Group Replication refuses every table whose references cascade, as many of ours do; in either mode it
    refuses tables without a primary key, which only a schema made by somebody else can have.
    """

    status_code = 501


class BatchRowNotFoundError(DatabaseError):
    """A write of a batch found no row, so nothing of the batch was written.

    ``position`` is the number of the write's statement in the batch, from 0.
    """

    status_code = 404

    def __init__(self, position: int = 0) -> None:
        super().__init__()
        self.position = position

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.position,)


class ReadOnlyError(DatabaseError):
    """The database is read-only here: connect to one that can be written, such as the primary server."""

    status_code = 503


class DatabaseUnavailableError(DatabaseError):
    """The database cannot be reached, or it closed the connection."""

    status_code = 503
    retryable = True


class ConnectionSetupError(DatabaseUnavailableError, ConfigurationError):
    """The database cannot be used with this URL and these options: trying again does not help.

    The message names the cause, such as a certificate that is not trusted or a file that is no SQLite database.
    """

    status_code = 500
    retryable = False


class AuthenticationError(ConnectionSetupError):
    """The database does not accept the user, the password or the token."""


class UnknownDatabaseError(ConnectionSetupError):
    """The server has no database of this name."""


class ConnectionLostError(DatabaseUnavailableError):
    """The connection broke while a statement was running."""


class UnknownOutcomeError(DatabaseUnavailableError):
    """The answer to a write or a COMMIT did not arrive: it may have been done.

    Look before you write again; nothing in this package does so by itself.
    """

    retryable = False


class StatementTimeoutError(DatabaseError):
    """The statement took longer than ``command_timeout`` and was stopped."""

    status_code = 503


class PoolTimeoutError(DatabaseUnavailableError):
    """No connection became free in time."""


class TransactionConflictError(DatabaseError):
    """Another transaction got in the way (deadlock, lock timeout, serialization failure): the unit of work may be tried again."""

    status_code = 503
    retryable = True
