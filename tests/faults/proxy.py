"""A proxy between a client and a database server that can freeze or cut connections."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit


class Proxy:
    """A proxy that forwards data in both directions unless a test changes its attributes."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._passing = asyncio.Event()
        self._passing.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.cut_after: bytes | None = None
        """A text in the client's data after which the connection is cut. The server receives the data, but the client gets no response."""
        self.chunk_size = 65536
        """The maximum number of response bytes that are forwarded together."""
        self.cut_connections = 0
        """The number of connections that were cut this way."""
        self.trips = 0
        """The number of round trips on all connections: how often a client sent data and then waited for the server."""
        self.prepared = 0
        """The number of these round trips in which asyncpg prepared a cached statement. Not used for MySQL."""
        self._asking: set[asyncio.StreamWriter] = set()
        """The client side of each connection whose client sent data last."""

    def freeze(self) -> None:
        """Stop forwarding, like a stopped server: connections stay open without any response."""
        self._passing.clear()

    def thaw(self) -> None:
        """Continue forwarding."""
        self._passing.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Forward the data of one connection."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await self._passing.wait()
        there, back = await asyncio.open_connection(self._host, self._port)
        sending = asyncio.create_task(self._send(reader, back, writer))
        answering = asyncio.create_task(self._answer(there, writer))
        try:
            await asyncio.wait([sending, answering], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for part in (sending, answering):
                part.cancel()
            for side in (back, writer):
                side.transport.abort()

    async def _send(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, client: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            if client not in self._asking:
                self._asking.add(client)
                self.trips += 1
                # A Parse message of PostgreSQL consists of its letter, its length, and the name of the statement.
                self.prepared += data[:1] == b"P" and data[5:6] != b"\0"
            await self._passing.wait()
            if self.cut_after is not None and self.cut_after in data:
                self.cut_connections += 1
                client.transport.abort()
                writer.write(data)
                await writer.drain()
                # The server reads data that were written before the connection is closed.
                writer.write_eof()
                return
            writer.write(data)
            await writer.drain()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(self.chunk_size):
            self._asking.discard(writer)
            await self._passing.wait()
            writer.write(data)
            await writer.drain()

    async def close(self) -> None:
        """Close all connections."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def open_proxy(url: str) -> AsyncIterator[tuple[Proxy, str]]:
    """Open a proxy in front of a server and yield it with its URL."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    proxy = Proxy(parts.hostname, parts.port)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    account = parts.netloc.rpartition("@")[0]
    try:
        yield proxy, urlunsplit((parts.scheme, f"{account}@127.0.0.1:{port}", parts.path, parts.query, ""))
    finally:
        server.close()
        await proxy.close()
        await server.wait_closed()
