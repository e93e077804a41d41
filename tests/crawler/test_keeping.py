"""A crawl over a real database: durable before it is read, and nothing fetched twice."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

import db
from crawler.identity import settled
from crawler.pool import Inline
from crawler.reactor import Background
from crawler.run import crawl
from crawler.settings import Network
from crawler.tools import Tools
from db import pages, sources
from db.writer import Writer
from techwire.types import Outcome, Page, VisitOutcome
from tests.crawler.town import (
    Answer,
    Asked,
    Town,
    article,
    plain_read,
    prepare_plain,
    rss,
    source,
)

FEED = "gazette.example/feed.xml"


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
