"""``q`` gives the same rows on every engine, compared with an evaluation in Python."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from authhero_sql import Adapters, InvalidQueryError, connect, create_adapters
from authhero_sql.crud.adapter import Adapter
from authhero_sql.dialects import Call
from tests.contract.builders import SOON, client, code, connection, key, log, refresh_token, session, tenant, user
from tests.kinds import adapter_classes

NAMES: tuple[str | None, ...] = (
    "Ada Lovelace", "ADA LOVELACE", "ada", None, "100%", "100", "a_b", "aXb", "a\\b", "É", "é", "e", "Éé", "stra\u00dfe", "STRASSE",
    "\u0130stanbul", "istanbul", "\u0131", "I", "\u212a", "k", "K", "\u03a3\u03c3\u03c2", "\u03c3\u03c3", "\u03c3\u03a3\u03c2", "😀 x",
    "😀", "o'brien", 'say "hi"', " lead", "trail ", "trail", "*star*", "", "new\nline", "(x) [y] {z}", "$1 %s ? :a", "\u01c5", "\u01c6",
    "\u00b5\u03bc\u039c", "\u0416\u0443\u043a", "\u0436\u0443\u043a",
)  # fmt: skip
MARKED = (None, "true", "a.b*c+d|e^f$g")
VERY_LONG = "".join(map(chr, range(0x400, 0x450)))
"""More letters than nested function calls could handle."""


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with two tenants that have the same kinds of users, log entries, clients and connections."""
    async with adapters.batch() as batch:
        for name in ("acme", "globex"):
            await tenant(batch, name)
            for number, full in enumerate(NAMES):
                await batch.users.create(
                    name,
                    user(
                        f"u{number:02}",
                        name=full,
                        nickname=NAMES[-number] if number % 3 else None,
                        email_verified=number % 2 == 0,
                        phone_verified=(None, True, False)[number % 3],
                        linked_to="auth0|ada" if number % 7 == 6 else None,
                    ),
                    import_metadata={"created_at": SOON + timedelta(seconds=number // 2, milliseconds=number % 5 * 250)},
                )
                if number % 3:
                    seen = {"last_login": SOON - timedelta(days=number), "login_count": number % 4, "last_ip": "::1"}
                    await batch.user_activity.upsert(name, f"auth0|u{number:02}", seen)
                await batch.logs.create(
                    name,
                    log(
                        log_id=f"{name[:1]}{number:02}",
                        type=("s", "f", "fp")[number % 3],
                        date=SOON + timedelta(hours=number),
                        description=full,
                        ip=("198.51.100.7", "2001:db8::7", None)[number % 3],
                        user_id=f"auth0|u{number:02}" if number % 2 else None,
                        **({"location_info": {"country_code": "DE", "city_name": full or "x", "latitude": "1", "longitude": "2",
                                              "time_zone": "UTC", "continent_code": "EU"}} if number % 4 else {}),
                    ),
                )  # fmt: skip
        await batch.clients.create("acme", client("spa", name="Spa", is_first_party=False, app_type="spa"))
        await batch.clients.create("acme", client("api", app_type=None))
        await batch.connections.create("acme", connection("sys", is_system=True))
    return adapters


async def names(adapters: Adapters, q: str, **options: Any) -> list[str | None]:
    """Return the names of Acme's matching users, with duplicates, in order."""
    page = await adapters.users.list("acme", q=q, per_page=1000, sort="user_id:asc", **options)
    return [item.name for item in page.items if item.user_id != "auth0|ada"]


async def ids(adapters: Adapters, q: str) -> set[str]:
    """Return the IDs of Acme's matching users."""
    return {item.user_id.removeprefix("auth0|") for item in (await adapters.users.list("acme", q=q, per_page=1000)).items}


# --- text ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in NAMES if name is not None], ids=ascii)
async def test_equality_is_exact(store: Adapters, name: str) -> None:
    escaped = "".join(f"\\{letter}" for letter in name) or '""'
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    for q in (f'name:"{quoted}"', f"name:{escaped}", f"name={escaped}", f'name:["{quoted}" TO "{quoted}"]', f"name:({escaped})"):
        assert await names(store, q) == [name]
        assert await names(store, f"-{q}") == [other for other in NAMES if other != name]


@pytest.mark.parametrize(
    ("part", "found"),
    [
        ("ada", {"Ada Lovelace", "ADA LOVELACE", "ada"}),
        ("LOVE", {"Ada Lovelace", "ADA LOVELACE"}),
        ("%", {"100%", "$1 %s ? :a"}),
        ("_", {"a_b"}),
        ("\\\\", {"a\\b"}),
        ("É", {"É", "é", "Éé"}),
        ("éÉ", {"Éé"}),
        ("STRASSE", {"STRASSE"}),
        ("STRA\u00dfE", {"stra\u00dfe"}),
        ("\u0130", {"\u0130stanbul"}),
        ("\u0131", {"\u0131"}),
        ("ist", {"istanbul"}),
        ("k", {"k", "K"}),
        ("\u212a", {"\u212a"}),
        ("\u03a3\u03c3", {"\u03a3\u03c3\u03c2", "\u03c3\u03c3", "\u03c3\u03a3\u03c2"}),
        ("\u03c2", {"\u03a3\u03c3\u03c2", "\u03c3\u03a3\u03c2"}),
        ("\u01c5", {"\u01c5"}),
        ("\u01c4", {"\u01c6"}),
        ("\u0416\u0423\u041a", {"\u0416\u0443\u043a", "\u0436\u0443\u043a"}),
        ("😀", {"😀 x", "😀"}),
        ("o'b", {"o'brien"}),
        ('\\"', {'say "hi"'}),
        ("\\*", {"*star*"}),
        ("w\\\nl", {"new\nline"}),
        ("\\(X\\)\\ [Y]\\ {", {"(x) [y] {z}"}),
        ("?", {"$1 %s ? :a"}),
        (VERY_LONG, set()),
    ],
    # A set has no deterministic order.
    ids=lambda value: ascii(value) if isinstance(value, str) else "rows",
)
async def test_parts_are_found_in_either_case(store: Adapters, part: str, found: set[str]) -> None:
    assert set(await names(store, f"name:*{part}*")) == found
    assert await names(store, f"-name:*{part}*") == [name for name in NAMES if name not in found]
    shown = {log.description for log in (await store.logs.list("acme", q=f'description:"{unescaped(part)}"', per_page=1000)).items}
    assert shown == found


def unescaped(part: str) -> str:
    """Return the part with the escapes of a quoted value removed."""
    plain = part.replace("\\\\", "\0").replace("\\", "").replace("\0", "\\")
    return plain.replace("\\", "\\\\").replace('"', '\\"')


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("name:ADA*", ["Ada Lovelace", "ADA LOVELACE", "ada"]),
        ("name:*LOVELACE", ["Ada Lovelace", "ADA LOVELACE"]),
        ("name:*e", ["Ada Lovelace", "ADA LOVELACE", "e", "stra\u00dfe", "STRASSE", "new\nline"]),
        ("name:\\ *", [" lead"]),
        ("name:*\\ ", ["trail "]),
        ("name:*\u03c3", ["\u03c3\u03c3"]),
        ("name:\u03a3\u03a3*", ["\u03a3\u03c3\u03c2", "\u03c3\u03c3", "\u03c3\u03a3\u03c2"]),
        ("name:\\**", ["*star*"]),
        ('name:"ada*"', []),
        ("name:*w", []),
        ("name:ine*", []),
        (f"name:*{VERY_LONG} OR name:{VERY_LONG}*", []),
    ],
    ids=ascii,
)
async def test_beginnings_and_ends(store: Adapters, q: str, found: list[str]) -> None:
    assert await names(store, q) == found


def swapped(text: str) -> str:
    """Return the text with the case of every letter swapped."""
    return "".join(letter.swapcase() if same_letter(letter, letter.swapcase()) else letter for letter in text)


LONG = "\u00fcn\u00cf x\u03c3\u0436\u00dfK.*[" * 6
"""A text that exceeds the maximum length of a pattern, with letters of one and two bytes and characters with a special meaning in
patterns."""


@pytest.mark.parametrize("length", [9, 20, len(LONG)])
async def test_long_texts_are_compared_to_the_last_letter(store: Adapters, length: int) -> None:
    await store.users.create("acme", user("long", name=LONG))
    for at, form in ((0, "name:{}*"), (min(5, len(LONG) - length), "name:*{}*"), (len(LONG) - length, "name:*{}")):
        text = swapped(LONG[at : at + length])
        for wrong in (None, 0, length // 2, length - 1):
            looked_for = text if wrong is None else f"{text[:wrong]}#{text[wrong + 1 :]}"
            q = form.format("".join(f"\\{letter}" for letter in looked_for))
            assert await names(store, q) == ([LONG] if wrong is None else []), q
            assert (LONG in await names(store, f"-{q}")) is (wrong is not None), q
        assert await names(store, f'"{text}"') == [LONG]


def largest(seed: int) -> str:
    """Return a filter of 8,192 bytes and 64 words, most of them of 60 different letters in another order, some negated."""
    letters = [chr(0x400 + (number * 7 + seed) % 96) for number in range(60)]
    words = [f"{'-' if number % 4 == 1 else ''}{''.join(letters[number:] + letters[:number])}" for number in range(60)]
    whole = " OR ".join([*words, "e", "-E", "\u00c9", "x"])
    return whole + "x" * (8192 - len(whole.encode()))


async def test_the_largest_filters_are_one_statement_and_answer(store: Adapters, caplog: pytest.LogCaptureFixture) -> None:
    sent: list[list[str]] = []
    for seed in range(3):
        caplog.clear()
        with caplog.at_level("DEBUG", "authhero_sql.sql"):
            for list_ in (store.logs.list, store.clients.list, store.connections.list):
                found = await list_("acme", q=largest(seed), per_page=1000, include_totals=True)
                assert found.total == len(found.items) > 0
                assert (await list_("acme", q=largest(seed), take=1000)).items
        sent.append([record.message.partition(": ")[2] for record in caplog.records])
    assert len(sent[0]) == 6
    assert sent[0] == sent[1] == sent[2]


async def test_the_deepest_filters_answer(store: Adapters) -> None:
    deep = "-\u00c9"
    for _ in range(31):
        deep = f"-\u00c9 OR -\u00e9 ({deep})"
    for q in (deep, f"{'NOT ' * 30}-\u00c9", f"{'(' * 31}-\u00c9{')' * 31}"):
        for list_ in (store.users.list, store.logs.list, store.clients.list, store.hooks.list):
            every = await list_("acme", per_page=1000)
            found = await list_("acme", q=q, per_page=1000)
            assert len(found.items) == len(every.items) - len((await list_("acme", q="\u00e9", per_page=1000)).items), q


async def test_text_has_an_order(store: Adapters) -> None:
    given = [name for name in NAMES if name is not None]
    for low, high in (("K", "k"), ("", "\u0130"), ("é", "😀"), ("trail", "trail "), ("z", "a")):
        q = f'"{low}" TO "{high}"'
        assert await names(store, f"name:[{q}]") == [name for name in given if low <= name <= high]
        assert await names(store, f"name:{{{q}}}") == [name for name in given if low < name < high]
        assert await names(store, f"name:[{q}}}") == [name for name in given if low <= name < high]
        assert await names(store, f'name:>"{low}"') == [name for name in given if name > low]
        assert await names(store, f'-name:>"{low}"') == [name for name in NAMES if name is None or name <= low]


async def test_exists(store: Adapters) -> None:
    for q in ("_exists_:name", "name:*", "name:[* TO *]"):
        assert await names(store, q) == [name for name in NAMES if name is not None]
        assert await names(store, f"-{q}") == [None]
        assert await names(store, f"NOT NOT {q}") == [name for name in NAMES if name is not None]


# --- other types -----------------------------------------------------------------------------------------------------------------


async def test_booleans(store: Adapters) -> None:
    every = set(range(len(NAMES)))
    verified = {f"u{number:02}" for number in every if number % 2 == 0}
    assert await ids(store, "email_verified:true") - {"ada"} == verified
    assert await ids(store, "-email_verified:true") - {"ada"} == {f"u{number:02}" for number in every} - verified
    assert await ids(store, "phone_verified:false") == {f"u{number:02}" for number in every if number % 3 == 2}
    assert await ids(store, "-phone_verified:false") - {"ada"} == {f"u{number:02}" for number in every if number % 3 != 2}
    assert [item.client_id for item in (await store.clients.list("acme", q="is_first_party:false")).items] == ["spa"]


async def test_what_is_marked_or_absent(store: Adapters) -> None:
    async def found(q: str) -> set[str]:
        return {item.name for item in (await store.connections.list("acme", q=q)).items}

    assert await found("is_system:true") == await found("_exists_:is_system") == await found("-is_system:false") == {"sys"}
    assert await found("is_system:false") == await found("-_exists_:is_system") == await found("-is_system:true") == {"db"}


async def test_numbers_of_rows_that_may_be_missing(store: Adapters) -> None:
    counts = {f"u{number:02}": number % 4 if number % 3 else 0 for number in range(len(NAMES))} | {"ada": 0}
    assert await ids(store, "_exists_:login_count") == set(counts)
    assert await ids(store, "-_exists_:login_count") == set()
    tests: dict[str, Callable[[int], bool]] = {
        "login_count:0": lambda n: n == 0,
        "-login_count:0": lambda n: n != 0,
        "login_count:>0": lambda n: n > 0,
        "-login_count:>0": lambda n: n <= 0,
        "login_count:<2": lambda n: n < 2,
        "login_count:[1 TO 2]": lambda n: 1 <= n <= 2,
        "login_count:{0 TO *]": lambda n: n > 0,
        "login_count:>-5": lambda n: n > -5,
        "-login_count:2147483647": lambda n: n < 2147483647,
    }
    for q, test in tests.items():
        assert await ids(store, q) == {name for name, number in counts.items() if test(number)}, q


async def test_text_and_times_of_rows_that_may_be_missing(store: Adapters) -> None:
    known = {f"u{number:02}" for number in range(len(NAMES)) if number % 3}
    every = {f"u{number:02}" for number in range(len(NAMES))} | {"ada"}
    assert await ids(store, 'last_ip:"::1"') == await ids(store, "last_ip:*:1*") == await ids(store, "_exists_:last_login") == known
    assert await ids(store, "-last_ip:\\:\\:1") == await ids(store, "-_exists_:last_login") == every - known
    assert await ids(store, "last_login:>=2026-01-31") == {"u01"}
    assert await ids(store, "-last_login:<2026-01-31") == every - known | {"u01"}
    page = await store.users.list("acme", q="last_ip:* -name:ada", per_page=3, include_totals=True)
    assert page.total == len(known) - (NAMES.index("ada") % 3 > 0)


INSTANTS = [
    datetime(2026, 1, 31, 23, 59, 59, 999000, UTC),
    datetime(2026, 2, 1, tzinfo=UTC),
    datetime(2026, 2, 1, 0, 0, 0, 1000, UTC),
    datetime(2026, 2, 1, 12, 0, 0, 500000, UTC),
    datetime(2026, 2, 1, 23, 59, 59, 999000, UTC),
    datetime(2026, 2, 2, tzinfo=UTC),
]


@pytest.mark.parametrize(
    ("operand", "found"),
    [
        ("2026-02-01", [1, 2, 3, 4]),
        (">2026-02-01", [5]),
        (">=2026-02-01", [1, 2, 3, 4, 5]),
        ("<2026-02-01", [0]),
        ("<=2026-02-01", [0, 1, 2, 3, 4]),
        ("2026-02-01T00:00:00Z", [1, 2]),
        ("2026-02-01T00:00:00", [1, 2]),
        ("2026-02-01T00:00:00.000Z", [1]),
        ('"2026-02-01T00:00:00.001"', [2]),
        ("2026-02-01T00:00:00.0019Z", [2]),
        ("2026-02-01T12:00:00.5Z", [3]),
        ("2026-02-01T13:30:00+01:30", [3]),
        ("2026-02-01T10:30:00-0130", [3]),
        (">2026-02-01T12:00:00Z", [4, 5]),
        (">2026-02-01T12:00:00.499Z", [3, 4, 5]),
        ("<2026-02-01T00:00:00.001Z", [0, 1]),
        ("<=2026-02-01T00:00:00.001Z", [0, 1, 2]),
        ("[2026-02-01 TO 2026-02-02]", [1, 2, 3, 4, 5]),
        ("[2026-02-01 TO 2026-02-02}", [1, 2, 3, 4]),
        ("{2026-02-01 TO 2026-02-02]", [5]),
        ("{2026-01-31 TO 2026-02-02}", [1, 2, 3, 4]),
        ("[* TO 2026-01-31]", [0]),
        ("[2026-02-01T12:00:00 TO *}", [3, 4, 5]),
        ("<=9999-12-31", [0, 1, 2, 3, 4, 5]),
        ("<0001-01-01", []),
    ],
)
async def test_instants_are_days_seconds_or_milliseconds(adapters: Adapters, operand: str, found: list[int]) -> None:
    await tenant(adapters)
    for number, instant in enumerate(INSTANTS):
        await adapters.logs.create("acme", log(log_id=f"l{number}", date=instant))
        await adapters.sessions.create("acme", session(f"s{number}", used_at=instant))
    await adapters.sessions.create("acme", session("never"))
    logs = await adapters.logs.list("acme", q=f"date:{operand}", sort="log_id:asc")
    assert [item.log_id for item in logs.items] == [f"l{number}" for number in found]
    used = await adapters.sessions.list("acme", q=f"used_at:{operand}", sort="id:asc")
    assert [item.id for item in used.items] == [f"s{number}" for number in found]
    unused = await adapters.sessions.list("acme", q=f"-used_at:{operand}", sort="id:asc")
    assert [item.id for item in unused.items] == ["never", *(f"s{number}" for number in range(6) if number not in found)]


# --- free text and names ---------------------------------------------------------------------------------------------------------


async def test_free_text(store: Adapters) -> None:
    assert set(await names(store, "lovelace")) == {"Ada Lovelace", "ADA LOVELACE"}
    assert set(await names(store, '"a love"')) == {"Ada Lovelace", "ADA LOVELACE"}
    assert await names(store, "u03@ACME") == [None]
    assert await names(store, "u03@acme lovelace") == []
    assert len(await names(store, "u03@acme OR lovelace")) == 3
    # A partial ID or one in another case matches no user, but the exact ID does.
    assert await names(store, "auth0|u03") == [None]
    assert await names(store, "auth0|u0") == await names(store, "AUTH0|U03") == []
    assert await names(store, "love*") == await names(store, "lovelace")
    assert await names(store, "-acme.example") == []
    assert await names(store, "-lovelace") == [name for name in NAMES if name is None or "lovelace" not in name.lower()]


async def test_free_text_that_looks_like_a_field(store: Adapters) -> None:
    found = await store.logs.list("acme", q="2001:db8::7", per_page=1000)
    assert {item.ip for item in found.items} == {"2001:db8::7"}
    await store.users.create("acme", user("web", name="https://x.example/a=b at 12:30"))
    for q in ("https://x.example/a=b", "12:30", "HTTPS://X", '"x.example/a=b at"'):
        assert await names(store, q) == ["https://x.example/a=b at 12:30"], q


async def test_logs_filter_by_their_columns(store: Adapters) -> None:
    found = await store.logs.list("acme", q="country_code:DE -type:s", per_page=1000, include_totals=True)
    assert found.total == len([number for number in range(len(NAMES)) if number % 4 and number % 3])
    assert all(item.location_info and item.location_info.country_code == "DE" for item in found.items)
    for field in ("hostname", "session_connection", "continent_code", "latitude"):
        await store.logs.list("acme", q=f"_exists_:{field}")


@pytest.mark.parametrize(
    ("q", "said"),
    [
        ("tenant_id:globex", "tenant_id"),
        ("-tenant_id:acme", "tenant_id"),
        ("_exists_:password", "password"),
        ("profileData:x", "profileData"),
        ("app_metadata:x", "app_metadata"),
        ("nope:1 name:x", "nope"),
        ("NAME:x", "NAME"),
        ('a"b', "quote"),
        ("email_verified:yes", "email_verified"),
        ("email_verified:1", "email_verified"),
        ("email_verified:>false", "email_verified"),
        ("email_verified:[false TO true]", "email_verified"),
        ("email_verified:t*", "email_verified"),
        ("login_count:five", "login_count"),
        ("login_count:5.0", "login_count"),
        ("login_count:\u0665", "login_count"),
        ("login_count:2147483648", "login_count"),
        ("login_count:>-2147483649", "login_count"),
        (f"login_count:{'9' * 5000}", "login_count"),
        ("login_count:1*", "login_count"),
        ('login_count:""', "login_count"),
        ("created_at:yesterday", "created_at"),
        ("created_at:2026", "created_at"),
        ("created_at:2026-02-30", "created_at"),
        ("created_at:2026-02-01T24:00:00", "created_at"),
        ("created_at:2026-02-01T00:00:00+24:00", "created_at"),
        ("created_at:0001-01-01T00:00:00+01:00", "created_at"),
        ("created_at:>9999-12-31T23:59:59-01:00", "created_at"),
        ("created_at:2026-*", "created_at"),
        ("created_at:\u0662026-01-01", "created_at"),
        ('""', "empty"),
        ("x" * 8193, "8192"),
    ],
)
async def test_what_cannot_be_asked_is_refused(store: Adapters, q: str, said: str) -> None:
    for options in ({}, {"include_totals": True}, {"take": 5}):
        with pytest.raises(InvalidQueryError, match=said) as caught:
            await store.users.list("acme", q=q, **options)
        assert "9" * 100 not in str(caught.value)
    with pytest.raises(InvalidQueryError):
        async for _ in store.users.iterate("acme", q=q):
            pass


async def test_an_unknown_field_is_named_beside_the_allowed_ones(store: Adapters) -> None:
    with pytest.raises(InvalidQueryError) as caught:
        await store.connections.list("acme", q=f"{'f' * 500}:secret")
    text = str(caught.value)
    assert "f" * 64 in text
    assert "f" * 65 not in text
    assert "secret" not in text
    assert "id, name, strategy, display_name, is_system" in text


@pytest.mark.parametrize("q", [5, b"x", ["x"], "a\0", "\ud800"])
async def test_what_is_no_text_is_refused(store: Adapters, q: Any) -> None:
    with pytest.raises(InvalidQueryError):
        await store.users.list("acme", q=q)


async def test_lists_without_free_text_say_so(store: Adapters) -> None:
    with pytest.raises(InvalidQueryError, match="wildcards"):
        await store.sessions.list("acme", q="auth0*")
    assert (await store.sessions.list("acme", q="auth0|ada")).items == []


async def test_blank_is_no_filter(store: Adapters) -> None:
    every = await store.users.list("acme", per_page=1000)
    for q in (None, "", " \t"):
        assert await store.users.list("acme", q=q, per_page=1000) == every


# --- every list ------------------------------------------------------------------------------------------------------------------


def repositories(of: type[Adapter[Any]] = Adapter) -> list[type[Adapter[Any]]]:
    """Return all adapters with a table and a list."""
    found = [of] if vars(of).get("rules") and of.__module__.startswith("authhero_sql.") else []
    return found + [each for below in of.__subclasses__() for each in repositories(below)]


@pytest.mark.parametrize("adapter", repositories(), ids=lambda adapter: adapter.__name__)
def test_every_declared_field_has_a_column(adapter: type[Adapter[Any]]) -> None:
    targets, rules = adapter._targets(), adapter.rules
    assert rules is not None
    assert list(targets) == list(rules.fields)
    assert {*rules.search, *rules.exact, *rules.parts} <= set(targets)


async def test_every_field_of_every_list_can_be_asked_for(adapters: Adapters) -> None:
    await tenant(adapters)
    await adapters.codes.create("acme", code())
    await adapters.refresh_tokens.create("acme", refresh_token())
    await adapters.keys.create(key())
    for adapter in (getattr(adapters, name) for name in adapter_classes()):
        if isinstance(adapter, Adapter) and adapter.rules is not None and hasattr(adapter, "list"):
            where = {adapter.table["tenant_id"]: "acme"} if adapter.table.tenant_scoped else {}
            for field in adapter.rules.fields:
                await adapter._lists.page(
                    where, page=0, per_page=1, include_totals=True, sort=None, q=f"_exists_:{field} OR -_exists_:{field}"
                )


async def test_other_lists(adapters: Adapters) -> None:
    await tenant(adapters, "acme")
    await tenant(adapters, "globex")
    await adapters.codes.create("acme", code("c1"))
    await adapters.codes.create("acme", code("c2", code_type="password_reset", login_id="other"))
    await adapters.refresh_tokens.create("acme", refresh_token("r1"))
    await adapters.refresh_tokens.create("acme", refresh_token("r2", rotating=False, login_id="other"))
    await adapters.keys.create(key("k1"))
    assert [item.code_id for item in (await adapters.codes.list("acme", q="code_type:otp")).items] == ["c1"]
    assert [item.code_id for item in (await adapters.codes.list("acme", q="other")).items] == ["c2"]
    assert [item.id for item in (await adapters.refresh_tokens.list("acme", q="rotating:false")).items] == ["r2"]
    assert [item.id for item in (await adapters.refresh_tokens.list("acme", q="login")).items] == ["r1"]
    assert [item.id for item in (await adapters.tenants.list(q="GLOB")).items] == ["globex"]
    assert [item.id async for item in adapters.tenants.iterate(q="-globex")] == ["acme"]
    assert [item.kid for item in (await adapters.keys.list(q="type:jwt_signing K1")).items] == ["k1"]
    assert (await adapters.keys.list(q="type:saml_encryption")).items == []


# --- pages -----------------------------------------------------------------------------------------------------------------------


async def test_pages_totals_and_walks_keep_to_the_filter(store: Adapters) -> None:
    q = "email_verified:true -name:*a*"
    whole = await store.users.list("acme", q=q, per_page=1000, include_totals=True)
    assert whole.length == whole.total
    assert 3 < whole.length < len(NAMES)
    pages = [await store.users.list("acme", q=q, page=page, per_page=4, include_totals=True) for page in range(6)]
    assert [item for page in pages for item in page.items] == whole.items[:24]
    assert {page.total for page in pages} == {whole.total}
    beyond = await store.users.list("acme", q=q, page=99, include_totals=True)
    assert (beyond.items, beyond.total) == ([], whole.total)
    # Checkpoint pagination excludes linked accounts, with and without a filter.
    own = [item.user_id for item in whole.items if item.linked_to is None]
    assert len(own) < whole.length
    assert [item.user_id async for item in store.users.iterate("acme", q=q, batch=3)] == own
    assert [item.user_id async for item in store.users.iterate("acme", q="_exists_:linked_to")] == []
    first = await store.users.list("acme", q="login_count:>0", take=4)
    second = await store.users.list("acme", q="login_count:>0", take=4, from_=first.next)
    assert all(item.login_count > 0 for item in (*first.items, *second.items))
    assert len({item.user_id for item in (*first.items, *second.items)}) == 8


async def test_dates_of_a_log_stay_in_force(store: Adapters) -> None:
    start = int((SOON + timedelta(hours=5)).timestamp())
    for options in ({"per_page": 1000}, {"take": 1000}):
        given: dict[str, Any] = options
        found = await store.logs.list("acme", q="type:s OR type:f", from_date=start, to_date=start + 3600 * 4, **given)
        assert sorted(item.log_id for item in found.items) == ["a06", "a07", "a09"]


INJECTIONS = (
    "' OR '1'='1", "x' OR 1=1 --", "%' OR '%'='", "1; DROP TABLE users", "\\' OR 1=1 -- ", "{0}", "{1}", "%s %(x)s", "$2", "??", ":q_0",
    "name) OR (1=1", "*/ OR 1=1 /*", "[[:alpha:]]", ".*", "(?i)a", "\\E.*", "\\Qa", "(?#", "[^x]", "a{1000}", "(((((((",
)  # fmt: skip


@pytest.mark.parametrize("text", INJECTIONS)
async def test_injections_are_values(store: Adapters, text: str) -> None:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    escaped = "".join(f"\\{letter}" for letter in text)
    for q in (f'name:"{quoted}"', f"name:*{escaped}*", f"name:{escaped}*", f"name:*{escaped}", f'"{quoted}"', escaped):
        assert await names(store, q) == []
    for field in ("name) OR (1=1", 'name" OR 1=1 --', "name`", "name;", "name'"):
        try:
            assert await names(store, f"{field}:{escaped}") == []
        except InvalidQueryError:
            continue


# --- prepared statements -----------------------------------------------------------------------------------------------------------


@pytest.mark.engines("postgresql")
@pytest.mark.parametrize("kept", [1000, 0], ids=["cache", "no cache"])
async def test_a_server_keeps_none_of_callers_filters_prepared(migrated_url: str, kept: int) -> None:
    async with connect(migrated_url, max_size=1, statement_cache_size=kept) as db:
        adapters = await create_adapters(db)
        await tenant(adapters)
        await adapters.users.create("acme", user("zo\u00eb", name="Zo\u00eb"))
        for number in range(8):
            for _ in range(3):
                assert (await adapters.users.list("acme", q=" OR ".join(["ZO\u00cb"] * (number + 2)), include_totals=True)).total == 1
        async with adapters.transaction() as tx:
            for number in range(8):
                assert await names(tx, f"{'-qq ' * number}name:*o\u00cb") == ["Zo\u00eb"]
        query = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%translate%' AND statement NOT LIKE '%pg_prepared%'"
        assert (await db.fetch(Call(query)))[0][0] == 0


# --- case-insensitive collations ---------------------------------------------------------------------------------------------------


@pytest.mark.engines("mysql")
async def test_tables_that_fold_case_give_the_same_rows(database_url: str) -> None:
    from authhero_sql import migrate_to_latest

    async with connect(database_url) as db:
        await migrate_to_latest(db)
        await db.execute(Call("ALTER TABLE logs CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"))
    async with connect(database_url) as db:
        adapters = await create_adapters(db)
        await adapters.tenants.create({"id": "acme", "friendly_name": "Acme"})
        for number, name in enumerate(NAMES):
            await adapters.logs.create("acme", log(log_id=f"l{number:02}", description=name, user_name=name))
        for name in (name for name in NAMES if name):
            escaped = "".join(f"\\{letter}" for letter in name)
            parts = [given for given in NAMES if given is not None and contains(given, name)]
            for q, expected in {
                f"user_name:{escaped}": [name],
                f"user_name:*{escaped}*": parts,
                f"description:{escaped}": parts,
                escaped: parts,
            }.items():
                found = await adapters.logs.list("acme", q=q, per_page=1000, sort="log_id:asc")
                assert [item.user_name for item in found.items] == expected


# --- evaluation in Python --------------------------------------------------------------------------------------------------------


def same_letter(one: str, other: str) -> bool:
    """Return whether two characters are equal or differ only in case."""
    if one == other:
        return True
    return (one.lower() == other and other.upper() == one) or (other.lower() == one and one.upper() == other)


def contains(text: str, part: str) -> bool:
    """Return whether a text contains a part, ignoring case."""
    return any(starts_with(text[start:], part) for start in range(len(text) - len(part) + 1))


def starts_with(text: str, part: str) -> bool:
    """Return whether a text starts with a part, ignoring case."""
    return len(text) >= len(part) and all(map(same_letter, text, part))


def ends_with(text: str, part: str) -> bool:
    """Return whether a text ends with a part, ignoring case."""
    return len(text) >= len(part) and all(map(same_letter, text[len(text) - len(part) :], part))


Test = Callable[[Any], bool]


@dataclass(frozen=True)
class Clause:
    """A query, and a function that returns whether a row matches it."""

    q: str
    test: Test

    def __repr__(self) -> str:
        return repr(self.q)


def operand(value: str, quoted: bool) -> str:
    """Return the value as an operand of the query language."""
    if quoted or not value:
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return "".join(letter if letter.isalnum() else f"\\{letter}" for letter in value)


def value_of(row: Any, field: str) -> Any:
    """Return the value of a field. The location of a log entry is a nested object."""
    if field in ("country_code", "city_name"):
        return getattr(row.location_info, field, None)
    value = getattr(row, field)
    return value.isoformat(timespec="milliseconds") if isinstance(value, datetime) else value


SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
}
VALUES = sorted({name for name in NAMES if name is not None} | {"aX", "ADA", "z", "\u00df", "\u03a3", "lovelace", "%", "\\", "1"})
SECONDS = [(SOON + timedelta(seconds=second)).isoformat()[:19] for second in (-1, 0, 1, 5, 12)]
MOMENTS = [
    "2026-01-31",
    "2026-02-01",
    "2026-02-02",
    "2025-12-24",
    *SECONDS,
    *(f"{second}.{part}" for second in SECONDS for part in ("000", "250")),
]


def field_test(field: str, test: Test) -> Test:
    """Return a test that requires the field to have a value."""
    return lambda row: value_of(row, field) is not None and test(value_of(row, field))


def comparison_clauses(field: str, text: str, bound: Any, cut: int | None = None) -> list[Clause]:
    """Return clauses with equality and all comparisons of a field, whose values are truncated to ``cut`` characters."""

    def at(test: Callable[[Any, Any], bool]) -> Test:
        return field_test(field, lambda value: test(value if cut is None else value[:cut], bound))

    clauses = [Clause(f"{field}:{text}", at(lambda a, b: bool(a == b)))]
    clauses += [Clause(f"{field}:{sign}{text}", at(test)) for sign, test in SIGNS.items()]
    clauses += [Clause(f"{field}:[{text} TO *]", at(SIGNS[">="])), Clause(f"{field}:{{* TO {text}}}", at(SIGNS["<"]))]
    return clauses


@st.composite
def text_clauses(draw: st.DrawFn, fields: tuple[str, ...]) -> Clause:
    """Generate clauses for a text column."""
    field, value, quoted = draw(st.sampled_from(fields)), draw(st.sampled_from(VALUES)), draw(st.booleans())
    clauses = comparison_clauses(field, operand(value, quoted), value)
    if value:
        bare = operand(value, False)
        clauses += [
            Clause(f"{field}:{bare}*", field_test(field, lambda given: starts_with(given, value))),
            Clause(f"{field}:*{bare}*", field_test(field, lambda given: contains(given, value))),
            Clause(f"{field}:*{bare}", field_test(field, lambda given: ends_with(given, value))),
        ]
    return draw(st.sampled_from(clauses))


@st.composite
def moment_clauses(draw: st.DrawFn, fields: tuple[str, ...]) -> Clause:
    """Generate clauses for a time column."""
    field, moment = draw(st.sampled_from(fields)), draw(st.sampled_from(MOMENTS))
    return draw(st.sampled_from(comparison_clauses(field, moment, moment, len(moment))))


def existence_clauses(fields: tuple[str, ...]) -> st.SearchStrategy[Clause]:
    """Generate clauses for the existence of a field."""
    return st.sampled_from([Clause(f"_exists_:{field}", field_test(field, lambda _: True)) for field in fields])


def flag_clauses(fields: tuple[str, ...]) -> st.SearchStrategy[Clause]:
    """Generate clauses for a flag."""
    yes = [Clause(f"{field}:true", field_test(field, lambda given: given is True)) for field in fields]
    no = [Clause(f"{field}:false", field_test(field, lambda given: given is False)) for field in fields]
    return st.sampled_from([*yes, *no])


def words(search: tuple[str, ...], exact: tuple[str, ...]) -> st.SearchStrategy[Clause]:
    """Generate free text."""

    def clause(value: str, quoted: bool) -> Clause:
        def test(row: Any) -> bool:
            given = [value_of(row, field) or "" for field in search]
            return any(contains(text, value) for text in given) or any(value_of(row, field) == value for field in exact)

        return Clause(operand(value, quoted) if quoted else f"\\{value[0]}{operand(value[1:], False) if value[1:] else ''}", test)

    return st.builds(clause, st.sampled_from([value for value in VALUES if value]), st.booleans())


def every(one: Test, other: Test) -> Test:
    """Return the conjunction of two clauses."""
    return lambda row: one(row) and other(row)


def disjunction(one: Test, other: Test) -> Test:
    """Return the disjunction of two clauses."""
    return lambda row: one(row) or other(row)


def combinations(clauses: st.SearchStrategy[Clause]) -> st.SearchStrategy[Clause]:
    """Generate combinations of clauses with negation, AND and OR, in parentheses if necessary."""

    def negated(clause: Clause, words: str) -> Clause:
        return Clause(f"{words}({clause.q})", lambda row: not clause.test(row))

    def joined(parts: list[Clause], operator: str) -> Clause:
        whole = parts[0]
        for part in parts[1:]:
            test = disjunction(whole.test, part.test) if operator == " OR " else every(whole.test, part.test)
            whole = Clause(f"({whole.q}){operator}({part.q})", test)
        return whole

    def flat(one: Clause, two: Clause, three: Clause) -> Clause:
        """Generate clauses without parentheses: negation has the highest precedence and OR the lowest."""
        return Clause(f"(({one.q}) OR -({two.q}) ({three.q}))", lambda row: one.test(row) or (not two.test(row) and three.test(row)))

    def deeper(inner: st.SearchStrategy[Clause]) -> st.SearchStrategy[Clause]:
        return st.one_of(
            st.builds(negated, inner, st.sampled_from(["-", "NOT ", "NOT"])),
            st.builds(joined, st.lists(inner, min_size=2, max_size=3), st.sampled_from([" ", " AND ", " OR ", "\n"])),
            st.builds(flat, inner, inner, inner),
        )

    once = st.one_of(clauses, deeper(clauses))
    return st.one_of(once, deeper(once))


TEXTS = ("name", "nickname", "email", "user_id", "linked_to", "last_ip")
TIMES = ("created_at", "last_login")
FLAGS = ("email_verified", "phone_verified", "is_social", "blocked")
numbers = st.integers(-1, 4).flatmap(lambda number: st.sampled_from(comparison_clauses("login_count", str(number), number)))
user_clauses = combinations(
    st.one_of(
        text_clauses(TEXTS), moment_clauses(TIMES), flag_clauses(FLAGS), numbers,
        existence_clauses((*TEXTS, *TIMES, *FLAGS, "login_count")),
        words(("email", "name", "phone_number"), ("user_id",)),
    )
)  # fmt: skip
LOG_TEXTS = ("type", "ip", "user_id", "city_name", "country_code")
log_clauses = combinations(
    st.one_of(
        text_clauses(LOG_TEXTS),
        moment_clauses(("date",)),
        existence_clauses((*LOG_TEXTS, "description")),
        words(("ip", "description"), ("user_id",)),
        st.sampled_from([value for value in VALUES if value]).map(
            lambda value: Clause(f"description:{operand(value, True)}", field_test("description", lambda given: contains(given, value)))
        ),
    )
)
CLIENT_TEXTS = ("client_id", "name", "app_type", "owner_user_id")
client_clauses = combinations(
    st.one_of(
        text_clauses(CLIENT_TEXTS), flag_clauses(("is_first_party",)), existence_clauses(CLIENT_TEXTS), moment_clauses(("created_at",)),
        words(("name", "client_id"), ()),
    )
)  # fmt: skip
plainly = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@given(clause=user_clauses)
@plainly
async def test_users_are_those_that_plain_python_selects(store: Adapters, clause: Clause) -> None:
    rows = (await store.users.list("acme", per_page=1000)).items
    expected = [row.user_id for row in rows if clause.test(row)]
    found = await store.users.list("acme", q=clause.q, per_page=1000, include_totals=True)
    assert [row.user_id for row in found.items] == expected
    assert found.total == len(expected)
    own = {row.user_id for row in rows if row.linked_to is None}
    walked = await store.users.list("acme", q=clause.q, take=1000)
    assert [row.user_id for row in walked.items] == [name for name in expected if name in own]


@given(clause=log_clauses)
@plainly
async def test_logs_are_those_that_plain_python_selects(store: Adapters, clause: Clause) -> None:
    rows = (await store.logs.list("acme", per_page=1000)).items
    found = await store.logs.list("acme", q=clause.q, per_page=1000)
    assert [row.log_id for row in found.items] == [row.log_id for row in rows if clause.test(row)]


@given(clause=client_clauses)
@plainly
async def test_clients_are_those_that_plain_python_selects(store: Adapters, clause: Clause) -> None:
    rows = (await store.clients.list("acme", per_page=1000)).items
    found = await store.clients.list("acme", q=clause.q, per_page=1000)
    assert [row.client_id for row in found.items] == [row.client_id for row in rows if clause.test(row)]


PIECES = [
    *'"\\()[]{}:=-*<>% \'',
    "AND", "OR", " OR ", "NOT ", " TO ", "_exists_:", "name:", "email:", "login_count:", "created_at:>", "tenant_id:",
    "globex", "acme", "1", "2026-01-01", "true", "email_verified:", "é", "\u0130", "😀", "' OR 1=1 --", "\n", "user_id:", "?", "$1", "{0}",
    "(?i)", "[a]", "\\d",
]  # fmt: skip
hostile = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=12).map("".join))


@given(q=hostile, sort=st.sampled_from([None, "name:asc", "last_login:-1"]), walks=st.booleans())
@example(q="(" * 8000, sort=None, walks=False)
@example(q='name:"' + "é" * 4000 + '"', sort=None, walks=False)
@example(q="name:*" + "aB" * 4000 + "*", sort=None, walks=True)
@example(q="name:*" + "".join(chr(0x400 + number) for number in range(96)) * 40 + "*", sort=None, walks=True)
@example(q=" OR ".join(["é*"] * 64), sort=None, walks=False)
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
async def test_a_hostile_filter_answers_within_the_tenant_or_is_refused(store: Adapters, q: str, sort: str | None, walks: bool) -> None:
    own = {item.log_id for item in (await store.logs.list("acme", per_page=1000)).items}
    for list_ in (store.users.list, store.logs.list):
        try:
            page: Any = await list_("acme", q=q, per_page=1000, **({"take": 1000} if walks else {"sort": sort, "include_totals": True}))
        except InvalidQueryError:
            continue
        for item in page.items:
            assert item.log_id in own if hasattr(item, "log_id") else "acme" in (item.email or "")
