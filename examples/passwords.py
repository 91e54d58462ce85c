"""Hashes the passwords of the examples with argon2id, on threads, and limits how many are hashed at once."""

from __future__ import annotations

import os
import secrets

import anyio
import anyio.to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()
# Verified where there is no hash, so that the response time does not reveal it.
_NOBODY = _hasher.hash(secrets.token_urlsafe())
# Each hash takes 64 MiB and a processor: without a limit a few dozen requests would exhaust both.
_limit = anyio.CapacityLimiter(os.cpu_count() or 1)


async def hashed(password: str) -> str:
    """Hash a password."""
    return await anyio.to_thread.run_sync(_hasher.hash, password, limiter=_limit)


async def verified(stored: str | None, password: str) -> bool:
    """Return whether this is the hash of the password; it takes the same time without a hash, or with one of another algorithm."""

    def verify(hash: str) -> bool:
        try:
            return _hasher.verify(hash, password)
        except (VerificationError, InvalidHashError):
            return False

    usable = stored is not None and stored.startswith("$argon2")
    return await anyio.to_thread.run_sync(verify, stored if stored and usable else _NOBODY, limiter=_limit) and usable
