"""The second factors and passkeys of users."""

from __future__ import annotations

import builtins
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel

from ..crud.adapter import Expected
from ..models.authentication_methods import AuthenticationMethod, AuthenticationMethodInsert
from ..row_mapping import Unchecked
from ..schema import Column, Order
from ..tables import AUTHENTICATION_METHODS
from .mixins import CreateMixin

if TYPE_CHECKING:
    from ..types import AuthenticationMethodCreate, AuthenticationMethodUpdate

AUTHENTICATION_METHOD = AUTHENTICATION_METHODS.c


class AuthenticationMethods(CreateMixin[AuthenticationMethod, AuthenticationMethodInsert, "AuthenticationMethodCreate"]):
    """The second factors and passkeys of users (Auth0: authentication methods).

    Generated IDs are ULIDs.
    """

    table = AUTHENTICATION_METHODS
    model = AuthenticationMethod
    insert: type[BaseModel] | None = AuthenticationMethodInsert
    id_column: ClassVar[Column | None] = AUTHENTICATION_METHOD.id

    def _new_id(self, now: datetime) -> str:
        return self.context.ids.ulid(now)

    async def get_by_credential_id(self, tenant_id: str, credential_id: str) -> AuthenticationMethod | None:
        """Return the method with this WebAuthn credential ID, or None.

        If several methods have this credential ID, the oldest one is returned.
        """
        where = {AUTHENTICATION_METHOD.tenant_id: tenant_id, AUTHENTICATION_METHOD.credential_id: credential_id}
        found = await self._all(where, (Order("created_at_ts"), Order("id")), limit=1)
        return found[0] if found else None

    async def list(self, tenant_id: str, user_id: str) -> builtins.list[AuthenticationMethod]:
        """Return the user's methods, oldest first."""
        return await self._all(
            {AUTHENTICATION_METHOD.tenant_id: tenant_id, AUTHENTICATION_METHOD.user_id: user_id}, (Order("created_at_ts"), Order("id"))
        )

    async def update(
        self, tenant_id: str, id: str, fields: BaseModel | AuthenticationMethodUpdate | Unchecked, *, expect: Expected = None
    ) -> AuthenticationMethod | None:
        """Update only the given fields.

        Args:
            tenant_id: The tenant's ID.
            id: The method's ID.
            fields: The fields to update, as a model or a mapping.
            expect: Values that the row must still have, such as ``{"updated_at": seen}``. Nothing is written if any of
                them differs. Only plain fields can be compared.

        Returns:
            The updated method, or None if it does not exist or does not match ``expect``.

        Raises:
            InvalidQueryError: A field of ``expect`` is unknown or cannot be compared.
            InvalidValueError: A value cannot be stored, or a field is unknown or cannot be updated.
            UnsupportedError: The method is called in a batch.
        """
        return await self._updated(self._own(tenant_id, id), fields, expect)
