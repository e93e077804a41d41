"""Who wrote an article: JSON-LD, then ``<meta>``, then bylines near the headline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from selectolax.lexbor import LexborNode

from pipelines import clean
from pipelines.byline import names_part, signed_lines
from pipelines.clean import tidy
from pipelines.document import Document, Json
from pipelines.found import Found
from techwire.types import Source

_AUTHORS = (
    "author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "dc:creator",
    "article:author_name", "article:author", "og:article:author", "byl", "citation_author", "article.author",
    "cxenseparse:author", "authors", "twitter:data1_author",
)  # fmt: skip
_BYLINES = (
    '[itemprop="author"] [itemprop="name"], [itemprop="author"]',
    '[rel="author"]',
    '[class*="author-name"], [class*="authorname" i], [class*="author_name"], [class*="byline-name"]',
    '[class*="byline"] a, [class*="Byline"] a, [class*="author"] a[href*="aut"], a[href*="/author/"], '
    'a[href*="/auteur/"], a[href*="/autor/"], a[href*="/autore/"], a[href*="/authors/"], a[href*="/auteurs/"]',
    '[class*="byline"], [class*="Byline"]',
    '[class~="author"], [class~="auteur"], [class~="autor"]',
)  # fmt: skip


def read_authors(
    document: Document, site: str | None, source: Source
) -> Found[tuple[str, ...]] | None:
    """The people who sign; the publisher, with little confidence, where it alone does."""
    publishers = [
        p for p in (site, source.name, document.host, document.host.rsplit(".", 1)[0]) if p
    ]
    publishers += [f"{p} {desk}" for p in publishers for desk in ("Redaktion", "Staff", "News")]
    stated = list(_linked_authors(document))
    if named := clean.authors(stated, publishers):
        return Found(named, "json-ld:author", 0.95)
    for name in _AUTHORS:
        values = [v for v in document.metas.get(name, ()) if not v.startswith(("http", "/", "@"))]
        values = [v for v in values if document.host not in v.lower()]
        if values and (named := clean.authors(values, publishers)):
            return Found(named, f"meta:{name}", 0.8)
    for selector in _BYLINES:
        nodes = _together(_below_headline(document, selector))
        values = [v for v in map(_byline, nodes) if v]
        if values and (named := clean.authors(values, publishers)):
            return Found(named[:4], f"byline:{selector.split(',', maxsplit=1)[0]}", 0.6)
    for line in signed_lines(document):
        if named := clean.authors([names_part(line)], publishers):
            return Found(named[:4], "line under headline", 0.55)
    # Nobody signs: the page's own word that the publisher did is better than nothing.
    if stated and (whole := tuple(dict.fromkeys(tidy(s) for s in stated))[:3]):
        return Found(whole, "json-ld:author, the publisher", 0.4)
    return None


def _below_headline(document: Document, selector: str) -> list[LexborNode]:
    """What matches ``selector`` after the headline, or anywhere when nothing does."""
    nodes = document.tree.css(f"h1, {selector}")[:60]
    headline = document.heading.mem_id if document.heading is not None else None
    first = next((i for i, n in enumerate(nodes) if n.mem_id == headline), -1)
    below = [n for n in nodes[first + 1 :] if n.tag != "h1"]
    return below[:12] or [n for n in nodes if n.tag != "h1"][:12]


def _together(nodes: list[LexborNode]) -> list[LexborNode]:
    """The first byline of a page and those right beside it; the others sign other articles."""
    if not nodes:
        return []
    boxes = [n for n in (nodes[0].parent, nodes[0].parent and nodes[0].parent.parent) if n]
    beside = {box.mem_id for box in boxes}
    return [n for n in nodes[:6] if n.parent is not None and n.parent.mem_id in beside]


def _byline(node: LexborNode) -> str | None:
    text = tidy(node.attributes.get("content") or node.text(separator=" "))
    text = names_part(text)
    return text if 2 < len(text) < 150 else None


def _linked_authors(document: Document) -> Iterator[str]:
    for key in ("author", "creator"):
        found = False
        for name in _names(document.article.get(key), document, depth=0):
            found = True
            yield name
        if found:
            return


def _names(value: object, document: Document, depth: int) -> Iterator[str]:
    if depth > 4:
        return
    if isinstance(value, str):
        if not value.startswith(("http:", "https:", "#")):
            yield value
    elif isinstance(value, list):
        for item in value[:20]:
            yield from _names(item, document, depth + 1)
    elif isinstance(value, Mapping):
        node = cast(Json, value)
        key = node.get("@id")
        if "name" not in node and isinstance(key, str) and key in document.by_id:
            node = document.by_id[key]
        name = node.get("name")
        if name is None and ("givenName" in node or "familyName" in node):
            name = f"{node.get('givenName') or ''} {node.get('familyName') or ''}"
        yield from _names(name, document, depth + 1)
