"""Sitemaps, sitemap indexes, Google's news sitemaps and plain lists of addresses → entries."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.channels import dates, xml
from crawler.channels.reading import Child, Reading, language_of, line, title_of
from crawler.channels.xml import Element
from techwire.types import ChannelKind, Entry
from techwire.urls import absolute

_ROOT = re.compile(r"<(?:[\w.\-]+:)?(urlset|sitemapindex)(?=[\s>])", re.IGNORECASE)
_TAG = re.compile(
    r"<(/?)((?:[\w.\-]+:)?(?:(url|sitemap)|urlset|sitemapindex))(?=[\s>])[^<>]*(?<!/)>",
    re.IGNORECASE,
)


def read(text: str, url: str, zone: str | None) -> Reading | None:
    """The sitemap ``text`` (tamed) fetched from ``url``; None when it is none."""
    if not (found := _ROOT.search(text[:10_000])):
        return None
    elements = list(_elements(text, "url"))
    if not elements and (found.group(1).lower() == "sitemapindex" or "<sitemap>" in text):
        children = {c.url: c for e in _elements(text, "sitemap") if (c := _child(e, url, zone))}
        return Reading(
            kind=ChannelKind.SITEMAP, format="sitemap index", children=tuple(children.values())
        )
    entries: dict[str, Entry] = {}
    for element in elements:
        if entry := _entry(element, url, zone):
            entries.setdefault(entry.url, entry)
    return Reading(kind=ChannelKind.SITEMAP, format="sitemap", entries=tuple(entries.values()))


def read_lines(text: str, url: str) -> Reading | None:
    """A text sitemap: one address a line, nothing else."""
    lines = [stripped for raw in text.splitlines() if (stripped := raw.strip())]
    web = [one for one in lines if one.lower().startswith(("http://", "https://"))]
    if not web or len(web) * 2 < len(lines) or any(" " in one or "<" in one for one in web):
        return None
    addresses = dict.fromkeys(a for one in web if (a := absolute(url, one)))
    return Reading(
        kind=ChannelKind.SITEMAP,
        format="text",
        entries=tuple(Entry(url=address) for address in addresses),
    )


def _elements(text: str, local: str) -> Iterator[Element]:
    """The elements that end, from the tree or, where it lost some, one by one."""
    root = xml.parse(text)
    wanted = xml.chunks(text, _TAG, local)
    tree = [e for e in xml.named(root, local) if _is_own(e)] if root is not None else []
    if len(tree) >= len(wanted):
        yield from tree[: len(wanted)]
        return
    for alone in xml.rescued(wanted, text):
        yield from (e for e in xml.named(alone, local) if _is_own(e))


def _is_own(element: Element) -> bool:
    return xml.name_of(element)[0] not in ("image", "video", "news", "xhtml")


def _address(parts: dict[tuple[str, str], list[Element]], url: str) -> str | None:
    for name, elements in parts.items():
        if name[1] == "loc" and name[0] not in ("image", "video"):
            for element in elements:
                value = (xml.text(element) or "").replace("&amp;", "&")
                if value and (address := absolute(url, value)):
                    return address
    return None


def _child(element: Element, url: str, zone: str | None) -> Child | None:
    parts = xml.children(element)
    address = _address(parts, url)
    if address is None or address == url:  # an index that names itself leads nowhere
        return None
    return Child(url=address, modified_at=dates.parse(_text(parts, "lastmod"), zone))


def _entry(element: Element, url: str, zone: str | None) -> Entry | None:
    parts = xml.children(element)
    address = _address(parts, url)
    if address is None:
        return None
    news: dict[tuple[str, str], list[Element]] = {}
    for (_, local), elements in parts.items():
        if local == "news":
            news = xml.children(elements[0])
    publication: dict[tuple[str, str], list[Element]] = {}
    for (_, local), elements in news.items():
        if local == "publication":
            publication = xml.children(elements[0])
    return Entry(
        url=address,
        title=title_of(line(_text(news, "title"))),
        published_at=dates.parse(_text(news, "publication_date"), zone),
        modified_at=dates.parse(_text(parts, "lastmod"), zone),
        language=language_of(_text(publication, "language")),
    )


def _text(parts: dict[tuple[str, str], list[Element]], local: str) -> str | None:
    for name, elements in parts.items():
        if name[1] == local and (value := xml.text(elements[0])):
            return value
    return None
