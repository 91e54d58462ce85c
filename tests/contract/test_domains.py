"""Custom domains and their proxy routes, on every engine."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from authhero_sql import Adapters, ConflictError, ForeignKeyError, InvalidQueryError, InvalidValueError
from authhero_sql.dialects import Call
from authhero_sql.models import CustomDomain, ProxyRoute
from tests.contract.builders import SOON, custom_domain, proxy_route, tenant

HOUR = timedelta(hours=1)


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with two tenants."""
    await tenant(adapters, "acme")
    await tenant(adapters, "globex")
    return adapters


async def domain(store: Adapters, name: str = "login.acme.example", tenant_id: str = "acme", **fields: Any) -> CustomDomain:
    """Return a new domain."""
    return await store.custom_domains.create(tenant_id, custom_domain(name, **fields))


async def route(
    store: Adapters, id: str, priority: int = 100, tenant_id: str = "acme", domain_id: str = "cd_1", **fields: Any
) -> ProxyRoute:
    """Return a new route."""
    metadata = {name: fields.pop(name) for name in ("created_at",) if name in fields}
    return await store.proxy_routes.create(tenant_id, proxy_route(domain_id, id=id, priority=priority, **fields), import_metadata=metadata)


# Domains.


async def test_a_new_domain_is_pending_and_not_primary_unless_it_says_so(store: Adapters) -> None:
    made = await domain(store, verification_method="txt")
    assert len(made.custom_domain_id) == 21
    expected = {
        "custom_domain_id": made.custom_domain_id, "domain": "login.acme.example", "type": "auth0_managed_certs", "primary": False,
        "status": "pending",
    }  # fmt: skip
    assert made.model_dump(exclude_none=True) == expected
    assert await store.custom_domains.get("acme", made.custom_domain_id) == made
    primary = await store.custom_domains.create("acme", custom_domain("first.example", primary=True))
    assert primary.primary is True
    assert await store.custom_domains.get("acme", primary.custom_domain_id) == primary
    with pytest.raises(InvalidValueError):
        await store.custom_domains.create("acme", custom_domain("second.example", primary="perhaps"))


async def test_what_a_domain_is_given_comes_back(store: Adapters) -> None:
    given = custom_domain(
        custom_domain_id="cd_own", type="self_managed_certs", tls_policy="recommended", custom_client_ip_header="null",
        domain_metadata={"env": "prod", "ö": "x" * 255},
    )  # fmt: skip
    made = await store.custom_domains.create("acme", given)
    assert made.model_dump(exclude_none=True, exclude={"primary", "status"}) == given
    assert await store.custom_domains.get("acme", "cd_own") == made
    with pytest.raises(ConflictError):
        await store.custom_domains.create("globex", custom_domain("other.example", custom_domain_id="cd_own"))
    with pytest.raises(ForeignKeyError):
        await store.custom_domains.create("nowhere", custom_domain())


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "free"},
        {"domain": "x" * 256},
        {"verification_method": "http"},
        {"tls_policy": "none"},
        {"domain_metadata": {"k": "x" * 256}},
        {"custom_client_ip_header": "x-own"},
        {"status": "ready"},
        {"surprise": 1},
    ],
)
async def test_a_domain_that_is_none_is_refused(store: Adapters, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        await store.custom_domains.create("acme", {**custom_domain(), **wrong})
    assert await store.custom_domains.list("acme") == []


async def test_a_domain_is_updated_in_the_fields_that_are_given(store: Adapters) -> None:
    made = await domain(store, domain_metadata={"a": "1"}, tls_policy="recommended")
    ways = [
        {"name": "txt", "record": "r", "domain": "d"},
        {"name": "http", "http_body": "b", "http_url": "u"},
        {"name": "CNAME", "record": "x.example", "domain": "d"},
    ]
    fields: dict[str, Any] = {
        "status": "ready", "primary": False, "origin_domain_name": "origin.example", "verification": {"methods": ways, "more": 1},
        "domain_metadata": {"b": "2"}, "tls_policy": None,
    }  # fmt: skip
    assert await store.custom_domains.update("acme", made.custom_domain_id, fields) is True
    found = await store.custom_domains.get("acme", made.custom_domain_id)
    assert found is not None
    assert found.model_dump() == {**made.model_dump(), **fields}
    assert await store.custom_domains.update("globex", made.custom_domain_id, {"status": "disabled"}) is False
    for wrong in ({"status": "gone"}, {"custom_domain_id": "x"}, {"primary": None}, {"tenant_id": "globex"}, {"domain": "x"}):
        with pytest.raises(InvalidValueError):
            await store.custom_domains.update("acme", made.custom_domain_id, wrong)


async def test_domains_are_listed_oldest_first(store: Adapters) -> None:
    for number in range(4):
        params = custom_domain(f"{number}.example", custom_domain_id=f"cd_{number}")
        await store.custom_domains.create("acme", params, import_metadata={"created_at": SOON - number // 2 * HOUR})
    await domain(store, "theirs.example", "globex")
    assert [item.custom_domain_id for item in await store.custom_domains.list("acme")] == ["cd_2", "cd_3", "cd_0", "cd_1"]
    assert [item.domain for item in await store.custom_domains.list("globex")] == ["theirs.example"]
    assert await store.custom_domains.list("nowhere") == []


async def test_a_domain_is_found_whoever_has_it(store: Adapters) -> None:
    ours, theirs = await domain(store), await domain(store, "login.globex.example", "globex")
    for made, tenant_id in ((ours, "acme"), (theirs, "globex")):
        found = await store.custom_domains.get_by_domain(made.domain)
        assert found is not None
        assert found.model_dump() == {**made.model_dump(), "tenant_id": tenant_id}
    for unknown in ("LOGIN.acme.example", "login.acme.example ", "login.acme.example.", "%", "", "acme.example"):
        assert await store.custom_domains.get_by_domain(unknown) is None
    assert await store.custom_domains.remove("globex", ours.custom_domain_id) is False
    assert await store.custom_domains.remove("acme", ours.custom_domain_id) is True
    assert await store.custom_domains.get_by_domain(ours.domain) is None


async def test_where_several_have_a_domain_the_oldest_is_found(store: Adapters) -> None:
    for tenant_id, created in (("acme", SOON), ("globex", SOON - HOUR)):
        await store.custom_domains.create(tenant_id, custom_domain("shared.example"), import_metadata={"created_at": created})
    found = await store.custom_domains.get_by_domain("shared.example")
    assert found is not None
    assert found.tenant_id == "globex"


async def test_a_domain_that_is_ready_beats_one_that_is_pending(store: Adapters) -> None:
    await store.custom_domains.create("acme", custom_domain("shared.example"), import_metadata={"created_at": SOON - HOUR})
    theirs = await store.custom_domains.create("globex", custom_domain("shared.example"), import_metadata={"created_at": SOON})
    await store.custom_domains.update("globex", theirs.custom_domain_id, {"status": "ready"})
    found = await store.custom_domains.get_by_domain("shared.example")
    assert found is not None
    assert found.tenant_id == "globex"
    resolved = await store.proxy_routes.resolve_host("shared.example")
    assert resolved is not None
    assert resolved.tenant_id == "globex"


# Routes.


async def test_a_route_of_another_tenants_domain_is_refused(store: Adapters) -> None:
    theirs, ours = await domain(store, "theirs.example", "globex"), await domain(store)
    with pytest.raises(ForeignKeyError):
        await route(store, "pr_1", domain_id=theirs.custom_domain_id)
    assert await store.proxy_routes.get("acme", "pr_1") is None
    await route(store, "pr_2", domain_id=ours.custom_domain_id)
    with pytest.raises(ForeignKeyError):
        await store.proxy_routes.update("acme", "pr_2", {"custom_domain_id": theirs.custom_domain_id})
    assert [item.custom_domain_id for item in (await store.proxy_routes.list("acme")).items] == [ours.custom_domain_id]


async def test_a_route_has_its_defaults(store: Adapters) -> None:
    made = await store.proxy_routes.create("acme", {"custom_domain_id": "cd_1", "match": {}, "handlers": [{"type": "block"}]})
    assert len(made.id) == 21
    assert (made.tenant_id, made.priority, made.match.path, made.handlers[0].options) == ("acme", 100, "/*", {})
    assert await store.proxy_routes.get("acme", made.id) == made


async def test_what_a_route_is_given_comes_back(store: Adapters) -> None:
    given = proxy_route(
        id="pr_own",
        priority=-5,
        match={"hosts": ["a"], "methods": ["GET"], "path": "/x/*", "headers": {"x-a": "1"}, "query": {"q": "é"}, "more": [1]},
        handlers=[{"type": "b", "options": {"deep": {"n": None, "big": 2**60}}}, {"type": "a", "options": {}}],
    )
    made = await store.proxy_routes.create("acme", given, import_metadata={"created_at": SOON, "updated_at": SOON + HOUR})
    assert made.model_dump() == {**given, "tenant_id": "acme", "created_at": SOON, "updated_at": SOON + HOUR}
    assert await store.proxy_routes.get("acme", "pr_own") == made
    assert await store.proxy_routes.get("globex", "pr_own") is None


async def test_a_route_is_updated_in_the_fields_that_are_given(store: Adapters) -> None:
    made = await route(store, "pr_1", match={"path": "/a", "hosts": ["h"]})
    assert await store.proxy_routes.update("acme", "pr_1", {"priority": 1, "match": {"path": "/b"}}) is True
    found = await store.proxy_routes.get("acme", "pr_1")
    assert found is not None
    assert (found.priority, found.match.path, found.match.hosts, found.handlers) == (1, "/b", None, made.handlers)
    assert found.updated_at > made.updated_at
    assert await store.proxy_routes.update("globex", "pr_1", {"priority": 2}) is False
    for wrong in ({"priority": None}, {"handlers": None}, {"id": "x"}, {"match": {"hosts": "h"}}, {"priority": 1.5}):
        with pytest.raises(InvalidValueError):
            await store.proxy_routes.update("acme", "pr_1", wrong)


async def test_routes_are_listed_by_priority(store: Adapters) -> None:
    for number, priority in enumerate([100, 5, 100, -1, 5]):
        await route(store, f"pr_{number}", priority, domain_id=f"cd_{number % 2}", created_at=SOON - number * HOUR)
    await route(store, "pr_theirs", 0, "globex")
    expected = ["pr_3", "pr_4", "pr_1", "pr_2", "pr_0"]
    page = await store.proxy_routes.list("acme", include_totals=True)
    assert ([item.id for item in page.items], page.total) == (expected, 5)
    pages = [(await store.proxy_routes.list("acme", page=number, per_page=2)).items for number in range(4)]
    assert [item.id for items in pages for item in items] == expected
    of_one = await store.proxy_routes.list("acme", custom_domain_id="cd_0", include_totals=True, per_page=2)
    assert ([item.id for item in of_one.items], of_one.total) == (["pr_4", "pr_2"], 3)
    assert (await store.proxy_routes.list("acme", custom_domain_id="")).items == []
    assert (await store.proxy_routes.list("globex", custom_domain_id="cd_0")).items == []
    assert page.model_dump(by_alias=True).keys() >= {"proxy_routes"}
    with pytest.raises(InvalidQueryError):
        await store.proxy_routes.list("acme", per_page=-1)


HOSTS = [
    "login.acme.example", "LOGIN.Acme.Example", "login.acme.example.", "login.acme.example:443", "login.acme.example.:8443",
    " login.acme.example ", "Login.Acme.Example.:443",
]  # fmt: skip


@pytest.mark.parametrize("host", HOSTS)
async def test_a_host_leads_to_its_tenant_and_its_routes(store: Adapters, host: str) -> None:
    made = await domain(store)
    last = await route(store, "pr_last", 200, domain_id=made.custom_domain_id)
    first = await route(store, "pr_first", 1, domain_id=made.custom_domain_id)
    await route(store, "pr_other", 1, domain_id="cd_other")
    # Earlier versions could store this.
    await route(store, "pr_theirs", 1, "globex", domain_id="cd_theirs")
    await store.database.execute(Call(f"UPDATE proxy_routes SET custom_domain_id = '{made.custom_domain_id}' WHERE id = 'pr_theirs'"))
    found = await store.proxy_routes.resolve_host(host)
    assert found is not None
    assert (found.tenant_id, found.custom_domain_id, found.domain) == ("acme", made.custom_domain_id, "login.acme.example")
    assert found.routes == [first, last]


@pytest.mark.parametrize(
    "host", ["", ".", ":443", "acme.example", "x.login.acme.example", "login.acme.example:http", "login.acme.example/x", "[::1]:443", "::1"]
)
async def test_a_host_that_nobody_has_leads_nowhere(store: Adapters, host: str) -> None:
    await domain(store)
    assert await store.proxy_routes.resolve_host(host) is None


async def test_a_domain_without_routes_is_found_all_the_same(store: Adapters) -> None:
    made = await domain(store)
    found = await store.proxy_routes.resolve_host("login.acme.example")
    assert found is not None
    assert found.model_dump() == {
        "tenant_id": "acme", "custom_domain_id": made.custom_domain_id, "domain": "login.acme.example", "routes": [],
    }  # fmt: skip


async def test_a_domain_is_kept_as_hosts_are_compared(store: Adapters) -> None:
    made = await domain(store, "Login.Acme.Example.")
    assert made.domain == "login.acme.example"
    assert await store.custom_domains.get("acme", made.custom_domain_id) == made
    for host in ("login.acme.example", "Login.Acme.Example."):
        found = await store.proxy_routes.resolve_host(host)
        assert found is not None
        assert found.tenant_id == "acme"
