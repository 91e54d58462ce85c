"""This package, over a URL and over an existing pool."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any, Self

from authhero_sql import Adapters, ConfigurationError, connect, create_adapters
from authhero_sql.models import RefreshToken

from .mysql import pool_of
from .protocol import PAGE, Candidate, Given, RotationMethod, SignIn, Target, UnavailableError
from .sqlite import open_sqlite


class Ours(Candidate):
    """The candidate with ``connect(url)``."""

    name = "ours"

    def __init__(self, adapters: Adapters, stack: AsyncExitStack) -> None:
        self.adapters = adapters
        self._stack = stack

    @classmethod
    async def open(cls, target: Target) -> Self:
        """Connect with the URL."""
        stack = AsyncExitStack()
        options = {} if target.engine == "sqlite" else {"max_size": target.pool}
        return cls(await create_adapters(await stack.enter_async_context(connect(target.url, **options))), stack)

    async def close(self) -> None:
        """Close all connections."""
        await self._stack.aclose()

    async def user(self, tenant: str, user_id: str) -> Any:
        """See the protocol."""
        return await self.adapters.users.get(tenant, user_id)

    async def client(self, tenant: str, client_id: str) -> Any:
        """See the protocol."""
        return await self.adapters.clients.get(tenant, client_id)

    async def create_user(self, tenant: str, given: Given) -> Any:
        """See the protocol."""
        return await self.adapters.users.create(tenant, given)

    async def create_users(self, tenant: str, given: Sequence[Given]) -> int:
        """See the protocol."""
        return (await self.adapters.users.create_many(tenant, given)).created

    async def update_user(self, tenant: str, user_id: str, given: Given) -> bool:
        """See the protocol."""
        return await self.adapters.users.update(tenant, user_id, given)

    async def users(self, tenant: str) -> Any:
        """See the protocol."""
        return (await self.adapters.users.list(tenant, per_page=PAGE)).items

    async def users_by_email(self, tenant: str, email: str) -> Any:
        """See the protocol."""
        return (await self.adapters.users.list(tenant, per_page=PAGE, q=f'email:"{email}"')).items

    async def users_by_connection(self, tenant: str, connection: str) -> Any:
        """See the protocol."""
        return (await self.adapters.users.list(tenant, per_page=PAGE, q=f'connection:"{connection}"')).items

    async def users_and_total(self, tenant: str) -> tuple[Any, int]:
        """See the protocol."""
        page = await self.adapters.users.list(tenant, per_page=PAGE, include_totals=True)
        return page.items, page.total or 0

    async def users_after(self, tenant: str, created_at: str, user_id: str) -> Any:
        """Return the page after a user. A real caller has the cursor from the previous page."""
        cursor = json.dumps({"s": created_at, "i": user_id, "k": "created_at:desc"}, separators=(",", ":"))
        after = urlsafe_b64encode(cursor.encode()).rstrip(b"=").decode()
        return (await self.adapters.users.list(tenant, take=PAGE, from_=after)).items

    async def create_code(self, tenant: str, given: Given) -> Any:
        """See the protocol."""
        return await self.adapters.codes.create(tenant, given)

    async def consume_code(self, tenant: str, code_id: str, type: str) -> bool:
        """See the protocol."""
        return await self.adapters.codes.consume(tenant, code_id, type=type)

    async def create_session(self, tenant: str, given: Given) -> Any:
        """See the protocol."""
        return await self.adapters.sessions.create(tenant, given)

    async def rotate(self, tenant: str, lookup: str, successor: Given, now: datetime, method: RotationMethod) -> Any:
        """See the protocol."""
        if method == "transaction":
            async with self.adapters.transaction() as tx:
                return await self._exchange(tx, await self._found(tx, tenant, lookup), tenant, successor, now)
        if method == "run_transaction":

            async def work(tx: Adapters) -> RefreshToken:
                return await self._exchange(tx, await self._found(tx, tenant, lookup), tenant, successor, now)

            return await self.adapters.run_transaction(work)
        old = await self._found(self.adapters, tenant, lookup)
        if method == "rotate":
            return (await self.adapters.refresh_tokens.rotate(tenant, old.id, successor)).token
        async with self.adapters.batch() as batch:
            return await self._exchange(batch, old, tenant, successor, now)

    async def _found(self, adapters: Adapters, tenant: str, lookup: str) -> RefreshToken:
        found = await adapters.refresh_tokens.get_by_lookup(tenant, lookup)
        if found is None:
            raise LookupError(lookup)
        return found

    async def _exchange(self, adapters: Adapters, old: RefreshToken, tenant: str, successor: Given, now: datetime) -> RefreshToken:
        used = {"rotated_to": successor["id"], "rotated_at": now, "last_exchanged_at": now}
        if not await adapters.refresh_tokens.update(tenant, old.id, used, expect={"rotated_at": None}):
            raise LookupError(old.id)
        return await adapters.refresh_tokens.create(tenant, {**successor, "family_id": old.family_id})

    async def sign_in(self, tenant: str, given: SignIn) -> Any:
        """See the protocol."""
        store = self.adapters
        user = await store.users.get_by_email(tenant, given.email, provider="auth0")
        if user is None or await store.passwords.get(tenant, user.user_id) is None:
            raise LookupError(given.email)
        own = {"user_id": user.user_id}
        async with store.batch() as batch:
            login = await batch.login_sessions.create(tenant, {**given.login_session, **own})
            session = await batch.sessions.create(tenant, {**given.session, **own, "login_session_id": login.id})
            done = {"session_id": session.id, "state": "completed", "authenticated_at": given.log["date"]}
            await batch.login_sessions.update(tenant, login.id, done)
            await batch.codes.create(
                tenant,
                {
                    "code_id": given.code, "code_type": "authorization_code", "login_id": login.id, **own,
                    "expires_at": given.session["expires_at"],
                },
            )  # fmt: skip
            await batch.user_activity.record_login(tenant, user.user_id, ip=given.log["ip"])
        await store.logs.create(tenant, {**given.log, **own, "type": "s", "user_name": user.email})
        code = await store.codes.get(tenant, given.code, "authorization_code")
        if code is None or not await store.codes.consume(tenant, code.code_id, type="authorization_code"):
            raise LookupError(given.code)
        token = {**given.token, **own, "login_id": code.login_id, "family_id": given.token["id"]}
        created = await store.refresh_tokens.create(tenant, token)
        await store.logs.create(tenant, {**given.log, "type": "seacft"})
        return created


class OursOwnPool(Ours):
    """The candidate with ``create_adapters(pool)``, over a pool that is created as the driver's documentation recommends."""

    name = "ours, own pool"

    @classmethod
    async def open(cls, target: Target) -> Self:
        """Create a pool and pass it to ``create_adapters``."""
        stack = AsyncExitStack()
        if target.engine == "sqlite":
            connection = await open_sqlite(target.path)
            stack.push_async_callback(connection.close)
            return cls(await create_adapters(connection), stack)
        if target.engine == "postgresql":
            import asyncpg

            return cls(await create_adapters(await stack.enter_async_context(asyncpg.create_pool(target.url, max_size=target.pool))), stack)
        pool = await pool_of("aiomysql", target)
        stack.push_async_callback(pool.wait_closed)
        stack.callback(pool.close)
        return cls(await create_adapters(pool), stack)


class OursAsyncmy(Ours):
    """The candidate with ``connect("mysql+asyncmy://…")``."""

    name = "ours, asyncmy"
    engines = ("mysql",)

    @classmethod
    async def open(cls, target: Target) -> Self:
        """Connect with a URL that selects asyncmy."""
        try:
            return await super().open(Target(target.engine, target.url.replace("mysql://", "mysql+asyncmy://", 1)))
        except ConfigurationError:
            raise UnavailableError("connect() does not support mysql+asyncmy://") from None
