"""Stored articles tagged again: what is left to do, and tags replaced in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, delete, exists, func, or_, select, update

from db.article_rows import Prepared, write_tags
from db.tables import ArticleRow, CompanyRow, MentionRow, SourceRow, TagRow
from techwire.types import Article, Tag

KEPT = 0.9  # share of an article's words that must have been kept for it to be tagged again


@dataclass(frozen=True, slots=True)
class Stored:
    """The text of a stored article."""

    id: int
    title: str
    summary: str | None
    body: str
    language: str | None
    published_at: datetime
    fetched_at: datetime
    source_name: str
    story_id: int
    copy_of_id: int | None
    words: int  # of the body as it was read; more than ``body`` has when only a part was kept

    @property
    def is_whole(self) -> bool:
        """The text was kept, not an excerpt of it."""
        return len(self.body.split()) >= KEPT * self.words


@dataclass(frozen=True, slots=True)
class Counts:
    """How the tags of a database stand."""

    articles: int
    tags: int
    mentions: int
    companies: int  # that have a tag
    unknown: int  # tags of names that no catalogue knew


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name that articles use as a company's, and no catalogue knows."""

    id: str
    name: str
    articles: int
    mentions: int
    confidence: float  # the highest
    last_at: datetime


def counts(connection: Connection) -> Counts:
    """Articles, tags, mentions, companies and tags of unknown companies."""
    tags = connection.execute(
        select(
            func.count(),
            func.coalesce(func.sum(TagRow.mention_count), 0),
            func.count(func.distinct(TagRow.company_id)),
        ).select_from(TagRow)
    ).one()
    articles = connection.scalar(select(func.count()).select_from(ArticleRow)) or 0
    unknown = connection.scalar(select(func.count()).select_from(TagRow).where(~TagRow.known)) or 0
    return Counts(articles, tags[0], int(tags[1]), tags[2], unknown)


def _chosen(
    columns: Select[tuple[int]],
    version: str | None,
    since: datetime | None,
    company: str | None,
    names: Sequence[str],
) -> Select[tuple[int]]:
    if version is not None:
        columns = columns.where(ArticleRow.catalogue_version != version)
    if since is not None:
        columns = columns.where(ArticleRow.published_at >= since)
    if company is not None:
        tagged = exists().where(TagRow.article_id == ArticleRow.id, TagRow.company_id == company)
        named = [
            column.contains(name, autoescape=True)
            for name in names
            for column in (ArticleRow.title, ArticleRow.summary, ArticleRow.body)
        ]
        columns = columns.where(or_(tagged, *named))
    return columns


def waiting(
    connection: Connection,
    *,
    version: str | None,
    since: datetime | None = None,
    company: str | None = None,
    names: Sequence[str] = (),
) -> list[int]:
    """Ids of the articles to tag again, oldest first.

    ``version``: those that this catalogue has tagged are done (None: all are to do). ``company``:
    only those that are tagged with it or hold one of its ``names``.
    """
    chosen = _chosen(select(ArticleRow.id), version, since, company, names)
    return list(connection.scalars(chosen.order_by(ArticleRow.id)))


def read(connection: Connection, ids: Sequence[int]) -> list[Stored]:
    """The texts of these articles, in one statement."""
    rows = connection.execute(
        select(
            ArticleRow.id,
            ArticleRow.title,
            ArticleRow.summary,
            ArticleRow.body,
            ArticleRow.language,
            ArticleRow.published_at,
            ArticleRow.fetched_at,
            SourceRow.name,
            ArticleRow.story_id,
            ArticleRow.copy_of_id,
            ArticleRow.words,
        )
        .join(SourceRow, SourceRow.id == ArticleRow.source_id)
        .where(ArticleRow.id.in_(ids))
        .order_by(ArticleRow.id)
    )
    return [Stored(*row) for row in rows]


def replace(
    connection: Connection, tagged: Sequence[tuple[Stored, tuple[Tag, ...]]], version: str
) -> None:
    """Puts new tags in the place of the articles' old ones, in a handful of statements."""
    ids = [stored.id for stored, _ in tagged]
    if not ids:
        return
    connection.execute(delete(MentionRow).where(MentionRow.article_id.in_(ids)))
    connection.execute(delete(TagRow).where(TagRow.article_id.in_(ids)))
    write_tags(connection, [_prepared(stored, tags, version) for stored, tags in tagged])
    connection.execute(
        update(ArticleRow).where(ArticleRow.id.in_(ids)).values(catalogue_version=version)
    )


def _prepared(stored: Stored, tags: tuple[Tag, ...], version: str) -> Prepared:
    article = Article(
        url="",
        source="",
        title=stored.title,
        summary=stored.summary,
        body=stored.body,
        fetched_at=stored.fetched_at,
        tags=tags,
        catalogue_version=version,
    )
    row = {
        "title": stored.title,
        "summary": stored.summary,
        "body": stored.body,
        "published_at": stored.published_at,
        "story_id": stored.story_id,
        "copy_of_id": stored.copy_of_id,
    }
    return Prepared(article, stored.id, row)


def unknown(
    connection: Connection, *, since: datetime | None = None, limit: int = 50
) -> list[Unknown]:
    """The names no catalogue knew, those of most articles first."""
    articles = func.count()
    chosen = (
        select(
            TagRow.company_id,
            CompanyRow.name,
            articles,
            func.sum(TagRow.mention_count),
            func.max(TagRow.confidence),
            func.max(TagRow.published_at),
        )
        .join(CompanyRow, CompanyRow.id == TagRow.company_id)
        .where(~TagRow.known, ~CompanyRow.known)
        .group_by(TagRow.company_id, CompanyRow.name)
        .order_by(articles.desc(), func.sum(TagRow.mention_count).desc(), TagRow.company_id)
        .limit(limit)
    )
    if since is not None:
        chosen = chosen.where(TagRow.published_at >= since)
    return [
        Unknown(id_, name, count, int(mentions), confidence, last)
        for id_, name, count, mentions, confidence, last in connection.execute(chosen)
    ]
