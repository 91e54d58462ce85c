"""Oracle's MySQL 9 for the tests: ``python tests/mysql9.py -- COMMAND`` runs a command with its URL in ``AUTHHERO_TEST_MYSQL``.

Debian has it in sid alone. Its packages are unpacked into ``.venv/mysql9``; nothing on the system changes. Exit code 75 where it cannot
be had (with ``--optional`` 0), and a sentence that says why.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import re
import secrets
import shutil
import socket
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests import engines
from tests.engines import EngineError, Server

HOME = Path(__file__).parents[1] / ".venv" / "mysql9"
ROOT = HOME / "root"
UNAVAILABLE = 75
"""EX_TEMPFAIL of sysexits.h."""


def unpack() -> None:
    """Fetch the packages with a configuration of apt's own and unpack them.

    Raises:
        EngineError: they cannot be had.
    """
    if (ROOT / "usr/sbin/mysqld").exists():
        return
    if os.geteuid() != 0 or not shutil.which("apt-get") or platform.machine() != "x86_64":
        raise EngineError("MySQL 9 is unpacked as root on Debian for x86-64 alone; else set AUTHHERO_TEST_MYSQL to a server's URL")
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
    """The Debian mirror that this machine uses."""
    for path in [Path("/etc/apt/sources.list"), *Path("/etc/apt/sources.list.d").glob("*")]:
        if path.is_file() and (found := re.search(r"(?m)^(?:URIs:|deb ).*?(https?://\S+/debian)(?=[/\s]|$)", path.read_text())):
            return found[1]
    return "http://deb.debian.org/debian"


def start() -> Server:
    """A server of our own on a free port of 127.0.0.1; its data vanishes with it.

    Raises:
        EngineError: it cannot be had.
    """
    unpack()
    libraries = ROOT / "usr/lib/x86_64-linux-gnu"
    folders = [libraries, *{path.parent for path in ROOT.rglob("libprotobuf-lite.so*")}, *(ROOT / "usr/lib").glob("**/private")]
    port, password = engines._free_port(), secrets.token_hex(16)
    user, directory = engines._home("mysql")
    program = [
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
    engines._prepare(directory, user, [*program, "--initialize-insecure"])
    first = directory / "first.sql"
    first.write_text(f"CREATE USER authhero@'%' IDENTIFIED BY '{password}'; GRANT ALL ON *.* TO authhero@'%' WITH GRANT OPTION;\n")
    engines._give(first, user)
    command = [
        *program,
        "--bind-address=127.0.0.1",
        f"--port={port}",
        f"--socket={directory / 'socket'}",
        f"--pid-file={directory / 'pid'}",
        f"--init-file={first}",
        "--mysqlx=OFF",
        "--max-connections=300",
        "--innodb-buffer-pool-size=64M",
        "--innodb-flush-log-at-trx-commit=2",
        "--skip-log-bin",
    ]

    def ready() -> bool:
        # It greets before anything is sent: a length, a number, then 10 for the protocol's version.
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            return connection.recv(5)[4:] == b"\x0a"
        return False

    stop = engines._launch("MySQL 9", directory, user, command, ready)
    return Server("mysql", f"mysql://authhero:{password}@127.0.0.1:{port}/", stop)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="mysql9.py", description="Run a command with a throwaway MySQL 9.")
    parser.add_argument("--optional", action="store_true", help="where it cannot be had, say so and succeed")
    parser.add_argument("command", nargs="+", help="the command, after --")
    options = parser.parse_args()
    try:
        server = start()
    except (EngineError, OSError, subprocess.SubprocessError) as error:
        print(f"MySQL 9 cannot be had, so nothing was tested on it: {error}", file=sys.stderr)
        return 0 if options.optional else UNAVAILABLE
    try:
        environment = {**os.environ, engines.KINDS["mysql"].variable: server.url}
        return subprocess.run(options.command, env=environment, check=False).returncode
    finally:
        server.stop()


if __name__ == "__main__":
    sys.exit(main())
