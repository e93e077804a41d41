"""From a page to a row, in three thin steps: Keep it raw, Read it in the pool, Save the article."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from techwire.types import Article, Outcome, Page, Rejected

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.spiders.watch import Watch
    from crawler.tools import Tools


@dataclass(frozen=True, slots=True)
class Kept(Page):
    """A page that an earlier run stored and did not come to read."""


AT_A_TIME = 10  # pages left over that are taken from the database together


async def left_over(slugs: Sequence[str], tools: Tools, most: int) -> AsyncIterator[Kept]:
    """The pages that earlier runs stored and did not come to read, a few in memory at a time."""
    assert tools.store is not None  # noqa: S101 - Tools makes one
    last: Page | None = None
    for _ in range(0, most, AT_A_TIME):
        pages = await tools.store.unread(slugs, AT_A_TIME, after=last)
        for last in pages:
            yield Kept(**{name: getattr(last, name) for name in Page.__dataclass_fields__})
        if len(pages) < AT_A_TIME:
            return
        await tools.backlog.room()


@dataclass(frozen=True, slots=True)
class Result:
    """A page with what was read from it."""

    page: Page
    article: Article | Rejected


class _Stage:
    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Any:
        """Scrapy's way to build it."""
        return cls(crawler)

    @property
    def spider(self) -> Watch:
        """The spider, which holds the tools."""
        return self._crawler.spider  # type: ignore[return-value]


class Keep(_Stage):
    """The raw bytes are durable before anything reads them."""

    async def process_item(self, page: Page) -> Page:
        """Store ``page`` unless an earlier run has."""
        if not isinstance(page, Kept):
            with self.spider.tools.backlog.holding(page):
                await self.spider.store.keep(page)
        return page


class Read(_Stage):
    """The page goes to the pool; the loop goes on."""

    async def process_item(self, page: Page) -> Result:
        """Read ``page``."""
        source, tools = self.spider.source_of(page.source), self.spider.tools
        with tools.backlog.holding(page):
            return Result(page, await tools.reader.read(page, source))


class Save(_Stage):
    """Article, tags, mentions, revision and the address's end: one transaction."""

    async def process_item(self, result: Result) -> Result:
        """Store ``result`` and count how the page ended."""
        with self.spider.tools.backlog.holding(result.page):
            outcome = await self._saved(result)
        self.spider.ended(result.page, outcome)
        return result

    async def _saved(self, result: Result) -> Outcome:
        if isinstance(result.article, Article):
            article = kept(result.article, self.spider.tools.noarchive)
            return await self.spider.store.save(article, result.page.url)
        await self.spider.store.reject(result.article)
        return result.article.outcome


def kept(article: Article, noarchive: str) -> Article:
    """The article, marked to be kept as an excerpt when its page asks for that and the user agrees
    (``[storage] noarchive = "excerpt"``)."""
    said = article.origins.get("robots", "").split(", ")
    if noarchive != "excerpt" or not {"noarchive", "none"} & set(said):
        return article
    return replace(article, origins={**article.origins, "keep": "excerpt: noarchive"})
