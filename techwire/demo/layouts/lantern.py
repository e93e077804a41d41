"""The Lantern: OpenGraph tells machines all; people see a byline and a day without an hour."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from techwire.demo.dates import british
from techwire.demo.layouts import parts
from techwire.demo.newsroom import Piece
from techwire.demo.sites import BY_SLUG


def article(piece: Piece, near: Sequence[Piece]) -> str:
    """Hero picture, title, standfirst, byline with a portrait, text, topics, more stories."""
    site = BY_SLUG[piece.site]
    title = escape(piece.title, quote=False)
    names = escape(" and ".join(piece.authors), quote=False)
    authors = "\n".join(
        f'<meta property="article:author" content="{escape(name)}">' for name in piece.authors
    )
    modified = ""
    edited = ""
    if piece.local_change:
        stamp = piece.local_change.isoformat()
        modified = f'\n<meta property="article:modified_time" content="{stamp}">'
        edited = f' <span class="updated">Updated {british(piece.local_change)}</span>'
    topics = "".join(
        f'<li><a href="/topics/{parts.slugged(tag)}">{escape(tag, quote=False)}</a></li>'
        for tag in piece.tags
    )
    slot = '<div class="slot" data-slot="mid-article"><p class="slot-label">Advertisement</p></div>'
    promo = (
        '<div class="promo"><p class="promo-label">Read next</p>'
        f"{parts.links(near[:1], 'div')}</div>"
    )
    return f"""<!doctype html>
<html lang="en-GB" prefix="og: https://ogp.me/ns# article: https://ogp.me/ns/article#">
<head>
<meta charset="utf-8">
<title>{title} — {site.name}</title>
<meta property="og:site_name" content="{site.name}">
<meta property="og:type" content="article">
<meta property="og:locale" content="en_GB">
<meta property="og:url" content="{piece.url}">
<meta property="og:title" content="{escape(piece.title)}">
<meta property="og:description" content="{parts.described(piece)}">
<meta property="og:image" content="{site.absolute(parts.picture(piece))}">
<meta property="article:published_time" content="{piece.local.isoformat()}">{modified}
<meta property="article:section" content="{parts.section_name(piece)}">
{authors}
<link rel="canonical" href="{piece.url}">
<link rel="alternate" type="application/feed+json" title="{site.name}" href="{site.feed}">
</head>
<body>
<div class="consent" hidden><p>We and our partners store cookies on this device.</p>\
<button>Reject all</button><button>Accept all</button></div>
<header class="masthead"><a href="/"><span>{site.name}</span></a>
<nav><ul>{parts.menu(site)}<li><a href="/newsletters">Newsletters</a></li></ul></nav></header>
<main>
<article>
<figure class="hero"><img src="{parts.picture(piece)}" alt="">
<figcaption>{escape(piece.caption or "", quote=False)}</figcaption></figure>
<h1>{title}</h1>
<p class="standfirst">{escape(piece.lead or "", quote=False)}</p>
<div class="byline"><img class="portrait" src="/media/portrait.svg" alt="">
<span>By <a rel="author" href="/staff/{parts.slugged(piece.authors[0])}">{names}</a></span> \
<span class="day">{british(piece.local)}</span>{edited}</div>
<div class="story">
{parts.body(piece.blocks, [slot, "", promo])}
</div>
<ul class="topics">{topics}</ul>
</article>
<section class="more"><h2>More from {parts.section_name(piece)}</h2><ul>
{parts.links(near[1:6])}
</ul></section>
<section class="signup"><h2>First light</h2><p>Our morning email: what changed in technology \
overnight, in four minutes.</p><form><label>Email <input type="email"></label>\
<button>Sign up</button></form></section>
</main>
<footer><nav><a href="/about">About us</a> <a href="/privacy">Privacy</a> \
<a href="/corrections">Corrections</a></nav><p>© 2025 {site.name} Media</p></footer>
</body>
</html>
"""
