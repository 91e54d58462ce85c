"""The supported engines. A database is opened from a URL, or from a caller's pool.

``ENGINES`` has one entry for each engine and driver. The modules of an engine are imported when it is used for the first time.
"""

from __future__ import annotations

import importlib
import math
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Unpack
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit, urlunsplit

from ..errors import ConfigurationError, DriverMissingError, did_you_mean, printable
from .dialect import Dialect
from .interface import Call, Database, Executor, Features
from .managed import ManagedDatabase, unknown_keyword
from .tls import DISABLE, PREFER, tls_settings

if TYPE_CHECKING:
    from .options import ConnectOptions

__all__ = ["Call", "Database", "Dialect", "Executor", "Features", "connect", "wrap"]

Options = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine with one of its drivers, and the functions that make a database from a URL or a pool.

    Attributes:
        name: The name of the engine in messages.
        schemes: The URL schemes.
        pool: The module and the class of the pools that are accepted.
        driver: The module of the driver.
        extra: The extra of this package that installs the driver, or None if it is always installed.
        from_url: Makes a database from a URL and options.
        from_pool: Makes a database from a caller's pool.
        is_pool: Returns whether an object is such a pool, if its class cannot be recognized by its name.
        inspection_options: The options with which opening a database that has tables does not change it.
    """

    name: str
    schemes: tuple[str, ...]
    pool: tuple[str, str]
    driver: str
    extra: str | None
    from_url: Callable[[str, Options], ManagedDatabase]
    from_pool: Callable[[Any], ManagedDatabase]
    is_pool: Callable[[object], bool] | None = None
    inspection_options: Mapping[str, Any] = field(default_factory=dict)


def _sqlite_from_url(url: str, options: Options) -> ManagedDatabase:
    from .sqlite import SQLiteDatabase

    path, _, query = url.partition("://")[2].partition("?")
    # As elsewhere in Python, sqlite:///auth.db is a relative path, and sqlite:////var/auth.db is an absolute one.
    path = unquote(path.removeprefix("/")) or ":memory:"
    return SQLiteDatabase(path, **_merge_options(query, options))


def _postgresql_from_url(url: str, options: Options) -> ManagedDatabase:
    from .postgresql import PostgreSQLDatabase

    parts = _server_parts("PostgreSQL", url)
    query = dict(parse_qsl(parts.query))
    own = {name: query.pop(name) for name in list(query) if name in _NUMBERS or name in {"pgbouncer", "ssl", "ssl_ca"}}
    # The rest (sslmode, application_name, …) are parameters of libpq, which asyncpg reads from the URL itself.
    rest = "&".join(part for part in parts.query.split("&") if part.partition("=")[0] in query)
    dsn = urlunsplit(("postgresql", parts.netloc, parts.path, rest, ""))
    return PostgreSQLDatabase(dsn, **_convert_tls({**_convert_query(own), **options}))


def _convert_tls(options: Options) -> Options:
    """Return the options with an SSL context for asyncpg, whose own modes verify with files in the home directory."""
    mode, ca = options.pop("ssl", None), options.pop("ssl_ca", None)
    if mode is None and ca is None:
        # The default of asyncpg is "prefer" as well.
        return options
    settings = tls_settings(mode, ca)
    return {**options, "ssl": settings.context if settings.required else PREFER if settings.context else DISABLE}


def _mysql_from_url(url: str, options: Options) -> ManagedDatabase:
    from .mysql import MySQLDatabase

    settings, options = _mysql_parts(url, options)
    return MySQLDatabase(settings, **options)


def _asyncmy_from_url(url: str, options: Options) -> ManagedDatabase:
    from .mysql import MySQLDatabase
    from .mysql_drivers import AsyncmyDriver

    settings, options = _mysql_parts(url, options)
    return MySQLDatabase(settings, driver=AsyncmyDriver, **options)


def _mysql_parts(url: str, options: Options) -> tuple[Options, Options]:
    """Return the connection settings of a MySQL URL, and the options."""
    parts = _server_parts("MySQL", url)
    options = _merge_options(parts.query, options)
    if not parts.path[1:] and not options.keys() & {"db", "database"}:
        raise ConfigurationError("the MySQL URL has no database name: add it after the host, as in mysql://user:password@host/name")
    settings: Options = {"host": parts.hostname or "localhost", "port": parts.port or 3306, "db": unquote(parts.path[1:])}
    if parts.username is not None:
        settings["user"] = unquote(parts.username)
    if parts.password is not None:
        settings["password"] = unquote(parts.password)
    return settings, options


def _server_parts(engine: str, url: str) -> SplitResult:
    """Return the parts of the URL of a server.

    Raises:
        ConfigurationError: The port is invalid, or a reserved character in the user name or the password splits the URL in a wrong place.
    """
    parts = urlsplit(url)
    hosts = parts.netloc.rpartition("@")[2]
    flags = [part for part in parts.query.split("&") if "=" not in part]
    if "@" not in parts.netloc and any("@" in part for part in (parts.path, parts.fragment, *flags)):
        raise ConfigurationError(f"the {engine} URL has an @ after the host: percent-encode / ? # @ in the user name and the password")
    for host in hosts.split(","):
        port = host.rpartition("]")[2].rpartition(":")[2] if ":" in host.rpartition("]")[2] else ""
        if port and not (port.isascii() and port.isdigit() and int(port) < 2**16):
            raise ConfigurationError(f"the port in the {engine} URL is not a number up to 65535: write it as in host:5432/name")
    return parts


def _d1_from_url(url: str, options: Options) -> ManagedDatabase:
    from .d1 import D1Database, HTTPTransport

    parts = urlsplit(url)
    database = parts.path.strip("/")
    # This preserves the case, which parts.hostname would not: the names of a gateway's bindings may have upper-case letters.
    account = parts.netloc.rpartition("@")[2]
    if not re.fullmatch(r"[\w-]+", account) or not re.fullmatch(r"[\w-]+", database):
        raise ConfigurationError("the D1 URL is invalid: write it as d1://ACCOUNT_ID/DATABASE_ID")
    token = os.environ.get("CLOUDFLARE_API_TOKEN", "") if parts.password is None else unquote(parts.password)
    return D1Database(HTTPTransport(account, database, **{"token": token, **_merge_options(parts.query, options)}))


def _d1_from_binding(binding: Any) -> ManagedDatabase:
    from .d1 import BindingTransport, D1Database

    return D1Database(BindingTransport(binding))


def _is_d1_binding(value: object) -> bool:
    """Return whether an object has the methods of a Worker's D1 binding, which is a JavaScript object or an SDK wrapper."""
    return callable(getattr(value, "prepare", None)) and callable(getattr(value, "batch", None))


def _sqlite_from_pool(connection: Any) -> ManagedDatabase:
    from .sqlite import SQLiteDatabase

    return SQLiteDatabase(connection=connection)


def _postgresql_from_pool(pool: Any) -> ManagedDatabase:
    from .postgresql import PostgreSQLDatabase

    return PostgreSQLDatabase(pool=pool)


def _mysql_from_pool(pool: Any) -> ManagedDatabase:
    from .mysql import MySQLDatabase

    return MySQLDatabase(pool=pool)


def _asyncmy_from_pool(pool: Any) -> ManagedDatabase:
    from .mysql import MySQLDatabase
    from .mysql_drivers import AsyncmyDriver

    return MySQLDatabase(pool=pool, driver=AsyncmyDriver)


ENGINES = (
    Engine(
        "SQLite",
        ("sqlite",),
        ("aiosqlite.core", "Connection"),
        "aiosqlite",
        None,
        _sqlite_from_url,
        _sqlite_from_pool,
        inspection_options={"wal": None},
    ),
    Engine(
        "PostgreSQL",
        ("postgresql", "postgres"),
        ("asyncpg.pool", "Pool"),
        "asyncpg",
        "postgresql",
        _postgresql_from_url,
        _postgresql_from_pool,
    ),
    Engine("MySQL", ("mysql", "mariadb"), ("aiomysql.pool", "Pool"), "aiomysql", "mysql", _mysql_from_url, _mysql_from_pool),
    Engine(
        "MySQL",
        ("mysql+asyncmy", "mariadb+asyncmy"),
        ("asyncmy.pool", "Pool"),
        "asyncmy",
        "asyncmy",
        _asyncmy_from_url,
        _asyncmy_from_pool,
    ),
    Engine("D1", ("d1",), ("workers", "D1Database"), "httpx", "d1", _d1_from_url, _d1_from_binding, _is_d1_binding),
)

SCRIPTS = {
    "d1": ("d1", "D1Dialect"),
    "sqlite": ("sqlite", "SQLiteDialect"),
    "postgresql": ("postgresql", "PostgreSQLDialect"),
    "mysql": ("mysql", "MySQL8Dialect"),
    "mariadb": ("mysql", "MariaDBDialect"),
}
"""The dialects in which migration scripts can be written, with the module and the class of each."""


def script_dialect(name: str) -> Dialect:
    """Return the dialect for scripts with this name. It does not need a driver.

    Raises:
        ConfigurationError: There is no such dialect.
    """
    if name not in SCRIPTS:
        raise ConfigurationError(f"unknown dialect: use one of {', '.join(SCRIPTS)}")
    module, kind = SCRIPTS[name]
    dialect: Dialect = getattr(importlib.import_module(f".{module}", __package__), kind)()
    return dialect


_NUMBERS: dict[str, Callable[[str], Any]] = {
    "acquire_timeout": float,
    "busy_timeout": float,
    "cached_statements": int,
    "command_timeout": float,
    "connect_timeout": float,
    "max_size": int,
    "min_size": int,
    "readers": int,
    "recycle": float,
    "statement_cache_size": int,
}
_FLAGS = {"insecure", "pgbouncer", "wal"}
_BOOLEANS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
_NULLABLE = {"command_timeout", "wal"}
"""The options that may be None: no timeout, and the automatic choice of the journal mode."""
_MINIMUMS = {"recycle": -1.0, **dict.fromkeys(("busy_timeout", "cached_statements", "min_size", "readers", "statement_cache_size"), 0.0)}
"""The minimum of each number. Numbers without an entry must be greater than 0."""
_OPTION_NAMES = sorted({*_NUMBERS, *_FLAGS, "endpoint", "ssl", "ssl_ca", "token"})
"""The options of this package, for suggestions."""
_NOT_IN_URL = {"account", "connection", "database", "dsn", "path", "pool", "settings", "token", "transport"}
"""The constructor parameters of the databases that must not come from the query of a URL."""


def _convert_option(name: str, value: Any) -> Any:
    """Return the value of an option of this package, from a URL or a keyword argument. The options of drivers are not checked.

    Raises:
        ConfigurationError: The value is invalid.
    """
    if value is None and name in _NULLABLE:
        return None
    if name in _FLAGS:
        flag = _BOOLEANS.get(str(value).lower())
        if flag is None:
            raise ConfigurationError(f"the option {name} must be on or off")
        return flag
    if name in _NUMBERS:
        return _convert_number(name, value)
    return value


def _convert_number(name: str, value: Any) -> Any:
    try:
        number = _NUMBERS[name](value) if not isinstance(value, bool) else math.nan
    except (TypeError, ValueError):
        number = math.nan
    minimum = _MINIMUMS.get(name)
    if not math.isfinite(number) or (number <= 0 if minimum is None else number < minimum):
        kind = "a whole number" if _NUMBERS[name] is int else "a number"
        allowed = "greater than 0" if minimum is None else f"of at least {minimum:g}"
        raise ConfigurationError(f"the option {name} must be {kind} {allowed}")
    return number


def _convert_query(query: dict[str, str]) -> Options:
    if forbidden := _NOT_IN_URL & query.keys():
        raise ConfigurationError(
            f"the option {min(forbidden)} is not allowed in the query of a URL: pass it to connect() as a keyword argument, if there is one"
        )
    return {name: _convert_option(name, value) for name, value in query.items()}


def _merge_options(query: str, options: Options) -> Options:
    return {**_convert_query(dict(parse_qsl(query))), **options}


def connect(url: str, **options: Unpack[ConnectOptions]) -> ManagedDatabase:
    """Return a database for a URL, which is opened when it is entered or awaited.

    Use ``async with connect(url) as db``, or ``db = await connect(url)`` and later ``await db.close()``.

    Args:
        url: The location of the database. Its query may contain options. The forms are:

            - ``sqlite:///auth.db`` (relative path), ``sqlite:////var/auth.db`` (absolute path), ``sqlite://:memory:``
            - ``postgresql://user:password@host/name``
            - ``mysql://user:password@host/name`` (with aiomysql), ``mysql+asyncmy://user:password@host/name``
            - ``d1://ACCOUNT_ID/DATABASE_ID``
        options: The options, with their defaults in parentheses. All times are in seconds.

            - Every engine: ``acquire_timeout`` (30) and ``command_timeout`` (60; None means that there is no limit).
            - PostgreSQL and MySQL: ``min_size`` (1), ``max_size`` (10), ``connect_timeout`` (10), ``ssl`` and ``ssl_ca``. ``ssl`` is
              ``disable``, ``prefer``, ``require``, ``verify-ca``, ``verify-full`` or an ``ssl.SSLContext``. Its default is ``prefer``,
              or ``disable`` for MySQL on this machine. ``ssl_ca`` is a file of trusted certificates, instead of those of the system. It
              changes the default of ``ssl`` to ``verify-full``.
            - SQLite: ``readers`` (4), ``busy_timeout`` (5), ``cached_statements`` (512) and ``wal`` (on). ``wal=on`` switches the file to
              WAL permanently. ``wal=off`` keeps its journal mode. None keeps it only if the file has tables.
            - PostgreSQL: ``statement_cache_size`` (1000), ``pgbouncer`` (off) and the parameters of ``asyncpg.connect``. The parameters
              ``connect``, ``init``, ``setup`` and ``max_inactive_connection_lifetime`` (300; 0 means that there is no limit) work as
              in ``asyncpg.create_pool``.
            - MySQL: ``recycle`` (1800), the time for which a connection may be idle, and the parameters of ``aiomysql.connect`` or
              ``asyncmy.connect``.
            - D1: ``token``, ``endpoint``, ``insecure`` (off), ``connect_timeout`` (10) and ``max_size`` (10). The default of ``token``
              is the password in the URL, or else the environment variable ``CLOUDFLARE_API_TOKEN``. ``endpoint`` is the API of
              Cloudflare by default, and may be a gateway that implements it. ``insecure`` allows sending the token to another machine
              over plain ``http``.

    Raises:
        ConfigurationError: The URL is invalid, or its scheme or an option is unknown. The message does not contain the URL.
        DriverMissingError: The engine's driver is not installed. The message names the extra that installs it.
    """
    scheme, separator, _ = url.partition("://")
    converted = {name: _convert_option(name, value) for name, value in options.items()}
    for engine in ENGINES:
        if separator and scheme.lower() in engine.schemes:
            _require_driver(engine)
            try:
                return engine.from_url(url, converted)
            except TypeError as error:
                name = unknown_keyword(error) or ""
                raise ConfigurationError(f'{engine.name} has no option "{printable(name)}"{did_you_mean(name, _OPTION_NAMES)}') from error
            except ValueError as error:
                way_out = "percent-encode reserved characters in the user name and the password"
                raise ConfigurationError(f"the {engine.name} URL is invalid: {way_out}") from error.__cause__
    schemes = [name for engine in ENGINES for name in engine.schemes]
    # The text before :// is repeated only if it looks like a scheme, because it could contain a password.
    way_out = f"use one of {', '.join(f'{name}://' for name in schemes)}"
    if separator and re.fullmatch(r"[a-z][a-z0-9+.-]*", scheme, re.IGNORECASE):
        raise ConfigurationError(f'unknown URL scheme "{printable(scheme)}": {way_out}{did_you_mean(scheme.lower(), schemes)}')
    raise ConfigurationError(f"the URL has no scheme: {way_out}")


def inspection_options(url: str) -> Options:
    """Return options for ``connect()`` with which opening a database that has tables does not change it.

    Options that the URL sets itself are left out, so the URL takes precedence.
    """
    query = dict(parse_qsl(url.partition("?")[2]))
    engine = next((engine for engine in ENGINES if url.partition("://")[0].lower() in engine.schemes), None)
    return {name: value for name, value in engine.inspection_options.items() if name not in query} if engine else {}


def _require_driver(engine: Engine) -> None:
    try:
        importlib.import_module(engine.driver)
    except ImportError as error:
        requirement = f"authhero-sql[{engine.extra}]" if engine.extra else "authhero-sql"
        raise DriverMissingError(f"{engine.name} needs {engine.driver}: pip install '{requirement}'") from error


async def wrap(pool: object) -> Database:
    """Return an open database for a pool of a known driver, or open a database from :func:`connect`.

    Raises:
        TypeError: The object is neither. The message names the accepted types.
    """
    if isinstance(pool, ManagedDatabase):
        return await pool.open()
    names = {f"{kind.__module__}.{kind.__qualname__}" for kind in type(pool).__mro__}
    for engine in ENGINES:
        if ".".join(engine.pool) in names or (engine.is_pool is not None and engine.is_pool(pool)):
            return await engine.from_pool(pool)
    accepted = ", ".join(f"{engine.driver}.{engine.pool[1]}" for engine in ENGINES if engine.is_pool is None)
    raise TypeError(f"expected a Database from connect(url), a D1 binding, or one of {accepted}; got {type(pool).__name__}")
