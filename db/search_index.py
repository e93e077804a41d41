"""The full-text index: FTS5 in SQLite, a ``tsvector`` in PostgreSQL, of the same words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from db import words

MOST = 20_000  # words of one article that are indexed; PostgreSQL keeps 1 MB of them at most
LAST_POSITION = 16_383  # PostgreSQL's; later words share it
GAP = 10  # positions between title and text: no phrase reaches from one into the other


@dataclass(frozen=True, slots=True)
class Indexed:
    """The texts of an article under which it is found."""

    id: int
    title: str
    text: str  # summary and body
    language: str | None

    @staticmethod
    def of(key: int, title: str, summary: str | None, body: str, language: str | None) -> Indexed:
        """From an article's stored fields."""
        return Indexed(key, title, f"{summary}\n{body}" if summary else body, language)


def add(connection: Connection, articles: Sequence[Indexed]) -> None:
    """Indexes articles that are not in the index."""
    if connection.dialect.name == "postgresql":
        vectors = [(article.id, vector(*_words(article))) for article in articles]
        connection.exec_driver_sql(_PG_ADD, vectors)
    else:
        connection.exec_driver_sql(_LITE_ADD, [_lite(article) for article in articles])


def remove(connection: Connection, articles: Sequence[Indexed]) -> None:
    """Takes articles out; their texts must be those they were indexed with (FTS5 needs them)."""
    if connection.dialect.name == "postgresql":
        connection.execute(_PG_REMOVE, [{"id": article.id} for article in articles])
    else:
        connection.exec_driver_sql(_LITE_REMOVE, [_lite(article) for article in articles])


_LITE_ADD = "INSERT INTO article_search (rowid, title, text) VALUES (?, ?, ?)"
_LITE_REMOVE = (
    "INSERT INTO article_search (article_search, rowid, title, text) VALUES ('delete', ?, ?, ?)"
)
_PG_ADD = "INSERT INTO article_search (article_id, words) VALUES (%s, CAST(%s AS tsvector))"
_PG_REMOVE = text("DELETE FROM article_search WHERE article_id = :id")


def _lite(article: Indexed) -> tuple[int, str, str]:
    title, body = _words(article)
    return article.id, " ".join(title), " ".join(body)


def _words(article: Indexed) -> tuple[list[str], list[str]]:
    title = words.indexed(article.title, article.language)[:MOST]
    return title, words.indexed(article.text, article.language)[: MOST - len(title)]


def vector(title: list[str], body: list[str]) -> str:
    """The words as PostgreSQL spells a ``tsvector``: ``'apple':1A,14 'ferm':2A``."""
    places: dict[str, list[str]] = {}
    for number, word in enumerate(title, 1):
        places.setdefault(word, []).append(f"{number}A")
    for number, word in enumerate(body, len(title) + GAP):
        places.setdefault(word, []).append(str(min(number, LAST_POSITION)))
    return " ".join(f"'{word}':{','.join(at)}" for word, at in places.items())
