"""OPML, in which feed readers exchange their subscriptions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from xml.etree import ElementTree  # for writing only

from crawler.channels import xml
from crawler.channels.decode import tamed, text_of
from crawler.channels.reading import line
from crawler.discover import slug_of
from techwire.types import Source
from techwire.urls import fetchable, origin, site


def read(body: bytes) -> list[Source]:
    """The subscriptions of an OPML file as sources, in its order; folders become groups.

    One source per site: several feeds of one home page are put together."""
    root = xml.parse(tamed(text_of(body, None)))
    if root is None:
        return []
    found: dict[str, Source] = {}
    for element in xml.named(root, "outline"):
        given = {str(name).lower(): str(value) for name, value in element.attrib.items()}
        feed = fetchable(given.get("xmlurl", ""))
        if feed is None:
            continue
        home = fetchable(given.get("htmlurl", "")) or origin(feed) + "/"
        key = site(home)
        if key in found:
            found[key] = replace(found[key], feeds=(*found[key].feeds, feed))
            continue
        folders = (e.get("text") or e.get("title") for e in element.iterancestors())
        name = line(given.get("title") or given.get("text")) or key
        found[key] = Source(
            slug=_free(slug_of(name), {source.slug for source in found.values()}),
            name=name,
            url=home,
            feeds=(feed,),
            groups=tuple(slug_of(folder) for folder in folders if folder),
        )
    return [replace(one, feeds=tuple(dict.fromkeys(one.feeds))) for one in found.values()]


def write(sources: Iterable[Source]) -> str:
    """``sources`` as an OPML 2.0 document; those without a feed are left out."""
    root = ElementTree.Element("opml", version="2.0")
    head = ElementTree.SubElement(root, "head")
    ElementTree.SubElement(head, "title").text = "techwire"
    body = ElementTree.SubElement(root, "body")
    for source in sources:
        for feed in source.feeds:
            ElementTree.SubElement(
                body,
                "outline",
                type="rss",
                text=source.name,
                title=source.name,
                xmlUrl=feed,
                htmlUrl=source.url,
            )
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _free(slug: str, taken: set[str]) -> str:
    """``slug``, or with the first number that makes it new."""
    number, free = 2, slug
    while free in taken:
        free, number = f"{slug}-{number}", number + 1
    return free
