"""What a server needs before the first login: tenant, connection, signing key, client and user, each only where it is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast, get_args

from ..adapters import Adapters
from ..errors import ConfigurationError, DriverMissingError
from ..models.clients import AppType, Client
from ..models.connections import Connection
from ..models.keys import SigningKey
from ..models.tenants import Tenant
from ..models.users import User

if TYPE_CHECKING:
    from ..types import ClientCreate

CONNECTION = "Username-Password-Authentication"
"""Auth0's name for the connection whose passwords are stored here."""
PROVIDER = "auth0"
APP_TYPES: tuple[str, ...] = get_args(AppType)
PUBLIC = {"native", "spa"}
"""The types of clients that cannot keep a secret."""
SECRET_LENGTH = 43
"""258 bits, for each of the 64 characters stands for six."""
KEY_BITS = 2048
KEY_LIFETIME = timedelta(days=3650)
SHORTEST_PASSWORD = 8


@dataclass(frozen=True, slots=True)
class ClientWanted:
    """A client, found by its name."""

    name: str
    callbacks: tuple[str, ...] = ()
    app_type: str = "regular_web"
    """One of :data:`~authhero_sql.models.clients.AppType`."""


@dataclass(frozen=True, slots=True)
class UserWanted:
    """A user of the connection, found by the e-mail address; ``password`` is asked once it is certain that there is no such user."""

    email: str
    password: Callable[[], str] = field(repr=False)
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be there; None where something is not this call's to create."""

    tenant: str
    tenant_name: str | None = None
    """Also says that the tenant may be created."""
    key: bool = False
    connection: bool = False
    client: ClientWanted | None = None
    user: UserWanted | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that is there now: what it is, by which name, whether this call created it, and what else is worth knowing."""

    kind: str
    name: str
    created: bool
    details: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(slots=True)
class _Found:
    tenant: Tenant | None = None
    key: SigningKey | None = None
    connection: Connection | None = None
    client: Client | None = None
    user: User | None = None


async def provision(adapters: Adapters, wanted: Wanted) -> list[Part]:
    """Create what is missing, all or nothing, and say what there is.

    Raises:
        ConfigurationError: the tenant does not exist and may not be created.
        ConflictError: somebody else has created the same meanwhile.
        DriverMissingError: a package of the extra ``[cli]`` is missing.
    """
    found = await _look(adapters, wanted)
    # A password is asked for before the batch begins.
    password = _hashed(wanted.user.password()) if wanted.user is not None and found.user is None else ""
    parts: list[Part] = []
    async with adapters.batch() as batch:
        if wanted.tenant_name is not None:
            if found.tenant is None:
                await batch.tenants.create({"id": wanted.tenant, "friendly_name": wanted.tenant_name})
            parts.append(Part("tenant", wanted.tenant, found.tenant is None))
        if wanted.key:
            key = found.key or await batch.keys.create(_signing_key(adapters, wanted.tenant))
            parts.append(Part("signing key", key.kid, found.key is None))
        connection = found.connection
        if wanted.connection:
            connection = connection or await batch.connections.create(wanted.tenant, {"name": CONNECTION, "strategy": PROVIDER})
            parts.append(Part("connection", CONNECTION, found.connection is None))
        if wanted.client is not None:
            parts.append(await _client(batch, wanted.tenant, wanted.client, found.client, connection))
        if wanted.user is not None:
            parts.append(await _user(batch, wanted.tenant, wanted.user, found.user, password))
    return parts


async def _look(adapters: Adapters, wanted: Wanted) -> _Found:
    found = _Found(tenant=await adapters.tenants.get(wanted.tenant))
    if wanted.key:
        keys = await adapters.keys.list(where={"type": "jwt_signing"}, per_page=1000)
        found.key = next((key for key in keys.items if key.tenant_id in (None, wanted.tenant)), None)
    if found.tenant is None:
        if wanted.tenant_name is None:
            raise ConfigurationError(f"there is no tenant {wanted.tenant!r}: `authhero-sql tenant create` creates one")
        return found
    found.connection = await adapters.connections.get_by_name(wanted.tenant, CONNECTION)
    if wanted.client is not None:
        clients = await adapters.clients.list(wanted.tenant, where={"name": wanted.client.name}, per_page=1)
        found.client = next(iter(clients.items), None)
    if wanted.user is not None:
        found.user = await adapters.users.get_by_email(wanted.tenant, wanted.user.email, provider=PROVIDER)
    return found


async def _client(batch: Adapters, tenant: str, wanted: ClientWanted, found: Client | None, connection: Connection | None) -> Part:
    if found is not None:
        return Part("client", found.name, created=False, details={"client_id": found.client_id, "callbacks": found.callbacks})
    public = wanted.app_type in PUBLIC
    secret = None if public else batch.context.ids.nanoid(SECRET_LENGTH)
    fields: ClientCreate = {
        "name": wanted.name,
        "app_type": cast("AppType", wanted.app_type),
        "callbacks": list(wanted.callbacks),
        "connections": [connection.id] if connection is not None else [],
        "grant_types": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_method": "none" if public else "client_secret_basic",
    }
    if secret is not None:
        fields["client_secret"] = secret
    client = await batch.clients.create(tenant, fields)
    details = {"client_id": client.client_id, **({"client_secret": secret} if secret else {}), "callbacks": client.callbacks}
    return Part("client", client.name, created=True, details=details)


async def _user(batch: Adapters, tenant: str, wanted: UserWanted, found: User | None, password: str) -> Part:
    if found is not None:
        return Part("user", wanted.email, created=False, details={"user_id": found.user_id})
    user = await batch.users.create(
        tenant,
        {
            "email": wanted.email,
            "email_verified": True,
            "name": wanted.name or wanted.email,
            "connection": CONNECTION,
            "provider": PROVIDER,
            "is_social": False,
            "password": {"hash": password, "algorithm": "argon2id"},
        },
    )
    return Part("user", wanted.email, created=True, details={"user_id": user.user_id})


def _hashed(password: str) -> str:
    try:
        from argon2 import PasswordHasher
    except ImportError as error:
        raise _missing("argon2-cffi") from error
    return PasswordHasher().hash(password)


def _signing_key(adapters: Adapters, name: str) -> dict[str, Any]:
    """Return an RSA key for RS256 that all tenants share: the certificate, and the private key as PKCS #8, both in PEM."""
    try:
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import rsa
    except ImportError as error:
        raise _missing("cryptography") from error
    now = adapters.context.now()
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name[:64])])
    serial = x509.random_serial_number()
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), serial, now, now + KEY_LIFETIME)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    # By SHA-1, as x5t (RFC 7517, 4.8) and Auth0 have it: it names the certificate, and protects nothing.
    digest = certificate.fingerprint(hashes.SHA1())  # noqa: S303  # see above
    pem = serialization.Encoding.PEM
    return {
        "kid": f"{serial:x}",
        "type": "jwt_signing",
        "cert": certificate.public_bytes(pem).decode(),
        "pkcs7": key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode(),
        "fingerprint": digest.hex(":").upper(),
        "thumbprint": digest.hex().upper(),
        "current_since": now,
    }


def _missing(package: str) -> DriverMissingError:
    return DriverMissingError(f"this needs {package}: pip install 'authhero-sql[cli]'")
