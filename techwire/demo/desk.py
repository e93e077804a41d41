"""Answers for one state of the newsroom: which document stands at an address, and since when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from techwire.demo import feeds, layouts
from techwire.demo.layouts import parts
from techwire.demo.newsroom import LATER, NOW, Piece, truth
from techwire.demo.sites import BY_HOST, Site

_HTML = "text/html; charset=utf-8"
_SVG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 675">\
<rect width="1200" height="675" fill="hsl({hue} 45% 38%)"/>\
<circle cx="{x}" cy="338" r="190" fill="hsl({hue} 60% 68%)"/></svg>
"""
# How long an answer may be kept, in seconds: seen on news sites, shortened for a demo.
_FEED_AGE, _PAGE_AGE, _STILL_AGE = 300, 60, 86_400


@dataclass(frozen=True, slots=True)
class Document:
    """What stands at an address."""

    body: bytes
    content_type: str
    changed_at: datetime  # UTC
    max_age: int  # seconds
    status: int = 200

    @property
    def etag(self) -> str:
        """A validator that changes with the body, without its quotes."""
        return sha256(self.body).hexdigest()[:20]


class Desk:
    """The five sites at one moment of the newsroom's clock."""

    def __init__(self, *, later: bool) -> None:
        self.now = LATER if later else NOW
        self._pieces: dict[str, list[Piece]] = {host: [] for host in BY_HOST}
        for piece in truth(later):
            self._pieces[piece.url.split("/")[2]].append(piece)

    def find(self, host: str, path: str, query: str) -> Document:
        """The document at this address; one with status 404 or 410 when there is none."""
        site = BY_HOST.get(host)
        if site is None:
            return Document(b"No such site here.\n", "text/plain", self.now, 0, 404)
        machine = self._for_machines(site).get(path)
        if machine is not None:
            return machine()
        return (
            self._article(site, path, query)
            or self._listing(site, path)
            or self._still(site, path)
            or self._missing(site, 404)
        )

    def _for_machines(self, site: Site) -> dict[str, Callable[[], Document]]:
        pieces = self._pieces[site.host]
        linked = [piece for piece in pieces if piece.kind != "dead"]

        def answer(text: str, kind: str, age: int = _FEED_AGE) -> Document:
            return Document(text.encode(), kind, self._changed(site), age)

        found: dict[str, Callable[[], Document]] = {
            "/robots.txt": lambda: answer(feeds.robots(site), "text/plain", _STILL_AGE),
            "/sitemap.xml": lambda: answer(feeds.sitemap(linked), "application/xml"),
        }
        if site.sitemap:
            found[site.sitemap] = lambda: answer(
                feeds.news_sitemap(site, linked, self.now), "application/xml"
            )
        if site.feed and site.format:
            write, kind = _FORMATS[site.format]
            found[site.feed] = lambda: answer(write(site, pieces), kind)
        return found

    def _article(self, site: Site, path: str, query: str) -> Document | None:
        pieces = self._pieces[site.host]
        for piece in pieces:
            if piece.path == path:
                if piece.kind == "dead":
                    return self._missing(site, 410)
                paper = "print=1" in query.split("&") and site.slug == "devicedesk"
                text = layouts.printed(piece) if paper else layouts.page(piece, pieces)
                return Document(text.encode(), _HTML, piece.changed_at, _PAGE_AGE)
            if site.slug == "devicedesk" and f"{piece.path}/amp" == path:
                return Document(layouts.amp(piece).encode(), _HTML, piece.changed_at, _PAGE_AGE)
        return None

    def _listing(self, site: Site, path: str) -> Document | None:
        pieces = self._pieces[site.host]
        words = path.strip("/").split("/")
        title = ""
        if path in ("/", site.listing):
            title = site.tagline
        elif len(words) == 1 and words[0] in dict(site.sections):
            title = dict(site.sections)[words[0]]
            pieces = [piece for piece in pieces if piece.section == words[0]]
        elif len(words) == 2:
            title, pieces = _gathered(words[1], pieces)
        if not title:
            return None
        text = layouts.listing(site, title, pieces)
        return Document(text.encode(), _HTML, self._changed(site), _FEED_AGE)

    def _still(self, site: Site, path: str) -> Document | None:
        if path.startswith("/media/") and path.endswith(".svg"):
            seed = sum(path.encode())
            picture = _SVG.format(hue=seed % 360, x=300 + seed % 600)
            return Document(picture.encode(), "image/svg+xml", self._changed(site), _STILL_AGE)
        titles = _STILL_PAGES.get(path.strip("/"))
        if titles is None:
            return None
        text = layouts.notice(site, titles, f"{site.name} — {site.tagline}.")
        return Document(text.encode(), _HTML, self._changed(site), _STILL_AGE)

    def _missing(self, site: Site, status: int) -> Document:
        title = "Page introuvable" if site.language == "fr" else "Page not found"
        text = layouts.notice(site, title, f"{status}")
        return Document(text.encode(), _HTML, self.now, 0, status)

    def _changed(self, site: Site) -> datetime:
        changes = [piece.changed_at for piece in self._pieces[site.host]]
        return max(changes, default=self.now - timedelta(days=1))


_FORMATS: dict[str, tuple[Callable[[Site, Sequence[Piece]], str], str]] = {
    "rss": (feeds.rss, "application/rss+xml"),
    "rss-teasers": (feeds.rss_with_teasers, "text/xml; charset=UTF-8"),
    "atom": (feeds.atom, "application/atom+xml"),
    "json": (feeds.json_feed, "application/feed+json"),
}


def _gathered(word: str, pieces: list[Piece]) -> tuple[str, list[Piece]]:
    for piece in pieces:
        for name in (*piece.tags, *piece.authors):
            if parts.slugged(name) == word:
                return name, [p for p in pieces if name in p.tags or name in p.authors]
    return "", []


_STILL_PAGES = {
    "mentions-legales": "Mentions légales",
    "mentions": "Mentions légales",
    "contact": "Contact",
    "cookies": "Cookies",
    "vie-privee": "Vie privée",
    "a-propos": "À propos",
    "qui-sommes-nous": "Qui sommes-nous ?",
    "redaction": "La rédaction",
    "agenda": "Agenda",
    "abonnes": "Abonnements",
    "about": "About us",
    "privacy": "Privacy",
    "corrections": "Corrections",
    "ethics": "Ethics",
    "newsletter": "Newsletter",
    "newsletters": "Newsletters",
}
