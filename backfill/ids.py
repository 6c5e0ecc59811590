"""Primary keys: UUID version 7 (RFC 9562), made in Python so that bulk inserts know their keys beforehand."""

import os
import time
from uuid import UUID


def uuid7() -> UUID:
    """Return a new UUIDv7: 48 bits of Unix milliseconds, 12 bits of the fraction of one, then 62 random bits.

    With the fraction (RFC 9562, 6.2, method 3) what one process makes sorts in the order of its making.
    """
    milliseconds, nanoseconds = divmod(time.time_ns(), 1_000_000)
    fraction = nanoseconds * 4096 // 1_000_000
    random = int.from_bytes(os.urandom(8), "big")
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80 | 0x7 << 76 | fraction << 64 | random
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)
