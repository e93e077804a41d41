"""Le Comptoir numérique: everything in JSON-LD, and the long French date for people."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape

from techwire.demo.dates import french_long
from techwire.demo.layouts import parts
from techwire.demo.newsroom import Piece
from techwire.demo.sites import BY_SLUG
from techwire.types import Block


def article(piece: Piece, near: Sequence[Piece]) -> str:
    """Kicker, title, lead, byline, picture, text with a box of related links, the authors."""
    site = BY_SLUG[piece.site]
    title = escape(parts.french_spaces(piece.title), quote=False)
    lead = escape(parts.french_spaces(piece.lead or ""), quote=False)
    blocks = [Block(block.kind, parts.french_spaces(block.text)) for block in piece.blocks]
    names = escape(", ".join(piece.authors), quote=False)
    when = f"Publié le {french_long(piece.local)}"
    if piece.local_change:
        when += f", mis à jour le {french_long(piece.local_change)}"
    box = (
        '<aside class="encart"><strong class="encart__titre">Sur le même sujet</strong><ul>'
        f"{parts.links(near[:2])}</ul></aside>"
    )
    wall = ""
    if piece.kind == "paywall":
        wall = (
            '<div class="mur"><h2>La suite est réservée à nos abonnés</h2><p>Il vous reste 85 % '
            'de cet article à lire.</p><a class="bouton" href="/abonnes/">Je m’abonne</a></div>'
        )
    return f"""<!doctype html>
<html lang="fr-FR" class="no-js">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} | {site.name}</title>
<meta name="description" content="{parts.described(piece)}">
<link rel="canonical" href="{piece.url}">
<link rel="alternate" type="application/atom+xml" href="{site.feed}" title="{site.name}">
<script type="application/ld+json">{_linked(piece)}</script>
</head>
<body class="page-article">
<a class="evitement" href="#contenu">Aller au contenu</a>
<header class="bandeau"><a class="bandeau__logo" href="/">{site.name}</a>
<p class="bandeau__devise">{site.tagline}</p>
<nav class="bandeau__menu" aria-label="Rubriques"><ul>{parts.menu(site)}</ul></nav>
<a class="bandeau__compte" href="/abonnes/compte/">Se connecter</a></header>
<div class="pub pub--banniere" aria-hidden="true" data-format="970x250"></div>
<main id="contenu">
<article class="article">
<header class="article__tete">
<p class="article__rubrique"><a href="/{piece.section}/">{parts.section_name(piece)}</a></p>
<h1 class="article__titre">{title}</h1>
<p class="article__intro">{lead}</p>
<div class="article__meta"><span class="article__auteur">Par {names}</span> \
<time class="article__date">{when}</time></div>
<ul class="article__partage"><li><a href="#">Partager</a></li><li><a href="#">Imprimer</a></li>\
<li><a href="#">Offrir l’article</a></li></ul>
</header>
<figure class="article__image"><img src="{parts.picture(piece)}" alt="" loading="lazy">
<figcaption>{escape(piece.caption or "", quote=False)}</figcaption></figure>
<div class="article__texte">
{parts.body(blocks, ["", box])}
{wall}
</div>
<footer class="article__pied"><div class="signature"><strong>{names}</strong> \
<a href="/redaction/">Voir ses articles</a></div></footer>
</article>
<section class="recommandes"><h2>À lire ensuite</h2><ul>
{parts.links(near[2:7])}
</ul></section>
<section class="lettre"><h2>L’addition, notre lettre du vendredi</h2><p>Une semaine d’économie \
numérique, comptée juste.</p><form method="post" action="/lettre/"><input name="courriel" \
type="email"><button>Recevoir la lettre</button></form></section>
</main>
<footer class="socle"><ul><li><a href="/a-propos/">À propos</a></li>\
<li><a href="/mentions-legales/">Mentions légales</a></li>\
<li><a href="/vie-privee/">Gérer mes cookies</a></li></ul><p>© 2025 {site.name}</p></footer>
</body>
</html>
"""


def _linked(piece: Piece) -> str:
    site = BY_SLUG[piece.site]
    publisher = {"@type": "NewsMediaOrganization", "@id": f"{site.home}#redaction"}
    news: dict[str, object] = {
        "@type": "NewsArticle",
        "@id": f"{piece.url}#article",
        "mainEntityOfPage": piece.url,
        "headline": piece.title,
        "description": piece.lead,
        "datePublished": piece.local.isoformat(),
        "dateModified": (piece.local_change or piece.local).isoformat(),
        "author": [{"@type": "Person", "name": name} for name in piece.authors],
        "publisher": {"@id": publisher["@id"]},
        "articleSection": parts.section_name(piece),
        "keywords": list(piece.tags),
        "image": [site.absolute(parts.picture(piece))],
        "inLanguage": "fr-FR",
        "isAccessibleForFree": piece.kind != "paywall",
    }
    graph = [
        {**publisher, "name": site.name, "url": site.home},
        {"@type": "WebSite", "@id": f"{site.home}#site", "url": site.home, "name": site.name},
        news,
    ]
    document = {"@context": "https://schema.org", "@graph": graph}
    return json.dumps(document, ensure_ascii=False).replace("</", "<\\/")
