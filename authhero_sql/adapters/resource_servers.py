"""Resource servers (APIs), and the grants of clients and users for them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel

from ..crud.adapter import Expected
from ..errors import ConflictError
from ..models.base import ImportMetadata
from ..models.permissions import ClientGrant, ClientGrantInsert, Grant, GrantInsert, ResourceServer, ResourceServerInsert
from ..pagination import ListRules
from ..row_mapping import Unchecked
from ..schema import Column
from ..tables import CLIENT_GRANTS, GRANTS, RESOURCE_SERVERS
from .mixins import IterateMixin, StandardAdapter

if TYPE_CHECKING:
    from ..types import (
        ClientGrantCreate,
        ClientGrantUpdate,
        ClientGrantWhere,
        GrantCreate,
        GrantWhere,
        ImportMetadataDict,
        ResourceServerCreate,
        ResourceServerUpdate,
        ResourceServerWhere,
    )

CLIENT_GRANT = CLIENT_GRANTS.c
GRANT = GRANTS.c
RESOURCE_SERVER = RESOURCE_SERVERS.c

NATURAL_KEY = (GRANT.tenant_id, GRANT.user_id, GRANT.client_id, GRANT.audience)
"""The columns that identify a grant."""


class ResourceServers(
    StandardAdapter[ResourceServer, ResourceServerInsert, "ResourceServerCreate", "ResourceServerUpdate", "ResourceServerWhere"]
):
    """Resource servers (Auth0: APIs).

    An update merges ``options`` into the stored object key by key. A key whose value is None is removed. ``options``
    itself set to None removes all keys.
    """

    table = RESOURCE_SERVERS
    model = ResourceServer
    insert: type[BaseModel] | None = ResourceServerInsert
    id_column: ClassVar[Column | None] = RESOURCE_SERVER.id
    rules: ClassVar[ListRules] = ListRules(
        wire="resource_servers", fields=("id", "name", "identifier", "is_system"), search=("name", "identifier")
    )

    def _new_id(self, now: datetime) -> str:
        return self.context.ids.prefixed("api_")

    async def get_by_identifier(self, tenant_id: str, identifier: str) -> ResourceServer | None:
        """Return the resource server with this identifier, or None.

        The identifier is the ``audience`` of its access tokens.
        """
        return await self._get({RESOURCE_SERVER.tenant_id: tenant_id, RESOURCE_SERVER.identifier: identifier})

    async def _write(self, tenant_id: str, id: str, fields: BaseModel | ResourceServerUpdate | Unchecked, *, expect: Expected) -> bool:
        """Update only the given fields, and merge ``options`` into the stored object key by key."""
        where = self._own(tenant_id, id)
        given = self._update_fields(fields, where)
        options = given.get("options")
        if options is None:
            return await super()._write(tenant_id, id, given, expect=expect)
        del given["options"]
        return await self._merge({**where, **self._expected(expect)}, RESOURCE_SERVER.options, options, given)


class ClientGrants(StandardAdapter[ClientGrant, ClientGrantInsert, "ClientGrantCreate", "ClientGrantUpdate", "ClientGrantWhere"]):
    """The scopes that clients can request on their own behalf (Auth0: client grants)."""

    table = CLIENT_GRANTS
    model = ClientGrant
    insert: type[BaseModel] | None = ClientGrantInsert
    id_column: ClassVar[Column | None] = CLIENT_GRANT.id
    rules: ClassVar[ListRules] = ListRules(
        wire="client_grants",
        fields=(
            "id",
            "client_id",
            "audience",
            "organization_usage",
            "allow_any_organization",
            "is_system",
            "subject_type",
            "created_at",
            "updated_at",
        ),
        search=("audience",),
    )

    def _generated(self, params: BaseModel, created: datetime) -> dict[str, Any]:
        # Like AuthHero, store empty lists until the fields are set.
        return {name: [] for name in ("scope", "authorization_details_types") if getattr(params, name) is None}


class Grants(IterateMixin[Grant, "GrantWhere"]):
    """The scopes that users have granted to clients (Auth0: user grants).

    A grant is for one API, identified by its ``audience``, or for no API.
    """

    table = GRANTS
    model = Grant
    insert: type[BaseModel] | None = GrantInsert
    id_column: ClassVar[Column | None] = GRANT.id
    rules: ClassVar[ListRules] = ListRules(
        wire="grants", fields=("id", "user_id", "clientID", "audience"), search=("user_id", "clientID", "audience")
    )

    async def create(
        self,
        tenant_id: str,
        params: GrantInsert | GrantCreate | Unchecked,
        *,
        import_metadata: ImportMetadata | ImportMetadataDict | None = None,
    ) -> Grant:
        """Store the user's consent, and add its scopes to an existing grant for the same client and API.

        The stored scopes keep their order, and new ones are appended. Concurrent calls do not lose scopes.

        Args:
            tenant_id: The tenant's ID.
            params: The grant, as a model or a mapping of its fields.
            import_metadata: The ``id``, ``created_at`` and ``updated_at`` of a row imported from another system.
                Generated by default.

        Returns:
            The grant with all of its scopes.

        Raises:
            ConflictError: The imported ID is taken.
            ForeignKeyError: The user or the tenant does not exist.
            InvalidValueError: A value cannot be stored.
        """
        given: Any = self._validated(params)
        values = self._new_row(tenant_id, given, import_metadata)
        key = {column: values[column.name] for column in NATURAL_KEY}
        scopes = list(dict.fromkeys(given.scope))
        values["scope"] = self.table.encode(GRANT.scope, scopes)
        row: dict[str, Any] = {}

        def unite(stored: dict[str, Any]) -> dict[str, Any]:
            before = self._stored_json(GRANT.scope, stored["scope"], list, key) or []
            united = list(dict.fromkeys([*before, *scopes]))
            changes = {"scope": self.table.encode(GRANT.scope, united)}
            row.update(stored, **changes)
            # A row that this call has inserted already has all scopes.
            return {} if stored["id"] == values["id"] and united == before else changes

        while True:
            if self.context.batch is None:
                # If the grant exists, even since a moment ago, this changes nothing and does not abort a transaction.
                await self._run.write(self._sql.upsert(values, (), key=[column.name for column in NATURAL_KEY]))
            if await self._revise(key, self._reader.columns, unite):
                return _without_empty_audience(self._read_values(row))
            if self.context.batch is not None:
                await self._run.write(self._sql.insert(values))
                return _without_empty_audience(self._read_values(values))
            if await self._deleter.count({GRANT.id: values["id"]}):
                raise ConflictError().with_fields(("id",)).with_table(self.table.name)

    async def get(self, tenant_id: str, user_id: str, client_id: str, audience: str | None = None) -> Grant | None:
        """Return the user's grant for the client and the API, or None.

        Args:
            tenant_id: The tenant's ID.
            user_id: The user's ID.
            client_id: The client's ID.
            audience: The identifier of the API. By default, the grant for no API is returned.
        """
        where = {GRANT.tenant_id: tenant_id, GRANT.user_id: user_id, GRANT.client_id: client_id, GRANT.audience: audience or ""}
        grant = await self._get(where)
        return _without_empty_audience(grant) if grant is not None else None

    async def get_one(self, tenant_id: str, user_id: str, client_id: str, audience: str | None = None) -> Grant:
        """Return the user's grant for the client and the API.

        Args:
            tenant_id: The tenant's ID.
            user_id: The user's ID.
            client_id: The client's ID.
            audience: The identifier of the API. By default, the grant for no API is returned.

        Raises:
            NotFoundError: The user has no such grant.
        """
        return self._require_found(await self.get(tenant_id, user_id, client_id, audience))

    async def remove(self, tenant_id: str, id: str) -> bool:
        """Remove the grant.

        Returns:
            Whether the grant existed.
        """
        return await self._remove(self._own(tenant_id, id))

    async def remove_by_user(self, tenant_id: str, user_id: str) -> bool:
        """Remove all grants of the user.

        Returns:
            Whether the user had any grants.
        """
        return await self._remove({GRANT.tenant_id: tenant_id, GRANT.user_id: user_id})


def _without_empty_audience(grant: Grant) -> Grant:
    """Return the grant with an empty audience, which stands for no API, replaced by None."""
    grant.audience = grant.audience or None
    return grant
