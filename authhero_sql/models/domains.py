"""Custom domains, and where requests to them go."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from .base import Insert, Instant, Model, Nested, Secret

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
    record: str
    domain: str


class HTTPVerification(Nested):
    """A page that proves the domain."""

    name: Literal["http"]
    http_body: str
    http_url: str


class GeneralVerification(Nested):
    """A way that is not known here, such as a CNAME record; kept as it is."""

    name: str


class DomainVerification(Nested):
    """The ways to prove that a domain is one's own."""

    methods: list[TXTVerification | HTTPVerification | GeneralVerification]


class CustomDomainFields(Model):
    """What an inserted and a stored domain share."""

    domain: str
    type: CustomDomainType
    verification_method: Literal["txt"] | None = None
    custom_client_ip_header: ClientIPHeader | None = None
    domain_metadata: DomainMetadata | None = None


class CustomDomainInsert(CustomDomainFields, Insert):
    """A domain to be added."""

    custom_domain_id: str | None = None
    tls_policy: Literal["recommended"] | None = None
    domain_metadata: dict[str, Annotated[str, StringConstraints(max_length=255)]] | None = None


class CustomDomain(CustomDomainFields):
    """A domain of the tenant's own."""

    custom_domain_id: str
    tls_policy: str | None = None
    primary: bool
    status: CustomDomainStatus
    origin_domain_name: str | None = None
    verification: DomainVerification | None = None


class CustomDomainWithTenantId(CustomDomain):
    """A domain and whose it is."""

    tenant_id: str


class Match(Nested):
    """Which requests a route is for."""

    hosts: list[str] | None = None
    methods: list[str] | None = None
    path: str = "/*"
    headers: dict[str, str] | None = None
    query: dict[str, str] | None = None


class HandlerConfig(Nested):
    """What is done with a request."""

    type: str
    options: Secret[dict[str, Any]] = Field(default_factory=dict)


class ProxyRouteFields(Model):
    """What an inserted and a stored route share."""

    custom_domain_id: str
    priority: int = 100
    match: Match
    handlers: Secret[list[HandlerConfig]]


class ProxyRouteInsert(ProxyRouteFields, Insert):
    """A route to be created."""

    id: str | None = None


class ProxyRoute(ProxyRouteFields):
    """Where requests to a custom domain go; the lowest priority is asked first."""

    id: str
    tenant_id: str
    created_at: Instant
    updated_at: Instant


class ResolvedHost(Model):
    """What a host name leads to; the route of the lowest priority first."""

    tenant_id: str
    custom_domain_id: str
    domain: str
    routes: list[ProxyRoute]
