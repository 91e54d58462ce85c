"""Passwords: the current hash of each user and the earlier ones."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel

from ..crud.adapter import Adapter
from ..dialects.interface import Call
from ..errors import InvalidValueError
from ..listing import MAX_LIMIT, count
from ..models.base import ImportMetadata
from ..models.users import Password, PasswordInsert
from ..rows import Unchecked, mapping
from ..schema import Column, Order
from ..statements.conditions import Where, other_than
from ..tables import PASSWORDS, USERS

if TYPE_CHECKING:
    from ..types import ImportMetadataDict, PasswordCreate, PasswordUpdate

PASSWORD = PASSWORDS.c
USER = USERS.c

NEWEST_FIRST = (Order("created_at", descending=True), Order("is_current", descending=True), Order("id", descending=True))


class Passwords(Adapter[Password]):
    """Password hashes; one of a user's is current, the others are kept for the password history."""

    table = PASSWORDS
    model = Password
    insert: type[BaseModel] | None = PasswordInsert
    id_column: ClassVar[Column | None] = PASSWORD.id

    async def create(
        self,
        tenant_id: str,
        params: PasswordInsert | PasswordCreate | Unchecked,
        *,
        import_metadata: ImportMetadata | ImportMetadataDict | None = None,
    ) -> Password:
        """Store a hash; a current one retires the earlier one in the same transaction.

        Raises:
            ForeignKeyError: the user does not exist.
            InvalidValueError: a value cannot be stored.
        """
        values = self._new_row(tenant_id, self._accepted(params), import_metadata)
        await self._run.write(*self._creation(tenant_id, values))
        return self._read_values(values)

    def _creation(self, tenant_id: str, values: Mapping[str, Any]) -> builtins.list[Call]:
        """The statements that store a hash."""
        insert = self._sql.insert(values)
        if not values["is_current"]:
            return [insert]
        user = {PASSWORD.tenant_id: tenant_id, PASSWORD.user_id: values["user_id"]}
        retire = self._sql.update({**user, PASSWORD.is_current: True}, self._bumped({"is_current": 0}))
        # Two that retire at the same time would not see each other's new row: the user's row makes them take turns.
        return [*self._sql.lock(USERS, _owner(tenant_id, values["user_id"])), retire, insert]

    async def get(self, tenant_id: str, user_id: str) -> Password | None:
        """The user's current password, or None."""
        where = {PASSWORD.tenant_id: tenant_id, PASSWORD.user_id: user_id, PASSWORD.is_current: True}
        found = await self._all(where, NEWEST_FIRST, limit=1)
        return found[0] if found else None

    async def get_one(self, tenant_id: str, user_id: str) -> Password:
        """The user's current password.

        Raises:
            NotFoundError: there is none.
        """
        return self._required(await self.get(tenant_id, user_id))

    async def list(self, tenant_id: str, user_id: str, limit: int | None = None) -> builtins.list[Password]:
        """The user's passwords, newest first, at most ``limit`` of them.

        Raises:
            InvalidQueryError: the limit is no whole number or below 0.
        """
        most = None if limit is None else min(count("limit", limit), MAX_LIMIT)
        return await self._all({PASSWORD.tenant_id: tenant_id, PASSWORD.user_id: user_id}, NEWEST_FIRST, most)

    async def update(self, tenant_id: str, fields: BaseModel | PasswordUpdate | Unchecked) -> bool:
        """Write exactly the given fields of the password with ``id``, or else of the current one of ``user_id``.

        One that becomes current retires the one before in the same transaction.

        Returns:
            Whether there was such a password.

        Raises:
            InvalidValueError: neither ``id`` nor ``user_id`` is given, or a value cannot be stored.
        """
        named = mapping(self.table, fields)
        id, user_id = named.get("id"), named.get("user_id")
        given = self._given(fields, {PASSWORD.tenant_id: tenant_id, PASSWORD.id: id})
        given.pop("user_id", None)
        if id is not None:
            return await self._update_one(tenant_id, id, given)
        if user_id is None:
            raise InvalidValueError(self.table.name, "id", "id or user_id must say which password")
        return await self._update({PASSWORD.tenant_id: tenant_id, PASSWORD.user_id: user_id, PASSWORD.is_current: True}, given)

    async def _update_one(self, tenant_id: str, id: str, fields: Mapping[str, Any]) -> bool:
        where = {PASSWORD.tenant_id: tenant_id, PASSWORD.id: id}
        values = self._changes(fields, where)
        if not values.get("is_current"):
            return await self._run.matched(self._sql.update(where, values))
        rows = await self._run.fetch(self._sql.select(self._raw_columns(PASSWORD.user_id), where))
        if not rows:
            return False
        user = {PASSWORD.tenant_id: tenant_id, PASSWORD.user_id: rows[0][0]}
        retire = self._sql.update({**user, PASSWORD.is_current: True, PASSWORD.id: other_than(id)}, self._bumped({"is_current": 0}))
        return await self._run.matched(
            *self._sql.lock(USERS, _owner(tenant_id, rows[0][0])), retire, self._sql.update(where, values), at=-1
        )


def _owner(tenant_id: str, user_id: str) -> Where:
    return {USER.tenant_id: tenant_id, USER.user_id: user_id}
