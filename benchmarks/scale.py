"""Measure whether calls are slower in a large database: with a million users in comparison with ten thousand.

    python benchmarks/scale.py sqlite postgresql mysql mysql9 d1
    python benchmarks/scale.py --rows 100000 --fresh sqlite
    python benchmarks/scale.py --small URL --large URL          # two databases filled by tests/population.py

For each engine, two databases are created, migrated and filled; one tenant has nearly all of the rows. Then each call is made in both
databases. A round makes all calls in random order, and chooses the first database at random, so that both are measured under the same
conditions. Each call uses different rows, which are chosen in advance. The warm-up is long enough for PostgreSQL to switch to its cached
generic plans.

A call passes if it takes at most ``GOAL`` times as long in the large database, or if it is at most ``NOISE_MS`` ms slower: such small
differences depend on the machine, not on the query plan. A call that fails is measured for additional rounds, in case the machine had other
work, and all rounds count. Calls without a verdict are known to grow. The exit code is 0 if all calls pass.

The servers are those of tests/engines.py, with enough memory for all rows. Their data are in /dev/shm if that has 2 GB of free space. A
million users take 3 GB on SQLite, 4 GB on MariaDB and 5 GB on PostgreSQL. The cleanup deletes rows, so each run with ``--small`` and
``--large`` uses up some rows of these databases. ``mysql`` is MariaDB and ``mysql9`` is Oracle MySQL 9.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import resource
import secrets
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parent.parent))

from authhero_sql import Adapters, connect, create_adapters, migrate_to_latest
from authhero_sql.dialects import Call, Database
from authhero_sql.errors import StatementTimeoutError
from authhero_sql.pagination import Cursor
from tests import engines, mysql9
from tests.population import BIG, START, STEP, SqlDialect, analyze, fill, tables

SMALL_ROWS, LARGE_ROWS = 10_000, 1_000_000
WARM_UP_CALLS, ROUNDS, CALLS = 8, 15, 4
UNJUDGED_ROUNDS = 3
"""The rounds of calls without a verdict, some of which take seconds."""
TURN_SECONDS = 0.05
"""The time after which a turn makes no further calls, in seconds."""
MAX_SECONDS = 5.0
"""The maximum time of a call in all of its rounds, in seconds. After that, it is not measured further."""
GOAL, NOISE_MS = 1.5, 0.3
MAX_SLOWDOWN, MAX_GROWTH_MB = 1.2, 50.0
"""The maximum time of the last tenth of an iteration as a multiple of the first, and the maximum growth of the process in MB."""
SERVER_MEMORY = 2 << 30
"""The memory for the rows, in bytes. The default of the test servers is small, so that the disk would be measured."""
EXPIRED_ROWS = 100
"""The number of rows in each table that expire before each measured cleanup."""

Work = Callable[[], Awaitable[object]]
DEVICE = dict.fromkeys(("initial_user_agent", "initial_ip", "initial_asn", "last_user_agent", "last_ip", "last_asn"), "x")


# --- calls ---------------------------------------------------------------------------------------------------------------------


@dataclass
class FilledDatabase:
    """A filled database, with methods that choose existing rows."""

    users: int
    db: Database
    adapters: Adapters
    rng: random.Random = field(default_factory=random.Random)

    def number(self, by: int = 1, rest: int = 0, *, part: float = 1, depth: tuple[float, float] = (0, 1)) -> int:
        """Return the number of a random row of the large tenant.

        Args:
            by: A divisor of the number.
            rest: The remainder of that division.
            part: The number of rows in the table, as a fraction of the number of users.
            depth: The range to choose from, where 0 is the oldest row and 1 the newest.
        """
        rows = int(self.users * part)
        while True:
            number = self.rng.randint(max(1, int(rows * depth[0])), int(rows * depth[1]))
            number -= (number - rest) % by
            if number > 0 and number % 20:
                return number

    def user(self, part: float = 1) -> str:
        """Return the ID of a user."""
        return f"auth0|u{self.number(part=part):08}"

    def column_value(self, column: str, by: int, rest: int) -> str:
        """Return the value of a column of such a user."""
        return str(_evaluate(tables(SqlDialect("sqlite"))["users"][1][column], self.number(by, rest)))

    def middle_cursor(self, prefix: str, kind: str | None = None, *, text: bool = False, part: float = 1) -> str:
        """Return a cursor in the middle of a list."""
        number = self.number(part=part, depth=(0.4, 0.6))
        made = START + number * (STEP // 2 if prefix == "g" else STEP)
        value = _from_ms(made).isoformat(timespec="milliseconds").replace("+00:00", "Z") if text else made
        return Cursor(value, f"{prefix}{number:08}", kind).encode()

    def log_time(self, depth: tuple[float, float]) -> int:
        """Return the time of a log entry."""
        return (START + self.number(part=2, depth=depth) * (STEP // 2)) // 1000

    def client(self) -> str:
        """Return the ID of a client that has tokens and grants."""
        return f"client{self.rng.randint(1, 19)}"

    def organization(self) -> str:
        """Return the ID of an organization that has some members."""
        number = self.number(depth=(0, 100 / self.users))
        return f"org{max(2, number):08}"


def _evaluate(expression: str, number: int) -> object:
    with sqlite3.connect(":memory:") as connection:
        return connection.execute(f"SELECT {expression} FROM (SELECT {number} AS i)").fetchone()[0]


def _from_ms(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def _now() -> datetime:
    return datetime.now(UTC)


Prepare = Callable[[FilledDatabase], Work]


def _list_call(adapter: str, **options: Any) -> Prepare:
    """Return a function that prepares calls of ``list``. An option that is a function is evaluated for each call."""

    def prepare(filled: FilledDatabase) -> Work:
        given = {name: value(filled) if callable(value) else value for name, value in options.items()}
        return partial(getattr(filled.adapters, adapter).list, BIG, **given)

    return prepare


def _query(name: str, value: Callable[[FilledDatabase], str]) -> Callable[[FilledDatabase], str]:
    return lambda filled: f'{name}:"{value(filled)}"'


def _token(user_id: str, login_id: str) -> dict[str, Any]:
    id = secrets.token_hex(13)
    return {
        "id": id, "login_id": login_id, "user_id": user_id, "client_id": "client1", "device": DEVICE, "resource_servers": [],
        "rotating": True, "token_lookup": secrets.token_hex(8), "token_hash": secrets.token_hex(32), "family_id": id,
        "expires_at": _now() + timedelta(days=30),
    }  # fmt: skip


def _sign_in(filled: FilledDatabase) -> Work:
    email = filled.column_value("email", 33, filled.rng.randint(1, 32))
    code_id, session_id = secrets.token_hex(32), secrets.token_hex(13)
    store = filled.adapters

    async def work() -> None:
        user = (await store.users.list(BIG, per_page=1, q=f'email:"{email}"')).items[0]
        login = await store.login_sessions.create(
            BIG,
            {"csrf_token": "x", "authParams": {"client_id": "client1"}, "user_id": user.user_id, "expires_at": _now() + timedelta(days=1)},
        )
        session = {"id": session_id, "user_id": user.user_id, "login_session_id": login.id, "device": DEVICE, "clients": ["client1"]}
        await store.sessions.create(BIG, {**session, "expires_at": _now() + timedelta(days=3)})
        code = {"code_id": code_id, "code_type": "authorization_code", "login_id": login.id, "user_id": user.user_id}
        await store.codes.create(BIG, {**code, "expires_at": _now() + timedelta(minutes=1)})
        if not await store.codes.consume(BIG, code_id, type="authorization_code"):
            raise AssertionError("the code does not exist")
        await store.refresh_tokens.create(BIG, _token(user.user_id, login.id))
        await store.logs.create(
            BIG, {"type": "s", "date": _now(), "user_id": user.user_id, "client_id": "client1", "ip": "10.0.0.1", "isMobile": False}
        )
        await store.user_activity.record_login(BIG, user.user_id, ip="10.0.0.1")

    return work


def _rotation(filled: FilledDatabase) -> Work:
    # The cleanup removes rows of the older half.
    number = filled.number(50, filled.rng.choice([rest for rest in range(1, 50) if rest % 10]), depth=(0.5, 1))
    successor = _token(f"auth0|u{number:08}", f"l{number:08}")
    store = filled.adapters.refresh_tokens

    async def work() -> None:
        token = await store.get_by_lookup(BIG, f"t{number:08}")
        if token is None:
            raise AssertionError("the token does not exist")
        await store.rotate(BIG, token.id, successor)

    return work


def _judged_calls() -> Iterator[tuple[str, Prepare]]:
    """Yield the calls that must not become slower."""
    yield "users.get", lambda filled: partial(filled.adapters.users.get, BIG, filled.user())
    for name, by, rest in (("email", 33, 5), ("username", 10, 10), ("phone_number", 5, 5), ("name", 1, 0)):
        yield (
            f"users.list q={name}",
            _list_call("users", q=_query(name, partial(FilledDatabase.column_value, column=name, by=by, rest=rest))),
        )
    yield "users.list q=user_id", _list_call("users", q=_query("user_id", FilledDatabase.user))
    yield "users.list", _list_call("users")
    for sort in ("created_at:desc", "created_at:asc"):
        walk = partial(FilledDatabase.middle_cursor, prefix="auth0|u", kind=sort, text=True)
        yield f"users.list take=50 {sort}, first", _list_call("users", sort=sort, take=50)
        yield f"users.list take=50 {sort}, middle", _list_call("users", sort=sort, take=50, from_=walk)
    yield "logs.list", _list_call("logs")
    for sort in ("date:desc", "date:asc"):
        walk = partial(FilledDatabase.middle_cursor, prefix="g", kind=sort, text=True, part=2)
        yield f"logs.list take=50 {sort}, first", _list_call("logs", sort=sort, take=50)
        yield f"logs.list take=50 {sort}, middle", _list_call("logs", sort=sort, take=50, from_=walk)
    # The page sizes match the number of rows in the small database, so that both pages have equal lengths.
    for kind, frequency, rows in (("s", "frequent", 50), ("pwd_leak", "rare", 15), ("none", "absent", 50)):
        yield f"logs.list q=type ({frequency})", _list_call("logs", q=f"type:{kind}", per_page=rows)
        yield f"logs.list take={rows} q=type ({frequency})", _list_call("logs", q=f"type:{kind}", take=rows)
    yield "logs.list q=user_id", _list_call("logs", q=_query("user_id", FilledDatabase.user))
    yield "logs.list q=user_id and type", _list_call("logs", q=lambda filled: f'type:s user_id:"{filled.user()}"')
    yield "logs.list from_date", _list_call("logs", from_date=lambda filled: filled.log_time((0.4, 0.6)))
    yield "logs.list to_date", _list_call("logs", to_date=lambda filled: filled.log_time((0.4, 0.6)))
    yield "logs.list from_date take=50, middle", _list_call(
        "logs", from_date=lambda filled: filled.log_time((0, 0.3)), take=50,
        from_=lambda filled: filled.middle_cursor("g", "date:desc", text=True, part=2),
    )  # fmt: skip
    for adapter, prefix, part in (("sessions", "s", 1), ("refresh_tokens", "r", 1), ("grants", "n", 0.5)):
        yield f"{adapter}.list", _list_call(adapter)
        walk = partial(FilledDatabase.middle_cursor, prefix=prefix, part=part)
        yield f"{adapter}.list take=50, first", _list_call(adapter, take=50)
        text = adapter == "grants"
        yield f"{adapter}.list take=50, middle", _list_call(adapter, take=50, from_=partial(walk, text=text))
        yield f"{adapter}.list q=user_id", _list_call(adapter, q=_query("user_id", partial(FilledDatabase.user, part=part)))
    yield "refresh_tokens.list q=login_id", _list_call("refresh_tokens", q=_query("login_id", lambda filled: f"l{filled.number():08}"))
    yield "refresh_tokens.list q=family_id", _list_call("refresh_tokens", q=_query("family_id", lambda filled: f"r{filled.number():08}"))
    yield "codes.list", _list_call("codes")
    yield "codes.list q=user_id", _list_call("codes", q=_query("user_id", partial(FilledDatabase.user, part=0.5)))
    for adapter in ("clients", "client_grants", "organizations", "user_organizations"):
        yield f"{adapter}.list", _list_call(adapter)
        yield f"{adapter}.list take=50", _list_call(adapter, take=50)
    for adapter, fields in SORTS.items():
        for name in fields:
            for direction in ("asc", "desc"):
                yield f"{adapter}.list sort={name}:{direction}", _list_call(adapter, sort=f"{name}:{direction}")
    yield "members of an organization", _list_call("user_organizations", q=_query("organization_id", FilledDatabase.organization))
    yield "members of the largest organization", _list_call("user_organizations", q='organization_id:"org00000001"')
    yield (
        "organizations of a user",
        lambda filled: partial(filled.adapters.user_organizations.list_user_organizations, BIG, filled.user(0.25)),
    )
    yield "roles of a user", lambda filled: partial(filled.adapters.user_roles.list, BIG, filled.user(0.5))
    yield "users of a role", lambda filled: partial(filled.adapters.user_roles.list_users, BIG, "role0")
    yield "users of a role, middle", _role_walk
    yield "sign-in", _sign_in
    yield "refresh token rotation", _rotation


SORTS: Mapping[str, Sequence[str]] = {
    "users": ("created_at", "user_id"),
    "logs": ("date",),
    "sessions": ("created_at", "id"),
    "refresh_tokens": ("created_at", "id"),
    "codes": ("created_at",),
    "grants": ("created_at",),
    "clients": ("created_at", "client_id"),
    "client_grants": ("created_at", "id"),
    "organizations": ("created_at", "name"),
    "user_organizations": ("created_at",),
}
"""The sort keys, other than the default one, that an index supports."""


def _role_walk(filled: FilledDatabase) -> Work:
    user_id = filled.user(0.5)
    return partial(filled.adapters.user_roles.list_users, BIG, "role0", take=50, from_=Cursor(user_id, user_id).encode())


def _unjudged_calls() -> Iterator[tuple[str, Prepare]]:
    """Yield the calls that are known to become slower, without a verdict."""
    yield "users.list include_totals", _list_call("users", include_totals=True)
    yield "logs.list include_totals", _list_call("logs", include_totals=True)
    yield "users.list, page in the middle", _list_call("users", page=lambda filled: int(filled.users * 0.95 / 100))
    yield "logs.list, page in the middle", _list_call("logs", page=lambda filled: int(filled.users * 2 * 0.95 / 100))
    yield "codes.list, page in the middle", _list_call("codes", page=lambda filled: int(filled.users * 0.5 * 0.95 / 100))
    yield "users.list sort=email", _list_call("users", sort="email:asc")
    yield "users.list q=name prefix", _list_call("users", q=lambda filled: f"name:{filled.column_value('name', 2, 0)[:5]}*")
    yield "users.list free text", _list_call("users", q=lambda filled: filled.column_value("name", 2, 0))
    yield "logs.list q=ip", _list_call("logs", q=lambda filled: f'ip:"10.0.7.{filled.rng.randint(0, 249)}"')
    yield "logs.list q=client_id", _list_call("logs", q=_query("client_id", FilledDatabase.client))
    yield "refresh_tokens.list q=client_id", _list_call("refresh_tokens", q=_query("client_id", FilledDatabase.client))
    yield "grants.list q=clientID", _list_call("grants", q=_query("clientID", FilledDatabase.client))


# --- measuring -----------------------------------------------------------------------------------------------------------------


@dataclass
class Candidate:
    """A call in both databases, with its times in milliseconds. A call that exceeds the time limit is not repeated."""

    title: str
    prepare: Prepare
    judged: bool
    times: tuple[list[float], list[float]] = field(default_factory=lambda: ([], []))
    timed_out: list[bool] = field(default_factory=lambda: [False, False])

    async def run(self, at: int, filled: FilledDatabase, calls: int) -> None:
        """Make some calls in one of the databases and record the time of one."""
        if self.timed_out[at] or sum(self.times[at]) > MAX_SECONDS * 1e3:
            return
        works = [self.prepare(filled) for _ in range(calls)]
        begun = time.perf_counter()
        try:
            result = await _make_calls(works, begun + TURN_SECONDS)
        except StatementTimeoutError:
            self.timed_out[at] = True
        else:
            self.times[at].append((time.perf_counter() - begun) / result * 1e3)

    def milliseconds(self, at: int) -> float | None:
        """Return the median time, or None if the call exceeded the time limit."""
        return None if self.timed_out[at] else statistics.median(self.times[at])

    @property
    def verdict(self) -> str:
        """Whether the call is slower in the large database, as text."""
        small, large = self.milliseconds(0), self.milliseconds(1)
        if not self.judged:
            return "–"
        if small is None or large is None:
            return "FAILS"
        if large <= small * GOAL:
            return "passes"
        return f"passes, < {NOISE_MS} ms" if large - small < NOISE_MS else "FAILS"

    @property
    def fails(self) -> bool:
        """Whether the call fails."""
        return self.verdict == "FAILS"


async def _make_calls(works: Sequence[Work], until: float) -> int:
    """Make calls until the deadline and return their number."""
    for number, work in enumerate(works, start=1):
        await work()
        if time.perf_counter() > until:
            return number
    return len(works)


async def _measure_all(candidates: Sequence[Candidate], pair: Sequence[FilledDatabase], warm: int, rounds: int) -> None:
    rng = random.Random()
    for candidate in candidates if warm else ():
        for at, filled in enumerate(pair):
            for _ in range(warm if candidate.judged else 1):
                await candidate.run(at, filled, 1)
            candidate.times[at].clear()
    for number in range(rounds):
        chosen = [candidate for candidate in candidates if candidate.judged or number < UNJUDGED_ROUNDS]
        for candidate in rng.sample(chosen, len(chosen)):
            for at in rng.sample(range(len(pair)), len(pair)):
                await candidate.run(at, pair[at], CALLS)


async def _measure_cleanup(pair: Sequence[FilledDatabase], rounds: int) -> Candidate:
    """Measure the cleanup of equally many rows in both databases.

    Other rows expire in each round, because deleted rows cannot be measured again.
    """
    title = f"session_cleanup of {EXPIRED_ROWS * 3 * 19 // 20} rows"
    candidate = Candidate(title, lambda filled: partial(filled.adapters.session_cleanup, BIG), judged=True)
    places = [random.Random().sample(range(1, filled.users // EXPIRED_ROWS // 2), rounds) for filled in pair]
    for number in range(rounds):
        for at, filled in enumerate(pair):
            await _expire(filled.db, places[at][number] * EXPIRED_ROWS)
            await candidate.run(at, filled, 1)
    return candidate


async def _print_cleanup_speed(filled: FilledDatabase) -> None:
    """Delete the expired rows of the filled database and print the speed."""
    begun = time.perf_counter()
    try:
        result = await filled.adapters.session_cleanup()
    except StatementTimeoutError:
        print(f"session_cleanup among {filled.users} users exceeded the time limit")
        return
    rows, seconds = result.sessions + result.refresh_tokens + result.login_sessions, time.perf_counter() - begun
    print(f"session_cleanup among {filled.users} users: {rows} rows in {seconds:.2f} s, {rows / seconds:.0f} per second", flush=True)


async def _expire(db: Database, first: int) -> None:
    name = db.dialect.identifier
    for table, prefix in (("sessions", "s"), ("refresh_tokens", "r"), ("login_sessions", "l")):
        numbers = f"{name('id')} BETWEEN '{prefix}{first:08}' AND '{prefix}{first + EXPIRED_ROWS - 1:08}'"
        sql = f"UPDATE {name(table)} SET {name('expires_at_ts')} = {START} WHERE {name('tenant_id')} = '{BIG}' AND {numbers}"
        await db.execute(Call(sql, has_timeout=False))


# --- report --------------------------------------------------------------------------------------------------------------------


def _format_ms(milliseconds: float | None, limit: float | None) -> str:
    return f"> {limit:.0f} s" if milliseconds is None and limit else f"{milliseconds:.2f}"


def _report(candidates: Sequence[Candidate], limit: float | None) -> bool:
    """Print a line for each call and return whether all of them pass."""
    for candidate in candidates:
        small, large = candidate.milliseconds(0), candidate.milliseconds(1)
        ratio = f"{large / small:.2f}" if small and large else ""
        print(
            f"{candidate.title:44} {_format_ms(small, limit):>10} {_format_ms(large, limit):>10} {ratio:>8}  {candidate.verdict}",
            flush=True,
        )
    return not any(candidate.fails for candidate in candidates)


async def _print_iteration(filled: FilledDatabase, limit: float | None) -> bool:
    """Iterate over all users of the tenant and print the time of each tenth.

    Returns:
        Whether the iteration neither becomes slower nor accumulates memory.
    """
    total = await filled.adapters.users.list(BIG, per_page=0, include_totals=True, q="-_exists_:linked_to")
    tenth = (total.total or 0) // 10
    begun, before, seen, ends = time.perf_counter(), _resident(), 0, []
    most = before
    async for _ in filled.adapters.users.iterate(BIG):
        seen += 1
        if seen % tenth == 0:
            ends.append(time.perf_counter())
            most = max(most, _resident())
        if limit and time.perf_counter() - begun > limit:
            break
    parts = [end - start for start, end in zip([begun, *ends], ends, strict=False)]
    print(f"iterate over {seen} users, seconds per tenth: {' '.join(f'{part:.2f}' for part in parts)}")
    if len(parts) < 10:
        print(f"iterate exceeded the time limit of {limit or 0:.0f} s  FAILS")
        return False
    ratio, growth = parts[9] / parts[0], most - before
    passed = ratio <= MAX_SLOWDOWN and growth < MAX_GROWTH_MB
    print(
        f"iterate, last tenth relative to the first: {ratio:.2f}; memory grew by {growth:.1f} MB  {'passes' if passed else 'FAILS'}",
        flush=True,
    )
    return passed


def _resident() -> float:
    """Return the resident memory of this process in megabytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


# --- databases -----------------------------------------------------------------------------------------------------------------


@contextmanager
def _databases(name: str) -> Iterator[list[str]]:
    """Create two empty databases, yield their URLs, and remove them afterwards."""
    if name == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield [f"sqlite:///{folder}/{size}.db" for size in ("small", "large")]
        return
    server = _server(name)
    try:
        yield [engines.create_database(server) for _ in range(2)]
    finally:
        server.stop()


def _server(name: str) -> engines.Server:
    if name == "d1":
        return engines.start(name)
    server = mysql9.start() if name == "mysql9" else engines.start_private(name)
    if server.name == "postgresql":
        # Avoid checkpoints during the measurement.
        engines._run_on_postgresql(server.url, "ALTER SYSTEM SET max_wal_size = '4GB'")
        engines._run_on_postgresql(server.url, "SELECT pg_reload_conf()")
    else:
        with engines._mysql_cursor(server.url) as cursor:
            cursor.execute(f"SET GLOBAL innodb_buffer_pool_size = {SERVER_MEMORY}")
            cursor.execute(
                f"SET GLOBAL {'innodb_redo_log_capacity' if name == 'mysql9' else 'innodb_log_file_size'} = {SERVER_MEMORY // 2}"
            )
    return server


async def _fill(url: str, users: int, *, fresh: bool) -> None:
    begun = time.perf_counter()
    async with _open(url, None) as db:
        await migrate_to_latest(db)
    await fill(url, users)
    if not fresh:
        async with _open(url, None) as db:
            await analyze(db)
    print(f"filled with {users} users in {time.perf_counter() - begun:.0f} s", flush=True)


@asynccontextmanager
async def _open(url: str, limit: float | None) -> AsyncIterator[Database]:
    async with connect(url, command_timeout=limit) as db:
        yield db


async def _users(db: Database) -> int:
    """Return the number of users that the database was filled with."""
    name = db.dialect.identifier
    rows = await db.fetch(Call(f"SELECT count(*) FROM {name('passwords')}", has_timeout=False))
    return round(int(rows[0][0]) / 0.6)


async def measure(title: str, urls: Sequence[str], options: argparse.Namespace) -> bool:
    """Measure two filled databases, print the table, and return whether all calls pass."""
    limit: float | None = options.limit
    async with _open(urls[0], limit) as first, _open(urls[1], limit) as second:
        pair = [FilledDatabase(await _users(db), db, await create_adapters(db)) for db in (first, second)]
        print(f"\n{title}: {pair[0].users} and {pair[1].users} users{', no table statistics' if options.fresh else ''}")
        print(f"{'call':44} {'small ms':>10} {'large ms':>10} {'ratio':>8}  verdict", flush=True)
        kinds = ((_judged_calls(), True), (_unjudged_calls(), False))
        candidates = [Candidate(title, prepare, judged) for cases, judged in kinds for title, prepare in cases if options.only in title]
        await _measure_all(candidates, pair, options.warm, options.rounds)
        await _measure_all([candidate for candidate in candidates if candidate.fails], pair, 0, options.again)
        if not options.only:
            for filled in pair:
                await _print_cleanup_speed(filled)
            candidates.append(await _measure_cleanup(pair, options.rounds))
        passed = _report(candidates, limit)
        return (await _print_iteration(pair[1], limit) if not options.only else True) and passed


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scale.py", description="Measure whether calls are slower in a large database.")
    parser.add_argument(
        "engines",
        nargs="*",
        default=["sqlite", "postgresql", "mysql", "mysql9"],
        help="the engines to measure: sqlite, postgresql, mysql, mysql9, d1 (default: all but d1)",
    )
    parser.add_argument(
        "--rows", type=int, default=LARGE_ROWS, metavar="N", help="the number of users in the large database (default: %(default)s)"
    )
    parser.add_argument("--fresh", action="store_true", help="do not create table statistics, as in a new SQLite database")
    parser.add_argument("--rounds", type=int, default=ROUNDS, metavar="N", help="the number of rounds (default: %(default)s)")
    parser.add_argument(
        "--again", type=int, default=ROUNDS, metavar="N", help="the number of additional rounds for calls that fail (default: %(default)s)"
    )
    parser.add_argument(
        "--warm", type=int, default=WARM_UP_CALLS, metavar="N", help="the number of calls before the first round (default: %(default)s)"
    )
    parser.add_argument("--limit", type=float, default=None, metavar="S", help="the time limit of a call, in seconds (default: none)")
    parser.add_argument("--only", default="", metavar="TEXT", help="measure only the calls whose titles contain this text")
    parser.add_argument("--small", metavar="URL", help="the URL of a small, filled database; requires --large")
    parser.add_argument("--large", metavar="URL", help="the URL of a large, filled database; requires --small")
    return parser.parse_args()


def main() -> int:
    """Measure the selected engines and return the exit code."""
    options = _arguments()
    if options.small and options.large:
        return int(not asyncio.run(measure(urlsplit(options.large).scheme, [options.small, options.large], options)))
    passed = True
    for name in options.engines:
        with _databases(name) as urls:
            for url, users in zip(urls, (SMALL_ROWS, options.rows), strict=True):
                asyncio.run(_fill(url, users, fresh=options.fresh))
            passed &= asyncio.run(measure(name, urls, options))
    return int(not passed)


if __name__ == "__main__":
    sys.exit(main())
