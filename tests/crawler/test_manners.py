"""How we behave at other people's servers: robots.txt, waiting, one connection, our name."""

from __future__ import annotations

import asyncio
import itertools
from datetime import UTC, datetime, timedelta

import pytest

from crawler.reactor import Background
from crawler.run import crawl
from crawler.store import MemoryStore
from techwire.types import Outcome, Visit, VisitOutcome
from tests.crawler.town import (
    Answer,
    Kit,
    Town,
    article,
    rss,
    source,
    visit_of,
)

FEED = "gazette.example/feed.xml"


def test_a_busy_host_is_left_alone_as_long_as_it_asks(
    town: Town, kit: Kit, reactor: Background
) -> None:
    town[FEED] = rss(*(f"https://gazette.example/{n}" for n in range(5)))
    town["gazette.example/0"] = Answer(b"", 429, {"Retry-After": "3600"})
    store = MemoryStore()
    (visit,) = reactor.call(crawl([source()], kit.tools(store)))
    assert visit.counts == {Outcome.BUSY: 1}
    assert town.paths() == ["/feed.xml", "/0"]
    assert visit.detail == "4 pages left for another visit"


def test_a_busy_feed_says_when_to_come_back(town: Town, kit: Kit, reactor: Background) -> None:
    town[FEED] = Answer(b"", 503, {"Retry-After": "7200"})
    visit = visit_of(town, kit, reactor)
    assert visit.outcome is VisitOutcome.BUSY
    assert visit.not_before is not None
    assert timedelta(hours=1) < visit.not_before - datetime.now(UTC) <= timedelta(hours=2)


def test_robots_are_obeyed_and_asked_once(town: Town, kit: Kit, reactor: Background) -> None:
    town["gazette.example/robots.txt"] = "User-agent: *\nDisallow: /private/\n"
    town[FEED] = rss("https://gazette.example/private/a", "https://gazette.example/b")
    town["gazette.example/b"] = article()
    tools = kit.tools()
    (visit,) = reactor.call(crawl([source()], tools))
    assert visit.counts == {Outcome.ROBOTS: 1, Outcome.NEW: 1}
    assert "/private/a" not in town.paths()
    reactor.call(crawl([source()], tools))
    assert [one.path for one in town.asked].count("/robots.txt") == 1
    assert town.asked[0].path == "/robots.txt"


def test_a_robots_file_behind_an_error_means_no_for_now(
    town: Town, kit: Kit, reactor: Background
) -> None:
    town["gazette.example/robots.txt"] = Answer(b"", 500)
    town[FEED] = rss("https://gazette.example/a")
    visit = visit_of(town, kit, reactor)
    assert visit.outcome is VisitOutcome.HTTP_ERROR
    assert town.paths() == []


def test_a_busy_robots_file_means_later(town: Town, kit: Kit, reactor: Background) -> None:
    town["gazette.example/robots.txt"] = Answer(b"", 503, {"Retry-After": "1"})
    town[FEED] = rss("https://gazette.example/a")
    visit = visit_of(town, kit, reactor)
    assert visit.outcome is VisitOutcome.BUSY
    assert town.paths() == []


def test_the_crawl_delay_spaces_requests(town: Town, kit: Kit, reactor: Background) -> None:
    town["gazette.example/robots.txt"] = "User-agent: *\nCrawl-delay: 0.3\n"
    town[FEED] = rss("https://gazette.example/a")
    town["gazette.example/a"] = article()
    visit_of(town, kit, reactor)
    times = [one.at for one in town.asked]
    assert len(times) == 4
    assert all(later - earlier >= 0.28 for earlier, later in itertools.pairwise(times))


STAND_INS = [
    pytest.param(
        Answer(b"<html><title>Just a moment...</title><h1>x</h1></html>"), "a bot wall", id="wall"
    ),
    pytest.param(
        Answer(b"", 302, {"Location": "/consent?next=/a"}), "a consent page", id="consent"
    ),
    pytest.param(Answer(b"", 302, {"Location": "/connexion"}), "a login page", id="login"),
    pytest.param(
        Answer(b"<title>x</title>challenge-platform", 403), "HTTP 403, cloudflare", id="403"
    ),
]


@pytest.mark.parametrize(("answer", "says"), STAND_INS)
def test_walls_are_named_and_left_alone(
    town: Town, kit: Kit, reactor: Background, answer: Answer, says: str
) -> None:
    town[FEED] = rss("https://gazette.example/a")
    town["gazette.example/a"] = answer
    town["gazette.example/consent?next=/a"] = article("Accept all")
    town["gazette.example/connexion"] = article("Log in")
    store = MemoryStore()
    (visit,) = reactor.call(crawl([source()], kit.tools(store)))
    assert visit.counts == {Outcome.BLOCKED: 1}
    assert says in (store.ends["https://gazette.example/a"][1] or "")
    assert store.pages == {}


RESERVED = [
    pytest.param(
        {"/.well-known/tdmrep.json": b'[{"location": "/a", "tdm-reservation": 1}]'}, id="file"
    ),
    pytest.param({"/a": Answer(article(), headers={"TDM-Reservation": "1"})}, id="header"),
    pytest.param({"/a": b'<meta name="tdm-reservation" content="1"><h1>A</h1>'}, id="meta element"),
]


@pytest.mark.parametrize("answers", RESERVED)
def test_what_is_reserved_is_not_kept(
    town: Town, kit: Kit, reactor: Background, answers: dict[str, bytes | Answer]
) -> None:
    town[FEED] = rss("https://gazette.example/a", "https://gazette.example/b")
    town["gazette.example/a"] = article()
    town["gazette.example/b"] = article()
    for path, answer in answers.items():
        town[f"gazette.example{path}"] = answer
    store = MemoryStore()
    (visit,) = reactor.call(crawl([source()], kit.tools(store)))
    assert visit.counts == {Outcome.RESERVED: 1, Outcome.NEW: 1}
    assert list(store.pages) == ["https://gazette.example/b"]


def test_one_connection_per_host_at_a_time(town: Town, kit: Kit, reactor: Background) -> None:
    town[FEED] = rss(*(f"https://gazette.example/{n}" for n in range(8)))
    for n in range(8):
        town[f"gazette.example/{n}"] = article(str(n))
    visit = visit_of(town, kit, reactor)
    assert visit.counts == {Outcome.NEW: 8}
    assert town.most_at_once["gazette.example"] == 1


def test_two_crawls_share_a_host_politely(town: Town, kit: Kit, reactor: Background) -> None:
    town[FEED] = rss(*(f"https://gazette.example/{n}" for n in range(4)))
    town["gazette.example/other.xml"] = rss(*(f"https://gazette.example/x{n}" for n in range(4)))
    for name in [*"0123", "x0", "x1", "x2", "x3"]:
        town[f"gazette.example/{name}"] = article(name)
    tools = kit.tools()
    other = source(
        slug="other", url="https://gazette.example/", feeds=("https://gazette.example/other.xml",)
    )

    async def both() -> tuple[list[Visit], list[Visit]]:
        return await asyncio.gather(crawl([source()], tools), crawl([other], tools))

    first, second = reactor.call(both())
    assert first[0].counts == second[0].counts == {Outcome.NEW: 4}
    assert town.most_at_once["gazette.example"] == 1


def test_we_say_who_we_are_and_whom_to_ask(town: Town, kit: Kit, reactor: Background) -> None:
    town[FEED] = rss()
    visit_of(town, kit, reactor)
    assert {one.headers["user-agent"] for one in town.asked} == {
        "techwire/0.1.0 (+desk@techwire.example)"
    }


def test_headers_cookies_and_password_of_a_source_stay_on_its_host(
    town: Town, kit: Kit, reactor: Background
) -> None:
    town[FEED] = Answer(b"", 302, {"Location": "https://octet.example/feed.xml"})
    town["octet.example/feed.xml"] = rss()
    visit_of(
        town,
        kit,
        reactor,
        headers={"X-Key": "k"},
        cookies={"session": "s"},
        username="me",
        password="secret",  # noqa: S106
    )
    (ours,) = [
        one for one in town.asked if one.host == "gazette.example" and one.path != "/robots.txt"
    ]
    (theirs,) = [
        one for one in town.asked if one.host == "octet.example" and one.path != "/robots.txt"
    ]
    assert ours.headers["x-key"] == "k"
    assert ours.headers["cookie"] == "session=s"
    assert ours.headers["authorization"].startswith("Basic ")
    assert not theirs.headers.keys() & {"x-key", "cookie", "authorization"}
