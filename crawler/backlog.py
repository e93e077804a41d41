"""Pages in memory that wait to be stored and read, of all crawls of the process together.

Readers are slower than the network: without a bound, a morning after a long night would hold every
page of every source in memory at once. Full, the lanes hand out no more requests, ``start`` brings
no more leftovers and the daemon claims no more sources, until there is room again.

One source may take a quarter of what is free, no more: the fuller it gets, the less each may hold,
and whoever comes new finds a place however slowly the pages of others are read.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from techwire.types import Page

MOST = 12 * 1024 * 1024  # bytes: 100 pages of the usual 113 KB, some seconds of two readers
SHARE = 4  # a source may hold the fourth part of what is free


class Backlog:
    """How much waits. Used from the loop's thread only."""

    def __init__(self, most: int = MOST) -> None:
        self.size = 0  # bytes
        self._most = most
        self._of: Counter[str] = Counter()  # bytes of each source that has any
        self._waiting: list[asyncio.Future[None]] = []

    @property
    def is_full(self) -> bool:
        """Whether nothing more should be brought."""
        return self.size > self._most

    def has_room(self, source: str) -> bool:
        """Whether ``source`` may bring another page; who has none here may if it is not full."""
        return not self.is_full and self._of[source] * SHARE <= self._most - self.size

    @contextmanager
    def holding(self, page: Page) -> Iterator[None]:
        """``page`` is in memory meanwhile."""
        size = len(page.body)
        self.size += size
        self._of[page.source] += size
        try:
            yield
        finally:
            self.size -= size
            self._of[page.source] -= size
            if not self._of[page.source]:
                del self._of[page.source]
            if not self.is_full:
                self._tell()

    async def room(self) -> None:
        """Returns when there is room."""
        while self.is_full:
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            await turn

    def _tell(self) -> None:
        waiting, self._waiting = self._waiting, []
        for turn in waiting:
            if not turn.done():
                turn.set_result(None)
