"""La Gazette de l’écran: OpenGraph without dates; byline and date are one visible French line."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from techwire.demo.dates import french_short
from techwire.demo.layouts import parts
from techwire.demo.newsroom import Piece
from techwire.demo.sites import BY_SLUG


def article(piece: Piece, near: Sequence[Piece]) -> str:
    """Title, byline, picture with caption, lead as ``chapo``, text, tags, newsletter, comments."""
    site = BY_SLUG[piece.site]
    title = escape(piece.title, quote=False)
    section = escape(parts.section_name(piece), quote=False)
    by = " et ".join(
        f'<a href="/auteur/{parts.slugged(name)}/">{escape(name, quote=False)}</a>'
        for name in piece.authors
    )
    when = f"Publié le {french_short(piece.local)}"
    if piece.local_change:
        when += f" - Modifié le {french_short(piece.local_change)}"
    tags = " ".join(
        f'<a href="/tag/{parts.slugged(tag)}">{escape(tag, quote=False)}</a>' for tag in piece.tags
    )
    between = [
        '<div class="ads" id="ad-inread"><span>Publicité</span></div>',
        f'<div class="readmore">À lire aussi : {parts.links(near[:1], "span")}</div>',
    ]
    return f"""<!DOCTYPE html>
<html lang="fr">
<head>
<meta charset="utf-8">
<title>{title} - {site.name}</title>
<meta name="description" content="{parts.described(piece)}">
<meta property="og:site_name" content="{site.name}">
<meta property="og:type" content="article">
<meta property="og:title" content="{escape(piece.title)}">
<meta property="og:image" content="{site.absolute(parts.picture(piece))}">
<link rel="canonical" href="{piece.url}">
<link rel="alternate" type="application/rss+xml" title="{site.name}" href="{site.feed}">
<script>var regie={{"page":"article","theme":"{piece.section}"}};</script>
</head>
<body>
<header><a href="/" class="logo">{site.name}</a>
<nav><ul>{parts.menu(site)}</ul></nav></header>
<div class="breadcrumb"><a href="/">Accueil</a> &gt; \
<a href="/{piece.section}/">{section}</a></div>
<main>
<div class="article">
<h1>{title}</h1>
<p class="infos">Par {by} - {when}</p>
<div class="share"><a href="#">Partager sur Mastodon</a> <a href="#">Envoyer par e-mail</a> \
<a href="#">Copier le lien</a></div>
<div class="media"><img src="{parts.picture(piece)}" alt="" width="1200" height="675">
<div class="legend">{escape(piece.caption or "", quote=False)}</div></div>
<div class="chapo">{escape(piece.lead or "", quote=False)}</div>
<div class="body">
{parts.body(piece.blocks, between)}
</div>
<div class="tags">Mots-clés : {tags}</div>
<div class="newsletter"><h3>La lettre de la Gazette</h3><p>Chaque matin à 7 heures, cinq histoires \
d’écrans dans votre boîte aux lettres.</p><form><input type="email" placeholder="Votre adresse">\
<button>Je m’abonne</button></form></div>
</div>
<aside><h3>Les plus lus</h3><ul>
{parts.links(near[1:5])}
</ul></aside>
<section class="comments"><h3>Commentaires (2)</h3>
<p class="comment"><b>noisette38</b> Merci pour les précisions, je me posais la question depuis \
hier soir.</p>
<p class="comment"><b>Baptiste_L</b> À voir sur la durée, comme toujours avec ces annonces.</p>
</section>
</main>
<footer><p>© {site.name} - <a href="/mentions-legales">Mentions légales</a> - \
<a href="/contact">Contact</a> - <a href="/cookies">Cookies</a></p></footer>
</body>
</html>
"""
