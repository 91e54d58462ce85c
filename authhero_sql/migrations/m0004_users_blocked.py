"""users.blocked: a user that may not sign in (Auth0: blocked)."""

from authhero_sql.migrations.operations import Migration, add_column

migration = Migration(up=(add_column("users", "blocked", "tinyint(1)"),))
