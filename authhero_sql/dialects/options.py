"""The options of ``connect``, engine by engine, for type checkers: what each means stands at ``connect``.

A test compares them with what the databases and their drivers take.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from ssl import SSLContext
from typing import Any, Literal, TypedDict

__all__ = ["ConnectOptions", "D1Options", "MySQLOptions", "PostgreSQLOptions", "SQLiteOptions"]


class _Options(TypedDict, total=False):
    """What every engine takes."""

    acquire_timeout: float
    """Seconds to wait for a connection."""
    command_timeout: float | None
    """Seconds that a statement may take; None for as long as it needs."""


class SQLiteOptions(_Options, total=False):
    """The options of a ``sqlite://`` URL."""

    readers: int
    """The number of connections that read."""
    busy_timeout: float
    """Seconds to wait for another process's lock."""
    cached_statements: int
    """The number of prepared statements that a connection keeps."""
    wal: bool | None
    """Whether the file is switched to WAL; None where a file that has tables keeps its journal mode."""


class D1Options(_Options, total=False):
    """The options of a ``d1://`` URL."""

    max_size: int
    """The most connections to the API."""
    connect_timeout: float
    """Seconds to wait until a connection is open."""
    token: str
    """The API token; by default the URL's password, or ``CLOUDFLARE_API_TOKEN`` in the environment."""
    endpoint: str
    """The address of the API, or of a gateway that speaks its shape."""
    insecure: bool
    """Whether the token may be sent to another machine over plain HTTP."""
    transport: Any
    """The ``httpx.AsyncBaseTransport`` that sends the requests."""


class _ServerOptions(_Options, total=False):
    """What every server takes."""

    min_size: int
    """The number of connections that the pool opens at once and keeps."""
    max_size: int
    """The most connections that the pool opens."""
    connect_timeout: float
    """Seconds to wait until a connection is open."""
    ssl: Literal["disable", "prefer", "require", "verify-ca", "verify-full"] | SSLContext
    """How the connection is encrypted."""
    ssl_ca: str
    """The file of the certificates to trust."""
    host: Any
    port: Any
    user: str
    password: Any
    database: str


class PostgreSQLOptions(_ServerOptions, total=False):
    """The options of a ``postgresql://`` URL; those without a description are those of ``asyncpg.connect``."""

    statement_cache_size: int
    """The number of prepared statements that a connection keeps."""
    pgbouncer: bool
    """Whether a PgBouncer stands between, which allows no prepared statements."""
    max_inactive_connection_lifetime: float
    """Seconds for which a connection may be idle; 0 for ever."""
    connect: Callable[..., Awaitable[Any]]
    """Opens a connection in place of ``asyncpg.connect``."""
    init: Callable[[Any], Awaitable[Any]]
    """Prepares a connection when it has been opened."""
    setup: Callable[[Any], Awaitable[Any]]
    """Prepares a connection whenever it is lent."""
    passfile: Any
    service: str
    servicefile: Any
    max_cached_statement_lifetime: int
    max_cacheable_statement_size: int
    direct_tls: bool
    connection_class: Any
    record_class: Any
    server_settings: Mapping[str, str]
    target_session_attrs: Any
    krbsrvname: str
    gsslib: str


class MySQLOptions(_ServerOptions, total=False):
    """The options of a ``mysql://`` URL; those without a description are those of ``aiomysql.connect`` or ``asyncmy.connect``."""

    recycle: float
    """Seconds for which a connection may be idle; -1 for ever."""
    minsize: int
    """``min_size``, as aiomysql calls it."""
    maxsize: int
    """``max_size``, as aiomysql calls it."""
    pool_recycle: float
    """``recycle``, as aiomysql calls it."""
    db: str
    unix_socket: str
    sock: Any
    charset: str
    sql_mode: str
    read_default_file: str
    read_default_group: str
    conv: Any
    use_unicode: bool
    client_flag: int
    cursorclass: Any
    cursor_cls: Any
    init_command: str
    autocommit: bool
    echo: bool
    local_infile: bool
    auth_plugin: str
    auth_plugin_map: Mapping[Any, Any]
    program_name: str
    server_public_key: bytes
    password_creator: Callable[..., Any]
    max_allowed_packet: int
    read_timeout: float
    binary_prefix: bool
    query_callback: Callable[..., Any]
    stmt_cache_size: int


class ConnectOptions(SQLiteOptions, D1Options, PostgreSQLOptions, MySQLOptions, total=False):
    """The options of a URL that may be any engine's; the engine refuses those of the others."""
