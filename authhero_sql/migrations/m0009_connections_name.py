"""An index for the names of connections, by which they are found and listed."""

from authhero_sql.migrations.operations import Migration, create_index

migration = Migration(up=(create_index("connections", "idx_connections_tenant_name", ("tenant_id", "name", "id")),))
