"""Tenants: who everything else belongs to, and the settings of each."""

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
    """Whether the session cookie outlives the browser."""

    mode: Literal["persistent", "non-persistent"] | None = None
    """Whether the session cookie survives the end of the browser session."""


class ErrorPage(Nested):
    """The page, or the address of one, that shows errors."""

    html: str | None = None
    """The HTML of the error page."""
    show_log_link: bool | None = None
    """Whether the error page links to the log entry."""
    url: str | None = None
    """The address to which the user is redirected with the error."""


class TenantFlags(Nested):
    """What is switched on and off for a tenant."""

    allow_changing_enable_sso: bool | None = None
    """Whether ``enable_sso`` may be changed."""
    allow_legacy_delegation_grant_types: bool | None = None
    """Whether clients may use the legacy delegation grant types."""
    allow_legacy_ro_grant_types: bool | None = None
    """Whether clients may use the legacy resource-owner grant types."""
    allow_legacy_tokeninfo_endpoint: bool | None = None
    """Whether the legacy ``/tokeninfo`` endpoint is available."""
    change_pwd_flow_v1: bool | None = None
    """Whether the first version of the change-password flow is used."""
    client_id_metadata_document_registration: bool | None = None
    """Whether a client may identify itself by the address of its metadata document."""
    custom_domains_provisioning: bool | None = None
    """Whether custom domains may be provisioned."""
    dashboard_insights_view: bool | None = None
    """Whether the dashboard shows insights."""
    dashboard_log_streams_next: bool | None = None
    """Whether the dashboard shows the new pages for log streams."""
    disable_clickjack_protection_headers: bool | None = None
    """Whether pages lack the headers that protect against clickjacking."""
    disable_fields_map_fix: bool | None = None
    """Whether missing fields of Google and Azure AD profiles are not mapped."""
    disable_impersonation: bool | None = None
    """Whether impersonation is disabled."""
    disable_management_api_sms_obfuscation: bool | None = None
    """Whether the Management API returns whole phone numbers of SMS users."""
    enable_adfs_waad_email_verification: bool | None = None
    """Whether users of ADFS and Azure AD have to verify their e-mail address."""
    enable_apis_section: bool | None = None
    """Whether the dashboard shows the APIs."""
    enable_client_connections: bool | None = None
    """Whether new clients have all connections enabled."""
    enable_custom_domain_in_emails: bool | None = None
    """Whether links in e-mails use the custom domain."""
    enable_dynamic_client_registration: bool | None = None
    """Whether clients may register themselves (RFC 7591)."""
    dcr_require_initial_access_token: bool | None = None
    """Whether dynamic client registration needs an initial access token (RFC 7591)."""
    dcr_allowed_grant_types: list[str] | None = None
    """The grant types with which clients may register themselves."""
    allow_http_return_to: list[str] | None = None
    """The hosts to which users may be redirected by plain HTTP."""
    enable_idtoken_api2: bool | None = None
    """Whether ID tokens may be used to call parts of the Management API."""
    enable_legacy_logs_search_v2: bool | None = None
    """Whether the second version of the log search is available."""
    enable_legacy_profile: bool | None = None
    """Whether ID tokens contain the whole legacy profile."""
    enable_pipeline2: bool | None = None
    """Whether the API authorization pipeline is enabled."""
    enable_public_signup_user_exists_error: bool | None = None
    """Whether a refused sign-up says that the user exists."""
    enable_sso: bool | None = None
    """Whether users of several clients need to sign in only once."""
    enforce_client_authentication_on_passwordless_start: bool | None = None
    """Whether clients must authenticate to start a passwordless sign-in."""
    genai_trial: bool | None = None
    """Whether the tenant takes part in the trial of generative AI."""
    improved_signup_bot_detection_in_classic: bool | None = None
    """Whether the classic pages use the improved bot detection at sign-up."""
    mfa_show_factor_list_on_enrollment: bool | None = None
    """Whether users choose a factor from a list when they enroll."""
    no_disclose_enterprise_connections: bool | None = None
    """Whether public pages do not list the enterprise connections."""
    remove_alg_from_jwks: bool | None = None
    """Whether keys in the JSON Web Key Set lack ``alg``."""
    revoke_refresh_token_grant: bool | None = None
    """Whether revoking a refresh token revokes the whole grant."""
    trust_azure_adfs_email_verified_connection_property: bool | None = None
    """Whether ``email_verified`` of ADFS and Azure AD is trusted."""
    use_scope_descriptions_for_consent: bool | None = None
    """Whether the consent page shows descriptions of scopes instead of their names."""
    inherit_global_permissions_in_organizations: bool | None = None
    """Whether users keep their tenant-level permissions within an organization."""
    restrict_undefined_scopes: bool | None = None
    """Whether scopes that no API defines are left out of tokens."""


class CustomPage(Nested):
    """A page of one's own in place of the usual one."""

    enabled: bool | None = None
    """Whether the page replaces the usual one."""
    html: str | None = None
    """The HTML of the page."""


class DeviceFlow(Nested):
    """What the codes of the device flow look like."""

    charset: Literal["base20", "digits"] | None = None
    """The characters of user codes (RFC 8628)."""
    mask: str | None = None
    """The format of user codes, with ``*`` for each character."""


class DeviceFlowInsert(DeviceFlow):
    """The same with the limit for new ones."""

    mask: Annotated[str, StringConstraints(max_length=20)] | None = None


class TokenQuota(Nested):
    """How many tokens may be issued."""

    client_credentials: dict[str, Any] | None = None
    """The number of tokens that may be issued by the client-credentials grant."""


class DefaultTokenQuota(Nested):
    """The quotas of clients and organizations without one of their own."""

    clients: TokenQuota | None = None
    """The quota of clients without one of their own."""
    organizations: TokenQuota | None = None
    """The quota of organizations without one of their own."""


class TenantSessions(Nested):
    """How sessions end."""

    oidc_logout_prompt_enabled: bool | None = None
    """Whether users are asked to confirm an OpenID Connect logout."""


class TenantOidcLogout(Nested):
    """What discovery says of the logout endpoint."""

    rp_logout_end_session_endpoint_discovery: bool | None = None
    """Whether the discovery document contains ``end_session_endpoint``."""


class Mtls(Nested):
    """Mutual TLS."""

    enable_endpoint_aliases: bool | None = None
    """Whether there are aliases of the endpoints for mutual TLS (RFC 8705)."""


class PasswordStage(Nested):
    """What happens to a leaked password at one stage."""

    shields: list[str] | None = None
    """What is done, such as ``block`` or ``admin_notification``."""


class BreachedPasswordStages(Nested):
    """What happens to a leaked password, stage by stage."""

    pre_user_registration: PasswordStage | None = Field(
        default=None, validation_alias="pre-user-registration", serialization_alias="pre-user-registration"
    )
    """What is done before a sign-up."""
    pre_change_password: PasswordStage | None = Field(
        default=None, validation_alias="pre-change-password", serialization_alias="pre-change-password"
    )
    """What is done before a change of the password."""


class BreachedPasswordDetection(Nested):
    """What is done about passwords known to have leaked."""

    enabled: bool | None = None
    """Whether leaked passwords are detected."""
    shields: list[str] | None = None
    """What is done at a sign-in, such as ``block`` or ``user_notification``."""
    admin_notification_frequency: list[str] | None = None
    """When administrators are notified, such as ``immediately`` or ``daily``."""
    method: str | None = None
    """How leaked passwords are detected, such as ``standard`` or ``enhanced``."""
    stage: BreachedPasswordStages | None = None
    """What is done at the other stages."""


class BruteForceProtection(Nested):
    """What is done about one account being guessed at."""

    enabled: bool | None = None
    """Whether repeated failures to sign in are detected."""
    shields: list[str] | None = None
    """What is done, such as ``block`` or ``user_notification``."""
    allowlist: list[str] | None = None
    """The IP addresses that are never blocked."""
    mode: str | None = None
    """Whether failures are counted by account alone, or by account and IP address."""
    max_attempts: int | float | None = None
    """The number of failures that are allowed."""


class ThrottlingStage(Nested):
    """How often an address may try at one stage."""

    max_attempts: int | float | None = None
    """The number of attempts that are allowed."""
    rate: int | float | None = None
    """The interval at which a further attempt is allowed, in milliseconds."""


class ThrottlingStages(Nested):
    """How often an address may try, stage by stage."""

    pre_login: ThrottlingStage | None = Field(default=None, validation_alias="pre-login", serialization_alias="pre-login")
    """The limits of sign-ins."""
    pre_user_registration: ThrottlingStage | None = Field(
        default=None, validation_alias="pre-user-registration", serialization_alias="pre-user-registration"
    )
    """The limits of sign-ups."""


class SuspiciousIpThrottling(Nested):
    """What is done about one address trying many accounts."""

    enabled: bool | None = None
    """Whether attempts are counted by IP address."""
    shields: list[str] | None = None
    """What is done, such as ``block`` or ``admin_notification``."""
    allowlist: list[str] | None = None
    """The IP addresses that are never throttled."""
    stage: ThrottlingStages | None = None
    """The limits of each stage."""


class AttackProtection(Nested):
    """How a tenant defends itself."""

    breached_password_detection: BreachedPasswordDetection | None = None
    """What is done about leaked passwords."""
    brute_force_protection: BruteForceProtection | None = None
    """What is done about repeated failures to sign in to one account."""
    suspicious_ip_throttling: SuspiciousIpThrottling | None = None
    """What is done about many attempts from one IP address."""


class MfaFactors(Nested):
    """The second factors on offer."""

    sms: bool | None = False
    """Whether codes by text message are offered."""
    otp: bool | None = False
    """Whether one-time passwords of an authenticator app are offered."""
    email: bool | None = False
    """Whether codes by e-mail are offered."""
    push_notification: bool | None = False
    """Whether push notifications are offered."""
    webauthn_roaming: bool | None = False
    """Whether security keys are offered (WebAuthn)."""
    webauthn_platform: bool | None = False
    """Whether the device's own biometrics are offered (WebAuthn)."""
    recovery_code: bool | None = False
    """Whether recovery codes are offered."""
    duo: bool | None = False
    """Whether Duo is offered."""


class SmsProvider(Nested):
    """Who sends text messages."""

    provider: Literal["twilio", "vonage", "aws_sns", "phone_message_hook"] | None = None
    """The service that sends text messages."""


class TwilioSettings(Nested):
    """The account at Twilio."""

    sid: str | None = None
    """The account SID."""
    auth_token: Secret[str | None] = None
    """The authentication token."""
    from_: str | None = Field(default=None, validation_alias="from", serialization_alias="from")
    """The phone number that text messages are sent from."""
    messaging_service_sid: str | None = None
    """The SID of the messaging service that sends text messages."""


class PhoneMessage(Nested):
    """The text that is sent."""

    message: str | None = None
    """The text of the message."""


class TenantMfa(Nested):
    """When a second factor is asked for, and which."""

    policy: Literal["never", "always"] | None = "never"
    """Whether users always need a second factor."""
    factors: MfaFactors | None = None
    """The factors that are offered."""
    sms_provider: SmsProvider | None = None
    """The service that sends text messages."""
    twilio: TwilioSettings | None = None
    """The account at Twilio."""
    phone_message: PhoneMessage | None = None
    """The text message that is sent."""


class TenantFields(Model):
    """What an inserted and a stored tenant share."""

    audience: Varchar255 | None = None
    """The audience of the tenant's own API."""
    friendly_name: Varchar255
    """The name of the tenant that is shown to users."""
    picture_url: str | None = None
    """The address of the tenant's logo."""
    support_email: Varchar255 | None = None
    """The e-mail address of the support."""
    support_url: Varchar255 | None = None
    """The address of the support's page."""
    sender_email: Varchar255 | None = None
    """The e-mail address that e-mails are sent from."""
    sender_name: Varchar255 | None = None
    """The name that e-mails are sent from."""
    session_lifetime: Int32 | None = None
    """The lifetime of a session, in hours."""
    idle_session_lifetime: Int32 | None = None
    """The lifetime of a session that is not used, in hours."""
    ephemeral_session_lifetime: Int32 | None = None
    """The lifetime of a non-persistent session, in hours."""
    idle_ephemeral_session_lifetime: Int32 | None = None
    """The lifetime of a non-persistent session that is not used, in hours."""
    session_cookie: SessionCookie | None = None
    """The settings of the session cookie."""
    allowed_logout_urls: list[str] | None = None
    """The addresses to which users may be redirected after they have signed out."""
    default_redirection_uri: str | None = None
    """The address to which users are redirected when the request names no client."""
    default_client_id: Varchar255 | None = None
    """The identifier of the client that is used when a request names none."""
    enabled_locales: list[str] | None = None
    """The languages of the pages, the default one first."""
    default_directory: Varchar255 | None = None
    """The name of the connection that the resource-owner password grant uses."""
    error_page: ErrorPage | None = None
    """The page that shows errors."""
    flags: TenantFlags | None = None
    """What is switched on and off."""
    sandbox_version: Varchar50 | None = None
    """The version of the sandbox that runs custom code."""
    legacy_sandbox_version: Varchar50 | None = None
    """The version of the sandbox that runs legacy custom code."""
    sandbox_versions_available: list[str] | None = None
    """The versions of the sandbox from which the tenant may choose."""
    change_password: CustomPage | None = None
    """The page on which users change their password."""
    guardian_mfa_page: CustomPage | None = None
    """The page on which users are asked for a second factor."""
    device_flow: DeviceFlow | None = None
    """The settings of the device authorization grant (RFC 8628)."""
    default_token_quota: DefaultTokenQuota | None = None
    """The quotas of clients and organizations without one of their own."""
    default_audience: Varchar255 | None = None
    """The API that tokens are issued for when a request names none."""
    default_organization: Varchar255 | None = None
    """The organization that is used when a request names none."""
    sessions: TenantSessions | None = None
    """The settings of sessions."""
    oidc_logout: TenantOidcLogout | None = None
    """The settings of OpenID Connect logout."""
    allow_organization_name_in_authentication_api: bool | None = None
    """Whether the Authentication API accepts the name of an organization, beside its identifier."""
    customize_mfa_in_postlogin_action: bool | None = None
    """Whether an action after the sign-in decides about the second factor."""
    acr_values_supported: list[str] | None = None
    """The authentication context classes that the tenant supports."""
    mtls: Mtls | None = None
    """The settings of mutual TLS."""
    pushed_authorization_requests_supported: bool | None = None
    """Whether pushed authorization requests are supported (RFC 9126)."""
    authorization_response_iss_parameter_supported: bool | None = None
    """Whether authorization responses contain ``iss`` (RFC 9207)."""
    deployment_type: DeploymentType = "shared"
    """Whether the tenant shares its deployment or has one of its own."""
    provisioning_state: ProvisioningState = "ready"
    """How far the provisioning of the tenant is."""
    provisioning_error: str | None = None
    """Why the provisioning failed."""
    provisioning_state_changed_at: Instant | None = None
    """When ``provisioning_state`` was last changed."""
    bundle_configuration: str | None = None
    """The configuration of the tenant's bundle."""
    worker_version: str | None = None
    """The version of the tenant's worker."""
    database_version: str | None = None
    """The version of the tenant's database."""
    worker_script_name: str | None = None
    """The name of the tenant's worker script."""
    storage_kind: StorageKind | None = None
    """Where the tenant's data is stored."""
    d1_database_id: str | None = None
    """The identifier of the tenant's D1 database."""
    attack_protection: AttackProtection | None = None
    """How the tenant protects itself against attacks."""
    mfa: Secret[TenantMfa | None] = None
    """The settings of multi-factor authentication."""


class TenantInsert(TenantFields, Insert):
    """A tenant to be created."""

    id: Varchar255 | None = None
    """The identifier of the tenant; generated if it is omitted."""
    device_flow: DeviceFlowInsert | None = None
    provisioning_error: Annotated[str, StringConstraints(max_length=2048)] | None = None
    bundle_configuration: Annotated[str, StringConstraints(max_length=64)] | None = None
    worker_version: Annotated[str, StringConstraints(max_length=64)] | None = None
    database_version: Annotated[str, StringConstraints(max_length=64)] | None = None
    worker_script_name: Annotated[str, StringConstraints(max_length=255)] | None = None
    d1_database_id: Annotated[str, StringConstraints(max_length=64)] | None = None


class Tenant(TenantFields):
    """A tenant."""

    id: str
    """The identifier of the tenant."""
    created_at: Instant | None
    """When the tenant was created."""
    updated_at: Instant | None
    """When the tenant was last changed."""
    is_control_plane: bool | None = None
    """Whether the tenant manages the other tenants."""
