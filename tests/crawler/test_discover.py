"""From one address to a source."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler

import pytest

from crawler.discover import Finding, discover
from crawler.reactor import Background
from crawler.store import MemoryStore
from tests.crawler.town import Answer, Kit, Town, article, open_gazette


@pytest.fixture(autouse=True)
def gazette(town: Town) -> None:
    """The gazette answers."""
    open_gazette(town, article)


def found(kit: Kit, reactor: Background, address: str, **network: object) -> Finding:
    """What is found at ``address``."""
    return reactor.call(discover(address, kit.tools(MemoryStore(), **network)))


@pytest.mark.parametrize("address", ["gazette.example", "https://gazette.example/puce-1"])
def test_a_site_is_known_by_its_home_page_or_an_article(
    kit: Kit, reactor: Background, address: str
) -> None:
    finding = found(kit, reactor, address)
    assert finding.problem is None
    assert finding.source.slug == "gazette"
    assert finding.source.name == "La Gazette des puces"
    assert finding.source.language == "fr"
    assert finding.source.feeds == ("https://gazette.example/flux.xml",)
    assert finding.source.sitemaps == ("https://gazette.example/news.xml",)
    assert len(finding.samples) == 3
    assert finding.every is not None
    assert finding.every.days == 1


def test_a_feed_is_taken_as_it_is(kit: Kit, reactor: Background) -> None:
    finding = found(kit, reactor, "https://gazette.example/flux.xml")
    assert finding.source.feeds == ("https://gazette.example/flux.xml",)
    assert finding.source.url == "https://gazette.example/"


def test_a_feed_nobody_names_is_found_where_feeds_usually_are(
    town: Town, kit: Kit, reactor: Background
) -> None:
    town["gazette.example/"] = "<html><title>G</title></html>"
    town["gazette.example/rss.xml"] = town.answers["gazette.example/flux.xml"]
    assert found(kit, reactor, "gazette.example").source.feeds == (
        "https://gazette.example/rss.xml",
    )


def test_a_site_without_feeds_is_watched_by_its_list_of_articles(
    town: Town, kit: Kit, reactor: Background
) -> None:
    links = "".join(
        f'<h2><a href="/2026/03/une-puce-venue-de-loin-{n}.html">La puce numéro {n} fait parler '
        "d'elle</a></h2>"
        for n in range(6)
    )
    town["gazette.example/"] = f"<html><title>G</title>{links}</html>"
    town["gazette.example/news.xml"] = Answer(b"", 404)
    finding = found(kit, reactor, "gazette.example")
    assert finding.source.listings == ("https://gazette.example/",)
    assert finding.source.feeds == ()


def test_nothing_to_watch_is_said_in_a_line(town: Town, kit: Kit, reactor: Background) -> None:
    for path in ("/flux.xml", "/news.xml"):
        town[f"gazette.example{path}"] = Answer(b"", 404)
    finding = found(kit, reactor, "gazette.example")
    assert not finding.is_usable
    assert finding.problem == "no feed, no sitemap and no list of articles was found there"


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Answer(b"", 410), "gone (HTTP 410)"),
        (Answer(b"", 403), "blocked (HTTP 403)"),
        (Answer(b"", 302, {"Location": "http://10.0.0.1/"}), "forbidden_address"),
    ],
)
def test_a_site_that_does_not_answer_is_named(
    town: Town, kit: Kit, reactor: Background, answer: Answer, says: str
) -> None:
    town["gazette.example/"] = answer
    assert says in (found(kit, reactor, "gazette.example").problem or "")


def test_a_site_that_forbids_us_is_left_alone(town: Town, kit: Kit, reactor: Background) -> None:
    town["gazette.example/robots.txt"] = "User-agent: *\nDisallow: /\n"
    finding = found(kit, reactor, "gazette.example")
    assert finding.robots == "forbids us"
    assert town.paths() == []


def test_discovery_ends_in_time(town: Town, kit: Kit, reactor: Background) -> None:
    town["gazette.example/robots.txt"] = "User-agent: *\nCrawl-delay: 30\n"
    tools = kit.tools(MemoryStore(), timeout_seconds=5.0)

    def hang(clerk: BaseHTTPRequestHandler) -> None:
        clerk.rfile.read(1)

    town["gazette.example/flux.xml"] = Answer(behave=hang)
    finding = reactor.call(discover("gazette.example", tools, seconds=0.5))
    assert "too slow" in (finding.problem or "")


def test_what_is_no_address_is_said_to_be_none(kit: Kit, reactor: Background) -> None:
    assert found(kit, reactor, "not an address").problem == "not an address is no web address"
