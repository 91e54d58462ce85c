"""Examines a database in use and says what is wrong with it, and how to fix it. Changes nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from .adapters import Adapters, create_adapters
from .clock import Clock, from_epoch_ms, system_clock, truncate
from .context import Context
from .dialects import Call, wrap
from .dialects.diagnosis import Diagnosis, diagnosis
from .errors import DatabaseError, DatabaseUnavailableError, SchemaMismatchError, UnsupportedError
from .migrations import Difference, check_schema, find_interrupted_migrations, lease_holder, migration_status
from .statements.conditions import NOT_NULL
from .statements.lists import ListStatements
from .tables import OUTBOX_EVENTS, REGISTRY
from .upkeep import Retention, clean_up

Severity = Literal["problem", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""From the worst on."""

EXPIRED = 1_000
"""Expired rows of a kind from which on clean-up seems not to run."""
SKEWED, FAR_SKEWED = 2.0, 30.0
"""Seconds between the clocks that are a warning, and a problem."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        check: the name of the check that found it.
        severity: ``"problem"`` (something does not work or is unsafe), ``"warning"`` (it will be, or is slow), or ``"note"``.
        message: what is wrong.
        fix: what to do about it.
    """

    check: str
    severity: Severity
    message: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class _Patient:
    """What a check can ask."""

    context: Context
    adapters: Adapters
    engine: Diagnosis
    clock: Clock

    async def database_now(self) -> datetime:
        """Return the current time of the database's clock."""
        [[milliseconds]] = await self.context.executor.fetch(Call(f"SELECT {self.context.dialect.now_ms()}"))
        return from_epoch_ms(int(milliseconds))


Symptoms = AsyncIterator[tuple[Severity, str, str]]
"""The severity, the message and the fix of each finding."""
Check = Callable[[_Patient], Symptoms]


async def diagnose(pool: object, *, thorough: bool = False, clock: Clock = system_clock) -> list[Finding]:
    """Examine a database; an empty list means that nothing is wrong. Changes nothing.

    Args:
        pool: what ``create_adapters`` takes, open or not.
        thorough: whether to read the whole file for corruption as well (SQLite and D1); this may take long.
        clock: the clock of this host.

    Raises:
        ConfigurationError: the URL or an option is wrong, or the database belongs to another process or event loop.
        TypeError: ``pool`` is no database.
    """
    try:
        database = await wrap(pool)
        patient = _Patient(Context.of(database), await create_adapters(database), diagnosis(database), clock)
    except DatabaseUnavailableError as error:
        return [_unreachable(error)]
    findings: list[Finding] = []
    for check in (*CHECKS, *(THOROUGH if thorough else ())):
        name = check.__name__
        try:
            findings += [Finding(name, *symptom) async for symptom in check(patient)]
        except DatabaseUnavailableError as error:
            return [*findings, _unreachable(error)]
        except SchemaMismatchError:
            # The checks of the migrations and of the schema say so.
            continue
        except (DatabaseError, UnsupportedError) as error:
            findings.append(
                Finding(
                    name,
                    "note",
                    f"this could not be checked: {error}",
                    "give the account the right to read it, or the statement more time (command_timeout)",
                )
            )
    return sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))


def _unreachable(error: DatabaseUnavailableError) -> Finding:
    return Finding("reachable", "problem", str(error), "start the database, or correct the URL and the way to it")


async def version(patient: _Patient) -> Symptoms:
    """The engine is as new as this package needs."""
    outdated = await patient.engine.outdated()
    if outdated:
        yield "problem", f"{outdated}, the oldest supported version", "upgrade the database"


async def encryption(patient: _Patient) -> Symptoms:
    """What is sent to another host is encrypted."""
    if await patient.engine.is_exposed():
        yield "problem", "the connection to another host is not encrypted", "enable TLS on the server, and add ?ssl=verify-full to the URL"


async def isolation(patient: _Patient) -> Symptoms:
    """Single statements run at the level that guards are written for."""
    level = await patient.engine.isolation()
    if level:
        fix = "set the default of the database or of the pool's connections to READ COMMITTED"
        yield "warning", f"the default isolation level is {level} instead of READ COMMITTED", fix


async def pooler(patient: _Patient) -> Symptoms:
    """Prepared statements and a pooler do not go together unless the pooler knows of them."""
    if await patient.engine.is_pooled_unawares():
        yield "warning", "a connection pooler stands before PostgreSQL, and prepared statements may get lost", "add ?pgbouncer=1 to the URL"


async def clocks(patient: _Patient) -> Symptoms:
    """The clocks agree: this host says when sessions and codes expire, the database when leases do."""
    before = truncate(patient.clock())
    theirs = await patient.database_now()
    after = truncate(patient.clock())
    # What lies between the two looks may be the way there and back.
    skew = max((before - theirs).total_seconds(), (theirs - after).total_seconds(), 0.0)
    if skew >= SKEWED:
        way = "behind" if theirs < before else "ahead of"
        severity: Severity = "problem" if skew >= FAR_SKEWED else "warning"
        yield severity, f"the database's clock is {skew:.0f} seconds {way} this host's", "synchronize both clocks with NTP"


async def journal(patient: _Patient) -> Symptoms:
    """Readers and the writer of a SQLite file do not block each other."""
    mode = await patient.engine.journal_mode()
    if mode:
        fix = "remove ?wal=0 from the URL, and let your program open the file once"
        yield "warning", f"the SQLite file has the journal mode {mode}: a writer blocks all readers", fix


async def foreign_keys(patient: _Patient) -> Symptoms:
    """References are enforced."""
    if await patient.engine.unenforced():
        yield "problem", "foreign keys are not enforced on this connection", "leave PRAGMA foreign_keys on in your own connection"


async def migrations(patient: _Patient) -> Symptoms:
    """Every migration is applied."""
    status = await migration_status(patient.context.database)
    if status.made_by is not None:
        yield "problem", f"{status.made_by} created these tables, and they are not adopted", "run `authhero-sql adopt`"
    elif status.pending:
        number = len(status.pending)
        text = f"{number} migrations are pending" if number > 1 else f"the migration {status.pending[0]} is pending"
        yield "problem", text, "run `authhero-sql migrate`"


async def lease(patient: _Patient) -> Symptoms:
    """No process that died holds the migration lease."""
    held = await lease_holder(patient.context.database)
    if held is None or held.expires_at is None:
        return
    if held.expires_at < await patient.database_now():
        yield "warning", f"a migration lease was left behind: it is {held}", "run `authhero-sql unlock`"
    else:
        yield "note", f"the migration lease is {held}", "wait for the migration to end; if its process is dead, run `authhero-sql unlock`"


async def ledger(patient: _Patient) -> Symptoms:
    """No migration was interrupted."""
    for damage in await find_interrupted_migrations(patient.context.database):
        yield "problem", f"a migration was interrupted: {damage}", "run `authhero-sql repair --record`, then `authhero-sql migrate`"


async def schema(patient: _Patient) -> Symptoms:
    """The schema is as this version declares it, once the migrations are applied."""
    status = await migration_status(patient.context.database)
    if status.pending or status.made_by is not None:
        return
    for difference in (await check_schema(patient.context.database)).differences:
        yield _severity(difference), str(difference), _fix(patient.context, difference)


def _severity(difference: Difference) -> Severity:
    if difference.required:
        return "problem"
    return "note" if difference.wanted is None else "warning"


def _fix(context: Context, difference: Difference) -> str:
    if difference.wanted is None:
        return "nothing, if it is yours"
    if difference.part == "index":
        index = {index.name: index for index in REGISTRY[difference.table].indexes}[difference.name]
        made = context.dialect.create_index(difference.table, index, online=context.dialect.features.online_ddl)
        return f"{made};" if difference.found is None else f"{context.dialect.drop_index(difference.table, index.name)}; {made};"
    if difference.part == "collation":
        return f"convert the text columns to {difference.wanted}"
    return f"restore it by hand as {difference.wanted}, or the database from a backup"


async def statistics(patient: _Patient) -> Symptoms:
    """The planner knows what is in large tables."""
    tables = await patient.engine.unanalyzed()
    if tables:
        yield "warning", f"large tables have never been analyzed: {', '.join(tables)}", "run ANALYZE, and leave autovacuum on"


async def expired_rows(patient: _Patient) -> Symptoms:
    """Clean-up runs."""
    counts = await clean_up(patient.adapters, Retention(), dry_run=True)
    waiting = {name: number for name, number in counts.items() if number >= EXPIRED}
    if waiting:
        listed = ", ".join(f"{number} {name}" for name, number in waiting.items())
        yield "warning", f"expired rows wait for clean-up: {listed}", "run `authhero-sql cleanup` every day"


async def dead_letters(patient: _Patient) -> Symptoms:
    """Every event of the outbox was delivered, or can still be."""
    statements = ListStatements(OUTBOX_EVENTS, patient.context.statement_cache)
    [[number]] = await patient.context.executor.fetch(statements.count({OUTBOX_EVENTS.c.dead_lettered_at: NOT_NULL}))
    if number:
        text = f"{number} events of the outbox could not be delivered" if number > 1 else "an event of the outbox could not be delivered"
        yield "warning", text, "mend what receives them, then call outbox.replay() for what outbox.list_failed() lists"


async def corruption(patient: _Patient) -> Symptoms:
    """The file can be read, and every reference leads to a row."""
    for text in await patient.engine.corruption():
        yield "problem", text, "restore the database from a backup, or repair the rows by hand"


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
"""What is always checked."""
THOROUGH: tuple[Check, ...] = (corruption,)
"""What is checked only when somebody asks for it."""
