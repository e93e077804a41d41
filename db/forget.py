"""Removing what somebody asked us to remove, and keeping it from coming back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from db import search_index, stories, tombstones
from db.dialects import chunks, insert_new
from db.search_index import Indexed
from db.tables import AddressRow, ArticleRow, AuthorRow, PageRow, TagRow, TombstoneRow
from db.texts import storable
from db.tombstones import Kind
from techwire.types import Outcome
from techwire.urls import host


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was removed."""

    articles: int
    addresses: int  # article addresses whose raw page and entry were removed
    copies: int  # articles of other sources with the same text, which stay: forget them by URL


def forget(
    connection: Connection, kind: Kind, value: str, now: datetime, reason: str | None = None
) -> Forgotten:
    """Removes the article at a URL, of a host, or by an author, and leaves a tombstone.

    Text, earlier versions, tags, mentions, raw pages and feed entries go; the addresses stay, as
    forgotten, so that nothing of them is fetched again. Articles to come are refused alike.
    """
    _zero_what_goes(connection, is_on=True)
    value = tombstones.normal(kind, value)
    row = {"kind": kind, "value": value, "reason": storable(reason), "created_at": now}
    connection.execute(insert_new(connection, TombstoneRow), row)
    articles, addresses = _meant(connection, kind, value)
    copies = 0
    for part in chunks(articles):
        copies += _remove_articles(connection, part)
    for part in chunks(addresses):
        connection.execute(delete(PageRow).where(PageRow.address_id.in_(part)))
        connection.execute(
            update(AddressRow)
            .where(AddressRow.id.in_(part))
            .values(
                state="rejected",
                outcome=Outcome.FORGOTTEN.value,
                detail=f"forgotten by {kind}",
                ended_at=now,
                next_try_at=None,
                entry=None,
                etag=None,
                last_modified=None,
            )
        )
    _zero_what_goes(connection, is_on=False)
    return Forgotten(len(articles), len(addresses), copies)


def _zero_what_goes(connection: Connection, *, is_on: bool) -> None:
    """Has SQLite write over the pages that are no longer used, which it spares elsewhere."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA secure_delete = {'ON' if is_on else 'FAST'}")


def _meant(connection: Connection, kind: Kind, value: str) -> tuple[list[int], list[int]]:
    """Row numbers of the articles and of the addresses that a tombstone covers."""
    if kind == "author":
        rows = connection.execute(select(AuthorRow.article_id, AuthorRow.name))
        articles = {
            row.article_id for row in rows if tombstones.normal("author", row.name) == value
        }
        addresses: set[int] = set()
    else:
        articles = set(_covered(connection, ArticleRow, kind, value))
        addresses = set(_covered(connection, AddressRow, kind, value))
        for part in chunks(sorted(addresses)):
            led_to = select(AddressRow.article_id).where(
                AddressRow.id.in_(part), AddressRow.article_id.is_not(None)
            )
            articles.update(key for key in connection.scalars(led_to) if key is not None)
    for part in chunks(sorted(articles)):
        leading = select(AddressRow.id).where(AddressRow.article_id.in_(part))
        addresses.update(connection.scalars(leading))
    return sorted(articles), sorted(addresses)


def _covered(
    connection: Connection, row: type[ArticleRow | AddressRow], kind: Kind, value: str
) -> list[int]:
    """Row numbers of what stands at this URL, or on this host and what is under it."""
    if kind == "url":
        return list(connection.scalars(select(row.id).where(row.url == value)))
    likely = select(row.id, row.url).where(row.url.contains(value, autoescape=True))
    return [
        found.id
        for found in connection.execute(likely)
        if f".{host(found.url)}".endswith(f".{value}")
    ]


def _remove_articles(connection: Connection, keys: Sequence[int]) -> int:
    rows = connection.execute(
        select(
            ArticleRow.id,
            ArticleRow.title,
            ArticleRow.summary,
            ArticleRow.body,
            ArticleRow.language,
            ArticleRow.story_id,
        ).where(ArticleRow.id.in_(keys))
    ).all()
    search_index.remove(
        connection,
        [Indexed.of(row.id, row.title, row.summary, row.body, row.language) for row in rows],
    )
    copied = select(ArticleRow.id).where(
        ArticleRow.copy_of_id.in_(keys), ArticleRow.id.not_in(keys)
    )
    copies = connection.scalars(copied).all()
    for part in chunks(copies):
        freed = update(ArticleRow).where(ArticleRow.id.in_(part))
        connection.execute(freed.values(copy_of_id=None))
        told = update(TagRow).where(TagRow.article_id.in_(part))
        connection.execute(told.values(is_copy=False))
    connection.execute(
        update(AddressRow).where(AddressRow.article_id.in_(keys)).values(article_id=None)
    )
    connection.execute(delete(ArticleRow).where(ArticleRow.id.in_(keys)))  # the rest cascades
    stories.refresh(connection, {row.story_id for row in rows})
    return len(copies)
