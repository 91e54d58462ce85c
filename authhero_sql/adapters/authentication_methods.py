"""The second factors and passkeys of users."""

from __future__ import annotations

import builtins
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel

from ..crud.adapter import Expected
from ..models.authentication_methods import AuthenticationMethod, AuthenticationMethodInsert
from ..rows import Unchecked
from ..schema import Column, Order
from ..tables import AUTHENTICATION_METHODS
from .mixins import CreateMixin

if TYPE_CHECKING:
    from ..types import AuthenticationMethodCreate, AuthenticationMethodUpdate

AUTHENTICATION_METHOD = AUTHENTICATION_METHODS.c


class AuthenticationMethods(CreateMixin[AuthenticationMethod, AuthenticationMethodInsert, "AuthenticationMethodCreate"]):
    """Authentication methods (Auth0: authentication methods); ids are ULIDs."""

    table = AUTHENTICATION_METHODS
    model = AuthenticationMethod
    insert: type[BaseModel] | None = AuthenticationMethodInsert
    id_column: ClassVar[Column | None] = AUTHENTICATION_METHOD.id

    def _new_id(self, now: datetime) -> str:
        return self.context.ids.ulid(now)

    async def get_by_credential_id(self, tenant_id: str, credential_id: str) -> AuthenticationMethod | None:
        """The method with this WebAuthn credential id, or None; the oldest where there are several."""
        where = {AUTHENTICATION_METHOD.tenant_id: tenant_id, AUTHENTICATION_METHOD.credential_id: credential_id}
        found = await self._all(where, (Order("created_at_ts"), Order("id")), limit=1)
        return found[0] if found else None

    async def list(self, tenant_id: str, user_id: str) -> builtins.list[AuthenticationMethod]:
        """The user's methods, oldest first."""
        return await self._all(
            {AUTHENTICATION_METHOD.tenant_id: tenant_id, AUTHENTICATION_METHOD.user_id: user_id}, (Order("created_at_ts"), Order("id"))
        )

    async def update(
        self, tenant_id: str, id: str, fields: BaseModel | AuthenticationMethodUpdate | Unchecked, *, expect: Expected = None
    ) -> AuthenticationMethod | None:
        """Write exactly the given fields.

        Args:
            tenant_id: the tenant.
            id: the row.
            fields: what to write.
            expect: what was seen in plain fields, such as ``{"updated_at": seen}``: nothing is written unless it is still so.

        Returns:
            The method as it is then, or None where there is none, or not as it was expected to be.

        Raises:
            InvalidQueryError: a field cannot be expected.
            InvalidValueError: a value cannot be stored, or a field is unknown or cannot be updated.
        """
        return await self._updated(self._own(tenant_id, id), fields, expect)
