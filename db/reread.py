"""Kept pages read again: which there are, what today's reading changes, how far a run has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, select

from db import facts, sources
from db.article_rows import row_of
from db.pages import page_of
from db.tables import AddressRow, ArticleRow, AuthorRow, PageRow, SourceRow, TagRow
from techwire.types import Article, Page, Rejected

PROGRESS = "reread"  # the property that says how far an unfinished run has come
COLUMNS = {  # compared, and what people call them
    "title": "title",
    "summary": "summary",
    "body": "text",
    "published_at": "published",
    "modified_at": "modified",
    "language": "language",
    "section": "section",
    "keywords": "keywords",
    "image_url": "image",
    "is_free": "free",
}


class Effect(StrEnum):
    """What reading a page again does."""

    SAME = "same"
    CHANGED = "changed"  # an article stays one, with other fields
    GAINED = "gained"  # the page was rejected, and is an article now
    LOST = "lost"  # it led to an article, and would be rejected now: the article is kept


@dataclass(frozen=True, slots=True)
class Kept:
    """A raw page, and the article it led to."""

    key: int  # of its address
    page: Page
    article_id: int | None


@dataclass(frozen=True, slots=True)
class Change:
    """What one page's reading is now, beside what is stored."""

    effect: Effect
    fields: tuple[str, ...] = ()  # as people call them; only of CHANGED
    before: str = ""  # title, or why it was rejected
    after: str = ""
    article: Article | None = None  # to be saved, under the identity it has


def waiting(
    connection: Connection,
    *,
    since: datetime | None = None,
    source: str | None = None,
    after: int = 0,
) -> list[int]:
    """Keys of the kept pages that have been read, in order; ``since``: fetched since then.

    ``after``: only keys greater than this one, where an earlier run stopped."""
    chosen = (
        select(PageRow.address_id)
        .join(AddressRow, AddressRow.id == PageRow.address_id)
        .where(AddressRow.state.in_(("stored", "rejected")), PageRow.address_id > after)
        .order_by(PageRow.address_id)
    )
    if since is not None:
        chosen = chosen.where(PageRow.fetched_at >= since)
    if source is not None:
        chosen = chosen.join(SourceRow, SourceRow.id == AddressRow.source_id)
        chosen = chosen.where(SourceRow.slug == source)
    return list(connection.scalars(chosen))


def read(connection: Connection, keys: Sequence[int]) -> list[Kept]:
    """These pages, in one statement, in order."""
    rows = connection.execute(
        select(PageRow, AddressRow.url, AddressRow.entry, AddressRow.article_id, SourceRow.slug)
        .join(AddressRow, AddressRow.id == PageRow.address_id)
        .join(SourceRow, SourceRow.id == AddressRow.source_id)
        .where(PageRow.address_id.in_(keys))
        .order_by(PageRow.address_id)
    )
    return [Kept(row.address_id, page_of(row), row.article_id) for row in rows]


def compare(
    connection: Connection, read_again: Sequence[tuple[Kept, Article | Rejected]], now: datetime
) -> list[Change]:
    """What each reading changes, asked in three statements for all of them."""
    ids = [kept.article_id for kept, _ in read_again if kept.article_id is not None]
    stored = {
        row.id: row for row in connection.execute(select(ArticleRow).where(ArticleRow.id.in_(ids)))
    }
    authors = _authors(connection, ids)
    tags = _tags(connection, ids)
    found = []
    for kept, result in read_again:
        row = stored.get(kept.article_id) if kept.article_id is not None else None
        if isinstance(result, Rejected):
            why = f"{result.outcome}: {result.detail}"
            same = row is None
            found.append(Change(Effect.SAME if same else Effect.LOST, (), _title(row), why))
        elif row is None:
            found.append(Change(Effect.GAINED, (), "", result.title, result))
        else:
            article = replace(result, url=row.url)  # it stays known by the address it had
            fields = _fields(connection, article, row, now)
            if list(article.authors) != authors.get(row.id, []):
                fields.append("authors")
            if _told(article) != tags.get(row.id, set()):
                fields.append("companies")
            effect = Effect.CHANGED if fields else Effect.SAME
            found.append(Change(effect, tuple(fields), row.title, article.title, article))
    return found


def _title(row: Any) -> str:
    return str(row.title) if row is not None else ""


def _fields(connection: Connection, article: Article, row: Any, now: datetime) -> list[str]:
    new = row_of(article, sources.known(connection, article.source), now)
    if article.published_at is None or new["published_at"] > row.first_seen_at:
        new["published_at"] = row.published_at  # as saving it would
    return [name for column, name in COLUMNS.items() if new[column] != getattr(row, column)]


def _authors(connection: Connection, ids: Sequence[int]) -> dict[int, list[str]]:
    chosen = select(AuthorRow).where(AuthorRow.article_id.in_(ids))
    found: dict[int, list[str]] = {}
    for row in connection.execute(chosen.order_by(AuthorRow.article_id, AuthorRow.position)):
        found.setdefault(row.article_id, []).append(row.name)
    return found


def _tags(connection: Connection, ids: Sequence[int]) -> dict[int, set[tuple[str, str]]]:
    found: dict[int, set[tuple[str, str]]] = {}
    for row in connection.execute(select(TagRow).where(TagRow.article_id.in_(ids))):
        found.setdefault(row.article_id, set()).add((row.company_id, row.level))
    return found


def _told(article: Article) -> set[tuple[str, str]]:
    return {(tag.company, tag.level.value) for tag in article.tags}


def progress(connection: Connection, run: str) -> int:
    """The key after which an unfinished run of that signature goes on; 0: at the beginning."""
    signature, _, key = (facts.recall(connection, PROGRESS) or "").rpartition(" ")
    return int(key) if signature == run and key.isdigit() else 0


def note_progress(connection: Connection, run: str, key: int) -> None:
    """Remembers how far a run has come; key 0: it is finished."""
    facts.remember(connection, PROGRESS, f"{run} {key}")
