"""What a crawl saves: stories are joined across sources and languages, also after a restart."""

import asyncio
from dataclasses import replace

from sqlalchemy import select

from crawler.store import DatabaseStore
from crawler.telling import Guarded, Telling
from db import Database
from db.articles import Saving
from db.tables import ArticleRow, StoryRow
from db.writer import Writer
from techwire.types import Article
from tests.db.build import HOUR, NOW, article, with_sources

FRENCH = article(
    "https://gazette.example/1",
    title="Calanque lève 42 millions d’euros pour ses robots portuaires",
    body="La jeune pousse de Marseille livrera Gdansk et Anvers. Ada Moreau la dirige. " * 5,
)
ENGLISH = article(
    "https://herald.example/1",
    source="herald",
    language="en",
    title="Harbour robots: a French start-up gets a war chest",
    body="Calanque of Marseille, led by Ada Moreau, raised 42 million euros to sell to Gdansk. "
    * 5,
    published_at=NOW,
)
OTHER = replace(
    ENGLISH,
    url="https://herald.example/2",
    title="Nordlicht opens a data centre in Kiel",
    body="The building heats a swimming pool near the harbour of Kiel, its owner says. " * 5,
)


def saved(database: Database, *pieces: Article) -> None:
    """Saves ``pieces`` as one process would, one after the other."""
    with Writer(database) as writer:
        store = DatabaseStore(writer, lambda: NOW + HOUR)
        for piece in pieces:
            asyncio.run(store.save(piece, piece.url))


def stories(database: Database) -> list[int]:
    with database.reading() as connection:
        return list(connection.scalars(select(ArticleRow.story_id).order_by(ArticleRow.id)))


def test_one_event_in_two_languages_is_stored_as_one_story(database: Database) -> None:
    with_sources(database)
    saved(database, FRENCH, OTHER, ENGLISH)
    assert stories(database) == [1, 2, 1]


def test_after_a_restart_stories_go_on(database: Database) -> None:
    with_sources(database)
    saved(database, FRENCH)
    saved(database, OTHER)
    saved(database, ENGLISH)
    assert stories(database) == [1, 2, 1]


def test_what_was_rolled_back_is_no_story_others_can_join(database: Database) -> None:
    with_sources(database)
    telling = Telling()
    with database.writing() as connection:
        telling.save(connection, [Guarded(Saving(FRENCH, NOW + HOUR))])
        connection.rollback()  # as when another piece of the same transaction fails
    with database.writing() as connection:
        telling.save(connection, [Guarded(Saving(OTHER, NOW + HOUR))])
    with database.writing() as connection:
        telling.save(connection, [Guarded(Saving(ENGLISH, NOW + HOUR))])
        telling.save(connection, [Guarded(Saving(FRENCH, NOW + HOUR))])
    with database.reading() as connection:
        told = connection.execute(
            select(ArticleRow.title, ArticleRow.story_id, StoryRow.id)
            .outerjoin(StoryRow, StoryRow.id == ArticleRow.story_id)
            .order_by(ArticleRow.id)
        ).all()
    assert [row[1] for row in told] == [row[2] for row in told]  # each story is there
    assert told[0][1] != told[1][1] == told[2][1]
