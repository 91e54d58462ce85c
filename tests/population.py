"""Fill a database like one that has grown: one tenant has nearly all of the rows, and a thousand small tenants share the rest.

The engine generates the rows itself with one statement per table, so that a million of them take seconds. All engines have the same rows. A
NOT NULL column that is not specified below gets a value that its codec accepts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from authhero_sql import connect
from authhero_sql.codecs import EPOCH_MS, INSTANT, JSON, JSON_OR_TEXT
from authhero_sql.dialects import Call, Database
from authhero_sql.row_mapping import wire_fields
from authhero_sql.schema import Column, Table
from authhero_sql.tables import REGISTRY
from tests.kinds import entities, model_of

BIG = "acme"
"""The tenant that has 95 of 100 rows."""
SMALL_TENANTS = 1000
"""The number of tenants that share the rest."""
START = 1_735_689_600_000
"""The time of the first row, 2025-01-01. Each following row is a minute later, so that a million rows span two years."""
STEP = 60_000
MIN_ROWS = 200
"""The minimum number of rows in each table, so that all references are valid."""
SYLLABLES = ("ad", "be", "ka", "lo", "mi", "nu", "or", "pe", "ra", "su", "ti", "vo", "we", "xa", "yu", "za")


@dataclass(frozen=True)
class SqlDialect:
    """The SQL dialect of an engine. In the expressions, ``i`` is the number of the row."""

    engine: str

    def text(self, number: str) -> str:
        """Return a number as text."""
        return f"CAST({number} AS {'CHAR' if self.engine == 'mysql' else 'text'})"

    def half(self, number: str, by: int) -> str:
        """Return an integer division."""
        return f"(({number}) {'DIV' if self.engine == 'mysql' else '/'} {by})"

    def padded(self, number: str, width: int) -> str:
        """Return a number padded with zeros."""
        return f"substr({self.text(f'{10**width} + {number}')}, 2, {width})"

    def name(self, number: str) -> str:
        """Return a name of three syllables that many rows share, followed by a unique number."""
        listed = "".join(SYLLABLES)
        parts = [f"substr('{listed}', 1 + 2 * (({self.half(number, by)}) % {len(SYLLABLES)}), 2)" for by in (1, 16, 256)]
        return f"{' || '.join(parts)} || {self.text(number)}"

    def iso(self, ms: str) -> str:
        """Return milliseconds since the epoch as ISO text."""
        if self.engine == "postgresql":
            return f"""to_char(to_timestamp(({ms}) / 1000) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.000"Z"')"""
        if self.engine == "mysql":
            seconds = self.half(ms, 1000)
            return f"DATE_FORMAT(DATE_ADD('1970-01-01', INTERVAL {seconds} SECOND), '%Y-%m-%dT%H:%i:%s.000Z')"
        return f"strftime('%Y-%m-%dT%H:%M:%S.000Z', ({ms}) / 1000, 'unixepoch')"


Rows = tuple[float, Mapping[str, str]]
"""The number of rows as a fraction of the number of users, and the columns."""


def tables(dialect: SqlDialect) -> dict[str, Rows]:
    """Return the tables that grow. In an expression, ``i`` is the number of the row and ``{ms}`` its creation time in milliseconds."""
    text = dialect.text
    user = f"'auth0|u' || {dialect.padded('i', 8)}"
    before = f"'auth0|u' || {dialect.padded('(i - 1)', 8)}"
    # Each small tenant has one client, which the references of its rows need.
    client = f"'client' || {text('(i % 20)')}"
    own_client = f"i - {SMALL_TENANTS}"
    expiry = f"CASE WHEN i % 50 = 0 THEN {START} ELSE 4000000000000 END"
    # The first organization and the first role have most of the members.
    crowd = "CASE WHEN i % 4 = 0 THEN {} ELSE {} END"
    own = {"user_id": user}
    seldom = f"CASE WHEN i % 100 = 0 THEN NULL ELSE {{ms}} END"  # noqa: F541  # {ms} is filled in later
    return {
        "users": (
            1,
            {
                **own,
                "email": f"CASE WHEN i % 33 = 0 THEN NULL ELSE {dialect.name('i')} || '@example.com' END",
                "username": f"CASE WHEN i % 10 = 0 THEN 'nick' || {text('i')} END",
                "phone_number": f"CASE WHEN i % 5 = 0 THEN '+46' || {dialect.padded('i', 8)} END",
                "name": f"CASE WHEN i % 2 = 0 THEN {dialect.name('i')} ELSE upper({dialect.name('i')}) END",
                "provider": "'auth0'",
                "connection": "'Username-Password-Authentication'",
                "linked_to": f"CASE WHEN i % 20 = 7 THEN {before} END",
                "email_verified": "i % 2",
            },
        ),
        "user_activity": (1, {**own, "login_count": "i % 100", "last_login": "{iso}"}),
        "passwords": (0.6, {**own, "id": f"'p' || {dialect.padded('i', 8)}", "password": "'hash'", "is_current": "1"}),
        "sessions": (1, {**own, "id": f"'s' || {dialect.padded('i', 8)}", "created_at_ts": seldom, "expires_at_ts": expiry}),
        "login_sessions": (
            1,
            {**own, "id": f"'l' || {dialect.padded('i', 8)}", "session_id": f"'s' || {dialect.padded('i', 8)}", "expires_at_ts": expiry},
        ),
        "refresh_tokens": (
            1,
            {
                **own,
                "id": f"'r' || {dialect.padded('i', 8)}",
                "client_id": client,
                "login_id": f"'l' || {dialect.padded('i', 8)}",
                "family_id": f"'r' || {dialect.padded('i', 8)}",
                "token_lookup": f"'t' || {dialect.padded('i', 8)}",
                "created_at_ts": seldom,
                "expires_at_ts": expiry,
            },
        ),
        "codes": (
            0.5,
            {
                **own,
                "code_id": f"'c' || {dialect.padded('i', 8)}",
                "code_type": "'otp'",
                "login_id": f"'l' || {dialect.padded('i', 8)}",
                "expires_at_ts": expiry,
            },
        ),
        "logs": (
            2,
            {
                "user_id": f"'auth0|u' || {dialect.padded(dialect.half('i', 2), 8)}",
                "log_id": f"'g' || {dialect.padded('i', 8)}",
                "type": "CASE WHEN i % 10 < 6 THEN 's' WHEN i % 10 < 9 THEN 'seacft' WHEN i % 1000 = 999 THEN 'pwd_leak' ELSE 'f' END",
                "client_id": client,
                "ip": f"'10.0.' || {text('(i % 200)')} || '.' || {text('(i % 250)')}",
                "description": f"'Log ' || {text('i')}",
            },
        ),
        "grants": (0.5, {**own, "id": f"'n' || {dialect.padded('i', 8)}", "client_id": client, "scope": "'[]'"}),
        "user_roles": (0.5, {**own, "role_id": crowd.format("'role0'", f"'role' || {text('(i % 10)')}"), "organization_id": "''"}),
        "user_permissions": (
            0.25,
            {
                **own,
                "resource_server_identifier": "'https://api'",
                "permission_name": f"'read:' || {text('(i % 4)')}",
                "organization_id": "''",
            },
        ),
        "organizations": (0.02, {"id": f"'org' || {dialect.padded('i', 8)}", "name": f"'org' || {dialect.padded('i', 8)}"}),
        "user_organizations": (
            0.25,
            {
                **own,
                "id": f"'m' || {dialect.padded('i', 8)}",
                "organization_id": crowd.format("'org00000001'", f"'org' || {dialect.padded('(1 + i % 100)', 8)}"),
            },
        ),
        "authentication_methods": (0.2, {**own, "id": f"'a' || {dialect.padded('i', 8)}", "type": "'totp'"}),
        "outbox_events": (
            0.25,
            {
                "id": f"'e' || {dialect.padded('i', 8)}",
                "processed_at": "CASE WHEN i % 10 > 0 THEN {iso} END",
                "dead_lettered_at": "CASE WHEN i % 500 = 0 THEN {iso} END",
                "payload": "'{{}}'",
            },
        ),
        "invites": (0.1, {"id": f"'i' || {dialect.padded('i', 8)}", "organization_id": f"'org' || {dialect.padded('(1 + i % 100)', 8)}"}),
        "action_executions": (0.25, {"id": f"'x' || {dialect.padded('i', 8)}", "trigger_id": "'post-login'", "results": "'[]'"}),
        "clients": (
            0.02,
            {
                "tenant_id": f"CASE WHEN i > {SMALL_TENANTS} THEN '{BIG}' ELSE 'small' || {text('(i - 1)')} END",
                "client_id": f"'client' || CASE WHEN i > {SMALL_TENANTS} THEN {text(own_client)} ELSE '0' END",
                "name": f"'Client ' || {text('i')}",
            },
        ),
        "client_grants": (
            0.02,
            {
                "tenant_id": f"'{BIG}'",
                "id": f"'h' || {dialect.padded('i', 8)}",
                "client_id": f"'client' || {text('i')}",
                "audience": "'https://api'",
            },
        ),
        "client_registration_tokens": (
            0.02,
            {"id": f"'k' || {dialect.padded('i', 8)}", "client_id": f"'client' || {text('i')}", "token_hash": f"'hash' || {text('i')}"},
        ),
    }


DEVICE = '{{"initial_user_agent":"x","initial_ip":"10.0.0.1","initial_asn":"x","last_user_agent":"x","last_ip":"10.0.0.1","last_asn":"x"}}'


def _default_value(table: Table[Any], column: Column) -> str | None:
    """Return a valid value for a column that is not specified."""
    if column.public in ("created_at", "updated_at", "date") and not column.null:
        return "{ms}" if column.codec is EPOCH_MS else "{iso}"
    if column.null or column.default is not None:
        return None
    if column.codec in (JSON, JSON_OR_TEXT):
        field = wire_fields(model_of(table))[column.public][1] if table.name in entities() else None
        return "'[]'" if "list[" in str(field and field.annotation) else f"'{DEVICE}'" if column.name == "device" else "'{{}}'"
    if column.codec is INSTANT:
        return "{iso}"
    return "'x'" if column.is_text else "0"


def statement(engine: str, table: str, users: int) -> str:
    """Return the INSERT statement for all rows of a table."""
    dialect = SqlDialect(engine)
    part, given = tables(dialect)[table]
    more = SMALL_TENANTS if table == "clients" else 0
    columns = {
        column.name: value
        for column in REGISTRY[table].columns
        if (value := given.get(column.name) or _default_value(REGISTRY[table], column))
    }
    columns.pop("tenant_id", None)
    columns.update({name: value for name, value in given.items() if name == "tenant_id"})
    small = dialect.text(f"({dialect.half('i', 20)} % {SMALL_TENANTS})")
    columns.setdefault("tenant_id", f"CASE WHEN i % 20 > 0 THEN '{BIG}' ELSE 'small' || {small} END")
    created = f"({START} + CAST(i AS {'SIGNED' if engine == 'mysql' else 'bigint'}) * {STEP if table != 'logs' else STEP // 2})"
    values = [value.format(ms=created, iso=dialect.iso(created)) for value in columns.values()]
    names = ", ".join(f'"{name}"' for name in columns)
    numbers = f"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {max(MIN_ROWS, int(users * part)) + more})"
    chosen = f"SELECT {', '.join(values)} FROM n"
    insert = f'INSERT INTO "{table}" ({names})'
    # MySQL requires the common table expression after INSERT. The other engines also accept it there.
    return f"{insert} {numbers} {chosen}"


def _session_settings(engine: str) -> list[str]:
    if engine == "mysql":
        return [
            "SET SESSION sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT', foreign_key_checks = 0, unique_checks = 0",
            "SET NAMES utf8mb4 COLLATE utf8mb4_bin",
        ]
    return ["SET LOCAL session_replication_role = replica"] if engine == "postgresql" else []


def _tenants(engine: str) -> str:
    dialect = SqlDialect(engine)
    iso = dialect.iso(f"({START} + i)")
    numbers = f"WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {SMALL_TENANTS})"
    id = f"CASE WHEN i = {SMALL_TENANTS} THEN '{BIG}' ELSE 'small' || {dialect.text('i')} END"
    return f'INSERT INTO "tenants" ("id", "created_at", "updated_at") {numbers} SELECT {id}, {iso}, {iso} FROM n'


async def fill(url: str, users: int, *, each: Callable[[str], None] = lambda _: None) -> None:
    """Fill an empty database that has all tables, and call ``each`` with the name of every table before it is filled.

    This does not create table statistics.
    """
    async with connect(url, **_without_timeout(url)) as database:
        engine = database.dialect.name
        growing = tables(SqlDialect(engine))
        statements = {"tenants": _tenants(engine), **{table: statement(engine, table, users) for table in REGISTRY if table in growing}}
        if not database.dialect.features.interactive_transactions:
            for table, sql in statements.items():
                each(table)
                await database.execute(Call(sql, has_timeout=False))
            return
        async with database.transaction() as tx:
            for sql in _session_settings(engine):
                await tx.execute(Call(sql, has_timeout=False))
            if engine == "mysql":
                await _raise_recursion_limit(tx)
            for table, sql in statements.items():
                each(table)
                # aiomysql interprets a percent sign as a placeholder.
                await tx.execute(Call(sql.replace("%", "%%") if engine == "mysql" else sql, has_timeout=False))


async def _raise_recursion_limit(tx: Any) -> None:
    """Raise the limit of recursion in MySQL, which is 1,000."""
    rows = await tx.fetch(Call("SHOW VARIABLES WHERE Variable_name IN ('cte_max_recursion_depth', 'max_recursive_iterations')"))
    for name, _ in rows:
        await tx.execute(Call(f"SET SESSION {name} = 4294967295", has_timeout=False))


def _without_timeout(url: str) -> dict[str, Any]:
    return {} if url.startswith("sqlite") else {"command_timeout": None}


async def analyze(database: Database) -> None:
    """Update the statistics of all tables."""
    for table in REGISTRY if database.dialect.name == "mysql" else [""]:
        named = f"`{table}`" if table else ""
        sql = f"ANALYZE TABLE {named}" if table else "ANALYZE"
        await (database.fetch if table else database.execute)(Call(sql, has_timeout=False))
