"""robots.txt and tdmrep.json are asked for once a day, whichever process asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

import db
from crawler.reactor import Background
from crawler.run import crawl
from crawler.store import DatabaseStore
from crawler.tools import Tools
from db import sources
from db.site_files import save_site_file, site_file
from db.writer import Writer
from techwire.types import Outcome, SiteFile, VisitOutcome
from tests.crawler.town import ASIDE, Answer, Kit, Town, article, rss, source

NOW = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)


class House:
    """One database, and as many processes over it as a test needs."""

    def __init__(self, database: db.Database, kit: Kit) -> None:
        self.kit = kit
        self.database = database
        self.writer = Writer(self.database)
        self.writer.submit(lambda c: sources.sync(c, [source()], NOW)).result()

    def process(self, at: datetime) -> Tools:
        """The tools of a process that has just started, with nothing in its memory."""
        tools = self.kit.tools(store=DatabaseStore(self.writer, lambda: at))  # type: ignore[arg-type]
        tools.now = lambda: at
        return tools


@pytest.fixture
def house(new_database_url: Callable[[str], str], kit: Kit) -> Iterator[House]:
    with db.connect(new_database_url("sqlite")) as database:
        house = House(database, kit)
        yield house
        house.writer.close()


def aside(town: Town) -> list[str]:
    return [one.path for one in town.asked if one.path in ASIDE]


def test_a_second_process_believes_what_the_first_was_told_that_day(
    town: Town, house: House, reactor: Background
) -> None:
    town["gazette.example/robots.txt"] = "User-agent: *\nDisallow: /secret\nCrawl-delay: 0.05\n"
    town["gazette.example/feed.xml"] = rss("https://gazette.example/a")
    town["gazette.example/a"] = article()
    reactor.call(crawl([source()], house.process(NOW)))
    links = [f"https://gazette.example/{path}" for path in ("a", "b", "secret")]
    town["gazette.example/feed.xml"] = rss(*links)
    town["gazette.example/b"] = article()
    second = house.process(NOW + timedelta(hours=23))
    (visit,) = reactor.call(crawl([source()], second))
    assert aside(town) == list(ASIDE)
    assert visit.counts == {Outcome.NEW: 1, Outcome.ROBOTS: 1}
    assert "/secret" not in town.paths()
    assert second.hosts["gazette.example"].crawl_delay == 0.05


def test_a_day_later_the_rules_are_asked_for_again(
    town: Town, house: House, reactor: Background
) -> None:
    town["gazette.example/feed.xml"] = rss()
    reactor.call(crawl([source()], house.process(NOW)))
    town["gazette.example/robots.txt"] = "User-agent: *\nDisallow: /\n"
    (visit,) = reactor.call(crawl([source()], house.process(NOW + timedelta(hours=25))))
    assert aside(town) == ["/robots.txt", "/robots.txt"]
    assert visit.outcome is VisitOutcome.ROBOTS


def test_a_server_in_trouble_is_asked_again_after_a_quarter_of_an_hour(
    town: Town, house: House, reactor: Background
) -> None:
    town["gazette.example/robots.txt"] = Answer(b"", 500)
    town["gazette.example/feed.xml"] = rss()
    for minutes in (0, 10, 20):
        reactor.call(crawl([source()], house.process(NOW + timedelta(minutes=minutes))))
    assert aside(town) == ["/robots.txt", "/robots.txt"]
    assert town.paths() == []


def test_a_file_is_remembered_as_it_last_answered(database: db.Database) -> None:
    url = "https://gazette.example/robots.txt"
    first = SiteFile(url=url, status=200, body=b"\xff\x00User-agent", fetched_at=NOW)
    last = SiteFile(url=url, status=404, body=b"", fetched_at=NOW + timedelta(days=1))
    with database.writing() as connection:
        assert site_file(connection, url) is None
        save_site_file(connection, first)
        assert site_file(connection, url) == first
        save_site_file(connection, last)
        assert site_file(connection, url) == last
