"""Atom for any search: a feed reader is told as soon as something matches."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from db import listing, search
from db.places import places
from web.house import House, answered
from web.links import link
from web.params import Parameter, read

# what XML 1.0 has not: control characters, halves of pairs, the last two of the plane
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ENTRIES = 50
QUERY = Parameter(name="q", says="A search, in the syntax of techwire search")


class Feeds:
    """``/feed?q=…``; without a search, the newest articles."""

    def __init__(self, house: House) -> None:
        self._house = house

    def routes(self) -> list[Route]:
        """Path → feed."""
        return [Route("/feed", self.feed)]

    def feed(self, request: Request) -> Response:
        """Atom (RFC 4287), newest first."""
        house = self._house
        now = house.now()
        words = read((QUERY,), request.query_params, now=now, zone=house.settings.zone)["q"]
        with house.database.reading() as connection:
            if words:
                found = search.search(
                    connection,
                    words,
                    now=now,
                    zone=house.settings.zone,
                    limit=ENTRIES,
                    with_snippets=False,
                )
            else:
                found = listing.latest(connection, ENTRIES)
            there = places(connection, {article.id: article.url for article in found})
        newest = max(
            (article.published_at for article in found), default=now.replace(microsecond=0)
        )
        root = str(request.base_url).rstrip("/")
        text = house.document(
            "atom.xml",
            {
                "me": root + link("/feed", q=words),
                "page": root + (link("/search", q=words) if words else "/"),
                "root": root,
                "title": f"techwire: {words}" if words else "techwire",
                "updated": newest.isoformat(),
                "found": found,
                "places": there,
            },
        )
        text = _NOT_XML.sub("", text)
        return answered(request, text, "application/atom+xml; charset=utf-8", seconds=60)
