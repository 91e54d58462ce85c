"""Password hashing with argon2id, in a limited number of worker threads."""

from __future__ import annotations

import os
import secrets

import anyio
import anyio.to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()
# Verified if a user has no hash, so that the response time does not reveal it.
_DUMMY_HASH = _hasher.hash(secrets.token_urlsafe())
# Each hash takes 64 MiB of memory and a processor. Without a limit, a few dozen requests would exhaust both.
_limit = anyio.CapacityLimiter(os.cpu_count() or 1)


async def hash_password(password: str) -> str:
    """Hash a password."""
    return await anyio.to_thread.run_sync(_hasher.hash, password, limiter=_limit)


async def verify_password(stored: str | None, password: str) -> bool:
    """Return whether the hash belongs to the password, in the same time without a hash or with a hash of another algorithm."""

    def verify(hash: str) -> bool:
        try:
            return _hasher.verify(hash, password)
        except (VerificationError, InvalidHashError):
            return False

    usable = stored is not None and stored.startswith("$argon2")
    return await anyio.to_thread.run_sync(verify, stored if stored and usable else _DUMMY_HASH, limiter=_limit) and usable
