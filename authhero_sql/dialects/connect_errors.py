"""What to say where no connection comes about: what happened, with the engine's code, and the way out; never a password."""

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
    shown,
)
from .tls import tls_problem


@dataclass(frozen=True, slots=True)
class Server:
    """A server as messages name it.

    Attributes:
        engine: what it is called.
        host: the host, and the port where the URL has one; empty where only the driver knows.
        user: who logs in; None where only the driver knows.
        database: the database that is asked for; None where only the driver knows.
    """

    engine: str
    host: str = ""
    user: str | None = None
    database: str | None = None

    def __str__(self) -> str:
        return f"{self.engine} at {shown(self.host)}" if self.host else self.engine

    @property
    def location(self) -> str:
        """The database, the user and the host, for a ``repr``."""
        user = f"{shown(self.user)}@" if self.user else ""
        return f"{user}{shown(self.host)}" + (f"/{shown(self.database)}" if self.database else "")


def connect_error(ours: DatabaseError, server: Server) -> DatabaseError:
    """The error of a connection that did not come about, in a sentence that names the server and the way out.

    Args:
        ours: what the driver's error, its ``__cause__``, was classified as; one that has its own sentence keeps it.
        server: the server that was asked.
    """
    code, cause = ours.code, ours.__cause__
    # A connection that never came about is no connection that was lost.
    kind = DatabaseUnavailableError if isinstance(ours, ConnectionLostError) else type(ours)
    sentence: str | None = ours.args[0] if ours.args != type(ours)(code=code).args else None
    if sentence is None and kind is DatabaseUnavailableError:
        return unreachable_error(cause, server, code, lost=isinstance(ours, ConnectionLostError))
    sentence = sentence or _sentence(ours, server)
    if sentence is None:
        return ours
    explained = kind(sentence, code=code)
    explained.__cause__ = cause
    return explained


def _sentence(ours: DatabaseError, server: Server) -> str | None:
    user = "" if server.user is None else f' as "{shown(server.user)}"'
    database = "this database" if server.database is None else f'the database "{shown(server.database)}"'
    if isinstance(ours, AuthenticationError):
        return f"could not log in to {server.engine}{user}: check the user and the password in the URL"
    if isinstance(ours, UnknownDatabaseError):
        return f"{server} does not have {database}: create it, or correct its name in the URL"
    if isinstance(ours, PermissionDeniedError):
        return f"could not open {database}{user}: grant the user the permission, or correct the name of the database in the URL"
    return None


def unreachable_error(
    error: BaseException | None, server: Server, code: str | None = None, *, lost: bool = False
) -> DatabaseUnavailableError:
    """The error of a server that was not reached.

    Args:
        error: what the driver raised, which becomes the cause.
        server: the server.
        code: the driver's own number.
        lost: whether the server was reached and has closed the connection again.
    """
    way_out = "check the host and the port in the URL, and that the server is running"
    kind: type[DatabaseUnavailableError] = DatabaseUnavailableError
    chain = list(_chain(error))
    encryption = next((said for each in chain if (said := tls_problem(each)) is not None), None)
    if encryption is not None:
        kind, sentence = ConnectionSetupError, encryption
    elif any(isinstance(each, socket.gaierror) for each in chain):
        name = re.sub(r":\d+$", "", server.host)
        sentence = f'could not find the host "{shown(name)}": check the host in the URL'
    elif (reason := next((said for each in chain if (said := _reason(each)) is not None), None)) is not None:
        known = reason if code is None else f"{reason}, {code}"
        sentence = f"could not connect to {server} ({known}): {way_out}"
    elif any(isinstance(each, TimeoutError) for each in chain):
        return connect_timeout_error(error, server, None)
    elif not lost:
        sentence = f"could not connect to {server}: {way_out}"
    else:
        sentence = f"{server} closed the connection before it was ready: check that the port is that of {server.engine}, and its log"
    ours = kind(sentence, code=code)
    ours.__cause__ = error
    return ours


def connect_timeout_error(error: BaseException | None, server: Server, seconds: float | None) -> DatabaseUnavailableError:
    """The error of a server that did not answer within ``connect_timeout``, whose ``__cause__`` it has."""
    limit = "" if seconds is None else f" ({seconds:g} seconds)"
    way_out = "check the host and the port in the URL and the firewall, or raise connect_timeout"
    ours = DatabaseUnavailableError(f"{server} did not answer within connect_timeout{limit}: {way_out}")
    ours.__cause__ = error
    return ours


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and those that it came of."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _reason(error: BaseException) -> str | None:
    """Why the system did not make a connection, in its words."""
    if not isinstance(error, OSError) or isinstance(error, ssl.SSLError):
        return None
    number = error.errno
    # asyncio makes one error of those of several addresses, and their text is all that it keeps.
    if number is None and (found := re.search(r"\[Errno (\d+)\]", str(error))):
        number = int(found[1])
    return os.strerror(number).lower() if number is not None and number in errno.errorcode else None
