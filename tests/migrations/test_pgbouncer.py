"""PgBouncer in transaction mode, where each transaction may use a different connection to the server."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import anyio
import pytest

from authhero_sql import Database, connect, create_adapters, diagnose, migrate_to_latest
from tests import engines
from tests.engines import EngineError, Server
from tests.migrations.helpers import ALL, drift, rows

PACKAGE = "pgbouncer"
CONNECTIONS = 2
"""The number of connections to the server that PgBouncer shares among its clients."""
CLIENTS = 8


def _program() -> Path:
    """Return the program of PgBouncer, and install it if necessary.

    Raises:
        EngineError: It is not installed, and this account cannot install it.
    """
    hint = f"as root on Debian or Ubuntu: apt-get install --no-install-recommends {PACKAGE}"
    if not engines._find(PACKAGE):
        if os.geteuid() != 0 or not shutil.which("apt-get"):
            raise EngineError(f"PgBouncer is not installed: {hint}")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        options = ("-y", "-qq", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300")
        for command in (["apt-get", "update", "-qq"], ["apt-get", "install", *options, PACKAGE]):
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            if done.returncode:
                raise EngineError(f"{' '.join(command[:2])} failed: {done.stderr[-1000:]}\nInstall it yourself, {hint}")
    found = engines._find(PACKAGE)
    if not found:
        raise EngineError(f"{PACKAGE} does not exist although the package is installed")
    return found


def _start(program: Path, port: int, server: str) -> Server:
    """Start PgBouncer on a free port of 127.0.0.1 in front of a server."""
    address = urlsplit(server)
    name, password = unquote(address.username or ""), unquote(address.password or "")
    # PgBouncer does not run as root.
    user, directory = engines._create_home("postgres")
    accounts, settings = directory / "accounts", directory / "settings.ini"
    quoted = [part.replace('"', '""') for part in (name, password)]
    accounts.write_text('"{}" "{}"\n'.format(*quoted))
    settings.write_text(
        f"[databases]\n* = host={address.hostname or '127.0.0.1'} port={address.port or 5432}\n"
        "[pgbouncer]\npool_mode = transaction\nlisten_addr = 127.0.0.1\nunix_socket_dir =\nauth_type = scram-sha-256\n"
        f"listen_port = {port}\nauth_file = {accounts}\ndefault_pool_size = {CONNECTIONS}\n"
    )
    for path in (accounts, settings):
        path.chmod(0o600)
        engines._give(path, user)

    def ready() -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
        return False

    stop = engines._launch("PgBouncer", directory, user, [str(program), str(settings)], ready)
    login = address.netloc.rpartition("@")[0]
    return Server("postgresql", address._replace(netloc=f"{login}@127.0.0.1:{port}").geturl(), stop)


@pytest.fixture
def pooled_url(server: Server | None, database_url: str) -> Iterator[str]:
    """Return the URL of an empty database through PgBouncer."""
    assert server is not None
    pooler = _start(_program(), engines._free_port(), server.url)
    try:
        yield urlsplit(pooler.url)._replace(path=urlsplit(database_url).path, query="pgbouncer=1").geturl()
    finally:
        pooler.stop()


@pytest.mark.engines("postgresql")
async def test_two_migrate_at_once_behind_a_pooler_and_then_read_and_write(pooled_url: str) -> None:
    applied: list[list[str]] = []

    async def migrate(db: Database) -> None:
        applied.append(await migrate_to_latest(db))

    async with connect(pooled_url, min_size=CLIENTS // 2) as first, connect(pooled_url, min_size=CLIENTS // 2) as second:
        with anyio.fail_after(60):
            async with anyio.create_task_group() as group:
                group.start_soon(migrate, first)
                group.start_soon(migrate, second)
        assert sorted(applied) == [[], ALL]
        assert await drift(first) == []

        adapters = [await create_adapters(db) for db in (first, second)]
        await adapters[0].tenants.create({"id": "acme", "friendly_name": "Acme"})

        async def sign_up(number: int) -> None:
            mine, other = adapters[number % 2], adapters[1 - number % 2]
            given = {"user_id": f"auth0|{number}", "connection": "c", "email": f"{number}@acme.example"}
            async with mine.transaction() as tx:
                await tx.users.create("acme", given)
                await tx.passwords.create("acme", {"user_id": f"auth0|{number}", "password": "hash"})
            found = await other.users.get("acme", f"auth0|{number}")
            assert found is not None
            assert found.email == f"{number}@acme.example"
            assert await mine.users.update("acme", f"auth0|{number}", {"nickname": str(number)})

        with anyio.fail_after(60):
            async with anyio.create_task_group() as group:
                for number in range(10 * CLIENTS):
                    group.start_soon(sign_up, number)
        page = await adapters[0].users.list("acme", per_page=100, include_totals=True)
        assert {(user.user_id, user.nickname) for user in page.items} == {
            (f"auth0|{number}", str(number)) for number in range(10 * CLIENTS)
        }
        ((backends,),) = await rows(first, "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()")
        assert backends <= CONNECTIONS, "the clients share the connections"


@pytest.mark.engines("postgresql")
async def test_many_rows_go_through_a_pooler(pooled_url: str) -> None:
    """Test several concurrent clients with COPY, INSERT and combined UPDATE statements."""
    async with connect(pooled_url, min_size=CLIENTS // 2) as db:
        await migrate_to_latest(db)
        adapters = await create_adapters(db)
        await adapters.tenants.create({"id": "acme", "friendly_name": "Acme"})

        async def load(client: int, count: int) -> None:
            rows = [{"user_id": f"auth0|{client} {number}", "connection": "c"} for number in range(count)]
            assert (await adapters.users.create_many("acme", rows)).created == count
            result = await adapters.users.create_many("acme", [{**row, "name": "x"} for row in rows], on_conflict="update")
            assert result.updated == count

        with anyio.fail_after(60):
            async with anyio.create_task_group() as group:
                for client in range(8):
                    group.start_soon(load, client, 40 if client % 2 else 1_200)
        assert (await adapters.users.list("acme", q="name:x", include_totals=True)).total == 4 * 40 + 4 * 1_200


@pytest.mark.engines("postgresql")
async def test_the_doctor_sees_a_pooler_that_the_url_does_not_name(pooled_url: str) -> None:
    async with connect(pooled_url) as db:
        await migrate_to_latest(db)
        assert await diagnose(db) == []
    async with connect(pooled_url.removesuffix("?pgbouncer=1")) as db:
        findings = await diagnose(db)
        assert [finding.fix for finding in findings if finding.check == "pooler"] == ["add ?pgbouncer=1 to the URL"]
