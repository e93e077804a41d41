"""Finds the earlier article whose text a new one repeats, word for word or nearly."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, select

from db.dialects import chunks
from db.rows import write
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


def body_hash(words: Sequence[str]) -> str | None:
    """A hash of a body taken apart at its white space; None of an empty one."""
    if not words:
        return None
    folded = " ".join(words).encode(errors="replace")
    return hashlib.blake2b(folded, digest_size=12).hexdigest()


class Originals:
    """The earliest article with the same text, for each of several new articles in turn.

    Articles are rows of table ``article``, complete or about to be. What the database holds is
    asked at once; an article counts for those after it once it was added (``add``).
    """

    # No order is asked for: for that SQLite would rather walk through all articles in theirs than
    # sort a few, as soon as its statistics are of the days when there were not many.

    def __init__(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        self._by_hash: dict[str, list[Mapping[str, Any]]] = {}
        self._by_band: dict[int, list[Mapping[str, Any]]] = {}
        long_enough = [row for row in rows if _may_repeat(row)]
        hashes = sorted({row["body_hash"] for row in long_enough})
        wanted = sorted({band for row in long_enough for band in bands(row["fingerprint"])})
        for part in chunks(hashes):
            same = select(*_COLUMNS).where(ArticleRow.body_hash.in_(part))
            for found in connection.execute(same):
                self._by_hash.setdefault(found.body_hash, []).append(found._asdict())
        there: dict[int, list[tuple[int, int]]] = {}
        for part in chunks(wanted):
            quarters = select(
                FingerprintRow.band, FingerprintRow.article_id, FingerprintRow.fingerprint
            ).where(FingerprintRow.band.in_(part))
            for band, key, fingerprint in connection.execute(quarters).all():
                there.setdefault(band, []).append((key, fingerprint))
        near = {
            key
            for row in long_enough
            for band in bands(row["fingerprint"])
            for key, fingerprint in there.get(band, ())
            if distance(fingerprint, row["fingerprint"]) <= NEAR
        }
        for keys in chunks(sorted(near)):
            for other in connection.execute(select(*_COLUMNS).where(ArticleRow.id.in_(keys))):
                for band in bands(other.fingerprint):
                    self._by_band.setdefault(band, []).append(other._asdict())

    def find(self, row: Mapping[str, Any]) -> Original | None:
        """The earliest article published within ``RECENT`` whose text ``row`` repeats."""
        if not _may_repeat(row):
            return None
        found = list(self._by_hash.get(row["body_hash"], ()))
        if row["fingerprint"]:
            found += [
                other
                for band in bands(row["fingerprint"])
                for other in self._by_band.get(band, ())
                if distance(other["fingerprint"], row["fingerprint"]) <= NEAR
            ]
        recent = [
            other for other in found if abs(other["published_at"] - row["published_at"]) <= RECENT
        ]
        if not recent:
            return None
        first = min(recent, key=lambda other: int(other["id"]))
        return Original(first["id"], first["source_id"], first["story_id"])

    def add(self, row: Mapping[str, Any]) -> None:
        """Lets the articles after it be copies of this one."""
        if not _may_repeat(row):
            return
        self._by_hash.setdefault(row["body_hash"], []).append(row)
        if row["fingerprint"]:
            for band in bands(row["fingerprint"]):
                self._by_band.setdefault(band, []).append(row)


_COLUMNS = (
    ArticleRow.id,
    ArticleRow.source_id,
    ArticleRow.story_id,
    ArticleRow.published_at,
    ArticleRow.fingerprint,
    ArticleRow.body_hash,
)


def _may_repeat(row: Mapping[str, Any]) -> bool:
    return row["body_hash"] is not None and row["words"] >= ENOUGH_WORDS


def distance(one: int, other: int) -> int:
    """Bits in which two fingerprints differ."""
    return ((one ^ other) & _BITS).bit_count()


def bands(fingerprint: int) -> list[int]:
    """Its four quarters, each with its number: hashes that differ in ≤ 3 bits share one of them."""
    return [quarter << 16 | (fingerprint >> 16 * quarter) & 0xFFFF for quarter in range(4)]


def remember(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Lets later copies find these articles."""
    quarters = [
        {"band": band, "article_id": row["id"], "fingerprint": row["fingerprint"]}
        for row in rows
        if row["fingerprint"] and _may_repeat(row)
        for band in bands(row["fingerprint"])
    ]
    write(connection, FingerprintRow, quarters)


def prune(connection: Connection, now: datetime) -> int:
    """Drops the fingerprints of articles too old to be copied; returns how many rows."""
    old = (  # asked of those that have fingerprints: not a walk through all articles
        select(FingerprintRow.article_id)
        .join(ArticleRow, ArticleRow.id == FingerprintRow.article_id)
        .where(ArticleRow.first_seen_at < now - 2 * RECENT)
    )
    return connection.execute(
        delete(FingerprintRow).where(FingerprintRow.article_id.in_(old))
    ).rowcount
