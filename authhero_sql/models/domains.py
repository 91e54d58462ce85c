"""Custom domains and their proxy routes."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from .base import Insert, Instant, Int32, Model, Nested, Secret, Varchar64, Varchar255, Varchar256

__all__ = [
    "ClientIPHeader",
    "CustomDomain",
    "CustomDomainFields",
    "CustomDomainInsert",
    "CustomDomainStatus",
    "CustomDomainType",
    "CustomDomainWithTenantId",
    "DomainVerification",
    "GeneralVerification",
    "HTTPVerification",
    "HandlerConfig",
    "Match",
    "ProxyRoute",
    "ProxyRouteFields",
    "ProxyRouteInsert",
    "ResolvedHost",
    "TXTVerification",
]

CustomDomainType = Literal["auth0_managed_certs", "self_managed_certs"]
CustomDomainStatus = Literal["disabled", "pending", "pending_verification", "ready"]
ClientIPHeader = Literal["true-client-ip", "cf-connecting-ip", "x-forwarded-for", "x-azure-clientip", "null"]
DomainMetadata = dict[str, str]


class TXTVerification(Nested):
    """Verification by a DNS TXT record."""

    name: Literal["txt"]
    """The name of the verification method."""
    record: str
    """The content of the TXT record."""
    domain: str
    """The name of the TXT record."""


class HTTPVerification(Nested):
    """Verification by an HTTP resource."""

    name: Literal["http"]
    """The name of the verification method."""
    http_body: str
    """The body that ``http_url`` must return."""
    http_url: str
    """The URL that must return ``http_body``."""


class GeneralVerification(Nested):
    """A verification method without a dedicated model, such as a CNAME record; all its fields are preserved."""

    name: str
    """The name of the verification method."""


class DomainVerification(Nested):
    """The verification methods of a custom domain."""

    methods: list[TXTVerification | HTTPVerification | GeneralVerification]
    """The methods that can verify the ownership of the domain."""


class CustomDomainFields(Model):
    """The fields common to ``CustomDomainInsert`` and ``CustomDomain``."""

    domain: Varchar255
    """The hostname of the custom domain."""
    type: CustomDomainType
    """Whether the TLS certificate is managed by the service or by the tenant."""
    verification_method: Literal["txt"] | None = None
    """The method that verifies the ownership of the domain."""
    custom_client_ip_header: ClientIPHeader | None = None
    """The HTTP header that contains the IP address of the user."""
    domain_metadata: DomainMetadata | None = None
    """Arbitrary metadata about the custom domain, as text by key."""


class CustomDomainInsert(CustomDomainFields, Insert):
    """The fields of a new custom domain."""

    custom_domain_id: Varchar256 | None = None
    """The ID of the custom domain, generated if omitted."""
    tls_policy: Literal["recommended"] | None = None
    """The TLS policy of the custom domain."""
    domain_metadata: dict[str, Annotated[str, StringConstraints(max_length=255)]] | None = None


class CustomDomain(CustomDomainFields):
    """A custom domain of a tenant."""

    custom_domain_id: str
    """The ID of the custom domain."""
    tls_policy: str | None = None
    """The TLS policy of the custom domain."""
    primary: bool
    """Whether the custom domain is the tenant's primary domain."""
    status: CustomDomainStatus
    """The verification status of the custom domain."""
    origin_domain_name: Varchar255 | None = None
    """The hostname of the origin that receives the requests."""
    verification: DomainVerification | None = None
    """The verification methods of the custom domain."""


class CustomDomainWithTenantId(CustomDomain):
    """A custom domain with the ID of its tenant, for lookups across tenants."""

    tenant_id: str
    """The ID of the tenant."""


class Match(Nested):
    """The conditions under which a route matches a request."""

    hosts: list[str] | None = None
    """The hostnames to match; absent to match any."""
    methods: list[str] | None = None
    """The HTTP methods to match; absent to match any."""
    path: str = "/*"
    """The path pattern to match, such as ``/api/*``."""
    headers: dict[str, str] | None = None
    """The required header values, by name."""
    query: dict[str, str] | None = None
    """The required query parameter values, by name."""


class HandlerConfig(Nested):
    """The configuration of a handler."""

    type: str
    """The type of handler."""
    options: Secret[dict[str, Any]] = Field(default_factory=dict)
    """The options of the handler."""


class ProxyRouteFields(Model):
    """The fields common to ``ProxyRouteInsert`` and ``ProxyRoute``."""

    custom_domain_id: Varchar256
    """The ID of the custom domain."""
    priority: Int32 = 100
    """The priority of the route; the routes of a domain are matched in ascending order of priority."""
    match: Match
    """The conditions under which the route matches a request."""
    handlers: Secret[list[HandlerConfig]]
    """The handlers that process a request, in order."""


class ProxyRouteInsert(ProxyRouteFields, Insert):
    """The fields of a new proxy route."""

    id: Varchar64 | None = None
    """The ID of the route, generated if omitted."""


class ProxyRoute(ProxyRouteFields):
    """A route that handles requests to a custom domain."""

    id: str
    """The ID of the route."""
    tenant_id: str
    """The ID of the tenant."""
    created_at: Instant
    """When the route was created."""
    updated_at: Instant
    """When the route was last updated."""


class ResolvedHost(Model):
    """The tenant, the custom domain and the routes of a hostname."""

    tenant_id: str
    """The ID of the tenant."""
    custom_domain_id: str
    """The ID of the custom domain."""
    domain: str
    """The hostname of the custom domain."""
    routes: list[ProxyRoute]
    """The routes of the domain, in ascending order of priority."""
