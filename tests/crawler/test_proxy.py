"""Through a forward proxy, a real one on loopback: what it is asked, and what it never is."""

from __future__ import annotations

import base64
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import trustme

from crawler.guard import ForbiddenAddress, Guard
from crawler.proxies import check, door, endpoint
from crawler.reactor import Background
from crawler.run import crawl
from techwire.types import Outcome, Visit, VisitOutcome
from tests.crawler.shop import shop
from tests.crawler.town import Answer, Kit, article, rss, source

WORD = "Basic " + base64.b64encode(b"desk:w:rd").decode()
PAGES = {
    "http://gazette.example/feed.xml": rss("http://gazette.example/a"),
    "http://gazette.example/a": article(),
    "http://octet.example/feed.xml": rss(),
}


def pour(out_of: socket.socket, into: socket.socket) -> None:
    """What comes out of one goes into the other, until its end."""
    with suppress(OSError):
        while some := out_of.recv(65536):
            into.sendall(some)
    with suppress(OSError):
        into.shutdown(socket.SHUT_WR)


class Proxy:
    """Answers for every host, or refuses to; remembers what it was asked and with which word."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None]] = []
        self.leads_to: str | None = None  # where the feed of the gazette redirects
        self.tunnels_to: int | None = None  # the port every tunnel ends at; None: no tunnels
        proxy = self

        class Clerk(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                proxy.asked.append((self.path, self.headers.get("Proxy-Authorization")))
                moved = proxy.leads_to if self.path.endswith("gazette.example/feed.xml") else None
                body = PAGES.get(self.path, b"")
                self.send_response(302 if moved else 200 if body else 404)
                if moved:
                    self.send_header("Location", moved)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_CONNECT(self) -> None:
                proxy.asked.append(
                    (f"CONNECT {self.path}", self.headers.get("Proxy-Authorization"))
                )
                if proxy.tunnels_to is None:
                    self.send_error(403)
                    return
                self.send_response(200)
                self.end_headers()
                with socket.create_connection(("127.0.0.1", proxy.tunnels_to)) as beyond:
                    back = threading.Thread(target=pour, args=(beyond, self.connection))
                    back.start()
                    pour(self.connection, beyond)
                    back.join()
                self.close_connection = True

            def log_message(self, *_: object) -> None:
                """Silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Clerk)
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def paths(self) -> set[str]:
        """What it was asked for."""
        return {path for path, _ in self.asked}

    def close(self) -> None:
        """No more answers."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    """A proxy that listens."""
    proxy = Proxy()
    yield proxy
    proxy.close()


def visit_of(kit: Kit, reactor: Background, at: str, feed: str) -> Visit:
    """One visit of a source with a proxy of its own; no host is mapped."""
    asked = source(url=feed, feeds=(feed,), proxy=at)
    tools = kit.tools(host_map={}, max_wait_seconds=0.0, timeout_seconds=10.0)
    (visit,) = reactor.call(crawl([asked], tools))
    return visit


def test_a_source_s_proxy_is_asked_for_everything_with_its_password(
    kit: Kit, reactor: Background, proxy: Proxy
) -> None:
    at = f"http://desk:w%3Ard@127.0.0.1:{proxy.port}"
    visit = visit_of(kit, reactor, at, "http://gazette.example/feed.xml")
    assert visit.counts == {Outcome.NEW: 1}
    site = "http://gazette.example"
    assert proxy.paths == {
        f"{site}/robots.txt",
        f"{site}/.well-known/tdmrep.json",
        f"{site}/feed.xml",
        f"{site}/a",
    }
    assert {word for _, word in proxy.asked} == {WORD}


def test_https_goes_through_a_tunnel(kit: Kit, reactor: Background, proxy: Proxy) -> None:
    at = f"desk:w%3Ard@127.0.0.1:{proxy.port}"
    visit = visit_of(kit, reactor, at, "https://gazette.example/feed.xml")
    assert visit.outcome is VisitOutcome.NETWORK
    assert set(proxy.asked) == {("CONNECT gazette.example:443", WORD)}


def test_an_article_comes_through_the_tunnel_and_its_certificate_is_looked_at(
    kit: Kit, reactor: Background, proxy: Proxy, trusted: trustme.CA
) -> None:
    site = "https://gazette.example"
    pages = {"/feed.xml": rss(f"{site}/a"), "/a": article()}
    at = f"http://desk:w%3Ard@127.0.0.1:{proxy.port}"
    ends = []
    for name in ("gazette.example", "other.example"):
        with shop(trusted.issue_cert(name), pages) as proxy.tunnels_to:
            ends.append(visit_of(kit, reactor, at, f"{site}/feed.xml"))
    assert ends[0].counts == {Outcome.NEW: 1}
    assert ends[1].outcome is VisitOutcome.INSECURE
    assert set(proxy.asked) == {("CONNECT gazette.example:443", WORD)}


@pytest.mark.parametrize(
    "inner", ["http://localhost:1/", "http://2130706433/", "http://10.0.0.1/", "http://nas/"]
)
def test_a_proxy_is_not_asked_for_what_is_inside_a_network(
    kit: Kit, reactor: Background, proxy: Proxy, inner: str
) -> None:
    proxy.leads_to = inner
    at = f"http://127.0.0.1:{proxy.port}"
    visit = visit_of(kit, reactor, at, "http://gazette.example/feed.xml")
    assert visit.outcome is VisitOutcome.FORBIDDEN_ADDRESS
    assert all("gazette.example" in path for path in proxy.paths)


def test_the_proxy_of_one_source_is_nobody_else_s(
    kit: Kit, reactor: Background, proxy: Proxy
) -> None:
    one = source(
        url="http://octet.example/",
        feeds=("http://octet.example/feed.xml",),
        proxy=f"http://127.0.0.1:{proxy.port}",
    )
    kit.town["pixel.example/feed.xml"] = Answer(rss())
    other = source("pixel")
    reactor.call(crawl([one, other], kit.tools()))
    assert "/feed.xml" in kit.town.paths("pixel.example")
    assert not any("pixel.example" in path for path in proxy.paths)


def test_a_proxy_that_is_away_is_the_network_s_fault(kit: Kit, reactor: Background) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    visit = visit_of(kit, reactor, f"http://127.0.0.1:{port}", "http://gazette.example/feed.xml")
    assert visit.outcome is VisitOutcome.NETWORK


@pytest.mark.parametrize(
    ("proxy", "expected"),
    [
        ("127.0.0.1:8123", ("127.0.0.1", 8123)),
        ("http://proxy.example", ("proxy.example", 80)),
        ("https://me:word@proxy.example/", ("proxy.example", 443)),
        ("http://[::1]:3128", ("::1", 3128)),
    ],
)
def test_a_proxy_is_a_host_and_a_port(proxy: str, expected: tuple[str, int]) -> None:
    assert endpoint(proxy) == expected


def test_name_and_password_of_a_proxy_are_not_in_its_address() -> None:
    assert door("http://desk:w%3Ard@[::1]:3128/") == ("http://[::1]:3128", WORD)
    assert door("proxy.example:3128") == ("http://proxy.example:3128", None)


@pytest.mark.parametrize(
    "host",
    ["0x7f.1", "127.1", "017700000001", "[::1]", "nas", "db.local", "x.localhost.", "1.2.3.4.5"],
)
def test_an_inner_host_is_refused_by_its_name(host: str) -> None:
    with pytest.raises(ForbiddenAddress):
        check(host, Guard())


@pytest.mark.parametrize(
    "host", ["gazette.example", "93.184.215.14", "3.fr", "xn--bcher-kva.example"]
)
def test_a_public_host_may_be_asked_of_a_proxy(host: str) -> None:
    check(host, Guard())
