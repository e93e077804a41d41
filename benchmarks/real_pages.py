"""Serve saved real pages under their real hosts on loopback, and crawl them with the real pipeline.

    python -m benchmarks.real_pages [--pages 172] [--db FILE]

The pages are those of ``../shared/corpus/fundus-tests`` (with body, title, authors and time as
maintainers reviewed them). Each host gets a feed that lists its pages; the crawler's host map sends
all hosts to one server here. What was stored is then compared with the truth.
"""

from __future__ import annotations

import gzip
import json
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from techwire.types import Source

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
