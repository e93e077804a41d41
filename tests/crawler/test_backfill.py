"""The past of a source, fetched once and in order of what is left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from crawler.backfill import Backfill, day_of
from crawler.reactor import Background
from crawler.run import crawl
from crawler.spiders.watch import LEFTOVERS
from crawler.store import MemoryStore
from techwire.types import Outcome, Pending
from tests.crawler.town import Kit, Town, article, source

SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def test_every_sitemap_since_the_day_is_opened_and_no_older_one(
    town: Town, kit: Kit, reactor: Background
) -> None:
    months = [f"2025-{n:02}" for n in range(6, 13)] + [f"2026-{n:02}" for n in range(1, 8)]
    town["gazette.example/map.xml"] = (
        "<sitemapindex>"
        + "".join(
            f"<sitemap><loc>https://gazette.example/map-{m}.xml</loc><lastmod>{m}-28</lastmod></sitemap>"
            for m in months
        )
        + "</sitemapindex>"
    )
    for month in months:
        where = f"https://gazette.example/{month.replace('-', '/')}/a"
        town[f"gazette.example/map-{month}.xml"] = f"<urlset><url><loc>{where}</loc></url></urlset>"
        town[f"gazette.example/{month.replace('-', '/')}/a"] = article(month)
    store = MemoryStore()
    watched = source(sitemaps=("https://gazette.example/map.xml",), max_articles=10**9)
    (visit,) = reactor.call(crawl([watched], kit.tools(store), spider=Backfill, since=SINCE))
    assert visit.counts == {Outcome.NEW: 7}
    assert sorted(a.title for a in store.articles.values()) == [m for m in months if m > "2026"]
    assert "/map-2025-06.xml" not in town.paths()


def test_older_pages_of_a_listing_are_followed_back_to_the_day(
    town: Town, kit: Kit, reactor: Background
) -> None:
    def page(number: int, month: str) -> str:
        links = "".join(
            f'<h2><a href="/{month}/1{n}/une-histoire-de-puces-{number}{n}.html">Une histoire de '
            "puces qui fait parler</a></h2>"
            for n in range(3)
        )
        return f'<html>{links}<a rel="next" href="/archive?page={number + 1}">Suite</a></html>'

    for number, month in enumerate(["2026/03", "2026/02", "2025/12", "2025/11"]):
        town[f"gazette.example/archive?page={number}"] = page(number, month)
        for n in range(3):
            town[f"gazette.example/{month}/1{n}/une-histoire-de-puces-{number}{n}.html"] = article()
    watched = source(listings=("https://gazette.example/archive?page=0",), max_articles=10**9)
    (visit,) = reactor.call(crawl([watched], kit.tools(), spider=Backfill, since=SINCE))
    assert visit.counts == {Outcome.NEW: 6}
    assert "/archive?page=2" in town.paths()
    assert "/archive?page=3" not in town.paths()


def test_a_run_takes_up_all_that_one_before_it_left(
    town: Town, kit: Kit, reactor: Background
) -> None:
    class Noting(MemoryStore):
        """Notes how many of the addresses that are left a run asks for."""

        most = 0

        async def pending(self, slugs: Sequence[str], limit: int) -> list[Pending]:
            self.most = limit
            return []

    store = Noting()
    watched = source(sitemaps=("https://gazette.example/map.xml",))
    reactor.call(crawl([watched], kit.tools(store), spider=Backfill, since=SINCE))
    assert store.most > 10 * LEFTOVERS  # its sitemaps may answer 304, and tell of none again


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://g.example/2026/03/05/a", datetime(2026, 3, 5, 23, 59, 59, tzinfo=UTC)),
        ("https://g.example/2026-03-05-a", datetime(2026, 3, 5, 23, 59, 59, tzinfo=UTC)),
        ("https://g.example/2025/12/a", datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("https://g.example/2025/02/30/a", None),
        ("https://g.example/a-2026", None),
    ],
)
def test_an_address_may_name_its_day(url: str, expected: datetime | None) -> None:
    assert day_of(url) == expected
