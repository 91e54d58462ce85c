"""What an engine says about its own state, for :mod:`authhero_sql.doctor`: one class for each kind of engine."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from .dialect import Dialect
from .interface import Call, Database
from .managed import COMMAND_TIMEOUT, ManagedDatabase, reraise
from .tls import is_local

LARGE = 10_000
"""Rows from which on a table without statistics may get a bad plan."""


class Diagnosis:
    """An engine that says nothing: each method returns what is wrong, and nothing where the engine has no such thing."""

    oldest: ClassVar[dict[str, tuple[int, ...]]] = {}
    """The oldest version that is supported, by the product's name."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def _one(self, sql: str) -> Any:
        """Return the first value of a query, or None where it gives no row."""
        rows = await self.database.fetch(Call(sql))
        return rows[0][0] if rows else None

    async def version(self) -> tuple[str, str] | None:
        """Return the product and the version that it states, or None where its operator takes care of that."""
        return None

    async def outdated(self) -> str | None:
        """Return what is wrong with the version."""
        found = await self.version()
        if found is None:
            return None
        product, stated = found
        numbers = re.match(r"[0-9.]+", stated)
        oldest = self.oldest[product]
        if numbers is None or tuple(map(int, numbers[0].strip(".").split("."))) >= oldest:
            return None
        return f"{product} {numbers[0]} is older than {'.'.join(map(str, oldest))}"

    async def is_exposed(self) -> bool:
        """Return whether the connection leaves this machine without TLS."""
        return False

    async def isolation(self) -> str | None:
        """Return the isolation level of single statements where it is not READ COMMITTED."""
        return None

    async def unanalyzed(self) -> Sequence[str]:
        """Return the large tables that have never been analyzed."""
        return ()

    async def is_pooled_unawares(self) -> bool:
        """Return whether a pooler stands before the server and prepared statements are in use."""
        return False

    async def journal_mode(self) -> str | None:
        """Return the journal mode of a file that is not in WAL."""
        return None

    async def unenforced(self) -> bool:
        """Return whether foreign keys are not enforced."""
        return False

    async def corruption(self) -> Sequence[str]:
        """Return what is wrong with the file. Reads all of it."""
        return ()


class SQLiteDiagnosis(Diagnosis):
    """SQLite, by its pragmas."""

    oldest: ClassVar[dict[str, tuple[int, ...]]] = {"SQLite": (3, 35)}

    async def version(self) -> tuple[str, str] | None:
        """Return the version of the library."""
        return "SQLite", await self._one("SELECT sqlite_version()")

    async def journal_mode(self) -> str | None:
        """Return the mode; a database in memory has none to choose."""
        mode: str = await self._one("PRAGMA journal_mode")
        return None if mode in ("wal", "memory") else mode

    async def unenforced(self) -> bool:
        """Return what the writer says: enforcement belongs to a connection, and readers need none."""
        async with self.database.transaction() as block:
            [[enforced]] = await block.fetch(Call("PRAGMA foreign_keys"))
        return not enforced

    async def corruption(self) -> Sequence[str]:
        """Return what the two checks find: of the file itself, and of references, which another program may have broken."""
        found = [str(text) for (text,) in await self.database.fetch(Call("PRAGMA quick_check", bounded=False)) if text != "ok"]
        broken = {(table, parent) for table, _, parent, _ in await self.database.fetch(Call("PRAGMA foreign_key_check", bounded=False))}
        return [*found, *(f"{table} has rows that refer to rows of {parent} that do not exist" for table, parent in sorted(broken))]


class D1Diagnosis(SQLiteDiagnosis):
    """D1, whose version, journal and enforcement are Cloudflare's."""

    async def version(self) -> tuple[str, str] | None:
        """Return nothing: D1 does not state it."""
        return None

    async def journal_mode(self) -> str | None:
        """Return nothing."""
        return None

    async def unenforced(self) -> bool:
        """Return what D1 says."""
        return not await self._one("PRAGMA foreign_keys")


class PostgreSQLDiagnosis(Diagnosis):
    """PostgreSQL, by its statistics views."""

    oldest: ClassVar[dict[str, tuple[int, ...]]] = {"PostgreSQL": (13,)}

    async def version(self) -> tuple[str, str] | None:
        """Return the server's version."""
        return "PostgreSQL", await self._one("SHOW server_version")

    async def is_exposed(self) -> bool:
        """Return whether the server sees a client elsewhere, and no TLS."""
        return bool(
            await self._one(
                "SELECT NOT COALESCE((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), FALSE) AND inet_client_addr() IS NOT NULL "
                "AND NOT (inet_client_addr() <<= inet '127.0.0.0/8' OR inet_client_addr() = inet '::1' "
                "OR inet_client_addr() = inet_server_addr())"
            )
        )

    async def isolation(self) -> str | None:
        """Return the default of the session."""
        level: str = await self._one("SHOW default_transaction_isolation")
        return None if level == "read committed" else level.upper()

    async def unanalyzed(self) -> Sequence[str]:
        """Return the tables that neither a person nor autovacuum has analyzed."""
        rows = await self.database.fetch(
            Call(
                "SELECT relname FROM pg_stat_user_tables WHERE schemaname = current_schema() AND last_analyze IS NULL "
                "AND last_autoanalyze IS NULL AND n_live_tup >= $1 ORDER BY relname",
                (LARGE,),
            )
        )
        return [name for (name,) in rows]

    async def is_pooled_unawares(self) -> bool:
        """Compare the process that answered the login with the one that answers a query: a pooler makes up the former."""
        from .postgresql import PostgreSQLDatabase

        if not isinstance(self.database, PostgreSQLDatabase) or not self.database.caches_statements:
            return False
        announced, actual = await self.database.run_on_connection(_backends, self.database.dialect)
        return announced != actual


async def _backends(connection: Any, dialect: Dialect) -> tuple[int, int]:
    """Return the server process as the login named it, and as a query does."""
    try:
        return connection.get_server_pid(), await connection.fetchval("SELECT pg_backend_pid()", timeout=COMMAND_TIMEOUT)
    except Exception as error:
        reraise(dialect, error)


class MySQLDiagnosis(Diagnosis):
    """MySQL and MariaDB."""

    oldest: ClassVar[dict[str, tuple[int, ...]]] = {"MySQL": (8, 0, 17), "MariaDB": (10, 5)}

    async def version(self) -> tuple[str, str] | None:
        """Return the server's version; MariaDB names itself in it."""
        stated: str = await self._one("SELECT VERSION()")
        return "MariaDB" if "mariadb" in stated.lower() else "MySQL", stated

    async def is_exposed(self) -> bool:
        """Return whether the server sees a client elsewhere, and no cipher."""
        [[_, cipher]] = await self.database.fetch(Call("SHOW SESSION STATUS LIKE 'Ssl_cipher'"))
        host = await self._one("SELECT host FROM information_schema.processlist WHERE id = CONNECTION_ID()")
        return not cipher and host is not None and not is_local(re.sub(r":\d+$", "", str(host)))

    async def isolation(self) -> str | None:
        """Return the level of the session; the variable has another name before MariaDB 11.1."""
        rows = await self.database.fetch(Call("SHOW SESSION VARIABLES WHERE Variable_name IN ('transaction_isolation', 'tx_isolation')"))
        return next((str(level).replace("-", " ") for _, level in rows if level != "READ-COMMITTED"), None)


_KINDS: dict[str, type[Diagnosis]] = {
    "d1": D1Diagnosis,
    "mysql": MySQLDiagnosis,
    "postgresql": PostgreSQLDiagnosis,
    "sqlite": SQLiteDiagnosis,
}
"""By the name of the dialect."""


def diagnosis(database: Database) -> Diagnosis:
    """Return the diagnosis for the engine of a database that is open."""
    dialect: Dialect = database.dialect
    return _KINDS.get(dialect.name, Diagnosis)(database)


def missing_file(database: ManagedDatabase) -> Path | None:
    """Return the absolute path of the file that opening the database would create; None where it exists, or there is no file."""
    file = database.file
    return file if file is not None and not file.exists() else None
