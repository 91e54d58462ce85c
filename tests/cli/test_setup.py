"""The initial setup: everything that a login requires, created only once."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from anyio import to_thread
from argon2 import PasswordHasher
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from typer.testing import CliRunner, Result

from authhero_sql import Adapters, AuthHeroSQLError, connect, create_adapters
from authhero_sql.cli import app, provisioning
from authhero_sql.cli.provisioning import CONNECTION, ClientSpec, ProvisioningSpec, UserSpec, provision
from tests.migrations.helpers import ALL, call, call_json, call_on_terminal

PASSWORD = "correct horse"
INIT = ("init", "--tenant", "acme", "--email", "Ada@Acme.example", "--callback", "https://app.acme.example/cb", "--yes")


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    """Provide a password for commands that run without a terminal."""
    monkeypatch.setenv("AUTHHERO_SQL_PASSWORD", PASSWORD)


async def test_everything_is_there_for_the_first_login(database_url: str) -> None:
    made = await call_json(*INIT, url=database_url)
    assert made["migrations"] == ALL
    assert all(part["created"] for name, part in made.items() if name != "migrations")
    async with connect(database_url) as db:
        adapters = await create_adapters(db)
        assert await adapters.tenants.get("acme") is not None
        (connection,) = (await adapters.connections.list("acme")).items
        assert (connection.name, connection.strategy) == (CONNECTION, "auth0")
        client = await adapters.clients.get("acme", made["client"]["client_id"])
        assert client is not None
        assert (client.client_secret, client.callbacks) == (made["client"]["client_secret"], ["https://app.acme.example/cb"])
        assert client.connections == [connection.id]
        user = await adapters.users.get_by_email("acme", "ada@acme.example", provider="auth0")
        assert user is not None
        assert (user.connection, user.email_verified, user.user_id) == (CONNECTION, True, made["user"]["user_id"])
        stored = await adapters.passwords.get("acme", user.user_id)
        assert stored is not None
        assert PasswordHasher().verify(stored.password, PASSWORD)
        (key,) = (await adapters.keys.list(q="type:jwt_signing")).items
        assert key.kid == made["signing_key"]["name"]

        again = await call_json(*INIT, url=database_url)
        assert again["migrations"] == []
        assert not any(part["created"] for name, part in again.items() if name != "migrations")
        assert "client_secret" not in again["client"]
        assert again["client"]["client_id"] == client.client_id
        assert await adapters.clients.get("acme", client.client_id) == client
        assert await adapters.passwords.get("acme", user.user_id) == stored
        assert len((await adapters.keys.list()).items) == 1


async def test_the_key_signs_what_its_certificate_verifies(adapters: Adapters) -> None:
    await provision(adapters, ProvisioningSpec(tenant="acme", tenant_name="Acme", key=True))
    (key,) = (await adapters.keys.list()).items
    certificate = x509.load_pem_x509_certificate(key.cert.encode())
    private = serialization.load_pem_private_key((key.pkcs7 or "").encode(), None)
    public = certificate.public_key()
    assert isinstance(private, rsa.RSAPrivateKey)
    assert isinstance(public, rsa.RSAPublicKey)
    assert private.key_size >= 2048
    public.verify(private.sign(b"token", padding.PKCS1v15(), SHA256()), b"token", padding.PKCS1v15(), SHA256())
    assert key.fingerprint.replace(":", "") == key.thumbprint
    assert "PRIVATE" not in repr(key)


async def test_what_fails_leaves_nothing(adapters: Adapters, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = ProvisioningSpec(
        tenant="acme",
        tenant_name="Acme",
        key=True,
        connection=True,
        client=ClientSpec("App"),
        user=UserSpec("ada@acme.example", lambda: PASSWORD),
    )
    monkeypatch.setattr(provisioning, "PROVIDER", "x" * 1000)
    with pytest.raises(AuthHeroSQLError, match=r"provider|strategy"):
        await provision(adapters, wanted)
    assert await adapters.tenants.get("acme") is None
    assert (await adapters.keys.list()).items == []
    assert PASSWORD not in repr(wanted)


async def test_each_part_alone(migrated_url: str) -> None:
    missing = call("client", "create", "--tenant", "acme", "--callback", "https://x.example/cb", url=migrated_url)
    assert missing.returncode == 4
    assert "tenant 'acme' does not exist: run `authhero-sql tenant create` to create it" in missing.stderr
    assert await call_json("tenant", "create", "--tenant", "acme", "--name", "Acme", url=migrated_url) == {
        "migrations": [],
        "tenant": {"name": "acme", "created": True},
    }
    assert (await call_json("tenant", "create", "--tenant", "acme", url=migrated_url))["tenant"]["created"] is False
    name = 'An "odd" name: \\ *'
    client = ("client", "create", "--tenant", "acme", "--name", name, "--type", "spa", "--callback", "https://x.example/cb")
    made = (await call_json(*client, url=migrated_url))["client"]
    assert (made["created"], "client_secret" in made) == (True, False)
    assert (await call_json(*client, url=migrated_url))["client"]["client_id"] == made["client_id"]
    user = ("user", "create", "--tenant", "acme", "--email", "bo@acme.example")
    assert (await call_json(*user, url=migrated_url))["user"]["created"] is True
    assert (await call_json(*user, url=migrated_url))["user"]["created"] is False
    async with connect(migrated_url) as db:
        adapters = await create_adapters(db)
        public = await adapters.clients.get("acme", made["client_id"])
        assert public is not None
        assert (public.client_secret, public.token_endpoint_auth_method) == (None, "none")


@pytest.mark.engines("sqlite")
def test_what_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AUTHHERO_SQL_PASSWORD")
    url = f"sqlite:///{tmp_path}/auth.db"
    given = ["init"]
    for more, told in (
        ([], "missing option --tenant"),
        (["--tenant", "acme"], "missing option --callback"),
        (["--callback", "https://x.example/cb"], "missing option --email"),
        (["--email", "ada@acme.example"], f"{len(ALL)} migrations pending: pass --yes to apply them"),
        (["--yes"], "missing password: pass --password-stdin or set AUTHHERO_SQL_PASSWORD"),
    ):
        given += more
        done = call_with_input(*given, "--url", url)
        assert done.exit_code == 2, done.output
        assert told in done.stderr
    assert (
        "the password must have at least 8 characters" in call_with_input(*given, "--password-stdin", "--url", url, typed="short\n").stderr
    )
    for wrong in (["--email", "nobody"], ["--callback", "nowhere"], ["--type", "toaster"]):
        assert call_with_input(*given, *wrong, "--url", url).exit_code == 2
    done = call_with_input(*given, "--password-stdin", "--url", url, "--json", typed=f"{PASSWORD}\n")
    assert json.loads(done.stdout)["user"]["created"] is True
    assert PASSWORD not in done.stdout + done.stderr


def call_with_input(*arguments: str, typed: str | None = None) -> Result:
    """Call the command line in this process, with the given standard input."""
    return CliRunner().invoke(app, arguments, input=typed)


@pytest.mark.engines("sqlite")
async def test_a_terminal_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AUTHHERO_SQL_PASSWORD")
    url = f"sqlite:///{tmp_path}/auth.db"
    replies = {
        "Tenant ID [default]: ": "",
        "Callback URL of the client: ": ["nowhere", "https://x.example/cb"],
        "Email address of the administrator: ": ["nobody", "ada@acme.example"],
        "Apply now? [Y/n]: ": "y",
        "Password: ": [PASSWORD, PASSWORD],
        "Repeat password: ": ["something else", PASSWORD],
    }
    code, shown = await to_thread.run_sync(call_on_terminal, replies, url, "init")
    assert code == 0, shown
    assert "is not an absolute URL" in shown
    assert "not a valid email address" in shown
    assert PASSWORD not in shown
    assert re.search(r"\(the secret is not shown again\):\s+client_id      \S{21}\s+client_secret  \S{43}\s", shown)
    assert "tenant       default (created)" in shown
    del replies["Apply now? [Y/n]: "], replies["Password: "], replies["Repeat password: "]
    replies["Callback URL of the client: "] = "https://x.example/cb"
    replies["Email address of the administrator: "] = "ada@acme.example"
    code, shown = await to_thread.run_sync(call_on_terminal, replies, url, "init")
    assert (code, shown.count("already exists")) == (0, 5)
    assert "secret" not in shown
