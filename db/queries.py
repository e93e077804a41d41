"""The questions the command line asks; each costs a fixed number of statements."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from db.answers import Counts, FoundCompany, Listed, SourceStatus, TaggedCompany
from db.tables import (
    AddressRow,
    ArticleRow,
    CompanyRow,
    MentionRow,
    PageRow,
    RevisionRow,
    SourceRow,
    StoryRow,
    TagRow,
    VisitOutcomeRow,
)
from db.words import fold
from techwire.errors import NotFound
from techwire.types import Level, Outcome

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
"""The columns of ``Listed``; ``from_articles`` joins what they need."""


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
            **{column.key: getattr(row, column.key) for column in LISTED},
            companies=found.get(row.id, ()),
            snippet=snippets.get(row.id) if snippets else None,
            rank=ranks.get(row.id) if ranks else None,
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
    )
    found: dict[int, list[TaggedCompany]] = {}
    for row in rows:
        found.setdefault(row.article_id, []).append(
            TaggedCompany(
                id=row.company_id,
                name=row.name,
                relevance=row.relevance,
                level=Level(row.level),
                confidence=row.confidence,
                known=row.known,
                mentions=row.mention_count,
            )
        )
    return {key: tuple(tags) for key, tags in found.items()}


def company(connection: Connection, name: str) -> FoundCompany:
    """The company called ``name`` (id, name or alias; case and accents do not matter).

    NotFound with the three nearest names when there is none.
    """
    rows = connection.execute(
        select(CompanyRow.id, CompanyRow.name, CompanyRow.owner_id, CompanyRow.aliases)
    ).all()
    wanted = fold(name).strip()
    by_name = {fold(alias): row for row in reversed(rows) for alias in row.aliases}
    by_name |= {fold(row.name): row for row in reversed(rows)}
    by_name |= {row.id: row for row in rows}
    chosen = by_name.get(wanted)
    if chosen is None:
        near = difflib.get_close_matches(wanted, by_name, n=9, cutoff=0.5)
        near += [known for known in by_name if wanted and wanted in known]
        raise NotFound("company", name, list(dict.fromkeys(by_name[n].name for n in near))[:3])
    children: dict[str, list[str]] = {}
    for row in rows:
        if row.owner_id is not None:
            children.setdefault(row.owner_id, []).append(row.id)
    owned: dict[str, None] = {}
    waiting = [chosen.id]
    while waiting:
        for child in children.get(waiting.pop(), ()):
            if child not in owned and child != chosen.id:
                owned[child] = None
                waiting.append(child)
    return FoundCompany(id=chosen.id, name=chosen.name, owned=tuple(owned))


def counts(connection: Connection) -> Counts:
    """How much is stored, and how pages have ended: the last line of a run."""

    def rows_of(table: Any, *where: Any) -> Any:
        return select(func.count()).select_from(table).where(*where).scalar_subquery()

    row = connection.execute(
        select(
            rows_of(SourceRow, SourceRow.is_active).label("sources"),
            rows_of(AddressRow).label("addresses"),
            rows_of(PageRow).label("pages"),
            rows_of(ArticleRow).label("articles"),
            rows_of(ArticleRow, ArticleRow.copy_of_id.is_not(None)).label("copies"),
            rows_of(RevisionRow).label("revisions"),
            rows_of(StoryRow).label("stories"),
            select(func.count(TagRow.company_id.distinct())).scalar_subquery().label("companies"),
            rows_of(TagRow).label("tags"),
            rows_of(MentionRow).label("mentions"),
            select(func.min(ArticleRow.published_at)).scalar_subquery().label("first"),
            select(func.max(ArticleRow.published_at)).scalar_subquery().label("last"),
        )
    ).one()
    states = connection.execute(
        select(AddressRow.state, func.count().label("pages"))
        .group_by(AddressRow.state)
        .order_by(AddressRow.state)
    )
    outcomes = connection.execute(
        select(VisitOutcomeRow.outcome, func.sum(VisitOutcomeRow.pages).label("pages"))
        .group_by(VisitOutcomeRow.outcome)
        .order_by(VisitOutcomeRow.outcome)
    )
    return Counts(
        sources=row.sources,
        addresses=row.addresses,
        pages=row.pages,
        articles=row.articles,
        copies=row.copies,
        revisions=row.revisions,
        stories=row.stories,
        companies=row.companies,
        tags=row.tags,
        mentions=row.mentions,
        states={row.state: row.pages for row in states},
        outcomes={Outcome(row.outcome): int(row.pages) for row in outcomes},
        first_published_at=row.first,
        last_published_at=row.last,
    )


def status(connection: Connection, slugs: Sequence[str] | None = None) -> list[SourceStatus]:
    """How each source is doing, by slug; all of them unless ``slugs`` says which."""
    articles = (
        select(
            ArticleRow.source_id,
            func.count().label("articles"),
            func.max(ArticleRow.published_at).label("last_published_at"),
        )
        .group_by(ArticleRow.source_id)
        .subquery()
    )
    waiting = (
        select(AddressRow.source_id, func.count().label("waiting"))
        .where(AddressRow.state.in_(("new", "fetched")))
        .group_by(AddressRow.source_id)
        .subquery()
    )
    columns = [
        getattr(SourceRow, name)
        for name in SourceStatus.__dataclass_fields__
        if hasattr(SourceRow, name)
    ]
    statement = (
        select(
            *columns,
            func.coalesce(articles.c.articles, 0).label("articles"),
            articles.c.last_published_at,
            func.coalesce(waiting.c.waiting, 0).label("waiting"),
        )
        .outerjoin(articles, articles.c.source_id == SourceRow.id)
        .outerjoin(waiting, waiting.c.source_id == SourceRow.id)
        .order_by(SourceRow.slug)
    )
    if slugs is not None:
        statement = statement.where(SourceRow.slug.in_(slugs))
    else:
        statement = statement.where(SourceRow.is_active)
    return [SourceStatus(**row._asdict()) for row in connection.execute(statement)]
