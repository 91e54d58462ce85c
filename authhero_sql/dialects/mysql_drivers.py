"""The drivers for MySQL and MariaDB. No other module depends on the internals of aiomysql, PyMySQL and asyncmy.

asyncmy started as a copy of aiomysql in Cython, so both share most of the code here.
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
"""The client's error number for a TLS connection that could not be established."""
NO_INDEX = 1176
"""The server's error number for an index hint that names a missing index."""
FORCE_INDEX = re.compile(r" FORCE INDEX \(`[^`]*`\)")
MAX_TRIP_LENGTH = 250_000
"""The maximum length of several statements in one round trip, in characters. Every supported server accepts packets of a megabyte."""
_MATCHED = re.compile(rb": (\d+)")
"""The first number in ``Rows matched: 1  Changed: 0  Warnings: 0``, a message in the server's language."""

UNLIMITED = TimeLimits(None)
"""The limits for statements without a time limit."""
FOUND_ROWS = 2
"""The client flag that makes the server count the rows that an UPDATE matched, not those that it changed."""
ONE_YEAR = 31_536_000
"""The longest timeout that asyncmy accepts, in seconds."""
CONNECTION_OPTIONS: Mapping[str, Any] = {
    "charset": "utf8mb4",
    "autocommit": True,
    "client_flag": FOUND_ROWS,
    "sql_mode": "'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'",
}
"""The options of the connections that this package opens."""
Result = tuple[list[Row], int]
"""The rows that a statement returned, and the number of rows that it matched."""


def is_from_driver(error: BaseException, name: str = "MySQLError") -> bool:
    """Return whether an error belongs to the driver class with this name, without importing a driver."""
    modules = (sys.modules.get("pymysql.err"), sys.modules.get("asyncmy.errors"))
    return any(module is not None and isinstance(error, getattr(module, name)) for module in modules)


@cache
def _aiomysql_cursor() -> type[aiomysql.Cursor]:
    """Return a cursor class that does not fetch warnings, which would take another round trip and expose values."""
    import aiomysql

    class CursorWithoutWarnings(aiomysql.Cursor):  # type: ignore[misc]  # aiomysql is not typed
        async def _show_warnings(self, conn: aiomysql.Connection) -> None:
            pass

    return CursorWithoutWarnings


@cache
def _asyncmy_cursor() -> type[Any]:
    import asyncmy.cursors

    class CursorWithoutWarnings(asyncmy.cursors.Cursor):
        async def _show_warnings(self, conn: Any) -> None:
            pass

    return CursorWithoutWarnings


@cache
def _aiomysql_tls_connection() -> type[aiomysql.Connection]:
    """Return a connection class that authenticates only over TLS.

    aiomysql itself continues without TLS if the server, or an attacker in between, does not announce it. It then even sends the
    password in clear text on request.
    """
    import aiomysql
    from pymysql.constants import CLIENT, CR
    from pymysql.err import OperationalError

    class TLSConnection(aiomysql.Connection):  # type: ignore[misc]  # aiomysql is not typed
        async def _request_authentication(self) -> None:
            if not self.server_capabilities & CLIENT.SSL:
                raise OperationalError(CR.CR_SSL_CONNECTION_ERROR, TLS_NOT_OFFERED)
            await super()._request_authentication()

    if not hasattr(aiomysql.Connection, "_request_authentication"):
        raise ConfigurationError("this version of aiomysql cannot require TLS: install an earlier version")
    return TLSConnection


@cache
def _asyncmy_connection(*, encrypted: bool) -> type[Any]:
    """Return a connection class that checks whether the server offers TLS before it starts a TLS handshake.

    asyncmy itself starts the handshake in any case, and never continues without TLS.

    Args:
        encrypted: Whether to raise an error, rather than connect without TLS, if the server does not offer it.
    """
    import asyncmy.connection
    from asyncmy.constants import CLIENT, CR
    from asyncmy.errors import OperationalError

    class Connection(asyncmy.connection.Connection):
        async def _request_authentication(self) -> Any:
            connection: Any = self
            if connection._ssl_context and not connection.server_capabilities & CLIENT.SSL:
                if encrypted:
                    raise OperationalError(CR.CR_SSL_CONNECTION_ERROR, TLS_NOT_OFFERED)
                connection._ssl_context = None
                connection._client_flag &= ~CLIENT.SSL
            base: Any = super()
            return await base._request_authentication()

    if not hasattr(asyncmy.connection.Connection, "_request_authentication"):
        raise ConfigurationError("this version of asyncmy cannot check whether the server offers TLS: install an earlier version")
    return Connection


class MySQLDriver:
    """The driver with which this package's own pool opens and closes connections of aiomysql.

    It also executes statements, on its own connections and on those of a caller's pool.

    Args:
        dialect: The dialect that classifies errors.
        settings: The options of new connections.
        connect_timeout: How long opening a connection may take, including authentication, in seconds.
        encrypted: Whether connections must use TLS.
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
            ConfigurationError: An option is invalid.
            DatabaseUnavailableError: The server cannot be reached, or rejects the connection.
        """
        connection = self._create_connection()
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
        """The server, for error messages."""
        settings = {name: str(value) for name, value in self._settings.items() if value}
        host = f"{settings.get('host', 'localhost')}:{settings.get('port', 3306)}"
        return Server("MySQL", settings.get("unix_socket", host), settings.get("user"), settings.get("database") or settings.get("db"))

    def _create_connection(self) -> aiomysql.Connection:
        """Return a connection that is not open yet."""
        try:
            return self._new_connection(**self._settings, **CONNECTION_OPTIONS)
        except (TypeError, ValueError) as error:
            raise invalid_options_error(error) from None

    def _new_connection(self, **options: Any) -> aiomysql.Connection:
        import aiomysql

        # Checked first, because __del__() of a connection fails if its __init__() did.
        inspect.signature(aiomysql.connect).bind(**options)
        return (_aiomysql_tls_connection() if self._encrypted else aiomysql.Connection)(**options)

    async def _connect(self, connection: aiomysql.Connection) -> None:
        await connection._connect()

    def _cursor_class(self) -> type[Any]:
        return _aiomysql_cursor()

    def is_open(self, connection: aiomysql.Connection) -> bool:
        """Return whether the connection is open, as far as the client knows."""
        # aiomysql does not check whether the server has closed the socket.
        if connection.closed:
            return False
        reader = getattr(connection, "_reader", None)
        return not (getattr(reader, "eof_received", False) or (reader is not None and reader.exception() is not None))

    def in_transaction(self, connection: aiomysql.Connection) -> bool:
        """Return whether the last result reported an open transaction."""
        return bool(connection.get_transaction_status())

    async def reset(self, connection: aiomysql.Connection) -> None:
        """Check that the server still answers, and roll back."""
        await connection.ping(reconnect=False)
        if connection.get_transaction_status():
            await connection.rollback()

    async def close(self, connection: aiomysql.Connection) -> None:
        """Close the connection gracefully."""
        await connection.ensure_closed()

    def terminate(self, connection: aiomysql.Connection) -> None:
        """Close the socket without waiting for the server."""
        connection.close()

    def counts_matched(self, connection: aiomysql.Connection) -> bool:
        """Return whether the number of matched rows of an UPDATE is known, and not only the number of changed ones.

        It is in a private attribute of the driver's cursor. The public alternative is a client flag, which only the owner of a pool
        can set.
        """
        flags: int = getattr(connection, "client_flag", 0) or getattr(connection, "_client_flag", 0)
        return hasattr(self._cursor_class()(connection), "_result") or bool(flags & FOUND_ROWS)

    # --- statements ----------------------------------------------------------------------------------------------------------

    async def execute(self, connection: aiomysql.Connection, call: Call, limits: TimeLimits) -> Result:
        """Execute a statement, with a timeout if the call is bounded."""
        cursor = await connection.cursor(self._cursor_class())
        try:
            with (limits if call.has_timeout else UNLIMITED).enforce():
                await _execute(cursor, call)
                return await _read_result(cursor, call)
        except BaseException as error:
            self._close_if_unread(connection, error)
            raise

    async def execute_many(self, connection: aiomysql.Connection, calls: Sequence[Call], limits: TimeLimits, results: list[Result]) -> None:
        """Execute several statements in one round trip, or one by one if they are too long together.

        If a statement fails, the server executes none of the following ones.

        Args:
            connection: The connection.
            calls: The statements.
            limits: The timeout of each bounded statement.
            results: An empty list, to which the result of each statement is appended. If one fails, the list contains the results of
                those before it.
        """
        if len(calls) == 1:
            results.append(await self.execute(connection, calls[0], limits))
            return
        cursor = await connection.cursor(self._cursor_class())
        text = "; ".join([cursor.mogrify(call.sql, call.args) for call in calls])
        if len(text) < MAX_TRIP_LENGTH:
            try:
                for call in calls:
                    with (limits if call.has_timeout else UNLIMITED).enforce():
                        await (cursor.nextset() if results else cursor.execute(text))
                        results.append(await _read_result(cursor, call))
            except BaseException as error:
                self._close_if_unread(connection, error)
                if not _misses_index(error, calls[len(results)]):
                    raise
        for call in calls[len(results) :]:
            result = await self.execute(connection, call, limits)
            results.append(result)

    def _close_if_unread(self, connection: aiomysql.Connection, error: BaseException) -> None:
        """Close a connection if an error has left a result unread, because the next statement would read it."""
        if not isinstance(error, Exception) or (is_from_driver(error) and not _is_from_server(error)):
            self.terminate(connection)


class AsyncmyDriver(MySQLDriver):
    """The same driver for connections of asyncmy."""

    def _new_connection(self, **options: Any) -> Any:
        # open() enforces connect_timeout.
        return _asyncmy_connection(encrypted=self._encrypted)(connect_timeout=ONE_YEAR, **options)

    async def _connect(self, connection: Any) -> None:
        await connection.connect()

    def _cursor_class(self) -> type[Any]:
        return _asyncmy_cursor()

    def is_open(self, connection: Any) -> bool:
        """Return whether the connection is open, as far as the client knows."""
        return connection.connected and not getattr(connection, "_stream_broken", False)


def _is_from_server(error: BaseException) -> bool:
    """Return whether the server reported an error. The drivers' own errors have numbers from 2000 to 2999, or none."""
    number = error.args[0] if error.args else 0
    return isinstance(number, int) and number >= 1000 and not 2000 <= number < 3000


async def _execute(cursor: aiomysql.Cursor, call: Call) -> None:
    """Execute a statement. If the index in its FORCE INDEX is missing, execute it without the hint."""
    try:
        await cursor.execute(call.sql, call.args)
    except Exception as error:
        if not _misses_index(error, call):
            raise
        logger.warning("%s: the statement runs without this index; `authhero-sql check` lists what is missing", error.args[1])
        await cursor.execute(FORCE_INDEX.sub("", call.sql), call.args)


def _misses_index(error: BaseException, call: Call) -> bool:
    return is_from_driver(error) and error.args[:1] == (NO_INDEX,) and FORCE_INDEX.search(call.sql) is not None


async def _read_result(cursor: aiomysql.Cursor, call: Call) -> Result:
    """Return the rows and the row count of the statement that a cursor has just executed."""
    rows: list[Row] = list(await cursor.fetchall()) if cursor.description else []
    return rows, _matched_rows(cursor) if call.sql.startswith("UPDATE") else cursor.rowcount


def _matched_rows(cursor: aiomysql.Cursor) -> int:
    """Return the number of rows that an UPDATE matched, from the server's message.

    Without CLIENT.FOUND_ROWS, which a caller's pool may lack, the row count is the number of changed rows.
    """
    message = getattr(getattr(cursor, "_result", None), "message", None)
    found = _MATCHED.search(bytes(message or b""))
    return int(found[1]) if found else int(cursor.rowcount)
