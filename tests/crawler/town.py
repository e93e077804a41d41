"""A small town of web sites on loopback, and what it takes to visit it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from crawler.pool import Inline
from crawler.reactor import Background
from crawler.run import crawl
from crawler.settings import Network
from crawler.store import MemoryStore
from crawler.tools import Tools
from techwire.types import Article, Outcome, Page, Rejected, Source, Visit

ASIDE = ("/robots.txt", "/.well-known/tdmrep.json")


@dataclass
class Asked:
    """One request the town received."""

    host: str
    path: str
    headers: dict[str, str]
    at: float


@dataclass
class Answer:
    """What to answer. ``behave`` takes over the socket instead."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    behave: Callable[[BaseHTTPRequestHandler], None] | None = None


class Town:
    """Answers for many hosts at one address; remembers what it was asked."""

    def __init__(self, address: str = "127.0.0.1") -> None:
        self.answers: dict[str, Answer | Callable[[Asked], Answer]] = {}
        self.asked: list[Asked] = []
        self.most_at_once: dict[str, int] = {}
        self._here: dict[str, int] = {}
        self._lock = threading.Lock()
        town = self

        class Clerk(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def do_GET(self) -> None:
                town._serve(self)

            def log_message(self, *_: object) -> None:
                """Silent."""

        class Office(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                """Clients that hang up are part of the tests."""

        self._server = Office((address, 0), Clerk)
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def __setitem__(
        self, url: str, answer: str | bytes | Answer | Callable[[Asked], Answer]
    ) -> None:
        """What ``host/path`` answers; a host with its port counts by its name alone."""
        if isinstance(answer, str):
            answer = answer.encode()
        self.answers[url] = Answer(answer) if isinstance(answer, bytes) else answer

    def paths(self, host: str | None = None) -> list[str]:
        """The paths asked for, in order, without those that state rules."""
        return [
            one.path for one in self.asked if host in (None, one.host) and one.path not in ASIDE
        ]

    def _serve(self, clerk: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(clerk.path)
        host = clerk.headers.get("Host", "").partition(":")[0]
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {name.lower(): value for name, value in clerk.headers.items()}
        asked = Asked(host, path, headers, time.monotonic())
        with self._lock:
            self.asked.append(asked)
            self._here[host] = self._here.get(host, 0) + 1
            self.most_at_once[host] = max(self.most_at_once.get(host, 0), self._here[host])
        try:
            self._answer(clerk, asked)
        except OSError:
            clerk.close_connection = True
        finally:
            with self._lock:
                self._here[host] -= 1

    def _answer(self, clerk: BaseHTTPRequestHandler, asked: Asked) -> None:
        found = self.answers.get(f"{asked.host}{asked.path}", Answer(b"not here", 404))
        answer = found if isinstance(found, Answer) else found(asked)
        if answer.behave is not None:
            answer.behave(clerk)
            return
        clerk.send_response(answer.status)
        given = {"Content-Type": "text/html; charset=utf-8", **answer.headers}
        if answer.status not in (204, 304):
            given.setdefault("Content-Length", str(len(answer.body)))
        for name, value in given.items():
            clerk.send_header(name, value)
        clerk.end_headers()
        clerk.wfile.write(answer.body)

    def close(self) -> None:
        """No more answers."""
        self._server.shutdown()
        self._server.server_close()


def plain_read(page: Page, source: Source) -> Article | Rejected:
    """A reader for tests of fetching: the title between its tags, the text as it is."""
    text = page.body.decode("utf-8", "replace")
    if "<h1>" not in text:
        return Rejected(
            url=page.url,
            source=page.source,
            outcome=Outcome.NOT_ARTICLE,
            detail="no title",
            fetched_at=page.fetched_at,
        )
    title = text.partition("<h1>")[2].partition("</h1>")[0]
    return Article(
        url=page.url, source=page.source, title=title, body=text, fetched_at=page.fetched_at
    )


def prepare_plain() -> Callable[[Page, Source], Article | Rejected]:
    """``plain_read`` as a pool wants it."""
    return plain_read


@dataclass
class Kit:
    """Tools over memory, and the town's hosts mapped."""

    town: Town
    hosts: tuple[str, ...] = (
        "gazette.example",
        "octet.example",
        "pixel.example",
        "clavier.example",
    )

    def tools(self, store: MemoryStore | None = None, **network: object) -> Tools:
        """Fresh tools: no delay, two seconds of patience."""
        given: dict[str, object] = {
            "delay_seconds": 0.0,
            "timeout_seconds": 2.0,
            "backoff_seconds": 0.02,
            "contact": "desk@techwire.example",
            "host_map": dict.fromkeys(self.hosts, f"127.0.0.1:{self.town.port}"),
        }
        given.update(network)
        return Tools(
            network=Network(**given),  # type: ignore[arg-type]
            reader=Inline(prepare_plain),
            store=store or MemoryStore(),
        )


def source(slug: str = "gazette", **fields: object) -> Source:
    """A source at ``https://SLUG.example`` with one feed, unless told otherwise."""
    home = f"https://{slug}.example/"
    given: dict[str, object] = {"slug": slug, "name": slug.title(), "url": home}
    if not fields.keys() & {"feeds", "sitemaps", "listings"}:
        given["feeds"] = (home + "feed.xml",)
    return Source(**{**given, **fields})  # type: ignore[arg-type]


def rss(*links: str) -> bytes:
    """A feed of those links."""
    items = "".join(
        f"<item><title>T {n}</title><link>{x}</link></item>" for n, x in enumerate(links)
    )
    return f'<rss version="2.0"><channel><title>F</title>{items}</channel></rss>'.encode()


def article(title: str = "A title") -> bytes:
    """A page that ``plain_read`` takes for an article."""
    return f"<html><h1>{title}</h1><p>Some text.</p></html>".encode()


HOME = """<html lang="fr"><head><title>La Gazette - actualités</title>
<meta property="og:site_name" content="La Gazette des puces">
<link rel="alternate" type="application/rss+xml" title="Commentaires" href="/comments/feed">
<link rel="alternate" type="application/rss+xml" href="/flux.xml"></head>
<body>Bonjour</body></html>"""


def open_gazette(town: Town, story: Callable[[str], str | bytes]) -> None:
    """A site to be found: a front page, robots.txt, a feed, a news sitemap, three articles."""
    town["gazette.example/"] = HOME
    town["gazette.example/robots.txt"] = (
        "User-agent: *\nDisallow: /private\nSitemap: https://gazette.example/news.xml\n"
    )
    items = "".join(
        f"<item><title>Puce {n}</title><link>https://gazette.example/puce-{n}</link>"
        f"<pubDate>Tue, 0{n} Mar 2026 08:00:00 GMT</pubDate></item>"
        for n in (1, 2, 3)
    )
    town["gazette.example/flux.xml"] = f"<rss><channel><title>Flux</title>{items}</channel></rss>"
    town["gazette.example/news.xml"] = (
        "<urlset><url><loc>https://gazette.example/puce-1</loc></url></urlset>"
    )
    for n in (1, 2, 3):
        town[f"gazette.example/puce-{n}"] = story(f"La puce numéro {n} arrive")


def visit_of(town: Town, kit: Kit, reactor: Background, **fields: object) -> Visit:
    """One visit of the gazette."""
    (visit,) = reactor.call(crawl([source(**fields)], kit.tools()))  # type: ignore[arg-type]
    assert visit.pages == sum(visit.counts.values())
    return visit
