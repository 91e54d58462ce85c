"""hooks.page_id and hooks.permission_required: hooks that show a page."""

from authhero_sql.migrations.operations import Migration, add_column

migration = Migration(
    up=(
        add_column("hooks", "page_id", "varchar(64)"),
        add_column("hooks", "permission_required", "varchar(255)"),
    )
)
