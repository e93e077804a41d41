"""Articles in lists, newest first, with their companies; a list costs two or three statements."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from db.answers import Listed, TaggedCompany
from db.tables import ArticleRow, CompanyRow, SourceRow, TagRow
from techwire.errors import NotFound
from techwire.types import Level

Rows = Select[*tuple[Any, ...]]

LISTED = (
    ArticleRow.id,
    ArticleRow.url,
    SourceRow.slug.label("source"),
    ArticleRow.title,
    ArticleRow.summary,
    ArticleRow.language,
    ArticleRow.published_at,
    ArticleRow.published_origin,
    ArticleRow.first_seen_at,
    ArticleRow.story_id,
    ArticleRow.copy_of_id,
    ArticleRow.revisions,
)
"""The columns of ``Listed``, its id first; ``from_articles`` joins what they need."""
_NAMES = tuple(column.key for column in LISTED)
_LEVELS = {level.value: level for level in Level}


def from_articles() -> Rows:
    """SELECT of ``Listed``'s columns."""
    return select(*LISTED).join(SourceRow, SourceRow.id == ArticleRow.source_id)


def latest(
    connection: Connection,
    limit: int = 50,
    since: datetime | None = None,
    language: str | None = None,
    source: str | None = None,
    company: Sequence[str] | None = None,
) -> list[Listed]:
    """Articles, newest first; ``company`` takes ids, of which one is enough."""
    if company is not None:
        return of_companies(
            connection, company, limit=limit, since=since, language=language, source=source
        )
    statement = _filtered(connection, from_articles(), language=language, source=source)
    if since is not None:
        statement = statement.where(ArticleRow.published_at >= since)
    statement = statement.order_by(ArticleRow.published_at.desc(), ArticleRow.id.desc())
    return listed(connection, connection.execute(statement.limit(limit)).all())


def of_companies(
    connection: Connection,
    ids: Sequence[str],
    *,
    limit: int = 50,
    since: datetime | None = None,
    language: str | None = None,
    source: str | None = None,
    at_least: float = 0.0,
) -> list[Listed]:
    """Articles about any of the companies ``ids``, newest first; ``at_least`` is a relevance."""
    tagged = select(TagRow.article_id, TagRow.published_at).where(TagRow.company_id.in_(ids))
    if since is not None:
        tagged = tagged.where(TagRow.published_at >= since)
    if at_least > 0:
        tagged = tagged.where(TagRow.relevance >= at_least)
    if len(ids) > 1:
        tagged = tagged.distinct()
    newest = tagged.order_by(TagRow.published_at.desc(), TagRow.article_id.desc())
    if language is None and source is None:
        newest = newest.limit(limit)  # before the join: only what is shown is looked up
    chosen = newest.subquery()
    statement = (
        from_articles()
        .join(chosen, chosen.c.article_id == ArticleRow.id)
        .order_by(chosen.c.published_at.desc(), ArticleRow.id.desc())
        .limit(limit)
    )
    statement = _filtered(connection, statement, language=language, source=source)
    return listed(connection, connection.execute(statement).all())


def _filtered(
    connection: Connection, statement: Rows, *, language: str | None, source: str | None
) -> Rows:
    if language is not None:
        statement = statement.where(ArticleRow.language == language)
    if source is not None:
        statement = statement.where(ArticleRow.source_id == source_id(connection, source))
    return statement


def source_id(connection: Connection, slug: str) -> int:
    """Row number of a source; NotFound with the nearest slugs."""
    found = connection.execute(select(SourceRow.slug, SourceRow.id))
    rows: dict[str, int] = {row.slug: row.id for row in found}
    if slug not in rows:
        raise NotFound("source", slug, difflib.get_close_matches(slug, rows, n=3, cutoff=0.4))
    return rows[slug]


def listed(
    connection: Connection,
    rows: Sequence[Any],
    snippets: dict[int, str] | None = None,
    ranks: dict[int, float] | None = None,
) -> list[Listed]:
    """Rows of ``LISTED`` with their companies."""
    found = companies_of(connection, [row.id for row in rows])
    return [
        Listed(
            **dict(zip(_NAMES, row, strict=False)),
            companies=found.get(row[0], ()),
            snippet=snippets.get(row[0]) if snippets else None,
            rank=ranks.get(row[0]) if ranks else None,
        )
        for row in rows
    ]


def companies_of(
    connection: Connection, article_ids: Sequence[int]
) -> dict[int, tuple[TaggedCompany, ...]]:
    """The companies of articles, best first."""
    rows = connection.execute(
        select(
            TagRow.article_id,
            TagRow.company_id,
            CompanyRow.name,
            TagRow.relevance,
            TagRow.level,
            TagRow.confidence,
            TagRow.known,
            TagRow.mention_count,
        )
        .join(CompanyRow, CompanyRow.id == TagRow.company_id)
        .where(TagRow.article_id.in_(article_ids))
        .order_by(TagRow.article_id, TagRow.relevance.desc(), TagRow.company_id)
    ).all()
    found: dict[int, list[TaggedCompany]] = {}
    for article, company, name, relevance, level, confidence, known, mentions in rows:
        found.setdefault(article, []).append(
            TaggedCompany(
                id=company,
                name=name,
                relevance=relevance,
                level=_LEVELS[level],
                confidence=confidence,
                known=known,
                mentions=mentions,
            )
        )
    return {key: tuple(tags) for key, tags in found.items()}
