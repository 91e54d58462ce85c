"""prompt_settings.show_last_used_connection: whether the sign-in page shows how somebody signed in last."""

from authhero_sql.migrations.operations import Migration, add_column

migration = Migration(up=(add_column("prompt_settings", "show_last_used_connection", "tinyint(1)"),))
