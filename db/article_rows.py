"""An article as rows: its own, its authors, tags and mentions, the words it is found by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from db import blocks, companies, copies, rows, search_index, sources
from db.search_index import Indexed
from db.tables import AuthorRow, MentionRow, TagRow
from db.texts import storable, storable_json
from techwire.types import Article, Zone

FIRST_SEEN = "first_seen"  # published_origin of an article whose page gives no time
EXCERPT = 400  # characters of text that a source with keep = "excerpt" leaves us


@dataclass(frozen=True, slots=True)
class Prepared:
    """An article about to be written."""

    article: Article
    key: int  # row number
    row: dict[str, Any]  # of table ``article``

    @property
    def indexed(self) -> Indexed:
        """What it is found by."""
        row = self.row
        return Indexed.of(self.key, row["title"], row["summary"], row["body"], row["language"])


def row_of(article: Article, source: sources.Known, now: datetime) -> dict[str, Any]:
    """The columns of ``article`` that its page gives."""
    kept = _kept(article, keep_of(article, source.keep))
    dated = article.published_at is not None
    words = article.body.split()
    return {
        "url": article.url,
        "source_id": source.id,
        # nothing is seen before it is published: a later time is a mistake, or an embargo's end
        "published_at": min(article.published_at or now, now),
        "published_origin": (article.published_origin or "page") if dated else FIRST_SEEN,
        "fetched_at": article.fetched_at,
        "modified_at": article.modified_at,
        "language": article.language,
        "title": storable(article.title),
        "section": storable(article.section),
        "image_url": storable(article.image_url),
        "is_free": article.is_free,
        "words": len(words),
        "content_hash": article.content_hash,
        "body_hash": copies.body_hash(words),
        "fingerprint": article.fingerprint,
        "catalogue_version": article.catalogue_version,
        "keywords": storable_json(article.keywords),
        "origins": storable_json(dict(article.origins)),
        "confidences": dict(article.confidences),
        "summary": storable(kept.summary),
        "body": storable(kept.body),
        "blocks": storable_json(blocks.pack(kept.blocks, kept.body)),
    }


def keep_of(article: Article, keep: str) -> str:
    """How much of the text is stored: as its source says, or less where its page asks for that
    (``origins``: "keep", set when the user honours noarchive)."""
    asks = article.origins.get("keep", "").startswith("excerpt")
    return "excerpt" if keep == "full" and asks else keep


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


def write_around(connection: Connection, prepared: Sequence[Prepared]) -> None:
    """Authors, tags, mentions and the index of articles whose rows are written."""
    authors = [
        {"article_id": one.key, "position": place, "name": storable(name)}
        for one in prepared
        for place, name in enumerate(one.article.authors, 1)
    ]
    rows.write(connection, AuthorRow, authors)
    write_tags(connection, prepared)
    search_index.add(connection, [one.indexed for one in prepared])


def write_tags(connection: Connection, prepared: Sequence[Prepared]) -> None:
    """Tags and mentions of articles that have none."""
    companies.meet(connection, (tag for one in prepared for tag in one.article.tags))
    rows.write_columns(connection, TagRow, _tags(prepared))
    rows.write_columns(connection, MentionRow, _mentions(prepared))


def _tags(prepared: Sequence[Prepared]) -> dict[str, list[Any]]:
    pairs = [(one, tag) for one in prepared for tag in one.article.tags]
    return {
        "article_id": [one.key for one, _ in pairs],
        "company_id": [tag.company for _, tag in pairs],
        "published_at": [one.row["published_at"] for one, _ in pairs],
        "relevance": [tag.relevance for _, tag in pairs],
        "level": [tag.level.value for _, tag in pairs],
        "confidence": [tag.confidence for _, tag in pairs],
        "known": [tag.known for _, tag in pairs],
        "mention_count": [len(tag.mentions) for _, tag in pairs],
        "owner_id": [tag.owner for _, tag in pairs],
        "catalogue_version": [one.article.catalogue_version for one, _ in pairs],
        "story_id": [one.row["story_id"] for one, _ in pairs],
        "is_copy": [one.row["copy_of_id"] is not None for one, _ in pairs],
    }


_MENTION = ("article_id", "company_id", "zone", "start", "end", "surface", "rule")


def _mentions(prepared: Sequence[Prepared]) -> dict[str, Sequence[Any]]:
    """Mentions; those in text that was not kept are left out."""
    found = []
    for one in prepared:
        key, row = one.key, one.row
        lengths = {
            Zone.TITLE: len(row["title"]),
            Zone.SUMMARY: len(row["summary"] or ""),
            Zone.BODY: len(row["body"]),
        }
        found += [
            (key, tag.company, m.zone.value, m.start, m.end, storable(m.surface), m.rule)
            for tag in one.article.tags
            for m in tag.mentions
            if m.end <= lengths[m.zone]
        ]
    return dict(zip(_MENTION, zip(*found, strict=True), strict=True)) if found else {}
