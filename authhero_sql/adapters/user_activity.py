"""User activity: what changes at every sign-in, kept apart from the user."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from ..crud.adapter import Adapter
from ..models.users import UserActivity as Activity
from ..rows import Unchecked
from ..tables import USER_ACTIVITY

if TYPE_CHECKING:
    from ..types import UserActivityUpdate


class UserActivity(Adapter[Activity]):
    """Last login, login count and failed logins of each user."""

    table = USER_ACTIVITY
    model = Activity

    async def get(self, tenant_id: str, user_id: str) -> Activity | None:
        """The user's activity, or None where there has been none."""
        activity: Activity | None = await self._get({USER_ACTIVITY.c.tenant_id: tenant_id, USER_ACTIVITY.c.user_id: user_id})
        return activity

    async def get_one(self, tenant_id: str, user_id: str) -> Activity:
        """The user's activity.

        Raises:
            NotFoundError: there is none.
        """
        return self._required(await self.get(tenant_id, user_id))

    async def upsert(self, tenant_id: str, user_id: str, fields: BaseModel | UserActivityUpdate | Unchecked) -> bool:
        """Write exactly the given fields, in a new row where there is none; one statement, so that none is lost.

        Returns:
            True: it is so now.

        Raises:
            ForeignKeyError: the user does not exist.
            InvalidValueError: a value cannot be stored.
        """
        own = {USER_ACTIVITY.c.tenant_id: tenant_id, USER_ACTIVITY.c.user_id: user_id}
        await self._run.write(self._sql.upsert({**self._key(tenant_id, user_id), **self._changes(fields, own)}))
        return True

    async def record_login(self, tenant_id: str, user_id: str, *, ip: str | None, at: datetime | None = None) -> bool:
        """Count a login: ``login_count`` grows by one, ``last_login`` and ``last_ip`` are set.

        One statement, so that of any number of logins at once each is counted, in batches and transactions too.

        Args:
            tenant_id: the tenant.
            user_id: the user.
            ip: the address that the login came from, at most 45 characters; None where it is not known.
            at: when it was; now by default.

        Returns:
            True: it is counted.

        Raises:
            ForeignKeyError: the user does not exist.
            InvalidValueError: a value cannot be stored.
        """
        login = {"last_ip": self.table.encode(self.table["last_ip"], ip), **self._instant(USER_ACTIVITY.c.last_login, at), "login_count": 1}
        await self._run.write(self._sql.upsert({**self._key(tenant_id, user_id), **login}, tuple(login), added=("login_count",)))
        return True

    def _key(self, tenant_id: str, user_id: str) -> dict[str, Any]:
        return {name: self.table.encode(self.table[name], value) for name, value in (("tenant_id", tenant_id), ("user_id", user_id))}
