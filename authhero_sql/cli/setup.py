"""The commands for the initial setup: ``init``, and commands for its individual parts."""

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
from .invocation import MIGRATION_FAILED, Invocation, ProgressBar, UsageError, app, command, group, pluralize
from .provisioning import APP_TYPES, MIN_PASSWORD_LENGTH, ClientSpec, ProvisionedObject, ProvisioningSpec, UserSpec, provision

PASSWORD = "AUTHHERO_SQL_PASSWORD"  # noqa: S105  # the name of an environment variable

tenants: typer.Typer = group("tenant", "Create tenants.")
clients: typer.Typer = group("client", "Create clients (applications).")
users: typer.Typer = group("user", "Create users with a password.")


def _validate_callback(value: str) -> str:
    parts = urlsplit(value)
    if not parts.scheme or not (parts.netloc or parts.path) or parts.fragment:
        raise typer.BadParameter(f"{value!r} is not an absolute URL without a fragment")
    return value


def _validate_callbacks(values: list[str]) -> list[str]:
    return [_validate_callback(value) for value in values]


def _validate_email(value: str | None) -> str | None:
    if value is None:
        return None
    before, at, after = value.strip().partition("@")
    if not (before and at and after) or any(letter.isspace() for letter in value.strip()):
        raise typer.BadParameter("not a valid email address")
    return value.strip().lower()


def _validate_app_type(value: str) -> str:
    if value not in APP_TYPES:
        raise typer.BadParameter("unknown client type: use regular_web, spa, native or another Auth0 app_type")
    return value


TenantOption = Annotated[str | None, typer.Option("--tenant", metavar="ID", help="The ID of the tenant.")]
TenantName = Annotated[str | None, typer.Option(metavar="NAME", help="The display name of the tenant.", show_default="its ID")]
ClientName = Annotated[str, typer.Option(metavar="NAME", help="The name of the client.")]
Callbacks = Annotated[
    list[str],
    typer.Option("--callback", callback=_validate_callbacks, metavar="URL", help="A callback URL of the client. May be repeated."),
]
AppTypeOption = Annotated[
    str,
    typer.Option(
        "--type",
        callback=_validate_app_type,
        metavar="TYPE",
        help="The type of the client, for example regular_web, spa or native. SPAs and native apps have no secret.",
    ),
]
Email = Annotated[str | None, typer.Option(callback=_validate_email, metavar="EMAIL", help="The email address of the user.")]
UserName = Annotated[str | None, typer.Option(metavar="NAME", help="The name of the user.", show_default="the email address")]
PasswordStdin = Annotated[
    bool,
    typer.Option(
        "--password-stdin", help=f"Read the password from standard input. By default, it is read from {PASSWORD} or prompted for."
    ),
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
    """Set up a database for the first login.

    Applies the migrations, and creates a tenant, a connection, a signing key,
    a client and an administrator unless they exist. On a terminal, prompts
    for missing values.

    The administrator is an ordinary user with a password. Your server decides
    what this user may do.
    """
    tenant = _require(cli, "--tenant", "Tenant ID", tenant, default="default")
    callback = callback or [_prompt(cli, "--callback", "Callback URL of the client", _validate_callback)]
    email = _require(cli, "--email", "Email address of the administrator", email, _validate_email)
    with ProgressBar(cli) as bar:

        async def work(database: Database) -> tuple[list[str], list[ProvisionedObject]]:
            pending = (await migrations.migration_status(database)).pending
            if pending and not yes:
                _confirm_migrations(cli, len(pending))
            applied = await migrations.migrate_to_latest(database, report=bar)
            return applied, await provision(await create_adapters(database), wanted)

        wanted = ProvisioningSpec(
            tenant=tenant,
            tenant_name=tenant_name or tenant,
            key=True,
            connection=True,
            client=ClientSpec(client_name, tuple(callback), app_type),
            user=UserSpec(email, _password_reader(cli, stdin=password_stdin), user_name),
        )
        applied, parts = cli.run(work, create=True)
    _print_parts(cli, parts, applied)


@command(tenants, "create")
def create_tenant(cli: Invocation, tenant: TenantOption = None, name: TenantName = None) -> None:
    """Create a tenant, unless it exists."""
    tenant = _require(cli, "--tenant", "Tenant ID", tenant)
    _provision(cli, ProvisioningSpec(tenant=tenant, tenant_name=name or tenant))


@command(clients, "create")
def create_client(
    cli: Invocation,
    tenant: TenantOption = None,
    name: ClientName = "Default App",
    callback: Callbacks = [],  # noqa: B006  # typer copies it
    app_type: AppTypeOption = "regular_web",
) -> None:
    """Create a client, unless the tenant has one with this name.

    Prints the client secret, which is not shown again.
    """
    tenant = _require(cli, "--tenant", "Tenant ID", tenant)
    callback = callback or [_prompt(cli, "--callback", "Callback URL of the client", _validate_callback)]
    _provision(cli, ProvisioningSpec(tenant=tenant, client=ClientSpec(name, tuple(callback), app_type)))


@command(users, "create")
def create_user(
    cli: Invocation, tenant: TenantOption = None, email: Email = None, name: UserName = None, *, password_stdin: PasswordStdin = False
) -> None:
    """Create a user with a password, unless the email address is taken."""
    tenant = _require(cli, "--tenant", "Tenant ID", tenant)
    email = _require(cli, "--email", "Email address", email, _validate_email)
    _provision(
        cli, ProvisioningSpec(tenant=tenant, connection=True, user=UserSpec(email, _password_reader(cli, stdin=password_stdin), name))
    )


def _require(
    cli: Invocation,
    option: str,
    question: str,
    value: str | None,
    validate: Callable[[str], str | None] = lambda value: value,
    default: str | None = None,
) -> str:
    return value or _prompt(cli, option, question, validate, default)


def _prompt(cli: Invocation, option: str, question: str, validate: Callable[[str], str | None], default: str | None = None) -> str:
    """Prompt until the answer is valid. Without a terminal, report the option as missing."""
    if not cli.is_interactive:
        raise UsageError(f"missing option {option}")
    while True:
        try:
            answer = validate(str(typer.prompt(question, default=default)))
        except typer.BadParameter as error:
            cli.print_text(f"error: {error.message}")
        else:
            if answer:
                return answer


def _confirm_migrations(cli: Invocation, number: int) -> None:
    if not cli.is_interactive:
        raise UsageError(f"{pluralize(number, 'migration')} pending: pass --yes to apply {'it' if number == 1 else 'them'}")
    if not typer.confirm(f"{pluralize(number, 'migration')} pending. Apply now?", default=True):
        cli.print_text("Cancelled: nothing was changed.")
        raise typer.Exit(MIGRATION_FAILED)


def _password_reader(cli: Invocation, *, stdin: bool) -> Callable[[], str]:
    """Return a function that reads or prompts for the password when it is needed."""

    def read() -> str:
        if stdin:
            password = sys.stdin.readline().rstrip("\r\n")
        elif PASSWORD in os.environ:
            password = os.environ[PASSWORD]
        elif cli.is_interactive:
            password = str(typer.prompt("Password", hide_input=True, confirmation_prompt="Repeat password"))
        else:
            raise UsageError(f"missing password: pass --password-stdin or set {PASSWORD}")
        if len(password) < MIN_PASSWORD_LENGTH:
            raise UsageError(f"the password must have at least {MIN_PASSWORD_LENGTH} characters")
        return password

    return read


def _provision(cli: Invocation, wanted: ProvisioningSpec) -> None:
    async def work(database: Database) -> list[ProvisionedObject]:
        return await provision(await create_adapters(database), wanted)

    _print_parts(cli, cli.run(work), [])


def _print_parts(cli: Invocation, parts: list[ProvisionedObject], applied: list[str]) -> None:
    """Print the objects, and the values that the application has to be configured with."""
    shown: dict[str, Any] = {part.kind.replace(" ", "_"): {"name": part.name, "created": part.created, **part.details} for part in parts}
    lines = [f"{pluralize(len(applied), 'migration')} applied."] if applied else []
    width = max(len(part.kind) for part in parts)
    lines += [f"{part.kind:<{width}}  {part.name} ({'created' if part.created else 'already exists'})" for part in parts]
    for part in parts:
        if part.kind == "client":
            once = " (the secret is not shown again)" if "client_secret" in part.details else ""
            lines += ["", f"Configure your application with these values{once}:"]
            lines += [f"  {name:<13}  {part.details[name]}" for name in ("client_id", "client_secret") if name in part.details]
            lines += [f"  callback URL   {url}" for url in part.details["callbacks"]]
        elif part.kind == "user" and part.created:
            lines += ["", f"The user {part.name} can now log in."]
    cli.print_result({"migrations": applied, **shown}, "\n".join(lines))
