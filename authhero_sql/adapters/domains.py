"""Custom domains, and where requests to them go."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel

from ..crud.adapter import Expected
from ..crud.bulk import New, with_row_number
from ..errors import ForeignKeyError, InvalidQueryError
from ..listing import ListRules, Sort, Totals
from ..models.base import ImportMetadata, Page
from ..models.domains import CustomDomain, CustomDomainInsert, CustomDomainWithTenantId, ProxyRoute, ProxyRouteInsert, ResolvedHost
from ..rows import Unchecked, mapping
from ..schema import Column, Order
from ..tables import CUSTOM_DOMAINS, PROXY_ROUTES
from .mixins import CreateMixin, UpdateMixin

if TYPE_CHECKING:
    from ..types import CustomDomainCreate, CustomDomainUpdate, ImportMetadataDict, ProxyRouteCreate, ProxyRouteUpdate

CUSTOM_DOMAIN = CUSTOM_DOMAINS.c
PROXY_ROUTE = PROXY_ROUTES.c

OLDEST_FIRST = (Order("created_at"), Order("custom_domain_id"))
BY_PRIORITY = (Order("priority"), Order("created_at"), Order("id"))


class CustomDomains(CreateMixin[CustomDomain, CustomDomainInsert, "CustomDomainCreate"], UpdateMixin[CustomDomain, "CustomDomainUpdate"]):
    """Custom domains (Auth0: custom domains)."""

    table = CUSTOM_DOMAINS
    model = CustomDomain
    insert: type[BaseModel] | None = CustomDomainInsert
    id_column: ClassVar[Column | None] = CUSTOM_DOMAIN.custom_domain_id
    # There is one way to verify a domain that may be asked for, so that nobody needs to keep it.
    virtual: ClassVar[frozenset[str]] = frozenset({"verification_method"})
    fixed: ClassVar[frozenset[str]] = frozenset({"domain"})

    def _generated(self, params: BaseModel, created: datetime) -> dict[str, Any]:
        given: Any = params
        # Names of hosts are the same in either case (RFC 4343), and are compared exactly here.
        return {"status": "pending", "domain": given.domain.rstrip(".").lower()}

    async def create(
        self,
        tenant_id: str,
        params: CustomDomainInsert | CustomDomainCreate | Unchecked,
        *,
        import_metadata: ImportMetadata | ImportMetadataDict | None = None,
    ) -> CustomDomain:
        """Add a domain; it is pending.

        Args:
            tenant_id: the tenant.
            params: the insert model, or a mapping with its fields and, for the tenant's primary domain, ``primary``.
            import_metadata: ``id``, ``created_at`` and ``updated_at`` of a domain that comes from elsewhere.

        Returns:
            What ``get`` would return.

        Raises:
            ConflictError: the id, or the domain, is taken.
            ForeignKeyError: the tenant does not exist.
            InvalidValueError: a value cannot be stored.
        """
        given = mapping(self.table, params)
        primary = given.pop("primary", False)
        return await self._create(tenant_id, given, import_metadata, primary=primary)

    def _new(self, tenant_id: str, row: int, given: Any, **extra: Any) -> New:
        given = mapping(self.table, given)
        primary = given.pop("primary", False)
        return super()._new(tenant_id, row, given, primary=primary, **extra)

    async def get_by_domain(self, domain: str) -> CustomDomainWithTenantId | None:
        """The domain of that name, whoever has it, with its ``tenant_id``, or None where nobody has.

        Where several have it, one that is ``ready`` comes first, because it has been verified; then the oldest.
        """
        read = self._reader_of(CustomDomainWithTenantId)
        ready = await self._get_as(read, {CUSTOM_DOMAIN.domain: domain, CUSTOM_DOMAIN.status: "ready"}, OLDEST_FIRST)
        return ready or await self._get_as(read, {CUSTOM_DOMAIN.domain: domain}, OLDEST_FIRST)

    async def list(self, tenant_id: str) -> builtins.list[CustomDomain]:
        """The tenant's domains, oldest first."""
        return await self._all({CUSTOM_DOMAIN.tenant_id: tenant_id}, OLDEST_FIRST)


class ProxyRoutes(CreateMixin[ProxyRoute, ProxyRouteInsert, "ProxyRouteCreate"], UpdateMixin[ProxyRoute, "ProxyRouteUpdate"]):
    """Where requests to a custom domain go.

    An update raises ``ForeignKeyError`` where the custom domain is another tenant's.
    """

    table = PROXY_ROUTES
    model = ProxyRoute
    insert: type[BaseModel] | None = ProxyRouteInsert
    id_column: ClassVar[Column | None] = PROXY_ROUTE.id
    rules: ClassVar[ListRules] = ListRules(wire="proxy_routes", order=Sort("priority"), then=(Sort("created_at"),), checkpoint=None)

    async def create(
        self,
        tenant_id: str,
        params: ProxyRouteInsert | ProxyRouteCreate | Unchecked,
        *,
        import_metadata: ImportMetadata | ImportMetadataDict | None = None,
    ) -> ProxyRoute:
        """Create a route.

        Returns:
            What ``get`` would return.

        Raises:
            ConflictError: the id is taken.
            ForeignKeyError: the custom domain is another tenant's.
            InvalidValueError: a value cannot be stored.
        """
        route: Any = self._accepted(params)
        await self._refuse_anothers(CUSTOM_DOMAINS, tenant_id, "custom_domain_id", route.custom_domain_id)
        return await super().create(tenant_id, route, import_metadata=import_metadata)

    async def _refuse_foreign(self, tenant_id: str, chunk: Sequence[New]) -> None:
        domains = dict.fromkeys(new.values["custom_domain_id"] for new in chunk)
        for domain_id in domains:
            try:
                await self._refuse_anothers(CUSTOM_DOMAINS, tenant_id, "custom_domain_id", domain_id)
            except ForeignKeyError as error:
                raise with_row_number(error, next(new.row for new in chunk if new.values["custom_domain_id"] == domain_id)) from None

    async def _write(self, tenant_id: str, id: str, fields: BaseModel | ProxyRouteUpdate | Unchecked, *, expect: Expected) -> bool:
        """Write exactly the given fields; see :meth:`UpdateMixin.update`."""
        domain_id = self._given(fields, self._own(tenant_id, id)).get("custom_domain_id")
        if domain_id is not None:
            await self._refuse_anothers(CUSTOM_DOMAINS, tenant_id, "custom_domain_id", domain_id)
        return await super()._write(tenant_id, id, fields, expect=expect)

    async def list(
        self,
        tenant_id: str,
        *,
        custom_domain_id: str | None = None,
        page: int = 0,
        per_page: int = 50,
        include_totals: Totals = False,
    ) -> Page[ProxyRoute]:
        """One page of the tenant's routes, the lowest priority first.

        Args:
            tenant_id: the tenant.
            custom_domain_id: only those of this domain.
            page: the page's number, from 0. The database reads all rows before it, 1,000,000 at the most.
            per_page: routes on a page, at most 1,000.
            include_totals: count all of them. ``True`` reads them all, which takes the longer the more there are;
                ``"estimate"`` counts to 10,000 and, where there are more, says so by ``total_is_estimate``.

        Raises:
            InvalidQueryError: the page is not valid.
        """
        where = {PROXY_ROUTE.tenant_id: tenant_id}
        if custom_domain_id is not None:
            where[PROXY_ROUTE.custom_domain_id] = custom_domain_id
        return await self._lists.by_offset(where, BY_PRIORITY, page, per_page, include_totals)

    async def resolve_host(self, host: str) -> ResolvedHost | None:
        """What a ``Host`` header leads to: the tenant, its domain and the domain's routes; None where no tenant has the domain.

        Args:
            host: a host name; a port, a dot at the end and upper case make no difference.

        Raises:
            InvalidQueryError: it is no text.
        """
        if not isinstance(host, str):
            raise InvalidQueryError("host must be text")
        domain = await CustomDomains(self.context).get_by_domain(_host_name(host))
        if domain is None:
            return None
        where = {PROXY_ROUTE.tenant_id: domain.tenant_id, PROXY_ROUTE.custom_domain_id: domain.custom_domain_id}
        routes = await self._all(where, BY_PRIORITY)
        return ResolvedHost(tenant_id=domain.tenant_id, custom_domain_id=domain.custom_domain_id, domain=domain.domain, routes=routes)


def _host_name(host: str) -> str:
    """The name alone, as domains are stored: ``Login.Acme.Example.:443`` is ``login.acme.example``."""
    name, colon, port = host.strip().rpartition(":")
    bare = name if colon and port.isdecimal() else host.strip()
    return bare.rstrip(".").lower()
