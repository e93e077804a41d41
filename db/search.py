"""Full-text search: one function on both engines, newest first or ranked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any

from sqlalchemy import Connection

from db import listing, search_postgresql, search_sqlite, snippets
from db.answers import Listed
from db.dialects import among, numbers
from db.search_filters import Narrowed, narrowed
from db.search_query import Not, parse
from db.tables import ArticleRow
from techwire.errors import UsageError


def search(
    connection: Connection,
    words: str,
    *,
    now: datetime,
    zone: tzinfo = UTC,
    limit: int = 50,
    since: datetime | None = None,
    language: str | None = None,
    source: str | None = None,
    company: Sequence[str] | None = None,
    rank: bool = False,
    with_snippets: bool = True,
) -> list[Listed]:
    """Articles that match ``words`` (see ``db.search_query``), newest first.

    With ``rank`` the newest 2,000 matches are put in order of relevance. The keyword arguments
    narrow the search further, as fields in it do; ``company`` takes ids, of which one is enough.
    UsageError with a position when it cannot be understood, NotFound for an unknown name.
    """
    question = parse(words, now=now, zone=zone)
    narrow = narrowed(connection, question, since, language, source, company)
    stem_in = language or question.language
    if question.text is None:
        rows = _unworded(connection, narrow, limit)
        return listing.listed(connection, rows)
    if isinstance(question.text, Not) and not narrow.is_narrow:
        raise UsageError("search: only exclusions: name something to look for as well")
    engine = search_postgresql if connection.dialect.name == "postgresql" else search_sqlite
    find = engine.ranked if rank else engine.newest
    scores = find(connection, question.text, stem_in, narrow, limit)
    order = {key: place for place, key in enumerate(scores)}
    statement = _FOUND[connection.dialect.name, with_snippets]
    rows = connection.execute(statement, numbers(connection, list(scores))).all()
    rows = sorted(rows, key=lambda row: order[row.id])
    marked: dict[int, str] = {}
    hits = snippets.hits(question.text, stem_in) if with_snippets else None
    if hits is not None:
        for row in rows:
            said = f"{row.summary}\n{row.body}" if row.summary else row.body
            piece = snippets.snippet(said, hits, row.language)
            marked[row.id] = piece or snippets.mark(row.title, hits, row.language)
    return listing.listed(connection, rows, marked, scores if rank else None)


_FOUND = {
    (dialect, with_text): listing.from_articles()
    .add_columns(*([ArticleRow.body] if with_text else []))
    .where(among(ArticleRow.id, dialect))
    for dialect in ("sqlite", "postgresql")
    for with_text in (False, True)
}


def _unworded(connection: Connection, narrowed: Narrowed, limit: int) -> Sequence[Any]:
    statement = listing.from_articles().where(*narrowed.on_article())
    newest = statement.order_by(ArticleRow.published_at.desc(), ArticleRow.id.desc()).limit(limit)
    return connection.execute(newest).all()
