"""APIs, and who was granted what at them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel

from ..crud.adapter import Expected
from ..errors import ConflictError
from ..listing import ListRules
from ..models.base import ImportMetadata
from ..models.permissions import ClientGrant, ClientGrantInsert, Grant, GrantInsert, ResourceServer, ResourceServerInsert
from ..rows import Unchecked
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
"""What there is one grant for."""


class ResourceServers(
    StandardAdapter[ResourceServer, ResourceServerInsert, "ResourceServerCreate", "ResourceServerUpdate", "ResourceServerWhere"]
):
    """Resource servers (Auth0: APIs).

    An update merges ``options`` into the stored ones, key by key: a key that is set to None is taken out, and ``options`` set to None are
    emptied.
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
        """Find the resource server with this identifier (the ``audience`` of its access tokens), or None."""
        return await self._get({RESOURCE_SERVER.tenant_id: tenant_id, RESOURCE_SERVER.identifier: identifier})

    async def _write(self, tenant_id: str, id: str, fields: BaseModel | ResourceServerUpdate | Unchecked, *, expect: Expected) -> bool:
        """Write exactly the given fields; ``options`` are merged into the stored ones, key by key."""
        where = self._own(tenant_id, id)
        given = self._given(fields, where)
        options = given.get("options")
        if options is None:
            return await super()._write(tenant_id, id, given, expect=expect)
        del given["options"]
        return await self._merge({**where, **self._expected(expect)}, RESOURCE_SERVER.options, options, given)


class ClientGrants(StandardAdapter[ClientGrant, ClientGrantInsert, "ClientGrantCreate", "ClientGrantUpdate", "ClientGrantWhere"]):
    """Client grants (Auth0: client grants): what clients may do on their own account."""

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
        # As AuthHero stores them: empty until somebody sets them.
        return {name: [] for name in ("scope", "authorization_details_types") if getattr(params, name) is None}


class Grants(IterateMixin[Grant, "GrantWhere"]):
    """Grants (Auth0: user grants): the scopes that a user has allowed a client at an API, or at none."""

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
        """Store a consent; where the user has given one to this client at this API, the scopes are united.

        The order of the scopes is kept, new ones come last. Two at once lose nothing.

        Returns:
            The grant with all its scopes.

        Raises:
            ConflictError: the imported id is taken.
            ForeignKeyError: the user or the tenant does not exist.
            InvalidValueError: a value cannot be stored.
        """
        given: Any = self._accepted(params)
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
            # What has just been stored is whole.
            return {} if stored["id"] == values["id"] and united == before else changes

        while True:
            if self.context.batch is None:
                # Where there is such a consent already, from a moment ago too, this stores nothing, and fails no transaction.
                await self._run.write(self._sql.upsert(values, (), key=[column.name for column in NATURAL_KEY]))
            if await self._revise(key, self._reader.columns, unite):
                return _at_an_api(self._read_values(row))
            if self.context.batch is not None:
                await self._run.write(self._sql.insert(values))
                return _at_an_api(self._read_values(values))
            if await self._sweeps.total({GRANT.id: values["id"]}):
                raise ConflictError().on(("id",)).at(self.table.name)

    async def get(self, tenant_id: str, user_id: str, client_id: str, audience: str | None = None) -> Grant | None:
        """The user's grant to the client at an API, or without ``audience`` the one at none; None where there is none."""
        where = {GRANT.tenant_id: tenant_id, GRANT.user_id: user_id, GRANT.client_id: client_id, GRANT.audience: audience or ""}
        grant = await self._get(where)
        return _at_an_api(grant) if grant is not None else None

    async def get_one(self, tenant_id: str, user_id: str, client_id: str, audience: str | None = None) -> Grant:
        """The user's grant to the client at an API, or without ``audience`` the one at none.

        Raises:
            NotFoundError: there is none.
        """
        return self._required(await self.get(tenant_id, user_id, client_id, audience))

    async def remove(self, tenant_id: str, id: str) -> bool:
        """Remove the grant; whether there was one."""
        return await self._remove(self._own(tenant_id, id))

    async def remove_by_user(self, tenant_id: str, user_id: str) -> bool:
        """Remove all grants of the user; whether there were any."""
        return await self._remove({GRANT.tenant_id: tenant_id, GRANT.user_id: user_id})


def _at_an_api(grant: Grant) -> Grant:
    """The grant without the empty audience that stands for none."""
    grant.audience = grant.audience or None
    return grant
