"""Addresses that lead to a page already seen in the visit."""

from __future__ import annotations

from html import escape

from crawler.reactor import Background
from crawler.run import crawl
from crawler.store import MemoryStore
from crawler.twins import Twins
from techwire.types import Outcome
from tests.crawler.town import Kit, Town, rss, source

SITE = "https://gazette.example"


def page(title: str, own: str) -> bytes:
    """A page that names its own address."""
    head = f'<title>{title}</title><link rel="canonical" href="{SITE}{own}">'
    return f"<html><head>{head}</head><h1>{title}</h1></html>".encode()


def seen(*pages: tuple[str, str, str]) -> Twins:
    """After pages of (path, title, the path they call their own)."""
    twins = Twins()
    for path, title, own in pages:
        twins.note(SITE + path, page(title, own))
    return twins


ONE, TWO = ("/a?id=1", "Une puce", "/a?id=1"), ("/a?id=2", "Un robot", "/a?id=2")


def test_a_counter_behind_an_address_means_nothing_once_two_pages_have_shown_it() -> None:
    first = seen(ONE, TWO, ("/a?id=1&n=5", "Une puce", "/a?id=1"))
    assert not first.has_seen(f"{SITE}/a?id=2&n=6")
    second = seen(
        ONE, TWO, ("/a?id=1&n=5", "Une puce", "/a?id=1"), ("/a?id=2&n=6", "Un robot", "/a?id=2")
    )
    assert second.has_seen(f"{SITE}/a?id=1&n=99")
    assert not second.has_seen(f"{SITE}/a?id=3&n=99"), "its page has not answered yet"
    assert not second.has_seen(f"{SITE}/a?id=1&n=99&page=2")


def test_a_site_whose_pages_all_call_themselves_by_one_address_has_no_twins() -> None:
    twins = seen(
        ("/a", "Accueil", "/a"),
        *((f"/a?id={n}", f"Titre {n}", "/a") for n in range(5)),
    )
    assert not twins.has_seen(f"{SITE}/a?id=9")


def test_one_page_of_another_title_is_enough_to_doubt() -> None:
    twins = seen(
        ONE,
        *((f"/a?id=1&n={n}", "Une puce", "/a?id=1") for n in range(3)),
        ("/a?id=1&n=7", "Autre chose", "/a?id=1"),
    )
    assert not twins.has_seen(f"{SITE}/a?id=1&n=8")


def test_a_parameter_is_judged_for_one_site() -> None:
    twins = seen(ONE, *((f"/a?id=1&n={n}", "Une puce", "/a?id=1") for n in range(3)))
    twins.note("https://octet.example/a?id=1", b"<title>Une puce</title>")
    assert twins.has_seen(f"{SITE}/a?id=1&n=8")
    assert not twins.has_seen("https://octet.example/a?id=1&n=8")


def test_a_feed_that_lists_one_page_under_twenty_addresses_costs_three_fetches(
    town: Town, kit: Kit, reactor: Background
) -> None:
    links = ["/a?id=1", *(f"/a?id=1&n={n}" for n in range(20))]
    town["gazette.example/feed.xml"] = rss(*(SITE + escape(link) for link in links))
    for link in links:
        town[f"gazette.example{link}"] = page("Une puce", "/a?id=1")
    (visit,) = reactor.call(crawl([source()], kit.tools(MemoryStore())))
    assert len(town.paths()) == 1 + 3
    assert visit.counts[Outcome.UNCHANGED] >= 18
