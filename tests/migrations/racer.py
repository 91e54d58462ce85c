"""One of several processes that run migrations concurrently: ``python racer.py URL``. A line on standard input starts all of them.

It prints ``ready``, and after the start, the names of the migrations that it applied, as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys

import authhero_sql


async def _race(url: str) -> list[str]:
    async with authhero_sql.connect(url) as db:
        return await authhero_sql.migrate_to_latest(db)


def main() -> None:
    """Run the command line."""
    url = sys.argv[1]
    # Load the drivers before the start, so that the race is only about the database.
    authhero_sql.connect(url)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    sys.stdout.write(json.dumps(asyncio.run(_race(url))) + "\n")


if __name__ == "__main__":
    main()
