"""Articles: saved once per canonical address, edited into revisions, never twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from db import blocks, companies, copies, pages, search_index, sources, stories, tombstones
from db.dialects import insert_new, next_article_ids
from db.search_index import Indexed
from db.tables import AddressRow, ArticleRow, AuthorRow, MentionRow, RevisionRow, TagRow
from db.texts import storable, storable_json
from techwire.types import Article, Outcome, Rejected, Zone

FIRST_SEEN = "first_seen"  # published_origin of an article whose page gives no time
EXCERPT = 400  # characters of text that a source with keep = "excerpt" leaves us


def save(
    connection: Connection,
    article: Article,
    now: datetime,
    *,
    address: str | None = None,
    story: stories.StoryChoice | None = None,
) -> Outcome:
    """Stores an article and ends its address: NEW, COPY, UPDATED, UNCHANGED, or FORGOTTEN.

    ``address`` is the address that was fetched, when the page named another one as canonical: both
    lead to the article. ``story`` decides which story a new article tells; without it a copy joins
    its original and every other article opens a story of its own.
    """
    fetched = address or article.url
    if tombstones.covered(connection, {fetched, article.url}, article.authors):
        pages.drop(connection, fetched)
        pages.end(connection, fetched, article.source, Outcome.FORGOTTEN, "on request", now)
        return Outcome.FORGOTTEN
    stored = connection.execute(
        select(
            ArticleRow.id,
            ArticleRow.content_hash,
            ArticleRow.story_id,
            ArticleRow.published_at,
            ArticleRow.published_origin,
            ArticleRow.first_seen_at,
        ).where(ArticleRow.url == article.url)
    ).first()
    if stored is None:
        key, outcome = _save_new(connection, article, now, story)
    elif stored.content_hash == article.content_hash:
        key, outcome = stored.id, Outcome.UNCHANGED
    else:
        key, outcome = stored.id, Outcome.UPDATED
        _save_edit(connection, article, now, stored)
    _end(connection, article, key, outcome, now, address)
    return outcome


def reject(connection: Connection, rejected: Rejected, now: datetime) -> None:
    """Ends the address of a page that is no article."""
    pages.end(connection, rejected.url, rejected.source, rejected.outcome, rejected.detail, now)


def _save_new(
    connection: Connection, article: Article, now: datetime, story: stories.StoryChoice | None
) -> tuple[int, Outcome]:
    source = sources.known(connection, article.source)
    (key,) = next_article_ids(connection, 1)
    row = _row(article, source, now)
    published = row["published_at"]
    original = copies.original(
        connection, row["body_hash"], row["fingerprint"], row["words"], published
    )
    if story is not None:
        story_id = story(article, key, published)
    else:
        story_id = original.story_id if original else key
    stories.join(
        connection,
        story_id,
        article_id=key,
        source_id=source.id,
        published_at=published,
        language=row["language"],
        title=row["title"],
    )
    is_copy = original is not None and original.source_id != source.id
    row |= {
        "id": key,
        "story_id": story_id,
        "copy_of_id": original.id if original and is_copy else None,
        "first_seen_at": now,
        "revisions": 0,
    }
    connection.execute(insert(ArticleRow), row)
    copies.remember(connection, key, row["fingerprint"], row["words"])
    _write_around(connection, key, article, row)
    if story_id != key:
        stories.refresh(connection, story_id)
    return key, Outcome.COPY if is_copy else Outcome.NEW


def _save_edit(connection: Connection, article: Article, now: datetime, stored: Any) -> None:
    """Keeps the stored version as a revision and puts the new one in its place."""
    key: int = stored.id
    source = sources.known(connection, article.source)
    row = _row(article, source, now)
    if article.published_at is None:  # the page has lost its date; we have not
        row |= {
            "published_at": stored.published_at,
            "published_origin": stored.published_origin,
        }
    elif row["published_at"] > stored.first_seen_at:  # bumped: it was there when we first saw it
        row["published_at"] = stored.published_at
    old = connection.execute(select(ArticleRow).where(ArticleRow.id == key)).one()
    number = old.revisions + 1
    connection.execute(
        insert(RevisionRow),
        {
            "article_id": key,
            "number": number,
            "fetched_at": old.fetched_at,
            "replaced_at": article.fetched_at,
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
    connection.execute(
        update(ArticleRow).where(ArticleRow.id == key).values(**row, revisions=number)
    )
    _write_around(connection, key, article, row)
    stories.refresh(connection, stored.story_id)


def _row(article: Article, source: sources.Known, now: datetime) -> dict[str, Any]:
    """The columns of ``article`` that its page gives."""
    kept = _kept(article, source.keep)
    return {
        "url": article.url,
        "source_id": source.id,
        # nothing is seen before it is published: a later time is a mistake, or an embargo's end
        "published_at": min(article.published_at or now, now),
        "published_origin": (article.published_origin or "page")
        if article.published_at
        else FIRST_SEEN,
        "fetched_at": article.fetched_at,
        "modified_at": article.modified_at,
        "language": article.language,
        "title": storable(article.title),
        "section": storable(article.section),
        "image_url": storable(article.image_url),
        "is_free": article.is_free,
        "words": len(article.body.split()),
        "content_hash": article.content_hash,
        "body_hash": copies.body_hash(article.body),
        "fingerprint": article.fingerprint,
        "catalogue_version": article.catalogue_version,
        "keywords": storable_json(article.keywords),
        "origins": storable_json(dict(article.origins)),
        "confidences": dict(article.confidences),
        "summary": storable(kept.summary),
        "body": storable(kept.body),
        "blocks": storable_json(blocks.pack(kept.blocks, kept.body)),
    }


def _kept(article: Article, keep: str) -> Article:
    """``article`` with as much of its text as its source lets us store."""
    if keep == "full":
        return article
    if keep == "metadata":
        return replace(article, summary=None, body="", blocks=())
    body = article.body
    if len(body) > EXCERPT:
        body = body[:EXCERPT].rsplit(maxsplit=1)[0] + " …"
    return replace(article, body=body, blocks=())


def _write_around(connection: Connection, key: int, article: Article, row: dict[str, Any]) -> None:
    """Authors, tags, mentions and the index of an article whose row is written."""
    if article.authors:
        connection.execute(
            insert(AuthorRow),
            [
                {"article_id": key, "position": place, "name": storable(name)}
                for place, name in enumerate(article.authors, 1)
            ],
        )
    write_tags(connection, key, article, row)
    search_index.add(
        connection,
        [Indexed.of(key, row["title"], row["summary"], row["body"], row["language"])],
    )


def write_tags(connection: Connection, key: int, article: Article, row: dict[str, Any]) -> None:
    """Tags and mentions of an article that has none; places that were not kept are left out."""
    if not article.tags:
        return
    companies.meet(connection, article.tags)
    lengths = {
        Zone.TITLE: len(row["title"]),
        Zone.SUMMARY: len(row["summary"] or ""),
        Zone.BODY: len(row["body"]),
    }
    connection.execute(
        insert_new(connection, TagRow),
        [
            {
                "article_id": key,
                "company_id": tag.company,
                "published_at": row["published_at"],
                "relevance": tag.relevance,
                "level": tag.level.value,
                "confidence": tag.confidence,
                "known": tag.known,
                "mention_count": len(tag.mentions),
                "owner_id": tag.owner,
                "catalogue_version": article.catalogue_version,
            }
            for tag in article.tags
        ],
    )
    mentions = [
        {
            "article_id": key,
            "company_id": tag.company,
            "zone": mention.zone.value,
            "start": mention.start,
            "end": mention.end,
            "surface": storable(mention.surface),
            "rule": mention.rule,
        }
        for tag in article.tags
        for mention in tag.mentions
        if mention.end <= lengths[mention.zone]
    ]
    if mentions:
        connection.execute(insert_new(connection, MentionRow), mentions)


def _end(
    connection: Connection,
    article: Article,
    key: int,
    outcome: Outcome,
    now: datetime,
    address: str | None,
) -> None:
    """Ends the address that was fetched, and the canonical one when it is another."""
    ended = {
        "state": "stored",
        "outcome": outcome.value,
        "detail": None,
        "article_id": key,
        "ended_at": now,
        "next_try_at": None,
        "tries": 0,
    }
    source = sources.known(connection, article.source)
    for url in dict.fromkeys([address or article.url, article.url]):
        found = connection.execute(update(AddressRow).where(AddressRow.url == url).values(ended))
        if found.rowcount == 0:
            met = {"url": url, "fetch_url": url, "source_id": source.id, "found_in": ""}
            connection.execute(
                insert_new(connection, AddressRow), met | ended | {"first_seen_at": now}
            )
    if source.keep != "full":  # the raw page holds the text we were asked not to keep
        pages.drop(connection, address or article.url)
