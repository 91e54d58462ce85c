"""The ordered list of connections that each client can use, stored in ``clients.connections``."""

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
    """The ordered connections of each client (Auth0: ``enabled_clients``, seen from the client)."""

    attribute = "client_connections"
    table = CLIENTS
    model = Client
    insert: type[BaseModel] | None = ClientInsert

    async def list_by_client(self, tenant_id: str, client_id: str) -> list[Connection]:
        """Return the client's connections, in the client's order.

        The list is empty if the client does not exist. The method sends at most two queries.
        """
        rows = await self._run.fetch(self._sql.select(self._columns_read, {CLIENT.tenant_id: tenant_id, CLIENT.client_id: client_id}))
        ids = _parse_ids(rows[0][1], client_id) if rows else []
        if not ids:
            return []
        found = await Connections(self.context)._all({CONNECTION.tenant_id: tenant_id, CONNECTION.id: one_of(ids)})
        by_id = {connection.id: connection for connection in found}
        return [by_id[id] for id in ids if id in by_id]

    async def update_by_client(self, tenant_id: str, client_id: str, connection_ids: Sequence[str]) -> bool:
        """Replace the client's list of connections.

        Args:
            tenant_id: The tenant's ID.
            client_id: The client's ID.
            connection_ids: The IDs of the connections, in order.

        Returns:
            Whether the client exists.

        Raises:
            InvalidValueError: ``connection_ids`` is not a list of IDs that can be stored.
        """
        if isinstance(connection_ids, str) or not isinstance(connection_ids, Iterable):
            raise InvalidValueError(self.table.name, "connections", "must be a list of IDs")
        return await self._update({CLIENT.tenant_id: tenant_id, CLIENT.client_id: client_id}, {"connections": list(connection_ids)})

    async def list_by_connection(self, tenant_id: str, connection_id: str) -> list[str]:
        """Return the IDs of the clients that can use the connection, oldest client first."""
        order = (Order("created_at"), Order("client_id"))
        rows = await self._run.fetch(
            self._sql.select(self._columns_read, {CLIENT.tenant_id: tenant_id, CLIENT.connections: NOT_NULL}, order)
        )
        return [client_id for client_id, connections in rows if connection_id in _parse_ids(connections, client_id)]

    async def add_client_to_connection(self, tenant_id: str, connection_id: str, client_id: str) -> bool:
        """Append the connection to the client's list, unless the list already contains it.

        Returns:
            Whether the client exists.

        Raises:
            InvalidValueError: ``connection_id`` is not a string.
        """
        return await self._edit(tenant_id, client_id, connection_id, lambda ids: ids if connection_id in ids else [*ids, connection_id])

    async def remove_client_from_connection(self, tenant_id: str, connection_id: str, client_id: str) -> bool:
        """Remove the connection from the client's list.

        Returns:
            Whether the client exists, even if its list did not contain the connection.

        Raises:
            InvalidValueError: ``connection_id`` is not a string.
        """
        return await self._edit(tenant_id, client_id, connection_id, lambda ids: [id for id in ids if id != connection_id])

    async def _edit(self, tenant_id: str, client_id: str, connection_id: str, edit: Callable[[list[str]], list[str]]) -> bool:
        if not isinstance(connection_id, str):
            raise InvalidValueError(self.table.name, "connections", "must be a list of strings")

        def change(stored: str | None) -> str | None:
            ids = _parse_ids(stored, client_id)
            edited = edit(ids)
            return stored if edited == ids else CLIENT.connections.encode(edited)

        return await self._revise_column({CLIENT.tenant_id: tenant_id, CLIENT.client_id: client_id}, CLIENT.connections, change)

    @property
    def _columns_read(self) -> RawColumns:
        return self._raw_columns(CLIENT.client_id, CLIENT.connections)


def _parse_ids(stored: str | None, client_id: str) -> list[str]:
    try:
        ids = json.loads(stored) if stored is not None else []
    except ValueError:
        raise CorruptRowError("clients", "connections", {"client_id": client_id}, "is not valid JSON") from None
    return [id for id in ids if isinstance(id, str)] if isinstance(ids, list) else []
