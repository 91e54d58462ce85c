"""Clients: the applications of a tenant."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from .base import Insert, Instant, Int32, Model, Nested, Secret, Varchar191, Varchar255, Varchar2083
from .shared import OrganizationUsage

__all__ = [
    "AppType",
    "BackchannelLogoutInitiators",
    "Client",
    "ClientFields",
    "ClientInsert",
    "ClientOidcLogout",
    "ClientWithTenantId",
    "ComplianceLevel",
    "OrganizationRequireBehavior",
    "RefreshTokenSettings",
    "RefreshTokenSettingsInsert",
    "RegistrationType",
    "TokenEndpointAuthMethod",
    "UserLinkingMode",
]

AppType = Literal[
    "native",
    "spa",
    "regular_web",
    "non_interactive",
    "resource_server",
    "express_configuration",
    "rms",
    "box",
    "cloudbees",
    "concur",
    "dropbox",
    "mscrm",
    "echosign",
    "egnyte",
    "newrelic",
    "office365",
    "salesforce",
    "sentry",
    "sharepoint",
    "slack",
    "springcm",
    "zendesk",
    "zoom",
    "sso_integration",
    "oag",
]
TokenEndpointAuthMethod = Literal["none", "client_secret_post", "client_secret_basic", "client_secret_jwt", "private_key_jwt"]
OrganizationRequireBehavior = Literal["no_prompt", "pre_login_prompt", "post_login_prompt"]
ComplianceLevel = Literal["none", "fapi1_adv_pkj_par", "fapi1_adv_mtls_par", "fapi2_sp_pkj_mtls", "fapi2_sp_mtls_mtls"]
RegistrationType = Literal["manual", "open_dcr", "iat_dcr"]
UserLinkingMode = Literal["builtin", "off"]


class BackchannelLogoutInitiators(Nested):
    """The logout initiators that trigger a back-channel logout of a client."""

    mode: Literal["all", "custom"] | None = None
    """Whether all initiators or only ``selected_initiators`` trigger a back-channel logout."""
    selected_initiators: list[str] | None = None
    """The initiators that trigger a back-channel logout, such as ``rp-logout``."""


class ClientOidcLogout(Nested):
    """The OpenID Connect logout settings of a client."""

    backchannel_logout_urls: list[str] | None = None
    """The URLs that receive logout tokens (OpenID Connect Back-Channel Logout)."""
    backchannel_logout_initiators: BackchannelLogoutInitiators | None = None
    """The initiators that trigger a back-channel logout."""


class RefreshTokenSettings(Nested):
    """The refresh token settings of a client."""

    rotation_type: Literal["rotating", "non-rotating"] | None = None
    """Whether refresh tokens rotate."""
    leeway: int | None = None
    """The period in which a rotated refresh token may be reused, in seconds, from 0 to 600."""
    expiration_type: Literal["expiring", "non-expiring"] | None = None
    """Whether refresh tokens expire."""
    token_lifetime: int | None = None
    """The absolute lifetime of refresh tokens, in seconds."""
    infinite_token_lifetime: bool | None = None
    """Whether refresh tokens have an unlimited absolute lifetime, which overrides ``token_lifetime``."""
    idle_token_lifetime: int | None = None
    """The idle lifetime of refresh tokens, in seconds."""
    infinite_idle_token_lifetime: bool | None = None
    """Whether refresh tokens have an unlimited idle lifetime, which overrides ``idle_token_lifetime``."""


class RefreshTokenSettingsInsert(RefreshTokenSettings):
    """The refresh token settings of a client, with limits on the accepted values."""

    leeway: Annotated[int, Field(ge=0, le=600)] | None = None
    token_lifetime: Annotated[int, Field(ge=0)] | None = None
    idle_token_lifetime: Annotated[int, Field(ge=0)] | None = None


class ClientFields(Model):
    """The fields common to ``ClientInsert`` and ``Client``."""

    name: str
    """The name of the client, shown to users."""
    description: str | None = None
    """A description of the client."""
    global_: bool = Field(default=False, validation_alias="global", serialization_alias="global")
    """Whether the client is the tenant's global client, which legacy features use."""
    client_secret: Secret[Varchar255 | None] = None
    """The client secret; absent for a public client."""
    app_type: AppType | None = "regular_web"
    """The type of application."""
    logo_uri: Varchar2083 | None = None
    """The URL of the client's logo."""
    is_first_party: bool = True
    """Whether the client is a first-party client, which does not need the user's consent."""
    oidc_conformant: bool = True
    """Whether the client conforms strictly to OpenID Connect."""
    auth0_conformant: bool | None = True
    """Whether the client relies on Auth0's deviations from OpenID Connect."""
    callbacks: list[str] = Field(default_factory=list)
    """The allowed callback URLs (OAuth 2.0: redirect URIs)."""
    allowed_origins: list[str] = Field(default_factory=list)
    """The origins that may send cross-origin requests to the API (CORS)."""
    web_origins: list[str] = Field(default_factory=list)
    """The origins that may use the ``web_message`` response mode."""
    client_aliases: list[str] = Field(default_factory=list)
    """The additional audiences that SAML and WS-Federation requests may name."""
    allowed_clients: list[str] = Field(default_factory=list)
    """The IDs of the clients that may exchange their tokens for tokens of this client."""
    connections: list[str] | None = Field(default_factory=list)
    """The IDs of the client's enabled connections, in display order."""
    allowed_logout_urls: list[str] = Field(default_factory=list)
    """The URLs to which users may be redirected after a logout."""
    session_transfer: dict[str, Any] = Field(default_factory=dict)
    """The settings for transferring sessions from native applications to the web."""
    oidc_logout: ClientOidcLogout = Field(default_factory=ClientOidcLogout)
    """The OpenID Connect logout settings."""
    grant_types: list[str] = Field(default_factory=list)
    """The OAuth 2.0 grant types that the client may use."""
    jwt_configuration: dict[str, Any] = Field(default_factory=dict)
    """The settings of the client's ID tokens, such as ``alg`` and ``lifetime_in_seconds``."""
    signing_keys: Secret[list[dict[str, Any]]] = Field(default_factory=list)
    """The signing keys of the client."""
    encryption_key: Secret[dict[str, Any]] = Field(default_factory=dict)
    """The key that encrypts SAML responses to the client."""
    sso: bool = False
    """Whether the client uses single sign-on."""
    sso_disabled: bool = False
    """Whether single sign-on is disabled for the client."""
    cross_origin_authentication: bool = False
    """Whether the client may authenticate users with cross-origin requests."""
    cross_origin_loc: Varchar2083 | None = None
    """The URL of the page that verifies cross-origin authentication if the browser blocks third-party cookies."""
    custom_login_page_on: bool = False
    """Whether the client uses a custom login page."""
    custom_login_page: str | None = None
    """The HTML of the custom login page."""
    custom_login_page_preview: str | None = None
    """The HTML for previews of the custom login page."""
    form_template: str | None = None
    """The HTML form template for WS-Federation responses."""
    addons: Secret[dict[str, Any]] = Field(default_factory=dict)
    """The settings of the client's add-ons, such as SAML and WS-Federation."""
    token_endpoint_auth_method: TokenEndpointAuthMethod | None = "client_secret_basic"
    """The method by which the client authenticates at the token endpoint (RFC 7591)."""
    client_metadata: dict[str, str] = Field(default_factory=dict)
    """Arbitrary metadata about the client, as text by key."""
    hide_sign_up_disabled_error: bool = False
    """Whether a rejected signup hides that signups are disabled."""
    mobile: dict[str, Any] = Field(default_factory=dict)
    """The settings of mobile applications, such as the app IDs on Android and iOS."""
    initiate_login_uri: Varchar2083 | None = None
    """The URL at which the client initiates a login (OpenID Connect: third-party initiated login)."""
    native_social_login: dict[str, Any] = Field(default_factory=dict)
    """The settings of social login in native applications."""
    refresh_token: RefreshTokenSettings = Field(default_factory=RefreshTokenSettings)
    """The refresh token settings."""
    default_organization: dict[str, Any] = Field(default_factory=dict)
    """The organization that is used if a request does not name one."""
    organization_usage: OrganizationUsage | None = "deny"
    """Whether users may or must log in with an organization."""
    organization_require_behavior: OrganizationRequireBehavior | None = "no_prompt"
    """When users are prompted for an organization if one is required."""
    client_authentication_methods: Secret[dict[str, Any]] = Field(default_factory=dict)
    """The credentials for client authentication with a private key or a certificate."""
    require_pushed_authorization_requests: bool = False
    """Whether the client must use pushed authorization requests (RFC 9126)."""
    require_proof_of_possession: bool = False
    """Whether the client's access tokens must be sender-constrained."""
    signed_request_object: dict[str, Any] = Field(default_factory=dict)
    """The settings of signed authorization requests (RFC 9101)."""
    compliance_level: ComplianceLevel | None = None
    """The security profile that the client must comply with."""
    par_request_expiry: Int32 | None = None
    """The lifetime of a pushed authorization request, in seconds."""
    token_quota: dict[str, Any] = Field(default_factory=dict)
    """The token quota of the client."""
    owner_user_id: Varchar255 | None = None
    """The ID of the user who owns the client."""
    registration_type: RegistrationType | None = None
    """Whether the client was registered manually or by dynamic client registration."""
    registration_metadata: dict[str, Any] | None = Field(default_factory=dict)
    """Additional client metadata from dynamic client registration (RFC 7591)."""
    user_linking_mode: UserLinkingMode | None = None
    """Whether users with the same verified email address are linked automatically."""


class ClientInsert(ClientFields, Insert):
    """The fields of a new client; the ID and the secret are generated if omitted."""

    client_id: Varchar191 | None = None
    """The ID of the client, generated if omitted."""
    name: Annotated[Varchar255, StringConstraints(min_length=1)]
    description: Annotated[str, StringConstraints(max_length=140)] | None = None
    client_metadata: dict[str, Annotated[str, StringConstraints(max_length=255)]] = Field(default_factory=dict)
    refresh_token: RefreshTokenSettingsInsert = Field(default_factory=RefreshTokenSettingsInsert)


class Client(ClientFields):
    """An application that users log in to, or that calls APIs itself."""

    client_id: str
    """The ID of the client."""
    created_at: Instant
    """When the client was created."""
    updated_at: Instant
    """When the client was last updated."""


class ClientWithTenantId(Client):
    """A client with the ID of its tenant, for lookups across tenants."""

    tenant_id: str
    """The ID of the tenant."""
