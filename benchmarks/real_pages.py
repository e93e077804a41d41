"""Serve saved real pages under their real hosts on loopback, and crawl them with the real pipeline.

    python -m benchmarks.real_pages [--pages 172] [--db FILE]

The pages are those of ``../shared/corpus/fundus-tests`` (with body, title, authors and time as
maintainers reviewed them). Each host gets a feed that lists its pages; the crawler's host map sends
all hosts to one server here. What was stored is then compared with the truth.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import tempfile
import threading
import time
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

import db
import scheduler
from crawler.reactor import in_background
from db import queries
from db.answers import SourceStatus
from db.why import why
from techwire.config import Config, DatabaseSettings, NetworkSettings
from techwire.errors import NotFound
from techwire.types import Outcome, Source

CORPUS = Path(__file__).resolve().parent.parent.parent / "shared" / "corpus" / "fundus-tests"


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPage:
    """One real page and what is true of it."""

    url: str
    html: bytes
    language: str
    title: str
    authors: tuple[str, ...]
    published: datetime | None


@dataclass(slots=True)
class Result:
    """What became of the pages."""

    pages: int = 0
    stored: int = 0
    rejected: dict[str, int] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)  # neither stored nor rejected
    day_right: int = 0
    day_known: int = 0
    authors_exact: int = 0
    authors_known: int = 0
    seconds: float = 0.0
    wrong_days: list[str] = field(default_factory=list)
    wrong_authors: list[str] = field(default_factory=list)

    @property
    def stored_share(self) -> float:
        """Pages stored, or rejected with a word."""
        return (self.stored + sum(self.rejected.values())) / max(1, self.pages)

    @property
    def day_share(self) -> float:
        """Stored articles dated to the right day, of those whose day is known."""
        return self.day_right / max(1, self.day_known)

    @property
    def author_share(self) -> float:
        """Stored articles with exactly the right authors, of those whose authors are known."""
        return self.authors_exact / max(1, self.authors_known)


def saved_pages(limit: int | None = None) -> list[SavedPage]:
    """The development pages, in the manifest's order; raises FileNotFoundError when absent."""
    rows = [
        json.loads(line) for line in (CORPUS / "manifest.jsonl").read_text("utf-8").splitlines()
    ]
    return [_saved(row) for row in rows[:limit]]


def _saved(row: dict[str, object]) -> SavedPage:
    truth = row["truth"]
    assert isinstance(truth, dict)
    published = truth.get("published")
    return SavedPage(
        url=str(row["url"]),
        html=gzip.decompress((CORPUS / str(row["html"])).read_bytes()),
        language=str(row.get("lang") or ""),
        title=str(truth.get("title") or ""),
        authors=tuple(truth.get("authors") or ()),
        published=datetime.fromisoformat(published) if published else None,
    )


def sources_of(pages: Sequence[SavedPage]) -> list[Source]:
    """One source per host, with one feed; nothing is told of language or zone."""
    hosts = sorted({urlsplit(page.url).hostname or "" for page in pages})
    return [
        Source(
            slug=host.replace(".", "-"),
            name=host,
            url=f"https://{host}/",
            feeds=(f"https://{host}/techwire-feed.xml",),
            delay_seconds=0.0,
        )
        for host in hosts
    ]


@contextmanager
def serving(pages: Sequence[SavedPage]) -> Iterator[str]:
    """Serve ``pages`` and a feed per host; yields ``127.0.0.1:PORT`` for the host map."""
    by_address = {_key(page.url): page for page in pages}
    feeds = {host: _feed(host, pages) for host in {urlsplit(p.url).hostname or "" for p in pages}}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            url = self.path if "://" in self.path else f"http://{self.headers['Host']}{self.path}"
            host = urlsplit(url).hostname or ""
            if urlsplit(url).path == "/techwire-feed.xml" and host in feeds:
                self._answer(200, "application/rss+xml", feeds[host])
            elif page := by_address.get(_key(url)):
                self._answer(200, "text/html", page.html)
            else:
                self._answer(404, "text/plain", b"not here\n")

        def _answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the crawl tells."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _key(url: str) -> tuple[str, str, str]:
    parts = urlsplit(url)
    return (parts.hostname or "", parts.path.rstrip("/"), parts.query)


def _feed(host: str, pages: Sequence[SavedPage]) -> bytes:
    items = "".join(
        f"<item><title>{escape(page.title)}</title><link>{escape(page.url)}</link></item>"
        for page in pages
        if urlsplit(page.url).hostname == host
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
        f"<title>{escape(host)}</title><link>https://{host}/</link>{items}</channel></rss>"
    ).encode()


def same_day(truth: datetime, found: datetime) -> bool:
    """The calendar day agrees in UTC or in the truth's own zone."""
    days = {truth.date(), truth.astimezone(found.tzinfo).date()}
    return bool(days & {found.date(), found.astimezone(truth.tzinfo).date()})


def same_authors(truth: Sequence[str], found: Sequence[str]) -> bool:
    """The same set of names, case and spacing folded."""

    def fold(names: Sequence[str]) -> set[str]:
        return {" ".join(unicodedata.normalize("NFKC", n).casefold().split()) for n in names}

    return fold(truth) == fold(found)


def measure(pages: Sequence[SavedPage], folder: Path) -> Result:
    """Crawl ``pages`` into ``folder/techwire.db`` with the daemon's code; compare with truth."""
    sources = sources_of(pages)
    started = time.monotonic()
    with serving(pages) as address:
        hosts = {urlsplit(page.url).hostname or "": address for page in pages}
        config = Config(
            folder=folder,
            database=DatabaseSettings(url=f"sqlite:///{folder / 'techwire.db'}"),
            network=NetworkSettings(delay_seconds=0.0, host_map=hosts),
        )
        with scheduler.open_office(config, sources) as office:
            in_background().call(_until_visited(office), timeout=600)
    result = Result(pages=len(pages), seconds=time.monotonic() - started)
    with (
        db.connect(config.database.url, read_only=True) as database,
        database.reading() as connection,
    ):
        for page in pages:
            _compare(connection, page, result)
    return result


async def _until_visited(office: scheduler.Office) -> None:
    """The daemon, until every source has been visited once."""
    daemon = scheduler.Daemon(office)
    running = asyncio.ensure_future(daemon.run())
    while any(row.last_visit_at is None for row in await asyncio.to_thread(_statuses, office)):
        await asyncio.sleep(0.2)
        if running.done():
            break
    daemon.stop()
    await running


def _statuses(office: scheduler.Office) -> list[SourceStatus]:
    with office.database.reading() as connection:
        return queries.status(connection)


def _compare(connection: Any, page: SavedPage, result: Result) -> None:
    try:
        life = why(connection, page.url)
    except NotFound:
        result.lost.append(page.url)
        return
    article = life.article
    if article is None:
        # a publisher's reservation of text and data mining is a right word too
        is_refused = life.state == "rejected" or life.outcome is Outcome.RESERVED
        if life.outcome is None or not is_refused:
            result.lost.append(f"{page.url} ({life.state}, {life.outcome}, {life.detail})")
        else:
            result.rejected[life.outcome] = result.rejected.get(life.outcome, 0) + 1
        return
    result.stored += 1
    if page.published is not None:
        result.day_known += 1
        if same_day(page.published, article.published_at):
            result.day_right += 1
        else:
            told = f"{article.published_at} ({article.published_origin})"
            result.wrong_days.append(f"{page.url}: {told}, not {page.published}")
    if page.authors:
        result.authors_known += 1
        if same_authors(page.authors, article.authors):
            result.authors_exact += 1
        else:
            result.wrong_authors.append(f"{page.url}: {article.authors}, not {page.authors}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=None, help="how many (default: all)")
    parser.add_argument("--worst", type=int, default=5, help="mistakes to show of each kind")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = measure(saved_pages(chosen.pages), Path(folder))
    print(f"pages             {result.pages} in {result.seconds:.1f} s")
    print(f"stored            {result.stored}, rejected {result.rejected}, lost {len(result.lost)}")
    print(f"stored with a word {result.stored_share:.3f}")
    print(f"day right         {result.day_share:.3f} of {result.day_known}")
    print(f"authors exact     {result.author_share:.3f} of {result.authors_known}")
    for name, mistakes in (
        ("lost", result.lost),
        ("day", result.wrong_days),
        ("authors", result.wrong_authors),
    ):
        for line in mistakes[: chosen.worst]:
            print(f"  {name}: {line}")


if __name__ == "__main__":
    main()
