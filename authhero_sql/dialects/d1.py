"""Cloudflare D1: SQLite without interactive transactions, over HTTP or by a Worker's binding.

Every statement is sent with one parameter, a JSON array of all its values: D1 takes a hundred parameters at most and binds each
number as a float, while ``?1 ->> 3`` is a value of the right kind. Several writes go as one batch, which D1 runs as a transaction.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar
from urllib.parse import urlsplit

import anyio
from pypika.terms import Criterion, Term

from ..errors import (
    AuthenticationError,
    BatchRowNotFoundError,
    ConfigurationError,
    ConnectionLostError,
    ConnectionSetupError,
    DatabaseError,
    DatabaseUnavailableError,
    PoolTimeoutError,
    StatementTimeoutError,
    StatementTooLargeError,
    UnknownDatabaseError,
    UnsupportedError,
)
from .dialect import Dialect, Fragment, LiveTable, Place, case_pairs, may_repeat_values
from .interface import Call, Executor, Features, Row
from .managed import COMMAND_TIMEOUT, Answered, ManagedDatabase, in_time, jitter, reraise
from .opening import Server, too_late, unreachable
from .sqlite import SQLiteDialect, before_first_quote, classify_by_name, glob_letters, glob_pattern, without_index
from .tls import is_local
from .transactions import Block

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")

PUBLIC_API = "https://api.cloudflare.com/client/v4"
STATEMENT_BYTES = 100_000
"""D1's maximum SQL statement length."""
PATTERN_BYTES = 50
"""D1's maximum length of a pattern of LIKE or GLOB."""
ATTEMPTS = 5
"""How often a call is sent that is safe to send again."""
LONGEST_WAIT = 30.0
"""Seconds; what ``Retry-After`` may ask for."""

_CODE = re.compile(r": (SQLITE_\w+)(?: \(extended: (SQLITE_\w+)\))?$")
_OFFSET = re.compile(r" at offset \d+$")
_MISSED = re.compile(r"^bad JSON path: 'authhero:(\d+)'")
_LIMITS = ("Expression tree is too large", "parser stack overflow", "too many terms", "statement too long", "too many SQL variables")
"""What SQLite says of a statement beyond one of the limits that D1 sets."""
_PASSING = ("overloaded", "Network connection lost", "reset because", "internal error", "storage operation exceeded timeout")
"""What D1 says of trouble that passes."""


class D1Error(Exception):
    """What D1 answered; never raised to callers."""


class D1Dialect(SQLiteDialect):
    """SQLite's words, with all values in one parameter."""

    name = "d1"
    opening: ClassVar[str] = ""
    # D1 refuses the limit; its SQLite has one of its own here.
    optimizing: ClassVar[tuple[str, ...]] = ("PRAGMA optimize",)
    features: ClassVar[Features] = Features(interactive_transactions=False, transactional_ddl=False, row_locks=False)

    def placeholders(self, text: str, mark: re.Pattern[str]) -> tuple[str, tuple[str, ...]]:
        """``(?1->>n)`` for the nth name."""
        numbers: dict[str, int] = {}
        text = mark.sub(lambda found: f"(?1->>{numbers.setdefault(found[1], len(numbers))})", text)
        return text, tuple(numbers)

    def match(self, fields: Sequence[Term], place: Place, binds: Sequence[Term]) -> Criterion:
        """A pattern as long as D1 takes; only where it fits and is not the whole, each field with the text's own letters in lower case.

        CASE and COALESCE look at nothing further once they know.
        """
        pattern, whole, *folding = binds
        looked_for = super().match(fields, place, (pattern,))
        listed = Fragment(", ".join(f"{{{position}}}" for position in range(len(fields))), *fields)
        return Fragment(f"(CASE WHEN {{0}} THEN COALESCE({{1}},{_FOLDED.format(_FOUND[place])}) END)", looked_for, whole, listed, *folding)

    def match_values(self, place: Place, text: str) -> tuple[Any, ...]:
        """The pattern, and whether it is the whole; the text in lower case, its letters beyond ASCII in pairs, 1, and its length."""
        letters = glob_letters(text)
        fitting = _fitting(place, letters)
        pairs = case_pairs(text)
        lowered = "".join(pairs.get(letter, letter) for letter in text)
        beyond = "".join(upper + lower for upper, lower in pairs.items() if not upper.isascii())
        return (glob_pattern(place, fitting), fitting == letters or None, lowered, beyond, 1, *((-len(text),) if place == "end" else ()))

    def unless_changed(self, number: int) -> Call:
        """Fails, and undoes the batch, where the statement before it changed no row."""
        return Call("SELECT json_extract('{}', CASE WHEN changes() = 0 THEN (?1->>0) ELSE '$' END)", (f"authhero:{number}",))

    def undone(self) -> Call:
        """By the same error."""
        return Call("SELECT json_extract('{}', (?1->>0))", ("authhero:0",))

    async def describe(self, executor: Executor) -> dict[str, LiveTable]:
        """As SQLite, without the list that wrangler keeps."""
        found = await super().describe(executor)
        found.pop("d1_migrations", None)
        return found

    def applied(self, script: str) -> list[Call]:
        """``wrangler d1 migrations apply`` keeps its own list, which is made here as it makes it."""
        made = (
            "CREATE TABLE IF NOT EXISTS d1_migrations(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, "
            "applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)"
        )
        return [Call(made), Call("INSERT OR IGNORE INTO d1_migrations (name) VALUES (?1->>0)", (script,))]

    def taken_back(self, script: str) -> list[Call]:
        """Out of wrangler's list, which is there: the script was put into it."""
        return [Call("DELETE FROM d1_migrations WHERE name = ?1->>0", (script,))]

    def classify(self, error: BaseException) -> DatabaseError | None:
        """By the code at the end of D1's message."""
        if not isinstance(error, D1Error):
            return None
        message = str(error).removeprefix("D1_ERROR: ")
        if missed := _MISSED.match(message):
            return BatchRowNotFoundError(int(missed[1]))
        if message.startswith(_LIMITS):
            return StatementTooLargeError("the statement is beyond a limit of D1: " + message.partition(":")[0])
        found = _CODE.search(message)
        told = _OFFSET.sub("", message[: found.start()] if found else message)
        code = (found[2] or found[1]) if found else ""
        # Older releases do not tell which kind of constraint it was.
        if code == "SQLITE_CONSTRAINT" and message.startswith("FOREIGN KEY"):
            code = "SQLITE_CONSTRAINT_FOREIGNKEY"
        elif code == "SQLITE_CONSTRAINT":
            code = "SQLITE_CONSTRAINT_UNIQUE" if message.startswith("UNIQUE") else "SQLITE_CONSTRAINT_NOTNULL"
        return classify_by_name(code, told)

    def scrub(self, error: BaseException, ours: DatabaseError) -> None:
        """As SQLite, with the code at the end."""
        if may_repeat_values(ours):
            message = str(error)
            found = _CODE.search(message)
            error.args = (before_first_quote(message[: found.start()]) + found[0] if found else before_first_quote(message),)


_FOLDED = (
    "EXISTS(WITH RECURSIVE f(v,p,i) AS (SELECT lower(value),{{4}},{{5}} FROM json_each(json_array({{2}})) UNION ALL "
    "SELECT replace(v,substr(p,i,i),substr(p,i+i,i)),substr(p,i+i+i),i FROM f WHERE length(p)) SELECT p FROM f WHERE NOT length(p) AND {})"
)
"""Whether a text is found in one of the fields {2}: each step puts the second letter of the pairs {4} for the first, and drops both."""
_FOUND: dict[Place, str] = {"part": "instr(v,{3})", "start": "instr(v,{3})={5}", "end": "substr(v,{6})={3}"}


def _fitting(place: Place, letters: list[str]) -> list[str]:
    """As many of the letters as the pattern may have: the first, or where it is an end the last."""
    at_end = place == "end"
    left = PATTERN_BYTES - len(glob_pattern(place, ()))
    fitting: list[str] = []
    for letter in reversed(letters) if at_end else letters:
        left -= len(letter.encode())
        if left < 0:
            break
        fitting.append(letter)
    return fitting[::-1] if at_end else fitting


DIALECT = D1Dialect()


class Transport(Protocol):
    """One way to D1. A statement is its text and its parameters."""

    server: Server
    """Where it leads to, for messages."""

    async def read(self, statements: Sequence[Sent]) -> list[list[Row]]:
        """The rows of several queries."""
        ...

    async def write(self, statements: Sequence[Sent]) -> list[Done]:
        """Run statements as one transaction; for each, how many rows changed and the rows that it gave, as objects."""
        ...

    async def close(self) -> None:
        """Give back what was opened."""
        ...


Sent = tuple[str, tuple[str, ...]]
"""A statement's text and its parameters: none, or the JSON of all values."""
Done = tuple[int, list[dict[str, Any]]]

COUNTED: Sent = ("SELECT changes() AS n", ())
"""After a DELETE: D1's own number counts the rows that went by a reference, too."""


def sent(call: Call) -> Sent:
    """A statement as it goes to D1.

    Raises:
        StatementTooLargeError: its text is longer than D1 takes.
    """
    if len(call.sql.encode()) > STATEMENT_BYTES:
        raise StatementTooLargeError(f"D1 takes statements of {STATEMENT_BYTES:,} bytes at most (maximum SQL statement length)")
    return call.sql, (json.dumps(call.args, ensure_ascii=False),) if call.args else ()


class D1Database(ManagedDatabase):
    """A D1 database behind a transport."""

    def __init__(self, transport: Transport) -> None:
        self.dialect: Dialect = DIALECT
        self._transport = transport

    @property
    def _place(self) -> str:
        return self._transport.server.place or "over a given binding"

    async def _close(self) -> None:
        await self._transport.close()

    @property
    def _live(self) -> Transport:
        self._require_open()
        return self._transport

    async def fetch(self, call: Call) -> list[Row]:
        """All rows of a query."""
        return (await self.fetch_many((call,)))[0]

    async def fetch_many(self, calls: Sequence[Call]) -> list[list[Row]]:
        """One request, none for nothing; by a binding, one for each query."""
        transport = self._live
        if not calls:
            return []
        try:
            return await _with_indexes(transport.read, [sent(call) for call in calls])
        except D1Error as error:
            reraise(DIALECT, error)

    async def execute(self, call: Call) -> int:
        """One write."""
        return (await self.write((call,)))[0]

    async def write(self, calls: Sequence[Call], *, apart: bool = False) -> list[int]:
        """One batch."""
        transport = self._live
        statements: list[Sent] = []
        counts: list[tuple[int, bool]] = []
        for call in calls:
            statements.append(sent(call))
            deletes = call.sql.startswith("DELETE ")
            if deletes:
                statements.append(COUNTED)
            counts.append((len(statements) - 1, deletes))
        try:
            with Answered():
                done = await _with_indexes(transport.write, statements)
        except D1Error as error:
            reraise(DIALECT, error)
        return [int(done[at][1][0]["n"]) if asked else done[at][0] for at, asked in counts]

    def _begun(self) -> AbstractAsyncContextManager[Block]:
        raise UnsupportedError("D1 has no interactive transactions: collect the writes in adapters.batch(), which is atomic")


async def _with_indexes(send: Callable[[Sequence[Sent]], Awaitable[T]], statements: Sequence[Sent]) -> T:
    """Send statements that name their indexes; once more without these where one is missing, for then nothing was done."""
    try:
        return await send(statements)
    except D1Error as error:
        message = str(error).removeprefix("D1_ERROR: ")
        plain = [(without_index(sql, message) or sql, values) for sql, values in statements]
        if plain == list(statements):
            raise
    return await send(plain)


# --- over HTTP -----------------------------------------------------------------------------------------------------------------


class HTTPTransport:
    """Cloudflare's API, or a gateway of one's own that speaks its shape."""

    def __init__(
        self,
        account: str,
        database: str,
        *,
        token: str,
        endpoint: str = PUBLIC_API,
        command_timeout: float | None = COMMAND_TIMEOUT,
        connect_timeout: float = 10.0,
        acquire_timeout: float = 30.0,
        max_size: int = 10,
        insecure: bool = False,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        import httpx

        scheme = _checked(endpoint, insecure=insecure)

        if not re.fullmatch(r"[!-~]+", token):
            raise ConfigurationError("there is no API token for D1: give token=…, or set CLOUDFLARE_API_TOKEN in the environment")
        self.server: Server = Server("D1", urlsplit(endpoint).netloc, database=database)
        self._connect_timeout = connect_timeout
        self._command_timeout = command_timeout
        self._client = httpx.AsyncClient(
            base_url=f"{endpoint.rstrip('/')}/accounts/{account}/d1/database/{database}/",
            headers={"Authorization": f"Bearer {token}"},
            timeout=httpx.Timeout(command_timeout, connect=connect_timeout, pool=acquire_timeout),
            limits=httpx.Limits(max_connections=max_size, max_keepalive_connections=max_size),
            transport=transport,
            # Reading the system's certificates takes longer than ten queries to a gateway on this machine, which uses none.
            verify=scheme != "http",
        )

    async def read(self, statements: Sequence[Sent]) -> list[list[Row]]:
        """One request to ``/raw``, whose rows are arrays."""
        results = await self._post("raw", statements, repeatable=True)
        with _shaped():
            return [part["results"]["rows"] for part in results]

    async def write(self, statements: Sequence[Sent]) -> list[Done]:
        """One request to ``/query``."""
        results = await self._post("query", statements, repeatable=False)
        with _shaped():
            return [(part["meta"]["changes"], part["results"]) for part in results]

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _post(self, form: str, statements: Sequence[Sent], *, repeatable: bool) -> list[dict[str, Any]]:
        # All attempts together, and an answer that comes in drops: the client's own timeout is for one read of the socket.
        return await in_time(self._attempts(form, statements, repeatable=repeatable), self._command_timeout)

    async def _attempts(self, form: str, statements: Sequence[Sent], *, repeatable: bool) -> list[dict[str, Any]]:
        bodies = [{"sql": sql, "params": list(params)} for sql, params in statements]
        body = json.dumps(bodies[0] if len(bodies) == 1 else {"batch": bodies}, ensure_ascii=False).encode()
        attempt = 1
        while True:
            try:
                return await self._attempt(form, body)
            except _TransientError as error:
                if attempt == ATTEMPTS or not (repeatable or error.unread):
                    raise error.final from error.__cause__
                wait = jitter(0.25 * 2**attempt)
                await anyio.sleep(min(LONGEST_WAIT, wait if error.after is None else error.after + wait * bool(error.after)))
                attempt += 1

    async def _attempt(self, form: str, body: bytes) -> list[dict[str, Any]]:
        import httpx

        try:
            response = await self._client.post(form, content=body, headers={"Content-Type": "application/json"})
        except httpx.PoolTimeout as error:
            raise PoolTimeoutError("all connections to D1 were busy") from error
        except httpx.ConnectTimeout as error:
            raise _TransientError(too_late(error, self.server, self._connect_timeout), unread=True) from error
        except httpx.ConnectError as error:
            unreached = unreachable(error, self.server)
            if isinstance(unreached, ConnectionSetupError):
                raise unreached from error
            raise _TransientError(unreached, unread=True) from error
        except (httpx.ReadTimeout, httpx.WriteTimeout) as error:
            raise _TransientError(StatementTimeoutError()) from error
        except httpx.HTTPError as error:
            raise _TransientError(ConnectionLostError()) from error
        return _results(response, self.server)


def _checked(endpoint: str, *, insecure: bool) -> str:
    """The scheme of an endpoint to which the token may be sent.

    Raises:
        ConfigurationError: it is no URL of HTTP, or not encrypted and not on this machine.
    """
    try:
        parts = urlsplit(endpoint)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0
    except ValueError:
        valid = False
    if not valid or parts.query or parts.fragment:
        raise ConfigurationError("the endpoint must be a URL like https://host/path, with nothing else in it")
    if parts.scheme == "http" and not insecure and not is_local(parts.hostname or ""):
        raise ConfigurationError("the endpoint would get the token unencrypted: use https://, or insecure=True where the way is safe")
    return parts.scheme


@contextmanager
def _shaped() -> Iterator[None]:
    """What is missing in an answer makes it nobody's."""
    try:
        yield
    except (LookupError, TypeError) as error:
        raise ConnectionLostError("the answer is not D1's") from error


class _TransientError(Exception):
    """Trouble that may have passed a moment later."""

    def __init__(self, final: DatabaseError, *, unread: bool = False, after: float | None = None) -> None:
        super().__init__(str(final))
        self.final = final
        self.unread = unread
        """Whether the call was certainly not carried out."""
        self.after = after


def _results(response: httpx.Response, server: Server) -> list[dict[str, Any]]:
    """What an answer of a server holds.

    Raises:
        D1Error: D1 refused the statement.
        DatabaseUnavailableError: the answer comes from somewhere else, or the token is not accepted.
    """
    code = str(response.status_code)
    if response.status_code == 429:
        message = "D1's API takes no more calls for now (429; the public one allows 1,200 in 5 minutes): use a gateway for logins"
        raise _TransientError(DatabaseUnavailableError(message, code=code), unread=True, after=_retry_after(response))
    if response.status_code == 401:
        raise AuthenticationError("D1 does not accept the API token: check token, or CLOUDFLARE_API_TOKEN in the environment", code=code)
    if response.status_code == 403:
        message = "D1 refuses this database to the API token: check the token, its permission D1 Edit, and ACCOUNT_ID in the URL"
        raise AuthenticationError(message, code=code)
    try:
        answer = response.json()
        if answer["success"]:
            results: list[dict[str, Any]] = answer["result"]
            return results
        message = str(answer["errors"][0]["message"]) if answer["errors"] else ""
    except (ValueError, LookupError, TypeError) as error:
        unknown = ConnectionLostError(f"the answer is not D1's (HTTP {code})", code=code)
        if response.status_code >= 500:
            raise _TransientError(unknown, after=_retry_after(response)) from error
        raise unknown from error
    if response.status_code == 404 and not _CODE.search(message):
        message = f'{server} does not have the database "{server.database}": check ACCOUNT_ID and DATABASE_ID in the URL'
        raise UnknownDatabaseError(message, code=code)
    if any(words in message for words in _PASSING) or response.status_code >= 500:
        raise _TransientError(ConnectionLostError("D1 is in trouble: try again", code=code), after=_retry_after(response))
    raise D1Error(message)


def _retry_after(response: httpx.Response) -> float | None:
    """The seconds that ``Retry-After`` asks to wait (RFC 9110, section 10.2.3)."""
    text = response.headers.get("Retry-After", "")
    if text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
        # The other end's clock, so that ours need not be right.
        now = parsedate_to_datetime(response.headers.get("Date", ""))
        return max(0.0, (moment - now).total_seconds())
    except (TypeError, ValueError):
        return None


# --- in a Worker ---------------------------------------------------------------------------------------------------------------


class BindingTransport:
    """A Worker's binding (``env.DB``), the JavaScript object itself or what newer SDKs wrap it in."""

    def __init__(self, binding: Any, *, command_timeout: float | None = COMMAND_TIMEOUT) -> None:
        self.server: Server = Server("D1")
        self._binding = binding
        self._command_timeout = command_timeout

    def _prepared(self, statement: Sent) -> Any:
        sql, params = statement
        prepared = self._binding.prepare(sql)
        # Nothing but text is ever bound, so neither None nor a number can become something else on the way.
        return prepared.bind(*params) if params else prepared

    async def read(self, statements: Sequence[Sent]) -> list[list[Row]]:
        """All at once: ``raw`` gives arrays, and a batch would not."""
        reads = asyncio.gather(*(_awaited(self._prepared(statement).raw()) for statement in statements))
        found: list[Any] = await in_time(reads, self._command_timeout)
        return [_plain(rows) for rows in found]

    async def write(self, statements: Sequence[Sent]) -> list[Done]:
        """One batch."""
        prepared = [self._prepared(statement) for statement in statements]
        writing = _awaited(self._binding.batch(_array(self._binding, prepared)))
        results = _plain(await in_time(writing, self._command_timeout))
        return [(part["meta"]["changes"], part.get("results") or []) for part in results]

    async def close(self) -> None:
        """The binding is the Worker's."""


async def _awaited(promise: Any) -> Any:
    try:
        return await promise
    except Exception as error:
        # Pyodide raises JavaScript's errors as JsException; what is no error of D1's goes on as it is.
        message = str(getattr(error, "message", error))
        if "D1_" not in message and not _CODE.search(message):
            raise
        message = re.sub(r"^(?:Error: )?D1_\w+: ", "", message)
        if any(words in message for words in _PASSING):
            raise ConnectionLostError("D1 is in trouble: try again") from error
        raise D1Error(message) from error


def _is_javascript(value: Any) -> bool:
    return hasattr(value, "js_id")


def _array(binding: Any, items: list[Any]) -> Any:
    """A list as the binding takes it."""
    if not _is_javascript(binding):
        return items
    from pyodide.ffi import to_js  # type: ignore[import-not-found]  # in a Worker only

    return to_js(items)


def _plain(value: Any) -> Any:
    """What the binding gave as Python's own values."""
    if _is_javascript(value):
        import js  # type: ignore[import-not-found]  # in a Worker only

        # NULL may come as jsnull, and undefined as something else; in JSON there is one of them.
        return json.loads(js.JSON.stringify(value))
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if type(value).__name__ == "JsNull" else _attributes(value)


def _attributes(value: Any) -> Any:
    """A wrapper's result object as the mapping that it stands for."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return {name: _plain(getattr(value, name)) for name in ("results", "meta", "changes", "success") if hasattr(value, name)}
