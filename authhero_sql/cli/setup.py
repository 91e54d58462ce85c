"""Commands for the first set-up: ``init``, and each of its parts alone."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from .. import migrations
from ..adapters import create_adapters
from ..dialects import Database
from .invocation import MIGRATION_FAILED, Bar, Invocation, UsageError, app, command, counted, group
from .provisioning import APP_TYPES, SHORTEST_PASSWORD, ClientWanted, Part, UserWanted, Wanted, provision

PASSWORD = "AUTHHERO_SQL_PASSWORD"  # noqa: S105  # the name of a variable

tenants: typer.Typer = group("tenant", "Create tenants.")
clients: typer.Typer = group("client", "Create clients (applications).")
users: typer.Typer = group("user", "Create users with a password.")


def _callback(value: str) -> str:
    parts = urlsplit(value)
    if not parts.scheme or not (parts.netloc or parts.path) or parts.fragment:
        raise typer.BadParameter(f"{value!r} is not an absolute URL without a fragment")
    return value


def _callbacks(values: list[str]) -> list[str]:
    return [_callback(value) for value in values]


def _email(value: str | None) -> str | None:
    if value is None:
        return None
    before, at, after = value.strip().partition("@")
    if not (before and at and after) or any(letter.isspace() for letter in value.strip()):
        raise typer.BadParameter("this is not an e-mail address")
    return value.strip().lower()


def _app_type(value: str) -> str:
    if value not in APP_TYPES:
        raise typer.BadParameter("use regular_web, spa, native or another app_type of Auth0")
    return value


TenantOption = Annotated[str | None, typer.Option("--tenant", help="The id of the tenant.")]
TenantName = Annotated[str | None, typer.Option(help="The name of the tenant that people see.", show_default="its id")]
ClientName = Annotated[str, typer.Option(help="The name of the client.")]
Callbacks = Annotated[list[str], typer.Option("--callback", callback=_callbacks, help="A callback URL of the client; may be repeated.")]
AppTypeOption = Annotated[
    str,
    typer.Option(
        "--type", callback=_app_type, help="The type of the client, such as regular_web, spa or native; the last two have no secret."
    ),
]
Email = Annotated[str | None, typer.Option(callback=_email, help="The e-mail address of the user.")]
UserName = Annotated[str | None, typer.Option(help="The name of the user.", show_default="the e-mail address")]
PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help=f"Read the password from standard input; else from {PASSWORD}, or a terminal asks for it.")
]


@command(app)
def init(
    cli: Invocation,
    tenant: TenantOption = None,
    tenant_name: TenantName = None,
    client_name: ClientName = "Default App",
    callback: Callbacks = [],  # noqa: B006  # typer copies it
    app_type: AppTypeOption = "regular_web",
    email: Email = None,
    user_name: UserName = None,
    *,
    password_stdin: PasswordStdin = False,
    yes: Annotated[bool, typer.Option("--yes", help="Apply pending migrations without asking.")] = False,
) -> None:
    """Prepare a database for the first login: schema, tenant, connection, signing key, client and administrator.

    A terminal asks for what is not given. What exists already stays as it is. The administrator is a user with a password; what
    this user may do is for your server to decide.
    """
    tenant = _required(cli, "--tenant", "Tenant id", tenant, default="default")
    callback = callback or [_asked(cli, "--callback", "Callback URL of the client", _callback)]
    email = _required(cli, "--email", "E-mail address of the administrator", email, _email)
    with Bar(cli) as bar:

        async def work(database: Database) -> tuple[list[str], list[Part]]:
            pending = (await migrations.migration_status(database)).pending
            if pending and not yes:
                _agree_to_migrate(cli, len(pending))
            applied = await migrations.migrate_to_latest(database, report=bar)
            return applied, await provision(await create_adapters(database), wanted)

        wanted = Wanted(
            tenant=tenant,
            tenant_name=tenant_name or tenant,
            key=True,
            connection=True,
            client=ClientWanted(client_name, tuple(callback), app_type),
            user=UserWanted(email, _password(cli, stdin=password_stdin), user_name),
        )
        applied, parts = cli.run(work, create=True)
    _show(cli, parts, applied)


@command(tenants, "create")
def create_tenant(cli: Invocation, tenant: TenantOption = None, name: TenantName = None) -> None:
    """Create a tenant unless it exists."""
    tenant = _required(cli, "--tenant", "Tenant id", tenant)
    _provision(cli, Wanted(tenant=tenant, tenant_name=name or tenant))


@command(clients, "create")
def create_client(
    cli: Invocation,
    tenant: TenantOption = None,
    name: ClientName = "Default App",
    callback: Callbacks = [],  # noqa: B006  # typer copies it
    app_type: AppTypeOption = "regular_web",
) -> None:
    """Create a client unless the tenant has one of this name, and print its secret once."""
    tenant = _required(cli, "--tenant", "Tenant id", tenant)
    callback = callback or [_asked(cli, "--callback", "Callback URL of the client", _callback)]
    _provision(cli, Wanted(tenant=tenant, client=ClientWanted(name, tuple(callback), app_type)))


@command(users, "create")
def create_user(
    cli: Invocation, tenant: TenantOption = None, email: Email = None, name: UserName = None, *, password_stdin: PasswordStdin = False
) -> None:
    """Create a user with a password, unless the tenant has one with this e-mail address."""
    tenant = _required(cli, "--tenant", "Tenant id", tenant)
    email = _required(cli, "--email", "E-mail address", email, _email)
    _provision(cli, Wanted(tenant=tenant, connection=True, user=UserWanted(email, _password(cli, stdin=password_stdin), name)))


def _required(
    cli: Invocation,
    option: str,
    question: str,
    given: str | None,
    check: Callable[[str], str | None] = lambda value: value,
    default: str | None = None,
) -> str:
    return given or _asked(cli, option, question, check, default)


def _asked(cli: Invocation, option: str, question: str, check: Callable[[str], str | None], default: str | None = None) -> str:
    """Ask on a terminal until the answer will do; elsewhere the option is missing."""
    if not cli.can_ask:
        raise UsageError(f"missing option {option}")
    while True:
        try:
            answer = check(str(typer.prompt(question, default=default)))
        except typer.BadParameter as error:
            cli.say(error.message)
        else:
            if answer:
                return answer


def _agree_to_migrate(cli: Invocation, number: int) -> None:
    if not cli.can_ask:
        raise UsageError(f"{counted(number, 'migration')} pending: pass --yes to apply them")
    if not typer.confirm(f"{counted(number, 'migration')} pending. Apply now?", default=True):
        cli.say("nothing was changed")
        raise typer.Exit(MIGRATION_FAILED)


def _password(cli: Invocation, *, stdin: bool) -> Callable[[], str]:
    """Return what asks for the password, once it is needed."""

    def ask() -> str:
        if stdin:
            password = sys.stdin.readline().rstrip("\r\n")
        elif PASSWORD in os.environ:
            password = os.environ[PASSWORD]
        elif cli.can_ask:
            password = str(typer.prompt("Password", hide_input=True, confirmation_prompt="The same password again"))
        else:
            raise UsageError(f"a password is missing: pass --password-stdin, or set {PASSWORD}")
        if len(password) < SHORTEST_PASSWORD:
            raise UsageError(f"the password must have at least {SHORTEST_PASSWORD} characters")
        return password

    return ask


def _provision(cli: Invocation, wanted: Wanted) -> None:
    async def work(database: Database) -> list[Part]:
        return await provision(await create_adapters(database), wanted)

    _show(cli, cli.run(work), [])


def _show(cli: Invocation, parts: list[Part], applied: list[str]) -> None:
    """Say what there is now, and what goes into the configuration of the application."""
    shown: dict[str, Any] = {part.kind.replace(" ", "_"): {"name": part.name, "created": part.created, **part.details} for part in parts}
    lines = [f"{counted(len(applied), 'migration')} applied"] if applied else []
    width = max(len(part.kind) for part in parts)
    lines += [f"{part.kind:<{width}}  {part.name} ({'created' if part.created else 'exists, unchanged'})" for part in parts]
    for part in parts:
        if part.kind == "client":
            once = " (the secret is not shown again)" if "client_secret" in part.details else ""
            lines += ["", f"Configure the application with{once}:"]
            lines += [f"  {name:<13}  {part.details[name]}" for name in ("client_id", "client_secret") if name in part.details]
            lines += [f"  callback URL   {url}" for url in part.details["callbacks"]]
        elif part.kind == "user" and part.created:
            lines += ["", f"The user {part.name} can log in with their password."]
    cli.answer({"migrations": applied, **shown}, "\n".join(lines))
