"""Which connections a client may use, in order: ``clients.connections``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence

from pydantic import BaseModel

from ..crud.adapter import Adapter
from ..errors import CorruptRowError, InvalidValueError
from ..models.clients import Client, ClientInsert
from ..models.connections import Connection
from ..schema import Order
from ..statements.conditions import NOT_NULL, one_of
from ..statements.table import RawColumns
from ..tables import CLIENTS, CONNECTIONS
from .connections import Connections

CLIENT = CLIENTS.c
CONNECTION = CONNECTIONS.c


class ClientConnections(Adapter[Client]):
    """The ordered list of connections of each client (Auth0: ``enabled_clients``, seen from the client)."""

    attribute = "client_connections"
    table = CLIENTS
    model = Client
    insert: type[BaseModel] | None = ClientInsert

    async def list_by_client(self, tenant_id: str, client_id: str) -> list[Connection]:
        """The client's connections, in its order; empty for a client that does not exist. At most two queries."""
        rows = await self._run.fetch(self._sql.select(self._columns_read, {CLIENT.tenant_id: tenant_id, CLIENT.client_id: client_id}))
        ids = _ids(rows[0][1], client_id) if rows else []
        if not ids:
            return []
        found = await Connections(self.context)._all({CONNECTION.tenant_id: tenant_id, CONNECTION.id: one_of(ids)})
        by_id = {connection.id: connection for connection in found}
        return [by_id[id] for id in ids if id in by_id]

    async def update_by_client(self, tenant_id: str, client_id: str, connection_ids: Sequence[str]) -> bool:
        """Replace the client's list; whether there was such a client.

        Raises:
            InvalidValueError: an id is no text that can be stored.
        """
        if isinstance(connection_ids, str) or not isinstance(connection_ids, Iterable):
            raise InvalidValueError(self.table.name, "connections", "must be a list of ids")
        return await self._update({CLIENT.tenant_id: tenant_id, CLIENT.client_id: client_id}, {"connections": list(connection_ids)})

    async def list_by_connection(self, tenant_id: str, connection_id: str) -> list[str]:
        """The ids of the clients that may use the connection, oldest client first."""
        order = (Order("created_at"), Order("client_id"))
        rows = await self._run.fetch(
            self._sql.select(self._columns_read, {CLIENT.tenant_id: tenant_id, CLIENT.connections: NOT_NULL}, order)
        )
        return [client_id for client_id, connections in rows if connection_id in _ids(connections, client_id)]

    async def add_client_to_connection(self, tenant_id: str, connection_id: str, client_id: str) -> bool:
        """Put the connection at the end of the client's list, unless it is there; ``False`` when the client does not exist."""
        return await self._edit(tenant_id, client_id, connection_id, lambda ids: ids if connection_id in ids else [*ids, connection_id])

    async def remove_client_from_connection(self, tenant_id: str, connection_id: str, client_id: str) -> bool:
        """Take the connection out of the client's list, if it is there; ``False`` when the client does not exist."""
        return await self._edit(tenant_id, client_id, connection_id, lambda ids: [id for id in ids if id != connection_id])

    async def _edit(self, tenant_id: str, client_id: str, connection_id: str, edit: Callable[[list[str]], list[str]]) -> bool:
        if not isinstance(connection_id, str):
            raise InvalidValueError(self.table.name, "connections", "must be ids, which are text")

        def change(stored: str | None) -> str | None:
            ids = _ids(stored, client_id)
            edited = edit(ids)
            return stored if edited == ids else CLIENT.connections.encode(edited)

        return await self._swap({CLIENT.tenant_id: tenant_id, CLIENT.client_id: client_id}, CLIENT.connections, change)

    @property
    def _columns_read(self) -> RawColumns:
        return self._raw_columns(CLIENT.client_id, CLIENT.connections)


def _ids(stored: str | None, client_id: str) -> list[str]:
    try:
        ids = json.loads(stored) if stored is not None else []
    except ValueError:
        raise CorruptRowError("clients", "connections", {"client_id": client_id}, "is no JSON") from None
    return [id for id in ids if isinstance(id, str)] if isinstance(ids, list) else []
