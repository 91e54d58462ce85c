"""The test utilities for users: the pytest plugin, databases in memory, the clock, the builders and the search for secrets."""

from __future__ import annotations

import asyncio
import logging
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from authhero_sql import (
    Adapters,
    ConflictError,
    DatabaseUnavailableError,
    TransactionMisuseError,
    check_schema,
    connect,
    create_adapters,
)
from authhero_sql.row_mapping import partial_model, wire_fields
from authhero_sql.testing import ManualClock, MigratedCopies, assert_no_secrets, build
from authhero_sql.testing.secrets import Recorder, _stored_values
from examples import identity
from examples.identity import AccessTokens, Browser, SignIn, SignUp
from tests.contract import builders
from tests.contract.builders import ENTITIES
from tests.kinds import adapter_classes

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[2]
logger = logging.getLogger("app")


@pytest.fixture(scope="module")
def copies() -> Iterator[MigratedCopies]:
    with MigratedCopies() as copies:
        yield copies


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def adapters(copies: MigratedCopies, clock: ManualClock) -> Iterator[Adapters]:
    with copies.adapters(clock) as adapters:
        yield adapters


# --- the plugin ----------------------------------------------------------------------------------------------------------------------


def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, source: str, *options: str) -> pytest.RunResult:
    """Run a test module of a project that uses the plugin, in a new process."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makepyfile(source)
    return pytester.runpytest_subprocess("-p", "pytest_authhero_sql", "-W", "error", *options)


def test_the_fixtures_work_with_every_runner(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    done = run(
        pytester,
        monkeypatch,
        """
        import asyncio
        from datetime import UTC, datetime, timedelta

        import pytest

        from authhero_sql.testing import build


        async def use(adapters, clock):
            assert await adapters.tenants.count() == 0
            await adapters.tenants.create(build.tenant())
            user = await adapters.users.create("acme", build.user(email="grace@acme.example"))
            assert user.created_at == clock() == datetime(2026, 1, 31, 10, tzinfo=UTC)
            clock.advance(timedelta(days=1))
            async with adapters.transaction() as tx:
                await tx.users.update("acme", user.user_id, {"name": "Grace"})
            assert (await adapters.users.get_one("acme", user.user_id)).updated_at == datetime(2026, 2, 1, 10, tzinfo=UTC)


        @pytest.fixture
        def anyio_backend():
            return "asyncio"


        @pytest.mark.anyio
        async def test_anyio(authhero_adapters, authhero_clock):
            await use(authhero_adapters, authhero_clock)


        def test_run(authhero_adapters, authhero_clock):
            asyncio.run(use(authhero_adapters, authhero_clock))


        def test_two_loops(authhero_adapters):
            asyncio.run(authhero_adapters.tenants.create(build.tenant()))
            assert asyncio.run(authhero_adapters.tenants.count()) == 1


        @pytest.mark.anyio
        async def test_late(request):
            # Here an event loop runs already.
            assert await request.getfixturevalue("authhero_adapters").tenants.count() == 0


        def test_options(authhero_copies):
            with authhero_copies.adapters(normalize_emails=True) as adapters:
                asyncio.run(adapters.tenants.create(build.tenant()))
                assert asyncio.run(adapters.users.create("acme", build.user(email="A@B.example"))).email == "a@b.example"
        """,
    )
    done.assert_outcomes(passed=5)


def test_an_async_fixture_may_stand_on_them(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    done = run(
        pytester,
        monkeypatch,
        """
        import pytest

        from authhero_sql.testing import build


        @pytest.fixture
        def anyio_backend():
            return "asyncio"


        @pytest.fixture
        async def acme(authhero_adapters):
            await authhero_adapters.tenants.create(build.tenant())
            yield "acme"
            assert await authhero_adapters.tenants.remove("acme")


        @pytest.mark.anyio
        async def test_it(authhero_adapters, acme):
            assert await authhero_adapters.tenants.exists(acme)
        """,
    )
    done.assert_outcomes(passed=1)


def test_a_project_that_does_not_use_it_pays_nothing(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    done = run(
        pytester,
        monkeypatch,
        """
        import sys


        def test_nothing_is_loaded():
            assert "pytest_authhero_sql" in sys.modules
            assert not [name for name in sys.modules if name.partition(".")[0] in ("authhero_sql", "pydantic", "pypika", "aiosqlite")]
        """,
        "-p",
        "no:anyio",
    )
    done.assert_outcomes(passed=1)


def test_the_entry_point_names_the_module() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["entry-points"]["pytest11"] == {"pytest_authhero_sql": "pytest_authhero_sql"}
    assert "pytest_authhero_sql.py" in project["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
    assert (ROOT / "pytest_authhero_sql.py").exists()


# --- databases in memory -------------------------------------------------------------------------------------------------------------


async def test_each_copy_is_one_test_s_own(copies: MigratedCopies) -> None:
    with copies.adapters() as first, copies.adapters() as second:
        await first.tenants.create(build.tenant())
        assert await second.tenants.count() == 0
        assert (await check_schema(second.database)).differences == ()


async def test_transactions_are_those_of_sqlite(adapters: Adapters) -> None:
    await adapters.tenants.create(build.tenant())
    with pytest.raises(ConflictError):
        await adapters.tenants.create(build.tenant())

    async def twice(around: Adapters) -> None:
        async with around.transaction() as tx:
            await tx.users.create("acme", build.user("bob"))
            await tx.users.create("acme", build.user("bob"))

    with pytest.raises(ConflictError):
        await twice(adapters)
    assert await adapters.users.count("acme") == 0
    async with adapters.transaction() as tx:
        await tx.users.create("acme", build.user())
        with pytest.raises(ConflictError):
            await twice(tx)
        with pytest.raises(TransactionMisuseError):
            await adapters.users.count("acme")
    assert [user.user_id for user in (await adapters.users.list("acme")).items] == ["auth0|ada"]
    async with adapters.batch() as batch:
        await batch.users.create("acme", build.user("grace"))
    assert await adapters.users.count("acme") == 2


async def test_a_transaction_makes_other_tasks_wait(adapters: Adapters) -> None:
    await adapters.tenants.create(build.tenant())
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        async with adapters.transaction() as tx:
            await tx.users.create("acme", build.user())
            begun.set()
            await go_on.wait()
            await tx.users.create("acme", build.user("grace"))

    async def counted() -> int:
        await begun.wait()
        return await adapters.users.count("acme")

    async with asyncio.TaskGroup() as group:
        group.create_task(slow())
        found = group.create_task(counted())
        await begun.wait()
        go_on.set()
    assert found.result() == 2


async def test_more_adapters_may_stand_on_one_database(adapters: Adapters) -> None:
    other = await create_adapters(adapters.database, normalize_emails=True)
    await adapters.tenants.create(build.tenant())
    assert await other.tenants.count() == 1
    await adapters.database.close()
    with pytest.raises(DatabaseUnavailableError):
        await other.tenants.count()


# --- the clock -----------------------------------------------------------------------------------------------------------------------


async def test_the_clock_is_turned(adapters: Adapters, clock: ManualClock) -> None:
    await adapters.tenants.create(build.tenant())
    await adapters.users.create("acme", build.user())
    seen = clock()
    assert clock() == seen
    assert clock.advance(timedelta(hours=1, microseconds=1)) == seen + timedelta(hours=1)
    assert await adapters.users.update("acme", "auth0|ada", {"name": "Ada"})
    assert (await adapters.users.get_one("acme", "auth0|ada")).updated_at == seen + timedelta(hours=1)
    assert clock.move_to(datetime(2030, 1, 1, tzinfo=UTC)) == clock() == datetime(2030, 1, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="time zone"):
        clock.move_to(datetime(2030, 1, 1))  # noqa: DTZ001  # that is the fault
    assert "2030-01-01" in repr(clock)


# --- the builders --------------------------------------------------------------------------------------------------------------------

NO_INPUT = {"analytics", "client_connections", "session_cleanup", "stats", "user_roles"}
"""Adapters without a method that creates a row from fields."""
CALLED = {"outbox": "outbox_event", "role_permissions": "permission", "user_permissions": "permission"}
"""Builders whose names differ from those of the adapters."""
BUILT = {
    name: CALLED.get(name) or (name if hasattr(build, name) else name.removesuffix("s"))
    for name in adapter_classes()
    if name not in NO_INPUT
}


@pytest.mark.parametrize("name", BUILT)
def test_every_entity_is_built_valid(name: str) -> None:
    kind = adapter_classes()[name]
    made = getattr(build, BUILT[name])()
    model = getattr(kind, "insert", None) or kind.model
    if name in ("outbox", "custom_text") or BUILT[name] == "permission":
        # The fields that are separate arguments of the call.
        assert made
    else:
        valid = partial_model(model, wire_fields(model)).model_validate(made)
        assert valid.model_fields_set
        assert (valid.model_extra or {}) == {}


@pytest.mark.parametrize("name", sorted(set(BUILT.values())))
def test_fields_are_added_and_replaced(name: str) -> None:
    builder = getattr(build, name)
    first = builder()
    known = next(iter(first))
    assert builder(**{known: "other", "more": 1}) == {**first, known: "other", "more": 1}


@pytest.mark.parametrize(
    ("name", "user_id", "provider", "email"),
    [
        ("grace", "auth0|grace", "auth0", "grace@acme.example"),
        ("auth0|grace", "auth0|grace", "auth0", "grace@acme.example"),
        ("google-oauth2|7", "google-oauth2|7", "google-oauth2", "7@acme.example"),
    ],
)
def test_a_user_is_built_from_its_id_with_or_without_the_provider(name: str, user_id: str, provider: str, email: str) -> None:
    built = build.user(name)
    assert (built["user_id"], built["provider"], built["email"]) == (user_id, provider, email)


def test_our_own_tests_have_the_same_builders() -> None:
    names = set(BUILT.values()) - {"tenant"}
    assert [name for name in sorted(names) if getattr(builders, name) is not getattr(build, name)] == []


async def test_what_is_built_can_be_stored_together(adapters: Adapters) -> None:
    await adapters.tenants.create(build.tenant())
    await adapters.connections.create("acme", build.connection())
    await adapters.clients.create("acme", build.client())
    await adapters.users.create("acme", build.user())
    await adapters.login_sessions.create("acme", build.login_session(), import_metadata={"id": "login"})
    await adapters.sessions.create("acme", build.session())
    await adapters.codes.create("acme", build.code())
    await adapters.refresh_tokens.create("acme", build.refresh_token())
    await adapters.passwords.create("acme", build.password())
    await adapters.user_activity.upsert("acme", "auth0|ada", build.user_activity())
    await adapters.hook_code.create("acme", build.hook_code())
    await adapters.branding.set("acme", build.branding())
    await adapters.custom_text.set("acme", "login", "sv", build.custom_text())
    await adapters.prompt_settings.set("acme", build.prompt_settings())
    await adapters.universal_login_templates.set("acme", build.universal_login_template())
    await adapters.outbox.create("acme", build.outbox_event())
    await adapters.resource_servers.create("acme", build.resource_server())
    role = await adapters.roles.create("acme", build.role())
    await adapters.role_permissions.assign("acme", role.id, [build.permission()])
    await adapters.user_permissions.create("acme", "auth0|ada", build.permission())
    organization = await adapters.organizations.create("acme", build.organization())
    await adapters.organization_connections.create("acme", organization.id, build.organization_connection())
    await adapters.user_organizations.create("acme", build.user_organization(organization.id))
    operation = await adapters.tenant_operations.create(build.tenant_operation())
    await adapters.tenant_operation_events.create(build.tenant_operation_event(operation.id))
    await adapters.rollouts.create(build.rollout())
    await adapters.keys.create(build.key())


# --- the search for secrets --------------------------------------------------------------------------------------------------


@pytest.fixture
async def store(adapters: Adapters, caplog: pytest.LogCaptureFixture) -> Adapters:
    """Return adapters with a user and her password, and log everything."""
    caplog.set_level(logging.DEBUG)
    await adapters.tenants.create(build.tenant())
    await adapters.users.create("acme", build.user(password={"hash": "$argon2id$hash-of-ada", "algorithm": "argon2id"}))
    await adapters.clients.create("acme", build.client(client_secret="the-client-s-secret"))
    return adapters


def secret_message(caplog: pytest.LogCaptureFixture, store: Adapters, *also: str) -> str:
    """Return the message about a secret in the log."""
    with pytest.raises(AssertionError) as caught:
        assert_no_secrets(caplog, store, *also)
    return str(caught.value)


async def test_what_the_package_logs_holds_none(store: Adapters, caplog: pytest.LogCaptureFixture) -> None:
    await store.passwords.get("acme", "auth0|ada")
    await store.refresh_tokens.get_by_lookup("acme", "a lookup")
    with pytest.raises(ConflictError):
        await store.clients.create("acme", build.client(client_secret="another-secret"))
    assert [record for record in caplog.records if record.name == "authhero_sql.sql"]
    assert_no_secrets(caplog, store)


async def test_what_is_stored_is_found_wherever_a_record_has_it(store: Adapters, caplog: pytest.LogCaptureFixture) -> None:
    logger.info("the hash is %s", "$argon2id$hash-of-ada")
    said = secret_message(caplog, store)
    assert said.startswith("passwords.password occurs in a record of app at level INFO")
    assert "hash-of-ada" not in said
    caplog.clear()
    assert_no_secrets(caplog, store)
    logger.error("it failed", exc_info=RuntimeError("the-client-s-secret"))
    assert "clients.client_secret" in secret_message(caplog, store)


async def test_what_was_bound_is_found_when_no_row_has_it(store: Adapters, caplog: pytest.LogCaptureFixture) -> None:
    await store.codes.create("acme", build.code("the-code-of-ada"))
    await store.codes.remove("acme", "the-code-of-ada")
    await store.refresh_tokens.get_by_lookup("acme", "guessed-lookup")
    await store.clients.update("acme", "web", {"client_secret": "a-newer-secret"})
    for value, place in {
        "the-code-of-ada": "codes.code_id",
        "guessed-lookup": "refresh_tokens.token_lookup",
        "the-client-s-secret": "clients.client_secret",
        "a-newer-secret": "clients.client_secret",
    }.items():
        caplog.clear()
        logger.info("seen: %s", value)
        assert place in secret_message(caplog, store)


async def test_of_json_what_sounds_secret_is_one(store: Adapters, caplog: pytest.LogCaptureFixture) -> None:
    await store.connections.create("acme", build.connection(options={"client_id": "public-id", "client_secret": "of-the-connection"}))
    await store.outbox.create("acme", build.outbox_event(target={"type": "user", "id": "auth0|ada", "after": {"name": "a private name"}}))
    await store.hook_code.create("acme", build.hook_code(secrets={"K": "of-the-hook"}))
    logger.info("auth0|ada signs in by public-id: user.updated, PATCH /users, system")
    assert_no_secrets(caplog, store)
    for value, place in {
        "of-the-connection": "connections.options.client_secret",
        "a private name": "outbox_events.payload.target.after.name",
        "of-the-hook": "hook_code.secrets.K",
    }.items():
        caplog.clear()
        logger.info("seen: %s", value)
        assert place in secret_message(caplog, store)


async def test_the_test_s_own_secrets_and_what_is_allowed(store: Adapters, caplog: pytest.LogCaptureFixture) -> None:
    logger.info("password: correct horse; secret: the-client-s-secret")
    assert "secret 1 of the test" in secret_message(caplog, store, "correct horse")
    assert_no_secrets(caplog, store, allowed=["the-client-s-secret"])


async def test_other_adapters_cannot_be_asked(caplog: pytest.LogCaptureFixture) -> None:
    async with connect("sqlite://:memory:") as db:
        with pytest.raises(TypeError, match="authhero_adapters"):
            assert_no_secrets(caplog, await create_adapters(db))


async def test_every_secret_column_is_seen_as_it_is_bound(adapters: Adapters) -> None:
    await builders.tenant(adapters)
    for name, (make, _) in ENTITIES.items():
        if name not in ("action_versions", "invites", "user_organizations"):
            await make(adapters, "acme")
    database: Any = adapters.database
    recorder: Recorder = database.raw
    stored = set(_stored_values(recorder))
    assert len({place for place, _ in stored}) > 15
    assert stored - recorder.bound == set()


async def test_the_example_logs_none(copies: MigratedCopies, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    browser, issued = Browser("192.0.2.1", "UA"), AccessTokens()
    password, verifier = "correct horse battery staple", "a verifier of PKCE that nobody can guess at all"
    with copies.adapters(normalize_emails=True) as adapters:
        await identity.seed(adapters)
        await identity.sign_up(adapters, browser, SignUp(email="ada@acme.example", password=password))
        given = SignIn(email="ada@acme.example", password=password, code_challenge=identity.challenge_of(verifier))
        done = await identity.sign_in(adapters, browser, given)
        tokens = await identity.exchange_code(adapters, issued, browser, done.code, verifier)
        again = await identity.rotate(adapters, issued, browser, tokens.refresh_token)
        assert_no_secrets(
            caplog, adapters, password, verifier, done.code, done.session, tokens.refresh_token, again.refresh_token, again.access_token
        )
