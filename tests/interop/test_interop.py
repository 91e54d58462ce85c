"""AuthHero's own database, and its answers: ours open it as it stands and give the same ones."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from authhero_sql import Adapters, InvalidQueryError, Page, Sort, connect, create_adapters
from authhero_sql.dialects import Call
from tests import engines
from tests.engines import Server

INTEROP = Path(__file__).parents[3] / "shared" / "interop"
needs_interop = pytest.mark.skipif(
    not INTEROP.exists(), reason="the database that AuthHero wrote lies beside the project, in ../shared/interop, and is not here"
)
PARTS = {
    "tenants", "clients", "connections", "client_connections", "users", "user_activity", "passwords", "login_sessions", "sessions",
    "refresh_tokens", "codes", "logs", "keys",
}  # fmt: skip
"""The adapters that there are so far."""
STORAGE = {
    "codes": {"tenant_id", "expires_at_ts"},
    "users": {"tenant_id"},
    "clients": {"tenant_id"},
    "connections": {"tenant_id"},
    "client_connections": {"tenant_id"},
    "logs": {
        "tenant_id", "category", "session_connection", "country_code", "country_code3", "country_name", "city_name", "latitude",
        "longitude", "time_zone", "continent_code",
    },
}  # fmt: skip
"""Storage columns that AuthHero's answers show and ours keep inside."""


def snake(name: str) -> str:
    """The Python name of a wire name."""
    return re.sub(r"(?<=[a-z])([A-Z])", lambda match: "_" + match[1].lower(), name)


def calls() -> list[dict[str, Any]]:
    """All recorded calls."""
    if not INTEROP.exists():
        return []
    recorded: list[dict[str, Any]] = json.loads((INTEROP / "calls.json").read_text("utf-8"))["calls"]
    return recorded


def options(call: dict[str, Any]) -> dict[str, Any]:
    """The keyword arguments of a call: its last argument, where that is an object."""
    last = call["args"][-1] if call["args"] else None
    return last if isinstance(last, dict) else {}


def covered(call: dict[str, Any]) -> bool:
    """Whether the call concerns what there is so far."""
    return snake(call["adapter"]) in PARTS and "q" not in options(call)


COVERED = [call for call in calls() if covered(call)]


def keywords(given: dict[str, Any]) -> dict[str, Any]:
    """The options in our words."""
    named = {snake(name): value for name, value in given.items()}
    if "from" in named:
        named["from_"] = named.pop("from")
    if "sort" in named:
        named["sort"] = Sort(named["sort"]["sort_by"], named["sort"]["sort_order"])
    return named


async def ask(adapters: Adapters, call: dict[str, Any]) -> Any:
    """Our answer, in the wire form."""
    method = getattr(getattr(adapters, snake(call["adapter"])), snake(call["method"]))
    given = options(call)
    positional = call["args"][:-1] if given else call["args"]
    answer = await method(*positional, **keywords(given))
    return wire(answer)


def wire(answer: Any) -> Any:
    """An answer as it goes over the wire."""
    if isinstance(answer, list):
        return [wire(item) for item in answer]
    if hasattr(answer, "model_dump"):
        return answer.model_dump(mode="json", by_alias=True, exclude_none=True)
    return answer


def expected(call: dict[str, Any]) -> Any:
    """AuthHero's answer, with the differences that are on purpose."""
    adapter = snake(call["adapter"])
    return comparable(call["result"], adapter if call["method"] != "getByClientId" else "")


def comparable(value: Any, adapter: str) -> Any:
    """Without nulls, which are absent here, and without the storage columns that leak there."""
    if isinstance(value, list):
        return [comparable(item, adapter) for item in value]
    if not isinstance(value, dict):
        return value
    leaked = STORAGE.get(adapter, set())
    return {name: item for name, item in value.items() if item is not None and name not in leaked}


def rows_of(answer: Any) -> list[Any]:
    """The rows of a list, whatever they are called: one Page here, several shapes there."""
    if isinstance(answer, list):
        return answer
    return next(value for value in answer.values() if isinstance(value, list))


def same(call: dict[str, Any], ours: Any) -> None:
    """Compare, apart from the shape of lists."""
    theirs = call["result"]
    adapter = snake(call["adapter"])
    if call["method"] == "list" and isinstance(theirs, dict):
        assert rows_of(ours) == comparable(rows_of(theirs), adapter)
        if theirs.get("next"):
            assert ours["next"] == theirs["next"]
        if options(call).get("include_totals"):
            total = theirs.get("totals", theirs)["length"]
            assert ours["total"] == total
        assert ours["length"] == len(rows_of(ours))
        return
    assert ours == expected(call)


@pytest.fixture
async def theirs(tmp_path: Path) -> AsyncIterator[Adapters]:
    """Adapters on a copy of AuthHero's SQLite file, as it stands."""
    copy = tmp_path / "copy.sqlite"
    shutil.copyfile(INTEROP / "authhero.sqlite", copy)
    async with connect(f"sqlite:///{copy}") as db:
        yield await create_adapters(db)


@needs_interop
@pytest.mark.parametrize("call", COVERED, ids=lambda call: f"{call['adapter']}.{call['method']}{json.dumps(call['args'])[:60]}")
async def test_sqlite_gives_their_answers(theirs: Adapters, call: dict[str, Any]) -> None:
    same(call, await ask(theirs, call))


@needs_interop
async def test_every_call_is_covered_or_waits() -> None:
    waiting = [call for call in calls() if not covered(call)]
    by_filter = [call for call in waiting if snake(call["adapter"]) in PARTS]
    assert all("q" in options(call) for call in by_filter)
    assert (len(calls()), len(COVERED), len(by_filter)) == (144, 45, 22)


@needs_interop
async def test_a_broken_or_foreign_cursor_is_refused(theirs: Adapters) -> None:
    page: Page[Any] = await theirs.users.list("acme", take=3)
    assert page.next is not None
    for cursor in ("nonsense", page.next[:-4], ""):
        with pytest.raises(InvalidQueryError):
            await theirs.users.list("acme", take=3, from_=cursor)
    with pytest.raises(InvalidQueryError):
        await theirs.users.list("acme", take=3, from_=page.next, sort="created_at:asc")
    with pytest.raises(InvalidQueryError):
        await theirs.logs.list("acme", take=3, from_=page.next)


GENERATED = re.compile(r"^(20[2-9]\d-\d\d-\d\dT|[\w-]{21}$|[0-9A-HJKMNP-TV-Z]{26}$)")


def anonymous(value: Any) -> Any:
    """Without what each of the two databases was given by its own run: generated ids and the times of writing."""
    if isinstance(value, list):
        return [anonymous(item) for item in value]
    if isinstance(value, dict):
        return {name: anonymous(item) for name, item in value.items() if name not in {"created_at", "updated_at"}}
    return "…" if isinstance(value, str) and GENERATED.match(value) and not value.startswith(("2026-06", "2026-05")) else value


async def load(url: str) -> None:
    """Load the dump, statement by statement."""
    async with connect(url) as db:
        for statement in (INTEROP / "authhero.mysql.sql").read_text("utf-8").split(";\n"):
            if statement.strip():
                await db.execute(Call(statement.replace("%", "%%")))


@needs_interop
@pytest.mark.engines("mysql")
@pytest.mark.filterwarnings("ignore:Duplicate index")  # the two alike on login_sessions.state, of which ours drops one
async def test_mysql_gives_their_answers(engine: str, servers: Callable[[str], Server]) -> None:
    server = servers(engine)
    url = engines.create_database(server)
    try:
        await load(url)
        async with connect(url) as db:
            adapters = await create_adapters(db)
            login_id = (await db.fetch(Call("SELECT id FROM login_sessions WHERE csrf_token = 'csrf1'")))[0][0]
            for call in COVERED:
                here = json.loads(json.dumps(call).replace("01M8368EYT2JKC5VAPPN74ZMHC", login_id))
                if "take" in options(call) and "from" not in options(call) and call["adapter"] == "users":
                    assert len((await ask(adapters, here))["users"]) == options(call)["take"]
                    continue
                ours = await ask(adapters, here)
                same({**here, "result": anonymous(here["result"])}, anonymous(ours))
    finally:
        engines.drop_database(server, url)
