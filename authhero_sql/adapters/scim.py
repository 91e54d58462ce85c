"""SCIM 2.0: users that a directory pushes."""

from __future__ import annotations

import builtins
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel

from ..crud.adapter import Adapter
from ..models.base import ImportMetadata
from ..models.scim import ScimConfiguration, ScimConfigurationInsert, ScimExternalId, ScimExternalIdInsert, ScimToken, ScimTokenInsert
from ..rows import Unchecked
from ..schema import Column, Order
from ..statements.conditions import Where
from ..tables import SCIM_CONFIGURATIONS, SCIM_EXTERNAL_IDS, SCIM_TOKENS
from .mixins import CreateMixin, UpdateMixin

if TYPE_CHECKING:
    from ..types import ImportMetadataDict, ScimConfigurationCreate, ScimConfigurationUpdate, ScimExternalIdCreate, ScimTokenCreate

SCIM_CONFIGURATION = SCIM_CONFIGURATIONS.c
SCIM_EXTERNAL_ID = SCIM_EXTERNAL_IDS.c
SCIM_TOKEN = SCIM_TOKENS.c


class ScimConfigurations(
    CreateMixin[ScimConfiguration, ScimConfigurationInsert, "ScimConfigurationCreate"],
    UpdateMixin[ScimConfiguration, "ScimConfigurationUpdate"],
):
    """SCIM configurations (Auth0: SCIM configuration), one a connection and known by its id."""

    table = SCIM_CONFIGURATIONS
    model = ScimConfiguration
    insert: type[BaseModel] | None = ScimConfigurationInsert

    async def list(self, tenant_id: str) -> builtins.list[ScimConfiguration]:
        """The tenant's configurations, oldest first."""
        return await self._all({SCIM_CONFIGURATION.tenant_id: tenant_id}, (Order("created_at"), Order("connection_id")))


class ScimTokens(CreateMixin[ScimToken, ScimTokenInsert, "ScimTokenCreate"]):
    """SCIM tokens (Auth0: SCIM tokens), kept by their hash."""

    table = SCIM_TOKENS
    model = ScimToken
    insert: type[BaseModel] | None = ScimTokenInsert
    id_column: ClassVar[Column | None] = SCIM_TOKEN.token_id

    async def get_by_hash(self, tenant_id: str, token_hash: str) -> ScimToken | None:
        """The token with this hash, expired ones included, or None."""
        token: ScimToken | None = await self._get({SCIM_TOKEN.tenant_id: tenant_id, SCIM_TOKEN.token_hash: token_hash})
        return token

    async def list_by_connection(self, tenant_id: str, connection_id: str) -> builtins.list[ScimToken]:
        """The connection's tokens, oldest first."""
        return await self._all(
            {SCIM_TOKEN.tenant_id: tenant_id, SCIM_TOKEN.connection_id: connection_id}, (Order("created_at"), Order("token_id"))
        )

    async def mark_used(self, tenant_id: str, token_id: str, used_at: datetime | None = None) -> bool:
        """Note when the token was used last, now by default; whether there is such a token.

        Raises:
            InvalidValueError: the instant is naive.
        """
        return await self._run.matched(self._sql.update(self._own(tenant_id, token_id), self._instant(SCIM_TOKEN.last_used_at, used_at)))


class ScimExternalIds(Adapter[ScimExternalId]):
    """The ids by which a directory knows users (SCIM: ``externalId``), one a user and connection."""

    table = SCIM_EXTERNAL_IDS
    model = ScimExternalId
    insert: type[BaseModel] | None = ScimExternalIdInsert

    async def create(
        self,
        tenant_id: str,
        params: ScimExternalIdInsert | ScimExternalIdCreate | Unchecked,
        *,
        import_metadata: ImportMetadata | ImportMetadataDict | None = None,
    ) -> ScimExternalId:
        """Store a directory's id of a user.

        Raises:
            ConflictError: the user has one at this connection, or the id is another user's.
            InvalidValueError: a value cannot be stored.
        """
        return await self._create(tenant_id, params, import_metadata)

    async def get_by_external_id(self, tenant_id: str, connection_id: str, external_id: str) -> ScimExternalId | None:
        """The entry of this external id, or None."""
        where = {
            SCIM_EXTERNAL_ID.tenant_id: tenant_id,
            SCIM_EXTERNAL_ID.connection_id: connection_id,
            SCIM_EXTERNAL_ID.external_id: external_id,
        }
        found: ScimExternalId | None = await self._get(where)
        return found

    async def get_by_user_id(self, tenant_id: str, connection_id: str, user_id: str) -> ScimExternalId | None:
        """The entry of this user, or None."""
        found: ScimExternalId | None = await self._get(self._own(tenant_id, connection_id, user_id))
        return found

    async def update(self, tenant_id: str, connection_id: str, user_id: str, external_id: str) -> bool:
        """Give the user another external id; whether the user had one.

        Raises:
            ConflictError: the id is another user's.
            InvalidValueError: the id cannot be stored.
        """
        return await self._update(self._own(tenant_id, connection_id, user_id), {"external_id": external_id})

    async def remove(self, tenant_id: str, connection_id: str, user_id: str) -> bool:
        """Remove the user's entry; whether there was one."""
        return await self._remove(self._own(tenant_id, connection_id, user_id))

    def _own(self, tenant_id: str, connection_id: str, user_id: str) -> Where:
        return {SCIM_EXTERNAL_ID.tenant_id: tenant_id, SCIM_EXTERNAL_ID.connection_id: connection_id, SCIM_EXTERNAL_ID.user_id: user_id}
