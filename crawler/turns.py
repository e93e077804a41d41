"""Whose page is read next: sources take turns, weighed by the time their pages take.

A source that offers two hundred pages, or pages that take seconds each, waits for itself: whoever
has had less of the readers' time comes first (start-time fair queueing). A source not yet known to
be quick never holds all readers, so a page that hangs leaves one for the others.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from time import monotonic
from typing import Generic, TypeVar

W = TypeVar("W")

QUICK = 1.0  # seconds; most pages take 0.02 to 0.1, a hostile one the whole time limit


@dataclass(slots=True)
class _Queue(Generic[W]):
    """One source's pages that wait, and what it has had."""

    had: float  # seconds of reading, on a scale on which all active sources are comparable
    is_quick: bool = False  # its last page was read in time
    under_way: int = 0
    waiting: deque[asyncio.Future[W]] = field(default_factory=deque)


class Turns(Generic[W]):
    """Readers lent to sources, one page at a time. Used from the loop's thread only."""

    def __init__(self, readers: list[W]) -> None:
        self._free = deque(readers)
        self._most_unknown = max(len(readers) - 1, 1)
        self._queues: dict[str, _Queue[W]] = {}
        self._clock = 0.0  # what the source served last had had

    async def take(self, source: str) -> tuple[W, float]:
        """A reader for one page of ``source``, and the moment its reading begins."""
        queue = self._queues.get(source)
        if queue is None:
            queue = self._queues[source] = _Queue(self._clock)
        if not queue.waiting and not queue.under_way:
            queue.had = max(queue.had, self._clock)  # idle time is not saved up
        turn: asyncio.Future[W] = asyncio.get_running_loop().create_future()
        queue.waiting.append(turn)
        self._serve()
        try:
            return await turn, monotonic()
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.give_back(source, turn.result(), monotonic())
            elif turn in queue.waiting:
                queue.waiting.remove(turn)
                self._forget_idle(source, queue)
            raise

    def give_back(self, source: str, reader: W, began: float) -> None:
        """The page that ``source`` took ``reader`` for at ``began`` is done with."""
        queue = self._queues[source]
        took = monotonic() - began
        queue.had += took
        queue.is_quick = took < QUICK
        queue.under_way -= 1
        self._free.append(reader)
        self._serve()
        self._forget_idle(source, queue)

    def _serve(self) -> None:
        while self._free and (queue := self._next()) is not None:
            turn = queue.waiting.popleft()
            if turn.cancelled():
                continue
            self._clock = max(self._clock, queue.had)
            queue.under_way += 1
            turn.set_result(self._free.popleft())

    def _next(self) -> _Queue[W] | None:
        able = [queue for queue in self._queues.values() if queue.waiting and self._may(queue)]
        # Those under way count as well: two pages at once are two turns.
        return min(able, key=lambda queue: (queue.had, queue.under_way), default=None)

    def _may(self, queue: _Queue[W]) -> bool:
        return queue.is_quick or queue.under_way < self._most_unknown

    def _forget_idle(self, source: str, queue: _Queue[W]) -> None:
        """What is behind the clock, and quick, is as good as new."""
        if not queue.waiting and not queue.under_way and queue.had <= self._clock:
            del self._queues[source]
