"""A tolerant look at XML: elements by plain names, however broken the document around them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from lxml import etree

from techwire.urls import absolute

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
_NAMESPACES = re.compile(r"""\s(?:xmlns(?::[\w.\-]+)?|xml:base)\s*=\s*(?:"[^"<]*"|'[^'<]*')""")
XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
RESOURCE = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}resource"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def parse(text: str) -> Element | None:
    """The root of ``text`` (already tamed, see ``decode``), flaws forgiven; None without one."""
    return parse_telling(text)[0]


def parse_telling(text: str) -> tuple[Element | None, bool]:
    """``parse``, and whether tags had to be guessed: some do not close, or close another."""
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
        return None, True
    return root, any(flaw.level == etree.ErrorLevels.FATAL for flaw in parser.error_log)


def chunks(text: str, tag: re.Pattern[str], kind: str | None = None) -> list[str]:
    """The pieces of ``text`` that are one entry each: from its start to its end, or to where the
    next one starts or its frame ends. What just breaks off is none.

    ``tag`` finds the tags of entries and frames: its groups are "/", the name with its prefix, and
    the plain name of an entry (None: a frame). ``kind`` counts entries of that plain name only."""
    found: list[str] = []
    start, name = -1, ""
    for match in tag.finditer(text):
        closes, full, entry = match.groups()
        if entry is not None and kind is not None and entry.lower() != kind:
            continue
        if start >= 0 and entry is not None and closes:
            found.append(text[start : match.end()])
            start = -1
        elif start >= 0 and (entry is not None or closes):
            found.append(f"{text[start : match.start()]}</{name}>")
            start = -1
        if entry is not None and not closes:
            start, name = match.start(), full
    return found


def rescued(pieces: list[str], frame: str) -> Iterator[Element]:
    """Entries parsed one by one; ``frame`` is the text they stood in, whose prefixes they use."""
    head = "".join(dict.fromkeys(_NAMESPACES.findall(frame[:5000])))
    for piece in pieces:
        root = parse(f"<rescue{head}>{piece}</rescue>")
        if root is not None:
            yield root


def attribute(element: Element, name: str) -> str | None:
    """An attribute by its plain name, however it is capitalised."""
    value = element.get(name)
    if value is None:
        value = next((v for k, v in element.attrib.items() if str(k).lower() == name), None)
    return str(value) if value is not None else None


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
        base = absolute(base, step) or base
    return base
