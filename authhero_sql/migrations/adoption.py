"""Takes over a database that AuthHero's own Kysely adapter made, and shares it with AuthHero from then on.

Two programs, two ledgers, one schema: for each change one of the two has to be the one that makes it. What AuthHero has a migration
for, AuthHero makes, and here it is only noted that it is there: it is *adopted*. The other way round would break one of the two.
Where we added such a column and left AuthHero's ledger alone, AuthHero's next migration would stop at a column that exists; where we
wrote its name into that ledger, an AuthHero that does not have this migration yet would stop at a name that it does not know, which
is what Kysely does. So that ledger is read and never written, and a database is adopted once AuthHero is current. Where AuthHero
will not run any more, its ledger can be dropped, and whatever is missing is added here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from ..context import Context
from ..dialects.interface import Call
from ..errors import AuthHeroSQLError, IncompatibleDatabaseError, MigrationError
from ..tables import REGISTRY
from . import history
from .backfills import fill
from .check import Difference, differences, live_schema, wanted_schema
from .definitions import build_index, define
from .ledger import Entry, Ledger
from .operations import AddColumn, Backfill, CreateIndex, CreateTable, Operation
from .repair import is_done

THEIR_LEDGER = "kysely_migration"
THEIRS = {
    "0001_baseline": "2026-07-16T14:00:00_baseline",
    "0002_codes_expires_at_ts": "2026-07-16T15:00:00_codes_expires_at_ts",
    "0003_scim": "2026-08-04T12:00:00_scim_inbound_provisioning",
    "0004_users_blocked": "2026-08-05T12:00:00_user_blocked",
    "0005_prompt_settings_last_used_connection": "2026-08-09T12:00:00_prompt_settings_last_used",
    "0006_action_executions_created_at_index": "2026-08-10T12:00:00_action_executions_created_at_index",
    "0007_page_hooks": "2026-08-11T12:00:00_page_hooks",
}
"""The migrations that AuthHero has too, with its names for them."""
SHOWN = 20
"""How many differences an error lists."""


def made_by_others(live: Collection[str]) -> str | None:
    """Who created the tables of a database without a ledger; None where it has no table of the schema."""
    if not set(live) & set(REGISTRY):
        return None
    return "AuthHero" if THEIR_LEDGER in live else "another program"


async def is_foreign(context: Context, *, adopt: bool) -> bool:
    """Whether somebody else made the tables of a database without a ledger; False where it has no table of the schema.

    Raises:
        MigrationError: somebody else did, and ``adopt`` is off, or AuthHero has migrations to apply first.
        IncompatibleDatabaseError: it lacks what adoption does not add.
    """
    live = await live_schema(context.database)
    who = made_by_others(live)
    if who is None:
        return False
    found = differences(live, wanted_schema(context.dialect))
    if not adopt:
        raise MigrationError(_refusal(who, found))
    needed = list(_beyond_repair(found))
    if needed:
        raise IncompatibleDatabaseError(
            f"the adapters cannot work with this database, and adopting it would not mend that:\n{_shown(needed)}\n"
            "Is it the database that was meant? One that AuthHero made has all of this from its first migration on."
        )
    await wait_for_authhero(context, history.names(), live)
    return True


async def wait_for_authhero(context: Context, names: Iterable[str], live: Collection[str] | None = None) -> None:
    """Let the migrations that AuthHero has too be AuthHero's to apply first.

    Raises:
        MigrationError: its ledger lacks one of them.
    """
    if THEIR_LEDGER not in (live if live is not None else await live_schema(context.database)):
        return
    words = context.dialect
    query = f"SELECT {words.identifier('name')} FROM {words.identifier(THEIR_LEDGER)}"  # noqa: S608  # constants
    applied = {row[0] for row in await context.executor.fetch(Call(query))}
    missing = [THEIRS[name] for name in names if name in THEIRS and THEIRS[name] not in applied]
    if missing:
        raise MigrationError(
            f"AuthHero has not applied {', '.join(missing)} to this database, and would fail at it if its tables were changed here first: "
            "upgrade AuthHero and let it migrate, then run this again. Where AuthHero will not run on this database any more, drop its "
            f"ledger, the table {THEIR_LEDGER}, and what is missing is added here"
        )


async def adopt_migration(context: Context, name: str) -> bool:
    """Note that what a migration makes is there, with what is missing of it added; False where nothing is there, so that it can be applied.

    A run that was killed begins again: what it has added is not missing any more.

    Raises:
        MigrationError: something could not be added.
    """
    live = await context.dialect.describe(context.database)
    steps = history.load(name).up
    done = [is_done(step, live) for step in steps]
    if not any(done):
        return False
    for step, there in zip(steps, done, strict=True):
        if isinstance(step, Backfill):
            await fill(context, step, lambda *_: None)
        elif not there:
            await _add(context, name, step)
    ledger = Ledger(context)
    number = len(steps)
    entry = Entry(
        name=name, checksum=history.checksum(name), steps=number, steps_started=number, steps_done=number, applied_at=context.now()
    )
    await ledger.record(context.dialect.applied(history.script(name)))
    await ledger.begin(entry)
    return True


def _beyond_repair(found: Iterable[Difference]) -> Iterator[Difference]:
    """What the adapters need and no migration adds to tables that are there: the baseline's tables and columns are expected."""
    added = {part for name in history.names() for step in history.load(name).up for part in _added(name, step)}
    for part in found:
        if part.required and not (part.found is None and (part.table, part.part, part.name) in added):
            yield part


def _added(name: str, step: Operation) -> Iterator[tuple[str, str, str]]:
    match step:
        case CreateTable() if name != history.names()[0]:
            yield step.name, "table", ""
        case AddColumn():
            yield step.table, "column", step.column.name
        case CreateIndex():
            yield step.table, "index", step.index.name


async def _add(context: Context, name: str, step: Operation) -> None:
    try:
        if isinstance(step, CreateIndex):
            await build_index(context, step, again=True)
        else:
            await define(context, step.sql(context.dialect) or "")
    except AuthHeroSQLError as error:
        place = step.index.name if isinstance(step, CreateIndex) else getattr(step, "name", None) or getattr(step, "table", "")
        raise MigrationError(
            f"{name}: {type(step).__name__} {place}, which is missing here, failed on {context.dialect.name}: {error}"
        ) from error


def _refusal(who: str, found: Iterable[Difference]) -> str:
    # A table of somebody else's is no difference in the schema. What the adapters need comes first.
    counting = [difference for difference in found if not difference.table or difference.table in REGISTRY]
    counting.sort(key=lambda difference: not difference.required)
    return (
        f"{who} made the tables of this database, and it has not been adopted, so nothing was changed. Compared with this version:\n"
        f"{_shown(counting)}\nLook at it with `authhero-sql check`, then take it over with `authhero-sql adopt` or "
        "migrate_to_latest(pool, adopt=True): what is missing is added, and nothing is lost."
    )


def _shown(found: list[Difference]) -> str:
    lines = [f"  {difference}" for difference in found[:SHOWN]]
    if len(found) > SHOWN:
        lines.append(f"  … and {len(found) - SHOWN} more")
    return "\n".join(lines or ["  as declared"])
