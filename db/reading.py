"""One article whole, for people to read: text, mentions, earlier versions, its story."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from db import blocks
from db.answers import Version
from db.front import StoryCard, story
from db.tables import ArticleRow, AuthorRow, SourceRow
from db.versions import earlier
from db.why import tags
from techwire.errors import NotFound
from techwire.types import Block, Tag


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An article with everything its page shows."""

    id: int
    url: str
    source: str  # slug
    source_name: str
    keep: str  # how much of the text its source lets us store: full, excerpt, metadata
    title: str
    summary: str | None
    body: str
    blocks: tuple[Block, ...]
    language: str | None
    section: str | None
    authors: tuple[str, ...]
    published_at: datetime
    published_origin: str
    modified_at: datetime | None
    first_seen_at: datetime
    words: int
    is_free: bool | None
    copy_of_id: int | None
    keywords: tuple[str, ...]
    origins: Mapping[str, str]  # field → the rule that gave it
    tags: tuple[Tag, ...]  # with their mentions, best first
    versions: tuple[Version, ...]  # the oldest first; the last is today's
    story: StoryCard


def reading(connection: Connection, article_id: int) -> Reading:
    """The article of that number; NotFound when there is none. Eight statements."""
    row = connection.execute(
        select(ArticleRow, SourceRow.slug, SourceRow.name, SourceRow.keep)
        .join(SourceRow, SourceRow.id == ArticleRow.source_id)
        .where(ArticleRow.id == article_id)
    ).first()
    if row is None:
        raise NotFound("article", str(article_id))
    authors = connection.scalars(
        select(AuthorRow.name)
        .where(AuthorRow.article_id == article_id)
        .order_by(AuthorRow.position)
    )
    versions = earlier(connection, article_id)
    versions.append(
        Version(
            number=len(versions) + 1,
            title=row.title,
            summary=row.summary,
            body=row.body,
            fetched_at=row.fetched_at,
            replaced_at=None,
        )
    )
    return Reading(
        id=row.id,
        url=row.url,
        source=row.slug,
        source_name=row.name,
        keep=row.keep,
        title=row.title,
        summary=row.summary,
        body=row.body,
        blocks=blocks.unpack(row.blocks, row.body),
        language=row.language,
        section=row.section,
        authors=tuple(authors),
        published_at=row.published_at,
        published_origin=row.published_origin,
        modified_at=row.modified_at,
        first_seen_at=row.first_seen_at,
        words=row.words,
        is_free=row.is_free,
        copy_of_id=row.copy_of_id,
        keywords=tuple(row.keywords),
        origins=row.origins,
        tags=tags(connection, article_id),
        versions=tuple(versions),
        story=story(connection, row.story_id),
    )
