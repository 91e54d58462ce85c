"""The schema's history, and what applies it."""

from .backfills import Progress
from .check import Difference, SchemaCheck, check_schema
from .export import export_sql
from .losses import Loss
from .migrator import MigrationStatus, PlannedMigration, losses, migrate_down, migrate_to_latest, migration_status, plan
from .repair import Damage, find_damage, lease_holder, repair, unlock
from .search import create_search_indexes, drop_search_indexes

__all__ = [
    "Damage",
    "Difference",
    "Loss",
    "MigrationStatus",
    "PlannedMigration",
    "Progress",
    "SchemaCheck",
    "check_schema",
    "create_search_indexes",
    "drop_search_indexes",
    "export_sql",
    "find_damage",
    "lease_holder",
    "losses",
    "migrate_down",
    "migrate_to_latest",
    "migration_status",
    "plan",
    "repair",
    "unlock",
]
