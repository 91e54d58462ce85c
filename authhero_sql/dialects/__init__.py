"""The engines, and the two ways in: a URL or a caller's pool.

Each engine is one row here: its URL schemes, the extra that brings its driver, and the class that is loaded when it is used.
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

from ..errors import ConfigurationError, DriverMissingError, did_you_mean, shown
from .dialect import Dialect
from .interface import Call, Database, Executor, Features
from .managed import ManagedDatabase
from .tls import DISABLE, PREFER, tls_settings

if TYPE_CHECKING:
    from .options import ConnectOptions

__all__ = ["Call", "Database", "Dialect", "Executor", "Features", "connect", "wrap"]

Options = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Engine:
    """How an engine is reached."""

    name: str
    schemes: tuple[str, ...]
    pool: tuple[str, str]
    """Module and class of the pool that is accepted."""
    driver: str
    extra: str | None
    of_url: Callable[[str, Options], ManagedDatabase]
    of_pool: Callable[[Any], ManagedDatabase]
    is_pool: Callable[[object], bool] | None = None
    """Tells a pool by what it can do, where its class has no name of its own."""
    inspection_options: Mapping[str, Any] = field(default_factory=dict)
    """The options with which opening a database that has tables changes nothing in it."""


def _sqlite(url: str, options: Options) -> ManagedDatabase:
    from .sqlite import SQLiteDatabase

    path, _, query = url.partition("://")[2].partition("?")
    # sqlite:///auth.db is relative, sqlite:////var/auth.db absolute, as elsewhere in Python.
    path = unquote(path.removeprefix("/")) or ":memory:"
    return SQLiteDatabase(path, **_merged(query, options))


def _postgresql(url: str, options: Options) -> ManagedDatabase:
    from .postgresql import PostgreSQLDatabase

    parts = _server_parts("PostgreSQL", url)
    given = dict(parse_qsl(parts.query))
    ours = {name: given.pop(name) for name in list(given) if name in _NUMBERS or name in {"pgbouncer", "ssl", "ssl_ca"}}
    # The rest (sslmode, application_name, …) is libpq's, which asyncpg reads from the URL itself.
    rest = "&".join(part for part in parts.query.split("&") if part.partition("=")[0] in given)
    dsn = urlunsplit(("postgresql", parts.netloc, parts.path, rest, ""))
    return PostgreSQLDatabase(dsn, **_with_tls({**_converted(ours), **options}))


def _with_tls(options: Options) -> Options:
    """Options for asyncpg, which has the same words but verifies by files in the home directory."""
    mode, ca = options.pop("ssl", None), options.pop("ssl_ca", None)
    if mode is None and ca is None:
        # Its default is the same as here: encrypted where the server can.
        return options
    wanted = tls_settings(mode, ca)
    return {**options, "ssl": wanted.context if wanted.required else PREFER if wanted.context else DISABLE}


def _mysql(url: str, options: Options) -> ManagedDatabase:
    from .mysql import MySQLDatabase

    settings, options = _mysql_parts(url, options)
    return MySQLDatabase(settings, **options)


def _asyncmy(url: str, options: Options) -> ManagedDatabase:
    from .mysql import MySQLDatabase
    from .mysql_drivers import Asyncmy

    settings, options = _mysql_parts(url, options)
    return MySQLDatabase(settings, driver=Asyncmy, **options)


def _mysql_parts(url: str, options: Options) -> tuple[Options, Options]:
    """Where the server is, and the options."""
    parts = _server_parts("MySQL", url)
    options = _merged(parts.query, options)
    if not parts.path[1:] and not options.keys() & {"db", "database"}:
        raise ConfigurationError("the MySQL URL names no database: write it behind the host, as in mysql://user:password@host/name")
    settings: Options = {"host": parts.hostname or "localhost", "port": parts.port or 3306, "db": unquote(parts.path[1:])}
    if parts.username is not None:
        settings["user"] = unquote(parts.username)
    if parts.password is not None:
        settings["password"] = unquote(parts.password)
    return settings, options


def _server_parts(engine: str, url: str) -> SplitResult:
    """The parts of a server's URL.

    Raises:
        ConfigurationError: it was split where it should not be, so that a part of the password would pass for something else.
    """
    parts = urlsplit(url)
    hosts = parts.netloc.rpartition("@")[2]
    bare = [part for part in parts.query.split("&") if "=" not in part]
    if "@" not in parts.netloc and any("@" in part for part in (parts.path, parts.fragment, *bare)):
        raise ConfigurationError(f"the {engine} URL has an @ behind the host: write / ? # @ in the user and the password in percent form")
    for host in hosts.split(","):
        port = host.rpartition("]")[2].rpartition(":")[2] if ":" in host.rpartition("]")[2] else ""
        if port and not (port.isascii() and port.isdigit() and int(port) < 2**16):
            raise ConfigurationError(f"the port in the {engine} URL is not a number up to 65535: correct it, as in host:5432/name")
    return parts


def _d1(url: str, options: Options) -> ManagedDatabase:
    from .d1 import D1Database, HTTPTransport

    parts = urlsplit(url)
    database = parts.path.strip("/")
    # The host is taken as it is written: ids are in lower case, but the names of a gateway's bindings need not be.
    account = parts.netloc.rpartition("@")[2]
    if not re.fullmatch(r"[\w-]+", account) or not re.fullmatch(r"[\w-]+", database):
        raise ConfigurationError("the D1 URL cannot be read: write it as d1://ACCOUNT_ID/DATABASE_ID")
    token = os.environ.get("CLOUDFLARE_API_TOKEN", "") if parts.password is None else unquote(parts.password)
    return D1Database(HTTPTransport(account, database, **{"token": token, **_merged(parts.query, options)}))


def _d1_binding(binding: Any) -> ManagedDatabase:
    from .d1 import BindingTransport, D1Database

    return D1Database(BindingTransport(binding))


def _is_d1_binding(value: object) -> bool:
    """Whether it can do what a Worker's D1 binding can: there it is an object of JavaScript's, or of a wrapper of the SDK's."""
    return callable(getattr(value, "prepare", None)) and callable(getattr(value, "batch", None))


def _sqlite_pool(connection: Any) -> ManagedDatabase:
    from .sqlite import SQLiteDatabase

    return SQLiteDatabase(connection=connection)


def _postgresql_pool(pool: Any) -> ManagedDatabase:
    from .postgresql import PostgreSQLDatabase

    return PostgreSQLDatabase(pool=pool)


def _mysql_pool(pool: Any) -> ManagedDatabase:
    from .mysql import MySQLDatabase

    return MySQLDatabase(pool=pool)


def _asyncmy_pool(pool: Any) -> ManagedDatabase:
    from .mysql import MySQLDatabase
    from .mysql_drivers import Asyncmy

    return MySQLDatabase(pool=pool, driver=Asyncmy)


ENGINES = (
    Engine(
        "SQLite", ("sqlite",), ("aiosqlite.core", "Connection"), "aiosqlite", None, _sqlite, _sqlite_pool, inspection_options={"wal": None}
    ),
    Engine("PostgreSQL", ("postgresql", "postgres"), ("asyncpg.pool", "Pool"), "asyncpg", "postgresql", _postgresql, _postgresql_pool),
    Engine("MySQL", ("mysql", "mariadb"), ("aiomysql.pool", "Pool"), "aiomysql", "mysql", _mysql, _mysql_pool),
    Engine("MySQL", ("mysql+asyncmy", "mariadb+asyncmy"), ("asyncmy.pool", "Pool"), "asyncmy", "asyncmy", _asyncmy, _asyncmy_pool),
    Engine("D1", ("d1",), ("workers", "D1Database"), "httpx", "d1", _d1, _d1_binding, _is_d1_binding),
)

SCRIPTS = {
    "d1": ("d1", "D1Dialect"),
    "sqlite": ("sqlite", "SQLiteDialect"),
    "postgresql": ("postgresql", "PostgreSQLDialect"),
    "mysql": ("mysql", "MySQL8Dialect"),
    "mariadb": ("mysql", "MariaDBDialect"),
}
"""The dialects in which scripts can be written: the module and class of each."""


def script_dialect(name: str) -> Dialect:
    """The dialect for scripts of that name; needs no driver.

    Raises:
        ConfigurationError: there is no such dialect.
    """
    if name not in SCRIPTS:
        raise ConfigurationError(f"there is no such dialect; there are {', '.join(SCRIPTS)}")
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
_WORDS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
_NEVER = {"command_timeout", "wal"}
"""What may be None: no limit, and a file that has tables keeps its journal mode."""
_LEAST = {"recycle": -1.0, **dict.fromkeys(("busy_timeout", "cached_statements", "min_size", "readers", "statement_cache_size"), 0.0)}
"""The least that a number may be; the others must be more than 0."""
_KNOWN = sorted({*_NUMBERS, *_FLAGS, "endpoint", "ssl", "ssl_ca", "token"})
"""The options of ours, for suggestions."""
_OURS = {"account", "connection", "database", "dsn", "path", "pool", "settings", "token", "transport"}
"""How the databases are made from a URL or a pool: not for a URL's query."""


def _option(name: str, value: Any) -> Any:
    """An option of ours as its database takes it, whether it stood in the URL or was a keyword; a driver's own is not looked at.

    Raises:
        ConfigurationError: it is no such value.
    """
    if value is None and name in _NEVER:
        return None
    if name in _FLAGS:
        word = _WORDS.get(str(value).lower())
        if word is None:
            raise ConfigurationError(f"the option {name} must be on or off")
        return word
    if name in _NUMBERS:
        return _number(name, value)
    return value


def _number(name: str, value: Any) -> Any:
    try:
        number = _NUMBERS[name](value) if not isinstance(value, bool) else math.nan
    except (TypeError, ValueError):
        number = math.nan
    least = _LEAST.get(name)
    if not math.isfinite(number) or (number <= 0 if least is None else number < least):
        raise ConfigurationError(f"the option {name} must be a number {'above 0' if least is None else f'of at least {least:g}'}")
    return number


def _converted(given: dict[str, str]) -> Options:
    if ours := _OURS & given.keys():
        raise ConfigurationError(f"the option {min(ours)} cannot stand in a URL: give it as a keyword of connect(), where there is one")
    return {name: _option(name, value) for name, value in given.items()}


def _merged(query: str, options: Options) -> Options:
    return {**_converted(dict(parse_qsl(query))), **options}


def connect(url: str, **options: Unpack[ConnectOptions]) -> ManagedDatabase:
    """A database by its URL, opened by ``async with … as db`` or by ``db = await …``, which ``await db.close()`` ends.

    Args:
        url: ``sqlite:///auth.db`` (relative; four slashes: absolute), ``sqlite://:memory:``,
            ``postgresql://user:password@host/name``, ``mysql://user:password@host/name`` (by aiomysql),
            ``mysql+asyncmy://user:password@host/name``, ``d1://ACCOUNT_ID/DATABASE_ID``. Options may stand in its query.
        options: for every engine ``acquire_timeout`` (seconds, 30) and ``command_timeout`` (seconds, 60; None: as long as it
            takes); for servers ``min_size`` (1), ``max_size`` (10) and ``connect_timeout`` (seconds, 10), ``ssl``
            (``disable``, ``prefer``, ``require``, ``verify-ca``, ``verify-full``, or an ``ssl.SSLContext``; by default
            ``prefer`` where the server is not on this machine) and ``ssl_ca`` (a file of certificates to trust, else the
            system's); SQLite ``readers`` (4), ``busy_timeout`` (seconds, 5), ``cached_statements`` (512) and ``wal`` (on: the
            file is switched to WAL, which is for good; off: it keeps the journal mode that it has; None: a file that has
            tables keeps it); PostgreSQL ``statement_cache_size`` (1000), ``pgbouncer`` (off), what
            ``asyncpg.connect`` takes, and of ``asyncpg.create_pool`` ``max_inactive_connection_lifetime`` (seconds, 300; 0:
            for ever), ``connect``, ``init`` and ``setup``; MySQL ``recycle`` (seconds, 1800, for which a connection may be
            idle) and what ``aiomysql.connect`` or ``asyncmy.connect`` takes; D1
            ``token`` (else ``CLOUDFLARE_API_TOKEN`` in the environment, or the URL's password), ``endpoint`` (Cloudflare's
            API, or a gateway that speaks its shape), ``insecure`` (whether the token may go to another machine over plain
            ``http``: off), ``connect_timeout`` and ``max_size`` as above.

    Raises:
        ConfigurationError: the URL's scheme or an option is unknown. The message does not repeat the URL.
        DriverMissingError: the engine's driver is not installed; the message names the extra.
    """
    scheme, separator, _ = url.partition("://")
    given = {name: _option(name, value) for name, value in options.items()}
    for engine in ENGINES:
        if separator and scheme.lower() in engine.schemes:
            _require(engine)
            try:
                return engine.of_url(url, given)
            except TypeError as error:
                name = str(error).rpartition(" ")[2].strip("'")
                raise ConfigurationError(f'{engine.name} has no option "{shown(name)}"{did_you_mean(name, _KNOWN)}') from error
            except ValueError as error:
                way_out = "write reserved characters in the user and the password in percent form"
                raise ConfigurationError(f"the {engine.name} URL cannot be read: {way_out}") from error.__cause__
    schemes = [name for engine in ENGINES for name in engine.schemes]
    # What stands before :// may be anything, a password included, unless it looks like a scheme.
    known = f"it must begin with one of {', '.join(f'{name}://' for name in schemes)}"
    if separator and re.fullmatch(r"[a-z][a-z0-9+.-]*", scheme, re.IGNORECASE):
        raise ConfigurationError(f'unknown URL scheme "{shown(scheme)}": {known}{did_you_mean(scheme.lower(), schemes)}')
    raise ConfigurationError(f"the URL has no scheme: {known}")


def inspection_options(url: str) -> Options:
    """The options for ``connect`` with which opening a database that has tables changes nothing in it, but for what the URL asks for."""
    asked = dict(parse_qsl(url.partition("?")[2]))
    engine = next((engine for engine in ENGINES if url.partition("://")[0].lower() in engine.schemes), None)
    return {name: value for name, value in engine.inspection_options.items() if name not in asked} if engine else {}


def _require(engine: Engine) -> None:
    try:
        importlib.import_module(engine.driver)
    except ImportError as error:
        wanted = f"authhero-sql[{engine.extra}]" if engine.extra else "authhero-sql"
        raise DriverMissingError(f"{engine.name} needs {engine.driver}: pip install '{wanted}'") from error


async def wrap(pool: object) -> Database:
    """The database behind what a caller hands in: a pool of a known driver, or a database of ours, open or not.

    Raises:
        TypeError: it is something else; the message names what is accepted.
    """
    if isinstance(pool, ManagedDatabase):
        return await pool.open()
    names = {f"{kind.__module__}.{kind.__qualname__}" for kind in type(pool).__mro__}
    for engine in ENGINES:
        if ".".join(engine.pool) in names or (engine.is_pool is not None and engine.is_pool(pool)):
            return await engine.of_pool(pool)
    accepted = ", ".join(f"{engine.driver}.{engine.pool[1]}" for engine in ENGINES if engine.is_pool is None)
    raise TypeError(f"expected a Database from connect(url), a D1 binding, or one of {accepted}; got {type(pool).__name__}")
