"""Simhash: near copies of a text differ in few bits."""

from __future__ import annotations

import re
from hashlib import blake2b

_WORDS = re.compile(r"\w+")
_BITS = 64


def simhash(text: str) -> int:
    """The 64-bit simhash of the word 3-grams of ``text``, as a signed integer; 0 for no words."""
    words = _WORDS.findall(text.casefold())
    if not words:
        return 0
    grams = {" ".join(words[i : i + 3]) for i in range(max(1, len(words) - 2))}
    # Bit sums of 64 counters side by side in one integer, 32 bits each: no inner loop.
    totals = 0
    for gram in grams:
        totals += _spread(blake2b(gram.encode("utf-8", "replace"), digest_size=8).digest())
    half = len(grams) / 2
    value = 0
    for bit in range(_BITS):
        if (totals >> (32 * bit)) & 0xFFFFFFFF > half:
            value |= 1 << bit
    return value - (1 << _BITS) if value >> (_BITS - 1) else value


def _spread_table() -> list[int]:
    """For each byte, its bits 32 apart."""
    return [sum(((byte >> bit) & 1) << (32 * bit) for bit in range(8)) for byte in range(256)]


_TABLE = _spread_table()


def _spread(digest: bytes) -> int:
    return sum(_TABLE[byte] << (256 * place) for place, byte in enumerate(digest))
