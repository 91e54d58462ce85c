"""The indexes in the order of the lists, and behind references to tenants: what a call costs does not grow with the tenant."""

from authhero_sql.migrations.operations import Migration, create_index

migration = Migration(
    up=(
        create_index("tenants", "idx_tenants_created_at", ("created_at", "id")),
        create_index("users", "idx_users_tenant_created_at", ("tenant_id", "created_at", "user_id")),
        create_index("sessions", "idx_sessions_tenant_created_at", ("tenant_id", "created_at_ts nulls first", "id")),
        create_index("refresh_tokens", "idx_refresh_tokens_tenant_created_at", ("tenant_id", "created_at_ts nulls first", "id")),
        create_index("codes", "idx_codes_tenant_created_at", ("tenant_id", "created_at", "code_id")),
        create_index("logs", "idx_logs_tenant_date", ("tenant_id", "date", "log_id")),
        create_index("logs", "idx_logs_tenant_type_date", ("tenant_id", "type", "date", "log_id")),
        create_index("logs", "idx_logs_tenant_user_date", ("tenant_id", "user_id", "date", "log_id")),
        create_index("grants", "idx_grants_tenant_created_at", ("tenant_id", "created_at", "id")),
        create_index("clients", "idx_clients_client_id", ("client_id",)),
        create_index("clients", "idx_clients_tenant_created_at", ("tenant_id", "created_at", "client_id")),
        create_index("client_grants", "idx_client_grants_tenant_created_at", ("tenant_id", "created_at", "id")),
        create_index("organizations", "idx_organizations_tenant_created_at", ("tenant_id", "created_at", "id")),
        create_index("user_organizations", "idx_user_organizations_tenant_created_at", ("tenant_id", "created_at", "id")),
        create_index("user_organizations", "idx_user_organizations_members", ("organization_id", "created_at", "id")),
        create_index("user_roles", "idx_user_roles_role_user", ("tenant_id", "role_id", "user_id")),
        create_index("custom_domains", "idx_custom_domains_domain", ("domain",)),
        create_index("custom_domains", "idx_custom_domains_tenant", ("tenant_id",)),
        create_index("hooks", "idx_hooks_tenant", ("tenant_id",)),
        create_index("keys", "idx_keys_tenant", ("tenant_id",)),
        create_index("migrations", "idx_migrations_tenant", ("tenant_id",)),
        create_index("passwords", "idx_passwords_tenant", ("tenant_id",)),
    )
)
