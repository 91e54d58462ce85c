"""Custom domains, and where requests to them go."""

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
    """A TXT record that proves the domain."""

    name: Literal["txt"]
    """The method of verification, always ``txt``."""
    record: str
    """The content of the TXT record."""
    domain: str
    """The name of the TXT record."""


class HTTPVerification(Nested):
    """A page that proves the domain."""

    name: Literal["http"]
    """The method of verification, always ``http``."""
    http_body: str
    """The body that the address must return."""
    http_url: str
    """The address that must return the body."""


class GeneralVerification(Nested):
    """A way that is not known here, such as a CNAME record; kept as it is."""

    name: str
    """The method of verification."""


class DomainVerification(Nested):
    """The ways to prove that a domain is one's own."""

    methods: list[TXTVerification | HTTPVerification | GeneralVerification]
    """The ways to prove ownership of the domain."""


class CustomDomainFields(Model):
    """What an inserted and a stored domain share."""

    domain: Varchar255
    """The host name."""
    type: CustomDomainType
    """Who manages the TLS certificate of the domain."""
    verification_method: Literal["txt"] | None = None
    """How the ownership of the domain is proved."""
    custom_client_ip_header: ClientIPHeader | None = None
    """The HTTP header that has the IP address of the user."""
    domain_metadata: DomainMetadata | None = None
    """Free-form texts about the domain, by key."""


class CustomDomainInsert(CustomDomainFields, Insert):
    """A domain to be added."""

    custom_domain_id: Varchar256 | None = None
    """The identifier of the domain; generated if it is omitted."""
    tls_policy: Literal["recommended"] | None = None
    """The TLS policy of the domain."""
    domain_metadata: dict[str, Annotated[str, StringConstraints(max_length=255)]] | None = None


class CustomDomain(CustomDomainFields):
    """A domain of the tenant's own."""

    custom_domain_id: str
    """The identifier of the domain."""
    tls_policy: str | None = None
    """The TLS policy of the domain."""
    primary: bool
    """Whether this is the tenant's primary domain."""
    status: CustomDomainStatus
    """How far the verification of the domain is."""
    origin_domain_name: Varchar255 | None = None
    """The host name to which requests for the domain are forwarded."""
    verification: DomainVerification | None = None
    """The ways to prove ownership of the domain."""


class CustomDomainWithTenantId(CustomDomain):
    """A domain and whose it is."""

    tenant_id: str
    """The tenant that the domain belongs to."""


class Match(Nested):
    """Which requests a route is for."""

    hosts: list[str] | None = None
    """The host names; any host if it is absent."""
    methods: list[str] | None = None
    """The HTTP methods; any method if it is absent."""
    path: str = "/*"
    """The pattern of the path, such as ``/api/*``."""
    headers: dict[str, str] | None = None
    """The values that headers must have, by name."""
    query: dict[str, str] | None = None
    """The values that query parameters must have, by name."""


class HandlerConfig(Nested):
    """What is done with a request."""

    type: str
    """The kind of handler."""
    options: Secret[dict[str, Any]] = Field(default_factory=dict)
    """The settings of the handler."""


class ProxyRouteFields(Model):
    """What an inserted and a stored route share."""

    custom_domain_id: Varchar256
    """The identifier of the custom domain."""
    priority: Int32 = 100
    """The place of the route among those of its domain; the lowest priority comes first."""
    match: Match
    """The requests that the route serves."""
    handlers: Secret[list[HandlerConfig]]
    """What is done with a request, in order."""


class ProxyRouteInsert(ProxyRouteFields, Insert):
    """A route to be created."""

    id: Varchar64 | None = None
    """The identifier of the route; generated if it is omitted."""


class ProxyRoute(ProxyRouteFields):
    """Where requests to a custom domain go; the lowest priority is asked first."""

    id: str
    """The identifier of the route."""
    tenant_id: str
    """The tenant that the route belongs to."""
    created_at: Instant
    """When the route was created."""
    updated_at: Instant
    """When the route was last changed."""


class ResolvedHost(Model):
    """What a host name leads to; the route of the lowest priority first."""

    tenant_id: str
    """The tenant that the domain belongs to."""
    custom_domain_id: str
    """The identifier of the custom domain."""
    domain: str
    """The host name of the custom domain."""
    routes: list[ProxyRoute]
    """The routes of the domain, the lowest priority first."""
