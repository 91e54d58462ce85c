"""Tenants and their settings."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from .base import Insert, Instant, Int32, Model, Nested, Secret, Varchar50, Varchar255

__all__ = [
    "AttackProtection",
    "BreachedPasswordDetection",
    "BreachedPasswordStages",
    "BruteForceProtection",
    "CustomPage",
    "DefaultTokenQuota",
    "DeploymentType",
    "DeviceFlow",
    "DeviceFlowInsert",
    "ErrorPage",
    "MfaFactors",
    "Mtls",
    "PasswordStage",
    "PhoneMessage",
    "ProvisioningState",
    "SessionCookie",
    "SmsProvider",
    "StorageKind",
    "SuspiciousIpThrottling",
    "Tenant",
    "TenantFields",
    "TenantFlags",
    "TenantInsert",
    "TenantMfa",
    "TenantOidcLogout",
    "TenantSessions",
    "ThrottlingStage",
    "ThrottlingStages",
    "TokenQuota",
    "TwilioSettings",
]

DeploymentType = Literal["shared", "wfp"]
ProvisioningState = Literal["pending", "ready", "failed"]
StorageKind = Literal["own_d1", "existing_d1", "shared_planetscale"]


class SessionCookie(Nested):
    """The session cookie settings of a tenant."""

    mode: Literal["persistent", "non-persistent"] | None = None
    """Whether the session cookie persists when the browser is closed."""


class ErrorPage(Nested):
    """The error page settings of a tenant."""

    html: str | None = None
    """The HTML of the page."""
    show_log_link: bool | None = None
    """Whether the page links to the log entry."""
    url: str | None = None
    """The URL to which the user is redirected with the error."""


class TenantFlags(Nested):
    """The feature flags of a tenant."""

    allow_changing_enable_sso: bool | None = None
    """Whether ``enable_sso`` may be changed."""
    allow_legacy_delegation_grant_types: bool | None = None
    """Whether clients may use the legacy delegation grant types."""
    allow_legacy_ro_grant_types: bool | None = None
    """Whether clients may use the legacy resource owner grant types."""
    allow_legacy_tokeninfo_endpoint: bool | None = None
    """Whether the legacy ``/tokeninfo`` endpoint is available."""
    change_pwd_flow_v1: bool | None = None
    """Whether version 1 of the change-password flow is used."""
    client_id_metadata_document_registration: bool | None = None
    """Whether a client may identify itself by the URL of its client ID metadata document."""
    custom_domains_provisioning: bool | None = None
    """Whether custom domains may be provisioned."""
    dashboard_insights_view: bool | None = None
    """Whether the dashboard shows insights."""
    dashboard_log_streams_next: bool | None = None
    """Whether the dashboard shows the new log stream pages."""
    disable_clickjack_protection_headers: bool | None = None
    """Whether pages are served without headers against clickjacking."""
    disable_fields_map_fix: bool | None = None
    """Whether missing profile fields of Google and Azure AD users are left unmapped."""
    disable_impersonation: bool | None = None
    """Whether impersonation is disabled."""
    disable_management_api_sms_obfuscation: bool | None = None
    """Whether the Management API returns the full phone numbers of SMS users."""
    enable_adfs_waad_email_verification: bool | None = None
    """Whether users of AD FS and Azure AD must verify their email address."""
    enable_apis_section: bool | None = None
    """Whether the dashboard shows the APIs section."""
    enable_client_connections: bool | None = None
    """Whether all connections are enabled for new clients."""
    enable_custom_domain_in_emails: bool | None = None
    """Whether links in emails use the custom domain."""
    enable_dynamic_client_registration: bool | None = None
    """Whether dynamic client registration is enabled (RFC 7591)."""
    dcr_require_initial_access_token: bool | None = None
    """Whether dynamic client registration requires an initial access token (RFC 7591)."""
    dcr_allowed_grant_types: list[str] | None = None
    """The grant types that dynamically registered clients may use."""
    allow_http_return_to: list[str] | None = None
    """The hosts to which users may be redirected over plain HTTP."""
    enable_idtoken_api2: bool | None = None
    """Whether ID tokens are accepted by parts of the Management API."""
    enable_legacy_logs_search_v2: bool | None = None
    """Whether version 2 of the log search is available."""
    enable_legacy_profile: bool | None = None
    """Whether ID tokens contain the full legacy profile."""
    enable_pipeline2: bool | None = None
    """Whether the API authorization pipeline is enabled."""
    enable_public_signup_user_exists_error: bool | None = None
    """Whether a rejected signup reveals that the user exists."""
    enable_sso: bool | None = None
    """Whether single sign-on is enabled for all clients."""
    enforce_client_authentication_on_passwordless_start: bool | None = None
    """Whether clients must authenticate to start a passwordless login."""
    genai_trial: bool | None = None
    """Whether the tenant participates in the generative AI trial."""
    improved_signup_bot_detection_in_classic: bool | None = None
    """Whether the Classic Universal Login uses the improved bot detection at signup."""
    mfa_show_factor_list_on_enrollment: bool | None = None
    """Whether users select a factor from a list at enrollment."""
    no_disclose_enterprise_connections: bool | None = None
    """Whether enterprise connections are omitted from public pages."""
    remove_alg_from_jwks: bool | None = None
    """Whether the keys of the JSON Web Key Set omit ``alg``."""
    revoke_refresh_token_grant: bool | None = None
    """Whether the revocation of a refresh token revokes the entire grant."""
    trust_azure_adfs_email_verified_connection_property: bool | None = None
    """Whether the ``email_verified`` claim of AD FS and Azure AD is trusted."""
    use_scope_descriptions_for_consent: bool | None = None
    """Whether the consent page shows scope descriptions instead of scope names."""
    inherit_global_permissions_in_organizations: bool | None = None
    """Whether users keep their tenant-level permissions within an organization."""
    restrict_undefined_scopes: bool | None = None
    """Whether scopes that no API defines are omitted from tokens."""


class CustomPage(Nested):
    """A custom page that replaces a default page."""

    enabled: bool | None = None
    """Whether the custom page is enabled."""
    html: str | None = None
    """The HTML of the page."""


class DeviceFlow(Nested):
    """The user code settings of the device authorization grant."""

    charset: Literal["base20", "digits"] | None = None
    """The character set of user codes (RFC 8628)."""
    mask: str | None = None
    """The format of user codes, with ``*`` as the placeholder for a character."""


class DeviceFlowInsert(DeviceFlow):
    """The user code settings of the device authorization grant, with limits on the accepted values."""

    mask: Annotated[str, StringConstraints(max_length=20)] | None = None


class TokenQuota(Nested):
    """A token quota."""

    client_credentials: dict[str, Any] | None = None
    """The token quota of the client credentials grant."""


class DefaultTokenQuota(Nested):
    """The token quotas of clients and organizations that do not define their own."""

    clients: TokenQuota | None = None
    """The default token quota of clients."""
    organizations: TokenQuota | None = None
    """The default token quota of organizations."""


class TenantSessions(Nested):
    """The session settings of a tenant."""

    oidc_logout_prompt_enabled: bool | None = None
    """Whether users are prompted to confirm an OpenID Connect logout."""


class TenantOidcLogout(Nested):
    """The OpenID Connect logout settings of a tenant."""

    rp_logout_end_session_endpoint_discovery: bool | None = None
    """Whether the discovery document includes ``end_session_endpoint``."""


class Mtls(Nested):
    """The mutual TLS settings of a tenant."""

    enable_endpoint_aliases: bool | None = None
    """Whether endpoint aliases for mutual TLS are enabled (RFC 8705)."""


class PasswordStage(Nested):
    """The response to a breached password at one stage."""

    shields: list[str] | None = None
    """The actions to take, such as ``block`` or ``admin_notification``."""


class BreachedPasswordStages(Nested):
    """The response to a breached password at each stage."""

    pre_user_registration: PasswordStage | None = Field(
        default=None, validation_alias="pre-user-registration", serialization_alias="pre-user-registration"
    )
    """The settings that apply before a signup."""
    pre_change_password: PasswordStage | None = Field(
        default=None, validation_alias="pre-change-password", serialization_alias="pre-change-password"
    )
    """The settings that apply before a password change."""


class BreachedPasswordDetection(Nested):
    """The breached password detection settings of a tenant."""

    enabled: bool | None = None
    """Whether breached password detection is enabled."""
    shields: list[str] | None = None
    """The actions to take at a login, such as ``block`` or ``user_notification``."""
    admin_notification_frequency: list[str] | None = None
    """How often administrators are notified, such as ``immediately`` or ``daily``."""
    method: str | None = None
    """The detection method, such as ``standard`` or ``enhanced``."""
    stage: BreachedPasswordStages | None = None
    """The settings of the other stages."""


class BruteForceProtection(Nested):
    """The brute-force protection settings of a tenant."""

    enabled: bool | None = None
    """Whether brute-force protection is enabled."""
    shields: list[str] | None = None
    """The actions to take, such as ``block`` or ``user_notification``."""
    allowlist: list[str] | None = None
    """The IP addresses that are exempt."""
    mode: str | None = None
    """Whether failed logins are counted by account, or by account and IP address."""
    max_attempts: int | float | None = None
    """The maximum number of attempts."""


class ThrottlingStage(Nested):
    """The throttling limits of one stage."""

    max_attempts: int | float | None = None
    """The maximum number of attempts."""
    rate: int | float | None = None
    """The interval after which another attempt is allowed, in milliseconds."""


class ThrottlingStages(Nested):
    """The throttling limits of each stage."""

    pre_login: ThrottlingStage | None = Field(default=None, validation_alias="pre-login", serialization_alias="pre-login")
    """The limits on logins."""
    pre_user_registration: ThrottlingStage | None = Field(
        default=None, validation_alias="pre-user-registration", serialization_alias="pre-user-registration"
    )
    """The limits on signups."""


class SuspiciousIpThrottling(Nested):
    """The suspicious IP throttling settings of a tenant."""

    enabled: bool | None = None
    """Whether suspicious IP throttling is enabled."""
    shields: list[str] | None = None
    """The actions to take, such as ``block`` or ``admin_notification``."""
    allowlist: list[str] | None = None
    """The IP addresses that are exempt."""
    stage: ThrottlingStages | None = None
    """The throttling limits of each stage."""


class AttackProtection(Nested):
    """The attack protection settings of a tenant."""

    breached_password_detection: BreachedPasswordDetection | None = None
    """The breached password detection settings."""
    brute_force_protection: BruteForceProtection | None = None
    """The brute-force protection settings."""
    suspicious_ip_throttling: SuspiciousIpThrottling | None = None
    """The suspicious IP throttling settings."""


class MfaFactors(Nested):
    """The factors that are available for multi-factor authentication."""

    sms: bool | None = False
    """Whether one-time passwords by SMS are enabled."""
    otp: bool | None = False
    """Whether one-time passwords from an authenticator app are enabled."""
    email: bool | None = False
    """Whether one-time passwords by email are enabled."""
    push_notification: bool | None = False
    """Whether push notifications are enabled."""
    webauthn_roaming: bool | None = False
    """Whether WebAuthn security keys are enabled."""
    webauthn_platform: bool | None = False
    """Whether WebAuthn device biometrics are enabled."""
    recovery_code: bool | None = False
    """Whether recovery codes are enabled."""
    duo: bool | None = False
    """Whether Duo is enabled."""


class SmsProvider(Nested):
    """The SMS provider of a tenant."""

    provider: Literal["twilio", "vonage", "aws_sns", "phone_message_hook"] | None = None
    """The name of the SMS provider."""


class TwilioSettings(Nested):
    """The Twilio settings of a tenant."""

    sid: str | None = None
    """The Twilio account SID."""
    auth_token: Secret[str | None] = None
    """The Twilio auth token."""
    from_: str | None = Field(default=None, validation_alias="from", serialization_alias="from")
    """The phone number that sends the messages."""
    messaging_service_sid: str | None = None
    """The SID of the Twilio messaging service."""


class PhoneMessage(Nested):
    """The content of a text message."""

    message: str | None = None
    """The text of the message."""


class TenantMfa(Nested):
    """The multi-factor authentication settings of a tenant."""

    policy: Literal["never", "always"] | None = "never"
    """Whether multi-factor authentication is always or never required."""
    factors: MfaFactors | None = None
    """The factors that are available."""
    sms_provider: SmsProvider | None = None
    """The SMS provider."""
    twilio: TwilioSettings | None = None
    """The Twilio settings."""
    phone_message: PhoneMessage | None = None
    """The content of text messages."""


class TenantFields(Model):
    """The fields common to ``TenantInsert`` and ``Tenant``."""

    audience: Varchar255 | None = None
    """The audience of the tenant's own API."""
    friendly_name: Varchar255
    """The display name of the tenant, shown to users."""
    picture_url: str | None = None
    """The URL of the tenant's logo."""
    support_email: Varchar255 | None = None
    """The support email address."""
    support_url: Varchar255 | None = None
    """The URL of the support page."""
    sender_email: Varchar255 | None = None
    """The sender address of emails."""
    sender_name: Varchar255 | None = None
    """The sender name of emails."""
    session_lifetime: Int32 | None = None
    """The absolute lifetime of sessions, in hours."""
    idle_session_lifetime: Int32 | None = None
    """The idle lifetime of sessions, in hours."""
    ephemeral_session_lifetime: Int32 | None = None
    """The absolute lifetime of ephemeral (non-persistent) sessions, in hours."""
    idle_ephemeral_session_lifetime: Int32 | None = None
    """The idle lifetime of ephemeral (non-persistent) sessions, in hours."""
    session_cookie: SessionCookie | None = None
    """The session cookie settings."""
    allowed_logout_urls: list[str] | None = None
    """The URLs to which users may be redirected after a logout."""
    default_redirection_uri: str | None = None
    """The URL to which users are redirected if the request does not name a client."""
    default_client_id: Varchar255 | None = None
    """The ID of the client that is used if a request does not name one."""
    enabled_locales: list[str] | None = None
    """The supported languages, the default language first."""
    default_directory: Varchar255 | None = None
    """The name of the connection for the resource owner password grant."""
    error_page: ErrorPage | None = None
    """The error page settings."""
    flags: TenantFlags | None = None
    """The feature flags."""
    sandbox_version: Varchar50 | None = None
    """The version of the sandbox that runs custom code."""
    legacy_sandbox_version: Varchar50 | None = None
    """The version of the sandbox that runs legacy custom code."""
    sandbox_versions_available: list[str] | None = None
    """The sandbox versions that are available to the tenant."""
    change_password: CustomPage | None = None
    """The custom page for changing a password."""
    guardian_mfa_page: CustomPage | None = None
    """The custom page for multi-factor authentication."""
    device_flow: DeviceFlow | None = None
    """The user code settings of the device authorization grant."""
    default_token_quota: DefaultTokenQuota | None = None
    """The token quotas of clients and organizations that do not define their own."""
    default_audience: Varchar255 | None = None
    """The audience that is used if a request does not name one."""
    default_organization: Varchar255 | None = None
    """The organization that is used if a request does not name one."""
    sessions: TenantSessions | None = None
    """The session settings."""
    oidc_logout: TenantOidcLogout | None = None
    """The OpenID Connect logout settings."""
    allow_organization_name_in_authentication_api: bool | None = None
    """Whether the Authentication API accepts organization names in addition to IDs."""
    customize_mfa_in_postlogin_action: bool | None = None
    """Whether post-login actions control multi-factor authentication."""
    acr_values_supported: list[str] | None = None
    """The supported authentication context class references."""
    mtls: Mtls | None = None
    """The mutual TLS settings."""
    pushed_authorization_requests_supported: bool | None = None
    """Whether pushed authorization requests are supported (RFC 9126)."""
    authorization_response_iss_parameter_supported: bool | None = None
    """Whether authorization responses include the ``iss`` parameter (RFC 9207)."""
    deployment_type: DeploymentType = "shared"
    """The deployment type of the tenant: shared or dedicated."""
    provisioning_state: ProvisioningState = "ready"
    """The provisioning state of the tenant."""
    provisioning_error: str | None = None
    """The error that made the provisioning fail."""
    provisioning_state_changed_at: Instant | None = None
    """When ``provisioning_state`` last changed."""
    bundle_configuration: str | None = None
    """The configuration of the tenant's bundle."""
    worker_version: str | None = None
    """The version of the tenant's worker."""
    database_version: str | None = None
    """The version of the tenant's database."""
    worker_script_name: str | None = None
    """The name of the tenant's worker script."""
    storage_kind: StorageKind | None = None
    """The kind of storage that holds the tenant's data."""
    d1_database_id: str | None = None
    """The ID of the tenant's D1 database."""
    attack_protection: AttackProtection | None = None
    """The attack protection settings."""
    mfa: Secret[TenantMfa | None] = None
    """The multi-factor authentication settings."""


class TenantInsert(TenantFields, Insert):
    """The fields of a new tenant."""

    id: Varchar255 | None = None
    """The ID of the tenant, generated if omitted."""
    device_flow: DeviceFlowInsert | None = None
    provisioning_error: Annotated[str, StringConstraints(max_length=2048)] | None = None
    bundle_configuration: Annotated[str, StringConstraints(max_length=64)] | None = None
    worker_version: Annotated[str, StringConstraints(max_length=64)] | None = None
    database_version: Annotated[str, StringConstraints(max_length=64)] | None = None
    worker_script_name: Annotated[str, StringConstraints(max_length=255)] | None = None
    d1_database_id: Annotated[str, StringConstraints(max_length=64)] | None = None


class Tenant(TenantFields):
    """A tenant, which owns all other entities."""

    id: str
    """The ID of the tenant."""
    created_at: Instant | None
    """When the tenant was created."""
    updated_at: Instant | None
    """When the tenant was last updated."""
    is_control_plane: bool | None = None
    """Whether the tenant manages the other tenants."""
