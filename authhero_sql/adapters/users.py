"""Users, with the accounts that are linked to them and their activity."""

from __future__ import annotations

import builtins
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, Any, ClassVar, Literal, overload

from pydantic import BaseModel, ConfigDict, Field

from ..crud.adapter import Expected
from ..crud.bulk import Importing, ManyResult, New, OnConflict, OnInvalid, Progress, Rows
from ..dialects.interface import Call, Row
from ..errors import InvalidQueryError, InvalidValueError
from ..listing import ListRules
from ..models.base import ImportMetadata, Instant
from ..models.users import Identity, ProfileData, User, UserInsert
from ..rows import Fields, RowReader, Unchecked
from ..schema import Column
from ..statements.conditions import NULL, Subquery, Where, one_of
from ..statements.table import Gathered, Side
from ..tables import AUTHENTICATION_METHODS, OUTBOX_EVENTS, PASSWORDS, USER_ACTIVITY, USERS
from .mixins import IterateMixin
from .passwords import Passwords
from .user_activity import UserActivity

if TYPE_CHECKING:
    from ..models.audit import AuditEventInsert
    from ..types import AuditEventCreate, ImportMetadataDict, UserCreate, UserUpdate, UserWhere

USER = USERS.c
METHOD = AUTHENTICATION_METHODS.c
PASSWORD = PASSWORDS.c

ACTIVITY = ("last_login", "last_ip", "login_count")
IDENTITY = ("connection", "provider", "user_id", "is_social", "email", "email_verified", "phone_number", "phone_verified", "username")
"""The fields that an identity has of its account."""
EMPTY = (None, "[]")
"""What the engines give for no linked accounts."""
OutboxEvents = Sequence["AuditEventInsert | AuditEventCreate | Unchecked"]
"""Events that are written to the outbox in the same transaction as the user, each under its own ``id`` where it has one."""


class LinkedAccount(BaseModel):
    """What an account gives to the identities of the user that it is linked to."""

    model_config: ClassVar[ConfigDict] = ConfigDict(defer_build=True)

    user_id: str
    created_at: Instant
    provider: str
    connection: str
    is_social: bool
    linked_to: str | None = None
    email: str | None = None
    email_verified: bool | None = None
    phone_number: str | None = None
    phone_verified: bool | None = None
    username: str | None = None
    profile_data: str | None = Field(default=None, validation_alias="profileData", serialization_alias="profileData")


class Users(Importing[User], IterateMixin[User, "UserWhere"]):
    """Users (Auth0: user profiles).

    ``last_login``, ``last_ip`` and ``login_count`` live in ``user_activity``. The accounts linked to a user are folded into
    its ``identities``.
    """

    table = USERS
    model = User
    insert: type[BaseModel] | None = UserInsert
    fixed: ClassVar[frozenset[str]] = frozenset({"password"})
    virtual: ClassVar[frozenset[str]] = frozenset({"verify_email", *ACTIVITY, "password"})
    # A walk goes over people: the accounts linked to them come with them. Offset lists keep them as rows of their own.
    walked: ClassVar[Where] = {USER.linked_to: NULL}
    side: ClassVar[Side | None] = Side(
        USER_ACTIVITY, columns={name: name for name in ACTIVITY}, on={"tenant_id": "tenant_id", "user_id": "user_id"}
    )
    gathers: ClassVar[Gathered | None] = Gathered(LinkedAccount, on={"tenant_id": "tenant_id", "linked_to": "user_id"})
    rules: ClassVar[ListRules] = ListRules(
        wire="users",
        fields=(
            "user_id",
            "email",
            "email_verified",
            "username",
            "phone_number",
            "phone_verified",
            "name",
            "given_name",
            "family_name",
            "nickname",
            "picture",
            "locale",
            "linked_to",
            "provider",
            "connection",
            "is_social",
            "blocked",
            "last_ip",
            "last_login",
            "login_count",
            "created_at",
            "updated_at",
        ),
        search=("email", "name", "phone_number"),
        exact=("user_id",),
        both_ways=True,
    )

    @classmethod
    def _linked_reader(cls) -> RowReader[LinkedAccount]:
        return cls._reader_of(LinkedAccount)

    def _generated(self, params: BaseModel, created: datetime) -> dict[str, Any]:
        given: Any = params
        user_id, provider = given.user_id, given.provider
        if provider is None:
            provider = user_id.partition("|")[0] if user_id and "|" in user_id else "auth0"
        generated = {
            "provider": provider,
            "user_id": user_id or f"{provider}|{self.context.ids.nanoid()}",
            "is_social": bool(given.is_social),
            "blocked": bool(given.blocked),
        }
        if "user_metadata" not in params.model_fields_set:
            # As AuthHero stores it: NULL until somebody sets it.
            generated["user_metadata"] = None
        return generated

    async def create(
        self,
        tenant_id: str,
        params: UserInsert | UserCreate | Unchecked,
        *,
        import_metadata: ImportMetadata | ImportMetadataDict | None = None,
        outbox_events: OutboxEvents = (),
    ) -> User:
        """Create a user, with its activity, password and outbox events in one transaction.

        Args:
            tenant_id: the tenant.
            params: the user; ``user_id`` is generated as ``provider|…`` where none is given, and
                ``password: {hash, algorithm}`` becomes the current password.
            import_metadata: ``id``, ``created_at`` and ``updated_at`` of a user that comes from elsewhere.
            outbox_events: written for this tenant, each under its own ``id`` where it has one.

        Returns:
            What ``get`` would return.

        Raises:
            ConflictError: the user id, the e-mail address or user name with this provider, or an event's id is taken.
            ForeignKeyError: the tenant does not exist.
            InvalidValueError: a value cannot be stored.
        """
        user: Any = self._accepted(params)
        imported = self._imported(import_metadata)
        values = self._new_values(tenant_id, user, imported)
        calls = [self._sql.insert(values)]
        activity = self._given_activity(user)
        calls += self._beside(tenant_id, values, activity, user)
        calls += [self._sql.insert(event, OUTBOX_EVENTS) for event in self._events(tenant_id, outbox_events)]
        await self._run.write(*calls, apart=True)
        return self._read_values({**values, **activity})

    async def create_many(
        self,
        tenant_id: str,
        rows: Rows[UserInsert | Mapping[str, Any]],
        *,
        on_conflict: OnConflict = "error",
        on_invalid: OnInvalid = "raise",
        progress: Progress | None = None,
    ) -> ManyResult:
        """Create many users with their activity and passwords, read as they come and written 1,000 at a time.

        A password is stored as ``{hash, algorithm}``, as :meth:`create` takes it; where a user is updated it replaces the current one.
        Each of these chunks is written whole or not at all, and stays when a later one fails; within ``transaction()`` they are part
        of it. In ``batch()`` they are collected with everything else, for which ``on_conflict`` must be ``"error"``.

        Args:
            tenant_id: the tenant.
            rows: an iterable, or an async one, of insert models or mappings with their fields. A mapping may also have ``created_at`` and
                ``updated_at`` of a user that comes from elsewhere; its id is ``user_id``.
            on_conflict: what becomes of a row whose key, or something else that is unique, is taken, also by a row before it:
                ``"error"`` raises; ``"skip"`` leaves what is stored as it is; ``"update"`` puts the fields that are given over what is
                stored under the same key, but for ``created_at`` and what ``update`` refuses, and raises where something else is taken.
            on_invalid: what becomes of a row that is not valid in itself: ``"raise"`` raises, ``"report"`` passes it over and tells of
                it in the result.
            progress: called after each chunk with the result so far, and awaited where it gives something to await.

        Returns:
            How many rows were created, updated, skipped and refused, and the first 1,000 refused ones.

        Raises:
            ConflictError: a key is taken.
            ForeignKeyError: the tenant, or something else that a row refers to, does not exist.
            InvalidValueError: a value cannot be stored.
            UnsupportedError: a batch is to skip or to update.

            Each of them, and what the database raises, has ``row``, the number of the row that was refused, from 0, where it was one,
            and ``result``: its ``done`` first rows are dealt with.
        """
        return await self._create_many(tenant_id, rows, on_conflict, on_invalid, progress)

    def _new_values(self, tenant_id: str, params: BaseModel, imported: ImportMetadata, **extra: Any) -> dict[str, Any]:
        if imported.id is not None:
            extra["user_id"] = imported.id
        return self._normalized(super()._new_values(tenant_id, params, imported, **extra))

    def _changes(self, fields: Fields, where: Where) -> dict[str, Any]:
        return self._normalized(super()._changes(fields, where))

    def _normalized(self, values: dict[str, Any]) -> dict[str, Any]:
        """The stored values of a user, the address as the adapters store it."""
        if values.get("email") is not None:
            values["email"] = self._address(values["email"])
        return values

    def _address(self, email: str) -> str:
        """An e-mail address as the adapters store it."""
        return email.lower() if self.context.normalize_emails else email

    def _new(self, tenant_id: str, row: int, given: Any, **extra: Any) -> New:
        new = super()._new(tenant_id, row, given, **extra)
        new.extra_calls = self._beside(tenant_id, new.values, self._given_activity(new.params), new.params)
        return new

    def _beside(self, tenant_id: str, values: Mapping[str, Any], activity: Mapping[str, Any], user: Any) -> builtins.list[Call]:
        """The statements that store a new user's activity and password."""
        calls = []
        if activity:
            calls.append(self._sql.insert({**_activity_key(values), **activity}, USER_ACTIVITY))
        if user.password is not None:
            calls += self._password(tenant_id, values["user_id"], user.password)
        return calls

    def _calls_with_update(self, tenant_id: str, new: New) -> Sequence[Call]:
        calls = []
        activity = self._given_activity(new.params)
        if activity:
            calls.append(UserActivity(self.context)._sql.upsert({**_activity_key(new.values), **activity}))
        if new.params.password is not None:
            user_id = new.values["user_id"]
            current = {PASSWORD.tenant_id: tenant_id, PASSWORD.user_id: user_id, PASSWORD.is_current: True}
            calls += [self._sql.delete(current, PASSWORDS), *self._password(tenant_id, user_id, new.params.password)]
        return calls

    def _given_activity(self, user: Any) -> dict[str, Any]:
        """The stored values of the activity fields that a new user has."""
        given = {name: value for name in ACTIVITY if (value := getattr(user, name, None)) is not None}
        return self._activity(given) if given else given

    async def raw_create(
        self,
        tenant_id: str,
        params: UserInsert | UserCreate | Unchecked,
        *,
        import_metadata: ImportMetadata | ImportMetadataDict | None = None,
        outbox_events: OutboxEvents = (),
    ) -> User:
        """:meth:`create`, named for callers that run their own hooks around it."""
        return await self.create(tenant_id, params, import_metadata=import_metadata, outbox_events=outbox_events)

    async def get(self, tenant_id: str, user_id: str) -> User | None:
        """The user with its linked accounts folded into ``identities``, or None; one query."""
        found = await self._folded(self._own(tenant_id, user_id), {USER.tenant_id: tenant_id, USER.linked_to: user_id})
        return found[0] if found else None

    async def get_one(self, tenant_id: str, user_id: str) -> User:
        """The user with its linked accounts folded into ``identities``.

        Raises:
            NotFoundError: there is none.
        """
        return self._required(await self.get(tenant_id, user_id))

    async def exists(self, tenant_id: str, user_id: str) -> bool:
        """Whether there is a user with this id."""
        return await self._exists(self._own(tenant_id, user_id))

    async def get_by_email(self, tenant_id: str, email: str, *, provider: str | None = None) -> User | None:
        """Find a user by an e-mail address, at the same cost however many users the tenant has; one query.

        Several accounts may have one address, each with another provider: this is the first that :meth:`find` returns.

        Args:
            tenant_id: the tenant.
            email: the address as it is stored: in another case it is another address, unless the adapters normalize them.
            provider: looks at the account of this provider alone.

        Returns:
            What ``get`` returns for this account, its linked accounts folded into ``identities``; None where no account has the address.
        """
        email = self._address(email)
        found = await self._found({USER.email: email, **({} if provider is None else {USER.provider: provider})}, tenant_id)
        return found[0] if found else None

    async def find(
        self, tenant_id: str, *, email: str | None = None, username: str | None = None, phone_number: str | None = None
    ) -> builtins.list[User]:
        """Find the accounts that have an e-mail address, a user name or a phone number; one query, at the same cost in any tenant.

        Args:
            tenant_id: the tenant.
            email: the address as it is stored: in another case it is another address, unless the adapters normalize them.
            username: the user name, exactly as it is stored.
            phone_number: the phone number, exactly as it is stored.

        Returns:
            The accounts that match all that is given, each as ``get`` returns it: first those of their own, then those that are linked to
            another, and of these the oldest first, then the one with the least ``user_id``.

        Raises:
            InvalidQueryError: nothing is given.
        """
        given = {USER.email: None if email is None else self._address(email), USER.username: username, USER.phone_number: phone_number}
        where = {column: value for column, value in given.items() if value is not None}
        if not where:
            raise InvalidQueryError("find needs an email, a username or a phone_number")
        return await self._found(where, tenant_id)

    async def _found(self, where: Where, tenant_id: str) -> builtins.list[User]:
        """The users that meet the conditions, each with the accounts that are linked to it, the first of them first."""
        own = {USER.tenant_id: tenant_id, **where}
        linked = {USER.tenant_id: tenant_id, USER.linked_to: Subquery(self.table, USER.user_id, own, several=True)}
        return sorted(await self._folded(own, linked), key=_precedence)

    async def _folded(self, where: Where, linked: Where) -> builtins.list[User]:
        """The users that meet the conditions, each with its own of the accounts that are linked to one of them."""
        rows = await self._run.fetch(self._sql.either(self._reader, where, linked))
        wanted = [(self._place(column), value) for column, value in where.items() if column is not USER.tenant_id]
        user_id, linked_to = self._place(USER.user_id), self._place(USER.linked_to)
        # Whoever meets the conditions and is linked, too, comes twice, once without its activity.
        seen = self._place(USER_ACTIVITY.c.login_count)
        own: dict[str, Row] = {}
        accounts: dict[str, dict[str, Row]] = {}
        for row in rows:
            if row[linked_to] is not None:
                accounts.setdefault(row[linked_to], {})[row[user_id]] = row
            if all(row[at] == value for at, value in wanted) and (row[seen] is not None or row[user_id] not in own):
                own[row[user_id]] = row
        return [self._user(row, [self._as_linked(each) for each in accounts.get(id, {}).values()]) for id, row in own.items()]

    def _place(self, column: Column) -> int:
        """Where in a row that is read as a user a column stands."""
        return self._reader.places[column.name]

    def _as_linked(self, row: Row) -> Row:
        """What is read of an account that is linked to a user."""
        return [row[self._place(column)] for column in self._linked_reader().columns]

    def _read_values(self, values: Mapping[str, Any]) -> User:
        return self._user([values.get(name) for name in self._reader.names])

    def _user(self, row: Row, linked: Sequence[Row] = ()) -> User:
        """The user of a row, its identities made of the row itself and of those of the accounts that are linked to it, the oldest first."""
        # Sorted here: SQLite would look for an index in this order, and read the tenant for a few rows.
        accounts = sorted(map(self._linked_reader().read, linked), key=_age) if linked else ()
        return self._reader.read(row, {"identities": [self._own_identity(row), *map(_identity, accounts)]})

    def _own_identity(self, row: Row) -> dict[str, Any]:
        """What an account is to itself, for the reader of the whole row to validate."""
        identity = dict(zip(IDENTITY, self._identity_values(row), strict=True))
        identity["user_id"] = _without_provider(identity["user_id"])
        return identity

    @cached_property
    def _identity_values(self) -> Callable[[Row], tuple[Any, ...]]:
        return itemgetter(*(self._place(USERS[name]) for name in IDENTITY))

    async def _models(self, where: Where, rows: Sequence[Row]) -> builtins.list[User]:
        """The users of a page with their identities: one query more at most, however many users are on it."""
        at = self._place(USER.user_id)
        linked = self._gathered(rows)
        if linked is None:
            accounts = await self._accounts(where, [row[at] for row in rows])
            linked = [accounts.get(row[at], ()) for row in rows]
        return [self._user(row, each) for row, each in zip(rows, linked, strict=True)]

    def _gathered(self, rows: Sequence[Row]) -> builtins.list[Sequence[Row]] | None:
        """The accounts that came with each row; None where none could, or where they are so many that MariaDB has cut them off."""
        own = len(self._reader.columns)
        if not rows or len(rows[0]) == own:
            return None
        try:
            return [json.loads(row[own]) if row[own] not in EMPTY else () for row in rows]
        except json.JSONDecodeError:
            return None

    async def _accounts(self, where: Where, user_ids: Sequence[str]) -> Mapping[str, Sequence[Row]]:
        """The rows of the accounts that are linked to users, by the user."""
        accounts: dict[str, builtins.list[Row]] = {}
        if user_ids:
            reader = self._linked_reader()
            linked = {USER.tenant_id: where[USER.tenant_id], USER.linked_to: one_of(user_ids)}
            for row in await self._run.fetch(self._sql.select(reader, linked)):
                accounts.setdefault(row[reader.places[USER.linked_to.name]], []).append(row)
        return accounts

    @overload
    async def update(
        self,
        tenant_id: str,
        user_id: str,
        fields: BaseModel | UserUpdate | Unchecked,
        *,
        expect: Expected = None,
        outbox_events: OutboxEvents = (),
        returning: Literal[False] = False,
    ) -> bool: ...
    @overload
    async def update(
        self,
        tenant_id: str,
        user_id: str,
        fields: BaseModel | UserUpdate | Unchecked,
        *,
        expect: Expected = None,
        outbox_events: OutboxEvents = (),
        returning: Literal[True],
    ) -> User | None: ...
    async def update(
        self,
        tenant_id: str,
        user_id: str,
        fields: BaseModel | UserUpdate | Unchecked,
        *,
        expect: Expected = None,
        outbox_events: OutboxEvents = (),
        returning: bool = False,
    ) -> bool | User | None:
        """Write exactly the given fields, and the outbox events, in one transaction.

        Args:
            tenant_id: the tenant.
            user_id: the user.
            fields: what to write.
            expect: what was seen in plain fields, such as ``{"updated_at": seen}``: nothing is written unless it is still so.
            outbox_events: written for this tenant.
            returning: return the row as it is stored afterwards, and not only whether there was one; a second query.

        Returns:
            Whether there was such a user, as it was expected to be, or with ``returning`` the user, or None. Nothing is written where there
            was none.

        Raises:
            ConflictError: the e-mail address, the user name or an event's id is taken.
            InvalidQueryError: a field cannot be expected.
            InvalidValueError: a value cannot be stored, or a field is unknown or cannot be updated.
            UnsupportedError: ``returning`` in a batch.
        """
        return await self._answer(
            returning,
            lambda: self._write(tenant_id, user_id, fields, expect=expect, outbox_events=outbox_events),
            lambda: self.get(tenant_id, user_id),
        )

    async def _write(
        self, tenant_id: str, user_id: str, fields: BaseModel | UserUpdate | Unchecked, *, expect: Expected, outbox_events: OutboxEvents
    ) -> bool:
        where = {USER.tenant_id: tenant_id, USER.user_id: user_id}
        given = self._given(fields, where)
        activity = self._activity({name: given.pop(name) for name in ACTIVITY if name in given})
        expected = self._expected(expect)
        seen = {**where, **expected}
        beside = [self._sql.insert_if_exists(OUTBOX_EVENTS, event, seen) for event in self._events(tenant_id, outbox_events)]
        if activity:
            key = {name: self.table.operand(name, where[USERS[name]]) for name in USER_ACTIVITY.key}
            beside.append(self._sql.insert_if_exists(USER_ACTIVITY, {**key, **activity}, seen, upsert=tuple(activity)))
        return await self._update_with(where, expected, self._sql.update(seen, self._later(self._changes(given, where), seen)), beside)

    async def remove(self, tenant_id: str, user_id: str, *, outbox_events: OutboxEvents = ()) -> bool:
        """Remove the user, the accounts linked to it, and the authentication methods of all of them.

        Returns:
            Whether there was such a user.
        """
        where = {USER.tenant_id: tenant_id, USER.user_id: user_id}
        linked = {USER.tenant_id: tenant_id, USER.linked_to: user_id}
        events = [self._sql.insert_if_exists(OUTBOX_EVENTS, event, where) for event in self._events(tenant_id, outbox_events)]
        of_linked = Subquery(self.table, USER.user_id, linked, several=True)
        return await self._run.matched(
            *events,
            self._sql.delete({METHOD.tenant_id: tenant_id, METHOD.user_id: of_linked}, AUTHENTICATION_METHODS),
            self._sql.delete({METHOD.tenant_id: tenant_id, METHOD.user_id: user_id}, AUTHENTICATION_METHODS),
            self._sql.delete(linked),
            self._sql.delete(where),
            at=-1,
        )

    async def unlink(self, tenant_id: str, user_id: str, provider: str, linked_user_id: str) -> bool:
        """Make the account ``provider|linked_user_id`` one of its own again; whether it was linked to the user."""
        where = {USER.tenant_id: tenant_id, USER.user_id: f"{provider}|{linked_user_id}", USER.linked_to: user_id}
        return await self._run.matched(self._sql.update(where, self._bumped({"linked_to": None})))

    def _activity(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The stored values of the activity fields."""
        writer = UserActivity(self.context)._writer
        return writer.changes(writer.partial(given)) if given else {}

    def _password(self, tenant_id: str, user_id: str, password: Any) -> Sequence[Call]:
        """The statement that stores a new user's password: there is no earlier one to retire."""
        passwords = Passwords(self.context)
        params = passwords._writer.accept({"user_id": user_id, "password": password.hash, "algorithm": password.algorithm})
        return [self._sql.insert(passwords._new_row(tenant_id, params, None), PASSWORDS)]

    def _events(self, tenant_id: str, events: OutboxEvents) -> Sequence[dict[str, Any]]:
        """The stored rows of outbox events."""
        if not isinstance(events, Iterable):
            raise InvalidValueError(self.table.name, "outbox_events", "must be a list of events")
        if not events:
            return []
        # Most sign-ups have none, and need not wait for the models of the audit log.
        from .outbox import Outbox

        outbox = Outbox(self.context)
        return [outbox._row(tenant_id, event) for event in events]


def _activity_key(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in USER_ACTIVITY.key}


def _age(account: User | LinkedAccount) -> tuple[datetime, str]:
    return account.created_at, account.user_id


def _precedence(user: User) -> tuple[bool, datetime, str]:
    """Which of several accounts is meant: one of its own, then the oldest."""
    return user.linked_to is not None, *_age(user)


def _identity(account: LinkedAccount) -> Identity:
    """What an account is to the user that it is linked to: itself, with its profile."""
    values = {name: getattr(account, name) for name in IDENTITY}
    return Identity(**{**values, "user_id": _without_provider(account.user_id), "profile_data": _profile(account)})


def _without_provider(user_id: str) -> str:
    return user_id.partition("|")[2] if "|" in user_id else user_id


def _profile(account: LinkedAccount) -> ProfileData:
    try:
        stored = json.loads(account.profile_data) if account.profile_data else {}
    except ValueError:
        # A plain string in AuthHero's contract: what is no JSON object adds nothing to the identity.
        stored = {}
    known = {"email": account.email, "email_verified": account.email_verified}
    return ProfileData.model_construct(**{**known, **(stored if isinstance(stored, dict) else {})})
