"""Tokens of dynamic client registration."""

from __future__ import annotations

import builtins
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel

from ..models.base import ImportMetadata
from ..models.permissions import ClientRegistrationToken, ClientRegistrationTokenInsert
from ..rows import Unchecked
from ..schema import Column, Order
from ..statements.conditions import NULL, Where
from ..tables import CLIENT_REGISTRATION_TOKENS
from .mixins import TenantAdapter

if TYPE_CHECKING:
    from ..types import ClientRegistrationTokenCreate, ImportMetadataDict

TOKEN = CLIENT_REGISTRATION_TOKENS.c


class ClientRegistrationTokens(TenantAdapter[ClientRegistrationToken]):
    """Initial and registration access tokens (RFC 7591, RFC 7592), kept by their hash."""

    table = CLIENT_REGISTRATION_TOKENS
    model = ClientRegistrationToken
    insert: type[BaseModel] | None = ClientRegistrationTokenInsert
    id_column: ClassVar[Column | None] = TOKEN.id

    async def create(
        self,
        tenant_id: str,
        params: ClientRegistrationTokenInsert | ClientRegistrationTokenCreate | Unchecked,
        *,
        import_metadata: ImportMetadata | ImportMetadataDict | None = None,
    ) -> ClientRegistrationToken:
        """Store a token.

        Raises:
            ConflictError: the id or the hash is taken.
            ForeignKeyError: the tenant does not exist.
            InvalidValueError: a value cannot be stored.
        """
        return await self._create(tenant_id, params, import_metadata)

    async def get(self, tenant_id: str, id: str) -> ClientRegistrationToken | None:
        """The token with this id, used, revoked and expired ones included, or None."""
        token: ClientRegistrationToken | None = await self._get(self._own(tenant_id, id))
        return token

    async def get_one(self, tenant_id: str, id: str) -> ClientRegistrationToken:
        """The token with this id, used, revoked and expired ones included.

        Raises:
            NotFoundError: there is none.
        """
        return self._required(await self.get(tenant_id, id))

    async def get_by_hash(self, tenant_id: str, token_hash: str) -> ClientRegistrationToken | None:
        """The token with this hash, used, revoked and expired ones included, or None."""
        token: ClientRegistrationToken | None = await self._get({TOKEN.tenant_id: tenant_id, TOKEN.token_hash: token_hash})
        return token

    async def list_by_client(self, tenant_id: str, client_id: str) -> builtins.list[ClientRegistrationToken]:
        """The client's tokens, oldest first."""
        return await self._all(
            {TOKEN.tenant_id: tenant_id, TOKEN.client_id: client_id},
            (Order("created_at_ts"), Order("id")),
        )

    async def mark_used(self, tenant_id: str, id: str, used_at: datetime | None = None) -> bool:
        """Mark the token as used, now by default: of any number of calls exactly one gets ``True``.

        Raises:
            InvalidValueError: the instant is naive.
        """
        values = self._instant(TOKEN.used_at_ts, used_at)
        return await self._run.matched(self._sql.update({**self._own(tenant_id, id), TOKEN.used_at_ts: NULL}, values))

    async def revoke(self, tenant_id: str, id: str, revoked_at: datetime | None = None) -> bool:
        """Revoke the token, now by default; one that is revoked keeps its time.

        Returns:
            Whether there is such a token.

        Raises:
            InvalidValueError: the instant is naive.
        """
        return await self._revoke(self._own(tenant_id, id), revoked_at) > 0 or await self.get(tenant_id, id) is not None

    async def revoke_by_client(self, tenant_id: str, client_id: str, revoked_at: datetime | None = None) -> int:
        """Revoke the client's tokens, now by default; those already revoked keep their time.

        Returns:
            How many were revoked.

        Raises:
            InvalidValueError: the instant is naive.
        """
        return await self._revoke({TOKEN.tenant_id: tenant_id, TOKEN.client_id: client_id}, revoked_at)

    async def _revoke(self, where: Where, revoked_at: datetime | None) -> int:
        return await self._run.affected(
            self._sql.update({**where, TOKEN.revoked_at_ts: NULL}, self._instant(TOKEN.revoked_at_ts, revoked_at))
        )

    async def remove(self, tenant_id: str, id: str) -> bool:
        """Remove the token; whether there was one."""
        return await self._remove(self._own(tenant_id, id))
