"""A visit, whole: from a channel to the articles, told on the way, ended when asked to."""

from __future__ import annotations

import asyncio
import gzip
import sys
from datetime import UTC, datetime

import pytest
from scrapy import Request

from crawler.asking import folded, for_page
from crawler.lanes import FOLDED_FROM, Folded
from crawler.parcel import pack, unpack
from crawler.reactor import Background
from crawler.run import crawl
from crawler.settings import Network
from crawler.spiders.watch import Watch
from crawler.store import MemoryStore
from crawler.visits import Log
from techwire.types import Entry, Outcome, Pending, Visit, VisitOutcome
from tests.crawler.town import (
    Kit,
    Town,
    article,
    rss,
    source,
    visit_of,
)

FEED = "gazette.example/feed.xml"


def test_a_feed_leads_to_its_articles(town: Town, kit: Kit, reactor: Background) -> None:
    town[FEED] = rss("https://gazette.example/a", "https://gazette.example/b")
    town["gazette.example/a"] = article("A")
    town["gazette.example/b"] = article("B")
    store = MemoryStore()
    (visit,) = reactor.call(crawl([source()], kit.tools(store)))
    assert visit.outcome is VisitOutcome.OK
    assert visit.counts == {Outcome.NEW: 2}
    assert visit.found == visit.fresh == 2
    assert {a.title for a in store.articles.values()} == {"A", "B"}
    assert list(store.articles) == ["https://gazette.example/a", "https://gazette.example/b"]


def test_a_news_sitemap_behind_an_index_leads_to_its_articles(
    town: Town, kit: Kit, reactor: Background
) -> None:
    town["gazette.example/index.xml"] = (
        "<sitemapindex><sitemap><loc>https://gazette.example/news.xml.gz</loc></sitemap>"
        "</sitemapindex>"
    )
    town["gazette.example/news.xml.gz"] = gzip.compress(
        b"<urlset><url><loc>https://gazette.example/a</loc></url></urlset>"
    )
    town["gazette.example/a"] = article()
    visit = visit_of(town, kit, reactor, sitemaps=("https://gazette.example/index.xml",))
    assert visit.outcome is VisitOutcome.OK
    assert visit.counts == {Outcome.NEW: 1}


def test_an_index_that_stays_the_same_is_opened_for_what_changed_behind_it(
    town: Town, kit: Kit, reactor: Background
) -> None:
    index = ("https://gazette.example/index.xml",)
    town["gazette.example/index.xml"] = (
        "<sitemapindex><sitemap><loc>https://gazette.example/news.xml</loc></sitemap>"
        "</sitemapindex>"
    )
    store = MemoryStore()
    for number in (1, 2):
        address = f"gazette.example/{number}"
        town[address] = article(str(number))
        locations = f"<url><loc>https://{address}</loc></url>"
        town["gazette.example/news.xml"] = f"<urlset>{locations}</urlset>"
        (visit,) = reactor.call(crawl([source(sitemaps=index, feeds=())], kit.tools(store)))
        assert visit.counts == {Outcome.NEW: 1}


def test_a_listing_leads_to_its_articles(town: Town, kit: Kit, reactor: Background) -> None:
    town["gazette.example/news"] = (
        '<html><a href="/">Home</a><h2><a href="/2026/03/une-puce-venue-de-loin-12345.html">'
        "Une puce venue de loin et promise à un bel avenir</a></h2></html>"
    )
    town["gazette.example/2026/03/une-puce-venue-de-loin-12345.html"] = article()
    visit = visit_of(town, kit, reactor, listings=("https://gazette.example/news",))
    assert visit.counts == {Outcome.NEW: 1}


def test_progress_is_told_and_ends_once(town: Town, kit: Kit, reactor: Background) -> None:
    town[FEED] = rss("https://gazette.example/a")
    town["gazette.example/a"] = article()
    told: list[tuple[Visit, bool]] = []
    reactor.call(crawl([source()], kit.tools(), on_progress=lambda v, over: told.append((v, over))))
    assert [over for _, over in told].count(True) == 1
    assert told[-1][1]
    assert told[-1][0].counts == {Outcome.NEW: 1}


def test_a_stop_lets_what_is_under_way_end(town: Town, kit: Kit, reactor: Background) -> None:
    town[FEED] = rss(*(f"https://gazette.example/{n}" for n in range(50)))
    for n in range(50):
        town[f"gazette.example/{n}"] = article(str(n))

    async def stopped() -> list[Visit]:
        stop = asyncio.Event()

        def told(visit: Visit, over: bool) -> None:
            if visit.pages >= 3:
                stop.set()

        return await crawl([source()], kit.tools(), on_progress=told, stop=stop)

    (visit,) = reactor.call(stopped())
    assert visit.outcome is VisitOutcome.INTERRUPTED
    assert 3 <= visit.pages < 50


def test_a_stop_before_the_engine_runs_is_heard_as_well(
    town: Town, kit: Kit, reactor: Background
) -> None:
    town["gazette.example/robots.txt"] = "User-agent: *\nCrawl-delay: 5\n"  # not over by itself
    town[FEED] = rss("https://gazette.example/a")

    async def stopped() -> list[Visit]:
        stop = asyncio.Event()
        stop.set()
        return await crawl([source()], kit.tools(), stop=stop)

    (visit,) = reactor.call(stopped())
    assert visit.outcome is VisitOutcome.INTERRUPTED


def test_a_long_list_is_fetched_whole_though_most_of_it_waits_folded(
    town: Town, kit: Kit, reactor: Background, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    unfold = Watch.unfolded

    def counted(spider: Watch, waiting: Folded) -> Request:
        made.append(waiting.packed)
        return unfold(spider, waiting)

    monkeypatch.setattr(Watch, "unfolded", counted)
    addresses = [f"gazette.example/{number}" for number in range(FOLDED_FROM + 6)]
    for address in addresses:
        town[address] = article(address)
    town[FEED] = rss(*(f"https://{address}" for address in addresses))
    store = MemoryStore()
    (visit,) = reactor.call(crawl([source()], kit.tools(store)))
    assert visit.counts == {Outcome.NEW: len(addresses)}
    assert set(store.articles) == {f"https://{address}" for address in addresses}
    assert 0 < len(made) < len(addresses)  # made again: those that waited


def test_a_request_that_something_was_noted_on_waits_as_it_is() -> None:
    network, now = Network(), datetime.now(UTC)
    log = Log(source(headers={"X-Key": "k"}), now, 1e9, lambda: now)
    url = "https://gazette.example/a"
    pending = Pending(url=url, fetch_url=url, source="gazette", etag='"1"')
    request = for_page(pending, log, network, print, print)
    waiting = folded(request)
    assert waiting is not None
    again = for_page(unpack(waiting.packed), waiting.log, network, print, print)
    for name in ("url", "headers", "meta", "cb_kwargs", "priority", "dont_filter", "callback"):
        assert getattr(again, name) == getattr(request, name)
    assert folded(request.replace(url="https://gazette.example/b")) is None
    request.meta["techwire_tries"] = 1
    assert folded(request) is None


def test_what_an_entry_says_waits_in_a_piece_of_half_its_size() -> None:
    now = datetime.now(UTC)
    said = "L’essai du « Halberd » dure trois semaines. " * 8
    entry = Entry(
        url="https://gazette.example/essai?n=1",
        title="L’essai",
        summary=said,
        published_at=now,
        authors=("Ondine K.",),
        guid="tag:1",
    )
    pending = Pending(url=entry.url, fetch_url=entry.url, source="gazette", entry=entry, tries=2)
    assert unpack(pack(pending)) == pending
    assert len(pack(pending)) < sys.getsizeof(said)
