"""One visit of many sources: ask their channels, fetch what is new, leave the rest in peace."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from typing import Any, ClassVar, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler import answers, asking, outcomes, rights
from crawler.entries import Reading, read_channel
from crawler.guard import Guard
from crawler.lanes import Folded, host_of
from crawler.middleware import HELD
from crawler.parcel import unpack
from crawler.patterns import Pattern
from crawler.politeness import Hosts
from crawler.process import WorkerLost
from crawler.stages import left_over
from crawler.standalone import Standalone
from crawler.store import Store
from crawler.tools import Tools
from crawler.visits import Log
from techwire.types import (
    Channel,
    ChannelKind,
    Entry,
    Outcome,
    Page,
    Pending,
    Source,
    VisitOutcome,
)

log = logging.getLogger(__name__)

CHILDREN = 5  # sitemaps of an index that one visit opens, newest first
DEPTH = 2  # an index of indexes is followed so far
LONG = 200_000  # bytes of a channel that take longer to read than a loop should wait
LEFTOVERS = 500  # unread pages, and pending addresses, that one crawl picks up at most
RETRIES = 1  # of a broken connection or a server error, within one visit

_RETRIED_AT_ONCE = frozenset({Outcome.NETWORK, Outcome.HTTP_ERROR})
_KINDS = {
    ChannelKind.FEED: "feeds",
    ChannelKind.SITEMAP: "sitemaps",
    ChannelKind.LISTING: "listings",
}


class Watch(Spider):
    """All channels of its sources. ``-a source=SLUG[,SLUG…]`` chooses among ``sources.toml``."""

    name = "watch"
    kinds: ClassVar[frozenset[ChannelKind]] = frozenset(ChannelKind)
    obeys_robots = True
    leftovers: ClassVar[int] = LEFTOVERS

    tools: Tools
    logs: dict[str, Log]

    def __init__(
        self,
        *,
        tools: Tools | None = None,
        logs: Sequence[Log] = (),
        source: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.problem: BaseException | None = None
        self._standalone: Standalone | None = None
        if tools is None:
            self._standalone = Standalone(source)
            tools, logs = self._standalone.tools, self._standalone.logs
        self.tools = tools
        self.logs = {one.source.slug: one for one in logs}
        self._remembered: dict[tuple[str, str, ChannelKind], Channel] = {}
        self._asked: set[str] = set()  # addresses of pages this crawl has asked for

    # What the lanes, the middlewares and the stages ask of us.

    @property
    def hosts(self) -> Hosts:
        """The hosts of this process."""
        return self.tools.hosts

    def has_room(self, request: Request) -> bool:
        """Whether the source of ``request`` may bring another page into memory."""
        of: Log | None = request.cb_kwargs.get("log")
        backlog = self.tools.backlog
        return not backlog.is_full if of is None else backlog.has_room(of.source.slug)

    @property
    def guard(self) -> Guard:
        """Which addresses may be connected to."""
        return self.tools.guard

    @property
    def host_map(self) -> dict[str, str]:
        """Fictional hosts and where they really are."""
        return dict(self.tools.network.host_map)

    @property
    def agent(self) -> str:
        """Our User-Agent."""
        return self.tools.network.agent

    @property
    def store(self) -> Store:
        """Where everything goes."""
        assert self.tools.store is not None  # noqa: S101 - Tools makes one
        return self.tools.store

    def source_of(self, slug: str) -> Source:
        """The source of that slug, one of this crawl's."""
        return self.logs[slug].source

    folded = staticmethod(asking.folded)

    def unfolded(self, folded: Folded) -> Request:
        """The request for an address, as when it was folded."""
        return self._ask_for_page(unpack(folded.packed), folded.log)

    def _ask_for_page(self, pending: Pending, of: Log) -> Request:
        network = self.tools.network
        return asking.for_page(pending, of, network, self.on_page, self.on_page_failed)

    def is_wanted(self, request: Request | Folded, wait: float) -> bool:
        """Whether ``request`` may still be sent after ``wait`` more seconds."""
        of: Log | None = request.cb_kwargs.get("log")
        if of is None:
            return True
        return wait <= self.tools.network.max_wait_seconds and monotonic() + wait < of.deadline

    def abandon(self, request: Request) -> None:
        """``request`` is not sent: its address stays for another visit."""
        of: Log = request.cb_kwargs["log"]
        wait = self.hosts.wait(host_of(request), monotonic())
        is_channel = isinstance(request.cb_kwargs["subject"], Channel)
        if is_channel and not self.is_wanted(request, wait):
            of.channel(VisitOutcome.BUSY, f"asked to wait {wait:.0f} s")
            self._note_wait(of, wait)
        else:
            of.postponed += 1
        of.end()

    def ended(self, page: Page, outcome: Outcome) -> None:
        """A page has been read and saved."""
        of = self.logs[page.source]
        of.count(outcome)
        of.end()

    # The visit.

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Scrapy's way to build it, with an ear for what goes wrong in our own code."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.on_error, signals.spider_error)
        crawler.signals.connect(spider.on_error, signals.item_error)
        return spider

    def on_error(self, failure: Failure, item: Any = None, response: Any = None) -> None:
        """Neither a page's nor a source's fault (a full disk, a lost database, a bug of ours): the
        crawl ends, and ``run.crawl`` raises it. What was fetched is safe, see ``Store``."""
        if self.problem is None:
            self.problem = failure.value
            asyncio.ensure_future(self.crawler.stop_async())  # noqa: RUF006 - the engine holds it

    async def start(self) -> AsyncIterator[Any]:
        """First what earlier runs left, then every channel."""
        slugs = list(self.logs)
        for of in self.logs.values():
            of.begin()
        async for page in left_over(slugs, self.tools, LEFTOVERS):
            self.logs[page.source].begin()
            yield page
        known = await self.store.channels(slugs)
        self._remembered = {
            (slug, channel.url, channel.kind): channel
            for slug, channels in known.items()
            for channel in channels
        }
        for of in self.logs.values():
            for channel in self._channels(of.source):
                of.begin()
                yield self._ask(channel, of)
        for pending in await self.store.pending(slugs, self.leftovers):
            for request in self._fetch(pending, self.logs[pending.source]):
                yield request
        for of in self.logs.values():
            of.end()

    def _channels(self, source: Source) -> Iterable[Channel]:
        for kind in ChannelKind:
            if kind in self.kinds:
                for url in getattr(source, _KINDS[kind]):
                    yield self._channel(source.slug, url, kind)

    def _channel(self, slug: str, url: str, kind: ChannelKind) -> Channel:
        """What we remember of a channel, or a new one."""
        return self._remembered.get((slug, url, kind)) or Channel(url=url, kind=kind)

    def _children(self, reading: Reading) -> list[str]:
        """The sitemaps of an index that are worth opening now: the newest few."""
        return [child.url for child in reading.newest_children[:CHILDREN]]

    def _older(self, reading: Reading, of: Log, *, has_new: bool) -> Iterable[str]:
        """The pages of older entries that are worth asking for: none, on an ordinary visit."""
        return ()

    def _children_of_old(self, of: Log, channel: Channel) -> list[Channel]:
        """The sitemaps an unchanged index has led to before: they may have changed."""
        if channel.kind is not ChannelKind.SITEMAP:
            return []
        old = [
            known
            for (slug, url, kind), known in self._remembered.items()
            if slug == of.source.slug and kind is channel.kind and url not in of.source.sitemaps
        ]
        return old[-CHILDREN:]

    def _ask(self, channel: Channel, of: Log, depth: int = 0) -> Request:
        request = asking.for_channel(
            channel,
            of,
            self.tools.network,
            self.tools.now(),
            self.on_channel,
            self.on_channel_failed,
        )
        request.cb_kwargs["depth"] = depth
        return request

    def _fetch(self, pending: Pending, of: Log) -> Iterable[Request]:
        """The request for an address, once a crawl: what a channel has just offered is pending too,
        and a channel may answer before ``start`` has looked for what is pending."""
        if pending.url not in self._asked:
            self._asked.add(pending.url)
            of.begin()
            yield self._ask_for_page(pending, of)

    async def on_channel(
        self, response: Response, log: Log, subject: Channel, depth: int = 0
    ) -> AsyncIterator[Any]:
        """A feed, sitemap or listing has answered."""
        try:
            async for request in self._channel_answered(response, log, subject, depth):
                yield request
        finally:
            log.end()

    async def _channel_answered(
        self, response: Response, of: Log, channel: Channel, depth: int
    ) -> AsyncIterator[Any]:
        headers = answers.headers_of(response)
        refusal = outcomes.of_status(response.status, headers, response.body)
        if refusal is not None:
            if (again := self._again(response.request, refusal[0])) is not None:
                of.begin()
                yield again
                return
            self._channel_refused(response, of, channel, *refusal)
            return
        now = self.tools.now()
        remembered = answers.remembered(channel, headers, now)
        digest = hashlib.sha256(response.body).hexdigest()
        # an index of sitemaps may stay the same while those it names change: it is always opened
        is_same = digest == channel.content_hash and b"<sitemapindex" not in response.body[:2000]
        if response.status == 304 or is_same:
            of.not_modified += response.status == 304
            of.channel(VisitOutcome.UNCHANGED)
            if response.status == 304:
                remembered = replace(remembered, full_answer_at=channel.full_answer_at)
            await self.store.save_channel(of.source.slug, remembered)
            for child in self._children_of_old(of, channel) if depth == 0 else ():
                of.begin()
                yield self._ask(child, of, DEPTH)
            return
        reading = await self._reading(response, headers.get("content-type"), channel, of.source)
        if reading.kind is None:
            name = outcomes.wall(headers, response.body)
            word = VisitOutcome.BLOCKED if name else VisitOutcome.UNREADABLE
            of.channel(word, f"{channel.url}: {name or reading.problem}")
            return
        for address in self._children(reading) if depth < DEPTH else ():
            of.begin()
            yield self._ask(self._channel(of.source.slug, address, channel.kind), of, depth + 1)
        entries = self._wanted(reading.entries, of.source, now)
        fresh = await self.store.offer(of.source.slug, entries, channel.url) if entries else []
        of.found += len(reading.entries)
        of.fresh += len(fresh)
        hints = [hint for hint in (reading.hint_seconds, answers.max_age(headers)) if hint]
        saved = replace(
            remembered,
            content_hash=digest,
            full_answer_at=now,
            hint_seconds=max(hints, default=None) if depth == 0 else None,
        )
        await self.store.save_channel(of.source.slug, saved)
        for address in self._older(reading, of, has_new=bool(fresh)):
            of.begin()
            yield self._ask(Channel(url=address, kind=channel.kind), of, depth)
        moved = answers.moved(response)
        has_any = bool(reading.entries or reading.children)
        of.channel(VisitOutcome.OK if has_any else VisitOutcome.EMPTY, moved or reading.problem)
        for pending in fresh:
            for request in self._fetch(pending, of):
                yield request

    async def _reading(
        self, response: Response, content_type: str | None, channel: Channel, source: Source
    ) -> Reading:
        """The channel read; a long one in the pool, so that neither loop nor memory feel it."""
        read = partial(
            read_channel,
            response.body,
            response.url,
            content_type,
            channel.kind,
            links=answers.links_of(source),
            timezone=source.timezone,
        )
        if len(response.body) < LONG:
            return read()
        try:
            return await self.tools.reader.call(read, source.slug)
        except WorkerLost as lost:
            return Reading(kind=None, problem=str(lost))

    def _wanted(self, entries: Sequence[Entry], source: Source, now: datetime) -> list[Entry]:
        """The newest of the entries that the source's rules let through."""
        wanted = self._allowed(entries, source, now)
        if len(wanted) > source.max_articles:
            dated = [e for e in wanted if e.published_at or e.modified_at]
            if len(dated) * 2 > len(wanted):
                wanted = sorted(dated, key=answers.newest, reverse=True)
        return wanted[: source.max_articles]

    def _allowed(self, entries: Sequence[Entry], source: Source, now: datetime) -> list[Entry]:
        """The entries that the source's rules let through, without dates of the future."""
        include = Pattern(source.include) if source.include else None
        exclude = Pattern(source.exclude) if source.exclude else None
        return [
            answers.plausible(entry, now)
            for entry in entries  # what a pattern cannot judge in time is left out
            if (include is None or include.finds(entry.url))
            and (exclude is None or exclude.finds(entry.url) is False)
        ]

    def on_channel_failed(self, failure: Failure) -> Iterable[Request]:
        """A channel has not answered."""
        request: Request = failure.request  # type: ignore[attr-defined]
        of: Log = request.cb_kwargs["log"]
        channel: Channel = request.cb_kwargs["subject"]
        outcome, detail = outcomes.of_failure(answers.error_of(failure))
        if (again := self._again(request, outcome, answers.error_of(failure))) is not None:
            return [again]
        of.channel(outcomes.VISIT.get(outcome, VisitOutcome.NETWORK), f"{channel.url}: {detail}")
        of.end()
        return []

    def _channel_refused(
        self, response: Response, of: Log, channel: Channel, outcome: Outcome, detail: str
    ) -> None:
        wait = answers.held(response, outcome)
        if wait is not None:
            self._note_wait(of, wait)
            detail += f", asked to wait {wait:.0f} s"
        word = outcomes.VISIT.get(outcome, VisitOutcome.HTTP_ERROR)
        of.channel(word, f"{channel.url}: {detail}")

    async def on_page(self, response: Response, log: Log, subject: Pending) -> AsyncIterator[Any]:
        """An article's server has answered."""
        headers = answers.headers_of(response)
        outcome: Outcome | None = None
        detail: str | None = None
        wait: float | None = None
        if response.status == 304:
            outcome = Outcome.UNCHANGED
        elif refusal := outcomes.of_status(response.status, headers, response.body):
            outcome, detail = refusal
            if (again := self._again(response.request, outcome)) is not None:
                yield again
                return
            wait = answers.held(response, outcome)
        elif stand_in := outcomes.of_stand_in(
            subject.fetch_url, response.url, headers, response.body
        ):
            outcome, detail = Outcome.BLOCKED, stand_in
        elif self.obeys_robots and rights.is_reserved(headers, response.body):
            outcome, detail = Outcome.RESERVED, "text and data mining is reserved"
        if outcome is None:
            yield Page(
                url=subject.url,
                final_url=response.url,
                source=log.source.slug,
                fetched_at=self.tools.now(),
                body=response.body,
                status=response.status,
                content_type=headers.get("content-type"),
                headers=headers,
                entry=subject.entry,
            )
            return
        later = self.tools.now() + timedelta(seconds=wait) if wait else None
        await self.store.end(subject, outcome, detail, next_try_at=later)
        log.count(outcome)
        log.end()

    async def on_page_failed(self, failure: Failure) -> AsyncIterator[Any]:
        """An article's server has not answered."""
        request: Request = failure.request  # type: ignore[attr-defined]
        of: Log = request.cb_kwargs["log"]
        pending: Pending = request.cb_kwargs["subject"]
        outcome, detail = outcomes.of_failure(answers.error_of(failure))
        if (again := self._again(request, outcome, answers.error_of(failure))) is not None:
            yield again
            return
        await self.store.end(pending, outcome, detail)
        of.count(outcome)
        of.end()

    def _again(
        self, request: Request | None, outcome: Outcome, error: BaseException | None = None
    ) -> Request | None:
        """The same request once more, after a pause for its host, when that may help."""
        if request is None or outcome not in _RETRIED_AT_ONCE:
            return None
        if isinstance(error, (outcomes.RobotsUnavailable, CannotResolveHostError)):
            return None
        tries = request.meta.get("techwire_tries", 0)
        if tries >= RETRIES or not self.is_wanted(request, request.meta.get(HELD, 0.0)):
            return None
        again = request.replace(priority=request.priority - 5, dont_filter=True)
        again.meta["techwire_tries"] = tries + 1
        return again

    def _note_wait(self, of: Log, wait: float) -> None:
        until = self.tools.now() + timedelta(seconds=wait)
        of.not_before = max(filter(None, (of.not_before, until)))

    def closed(self, reason: str) -> None:
        """The crawl has ended."""
        if self._standalone is not None:
            self._standalone.close()
