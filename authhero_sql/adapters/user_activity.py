"""User activity: the data that changes at every sign-in, stored separately from the user."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from ..crud.adapter import Adapter
from ..models.users import UserActivity as Activity
from ..row_mapping import Unchecked
from ..tables import USER_ACTIVITY

if TYPE_CHECKING:
    from ..types import UserActivityUpdate


class UserActivity(Adapter[Activity]):
    """The last login, the login count and the failed logins of each user."""

    table = USER_ACTIVITY
    model = Activity

    async def get(self, tenant_id: str, user_id: str) -> Activity | None:
        """Return the user's activity, or None if nothing has been recorded."""
        activity: Activity | None = await self._get({USER_ACTIVITY.c.tenant_id: tenant_id, USER_ACTIVITY.c.user_id: user_id})
        return activity

    async def get_one(self, tenant_id: str, user_id: str) -> Activity:
        """Return the user's activity.

        Raises:
            NotFoundError: No activity of the user has been recorded.
        """
        return self._require_found(await self.get(tenant_id, user_id))

    async def upsert(self, tenant_id: str, user_id: str, fields: BaseModel | UserActivityUpdate | Unchecked) -> bool:
        """Update only the given fields, creating the row if it does not exist.

        This is a single statement, so concurrent calls do not overwrite each other's fields.

        Args:
            tenant_id: The tenant's ID.
            user_id: The user's ID.
            fields: The fields to update, as a model or a mapping.

        Returns:
            Always True.

        Raises:
            ForeignKeyError: The user does not exist.
            InvalidValueError: A value cannot be stored.
        """
        own = {USER_ACTIVITY.c.tenant_id: tenant_id, USER_ACTIVITY.c.user_id: user_id}
        await self._run.write(self._sql.upsert({**self._key(tenant_id, user_id), **self._changes(fields, own)}))
        return True

    async def record_login(self, tenant_id: str, user_id: str, *, ip: str | None, at: datetime | None = None) -> bool:
        """Record a login: increment ``login_count``, and set ``last_login`` and ``last_ip``.

        This is a single statement, so every one of several concurrent logins is counted, including in batches and
        transactions.

        Args:
            tenant_id: The tenant's ID.
            user_id: The user's ID.
            ip: The IP address that the login came from, at most 45 characters, or None if it is unknown.
            at: When the login happened, as an aware datetime. Defaults to now.

        Returns:
            Always True.

        Raises:
            ForeignKeyError: The user does not exist.
            InvalidValueError: A value cannot be stored.
        """
        login = {"last_ip": self.table.encode(self.table["last_ip"], ip), **self._instant(USER_ACTIVITY.c.last_login, at), "login_count": 1}
        await self._run.write(self._sql.upsert({**self._key(tenant_id, user_id), **login}, tuple(login), added=("login_count",)))
        return True

    def _key(self, tenant_id: str, user_id: str) -> dict[str, Any]:
        return {name: self.table.encode(self.table[name], value) for name, value in (("tenant_id", tenant_id), ("user_id", user_id))}
