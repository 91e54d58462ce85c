"""Connections: the sources of user identities."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel

from ..models.connections import Connection, ConnectionInsert
from ..pagination import ListRules, Sort
from ..schema import Column
from ..tables import CONNECTIONS
from .mixins import StandardAdapter

if TYPE_CHECKING:
    from ..types import ConnectionCreate, ConnectionUpdate, ConnectionWhere

CONNECTION = CONNECTIONS.c


class Connections(StandardAdapter[Connection, ConnectionInsert, "ConnectionCreate", "ConnectionUpdate", "ConnectionWhere"]):
    """Connections (Auth0: database, social, passwordless and enterprise connections).

    ``enabled_clients`` is accepted but not stored: use ``client_connections``.
    """

    table = CONNECTIONS
    model = Connection
    insert: type[BaseModel] | None = ConnectionInsert
    virtual: ClassVar[frozenset[str]] = frozenset({"enabled_clients"})
    id_column: ClassVar[Column | None] = CONNECTION.id
    rules: ClassVar[ListRules] = ListRules(
        wire="connections",
        fields=("id", "name", "strategy", "display_name", "is_system"),
        search=("name", "display_name"),
        order=Sort("name"),
    )

    async def get_by_name(self, tenant_id: str, name: str) -> Connection | None:
        """Return the connection with this name, or None.

        Names are not unique. If several connections have this name, the one with the lowest ID is returned.
        """
        return await self._get({CONNECTION.tenant_id: tenant_id, CONNECTION.name: name}, (CONNECTION.id.asc,))

    def _new_id(self, now: datetime) -> str:
        return self.context.ids.prefixed("con_")
