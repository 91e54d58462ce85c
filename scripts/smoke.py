"""Smoke test of an installed wheel.

Run ``python -I scripts/smoke.py 0.1.0`` in an environment that has the wheel with its extra ``cli``.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
from importlib import metadata, resources
from pathlib import Path

from authhero_sql import connect, create_adapters, migrate_to_latest
from authhero_sql.models import TenantInsert


class SmokeError(Exception):
    """The installed package does not work."""


def expect(condition: object, message: str) -> None:
    """Raise an error unless the condition is true.

    Raises:
        SmokeError: The condition is false.
    """
    if not condition:
        raise SmokeError(message)


async def store_a_user(path: Path) -> None:
    """Migrate a database, and create and read a user."""
    async with connect(f"sqlite:///{path}") as db:
        await migrate_to_latest(db)
        adapters = await create_adapters(db)
        await adapters.tenants.create(TenantInsert(id="acme", friendly_name="Acme"))
        await adapters.users.create("acme", {"user_id": "auth0|ada", "email": "ada@example.com", "connection": "db"})
        user = await adapters.users.get_one("acme", "auth0|ada")
        expect(user.email == "ada@example.com", "the user that was read differs from the one that was created")


def main(version: str) -> None:
    """Test the package, its files and its command."""
    import authhero_sql

    package = resources.files(authhero_sql)
    expect(Path(sys.prefix) in Path(str(package)).parents, f"the package is imported from {package}, not from this environment")
    expect(authhero_sql.__version__ == metadata.version("authhero-sql") == version, f"the version is not {version}")
    expect((package / "py.typed").is_file(), "the package has no py.typed")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "auth.db"
        asyncio.run(store_a_user(path))
        for command in ("--version", "status", "check"):
            options = [] if command == "--version" else ["--url", f"sqlite:///{path}"]
            subprocess.run([Path(sys.executable).with_name("authhero-sql"), command, *options], check=True)  # noqa: S603  # fixed arguments


if __name__ == "__main__":
    main(sys.argv[1])
