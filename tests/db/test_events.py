"""Stories, trends and versions as people ask for them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from db import Database, events, export
from db.tables import ArticleRow
from db.trends import trends
from db.versions import versions
from techwire.errors import NotFound
from tests.db.archive import DAY, fill

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def archive(database: Database) -> Database:
    fill(database, NOON)
    return database


def test_stories_are_listed_newest_or_most_told_first(archive: Database) -> None:
    with archive.reading() as connection:
        newest = events.stories(connection, 5)
        assert [s.last_published_at for s in newest] == sorted(
            (s.last_published_at for s in newest), reverse=True
        )
        (top,) = events.stories(connection, 1, by_outlets=True)
        assert (top.title, top.outlets, top.articles) == ("Apple ferme une usine de puces", 2, 3)
        assert (top.first_source, top.languages, top.lag_seconds) == ("gazette", ("en", "fr"), 3600)
        assert [company.id for company in top.companies] == ["apple", "nova"]
        assert events.stories(connection, at_least=2) == [top]


def test_stories_are_narrowed(archive: Database) -> None:
    with archive.reading() as connection:
        about = events.stories(connection, company=["apple"])
        assert [s.title for s in about] == ["Apple ferme une usine de puces", "Apple et Meta"]
        assert events.stories(connection, company=["apple"], since=NOON - DAY) == about[:1]
        assert events.stories(connection, company=["apple"], language="en") == about[:1]
        french = events.stories(connection, 100, language="fr")
        assert french == [s for s in events.stories(connection, 100) if "fr" in s.languages] != []
        assert events.stories(connection, language="f") == []
        assert events.stories(connection, language="%") == []


def test_a_story_is_told_in_order(archive: Database) -> None:
    with archive.reading() as connection:
        (top,) = events.stories(connection, 1, by_outlets=True)
        told = events.story(connection, top.id)
        with pytest.raises(NotFound):
            events.story(connection, 999_999)
    assert told.story == top
    assert [article.source for article in told.articles] == ["gazette", "herald", "herald"]
    assert [article.is_copy for article in told.articles] == [False, False, True]


def test_trends_have_a_row_for_every_day_and_count_an_article_once(archive: Database) -> None:
    with archive.reading() as connection:
        days = trends(connection, ["apple", "meta"], NOON - 20 * DAY, NOON)
    assert len(days) == 21
    by_day = {day.day: day for day in days}
    today = by_day[NOON.date()]
    assert (today.articles, today.originals) == (3, 2)
    assert by_day[(NOON - 20 * DAY).date()].articles == 1
    assert by_day[(NOON - 2 * DAY).date()].articles == 0


def test_versions_end_with_what_is_stored(archive: Database) -> None:
    with archive.reading() as connection:
        key = connection.scalar(select(ArticleRow.id).where(ArticleRow.revisions == 2))
        found = versions(connection, key or 0)
        with pytest.raises(NotFound):
            versions(connection, 999_999)
    assert [version.number for version in found] == [1, 2, 3]
    assert [version.title for version in found] == [
        "Apple ouvre une usine de puces",
        "Apple ferme une usine de puces",
        "Apple ferme une usine de puces",
    ]
    assert found[0].body == found[2].body != found[1].body


@pytest.mark.parametrize("kind", export.EXPORTS)
def test_an_export_gives_as_many_rows_as_it_counts(archive: Database, kind: str) -> None:
    chosen = export.EXPORTS[kind]
    with archive.reading() as connection:
        for wanted in (
            export.Wanted(),
            export.Wanted(since=NOON - timedelta(days=13)),
            export.Wanted(company=["apple"]),
            export.Wanted(since=NOON - DAY, company=["apple", "meta"]),
        ):
            rows = list(chosen.rows(connection, wanted))
            assert len(rows) == chosen.count(connection, wanted) > 0
            assert all(tuple(row) == chosen.columns for row in rows)


def test_an_export_reads_in_batches_and_misses_nothing(
    archive: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with archive.reading() as connection:
        whole = list(export.EXPORTS["articles"].rows(connection, export.Wanted()))
        monkeypatch.setattr(export, "BATCH", 4)
        assert list(export.EXPORTS["articles"].rows(connection, export.Wanted())) == whole
    assert whole[0]["authors"] == ["Ana Roux"]
    assert whole[0]["companies"][0]["id"] == "apple"
