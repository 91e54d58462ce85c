"""The schema's history, and what applies it."""

from .migrator import MigrationStatus, migrate_to_latest, migration_status

__all__ = ["MigrationStatus", "migrate_to_latest", "migration_status"]
