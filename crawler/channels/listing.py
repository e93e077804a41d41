"""A page of links → the links that lead to articles."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from crawler.channels.reading import Reading, language_of, line
from techwire.types import ChannelKind, Entry
from techwire.urls import absolute, canonical, site

MOST = 300  # links of one page that we look at further

_DATE = re.compile(r"/(?:19|20)\d{2}(?:/|-)?(?:0[1-9]|1[0-2])(?:/|-)?(?:[0-3]\d)?(?:/|-|$)")
_NUMBER = re.compile(r"(?:^|[\-_/.,a-z=])(\d{4,})(?:[\-_/.,]|\.html?|$)", re.IGNORECASE)
_ENDING = re.compile(r"\.(?:s?html?|php|aspx?)$", re.IGNORECASE)
_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|pdf|mp[34]|zip|css|js|xml|rss|ico|apk|exe|dmg|epub)$",
    re.IGNORECASE,
)
_SECTION = re.compile(
    r"/(?:tags?|categor(?:y|ies|ie)|cat|rubriques?|section|topics?|themes?|auteurs?|authors?|author|"
    r"search|recherche|login|connexion|compte|account|abonn\w*|subscri\w*|newsletters?|contact|"
    r"a-propos|about|mentions-legales|legal|privacy|cgu|cgv|cookies?|page|profile?|user|forum|"
    r"dossiers?|archives?|podcasts?|videos?|events?|jobs?|emploi|shop|boutique|feed|rss)(?:/|$|\.|-)",
    re.IGNORECASE,
)
_CHROME = frozenset({"nav", "footer", "header", "aside", "form"})


@dataclass(slots=True)
class _Link:
    url: str
    text: str
    score: float


def read(text: str, url: str, selector: str | None = None) -> Reading | None:
    """The articles that the page ``text`` at ``url`` leads to, in its order.

    ``selector`` names the anchors (or what holds them); without it they are judged by address, text
    and place. None when the page has no link at all."""
    tree = LexborHTMLParser(text)
    base_tag = tree.css_first("base[href]")
    base = (absolute(url, base_tag.attributes.get("href") or "") if base_tag else None) or url
    nodes = _selected(tree, selector) if selector else tree.css("a[href]")
    links: dict[str, _Link] = {}
    for node in nodes:
        address = absolute(base, node.attributes.get("href") or "")
        if address is None:
            continue
        text_ = line(node.text(deep=True, separator=" ")) or ""
        score = 10.0 if selector else _score(node, address, text_, url)
        known = links.get(canonical(address))
        if known is None:
            links[canonical(address)] = _Link(address, text_, score)
        elif len(text_) > len(known.text):
            known.text, known.score = text_, max(score, known.score)
    if not links:
        return None
    kept = [link for key, link in links.items() if link.score >= 3 and key != canonical(url)]
    entries = tuple(Entry(url=link.url, title=link.text or None) for link in kept[:MOST])
    page = tree.css_first('a[rel="next"][href], link[rel="next"][href]')
    older = absolute(base, page.attributes.get("href") or "") if page else None
    root = tree.css_first("html")
    return Reading(
        kind=ChannelKind.LISTING,
        format="listing",
        entries=entries,
        language=language_of(root.attributes.get("lang") if root else None),
        next_pages=(older,) if older else (),
    )


def _selected(tree: LexborHTMLParser, selector: str) -> list[LexborNode]:
    """The anchors among or within what ``selector`` finds; none when it is no selector."""
    found: list[LexborNode] = []
    try:
        chosen = tree.css(selector)
    except (SelectolaxError, ValueError):
        return []
    for node in chosen:
        found += [node] if node.tag == "a" else node.css("a[href]")
    return found


def _score(node: LexborNode, address: str, text: str, page: str) -> float:
    """How much a link looks like one to an article; 3 is enough."""
    if site(address) != site(page) and not site(address).endswith("." + site(page)):
        return 0.0
    parts = urlsplit(address)
    path = parts.path
    if (path in ("", "/") and not parts.query) or _FILE.search(path):
        return 0.0
    score = 0.0
    last = _ENDING.sub("", path.rstrip("/").rpartition("/")[2])
    words = [word for word in re.split(r"[-_+]|%20", last) if word.isalpha()]
    score += 3.0 if _DATE.search(path) else 0.0
    score += 2.0 if _NUMBER.search(path) or _NUMBER.search(parts.query) else 0.0
    score += 2.5 if len(words) >= 4 else 1.0 if len(words) == 3 else 0.0
    score += 1.0 if len(text) >= 25 else 0.0
    score += 1.0 if len(text.split()) >= 6 else 0.0
    score -= 1.5 if len(text) < 12 else 0.0
    score -= 3.0 if _SECTION.search(path) else 0.0
    if node.attributes.get("rel") in ("nofollow", "tag", "author"):
        score -= 1.0
    ancestor, steps = node.parent, 0
    while ancestor is not None and steps < 12:
        if ancestor.tag in ("article", "h1", "h2", "h3"):
            score += 1.0
            break
        if ancestor.tag in _CHROME:
            score -= 2.0
            break
        ancestor, steps = ancestor.parent, steps + 1
    return score
