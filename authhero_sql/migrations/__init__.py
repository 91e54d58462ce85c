"""The history of the schema, and the functions that apply it."""

from .backfills import Progress
from .check import Difference, SchemaCheck, check_schema
from .export import export_sql
from .losses import DataLoss
from .migrator import (
    MigrationStatus,
    PlannedMigration,
    migrate_down,
    migrate_to_latest,
    migration_status,
    plan_migrations,
    preview_data_loss,
)
from .repair import InterruptedMigration, find_interrupted_migrations, lease_holder, repair, unlock
from .search import create_search_indexes, drop_search_indexes

__all__ = [
    "DataLoss",
    "Difference",
    "InterruptedMigration",
    "MigrationStatus",
    "PlannedMigration",
    "Progress",
    "SchemaCheck",
    "check_schema",
    "create_search_indexes",
    "drop_search_indexes",
    "export_sql",
    "find_interrupted_migrations",
    "lease_holder",
    "migrate_down",
    "migrate_to_latest",
    "migration_status",
    "plan_migrations",
    "preview_data_loss",
    "repair",
    "unlock",
]
