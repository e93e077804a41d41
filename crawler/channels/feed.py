"""RSS 0.9x, 1.0 (RDF), 2.0 and Atom → entries."""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from datetime import datetime

from crawler.channels import dates, xml
from crawler.channels.decode import CDATA
from crawler.channels.reading import Reading, language_of, line, plain, title_of, without_tags
from crawler.channels.xml import RESOURCE, Element
from techwire.types import ChannelKind, Entry
from techwire.urls import absolute

Children = dict[tuple[str, str], list[Element]]

LONGEST_TEXT = 1_000_000  # characters of one entry's text
_ROOTS = frozenset({"rss", "rdf", "feed", "channel", "redirect"})
_TAG = re.compile(
    r"<(/?)((?:[\w.\-]+:)?(?:(item|entry)|rss|channel|feed|rdf))(?=[\s>])[^<>]*(?<!/)>",
    re.IGNORECASE,
)
# Elements that hold text only: one that is open when the next begins should have been closed.
_LEAF = r"title|link|guid|id|pubdate|date|updated|published|issued|modified|comments|category"
_LEAF_TAG = re.compile(
    rf"<(?:(/)[^<>]+|((?:[\w.\-]+:)?(?:(?:{_LEAF})|"
    r"(item|entry|author|description|summary|content|encoded)))(?=[\s>])[^<>]*(?<!/))>",
    re.IGNORECASE,
)
_FRAME_END = re.compile(r"</(?:[\w.\-]+:)?(?:item|entry|channel|rss|feed|rdf)\b", re.IGNORECASE)
_OPENED = re.compile(r"<(?:[\w.\-]+:)?(?:item|entry)(?=[\s>])")
_HTML = re.compile(
    r"^\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.DOTALL | re.IGNORECASE
)
_TEXT_TAG = re.compile(
    r"<((?:[\w.\-]+:)?(?:title|description|summary|content|encoded))(?:\s[^<>]*)?(?<!/)>",
    re.IGNORECASE,
)
_HEAD_TAG = re.compile(r"<(?:[\w.\-]+:)?(rss|feed|rdf|channel)(?=[\s>:])", re.IGNORECASE)

_ATOM_DATES = [("atom", "published"), ("atom", "issued"), ("atom", "created")]
_PUBLISHED = [
    ("", "pubdate"), *_ATOM_DATES, ("dc", "date"), ("dcterms", "issued"), ("dcterms", "created"),
    ("dcterms", "date"), ("dc", "issued"), ("dc", "created"), ("prism", "publicationdate"),
    ("", "published"), ("atom", "pubdate"), ("", "date"), ("", "dcdate"), ("dc", "pubdate"),
]  # fmt: skip
_TITLES: list[tuple[str, str]] = [
    ("", "title"), ("atom", "title"), ("dc", "title"), ("media", "title")
]  # fmt: skip
_MODIFIED = [
    ("atom", "updated"), ("atom", "modified"), ("dcterms", "modified"), ("", "updated"),
    ("", "lastbuilddate"), ("prism", "modificationdate"), ("dc", "modified"),
]  # fmt: skip


def is_feed(text: str) -> bool:
    """Whether ``text`` looks like a feed at all; a page of HTML does not."""
    if _HTML.match(text[:2000]):
        return False
    return bool(_HEAD_TAG.search(text[:5000]) or _OPENED.search(text))


def read(text: str, url: str, zone: str | None) -> Reading | None:
    """The feed ``text`` (tamed) fetched from ``url``; None when it is none.

    ``zone`` is where times without zone are at home. An entry cut off in the middle is left out."""
    if not is_feed(text):
        return None
    text = _fenced(text)
    root, is_flawed = xml.parse_telling(text)
    if is_flawed:
        text = "".join(
            piece if piece.startswith("<![CDATA[") else _closed(piece)
            for piece in CDATA.split(text)
        )
        root = xml.parse(text)
    found = _items(root, text)
    entries, seen = [], set()
    for item in found:
        entry = _entry(item, url, zone)
        if entry is not None and entry.url not in seen:
            seen.add(entry.url)
            entries.append(entry)
    if root is None or root.tag is None:
        return Reading(kind=ChannelKind.FEED, format="rss", entries=tuple(entries))
    if xml.name_of(root)[1] not in _ROOTS and not found:
        return None
    return _framed(root, url, tuple(entries), len(found))


def _fenced(text: str) -> str:
    """``text`` with the raw HTML inside titles and texts escaped: it need not be XML."""
    borders = [match.start() for match in _TAG.finditer(text) if match.group(3)]
    pieces: list[str] = []
    done = 0
    endless: set[str] = set()  # tags that do not close any more
    for start in _TEXT_TAG.finditer(text):
        name = start.group(1)
        if start.start() < done or name in endless:
            continue
        end = text.find(f"</{name}", start.end())
        if end < 0:
            endless.add(name)
            continue
        border = bisect_left(borders, start.end())
        inner = text[start.end() : end] if end - start.end() < LONGEST_TEXT else ""
        if (border < len(borders) and borders[border] < end) or "<" not in inner:
            continue
        is_title = name.lower().endswith("title")
        if is_title and any(
            not tag.group(1) for tag in _LEAF_TAG.finditer(inner)
        ):  # the end of another title: this one has none
            continue
        if "<![CDATA[" not in inner:
            if is_title and "html" not in start.group().lower():
                inner = without_tags(inner)
            pieces += [text[done : start.end()], html.escape(inner, quote=False)]
            done = end
    return "".join(pieces) + text[done:]


def _closed(text: str) -> str:
    """``text`` with the end tags of titles, links and dates that are missing, or name another."""
    pieces: list[str] = []
    done, open_ = 0, ""
    for tag in _LEAF_TAG.finditer(text):
        closes, name, other = tag.groups()
        if open_ and closes and not _FRAME_END.match(tag.group()):  # whatever it says it closes
            pieces += [text[done : tag.start()], f"</{open_}>"]
            done, open_ = tag.end(), ""
        elif open_:
            pieces += [text[done : tag.start()], f"</{open_}>"]
            done, open_ = tag.start(), ""
        if not closes and not other:
            open_ = str(name)
    return "".join(pieces) + text[done:]


def _framed(root: Element, url: str, entries: tuple[Entry, ...], found: int) -> Reading:
    """The entries with what the feed says about itself."""
    is_atom = xml.name_of(root)[1] == "feed"
    top = root if is_atom else next(xml.named(root, "channel"), root)
    parts = xml.children(top)
    language = root.get(xml.XML_LANG) or _first(parts, [("", "language"), ("dc", "language")])
    older = [
        link
        for element in parts.get(("atom", "link"), [])
        if element.get("rel") in ("next", "prev-archive")
        and (link := absolute(xml.base_of(element, url), element.get("href") or ""))
    ]
    return Reading(
        kind=ChannelKind.FEED,
        format="atom" if is_atom else "rss",
        entries=entries,
        title=title_of(_first(parts, [("atom", "title"), ("", "title")])),
        language=language_of(language),
        hint_seconds=_hint(parts),
        next_pages=tuple(older[:1]),
        problem=f"{found} entries, none with a web address" if found and not entries else None,
    )


def _items(root: Element | None, text: str) -> list[Element]:
    """The entries of the document: from the tree, or one by one when the tree lost some.

    Only entries that end are counted: what a truncated feed ends with is not to be trusted."""
    tree: list[Element] = []
    if root is not None:
        tree = [e for e in root.iter() if isinstance(e.tag, str) and _is_item(e) and len(e)]
    whole = xml.chunks(_without_cdata_tags(text) if "<![CDATA[" in text else text, _TAG)
    if len(tree) == len(whole):
        return tree
    if len(tree) > len(whole) and _is_nested_free(tree):
        return tree[: len(whole)]
    return [
        item
        for one in xml.rescued(whole, text)
        for item in one.iter()
        if isinstance(item.tag, str) and _is_item(item)
    ]


def _is_item(element: Element) -> bool:
    family, local = xml.name_of(element)
    if local == "item":
        return family not in ("media", "itunes", "gd")
    if local != "entry":
        return False
    parent = element.getparent()
    return parent is None or xml.name_of(parent)[1] != "entry"


def _is_nested_free(tree: list[Element]) -> bool:
    return all(not any(_is_item(up) for up in item.iterancestors()) for item in tree)


def _without_cdata_tags(text: str) -> str:
    """``text`` with the angle brackets inside CDATA escaped, so that tags there do not count."""

    return "".join(
        html.escape(piece.removeprefix("<![CDATA[").removesuffix("]]>"), quote=False)
        if piece.startswith("<![CDATA[")
        else piece
        for piece in CDATA.split(text)
    )


def _entry(item: Element, url: str, zone: str | None) -> Entry | None:
    parts = xml.children(item)
    base = xml.base_of(item, url)
    address = _address(item, parts, base)
    if address is None:
        return None
    modified = _date(parts, _MODIFIED, zone)
    return Entry(
        url=address,
        title=_title(parts),
        summary=_summary(parts),
        published_at=_date(parts, _PUBLISHED, zone) or modified,
        modified_at=modified,
        authors=_authors(parts),
        language=language_of(
            item.get(xml.XML_LANG) or _first(parts, [("dc", "language"), ("", "language")])
        ),
        guid=line(_first(parts, [("", "guid"), ("atom", "id"), ("", "id"), ("dc", "identifier")])),
    )


def _address(item: Element, parts: Children, base: str) -> str | None:
    """Where the entry leads: the first candidate that is a web address."""
    for candidate, start in _candidates(item, parts, base):
        cleaned = candidate.strip().replace("&amp;", "&")
        if cleaned and not cleaned.startswith("#") and (link := absolute(start, cleaned)):
            return link
    return None


def _candidates(item: Element, parts: Children, base: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    found += [(xml.text(e) or "", base) for e in parts.get(("feedburner", "origlink"), [])]
    found += [(href, _base_of_link(e, base)) for href, e in _links(parts)]
    for element in parts.get(("", "guid"), []):
        value = xml.text(element) or ""
        if (element.get("isPermaLink") or "true").strip().lower() != "false" and _is_web(value):
            found.append((value, base))
    for name in (("atom", "id"), ("", "id"), ("dc", "identifier")):
        found += [(t, base) for e in parts.get(name, []) if _is_web(t := xml.text(e) or "")]
    about = next((v for k, v in item.attrib.items() if str(k).endswith("about")), "")
    if _is_web(str(about)):
        found.append((str(about), base))
    return found


def _base_of_link(link: Element, base: str) -> str:
    """``base`` of its entry, unless the link has one of its own."""
    own = link.get(xml.XML_BASE)
    return (own and absolute(base, own)) or base


def _links(parts: Children) -> list[tuple[str, Element]]:
    """RSS's <link>text</link>, then Atom's <link href>: the page, neither the feed nor a file."""
    texts: list[tuple[str, Element]] = []
    pages: list[tuple[str, Element]] = []
    others: list[tuple[str, Element]] = []
    families = ("", "atom")
    for family in families:
        for element in parts.get((family, "link"), []):
            href = xml.attribute(element, "href")
            if href is None:
                # <link/>address: what HTML tools make of RSS
                value = xml.text(element) or element.get(RESOURCE) or (element.tail or "").strip()
                if value:
                    texts.append((value, element))
            elif _relation(element) == "alternate":
                kind = (element.get("type") or "text/html").lower()
                (pages if "html" in kind else others).append((href, element))
    return texts + pages + others


def _relation(link: Element) -> str:
    """What a link says of its target; registered relations may be spelled as addresses."""
    return (link.get("rel") or "alternate").strip().lower().rpartition("/")[2]


def _is_web(value: str) -> bool:
    return value.strip().lower().startswith(("http://", "https://"))


def _title(parts: Children) -> str | None:
    for name in _TITLES:
        for element in parts.get(name, []):
            kind = (element.get("type") or "").lower()
            is_html = name[0] == "atom" and "html" in kind
            is_markup = name[0] != "atom" or kind not in ("", "text", "text/plain")
            if title := title_of(xml.text(element), is_markup=is_markup, is_html=is_html):
                return title
    return None


def _summary(parts: Children) -> str | None:
    for name in (
        ("", "description"), ("atom", "description"), ("atom", "summary"),
        ("dc", "description"), ("itunes", "summary"),
        ("media", "description"), ("content", "encoded"), ("atom", "content"), ("", "summary"),
    ):  # fmt: skip
        for element in parts.get(name, []):
            if summary := plain(xml.text(element)):
                return summary
    return None


def _authors(parts: Children) -> tuple[str, ...]:
    names: list[str] = []
    for element in parts.get(("atom", "author"), []):
        inner = xml.children(element)
        names.append(_first(inner, [("atom", "name"), ("", "name")]) or xml.text(element) or "")
    for name in (("dc", "creator"), ("", "author"), ("itunes", "author")):
        if not names:
            names = [xml.text(e) or "" for e in parts.get(name, [])]
    cleaned = (line(re.sub(r"\S+@\S+\s*\(?([^)]*)\)?", r"\1", name)) for name in names)
    return tuple(dict.fromkeys(name for name in cleaned if name))[:6]


def _first(parts: Children, names: list[tuple[str, str]]) -> str | None:
    for name in names:
        for element in parts.get(name, []):
            if value := xml.text(element):
                return value
    return None


def _date(parts: Children, names: list[tuple[str, str]], zone: str | None) -> datetime | None:
    for name in names:
        for element in parts.get(name, []):
            if moment := dates.parse(xml.text(element), zone):
                return moment
    return None


def _hint(parts: Children) -> int | None:
    """<ttl> in minutes, sy:updatePeriod ÷ sy:updateFrequency: the longer of them, in seconds."""
    hints = []
    if (ttl := _first(parts, [("", "ttl")])) and ttl.isdigit():
        hints.append(int(ttl) * 60)
    periods = {"hourly": 3600, "daily": 86400, "weekly": 604800, "monthly": 2592000}
    period = (_first(parts, [("sy", "updateperiod")]) or "").strip().lower()
    if period in periods:
        frequency = _first(parts, [("sy", "updatefrequency")]) or "1"
        often = int(frequency) if frequency.isdigit() else 1
        hints.append(periods[period] // max(often, 1))
    return min(max(hints), 604800) if hints else None
