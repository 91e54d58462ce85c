"""The interface of all candidates: the measured calls of an identity server, their input and their results.

The input is that of a web request: plain mappings with times as ``datetime``, nested JSON as dicts and lists, and flags as ``bool``. The
result is a validated model of ``authhero_sql.models``, or the number of users if many are created. The bare drivers are the exception: they
return tuples and do not validate anything, as a baseline for the cost of the engine and its driver. All other candidates validate the input
with the insert model of this package, generate IDs and times, encode, send and decode the values, and validate the result. Kysely does not
run in Python: it returns plain objects and does not validate anything.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal, Self

POOL = 10
"""The number of connections in each pool."""
SQLITE_POOL = 5
"""The number of connections in each pool on SQLite. ``connect`` opens the same number there, one of them for writing."""
PAGE = 50
"""The number of users on a page."""

Given = Mapping[str, Any]
RotationMethod = Literal["transaction", "batch", "run_transaction", "rotate"]
"""The method of this package that rotates a refresh token.

With ``transaction`` and ``run_transaction``, the other candidates read the token inside the transaction; with the other two, before it.
"""


class UnavailableError(Exception):
    """The candidate is not available. The message contains the reason."""


@dataclass(frozen=True, slots=True)
class Target:
    """A migrated database: its engine (``sqlite``, ``postgresql`` or ``mysql``) and its URL."""

    engine: str
    url: str

    @property
    def path(self) -> str:
        """The path of a SQLite database."""
        return self.url.removeprefix("sqlite:///")

    @property
    def pool(self) -> int:
        """The number of connections in a pool."""
        return SQLITE_POOL if self.engine == "sqlite" else POOL


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in: the email that was entered, and the rows to create."""

    email: str
    code: str
    session: Given
    """The session to create. The ID of its login session is not known yet."""
    login_session: Given
    token: Given
    """The refresh token to create. The ID of its login session is not known yet."""
    log: Given


class Candidate(ABC):
    """A library that accesses the database.

    Attributes:
        name: The name on the command line and in the results.
        models: Whether it returns validated models. The bare drivers return tuples.
        engines: The engines that it supports.
        concurrent: Whether several tasks can use it at the same time.
    """

    name: ClassVar[str]
    models: ClassVar[bool] = True
    engines: ClassVar[tuple[str, ...]] = ("sqlite", "postgresql", "mysql")
    concurrent: ClassVar[bool] = True

    @classmethod
    @abstractmethod
    async def open(cls, target: Target) -> Self:
        """Connect to the database.

        Raises:
            UnavailableError: The candidate is not available.
        """

    @abstractmethod
    async def close(self) -> None:
        """Close all connections."""

    @abstractmethod
    async def user(self, tenant: str, user_id: str) -> Any:
        """Return the user with its activity and its linked accounts."""

    @abstractmethod
    async def client(self, tenant: str, client_id: str) -> Any:
        """Return the client."""

    @abstractmethod
    async def create_user(self, tenant: str, given: Given) -> Any:
        """Create a user with a generated ID. Return the user or its ID."""

    @abstractmethod
    async def create_users(self, tenant: str, given: Sequence[Given]) -> int:
        """Create many users, or none of them if one fails. Return their number."""

    @abstractmethod
    async def update_user(self, tenant: str, user_id: str, given: Given) -> bool:
        """Update the given fields and the time of the last change. Return whether the user exists."""

    @abstractmethod
    async def users(self, tenant: str) -> Any:
        """Return the first page of users, newest first, each with its activity and its linked accounts."""

    @abstractmethod
    async def users_by_email(self, tenant: str, email: str) -> Any:
        """Return the first page of users with this email, like ``users``."""

    @abstractmethod
    async def users_by_connection(self, tenant: str, connection: str) -> Any:
        """Return the first page of users of this connection, like ``users``."""

    @abstractmethod
    async def users_and_total(self, tenant: str) -> tuple[Any, int]:
        """Return the first page of users, and the total number of users."""

    @abstractmethod
    async def users_after(self, tenant: str, created_at: str, user_id: str) -> Any:
        """Return the page after a user, without the accounts that are linked to another user."""

    @abstractmethod
    async def create_code(self, tenant: str, given: Given) -> Any:
        """Create a code."""

    @abstractmethod
    async def consume_code(self, tenant: str, code_id: str, type: str) -> bool:
        """Mark a code as used. Return False if it has already been used."""

    @abstractmethod
    async def create_session(self, tenant: str, given: Given) -> Any:
        """Create a session and extend its login session to the same expiry, in one transaction."""

    @abstractmethod
    async def rotate(self, tenant: str, lookup: str, successor: Given, now: datetime, method: RotationMethod) -> Any:
        """Find a refresh token and replace it.

        In one transaction: mark the token as used unless it already is, create its successor, and extend the login session to the same
        expiry.
        """

    @abstractmethod
    async def sign_in(self, tenant: str, given: SignIn) -> Any:
        """Run the statements of a sign-in, from the email to the refresh token.

        Find the user by email, and its password. In one transaction, create a login session, a session and a code, and record the login.
        Create a log entry. Find the code and consume it. Create the refresh token and another log entry.
        """


Steps = list[tuple[str, tuple[Any, ...]]]
"""Successive calls, each as the name of the method and its arguments."""


class Remote(Candidate):
    """A candidate that runs and measures the calls in a separate process.

    Its methods of :class:`Candidate` make one call and convert the result to models. Only the comparison before the measurement uses them.
    """

    @abstractmethod
    async def one_task(self, inputs: Sequence[Steps]) -> tuple[float, float]:
        """Make calls one after the other.

        Returns:
            The median duration and the mean process time of a call, in microseconds.
        """

    @abstractmethod
    async def many_tasks(self, inputs: Sequence[Steps], tasks: int) -> float:
        """Make calls in concurrent tasks and return the number of calls per second."""


class Recorder:
    """A replacement for a candidate that records its calls."""

    def __init__(self) -> None:
        self.steps: Steps = []

    def __getattr__(self, name: str) -> Any:
        async def note(*args: Any) -> bool:
            self.steps.append((name, args))
            return True

        return note
