"""MySQL Group Replication behaves like a single server in single-primary mode. Errors of multi-primary mode have clear messages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager

import pytest

from authhero_sql import (
    Adapters,
    DatabaseError,
    ReadOnlyError,
    ReplicationRefusedError,
    UnsupportedError,
    connect,
    create_adapters,
    find_interrupted_migrations,
    migrate_to_latest,
)
from tests import engines, mysql9
from tests.engines import Server

pytestmark = [pytest.mark.engines("mysql"), pytest.mark.usefixtures("oracle"), pytest.mark.slow]
ADA = {"user_id": "auth0|ada", "email": "ada@acme.example", "connection": "db"}


@pytest.fixture(scope="module")
def oracle(server: Server) -> None:
    """Skip the test unless the server is Oracle MySQL."""
    with engines._mysql_cursor(server.url) as cursor:
        cursor.execute("SELECT VERSION()")
        if "MariaDB" in cursor.fetchone()[0]:
            pytest.skip("MariaDB has no Group Replication")


@contextmanager
def group(members: int, mode: Sequence[str]) -> Iterator[list[str]]:
    """Return the URLs of a database on every member."""
    servers = mysql9.start_group(members, mode)
    try:
        name = engines.create_database(servers[0]).rpartition("/")[2]
        yield [server.url + name for server in servers]
    finally:
        mysql9.stop(servers)


@pytest.fixture
def members() -> Iterator[list[str]]:
    """Yield a group whose first member is its primary."""
    with group(2, mysql9.SINGLE_PRIMARY) as urls:
        yield urls


@pytest.fixture
def multi_primary() -> Iterator[str]:
    """Yield a group in multi-primary mode. One member is enough, because it rejects statements by itself."""
    with group(1, mysql9.MULTI_PRIMARY) as urls:
        yield urls[0]


@asynccontextmanager
async def store(url: str) -> AsyncIterator[Adapters]:
    """Open a database and yield its adapters."""
    async with connect(url) as db:
        yield await create_adapters(db)


async def test_with_one_primary_every_member_has_what_it_wrote_and_another_takes_over(members: list[str]) -> None:
    primary, secondary = members
    async with connect(primary) as db:
        await migrate_to_latest(db)
    async with store(primary) as adapters:
        await adapters.tenants.create({"id": "acme", "friendly_name": "Acme"})
        await adapters.tenants.create({"id": "gone", "friendly_name": "Gone"})
        await adapters.users.create("gone", ADA)
        async with adapters.transaction() as tx:
            await tx.users.create("acme", ADA)
            await tx.passwords.create("acme", {"user_id": "auth0|ada", "password": "$2b$invented"})
        assert await adapters.tenants.remove("gone")
    async with store(secondary) as adapters:
        assert await adapters.users.get("acme", "auth0|ada") is not None
        assert await adapters.users.get("gone", "auth0|ada") is None
        with pytest.raises(ReadOnlyError):
            await adapters.users.update("acme", "auth0|ada", {"nickname": "Ada"})
    with engines._mysql_cursor(primary) as cursor:
        # The other member is elected before this function returns.
        cursor.execute("STOP GROUP_REPLICATION")
    async with store(secondary) as adapters:
        assert await adapters.users.update("acme", "auth0|ada", {"nickname": "Ada"})
        found = await adapters.users.get("acme", "auth0|ada")
        assert found is not None
        assert found.nickname == "Ada"
    async with connect(secondary) as db:
        assert await find_interrupted_migrations(db) == []


async def test_with_several_primaries_what_cascades_is_refused_with_the_way_out(multi_primary: str) -> None:
    async with connect(multi_primary) as db:
        await migrate_to_latest(db)
        adapters = await create_adapters(db)
        await adapters.tenants.create({"id": "acme", "friendly_name": "Acme"})
        with pytest.raises(DatabaseError, match=r"users: .* single-primary mode") as refused:
            await adapters.users.create("acme", ADA)
        assert refused.type is ReplicationRefusedError
        assert isinstance(refused.value, UnsupportedError)
        assert refused.value.code == "3098"
        assert (await adapters.users.list("acme")).items == []
