"""Finding matches with FTS5: the newest at a cost that does not grow with the archive.

FTS5 gives matches by row number, which is the order of arrival; people want the order of
publication. An article is never published after it arrived (``db.articles`` sees to that), so the
search may stop at a match that arrived before the oldest one it is going to show was published.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable, Container, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, CursorResult, String, bindparam, func, select, text, type_coerce

from db.search_filters import Narrowed
from db.search_match import fts5
from db.search_query import Node, Not
from db.tables import ArticleRow, TagRow

RANKED = 2_000  # the newest matches that are ranked: the recent window of a ranked search
TITLE_WEIGHT = 8.0  # a word in the headline says as much as eight in the text
LARGEST_CHUNK = 20_000  # matches read in one step
LEAST_MORE = 16  # than shown are read in the first: those that came late may have appeared before
MOST_GIVEN = 20_000  # articles of a company that SQLite compares matches with; for more we do

Accept = Callable[[Sequence[int]], dict[int, str]]
"""Those of some row numbers that fulfil the conditions, and when they were published: as stored,
which sorts as the times do. To read a thousand of them as times takes longer than to find them."""

# Spelled as the driver takes them: each of SQLAlchemy's statements costs 0.1 ms more.
_MATCHES = (
    "SELECT rowid FROM article_search WHERE article_search MATCH :words"
    " AND rowid >= :least AND rowid < :below ORDER BY rowid DESC LIMIT :count"
)
# the plus keeps SQLite from asking FTS5 for each row by itself: 0.2 ms, where going through the
# matches costs 0.2 µs each
_MATCHES_AMONG = (
    "SELECT rowid FROM article_search WHERE article_search MATCH :words"
    " AND rowid >= :least AND rowid < :below AND +rowid IN (SELECT value FROM json_each(:given))"
    " ORDER BY rowid DESC LIMIT :count"
)
_SCORES = text(
    "SELECT rowid, bm25(article_search, :title, 1.0) AS score FROM article_search"
    " WHERE article_search MATCH :words AND rowid >= :least"
)
_PUBLISHED, _TAGGED = (
    type_coerce(row.published_at, String()).label("published") for row in (ArticleRow, TagRow)
)
_ARRIVED = "SELECT first_seen_at FROM article WHERE id = ?"
_MOMENTS = "SELECT id, published_at FROM article WHERE id IN (SELECT value FROM json_each(:ids))"
_HIGHEST = 1 << 62


def newest(
    connection: Connection, node: Node, language: str | None, narrowed: Narrowed, limit: int
) -> dict[int, float]:
    """Row numbers of the newest matches, newest first (the values mean nothing)."""
    if isinstance(node, Not):
        return _without(connection, fts5(node.node, language), narrowed, limit)
    words = fts5(node, language)
    tagged = _tagged(connection, narrowed)
    if tagged is None:
        accept, least = _by_article(connection, narrowed), _first_arrival(connection, narrowed)
    elif not tagged:
        return {}
    else:
        accept, least = _among(connection, narrowed, tagged), min(tagged)
    given = None if tagged is None or len(tagged) > MOST_GIVEN else json.dumps(list(tagged))
    return _best(_scan(connection, words, accept, least, limit, given), limit)


def ranked(
    connection: Connection, node: Node, language: str | None, narrowed: Narrowed, limit: int
) -> dict[int, float]:
    """Row numbers of the most relevant of the newest matches, best first, with their scores."""
    words = "" if isinstance(node, Not) else fts5(node, language)
    recent: Container[int]
    if words and not narrowed.is_narrow:  # no row of an article has to be looked at
        latest = {"words": words, "least": 0, "below": _HIGHEST, "count": RANKED}
        arrived = connection.exec_driver_sql(_MATCHES, latest).scalars().all()
        recent, least = frozenset(arrived), min(arrived, default=0)
    else:
        found = newest(connection, node, language, narrowed, RANKED)
        if not found or not words:
            return dict.fromkeys(list(found)[:limit], 0.0)
        recent, least = found, min(found)
    values = {"words": words, "title": TITLE_WEIGHT, "least": least}
    scores = {
        row.rowid: -row.score for row in connection.execute(_SCORES, values) if row.rowid in recent
    }
    best = heapq.nlargest(limit, scores.items(), key=lambda item: (item[1], item[0]))
    return dict(best)


def _best(found: dict[int, str], limit: int) -> dict[int, float]:
    newest_first = heapq.nlargest(limit, found.items(), key=lambda item: (item[1], item[0]))
    return {key: 0.0 for key, _ in newest_first}


def _scan(
    connection: Connection,
    words: str,
    accept: Accept,
    least: int,
    limit: int,
    given: str | None = None,
) -> dict[int, str]:
    """Accepted matches, enough of them to hold the ``limit`` newest; only those among ``given``
    (row numbers, as JSON) unless that is None."""
    found: dict[int, str] = {}
    for chunk in _chunks(connection, words, least, limit, given):
        found |= accept(chunk)
        if len(found) >= limit:
            oldest_shown = heapq.nlargest(limit, found.values())[-1]
            arrived = connection.exec_driver_sql(_ARRIVED, (chunk[-1],)).scalar()
            if arrived is None or arrived <= oldest_shown:
                break
    return found


def _chunks(
    connection: Connection, words: str, least: int, limit: int, given: str | None
) -> Iterator[Sequence[int]]:
    """Row numbers of matches, the latest arrivals first, in steps that grow."""
    statement = _MATCHES if given is None else _MATCHES_AMONG
    fixed = {"words": words, "least": least} | ({} if given is None else {"given": given})
    below, count = _HIGHEST, limit + max(limit // 3, LEAST_MORE)
    while True:
        values = fixed | {"below": below, "count": count}
        chunk = connection.exec_driver_sql(statement, values).scalars().all()
        if chunk:
            yield chunk
        if len(chunk) < count:
            return
        below, count = chunk[-1], min(count * 4, LARGEST_CHUNK)


def _ids(keys: Sequence[int]) -> dict[str, str]:
    return {"ids": json.dumps(list(keys))}


_GIVEN = select(text("value")).select_from(func.json_each(bindparam("ids"))).scalar_subquery()


def _by_article(connection: Connection, narrowed: Narrowed) -> Accept:
    """Accepts by what stands in the article's row."""
    conditions = narrowed.on_article()
    if not conditions:
        return lambda keys: _moments(connection.exec_driver_sql(_MOMENTS, _ids(keys)))
    statement = select(ArticleRow.id, _PUBLISHED).where(ArticleRow.id.in_(_GIVEN), *conditions)
    return lambda keys: _moments(connection.execute(statement, _ids(keys)))


def _among(connection: Connection, narrowed: Narrowed, tagged: dict[int, str]) -> Accept:
    """Accepts the articles of ``tagged``; asks for their rows only when there is more to check."""
    if not narrowed.article:
        return lambda keys: {key: tagged[key] for key in keys if key in tagged}
    statement = select(ArticleRow.id).where(ArticleRow.id.in_(_GIVEN), *narrowed.article)

    def accept(keys: Sequence[int]) -> dict[int, str]:
        there = [key for key in keys if key in tagged]
        return {key: tagged[key] for key in connection.scalars(statement, _ids(there))}

    return accept


def _tagged(connection: Connection, narrowed: Narrowed) -> dict[int, str] | None:
    """The articles about the companies asked for, and when they appeared; None when none is."""
    found: dict[int, str] | None = None
    for ids in narrowed.companies:
        rows = _of(connection, narrowed, ids)
        found = rows if found is None else {key: rows[key] for key in found if key in rows}
    if found is not None and narrowed.not_companies:
        without = _of(connection, narrowed, narrowed.not_companies)
        found = {key: moment for key, moment in found.items() if key not in without}
    return found


def _of(connection: Connection, narrowed: Narrowed, ids: tuple[str, ...]) -> dict[int, str]:
    statement = select(TagRow.article_id, _TAGGED).where(
        TagRow.company_id.in_(ids), *narrowed.in_window(TagRow)
    )
    return _moments(connection.execute(statement))


def _moments(rows: CursorResult[Any]) -> dict[int, str]:
    pairs: Any = rows.all()
    return dict(pairs)


def _first_arrival(connection: Connection, narrowed: Narrowed) -> int:
    """A row number below which nothing was published since the window began."""
    if narrowed.since is None:
        return 0
    statement = select(func.min(ArticleRow.id)).where(ArticleRow.published_at >= narrowed.since)
    return connection.scalar(statement) or 0


def _without(
    connection: Connection, words: str, narrowed: Narrowed, limit: int
) -> dict[int, float]:
    """The newest that fulfil the conditions and do not match."""
    matches = (
        text("SELECT rowid FROM article_search WHERE article_search MATCH :words")
        .columns(rowid=ArticleRow.id.type)
        .subquery()
    )
    statement = (
        select(ArticleRow.id)
        .where(ArticleRow.id.not_in(select(matches.c.rowid)), *narrowed.on_article())
        .order_by(ArticleRow.published_at.desc(), ArticleRow.id.desc())
        .limit(limit)
    )
    return dict.fromkeys(connection.scalars(statement, {"words": words}), 0.0)
