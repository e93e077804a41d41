"""What the process no longer needs goes back to the system, now and then while it crawls.

Pages come and go by the hundred kilobytes between small things that stay, and the C library keeps
the holes: a fifth of all the memory of a crawl, within its first thousand articles. Handing them
back takes three milliseconds; only Linux with glibc has the call.
"""

from __future__ import annotations

import asyncio
import ctypes
from collections.abc import Callable
from functools import cache
from time import monotonic

EVERY = 5.0  # seconds; a thousandth of the loop's time

_given_back_at = 0.0  # by this process, on the monotonic clock


async def give_back_now_and_then() -> None:
    """Until cancelled, and once more at that: most crawls of a daemon are over sooner."""
    try:
        while True:
            await asyncio.sleep(EVERY)
            _give_back_in_turn()
    finally:
        _give_back_in_turn()


def _give_back_in_turn() -> None:
    """Crawls that run side by side, or shortly after each other, share their turns."""
    global _given_back_at
    if monotonic() - _given_back_at > EVERY / 2:
        give_back()
        _given_back_at = monotonic()


def give_back() -> None:
    """Hand unused memory back to the system, where that can be asked for."""
    if (trim := _malloc_trim()) is not None:
        trim(0)


@cache
def _malloc_trim() -> Callable[[int], int] | None:
    """glibc's ``malloc_trim``; None where there is none (musl, macOS, Windows)."""
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return None
    trim.argtypes, trim.restype = [ctypes.c_size_t], ctypes.c_int
    found: Callable[[int], int] = trim
    return found
