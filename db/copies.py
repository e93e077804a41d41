"""Finds the earlier article whose text a new one repeats, word for word or nearly."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, or_, select

from db.tables import ArticleRow, FingerprintRow

NEAR = 6  # bits of 64 in which the fingerprints of copies differ at most (pipelines/fingerprint.py)
RECENT = timedelta(days=10)  # between two copies: agencies' texts are republished within days
ENOUGH_WORDS = 40  # shorter texts have fingerprints that agree by chance
_BITS = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Original:
    """The article that was there first."""

    id: int
    source_id: int
    story_id: int


def body_hash(body: str) -> str | None:
    """The same for bodies that differ in white space only; None of an empty one."""
    folded = " ".join(body.split())
    return (
        hashlib.blake2b(folded.encode(errors="replace"), digest_size=12).hexdigest()
        if folded
        else None
    )


def original(
    connection: Connection, hashed: str | None, fingerprint: int, words: int, published: datetime
) -> Original | None:
    """The earliest stored article with this text, published within ``RECENT`` of it."""
    if hashed is None or words < ENOUGH_WORDS:
        return None
    same_quarter = select(FingerprintRow.article_id).where(
        FingerprintRow.band.in_(bands(fingerprint))
    )
    same = ArticleRow.body_hash == hashed
    rows = connection.execute(
        select(
            ArticleRow.id,
            ArticleRow.source_id,
            ArticleRow.story_id,
            ArticleRow.fingerprint,
            same.label("same"),
        )
        .where(
            or_(same, ArticleRow.id.in_(same_quarter)) if fingerprint else same,
            ArticleRow.published_at.between(published - RECENT, published + RECENT),
        )
        .order_by(ArticleRow.id)
    )
    for row in rows:
        if row.same or distance(row.fingerprint, fingerprint) <= NEAR:
            return Original(row.id, row.source_id, row.story_id)
    return None


def distance(one: int, other: int) -> int:
    """Bits in which two fingerprints differ."""
    return ((one ^ other) & _BITS).bit_count()


def bands(fingerprint: int) -> list[int]:
    """Its four quarters, each with its number: hashes that differ in ≤ 3 bits share one of them."""
    return [quarter << 16 | (fingerprint >> 16 * quarter) & 0xFFFF for quarter in range(4)]


def remember(connection: Connection, article_id: int, fingerprint: int, words: int) -> None:
    """Lets later copies find this article."""
    if fingerprint and words >= ENOUGH_WORDS:
        connection.execute(
            insert(FingerprintRow),
            [{"band": band, "article_id": article_id} for band in bands(fingerprint)],
        )


def prune(connection: Connection, now: datetime) -> int:
    """Drops the fingerprints of articles too old to be copied; returns how many rows."""
    old = select(ArticleRow.id).where(ArticleRow.first_seen_at < now - 2 * RECENT)
    return connection.execute(
        delete(FingerprintRow).where(FingerprintRow.article_id.in_(old))
    ).rowcount
