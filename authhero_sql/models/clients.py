"""Clients: the applications that people sign in to."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from .base import Insert, Instant, Model, Nested, Secret
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
    selected_initiators: list[str] | None = None


class ClientOidcLogout(Nested):
    """How a client hears of a logout."""

    backchannel_logout_urls: list[str] | None = None
    backchannel_logout_initiators: BackchannelLogoutInitiators | None = None


class RefreshTokenSettings(Nested):
    """How long a client's refresh tokens live, and whether they rotate."""

    rotation_type: Literal["rotating", "non-rotating"] | None = None
    leeway: int | None = None
    expiration_type: Literal["expiring", "non-expiring"] | None = None
    token_lifetime: int | None = None
    infinite_token_lifetime: bool | None = None
    idle_token_lifetime: int | None = None
    infinite_idle_token_lifetime: bool | None = None


class RefreshTokenSettingsInsert(RefreshTokenSettings):
    """The same with the limits for new ones."""

    leeway: Annotated[int, Field(ge=0, le=600)] | None = None
    token_lifetime: Annotated[int, Field(ge=0)] | None = None
    idle_token_lifetime: Annotated[int, Field(ge=0)] | None = None


class ClientFields(Model):
    """What an inserted and a stored client share."""

    name: str
    description: str | None = None
    global_: bool = Field(default=False, validation_alias="global", serialization_alias="global")
    client_secret: Secret[str | None] = None
    app_type: AppType | None = "regular_web"
    logo_uri: str | None = None
    is_first_party: bool = True
    oidc_conformant: bool = True
    auth0_conformant: bool | None = True
    callbacks: list[str] = Field(default_factory=list)
    allowed_origins: list[str] = Field(default_factory=list)
    web_origins: list[str] = Field(default_factory=list)
    client_aliases: list[str] = Field(default_factory=list)
    allowed_clients: list[str] = Field(default_factory=list)
    connections: list[str] | None = Field(default_factory=list)
    allowed_logout_urls: list[str] = Field(default_factory=list)
    session_transfer: dict[str, Any] = Field(default_factory=dict)
    oidc_logout: ClientOidcLogout = Field(default_factory=ClientOidcLogout)
    grant_types: list[str] = Field(default_factory=list)
    jwt_configuration: dict[str, Any] = Field(default_factory=dict)
    signing_keys: Secret[list[dict[str, Any]]] = Field(default_factory=list)
    encryption_key: Secret[dict[str, Any]] = Field(default_factory=dict)
    sso: bool = False
    sso_disabled: bool = False
    cross_origin_authentication: bool = False
    cross_origin_loc: str | None = None
    custom_login_page_on: bool = False
    custom_login_page: str | None = None
    custom_login_page_preview: str | None = None
    form_template: str | None = None
    addons: Secret[dict[str, Any]] = Field(default_factory=dict)
    token_endpoint_auth_method: TokenEndpointAuthMethod | None = "client_secret_basic"
    client_metadata: dict[str, str] = Field(default_factory=dict)
    hide_sign_up_disabled_error: bool = False
    mobile: dict[str, Any] = Field(default_factory=dict)
    initiate_login_uri: str | None = None
    native_social_login: dict[str, Any] = Field(default_factory=dict)
    refresh_token: RefreshTokenSettings = Field(default_factory=RefreshTokenSettings)
    default_organization: dict[str, Any] = Field(default_factory=dict)
    organization_usage: OrganizationUsage | None = "deny"
    organization_require_behavior: OrganizationRequireBehavior | None = "no_prompt"
    client_authentication_methods: Secret[dict[str, Any]] = Field(default_factory=dict)
    require_pushed_authorization_requests: bool = False
    require_proof_of_possession: bool = False
    signed_request_object: dict[str, Any] = Field(default_factory=dict)
    compliance_level: ComplianceLevel | None = None
    par_request_expiry: int | None = None
    token_quota: dict[str, Any] = Field(default_factory=dict)
    owner_user_id: str | None = None
    registration_type: RegistrationType | None = None
    registration_metadata: dict[str, Any] | None = Field(default_factory=dict)
    user_linking_mode: UserLinkingMode | None = None


class ClientInsert(ClientFields, Insert):
    """A client to be created; its id and secret are made up where they are not given."""

    client_id: str | None = None
    name: Annotated[str, StringConstraints(min_length=1)]
    description: Annotated[str, StringConstraints(max_length=140)] | None = None
    client_metadata: dict[str, Annotated[str, StringConstraints(max_length=255)]] = Field(default_factory=dict)
    refresh_token: RefreshTokenSettingsInsert = Field(default_factory=RefreshTokenSettingsInsert)


class Client(ClientFields):
    """An application."""

    client_id: str
    created_at: Instant
    updated_at: Instant


class ClientWithTenantId(Client):
    """A client found without knowing its tenant."""

    tenant_id: str
