"""Hold the migration lease for an hour, until killed: ``python holder.py URL``. Prints ``held`` once it has the lease."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta

import authhero_sql
from authhero_sql.context import Context
from authhero_sql.migrations import ledger


async def _hold(url: str) -> None:
    ledger.LEASE_DURATION = timedelta(hours=1)
    async with authhero_sql.connect(url) as db:
        context = Context.of(db)
        await ledger.Ledger(context).prepare()
        async with ledger.Leases(context).hold("victim", 0):
            sys.stdout.write("held\n")
            sys.stdout.flush()
            await asyncio.sleep(3600)


if __name__ == "__main__":
    asyncio.run(_hold(sys.argv[1]))
