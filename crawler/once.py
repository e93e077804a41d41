"""Fetch one page, with the manners of a crawl, and keep it nowhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from crawler import reactor
from crawler.run import crawl
from crawler.settings import network_of
from crawler.store import MemoryStore
from crawler.tools import Tools
from techwire.config import Config
from techwire.errors import TechwireError
from techwire.types import Article, Outcome, Page, Pending, Rejected, Source
from techwire.urls import canonical

T = TypeVar("T")


class OnePage(MemoryStore):
    """A store that wants one address fetched and remembers its page."""

    def __init__(self, wanted: Pending) -> None:
        super().__init__()
        self._wanted = wanted

    async def pending(self, slugs: Sequence[str], limit: int) -> list[Pending]:
        """The address that is wanted."""
        return [self._wanted]


class Unread:
    """A reader that leaves pages as they are: the caller reads them."""

    async def warm(self) -> None:
        """Nothing to prepare."""

    async def read(self, page: Page, source: Source) -> Article | Rejected:
        """Never an article."""
        return Rejected(
            url=page.url,
            source=source.slug,
            outcome=Outcome.NOT_ARTICLE,
            detail="fetched only",
            fetched_at=page.fetched_at,
        )

    async def call(self, work: Callable[[], T], source: str) -> T:
        """Done here."""
        return work()

    def close(self) -> None:
        """Nothing to close."""


def fetch(url: str, source: Source, config: Config) -> Page:
    """The page at ``url``, as ``source`` would fetch it: robots.txt, guard and limits included.

    Starts the process's reactor, so once per process. TechwireError when there is no page."""
    wanted = Pending(url=canonical(url), fetch_url=url, source=source.slug)
    store = OnePage(wanted)
    tools = Tools(network=network_of(config), reader=Unread(), store=store)
    only = replace(source, url=source.url or url, feeds=(), sitemaps=(), listings=())
    reactor.run(lambda: crawl([only], tools))
    page = next(iter(store.pages.values()), None)
    if page is None:
        outcome, detail = store.ends.get(wanted.url, (Outcome.NETWORK, None))
        raise TechwireError(f"{url}: {outcome}{f' ({detail})' if detail else ''}")
    return page
