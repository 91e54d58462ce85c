"""Organizations, their connections and members, and invitations to them."""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Literal, overload

from pydantic import BaseModel

from ..crud.adapter import Adapter, Expected
from ..crud.bulk import New, with_row_number
from ..errors import ForeignKeyError, InvalidValueError, Reference
from ..listing import ListRules, Sort, Totals, Window
from ..models.base import ImportMetadata, Page
from ..models.organizations import (
    Invite,
    InviteInsert,
    JoinedOrganization,
    Organization,
    OrganizationConnection,
    OrganizationConnectionInsert,
    OrganizationInsert,
    UserOrganization,
    UserOrganizationInsert,
)
from ..rows import Unchecked, mapping
from ..schema import Column, Order, Table
from ..statements.conditions import Where, one_of
from ..statements.table import Side
from ..tables import CONNECTIONS, INVITES, ORGANIZATION_CONNECTIONS, ORGANIZATIONS, USER_ORGANIZATIONS
from .mixins import StandardAdapter

if TYPE_CHECKING:
    from ..types import (
        ImportMetadataDict,
        InviteCreate,
        InviteUpdate,
        InviteWhere,
        OrganizationConnectionCreate,
        OrganizationConnectionUpdate,
        OrganizationCreate,
        OrganizationUpdate,
        OrganizationWhere,
        UserOrganizationCreate,
        UserOrganizationUpdate,
        UserOrganizationWhere,
    )

INVITE = INVITES.c
ORGANIZATION = ORGANIZATIONS.c
ORGANIZATION_CONNECTION = ORGANIZATION_CONNECTIONS.c
USER_ORGANIZATION = USER_ORGANIZATIONS.c


class Organizations(StandardAdapter[Organization, OrganizationInsert, "OrganizationCreate", "OrganizationUpdate", "OrganizationWhere"]):
    """Organizations (Auth0: organizations): business customers and partners, each with its own members and connections."""

    table = ORGANIZATIONS
    model = Organization
    insert: type[BaseModel] | None = OrganizationInsert
    id_column: ClassVar[Column | None] = ORGANIZATION.id
    rules: ClassVar[ListRules] = ListRules(wire="organizations", fields=("name", "display_name"), search=("name", "display_name"))

    def _new_id(self, now: datetime) -> str:
        return self.context.ids.prefixed("org_")

    def _generated(self, params: BaseModel, created: datetime) -> dict[str, Any]:
        # As AuthHero stores them: empty until somebody sets them.
        return {name: {} for name in ("branding", "token_quota") if getattr(params, name) is None}

    async def get(self, tenant_id: str, id: str) -> Organization | None:
        """The organization with this id or else this name, or None."""
        read = self._reader
        by_id, by_name = await self._run.fetch_many(
            self._sql.select(read, {ORGANIZATION.tenant_id: tenant_id, ORGANIZATION.id: id}),
            self._sql.select(read, {ORGANIZATION.tenant_id: tenant_id, ORGANIZATION.name: id}),
        )
        rows = by_id or by_name
        return read.read(rows[0]) if rows else None


class OrganizationConnections(Adapter[OrganizationConnection]):
    """The connections that are enabled for each organization (Auth0: organization connections), with their name and strategy."""

    table = ORGANIZATION_CONNECTIONS
    model = OrganizationConnection
    insert: type[BaseModel] | None = OrganizationConnectionInsert
    side: ClassVar[Side | None] = Side(
        CONNECTIONS,
        columns={"name": "connection.name", "strategy": "connection.strategy"},
        on={"tenant_id": "tenant_id", "connection_id": "id"},
    )

    async def create(
        self,
        tenant_id: str,
        organization_id: str,
        params: OrganizationConnectionInsert | OrganizationConnectionCreate | Unchecked,
        *,
        import_metadata: ImportMetadata | ImportMetadataDict | None = None,
    ) -> OrganizationConnection:
        """Enable a connection for an organization. Not in a batch: what it gives is read after the write.

        Returns:
            What ``get`` would return.

        Raises:
            ConflictError: it is enabled already.
            ForeignKeyError: the organization or the connection does not exist.
            InvalidValueError: a value cannot be stored.
        """
        self._run.refuse_batch()
        given = self._accepted(params)
        values = self._new_row(tenant_id, given, import_metadata, organization_id=organization_id)
        await _insert_into_own(self, values)
        return await self._stored(self._own(tenant_id, organization_id, values["connection_id"]))

    async def get(self, tenant_id: str, organization_id: str, connection_id: str) -> OrganizationConnection | None:
        """The connection of the organization, or None."""
        return await self._get(self._own(tenant_id, organization_id, connection_id))

    async def get_one(self, tenant_id: str, organization_id: str, connection_id: str) -> OrganizationConnection:
        """The connection of the organization.

        Raises:
            NotFoundError: there is none.
        """
        return self._required(await self.get(tenant_id, organization_id, connection_id))

    async def list(self, tenant_id: str, organization_id: str) -> builtins.list[OrganizationConnection]:
        """The organization's connections, oldest first; one query."""
        where = {ORGANIZATION_CONNECTION.tenant_id: tenant_id, ORGANIZATION_CONNECTION.organization_id: organization_id}
        return await self._all(where, (Order("created_at"), Order("connection_id")))

    @overload
    async def update(
        self,
        tenant_id: str,
        organization_id: str,
        connection_id: str,
        fields: BaseModel | OrganizationConnectionUpdate | Unchecked,
        *,
        expect: Expected = None,
        returning: Literal[False] = False,
    ) -> bool: ...
    @overload
    async def update(
        self,
        tenant_id: str,
        organization_id: str,
        connection_id: str,
        fields: BaseModel | OrganizationConnectionUpdate | Unchecked,
        *,
        expect: Expected = None,
        returning: Literal[True],
    ) -> OrganizationConnection | None: ...
    async def update(
        self,
        tenant_id: str,
        organization_id: str,
        connection_id: str,
        fields: BaseModel | OrganizationConnectionUpdate | Unchecked,
        *,
        expect: Expected = None,
        returning: bool = False,
    ) -> bool | OrganizationConnection | None:
        """Write exactly the given fields; whether the connection is enabled for the organization.

        ``expect`` and ``returning`` are as in :meth:`UpdateMixin.update`.

        Raises:
            InvalidValueError: a value cannot be stored, or a field is unknown or cannot be updated.
        """
        return await self._answer(
            returning,
            lambda: self._write(tenant_id, organization_id, connection_id, fields, expect=expect),
            lambda: self.get(tenant_id, organization_id, connection_id),
        )

    async def _write(
        self,
        tenant_id: str,
        organization_id: str,
        connection_id: str,
        fields: BaseModel | OrganizationConnectionUpdate | Unchecked,
        *,
        expect: Expected,
    ) -> bool:
        return await self._update(self._own(tenant_id, organization_id, connection_id), fields, expect)

    async def remove(self, tenant_id: str, organization_id: str, connection_id: str) -> bool:
        """Disable the connection for the organization; whether it was enabled."""
        return await self._remove(self._own(tenant_id, organization_id, connection_id))

    def _own(self, tenant_id: str, organization_id: str, connection_id: str) -> Where:
        return {
            ORGANIZATION_CONNECTION.tenant_id: tenant_id,
            ORGANIZATION_CONNECTION.organization_id: organization_id,
            ORGANIZATION_CONNECTION.connection_id: connection_id,
        }


class UserOrganizations(
    StandardAdapter[UserOrganization, UserOrganizationInsert, "UserOrganizationCreate", "UserOrganizationUpdate", "UserOrganizationWhere"]
):
    """Memberships (Auth0: organization members). Joining twice is a :class:`ConflictError`.

    An update raises ``ForeignKeyError`` where the tenant has no such organization or user, and ``ConflictError`` where the user is a
    member already.
    """

    table = USER_ORGANIZATIONS
    model = UserOrganization
    insert: type[BaseModel] | None = UserOrganizationInsert
    id_column: ClassVar[Column | None] = USER_ORGANIZATION.id
    rules: ClassVar[ListRules] = ListRules(wire="userOrganizations", fields=("user_id", "organization_id"))

    async def create(
        self,
        tenant_id: str,
        params: UserOrganizationInsert | UserOrganizationCreate | Unchecked,
        *,
        import_metadata: ImportMetadata | ImportMetadataDict | None = None,
    ) -> UserOrganization:
        """Make a user a member of an organization.

        Returns:
            What ``get`` would return.

        Raises:
            ConflictError: the user is a member already, or the id is taken.
            ForeignKeyError: the tenant has no such organization or user.
            InvalidValueError: a value cannot be stored.
        """
        values = self._new_row(tenant_id, self._accepted(params), import_metadata)
        await _insert_into_own(self, values)
        return self._read_values(values)

    async def _refuse_foreign(self, tenant_id: str, chunk: Sequence[New]) -> None:
        wanted = list(dict.fromkeys(new.values["organization_id"] for new in chunk))
        where = {ORGANIZATION.tenant_id: tenant_id, ORGANIZATION.id: one_of(wanted)}
        organizations = Organizations(self.context)
        own = {id for (id,) in await self._run.fetch(organizations._sql.select(organizations._raw_columns(ORGANIZATION.id), where))}
        for new in chunk:
            if new.values["organization_id"] not in own:
                raise with_row_number(_no_organization(self.table), new.row)

    async def _write(self, tenant_id: str, id: str, fields: BaseModel | UserOrganizationUpdate | Unchecked, *, expect: Expected) -> bool:
        """Write exactly the given fields; whether there was such a membership. ``expect``: see :meth:`UpdateMixin.update`."""
        organization_id = mapping(self.table, fields).get("organization_id")
        if organization_id is not None and not await _is_own(self, tenant_id, organization_id) and await self.get(tenant_id, id):
            raise _no_organization(self.table)
        return await super()._write(tenant_id, id, fields, expect=expect)

    async def list_user_organizations(
        self, tenant_id: str, user_id: str, *, page: int = 0, per_page: int = 50, include_totals: Totals = False
    ) -> Page[JoinedOrganization]:
        """One page of the organizations that a user is a member of, the one joined last first; two queries.

        Args:
            tenant_id: the tenant.
            user_id: the user.
            page: the page's number, from 0. The database reads all rows before it, 1,000,000 at the most.
            per_page: organizations on a page, at most 1,000.
            include_totals: count all of them. ``True`` reads them all, which takes the longer the more there are;
                ``"estimate"`` counts to 10,000 and, where there are more, says so by ``total_is_estimate``.

        Raises:
            InvalidQueryError: the page is not valid.
        """
        where = {USER_ORGANIZATION.tenant_id: tenant_id, USER_ORGANIZATION.user_id: user_id}
        window = Window.of(page, per_page)
        rows, total = await self._lists.rows(where, self._lists.order(Sort("created_at", "desc")), window, include_totals)
        joined = {member.organization_id: member.created_at for member in await self._models(where, rows)}
        organizations = Organizations(self.context)
        found = await organizations._all({ORGANIZATION.tenant_id: tenant_id, ORGANIZATION.id: one_of(list(joined))}) if joined else []
        by_id = {organization.id: organization for organization in found}
        items = [JoinedOrganization.model_construct(**dict(by_id[id]), joined_at=since) for id, since in joined.items() if id in by_id]
        return self._lists.paged(items, window, total, "organizations")


class Invites(StandardAdapter[Invite, InviteInsert, "InviteCreate", "InviteUpdate", "InviteWhere"]):
    """Invitations to organizations (Auth0: organization invitations).

    An update of ``ttl_sec`` also moves ``expires_at``, to ``created_at`` and so many seconds; in a batch that creates the invitation it
    raises ``UnsupportedError``.
    """

    table = INVITES
    model = Invite
    insert: type[BaseModel] | None = InviteInsert
    id_column: ClassVar[Column | None] = INVITE.id
    rules: ClassVar[ListRules] = ListRules(wire="invites", fields=("id", "organization_id", "client_id", "created_at", "expires_at"))

    def _new_id(self, now: datetime) -> str:
        return self.context.ids.prefixed("inv_")

    def _generated(self, params: BaseModel, created: datetime) -> dict[str, Any]:
        given: Any = params
        return {"expires_at": self._end(created, given.ttl_sec)}

    async def _write(self, tenant_id: str, id: str, fields: BaseModel | InviteUpdate | Unchecked, *, expect: Expected) -> bool:
        """Write exactly the given fields; a new ``ttl_sec`` also moves ``expires_at``, to ``created_at`` and so many seconds."""
        where = self._own(tenant_id, id)
        changed = self._given(fields, where)
        given: Any = self._writer.partial(changed)
        if "ttl_sec" not in changed:
            return await self._update(where, changed, expect)
        before = await self.get(tenant_id, id)
        if before is None:
            self._run.refuse_batch()
            return False
        # One that is handed back as it was read keeps the expiry that it has.
        if "expires_at" not in changed or given.ttl_sec != before.ttl_sec:
            changed["expires_at"] = self._end(before.created_at, given.ttl_sec)
        return await self._update(where, changed, expect)

    def _end(self, created: datetime, ttl_sec: int | None) -> datetime:
        lifetime = InviteInsert.model_fields["ttl_sec"].default if ttl_sec is None else ttl_sec
        try:
            return created + timedelta(seconds=lifetime)
        except OverflowError:
            raise InvalidValueError(self.table.name, "ttl_sec", "ends outside the years 1 to 9999") from None


async def _insert_into_own(adapter: Adapter[Any], values: Mapping[str, Any]) -> None:
    """INSERT a row of an organization of the same tenant; the reference alone would let another tenant's through."""
    own = {ORGANIZATION.tenant_id: values["tenant_id"], ORGANIZATION.id: values["organization_id"]}
    if not await adapter._run.matched(Organizations(adapter.context)._sql.insert_if_exists(adapter.table, values, own)):
        raise _no_organization(adapter.table)


def _no_organization(table: Table[Any]) -> ForeignKeyError:
    return ForeignKeyError().of([Reference(table.name, ("organization_id",), ORGANIZATIONS.name)])


async def _is_own(adapter: Adapter[Any], tenant_id: str, organization_id: str) -> bool:
    return await Organizations(adapter.context)._get({ORGANIZATION.tenant_id: tenant_id, ORGANIZATION.id: organization_id}) is not None
