"""Ten ways in which news sites lay an article out, each with the traps of its kind.

The texts are those of the bundled newsroom; nothing here is taken from a real site.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape as e


@dataclass(frozen=True, slots=True)
class Copy:
    """What an editor hands in."""

    title: str
    lead: str
    caption: str
    author: str
    at: datetime  # local, aware
    paragraphs: Sequence[str]
    language: str
    others: Sequence[str]  # titles of other articles

    def say(self, french: str, english: str) -> str:
        return french if self.language == "fr" else english


Layout = Callable[[Copy], str]


def page(copy: Copy, head: str, body: str) -> str:
    return (
        f'<!DOCTYPE html><html lang="{copy.language}"><head><meta charset="utf-8">'
        f"<title>{e(copy.title)} | Le Phare</title>{head}</head><body>{body}</body></html>"
    )


def menu(copy: Copy) -> str:
    words = ("Une", "Tech", "Sciences", "Culture", "Sport", "Opinions", "Vidéos")
    entries = "".join(f'<li><a href="/{w.lower()}">{w}</a></li>' for w in words)
    return f'<header class="site-header"><a class="logo" href="/">Le Phare</a><nav><ul>{entries}</ul></nav></header>'


def footer() -> str:
    return '<footer class="site-footer"><p>© Le Phare. Tous droits réservés.</p><p><a href="/legal">Mentions légales</a></p></footer>'


def related(copy: Copy, tag: str = "aside") -> str:
    items = "".join(f'<li><a href="/{i}">{e(t)}</a></li>' for i, t in enumerate(copy.others))
    title = copy.say("À lire aussi", "Read more")
    return f'<{tag} class="related"><h3>{title}</h3><ul>{items}</ul></{tag}>'


def comments(copy: Copy) -> str:
    texts = (
        copy.say("Très bon article, merci, je ne savais pas.", "Great piece, thanks, I had no idea."),
        copy.say("Je n’y crois pas, et vous, vous y croyez ?", "I do not believe it, and do you, really?"),
    )  # fmt: skip
    posts = "".join(
        f'<div class="comment"><b>lena{i}</b><p>{t}</p></div>' for i, t in enumerate(texts)
    )
    return f'<section class="comments" id="comments"><h3>Commentaires (2)</h3>{posts}</section>'


def signup(copy: Copy) -> str:
    text = copy.say(
        "Recevez chaque matin l’essentiel de l’actualité dans votre boîte mail.",
        "Get the best of our stories in your inbox, every morning, for free.",
    )
    return f'<div class="newsletter"><h3>Newsletter</h3><p>{text}</p></div>'


def told(copy: Copy) -> str:
    """The date as people read it."""
    if copy.language == "fr":
        return f"{copy.at:%d/%m/%Y} à {copy.at:%H:%M}"
    return f"{copy.at:%d} {copy.at:%B} {copy.at:%Y}, {copy.at:%H:%M}"


def ps(copy: Copy) -> str:
    return "".join(f"<p>{e(p)}</p>" for p in copy.paragraphs)


def linked(copy: Copy, kind: str = "NewsArticle") -> str:
    return (
        f'<script type="application/ld+json">{{"@context":"https://schema.org","@type":"{kind}",'
        f'"headline":"{copy.title}","datePublished":"{copy.at.isoformat()}",'
        f'"author":{{"@type":"Person","name":"{copy.author}"}}}}</script>'
    )


def plain(copy: Copy) -> str:
    """A magazine without any markup for machines."""
    by = copy.say(
        f"Par {e(copy.author)} - Publié le {told(copy)}", f"By {e(copy.author)} - {told(copy)}"
    )
    return page(copy, "", (
        f'{menu(copy)}<main><div class="article"><h1>{e(copy.title)}</h1><p class="infos">{by}</p>'
        f'<div class="media"><img src="/a.jpg"><div class="legend">{e(copy.caption)}</div></div>'
        f'<div class="chapo">{e(copy.lead)}</div><div class="body">{ps(copy)}</div>{signup(copy)}</div>'
        f"{related(copy)}{comments(copy)}</main>{footer()}"
    ))  # fmt: skip


def blog(copy: Copy) -> str:
    """A weblog: OpenGraph, entry-content, share buttons, posts before and after."""
    head = (
        f'<meta property="og:title" content="{e(copy.title)}"><meta property="og:type" content="article">'
        f'<meta property="article:published_time" content="{copy.at.isoformat()}"><meta name="author" content="{e(copy.author)}">'
    )
    share = '<div class="sharedaddy"><ul><li><a href="#">Facebook</a></li><li><a href="#">Mastodon</a></li></ul></div>'
    return page(copy, head, (
        f'{menu(copy)}<div id="content"><article class="post hentry"><header><h1 class="entry-title">{e(copy.title)}</h1></header>'
        f'<div class="entry-content"><figure class="wp-caption"><img src="a.jpg"><figcaption>{e(copy.caption)}</figcaption></figure>'
        f'{ps(copy)}{share}</div></article><nav><a href="/p">{e(copy.others[0])}</a></nav></div>'
        f'<div id="secondary" class="widget-area">{related(copy, "div")}</div>{comments(copy)}{footer()}'
    ))  # fmt: skip


def daily(copy: Copy) -> str:
    """A daily: JSON-LD, related links between the paragraphs, a paywall's invitation."""
    parts = [f'<p class="article__paragraph">{e(p)}</p>' for p in copy.paragraphs]
    parts.insert(
        2,
        f'<div class="article__related"><span>{copy.say("Lire aussi", "Also read")}</span> <a href="/x">{e(copy.others[0])}</a></div>',
    )
    parts.insert(1, '<div class="ad-slot" id="dfp-1"><span>Publicité</span></div>')
    offer = copy.say(
        "Abonnez-vous pour lire la suite, dès 1 € par mois.", "Subscribe now for one pound a month."
    )
    return page(copy, linked(copy), (
        f'{menu(copy)}<main><article><h1>{e(copy.title)}</h1><span class="article__author">{e(copy.author)}</span>'
        f'<section class="article__content">{"".join(parts)}</section><div class="paywall-offer"><p>{offer}</p></div>'
        f"</article>{related(copy)}</main>{footer()}"
    ))  # fmt: skip


def breaks(copy: Copy) -> str:
    """The nineties: a table, paragraphs made of line breaks."""
    by = copy.say(f"Par {e(copy.author)}, le {told(copy)}", f"By {e(copy.author)}, {told(copy)}")
    links = "".join(f'<a href="/{i}">{e(t)}</a><br>' for i, t in enumerate(copy.others))
    text = "<br><br>".join(e(p) for p in copy.paragraphs)
    return page(copy, "", (
        f'<table><tr><td colspan="2"><a href="/">Le Phare</a> | <a href="/b">Archives</a></td></tr><tr><td width="160">{links}</td>'
        f'<td><h1>{e(copy.title)}</h1><i>{by}</i><br><br>{text}</td></tr></table><center>© Le Phare</center>'
    ))  # fmt: skip


def scattered(copy: Copy) -> str:
    """A builder's page: each paragraph in a box of its own, teasers of the same make around."""
    rows = "".join(
        f'<div class="row"><div class="col"><div class="text-block"><p>{e(p)}</p></div></div></div>'
        for p in copy.paragraphs
    )
    cards = "".join(
        f'<div class="card"><a href="/{i}"><h3>{e(t)}</h3></a><p class="card-text">{e(t)}…</p></div>'
        for i, t in enumerate(copy.others)
    )
    return page(copy, linked(copy), (
        f'{menu(copy)}<div class="page"><h1>{e(copy.title)}</h1>{rows}<div class="cards">{cards}</div></div>{footer()}'
    ))  # fmt: skip


def hashed(copy: Copy) -> str:
    """A single-page application: class names that say nothing, divs for paragraphs."""
    body = "".join(
        f'<div class="sc-b{i}x1 kQzRt">{e(p)}</div>' for i, p in enumerate(copy.paragraphs)
    )
    teasers = "".join(
        f'<a class="sc-zz9" href="/{i}"><div class="sc-t1">{e(t)}</div></a>'
        for i, t in enumerate(copy.others)
    )
    return page(copy, linked(copy), (
        f'<div id="root"><div class="sc-a1"><div class="sc-m2"><h1 class="sc-h3">{e(copy.title)}</h1>'
        f'<div class="sc-c4">{body}</div></div><div class="sc-q7">{teasers}</div></div></div>'
    ))  # fmt: skip


def microdata(copy: Copy) -> str:
    """schema.org in attributes."""
    return page(copy, "", (
        f'{menu(copy)}<div itemscope itemtype="https://schema.org/NewsArticle"><h1 itemprop="headline">{e(copy.title)}</h1>'
        f'<span itemprop="author" itemscope itemtype="https://schema.org/Person"><span itemprop="name">{e(copy.author)}</span></span> '
        f'<time itemprop="datePublished" datetime="{copy.at.isoformat()}">{told(copy)}</time>'
        f'<div itemprop="articleBody">{ps(copy)}</div></div>{related(copy)}{comments(copy)}{footer()}'
    ))  # fmt: skip


def graph(copy: Copy) -> str:
    """JSON-LD as a graph: the author elsewhere, another article before ours."""
    head = (
        '<script type="application/ld+json">{"@context":"https://schema.org","@graph":['
        '{"@type":"WebSite","@id":"#site","name":"Le Phare"},'
        f'{{"@type":"Article","headline":"{copy.others[0]}","datePublished":"2001-01-01"}},'
        f'{{"@type":"Article","headline":"{copy.title}","author":{{"@id":"#a"}},"datePublished":"{copy.at.isoformat()}","publisher":{{"@id":"#site"}}}},'
        f'{{"@type":"Person","@id":"#a","name":"{copy.author}"}}]}}</script>'
    )
    return page(copy, head, (
        f'{menu(copy)}<main id="main"><article class="story"><h1>{e(copy.title)}</h1><div class="story-body">{ps(copy)}'
        f'{signup(copy)}</div><footer class="story-tags"><a href="/t/a">batteries</a> <a href="/t/b">robots</a></footer></article></main>{related(copy)}{footer()}'
    ))  # fmt: skip


def portal(copy: Copy) -> str:
    """A portal: the whole of another article's teaser below, a ticker above, everything in a form."""
    ticker = "".join(
        f'<li class="ticker-item"><a href="/{i}">{e(t)}</a></li>' for i, t in enumerate(copy.others)
    )
    by = copy.say(
        f"Par {e(copy.author)}, publié le {told(copy)}",
        f"By {e(copy.author)}, published on {told(copy)}",
    )
    return page(copy, "", (
        f'<form id="aspnet"><div class="ticker"><ul>{ticker}</ul></div><div class="left-col"><h1>{e(copy.title)}</h1><div class="signature">{by}</div>'
        f'<div class="article-text">{ps(copy)}</div></div><div class="right-col">{related(copy, "div")}</div></form>{footer()}'
    ))  # fmt: skip


def live_look(copy: Copy) -> str:
    """Headings between the paragraphs, a pull quote that repeats one of them, a note at the end."""
    half = len(copy.paragraphs) // 2
    quote = copy.paragraphs[0].split(". ")[0]
    note = copy.say(
        "Cet article est réservé à un usage privé.", "This story was first sent to our members."
    )
    first, second = copy.paragraphs[:half], copy.paragraphs[half:]
    return page(copy, linked(copy), (
        f'{menu(copy)}<article><h1>{e(copy.title)}</h1><div class="content">{"".join(f"<p>{e(p)}</p>" for p in first)}'
        f'<aside class="pullquote">{e(quote)}</aside>{"".join(f"<p>{e(p)}</p>" for p in second)}</div>'
        f'<p class="article-note">{note}</p></article>{related(copy)}{footer()}'
    ))  # fmt: skip


LAYOUTS: tuple[Layout, ...] = (
    plain, blog, daily, breaks, scattered, hashed, microdata, graph, portal, live_look,
)  # fmt: skip
