"""The same cause gives the same error on every engine, chained from the driver's error, without any value in its message."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

import anyio
import pytest

from authhero_sql import (
    Adapters,
    AuthHeroSQLError,
    ConfigurationError,
    ConflictError,
    CorruptRowError,
    DatabaseUnavailableError,
    ForeignKeyError,
    InvalidQueryError,
    InvalidValueError,
    PoolTimeoutError,
    ReadOnlyError,
    SchemaMismatchError,
    TransactionAbortedError,
    TransactionClosedError,
    TransactionConflictError,
    UnsupportedError,
    connect,
    create_adapters,
)
from authhero_sql.dialects import Call
from authhero_sql.errors import DatabaseError
from tests.chains import log_text

SECRET = "s3cret-value"
OURS = "authhero_sql."


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with a tenant, a user and a client."""
    await adapters.tenants.create({"id": "acme", "friendly_name": "Acme"})
    await adapters.users.create("acme", {"user_id": "auth0|ada", "email": f"{SECRET}@x", "connection": "db"})
    await adapters.clients.create("acme", {"client_id": "web", "name": "Web"})
    return adapters


def user(**fields: Any) -> dict[str, Any]:
    """Return a new user."""
    return {"user_id": "auth0|new", "connection": "db", **fields}


async def _renamed(store: Adapters) -> object:
    await store.users.create("acme", user(email="other@x", provider="auth0"))
    return await store.users.update("acme", "auth0|new", {"email": f"{SECRET}@x"})


Cause = Callable[[Adapters], Awaitable[object]]
CAUSES: dict[str, tuple[type[AuthHeroSQLError], tuple[str, str] | None, Cause]] = {
    "duplicate key": (ConflictError, None, lambda a: a.users.create("acme", user(user_id="auth0|ada"))),
    "duplicate e-mail": (ConflictError, None, lambda a: a.users.create("acme", user(email=f"{SECRET}@x", provider="auth0"))),
    "duplicate by update": (ConflictError, None, _renamed),
    "no such tenant": (ForeignKeyError, None, lambda a: a.users.create("nowhere", user())),
    "no such user": (ForeignKeyError, None, lambda a: a.passwords.create("acme", {"user_id": "nobody", "password": SECRET})),
    "activity of nobody": (ForeignKeyError, None, lambda a: a.user_activity.upsert("acme", "nobody", {"last_ip": "::1"})),
    "null": (InvalidValueError, ("users", "email_verified"), lambda a: a.users.update("acme", "auth0|ada", {"email_verified": None})),
    "too long": (InvalidValueError, ("users", "nickname"), lambda a: a.users.create("acme", user(nickname=SECRET * 30))),
    "too many bytes": (InvalidValueError, ("users", "picture"), lambda a: a.users.create("acme", user(picture="é" * 40_000))),
    "NUL": (InvalidValueError, ("users", "name"), lambda a: a.users.create("acme", user(name=f"{SECRET}\0"))),
    "lone surrogate": (InvalidValueError, ("users", "name"), lambda a: a.users.create("acme", user(name=f"{SECRET}\ud800"))),
    "surrogate in JSON": (
        InvalidValueError,
        ("users", "app_metadata"),
        lambda a: a.users.create("acme", user(app_metadata={"k": "\ud800"})),
    ),
    "NaN in JSON": (InvalidValueError, ("users", "app_metadata"), lambda a: a.users.create("acme", user(app_metadata={"k": float("nan")}))),
    "out of range": (
        InvalidValueError,
        ("user_activity", "login_count"),
        lambda a: a.users.update("acme", "auth0|ada", {"login_count": 2**31}),
    ),
    "wrong type": (InvalidValueError, ("users", "email"), lambda a: a.users.create("acme", user(email=[SECRET]))),
    "naive time": (InvalidValueError, ("users", "last_login"), lambda a: a.users.create("acme", user(last_login="2026-01-01T00:00:00"))),
    "unknown field": (InvalidValueError, ("users", "nonsense"), lambda a: a.users.update("acme", "auth0|ada", {"nonsense": SECRET})),
    "key by update": (InvalidValueError, ("users", "user_id"), lambda a: a.users.update("acme", "auth0|ada", {"user_id": SECRET})),
    "missing field": (InvalidValueError, ("clients", "name"), lambda a: a.clients.create("acme", {"client_id": "x"})),
    "NUL in a key": (InvalidValueError, ("users", "user_id"), lambda a: a.users.get("acme", "auth0|\0")),
    "unknown sort": (InvalidQueryError, None, lambda a: a.users.list("acme", sort="nonsense:asc")),
    "sort of a secret": (InvalidQueryError, None, lambda a: a.clients.list("acme", sort="client_secret:asc")),
    "negative page": (InvalidQueryError, None, lambda a: a.users.list("acme", page=-1)),
    "page far away": (InvalidQueryError, None, lambda a: a.users.list("acme", page=2**60)),
    "no number": (InvalidQueryError, None, lambda a: a.users.list("acme", per_page="many")),  # type: ignore[arg-type]  # on purpose
    "broken cursor": (InvalidQueryError, None, lambda a: a.users.list("acme", from_="!")),
    "no checkpoint": (InvalidQueryError, None, lambda a: a.codes.list("acme", take=3)),
}


@pytest.mark.parametrize("cause", CAUSES)
async def test_the_same_error_for_the_same_cause(store: Adapters, cause: str) -> None:
    kind, place, work = CAUSES[cause]
    with pytest.raises(AuthHeroSQLError) as caught:
        await work(store)
    error = caught.value
    assert type(error) is kind
    if isinstance(error, InvalidValueError) and place is not None:
        assert (error.table, (error.field or "").split(".")[0]) == place
    if isinstance(error, DatabaseError):
        assert error.__cause__ is not None
        # D1 reports errors in responses, so no driver raises them.
        assert type(error.__cause__).__name__ == "D1Error" or not type(error.__cause__).__module__.startswith(OURS)
        assert error.table is not None
    assert SECRET not in log_text(error)
    assert await store.users.get("acme", "auth0|nobody") is None, "the connection is still usable"


SAYS: dict[str, dict[str, tuple[str, str, tuple[Any, ...]]]] = {
    "sqlite": {
        "bytes that are no text": ("fetch", 'SELECT CAST(? AS TEXT) AS "it\'s"', (b"\xff" + SECRET.encode() * 30,)),
        "a path": ("fetch", "SELECT json_extract('{}', ?)", (SECRET,)),
        "a number": ("fetch", "SELECT ?", (2**70,)),
        "a surrogate": ("fetch", "SELECT ?", (f"{SECRET}\ud800",)),
        "a document": ("fetch", "SELECT json(?)", ("{" + SECRET,)),
    },
    "postgresql": {
        "no number": ("fetch", "SELECT $1::text::int", (SECRET,)),
        "no number for the driver": ("fetch", "SELECT $1::int", (SECRET,)),
        "no UUID": ("fetch", "SELECT $1::uuid", (SECRET,)),
        "a surrogate": ("fetch", "SELECT $1::text", (f"{SECRET}\ud800",)),
        "a NUL": ("fetch", "SELECT $1::text", (f"{SECRET}\0",)),
        "a document": ("fetch", "SELECT $1::text::json", ("{" + SECRET,)),
        "a pattern": ("fetch", "SELECT 'x' ~ $1", (f"({SECRET}",)),
        "an error of its own": (
            "execute",
            f"DO $$ BEGIN RAISE EXCEPTION 'no {SECRET}' USING DETAIL = '{SECRET}', HINT = '{SECRET}'; END $$",
            (),
        ),
    },
    "mysql": {
        "no statement": ("fetch", "SELECT FROM %s", (SECRET,)),
        "no number": ("execute", "INSERT INTO user_activity (tenant_id, user_id, login_count) VALUES ('acme', 'auth0|ada', %s)", (SECRET,)),
        "no date": ("execute", "UPDATE users SET name = CAST(%s AS DATETIME)", (SECRET,)),
        "an error of its own": ("execute", "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = %s", (SECRET,)),
    },
    "d1": {
        "a path": ("fetch", "SELECT json_extract('{}', ?1->>0)", (SECRET,)),
        "a document": ("fetch", "SELECT json(?1->>0)", ("{" + SECRET,)),
        "no statement": ("fetch", f"SELECT FROM '{SECRET}'", ()),
    },
}
"""Statements whose errors contain a value, and the engines that they run on."""


async def test_what_a_driver_said_shows_no_value(store: Adapters, engine: str) -> None:
    for value, (verb, sql, args) in SAYS[engine].items():
        with pytest.raises(DatabaseError) as caught:
            await getattr(store.database, verb)(Call(sql, args))
        assert SECRET not in log_text(caught.value), value
        driver = caught.value.__cause__
        assert driver is not None, value
        assert (caught.value.code or "") in f"{log_text(driver)} {getattr(driver, 'sqlstate', '')}", f"{value}: the error code is preserved"


async def test_a_value_that_looks_like_the_name_of_a_key_is_none(store: Adapters) -> None:
    email = f"x' for key '{SECRET}@x"
    await store.users.create("acme", user(user_id="auth0|one", email=email, provider="auth0"))
    with pytest.raises(ConflictError) as caught:
        await store.users.create("acme", user(user_id="auth0|two", email=email, provider="auth0"))
    assert caught.value.fields == ("email", "provider")
    assert SECRET not in log_text(caught.value)


async def test_a_conflict_names_its_fields(store: Adapters) -> None:
    for given, fields in (
        (user(user_id="auth0|ada"), ("user_id",)),
        (user(email=f"{SECRET}@x", provider="auth0"), ("email", "provider")),
    ):
        with pytest.raises(ConflictError) as caught:
            await store.users.create("acme", given)
        assert caught.value.fields == fields
        assert str(caught.value) == f"users: a row with this {' and '.join(fields)} already exists"


@pytest.mark.transactions
@pytest.mark.parametrize("cause", [name for name, (kind, *_) in CAUSES.items() if issubclass(kind, DatabaseError | InvalidValueError)])
async def test_an_error_of_the_database_ends_its_innermost_block_and_a_refused_value_ends_nothing(store: Adapters, cause: str) -> None:
    kind, *_, work = CAUSES[cause]
    ends = issubclass(kind, DatabaseError)

    async def caught_inside() -> None:
        async with store.transaction() as tx:
            await tx.users.update("acme", "auth0|ada", {"nickname": "first"})
            with pytest.raises(kind):
                await work(tx)
            with pytest.raises(TransactionAbortedError) if ends else nullcontext():
                await tx.users.update("acme", "auth0|ada", {"name": "after"})

    if ends:
        with pytest.raises(TransactionAbortedError) as aborted:
            await caught_inside()
        assert isinstance(aborted.value.__cause__, kind)
    else:
        await caught_inside()
    found = await store.users.get("acme", "auth0|ada")
    assert found is not None
    assert (found.nickname, found.name) == ((None, None) if ends else ("first", "after"))

    async with store.transaction() as tx:
        await tx.users.update("acme", "auth0|ada", {"nickname": "second"})
        with pytest.raises(kind):
            await _nested(tx, work)
        await tx.users.update("acme", "auth0|ada", {"name": "survived"})
    found = await store.users.get("acme", "auth0|ada")
    assert found is not None
    assert (found.nickname, found.name, found.given_name) == ("second", "survived", None)


async def _nested(tx: Adapters, work: Cause) -> None:
    async with tx.transaction() as inner:
        await inner.users.update("acme", "auth0|ada", {"given_name": "undone"})
        await work(inner)


@pytest.mark.transactions
async def test_several_writes_that_fail_in_a_nested_block_are_undone_alone(store: Adapters) -> None:
    async with store.transaction() as tx:
        await tx.users.update("acme", "auth0|ada", {"nickname": "kept"})
        with pytest.raises(InvalidValueError):
            await tx.users.create("acme", user(password={"hash": "x" * 300, "algorithm": "argon2id"}))
        with pytest.raises(ConflictError):
            async with tx.transaction() as inner:
                await inner.users.create("acme", user(user_id="auth0|ada", password={"hash": "x", "algorithm": "argon2id"}))
        async with tx.transaction() as inner:
            await inner.users.update("acme", "auth0|ada", {"name": "kept too"})
            with suppress(KeyError):
                async with inner.transaction() as innermost:
                    await innermost.users.remove("acme", "auth0|ada")
                    raise KeyError
    found = await store.users.get("acme", "auth0|ada")
    assert found is not None
    assert (found.nickname, found.name) == ("kept", "kept too")
    assert await store.passwords.list("acme", "auth0|ada") == []


@pytest.mark.transactions
async def test_a_transaction_that_has_ended_is_closed(store: Adapters) -> None:
    async with store.transaction() as tx:
        pass
    with pytest.raises(TransactionClosedError):
        await tx.users.get("acme", "auth0|ada")
    with pytest.raises(TransactionClosedError):
        await tx.passwords.create("acme", {"user_id": "auth0|ada", "password": "p"})


@pytest.mark.transactions
async def test_tasks_that_share_a_transaction_take_turns(store: Adapters) -> None:
    async with store.transaction() as tx:
        await asyncio.gather(
            *(tx.users.create("acme", user(user_id=f"auth0|{number}")) for number in range(8)),
            *(tx.users.get("acme", "auth0|ada") for _ in range(8)),
        )
    assert (await store.users.list("acme", include_totals=True)).total == 9


async def test_a_corrupt_row_names_its_place(store: Adapters, engine: str) -> None:
    hole = {"sqlite": "?", "postgresql": "$1", "mysql": "%s", "d1": "?1->>0"}[engine]
    await store.database.execute(Call(f"UPDATE users SET app_metadata = {hole}", ("{" + SECRET,)))
    with pytest.raises(CorruptRowError) as caught:
        await store.users.get("acme", "auth0|ada")
    assert (caught.value.table, caught.value.column) == ("users", "app_metadata")
    assert caught.value.key["user_id"] == "auth0|ada"
    assert SECRET not in log_text(caught.value)
    assert SECRET not in str(caught.value.__context__), "because some loggers include suppressed contexts"


async def test_no_tables_yet(database_url: str) -> None:
    async with connect(database_url) as db:
        adapters = await create_adapters(db)
        with pytest.raises(SchemaMismatchError):
            await adapters.users.get("acme", "auth0|ada")


async def test_a_database_that_is_closed(migrated_url: str) -> None:
    db = await connect(migrated_url)
    adapters = await create_adapters(db)
    await db.close()
    await db.close()
    for work in (adapters.users.get("acme", "x"), adapters.users.update("acme", "x", {"name": "y"})):
        with pytest.raises(DatabaseUnavailableError):
            await work
    with pytest.raises(DatabaseUnavailableError):
        async with adapters.batch() as batch:
            await batch.users.remove("acme", "x")
    with pytest.raises((DatabaseUnavailableError, UnsupportedError)):
        async with adapters.transaction():
            pass


@pytest.mark.parametrize("url", ["postgresql://u:s3cret-value@127.0.0.1:1/x", "mysql://u:s3cret-value@127.0.0.1:1/x"])
async def test_a_server_that_is_not_there(url: str) -> None:
    with pytest.raises(DatabaseUnavailableError) as caught:
        async with connect(url, connect_timeout=2):
            pass
    assert SECRET not in log_text(caught.value)
    assert caught.value.__cause__ is not None


@pytest.mark.engines("postgresql", "mysql")
async def test_a_wrong_password(migrated_url: str) -> None:
    scheme, _, rest = migrated_url.partition("://")
    url = f"{scheme}://{rest.split(':')[0]}:{SECRET}@{rest.rpartition('@')[2]}"
    with pytest.raises(DatabaseUnavailableError) as caught:
        async with connect(url):
            pass
    assert SECRET not in log_text(caught.value)


@pytest.mark.engines("sqlite")
async def test_a_file_that_cannot_be_opened(database_url: str, tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailableError):
        async with connect(f"sqlite:///{tmp_path}/none/auth.db"):
            pass
    await anyio.Path(database_url.removeprefix("sqlite:///")).write_bytes(b"no database at all, and long enough to be looked at" * 40)
    with pytest.raises(DatabaseUnavailableError):
        async with connect(database_url):
            pass


@pytest.mark.transactions
async def test_no_connection_in_time(migrated_url: str) -> None:
    options: dict[str, Any] = {"acquire_timeout": 0.05}
    if not migrated_url.startswith("sqlite"):
        options["max_size"] = 1
    async with connect(migrated_url, **options) as db:
        adapters = await create_adapters(db)
        holding, done = anyio.Event(), anyio.Event()

        async def hold() -> None:
            async with adapters.transaction():
                holding.set()
                await done.wait()

        async with anyio.create_task_group() as group:
            group.start_soon(hold)
            await holding.wait()
            with pytest.raises(PoolTimeoutError, match=r"0\.05 seconds"):
                await adapters.tenants.create({"id": "acme", "friendly_name": "Acme"})
            done.set()
        await adapters.tenants.create({"id": "acme", "friendly_name": "Acme"})


@pytest.mark.engines("postgresql", "mysql")
async def test_a_deadlock_ends_one_of_the_two(store: Adapters) -> None:
    for name in ("one", "two"):
        await store.users.create("acme", user(user_id=f"auth0|{name}"))
    both = anyio.Event()
    ready: list[str] = []

    async def work(first: str, second: str) -> str:
        async with store.transaction() as tx:
            await tx.users.update("acme", f"auth0|{first}", {"nickname": first})
            ready.append(first)
            if len(ready) == 2:
                both.set()
            await both.wait()
            try:
                await tx.users.update("acme", f"auth0|{second}", {"name": first})
            except TransactionConflictError:
                with suppress(AuthHeroSQLError):
                    await tx.users.update("acme", f"auth0|{first}", {"given_name": "after the conflict"})
                raise
        return first

    outcomes = await asyncio.gather(work("one", "two"), work("two", "one"), return_exceptions=True)
    won = [outcome for outcome in outcomes if isinstance(outcome, str)]
    lost = [outcome for outcome in outcomes if isinstance(outcome, TransactionConflictError)]
    assert (len(won), len(lost)) == (1, 1)
    for name in ("one", "two"):
        found = await store.users.get("acme", f"auth0|{name}")
        assert found is not None
        assert found.nickname == (name if name == won[0] else None)
        assert found.given_name is None


async def test_a_write_that_meets_deadlocks_is_tried_again(store: Adapters) -> None:
    """Test concurrent tasks that delete and create the same user with its password, with several statements each."""

    async def work() -> None:
        for _ in range(4):
            with suppress(ConflictError):
                await store.users.create("acme", user(password={"hash": "h", "algorithm": "argon2id"}))
            await store.users.remove("acme", "auth0|new")

    async with anyio.create_task_group() as group:
        for _ in range(6):
            group.start_soon(work)


@pytest.mark.engines("postgresql")
async def test_a_database_that_is_read_only(migrated_url: str) -> None:
    async with connect(migrated_url, server_settings={"default_transaction_read_only": "on"}) as db:
        adapters = await create_adapters(db)
        assert await adapters.tenants.get("acme") is None
        with pytest.raises(ReadOnlyError):
            await adapters.tenants.create({"id": "acme", "friendly_name": "Acme"})


@pytest.mark.engines("sqlite")
async def test_a_connection_that_is_read_only(migrated_url: str) -> None:
    import aiosqlite

    async with aiosqlite.connect(migrated_url.removeprefix("sqlite:///"), isolation_level=None) as connection:
        await connection.execute("PRAGMA query_only = ON")
        adapters = await create_adapters(connection)
        with pytest.raises(ReadOnlyError):
            await adapters.tenants.create({"id": "acme", "friendly_name": "Acme"})


@pytest.mark.parametrize(
    "url",
    [
        "",
        "auth.db",
        "oracle://x",
        "sqlite:///x?readers=many",
        "sqlite:///x?nonsense=1",
        "sqlite:///x?connection=1",
        "mysql://h/x?pool=1",
        "mysql://u:s3cret-value@h:port/x",
        "mysql://h/x?ssl=maybe",
        "postgresql://h/x?pgbouncer=perhaps",
        "postgresql://h/x?command_timeout=0",
        "sqlite:///x?acquire_timeout=-1",
    ],
)
async def test_a_url_that_makes_no_sense(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        connect(url)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["sqlite://:memory:", "sqlite:///:memory:", "sqlite:///{}/a.db", "sqlite:///{}/a.db?readers=0&busy_timeout=1"]
)
async def test_the_forms_of_a_sqlite_url(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with connect(url.format(tmp_path)) as db:
        await db.execute(Call("CREATE TABLE t (a)"))
        assert await db.execute(Call("INSERT INTO t VALUES (?)", (1,))) == 1
        assert await db.fetch(Call("SELECT a FROM t")) == [(1,)]
    async with connect("sqlite:///relative.db"):
        assert (tmp_path / "relative.db").exists()
    assert not (tmp_path / ":memory:").exists()


BLOCKED = """
import asyncio, sys
sys.modules.update(dict.fromkeys({blocked!r}))
import authhero_sql
async def main():
    async with authhero_sql.connect("sqlite://:memory:") as db:
        await authhero_sql.migrate_to_latest(db)
    for url in {urls!r}:
        try:
            authhero_sql.connect(url)
        except authhero_sql.DriverMissingError as error:
            print(error)
asyncio.run(main())
"""


def test_a_driver_that_is_not_installed_is_missed_when_it_is_used() -> None:
    program = BLOCKED.format(blocked=["asyncpg", "aiomysql"], urls=["postgresql://h/x", "mysql://h/x"])
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert "pip install 'authhero-sql[postgresql]'" in done.stdout
    assert "pip install 'authhero-sql[mysql]'" in done.stdout
