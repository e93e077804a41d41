"""One lane per host: Scrapy's scheduler and downloader, polite by construction.

A request is handed out only when its host is free and due, so a slow or sulking host holds nobody
else up, and the engine's concurrency counts hosts.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Generator
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol

from scrapy import Request, Spider
from scrapy.core import downloader
from scrapy.core.scheduler import BaseScheduler
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.defer import Deferred, inlineCallbacks

from crawler.politeness import Hosts

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

SLOW = 2.0  # seconds; the usual answer takes a tenth of one
MOST_SLOW = 8  # times the concurrency: slow connections cost a socket and their part of a body
NESTED = "techwire_nested"  # meta: a robots.txt asked for inside another request's turn
DELAY = "techwire_delay"  # meta: the source's own spacing in seconds


FOLDED_FROM = 8  # requests in a lane: those behind wait folded, for a host takes them one by one


@dataclass(frozen=True, slots=True)
class Folded:
    """A request that waits as what it is made of: one kilobyte, where it takes five.

    A morning after a long night brings tens of thousands of them at once."""

    log: Any  # the visit it belongs to
    packed: bytes  # what it asks for, as its patron packs it

    @property
    def cb_kwargs(self) -> dict[str, Any]:
        """As the request's, without its subject."""
        return {"log": self.log}


class Patron(Protocol):
    """What the lanes ask of the spider."""

    hosts: Hosts

    def folded(self, request: Request) -> Folded | None:
        """``request`` as what it can be made of again; None when there is more to it."""

    def unfolded(self, folded: Folded) -> Request:
        """The request again."""

    def has_room(self, request: Request) -> bool:
        """Whether what ``request`` would bring has a place in memory now."""

    def is_wanted(self, request: Request | Folded, wait: float) -> bool:
        """Whether ``request`` is still worth sending after ``wait`` more seconds."""

    def abandon(self, request: Request) -> None:
        """``request`` will not be sent."""


def host_of(request: Request) -> str:
    """The lane of a request."""
    return urlparse_cached(request).hostname or ""


class Lanes(BaseScheduler):
    """The queue of a crawl: first by priority, then by age, within each host."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._lanes: dict[str, list[tuple[int, int, Request | Folded]]] = {}
        self._ready: list[tuple[int, int, Request]] = []
        self._released: set[int] = set()
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._count = itertools.count()
        self._held = 0
        self._waiting: set[str] = set()  # hosts that will tell us when they are free
        self._is_open = False
        self._patron: Any = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Lanes:
        """Scrapy's way to build it."""
        return cls(crawler)

    def open(self, spider: Spider) -> None:
        """The spider, which knows the hosts, begins."""
        self._patron = spider
        self._is_open = True

    def close(self, reason: str) -> None:
        """No more requests; those that wait are given back to the spider."""
        self._is_open = False
        for timer in self._timers.values():
            timer.cancel()
        for lane in self._lanes.values():
            for _, _, waiting in lane:
                self._patron.abandon(self._whole(waiting))
        for _, _, request in self._ready:
            self._patron.hosts.leave(host_of(request))
            self._patron.abandon(request)
        self._lanes.clear()
        self._ready.clear()

    def has_pending_requests(self) -> bool:
        """Whether anything waits here."""
        return bool(self._ready) or self._held > 0

    def enqueue_request(self, request: Request) -> bool:
        """A new request joins its lane; one whose turn has come is made ready."""
        place = (-request.priority, next(self._count), request)
        if id(request) in self._released:
            self._released.discard(id(request))
            heapq.heappush(self._ready, place)
            return True
        name = host_of(request)
        lane = self._lanes.setdefault(name, [])
        if len(lane) >= FOLDED_FROM and (folded := self._patron.folded(request)) is not None:
            heapq.heappush(lane, (*place[:2], folded))
        else:
            heapq.heappush(lane, place)
        self._held += 1
        self._advance(name, at_once=True)
        return True

    def next_request(self) -> Request | None:
        """The next request whose host is ours and whose source has room, or None for now (the
        engine asks again when anything has ended)."""
        crowded = []
        chosen: Request | None = None
        while self._ready and chosen is None:
            place = heapq.heappop(self._ready)
            if self._patron.has_room(place[2]):
                chosen = place[2]
            else:
                crowded.append(place)
        for place in crowded:
            heapq.heappush(self._ready, place)
        return chosen

    def leave(self, request: Request) -> None:
        """``request`` has ended: its host is free, and the next in its lane may go when due."""
        name = host_of(request)
        self._patron.hosts.leave(name, monotonic())
        self._advance(name)

    def _advance(self, name: str, *, at_once: bool = False) -> None:
        """Hand out the first of the lane if the host is free and due; else see to it later."""
        lane = self._lanes.get(name)
        if not lane or not self._is_open:
            return
        hosts: Hosts = self._patron.hosts
        host = hosts[name]
        if host.is_busy:
            if name not in self._waiting:
                self._waiting.add(name)
                host.waiting.append(partial(self._told, name))
            return
        now = monotonic()
        wait = hosts.wait(name, now)
        self._drop_unwanted(lane, wait)
        if not lane:
            return
        if wait > 0:
            self._come_back(name, wait)
            return
        request = self._whole(heapq.heappop(lane)[2])
        self._held -= 1
        hosts.take(name, now, request.meta.get(DELAY))
        if at_once:
            heapq.heappush(self._ready, (-request.priority, next(self._count), request))
        else:
            self._released.add(id(request))
            self._crawler.engine.crawl(request)

    def _whole(self, waiting: Request | Folded) -> Request:
        request: Request = (
            self._patron.unfolded(waiting) if isinstance(waiting, Folded) else waiting
        )
        return request

    def _told(self, name: str) -> None:
        self._waiting.discard(name)
        self._advance(name)

    def _drop_unwanted(self, lane: list[tuple[int, int, Request | Folded]], wait: float) -> None:
        if wait <= 0 and self._patron.is_wanted(lane[0][2], wait):
            return  # it goes now; those behind it are looked at when they are first, or must wait
        wanted = [place for place in lane if self._patron.is_wanted(place[2], wait)]
        if len(wanted) == len(lane):
            return
        kept = {id(place) for place in wanted}
        dropped = [place[2] for place in lane if id(place) not in kept]
        lane[:] = wanted
        heapq.heapify(lane)
        self._held -= len(dropped)
        for waiting in dropped:
            self._patron.abandon(self._whole(waiting))

    def _come_back(self, name: str, wait: float) -> None:
        if (timer := self._timers.get(name)) is not None:
            timer.cancel()
        loop = asyncio.get_running_loop()
        self._timers[name] = loop.call_later(wait, self._timer_rang, name)

    def _timer_rang(self, name: str) -> None:
        self._timers.pop(name, None)
        self._advance(name)


class Downloader(downloader.Downloader):
    """Scrapy's downloader, which tells the lanes when a request has ended, however it ended.

    Requests that drag on do not count among those allowed at a time: servers that never answer
    would take all places, and every other host would wait for their time limits."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._dragging: set[Request] = set()

    def needs_backout(self) -> bool:
        """Whether enough is under way."""
        most, count = self.total_concurrency, len(self.active)
        return most > 0 and (count - len(self._dragging) >= most or count >= most * MOST_SLOW)

    @inlineCallbacks
    def fetch(
        self, request: Request, spider: Spider | None = None
    ) -> Generator[Deferred[Any], Any, Response | Request]:
        """Download ``request``; its host is left at the end."""
        loop = asyncio.get_running_loop()
        timer = loop.call_later(SLOW, self._drags, request)
        try:
            result: Response | Request = yield super().fetch(request)
            return result
        finally:
            timer.cancel()
            self._dragging.discard(request)
            scheduler = self.crawler.engine.scheduler
            if isinstance(scheduler, Lanes) and not request.meta.get(NESTED):
                # A moment later: what the request turned into joins its lane first.
                loop.call_soon(scheduler.leave, request)

    def _drags(self, request: Request) -> None:
        """``request`` gives its place to another; the engine is told that there is one."""
        self._dragging.add(request)
        if (slot := self.crawler.engine._slot) is not None:
            slot.nextcall.schedule()
