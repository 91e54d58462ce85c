"""Measure whether calls are slower in a large database: with a million users in comparison with ten thousand.

    python benchmarks/scale.py sqlite postgresql mysql mysql9 d1
    python benchmarks/scale.py --rows 100000 --fresh sqlite
    python benchmarks/scale.py --small URL --large URL          # two databases filled by tests/population.py

For each engine, two databases are created, migrated and filled; one tenant has nearly all of the rows. Then each call is made in both
databases. A round makes all calls in random order, and chooses the first database at random, so that both are measured under the same
conditions. Each call uses different rows, which are chosen in advance. The warm-up is long enough for PostgreSQL to switch to its cached
generic plans.

A call passes if it takes at most ``GOAL`` times as long in the large database, or if it is at most ``NOISE`` ms slower: such small
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
from tests.population import BIG, START, STEP, Words, analyze, fill, tables

SMALL_ROWS, LARGE_ROWS = 10_000, 1_000_000
WARM, ROUNDS, CALLS = 8, 15, 4
FEW = 3
"""The rounds of calls without a verdict, some of which take seconds."""
TURN = 0.05
"""The time after which a turn makes no further calls, in seconds."""
ENOUGH = 5.0
"""The maximum time of a call in all of its rounds, in seconds. After that, it is not measured further."""
GOAL, NOISE = 1.5, 0.3
LATER, GROWTH = 1.2, 50.0
"""The maximum time of the last tenth of an iteration as a multiple of the first, and the maximum growth of the process in MB."""
ROOM = 2 << 30
"""The memory for the rows, in bytes. The default of the test servers is small, so that the disk would be measured."""
EXPIRED = 100
"""The number of rows in each table that expire before each measured cleanup."""

Work = Callable[[], Awaitable[object]]
DEVICE = dict.fromkeys(("initial_user_agent", "initial_ip", "initial_asn", "last_user_agent", "last_ip", "last_asn"), "x")


# --- calls ---------------------------------------------------------------------------------------------------------------------


@dataclass
class Filled:
    """A filled database, with methods that choose existing rows."""

    users: int
    db: Database
    adapters: Adapters
    chance: random.Random = field(default_factory=random.Random)

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
            number = self.chance.randint(max(1, int(rows * depth[0])), int(rows * depth[1]))
            number -= (number - rest) % by
            if number > 0 and number % 20:
                return number

    def user(self, part: float = 1) -> str:
        """Return the ID of a user."""
        return f"auth0|u{self.number(part=part):08}"

    def having(self, column: str, by: int, rest: int) -> str:
        """Return the value of a column of such a user."""
        return str(_evaluated(tables(Words("sqlite"))["users"][1][column], self.number(by, rest)))

    def middle(self, prefix: str, kind: str | None = None, *, text: bool = False, part: float = 1) -> str:
        """Return a cursor in the middle of a list."""
        number = self.number(part=part, depth=(0.4, 0.6))
        made = START + number * (STEP // 2 if prefix == "g" else STEP)
        value = _at(made).isoformat(timespec="milliseconds").replace("+00:00", "Z") if text else made
        return Cursor(value, f"{prefix}{number:08}", kind).encode()

    def second(self, depth: tuple[float, float]) -> int:
        """Return the time of a log entry."""
        return (START + self.number(part=2, depth=depth) * (STEP // 2)) // 1000

    def client(self) -> str:
        """Return the ID of a client that has tokens and grants."""
        return f"client{self.chance.randint(1, 19)}"

    def organization(self) -> str:
        """Return the ID of an organization that has some members."""
        number = self.number(depth=(0, 100 / self.users))
        return f"org{max(2, number):08}"


def _evaluated(expression: str, number: int) -> object:
    with sqlite3.connect(":memory:") as connection:
        return connection.execute(f"SELECT {expression} FROM (SELECT {number} AS i)").fetchone()[0]


def _at(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def _now() -> datetime:
    return datetime.now(UTC)


Ask = Callable[[Filled], Work]


def _listed(adapter: str, **options: Any) -> Ask:
    """Return a function that prepares calls of ``list``. An option that is a function is evaluated for each call."""

    def ask(filled: Filled) -> Work:
        given = {name: value(filled) if callable(value) else value for name, value in options.items()}
        return partial(getattr(filled.adapters, adapter).list, BIG, **given)

    return ask


def _q(name: str, value: Callable[[Filled], str]) -> Callable[[Filled], str]:
    return lambda filled: f'{name}:"{value(filled)}"'


def _token(user_id: str, login_id: str) -> dict[str, Any]:
    id = secrets.token_hex(13)
    return {
        "id": id, "login_id": login_id, "user_id": user_id, "client_id": "client1", "device": DEVICE, "resource_servers": [],
        "rotating": True, "token_lookup": secrets.token_hex(8), "token_hash": secrets.token_hex(32), "family_id": id,
        "expires_at": _now() + timedelta(days=30),
    }  # fmt: skip


def _sign_in(filled: Filled) -> Work:
    email = filled.having("email", 33, filled.chance.randint(1, 32))
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
            raise AssertionError("the code was there")
        await store.refresh_tokens.create(BIG, _token(user.user_id, login.id))
        await store.logs.create(
            BIG, {"type": "s", "date": _now(), "user_id": user.user_id, "client_id": "client1", "ip": "10.0.0.1", "isMobile": False}
        )
        await store.user_activity.record_login(BIG, user.user_id, ip="10.0.0.1")

    return work


def _rotation(filled: Filled) -> Work:
    # The cleanup removes rows of the older half.
    number = filled.number(50, filled.chance.choice([rest for rest in range(1, 50) if rest % 10]), depth=(0.5, 1))
    successor = _token(f"auth0|u{number:08}", f"l{number:08}")
    store = filled.adapters.refresh_tokens

    async def work() -> None:
        token = await store.get_by_lookup(BIG, f"t{number:08}")
        if token is None:
            raise AssertionError("the token was there")
        await store.rotate(BIG, token.id, successor)

    return work


def _cases() -> Iterator[tuple[str, Ask]]:
    """Yield the calls that must not become slower."""
    yield "users.get", lambda filled: partial(filled.adapters.users.get, BIG, filled.user())
    for name, by, rest in (("email", 33, 5), ("username", 10, 10), ("phone_number", 5, 5), ("name", 1, 0)):
        yield f"users.list q={name}", _listed("users", q=_q(name, partial(Filled.having, column=name, by=by, rest=rest)))
    yield "users.list q=user_id", _listed("users", q=_q("user_id", Filled.user))
    yield "users.list", _listed("users")
    for sort in ("created_at:desc", "created_at:asc"):
        walk = partial(Filled.middle, prefix="auth0|u", kind=sort, text=True)
        yield f"users.list take=50 {sort}, first", _listed("users", sort=sort, take=50)
        yield f"users.list take=50 {sort}, middle", _listed("users", sort=sort, take=50, from_=walk)
    yield "logs.list", _listed("logs")
    for sort in ("date:desc", "date:asc"):
        walk = partial(Filled.middle, prefix="g", kind=sort, text=True, part=2)
        yield f"logs.list take=50 {sort}, first", _listed("logs", sort=sort, take=50)
        yield f"logs.list take=50 {sort}, middle", _listed("logs", sort=sort, take=50, from_=walk)
    # The page sizes match the number of rows in the small database, so that both pages have equal lengths.
    for kind, said, rows in (("s", "often", 50), ("pwd_leak", "seldom", 15), ("none", "never", 50)):
        yield f"logs.list q=type ({said})", _listed("logs", q=f"type:{kind}", per_page=rows)
        yield f"logs.list take={rows} q=type ({said})", _listed("logs", q=f"type:{kind}", take=rows)
    yield "logs.list q=user_id", _listed("logs", q=_q("user_id", Filled.user))
    yield "logs.list q=user_id and type", _listed("logs", q=lambda filled: f'type:s user_id:"{filled.user()}"')
    yield "logs.list from_date", _listed("logs", from_date=lambda filled: filled.second((0.4, 0.6)))
    yield "logs.list to_date", _listed("logs", to_date=lambda filled: filled.second((0.4, 0.6)))
    yield "logs.list from_date take=50, middle", _listed(
        "logs", from_date=lambda filled: filled.second((0, 0.3)), take=50,
        from_=lambda filled: filled.middle("g", "date:desc", text=True, part=2),
    )  # fmt: skip
    for adapter, prefix, part in (("sessions", "s", 1), ("refresh_tokens", "r", 1), ("grants", "n", 0.5)):
        yield f"{adapter}.list", _listed(adapter)
        walk = partial(Filled.middle, prefix=prefix, part=part)
        yield f"{adapter}.list take=50, first", _listed(adapter, take=50)
        text = adapter == "grants"
        yield f"{adapter}.list take=50, middle", _listed(adapter, take=50, from_=partial(walk, text=text))
        yield f"{adapter}.list q=user_id", _listed(adapter, q=_q("user_id", partial(Filled.user, part=part)))
    yield "refresh_tokens.list q=login_id", _listed("refresh_tokens", q=_q("login_id", lambda filled: f"l{filled.number():08}"))
    yield "refresh_tokens.list q=family_id", _listed("refresh_tokens", q=_q("family_id", lambda filled: f"r{filled.number():08}"))
    yield "codes.list", _listed("codes")
    yield "codes.list q=user_id", _listed("codes", q=_q("user_id", partial(Filled.user, part=0.5)))
    for adapter in ("clients", "client_grants", "organizations", "user_organizations"):
        yield f"{adapter}.list", _listed(adapter)
        yield f"{adapter}.list take=50", _listed(adapter, take=50)
    for adapter, fields in SORTS.items():
        for name in fields:
            for direction in ("asc", "desc"):
                yield f"{adapter}.list sort={name}:{direction}", _listed(adapter, sort=f"{name}:{direction}")
    yield "members of an organization", _listed("user_organizations", q=_q("organization_id", Filled.organization))
    yield "members of the largest", _listed("user_organizations", q='organization_id:"org00000001"')
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


def _role_walk(filled: Filled) -> Work:
    user_id = filled.user(0.5)
    return partial(filled.adapters.user_roles.list_users, BIG, "role0", take=50, from_=Cursor(user_id, user_id).encode())


def _growing() -> Iterator[tuple[str, Ask]]:
    """Yield the calls that are known to become slower, without a verdict."""
    yield "users.list include_totals", _listed("users", include_totals=True)
    yield "logs.list include_totals", _listed("logs", include_totals=True)
    yield "users.list, page in the middle", _listed("users", page=lambda filled: int(filled.users * 0.95 / 100))
    yield "logs.list, page in the middle", _listed("logs", page=lambda filled: int(filled.users * 2 * 0.95 / 100))
    yield "codes.list, page in the middle", _listed("codes", page=lambda filled: int(filled.users * 0.5 * 0.95 / 100))
    yield "users.list sort=email", _listed("users", sort="email:asc")
    yield "users.list q=name prefix", _listed("users", q=lambda filled: f"name:{filled.having('name', 2, 0)[:5]}*")
    yield "users.list free text", _listed("users", q=lambda filled: filled.having("name", 2, 0))
    yield "logs.list q=ip", _listed("logs", q=lambda filled: f'ip:"10.0.7.{filled.chance.randint(0, 249)}"')
    yield "logs.list q=client_id", _listed("logs", q=_q("client_id", Filled.client))
    yield "refresh_tokens.list q=client_id", _listed("refresh_tokens", q=_q("client_id", Filled.client))
    yield "grants.list q=clientID", _listed("grants", q=_q("clientID", Filled.client))


# --- measuring -----------------------------------------------------------------------------------------------------------------


@dataclass
class Candidate:
    """A call in both databases, with its times in milliseconds. A call that exceeds the time limit is not repeated."""

    title: str
    ask: Ask
    judged: bool
    taken: tuple[list[float], list[float]] = field(default_factory=lambda: ([], []))
    given_up: list[bool] = field(default_factory=lambda: [False, False])

    async def turn(self, at: int, filled: Filled, calls: int) -> None:
        """Make some calls in one of the databases and record the time of one."""
        if self.given_up[at] or sum(self.taken[at]) > ENOUGH * 1e3:
            return
        works = [self.ask(filled) for _ in range(calls)]
        begun = time.perf_counter()
        try:
            done = await _done(works, begun + TURN)
        except StatementTimeoutError:
            self.given_up[at] = True
        else:
            self.taken[at].append((time.perf_counter() - begun) / done * 1e3)

    def milliseconds(self, at: int) -> float | None:
        """Return the median time, or None if the call exceeded the time limit."""
        return None if self.given_up[at] else statistics.median(self.taken[at])

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
        return f"passes, < {NOISE} ms" if large - small < NOISE else "FAILS"

    @property
    def fails(self) -> bool:
        """Whether the call fails."""
        return self.verdict == "FAILS"


async def _done(works: Sequence[Work], until: float) -> int:
    """Make calls until the deadline and return their number."""
    for number, work in enumerate(works, start=1):
        await work()
        if time.perf_counter() > until:
            return number
    return len(works)


async def _measured(candidates: Sequence[Candidate], pair: Sequence[Filled], warm: int, rounds: int) -> None:
    chance = random.Random()
    for candidate in candidates if warm else ():
        for at, filled in enumerate(pair):
            for _ in range(warm if candidate.judged else 1):
                await candidate.turn(at, filled, 1)
            candidate.taken[at].clear()
    for number in range(rounds):
        chosen = [candidate for candidate in candidates if candidate.judged or number < FEW]
        for candidate in chance.sample(chosen, len(chosen)):
            for at in chance.sample(range(len(pair)), len(pair)):
                await candidate.turn(at, pair[at], CALLS)


async def _cleaned(pair: Sequence[Filled], rounds: int) -> Candidate:
    """Measure the cleanup of equally many rows in both databases. More rows expire each time, because deleted rows cannot be measured
    again."""
    title = f"session_cleanup of {EXPIRED * 3 * 19 // 20} rows"
    candidate = Candidate(title, lambda filled: partial(filled.adapters.session_cleanup, BIG), judged=True)
    places = [random.Random().sample(range(1, filled.users // EXPIRED // 2), rounds) for filled in pair]
    for number in range(rounds):
        for at, filled in enumerate(pair):
            await _expire(filled.db, places[at][number] * EXPIRED)
            await candidate.turn(at, filled, 1)
    return candidate


async def _swept(filled: Filled) -> None:
    """Delete the expired rows of the filled database and print the speed."""
    begun = time.perf_counter()
    try:
        done = await filled.adapters.session_cleanup()
    except StatementTimeoutError:
        print(f"session_cleanup among {filled.users} users was given up")
        return
    rows, seconds = done.sessions + done.refresh_tokens + done.login_sessions, time.perf_counter() - begun
    print(f"session_cleanup among {filled.users} users: {rows} rows in {seconds:.2f} s, {rows / seconds:.0f} a second", flush=True)


async def _expire(db: Database, first: int) -> None:
    name = db.dialect.identifier
    for table, prefix in (("sessions", "s"), ("refresh_tokens", "r"), ("login_sessions", "l")):
        numbers = f"{name('id')} BETWEEN '{prefix}{first:08}' AND '{prefix}{first + EXPIRED - 1:08}'"
        sql = f"UPDATE {name(table)} SET {name('expires_at_ts')} = {START} WHERE {name('tenant_id')} = '{BIG}' AND {numbers}"
        await db.execute(Call(sql, has_timeout=False))


# --- report --------------------------------------------------------------------------------------------------------------------


def _shown(milliseconds: float | None, limit: float | None) -> str:
    return f"> {limit:.0f} s" if milliseconds is None and limit else f"{milliseconds:.2f}"


def _report(candidates: Sequence[Candidate], limit: float | None) -> bool:
    """Print a line for each call and return whether all of them pass."""
    for candidate in candidates:
        small, large = candidate.milliseconds(0), candidate.milliseconds(1)
        ratio = f"{large / small:.2f}" if small and large else ""
        print(f"{candidate.title:44} {_shown(small, limit):>10} {_shown(large, limit):>10} {ratio:>8}  {candidate.verdict}", flush=True)
    return not any(candidate.fails for candidate in candidates)


async def _walked(filled: Filled, limit: float | None) -> bool:
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
    print(f"iterate over {seen} users, seconds for each tenth: {' '.join(f'{part:.2f}' for part in parts)}")
    if len(parts) < 10:
        print(f"iterate was given up after {limit or 0:.0f} s  FAILS")
        return False
    ratio, growth = parts[9] / parts[0], most - before
    passed = ratio <= LATER and growth < GROWTH
    print(f"iterate, last tenth to first: {ratio:.2f}; memory grew by {growth:.1f} MB  {'passes' if passed else 'FAILS'}", flush=True)
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
        engines._ask_postgresql(server.url, "ALTER SYSTEM SET max_wal_size = '4GB'")
        engines._ask_postgresql(server.url, "SELECT pg_reload_conf()")
    else:
        with engines._mysql(server.url) as cursor:
            cursor.execute(f"SET GLOBAL innodb_buffer_pool_size = {ROOM}")
            cursor.execute(f"SET GLOBAL {'innodb_redo_log_capacity' if name == 'mysql9' else 'innodb_log_file_size'} = {ROOM // 2}")
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
        pair = [Filled(await _users(db), db, await create_adapters(db)) for db in (first, second)]
        print(f"\n{title}: {pair[0].users} and {pair[1].users} users{', without statistics' if options.fresh else ''}")
        print(f"{'call':44} {'small ms':>10} {'large ms':>10} {'ratio':>8}  verdict", flush=True)
        kinds = ((_cases(), True), (_growing(), False))
        candidates = [Candidate(title, ask, judged) for cases, judged in kinds for title, ask in cases if options.only in title]
        await _measured(candidates, pair, options.warm, options.rounds)
        await _measured([candidate for candidate in candidates if candidate.fails], pair, 0, options.again)
        if not options.only:
            for filled in pair:
                await _swept(filled)
            candidates.append(await _cleaned(pair, options.rounds))
        passed = _report(candidates, limit)
        return (await _walked(pair[1], limit) if not options.only else True) and passed


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scale.py", description="Measure whether calls cost more in a database that has grown.")
    parser.add_argument(
        "engines", nargs="*", default=["sqlite", "postgresql", "mysql", "mysql9"], help="sqlite, postgresql, mysql, mysql9, d1"
    )
    parser.add_argument("--rows", type=int, default=LARGE_ROWS, metavar="N", help="users of the large database")
    parser.add_argument("--fresh", action="store_true", help="make no statistics of the tables, as nobody has in a new SQLite file")
    parser.add_argument("--rounds", type=int, default=ROUNDS, metavar="N", help="rounds of which the median is taken")
    parser.add_argument("--again", type=int, default=ROUNDS, metavar="N", help="rounds more for what fails")
    parser.add_argument("--warm", type=int, default=WARM, metavar="N", help="calls before the first round")
    parser.add_argument("--limit", type=float, default=None, metavar="S", help="seconds after which a call is given up")
    parser.add_argument("--only", default="", metavar="TEXT", help="only the calls whose title has this in it")
    parser.add_argument("--small", metavar="URL", help="a small database that has been filled; with --large")
    parser.add_argument("--large", metavar="URL", help="a large one")
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
