"""TLS settings for connections to a server. The modes have the names of libpq's ``sslmode`` on every engine."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from ..errors import ConfigurationError

DISABLE, PREFER, REQUIRE, VERIFY_CA, VERIFY_FULL = MODES = "disable", "prefer", "require", "verify-ca", "verify-full"
_ALIASES = {
    "": DISABLE,
    "0": DISABLE,
    "false": DISABLE,
    "none": DISABLE,
    "1": VERIFY_FULL,
    "true": VERIFY_FULL,
    "required": REQUIRE,
    "verify_identity": VERIFY_FULL,
}
"""Other names of the modes, from Python and MySQL."""
TLS_NOT_OFFERED = (
    "the server does not offer TLS, so no credentials were sent: enable TLS on the server, or use ssl=prefer on a trusted network"
)


@dataclass(frozen=True, slots=True)
class TLSSettings:
    """The encryption of connections: none without a context, and required or only preferred with one."""

    context: ssl.SSLContext | None = None
    required: bool = False


def tls_settings(mode: Any, ca: str | None, default: str = DISABLE) -> TLSSettings:
    """Return the settings for a TLS mode.

    Args:
        mode: ``disable``, ``prefer`` (encrypt if the server offers TLS), ``require`` (always encrypt, without checking the server's
            identity), ``verify-ca`` (require a certificate from a trusted authority), ``verify-full`` (require also that the
            certificate names the host), or an ``ssl.SSLContext``.
        ca: The file with the certificates of the trusted authorities. None means those of the system. With a file, ``require`` means
            ``verify-ca``, as in libpq, and the default mode is ``verify-full``.
        default: The mode if there is neither a mode nor a file.

    Raises:
        ConfigurationError: The mode does not exist, or the file cannot be read.
    """
    if isinstance(mode, ssl.SSLContext):
        return TLSSettings(mode, required=True)
    name = _mode_name(mode, ca, default)
    if name == DISABLE:
        return TLSSettings()
    try:
        context = ssl.create_default_context(cafile=ca)
    except OSError:
        raise ConfigurationError("the file of the option ssl_ca cannot be read or contains no certificates: use a PEM file") from None
    context.check_hostname = name == VERIFY_FULL
    if name in (PREFER, REQUIRE):
        context.verify_mode = ssl.CERT_NONE
    return TLSSettings(context, required=name != PREFER)


def _mode_name(mode: Any, ca: str | None, default: str) -> str:
    if mode is None:
        return VERIFY_FULL if ca else default
    name = str(mode).lower()
    name = _ALIASES.get(name, name)
    if name not in MODES:
        raise ConfigurationError(f"the option ssl must be one of {', '.join(MODES)}")
    return VERIFY_CA if name == REQUIRE and ca else name


def is_local(host: str) -> bool:
    """Return whether traffic to a host stays on this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def tls_problem(error: BaseException | None) -> str | None:
    """Return the message for a TLS error that prevents a connection, or None if the error has another reason."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return "the server's certificate is not trusted or belongs to another host: set ssl_ca to the file of the issuing authority"
    if isinstance(error, ssl.SSLError):
        return "the TLS handshake with the server failed: check ssl and ssl_ca, and the TLS versions that the server supports"
    return None
