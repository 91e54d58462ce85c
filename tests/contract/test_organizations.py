"""Organizations, members, connections, invitations and permissions, on every engine."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from authhero_sql import Adapters, ConflictError, ForeignKeyError, InvalidQueryError, InvalidValueError, Sort
from tests.contract.builders import SOON, connection, invite, organization, permission, resource_server, role, tenant, user


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with two equal tenants, Acme and Globex."""
    for name in ("acme", "globex"):
        await tenant(adapters, name)
    return adapters


async def test_an_organization_is_got_by_id_or_name(store: Adapters) -> None:
    created = await store.organizations.create("acme", organization("eng", display_name="Engineering"))
    assert created.id.startswith("org_")
    assert len(created.id) == 21
    assert await store.organizations.get("acme", created.id) == created == await store.organizations.get("acme", "eng")
    for other in ("ENG", "eng ", "none"):
        assert await store.organizations.get("acme", other) is None
    assert await store.organizations.get("globex", "eng") is None
    with pytest.raises(ConflictError) as caught:
        await store.organizations.create("acme", organization("eng"))
    assert caught.value.fields == ("name",)
    assert (await store.organizations.create("globex", organization("eng"))).id != created.id
    for wrong in ("", "Eng", "e n g", "eng\n", "é"):
        with pytest.raises(InvalidValueError):
            await store.organizations.create("acme", organization(wrong))


async def test_an_id_comes_before_a_name(store: Adapters) -> None:
    named = await store.organizations.create("acme", organization("other", id="x"))
    await store.organizations.create("acme", organization("x", id="y"))
    assert await store.organizations.get("acme", "x") == named


async def test_members_join_once_and_are_listed_by_when_they_joined(store: Adapters) -> None:
    ids = [(await store.organizations.create("acme", organization(name))).id for name in ("a", "b", "c")]
    for id in ids:
        await store.user_organizations.create("acme", {"user_id": "auth0|ada", "organization_id": id})
    with pytest.raises(ConflictError):
        await store.user_organizations.create("acme", {"user_id": "auth0|ada", "organization_id": ids[0]})
    for broken in ({"user_id": "auth0|none", "organization_id": ids[0]}, {"user_id": "auth0|ada", "organization_id": "none"}):
        with pytest.raises(ForeignKeyError):
            await store.user_organizations.create("acme", broken)
    page = await store.user_organizations.list_user_organizations("acme", "auth0|ada", include_totals=True, per_page=2)
    assert [part.name for part in page.items] == ["c", "b"]
    assert (page.total, page.length, page.items[0].joined_at > page.items[1].joined_at) == (3, 2, True)
    second = await store.user_organizations.list_user_organizations("acme", "auth0|ada", per_page=2, page=1)
    assert [part.name for part in second.items] == ["a"]
    assert (await store.user_organizations.list_user_organizations("globex", "auth0|ada", include_totals=True)).total == 0
    assert (await store.user_organizations.list("acme", q=f"organization_id:{ids[1]}", include_totals=True)).total == 1
    assert await store.organizations.remove("acme", ids[0]) is True
    assert (await store.user_organizations.list("acme", include_totals=True)).total == 2


async def test_connections_of_an_organization_carry_name_and_strategy(store: Adapters) -> None:
    await store.connections.create("acme", connection("google", strategy="google-oauth2"))
    org = (await store.organizations.create("acme", organization())).id
    created = await store.organization_connections.create("acme", org, {"connection_id": "con_google", "show_as_button": False})
    assert created.connection is not None
    assert (created.connection.name, created.connection.strategy) == ("google", "google-oauth2")
    assert (created.assign_membership_on_login, created.show_as_button, created.is_signup_enabled) == (False, False, True)
    await store.organization_connections.create("acme", org, {"connection_id": "con_db"})
    listed = await store.organization_connections.list("acme", org)
    assert [part.connection_id for part in listed] == ["con_google", "con_db"]
    assert await store.organization_connections.get("acme", org, "con_google") == created == listed[0]
    with pytest.raises(ConflictError):
        await store.organization_connections.create("acme", org, {"connection_id": "con_db"})
    with pytest.raises(ForeignKeyError):
        await store.organization_connections.create("acme", org, {"connection_id": "con_none"})
    assert await store.organization_connections.update("acme", org, "con_db", {"assign_membership_on_login": True}) is True
    assert await store.organization_connections.update("acme", org, "con_none", {"show_as_button": True}) is False
    for stranger in ("globex", "nowhere"):
        assert await store.organization_connections.list(stranger, org) == []
        assert await store.organization_connections.remove(stranger, org, "con_db") is False
    assert await store.organization_connections.remove("acme", org, "con_db") is True
    assert await store.organization_connections.get("acme", org, "con_db") is None


async def test_an_invitation_ends_when_it_says(store: Adapters) -> None:
    week = await store.invites.create("acme", invite())
    assert week.id.startswith("inv_")
    assert week.expires_at - week.created_at == timedelta(days=7)
    hour = await store.invites.create("acme", invite(ttl_sec=3600), import_metadata={"id": "i", "created_at": "2020-01-01T00:00:00Z"})
    assert hour.expires_at.isoformat() == "2020-01-01T01:00:00+00:00"
    assert await store.invites.get("acme", "i") == hour
    for wrong in ({"ttl_sec": 2_592_001}, {"organization_id": "x" * 51}, {"ttl_sec": -(10**15)}):
        with pytest.raises(InvalidValueError):
            await store.invites.create("acme", invite(**wrong))


async def test_an_invitation_with_a_new_lifetime_ends_accordingly(store: Adapters) -> None:
    made = await store.invites.create("acme", invite(), import_metadata={"id": "i", "created_at": SOON})

    async def end(**fields: Any) -> timedelta:
        assert await store.invites.update("acme", "i", fields) is True
        found = await store.invites.get("acme", "i")
        assert found is not None
        return found.expires_at - made.created_at

    assert await end(ttl_sec=3600) == timedelta(hours=1)
    assert await end(app_metadata={"a": 1}) == timedelta(hours=1)
    assert await end(expires_at=SOON + timedelta(hours=2)) == timedelta(hours=2)
    found = await store.invites.get("acme", "i")
    assert found is not None
    assert await store.invites.update("acme", "i", found.model_copy(update={"invitation_url": "https://x.example"}))
    assert await end(roles=[]) == timedelta(hours=2), "an unchanged model keeps its expiry"
    assert await end(ttl_sec=3600) == timedelta(hours=1)
    assert await store.invites.update("acme", "i", found.model_copy(update={"ttl_sec": 7200}))
    assert await end(roles=[]) == timedelta(hours=2)
    assert await end(ttl_sec=None) == timedelta(days=7)
    assert await store.invites.update("acme", "missing", {"ttl_sec": 60}) is False
    assert await store.invites.update("globex", "i", {"ttl_sec": 60}) is False
    for wrong in (2_592_001, -(10**15), "soon"):
        with pytest.raises(InvalidValueError):
            await store.invites.update("acme", "i", {"ttl_sec": wrong})


async def test_permissions_carry_the_name_of_their_api(store: Adapters) -> None:
    await store.resource_servers.create("acme", resource_server(name="The API"))
    admin = await store.roles.create("acme", role())
    other = permission(resource_server_identifier="https://none.example")
    assert await store.role_permissions.assign("acme", admin.id, [permission(), other, permission()]) is True
    await store.user_permissions.create("acme", "auth0|ada", permission())
    named = {part.resource_server_identifier: part.resource_server_name for part in await store.role_permissions.list("acme", admin.id)}
    assert named == {"https://api.example": "The API", "https://none.example": "https://none.example"}
    (own,) = await store.user_permissions.list("acme", "auth0|ada")
    assert (own.resource_server_name, own.organization_id) == ("The API", None)
    assert await store.role_permissions.remove("acme", admin.id, [other, other]) is True
    assert [part.permission_name for part in await store.role_permissions.list("acme", admin.id)] == ["read:x"]
    assert await store.role_permissions.list("globex", admin.id) == []


async def test_what_is_held_is_listed_whole_or_by_pages(store: Adapters) -> None:
    names = [f"p{number}:x" for number in (3, 0, 2, 4, 1)]
    roles = []
    for number, name in enumerate(names):
        hour = {"created_at": SOON + timedelta(hours=number)}
        roles.append(await store.roles.create("acme", role(name), import_metadata={"id": f"rol_{5 - number}", **hour}))
        for scope in ("", "org"):
            await store.user_roles.create("acme", "auth0|ada", f"rol_{5 - number}", scope)
        await store.role_permissions.assign("acme", "rol_1", [permission(name)])
        await store.user_permissions.create("acme", "auth0|ada", permission(name))
    for list_, place, field, totals in (
        (store.user_roles.list, ("acme", "auth0|ada"), "name", "roles"),
        (store.user_roles.list, ("acme", "auth0|ada", "org"), "name", "roles"),
        (store.role_permissions.list, ("acme", "rol_1"), "permission_name", "permissions"),
        (store.user_permissions.list, ("acme", "auth0|ada"), "permission_name", "permissions"),
        (store.user_permissions.list, ("acme", "auth0|ada", ""), "permission_name", "permissions"),
    ):

        async def asked(list_: Any = list_, place: Any = place, **options: Any) -> Any:
            return await list_(*place, **options)

        every = await asked()
        assert [getattr(item, field) for item in every] == names, "all of them, oldest first"
        pages = [await asked(page=number, per_page=2) for number in range(4)]
        assert [item for page in pages for item in page.items] == every
        assert [(page.start, page.limit, page.length, page.total) for page in pages[1:]] == [
            (2, 2, 2, None),
            (4, 2, 1, None),
            (6, 2, 0, None),
        ]
        counted = await asked(include_totals=True, per_page=1)
        assert (counted.items, counted.total, next(iter(counted.model_dump(by_alias=True)))) == (every[:1], 5, totals)
        assert (await asked(page=0)).limit == 50
        assert (await asked(per_page=5000)).limit == 1000
        ordered = sorted(every, key=lambda item: getattr(item, field))
        for sort in (f"{field}:asc", Sort(field)):
            assert await asked(sort=sort) == ordered
        assert (await asked(sort=f"-{field}", page=1, per_page=3)).items == ordered[::-1][3:]
        assert await asked(sort="created_at:desc") == every[::-1]
        for wrong in ({"page": -1}, {"per_page": "x"}, {"sort": "surprise:asc"}, {"page": True}):
            with pytest.raises(InvalidQueryError):
                await asked(**wrong)
    assert await store.role_permissions.list("acme", "rol_1", sort="resource_server_name:asc") != []
    assert (await store.user_roles.list("globex", "auth0|ada", page=0, include_totals=True)).total == 0


async def test_roles_hold_in_their_scope(store: Adapters) -> None:
    admin, reader = [await store.roles.create("acme", role(name)) for name in ("admin", "reader")]
    for made in (("auth0|ada", admin.id), ("auth0|ada", admin.id, "org"), ("auth0|ada", reader.id, "org"), ("auth0|ada", admin.id)):
        assert await store.user_roles.create("acme", *made) is True
    assert await store.user_roles.list("acme", "auth0|ada") == [admin, reader]
    assert await store.user_roles.list("acme", "auth0|ada", "") == [admin]
    assert await store.user_roles.list("acme", "auth0|ada", "org") == [admin, reader]
    assert await store.user_roles.list("acme", "auth0|ada", "ORG") == []
    assert await store.user_roles.remove("acme", "auth0|ada", reader.id) is True, "the user does not have the permission there"
    assert await store.user_roles.list("acme", "auth0|ada") == [admin, reader]
    for _ in range(2):
        assert await store.user_roles.remove("acme", "auth0|ada", reader.id, "org") is True
        assert await store.user_roles.list("acme", "auth0|ada") == [admin]


async def test_what_a_user_does_not_have_can_be_taken(store: Adapters) -> None:
    await store.user_permissions.create("acme", "auth0|ada", permission())
    for wrong in (permission("write:x"), permission(organization_id="org"), permission(resource_server_identifier="https://none.example")):
        assert await store.user_permissions.remove("acme", "auth0|ada", wrong) is True
    assert await store.user_permissions.remove("globex", "auth0|ada", permission()) is True
    assert len(await store.user_permissions.list("acme", "auth0|ada")) == 1
    async with store.batch() as batch:
        for _ in range(2):
            assert await batch.user_permissions.remove("acme", "auth0|ada", permission()) is True
        assert await batch.user_roles.remove("acme", "auth0|ada", "no role") is True
        await batch.users.update("acme", "auth0|ada", {"name": "Ada"})
    assert await store.user_permissions.list("acme", "auth0|ada") == []
    ada = await store.users.get("acme", "auth0|ada")
    assert ada is not None
    assert ada.name == "Ada", "a missing row does not roll back the batch"


async def test_the_users_of_a_role_are_told_once_each(store: Adapters) -> None:
    admin = await store.roles.create("acme", role())
    names = [f"auth0|u{number:02d}" for number in range(7)]
    for name in names:
        await store.users.create("acme", user(name.removeprefix("auth0|")))
        for scope in ("", "org_1", "org_2"):
            await store.user_roles.create("acme", name, admin.id, scope)
    page = await store.user_roles.list_users("acme", admin.id, per_page=3, page=1, include_totals=True)
    assert (page.items, page.start, page.total) == (names[3:6], 3, 7)
    walked: list[str] = []
    cursor: Any = None
    while True:
        part = await store.user_roles.list_users("acme", admin.id, take=2, from_=cursor)
        walked += part.items
        cursor = part.next
        if cursor is None:
            break
    assert walked == names
    for wrong in ({"page": -1}, {"per_page": "x"}, {"take": -1}, {"from_": "nonsense"}):
        with pytest.raises(InvalidQueryError):
            await store.user_roles.list_users("acme", admin.id, **wrong)
    assert (await store.user_roles.list_users("globex", admin.id)).items == []


async def test_options_of_an_api_are_merged(store: Adapters) -> None:
    api = await store.resource_servers.create(
        "acme", resource_server(options={"enforce_policies": True, "mtls": {"bound_access_tokens": True}})
    )
    assert (api.token_lifetime, api.token_lifetime_for_web, api.id[:4]) == (86400, 7200, "api_")
    assert await store.resource_servers.update("acme", api.id, {"options": {"token_dialect": "access_token", "mtls": None}, "name": "New"})
    changed = await store.resource_servers.get("acme", api.id)
    assert changed is not None
    assert changed.options is not None
    assert changed.options.model_dump(exclude_none=True) == {"enforce_policies": True, "token_dialect": "access_token"}
    assert changed.name == "New"
    assert await store.resource_servers.update("globex", api.id, {"options": {"enforce_policies": False}}) is False
    with pytest.raises(InvalidValueError):
        await store.resource_servers.update("acme", api.id, {"options": {"token_dialect": "other"}})
    with pytest.raises(ConflictError):
        await store.resource_servers.create("acme", resource_server())
