"""Certificates that cannot be trusted, on a real TLS server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import trustme

from crawler.reactor import Background
from crawler.run import crawl
from techwire.types import Visit, VisitOutcome
from tests.crawler.shop import shop
from tests.crawler.town import Kit, rss, source

NOW = datetime.now(UTC)
PAGES = {"/feed.xml": rss("https://localhost/a")}


@pytest.fixture(autouse=True)
def _trust(trusted: trustme.CA) -> None:
    """Certificates of that authority are believed."""


def visited(kit: Kit, reactor: Background, certificate: trustme.LeafCert) -> Visit:
    with shop(certificate, PAGES) as port:
        tools = kit.tools(allow_private_networks=("127.0.0.0/8", "::1/128"), timeout_seconds=10.0)
        there = source(feeds=(f"https://localhost:{port}/feed.xml",))
        (visit,) = reactor.call(crawl([there], tools))
        return visit


def test_a_good_certificate_is_taken(kit: Kit, reactor: Background, trusted: trustme.CA) -> None:
    assert visited(kit, reactor, trusted.issue_cert("localhost")).outcome is VisitOutcome.OK


@pytest.mark.parametrize("fault", ["expired", "another host's", "nobody's"])
def test_a_certificate_we_cannot_trust_ends_the_visit_by_its_name(
    kit: Kit, reactor: Background, trusted: trustme.CA, fault: str
) -> None:
    certificate = {
        "expired": lambda: trusted.issue_cert(
            "localhost", not_before=NOW - timedelta(days=9), not_after=NOW - timedelta(days=1)
        ),
        "another host's": lambda: trusted.issue_cert("other.example"),
        "nobody's": lambda: trustme.CA().issue_cert("localhost"),
    }[fault]()
    visit = visited(kit, reactor, certificate)
    assert visit.outcome is VisitOutcome.INSECURE
    assert visit.detail is not None
    assert "TLS: the certificate" in visit.detail
    assert visit.requests == 2  # robots.txt, and the feed behind it: neither is tried once more
    assert not visit.is_offline
