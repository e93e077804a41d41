"""Addresses: offered once, fetched, ended; what a crash leaves is found again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from db import Database, pages
from db.tables import AddressRow, PageRow
from techwire.types import Entry, Outcome
from tests.db.build import HOUR, NOW, page, with_sources

FEED = "https://gazette.example/feed"
URL = "https://gazette.example/a"


def entry(url: str = URL, title: str | None = "Un titre", **changes: object) -> Entry:
    values: dict[str, object] = {"url": url, "title": title, "authors": ("Ana",), "guid": "g1"}
    values |= {"published_at": NOW, "summary": "Une phrase.\x00", "language": "fr"}
    return Entry(**(values | changes))  # type: ignore[arg-type]


def test_an_address_is_offered_once_in_all_its_spellings(database: Database) -> None:
    with_sources(database)
    spellings = [entry(URL), entry(f"{URL}?utm_source=feed"), entry(f"{URL}#top")]
    with database.writing() as connection:
        (found,) = pages.offer(connection, "gazette", spellings, FEED, NOW)
        assert pages.offer(connection, "gazette", spellings, FEED, NOW) == []
    assert (found.url, found.fetch_url, found.source) == (URL, URL, "gazette")


def test_an_address_with_its_article_stands_in_no_index_of_those_to_be_fetched(
    database: Database,
) -> None:
    with_sources(database)
    asked = "SELECT id FROM address WHERE source_id = 1 AND next_try_at <= '2026-11-22T00:00:00Z'"
    explain = "EXPLAIN QUERY PLAN" if database.dialect == "sqlite" else "EXPLAIN"
    with database.writing() as connection:
        if database.dialect == "postgresql":
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        plan = "\n".join(str(row) for row in connection.execute(text(f"{explain} {asked}")))
    assert "ix_address_source_id_next_try_at" in plan
    (index,) = [i for i in AddressRow.__table__.indexes if "next_try_at" in i.columns]
    for dialect in ("sqlite", "postgresql"):
        assert str(index.dialect_options[dialect]["where"]) == "next_try_at IS NOT NULL"


def test_what_was_offered_and_not_fetched_is_pending(database: Database) -> None:
    with_sources(database)
    with database.writing() as connection:
        offered = pages.offer(connection, "gazette", [entry()], FEED, NOW)
        (left,) = pages.pending(connection, ["gazette"], NOW, 10)
        assert pages.pending(connection, ["herald"], NOW, 10) == []
    assert left.url == offered[0].url
    assert left.entry == entry(summary="Une phrase.")


def test_an_entry_with_another_title_is_fetched_again(database: Database) -> None:
    with_sources(database)
    with database.writing() as connection:
        pages.offer(connection, "gazette", [entry()], FEED, NOW)
        pages.keep(connection, page(URL))
        pages.end(connection, URL, "gazette", Outcome.TOO_SHORT, "9 characters", NOW)
        same = [entry(summary="Autre résumé")]
        assert pages.offer(connection, "gazette", same, FEED, NOW) == []
        other = [entry(title="Titre corrigé")]
        assert pages.offer(connection, "gazette", other, "https://gazette.example/2", NOW) == []
        (again,) = pages.offer(connection, "gazette", other, FEED, NOW)
        assert pages.pending(connection, ["gazette"], NOW, 10)[0].url == URL
    assert again.etag == '"1"'


def test_a_page_comes_back_as_it_was(database: Database) -> None:
    with_sources(database)
    body = bytes(range(256)) * 50
    kept = page(URL, body, entry=entry(summary="Une phrase."), headers={"x": "é"}, status=203)
    with database.writing() as connection:
        pages.offer(connection, "gazette", [entry()], FEED, NOW)
        pages.keep(connection, kept)
        assert pages.unread(connection, 10) == [kept]
        assert connection.scalar(select(PageRow.size)) == len(body)
        assert len(connection.scalars(select(PageRow.body)).one()) < len(body) / 5


def test_a_page_nobody_offered_is_kept_too(database: Database) -> None:
    with_sources(database)
    with database.writing() as connection:
        pages.keep(connection, page(URL))
        pages.keep(connection, page(URL, b"<p>encore</p>"))
        assert [kept.body for kept in pages.unread(connection, 10)] == [b"<p>encore</p>"]


def test_unread_pages_are_taken_source_by_source_and_a_few_at_a_time(database: Database) -> None:
    with_sources(database)
    kept = [page(f"https://gazette.example/{n}", b"x", fetched_at=NOW) for n in range(3)]
    with database.writing() as connection:
        for one in kept:
            pages.keep(connection, one)
        assert pages.unread(connection, 10, slugs=["lantern"]) == []
        first = pages.unread(connection, 2, slugs=["gazette"])
        rest = pages.unread(connection, 2, slugs=["gazette"], after=first[-1])
    assert [one.url for one in first + rest] == [one.url for one in kept]


def test_pages_kept_together_are_kept_as_one_by_one(database: Database) -> None:
    with_sources(database)
    other = "https://gazette.example/b"
    with database.writing() as connection:
        pages.offer(connection, "gazette", [entry()], FEED, NOW)
        together = [page(URL, b"<p>un</p>"), page(other), page(URL, b"<p>deux</p>")]
        pages.keep_many(connection, together)
        found = {kept.url: kept.body for kept in pages.unread(connection, 10)}
        assert pages.pending(connection, ["gazette"], NOW, 10) == []
    assert found == {URL: b"<p>deux</p>", other: page(other).body}


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome.TOO_SHORT, "rejected"),
        (Outcome.PAYWALL, "rejected"),
        (Outcome.UNREADABLE, "rejected"),
        (Outcome.GONE, "failed"),
        (Outcome.ROBOTS, "failed"),
        (Outcome.TIMEOUT, "failed"),
        (Outcome.UNCHANGED, "stored"),
    ],
)
def test_an_end_leaves_its_word_and_nothing_to_read(
    database: Database, outcome: Outcome, state: str
) -> None:
    with_sources(database)
    with database.writing() as connection:
        pages.offer(connection, "gazette", [entry()], FEED, NOW)
        pages.keep(connection, page(URL))
        pages.end(connection, URL, "gazette", outcome, "why", NOW)
        row = connection.execute(select(AddressRow)).one()
        assert pages.unread(connection, 10) == []
    assert (row.state, row.outcome, row.detail, row.ended_at) == (state, outcome, "why", NOW)
    assert (row.next_try_at is None) == outcome.is_final


def test_failures_wait_twice_as_long_each_time_then_rest(database: Database) -> None:
    with_sources(database)
    now = NOW
    waits: list[timedelta] = []
    with database.writing() as connection:
        pages.offer(connection, "gazette", [entry()], FEED, NOW)
        while due := pages.pending(connection, ["gazette"], now, 1):
            assert due[0].tries == len(waits)
            pages.end(connection, URL, "gazette", Outcome.TIMEOUT, "no answer", now)
            after = connection.scalar(select(AddressRow.next_try_at))
            waits.append((after or now) - now)
            now = after or now
    assert waits[:3] == [timedelta(minutes=15), timedelta(minutes=30), HOUR]
    assert len(waits) == pages.MAX_TRIES
    assert all(wait <= pages.LAST_RETRY for wait in waits)
    assert waits[-1] == timedelta(0)


def test_a_server_that_names_a_time_is_believed(database: Database) -> None:
    with_sources(database)
    later = NOW + 5 * HOUR
    with database.writing() as connection:
        pages.offer(connection, "gazette", [entry()], FEED, NOW)
        pages.end(connection, URL, "gazette", Outcome.BUSY, "429", NOW, next_try_at=later)
        assert pages.pending(connection, ["gazette"], later - HOUR, 1) == []
        assert len(pages.pending(connection, ["gazette"], later, 1)) == 1


def test_old_pages_that_were_read_are_dropped(database: Database) -> None:
    with_sources(database)
    with database.writing() as connection:
        for name in ("read", "unread"):
            pages.keep(connection, page(f"https://gazette.example/{name}"))
        pages.end(connection, "https://gazette.example/read", "gazette", Outcome.LIVE, None, NOW)
        assert pages.prune(connection, NOW) == 0
        assert pages.prune(connection, NOW + HOUR) == 1
        assert len(pages.unread(connection, 10)) == 1


def test_more_addresses_than_one_statement_holds(database: Database) -> None:
    with_sources(database)
    entries = [entry(f"https://gazette.example/{n}") for n in range(2_500)]
    with database.writing() as connection:
        assert len(pages.offer(connection, "gazette", entries, FEED, NOW)) == 2_500
        assert pages.offer(connection, "gazette", entries, FEED, NOW) == []
