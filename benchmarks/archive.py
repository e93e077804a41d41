"""An archive of a year at size, by its tables: what the figures of ``db`` and ``web`` are taken on.

200 sources, 5,000 companies (twelve sectors, some own others), 4 of them in each article with two
mentions each, words as often as in real text, stories of two, copies, a month of visits. The rows
are those that ``db.articles`` makes; its own cost is measured apart (``benchmarks.db.storing``).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy import Connection, func, insert, select, text

import db
from benchmarks.copying import finish, hurry, repeat
from db import companies, copies, search_index, sources
from db.article_rows import row_of
from db.tables import (
    AddressRow,
    ArticleRow,
    AuthorRow,
    FingerprintRow,
    MentionRow,
    StoryRow,
    TagRow,
    VisitOutcomeRow,
    VisitRow,
)
from db.words import indexed
from techwire.types import (
    Article,
    Block,
    BlockKind,
    Company,
    Level,
    Mention,
    Source,
    Tag,
    Zone,
)

END = datetime(2026, 10, 1, tzinfo=UTC)
YEAR = timedelta(days=365)
SOURCES, COMPANIES, PER_ARTICLE = 200, 5_000, 4
SECTORS = tuple(f"sector-{n}" for n in range(12))
OWNED = 20  # every so manieth company belongs to another one
WORDS, PARAGRAPHS = 60_000, 6_000  # of the vocabulary; written once and mixed
PARAGRAPH, BODY = 55, 6  # words; paragraphs an article
BATCH = 1_000
SEED = 50_000  # a multiple of SOURCES
VISITS_A_DAY, VISIT_DAYS = 24, 30  # of each source
SYLLABLES = (
    "ba ce di fo gu ha je ki lo mu na pe qui ro su ta ve xi yo zu bra cle dri flo gru".split()  # noqa: SIM905
)


class Press:
    """Writes articles that look like news to a database: the same ones for the same seed."""

    def __init__(self, seed: int = 7) -> None:
        self._random = random.Random(seed)
        pick = self._random.choice
        made = (
            "".join(pick(SYLLABLES) for _ in range(self._random.randint(2, 4)))
            for _ in range(3 * WORDS)
        )
        self.words = list(dict.fromkeys(made))[:WORDS]
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(len(self.words))))
        self._paragraphs = [self._text(PARAGRAPH) for _ in range(PARAGRAPHS)]
        self._found_by = {
            language: [" ".join(indexed(text, language)) for text in self._paragraphs]
            for language in ("fr", "en")
        }
        self.companies = [
            Company(
                id=f"company-{n}",
                name=f"Company {n}",
                sector=SECTORS[n % len(SECTORS)],
                owner=f"company-{n // OWNED}" if n and n % OWNED == 0 else None,
            )
            for n in range(COMPANIES)
        ]
        self._popular = list(accumulate(1 / (rank + 10) for rank in range(COMPANIES)))
        self.sources = [
            Source(slug=f"source-{n}", name=f"Source {n}", url=f"https://s{n}.example/")
            for n in range(SOURCES)
        ]

    def go_on(self, number: int) -> None:
        """Other articles than before, in the same words."""
        self._random.seed(number)

    def _text(self, words: int) -> str:
        return " ".join(self._random.choices(self.words, cum_weights=self._weights, k=words))

    def article(self, number: int, published: datetime) -> tuple[Article, str]:
        """An article, and the words its body is found by."""
        chosen = self._random.sample(range(PARAGRAPHS), BODY)
        language = ("fr", "en")[number % 2]
        pieces = [self._paragraphs[n] for n in chosen]
        body = "\n\n".join(pieces)
        picked = dict.fromkeys(
            self._random.choices(range(COMPANIES), cum_weights=self._popular, k=PER_ARTICLE + 2)
        )
        about = list(picked)[:PER_ARTICLE]
        source = number % SOURCES
        article = Article(
            url=f"https://s{source}.example/{published:%Y/%m/%d}/article-{number}",
            source=f"source-{source}",
            title=self._text(9).capitalize(),
            body=body,
            blocks=tuple(Block(BlockKind.PARAGRAPH, piece) for piece in pieces),
            language=language,
            authors=("Ana Roux",),
            published_at=published,
            published_origin="json-ld",
            fetched_at=published + timedelta(minutes=10),
            origins={"title": "json-ld", "body": "blocks"},
            content_hash=f"{number:016x}",
            fingerprint=self._random.getrandbits(63),
            catalogue_version="1",
            tags=tuple(self._tag(company, place, body) for place, company in enumerate(about)),
        )
        return article, " ".join(self._found_by[language][n] for n in chosen)

    def _tag(self, company: int, place: int, body: str) -> Tag:
        mentions = tuple(
            Mention(zone=Zone.BODY, start=at, end=at + 7, surface=body[at : at + 7], rule="alias")
            for at in range(place * 300, place * 300 + 40, 20)
        )
        return Tag(
            company=f"company-{company}",
            name=f"Company {company}",
            relevance=round(0.9 - 0.2 * place, 2),
            level=Level.PRIMARY if place == 0 else Level.PASSING,
            confidence=0.9,
            mentions=mentions,
        )


def stored(database: db.Database) -> int:
    """How many articles there are; their numbers follow each other from 1."""
    with database.reading() as connection:
        return int(connection.scalar(select(func.max(ArticleRow.id))) or 0)


def build(database: db.Database, press: Press, count: int, end: datetime = END) -> None:
    """Fills an empty database with the year before ``end``; a crash in the middle of it is no
    matter (nothing is synced).

    The first ``SEED`` articles are written one by one; the others are those again, later, under
    other addresses, hashes and fingerprints, copied inside the database (ten times faster)."""
    seed = min(SEED, count)
    times = max(1, count // seed)
    span = YEAR / times  # the time of the seed
    begin = end - YEAR
    with database.writing() as connection:
        sources.sync(connection, press.sources, begin)
        companies.sync(connection, press.companies, "1")
    with database.engine.connect() as connection:
        hurry(connection)
        for first in range(0, seed, BATCH):
            numbers = range(first, min(first + BATCH, seed))
            written = [press.article(n, begin + n * span / seed) for n in numbers]
            _write(connection, first, written)
            connection.commit()
        for number in range(1, times):
            repeat(connection, number * seed, round(number * span.total_seconds()), seed)
            connection.commit()
            print(f"  {(number + 1) * seed:,} articles", flush=True)
        finish(connection)
        connection.commit()
        _fingerprints(connection)
        _visits(connection)
        connection.commit()
        connection.execute(text("ANALYZE"))
        connection.commit()
        connection.invalidate()  # its settings are not those of the product


def _write(connection: Connection, first: int, written: Sequence[tuple[Article, str]]) -> None:
    """Rows as ``db.articles`` makes them; every third article joins the story before it."""
    rows: list[dict[str, Any]] = []
    words: list[tuple[int, str, str]] = []
    for offset, (article, found_by) in enumerate(written):
        key = first + offset + 1
        row = row_of(article, sources.known(connection, article.source), article.fetched_at)
        alone = key % 3 or offset == 0
        row |= {"id": key, "story_id": key if alone else key - 1}
        row |= {"copy_of_id": None if alone or key % 4 else key - 1}
        row |= {"first_seen_at": article.fetched_at, "revisions": 0}
        rows.append(row)
        words.append((key, " ".join(indexed(article.title, article.language)), found_by))
    connection.execute(insert(StoryRow), _stories(rows))
    connection.execute(insert(ArticleRow), rows)
    connection.execute(
        insert(AuthorRow), [{"article_id": r["id"], "position": 1, "name": "Ana"} for r in rows]
    )
    _write_tags(connection, rows, [article for article, _ in written])
    connection.execute(insert(AddressRow), [_address(row) for row in rows])
    _index(connection, words)


def _stories(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    tellings: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        tellings.setdefault(row["story_id"], []).append(row)
    return [
        {
            "id": key,
            "title": told[0]["title"],
            "first_article_id": key,
            "first_source_id": told[0]["source_id"],
            "first_published_at": told[0]["published_at"],
            "last_published_at": told[-1]["published_at"],
            "articles": len(told),
            "outlets": len(told),
            "languages": ",".join(sorted({row["language"] for row in told})),
            "lag_seconds": None
            if len(told) == 1
            else round((told[1]["published_at"] - told[0]["published_at"]).total_seconds()),
        }
        for key, told in tellings.items()
    ]


def _write_tags(
    connection: Connection, rows: Sequence[dict[str, Any]], written: Sequence[Article]
) -> None:
    tags, mentions = [], []
    for row, article in zip(rows, written, strict=True):
        for tag in article.tags:
            tags.append(
                {
                    "article_id": row["id"],
                    "company_id": tag.company,
                    "published_at": row["published_at"],
                    "relevance": tag.relevance,
                    "level": tag.level.value,
                    "confidence": tag.confidence,
                    "known": True,
                    "mention_count": len(tag.mentions),
                    "owner_id": None,
                    "catalogue_version": "1",
                    "story_id": row["story_id"],
                    "is_copy": row["copy_of_id"] is not None,
                }
            )
            mentions += [
                {
                    "article_id": row["id"],
                    "company_id": tag.company,
                    "zone": "body",
                    "start": mention.start,
                    "end": mention.end,
                    "surface": mention.surface,
                    "rule": mention.rule,
                }
                for mention in tag.mentions
            ]
    connection.execute(insert(TagRow), tags)
    connection.execute(insert(MentionRow), mentions)


def _address(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "url": row["url"],
        "fetch_url": row["url"],
        "source_id": row["source_id"],
        "state": "stored",
        "outcome": "new",
        "article_id": row["id"],
        "tries": 0,
        "found_in": "https://feed.example/",
        "first_seen_at": row["first_seen_at"],
        "last_fetched_at": row["first_seen_at"],
        "ended_at": row["first_seen_at"],
        "entry": {"url": row["url"], "title": row["title"]},
        "entry_hash": row["content_hash"],
    }


def _index(connection: Connection, words: Sequence[tuple[int, str, str]]) -> None:
    if connection.dialect.name == "sqlite":
        found_by = [{"id": key, "title": title, "text": body} for key, title, body in words]
        for table in ("article_search", "seed_words"):
            connection.execute(
                text(f"INSERT INTO {table} (rowid, title, text) VALUES (:id, :title, :text)"),  # noqa: S608
                found_by,
            )
        return
    connection.execute(
        text("INSERT INTO article_search VALUES (:id, CAST(:words AS tsvector))"),
        [
            {"id": key, "words": search_index.vector(title.split(), found_by.split())}
            for key, title, found_by in words
        ],
    )


def last(connection: Connection) -> datetime:
    """When the newest article was published: the end of the archive."""
    found: datetime = connection.scalars(select(func.max(ArticleRow.published_at))).one()
    return found


def _fingerprints(connection: Connection) -> None:
    """Those of the articles that may still be copied."""
    recent = select(ArticleRow.id, ArticleRow.fingerprint).where(
        ArticleRow.published_at >= last(connection) - 2 * copies.RECENT
    )
    quarters = [
        {"band": band, "article_id": row.id, "fingerprint": row.fingerprint}
        for row in connection.execute(recent).all()
        for band in copies.bands(row.fingerprint)
    ]
    connection.execute(insert(FingerprintRow), quarters)


def _visits(connection: Connection) -> None:
    """A month of visits, one page each."""
    days, end = timedelta(days=1), last(connection)
    for source in range(1, SOURCES + 1):
        first = (source - 1) * VISITS_A_DAY * VISIT_DAYS + 1
        numbers = range(VISITS_A_DAY * VISIT_DAYS)
        began = [end - VISIT_DAYS * days + n * days / VISITS_A_DAY for n in numbers]
        visits = [
            {
                "id": first + n,
                "source_id": source,
                "started_at": at,
                "finished_at": at + timedelta(seconds=20),
                "outcome": "ok" if n % 50 else "timeout",
                "found": 30,
                "fresh": 1,
                "pages": 1,
                "requests": 2,
                "bytes_received": 60_000,
                "not_modified": 0,
            }
            for n, at in zip(numbers, began, strict=True)
        ]
        connection.execute(insert(VisitRow), visits)
        connection.execute(
            insert(VisitOutcomeRow),
            [{"visit_id": first + n, "outcome": "new", "pages": 1} for n in numbers],
        )
