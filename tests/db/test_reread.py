"""Kept pages are read again: what it changes is told first, and written through the usual path."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from db import Database, articles, pages, reread
from db.articles import Saving
from db.reread import Effect
from techwire.types import Article, Outcome, Rejected
from tests.db.build import HOUR, NOW, TEXT, article, page, tag, with_sources

FIRST, SECOND = "https://gazette.example/1", "https://gazette.example/2"
LATER = NOW + timedelta(days=3)


def filled(database: Database) -> None:
    """An article, and a page that was rejected."""
    with_sources(database)
    with database.writing() as connection:
        for url in (FIRST, SECOND):
            pages.keep(connection, page(url))
        articles.save(connection, article(FIRST, tags=(tag("apple", "Apple"),)), NOW)
        articles.reject(connection, rejected(SECOND), NOW)


def rejected(url: str) -> Rejected:
    return Rejected(
        url=url, source="gazette", outcome=Outcome.TOO_SHORT, detail="9 words", fetched_at=NOW
    )


def changes(
    database: Database, *results: Article | Rejected
) -> list[tuple[Effect, tuple[str, ...]]]:
    with database.reading() as connection:
        kept = reread.read(connection, reread.waiting(connection))
        found = reread.compare(connection, list(zip(kept, results, strict=True)), LATER)
    return [(change.effect, change.fields) for change in found]


def test_the_same_reading_changes_nothing(database: Database) -> None:
    filled(database)
    same = article(FIRST, tags=(tag("apple", "Apple"),))
    assert changes(database, same, rejected(SECOND)) == [(Effect.SAME, ()), (Effect.SAME, ())]


def test_every_field_that_differs_is_named(database: Database) -> None:
    filled(database)
    other = article(
        FIRST,
        body=f"{TEXT} Fin.",
        authors=("Ana Roux",),
        published_at=NOW - 2 * HOUR,
        tags=(tag("meta", "Meta"),),
    )
    told = changes(database, other, article(SECOND))
    assert told == [
        (Effect.CHANGED, ("text", "published", "authors", "companies")),
        (Effect.GAINED, ()),
    ]


def test_an_article_that_would_be_rejected_now_is_lost_by_name_only(database: Database) -> None:
    filled(database)
    told = changes(database, rejected(FIRST), rejected(SECOND))
    assert told == [(Effect.LOST, ()), (Effect.SAME, ())]
    with database.writing() as connection:
        articles.reject(connection, rejected(FIRST), LATER)
        (kept, _) = reread.read(connection, reread.waiting(connection))
    assert kept.article_id is not None


def test_a_page_without_a_date_keeps_the_one_it_was_given(database: Database) -> None:
    filled(database)
    undated = article(FIRST, published_at=None, tags=(tag("apple", "Apple"),))
    assert changes(database, undated, rejected(SECOND))[0] == (Effect.SAME, ())


def test_fields_are_written_without_a_revision_while_the_text_is_the_same(
    database: Database,
) -> None:
    filled(database)
    other = article(FIRST, authors=("Luc Blé",), tags=(tag("meta", "Meta"),))
    with database.writing() as connection:
        again = Saving(other, LATER, FIRST, is_again=True)
        assert articles.save_many(connection, [again]) == [Outcome.UPDATED]
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM revision").scalar() == 0
    assert changes(database, other, rejected(SECOND))[0] == (Effect.SAME, ())


def test_a_changed_text_leaves_its_old_version_as_a_revision(database: Database) -> None:
    filled(database)
    other = article(FIRST, body=f"{TEXT} Fin.")
    with database.writing() as connection:
        articles.save_many(connection, [Saving(other, LATER, FIRST, is_again=True)])
        (row,) = connection.exec_driver_sql("SELECT number, replaced_at FROM revision").all()
        (count,) = connection.exec_driver_sql("SELECT revisions FROM article").scalars()
    assert (row.number, count) == (1, 1)
    assert str(row.replaced_at)[:10] == f"{LATER:%Y-%m-%d}"


def test_pages_are_chosen_by_source_and_by_the_day_they_came(database: Database) -> None:
    filled(database)
    with database.reading() as connection:
        both = reread.waiting(connection)
        assert reread.waiting(connection, source="gazette", since=NOW) == both
        assert reread.waiting(connection, source="herald") == []
        assert reread.waiting(connection, since=NOW + HOUR) == []
        assert reread.waiting(connection, after=both[0]) == both[1:]


def test_an_interrupted_run_goes_on_and_a_different_one_begins_anew(database: Database) -> None:
    filled(database)
    with database.writing() as connection:
        reread.note_progress(connection, "abc", 7)
        assert reread.progress(connection, "abc") == 7
        assert reread.progress(connection, "abd") == 0
        reread.note_progress(connection, "abc", 0)
        assert reread.progress(connection, "abc") == 0


def test_the_identity_of_a_stored_article_stays(database: Database) -> None:
    filled(database)
    moved = replace(article(FIRST, tags=(tag("apple", "Apple"),)), url=f"{FIRST}/moved")
    with database.reading() as connection:
        kept = reread.read(connection, reread.waiting(connection))[:1]
        (change,) = reread.compare(connection, [(kept[0], moved)], LATER)
    assert change.article is not None
    assert (change.effect, change.article.url) == (Effect.SAME, FIRST)
