"""What every candidate does: the calls of an identity server that are measured, and what goes in and comes out of each.

What goes in is what a web request gives: plain mappings, instants as ``datetime``, nested JSON as dicts and lists, flags as ``bool``. What
comes out is the validated model of ``authhero_sql.models`` (of many users that are created, their number), but for the bare drivers, which
end with tuples and validate nothing: they are the base line, what the engine and its driver cost. All other candidates check what comes
in against the same model for inserts, make ids and times, encode, send, decode, and validate what they give back. Kysely alone, which is
not Python, ends with plain objects and validates nothing.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal, Self

POOL = 10
"""Connections in every pool."""
SQLITE_POOL = 5
"""The same on SQLite: as many as ``connect`` opens there, one of which writes."""
PAGE = 50
"""Users on a page."""

Given = Mapping[str, Any]
How = Literal["transaction", "batch", "run_transaction", "rotate"]
"""By which means of ours a refresh token is rotated: peers read it inside the transaction for the first and third, else before it."""


class NotHereError(Exception):
    """A candidate cannot be had here; the message says why."""


@dataclass(frozen=True, slots=True)
class Place:
    """A database that has been migrated: its engine (``sqlite``, ``postgresql`` or ``mysql``) and URL."""

    engine: str
    url: str

    @property
    def path(self) -> str:
        """The file of a SQLite database."""
        return self.url.removeprefix("sqlite:///")

    @property
    def pool(self) -> int:
        """How many connections a pool has."""
        return SQLITE_POOL if self.engine == "sqlite" else POOL


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in: the address that was typed in, and the secrets that were made for it."""

    email: str
    code: str
    session: Given
    """The session to be created; the id of its login session is not known yet."""
    login_session: Given
    token: Given
    """The refresh token to be created; likewise."""
    log: Given


class Candidate(ABC):
    """One way to the database.

    Attributes:
        name: what it is called on the command line and in the results.
        models: whether it ends with validated models; the bare drivers end with tuples.
        engines: where it can be used.
        concurrent: whether several tasks may use it at the same time.
    """

    name: ClassVar[str]
    models: ClassVar[bool] = True
    engines: ClassVar[tuple[str, ...]] = ("sqlite", "postgresql", "mysql")
    concurrent: ClassVar[bool] = True

    @classmethod
    @abstractmethod
    async def open(cls, place: Place) -> Self:
        """Connect.

        Raises:
            NotHereError: it cannot be used here.
        """

    @abstractmethod
    async def close(self) -> None:
        """Disconnect."""

    @abstractmethod
    async def user(self, tenant: str, user_id: str) -> Any:
        """The user with its activity and the accounts that are linked to it."""

    @abstractmethod
    async def client(self, tenant: str, client_id: str) -> Any:
        """The client."""

    @abstractmethod
    async def create_user(self, tenant: str, given: Given) -> Any:
        """Store a user, whose id is made here; give it back, or its id."""

    @abstractmethod
    async def create_users(self, tenant: str, given: Sequence[Given]) -> int:
        """Store many users, all or none; how many."""

    @abstractmethod
    async def update_user(self, tenant: str, user_id: str, given: Given) -> bool:
        """Write these fields, and when that was; whether there was such a user."""

    @abstractmethod
    async def users(self, tenant: str) -> Any:
        """The first page, newest first, each with its activity and the accounts that are linked to it."""

    @abstractmethod
    async def users_by_email(self, tenant: str, email: str) -> Any:
        """The same of those with this address."""

    @abstractmethod
    async def users_by_connection(self, tenant: str, connection: str) -> Any:
        """The same of those of this connection."""

    @abstractmethod
    async def users_and_total(self, tenant: str) -> tuple[Any, int]:
        """The first page, and how many users there are."""

    @abstractmethod
    async def users_after(self, tenant: str, created_at: str, user_id: str) -> Any:
        """The page behind a user, accounts that are linked to others left out."""

    @abstractmethod
    async def create_code(self, tenant: str, given: Given) -> Any:
        """Store a code."""

    @abstractmethod
    async def consume_code(self, tenant: str, code_id: str, type: str) -> bool:
        """Mark a code as used if it is not; whether that was done."""

    @abstractmethod
    async def create_session(self, tenant: str, given: Given) -> Any:
        """Store a session, and let its login session live as long, all in one transaction."""

    @abstractmethod
    async def rotate(self, tenant: str, lookup: str, successor: Given, now: datetime, how: How) -> Any:
        """Find a refresh token; mark it as used if it is not, store its successor, let the login session live as long: all or nothing."""

    @abstractmethod
    async def sign_in(self, tenant: str, given: SignIn) -> Any:
        """The statements of a sign-in, from the address to the refresh token.

        Find the user by its address, and the password; in one transaction store a login session, a session and a code, and count the
        login; log it; find the code and consume it; store the refresh token; log that.
        """


Steps = list[tuple[str, tuple[Any, ...]]]
"""Calls that are made one after the other: the method and what it is given."""


class Remote(Candidate):
    """A candidate that lives in a process of its own, and takes the times there.

    Its methods make one call, and read what it gives back as the models; they are for the comparison before anything is measured.
    """

    @abstractmethod
    async def one_task(self, inputs: Sequence[Steps]) -> tuple[float, float]:
        """Make calls one after the other; the median time and the process time of one, in microseconds."""

    @abstractmethod
    async def many_tasks(self, inputs: Sequence[Steps], tasks: int) -> float:
        """Make calls by so many tasks; how many were made in a second."""


class Recorder:
    """Stands where a candidate does, and notes what it is asked to do."""

    def __init__(self) -> None:
        self.steps: Steps = []

    def __getattr__(self, name: str) -> Any:
        async def note(*args: Any) -> bool:
            self.steps.append((name, args))
            return True

        return note
