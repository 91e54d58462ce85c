"""The tables, ordered so that each table follows the tables that its foreign keys reference.

Types, defaults, keys and indexes match AuthHero's, so that both can use the same database. If a column is wider here, ``authhero_type``
is its type in AuthHero. If an index or a key differs, a comment describes the difference.
"""

from __future__ import annotations

from .codecs import BOOL, EPOCH_MS, FLAG, INSTANT, INT, JSON, JSON_OR_TEXT, MARK, SWITCH, TEXT
from .schema import TRIGRAM_INDEX, Column, Columns, ForeignKey, Index, Registry, Table


class _Tenants(Columns):
    id: Column = Column(TEXT, 255, null=False)
    audience: Column = Column(TEXT, 255)
    sender_email: Column = Column(TEXT, 255)
    sender_name: Column = Column(TEXT, 255)
    created_at: Column = Column(INSTANT, 255, null=False)
    updated_at: Column = Column(INSTANT, 255, null=False)
    support_url: Column = Column(TEXT, 255)
    idle_session_lifetime: Column = Column(INT)
    session_lifetime: Column = Column(INT)
    session_cookie: Column = Column(JSON)
    allowed_logout_urls: Column = Column(JSON)
    ephemeral_session_lifetime: Column = Column(INT)
    idle_ephemeral_session_lifetime: Column = Column(INT)
    default_redirection_uri: Column = Column(TEXT)
    enabled_locales: Column = Column(JSON)
    default_directory: Column = Column(TEXT, 255)
    error_page: Column = Column(JSON)
    flags: Column = Column(JSON)
    friendly_name: Column = Column(TEXT, 255)
    picture_url: Column = Column(TEXT)
    support_email: Column = Column(TEXT, 255)
    sandbox_version: Column = Column(TEXT, 50)
    sandbox_versions_available: Column = Column(JSON)
    legacy_sandbox_version: Column = Column(TEXT, 50)
    change_password: Column = Column(JSON)
    guardian_mfa_page: Column = Column(JSON)
    device_flow: Column = Column(JSON)
    default_token_quota: Column = Column(JSON)
    default_audience: Column = Column(TEXT, 255)
    default_organization: Column = Column(TEXT, 255)
    sessions: Column = Column(JSON)
    oidc_logout: Column = Column(JSON)
    allow_organization_name_in_authentication_api: Column = Column(SWITCH)
    customize_mfa_in_postlogin_action: Column = Column(SWITCH)
    acr_values_supported: Column = Column(JSON)
    mtls: Column = Column(JSON)
    pushed_authorization_requests_supported: Column = Column(SWITCH)
    authorization_response_iss_parameter_supported: Column = Column(SWITCH)
    mfa: Column = Column(JSON, secret=True)
    attack_protection: Column = Column(JSON)
    default_client_id: Column = Column(TEXT, 255)
    deployment_type: Column = Column(TEXT, 16, null=False, default="shared")
    provisioning_state: Column = Column(TEXT, 16, null=False, default="ready")
    provisioning_error: Column = Column(TEXT, 2048)
    provisioning_state_changed_at: Column = Column(INSTANT, 35)
    bundle_configuration: Column = Column(TEXT, 64)
    worker_version: Column = Column(TEXT, 64)
    worker_script_name: Column = Column(TEXT, 255)
    storage_kind: Column = Column(TEXT, 32)
    d1_database_id: Column = Column(TEXT, 64)
    database_version: Column = Column(TEXT, 64)


TENANTS: Table[_Tenants] = Table(
    "tenants",
    _Tenants,
    key=("id",),
    indexes=(Index("idx_tenants_created_at", ("created_at", "id")),),
)


class _ActionExecutions(Columns):
    id: Column = Column(TEXT, 255, null=False)
    tenant_id: Column = Column(TEXT, 191, null=False)
    trigger_id: Column = Column(TEXT, 64, null=False)
    status: Column = Column(TEXT, 32, null=False)
    results: Column = Column(JSON, null=False)
    logs: Column = Column(JSON)
    created_at_ts: Column = Column(EPOCH_MS, null=False, field="created_at")
    updated_at_ts: Column = Column(EPOCH_MS, null=False, field="updated_at")


ACTION_EXECUTIONS: Table[_ActionExecutions] = Table(
    "action_executions",
    _ActionExecutions,
    key=("id",),
    indexes=(
        Index("idx_action_executions_created_at_ts", ("created_at_ts",)),
        Index("idx_action_executions_tenant", ("tenant_id", "id")),
    ),
)


class _ActionVersions(Columns):
    id: Column = Column(TEXT, 255, null=False)
    tenant_id: Column = Column(TEXT, 191, null=False)
    action_id: Column = Column(TEXT, 255, null=False)
    number: Column = Column(INT, null=False)
    code: Column = Column(TEXT, null=False, medium=True, authhero_type="text")
    runtime: Column = Column(TEXT, 50)
    secrets: Column = Column(JSON, secret=True)
    dependencies: Column = Column(JSON)
    supported_triggers: Column = Column(JSON)
    deployed: Column = Column(FLAG, null=False, default=0)
    created_at_ts: Column = Column(EPOCH_MS, null=False, field="created_at")
    updated_at_ts: Column = Column(EPOCH_MS, null=False, field="updated_at")


ACTION_VERSIONS: Table[_ActionVersions] = Table(
    "action_versions",
    _ActionVersions,
    key=("id",),
    indexes=(
        Index("idx_action_versions_action", ("tenant_id", "action_id")),
        Index("uniq_action_versions_action_number", ("tenant_id", "action_id", "number"), unique=True),
    ),
)


class _Actions(Columns):
    id: Column = Column(TEXT, 255, null=False)
    tenant_id: Column = Column(TEXT, 191, null=False)
    name: Column = Column(TEXT, 255, null=False)
    code: Column = Column(TEXT, null=False, medium=True, authhero_type="text")
    runtime: Column = Column(TEXT, 50)
    status: Column = Column(TEXT, 50, default="built")
    secrets: Column = Column(JSON, secret=True)
    dependencies: Column = Column(JSON)
    supported_triggers: Column = Column(JSON)
    deployed_at_ts: Column = Column(EPOCH_MS, field="deployed_at")
    created_at_ts: Column = Column(EPOCH_MS, null=False, field="created_at")
    updated_at_ts: Column = Column(EPOCH_MS, null=False, field="updated_at")
    is_system: Column = Column(FLAG, null=False, default=0)
    inherit: Column = Column(FLAG, null=False, default=0)


ACTIONS: Table[_Actions] = Table(
    "actions",
    _Actions,
    key=("id",),
    indexes=(Index("idx_actions_tenant", ("tenant_id",)),),
)


class _AuthenticationMethods(Columns):
    id: Column = Column(TEXT, 26, null=False)
    tenant_id: Column = Column(TEXT, 191, null=False, hidden=True)
    user_id: Column = Column(TEXT, 255, null=False)
    type: Column = Column(TEXT, 32, null=False)
    phone_number: Column = Column(TEXT, 32)
    totp_secret: Column = Column(TEXT, 255, secret=True)
    confirmed: Column = Column(FLAG, null=False, default=0)
    created_at_ts: Column = Column(EPOCH_MS, null=False, field="created_at")
    updated_at_ts: Column = Column(EPOCH_MS, null=False, field="updated_at")
    credential_id: Column = Column(TEXT, 512)
    public_key: Column = Column(TEXT)
    sign_count: Column = Column(INT)
    credential_backed_up: Column = Column(FLAG)
    transports: Column = Column(JSON, 512)
    friendly_name: Column = Column(TEXT, 255)


AUTHENTICATION_METHODS: Table[_AuthenticationMethods] = Table(
    "authentication_methods",
    _AuthenticationMethods,
    key=("id",),
    indexes=(
        Index("authentication_methods_credential_id_idx", ("credential_id",)),
        Index("mfa_enrollments_tenant_user_idx", ("tenant_id", "user_id")),
    ),
    foreign_keys=(ForeignKey(("tenant_id",), "tenants", ("id",)),),
)


class _Branding(Columns):
    tenant_id: Column = Column(TEXT, 255, null=False, hidden=True)
    logo_url: Column = Column(TEXT, 512)
    favicon_url: Column = Column(TEXT, 512)
    font_url: Column = Column(TEXT, 512, field="font.url")
    colors_primary: Column = Column(TEXT, 32, field="colors.primary", authhero_type="varchar(8)")
    colors_page_background_type: Column = Column(TEXT, 32, field="colors.page_background.type")
    colors_page_background_start: Column = Column(TEXT, 32, field="colors.page_background.start", authhero_type="varchar(8)")
    colors_page_background_end: Column = Column(TEXT, 32, field="colors.page_background.end", authhero_type="varchar(8)")
    colors_page_background_angle_dev: Column = Column(INT, field="colors.page_background.angle_deg")
    dark_mode: Column = Column(TEXT, 8)


BRANDING: Table[_Branding] = Table(
    "branding",
    _Branding,
    key=("tenant_id",),
    foreign_keys=(ForeignKey(("tenant_id",), "tenants", ("id",)),),
)


class _Clients(Columns):
    client_id: Column = Column(TEXT, 191, null=False)
    tenant_id: Column = Column(TEXT, 191, null=False, hidden=True)
    name: Column = Column(TEXT, 255, null=False)
    description: Column = Column(TEXT, 140)
    global_: Column = Column(FLAG, null=False, default=0, name="global")
    client_secret: Column = Column(TEXT, 255, secret=True)
    app_type: Column = Column(TEXT, 64, default="regular_web")
    logo_uri: Column = Column(TEXT, 2083)
    is_first_party: Column = Column(FLAG, null=False, default=0)
    oidc_conformant: Column = Column(FLAG, null=False, default=1)
    callbacks: Column = Column(JSON, null=False)
    allowed_origins: Column = Column(JSON, null=False)
    web_origins: Column = Column(JSON, null=False)
    client_aliases: Column = Column(JSON, null=False)
    allowed_clients: Column = Column(JSON, null=False)
    allowed_logout_urls: Column = Column(JSON, null=False)
    session_transfer: Column = Column(JSON, null=False)
    oidc_logout: Column = Column(JSON, null=False)
    grant_types: Column = Column(JSON, null=False)
    jwt_configuration: Column = Column(JSON, null=False)
    signing_keys: Column = Column(JSON, null=False, secret=True)
    encryption_key: Column = Column(JSON, null=False, secret=True)
    sso: Column = Column(FLAG, null=False, default=0)
    sso_disabled: Column = Column(FLAG, null=False, default=1)
    cross_origin_authentication: Column = Column(FLAG, null=False, default=0)
    cross_origin_loc: Column = Column(TEXT, 2083)
    custom_login_page_on: Column = Column(FLAG, null=False, default=0)
    custom_login_page: Column = Column(TEXT)
    custom_login_page_preview: Column = Column(TEXT)
    form_template: Column = Column(TEXT)
    addons: Column = Column(JSON, null=False, secret=True)
    token_endpoint_auth_method: Column = Column(TEXT, 64, default="client_secret_basic")
    client_metadata: Column = Column(JSON, null=False)
    mobile: Column = Column(JSON, null=False)
    initiate_login_uri: Column = Column(TEXT, 2083)
    native_social_login: Column = Column(JSON, null=False)
    refresh_token: Column = Column(JSON, null=False)
    default_organization: Column = Column(JSON, null=False)
    organization_usage: Column = Column(TEXT, 32, default="deny")
    organization_require_behavior: Column = Column(TEXT, 32, default="no_prompt")
    client_authentication_methods: Column = Column(JSON, null=False, secret=True)
    require_pushed_authorization_requests: Column = Column(FLAG, null=False, default=0)
    require_proof_of_possession: Column = Column(FLAG, null=False, default=0)
    signed_request_object: Column = Column(JSON, null=False)
    compliance_level: Column = Column(TEXT, 64)
    par_request_expiry: Column = Column(INT)
    token_quota: Column = Column(JSON, null=False)
    created_at: Column = Column(INSTANT, 35, null=False)
    updated_at: Column = Column(INSTANT, 35, null=False)
    connections: Column = Column(JSON)
    auth0_conformant: Column = Column(FLAG, default=1)
    owner_user_id: Column = Column(TEXT, 255)
    registration_type: Column = Column(TEXT, 32)
    registration_metadata: Column = Column(JSON)
    user_linking_mode: Column = Column(TEXT, 16)
    hide_sign_up_disabled_error: Column = Column(FLAG, null=False, default=0)


CLIENTS: Table[_Clients] = Table(
    "clients",
    _Clients,
    key=("tenant_id", "client_id"),
    indexes=(
        Index("idx_clients_owner_user_id", ("tenant_id", "owner_user_id")),
        Index("idx_clients_client_id", ("client_id",)),
        Index("idx_clients_tenant_created_at", ("tenant_id", "created_at", "client_id")),
    ),
    foreign_keys=(ForeignKey(("tenant_id",), "tenants", ("id",)),),
)


class _ClientGrants(Columns):
    id: Column = Column(TEXT, 21, null=False)
    tenant_id: Column = Column(TEXT, 191, null=False, hidden=True)
    client_id: Column = Column(TEXT, 191, null=False)
    audience: Column = Column(TEXT, 191, null=False)
    scope: Column = Column(JSON)
    organization_usage: Column = Column(TEXT, 32)
    allow_any_organization: Column = Column(FLAG, default=0)
    is_system: Column = Column(FLAG, default=0)
    subject_type: Column = Column(TEXT, 32)
    authorization_details_types: Column = Column(JSON)
    created_at: Column = Column(INSTANT, 35, null=False)
    updated_at: Column = Column(INSTANT, 35, null=False)


CLIENT_GRANTS: Table[_ClientGrants] = Table(
    "client_grants",
    _ClientGrants,
    key=("tenant_id", "id"),
    indexes=(
        Index("idx_client_grants_audience", ("audience",), unselective=True),
        Index("uq_client_grants_tenant_client_audience", ("tenant_id", "client_id", "audience"), unique=True),
        Index("idx_client_grants_tenant_created_at", ("tenant_id", "created_at", "id")),
    ),
    foreign_keys=(
        ForeignKey(("tenant_id", "client_id"), "clients", ("tenant_id", "client_id")),
        ForeignKey(("tenant_id",), "tenants", ("id",)),
    ),
)


class _ClientRegistrationTokens(Columns):
    id: Column = Column(TEXT, 255, null=False)
    tenant_id: Column = Column(TEXT, 191, null=False, hidden=True)
    token_hash: Column = Column(TEXT, 64, null=False, secret=True)
    type: Column = Column(TEXT, 8, null=False)
    client_id: Column = Column(TEXT, 191)
    sub: Column = Column(TEXT, 255)
    constraints: Column = Column(JSON)
    single_use: Column = Column(FLAG, null=False, default=0)
    used_at_ts: Column = Column(EPOCH_MS, field="used_at")
    expires_at_ts: Column = Column(EPOCH_MS, field="expires_at")
    created_at_ts: Column = Column(EPOCH_MS, null=False, field="created_at")
    revoked_at_ts: Column = Column(EPOCH_MS, field="revoked_at")


CLIENT_REGISTRATION_TOKENS: Table[_ClientRegistrationTokens] = Table(
    "client_registration_tokens",
    _ClientRegistrationTokens,
    key=("id",),
    indexes=(
        Index("idx_client_registration_tokens_client", ("tenant_id", "client_id")),
        Index("idx_client_registration_tokens_hash", ("tenant_id", "token_hash"), unique=True),
    ),
    foreign_keys=(ForeignKey(("tenant_id",), "tenants", ("id",)),),
)


class _Users(Columns):
    tenant_id: Column = Column(TEXT, 255, null=False, hidden=True)
    email: Column = Column(TEXT, 255)
    given_name: Column = Column(TEXT, 255)
    family_name: Column = Column(TEXT, 255)
    nickname: Column = Column(TEXT, 255)
    name: Column = Column(TEXT, 255)
    picture: Column = Column(TEXT)
    created_at: Column = Column(INSTANT, 35, null=False)
    updated_at: Column = Column(INSTANT, 35, null=False)
    linked_to: Column = Column(TEXT, 255)
    provider: Column = Column(TEXT, 255, null=False)
    connection: Column = Column(TEXT, 255, null=False)
    email_verified: Column = Column(BOOL, null=False)
    is_social: Column = Column(BOOL, null=False)
    app_metadata: Column = Column(JSON, null=False, default="{}")
    profileData: Column = Column(TEXT, secret=True)
    locale: Column = Column(TEXT, 64)
    user_id: Column = Column(TEXT, 255, null=False)
    phone_number: Column = Column(TEXT, 17)
    phone_verified: Column = Column(BOOL)
    username: Column = Column(TEXT, 128)
    user_metadata: Column = Column(JSON)
    middle_name: Column = Column(TEXT, 100)
    profile: Column = Column(TEXT)
    website: Column = Column(TEXT)
    gender: Column = Column(TEXT, 50)
    birthdate: Column = Column(TEXT, 10)
    zoneinfo: Column = Column(TEXT, 100)
    preferred_username: Column = Column(TEXT, 255)
    address: Column = Column(JSON)
    registration_completed_at: Column = Column(INSTANT, 35)
    blocked: Column = Column(BOOL)


USERS: Table[_Users] = Table(
    "users",
    _Users,
    key=("tenant_id", "user_id"),
    indexes=(
        Index("unique_email_provider", ("email", "provider", "tenant_id"), unique=True),
        Index("unique_username_provider", ("username", "provider", "tenant_id"), unique=True),
        Index("users_linked_to_index", ("linked_to",)),
        Index("users_name_index", ("name",)),
        Index("users_phone_tenant_provider_index", ("tenant_id", "phone_number", "provider")),
        # Not unique in AuthHero. MySQL requires a unique index on referenced columns, and these two are the primary key anyway.
        Index("users_user_id_tenant_id", ("user_id", "tenant_id"), unique=True),
        Index("idx_users_tenant_created_at", ("tenant_id", "created_at", "user_id")),
    ),
    foreign_keys=(ForeignKey(("tenant_id",), "tenants", ("id",)),),
    search=(
        Index("idx_users_search_email", ("tenant_id", "lower(email)")),
        Index("idx_users_search_name", ("tenant_id", "lower(name)")),
        Index("idx_users_search_text", ("lower(email)", "lower(name)", "lower(phone_number)"), extra=TRIGRAM_INDEX),
    ),
)


class _Codes(Columns):
    code_id: Column = Column(TEXT, 255, null=False, secret=True)
    tenant_id: Column = Column(TEXT, 255, null=False, hidden=True)
    user_id: Column = Column(TEXT, 255)
    login_id: Column = Column(TEXT, 255)
    connection_id: Column = Column(TEXT, 255)
    code_type: Column = Column(TEXT, 255, null=False)
    created_at: Column = Column(INSTANT, 255, null=False)
    expires_at: Column = Column(INSTANT, 255, null=False)
    used_at: Column = Column(INSTANT, 255)
    code_verifier: Column = Column(TEXT, 128, secret=True)
    code_challenge: Column = Column(TEXT, 128, secret=True)
    code_challenge_method: Column = Column(TEXT, 5)
    redirect_uri: Column = Column(TEXT, 1024)
    nonce: Column = Column(TEXT, 1024, secret=True)
    state: Column = Column(TEXT, 2048, secret=True)
    otp: Column = Column(TEXT, 32, secret=True)
    expires_at_ts: Column = Column(EPOCH_MS, hidden=True)


CODES: Table[_Codes] = Table(
    "codes",
    _Codes,
    key=("code_id", "code_type", "tenant_id"),
    indexes=(
        Index("FK_codes_user_id_tenant_id_constraint", ("user_id", "tenant_id")),
        Index("idx_codes_expires_at_ts", ("expires_at_ts",)),
        Index("idx_codes_tenant_created_at", ("tenant_id", "created_at", "code_id")),
    ),
    foreign_keys=(
        ForeignKey(("user_id", "tenant_id"), "users", ("user_id", "tenant_id")),
        ForeignKey(("tenant_id",), "tenants", ("id",)),
    ),
)


class _Connections(Columns):
    id: Column = Column(TEXT, 255, null=False)
    tenant_id: Column = Column(TEXT, 255, null=False, hidden=True)
    name: Column = Column(TEXT, 255, null=False)
    response_type: Column = Column(TEXT, 255)
    response_mode: Column = Column(TEXT, 255)
    strategy: Column = Column(TEXT, 64)
    options: Column = Column(JSON, null=False, default="{}", secret=True, authhero_type="varchar(8192)")
    created_at: Column = Column(INSTANT, 255, null=False)
    updated_at: Column = Column(INSTANT, 255, null=False)
    display_name: Column = Column(TEXT, 255)
    is_domain_connection: Column = Column(FLAG)
    show_as_button: Column = Column(FLAG)
    metadata: Column = Column(JSON, 4096)
    is_system: Column = Column(MARK, null=False, default=0)


CONNECTIONS: Table[_Connections] = Table(
    "connections",
    _Connections,
    key=("tenant_id", "id"),
    indexes=(Index("idx_connections_tenant_name", ("tenant_id", "name", "id")),),
    foreign_keys=(ForeignKey(("tenant_id",), "tenants", ("id",)),),
)


class _ControlPlaneCommKeys(Columns):
    kid: Column = Column(TEXT, 255, null=False)
    tenant_id: Column = Column(TEXT, 255, null=False, hidden=True)
    public_jwk: Column = Column(JSON, null=False)
    created_at: Column = Column(INSTANT, 35, null=False)
    revoked_at: Column = Column(INSTANT, 35)


CONTROL_PLANE_COMM_KEYS: Table[_ControlPlaneCommKeys] = Table(
    "control_plane_comm_keys",
    _ControlPlaneCommKeys,
    key=("kid",),
    indexes=(Index("control_plane_comm_keys_tenant_id_created_at_idx", ("tenant_id", "created_at")),),
)


class _CustomDomains(Columns):
    custom_domain_id: Column = Column(TEXT, 256, null=False)
    tenant_id: Column = Column(TEXT, 255, null=False, hidden=True)
    domain: Column = Column(TEXT, 255, null=False)
    primary: Column = Column(BOOL, null=False)
    status: Column = Column(TEXT, 50, null=False)
    type: Column = Column(TEXT, 50, null=False)
    origin_domain_name: Column = Column(TEXT, 255)
    verification: Column = Column(JSON, 2048)
    custom_client_ip_header: Column = Column(TEXT, 50)
    tls_policy: Column = Column(TEXT, 50)
    domain_metadata: Column = Column(JSON, 2048)
    created_at: Column = Column(INSTANT, 35, null=False, hidden=True)
    updated_at: Column = Column(INSTANT, 35, null=False, hidden=True)


CUSTOM_DOMAINS: Table[_CustomDomains] = Table(
    "custom_domains",
    _CustomDomains,
    key=("custom_domain_id",),
    indexes=(
        Index("idx_custom_domains_domain", ("domain",)),
        Index("idx_custom_domains_tenant", ("tenant_id",)),
    ),
    foreign_keys=(ForeignKey(("tenant_id",), "tenants", ("id",)),),
)


class _CustomText(Columns):
    tenant_id: Column = Column(TEXT, 191, null=False, hidden=True)
    prompt: Column = Column(TEXT, 64, null=False)
    language: Column = Column(TEXT, 16, null=False)
    custom_text: Column = Column(JSON, null=False)
    created_at_ts: Column = Column(EPOCH_MS, null=False, field="created_at", hidden=True)
    updated_at_ts: Column = Column(EPOCH_MS, null=False, field="updated_at", hidden=True)


CUSTOM_TEXT: Table[_CustomText] = Table(
    "custom_text",
    _CustomText,
    key=("tenant_id", "prompt", "language"),
    foreign_keys=(ForeignKey(("tenant_id",), "tenants", ("id",)),),
)


class _EmailProviders(Columns):
    tenant_id: Column = Column(TEXT, 255, null=False, hidden=True)
    name: Column = Column(TEXT, 255, null=False)
    enabled: Column = Column(BOOL, null=False)
    default_from_address: Column = Column(TEXT, 255)
    credentials: Column = Column(JSON, 2048, null=False, default="{}", secret=True)
    settings: Column = Column(JSON, 2048, null=False, default="{}")
    created_at: Column = Column(INSTANT, 29, null=False, hidden=True)
    updated_at: Column = Column(INSTANT, 29, null=False, hidden=True)


EMAIL_PROVIDERS: Table[_EmailProviders] = Table(
    "email_providers",
    _EmailProviders,
    key=("tenant_id",),
)


class _EmailTemplates(Columns):
    tenant_id: Column = Column(TEXT, 255, null=False, hidden=True)
    template: Column = Column(TEXT, 64, null=False)
    body: Column = Column(TEXT, null=False)
    from_: Column = Column(TEXT, 255, null=False, name="from")
    subject: Column = Column(TEXT, 255, null=False)
    syntax: Column = Column(TEXT, 16, null=False, default="liquid")
    result_url: Column = Column(TEXT, 2048, field="resultUrl")
    url_lifetime_in_seconds: Column = Column(INT, field="urlLifetimeInSeconds")
    include_email_in_redirect: Column = Column(FLAG, null=False, default=0, field="includeEmailInRedirect")
    enabled: Column = Column(FLAG, null=False, default=1)
    created_at: Column = Column(INSTANT, 35, null=False, hidden=True)
    updated_at: Column = Column(INSTANT, 35, null=False, hidden=True)


EMAIL_TEMPLATES: Table[_EmailTemplates] = Table(
    "email_templates",
    _EmailTemplates,
    key=("tenant_id", "template"),
    foreign_keys=(ForeignKey(("tenant_id",), "tenants", ("id",)),),
)


class _Flows(Columns):
    id: Column = Column(TEXT, 24, null=False)
    tenant_id: Column = Column(TEXT, 191, null=False, hidden=True)
    name: Column = Column(TEXT, 150, null=False)
    actions: Column = Column(JSON)
    created_at: Column = Column(INSTANT, 35, null=False)
    updated_at: Column = Column(INSTANT, 35, null=False)


FLOWS: Table[_Flows] = Table(
    "flows",
    _Flows,
    key=("id",),
    indexes=(Index("flows_tenant_id_idx", ("tenant_id",)),),
)


class _Forms(Columns):
    id: Column = Column(TEXT, 255, null=False)
    name: Column = Column(TEXT, 255, null=False)
    tenant_id: Column = Column(TEXT, 255, null=False, hidden=True)
    messages: Column = Column(JSON, authhero_type="varchar(255)")
    languages: Column = Column(JSON, authhero_type="varchar(255)")
    translations: Column = Column(JSON, authhero_type="varchar(4096)")
    nodes: Column = Column(JSON, authhero_type="varchar(4096)")
    start: Column = Column(JSON, authhero_type="varchar(255)")
    ending: Column = Column(JSON, authhero_type="varchar(255)")
    style: Column = Column(JSON, authhero_type="varchar(1042)")
    created_at: Column = Column(INSTANT, 255, null=False)
    updated_at: Column = Column(INSTANT, 255, null=False)


FORMS: Table[_Forms] = Table(
    "forms",
    _Forms,
    key=("id",),
    indexes=(Index("forms_tenant_id_idx", ("tenant_id",)),),
)


class _Grants(Columns):
    id: Column = Column(TEXT, 21, null=False)
    tenant_id: Column = Column(TEXT, 191, null=False, hidden=True)
    user_id: Column = Column(TEXT, 191, null=False)
    client_id: Column = Column(TEXT, 191, null=False, field="clientID")
    audience: Column = Column(TEXT, 191, null=False, default="", authhero_type="varchar(100)")
    scope: Column = Column(JSON, null=False)
    created_at: Column = Column(INSTANT, 35, null=False, hidden=True)
    updated_at: Column = Column(INSTANT, 35, null=False, hidden=True)


GRANTS: Table[_Grants] = Table(
    "grants",
    _Grants,
    key=("id",),
    indexes=(
        Index("grants_natural_key_idx", ("tenant_id", "user_id", "client_id", "audience"), unique=True),
        Index("grants_tenant_user_idx", ("tenant_id", "user_id")),
        Index("grants_user_id_constraint", ("user_id", "tenant_id")),
        Index("idx_grants_tenant_created_at", ("tenant_id", "created_at", "id")),
    ),
    foreign_keys=(
        ForeignKey(("tenant_id",), "tenants", ("id",)),
        ForeignKey(("user_id", "tenant_id"), "users", ("user_id", "tenant_id")),
    ),
)


class _HookCode(Columns):
    id: Column = Column(TEXT, 21, null=False)
    tenant_id: Column = Column(TEXT, 191, null=False)
    code: Column = Column(TEXT, null=False, medium=True, authhero_type="text")
    secrets: Column = Column(JSON, secret=True)
    created_at_ts: Column = Column(EPOCH_MS, null=False, field="created_at")
    updated_at_ts: Column = Column(EPOCH_MS, null=False, field="updated_at")


HOOK_CODE: Table[_HookCode] = Table(
    "hook_code",
    _HookCode,
    key=("id",),
    indexes=(Index("idx_hook_code_tenant", ("tenant_id",)),),
)


class _Hooks(Columns):
    hook_id: Column = Column(TEXT, 21, null=False)
    tenant_id: Column = Column(TEXT, 255, null=False, hidden=True)
    trigger_id: Column = Column(TEXT, 255, null=False)
    enabled: Column = Column(BOOL, null=False)
    synchronous: Column = Column(BOOL, null=False, default=0)
    priority: Column = Column(INT)
    form_id: Column = Column(TEXT, 128)
    url: Column = Column(TEXT, 512)
    template_id: Column = Column(TEXT, 64)
    created_at_ts: Column = Column(EPOCH_MS, field="created_at")
    updated_at_ts: Column = Column(EPOCH_MS, field="updated_at")
    code_id: Column = Column(TEXT, 21)
    metadata: Column = Column(JSON)
    page_id: Column = Column(TEXT, 64)
    permission_required: Column = Column(TEXT, 255)


HOOKS: Table[_Hooks] = Table(
    "hooks",
    _Hooks,
    key=("hook_id",),
    indexes=(Index("idx_hooks_tenant", ("tenant_id",)),),
    foreign_keys=(ForeignKey(("tenant_id",), "tenants", ("id",)),),
)


class _Invites(Columns):
    id: Column = Column(TEXT, 21, null=False)
    tenant_id: Column = Column(TEXT, 191, null=False, hidden=True)
    organization_id: Column = Column(TEXT, 64, null=False, authhero_type="varchar(21)")
    inviter: Column = Column(JSON, null=False)
    invitee: Column = Column(JSON, null=False)
    client_id: Column = Column(TEXT, 191, null=False)
    connection_id: Column = Column(TEXT, 255, authhero_type="varchar(21)")
    invitation_url: Column = Column(TEXT, null=False, secret=True)
    created_at: Column = Column(INSTANT, 35, null=False)
    expires_at: Column = Column(INSTANT, 35, null=False)
    app_metadata: Column = Column(JSON)
    user_metadata: Column = Column(JSON)
    roles: Column = Column(JSON)
    ticket_id: Column = Column(TEXT, 191, secret=True)
    ttl_sec: Column = Column(INT)
    send_invitation_email: Column = Column(FLAG)


INVITES: Table[_Invites] = Table(
    "invites",
    _Invites,
    key=("id",),
    indexes=(
        Index("idx_invites_expires_at", ("expires_at",)),
        Index("idx_invites_organization_id", ("organization_id",)),
        Index("idx_invites_tenant_created", ("tenant_id", "created_at")),
    ),
)


class _Keys(Columns):
    kid: Column = Column(TEXT, 255, null=False)
    tenant_id: Column = Column(TEXT, 255)
    created_at: Column = Column(INSTANT, 255, null=False, hidden=True)
    revoked_at: Column = Column(INSTANT, 255)
    cert: Column = Column(TEXT, 4096)
    pkcs7: Column = Column(TEXT, 4096, secret=True)
    fingerprint: Column = Column(TEXT, 256)
    thumbprint: Column = Column(TEXT, 256)
    current_since: Column = Column(INSTANT, 256)
    current_until: Column = Column(INSTANT, 256)
    type: Column = Column(TEXT, 50, null=False, default="jwt_signing")
    connection: Column = Column(TEXT, 255)


KEYS: Table[_Keys] = Table(
    "keys",
    _Keys,
    key=("kid",),
    indexes=(Index("idx_keys_tenant", ("tenant_id",)),),
    foreign_keys=(ForeignKey(("tenant_id",), "tenants", ("id",)),),
)


class _LogStreams(Columns):
    id: Column = Column(TEXT, 64, null=False)
    tenant_id: Column = Column(TEXT, 191, null=False, hidden=True)
    name: Column = Column(TEXT, 255, null=False)
    type: Column = Column(TEXT, 64, null=False)
    status: Column = Column(TEXT, 32, null=False)
    sink: Column = Column(JSON, null=False, secret=True)
    filters: Column = Column(JSON)
    is_priority: Column = Column(BOOL, field="isPriority")
    created_at: Column = Column(INSTANT, 35, null=False)
    updated_at: Column = Column(INSTANT, 35, null=False)


LOG_STREAMS: Table[_LogStreams] = Table(
    "log_streams",
    _LogStreams,
    key=("id",),
    indexes=(Index("idx_log_streams_tenant_id", ("tenant_id",)),),
)


class _Sessions(Columns):
    id: Column = Column(TEXT, 26, null=False)
    tenant_id: Column = Column(TEXT, 191, null=False, hidden=True)
    user_id: Column = Column(TEXT, 255)
    device: Column = Column(JSON, null=False)
    clients: Column = Column(JSON, null=False)
    login_session_id: Column = Column(TEXT, 26)
    created_at_ts: Column = Column(EPOCH_MS, field="created_at")
    updated_at_ts: Column = Column(EPOCH_MS, field="updated_at")
    expires_at_ts: Column = Column(EPOCH_MS, field="expires_at")
    idle_expires_at_ts: Column = Column(EPOCH_MS, field="idle_expires_at")
    authenticated_at_ts: Column = Column(EPOCH_MS, field="authenticated_at")
    last_interaction_at_ts: Column = Column(EPOCH_MS, field="last_interaction_at")
    used_at_ts: Column = Column(EPOCH_MS, field="used_at")
    revoked_at_ts: Column = Column(EPOCH_MS, field="revoked_at")


SESSIONS: Table[_Sessions] = Table(
    "sessions",
    _Sessions,
    key=("tenant_id", "id"),
    indexes=(
        Index("idx_sessions_expires_at_ts", ("expires_at_ts",)),
        Index("idx_sessions_idle_expires_at_ts", ("idle_expires_at_ts",)),
        Index("idx_sessions_user_id", ("tenant_id", "user_id")),
        Index("sessions_user_fk", ("user_id", "tenant_id")),
        Index("idx_sessions_tenant_created_at", ("tenant_id", "created_at_ts nulls first", "id")),
    ),
    foreign_keys=(ForeignKey(("user_id", "tenant_id"), "users", ("user_id", "tenant_id")),),
)


class _LoginSessions(Columns):
    id: Column = Column(TEXT, 26, null=False)
    tenant_id: Column = Column(TEXT, 255, null=False, hidden=True)
    session_id: Column = Column(TEXT, 26)
    csrf_token: Column = Column(TEXT, 26, secret=True)
    authorization_url: Column = Column(TEXT, secret=True, truncate=True)
    ip: Column = Column(TEXT, 45, authhero_type="varchar(39)")
    useragent: Column = Column(TEXT)
    auth0Client: Column = Column(TEXT, 255)
    state: Column = Column(TEXT, 50, default="pending")
    state_data: Column = Column(TEXT, secret=True)
    failure_reason: Column = Column(TEXT)
    user_id: Column = Column(TEXT, 255)
    created_at_ts: Column = Column(EPOCH_MS, field="created_at")
    updated_at_ts: Column = Column(EPOCH_MS, field="updated_at")
    expires_at_ts: Column = Column(EPOCH_MS, field="expires_at")
    auth_connection: Column = Column(TEXT, 255)
    auth_strategy_strategy: Column = Column(TEXT, 64, field="auth_strategy.strategy")
    auth_strategy_strategy_type: Column = Column(TEXT, 64, field="auth_strategy.strategy_type")
    authenticated_at: Column = Column(INSTANT, 35)
    auth_params: Column = Column(JSON, field="authParams", secret=True)


LOGIN_SESSIONS: Table[_LoginSessions] = Table(
    "login_sessions",
    _LoginSessions,
    key=("tenant_id", "id"),
    indexes=(
        Index("idx_login_sessions_expires_at_ts", ("expires_at_ts",)),
        Index("login_sessions_id_index", ("id",)),
        Index("login_sessions_session_fk", ("tenant_id", "session_id")),
        # AuthHero has a second index on the same column: login_sessions_state_updated_idx.
        Index("login_sessions_state_idx", ("state",)),
        Index("login_sessions_tenant_user_idx", ("tenant_id", "user_id")),
    ),
    foreign_keys=(
        ForeignKey(("tenant_id", "session_id"), "sessions", ("tenant_id", "id")),
        ForeignKey(("tenant_id",), "tenants", ("id",)),
    ),
)


class _Logs(Columns):
    log_id: Column = Column(TEXT, 21, null=False)
    category: Column = Column(TEXT, 255, hidden=True)
    tenant_id: Column = Column(TEXT, 255, hidden=True, authhero_type="varchar(64)")
    user_id: Column = Column(TEXT, 255, authhero_type="varchar(64)")
    ip: Column = Column(TEXT, 255)
    type: Column = Column(TEXT, 64, null=False, authhero_type="varchar(8)")
    date: Column = Column(INSTANT, 25, null=False)
    client_id: Column = Column(TEXT, 255)
    client_name: Column = Column(TEXT, 255)
    user_agent: Column = Column(TEXT, 255, truncate=True)
    description: Column = Column(TEXT, 255, truncate=True)
    details: Column = Column(JSON_OR_TEXT, truncate=True, authhero_type="varchar(2048)")
    isMobile: Column = Column(FLAG)
    user_name: Column = Column(TEXT, 255)
    connection: Column = Column(TEXT, 255)
    connection_id: Column = Column(TEXT, 255)
    audience: Column = Column(TEXT, 255)
    scope: Column = Column(TEXT, 255)
    strategy: Column = Column(TEXT, 255)
    strategy_type: Column = Column(TEXT, 255)
    hostname: Column = Column(TEXT, 255)
    auth0_client: Column = Column(JSON, 8192)
    session_connection: Column = Column(TEXT, 255, hidden=True)
    country_code: Column = Column(TEXT, 2, field="location_info.country_code")
    country_code3: Column = Column(TEXT, 3, hidden=True)
    country_name: Column = Column(TEXT, 255, hidden=True)
    city_name: Column = Column(TEXT, 255, field="location_info.city_name")
    latitude: Column = Column(TEXT, 255, field="location_info.latitude")
    longitude: Column = Column(TEXT, 255, field="location_info.longitude")
    time_zone: Column = Column(TEXT, 255, field="location_info.time_zone")
    continent_code: Column = Column(TEXT, 2, field="location_info.continent_code")


LOGS: Table[_Logs] = Table(
    "logs",
    _Logs,
    key=("log_id",),
    indexes=(
        Index("logs_date", ("date",)),
        Index("logs_tenant_id", ("tenant_id",)),
        Index("logs_user_id", ("user_id",)),
        Index("idx_logs_tenant_date", ("tenant_id", "date", "log_id")),
        # Precedes the index on the less selective type, because INDEXED BY names the first of two equally suitable indexes on SQLite.
        Index("idx_logs_tenant_user_date", ("tenant_id", "user_id", "date", "log_id")),
        Index("idx_logs_tenant_type_date", ("tenant_id", "type", "date", "log_id"), unselective=True),
    ),
)


class _MigrationSources(Columns):
    id: Column = Column(TEXT, 64, null=False)
    tenant_id: Column = Column(TEXT, 191, null=False, hidden=True)
    name: Column = Column(TEXT, 255, null=False)
    provider: Column = Column(TEXT, 32, null=False)
    connection: Column = Column(TEXT, 255, null=False)
    enabled: Column = Column(BOOL, null=False)
    credentials: Column = Column(JSON, null=False, secret=True)
    created_at: Column = Column(INSTANT, 35, null=False)
    updated_at: Column = Column(INSTANT, 35, null=False)


MIGRATION_SOURCES: Table[_MigrationSources] = Table(
    "migration_sources",
    _MigrationSources,
    key=("id",),
    indexes=(Index("idx_migration_sources_tenant_id", ("tenant_id",)),),
)


class _Migrations(Columns):
    id: Column = Column(TEXT, 255, null=False)
    tenant_id: Column = Column(TEXT, 255, null=False, hidden=True)
    provider: Column = Column(TEXT, 255)
    client_id: Column = Column(TEXT, 255)
    origin: Column = Column(TEXT, 255)
    domain: Column = Column(TEXT, 255)
    created_at: Column = Column(INSTANT, 255, null=False)
    updated_at: Column = Column(INSTANT, 255, null=False)


MIGRATIONS: Table[_Migrations] = Table(
    "migrations",
    _Migrations,
    key=("id",),
    indexes=(Index("idx_migrations_tenant", ("tenant_id",)),),
    foreign_keys=(ForeignKey(("tenant_id",), "tenants", ("id",)),),
)


class _Organizations(Columns):
    id: Column = Column(TEXT, 256, null=False)
    tenant_id: Column = Column(TEXT, 256, null=False, hidden=True)
    name: Column = Column(TEXT, 256, null=False)
    display_name: Column = Column(TEXT, 256)
    branding: Column = Column(JSON)
    metadata: Column = Column(JSON)
    enabled_connections: Column = Column(JSON)
    token_quota: Column = Column(JSON)
    created_at: Column = Column(INSTANT, 256, null=False)
    updated_at: Column = Column(INSTANT, 256, null=False)


ORGANIZATIONS: Table[_Organizations] = Table(
    "organizations",
    _Organizations,
    key=("id",),
    indexes=(
        Index("idx_organizations_tenant_name_unique", ("tenant_id", "name"), unique=True),
        Index("idx_organizations_tenant_created_at", ("tenant_id", "created_at", "id")),
    ),
)


class _OrganizationConnections(Columns):
    tenant_id: Column = Column(TEXT, 191, null=False, hidden=True)
    organization_id: Column = Column(TEXT, 64, null=False, hidden=True, authhero_type="varchar(21)")
    connection_id: Column = Column(TEXT, 191, null=False)
    assign_membership_on_login: Column = Column(BOOL, null=False, default=0)
    show_as_button: Column = Column(BOOL, null=False, default=1)
    is_signup_enabled: Column = Column(BOOL, null=False, default=1)
    created_at: Column = Column(INSTANT, 35, null=False)
    updated_at: Column = Column(INSTANT, 35, null=False)


ORGANIZATION_CONNECTIONS: Table[_OrganizationConnections] = Table(
    "organization_connections",
    _OrganizationConnections,
    # AuthHero has no primary key here. Its unique index on the same columns is redundant with this key.
    key=("tenant_id", "organization_id", "connection_id"),
    indexes=(
        Index("idx_organization_connections_tenant_connection", ("tenant_id", "connection_id")),
        Index("idx_organization_connections_tenant_org", ("tenant_id", "organization_id")),
        Index("organization_connections_organization_fk", ("organization_id",)),
    ),
    foreign_keys=(
        ForeignKey(("tenant_id", "connection_id"), "connections", ("tenant_id", "id")),
        ForeignKey(("organization_id",), "organizations", ("id",)),
    ),
)


class _OutboxEvents(Columns):
    id: Column = Column(TEXT, 21, null=False)
    tenant_id: Column = Column(TEXT, 191, null=False, hidden=True)
    event_type: Column = Column(TEXT, 255, null=False)
    log_type: Column = Column(TEXT, 64, null=False)
    aggregate_type: Column = Column(TEXT, 64, null=False)
    aggregate_id: Column = Column(TEXT, 255, null=False)
    payload: Column = Column(JSON, null=False, secret=True)
    created_at: Column = Column(INSTANT, 35, null=False)
    processed_at: Column = Column(INSTANT, 35)
    retry_count: Column = Column(INT, null=False, default=0)
    next_retry_at: Column = Column(INSTANT, 35)
    error: Column = Column(TEXT)
    claimed_by: Column = Column(TEXT, 64)
    claim_expires_at: Column = Column(INSTANT, 35)
    dead_lettered_at: Column = Column(INSTANT, 35)
    final_error: Column = Column(TEXT)


OUTBOX_EVENTS: Table[_OutboxEvents] = Table(
    "outbox_events",
    _OutboxEvents,
    key=("id",),
    indexes=(
        Index("idx_outbox_claim", ("processed_at", "claim_expires_at", "next_retry_at", "created_at")),
        Index("idx_outbox_events_tenant_dead_lettered", ("tenant_id", "dead_lettered_at")),
        Index("idx_outbox_tenant_type", ("tenant_id", "event_type", "created_at")),
        Index("idx_outbox_unprocessed", ("processed_at", "created_at")),
    ),
)


class _Passwords(Columns):
    id: Column = Column(TEXT, 21, null=False)
    user_id: Column = Column(TEXT, 191, null=False)
    tenant_id: Column = Column(TEXT, 191, null=False, hidden=True)
    password: Column = Column(TEXT, 255, null=False, secret=True)
    algorithm: Column = Column(TEXT, 255, null=False, default="bcrypt")
    created_at: Column = Column(INSTANT, 35, null=False)
    updated_at: Column = Column(INSTANT, 35, null=False)
    is_current: Column = Column(FLAG, null=False, default=1)


PASSWORDS: Table[_Passwords] = Table(
    "passwords",
    _Passwords,
    key=("id",),
    indexes=(
        Index("password_history_user_id_tenant_id_constraint", ("user_id", "tenant_id")),
        Index("idx_passwords_tenant", ("tenant_id",)),
    ),
    foreign_keys=(
        ForeignKey(("tenant_id",), "tenants", ("id",)),
        ForeignKey(("user_id", "tenant_id"), "users", ("user_id", "tenant_id")),
    ),
)


class _PromptSettings(Columns):
    tenant_id: Column = Column(TEXT, 191, null=False, hidden=True, authhero_type="varchar(64)")
    universal_login_experience: Column = Column(TEXT, 16, null=False, default="new")
    identifier_first: Column = Column(BOOL, null=False, default=1)
    password_first: Column = Column(BOOL, null=False, default=0)
    webauthn_platform_first_factor: Column = Column(BOOL, null=False, default=0)
    show_last_used_connection: Column = Column(BOOL)


PROMPT_SETTINGS: Table[_PromptSettings] = Table(
    "prompt_settings",
    _PromptSettings,
    key=("tenant_id",),
)


class _ProxyRoutes(Columns):
    id: Column = Column(TEXT, 64, null=False)
    tenant_id: Column = Column(TEXT, 255, null=False)
    custom_domain_id: Column = Column(TEXT, 256, null=False)
    priority: Column = Column(INT, null=False, default=100)
    created_at: Column = Column(INSTANT, 35, null=False)
    updated_at: Column = Column(INSTANT, 35, null=False)
    match: Column = Column(JSON, 2048, null=False, default='{"path":"/*"}')
    handlers: Column = Column(JSON, null=False, secret=True)


PROXY_ROUTES: Table[_ProxyRoutes] = Table(
    "proxy_routes",
    _ProxyRoutes,
    key=("id",),
    indexes=(
        Index("proxy_routes_custom_domain_id_idx", ("custom_domain_id",)),
        Index("proxy_routes_tenant_id_idx", ("tenant_id",)),
    ),
)


class _RefreshTokens(Columns):
    id: Column = Column(TEXT, 26, null=False)
    tenant_id: Column = Column(TEXT, 255, null=False, hidden=True)
    client_id: Column = Column(TEXT, 191, null=False)
    user_id: Column = Column(TEXT, 255)
    resource_servers: Column = Column(JSON, null=False)
    device: Column = Column(JSON, null=False)
    rotating: Column = Column(BOOL, null=False)
    created_at_ts: Column = Column(EPOCH_MS, field="created_at")
    expires_at_ts: Column = Column(EPOCH_MS, field="expires_at")
    idle_expires_at_ts: Column = Column(EPOCH_MS, field="idle_expires_at")
    last_exchanged_at_ts: Column = Column(EPOCH_MS, field="last_exchanged_at")
    login_id: Column = Column(TEXT, 26, null=False)
    revoked_at_ts: Column = Column(EPOCH_MS, field="revoked_at")
    token_lookup: Column = Column(TEXT, 16, secret=True)
    token_hash: Column = Column(TEXT, 64, secret=True)
    family_id: Column = Column(TEXT, 26)
    rotated_to: Column = Column(TEXT, 26)
    rotated_at_ts: Column = Column(EPOCH_MS, field="rotated_at")


REFRESH_TOKENS: Table[_RefreshTokens] = Table(
    "refresh_tokens",
    _RefreshTokens,
    key=("tenant_id", "id"),
    indexes=(
        Index("idx_refresh_tokens_expires_at_ts", ("expires_at_ts",)),
        Index("idx_refresh_tokens_family_id", ("tenant_id", "family_id")),
        Index("idx_refresh_tokens_idle_expires_at_ts", ("idle_expires_at_ts",)),
        Index("idx_refresh_tokens_login_id", ("login_id",)),
        Index("idx_refresh_tokens_token_lookup", ("tenant_id", "token_lookup")),
        Index("idx_refresh_tokens_user_id", ("tenant_id", "user_id")),
        Index("refresh_tokens_client_fk", ("tenant_id", "client_id"), unselective=True),
        Index("idx_refresh_tokens_tenant_created_at", ("tenant_id", "created_at_ts nulls first", "id")),
    ),
    foreign_keys=(
        ForeignKey(("tenant_id", "client_id"), "clients", ("tenant_id", "client_id")),
        ForeignKey(("tenant_id",), "tenants", ("id",)),
    ),
)


class _ResourceServers(Columns):
    id: Column = Column(TEXT, 21, null=False)
    tenant_id: Column = Column(TEXT, 191, null=False, hidden=True)
    identifier: Column = Column(TEXT, 191, null=False)
    name: Column = Column(TEXT, 255, null=False)
    scopes: Column = Column(JSON)
    signing_alg: Column = Column(TEXT, 64)
    signing_secret: Column = Column(TEXT, 2048, secret=True)
    token_lifetime: Column = Column(INT)
    token_lifetime_for_web: Column = Column(INT)
    skip_consent_for_verifiable_first_party_clients: Column = Column(FLAG)
    allow_offline_access: Column = Column(FLAG)
    verification_key: Column = Column(TEXT, 4096, field="verificationKey")
    options: Column = Column(JSON, 4096)
    created_at: Column = Column(INSTANT, 35, null=False)
    updated_at: Column = Column(INSTANT, 35, null=False)
    is_system: Column = Column(MARK, null=False, default=0)
    metadata: Column = Column(JSON, 4096)


RESOURCE_SERVERS: Table[_ResourceServers] = Table(
    "resource_servers",
    _ResourceServers,
    key=("tenant_id", "id"),
    indexes=(Index("resource_servers_tenant_identifier_uq", ("tenant_id", "identifier"), unique=True),),
)


class _RolePermissions(Columns):
    tenant_id: Column = Column(TEXT, 191, null=False, hidden=True)
    role_id: Column = Column(TEXT, 21, null=False)
    resource_server_identifier: Column = Column(TEXT, 191, null=False)
    permission_name: Column = Column(TEXT, 191, null=False)
    created_at: Column = Column(INSTANT, 35, null=False)


ROLE_PERMISSIONS: Table[_RolePermissions] = Table(
    "role_permissions",
    _RolePermissions,
    key=("tenant_id", "role_id", "resource_server_identifier", "permission_name"),
    indexes=(Index("role_permissions_permission_fk", ("tenant_id", "resource_server_identifier", "permission_name")),),
)


class _Roles(Columns):
    id: Column = Column(TEXT, 21, null=False)
    tenant_id: Column = Column(TEXT, 191, null=False, hidden=True)
    name: Column = Column(TEXT, 50, null=False)
    description: Column = Column(TEXT, 255)
    created_at: Column = Column(INSTANT, 35, null=False)
    updated_at: Column = Column(INSTANT, 35, null=False)
    is_system: Column = Column(MARK, null=False, default=0)
    metadata: Column = Column(JSON, 4096)


ROLES: Table[_Roles] = Table(
    "roles",
    _Roles,
    key=("tenant_id", "id"),
    indexes=(Index("roles_tenant_name_uq", ("tenant_id", "name"), unique=True),),
)


class _Rollouts(Columns):
    id: Column = Column(TEXT, 255, null=False)
    kind: Column = Column(TEXT, 32, null=False)
    status: Column = Column(TEXT, 32, null=False)
    target_worker_version: Column = Column(TEXT, 255)
    target_database_version: Column = Column(TEXT, 255)
    wave_size: Column = Column(INT, null=False, default=10)
    canary_tenant_ids: Column = Column(JSON)
    filter: Column = Column(JSON)
    initiated_by: Column = Column(TEXT, 255)
    created_at: Column = Column(INSTANT, 35, null=False)
    updated_at: Column = Column(INSTANT, 35, null=False)
    finished_at: Column = Column(INSTANT, 35)


ROLLOUTS: Table[_Rollouts] = Table(
    "rollouts",
    _Rollouts,
    key=("id",),
)


class _TenantOperations(Columns):
    id: Column = Column(TEXT, 255, null=False)
    tenant_id: Column = Column(TEXT, 255)
    rollout_id: Column = Column(TEXT, 255)
    kind: Column = Column(TEXT, 32, null=False)
    status: Column = Column(TEXT, 32, null=False)
    current_step: Column = Column(TEXT, 255)
    engine: Column = Column(TEXT, 64, null=False)
    engine_instance_id: Column = Column(TEXT, 100)
    target_worker_version: Column = Column(TEXT, 255)
    target_database_version: Column = Column(TEXT, 255)
    error: Column = Column(TEXT)
    initiated_by: Column = Column(TEXT, 255)
    created_at: Column = Column(INSTANT, 35, null=False)
    updated_at: Column = Column(INSTANT, 35, null=False)
    finished_at: Column = Column(INSTANT, 35)


TENANT_OPERATIONS: Table[_TenantOperations] = Table(
    "tenant_operations",
    _TenantOperations,
    key=("id",),
    indexes=(
        Index("tenant_operations_rollout_id_idx", ("rollout_id",)),
        Index("tenant_operations_status_idx", ("status",)),
        Index("tenant_operations_tenant_id_created_at_idx", ("tenant_id", "created_at")),
    ),
)


class _TenantOperationEvents(Columns):
    id: Column = Column(TEXT, 255, null=False)
    operation_id: Column = Column(TEXT, 255, null=False)
    step: Column = Column(TEXT, 255, null=False)
    outcome: Column = Column(TEXT, 32, null=False)
    detail: Column = Column(JSON)
    attempt: Column = Column(INT, null=False, default=1)
    created_at: Column = Column(INSTANT, 35, null=False)


TENANT_OPERATION_EVENTS: Table[_TenantOperationEvents] = Table(
    "tenant_operation_events",
    _TenantOperationEvents,
    key=("id",),
    indexes=(Index("tenant_operation_events_operation_id_created_at_idx", ("operation_id", "created_at")),),
    foreign_keys=(ForeignKey(("operation_id",), "tenant_operations", ("id",)),),
)


class _Themes(Columns):
    tenant_id: Column = Column(TEXT, 191, null=False, hidden=True)
    themeId: Column = Column(TEXT, 21, null=False)
    displayName: Column = Column(TEXT, 255, null=False)
    colors_primary_button_label: Column = Column(TEXT, 24, null=False, field="colors.primary_button_label")
    colors_primary_button: Column = Column(TEXT, 24, null=False, field="colors.primary_button")
    colors_secondary_button_border: Column = Column(TEXT, 24, null=False, field="colors.secondary_button_border")
    colors_secondary_button_label: Column = Column(TEXT, 24, null=False, field="colors.secondary_button_label")
    colors_base_focus_color: Column = Column(TEXT, 24, null=False, field="colors.base_focus_color")
    colors_base_hover_color: Column = Column(TEXT, 24, null=False, field="colors.base_hover_color")
    colors_body_text: Column = Column(TEXT, 24, null=False, field="colors.body_text")
    colors_captcha_widget_theme: Column = Column(TEXT, 24, null=False, field="colors.captcha_widget_theme")
    colors_error: Column = Column(TEXT, 24, null=False, field="colors.error")
    colors_header: Column = Column(TEXT, 24, null=False, field="colors.header")
    colors_icons: Column = Column(TEXT, 24, null=False, field="colors.icons")
    colors_input_background: Column = Column(TEXT, 24, null=False, field="colors.input_background")
    colors_input_border: Column = Column(TEXT, 24, null=False, field="colors.input_border")
    colors_input_filled_text: Column = Column(TEXT, 24, null=False, field="colors.input_filled_text")
    colors_input_labels_placeholders: Column = Column(TEXT, 24, null=False, field="colors.input_labels_placeholders")
    colors_links_focused_components: Column = Column(TEXT, 24, null=False, field="colors.links_focused_components")
    colors_success: Column = Column(TEXT, 24, null=False, field="colors.success")
    colors_widget_background: Column = Column(TEXT, 24, null=False, field="colors.widget_background")
    colors_widget_border: Column = Column(TEXT, 24, null=False, field="colors.widget_border")
    borders_button_border_radius: Column = Column(INT, null=False, field="borders.button_border_radius")
    borders_button_border_weight: Column = Column(INT, null=False, field="borders.button_border_weight")
    borders_buttons_style: Column = Column(TEXT, 24, null=False, field="borders.buttons_style")
    borders_input_border_radius: Column = Column(INT, null=False, field="borders.input_border_radius")
    borders_input_border_weight: Column = Column(INT, null=False, field="borders.input_border_weight")
    borders_inputs_style: Column = Column(TEXT, 24, null=False, field="borders.inputs_style")
    borders_show_widget_shadow: Column = Column(BOOL, null=False, field="borders.show_widget_shadow")
    borders_widget_border_weight: Column = Column(INT, null=False, field="borders.widget_border_weight")
    borders_widget_corner_radius: Column = Column(INT, null=False, field="borders.widget_corner_radius")
    fonts_body_text_bold: Column = Column(FLAG, null=False, field="fonts.body_text.bold")
    fonts_body_text_size: Column = Column(INT, null=False, field="fonts.body_text.size")
    fonts_buttons_text_bold: Column = Column(FLAG, null=False, field="fonts.buttons_text.bold")
    fonts_buttons_text_size: Column = Column(INT, null=False, field="fonts.buttons_text.size")
    fonts_font_url: Column = Column(TEXT, 255, null=False, field="fonts.font_url")
    fonts_input_labels_bold: Column = Column(FLAG, null=False, field="fonts.input_labels.bold")
    fonts_input_labels_size: Column = Column(INT, null=False, field="fonts.input_labels.size")
    fonts_links_bold: Column = Column(BOOL, null=False, field="fonts.links.bold")
    fonts_links_size: Column = Column(INT, null=False, field="fonts.links.size")
    fonts_links_style: Column = Column(TEXT, 24, null=False, field="fonts.links_style")
    fonts_reference_text_size: Column = Column(INT, null=False, field="fonts.reference_text_size")
    fonts_subtitle_bold: Column = Column(BOOL, null=False, field="fonts.subtitle.bold")
    fonts_subtitle_size: Column = Column(INT, null=False, field="fonts.subtitle.size")
    fonts_title_bold: Column = Column(BOOL, null=False, field="fonts.title.bold")
    fonts_title_size: Column = Column(INT, null=False, field="fonts.title.size")
    page_background_background_color: Column = Column(TEXT, 24, null=False, field="page_background.background_color")
    page_background_background_image_url: Column = Column(TEXT, 255, null=False, field="page_background.background_image_url")
    page_background_page_layout: Column = Column(TEXT, 24, null=False, field="page_background.page_layout")
    widget_header_text_alignment: Column = Column(TEXT, 24, null=False, field="widget.header_text_alignment")
    widget_logo_height: Column = Column(INT, null=False, field="widget.logo_height")
    widget_logo_position: Column = Column(TEXT, 24, null=False, field="widget.logo_position")
    widget_logo_url: Column = Column(TEXT, 255, null=False, field="widget.logo_url")
    widget_social_buttons_layout: Column = Column(TEXT, 24, null=False, field="widget.social_buttons_layout")
    created_at: Column = Column(INSTANT, 35, null=False, hidden=True)
    updated_at: Column = Column(INSTANT, 35, null=False, hidden=True)


THEMES: Table[_Themes] = Table(
    "themes",
    _Themes,
    key=("tenant_id", "themeId"),
    foreign_keys=(ForeignKey(("tenant_id",), "tenants", ("id",)),),
)


class _UniversalLoginTemplates(Columns):
    tenant_id: Column = Column(TEXT, 191, null=False, hidden=True)
    body: Column = Column(TEXT, null=False)
    updated_at_ts: Column = Column(EPOCH_MS, null=False, field="updated_at", hidden=True)
    created_at_ts: Column = Column(EPOCH_MS, null=False, field="created_at", hidden=True)


UNIVERSAL_LOGIN_TEMPLATES: Table[_UniversalLoginTemplates] = Table(
    "universal_login_templates",
    _UniversalLoginTemplates,
    key=("tenant_id",),
    foreign_keys=(ForeignKey(("tenant_id",), "tenants", ("id",)),),
)


class _UserActivity(Columns):
    tenant_id: Column = Column(TEXT, 255, null=False, hidden=True)
    user_id: Column = Column(TEXT, 255, null=False)
    last_login: Column = Column(INSTANT, 35)
    last_ip: Column = Column(TEXT, 45)
    login_count: Column = Column(INT, null=False, default=0)
    failed_logins: Column = Column(JSON)
    last_password_reset: Column = Column(INSTANT, 35)


USER_ACTIVITY: Table[_UserActivity] = Table(
    "user_activity",
    _UserActivity,
    key=("tenant_id", "user_id"),
    indexes=(Index("user_activity_user_id_constraint", ("user_id", "tenant_id")),),
    foreign_keys=(ForeignKey(("user_id", "tenant_id"), "users", ("user_id", "tenant_id")),),
)


class _UserOrganizations(Columns):
    id: Column = Column(TEXT, 256, null=False)
    tenant_id: Column = Column(TEXT, 256, null=False, hidden=True)
    user_id: Column = Column(TEXT, 256, null=False)
    organization_id: Column = Column(TEXT, 256, null=False)
    created_at: Column = Column(INSTANT, 256, null=False)
    updated_at: Column = Column(INSTANT, 256, null=False)


USER_ORGANIZATIONS: Table[_UserOrganizations] = Table(
    "user_organizations",
    _UserOrganizations,
    key=("id",),
    indexes=(
        Index("idx_user_organizations_organization_id", ("organization_id",)),
        Index("idx_user_organizations_unique", ("tenant_id", "user_id", "organization_id"), unique=True),
        Index("idx_user_organizations_user_id", ("user_id",)),
        Index("idx_user_organizations_tenant_created_at", ("tenant_id", "created_at", "id")),
        Index("idx_user_organizations_members", ("organization_id", "created_at", "id")),
    ),
    foreign_keys=(
        ForeignKey(("organization_id",), "organizations", ("id",)),
        ForeignKey(("tenant_id", "user_id"), "users", ("tenant_id", "user_id")),
    ),
)


class _UserPermissions(Columns):
    tenant_id: Column = Column(TEXT, 191, null=False)
    user_id: Column = Column(TEXT, 191, null=False)
    resource_server_identifier: Column = Column(TEXT, 100, null=False)
    permission_name: Column = Column(TEXT, 191, null=False)
    organization_id: Column = Column(TEXT, 64, null=False, default="", authhero_type="varchar(21)")
    created_at: Column = Column(INSTANT, 35, null=False)


USER_PERMISSIONS: Table[_UserPermissions] = Table(
    "user_permissions",
    _UserPermissions,
    key=("tenant_id", "user_id", "resource_server_identifier", "permission_name", "organization_id"),
    indexes=(
        Index("user_permissions_organization_fk", ("organization_id",)),
        Index("user_permissions_permission_fk", ("tenant_id", "resource_server_identifier", "permission_name")),
        Index("user_permissions_user_fk", ("tenant_id", "user_id")),
    ),
)


class _UserRoles(Columns):
    tenant_id: Column = Column(TEXT, 191, null=False)
    user_id: Column = Column(TEXT, 191, null=False)
    role_id: Column = Column(TEXT, 21, null=False)
    organization_id: Column = Column(TEXT, 191, null=False, default="")
    created_at: Column = Column(INSTANT, 35, null=False)


USER_ROLES: Table[_UserRoles] = Table(
    "user_roles",
    _UserRoles,
    key=("tenant_id", "user_id", "role_id", "organization_id"),
    indexes=(
        Index("user_roles_organization_fk", ("organization_id",)),
        Index("user_roles_role_fk", ("tenant_id", "role_id")),
        Index("user_roles_user_fk", ("tenant_id", "user_id")),
        Index("idx_user_roles_role_user", ("tenant_id", "role_id", "user_id")),
    ),
)


class _ScimConfigurations(Columns):
    connection_id: Column = Column(TEXT, 255, null=False)
    tenant_id: Column = Column(TEXT, 255, null=False, hidden=True)
    user_id_attribute: Column = Column(TEXT, 255, null=False, default="externalId")
    mapping: Column = Column(JSON, null=False)
    created_at: Column = Column(INSTANT, 35, null=False)
    updated_at: Column = Column(INSTANT, 35, null=False)


SCIM_CONFIGURATIONS: Table[_ScimConfigurations] = Table(
    "scim_configurations",
    _ScimConfigurations,
    key=("tenant_id", "connection_id"),
)


class _ScimTokens(Columns):
    token_id: Column = Column(TEXT, 64, null=False)
    tenant_id: Column = Column(TEXT, 255, null=False, hidden=True)
    connection_id: Column = Column(TEXT, 255, null=False)
    token_hash: Column = Column(TEXT, 128, null=False, secret=True)
    scopes: Column = Column(JSON, null=False)
    valid_until: Column = Column(INSTANT, 35)
    created_at: Column = Column(INSTANT, 35, null=False)
    last_used_at: Column = Column(INSTANT, 35)


SCIM_TOKENS: Table[_ScimTokens] = Table(
    "scim_tokens",
    _ScimTokens,
    key=("tenant_id", "token_id"),
    indexes=(
        Index("scim_tokens_tenant_connection_idx", ("tenant_id", "connection_id")),
        Index("scim_tokens_tenant_hash_idx", ("tenant_id", "token_hash"), unique=True),
    ),
)


class _ScimExternalIds(Columns):
    tenant_id: Column = Column(TEXT, 255, null=False, hidden=True)
    connection_id: Column = Column(TEXT, 255, null=False)
    external_id: Column = Column(TEXT, 255, null=False)
    user_id: Column = Column(TEXT, 255, null=False)
    created_at: Column = Column(INSTANT, 35, null=False)


SCIM_EXTERNAL_IDS: Table[_ScimExternalIds] = Table(
    "scim_external_ids",
    _ScimExternalIds,
    key=("tenant_id", "connection_id", "user_id"),
    indexes=(Index("scim_external_ids_connection_external_idx", ("tenant_id", "connection_id", "external_id"), unique=True),),
)

# Collects the tables of this module in declaration order, so that a new table needs no further registration.
REGISTRY: Registry = Registry(*(value for value in list(vars().values()) if isinstance(value, Table)))
"""The tables by name."""
