"""The indexes for prefix searches do not change the results."""

from __future__ import annotations

import pytest

from authhero_sql import (
    Adapters,
    Database,
    UnsupportedError,
    check_schema,
    connect,
    create_adapters,
    create_search_indexes,
    drop_search_indexes,
    migrate_to_latest,
)
from authhero_sql.tables import USERS
from tests.migrations.helpers import call_json

pytestmark = [pytest.mark.anyio]
NAMES = [
    "Ada",
    "ada",
    "ADA lovelace",
    "Adä",
    "ADÄ",
    "Ad",
    "Aeb",
    "İda",
    "ida",
    "émile",
    "Émile",
    "日本",
    "日本語",
    "z\U0010ffff",
    "z",
    "K",
    "\u212a",
    None,
]
BEGINNINGS = [
    "ad", "ADA", "adä", "aDÄ", "a", "i", "İ", "é", "É", "日", "日本語", "z", "z\U0010ffff", "k", "ada\\ l", "\U0010ffff", "xyz",
]  # fmt: skip


BUILT = ["idx_users_search_email", "idx_users_search_name"]


async def matches_by_prefix(adapters: Adapters) -> list[list[str]]:
    """Return the users that each prefix matches."""
    forms = ("name:{}*", "-name:{}*", "name:*{}*", "{}")
    asked = [form.format(beginning) for form in forms for beginning in BEGINNINGS]
    return [[user.user_id for user in (await adapters.users.list("acme", q=q)).items] for q in asked]


async def create_users(database: Database) -> Adapters:
    """Return adapters with two tenants that have users with all names."""
    adapters = await create_adapters(database)
    for tenant in ("acme", "globex"):
        await adapters.tenants.create({"id": tenant, "friendly_name": tenant})
        for number, name in enumerate(NAMES):
            user = {"user_id": f"auth0|{tenant}{number}", "connection": "c", "provider": "auth0"}
            await adapters.users.create(tenant, {**user, "name": name, "email": f"{number}@{tenant}.example"})
    return adapters


async def test_answers_are_the_same_with_and_without(database_url: str) -> None:
    async with connect(database_url) as database:
        await migrate_to_latest(database)
        adapters = await create_users(database)
        before = await matches_by_prefix(adapters)
        assert before[0] == [f"auth0|acme{number}" for number in (5, 4, 3, 2, 1, 0)]
        assert before[len(BEGINNINGS) - 1] == []
        declared = (await check_schema(database)).differences
        if not database.dialect.lower_expression:
            with pytest.raises(UnsupportedError, match="MariaDB"):
                await create_search_indexes(database)
            return
        built = [index.name for index in USERS.search if database.dialect.supports_index(index)]
        assert await create_search_indexes(database) == built
        assert await create_search_indexes(database) == []
        assert await matches_by_prefix(adapters) == before
        assert (await check_schema(database)).differences == declared, "the search indexes are not reported as differences"
        assert await migrate_to_latest(database) == []
        assert await drop_search_indexes(database) == built
        assert await drop_search_indexes(database) == []
        assert await matches_by_prefix(adapters) == before


@pytest.mark.engines("sqlite")
async def test_the_command_builds_and_drops_them(database_url: str) -> None:
    await call_json("migrate", url=database_url)
    assert await call_json("search-index", url=database_url) == {"created": BUILT}
    assert await call_json("search-index", url=database_url) == {"created": []}
    assert await call_json("search-index", "--drop", url=database_url) == {"dropped": BUILT}
