"""TLS: remote connections are encrypted by default, and never with less security than requested."""

from __future__ import annotations

import asyncio
import ssl
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from authhero_sql import ConfigurationError, ConnectionSetupError, DatabaseUnavailableError, connect
from authhero_sql.dialects import Call
from tests import certificates, engines
from tests.engines import Server, with_driver

TOKEN = "s3cret-value"


@pytest.fixture(scope="module")
def certificate() -> Iterator[Path]:
    """Create a directory with a certificate for 127.0.0.1 and its key, both readable by the servers' accounts."""
    with tempfile.TemporaryDirectory(prefix="authhero-tls-") as directory:
        path = Path(directory)
        path.chmod(0o755)
        certificates.self_signed(path)
        yield path


# --- Cloudflare D1 ---------------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def listening(context: ssl.SSLContext | None) -> AsyncIterator[tuple[int, list[bytes]]]:
    """Open a port, and yield it with the data that clients send."""
    heard: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(65_536))
        writer.write(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1], heard


@pytest.mark.parametrize("scheme", ["https", "HTTPS", "Https", "  https"])
async def test_a_gateway_whose_certificate_is_not_trusted_gets_no_token(
    scheme: str, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("authhero_sql.dialects.d1.MAX_ATTEMPTS", 1)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate / "certificate.pem", certificate / "key.pem")
    async with listening(context) as (port, heard):
        with pytest.raises((DatabaseUnavailableError, ConfigurationError)):
            async with connect("d1://any/DB", token=TOKEN, endpoint=f"{scheme}://127.0.0.1:{port}", connect_timeout=1) as db:
                await db.execute(Call("SELECT 1"))
        assert [part for part in heard if part] == []


@pytest.mark.parametrize(
    "endpoint",
    [
        *("http://gateway.example", "HTTP://gateway.example", "http://10.0.0.1:8787", "http://127.0.0.1.example"),
        *("ftp://gateway.example", "gateway.example", "//gateway.example", "https:gateway", "https://", "", "https://h:port"),
        *("https://gateway.example/?a=b", f"https://u:{TOKEN}@gateway.example", "http://[::1"),
    ],
)
def test_an_endpoint_that_would_show_the_token_or_is_none(endpoint: str) -> None:
    with pytest.raises(ConfigurationError, match="endpoint") as caught:
        connect("d1://any/DB", token=TOKEN, endpoint=endpoint)
    assert TOKEN not in str(caught.value)


async def test_plain_http_goes_to_this_machine_or_where_it_was_asked_to() -> None:
    for endpoint in ("http://127.0.0.1:1", "http://localhost:1", "HTTP://[::1]:1", "http://127.8.8.8"):
        await connect("d1://any/DB", token=TOKEN, endpoint=endpoint).close()
    await connect("d1://any/DB", token=TOKEN, endpoint="http://gateway.internal:1", insecure=True).close()
    await connect("d1://any/DB?insecure=1&endpoint=http://gateway.internal:1", token=TOKEN).close()
    with pytest.raises(ConfigurationError, match="insecure=True"):
        connect("d1://any/DB?insecure=0&endpoint=http://gateway.internal:1", token=TOKEN)


# --- servers ---------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def encrypted(engine: str, mysql_driver: str, certificate: Path) -> Iterator[Server]:
    """Start a private server with TLS."""
    server = engines.start_private(engine, (certificate / "certificate.pem", certificate / "key.pem"))
    yield replace(server, url=with_database(with_driver(server.url, mysql_driver)))
    server.stop()


def with_database(url: str) -> str:
    """Return the URL with the name of a database that every server has."""
    return f"{url}mysql" if url.endswith("/") else url


@pytest.fixture(scope="module")
def plain(engine: str, mysql_driver: str) -> Iterator[Server]:
    """Start a private server without TLS."""
    server = engines.start_private(engine)
    yield replace(server, url=with_database(with_driver(server.url, mysql_driver)))
    server.stop()


CIPHER = {
    "postgresql": "SELECT COALESCE(cipher, '') FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
    "mysql": "SHOW SESSION STATUS LIKE 'Ssl_cipher'",
}


def sockets() -> int:
    """Return the number of sockets that the event loop watches."""
    loop: Any = asyncio.get_running_loop()
    return len(loop._selector.get_map())


async def wait_for_tls_close(before: int) -> None:
    """Wait until both sides have closed TLS, which aiomysql does not do."""
    while sockets() > before:  # noqa: ASYNC110  # there is no event for it
        await asyncio.sleep(0.01)


async def is_encrypted(url: str, **options: object) -> bool:
    """Return whether the connection of a URL is encrypted."""
    watched = sockets()
    try:
        async with connect(url, connect_timeout=5, **options) as db:
            engine = "mysql" if url.startswith("mysql") else "postgresql"
            [row] = await db.fetch(Call(CIPHER[engine]))
            return bool(row[-1])
    finally:
        await wait_for_tls_close(watched)


@pytest.mark.engines("postgresql", "mysql")
async def test_each_mode_is_kept_where_the_server_can(encrypted: Server, certificate: Path) -> None:
    ca = f"&ssl_ca={certificate / 'certificate.pem'}"
    for mode, expected in {"disable": False, "prefer": True, "require": True, f"verify-ca{ca}": True, f"verify-full{ca}": True}.items():
        assert await is_encrypted(f"{encrypted.url}?ssl={mode}") is expected, mode
    assert await is_encrypted(encrypted.url, ssl="verify-full", ssl_ca=str(certificate / "certificate.pem"))
    assert await is_encrypted(encrypted.url, ssl=ssl.create_default_context(cafile=certificate / "certificate.pem"))


@pytest.mark.engines("mysql")
async def test_a_pool_that_insists_on_tls_is_like_any_other(encrypted: Server) -> None:
    watched = sockets()
    async with connect(f"{encrypted.url}?ssl=require&min_size=1&max_size=2&acquire_timeout=20") as db:
        found = await asyncio.gather(*(db.fetch(Call("SELECT CONNECTION_ID() FROM (SELECT SLEEP(0.01)) AS s")) for _ in range(12)))
        assert len({row[0] for rows in found for row in rows}) == 2
        assert len(await asyncio.gather(*(db.fetch(Call(CIPHER["mysql"])) for _ in range(2)))) == 2
    await wait_for_tls_close(watched)


@pytest.mark.engines("postgresql", "mysql")
async def test_a_certificate_that_is_not_trusted_is_refused(encrypted: Server) -> None:
    for mode in ("verify-ca", "verify-full"):
        with pytest.raises(
            ConnectionSetupError, match=r"^the server's certificate is not trusted or belongs to another host.*: set ssl_ca"
        ):
            await is_encrypted(f"{encrypted.url}?ssl={mode}")


@pytest.mark.engines("postgresql", "mysql")
async def test_the_name_in_the_certificate_is_looked_at(encrypted: Server, certificate: Path) -> None:
    url = encrypted.url.replace("127.0.0.1", "localhost")
    ca = f"ssl_ca={certificate / 'certificate.pem'}"
    assert await is_encrypted(f"{url}?ssl=verify-ca&{ca}")
    with pytest.raises(DatabaseUnavailableError, match="certificate"):
        await is_encrypted(f"{url}?ssl=verify-full&{ca}")


@pytest.mark.engines("postgresql", "mysql")
async def test_what_must_be_encrypted_is_not_sent_to_a_server_that_cannot(plain: Server, certificate: Path) -> None:
    """Test that no credentials are sent either, because an attacker could claim that the server does not support TLS."""
    assert not await is_encrypted(f"{plain.url}?ssl=prefer")
    ca = f"ssl_ca={certificate / 'certificate.pem'}"
    for mode in ("require", f"verify-ca&{ca}", f"verify-full&{ca}", ca):
        with pytest.raises(ConnectionSetupError, match=r"^the server does not offer TLS"):
            await is_encrypted(f"{plain.url}?{mode if mode == ca else f'ssl={mode}'}")


class Plain:
    """A MySQL server that does not support TLS and requests the password in plain text."""

    GREETING = (
        b"\x0a8.0.36\0\x01\0\0\0salt5678\0"
        # Every capability except TLS (0x0800).
        + (0xF7FF).to_bytes(2, "little")
        + b"\xff\x02\0"
        + (0xDFFF).to_bytes(2, "little")
        + b"\x15"
        + b"\0" * 10
        + b"salt56789012\0mysql_native_password\0"
    )

    PACKET = len(GREETING).to_bytes(3, "little") + b"\0" + GREETING

    def __init__(self) -> None:
        self.heard = b""

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(self.PACKET)
        size = int.from_bytes((await reader.read(4) or b"\0" * 4)[:3], "little")
        self.heard += await reader.read(size)
        asked = b"\xfemysql_clear_password\0"
        writer.write(len(asked).to_bytes(3, "little") + b"\x02" + asked)
        self.heard += await reader.read(4096)
        writer.close()


@pytest.mark.parametrize("scheme", ["mysql", "mysql+asyncmy"])
async def test_a_server_that_takes_tls_back_gets_no_password(certificate: Path, scheme: str) -> None:
    plain = Plain()
    server = await asyncio.start_server(plain, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(DatabaseUnavailableError):
            await is_encrypted(f"{scheme}://u:{TOKEN}@127.0.0.1:{port}/x?ssl=verify-full&ssl_ca={certificate / 'certificate.pem'}")
    assert plain.heard == b""


def context(url: str, **options: object) -> object:
    """Return the TLS context that the driver gets."""
    db: Any = connect(url, **options)
    return db._options["ssl"]


def test_mysql_asks_for_tls_by_default_where_the_way_leaves_the_machine() -> None:
    for host in ("db.example", "10.0.0.7", "[2001:db8::1]", "localhost.example", "128.0.0.1"):
        assert context(f"mysql://{host}/x") is not None, host
        assert context(f"mysql://{host}/x?ssl=disable") is None, host
        assert context(f"mysql://{host}/x", unix_socket="/run/mysql") is None, host
    for host in ("localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "[::1]", ""):
        assert context(f"mysql://{host}/x") is None, host


@pytest.mark.parametrize("engine_url", ["mysql://h/x", "mysql+asyncmy://h/x", "postgresql://h/x"])
@pytest.mark.parametrize("query", ["ssl=maybe", "ssl=s3cret-value", "ssl=verify-full&ssl_ca=/nowhere/s3cret-value.pem"])
def test_a_mode_that_is_none(engine_url: str, query: str) -> None:
    with pytest.raises(ConfigurationError, match="ssl") as caught:
        connect(f"{engine_url}?{query}")
    assert TOKEN not in str(caught.value)
