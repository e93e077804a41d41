"""What kind of page it is when it is no article: a live blog, a video, a list of links."""

from __future__ import annotations

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from pipelines.clean import tidy
from pipelines.document import ARTICLE_TYPES, Document, types_of
from techwire.types import Outcome

_LIVE_PATH = re.compile(
    r"/(?:live|live-?blog|live-?ticker|live-?updates?|ticker|direct|en-direct|en-vivo|directo|diretta)"
    r"(?:/|$)"
)
_LIVE_TITLE = re.compile(
    r"^\W*(?:en direct|direct|live|live updates?|live-?blog|live-?ticker|liveticker)\s*[:.–—|-]",
    re.IGNORECASE,
)
_LIVE_TIMES = 5  # hours told on one page: fewer are a byline, an edit and a few related links
_VIDEO_PATH = re.compile(r"/(?:videos?|watch|mediathek)(?:/|$)")
_TITLE_LINK = 20  # characters; a shorter link is a menu entry or a tag
_LISTED = 5  # such links at least
_LINKED_SHARE = 0.5  # of the page's text


@dataclass(frozen=True, slots=True)
class Judged:
    """Why a page is no article. ``detail`` is one line for people."""

    outcome: Outcome
    detail: str


def live_blog(document: Document, title: str) -> Judged | None:
    """A page edited every minute, however long it is; None for any other."""
    if any("LiveBlogPosting" in types_of(node) for node in document.linked_data):
        return Judged(Outcome.LIVE, "the page calls itself a live blog")
    if not (_LIVE_PATH.search(document.url) or _LIVE_TITLE.match(title)):
        return None
    times = len(document.tree.css("main time, article time, ol time, ul time"))
    if times >= _LIVE_TIMES:
        return Judged(Outcome.LIVE, f"{times} times on a page that says it is live")
    return None


def without_text(document: Document) -> Judged | None:
    """What a page with too little text is; None when it is only short."""
    kinds = document.meta("og:type") or ""
    types = frozenset[str]().union(*map(types_of, document.linked_data), ())
    has_player = document.has_player
    if kinds.startswith("video") or ("VideoObject" in types and not types & ARTICLE_TYPES):
        return Judged(Outcome.VIDEO, "a video and its caption")
    if has_player and _VIDEO_PATH.search(document.url):
        return Judged(Outcome.VIDEO, "a player at the address of a video")
    return _listing(document)


def _listing(document: Document) -> Judged | None:
    body = document.tree.css_first("main") or document.tree.body
    if body is None or document.article or document.meta("og:type") == "article":
        return None
    unseen = sum(len(_words(node)) for node in body.css("script, style, noscript, template"))
    whole = len(_words(body)) - unseen
    titles = {
        link.attributes.get("href"): len(text)
        for link in body.css("a[href]")
        if len(text := _words(link)) >= _TITLE_LINK
    }
    if len(titles) >= _LISTED and sum(titles.values()) > _LINKED_SHARE * whole:
        return Judged(Outcome.LISTING, f"{len(titles)} links to articles, no text")
    return None


def _words(node: LexborNode) -> str:
    return tidy(node.text(separator=" "))
