"""Certificates that cannot be trusted, on a real TLS server."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme

from crawler.reactor import Background
from crawler.run import crawl
from techwire.types import Visit, VisitOutcome
from tests.crawler.town import Kit, rss, source

NOW = datetime.now(UTC)


class _Clerk(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = rss("https://localhost/a")
        self.send_response(200 if self.path == "/feed.xml" else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silent."""


class _Office(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Clients that hang up are what is tested."""


@contextmanager
def shop(certificate: trustme.LeafCert) -> Iterator[int]:
    """The port of a server that shows ``certificate``."""
    server = _Office(("127.0.0.1", 0), _Clerk)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def known() -> trustme.CA:
    """An authority that the tests' crawler trusts."""
    return trustme.CA()


@pytest.fixture(autouse=True)
def _trust(known: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known.cert_pem.write_to_path(str(tmp_path / "authorities.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authorities.pem"))


def visited(kit: Kit, reactor: Background, certificate: trustme.LeafCert) -> Visit:
    with shop(certificate) as port:
        tools = kit.tools(allow_private_networks=("127.0.0.0/8", "::1/128"), timeout_seconds=10.0)
        there = source(feeds=(f"https://localhost:{port}/feed.xml",))
        (visit,) = reactor.call(crawl([there], tools))
        return visit


def test_a_good_certificate_is_taken(kit: Kit, reactor: Background, known: trustme.CA) -> None:
    assert visited(kit, reactor, known.issue_cert("localhost")).outcome is VisitOutcome.OK


@pytest.mark.parametrize("fault", ["expired", "another host's", "nobody's"])
def test_a_certificate_we_cannot_trust_ends_the_visit_by_its_name(
    kit: Kit, reactor: Background, known: trustme.CA, fault: str
) -> None:
    certificate = {
        "expired": lambda: known.issue_cert(
            "localhost", not_before=NOW - timedelta(days=9), not_after=NOW - timedelta(days=1)
        ),
        "another host's": lambda: known.issue_cert("other.example"),
        "nobody's": lambda: trustme.CA().issue_cert("localhost"),
    }[fault]()
    visit = visited(kit, reactor, certificate)
    assert visit.outcome is VisitOutcome.INSECURE
    assert visit.detail is not None
    assert "TLS: the certificate" in visit.detail
    assert visit.requests == 2  # robots.txt, and the feed behind it: neither is tried once more
    assert not visit.is_offline
