"""The index by which old action executions are swept."""

from authhero_sql.migrations.operations import Migration, create_index

migration = Migration(up=(create_index("action_executions", "idx_action_executions_created_at_ts", ("created_at_ts",)),))
