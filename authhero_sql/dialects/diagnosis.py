"""Checks of an engine's state for :mod:`authhero_sql.doctor`, with one class for each kind of engine."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from .dialect import Dialect
from .interface import Call, Database
from .managed import COMMAND_TIMEOUT, reraise
from .tls import is_local

LARGE = 10_000
"""The number of rows from which a table without statistics may get a bad query plan."""


class Diagnosis:
    """The base class, which reports no problem.

    Each method returns what is wrong. It returns nothing if everything is fine, or if the check does not apply to the engine.
    """

    oldest: ClassVar[dict[str, tuple[int, ...]]] = {}
    """The oldest supported version of each product, by the name of the product."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def _scalar(self, sql: str) -> Any:
        """Return the first value of a query, or None if the query returns no row."""
        rows = await self.database.fetch(Call(sql))
        return rows[0][0] if rows else None

    async def version(self) -> tuple[str, str] | None:
        """Return the name and the version of the product, or None if the version is managed by its operator."""
        return None

    async def version_problem(self) -> str | None:
        """Return a message if the version is too old, or None."""
        found = await self.version()
        if found is None:
            return None
        product, full_version = found
        numbers = re.match(r"[0-9.]+", full_version)
        oldest = self.oldest[product]
        if numbers is None or tuple(map(int, numbers[0].strip(".").split("."))) >= oldest:
            return None
        return f"{product} {numbers[0]} is older than {'.'.join(map(str, oldest))}"

    async def is_exposed(self) -> bool:
        """Return whether the connection leaves this machine without TLS."""
        return False

    async def unexpected_isolation_level(self) -> str | None:
        """Return the isolation level of single statements, or None if it is READ COMMITTED."""
        return None

    async def unanalyzed_tables(self) -> Sequence[str]:
        """Return the large tables that have never been analyzed."""
        return ()

    async def prepares_behind_pooler(self) -> bool:
        """Return whether prepared statements are in use although a pooler sits in front of the server."""
        return False

    async def journal_mode(self) -> str | None:
        """Return the journal mode of the file, or None if it is WAL."""
        return None

    async def foreign_keys_disabled(self) -> bool:
        """Return whether foreign keys are not enforced."""
        return False

    async def file_problems(self) -> Sequence[str]:
        """Return the problems of the file. This reads the whole file."""
        return ()


class SQLiteDiagnosis(Diagnosis):
    """The checks for SQLite, which use its pragmas."""

    oldest: ClassVar[dict[str, tuple[int, ...]]] = {"SQLite": (3, 35)}

    async def version(self) -> tuple[str, str] | None:
        """Return the version of the SQLite library."""
        return "SQLite", await self._scalar("SELECT sqlite_version()")

    async def journal_mode(self) -> str | None:
        """Return the journal mode. A database in memory cannot change its mode, so it is fine."""
        mode: str = await self._scalar("PRAGMA journal_mode")
        return None if mode in ("wal", "memory") else mode

    async def foreign_keys_disabled(self) -> bool:
        """Return whether the writer does not enforce foreign keys. The setting belongs to each connection, and readers do not need it."""
        async with self.database.transaction() as block:
            [[enforced]] = await block.fetch(Call("PRAGMA foreign_keys"))
        return not enforced

    async def file_problems(self) -> Sequence[str]:
        """Return the problems that the checks of the file and of the foreign keys find. Another program may have broken references."""
        found = [str(text) for (text,) in await self.database.fetch(Call("PRAGMA quick_check", has_timeout=False)) if text != "ok"]
        broken = {(table, parent) for table, _, parent, _ in await self.database.fetch(Call("PRAGMA foreign_key_check", has_timeout=False))}
        return [*found, *(f"{table} has rows that reference missing {parent} rows" for table, parent in sorted(broken))]


class D1Diagnosis(SQLiteDiagnosis):
    """The checks for D1. Cloudflare manages its version and its journal mode."""

    async def version(self) -> tuple[str, str] | None:
        """Return None, because D1 does not report its version."""
        return None

    async def journal_mode(self) -> str | None:
        """Return None."""
        return None

    async def foreign_keys_disabled(self) -> bool:
        """Return whether D1 does not enforce foreign keys."""
        return not await self._scalar("PRAGMA foreign_keys")


class PostgreSQLDiagnosis(Diagnosis):
    """The checks for PostgreSQL, which use its settings and statistics views."""

    oldest: ClassVar[dict[str, tuple[int, ...]]] = {"PostgreSQL": (13,)}

    async def version(self) -> tuple[str, str] | None:
        """Return the version of the server."""
        return "PostgreSQL", await self._scalar("SHOW server_version")

    async def is_exposed(self) -> bool:
        """Return whether the server sees a client on another machine that does not use TLS."""
        return bool(
            await self._scalar(
                "SELECT NOT COALESCE((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), FALSE) AND inet_client_addr() IS NOT NULL "
                "AND NOT (inet_client_addr() <<= inet '127.0.0.0/8' OR inet_client_addr() = inet '::1' "
                "OR inet_client_addr() = inet_server_addr())"
            )
        )

    async def unexpected_isolation_level(self) -> str | None:
        """Return the default isolation level of the session, or None if it is READ COMMITTED."""
        level: str = await self._scalar("SHOW default_transaction_isolation")
        return None if level == "read committed" else level.upper()

    async def unanalyzed_tables(self) -> Sequence[str]:
        """Return the large tables that neither ANALYZE nor autovacuum has analyzed."""
        rows = await self.database.fetch(
            Call(
                "SELECT relname FROM pg_stat_user_tables WHERE schemaname = current_schema() AND last_analyze IS NULL "
                "AND last_autoanalyze IS NULL AND n_live_tup >= $1 ORDER BY relname",
                (LARGE,),
            )
        )
        return [name for (name,) in rows]

    async def prepares_behind_pooler(self) -> bool:
        """Return whether the backend that answered the login is not the one that runs queries. A pooler makes up the former."""
        from .postgresql import PostgreSQLDatabase

        if not isinstance(self.database, PostgreSQLDatabase) or not self.database.caches_statements:
            return False
        announced, actual = await self.database.run_on_connection(_backends, self.database.dialect)
        return announced != actual


async def _backends(connection: Any, dialect: Dialect) -> tuple[int, int]:
    """Return the process ID of the backend according to the login, and according to a query."""
    try:
        return connection.get_server_pid(), await connection.fetchval("SELECT pg_backend_pid()", timeout=COMMAND_TIMEOUT)
    except Exception as error:
        reraise(dialect, error)


class MySQLDiagnosis(Diagnosis):
    """The checks for MySQL and MariaDB."""

    oldest: ClassVar[dict[str, tuple[int, ...]]] = {"MySQL": (8, 0, 17), "MariaDB": (10, 5)}

    async def version(self) -> tuple[str, str] | None:
        """Return the product and the version of the server. The version of MariaDB contains its name."""
        full_version: str = await self._scalar("SELECT VERSION()")
        return "MariaDB" if "mariadb" in full_version.lower() else "MySQL", full_version

    async def is_exposed(self) -> bool:
        """Return whether the server sees a client on another machine without a TLS cipher."""
        [[_, cipher]] = await self.database.fetch(Call("SHOW SESSION STATUS LIKE 'Ssl_cipher'"))
        host = await self._scalar("SELECT host FROM information_schema.processlist WHERE id = CONNECTION_ID()")
        return not cipher and host is not None and not is_local(re.sub(r":\d+$", "", str(host)))

    async def unexpected_isolation_level(self) -> str | None:
        """Return the isolation level of the session, or None if it is READ COMMITTED."""
        # The variable has another name before MariaDB 11.1.
        rows = await self.database.fetch(Call("SHOW SESSION VARIABLES WHERE Variable_name IN ('transaction_isolation', 'tx_isolation')"))
        return next((str(level).replace("-", " ") for _, level in rows if level != "READ-COMMITTED"), None)


_KINDS: dict[str, type[Diagnosis]] = {
    "d1": D1Diagnosis,
    "mysql": MySQLDiagnosis,
    "postgresql": PostgreSQLDiagnosis,
    "sqlite": SQLiteDiagnosis,
}
"""The class for each dialect, by the name of the dialect."""


def diagnosis_for(database: Database) -> Diagnosis:
    """Return the checks for the engine of an open database."""
    dialect: Dialect = database.dialect
    return _KINDS.get(dialect.name, Diagnosis)(database)
