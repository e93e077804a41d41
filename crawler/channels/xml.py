"""A tolerant look at XML: elements by plain names, however broken the document around them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import urljoin

from lxml import etree

Element = etree._Element

# Namespace address, without "http(s)://" and trailing "/" or "#" → the prefix we call it by.
_FAMILIES = {
    "www.w3.org/2005/Atom": "atom",
    "purl.org/atom/ns": "atom",
    "purl.org/rss/1.0": "",
    "my.netscape.com/rdf/simple/0.9": "",
    "channel.netscape.com/rdf/simple/0.9": "",
    "backend.userland.com/rss2": "",
    "blogs.law.harvard.edu/tech/rss": "",
    "purl.org/dc/elements/1.1": "dc",
    "purl.org/dc/elements/1.0": "dc",
    "purl.org/dc/terms": "dcterms",
    "www.w3.org/1999/02/22-rdf-syntax-ns": "rdf",
    "purl.org/rss/1.0/modules/content": "content",
    "purl.org/rss/1.0/modules/syndication": "sy",
    "search.yahoo.com/mrss": "media",
    "www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "www.sitemaps.org/schemas/sitemap/0.9": "",
    "www.google.com/schemas/sitemap/0.84": "",
    "www.google.com/schemas/sitemap-news/0.9": "news",
    "www.google.com/schemas/sitemap-image/1.1": "image",
    "www.google.com/schemas/sitemap-video/1.1": "video",
    "www.w3.org/1999/xhtml": "xhtml",
}
XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def parse(text: str) -> Element | None:
    """The root of ``text`` (already tamed, see ``decode``), flaws forgiven; None without one."""
    parser = etree.XMLParser(
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        strip_cdata=True,
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "ignore"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return root


def name_of(element: Element) -> tuple[str, str]:
    """("dc", "date") for <dc:date>, declared or not; the family is "" for RSS's own."""
    tag = element.tag
    return _name(tag, element.prefix or "") if isinstance(tag, str) else ("?", "")


@lru_cache(maxsize=1024)
def _name(tag: str, prefix: str) -> tuple[str, str]:
    uri, local = "", tag
    if tag.startswith("{"):
        uri, _, local = tag[1:].partition("}")
    if ":" in local:  # a prefix nobody declared
        prefix, _, local = local.rpartition(":")
    bare = re.sub(r"^https?://", "", uri).rstrip("/#")
    family = _FAMILIES.get(bare, prefix.lower())
    return family, local.lower()


def children(element: Element) -> dict[tuple[str, str], list[Element]]:
    """The direct children of ``element`` by name."""
    found: dict[tuple[str, str], list[Element]] = {}
    for child in element:
        found.setdefault(name_of(child), []).append(child)
    return found


def text(element: Element | None) -> str | None:
    """All text within ``element``, stripped; None when there is none."""
    if element is None:
        return None
    whole = "".join(element.itertext()).strip()
    return whole or None


def named(root: Element, local: str) -> Iterator[Element]:
    """Every element of that local name at or under ``root``, in document order."""
    for element in root.iter():
        if (isinstance(element.tag, str) and element.tag.rpartition("}")[2].lower() == local) or (
            isinstance(element.tag, str) and element.tag.lower().endswith(":" + local)
        ):
            yield element


def base_of(element: Element, base: str) -> str:
    """The address that relative links within ``element`` start from (xml:base, outermost first)."""
    chain = [base_ for e in (element, *element.iterancestors()) if (base_ := e.get(XML_BASE))]
    for step in reversed(chain):
        base = urljoin(base, step.strip())
    return base
