"""Device Desk: no metadata at all, a visible American byline and date, an AMP and a print page."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from techwire.demo.dates import american
from techwire.demo.layouts import parts
from techwire.demo.newsroom import Piece
from techwire.demo.sites import BY_SLUG


def article(piece: Piece, near: Sequence[Piece]) -> str:
    """Title, dek, "By … | date", toolbar, picture, text in a soup of boxes, comments."""
    site = BY_SLUG[piece.site]
    title = escape(piece.title, quote=False)
    rail = (
        '<div class="box rail"><div class="box-h">Related on the Desk</div>'
        f"{parts.links(near[:3], 'div')}</div>"
    )
    slot = '<div class="box dfp" id="dfp-2"></div>'
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<title>{title} - {site.name}</title>
<link rel="canonical" href="{piece.url}">
<link rel="amphtml" href="{piece.url}/amp">
<link rel="alternate" media="print" href="{piece.url}?print=1">
</head>
<body id="top">
<div class="wrap"><div class="bar"><a class="brand" href="/">{site.name}</a> \
<span>{site.tagline}</span></div>
<div class="tabs"><ul><li><a href="/news/">News</a></li>{parts.menu(site)}\
<li><a href="/newsletter">Newsletter</a></li></ul></div>
<div class="crumbs"><a href="/">Home</a> / <a href="/news/">News</a> / \
<a href="/{piece.section}/">{parts.section_name(piece)}</a></div>
<div class="cols"><div class="col-main">
<h1>{title}</h1>
<div class="dek">{escape(piece.lead or "", quote=False)}</div>
<div class="by">{_byline(piece)}</div>
<div class="tools"><a href="#">Share</a> <a href="#">Save</a> \
<a href="{piece.path}?print=1">Print</a> \
<a href="#comments">Comments</a></div>
<div class="pic"><img src="{parts.picture(piece)}" alt=""><div class="cap">\
{escape(piece.caption or "", quote=False)}</div></div>
<div class="story-body">
{parts.body(piece.blocks, [slot, "", rail])}
</div>
<div class="box nl"><div class="box-h">The Friday teardown</div><div>One device, opened, every \
Friday.</div><form><input type="text" value="Your email"><input type="submit" value="Join"></form>\
</div>
<div class="box" id="comments"><div class="box-h">Comments</div>
<div class="cmt"><b>solderjoint</b>\
<div>Would love to see the power draw at idle as well.</div></div>
<div class="cmt"><b>m_okafor</b><div>Ordered one on day one, will report back.</div></div></div>
</div>
<div class="col-side"><div class="box-h">Most popular</div>
{parts.links(near[3:7], "div")}
</div></div>
<div class="foot">© 2025 {site.name}. <a href="/about">About</a> <a href="/ethics">Ethics</a> \
<a href="/search">Search</a></div></div>
</body>
</html>
"""


def amp(piece: Piece) -> str:
    """The same article for fast readers; its canonical address is the usual one."""
    title = escape(piece.title, quote=False)
    return f"""<!doctype html>
<html amp lang="en">
<head><meta charset="utf-8"><title>{title}</title>
<link rel="canonical" href="{piece.url}">
<meta name="viewport" content="width=device-width"></head>
<body><header>{BY_SLUG[piece.site].name}</header>
<article><h1>{title}</h1><p class="dek">{escape(piece.lead or "", quote=False)}</p>
<p class="by">{_byline(piece)}</p>
{parts.body(piece.blocks)}
</article></body></html>
"""


def printed(piece: Piece) -> str:
    """The same article for paper; its canonical address is the usual one."""
    title = escape(piece.title, quote=False)
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="robots" content="noindex"><link rel="canonical" href="{piece.url}"></head>
<body onload="window.print()"><h1>{title}</h1>
<p><i>{escape(piece.lead or "", quote=False)}</i></p><p>{_byline(piece)}</p>
{parts.body(piece.blocks)}
<p>Printed from {piece.url}</p></body></html>
"""


def _byline(piece: Piece) -> str:
    names = escape(" and ".join(piece.authors), quote=False)
    line = f"By {names} | {american(piece.local)}"
    if piece.local_change:
        line += f" | Updated {american(piece.local_change)}"
    return line
