"""TLS on the way to a server, in libpq's words whatever the engine."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from ..errors import ConfigurationError

DISABLE, PREFER, REQUIRE, VERIFY_CA, VERIFY_FULL = MODES = "disable", "prefer", "require", "verify-ca", "verify-full"
_ALSO = {
    "": DISABLE,
    "0": DISABLE,
    "false": DISABLE,
    "none": DISABLE,
    "1": VERIFY_FULL,
    "true": VERIFY_FULL,
    "required": REQUIRE,
    "verify_identity": VERIFY_FULL,
}
"""Other words for the modes, Python's and MySQL's."""
TLS_NOT_OFFERED = "the server offers no TLS, so nothing was sent to it: switch TLS on there, or use ssl=prefer where the network is safe"


@dataclass(frozen=True, slots=True)
class TLSSettings:
    """How connections are encrypted: not at all (no context), where the server offers it, or always (``demanded``)."""

    context: ssl.SSLContext | None = None
    required: bool = False


def tls_settings(mode: Any, ca: str | None, default: str = DISABLE) -> TLSSettings:
    """What a mode means.

    Args:
        mode: ``disable``, ``prefer`` (encrypted where the server can), ``require`` (always, whoever answers), ``verify-ca`` (its
            certificate is signed by an authority that is trusted), ``verify-full`` (and names the host), or a context of one's own.
        ca: the file with the certificates of the authorities to trust, else the system's; makes ``verify-ca`` of ``require``, as
            libpq does, and ``verify-full`` of no mode.
        default: the mode where neither is given.

    Raises:
        ConfigurationError: there is no such mode, or the file cannot be read.
    """
    if isinstance(mode, ssl.SSLContext):
        return TLSSettings(mode, required=True)
    word = _mode(mode, ca, default)
    if word == DISABLE:
        return TLSSettings()
    try:
        context = ssl.create_default_context(cafile=ca)
    except OSError:
        raise ConfigurationError("the file of ssl_ca cannot be read or holds no certificates: name a PEM file") from None
    context.check_hostname = word == VERIFY_FULL
    if word in (PREFER, REQUIRE):
        context.verify_mode = ssl.CERT_NONE
    return TLSSettings(context, required=word != PREFER)


def _mode(mode: Any, ca: str | None, default: str) -> str:
    if mode is None:
        return VERIFY_FULL if ca else default
    word = str(mode).lower()
    word = _ALSO.get(word, word)
    if word not in MODES:
        raise ConfigurationError(f"the option ssl must be one of {', '.join(MODES)}")
    return VERIFY_CA if word == REQUIRE and ca else word


def is_local(host: str) -> bool:
    """Whether what is sent to a host stays on this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def tls_problem(error: BaseException | None) -> str | None:
    """What to say where TLS is why a server cannot be reached."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return "the server's certificate is not trusted, or is another host's: name the file of the authority that signed it in ssl_ca"
    if isinstance(error, ssl.SSLError):
        return "TLS with the server failed: check ssl and ssl_ca, and which versions of TLS the server speaks"
    return None
