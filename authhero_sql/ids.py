"""The only module that generates IDs."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime

from .clock import to_epoch_ms

URL_SAFE = "useandom-26T198340PX75pxJACKVERYMINDBUSHWOLF_GQZbfghjklqvwyzrict"
"""The 64 characters of a Nano ID."""
BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""The 32 characters of a ULID; see https://github.com/ulid/spec."""


class IdGenerator:
    """A generator of the IDs of new rows.

    Args:
        random_bytes: Returns the requested number of random bytes. The default is the operating system's generator; a test may pass a
            deterministic one.
    """

    def __init__(self, random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self._random_bytes = random_bytes
        self._last = (0, 0)

    def random_text(self, alphabet: str, size: int) -> str:
        """Return ``size`` characters, each drawn uniformly from ``alphabet``, which has at most 256 characters."""
        # Discard the bytes beyond the last multiple of the alphabet's length: they would favor its first characters.
        usable = 256 - 256 % len(alphabet)
        drawn: list[str] = []
        while len(drawn) < size:
            drawn += [alphabet[byte % len(alphabet)] for byte in self._random_bytes(size) if byte < usable]
        return "".join(drawn[:size])

    def nanoid(self, size: int = 21) -> str:
        """Return a Nano ID. By default it has 21 characters with 126 random bits."""
        return self.random_text(URL_SAFE, size)

    def prefixed(self, prefix: str) -> str:
        """Return ``prefix`` followed by 17 characters of ``0-9a-z``, like Auth0's IDs of organizations, connections and actions."""
        return prefix + self.random_text(BASE36, 17)

    def ulid(self, instant: datetime) -> str:
        """Return a ULID: 26 characters that sort by time, with a 48-bit timestamp in milliseconds and 80 random bits."""
        return _crockford(to_epoch_ms(instant) << 80 | int.from_bytes(self._random_bytes(10), "big"), 26)

    def sortable_id(self, instant: datetime) -> str:
        """Return 24 characters that sort in the order in which this object generated them.

        They encode the time in milliseconds, a 20-bit counter and 50 random bits.
        """
        time, number = max((to_epoch_ms(instant), 0), (self._last[0], self._last[1] + 1))
        self._last = (time, number)
        random = int.from_bytes(self._random_bytes(7), "big") & (1 << 50) - 1
        return _crockford(time << 70 | (number & 0xFFFFF) << 50 | random, 24)


def _crockford(value: int, size: int) -> str:
    return "".join(CROCKFORD[(value >> shift) & 31] for shift in range(5 * size - 5, -1, -5))
