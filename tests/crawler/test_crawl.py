"""A visit, whole: from a channel to the articles, whatever the servers do."""

from __future__ import annotations

from crawler.reactor import Background
from crawler.run import crawl
from crawler.store import MemoryStore
from techwire.types import Outcome, VisitOutcome
from tests.crawler.town import Kit, Town, article, rss, source


def test_a_feed_leads_to_its_articles(town: Town, kit: Kit, reactor: Background) -> None:
    town["gazette.example/feed.xml"] = rss("https://gazette.example/a", "https://gazette.example/b")
    town["gazette.example/a"] = article("A")
    town["gazette.example/b"] = article("B")
    store = MemoryStore()
    (visit,) = reactor.call(crawl([source()], kit.tools(store)))
    assert visit.outcome is VisitOutcome.OK
    assert visit.counts == {Outcome.NEW: 2}
    assert visit.found == visit.fresh == 2
    assert {a.title for a in store.articles.values()} == {"A", "B"}
    assert list(store.articles) == ["https://gazette.example/a", "https://gazette.example/b"]
