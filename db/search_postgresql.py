"""Finding matches with a ``tsvector`` and its GIN index; PostgreSQL's planner picks the way."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, column, func, literal, select, table
from sqlalchemy.dialects.postgresql import ARRAY, REAL, TSQUERY, TSVECTOR

from db.search_filters import Narrowed
from db.search_match import tsquery
from db.search_query import Node, Not
from db.tables import ArticleRow, TagRow

RANKED = 2_000  # the newest matches that are ranked, as in ``db.search_sqlite``
WEIGHTS = "{0.125, 0.2, 0.4, 1.0}"  # of D (text) to A (headline, as much as eight in the text)
BY_LENGTH = 1  # ts_rank: divide by 1 + log(length)

_INDEX = table("article_search", column("article_id"), column("words", TSVECTOR))


def newest(
    connection: Connection, node: Node, language: str | None, narrowed: Narrowed, limit: int
) -> dict[int, float]:
    """Row numbers of the newest matches, newest first (the values mean nothing)."""
    rows = connection.scalars(_newest(node, language, narrowed, limit))
    return dict.fromkeys(rows, 0.0)


def ranked(
    connection: Connection, node: Node, language: str | None, narrowed: Narrowed, limit: int
) -> dict[int, float]:
    """Row numbers of the most relevant of the newest matches, best first, with their scores."""
    if isinstance(node, Not):
        return newest(connection, node, language, narrowed, limit)
    recent = _newest(node, language, narrowed, RANKED).subquery()
    score = func.ts_rank(
        literal(WEIGHTS).cast(ARRAY(REAL)), _INDEX.c.words, _query(node, language), BY_LENGTH
    )
    statement = (
        select(_INDEX.c.article_id, score.label("score"))
        .where(_INDEX.c.article_id.in_(select(recent.c.id)))
        .order_by(score.desc(), _INDEX.c.article_id.desc())
        .limit(limit)
    )
    return {row.article_id: row.score for row in connection.execute(statement)}


def _newest(
    node: Node, language: str | None, narrowed: Narrowed, limit: int
) -> Select[*tuple[Any, ...]]:
    joined = select(ArticleRow.id).join(_INDEX, _INDEX.c.article_id == ArticleRow.id)
    if isinstance(node, Not):
        statement = joined.where(~_matches(node.node, language))
    else:
        statement = joined.where(_matches(node, language))
    published: Any = ArticleRow.published_at
    if len(narrowed.companies) == 1 and len(narrowed.companies[0]) == 1:
        published = TagRow.published_at  # the index on company and time leads
        statement = (
            statement.join(TagRow, TagRow.article_id == _INDEX.c.article_id)
            .where(TagRow.company_id == narrowed.companies[0][0], *narrowed.in_window(TagRow))
            .where(*Narrowed(narrowed.article, (), narrowed.not_companies, None, None).on_article())
        )
    else:
        statement = statement.where(*narrowed.on_article())
    return statement.order_by(published.desc(), ArticleRow.id.desc()).limit(limit)


def _query(node: Node, language: str | None) -> ColumnElement[Any]:
    return literal(tsquery(node, language)).cast(TSQUERY)


def _matches(node: Node, language: str | None) -> ColumnElement[bool]:
    return _INDEX.c.words.bool_op("@@")(_query(node, language))
