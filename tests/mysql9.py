"""Oracle MySQL 9 for the tests: ``python tests/mysql9.py -- COMMAND`` runs a command with the URL in ``AUTHHERO_TEST_MYSQL``.

With ``--group 3``, the server is the primary of a Group Replication with three members. Only Debian sid has packages of MySQL 9. They are
unpacked in ``.venv/mysql9`` without any change to the system. If MySQL 9 is not available, the script prints the reason, and the exit code
is 75 (or 0 with ``--optional``).
"""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests import engines
from tests.engines import EngineError, Server

HOME = Path(__file__).parents[1] / ".venv" / "mysql9"
ROOT = HOME / "root"
UNAVAILABLE = 75
"""EX_TEMPFAIL of sysexits.h."""
SINGLE_PRIMARY = ("--group-replication-single-primary-mode=ON", "--group-replication-enforce-update-everywhere-checks=OFF")
MULTI_PRIMARY = ("--group-replication-single-primary-mode=OFF", "--group-replication-enforce-update-everywhere-checks=ON")
"""The recommended settings of MySQL's manual. This check rejects foreign keys with cascades."""


def unpack() -> None:
    """Download the packages with a private apt configuration and unpack them.

    Raises:
        EngineError: The packages are not available.
    """
    if (ROOT / "usr/sbin/mysqld").exists():
        return
    if os.geteuid() != 0 or not shutil.which("apt-get") or platform.machine() != "x86_64":
        raise EngineError(
            "MySQL 9 can only be unpacked as root on Debian for x86-64: set AUTHHERO_TEST_MYSQL to the URL of a server instead"
        )
    for folder in ("state/lists/partial", "cache/archives/partial", "root"):
        (HOME / folder).mkdir(parents=True, exist_ok=True)
    (HOME / "status").touch()
    (HOME / "sources.list").write_text(f"deb [trusted=yes] {mirror()} sid main\n")
    (HOME / "apt.conf").write_text(
        f'Dir::Etc::sourcelist "{HOME}/sources.list";\nDir::Etc::sourceparts "/dev/null";\nDir::State "{HOME}/state";\n'
        f'Dir::State::status "{HOME}/status";\nDir::Cache "{HOME}/cache";\nAPT::Sandbox::User "root";\n'
    )
    environment = {**os.environ, "APT_CONFIG": str(HOME / "apt.conf")}
    download = ["apt-get", "install", "-qq", "-y", "--download-only", "--no-install-recommends", "mysql-server-core"]
    for command in (["apt-get", "update", "-qq"], download):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise EngineError(f"{' '.join(command[:2])} from Debian sid failed: {done.stderr[-1000:]}")
    for package in (HOME / "cache/archives").glob("*.deb"):
        subprocess.run(["dpkg", "-x", str(package), str(ROOT)], check=True)


def mirror() -> str:
    """Return the Debian mirror that this machine uses."""
    for path in [Path("/etc/apt/sources.list"), *Path("/etc/apt/sources.list.d").glob("*")]:
        if path.is_file() and (found := re.search(r"(?m)^(?:URIs:|deb ).*?(https?://\S+/debian)(?=[/\s]|$)", path.read_text())):
            return found[1]
    return "http://deb.debian.org/debian"


def start() -> Server:
    """Start a private server on a free port of 127.0.0.1. Its data are deleted when it stops.

    Raises:
        EngineError: The server is not available.
    """
    unpack()
    user, directory = engines._create_home("mysql")
    _lay_out(directory, user)
    return _serve(directory, user, secrets.token_hex(16), ["--skip-log-bin"])


def start_group(members: int, mode: Sequence[str] = SINGLE_PRIMARY) -> list[Server]:
    """Start the members of a private Group Replication and wait until all are online. In single-primary mode, the first one is the primary.

    Raises:
        EngineError: The servers are not available.
    """
    unpack()
    password, name = secrets.token_hex(16), str(uuid.uuid4())
    addresses = [f"127.0.0.1:{engines._free_port()}" for _ in range(members)]
    user, blank = engines._create_home("mysql")
    servers: list[Server] = []
    try:
        _lay_out(blank, user)
        for number, address in enumerate(addresses, start=1):
            _, directory = engines._create_home("mysql")
            # Initializing another data directory takes three seconds. The copy belongs to the account that makes it.
            engines._prepare(directory, user, ["cp", "-R", str(blank / "data"), str(directory / "data")])
            (directory / "data/auto.cnf").unlink(missing_ok=True)
            options = [
                *("--log-bin=binlog", "--sync-binlog=0", "--gtid-mode=ON", "--enforce-gtid-consistency=ON", "--report-host=127.0.0.1"),
                *("--plugin-load-add=group_replication.so", "--group-replication-start-on-boot=OFF", *mode),
                *(f"--server-id={number}", f"--group-replication-group-name={name}", f"--group-replication-local-address={address}"),
                *(f"--group-replication-group-seeds={','.join(addresses)}", "--group-replication-recovery-get-public-key=ON"),
                # A read on any member waits for everything that the group has committed.
                "--group-replication-consistency=BEFORE",
            ]
            servers.append(_serve(directory, user, password, options))
            _join(servers[-1], password, first=number == 1)
    except BaseException:
        stop(servers)
        raise
    finally:
        shutil.rmtree(blank, ignore_errors=True)
    return servers


def stop(servers: Sequence[Server]) -> None:
    """Stop all members."""
    for server in servers:
        server.stop()


def _mysqld_command(directory: Path) -> list[str]:
    libraries = ROOT / "usr/lib/x86_64-linux-gnu"
    folders = [libraries, *{path.parent for path in ROOT.rglob("libprotobuf-lite.so*")}, *(ROOT / "usr/lib").glob("**/private")]
    return [
        str(ROOT / "usr/lib64/ld-linux-x86-64.so.2"),
        "--library-path",
        os.pathsep.join(map(str, folders)),
        str(ROOT / "usr/sbin/mysqld"),
        "--no-defaults",
        f"--basedir={ROOT / 'usr'}",
        f"--lc-messages-dir={ROOT / 'usr/share/mysql'}",
        f"--plugin-dir={ROOT / 'usr/lib/mysql/plugin'}",
        "--secure-file-priv=NULL",
        f"--datadir={directory / 'data'}",
    ]


def _lay_out(directory: Path, user: str | None) -> None:
    engines._prepare(directory, user, [*_mysqld_command(directory), "--initialize-insecure"])


def _serve(directory: Path, user: str | None, password: str, options: Sequence[str]) -> Server:
    """Start a server with an existing data directory."""
    port = engines._free_port()
    first = directory / "first.sql"
    # Each member creates its own account, so these statements must not be replicated.
    first.write_text(
        "SET SESSION sql_log_bin = 0;\n"
        f"CREATE USER authhero@'%' IDENTIFIED BY '{password}';\n"
        "GRANT ALL ON *.* TO authhero@'%' WITH GRANT OPTION;\n"
    )
    engines._give(first, user)
    command = [
        *_mysqld_command(directory),
        "--bind-address=127.0.0.1",
        f"--port={port}",
        f"--report-port={port}",
        f"--socket={directory / 'socket'}",
        f"--pid-file={directory / 'pid'}",
        f"--init-file={first}",
        "--mysqlx=OFF",
        "--max-connections=300",
        "--innodb-buffer-pool-size=64M",
        "--innodb-flush-log-at-trx-commit=2",
        *options,
    ]

    def ready() -> bool:
        # The server sends a greeting first: its length, a number, then the protocol version 10.
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            return connection.recv(5)[4:] == b"\x0a"
        return False

    # A shutdown takes seconds, and a member of a group leaves the group first.
    end = engines._launch("MySQL 9", directory, user, command, ready, signal.SIGKILL)
    return Server("mysql", f"mysql://authhero:{password}@127.0.0.1:{port}/", end)


def _join(server: Server, password: str, *, first: bool) -> None:
    """Create the group or join it, and wait until the member is online."""
    deadline = time.monotonic() + engines.START_SECONDS
    with engines._mysql_cursor(server.url) as cursor:
        cursor.execute("SET GLOBAL group_replication_bootstrap_group = %s", (first,))
        cursor.execute("START GROUP_REPLICATION USER = 'authhero', PASSWORD = %s", (password,))
        cursor.execute("SET GLOBAL group_replication_bootstrap_group = OFF")
        mine = "SELECT member_state FROM performance_schema.replication_group_members WHERE member_id = @@server_uuid"
        while not (cursor.execute(mine) and cursor.fetchone()[0] == "ONLINE"):
            if time.monotonic() > deadline:
                raise EngineError(f"a member of the group was not online within {engines.START_SECONDS:.0f} seconds")
            time.sleep(0.05)


def main() -> int:
    """Run the command line and return the exit code."""
    parser = argparse.ArgumentParser(prog="mysql9.py", description="Run a command with a throwaway MySQL 9.")
    parser.add_argument("--optional", action="store_true", help="exit with code 0 if MySQL 9 is not available")
    parser.add_argument("--group", type=int, default=0, metavar="N", help="start a Group Replication of N members with one primary")
    parser.add_argument("command", nargs="+", help="the command, after --")
    options = parser.parse_args()
    try:
        servers = start_group(options.group) if options.group else [start()]
    except (EngineError, OSError, subprocess.SubprocessError) as error:
        print(f"MySQL 9 is not available, so the tests were not run: {error}", file=sys.stderr)
        return 0 if options.optional else UNAVAILABLE
    try:
        environment = {**os.environ, engines.KINDS["mysql"].variable: servers[0].url}
        return subprocess.run(options.command, env=environment, check=False).returncode
    finally:
        stop(servers)


if __name__ == "__main__":
    sys.exit(main())
