"""Clients: the applications that users sign in to."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel

from ..errors import AmbiguousError
from ..models.clients import Client, ClientInsert, ClientWithTenantId
from ..pagination import ListRules
from ..schema import Column
from ..tables import CLIENTS
from .mixins import StandardAdapter

if TYPE_CHECKING:
    from ..types import ClientCreate, ClientUpdate, ClientWhere

CLIENT = CLIENTS.c


CLIENT = CLIENTS.c


class Clients(StandardAdapter[Client, ClientInsert, "ClientCreate", "ClientUpdate", "ClientWhere"]):
    """Clients (Auth0: applications).

    ``client_id`` is generated if it is not given. A client without a ``client_secret`` is public.
    """

    table = CLIENTS
    model = Client
    insert: type[BaseModel] | None = ClientInsert
    id_column: ClassVar[Column | None] = CLIENT.client_id
    rules: ClassVar[ListRules] = ListRules(
        wire="clients",
        fields=(
            "client_id",
            "name",
            "app_type",
            "is_first_party",
            "owner_user_id",
            "registration_type",
            "created_at",
            "updated_at",
        ),
        search=("name", "client_id"),
    )

    def _generated(self, params: BaseModel, created: datetime) -> dict[str, Any]:
        generated = super()._generated(params, created)
        if "registration_metadata" not in params.model_fields_set:
            # Like AuthHero, store NULL until the field is set.
            generated["registration_metadata"] = None
        return generated

    async def get_by_client_id(self, client_id: str) -> ClientWithTenantId | None:
        """Return the client with this ID from any tenant, with its ``tenant_id``, or None.

        If several tenants have a client with this ID, the ID alone does not identify one of them. The oldest one is not
        necessarily meant, because an import can set ``created_at``. Use :meth:`get` with the tenant's ID in this case.

        Raises:
            AmbiguousError: Several tenants have a client with this ID.
        """
        read = self._reader_of(ClientWithTenantId)
        rows = await self._run.fetch(self._sql.select(read, {CLIENT.client_id: client_id}, limit=2))
        if len(rows) > 1:
            raise AmbiguousError("clients: several tenants have a client with this client_id: use clients.get(tenant_id, client_id)")
        return read.read(rows[0]) if rows else None
