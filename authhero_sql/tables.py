"""All tables, in an order in which each stands after those it refers to.

Types, defaults, keys and indexes are AuthHero's, so that both work on one database. Where a column is wider here, ``was`` says
what it is there; where an index or a key differs, a comment at the place does.
"""

from __future__ import annotations

from typing import Any

from .codecs import BOOL, EPOCH_MS, FLAG, INSTANT, INT, JSON, JSON_OR_TEXT, MARK, TEXT
from .models import (
    Client,
    ClientInsert,
    Code,
    CodeInsert,
    Connection,
    ConnectionInsert,
    Log,
    LogInsert,
    LoginSession,
    LoginSessionInsert,
    Password,
    PasswordInsert,
    RefreshToken,
    RefreshTokenInsert,
    Session,
    SessionInsert,
    SigningKey,
    Tenant,
    TenantInsert,
    User,
    UserActivity,
    UserInsert,
)
from .schema import Column, ForeignKey, Index, Registry, Table

TENANTS: Table[Tenant] = Table(
    "tenants",
    key=("id",),
    columns=(
        Column("id", TEXT, 255, null=False),
        Column("audience", TEXT, 255),
        Column("sender_email", TEXT, 255),
        Column("sender_name", TEXT, 255),
        Column("created_at", INSTANT, 255, null=False),
        Column("updated_at", INSTANT, 255, null=False),
        Column("support_url", TEXT, 255),
        Column("idle_session_lifetime", INT),
        Column("session_lifetime", INT),
        Column("session_cookie", JSON),
        Column("allowed_logout_urls", JSON),
        Column("ephemeral_session_lifetime", INT),
        Column("idle_ephemeral_session_lifetime", INT),
        Column("default_redirection_uri", TEXT),
        Column("enabled_locales", JSON),
        Column("default_directory", TEXT, 255),
        Column("error_page", JSON),
        Column("flags", JSON),
        Column("friendly_name", TEXT, 255),
        Column("picture_url", TEXT),
        Column("support_email", TEXT, 255),
        Column("sandbox_version", TEXT, 50),
        Column("sandbox_versions_available", JSON),
        Column("legacy_sandbox_version", TEXT, 50),
        Column("change_password", JSON),
        Column("guardian_mfa_page", JSON),
        Column("device_flow", JSON),
        Column("default_token_quota", JSON),
        Column("default_audience", TEXT, 255),
        Column("default_organization", TEXT, 255),
        Column("sessions", JSON),
        Column("oidc_logout", JSON),
        Column("allow_organization_name_in_authentication_api", FLAG),
        Column("customize_mfa_in_postlogin_action", FLAG),
        Column("acr_values_supported", JSON),
        Column("mtls", JSON),
        Column("pushed_authorization_requests_supported", FLAG),
        Column("authorization_response_iss_parameter_supported", FLAG),
        Column("mfa", JSON, secret=True),
        Column("attack_protection", JSON),
        Column("default_client_id", TEXT, 255),
        Column("deployment_type", TEXT, 16, null=False, default="shared"),
        Column("provisioning_state", TEXT, 16, null=False, default="ready"),
        Column("provisioning_error", TEXT, 2048),
        Column("provisioning_state_changed_at", INSTANT, 35),
        Column("bundle_configuration", TEXT, 64),
        Column("worker_version", TEXT, 64),
        Column("worker_script_name", TEXT, 255),
        Column("storage_kind", TEXT, 32),
        Column("d1_database_id", TEXT, 64),
        Column("database_version", TEXT, 64),
    ),
    model=Tenant,
    insert=TenantInsert,
)

ACTION_EXECUTIONS: Table[Any] = Table(
    "action_executions",
    key=("id",),
    columns=(
        Column("id", TEXT, 255, null=False),
        Column("tenant_id", TEXT, 191, null=False),
        Column("trigger_id", TEXT, 64, null=False),
        Column("status", TEXT, 32, null=False),
        Column("results", JSON, null=False),
        Column("logs", JSON),
        Column("created_at_ts", EPOCH_MS, null=False, field="created_at"),
        Column("updated_at_ts", EPOCH_MS, null=False, field="updated_at"),
    ),
    indexes=(
        Index("idx_action_executions_created_at_ts", ("created_at_ts",)),
        Index("idx_action_executions_tenant", ("tenant_id", "id")),
    ),
)

ACTION_VERSIONS: Table[Any] = Table(
    "action_versions",
    key=("id",),
    columns=(
        Column("id", TEXT, 255, null=False),
        Column("tenant_id", TEXT, 191, null=False),
        Column("action_id", TEXT, 255, null=False),
        Column("number", INT, null=False),
        Column("code", TEXT, null=False, medium=True, was="text"),
        Column("runtime", TEXT, 50),
        Column("secrets", JSON, secret=True),
        Column("dependencies", JSON),
        Column("supported_triggers", JSON),
        Column("deployed", FLAG, null=False, default=0),
        Column("created_at_ts", EPOCH_MS, null=False, field="created_at"),
        Column("updated_at_ts", EPOCH_MS, null=False, field="updated_at"),
    ),
    indexes=(
        Index("idx_action_versions_action", ("tenant_id", "action_id")),
        Index("uniq_action_versions_action_number", ("tenant_id", "action_id", "number"), unique=True),
    ),
)

ACTIONS: Table[Any] = Table(
    "actions",
    key=("id",),
    columns=(
        Column("id", TEXT, 255, null=False),
        Column("tenant_id", TEXT, 191, null=False),
        Column("name", TEXT, 255, null=False),
        Column("code", TEXT, null=False, medium=True, was="text"),
        Column("runtime", TEXT, 50),
        Column("status", TEXT, 50, default="built"),
        Column("secrets", JSON, secret=True),
        Column("dependencies", JSON),
        Column("supported_triggers", JSON),
        Column("deployed_at_ts", EPOCH_MS, field="deployed_at"),
        Column("created_at_ts", EPOCH_MS, null=False, field="created_at"),
        Column("updated_at_ts", EPOCH_MS, null=False, field="updated_at"),
        Column("is_system", MARK, null=False, default=0),
        Column("inherit", FLAG, null=False, default=0),
    ),
    indexes=(
        Index("idx_actions_tenant", ("tenant_id",)),
    ),
)

AUTHENTICATION_METHODS: Table[Any] = Table(
    "authentication_methods",
    key=("id",),
    columns=(
        Column("id", TEXT, 26, null=False),
        Column("tenant_id", TEXT, 191, null=False, hidden=True),
        Column("user_id", TEXT, 255, null=False),
        Column("type", TEXT, 32, null=False),
        Column("phone_number", TEXT, 32),
        Column("totp_secret", TEXT, 255, secret=True),
        Column("confirmed", FLAG, null=False, default=0),
        Column("created_at_ts", EPOCH_MS, null=False, field="created_at"),
        Column("updated_at_ts", EPOCH_MS, null=False, field="updated_at"),
        Column("credential_id", TEXT, 512),
        Column("public_key", TEXT),
        Column("sign_count", INT),
        Column("credential_backed_up", FLAG),
        Column("transports", JSON, 512),
        Column("friendly_name", TEXT, 255),
    ),
    indexes=(
        Index("authentication_methods_credential_id_idx", ("credential_id",)),
        Index("mfa_enrollments_tenant_user_idx", ("tenant_id", "user_id")),
    ),
    foreign_keys=(
        ForeignKey(("tenant_id",), "tenants", ("id",)),
    ),
)

BRANDING: Table[Any] = Table(
    "branding",
    key=("tenant_id",),
    columns=(
        Column("tenant_id", TEXT, 255, null=False, hidden=True),
        Column("logo_url", TEXT, 512),
        Column("favicon_url", TEXT, 512),
        Column("font_url", TEXT, 512, field="font.url"),
        Column("colors_primary", TEXT, 8, field="colors.primary"),
        Column("colors_page_background_type", TEXT, 32, field="colors.page_background.type"),
        Column("colors_page_background_start", TEXT, 8, field="colors.page_background.start"),
        Column("colors_page_background_end", TEXT, 8, field="colors.page_background.end"),
        Column("colors_page_background_angle_dev", INT, field="colors.page_background.angle_deg"),
        Column("dark_mode", TEXT, 8),
    ),
    foreign_keys=(
        ForeignKey(("tenant_id",), "tenants", ("id",)),
    ),
)

CLIENTS: Table[Client] = Table(
    "clients",
    key=("tenant_id", "client_id"),
    columns=(
        Column("client_id", TEXT, 191, null=False),
        Column("tenant_id", TEXT, 191, null=False, hidden=True),
        Column("name", TEXT, 255, null=False),
        Column("description", TEXT, 140),
        Column("global", FLAG, null=False, default=0),
        Column("client_secret", TEXT, 255, secret=True),
        Column("app_type", TEXT, 64, default="regular_web"),
        Column("logo_uri", TEXT, 2083),
        Column("is_first_party", FLAG, null=False, default=0),
        Column("oidc_conformant", FLAG, null=False, default=1),
        Column("callbacks", JSON, null=False),
        Column("allowed_origins", JSON, null=False),
        Column("web_origins", JSON, null=False),
        Column("client_aliases", JSON, null=False),
        Column("allowed_clients", JSON, null=False),
        Column("allowed_logout_urls", JSON, null=False),
        Column("session_transfer", JSON, null=False),
        Column("oidc_logout", JSON, null=False),
        Column("grant_types", JSON, null=False),
        Column("jwt_configuration", JSON, null=False),
        Column("signing_keys", JSON, null=False, secret=True),
        Column("encryption_key", JSON, null=False, secret=True),
        Column("sso", FLAG, null=False, default=0),
        Column("sso_disabled", FLAG, null=False, default=1),
        Column("cross_origin_authentication", FLAG, null=False, default=0),
        Column("cross_origin_loc", TEXT, 2083),
        Column("custom_login_page_on", FLAG, null=False, default=0),
        Column("custom_login_page", TEXT),
        Column("custom_login_page_preview", TEXT),
        Column("form_template", TEXT),
        Column("addons", JSON, null=False),
        Column("token_endpoint_auth_method", TEXT, 64, default="client_secret_basic"),
        Column("client_metadata", JSON, null=False),
        Column("mobile", JSON, null=False),
        Column("initiate_login_uri", TEXT, 2083),
        Column("native_social_login", JSON, null=False),
        Column("refresh_token", JSON, null=False),
        Column("default_organization", JSON, null=False),
        Column("organization_usage", TEXT, 32, default="deny"),
        Column("organization_require_behavior", TEXT, 32, default="no_prompt"),
        Column("client_authentication_methods", JSON, null=False, secret=True),
        Column("require_pushed_authorization_requests", FLAG, null=False, default=0),
        Column("require_proof_of_possession", FLAG, null=False, default=0),
        Column("signed_request_object", JSON, null=False),
        Column("compliance_level", TEXT, 64),
        Column("par_request_expiry", INT),
        Column("token_quota", JSON, null=False),
        Column("created_at", INSTANT, 35, null=False),
        Column("updated_at", INSTANT, 35, null=False),
        Column("connections", JSON),
        Column("auth0_conformant", FLAG, default=1),
        Column("owner_user_id", TEXT, 255),
        Column("registration_type", TEXT, 32),
        Column("registration_metadata", JSON),
        Column("user_linking_mode", TEXT, 16),
        Column("hide_sign_up_disabled_error", FLAG, null=False, default=0),
    ),
    indexes=(
        Index("idx_clients_owner_user_id", ("tenant_id", "owner_user_id")),
    ),
    foreign_keys=(
        ForeignKey(("tenant_id",), "tenants", ("id",)),
    ),
    model=Client,
    insert=ClientInsert,
)

CLIENT_GRANTS: Table[Any] = Table(
    "client_grants",
    key=("tenant_id", "id"),
    columns=(
        Column("id", TEXT, 21, null=False),
        Column("tenant_id", TEXT, 191, null=False, hidden=True),
        Column("client_id", TEXT, 191, null=False),
        Column("audience", TEXT, 191, null=False),
        Column("scope", JSON),
        Column("organization_usage", TEXT, 32),
        Column("allow_any_organization", FLAG, default=0),
        Column("is_system", MARK, default=0),
        Column("subject_type", TEXT, 32),
        Column("authorization_details_types", JSON),
        Column("created_at", INSTANT, 35, null=False),
        Column("updated_at", INSTANT, 35, null=False),
    ),
    indexes=(
        Index("idx_client_grants_audience", ("audience",)),
        Index("uq_client_grants_tenant_client_audience", ("tenant_id", "client_id", "audience"), unique=True),
    ),
    foreign_keys=(
        ForeignKey(("tenant_id", "client_id"), "clients", ("tenant_id", "client_id")),
        ForeignKey(("tenant_id",), "tenants", ("id",)),
    ),
)

CLIENT_REGISTRATION_TOKENS: Table[Any] = Table(
    "client_registration_tokens",
    key=("id",),
    columns=(
        Column("id", TEXT, 255, null=False),
        Column("tenant_id", TEXT, 191, null=False, hidden=True),
        Column("token_hash", TEXT, 64, null=False, secret=True),
        Column("type", TEXT, 8, null=False),
        Column("client_id", TEXT, 191),
        Column("sub", TEXT, 255),
        Column("constraints", JSON),
        Column("single_use", FLAG, null=False, default=0),
        Column("used_at_ts", EPOCH_MS, field="used_at"),
        Column("expires_at_ts", EPOCH_MS, field="expires_at"),
        Column("created_at_ts", EPOCH_MS, null=False, field="created_at"),
        Column("revoked_at_ts", EPOCH_MS, field="revoked_at"),
    ),
    indexes=(
        Index("idx_client_registration_tokens_client", ("tenant_id", "client_id")),
        Index("idx_client_registration_tokens_hash", ("tenant_id", "token_hash"), unique=True),
    ),
    foreign_keys=(
        ForeignKey(("tenant_id",), "tenants", ("id",)),
    ),
)

USERS: Table[User] = Table(
    "users",
    key=("tenant_id", "user_id"),
    columns=(
        Column("tenant_id", TEXT, 255, null=False, hidden=True),
        Column("email", TEXT, 255),
        Column("given_name", TEXT, 255),
        Column("family_name", TEXT, 255),
        Column("nickname", TEXT, 255),
        Column("name", TEXT, 255),
        Column("picture", TEXT),
        Column("created_at", INSTANT, 35, null=False),
        Column("updated_at", INSTANT, 35, null=False),
        Column("linked_to", TEXT, 255),
        Column("provider", TEXT, 255, null=False),
        Column("connection", TEXT, 255, null=False),
        Column("email_verified", BOOL, null=False),
        Column("is_social", BOOL, null=False),
        Column("app_metadata", JSON, null=False, default="{}"),
        Column("profileData", TEXT, secret=True),
        Column("locale", TEXT, 64),
        Column("user_id", TEXT, 255, null=False),
        Column("phone_number", TEXT, 17),
        Column("phone_verified", BOOL),
        Column("username", TEXT, 128),
        Column("user_metadata", JSON),
        Column("middle_name", TEXT, 100),
        Column("profile", TEXT),
        Column("website", TEXT),
        Column("gender", TEXT, 50),
        Column("birthdate", TEXT, 10),
        Column("zoneinfo", TEXT, 100),
        Column("preferred_username", TEXT, 255),
        Column("address", JSON),
        Column("registration_completed_at", INSTANT, 35),
        Column("blocked", BOOL),
    ),
    indexes=(
        Index("unique_email_provider", ("email", "provider", "tenant_id"), unique=True),
        Index("unique_username_provider", ("username", "provider", "tenant_id"), unique=True),
        Index("users_linked_to_index", ("linked_to",)),
        Index("users_name_index", ("name",)),
        Index("users_phone_tenant_provider_index", ("tenant_id", "phone_number", "provider")),
        # Not unique at AuthHero; MySQL wants a unique key behind the references to it, and these two are the key anyway.
        Index("users_user_id_tenant_id", ("user_id", "tenant_id"), unique=True),
    ),
    foreign_keys=(
        ForeignKey(("tenant_id",), "tenants", ("id",)),
    ),
    model=User,
    insert=UserInsert,
)

CODES: Table[Code] = Table(
    "codes",
    key=("code_id", "code_type", "tenant_id"),
    columns=(
        Column("code_id", TEXT, 255, null=False, secret=True),
        Column("tenant_id", TEXT, 255, null=False, hidden=True),
        Column("user_id", TEXT, 255),
        Column("login_id", TEXT, 255),
        Column("connection_id", TEXT, 255),
        Column("code_type", TEXT, 255, null=False),
        Column("created_at", INSTANT, 255, null=False),
        Column("expires_at", INSTANT, 255, null=False),
        Column("used_at", INSTANT, 255),
        Column("code_verifier", TEXT, 128, secret=True),
        Column("code_challenge", TEXT, 128, secret=True),
        Column("code_challenge_method", TEXT, 5),
        Column("redirect_uri", TEXT, 1024),
        Column("nonce", TEXT, 1024, secret=True),
        Column("state", TEXT, 2048, secret=True),
        Column("otp", TEXT, 32, secret=True),
        Column("expires_at_ts", EPOCH_MS, hidden=True),
    ),
    indexes=(
        Index("FK_codes_user_id_tenant_id_constraint", ("user_id", "tenant_id")),
        Index("idx_codes_expires_at_ts", ("expires_at_ts",)),
    ),
    foreign_keys=(
        ForeignKey(("user_id", "tenant_id"), "users", ("user_id", "tenant_id")),
        ForeignKey(("tenant_id",), "tenants", ("id",)),
    ),
    model=Code,
    insert=CodeInsert,
)

CONNECTIONS: Table[Connection] = Table(
    "connections",
    key=("tenant_id", "id"),
    columns=(
        Column("id", TEXT, 255, null=False),
        Column("tenant_id", TEXT, 255, null=False, hidden=True),
        Column("name", TEXT, 255, null=False),
        Column("response_type", TEXT, 255),
        Column("response_mode", TEXT, 255),
        Column("strategy", TEXT, 64),
        Column("options", JSON, null=False, default="{}", secret=True, was="varchar(8192)"),
        Column("created_at", INSTANT, 255, null=False),
        Column("updated_at", INSTANT, 255, null=False),
        Column("display_name", TEXT, 255),
        Column("is_domain_connection", FLAG),
        Column("show_as_button", FLAG),
        Column("metadata", JSON, 4096),
        Column("is_system", MARK, null=False, default=0),
    ),
    foreign_keys=(
        ForeignKey(("tenant_id",), "tenants", ("id",)),
    ),
    model=Connection,
    insert=ConnectionInsert,
)

CONTROL_PLANE_COMM_KEYS: Table[Any] = Table(
    "control_plane_comm_keys",
    key=("kid",),
    columns=(
        Column("kid", TEXT, 255, null=False),
        Column("tenant_id", TEXT, 255, null=False, hidden=True),
        Column("public_jwk", JSON, null=False),
        Column("created_at", INSTANT, 35, null=False),
        Column("revoked_at", INSTANT, 35),
    ),
    indexes=(
        Index("control_plane_comm_keys_tenant_id_created_at_idx", ("tenant_id", "created_at")),
    ),
)

CUSTOM_DOMAINS: Table[Any] = Table(
    "custom_domains",
    key=("custom_domain_id",),
    columns=(
        Column("custom_domain_id", TEXT, 256, null=False),
        Column("tenant_id", TEXT, 255, null=False, hidden=True),
        Column("domain", TEXT, 255, null=False),
        Column("primary", BOOL, null=False),
        Column("status", TEXT, 50, null=False),
        Column("type", TEXT, 50, null=False),
        Column("origin_domain_name", TEXT, 255),
        Column("verification", JSON, 2048),
        Column("custom_client_ip_header", TEXT, 50),
        Column("tls_policy", TEXT, 50),
        Column("domain_metadata", JSON, 2048),
        Column("created_at", INSTANT, 35, null=False, hidden=True),
        Column("updated_at", INSTANT, 35, null=False, hidden=True),
    ),
    foreign_keys=(
        ForeignKey(("tenant_id",), "tenants", ("id",)),
    ),
)

CUSTOM_TEXT: Table[Any] = Table(
    "custom_text",
    key=("tenant_id", "prompt", "language"),
    columns=(
        Column("tenant_id", TEXT, 191, null=False, hidden=True),
        Column("prompt", TEXT, 64, null=False),
        Column("language", TEXT, 16, null=False),
        Column("custom_text", JSON, null=False),
        Column("created_at_ts", EPOCH_MS, null=False, hidden=True),
        Column("updated_at_ts", EPOCH_MS, null=False, hidden=True),
    ),
    foreign_keys=(
        ForeignKey(("tenant_id",), "tenants", ("id",)),
    ),
)

EMAIL_PROVIDERS: Table[Any] = Table(
    "email_providers",
    key=("tenant_id",),
    columns=(
        Column("tenant_id", TEXT, 255, null=False, hidden=True),
        Column("name", TEXT, 255, null=False),
        Column("enabled", BOOL, null=False),
        Column("default_from_address", TEXT, 255),
        Column("credentials", JSON, 2048, null=False, default="{}", secret=True),
        Column("settings", JSON, 2048, null=False, default="{}"),
        Column("created_at", INSTANT, 29, null=False, hidden=True),
        Column("updated_at", INSTANT, 29, null=False, hidden=True),
    ),
)

EMAIL_TEMPLATES: Table[Any] = Table(
    "email_templates",
    key=("tenant_id", "template"),
    columns=(
        Column("tenant_id", TEXT, 255, null=False, hidden=True),
        Column("template", TEXT, 64, null=False),
        Column("body", TEXT, null=False),
        Column("from", TEXT, 255, null=False),
        Column("subject", TEXT, 255, null=False),
        Column("syntax", TEXT, 16, null=False, default="liquid"),
        Column("result_url", TEXT, 2048, field="resultUrl"),
        Column("url_lifetime_in_seconds", INT, field="urlLifetimeInSeconds"),
        Column("include_email_in_redirect", FLAG, null=False, default=0, field="includeEmailInRedirect"),
        Column("enabled", FLAG, null=False, default=1),
        Column("created_at", INSTANT, 35, null=False, hidden=True),
        Column("updated_at", INSTANT, 35, null=False, hidden=True),
    ),
    foreign_keys=(
        ForeignKey(("tenant_id",), "tenants", ("id",)),
    ),
)

FLOWS: Table[Any] = Table(
    "flows",
    key=("id",),
    columns=(
        Column("id", TEXT, 24, null=False),
        Column("tenant_id", TEXT, 191, null=False, hidden=True),
        Column("name", TEXT, 150, null=False),
        Column("actions", JSON),
        Column("created_at", INSTANT, 35, null=False),
        Column("updated_at", INSTANT, 35, null=False),
    ),
    indexes=(
        Index("flows_tenant_id_idx", ("tenant_id",)),
    ),
)

FORMS: Table[Any] = Table(
    "forms",
    key=("id",),
    columns=(
        Column("id", TEXT, 255, null=False),
        Column("name", TEXT, 255, null=False),
        Column("tenant_id", TEXT, 255, null=False, hidden=True),
        Column("messages", JSON, 255),
        Column("languages", JSON, 255),
        Column("translations", JSON, 4096),
        Column("nodes", JSON, 4096),
        Column("start", JSON, 255),
        Column("ending", JSON, 255),
        Column("style", JSON, 1042),
        Column("created_at", INSTANT, 255, null=False),
        Column("updated_at", INSTANT, 255, null=False),
    ),
    indexes=(
        Index("forms_tenant_id_idx", ("tenant_id",)),
    ),
)

GRANTS: Table[Any] = Table(
    "grants",
    key=("id",),
    columns=(
        Column("id", TEXT, 21, null=False),
        Column("tenant_id", TEXT, 191, null=False, hidden=True),
        Column("user_id", TEXT, 191, null=False),
        Column("client_id", TEXT, 191, null=False, field="clientID"),
        Column("audience", TEXT, 100, null=False, default=""),
        Column("scope", JSON, null=False),
        Column("created_at", INSTANT, 35, null=False, hidden=True),
        Column("updated_at", INSTANT, 35, null=False, hidden=True),
    ),
    indexes=(
        Index("grants_natural_key_idx", ("tenant_id", "user_id", "client_id", "audience"), unique=True),
        Index("grants_tenant_user_idx", ("tenant_id", "user_id")),
        Index("grants_user_id_constraint", ("user_id", "tenant_id")),
    ),
    foreign_keys=(
        ForeignKey(("tenant_id",), "tenants", ("id",)),
        ForeignKey(("user_id", "tenant_id"), "users", ("user_id", "tenant_id")),
    ),
)

HOOK_CODE: Table[Any] = Table(
    "hook_code",
    key=("id",),
    columns=(
        Column("id", TEXT, 21, null=False),
        Column("tenant_id", TEXT, 191, null=False),
        Column("code", TEXT, null=False, medium=True, was="text"),
        Column("secrets", JSON, secret=True),
        Column("created_at_ts", EPOCH_MS, null=False, field="created_at"),
        Column("updated_at_ts", EPOCH_MS, null=False, field="updated_at"),
    ),
    indexes=(
        Index("idx_hook_code_tenant", ("tenant_id",)),
    ),
)

HOOKS: Table[Any] = Table(
    "hooks",
    key=("hook_id",),
    columns=(
        Column("hook_id", TEXT, 21, null=False),
        Column("tenant_id", TEXT, 255, null=False, hidden=True),
        Column("trigger_id", TEXT, 255, null=False),
        Column("enabled", BOOL, null=False),
        Column("synchronous", BOOL, null=False, default=0),
        Column("priority", INT),
        Column("form_id", TEXT, 128),
        Column("url", TEXT, 512),
        Column("template_id", TEXT, 64),
        Column("created_at_ts", EPOCH_MS, field="created_at"),
        Column("updated_at_ts", EPOCH_MS, field="updated_at"),
        Column("code_id", TEXT, 21),
        Column("metadata", JSON),
        Column("page_id", TEXT, 64),
        Column("permission_required", TEXT, 255),
    ),
    foreign_keys=(
        ForeignKey(("tenant_id",), "tenants", ("id",)),
    ),
)

INVITES: Table[Any] = Table(
    "invites",
    key=("id",),
    columns=(
        Column("id", TEXT, 21, null=False),
        Column("tenant_id", TEXT, 191, null=False, hidden=True),
        Column("organization_id", TEXT, 64, null=False, was="varchar(21)"),
        Column("inviter", JSON, null=False),
        Column("invitee", JSON, null=False),
        Column("client_id", TEXT, 191, null=False),
        Column("connection_id", TEXT, 21),
        Column("invitation_url", TEXT, null=False, secret=True),
        Column("created_at", INSTANT, 35, null=False),
        Column("expires_at", INSTANT, 35, null=False),
        Column("app_metadata", JSON),
        Column("user_metadata", JSON),
        Column("roles", JSON),
        Column("ticket_id", TEXT, 191, secret=True),
        Column("ttl_sec", INT),
        Column("send_invitation_email", FLAG),
    ),
    indexes=(
        Index("idx_invites_expires_at", ("expires_at",)),
        Index("idx_invites_organization_id", ("organization_id",)),
        Index("idx_invites_tenant_created", ("tenant_id", "created_at")),
    ),
)

KEYS: Table[SigningKey] = Table(
    "keys",
    key=("kid",),
    columns=(
        Column("kid", TEXT, 255, null=False),
        Column("tenant_id", TEXT, 255),
        Column("created_at", INSTANT, 255, null=False, hidden=True),
        Column("revoked_at", INSTANT, 255),
        Column("cert", TEXT, 4096),
        Column("pkcs7", TEXT, 4096, secret=True),
        Column("fingerprint", TEXT, 256),
        Column("thumbprint", TEXT, 256),
        Column("current_since", INSTANT, 256),
        Column("current_until", INSTANT, 256),
        Column("type", TEXT, 50, null=False, default="jwt_signing"),
        Column("connection", TEXT, 255),
    ),
    foreign_keys=(
        ForeignKey(("tenant_id",), "tenants", ("id",)),
    ),
    model=SigningKey,
    insert=SigningKey,
)

LOG_STREAMS: Table[Any] = Table(
    "log_streams",
    key=("id",),
    columns=(
        Column("id", TEXT, 64, null=False),
        Column("tenant_id", TEXT, 191, null=False, hidden=True),
        Column("name", TEXT, 255, null=False),
        Column("type", TEXT, 64, null=False),
        Column("status", TEXT, 32, null=False),
        Column("sink", JSON, null=False, secret=True),
        Column("filters", JSON),
        Column("is_priority", BOOL, field="isPriority"),
        Column("created_at", INSTANT, 35, null=False),
        Column("updated_at", INSTANT, 35, null=False),
    ),
    indexes=(
        Index("idx_log_streams_tenant_id", ("tenant_id",)),
    ),
)

SESSIONS: Table[Session] = Table(
    "sessions",
    key=("tenant_id", "id"),
    columns=(
        Column("id", TEXT, 26, null=False),
        Column("tenant_id", TEXT, 191, null=False, hidden=True),
        Column("user_id", TEXT, 255),
        Column("device", JSON, null=False),
        Column("clients", JSON, null=False),
        Column("login_session_id", TEXT, 26),
        Column("created_at_ts", EPOCH_MS, field="created_at"),
        Column("updated_at_ts", EPOCH_MS, field="updated_at"),
        Column("expires_at_ts", EPOCH_MS, field="expires_at"),
        Column("idle_expires_at_ts", EPOCH_MS, field="idle_expires_at"),
        Column("authenticated_at_ts", EPOCH_MS, field="authenticated_at"),
        Column("last_interaction_at_ts", EPOCH_MS, field="last_interaction_at"),
        Column("used_at_ts", EPOCH_MS, field="used_at"),
        Column("revoked_at_ts", EPOCH_MS, field="revoked_at"),
    ),
    indexes=(
        Index("idx_sessions_expires_at_ts", ("expires_at_ts",)),
        Index("idx_sessions_idle_expires_at_ts", ("idle_expires_at_ts",)),
        Index("idx_sessions_user_id", ("tenant_id", "user_id")),
        Index("sessions_user_fk", ("user_id", "tenant_id")),
    ),
    foreign_keys=(
        ForeignKey(("user_id", "tenant_id"), "users", ("user_id", "tenant_id")),
    ),
    model=Session,
    insert=SessionInsert,
)

LOGIN_SESSIONS: Table[LoginSession] = Table(
    "login_sessions",
    key=("tenant_id", "id"),
    columns=(
        Column("id", TEXT, 26, null=False),
        Column("tenant_id", TEXT, 255, null=False, hidden=True),
        Column("session_id", TEXT, 26),
        Column("csrf_token", TEXT, 26, secret=True),
        Column("authorization_url", TEXT, secret=True, truncate=True),
        Column("ip", TEXT, 45, was="varchar(39)"),
        Column("useragent", TEXT),
        Column("auth0Client", TEXT, 255),
        Column("state", TEXT, 50, default="pending"),
        Column("state_data", TEXT, secret=True),
        Column("failure_reason", TEXT),
        Column("user_id", TEXT, 255),
        Column("created_at_ts", EPOCH_MS, field="created_at"),
        Column("updated_at_ts", EPOCH_MS, field="updated_at"),
        Column("expires_at_ts", EPOCH_MS, field="expires_at"),
        Column("auth_connection", TEXT, 255),
        Column("auth_strategy_strategy", TEXT, 64, field="auth_strategy.strategy"),
        Column("auth_strategy_strategy_type", TEXT, 64, field="auth_strategy.strategy_type"),
        Column("authenticated_at", INSTANT, 35),
        Column("auth_params", JSON, field="authParams", secret=True),
    ),
    indexes=(
        Index("idx_login_sessions_expires_at_ts", ("expires_at_ts",)),
        Index("login_sessions_id_index", ("id",)),
        Index("login_sessions_session_fk", ("tenant_id", "session_id")),
        # AuthHero has a second index on the same column, login_sessions_state_updated_idx.
        Index("login_sessions_state_idx", ("state",)),
        Index("login_sessions_tenant_user_idx", ("tenant_id", "user_id")),
    ),
    foreign_keys=(
        ForeignKey(("tenant_id", "session_id"), "sessions", ("tenant_id", "id")),
        ForeignKey(("tenant_id",), "tenants", ("id",)),
    ),
    model=LoginSession,
    insert=LoginSessionInsert,
)

LOGS: Table[Log] = Table(
    "logs",
    key=("log_id",),
    columns=(
        Column("log_id", TEXT, 21, null=False),
        Column("category", TEXT, 255, hidden=True),
        Column("tenant_id", TEXT, 255, hidden=True, was="varchar(64)"),
        Column("user_id", TEXT, 255, was="varchar(64)"),
        Column("ip", TEXT, 255),
        Column("type", TEXT, 64, null=False, was="varchar(8)"),
        Column("date", INSTANT, 25, null=False),
        Column("client_id", TEXT, 255),
        Column("client_name", TEXT, 255),
        Column("user_agent", TEXT, 255, truncate=True),
        Column("description", TEXT, 255, truncate=True),
        Column("details", JSON_OR_TEXT, truncate=True, was="varchar(2048)"),
        Column("isMobile", FLAG),
        Column("user_name", TEXT, 255),
        Column("connection", TEXT, 255),
        Column("connection_id", TEXT, 255),
        Column("audience", TEXT, 255),
        Column("scope", TEXT, 255),
        Column("strategy", TEXT, 255),
        Column("strategy_type", TEXT, 255),
        Column("hostname", TEXT, 255),
        Column("auth0_client", JSON, 8192),
        Column("session_connection", TEXT, 255, hidden=True),
        Column("country_code", TEXT, 2, field="location_info.country_code"),
        Column("country_code3", TEXT, 3, hidden=True),
        Column("country_name", TEXT, 255, hidden=True),
        Column("city_name", TEXT, 255, field="location_info.city_name"),
        Column("latitude", TEXT, 255, field="location_info.latitude"),
        Column("longitude", TEXT, 255, field="location_info.longitude"),
        Column("time_zone", TEXT, 255, field="location_info.time_zone"),
        Column("continent_code", TEXT, 2, field="location_info.continent_code"),
    ),
    indexes=(
        Index("logs_date", ("date",)),
        Index("logs_tenant_id", ("tenant_id",)),
        Index("logs_user_id", ("user_id",)),
    ),
    model=Log,
    insert=LogInsert,
)

MIGRATION_SOURCES: Table[Any] = Table(
    "migration_sources",
    key=("id",),
    columns=(
        Column("id", TEXT, 64, null=False),
        Column("tenant_id", TEXT, 191, null=False, hidden=True),
        Column("name", TEXT, 255, null=False),
        Column("provider", TEXT, 32, null=False),
        Column("connection", TEXT, 255, null=False),
        Column("enabled", BOOL, null=False),
        Column("credentials", JSON, null=False, secret=True),
        Column("created_at", INSTANT, 35, null=False),
        Column("updated_at", INSTANT, 35, null=False),
    ),
    indexes=(
        Index("idx_migration_sources_tenant_id", ("tenant_id",)),
    ),
)

MIGRATIONS: Table[Any] = Table(
    "migrations",
    key=("id",),
    columns=(
        Column("id", TEXT, 255, null=False),
        Column("tenant_id", TEXT, 255, null=False, hidden=True),
        Column("provider", TEXT, 255),
        Column("client_id", TEXT, 255),
        Column("origin", TEXT, 255),
        Column("domain", TEXT, 255),
        Column("created_at", INSTANT, 255, null=False),
        Column("updated_at", INSTANT, 255, null=False),
    ),
    foreign_keys=(
        ForeignKey(("tenant_id",), "tenants", ("id",)),
    ),
)

ORGANIZATIONS: Table[Any] = Table(
    "organizations",
    key=("id",),
    columns=(
        Column("id", TEXT, 256, null=False),
        Column("tenant_id", TEXT, 256, null=False, hidden=True),
        Column("name", TEXT, 256, null=False),
        Column("display_name", TEXT, 256),
        Column("branding", JSON),
        Column("metadata", JSON),
        Column("enabled_connections", JSON),
        Column("token_quota", JSON),
        Column("created_at", INSTANT, 256, null=False),
        Column("updated_at", INSTANT, 256, null=False),
    ),
    indexes=(
        Index("idx_organizations_tenant_name_unique", ("tenant_id", "name"), unique=True),
    ),
)

ORGANIZATION_CONNECTIONS: Table[Any] = Table(
    "organization_connections",
    # AuthHero has no key here, only a unique index on the same columns, which the key makes superfluous.
    key=("tenant_id", "organization_id", "connection_id"),
    columns=(
        Column("tenant_id", TEXT, 191, null=False, hidden=True),
        Column("organization_id", TEXT, 64, null=False, hidden=True, was="varchar(21)"),
        Column("connection_id", TEXT, 191, null=False),
        Column("assign_membership_on_login", BOOL, null=False, default=0),
        Column("show_as_button", BOOL, null=False, default=1),
        Column("is_signup_enabled", BOOL, null=False, default=1),
        Column("created_at", INSTANT, 35, null=False),
        Column("updated_at", INSTANT, 35, null=False),
    ),
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

OUTBOX_EVENTS: Table[Any] = Table(
    "outbox_events",
    key=("id",),
    columns=(
        Column("id", TEXT, 21, null=False),
        Column("tenant_id", TEXT, 191, null=False, hidden=True),
        Column("event_type", TEXT, 255, null=False),
        Column("log_type", TEXT, 64, null=False),
        Column("aggregate_type", TEXT, 64, null=False),
        Column("aggregate_id", TEXT, 255, null=False),
        Column("payload", JSON, null=False, secret=True),
        Column("created_at", INSTANT, 35, null=False),
        Column("processed_at", INSTANT, 35),
        Column("retry_count", INT, null=False, default=0),
        Column("next_retry_at", INSTANT, 35),
        Column("error", TEXT),
        Column("claimed_by", TEXT, 64),
        Column("claim_expires_at", INSTANT, 35),
        Column("dead_lettered_at", INSTANT, 35),
        Column("final_error", TEXT),
    ),
    indexes=(
        Index("idx_outbox_claim", ("processed_at", "claim_expires_at", "next_retry_at", "created_at")),
        Index("idx_outbox_events_tenant_dead_lettered", ("tenant_id", "dead_lettered_at")),
        Index("idx_outbox_tenant_type", ("tenant_id", "event_type", "created_at")),
        Index("idx_outbox_unprocessed", ("processed_at", "created_at")),
    ),
)

PASSWORDS: Table[Password] = Table(
    "passwords",
    key=("id",),
    columns=(
        Column("id", TEXT, 21, null=False),
        Column("user_id", TEXT, 191, null=False),
        Column("tenant_id", TEXT, 191, null=False, hidden=True),
        Column("password", TEXT, 255, null=False, secret=True),
        Column("algorithm", TEXT, 255, null=False, default="bcrypt"),
        Column("created_at", INSTANT, 35, null=False),
        Column("updated_at", INSTANT, 35, null=False),
        Column("is_current", FLAG, null=False, default=1),
    ),
    indexes=(
        Index("password_history_user_id_tenant_id_constraint", ("user_id", "tenant_id")),
    ),
    foreign_keys=(
        ForeignKey(("tenant_id",), "tenants", ("id",)),
        ForeignKey(("user_id", "tenant_id"), "users", ("user_id", "tenant_id")),
    ),
    model=Password,
    insert=PasswordInsert,
)

PROMPT_SETTINGS: Table[Any] = Table(
    "prompt_settings",
    key=("tenant_id",),
    columns=(
        Column("tenant_id", TEXT, 191, null=False, hidden=True, was="varchar(64)"),
        Column("universal_login_experience", TEXT, 16, null=False, default="new"),
        Column("identifier_first", BOOL, null=False, default=1),
        Column("password_first", BOOL, null=False, default=0),
        Column("webauthn_platform_first_factor", BOOL, null=False, default=0),
        Column("show_last_used_connection", BOOL),
    ),
)

PROXY_ROUTES: Table[Any] = Table(
    "proxy_routes",
    key=("id",),
    columns=(
        Column("id", TEXT, 64, null=False),
        Column("tenant_id", TEXT, 255, null=False),
        Column("custom_domain_id", TEXT, 256, null=False),
        Column("priority", INT, null=False, default=100),
        Column("created_at", INSTANT, 35, null=False),
        Column("updated_at", INSTANT, 35, null=False),
        Column("match", JSON, 2048, null=False, default="{\"path\":\"/*\"}"),
        Column("handlers", JSON, null=False, secret=True),
    ),
    indexes=(
        Index("proxy_routes_custom_domain_id_idx", ("custom_domain_id",)),
        Index("proxy_routes_tenant_id_idx", ("tenant_id",)),
    ),
)

REFRESH_TOKENS: Table[RefreshToken] = Table(
    "refresh_tokens",
    key=("tenant_id", "id"),
    columns=(
        Column("id", TEXT, 26, null=False),
        Column("tenant_id", TEXT, 255, null=False, hidden=True),
        Column("client_id", TEXT, 191, null=False),
        Column("user_id", TEXT, 255),
        Column("resource_servers", JSON, null=False),
        Column("device", JSON, null=False),
        Column("rotating", BOOL, null=False),
        Column("created_at_ts", EPOCH_MS, field="created_at"),
        Column("expires_at_ts", EPOCH_MS, field="expires_at"),
        Column("idle_expires_at_ts", EPOCH_MS, field="idle_expires_at"),
        Column("last_exchanged_at_ts", EPOCH_MS, field="last_exchanged_at"),
        Column("login_id", TEXT, 26, null=False),
        Column("revoked_at_ts", EPOCH_MS, field="revoked_at"),
        Column("token_lookup", TEXT, 16, secret=True),
        Column("token_hash", TEXT, 64, secret=True),
        Column("family_id", TEXT, 26),
        Column("rotated_to", TEXT, 26),
        Column("rotated_at_ts", EPOCH_MS, field="rotated_at"),
    ),
    indexes=(
        Index("idx_refresh_tokens_expires_at_ts", ("expires_at_ts",)),
        Index("idx_refresh_tokens_family_id", ("tenant_id", "family_id")),
        Index("idx_refresh_tokens_idle_expires_at_ts", ("idle_expires_at_ts",)),
        Index("idx_refresh_tokens_login_id", ("login_id",)),
        Index("idx_refresh_tokens_token_lookup", ("tenant_id", "token_lookup")),
        Index("idx_refresh_tokens_user_id", ("tenant_id", "user_id")),
        Index("refresh_tokens_client_fk", ("tenant_id", "client_id")),
    ),
    foreign_keys=(
        ForeignKey(("tenant_id", "client_id"), "clients", ("tenant_id", "client_id")),
        ForeignKey(("tenant_id",), "tenants", ("id",)),
    ),
    model=RefreshToken,
    insert=RefreshTokenInsert,
)

RESOURCE_SERVERS: Table[Any] = Table(
    "resource_servers",
    key=("tenant_id", "id"),
    columns=(
        Column("id", TEXT, 21, null=False),
        Column("tenant_id", TEXT, 191, null=False, hidden=True),
        Column("identifier", TEXT, 191, null=False),
        Column("name", TEXT, 255, null=False),
        Column("scopes", JSON),
        Column("signing_alg", TEXT, 64),
        Column("signing_secret", TEXT, 2048, secret=True),
        Column("token_lifetime", INT),
        Column("token_lifetime_for_web", INT),
        Column("skip_consent_for_verifiable_first_party_clients", FLAG),
        Column("allow_offline_access", FLAG),
        Column("verification_key", TEXT, 4096, field="verificationKey"),
        Column("options", JSON, 4096),
        Column("created_at", INSTANT, 35, null=False),
        Column("updated_at", INSTANT, 35, null=False),
        Column("is_system", MARK, null=False, default=0),
        Column("metadata", JSON, 4096),
    ),
    indexes=(
        Index("resource_servers_tenant_identifier_uq", ("tenant_id", "identifier"), unique=True),
    ),
)

ROLE_PERMISSIONS: Table[Any] = Table(
    "role_permissions",
    key=("tenant_id", "role_id", "resource_server_identifier", "permission_name"),
    columns=(
        Column("tenant_id", TEXT, 191, null=False, hidden=True),
        Column("role_id", TEXT, 21, null=False),
        Column("resource_server_identifier", TEXT, 191, null=False),
        Column("permission_name", TEXT, 191, null=False),
        Column("created_at", INSTANT, 35, null=False),
    ),
    indexes=(
        Index("role_permissions_permission_fk", ("tenant_id", "resource_server_identifier", "permission_name")),
    ),
)

ROLES: Table[Any] = Table(
    "roles",
    key=("tenant_id", "id"),
    columns=(
        Column("id", TEXT, 21, null=False),
        Column("tenant_id", TEXT, 191, null=False, hidden=True),
        Column("name", TEXT, 50, null=False),
        Column("description", TEXT, 255),
        Column("created_at", INSTANT, 35, null=False),
        Column("updated_at", INSTANT, 35, null=False),
        Column("is_system", MARK, null=False, default=0),
        Column("metadata", JSON, 4096),
    ),
    indexes=(
        Index("roles_tenant_name_uq", ("tenant_id", "name"), unique=True),
    ),
)

ROLLOUTS: Table[Any] = Table(
    "rollouts",
    key=("id",),
    columns=(
        Column("id", TEXT, 255, null=False),
        Column("kind", TEXT, 32, null=False),
        Column("status", TEXT, 32, null=False),
        Column("target_worker_version", TEXT, 255),
        Column("target_database_version", TEXT, 255),
        Column("wave_size", INT, null=False, default=10),
        Column("canary_tenant_ids", JSON),
        Column("filter", JSON),
        Column("initiated_by", TEXT, 255),
        Column("created_at", INSTANT, 35, null=False),
        Column("updated_at", INSTANT, 35, null=False),
        Column("finished_at", INSTANT, 35),
    ),
)

TENANT_OPERATIONS: Table[Any] = Table(
    "tenant_operations",
    key=("id",),
    columns=(
        Column("id", TEXT, 255, null=False),
        Column("tenant_id", TEXT, 255),
        Column("rollout_id", TEXT, 255),
        Column("kind", TEXT, 32, null=False),
        Column("status", TEXT, 32, null=False),
        Column("current_step", TEXT, 255),
        Column("engine", TEXT, 64, null=False),
        Column("engine_instance_id", TEXT, 100),
        Column("target_worker_version", TEXT, 255),
        Column("target_database_version", TEXT, 255),
        Column("error", TEXT),
        Column("initiated_by", TEXT, 255),
        Column("created_at", INSTANT, 35, null=False),
        Column("updated_at", INSTANT, 35, null=False),
        Column("finished_at", INSTANT, 35),
    ),
    indexes=(
        Index("tenant_operations_rollout_id_idx", ("rollout_id",)),
        Index("tenant_operations_status_idx", ("status",)),
        Index("tenant_operations_tenant_id_created_at_idx", ("tenant_id", "created_at")),
    ),
)

TENANT_OPERATION_EVENTS: Table[Any] = Table(
    "tenant_operation_events",
    key=("id",),
    columns=(
        Column("id", TEXT, 255, null=False),
        Column("operation_id", TEXT, 255, null=False),
        Column("step", TEXT, 255, null=False),
        Column("outcome", TEXT, 32, null=False),
        Column("detail", JSON),
        Column("attempt", INT, null=False, default=1),
        Column("created_at", INSTANT, 35, null=False),
    ),
    indexes=(
        Index("tenant_operation_events_operation_id_created_at_idx", ("operation_id", "created_at")),
    ),
    foreign_keys=(
        ForeignKey(("operation_id",), "tenant_operations", ("id",)),
    ),
)

THEMES: Table[Any] = Table(
    "themes",
    key=("tenant_id", "themeId"),
    columns=(
        Column("tenant_id", TEXT, 191, null=False, hidden=True),
        Column("themeId", TEXT, 21, null=False),
        Column("displayName", TEXT, 255, null=False),
        Column("colors_primary_button_label", TEXT, 24, null=False, field="colors.primary_button_label"),
        Column("colors_primary_button", TEXT, 24, null=False, field="colors.primary_button"),
        Column("colors_secondary_button_border", TEXT, 24, null=False, field="colors.secondary_button_border"),
        Column("colors_secondary_button_label", TEXT, 24, null=False, field="colors.secondary_button_label"),
        Column("colors_base_focus_color", TEXT, 24, null=False, field="colors.base_focus_color"),
        Column("colors_base_hover_color", TEXT, 24, null=False, field="colors.base_hover_color"),
        Column("colors_body_text", TEXT, 24, null=False, field="colors.body_text"),
        Column("colors_captcha_widget_theme", TEXT, 24, null=False, field="colors.captcha_widget_theme"),
        Column("colors_error", TEXT, 24, null=False, field="colors.error"),
        Column("colors_header", TEXT, 24, null=False, field="colors.header"),
        Column("colors_icons", TEXT, 24, null=False, field="colors.icons"),
        Column("colors_input_background", TEXT, 24, null=False, field="colors.input_background"),
        Column("colors_input_border", TEXT, 24, null=False, field="colors.input_border"),
        Column("colors_input_filled_text", TEXT, 24, null=False, field="colors.input_filled_text"),
        Column("colors_input_labels_placeholders", TEXT, 24, null=False, field="colors.input_labels_placeholders"),
        Column("colors_links_focused_components", TEXT, 24, null=False, field="colors.links_focused_components"),
        Column("colors_success", TEXT, 24, null=False, field="colors.success"),
        Column("colors_widget_background", TEXT, 24, null=False, field="colors.widget_background"),
        Column("colors_widget_border", TEXT, 24, null=False, field="colors.widget_border"),
        Column("borders_button_border_radius", INT, null=False, field="borders.button_border_radius"),
        Column("borders_button_border_weight", INT, null=False, field="borders.button_border_weight"),
        Column("borders_buttons_style", TEXT, 24, null=False, field="borders.buttons_style"),
        Column("borders_input_border_radius", INT, null=False, field="borders.input_border_radius"),
        Column("borders_input_border_weight", INT, null=False, field="borders.input_border_weight"),
        Column("borders_inputs_style", TEXT, 24, null=False, field="borders.inputs_style"),
        Column("borders_show_widget_shadow", BOOL, null=False, field="borders.show_widget_shadow"),
        Column("borders_widget_border_weight", INT, null=False, field="borders.widget_border_weight"),
        Column("borders_widget_corner_radius", INT, null=False, field="borders.widget_corner_radius"),
        Column("fonts_body_text_bold", FLAG, null=False, field="fonts.body_text.bold"),
        Column("fonts_body_text_size", INT, null=False, field="fonts.body_text.size"),
        Column("fonts_buttons_text_bold", FLAG, null=False, field="fonts.buttons_text.bold"),
        Column("fonts_buttons_text_size", INT, null=False, field="fonts.buttons_text.size"),
        Column("fonts_font_url", TEXT, 255, null=False, field="fonts.font_url"),
        Column("fonts_input_labels_bold", FLAG, null=False, field="fonts.input_labels.bold"),
        Column("fonts_input_labels_size", INT, null=False, field="fonts.input_labels.size"),
        Column("fonts_links_bold", BOOL, null=False, field="fonts.links.bold"),
        Column("fonts_links_size", INT, null=False, field="fonts.links.size"),
        Column("fonts_links_style", TEXT, 24, null=False, field="fonts.links_style"),
        Column("fonts_reference_text_size", INT, null=False, field="fonts.reference_text_size"),
        Column("fonts_subtitle_bold", BOOL, null=False, field="fonts.subtitle.bold"),
        Column("fonts_subtitle_size", INT, null=False, field="fonts.subtitle.size"),
        Column("fonts_title_bold", BOOL, null=False, field="fonts.title.bold"),
        Column("fonts_title_size", INT, null=False, field="fonts.title.size"),
        Column("page_background_background_color", TEXT, 24, null=False, field="page_background.background_color"),
        Column("page_background_background_image_url", TEXT, 255, null=False, field="page_background.background_image_url"),
        Column("page_background_page_layout", TEXT, 24, null=False, field="page_background.page_layout"),
        Column("widget_header_text_alignment", TEXT, 24, null=False, field="widget.header_text_alignment"),
        Column("widget_logo_height", INT, null=False, field="widget.logo_height"),
        Column("widget_logo_position", TEXT, 24, null=False, field="widget.logo_position"),
        Column("widget_logo_url", TEXT, 255, null=False, field="widget.logo_url"),
        Column("widget_social_buttons_layout", TEXT, 24, null=False, field="widget.social_buttons_layout"),
        Column("created_at", INSTANT, 35, null=False, hidden=True),
        Column("updated_at", INSTANT, 35, null=False, hidden=True),
    ),
    foreign_keys=(
        ForeignKey(("tenant_id",), "tenants", ("id",)),
    ),
)

UNIVERSAL_LOGIN_TEMPLATES: Table[Any] = Table(
    "universal_login_templates",
    key=("tenant_id",),
    columns=(
        Column("tenant_id", TEXT, 191, null=False, hidden=True),
        Column("body", TEXT, null=False),
        Column("updated_at_ts", EPOCH_MS, null=False, field="updated_at"),
        Column("created_at_ts", EPOCH_MS, null=False, field="created_at"),
    ),
    foreign_keys=(
        ForeignKey(("tenant_id",), "tenants", ("id",)),
    ),
)

USER_ACTIVITY: Table[UserActivity] = Table(
    "user_activity",
    key=("tenant_id", "user_id"),
    columns=(
        Column("tenant_id", TEXT, 255, null=False, hidden=True),
        Column("user_id", TEXT, 255, null=False),
        Column("last_login", INSTANT, 35),
        Column("last_ip", TEXT, 45),
        Column("login_count", INT, null=False, default=0),
        Column("failed_logins", JSON),
        Column("last_password_reset", INSTANT, 35),
    ),
    indexes=(
        Index("user_activity_user_id_constraint", ("user_id", "tenant_id")),
    ),
    foreign_keys=(
        ForeignKey(("user_id", "tenant_id"), "users", ("user_id", "tenant_id")),
    ),
    model=UserActivity,
    insert=UserActivity,
)

USER_ORGANIZATIONS: Table[Any] = Table(
    "user_organizations",
    key=("id",),
    columns=(
        Column("id", TEXT, 256, null=False),
        Column("tenant_id", TEXT, 256, null=False, hidden=True),
        Column("user_id", TEXT, 256, null=False),
        Column("organization_id", TEXT, 256, null=False),
        Column("created_at", INSTANT, 256, null=False),
        Column("updated_at", INSTANT, 256, null=False),
    ),
    indexes=(
        Index("idx_user_organizations_organization_id", ("organization_id",)),
        Index("idx_user_organizations_unique", ("tenant_id", "user_id", "organization_id"), unique=True),
        Index("idx_user_organizations_user_id", ("user_id",)),
    ),
    foreign_keys=(
        ForeignKey(("organization_id",), "organizations", ("id",)),
        ForeignKey(("tenant_id", "user_id"), "users", ("tenant_id", "user_id")),
    ),
)

USER_PERMISSIONS: Table[Any] = Table(
    "user_permissions",
    key=("tenant_id", "user_id", "resource_server_identifier", "permission_name", "organization_id"),
    columns=(
        Column("tenant_id", TEXT, 191, null=False),
        Column("user_id", TEXT, 191, null=False),
        Column("resource_server_identifier", TEXT, 100, null=False),
        Column("permission_name", TEXT, 191, null=False),
        Column("organization_id", TEXT, 64, null=False, default="", was="varchar(21)"),
        Column("created_at", INSTANT, 35, null=False),
    ),
    indexes=(
        Index("user_permissions_organization_fk", ("organization_id",)),
        Index("user_permissions_permission_fk", ("tenant_id", "resource_server_identifier", "permission_name")),
        Index("user_permissions_user_fk", ("tenant_id", "user_id")),
    ),
)

USER_ROLES: Table[Any] = Table(
    "user_roles",
    key=("tenant_id", "user_id", "role_id", "organization_id"),
    columns=(
        Column("tenant_id", TEXT, 191, null=False),
        Column("user_id", TEXT, 191, null=False),
        Column("role_id", TEXT, 21, null=False),
        Column("organization_id", TEXT, 191, null=False, default=""),
        Column("created_at", INSTANT, 35, null=False),
    ),
    indexes=(
        Index("user_roles_organization_fk", ("organization_id",)),
        Index("user_roles_role_fk", ("tenant_id", "role_id")),
        Index("user_roles_user_fk", ("tenant_id", "user_id")),
    ),
)

SCIM_CONFIGURATIONS: Table[Any] = Table(
    "scim_configurations",
    key=("tenant_id", "connection_id"),
    columns=(
        Column("connection_id", TEXT, 255, null=False),
        Column("tenant_id", TEXT, 255, null=False, hidden=True),
        Column("user_id_attribute", TEXT, 255, null=False, default="externalId"),
        Column("mapping", JSON, null=False),
        Column("created_at", INSTANT, 35, null=False),
        Column("updated_at", INSTANT, 35, null=False),
    ),
)

SCIM_TOKENS: Table[Any] = Table(
    "scim_tokens",
    key=("tenant_id", "token_id"),
    columns=(
        Column("token_id", TEXT, 64, null=False),
        Column("tenant_id", TEXT, 255, null=False, hidden=True),
        Column("connection_id", TEXT, 255, null=False),
        Column("token_hash", TEXT, 128, null=False, secret=True),
        Column("scopes", JSON, null=False),
        Column("valid_until", INSTANT, 35),
        Column("created_at", INSTANT, 35, null=False),
        Column("last_used_at", INSTANT, 35),
    ),
    indexes=(
        Index("scim_tokens_tenant_connection_idx", ("tenant_id", "connection_id")),
        Index("scim_tokens_tenant_hash_idx", ("tenant_id", "token_hash"), unique=True),
    ),
)

SCIM_EXTERNAL_IDS: Table[Any] = Table(
    "scim_external_ids",
    key=("tenant_id", "connection_id", "user_id"),
    columns=(
        Column("tenant_id", TEXT, 255, null=False, hidden=True),
        Column("connection_id", TEXT, 255, null=False),
        Column("external_id", TEXT, 255, null=False),
        Column("user_id", TEXT, 255, null=False),
        Column("created_at", INSTANT, 35, null=False),
    ),
    indexes=(
        Index("scim_external_ids_connection_external_idx", ("tenant_id", "connection_id", "external_id"), unique=True),
    ),
)

REGISTRY = Registry(
    TENANTS,
    ACTION_EXECUTIONS,
    ACTION_VERSIONS,
    ACTIONS,
    AUTHENTICATION_METHODS,
    BRANDING,
    CLIENTS,
    CLIENT_GRANTS,
    CLIENT_REGISTRATION_TOKENS,
    USERS,
    CODES,
    CONNECTIONS,
    CONTROL_PLANE_COMM_KEYS,
    CUSTOM_DOMAINS,
    CUSTOM_TEXT,
    EMAIL_PROVIDERS,
    EMAIL_TEMPLATES,
    FLOWS,
    FORMS,
    GRANTS,
    HOOK_CODE,
    HOOKS,
    INVITES,
    KEYS,
    LOG_STREAMS,
    SESSIONS,
    LOGIN_SESSIONS,
    LOGS,
    MIGRATION_SOURCES,
    MIGRATIONS,
    ORGANIZATIONS,
    ORGANIZATION_CONNECTIONS,
    OUTBOX_EVENTS,
    PASSWORDS,
    PROMPT_SETTINGS,
    PROXY_ROUTES,
    REFRESH_TOKENS,
    RESOURCE_SERVERS,
    ROLE_PERMISSIONS,
    ROLES,
    ROLLOUTS,
    TENANT_OPERATIONS,
    TENANT_OPERATION_EVENTS,
    THEMES,
    UNIVERSAL_LOGIN_TEMPLATES,
    USER_ACTIVITY,
    USER_ORGANIZATIONS,
    USER_PERMISSIONS,
    USER_ROLES,
    SCIM_CONFIGURATIONS,
    SCIM_TOKENS,
    SCIM_EXTERNAL_IDS,
)
"""Every table by name."""
