"""Roles, and what they allow to whom."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, overload

from pydantic import BaseModel

from ..crud.adapter import Adapter, M
from ..errors import InvalidValueError
from ..listing import MAX_PAGE, ROWS, Cursor, ListRules, Sort, Total, Totals, Window, asked_totals, by_checkpoint, count
from ..models.base import Page
from ..models.permissions import (
    Role,
    RoleInsert,
    RolePermission,
    RolePermissionInsert,
    RolePermissionWithDetails,
    UserPermission,
    UserPermissionInsert,
    UserPermissionWithDetails,
    UserRole,
    UserRoleInsert,
)
from ..rows import Unchecked, mapping
from ..schema import Column, Order
from ..statements.conditions import Subquery, Where, gt
from ..statements.table import AnyTable, Side
from ..tables import RESOURCE_SERVERS, ROLE_PERMISSIONS, ROLES, USER_PERMISSIONS, USER_ROLES
from .mixins import UNSET, StandardAdapter, Unset

if TYPE_CHECKING:
    from ..types import RoleCreate, RolePermissionCreate, RoleUpdate, RoleWhere, UserPermissionCreate

ROLE = ROLES.c
ROLE_PERMISSION = ROLE_PERMISSIONS.c
USER_PERMISSION = USER_PERMISSIONS.c
USER_ROLE = USER_ROLES.c

OLDEST_FIRST = (Order("created_at"), Order("resource_server_identifier"), Order("permission_name"))
API_NAME = Side(
    RESOURCE_SERVERS,
    columns={"name": "resource_server_name"},
    on={"tenant_id": "tenant_id", "resource_server_identifier": "identifier"},
)
"""The API of a permission, which is known by its identifier and need not exist."""


class Roles(StandardAdapter[Role, RoleInsert, "RoleCreate", "RoleUpdate", "RoleWhere"]):
    """Roles (Auth0: roles): named sets of permissions."""

    table = ROLES
    model = Role
    insert: type[BaseModel] | None = RoleInsert
    id_column: ClassVar[Column | None] = ROLE.id
    rules: ClassVar[ListRules] = ListRules(
        wire="roles", fields=("id", "name", "is_system", "description", "created_at", "updated_at"), search=("name",)
    )

    async def get_by_name(self, tenant_id: str, name: str) -> Role | None:
        """Find the role with this name, or None."""
        return await self._get({ROLE.tenant_id: tenant_id, ROLE.name: name})


class RolePermissions(Adapter[RolePermission]):
    """The permissions of each role (Auth0: role permissions)."""

    table = ROLE_PERMISSIONS
    model = RolePermission
    insert: type[BaseModel] | None = RolePermissionInsert
    rules: ClassVar[ListRules] = ListRules(wire="permissions", checkpoint=None)
    side: ClassVar[Side | None] = API_NAME

    async def assign(
        self, tenant_id: str, role_id: str, permissions: Sequence[RolePermissionInsert | RolePermissionCreate | Unchecked]
    ) -> bool:
        """Give permissions to a role; those that it has stay as they are.

        Args:
            tenant_id: the tenant.
            role_id: the role.
            permissions: each with ``resource_server_identifier`` and ``permission_name``.

        Returns:
            True: it has them now.

        Raises:
            InvalidValueError: a value cannot be stored.
        """
        rows = [self._new_row(tenant_id, given, None) for given in self._permissions(role_id, permissions)]
        await self._run.write(*(self._sql.upsert(row, ()) for row in rows))
        return True

    async def remove(
        self, tenant_id: str, role_id: str, permissions: Sequence[RolePermissionInsert | RolePermissionCreate | Unchecked]
    ) -> bool:
        """Take permissions from a role.

        Returns:
            True: it does not have them now.

        Raises:
            InvalidValueError: one is no permission.
        """
        await self._run.write(*(self._sql.delete(self._key(tenant_id, given)) for given in self._permissions(role_id, permissions)))
        return True

    @overload
    async def list(self, tenant_id: str, role_id: str, *, sort: str | Sort | None = None) -> builtins.list[RolePermissionWithDetails]: ...

    @overload
    async def list(
        self, tenant_id: str, role_id: str, *, page: int, per_page: int = 50, include_totals: Totals = False, sort: str | Sort | None = None
    ) -> Page[RolePermissionWithDetails]: ...

    async def list(
        self,
        tenant_id: str,
        role_id: str,
        *,
        page: int | None = None,
        per_page: int | None = None,
        include_totals: Totals = False,
        sort: str | Sort | None = None,
    ) -> builtins.list[RolePermissionWithDetails] | Page[RolePermissionWithDetails]:
        """The role's permissions, each with its API's name, or the API's identifier where there is no such API.

        Args:
            tenant_id: the tenant.
            role_id: the role.
            page: the page's number, from 0; asks for a page. The database reads all rows before it, 1,000,000 at the most.
            per_page: permissions on a page, at most 1,000, 50 by default; asks for a page.
            include_totals: count all of them; asks for a page. ``True`` reads them all, which takes the longer the more there are;
                ``"estimate"`` counts to 10,000 and, where there are more, says so by ``total_is_estimate``.
            sort: ``"created_at:desc"`` or a :class:`Sort`; by default the oldest come first.

        Returns:
            A list of all of them, or a :class:`Page` where one is asked for.

        Raises:
            InvalidQueryError: the sort or page is not valid.
        """
        found = await self._lists.whole_or_page(
            self._reader_of(RolePermissionWithDetails),
            {ROLE_PERMISSION.tenant_id: tenant_id, ROLE_PERMISSION.role_id: role_id},
            OLDEST_FIRST,
            page=page,
            per_page=per_page,
            include_totals=include_totals,
            sort=sort,
        )
        for permission in _items(found):
            _name(permission)
        return found

    def _permissions(
        self, role_id: str, permissions: Sequence[RolePermissionInsert | RolePermissionCreate | Unchecked]
    ) -> builtins.list[BaseModel]:
        if not isinstance(permissions, Iterable):
            raise InvalidValueError(self.table.name, None, "the permissions must be a list")
        return [self._writer.accept({**mapping(self.table, permission), "role_id": role_id}) for permission in permissions]

    def _key(self, tenant_id: str, permission: BaseModel) -> Where:
        return _keyed(self.table, tenant_id, permission)


def _keyed(table: AnyTable, tenant_id: str, given: BaseModel) -> dict[Column, Any]:
    """The conditions for the row with the key of what was given."""
    return {table[name]: tenant_id if name == "tenant_id" else getattr(given, name) for name in table.key}


def _items(found: list[M] | Page[M]) -> list[M]:
    """The rows of a list, or of a page."""
    return found.items if isinstance(found, Page) else found


def _name(permission: RolePermissionWithDetails | UserPermissionWithDetails) -> None:
    """Give a permission its API's identifier where the API has no name."""
    permission.resource_server_name = permission.resource_server_name or permission.resource_server_identifier


class UserRoles(Adapter[UserRole]):
    """The roles of each user (Auth0: user roles), everywhere or in one organization."""

    table = USER_ROLES
    model = UserRole
    insert: type[BaseModel] | None = UserRoleInsert

    async def create(self, tenant_id: str, user_id: str, role_id: str, organization_id: str = "") -> bool:
        """Give a role to a user; nothing changes where the user has it.

        Args:
            tenant_id: the tenant.
            user_id: the user.
            role_id: the role.
            organization_id: the organization in which it is given; ``""`` for the whole tenant.

        Returns:
            True: the user has it now.

        Raises:
            InvalidValueError: a value cannot be stored.
        """
        given = self._writer.accept({"user_id": user_id, "role_id": role_id, "organization_id": organization_id})
        await self._run.write(self._sql.upsert(self._new_row(tenant_id, given, None), ()))
        return True

    async def remove(self, tenant_id: str, user_id: str, role_id: str, organization_id: str = "") -> bool:
        """Take a role from a user, in that organization or, with ``""``, in the tenant.

        Returns:
            True: the user does not have it there now.

        Raises:
            InvalidValueError: a value is none that could be stored.
        """
        where = {
            USER_ROLE.tenant_id: tenant_id,
            USER_ROLE.user_id: user_id,
            USER_ROLE.role_id: role_id,
            USER_ROLE.organization_id: organization_id,
        }
        await self._run.write(self._sql.delete(where))
        return True

    @overload
    async def list(
        self, tenant_id: str, user_id: str, organization_id: str | Unset = UNSET, *, sort: str | Sort | None = None
    ) -> builtins.list[Role]: ...

    @overload
    async def list(
        self,
        tenant_id: str,
        user_id: str,
        organization_id: str | Unset = UNSET,
        *,
        page: int,
        per_page: int = 50,
        include_totals: Totals = False,
        sort: str | Sort | None = None,
    ) -> Page[Role]: ...

    async def list(
        self,
        tenant_id: str,
        user_id: str,
        organization_id: str | Unset = UNSET,
        *,
        page: int | None = None,
        per_page: int | None = None,
        include_totals: Totals = False,
        sort: str | Sort | None = None,
    ) -> builtins.list[Role] | Page[Role]:
        """The user's roles, each once.

        Args:
            tenant_id: the tenant.
            user_id: the user.
            organization_id: an organization, for the roles in it alone; ``""`` for those of the tenant alone; every scope by default.
            page: the page's number, from 0; asks for a page. The database reads all rows before it, 1,000,000 at the most.
            per_page: roles on a page, at most 1,000, 50 by default; asks for a page.
            include_totals: count all of them; asks for a page. ``True`` reads them all, which takes the longer the more there are;
                ``"estimate"`` counts to 10,000 and, where there are more, says so by ``total_is_estimate``.
            sort: ``"created_at:desc"`` or a :class:`Sort`; by default the oldest come first.

        Returns:
            A list of all of them, or a :class:`Page` where one is asked for.

        Raises:
            InvalidQueryError: the sort or page is not valid.
        """
        given = {USER_ROLE.tenant_id: tenant_id, USER_ROLE.user_id: user_id, **_scope(USER_ROLE.organization_id, organization_id)}
        roles = Roles(self.context)
        return await roles._lists.whole_or_page(
            roles._reader,
            {ROLE.tenant_id: tenant_id, ROLE.id: Subquery(self.table, USER_ROLE.role_id, given, several=True)},
            (Order("created_at"), Order("id")),
            page=page,
            per_page=per_page,
            include_totals=include_totals,
            sort=sort,
        )

    async def list_users(
        self,
        tenant_id: str,
        role_id: str,
        *,
        page: int | None = None,
        per_page: int | None = None,
        include_totals: Totals = False,
        from_: str | None = None,
        take: int | None = None,
    ) -> Page[str]:
        """One page of the ids of the users with a role in any scope, each once, in the order of the ids.

        Args:
            tenant_id: the tenant.
            role_id: the role.
            page: the page's number, from 0, which is the default. The database reads all rows before it, 1,000,000 at the most:
                deeper pages are read by ``from_`` and ``take``, which cost the same everywhere.
            per_page: ids on a page, 50 by default and 1,000 at the most.
            include_totals: count all of them. ``True`` reads them all, which takes the longer the more there are;
                ``"estimate"`` counts to 10,000 and, where there are more, says so by ``total_is_estimate``.
            from_: the cursor of the last page, or ``""`` for the first one (checkpoint mode).
            take: ids of a checkpoint page, at most 1,000; asks for checkpoint mode.

        Raises:
            InvalidQueryError: the page or cursor is not valid.
        """
        where = {USER_ROLE.tenant_id: tenant_id, USER_ROLE.role_id: role_id}
        if by_checkpoint(from_, take, page, per_page):
            return await self._walk_users(where, from_, take)
        window = Window.asked(page, per_page)
        ids = await self._user_ids(where, window.per_page, window.start)
        totals = asked_totals(include_totals)
        if not totals:
            return self._lists.paged(ids, window, Total(), "userIds")
        counted = await self._run.fetch(self._sql.count_distinct(USER_ROLE.user_id, where, totals))
        total = Total.of(counted[0][0], totals)
        return self._lists.paged(ids, window, total, "userIds")

    async def _user_ids(self, where: Where, limit: int, offset: int = 0) -> builtins.list[str]:
        return [row[0] for row in await self._run.fetch(self._sql.distinct(USER_ROLE.user_id, where, limit, offset))]

    async def _walk_users(self, where: Where, from_: str | None, take: int | None) -> Page[str]:
        limit = min(count("take", ROWS if take is None else take), MAX_PAGE)
        after = Cursor.after(from_, None, USER_ROLE.user_id)
        behind: Where = {USER_ROLE.user_id: gt(after.id)} if after is not None else {}
        ids = await self._user_ids({**where, **behind}, limit + 1)
        following = Cursor(ids[limit - 1], ids[limit - 1]).encode() if len(ids) > limit > 0 else None
        return Page.of(ids[:limit], wire="userIds", limit=limit, next=following)


class UserPermissions(Adapter[UserPermission]):
    """The permissions that users have without a role (Auth0: user permissions), everywhere or in one organization."""

    table = USER_PERMISSIONS
    model = UserPermission
    insert: type[BaseModel] | None = UserPermissionInsert
    rules: ClassVar[ListRules] = ListRules(wire="permissions", checkpoint=None)
    side: ClassVar[Side | None] = API_NAME

    async def create(
        self, tenant_id: str, user_id: str, permission: UserPermissionInsert | UserPermissionCreate | Unchecked, organization_id: str = ""
    ) -> bool:
        """Give a permission to a user; nothing changes where the user has it.

        Args:
            tenant_id: the tenant.
            user_id: the user.
            permission: ``resource_server_identifier`` and ``permission_name``; an ``organization_id`` in it counts too.
            organization_id: the organization in which it is given; ``""`` for the whole tenant.

        Returns:
            True: the user has it now.

        Raises:
            InvalidValueError: a value cannot be stored.
        """
        given = self._of(user_id, permission, organization_id)
        await self._run.write(self._sql.upsert(self._new_row(tenant_id, given, None), ()))
        return True

    async def remove(
        self, tenant_id: str, user_id: str, permission: UserPermissionInsert | UserPermissionCreate | Unchecked, organization_id: str = ""
    ) -> bool:
        """Take a permission from a user, in that organization or, with ``""``, in the tenant.

        Returns:
            True: the user does not have it there now.

        Raises:
            InvalidValueError: it is no permission.
        """
        given = self._of(user_id, permission, organization_id)
        where = _keyed(self.table, tenant_id, given)
        await self._run.write(self._sql.delete({**where, USER_PERMISSION.organization_id: given.organization_id or ""}))
        return True

    @overload
    async def list(
        self, tenant_id: str, user_id: str, organization_id: str | Unset = UNSET, *, sort: str | Sort | None = None
    ) -> builtins.list[UserPermissionWithDetails]: ...

    @overload
    async def list(
        self,
        tenant_id: str,
        user_id: str,
        organization_id: str | Unset = UNSET,
        *,
        page: int,
        per_page: int = 50,
        include_totals: Totals = False,
        sort: str | Sort | None = None,
    ) -> Page[UserPermissionWithDetails]: ...

    async def list(
        self,
        tenant_id: str,
        user_id: str,
        organization_id: str | Unset = UNSET,
        *,
        page: int | None = None,
        per_page: int | None = None,
        include_totals: Totals = False,
        sort: str | Sort | None = None,
    ) -> builtins.list[UserPermissionWithDetails] | Page[UserPermissionWithDetails]:
        """The user's permissions, each with its API's name, or the API's identifier where there is no such API.

        Args:
            tenant_id: the tenant.
            user_id: the user.
            organization_id: an organization, for the permissions in it alone; ``""`` for those of the tenant alone; every scope
                by default.
            page: the page's number, from 0; asks for a page. The database reads all rows before it, 1,000,000 at the most.
            per_page: permissions on a page, at most 1,000, 50 by default; asks for a page.
            include_totals: count all of them; asks for a page. ``True`` reads them all, which takes the longer the more there are;
                ``"estimate"`` counts to 10,000 and, where there are more, says so by ``total_is_estimate``.
            sort: ``"created_at:desc"`` or a :class:`Sort`; by default the oldest come first.

        Returns:
            A list of all of them, or a :class:`Page` where one is asked for.

        Raises:
            InvalidQueryError: the sort or page is not valid.
        """
        found = await self._lists.whole_or_page(
            self._reader_of(UserPermissionWithDetails),
            {
                USER_PERMISSION.tenant_id: tenant_id,
                USER_PERMISSION.user_id: user_id,
                **_scope(USER_PERMISSION.organization_id, organization_id),
            },
            (*OLDEST_FIRST, Order("organization_id")),
            page=page,
            per_page=per_page,
            include_totals=include_totals,
            sort=sort,
        )
        for permission in _items(found):
            _name(permission)
            permission.organization_id = permission.organization_id or None
        return found

    def _of(self, user_id: str, permission: UserPermissionInsert | UserPermissionCreate | Unchecked, organization_id: str) -> Any:
        given = mapping(self.table, permission)
        return self._writer.accept({**given, "user_id": user_id, "organization_id": organization_id or given.get("organization_id") or ""})


def _scope(column: Column, organization_id: str | Unset) -> dict[Column, Any]:
    """The condition for one scope; none for all of them."""
    return {} if isinstance(organization_id, Unset) else {column: organization_id}
