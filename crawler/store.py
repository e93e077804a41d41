"""Where a crawl puts what it learns: the database, or memory for a trial.

Every call is one piece of work for the writer thread; when it returns, it is committed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from crawler.telling import Fence, Guarded, Telling
from techwire.types import Article, Channel, Entry, Outcome, Page, Pending, Rejected, SiteFile
from techwire.urls import canonical

if TYPE_CHECKING:
    from db.writer import Writer

T = TypeVar("T")


class Store(Protocol):
    """What a crawl asks of its store."""

    async def channels(self, slugs: Sequence[str]) -> dict[str, list[Channel]]:
        """What is remembered of the sources' channels."""

    async def save_channel(self, slug: str, channel: Channel) -> None:
        """Remember a channel's validators and hash."""

    async def offer(self, slug: str, entries: Sequence[Entry], found_in: str) -> list[Pending]:
        """Write down what a channel lists; returns what is to be fetched."""

    async def pending(self, slugs: Sequence[str], limit: int) -> list[Pending]:
        """Addresses left over from earlier visits, or due for another try."""

    async def unread(
        self, slugs: Sequence[str], limit: int, *, after: Page | None = None
    ) -> list[Page]:
        """Pages of the sources that were fetched and not yet read: those that follow ``after``."""

    async def keep(self, page: Page) -> None:
        """The raw page, durable."""

    async def save(self, article: Article, address: str) -> Outcome:
        """The article, and the end of ``address``."""

    async def reject(self, rejected: Rejected) -> None:
        """The end of a page that is no article."""

    async def end(
        self,
        pending: Pending,
        outcome: Outcome,
        detail: str | None,
        *,
        next_try_at: datetime | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
    ) -> None:
        """The end of an address that brought no page."""

    async def site_file(self, url: str) -> SiteFile | None:
        """A robots.txt or tdmrep.json as it last answered, also to an earlier process."""

    async def save_site_file(self, file: SiteFile) -> None:
        """Remember what a robots.txt or tdmrep.json answered."""


class DatabaseStore:
    """The store of every real crawl."""

    def __init__(
        self,
        writer: Writer,
        clock: Callable[[], datetime],
        *,
        telling: Telling | None = None,
        fence: Fence | None = None,
    ) -> None:
        """``telling`` is shared by the stores of a process; ``fence`` stands before every write."""
        self._writer, self._now = writer, clock
        self._telling = telling or Telling()
        self._fence = fence

    def fenced(self, fence: Fence) -> DatabaseStore:
        """The same store, for one visit: nothing is written unless ``fence`` lets it through."""
        return DatabaseStore(self._writer, self._now, telling=self._telling, fence=fence)

    async def _do(self, work: Callable[[Any], T], slug: str | None = None) -> T:
        """Has ``work`` done and committed; what it writes is of the source ``slug``."""
        fence = self._fence
        if fence is None or slug is None:
            return await asyncio.wrap_future(self._writer.submit(work))

        def fenced(connection: Any) -> T:
            fence(connection, slug)
            return work(connection)

        return await asyncio.wrap_future(self._writer.submit(fenced))

    async def channels(self, slugs: Sequence[str]) -> dict[str, list[Channel]]:
        """See Store."""
        from db import sources

        return await self._do(partial(sources.channels, slugs=slugs))

    async def save_channel(self, slug: str, channel: Channel) -> None:
        """See Store."""
        from db import sources

        now = self._now()
        await self._do(lambda c: sources.save_channel(c, slug, channel, now), slug)

    async def offer(self, slug: str, entries: Sequence[Entry], found_in: str) -> list[Pending]:
        """See Store."""
        from db import pages

        now = self._now()
        return await self._do(lambda c: pages.offer(c, slug, entries, found_in, now), slug)

    async def pending(self, slugs: Sequence[str], limit: int) -> list[Pending]:
        """See Store."""
        from db import pages

        now = self._now()
        return await self._do(lambda c: pages.pending(c, slugs, now, limit))

    async def unread(
        self, slugs: Sequence[str], limit: int, *, after: Page | None = None
    ) -> list[Page]:
        """See Store."""
        from db import pages

        return await self._do(lambda c: pages.unread(c, limit, slugs=slugs, after=after))

    async def keep(self, page: Page) -> None:
        """See Store."""
        await asyncio.wrap_future(self._writer.submit_to(_keep_together, (page, self._fence)))

    async def save(self, article: Article, address: str) -> Outcome:
        """See Store."""
        from db.articles import Saving

        saving = Guarded(Saving(article, self._now(), address), self._fence)
        return await asyncio.wrap_future(self._writer.submit_to(self._telling.save, saving))

    async def reject(self, rejected: Rejected) -> None:
        """See Store."""
        from db import articles

        now = self._now()
        await self._do(lambda c: articles.reject(c, rejected, now), rejected.source)

    async def end(
        self,
        pending: Pending,
        outcome: Outcome,
        detail: str | None,
        *,
        next_try_at: datetime | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
    ) -> None:
        """See Store."""
        from db import pages

        now = self._now()
        await self._do(
            lambda c: pages.end(
                c,
                pending.url,
                pending.source,
                outcome,
                detail,
                now,
                next_try_at=next_try_at,
                etag=etag,
                last_modified=last_modified,
            ),
            pending.source,
        )

    async def site_file(self, url: str) -> SiteFile | None:
        """See Store."""
        from db import site_files

        return await self._do(lambda c: site_files.site_file(c, url))

    async def save_site_file(self, file: SiteFile) -> None:
        """See Store."""
        from db import site_files

        await self._do(lambda c: site_files.save_site_file(c, file))


def _keep_together(connection: Any, batch: Sequence[tuple[Page, Fence | None]]) -> list[None]:
    """Keeps the pages that wait together; in the writer's thread."""
    from db import pages

    for fence, slug in {(fence, page.source) for page, fence in batch}:
        if fence is not None:
            fence(connection, slug)
    pages.keep_many(connection, [page for page, _ in batch])
    return [None] * len(batch)


class MemoryStore:
    """The store of a trial (``source add``, ``source check``): forgotten when it ends."""

    def __init__(self) -> None:
        self.articles: dict[str, Article] = {}
        self.pages: dict[str, Page] = {}
        self.rejected: list[Rejected] = []
        self.ends: dict[str, tuple[Outcome, str | None]] = {}
        self.known_channels: dict[str, dict[str, Channel]] = {}
        self._known: dict[str, Entry] = {}
        self._site_files: dict[str, SiteFile] = {}

    async def channels(self, slugs: Sequence[str]) -> dict[str, list[Channel]]:
        """See Store."""
        return {slug: list(self.known_channels.get(slug, {}).values()) for slug in slugs}

    async def save_channel(self, slug: str, channel: Channel) -> None:
        """See Store."""
        self.known_channels.setdefault(slug, {})[channel.url] = channel

    async def offer(self, slug: str, entries: Sequence[Entry], found_in: str) -> list[Pending]:
        """See Store."""
        fresh = []
        for entry in entries:
            url = canonical(entry.url)
            if url not in self._known:
                self._known[url] = entry
                fresh.append(Pending(url=url, fetch_url=entry.url, source=slug, entry=entry))
        return fresh

    async def pending(self, slugs: Sequence[str], limit: int) -> list[Pending]:
        """See Store."""
        return []

    async def unread(
        self, slugs: Sequence[str], limit: int, *, after: Page | None = None
    ) -> list[Page]:
        """See Store."""
        return []

    async def keep(self, page: Page) -> None:
        """See Store."""
        self.pages[page.url] = page

    async def save(self, article: Article, address: str) -> Outcome:
        """See Store."""
        outcome = Outcome.UNCHANGED if article.url in self.articles else Outcome.NEW
        self.articles[article.url] = article
        self.ends[address] = (outcome, None)
        return outcome

    async def reject(self, rejected: Rejected) -> None:
        """See Store."""
        self.rejected.append(rejected)
        self.ends[rejected.url] = (rejected.outcome, rejected.detail)

    async def end(
        self,
        pending: Pending,
        outcome: Outcome,
        detail: str | None,
        *,
        next_try_at: datetime | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
    ) -> None:
        """See Store."""
        self.ends[pending.url] = (outcome, detail)

    async def site_file(self, url: str) -> SiteFile | None:
        """See Store."""
        return self._site_files.get(url)

    async def save_site_file(self, file: SiteFile) -> None:
        """See Store."""
        self._site_files[file.url] = file
