"""One bad source, page or server: it ends in a word, and hurts nobody else."""

from __future__ import annotations

import asyncio
import gzip
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler

import pytest

from crawler import lanes
from crawler.backlog import Backlog
from crawler.pool import Inline
from crawler.reactor import Background
from crawler.run import crawl
from crawler.store import MemoryStore
from techwire.types import Article, Outcome, Page, Rejected, Source, Visit, VisitOutcome
from tests.crawler.town import (
    Answer,
    Asked,
    Kit,
    Town,
    article,
    prepare_plain,
    rss,
    source,
    visit_of,
)

FEED = "gazette.example/feed.xml"


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


def test_the_network_down_is_no_source_s_fault(kit: Kit, reactor: Background) -> None:
    down = dict.fromkeys(kit.hosts, "127.0.0.1:9")
    visits = reactor.call(
        crawl([source(), source("octet")], kit.tools(host_map=down, max_wait_seconds=0.0))
    )
    assert [visit.outcome for visit in visits] == [VisitOutcome.NETWORK] * 2
    assert all(visit.is_offline for visit in visits)


def test_a_server_that_never_answers_gives_its_place_to_another(
    town: Town, kit: Kit, reactor: Background, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "SLOW", 0.05)
    is_over = threading.Event()

    def wait(clerk: BaseHTTPRequestHandler) -> None:
        is_over.wait(5)

    town[FEED] = Answer(behave=wait)
    town["octet.example/feed.xml"] = rss("https://octet.example/a")
    town["octet.example/a"] = article()
    ended: list[str] = []

    def told(visit: Visit, is_end: bool) -> None:
        if is_end:
            ended.append(visit.source)

    tools = kit.tools(concurrency=1, timeout_seconds=0.8, max_wait_seconds=0.0)
    reactor.call(crawl([source(), source("octet")], tools, on_progress=told))
    is_over.set()
    assert ended == ["octet", "gazette"]


class Halting(Inline):
    """Reads no page of the gazette until it has read one of another paper."""

    def __init__(self) -> None:
        super().__init__(prepare_plain)
        self._other = asyncio.Event()

    async def read(self, page: Page, source: Source) -> Article | Rejected:
        """See Reader."""
        if source.slug == "gazette":
            await asyncio.wait_for(self._other.wait(), 10)
        else:
            self._other.set()
        return await super().read(page, source)


def test_pages_that_wait_to_be_read_keep_no_other_source_from_being_fetched(
    town: Town, kit: Kit, reactor: Background
) -> None:
    town[FEED] = rss(*(f"https://gazette.example/{n}" for n in range(9)))
    for number in range(9):
        town[f"gazette.example/{number}"] = article("x" * 20_000)
    is_full = threading.Event()

    def late(_: Asked) -> Answer:
        is_full.wait(0.5)  # room for the gazette to take, if it were let
        return Answer(rss("https://octet.example/a"))

    def last(_: Asked) -> Answer:
        is_full.set()
        return Answer(article("x" * 20_000))

    town["gazette.example/5"] = last
    town["octet.example/feed.xml"] = late
    town["octet.example/a"] = article()
    tools = replace(kit.tools(), reader=Halting(), backlog=Backlog(100_000))
    visits = reactor.call(crawl([source(), source("octet")], tools))
    assert [visit.counts for visit in visits] == [{Outcome.NEW: 9}, {Outcome.NEW: 1}]
