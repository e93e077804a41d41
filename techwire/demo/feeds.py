"""What the sites publish for machines: RSS, Atom, JSON Feed, sitemaps, robots.txt."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape

from techwire.demo import dates
from techwire.demo.layouts import parts
from techwire.demo.newsroom import NOW, Piece
from techwire.demo.sites import Site

# A news sitemap names the pages of two days (Google's rule for them); older ones are only listed.
NEWS_SITEMAP_SPAN = timedelta(days=2)


def rss(site: Site, pieces: Sequence[Piece]) -> str:
    """RSS 2.0 with Dublin Core authors; the lead is the description."""
    items = "\n".join(
        f"""<item>
<title>{_text(piece.title)}</title>
<link>{piece.url}</link>
<guid isPermaLink="true">{piece.url}</guid>
<pubDate>{dates.http(piece.published_at)}</pubDate>
{"".join(f"<dc:creator>{_text(name)}</dc:creator>" for name in piece.authors)}
<category>{_text(parts.section_name(piece))}</category>
<description>{_text(piece.lead or "")}</description>
</item>"""
        for piece in pieces
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" \
xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel>
<title>{_text(site.name)}</title>
<link>{site.home}</link>
<description>{_text(site.tagline)}</description>
<language>{site.language}</language>
<ttl>15</ttl>
<atom:link href="{site.absolute(site.feed or "/")}" rel="self" type="application/rss+xml"/>
{items}
</channel>
</rss>
"""


def rss_with_teasers(site: Site, pieces: Sequence[Piece]) -> str:
    """RSS 2.0 as some publishing tools write it: numbers as guids, the first lines as content."""
    items = "\n".join(
        f"""<item>
<title><![CDATA[{piece.title}]]></title>
<link>{piece.url}</link>
<guid isPermaLink="false">labo:{parts.slugged(piece.slug)}</guid>
<pubDate>{format_datetime(piece.local)}</pubDate>
<author>redaction@{site.host} ({_text(", ".join(piece.authors))})</author>
<description><![CDATA[<p>{_text(piece.lead or "")}</p>]]></description>
<content:encoded><![CDATA[<p>{_text(piece.lead or "")} […]</p>\
<p><a href="{piece.url}">Lire la suite</a></p>]]></content:encoded>
</item>"""
        for piece in pieces
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel>
<title>{_text(site.name)}</title>
<link>{site.home}</link>
<description>{_text(site.tagline)}</description>
<language>fr-be</language>
{items}
</channel>
</rss>
"""


def atom(site: Site, pieces: Sequence[Piece]) -> str:
    """Atom 1.0 (RFC 4287); as new as its newest entry."""
    changed_at = max((piece.changed_at for piece in pieces), default=NOW)
    entries = "\n".join(
        f"""<entry>
<title>{_text(piece.title)}</title>
<link rel="alternate" type="text/html" href="{piece.url}"/>
<id>tag:{site.host},2025:{piece.slug}</id>
<published>{piece.local.isoformat()}</published>
<updated>{(piece.local_change or piece.local).isoformat()}</updated>
{"".join(f"<author><name>{_text(name)}</name></author>" for name in piece.authors)}
<category term="{piece.section}"/>
<summary type="text">{_text(piece.lead or "")}</summary>
</entry>"""
        for piece in pieces
    )
    return f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{site.language}">
<title>{_text(site.name)}</title>
<subtitle>{_text(site.tagline)}</subtitle>
<link rel="alternate" href="{site.home}"/>
<link rel="self" href="{site.absolute(site.feed or "/")}"/>
<id>{site.home}</id>
<updated>{changed_at.isoformat()}</updated>
{entries}
</feed>
"""


def json_feed(site: Site, pieces: Sequence[Piece]) -> str:
    """JSON Feed 1.1; its links carry tracking parameters."""
    items: list[dict[str, object]] = []
    for piece in pieces:
        item: dict[str, object] = {
            "id": piece.slug,
            "url": piece.url + site.tracking,
            "title": piece.title,
            "summary": piece.lead,
            "date_published": piece.local.isoformat(),
            "authors": [{"name": name} for name in piece.authors],
            "tags": list(piece.tags),
        }
        if piece.local_change:
            item["date_modified"] = piece.local_change.isoformat()
        items.append(item)
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": site.name,
        "home_page_url": site.home,
        "feed_url": site.absolute(site.feed or "/"),
        "description": site.tagline,
        "language": "en-GB",
        "items": items,
    }
    return json.dumps(feed, ensure_ascii=False, indent=1)


def sitemap(pieces: Sequence[Piece]) -> str:
    """Every page with its last change."""
    urls = "\n".join(
        f"<url><loc>{piece.url}</loc><lastmod>{piece.changed_at.isoformat()}</lastmod></url>"
        for piece in pieces
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
{urls}
</urlset>
"""


def news_sitemap(site: Site, pieces: Sequence[Piece], now: datetime) -> str:
    """The pages of the last two days, with title and time."""
    recent = [piece for piece in pieces if now - piece.published_at <= NEWS_SITEMAP_SPAN]
    urls = "\n".join(
        f"""<url><loc>{piece.url}</loc>
<lastmod>{(piece.local_change or piece.local).isoformat()}</lastmod>
<news:news><news:publication><news:name>{_text(site.name)}</news:name>\
<news:language>{site.language}</news:language></news:publication>
<news:publication_date>{piece.local.isoformat()}</news:publication_date>
<news:title>{_text(piece.title)}</news:title></news:news></url>"""
        for piece in recent
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" \
xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
{urls}
</urlset>
"""


def robots(site: Site) -> str:
    """robots.txt: everything but a few folders, and where the sitemap is."""
    closed = "\n".join(f"Disallow: {path}" for path in site.closed)
    where = site.absolute(site.sitemap or "/sitemap.xml")
    return f"User-agent: *\n{closed}\n\nSitemap: {where}\n"


def _text(words: str) -> str:
    return escape(words, quote=False)
