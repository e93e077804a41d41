"""Articles: saved once per canonical address, edited into revisions, never twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from db import copies, pages, search_index, sources, stories, tombstones
from db.article_rows import Prepared, keep_of, row_of, write_around
from db.dialects import chunks, next_article_ids
from db.rows import KEY, change, write, write_new
from db.search_index import Indexed
from db.tables import AddressRow, ArticleRow, AuthorRow, MentionRow, RevisionRow, TagRow
from techwire.types import Article, Outcome, Rejected


@dataclass(frozen=True, slots=True)
class Saving:
    """An article to be saved.

    ``address`` is the address that was fetched, when the page named another one as canonical: both
    lead to the article then. ``is_again``: a page we have, read by newer code; all its fields are
    written though its text may be the same, and a revision is kept when it is not.
    """

    article: Article
    now: datetime
    address: str | None = None
    is_again: bool = False

    @property
    def fetched(self) -> str:
        """The address that was fetched."""
        return self.address or self.article.url


def save(
    connection: Connection,
    article: Article,
    now: datetime,
    *,
    address: str | None = None,
    story: stories.StoryChoice | None = None,
) -> Outcome:
    """Stores an article and ends its address: NEW, COPY, UPDATED, UNCHANGED, or FORGOTTEN.

    For ``address`` see ``Saving``. ``story`` decides which story a new article tells; without it a
    copy joins its original and every other article opens a story of its own.
    """
    return save_many(connection, [Saving(article, now, address)], story=story)[0]


def save_many(
    connection: Connection,
    batch: Sequence[Saving],
    *,
    story: stories.StoryChoice | None = None,
) -> list[Outcome]:
    """Saves articles as ``save`` does, in their order; what they share is asked and written once.

    Fifty at a time cost a fifth of fifty alone.
    """
    return [
        outcome for part in _distinct(batch) for outcome in _save_distinct(connection, part, story)
    ]


def is_stored(connection: Connection, article_id: int) -> bool:
    """Whether the database holds an article of this number."""
    found = select(ArticleRow.id).where(ArticleRow.id == article_id)
    return connection.scalar(found) is not None


def reject(connection: Connection, rejected: Rejected, now: datetime) -> None:
    """Ends the address of a page that is no article."""
    pages.end(connection, rejected.url, rejected.source, rejected.outcome, rejected.detail, now)


def _distinct(batch: Sequence[Saving]) -> Iterator[list[Saving]]:
    """``batch`` in stretches that hold no article twice: the second is an edit of the first."""
    part: dict[str, Saving] = {}
    for saving in batch:
        if saving.article.url in part:
            yield list(part.values())
            part = {}
        part[saving.article.url] = saving
    if part:
        yield list(part.values())


def _save_distinct(
    connection: Connection, batch: list[Saving], story: stories.StoryChoice | None
) -> list[Outcome]:
    ends: dict[str, tuple[int | None, Outcome]] = {}
    if tombstones.are_there(connection):
        for saving in batch:
            urls = {saving.fetched, saving.article.url}
            if tombstones.covered(connection, urls, saving.article.authors):
                ends[saving.article.url] = None, Outcome.FORGOTTEN
    stored = _stored(connection, [saving.article.url for saving in batch])
    fresh: list[Saving] = []
    for saving in batch:
        url = saving.article.url
        if url in ends:
            continue
        if url not in stored:
            fresh.append(saving)
        elif not saving.is_again and stored[url].content_hash == saving.article.content_hash:
            ends[url] = stored[url].id, Outcome.UNCHANGED
        else:
            _save_edit(connection, saving, stored[url])
            ends[url] = stored[url].id, Outcome.UPDATED
    if fresh:
        ends |= _save_new(connection, fresh, story)
    _end(connection, [(saving, *ends[saving.article.url]) for saving in batch])
    return [ends[saving.article.url][1] for saving in batch]


def _stored(connection: Connection, urls: Sequence[str]) -> dict[str, Any]:
    columns = select(
        ArticleRow.id,
        ArticleRow.url,
        ArticleRow.content_hash,
        ArticleRow.story_id,
        ArticleRow.copy_of_id,
        ArticleRow.published_at,
        ArticleRow.published_origin,
        ArticleRow.first_seen_at,
    )
    return {
        row.url: row
        for part in chunks(urls)
        for row in connection.execute(columns.where(ArticleRow.url.in_(part)))
    }


def _save_new(
    connection: Connection, fresh: list[Saving], story: stories.StoryChoice | None
) -> dict[str, tuple[int | None, Outcome]]:
    keys = next_article_ids(connection, len(fresh))
    prepared = [
        Prepared(
            one.article,
            key,
            row_of(one.article, sources.known(connection, one.article.source), one.now),
        )
        for key, one in zip(keys, fresh, strict=True)
    ]
    originals = copies.Originals(connection, [one.row for one in prepared])
    ends: dict[str, tuple[int | None, Outcome]] = {}
    for one, saving in zip(prepared, fresh, strict=True):
        row = one.row
        original = originals.find(row)
        if story is not None:
            row["story_id"] = story(one.article, one.key, row["published_at"])
        else:
            row["story_id"] = original.story_id if original else one.key
        is_copy = original is not None and original.source_id != row["source_id"]
        row |= {
            "id": one.key,
            "copy_of_id": original.id if original and is_copy else None,
            "first_seen_at": saving.now,
            "revisions": 0,
        }
        originals.add(row)
        ends[one.article.url] = one.key, Outcome.COPY if is_copy else Outcome.NEW
    rows = [one.row for one in prepared]
    joined = stories.open_for(connection, rows)
    write(connection, ArticleRow, rows)
    copies.remember(connection, rows)
    write_around(connection, prepared)
    stories.refresh(connection, joined)
    return ends


def _save_edit(connection: Connection, saving: Saving, stored: Any) -> None:
    """Keeps the stored version as a revision, if its text was another, and puts the new one in its
    place."""
    key: int = stored.id
    article = saving.article
    row = row_of(article, sources.known(connection, article.source), saving.now)
    if article.published_at is None:  # the page has lost its date; we have not
        row |= {
            "published_at": stored.published_at,
            "published_origin": stored.published_origin,
        }
    elif row["published_at"] > stored.first_seen_at:  # bumped: it was there when we first saw it
        row["published_at"] = stored.published_at
    old = connection.execute(select(ArticleRow).where(ArticleRow.id == key)).one()
    number = old.revisions
    if old.content_hash != article.content_hash:
        number += 1
        connection.execute(
            insert(RevisionRow),
            {
                "article_id": key,
                "number": number,
                "fetched_at": old.fetched_at,
                "replaced_at": saving.now if saving.is_again else article.fetched_at,
                "modified_at": old.modified_at,
                "content_hash": old.content_hash,
                "title": old.title,
                "summary": old.summary,
                "body": old.body,
            },
        )
    search_index.remove(
        connection, [Indexed.of(key, old.title, old.summary, old.body, old.language)]
    )
    for table in (AuthorRow, MentionRow, TagRow):
        connection.execute(delete(table).where(table.article_id == key))
    del row["source_id"]  # whoever had it first keeps it
    row |= {"story_id": stored.story_id, "copy_of_id": stored.copy_of_id}
    connection.execute(
        update(ArticleRow).where(ArticleRow.id == key).values(**row, revisions=number)
    )
    write_around(connection, [Prepared(article, key, row)])
    stories.refresh(connection, [stored.story_id])


def _end(connection: Connection, ends: list[tuple[Saving, int | None, Outcome]]) -> None:
    """Ends the addresses that were fetched, and the canonical ones where they are others."""
    rows: dict[str, dict[str, Any]] = {}
    for saving, key, outcome in ends:
        if key is None:
            _end_forgotten(connection, saving)
            continue
        source = sources.known(connection, saving.article.source)
        keep = keep_of(saving.article, source.keep)
        if keep != "full":  # the raw page holds the text we were asked not to keep
            pages.drop(connection, saving.fetched)
        for url in (saving.fetched, saving.article.url):
            rows[url] = {
                "url": url,
                "fetch_url": url,
                "source_id": source.id,
                "found_in": "",
                "first_seen_at": saving.now,
                "state": "stored",
                "outcome": outcome.value,
                "detail": None,
                "article_id": key,
                "ended_at": saving.now,
                "next_try_at": None,
                "tries": 0,
            }
    known: dict[str, int] = {}
    for part in chunks(list(rows)):
        found = select(AddressRow.url, AddressRow.id).where(AddressRow.url.in_(part))
        known.update({row.url: row.id for row in connection.execute(found)})
    ended = [{KEY: key} | {name: rows[url][name] for name in _ENDS} for url, key in known.items()]
    change(connection, AddressRow, ended)
    met = [row for url, row in rows.items() if url not in known]
    write_new(connection, AddressRow, met)


_ENDS = ("state", "outcome", "detail", "article_id", "ended_at", "next_try_at", "tries")


def _end_forgotten(connection: Connection, saving: Saving) -> None:
    pages.drop(connection, saving.fetched)
    pages.end(
        connection,
        saving.fetched,
        saving.article.source,
        Outcome.FORGOTTEN,
        "on request",
        saving.now,
    )
