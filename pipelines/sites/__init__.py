"""What one site needs and no selector can say: a class for its publishing system, chosen by host.

First try a ``[[source.selectors]]`` table of ``sources.toml``: it needs no code. A class is for
text that stands in a script, in pieces, or in another order. To add one: a module here with a class
that keeps to ``Site``, its place in ``SITES``, and a saved page of that shape in the tests.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from pipelines.document import Document
from pipelines.sites.arc import Arc


class Site(Protocol):
    """How the articles of some hosts are read."""

    hosts: frozenset[str]  # without "www."; each stands for its subdomains too
    until: datetime | None  # the class holds for pages fetched before this; None: to this day

    def markup(self, document: Document) -> str | None:
        """The article's text as markup; None where the page itself will do."""


SITES: tuple[Site, ...] = (Arc(),)
_BY_HOST = {host: site for site in SITES for host in site.hosts}


def site_of(host: str, fetched_at: datetime) -> Site | None:
    """The class for a host or the domain it belongs to, while it holds."""
    while host:
        site = _BY_HOST.get(host)
        if site is not None:
            return site if site.until is None or fetched_at < site.until else None
        host = host.partition(".")[2]
    return None
