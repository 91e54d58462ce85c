"""Creation of what a server needs for the first login: a tenant, a connection, a signing key, a client and a user."""

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
"""Auth0's name for the database connection."""
PROVIDER = "auth0"
APP_TYPES: tuple[str, ...] = get_args(AppType)
PUBLIC = {"native", "spa"}
"""The types of public clients, which cannot keep a secret."""
SECRET_LENGTH = 43
"""The length of a client secret: 258 bits, at 6 bits per character."""
KEY_BITS = 2048
KEY_LIFETIME = timedelta(days=3650)
MIN_PASSWORD_LENGTH = 8


@dataclass(frozen=True, slots=True)
class ClientSpec:
    """A client to create unless the tenant has one with this name."""

    name: str
    callbacks: tuple[str, ...] = ()
    app_type: str = "regular_web"
    """One of :data:`~authhero_sql.models.clients.AppType`."""


@dataclass(frozen=True, slots=True)
class UserSpec:
    """A user to create unless the tenant has one with this email. ``password`` is only called if the user does not exist."""

    email: str
    password: Callable[[], str] = field(repr=False)
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisioningSpec:
    """The objects to create unless they exist. Those that are None or False are not created."""

    tenant: str
    tenant_name: str | None = None
    """The name of the tenant. If it is None, the tenant must exist."""
    key: bool = False
    connection: bool = False
    client: ClientSpec | None = None
    user: UserSpec | None = None


@dataclass(frozen=True, slots=True)
class ProvisionedObject:
    """An object that exists after provisioning.

    Attributes:
        kind: The kind of the object, for example ``"signing key"``.
        name: The name of the object.
        created: Whether this call created it.
        details: Additional information, such as the client ID.
    """

    kind: str
    name: str
    created: bool
    details: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(slots=True)
class _Existing:
    tenant: Tenant | None = None
    key: SigningKey | None = None
    connection: Connection | None = None
    client: Client | None = None
    user: User | None = None


async def provision(adapters: Adapters, wanted: ProvisioningSpec) -> list[ProvisionedObject]:
    """Create the missing objects, all or nothing, and return all of them.

    Raises:
        ConfigurationError: The tenant does not exist, and ``wanted`` has no name for it.
        ConflictError: Another process created one of the objects concurrently.
        DriverMissingError: A package of the extra ``[cli]`` is not installed.
    """
    existing = await _find_existing(adapters, wanted)
    # The user may be prompted for the password, so get it before the batch starts.
    password = _hash_password(wanted.user.password()) if wanted.user is not None and existing.user is None else ""
    parts: list[ProvisionedObject] = []
    async with adapters.batch() as batch:
        if wanted.tenant_name is not None:
            if existing.tenant is None:
                await batch.tenants.create({"id": wanted.tenant, "friendly_name": wanted.tenant_name})
            parts.append(ProvisionedObject("tenant", wanted.tenant, existing.tenant is None))
        if wanted.key:
            key = existing.key or await batch.keys.create(_signing_key(adapters, wanted.tenant))
            parts.append(ProvisionedObject("signing key", key.kid, existing.key is None))
        connection = existing.connection
        if wanted.connection:
            connection = connection or await batch.connections.create(wanted.tenant, {"name": CONNECTION, "strategy": PROVIDER})
            parts.append(ProvisionedObject("connection", CONNECTION, existing.connection is None))
        if wanted.client is not None:
            parts.append(await _create_client(batch, wanted.tenant, wanted.client, existing.client, connection))
        if wanted.user is not None:
            parts.append(await _create_user(batch, wanted.tenant, wanted.user, existing.user, password))
    return parts


async def _find_existing(adapters: Adapters, wanted: ProvisioningSpec) -> _Existing:
    existing = _Existing(tenant=await adapters.tenants.get(wanted.tenant))
    if wanted.key:
        keys = await adapters.keys.list(where={"type": "jwt_signing"}, per_page=1000)
        existing.key = next((key for key in keys.items if key.tenant_id in (None, wanted.tenant)), None)
    if existing.tenant is None:
        if wanted.tenant_name is None:
            raise ConfigurationError(f"tenant {wanted.tenant!r} does not exist: run `authhero-sql tenant create` to create it")
        return existing
    existing.connection = await adapters.connections.get_by_name(wanted.tenant, CONNECTION)
    if wanted.client is not None:
        clients = await adapters.clients.list(wanted.tenant, where={"name": wanted.client.name}, per_page=1)
        existing.client = next(iter(clients.items), None)
    if wanted.user is not None:
        existing.user = await adapters.users.get_by_email(wanted.tenant, wanted.user.email, provider=PROVIDER)
    return existing


async def _create_client(
    batch: Adapters, tenant: str, wanted: ClientSpec, existing: Client | None, connection: Connection | None
) -> ProvisionedObject:
    if existing is not None:
        return ProvisionedObject(
            "client", existing.name, created=False, details={"client_id": existing.client_id, "callbacks": existing.callbacks}
        )
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
    return ProvisionedObject("client", client.name, created=True, details=details)


async def _create_user(batch: Adapters, tenant: str, wanted: UserSpec, existing: User | None, password: str) -> ProvisionedObject:
    if existing is not None:
        return ProvisionedObject("user", wanted.email, created=False, details={"user_id": existing.user_id})
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
    return ProvisionedObject("user", wanted.email, created=True, details={"user_id": user.user_id})


def _hash_password(password: str) -> str:
    try:
        from argon2 import PasswordHasher
    except ImportError as error:
        raise _missing_package("argon2-cffi") from error
    return PasswordHasher().hash(password)


def _signing_key(adapters: Adapters, name: str) -> dict[str, Any]:
    """Generate an RSA key for RS256 that all tenants share. The certificate and the private key (PKCS #8) are PEM-encoded."""
    try:
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import rsa
    except ImportError as error:
        raise _missing_package("cryptography") from error
    now = adapters.context.now()
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name[:64])])
    serial = x509.random_serial_number()
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), serial, now, now + KEY_LIFETIME)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    # x5t (RFC 7517, section 4.8) and Auth0 use SHA-1. The hash only identifies the certificate and protects nothing.
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


def _missing_package(package: str) -> DriverMissingError:
    return DriverMissingError(f"this command requires {package}: pip install 'authhero-sql[cli]'")
