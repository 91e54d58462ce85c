"""User activity: what changes at every sign-in, kept apart from the user."""

from __future__ import annotations

from ..models import UserActivity as Activity
from ..repository import Fields, Repository
from ..tables import USER_ACTIVITY


class UserActivity(Repository[Activity]):
    """Last login, login count and failed logins of each user."""

    table = USER_ACTIVITY
    model = Activity

    async def get(self, tenant_id: str, user_id: str) -> Activity | None:
        """The user's activity, or None where there has been none."""
        activity: Activity | None = await self._get({"tenant_id": tenant_id, "user_id": user_id})
        return activity

    async def upsert(self, tenant_id: str, user_id: str, fields: Fields) -> bool:
        """Write exactly the given fields, in a new row where there is none; one statement, so that none is lost.

        Returns:
            True: it is so now.

        Raises:
            ForeignKeyError: the user does not exist.
            InvalidValueError: a value cannot be stored.
        """
        own = {"tenant_id": tenant_id, "user_id": user_id}
        values = self._changes(fields, own)
        key = {name: self.table.encode(self.table[name], value) for name, value in own.items()}
        await self._write(self._upsert({**key, **values}))
        return True
