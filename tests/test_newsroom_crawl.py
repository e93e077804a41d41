"""The whole way once: the newsroom crawled into a real database, again, and the morning after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from crawler import sources
from crawler.pool import Inline, prepare_pipelines
from crawler.reactor import Background, in_background
from crawler.run import crawl
from crawler.settings import Network
from crawler.tools import Tools
from db import Database
from db.sources import sync
from db.writer import Writer
from techwire.demo import Newsroom, hosts, sources_toml, truth
from techwire.types import Outcome, Source, Visit, VisitOutcome
from techwire.urls import canonical

Crawl = Callable[[], dict[str, Visit]]
# Which of two sites is read first decides whose text is the copy.
STORED = {Outcome.NEW, Outcome.COPY}


@pytest.fixture(scope="module")
def reactor() -> Background:
    return in_background()


@pytest.fixture(scope="module")
def reader() -> Inline:
    return Inline(partial(prepare_pipelines))


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with Newsroom().serve() as served:
        yield served


@pytest.fixture
def visit_all(
    newsroom: Newsroom, database: Database, reader: Inline, reactor: Background, tmp_path: Path
) -> Iterator[Crawl]:
    """Crawls the newsroom's five sites and returns each site's visit."""
    path = tmp_path / "sources.toml"
    path.write_text(sources_toml(), encoding="utf-8")
    watched: Sequence[Source] = sources.load(path)
    writer = Writer(database)

    def clock() -> datetime:
        return newsroom.desk.now

    writer.submit(lambda c: sync(c, watched, clock())).result()
    tools = Tools(
        network=Network(host_map=dict.fromkeys(hosts(), newsroom.address)),
        reader=reader,
        writer=writer,
        now=clock,
    )

    def run() -> dict[str, Visit]:
        return {visit.source: visit for visit in reactor.call(crawl(watched, tools))}

    yield run
    writer.close()


def rows(database: Database, sql: str) -> list[tuple[object, ...]]:
    with database.reading() as connection:
        return [tuple(row) for row in connection.execute(text(sql))]


def stored(database: Database) -> set[tuple[object, ...]]:
    return set(rows(database, "SELECT url, title FROM article"))


def test_the_newsroom_is_stored_once_and_then_only_what_is_new(
    newsroom: Newsroom, database: Database, visit_all: Crawl
) -> None:
    first = visit_all()
    expected = {(canonical(p.url), p.title) for p in truth() if p.outcome in STORED}
    assert stored(database) == expected
    for slug, visit in first.items():
        ends = Counter(piece.outcome for piece in truth() if piece.site == slug)
        assert visit.outcome is VisitOutcome.OK
        assert visit.pages == ends.total()
        assert {end: n for end, n in visit.counts.items() if end not in STORED} == {
            end: n for end, n in ends.items() if end not in STORED
        }
    total = sum((Counter(visit.counts) for visit in first.values()), Counter[Outcome]())
    assert total[Outcome.COPY] == 1
    asked = Counter(newsroom.log)
    assert max(asked.values()) == 1  # nothing is asked for twice

    newsroom.log.clear()
    for visit in visit_all().values():
        assert (visit.outcome, visit.fresh, visit.pages) == (VisitOutcome.UNCHANGED, 0, 0)
    assert {request.status for request in newsroom.log} == {304}
    assert len(stored(database)) == len(expected)

    newsroom.move_on()
    morning = visit_all()
    total = sum((Counter(visit.counts) for visit in morning.values()), Counter[Outcome]())
    assert total == {Outcome.NEW: 2, Outcome.UPDATED: 1}
    later = [piece for piece in truth(later=True) if piece.outcome in STORED]
    assert stored(database) == {(canonical(piece.url), piece.title) for piece in later}
    ((edited, revisions),) = rows(
        database, "SELECT url, revisions FROM article WHERE revisions > 0"
    )
    assert (edited, revisions) == (next(canonical(p.url) for p in later if p.modified_at), 1)
