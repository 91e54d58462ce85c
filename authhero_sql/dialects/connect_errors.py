"""Errors of connections that could not be opened. Each message says what happened, with the engine's code, and what to do about it.

No message contains a password.
"""

from __future__ import annotations

import errno
import os
import re
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import (
    AuthenticationError,
    ConnectionLostError,
    ConnectionSetupError,
    DatabaseError,
    DatabaseUnavailableError,
    PermissionDeniedError,
    UnknownDatabaseError,
    printable,
)
from .tls import tls_problem


@dataclass(frozen=True, slots=True)
class Server:
    """A server, as messages name it.

    Attributes:
        engine: The name of the engine.
        host: The host, with the port if the URL has one. Empty if only the driver knows it.
        user: The user who logs in. None if only the driver knows it.
        database: The name of the database. None if only the driver knows it.
    """

    engine: str
    host: str = ""
    user: str | None = None
    database: str | None = None

    def __str__(self) -> str:
        return f"{self.engine} at {printable(self.host)}" if self.host else self.engine

    @property
    def location(self) -> str:
        """The user, the host and the database, for ``repr()``."""
        user = f"{printable(self.user)}@" if self.user else ""
        return f"{user}{printable(self.host)}" + (f"/{printable(self.database)}" if self.database else "")


def connect_error(error: DatabaseError, server: Server) -> DatabaseError:
    """Return the error of a failed connection attempt, with a message that names the server and the way out.

    Args:
        error: The classified error. Its ``__cause__`` is the driver's exception. If it already has its own message, it keeps it.
        server: The server of the connection attempt.
    """
    code, cause = error.code, error.__cause__
    # A connection that was never open cannot be lost.
    kind = DatabaseUnavailableError if isinstance(error, ConnectionLostError) else type(error)
    message: str | None = error.args[0] if error.args != type(error)(code=code).args else None
    if message is None and kind is DatabaseUnavailableError:
        return unreachable_error(cause, server, code, lost=isinstance(error, ConnectionLostError))
    message = message or _message(error, server)
    if message is None:
        return error
    explained = kind(message, code=code)
    explained.__cause__ = cause
    return explained


def _message(error: DatabaseError, server: Server) -> str | None:
    user = "" if server.user is None else f' as "{printable(server.user)}"'
    database = "this database" if server.database is None else f'the database "{printable(server.database)}"'
    if isinstance(error, AuthenticationError):
        return f"could not log in to {server.engine}{user}: check the user and the password in the URL"
    if isinstance(error, UnknownDatabaseError):
        return f"{server} does not have {database}: create it, or correct its name in the URL"
    if isinstance(error, PermissionDeniedError):
        return f"could not open {database}{user}: grant the user the permission, or correct the name of the database in the URL"
    return None


def unreachable_error(
    cause: BaseException | None, server: Server, code: str | None = None, *, lost: bool = False
) -> DatabaseUnavailableError:
    """Return the error of a server that could not be reached.

    Args:
        cause: The driver's exception, which becomes the ``__cause__``.
        server: The server of the connection attempt.
        code: The driver's error code.
        lost: Whether the server accepted the connection and then closed it.
    """
    way_out = "check the host and the port in the URL, and that the server is running"
    kind: type[DatabaseUnavailableError] = DatabaseUnavailableError
    chain = list(_chain(cause))
    tls_message = next((found for each in chain if (found := tls_problem(each)) is not None), None)
    if tls_message is not None:
        kind, message = ConnectionSetupError, tls_message
    elif any(isinstance(each, socket.gaierror) for each in chain):
        name = re.sub(r":\d+$", "", server.host)
        message = f'could not find the host "{printable(name)}": check the host in the URL'
    elif (reason := next((found for each in chain if (found := _os_message(each)) is not None), None)) is not None:
        details = reason if code is None else f"{reason}, {code}"
        message = f"could not connect to {server} ({details}): {way_out}"
    elif any(isinstance(each, TimeoutError) for each in chain):
        return connect_timeout_error(cause, server, None)
    elif not lost:
        message = f"could not connect to {server}: {way_out}"
    else:
        message = (
            f"{server} closed the connection before it was ready: "
            f"check that the port belongs to {server.engine}, and look at the log of the server"
        )
    error = kind(message, code=code)
    error.__cause__ = cause
    return error


def connect_timeout_error(cause: BaseException | None, server: Server, seconds: float | None) -> DatabaseUnavailableError:
    """Return the error of a server that did not answer within ``connect_timeout``. The first argument becomes its ``__cause__``."""
    limit = "" if seconds is None else f" ({seconds:g} seconds)"
    way_out = "check the host and the port in the URL and the firewall, or raise connect_timeout"
    error = DatabaseUnavailableError(f"{server} did not answer within connect_timeout{limit}: {way_out}")
    error.__cause__ = cause
    return error


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an exception and the exceptions that caused it."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _os_message(error: BaseException) -> str | None:
    """Return the operating system's message for a failed connection, or None if the error has another source."""
    if not isinstance(error, OSError) or isinstance(error, ssl.SSLError):
        return None
    number = error.errno
    # asyncio merges the errors of several addresses into one. Their numbers are left only in its text.
    if number is None and (found := re.search(r"\[Errno (\d+)\]", str(error))):
        number = int(found[1])
    return os.strerror(number).lower() if number is not None and number in errno.errorcode else None
