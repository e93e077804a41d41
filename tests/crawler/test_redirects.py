"""Addresses that lead to one page: it is asked for once a visit, whichever comes first."""

from __future__ import annotations

import pytest

from crawler.reactor import Background
from crawler.run import crawl
from crawler.store import MemoryStore
from techwire.types import Outcome
from tests.crawler.town import Answer, Kit, Town, article, rss, source

FEED = "https://gazette.example/feed.xml"
SITEMAP = "https://gazette.example/sitemap.xml"
MOVED = "https://gazette.example/r/1"
OWN = "https://gazette.example/news/a"


@pytest.mark.parametrize(
    ("feed", "sitemap"),
    [
        pytest.param(MOVED, OWN, id="the redirecting link comes from the feed"),
        pytest.param(OWN, MOVED, id="the redirecting link comes from the sitemap"),
    ],
)
def test_a_page_behind_two_addresses_is_fetched_once(
    town: Town, kit: Kit, reactor: Background, feed: str, sitemap: str
) -> None:
    town["gazette.example/feed.xml"] = rss(feed)
    town["gazette.example/sitemap.xml"] = f"<urlset><url><loc>{sitemap}</loc></url></urlset>"
    town["gazette.example/r/1"] = Answer(status=301, headers={"Location": "/news/a"})
    town["gazette.example/news/a"] = article("A")
    store = MemoryStore()
    gazette = source(feeds=(FEED,), sitemaps=(SITEMAP,))
    (visit,) = reactor.call(crawl([gazette], kit.tools(store)))
    assert visit.counts == {Outcome.NEW: 1, Outcome.UNCHANGED: 1}
    assert town.paths().count("/news/a") == 1
    assert len(store.articles) == 1
