"""Pages that are no articles: listings, a video, a live blog, plain notices."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape

from techwire.demo import dates
from techwire.demo.layouts import parts
from techwire.demo.newsroom import Piece, plain
from techwire.demo.sites import Site
from techwire.types import BlockKind

_SPELLINGS = {
    "FR": dates.french_short,
    "BE": dates.french_digits,
    "GB": dates.british,
    "US": dates.american,
}


def listing(site: Site, title: str, pieces: Sequence[Piece]) -> str:
    """A home page, a section or a tag: one card per piece."""
    spell = _SPELLINGS[site.country]
    cards = "\n".join(
        f'<div class="card"><a href="{escape(piece.path)}"><h3>{escape(piece.title, quote=False)}'
        f"</h3></a><span>{spell(piece.local)}</span></div>"
        for piece in pieces
    )
    content = f"""<h1>{escape(title, quote=False)}</h1><div class="cards">
{cards}
</div>
<aside class="sponsored"><a rel="sponsored nofollow" \
href="http://offers.example/deals/twelve-chairs-for-people-who-read-standing">\
Twelve chairs for people who read standing</a></aside>"""
    return _frame(site, title, content)


def notice(site: Site, title: str, text: str) -> str:
    """A page of a few words: legal notice, about us, not found."""
    content = f"<h1>{escape(title, quote=False)}</h1><p>{escape(text, quote=False)}</p>"
    return _frame(site, title, content)


def video(site: Site, piece: Piece, others: Sequence[Piece]) -> str:
    """A player and its caption."""
    source = site.absolute(f"/media/{piece.slug}.mp4")
    head = f"""<meta property="og:type" content="video.other">
<meta property="og:title" content="{escape(piece.title)}">
<meta property="og:video" content="{source}">
<meta property="og:video:type" content="video/mp4">
<meta property="og:url" content="{piece.url}">
<link rel="canonical" href="{piece.url}">"""
    captions = "".join(f"<p>{parts.inline(block.text)}</p>" for block in piece.blocks)
    content = f"""<div class="player">
<video controls preload="none" poster="{parts.picture(piece)}">
<source src="{source}" type="video/mp4"></video></div>
<h1>{escape(piece.title, quote=False)}</h1><div class="caption">{captions}</div>
<h2>Watch next</h2><ul>{parts.links(others[:4])}</ul>"""
    return _frame(site, piece.title, content, head)


def live(site: Site, piece: Piece, others: Sequence[Piece]) -> str:
    """A live blog: each heading an hour, each paragraph what happened then; latest first."""
    updates: list[tuple[str, str]] = []
    hour = ""
    for block in piece.blocks:
        if block.kind is BlockKind.HEADING:
            hour = plain(block.text)
        else:
            updates.append((hour, block.text))
    linked = {
        "@context": "https://schema.org",
        "@type": "LiveBlogPosting",
        "headline": piece.title,
        "url": piece.url,
        "datePublished": piece.local.isoformat(),
        "coverageStartTime": piece.local.isoformat(),
        "liveBlogUpdate": [
            {"@type": "BlogPosting", "headline": hour, "articleBody": plain(text)}
            for hour, text in updates
        ],
    }
    script = json.dumps(linked, ensure_ascii=False).replace("</", "<\\/")
    head = f"""<script type="application/ld+json">{script}</script>
<link rel="canonical" href="{piece.url}">"""
    posts = "\n".join(
        f'<li class="direct__post"><time>{hour}</time><p>{parts.inline(text)}</p></li>'
        for hour, text in updates
    )
    content = f"""<p class="direct__etat">EN DIRECT</p><h1>{escape(piece.title, quote=False)}</h1>
<p>{escape(piece.lead or "", quote=False)}</p><ol class="direct" reversed>
{posts}
</ol><aside><ul>{parts.links(others[:3])}</ul></aside>"""
    return _frame(site, piece.title, content, head)


def _frame(site: Site, title: str, content: str, head: str = "") -> str:
    return f"""<!DOCTYPE html>
<html lang="{site.language}">
<head>
<meta charset="utf-8">
<title>{escape(title, quote=False)} - {site.name}</title>
{head}
</head>
<body>
<header><a href="/">{site.name}</a><nav><ul>{parts.menu(site)}</ul></nav></header>
<main>{content}</main>
<footer><p>© 2025 {site.name}</p></footer>
</body>
</html>
"""
