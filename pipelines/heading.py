"""Which ``<h1>`` of a page is its headline, and what a reader sees of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborNode

from pipelines.clean import tidy

MIN_TITLE = 4  # characters
_UNSEEN = "style, script, svg, template"
_LOOKED_AT = 8  # headings; pages that make every teaser an <h1> have hundreds


def headline_among(headings: Sequence[LexborNode], title: str, url: str) -> LexborNode | None:
    """The ``<h1>`` that shares most of its words with ``title``, the page's ``<title>``; a logo
    in an ``<h1>`` is none. ``url`` is the page's."""
    wanted = words_of(title)
    best: tuple[float, LexborNode] | None = None
    for node in headings[:_LOOKED_AT]:
        text = shown_text(node)
        if len(text) < MIN_TITLE or _leads_home(node, url):
            continue
        words = words_of(text)
        share = len(words & wanted) / max(1, len(words))
        if best is None or share > best[0]:
            best = share, node
    return best[1] if best else None


def words_of(text: str) -> set[str]:
    """The different words of a title, case folded."""
    return set(re.findall(r"\w+", text.casefold()))


def shown_text(node: LexborNode) -> str:
    """What a reader sees of a heading: no style sheets, no words of a drawing."""
    inside = node.first_child
    is_plain = inside is not None and inside.is_text_node and inside.next is None
    if is_plain or node.css_first(_UNSEEN) is None:  # most are plain; a search costs ten times that
        return tidy(node.text(separator=" "))
    unseen = {part.mem_id for box in node.css(_UNSEEN) for part in box.traverse(include_text=True)}
    parts = node.traverse(include_text=True)
    texts = (n.text() or "" for n in parts if n.is_text_node and n.mem_id not in unseen)
    return tidy(" ".join(texts))


def _leads_home(heading: LexborNode, url: str) -> bool:
    link = heading.css_first("a[href]")
    if link is None and heading.parent is not None and heading.parent.tag == "a":
        link = heading.parent
    target = (link.attributes.get("href") or "").strip() if link is not None else ""
    if not target or target.startswith("#"):
        return False
    try:
        here, there = urlsplit(url), urlsplit(urljoin(url, target))
        hosts = {(part.hostname or "").removeprefix("www.") for part in (here, there)}
    except ValueError:
        return False
    return len(hosts) == 1 and there.path in ("", "/") and not there.query
