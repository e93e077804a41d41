"""Finding matches with a ``tsvector`` and its GIN index, or by looking into the newest articles.

PostgreSQL's statistics know the thousand most frequent words. Any other one it takes for half as
frequent as the last of these, so it would look into each of the newest articles, which is a second
or more for a word of twelve articles. So the index is asked first, and tells when a word is common.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    column,
    func,
    literal,
    select,
    table,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, REAL, TSQUERY, TSVECTOR

from db.search_filters import Narrowed
from db.search_match import tsquery
from db.search_query import Node, Not
from db.tables import ArticleRow, TagRow

RANKED = 2_000  # the newest matches that are ranked, as in ``db.search_sqlite``
WEIGHTS = "{0.125, 0.2, 0.4, 1.0}"  # of D (text) to A (headline, as much as eight in the text)
BY_LENGTH = 1  # ts_rank: divide by 1 + log(length)
FEWEST = 10_000  # articles an archive is taken to have at least
SHORT, ONE_IN = 100, 10  # a list this short is first sought in the newest articles, ten times it

_INDEX = table("article_search", column("article_id"), column("words", TSVECTOR))


def newest(
    connection: Connection, node: Node, language: str | None, narrowed: Narrowed, limit: int
) -> dict[int, float]:
    """Row numbers of the newest matches, newest first (the values mean nothing)."""
    found = _common(connection, node, language, narrowed, limit)
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
    recent: Any = _uncommon(connection, node, language, narrowed, RANKED)
    if recent is None:
        recent = select(_newest(node, language, narrowed, RANKED).subquery().c.id)
    score = func.ts_rank(
        literal(WEIGHTS).cast(ARRAY(REAL)), _INDEX.c.words, _query(node, language), BY_LENGTH
    )
    statement = (
        select(_INDEX.c.article_id, score.label("score"))
        .where(_INDEX.c.article_id.in_(recent))
        .order_by(score.desc(), _INDEX.c.article_id.desc())
        .limit(limit)
    )
    return {row.article_id: row.score for row in connection.execute(statement)}


def _common(
    connection: Connection, node: Node, language: str | None, narrowed: Narrowed, limit: int
) -> Sequence[int] | None:
    """The newest matches when one in ten of the newest articles is one; otherwise None."""
    if limit > SHORT or narrowed.companies:
        return None
    latest = (
        select(ArticleRow.id, ArticleRow.published_at)
        .where(*narrowed.on_article())
        .order_by(ArticleRow.published_at.desc(), ArticleRow.id.desc())
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
    company = _company(narrowed)
    if company is not None:
        published = TagRow.published_at  # the index on company and time leads
        statement = (
            statement.join(TagRow, TagRow.article_id == _INDEX.c.article_id)
            .where(TagRow.company_id == company, *narrowed.in_window(TagRow))
            .where(*Narrowed(narrowed.article, (), narrowed.not_companies, None, None).on_article())
        )
    else:
        statement = statement.where(*narrowed.on_article())
    return statement.order_by(published.desc(), ArticleRow.id.desc()).limit(limit)


def _query(node: Node, language: str | None) -> ColumnElement[Any]:
    return literal(tsquery(node, language)).cast(TSQUERY)


def _matches(node: Node, language: str | None) -> ColumnElement[bool]:
    return _INDEX.c.words.bool_op("@@")(_query(node, language))
