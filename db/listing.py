"""Articles in lists, newest first, with their companies; a list costs two or three statements."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Integer, Select, bindparam, select

from db.answers import Listed, TaggedCompany
from db.dialects import among, numbers
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
    return _FROM_ARTICLES


_FROM_ARTICLES: Rows = select(*LISTED).join(SourceRow, SourceRow.id == ArticleRow.source_id)


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
    values = _given(connection, since=since, language=language, source=source)
    rows = connection.execute(_latest(frozenset(values)), values | {"most": limit}).all()
    return listed(connection, rows)


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
    values = _given(connection, since=since, language=language, source=source)
    if at_least > 0:
        values["at_least"] = at_least
    statement = _of_companies(frozenset(values), len(ids) > 1)
    values |= {"most": limit, "ids": list(ids)}
    return listed(connection, connection.execute(statement, values).all())


def _given(
    connection: Connection, *, since: datetime | None, language: str | None, source: str | None
) -> dict[str, Any]:
    """The conditions that there are, as values of statements."""
    values: dict[str, Any] = {"since": since, "language": language}
    values["source_id"] = None if source is None else source_id(connection, source)
    return {name: value for name, value in values.items() if value is not None}


_MOST = bindparam("most", type_=Integer)


@cache
def _latest(given: frozenset[str]) -> Rows:
    """The statement of ``latest`` with these conditions: made once, which costs more than to run
    it."""
    statement = _filtered(_FROM_ARTICLES, given)
    if "since" in given:
        statement = statement.where(ArticleRow.published_at >= bindparam("since"))
    newest = statement.order_by(ArticleRow.published_at.desc(), ArticleRow.id.desc())
    return newest.limit(_MOST)


@cache
def _of_companies(given: frozenset[str], are_many: bool) -> Rows:
    """The statement of ``of_companies`` with these conditions."""
    ids: Any = bindparam("ids", expanding=True)
    tagged = select(TagRow.article_id, TagRow.published_at).where(TagRow.company_id.in_(ids))
    if "since" in given:
        tagged = tagged.where(TagRow.published_at >= bindparam("since"))
    if "at_least" in given:
        tagged = tagged.where(TagRow.relevance >= bindparam("at_least"))
    if are_many:
        tagged = tagged.distinct()
    newest = tagged.order_by(TagRow.published_at.desc(), TagRow.article_id.desc())
    if not given & {"language", "source_id"}:
        newest = newest.limit(_MOST)  # before the join: only what is shown is looked up
    chosen = newest.subquery()
    statement = (
        _FROM_ARTICLES.join(chosen, chosen.c.article_id == ArticleRow.id)
        .order_by(chosen.c.published_at.desc(), ArticleRow.id.desc())
        .limit(_MOST)
    )
    return _filtered(statement, given)


def _filtered(statement: Rows, given: frozenset[str]) -> Rows:
    if "language" in given:
        statement = statement.where(ArticleRow.language == bindparam("language"))
    if "source_id" in given:
        statement = statement.where(ArticleRow.source_id == bindparam("source_id"))
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
    statement = _COMPANIES[connection.dialect.name]
    rows = connection.execute(statement, numbers(connection, article_ids)).all()
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


_COMPANIES = {
    dialect: select(
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
    .where(among(TagRow.article_id, dialect))
    .order_by(TagRow.article_id, TagRow.relevance.desc(), TagRow.company_id)
    for dialect in ("sqlite", "postgresql")
}
