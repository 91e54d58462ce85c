"""The data layer of an AuthHero identity server, for async Python: one set of adapters over four engines.

.. code-block:: python

    async with connect("sqlite:///auth.db") as db:
        await migrate_to_latest(db)
        adapters = await create_adapters(db)
        user = await adapters.users.get("acme", "auth0|ada")
"""

from .adapters import Adapters, create_adapters
from .clock import Clock
from .dialects import Database, connect
from .errors import (
    AmbiguousError,
    AuthHeroSQLError,
    ConfigurationError,
    ConflictError,
    ConnectionLostError,
    CorruptRowError,
    DatabaseError,
    DatabaseUnavailableError,
    DriverMissingError,
    ForeignKeyError,
    IntegrityError,
    InvalidQueryError,
    InvalidValueError,
    MigrationError,
    MissingTableError,
    NotFoundError,
    NothingMatchedError,
    PoolTimeoutError,
    ReadOnlyError,
    ReplicationRefusedError,
    StatementTimeoutError,
    StatementTooLargeError,
    TransactionAbortedError,
    TransactionClosedError,
    TransactionConflictError,
    TransactionMisuseError,
    UnfitDatabaseError,
    UnknownOutcomeError,
    UnsupportedError,
)
from .ids import Ids
from .listing import Sort
from .lucene import quoted as q_quote
from .migrations import (
    Damage,
    Difference,
    Loss,
    MigrationStatus,
    PlannedMigration,
    Progress,
    SchemaCheck,
    check_schema,
    create_search_indexes,
    drop_search_indexes,
    export_sql,
    find_damage,
    lease_holder,
    losses,
    migrate_down,
    migrate_to_latest,
    migration_status,
    plan,
    repair,
    unlock,
)
from .models.base import Page
from .verbs.bulk import ManyResult, Refusal

__version__ = "0.1.0"

__all__ = [
    "Adapters",
    "AmbiguousError",
    "AuthHeroSQLError",
    "Clock",
    "ConfigurationError",
    "ConflictError",
    "ConnectionLostError",
    "CorruptRowError",
    "Damage",
    "Database",
    "DatabaseError",
    "DatabaseUnavailableError",
    "Difference",
    "DriverMissingError",
    "ForeignKeyError",
    "Ids",
    "IntegrityError",
    "InvalidQueryError",
    "InvalidValueError",
    "Loss",
    "ManyResult",
    "MigrationError",
    "MigrationStatus",
    "MissingTableError",
    "NotFoundError",
    "NothingMatchedError",
    "Page",
    "PlannedMigration",
    "PoolTimeoutError",
    "Progress",
    "ReadOnlyError",
    "Refusal",
    "ReplicationRefusedError",
    "SchemaCheck",
    "Sort",
    "StatementTimeoutError",
    "StatementTooLargeError",
    "TransactionAbortedError",
    "TransactionClosedError",
    "TransactionConflictError",
    "TransactionMisuseError",
    "UnfitDatabaseError",
    "UnknownOutcomeError",
    "UnsupportedError",
    "__version__",
    "check_schema",
    "connect",
    "create_adapters",
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
    "q_quote",
    "repair",
    "unlock",
]
