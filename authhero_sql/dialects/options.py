"""The options of ``connect()`` for type checkers, engine by engine. The docstring of ``connect()`` describes them in full.

A test compares them with the parameters of the databases and of their drivers.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from ssl import SSLContext
from typing import Any, Literal, TypedDict

__all__ = ["ConnectOptions", "D1Options", "MySQLOptions", "PostgreSQLOptions", "SQLiteOptions"]


class _Options(TypedDict, total=False):
    """The options of every engine."""

    acquire_timeout: float
    """How long to wait for a connection, in seconds."""
    command_timeout: float | None
    """How long a statement may take, in seconds; None means that there is no limit."""


class SQLiteOptions(_Options, total=False):
    """The options of a ``sqlite://`` URL."""

    readers: int
    """The maximum number of connections for reading."""
    busy_timeout: float
    """How long to wait for the lock of another process, in seconds."""
    cached_statements: int
    """The number of prepared statements that each connection caches."""
    wal: bool | None
    """Whether to switch the file to WAL; None switches it only if it has no tables yet."""


class D1Options(_Options, total=False):
    """The options of a ``d1://`` URL."""

    max_size: int
    """The maximum number of connections to the API."""
    connect_timeout: float
    """How long opening a connection may take, in seconds."""
    token: str
    """The API token; by default the password in the URL, or else the environment variable ``CLOUDFLARE_API_TOKEN``."""
    endpoint: str
    """The URL of the API, or of a gateway that implements it."""
    insecure: bool
    """Whether the token may be sent to another machine over plain HTTP."""
    transport: Any
    """The ``httpx.AsyncBaseTransport`` that sends the requests."""


class _ServerOptions(_Options, total=False):
    """The options of the engines with a server."""

    min_size: int
    """The number of connections that the pool opens at the start and keeps open."""
    max_size: int
    """The maximum number of connections in the pool."""
    connect_timeout: float
    """How long opening a connection may take, in seconds."""
    ssl: Literal["disable", "prefer", "require", "verify-ca", "verify-full"] | SSLContext
    """How the connection is encrypted."""
    ssl_ca: str
    """The file with the certificates of the trusted authorities."""
    host: Any
    port: Any
    user: str
    password: Any
    database: str


class PostgreSQLOptions(_ServerOptions, total=False):
    """The options of a ``postgresql://`` URL. Those without a description are passed to ``asyncpg.connect``."""

    statement_cache_size: int
    """The number of prepared statements that each connection caches."""
    pgbouncer: bool
    """Whether PgBouncer sits in front of the server, so that prepared statements cannot be used."""
    max_inactive_connection_lifetime: float
    """How long a connection may be idle before it is closed, in seconds; 0 means that there is no limit."""
    connect: Callable[..., Awaitable[Any]]
    """A function that opens a connection instead of ``asyncpg.connect``."""
    init: Callable[[Any], Awaitable[Any]]
    """A function that is awaited with each connection after it has been opened."""
    setup: Callable[[Any], Awaitable[Any]]
    """A function that is awaited with a connection each time it is acquired."""
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
    """The options of a ``mysql://`` URL. Those without a description are passed to ``aiomysql.connect`` or ``asyncmy.connect``."""

    recycle: float
    """How long a connection may be idle before it is closed, in seconds; -1 means that there is no limit."""
    minsize: int
    """The name of ``min_size`` in aiomysql."""
    maxsize: int
    """The name of ``max_size`` in aiomysql."""
    pool_recycle: float
    """The name of ``recycle`` in aiomysql."""
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
    """The options of a URL whose engine is not known. The engine rejects the options of other engines."""
