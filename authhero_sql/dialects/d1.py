"""Cloudflare D1: SQLite without interactive transactions, over HTTP or through the binding of a Worker.

Every statement has one parameter, a JSON array of all its values. D1 accepts at most a hundred parameters and binds every number as a
float, while ``?1 ->> 3`` has the right type. Several writes are sent as one batch, which D1 runs as a transaction.
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
from .connect_errors import Server, connect_timeout_error, unreachable_error
from .dialect import Dialect, Fragment, LiveTable, Place, case_pairs, may_repeat_values
from .interface import Call, Executor, Features, Row
from .managed import COMMAND_TIMEOUT, ManagedDatabase, OutcomeGuard, jitter, reraise, with_timeout
from .sqlite import SQLiteDialect, before_first_quote, classify_by_name, glob_letters, glob_pattern, without_index
from .tls import is_local
from .transactions import Transaction

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")

PUBLIC_API = "https://api.cloudflare.com/client/v4"
STATEMENT_BYTES = 100_000
"""D1's maximum SQL statement length, in bytes."""
PATTERN_BYTES = 50
"""D1's maximum length of a LIKE or GLOB pattern, in bytes."""
MAX_ATTEMPTS = 5
"""The maximum number of attempts for a request that is safe to repeat."""
MAX_BACKOFF = 30.0
"""The longest pause between two attempts, in seconds, even if ``Retry-After`` asks for more."""

_CODE = re.compile(r": (SQLITE_\w+)(?: \(extended: (SQLITE_\w+)\))?$")
_OFFSET = re.compile(r" at offset \d+$")
_ROW_NOT_FOUND = re.compile(r"^bad JSON path: 'authhero:(\d+)'")
_LIMIT_MESSAGES = (
    "Expression tree is too large",
    "parser stack overflow",
    "too many terms",
    "statement too long",
    "too many SQL variables",
)
"""The beginnings of SQLite's messages for statements that exceed a limit of D1."""
_TRANSIENT_MESSAGES = ("overloaded", "Network connection lost", "reset because", "internal error", "storage operation exceeded timeout")
"""Parts of D1's messages for transient failures."""


class D1Error(Exception):
    """An error that D1 reported. Callers get its translation instead."""


class D1Dialect(SQLiteDialect):
    """The SQL dialect of SQLite, with all values in one parameter."""

    name = "d1"
    opening_note: ClassVar[str] = ""
    # D1 rejects PRAGMA analysis_limit and sets a limit itself.
    analyze_commands: ClassVar[tuple[str, ...]] = ("PRAGMA optimize",)
    features: ClassVar[Features] = Features(interactive_transactions=False, transactional_ddl=False, row_locks=False)

    def placeholders(self, text: str, mark: re.Pattern[str]) -> tuple[str, tuple[str, ...]]:
        """Replace the mark of each name with ``(?1->>n)``, in which n is the number of the name."""
        numbers: dict[str, int] = {}
        text = mark.sub(lambda found: f"(?1->>{numbers.setdefault(found[1], len(numbers))})", text)
        return text, tuple(numbers)

    def match(self, fields: Sequence[Term], place: Place, binds: Sequence[Term]) -> Criterion:
        """Match a GLOB pattern, and compare the fields with the whole text if the text exceeds D1's limit for patterns.

        That comparison is in lower case. CASE and COALESCE skip it if the pattern does not match or covers the whole text.
        """
        pattern, is_whole, *folding = binds
        matches_pattern = super().match(fields, place, (pattern,))
        listed = Fragment(", ".join(f"{{{position}}}" for position in range(len(fields))), *fields)
        template = f"(CASE WHEN {{0}} THEN COALESCE({{1}},{_CONTAINS_FOLDED.format(_COMPARISONS[place])}) END)"
        return Fragment(template, matches_pattern, is_whole, listed, *folding)

    def match_values(self, place: Place, text: str) -> tuple[Any, ...]:
        """Return the values for the pattern and for the comparison with the whole text.

        They are the pattern, whether it covers the whole text (True or NULL), the text in lower case, its non-ASCII letters as pairs of
        upper and lower case, the number 1, and for ``end`` the negated length of the text.
        """
        letters = glob_letters(text)
        fitting = _fitting_letters(place, letters)
        pairs = case_pairs(text)
        lowered = "".join(pairs.get(letter, letter) for letter in text)
        non_ascii = "".join(upper + lower for upper, lower in pairs.items() if not upper.isascii())
        return (glob_pattern(place, fitting), fitting == letters or None, lowered, non_ascii, 1, *((-len(text),) if place == "end" else ()))

    def require_changed(self, number: int) -> Call:
        """Return a query with an invalid JSON path if the previous statement changed no row. Its error rolls back the batch."""
        return Call("SELECT json_extract('{}', CASE WHEN changes() = 0 THEN (?1->>0) ELSE '$' END)", (f"authhero:{number}",))

    def always_fail(self) -> Call:
        """Return a query with an invalid JSON path."""
        return Call("SELECT json_extract('{}', (?1->>0))", ("authhero:0",))

    async def describe(self, executor: Executor) -> dict[str, LiveTable]:
        """Read the same catalog as for SQLite, without wrangler's table of migrations."""
        found = await super().describe(executor)
        found.pop("d1_migrations", None)
        return found

    def mark_applied(self, script: str) -> list[Call]:
        """Insert the script into the table of ``wrangler d1 migrations apply``, which is created as wrangler would create it."""
        create_table = (
            "CREATE TABLE IF NOT EXISTS d1_migrations(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, "
            "applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)"
        )
        return [Call(create_table), Call("INSERT OR IGNORE INTO d1_migrations (name) VALUES (?1->>0)", (script,))]

    def mark_unapplied(self, script: str) -> list[Call]:
        """Delete the script from wrangler's table, which exists because the script was inserted into it."""
        return [Call("DELETE FROM d1_migrations WHERE name = ?1->>0", (script,))]

    def classify(self, error: BaseException) -> DatabaseError | None:
        """Classify an error by the code at the end of D1's message."""
        if not isinstance(error, D1Error):
            return None
        message = str(error).removeprefix("D1_ERROR: ")
        if not_found := _ROW_NOT_FOUND.match(message):
            return BatchRowNotFoundError(int(not_found[1]))
        if message.startswith(_LIMIT_MESSAGES):
            return StatementTooLargeError("the statement exceeds a limit of D1: " + message.partition(":")[0])
        found = _CODE.search(message)
        text = _OFFSET.sub("", message[: found.start()] if found else message)
        code = (found[2] or found[1]) if found else ""
        # Older versions of D1 do not report the kind of the constraint in the code.
        if code == "SQLITE_CONSTRAINT" and message.startswith("FOREIGN KEY"):
            code = "SQLITE_CONSTRAINT_FOREIGNKEY"
        elif code == "SQLITE_CONSTRAINT":
            code = "SQLITE_CONSTRAINT_UNIQUE" if message.startswith("UNIQUE") else "SQLITE_CONSTRAINT_NOTNULL"
        return classify_by_name(code, text)

    def scrub(self, error: BaseException, ours: DatabaseError) -> None:
        """Keep the start of SQLite's message, and the code at its end."""
        if may_repeat_values(ours):
            message = str(error)
            found = _CODE.search(message)
            error.args = (before_first_quote(message[: found.start()]) + found[0] if found else before_first_quote(message),)


_CONTAINS_FOLDED = (
    "EXISTS(WITH RECURSIVE f(v,p,i) AS (SELECT lower(value),{{4}},{{5}} FROM json_each(json_array({{2}})) UNION ALL "
    "SELECT replace(v,substr(p,i,i),substr(p,i+i,i)),substr(p,i+i+i),i FROM f WHERE length(p)) SELECT p FROM f WHERE NOT length(p) AND {})"
)
"""The condition that a text occurs in one of the fields {2}, ignoring case.

Each step of the recursion replaces the first letter of the first pair in {4} with the second one, and removes the pair.
"""
_COMPARISONS: dict[Place, str] = {"part": "instr(v,{3})", "start": "instr(v,{3})={5}", "end": "substr(v,{6})={3}"}


def _fitting_letters(place: Place, letters: list[str]) -> list[str]:
    """Return as many letters as fit into a pattern: the last ones if the pattern is for the end of a text, otherwise the first ones."""
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
    """A way to send statements to D1."""

    server: Server
    """The server, for error messages."""

    async def read(self, statements: Sequence[PreparedStatement]) -> list[list[Row]]:
        """Return the rows of each query."""
        ...

    async def write(self, statements: Sequence[PreparedStatement]) -> list[WriteResult]:
        """Run statements as one transaction."""
        ...

    async def close(self) -> None:
        """Close the connections that the transport opened."""
        ...


PreparedStatement = tuple[str, tuple[str, ...]]
"""The text of a statement and its parameters, which are empty or the JSON array of all values."""
WriteResult = tuple[int, list[dict[str, Any]]]
"""The number of rows that a statement changed, and the rows that it returned."""

COUNT_CHANGES: PreparedStatement = ("SELECT changes() AS n", ())
"""The query sent after a DELETE, because D1's own count includes the rows that were deleted through foreign keys."""


def prepare_statement(call: Call) -> PreparedStatement:
    """Return a statement in the form in which it is sent to D1.

    Raises:
        StatementTooLargeError: The text exceeds D1's maximum length.
    """
    if len(call.sql.encode()) > STATEMENT_BYTES:
        raise StatementTooLargeError(f"the statement is longer than the {STATEMENT_BYTES:,} bytes of D1's maximum SQL statement length")
    return call.sql, (json.dumps(call.args, ensure_ascii=False),) if call.args else ()


class D1Database(ManagedDatabase):
    """A D1 database, reached through a transport."""

    def __init__(self, transport: Transport) -> None:
        self.dialect: Dialect = DIALECT
        self._transport = transport

    @property
    def _location(self) -> str:
        return self._transport.server.location or "through a binding"

    async def _close(self) -> None:
        await self._transport.close()

    @property
    def _open_transport(self) -> Transport:
        self._require_open()
        return self._transport

    async def fetch(self, call: Call) -> list[Row]:
        """Return all rows of a query."""
        return (await self.fetch_many((call,)))[0]

    async def fetch_many(self, calls: Sequence[Call]) -> list[list[Row]]:
        """Return the rows of each query, with one request, or one per query through a binding."""
        transport = self._open_transport
        if not calls:
            return []
        try:
            return await _with_indexes(transport.read, [prepare_statement(call) for call in calls])
        except D1Error as error:
            reraise(DIALECT, error)

    async def execute(self, call: Call) -> int:
        """Run one write, and return the number of rows that it matched."""
        return (await self.write((call,)))[0]

    async def write(self, calls: Sequence[Call], *, unordered: bool = False) -> list[int]:
        """Run writes as one batch, and return the number of rows that each matched."""
        transport = self._open_transport
        statements: list[PreparedStatement] = []
        counts: list[tuple[int, bool]] = []
        for call in calls:
            statements.append(prepare_statement(call))
            deletes = call.sql.startswith("DELETE ")
            if deletes:
                statements.append(COUNT_CHANGES)
            counts.append((len(statements) - 1, deletes))
        try:
            with OutcomeGuard():
                results = await _with_indexes(transport.write, statements)
        except D1Error as error:
            reraise(DIALECT, error)
        return [int(results[position][1][0]["n"]) if deletes else results[position][0] for position, deletes in counts]

    def _open_transaction(self) -> AbstractAsyncContextManager[Transaction]:
        raise UnsupportedError("D1 has no interactive transactions: use adapters.batch(), which is atomic")


async def _with_indexes(send: Callable[[Sequence[PreparedStatement]], Awaitable[T]], statements: Sequence[PreparedStatement]) -> T:
    """Send statements with their index hints. If an index is missing, D1 has executed nothing, so send them again without hints."""
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
    """The API of Cloudflare, or a gateway with the same API.

    Args:
        account: The ID of the account.
        database: The ID of the database, or its binding in a gateway.
        token: The API token.
        endpoint: The base URL of the API.
        command_timeout: How long a request may take, including retries, in seconds.
        connect_timeout: How long opening a connection may take, in seconds.
        acquire_timeout: How long to wait for a connection, in seconds.
        max_size: The maximum number of connections.
        insecure: Whether the token may be sent to another host without TLS.
        transport: A transport of httpx, for tests.
    """

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

        scheme = _check_endpoint(endpoint, insecure=insecure)

        if not re.fullmatch(r"[!-~]+", token):
            raise ConfigurationError("no valid API token for D1: pass the option token, or set CLOUDFLARE_API_TOKEN in the environment")
        self.server: Server = Server("D1", urlsplit(endpoint).netloc, database=database)
        self._connect_timeout = connect_timeout
        self._command_timeout = command_timeout
        self._client = httpx.AsyncClient(
            base_url=f"{endpoint.rstrip('/')}/accounts/{account}/d1/database/{database}/",
            headers={"Authorization": f"Bearer {token}"},
            timeout=httpx.Timeout(command_timeout, connect=connect_timeout, pool=acquire_timeout),
            limits=httpx.Limits(max_connections=max_size, max_keepalive_connections=max_size),
            transport=transport,
            # Loading the system's CA certificates takes longer than ten queries to a local gateway, which does not need them.
            verify=scheme != "http",
        )

    async def read(self, statements: Sequence[PreparedStatement]) -> list[list[Row]]:
        """Run queries with one request to ``/raw``, which returns rows as arrays."""
        results = await self._post("raw", statements, repeatable=True)
        with _expect_response_shape():
            return [part["results"]["rows"] for part in results]

    async def write(self, statements: Sequence[PreparedStatement]) -> list[WriteResult]:
        """Run statements with one request to ``/query``."""
        results = await self._post("query", statements, repeatable=False)
        with _expect_response_shape():
            return [(part["meta"]["changes"], part["results"]) for part in results]

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _post(self, form: str, statements: Sequence[PreparedStatement], *, repeatable: bool) -> list[dict[str, Any]]:
        # This timeout covers all attempts. httpx's own timeout covers one read of the socket, so a slow response could take forever.
        return await with_timeout(self._attempts(form, statements, repeatable=repeatable), self._command_timeout)

    async def _attempts(self, form: str, statements: Sequence[PreparedStatement], *, repeatable: bool) -> list[dict[str, Any]]:
        bodies = [{"sql": sql, "params": list(params)} for sql, params in statements]
        body = json.dumps(bodies[0] if len(bodies) == 1 else {"batch": bodies}, ensure_ascii=False).encode()
        attempt = 1
        while True:
            try:
                return await self._attempt(form, body)
            except _TransientError as transient:
                if attempt == MAX_ATTEMPTS or not (repeatable or transient.not_executed):
                    raise transient.error from transient.__cause__
                pause = jitter(0.25 * 2**attempt)
                if transient.retry_after is not None:
                    pause = transient.retry_after + pause * bool(transient.retry_after)
                await anyio.sleep(min(MAX_BACKOFF, pause))
                attempt += 1

    async def _attempt(self, form: str, body: bytes) -> list[dict[str, Any]]:
        import httpx

        try:
            response = await self._client.post(form, content=body, headers={"Content-Type": "application/json"})
        except httpx.PoolTimeout as error:
            raise PoolTimeoutError("no connection to D1 became free in time: raise max_size or acquire_timeout") from error
        except httpx.ConnectTimeout as error:
            raise _TransientError(connect_timeout_error(error, self.server, self._connect_timeout), not_executed=True) from error
        except httpx.ConnectError as error:
            ours = unreachable_error(error, self.server)
            if isinstance(ours, ConnectionSetupError):
                raise ours from error
            raise _TransientError(ours, not_executed=True) from error
        except (httpx.ReadTimeout, httpx.WriteTimeout) as error:
            raise _TransientError(StatementTimeoutError()) from error
        except httpx.HTTPError as error:
            raise _TransientError(ConnectionLostError()) from error
        return _parse_response(response, self.server)


def _check_endpoint(endpoint: str, *, insecure: bool) -> str:
    """Check that the token may be sent to an endpoint, and return the scheme of the endpoint.

    Raises:
        ConfigurationError: The endpoint is not an HTTP URL, or is unencrypted and on another host.
    """
    try:
        parts = urlsplit(endpoint)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0
    except ValueError:
        valid = False
    if not valid or parts.query or parts.fragment:
        raise ConfigurationError("the endpoint must be a URL like https://host/path, without credentials, query or fragment")
    if parts.scheme == "http" and not insecure and not is_local(parts.hostname or ""):
        raise ConfigurationError(
            "the token would be sent to the endpoint unencrypted: use https://, or insecure=True if the network is trusted"
        )
    return parts.scheme


@contextmanager
def _expect_response_shape() -> Iterator[None]:
    """Translate the errors of reading a response that does not have the shape of D1's responses."""
    try:
        yield
    except (LookupError, TypeError) as error:
        raise ConnectionLostError("the response did not come from D1: check the endpoint") from error


class _TransientError(Exception):
    """A failure that may not occur again a moment later.

    Args:
        error: The error to raise if the request is not sent again.
        not_executed: Whether the request was certainly not executed.
        retry_after: How long the server asks to wait, in seconds.
    """

    def __init__(self, error: DatabaseError, *, not_executed: bool = False, retry_after: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.not_executed = not_executed
        self.retry_after = retry_after


def _parse_response(response: httpx.Response, server: Server) -> list[dict[str, Any]]:
    """Return the results in a response.

    Raises:
        D1Error: D1 rejected the statement.
        DatabaseUnavailableError: The response did not come from D1, or the token is invalid.
    """
    code = str(response.status_code)
    if response.status_code == 429:
        message = (
            "the rate limit of the D1 API is exceeded (429; the public API allows 1,200 requests in 5 minutes): use a gateway for logins"
        )
        raise _TransientError(DatabaseUnavailableError(message, code=code), not_executed=True, retry_after=_retry_after(response))
    if response.status_code == 401:
        message = "D1 rejected the API token: check the option token, or CLOUDFLARE_API_TOKEN in the environment"
        raise AuthenticationError(message, code=code)
    if response.status_code == 403:
        message = "the API token has no access to this database: check the token, its permission D1 Edit, and ACCOUNT_ID in the URL"
        raise AuthenticationError(message, code=code)
    try:
        body = response.json()
        if body["success"]:
            results: list[dict[str, Any]] = body["result"]
            return results
        message = str(body["errors"][0]["message"]) if body["errors"] else ""
    except (ValueError, LookupError, TypeError) as error:
        unknown = ConnectionLostError(f"the response did not come from D1 (HTTP {code}): check the endpoint", code=code)
        if response.status_code >= 500:
            raise _TransientError(unknown, retry_after=_retry_after(response)) from error
        raise unknown from error
    if response.status_code == 404 and not _CODE.search(message):
        message = f'{server} does not have the database "{server.database}": check ACCOUNT_ID and DATABASE_ID in the URL'
        raise UnknownDatabaseError(message, code=code)
    if any(part in message for part in _TRANSIENT_MESSAGES) or response.status_code >= 500:
        raise _TransientError(
            ConnectionLostError("D1 reported a transient failure: try again", code=code), retry_after=_retry_after(response)
        )
    raise D1Error(message)


def _retry_after(response: httpx.Response) -> float | None:
    """Return the pause that ``Retry-After`` asks for, in seconds (RFC 9110, section 10.2.3)."""
    text = response.headers.get("Retry-After", "")
    if text.isdigit():
        return float(text)
    try:
        retry_at = parsedate_to_datetime(text)
        # The time on the server's clock, because the local clock may be wrong.
        now = parsedate_to_datetime(response.headers.get("Date", ""))
        return max(0.0, (retry_at - now).total_seconds())
    except (TypeError, ValueError):
        return None


# --- in a Worker ---------------------------------------------------------------------------------------------------------------


class BindingTransport:
    """The binding of a Worker (``env.DB``): the JavaScript object, or the wrapper of newer SDKs."""

    def __init__(self, binding: Any, *, command_timeout: float | None = COMMAND_TIMEOUT) -> None:
        self.server: Server = Server("D1")
        self._binding = binding
        self._command_timeout = command_timeout

    def _prepare(self, statement: PreparedStatement) -> Any:
        sql, params = statement
        prepared = self._binding.prepare(sql)
        # Only text is bound, so no value depends on how Pyodide converts None and numbers.
        return prepared.bind(*params) if params else prepared

    async def read(self, statements: Sequence[PreparedStatement]) -> list[list[Row]]:
        """Run queries concurrently with ``raw()``, which returns rows as arrays, unlike ``batch()``."""
        reads = asyncio.gather(*(_await_promise(self._prepare(statement).raw()) for statement in statements))
        results: list[Any] = await with_timeout(reads, self._command_timeout)
        return [_to_python(rows) for rows in results]

    async def write(self, statements: Sequence[PreparedStatement]) -> list[WriteResult]:
        """Run statements as one batch."""
        prepared = [self._prepare(statement) for statement in statements]
        writing = _await_promise(self._binding.batch(_to_array(self._binding, prepared)))
        results = _to_python(await with_timeout(writing, self._command_timeout))
        return [(part["meta"]["changes"], part.get("results") or []) for part in results]

    async def close(self) -> None:
        """Do nothing: the binding belongs to the Worker."""


async def _await_promise(promise: Any) -> Any:
    try:
        return await promise
    except Exception as error:
        # Pyodide raises JavaScript errors as JsException. Errors that do not come from D1 propagate unchanged.
        message = str(getattr(error, "message", error))
        if "D1_" not in message and not _CODE.search(message):
            raise
        message = re.sub(r"^(?:Error: )?D1_\w+: ", "", message)
        if any(part in message for part in _TRANSIENT_MESSAGES):
            raise ConnectionLostError("D1 reported a transient failure: try again") from error
        raise D1Error(message) from error


def _is_javascript(value: Any) -> bool:
    return hasattr(value, "js_id")


def _to_array(binding: Any, items: list[Any]) -> Any:
    """Return a list as an array for a JavaScript binding, or as it is for a wrapper."""
    if not _is_javascript(binding):
        return items
    from pyodide.ffi import to_js  # type: ignore[import-not-found]  # in a Worker only

    return to_js(items)


def _to_python(value: Any) -> Any:
    """Convert a result of the binding to Python's built-in types."""
    if _is_javascript(value):
        import js  # type: ignore[import-not-found]  # in a Worker only

        # Pyodide converts null and undefined to different values. JSON has only null.
        return json.loads(js.JSON.stringify(value))
    if isinstance(value, dict):
        return {name: _to_python(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_to_python(item) for item in value]
    return None if type(value).__name__ == "JsNull" else _attributes(value)


def _attributes(value: Any) -> Any:
    """Convert the result object of a wrapper to a dict, and return a scalar as it is."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return {name: _to_python(getattr(value, name)) for name in ("results", "meta", "changes", "success") if hasattr(value, name)}
