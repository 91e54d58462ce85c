"""Adoption of a database that AuthHero's own Kysely adapter created.

After adoption, AuthHero and this package share one schema, but each keeps its own ledger of migrations. Every schema change must
therefore be made by exactly one of them. If AuthHero has a migration for a change, AuthHero makes it, and this package only records
that it exists: the migration is *adopted*. The reverse would break AuthHero:

- If this package added a column and left AuthHero's ledger alone, AuthHero's next migration would fail because the column exists.
- If this package also recorded the migration in AuthHero's ledger, a version of AuthHero without that migration would fail, because
  Kysely rejects a ledger that contains an unknown name.

AuthHero's ledger is therefore read but never written, and a database can only be adopted once AuthHero is up to date. If AuthHero no
longer runs on the database, its ledger can be dropped, and this package adds whatever is missing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from ..context import Context
from ..dialects.interface import Call
from ..errors import AuthHeroSQLError, IncompatibleDatabaseError, MigrationError
from ..tables import REGISTRY
from . import history
from .backfills import fill
from .check import Difference, compare_schemas, expected_schema, live_schema
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
"""The migrations that AuthHero has as well, mapped to AuthHero's names for them."""
SHOWN = 20
"""The maximum number of differences that an error message lists."""


def made_by_others(live: Collection[str]) -> str | None:
    """Return the program that created the tables of a database without a ledger, or None if it has no table of the schema."""
    if not set(live) & set(REGISTRY):
        return None
    return "AuthHero" if THEIR_LEDGER in live else "another program"


async def is_foreign(context: Context, *, adopt: bool) -> bool:
    """Return whether another program created the tables of a database that has no ledger.

    Raises:
        MigrationError: Another program created the tables and ``adopt`` is False, or AuthHero has to apply its own migrations first.
        IncompatibleDatabaseError: The database lacks tables, columns or keys that adoption does not add.
    """
    live = await live_schema(context.database)
    creator = made_by_others(live)
    if creator is None:
        return False
    found = compare_schemas(live, expected_schema(context.dialect))
    if not adopt:
        raise MigrationError(_refusal(creator, found))
    blocking = list(_blocking_differences(found))
    if blocking:
        raise IncompatibleDatabaseError(
            "the adapters cannot work with this database, and adopting it would not change that:\n"
            f"{_format_differences(blocking)}\n"
            "Check that this is the right database: AuthHero's first migration creates everything listed here."
        )
    await wait_for_authhero(context, history.names(), live)
    return True


async def wait_for_authhero(context: Context, names: Iterable[str], live: Collection[str] | None = None) -> None:
    """Require that AuthHero has applied its own versions of these migrations.

    Raises:
        MigrationError: AuthHero's ledger lacks one of them.
    """
    if THEIR_LEDGER not in (live if live is not None else await live_schema(context.database)):
        return
    dialect = context.dialect
    query = f"SELECT {dialect.identifier('name')} FROM {dialect.identifier(THEIR_LEDGER)}"  # noqa: S608  # constants
    applied = {row[0] for row in await context.executor.fetch(Call(query))}
    missing = [THEIRS[name] for name in names if name in THEIRS and THEIRS[name] not in applied]
    if missing:
        raise MigrationError(
            f"AuthHero has not applied {', '.join(missing)} to this database yet: upgrade AuthHero, let it migrate, and try again. "
            f"If AuthHero no longer uses this database, drop its ledger (the table {THEIR_LEDGER}) and try again"
        )


async def adopt_migration(context: Context, name: str) -> bool:
    """Record a migration whose tables, columns or indexes exist already, and add the missing ones.

    If the process is killed, the next run starts over and skips what the first one added.

    Returns:
        False if nothing that the migration creates exists, so that it has to be applied instead.

    Raises:
        MigrationError: A missing table, column or index could not be added.
    """
    live = await context.dialect.describe(context.database)
    steps = history.load(name).up
    done = [is_done(step, live) for step in steps]
    if not any(done):
        return False
    for step, exists in zip(steps, done, strict=True):
        if isinstance(step, Backfill):
            await fill(context, step, lambda *_: None)
        elif not exists:
            await _add(context, name, step)
    ledger = Ledger(context)
    number = len(steps)
    entry = Entry(
        name=name, checksum=history.checksum(name), steps=number, steps_started=number, steps_done=number, applied_at=context.now()
    )
    await ledger.execute(context.dialect.mark_applied(history.script(name)))
    await ledger.add(entry)
    return True


def _blocking_differences(found: Iterable[Difference]) -> Iterator[Difference]:
    """Yield the differences that the adapters cannot work with and that no migration resolves.

    Adoption does not create the tables of the baseline, so their absence is one of them.
    """
    added = {part for name in history.names() for step in history.load(name).up for part in _added_parts(name, step)}
    for part in found:
        if part.required and not (part.found is None and (part.table, part.part, part.name) in added):
            yield part


def _added_parts(name: str, step: Operation) -> Iterator[tuple[str, str, str]]:
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
            f"{name}: {type(step).__name__} {place} failed on {context.dialect.name} while adding what is missing: {error}"
        ) from error


def _refusal(creator: str, found: Iterable[Difference]) -> str:
    # Tables outside the schema do not matter here.
    relevant = [difference for difference in found if not difference.table or difference.table in REGISTRY]
    relevant.sort(key=lambda difference: not difference.required)
    return (
        f"{creator} created the tables of this database, and the database has not been adopted: nothing was changed. "
        f"Differences from this version:\n{_format_differences(relevant)}\n"
        "Review them with `authhero-sql check`, then run `authhero-sql adopt` or call migrate_to_latest(pool, adopt=True). "
        "Adoption adds what is missing and deletes nothing."
    )


def _format_differences(found: list[Difference]) -> str:
    lines = [f"  {difference}" for difference in found[:SHOWN]]
    if len(found) > SHOWN:
        lines.append(f"  … and {len(found) - SHOWN} more")
    return "\n".join(lines or ["  none: the schema matches"])
