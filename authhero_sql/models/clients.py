"""Clients: the applications that people sign in to."""

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
    """What makes a client hear of a logout."""

    mode: Literal["all", "custom"] | None = None
    """Whether all logouts notify the client, or only those in ``selected_initiators``."""
    selected_initiators: list[str] | None = None
    """The kinds of logout that notify the client, such as ``rp-logout``."""


class ClientOidcLogout(Nested):
    """How a client hears of a logout."""

    backchannel_logout_urls: list[str] | None = None
    """The addresses that receive logout tokens (OpenID Connect Back-Channel Logout)."""
    backchannel_logout_initiators: BackchannelLogoutInitiators | None = None
    """The kinds of logout that notify the client."""


class RefreshTokenSettings(Nested):
    """How long a client's refresh tokens live, and whether they rotate."""

    rotation_type: Literal["rotating", "non-rotating"] | None = None
    """Whether each exchange replaces the refresh token with a new one."""
    leeway: int | None = None
    """The time for which a rotated refresh token may be used once more, in seconds, from 0 to 600."""
    expiration_type: Literal["expiring", "non-expiring"] | None = None
    """Whether refresh tokens expire."""
    token_lifetime: int | None = None
    """The lifetime of a refresh token, in seconds."""
    infinite_token_lifetime: bool | None = None
    """Whether refresh tokens live for ever, whatever ``token_lifetime`` says."""
    idle_token_lifetime: int | None = None
    """The lifetime of a refresh token that is not used, in seconds."""
    infinite_idle_token_lifetime: bool | None = None
    """Whether refresh tokens that are not used live for ever, whatever ``idle_token_lifetime`` says."""


class RefreshTokenSettingsInsert(RefreshTokenSettings):
    """The same with the limits for new ones."""

    leeway: Annotated[int, Field(ge=0, le=600)] | None = None
    token_lifetime: Annotated[int, Field(ge=0)] | None = None
    idle_token_lifetime: Annotated[int, Field(ge=0)] | None = None


class ClientFields(Model):
    """What an inserted and a stored client share."""

    name: str
    """The name of the client, which is shown to users."""
    description: str | None = None
    """A description of the client."""
    global_: bool = Field(default=False, validation_alias="global", serialization_alias="global")
    """Whether this is the tenant's global client, on whose behalf legacy features act."""
    client_secret: Secret[Varchar255 | None] = None
    """The secret by which the client authenticates; absent for a public client."""
    app_type: AppType | None = "regular_web"
    """The kind of application."""
    logo_uri: Varchar2083 | None = None
    """The address of the client's logo."""
    is_first_party: bool = True
    """Whether the tenant owns the client, so that users need not give their consent."""
    oidc_conformant: bool = True
    """Whether the client adheres strictly to OpenID Connect."""
    auth0_conformant: bool | None = True
    """Whether the client relies on Auth0's deviations from OpenID Connect."""
    callbacks: list[str] = Field(default_factory=list)
    """The addresses to which users may be redirected after they have signed in (OAuth: redirect URIs)."""
    allowed_origins: list[str] = Field(default_factory=list)
    """The origins whose pages may call the API (CORS)."""
    web_origins: list[str] = Field(default_factory=list)
    """The origins whose pages may receive responses by ``web_message``."""
    client_aliases: list[str] = Field(default_factory=list)
    """Other audiences that SAML and WS-Federation requests may name."""
    allowed_clients: list[str] = Field(default_factory=list)
    """The clients that may exchange their tokens for tokens of this client."""
    connections: list[str] | None = Field(default_factory=list)
    """The identifiers of the connections that the client offers, in order."""
    allowed_logout_urls: list[str] = Field(default_factory=list)
    """The addresses to which users may be redirected after they have signed out."""
    session_transfer: dict[str, Any] = Field(default_factory=dict)
    """The settings of the transfer of sessions from native applications to the web."""
    oidc_logout: ClientOidcLogout = Field(default_factory=ClientOidcLogout)
    """The settings of OpenID Connect logout."""
    grant_types: list[str] = Field(default_factory=list)
    """The OAuth grant types that the client may use."""
    jwt_configuration: dict[str, Any] = Field(default_factory=dict)
    """The settings of the client's ID tokens, such as ``alg`` and ``lifetime_in_seconds``."""
    signing_keys: Secret[list[dict[str, Any]]] = Field(default_factory=list)
    """The keys that sign the client's tokens."""
    encryption_key: Secret[dict[str, Any]] = Field(default_factory=dict)
    """The key that encrypts the client's SAML responses."""
    sso: bool = False
    """Whether the client takes part in single sign-on."""
    sso_disabled: bool = False
    """Whether single sign-on is switched off for the client."""
    cross_origin_authentication: bool = False
    """Whether pages of other origins may authenticate users with their credentials."""
    cross_origin_loc: Varchar2083 | None = None
    """The address of the page that verifies cross-origin authentication where third-party cookies are blocked."""
    custom_login_page_on: bool = False
    """Whether the client has a login page of its own."""
    custom_login_page: str | None = None
    """The HTML of the client's own login page."""
    custom_login_page_preview: str | None = None
    """The HTML of the client's own login page, for its preview."""
    form_template: str | None = None
    """The HTML form that WS-Federation responses use."""
    addons: Secret[dict[str, Any]] = Field(default_factory=dict)
    """The settings of the client's add-ons, such as SAML and WS-Federation."""
    token_endpoint_auth_method: TokenEndpointAuthMethod | None = "client_secret_basic"
    """How the client authenticates at the token endpoint (RFC 7591)."""
    client_metadata: dict[str, str] = Field(default_factory=dict)
    """Free-form texts about the client, by key."""
    hide_sign_up_disabled_error: bool = False
    """Whether a refused sign-up does not say that sign-ups are disabled."""
    mobile: dict[str, Any] = Field(default_factory=dict)
    """The settings of mobile applications, such as the app's identifiers on Android and iOS."""
    initiate_login_uri: Varchar2083 | None = None
    """The address at which the client starts a sign-in (OpenID Connect: third-party initiated login)."""
    native_social_login: dict[str, Any] = Field(default_factory=dict)
    """The settings of social sign-in within native applications."""
    refresh_token: RefreshTokenSettings = Field(default_factory=RefreshTokenSettings)
    """The settings of the client's refresh tokens."""
    default_organization: dict[str, Any] = Field(default_factory=dict)
    """The organization that is used where a request names none."""
    organization_usage: OrganizationUsage | None = "deny"
    """Whether users may or must sign in with an organization."""
    organization_require_behavior: OrganizationRequireBehavior | None = "no_prompt"
    """When users choose an organization, where one is required."""
    client_authentication_methods: Secret[dict[str, Any]] = Field(default_factory=dict)
    """The credentials with which the client authenticates by a key or a certificate."""
    require_pushed_authorization_requests: bool = False
    """Whether the client must push its authorization requests (RFC 9126)."""
    require_proof_of_possession: bool = False
    """Whether the client's access tokens must be sender-constrained."""
    signed_request_object: dict[str, Any] = Field(default_factory=dict)
    """The settings of signed authorization requests (RFC 9101)."""
    compliance_level: ComplianceLevel | None = None
    """The security profile that the client complies with."""
    par_request_expiry: Int32 | None = None
    """The lifetime of a pushed authorization request, in seconds."""
    token_quota: dict[str, Any] = Field(default_factory=dict)
    """The number of tokens that may be issued to the client."""
    owner_user_id: Varchar255 | None = None
    """The identifier of the user who owns the client."""
    registration_type: RegistrationType | None = None
    """How the client was registered: by hand, or by dynamic client registration."""
    registration_metadata: dict[str, Any] | None = Field(default_factory=dict)
    """Further metadata of the dynamic client registration (RFC 7591)."""
    user_linking_mode: UserLinkingMode | None = None
    """Whether users with the same verified e-mail address are linked automatically."""


class ClientInsert(ClientFields, Insert):
    """A client to be created; its id and secret are made up where they are not given."""

    client_id: Varchar191 | None = None
    """The identifier of the client; generated if it is omitted."""
    name: Annotated[Varchar255, StringConstraints(min_length=1)]
    description: Annotated[str, StringConstraints(max_length=140)] | None = None
    client_metadata: dict[str, Annotated[str, StringConstraints(max_length=255)]] = Field(default_factory=dict)
    refresh_token: RefreshTokenSettingsInsert = Field(default_factory=RefreshTokenSettingsInsert)


class Client(ClientFields):
    """An application."""

    client_id: str
    """The identifier of the client."""
    created_at: Instant
    """When the client was created."""
    updated_at: Instant
    """When the client was last changed."""


class ClientWithTenantId(Client):
    """A client found without knowing its tenant."""

    tenant_id: str
    """The tenant that the client belongs to."""
