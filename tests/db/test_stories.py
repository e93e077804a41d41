"""What an index of stories is rebuilt from."""

from datetime import timedelta

from db import Database, articles, companies
from db.stories import told_lately
from tests.db.build import APPLE, NOW, article, tag, with_sources

WEEK, DAY = timedelta(days=7), timedelta(days=1)


def test_the_articles_of_the_last_days_come_back_oldest_first(database: Database) -> None:
    with_sources(database)
    with database.writing() as connection:
        companies.sync(connection, [APPLE], "1")
        for days in (1, 3, 30):
            piece = article(
                f"https://gazette.example/{days}",
                published_at=NOW - timedelta(days=days),
                body=f"Le texte numéro {days}. " * 20,
                tags=(tag("apple", "Apple"),),
            )
            articles.save(connection, piece, NOW)
    with database.reading() as connection:
        told = list(told_lately(connection, NOW, WEEK, lead=10, relevance=0.5, lately=4 * DAY))
    assert [row.published_at for row in told] == [NOW - timedelta(days=d) for d in (3, 1)]
    assert told[0].companies == ("apple",)
    assert told[0].lead.endswith(" Le texte n")
    assert told[0].source == "gazette"
    with database.reading() as connection:
        others = list(told_lately(connection, NOW, WEEK, lead=10, relevance=0.9, lately=DAY))
        assert not others[0].companies
        assert [bool(row.lead) for row in others] == [False, True]  # told three days, one day ago
        first = others[0].id
        later = told_lately(
            connection, NOW, WEEK, lead=10, relevance=0.9, lately=timedelta(), after=first - 1
        )
        assert all(row.lead for row in later)


def test_an_archive_that_ends_long_ago_still_has_its_last_days(database: Database) -> None:
    with_sources(database)
    later = NOW + timedelta(days=400)
    with database.writing() as connection:
        articles.save(connection, article("https://gazette.example/1"), NOW)
    with database.reading() as connection:
        assert (
            len(list(told_lately(connection, later, WEEK, lead=10, relevance=0.5, lately=4 * DAY)))
            == 1
        )


def test_an_empty_database_has_told_nothing(database: Database) -> None:
    with database.reading() as connection:
        assert (
            list(told_lately(connection, NOW, WEEK, lead=10, relevance=0.5, lately=4 * DAY)) == []
        )
