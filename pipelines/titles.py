"""The title of an article: which of a page's several, and without the site's name around it."""

from __future__ import annotations

import re
from functools import lru_cache

from selectolax.lexbor import LexborNode

from pipelines.document import Document, first_text
from pipelines.found import Found
from pipelines.heading import MIN_TITLE, shown_text, words_of

_SEPARATOR = re.compile(r"\s+[|·•»–—:-]{1,2}\s+|\s*[|»]\s*|\s+::\s+")
_TOPIC = re.compile(r".+?[:|–—/-]")
_KICKER_END = re.compile(r"[:|–—/-]$")
MAX_TITLE = 400
MAX_PARTS = 20  # elements of an <h1> that may be the headline in it
MIN_HEADING = 15  # characters of an <h1> that a longer title may be cut down to
ALIKE = 0.9  # share of common words from which two titles are the same


def read_title(document: Document, site: str | None) -> Found[str] | None:
    """The headline the page itself gives; ``site`` is the name to be left out of it."""
    node = document.heading
    heading = shown_text(node) if node is not None else None
    candidates = (
        *_headlines(document, heading),
        ("h1", heading, 0.85),
        (
            "meta:twitter:title",
            document.meta("twitter:title", "dc.title", "title", "parsely-title", "og:title"),
            0.7,
        ),
        ("title", document.title_tag, 0.6),
    )
    for rule, value, confidence in candidates:
        if value and len(title := without_site(value, site, document.host)) >= MIN_TITLE:
            if heading and len(heading) > MIN_HEADING and title.startswith(heading):
                rest = title[len(heading) :]
                title = heading if _SEPARATOR.match(rest) else title
            if node is not None:
                title = _without_kicker(title, node)
            return Found(title[:MAX_TITLE], rule, confidence)
    return None


def _headlines(document: Document, heading: str | None) -> list[tuple[str, str | None, float]]:
    """JSON-LD's headline, then OpenGraph's; the other way round when the page shows the latter
    and the former is what ``<title>`` says to search engines."""
    headline, shared = first_text(document.article, "headline"), document.meta("og:title")
    if shared in document.misspelt_metas.get("og:title", ()):
        shared = None  # what people see comes first, then
    order = [("json-ld:headline", headline, 0.95), ("meta:og:title", shared, 0.9)]
    if headline and shared and heading:
        of_page, of_search = words_of(heading), words_of(document.title_tag or "")
        told, ours = words_of(shared), words_of(headline)
        shown = len(told & of_page) > ALIKE * len(told | of_page)
        if shown and len(ours & of_page) < ALIKE * len(ours | of_page) and ours <= of_search:
            order.reverse()
    return order


def _without_kicker(title: str, heading: LexborNode) -> str:
    """A title without "Topic: " before it, when the ``<h1>`` sets the rest in an element of its
    own below another topic: neither is part of the headline."""
    if not _TOPIC.match(title):
        return title
    whole = shown_text(heading)
    if len(whole) > MAX_TITLE:  # never closed: half the page is in it
        return title
    shown = bare(whole)
    for part in heading.css("span, strong, em, a, div")[:MAX_PARTS]:
        text = shown_text(part)
        if len(text) >= MIN_HEADING and title.endswith(text) and bare(text) != shown:
            before = title[: -len(text)].rstrip()
            if _KICKER_END.search(before) and not shown.startswith(bare(before)):
                return text
    return title


def without_site(title: str, site: str | None, host: str) -> str:
    """A title without the site's name before or behind it."""
    parts = [(m.start(), m.end()) for m in _SEPARATOR.finditer(title)]
    names = {bare(site or ""), bare(host.rsplit(".", 1)[0]), bare(host)} - {""}
    for start, end in reversed(parts):
        tail = bare(title[end:])
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
    if parts and bare(title[: parts[0][0]]) in names and len(title) - parts[0][1] >= MIN_TITLE:
        return title[parts[0][1] :].lstrip()
    return title


@lru_cache(maxsize=1024)  # a site's names, and each title several times
def bare(text: str) -> str:
    """Letters and digits alone, lower case, umlauts spelt out: "Le Courrier" is "lecourrier"."""
    plain = text.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    return re.sub(r"[\W_]+", "", plain).removeprefix("www")
