"""The drivers for MySQL and MariaDB: the one place that knows aiomysql with PyMySQL, and asyncmy, and what of their inside one has to.

asyncmy began as a copy of aiomysql in Cython, so most of what is said here holds for both.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import re
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from ..errors import ConfigurationError, DatabaseError
from .connect_errors import Server, connect_error, connect_timeout_error
from .dialect import Dialect
from .interface import Call, Row
from .limits import TimeLimits
from .managed import invalid_options_error, translate_error
from .tls import TLS_NOT_OFFERED

if TYPE_CHECKING:
    import aiomysql

logger: logging.Logger = logging.getLogger("authhero_sql.mysql")

NO_TLS = 2026
"""The client's own number for TLS that did not come about."""
NO_INDEX = 1176
"""The server's number for an index that a statement names and that there is not."""
FORCE_INDEX = re.compile(r" FORCE INDEX \(`[^`]*`\)")
TRIP_LETTERS = 250_000
"""How long several statements may be to go in one trip: no server that is in use takes packets of less than a megabyte."""
_MATCHED = re.compile(rb": (\d+)")
"""The first number of ``Rows matched: 1  Changed: 0  Warnings: 0``, whose words are in the server's language."""

UNLIMITED = TimeLimits(None)
"""For what may take as long as it needs."""
FOUND_ROWS = 2
"""The flag with which a server counts the rows that an UPDATE finds, not those that it changes."""
A_YEAR = 31_536_000
"""In seconds, the longest that asyncmy takes for a timeout."""
OURS: Mapping[str, Any] = {
    "charset": "utf8mb4",
    "autocommit": True,
    "client_flag": FOUND_ROWS,
    "sql_mode": "'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'",
}
"""How connections of our own are made."""
Answer = tuple[list[Row], int]
"""The rows that a statement gave, and the number of rows that it matched."""


def is_from_driver(error: BaseException, name: str = "MySQLError") -> bool:
    """Whether an error is one of a driver's, of the class of that name; a driver that is not loaded has raised none."""
    modules = (sys.modules.get("pymysql.err"), sys.modules.get("asyncmy.errors"))
    return any(module is not None and isinstance(error, getattr(module, name)) for module in modules)


@cache
def _quiet_aiomysql() -> type[aiomysql.Cursor]:
    """The driver's cursor, but for asking the server for its warnings, which is a trip more and shows values."""
    import aiomysql

    class Quiet(aiomysql.Cursor):  # type: ignore[misc]  # aiomysql is not typed
        async def _show_warnings(self, conn: aiomysql.Connection) -> None:
            pass

    return Quiet


@cache
def _quiet_asyncmy() -> type[Any]:
    import asyncmy.cursors

    class Quiet(asyncmy.cursors.Cursor):
        async def _show_warnings(self, conn: Any) -> None:
            pass

    return Quiet


@cache
def _encrypted_aiomysql() -> type[aiomysql.Connection]:
    """The driver's connection, but that it signs in only where the line is encrypted.

    By itself aiomysql goes on without TLS where the server, or who stands between, says that it has none, and even sends the
    password as it is to those who ask.
    """
    import aiomysql
    from pymysql.constants import CLIENT, CR
    from pymysql.err import OperationalError

    class Encrypted(aiomysql.Connection):  # type: ignore[misc]  # aiomysql is not typed
        async def _request_authentication(self) -> None:
            if not self.server_capabilities & CLIENT.SSL:
                raise OperationalError(CR.CR_SSL_CONNECTION_ERROR, TLS_NOT_OFFERED)
            await super()._request_authentication()

    if not hasattr(aiomysql.Connection, "_request_authentication"):
        raise ConfigurationError("this release of aiomysql cannot be made to insist on TLS: install an earlier one")
    return Encrypted


@cache
def _careful_asyncmy(*, encrypted: bool) -> type[Any]:
    """The driver's connection, but that it looks whether the server has TLS before it asks for it.

    By itself asyncmy begins with TLS where the server has none. It never goes on without.
    """
    import asyncmy.connection
    from asyncmy.constants import CLIENT, CR
    from asyncmy.errors import OperationalError

    class Careful(asyncmy.connection.Connection):
        async def _request_authentication(self) -> Any:
            inside: Any = self
            if inside._ssl_context and not inside.server_capabilities & CLIENT.SSL:
                if encrypted:
                    raise OperationalError(CR.CR_SSL_CONNECTION_ERROR, TLS_NOT_OFFERED)
                inside._ssl_context = None
                inside._client_flag &= ~CLIENT.SSL
            driver: Any = super()
            return await driver._request_authentication()

    if not hasattr(asyncmy.connection.Connection, "_request_authentication"):
        raise ConfigurationError("this release of asyncmy cannot be made to look for TLS: install an earlier one")
    return Careful


class MySQLDriver:
    """aiomysql's connections, as our own pool uses them, and statements on any connection of its.

    Args:
        dialect: who knows its errors.
        settings: what its connections are made with.
        connect_timeout: seconds until a connection must be ready, the sign-in included.
        encrypted: whether nothing may be sent without TLS.
    """

    def __init__(self, dialect: Dialect, settings: dict[str, Any], connect_timeout: float | None, *, encrypted: bool) -> None:
        self._dialect = dialect
        self._settings = settings
        self._connect_timeout = connect_timeout
        self._encrypted = encrypted

    # --- connections ---------------------------------------------------------------------------------------------------------

    async def open(self) -> aiomysql.Connection:
        """Open a connection.

        Raises:
            ConfigurationError: an option cannot be read.
            DatabaseUnavailableError: the server cannot be reached, or does not let us in.
        """
        connection = self._made()
        try:
            async with asyncio.timeout(self._connect_timeout):
                await self._connect(connection)
        except BaseException as error:
            connection.close()
            if isinstance(error, TimeoutError):
                raise connect_timeout_error(error, self.server, self._connect_timeout) from error
            if isinstance(error, Exception):
                ours = translate_error(self._dialect, error)
                raise (connect_error(ours, self.server) if isinstance(ours, DatabaseError) else ours) from ours.__cause__
            raise
        return connection

    @property
    def server(self) -> Server:
        """Where the server is, for messages."""
        given = {name: str(value) for name, value in self._settings.items() if value}
        host = f"{given.get('host', 'localhost')}:{given.get('port', 3306)}"
        return Server("MySQL", given.get("unix_socket", host), given.get("user"), given.get("database") or given.get("db"))

    def _made(self) -> aiomysql.Connection:
        """Return a connection that is not connected yet."""
        try:
            return self._new(**self._settings, **OURS)
        except (TypeError, ValueError) as error:
            raise invalid_options_error(error) from None

    def _new(self, **options: Any) -> aiomysql.Connection:
        import aiomysql

        # A connection that is refused its options complains of itself when it is deleted.
        inspect.signature(aiomysql.connect).bind(**options)
        return (_encrypted_aiomysql() if self._encrypted else aiomysql.Connection)(**options)

    async def _connect(self, connection: aiomysql.Connection) -> None:
        await connection._connect()

    def _cursor(self) -> type[Any]:
        return _quiet_aiomysql()

    def is_open(self, connection: aiomysql.Connection) -> bool:
        """Whether it is open, as far as this side has heard: aiomysql itself does not look whether the server has hung up."""
        if connection.closed:
            return False
        reader = getattr(connection, "_reader", None)
        return not (getattr(reader, "eof_received", False) or (reader is not None and reader.exception() is not None))

    def in_transaction(self, connection: aiomysql.Connection) -> bool:
        """Whether a transaction is open, as far as the last answer told."""
        return bool(connection.get_transaction_status())

    async def reset(self, connection: aiomysql.Connection) -> None:
        """Ask whether it is still there, and roll back."""
        await connection.ping(reconnect=False)
        if connection.get_transaction_status():
            await connection.rollback()

    async def close(self, connection: aiomysql.Connection) -> None:
        """Say goodbye."""
        await connection.ensure_closed()

    def terminate(self, connection: aiomysql.Connection) -> None:
        """Close the socket."""
        connection.close()

    def counts_matched(self, connection: aiomysql.Connection) -> bool:
        """Return whether an UPDATE that changes nothing can be told from one that finds nothing.

        The server's message is in the driver's inside; the flag is the public way, which only a pool's owner can set.
        """
        flags: int = getattr(connection, "client_flag", 0) or getattr(connection, "_client_flag", 0)
        return hasattr(self._cursor()(connection), "_result") or bool(flags & FOUND_ROWS)

    # --- statements ----------------------------------------------------------------------------------------------------------

    async def answer(self, connection: aiomysql.Connection, call: Call, limits: TimeLimits) -> Answer:
        """Return what a statement gave, within a limit."""
        cursor = await connection.cursor(self._cursor())
        try:
            with (limits if call.bounded else UNLIMITED).enforce():
                await _executed(cursor, call)
                return await _given(cursor, call)
        except BaseException as error:
            self._spoiled(connection, error)
            raise

    async def answers(self, connection: aiomysql.Connection, calls: Sequence[Call], limits: TimeLimits, done: list[Answer]) -> None:
        """Collect what each of several statements gave, all sent in one trip; after one that fails the server does none of the rest.

        What is too large for one trip is sent one by one.
        """
        if len(calls) == 1:
            done.append(await self.answer(connection, calls[0], limits))
            return
        cursor = await connection.cursor(self._cursor())
        text = "; ".join([cursor.mogrify(call.sql, call.args) for call in calls])
        if len(text) < TRIP_LETTERS:
            try:
                for call in calls:
                    with (limits if call.bounded else UNLIMITED).enforce():
                        await (cursor.nextset() if done else cursor.execute(text))
                        done.append(await _given(cursor, call))
            except BaseException as error:
                self._spoiled(connection, error)
                if not _misses_index(error, calls[len(done)]):
                    raise
        for call in calls[len(done) :]:
            answer = await self.answer(connection, call, limits)
            done.append(answer)

    def _spoiled(self, connection: aiomysql.Connection, error: BaseException) -> None:
        """Close a connection after what has left an answer on its way: whoever came next would read it."""
        if not isinstance(error, Exception) or (is_from_driver(error) and not _is_the_servers(error)):
            self.terminate(connection)


class Asyncmy(MySQLDriver):
    """The same by asyncmy."""

    def _new(self, **options: Any) -> Any:
        # The time for all of it is kept where a connection is opened.
        return _careful_asyncmy(encrypted=self._encrypted)(connect_timeout=A_YEAR, **options)

    async def _connect(self, connection: Any) -> None:
        await connection.connect()

    def _cursor(self) -> type[Any]:
        return _quiet_asyncmy()

    def is_open(self, connection: Any) -> bool:
        """Whether it is open, as far as this side has heard."""
        return connection.connected and not getattr(connection, "_stream_broken", False)


def _is_the_servers(error: BaseException) -> bool:
    """Whether an error was the server's answer: the drivers' own numbers are those from 2000 on, or none."""
    number = error.args[0] if error.args else 0
    return isinstance(number, int) and number >= 1000 and not 2000 <= number < 3000


async def _executed(cursor: aiomysql.Cursor, call: Call) -> None:
    """Run a statement; without its FORCE INDEX where that index is missing, so that everything goes on, if more slowly."""
    try:
        await cursor.execute(call.sql, call.args)
    except Exception as error:
        if not _misses_index(error, call):
            raise
        logger.warning("%s: reads without it until `authhero-sql check` finds nothing missing", error.args[1])
        await cursor.execute(FORCE_INDEX.sub("", call.sql), call.args)


def _misses_index(error: BaseException, call: Call) -> bool:
    return is_from_driver(error) and error.args[:1] == (NO_INDEX,) and FORCE_INDEX.search(call.sql) is not None


async def _given(cursor: aiomysql.Cursor, call: Call) -> Answer:
    """What the statement gave whose answer has just been read."""
    rows: list[Row] = list(await cursor.fetchall()) if cursor.description else []
    return rows, _matched(cursor) if call.sql.startswith("UPDATE") else cursor.rowcount


def _matched(cursor: aiomysql.Cursor) -> int:
    """Return the rows matched, from the server's message: a pool without CLIENT.FOUND_ROWS counts only those that changed."""
    message = getattr(getattr(cursor, "_result", None), "message", None)
    found = _MATCHED.search(bytes(message or b""))
    return int(found[1]) if found else int(cursor.rowcount)
