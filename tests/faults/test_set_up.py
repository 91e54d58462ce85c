"""Each wrong configuration has its own message: the problem, the engine's error code and the solution, without any secret."""

from __future__ import annotations

import asyncio
import os
import secrets
import sqlite3
import sys
import tempfile
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import anyio
import httpx
import pytest

from authhero_sql import (
    AuthenticationError,
    AuthHeroSQLError,
    ConfigurationError,
    ConnectionSetupError,
    DatabaseUnavailableError,
    DriverMissingError,
    MigrationError,
    PermissionDeniedError,
    ReadOnlyError,
    SchemaMismatchError,
    UnknownDatabaseError,
    connect,
    create_adapters,
    migrate_to_latest,
)
from authhero_sql.dialects import Call
from authhero_sql.dialects.d1 import D1Database, HTTPTransport
from authhero_sql.errors import DatabaseError
from tests.chains import log_text
from tests.faults.test_tls import Plain

SECRET = "s3cret-value"


async def use(url: str, **options: Any) -> None:
    """Open a database and read a row."""
    async with connect(url, **options) as db:
        await (await create_adapters(db)).tenants.get("acme")


async def migrate(url: str) -> None:
    """Open a database and run the migrations."""
    async with connect(url) as db:
        await migrate_to_latest(db)


@dataclass(frozen=True)
class Row:
    """The expected exception, error code and message of an action."""

    kind: type[AuthHeroSQLError]
    code: str | None
    sentence: str
    cause: Callable[[Any], Awaitable[None]]


async def check(row: Row, place: Any) -> None:
    """Run the action and compare the exception."""
    with pytest.raises(AuthHeroSQLError) as caught:
        await row.cause(place)
    error = caught.value
    assert str(error) == row.sentence.format(**vars(place))
    assert type(error) is row.kind
    assert getattr(error, "code", None) == row.code
    assert SECRET not in log_text(error)
    assert SECRET not in "".join(traceback.format_exception(error))
    if isinstance(error, DatabaseError):
        # D1 reports this in its status, so there is no error of a driver.
        assert error.__cause__ is not None or error.code in ("401", "403", "404")


# --- URLs --------------------------------------------------------------------------------------------------------------------------

SCHEMES = (
    "sqlite://, postgresql://, postgres://, mysql://, mariadb://, mysql+asyncmy://, mariadb+asyncmy://, d1://"  # In the order of ENGINES.
)
URLS = {
    "unknown scheme": ("oracle://u:{0}@h/x", f'unknown URL scheme "oracle": use one of {SCHEMES}'),
    "misspelt scheme": (
        "postgre://u:{0}@h/x",
        f'unknown URL scheme "postgre": use one of {SCHEMES}; did you mean "postgres"?',
    ),
    "no scheme": ("u:{0}@h/x", f"the URL has no scheme: use one of {SCHEMES}"),
    "password for a scheme": ("u:{0}@h?x=://", f"the URL has no scheme: use one of {SCHEMES}"),
    "port that is no number": (
        "postgresql://u:{0}@h:port/x",
        "the port in the PostgreSQL URL is not a number up to 65535: write it as in host:5432/name",
    ),
    "port that is too large": (
        "mysql://u:{0}@h:70000/x",
        "the port in the MySQL URL is not a number up to 65535: write it as in host:5432/name",
    ),
    "slash in the password": (
        "postgresql://u:1{0}/2@h/x",
        "the PostgreSQL URL has an @ after the host: percent-encode / ? # @ in the user name and the password",
    ),
    "question mark in the password": (
        "mysql://u:1?{0}@h/x",
        "the MySQL URL has an @ after the host: percent-encode / ? # @ in the user name and the password",
    ),
    "MySQL without a database": (
        "mysql://u:{0}@h",
        "the MySQL URL has no database name: add it after the host, as in mysql://user:password@host/name",
    ),
    "unknown option": ("sqlite:///x?bussy_timeout={0}", 'SQLite has no option "bussy_timeout"; did you mean "busy_timeout"?'),
    "option that is no number": ("mysql://u@h/x?max_size={0}", "the option max_size must be a whole number greater than 0"),
    "option that is not on or off": ("postgresql://u@h/x?pgbouncer={0}", "the option pgbouncer must be on or off"),
    "unknown mode of TLS": (
        "mysql://u:{0}@h/x?ssl=on",
        "the option ssl must be one of disable, prefer, require, verify-ca, verify-full",
    ),
    "no such file of certificates": (
        "mysql://u:{0}@h/x?ssl_ca=/nowhere.pem",
        "the file of the option ssl_ca cannot be read or contains no certificates: use a PEM file",
    ),
    "D1 without a database": ("d1://u:{0}@account", "the D1 URL is invalid: write it as d1://ACCOUNT_ID/DATABASE_ID"),
    "D1 without a token": (
        "d1://account/{0}",
        "no valid API token for D1: pass the option token, or set CLOUDFLARE_API_TOKEN in the environment",
    ),
}


@pytest.mark.parametrize("name", URLS)
async def test_a_url(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLOUDFLARE_API_TOKEN", raising=False)
    url, sentence = URLS[name]
    await check(Row(ConfigurationError, None, sentence, lambda place: use(place.url)), SimpleNamespace(url=url.format(SECRET)))


@pytest.mark.parametrize(
    ("module", "url", "sentence"),
    [
        ("asyncpg", "postgresql://u:{0}@h/x", "PostgreSQL needs asyncpg: pip install 'authhero-sql[postgresql]'"),
        ("aiomysql", "mysql://u:{0}@h/x", "MySQL needs aiomysql: pip install 'authhero-sql[mysql]'"),
        ("asyncmy", "mysql+asyncmy://u:{0}@h/x", "MySQL needs asyncmy: pip install 'authhero-sql[asyncmy]'"),
        ("httpx", "d1://:{0}@account/database", "D1 needs httpx: pip install 'authhero-sql[d1]'"),
    ],
)
async def test_a_driver_that_is_not_installed(module: str, url: str, sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    await check(Row(DriverMissingError, None, sentence, lambda place: use(place.url)), SimpleNamespace(url=url.format(SECRET)))


# --- SQLite ------------------------------------------------------------------------------------------------------------------------


@contextmanager
def unprivileged() -> Iterator[None]:
    """Run as an account that cannot write files of root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


async def _no_database(place: Any) -> None:
    await anyio.Path(place.file).write_bytes(SECRET.encode() * 400)
    await use(f"sqlite:///{place.file}")


async def _read_only_file(place: Any) -> None:
    with sqlite3.connect(place.file) as connection:
        connection.execute("CREATE TABLE t (a)")
    connection.close()
    await anyio.Path(place.file).chmod(0o444)
    await anyio.Path(place.folder).chmod(0o555)
    with unprivileged():
        await use(f"sqlite:///{place.file}")


async def _folder_that_cannot_be_written(place: Any) -> None:
    await anyio.Path(place.folder).chmod(0o555)
    with unprivileged():
        await use(f"sqlite:///{place.file}")


async def _closed_folder(place: Any) -> None:
    await anyio.Path(place.folder).chmod(0o700 if os.geteuid() == 0 else 0o000)
    with unprivileged():
        await use(f"sqlite:///{place.folder}/inside/auth.db")


async def _locked(place: Any) -> None:
    other = sqlite3.connect(place.file, isolation_level=None)
    try:
        other.execute("CREATE TABLE t (a)")
        other.execute("BEGIN EXCLUSIVE")
        await use(f"sqlite:///{place.file}?busy_timeout=0")
    finally:
        other.close()


async def _newer(url: str) -> None:
    async with connect(url) as db:
        await migrate_to_latest(db)
        await db.execute(Call("UPDATE authhero_sql_migrations SET name = '9999_newer' WHERE name LIKE '0008%'".replace("%", _percent(url))))
        await migrate_to_latest(db)


def _percent(url: str) -> str:
    return "%%" if url.startswith(("mysql", "mariadb")) else "%"


NEWER = "the database has migrations that this version does not know (9999_newer): install a newer version"
SQLITE = {
    "no SQLite database": Row(
        ConnectionSetupError,
        "SQLITE_NOTADB",
        '"{file}" is not a SQLite database (SQLITE_NOTADB): check the path in the URL',
        _no_database,
    ),
    "a directory": Row(
        ConnectionSetupError,
        "SQLITE_CANTOPEN",
        '"{folder}" is a directory (SQLITE_CANTOPEN): add the name of the file to the path in the URL',
        lambda place: use(f"sqlite:///{place.folder}"),
    ),
    "no parent folder": Row(
        ConnectionSetupError,
        "SQLITE_CANTOPEN",
        'the directory of "{folder}/none/auth.db" does not exist (SQLITE_CANTOPEN): create "{folder}/none", or check the path in the URL',
        lambda place: use(f"sqlite:///{place.folder}/none/auth.db"),
    ),
    "unwritable folder": Row(
        PermissionDeniedError,
        "SQLITE_CANTOPEN",
        '"{file}" cannot be opened (SQLITE_CANTOPEN): grant this process write permission for the file and its directory',
        _folder_that_cannot_be_written,
    ),
    "folder that cannot be entered": Row(
        PermissionDeniedError,
        "SQLITE_CANTOPEN",
        '"{folder}/inside/auth.db" cannot be opened (SQLITE_CANTOPEN): grant this process write permission for the file and its directory',
        _closed_folder,
    ),
    "read-only file": Row(
        ReadOnlyError,
        "SQLITE_READONLY",
        '"{file}" is read-only (SQLITE_READONLY): grant this process write permission for the file and its directory',
        _read_only_file,
    ),
    "locked": Row(
        DatabaseUnavailableError,
        "SQLITE_BUSY",
        '"{file}" is locked by another process (SQLITE_BUSY): try again later, or raise busy_timeout',
        _locked,
    ),
    "not migrated": Row(
        SchemaMismatchError,
        "SQLITE_ERROR",
        "tenants: A table or column does not exist (SQLITE_ERROR): run migrate_to_latest first, or correct the database in the URL",
        lambda place: use(f"sqlite:///{place.file}"),
    ),
    "newer": Row(MigrationError, None, NEWER, lambda place: _newer(f"sqlite:///{place.file}")),
}


@pytest.mark.engines("sqlite")
@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("name", SQLITE)
async def test_sqlite(name: str) -> None:
    # Not in a directory of pytest, which other accounts cannot access.
    with tempfile.TemporaryDirectory(prefix="authhero-set-up-") as folder:
        await anyio.Path(folder).chmod(0o755)
        await check(SQLITE[name], SimpleNamespace(folder=folder, file=f"{folder}/auth.db"))


# --- servers -----------------------------------------------------------------------------------------------------------------------


@pytest.fixture
async def place(migrated_url: str, engine: str) -> AsyncIterator[Any]:
    """Create a server with a user that may only log in, and whose password is the secret."""
    parts = urlsplit(migrated_url)
    user, database = f"authhero_test_{secrets.token_hex(4)}", parts.path[1:]
    address = f"{parts.hostname}:{parts.port}"
    account = user if engine == "postgresql" else f"{user}@'%%'"
    create = (
        f"CREATE ROLE {user} LOGIN PASSWORD '{SECRET}'" if engine == "postgresql" else f"CREATE USER {account} IDENTIFIED BY '{SECRET}'"
    )
    async with connect(migrated_url, max_size=1) as admin:

        async def do(text: str) -> None:
            await admin.execute(Call(text.format(account=account, database=database)))

        await do(create)
        try:
            url = f"{parts.scheme}://{user}:{SECRET}@{address}"
            yield SimpleNamespace(
                url=url,
                user=user,
                database=database,
                address=address,
                do=do,
                scheme=parts.scheme,
                own=f"{url}/{database}",
                admin=migrated_url,
            )
        finally:
            if engine == "postgresql":
                await do("DROP OWNED BY {account}")
            await do(f"DROP {'ROLE' if engine == 'postgresql' else 'USER'} {{account}}")


async def _limited(server: Any) -> None:
    await server.do("GRANT SELECT ON {database}.* TO {account}")
    await server.do("ALTER USER {account} WITH MAX_USER_CONNECTIONS 1")
    await use(f"{server.own}?min_size=2")


async def _granted(server: Any, statement: str, work: Callable[[str], Awaitable[None]] = use) -> None:
    await server.do(statement)
    await work(server.own)


@asynccontextmanager
async def answering(answer: bytes | None, *, at_once: bool) -> AsyncIterator[str]:
    """Start a server that sends a response immediately or after the first data, and closes the connection. With None, it sends nothing."""
    closed: list[asyncio.Future[None]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        closed.append(asyncio.ensure_future(writer.wait_closed()))
        if answer is None:
            while await reader.read(1024):
                pass
        elif not at_once:
            await reader.read(1024)
        writer.write(answer or b"")
        writer.close()

    listener = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listener:
        yield f"127.0.0.1:{listener.sockets[0].getsockname()[1]}"
        await asyncio.gather(*closed, return_exceptions=True)


async def _answered(server: Any, answer: bytes | None, **options: Any) -> None:
    async with answering(answer, at_once=not server.scheme.startswith("postgresql")) as address:
        server.address = address
        await use(f"{server.scheme}://{server.user}:{SECRET}@{address}/{server.database}", **{"ssl": "disable", **options})


def _fatal(state: str) -> bytes:
    """Return an error message of PostgreSQL."""
    body = b"".join(letter + text.encode() + b"\0" for letter, text in ((b"S", "FATAL"), (b"V", "FATAL"), (b"C", state), (b"M", "said")))
    return b"E" + (len(body) + 5).to_bytes(4, "big") + body + b"\0"


def _error(number: int) -> bytes:
    """Return an error message that MySQL sends instead of a greeting."""
    body = b"\xff" + number.to_bytes(2, "little") + b"said"
    return len(body).to_bytes(3, "little") + b"\0" + body


CLOSED = "127.0.0.1:1"


async def _refused(server: Any) -> None:
    await use(f"{server.scheme}://{server.user}:{SECRET}@{CLOSED}/{server.database}")


async def _unknown_host(server: Any) -> None:
    await use(f"{server.scheme}://{server.user}:{SECRET}@nowhere.invalid/{server.database}")


async def _read_only(server: Any) -> None:
    options: dict[str, Any] = {"init_command": "SET SESSION TRANSACTION READ ONLY"}
    if server.scheme == "postgresql":
        options = {"server_settings": {"default_transaction_read_only": "on"}}
    async with connect(server.admin, **options) as db:
        await (await create_adapters(db)).tenants.create({"id": "acme", "friendly_name": SECRET})


LOGIN = "check the user and the password in the URL"
LATE = (
    "did not answer within connect_timeout (0.05 seconds): "
    "check the host and the port in the URL and the firewall, or raise connect_timeout"
)
REFUSED = "check the host and the port in the URL, and that the server is running"
FULL = "the server has no free connections ({code}): lower max_size, or raise max_connections on the server"
NO_TLS = (
    "the server does not offer TLS, so no credentials were sent{code}: enable TLS on the server, or use ssl=prefer on a trusted network"
)
POSTGRESQL = {
    "wrong password": Row(
        AuthenticationError,
        "28P01",
        f'could not log in to PostgreSQL as "{{user}}" (28P01): {LOGIN}',
        lambda server: use(server.own.replace(SECRET, f"{SECRET}-of-another")),
    ),
    "unknown user": Row(
        AuthenticationError,
        "28P01",
        f'could not log in to PostgreSQL as "nobody" (28P01): {LOGIN}',
        lambda server: use(server.own.replace(server.user, "nobody")),
    ),
    "user who may not log in from here": Row(
        AuthenticationError,
        "28000",
        "the server rejects this user from this host (28000): check the user in the URL, and pg_hba.conf on the server",
        lambda server: _answered(server, _fatal("28000")),
    ),
    "unknown database": Row(
        UnknownDatabaseError,
        "3D000",
        'PostgreSQL at {address} does not have the database "nothing" (3D000): create it, or correct its name in the URL',
        lambda server: use(f"{server.url}/nothing"),
    ),
    "connection refused": Row(
        DatabaseUnavailableError,
        None,
        f"could not connect to PostgreSQL at {CLOSED} (connection refused): {REFUSED}",
        _refused,
    ),
    "unknown host": Row(
        DatabaseUnavailableError,
        None,
        'could not find the host "nowhere.invalid": check the host in the URL',
        _unknown_host,
    ),
    "no TLS on the server": Row(ConnectionSetupError, None, NO_TLS.format(code=""), lambda server: _answered(server, b"N", ssl="require")),
    "may not connect": Row(
        PermissionDeniedError,
        "42501",
        'could not open the database "{database}" as "{user}" (42501): grant the user the permission, '
        "or correct the name of the database in the URL",
        lambda server: _answered(server, _fatal("42501")),
    ),
    "may not read": Row(
        PermissionDeniedError,
        "42501",
        "tenants: The database user lacks a permission (42501): grant it, or connect as another user",
        lambda server: use(server.own),
    ),
    "may not create": Row(
        PermissionDeniedError,
        "42501",
        "authhero_sql_migrations: The database user lacks a permission (42501): grant it, or connect as another user",
        lambda server: migrate(f"{server.url}/postgres"),
    ),
    "read-only": Row(
        ReadOnlyError,
        "25006",
        "tenants: The database is read-only (25006): connect to a writable server, such as the primary",
        _read_only,
    ),
    "too many connections": Row(
        DatabaseUnavailableError,
        "53300",
        FULL.format(code="53300"),
        lambda server: _granted(server, "ALTER ROLE {account} CONNECTION LIMIT 0"),
    ),
    "starting up": Row(
        DatabaseUnavailableError,
        "57P03",
        "the server is starting up or shutting down (57P03): try again in a moment",
        lambda server: _answered(server, _fatal("57P03")),
    ),
    "no answer": Row(
        DatabaseUnavailableError, None, f"PostgreSQL at {{address}} {LATE}", lambda server: _answered(server, None, connect_timeout=0.05)
    ),
    "another kind of server": Row(
        DatabaseUnavailableError,
        "08003",
        "PostgreSQL at {address} closed the connection before it was ready (08003): check that the port belongs to PostgreSQL, "
        "and look at the log of the server",
        lambda server: _answered(server, b""),
    ),
    "unknown option": Row(
        ConnectionSetupError,
        "42704",
        "PostgreSQL does not know one of the settings (42704): check nonsense in the URL",
        lambda server: use(f"{server.own}?nonsense={SECRET}"),
    ),
    "not migrated": Row(
        SchemaMismatchError,
        "42P01",
        "tenants: A table or column does not exist (42P01): run migrate_to_latest first, or correct the database in the URL",
        lambda server: use(f"{server.url}/postgres"),
    ),
    "newer": Row(MigrationError, None, NEWER, lambda server: _newer(server.empty)),
}


MYSQL = {
    "wrong password": Row(
        AuthenticationError,
        "1045",
        f'could not log in to MySQL as "{{user}}" (1045): {LOGIN}',
        lambda server: use(server.own.replace(SECRET, f"{SECRET}-of-another")),
    ),
    "unknown user": Row(
        AuthenticationError,
        "1045",
        f'could not log in to MySQL as "nobody" (1045): {LOGIN}',
        lambda server: use(server.own.replace(server.user, "nobody")),
    ),
    "host that is not let in": Row(
        AuthenticationError,
        "1130",
        "the server does not allow connections from this host (1130): create the user for this host",
        lambda server: _answered(server, _error(1130)),
    ),
    "unknown database": Row(
        UnknownDatabaseError,
        "1049",
        'MySQL at {address} does not have the database "nothing" (1049): create it, or correct its name in the URL',
        lambda server: _granted_at(server, "GRANT SELECT ON *.* TO {account}", f"{server.url}/nothing"),
    ),
    "connection refused": Row(
        DatabaseUnavailableError,
        "2003",
        f"could not connect to MySQL at {CLOSED} (connection refused, 2003): {REFUSED}",
        _refused,
    ),
    "unknown host": Row(
        DatabaseUnavailableError,
        "2003",
        'could not find the host "nowhere.invalid" (2003): check the host in the URL',
        _unknown_host,
    ),
    "no TLS on the server": Row(
        ConnectionSetupError, "2026", NO_TLS.format(code=" (2026)"), lambda server: _answered(server, Plain.PACKET, ssl="require")
    ),
    "may not connect": Row(
        PermissionDeniedError,
        "1044",
        'could not open the database "{database}" as "{user}" (1044): grant the user the permission, '
        "or correct the name of the database in the URL",
        lambda server: use(server.own),
    ),
    "may not read": Row(
        PermissionDeniedError,
        "1142",
        "tenants: The database user lacks a permission (1142): grant it, or connect as another user",
        lambda server: _granted(server, "GRANT SELECT ON {database}.users TO {account}"),
    ),
    "may not create": Row(
        PermissionDeniedError,
        "1142",
        "authhero_sql_migrations: The database user lacks a permission (1142): grant it, or connect as another user",
        lambda server: _granted_at(server, "GRANT SELECT ON *.* TO {account}", server.own_empty, migrate),
    ),
    "read-only": Row(
        ReadOnlyError,
        "1792",
        "tenants: The database is read-only (1792): connect to a writable server, such as the primary",
        _read_only,
    ),
    "too many connections": Row(DatabaseUnavailableError, "1040", FULL.format(code="1040"), lambda server: _answered(server, _error(1040))),
    "too many connections of the user": Row(
        DatabaseUnavailableError,
        "1226",
        "the user has reached its limit of connections or statements (1226): lower max_size, or raise the limit on the server",
        _limited,
    ),
    "shutting down": Row(
        DatabaseUnavailableError,
        "1053",
        "the server is shutting down (1053): try again in a moment",
        lambda server: _answered(server, _error(1053)),
    ),
    "no answer": Row(
        DatabaseUnavailableError, None, f"MySQL at {{address}} {LATE}", lambda server: _answered(server, None, connect_timeout=0.05)
    ),
    "unknown option": Row(
        ConfigurationError,
        None,
        'there is no option "nonsense": correct or remove it',
        lambda server: use(f"{server.own}?nonsense={SECRET}"),
    ),
    "not migrated": Row(
        SchemaMismatchError,
        "1146",
        "tenants: A table or column does not exist (1146): run migrate_to_latest first, or correct the database in the URL",
        lambda server: use(server.empty),
    ),
    "newer": Row(MigrationError, None, NEWER, lambda server: _newer(server.empty)),
}


async def _granted_at(server: Any, statement: str, url: str, work: Callable[[str], Awaitable[None]] = use) -> None:
    await server.do(statement)
    await work(url)


async def on_server(row: Row, server: Any, database_url: str) -> None:
    """Check a row with a server and an empty database."""
    server.empty = database_url
    server.own_empty = f"{server.url}{urlsplit(database_url).path}"
    await check(row, server)


@pytest.mark.engines("postgresql")
@pytest.mark.parametrize("name", POSTGRESQL)
async def test_postgresql(name: str, place: Any, database_url: str) -> None:
    await on_server(POSTGRESQL[name], place, database_url)


@pytest.mark.engines("mysql")
@pytest.mark.parametrize("name", MYSQL)
async def test_mysql(name: str, place: Any, database_url: str) -> None:
    await on_server(MYSQL[name], place, database_url)


# --- D1 ----------------------------------------------------------------------------------------------------------------------------


async def _forbidden(_: Any) -> None:
    mock = httpx.MockTransport(lambda _: httpx.Response(403, json={"success": False, "errors": [{"message": SECRET}]}))
    async with D1Database(HTTPTransport("account", "database", token=SECRET, transport=mock)) as db:
        await db.fetch(Call("SELECT 1"))


D1 = {
    "wrong token": Row(
        AuthenticationError,
        "401",
        "D1 rejected the API token (401): check the option token, or CLOUDFLARE_API_TOKEN in the environment",
        lambda place: use(place.url, token=SECRET),
    ),
    "token for something else": Row(
        AuthenticationError,
        "403",
        "the API token has no access to this database (403): check the token, its permission D1 Edit, and ACCOUNT_ID in the URL",
        _forbidden,
    ),
    "unknown database": Row(
        UnknownDatabaseError,
        "404",
        'D1 at {address} does not have the database "NOTHING" (404): check ACCOUNT_ID and DATABASE_ID in the URL',
        lambda place: use(place.url.replace(place.path, "/NOTHING")),
    ),
    "connection refused": Row(
        DatabaseUnavailableError,
        None,
        f"could not connect to D1 at {CLOSED} (connection refused): {REFUSED}",
        lambda _: use(f"d1://account/database?endpoint=http://{CLOSED}", token=SECRET),
    ),
    "unknown host": Row(
        DatabaseUnavailableError,
        None,
        'could not find the host "nowhere.invalid": check the host in the URL',
        lambda _: use("d1://account/database?endpoint=https://nowhere.invalid", token=SECRET),
    ),
    "not migrated": Row(
        SchemaMismatchError,
        "SQLITE_ERROR",
        "tenants: A table or column does not exist (SQLITE_ERROR): run migrate_to_latest first, or correct the database in the URL",
        lambda place: use(place.url),
    ),
    "newer": Row(MigrationError, None, NEWER, lambda place: _newer(place.url)),
}


@pytest.mark.engines("d1")
@pytest.mark.parametrize("name", D1)
async def test_d1(name: str, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("authhero_sql.dialects.d1.MAX_ATTEMPTS", 1)
    parts = urlsplit(database_url)
    await check(D1[name], SimpleNamespace(url=database_url, path=parts.path, address=urlsplit(parts.query.partition("=")[2]).netloc))
