"""Everything that is stored, row by row in constant memory, as plain dictionaries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from db.answers import StoryListed
from db.events import listed_stories, select_stories
from db.listing import companies_of
from db.tables import ArticleRow, AuthorRow, CompanyRow, MentionRow, SourceRow, StoryRow, TagRow

BATCH = 500  # rows in memory at a time

ARTICLES = (
    "id",
    "url",
    "source",
    "title",
    "summary",
    "body",
    "language",
    "authors",
    "published_at",
    "published_origin",
    "modified_at",
    "first_seen_at",
    "section",
    "keywords",
    "image_url",
    "is_free",
    "words",
    "revisions",
    "story_id",
    "copy_of_id",
    "companies",
)
TAGS = (
    "article_id",
    "url",
    "source",
    "published_at",
    "title",
    "company_id",
    "company",
    "relevance",
    "level",
    "confidence",
    "known",
    "mention_count",
    "owner_id",
)
MENTIONS = (
    "article_id",
    "url",
    "published_at",
    "company_id",
    "company",
    "zone",
    "start",
    "end",
    "surface",
    "rule",
)
STORIES = (
    "id",
    "title",
    "url",
    "first_source",
    "first_published_at",
    "last_published_at",
    "articles",
    "outlets",
    "languages",
    "lag_seconds",
    "companies",
)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows: published since then, about one of these companies (ids); None: all."""

    since: datetime | None = None
    company: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Export:
    """One kind of rows: its columns, how many there are, and the rows in order of arrival."""

    columns: tuple[str, ...]
    count: Callable[[Connection, Wanted], int]
    rows: Callable[[Connection, Wanted], Iterator[Row]]


def _of_articles(statement: Select[*tuple[Any, ...]], wanted: Wanted) -> Select[*tuple[Any, ...]]:
    if wanted.since is not None:
        statement = statement.where(ArticleRow.published_at >= wanted.since)
    if wanted.company is not None:
        about = select(TagRow.article_id).where(TagRow.company_id.in_(wanted.company))
        statement = statement.where(ArticleRow.id.in_(about))
    return statement


def _article_batches(
    connection: Connection, wanted: Wanted, *columns: Any
) -> Iterator[Sequence[Any]]:
    """Rows of articles in batches, each begun where the last one ended."""
    last = 0
    statement = select(
        ArticleRow.id, ArticleRow.url, SourceRow.slug.label("source"), ArticleRow.published_at
    )
    statement = _of_articles(
        statement.add_columns(*columns).join(SourceRow, SourceRow.id == ArticleRow.source_id),
        wanted,
    )
    while rows := connection.execute(
        statement.where(ArticleRow.id > last).order_by(ArticleRow.id).limit(BATCH)
    ).all():
        yield rows
        last = rows[-1].id


def _count_articles(connection: Connection, wanted: Wanted) -> int:
    statement = _of_articles(select(func.count()).select_from(ArticleRow), wanted)
    return connection.scalar(statement) or 0


def _articles(connection: Connection, wanted: Wanted) -> Iterator[Row]:
    own = [getattr(ArticleRow, name) for name in ARTICLES if hasattr(ArticleRow, name)]
    columns = [c for c in own if c.key not in ("id", "url", "published_at")]
    for rows in _article_batches(connection, wanted, *columns):
        keys = [row.id for row in rows]
        companies = companies_of(connection, keys)
        authors: dict[int, list[str]] = {}
        for signed in connection.execute(
            select(AuthorRow.article_id, AuthorRow.name)
            .where(AuthorRow.article_id.in_(keys))
            .order_by(AuthorRow.article_id, AuthorRow.position)
        ):
            authors.setdefault(signed.article_id, []).append(signed.name)
        for row in rows:
            found: Row = row._asdict()
            found["authors"] = authors.get(row.id, [])
            found["companies"] = [asdict(tag) for tag in companies.get(row.id, ())]
            yield {name: found[name] for name in ARTICLES}


def _count_tags(connection: Connection, wanted: Wanted) -> int:
    return connection.scalar(_of_tags(select(func.count()).select_from(TagRow), wanted)) or 0


def _of_tags(statement: Select[*tuple[Any, ...]], wanted: Wanted) -> Select[*tuple[Any, ...]]:
    if wanted.since is not None:
        statement = statement.where(TagRow.published_at >= wanted.since)
    if wanted.company is not None:
        statement = statement.where(TagRow.company_id.in_(wanted.company))
    return statement


def _tags(connection: Connection, wanted: Wanted) -> Iterator[Row]:
    for rows in _article_batches(connection, wanted, ArticleRow.title):
        articles = {row.id: row for row in rows}
        statement = (
            select(TagRow, CompanyRow.name.label("company"))
            .join(CompanyRow, CompanyRow.id == TagRow.company_id)
            .where(TagRow.article_id.in_(list(articles)))
            .order_by(TagRow.article_id, TagRow.relevance.desc(), TagRow.company_id)
        )
        for tag in connection.execute(_of_tags(statement, wanted)):
            of = articles[tag.article_id]
            found = tag._asdict() | {"url": of.url, "source": of.source, "title": of.title}
            yield {name: found[name] for name in TAGS}


def _count_mentions(connection: Connection, wanted: Wanted) -> int:
    statement = select(func.count()).select_from(MentionRow)
    statement = statement.join(ArticleRow, ArticleRow.id == MentionRow.article_id)
    if wanted.since is not None:
        statement = statement.where(ArticleRow.published_at >= wanted.since)
    if wanted.company is not None:
        statement = statement.where(MentionRow.company_id.in_(wanted.company))
    return connection.scalar(statement) or 0


def _mentions(connection: Connection, wanted: Wanted) -> Iterator[Row]:
    for rows in _article_batches(connection, wanted):
        articles = {row.id: row for row in rows}
        statement = (
            select(MentionRow, CompanyRow.name.label("company"))
            .join(CompanyRow, CompanyRow.id == MentionRow.company_id)
            .where(MentionRow.article_id.in_(list(articles)))
            .order_by(MentionRow.article_id, MentionRow.zone, MentionRow.start)
        )
        if wanted.company is not None:
            statement = statement.where(MentionRow.company_id.in_(wanted.company))
        for mention in connection.execute(statement):
            of = articles[mention.article_id]
            found = mention._asdict() | {"url": of.url, "published_at": of.published_at}
            yield {name: found[name] for name in MENTIONS}


def _of_stories(statement: Select[*tuple[Any, ...]], wanted: Wanted) -> Select[*tuple[Any, ...]]:
    if wanted.since is not None:
        statement = statement.where(StoryRow.last_published_at >= wanted.since)
    if wanted.company is not None:
        telling = (
            select(ArticleRow.story_id)
            .join(TagRow, TagRow.article_id == ArticleRow.id)
            .where(TagRow.company_id.in_(wanted.company))
        )
        statement = statement.where(StoryRow.id.in_(telling))
    return statement


def _count_stories(connection: Connection, wanted: Wanted) -> int:
    return connection.scalar(_of_stories(select(func.count()).select_from(StoryRow), wanted)) or 0


def _stories(connection: Connection, wanted: Wanted) -> Iterator[Row]:
    last = 0
    statement = _of_stories(select_stories(), wanted)
    while rows := connection.execute(
        statement.where(StoryRow.id > last).order_by(StoryRow.id).limit(BATCH)
    ).all():
        for story in listed_stories(connection, rows):
            yield _story_row(story)
        last = rows[-1].id


def _story_row(story: StoryListed) -> Row:
    found = {name: getattr(story, name) for name in STORIES}
    found["languages"] = list(story.languages)
    found["companies"] = [tag.name for tag in story.companies]
    return found


EXPORTS = {
    "articles": Export(ARTICLES, _count_articles, _articles),
    "tags": Export(TAGS, _count_tags, _tags),
    "mentions": Export(MENTIONS, _count_mentions, _mentions),
    "stories": Export(STORIES, _count_stories, _stories),
}
"""Every kind of rows by its name."""
