"""What a page says about its article: title, authors, times, summary, image, section, keywords.

Every field comes with the rule that gave it and a confidence in [0, 1].
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, TypeVar, cast
from urllib.parse import urljoin

from selectolax.lexbor import LexborNode

from pipelines import clean
from pipelines.byline import changed_part, lines_under_headline, names_part, signed_lines
from pipelines.clean import tidy
from pipelines.dates import TOLERANCE, Moment, is_vague, read_machine, read_moment, zone_of
from pipelines.document import Document, Json, first_text
from pipelines.zones import UNKNOWN_ZONE, PageZone, page_zone
from techwire.types import Source

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A field's value, the rule that gave it ("json-ld:headline") and how sure we are, [0, 1]."""

    value: T
    rule: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """Everything a page says beside its text. Times are aware, in the page's own zone."""

    title: Found[str] | None = None
    summary: Found[str] | None = None
    authors: Found[tuple[str, ...]] | None = None
    published: Found[Moment] | None = None
    modified: Found[Moment] | None = None
    image: Found[str] | None = None
    section: Found[str] | None = None
    keywords: Found[tuple[str, ...]] | None = None
    is_free: Found[bool] | None = None
    site_name: str | None = None
    locale: str | None = None  # what the page declares: "fr", "en-GB"
    zone: PageZone = UNKNOWN_ZONE


_PUBLISHED = (
    "article:published_time", "article:published:time", "og:article:published_time", "og:published_time", "article:published",
    "datepublished", "parsely-pub-date", "cxenseparse:recs:publishtime", "rnews:datepublished",
    "dcterms.created", "dcterms.date", "dcterms.issued", "dc.date.issued", "dc.date.created", "dc.created",
    "dc.date", "dc:date", "sailthru.date", "originalpublicationdate", "article_date_original",
    "publication_date", "publish_date", "publish-date", "published_date", "publisheddate", "publishdate",
    "pubdate", "pub_date", "article.published", "article.created", "article-published-date", "date",
    "bt:pubdate", "displaydate", "ptime", "citation_publication_date", "citation_date", "prism.publicationdate",
    "og:release_date", "og:pubdate", "dateposted", "vr:published_time", "iso-8601-publish-date", "created",
    "last-publish", "cdate", "release_date", "og:regdate",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified", "article:modified",
    "dcterms.modified", "dc.date.modified", "last-modified", "lastmod", "revision_date", "article.updated",
)  # fmt: skip
_AUTHORS = (
    "author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "dc:creator",
    "article:author_name", "article:author", "og:article:author", "byl", "citation_author", "article.author",
    "cxenseparse:author", "authors", "twitter:data1_author",
)  # fmt: skip
_BYLINES = (
    '[itemprop="author"] [itemprop="name"], [itemprop="author"]',
    '[rel="author"]',
    '[class*="author-name"], [class*="authorName"], [class*="author_name"], [class*="byline-name"]',
    '[class*="byline"] a, [class*="Byline"] a, [class*="author"] a[href*="aut"], a[href*="/author/"], '
    'a[href*="/auteur/"], a[href*="/autor/"], a[href*="/autore/"], a[href*="/authors/"], a[href*="/auteurs/"]',
    '[class*="byline"], [class*="Byline"]',
    '[class~="author"], [class~="auteur"], [class~="autor"]',
)  # fmt: skip
_TIME_TAGS = frozenset(["time", "relative-time", "time-ago"])  # the latter two are GitHub's
MAX_CHANGE = 80  # characters around a <time> that may say "Updated"
_URL_DATE = re.compile(
    r"/((?:19|20)\d{2})[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?=[/_.-]|$)"
)
_SEPARATOR = re.compile(r"\s+[|·•»–—:-]{1,2}\s+|\s*[|»]\s*|\s+::\s+")
MIN_TITLE = 4  # characters
MAX_TITLE = 400
MIN_HEADING = 15  # characters of an <h1> that a longer title may be cut down to
ALIKE = 0.9  # share of common words from which two titles are the same
MAX_SUMMARY = 1200


def read_metadata(document: Document, source: Source, fetched_at: datetime) -> Metadata:
    """All fields of a page; a field the page does not give is None."""
    locale = _locale(document)
    zone = page_zone(
        timezone=source.timezone,
        country=source.country,
        host=document.host,
        locale=locale or source.language,
    )
    site = _site_name(document, source)
    title = _title(document, site)
    return Metadata(
        title=title,
        summary=_summary(document, title.value if title else ""),
        authors=_authors(document, site, source),
        published=_published(document, locale, zone, fetched_at),
        modified=_modified(document, locale, zone, fetched_at),
        image=_image(document),
        section=_section(document),
        keywords=_keywords(document),
        is_free=_is_free(document),
        site_name=site,
        locale=locale,
        zone=zone,
    )


def _locale(document: Document) -> str | None:
    root = document.root
    lang = (root.attributes.get("lang") or root.attributes.get("xml:lang")) if root else None
    named = first_text(document.article, "inLanguage")
    return (
        lang
        or named
        or document.meta("content-language", "og:locale", "language", "dc.language")
        or None
    )


def _site_name(document: Document, source: Source) -> str | None:
    publisher = document.article.get("publisher")
    named = first_text(cast(Json, publisher), "name") if isinstance(publisher, Mapping) else None
    return (
        document.meta("og:site_name")
        or named
        or source.name
        or document.meta("application-name")
        or None
    )


# ---- title


def _title(document: Document, site: str | None) -> Found[str] | None:
    heading = _heading(document)
    candidates = (
        *_headlines(document, heading),
        ("h1", heading, 0.85),
        (
            "meta:twitter:title",
            document.meta("twitter:title", "dc.title", "title", "parsely-title"),
            0.7,
        ),
        ("title", document.title_tag, 0.6),
    )
    for rule, value, confidence in candidates:
        if value and len(title := without_site(value, site, document.host)) >= MIN_TITLE:
            if heading and len(heading) > MIN_HEADING and title.startswith(heading):
                rest = title[len(heading) :]
                title = heading if _SEPARATOR.match(rest) else title
            return Found(title[:MAX_TITLE], rule, confidence)
    return None


def _headlines(document: Document, heading: str | None) -> list[tuple[str, str | None, float]]:
    """JSON-LD's headline, then OpenGraph's; the other way round when the page shows the latter
    and the former is what ``<title>`` says to search engines."""
    headline, shared = first_text(document.article, "headline"), document.meta("og:title")
    order = [("json-ld:headline", headline, 0.95), ("meta:og:title", shared, 0.9)]
    if headline and shared and heading:
        of_page, of_search = _words(heading), _words(document.title_tag or "")
        told, ours = _words(shared), _words(headline)
        shown = len(told & of_page) > ALIKE * len(told | of_page)
        if shown and len(ours & of_page) < ALIKE * len(ours | of_page) and ours <= of_search:
            order.reverse()
    return order


def _heading(document: Document) -> str | None:
    """The ``<h1>`` that agrees with ``<title>`` best."""
    nodes = [node for tag, node, _ in document.landmarks if tag == "h1"]
    texts = [tidy(node.text(separator=" ")) for node in nodes[:8]]
    wanted = _words(document.title_tag or document.meta("og:title") or "")
    scored = [
        (len(_words(t) & wanted) / max(1, len(_words(t))), t) for t in texts if len(t) >= MIN_TITLE
    ]
    return max(scored, key=lambda s: s[0])[1] if scored else None


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


def without_site(title: str, site: str | None, host: str) -> str:
    """A title without the site's name before or behind it."""
    parts = [(m.start(), m.end()) for m in _SEPARATOR.finditer(title)]
    names = {_bare(site or ""), _bare(host.rsplit(".", 1)[0]), _bare(host)} - {""}
    for start, end in reversed(parts):
        tail = _bare(title[end:])
        if (
            tail
            and (
                tail in names
                or any(tail in n or n in tail for n in names if min(len(n), len(tail)) > 3)
            )
            and len(title[end:]) < max(30, len(title) / 2)
            and len(title[:start]) >= MIN_TITLE
        ):
            return without_site(title[:start].rstrip(), site, host)
    if parts and _bare(title[: parts[0][0]]) in names and len(title) - parts[0][1] >= MIN_TITLE:
        return title[parts[0][1] :].lstrip()
    return title


def _bare(text: str) -> str:
    plain = text.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    return re.sub(r"[\W_]+", "", plain).removeprefix("www")


# ---- summary


def _summary(document: Document, title: str) -> Found[str] | None:
    for rule, told in (
        ("json-ld:description", first_text(document.article, "description")),
        ("meta:og:description", document.meta("og:description")),
        ("meta:description", document.meta("description", "twitter:description", "dc.description")),
    ):
        if told and 30 <= len(told) <= MAX_SUMMARY and _bare(told) != _bare(title):
            return Found(told, rule, 0.6)
    return None


# ---- authors


def _authors(document: Document, site: str | None, source: Source) -> Found[tuple[str, ...]] | None:
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
    """What matches ``selector`` after the first ``<h1>``, or anywhere when nothing does."""
    nodes = document.tree.css(f"h1, {selector}")[:60]
    first = next((i for i, n in enumerate(nodes) if n.tag == "h1"), -1)
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


# ---- times


def _published(
    document: Document, locale: str | None, zone: PageZone, fetched_at: datetime
) -> Found[Moment] | None:
    best: Found[Moment] | None = None
    for found in _published_candidates(document, locale, zone, fetched_at):
        if found.value.at > fetched_at + TOLERANCE:
            continue  # nothing is published after it was fetched
        if found.value.has_time and best is None:
            return found
        if found.value.has_time and best and best.value.at.date() == found.value.at.date():
            return replace(found, confidence=best.confidence)
        best = best or found
    return best


def _published_candidates(
    document: Document, locale: str | None, zone: PageZone, now: datetime
) -> Iterator[Found[Moment]]:
    here = zone_of(zone.name)
    for key in ("datePublished", "dateCreated", "uploadDate"):
        if moment := read_machine(first_text(document.article, key), here, now):
            yield Found(moment, f"json-ld:{key}", 0.97)
    for name in _PUBLISHED:
        for value in document.metas.get(name, ())[:1]:
            if moment := read_machine(value, here, now):
                yield Found(moment, f"meta:{name}", 0.9)
    for node in _marked_published(document)[:3]:
        if moment := _of_node(node, locale, zone, now):
            yield Found(moment, "itemprop:datePublished", 0.85)
    weak: list[Found[Moment]] = []
    times = _times_below_headline(document)[:4]
    changed = [len(times) > 1 and _tells_change(node) for node in times]
    for node, is_change in zip(times, changed, strict=True):
        if moment := _of_node(node, locale, zone, now):
            found = Found(moment, "time", 0.7)
            if is_vague(moment) or (is_change and not all(changed)):
                weak.append(found)
            else:
                yield found
    for text in _date_texts(document):
        if moment := read_moment(text, language=locale, zone=here, now=now):
            found = Found(moment, "visible text", 0.65)
            if is_vague(moment):
                weak.append(found)
            else:
                yield found
    match = _URL_DATE.search(document.url)
    if match and (moment := read_machine("-".join(match.groups()), here, now)):
        yield Found(moment, "address", 0.6)
    yield from weak


def _marked_published(document: Document) -> list[LexborNode]:
    return [
        node
        for tag, node, attributes in document.landmarks
        if "datePublished" in (attributes.get("itemprop") or "").split()
        or "datePublished" in (attributes.get("property") or "").split()
        or (tag == "time" and "pubdate" in attributes)
    ]


def _times_below_headline(document: Document) -> list[LexborNode]:
    tags = [tag for tag, _, _ in document.landmarks]
    first = tags.index("h1") if "h1" in tags else -1
    times = [i for i, tag in enumerate(tags) if tag in _TIME_TAGS]
    below = [i for i in times if i > first] or times
    return [document.landmarks[i][1] for i in below]


def _tells_change(node: LexborNode) -> bool:
    """Whether a ``<time>`` stands right behind "Updated" and the like."""
    own = tidy(node.text(separator=" "))
    before = tidy(node.prev.text(separator=" ")) if node.prev is not None else ""
    around = tidy(node.parent.text(separator=" ")) if node.parent is not None else ""
    for line in (own, f"{before[-MAX_CHANGE:]} {own}", around[:MAX_CHANGE]):
        part = changed_part(line)
        if part is not None and own.endswith(part[: len(own)].strip()):
            return True
    return False


def _of_node(node: LexborNode, locale: str | None, zone: PageZone, now: datetime) -> Moment | None:
    attributes, here = node.attributes, zone_of(zone.name)
    for key in ("datetime", "content", "title"):
        if moment := read_machine(attributes.get(key), here, now):
            return moment
    return read_moment(tidy(node.text(separator=" ")), language=locale, zone=here, now=now)


def _date_texts(document: Document) -> Iterator[str]:
    yield from document.dated_lines
    yield from lines_under_headline(document)


def _modified(
    document: Document, locale: str | None, zone: PageZone, fetched_at: datetime
) -> Found[Moment] | None:
    here = zone_of(zone.name)
    values: list[tuple[str, str | None, float]] = [
        ("json-ld:dateModified", first_text(document.article, "dateModified"), 0.95)
    ]
    values += [(f"meta:{name}", document.meta(name), 0.85) for name in _MODIFIED]
    for rule, value, confidence in values:
        moment = read_machine(value, here, fetched_at) if value else None
        if moment and moment.at <= fetched_at + TOLERANCE:
            return Found(moment, rule, confidence)
    for part in filter(None, map(changed_part, _date_texts(document))):
        moment = read_moment(part, language=locale, zone=here, now=fetched_at)
        if moment and moment.at <= fetched_at + TOLERANCE:
            return Found(moment, "visible text", 0.6)
    return None


# ---- the rest


def _image(document: Document) -> Found[str] | None:
    for rule, value in (
        ("meta:og:image", document.meta("og:image", "og:image:url", "og:image:secure_url")),
        ("json-ld:image", _image_of(document.article.get("image"))),
        ("meta:twitter:image", document.meta("twitter:image", "twitter:image:src")),
    ):
        if value and not value.startswith("data:"):
            try:
                return Found(urljoin(document.url, value), rule, 0.9)
            except ValueError:
                continue
    return None


def _image_of(value: object) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, Mapping):
        value = cast(Json, value).get("url") or cast(Json, value).get("contentUrl")
    return value if isinstance(value, str) else None


def _section(document: Document) -> Found[str] | None:
    if section := first_text(document.article, "articleSection"):
        return Found(section[:100], "json-ld:articleSection", 0.9)
    if section := document.meta(
        "article:section", "og:article:section", "parsely-section", "section"
    ):
        return Found(section[:100], "meta:article:section", 0.9)
    return None


def _keywords(document: Document) -> Found[tuple[str, ...]] | None:
    value = document.article.get("keywords")
    listed: Iterable[object] = value if isinstance(value, list) else [value]
    for rule, values in (
        ("json-ld:keywords", [v for v in listed if isinstance(v, str)]),
        ("meta:article:tag", list(document.metas.get("article:tag", ()))),
        ("meta:news_keywords", list(document.metas.get("news_keywords", ()))),
        ("meta:keywords", list(document.metas.get("keywords", ()))),
    ):
        words = (
            [tidy(w) for v in values for w in re.split(r"[,;]", v)]
            if len(values) == 1
            else map(tidy, values)
        )
        kept = tuple(dict.fromkeys(w for w in words if 1 < len(w) <= 60))[:30]
        if kept:
            return Found(kept, rule, 0.9)
    return None


def _is_free(document: Document) -> Found[bool] | None:
    for node in (document.article, *document.linked_data[:40]):
        value = node.get("isAccessibleForFree")
        if value is not None and (node is document.article or "headline" in node):
            return Found(
                str(value).strip().lower() not in ("false", "no", "0"),
                "json-ld:isAccessibleForFree",
                0.95,
            )
    tier = document.meta("article:content_tier", "og:article:content_tier")
    if tier:
        return Found(
            tier.lower() not in ("locked", "metered", "paid"), "meta:article:content_tier", 0.85
        )
    return None
