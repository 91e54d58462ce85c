"""Users, with their linked accounts and their activity."""

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
from ..crud.bulk import BulkAdapter, ManyResult, NewRow, OnConflict, OnInvalid, Progress, Rows
from ..dialects.interface import Call, Row
from ..errors import InvalidQueryError, InvalidValueError
from ..models.base import ImportMetadata, Instant
from ..models.users import Identity, ProfileData, User, UserInsert
from ..pagination import ListRules
from ..row_mapping import Fields, RowReader, Unchecked
from ..schema import Column
from ..statements.conditions import NULL, Subquery, Where, one_of
from ..statements.table import JoinedTable, RelatedRows
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
"""The fields that an identity takes from its account."""
EMPTY = (None, "[]")
"""The values that the engines return if there are no linked accounts."""
OutboxEvents = Sequence["AuditEventInsert | AuditEventCreate | Unchecked"]
"""Audit events that are written to the outbox in the same transaction as the user. An ``id`` is generated if it is not given."""


class LinkedAccount(BaseModel):
    """The fields of a linked account that become an identity of the primary user."""

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


class Users(BulkAdapter[User], IterateMixin[User, "UserWhere"]):
    """Users (Auth0: user profiles).

    ``last_login``, ``last_ip`` and ``login_count`` are stored in ``user_activity``. The accounts that are linked to a
    user are returned in its ``identities``.
    """

    table = USERS
    model = User
    insert: type[BaseModel] | None = UserInsert
    fixed: ClassVar[frozenset[str]] = frozenset({"password"})
    virtual: ClassVar[frozenset[str]] = frozenset({"verify_email", *ACTIVITY, "password"})
    # Checkpoint pagination skips linked accounts, which are part of their user. Offset pagination returns them as separate rows.
    checkpoint_where: ClassVar[Where] = {USER.linked_to: NULL}
    joined: ClassVar[JoinedTable | None] = JoinedTable(
        USER_ACTIVITY, columns={name: name for name in ACTIVITY}, on={"tenant_id": "tenant_id", "user_id": "user_id"}
    )
    related: ClassVar[RelatedRows | None] = RelatedRows(LinkedAccount, on={"tenant_id": "tenant_id", "linked_to": "user_id"})
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
        bidirectional=True,
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
            # Like AuthHero, store NULL until the field is set.
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
        """Create a user, together with its activity, password and outbox events, in one transaction.

        Args:
            tenant_id: The tenant's ID.
            params: The user, as a model or a mapping of its fields. ``user_id`` is generated as ``provider|…`` if it is
                not given. ``provider`` defaults to the prefix of ``user_id``, or to ``auth0`` without a ``user_id``; it
                does not depend on the connection. ``password``, an object with ``hash`` and ``algorithm``, becomes the
                current password.
            import_metadata: The ``id``, ``created_at`` and ``updated_at`` of a row imported from another system.
                Generated by default.
            outbox_events: Audit events to write to the outbox of this tenant in the same transaction. An event without
                an ``id`` gets a generated one.

        Returns:
            The stored user, as ``get`` returns it.

        Raises:
            ConflictError: The user ID, the ID of an event, or the email address or username for this provider is taken.
            ForeignKeyError: The tenant does not exist.
            InvalidValueError: A value cannot be stored.
        """
        user: Any = self._validated(params)
        imported = self._imported(import_metadata)
        values = self._new_values(tenant_id, user, imported)
        calls = [self._sql.insert(values)]
        activity = self._new_activity(user)
        calls += self._related_calls(tenant_id, values, activity, user)
        calls += [self._sql.insert(event, OUTBOX_EVENTS) for event in self._event_rows(tenant_id, outbox_events)]
        await self._run.write(*calls, unordered=True)
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
        """Create many users with their activity and passwords, in chunks of up to 1,000.

        A password is an object with ``hash`` and ``algorithm``, as for :meth:`create`. If an existing user is updated,
        it replaces the current password.

        The rows are read as they are needed, so an import can have any length. Each chunk is written atomically, and
        stays written if a later chunk fails. With ``on_conflict``, it may be split into parts that are written one after
        the other. Inside ``transaction()``, all chunks are part of the transaction. In
        ``batch()``, the rows are collected with the other writes, and ``on_conflict`` must be ``"error"``.

        Args:
            tenant_id: The tenant's ID.
            rows: An iterable or async iterable of insert models, or of mappings with their fields. A mapping can also
                contain ``created_at`` and ``updated_at`` of a user imported from another system. The ID of such a user
                is its ``user_id``.
            on_conflict: What to do if the key or another unique value of a row is taken, including by an earlier row of
                the same call. ``"error"`` raises. ``"skip"`` leaves the stored row unchanged. ``"update"`` writes the
                given fields to the stored row with the same key, except ``created_at`` and the fields that ``update``
                refuses. It raises if another unique value is taken.
            on_invalid: What to do with a row that fails validation: ``"raise"`` raises, ``"report"`` skips the row and
                reports it in the result.
            progress: A function that is called with the result so far after each chunk. If it returns an awaitable, the
                awaitable is awaited.

        Returns:
            The number of rows that were created, updated, skipped and rejected, and the first 1,000 rejected rows with
            their errors.

        Raises:
            ConflictError: A unique value is taken.
            ForeignKeyError: The tenant or another referenced row does not exist.
            InvalidQueryError: ``on_conflict``, ``on_invalid`` or ``progress`` is invalid.
            InvalidValueError: A value cannot be stored.
            UnsupportedError: ``on_conflict`` is not ``"error"`` in a batch.

            Errors that occur while rows are read or written have two more attributes. ``row`` is the index of the row
            that was rejected, or None. ``result`` is the result so far: the first ``result.done`` rows have been
            processed.
        """
        return await self._create_many(tenant_id, rows, on_conflict, on_invalid, progress)

    def _new_values(self, tenant_id: str, params: BaseModel, imported: ImportMetadata, **extra: Any) -> dict[str, Any]:
        if imported.id is not None:
            extra["user_id"] = imported.id
        return self._normalize_email(super()._new_values(tenant_id, params, imported, **extra))

    def _changes(self, fields: Fields, where: Where) -> dict[str, Any]:
        return self._normalize_email(super()._changes(fields, where))

    def _normalize_email(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return the stored values of a user, with the email address in the form in which it is stored."""
        if values.get("email") is not None:
            values["email"] = self._stored_email(values["email"])
        return values

    def _stored_email(self, email: str) -> str:
        """Return the email address in the form in which it is stored."""
        return email.lower() if self.context.normalize_emails else email

    def _new(self, tenant_id: str, row: int, given: Any, **extra: Any) -> NewRow:
        new = super()._new(tenant_id, row, given, **extra)
        new.extra_calls = self._related_calls(tenant_id, new.values, self._new_activity(new.params), new.params)
        return new

    def _related_calls(self, tenant_id: str, values: Mapping[str, Any], activity: Mapping[str, Any], user: Any) -> builtins.list[Call]:
        """Return the statements that store the activity and the password of a new user."""
        calls = []
        if activity:
            calls.append(self._sql.insert({**_activity_key(values), **activity}, USER_ACTIVITY))
        if user.password is not None:
            calls += self._password_calls(tenant_id, values["user_id"], user.password)
        return calls

    def _calls_with_update(self, tenant_id: str, new: NewRow) -> Sequence[Call]:
        calls = []
        activity = self._new_activity(new.params)
        if activity:
            calls.append(UserActivity(self.context)._sql.upsert({**_activity_key(new.values), **activity}))
        if new.params.password is not None:
            user_id = new.values["user_id"]
            current = {PASSWORD.tenant_id: tenant_id, PASSWORD.user_id: user_id, PASSWORD.is_current: True}
            calls += [self._sql.delete(current, PASSWORDS), *self._password_calls(tenant_id, user_id, new.params.password)]
        return calls

    def _new_activity(self, user: Any) -> dict[str, Any]:
        """Return the stored values of the activity fields of a new user."""
        given = {name: value for name in ACTIVITY if (value := getattr(user, name, None)) is not None}
        return self._activity_values(given) if given else given

    async def raw_create(
        self,
        tenant_id: str,
        params: UserInsert | UserCreate | Unchecked,
        *,
        import_metadata: ImportMetadata | ImportMetadataDict | None = None,
        outbox_events: OutboxEvents = (),
    ) -> User:
        """Create a user, exactly as :meth:`create` does.

        The separate name is for callers that run their own hooks around the creation.

        Args:
            tenant_id: The tenant's ID.
            params: The user, as a model or a mapping of its fields. ``user_id`` is generated as ``provider|…`` if it is
                not given. ``provider`` defaults to the prefix of ``user_id``, or to ``auth0`` without a ``user_id``; it
                does not depend on the connection. ``password``, an object with ``hash`` and ``algorithm``, becomes the
                current password.
            import_metadata: The ``id``, ``created_at`` and ``updated_at`` of a row imported from another system.
                Generated by default.
            outbox_events: Audit events to write to the outbox of this tenant in the same transaction. An event without
                an ``id`` gets a generated one.

        Returns:
            The stored user, as ``get`` returns it.

        Raises:
            ConflictError: The user ID, the ID of an event, or the email address or username for this provider is taken.
            ForeignKeyError: The tenant does not exist.
            InvalidValueError: A value cannot be stored.
        """
        return await self.create(tenant_id, params, import_metadata=import_metadata, outbox_events=outbox_events)

    async def get(self, tenant_id: str, user_id: str) -> User | None:
        """Return the user with this ID, or None.

        The linked accounts are included in ``identities``. The method sends one query.
        """
        found = await self._users_with_identities(self._own(tenant_id, user_id), {USER.tenant_id: tenant_id, USER.linked_to: user_id})
        return found[0] if found else None

    async def get_one(self, tenant_id: str, user_id: str) -> User:
        """Return the user with this ID.

        The linked accounts are included in ``identities``. The method sends one query.

        Raises:
            NotFoundError: No user has this ID.
        """
        return self._require_found(await self.get(tenant_id, user_id))

    async def exists(self, tenant_id: str, user_id: str) -> bool:
        """Return whether a user has this ID."""
        return await self._exists(self._own(tenant_id, user_id))

    async def get_by_email(self, tenant_id: str, email: str, *, provider: str | None = None) -> User | None:
        """Return the user with this email address, or None.

        Accounts of different providers can have the same address. In this case, the first user that :meth:`find`
        returns is returned. The method sends one query, whose cost does not depend on the number of users.

        Args:
            tenant_id: The tenant's ID.
            email: The email address, exactly as it is stored. It is case-sensitive, unless the adapters normalize email
                addresses.
            provider: Consider only the account of this provider.

        Returns:
            The user, as ``get`` returns it, or None if no account has the address.
        """
        email = self._stored_email(email)
        found = await self._find({USER.email: email, **({} if provider is None else {USER.provider: provider})}, tenant_id)
        return found[0] if found else None

    async def find(
        self, tenant_id: str, *, email: str | None = None, username: str | None = None, phone_number: str | None = None
    ) -> builtins.list[User]:
        """Return the users with this email address, username or phone number.

        If several of them are given, all must match. The method sends one query, whose cost does not depend on the
        number of users.

        Args:
            tenant_id: The tenant's ID.
            email: The email address, exactly as it is stored. It is case-sensitive, unless the adapters normalize email
                addresses.
            username: The username, exactly as it is stored.
            phone_number: The phone number, exactly as it is stored.

        Returns:
            The matching users, as ``get`` returns them. Primary accounts come before accounts that are linked to
            another user. Within each group, users are sorted by age, oldest first, and then by ``user_id``.

        Raises:
            InvalidQueryError: None of the three is given.
        """
        given = {USER.email: None if email is None else self._stored_email(email), USER.username: username, USER.phone_number: phone_number}
        where = {column: value for column, value in given.items() if value is not None}
        if not where:
            raise InvalidQueryError("find() requires an email, a username or a phone_number")
        return await self._find(where, tenant_id)

    async def _find(self, where: Where, tenant_id: str) -> builtins.list[User]:
        """Return the users that match the conditions, with their linked accounts, in order of precedence."""
        own = {USER.tenant_id: tenant_id, **where}
        linked = {USER.tenant_id: tenant_id, USER.linked_to: Subquery(self.table, USER.user_id, own, several=True)}
        return sorted(await self._users_with_identities(own, linked), key=_precedence_key)

    async def _users_with_identities(self, where: Where, linked: Where) -> builtins.list[User]:
        """Return the users that match the conditions, each with the linked accounts that belong to it."""
        rows = await self._run.fetch(self._sql.select_either(self._reader, where, linked))
        wanted = [(self._position(column), value) for column, value in where.items() if column is not USER.tenant_id]
        user_id, linked_to = self._position(USER.user_id), self._position(USER.linked_to)
        # A linked account that matches the conditions is returned twice, once without its activity.
        login_count = self._position(USER_ACTIVITY.c.login_count)
        own: dict[str, Row] = {}
        accounts: dict[str, dict[str, Row]] = {}
        for row in rows:
            if row[linked_to] is not None:
                accounts.setdefault(row[linked_to], {})[row[user_id]] = row
            if all(row[at] == value for at, value in wanted) and (row[login_count] is not None or row[user_id] not in own):
                own[row[user_id]] = row
        return [self._user(row, [self._linked_row(each) for each in accounts.get(id, {}).values()]) for id, row in own.items()]

    def _position(self, column: Column) -> int:
        """Return the position of a column in a row that is read as a user."""
        return self._reader.places[column.name]

    def _linked_row(self, row: Row) -> Row:
        """Return the columns of a linked account from its row."""
        return [row[self._position(column)] for column in self._linked_reader().columns]

    def _read_values(self, values: Mapping[str, Any]) -> User:
        return self._user([values.get(name) for name in self._reader.names])

    def _user(self, row: Row, linked: Sequence[Row] = ()) -> User:
        """Return the user of a row. Its identities are its own account and then its linked accounts, oldest first."""
        # Sorting in SQL would make SQLite choose an index in this order, and read the whole tenant for a few rows.
        accounts = sorted(map(self._linked_reader().read, linked), key=_age_key) if linked else ()
        return self._reader.read(row, {"identities": [self._own_identity(row), *map(_linked_identity, accounts)]})

    def _own_identity(self, row: Row) -> dict[str, Any]:
        """Return the identity of the account itself, to be validated by the reader of the whole row."""
        identity = dict(zip(IDENTITY, self._identity_values(row), strict=True))
        identity["user_id"] = _strip_provider(identity["user_id"])
        return identity

    @cached_property
    def _identity_values(self) -> Callable[[Row], tuple[Any, ...]]:
        return itemgetter(*(self._position(USERS[name]) for name in IDENTITY))

    async def _models(self, where: Where, rows: Sequence[Row]) -> builtins.list[User]:
        """Return the users of a page with their identities. This takes at most one more query for the whole page."""
        at = self._position(USER.user_id)
        linked = self._gathered_accounts(rows)
        if linked is None:
            accounts = await self._linked_accounts(where, [row[at] for row in rows])
            linked = [accounts.get(row[at], ()) for row in rows]
        return [self._user(row, each) for row, each in zip(rows, linked, strict=True)]

    def _gathered_accounts(self, rows: Sequence[Row]) -> builtins.list[Sequence[Row]] | None:
        """Return the linked accounts that were read with each row.

        The result is None if the query cannot read them, or if MariaDB has truncated them because there are too many.
        """
        own = len(self._reader.columns)
        if not rows or len(rows[0]) == own:
            return None
        try:
            return [json.loads(row[own]) if row[own] not in EMPTY else () for row in rows]
        except json.JSONDecodeError:
            return None

    async def _linked_accounts(self, where: Where, user_ids: Sequence[str]) -> Mapping[str, Sequence[Row]]:
        """Return the rows of the accounts that are linked to these users, by the user's ID."""
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
        """Update only the given fields, and write the outbox events, in one transaction.

        Args:
            tenant_id: The tenant's ID.
            user_id: The user's ID.
            fields: The fields to update, as a model or a mapping.
            expect: Values that the row must still have, such as ``{"updated_at": seen}``. Nothing is written if any of
                them differs. Only plain fields can be compared.
            outbox_events: Audit events to write to the outbox of this tenant in the same transaction. They are not
                written if the user does not exist or does not match ``expect``.
            returning: Return the updated row instead of a bool. This takes a second query.

        Returns:
            Whether the user exists and matches ``expect``. With ``returning``, the updated user, or None.

        Raises:
            ConflictError: The email address, the username or the ID of an event is taken.
            InvalidQueryError: A field of ``expect`` is unknown or cannot be compared.
            InvalidValueError: A value cannot be stored, or a field is unknown or cannot be updated.
            UnsupportedError: ``returning`` is used in a batch.
        """
        return await self._update_result(
            returning,
            lambda: self._write(tenant_id, user_id, fields, expect=expect, outbox_events=outbox_events),
            lambda: self.get(tenant_id, user_id),
        )

    async def _write(
        self, tenant_id: str, user_id: str, fields: BaseModel | UserUpdate | Unchecked, *, expect: Expected, outbox_events: OutboxEvents
    ) -> bool:
        where = {USER.tenant_id: tenant_id, USER.user_id: user_id}
        given = self._update_fields(fields, where)
        activity = self._activity_values({name: given.pop(name) for name in ACTIVITY if name in given})
        expected = self._expected(expect)
        matching = {**where, **expected}
        beside = [self._sql.insert_if_exists(OUTBOX_EVENTS, event, matching) for event in self._event_rows(tenant_id, outbox_events)]
        if activity:
            key = {name: self.table.encode_operand(name, where[USERS[name]]) for name in USER_ACTIVITY.key}
            beside.append(self._sql.insert_if_exists(USER_ACTIVITY, {**key, **activity}, matching, upsert=tuple(activity)))
        values = self._with_later_updated_at(self._changes(given, where), matching)
        return await self._update_with(where, expected, self._sql.update(matching, values), beside)

    async def remove(self, tenant_id: str, user_id: str, *, outbox_events: OutboxEvents = ()) -> bool:
        """Remove the user, its linked accounts, and the authentication methods of all of these accounts.

        Rows that reference the user by a foreign key are removed, too, such as passwords, sessions, codes and grants.
        Refresh tokens, login sessions and log entries have no such reference and remain. A remaining refresh token can
        still be rotated, so check that its user exists before you call ``refresh_tokens.rotate``.

        Args:
            tenant_id: The tenant's ID.
            user_id: The user's ID.
            outbox_events: Audit events to write to the outbox of this tenant in the same transaction. They are not
                written if the user does not exist.

        Returns:
            Whether the user existed.
        """
        where = {USER.tenant_id: tenant_id, USER.user_id: user_id}
        linked = {USER.tenant_id: tenant_id, USER.linked_to: user_id}
        events = [self._sql.insert_if_exists(OUTBOX_EVENTS, event, where) for event in self._event_rows(tenant_id, outbox_events)]
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
        """Unlink an account from the user, so that it becomes a separate user again.

        Args:
            tenant_id: The tenant's ID.
            user_id: The ID of the user that the account is linked to.
            provider: The provider of the linked account.
            linked_user_id: The ID of the linked account without its provider: its ``user_id`` is
                ``provider|linked_user_id``.

        Returns:
            Whether the account was linked to the user.
        """
        where = {USER.tenant_id: tenant_id, USER.user_id: f"{provider}|{linked_user_id}", USER.linked_to: user_id}
        return await self._run.matched(self._sql.update(where, self._with_updated_at({"linked_to": None})))

    def _activity_values(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the stored values of the activity fields."""
        writer = UserActivity(self.context)._writer
        return writer.changes(writer.partial(given)) if given else {}

    def _password_calls(self, tenant_id: str, user_id: str, password: Any) -> Sequence[Call]:
        """Return the statement that stores the password of a new user, which has no earlier password to retire."""
        passwords = Passwords(self.context)
        params = passwords._writer.accept({"user_id": user_id, "password": password.hash, "algorithm": password.algorithm})
        return [self._sql.insert(passwords._new_row(tenant_id, params, None), PASSWORDS)]

    def _event_rows(self, tenant_id: str, events: OutboxEvents) -> Sequence[dict[str, Any]]:
        """Return the stored values of the outbox events."""
        if not isinstance(events, Iterable):
            raise InvalidValueError(self.table.name, "outbox_events", "must be a list of events")
        if not events:
            return []
        # Imported here, because most sign-ups have no events and do not need the models of the audit log.
        from .outbox import Outbox

        outbox = Outbox(self.context)
        return [outbox._row(tenant_id, event) for event in events]


def _activity_key(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in USER_ACTIVITY.key}


def _age_key(account: User | LinkedAccount) -> tuple[datetime, str]:
    return account.created_at, account.user_id


def _precedence_key(user: User) -> tuple[bool, datetime, str]:
    """Return the sort key of a user: primary accounts before linked ones, then the oldest."""
    return user.linked_to is not None, *_age_key(user)


def _linked_identity(account: LinkedAccount) -> Identity:
    """Return the identity of a linked account, which includes its profile."""
    values = {name: getattr(account, name) for name in IDENTITY}
    return Identity(**{**values, "user_id": _strip_provider(account.user_id), "profile_data": _profile_data(account)})


def _strip_provider(user_id: str) -> str:
    return user_id.partition("|")[2] if "|" in user_id else user_id


def _profile_data(account: LinkedAccount) -> ProfileData:
    try:
        stored = json.loads(account.profile_data) if account.profile_data else {}
    except ValueError:
        # AuthHero stores any string here. A value that is not a JSON object adds nothing to the identity.
        stored = {}
    known = {"email": account.email, "email_verified": account.email_verified}
    return ProfileData.model_construct(**{**known, **(stored if isinstance(stored, dict) else {})})
