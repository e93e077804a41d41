"""When an article was published and last changed: JSON-LD, ``<meta>``, ``<time>``, visible lines, address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo

from selectolax.lexbor import LexborNode

from pipelines.byline import changed_part, lines_under_headline
from pipelines.clean import tidy
from pipelines.dates import read_moment
from pipelines.document import Document, first_text
from pipelines.found import Found
from pipelines.machinedates import read_machine
from pipelines.moment import TOLERANCE, Moment, is_vague, zone_of
from pipelines.zones import PageZone

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
_TIME_TAGS = frozenset(["time", "relative-time", "time-ago"])  # the latter two are GitHub's
MAX_CHANGE = 80  # characters around a <time> that may say "Updated"
_URL_DATE = re.compile(
    r"/((?:19|20)\d{2})(?:[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])|/(\d{1,2})/(\d{1,2}))(?=[/_.-]|$)"
)
# What scripts call it that build the page from data: "firstPublicationDate", "published_at".
_STATED = re.compile(  # no IGNORECASE: with it every letter of a script is tried, ten times slower
    r"(?:[Pp]ubli(?:shed|cation|sh)|[Dd]eploy|[Rr]elease)_?(?:[Aa]t|[Oo]n|[Dd]t|[Dd]ate|[Tt]ime)?(?:_?[Tt]ime)?"
    r"\\*[\"']?\s*[:=]\s*\\*[\"']([^\"'\\]{8,35})\\*[\"']"
)
_TITLE_PART = re.compile(r"\s[|–—-]\s")
MAX_SCRIPT = 500_000  # characters of a script that is searched
A_DAY = timedelta(days=1)


def read_published(
    document: Document, locale: str | None, zone: PageZone, fetched_at: datetime
) -> Found[Moment] | None:
    """The first time that any rule gives; a day alone only where no rule gives a time of it."""
    best: Found[Moment] | None = None
    for found in _published_candidates(document, locale, zone, fetched_at):
        if found.value.at > fetched_at + TOLERANCE:
            continue  # nothing is published after it was fetched
        if found.value.has_time and best is None:
            return found
        if found.value.has_time and best and _is_same_day(best, found):
            return replace(found, confidence=best.confidence)
        best = best or found
    if best is None or is_vague(best.value):  # searching takes a millisecond: only then
        stated = _in_scripts(document, zone_of(zone.name), fetched_at)
        if stated is not None and stated.at <= fetched_at + TOLERANCE:
            return Found(stated, "script", 0.5)
    return best


def _is_same_day(day: Found[Moment], timed: Found[Moment]) -> bool:
    """Whether a time is one of that day; an address counts its days in a zone of its own."""
    apart = abs(day.value.at.date() - timed.value.at.date())
    return not apart or (day.rule == "address" and apart <= A_DAY)


def _published_candidates(
    document: Document, locale: str | None, zone: PageZone, now: datetime
) -> Iterator[Found[Moment]]:
    """What machines are told, then the address and the title, then what people see."""
    here = zone_of(zone.name)
    for key in ("datePublished", "dateCreated", "uploadDate"):
        if moment := read_machine(first_text(document.article, key), here, now):
            yield Found(moment, f"json-ld:{key}", 0.97)
    for name in _PUBLISHED:
        for value in document.metas.get(name, ())[:1]:
            if moment := read_machine(value, here, now):
                yield Found(moment, f"meta:{name}", 0.9)
    for node in document.marked_dates()[:3]:
        if moment := _of_node(node, locale, zone, now):
            yield Found(moment, "itemprop:datePublished", 0.85)
    if match := _URL_DATE.search(document.url):
        parts = "-".join(group for group in match.groups() if group)
        if moment := read_machine(parts, here, now):
            yield Found(moment, "address", 0.6)
    if moment := _in_title(document, locale, here, now):
        yield Found(moment, "title", 0.6)
    yield from _shown_candidates(document, locale, zone, now)


def _shown_candidates(
    document: Document, locale: str | None, zone: PageZone, now: datetime
) -> Iterator[Found[Moment]]:
    """What ``<time>`` and lines of text show; at last what is vague or an edit."""
    here = zone_of(zone.name)
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
    yield from weak


def _in_title(document: Document, locale: str | None, here: tzinfo, now: datetime) -> Moment | None:
    """The date that closes a ``<title>``: "Gegenoffensive | Europa | DW | 28.04.2023"."""
    parts = _TITLE_PART.split(document.title_tag or "")
    if len(parts) < 2 or not any(map(str.isdigit, parts[-1])) or len(parts[-1]) > MAX_CHANGE:
        return None
    return read_moment(parts[-1], language=locale, zone=here, now=now)


def _in_scripts(document: Document, here: tzinfo, now: datetime) -> Moment | None:
    """What a script knows that builds the page from data, or tells those who count its readers."""
    for script in document.tree.css("script:not([src])"):
        text = script.text() or ""
        for match in _STATED.finditer(text[:MAX_SCRIPT]):
            if moment := read_machine(match[1], here, now):
                return moment
    return None


def _times_below_headline(document: Document) -> list[LexborNode]:
    headline = document.heading.mem_id if document.heading is not None else None
    above: list[LexborNode] = []
    below: list[LexborNode] = []
    found = above
    for tag, node, _ in document.landmarks:
        if tag == "h1" and node.mem_id == headline:
            found = below
        elif tag in _TIME_TAGS:
            found.append(node)
    return below or above


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


def read_modified(
    document: Document, locale: str | None, zone: PageZone, fetched_at: datetime
) -> Found[Moment] | None:
    """When the page says it was last changed; None when it does not, or says a time to come."""
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
