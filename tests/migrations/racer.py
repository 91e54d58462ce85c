"""One of several processes that migrate the same database: ``python racer.py URL``, started together by a line on its input.

Prints ``ready``, and when that line has come the names of the migrations that it applied, as JSON.
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
    """The command line."""
    url = sys.argv[1]
    # The drivers are loaded now, so that the race is for the database.
    authhero_sql.connect(url)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    sys.stdout.write(json.dumps(asyncio.run(_race(url))) + "\n")


if __name__ == "__main__":
    main()
