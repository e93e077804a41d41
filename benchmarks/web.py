"""The web page at size: what each page costs and weighs, over what ``benchmarks.db`` kept.

``python -m benchmarks.web --keep FOLDER`` asks a real server on loopback, as often as ``RUNS``
says, each time for another company, article or word, the largest companies among them. CPU is that
of the process, in which the one who asks is as well. "kept": what is made once a minute was there.
"""

from __future__ import annotations

import argparse
import socket
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import uvicorn
from sqlalchemy import select

import db
from benchmarks.archive import SECTORS, SOURCES, last, stored
from benchmarks.db import opened
from db.tables import StoryRow
from web.app import create
from web.settings import Settings

RUNS = 30


@contextmanager
def running(database: db.Database) -> Iterator[str]:
    """The address of a server over ``database``, at the end of its archive."""
    with database.reading() as connection:
        end = last(connection)
    taken = socket.create_server(("127.0.0.1", 0))
    app = create(database, Settings(), clock=lambda: end)
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
        "Company, 90 days, first sight, the 30 largest": [f"/company/company-{n}" for n in numbers],
        "Company, 365 days, first sight, the 30 largest": [
            f"/company/company-{n}?days=365" for n in numbers
        ],
        "Company, 365 days, the largest, kept": ["/company/company-0?days=365"] * RUNS,
        "Article": [f"/article/{key}" for key in articles],
        "Story": [f"/story/{key}" for key in stories],
        "Search": [f"/search?q={word}" for word in ("ba", "ce", "dibra", "fogu", "jena") * 6],
        "Trends, kept": ["/trends"] * RUNS,
        "Sources, kept": ["/sources"] * RUNS,
    }


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, required=True, help="where benchmarks.db built")
    parser.add_argument("--engines", default="sqlite")
    chosen = parser.parse_args()
    for engine in chosen.engines.split(","):
        with opened(engine, chosen.keep) as database, running(database) as address:
            print(f"{engine}: {stored(database):,} articles; CPU ms p50, p95, most; largest kB")
            with database.reading() as connection:
                newest = select(StoryRow.id).order_by(StoryRow.last_published_at.desc())
                stories = connection.scalars(newest.limit(RUNS)).all()
            with httpx.Client(base_url=address, timeout=120) as client:
                for path in ("/trends", "/sources", "/"):  # what is kept is made
                    began = time.process_time()
                    client.get(path)
                    print(f"  {path} made: {(time.process_time() - began) * 1000:.0f}")
                for name, asked in pages(stored(database), stories).items():
                    ask(client, name, asked)


def ask(client: httpx.Client, name: str, asked: list[str]) -> None:
    """Asks, and prints what it cost."""
    spent, sizes = [], []
    for path in asked:
        began = time.process_time()
        answer = client.get(path)
        spent.append((time.process_time() - began) * 1000)
        assert answer.status_code == 200, (path, answer.status_code)
        sizes.append(len(answer.content))
    slow = statistics.quantiles(spent, n=20)[18]
    print(
        f"  {name:<50} {statistics.median(spent):>7.0f} {slow:>7.0f} {max(spent):>7.0f}"
        f"  {max(sizes) / 1000:>6.0f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
