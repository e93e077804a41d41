"""The whole life of one address: where it was found, how it ended, which tags it got and why."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, or_, select

from db.answers import ArticleFacts, Life, PageFacts, VersionFacts
from db.entries import entry_of
from db.tables import (
    AddressRow,
    ArticleRow,
    AuthorRow,
    CompanyRow,
    MentionRow,
    PageRow,
    RevisionRow,
    SourceRow,
    StoryRow,
    TagRow,
)
from techwire.errors import NotFound
from techwire.types import Level, Mention, Outcome, Tag, Zone
from techwire.urls import canonical


def why(connection: Connection, url: str) -> Life:
    """What is known of ``url``, in any spelling; NotFound when it was never met."""
    row = connection.execute(
        select(
            AddressRow,
            SourceRow.slug,
            SourceRow.is_active,
            SourceRow.next_due_at,
            SourceRow.due_reason,
            SourceRow.paused_at,
            PageRow.final_url,
            PageRow.fetched_at,
            PageRow.status,
            PageRow.content_type,
            PageRow.size,
        )
        .join(SourceRow, SourceRow.id == AddressRow.source_id)
        .outerjoin(PageRow, PageRow.address_id == AddressRow.id)
        .where(or_(AddressRow.url == canonical(url), AddressRow.fetch_url == url))
        .order_by(AddressRow.article_id.is_(None))
    ).first()
    if row is None:
        raise NotFound("address", url)
    page = None
    if row.fetched_at is not None:
        page = PageFacts(
            final_url=row.final_url,
            fetched_at=row.fetched_at,
            status=row.status,
            content_type=row.content_type,
            size=row.size,
        )
    return Life(
        url=row.url,
        fetch_url=row.fetch_url,
        source=row.slug,
        state=row.state,
        outcome=Outcome(row.outcome) if row.outcome else None,
        detail=row.detail,
        found_in=row.found_in or None,
        first_seen_at=row.first_seen_at,
        last_fetched_at=row.last_fetched_at,
        ended_at=row.ended_at,
        tries=row.tries,
        next_try_at=row.next_try_at,
        visit_due_at=row.next_due_at if row.is_active else None,
        visit_reason=row.due_reason,
        paused_at=row.paused_at,
        entry=entry_of(row.entry),
        page=page,
        article=None if row.article_id is None else facts(connection, row.article_id),
    )


def facts(connection: Connection, article_id: int) -> ArticleFacts | None:
    """What is stored of an article, but for its text; None when there is none of that number."""
    original = ArticleRow.__table__.alias()
    row: Any = connection.execute(
        select(
            ArticleRow.id,
            ArticleRow.url,
            SourceRow.slug.label("source"),
            ArticleRow.title,
            ArticleRow.language,
            ArticleRow.published_at,
            ArticleRow.published_origin,
            ArticleRow.modified_at,
            ArticleRow.first_seen_at,
            ArticleRow.words,
            ArticleRow.story_id,
            StoryRow.title.label("story_title"),
            StoryRow.articles.label("story_articles"),
            ArticleRow.origins,
            original.c.url.label("copy_of_url"),
        )
        .join(SourceRow, SourceRow.id == ArticleRow.source_id)
        .join(StoryRow, StoryRow.id == ArticleRow.story_id)
        .outerjoin(original, original.c.id == ArticleRow.copy_of_id)
        .where(ArticleRow.id == article_id)
    ).first()
    if row is None:
        return None
    authors = connection.scalars(
        select(AuthorRow.name)
        .where(AuthorRow.article_id == article_id)
        .order_by(AuthorRow.position)
    )
    versions = connection.execute(
        select(
            RevisionRow.number, RevisionRow.title, RevisionRow.fetched_at, RevisionRow.replaced_at
        )
        .where(RevisionRow.article_id == article_id)
        .order_by(RevisionRow.number)
    )
    return ArticleFacts(
        **row._asdict(),
        authors=tuple(authors),
        versions=tuple(VersionFacts(**version._asdict()) for version in versions),
        tags=tags(connection, article_id),
    )


def tags(connection: Connection, article_id: int) -> tuple[Tag, ...]:
    """The companies of an article with their places, best first."""
    places: dict[str, list[Mention]] = {}
    mentions = connection.execute(
        select(
            MentionRow.company_id,
            MentionRow.zone,
            MentionRow.start,
            MentionRow.end,
            MentionRow.surface,
            MentionRow.rule,
        ).where(MentionRow.article_id == article_id)
    )
    for row in mentions:
        mention = Mention(
            zone=Zone(row.zone), start=row.start, end=row.end, surface=row.surface, rule=row.rule
        )
        places.setdefault(row.company_id, []).append(mention)
    zones = list(Zone)
    rows = connection.execute(
        select(TagRow, CompanyRow.name)
        .join(CompanyRow, CompanyRow.id == TagRow.company_id)
        .where(TagRow.article_id == article_id)
        .order_by(TagRow.relevance.desc(), TagRow.company_id)
    )
    return tuple(
        Tag(
            company=row.company_id,
            name=row.name,
            owner=row.owner_id,
            relevance=row.relevance,
            level=Level(row.level),
            confidence=row.confidence,
            known=row.known,
            mentions=tuple(
                sorted(
                    places.get(row.company_id, ()),
                    key=lambda mention: (zones.index(mention.zone), mention.start),
                )
            ),
        )
        for row in rows
    )
