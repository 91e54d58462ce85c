"""A server between a client and a database that can stop listening, or hang up at a chosen word."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit


class Proxy:
    """Passes everything on in both directions, unless it is told otherwise."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._passing = asyncio.Event()
        self._passing.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.hang_up_at: bytes | None = None
        """A word of the client's at which the connection is cut: it has reached the server, and no answer comes back."""
        self.piece = 65536
        """How many bytes of an answer are passed on at once."""
        self.cut = 0
        """How many connections have been cut that way."""
        self.trips = 0
        """How often a client has spoken and then waited for the server, all connections together."""
        self.prepared = 0
        """How many of these made asyncpg prepare a statement that it keeps; means nothing to MySQL."""
        self._asking: set[asyncio.StreamWriter] = set()
        """The connections, by their side to the client, whose client spoke last."""

    def freeze(self) -> None:
        """Pass nothing on any more, as when the server has been stopped: connections stay open, and nobody answers."""
        self._passing.clear()

    def thaw(self) -> None:
        """Pass on again."""
        self._passing.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Stand between a client and the server."""
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
                # PostgreSQL's message Parse: its letter, its length, and the name of the statement.
                self.prepared += data[:1] == b"P" and data[5:6] != b"\0"
            await self._passing.wait()
            if self.hang_up_at is not None and self.hang_up_at in data:
                self.cut += 1
                client.transport.abort()
                writer.write(data)
                await writer.drain()
                # What has been written is read by the server, whoever has gone meanwhile.
                writer.write_eof()
                return
            writer.write(data)
            await writer.drain()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(self.piece):
            self._asking.discard(writer)
            await self._passing.wait()
            writer.write(data)
            await writer.drain()

    async def close(self) -> None:
        """Cut every connection."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def proxied(url: str) -> AsyncIterator[tuple[Proxy, str]]:
    """A proxy in front of a server, and the URL by which it is reached."""
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
