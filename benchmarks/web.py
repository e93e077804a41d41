"""The web page at size: what each page costs and weighs, over what ``benchmarks.db`` kept.

``python -m benchmarks.web --keep FOLDER`` asks a real server on loopback, as often as ``RUNS``
says, each time for another company, article or word, the largest companies among them; the archive
is only read. "First sight": nothing is kept, as if nobody had asked for a long time. CPU is that of
the process, in which the one who asks is as well (of PostgreSQL only what is not the server);
wall clock is what the one who asks waits. With ``--seconds 60`` four clients ask for pages, API,
feeds and nonsense all that time instead, and the process is weighed meanwhile.
"""

from __future__ import annotations

import argparse
import itertools
import random
import socket
import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import uvicorn
from sqlalchemy import select

import db
from benchmarks.archive import COMPANIES, SECTORS, SOURCES, last, stored
from benchmarks.db import opened, pace
from db.tables import StoryRow
from web.app import create
from web.settings import Settings

RUNS = 30
CLIENTS = 4
KEPT, FIRST_SIGHT = 60.0, 0.0  # seconds that answers are kept
WORDS = ("ba", "ce", "dibra", "fogu", "jena")
NONSENSE = (
    "/search?q=a)", "/search?q=(a", "/?since=soon", "/company/company-x{n}", "/article/0",
    "/story/999999999999", "/nowhere/{n}", "/api/v1/search?q=%00", "/api/v1/articles?limit=-{n}",
    "/api/v1/companies/nobody-{n}", "/feed?q=%22", "/sources?page=x", "/companies?name=",
)  # fmt: skip


@contextmanager
def read_only(engine: str, folder: Path) -> Iterator[db.Database]:
    """The archive in ``folder``; of SQLite's not one byte is written."""
    if engine == "sqlite":
        with db.connect(str(folder / "bench.db"), read_only=True) as database:
            yield database
        return
    with opened(engine, folder) as database:
        yield database


@contextmanager
def running(database: db.Database, keep_seconds: float) -> Iterator[str]:
    """The address of a server over ``database``, at the end of its archive."""
    with database.reading() as connection:
        end = last(connection)
    taken = socket.create_server(("127.0.0.1", 0))
    app = create(database, Settings(keep_seconds=keep_seconds), clock=lambda: end)
    config = uvicorn.Config(app, log_level="critical", lifespan="off", ws="none", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([taken],))
    thread.start()
    try:
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        taken.close()


def pages(count: int, stories: Sequence[int]) -> dict[str, list[str]]:
    """What is asked for, by the name it has in the table."""
    numbers = range(RUNS)
    articles = [count - 1 - n * (count // RUNS) for n in numbers]
    return {
        "Today": ["/"] * RUNS,
        "Today by source": [f"/?source=source-{n % SOURCES}" for n in numbers],
        "Today by sector": [f"/?sector={SECTORS[n % len(SECTORS)]}" for n in numbers],
        "Today by company and language": [f"/?company=company-{n}&lang=fr" for n in numbers],
        "Company, 90 days, the 30 largest": [f"/company/company-{n}" for n in numbers],
        "Company, 365 days, the 30 largest": [f"/company/company-{n}?days=365" for n in numbers],
        "Company, 90 days, any": [
            f"/company/company-{n * (COMPANIES // RUNS) + 7}" for n in numbers
        ],
        "Article": [f"/article/{key}" for key in articles],
        "Story": [f"/story/{key}" for key in stories],
        "Search": [f"/search?q={word}" for word in WORDS * (RUNS // len(WORDS))],
        "Trends": ["/trends"] * RUNS,
        "Sources, the first page": ["/sources"] * RUNS,
        "Sources, every page": [f"/sources?page={1 + n % 8}" for n in numbers],
        "API: stories": [f"/api/v1/stories?company=company-{n}" for n in numbers],
        "API: articles": [f"/api/v1/articles?source=source-{n}" for n in numbers],
        "API: a company": [f"/api/v1/companies/company-{n}" for n in numbers],
        "API: sources": ["/api/v1/sources"] * RUNS,
        "Feed of all; of a search": ["/feed", "/feed?q=company:company-3"] * (RUNS // 2),
    }


def measure(database: db.Database, keep_seconds: float) -> None:
    """Prints a table: what each page costs, one asked after the other."""
    with database.reading() as connection:
        newest = select(StoryRow.id).order_by(StoryRow.last_published_at.desc())
        stories = connection.scalars(newest.limit(RUNS)).all()
    kept = "kept for a minute" if keep_seconds else "at first sight"
    print(f"  {kept:<36} CPU ms p50    p95   most | wall p50    p95   most | largest kB")
    with running(database, keep_seconds) as address, asking(address) as client:
        client.get("/")  # templates are compiled, connections open
        for name, asked in pages(stored(database), stories).items():
            ask(client, name, asked)


def ask(client: httpx.Client, name: str, asked: list[str]) -> None:
    """Asks, and prints what it cost."""
    spent, waited, sizes = [], [], []
    for path in asked:
        began, clock = time.process_time(), time.perf_counter()
        answer = client.get(path)
        waited.append((time.perf_counter() - clock) * 1000)
        spent.append((time.process_time() - began) * 1000)
        assert answer.status_code == 200, (path, answer.status_code)
        sizes.append(len(answer.content))
    columns = " | ".join(
        f"{statistics.median(each):>8.0f} {statistics.quantiles(each, n=20)[18]:>6.0f}"
        f" {max(each):>6.0f}"
        for each in (spent, waited)
    )
    print(f"  {name:<36} {columns} | {max(sizes) / 1000:>6.0f}", flush=True)


@contextmanager
def asking(address: str) -> Iterator[httpx.Client]:
    """A client that waits as long as it takes."""
    with httpx.Client(base_url=address, timeout=120) as client:
        yield client


def loop(database: db.Database, seconds: float) -> None:
    """Asks for everything from ``CLIENTS`` threads for so long; prints answers and memory."""
    count = stored(database)
    with database.reading() as connection:
        newest = select(StoryRow.id).order_by(StoryRow.last_published_at.desc())
        stories = connection.scalars(newest.limit(RUNS)).all()
    asked = [path for each in pages(count, stories).values() for path in each]
    answers: Counter[int] = Counter()
    failed: list[str] = []
    weights: list[float] = []
    numbers = itertools.count()
    with running(database, KEPT) as address:
        until = time.monotonic() + seconds

        def browse(seed: int) -> None:
            pick = random.Random(seed)
            with asking(address) as client:
                while time.monotonic() < until:
                    path = pick.choice(asked)
                    if pick.random() < 0.25:
                        path = pick.choice(NONSENSE).format(n=next(numbers))
                    tongue = {"accept-language": pick.choice(("fr", "en"))}
                    status = client.get(path, headers=tongue).status_code
                    answers[status] += 1
                    if status >= 500:
                        failed.append(path)

        clients = [threading.Thread(target=browse, args=(seed,)) for seed in range(CLIENTS)]
        for client in clients:
            client.start()
        while time.monotonic() < until:
            time.sleep(seconds / 12)
            weights.append(resident())
        for client in clients:
            client.join()
    print(
        f"  {seconds:.0f} s, {CLIENTS} clients: {dict(sorted(answers.items()))}; failed: {failed}"
    )
    print("  MiB meanwhile: " + " ".join(f"{weight:.0f}" for weight in weights))


def resident() -> float:
    """MiB of memory this process holds, clients included."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def main() -> None:
    """Measures each engine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, required=True, help="where benchmarks.db built")
    parser.add_argument("--engines", default="sqlite")
    parser.add_argument("--seconds", type=float, help="ask for everything for so long instead")
    chosen = parser.parse_args()
    for engine in chosen.engines.split(","):
        with read_only(engine, chosen.keep) as database:
            print(f"{engine}: {stored(database):,} articles", flush=True)
            if chosen.seconds:
                loop(database, chosen.seconds)
                continue
            print(f"  five million additions: {pace():.2f} s CPU")
            for keep_seconds in (FIRST_SIGHT, KEPT):
                measure(database, keep_seconds)


if __name__ == "__main__":
    main()
