"""Finding matches with a ``tsvector`` and its GIN index: those that arrived last are asked first.

The index gives all matches of a word at once, in no order, and people want the newest. So it knows
each article's shelf as well: articles stand on shelves of 4,096 in the order in which they arrived,
and the last shelves are asked first, more of them at each step, until they held enough. An article
is never published after it arrived (``db.articles`` sees to that), so the search may stop at a
match that arrived before the oldest one it is going to show was published.

PostgreSQL's statistics know the thousand most frequent words. Any other one it takes for half as
frequent as the last of these, so where it is let to choose it looks into each of the newest
articles, which is a second or more for a word of twelve articles.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    column,
    func,
    literal,
    or_,
    select,
    table,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import REAL, TSQUERY, TSVECTOR

from db.search_filters import Narrowed
from db.search_match import tsquery
from db.search_query import And, Node, Not, Or, Words
from db.tables import ArticleRow, TagRow

RANKED = 2_000  # the newest matches that are ranked, as in ``db.search_sqlite``
WEIGHTS = "{0.125, 0.2, 0.4, 1.0}"  # of D (text) to A (headline, as much as eight in the text)
BY_LENGTH = 1  # ts_rank: divide by 1 + log(length)
FEWEST = 10_000  # articles an archive is taken to have at least
SHORT, ONE_IN = 100, 10  # a list this short is first sought in the newest articles, ten times it
SHELF = 4_096  # articles, by row number; stands in the index and in the statement below
FIRST_SHELVES, MOST_SHELVES = 2, 32  # asked at once: at first, and before all the others
SPARE, LARGEST_CHUNK = 50, 20_000  # matches looked at beyond those asked for; at most in one step
PATIENCE = 10  # matches looked at for each one asked for, while conditions leave too few
# Several processes number and store articles at the same time, each by its own clock.
DISORDER = timedelta(minutes=10)

_INDEX = table("article_search", column("article_id"), column("words", TSVECTOR))


def newest(
    connection: Connection, node: Node, language: str | None, narrowed: Narrowed, limit: int
) -> dict[int, float]:
    """Row numbers of the newest matches, newest first (the values mean nothing)."""
    found: Sequence[int] | None = None
    if narrowed.is_narrow or _has_prefix(node):
        found = _common(connection, node, language, narrowed, limit)
    if found is None:
        found = _latest_first(connection, node, language, narrowed, limit)
    if found is None:
        found = _uncommon(connection, node, language, narrowed, limit)
    if found is None:
        connection.execute(_ASK_ALONE)
        found = connection.scalars(_newest(node, language, narrowed, limit)).all()
        connection.execute(_ASK_TOGETHER)
    return dict.fromkeys(found, 0.0)


def ranked(
    connection: Connection, node: Node, language: str | None, narrowed: Narrowed, limit: int
) -> dict[int, float]:
    """Row numbers of the most relevant of the newest matches, best first, with their scores."""
    if isinstance(node, Not):
        return newest(connection, node, language, narrowed, limit)
    if narrowed.is_narrow:
        recent = list(newest(connection, node, language, narrowed, RANKED))
    else:  # no row of an article has to be looked at
        recent = _arrived_last(connection, tsquery(node, language), RANKED)
    values = {"query": tsquery(node, language), "ids": recent, "most": limit}
    return {row.article_id: row.score for row in connection.execute(_RANKED, values)}


def _common(
    connection: Connection, node: Node, language: str | None, narrowed: Narrowed, limit: int
) -> Sequence[int] | None:
    """The newest matches when one in ten of the newest articles is one; otherwise None."""
    if limit > SHORT:
        return None
    if narrowed.companies:
        tagged, narrowed = _tagged(narrowed)
        published, key = tagged.c.published_at, tagged.c.article_id
        newest_of_all = select(key.label("id"), published)
        if narrowed.is_narrow:
            newest_of_all = newest_of_all.join(ArticleRow, ArticleRow.id == key)
    else:
        published, key = ArticleRow.published_at, ArticleRow.id
        newest_of_all = select(key.label("id"), published)
    latest = (
        newest_of_all.where(*narrowed.on_article())
        .order_by(published.desc(), key.desc())
        .limit(ONE_IN * limit)
        .subquery()
    )
    wanted = node.node if isinstance(node, Not) else node
    is_match = _matches(wanted, language)
    statement = (
        select(latest.c.id)
        .join(_INDEX, _INDEX.c.article_id == latest.c.id)
        .where(~is_match if isinstance(node, Not) else is_match)
        .order_by(latest.c.published_at.desc(), latest.c.id.desc())
        .limit(limit)
    )
    found = connection.scalars(statement).all()
    return found if len(found) == limit else None


def _latest_first(
    connection: Connection, node: Node, language: str | None, narrowed: Narrowed, limit: int
) -> list[int] | None:
    """The newest matches, by those that arrived last; None when too many do not fulfil the
    conditions.

    Also None for an exclusion, for companies, about which most of the last articles are not, and
    for what was published before some day.
    """
    if isinstance(node, Not) or narrowed.companies or narrowed.until is not None:
        return None
    fits = and_(true(), *narrowed.on_article())
    last = bindparam("last", type_=BigInteger)
    statement = _MOMENTS.add_columns(fits.label("fits")).where(or_(fits, ArticleRow.id == last))
    most = PATIENCE * limit if narrowed.is_narrow else None
    best: list[tuple[datetime, int]] = []
    looked_at = 0
    for keys in _chunks(connection, tsquery(node, language), limit):
        rows = connection.execute(statement, {"ids": keys, "last": keys[-1]}).all()
        fitting = [(row.published_at, row.id) for row in rows if row.fits]
        best = heapq.nlargest(limit, best + fitting)
        arrived = min(rows, key=lambda row: row.id).first_seen_at + DISORDER  # and what follows
        if len(best) == limit and arrived <= best[-1][0]:
            break
        if narrowed.since is not None and arrived <= narrowed.since:
            break
        looked_at += len(keys)
        if most is not None and looked_at > most:
            return None
    return [key for _, key in best]


def _uncommon(
    connection: Connection, node: Node, language: str | None, narrowed: Narrowed, limit: int
) -> Sequence[int] | None:
    """The newest of the matches in the index; None when there are too many to sort.

    Also None for an exclusion and for one company, whose articles the planner finds well.
    """
    if isinstance(node, Not) or _company(narrowed) is not None:
        return None
    most = _most(connection, limit)
    matches = (
        select(_INDEX.c.article_id).where(_matches(node, language)).limit(most + 1).cte("matches")
    ).prefix_with("MATERIALIZED", dialect="postgresql")
    count = select(func.count()).select_from(matches).scalar_subquery()
    article = (  # OFFSET 0 makes it look up each; the planner would read the index of all articles
        select(ArticleRow.id, ArticleRow.published_at)
        .where(ArticleRow.id == matches.c.article_id, *narrowed.on_article())
        .offset(0)
        .lateral("found")
    )
    newest_of_them = (
        select(article.c.id)
        .select_from(matches.join(article, true()))
        .where(count <= most)
        .order_by(article.c.published_at.desc(), article.c.id.desc())
        .limit(limit)
    )
    connection.execute(_ASK_THE_INDEX)
    row = connection.execute(select(count, func.array(newest_of_them.scalar_subquery()))).one()
    connection.execute(_ASK_AS_EVER)
    return None if row[0] > most else row[1]


def _arrived_last(connection: Connection, query: str, limit: int) -> list[int]:
    """Row numbers of the matches that arrived last."""
    found: list[int] = []
    for keys in _chunks(connection, query, limit):
        found += keys
        if len(found) >= limit:
            break
    return found[:limit]


def _chunks(connection: Connection, query: str, limit: int) -> Iterator[Sequence[int]]:
    """Row numbers of matches, the latest arrivals first, in steps that grow."""
    highest = connection.scalar(_HIGHEST)
    if highest is None:
        return
    end, width = highest // SHELF + 1, FIRST_SHELVES
    below, count = highest + 1, limit + max(SPARE, limit // 4)
    while end > 0:
        values = {"query": query, "below": below, "count": count}
        first = max(0, end - width)
        if width <= MOST_SHELVES:
            keys = connection.scalars(_ON_SHELVES, values | {"shelves": list(range(first, end))})
        else:
            first = 0
            connection.execute(_ASK_THE_INDEX)
            keys = connection.scalars(_ANYWHERE, values)
            connection.execute(_ASK_AS_EVER)
        chunk = keys.all()
        if chunk:
            yield chunk
        if len(chunk) == count:
            below, count = chunk[-1], min(count * 4, LARGEST_CHUNK)
        else:
            end, below, width = first, first * SHELF, width * 4


_HIGHEST = text("SELECT max(article_id) FROM article_search")
_MATCHES = "SELECT article_id FROM article_search WHERE words @@ CAST(:query AS tsquery)"
_LAST = "SELECT article_id FROM matches WHERE article_id < :below ORDER BY 1 DESC LIMIT :count"
# Materialized: else the planner may look into the words of one article after the other.
_ON_SHELVES = text(
    f"WITH matches AS MATERIALIZED ({_MATCHES}"
    f" AND ARRAY[article_id / {SHELF}] && CAST(:shelves AS bigint[])) {_LAST}"
)
_ANYWHERE = text(f"WITH matches AS MATERIALIZED ({_MATCHES}) {_LAST}")
_IDS = bindparam("ids", type_=ARRAY(BigInteger))
_MOMENTS: Any = select(ArticleRow.id, ArticleRow.published_at, ArticleRow.first_seen_at).where(
    ArticleRow.id == func.any(_IDS)
)
_SCORE = func.ts_rank(
    literal(WEIGHTS).cast(ARRAY(REAL)),
    _INDEX.c.words,
    bindparam("query", type_=TSQUERY).cast(TSQUERY),
    BY_LENGTH,
)
_RANKED = (
    select(_INDEX.c.article_id, _SCORE.label("score"))
    .where(_INDEX.c.article_id == func.any(_IDS))
    .order_by(_SCORE.desc(), _INDEX.c.article_id.desc())
    .limit(bindparam("most"))
)


def _most(connection: Connection, limit: int) -> int:
    """How many matches are worth sorting.

    The times of M of them are looked up to sort them; else the words of the newest limit * N / M
    of all N articles are looked through, each at thrice the cost. The same at sqrt(3 * limit * N).
    """
    articles = connection.scalar(_ARTICLES) or 0  # as counted last: -1 before
    return math.isqrt(3 * limit * max(int(articles), FEWEST))


_ARTICLES = text("SELECT reltuples FROM pg_class WHERE oid = to_regclass('article')")
# Reading all the words of all articles seems cheap to the planner: it does not see that they are
# stored apart and compressed.
_ASK_THE_INDEX = text("SET LOCAL enable_seqscan = off")
_ASK_AS_EVER = text("SET LOCAL enable_seqscan TO DEFAULT")
# To start its helpers takes longer than to look into the few thousand articles: 30 to 50 ms.
_ASK_ALONE = text("SET LOCAL max_parallel_workers_per_gather = 0")
_ASK_TOGETHER = text("SET LOCAL max_parallel_workers_per_gather TO DEFAULT")


def _has_prefix(node: Node) -> bool:
    """The index would have to gather all words that begin so, which may be many."""
    if isinstance(node, And | Or):
        return any(_has_prefix(part) for part in node.nodes)
    return node.is_prefix if isinstance(node, Words) else _has_prefix(node.node)


def _company(narrowed: Narrowed) -> str | None:
    """The one company that is asked for."""
    if len(narrowed.companies) == 1 and len(narrowed.companies[0]) == 1:
        return narrowed.companies[0][0]
    return None


def _newest(
    node: Node, language: str | None, narrowed: Narrowed, limit: int
) -> Select[*tuple[Any, ...]]:
    joined = select(ArticleRow.id).join(_INDEX, _INDEX.c.article_id == ArticleRow.id)
    if isinstance(node, Not):
        statement = joined.where(~_matches(node.node, language))
    else:
        statement = joined.where(_matches(node, language))
    published: Any = ArticleRow.published_at
    if narrowed.companies:
        tagged, narrowed = _tagged(narrowed)
        published = tagged.c.published_at
        statement = statement.join(tagged, tagged.c.article_id == _INDEX.c.article_id)
    statement = statement.where(*narrowed.on_article())
    return statement.order_by(published.desc(), ArticleRow.id.desc()).limit(limit)


def _tagged(narrowed: Narrowed) -> tuple[Any, Narrowed]:
    """The articles of the first companies asked for, by the index on company and time; and the
    conditions that are left."""
    ids, *others = narrowed.companies
    about = select(TagRow.article_id, TagRow.published_at).where(
        TagRow.company_id.in_(ids), *narrowed.in_window(TagRow)
    )
    tagged = (about.distinct() if len(ids) > 1 else about).subquery()
    return tagged, replace(narrowed, companies=tuple(others), since=None, until=None)


def _query(node: Node, language: str | None) -> ColumnElement[Any]:
    return literal(tsquery(node, language)).cast(TSQUERY)


def _matches(node: Node, language: str | None) -> ColumnElement[bool]:
    return _INDEX.c.words.bool_op("@@")(_query(node, language))
