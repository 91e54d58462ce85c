"""Inbound SCIM provisioning (RFC 7644): its configurations, tokens and external ids."""

from authhero_sql.migrations.operations import Migration, column, create_index, create_table

migration = Migration(
    up=(
        create_table(
            "scim_configurations",
            column("connection_id", "varchar(255)", null=False),
            column("tenant_id", "varchar(255)", null=False),
            column("user_id_attribute", "varchar(255)", null=False, default="externalId"),
            column("mapping", "text", null=False),
            column("created_at", "varchar(35)", null=False),
            column("updated_at", "varchar(35)", null=False),
            key=("tenant_id", "connection_id"),
        ),
        create_table(
            "scim_tokens",
            column("token_id", "varchar(64)", null=False),
            column("tenant_id", "varchar(255)", null=False),
            column("connection_id", "varchar(255)", null=False),
            column("token_hash", "varchar(128)", null=False),
            column("scopes", "text", null=False),
            column("valid_until", "varchar(35)"),
            column("created_at", "varchar(35)", null=False),
            column("last_used_at", "varchar(35)"),
            key=("tenant_id", "token_id"),
        ),
        create_index("scim_tokens", "scim_tokens_tenant_connection_idx", ("tenant_id", "connection_id")),
        create_index("scim_tokens", "scim_tokens_tenant_hash_idx", ("tenant_id", "token_hash"), unique=True),
        create_table(
            "scim_external_ids",
            column("tenant_id", "varchar(255)", null=False),
            column("connection_id", "varchar(255)", null=False),
            column("external_id", "varchar(255)", null=False),
            column("user_id", "varchar(255)", null=False),
            column("created_at", "varchar(35)", null=False),
            key=("tenant_id", "connection_id", "user_id"),
        ),
        create_index(
            "scim_external_ids",
            "scim_external_ids_connection_external_idx",
            ("tenant_id", "connection_id", "external_id"),
            unique=True,
        ),
    )
)
