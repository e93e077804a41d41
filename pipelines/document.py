"""A page parsed once: its tree, its ``<meta>`` tags, its JSON-LD."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import cast
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipelines.clean import tidy
from pipelines.heading import headline_among

MAX_CHARACTERS = 6_000_000  # of HTML that is parsed; the largest real article page seen has 3 M
MAX_LINKED_DATA = 1_500_000  # characters of one JSON-LD script
MAX_NODES = 4000  # JSON-LD objects looked at

Json = Mapping[str, object]

ARTICLE_TYPES = frozenset(
    "Article NewsArticle BlogPosting ReportageNewsArticle AnalysisNewsArticle OpinionNewsArticle "
    "BackgroundNewsArticle ReviewNewsArticle AskPublicNewsArticle AdvertiserContentArticle "
    "SatiricalArticle TechArticle ScholarlyArticle Report LiveBlogPosting SocialMediaPosting "
    "Review CriticReview DiscussionForumPosting".split()
)
_PAGE_TYPES = frozenset("WebPage ItemPage AboutPage HowTo Recipe".split())
_COMMENTS = re.compile(
    r"^\s*(?://\s*)?(?:<!--|<!\[CDATA\[|/\*<!\[CDATA\[\*/)|(?:-->|\]\]>|/\*\]\]>\*/)\s*;?\s*$"
)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_PLAYERS = (
    'video, [class*="video-player"], iframe[src*="youtube"], iframe[src*="dailymotion"], '
    'iframe[src*="vimeo"], iframe[src*="player"]'
)
_STRINGS = re.compile(
    r'"(headline|datePublished|dateModified|dateCreated|articleSection)"\s*:\s*"((?:[^"\\]|\\.){1,500})"'
)


MAX_LINE = 160  # characters of a line that says when
FAR_PLACES = 12  # such lines: those of an article stand early
_NO_LINES = frozenset("body html main meta script article".split())
_DATE_PLACES = (
    '[class*="date"], [class*="Date"], [class*="time"], [class*="publi"], [class*="posted"], [class*="byline"], '
    '[class*="infos"], [class*="meta"], [id*="date"], [class*="auteur"], [class*="signature"]'
)  # fmt: skip
_LANDMARKS = 'title, meta, script[type*="ld+json"], h1, time, relative-time, time-ago'
_MARKED_DATES = (  # asked for by themselves: most pages tell their date before it comes to that
    '[itemprop~="datePublished"], [property~="datePublished"], [property="schema:datePublished"], '
    '[property="schema:dateCreated"], time[pubdate]'
)


@dataclass(frozen=True)
class Document:
    """A parsed page. ``url`` is the address it came from."""

    tree: LexborHTMLParser
    url: str

    @property
    def root(self) -> LexborNode | None:
        """The ``<html>`` element; None for a page without any."""
        return self.tree.root

    @cached_property
    def host(self) -> str:
        """Lower case, without ``www.``; empty when the address has none."""
        try:
            return (urlsplit(self.url).hostname or "").removeprefix("www.")
        except ValueError:
            return ""

    @cached_property
    def landmarks(self) -> list[tuple[str, LexborNode, Mapping[str, str | None]]]:
        """What the metadata is read from, in the page's order: tag, node and attributes. One search
        for all of it; the nodes live only until the tree is stripped."""
        return [(node.tag or "", node, node.attributes) for node in self.tree.css(_LANDMARKS)]

    def marked_dates(self) -> list[LexborNode]:
        """What an attribute says to hold the date of publication, in the page's order."""
        nodes = self.tree.css(_MARKED_DATES)
        return list({node.mem_id: node for node in nodes}.values())  # once, whatever says so

    @cached_property
    def metas(self) -> Mapping[str, tuple[str, ...]]:
        """``name``/``property``/``itemprop`` in lower case → contents, in the page's order. Those
        that misspell ``content`` as ``value`` count where no other says the same."""
        right, misspelt = self._metas
        return {**misspelt, **right}

    @property
    def misspelt_metas(self) -> Mapping[str, tuple[str, ...]]:
        """Those of ``metas`` whose content stands in ``value``: seen by few who would complain."""
        return self._metas[1]

    @cached_property
    def _metas(self) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
        right: dict[str, list[str]] = {}
        misspelt: dict[str, list[str]] = {}
        for tag, _, attributes in self.landmarks:
            if tag != "meta":
                continue
            told = attributes.get("content")
            found = right if told else misspelt
            if not (content := tidy(told or attributes.get("value") or "")):
                continue
            for key in ("name", "property", "itemprop", "http-equiv"):
                if named := attributes.get(key):
                    for name in named.lower().split():
                        contents = found.setdefault(name, [])
                        if not contents or contents[-1] is not content:
                            contents.append(content)
        return (
            {name: tuple(contents) for name, contents in right.items()},
            {name: tuple(contents) for name, contents in misspelt.items()},
        )

    def meta(self, *names: str) -> str | None:
        """The first content under the first of ``names`` the page has."""
        for name in names:
            if contents := self.metas.get(name):
                return contents[0]
        return None

    @cached_property
    def has_player(self) -> bool:
        """A video player is on the page."""
        return self.tree.css_first(_PLAYERS) is not None

    @cached_property
    def title_tag(self) -> str | None:
        """The text of ``<title>``, outside of any ``<svg>``."""
        titles = [node for tag, node, _ in self.landmarks if tag == "title"]
        of_head = (n for n in titles if n.parent is not None and n.parent.tag == "head")
        node = next(of_head, titles[0] if titles else None)
        return tidy(node.text()) or None if node else None

    @cached_property
    def heading(self) -> LexborNode | None:
        """The ``<h1>`` that is the headline; None when the page marks none up. Like the landmarks,
        it lives only until the tree is stripped."""
        headings = [node for tag, node, _ in self.landmarks if tag == "h1"]
        title = self.title_tag or self.meta("og:title") or ""
        return headline_among(headings, title, self.url) if headings else None

    @cached_property
    def linked_data(self) -> tuple[Json, ...]:
        """Every JSON-LD object of the page, nested ones included, outer ones first."""
        nodes: list[Json] = []
        for tag, script, _ in self.landmarks:
            text = (script.text(deep=True) or "") if tag == "script" else ""
            if text.strip() and len(text) <= MAX_LINKED_DATA:
                for value in _loads(text):
                    nodes.extend(_objects(value))
                    if len(nodes) > MAX_NODES:
                        return tuple(nodes)
        return tuple(nodes)

    @cached_property
    def dated_lines(self) -> tuple[str, ...]:
        """Short texts of elements whose class says that they tell dates or authors, the first ones."""
        found: list[str] = []
        for node in self.tree.css(_DATE_PLACES):
            if node.tag in _NO_LINES:
                continue
            text = tidy(node.text(separator=" "))
            if 5 < len(text) < MAX_LINE:
                found.append(text)
                if len(found) >= FAR_PLACES:
                    break
        return tuple(found)

    @cached_property
    def by_id(self) -> Mapping[str, Json]:
        """JSON-LD objects by their ``@id``: the fullest of each."""
        found: dict[str, Json] = {}
        for node in self.linked_data:
            key = node.get("@id")
            if isinstance(key, str) and len(node) > len(found.get(key, {"@id": ""})):
                found[key] = node
        return found

    @cached_property
    def article(self) -> Json:
        """The JSON-LD object that describes this page's article; empty when there is none."""
        candidates = [n for n in self.linked_data if types_of(n) & ARTICLE_TYPES]
        if not candidates:
            pages = [
                n for n in self.linked_data if types_of(n) & _PAGE_TYPES and "datePublished" in n
            ]
            return pages[0] if pages else {}
        if len(candidates) == 1:
            return candidates[0]
        return max(candidates, key=lambda n: (self._fits(n), -candidates.index(n)))

    def _fits(self, node: Json) -> float:
        """How well a JSON-LD object fits the page; related articles fit badly."""
        score = 0.0
        path = _path(self.url)
        for key in ("url", "mainEntityOfPage", "@id"):
            value = node.get(key)
            if isinstance(value, Mapping):
                value = cast(Json, value).get("@id") or cast(Json, value).get("url")
            if isinstance(value, str) and path and _path(value) == path:
                score += 2
                break
        headline = first_text(node, "headline", "name")
        title = self.meta("og:title") or self.title_tag
        if headline and title:
            a, b = headline.casefold(), title.casefold()
            score += 2 if a in b or b in a else 0
        score += sum(k in node for k in ("datePublished", "author", "headline", "articleBody")) / 4
        score += 0.1 if "NewsArticle" in types_of(node) else 0
        return score - (1 if types_of(node) <= {"Review", "CriticReview"} else 0)


def parse(markup: str | bytes, url: str) -> Document:
    """Parses HTML, as text or in valid UTF-8; a page too long is cut."""
    if isinstance(markup, bytes):
        if len(markup) <= MAX_CHARACTERS:
            return Document(LexborHTMLParser(markup), url)
        markup = markup.decode("utf-8")
    text = markup[:MAX_CHARACTERS]
    try:
        raw = text.encode("utf-8")
    except UnicodeEncodeError:
        raw = text.encode("utf-8", "replace")
    return Document(LexborHTMLParser(raw), url)


def types_of(node: Json) -> frozenset[str]:
    """The ``@type`` of a JSON-LD object, as a set of bare names."""
    value = node.get("@type")
    names = value if isinstance(value, list) else [value]
    return frozenset(
        n.rsplit("/", 1)[-1].removeprefix("schema:") for n in names if isinstance(n, str)
    )


def first_text(node: Json, *keys: str) -> str | None:
    """The first non-empty string under ``keys``; the first of a list; ``@value`` of an object."""
    for key in keys:
        value = node.get(key)
        if isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, Mapping):
            value = cast(Json, value).get("@value") or cast(Json, value).get("name")
        if isinstance(value, str) and (text := tidy(html.unescape(value))):
            return text
    return None


def _path(address: str) -> str:
    try:
        return urlsplit(address).path.rstrip("/").casefold()
    except ValueError:
        return ""


def _loads(text: str) -> Iterator[object]:
    """The JSON values in a script, however sloppily written."""
    try:
        yield json.loads(text, strict=False)
    except (ValueError, RecursionError):
        yield from _loads_sloppy(text)


def _loads_sloppy(text: str) -> Iterator[object]:
    text = _COMMENTS.sub("", text.strip()).strip().rstrip(";")
    for mend in (str, lambda t: _TRAILING_COMMA.sub(r"\1", t), html.unescape):
        try:
            yield json.loads(mend(text), strict=False)
        except (ValueError, RecursionError):
            continue
        return
    decoder, at, found = json.JSONDecoder(strict=False), 0, False
    while (at := text.find("{", at)) >= 0 and not found:
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        found = True
        yield value
    if not found:
        strings = {key: _unquoted(value) for key, value in reversed(_STRINGS.findall(text))}
        if strings:
            yield {"@type": "Article", **strings}


def _unquoted(value: str) -> str:
    try:
        return str(json.loads(f'"{value}"', strict=False))
    except ValueError:
        return value


def _objects(value: object) -> Iterator[Json]:
    """The objects in a JSON value, breadth first, so that depth costs no stack."""
    queue: list[object] = [value]
    seen = 0
    while queue and seen < MAX_NODES:
        current = queue.pop(0)
        seen += 1
        if isinstance(current, dict):
            if "@type" in current or "@id" in current:
                yield cast(Json, current)
            queue.extend(v for v in current.values() if isinstance(v, (dict, list)))
        elif isinstance(current, list):
            queue.extend(v for v in current if isinstance(v, (dict, list)))
