"""Roles, and the permissions and roles of users."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, overload

from pydantic import BaseModel

from ..crud.adapter import Adapter, M
from ..errors import InvalidValueError
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
from ..pagination import MAX_PAGE, ROWS, Cursor, ListRules, Sort, Total, Totals, Window, is_checkpoint_request, parse_count, parse_totals
from ..row_mapping import Unchecked, explicit_fields
from ..schema import Column, Order
from ..statements.conditions import Subquery, Where, gt
from ..statements.table import AnyTable, JoinedTable
from ..tables import RESOURCE_SERVERS, ROLE_PERMISSIONS, ROLES, USER_PERMISSIONS, USER_ROLES
from .mixins import UNSET, StandardAdapter, Unset

if TYPE_CHECKING:
    from ..types import RoleCreate, RolePermissionCreate, RoleUpdate, RoleWhere, UserPermissionCreate

ROLE = ROLES.c
ROLE_PERMISSION = ROLE_PERMISSIONS.c
USER_PERMISSION = USER_PERMISSIONS.c
USER_ROLE = USER_ROLES.c

OLDEST_FIRST = (Order("created_at"), Order("resource_server_identifier"), Order("permission_name"))
API_NAME = JoinedTable(
    RESOURCE_SERVERS,
    columns={"name": "resource_server_name"},
    on={"tenant_id": "tenant_id", "resource_server_identifier": "identifier"},
)
"""The API of a permission, which is referenced by its identifier and does not have to exist."""


class Roles(StandardAdapter[Role, RoleInsert, "RoleCreate", "RoleUpdate", "RoleWhere"]):
    """Named sets of permissions (Auth0: roles)."""

    table = ROLES
    model = Role
    insert: type[BaseModel] | None = RoleInsert
    id_column: ClassVar[Column | None] = ROLE.id
    rules: ClassVar[ListRules] = ListRules(
        wire="roles", fields=("id", "name", "is_system", "description", "created_at", "updated_at"), search=("name",)
    )

    async def get_by_name(self, tenant_id: str, name: str) -> Role | None:
        """Return the role with this name, or None."""
        return await self._get({ROLE.tenant_id: tenant_id, ROLE.name: name})


class RolePermissions(Adapter[RolePermission]):
    """The permissions of each role (Auth0: role permissions)."""

    table = ROLE_PERMISSIONS
    model = RolePermission
    insert: type[BaseModel] | None = RolePermissionInsert
    rules: ClassVar[ListRules] = ListRules(wire="permissions", checkpoint=None)
    joined: ClassVar[JoinedTable | None] = API_NAME

    async def assign(
        self, tenant_id: str, role_id: str, permissions: Sequence[RolePermissionInsert | RolePermissionCreate | Unchecked]
    ) -> bool:
        """Assign permissions to the role.

        Permissions that the role already has are left unchanged.

        Args:
            tenant_id: The tenant's ID.
            role_id: The role's ID.
            permissions: The permissions, each with ``resource_server_identifier`` and ``permission_name``.

        Returns:
            Always True.

        Raises:
            InvalidValueError: ``permissions`` is not a list, or a value cannot be stored.
        """
        rows = [self._new_row(tenant_id, given, None) for given in self._accept_permissions(role_id, permissions)]
        await self._run.write(*(self._sql.upsert(row, ()) for row in rows))
        return True

    async def remove(
        self, tenant_id: str, role_id: str, permissions: Sequence[RolePermissionInsert | RolePermissionCreate | Unchecked]
    ) -> bool:
        """Remove permissions from the role.

        Args:
            tenant_id: The tenant's ID.
            role_id: The role's ID.
            permissions: The permissions, each with ``resource_server_identifier`` and ``permission_name``.

        Returns:
            Always True, even if the role did not have a permission.

        Raises:
            InvalidValueError: ``permissions`` is not a list of permissions.
        """
        await self._run.write(*(self._sql.delete(self._key(tenant_id, given)) for given in self._accept_permissions(role_id, permissions)))
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
        """Return the role's permissions, each with the name of its API.

        If the API does not exist, its identifier is returned instead of its name.

        Args:
            tenant_id: The tenant's ID.
            role_id: The role's ID.
            page: The page number, starting at 0. Selects a page instead of a list. The database reads all rows before
                the page, at most 1,000,000.
            per_page: The maximum number of rows on a page, 50 by default. Values above 1,000 are treated as 1,000.
                Selects a page instead of a list.
            include_totals: Whether to count all matching rows. A true value selects a page instead of a list. ``True``
                reads every matching row, so its cost grows with their number. ``"estimate"`` stops counting at 10,000
                and sets ``total_is_estimate`` on the page if there are more.
            sort: ``"created_at:desc"``, ``"-created_at"`` or a :class:`Sort`. Oldest first by default.

        Returns:
            A list of all permissions, or a :class:`Page` if one of the arguments selects a page.

        Raises:
            InvalidQueryError: The sort or page is invalid.
        """
        found = await self._lists.list_or_page(
            self._reader_of(RolePermissionWithDetails),
            {ROLE_PERMISSION.tenant_id: tenant_id, ROLE_PERMISSION.role_id: role_id},
            OLDEST_FIRST,
            page=page,
            per_page=per_page,
            include_totals=include_totals,
            sort=sort,
        )
        for permission in _items(found):
            _fill_api_name(permission)
        return found

    def _accept_permissions(
        self, role_id: str, permissions: Sequence[RolePermissionInsert | RolePermissionCreate | Unchecked]
    ) -> builtins.list[BaseModel]:
        if not isinstance(permissions, Iterable):
            raise InvalidValueError(self.table.name, None, "permissions must be a list")
        return [self._writer.accept({**explicit_fields(self.table, permission), "role_id": role_id}) for permission in permissions]

    def _key(self, tenant_id: str, permission: BaseModel) -> Where:
        return _row_key(self.table, tenant_id, permission)


def _row_key(table: AnyTable, tenant_id: str, given: BaseModel) -> dict[Column, Any]:
    """Return the conditions for the row that has the key of the model."""
    return {table[name]: tenant_id if name == "tenant_id" else getattr(given, name) for name in table.key}


def _items(found: list[M] | Page[M]) -> list[M]:
    """Return the rows of a list or of a page."""
    return found.items if isinstance(found, Page) else found


def _fill_api_name(permission: RolePermissionWithDetails | UserPermissionWithDetails) -> None:
    """Set the name of the permission's API to the identifier of the API if it has no name."""
    permission.resource_server_name = permission.resource_server_name or permission.resource_server_identifier


class UserRoles(Adapter[UserRole]):
    """The roles of each user (Auth0: user roles).

    A role is assigned for the whole tenant, or for one organization.
    """

    table = USER_ROLES
    model = UserRole
    insert: type[BaseModel] | None = UserRoleInsert

    async def create(self, tenant_id: str, user_id: str, role_id: str, organization_id: str = "") -> bool:
        """Assign a role to the user.

        A role that the user already has is left unchanged.

        Args:
            tenant_id: The tenant's ID.
            user_id: The user's ID.
            role_id: The role's ID.
            organization_id: The ID of the organization for which the role is assigned, or ``""`` for the whole tenant.

        Returns:
            Always True.

        Raises:
            InvalidValueError: A value cannot be stored.
        """
        given = self._writer.accept({"user_id": user_id, "role_id": role_id, "organization_id": organization_id})
        await self._run.write(self._sql.upsert(self._new_row(tenant_id, given, None), ()))
        return True

    async def remove(self, tenant_id: str, user_id: str, role_id: str, organization_id: str = "") -> bool:
        """Remove a role from the user.

        Args:
            tenant_id: The tenant's ID.
            user_id: The user's ID.
            role_id: The role's ID.
            organization_id: The ID of the organization for which the role was assigned, or ``""`` for the whole tenant.

        Returns:
            Always True, even if the user did not have the role.

        Raises:
            InvalidValueError: An ID is not a value that can be stored.
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
        """Return the user's roles, without duplicates.

        Args:
            tenant_id: The tenant's ID.
            user_id: The user's ID.
            organization_id: Return only the roles for this organization, or with ``""`` only those for the whole
                tenant. Defaults to all roles.
            page: The page number, starting at 0. Selects a page instead of a list. The database reads all rows before
                the page, at most 1,000,000.
            per_page: The maximum number of rows on a page, 50 by default. Values above 1,000 are treated as 1,000.
                Selects a page instead of a list.
            include_totals: Whether to count all matching rows. A true value selects a page instead of a list. ``True``
                reads every matching row, so its cost grows with their number. ``"estimate"`` stops counting at 10,000
                and sets ``total_is_estimate`` on the page if there are more.
            sort: ``"created_at:desc"``, ``"-created_at"`` or a :class:`Sort`. Oldest first by default.

        Returns:
            A list of all roles, or a :class:`Page` if one of the arguments selects a page.

        Raises:
            InvalidQueryError: The sort or page is invalid.
        """
        given = {
            USER_ROLE.tenant_id: tenant_id,
            USER_ROLE.user_id: user_id,
            **_organization_condition(USER_ROLE.organization_id, organization_id),
        }
        roles = Roles(self.context)
        return await roles._lists.list_or_page(
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
        """Return a page of the IDs of the users that have the role, in the order of the IDs.

        A user is returned once, whether the role is assigned for the whole tenant, for an organization or for several.

        Args:
            tenant_id: The tenant's ID.
            role_id: The role's ID.
            page: The page number, starting at 0, which is the default. The database reads all rows before the page, at
                most 1,000,000. Use ``from_`` and ``take`` for deeper pages.
            per_page: The maximum number of rows on a page, 50 by default. Values above 1,000 are treated as 1,000.
            include_totals: Whether to count all matching rows. ``True`` reads every matching row, so its cost grows
                with their number. ``"estimate"`` stops counting at 10,000 and sets ``total_is_estimate`` on the page if
                there are more. Checkpoint pagination ignores it.
            from_: The ``next`` cursor of the previous page, or ``""`` for the first page. Selects checkpoint
                pagination.
            take: The maximum number of rows on a checkpoint page, 50 by default. Values above 1,000 are treated as
                1,000. Selects checkpoint pagination.

        Raises:
            InvalidQueryError: The page or cursor is invalid.
        """
        where = {USER_ROLE.tenant_id: tenant_id, USER_ROLE.role_id: role_id}
        if is_checkpoint_request(from_, take, page, per_page):
            return await self._list_users_by_checkpoint(where, from_, take)
        window = Window.parse(page, per_page)
        ids = await self._user_ids(where, window.per_page, window.start)
        totals = parse_totals(include_totals)
        if not totals:
            return self._lists.paged(ids, window, Total(), "userIds")
        counted = await self._run.fetch(self._sql.count_distinct(USER_ROLE.user_id, where, totals))
        total = Total.of(counted[0][0], totals)
        return self._lists.paged(ids, window, total, "userIds")

    async def _user_ids(self, where: Where, limit: int, offset: int = 0) -> builtins.list[str]:
        return [row[0] for row in await self._run.fetch(self._sql.distinct(USER_ROLE.user_id, where, limit, offset))]

    async def _list_users_by_checkpoint(self, where: Where, from_: str | None, take: int | None) -> Page[str]:
        limit = min(parse_count("take", ROWS if take is None else take), MAX_PAGE)
        after = Cursor.after(from_, None, USER_ROLE.user_id)
        behind: Where = {USER_ROLE.user_id: gt(after.id)} if after is not None else {}
        ids = await self._user_ids({**where, **behind}, limit + 1)
        following = Cursor(ids[limit - 1], ids[limit - 1]).encode() if len(ids) > limit > 0 else None
        return Page.of(ids[:limit], wire="userIds", limit=limit, next=following)


class UserPermissions(Adapter[UserPermission]):
    """Permissions that are assigned to users directly (Auth0: user permissions).

    A permission is assigned for the whole tenant, or for one organization.
    """

    table = USER_PERMISSIONS
    model = UserPermission
    insert: type[BaseModel] | None = UserPermissionInsert
    rules: ClassVar[ListRules] = ListRules(wire="permissions", checkpoint=None)
    joined: ClassVar[JoinedTable | None] = API_NAME

    async def create(
        self, tenant_id: str, user_id: str, permission: UserPermissionInsert | UserPermissionCreate | Unchecked, organization_id: str = ""
    ) -> bool:
        """Assign a permission to the user.

        A permission that the user already has is left unchanged.

        Args:
            tenant_id: The tenant's ID.
            user_id: The user's ID.
            permission: The permission, with ``resource_server_identifier`` and ``permission_name``. Its
                ``organization_id``, if any, is used unless the parameter is given.
            organization_id: The ID of the organization for which the permission is assigned, or ``""`` for the whole
                tenant.

        Returns:
            Always True.

        Raises:
            InvalidValueError: A value cannot be stored.
        """
        given = self._accept_permission(user_id, permission, organization_id)
        await self._run.write(self._sql.upsert(self._new_row(tenant_id, given, None), ()))
        return True

    async def remove(
        self, tenant_id: str, user_id: str, permission: UserPermissionInsert | UserPermissionCreate | Unchecked, organization_id: str = ""
    ) -> bool:
        """Remove a permission from the user.

        Args:
            tenant_id: The tenant's ID.
            user_id: The user's ID.
            permission: The permission, with ``resource_server_identifier`` and ``permission_name``. Its
                ``organization_id``, if any, is used unless the parameter is given.
            organization_id: The ID of the organization for which the permission was assigned, or ``""`` for the whole
                tenant.

        Returns:
            Always True, even if the user did not have the permission.

        Raises:
            InvalidValueError: ``permission`` is not a valid permission.
        """
        given = self._accept_permission(user_id, permission, organization_id)
        where = _row_key(self.table, tenant_id, given)
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
        """Return the user's permissions, each with the name of its API.

        If the API does not exist, its identifier is returned instead of its name.

        Args:
            tenant_id: The tenant's ID.
            user_id: The user's ID.
            organization_id: Return only the permissions for this organization, or with ``""`` only those for the whole
                tenant. Defaults to all permissions.
            page: The page number, starting at 0. Selects a page instead of a list. The database reads all rows before
                the page, at most 1,000,000.
            per_page: The maximum number of rows on a page, 50 by default. Values above 1,000 are treated as 1,000.
                Selects a page instead of a list.
            include_totals: Whether to count all matching rows. A true value selects a page instead of a list. ``True``
                reads every matching row, so its cost grows with their number. ``"estimate"`` stops counting at 10,000
                and sets ``total_is_estimate`` on the page if there are more.
            sort: ``"created_at:desc"``, ``"-created_at"`` or a :class:`Sort`. Oldest first by default.

        Returns:
            A list of all permissions, or a :class:`Page` if one of the arguments selects a page.

        Raises:
            InvalidQueryError: The sort or page is invalid.
        """
        found = await self._lists.list_or_page(
            self._reader_of(UserPermissionWithDetails),
            {
                USER_PERMISSION.tenant_id: tenant_id,
                USER_PERMISSION.user_id: user_id,
                **_organization_condition(USER_PERMISSION.organization_id, organization_id),
            },
            (*OLDEST_FIRST, Order("organization_id")),
            page=page,
            per_page=per_page,
            include_totals=include_totals,
            sort=sort,
        )
        for permission in _items(found):
            _fill_api_name(permission)
            permission.organization_id = permission.organization_id or None
        return found

    def _accept_permission(
        self, user_id: str, permission: UserPermissionInsert | UserPermissionCreate | Unchecked, organization_id: str
    ) -> Any:
        given = explicit_fields(self.table, permission)
        return self._writer.accept({**given, "user_id": user_id, "organization_id": organization_id or given.get("organization_id") or ""})


def _organization_condition(column: Column, organization_id: str | Unset) -> dict[Column, Any]:
    """Return the condition for one organization or the whole tenant, or no condition for all rows."""
    return {} if isinstance(organization_id, Unset) else {column: organization_id}
