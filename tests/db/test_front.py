"""Which stories the front page lists: by sector, language and source, at a cost that stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from db import Database, articles, companies, front
from db.front import CANDIDATES, Choice
from tests.db.build import APPLE, META, NOW, article, tag, with_sources

NEWER = CANDIDATES * 8 + 10  # more articles than are looked at for one story of a sector
PHONES, CHAT = replace(APPLE, sector="phones"), replace(META, sector="chat")


@pytest.fixture
def archive(database: Database) -> Database:
    """One old article about Apple, in English, and many newer ones, about Meta, in French."""
    with_sources(database)
    with database.writing() as connection:
        companies.sync(connection, [PHONES, CHAT], "1")
        for n in range(NEWER + 1):
            about = tag("meta", "Meta") if n else tag("apple", "Apple")
            told = article(
                f"https://gazette.example/{n}",
                title=f"{about.name} {n}",
                body=f"{n}",
                language="fr" if n else "en",
                published_at=NOW - timedelta(days=9) + timedelta(minutes=n),
                tags=(about,),
            )
            articles.save(connection, told, NOW)
    return database


def titles(database: Database, choice: Choice) -> list[str]:
    with database.reading() as connection:
        return [card.title for card in front.stories(connection, choice, 1)]


CHOICES: tuple[tuple[Choice, list[str]], ...] = (
    (Choice(sector="chat"), [f"Meta {NEWER}"]),
    (Choice(sector="phones"), ["Apple 0"]),  # beyond the newest that are looked at
    (Choice(sector="phones", source="gazette"), ["Apple 0"]),
    (Choice(sector="phones", until=NOW - timedelta(days=8)), ["Apple 0"]),
    (Choice(sector="phones", language="en"), ["Apple 0"]),
    (Choice(sector="phones", language="fr"), []),
    (Choice(sector="phones", since=NOW - timedelta(days=8)), []),
    (Choice(sector="phones", companies=["meta"]), []),
    (Choice(sector="weaving"), []),
    (Choice(language="en"), ["Apple 0"]),
    (Choice(language="de"), []),
)


def test_a_story_is_found_however_old_it_is(archive: Database) -> None:
    found = [(choice, titles(archive, choice)) for choice, _ in CHOICES]
    assert found == list(CHOICES)


def test_of_a_language_only_the_newest_articles_are_looked_at(
    archive: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front, "LOOKED_AT", NEWER - 1)
    assert titles(archive, Choice(language="fr")) == [f"Meta {NEWER}"]
    assert titles(archive, Choice(language="en")) == []
    # a source's articles have an index of their own: all of them are looked at
    assert titles(archive, Choice(language="en", source="gazette")) == ["Apple 0"]
