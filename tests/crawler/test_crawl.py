"""A visit, whole: from a channel to the articles, whatever the servers do."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

import db
from crawler.identity import settled
from crawler.pool import Inline
from crawler.reactor import Background
from crawler.run import crawl
from crawler.settings import Network
from crawler.store import MemoryStore
from crawler.tools import Tools
from db import pages, sources
from db.writer import Writer
from techwire.types import Outcome, Page, Visit, VisitOutcome
from tests.crawler.town import (
    Answer,
    Asked,
    Kit,
    Town,
    article,
    plain_read,
    prepare_plain,
    rss,
    source,
)

FEED = "gazette.example/feed.xml"


def visit_of(town: Town, kit: Kit, reactor: Background, **fields: object) -> Visit:
    """One visit of the gazette."""
    (visit,) = reactor.call(crawl([source(**fields)], kit.tools()))  # type: ignore[arg-type]
    assert visit.pages == sum(visit.counts.values())
    return visit


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


BAD_FEEDS = [
    pytest.param(Answer(b"<html><body>Hello</body></html>"), VisitOutcome.UNREADABLE, id="html"),
    pytest.param(
        Answer(b"<html><title>Just a moment...</title>challenge-platform</html>"),
        VisitOutcome.BLOCKED,
        id="captcha",  # F13
    ),
    pytest.param(Answer(b""), VisitOutcome.UNREADABLE, id="nothing"),
    pytest.param(Answer(rss()), VisitOutcome.EMPTY, id="no entry"),
    pytest.param(Answer(b"gone", 404), VisitOutcome.GONE, id="404"),
    pytest.param(Answer(b"no", 403), VisitOutcome.BLOCKED, id="403"),
    pytest.param(Answer(b"oops", 500), VisitOutcome.HTTP_ERROR, id="500"),
    pytest.param(
        Answer(b"", 302, {"Location": "file:///etc/passwd"}),
        VisitOutcome.FORBIDDEN_ADDRESS,
        id="to a file",
    ),
    pytest.param(
        Answer(b"", 302, {"Location": "http://169.254.169.254/latest"}),
        VisitOutcome.FORBIDDEN_ADDRESS,
        id="to the metadata service",
    ),
    pytest.param(
        Answer(b"", 302, {"Location": "http://2130706433/"}),
        VisitOutcome.FORBIDDEN_ADDRESS,
        id="to a decimal address",
    ),
    pytest.param(
        Answer(b"", 302, {"Location": "http://localhost:1/"}),
        VisitOutcome.FORBIDDEN_ADDRESS,
        id="to a private name",
    ),
    pytest.param(
        Answer(b"", 302, {"Location": "/feed.xml"}), VisitOutcome.HTTP_ERROR, id="to itself"
    ),
    pytest.param(
        Answer(gzip.compress(b"<rss>" + b" " * 3_000_000), 200, {"Content-Encoding": "gzip"}),
        VisitOutcome.TOO_LARGE,
        id="bomb",
    ),
    pytest.param(Answer(b"x" * 1_500_000), VisitOutcome.TOO_LARGE, id="too large"),
]


@pytest.mark.parametrize(("answer", "expected"), BAD_FEEDS)
def test_one_bad_source_does_not_hurt_another(
    town: Town, kit: Kit, reactor: Background, answer: Answer, expected: VisitOutcome
) -> None:
    town[FEED] = answer
    town["octet.example/feed.xml"] = rss("https://octet.example/a")
    town["octet.example/a"] = article()
    tools = kit.tools(max_bytes=1_000_000, max_wait_seconds=0.0)
    bad, good = reactor.call(crawl([source(), source("octet")], tools))
    assert bad.outcome is expected
    assert bad.pages == 0
    assert good.outcome is VisitOutcome.OK
    assert good.counts == {Outcome.NEW: 1}


def test_a_truncated_feed_gives_its_whole_entries(
    town: Town, kit: Kit, reactor: Background
) -> None:
    whole = rss("https://gazette.example/a", "https://gazette.example/broken")
    town[FEED] = whole[: whole.index(b"/broken")]
    town["gazette.example/a"] = article()
    visit = visit_of(town, kit, reactor)
    assert visit.outcome is VisitOutcome.OK
    assert visit.counts == {Outcome.NEW: 1}


PAGES = [
    pytest.param(Answer(b"", 404), Outcome.GONE, id="404"),
    pytest.param(Answer(b"", 410), Outcome.GONE, id="410"),
    pytest.param(Answer(b"", 401), Outcome.BLOCKED, id="401"),
    pytest.param(Answer(b"", 429), Outcome.BUSY, id="429"),
    pytest.param(Answer(b"", 418), Outcome.HTTP_ERROR, id="418"),
    pytest.param(Answer(b"x" * 1_500_000), Outcome.TOO_LARGE, id="too large"),
    pytest.param(Answer(b"<p>no title</p>"), Outcome.NOT_ARTICLE, id="no article"),
    pytest.param(
        Answer(b"", 301, {"Location": "http://10.0.0.1/"}),
        Outcome.FORBIDDEN_ADDRESS,
        id="to a private network",
    ),
    pytest.param(
        Answer(b"", 301, {"Location": "http://[::ffff:127.0.0.1]/"}),
        Outcome.FORBIDDEN_ADDRESS,
        id="to a mapped address",
    ),
]


@pytest.mark.parametrize(("answer", "expected"), PAGES)
def test_every_page_ends_in_one_outcome(
    town: Town, kit: Kit, reactor: Background, answer: Answer, expected: Outcome
) -> None:
    town[FEED] = rss("https://gazette.example/a")
    town["gazette.example/a"] = answer
    store = MemoryStore()
    tools = kit.tools(store, max_bytes=1_000_000, max_wait_seconds=0.0)
    (visit,) = reactor.call(crawl([source()], tools))
    assert visit.counts == {expected: 1}
    assert store.ends["https://gazette.example/a"][0] is expected


def test_a_server_that_drips_is_cut(town: Town, kit: Kit, reactor: Background) -> None:
    def drip(clerk: BaseHTTPRequestHandler) -> None:
        clerk.send_response(200)
        clerk.send_header("Content-Length", "1000")
        clerk.end_headers()
        for _ in range(100):
            clerk.wfile.write(b".")
            clerk.wfile.flush()
            time.sleep(0.05)

    town[FEED] = rss("https://gazette.example/a")
    town["gazette.example/a"] = Answer(behave=drip)
    started = time.monotonic()
    (visit,) = reactor.call(crawl([source()], kit.tools(timeout_seconds=0.5)))
    assert visit.counts == {Outcome.TIMEOUT: 1}
    assert time.monotonic() - started < 4


def test_a_connection_that_breaks_is_tried_once_more(
    town: Town, kit: Kit, reactor: Background
) -> None:
    tries: list[Asked] = []

    def flaky(asked: Asked) -> Answer:
        tries.append(asked)
        if len(tries) == 1:
            return Answer(b"short", headers={"Content-Length": "500", "Connection": "close"})
        return Answer(article())

    town[FEED] = rss("https://gazette.example/a")
    town["gazette.example/a"] = flaky
    visit = visit_of(town, kit, reactor)
    assert visit.counts == {Outcome.NEW: 1}
    assert len(tries) == 2


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


def test_the_network_down_is_no_source_s_fault(kit: Kit, reactor: Background) -> None:
    down = dict.fromkeys(kit.hosts, "127.0.0.1:9")
    visits = reactor.call(
        crawl([source(), source("octet")], kit.tools(host_map=down, max_wait_seconds=0.0))
    )
    assert [visit.outcome for visit in visits] == [VisitOutcome.NETWORK] * 2
    assert all(visit.is_offline for visit in visits)


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


# With a real database.


def real_tools(town: Town, folder: Path) -> tuple[Tools, db.Database, Writer]:
    """Tools over a new SQLite file."""
    database = db.connect(f"sqlite:///{folder / 'techwire.db'}")
    writer = Writer(database)
    writer.submit(lambda c: sources.sync(c, [source()], datetime.now(UTC))).result()
    network = Network(
        delay_seconds=0.0,
        timeout_seconds=2.0,
        host_map={"gazette.example": f"127.0.0.1:{town.port}"},
    )
    tools = Tools(network=network, reader=Inline(prepare_plain), database=database, writer=writer)
    return tools, database, writer


def conditional(body: bytes, etag: str, stamp: str) -> object:
    """Answers 304 to who knows ``etag``."""

    def answer(asked: Asked) -> Answer:
        known = asked.headers.get("if-none-match") == etag
        headers = {"ETag": etag, "Last-Modified": stamp}
        return Answer(b"", 304, headers) if known else Answer(body, 200, headers)

    return answer


def test_the_second_visit_fetches_nothing_twice(
    town: Town, tmp_path: Path, reactor: Background
) -> None:
    stamp = "Tue, 03 Mar 2026 08:00:00 GMT"
    town[FEED] = conditional(rss("https://gazette.example/a"), '"v1"', stamp)  # type: ignore[assignment]
    town["gazette.example/a"] = article()
    tools, database, writer = real_tools(town, tmp_path)
    (first,) = reactor.call(crawl([source()], tools))
    (second,) = reactor.call(crawl([source()], tools))
    writer.close()
    database.close()
    assert first.counts == {Outcome.NEW: 1}
    assert second.outcome is VisitOutcome.UNCHANGED
    assert second.not_modified == 1
    assert second.pages == 0
    assert town.paths() == ["/feed.xml", "/a", "/feed.xml"]
    assert town.asked[-1].headers["if-modified-since"] == stamp


def test_a_feed_byte_for_byte_the_same_is_unchanged(
    town: Town, tmp_path: Path, reactor: Background
) -> None:
    town[FEED] = rss("https://gazette.example/a")
    town["gazette.example/a"] = article()
    tools, database, writer = real_tools(town, tmp_path)
    reactor.call(crawl([source()], tools))
    (second,) = reactor.call(crawl([source()], tools))
    writer.close()
    database.close()
    assert second.outcome is VisitOutcome.UNCHANGED


def test_a_page_stored_and_not_read_is_read_by_the_next_run(
    town: Town, tmp_path: Path, reactor: Background
) -> None:
    town[FEED] = rss()
    tools, database, writer = real_tools(town, tmp_path)
    left = Page(
        url="https://gazette.example/left",
        final_url="https://gazette.example/left",
        source="gazette",
        fetched_at=datetime.now(UTC),
        body=article("Left behind"),
    )
    writer.submit(lambda c: pages.keep(c, left)).result()
    (visit,) = reactor.call(crawl([source()], tools))
    with database.reading() as connection:
        assert pages.unread(connection, 10) == []
    writer.close()
    database.close()
    assert visit.counts == {Outcome.NEW: 1}
    assert town.paths() == ["/feed.xml"]


def test_the_raw_page_is_durable_before_it_is_read(
    town: Town, tmp_path: Path, reactor: Background
) -> None:
    town[FEED] = rss("https://gazette.example/a")
    town["gazette.example/a"] = article()
    tools, database, writer = real_tools(town, tmp_path)
    seen: list[int] = []

    def read_looking(page: Page, of: object) -> object:
        with database.reading() as connection:
            seen.append(len(pages.unread(connection, 10)))
        return plain_read(page, source())

    tools.reader = Inline(lambda: read_looking)  # type: ignore[arg-type,return-value]
    reactor.call(crawl([source()], tools))
    writer.close()
    database.close()
    assert seen == [1]


def test_a_database_that_fails_ends_the_crawl(
    town: Town, tmp_path: Path, reactor: Background
) -> None:
    town[FEED] = rss("https://gazette.example/a")
    town["gazette.example/a"] = article()
    tools, database, writer = real_tools(town, tmp_path)
    writer.close()
    with pytest.raises(RuntimeError, match="closed"):
        reactor.call(crawl([source()], tools))
    database.close()


@pytest.mark.parametrize(("noarchive", "length"), [("full", 1000), ("excerpt", 500)])
def test_a_page_that_asks_not_to_be_archived_is_kept_as_the_user_says(
    town: Town, tmp_path: Path, reactor: Background, noarchive: str, length: int
) -> None:
    town[FEED] = rss("https://gazette.example/a")
    body = b'<meta name="robots" content="noarchive"><h1>A</h1>' + b"words and words " * 100
    town["gazette.example/a"] = body
    tools, database, writer = real_tools(town, tmp_path)
    tools.noarchive = noarchive
    tools.reader = Inline(lambda: lambda page, of: settled(plain_read(page, of), page))
    reactor.call(crawl([source()], tools))
    with database.reading() as connection:
        (found,) = connection.exec_driver_sql("SELECT body FROM article").scalars()
    writer.close()
    database.close()
    assert (len(found) < 500) == (length == 500)
