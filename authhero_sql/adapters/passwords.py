"""Passwords: the current hash of each user and the earlier ones."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from typing import Any

from ..dialects.interface import Call, Order
from ..errors import InvalidValueError
from ..listing import MAX_LIMIT, count
from ..models import ImportMetadata, Password, PasswordInsert
from ..repository import Fields, Repository
from ..rows import mapping
from ..tables import PASSWORDS, USERS

NEWEST_FIRST = (Order("created_at", descending=True), Order("is_current", descending=True), Order("id", descending=True))


class Passwords(Repository[Password]):
    """Password hashes; one of a user's is current, the others are kept for the password history."""

    table = PASSWORDS
    model = Password
    id_field = "id"

    async def create(
        self,
        tenant_id: str,
        params: PasswordInsert | Mapping[str, Any],
        *,
        import_metadata: ImportMetadata | Mapping[str, Any] | None = None,
    ) -> Password:
        """Store a hash; a current one retires the earlier one in the same transaction.

        Raises:
            ForeignKeyError: the user does not exist.
            InvalidValueError: a value cannot be stored.
        """
        values = self._new_row(tenant_id, self._accepted(params), import_metadata)
        await self._write(*self._creation(tenant_id, values))
        return self._read_values(values)

    def _creation(self, tenant_id: str, values: Mapping[str, Any]) -> builtins.list[Call]:
        """The statements that store a hash."""
        insert = self._insert(values)
        if not values["is_current"]:
            return [insert]
        user = {"tenant_id": tenant_id, "user_id": values["user_id"]}
        retire = self._change({**user, "is_current": True}, self._bumped({"is_current": 0}))
        # Two that retire at the same time would not see each other's new row: the user's row makes them take turns.
        return [*self._lock(USERS, user), retire, insert]

    async def get(self, tenant_id: str, user_id: str) -> Password | None:
        """The user's current password, or None."""
        where = {"tenant_id": tenant_id, "user_id": user_id, "is_current": True}
        found = await self._all(where, NEWEST_FIRST, limit=1)
        return found[0] if found else None

    async def list(self, tenant_id: str, user_id: str, limit: int | None = None) -> builtins.list[Password]:
        """The user's passwords, newest first, at most ``limit`` of them.

        Raises:
            InvalidQueryError: the limit is no whole number or below 0.
        """
        most = None if limit is None else min(count("limit", limit), MAX_LIMIT)
        return await self._all({"tenant_id": tenant_id, "user_id": user_id}, NEWEST_FIRST, most)

    async def update(self, tenant_id: str, fields: Fields) -> bool:
        """Write exactly the given fields of the password with ``id``, or else of the current one of ``user_id``.

        One that becomes current retires the one before in the same transaction.

        Returns:
            Whether there was such a password.

        Raises:
            InvalidValueError: neither ``id`` nor ``user_id`` is given, or a value cannot be stored.
        """
        named = mapping(self.table, fields)
        id, user_id = named.get("id"), named.get("user_id")
        given = self._given(fields, {"tenant_id": tenant_id, "id": id})
        given.pop("user_id", None)
        if id is not None:
            return await self._update_one(tenant_id, id, given)
        if user_id is None:
            raise InvalidValueError(self.table.name, "id", "id or user_id must say which password")
        return await self._update({"tenant_id": tenant_id, "user_id": user_id, "is_current": True}, given)

    async def _update_one(self, tenant_id: str, id: str, fields: Mapping[str, Any]) -> bool:
        where = {"tenant_id": tenant_id, "id": id}
        values = self._changes(fields, where)
        if not values.get("is_current"):
            return await self._matched(self._change(where, values))
        rows = await self._fetch(self._select(self._chosen("user_id"), where))
        if not rows:
            return False
        user = {"tenant_id": tenant_id, "user_id": rows[0][0]}
        retire = self._change({**user, "is_current": True, "id <>": id}, self._bumped({"is_current": 0}))
        return await self._matched(*self._lock(USERS, user), retire, self._change(where, values), at=-1)
