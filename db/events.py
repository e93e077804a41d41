"""Stories as people ask for them: lists, and one with its articles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from db.answers import StoryListed, StoryTold
from db.listing import companies_of, from_articles, listed
from db.tables import ArticleRow, SourceRow, StoryRow, TagRow
from techwire.errors import NotFound


def stories(
    connection: Connection,
    limit: int = 20,
    since: datetime | None = None,
    *,
    company: Sequence[str] | None = None,
    language: str | None = None,
    at_least: int = 1,
    by_outlets: bool = False,
) -> list[StoryListed]:
    """Events, the latest news first, or with ``by_outlets`` the most told first.

    ``since`` bounds the latest article of each, ``at_least`` its outlets; ``company`` takes ids, of
    which one is enough in any of its articles.
    """
    statement = select_stories()
    if since is not None:
        statement = statement.where(StoryRow.last_published_at >= since)
    if at_least > 1:
        statement = statement.where(StoryRow.outlets >= at_least)
    if company is not None:
        telling = (
            select(ArticleRow.story_id)
            .join(TagRow, TagRow.article_id == ArticleRow.id)
            .where(TagRow.company_id.in_(company))
        )
        if language is not None:
            telling = telling.where(ArticleRow.language == language)
        if since is not None:
            telling = telling.where(TagRow.published_at >= since)
        statement = statement.where(StoryRow.id.in_(telling))
    elif language is not None:  # asked of the stories: of their articles it takes seconds
        told_in = "," + StoryRow.languages + ","
        statement = statement.where(told_in.contains(f",{language},", autoescape=True))
    order = (StoryRow.last_published_at.desc(), StoryRow.id.desc())
    if by_outlets:
        statement = statement.order_by(StoryRow.outlets.desc(), StoryRow.articles.desc(), *order)
    else:
        statement = statement.order_by(*order)
    return listed_stories(connection, connection.execute(statement.limit(limit)).all())


def story(connection: Connection, story_id: int) -> StoryTold:
    """One event with its articles; NotFound when no story has this number."""
    rows = connection.execute(_STORY, {"key": story_id}).all()
    if not rows:
        raise NotFound("story", str(story_id))
    articles = connection.execute(_TOLD, {"key": story_id}).all()
    return StoryTold(
        story=listed_stories(connection, rows)[0], articles=tuple(listed(connection, articles))
    )


def select_stories() -> Select[*tuple[Any, ...]]:
    """SELECT of what ``listed_stories`` reads."""
    return _STORIES


_STORIES: Select[*tuple[Any, ...]] = (
    select(
        StoryRow.id,
        StoryRow.title,
        ArticleRow.url,
        SourceRow.slug.label("first_source"),
        StoryRow.first_published_at,
        StoryRow.last_published_at,
        StoryRow.articles,
        StoryRow.outlets,
        StoryRow.languages,
        StoryRow.lag_seconds,
        StoryRow.first_article_id,
    )
    .join(SourceRow, SourceRow.id == StoryRow.first_source_id)
    .join(ArticleRow, ArticleRow.id == StoryRow.first_article_id)
)
_STORY = _STORIES.where(StoryRow.id == bindparam("key"))
_TOLD = (
    from_articles()
    .where(ArticleRow.story_id == bindparam("key"))
    .order_by(ArticleRow.published_at, ArticleRow.id)
)


def listed_stories(connection: Connection, rows: Sequence[Any]) -> list[StoryListed]:
    """Rows of ``select_stories`` with the companies of their first articles."""
    companies = companies_of(connection, [row.first_article_id for row in rows])
    return [
        StoryListed(
            id=row.id,
            title=row.title,
            url=row.url,
            first_source=row.first_source,
            first_published_at=row.first_published_at,
            last_published_at=row.last_published_at,
            articles=row.articles,
            outlets=row.outlets,
            languages=tuple(row.languages.split(",")) if row.languages else (),
            lag_seconds=row.lag_seconds,
            companies=companies.get(row.first_article_id, ()),
        )
        for row in rows
    ]
