"""Diagnosis of a database in use: each problem is reported with a fix, and nothing is changed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from .adapters import Adapters, create_adapters
from .clock import Clock, from_epoch_ms, system_clock, truncate
from .context import Context
from .dialects import wrap
from .dialects.diagnosis import Diagnosis, diagnosis_for
from .errors import DatabaseError, DatabaseUnavailableError, SchemaMismatchError, UnsupportedError
from .migrations import Difference, check_schema, find_interrupted_migrations, lease_holder, migration_status
from .statements.conditions import NOT_NULL
from .statements.lists import ListStatements
from .tables import OUTBOX_EVENTS, REGISTRY
from .upkeep import Retention, clean_up

Severity = Literal["problem", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""The severities, most severe first."""

EXPIRED_ROWS = 1_000
"""The number of expired rows of a kind from which cleanup is considered overdue."""
SKEW_WARNING, SKEW_PROBLEM = 2.0, 30.0
"""The clock differences from which a warning and a problem are reported, in seconds."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding of the doctor.

    Attributes:
        check: The name of the check.
        severity: ``"problem"`` (something does not work or is unsafe), ``"warning"`` (it may become a problem, or is slow), or ``"note"``.
        message: What is wrong.
        fix: How to fix it.
    """

    check: str
    severity: Severity
    message: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class _Target:
    """The database to examine, and what the checks need to examine it."""

    adapters: Adapters
    engine: Diagnosis
    clock: Clock

    @property
    def context(self) -> Context:
        """The context of the adapters."""
        return self.adapters.context

    @property
    def outbox(self) -> ListStatements:
        """The statements of the outbox."""
        return ListStatements(OUTBOX_EVENTS, self.context.statement_cache)

    async def database_now(self) -> datetime:
        """Return the current time of the database's clock."""
        [[milliseconds]] = await self.context.executor.fetch(self.outbox.now())
        return from_epoch_ms(int(milliseconds))


Results = AsyncIterator[tuple[Severity, str, str]]
"""The results of a check: the severity, the message and the fix of each finding."""
Check = Callable[[_Target], Results]


async def diagnose(pool: object, *, thorough: bool = False, clock: Clock = system_clock) -> list[Finding]:
    """Examine a database and return the findings, most severe first. Changes nothing.

    An unreachable database is reported as a finding.

    Args:
        pool: Anything that ``create_adapters`` accepts, open or not.
        thorough: Whether to check the whole database for corruption as well, which may take long (SQLite and D1).
        clock: The clock of this host.

    Raises:
        ConfigurationError: The URL or an option is invalid, or the database belongs to another process or event loop.
        TypeError: ``pool`` is not a supported database or pool.
    """
    try:
        database = await wrap(pool)
        target = _Target(await create_adapters(database), diagnosis_for(database), clock)
    except DatabaseUnavailableError as error:
        return [_unreachable(error)]
    findings: list[Finding] = []
    for check in (*CHECKS, *(THOROUGH if thorough else ())):
        name = check.__name__
        try:
            findings += [Finding(name, *result) async for result in check(target)]
        except DatabaseUnavailableError as error:
            return [*findings, _unreachable(error)]
        except SchemaMismatchError:
            # The checks of the migrations and of the schema report missing tables and columns.
            continue
        except (DatabaseError, UnsupportedError) as error:
            findings.append(
                Finding(
                    name,
                    "note",
                    f"this check could not run: {error}",
                    "grant the account the required privilege, or raise command_timeout",
                )
            )
    return sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))


def _unreachable(error: DatabaseUnavailableError) -> Finding:
    return Finding("reachable", "problem", str(error), "start the database, or correct the URL or the network configuration")


async def version(target: _Target) -> Results:
    """Check that the version of the engine is supported."""
    outdated = await target.engine.version_problem()
    if outdated:
        yield "problem", f"{outdated}, the oldest supported version", "upgrade the database"


async def encryption(target: _Target) -> Results:
    """Check that a connection to another host is encrypted."""
    if await target.engine.is_exposed():
        yield "problem", "the connection to another host is not encrypted", "enable TLS on the server, and add ?ssl=verify-full to the URL"


async def isolation(target: _Target) -> Results:
    """Check that single statements run at READ COMMITTED, which guarded changes require."""
    level = await target.engine.unexpected_isolation_level()
    if level:
        fix = "set the default of the database, or of the connections in the pool, to READ COMMITTED"
        yield "warning", f"the default isolation level is {level}, expected READ COMMITTED", fix


async def pooler(target: _Target) -> Results:
    """Check that prepared statements are not used through a connection pooler."""
    if await target.engine.prepares_behind_pooler():
        yield "warning", "prepared statements may fail behind the connection pooler", "add ?pgbouncer=1 to the URL"


async def clocks(target: _Target) -> Results:
    """Check that the clocks agree.

    The clock of this host decides when sessions and codes expire, and the clock of the database decides when leases expire.
    """
    before = truncate(target.clock())
    theirs = await target.database_now()
    after = truncate(target.clock())
    # A difference within the round trip is not an error.
    skew = max((before - theirs).total_seconds(), (theirs - after).total_seconds(), 0.0)
    if skew >= SKEW_WARNING:
        direction = "behind" if theirs < before else "ahead of"
        severity: Severity = "problem" if skew >= SKEW_PROBLEM else "warning"
        yield severity, f"the database's clock is {skew:.0f} seconds {direction} this host's", "synchronize both clocks with NTP"


async def journal(target: _Target) -> Results:
    """Check that readers and writers of a SQLite file do not block each other."""
    mode = await target.engine.journal_mode()
    if mode:
        fix = "remove ?wal=0 from the URL and open the file once with connect(), which switches it to WAL"
        yield "warning", f"the SQLite file uses journal mode {mode.upper()}, in which a writer blocks all readers", fix


async def foreign_keys(target: _Target) -> Results:
    """Check that foreign keys are enforced."""
    if await target.engine.foreign_keys_disabled():
        yield "problem", "foreign keys are not enforced on this connection", "set PRAGMA foreign_keys = ON for your connection"


async def migrations(target: _Target) -> Results:
    """Check that all migrations are applied."""
    status = await migration_status(target.context.database)
    if status.created_by is not None:
        yield "problem", f"{status.created_by} created the tables, and the database has not been adopted", "run `authhero-sql adopt`"
    elif status.pending:
        number = len(status.pending)
        text = f"{number} migrations are pending" if number > 1 else f"migration {status.pending[0]} is pending"
        yield "problem", text, "run `authhero-sql migrate`"


async def lease(target: _Target) -> Results:
    """Check that no dead process holds the migration lease."""
    held = await lease_holder(target.context.database)
    if held is None or held.expires_at is None:
        return
    if held.expires_at < await target.database_now():
        yield "warning", f"an expired migration lease was not released: it is {held}", "run `authhero-sql unlock`"
    else:
        yield "note", f"the migration lease is {held}", "wait until it ends; if its process has died, run `authhero-sql unlock`"


async def ledger(target: _Target) -> Results:
    """Check that no migration was interrupted."""
    for interrupted in await find_interrupted_migrations(target.context.database):
        certain = interrupted.uncertain_step is None and not interrupted.changed
        fix = "run `authhero-sql migrate`" if certain else "run `authhero-sql repair --record`, then `authhero-sql migrate`"
        yield "problem", f"a migration was interrupted: {interrupted}", fix


async def schema(target: _Target) -> Results:
    """Check that the schema matches this version, if all migrations are applied."""
    status = await migration_status(target.context.database)
    if status.pending or status.created_by is not None:
        return
    for difference in (await check_schema(target.context.database)).differences:
        yield _severity(difference), str(difference), _fix(target.context, difference)


def _severity(difference: Difference) -> Severity:
    if difference.required:
        return "problem"
    return "note" if difference.expected is None else "warning"


def _fix(context: Context, difference: Difference) -> str:
    if difference.expected is None:
        return "none required if you created it"
    if difference.part == "index":
        index = {index.name: index for index in REGISTRY[difference.table].indexes}[difference.name]
        create = context.dialect.create_index(difference.table, index, online=context.dialect.features.online_ddl)
        return f"{create};" if difference.found is None else f"{context.dialect.drop_index(difference.table, index.name)}; {create};"
    if difference.part == "collation":
        return f"convert the text columns to {difference.expected}"
    return f"change it to {difference.expected} by hand, or restore the database from a backup"


async def statistics(target: _Target) -> Results:
    """Check that the query planner has statistics for large tables."""
    tables = await target.engine.unanalyzed_tables()
    if tables:
        yield "warning", f"large tables have never been analyzed: {', '.join(tables)}", "run ANALYZE, and keep autovacuum enabled"


async def expired_rows(target: _Target) -> Results:
    """Check that cleanup runs regularly."""
    counts = await clean_up(target.adapters, Retention(), dry_run=True)
    waiting = {name: number for name, number in counts.items() if number >= EXPIRED_ROWS}
    if waiting:
        listed = ", ".join(f"{number} {name}" for name, number in waiting.items())
        yield "warning", f"expired rows have not been cleaned up: {listed}", "schedule `authhero-sql cleanup`, for example once an hour"


async def dead_letters(target: _Target) -> Results:
    """Check that the outbox has no dead letters."""
    [[number]] = await target.context.executor.fetch(target.outbox.count({OUTBOX_EVENTS.c.dead_lettered_at: NOT_NULL}))
    if number:
        text = f"{number} outbox events could not be delivered" if number > 1 else "1 outbox event could not be delivered"
        yield "warning", text, "make sure that the receiver works, then call outbox.replay() for the events in outbox.list_failed()"


async def corruption(target: _Target) -> Results:
    """Check that the database file is intact and that no foreign key is violated."""
    for text in await target.engine.file_problems():
        yield "problem", text, "restore the database from a backup, or correct the rows by hand"


CHECKS: tuple[Check, ...] = (
    version,
    encryption,
    isolation,
    pooler,
    clocks,
    journal,
    foreign_keys,
    migrations,
    lease,
    ledger,
    schema,
    statistics,
    expired_rows,
    dead_letters,
)
"""The checks that always run."""
THOROUGH: tuple[Check, ...] = (corruption,)
"""The checks that run only if ``thorough`` is True."""
