"""Private, temporary database servers for the tests, with empty databases.

Starting a server only requires the standard library and Debian's packages (or PostgreSQL, MariaDB and Node on the PATH). Creating databases
requires the drivers. As a script, this module runs a command with one server of each kind::

    python tests/engines.py run -- pytest           # all servers; their URLs are in the environment of the command
    python tests/engines.py run --engines mysql -- python
    python tests/engines.py install                 # only install the packages

If ``AUTHHERO_TEST_POSTGRESQL`` or ``AUTHHERO_TEST_MYSQL`` contains the URL of a server, that server is used instead. Its user must be
allowed to create databases. For D1, npm installs Cloudflare's local D1, which runs behind the gateway of examples/d1_gateway.
``AUTHHERO_TEST_D1`` is the URL of such a gateway with databases named DB_0, DB_1 and so on.

The servers are configured like unfavorable servers in production: PostgreSQL has an English collation, the collation of MariaDB ignores
case, and neither uses UTC. Code that relies on better defaults fails here.
"""

from __future__ import annotations

import argparse
import asyncio
import atexit
import contextlib
import json
import os
import pwd
import re
import secrets
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit


class Kind(NamedTuple):
    """An engine with a server."""

    variable: str
    """The environment variable with the URL of an existing server."""
    packages: tuple[str, ...]
    """The names of the Debian packages."""
    installer: str
    """The program that initializes an empty data directory. Its absence shows that the packages are not installed."""


KINDS = {
    "postgresql": Kind("AUTHHERO_TEST_POSTGRESQL", ("postgresql",), "initdb"),
    "mysql": Kind("AUTHHERO_TEST_MYSQL", ("mariadb-server-core", "mariadb-client-core"), "mariadb-install-db"),
    "d1": Kind("AUTHHERO_TEST_D1", ("nodejs", "npm"), "npm"),
}
MYSQL_DRIVERS = ("aiomysql", "asyncmy")
"""The drivers for MySQL; the first one is the default."""
WITHOUT_TRANSACTIONS = {"d1"}
"""Engines that do not run the tests marked ``transactions``."""
ROOT = Path(__file__).parents[1]
WRANGLER = "4.86.0"
"""The version of Cloudflare's tool, which supports Node 20 and contains the local D1."""
NODE = ROOT / ".venv" / "wrangler"
"""The directory in which npm installs it."""
D1_DATABASES = 64
"""The number of databases of the local D1, which cannot be created while it runs."""
START_SECONDS = 60.0
"""The time limit for the start of a server, which usually takes half a second."""
MEMORY = "/dev/shm"
"""The directory of in-memory files on Linux. It is often too small in containers."""
MEMORY_BYTES = 2 << 30
_ENVIRONMENT = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}


class EngineError(Exception):
    """The engine is not available. The message contains the solution."""


class _PortTakenError(EngineError):
    """Another process took the port after it was chosen and before the server bound it."""


def _do_nothing() -> None:
    """Do nothing: an existing server is not stopped."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server: the name of its engine, the URL of an account that may create databases, and a function that stops it."""

    name: str
    url: str
    stop: Callable[[], None] = _do_nothing


# --- starting ------------------------------------------------------------------------------------------------------------------


def start(name: str) -> Server:
    """Start ``postgresql``, ``mysql`` or ``d1``, or return the server that the environment selects.

    Raises:
        EngineError: The engine is not available.
    """
    return {"postgresql": start_postgresql, "mysql": start_mariadb, "d1": start_d1}[name]()


def start_postgresql() -> Server:
    """Start a private PostgreSQL on a free port of 127.0.0.1. Its data are deleted when it stops."""
    return _start("postgresql", _postgresql)


def start_mariadb() -> Server:
    """Start a private MariaDB on a free port of 127.0.0.1. Its data are deleted when it stops."""
    return _start("mysql", _mariadb)


def start_d1() -> Server:
    """Start a private local D1 behind the gateway on a free port of 127.0.0.1. Its data are deleted when it stops."""
    return _start("d1", _d1)


def start_private(name: str, encrypted: tuple[Path, Path] | None = None) -> Server:
    """Start a private PostgreSQL or MariaDB regardless of the environment, with TLS if a certificate and its key are given."""
    recipe = {"postgresql": _postgresql, "mysql": _mariadb}[name]
    return _private(lambda port, password: recipe(port, password, encrypted))


def _start(name: str, recipe: Callable[[int, str], Server]) -> Server:
    if url := os.environ.get(KINDS[name].variable):
        return Server(name, url)
    return _private(recipe)


def _private(recipe: Callable[[int, str], Server]) -> Server:
    for _ in range(4):
        # Any account on this machine can reach the port, and a superuser of the database can run programs as its owner.
        with contextlib.suppress(_PortTakenError):
            return recipe(_free_port(), secrets.token_hex(16))
    return recipe(_free_port(), secrets.token_hex(16))


def _postgresql(port: int, password: str, encrypted: tuple[Path, Path] | None = None) -> Server:
    initdb = _installer("postgresql")
    version = int(re.findall(r"\d+", subprocess.run([initdb, "--version"], check=True, capture_output=True, text=True).stdout)[0])
    user, directory = _create_home("postgres")
    data, secret = directory / "data", directory / "password"
    secret.write_text(password)
    _give(secret, user)
    language = ["--locale-provider=icu", "--icu-locale=en-US"] if version >= 15 else []
    _prepare(
        directory,
        user,
        [
            *(str(initdb), f"--pgdata={data}", "--username=authhero", f"--pwfile={secret}", "--auth=scram-sha-256", "--no-sync"),
            *("--encoding=UTF8", "--locale=C", *language),
        ],
    )
    secret.unlink()
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": directory,
        "max_connections": 200,
        # The default size of the log is one gigabyte.
        "max_wal_size": "128MB",
        "fsync": "off",
        "full_page_writes": "off",
        "synchronous_commit": "off",
        "log_checkpoints": "off",
        "timezone": "Asia/Kolkata",
    }
    if encrypted:
        # PostgreSQL rejects a key that others can read.
        key = Path(shutil.copy(encrypted[1], directory / "key"))
        key.chmod(0o600)
        _give(key, user)
        settings |= {"ssl": "on", "ssl_cert_file": encrypted[0], "ssl_key_file": key}
    command = [str(initdb.with_name("postgres")), "-D", str(data)]
    for setting, value in settings.items():
        command += ["-c", f"{setting}={value}"]

    def ready() -> bool:
        # Like pg_ctl: the eighth line of this file contains the state of the server.
        with contextlib.suppress(FileNotFoundError, IndexError):
            return (data / "postmaster.pid").read_text().splitlines()[7].strip() == "ready"
        return False

    stop = _launch("PostgreSQL", directory, user, command, ready)
    return Server("postgresql", f"postgresql://authhero:{password}@127.0.0.1:{port}/postgres", stop)


def _mariadb(port: int, password: str, encrypted: tuple[Path, Path] | None = None) -> Server:
    install = _installer("mysql")
    user, directory = _create_home("mysql")
    # Both programs must use the same log size.
    # MariaDB removes all temporary tables from their directory at startup, including those of other servers.
    own = [f"--datadir={directory / 'data'}", f"--tmpdir={directory}"]
    common = ["--no-defaults", *own, "--skip-name-resolve", "--innodb-log-file-size=32M"]
    _prepare(directory, user, [str(install), *common, "--auth-root-authentication-method=normal", "--skip-test-db"])
    first = directory / "first.sql"
    # The server expects one statement per line.
    first.write_text(
        f"ALTER USER root@localhost IDENTIFIED BY '{password}';\n"
        f"CREATE USER authhero@'%' IDENTIFIED BY '{password}';\n"
        "GRANT ALL ON *.* TO authhero@'%' WITH GRANT OPTION;\n"
    )
    _give(first, user)
    command = [
        str(_find("mariadbd") or "mariadbd"),
        *common,
        "--bind-address=127.0.0.1",
        f"--port={port}",
        f"--socket={directory / 'socket'}",
        f"--init-file={first}",
        "--max-connections=300",
        "--innodb-buffer-pool-size=64M",
        "--innodb-flush-log-at-trx-commit=2",
        "--skip-log-bin",
        "--default-time-zone=+05:30",
        # A clean shutdown would only preserve data that are deleted anyway.
        "--innodb-fast-shutdown=2",
        *([f"--ssl-cert={encrypted[0]}", f"--ssl-key={encrypted[1]}"] if encrypted else []),
    ]

    def ready() -> bool:
        # The server sends a greeting first: its length, a number, then the protocol version 10.
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            return connection.recv(5)[4:] == b"\x0a"
        return False

    stop = _launch("MariaDB", directory, user, command, ready)
    return Server("mysql", f"mysql://authhero:{password}@127.0.0.1:{port}/", stop)


def start_gateway(data: Path) -> Server:
    """Start the gateway over the local D1 databases in a directory. DB_0 is the one whose ``database_id`` in wrangler is DB_0."""
    return _d1(_free_port(), secrets.token_hex(16), data)


def _d1(port: int, token: str, data: Path | None = None) -> Server:
    modules = node_modules()
    _, directory = _create_home("nobody")
    command = [
        *(str(_find("node") or "node"), str(ROOT / "tests/d1_server.mjs"), str(modules / "miniflare/dist/src/index.js")),
        *(str(ROOT / "examples/d1_gateway/worker.js"), str(port), token, str(D1_DATABASES), str(data or directory / "data")),
    ]

    def ready() -> bool:
        return (directory / "log").exists() and "ready" in (directory / "log").read_text(errors="replace")

    stop = _launch("D1", directory, None, command, ready)
    return Server("d1", f"d1://:{token}@local/?endpoint=http://127.0.0.1:{port}", stop)


def node_modules() -> Path:
    """Return the directory with wrangler and miniflare, and install them if necessary.

    Raises:
        EngineError: npm is not installed, or cannot install them.
    """
    npm = _installer("d1")
    if not (NODE / "node_modules/.bin/wrangler").exists():
        NODE.mkdir(parents=True, exist_ok=True)
        (NODE / "package.json").write_text('{"private": true}', "utf-8")
        command = [str(npm), "install", "--silent", "--no-audit", "--no-fund", "--no-package-lock", f"wrangler@{WRANGLER}"]
        done = subprocess.run(command, cwd=NODE, capture_output=True, text=True, check=False)
        if done.returncode:
            raise EngineError(f"npm could not install wrangler {WRANGLER}, which contains the local D1:\n{done.stderr[-4000:]}")
    return NODE / "node_modules"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _create_home(account: str) -> tuple[str | None, Path]:
    """Create the home directory of a server, and return the account that the server runs as (None for the current one).

    Neither server is willing to run as root.
    """
    user, parent = None, "/tmp"
    if os.geteuid() == 0:
        known = {entry.pw_name for entry in pwd.getpwall()}
        user = account if account in known else "nobody"
    # Not in TMPDIR, which the account may be unable to access. The path of a socket must be shorter than about 100 characters.
    # Creating a database takes 10 ms in memory, and 200 ms on a slow disk, even without fsync.
    with contextlib.suppress(OSError):
        if shutil.disk_usage(MEMORY).free > MEMORY_BYTES and os.access(MEMORY, os.W_OK):
            parent = MEMORY
    directory = Path(tempfile.mkdtemp(prefix="authhero-", dir=parent))
    _give(directory, user)
    return user, directory


def _give(path: Path, user: str | None) -> None:
    if user:
        shutil.chown(path, user)


def _run_as(user: str | None) -> dict[str, Any]:
    """Return the arguments for ``subprocess`` that run a program as another account."""
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}


def _prepare(directory: Path, user: str | None, command: Sequence[str]) -> None:
    """Run the program that initializes an empty data directory."""
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, cwd=directory, env=_ENVIRONMENT, **_run_as(user)
    )
    if done.returncode:
        shutil.rmtree(directory, ignore_errors=True)
        raise EngineError(f"{command[0]} failed with code {done.returncode}:\n{done.stdout[-4000:]}")


def _launch(
    title: str,
    directory: Path,
    user: str | None,
    command: Sequence[str],
    ready: Callable[[], bool],
    ending: signal.Signals = signal.SIGQUIT,
) -> Callable[[], None]:
    """Start the server under a supervisor, wait until it is ready, and return the function that stops both.

    PostgreSQL exits immediately on SIGQUIT, without a clean shutdown. MariaDB shuts down.
    """
    guard = subprocess.Popen(
        # In a new session, so that Ctrl-C in the terminal only reaches the tests, which still need the server to clean up.
        [sys.executable, "-I", str(Path(__file__).resolve()), "supervise", ending.name, str(directory), user or "", *command],
        stdin=subprocess.PIPE,
        start_new_session=True,
        cwd="/",
    )

    def stop() -> None:
        atexit.unregister(stop)
        if guard.stdin and not guard.stdin.closed:
            guard.stdin.close()
        guard.wait(timeout=30)

    atexit.register(stop)
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        if guard.poll() is not None or (directory / "ended").exists() or time.monotonic() > deadline:
            log = directory / "log"
            tail = log.read_text(errors="replace")[-4000:] if log.exists() else "it left no log"
            stop()
            error = _PortTakenError if "Address already in use" in tail else EngineError
            raise error(f"{title} did not start within {START_SECONDS:.0f} seconds or ended early:\n{tail}")
        time.sleep(0.02)
    return stop


def _supervise(ending: signal.Signals, directory: Path, user: str, command: Sequence[str]) -> None:
    """Run a server until standard input is closed, then stop it and remove its directory.

    The process that uses the server holds the other end of standard input. The server stops even if that process is killed.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        with (directory / "log").open("wb") as log:
            server = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=directory, env=_ENVIRONMENT, **_run_as(user or None)
            )
        try:
            while not select.select([sys.stdin], [], [], 0.1)[0]:
                if server.poll() is not None:
                    (directory / "ended").touch()
        finally:
            server.send_signal(ending)
            try:
                server.wait(timeout=10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


# --- installing ----------------------------------------------------------------------------------------------------------------


def _find(program: str) -> Path | None:
    # Debian installs PostgreSQL's programs outside the PATH, in a directory per version, and MariaDB's in the PATH of root.
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name), reverse=True)
    path = os.pathsep.join([_ENVIRONMENT["PATH"], "/usr/sbin", "/usr/local/sbin", *map(str, versions)])
    found = shutil.which(program, path=path)
    # The other files of the server are next to the program itself, not next to a link to it.
    return Path(found).resolve() if found else None


def _installer(name: str) -> Path:
    """Return the program that initializes an empty data directory, and install it if necessary.

    Raises:
        EngineError: It is not installed, and this account cannot install it.
    """
    kind = KINDS[name]
    if not (found := _find(kind.installer)):
        install([name])
        found = _find(kind.installer)
    if not found:
        raise EngineError(f"{kind.installer} does not exist although {' '.join(kind.packages)} is installed")
    return found


def install(names: Sequence[str]) -> None:
    """Install the packages of the engines. This requires Debian and root.

    Raises:
        EngineError: The packages cannot be installed. The message explains what to do instead.
    """
    packages = [package for name in names for package in KINDS[name].packages]
    wanted = f"apt-get install --no-install-recommends {' '.join(packages)}"
    variables = " and ".join(KINDS[name].variable for name in names)
    hint = f"As root on Debian or Ubuntu, run: {wanted}\nOr set {variables} to the URL of a server whose user may create databases."
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise EngineError(f"{' and '.join(names)} cannot be started: the programs are not installed.\n{hint}")
    print(f"installing {' '.join(packages)}", file=sys.stderr, flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    steps = (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", *packages])
    for arguments in steps:
        done = subprocess.run(
            ["apt-get", *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, env=environment
        )
        if done.returncode:
            raise EngineError(f"apt-get {arguments[0]} failed:\n{done.stdout[-4000:]}\n{hint}")


# --- databases -----------------------------------------------------------------------------------------------------------------


def create_database(server: Server) -> str:
    """Create an empty database and return its URL."""
    if server.name == "d1":
        return _d1_database(server)
    name = f"authhero_test_{secrets.token_hex(6)}"
    if server.name == "postgresql":
        # Copying the files of the template is several times faster than the default strategy, which writes all of it to the log.
        _run_on_postgresql(server.url, f"CREATE DATABASE {name} STRATEGY FILE_COPY")
    else:
        with _mysql_cursor(server.url) as cursor:
            cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
    return urlsplit(server.url)._replace(path=f"/{name}").geturl()


def with_driver(url: str, driver: str) -> str:
    """Return the URL with the driver if the database is MySQL and the driver is not the default. Other URLs stay the same."""
    return url if driver == MYSQL_DRIVERS[0] else url.replace("mysql://", f"mysql+{driver}://")


def drop_database(server: Server, url: str) -> None:
    """Remove a database of :func:`create_database`, even if clients are still connected to it."""
    if server.name == "d1":
        _D1_IN_USE.discard(urlsplit(url).path)
    elif server.name == "postgresql":
        _close_connection(url)
        _run_on_postgresql(server.url, f"DROP DATABASE IF EXISTS {_database(url)} WITH (FORCE)")
    else:
        with _mysql_cursor(server.url) as cursor:
            _disconnect(cursor, _database(url))
            cursor.execute(f"DROP DATABASE IF EXISTS {_database(url)}")


def empty_database(url: str, keep: str) -> None:
    """Delete all rows of a database, except in the tables whose names start with ``keep``.

    It takes a few milliseconds. Creating fifty tables takes a hundred times as long, and copying them takes ten times as long. Connections
    that a test has not closed are terminated first, because their locks would block and their transactions could still write.
    """
    if url.startswith("d1:"):
        _for_each_d1_table(url, "DELETE FROM", keep)
    elif url.startswith("postgresql:"):
        _run_on_postgresql(url, _POSTGRESQL_EMPTY.format(keep=keep))
    else:
        _mysql_empty(url, keep)


_POSTGRESQL_EMPTY = """
DO $$
DECLARE
    found record;
    filled boolean;
BEGIN
    PERFORM pg_terminate_backend(pid, 10000) FROM pg_stat_activity
        WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid();
    -- The youngest first: it refers to older ones.
    FOR found IN SELECT format('%I', relname) AS name FROM pg_class
                 WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND NOT starts_with(relname, '{keep}') ORDER BY oid DESC LOOP
        EXECUTE 'SELECT EXISTS (SELECT FROM ' || found.name || ')' INTO filled;
        IF filled THEN
            EXECUTE 'DELETE FROM ' || found.name;
        END IF;
    END LOOP;
END
$$
"""


def _mysql_empty(url: str, keep: str) -> None:
    with _mysql_cursor(url) as cursor:
        _disconnect(cursor, _database(url))
        cursor.execute("SHOW FULL TABLES WHERE table_type = 'BASE TABLE'")
        tables = [row[0] for row in cursor.fetchall() if not row[0].startswith(keep)]
        # One round trip for all tables: separate DELETE statements would need a round trip and a commit each.
        parts = [f"SELECT '{table}' FROM DUAL WHERE EXISTS (SELECT 1 FROM `{table}`)" for table in tables]
        if parts and cursor.execute(" UNION ALL ".join(parts)):
            filled = [row[0] for row in cursor.fetchall()]
            cursor.execute("SET FOREIGN_KEY_CHECKS = 0")
            for table in filled:
                cursor.execute(f"DELETE FROM `{table}`")


def _database(url: str | None) -> str:
    """Return the name of a test database. Other databases must not be dropped or emptied."""
    name = urlsplit(url or "").path[1:]
    if not re.fullmatch(r"authhero_test_[0-9a-f]+", name):
        raise ValueError("not a database of create_database()")
    return name


_D1_IN_USE: set[str] = set()
"""The paths of the D1 databases that this process uses."""


def _d1_database(server: Server) -> str:
    """Return the URL of an unused D1 database after emptying it."""
    # The workers of pytest-xdist share the server, and each worker uses its own range of databases.
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
    part = D1_DATABASES if "PYTEST_XDIST_WORKER" not in os.environ else 8
    for number in range(worker * part, min((worker + 1) * part, D1_DATABASES)):
        path = f"/DB_{number}"
        if path not in _D1_IN_USE:
            _D1_IN_USE.add(path)
            url = urlsplit(server.url)._replace(path=path).geturl()
            _for_each_d1_table(url, "DROP TABLE", "_cf_")
            return url
    raise EngineError("all D1 databases are in use")


def _for_each_d1_table(url: str, statement_start: str, keep: str) -> None:
    """Run a statement for every table of a D1 database, except those whose names start with ``keep``."""
    found = _d1_query(url, {"sql": "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid DESC"})
    names = [row["name"] for row in found[0]["results"] if not row["name"].startswith((keep, "_cf_", "sqlite_"))]
    if names:
        # The newest tables first: a table cannot be dropped after a table that one of its own references needs.
        statements = ["PRAGMA defer_foreign_keys = on", *(f'{statement_start} "{name}"' for name in names)]
        _d1_query(url, {"batch": [{"sql": statement} for statement in statements]})


def _d1_query(url: str, body: dict[str, Any]) -> list[dict[str, Any]]:
    parts = urlsplit(url)
    address = f"{parse_qs(parts.query)['endpoint'][0]}/d1/database{parts.path}/query"
    headers = {"Authorization": f"Bearer {parts.password}", "Content-Type": "application/json"}
    request = urllib.request.Request(address, json.dumps(body).encode(), headers)  # noqa: S310  # a local address
    with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310  # as above
        answer: dict[str, Any] = json.load(response)
    result: list[dict[str, Any]] = answer["result"]
    return result


class _Connection:
    """A persistent connection to PostgreSQL: opening one and reading the catalog takes ten times as long as a statement."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._runner = asyncio.Runner()
        self._connection: Any = None

    def execute(self, statement: str) -> None:
        """Run an idempotent statement. It is retried on a new connection."""
        import asyncpg

        try:
            self._runner.run(self._execute(statement))
        except (OSError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError):
            # A test has terminated every connection to the database.
            self._connection = None
            self._runner.run(self._execute(statement))

    async def _execute(self, statement: str) -> None:
        import asyncpg

        if self._connection is None:
            self._connection = await asyncpg.connect(self._url)
        await self._connection.execute(statement)

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.terminate()
        self._runner.close()


_CONNECTIONS: dict[str, _Connection] = {}
"""The connections of this process, by URL."""


def _run_on_postgresql(url: str, statement: str) -> None:
    _CONNECTIONS.setdefault(url, _Connection(url)).execute(statement)


def _close_connection(url: str) -> None:
    if connection := _CONNECTIONS.pop(url, None):
        connection.close()


def close_connections() -> None:
    """Close the persistent connections of this process."""
    for url in list(_CONNECTIONS):
        _close_connection(url)


@contextlib.contextmanager
def _mysql_cursor(url: str) -> Iterator[Any]:
    """Open a connection in autocommit mode and yield a cursor."""
    import pymysql

    parts = urlsplit(url)
    with (
        contextlib.closing(
            pymysql.connect(
                host=parts.hostname or "127.0.0.1",
                port=parts.port or 3306,
                user=unquote(parts.username or ""),
                password=unquote(parts.password or ""),
                database=parts.path[1:] or None,
                autocommit=True,
                # If a transaction still holds a lock, the test fails after a short time instead of hanging.
                init_command="SET SESSION lock_wait_timeout = 10, SESSION innodb_lock_wait_timeout = 10",
            )
        ) as connection,
        connection.cursor() as cursor,
    ):
        yield cursor


def _disconnect(cursor: Any, database: str) -> None:
    import pymysql

    # Oracle's table, which MariaDB does not have, can be read without blocking other connections.
    schema = "information_schema" if "MariaDB" in cursor.connection.server_version else "performance_schema"
    cursor.execute(f"SELECT id FROM {schema}.processlist WHERE db = %s AND id <> connection_id()", (database,))
    for (connection,) in cursor.fetchall():
        # The connection may already have been closed.
        with contextlib.suppress(pymysql.err.MySQLError):
            cursor.execute(f"KILL {connection:d}")


# --- the script ----------------------------------------------------------------------------------------------------------------


def run(names: Sequence[str], command: Sequence[str]) -> int:
    """Run a command with the URLs of the servers in its environment, and return its exit code."""
    # Install everything before the threads below start.
    if missing := [name for name in names if not os.environ.get(KINDS[name].variable) and not _find(KINDS[name].installer)]:
        install(missing)
    with ThreadPoolExecutor() as pool:
        starting = [pool.submit(start, name) for name in names]
    servers = [future.result() for future in starting]
    environment = {**os.environ, **{KINDS[server.name].variable: server.url for server in servers}}
    try:
        process = subprocess.Popen(command, env=environment)
    except OSError as error:
        raise EngineError(f"{command[0]}: {error.strerror}") from error

    def forward(number: int, _frame: FrameType | None) -> None:
        process.send_signal(number)

    signal.signal(signal.SIGTERM, forward)
    # The command also receives Ctrl-C from the terminal and handles it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    code = process.wait()
    for server in servers:
        server.stop()
    return code if code >= 0 else 128 - code


def main(arguments: Sequence[str]) -> int:
    """Run the command line and return the exit code."""
    parser = argparse.ArgumentParser(prog="engines.py", description="Start temporary database servers for the tests.")
    commands = parser.add_subparsers(dest="action", required=True)
    for action, text in (("run", "run a command with the servers"), ("install", "install the packages of the servers")):
        command = commands.add_parser(action, help=text)
        command.add_argument("--engines", default=",".join(KINDS), help="a comma-separated list of engines (default: %(default)s)")
    commands.choices["run"].add_argument("command", nargs=argparse.REMAINDER, help="the command, after --")
    options = parser.parse_args(arguments)
    names = [name for name in options.engines.split(",") if name]
    if unknown := set(names) - set(KINDS):
        parser.error(f"unknown engine: {', '.join(sorted(unknown))}")
    try:
        if options.action == "install":
            install(names)
            return 0
        command_line = options.command[1:] if options.command[:1] == ["--"] else options.command
        if not command_line:
            parser.error("no command given")
        return run(names, command_line)
    except EngineError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["supervise"]:
        _supervise(signal.Signals[sys.argv[2]], Path(sys.argv[3]), sys.argv[4], sys.argv[5:])
    else:
        sys.exit(main(sys.argv[1:]))
