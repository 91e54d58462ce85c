"""The ``repr()`` of adapters and databases, which is informative and never contains a password."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from authhero_sql import Adapters, connect, create_adapters


async def test_adapters_and_databases_say_what_they_are(adapters: Adapters, migrated_url: str) -> None:
    secret = unquote(urlsplit(migrated_url).password or "")
    unopened = connect(migrated_url)
    assert repr(unopened).endswith(" (not opened)>")
    async with connect(migrated_url) as db:
        name = urlsplit(migrated_url).path.rpartition("/")[2]
        assert name in repr(db)
        assert repr(db).startswith(f"<{type(db).__name__} ")
        assert repr(db).endswith(" (open)>")
        both = await create_adapters(db)
        assert repr(both) == f"<Adapters of {db!r}>"
        assert repr(both.users) == f"<Users of {db!r}>"
        async with both.batch() as batch:
            assert repr(batch.users) == f"<Users of {db!r}, in a batch>"
        if db.dialect.features.interactive_transactions:
            async with both.transaction() as tx:
                assert repr(tx) == f"<Adapters of {db!r}, in a transaction>"
        assert not secret or secret not in repr(both.clients) + repr(unopened)
    assert repr(db).endswith(" (closed)>")
    assert repr(adapters.database)
