"""Tenants: who everything else belongs to, and the settings of each."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from .base import Insert, Instant, Model, Nested, Secret

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


class ErrorPage(Nested):
    """The page, or the address of one, that shows errors."""

    html: str | None = None
    show_log_link: bool | None = None
    url: str | None = None


class TenantFlags(Nested):
    """What is switched on and off for a tenant."""

    allow_changing_enable_sso: bool | None = None
    allow_legacy_delegation_grant_types: bool | None = None
    allow_legacy_ro_grant_types: bool | None = None
    allow_legacy_tokeninfo_endpoint: bool | None = None
    change_pwd_flow_v1: bool | None = None
    client_id_metadata_document_registration: bool | None = None
    custom_domains_provisioning: bool | None = None
    dashboard_insights_view: bool | None = None
    dashboard_log_streams_next: bool | None = None
    disable_clickjack_protection_headers: bool | None = None
    disable_fields_map_fix: bool | None = None
    disable_impersonation: bool | None = None
    disable_management_api_sms_obfuscation: bool | None = None
    enable_adfs_waad_email_verification: bool | None = None
    enable_apis_section: bool | None = None
    enable_client_connections: bool | None = None
    enable_custom_domain_in_emails: bool | None = None
    enable_dynamic_client_registration: bool | None = None
    dcr_require_initial_access_token: bool | None = None
    dcr_allowed_grant_types: list[str] | None = None
    allow_http_return_to: list[str] | None = None
    enable_idtoken_api2: bool | None = None
    enable_legacy_logs_search_v2: bool | None = None
    enable_legacy_profile: bool | None = None
    enable_pipeline2: bool | None = None
    enable_public_signup_user_exists_error: bool | None = None
    enable_sso: bool | None = None
    enforce_client_authentication_on_passwordless_start: bool | None = None
    genai_trial: bool | None = None
    improved_signup_bot_detection_in_classic: bool | None = None
    mfa_show_factor_list_on_enrollment: bool | None = None
    no_disclose_enterprise_connections: bool | None = None
    remove_alg_from_jwks: bool | None = None
    revoke_refresh_token_grant: bool | None = None
    trust_azure_adfs_email_verified_connection_property: bool | None = None
    use_scope_descriptions_for_consent: bool | None = None
    inherit_global_permissions_in_organizations: bool | None = None
    restrict_undefined_scopes: bool | None = None


class CustomPage(Nested):
    """A page of one's own in place of the usual one."""

    enabled: bool | None = None
    html: str | None = None


class DeviceFlow(Nested):
    """What the codes of the device flow look like."""

    charset: Literal["base20", "digits"] | None = None
    mask: str | None = None


class DeviceFlowInsert(DeviceFlow):
    """The same with the limit for new ones."""

    mask: Annotated[str, StringConstraints(max_length=20)] | None = None


class TokenQuota(Nested):
    """How many tokens may be issued."""

    client_credentials: dict[str, Any] | None = None


class DefaultTokenQuota(Nested):
    """The quotas of clients and organizations without one of their own."""

    clients: TokenQuota | None = None
    organizations: TokenQuota | None = None


class TenantSessions(Nested):
    """How sessions end."""

    oidc_logout_prompt_enabled: bool | None = None


class TenantOidcLogout(Nested):
    """What discovery says of the logout endpoint."""

    rp_logout_end_session_endpoint_discovery: bool | None = None


class Mtls(Nested):
    """Mutual TLS."""

    enable_endpoint_aliases: bool | None = None


class PasswordStage(Nested):
    """What happens to a leaked password at one stage."""

    shields: list[str] | None = None


class BreachedPasswordStages(Nested):
    """What happens to a leaked password, stage by stage."""

    pre_user_registration: PasswordStage | None = Field(
        default=None, validation_alias="pre-user-registration", serialization_alias="pre-user-registration"
    )
    pre_change_password: PasswordStage | None = Field(
        default=None, validation_alias="pre-change-password", serialization_alias="pre-change-password"
    )


class BreachedPasswordDetection(Nested):
    """What is done about passwords known to have leaked."""

    enabled: bool | None = None
    shields: list[str] | None = None
    admin_notification_frequency: list[str] | None = None
    method: str | None = None
    stage: BreachedPasswordStages | None = None


class BruteForceProtection(Nested):
    """What is done about one account being guessed at."""

    enabled: bool | None = None
    shields: list[str] | None = None
    allowlist: list[str] | None = None
    mode: str | None = None
    max_attempts: int | float | None = None


class ThrottlingStage(Nested):
    """How often an address may try at one stage."""

    max_attempts: int | float | None = None
    rate: int | float | None = None


class ThrottlingStages(Nested):
    """How often an address may try, stage by stage."""

    pre_login: ThrottlingStage | None = Field(default=None, validation_alias="pre-login", serialization_alias="pre-login")
    pre_user_registration: ThrottlingStage | None = Field(
        default=None, validation_alias="pre-user-registration", serialization_alias="pre-user-registration"
    )


class SuspiciousIpThrottling(Nested):
    """What is done about one address trying many accounts."""

    enabled: bool | None = None
    shields: list[str] | None = None
    allowlist: list[str] | None = None
    stage: ThrottlingStages | None = None


class AttackProtection(Nested):
    """How a tenant defends itself."""

    breached_password_detection: BreachedPasswordDetection | None = None
    brute_force_protection: BruteForceProtection | None = None
    suspicious_ip_throttling: SuspiciousIpThrottling | None = None


class MfaFactors(Nested):
    """The second factors on offer."""

    sms: bool | None = False
    otp: bool | None = False
    email: bool | None = False
    push_notification: bool | None = False
    webauthn_roaming: bool | None = False
    webauthn_platform: bool | None = False
    recovery_code: bool | None = False
    duo: bool | None = False


class SmsProvider(Nested):
    """Who sends text messages."""

    provider: Literal["twilio", "vonage", "aws_sns", "phone_message_hook"] | None = None


class TwilioSettings(Nested):
    """The account at Twilio."""

    sid: str | None = None
    auth_token: Secret[str | None] = None
    from_: str | None = Field(default=None, validation_alias="from", serialization_alias="from")
    messaging_service_sid: str | None = None


class PhoneMessage(Nested):
    """The text that is sent."""

    message: str | None = None


class TenantMfa(Nested):
    """When a second factor is asked for, and which."""

    policy: Literal["never", "always"] | None = "never"
    factors: MfaFactors | None = None
    sms_provider: SmsProvider | None = None
    twilio: TwilioSettings | None = None
    phone_message: PhoneMessage | None = None


class TenantFields(Model):
    """What an inserted and a stored tenant share."""

    audience: str | None = None
    friendly_name: str
    picture_url: str | None = None
    support_email: str | None = None
    support_url: str | None = None
    sender_email: str | None = None
    sender_name: str | None = None
    session_lifetime: int | None = None
    idle_session_lifetime: int | None = None
    ephemeral_session_lifetime: int | None = None
    idle_ephemeral_session_lifetime: int | None = None
    session_cookie: SessionCookie | None = None
    allowed_logout_urls: list[str] | None = None
    default_redirection_uri: str | None = None
    default_client_id: str | None = None
    enabled_locales: list[str] | None = None
    default_directory: str | None = None
    error_page: ErrorPage | None = None
    flags: TenantFlags | None = None
    sandbox_version: str | None = None
    legacy_sandbox_version: str | None = None
    sandbox_versions_available: list[str] | None = None
    change_password: CustomPage | None = None
    guardian_mfa_page: CustomPage | None = None
    device_flow: DeviceFlow | None = None
    default_token_quota: DefaultTokenQuota | None = None
    default_audience: str | None = None
    default_organization: str | None = None
    sessions: TenantSessions | None = None
    oidc_logout: TenantOidcLogout | None = None
    allow_organization_name_in_authentication_api: bool | None = None
    customize_mfa_in_postlogin_action: bool | None = None
    acr_values_supported: list[str] | None = None
    mtls: Mtls | None = None
    pushed_authorization_requests_supported: bool | None = None
    authorization_response_iss_parameter_supported: bool | None = None
    deployment_type: DeploymentType = "shared"
    provisioning_state: ProvisioningState = "ready"
    provisioning_error: str | None = None
    provisioning_state_changed_at: Instant | None = None
    bundle_configuration: str | None = None
    worker_version: str | None = None
    database_version: str | None = None
    worker_script_name: str | None = None
    storage_kind: StorageKind | None = None
    d1_database_id: str | None = None
    attack_protection: AttackProtection | None = None
    mfa: Secret[TenantMfa | None] = None


class TenantInsert(TenantFields, Insert):
    """A tenant to be created."""

    id: str | None = None
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
    created_at: Instant | None
    updated_at: Instant | None
    is_control_plane: bool | None = None
