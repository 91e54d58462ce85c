"""The only place that makes an id."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime

from .clock import to_epoch_ms

URL_SAFE = "useandom-26T198340PX75pxJACKVERYMINDBUSHWOLF_GQZbfghjklqvwyzrict"
"""The 64 characters of a nanoid."""
BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""The 32 characters of a ULID, https://github.com/ulid/spec."""


class Ids:
    """Makes the ids of new rows.

    Args:
        random_bytes: gives that many random bytes; the operating system's generator unless a test wants exact ids.
    """

    def __init__(self, random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self._random_bytes = random_bytes
        self._last = (0, 0)

    def of(self, alphabet: str, size: int) -> str:
        """``size`` characters, each drawn evenly from ``alphabet`` (at most 256 characters)."""
        # Bytes from the last, partial run through the alphabet are thrown away: they would favour its first characters.
        usable = 256 - 256 % len(alphabet)
        drawn: list[str] = []
        while len(drawn) < size:
            drawn += [alphabet[byte % len(alphabet)] for byte in self._random_bytes(size) if byte < usable]
        return "".join(drawn[:size])

    def nanoid(self, size: int = 21) -> str:
        """A nanoid: 126 random bits in 21 characters."""
        return self.of(URL_SAFE, size)

    def prefixed(self, prefix: str) -> str:
        """``prefix`` and 17 characters of ``0-9a-z``, as Auth0 names organizations, connections and actions."""
        return prefix + self.of(BASE36, 17)

    def ulid(self, instant: datetime) -> str:
        """A ULID: 48 bits of time in milliseconds, 80 random bits, 26 characters that sort by time."""
        return _crockford(to_epoch_ms(instant) << 80 | int.from_bytes(self._random_bytes(10), "big"), 26)

    def ordered(self, instant: datetime) -> str:
        """24 characters that sort as they were made here: the time in milliseconds, a counter within it, 50 random bits."""
        time, number = max((to_epoch_ms(instant), 0), (self._last[0], self._last[1] + 1))
        self._last = (time, number)
        random = int.from_bytes(self._random_bytes(7), "big") & (1 << 50) - 1
        return _crockford(time << 70 | (number & 0xFFFFF) << 50 | random, 24)


def _crockford(value: int, size: int) -> str:
    return "".join(CROCKFORD[(value >> shift) & 31] for shift in range(5 * size - 5, -1, -5))
