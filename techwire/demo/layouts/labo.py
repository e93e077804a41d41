"""Le Labo des jeunes pousses: microdata in the page itself, dates in digits."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from techwire.demo.dates import french_digits
from techwire.demo.layouts import parts
from techwire.demo.newsroom import Piece
from techwire.demo.sites import BY_SLUG


def article(piece: Piece, near: Sequence[Piece]) -> str:
    """Title, date and authors with ``itemprop``, lead, picture, text, topics, other pieces."""
    site = BY_SLUG[piece.site]
    title = escape(piece.title, quote=False)
    authors = " et ".join(
        '<span itemprop="author" itemscope itemtype="https://schema.org/Person">'
        f'<span itemprop="name">{escape(name, quote=False)}</span></span>'
        for name in piece.authors
    )
    changed = ""
    if piece.local_change:
        changed = (
            f' · Actualisé le <time itemprop="dateModified" datetime="'
            f'{piece.local_change.isoformat()}">{french_digits(piece.local_change)}</time>'
        )
    topics = ", ".join(
        f'<a rel="tag" href="/theme/{parts.slugged(tag)}">{escape(tag, quote=False)}</a>'
        for tag in piece.tags
    )
    return f"""<!DOCTYPE html>
<html lang="fr-BE">
<head>
<meta charset="utf-8">
<title>{title} · {site.name}</title>
<meta name="description" content="{parts.described(piece)}">
<meta name="twitter:card" content="summary_large_image">
<link rel="canonical" href="{piece.url}">
<link rel="alternate" type="application/rss+xml" href="{site.feed}">
</head>
<body>
<div id="entete"><a href="/"><b>{site.name}</b></a><small>{site.tagline}</small>
<ul id="menu">{parts.menu(site)}<li><a href="/agenda">Agenda</a></li></ul></div>
<div id="page">
<article itemscope itemtype="https://schema.org/NewsArticle">
<nav class="ariane"><a href="/">Accueil</a> › <a href="/{piece.section}/">\
<span itemprop="articleSection">{parts.section_name(piece)}</span></a></nav>
<h1 itemprop="headline">{title}</h1>
<p class="dates"><time itemprop="datePublished" datetime="{piece.local.isoformat()}">\
{french_digits(piece.local)}</time>{changed} · {authors}</p>
<p class="accroche" itemprop="description">{escape(piece.lead or "", quote=False)}</p>
<figure><img itemprop="image" src="{parts.picture(piece)}" alt="">
<figcaption>{escape(piece.caption or "", quote=False)}</figcaption></figure>
<div itemprop="articleBody" class="contenu">
{parts.body(piece.blocks, ["", '<div class="annonce">Annonce</div>'])}
</div>
<p class="themes">Thèmes : {topics}</p>
<div class="partage"><button>Partager</button> <button>Signaler une erreur</button></div>
</article>
<div class="aussi"><h2>Dans nos éprouvettes</h2>
<ul>
{parts.links(near[:4])}
</ul></div>
<div class="lettre"><h2>Paillasse, la lettre du Labo</h2><p>Un lundi sur deux, les levées et les \
idées qui montent.</p><form><input type="email"><button>M’inscrire</button></form></div>
</div>
<div id="pied"><a href="/qui-sommes-nous">Qui sommes-nous ?</a> · \
<a href="/mentions">Mentions légales</a> · © {site.name}</div>
</body>
</html>
"""
